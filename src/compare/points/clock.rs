//! How far apart the clocks of two points are. Takes the differences in time of the same packets; in one direction they
//! hold clock and delay in one, in both directions they come apart as in NTP (RFC 5905 section 8).

use crate::capture::Timestamp;

use super::{Drift, Way};

/// What is not counted as lost at the ends of a capture: it was still under way.
const MARGIN: i64 = 1_000_000_000;

/// A series of time differences in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many.
    pub count: u64,
    /// The middle one.
    pub median: i64,
    /// One in twenty is below.
    pub low: i64,
    /// One in twenty is above.
    pub high: i64,
}

impl Differences {
    /// From an unordered series.
    pub(super) fn of(mut series: Vec<i64>) -> Self {
        series.sort_unstable();
        let last = series.len().saturating_sub(1);
        let at = |part: usize| series.get(last * part / 20).copied().unwrap_or_default();
        Self { count: series.len() as u64, median: at(10), low: at(1), high: at(19) }
    }

    /// Between the lowest and the highest twentieth.
    #[must_use]
    pub fn spread(&self) -> i64 {
        self.high.saturating_sub(self.low)
    }
}

/// Clock of the second point less that of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// Differences of what went from the first point to the second: clock and delay.
    pub forth: Option<Differences>,
    /// Of what went from the second to the first: clock less delay.
    pub back: Option<Differences>,
    /// Of what went no one knows which way.
    pub unknown: Option<Differences>,
    /// How the difference grows, if enough packets tell.
    pub drift: Option<Drift>,
}

impl Clock {
    /// How far the second clock is ahead, in ns, if both directions tell, and the delays are the same in both.
    #[must_use]
    pub fn offset(&self) -> Option<i64> {
        Some(middle(self.forth?.median, self.back?.median))
    }

    /// Time from one point to the other and back, in ns.
    #[must_use]
    pub fn round_trip(&self) -> Option<i64> {
        Some(self.forth?.median.saturating_sub(self.back?.median))
    }

    /// As good as it can be told: [`Self::offset`], else with the delay of one direction in it.
    #[must_use]
    pub fn rough(&self) -> Option<i64> {
        let one = self.unknown.or(self.forth).or(self.back);
        self.offset().or(one.map(|differences| differences.median))
    }
}

fn middle(a: i64, b: i64) -> i64 {
    ((i128::from(a) + i128::from(b)) / 2) as i64
}

/// Differences by direction.
#[derive(Debug, Default)]
pub(super) struct Samples {
    forth: Vec<(Timestamp, i64)>,
    back: Vec<(Timestamp, i64)>,
    unknown: Vec<(Timestamp, i64)>,
}

impl Samples {
    /// `differences`: with the time at the first point.
    pub(super) fn extend(&mut self, way: Way, differences: impl Iterator<Item = (Timestamp, i64)>) {
        match way {
            Way::Forth => self.forth.extend(differences),
            Way::Back => self.back.extend(differences),
            Way::Unknown => self.unknown.extend(differences),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.forth.is_empty() && self.back.is_empty() && self.unknown.is_empty()
    }

    pub(super) fn clock(self) -> Clock {
        let drift = Drift::of(&[&self.forth, &self.back, &self.unknown]);
        let of = |series: Vec<(Timestamp, i64)>| {
            let differences = || series.iter().map(|(_, difference)| *difference).collect();
            (!series.is_empty()).then(|| Differences::of(differences()))
        };
        Clock { forth: of(self.forth), back: of(self.back), unknown: of(self.unknown), drift }
    }
}

/// For each point the time, by its own clock, in which the other was recording for sure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows([Option<(Timestamp, Timestamp)>; 2]);

impl Windows {
    /// Whether the other point was recording when this one saw something at `time`.
    pub(super) fn holds(&self, point: usize, time: Timestamp) -> bool {
        let window = self.0.get(point).copied().flatten();
        window.is_some_and(|(from, until)| (from..=until).contains(&time))
    }
}

/// `offset`: how far the second clock is ahead, in ns.
pub(super) fn windows(spans: [Option<(Timestamp, Timestamp)>; 2], offset: Option<i64>) -> Windows {
    let [first, second] = spans;
    let Some(offset) = offset else { return Windows([None, None]) };
    let shifted = |span: Option<(Timestamp, Timestamp)>, by: i64| {
        span.map(|(from, until)| (from.plus(by).plus(MARGIN), until.plus(by).plus(-MARGIN)))
    };
    Windows([shifted(second, offset.saturating_neg()), shifted(first, offset)])
}
