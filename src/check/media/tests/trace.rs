//! What else is seen of a side that is not heard: its own reports, where its voice ends, that it refuses what comes.

use super::*;
use crate::check::finding::Trace;
use crate::observe::IcmpReport;
use crate::observe::media::SenderCount;

const NAT: &str = "192.168.10.9:40000";

/// What the telephone refuses of what the PBX sends to it, first and last (ms), and the longest time between two.
fn refusal(by: &str, span: (i64, i64), pause: i64) -> Box<IcmpReport> {
    Box::new(IcmpReport {
        reporter: ip(by),
        about_a: false,
        v6: false,
        kind: 3,
        code: 3,
        frame: frame(5),
        count: 6,
        span: (at(span.0), at(span.1)),
        pause: pause * 1_000_000,
        identification: 0,
    })
}

fn trace(world: &World) -> Trace {
    let found = check(&world.case(), &[]).remove(0);
    match found.detail {
        Detail::Rtp001 { trace, .. } => trace,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_reports_to_have_sent_is_not_asked_whether_it_sends() {
    let reported = |packets, address| {
        let mut world = world(call(), vec![voice(4_000)], flows(0));
        world.traffic.rtcp = vec![SenderCount::of(ip(address), 2, packets)];
        trace(&world)
    };
    assert_eq!(reported((250, 500), PBX), Trace::Reported(500));
    assert_eq!(reported((0, 0), PBX), Trace::None);
    assert_eq!(reported((250, 500), PHONE), Trace::None, "that is the side that is heard");
}

#[test]
fn voice_that_ends_at_the_nat_is_told_as_such() {
    let told = |ssrc| {
        let inside = voice(4_000);
        let mut outside = Stream { source: socket(NAT), ..voice(4_000) };
        outside.call = None;
        outside.report.ssrc = ssrc;
        let mut back = stream("192.168.10.2:5204", NAT, &[(46, 190)]);
        back.report.ssrc = 9;
        let ssrc_inside = inside.report.ssrc;
        let mut media = flows(0);
        media.push(Flow { from_a: sent(200), from_b: sent(190), ..udp(NAT, "192.168.10.2:5204") });
        let mut world = world(call(), vec![inside, outside, back], media);
        world.traffic.streams[0].report.ssrc = ssrc_inside;
        trace(&world)
    };
    let own = voice(4_000).report.ssrc;
    assert_eq!(told(own), Trace::Halted(socket(NAT), 190));
    assert_eq!(told(own ^ 1), Trace::None, "somebody else");
}

#[test]
fn who_speaks_and_refuses_all_the_while_hears_nothing() {
    let told = |by: &str, span, pause| {
        let mut media = flows(200);
        media[1].from_b.last = Some((frame(90), at(9_000)));
        media[1].from_a.last = Some((frame(91), at(9_000)));
        media[1].extra.icmp.push(refusal(by, span, pause));
        let mut back = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 200)]);
        (back.call, back.flow) = (Some(0), 1);
        back.report.last.time = at(9_000);
        let mut forth = voice(9_000);
        forth.report.ssrc = 5;
        let world = world(call(), vec![forth, back], media);
        let found = check(&world.case(), &[]);
        found.into_iter().find_map(|finding| match finding.detail {
            Detail::Rtp001 { astray: Some(astray), peers, .. } => {
                Some((finding.subject.unwrap().address, peers, astray.by_listener))
            }
            _ => None,
        })
    };
    assert_eq!(told(PHONE, (500, 8_000), 1_000), Some((ip(PBX), vec![ip(PHONE)], true)));
    assert_eq!(told(PHONE, (8_800, 9_000), 100), None, "what was under way when it ended");
    assert_eq!(told(PHONE, (500, 8_000), 7_400), None, "between two calls");
    assert_eq!(told("192.168.10.1", (500, 8_000), 1_000), None, "a router");
}

#[test]
fn what_happens_at_another_time_is_told_beside_it() {
    let told = |later: i64| {
        let mut media = flows(0);
        media[1].from_b = sent(0);
        let mut other = Flow { from_b: sent(200), ..udp("192.168.10.2:5300", "192.168.10.22:10000") };
        other.from_b.last = Some((frame(91), at(later + 9_000)));
        let refused =
            IcmpReport { reporter: ip("192.168.10.22"), about_a: true, ..*refusal(PHONE, (0, 0), 1_000) };
        let span = (at(later + 500), at(later + 8_000));
        other.extra.icmp.push(Box::new(IcmpReport { span, ..refused }));
        media.push(other);
        let mut stream = stream("192.168.10.2:5300", "192.168.10.22:10000", &[(46, 200)]);
        stream.flow = 2;
        (stream.report.first.time, stream.report.last.time) = (at(later), at(later + 9_000));
        let world = world(call(), vec![voice(4_000), stream], media);
        check(&world.case(), &[]).iter().filter(|one| one.code().as_str() == "RTP-001").count()
    };
    assert_eq!(told(60_000), 2, "somebody refuses the PBX's voice in another call");
    assert_eq!(told(1_000), 1);
}

#[test]
fn a_program_that_is_gone_refuses_what_comes_behind_its_last_packet() {
    let told = |from: i64, by: &str| {
        let end = Call { end: Some((frame(99), at(20_000))), hung_up: Some(CallSide::Callee), ..call() };
        let mut media = flows(900);
        media[1].extra.icmp.push(refusal(by, (from, from + 5_000), 1_000));
        media[1].from_a.last = Some((frame(50), at(9_000)));
        let mut back = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 900)]);
        (back.call, back.flow) = (Some(0), 1);
        back.report.last.time = at(19_900);
        let world = world(end, vec![voice(9_000), back], media);
        let found = check(&world.case(), &[]);
        found.into_iter().find_map(|finding| match finding.detail {
            Detail::Rtp008 { refused, .. } => Some(refused),
            _ => None,
        })
    };
    assert_eq!(told(9_100, PHONE), Some(6));
    assert_eq!(told(9_100, "192.168.10.1"), Some(0), "a router on the way");
}
