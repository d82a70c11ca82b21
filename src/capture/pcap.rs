//! Takes bytes of a classic pcap file (pcap-savefile(5), pcap-linktype(7)), gives its records.

use super::bytes::Order;
use super::format::OtherVersion;
use super::framing::{Described, Halt, LONGEST, LONGEST_USUAL, Sink};
use super::value::{LinkType, Record, Timestamp};

const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
/// Kuznetzov's record header adds interface index, protocol and packet type.
const MODIFIED_RECORD_HEADER: usize = 24;
/// In the link type word: the file says how long the frame check sequence is.
const FCS_LENGTH_PRESENT: u32 = 0x0400_0000;
/// This many plausible record headers in a row are taken for records.
const ROW: usize = 8;
/// A guessed record is at most this many nanoseconds away from the last known one: a year.
const NEAR: u64 = 366 * 86_400 * 1_000_000_000;

/// What the file header says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    name: &'static str,
    order: Order,
    /// Nanoseconds for one unit of the fraction.
    fraction: u32,
    record_header: usize,
    lengths: Lengths,
    link: LinkType,
    fcs_length: u8,
    snap_length: u32,
    longest: usize,
}

/// Order of captured and original length in a record header.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lengths {
    CapturedFirst,
    /// Before version 2.3.
    OriginalFirst,
    /// Version 2.3 and 543.0 were written both ways; the captured length is the smaller one.
    Unsure,
}

/// One record header.
struct Head {
    seconds: u32,
    fraction: u32,
    captured: u32,
    original: u32,
}

impl Header {
    /// Reads the file header; gives it with its length. `None`: no pcap. `Err`: pcap of a version not read.
    pub(super) fn parse(bytes: &[u8]) -> Option<Result<(Self, usize), OtherVersion>> {
        let (order, magic) = [Order::Little, Order::Big]
            .into_iter()
            .map(|order| (order, order.u32(bytes, 0).unwrap_or(0)))
            .find(|(_, magic)| variant(*magic).is_some())?;
        let (name, fraction, record_header, file_header) = variant(magic)?;
        let (major, minor) = (order.u16(bytes, 4)?, order.u16(bytes, 6)?);
        let lengths = match (major, minor) {
            (2, 0..=2) => Lengths::OriginalFirst,
            (2, 3) | (543, 0) => Lengths::Unsure,
            (2, _) => Lengths::CapturedFirst,
            _ => {
                let found = format!("{major}.{minor}");
                return Some(Err(OtherVersion { format: "pcap", found, read: &["2"] }));
            }
        };
        let snap_length = order.u32(bytes, 16)?;
        let link_word = order.u32(bytes, 20)?;
        bytes.get(..file_header)?;
        let fcs_words = if link_word & FCS_LENGTH_PRESENT == 0 { 0 } else { (link_word >> 28) as u8 };
        let link = LinkType(link_word as u16);
        let longest = if has_huge_records(link) { LONGEST } else { LONGEST_USUAL };
        let longest = longest.max((snap_length as usize).min(LONGEST));
        let fcs_length = fcs_words * 2;
        let header =
            Self { name, order, fraction, record_header, lengths, link, fcs_length, snap_length, longest };
        Some(Ok((header, file_header)))
    }

    pub(super) fn walk<V: FnMut(Record<'_>)>(
        &self,
        bytes: &[u8],
        at: &mut usize,
        limit: usize,
        sink: &mut Sink<'_, V>,
    ) -> Halt {
        while *at < limit {
            let Some(head) = self.head(bytes, *at) else { return Halt::Short(self.record_header) };
            let captured = head.captured as usize;
            if captured > self.longest {
                let longest = self.longest;
                return Halt::Damage(format!("a record of {captured} bytes, longer than {longest}"));
            }
            let start = *at + self.record_header;
            let end = start + captured;
            let Some(data) = bytes.get(start..end) else { return Halt::Short(end - *at) };
            *at = end;
            sink.record(Described {
                time: self.time(&head),
                interface: 0,
                link: self.link,
                original_length: head.original,
                fcs_length: self.fcs_length,
                start,
                data,
            });
        }
        Halt::Limit
    }

    /// The first offset at which [`ROW`] plausible record headers follow each other, or fewer up to the end.
    pub(super) fn guess(&self, bytes: &[u8], near: Option<Timestamp>) -> Option<usize> {
        (0..bytes.len()).find(|&at| self.is_row(bytes, at, near))
    }

    fn is_row(&self, bytes: &[u8], start: usize, near: Option<Timestamp>) -> bool {
        let mut at = start;
        for count in 0..ROW {
            let Some(head) = self.head(bytes, at) else { return count > 0 };
            if !self.is_plausible(&head, near) {
                return false;
            }
            at = at.saturating_add(self.record_header + head.captured as usize);
        }
        true
    }

    fn is_plausible(&self, head: &Head, near: Option<Timestamp>) -> bool {
        let away = near.map_or(0, |near| self.time(head).0.abs_diff(near.0));
        away <= NEAR
            && u64::from(head.fraction) * u64::from(self.fraction) < 1_000_000_000
            && head.captured as usize <= self.longest
            && head.original >= head.captured
            && head.original as usize <= LONGEST
    }

    #[inline]
    fn head(&self, bytes: &[u8], at: usize) -> Option<Head> {
        let bytes = bytes.get(at..at + self.record_header)?;
        let (first, second) = (self.order.u32(bytes, 8)?, self.order.u32(bytes, 12)?);
        let (captured, original) = match self.lengths {
            Lengths::CapturedFirst => (first, second),
            Lengths::OriginalFirst => (second, first),
            Lengths::Unsure => (first.min(second), first.max(second)),
        };
        let (seconds, fraction) = (self.order.u32(bytes, 0)?, self.order.u32(bytes, 4)?);
        Some(Head { seconds, fraction, captured, original })
    }

    /// A fraction of a second or more, as some writers leave it, carries over.
    #[inline]
    fn time(&self, head: &Head) -> Timestamp {
        let fraction = i64::from(head.fraction) * i64::from(self.fraction);
        Timestamp(i64::from(head.seconds) * 1_000_000_000).plus(fraction)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn link(&self) -> LinkType {
        self.link
    }

    pub(super) fn snap_length(&self) -> u32 {
        self.snap_length
    }
}

/// Name, nanoseconds per unit, length of a record header and of the file header.
fn variant(magic: u32) -> Option<(&'static str, u32, usize, usize)> {
    Some(match magic {
        0xa1b2_c3d4 => ("pcap", 1000, RECORD_HEADER, FILE_HEADER),
        0xa1b2_3c4d => ("pcap-ns", 1, RECORD_HEADER, FILE_HEADER),
        0xa1b2_cd34 => ("pcap-modified", 1000, MODIFIED_RECORD_HEADER, FILE_HEADER),
        // Ixia's lcap, hardware and software: the size of all records follows the file header.
        0x1c00_01ac | 0x1c00_01ab => ("pcap-ixia", 1000, RECORD_HEADER, FILE_HEADER + 4),
        _ => return None,
    })
}

/// D-Bus (231), USB (186, 189, 220, 249, 266, 288, 293 to 295) and EBHSCR (279) messages exceed all frames.
fn has_huge_records(link: LinkType) -> bool {
    matches!(link.0, 186 | 189 | 220 | 231 | 249 | 266 | 279 | 288 | 293..=295)
}
