//! Times between packets in which neither side of a conversation sends anything: takes each as it ends, keeps the longest.

use std::{iter, mem};

use arrayvec::ArrayVec;

use crate::capture::{Frame, Timestamp};

/// Times in which nobody spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silences {
    /// The longest.
    pub longest: Silence,
    /// The next longest.
    pub further: ArrayVec<Silence, 3>,
    /// When the latest one that was longer than [`Silence::LONG`] ended.
    pub long_until: Option<Timestamp>,
}

impl Silences {
    /// With one silence only.
    #[must_use]
    pub fn of(silence: Silence) -> Self {
        Self { longest: silence, further: ArrayVec::new(), long_until: silence.ended_long() }
    }

    /// Adds one that is not yet known. Of two that last as long the earlier one counts.
    pub fn note(&mut self, silence: Silence) {
        self.long_until = self.long_until.max(silence.ended_long());
        let mut left = silence;
        for known in iter::once(&mut self.longest).chain(&mut self.further) {
            if (left.length(), known.after.1) > (known.length(), left.after.1) {
                mem::swap(known, &mut left);
            }
        }
        // Where there is no room left, the shortest goes.
        if left.length() > 0 {
            let _ = self.further.try_push(left);
        }
    }

    /// The longest ones, the longest first.
    pub fn longest_first(&self) -> impl Iterator<Item = Silence> + '_ {
        iter::once(self.longest).chain(self.further.iter().copied())
    }
}

/// A time in which nobody spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The packet before.
    pub after: (Frame, Timestamp),
    /// The packet that ended it.
    pub until: (Frame, Timestamp),
}

impl Silence {
    /// In ns: routers forget UDP after 30 to 180 s, so something is to be sent every 60 s; the rest is for timers that
    /// are a little late.
    pub const LONG: i64 = 66_000_000_000;

    /// In ns.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.until.1.since(self.after.1)
    }

    fn ended_long(&self) -> Option<Timestamp> {
        (self.length() > Self::LONG).then_some(self.until.1)
    }
}
