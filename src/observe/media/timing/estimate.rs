//! The rate of a clock that nobody told, from how far timestamps advance while time passes.

use super::{Clock, ClockSource, Ticks};
use crate::observe::media::sample::Sample;
use crate::observe::media::sequence::Step;
use crate::observe::media::tally::Mode;

/// The rates in use for dynamic payload types, in Hz; further apart than any tolerance below.
pub const RATES: [u32; 5] = [8_000, 16_000, 32_000, 48_000, 90_000];
/// Pairs of neighbours, and seconds that they span, from which a rate can be told.
const LEAST_PAIRS: u32 = 8;
const LEAST_SECONDS: f64 = 0.08;
/// Neighbours further apart (ns) are a pause, during which some senders stop their clock.
const PAUSE: i64 = 500_000_000;
/// Relative tolerance: clock drift and rounding, and what 15 ms of jitter do to the span; never so much that two
/// rates would fit.
const TOLERANCE: f64 = 0.03;
const JITTER_SECONDS: f64 = 0.015;
const MOST_TOLERANCE: f64 = 0.15;

/// The payload type that is most frequent among the unexplained ones, and its clock.
pub(super) fn clock(packets: &[(Sample, Step, Ticks)]) -> Option<(u8, Clock)> {
    let mut types = Mode::default();
    let unknown = || packets.iter().filter(|(.., ticks)| *ticks == Ticks::Unknown).map(|(sample, ..)| sample);
    unknown().for_each(|sample| types.add(u32::from(sample.payload_type)));
    let payload_type = u8::try_from(types.most()?.0).ok()?;

    let media: Vec<_> = unknown().filter(|sample| sample.payload_type == payload_type).collect();
    let pairs =
        || media.iter().zip(media.iter().skip(1)).map(|(previous, sample)| Pair::new(previous, sample));
    // With the pauses, for a line that stalled and then delivered all at once; without them, for a clock that stood.
    let rate = rate_of(pairs().filter(|pair| pair.nanoseconds <= PAUSE)).or_else(|| rate_of(pairs()))?;
    Some((payload_type, Clock { rate, source: ClockSource::Estimated }))
}

/// How far clock and time advance from one packet to the next.
struct Pair {
    ticks: i64,
    nanoseconds: i64,
}

impl Pair {
    fn new(previous: &Sample, sample: &Sample) -> Self {
        Self {
            ticks: i64::from(sample.timestamp.wrapping_sub(previous.timestamp).cast_signed()),
            nanoseconds: sample.time.since(previous.time),
        }
    }
}

fn rate_of(pairs: impl Iterator<Item = Pair>) -> Option<u32> {
    let (mut count, mut ticks, mut nanoseconds) = (0, 0_i64, 0_i64);
    for pair in pairs.filter(|pair| pair.nanoseconds >= 0) {
        count += 1;
        ticks = ticks.saturating_add(pair.ticks);
        nanoseconds = nanoseconds.saturating_add(pair.nanoseconds);
    }
    let seconds = nanoseconds as f64 / 1e9;
    if count < LEAST_PAIRS || seconds < LEAST_SECONDS {
        return None;
    }
    let tolerance = (TOLERANCE + JITTER_SECONDS / seconds).min(MOST_TOLERANCE);
    let measured = ticks as f64 / seconds;
    RATES.into_iter().find(|rate| (measured / f64::from(*rate) - 1.0).abs() <= tolerance)
}
