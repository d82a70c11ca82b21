//! Takes the TCP segments of one flow that bring again what was sent before; gives those that were sent until the end while
//! the other side said nothing any more (RFC 9293 section 3.8.1, RFC 6298 section 5). Does not know what they carry.

use crate::capture::{Frame, Timestamp};
use crate::decode::{Packet, TcpSegment};

use super::flow::End;
use super::sent::Rare;
use super::traffic::{FirstFrames, FlowExtra};

/// The first sending and so many more: fewer are lost in a jam, or follow a telephone that was just unplugged.
const LEAST_SENT: u64 = 5;
/// From the second sending to the last one (ns).
const LEAST_SPAN: i64 = 3_000_000_000;
/// Sooner (ns) than the least time after which any system sends again: a copy of a mirror port.
const COPY_WITHIN: i64 = 100_000_000;

/// Data of a connection that were sent again and again, with nothing from the other side in between and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stall {
    /// Whether `a` sent them.
    pub by_a: bool,
    /// Connections that ended so: more than one where a live capture folded them.
    pub connections: u64,
    /// How often they were sent, at most.
    pub sent: u64,
    /// Payload of the segment.
    pub bytes: u32,
    /// So long (ns) nothing had come from the other side when they were sent for the second time; the least of all connections.
    pub rested: i64,
    /// Frames of the repetitions, and of the first sending where nothing else of the sender stands between.
    pub frames: FirstFrames,
    /// Time of the second sending, and of the last one.
    pub span: (Timestamp, Timestamp),
    /// Where they stand in the stream.
    pub(super) sequence: u32,
}

/// When either side sent its last packet before this one.
pub(super) struct Before {
    pub(super) own: Option<(Frame, Timestamp)>,
    pub(super) other: Option<Timestamp>,
}

/// Takes each segment; `is_again` tells whether all its data were sent before and never acknowledged.
pub(super) fn note(
    extra: &mut Rare<FlowExtra>,
    (from, segment, is_again): (End, TcpSegment, bool),
    (frame, packet): (Frame, &Packet),
    before: &Before,
) {
    let by_a = from == End::Low;
    if let Some(known) = extra.known()
        && known.stall.as_ref().is_some_and(|stall| stall.by_a != by_a)
    {
        // It is there.
        known.stall = None;
    }
    let (Some((sent_in, own)), Some(other)) = (before.own, before.other) else { return };
    if !is_again || packet.time.since(own) < COPY_WITHIN {
        return;
    }
    match extra.known().and_then(|known| known.stall.as_mut()) {
        None => {
            extra.stall = Some(Box::new(Stall {
                by_a,
                connections: 1,
                sent: 2,
                bytes: packet.payload.wire,
                rested: packet.time.since(other),
                // What it sent behind the other side's last packet is no mere acknowledgment.
                frames: [sent_in].into_iter().filter(|_| own > other).chain([frame]).collect(),
                span: (packet.time, packet.time),
                sequence: segment.sequence,
            }));
        }
        Some(stall) if stall.sequence == segment.sequence => {
            stall.sent += 1;
            stall.frames.push(frame);
            stall.span.1 = packet.time;
        }
        Some(_) => {}
    }
}

/// Whether it is more than what is lost now and then.
fn is_lasting(stall: &Stall) -> bool {
    stall.sent >= LEAST_SENT && stall.span.1.since(stall.span.0) >= LEAST_SPAN
}

/// For the row: `starter` is its `a`.
pub(super) fn finish(extra: &mut Rare<FlowExtra>, starter: End) {
    let Some(known) = extra.known() else { return };
    known.stall = known.stall.take().filter(|stall| is_lasting(stall));
    if let Some(stall) = &mut known.stall {
        stall.by_a = stall.by_a == (starter == End::Low);
    }
}

impl Stall {
    /// Adds that of another connection of the same hosts and service. Of two that were sent by different sides the earlier
    /// one stays.
    pub(super) fn fold(&mut self, other: &Self) {
        if self.by_a != other.by_a {
            if other.span < self.span {
                *self = other.clone();
            }
            return;
        }
        let mut frames: Vec<Frame> = self.frames.iter().chain(&other.frames).copied().collect();
        frames.sort_unstable();
        let longer = if (other.sent, other.bytes) > (self.sent, self.bytes) { other } else { &*self };
        *self = Self {
            by_a: self.by_a,
            connections: self.connections + other.connections,
            sent: longer.sent,
            bytes: longer.bytes,
            rested: self.rested.min(other.rested),
            frames: frames.into_iter().collect(),
            span: (self.span.0.min(other.span.0), self.span.1.max(other.span.1)),
            sequence: longer.sequence,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, packet};
    use super::super::flow::{FlowKey, FlowState};
    use super::super::traffic::{Flow, Protocol};
    use super::*;
    use crate::decode::{Span, TcpFlags, Transport};

    const PHONE: &str = "192.168.10.21:50000";
    const CLOUD: &str = "203.0.113.9:5061";

    /// Who sends (the telephone or not), at which ms, which bytes from which place on, what it acknowledges.
    fn flow_of(segments: &[(bool, i64, u32, u32, u32)]) -> Flow {
        let (low, high) = (packet(PHONE, CLOUD), packet(CLOUD, PHONE));
        let ends = ((low.source, low.source_port), (high.source, high.source_port));
        let (key, phone) = FlowKey::new(ends.0, ends.1, Protocol::Tcp);
        let mut flow = FlowState::new(key, phone, at(0));
        for (number, (is_phone, ms, sequence, bytes, acknowledgment)) in (1..).zip(segments) {
            let (from, model) = if *is_phone { (phone, &low) } else { (phone.other(), &high) };
            let flags = TcpFlags(TcpFlags::ACK);
            let segment = TcpSegment { sequence: *sequence, acknowledgment: *acknowledgment, flags };
            let packet = Packet {
                transport: Transport::Tcp(Some(segment)),
                time: at(*ms),
                payload: Span { start: 0, captured: 0, wire: *bytes },
                ..*model
            };
            flow.count(from, frame(number), &packet);
        }
        flow.finish(|_, _| false)
    }

    const ANSWERED: [(bool, i64, u32, u32, u32); 2] = [(true, 0, 1, 100, 1), (false, 20, 1, 0, 101)];

    fn again(times: &[i64]) -> Vec<(bool, i64, u32, u32, u32)> {
        let rest = times.iter().map(|ms| (true, *ms, 101, 400, 1));
        ANSWERED.into_iter().chain(rest).collect()
    }

    #[test]
    fn what_is_sent_until_the_end_without_an_answer_has_stalled() {
        let flow = flow_of(&again(&[50_000, 50_300, 50_900, 52_100, 54_500]));
        let stall = flow.extra.stall.as_deref().expect("a stall");
        assert!(stall.by_a == (flow.a.port() == 50_000));
        assert_eq!((stall.sent, stall.bytes, stall.rested), (5, 400, 50_280_000_000));
        let frames: Vec<Frame> = stall.frames.iter().copied().collect();
        assert_eq!(frames, [3, 4, 5, 6, 7].map(frame), "the first sending as well");
        assert_eq!(stall.span, (at(50_300), at(54_500)));
        // The other side's last packet came at the same time as the first sending: that may be an acknowledgment of it.
        let mut crossed = again(&[50_000, 50_300, 50_900, 52_100, 54_500]);
        crossed.insert(3, (false, 50_100, 1, 0, 101));
        let flow = flow_of(&crossed);
        assert_eq!(flow.extra.stall.as_deref().map(|stall| stall.frames.iter().count()), Some(4));
    }

    #[test]
    fn what_was_acknowledged_or_is_a_copy_has_not() {
        let mut answered = again(&[50_000, 50_300, 50_900, 52_100, 54_500]);
        answered.push((false, 54_600, 1, 0, 501));
        assert!(flow_of(&answered).extra.stall.is_none(), "it came through in the end");
        assert!(flow_of(&again(&[1_000, 1_300, 1_900, 3_100])).extra.stall.is_none(), "too few");
        let twice = [1_000, 1_000, 1_300, 1_301, 1_900, 1_901, 6_000, 6_001];
        assert!(flow_of(&again(&twice)).extra.stall.is_none(), "each is captured twice");
        let onward: Vec<_> =
            (0..9).map(|turn| (true, 1_000 + i64::from(turn) * 1_000, 101 + turn * 10, 10, 1)).collect();
        let onward: Vec<_> = ANSWERED.into_iter().chain(onward).collect();
        assert!(flow_of(&onward).extra.stall.is_none(), "new data each time");
    }

    #[test]
    fn an_end_that_nothing_was_ever_seen_of_proves_nothing() {
        let unseen: Vec<_> =
            [0, 300, 900, 2_100, 4_500, 9_000].into_iter().map(|ms| (true, ms, 101, 400, 1)).collect();
        assert!(flow_of(&unseen).extra.stall.is_none());
    }

    #[test]
    fn connections_of_one_kind_are_summed_up() {
        let stall = |sent, rested| Stall {
            by_a: true,
            connections: 1,
            sent,
            bytes: 400,
            rested,
            frames: [frame(sent)].into_iter().collect(),
            span: (at(sent as i64), at(sent as i64 + 5)),
            sequence: 1,
        };
        let mut row = stall(7, 50);
        row.fold(&stall(6, 60));
        assert_eq!((row.connections, row.sent, row.rested, row.frames.len()), (2, 7, 50, 2));
        assert_eq!(row.span, (at(6), at(12)));
        row.fold(&Stall { by_a: false, ..stall(9, 1) });
        assert_eq!((row.by_a, row.connections), (true, 2), "the earlier one stays");
    }
}
