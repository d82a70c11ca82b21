//! Jitter and delta of one stream, RFC 3550 section 6.4.1 and appendix A.8, in ms.
//!
//! Takes the counted packets of `sequence` in order of arrival. What would tell of the speaker and not of the network is
//! left out, so these figures differ from Wireshark's:
//! - The first packet of a talkspurt (marker, RFC 3551 section 4.1; or after comfort noise) starts anew: the receiver
//!   sets its playout delay there, and the pause before it is silence.
//! - Telephone events (RFC 4733) and comfort noise are on clocks of their own: an event's timestamp stands still.
//! - Further packets of the same video frame carry the same timestamp; how the sender paces them is no jitter.
//! - A jump of the timestamp of more than 5 s against arrival is a new beginning, not jitter.
//! - Duplicates count nowhere, late packets not for delta.

mod estimate;
mod evenness;

use evenness::Evening;

use super::payload::VIDEO_RATE;
use super::report::Moment;
use super::sample::Sample;
use super::sequence::{Across, MAX_DROPOUT, Step};
use super::tally::{Spread, Spreading};
use crate::capture::Timestamp;

pub use estimate::RATES;
pub use evenness::{Evenness, GUIDE, Pause, RISE, Spell};

/// Timestamp against arrival: more than this is a new beginning. In ms.
const JUMP: f64 = 5_000.0;
/// How far arrival may be off against what so many packets take, in ms and as a share, where their numbers alone tell the time.
const PLAY: f64 = 100.0;
const PLAY_SHARE: f64 = 0.02;
/// By how much longer than its sender tells a packet is under way where the clock of the capture was set forward, at least. In ms.
const LEAP: f64 = 1_000.0;
/// Packets that are kept to find an unknown clock.
const WAITING: usize = 64;
/// How often that is tried.
const ATTEMPTS: u8 = 3;
/// Times that are all multiples of this (ns) are too coarse for jitter.
const COARSE: i64 = 100_000_000;

/// Where a clock rate is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// RFC 3551 assigns it to the payload type.
    Assigned,
    /// SDP tells.
    Signalled,
    /// Timestamps advance at about this rate: a finding that depends on it must say so.
    Estimated,
}

/// A media clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// In Hz, never 0.
    pub rate: u32,
    /// Where it is known from.
    pub source: ClockSource,
}

/// How the timestamp of a packet is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticks {
    /// On the media clock.
    Media(Clock),
    /// Telephone event or comfort noise.
    Apart,
    /// A dynamic payload type that nobody explained.
    Unknown,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimingReport {
    /// Clock of the latest media packets.
    pub clock: Option<Clock>,
    /// Running interarrival jitter in ms; `None` without a clock or with times too coarse.
    pub jitter: Option<Spread>,
    /// When it was uneven, and by what. Empty where there is no jitter.
    pub evenness: Evenness,
    /// Gaps between packets in sending order, in ms.
    pub delta: Option<Spread>,
    /// Beginnings of speech after silence, as the sender marked them.
    pub talkspurts: u64,
    /// Jumps of the timestamp within the numbering.
    pub jumps: u64,
    /// The first time by which arrival fell behind by a second or more, for good, though nothing is missing.
    pub leap: Option<Leap>,
}

/// Between two packets more time passed than the sender tells, and was never caught up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leap {
    /// The packet before.
    pub began: Timestamp,
    /// The packet behind.
    pub at: Moment,
    /// By how much, in ns.
    pub length: i64,
    /// How much of it is not caught up, in ms.
    rest: f64,
}

impl Leap {
    #[cfg(test)]
    pub(crate) fn of(began: Timestamp, at: Moment, length: i64) -> Self {
        Self { began, at, length, rest: milliseconds(length) }
    }
}

/// The state of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    clock: Option<Clock>,
    estimated: Option<(u8, Clock)>,
    waiting: Vec<(Sample, Step, Ticks)>,
    attempts: u8,
    last_media: Option<Reference>,
    last_in_order: Option<Timestamp>,
    after_pause: bool,
    last_marker: bool,
    jitter: f64,
    jitters: Spreading,
    evening: Evening,
    deltas: Spreading,
    talkspurts: u64,
    jumps: u64,
    /// In a box, as few streams have one.
    leap: Option<Box<Leap>>,
    fine: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Reference {
    time: Timestamp,
    sequence: u16,
    timestamp: u32,
    rate: u32,
}

impl Timing {
    /// What timestamp and arrival say of the numbers since the previous media packet. `step`: timestamp units of a packet,
    /// where the sender keeps to them.
    #[must_use]
    pub fn across(&self, sample: &Sample, ticks: Ticks, step: impl FnOnce() -> Option<u32>) -> Across {
        match (self.settled(sample, ticks), self.last_media) {
            (Ticks::Media(clock), Some(last)) if last.rate == clock.rate => last.across(sample, step),
            _ => Across::Numbers,
        }
    }

    /// Takes the next counted packet.
    pub fn push(&mut self, sample: &Sample, step: Step, ticks: Ticks) {
        if !sample.time.is_known() {
            self.after_pause = true;
            return;
        }
        self.fine |= sample.time.0 % COARSE != 0;
        let ticks = self.settled(sample, ticks);
        if matches!(ticks, Ticks::Media(_)) {
            self.settle();
        }
        let undecided = ticks == Ticks::Unknown && self.clock.is_none() && self.attempts < ATTEMPTS;
        if undecided || !self.waiting.is_empty() {
            self.waiting.push((*sample, step, ticks));
            if self.waiting.len() >= WAITING {
                self.settle();
            }
        } else {
            self.measure(sample, step, ticks);
        }
    }

    /// The running jitter in ms, 0 before the clock is known.
    pub(super) fn jitter(&self) -> f64 {
        self.jitter
    }

    /// The figures so far.
    #[must_use]
    pub fn report(&self) -> TimingReport {
        if !self.waiting.is_empty() {
            let mut settled = self.clone();
            settled.settle();
            return settled.report();
        }
        TimingReport {
            clock: self.clock,
            jitter: self.jitters.spread().filter(|_| self.fine),
            evenness: if self.fine { self.evening.so_far() } else { Evenness::default() },
            delta: self.deltas.spread().filter(|_| self.fine),
            talkspurts: self.talkspurts,
            jumps: self.jumps,
            leap: self.leap.as_deref().copied(),
        }
    }

    fn settled(&self, sample: &Sample, ticks: Ticks) -> Ticks {
        match (ticks, self.estimated) {
            (Ticks::Unknown, Some((payload_type, clock))) if payload_type == sample.payload_type => {
                Ticks::Media(clock)
            }
            // Beside a known clock an unexplained type is most likely a telephone event.
            (Ticks::Unknown, _) if self.clock.is_some() => Ticks::Apart,
            _ => ticks,
        }
    }

    fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.attempts += 1;
        self.estimated = estimate::clock(&waiting);
        self.clock = self.estimated.map(|(_, clock)| clock);
        for (sample, step, ticks) in &waiting {
            self.measure(sample, *step, self.settled(sample, *ticks));
        }
    }

    fn measure(&mut self, sample: &Sample, step: Step, ticks: Ticks) {
        let rate = match ticks {
            Ticks::Apart => {
                self.after_pause = true;
                if step != Step::Late {
                    self.last_in_order = Some(sample.time);
                }
                return;
            }
            Ticks::Media(clock) => {
                self.clock = Some(clock);
                Some(clock.rate)
            }
            Ticks::Unknown => None,
        };
        // Some senders set the marker on every packet: then it marks nothing.
        let talkspurt = sample.marker && !self.last_marker && rate != Some(VIDEO_RATE);
        self.last_marker = sample.marker;
        self.talkspurts += u64::from(talkspurt);
        let after_pause = std::mem::take(&mut self.after_pause);
        let anew = after_pause || talkspurt || step == Step::First;
        self.measure_delta(sample, step, anew);
        if let Some(rate) = rate {
            self.measure_jitter(sample, step, rate, anew);
        }
    }

    fn measure_delta(&mut self, sample: &Sample, step: Step, anew: bool) {
        if step == Step::Late {
            return;
        }
        if let Some(previous) = self.last_in_order.replace(sample.time)
            && !anew
        {
            self.deltas.add(milliseconds(sample.time.since(previous)), sample.frame);
        }
    }

    /// A leap is none where packets that had to wait come all at once behind it.
    fn follow_leap(&mut self, sample: &Sample, step: Step, began: Timestamp, late: f64) {
        match &mut self.leap {
            Some(leap) => {
                leap.rest += late;
                if leap.rest < milliseconds(leap.length) / 2.0 {
                    self.leap = None;
                }
            }
            None if late >= LEAP && step == Step::Forward(1) => {
                let at = Moment { frame: sample.frame, time: sample.time };
                self.leap = Some(Box::new(Leap { began, at, length: (late * 1e6) as i64, rest: late }));
            }
            None => {}
        }
    }

    fn measure_jitter(&mut self, sample: &Sample, step: Step, rate: u32, anew: bool) {
        let here =
            Reference { time: sample.time, sequence: sample.sequence, timestamp: sample.timestamp, rate };
        if let Some(last) = self.last_media
            && last.rate == rate
            && !anew
        {
            if last.timestamp == sample.timestamp {
                return;
            }
            let late = last.transit(sample);
            let transit = late.abs();
            self.follow_leap(sample, step, last.time, late);
            if transit > JUMP {
                self.jumps += 1;
            } else {
                self.jitter += (transit - self.jitter) / 16.0;
                self.jitters.add(self.jitter, sample.frame);
                let passed = milliseconds(sample.time.since(last.time));
                self.evening.note(sample, step, passed, late, self.jitter);
            }
        }
        self.last_media = Some(here);
    }
}

impl Reference {
    /// More than 5 s between the timestamp and arrival are a new beginning. But a device that was cut off may go on to count
    /// the packets that it cannot send, while its media clock stands still: then their numbers fit the time that passed. Where
    /// timestamp and arrival agree on fewer packets than there are numbers, the sender left out the others.
    fn across(self, sample: &Sample, step: impl FnOnce() -> Option<u32>) -> Across {
        let jumped = self.transit(sample).abs() > JUMP;
        let ahead = sample.sequence.wrapping_sub(self.sequence);
        let is_timed = self.time.is_known() && sample.time.is_known() && self.rate != VIDEO_RATE;
        let is_gap = is_timed && (2..=MAX_DROPOUT).contains(&ahead);
        let step = if is_gap { step().filter(|step| *step > 0) } else { None };
        let Some(step) = step else { return if jumped { Across::Jump } else { Across::Numbers } };
        let packet = f64::from(step) * 1000.0 / f64::from(self.rate.max(1));
        let passed = milliseconds(sample.time.since(self.time));
        let due = f64::from(ahead) * packet;
        if jumped {
            let fits = (passed - due).abs() <= due * PLAY_SHARE + PLAY;
            return if fits { Across::Numbers } else { Across::Jump };
        }
        let spoken = sample.timestamp.wrapping_sub(self.timestamp);
        let packets = u16::try_from((spoken.saturating_add(step / 2)) / step).unwrap_or(u16::MAX);
        let is_nearer = passed < f64::from(packets.saturating_add(ahead)) * packet / 2.0;
        if packets == 0 || packets >= ahead || !is_nearer {
            return Across::Numbers;
        }
        let skipped = ahead - packets;
        // A PBX that takes the keys out holds back the voice around them as well.
        let skipped = if skipped >= packets - 1 { ahead - 1 } else { skipped };
        Across::Skip { ahead, skipped }
    }

    /// By how much longer than this packet `sample` was under way, in ms.
    fn transit(self, sample: &Sample) -> f64 {
        let ticks = sample.timestamp.wrapping_sub(self.timestamp).cast_signed();
        milliseconds(sample.time.since(self.time)) - f64::from(ticks) * 1000.0 / f64::from(self.rate.max(1))
    }
}

fn milliseconds(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / 1e6
}

#[cfg(test)]
mod tests;
