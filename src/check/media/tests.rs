mod again;
mod arrival;
mod astray;
mod hops;
mod keys;
mod mute;
mod origin;
mod trace;
mod unheard;

use super::super::finding::Heard;
use super::super::fixture::{PBX, PHONE, World, subjects};
use super::*;
use crate::observe::fixture::{self, at, frame, heard_by_receiver, ip, sent, socket, stream, udp};
use crate::observe::media::quality::Quality;
use crate::observe::media::report::PayloadRole;
use crate::observe::media::sequence::{Counts, SegmentReport};
use crate::observe::media::tally::{Seen, Spread};
use crate::observe::media::timing::{Clock, ClockSource, Evenness, Pause, Spell};
use crate::observe::media::{Endpoint, Gap, Moment, PayloadReport, ReceiverReport};
use crate::observe::{CallSide, Flow};

/// A call of the phone that is answered at 0 ms and goes on, its phone at 10000 and the PBX at 5204.
fn call() -> Call {
    Call {
        answered: Some((frame(2), at(0))),
        answer: Answer::Answered,
        status: Some(200),
        caller_media: vec![socket("192.168.10.21:10000")],
        callee_media: vec![socket("192.168.10.2:5204")],
        ..fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
    }
}

/// So many ms of voice from the phone to the PBX, in the call.
fn voice(ms: i64) -> Stream {
    let mut voice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 200)]);
    voice.call = Some(0);
    voice.flow = 1;
    voice.report.last.time = at(ms);
    voice
}

/// What the two exchange: signalling both ways, and `back` packets from the PBX to the phone's voice.
fn flows(back: u64) -> Vec<Flow> {
    let signalling = udp("192.168.10.21:5060", "192.168.10.2:5060");
    let media = Flow { from_b: sent(back), ..udp("192.168.10.21:10000", "192.168.10.2:5204") };
    vec![signalling, media]
}

fn world(call: Call, streams: Vec<Stream>, flows: Vec<Flow>) -> World {
    let mut world = World::new("").streams(streams).flows(flows);
    world.traffic.calls = vec![call];
    world
}

fn codes(world: &World) -> Vec<&'static str> {
    check(&world.case(), &[]).iter().map(|finding| finding.code().as_str()).collect()
}

#[test]
fn one_way_audio_is_about_the_silent_side() {
    let world = world(call(), vec![voice(4_000)], flows(0));
    let findings = check(&world.case(), &[]);
    assert_eq!(subjects(&findings), [ip(PBX)]);
    assert_eq!(codes(&world), ["RTP-001"]);
    assert!(check(&world.case(), &[Unjudged::OneDirection]).is_empty(), "a one-sided mirror");
}

#[test]
fn the_filter_leaves_out_other_calls_on_the_same_ports() {
    let filter = |streams: Vec<Stream>| {
        let world = world(call(), streams, flows(0));
        check(&world.case(), &[]).remove(0).evidence.filter
    };
    let mut heard = voice(4_000);
    heard.report.ssrc = 0x0102_a3f4;
    let mut before = voice(-9_000);
    (before.call, before.report.ssrc) = (None, 7);
    before.report.first.time = at(-12_000);
    let alone = filter(vec![heard.clone()]);
    assert_eq!(filter(vec![before, heard]), format!("{alone} && udp.payload[8:4] == 01:02:a3:f4"));
}

#[test]
fn two_legs_with_the_same_voice_are_one_call() {
    let told = |leg_of| {
        let mut world = world(call(), vec![voice(4_000)], flows(0));
        let leg = Call { leg_of, call_id: "leg".into(), also_heard: vec![0], ..call() };
        world.traffic.calls.push(leg);
        let findings = check(&world.case(), &[]);
        findings.first().map(|finding| finding.count)
    };
    assert_eq!((told(Some(0)), told(None)), (Some(1), Some(2)));
}

#[test]
fn an_exception_for_one_way_audio_names_the_silent_side() {
    let told = |host: &str, port: u16| {
        let text =
            format!("[[exception]]\ncode = \"RTP-001\"\nhost = \"{host}\"\nport = {port}\nreason = \"x\"\n");
        codes(&world(call(), vec![voice(4_000)], flows(0)).site_file(&text)).len()
    };
    assert_eq!((told(PBX, 5204), told(PBX, 10_000), told(PBX, 5206)), (0, 0, 1));
    assert_eq!(told(PHONE, 10_000), 1, "the telephone speaks");
}

#[test]
fn silence_of_the_computer_that_captures_asks_for_another_measuring_point() {
    let about_pbx = || flows(0).into_iter().chain([udp("192.168.10.51:40000", "192.168.10.2:443")]);
    let severity = |flows: Vec<Flow>| {
        let world = world(call(), vec![voice(4_000)], flows);
        check(&world.case(), &[]).first().map(|finding| finding.severity)
    };
    assert_eq!(severity(about_pbx().collect()), Some(Severity::Warning), "everything is the PBX's own");
    let elsewhere = udp("192.168.10.51:40000", "192.168.10.21:443");
    let heard = |flows: Vec<Flow>| {
        let mut world = world(call(), vec![voice(4_000)], flows);
        world.traffic.streams.push(stream("192.168.10.2:5300", "192.168.10.22:10000", &[(46, 200)]));
        check(&world.case(), &[]).first().map(|finding| finding.severity)
    };
    let with_another = || about_pbx().chain([elsewhere.clone()]).collect::<Vec<_>>();
    assert_eq!(heard(with_another()), Some(Severity::Error));
    assert_eq!(severity(with_another()), Some(Severity::Warning), "what is only suspected is no error");
    assert_eq!(severity(flows(0)), Some(Severity::Warning), "one pair may be what was captured for");
}

#[test]
fn silence_may_be_meant_or_not_be_shown() {
    let hold = Call { may_be_silent: true, ..call() };
    assert!(codes(&world(hold, vec![voice(4_000)], flows(0))).is_empty(), "hold, T.38, ICE");
    let short = Call { end: Some((frame(9), at(2_500))), ..call() };
    assert!(codes(&world(short, vec![voice(2_400)], flows(0))).is_empty(), "a short call");
    assert!(codes(&world(call(), vec![voice(1_900)], flows(0))).is_empty(), "the capture ends");
    let ringing = Call { answered: None, answer: Answer::Open, ..call() };
    assert!(codes(&world(ringing, vec![voice(4_000)], flows(0))).is_empty(), "early media");
    let one_side = Call { callee_media: Vec::new(), ..call() };
    assert!(codes(&world(one_side, vec![voice(4_000)], flows(0))).is_empty(), "the answer is missing");
}

#[test]
fn a_packet_or_two_at_the_beginning_are_no_conversation() {
    let told = |back: u64, ms: i64| {
        let mut flows = flows(back);
        flows[1].from_b.last = Some((frame(9), at(ms)));
        let world = world(call(), vec![voice(4_000)], flows);
        let found = check(&world.case(), &[]);
        found.first().map(|finding| match finding.detail {
            Detail::Rtp001 { strays, .. } => (finding.severity, finding.confidence, strays),
            _ => panic!("{finding:?}"),
        })
    };
    assert_eq!(told(1, 100), Some((Severity::Warning, Confidence::Suspected, 1)));
    assert_eq!(told(3, 100), None, "comfort noise");
    assert_eq!(told(1, 3_000), None, "somebody who listens and says one word");
}

#[test]
fn pictures_leave_open_nothing_about_the_voice() {
    let mut pictures = stream("192.168.10.21:10002", "192.168.10.2:5206", &[(0, 300)]);
    pictures.call = Some(0);
    pictures.report.kind = MediaKind::Video;
    assert_eq!(codes(&world(call(), vec![voice(4_000), pictures], flows(0))), ["RTP-001"]);
}

#[test]
fn of_a_protocol_that_nobody_reads_one_side_alone_cannot_be_judged() {
    let one_sided = |streams: Vec<Stream>| {
        let protocol = crate::observe::CallProtocol::Unreadable("ASIP".into());
        let call = Call { protocol, answer: Answer::Open, answered: None, may_be_silent: true, ..call() };
        let world = world(call, streams, flows(0));
        !super::one_sided(&world.case(), &[]).is_empty()
    };
    assert!(one_sided(vec![voice(4_000)]));
    assert!(!one_sided(vec![voice(2_900)]), "too short to tell");
    let mut back = stream("192.168.10.2:5300", "192.168.10.21:10000", &[(46, 200)]);
    (back.report.last.time, back.call) = (at(4_000), Some(0));
    assert!(!one_sided(vec![voice(4_000), back]));
}

#[test]
fn a_call_of_which_one_side_alone_is_heard_is_not_passed_over() {
    let one_sided = |call: Call, streams: Vec<Stream>, flows| {
        let world = world(call, streams, flows);
        let case = world.case();
        !super::one_sided(&case, &check(&case, &[])).is_empty()
    };
    let ice = || Call { may_be_silent: true, ..call() };
    assert!(one_sided(ice(), vec![voice(4_000)], flows(0)));
    let at_that_time = |call| {
        let mut other = stream("192.168.10.22:10000", "192.168.10.21:10000", &[(46, 200)]);
        other.report.last.time = at(4_000);
        one_sided(ice(), vec![voice(4_000), Stream { call, ..other }], flows(0))
    };
    assert!(
        at_that_time(Some(1)) && !at_that_time(Some(0)) && !at_that_time(None),
        "another call answers nothing"
    );
    assert!(!one_sided(call(), vec![voice(4_000)], flows(0)), "told as RTP-001");
    assert!(!one_sided(ice(), vec![voice(4_000)], flows(200)), "something comes back");
    let mut back = stream("192.168.10.2:5300", "192.168.10.21:10000", &[(46, 200)]);
    back.report.last.time = at(4_000);
    assert!(!one_sided(ice(), vec![voice(4_000), back], flows(0)), "from another port");
    assert!(!one_sided(ice(), vec![voice(2_900)], flows(0)), "too short to tell");
    let router = socket("203.0.113.9:10000");
    let mapped = Call { caller_media: vec![socket("192.168.10.21:10000"), router], ..ice() };
    let to_router = |source: &str| {
        let mut back = stream(source, "203.0.113.9:10000", &[(46, 200)]);
        (back.call, back.report.last.time) = (Some(0), at(4_000));
        vec![voice(4_000), back]
    };
    let here = || to_router("192.168.10.2:5204");
    assert!(!one_sided(mapped.clone(), here(), flows(0)), "to where the speaker wants to have it");
    assert!(one_sided(ice(), here(), flows(0)), "nobody asked for it there");
    assert!(one_sided(mapped, to_router("192.168.10.3:5204"), flows(0)), "from somebody else");
}

#[test]
fn what_may_come_through_a_tunnel_is_not_judged_and_the_tunnel_is_named() {
    let told = |call: Call, tunnel: Flow| {
        let flows = flows(0).into_iter().chain([tunnel]).collect();
        let world = world(call, vec![voice(4_000)], flows);
        let case = world.case();
        let findings = check(&case, &[]);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code().as_str()).collect();
        (codes, super::one_sided(&case, &findings).into_iter().collect::<Vec<_>>())
    };
    let ice = || Call { may_be_silent: true, ..call() };
    let sealed = |protocol, from: &str, to: &str| {
        let mut flow = Flow { protocol, from_a: sent(100), from_b: sent(0), ..udp(from, to) };
        (flow.from_a.first, flow.from_a.last) = (Some((frame(3), at(1_000))), Some((frame(9), at(3_900))));
        flow
    };
    let (esp, gre) = (Protocol::Other(50), Protocol::Other(47));
    let between = |protocol| sealed(protocol, "192.168.10.2:0", "192.168.10.21:0");
    assert_eq!(told(call(), between(esp)), (vec![], vec![Unjudged::OneSidedIpsec]));
    assert_eq!(told(call(), between(gre)), (vec![], vec![Unjudged::OneSidedTunnel]));
    assert_eq!(told(call(), between(Protocol::Other(89))).0, ["RTP-001"], "OSPF is no tunnel");
    let away = || sealed(esp, "192.168.10.21:0", "192.168.10.2:0");
    assert_eq!(told(call(), away()).0, ["RTP-001"], "the silent side sends nothing in it");
    assert_eq!(told(ice(), away()).1, [Unjudged::OneSidedIpsec]);
    let elsewhere = || sealed(esp, "192.0.2.1:0", "198.51.100.1:0");
    assert_eq!(told(call(), elsewhere()).0, ["RTP-001"]);
    assert_eq!(told(ice(), elsewhere()).1, [Unjudged::OneSidedIpsec], "of the host under another address");
    let mut later = elsewhere();
    (later.from_a.first, later.from_a.last) = (Some((frame(30), at(5_000))), Some((frame(39), at(9_000))));
    assert_eq!(told(ice(), later).1, [Unjudged::OneSided]);
    assert_eq!(
        told(ice(), Flow { from_a: sent(9), ..elsewhere() }).1,
        [Unjudged::OneSided],
        "too little for voice"
    );
    let port = |at: &str| sealed(Protocol::Udp, at, "198.51.100.1:40000");
    let mut behind_nat = port("192.0.2.1:4500");
    assert_eq!(told(ice(), behind_nat.clone()).1, [Unjudged::OneSided], "no byte of ESP");
    behind_nat.extra.esp = 100;
    assert_eq!(told(ice(), behind_nat).1, [Unjudged::OneSidedIpsec], "behind NAT");
    assert_eq!(told(ice(), port("192.0.2.1:51820")).1, [Unjudged::OneSidedTunnel]);
}

#[test]
fn whatever_comes_back_is_no_silence() {
    assert!(codes(&world(call(), vec![voice(4_000)], flows(3))).is_empty(), "comfort noise, SRTP");
    let mut elsewhere = flows(0);
    elsewhere.push(udp("192.168.10.2:5300", "192.168.10.21:10000"));
    assert!(codes(&world(call(), vec![voice(4_000)], elsewhere)).is_empty(), "from another port");
}

#[test]
fn what_opens_a_mapping_is_no_voice_that_comes_back() {
    let with = |app: App, back: u64| {
        let server = Flow { app, from_b: sent(back), ..udp("192.168.10.21:10000", "203.0.113.7:3478") };
        let flows = flows(0).into_iter().chain([server]).collect();
        codes(&world(call(), vec![voice(4_000)], flows))
    };
    assert_eq!(with(App::Stun, 1), ["RTP-001"]);
    assert!(with(App::Stun, 10).is_empty(), "more than now and then: a relay");
    assert!(with(App::Unknown, 1).is_empty());
}

#[test]
fn what_passes_by_the_measuring_point_is_not_judged() {
    let direct = Call { callee_media: vec![socket("192.168.10.22:10000")], ..call() };
    let mut voice = voice(4_000);
    voice.destination = socket("192.168.10.22:10000");
    let media = Flow { from_b: sent(0), ..udp("192.168.10.21:10000", "192.168.10.22:10000") };
    let flows = vec![udp("192.168.10.21:5060", "192.168.10.2:5060"), media];
    assert!(codes(&world(direct, vec![voice], flows)).is_empty(), "direct media, one way past the mirror");
}

#[test]
fn a_call_without_any_voice_needs_voice_elsewhere() {
    let ended = || Call { end: Some((frame(9), at(10_000))), ..call() };
    let signalling = || vec![udp("192.168.10.21:5060", "192.168.10.2:5060")];
    let mut other = stream("192.168.10.2:5206", "192.168.10.22:10000", &[(46, 200)]);
    let without_media = |streams: Vec<Stream>, flows| codes(&world(ended(), streams, flows));
    assert_eq!(without_media(vec![other.clone()], signalling()), ["RTP-002"]);
    assert!(without_media(Vec::new(), signalling()).is_empty(), "a capture filter for SIP");
    let mut tried = signalling();
    tried.push(udp("192.168.10.21:10000", "192.168.10.2:5204"));
    assert!(without_media(vec![other.clone()], tried).is_empty(), "something went there");
    other.source = socket("192.168.10.99:5206");
    assert!(without_media(vec![other], signalling()).is_empty(), "voice of strangers");
    let mut open = world(call(), Vec::new(), signalling());
    open.traffic.streams = vec![stream("192.168.10.2:5206", "192.168.10.22:10000", &[(46, 200)])];
    assert!(codes(&open).is_empty(), "not hung up yet");
}

/// A stream of 1,000 packets of which `lost` are missing.
fn lossy(lost: u64) -> Stream {
    let mut lossy = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 1000 - lost)]);
    lossy.report.counts = Counts {
        packets: 1000 - lost,
        expected: 1000,
        lost,
        bursts: 1,
        longest_burst: lost,
        ..Counts::default()
    };
    lossy
}

#[test]
fn loss_counts_from_one_percent_on() {
    let severity = |lost| {
        let world = World::new("").streams(vec![lossy(lost)]);
        check(&world.case(), &[]).first().map(|finding| (finding.code().as_str(), finding.severity))
    };
    assert_eq!(severity(10), None);
    assert_eq!(severity(11), Some(("RTP-003", Severity::Warning)));
    assert_eq!(severity(31), Some(("RTP-003", Severity::Error)));
    let mut keys = lossy(500);
    keys.report.payloads = vec![PayloadReport {
        seen: Seen { value: 101, packets: 500, frames: [frame(1)].into_iter().collect(), last: frame(500) },
        since: at(0),
        name: None,
        role: PayloadRole::Event,
        rate: None,
        length: Some((4, 1.0)),
        step: Some((0, 1.0)),
    }];
    assert!(codes(&World::new("").streams(vec![keys])).is_empty(), "the voice between them was left out");
    let world = World::new("").streams(vec![lossy(100)]);
    assert!(check(&world.case(), &[Unjudged::Incomplete]).is_empty(), "the capture lost packets itself");
    assert_eq!(subjects(&check(&world.case(), &[])), [ip(PHONE)]);
}

#[test]
fn a_sender_is_told_once() {
    let mut second = lossy(40);
    second.destination = socket("192.168.10.22:10000");
    let world = World::new("").streams(vec![lossy(20), second, lossy(0)]);
    let findings = check(&world.case(), &[]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert!(
        matches!(&finding.detail, Detail::Rtp003 { lost: 60, expected: 2000, peers, .. } if peers.len() == 2)
    );
}

#[test]
fn what_one_receiver_has_is_not_counted_into_what_another_one_may_lack() {
    let mut had = lossy(40);
    had.report.last.time = at(20_000);
    had.report.receiver = Some(heard_by_receiver(0, 20_000));
    let mut other = lossy(13);
    other.destination = socket("192.168.10.22:10000");
    let world = World::new("").streams(vec![had, other]);
    let findings = check(&world.case(), &[]);
    let told = findings.iter().map(|finding| match finding.detail {
        Detail::Rtp003 { lost, heard, .. } => (finding.severity, lost, heard),
        _ => panic!("{finding:?}"),
    });
    let expected = [(Severity::Warning, 13, Heard::Unknown), (Severity::Notice, 40, Heard::Complete)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn the_receiver_knows_whether_packets_got_lost_on_the_way() {
    let told = |lost: i32, last_report: i64| {
        let mut lossy = lossy(40);
        lossy.report.last.time = at(20_000);
        lossy.report.receiver = Some(heard_by_receiver(lost, last_report));
        let world = World::new("").streams(vec![lossy]);
        let finding = check(&world.case(), &[]).remove(0);
        (finding.severity, finding.confidence)
    };
    assert_eq!(told(38, 20_000), (Severity::Error, Confidence::Sure));
    assert_eq!(told(0, 20_000), (Severity::Notice, Confidence::Suspected), "lost at the mirror port");
    assert_eq!(told(3, 19_500), (Severity::Notice, Confidence::Suspected), "lost before the capture began");
    assert_eq!(told(0, 15_000), (Severity::Error, Confidence::Likely), "a report in the middle");
    assert_eq!(told(-4, 20_000), (Severity::Notice, Confidence::Suspected), "duplicates outweigh losses");
}

#[test]
fn a_handful_of_packets_shows_loss_only_if_it_is_the_rest_of_one_stream() {
    // 30 of 250 packets of 20 ms arrived within 5 s.
    let rest = |ticks: u32, ms: i64| {
        let mut rest = lossy(0);
        rest.report.counts = Counts {
            packets: 30,
            expected: 250,
            lost: 220,
            bursts: 4,
            longest_burst: 100,
            ..Counts::default()
        };
        rest.report.timing.clock = Some(Clock { rate: 8_000, source: ClockSource::Assigned });
        rest.report.segments = vec![SegmentReport {
            first: (frame(1), at(0)),
            highest: (frame(5), at(ms)),
            highest_sequence: 250,
            ticks,
            expected: 250,
            lost: 245,
            skipped: 0,
        }];
        World::new("").streams(vec![rest])
    };
    assert_eq!(codes(&rest(249 * 160, 4_980)), ["RTP-003"]);
    let severity = |world: &World| check(&world.case(), &[]).first().map(|finding| finding.severity);
    assert_eq!(severity(&rest(249 * 160, 4_980)), Some(Severity::Warning), "too little for an error");
    let mut five = rest(249 * 160, 4_980);
    five.traffic.streams[0].report.counts.packets = 5;
    assert!(codes(&five).is_empty(), "they say nothing of what is missing");
    assert!(codes(&rest(249 * 160, 60)).is_empty(), "the numbers of two sources");
    assert!(codes(&rest(5 * 160, 100)).is_empty(), "the numbers jump, the clock does not");
}

/// The call of 20 s, hung up by the caller, with voice of both sides from the answer on.
fn talk() -> World {
    let ended = Call { end: Some((frame(90), at(20_000))), hung_up: Some(CallSide::Caller), ..call() };
    let mut back = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 1000)]);
    back.call = Some(0);
    back.flow = 1;
    back.report.last.time = at(20_000);
    let mut flows = flows(1000);
    for flow in &mut flows {
        for side in [&mut flow.from_a, &mut flow.from_b] {
            side.last = Some((frame(50), at(6_000)));
        }
    }
    world(ended, vec![voice(20_000), back], flows)
}

#[test]
fn a_side_that_falls_silent_for_good_is_told() {
    let stopped = |ms: i64| {
        let mut world = talk();
        world.traffic.streams[0].report.last.time = at(ms);
        world
    };
    assert!(codes(&talk()).is_empty());
    assert_eq!(codes(&stopped(6_000)), ["RTP-008"]);
    assert_eq!(subjects(&check(&stopped(6_000).case(), &[])), [ip(PHONE)]);
    assert!(codes(&stopped(15_500)).is_empty(), "the last words of the other side");
    let mut both = stopped(6_000);
    both.traffic.streams[1].report.last.time = at(7_000);
    assert!(codes(&both).is_empty(), "the voice takes another way");
    let mut listens = stopped(6_000);
    listens.traffic.streams[0].report.silence = Some(30.0);
    assert!(codes(&listens).is_empty(), "a sender that leaves silence out");
    let mut renewed = stopped(6_000);
    renewed.traffic.calls[0].renegotiated = vec![at(6_500)];
    assert!(codes(&renewed).is_empty(), "a re-INVITE");
    let mut sends = stopped(6_000);
    sends.traffic.flows[1].from_a.last = Some((frame(80), at(19_000)));
    assert!(codes(&sends).is_empty(), "something still goes there");
    let mut open = stopped(6_000);
    open.traffic.calls[0].end = None;
    assert!(codes(&open).is_empty(), "the capture ends");
}

#[test]
fn another_source_within_a_call_is_told_unless_it_was_agreed() {
    let handed_over = || {
        let mut world = talk();
        world.traffic.streams[1].report.last.time = at(10_000);
        let mut after = world.traffic.streams[1].clone();
        after.report.ssrc = 2;
        after.report.first.time = at(10_020);
        after.report.last.time = at(20_000);
        world.traffic.streams.push(after);
        world
    };
    assert_eq!(codes(&handed_over()), ["RTP-009"]);
    let mut both = handed_over();
    both.traffic.streams[0].report.last.time = at(9_900);
    let mut after = both.traffic.streams[0].clone();
    after.report.ssrc = 3;
    (after.report.first.time, after.report.last.time) = (at(10_100), at(20_000));
    both.traffic.streams.push(after);
    assert!(codes(&both).is_empty(), "both at once: the capture lacks an offer");
    let after = &mut both.traffic.streams[3];
    after.report.announced_at = Some(Endpoint { address: ip(PBX), port: 5204 });
    after.report.unlisted =
        vec![Seen { value: 9, packets: 142, frames: [frame(3)].into_iter().collect(), last: frame(3) }];
    let odd = check(&both.case(), &[]);
    let told: Vec<_> = odd.iter().map(|one| (one.code().as_str(), one.severity, one.confidence)).collect();
    assert_eq!(told, [("RTP-007", Severity::Notice, Confidence::Suspected)], "another codec as well");
    let mut renewed = handed_over();
    renewed.traffic.calls[0].renegotiated = vec![at(9_900)];
    assert!(codes(&renewed).is_empty(), "a re-INVITE");
    let mut early = handed_over();
    early.traffic.streams[1].report.last.time = at(1_000);
    early.traffic.streams[2].report.first.time = at(1_020);
    assert!(codes(&early).is_empty(), "tones of the PBX");
    let mut pause = handed_over();
    pause.traffic.streams[2].report.first.time = at(14_000);
    assert!(codes(&pause).is_empty(), "not one after the other");
}

#[test]
fn voice_from_elsewhere_is_told_unless_nat_is_between() {
    let mut moved = talk();
    moved.traffic.streams[0].source = socket("192.168.10.21:10008");
    assert_eq!(codes(&moved), ["RTP-013"]);
    moved.traffic.calls[0].caller_media = vec![socket("192.168.178.20:10000")];
    moved.traffic.streams[1].destination = socket("192.168.178.20:10000");
    assert!(codes(&moved).is_empty(), "SDP names an address behind NAT");
    let mut short = talk();
    short.traffic.streams[0].source = socket("192.168.10.21:10008");
    short.traffic.streams[0].report.last.time = at(1_500);
    assert!(!codes(&short).contains(&"RTP-013"), "early media");
}

#[test]
fn what_the_receiver_lacks_and_the_capture_has_got_lost_behind_it() {
    let told = |lost: i32, missing_here: u64| {
        let mut stream = lossy(missing_here);
        stream.call = Some(0);
        stream.report.receiver = Some(heard_by_receiver(lost, 20));
        let world = World::new("").streams(vec![stream]);
        codes(&world).contains(&"RTP-014")
    };
    assert!(told(11, 0) && !told(10, 0), "one percent");
    assert!(told(30, 9) && !told(30, 25), "the capture lacks them too");
    assert!(!told(2_000, 0), "more than there were");
    assert!(!told(-20, 0));
    let mut midway = lossy(0);
    midway.report.receiver = Some(heard_by_receiver(500, 20));
    assert!(codes(&World::new("").streams(vec![midway])).is_empty(), "lost before the capture began");
}

#[test]
fn quality_counts_below_its_limits_and_not_for_an_outage() {
    let told = |mos: f64, longest_burst: u64| {
        let mut poor = lossy(100);
        poor.report.counts.longest_burst = longest_burst;
        poor.report.quality = Some(Quality { rating: 60.0, mos });
        let world = World::new("").streams(vec![poor]);
        let findings = check(&world.case(), &[]);
        findings.iter().find(|found| found.code().as_str() == "RTP-005").map(|found| found.severity)
    };
    assert_eq!(told(3.6, 3), None);
    assert_eq!(told(3.59, 3), Some(Severity::Warning));
    assert_eq!(told(3.09, 3), Some(Severity::Error));
    assert_eq!(told(2.0, 90), None, "one gap");
}

#[test]
fn types_that_nobody_listed_are_told_but_for_comfort_noise() {
    let told = |payload_type: u8, packets: u64, at: &str| {
        let mut odd = voice(4_000);
        let at = socket(at);
        odd.report.announced_at = Some(Endpoint { address: at.ip(), port: at.port() });
        odd.report.unlisted = vec![Seen {
            value: payload_type,
            packets,
            frames: [frame(3)].into_iter().collect(),
            last: frame(3),
        }];
        codes(&world(call(), vec![odd], flows(1000))).contains(&"RTP-007")
    };
    assert!(told(9, 50, "192.168.10.2:5204"));
    assert!(!told(9, 49, "192.168.10.2:5204"), "on the way when the types changed");
    assert!(!told(13, 500, "192.168.10.2:5204"), "comfort noise");
    assert!(!told(9, 500, "192.168.10.21:10000"), "only the sender's SDP is known");
}
