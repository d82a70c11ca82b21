//! Takes the gaps in the numbers of one stream in order of arrival; gives the first few, the latest, and those in which most
//! is missing. Does not know what is a fault.

use super::report::{Gap, OUTAGE};
use super::tally::EVIDENCE;

/// Interruptions that are kept.
const OUTAGES: usize = 8;

/// The gaps of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Gaps {
    pub(super) first: Vec<Gap>,
    pub(super) latest: Option<Gap>,
    /// Of at least [`OUTAGE`] packets.
    pub(super) outages: Vec<Gap>,
    pub(super) outages_beyond: u32,
}

impl Gaps {
    /// Takes the next one.
    pub(super) fn note(&mut self, gap: Gap) {
        if self.first.len() < EVIDENCE {
            self.first.push(gap);
        }
        self.latest = Some(gap);
        if gap.missing >= OUTAGE {
            self.note_outage(gap);
        }
    }

    /// Those in which most is missing stay.
    fn note_outage(&mut self, gap: Gap) {
        if self.outages.len() < OUTAGES {
            self.outages.push(gap);
            return;
        }
        self.outages_beyond = self.outages_beyond.saturating_add(1);
        let known = self.outages.iter().enumerate();
        // Of equals the last one goes.
        let least = known.min_by_key(|(at, known)| (known.missing, std::cmp::Reverse(*at)));
        if let Some((at, known)) = least
            && known.missing < gap.missing
        {
            self.outages.remove(at);
            self.outages.push(gap);
        }
    }
}
