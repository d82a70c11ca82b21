//! Calls that use the ports of calls before them.

use super::*;
use crate::observe::media::course::{Course, Interval};

/// A call that is answered at 30 s and hung up 20 s later.
fn second() -> Call {
    Call {
        start: (frame(100), at(29_000)),
        answered: Some((frame(101), at(30_000))),
        end: Some((frame(190), at(50_000))),
        hung_up: Some(CallSide::Caller),
        ..call()
    }
}

/// Voice between these sockets in a call, from one time to another (ms).
fn said(call: usize, ends: [&str; 2], ms: [i64; 2]) -> Stream {
    let mut said = stream(ends[0], ends[1], &[(46, 1000)]);
    said.call = Some(call);
    said.flow = 1;
    said.report.ssrc = u32::try_from(ms[0]).unwrap() + 1;
    said.report.first.time = at(ms[0]);
    said.report.last.time = at(ms[1]);
    said
}

const OWN: &str = "192.168.10.21:10000";
const OTHER: &str = "192.168.10.2:5204";

/// Two calls on the same ports. `back`: what the PBX sends in them, by call and time.
fn two_calls(spoken: &[(usize, [i64; 2])], back: &[(usize, [i64; 2])]) -> World {
    let first = Call { end: Some((frame(90), at(20_000))), hung_up: Some(CallSide::Caller), ..call() };
    let streams = |ends: [&'static str; 2], all: &[(usize, [i64; 2])]| -> Vec<Stream> {
        all.iter().map(|(call, ms)| said(*call, ends, *ms)).collect()
    };
    let all = [streams([OWN, OTHER], spoken), streams([OTHER, OWN], back)].concat();
    let mut flows = flows(1000 * back.len() as u64);
    let [_, media] = flows.as_mut_slice() else { panic!("two flows") };
    for (side, times) in [(&mut media.from_a, spoken), (&mut media.from_b, back)] {
        if let (Some((_, [from, _])), Some((_, [_, until]))) = (times.first(), times.last()) {
            side.packets = 1000 * times.len() as u64;
            (side.first, side.last) = (Some((frame(3), at(*from))), Some((frame(99), at(*until))));
        }
    }
    let mut world = world(first, all, flows);
    world.traffic.calls.push(second());
    world
}

const FIRST: (usize, [i64; 2]) = (0, [0, 20_000]);
const SECOND: (usize, [i64; 2]) = (1, [30_000, 50_000]);

#[test]
fn a_good_call_on_the_same_ports_hides_no_one_way_audio() {
    assert!(codes(&two_calls(&[FIRST, SECOND], &[FIRST, SECOND])).is_empty());
    assert_eq!(codes(&two_calls(&[FIRST, SECOND], &[FIRST])), ["RTP-001"], "the second one");
    assert_eq!(codes(&two_calls(&[FIRST, SECOND], &[SECOND])), ["RTP-001"], "the first one");
    let mut early = two_calls(&[FIRST, SECOND], &[FIRST, (1, [29_200, 29_900])]);
    early.traffic.streams[3].report.counts.packets = 30;
    assert!(codes(&early).is_empty(), "early media were heard");
    let mut unknown = two_calls(&[FIRST, SECOND], &[FIRST]);
    unknown.traffic.flows[1].from_b.packets = 1400;
    unknown.traffic.flows[1].from_b.last = Some((frame(99), at(60_000)));
    assert!(codes(&unknown).is_empty(), "what is in no stream may have come at any time");
}

#[test]
fn one_way_audio_has_the_time_of_its_own_calls() {
    // Both sources go on with their numbers, and the PBX is silent in the second call.
    let mut world = two_calls(&[(0, [0, 60_000])], &[FIRST]);
    world.traffic.streams[0].is_shared = true;
    world.traffic.streams[0].report.course =
        Course::of(at(0), &[(46, Interval { packets: 25, ..Interval::default() }); 120]);
    world.traffic.calls[1].also_heard = vec![0];
    let findings = check(&world.case(), &[]);
    let evidence = &findings[0].evidence;
    assert_eq!(codes(&world), ["RTP-001"]);
    assert_eq!((evidence.last, evidence.until), (Some(at(30_000)), Some(at(50_000))));
}

#[test]
fn a_good_call_on_the_same_ports_hides_no_call_without_voice() {
    assert_eq!(codes(&two_calls(&[FIRST], &[FIRST])), ["RTP-002"]);
    let mut tried = two_calls(&[FIRST], &[FIRST]);
    tried.traffic.flows[1].from_a.packets += 1;
    tried.traffic.flows[1].from_a.last = Some((frame(120), at(35_000)));
    assert!(codes(&tried).is_empty(), "something went there");
}

#[test]
fn a_later_call_is_no_voice_that_goes_on() {
    let stopped = (0, [0, 6_000]);
    assert_eq!(codes(&two_calls(&[stopped, SECOND], &[FIRST, SECOND])), ["RTP-008"]);
    let mut beside = two_calls(&[stopped, SECOND], &[FIRST, SECOND]);
    let mut other = said(1, ["192.168.10.21:10004", "192.168.10.2:5206"], [10_000, 20_000]);
    other.flow = 2;
    let mut flow = udp("192.168.10.21:10004", "192.168.10.2:5206");
    (flow.id, flow.from_a.first, flow.from_a.last) =
        (2, Some((frame(7), at(10_000))), Some((frame(9), at(20_000))));
    beside.traffic.streams.push(other);
    beside.traffic.flows.push(flow);
    beside.traffic.calls[1].renegotiated = vec![at(40_000)];
    assert!(codes(&beside).contains(&"RTP-008"), "the voice of another call at the same time");
    beside.traffic.streams[4].call = Some(0);
    assert!(!codes(&beside).contains(&"RTP-008"), "its own");
}

#[test]
fn a_source_that_goes_on_is_judged_in_each_of_its_calls() {
    let shared = |until: i64| {
        let mut world = two_calls(&[(0, [0, until])], &[FIRST]);
        let speech = &mut world.traffic.streams[0];
        speech.is_shared = true;
        let half = (46, Interval { packets: 25, ..Interval::default() });
        let halves = vec![half; usize::try_from(until / 500).unwrap()];
        speech.report.course = Course::of(at(0), &halves);
        world.traffic.calls[1].also_heard = vec![0];
        codes(&world)
    };
    assert_eq!(shared(50_000), ["RTP-001"], "heard in the second call as well, and nothing comes back");
    assert_eq!(shared(20_000), ["RTP-002"], "silent by then");
}

#[test]
fn who_has_nothing_left_to_pass_on_is_not_told_beside_whoever_fell_silent() {
    // The phone calls another one over the PBX, and stops; the PBX has nothing left for the other one.
    let leg = |stopped: i64| {
        let mut world = two_calls(&[(0, [0, 6_000])], &[FIRST]);
        world.traffic.calls[1] = Call {
            start: (frame(4), at(0)),
            answered: Some((frame(5), at(0))),
            caller_media: vec![socket("192.168.10.2:5300")],
            callee_media: vec![socket("192.168.10.22:10000")],
            end: Some((frame(90), at(20_000))),
            leg_of: Some(0),
            call_id: "leg".into(),
            ..second()
        };
        let ends = ["192.168.10.2:5300", "192.168.10.22:10000"];
        let legs = [said(1, ends, [1, stopped]), said(1, [ends[1], ends[0]], [2, 20_000])];
        world.traffic.streams.extend(legs.into_iter().map(|leg| Stream { flow: 2, ..leg }));
        let mut flow = udp(ends[0], ends[1]);
        for (side, until) in [(&mut flow.from_a, stopped), (&mut flow.from_b, 20_000)] {
            (side.packets, side.first, side.last) =
                (1_000, Some((frame(3), at(0))), Some((frame(99), at(until))));
        }
        world.traffic.flows.push(Flow { id: 2, ..flow });
        let found = check(&world.case(), &[]);
        let told = found.iter().filter(|finding| finding.code().as_str() == "RTP-008");
        subjects(&told.cloned().collect::<Vec<_>>())
    };
    assert_eq!(leg(6_040), [ip("192.168.10.21")]);
    assert_eq!(leg(9_000), [ip("192.168.10.2"), ip("192.168.10.21")], "at another time");
}
