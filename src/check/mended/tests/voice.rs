//! Marks to the Internet, of signalling and of other traffic; ports of voice and where it comes from.

use super::super::super::finding::{Detail, Evidence, Finding, Mute, Severity};
use super::super::super::fixture::{PBX, PHONE, World, finding, one_way, row};
use super::super::mended;
use super::{BARE, EF, GOOD, is_over, voice};
use crate::observe::fixture::{at, call, frame, ip, sent, socket, spoken, stream, tcp};
use crate::observe::message::App;
use crate::observe::{Answer, Call, CallProtocol, CallSide, Flow, SipEndpoint, Stream, TcpOutcome};

const RULE: &str = "\n[[qos]]\nid = \"Q1\"\nsection = \"1\"\nroles = [\"acme.pbx\"]\nprotocol = \"rtp\"\ndscp = 46\npromised = true\n";

#[test]
fn what_goes_to_the_internet_is_looked_at_there() {
    let to = |peer: &str, start, halves: &[(u8, u32, f32)]| {
        spoken(stream(&format!("{PBX}:5204"), &format!("{peer}:7000"), &[]), start, halves)
    };
    let over = |peer: &str, halves: &[(u8, u32, f32)]| {
        let streams = vec![to("203.0.113.9", 0, &[BARE; 10]), to(peer, 9_000, halves)];
        let world = World::new(RULE).device(PBX, "acme.pbx").streams(streams);
        let detail = Detail::Qos007 {
            packets: 250,
            peers: vec![ip("203.0.113.9")],
            inbound: false,
            dscp: vec![(0, 50)],
            expected: 46,
        };
        let found = finding(detail, Severity::Info, Some(PBX));
        let evidence = Evidence { last: Some(at(5_000)), ..Evidence::default() };
        mended(&world.case(), &[Finding { evidence, rows: vec!["Q1".into()], ..found }]) == [0]
    };
    assert!(over("203.0.113.9", &[GOOD; 4]));
    assert!(!over("203.0.113.9", &[GOOD; 3]), "75 packets are too few");
    assert!(!over("192.168.10.21", &[GOOD; 8]), "a call in the LAN says nothing about it");
}

#[test]
fn signalling_is_right_by_its_latest_messages() {
    let over = |marked| {
        let mut world = World::new("");
        world.traffic.sip_endpoints = vec![SipEndpoint { marked, ..SipEndpoint::new(ip(PHONE)) }];
        is_over(Detail::Qos004 { packets: 10, dscp: vec![(0, 10)], expected: 24 }, 5_000, &world)
    };
    assert!(over(Some((24, 10))));
    assert!(!over(Some((24, 9))) && !over(Some((0, 50))) && !over(None));
}

#[test]
fn signalling_inside_tls_is_right_by_later_connections() {
    let rules = row(
        "R1",
        "acme.pbx",
        "transport = \"tcp\"\nown = 5061\ninitiator = \"peer\"\npeer.scope = \"any\"\nspeaks = [\"sip\", \"tls\"]",
    );
    let tls = |port: u16, start: i64, dscp: &[(u8, u64)]| {
        let mut flow = tcp(&format!("{PHONE}:{port}"), &format!("{PBX}:5061"), TcpOutcome::Answered, 1);
        flow.app = App::Tls;
        flow.from_a = sent(dscp.iter().map(|(_, packets)| packets).sum());
        flow.from_a.dscp = dscp.iter().map(|&(value, packets)| (value, packets, packets * 100)).collect();
        flow.from_a.first = flow.from_a.first.map(|(frame, _)| (frame, at(start)));
        flow.from_a.last = flow.from_a.last.map(|(frame, _)| (frame, at(start + 10)));
        flow
    };
    let over = |flows: Vec<Flow>, marked| {
        let mut world = World::new(&rules).device(PBX, "acme.pbx").device(PHONE, "acme.phone").flows(flows);
        world.traffic.sip_endpoints = vec![SipEndpoint { marked, ..SipEndpoint::new(ip(PHONE)) }];
        is_over(Detail::Qos004 { packets: 40, dscp: vec![(0, 40)], expected: 24 }, 10, &world)
    };
    let bare = || tls(40_000, 0, &[(0, 40)]);
    assert!(over(vec![bare(), tls(40_001, 500, &[(24, 10)])], None));
    assert!(!over(vec![bare()], None), "it only stopped");
    assert!(!over(vec![bare(), tls(40_001, 500, &[(24, 9)])], None));
    assert!(!over(vec![bare(), tls(40_001, 5, &[(24, 10)])], None), "while the first one still sent without");
    assert!(
        !over(vec![tls(40_000, 0, &[(0, 30), (24, 30)])], None),
        "within one connection nobody can see when"
    );
    assert!(!over(vec![bare(), tls(40_001, 500, &[(24, 10)])], Some((0, 10))), "what can be read has it not");
    assert!(!over(vec![bare()], Some((24, 10))), "what can be read alone has it");
}

#[test]
fn other_traffic_is_right_when_each_service_goes_without_the_mark() {
    let copy = |port: u16, start: i64, dscp: u8, packets: u64| {
        let mut flow = tcp(&format!("{PHONE}:{port}"), "192.168.10.60:445", TcpOutcome::Answered, 1);
        flow.from_a = sent(packets);
        flow.from_a.dscp = [(dscp, packets, packets * 100)].into_iter().collect();
        flow.from_a.first = flow.from_a.first.map(|(frame, _)| (frame, at(start)));
        flow.from_a.last = flow.from_a.last.map(|(frame, _)| (frame, at(start + 10)));
        flow
    };
    let over = |flows: Vec<Flow>| {
        let detail = Detail::Qos010 { percent: 50.0, bytes: 9_000, expected: EF, flows: Vec::new() };
        is_over(detail, 10, &World::new("").flows(flows))
    };
    assert!(!over(vec![copy(50_000, 0, EF, 90)]), "it only stopped");
    assert!(over(vec![copy(50_000, 0, EF, 90), copy(50_001, 500, 0, 20)]));
    assert!(!over(vec![copy(50_000, 0, EF, 90), copy(50_001, 500, 0, 19)]));
    assert!(!over(vec![copy(50_000, 600, EF, 90), copy(50_001, 500, 0, 20)]), "that was before");
    let mut elsewhere = copy(50_001, 500, 0, 20);
    elsewhere.b = socket("192.168.10.61:445");
    assert!(!over(vec![copy(50_000, 0, EF, 90), elsewhere]), "another service");
}

/// Streams of the telephone from these ports, one each ten seconds.
fn from_ports(ports: &[u16]) -> Vec<Stream> {
    let streams = (0..).zip(ports).map(|(nth, port)| {
        spoken(stream(&format!("{PHONE}:{port}"), &format!("{PBX}:5204"), &[]), nth * 10_000, &[GOOD; 8])
    });
    streams.collect()
}

#[test]
fn ports_are_right_when_several_wrong_ones_would_have_shown() {
    let range = row(
        "R1",
        "acme.phone",
        "transport = \"udp\"\nown = \"10000-10200\"\ninitiator = \"either\"\npeer.scope = \"lan\"\nspeaks = [\"rtp\"]",
    );
    let over = |detail: Detail, last, ports: &[u16]| {
        let world = World::new(&range).device(PHONE, "acme.phone").streams(from_ports(ports));
        is_over(detail, last, &world)
    };
    let outside =
        || Detail::Port002 { ports: vec![20_000], documented: "10000-10200".into(), stated: "".into() };
    assert!(!over(outside(), 5_000, &[20_000]), "it only stopped");
    assert!(over(outside(), 5_000, &[20_000, 10_000, 10_002, 10_004]));
    assert!(!over(outside(), 5_000, &[20_000, 10_000, 10_002]), "two may be chance");
    assert!(!over(outside(), 15_000, &[10_000, 20_000, 10_002, 10_004, 10_006]), "one of two was wrong");
    assert!(!over(outside(), 5_000, &[20_000, 10_000, 10_002, 10_004, 20_002]));
    let odd = || Detail::Port008 { ports: vec![10_001], peers: vec![ip(PBX)], rtcp: Vec::new() };
    assert!(over(odd(), 5_000, &[10_001, 10_002, 10_004, 10_006]));
    assert!(!over(odd(), 5_000, &[10_001, 10_002, 10_004]));
}

#[test]
fn a_range_fits_the_model_again_when_later_streams_keep_to_it() {
    let range = row(
        "R1",
        "acme.pbx",
        "transport = \"udp\"\nown = \"5204-5263\"\ninitiator = \"either\"\npeer.scope = \"lan\"\nspeaks = [\"rtp\"]",
    );
    let model = "\n[[model]]\nid = \"small\"\nrole = \"acme.pbx\"\ntitle.de = \"-\"\ntitle.en = \"-\"\nrtp_row = \"R1\"\n\
                 channels = 30\n";
    let over = |model_id: &str, ports: &[u16]| {
        let world =
            World::new(&format!("{range}{model}")).device(PHONE, "acme.pbx").streams(from_ports(ports));
        let (observed, documented) = ((5_300, 5_300), "5204-5263".into());
        is_over(Detail::Port006 { observed, model: model_id.into(), documented, fits: None }, 5_000, &world)
    };
    assert!(!over("small", &[5_300]), "it only stopped");
    assert!(over("small", &[5_300, 5_204, 5_206, 5_208]));
    assert!(!over("small", &[5_300, 5_204, 5_206]), "two may be chance");
    assert!(!over("small", &[5_300, 5_204, 5_206, 5_208, 5_264]), "the last one is outside again");
    assert!(!over("large", &[5_300, 5_204, 5_206, 5_208]), "a model that the rule book does not have");
}

/// Calls of the telephone, a minute each; voice from these ports, one after the other; whether SDP names the port.
fn calls(ports: &[&[u16]], announced: u16) -> World {
    let mut world = World::new("");
    for (nth, ports) in (0..).zip(ports) {
        let begin = nth * 100_000;
        let mut one = call(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
        one.start.1 = at(begin);
        one.answered = Some((one.start.0, at(begin + 1_000)));
        one.end = Some((one.start.0, at(begin + 61_000)));
        (one.answer, one.hung_up) = (Answer::Answered, Some(CallSide::Caller));
        one.caller_media = vec![socket(&format!("{PHONE}:{announced}"))];
        one.callee_media = vec![socket(&format!("{PBX}:5204"))];
        let halves = vec![GOOD; 120 / ports.len()];
        for (part, port) in (0..).zip(*ports) {
            let start = begin + 1_000 + part * halves.len() as i64 * 500;
            let voice = stream(&format!("{PHONE}:{port}"), &format!("{PBX}:5204"), &[]);
            world.traffic.streams.push(Stream { call: Some(nth as usize), ..spoken(voice, start, &halves) });
        }
        world.traffic.calls.push(one);
    }
    world
}

#[test]
fn a_source_that_changed_must_keep_through_several_calls() {
    let over = |ports: &[&[u16]]| {
        let (before, after) = (socket("192.168.10.21:10000"), socket("192.168.10.21:10002"));
        let found = finding(Detail::Rtp009 { before, after }, Severity::Notice, Some(PHONE));
        let evidence = Evidence { last: Some(at(61_000)), ..Evidence::default() };
        let world = calls(ports, 10_000);
        mended(&world.case(), &[Finding { evidence, ..found }]) == [0]
    };
    const CHANGED: &[u16] = &[10_000, 10_002];
    const KEPT: &[u16] = &[10_000];
    assert!(!over(&[CHANGED]), "it only stopped");
    assert!(over(&[CHANGED, KEPT, KEPT, KEPT]));
    assert!(!over(&[CHANGED, KEPT, KEPT]));
    assert!(!over(&[CHANGED, KEPT, KEPT, KEPT, CHANGED]));
}

#[test]
fn voice_from_where_it_was_announced_ends_that_it_came_from_elsewhere() {
    let over = |ports: &[&[u16]]| {
        let (announced, seen) = (socket("192.168.10.21:10000"), socket("192.168.10.21:10008"));
        let detail = Detail::Rtp013 { announced, seen, peer: ip(PBX) };
        let found = finding(detail, Severity::Warning, Some(PHONE));
        let evidence = Evidence { last: Some(at(61_000)), ..Evidence::default() };
        mended(&calls(ports, 10_000).case(), &[Finding { evidence, ..found }]) == [0]
    };
    assert!(over(&[&[10_008], &[10_000]]));
    assert!(!over(&[&[10_008]]) && !over(&[&[10_008], &[10_008]]));
}

/// A world in which a source of the telephone goes on over 20 s, in a call at 0 s and in one from `ms` on.
fn goes_on(ms: [i64; 2], also_heard: Vec<usize>) -> World {
    let ends = (socket(&format!("{PHONE}:5060")), socket(&format!("{PBX}:5060")));
    let call = |ms: [i64; 2]| Call {
        answer: Answer::Answered,
        end: Some((frame(9), at(ms[1]))),
        ..Call::begun("c".into(), CallProtocol::Sip, ends, (frame(1), at(ms[0])))
    };
    let source = Stream { call: Some(0), is_shared: true, ..voice(0, &[GOOD; 40]) };
    let mut world = World::new("").streams(vec![source]);
    world.traffic.calls = vec![call([0, 3_000]), Call { also_heard, ..call(ms) }];
    world
}

#[test]
fn a_silent_side_is_heard_again_in_the_stream_of_an_earlier_call() {
    let over = |ms, also_heard| is_over(one_way(500, vec![ip(PBX)]), 5_000, &goes_on(ms, also_heard));
    assert!(over([9_000, 15_000], vec![0]));
    assert!(!over([9_000, 15_000], Vec::new()), "another call that lasts");
    assert!(!over([4_000, 15_000], vec![0]), "a call that began before");
    assert!(!over([9_000, 10_200], vec![0]), "75 packets are too few");
}

#[test]
fn a_call_is_heard_in_the_stream_of_an_earlier_one() {
    let over = |also_heard| {
        let detail = Detail::Rtp002 { peers: vec![ip(PBX)], near: true, why: Mute::Unexplained };
        is_over(detail, 5_000, &goes_on([9_000, 15_000], also_heard))
    };
    assert!(over(vec![0]) && !over(Vec::new()));
}
