//! Takes the gaps in the numbers of one stream in order of arrival, and what comes late and fills them; gives the first few that stay,
//! the latest, and those in which most is missing. Does not know what is a fault.

use super::report::{Gap, OUTAGE};
use super::tally::EVIDENCE;

/// Interruptions that are kept.
const OUTAGES: usize = 8;

/// The gaps of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Gaps {
    first: Vec<Open>,
    /// The latest, and the one before it, which is the latest again where that is filled.
    latest: [Option<Open>; 2],
    /// Of at least [`OUTAGE`] packets.
    outages: Vec<Open>,
    outages_beyond: u32,
}

/// A gap that packets may fill which come late.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    gap: Gap,
    /// Number of the packet behind it, and how many before it were missing at first.
    behind: u16,
    width: u16,
}

impl Open {
    /// Takes the number of a packet that came late; tells whether anything is missing still.
    fn fill(&mut self, number: u16) -> bool {
        if (1..=self.width).contains(&self.behind.wrapping_sub(number)) {
            self.gap.missing = self.gap.missing.saturating_sub(1);
        }
        self.gap.missing > 0
    }
}

impl Gaps {
    /// Takes the next one. `behind`: number of the packet that ends it.
    pub(super) fn note(&mut self, gap: Gap, behind: u16) {
        let open = Open { gap, behind, width: gap.missing };
        if self.first.len() < EVIDENCE {
            // Most streams have few.
            self.first.push(open);
        }
        self.latest = [Some(open), self.latest[0]];
        if gap.missing >= OUTAGE {
            self.note_outage(open);
        }
    }

    /// A packet that came late: what is filled is no gap.
    pub(super) fn fill(&mut self, number: u16) {
        self.first.retain_mut(|open| open.fill(number));
        self.outages.retain_mut(|open| open.fill(number) && open.gap.missing >= OUTAGE);
        let [latest, before] =
            self.latest.map(|open| open.and_then(|mut open| open.fill(number).then_some(open)));
        self.latest = if latest.is_some() { [latest, before] } else { [before, None] };
    }

    /// The first few, in order.
    pub(super) fn first(&self) -> Vec<Gap> {
        self.first.iter().map(|open| open.gap).collect()
    }

    pub(super) fn latest(&self) -> Option<Gap> {
        self.latest[0].map(|open| open.gap)
    }

    /// Those of at least [`OUTAGE`] packets, and how many more there were.
    pub(super) fn outages(&self) -> (Vec<Gap>, u32) {
        (self.outages.iter().map(|open| open.gap).collect(), self.outages_beyond)
    }

    /// Those in which most is missing stay.
    fn note_outage(&mut self, open: Open) {
        if self.outages.len() < OUTAGES {
            self.outages.push(open);
            return;
        }
        self.outages_beyond = self.outages_beyond.saturating_add(1);
        let known = self.outages.iter().enumerate();
        // Of equals the last one goes.
        let least = known.min_by_key(|(at, known)| (known.gap.missing, std::cmp::Reverse(*at)));
        if let Some((at, known)) = least
            && known.gap.missing < open.gap.missing
        {
            self.outages.remove(at);
            self.outages.push(open);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Moment;
    use super::*;
    use crate::observe::fixture::{at, frame};

    fn gap(number: u16, missing: u16) -> Gap {
        let ms = i64::from(number) * 20;
        Gap { began: at(ms), at: Moment { frame: frame(u64::from(number)), time: at(ms + 20) }, missing }
    }

    #[test]
    fn what_comes_late_is_no_gap() {
        let mut gaps = Gaps::default();
        // Each packet overtakes the one before it, and then three are lost.
        for number in (10..40).step_by(2) {
            gaps.note(gap(number, 1), number);
            gaps.fill(number - 1);
        }
        assert_eq!((gaps.first(), gaps.latest()), (Vec::new(), None));
        gaps.note(gap(50, 3), 50);
        gaps.note(gap(60, 2), 60);
        gaps.fill(58);
        gaps.fill(46);
        assert_eq!(gaps.first(), [gap(50, 3), gap(60, 1)]);
        gaps.fill(59);
        assert_eq!((gaps.first(), gaps.latest()), (vec![gap(50, 3)], Some(gap(50, 3))));
    }

    #[test]
    fn an_interruption_that_is_made_up_for_is_none() {
        let mut gaps = Gaps::default();
        gaps.note(gap(100, OUTAGE), 100);
        assert_eq!(gaps.outages(), (vec![gap(100, OUTAGE)], 0));
        gaps.fill(99);
        assert_eq!(gaps.outages(), (Vec::new(), 0));
        assert_eq!(gaps.first(), [gap(100, OUTAGE - 1)]);
    }
}
