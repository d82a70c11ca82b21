//! Sequence numbers, RFC 3550 appendix A.1 and A.3: what was expected, what is missing, what came twice or late.
//!
//! Takes the packets of one stream in order of arrival and says of each what it is. Two things are better than in the
//! RFC's sample code: duplicates are not counted as received, and a restart is a new segment instead of a huge loss.

use std::cmp::Ordering;

use super::sample::Sample;
use crate::capture::{Frame, Timestamp};

/// A step further ahead is no loss but something new (RFC 3550 A.1).
pub const MAX_DROPOUT: u16 = 3000;
/// A packet up to this far behind is late (RFC 3550 A.1).
pub const MAX_MISORDER: u16 = 100;
/// A copy is recognised among so many packets before it.
const RECENT: usize = 64;
/// After a pause (ns) nothing is a copy of what came before.
const PAUSE: i64 = 10_000_000_000;
/// Sequence numbers of which it is still open whether they are lost; more than `MAX_MISORDER`.
const WINDOW: i64 = 128;

/// Bytes of an event (RFC 4733 section 2.3); no voice is so short.
pub(super) const EVENT: u16 = 4;

/// Copies of one packet that are told apart.
const TIMES: usize = 7;

/// Segments of one stream that are told one by one.
const SEGMENTS: usize = 16;

/// What a packet is within its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Part of the current segment.
    Counted(Step),
    /// The second packet of a new segment, whose first is the one that was held.
    Restart(Sample),
    /// Seen before; how the first copy was marked.
    Duplicate(Copied),
    /// Far off: the start of a new segment if the next packet follows it, else a stray.
    Held,
}

/// Where a packet stands in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first packet.
    First,
    /// So many numbers after the highest before it, 1 if nothing is missing. Those that the sender left out do not count.
    Forward(u16),
    /// Below a number that came before it.
    Late,
}

/// What timestamp and arrival of a packet say of its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Across {
    /// Nothing: what is missing between two numbers got lost.
    #[default]
    Numbers,
    /// The timestamp is off by seconds against arrival, so that a gap is a new beginning.
    Jump,
    /// It is so many numbers ahead of the last packet of media, of which the sender left out so many: it went on without a
    /// pause by its timestamps as by their arrival.
    Skip {
        /// Numbers from the one packet to the other.
        ahead: u16,
        /// Of those, the numbers of which no packet was sent; less than `ahead`.
        skipped: u16,
    },
}

/// The first copy of a packet that came again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where the first copy is.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// Its DSCP.
    pub dscp: u8,
    /// Its TTL.
    pub ttl: u8,
    /// Its VLAN, if tagged.
    pub vlan: Option<u16>,
}

impl Copied {
    /// Whether `copy` was on the way before this one, which was read first. The TTL tells it where they differ, whatever the
    /// clocks of several interfaces say: it only falls.
    pub(super) fn is_behind(&self, copy: &Sample) -> bool {
        match copy.ttl.cmp(&self.ttl) {
            Ordering::Equal => copy.time < self.time,
            unequal => unequal == Ordering::Greater,
        }
    }
}

/// Sums over all segments. `expected == packets + lost` always holds: what the sender left out is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Different packets that arrived.
    pub packets: u64,
    /// Packets that the sequence numbers tell of.
    pub expected: u64,
    /// Packets that never arrived.
    pub lost: u64,
    /// Numbers that the sender left out: a PBX that keeps the keys of a telephone to itself passes on the numbers of the
    /// voice around them.
    pub skipped: u64,
    /// Further copies of packets that had arrived.
    pub duplicates: u64,
    /// Of those, events: many senders send the end of a tone three times as one packet (RFC 4733 section 2.5.1.4).
    pub repeated_events: u64,
    /// How often packets came, tones aside.
    pub copied: Copies,
    /// Packets after one with a higher number.
    pub reordered: u64,
    /// Times at which the numbering began anew.
    pub restarts: u64,
    /// Packets that fit to nothing before and after them; in no other count.
    pub strays: u64,
    /// Runs of lost packets.
    pub bursts: u64,
    /// Length of the longest run.
    pub longest_burst: u64,
}

/// How often the packets of a stream came: as often as there are places at which they were captured, but for what was lost
/// on the way from one to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Packets that came at least twice, three times and so on.
    pub again: [u64; TIMES],
    /// The number of the latest packet that came just once, twice and so on.
    pub latest: [Option<u16>; TIMES],
}

impl Counts {
    /// Copies that nobody sends on purpose.
    #[must_use]
    pub fn copies(&self) -> u64 {
        self.duplicates.saturating_sub(self.repeated_events)
    }
}

/// A run of numbering without a restart: the source began anew, or another one uses its addresses and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentReport {
    /// First packet to arrive.
    pub first: (Frame, Timestamp),
    /// Packet with the highest number.
    pub highest: (Frame, Timestamp),
    /// Its number, extended by the cycles since the first (RFC 3550 A.1).
    pub highest_sequence: u64,
    /// Timestamp units from the first to arrive to the highest.
    pub ticks: u32,
    /// Packets that the sequence numbers tell of.
    pub expected: u64,
    /// Packets that never arrived.
    pub lost: u64,
    /// Numbers that the sender left out.
    pub skipped: u64,
}

impl SegmentReport {
    /// All numbers from the first to the highest.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        self.expected + self.skipped
    }
}

/// The state of one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    segment: Option<Segment>,
    /// Closed ones, the first few.
    segments: Vec<SegmentReport>,
    held: Option<Box<Sample>>,
    /// None before the first packet and after a pause.
    recent: Option<Box<[Recent; RECENT]>>,
    arrivals: u64,
    /// The latest time that was told, and what it was at the last packet.
    now: Timestamp,
    last: Timestamp,
    /// Over closed segments. In a box, as what else few streams have: there may be many of them.
    closed: Option<Box<Counts>>,
    packets: u64,
    duplicates: u64,
    repeated_events: u64,
    copied: Option<Box<Copies>>,
    reordered: u64,
    strays: u64,
}

/// One of the latest packets. There are many streams, and each has room for these.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Recent {
    frame: Frame,
    time: Timestamp,
    /// The lower half of its number in order of arrival: a place is taken again long before that comes round.
    arrival: u32,
    timestamp: u32,
    sequence: u16,
    payload_type: u8,
    dscp: u8,
    ttl: u8,
    copies: u8,
    /// [`UNTAGGED`] for none: an `Option` takes twice the room.
    vlan: u16,
}

/// No VLAN has this number (IEEE 802.1Q: 12 bits).
const UNTAGGED: u16 = u16::MAX;

impl Recent {
    const NONE: Self = Self {
        frame: Frame::NONE,
        time: Timestamp::UNKNOWN,
        arrival: 0,
        timestamp: 0,
        sequence: 0,
        payload_type: u8::MAX,
        dscp: 0,
        ttl: 0,
        copies: 0,
        vlan: UNTAGGED,
    };
}

impl Sequence {
    /// Before the first packet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            segment: None,
            segments: Vec::new(),
            held: None,
            recent: None,
            arrivals: 0,
            now: Timestamp::UNKNOWN,
            last: Timestamp::UNKNOWN,
            closed: None,
            packets: 0,
            duplicates: 0,
            repeated_events: 0,
            copied: None,
            reordered: 0,
            strays: 0,
        }
    }

    /// Takes the next packet. `across`: what its timestamp says of its number.
    pub fn push(&mut self, sample: &Sample, across: Across) -> Arrival {
        self.arrivals += 1;
        self.rest(self.now.max(sample.time));
        self.last = self.now;
        if let Some(copied) = self.find_copy(sample) {
            self.duplicates += 1;
            self.repeated_events += u64::from(sample.payload_length == EVENT);
            return Arrival::Duplicate(copied);
        }
        self.remember(sample);
        let Some(segment) = &mut self.segment else {
            self.segment = Some(Segment::new(sample));
            self.packets += 1;
            return Arrival::Counted(Step::First);
        };
        let ahead = sample.sequence.wrapping_sub(segment.highest());
        let jumped = across == Across::Jump;
        let arrival = match ahead {
            1..=MAX_DROPOUT if ahead == 1 || !jumped => {
                let skipped = match across {
                    // The packet before may be another one than the last of media.
                    Across::Skip { ahead: numbers, skipped } if numbers == ahead => skipped.min(ahead - 1),
                    _ => 0,
                };
                segment.advance(ahead, skipped, sample);
                Arrival::Counted(Step::Forward(ahead - skipped))
            }
            _ if !jumped && segment.fill(ahead.wrapping_neg()) => {
                self.reordered += 1;
                Arrival::Counted(Step::Late)
            }
            _ => return self.hold(sample),
        };
        self.packets += 1;
        self.strays += u64::from(self.held.take().is_some());
        arrival
    }

    /// The sums so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = self.closed.as_deref().copied().unwrap_or_default();
        if let Some(segment) = &self.segment {
            segment.clone().close(&mut counts);
        }
        counts.packets = self.packets;
        counts.duplicates = self.duplicates;
        counts.repeated_events = self.repeated_events;
        counts.copied = self.copied.as_deref().copied().unwrap_or_default();
        counts.reordered = self.reordered;
        counts.strays = self.strays + u64::from(self.held.is_some());
        counts
    }

    /// The segments so far in order, at most 16.
    #[must_use]
    pub fn segments(&self) -> Vec<SegmentReport> {
        let current = self.segment.as_ref().map(|segment| segment.clone().close(&mut Counts::default()));
        self.segments.iter().copied().chain(current).take(SEGMENTS).collect()
    }

    /// RFC 3550 A.1 wants two packets in sequence before it believes in a restart.
    fn hold(&mut self, sample: &Sample) -> Arrival {
        match self.held.take() {
            Some(held) if sample.sequence == held.sequence.wrapping_add(1) => {
                let mut fresh = Segment::new(&held);
                fresh.advance(1, 0, sample);
                let counts = self.closed.get_or_insert_default();
                counts.restarts += 1;
                if let Some(old) = self.segment.replace(fresh) {
                    let closed = old.close(counts);
                    if self.segments.len() < SEGMENTS {
                        self.segments.push(closed);
                    }
                }
                self.packets += 2;
                Arrival::Restart(*held)
            }
            previous => {
                self.strays += u64::from(previous.is_some());
                self.held = Some(Box::new(*sample));
                Arrival::Held
            }
        }
    }

    /// Lets go of the latest packets where they lie so far back at `now` that nothing can be a copy of them. Where `now`
    /// never goes back, and is told before each packet, it makes no difference how often this is called in between, although
    /// the clock of the packets may go back.
    pub fn rest(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        if self.now.since(self.last) > PAUSE {
            self.recent = None;
        }
    }

    /// The last time at which it does not [rest](Self::rest) yet unless packets come; `None` if it does already, or no packet
    /// tells a time.
    #[must_use]
    pub fn rests_at(&self) -> Option<Timestamp> {
        self.recent.as_ref().filter(|_| self.last.is_known()).map(|_| self.last.plus(PAUSE))
    }

    fn find_copy(&mut self, sample: &Sample) -> Option<Copied> {
        let recent = self.recent.as_mut()?.get_mut(slot(sample.sequence))?;
        let same = (self.arrivals as u32).wrapping_sub(recent.arrival) <= RECENT as u32
            && recent.sequence == sample.sequence
            && recent.timestamp == sample.timestamp
            && recent.payload_type == sample.payload_type;
        if same && sample.payload_length != EVENT {
            let copied = self.copied.get_or_insert_default();
            if let Some(again) = copied.again.get_mut(usize::from(recent.copies)) {
                *again += 1;
            }
            recent.copies = recent.copies.saturating_add(1);
        }
        same.then_some(Copied {
            frame: recent.frame,
            time: recent.time,
            dscp: recent.dscp,
            ttl: recent.ttl,
            vlan: Some(recent.vlan).filter(|vlan| *vlan != UNTAGGED),
        })
    }

    fn remember(&mut self, sample: &Sample) {
        let recent = self.recent.get_or_insert_with(|| Box::new([Recent::NONE; RECENT]));
        if let Some(recent) = recent.get_mut(slot(sample.sequence)) {
            if self.duplicates > 0
                && let copied = self.copied.get_or_insert_default()
                && let Some(latest) = copied.latest.get_mut(usize::from(recent.copies))
            {
                *latest = Some(recent.sequence);
            }
            *recent = Recent {
                frame: sample.frame,
                time: sample.time,
                arrival: self.arrivals as u32,
                timestamp: sample.timestamp,
                sequence: sample.sequence,
                payload_type: sample.payload_type,
                dscp: sample.dscp,
                ttl: sample.ttl,
                copies: 0,
                vlan: sample.vlan.unwrap_or(UNTAGGED),
            };
        }
    }
}

impl Default for Sequence {
    fn default() -> Self {
        Self::new()
    }
}

fn slot(sequence: u16) -> usize {
    usize::from(sequence) % RECENT
}

/// An open segment. Numbers are extended beyond 16 bit; the first packet's is its own.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    first: Moment,
    highest: Moment,
    base: i64,
    max: i64,
    /// Bit `i`: number `max - i` has arrived.
    arrived: u128,
    /// Bit `i`: the sender left out number `max - i`, unless it has arrived.
    left_out: u128,
    /// Lost in a row up to the number that left the window last.
    run: u64,
    lost: u64,
    skipped: u64,
    bursts: u64,
    longest: u64,
}

/// When and where a packet arrived, and its timestamp.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    frame: Frame,
    time: Timestamp,
    timestamp: u32,
}

impl Moment {
    fn of(sample: &Sample) -> Self {
        Self { frame: sample.frame, time: sample.time, timestamp: sample.timestamp }
    }
}

impl Segment {
    fn new(sample: &Sample) -> Self {
        let base = i64::from(sample.sequence);
        let here = Moment::of(sample);
        Self {
            first: here,
            highest: here,
            base,
            max: base,
            arrived: 1,
            left_out: 0,
            run: 0,
            lost: 0,
            skipped: 0,
            bursts: 0,
            longest: 0,
        }
    }

    fn highest(&self) -> u16 {
        (self.max & 0xffff) as u16
    }

    /// The last `skipped` of the numbers between were left out.
    fn advance(&mut self, by: u16, skipped: u16, sample: &Sample) {
        self.highest = Moment::of(sample);
        let (by, skipped) = (i64::from(by), i64::from(skipped));
        for _ in 0..by.min(WINDOW) {
            self.leave(WINDOW - 1);
            self.arrived <<= 1;
            self.left_out <<= 1;
            self.max += 1;
        }
        if by > WINDOW {
            // The window is empty now: everything skipped beyond it is lost, or was left out.
            let lost = (by - WINDOW).min(by - 1 - skipped);
            self.lose(lost.unsigned_abs());
            self.skipped += (by - WINDOW - lost).unsigned_abs();
            self.max += by - WINDOW;
        }
        let left_out = 1_u128.checked_shl(skipped as u32 + 1).map_or(u128::MAX, |beyond| beyond - 1);
        self.left_out |= left_out & !1;
        self.arrived |= 1;
    }

    /// Marks the number `behind` the highest as arrived; `false` if it is too far back or had arrived.
    fn fill(&mut self, behind: u16) -> bool {
        let bit = 1_u128.checked_shl(u32::from(behind)).unwrap_or(0);
        if behind > MAX_MISORDER || self.arrived & bit != 0 {
            return false;
        }
        self.arrived |= bit;
        // Late before the first to arrive: the stream began earlier than it looked.
        self.base = self.base.min(self.max - i64::from(behind));
        true
    }

    /// Decides on the number so far behind the highest.
    fn leave(&mut self, behind: i64) {
        let is_in = |numbers: u128| numbers >> behind & 1 == 1;
        if is_in(self.arrived) {
            self.run = 0;
        } else if self.max - behind < self.base {
            // It is earlier than the first one.
        } else if is_in(self.left_out) {
            self.skipped += 1;
        } else {
            self.lose(1);
        }
    }

    fn lose(&mut self, count: u64) {
        self.bursts += u64::from(self.run == 0 && count > 0);
        self.run += count;
        self.lost += count;
        self.longest = self.longest.max(self.run);
    }

    fn close(mut self, counts: &mut Counts) -> SegmentReport {
        for behind in (0..WINDOW).rev() {
            self.leave(behind);
        }
        let expected = (self.max - self.base + 1).unsigned_abs() - self.skipped;
        counts.expected += expected;
        counts.lost += self.lost;
        counts.skipped += self.skipped;
        counts.bursts += self.bursts;
        counts.longest_burst = counts.longest_burst.max(self.longest);
        SegmentReport {
            first: (self.first.frame, self.first.time),
            highest: (self.highest.frame, self.highest.time),
            highest_sequence: self.max.unsigned_abs(),
            ticks: self.highest.timestamp.wrapping_sub(self.first.timestamp),
            expected,
            lost: self.lost,
            skipped: self.skipped,
        }
    }
}

#[cfg(test)]
mod tests;
