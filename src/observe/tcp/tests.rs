use super::super::fixture::frame;
use super::*;

const SYN: u8 = TcpFlags::SYN;
const ACK: u8 = TcpFlags::ACK;
const RST: u8 = TcpFlags::RST;
const FIN: u8 = TcpFlags::FIN;
/// Where data of a [`Line`] begin.
const START: u32 = 1000;

/// A connection whose segments are frames 1, 2, 3 ...
#[derive(Default)]
struct Line {
    state: TcpState,
    frames: u64,
}

impl Line {
    fn say(mut self, from: End, flags: u8, sequence: u32, acknowledgment: u32, length: u32) -> Self {
        self.frames += 1;
        let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(flags) };
        self.state.push(from, frame(self.frames), segment, length);
        self
    }

    /// Segments without data.
    fn flags(self, list: &[(End, u8)]) -> Self {
        list.iter().fold(self, |line, (from, flags)| line.say(*from, *flags, 0, 0, 0))
    }

    /// Data of the lower end, as an offset from [`START`].
    fn data(self, offset: u32, length: u32) -> Self {
        self.say(End::Low, ACK, START.wrapping_add(offset), 1, length)
    }

    /// The higher end has everything before this offset.
    fn acknowledge(self, offset: u32) -> Self {
        self.say(End::High, ACK, 1, START.wrapping_add(offset), 0)
    }

    fn unseen(self) -> u64 {
        self.end().unseen_acknowledged
    }

    fn end(self) -> TcpTrace {
        self.state.finish(End::Low)
    }
}

use End::{High, Low};

/// Flags of each segment, the outcome, and the frame that settled it.
type Handshake<'a> = (&'a [(End, u8)], TcpOutcome, Option<u64>);

#[test]
fn the_answer_to_a_syn_is_the_outcome() {
    let cases: [Handshake<'_>; 11] = [
        (&[(Low, SYN), (High, SYN | ACK), (Low, ACK)], TcpOutcome::Answered, Some(2)),
        (&[(Low, SYN), (High, RST | ACK)], TcpOutcome::Refused, Some(2)),
        (&[(Low, SYN), (Low, SYN), (Low, SYN)], TcpOutcome::Silent, None),
        // Giving up is not an answer.
        (&[(Low, SYN), (Low, RST)], TcpOutcome::Silent, None),
        (&[(Low, ACK), (High, ACK)], TcpOutcome::Midstream, None),
        // Only one direction is captured; what the other end says before it has answered proves nothing.
        (&[(Low, SYN), (Low, ACK), (Low, ACK)], TcpOutcome::Answered, Some(2)),
        (&[(Low, SYN), (High, ACK)], TcpOutcome::Silent, None),
        (&[(Low, ACK), (High, RST)], TcpOutcome::Midstream, None),
        // The SYN is missing from the capture.
        (&[(High, SYN | ACK), (Low, ACK)], TcpOutcome::Answered, Some(1)),
        // Both open at once, RFC 9293 section 3.5.
        (&[(Low, SYN), (High, SYN), (High, SYN | ACK)], TcpOutcome::Answered, Some(3)),
        (&[(Low, SYN), (High, SYN | ACK), (High, SYN | ACK)], TcpOutcome::Answered, Some(2)),
    ];
    for (segments, outcome, settled_by) in cases {
        let trace = Line::default().flags(segments).end();
        assert_eq!((trace.outcome, trace.settled_by), (outcome, settled_by.map(frame)), "{segments:?}");
    }
}

#[test]
fn the_sender_of_the_syn_opened() {
    let opened = |segments| Line::default().flags(segments).state.opened_by();
    assert_eq!(opened(&[(High, SYN), (Low, SYN | ACK)]), Some(High));
    assert_eq!(opened(&[(High, SYN | ACK)]), Some(Low));
    assert_eq!(opened(&[(Low, ACK), (High, ACK)]), None);
}

#[test]
fn all_attempts_are_counted_and_the_first_are_kept() {
    let trace = Line::default().flags(&[(Low, SYN); 7]).end();
    assert_eq!(trace.attempt_count, 7);
    assert_eq!(trace.attempts.to_vec(), [1, 2, 3, 4, 5].map(frame));
}

#[test]
fn a_reset_of_a_standing_connection_changes_nothing_but_is_told() {
    let stands = [(Low, SYN), (High, SYN | ACK), (Low, ACK)];
    let trace = Line::default().flags(&stands).flags(&[(High, RST), (Low, RST)]).end();
    assert_eq!((trace.outcome, trace.reset), (TcpOutcome::Answered, Some(frame(4))), "the first of both");
}

#[test]
fn ports_may_serve_one_connection_after_the_other() {
    let refused = [(Low, SYN), (High, RST | ACK)];
    let answered = [(Low, SYN), (High, SYN | ACK)];
    let better = Line::default().flags(&refused).flags(&answered).end();
    assert_eq!((better.outcome, better.settled_by), (TcpOutcome::Answered, Some(frame(4))));
    let worse = Line::default().flags(&answered).flags(&refused).end();
    assert_eq!((worse.outcome, worse.settled_by), (TcpOutcome::Answered, Some(frame(2))));
    let midstream = Line::default().flags(&[(Low, ACK)]).flags(&answered).end();
    assert_eq!(midstream.outcome, TcpOutcome::Answered);
}

#[test]
fn a_jump_beyond_the_limit_is_another_connection() {
    let jump = |length: u32| {
        let line = Line::default().data(0, 100).data(100 + length, 100);
        line.acknowledge(200 + length).unseen()
    };
    assert_eq!(jump(HOLE_LIMIT), u64::from(HOLE_LIMIT));
    assert_eq!(jump(HOLE_LIMIT + 1), 0);
}

#[test]
fn flags_take_their_place_in_the_numbering() {
    let line = Line::default()
        .say(Low, SYN, START - 1, 0, 0)
        .say(High, SYN | ACK, 0, START, 0)
        .data(0, 100)
        .say(Low, FIN | ACK, START + 100, 1, 0)
        .acknowledge(101);
    assert_eq!(line.unseen(), 0);
}

#[test]
fn a_new_connection_begins_a_new_numbering() {
    let line = Line::default().data(5000, 100).acknowledge(5100);
    let line = line.say(Low, SYN, 7, 0, 0).say(High, SYN | ACK, 90, 8, 0).say(Low, ACK, 8, 91, 100);
    assert_eq!(line.unseen(), 0);
}

#[test]
fn numbers_of_a_reset_count_for_nothing() {
    let line = Line::default().data(0, 100).say(High, RST | ACK, 0, START + 900, 0);
    assert_eq!(line.say(Low, RST, START + 500, 0, 0).unseen(), 0);
}

/// Where data of [`lost`] begin: numbers wrap on the way.
const FIRST: u32 = u32::MAX - 150;

enum Said {
    /// From so far behind [`FIRST`], so many bytes.
    Data(u32, u32),
    /// The other side has everything up to here.
    Ack(u32),
}
use Said::{Ack, Data};

fn lost(words: &[Said]) -> u64 {
    let mut state = TcpState::default();
    for (number, word) in (1..).zip(words) {
        let (from, sequence, acknowledgment, length) = match *word {
            Data(offset, length) => (End::Low, FIRST.wrapping_add(offset), 1, length),
            Ack(offset) => (End::High, 1, FIRST.wrapping_add(offset), 0),
        };
        let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(TcpFlags::ACK) };
        state.push(from, Frame::new(0, number), segment, length);
    }
    let is_shown = state.unseen_frame().is_some();
    let bytes = state.finish(End::Low).unseen_acknowledged;
    assert_eq!(is_shown, bytes > 0);
    bytes
}

#[test]
fn acknowledged_bytes_that_nobody_captured_are_lost() {
    assert_eq!(lost(&[Data(0, 100), Data(200, 100), Ack(300)]), 100);
    assert_eq!(lost(&[Data(0, 100), Ack(300), Data(200, 100)]), 100);
    assert_eq!(lost(&[Data(0, 100), Data(200, 50), Data(300, 50), Ack(350)]), 150);
}

#[test]
fn the_frame_that_acknowledges_shows_it_also_where_it_stands_before_the_gap() {
    let shown = |words: &[(End, u32, u32, u32)]| {
        let mut state = TcpState::default();
        for (number, (from, sequence, acknowledgment, length)) in (1..).zip(words) {
            let (sequence, acknowledgment) = (*sequence, *acknowledgment);
            let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(TcpFlags::ACK) };
            state.push(*from, Frame::new(0, number), segment, *length);
        }
        state.unseen_frame().map(|frame| frame.number())
    };
    let (data, more) = ((End::Low, 100, 1, 50), (End::Low, 300, 1, 50));
    assert_eq!(shown(&[data, (End::High, 1, 300, 0), more]), Some(2), "as Wireshark has it");
    assert_eq!(shown(&[data, more, (End::High, 1, 300, 0), (End::High, 1, 350, 0)]), Some(3));
}

#[test]
fn what_the_receiver_lacks_too_was_lost_on_the_way() {
    assert_eq!(lost(&[Data(0, 100), Data(200, 100), Ack(100)]), 0);
    assert_eq!(lost(&[Data(0, 100), Data(200, 100), Ack(100), Data(100, 100), Ack(300)]), 0);
}

#[test]
fn segments_in_another_order_are_not_lost() {
    assert_eq!(lost(&[Data(0, 100), Data(300, 100), Data(200, 100), Data(100, 100), Ack(400)]), 0);
    assert_eq!(lost(&[Data(0, 100), Data(300, 100), Ack(400), Data(200, 100), Data(100, 100)]), 0);
    assert_eq!(lost(&[Data(0, 100), Data(300, 100), Ack(400), Data(150, 100)]), 100);
}

#[test]
fn a_keep_alive_at_the_start_hides_nothing() {
    assert_eq!(lost(&[Data(0, 0), Ack(1), Data(1, 30), Ack(31)]), 0);
    assert_eq!(lost(&[Data(0, 0), Ack(1), Data(2, 30), Ack(32)]), 2);
    assert_eq!(lost(&[Data(0, 1), Data(2, 30), Ack(32)]), 1);
}

#[test]
fn more_holes_than_are_kept_are_counted() {
    let pieces: Vec<Said> = (0..40).map(|n| Data(n * 20, 10)).chain([Ack(790)]).collect();
    assert_eq!(lost(&pieces), HOLES_KEPT as u64 * 10);
    let acknowledged: Vec<Said> = (0..40).flat_map(|n| [Data(n * 20, 10), Ack(n * 20 + 10)]).collect();
    assert_eq!(lost(&acknowledged), 390);
}

#[test]
fn another_connection_begins_elsewhere_or_behind_the_end() {
    let follows = |line: &Line, from: End, flags: u8, sequence: u32| {
        line.state.is_followed_by(from, TcpSegment { sequence, acknowledgment: 0, flags: TcpFlags(flags) })
    };
    let open = || Line::default().say(Low, SYN, 7, 0, 0).say(High, SYN | ACK, 70, 8, 0);
    assert!(follows(&open(), Low, SYN, 9), "its end is not in the capture");
    assert!(!follows(&open(), Low, SYN, 7), "a copy, or out of order");
    assert!(!follows(&open(), High, SYN, 9), "opened by both at once");
    assert!(!follows(&open(), Low, ACK, 9));
    let closed = open().say(Low, FIN | ACK, 8, 71, 0).say(High, FIN | ACK, 71, 9, 0);
    assert!(follows(&closed, Low, SYN, 9));
    assert!(follows(&closed, High, SYN, 9), "from the other side");
    assert!(!follows(&closed, Low, SYN, 7));
    let heard = Line::default().say(Low, SYN, 7, 0, 0).say(Low, SYN, 9, 0, 0).say(High, SYN | ACK, 70, 10, 0);
    assert!(!follows(&heard, Low, SYN, 9), "the second attempt was answered");
    for unanswered in
        [Line::default().say(Low, SYN, 7, 0, 0), Line::default().flags(&[(Low, SYN), (High, RST)])]
    {
        assert!(!follows(&unanswered, Low, SYN, 9), "one more attempt");
    }
    let late = Line::default().flags(&[(Low, ACK)]);
    assert!(!follows(&late, Low, SYN, 9), "the SYN may be late in the capture");
    assert!(follows(&late.flags(&[(Low, FIN | ACK)]), Low, SYN, 9));
}

#[test]
fn a_copy_of_a_syn_is_no_further_attempt() {
    let is_copy = |second: (End, u32, i64)| {
        let mut state = TcpState::default();
        let mut look = |(from, sequence, ms): (End, u32, i64)| {
            let segment = TcpSegment { sequence, acknowledgment: 0, flags: TcpFlags(SYN) };
            let is_copy = state.is_copy(from, segment, super::super::fixture::at(ms));
            state.push(from, frame(1), segment, 0);
            is_copy
        };
        assert!(!look((Low, START, 0)), "the first");
        look(second)
    };
    assert!(is_copy((Low, START, 0)) && is_copy((Low, START, 64)));
    for again in [200, 1000, 3000, 7000, 15_000, 31_000, 63_000, 16_000, 16_128, 16_384, 32_768] {
        assert!(!is_copy((Low, START, again)), "{again} ms: it tries again");
    }
    assert!(!is_copy((Low, START + 1, 1)) && !is_copy((High, START, 1)), "another one");
}

#[test]
fn an_answer_that_was_written_down_behind_the_data_loses_none() {
    let late = |line: Line| line.say(Low, SYN | ACK, START - 1, 1, 0).data(14, 10).acknowledge(24);
    let seen = Line::default().data(0, 14).acknowledge(14);
    assert_eq!(late(seen).unseen(), 0, "what came before its own SYN was captured");
    let another = Line::default().say(Low, SYN, START - 1, 0, 0).data(0, 14).acknowledge(14);
    let another = another.say(Low, SYN, START - 1, 0, 0).data(14, 10).acknowledge(24);
    assert_eq!(another.unseen(), 14, "a second one begins anew");
}

#[test]
fn who_ends_a_connection_first_is_kept() {
    let by_a = |segments: &[(End, u8)], a: End| Line::default().flags(segments).state.finish(a).closed_by_a;
    let both = [(Low, SYN), (High, SYN | ACK), (Low, ACK), (High, FIN | ACK), (Low, FIN | ACK)];
    assert_eq!((by_a(&both, Low), by_a(&both, High)), (Some(false), Some(true)));
    assert_eq!(by_a(&both[..3], Low), None);
    assert_eq!(by_a(&[(Low, ACK), (Low, RST), (High, FIN)], Low), Some(true));
}
