//! Answered calls of which a capture with voice holds none.

use super::super::{of_another_way, unheard};
use super::*;
use crate::observe::message::App;

const OTHER: &str = "192.168.10.22:10000";

/// A call of two telephones that speak straight with each other, from the answer at 0 ms to the end at `ms`.
fn direct(ms: i64) -> Call {
    Call {
        caller: socket("192.168.10.23:5060"),
        call_id: "direct".into(),
        caller_media: vec![socket(OTHER)],
        callee_media: vec![socket("192.168.10.23:10000")],
        end: Some((frame(9), at(ms))),
        ..call()
    }
}

/// The phone's call, which is heard, and this one.
fn beside(call: Call, streams: Vec<Stream>, others: Vec<Flow>) -> World {
    let heard = streams.into_iter().chain([voice(4_000)]).collect();
    let mut world = world(super::call(), heard, flows(200).into_iter().chain(others).collect());
    world.traffic.calls.push(call);
    world
}

fn told(world: &World) -> (Vec<usize>, Option<Unjudged>) {
    let case = world.case();
    let unheard = unheard(&case);
    let doubt = of_another_way(&case, &unheard, &check(&case, &[]));
    (unheard, doubt)
}

#[test]
fn a_call_without_a_packet_of_voice_beside_others_is_told_and_cannot_be_judged() {
    assert_eq!(told(&beside(direct(4_000), Vec::new(), Vec::new())), (vec![1], Some(Unjudged::UnheardCalls)));
    let unended = Call { end: None, ..direct(0) };
    let later = Flow { from_a: sent(1), ..udp("192.168.10.51:40000", "192.168.10.52:443") };
    let mut late = later.clone();
    late.from_a.last = Some((frame(99), at(9_000)));
    assert_eq!(told(&beside(unended.clone(), Vec::new(), vec![late])).0, [1], "the capture ends behind it");
    let nothing = (Vec::new(), None);
    assert_eq!(told(&beside(direct(2_900), Vec::new(), Vec::new())), nothing, "a short call");
    for call in [
        Call { answer: Answer::Rejected(486), answered: None, ..direct(4_000) },
        Call { is_unacknowledged: true, ..direct(4_000) },
        Call { callee_media: Vec::new(), ..direct(4_000) },
    ] {
        assert_eq!(told(&beside(call.clone(), Vec::new(), Vec::new())), nothing, "{call:?}");
    }
}

#[test]
fn of_a_capture_of_signalling_nothing_is_told_of_single_calls() {
    let mut silent = beside(direct(4_000), Vec::new(), Vec::new());
    silent.traffic.streams.clear();
    assert_eq!(told(&silent), (Vec::new(), None), "CAP-010 says it of all");
    let mut full = beside(direct(4_000), Vec::new(), Vec::new());
    full.traffic.quality.packets_over_cap = 1;
    assert_eq!(told(&full), (Vec::new(), None), "what is not there may have been dropped");
}

#[test]
fn whatever_may_be_its_voice_makes_a_call_heard() {
    let between = |app| Flow { app, from_a: sent(9), ..udp(OTHER, "192.168.10.23:10000") };
    let heard = |flow: Flow| told(&beside(direct(4_000), Vec::new(), vec![flow])).0.is_empty();
    assert!(heard(between(App::Unknown)), "nobody knows what it is");
    assert!(!heard(between(App::Stun)), "ICE looks for a way");
    assert!(!heard(between(App::Rtcp)), "reports of voice that is not there");
    let mut unclaimed = stream("192.168.10.22:40000", "192.168.10.9:40000", &[(46, 200)]);
    (unclaimed.report.last.time, unclaimed.call) = (at(3_000), None);
    let with = |stream: Stream| told(&beside(direct(4_000), vec![stream], Vec::new())).0.is_empty();
    assert!(with(unclaimed.clone()), "voice of one of them that nobody announced");
    (unclaimed.report.first.time, unclaimed.report.last.time) = (at(5_000), at(9_000));
    assert!(!with(unclaimed), "behind the call");
}

#[test]
fn who_is_seen_is_not_heard() {
    let mut picture = stream("192.168.10.22:9078", "192.168.10.23:9078", &[(0, 200)]);
    (picture.report.kind, picture.call, picture.report.last.time) = (MediaKind::Video, Some(1), at(3_000));
    assert_eq!(told(&beside(direct(4_000), vec![picture.clone()], Vec::new())).0, [1]);
    picture.report.kind = MediaKind::Audio;
    assert_eq!(told(&beside(direct(4_000), vec![picture], Vec::new())).0, Vec::<usize>::new());
}

#[test]
fn what_a_finding_tells_is_judged() {
    let mut known = stream("192.168.10.23:10000", "192.168.10.2:5204", &[(46, 200)]);
    (known.call, known.report.first.time, known.report.last.time) = (Some(0), at(-9_000), at(-5_000));
    let same_way =
        Call { caller: socket("192.168.10.22:5060"), callee: socket("192.168.10.23:5060"), ..direct(4_000) };
    let world = beside(same_way, vec![known], Vec::new());
    assert_eq!(codes(&world), ["RTP-002"]);
    assert_eq!(told(&world), (vec![1], None));
}
