//! Small bounded counters: which values occur, how often, and where first and last.

use arrayvec::ArrayVec;

use crate::capture::Frame;

/// Frame numbers kept as evidence for one value.
pub const EVIDENCE: usize = 5;

/// One value and where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<T> {
    /// The value.
    pub value: T,
    /// Packets with it.
    pub packets: u64,
    /// The first frames with it, up to [`EVIDENCE`], in order of arrival; never empty.
    pub frames: ArrayVec<Frame, EVIDENCE>,
    /// Frame of the latest packet with it.
    pub last: Frame,
}

/// Counts up to `N` different values; the packets of further ones are counted as `other`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<T, const N: usize> {
    seen: Vec<Seen<T>>,
    other: u64,
}

impl<T: Copy + Ord, const N: usize> Tally<T, N> {
    /// Counts `value` in `frame`.
    pub fn add(&mut self, value: T, frame: Frame) {
        if let Some(seen) = self.seen.iter_mut().find(|seen| seen.value == value) {
            seen.packets += 1;
            seen.last = frame;
            if !seen.frames.is_full() {
                seen.frames.push(frame);
            }
        } else if self.seen.len() < N {
            // Most streams have one value all along.
            self.seen.reserve_exact(1);
            self.seen.push(Seen { value, packets: 1, frames: [frame].into_iter().collect(), last: frame });
        } else {
            self.other += 1;
        }
    }

    /// Counts the second value in its frame instead of the first one in its own, if that was counted: a packet that may yet begin
    /// another segment was not.
    pub fn correct(&mut self, (wrong, counted): (T, Frame), (right, frame): (T, Frame)) {
        match self.seen.iter().position(|seen| seen.value == wrong) {
            Some(at) => {
                if let Some(seen) = self.seen.get_mut(at) {
                    seen.packets -= 1;
                    if seen.packets == 0 {
                        self.seen.remove(at);
                    } else if seen.frames.len() > 1 {
                        seen.frames.retain(|known| *known != counted);
                    }
                }
            }
            None if self.other > 0 => self.other -= 1,
            None => return,
        }
        self.add(right, frame);
    }

    /// What was seen of `value`.
    #[must_use]
    pub fn get(&self, value: T) -> Option<&Seen<T>> {
        self.seen.iter().find(|seen| seen.value == value)
    }

    /// All counted values in ascending order.
    #[must_use]
    pub fn sorted(&self) -> Vec<Seen<T>> {
        let mut all = self.seen.clone();
        all.sort_by_key(|seen| seen.value);
        all
    }

    /// Packets whose value was not counted because `N` others were there before.
    #[must_use]
    pub fn other(&self) -> u64 {
        self.other
    }
}

impl<T, const N: usize> Default for Tally<T, N> {
    fn default() -> Self {
        Self { seen: Vec::new(), other: 0 }
    }
}

/// Finds the most frequent number of a series in fixed space: exact for up to eight different numbers, and for more
/// as long as the frequent ones come among the first eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    counts: [(u32, u32); 8],
    total: u32,
}

impl Mode {
    /// Counts one number.
    pub fn add(&mut self, number: u32) {
        self.total = self.total.saturating_add(1);
        if let Some((kept, count)) =
            self.counts.iter_mut().find(|(kept, count)| *count == 0 || *kept == number)
        {
            *kept = number;
            *count = count.saturating_add(1);
        }
    }

    /// The most frequent number (the earliest of equals) with its share of all, 0 to 1; `None` before the first.
    #[must_use]
    pub fn most(&self) -> Option<(u32, f64)> {
        let mut best = (0, 0);
        for (number, count) in self.counts {
            if count > best.1 {
                best = (number, count);
            }
        }
        (best.1 > 0).then(|| (best.0, f64::from(best.1) / f64::from(self.total)))
    }

    /// Share of the numbers that `fit`, 0 to 1; those that were not kept fit not.
    #[must_use]
    pub fn share(&self, fit: impl Fn(u32) -> bool) -> f64 {
        let fitting = self.counts.iter().filter(|(number, count)| *count > 0 && fit(*number));
        let count: f64 = fitting.map(|(_, count)| f64::from(*count)).sum();
        if self.total == 0 { 0.0 } else { count / f64::from(self.total) }
    }
}

/// Least, mean and greatest of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Least.
    pub min: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Greatest.
    pub max: f64,
    /// Where the greatest was reached first.
    pub max_at: Frame,
    /// How many numbers.
    pub count: u64,
}

/// Builds a [`Spread`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spreading {
    bounds: Option<(f64, f64, Frame)>,
    sum: f64,
    count: u64,
}

impl Spreading {
    /// Takes a finite number into account.
    pub fn add(&mut self, number: f64, frame: Frame) {
        self.sum += number;
        self.count += 1;
        self.bounds = Some(match self.bounds {
            None => (number, number, frame),
            Some((min, max, _)) if number > max => (min, number, frame),
            Some((min, max, at)) => (min.min(number), max, at),
        });
    }

    /// `None` before the first number.
    #[must_use]
    pub fn spread(&self) -> Option<Spread> {
        let (min, max, max_at) = self.bounds?;
        Some(Spread { min, mean: self.sum / self.count as f64, max, max_at, count: self.count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u64) -> Frame {
        Frame::new(0, number)
    }

    #[test]
    fn keeps_first_frames_and_bounds_the_values() {
        let mut tally: Tally<u8, 2> = Tally::default();
        for (number, value) in [46, 46, 0, 46, 46, 46, 46, 8].into_iter().enumerate() {
            tally.add(value, frame(number as u64 + 1));
        }
        let ef = tally.get(46).unwrap();
        assert_eq!((ef.packets, ef.last), (6, frame(7)));
        assert_eq!(*ef.frames, [1, 2, 4, 5, 6].map(frame));
        assert_eq!(tally.sorted().iter().map(|seen| seen.value).collect::<Vec<_>>(), [0, 46]);
        assert_eq!(tally.other(), 1);
    }

    #[test]
    fn only_what_was_counted_is_put_right() {
        let mut tally: Tally<u8, 1> = Tally::default();
        tally.correct((46, frame(1)), (0, frame(2)));
        assert!(tally.sorted().is_empty());
        tally.add(46, frame(1));
        tally.add(8, frame(2));
        tally.correct((46, frame(1)), (0, frame(3)));
        assert_eq!((tally.get(0).map(|seen| seen.packets), tally.get(46), tally.other()), (Some(1), None, 1));
        tally.correct((8, frame(2)), (0, frame(4)));
        assert_eq!((tally.get(0).map(|seen| seen.packets), tally.other()), (Some(2), 0));
    }

    #[test]
    fn mode_takes_the_most_frequent() {
        let mut mode = Mode::default();
        assert_eq!(mode.most(), None);
        for number in [160, 320, 160, 0, 160] {
            mode.add(number);
        }
        assert_eq!(mode.most(), Some((160, 0.6)));
        assert_eq!(mode.share(|number| number >= 160), 0.8);
        assert_eq!(Mode::default().share(|_| true), 0.0);
    }

    #[test]
    fn spread_names_the_first_maximum() {
        let mut spreading = Spreading::default();
        for (number, value) in [2.0, 8.0, 8.0, 6.0].into_iter().enumerate() {
            spreading.add(value, frame(number as u64));
        }
        let expected = Spread { min: 2.0, mean: 6.0, max: 8.0, max_at: frame(1), count: 4 };
        assert_eq!(spreading.spread(), Some(expected));
    }
}
