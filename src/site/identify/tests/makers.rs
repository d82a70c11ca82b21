//! Tests of hardware addresses and names in SIP that are another maker's: whether they speak against a role, and how
//! sure it then is.

use super::*;

#[test]
fn who_else_built_it_speaks_against_hardware_of_known_makers() {
    let found = |maker: &Identity, built_by: &[&str], on_link| {
        let own = agent(Some("acme.phone"), 90, "x*");
        let mut book = Book::new(vec![own, maker.clone()]);
        for role in book.roles.iter_mut().filter(|role| role.id == "acme.phone") {
            role.built_by = built_by.iter().map(|&maker| maker.to_owned()).collect();
        }
        let site = book.site(&with_mac(agents(&[(PHONE, "x")]), PHONE, on_link));
        let device = site.device(ip(PHONE)).unwrap();
        let against = device.contradictions.first().map(|one| one.evidence.seen.to_string());
        (device.role.to_string(), device.confidence, against)
    };
    let is =
        |confidence, against: Option<&str>| ("acme.phone".to_owned(), confidence, against.map(Into::into));
    let other = Identity { vendor: "Other".into(), ..prefix(Some("thing"), 30) };
    let told = format!("{} (Other)", mac(1));
    assert_eq!(found(&other, &["Acme"], Some(true)), is(Confidence::Likely, Some(&told)));
    assert_eq!(found(&other, &["Acme", "Other"], Some(true)), is(Confidence::Sure, None), "a supplier");
    assert_eq!(found(&other, &[], Some(true)), is(Confidence::Sure, None), "it runs on anybody's hardware");
    assert_eq!(found(&other, &["Acme"], Some(false)), is(Confidence::Sure, None), "a router's address");
    let light = Identity { weight: 24, ..other };
    assert_eq!(found(&light, &["Acme"], Some(true)), is(Confidence::Sure, None));
    let called = Identity { vendor: "Other".into(), ..agent(Some("thing"), 40, "x") };
    assert_eq!(found(&called, &["Acme"], None), is(Confidence::Likely, Some("x (Other)")));
}

#[test]
fn what_runs_in_many_products_is_shown_and_yields_to_any_other_sign() {
    let shared = Identity { scope: PeerScope::Lan, vendor: "Other".into(), ..agent(Some("thing"), 25, "x*") };
    let found = |identities: Vec<Identity>, host| {
        let site = Book::new(identities).site(&agents(&[(host, "x 11.13.0")]));
        site.device(ip(host)).map(|device| (device.role.to_string(), device.confidence, device.maker.clone()))
    };
    let is = |role: &str, confidence, maker: Option<&str>| {
        Some((role.to_owned(), confidence, maker.map(Into::into)))
    };
    assert_eq!(found(vec![shared.clone()], PBX), is("thing", Confidence::Suspected, None));
    assert_eq!(found(vec![shared.clone()], PUBLIC), None, "such a string from the Internet proves nothing");
    let own = agent(Some("acme.pbx"), 30, "x*");
    assert_eq!(found(vec![shared, own], PBX), is("acme.pbx", Confidence::Suspected, Some("Acme")));
}

#[test]
fn a_port_that_many_use_does_not_speak_against_what_is_open() {
    let print = PortPrint { transport: TransportSpec::Udp, ..on_port("5204", Initiator::Either, &[]) };
    let against = |role: &str, more: &[Identity]| {
        let ports = identity(Some("acme.pbx"), 25, Fingerprint::Ports(print.clone()));
        let identities =
            [agent(Some(role), 90, "x*"), ports].into_iter().chain(more.iter().cloned()).collect();
        let flows = vec![udp("192.168.10.2:5204", "192.168.10.21:10000")];
        let site = Book::new(identities).site(&Traffic { flows, ..agents(&[(PBX, "x")]) });
        site.device(ip(PBX)).unwrap().contradictions.len()
    };
    assert_eq!((against("thing", &[]), against("other.phone", &[])), (0, 1));
    assert_eq!(against("thing", &[agent(Some("acme.pbx"), 10, "x*")]), 1, "the string says so too");
}
