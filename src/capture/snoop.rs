//! Takes bytes of a snoop file (RFC 1761), gives its records.

use super::bytes::Order;
use super::format::OtherVersion;
use super::framing::{Described, Halt, LONGEST_USUAL, Sink};
use super::value::{LinkType, Record, Timestamp};

const ORDER: Order = Order::Big;
const FILE_HEADER: usize = 16;
const RECORD_HEADER: usize = 24;
/// Room for padding behind the longest packet.
const LONGEST_RECORD: usize = LONGEST_USUAL + 4096;
/// This many plausible record headers in a row are taken for records.
const ROW: usize = 8;

/// What the file header says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    link: LinkType,
}

/// One record header, RFC 1761 page 3.
struct Head {
    original: u32,
    captured: usize,
    /// Header, packet and padding.
    length: usize,
    drops: u32,
    seconds: u32,
    microseconds: u32,
}

impl Header {
    /// Reads the file header; gives it with its length. `None`: no snoop. `Err`: a version not read.
    pub(super) fn parse(bytes: &[u8]) -> Option<Result<(Self, usize), OtherVersion>> {
        if !bytes.starts_with(b"snoop\0\0\0") {
            return None;
        }
        let (version, datalink) = (ORDER.u32(bytes, 8)?, ORDER.u32(bytes, 12)?);
        if version != 2 {
            let found = version.to_string();
            return Some(Err(OtherVersion { format: "snoop", found, read: &["2"] }));
        }
        Some(Ok((Self { link: link_type(datalink) }, FILE_HEADER)))
    }

    pub(super) fn walk<V: FnMut(Record<'_>)>(
        &self,
        bytes: &[u8],
        at: &mut usize,
        limit: usize,
        sink: &mut Sink<'_, V>,
    ) -> Halt {
        while *at < limit {
            let Some(head) = head(bytes, *at) else { return Halt::Short(RECORD_HEADER) };
            if !is_sound(&head) {
                let Head { captured, length, .. } = head;
                return Halt::Damage(format!("a record of {length} bytes that holds {captured} bytes"));
            }
            let start = *at + RECORD_HEADER;
            if bytes.len() < *at + head.length {
                return Halt::Short(head.length);
            }
            let data = bytes.get(start..start + head.captured).unwrap_or_default();
            *at += head.length;
            if head.drops > 0 {
                sink.tally.drops_total(0, head.drops.into());
            }
            let seconds = Timestamp(i64::from(head.seconds) * 1_000_000_000);
            sink.record(Described {
                time: seconds.plus(i64::from(head.microseconds) * 1000),
                interface: 0,
                link: self.link,
                original_length: head.original,
                fcs_length: 0,
                start,
                data,
            });
        }
        Halt::Limit
    }

    pub(super) fn guess(&self, bytes: &[u8]) -> Option<usize> {
        (0..bytes.len()).find(|&at| is_row(bytes, at))
    }

    pub(super) fn link(&self) -> LinkType {
        self.link
    }
}

fn is_row(bytes: &[u8], start: usize) -> bool {
    let mut at = start;
    for count in 0..ROW {
        let Some(head) = head(bytes, at) else { return count > 0 };
        let padding = head.length.saturating_sub(RECORD_HEADER + head.captured);
        if !is_sound(&head)
            || padding > 8
            || head.microseconds >= 1_000_000
            || (head.original as usize) < head.captured
        {
            return false;
        }
        at += head.length;
    }
    true
}

fn is_sound(head: &Head) -> bool {
    (RECORD_HEADER + head.captured..=RECORD_HEADER + LONGEST_RECORD).contains(&head.length)
}

fn head(bytes: &[u8], at: usize) -> Option<Head> {
    let bytes = bytes.get(at..at.checked_add(RECORD_HEADER)?)?;
    Some(Head {
        original: ORDER.u32(bytes, 0)?,
        captured: ORDER.u32(bytes, 4)? as usize,
        length: ORDER.u32(bytes, 8)? as usize,
        drops: ORDER.u32(bytes, 12)?,
        seconds: ORDER.u32(bytes, 16)?,
        microseconds: ORDER.u32(bytes, 20)?,
    })
}

/// RFC 1761's datalink types as `LINKTYPE_` numbers; what has none becomes one that no file uses.
fn link_type(datalink: u32) -> LinkType {
    LinkType(match datalink {
        0 | 4 => 1,
        2 => 6,
        8 => 10,
        _ => u16::MAX,
    })
}
