//! SIG-002: registrations that nobody answers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::SocketAddr;

use super::{LEAST_TRIES, LEAST_WAIT, finding, refusal};
use crate::capture::Timestamp;
use crate::check::case::{Case, LEAST_RESENT};
use crate::check::evidence::Collector;
use crate::check::filter;
use crate::check::finding::{Detail, Evidence, Finding, Life, Others, Party, Severity};
use crate::observe::{Protocol, Registration, Standing, Unanswered};
use crate::site::Confidence;

/// So long (ns) nobody must have answered to be worth a word although it was accepted in the end: timer F is 32 s, RFC 3261
/// section 17.1.2.2.
const LONG_ABSENCE: i64 = 30_000_000_000;

/// One for an account of a client.
pub(super) fn check<'a>(
    case: &Case<'_>,
    registrations: impl Iterator<Item = &'a Registration>,
) -> Vec<Finding> {
    let rows: Vec<&Registration> = registrations.collect();
    let silent = from_all_ports(case, rows.iter().copied());
    let now = silent.iter().filter_map(|(one, ports)| unanswered(case, one, ports));
    now.chain(rows.iter().filter_map(|row| made_good(case, row))).collect()
}

/// What nobody answered for so long that the client gave up, and what was accepted then. That it repeats its requests shows that
/// it got no answer, and the capture not only lacks it.
fn made_good(case: &Case<'_>, registration: &Registration) -> Option<Finding> {
    let absence = registration.absence.as_ref()?;
    let tries = &absence.tries;
    let (first, last) = tries.span?;
    let is_accepted = registration.standing == Standing::Accepted
        && registration.granted.is_some_and(|(_, latest)| latest >= absence.until);
    let is_resent = registration.protocol == Protocol::Udp && tries.count >= tries.requests + LEAST_RESENT;
    // The clock was set forward, and nobody waited so long.
    let is_true = case.forward.is_none_or(|forward| !forward.is_within(first, absence.until));
    if registration.is_silent() || !is_accepted || !is_resent || !is_true || absence.length() < LONG_ABSENCE {
        return None;
    }
    let registrar = registration.registrar.ip();
    let detail = Detail::Sig002 {
        account: registration.aor.clone(),
        further: Vec::new(),
        registrar: registration.registrar,
        protocol: registration.protocol,
        requests: tries.requests,
        sent: tries.count,
        life: Life::Sends,
        serves: Others::Unserved,
        near: case.are_neighbours(registration.client.ip(), registrar),
        refusal: refusal(case, (&[registration.client], registration.registrar), (first, last)),
        mended: Some(absence.length()),
        unconnected: None,
        instead: None,
    };
    let found = told(case, registration, tries, (detail, Party::Telephony));
    Some(Finding { confidence: Confidence::Likely, severity: Severity::Notice, ..found })
}

/// The finding with where to see it.
fn told(
    case: &Case<'_>,
    registration: &Registration,
    tries: &Unanswered,
    (detail, responsible): (Detail, Party),
) -> Finding {
    let mut collector = Collector::default();
    collector.frames(&tries.frames);
    for time in tries.span.into_iter().flat_map(|(first, last)| [first, last]) {
        collector.time(time);
    }
    let found = finding(case, registration, detail, tries.count, responsible, collector);
    let sockets = filter::service(registration.client.ip(), registration.registrar, registration.protocol);
    let evidence = Evidence { filter: format!("{sockets} && sip.Method == \"REGISTER\""), ..found.evidence };
    Finding { evidence, ..found }
}

/// What one account of a client asks a registrar in vain, whatever ports it asks from, and these. Not what came before the
/// registrar accepted it from another port.
fn from_all_ports<'a>(
    case: &Case<'_>,
    registrations: impl Iterator<Item = &'a Registration>,
) -> Vec<(Registration, Vec<SocketAddr>)> {
    let mut silent: BTreeMap<_, (Registration, Vec<SocketAddr>)> = BTreeMap::new();
    for row in registrations {
        let Some((first, last)) = row.unanswered.span else { continue };
        if !case.is_in_vain(row) {
            continue;
        }
        match silent.entry((&row.aor, row.client.ip(), row.registrar, row.protocol)) {
            Entry::Vacant(place) => {
                place.insert((row.clone(), vec![row.client]));
            }
            Entry::Occupied(mut place) => {
                let (joined, ports) = place.get_mut();
                ports.push(row.client);
                let all = &mut joined.unanswered;
                all.count += row.unanswered.count;
                all.requests += row.unanswered.requests;
                all.frames.extend_from_slice(&row.unanswered.frames);
                all.span = all.span.map(|(from, until)| (from.min(first), until.max(last)));
            }
        }
    }
    silent.into_values().collect()
}

/// SIG-002. `ports`: those of the client that it was asked from.
fn unanswered(case: &Case<'_>, registration: &Registration, ports: &[SocketAddr]) -> Option<Finding> {
    let tries = &registration.unanswered;
    let (first, last) = tries.span?;
    let (client, registrar) = (registration.client.ip(), registration.registrar.ip());
    if tries.count < LEAST_TRIES || last.since(first) < LEAST_WAIT {
        return None;
    }
    let confidence = case.is_left_unanswered(registration)?;
    let others = case.registrations_at(registrar).filter(|other| {
        (other.registrar, other.protocol) == (registration.registrar, registration.protocol)
            && other.client.ip() != client
            && other.accepted
    });
    let granted: Vec<Option<Timestamp>> =
        others.map(|other| other.granted.map(|(_, latest)| latest)).collect();
    let serves = Others::of(!granted.is_empty(), granted.iter().copied().flatten().max(), first);
    let life = case.life(registrar, first);
    let instead = instead(case, registration, (first, last));
    let detail = Detail::Sig002 {
        account: registration.aor.clone(),
        further: Vec::new(),
        registrar: registration.registrar,
        protocol: registration.protocol,
        requests: tries.requests,
        sent: tries.count,
        life,
        serves,
        near: case.are_neighbours(client, registrar),
        unconnected: None,
        instead,
        refusal: refusal(case, (ports, registration.registrar), (first, last)),
        mended: None,
    };
    // Where others get through, the account is the first to be suspected.
    let responsible = if serves == Others::Unserved { Party::Network } else { Party::Telephony };
    let found = told(case, registration, tries, (detail, responsible));
    let is_grave = confidence != Confidence::Suspected && instead.is_none();
    let severity = if is_grave { Severity::Error } else { Severity::Warning };
    Some(Finding { confidence, severity, ..found })
}

/// Another registrar with which the account of this client stands in the end: one of several that DNS names (RFC 3263 section 4.3).
fn instead(
    case: &Case<'_>,
    registration: &Registration,
    (first, last): (Timestamp, Timestamp),
) -> Option<SocketAddr> {
    let mut others = case
        .registrations_of(registration.client.ip())
        .filter(|other| other.aor == registration.aor && other.registrar.ip() != registration.registrar.ip());
    let other = others.find(|other| {
        let is_new = other.granted.is_some_and(|(_, latest)| latest >= first);
        let holds = is_new || other.bound.last().is_some_and(|bound| bound.until >= last);
        other.standing == Standing::Accepted && other.unanswered.count == 0 && holds
    })?;
    Some(other.registrar)
}
