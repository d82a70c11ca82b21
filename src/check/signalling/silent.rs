//! SIG-002: registrations that nobody answers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::SocketAddr;

use super::{LEAST_TRIES, LEAST_WAIT, finding, refusal};
use crate::capture::Timestamp;
use crate::check::case::Case;
use crate::check::evidence::Collector;
use crate::check::filter;
use crate::check::finding::{Detail, Evidence, Finding, Others, Party};
use crate::observe::Registration;
use crate::site::Confidence;

/// One for an account of a client.
pub(super) fn check<'a>(
    case: &Case<'_>,
    registrations: impl Iterator<Item = &'a Registration>,
) -> Vec<Finding> {
    let silent = from_all_ports(case, registrations);
    silent.iter().filter_map(|(one, ports)| unanswered(case, one, ports)).collect()
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
    if tries.count < LEAST_TRIES
        || last.since(first) < LEAST_WAIT
        || !case.would_see_its_answer(registration)
        || case.may_have_been_answered(registration)
    {
        return None;
    }
    let others = case.traffic.registrations.iter().filter(|other| {
        (other.registrar, other.protocol) == (registration.registrar, registration.protocol)
            && other.client.ip() != client
            && other.accepted
    });
    let granted: Vec<Option<Timestamp>> =
        others.map(|other| other.granted.map(|(_, latest)| latest)).collect();
    let serves = Others::of(!granted.is_empty(), granted.iter().copied().flatten().max(), first);
    let life = case.life(registrar, first);
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
        refusal: refusal(case, (ports, registration.registrar), (first, last)),
    };
    // Where others get through, the account is the first to be suspected.
    let responsible = if serves == Others::Unserved { Party::Network } else { Party::Telephony };
    let mut collector = Collector::default();
    collector.frames(&tries.frames);
    collector.time(first);
    collector.time(last);
    let found = finding(case, registration, detail, tries.count, responsible, collector);
    let sockets = filter::service(client, registration.registrar, registration.protocol);
    let evidence = Evidence { filter: format!("{sockets} && sip.Method == \"REGISTER\""), ..found.evidence };
    Some(Finding { confidence: Confidence::Likely, evidence, ..found })
}
