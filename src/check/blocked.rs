//! PORT-003: documented ports at which attempts fail, where the capture proves that an answer would have been seen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::message::App;
use crate::observe::{Call, Flow, FlowView, IcmpReport, Protocol, TcpOutcome};
use crate::rules::Row;
use crate::site::{Confidence, Initiator, Kind, Scope};

use super::case::{Case, End, Fit, RTP, SIP};
use super::evidence::of_flows;
use super::finding::{Detail, Finding, Others, Party, Refusal, Severity, VoiceSent};

/// As findings.tsv has it.
const LEAST_ATTEMPTS: u64 = 2;

/// Attempts of one host at one service.
#[derive(Default)]
struct Attempts<'a> {
    count: u64,
    /// Those that somebody refused by ICMP.
    refused: u64,
    /// Packets of voice: what goes where it is awaited asks no service.
    voice: u64,
    answered: bool,
    /// When the last answer came.
    latest: Option<Timestamp>,
    refusals: BTreeSet<Refusal>,
    flows: Vec<&'a Flow>,
    rows: BTreeMap<&'a str, &'a Row>,
}

/// What tells of attempts that they did not fail, or not at a block, beside their own packets.
struct Beside {
    /// Who asked whom by SIP over UDP and was answered, from whatever port.
    answered: BTreeSet<(SocketAddr, SocketAddr)>,
    /// Hosts of the LAN with the addresses at which servers of the Internet see them.
    seen_as: BTreeSet<(IpAddr, IpAddr)>,
}

impl Beside {
    fn of(case: &Case<'_>) -> Self {
        let calls = case.traffic.calls.iter().filter(|call| call.transport == Protocol::Udp);
        let calls = calls.filter(|call| call.status.is_some() || call.ringing.is_some());
        let registrations = case.traffic.registrations.iter().filter(|row| row.protocol == Protocol::Udp);
        let registrations = registrations.filter(|row| row.status.is_some());
        let answered = calls
            .map(|call| (call.caller, call.callee))
            .chain(registrations.map(|row| (row.client, row.registrar)))
            .collect();
        let seen = case.traffic.flows.iter().flat_map(|flow| {
            let own = |is_a: bool| if is_a { flow.a.ip() } else { flow.b.ip() };
            flow.extra.mapped.iter().map(move |one| (own(one.is_a), one.to.ip()))
        });
        Self { answered, seen_as: seen.filter(|(own, to)| own != to).collect() }
    }

    /// Whether the other side answered SIP from another port than it was asked at: it was reached.
    fn is_answered(&self, case: &Case<'_>, view: &FlowView<'_>) -> bool {
        self.answered.contains(&(view.own(), view.peer())) && case.sends_to(view.peer().ip(), view.host())
    }
}

/// The findings, and the flows in which the attempts failed.
#[derive(Debug, Default)]
pub(super) struct Blocked {
    pub(super) findings: Vec<Finding>,
    pub(super) flows: BTreeSet<usize>,
}

/// All PORT-003 findings: one for a host and the service it cannot reach.
pub(super) fn check(case: &Case<'_>) -> Blocked {
    let mut documented: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    for end in &case.ends {
        // A row about a name is about that name: what else is at the same port is another service.
        let meant = end.rows.iter().filter(|(row, fit)| *fit == Fit::Full || !row.is_about_names());
        let meant = meant.map(|(row, _)| *row).filter(|row| !end.is_outdone(row) && is_tried(end, row));
        documented.entry(end.view.flow.id).or_default().extend(meant);
    }
    let beside = Beside::of(case);
    let mut attempts: BTreeMap<(IpAddr, Protocol, SocketAddr), Attempts<'_>> = BTreeMap::new();
    for (id, rows) in documented.iter().filter(|(_, rows)| !rows.is_empty()) {
        let Some(flow) = case.traffic.flows.get(*id) else { continue };
        if let Some(view) = FlowView::both(flow).into_iter().find(FlowView::started) {
            attempts.entry((view.host(), flow.protocol, view.peer())).or_default().add(
                (case, &beside),
                &view,
                rows,
            );
        }
    }
    let answered = |((_, protocol, target), attempts): (&(IpAddr, Protocol, SocketAddr), &Attempts<'_>)| {
        attempts.answered.then_some(((*protocol, *target), attempts.latest))
    };
    let mut served: BTreeMap<(Protocol, SocketAddr), Option<Timestamp>> = BTreeMap::new();
    for (service, latest) in attempts.iter().filter_map(answered) {
        let known = served.entry(service).or_default();
        *known = latest.max(*known);
    }
    let failed = attempts.into_iter().filter(|((host, _, target), attempts)| {
        // What goes to the own public address, its own router refuses: it never leaves the network.
        let is_own = beside.seen_as.contains(&(*host, target.ip()));
        !attempts.answered && !is_own && attempts.count >= LEAST_ATTEMPTS && !attempts.refusals.is_empty()
    });
    let mut blocked = Blocked::default();
    for ((host, protocol, target), attempts) in failed {
        let others = served.get(&(protocol, target));
        let others = (others.is_some(), others.copied().flatten());
        if let Some(finding) = finding(case, host, (protocol, target, others), &attempts) {
            blocked.flows.extend(attempts.flows.iter().map(|flow| flow.id));
            blocked.findings.push(finding);
        }
    }
    blocked
}

impl<'a> Attempts<'a> {
    fn add(&mut self, (case, beside): (&Case<'_>, &Beside), view: &FlowView<'a>, rows: &[&'a Row]) {
        self.flows.push(view.flow);
        self.rows.extend(rows.iter().map(|row| (row.id.as_str(), *row)));
        let is_answered = view.was_answered() || view.flow.extra.hears;
        self.answered |= is_answered;
        if is_answered {
            self.latest = self.latest.max(view.received.last.map(|(_, time)| time));
        }
        let icmp = view.flow.extra.icmp.iter().find(|report| report.about_a && report.is_unreachable());
        let (count, refusal) = match (&view.flow.tcp, icmp) {
            (Some(tcp), None) if tcp.outcome == TcpOutcome::Refused => {
                (tcp.attempt_count, Some(Refusal::Reset))
            }
            (Some(tcp), None) if tcp.outcome == TcpOutcome::Silent => {
                (tcp.attempt_count, Some(Refusal::Silence))
            }
            // Who does without RTCP refuses it, and the call goes on (RFC 3550 section 6.2).
            (_, Some(_)) if view.flow.app == App::Rtcp => (0, None),
            (_, Some(report)) if is_without_call(case, view, report) => (0, None),
            (_, Some(report)) => (view.sent.packets, Some(refusal(report))),
            (None, None) if is_request(view, rows) && !beside.is_answered(case, view) => {
                (view.sent.payload_packets, Some(Refusal::Silence))
            }
            _ => (0, None),
        };
        self.count += count;
        self.voice += if view.flow.app == App::Rtp { view.sent.packets } else { 0 };
        let reports = view.flow.extra.icmp.iter().filter(|report| report.about_a && report.is_unreachable());
        self.refused += if count > 0 { reports.map(|report| report.count).sum::<u64>() } else { 0 };
        self.refusals.extend(refusal);
    }
}

/// Whether a row is about a service that the starter of a flow wants of the other side, rather than one that it has itself.
fn is_tried(end: &End<'_>, row: &Row) -> bool {
    let own_service = if end.view.started() { Initiator::Peer } else { Initiator::Own };
    row.legs.iter().any(|leg| leg.initiator != own_service)
}

/// Whether a host itself refuses voice for which it has no call, or no longer: the caller never confirmed it, or it is over.
fn is_without_call(case: &Case<'_>, view: &FlowView<'_>, report: &IcmpReport) -> bool {
    if view.flow.app != App::Rtp || report.reporter != view.peer().ip() {
        return false;
    }
    let streams = case.streams_between(view.own(), view.peer());
    let calls = streams.map(|stream| stream.call.and_then(|id| case.traffic.calls.get(id)));
    let is_over = |call: Option<&Call>| {
        call.is_some_and(|call| {
            call.is_unacknowledged || call.end.is_some_and(|(_, end)| end <= report.span.0)
        })
    };
    let mut calls = calls.peekable();
    calls.peek().is_some() && calls.all(is_over)
}

/// Whether a telephone system asks where a telephone was, and is told by that one, by the way there, or by nobody that it is
/// there no more: it has gone, or the router has forgotten it. No service is blocked that somebody documented.
fn is_lost_contact(
    case: &Case<'_>,
    (host, target): (IpAddr, IpAddr),
    attempts: &Attempts<'_>,
    refusal: Refusal,
) -> bool {
    let is_system = |at: IpAddr| {
        case.device(at).is_some_and(|device| matches!(device.kind, Kind::Pbx | Kind::Cloud | Kind::Provider))
    };
    let is_forbidden = match refusal {
        Refusal::Icmp { v6, code, .. } => {
            if v6 {
                matches!(code, 1)
            } else {
                matches!(code, 9 | 10 | 13)
            }
        }
        Refusal::Reset | Refusal::Silence => false,
    };
    is_system(host)
        && !is_system(target)
        && !case.is_provider(target)
        && (case.scope(target) == Scope::Lan || case.is_registered_at(target, host))
        && !is_forbidden
        && attempts.flows.iter().all(|flow| flow.app == App::Sip)
}

/// Protocols in which every packet of the starter asks for an answer. STUN beside voice does not: ICE asks at many
/// addresses and needs one (RFC 8445 section 6.1).
fn is_request(view: &FlowView<'_>, rows: &[&Row]) -> bool {
    let legs = rows.iter().filter(|row| row.speaks.iter().any(|word| *word == RTP)).flat_map(|row| &row.legs);
    let is_beside_voice =
        legs.flat_map(|leg| [leg.own.set(), leg.remote.set()]).flatten().any(|ports| ports.count() > 1);
    match view.flow.app {
        App::Dns | App::Ntp | App::Sip => true,
        App::Stun => !is_beside_voice,
        _ => false,
    }
}

/// A service of the device itself that the document does not expect everywhere: web configuration, say.
fn is_offered_by_some(row: &Row) -> bool {
    !row.expected && row.legs.iter().all(|leg| leg.initiator == Initiator::Peer)
}

fn refusal(report: &IcmpReport) -> Refusal {
    Refusal::Icmp { v6: report.v6, kind: report.kind, code: report.code, reporter: report.reporter }
}

/// Whether SDP that could be read tells of voice in these attempts.
fn is_announced(case: &Case<'_>, attempts: &Attempts<'_>) -> bool {
    let flows: BTreeSet<usize> = attempts.flows.iter().map(|flow| flow.id).collect();
    let streams = case.traffic.streams.iter().filter(|stream| flows.contains(&stream.flow));
    streams.into_iter().any(|stream| stream.call.is_some() || stream.report.announced_at.is_some())
}

fn finding(
    case: &Case<'_>,
    host: IpAddr,
    (protocol, target, (serves, latest)): (Protocol, SocketAddr, (bool, Option<Timestamp>)),
    attempts: &Attempts<'_>,
) -> Option<Finding> {
    // What was said outweighs silence.
    let refusal = *attempts.refusals.iter().max()?;
    if refusal == Refusal::Silence && !case.would_see_an_answer(host, target.ip()) {
        return None;
    }
    if is_lost_contact(case, (host, target.ip()), attempts, refusal) {
        return None;
    }
    let first = attempts.flows.first()?;
    let views = FlowView::both(first);
    let own = views.iter().filter(|view| view.host() == host);
    if case.is_any_excepted("PORT-003", own.map(|view| (view.own(), view.peer(), protocol))) {
        return None;
    }
    // Whoever looks for devices is refused by all of another kind.
    let is_by_target = match refusal {
        Refusal::Icmp { reporter, .. } => reporter == target.ip(),
        Refusal::Reset => true,
        Refusal::Silence => false,
    };
    if is_by_target && attempts.rows.values().all(|row| row.search) {
        return None;
    }
    let outbound = case.scope(target.ip()) == Scope::Public;
    let began = attempts.flows.iter().filter_map(|flow| flow.from_a.first).map(|(_, time)| time).min()?;
    // A service under a condition need not be there.
    let is_optional = attempts
        .rows
        .values()
        .all(|row| row.condition.is_some() || row.is_wildcard() || is_offered_by_some(row));
    // A public host that knocks in vain is no fault.
    let device = case.device(host);
    if device.is_none() && case.scope(host) != Scope::Lan {
        return None;
    }
    let known = device.map_or(Confidence::Likely, |device| device.confidence);
    Some(Finding {
        detail: Detail::Port003 {
            target,
            joined: Vec::new(),
            protocol,
            refusal,
            outbound,
            life: case.life(target.ip(), began),
            serves: Others::of(serves, latest, began),
            voice: (attempts.voice > 0 && attempts.voice == attempts.count).then(|| VoiceSent {
                packets: attempts.voice,
                ports: (outbound && !is_announced(case, attempts))
                    .then(|| attempts.rows.values().find_map(|row| row.remote_range(RTP, target.port())))
                    .flatten(),
            }),
        },
        severity: match is_optional {
            true if is_cut_off(case, host, attempts) => Severity::Warning,
            true => Severity::Notice,
            false => Severity::Error,
        },
        confidence: if refusal == Refusal::Silence { Confidence::Likely } else { known },
        subject: Some(case.subject(host)),
        rows: attempts.rows.keys().map(|id| (*id).into()).collect(),
        // What was refused is not all that was sent: most hosts limit how often they say so (RFC 1812 section 4.3.2.8).
        count: match refusal {
            Refusal::Icmp { .. } => attempts.refused,
            Refusal::Reset | Refusal::Silence => attempts.count,
        },
        responsible: Party::Network,
        evidence: of_flows(attempts.flows.iter().copied()),
    })
}

/// Whether signalling is what a telephone wants there, and it talks to nobody else: it may try one transport after the other.
fn is_cut_off(case: &Case<'_>, host: IpAddr, attempts: &Attempts<'_>) -> bool {
    let is_telephone =
        case.device(host).is_some_and(|device| matches!(device.kind, Kind::Terminal | Kind::Softphone));
    let is_signalling = attempts.rows.values().all(|row| row.speaks.iter().any(|word| *word == SIP));
    let talks = |flow: &Flow| {
        let is_meant = matches!(flow.app, App::Sip | App::Tls | App::Rtp);
        is_meant && flow.from_a.payload_packets > 0 && flow.from_b.payload_packets > 0
    };
    is_telephone && is_signalling && !case.flows_of(host).any(talks)
}

#[cfg(test)]
mod tests;
