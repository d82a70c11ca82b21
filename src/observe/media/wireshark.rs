//! The figures that `tshark -q -z rtp,streams` of Wireshark 4.0 shows, reproduced with its peculiarities, so that a
//! technician finds in Wireshark what the report says. Better figures are in `sequence` and `timing`.
//!
//! Newer Wireshark versions judge the order of packets differently and know more encodings; their figures may differ.

use super::payload::{PayloadName, assigned, rate_by_name};
use super::sample::Sample;
use crate::capture::Timestamp;

/// Half of the timestamp's circle: what is further ahead counts as behind.
const HALF_CIRCLE: u32 = 0x8000_0000;
/// A late packet further back than this is taken for one after a lost wrap.
const LOST_WRAP: i32 = 0xff00;

/// One row of the table. Times in ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WiresharkReport {
    /// Packets, duplicates included.
    pub packets: u64,
    /// From the sequence number of the first packet to that of the last to arrive.
    pub expected: i64,
    /// `expected - packets`: negative with duplicates or a late last packet.
    pub lost: i64,
    /// Share of `expected`, in percent.
    pub lost_percent: f64,
    /// -1 if no packet was counted.
    pub min_delta: f64,
    /// Not a true mean: divided by the number of all packets so far, counted or not.
    pub mean_delta: f64,
    /// Greatest gap between packets.
    pub max_delta: f64,
    /// -1 if no packet was counted.
    pub min_jitter: f64,
    /// Not a true mean, as `mean_delta`.
    pub mean_jitter: f64,
    /// Greatest value of the running jitter.
    pub max_jitter: f64,
    /// The X in the last column: any packet out of sequence or out of time.
    pub problem: bool,
}

/// Milliseconds since the first frame of the capture, computed as Wireshark does. A frame without a time is at 0.
#[must_use]
pub fn relative_ms(time: Timestamp, first: Timestamp) -> f64 {
    let nanoseconds = time.since(first);
    (nanoseconds / 1_000_000_000) as f64 * 1000.0 + (nanoseconds % 1_000_000_000) as f64 / 1_000_000.0
}

/// The clock rate in Hz that Wireshark 4.0 uses for a packet, 0 for none. `name` is what SDP said before its frame.
#[must_use]
pub fn clock_rate(payload_type: u8, name: Option<&PayloadName>) -> u32 {
    match name {
        _ if payload_type < 96 => assigned(payload_type).map_or(0, |entry| entry.rate),
        None => 0,
        Some(name) if name.is_telephone_event() => 0,
        Some(name) if name.rate != 0 => name.rate,
        Some(name) => rate_by_name(&name.name).unwrap_or(0),
    }
}

/// The state of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wireshark {
    state: Option<State>,
}

impl Wireshark {
    /// Takes the next packet in order of arrival; `now` in ms since the first frame of the capture, `rate` in Hz.
    pub fn push(&mut self, now: f64, sample: &Sample, rate: u32) {
        match &mut self.state {
            None => self.state = Some(State::first(now, sample)),
            Some(state) => state.next(now, sample, rate),
        }
    }

    /// The row as it would be shown now, `None` before the first packet.
    #[must_use]
    pub fn report(&self) -> Option<WiresharkReport> {
        let state = self.state.as_ref()?;
        let expected = i64::from(state.stop) + 65_536 * state.cycles - i64::from(state.start) + 1;
        let packets = i64::try_from(state.packets).unwrap_or(i64::MAX);
        let lost = expected - packets;
        Some(WiresharkReport {
            packets: state.packets,
            expected,
            lost,
            // Wireshark keeps what was expected in 32 bits without a sign, and takes its share of that.
            lost_percent: if expected == 0 { 0.0 } else { lost as f64 * 100.0 / f64::from(expected as u32) },
            min_delta: state.delta_range.min,
            mean_delta: state.delta_range.mean,
            max_delta: state.delta_range.max,
            min_jitter: state.jitter_range.min,
            mean_jitter: state.jitter_range.mean,
            max_jitter: state.jitter_range.max,
            problem: state.problem,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
struct State {
    packets: u64,
    start: u16,
    stop: u16,
    last_in_sequence: u16,
    cycles: i64,
    under_start: bool,
    first_timestamp: u32,
    previous_time: f64,
    previous_nominal: f64,
    previous_payload_type: u8,
    delta: f64,
    jitter: f64,
    delta_range: Range,
    jitter_range: Range,
    problem: bool,
}

impl State {
    fn first(now: f64, sample: &Sample) -> Self {
        Self {
            packets: 1,
            start: sample.sequence,
            stop: sample.sequence,
            last_in_sequence: sample.sequence,
            cycles: 0,
            under_start: false,
            first_timestamp: sample.timestamp,
            previous_time: now,
            previous_nominal: 0.0,
            previous_payload_type: sample.payload_type,
            delta: 0.0,
            jitter: 0.0,
            delta_range: Range::UNSET,
            jitter_range: Range::UNSET,
            problem: false,
        }
    }

    fn next(&mut self, now: f64, sample: &Sample, rate: u32) {
        let in_time = self.is_in_time(sample.timestamp);
        self.problem |= !in_time;
        if in_time {
            self.count_cycles(sample.sequence);
        }
        self.check_sequence(sample.sequence, in_time);
        let is_noise = |payload_type| matches!(payload_type, 13 | 19);
        let around_noise = is_noise(sample.payload_type) || is_noise(self.previous_payload_type);
        self.previous_payload_type = sample.payload_type;
        // Wireshark divides by whole kHz; below 1 kHz that would be a division by zero.
        let per_ms = rate / 1000;
        if in_time {
            self.measure(now, sample.timestamp, per_ms);
            if !sample.marker && !around_noise {
                let before = self.packets as f64;
                self.delta_range.add(self.delta, before);
                if per_ms != 0 {
                    self.jitter_range.add(self.jitter, before);
                }
            }
            self.previous_time = now;
        }
        self.stop = sample.sequence;
        self.packets += 1;
    }

    /// Against the first packet, not the one before. The way round over zero is one short, as in Wireshark.
    fn is_in_time(&self, timestamp: u32) -> bool {
        let ahead = if self.first_timestamp <= timestamp {
            u64::from(timestamp - self.first_timestamp)
        } else {
            u64::from(u32::MAX - self.first_timestamp) + u64::from(timestamp)
        };
        ahead < u64::from(HALF_CIRCLE)
    }

    fn count_cycles(&mut self, sequence: u16) {
        let wraps = sequence < self.start || (sequence == 0 && self.stop == u16::MAX);
        if wraps && !self.under_start {
            self.cycles += 1;
            self.under_start = true;
        } else if sequence > self.start && self.under_start {
            self.under_start = false;
        }
    }

    fn check_sequence(&mut self, sequence: u16, in_time: bool) {
        let (last, this) = (i32::from(self.last_in_sequence), i32::from(sequence));
        let follows = this == last + 1 || (last == 65_535 && this == 0);
        if in_time && follows {
            self.last_in_sequence = sequence;
        } else if in_time && (this > last + 1 || last - this > LOST_WRAP) {
            self.last_in_sequence = sequence;
            self.problem = true;
        } else if this < last + 1 {
            self.problem = true;
        }
    }

    fn measure(&mut self, now: f64, timestamp: u32, per_ms: u32) {
        self.delta = now - self.previous_time;
        if per_ms != 0 {
            let nominal = f64::from(timestamp.wrapping_sub(self.first_timestamp)) / f64::from(per_ms);
            let expected = self.previous_time + (nominal - self.previous_nominal);
            self.jitter = (15.0 * self.jitter + (now - expected).abs()) / 16.0;
            self.previous_nominal = nominal;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    min: f64,
    mean: f64,
    max: f64,
}

impl Range {
    const UNSET: Self = Self { min: -1.0, mean: 0.0, max: 0.0 };

    /// `before` counts all packets before this one, also those that were not added here.
    fn add(&mut self, value: f64, before: f64) {
        if value > self.max {
            self.max = value;
        }
        if self.min == -1.0 || value < self.min {
            self.min = value;
        }
        self.mean = (self.mean * (before - 1.0) + value) / before;
    }
}

#[cfg(test)]
mod tests {
    use super::super::stream::tests::sample;
    use super::*;

    #[test]
    fn less_than_nothing_is_expected_of_a_source_that_begins_anew_far_below() {
        let mut known = Wireshark::default();
        let first = (40_000..40_295).zip((2_000_000..).step_by(160));
        let second = (3_000..3_300).zip((1_000..).step_by(160));
        for (number, (sequence, timestamp)) in (0..).zip(first.chain(second)) {
            known.push(number as f64 * 20.0, &Sample { sequence, timestamp, ..sample(number) }, 8_000);
        }
        let report = known.report().unwrap();
        // tshark 4.0.17 of such a capture: 595 packets, lost -37295 (-0.0%).
        assert_eq!((report.packets, report.lost), (595, -37_295));
        assert!(report.lost_percent < 0.0 && report.lost_percent > -0.001, "{}", report.lost_percent);
    }
}
