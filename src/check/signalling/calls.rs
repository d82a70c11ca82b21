//! SIG-005: calls that were refused though nobody had to, and those whose answer the caller never acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::Collector;
use super::super::filter;
use super::super::finding::{Detail, Finding, Party, Severity, Unjudged};
use super::super::rejection::{Circumstance, Rejection};
use super::{is_outside, user};
use crate::capture::Timestamp;
use crate::observe::message::App;
use crate::observe::message::sip::{Cause, CauseProtocol, Method};
use crate::observe::{
    Answer, Beginning, Break, BreakKind, Call, CallProtocol, CallSide, Flow, Protocol, Registration, Step,
    Stream,
};
use crate::site::{Confidence, Kind, Scope};

/// Answered within this time (ns), a second try shows that nothing is wrong.
const ANOTHER_TRY: i64 = 5_000_000_000;
/// Voice of both sides for less time (ns) than this is no conversation.
const LEAST_SPOKEN: i64 = 1_000_000_000;
/// So many calls to numbers that cannot be reached are more than chance.
const LEAST_EVERYDAY: usize = 3;

/// SIG-005: one finding for a side and a status.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let calls = &case.traffic.calls;
    let passed_on: BTreeSet<usize> = calls.iter().filter_map(|call| call.leg_of).collect();
    let answered = answered(calls);
    let mut failed: BTreeMap<(IpAddr, u16), (SocketAddr, Vec<&Call>)> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        let Answer::Rejected(status) = call.answer else { continue };
        // What the caller asked for is not known.
        if call.beginning != Beginning::Seen {
            continue;
        }
        let caller = call.caller.ip();
        // Strangers who are turned away have codes of their own.
        let is_own = case.scope(caller) == Scope::Lan || case.device(caller).is_some();
        // The leg behind the PBX tells who refused, and a second try that was answered that nothing is wrong.
        let is_passed_on = passed_on.contains(&index);
        let tried_again = answered.get(&(caller, &*call.to)).is_some_and(|starts| {
            let next = starts.partition_point(|start| *start < call.start.1);
            starts.get(next).is_some_and(|start| start.since(call.start.1) <= ANOTHER_TRY)
        });
        // The capture may lack fragments of the next try, which brings credentials and so is larger.
        let may_go_on = matches!(status, 401 | 407)
            && case.traffic.incomplete.iter().any(|datagram| datagram.source == caller);
        // It rang, and nobody answered.
        let is_missed = matches!(status, 408 | 480) && call.ringing.is_some();
        if is_fault(status) && is_own && !is_passed_on && !tried_again && !is_missed && !may_go_on {
            let at = refuser(call, status);
            failed.entry((at.ip(), status)).or_insert_with(|| (at, Vec::new())).1.push(call);
        }
    }
    let [asked, served] = match failed.is_empty() {
        true => [Asked::default(), Asked::default()],
        false => [Asked::of(calls), Asked::of(calls.iter().filter(|call| call.answered.is_some()))],
    };
    let findings = failed.into_iter().filter_map(|((host, status), (at, mut refused))| {
        let all = asked.at(at);
        // Wrong numbers and telephones that are switched off are everyday life, unless hardly a call succeeds.
        let is_everyday =
            matches!(status, 404 | 410 | 480 | 484 | 604) && !refused.iter().all(|call| blames_dns(call));
        // Whom nobody could reach because he renews too late is another matter.
        let is_everyday = is_everyday && {
            let lapsed: Vec<&Call> =
                refused.iter().copied().filter(|call| has_lapsed(case, call, host)).collect();
            let any = !lapsed.is_empty();
            if any {
                refused = lapsed;
            }
            !any
        };
        if is_everyday && (refused.len() < LEAST_EVERYDAY || refused.len() * 2 < all) {
            return None;
        }
        let mut collector = Collector::default();
        for (frame, time) in refused.iter().filter_map(|call| call.end) {
            collector.frames(&[frame]);
            collector.time(time);
        }
        let callers: BTreeSet<IpAddr> = refused.iter().map(|call| call.caller.ip()).collect();
        Some(Finding {
            detail: Detail::Sig005 {
                rejection: Rejection {
                    status,
                    reason: refused.last().and_then(|call| call.reason.clone()).unwrap_or_default(),
                    with_credentials: refused.iter().all(|call| call.with_credentials),
                    outside: is_outside(case, host),
                    offered: refused.last().and_then(|call| call.offered.clone()),
                },
                calls: all as u64,
                answered: served.at(at) as u64,
                callers: callers.into_iter().collect(),
                why: why(case, &refused, host, status),
            },
            severity: Severity::Warning,
            confidence: Confidence::Sure,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: refused.len() as u64,
            responsible: Party::Telephony,
            evidence: collector.finish(format!(
                "{} && sip.CSeq.method == \"INVITE\" && sip.Status-Code == {status}",
                filter::host(host)
            )),
        })
    });
    findings.chain(unacknowledged(case)).chain(broken(case, unjudged)).collect()
}

/// What all refused calls have in common.
fn why(case: &Case<'_>, refused: &[&Call], host: IpAddr, status: u16) -> Option<Circumstance> {
    let is_about_media = matches!(status, 488 | 606 | 415);
    if is_about_media && refused.iter().all(|call| call.offers_nothing) {
        return Some(Circumstance::NoMediaOffered);
    }
    if refused.iter().all(|call| call.is_short) {
        return Some(Circumstance::ShortBody);
    }
    if refused.iter().all(|call| call.cause.as_ref().is_some_and(is_about_channels)) {
        return Some(Circumstance::NoChannel);
    }
    if refused.iter().all(|call| has_lapsed(case, call, host)) {
        return Some(Circumstance::Lapsed);
    }
    // Who serves the domain does not need to resolve it: there it is the user who is missing.
    let is_served = |call: &&Call| {
        let mut rows = case.registrations_at(host);
        rows.any(|row| row.granted.is_some() && domain(&row.aor) == domain(&call.to))
    };
    let is_known =
        |call: &&Call| case.registrations_at(host).any(|row| row.granted.is_some() && row.aor == call.to);
    if refused.iter().all(|call| blames_dns(call)) {
        let served = refused.iter().filter(|call| is_served(call)).count();
        if served == 0 {
            return Some(Circumstance::NameUnresolved);
        }
        if served == refused.len() && !refused.iter().any(is_known) {
            return Some(Circumstance::TargetUnknown);
        }
    }
    if let Some(beside) = super::accepted::beside(case, refused, host, status) {
        return Some(Circumstance::AccountAccepted(beside));
    }
    let is_for_unknown = matches!(status, 404 | 410 | 484 | 604) && !is_outside(case, host);
    let is_pbx = case.device(host).is_some_and(|device| device.kind == Kind::Pbx);
    if is_for_unknown && is_pbx && refused.iter().all(|call| case.is_provider(call.caller.ip())) {
        return Some(Circumstance::FromLine);
    }
    let registers_later = |call: &&Call| {
        case.registrations_of(call.caller.ip()).any(|row| {
            row.registrar.ip() == host && row.granted.is_some_and(|(first, _)| first > call.start.1)
        })
    };
    let is_registered = |call: &&Call| {
        let mut rows = case.registrations_of(call.caller.ip());
        rows.any(|row| row.granted.is_some_and(|(first, _)| first <= call.start.1))
    };
    let is_new = refused.iter().all(|call| registers_later(call) && !is_registered(call));
    is_new.then_some(Circumstance::NotRegistered)
}

/// ITU-T Q.850, 34: no circuit or channel available.
fn is_about_channels(cause: &Cause) -> bool {
    (cause.protocol, cause.value) == (CauseProtocol::Q850, 34)
}

/// Whether the called user was registered with `host` before and after, but not then, and his device has let a registration run
/// out before it renewed it, with no removal in between (RFC 3261 section 10.2.4).
fn has_lapsed(case: &Case<'_>, call: &Call, host: IpAddr) -> bool {
    if !matches!(call.answer, Answer::Rejected(404 | 410 | 480)) || case.forward.is_some() {
        return false;
    }
    let called = user(&call.to);
    let time = call.start.1;
    let own = || case.registrations_at(host).filter(|row| called.is_some() && user(&row.aor) == called);
    let stood = |at: Timestamp| {
        let mut bound = own().flat_map(|row| &row.bound);
        bound.any(|bound| bound.from <= at && at <= bound.until)
    };
    let is_late = |row: &Registration| {
        let granted = i64::from(row.expires.unwrap_or_default()).saturating_mul(1_000_000_000);
        let waits = row.rhythm.is_some_and(|rhythm| granted > 0 && rhythm.longest > granted);
        let before = row.bound.iter().any(|bound| bound.until < time);
        waits && before && row.bound.iter().any(|bound| bound.from > time)
    };
    !stood(time) && own().any(is_late)
}

/// Both ends of a connection, whichever called.
fn ends(flow: &Flow) -> [SocketAddr; 2] {
    pair(flow.a, flow.b)
}

fn pair(one: SocketAddr, other: SocketAddr) -> [SocketAddr; 2] {
    [one.min(other), one.max(other)]
}

/// `anlage.example` of `sip:21@anlage.example`.
fn domain(aor: &str) -> Option<&str> {
    aor.rsplit_once('@').map(|(_, domain)| domain)
}

/// Whether the words of the refusal say that a name could not be resolved: `No DNS results` (repro), `Unresolvable destination`
/// (Kamailio). The status is any then, 478, 480 and 5xx among them.
fn blames_dns(call: &Call) -> bool {
    let words = call.reason.iter().flat_map(|reason| reason.split(|letter: char| !letter.is_alphanumeric()));
    words
        .map(str::to_ascii_lowercase)
        .any(|word| word == "dns" || word.starts_with("unresolv") || word == "resolve")
}

/// SIG-005: calls that were answered, and whose answer the caller never acknowledged.
fn unacknowledged(case: &Case<'_>) -> Vec<Finding> {
    let calls = &case.traffic.calls;
    let mut failed: BTreeMap<IpAddr, (SocketAddr, Vec<&Call>)> = BTreeMap::new();
    let mut spoken: BTreeMap<IpAddr, Vec<i64>> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.is_unacknowledged) {
        let ends = [call.caller.ip(), call.callee.ip()];
        let is_own = |end: IpAddr| case.scope(end) == Scope::Lan || case.device(end).is_some();
        if ends.into_iter().any(is_own) {
            failed.entry(call.callee.ip()).or_insert_with(|| (call.callee, Vec::new())).1.push(call);
            spoken.entry(call.callee.ip()).or_default().extend(spoken_in(case, index));
        }
    }
    let asked = if failed.is_empty() { Asked::default() } else { Asked::of(calls) };
    let is_tcp = |flow: &&Flow| !failed.is_empty() && flow.protocol == Protocol::Tcp && flow.app == App::Sip;
    let connections: BTreeSet<[SocketAddr; 2]> = case.traffic.flows.iter().filter(is_tcp).map(ends).collect();
    let over_tcp = |call: &Call| connections.contains(&pair(call.caller, call.callee));
    let findings = failed.into_iter().map(|(host, (at, failed))| {
        let mut collector = Collector::default();
        for (frame, time) in failed.iter().flat_map(|call| [call.answered, call.end]).flatten() {
            collector.frames(&[frame]);
            collector.time(time);
        }
        let all = asked.at(at);
        let ends = failed.iter().all(|call| call.hung_up == Some(CallSide::Callee));
        let spoken = spoken.get(&host).filter(|each| each.len() == failed.len());
        let spoken = spoken.and_then(|each| each.iter().max()).map(|longest| (*longest, ends));
        let arrived = failed.iter().all(|call| over_tcp(call));
        let callers: BTreeSet<IpAddr> = failed.iter().map(|call| call.caller.ip()).collect();
        let rejection = Rejection {
            status: 408,
            reason: Box::default(),
            with_credentials: false,
            outside: is_outside(case, host),
            offered: None,
        };
        Finding {
            detail: Detail::Sig005 {
                rejection,
                calls: all as u64,
                // Answered is what these were.
                answered: all as u64,
                callers: callers.into_iter().collect(),
                why: Some(Circumstance::Unacknowledged { over_tcp: arrived, spoken }),
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: failed.len() as u64,
            // TCP has shown that the network brings the answer.
            responsible: if arrived { Party::Telephony } else { Party::Network },
            evidence: collector.finish(format!(
                "{} && (sip.CSeq.method == \"INVITE\" || sip.CSeq.method == \"BYE\")",
                filter::host(host)
            )),
        }
    });
    findings.collect()
}

/// SIG-005: calls that came down although they stood, one finding for who repeats, refuses, asks in vain or hangs up.
fn broken(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    // The answer may be what the capture lacks.
    let has_gaps = unjudged.iter().any(|what| matches!(what, Unjudged::Incomplete | Unjudged::OneDirection));
    let is_own = |end: IpAddr| case.scope(end) == Scope::Lan || case.device(end).is_some();
    let mut failed: BTreeMap<(IpAddr, BreakKind), Vec<(&Call, Break)>> = BTreeMap::new();
    for call in &case.traffic.calls {
        if let Some(broken) = call.broken.as_deref().copied()
            && (is_own(call.caller.ip()) || is_own(call.callee.ip()))
            && !(has_gaps && broken.kind == BreakKind::Unanswered)
        {
            failed.entry((broken.from.ip(), broken.kind)).or_default().push((call, broken));
        }
    }
    let asked = if failed.is_empty() { Asked::default() } else { Asked::of(&case.traffic.calls) };
    let findings = failed.into_iter().filter_map(|((host, kind), failed)| {
        let (last, latest) = failed.last()?;
        let mut collector = Collector::default();
        for (frame, time) in failed.iter().flat_map(|(call, broken)| [Some(broken.at), call.end]).flatten() {
            collector.frames(&[frame]);
            collector.time(time);
        }
        let callers: BTreeSet<IpAddr> = failed.iter().map(|(call, _)| call.caller.ip()).collect();
        let all = asked.at(last.callee).max(failed.len());
        let is_on_the_way = match kind {
            BreakKind::Unheeded => latest.to.ip() == host,
            BreakKind::Unanswered => true,
            BreakKind::Refused | BreakKind::Expired => false,
        };
        Some(Finding {
            detail: Detail::Sig005 {
                rejection: Rejection {
                    status: latest.status.unwrap_or(408),
                    reason: Box::default(),
                    with_credentials: false,
                    outside: is_outside(case, host),
                    offered: None,
                },
                calls: all as u64,
                answered: all as u64,
                callers: callers.into_iter().collect(),
                why: Some(Circumstance::Broken(*latest)),
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: failed.len() as u64,
            responsible: if is_on_the_way { Party::Network } else { Party::Telephony },
            evidence: collector.finish(format!(
                "{} && (sip.CSeq.method == \"INVITE\" || sip.CSeq.method == \"UPDATE\" || sip.CSeq.method == \"ACK\" || sip.CSeq.method == \"BYE\")",
                filter::host(host)
            )),
        })
    });
    findings.collect()
}

/// For how long (ns) both sides of a call spoke at the same time.
fn spoken_in(case: &Case<'_>, call: usize) -> Option<i64> {
    let ends = |stream: &Stream| (stream.source.ip(), stream.destination.ip());
    let both = case.streams_in(call).flat_map(|one| {
        let others = case.streams_in(call).filter(move |other| ends(other) == (ends(one).1, ends(one).0));
        others.map(|other| {
            let (one, other) = (&one.report, &other.report);
            one.last.time.min(other.last.time).since(one.first.time.max(other.first.time))
        })
    });
    both.max().filter(|spoken| *spoken >= LEAST_SPOKEN)
}

/// Who turned a call away: a proxy passes on what another one answered, and the call is the same on both hops.
fn refuser(call: &Call, status: u16) -> SocketAddr {
    let is_refusal = |step: &Step<'_>| step.status == Some(status) && step.method == Some(&Method::Invite);
    call.ladder.steps().find(is_refusal).map_or(call.callee, |step| step.from)
}

/// To how many calls each host was asked: the INVITE of how many went there.
#[derive(Debug, Default)]
pub(super) struct Asked {
    by_host: BTreeMap<IpAddr, usize>,
    /// Where the caller runs on the host as well, the port tells the two apart.
    beside_caller: BTreeMap<SocketAddr, usize>,
}

impl Asked {
    pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Self {
        let mut asked = Self::default();
        let is_invite = |step: &Step<'_>| step.status.is_none() && step.method == Some(&Method::Invite);
        for call in calls
            .into_iter()
            .filter(|call| call.protocol == CallProtocol::Sip && call.beginning == Beginning::Seen)
        {
            let caller = call.caller;
            let passed_on = call.ladder.steps().filter(is_invite).map(|step| step.to);
            let ends: BTreeSet<SocketAddr> = passed_on.chain([call.callee]).collect();
            for end in ends.iter().filter(|end| end.ip() == caller.ip() && **end != caller) {
                *asked.beside_caller.entry(*end).or_default() += 1;
            }
            let hosts: BTreeSet<IpAddr> =
                ends.iter().map(SocketAddr::ip).filter(|host| *host != caller.ip()).collect();
            for host in hosts {
                *asked.by_host.entry(host).or_default() += 1;
            }
        }
        asked
    }

    pub(super) fn at(&self, host: SocketAddr) -> usize {
        let beside = self.beside_caller.get(&host).copied().unwrap_or_default();
        self.by_host.get(&host.ip()).copied().unwrap_or_default() + beside
    }
}

/// When calls began that were answered, by who called whom, ascending.
fn answered(calls: &[Call]) -> BTreeMap<(IpAddr, &str), Vec<Timestamp>> {
    let mut answered: BTreeMap<(IpAddr, &str), Vec<Timestamp>> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.answered.is_some()) {
        answered.entry((call.caller.ip(), &*call.to)).or_default().push(call.start.1);
    }
    answered.values_mut().for_each(|starts| starts.sort_unstable());
    answered
}

/// Final answers behind which no person stands: nobody was busy, declined or hung up (RFC 3261 section 21), and neither
/// another interval nor another time is all that is missing; 401 and 407 are final only where no credentials followed. Nor did anything fail where the called side does
/// not want the call (607, RFC 8197), somebody blocks it for that side (608, RFC 8688), or anonymous callers are turned away
/// (433, RFC 5079).
fn is_fault(status: u16) -> bool {
    let is_meant = matches!(status, 433 | 486 | 600 | 603 | 607 | 608);
    status >= 400 && !is_meant && !matches!(status, 422 | 423 | 487 | 491 | 494)
}
