use super::super::fixture::{self, PBX, PHONE, PUBLIC, World, subjects};
use super::*;
use crate::observe::fixture::{at, frame, ip, socket, udp};
use crate::observe::{Mapping, Refused, SipEndpoint, Unanswered};

/// A registration of the phone at the PBX that went well.
fn registration() -> Registration {
    fixture::registration("192.168.10.21:5060", "192.168.10.2:5060")
}

fn world(registration: Registration) -> World {
    let mut world = World::new("").flows(vec![udp("192.168.10.21:5060", "192.168.10.2:5060")]);
    world.traffic.registrations = vec![registration];
    world
}

fn codes(world: &World) -> Vec<&'static str> {
    check(&world.case(), &[]).iter().map(|finding| finding.code().as_str()).collect()
}

#[test]
fn a_refusal_is_told_about_own_devices_only() {
    let refused = Some(Refused { status: 403, frame: frame(4), time: at(3), count: 2 });
    let own = world(Registration { refused, ..registration() });
    let findings = check(&own.case(), &[]);
    assert_eq!((subjects(&findings), findings.first().map(|f| f.count)), (vec![ip(PHONE)], Some(2)));
    let client = socket(&format!("{PUBLIC}:5060"));
    assert!(codes(&world(Registration { refused, client, ..registration() })).is_empty(), "a stranger");
    assert!(codes(&world(registration())).is_empty());
}

#[test]
fn tries_without_an_answer_need_time_and_proof() {
    let tries = |count, ms| {
        let frames = vec![frame(1)];
        Registration {
            unanswered: Unanswered { count, frames, span: Some((at(0), at(ms))) },
            ..registration()
        }
    };
    assert_eq!(codes(&world(tries(3, 1_500))), ["SIG-002"]);
    assert!(codes(&world(tries(2, 1_500))).is_empty(), "the answer may still come");
    assert!(codes(&world(tries(3, 900))).is_empty());
    let mut unseen = world(tries(3, 1_500));
    unseen.traffic.flows.clear();
    assert!(codes(&unseen).is_empty(), "nothing shows that an answer would be seen");
    for gap in [Unjudged::OneDirection, Unjudged::CutSip] {
        assert!(check(&world(tries(3, 1_500)).case(), &[gap]).is_empty(), "{gap:?}");
    }
}

#[test]
fn a_new_public_address_may_be_the_daily_reconnection() {
    let seen = |first: (&str, u16), second: (&str, u16)| {
        let mapping = |(address, port): (&str, u16), number| Mapping {
            address: Some(ip(address)),
            port,
            frame: frame(number),
            time: at(number as i64),
        };
        let mappings = vec![mapping(first, 2), mapping(second, 4)];
        check(&world(Registration { mappings, ..registration() }).case(), &[])
            .first()
            .map(|finding| (finding.code().as_str(), finding.severity))
    };
    assert_eq!(seen((PUBLIC, 5060), (PUBLIC, 61_000)), Some(("SIG-003", Severity::Warning)));
    assert_eq!(seen((PUBLIC, 5060), ("203.0.113.99", 5060)), Some(("SIG-003", Severity::Notice)));
}

#[test]
fn what_a_router_shows_of_a_client_is_not_held_against_it() {
    let rewrite = |client: &str| Rewrite {
        intact: 0,
        client: ip(client),
        server: ip(PBX),
        method: "INVITE".into(),
        sent: "192.168.10.21:5060".into(),
        returned: "203.0.113.9:5060".into(),
        is_both: false,
        frames: [frame(1), frame(2)],
        span: (at(0), at(1)),
        count: 1,
    };
    let with = |client| {
        let mut world = World::new("");
        world.traffic.rewrites = vec![rewrite(client)];
        codes(&world)
    };
    assert_eq!(with(PHONE), ["SIG-004"]);
    assert!(with(PUBLIC).is_empty());
}

#[test]
fn lost_fragments_are_told_where_sip_is_spoken_and_repeated() {
    let datagram = |missing| Incomplete {
        time: at(0),
        source: ip(PHONE),
        destination: ip(PBX),
        ports: Some((5060, 5060)),
        protocol: UDP,
        frames: vec![frame(1)],
        bytes_seen: 1480,
        missing,
    };
    let with = |datagrams: Vec<Incomplete>, speaks: bool| {
        let mut world = World::new("");
        world.traffic.incomplete = datagrams;
        let mut endpoint = SipEndpoint::new(ip(PHONE));
        endpoint.ports.insert((Protocol::Udp, 5060), 1);
        world.traffic.sip_endpoints = if speaks { vec![endpoint] } else { Vec::new() };
        codes(&world)
    };
    let lost = || datagram(Missing::Last);
    assert_eq!(with(vec![lost(), lost()], true), ["SIG-006"]);
    assert!(with(vec![lost()], true).is_empty(), "not sent again");
    assert!(with(vec![lost(), lost()], false).is_empty(), "no SIP");
    assert!(with(vec![datagram(Missing::Cut), datagram(Missing::Cut)], true).is_empty(), "the snap length");
}
