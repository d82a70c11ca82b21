//! SIG-002 where nothing is asked at all: the connection that SIP needs over TCP or TLS never stands.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::LEAST_TRIES;
use crate::capture::Timestamp;
use crate::check::case::{Case, SIPS_PORT};
use crate::check::evidence::Collector;
use crate::check::filter;
use crate::check::finding::{Detail, Finding, Others, Party, Refusal, Severity};
use crate::observe::message::App;
use crate::observe::{Flow, IcmpReport, Protocol, TcpOutcome};
use crate::site::{Confidence, Scope};

/// RFC 3261 section 19.1.2.
const SIP_PORT: u16 = 5060;
/// So long (ns) the tries must go on: TCP asks again after 1 and 3 s (RFC 6298 section 2), and Windows asks a host three times
/// within a second that refuses it.
const LEAST_TRYING: i64 = 3_000_000_000;
/// Who tries more servers looks for some.
const MOST_SERVERS: usize = 4;

/// What a client sent to a server that never came to a connection.
#[derive(Default)]
struct Attempts<'a> {
    /// SYNs.
    count: u64,
    /// How many of them asked again for the same connection, as nobody does who got an answer.
    again: u64,
    resets: u64,
    icmp: Vec<&'a IcmpReport>,
    flows: Vec<&'a Flow>,
}

impl<'a> Attempts<'a> {
    fn add(&mut self, flow: &'a Flow, count: u64, is_reset: bool) {
        self.count += count;
        self.again += if is_reset { 0 } else { count.saturating_sub(1 + flow.extra.others) };
        self.resets += if is_reset { count } else { 0 };
        let icmp = flow.extra.icmp.iter().filter(|icmp| icmp.about_a && icmp.is_unreachable());
        self.icmp.extend(icmp.map(|icmp| &**icmp));
        self.flows.push(flow);
    }

    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.flows.iter().filter_map(|flow| flow.from_a.first).map(|(_, time)| time).min()?;
        let last = self.flows.iter().filter_map(|flow| flow.from_a.last).map(|(_, time)| time).max()?;
        Some((first, last))
    }

    /// Whether nothing but refusals and silence is what the client got.
    fn is_judged(&self, case: &Case<'_>, client: IpAddr, server: IpAddr) -> bool {
        let refused: u64 = self.resets + self.icmp.iter().map(|icmp| icmp.count).sum::<u64>();
        let is_seen = refused >= LEAST_TRIES
            || self.again + 1 >= LEAST_TRIES
            || case.would_see_an_answer(client, server);
        self.count >= LEAST_TRIES
            && is_seen
            && self.span().is_some_and(|(first, last)| last.since(first) >= LEAST_TRYING)
    }
}

/// One for a client.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut attempts: BTreeMap<IpAddr, BTreeMap<SocketAddr, Attempts<'_>>> = BTreeMap::new();
    // Who reaches whom, and when last.
    let mut reached: BTreeMap<(IpAddr, IpAddr), Option<Timestamp>> = BTreeMap::new();
    let mut served: BTreeMap<SocketAddr, Option<Timestamp>> = BTreeMap::new();
    for flow in &case.traffic.flows {
        let is_sip_port = matches!(flow.b.port(), SIP_PORT | SIPS_PORT);
        let latest = flow.from_b.last.map(|(_, time)| time);
        match flow.tcp.as_ref().map(|tcp| (tcp.outcome, tcp.attempt_count)) {
            Some((TcpOutcome::Refused | TcpOutcome::Silent, 0)) => {}
            Some((outcome @ (TcpOutcome::Refused | TcpOutcome::Silent), count)) if is_sip_port => {
                let servers = attempts.entry(flow.a.ip()).or_default();
                servers.entry(flow.b).or_default().add(flow, count, outcome == TcpOutcome::Refused);
            }
            Some((TcpOutcome::Answered | TcpOutcome::Midstream, _)) if is_sip_port => {
                reached.insert((flow.a.ip(), flow.b.ip()), latest);
                let known = served.entry(flow.b).or_default();
                *known = latest.max(*known);
            }
            _ if flow.app == App::Sip && flow.from_a.packets > 0 && flow.from_b.packets > 0 => {
                reached.insert((flow.a.ip(), flow.b.ip()), latest);
                reached.insert((flow.b.ip(), flow.a.ip()), latest);
            }
            _ => {}
        }
    }
    attempts
        .into_iter()
        .filter_map(|(client, servers)| told(case, client, &servers, (&reached, &served)))
        .collect()
}

type Reached<'a> =
    (&'a BTreeMap<(IpAddr, IpAddr), Option<Timestamp>>, &'a BTreeMap<SocketAddr, Option<Timestamp>>);

fn told(
    case: &Case<'_>,
    client: IpAddr,
    servers: &BTreeMap<SocketAddr, Attempts<'_>>,
    (reached, served): Reached<'_>,
) -> Option<Finding> {
    // A stranger who is turned away is no fault.
    if case.device(client).is_none() && case.scope(client) != Scope::Lan || servers.len() > MOST_SERVERS {
        return None;
    }
    // Who gets along with the server in another way merely tried this one first.
    let failed = servers.iter().filter(|(server, attempts)| {
        !reached.contains_key(&(client, server.ip())) && attempts.is_judged(case, client, server.ip())
    });
    let failed: Vec<_> = failed.collect();
    // The first of equals.
    let (server, attempts) = failed.iter().rev().max_by_key(|(_, attempts)| attempts.count)?;
    let (first, _) = attempts.span()?;
    let icmp = attempts.icmp.iter().max_by_key(|icmp| icmp.count);
    let refusal = if attempts.resets > 0 { Refusal::Reset } else { Refusal::Silence };
    let least = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let gets_along = reached.range((client, least)..).next().is_some_and(|((from, _), _)| *from == client);
    let others = served.get(*server);
    let serves = Others::of(others.is_some(), others.copied().flatten(), first);
    let mut collector = Collector::default();
    for flow in failed.iter().flat_map(|(_, one)| &one.flows) {
        collector.frames(&flow.from_a.frames);
        [flow.from_a.first, flow.from_a.last].iter().flatten().for_each(|(_, time)| collector.time(*time));
    }
    let ways = failed.iter().map(|(server, _)| filter::service(client, **server, Protocol::Tcp));
    let filter = filter::any_of(ways.collect());
    Some(Finding {
        detail: Detail::Sig002 {
            account: Box::default(),
            further: failed
                .iter()
                .filter(|(other, _)| other != server)
                .map(|(other, _)| (Box::default(), **other))
                .collect(),
            registrar: **server,
            protocol: Protocol::Tcp,
            requests: attempts.count,
            sent: attempts.count,
            life: case.life(server.ip(), first),
            serves,
            near: case.are_neighbours(client, server.ip()),
            refusal: icmp.map(|icmp| Box::new(**icmp)),
            unconnected: Some(refusal),
            instead: None,
            mended: None,
        },
        severity: if gets_along { Severity::Warning } else { Severity::Error },
        confidence: Confidence::Likely,
        subject: Some(case.subject(client)),
        rows: Vec::new(),
        count: attempts.count,
        responsible: if attempts.resets > 0 { Party::Telephony } else { Party::Network },
        evidence: collector.finish(filter),
    })
}
