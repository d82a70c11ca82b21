//! SIG codes: whether devices can register (RFC 3261 section 10), and what becomes of their messages on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::observe::message::sip::Method;
use crate::observe::{
    Answer, Call, CallProtocol, Incomplete, Missing, Protocol, Registration, Repeated, Rewrite, Step,
};
use crate::site::{Confidence, Scope};

use super::case::Case;
use super::evidence::Collector;
use super::filter;
use super::finding::{Detail, Finding, Party, Severity, Unjudged};

/// Tries without an answer, and how long (ns) they must go on: RFC 3261 section 17.1.2.2 repeats after 0.5, 1 and 2 s.
const LEAST_TRIES: u64 = 3;
const LEAST_WAIT: i64 = 1_000_000_000;
/// Answered within this time (ns), a second try shows that nothing is wrong.
const ANOTHER_TRY: i64 = 5_000_000_000;
/// So many calls to numbers that cannot be reached are more than chance.
const LEAST_EVERYDAY: usize = 3;
const CALLERS_NAMED: usize = 5;
/// A message whose fragments are lost is sent again.
const LEAST_DATAGRAMS: usize = 2;
/// IP protocol number.
const UDP: u8 = 17;

/// All SIG findings.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let mut findings = Vec::new();
    // An answer that is cut short may be the one that is missing.
    if !unjudged.contains(&Unjudged::CutSip) {
        findings.extend(registrations(case, unjudged));
        findings.extend(failed_calls(case));
        findings.extend(case.traffic.rewrites.iter().filter_map(|rewrite| rewritten(case, rewrite)));
    }
    if !unjudged.contains(&Unjudged::Incomplete) {
        findings.extend(fragmented(case));
        if !unjudged.contains(&Unjudged::OneDirection) && !unjudged.contains(&Unjudged::CutSip) {
            findings.extend(case.traffic.repeats.iter().filter_map(|row| repeated(case, row)));
        }
    }
    findings
}

/// SIG-001, SIG-002 and SIG-003.
fn registrations(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    // A stranger who is turned away is no fault.
    let own = || {
        case.traffic.registrations.iter().filter(|registration| {
            let client = registration.client.ip();
            case.scope(client) == Scope::Lan || case.device(client).is_some()
        })
    };
    let mut findings = one_per_client(own().filter_map(|registration| refused(case, registration)));
    if !unjudged.contains(&Unjudged::OneDirection) {
        findings.extend(one_per_client(own().filter_map(|registration| unanswered(case, registration))));
    }
    findings.extend(one_per_client(own().filter_map(|registration| remapped(case, registration))));
    findings
}

/// Findings of one kind about one device are one: the first stands for the others.
fn one_per_client(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut by_client: BTreeMap<Option<IpAddr>, Finding> = BTreeMap::new();
    for finding in findings {
        let client = finding.subject.as_ref().map(|subject| subject.address);
        match by_client.get_mut(&client) {
            Some(known) => known.count += finding.count,
            None => {
                by_client.insert(client, finding);
            }
        }
    }
    by_client.into_values().collect()
}

/// SIG-001.
fn refused(case: &Case<'_>, registration: &Registration) -> Option<Finding> {
    let refused = registration.refused?;
    let detail = Detail::Sig001 {
        account: registration.aor.clone(),
        registrar: registration.registrar,
        status: refused.status,
    };
    let mut collector = Collector::default();
    collector.frames(&[refused.frame]);
    collector.time(refused.time);
    Some(finding(case, registration, detail, refused.count, Party::Telephony, collector))
}

/// SIG-002.
fn unanswered(case: &Case<'_>, registration: &Registration) -> Option<Finding> {
    let tries = &registration.unanswered;
    let (first, last) = tries.span?;
    let (client, registrar) = (registration.client.ip(), registration.registrar.ip());
    if tries.count < LEAST_TRIES
        || last.since(first) < LEAST_WAIT
        || !case.would_see_an_answer(client, registrar)
    {
        return None;
    }
    let detail = Detail::Sig002 {
        registrar: registration.registrar,
        protocol: registration.protocol,
        is_up: case.is_up(registrar),
    };
    let mut collector = Collector::default();
    collector.frames(&tries.frames);
    collector.time(first);
    collector.time(last);
    let found = finding(case, registration, detail, tries.count, Party::Network, collector);
    Some(Finding { confidence: Confidence::Likely, ..found })
}

/// SIG-003.
fn remapped(case: &Case<'_>, registration: &Registration) -> Option<Finding> {
    let [before, .., after] = registration.mappings.as_slice() else { return None };
    let addresses = match (before.address, after.address) {
        (Some(before), Some(after)) if before != after => Some([before, after]),
        _ => None,
    };
    let detail =
        Detail::Sig003 { registrar: registration.registrar, ports: [before.port, after.port], addresses };
    let mut collector = Collector::default();
    for mapping in &registration.mappings {
        collector.frames(&[mapping.frame]);
        collector.time(mapping.time);
    }
    let count = registration.mappings.len() as u64 - 1;
    let found = finding(case, registration, detail, count, Party::Network, collector);
    // The line may have been given a new address, as it is once a day at many connections.
    let severity = if addresses.is_some() { Severity::Notice } else { Severity::Warning };
    Some(Finding { severity, confidence: Confidence::Likely, ..found })
}

fn finding(
    case: &Case<'_>,
    registration: &Registration,
    detail: Detail,
    count: u64,
    responsible: Party,
    collector: Collector,
) -> Finding {
    let client = registration.client.ip();
    Finding {
        detail,
        severity: Severity::Error,
        confidence: Confidence::Sure,
        subject: Some(case.subject(client)),
        rows: Vec::new(),
        count,
        responsible,
        evidence: collector.finish(filter::service(client, registration.registrar, registration.protocol)),
    }
}

/// SIG-004.
fn rewritten(case: &Case<'_>, rewrite: &Rewrite) -> Option<Finding> {
    // Behind a router, what the client wrote is not seen as it wrote it.
    if case.scope(rewrite.client) != Scope::Lan {
        return None;
    }
    let mut collector = Collector::default();
    collector.frames(&rewrite.frames);
    collector.time(rewrite.span.0);
    collector.time(rewrite.span.1);
    Some(Finding {
        detail: Detail::Sig004 {
            server: rewrite.server,
            method: rewrite.method.clone(),
            sent: rewrite.sent.clone(),
            returned: rewrite.returned.clone(),
        },
        severity: Severity::Error,
        confidence: if rewrite.is_both { Confidence::Sure } else { Confidence::Likely },
        subject: Some(case.subject(rewrite.client)),
        rows: Vec::new(),
        count: rewrite.count,
        responsible: Party::Network,
        evidence: collector.finish(filter::hosts(rewrite.client, rewrite.server)),
    })
}

/// SIG-005: one finding for a side and a status.
fn failed_calls(case: &Case<'_>) -> Vec<Finding> {
    let calls = &case.traffic.calls;
    let mut failed: BTreeMap<(IpAddr, u16), Vec<&Call>> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        let Answer::Rejected(status) = call.answer else { continue };
        let caller = call.caller.ip();
        // Strangers who are turned away have codes of their own.
        let is_own = case.scope(caller) == Scope::Lan || case.device(caller).is_some();
        // The leg behind the PBX tells who refused, and a second try that was answered that nothing is wrong.
        let is_passed_on = calls.iter().any(|other| other.leg_of == Some(index));
        let tried_again = calls.iter().any(|other| {
            let waited = other.start.1.since(call.start.1);
            other.answered.is_some()
                && (other.caller.ip(), &other.to) == (caller, &call.to)
                && (0..=ANOTHER_TRY).contains(&waited)
        });
        if is_fault(status) && is_own && !is_passed_on && !tried_again {
            failed.entry((refuser(call, status), status)).or_default().push(call);
        }
    }
    let findings = failed.into_iter().filter_map(|((host, status), refused)| {
        let all = calls.iter().filter(|call| was_asked(call, host)).count();
        // Wrong numbers and telephones that are switched off are everyday life, unless hardly a call succeeds.
        let is_everyday = matches!(status, 404 | 410 | 480 | 484 | 604);
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
                status,
                calls: all as u64,
                callers: callers.into_iter().take(CALLERS_NAMED).collect(),
            },
            severity: Severity::Warning,
            confidence: Confidence::Sure,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: refused.len() as u64,
            responsible: Party::Telephony,
            evidence: collector.finish(format!("{} && sip.Status-Code == {status}", filter::host(host))),
        })
    });
    findings.collect()
}

/// Who turned a call away: a proxy passes on what another one answered, and the call is the same on both hops.
fn refuser(call: &Call, status: u16) -> IpAddr {
    let is_refusal = |step: &Step<'_>| step.status == Some(status) && step.method == Some(&Method::Invite);
    call.ladder.steps().find(is_refusal).map_or(call.callee, |step| step.from).ip()
}

/// Whether the INVITE went to this host.
fn was_asked(call: &Call, host: IpAddr) -> bool {
    let is_invite = |step: Step<'_>| {
        step.status.is_none() && step.method == Some(&Method::Invite) && step.to.ip() == host
    };
    call.protocol == CallProtocol::Sip && (call.callee.ip() == host || call.ladder.steps().any(is_invite))
}

/// Final answers behind which no person stands: nobody was busy, declined or hung up (RFC 3261 section 21), and neither
/// credentials, another interval nor another time is all that is missing.
fn is_fault(status: u16) -> bool {
    status >= 400 && !matches!(status, 401 | 407 | 422 | 423 | 486 | 487 | 491 | 494 | 600 | 603)
}

/// SIG-009.
fn repeated(case: &Case<'_>, row: &Repeated) -> Option<Finding> {
    let sender = row.from.ip();
    let is_own = case.scope(sender) == Scope::Lan || case.device(sender).is_some();
    if !is_own || row.span.1.since(row.span.0) < LEAST_WAIT || !case.would_see_an_answer(sender, row.to.ip())
    {
        return None;
    }
    // A registration that nothing answers has a code of its own.
    if &*row.method == "REGISTER" && row.answered == 0 {
        return None;
    }
    // A proxy passes on every repetition; who does not answer is behind it.
    let is_passed_on = case.traffic.repeats.iter().any(|other| {
        let together = other.span.0 <= row.span.1 && row.span.0 <= other.span.1;
        other.from.ip() == row.to.ip() && other.method == row.method && together
    });
    if is_passed_on {
        return None;
    }
    let mut collector = Collector::default();
    collector.frames(&row.frames);
    collector.time(row.span.0);
    collector.time(row.span.1);
    Some(Finding {
        detail: Detail::Sig009 {
            method: row.method.clone(),
            to: row.to,
            most: row.most,
            answered: row.answered,
        },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: row.requests,
        responsible: Party::Network,
        evidence: collector.finish(filter::service(sender, row.to, Protocol::Udp)),
    })
}

/// SIG-006.
fn fragmented(case: &Case<'_>) -> Vec<Finding> {
    let mut lost: BTreeMap<(SocketAddr, SocketAddr), Vec<&Incomplete>> = BTreeMap::new();
    for datagram in &case.traffic.incomplete {
        let Some((from, to)) = datagram.ports.filter(|_| datagram.protocol == UDP) else { continue };
        let (from, to) = (SocketAddr::new(datagram.source, from), SocketAddr::new(datagram.destination, to));
        let is_lost = matches!(datagram.missing, Missing::Middle | Missing::Last);
        if is_lost && (speaks_sip(case, from) || speaks_sip(case, to)) {
            lost.entry((from, to)).or_default().push(datagram);
        }
    }
    let repeated = lost.into_iter().filter(|(_, datagrams)| datagrams.len() >= LEAST_DATAGRAMS);
    let findings = repeated.map(|((from, to), datagrams)| {
        let mut collector = Collector::default();
        for datagram in &datagrams {
            collector.frames(&datagram.frames);
            collector.time(datagram.time);
        }
        Finding {
            detail: Detail::Sig006 {
                peer: to,
                bytes: datagrams.iter().map(|datagram| datagram.bytes_seen).max().unwrap_or_default(),
                near: case.are_neighbours(from.ip(), to.ip()),
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(from.ip())),
            rows: Vec::new(),
            count: datagrams.len() as u64,
            responsible: Party::Network,
            evidence: collector.finish(filter::hosts(from.ip(), to.ip())),
        }
    });
    findings.collect()
}

fn speaks_sip(case: &Case<'_>, socket: SocketAddr) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&socket.ip()));
    let endpoint = at.ok().and_then(|at| endpoints.get(at));
    endpoint.is_some_and(|endpoint| endpoint.ports.contains_key(&(Protocol::Udp, socket.port())))
}

#[cfg(test)]
mod tests;
