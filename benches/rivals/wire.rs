//! Writes records as they are made. Whole captures in memory, as `samplegen` holds them, would count as memory of the
//! programs measured: a child begins with the peak of its parent.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use samplegen::frame::checksum;

/// A capture file being written.
pub(crate) struct Recorder {
    out: BufWriter<File>,
    is_pcapng: bool,
}

impl Recorder {
    /// Classic pcap with microseconds.
    pub(crate) fn pcap(path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 1] {
            out.write_all(&word.to_le_bytes())?;
        }
        Ok(Self { out, is_pcapng: false })
    }

    /// pcapng with two Ethernet interfaces and nanoseconds.
    pub(crate) fn pcapng(path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        for word in [0x0a0d_0d0a_u32, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28] {
            out.write_all(&word.to_le_bytes())?;
        }
        for _ in 0..2 {
            // if_tsresol (9) of one byte: 10^-9; then the end of options.
            for word in [1_u32, 32, 1, 262_144, 0x0001_0009, 9, 0, 32] {
                out.write_all(&word.to_le_bytes())?;
            }
        }
        Ok(Self { out, is_pcapng: true })
    }

    /// A record; `at` in nanoseconds since 2026 began, more or less.
    pub(crate) fn frame(&mut self, at: u64, interface: u32, frame: &[u8]) -> io::Result<()> {
        let time = 1_767_225_600_000_000_000 + at;
        let length = frame.len() as u32;
        if self.is_pcapng {
            let padding = (4 - frame.len() % 4) % 4;
            let total = 32 + length + padding as u32;
            for word in [6, total, interface, (time >> 32) as u32, time as u32, length, length] {
                self.out.write_all(&word.to_le_bytes())?;
            }
            self.out.write_all(frame)?;
            self.out.write_all([0; 3].get(..padding).unwrap_or_default())?;
            return self.out.write_all(&total.to_le_bytes());
        }
        let (seconds, micros) = (time / 1_000_000_000, time % 1_000_000_000 / 1000);
        for word in [seconds as u32, micros as u32, length, length] {
            self.out.write_all(&word.to_le_bytes())?;
        }
        self.out.write_all(frame)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One end of a conversation.
#[derive(Clone, Copy)]
pub(crate) struct End(pub(crate) [u8; 4], pub(crate) u16);

/// An Ethernet frame with a UDP datagram without checksum, as RFC 768 allows over IPv4.
pub(crate) fn udp(into: &mut Vec<u8>, from: End, to: End, dscp: u8, number: u16, payload: &[u8]) {
    ip(into, from, to, dscp, number, 17, 8 + payload.len());
    into.extend(from.1.to_be_bytes());
    into.extend(to.1.to_be_bytes());
    into.extend((8 + payload.len() as u16).to_be_bytes());
    into.extend([0, 0]);
    into.extend(payload);
}

/// An Ethernet frame with a TCP segment.
pub(crate) fn tcp(
    into: &mut Vec<u8>,
    from: End,
    to: End,
    number: u16,
    sequence: u32,
    flags: u8,
    payload: &[u8],
) {
    ip(into, from, to, 0, number, 6, 20 + payload.len());
    into.extend(from.1.to_be_bytes());
    into.extend(to.1.to_be_bytes());
    into.extend(sequence.to_be_bytes());
    into.extend([0; 4]);
    into.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    into.extend(payload);
    let length = into.len().max(60);
    into.resize(length, 0);
}

/// A payload of voice in 20 ms packets, RFC 3550 section 5.1.
pub(crate) fn rtp(into: &mut Vec<u8>, source: u32, nth: u32) {
    into.extend([0x80, 8]);
    into.extend((nth as u16).to_be_bytes());
    into.extend((nth * 160).to_be_bytes());
    into.extend(source.to_be_bytes());
    into.extend((0..160_u32).map(|byte| (byte.wrapping_mul(nth ^ source) >> 3) as u8));
}

fn ip(into: &mut Vec<u8>, from: End, to: End, dscp: u8, number: u16, protocol: u8, payload: usize) {
    into.clear();
    for End([_, high, middle, low], _) in [to, from] {
        into.extend([2, 0, 0, high, middle, low]);
    }
    into.extend([0x08, 0x00]);
    let start = into.len();
    into.extend([0x45, dscp << 2]);
    into.extend((20 + payload as u16).to_be_bytes());
    into.extend(number.to_be_bytes());
    into.extend([0x40, 0, 64, protocol, 0, 0]);
    into.extend(from.0);
    into.extend(to.0);
    let sum = checksum(&[into.get(start..).unwrap_or_default()]);
    if let Some(place) = into.get_mut(start + 10..start + 12) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
}
