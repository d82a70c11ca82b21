//! Takes the segments of one TCP connection in capture order; says who opened it, whether it was answered, and
//! whether the capture lost data that the receiver got (RFC 9293; Wireshark's "ACKed segment that wasn't captured").

use crate::capture::{Frame, Timestamp};
use crate::decode::{TcpFlags, TcpSegment};

use super::flow::End;
use super::traffic::{FirstFrames, TcpOutcome, TcpTrace};

/// A SYN is sent again after a second (RFC 6298 section 2.1), by some after 200 ms: what comes within two of these (ns) is a copy.
/// Only eight bits of them are kept: 18.7 s and its multiples are no times at which anybody tries again, as 16 s with the coarse
/// timers of Linux, 16.0 to 16.4 s, would be.
const SYN_UNIT_NS: i64 = 73_000_000;
/// A larger jump is another connection on the same ports, not lost segments.
const HOLE_LIMIT: u32 = 16 << 20;
/// So far behind its own SYN (bytes) data may stand before it: the first window (RFC 6928), with room.
const LATE_LIMIT: u32 = 1 << 16;
/// Holes of one direction that may still be filled; of more the oldest is settled.
const HOLES_KEPT: usize = 8;

/// A connection while it runs.
#[derive(Clone, Debug)]
pub(super) struct TcpState {
    opener: Option<End>,
    attempts: FirstFrames,
    attempt_count: u32,
    outcome: TcpOutcome,
    settled_by: Option<Frame>,
    reset: Option<Frame>,
    /// Who sent the first FIN or RST since the last SYN.
    closed_by: Option<End>,
    /// When the latest attempt was made, in [`SYN_UNIT_NS`] and without the higher bits.
    attempted: u8,
    low: Side,
    high: Side,
}

/// Sequence space of one direction.
#[derive(Clone, Debug, Default)]
struct Side {
    /// One past the highest byte seen.
    next: Option<u32>,
    /// Whether `next` is beyond doubt: an empty segment may be a keep-alive, which stands one byte too low (RFC 9293
    /// section 3.8.4).
    is_exact: bool,
    /// Whether it opened the connection, and with which number.
    is_opened: bool,
    initial: u32,
    /// Its SYN was seen.
    has_begun: bool,
    /// Highest acknowledgment that the other side sent for this direction.
    acknowledged: Option<u32>,
    /// Most connections are captured whole.
    gaps: Option<Box<Gaps>>,
}

/// What is missing of a direction.
#[derive(Clone, Debug, Default)]
struct Gaps {
    /// Bytes that were skipped and not yet seen, oldest first.
    holes: Vec<Hole>,
    lost: Lost,
    /// The highest acknowledgment of bytes that nobody had seen when it came, with its frame: there may be a hole before the
    /// next segment shows it.
    ahead: Option<(u32, Frame)>,
}

/// A gap in what was captured. A late segment may still fill it: capture queues mix up the order, and the
/// acknowledgment then stands before what it acknowledges.
#[derive(Debug, Clone, Copy)]
struct Hole {
    from: u32,
    to: u32,
    /// The frame by which it is known that the receiver got all of it.
    acknowledged_by: Option<Frame>,
}

/// Bytes that the receiver got and the capture does not hold.
#[derive(Debug, Default, Clone, Copy)]
struct Lost {
    bytes: u64,
    first: Option<Frame>,
}

impl Default for TcpState {
    fn default() -> Self {
        Self {
            opener: None,
            attempts: FirstFrames::default(),
            attempt_count: 0,
            outcome: TcpOutcome::Midstream,
            settled_by: None,
            reset: None,
            closed_by: None,
            attempted: 0,
            low: Side::default(),
            high: Side::default(),
        }
    }
}

impl TcpState {
    pub(super) fn push(&mut self, from: End, frame: Frame, segment: TcpSegment, length: u32) {
        self.handshake(from, frame, segment);
        if segment.flags.has(TcpFlags::FIN) || segment.flags.has(TcpFlags::RST) {
            self.closed_by.get_or_insert(from);
        } else if segment.flags.has(TcpFlags::SYN) {
            self.closed_by = None;
        }
        let begins = segment.flags.has(TcpFlags::SYN);
        let end = segment
            .sequence
            .wrapping_add(length)
            .wrapping_add(u32::from(begins))
            .wrapping_add(u32::from(segment.flags.has(TcpFlags::FIN)));
        let (own, other) = match from {
            End::Low => (&mut self.low, &mut self.high),
            End::High => (&mut self.high, &mut self.low),
        };
        if begins && !own.is_late(end) {
            own.begin(end);
        } else if begins {
            own.has_begun = true;
        } else if !segment.flags.has(TcpFlags::RST) {
            own.sent(segment.sequence, end, frame);
        }
        if segment.flags.has(TcpFlags::ACK) && !segment.flags.has(TcpFlags::RST) {
            other.got(segment.acknowledgment, frame);
        }
    }

    fn handshake(&mut self, from: End, frame: Frame, segment: TcpSegment) {
        let flags = segment.flags;
        if flags.is_attempt() {
            self.opener.get_or_insert(from);
            if self.opener == Some(from) {
                self.side(from).open_with(segment.sequence);
                self.attempt_count = self.attempt_count.saturating_add(1);
                self.attempts.push(frame);
                if self.outcome == TcpOutcome::Midstream && self.settled_by.is_none() {
                    self.outcome = TcpOutcome::Silent;
                }
            }
        } else if flags.has(TcpFlags::SYN | TcpFlags::ACK) {
            self.opener.get_or_insert(from.other());
            if self.opener == Some(from.other()) && self.outcome != TcpOutcome::Answered {
                self.outcome = TcpOutcome::Answered;
                self.settled_by = Some(frame);
                // It tells which of several attempts was heard.
                self.side(from.other()).open_with(segment.acknowledgment.wrapping_sub(1));
            }
        } else if flags.has(TcpFlags::RST) {
            if self.outcome == TcpOutcome::Silent && self.opener == Some(from.other()) {
                self.outcome = TcpOutcome::Refused;
                self.settled_by = Some(frame);
            } else {
                self.reset.get_or_insert(frame);
            }
        } else if flags.has(TcpFlags::ACK) && self.outcome == TcpOutcome::Silent && self.opener == Some(from)
        {
            // It has what to acknowledge: the answer came, and the capture lacks it.
            self.outcome = TcpOutcome::Answered;
            self.settled_by = Some(frame);
        }
    }

    fn side(&mut self, end: End) -> &mut Side {
        match end {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        }
    }

    /// Whether this segment of `from` begins another connection on the same ports: the one before stood, and either began
    /// elsewhere in sequence space or was closed (RFC 9293 sections 3.4 and 3.6.1). A late copy of its own SYN does not, nor
    /// does one more attempt where none was answered.
    pub(super) fn is_followed_by(&self, from: End, segment: TcpSegment) -> bool {
        let stood = !matches!(self.outcome, TcpOutcome::Silent | TcpOutcome::Refused);
        let side = match from {
            End::Low => &self.low,
            End::High => &self.high,
        };
        let is_another = match self.opener == Some(from) && side.is_opened {
            true => side.initial != segment.sequence,
            false => self.closed_by.is_some(),
        };
        segment.flags.is_attempt() && stood && is_another
    }

    /// Whether it is a further copy of the SYN before, as a mirror port makes them: it comes sooner than any host tries again.
    pub(super) fn is_copy(&mut self, from: End, segment: TcpSegment, time: Timestamp) -> bool {
        if !segment.flags.is_attempt() || self.opener.is_some_and(|opener| opener != from) {
            return false;
        }
        let own = match from {
            End::Low => &self.low,
            End::High => &self.high,
        };
        let is_same = self.attempt_count > 0 && own.next == Some(segment.sequence.wrapping_add(1));
        let now = (time.0 / SYN_UNIT_NS) as u8;
        let before = std::mem::replace(&mut self.attempted, now);
        is_same && now.wrapping_sub(before).min(before.wrapping_sub(now)) <= 1
    }

    /// Whether this segment of `from` brings nothing but data that were sent before and that nobody acknowledged.
    pub(super) fn is_again(&self, from: End, segment: TcpSegment, length: u32) -> bool {
        let side = match from {
            End::Low => &self.low,
            End::High => &self.high,
        };
        let end = segment.sequence.wrapping_add(length);
        let is_sent = side.is_exact && side.next.is_some_and(|next| !after(end, next));
        let is_open = side.acknowledged.is_none_or(|known| after(end, known));
        length > 0 && !segment.flags.has(TcpFlags::SYN) && is_sent && is_open
    }

    /// Whether the connection stands, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        self.closed_by.is_none() && !matches!(self.outcome, TcpOutcome::Silent | TcpOutcome::Refused)
    }

    /// Whether the capture has the opening of this side, which the other one answered, and all that it sent.
    pub(super) fn is_whole(&self, opener: End) -> bool {
        let (own, other) = match opener {
            End::Low => (&self.low, &self.high),
            End::High => (&self.high, &self.low),
        };
        let is_answered = self.outcome == TcpOutcome::Answered && self.opener == Some(opener);
        is_answered && own.has_begun && other.has_begun && !own.has_holes() && own.has_shown_all()
    }

    /// Whether the capture has all of this side that the other one got.
    pub(super) fn has_got_all(&self, end: End) -> bool {
        let side = match end {
            End::Low => &self.low,
            End::High => &self.high,
        };
        side.lost().bytes == 0 && side.has_shown_all()
    }

    pub(super) fn opened_by(&self) -> Option<End> {
        self.opener
    }

    /// The first frame that acknowledges bytes which the capture does not hold.
    pub(super) fn unseen_frame(&self) -> Option<Frame> {
        [self.low.lost(), self.high.lost()].into_iter().filter_map(|lost| lost.first).min()
    }

    /// The connection whose `a` is this end.
    pub(super) fn finish(self, a: End) -> TcpTrace {
        TcpTrace {
            attempts: self.attempts,
            attempt_count: self.attempt_count.into(),
            outcome: self.outcome,
            settled_by: self.settled_by,
            reset: self.reset,
            closed_by_a: self.closed_by.map(|end| end == a),
            unseen_acknowledged: self.low.lost().bytes + self.high.lost().bytes,
            is_strange: false,
        }
    }
}

impl Side {
    /// A new connection: what the one before lost stays lost.
    fn begin(&mut self, next: u32) {
        let lost = self.lost();
        let gaps = (lost.bytes > 0).then(|| Box::new(Gaps { lost, ..Gaps::default() }));
        let (is_opened, initial) = (self.is_opened, self.initial);
        *self = Self {
            next: Some(next),
            is_exact: true,
            has_begun: true,
            is_opened,
            initial,
            gaps,
            ..Self::default()
        };
    }

    fn open_with(&mut self, initial: u32) {
        (self.is_opened, self.initial) = (true, initial);
    }

    /// Whether a SYN with this end belongs to what was seen before it: capture queues mix up the order.
    fn is_late(&self, end: u32) -> bool {
        !self.has_begun && self.next.is_some_and(|next| next.wrapping_sub(end) <= LATE_LIMIT)
    }

    fn sent(&mut self, start: u32, end: u32, frame: Frame) {
        let Some(next) = self.next else {
            (self.next, self.is_exact) = (Some(end), start != end);
            return;
        };
        self.fill(start, end);
        let skipped = start.wrapping_sub(next);
        let doubt = u32::from(!self.is_exact);
        if after(start, next) && skipped > doubt && skipped <= HOLE_LIMIT {
            self.open(Hole { from: next, to: start, acknowledged_by: None });
            self.show(frame);
        }
        self.is_exact |= start != end;
        if after(end, next) {
            self.next = Some(end);
        }
    }

    fn got(&mut self, acknowledgment: u32, frame: Frame) {
        if self.acknowledged.is_none_or(|known| after(acknowledgment, known)) {
            self.acknowledged = Some(acknowledgment);
            if self.next.is_some_and(|next| after(acknowledgment, next)) {
                self.gaps.get_or_insert_default().ahead = Some((acknowledgment, frame));
            }
            self.show(frame);
        }
    }

    /// Notes which holes the receiver says it has whole.
    fn show(&mut self, frame: Frame) {
        let Some(acknowledged) = self.acknowledged else { return };
        let Some(gaps) = &mut self.gaps else { return };
        let ahead = gaps.ahead;
        for hole in gaps.holes.iter_mut().filter(|hole| !after(hole.to, acknowledged)) {
            let told = ahead.filter(|(ahead, _)| !after(hole.to, *ahead));
            hole.acknowledged_by.get_or_insert(told.map_or(frame, |(_, frame)| frame));
        }
    }

    fn open(&mut self, hole: Hole) {
        let gaps = self.gaps.get_or_insert_default();
        if gaps.holes.len() >= HOLES_KEPT {
            let oldest = gaps.holes.remove(0);
            gaps.lost = gaps.lost.and(oldest);
        }
        gaps.holes.push(hole);
    }

    /// A retransmission or a late segment: what it brings is no longer missing.
    fn fill(&mut self, start: u32, end: u32) {
        let Some(gaps) = self.gaps.as_mut().filter(|gaps| !gaps.holes.is_empty() && start != end) else {
            return;
        };
        for hole in std::mem::take(&mut gaps.holes) {
            let Hole { from, to, .. } = hole;
            if !after(end, from) || !after(to, start) {
                self.open(hole);
                continue;
            }
            if after(start, from) {
                self.open(Hole { to: start, ..hole });
            }
            if after(to, end) {
                self.open(Hole { from: end, ..hole });
            }
        }
    }

    fn has_holes(&self) -> bool {
        self.gaps.as_ref().is_some_and(|gaps| !gaps.holes.is_empty() || gaps.lost.bytes > 0)
    }

    /// Nothing beyond what was seen was acknowledged.
    fn has_shown_all(&self) -> bool {
        let ends = self.acknowledged.zip(self.next);
        ends.is_none_or(|(acknowledged, next)| !after(acknowledged, next))
    }

    fn lost(&self) -> Lost {
        let Some(gaps) = &self.gaps else { return Lost::default() };
        gaps.holes.iter().fold(gaps.lost, |lost, hole| lost.and(*hole))
    }
}

impl Lost {
    fn and(self, hole: Hole) -> Self {
        let Some(frame) = hole.acknowledged_by else { return self };
        let bytes = self.bytes.saturating_add(hole.to.wrapping_sub(hole.from).into());
        Self { bytes, first: Some(self.first.map_or(frame, |first| first.min(frame))) }
    }
}

/// Whether `a` comes behind `b` in sequence space, RFC 9293 section 3.4.
fn after(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) > 0
}

#[cfg(test)]
mod tests;
