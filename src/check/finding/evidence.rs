//! Where a finding is to be seen.

use crate::capture::{Frame, Timestamp};

/// Where to see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Up to five frames.
    pub frames: Vec<Frame>,
    /// Wireshark display filter that selects those frames; empty where a frame cannot show it.
    pub filter: String,
    /// Time of the first and the last packet of those that show it.
    pub first: Option<Timestamp>,
    /// See `first`.
    pub last: Option<Timestamp>,
    /// Time of the latest packet that it is about, where that is another one.
    pub until: Option<Timestamp>,
}

impl Evidence {
    /// Whether both are of the same time.
    pub(in crate::check) fn meets(&self, other: &Self) -> bool {
        let ends = |one: &Self| one.until.max(one.last);
        self.first <= ends(other) && other.first <= ends(self)
    }
}
