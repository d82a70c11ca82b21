//! Voice that is sent to where nobody takes it.

use std::net::SocketAddr;

use super::*;
use crate::check::finding::Astray;
use crate::observe::IcmpReport;

const OWN: &str = "192.168.10.14:7078";
const OTHER: &str = "192.168.10.15:7078";
const OUTSIDE: &str = "91.127.224.214:7078";

/// Voice from one socket to another, from one time to another (ms), 50 packets a second.
fn said(flow: usize, ends: [&str; 2], ms: [i64; 2]) -> Stream {
    let mut said = stream(ends[0], ends[1], &[(0, (ms[1] - ms[0]) as u64 / 20)]);
    said.flow = flow;
    said.report.first.time = at(ms[0]);
    said.report.last.time = at(ms[1]);
    said
}

/// Both talk until then (ms); what the own side says goes outside, and ICMP turns it away so often.
fn astray(refused: u64, until: i64) -> World {
    let icmp = IcmpReport {
        reporter: ip("91.127.224.214"),
        about_a: true,
        v6: false,
        kind: 3,
        code: 3,
        frame: frame(4),
        count: refused,
        span: (at(0), at(0)),
        pause: 0,
    };
    let mut out = Flow { from_b: sent(0), ..udp(OWN, OUTSIDE) };
    out.extra.icmp = std::iter::once(Box::new(icmp)).collect();
    let back = Flow { from_b: sent(0), ..udp(OTHER, OWN) };
    let streams = vec![said(0, [OWN, OUTSIDE], [0, until]), said(1, [OTHER, OWN], [0, until])];
    World::new("").streams(streams).flows(vec![out, back])
}

fn told(world: &World) -> Option<(Severity, Vec<IpAddr>, Astray)> {
    check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
        Detail::Rtp001 { peers, astray: Some(astray), .. } => {
            assert_eq!(finding.subject.map(|subject| subject.address), Some(ip("192.168.10.14")));
            Some((finding.severity, peers, astray))
        }
        _ => None,
    })
}

#[test]
fn voice_that_is_turned_away_outside_of_the_nat_is_one_way_audio() {
    let found = Astray {
        to: socket(OUTSIDE),
        announced: None,
        announcer: None,
        lasted: 6_000_000_000,
        outside: true,
        is_over: false,
        by_listener: false,
    };
    assert_eq!(told(&astray(59, 6_000)), Some((Severity::Error, vec![ip("192.168.10.15")], found)));
    assert!(told(&astray(2, 6_000)).is_none(), "who hangs up refuses the last packets");
    assert!(told(&astray(59, 1_900)).is_none(), "a moment");
    let mut answered = astray(59, 6_000);
    answered.traffic.flows[0].from_b = sent(1);
    assert!(told(&answered).is_none(), "something comes back");
    let mut alone = astray(59, 6_000);
    alone.traffic.streams.pop();
    assert!(told(&alone).is_none(), "nobody else waits for it");
}

#[test]
fn who_named_the_outside_address_in_sdp_is_told_with_the_packet() {
    let named = |from: &str, to: &str, sides: [&[&str]; 2]| {
        let media = |all: &[&str]| all.iter().map(|end| socket(end)).collect();
        let mut world = astray(59, 6_000);
        world.traffic.calls = vec![Call {
            caller: socket(from),
            callee: socket(to),
            start: (frame(7), at(-500)),
            caller_media: media(sides[0]),
            callee_media: media(sides[1]),
            ..call()
        }];
        told(&world).unwrap().2.announcer
    };
    let (listener, proxy) = ("192.168.10.15:5060", "192.168.10.14:5060");
    let host = ip("192.168.10.15");
    assert_eq!(named(listener, proxy, [&[OUTSIDE], &[OWN]]), Some((host, Some(frame(7)))));
    assert_eq!(named(listener, proxy, [&[OTHER, OUTSIDE], &[OWN]]), Some((host, None)), "in a later message");
    assert_eq!(named(proxy, listener, [&[OWN], &[OUTSIDE]]), Some((host, None)), "in its answer");
    assert_eq!(named(proxy, "192.168.10.16:5060", [&[OUTSIDE], &[]]), None, "passed on by a proxy");
}

#[test]
fn what_reaches_its_listener_as_well_is_not_astray() {
    let with = |ms: [i64; 2]| {
        let mut world = astray(59, 3_000);
        world.traffic.streams.push(said(1, [OWN, OTHER], ms));
        told(&world).map(|(severity, _, astray)| (severity, astray.is_over))
    };
    assert_eq!(with([0, 3_000]), None);
    assert_eq!(with([3_000, 6_000]), Some((Severity::Warning, true)), "from the second offer on");
}

#[test]
fn one_message_of_a_router_that_no_way_leads_there_is_enough() {
    let told_with = |code: u8, reporter: &str| {
        let mut once = astray(1, 6_000);
        let reporter = ip(reporter);
        let icmp = IcmpReport {
            reporter,
            about_a: true,
            v6: false,
            kind: 3,
            code,
            frame: frame(4),
            count: 1,
            span: (at(0), at(0)),
            pause: 0,
        };
        once.traffic.flows[0].extra.icmp = std::iter::once(Box::new(icmp)).collect();
        told(&once).is_some()
    };
    let target = socket(OUTSIDE).ip().to_string();
    assert!(told_with(0, "192.168.10.1") && told_with(1, "192.168.10.1"));
    assert!(!told_with(3, "192.168.10.1") && !told_with(0, &target), "who has hung up");
}

#[test]
fn voice_to_another_port_than_was_announced_is_one_way_audio() {
    let told_of = |announced: &str| {
        let wrong = "192.168.10.15:10050";
        let mut world = astray(13, 6_000);
        world.traffic.flows[0].b = socket(wrong);
        world.traffic.streams[0].destination = socket(wrong);
        world.traffic.streams.iter_mut().for_each(|stream| stream.call = Some(0));
        let sides = (vec![socket(announced)], vec![socket(OWN)]);
        world.traffic.calls = vec![Call { caller_media: sides.0, callee_media: sides.1, ..call() }];
        told(&world).map(|(_, peers, astray)| (peers, astray.to, astray.announced))
    };
    let found = (vec![ip("192.168.10.15")], socket("192.168.10.15:10050"), Some(socket(OTHER)));
    assert_eq!(told_of(OTHER), Some(found));
    assert_eq!(told_of("192.168.10.15:10050"), None, "it listens at another port than it sends from");
}

#[test]
fn a_listener_that_names_an_outside_address_may_be_why_nothing_comes() {
    use crate::check::finding::Named;
    use crate::check::media::astray::named_outside;
    let (own, outside) = (ip("192.168.10.15"), socket(OUTSIDE));
    let named = |media: Vec<SocketAddr>| {
        let call = Call { caller: socket(OTHER), start: (frame(7), at(0)), caller_media: media, ..call() };
        let mut world = astray(59, 6_000);
        world.traffic.calls = vec![call];
        named_outside(&world.case(), own, at(5_000))
    };
    assert_eq!(named(vec![outside]), Some(Named { host: own, to: outside, invite: Some(frame(7)) }));
    assert_eq!(named(vec![socket(OTHER), outside]).map(|named| named.invite), Some(None), "later");
    assert_eq!(named(vec![socket(OTHER)]), None);
}
