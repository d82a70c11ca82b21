//! Takes the case; gives what is seen of registrations, their ways and the services beside that no finding tells, because
//! it may be meant or the capture shows only a part: an account that two hosts take from each other, a registrar that
//! asks in vain, a telephone outside the VLAN of the others. Raises no finding and knows none.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::case::Case;
use super::finding::{Observation, Remark};
use crate::capture::Timestamp;
use crate::observe::Registration;
use crate::site::{Kind, Scope};

mod branch;
mod credentials;
mod services;

/// Grants of two hosts that lie closer together (ns) may be one, captured before and behind a router.
const APART: i64 = 1_000_000_000;
/// So many OPTIONS without an answer are no chance.
const LEAST_ASKED: u64 = 3;
/// So many others must be in the VLAN.
const LEAST_OTHERS: usize = 2;
/// Remarks of one kind.
const MOST: usize = 16;

/// All of them, by kind.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let mut all = shared(case);
    all.extend(unheeded(case));
    all.extend(outside(case));
    all.extend(services::refused(case));
    all.extend(services::away(case));
    all.extend(services::unserved(case));
    all.extend(credentials::late(case));
    all.extend(branch::dead(case));
    all
}

/// Hosts of which each registers the same account again after the other, at a registrar whose grants name only the
/// latest one: it keeps one, and would name all (RFC 3261 section 10.3, step 8).
fn shared(case: &Case<'_>) -> Vec<Remark> {
    let mut accounts: BTreeMap<(&str, SocketAddr), Vec<&Registration>> = BTreeMap::new();
    for row in case.traffic.registrations.iter().filter(|row| row.accepted && !row.is_passed_on) {
        accounts.entry((&row.aor, row.registrar)).or_default().push(row);
    }
    let told = accounts.into_iter().filter_map(|((_, registrar), rows)| {
        let takes = |one: &Registration| rows.iter().any(|other| are_by_turns(one, other));
        let rows: Vec<&&Registration> =
            rows.iter().take(MOST).filter(|row| row.listed == 1 && takes(row)).collect();
        let hosts: BTreeSet<IpAddr> = rows.iter().map(|row| row.client.ip()).collect();
        let grants = rows.iter().map(|row| 1 + row.rhythm.map_or(0, |rhythm| rhythm.refreshes)).sum();
        (hosts.len() > 1).then(|| Remark {
            hosts: hosts.into_iter().collect(),
            mac: None,
            at: registrar,
            what: Observation::SharedAccount { grants },
        })
    });
    told.take(MOST).collect()
}

/// Whether each was granted again behind a grant of the other.
fn are_by_turns(one: &Registration, other: &Registration) -> bool {
    let is_other = one.client.ip() != other.client.ip() && other.listed == 1;
    let [Some((first, last)), Some((from, until))] = [one.granted, other.granted] else { return false };
    if !is_other || from.since(first).abs() < APART || until.since(last).abs() < APART {
        return false;
    }
    let crosses = |(a, b): (Timestamp, Timestamp), (c, d): (Timestamp, Timestamp)| a < c && c < b && b < d;
    // Who begins before and goes on behind must have come in between.
    let surrounds = |outer: &Registration, (a, b): (Timestamp, Timestamp), (c, d): (Timestamp, Timestamp)| {
        a < c && d < b && outer.rhythm.is_some_and(|rhythm| rhythm.longest < d.since(c))
    };
    let (mine, its) = ((first, last), (from, until));
    crosses(mine, its) || crosses(its, mine) || surrounds(one, mine, its) || surrounds(other, its, mine)
}

/// OPTIONS of a provider or registrar to a host that registers there, of which none is answered although answers would
/// be seen.
fn unheeded(case: &Case<'_>) -> Vec<Remark> {
    let told = case.traffic.unheeded.iter().filter(|row| {
        let (asker, asked) = (row.from.ip(), row.to.ip());
        let registers =
            || case.registrations_of(asked).any(|one| one.accepted && one.registrar.ip() == asker);
        let is_answered = |prompt: &crate::observe::Prompt| {
            (prompt.from.ip(), prompt.to.ip()) == (asker, asked) && &*prompt.method == "OPTIONS"
        };
        row.requests >= LEAST_ASKED
            && case.scope(asked) == Scope::Lan
            && registers()
            && case.would_see_an_answer(asker, asked)
            && !case.traffic.prompt.iter().any(is_answered)
    });
    let remark = |row: &crate::observe::Unheeded| Remark {
        hosts: vec![row.from.ip()],
        mac: None,
        at: row.to,
        what: Observation::UnheededOptions { requests: row.requests },
    };
    told.map(remark).take(MOST).collect()
}

/// Telephones that register in vain from another network, without a tag, while those that are registered are in a VLAN
/// with the registrar.
fn outside(case: &Case<'_>) -> Vec<Remark> {
    let silent = case.traffic.registrations.iter().filter(|row| row.is_silent() && !row.accepted);
    let mut seen = BTreeSet::new();
    let told = silent.filter_map(|row| {
        let (client, registrar) = (row.client.ip(), row.registrar.ip());
        let facts = case.host(client)?;
        let is_telephone = case.device(client).is_some_and(|device| device.kind == Kind::Terminal);
        let is_outside = facts.on_link == Some(true)
            && facts.vlans.iter().all(|vlan| *vlan == 0)
            && case.scope(client) == Scope::Lan
            && !case.are_neighbours(client, registrar);
        if !is_telephone || !is_outside || !seen.insert((client, registrar)) {
            return None;
        }
        let vlan = only_vlan(case, registrar)?;
        let others: BTreeSet<IpAddr> = case
            .registrations_at(registrar)
            .filter(|one| one.accepted)
            .map(|one| one.client.ip())
            .filter(|one| case.are_neighbours(*one, registrar) && only_vlan(case, *one) == Some(vlan))
            .collect();
        (others.len() >= LEAST_OTHERS).then(|| Remark {
            hosts: vec![client],
            mac: None,
            at: row.registrar,
            what: Observation::OtherVlan { vlan, registered: others.len() as u64 },
        })
    });
    told.take(MOST).collect()
}

/// The one VLAN that a host is seen in.
fn only_vlan(case: &Case<'_>, host: IpAddr) -> Option<u16> {
    match case.host(host)?.vlans.as_slice() {
        [vlan] if *vlan != 0 => Some(*vlan),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{PBX, PHONE, World};
    use super::*;
    use crate::observe::fixture::{at, host, registration, socket, udp};
    use crate::observe::{Prompt, Rhythm, Standing, Unanswered, Unheeded};

    const REGISTRAR: &str = "192.168.10.2:5060";

    /// A registration that was granted from second to second, that often, with so many contacts in the answer.
    fn granted(client: &str, (from, until): (i64, i64), every: i64, listed: usize) -> Registration {
        let rhythm = Rhythm {
            refreshes: ((until - from) / every.max(1)) as u64,
            shortest: every * 1_000_000_000,
            longest: every * 1_000_000_000,
        };
        Registration {
            granted: Some((at(from * 1000), at(until * 1000))),
            rhythm: (until > from).then_some(rhythm),
            listed,
            ..registration(client, REGISTRAR)
        }
    }

    fn hosts(world: &World) -> Vec<(Observation, usize)> {
        remarks(&world.case()).iter().map(|remark| (remark.what, remark.hosts.len())).collect()
    }

    #[test]
    fn an_account_that_two_hosts_take_from_each_other_is_told() {
        let told = |other: Registration| {
            let mut world = World::new("");
            let own = granted("192.168.10.21:5060", (0, 50), 10, other.listed);
            world.traffic.registrations = vec![own, other];
            hosts(&world)
        };
        let both = |grants| [(Observation::SharedAccount { grants }, 2)];
        assert_eq!(told(granted("192.168.10.22:5060", (5, 55), 10, 1)), both(12));
        assert_eq!(told(granted("192.168.10.22:5060", (5, 45), 10, 1)), both(11), "one begins and ends it");
        assert!(
            told(granted("192.168.10.22:5060", (5, 55), 10, 2)).is_empty(),
            "the registrar keeps several"
        );
        assert!(told(granted("192.168.10.22:5060", (5, 55), 10, 0)).is_empty(), "it does not say");
        assert!(told(granted("192.168.10.22:5060", (60, 90), 10, 1)).is_empty(), "the telephone has moved");
        assert!(told(granted("192.168.10.22:5060", (5, 8), 3, 1)).is_empty(), "a guest");
        assert!(told(granted("192.168.10.21:5062", (5, 55), 10, 1)).is_empty(), "the same host");
        assert!(told(granted("203.0.113.1:5060", (0, 50), 10, 1)).is_empty(), "the same behind a router");
    }

    #[test]
    fn a_registrar_that_asks_in_vain_is_told() {
        let told = |requests, back: bool, is_answered: bool, accepted: bool| {
            let mut world = World::new("").device(PBX, "acme.pbx").device("203.0.113.9", "provider");
            let (provider, trunk) = (socket("203.0.113.9:5060"), socket("192.168.10.2:5064"));
            let row = registration("192.168.10.2:5064", "203.0.113.9:5060");
            world.traffic.registrations = vec![Registration { accepted, ..row }];
            world.traffic.unheeded = vec![Unheeded { from: provider, to: trunk, requests }];
            if is_answered {
                let method = "OPTIONS".into();
                world.traffic.prompt = vec![Prompt { from: provider, to: trunk, method, count: 1 }];
            }
            let mut flow = udp("192.168.10.2:5064", "203.0.113.9:5060");
            if !back {
                flow.from_a = crate::observe::fixture::sent(0);
            }
            hosts(&world.flows(vec![flow]))
        };
        assert_eq!(told(10, true, false, true), [(Observation::UnheededOptions { requests: 10 }, 1)]);
        assert!(told(2, true, false, true).is_empty());
        assert!(told(10, false, false, true).is_empty(), "nothing of the PBX is seen");
        assert!(told(10, true, true, true).is_empty(), "some are answered");
        assert!(told(10, true, false, false).is_empty(), "a stranger");
    }

    #[test]
    fn a_telephone_outside_the_vlan_of_the_others_is_told() {
        let told = |client: &str, vlans: &[u16], others: usize| {
            let mut world = World::new("").device(PBX, "acme.pbx").device(client, "acme.phone");
            let tries = Unanswered {
                count: 7,
                requests: 1,
                span: Some((at(0), at(15_000))),
                ..Unanswered::default()
            };
            let asks = registration(&format!("{client}:5060"), REGISTRAR);
            let standing = Standing::Open;
            let mut rows =
                vec![Registration { accepted: false, standing, status: None, unanswered: tries, ..asks }];
            let mut facts = vec![host(client, Some(true))];
            facts[0].vlans = vlans.to_vec();
            for one in ["192.168.10.2", PHONE, "192.168.10.22"].into_iter().take(1 + others) {
                let mut seen = host(one, Some(true));
                seen.vlans = vec![20];
                facts.push(seen);
                rows.push(registration(&format!("{one}:5060"), REGISTRAR));
            }
            // The registrar itself does not register.
            rows.remove(1);
            facts.sort_by_key(|facts| facts.address);
            (world.traffic.registrations, world.traffic.hosts) = (rows, facts);
            hosts(&world)
        };
        assert_eq!(told("192.168.1.123", &[], 2), [(Observation::OtherVlan { vlan: 20, registered: 2 }, 1)]);
        assert!(told("192.168.1.123", &[30], 2).is_empty(), "a VLAN of its own, behind a router");
        assert!(told("192.168.1.123", &[], 1).is_empty(), "one other is no rule");
        assert!(told("192.168.10.123", &[], 2).is_empty(), "a port whose tags are taken off");
    }
}
