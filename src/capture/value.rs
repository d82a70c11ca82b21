//! The values that reading a capture gives.

use std::fmt;
use std::num::NonZeroU64;
use std::path::Path;

use super::written::Written;

/// Nanoseconds since the Unix epoch, UTC.
///
/// A record without a time (pcapng simple packet block) carries [`Timestamp::UNKNOWN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// 1 January 1980: whoever captures earlier has no clock.
    const CLOCK_SET: Self = Self(315_532_800_000_000_000);
    /// Stands for "this record has no time".
    pub const UNKNOWN: Self = Self(i64::MIN);

    /// Whether the record had a time at all.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// Whether the clock that gave this time had been set.
    #[must_use]
    pub fn is_clock_set(self) -> bool {
        self >= Self::CLOCK_SET
    }

    /// The time `nanoseconds` later, saturating; never [`Timestamp::UNKNOWN`].
    #[must_use]
    pub fn plus(self, nanoseconds: i64) -> Self {
        Self(self.0.saturating_add(nanoseconds).max(i64::MIN + 1))
    }

    /// Nanoseconds from `earlier` to `self`, saturating; 0 if either is unknown.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        if self.is_known() && earlier.is_known() { self.0.saturating_sub(earlier.0) } else { 0 }
    }
}

/// Wireshark's frame number (from 1) together with the file it counts in.
///
/// Orders by file, then number: the order in which the files of one measurement were read. An `Option` of it takes no more
/// room than itself: rows of flows and streams hold many, and there may be half a million of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame(NonZeroU64);

impl Frame {
    const NUMBER_BITS: u32 = 48;
    /// No frame: they count from 1.
    pub const NONE: Self = Self(NonZeroU64::MIN);

    /// `file` counts from 0 in the order of the measurement, `number` from 1 as Wireshark does.
    #[must_use]
    pub fn new(file: u16, number: u64) -> Self {
        let raw = u64::from(file) << Self::NUMBER_BITS | number & ((1 << Self::NUMBER_BITS) - 1);
        Self(NonZeroU64::MIN.saturating_add(raw))
    }

    /// File and number in one, as they order.
    fn raw(self) -> u64 {
        self.0.get() - 1
    }

    /// Index of the file within the measurement.
    #[must_use]
    pub fn file(self) -> u16 {
        (self.raw() >> Self::NUMBER_BITS) as u16
    }

    /// Wireshark's `frame.number` in that file.
    #[must_use]
    pub fn number(self) -> u64 {
        self.raw() & ((1 << Self::NUMBER_BITS) - 1)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file(), self.number())
    }
}

/// A `LINKTYPE_` number as it stands in capture files (not a `DLT_` number), FCS bits masked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

/// One captured record, borrowed from the block it was read with.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Position in the chunk, from 0; [`Chunk::frame`](super::Chunk::frame) makes it a frame number. Skips what
    /// Wireshark numbers too but is no packet (journal entries, custom blocks).
    pub index: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// Which interface of [`CaptureSummary::interfaces`].
    pub interface: u32,
    /// How the first bytes are to be read.
    pub link: LinkType,
    /// Length on the wire in bytes, without a frame check sequence where the file says it holds one.
    pub original_length: u32,
    /// The captured bytes, without a frame check sequence.
    pub data: &'a [u8],
    /// Where `data` starts in the block's bytes.
    pub offset: u32,
}

/// Why reading an input ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// At the end of the input.
    Complete,
    /// In the middle of the record that begins `at` this byte.
    Cut {
        /// Byte offset in the (decompressed) input.
        at: u64,
        /// Bytes of the (decompressed) input.
        end: u64,
    },
    /// At bytes that are no record: read up to the damage.
    Damaged {
        /// Byte offset in the (decompressed) input.
        at: u64,
        /// What is wrong there, in English, for the report's detail.
        reason: String,
    },
    /// The operating system refused to read on.
    Unreadable {
        /// Byte offset in the (decompressed) input.
        at: u64,
        /// The system's words.
        reason: String,
    },
    /// The user stopped it.
    Stopped,
}

/// One interface of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceSummary {
    /// As the file names it, if it does.
    pub name: Option<String>,
    /// Link type of its frames.
    pub link: LinkType,
    /// Longest frame kept, 0 for unlimited.
    pub snap_length: u32,
    /// Frames that the capturing system dropped, if the file tells.
    pub drops: Option<u64>,
    /// Packets of it that were read.
    pub packets: u64,
    /// Packets that came from it while capturing, if the file tells (`isb_ifrecv`, draft-ietf-opsawg-pcapng section 4.6).
    /// Not where a capture filter was at work: some systems count what comes before it.
    pub received: Option<u64>,
}

/// A file holds so many packets less than were received, at the least, before it counts as an extract: what stood in the
/// kernel's buffer when the capture was stopped is not there either.
const LEAST_MISSING: u64 = 10;

/// What is true of a live capture alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// It went on when this was told.
    pub goes_on: bool,
    /// Where its frames stand, if what passes is written; without that their numbers lead nowhere.
    pub written: Vec<Written>,
    /// What could not be written: the file, and the system's words.
    pub not_written: Vec<String>,
}

impl Live {
    /// The file that holds a frame, and its number there.
    #[must_use]
    pub fn place(&self, frame: u64) -> Option<(&Path, u64)> {
        self.written.iter().find_map(|run| {
            let past = frame.checked_sub(run.first).filter(|past| *past < run.frames)?;
            Some((run.path.as_path(), run.number + past))
        })
    }
}

/// What was read from one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureSummary {
    /// As the user named it, or as found in a directory; `-` for standard input.
    pub path: String,
    /// `pcap`, `pcap-ns`, `pcapng`, ... with `+gzip`, `+zstd`, `+lz4` behind it where compressed.
    pub format: String,
    /// Records read.
    pub packets: u64,
    /// Bytes on the wire over all records.
    pub bytes: u64,
    /// Time of the earliest record.
    pub first: Option<Timestamp>,
    /// Time of the latest record.
    pub last: Option<Timestamp>,
    /// The times next to these, if there are any.
    pub inner: Option<(Timestamp, Timestamp)>,
    /// Interfaces in file order.
    pub interfaces: Vec<InterfaceSummary>,
    /// Records shorter than on the wire.
    pub cut_packets: u64,
    /// Bytes kept of the longest of them, 0 if there is none.
    pub cut_to: usize,
    /// Records without a time, or with one that [`Timestamp`] cannot hold.
    pub timeless_packets: u64,
    /// Packets of a live capture for which this program had no room, all interfaces together; they are in the
    /// interfaces' drops too. 0 for a file.
    pub own_drops: u64,
    /// Only of a live capture.
    pub live: Option<Live>,
    /// Why reading ended.
    pub ended: Ended,
    /// SHA-256 of the file in hexadecimal, once [`fingerprint`](super::fingerprint) has read it again.
    pub sha256: Option<Box<str>>,
}

impl CaptureSummary {
    /// Leaves a record with this time, which is a false one, out of the period.
    pub fn leave_out(&mut self, time: Timestamp) {
        let Some((second, last_but_one)) = self.inner else { return };
        if self.first == Some(time) {
            self.first = Some(second);
        }
        if self.last == Some(time) {
            self.last = Some(last_but_one);
        }
    }

    /// Packets that were received and not dropped while capturing, where the file holds less than half of them: somebody kept
    /// only what he chose. `all` are the files read together: each of a ring counts from the beginning of the first.
    #[must_use]
    pub fn extract_of(&self, all: &[Self]) -> Option<u64> {
        let told = self.interfaces.iter().filter_map(|one| Some((one.received?, one.drops.unwrap_or(0))));
        let received =
            told.map(|(received, drops)| received.saturating_sub(drops)).fold(0, u64::saturating_add);
        let held = all.iter().map(|one| one.packets).fold(0, u64::saturating_add).max(self.packets);
        let is_part = held.saturating_mul(2) < received && received - held >= LEAST_MISSING;
        (is_part && self.live.is_none()).then_some(received)
    }

    /// Whether packets were dropped while capturing, by what the file tells.
    #[must_use]
    pub fn has_drops(&self) -> bool {
        self.interfaces.iter().any(|one| one.drops.is_some_and(|drops| drops > 0))
    }

    /// How many packets were received and not dropped while capturing and are not in the file, where it is the only one and
    /// tells; 0 also where a few may have stood in the kernel's buffer when the capture was stopped.
    #[must_use]
    pub fn left_out(all: &[Self]) -> Option<u64> {
        let [only] = all else { return None };
        let mut used = only.interfaces.iter().filter(|one| one.packets > 0);
        let tells = only.live.is_none() && only.packets > 0 && used.all(|one| one.received.is_some());
        let came = only
            .interfaces
            .iter()
            .map(|one| one.received.unwrap_or(0).saturating_sub(one.drops.unwrap_or(0)));
        let missing = came.fold(0, u64::saturating_add).saturating_sub(only.packets);
        tells.then_some(if missing < LEAST_MISSING { 0 } else { missing })
    }

    /// Of an input of which nothing was read.
    pub(crate) fn unread(path: String, format: String, ended: Ended) -> Self {
        Self {
            path,
            format,
            packets: 0,
            bytes: 0,
            first: None,
            last: None,
            inner: None,
            interfaces: Vec::new(),
            cut_packets: 0,
            cut_to: 0,
            timeless_packets: 0,
            own_drops: 0,
            live: None,
            ended,
            sha256: None,
        }
    }
}
