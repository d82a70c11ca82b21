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

/// What an offset is reckoned from: of what went forth the differences in which delay adds the least, of what came back those
/// in which it takes the least away, each the first of a hundred. A queue in one direction delays many packets and never all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quickest {
    forth: i64,
    back: i64,
}

/// Every how many packets one may be quicker by mistake.
const HUNDRED: usize = 100;

impl Quickest {
    /// `None` where that tells of a way that takes less than no time: the clock was set amid the capture.
    fn of(forth: &[(Timestamp, i64)], back: &[(Timestamp, i64)], drift: Option<&Drift>) -> Option<Self> {
        let times = || forth.iter().chain(back).map(|(time, _)| time.0);
        let middle = middle(times().min()?, times().max()?);
        let ppm = drift.filter(|drift| drift.is_shown()).map_or(0.0, |drift| drift.ppm);
        // As it was in the middle of the time.
        let level = |series: &[(Timestamp, i64)]| {
            let even = |(time, difference): &(Timestamp, i64)| {
                let gained = time.0.saturating_sub(middle) as f64 * ppm / 1e6;
                difference.saturating_sub(gained as i64)
            };
            let mut all: Vec<i64> = series.iter().map(even).collect();
            all.sort_unstable();
            all
        };
        let (forth, back) = (level(forth), level(back));
        let quickest = Self {
            forth: *forth.get(forth.len() / HUNDRED)?,
            back: *back.get(back.len().checked_sub(1)? - (back.len() - 1) / HUNDRED)?,
        };
        (quickest.forth >= quickest.back).then_some(quickest)
    }
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
    quickest: Option<Quickest>,
}

impl Clock {
    /// How far the second clock is ahead, in ns, if both directions tell, and the delays are the same in both.
    #[must_use]
    pub fn offset(&self) -> Option<i64> {
        let (forth, back) = self.ways()?;
        Some(middle(forth, back))
    }

    /// Time from one point to the other and back, in ns, of the packets that were quickest.
    #[must_use]
    pub fn round_trip(&self) -> Option<i64> {
        let (forth, back) = self.ways()?;
        Some(forth.saturating_sub(back))
    }

    /// The differences that clock and delay are told apart by.
    fn ways(&self) -> Option<(i64, i64)> {
        let medians = (self.forth?.median, self.back?.median);
        Some(self.quickest.map_or(medians, |quickest| (quickest.forth, quickest.back)))
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
        let quickest = Quickest::of(&self.forth, &self.back, drift.as_ref());
        Clock { forth: of(self.forth), back: of(self.back), unknown: of(self.unknown), drift, quickest }
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
