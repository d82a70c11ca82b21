//! How a stream went over time: packets, losses, jitter and marks by interval. The number of intervals is fixed; where
//! they no longer reach, they double their width. They are counted from the start of the measurement, so that streams can
//! be laid side by side.

use super::sample::Sample;
use super::sequence::{Copied, Step};
use crate::capture::Timestamp;

/// Most intervals of a stream.
pub const INTERVALS: usize = 60;
/// Width (ns) of an interval before it doubles.
pub const NARROWEST: i64 = 500_000_000;
/// Marks beside the first one that are told apart.
const OTHER_MARKS: usize = 4;

/// What an interval holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Different packets that arrived.
    pub packets: u32,
    /// Packets that are missing: counted where the gap was seen.
    pub lost: u32,
    /// Greatest running jitter, in ms.
    pub jitter: f32,
}

impl Interval {
    fn add(&mut self, other: Self) {
        self.packets = self.packets.saturating_add(other.packets);
        self.lost = self.lost.saturating_add(other.lost);
        self.jitter = self.jitter.max(other.jitter);
    }
}

/// A stream by intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    origin: Timestamp,
    width: i64,
    /// Number of the first interval, counted from the origin.
    first: i64,
    /// Which interval was used last, and between which times (ns since the origin) it holds.
    latest: usize,
    span: (i64, i64),
    /// What the latest interval holds beside `intervals`: a packet is counted here, where its memory is at hand anyway.
    open: Interval,
    intervals: Vec<Interval>,
    /// Nearly every stream has this mark all along, and then the others take no memory.
    usual: u8,
    others: Vec<(u8, Vec<u32>)>,
}

impl Default for Course {
    fn default() -> Self {
        Self {
            origin: Timestamp(0),
            width: NARROWEST,
            first: 0,
            latest: 0,
            span: (0, 0),
            open: Interval::default(),
            intervals: Vec::new(),
            usual: 0,
            others: Vec::new(),
        }
    }
}

impl Course {
    /// Takes the next counted packet; `jitter` in ms as it stands after it, `start` of the measurement.
    pub(super) fn push(&mut self, sample: &Sample, step: Step, jitter: f64, start: Timestamp) {
        if !sample.time.is_known() {
            return;
        }
        let past = sample.time.since(start);
        if self.intervals.is_empty() {
            self.origin = start;
            self.first = past.div_euclid(self.width);
            self.usual = sample.dscp;
        }
        if past < self.span.0 || past >= self.span.1 {
            self.locate(past);
        }
        let lost = match step {
            Step::Forward(ahead) => u32::from(ahead.saturating_sub(1)),
            Step::First => 0,
            Step::Late => {
                self.forgive();
                0
            }
        };
        self.open.add(Interval { packets: 1, lost, jitter: jitter as f32 });
        if sample.dscp != self.usual {
            self.mark(sample.dscp);
        }
    }

    /// What all intervals hold that lie between these two times, if only in part.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Interval {
        let mut sum = Interval::default();
        for (at, interval) in (0..).zip(&self.intervals) {
            let begins = self.start().plus(self.width.saturating_mul(at));
            if begins <= to && begins.plus(self.width) > from {
                sum.add(*interval);
            }
        }
        sum
    }

    /// Takes a further copy of the packet counted before as `first`, which is the mark it had where it was captured first
    /// (see [`super::marking::Marking::push_copy`]).
    pub(super) fn push_copy(&mut self, first: Copied, sample: &Sample) {
        if !first.is_behind(sample) || sample.dscp == first.dscp || self.intervals.is_empty() {
            return;
        }
        if first.dscp != self.usual
            && let Some((_, counts)) = self.others.iter_mut().find(|(mark, _)| *mark == first.dscp)
            && let Some(count) = counts
                .get_mut(..=self.latest)
                .and_then(|counts| counts.iter_mut().rev().find(|count| **count > 0))
        {
            *count -= 1;
        }
        if sample.dscp != self.usual {
            self.mark(sample.dscp);
        }
    }

    /// The course so far, all counted.
    pub(super) fn so_far(&self) -> Self {
        let mut course = self.clone();
        course.settle();
        course
    }

    fn settle(&mut self) {
        let open = std::mem::take(&mut self.open);
        if let Some(interval) = self.intervals.get_mut(self.latest) {
            interval.add(open);
        }
    }

    /// Width of an interval in ns.
    #[must_use]
    pub fn width(&self) -> i64 {
        self.width
    }

    /// When the first interval begins.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.origin.plus(self.first.saturating_mul(self.width))
    }

    /// In order, without gaps.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Packets by interval of each mark; further marks than are told apart are in none.
    #[must_use]
    pub fn marks(&self) -> Vec<(u8, Vec<u32>)> {
        let mut usual: Vec<u32> = self.intervals.iter().map(|interval| interval.packets).collect();
        let mut marks = Vec::with_capacity(self.others.len() + 1);
        for (mark, counts) in &self.others {
            for (left, count) in usual.iter_mut().zip(counts) {
                *left = left.saturating_sub(*count);
            }
            if *mark != u8::MAX {
                marks.push((*mark, counts.clone()));
            }
        }
        marks.push((self.usual, usual));
        marks.sort_by_key(|(mark, _)| *mark);
        marks
    }

    /// Half seconds one after the other from `start` on, each with so many packets of one mark, losses and jitter.
    #[cfg(test)]
    pub(crate) fn of(start: Timestamp, halves: &[(u8, Interval)]) -> Self {
        let mut course =
            Self { origin: start, usual: halves.first().map_or(0, |half| half.0), ..Self::default() };
        for (at, (mark, interval)) in halves.iter().enumerate() {
            course.latest = at;
            course.intervals.push(*interval);
            if *mark != course.usual {
                (0..interval.packets).for_each(|_| course.mark(*mark));
            }
        }
        course
    }

    /// Makes the interval at `past` ns the latest one, wider ones if need be. What is earlier than the first belongs to it.
    fn locate(&mut self, past: i64) {
        self.settle();
        loop {
            let number = past.div_euclid(self.width).max(self.first);
            match usize::try_from(number - self.first) {
                Ok(at) if at < INTERVALS => {
                    if at >= self.intervals.len() {
                        self.intervals.resize(at + 1, Interval::default());
                    }
                    self.latest = at;
                    let begin = number.saturating_mul(self.width);
                    self.span = (begin, begin.saturating_add(self.width));
                    return;
                }
                _ => self.widen(),
            }
        }
    }

    fn widen(&mut self) {
        let first = self.first.div_euclid(2);
        let shift = usize::from(self.first.rem_euclid(2) == 1);
        let place = |at: usize| (at + shift) / 2;
        let mut wider = vec![Interval::default(); INTERVALS / 2 + 1];
        for (at, interval) in self.intervals.iter().enumerate() {
            if let Some(to) = wider.get_mut(place(at)) {
                to.add(*interval);
            }
        }
        wider.truncate(self.intervals.len().checked_sub(1).map_or(0, |last| place(last) + 1));
        self.intervals = wider;
        for (_, counts) in &mut self.others {
            let mut wider = vec![0_u32; INTERVALS / 2 + 1];
            for (at, count) in counts.iter().enumerate() {
                if let Some(to) = wider.get_mut(place(at)) {
                    *to = to.saturating_add(*count);
                }
            }
            *counts = wider;
        }
        self.first = first;
        self.width = self.width.saturating_mul(2);
    }

    /// A late packet was counted as lost when the gap was seen.
    fn forgive(&mut self) {
        if self.open.lost > 0 {
            self.open.lost -= 1;
            return;
        }
        let before = self.intervals.get_mut(..=self.latest);
        if let Some(interval) = before.and_then(|all| all.iter_mut().rev().find(|interval| interval.lost > 0))
        {
            interval.lost -= 1;
        }
    }

    fn mark(&mut self, mark: u8) {
        let known = self.others.iter().position(|(other, _)| *other == mark);
        let position = known.unwrap_or_else(|| {
            let mark = if self.others.len() < OTHER_MARKS { mark } else { u8::MAX };
            let rest = self.others.iter().position(|(other, _)| *other == mark);
            rest.unwrap_or_else(|| {
                self.others.push((mark, Vec::new()));
                self.others.len() - 1
            })
        });
        if let Some((_, counts)) = self.others.get_mut(position) {
            if counts.len() <= self.latest {
                counts.resize(self.latest + 1, 0);
            }
            if let Some(count) = counts.get_mut(self.latest) {
                *count = count.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::at;
    use super::*;

    fn course(packets: &[(i64, Step, u8)]) -> Course {
        let mut course = Course::default();
        for (ms, step, dscp) in packets {
            course.push(&Sample { dscp: *dscp, ..Sample::arrived(1, *ms) }, *step, *ms as f64, at(0));
        }
        course.so_far()
    }

    #[test]
    fn packets_losses_and_jitter_stand_where_they_were() {
        let course = course(&[
            (700, Step::First, 46),
            (720, Step::Forward(1), 46),
            (1_200, Step::Forward(4), 46),
            (1_700, Step::Late, 46),
        ]);
        let [one, two, three] = course.intervals() else { panic!("{course:?}") };
        assert_eq!((course.start(), course.width()), (at(500), 500_000_000));
        assert_eq!((one.packets, one.lost, one.jitter), (2, 0, 720.0));
        assert_eq!((two.packets, two.lost, three.packets, three.lost), (1, 2, 1, 0), "one was only late");
    }

    #[test]
    fn a_long_stream_has_wider_intervals_and_loses_nothing() {
        let packets: Vec<_> =
            (0..3_000).map(|nth| (1_500 + nth * 100, Step::Forward(2), (nth % 2) as u8)).collect();
        let course = course(&packets);
        assert_eq!(course.width(), 8_000_000_000, "300 s in at most 60 intervals");
        assert!(course.intervals().len() <= INTERVALS);
        let sums = course.intervals().iter().fold((0, 0), |sum, one| (sum.0 + one.packets, sum.1 + one.lost));
        assert_eq!(sums, (3_000, 3_000));
        let marks: Vec<(u8, u32)> =
            course.marks().into_iter().map(|(mark, counts)| (mark, counts.iter().sum())).collect();
        assert_eq!(marks, [(0, 1_500), (1, 1_500)]);
        assert_eq!(course.start(), at(0));
    }

    #[test]
    fn times_that_jump_and_marks_without_end_stay_bounded() {
        let mut wild: Vec<_> =
            (0..64).map(|mark| (i64::from(mark) * 1_000_000_000_000 / 64, Step::Forward(1), mark)).collect();
        wild.push((-5_000, Step::Forward(1), 0));
        let course = course(&wild);
        assert!(course.intervals().len() <= INTERVALS && course.others.len() <= OTHER_MARKS + 1);
        assert_eq!(course.intervals().iter().map(|one| one.packets).sum::<u32>(), 65);
        let told: u32 = course.marks().iter().flat_map(|(_, counts)| counts).sum();
        assert!(told < 65, "what is not told apart is in no mark: {told}");
    }
}
