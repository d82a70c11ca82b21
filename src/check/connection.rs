//! SIG-007 to SIG-009: whether encrypted connections stand, whether a registration through address translation is kept alive,
//! and whether data over TCP arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::observe::message::App;
use crate::observe::{Binding, Flow, Handshakes, Protocol, Registration, Silence, Silences, Stuck};
use crate::rules::DocumentKind;
use crate::site::{Confidence, Scope};

use super::case::{Case, Fit};
use super::evidence::Collector;
use super::filter;
use super::finding::{Code, Detail, Finding, Party, Severity, Unjudged};
use super::hidden::is_left_out;

/// As rows name the content.
const TLS: &str = "tls";
/// RFC 3261 section 19.1.2.
pub(super) const SIPS: u16 = 5061;
/// Seconds; a shorter registration is renewed often enough.
const SHORT_REGISTRATION: u32 = 60;

mod stalled;

/// SIG-007, SIG-008, and SIG-009 of TCP.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let mut findings = if is_left_out(Code::Sig007, unjudged) { Vec::new() } else { secured(case, unjudged) };
    if !is_left_out(Code::Sig008, unjudged) {
        findings.extend(kept_alive(case));
    }
    if !is_left_out(Code::Sig009, unjudged) {
        findings.extend(stalled::check(case));
    }
    findings
}

/// SIG-007: one finding for a client and a server.
fn secured(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let is_poor = |what: &Unjudged| matches!(what, Unjudged::OneDirection | Unjudged::Incomplete);
    let stuck = stuck(case, unjudged.iter().any(is_poor));
    if case.traffic.handshakes.is_empty() && stuck.is_empty() {
        return Vec::new();
    }
    let documented = documented(case);
    let rows = |row: &&Handshakes| documented.get(&(row.client, row.server));
    let told = case.traffic.handshakes.iter().filter_map(|row| connection(case, row, rows(&row)?));
    let mut findings: Vec<_> = told.collect();
    let known: BTreeSet<(IpAddr, SocketAddr)> = findings
        .iter()
        .filter_map(|finding| match &finding.detail {
            Detail::Sig007 { server, .. } => Some((finding.subject.as_ref()?.address, *server)),
            _ => None,
        })
        .collect();
    // A stranger who says hello and goes away is no fault.
    let is_own = |client: IpAddr| case.scope(client) == Scope::Lan || case.device(client).is_some();
    for (key @ (client, server), flows) in stuck {
        let rows = documented.get(&key);
        let is_judged = rows.is_some() || server.port() == SIPS && is_own(client);
        if is_judged && !known.contains(&key) {
            findings.extend(never_secured(case, key, &flows, rows));
        }
    }
    findings
}

/// Connections whose client said hello and which never were encrypted, the latest ones from one client to one server: none
/// behind them stood. One alone may have been given up; what answers in clear text does so for good. `is_poor`: of this capture
/// nothing can be said that hangs on what is missing.
fn stuck<'a>(case: &Case<'a>, is_poor: bool) -> BTreeMap<(IpAddr, SocketAddr), Vec<&'a Flow>> {
    let mut stuck: BTreeMap<_, Vec<&Flow>> = BTreeMap::new();
    if is_poor || case.is_export() {
        return stuck;
    }
    let flows = || case.traffic.flows.iter().filter(|flow| flow.app == App::Tls);
    for flow in flows().filter(|flow| flow.extra.stuck.is_some()) {
        stuck.entry((flow.a.ip(), flow.b)).or_default().push(flow);
    }
    if stuck.is_empty() {
        return stuck;
    }
    let mut stood: BTreeMap<_, Option<Timestamp>> = BTreeMap::new();
    for flow in flows().filter(|flow| flow.extra.stuck.is_none()) {
        let latest = stood.entry((flow.a.ip(), flow.b)).or_default();
        *latest = (*latest).max(flow.from_a.last.map(|(_, time)| time));
    }
    stuck.retain(|key, flows| {
        let latest = stood.get(key).copied().flatten();
        flows.retain(|flow| flow.begins().is_some_and(|(begin, _)| latest.is_none_or(|last| begin > last)));
        flows.sort_by_key(|flow| (flow.begins(), flow.id));
        let is_plain = flows.iter().any(|flow| flow.extra.stuck == Some(Stuck::PlainSip));
        tries(flows) >= 2 || is_plain
    });
    stuck
}

/// Leaves out what never was encrypted: what got stuck, and where an alert ended every connection between two.
pub(super) fn leave_out_failed(case: &Case<'_>, is_poor: bool, flows: &mut BTreeMap<usize, &Flow>) {
    for flow in stuck(case, is_poor).values().flatten() {
        flows.remove(&flow.id);
    }
    let mut all: BTreeMap<(IpAddr, SocketAddr), u64> = BTreeMap::new();
    for flow in flows.values() {
        *all.entry((flow.a.ip(), flow.b)).or_default() += 1 + flow.extra.others;
    }
    // Of others no finding tells.
    let documented = documented(case);
    let failed = case.traffic.handshakes.iter().filter_map(|row| {
        let key = (row.client, row.server);
        let is_told = documented.contains_key(&key) && row.failed.as_ref()?.count >= *all.get(&key)?;
        is_told.then_some(key)
    });
    let failed: BTreeSet<(IpAddr, SocketAddr)> = failed.collect();
    flows.retain(|_, flow| !failed.contains(&(flow.a.ip(), flow.b)));
}

fn tries(flows: &[&Flow]) -> u64 {
    flows.iter().map(|flow| 1 + flow.extra.others).sum()
}

fn never_secured(
    case: &Case<'_>,
    (client, server): (IpAddr, SocketAddr),
    flows: &[&Flow],
    rows: Option<&BTreeSet<&str>>,
) -> Option<Finding> {
    // What tells most: words in clear text before a hole, and that before silence.
    let why = flows.iter().filter_map(|flow| flow.extra.stuck).max_by_key(|why| match why {
        Stuck::Mute => 0,
        Stuck::Holes => 1,
        Stuck::Plain => 2,
        Stuck::PlainSip => 3,
    })?;
    let mut collector = Collector::default();
    for flow in flows.iter().filter(|flow| flow.extra.stuck == Some(why)) {
        collector.frames(&flow.from_a.frames);
        collector.frames(&flow.from_b.frames);
        [flow.from_a.first, flow.from_a.last]
            .into_iter()
            .flatten()
            .for_each(|(_, time)| collector.time(time));
    }
    let detail = Detail::Sig007 {
        server,
        name: None,
        alert: None,
        expired: None,
        early: None,
        lacks_certificate: false,
        stuck: Some(why),
    };
    Some(Finding {
        detail,
        severity: Severity::Error,
        confidence: if why == Stuck::PlainSip { Confidence::Sure } else { Confidence::Likely },
        subject: Some(case.subject(client)),
        rows: rows.into_iter().flatten().map(|row| (*row).into()).collect(),
        count: tries(flows),
        responsible: if why == Stuck::Holes { Party::Network } else { Party::Telephony },
        evidence: collector.finish(filter::service(client, server, Protocol::Tcp)),
    })
}

/// TLS that a vendor's row explains, by client and server, with the rows.
fn documented<'a>(case: &Case<'a>) -> BTreeMap<(IpAddr, SocketAddr), BTreeSet<&'a str>> {
    let mut documented: BTreeMap<(IpAddr, SocketAddr), BTreeSet<&'a str>> = BTreeMap::new();
    for end in case.ends.iter().filter(|end| end.view.flow.protocol == Protocol::Tcp) {
        let flow = end.view.flow;
        // Nobody calls what a PC does beside telephony a fault of it.
        let rows = end.rows.iter().filter(|(row, _)| row.document.kind != DocumentKind::Standard);
        // A row about a name is about that name, and many have the same port.
        let rows = rows.filter(|(row, fit)| *fit == Fit::Full || !row.is_about_names());
        for (row, _) in rows.filter(|(row, _)| row.speaks.iter().any(|word| *word == TLS)) {
            documented.entry((flow.a.ip(), flow.b)).or_default().insert(row.id.as_str());
        }
    }
    documented
}

fn connection(case: &Case<'_>, row: &Handshakes, rows: &BTreeSet<&str>) -> Option<Finding> {
    let is_over = |end: &Timestamp, time: Timestamp| time.is_known() && *end < time;
    let certificate = row.certificate.as_ref();
    let expired = certificate.and_then(|seen| seen.not_after.filter(|end| is_over(end, seen.time)));
    let is_early = |begin: &Timestamp, time: Timestamp| time.is_known() && *begin > time;
    let early = certificate.and_then(|seen| seen.not_before.filter(|begin| is_early(begin, seen.time)));
    let is_out_of_date = expired.is_some() || early.is_some();
    let alert = row.failed.as_ref().map(|failed| (failed.description, failed.by_client));
    if alert.is_none() && !is_out_of_date {
        return None;
    }
    let mut collector = Collector::default();
    if let Some(failed) = &row.failed {
        collector.frames(&failed.frames);
        collector.time(failed.span.0);
        collector.time(failed.span.1);
    }
    if let Some(seen) = certificate.filter(|_| is_out_of_date) {
        collector.frames(&[seen.frame]);
        collector.time(seen.time);
    }
    Some(Finding {
        detail: Detail::Sig007 {
            server: row.server,
            name: certificate.and_then(|seen| seen.name.clone()),
            alert,
            expired,
            early,
            lacks_certificate: row.failed.as_ref().is_some_and(|failed| failed.lacks_certificate),
            stuck: None,
        },
        // Clients that do not look at the date connect all the same.
        severity: if alert.is_some() { Severity::Error } else { Severity::Warning },
        confidence: Confidence::Sure,
        subject: Some(case.subject(row.client)),
        rows: rows.iter().map(|row| (*row).into()).collect(),
        count: row.failed.as_ref().map_or(1, |failed| failed.count),
        responsible: Party::Telephony,
        evidence: collector.finish(filter::service(row.client, row.server, Protocol::Tcp)),
    })
}

/// SIG-008: one finding for a client and a registrar.
fn kept_alive(case: &Case<'_>) -> Vec<Finding> {
    let registrations = &case.traffic.registrations;
    let translated = registrations.iter().filter(|row| is_translated(case, row));
    let mut watched: BTreeMap<(SocketAddr, SocketAddr), Watched<'_>> = BTreeMap::new();
    for row in translated {
        let known = watched.entry((row.client, row.registrar)).or_insert_with(|| Watched::new(row));
        known.bound.extend(&row.bound);
    }
    if watched.is_empty() {
        return Vec::new();
    }
    let mut sockets: BTreeMap<(IpAddr, IpAddr), BTreeSet<SocketAddr>> = BTreeMap::new();
    for row in registrations {
        sockets.entry((row.client.ip(), row.registrar.ip())).or_default().insert(row.client);
    }
    // The last packet of each client, whatever it talks to.
    let mut alive: BTreeMap<IpAddr, Option<(Frame, Timestamp)>> =
        watched.keys().map(|(client, _)| (client.ip(), None)).collect();
    for flow in &case.traffic.flows {
        for (end, other, direction) in [(flow.a, flow.b, &flow.from_a), (flow.b, flow.a, &flow.from_b)] {
            let Some(last) = alive.get_mut(&end.ip()) else { continue };
            *last = latest([*last, direction.last]);
            if flow.protocol == Protocol::Udp
                && let Some(known) = watched.get_mut(&(end, other))
            {
                known.flow = Some(flow);
            }
        }
    }
    let mut findings: BTreeMap<(IpAddr, IpAddr), Finding> = BTreeMap::new();
    for ((client, registrar), mut known) in watched {
        let key = (client.ip(), registrar.ip());
        known.is_only = sockets.get(&key).is_none_or(|sockets| sockets.len() == 1);
        let until = alive.get(&client.ip()).copied().flatten();
        if let Some(finding) = silent(case, &known, until) {
            findings.entry(key).or_insert(finding);
        }
    }
    findings.into_values().collect()
}

/// A registration through address translation.
struct Watched<'a> {
    row: &'a Registration,
    /// All that its two sockets exchanged.
    flow: Option<&'a Flow>,
    /// The client registers there from no other port.
    is_only: bool,
    /// When any of its accounts stood there: nobody calls a telephone that is not registered.
    bound: Vec<Binding>,
}

impl<'a> Watched<'a> {
    fn new(row: &'a Registration) -> Self {
        Self { row, flow: None, is_only: true, bound: Vec::new() }
    }

    /// For how long (ns) it stood in a silence, in one piece.
    fn counts(&self, silence: &Silence) -> i64 {
        let shared =
            |bound: &Binding| bound.until.min(silence.until.1).since(bound.from.max(silence.after.1));
        self.bound.iter().map(shared).max().unwrap_or_default()
    }
}

/// A registration over UDP from a private IPv4 address to the Internet: a router translates its address.
fn is_translated(case: &Case<'_>, row: &Registration) -> bool {
    let is_private = row.client.is_ipv4() && case.scope(row.client.ip()) == Scope::Lan;
    is_private
        && case.scope(row.registrar.ip()) == Scope::Public
        && row.protocol == Protocol::Udp
        && row.accepted
        && row.expires.is_some_and(|seconds| seconds > SHORT_REGISTRATION)
}

/// `alive`: the client's last packet.
fn silent(case: &Case<'_>, watched: &Watched<'_>, alive: Option<(Frame, Timestamp)>) -> Option<Finding> {
    // An export by protocol lacks the keep-alives, which hold nothing of SIP.
    if case.is_export() {
        return None;
    }
    let (row, flow) = (watched.row, watched.flow?);
    let known = flow.extra.silence.as_deref().into_iter().flat_map(Silences::longest_first);
    let last = latest([flow.from_a.last, flow.from_b.last])?;
    // Until the capture ends, as long as the client is there and did not register from another port instead.
    let until = alive.filter(|_| watched.is_only).map(|until| Silence { after: last, until });
    let all = known.map(|silence| (silence, true)).chain(until.map(|silence| (silence, false)));
    // Where the clock was set forward nobody was silent.
    let is_real =
        |silence: &Silence| !case.forward.is_some_and(|at| at.is_within(silence.after.1, silence.until.1));
    let all = all.filter(|(silence, _)| is_real(silence));
    let (silence, is_ended) = all.max_by_key(|(silence, _)| watched.counts(silence))?;
    let longest = watched.counts(&silence);
    if longest <= Silence::LONG {
        return None;
    }
    let mut collector = Collector::default();
    collector.frames(&[silence.after.0]);
    collector.time(silence.after.1);
    collector.time(silence.until.1);
    if is_ended {
        collector.frames(&[silence.until.0]);
    }
    let (client, registrar) = (row.client.ip(), row.registrar);
    Some(Finding {
        detail: Detail::Sig008 {
            registrar,
            joined: Vec::new(),
            longest,
            expires: row.expires.unwrap_or_default(),
        },
        severity: Severity::Notice,
        confidence: Confidence::Likely,
        subject: Some(case.subject(client)),
        rows: Vec::new(),
        count: 1,
        responsible: Party::Telephony,
        evidence: collector.finish(filter::service(client, registrar, Protocol::Udp)),
    })
}

fn latest(packets: [Option<(Frame, Timestamp)>; 2]) -> Option<(Frame, Timestamp)> {
    packets.into_iter().flatten().max_by_key(|(_, time)| *time)
}

#[cfg(test)]
mod tests;
