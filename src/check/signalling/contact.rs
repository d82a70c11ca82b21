//! Why nobody answers where requests go: takes registrations, which name where a telephone is to be called (RFC 3261 section
//! 10.2.1), and whom ARP finds.

use std::net::IpAddr;

use crate::check::case::Case;
use crate::check::finding::Missed;
use crate::observe::{Protocol, Repeated, Standing};

/// Why none of these requests is answered, where something shows it.
pub(super) fn missed(case: &Case<'_>, row: &Repeated) -> Option<Missed> {
    if row.answered > 0 {
        return None;
    }
    stale(case, row).or_else(|| unfound(case, row)).or_else(|| unmapped(case, row))
}

/// Whose accepted registration sends these requests to an address that is not that of who registered. Who sends again and again
/// got no answer, wherever it would have come from.
fn stale(case: &Case<'_>, row: &Repeated) -> Option<Missed> {
    let (registrar, called) = (row.from.ip(), row.to.ip());
    if case.sends_to(called, registrar) {
        return None;
    }
    let mut rows = case.traffic.registrations.iter();
    let one = rows.find(|one| {
        one.registrar.ip() == registrar
            && one.client.ip() != called
            && one.granted.is_some_and(|(first, _)| first <= row.span.1)
            && one.contact.as_deref().and_then(address) == Some(called)
    })?;
    // The telephone itself is there, and would be called at its own address.
    Some(Missed::Elsewhere { client: one.client.ip(), account: one.aor.clone() })
}

/// Who asks seeks the other one by ARP in vain, too.
fn unfound(case: &Case<'_>, row: &Repeated) -> Option<Missed> {
    let arp = case.host(row.from.ip())?.arp.as_ref()?;
    let (_, asked) = arp.sought.iter().find(|(target, _)| *target == row.to.ip())?;
    Some(Missed::Unfound { asked: *asked })
}

/// The very port that is asked is that of a NAT: the device behind it registered from there and gives itself another address. What
/// still comes from there would keep the mapping.
fn unmapped(case: &Case<'_>, row: &Repeated) -> Option<Missed> {
    let mut views = case.datagrams_of(row.from).filter(|view| view.peer() == row.to);
    if views.any(|view| view.received.last.is_some_and(|(_, last)| last >= row.span.0)) {
        return None;
    }
    let rows = || case.registrations_of(row.to.ip()).filter(|one| one.registrar.ip() == row.from.ip());
    let (one, own) = rows().find_map(|one| {
        let own = one.contact.as_deref().and_then(address)?;
        let is_translated = own != row.to.ip() && own.is_ipv4() && !one.is_passed_on;
        let is_it =
            one.client == row.to && one.protocol == Protocol::Udp && one.standing != Standing::SignedOff;
        let stood = one.granted.is_some_and(|(first, _)| first < row.span.0);
        (is_it && is_translated && stood).then_some((one, own))
    })?;
    let later = rows().find(|other| {
        let is_later = other.granted.is_some_and(|(first, _)| first > row.span.0);
        (&other.aor, &other.contact) == (&one.aor, &one.contact) && other.client != row.to && is_later
    });
    Some(Missed::Unmapped { account: one.aor.clone(), own, later: later.map(|other| other.client.port()) })
}

/// `192.168.10.21` of `sip:11@192.168.10.21:5060;transport=udp`.
fn address(contact: &str) -> Option<IpAddr> {
    let (_, rest) = contact.split_once(':')?;
    let place = rest.split_once('@').map_or(rest, |(_, place)| place);
    let place = place.split([';', '?', '>']).next()?;
    match place.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0.parse().ok(),
        None => place.split(':').next()?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{self, World};
    use super::*;
    use crate::observe::Registration;
    use crate::observe::fixture::{at, frame, ip, socket, udp};

    #[test]
    fn a_contact_names_its_address() {
        for (contact, expected) in [
            ("sip:11@192.168.10.21:5060;transport=udp", Some("192.168.10.21")),
            ("sip:192.168.10.21", Some("192.168.10.21")),
            ("sips:11@[fd00::21]:5061", Some("fd00::21")),
            ("sip:11@phone.example", None),
            ("*", None),
            ("sip:11@[fd00", None),
        ] {
            assert_eq!(address(contact), expected.map(ip), "{contact}");
        }
    }

    /// A request of the registrar that was sent seven times from this second on.
    fn in_vain(to: &str, method: &str, from: i64) -> Repeated {
        Repeated {
            from: socket("192.168.10.2:5060"),
            to: socket(to),
            method: method.into(),
            requests: 1,
            most: 7,
            answered: 0,
            unheard: 0,
            prompt: 0,
            statuses: std::collections::BTreeMap::new(),
            frames: vec![frame(9)],
            span: (at(from * 1_000), at((from + 31) * 1_000)),
        }
    }

    #[test]
    fn a_registration_that_names_another_address_is_why_nobody_answers_there() {
        let told = |contact: &str, has_answered: bool| {
            let registration = Registration {
                contact: Some(contact.into()),
                accepted: true,
                granted: Some((at(500), at(500))),
                ..fixture::registration("192.168.10.21:5060", "192.168.10.2:5060")
            };
            let mut world = World::new("").device("192.168.10.2", "acme.pbx");
            world.traffic.registrations = vec![registration];
            if has_answered {
                world = world.flows(vec![udp("192.168.10.2:5060", "192.168.178.55:5060")]);
            }
            world.traffic.repeats = vec![in_vain("192.168.178.55:5060", "INVITE", 10)];
            let found = super::super::check(&world.case(), &[]);
            found.into_iter().find_map(|finding| match finding.detail {
                crate::check::Detail::Sig009 { why, .. } => Some(why),
                _ => None,
            })
        };
        let account = fixture::registration("192.168.10.21:5060", "192.168.10.2:5060").aor;
        let whose = Some(Missed::Elsewhere { client: ip("192.168.10.21"), account });
        assert_eq!(told("sip:11@192.168.178.55:5060", false), Some(whose));
        assert_eq!(
            told("sip:11@192.168.10.21:5060", false),
            None,
            "nothing shows that an answer would be seen"
        );
        assert_eq!(told("sip:11@192.168.178.55:5060", true), Some(None), "somebody is there");
    }

    const NAT: &str = "203.0.113.9:33060";

    /// OPTIONS of a registrar to a NAT, from whose port a device registered that gives itself this address.
    fn asked(contact: &str, spoil: impl Fn(&mut World)) -> Option<Missed> {
        let registration = Registration {
            contact: Some(contact.into()),
            accepted: true,
            granted: Some((at(500), at(500))),
            ..fixture::registration(NAT, "192.168.10.2:5060")
        };
        let mut flow = udp("192.168.10.2:5060", NAT);
        flow.from_b.last = Some((frame(2), at(600)));
        let mut world = World::new("").device("192.168.10.2", "acme.pbx").flows(vec![flow]);
        world.traffic.registrations = vec![registration];
        world.traffic.repeats = vec![in_vain(NAT, "OPTIONS", 60)];
        spoil(&mut world);
        let found = super::super::check(&world.case(), &[]);
        found.into_iter().find_map(|finding| match finding.detail {
            crate::check::Detail::Sig009 { why, .. } => why,
            _ => None,
        })
    }

    #[test]
    fn nobody_answers_where_the_nat_has_forgotten_who_registered_from_there() {
        let inside = "sip:19@192.168.178.20:5060";
        let gone = |later| {
            let account = fixture::registration(NAT, "192.168.10.2:5060").aor;
            Some(Missed::Unmapped { account, own: ip("192.168.178.20"), later })
        };
        assert_eq!(asked(inside, |_| ()), gone(None));
        let anew = |world: &mut World, contact: &str| {
            let again = Registration {
                client: socket("203.0.113.9:33061"),
                contact: Some(contact.into()),
                granted: Some((at(120_000), at(120_000))),
                ..world.traffic.registrations[0].clone()
            };
            world.traffic.registrations.push(again);
        };
        assert_eq!(asked(inside, |world| anew(world, inside)), gone(Some(33061)));
        assert_eq!(
            asked(inside, |world| anew(world, "sip:19@192.168.178.21:5060")),
            gone(None),
            "another device"
        );
        assert_eq!(asked("sip:19@203.0.113.9:33060", |_| ()), None, "no NAT");
        let still_sends = |world: &mut World| {
            world.traffic.flows[0].from_b.last = Some((frame(12), at(70_000)));
        };
        assert_eq!(asked(inside, still_sends), None, "the mapping is there");
        let left = |world: &mut World| world.traffic.registrations[0].standing = Standing::SignedOff;
        assert_eq!(asked(inside, left), None, "it left");
    }

    #[test]
    fn who_answers_no_arp_either_is_not_there() {
        let told = |target: &str| {
            let absent = |world: &mut World| {
                world.traffic.registrations.clear();
                world.traffic.flows[0].from_b = crate::observe::fixture::sent(0);
                let mut host = crate::observe::fixture::host("192.168.10.2", Some(true));
                let sought = vec![(ip(target), 40)];
                host.arp = Some(Box::new(crate::observe::ArpTimes {
                    latest: at(90_000),
                    answered: None,
                    reached: None,
                    sought,
                }));
                world.traffic.hosts = vec![host];
            };
            asked("", absent)
        };
        assert_eq!(told("203.0.113.9"), Some(Missed::Unfound { asked: 40 }));
        assert_eq!(told("203.0.113.10"), None, "another one is sought");
    }
}
