use super::*;
use crate::site::TransportSpec;

#[test]
fn built_in_rule_books_load() {
    Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn services_are_single_ports_that_are_called() {
    let book = Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"));
    let services = book.service_ports();
    let waits = |transport, port| services.contains(&(transport, port));
    assert!(waits(TransportSpec::Tcp, 389), "own port of the side that is called");
    assert!(waits(TransportSpec::Udp, 53), "remote port of the side that calls");
    assert!(waits(TransportSpec::Tcp, 5904) && !waits(TransportSpec::Tcp, 2153), "ASIP: the PBX is called");
    assert!(!waits(TransportSpec::Udp, 5896), "nobody waits for voice");
    let range = book.row("A13").and_then(|row| row.own_ports()).cloned().unwrap();
    assert!(services.iter().all(|(_, port)| !range.contains(*port)), "a range is no service");
    assert!(services.is_sorted() && services.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_free_pbx_is_known_in_the_lan_and_makes_nobody_a_pbx() {
    use crate::site::{Fingerprint, Kind, PeerScope};
    let book = Rulebook::builtin().unwrap_or_else(|errors| panic!("{errors}"));
    let named = |agent: &str| {
        let fits = |fingerprint: &Fingerprint| match fingerprint {
            Fingerprint::Agent { patterns, .. } => patterns.iter().any(|pattern| pattern.matches(agent)),
            _ => false,
        };
        let found = book.identities.iter().filter(|identity| fits(&identity.fingerprint));
        found
            .map(|identity| {
                (identity.vendor.as_str(), identity.scope, identity.role.as_ref().map(|role| book.kind(role)))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(named("FPBX-14.0.13.4(13.27.0)"), [("FreePBX", PeerScope::Lan, Some(Kind::Other))]);
    assert_eq!(named("FPBX"), [], "another product");
    assert_eq!(named("FreeSWITCH-mod_sofia/1.6.12"), [("FreeSWITCH", PeerScope::Lan, Some(Kind::Other))]);
    let asterisk = named("Asterisk PBX 11.13.0");
    assert!(asterisk.contains(&("Asterisk", PeerScope::Lan, Some(Kind::Other))), "{asterisk:?}");
    assert!(asterisk.iter().all(|known| known.1 == PeerScope::Lan), "from the Internet it proves nothing");
    assert_eq!(named("PolycomSoundPointIP-SPIP_321-UA/4.0.1.13681").len(), 1);
}
