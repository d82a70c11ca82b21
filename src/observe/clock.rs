//! Takes the times of records in capture order; gives the steps back in them, and the leaps that no clock makes by
//! itself. Steps are compared only within an interface, because captures of several interfaces are not written in strict
//! order.

use std::collections::BTreeMap;

use crate::capture::{Frame, Timestamp};

use super::quality::Quality;

/// Steps back up to this are the reordering of capture threads and queues, not a clock that was set.
const TOLERANCE_NS: i64 = 100_000_000;
/// From a record to the next one, in either direction and whatever their interfaces: in a capture of one site the clock
/// was set, or captures were joined.
const LEAP_NS: i64 = 86_400_000_000_000;
/// The packets before and after one with a false time are no further apart than this.
const NEIGHBOURS_NS: i64 = 1_000_000_000;
/// So long (ns) without a packet of anybody, the capture may have been stopped, or its clock set.
const PAUSE_NS: i64 = 60_000_000_000;
const PAUSES_KEPT: usize = 64;
const FRAMES_KEPT: usize = 5;
/// Those with a lower number in their file, wherever a block of it begins.
const INTERFACES_WATCHED: u32 = 64;

/// Times of one block, by interface.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockTrace {
    lanes: Vec<Lane>,
    /// First and last record with a time, and their interfaces.
    ends: Option<[(Timestamp, u32, u32); 2]>,
    leaps: u64,
    crossing: u64,
    forth: u64,
    /// Records that alone have a time far from that of their neighbours, and the first of them.
    strays: u64,
    stray: Option<(u32, Timestamp)>,
    /// The first of the largest: ns to the record with this index.
    largest_leap: Option<(i64, u32)>,
    pauses: Pauses,
}

/// Times in which no record lies, in order.
#[derive(Clone, Debug, Default)]
struct Pauses {
    /// First record, and the latest so far.
    span: Option<(Timestamp, Timestamp)>,
    found: Vec<(Timestamp, Timestamp)>,
}

impl Pauses {
    #[inline]
    fn push(&mut self, time: Timestamp) {
        match &mut self.span {
            None => self.span = Some((time, time)),
            Some((_, latest)) if *latest < time => {
                let pause = (*latest, time);
                *latest = time;
                if time.since(pause.0) >= PAUSE_NS {
                    self.note(pause);
                }
            }
            Some(_) => {}
        }
    }

    fn note(&mut self, pause: (Timestamp, Timestamp)) {
        if self.found.len() < PAUSES_KEPT {
            self.found.push(pause);
        } else if let Some((_, until)) = self.found.last_mut() {
            // Of more than that nobody asks where exactly each was.
            *until = pause.1;
        }
    }

    /// Joins those of the next block.
    fn absorb(&mut self, next: &Self) {
        let Some((first, latest)) = next.span else { return };
        self.push(first);
        let known = self.span.map_or(first, |(_, known)| known);
        for &(from, until) in &next.found {
            let from = from.max(known);
            if until.since(from) >= PAUSE_NS {
                self.note((from, until));
            }
        }
        self.span = self.span.map(|(first, _)| (first, known.max(latest)));
    }
}

#[derive(Clone, Debug)]
struct Lane {
    interface: u32,
    first: (Timestamp, u32),
    second: Option<Timestamp>,
    last: (Timestamp, u32),
    before_last: Option<Timestamp>,
    back: Vec<(u32, i64)>,
    /// The largest gap (ns) from one record to the next; and the same behind the first step back.
    forth: i64,
    forth_behind: i64,
}

impl ClockTrace {
    pub(super) fn push(&mut self, interface: u32, time: Timestamp, index: u32) {
        // Beside times that a clock made, 1 January 1970 is none.
        if !time.is_known() || time.0 == 0 {
            return;
        }
        // Nearly every record: of the only interface, no earlier than the one before, and less than a minute behind it. What
        // follows does the same for it and asks more.
        if let (Some([_, last]), [lane], Some((_, latest))) =
            (&mut self.ends, self.lanes.as_mut_slice(), &mut self.pauses.span)
            && lane.interface == interface
            && time >= *latest
            && lane.last.0 == *latest
            && time.since(*latest) < PAUSE_NS
        {
            let forth = time.since(*latest);
            *latest = time;
            *last = (time, index, interface);
            lane.forth = lane.forth.max(forth);
            if !lane.back.is_empty() {
                lane.forth_behind = lane.forth_behind.max(forth);
            }
            lane.second = lane.second.or(Some(time));
            (lane.before_last, lane.last) = (Some(lane.last.0), (time, index));
            return;
        }
        self.push_any(interface, time, index);
    }

    fn push_any(&mut self, interface: u32, time: Timestamp, index: u32) {
        self.pauses.push(time);
        match &mut self.ends {
            Some([_, last]) => {
                let leap = time.since(last.0);
                let crosses = last.2 != interface;
                *last = (time, index, interface);
                if leap.saturating_abs() >= LEAP_NS {
                    self.leaps += 1;
                    self.crossing += u64::from(crosses);
                    self.forth += u64::from(leap > 0);
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
            let (last, index_of_last) = lane.last;
            let back = last.since(time);
            let forth = time.since(last);
            if is_stray(lane.before_last, last, time) {
                self.strays += 1;
                self.stray = self.stray.or(Some((index_of_last, last)));
            }
            lane.forth = lane.forth.max(forth);
            if !lane.back.is_empty() {
                lane.forth_behind = lane.forth_behind.max(forth);
            }
            if back > TOLERANCE_NS {
                lane.back.push((index, back));
            }
            lane.second = lane.second.or(Some(time));
            (lane.before_last, lane.last) = (Some(last), (time, index));
        } else if interface < INTERFACES_WATCHED {
            let first = (time, index);
            self.lanes.push(Lane {
                interface,
                first,
                second: None,
                last: first,
                before_last: None,
                back: Vec::new(),
                forth: 0,
                forth_behind: 0,
            });
        }
    }
}

/// Whether the record between two that are close together is far from both.
#[inline]
fn is_stray(before: Option<Timestamp>, time: Timestamp, behind: Timestamp) -> bool {
    let away = |from: Timestamp, to: Timestamp| to.since(from).saturating_abs();
    away(time, behind) >= LEAP_NS && before.is_some_and(|before| away(before, behind) <= NEIGHBOURS_NS)
}

/// What is known of an interface of a file up to the latest block.
#[derive(Clone, Debug)]
struct Known {
    last: (Timestamp, Frame),
    before_last: Option<Timestamp>,
    /// Whether there was a step back.
    stepped: bool,
}

/// Times of the whole capture.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// By file and interface.
    lasts: BTreeMap<(u16, u32), Known>,
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
    ends: BTreeMap<u16, (Timestamp, u32)>,
    strays: u64,
    stray: Option<Stray>,
    pauses: Pauses,
}

/// A record with a false time: those before and after it on its interface are close together and far from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Which it is.
    pub frame: Frame,
    /// The time it has.
    pub time: Timestamp,
}

/// Leaps of a day or more from one record to the next of its file, whatever their interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaps {
    /// How many.
    pub count: u64,
    /// Those among them from a record of one interface to one of another, whose clock is another one.
    pub crossing: u64,
    /// Those among them to a later time. Only in these can it be that no packet came for long.
    pub forth: u64,
    /// The first of the largest: nanoseconds, negative for one back, and the frame that it led to.
    pub largest: Option<(i64, Frame)>,
}

impl Clock {
    /// The latest time of any interface.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.lasts.values().map(|known| known.last.0).max()
    }

    /// Joins the times of the next block.
    pub(super) fn absorb(&mut self, trace: &ClockTrace, frame_of: impl Fn(u32) -> Frame) {
        for lane in &trace.lanes {
            let (first, index) = lane.first;
            let key = (frame_of(index).file(), lane.interface);
            let has_stepped = !lane.back.is_empty();
            let last_here = (lane.last.0, frame_of(lane.last.1));
            match self.lasts.get_mut(&key) {
                Some(Known { last, before_last, stepped, .. }) => {
                    let back = last.0.since(first);
                    let forth = if *stepped { first.since(last.0) } else { 0 };
                    let is_first = lane.second.is_some_and(|second| is_stray(Some(last.0), first, second));
                    let met = [
                        is_stray(*before_last, last.0, first).then_some((last.1, last.0)),
                        is_first.then(|| (frame_of(index), first)),
                    ];
                    for (frame, time) in met.into_iter().flatten() {
                        self.strays += 1;
                        self.stray = self.stray.or(Some(Stray { frame, time }));
                    }
                    *before_last = lane.before_last.or(Some(last.0));
                    *last = last_here;
                    *stepped |= back > TOLERANCE_NS;
                    let within = if *stepped { lane.forth } else { lane.forth_behind };
                    *stepped |= has_stepped;
                    self.forth = self.forth.max(forth).max(within);
                    if back > TOLERANCE_NS {
                        self.step(frame_of(index), back);
                    }
                }
                None => {
                    let known =
                        Known { last: last_here, before_last: lane.before_last, stepped: has_stepped };
                    self.lasts.insert(key, known);
                    self.forth = self.forth.max(lane.forth_behind);
                }
            }
            for &(index, back) in &lane.back {
                self.step(frame_of(index), back);
            }
        }
        if let Some([(first, index, begins_at), (last, _, ends_at)]) = trace.ends {
            let file = frame_of(index).file();
            match self.ends.get_mut(&file) {
                Some((before, interface)) => {
                    let leap = first.since(*before);
                    let crosses = *interface != begins_at;
                    (*before, *interface) = (last, ends_at);
                    if leap.saturating_abs() >= LEAP_NS {
                        self.leaps.count += 1;
                        self.leaps.crossing += u64::from(crosses);
                        self.leaps.forth += u64::from(leap > 0);
                        self.leap(leap, frame_of(index));
                    }
                }
                None => _ = self.ends.insert(file, (last, ends_at)),
            }
        }
        self.pauses.absorb(&trace.pauses);
        self.leaps.count += trace.leaps;
        self.leaps.crossing += trace.crossing;
        self.leaps.forth += trace.forth;
        self.strays += trace.strays;
        if let Some((index, time)) = trace.stray {
            self.stray = self.stray.or(Some(Stray { frame: frame_of(index), time }));
        }
        if let Some((leap, index)) = trace.largest_leap {
            self.leap(leap, frame_of(index));
        }
    }

    /// A record with a false time, where nothing else is wrong with the times of the capture.
    fn lone_stray(&self) -> Option<Stray> {
        let is_all = self.strays == 1 && self.steps == 1 && self.leaps.count == 2;
        self.stray.filter(|_| is_all)
    }

    /// Puts down what was found.
    pub(super) fn tell(self, quality: &mut Quality) {
        quality.pauses.clone_from(&self.pauses.found);
        quality.stray = self.lone_stray();
        quality.leaps = if quality.stray.is_some() { Leaps::default() } else { self.leaps };
        quality.clock_back = self.steps;
        quality.clock_back_frames = match quality.stray {
            Some(stray) => vec![stray.frame],
            None => self.frames,
        };
        (quality.clock_back_max, quality.clock_forth_max) = (self.largest, self.forth);
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
    fn a_minute_without_a_packet_is_a_pause_however_the_capture_is_cut() {
        let pauses = |blocks: &[(u16, &[(u32, i64)])]| {
            let mut quality = Quality::default();
            clock_of(blocks).tell(&mut quality);
            quality.pauses
        };
        let pause = |from: i64, until: i64| (at(from), at(until));
        let records = [(0, 0), (1, 59_000), (0, 200_000), (1, 199_900), (0, 260_000)];
        let found = [pause(59_000, 200_000), pause(200_000, 260_000)];
        assert_eq!(pauses(&[(0, &records)]), found);
        for cut in 1..records.len() {
            assert_eq!(pauses(&[(0, &records[..cut]), (0, &records[cut..])]), found, "{cut}");
        }
        assert!(pauses(&[(0, &[(0, 0), (0, 59_999), (0, 70_000)])]).is_empty());
        let many: Vec<(u32, i64)> = (0..200).map(|nth| (0, nth * 100_000)).collect();
        let kept = pauses(&[(0, &many)]);
        assert_eq!((kept.len(), kept.last().map(|(_, until)| *until)), (PAUSES_KEPT, Some(at(19_900_000))));
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
    fn a_lone_record_with_a_false_time_is_found_wherever_blocks_meet() {
        const DAY: i64 = 86_400_000;
        let told = |blocks: &[(u16, &[(u32, i64)])]| {
            let mut quality = Quality::default();
            clock_of(blocks).tell(&mut quality);
            let stray = quality.stray.map(|stray| (stray.frame.number(), stray.time));
            (stray, quality.leaps.count, quality.clock_back_frames.len())
        };
        let ahead: &[(u32, i64)] = &[(0, 10), (1, 0), (0, 20), (0, 20 * DAY), (0, 30), (0, 40)];
        assert_eq!(told(&[(0, ahead)]), (Some((4, at(20 * DAY))), 0, 1));
        for cut in 1..ahead.len() {
            let (before, behind) = ahead.split_at(cut);
            let (stray, ..) = told(&[(0, before), (0, behind)]);
            assert_eq!(stray.map(|(_, time)| time), Some(at(20 * DAY)), "{cut}");
        }
        let back = [(0, 20 * DAY), (0, 0), (0, 20 * DAY + 500)];
        assert_eq!(told(&[(0, &back)]), (Some((2, at(0))), 0, 1));
        let set = [(0, 20 * DAY), (0, 0), (0, 1), (0, 20 * DAY + 500)];
        assert_eq!(told(&[(0, &set)]), (None, 2, 1), "two of them");
        let late = [(0, 20 * DAY), (0, 0), (0, 20 * DAY + 1_001)];
        assert_eq!(told(&[(0, &late)]), (None, 2, 1), "something else came between");
        let twice = [(0, 10), (0, 20 * DAY), (0, 20), (0, 20 * DAY), (0, 30)];
        assert_eq!(told(&[(0, &twice)]), (None, 4, 2), "two captures joined record by record");
    }

    #[test]
    fn only_a_leap_forth_may_be_a_time_without_packets() {
        const DAY: i64 = 86_400_000;
        let forth = |blocks| clock_of(blocks).leaps.forth;
        assert_eq!(forth(&[(0, &[(0, 5 * DAY), (1, 0), (0, 6 * DAY)])]), 1);
        assert_eq!(forth(&[(0, &[(0, 5 * DAY)]), (0, &[(1, 0)])]), 0);
        assert_eq!(forth(&[(0, &[(0, 0)]), (0, &[(1, 5 * DAY)])]), 1);
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
    fn which_interfaces_are_watched_is_the_same_however_records_are_put_in_blocks() {
        let back: Vec<(u32, i64)> = (0..300).map(|n| (n % 100, i64::from(300 - n) * 1_000)).collect();
        let whole = clock_of(&[(0, &back)]).steps;
        let blocks: Vec<(u16, &[(u32, i64)])> = back.chunks(70).map(|block| (0, block)).collect();
        assert_eq!((whole, clock_of(&blocks).steps), (128, 128), "two steps of each of 64");
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
