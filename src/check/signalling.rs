//! SIG codes: whether devices can register (RFC 3261 section 10), and what becomes of their messages on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::message::sip::Method;
use crate::observe::{
    Answer, Beginning, Call, CallProtocol, Incomplete, Missing, Protocol, Refused, Registration, Repeated,
    RequestId, Rewrite, Step,
};
use crate::site::{Confidence, Scope};

use super::case::Case;
use super::evidence::Collector;
use super::filter;
use super::finding::{Code, Detail, Evidence, Finding, Party, Severity, Unjudged};
use super::hidden::is_left_out;
use super::rejection::{Circumstance, Rejection};

/// Tries without an answer, and how long (ns) they must go on: RFC 3261 section 17.1.2.2 repeats after 0.5, 1 and 2 s.
const LEAST_TRIES: u64 = 3;
const LEAST_WAIT: i64 = 1_000_000_000;
/// So long (ns) a registration must have been refused to be worth a word although it was accepted in the end.
const LONG_OUTAGE: i64 = 60_000_000_000;
/// Answered within this time (ns), a second try shows that nothing is wrong.
const ANOTHER_TRY: i64 = 5_000_000_000;
/// So many calls to numbers that cannot be reached are more than chance.
const LEAST_EVERYDAY: usize = 3;
/// Proxies that are named between who repeats a request and who does not answer it.
const HOPS_NAMED: usize = 4;
/// A proxy that keeps no state passes a request on within this time (ns); its own timer would wait 500 ms.
const PASSED_ON_WITHIN: i64 = 200_000_000;
/// A message whose fragments are lost is sent again.
const LEAST_DATAGRAMS: usize = 2;
/// IP protocol number.
const UDP: u8 = 17;

/// All SIG findings.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_judged = |code| !is_left_out(code, unjudged);
    findings.extend(registrations(case, unjudged));
    if is_judged(Code::Sig005) {
        findings.extend(failed_calls(case));
    }
    if is_judged(Code::Sig004) {
        findings.extend(case.traffic.rewrites.iter().filter_map(|rewrite| rewritten(case, rewrite)));
    }
    if is_judged(Code::Sig006) {
        findings.extend(fragmented(case));
    }
    if is_judged(Code::Sig009) {
        let mut by_sender: BTreeMap<(IpAddr, &str), Vec<&Repeated>> = BTreeMap::new();
        for row in &case.traffic.repeats {
            by_sender.entry((row.from.ip(), &row.method)).or_default().push(row);
        }
        for row in &case.traffic.repeats {
            let onward = by_sender.get(&(row.to.ip(), &*row.method)).map_or(&[][..], Vec::as_slice);
            findings.extend(repeated(case, row, onward));
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
    let mut findings = Vec::new();
    if !is_left_out(Code::Sig001, unjudged) {
        findings.extend(refusals(case, &own().collect::<Vec<_>>()));
    }
    if !is_left_out(Code::Sig002, unjudged) {
        findings.extend(one_per_client(own().filter_map(|registration| unanswered(case, registration))));
    }
    if !is_left_out(Code::Sig003, unjudged) {
        findings.extend(one_per_client(own().filter_map(|registration| remapped(case, registration))));
    }
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

/// SIG-001, one for a client and a status: what is refused at the end, and for how long it was refused before.
fn refusals(case: &Case<'_>, registrations: &[&Registration]) -> Vec<Finding> {
    let mut findings: BTreeMap<(IpAddr, u16), Finding> = BTreeMap::new();
    let refused = registrations.iter().filter_map(|registration| refused(case, registration));
    let outages = registrations.iter().filter_map(|registration| outage(case, registration));
    for (status, finding) in refused.chain(outages) {
        let Some(client) = finding.subject.as_ref().map(|subject| subject.address) else { continue };
        match findings.get_mut(&(client, status)) {
            Some(known) => {
                // The gravest stands for the others, of equal ones the one that happened most.
                let count = known.count + finding.count;
                if (finding.severity, finding.count) > (known.severity, known.count) {
                    *known = finding;
                }
                known.count = count;
            }
            None => {
                findings.insert((client, status), finding);
            }
        }
    }
    findings.into_values().collect()
}

/// A registration that stands refused.
fn refused(case: &Case<'_>, registration: &Registration) -> Option<(u16, Finding)> {
    let refused = registration.refused.as_ref()?;
    // The same user of the same client under another domain: then the domain is wrong, and somebody has mended it.
    let instead = case.registrations_of(registration.client.ip()).find(|other| {
        other.aor != registration.aor
            && user(&other.aor).is_some_and(|name| user(&registration.aor) == Some(name))
            && other.granted.is_some_and(|(_, latest)| latest > refused.time)
    });
    let detail = Detail::Sig001 {
        account: registration.aor.clone(),
        registrar: registration.registrar,
        rejection: rejection(case, registration, refused),
        others: by_status(registration),
        accepted_after: None,
        instead: instead.map(|other| other.aor.clone()),
    };
    let mut collector = Collector::default();
    collector.frames(&[refused.frame]);
    collector.time(refused.time);
    let found = finding(case, registration, detail, refused.count, Party::Telephony, collector);
    let severity = if instead.is_some() { Severity::Notice } else { Severity::Error };
    let filter = answers(registration, refused.status);
    let evidence = Evidence { filter, ..found.evidence };
    Some((refused.status, Finding { severity, evidence, ..found }))
}

/// One that was refused for long before it was accepted.
fn outage(case: &Case<'_>, registration: &Registration) -> Option<(u16, Finding)> {
    let outage = registration.refusals.outage.as_ref().filter(|_| registration.refused.is_none())?;
    if outage.last.count < LEAST_TRIES || outage.length() < LONG_OUTAGE {
        return None;
    }
    let detail = Detail::Sig001 {
        account: registration.aor.clone(),
        registrar: registration.registrar,
        rejection: rejection(case, registration, &outage.last),
        others: by_status(registration),
        accepted_after: Some(outage.length()),
        instead: None,
    };
    let mut collector = Collector::default();
    collector.frames(&[outage.last.frame]);
    collector.time(outage.last.time);
    let found = finding(case, registration, detail, outage.last.count, Party::Telephony, collector);
    let evidence = Evidence { filter: answers(registration, outage.last.status), ..found.evidence };
    Some((outage.last.status, Finding { severity: Severity::Notice, evidence, ..found }))
}

fn rejection(case: &Case<'_>, registration: &Registration, refused: &Refused) -> Rejection {
    Rejection {
        status: refused.status,
        reason: refused.reason.clone(),
        with_credentials: refused.with_credentials,
        outside: is_outside(case, registration.registrar.ip()),
    }
}

fn by_status(registration: &Registration) -> Vec<(u16, u64)> {
    registration.refusals.by_status.iter().map(|(status, times)| (*status, *times)).collect()
}

/// Whom only a provider, or whoever runs it outside, can mend.
fn is_outside(case: &Case<'_>, address: IpAddr) -> bool {
    case.scope(address) == Scope::Public || case.is_provider(address)
}

/// Answers of a registrar to one client with this status.
fn answers(registration: &Registration, status: u16) -> String {
    let sockets = filter::service(registration.client.ip(), registration.registrar, registration.protocol);
    format!("{sockets} && sip.CSeq.method == \"REGISTER\" && sip.Status-Code == {status}")
}

/// `21` of `sip:21@192.168.10.2`.
fn user(aor: &str) -> Option<&str> {
    let rest = aor.split_once(':').map_or(aor, |(_, rest)| rest);
    rest.split_once('@').map(|(user, _)| user).filter(|user| !user.is_empty())
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
    let serves = case.traffic.registrations.iter().any(|other| {
        (other.registrar, other.protocol) == (registration.registrar, registration.protocol)
            && other.client.ip() != client
            && other.accepted
    });
    let detail = Detail::Sig002 {
        registrar: registration.registrar,
        protocol: registration.protocol,
        requests: tries.requests,
        is_up: case.is_up(registrar),
        serves,
        near: case.are_neighbours(client, registrar),
    };
    // Where others get through, the account is the first to be suspected.
    let responsible = if serves { Party::Telephony } else { Party::Network };
    let mut collector = Collector::default();
    collector.frames(&tries.frames);
    collector.time(first);
    collector.time(last);
    let found = finding(case, registration, detail, tries.count, responsible, collector);
    let sockets = filter::service(client, registration.registrar, registration.protocol);
    let evidence = Evidence { filter: format!("{sockets} && sip.Method == \"REGISTER\""), ..found.evidence };
    Some(Finding { confidence: Confidence::Likely, evidence, ..found })
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
        if is_fault(status) && is_own && !is_passed_on && !tried_again {
            let at = refuser(call, status);
            failed.entry((at.ip(), status)).or_insert_with(|| (at, Vec::new())).1.push(call);
        }
    }
    let asked = if failed.is_empty() { Asked::default() } else { Asked::of(calls) };
    let findings = failed.into_iter().filter_map(|((host, status), (at, refused))| {
        let all = asked.at(at);
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
                rejection: Rejection {
                    status,
                    reason: refused.last().and_then(|call| call.reason.clone()).unwrap_or_default(),
                    with_credentials: refused.iter().all(|call| call.with_credentials),
                    outside: is_outside(case, host),
                },
                calls: all as u64,
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
    findings.chain(unacknowledged(case)).collect()
}

/// What all refused calls have in common.
fn why(case: &Case<'_>, refused: &[&Call], host: IpAddr, status: u16) -> Option<Circumstance> {
    let is_about_media = matches!(status, 488 | 606 | 415);
    if is_about_media && refused.iter().all(|call| call.offers_nothing) {
        return Some(Circumstance::NoMediaOffered);
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

/// SIG-005: calls that were answered, and whose answer the caller never acknowledged.
fn unacknowledged(case: &Case<'_>) -> Vec<Finding> {
    let calls = &case.traffic.calls;
    let mut failed: BTreeMap<IpAddr, (SocketAddr, Vec<&Call>)> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.is_unacknowledged) {
        let ends = [call.caller.ip(), call.callee.ip()];
        let is_own = |end: IpAddr| case.scope(end) == Scope::Lan || case.device(end).is_some();
        if ends.into_iter().any(is_own) {
            failed.entry(call.callee.ip()).or_insert_with(|| (call.callee, Vec::new())).1.push(call);
        }
    }
    let asked = if failed.is_empty() { Asked::default() } else { Asked::of(calls) };
    let findings = failed.into_iter().map(|(host, (at, failed))| {
        let mut collector = Collector::default();
        for (frame, time) in failed.iter().flat_map(|call| [call.answered, call.end]).flatten() {
            collector.frames(&[frame]);
            collector.time(time);
        }
        let all = asked.at(at);
        let callers: BTreeSet<IpAddr> = failed.iter().map(|call| call.caller.ip()).collect();
        let rejection = Rejection {
            status: 408,
            reason: Box::default(),
            with_credentials: false,
            outside: is_outside(case, host),
        };
        Finding {
            detail: Detail::Sig005 {
                rejection,
                calls: all as u64,
                callers: callers.into_iter().collect(),
                why: Some(Circumstance::Unacknowledged),
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: failed.len() as u64,
            responsible: Party::Network,
            evidence: collector.finish(format!(
                "{} && (sip.CSeq.method == \"INVITE\" || sip.CSeq.method == \"BYE\")",
                filter::host(host)
            )),
        }
    });
    findings.collect()
}

/// Who turned a call away: a proxy passes on what another one answered, and the call is the same on both hops.
fn refuser(call: &Call, status: u16) -> SocketAddr {
    let is_refusal = |step: &Step<'_>| step.status == Some(status) && step.method == Some(&Method::Invite);
    call.ladder.steps().find(is_refusal).map_or(call.callee, |step| step.from)
}

/// To how many calls each host was asked: the INVITE of how many went there.
#[derive(Debug, Default)]
struct Asked {
    by_host: BTreeMap<IpAddr, usize>,
    /// Where the caller runs on the host as well, the port tells the two apart.
    beside_caller: BTreeMap<SocketAddr, usize>,
}

impl Asked {
    fn of(calls: &[Call]) -> Self {
        let mut asked = Self::default();
        let is_invite = |step: &Step<'_>| step.status.is_none() && step.method == Some(&Method::Invite);
        for call in calls.iter().filter(|call| call.protocol == CallProtocol::Sip) {
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

    fn at(&self, host: SocketAddr) -> usize {
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
/// credentials, another interval nor another time is all that is missing.
fn is_fault(status: u16) -> bool {
    status >= 400 && !matches!(status, 401 | 407 | 422 | 423 | 486 | 487 | 491 | 494 | 600 | 603)
}

/// SIG-009.
///
/// `onward`: what its receiver repeats of the same method.
fn repeated(case: &Case<'_>, row: &Repeated, onward: &[&Repeated]) -> Option<Finding> {
    let sender = row.from.ip();
    let rows = &case.traffic.repeats;
    // A proxy that keeps no state only passes on what its client sends again: the client had to, and is told.
    if rows.iter().any(|other| is_passed_on(other, row)) {
        return None;
    }
    let mut hops = Vec::new();
    let mut last = row;
    while let Some(next) = rows.iter().find(|next| hops.len() < HOPS_NAMED && is_passed_on(last, next)) {
        hops.push(last.to.ip());
        last = next;
    }
    let is_own = |host: IpAddr| case.scope(host) == Scope::Lan || case.device(host).is_some();
    if !is_own(sender) && !hops.iter().any(|hop| is_own(*hop))
        || row.span.1.since(row.span.0) < LEAST_WAIT
        || !case.would_see_an_answer(sender, row.to.ip())
    {
        return None;
    }
    // A registration that nothing answers has a code of its own.
    if &*row.method == "REGISTER" && row.answered == 0 {
        return None;
    }
    // Where a proxy repeats by itself, who does not answer is behind it.
    let is_behind = |other: &&Repeated| other.span.0 <= row.span.1 && row.span.0 <= other.span.1;
    if hops.is_empty() && onward.iter().any(is_behind) {
        return None;
    }
    let mut collector = Collector::default();
    collector.frames(&row.frames);
    collector.time(row.span.0);
    collector.time(row.span.1);
    Some(Finding {
        detail: Detail::Sig009 {
            method: row.method.clone(),
            to: last.to,
            through: hops,
            most: row.most,
            answered: row.answered,
            status: row
                .statuses
                .iter()
                .map(|(status, times)| (*status, *times))
                .max_by_key(|(_, times)| *times)
                .filter(|(_, times)| times * 2 > row.answered),
        },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: row.requests,
        // What was refused in the end reached its target.
        responsible: if row.statuses.is_empty() { Party::Network } else { Party::Telephony },
        evidence: collector.finish(repetitions(row)),
    })
}

/// Whether the receiver of the first row passed each sending on at once as the second.
fn is_passed_on(first: &Repeated, second: &Repeated) -> bool {
    let at_once = |from: Timestamp, to: Timestamp| (0..=PASSED_ON_WITHIN).contains(&to.since(from));
    first.to.ip() == second.from.ip()
        && first.from.ip() != second.from.ip()
        && first.method == second.method
        && (first.requests, first.most) == (second.requests, second.most)
        && at_once(first.span.0, second.span.0)
        && at_once(first.span.1, second.span.1)
}

/// Requests of this method from one socket to the other.
fn repetitions(row: &Repeated) -> String {
    let sockets = filter::one_way(row.from, row.to, Protocol::Udp);
    match is_plain(&row.method) {
        true => format!("{sockets} && sip.Method == \"{}\"", row.method),
        false => format!("{sockets} && sip"),
    }
}

/// A method may be any word of a hostile sender; Wireshark's quotes end at the next one.
fn is_plain(method: &str) -> bool {
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic())
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
        let sent = datagrams.len() as u64;
        let requests: BTreeSet<&RequestId> =
            datagrams.iter().filter_map(|datagram| datagram.request.as_ref()).collect();
        // What the first fragment does not tell may be a sending of one that it does.
        let messages = if requests.is_empty() { sent } else { requests.len() as u64 };
        let methods: BTreeSet<&str> = requests.iter().map(|request| &*request.method).collect();
        let method = methods.first().filter(|_| methods.len() == 1);
        let is_listed =
            |request: &&RequestId| case.traffic.calls.iter().any(|call| call.call_id == request.call_id);
        let unlisted = method.is_some_and(|method| *method == "INVITE") && !requests.iter().any(is_listed);
        Finding {
            detail: Detail::Sig006 {
                peer: to,
                bytes: datagrams.iter().map(|datagram| datagram.bytes_seen).max().unwrap_or_default(),
                near: case.are_neighbours(from.ip(), to.ip()),
                sent,
                method: method.map(|method| (*method).into()),
                unlisted,
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(from.ip())),
            rows: Vec::new(),
            count: messages,
            responsible: Party::Network,
            evidence: collector.finish(filter::fragments(from.ip(), to.ip())),
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
