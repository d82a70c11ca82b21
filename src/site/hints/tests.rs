use super::*;

const PBX: &str = "192.168.10.2:5060";
const PHONE: &str = "192.168.10.21:8123";

fn exception() -> Exception {
    Exception {
        host: None,
        peer: None,
        port: None,
        transport: None,
        code: None,
        reason: "so gewollt".to_owned(),
        line: 7,
    }
}

/// Whether it covers PORT-001 about the PBX and its TCP traffic with the telephone.
fn covers(exception: &Exception) -> bool {
    exception.covers("PORT-001", PBX.parse().unwrap(), PHONE.parse().unwrap(), Protocol::Tcp)
}

#[test]
fn all_that_is_given_must_fit() {
    let whole = Exception {
        host: Some("192.168.10.2".parse().unwrap()),
        peer: Some("192.168.10.0/27".parse().unwrap()),
        port: Some("8123".parse().unwrap()),
        transport: Some(TransportSpec::Tcp),
        code: Some("port-001".to_owned()),
        ..exception()
    };
    assert!(covers(&whole) && covers(&exception()));
    let others = [
        Exception { host: Some("192.168.10.21".parse().unwrap()), ..whole.clone() },
        Exception { peer: Some("192.168.10.32/27".parse().unwrap()), ..whole.clone() },
        Exception { port: Some("8124".parse().unwrap()), ..whole.clone() },
        Exception { transport: Some(TransportSpec::Udp), ..whole.clone() },
        Exception { code: Some("PORT-002".to_owned()), ..whole },
    ];
    for other in others {
        assert!(!covers(&other), "{other:?}");
    }
}

#[test]
fn a_port_may_be_on_either_side() {
    for (port, fits) in [("5060", true), ("8123", true), ("8000-8200", true), ("443", false)] {
        assert_eq!(covers(&Exception { port: Some(port.parse().unwrap()), ..exception() }), fits, "{port}");
    }
}

#[test]
fn a_host_or_code_alone_covers_every_finding_about_it() {
    let host = "192.168.10.2".parse().unwrap();
    let whole = |exception: Exception| exception.covers_whole("QOS-001", host);
    assert!(whole(Exception { host: Some(host), ..exception() }));
    assert!(whole(Exception { code: Some("qos-001".to_owned()), ..exception() }));
    assert!(!whole(Exception { code: Some("QOS-003".to_owned()), ..exception() }));
    assert!(!whole(Exception { host: Some("192.168.10.3".parse().unwrap()), ..exception() }));
    let of_a_port = Exception { host: Some(host), port: Some("5060".parse().unwrap()), ..exception() };
    assert!(!whole(of_a_port), "which is about some flows only");
}

#[test]
fn the_list_of_exceptions_says_what_was_accepted() {
    let given = Exception {
        code: Some("PORT-001".to_owned()),
        host: Some("192.168.10.2".parse().unwrap()),
        port: Some("8123".parse().unwrap()),
        ..exception()
    };
    let listed = given.with_use(3);
    assert_eq!((&*listed.text, listed.line, listed.matched), ("PORT-001 192.168.10.2 8123", 7, 3));
    assert_eq!(&*listed.reason, "so gewollt");
}
