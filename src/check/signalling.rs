//! SIG codes: whether devices can register (RFC 3261 section 10), and what becomes of their messages on the way.

mod accepted;
mod calls;
mod contact;
mod even;
mod large;
mod silent;
mod unconnected;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::{
    IcmpReport, Incomplete, Missing, Protocol, Refused, Registration, Repeated, RequestId, Rewrite,
};
use crate::site::{Confidence, Scope};

use super::case::Case;
use super::evidence::Collector;
use super::filter;
use super::finding::{Code, Detail, Evidence, Finding, Missed, Party, Severity, Unjudged};
use super::hidden::is_left_out;
use super::rejection::Rejection;

/// ICMP follows so soon (ns).
const AT_ONCE: i64 = 1_000_000_000;
/// Tries without an answer, and how long (ns) they must go on: RFC 3261 section 17.1.2.2 repeats after 0.5, 1 and 2 s.
const LEAST_TRIES: u64 = 3;
const LEAST_WAIT: i64 = 1_000_000_000;
/// So long (ns) a registration must have been refused to be worth a word although it was accepted in the end.
const LONG_OUTAGE: i64 = 60_000_000_000;
/// So often a registration must have been accepted to say that it is so by turns.
const LEAST_TURNS: u64 = 2;
/// Proxies that are named between who repeats a request and who does not answer it.
const HOPS_NAMED: usize = 4;
/// A proxy that keeps no state passes a request on within this time (ns); its own timer would wait 500 ms.
const PASSED_ON_WITHIN: i64 = 200_000_000;
/// A message whose fragments are lost is sent again.
const LEAST_DATAGRAMS: usize = 2;
/// After this (ns) nobody waits for an answer any more: timer B, RFC 3261 section 17.1.1.2.
const ANSWERED_WITHIN: i64 = 32_000_000_000;
/// IP protocol number.
const UDP: u8 = 17;

/// All SIG findings.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_judged = |code| !is_left_out(code, unjudged);
    findings.extend(registrations(case, unjudged));
    if is_judged(Code::Sig005) {
        findings.extend(calls::check(case, unjudged));
        findings.extend(even::check(case));
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
        let is_made_good = |one: &Finding| matches!(one.detail, Detail::Sig002 { mended: Some(_), .. });
        let (made_good, silent): (Vec<Finding>, Vec<Finding>) =
            silent::check(case, own()).into_iter().partition(is_made_good);
        let mut now = one_per_client(silent.into_iter());
        let is_told = |told: &[Finding], one: &Finding| told.iter().any(|other| other.subject == one.subject);
        let unconnected: Vec<Finding> =
            unconnected::check(case).into_iter().filter(|one| !is_told(&now, one)).collect();
        now.extend(unconnected);
        let made_good = one_per_client(made_good.into_iter());
        let made_good: Vec<Finding> = made_good.into_iter().filter(|one| !is_told(&now, one)).collect();
        findings.extend(now.into_iter().chain(made_good));
    }
    if !is_left_out(Code::Sig003, unjudged) {
        findings.extend(one_per_client(own().filter_map(|registration| remapped(case, registration))));
    }
    findings
}

/// Findings of one kind about one device are one, which names the accounts of the others.
fn one_per_client(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut by_client: BTreeMap<Option<IpAddr>, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        let client = finding.subject.as_ref().map(|subject| subject.address);
        by_client.entry(client).or_default().push(finding);
    }
    by_client.into_values().filter_map(joined).collect()
}

/// SIG-001, one for a client and a status: what is refused at the end, and for how long it was refused before.
fn refusals(case: &Case<'_>, registrations: &[&Registration]) -> Vec<Finding> {
    let mut findings: BTreeMap<(IpAddr, u16), Vec<Finding>> = BTreeMap::new();
    let refused = registrations.iter().filter_map(|registration| refused(case, registration));
    let outages = registrations.iter().filter_map(|registration| outage(case, registration));
    for (status, finding) in refused.chain(outages) {
        let Some(client) = finding.subject.as_ref().map(|subject| subject.address) else { continue };
        findings.entry((client, status)).or_default().push(finding);
    }
    findings.into_values().filter_map(joined).collect()
}

/// One for several accounts: the gravest speaks, of equal ones the one that happened most, and names the others.
fn joined(all: Vec<Finding>) -> Option<Finding> {
    let count = all.iter().map(|finding| finding.count).sum();
    // The first of equals.
    let gravest = all.iter().rev().max_by_key(|finding| (finding.severity, finding.count))?;
    let own = account(&gravest.detail);
    let others: BTreeSet<(Box<str>, SocketAddr)> = all
        .iter()
        .filter_map(|one| account(&one.detail))
        .filter(|other| Some(other) != own.as_ref())
        .collect();
    let mut joined = Finding { count, ..gravest.clone() };
    // Of one account, from several ports.
    if let Detail::Sig002 { requests, sent, .. } = &mut joined.detail {
        let own = all.iter().filter(|one| account(&one.detail) == own).filter_map(|one| match one.detail {
            Detail::Sig002 { requests, sent, .. } => Some((requests, sent)),
            _ => None,
        });
        (*requests, *sent) = own.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    }
    if others.is_empty() {
        return Some(joined);
    }
    let mut collector = Collector::default();
    let mut filters = vec![gravest.evidence.filter.clone()];
    for Finding { evidence, .. } in &all {
        collector.frames(&evidence.frames);
        [evidence.first, evidence.last].into_iter().flatten().for_each(|time| collector.time(time));
        filters.push(evidence.filter.clone());
    }
    joined.evidence = collector.finish(filter::any_of(filters));
    if let Detail::Sig001 { further, .. } | Detail::Sig002 { further, .. } | Detail::Sig003 { further, .. } =
        &mut joined.detail
    {
        further.extend(others);
    }
    Some(joined)
}

/// Which account a finding is about, and at which registrar.
fn account(detail: &Detail) -> Option<(Box<str>, SocketAddr)> {
    match detail {
        Detail::Sig001 { account, registrar, .. }
        | Detail::Sig002 { account, registrar, .. }
        | Detail::Sig003 { account, registrar, .. } => Some((account.clone(), *registrar)),
        _ => None,
    }
}

/// A registration that stands refused.
fn refused(case: &Case<'_>, registration: &Registration) -> Option<(u16, Finding)> {
    let refused = registration.refused.as_ref()?;
    // From another port it was accepted since.
    if let Some(granted) = case.account_of(registration).and_then(|all| all.granted_after(refused.time)) {
        let (first, count) = case.account_of(registration)?.refusals()?;
        let length = granted.since(first);
        return made_good(case, registration, &Refused { count, ..refused.clone() }, length);
    }
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
        by_turns: by_turns(registration),
        instead: instead.map(|other| other.aor.clone()),
        further: Vec::new(),
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

/// How often a registration was accepted that is refused at the end and was so before, between two grants.
fn by_turns(registration: &Registration) -> Option<u64> {
    registration.refusals.outage.as_ref()?;
    let grants = registration.rhythm.map_or(1, |rhythm| rhythm.refreshes + 1);
    (grants >= LEAST_TURNS).then_some(grants)
}

/// One that was refused for long before it was accepted.
fn outage(case: &Case<'_>, registration: &Registration) -> Option<(u16, Finding)> {
    let outage = registration.refusals.outage.as_ref().filter(|_| registration.refused.is_none())?;
    made_good(case, registration, &outage.last, outage.length())
}

/// What was refused for `length` (ns) and then accepted. `last`: the last refusal, with how many there were.
fn made_good(
    case: &Case<'_>,
    registration: &Registration,
    last: &Refused,
    length: i64,
) -> Option<(u16, Finding)> {
    if last.count < LEAST_TRIES || length < LONG_OUTAGE {
        return None;
    }
    let detail = Detail::Sig001 {
        account: registration.aor.clone(),
        registrar: registration.registrar,
        rejection: rejection(case, registration, last),
        others: by_status(registration),
        accepted_after: Some(length),
        by_turns: None,
        instead: None,
        further: Vec::new(),
    };
    let mut collector = Collector::default();
    collector.frames(&[last.frame]);
    collector.time(last.time);
    let count = registration.refused.as_ref().map_or(last.count, |refused| refused.count);
    let found = finding(case, registration, detail, count, Party::Telephony, collector);
    let evidence = Evidence { filter: answers(registration, last.status), ..found.evidence };
    Some((last.status, Finding { severity: Severity::Notice, evidence, ..found }))
}

fn rejection(case: &Case<'_>, registration: &Registration, refused: &Refused) -> Rejection {
    Rejection {
        status: refused.status,
        reason: refused.reason.clone(),
        with_credentials: refused.with_credentials,
        outside: is_outside(case, registration.registrar.ip()),
        offered: None,
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

/// What ICMP says of requests that were sent from one time to another.
fn refusal(
    case: &Case<'_>,
    (from, to): (&[SocketAddr], SocketAddr),
    (first, last): (Timestamp, Timestamp),
) -> Option<Box<IcmpReport>> {
    let flows = from.iter().flat_map(|from| case.datagrams_of(*from)).filter(|view| view.peer() == to);
    let about = flows.flat_map(|view| {
        let is_own = view.started();
        view.flow.extra.icmp.iter().filter(move |icmp| {
            let is_then = icmp.span.0 <= last.plus(AT_ONCE) && icmp.span.1 >= first;
            icmp.about_a == is_own && (icmp.is_undelivered() || icmp.is_too_big()) && is_then
        })
    });
    let about: Vec<&IcmpReport> = about.map(|icmp| &**icmp).collect();
    let kind = |icmp: &IcmpReport| (icmp.reporter, icmp.v6, icmp.kind, icmp.code);
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    about.iter().for_each(|icmp| *counts.entry(kind(icmp)).or_default() += icmp.count);
    let (count, most) =
        about.iter().map(|icmp| (counts.get(&kind(icmp)).copied(), icmp)).max_by_key(|(count, _)| *count)?;
    Some(Box::new(IcmpReport { count: count?, ..**most }))
}

/// SIG-003.
fn remapped(case: &Case<'_>, registration: &Registration) -> Option<Finding> {
    let [before, .., after] = registration.mappings.as_slice() else { return None };
    let addresses = match (before.address, after.address) {
        (Some(before), Some(after)) if before != after => Some([before, after]),
        _ => None,
    };
    let detail = Detail::Sig003 {
        account: registration.aor.clone(),
        further: Vec::new(),
        registrar: registration.registrar,
        ports: [before.port, after.port],
        addresses,
    };
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
            passed_on: rewrite.passed_on_by.is_some(),
        },
        severity: Severity::Error,
        confidence: if rewrite.is_both { Confidence::Sure } else { Confidence::Likely },
        subject: Some(case.subject(rewrite.client)),
        rows: Vec::new(),
        count: rewrite.count,
        responsible: Party::Network,
        evidence: collector.finish(filter::any_of(
            [Some(rewrite.client), rewrite.passed_on_by]
                .into_iter()
                .flatten()
                .map(|host| filter::hosts(host, rewrite.server))
                .collect(),
        )),
    })
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
    let why = contact::missed(case, last);
    let is_own = |host: IpAddr| case.scope(host) == Scope::Lan || case.device(host).is_some();
    if !is_own(sender) && !hops.iter().any(|hop| is_own(*hop))
        || row.span.1.since(row.span.0) < LEAST_WAIT
        || why.is_none() && !case.would_see_an_answer(sender, row.to.ip())
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
    let is_gone = matches!(why, Some(Missed::Elsewhere { .. } | Missed::Unfound { .. }));
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
            unheard: row.unheard,
            status: row
                .statuses
                .iter()
                .map(|(status, times)| (*status, *times))
                .max_by_key(|(_, times)| *times)
                .filter(|(_, times)| times * 2 > row.answered),
            refusal: refusal(case, (&[last.from], last.to), row.span),
            size: if row.unheard > 0 { large::of_answers(case, row) } else { large::of_requests(case, last) },
            why,
        },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: row.requests,
        // What was refused in the end reached its target; who asked for credentials only answered late.
        responsible: match !is_gone && row.statuses.keys().all(|status| matches!(status, 401 | 407)) {
            true => Party::Network,
            false => Party::Telephony,
        },
        // What came back is shown as well where it did not help.
        evidence: collector.finish(match row.unheard {
            0 => repetitions(row),
            _ => exchanges(row),
        }),
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

/// The same with what came back.
fn exchanges(row: &Repeated) -> String {
    let sockets = filter::service(row.from.ip(), row.to, Protocol::Udp);
    match is_plain(&row.method) {
        true => format!("{sockets} && sip.CSeq.method == \"{}\"", row.method),
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
        // What was answered arrived: a filter on ports keeps all but the first fragment out of a capture.
        if is_lost && was_answered(case, datagram) {
            return Vec::new();
        }
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

/// Whether the INVITE that begins there was sent once, and rung or answered for after it.
fn was_answered(case: &Case<'_>, datagram: &Incomplete) -> bool {
    let Some(request) = datagram.request.as_ref().filter(|request| &*request.method == "INVITE") else {
        return false;
    };
    let sendings = case.traffic.incomplete.iter().filter(|other| other.request.as_ref() == Some(request));
    if sendings.count() > 1 {
        return false;
    }
    let mut calls = case.traffic.calls.iter().filter(|call| call.call_id == request.call_id);
    calls.any(|call| {
        let answers = [call.ringing, call.answered].into_iter().flatten();
        answers.map(|(_, time)| time.since(datagram.time)).any(|after| (0..ANSWERED_WITHIN).contains(&after))
    })
}

fn speaks_sip(case: &Case<'_>, socket: SocketAddr) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&socket.ip()));
    let endpoint = at.ok().and_then(|at| endpoints.get(at));
    endpoint.is_some_and(|endpoint| endpoint.ports.contains_key(&(Protocol::Udp, socket.port())))
}

#[cfg(test)]
mod tests;
