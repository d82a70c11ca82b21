//! The pcap format, draft-ietf-opsawg-pcap, and its modified sister of old Linux distributions.

use super::Order;
use crate::capture::Capture;

/// Which of its dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Magic `a1b2c3d4`.
    Microseconds,
    /// Magic `a1b23c4d`.
    Nanoseconds,
    /// Magic `a1b2cd34`: records with interface, protocol and packet type behind the usual header.
    Modified,
}

/// How a pcap file is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Byte order of all numbers.
    pub order: Order,
    /// Dialect.
    pub dialect: Dialect,
    /// Whether each frame ends with a frame check sequence of 4 bytes, said in the header's upper bits.
    pub fcs: bool,
}

impl Default for Options {
    /// Little-endian microseconds without FCS: what tcpdump writes.
    fn default() -> Self {
        Self { order: Order::Little, dialect: Dialect::Microseconds, fcs: false }
    }
}

/// The capture as a pcap file.
#[must_use]
pub fn write(capture: &Capture, options: &Options) -> Vec<u8> {
    // "FCS length present" and the length in units of 16 bits.
    const FCS_OF_FOUR_BYTES: u32 = 2 << 28 | 0x0400_0000;
    let Options { order, dialect, fcs } = *options;
    let (magic, unit) = match dialect {
        Dialect::Microseconds => (0xa1b2_c3d4, 1000),
        Dialect::Nanoseconds => (0xa1b2_3c4d, 1),
        Dialect::Modified => (0xa1b2_cd34, 1000),
    };
    let mut bytes = Vec::new();
    bytes.extend(order.u32(magic));
    bytes.extend(order.u16(2));
    bytes.extend(order.u16(4));
    let link = u32::from(capture.link) | if fcs { FCS_OF_FOUR_BYTES } else { 0 };
    for field in [0, 0, capture.snap, link] {
        bytes.extend(order.u32(field));
    }
    for record in &capture.records {
        let tail: &[u8] = if fcs { &frame_check_sequence(&record.data) } else { &[] };
        let seconds = (record.time / 1_000_000_000) as u32;
        let fraction = (record.time % 1_000_000_000 / unit) as u32;
        let kept = (record.data.len() + tail.len()) as u32;
        for field in [seconds, fraction, kept, record.wire + tail.len() as u32] {
            bytes.extend(order.u32(field));
        }
        if dialect == Dialect::Modified {
            bytes.extend(order.u32(2));
            bytes.extend([0; 4]);
        }
        bytes.extend(&record.data);
        bytes.extend(tail);
    }
    bytes
}

/// The FCS of an Ethernet frame as it stands on the wire, IEEE 802.3 section 3.2.9.
fn frame_check_sequence(frame: &[u8]) -> [u8; 4] {
    super::gzip::crc32(frame).to_le_bytes()
}
