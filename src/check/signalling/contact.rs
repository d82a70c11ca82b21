//! Where a registrar calls a telephone: at the address that its registration names (RFC 3261 section 10.2.1), be it its own or not.

use std::net::IpAddr;

use crate::check::case::Case;
use crate::observe::Repeated;

/// Whose accepted registration sends these requests, which nobody answers, to an address that is not that of who registered:
/// the telephone, and the account. Who sends again and again got no answer, wherever it would have come from.
pub(super) fn stale(case: &Case<'_>, row: &Repeated) -> Option<(IpAddr, Box<str>)> {
    let (registrar, called) = (row.from.ip(), row.to.ip());
    if row.answered > 0 || case.sends_to(called, registrar) {
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
    Some((one.client.ip(), one.aor.clone()))
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
            let row = Repeated {
                from: socket("192.168.10.2:5060"),
                to: socket("192.168.178.55:5060"),
                method: "INVITE".into(),
                requests: 1,
                most: 7,
                answered: 0,
                unheard: 0,
                prompt: 0,
                statuses: std::collections::BTreeMap::new(),
                frames: vec![frame(9)],
                span: (at(10_000), at(41_000)),
            };
            world.traffic.repeats = vec![row];
            let found = super::super::check(&world.case(), &[]);
            found.into_iter().find_map(|finding| match finding.detail {
                crate::check::Detail::Sig009 { contact, .. } => Some(contact),
                _ => None,
            })
        };
        let whose =
            Some((ip("192.168.10.21"), fixture::registration("192.168.10.21:5060", "192.168.10.2:5060").aor));
        assert_eq!(told("sip:11@192.168.178.55:5060", false), Some(whose));
        assert_eq!(
            told("sip:11@192.168.10.21:5060", false),
            None,
            "nothing shows that an answer would be seen"
        );
        assert_eq!(told("sip:11@192.168.178.55:5060", true), Some(None), "somebody is there");
    }
}
