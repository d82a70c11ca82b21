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
