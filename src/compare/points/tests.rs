//! What one or two directions tell of clocks, and when the other point was recording.

use super::clock::{Differences, Samples, windows};
use super::*;

const MS: i64 = 1_000_000;

fn clock(forth: &[i64], back: &[i64]) -> Clock {
    let mut samples = Samples::default();
    let timed = |series: &[i64]| series.iter().map(|one| (Timestamp(0), *one)).collect::<Vec<_>>();
    samples.extend(Way::Forth, timed(forth).into_iter());
    samples.extend(Way::Back, timed(back).into_iter());
    samples.clock()
}

#[test]
fn both_directions_tell_clock_and_delay_apart() {
    let known = clock(&[110 * MS, 111 * MS, 150 * MS], &[90 * MS, 89 * MS, 20 * MS]);
    assert_eq!((known.offset(), known.round_trip()), (Some(100 * MS), Some(20 * MS)));
}

#[test]
fn a_queue_in_one_direction_moves_no_clock() {
    // More than half of what goes forth waits, up to 800 ms; the clocks are the same.
    let forth: Vec<i64> = (0..400).map(|nth| if nth % 3 == 0 { MS } else { nth * 2 * MS }).collect();
    let known = clock(&forth, &[-MS; 400]);
    assert_eq!((known.offset(), known.round_trip()), (Some(0), Some(2 * MS)));
    assert!(known.forth.is_some_and(|forth| forth.median > 100 * MS), "as it was measured");
}

#[test]
fn a_clock_that_was_set_amid_the_capture_is_told_by_what_most_packets_say() {
    let known = clock(&[-50 * MS, 10 * MS, 10 * MS], &[-10 * MS, -10 * MS, -10 * MS]);
    assert_eq!((known.offset(), known.round_trip()), (Some(0), Some(20 * MS)));
}

#[test]
fn one_direction_tells_only_their_sum() {
    let known = clock(&[110 * MS, 111 * MS, 150 * MS], &[]);
    assert_eq!((known.offset(), known.round_trip(), known.rough()), (None, None, Some(111 * MS)));
    assert_eq!(clock(&[], &[]).rough(), None);
}

#[test]
fn the_spread_leaves_out_what_is_rare() {
    let series: Vec<i64> = (0..=100).map(|at| if at == 100 { i64::MAX } else { at }).rev().collect();
    let known = Differences::of(series);
    assert_eq!((known.count, known.median, known.low, known.high, known.spread()), (101, 50, 5, 95, 90));
}

#[test]
fn extreme_times_do_not_overflow() {
    let known = clock(&[i64::MAX, i64::MAX], &[i64::MIN, i64::MIN]);
    assert_eq!(known.round_trip(), Some(i64::MAX));
    assert!(known.offset().is_some_and(|offset| offset.abs() <= 1));
    let span = Some((Timestamp(i64::MIN + 1), Timestamp(i64::MAX)));
    assert!(!windows([span, span], Some(i64::MIN)).holds(0, Timestamp(0)));
}

#[test]
fn the_other_point_records_in_its_own_time() {
    let second = |from: i64, until: i64| Some((Timestamp(from * 1000 * MS), Timestamp(until * 1000 * MS)));
    // The second clock is 100 s ahead.
    let known = windows([second(0, 50), second(110, 130)], Some(100_000 * MS));
    let holds = |point, at: i64| known.holds(point, Timestamp(at * 1000 * MS));
    assert!(holds(0, 12) && holds(0, 28) && !holds(0, 10) && !holds(0, 30));
    assert!(holds(1, 110) && holds(1, 130) && !holds(1, 155));
    assert!(!windows([second(0, 50), None], Some(0)).holds(0, Timestamp(MS)));
}

#[test]
fn routers_tell_the_way() {
    let look = |ttl| Look { dscp: 0, vlan: None, ttl };
    assert_eq!(way_of(way(look(64), look(63))), Way::Forth);
    assert_eq!(way_of(way(look(55), look(56))), Way::Back);
    assert_eq!(way_of(way(look(64), look(64))), Way::Unknown);
}

#[test]
fn a_call_id_that_something_rewrites_on_the_way_tells_the_same_message() {
    use crate::observe::fixture::socket;
    use crate::observe::message::sip as reader;
    let trace = |address: &str, id: &str, branch: &str| {
        let mut trace = Trace::new(&crate::observe::Traffic::default());
        let head = format!(
            "Via: SIP/2.0/UDP {address};branch={branch}\r\nFrom: <sip:1@a>;tag=377f\r\nTo: <sip:2@b>\r\n"
        );
        for (nth, start) in (0..).zip(["INVITE sip:2@b SIP/2.0", "SIP/2.0 180 Ringing"]) {
            let text = format!("{start}\r\n{head}Call-ID: {id}\r\nCSeq: 62 INVITE\r\n\r\n");
            let read = reader::read(text.as_bytes(), false).unwrap();
            let ends = [socket(&format!("{address}:5060")), socket("203.0.113.10:5060")];
            let [from, to] = if nth == 0 { ends } else { [ends[1], ends[0]] };
            let look = Look { dscp: 0, vlan: None, ttl: 64 };
            let at = Timestamp(nth * MS);
            trace.messages.extend(message::Message::of(&read, text.as_bytes(), (at, from, to, look)));
        }
        trace.span = Some((Timestamp(-10_000 * MS), Timestamp(10_000 * MS)));
        trace
    };
    let lan = trace("192.168.77.2", "16e3@192.168.77.2", "z9hG4bK932d");
    let found = points(&lan, &trace("203.0.113.1", "16e3@203.0.113.1", "z9hG4bK932d"));
    let rewritten = |found: &Points| found.sip.rewrites.iter().any(|one| one.field == Field::CallId);
    assert_eq!((found.sip.matched, found.sip.elsewhere, rewritten(&found)), (2, [0, 0], true));
    let other = points(&lan, &trace("203.0.113.1", "16e3@203.0.113.1", "z9hG4bK0000"));
    assert_eq!((other.sip.matched, rewritten(&other)), (0, false), "another call");
    let sum = other.sip.matched * 2 + other.sip.lost.len() as u64;
    let unmatched: u64 = other.sip.elsewhere.iter().chain(&other.sip.beyond).sum();
    assert_eq!(sum + unmatched, 4, "the messages add up");
}

#[test]
fn a_direction_that_a_point_does_not_record_is_not_lost() {
    use crate::observe::fixture::socket;
    use crate::observe::message::sip as reader;
    let (phone, pbx) = (socket("192.168.10.21:5060"), socket("203.0.113.10:5060"));
    let trace = |keeps: &dyn Fn(i64, bool) -> bool| {
        let mut trace = Trace::new(&crate::observe::Traffic::default());
        for nth in 0..4 {
            for (is_answer, start) in [(false, "OPTIONS sip:2@b SIP/2.0"), (true, "SIP/2.0 200 OK")] {
                let head = "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:1@a>;tag=1\r\nTo: <sip:2@b>\r\n";
                let text = format!("{start}\r\n{head}Call-ID: c\r\nCSeq: {nth} OPTIONS\r\n\r\n");
                let read = reader::read(text.as_bytes(), false).unwrap();
                let (from, to) = if is_answer { (pbx, phone) } else { (phone, pbx) };
                let look = Look { dscp: 0, vlan: None, ttl: 64 };
                let at = Timestamp(nth * 1_000 * MS);
                if keeps(nth, is_answer) {
                    trace.messages.extend(message::Message::of(&read, text.as_bytes(), (at, from, to, look)));
                }
            }
        }
        trace.span = Some((Timestamp(-10_000 * MS), Timestamp(10_000 * MS)));
        trace
    };
    let whole = trace(&|_, _| true);
    let found = points(&whole, &trace(&|_, is_answer| is_answer));
    assert_eq!((found.sip.matched, found.sip.lost.len(), found.sip.one_sided), (4, 0, [4, 0]));
    assert!(!found.is_worse());
    let back = points(&trace(&|_, is_answer| !is_answer), &whole);
    assert_eq!((back.sip.lost.len(), back.sip.one_sided), (0, [0, 4]));
    let some = points(&whole, &trace(&|nth, is_answer| is_answer || nth == 0));
    assert_eq!((some.sip.lost.len(), some.sip.one_sided), (3, [0, 0]), "the direction is there");
}

#[test]
fn the_same_packet_is_the_same_message_however_long_it_was_under_way() {
    use crate::observe::fixture::socket;
    use crate::observe::message::sip as reader;
    let trace = |sent: &[(i64, u16)]| {
        let mut trace = Trace::new(&crate::observe::Traffic::default());
        let text = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:1@a>;tag=1\r\n\
                    To: <sip:2@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n";
        let read = reader::read(text.as_bytes(), false).unwrap();
        let (from, to) = (socket("192.168.88.21:5060"), socket("203.0.113.10:5060"));
        for (ms, identification) in sent {
            let look = Look { dscp: 0, vlan: None, ttl: 64 };
            let message = message::Message::of(&read, text.as_bytes(), (Timestamp(ms * MS), from, to, look));
            trace
                .messages
                .extend(message.map(|one| message::Message { identification: *identification, ..one }));
        }
        trace.span = Some((Timestamp(-60_000 * MS), Timestamp(60_000 * MS)));
        trace
    };
    let both = trace(&[(0, 0xd473), (500, 0xd4ba)]);
    let alone = |later: &[(i64, u16)]| {
        let found = sip::judge(
            &both,
            &trace(later),
            Some(0),
            &clock::windows([both.span; 2], Some(0)),
            &mut Mappings::default(),
        );
        (found.matched, found.lost.iter().map(|one| (one.point, one.frame)).collect::<Vec<_>>().len())
    };
    assert_eq!(alone(&[(967, 0xd4ba)]), (1, 1), "the second one, 467 ms later; the first is lost");
    assert_eq!(alone(&[(967, 0x1111)]), (0, 0), "another packet: nothing tells which");
    assert_eq!(alone(&[(40_000, 0xd4ba)]), (0, 0), "a number that comes again");
    let constant = trace(&[(0, 7), (500, 7)]);
    let twice = points(&constant, &trace(&[(967, 7), (1_500, 7)]));
    assert_eq!(twice.sip.matched, 0, "a sender that gives all packets one number");
}
