//! Voice that is sent to where nobody takes it.

use std::net::SocketAddr;

use super::*;
use crate::check::finding::{Astray, Lost};
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
        identification: 0,
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
        lost: Lost::Refused,
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
            identification: 0,
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
    use crate::check::media::astray::named_in;
    let (own, outside) = (ip("192.168.10.15"), socket(OUTSIDE));
    let named = |media: Vec<SocketAddr>| {
        let call = Call { caller: socket(OTHER), start: (frame(7), at(0)), caller_media: media, ..call() };
        let mut world = astray(59, 6_000);
        world.traffic.calls = vec![call];
        named_in(&world.case(), [(own, at(5_000))].into_iter())
    };
    assert_eq!(
        named(vec![outside]),
        Some(Named {
            host: own,
            to: outside,
            invite: Some(frame(7)),
            partly: false,
            mapped: None,
            is_rewritten: false
        })
    );
    assert_eq!(named(vec![socket(OTHER), outside]).map(|named| named.invite), Some(None), "later");
    assert_eq!(named(vec![socket(OTHER)]), None);
    let withdrawn = named(vec![outside, socket(OTHER)]);
    assert_eq!(withdrawn.map(|named| named.partly), Some(true), "a new offer names an inner address");
    let media = [vec![outside], vec![outside, socket(OTHER)]];
    let mut world = astray(59, 6_000);
    let calls = (0..).zip(media).map(|(nth, media)| {
        let start = (frame(7 + nth), at(nth as i64 * 1_000));
        Call { caller: socket(OTHER), start, caller_media: media, ..call() }
    });
    world.traffic.calls = calls.collect();
    let both = named_in(&world.case(), [(own, at(500)), (own, at(5_000))].into_iter());
    let first = Named {
        host: own,
        to: outside,
        invite: Some(frame(7)),
        partly: true,
        mapped: None,
        is_rewritten: false,
    };
    assert_eq!(both, Some(first), "the call in which it holds to the end");
}

/// A call of which the PBX sends voice to one address, and is spoken to from another one, if any; the far side of the signalling
/// named the former.
fn misled(to: &str, speaks: Option<&str>, far: &str) -> World {
    let own = "192.168.10.14:5204";
    let mut flows = vec![Flow { from_b: sent(0), ..udp(own, to) }];
    let mut streams = vec![said(0, [own, to], [0, 6_000])];
    if let Some(speaks) = speaks {
        flows.push(Flow { from_b: sent(0), ..udp(speaks, own) });
        streams.push(said(1, [speaks, own], [0, 6_000]));
    }
    flows.push(udp("192.168.10.14:5060", far));
    streams.iter_mut().for_each(|stream| stream.call = Some(0));
    let mut world = World::new("").streams(streams).flows(flows);
    world.traffic.calls = vec![Call {
        caller: socket(far),
        callee: socket("192.168.10.14:5060"),
        answered: Some((frame(3), at(0))),
        answer: Answer::Answered,
        caller_media: vec![socket(to)],
        callee_media: vec![socket(own)],
        ..call()
    }];
    world
}

fn how(world: &World) -> Option<(Lost, Severity)> {
    told(world).map(|(severity, _, astray)| (astray.lost, severity))
}

#[test]
fn voice_to_the_inner_address_of_somebody_in_the_internet_is_not_heard() {
    let (inner, speaks, far) = ("192.168.178.20:10000", "80.130.1.2:41000", "80.130.1.2:33060");
    assert_eq!(how(&misled(inner, Some(speaks), far)), Some((Lost::Private, Severity::Error)));
    let mut answered = misled(inner, Some(speaks), far);
    answered.traffic.flows[0].from_b = sent(1);
    assert_eq!(how(&answered), None, "somebody is there: a VPN");
    let mut latched = misled(inner, Some(speaks), far);
    latched.traffic.streams.push(said(1, ["192.168.10.14:5204", speaks], [3_000, 6_000]));
    assert_eq!(how(&latched), None, "from then on it goes to where the voice comes from");
    let inside = misled(inner, Some("192.168.178.20:10002"), "192.168.178.20:5060");
    assert_eq!(how(&inside), None, "another private net, which is routed");
}

#[test]
fn voice_to_a_public_address_of_a_neighbour_may_not_be_heard() {
    let (speaks, far) = ("192.168.10.15:7078", "192.168.10.15:5060");
    assert_eq!(how(&misled(OUTSIDE, Some(speaks), far)), Some((Lost::Outside, Severity::Warning)));
    let mut relayed = misled(OUTSIDE, Some(speaks), far);
    relayed.traffic.calls[0].caller_media = vec![socket(speaks)];
    assert_eq!(how(&relayed), None, "somebody else named it");
}

#[test]
fn an_address_of_the_own_net_in_the_sdp_of_a_provider_is_of_the_router() {
    let (inner, far) = ("192.168.10.1:7078", "217.10.68.150:5060");
    assert_eq!(how(&misled(inner, None, far)), Some((Lost::Rewritten, Severity::Warning)));
    let mut held = misled(inner, None, far);
    held.traffic.calls[0].may_be_silent = true;
    assert_eq!(how(&held), None, "nobody need speak");
    assert_eq!(how(&misled("192.168.178.20:7078", None, far)), None, "another net may be routed, over a VPN");
}

#[test]
fn voice_to_a_port_that_no_sdp_names_is_not_heard() {
    let (unasked, speaks, far) = ("192.168.10.2:5206", "192.168.10.2:5204", "192.168.10.2:5060");
    let made = || {
        let mut world = misled(unasked, Some(speaks), far);
        world.traffic.calls[0].caller_media = vec![socket(speaks)];
        world
    };
    assert_eq!(how(&made()), Some((Lost::Unasked, Severity::Warning)));
    assert_eq!(told(&made()).and_then(|(_, _, astray)| astray.announced), Some(socket(speaks)));
    let but = |change: fn(&mut World)| {
        let mut world = made();
        change(&mut world);
        how(&world)
    };
    assert_eq!(
        but(|world| world.traffic.flows[0].from_b = sent(1)),
        None,
        "latched: somebody speaks from there"
    );
    assert_eq!(but(|world| world.traffic.calls[0].may_be_silent = true), None, "ICE");
    assert_eq!(but(|world| world.traffic.calls[0].rerouted = vec![at(100)]), None, "moved by a new offer");
    assert_eq!(but(|world| world.traffic.calls[0].lacks_ack = true), None, "messages are missing");
    assert_eq!(
        but(|world| world.traffic.streams[0].report.first.time = at(2_500)),
        None,
        "an offer that is not seen"
    );
    let named = but(|world| {
        let other =
            Call { caller_media: vec![socket("192.168.10.2:5206")], ..world.traffic.calls[0].clone() };
        world.traffic.calls.push(other);
    });
    assert_eq!(named, None, "another call asks for it");
    let candidate = but(|world| {
        let at = crate::observe::media::Endpoint { address: ip("192.168.10.2"), port: 5206 };
        world.traffic.streams[0].report.announced_at = Some(at);
    });
    assert_eq!(candidate, None, "a candidate");
    let both = but(|world| {
        let mut right = said(2, ["192.168.10.14:5206", "192.168.10.2:5204"], [0, 200]);
        right.call = Some(0);
        world.traffic.flows.push(udp("192.168.10.14:5206", "192.168.10.2:5204"));
        world.traffic.streams.push(right);
    });
    assert_eq!(both, None, "voice goes to where it is asked for as well");
}

#[test]
fn a_router_that_rewrote_sdp_stands_in_for_the_device_that_is_meant() {
    use crate::check::media::astray::rewritten;
    use crate::observe::Rewrite;
    let (inner, outer) = (socket("192.168.88.21:10000"), socket("203.0.113.1:10000"));
    let told = |media: Vec<SocketAddr>, passed_on_by: Option<&str>| {
        let said = said(0, ["192.168.88.22:10072", "203.0.113.1:10000"], [0, 6_000]);
        let mut world = World::new("").streams(vec![said]);
        world.traffic.calls = vec![Call { caller_media: media, ..call() }];
        world.traffic.rewrites = vec![Rewrite {
            client: inner.ip(),
            server: ip("203.0.113.10"),
            method: "INVITE".into(),
            sent: "192.168.88.21:5060".into(),
            returned: "203.0.113.1:5060".into(),
            is_both: false,
            passed_on_by: passed_on_by.map(ip),
            frames: [frame(1), frame(2)],
            span: (at(0), at(1)),
            count: 1,
            intact: 0,
        }];
        let case = world.case();
        rewritten(&case, outer.ip(), case.traffic.streams.iter()).map(|named| (named.host, named.to))
    };
    assert_eq!(told(vec![inner, outer], Some("203.0.113.1")), Some((inner.ip(), outer)));
    assert_eq!(told(vec![outer], Some("203.0.113.1")), None, "who is meant is not seen");
    assert_eq!(told(vec![inner, outer], None), None, "nobody is seen to rewrite");
    assert_eq!(told(vec![inner, outer], Some("203.0.113.2")), None, "somebody else does");
}
