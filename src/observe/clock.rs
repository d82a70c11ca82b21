//! Takes the times of records in capture order; gives the steps back in them. Times are compared only within an
//! interface, because captures of several interfaces are not written in strict order.

use crate::capture::{Frame, Timestamp};

/// Steps back up to this are the reordering of capture threads and queues, not a clock that was set.
const TOLERANCE_NS: i64 = 100_000_000;
const FRAMES_KEPT: usize = 5;
const INTERFACES_WATCHED: usize = 64;

/// Times of one block, by interface.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockTrace {
    lanes: Vec<Lane>,
}

#[derive(Clone, Debug)]
struct Lane {
    interface: u32,
    first: (Timestamp, u32),
    last: Timestamp,
    back: Vec<(u32, i64)>,
    /// Longest pause and the record behind it.
    pause: (i64, u32),
}

impl ClockTrace {
    pub(super) fn push(&mut self, interface: u32, time: Timestamp, index: u32) {
        if !time.is_known() {
            return;
        }
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.interface == interface) {
            let back = lane.last.since(time);
            if back > TOLERANCE_NS {
                lane.back.push((index, back));
            } else if back.saturating_neg() > lane.pause.0 {
                lane.pause = (back.saturating_neg(), index);
            }
            lane.last = time;
        } else if self.lanes.len() < INTERFACES_WATCHED {
            let (first, back, pause) = ((time, index), Vec::new(), (0, index));
            self.lanes.push(Lane { interface, first, last: time, back, pause });
        }
    }
}

/// Times of the whole capture.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    lasts: Vec<((u16, u32), Timestamp)>,
    /// Steps back.
    pub(super) steps: u64,
    /// Largest of them in nanoseconds.
    pub(super) largest: i64,
    /// The first few frames behind a step.
    pub(super) frames: Vec<Frame>,
    /// Longest time in nanoseconds without a record, and the frame behind it.
    pub(super) pause: Option<(i64, Frame)>,
}

impl Clock {
    /// The latest time of any interface.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.lasts.iter().map(|(_, time)| *time).max()
    }

    /// Joins the times of the next block.
    pub(super) fn absorb(&mut self, trace: &ClockTrace, frame_of: impl Fn(u32) -> Frame) {
        for lane in &trace.lanes {
            let (first, index) = lane.first;
            let key = (frame_of(index).file(), lane.interface);
            match self.lasts.iter_mut().find(|(known, _)| *known == key) {
                Some((_, last)) => {
                    let back = last.since(first);
                    *last = lane.last;
                    if back > TOLERANCE_NS {
                        self.step(frame_of(index), back);
                    } else {
                        self.rest(back.saturating_neg(), frame_of(index));
                    }
                }
                None => self.lasts.push((key, lane.last)),
            }
            for &(index, back) in &lane.back {
                self.step(frame_of(index), back);
            }
            self.rest(lane.pause.0, frame_of(lane.pause.1));
        }
    }

    /// Of equals the first counts, however the capture is cut into blocks.
    fn rest(&mut self, pause: i64, frame: Frame) {
        let is_longer = match self.pause {
            Some((longest, first)) => pause > longest || pause == longest && frame < first,
            None => pause > 0,
        };
        if is_longer {
            self.pause = Some((pause, frame));
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
    fn the_longest_pause_is_known_wherever_blocks_meet() {
        let pause = |blocks| clock_of(blocks).pause.map(|(pause, frame)| (pause / 1_000_000, frame.number()));
        assert_eq!(pause(&[(0, &[(0, 0), (0, 5000), (0, 5001)])]), Some((5000, 2)));
        assert_eq!(pause(&[(0, &[(0, 0)]), (0, &[(0, 5000), (0, 5001)])]), Some((5000, 1)));
        assert_eq!(pause(&[(0, &[(0, 0), (1, 9000), (0, 3), (1, 9001)])]), Some((3, 3)), "interfaces differ");
        assert_eq!(pause(&[(0, &[(0, 7)])]), None);
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
