//! Takes who asks for OPTIONS from the Internet, and where to; says whether only a registrar of the device can know that address.
//! Decides nothing else.

use std::net::IpAddr;

use super::super::case::Case;

/// What clients put into the contact of one registration, with a value that nobody guesses: Asterisk, and many softphones.
const MADE_UP: [&str; 2] = ["line", "rinstance"];

/// A name in a contact that is no longer can be guessed: scanners try all extensions.
const LEAST_NAME: usize = 5;

/// Whether the first OPTIONS of `source` goes to a contact that `own` registered, or that can only come from one: it holds what is
/// made up for each registration. The private address of the device proves nothing, since a router with SIP ALG writes it into
/// what anybody sends.
pub(super) fn is_known_to(case: &Case<'_>, source: IpAddr, own: IpAddr) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&source));
    let asked = at.ok().and_then(|at| endpoints.get(at)).and_then(|endpoint| endpoint.options_to.as_deref());
    asked.is_some_and(|uri| {
        let mut registered = case.registrations_of(own).filter_map(|row| row.contact.as_deref());
        name(uri).len() >= LEAST_NAME && registered.any(|contact| contact == uri) || is_made_up(uri)
    })
}

/// The user part of a SIP URI.
fn name(uri: &str) -> &str {
    let (_, rest) = uri.split_once(':').unwrap_or_default();
    rest.split_once('@').map_or("", |(name, _)| name)
}

fn is_made_up(uri: &str) -> bool {
    let mut parameters = uri.split(['?']).next().unwrap_or(uri).split(';').skip(1);
    parameters.any(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            MADE_UP.iter().any(|known| name.eq_ignore_ascii_case(known)) && value.len() >= 4
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PBX, World};
    use super::*;
    use crate::observe::SipEndpoint;
    use crate::observe::fixture::{ip, registration};

    #[test]
    fn only_a_registrar_knows_what_a_device_registered() {
        let known_of = |contact: &str, uri: &str| {
            let mut world = World::new("");
            let source = ip("203.0.113.9");
            world.traffic.sip_endpoints =
                vec![SipEndpoint { options_to: Some(uri.into()), ..SipEndpoint::new(source) }];
            let mut row = registration("192.168.10.2:5064", "203.0.113.10:5060");
            row.contact = Some(contact.into());
            world.traffic.registrations = vec![row];
            is_known_to(&world.case(), source, ip(PBX))
        };
        let known = |uri: &str| known_of("sip:4952100@198.51.100.7:5064", uri);
        assert!(known("sip:4952100@198.51.100.7:5064"), "as it was registered");
        assert!(!known("sip:s@192.168.10.2:5060"), "SIP ALG writes its private address");
        assert!(!known_of("sip:21@192.168.10.2:5060", "sip:21@192.168.10.2:5060"), "easily guessed");
        assert!(known("sip:s@198.51.100.7:5060;transport=udp;line=qynrfeg"));
        assert!(!known("sip:100@198.51.100.7:5060"), "a scanner");
        assert!(!known("sip:100@192.168.10.3"), "of another one");
        assert!(!known("sip:100@198.51.100.7;line=1"));
        assert!(!known("192.168.10.2"));
    }
}
