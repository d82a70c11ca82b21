//! Takes the times of records in capture order; gives the steps back in them, and the leaps that no clock makes by
//! itself. Steps are compared only within an interface, because captures of several interfaces are not written in strict
//! order.

use crate::capture::{Frame, Timestamp};

/// Steps back up to this are the reordering of capture threads and queues, not a clock that was set.
const TOLERANCE_NS: i64 = 100_000_000;
/// From a record to the next one, in either direction and whatever their interfaces: in a capture of one site the clock
/// was set, or captures were joined.
const LEAP_NS: i64 = 86_400_000_000_000;
const FRAMES_KEPT: usize = 5;
const INTERFACES_WATCHED: usize = 64;

/// Times of one block, by interface.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockTrace {
    lanes: Vec<Lane>,
    /// First and last record with a time, and their interfaces.
    ends: Option<[(Timestamp, u32, u32); 2]>,
    leaps: u64,
    crossing: u64,
    /// The first of the largest: ns to the record with this index.
    largest_leap: Option<(i64, u32)>,
}

#[derive(Clone, Debug)]
struct Lane {
    interface: u32,
    first: (Timestamp, u32),
    last: Timestamp,
    back: Vec<(u32, i64)>,
    /// The largest gap (ns) from one record to the next; and the same behind the first step back.
    forth: i64,
    forth_behind: i64,
}

impl ClockTrace {
    pub(super) fn push(&mut self, interface: u32, time: Timestamp, index: u32) {
        if !time.is_known() {
            return;
        }
        match &mut self.ends {
            Some([_, last]) => {
                let leap = time.since(last.0);
                let crosses = last.2 != interface;
                *last = (time, index, interface);
                if leap.saturating_abs() >= LEAP_NS {
                    self.leaps += 1;
                    self.crossing += u64::from(crosses);
                    if self
                        .largest_leap
                        .is_none_or(|(largest, _)| leap.saturating_abs() > largest.saturating_abs())
                    {
                        self.largest_leap = Some((leap, index));
                    }
                }
            }
            None => self.ends = Some([(time, index, interface); 2]),
        }
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.interface == interface) {
            let back = lane.last.since(time);
            let forth = time.since(lane.last);
            lane.forth = lane.forth.max(forth);
            if !lane.back.is_empty() {
                lane.forth_behind = lane.forth_behind.max(forth);
            }
            if back > TOLERANCE_NS {
                lane.back.push((index, back));
            }
            lane.last = time;
        } else if self.lanes.len() < INTERFACES_WATCHED {
            let first = (time, index);
            let lane = Lane { interface, first, last: time, back: Vec::new(), forth: 0, forth_behind: 0 };
            self.lanes.push(lane);
        }
    }
}

/// Times of the whole capture.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// The latest time of each interface, and whether there was a step back before.
    lasts: Vec<((u16, u32), Timestamp, bool)>,
    /// Steps back.
    pub(super) steps: u64,
    /// Largest of them in nanoseconds.
    pub(super) largest: i64,
    /// The largest gap (ns) behind a step back from one record to the next: times that come back have one.
    pub(super) forth: i64,
    /// The first few frames behind a step.
    pub(super) frames: Vec<Frame>,
    /// Leaps from one record to the next.
    pub(super) leaps: Leaps,
    /// The latest record of each file, and its interface.
    ends: Vec<(u16, Timestamp, u32)>,
}

/// Leaps of a day or more from one record to the next of its file, whatever their interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaps {
    /// How many.
    pub count: u64,
    /// Those among them from a record of one interface to one of another, whose clock is another one.
    pub crossing: u64,
    /// The first of the largest: nanoseconds, negative for one back, and the frame that it led to.
    pub largest: Option<(i64, Frame)>,
}

impl Clock {
    /// The latest time of any interface.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.lasts.iter().map(|(_, time, _)| *time).max()
    }

    /// Joins the times of the next block.
    pub(super) fn absorb(&mut self, trace: &ClockTrace, frame_of: impl Fn(u32) -> Frame) {
        for lane in &trace.lanes {
            let (first, index) = lane.first;
            let key = (frame_of(index).file(), lane.interface);
            let has_stepped = !lane.back.is_empty();
            match self.lasts.iter_mut().find(|(known, ..)| *known == key) {
                Some((_, last, stepped)) => {
                    let back = last.since(first);
                    let forth = if *stepped { first.since(*last) } else { 0 };
                    *last = lane.last;
                    *stepped |= back > TOLERANCE_NS;
                    let within = if *stepped { lane.forth } else { lane.forth_behind };
                    *stepped |= has_stepped;
                    self.forth = self.forth.max(forth).max(within);
                    if back > TOLERANCE_NS {
                        self.step(frame_of(index), back);
                    }
                }
                None => {
                    self.lasts.push((key, lane.last, has_stepped));
                    self.forth = self.forth.max(lane.forth_behind);
                }
            }
            for &(index, back) in &lane.back {
                self.step(frame_of(index), back);
            }
        }
        if let Some([(first, index, begins_at), (last, _, ends_at)]) = trace.ends {
            let file = frame_of(index).file();
            match self.ends.iter_mut().find(|(known, ..)| *known == file) {
                Some((_, before, interface)) => {
                    let leap = first.since(*before);
                    let crosses = *interface != begins_at;
                    (*before, *interface) = (last, ends_at);
                    if leap.saturating_abs() >= LEAP_NS {
                        self.leaps.count += 1;
                        self.leaps.crossing += u64::from(crosses);
                        self.leap(leap, frame_of(index));
                    }
                }
                None => self.ends.push((file, last, ends_at)),
            }
        }
        self.leaps.count += trace.leaps;
        self.leaps.crossing += trace.crossing;
        if let Some((leap, index)) = trace.largest_leap {
            self.leap(leap, frame_of(index));
        }
    }

    /// Of equals the first counts, however the capture is cut into blocks.
    fn leap(&mut self, leap: i64, frame: Frame) {
        let is_larger = |(largest, _): (i64, Frame)| leap.saturating_abs() > largest.saturating_abs();
        if self.leaps.largest.is_none_or(is_larger) {
            self.leaps.largest = Some((leap, frame));
        }
    }

    fn step(&mut self, frame: Frame, back: i64) {
        self.steps += 1;
        self.largest = self.largest.max(back);
        if self.frames.len() < FRAMES_KEPT {
            self.frames.push(frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::at;
    use super::*;

    /// Blocks of records as interface and ms; the first record of each block is frame 1 of its file.
    fn clock_of(blocks: &[(u16, &[(u32, i64)])]) -> Clock {
        let mut clock = Clock::default();
        for (file, records) in blocks {
            let mut trace = ClockTrace::default();
            for (index, (interface, ms)) in (0..).zip(*records) {
                trace.push(*interface, at(*ms), index);
            }
            clock.absorb(&trace, |index| Frame::new(*file, u64::from(index) + 1));
        }
        clock
    }

    #[test]
    fn steps_back_beyond_the_tolerance_count() {
        let clock = clock_of(&[(0, &[(0, 1000), (0, 900), (0, 799), (0, 5000), (0, 2000)])]);
        assert_eq!((clock.steps, clock.largest), (2, 3_000_000_000));
        assert_eq!(clock.frames, [3, 5].map(|number| Frame::new(0, number)), "100 ms back is reordering");
    }

    #[test]
    fn the_way_forth_behind_a_step_back_is_the_same_wherever_blocks_meet() {
        let set: &[(u32, i64)] = &[(0, 0), (0, 9000), (0, 9100), (0, 4000), (0, 4500), (0, 4700)];
        let returning: &[(u32, i64)] = &[(0, 9000), (0, 4000), (0, 4100), (0, 9100), (0, 4200)];
        for at in 0..=set.len() {
            let (before, behind) = set.split_at(at);
            assert_eq!(clock_of(&[(0, before), (0, behind)]).forth, 500_000_000, "{at}");
        }
        for at in 0..=returning.len() {
            let (before, behind) = returning.split_at(at);
            assert_eq!(clock_of(&[(0, before), (0, behind)]).forth, 5_000_000_000, "{at}");
        }
    }

    #[test]
    fn leaps_of_a_day_count_in_either_direction_wherever_blocks_meet() {
        const DAY: i64 = 86_400_000;
        let leaps = |blocks| {
            let Leaps { count, largest, .. } = clock_of(blocks).leaps;
            (count, largest.map(|(leap, frame)| (leap / 1_000_000, frame.number())))
        };
        let none = (0, None);
        assert_eq!(leaps(&[(0, &[(0, 0), (0, DAY - 1), (0, DAY)])]), none);
        assert_eq!(leaps(&[(0, &[(0, 0), (0, DAY), (0, 0)])]), (2, Some((DAY, 2))), "the first of equals");
        assert_eq!(leaps(&[(0, &[(0, 0)]), (0, &[(0, DAY), (0, DAY + 1)])]), (1, Some((DAY, 1))));
        assert_eq!(
            leaps(&[(0, &[(0, 5 * DAY), (1, 0), (1, 1), (0, 2 * DAY)])]),
            (2, Some((-5 * DAY, 2))),
            "interfaces differ, and the reader sees the leap all the same"
        );
        assert_eq!(leaps(&[(0, &[(0, 0)]), (1, &[(0, 9 * DAY)])]), none, "files are no neighbours");
        assert_eq!(leaps(&[(0, &[(0, 7)])]), none);
    }

    #[test]
    fn leaps_between_interfaces_are_told_apart() {
        const DAY: i64 = 86_400_000;
        let crossing = |blocks| {
            let clock = clock_of(blocks);
            (clock.leaps.count, clock.leaps.crossing, clock.steps)
        };
        assert_eq!(crossing(&[(0, &[(0, 5 * DAY), (0, 0), (1, 2 * DAY)])]), (2, 1, 1));
        assert_eq!(
            crossing(&[(0, &[(0, 5 * DAY)]), (0, &[(1, 0), (1, 1)]), (0, &[(1, 2 * DAY)])]),
            (2, 1, 0)
        );
    }

    #[test]
    fn blocks_are_compared_where_they_meet() {
        assert_eq!(clock_of(&[(0, &[(0, 1000)]), (0, &[(0, 899)])]).steps, 1);
        assert_eq!(clock_of(&[(0, &[(0, 1000)]), (0, &[(0, 900)])]).steps, 0);
    }

    #[test]
    fn interfaces_and_files_have_clocks_of_their_own() {
        assert_eq!(clock_of(&[(0, &[(0, 9000), (1, 0), (0, 9001), (1, 1)])]).steps, 0);
        assert_eq!(clock_of(&[(0, &[(0, 9000)]), (1, &[(0, 0)])]).steps, 0);
    }

    #[test]
    fn records_without_a_time_are_passed_over() {
        let mut trace = ClockTrace::default();
        for (index, time) in (0..).zip([at(0), Timestamp::UNKNOWN, at(1)]) {
            trace.push(0, time, index);
        }
        assert!(trace.lanes.iter().all(|lane| lane.back.is_empty()));
    }

    #[test]
    fn frames_are_bounded() {
        let there_and_back: Vec<(u32, i64)> =
            (0..40).map(|n| (0, if n % 2 == 0 { 1000 } else { 0 })).collect();
        let clock = clock_of(&[(0, &there_and_back)]);
        assert_eq!((clock.steps, clock.frames.len()), (20, FRAMES_KEPT));
    }
}
