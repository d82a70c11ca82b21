//! The value that every layer above the frames hands on: records in capture order with one link type.

/// `LINKTYPE_ETHERNET`.
pub const LINK_ETHERNET: u16 = 1;

/// One captured frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Nanoseconds since the Unix epoch; scenarios use whole microseconds.
    pub time: u64,
    /// Length on the wire in bytes, never less than `data`.
    pub wire: u32,
    /// The captured bytes.
    pub data: Vec<u8>,
}

impl Record {
    /// A frame captured whole.
    #[must_use]
    pub fn whole(time: u64, data: Vec<u8>) -> Self {
        Self { time, wire: data.len() as u32, data }
    }
}

/// Frames of one link type in the order in which they were captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// `LINKTYPE_` number.
    pub link: u16,
    /// Longest frame kept, in bytes.
    pub snap: u32,
    /// The frames.
    pub records: Vec<Record>,
}

impl Capture {
    /// Ethernet frames, none cut.
    #[must_use]
    pub fn ethernet(records: Vec<Record>) -> Self {
        Self { link: LINK_ETHERNET, snap: 262_144, records }
    }

    /// From the first record to the last, in nanoseconds.
    #[must_use]
    pub fn duration(&self) -> u64 {
        let times = || self.records.iter().map(|record| record.time);
        times().max().unwrap_or(0) - times().min().unwrap_or(0)
    }
}
