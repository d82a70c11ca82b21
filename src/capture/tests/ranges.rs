//! The same records and the same summary, whatever the ranges, the waves and the way in.

use proptest::prelude::*;

use super::super::bytes::Order;
use super::files::{Folder, Writer, gzip, lz4, pcap, zstd};
use super::{CaptureSummary, Frame, Seen, open, read, read_all, settings};

/// Part of a generated file.
#[derive(Clone, Debug)]
enum Part {
    Section {
        is_big: bool,
    },
    Interface {
        link: u16,
        resolution: u8,
    },
    Packet {
        interface: u32,
        seconds: u32,
        content: Content,
    },
    Simple {
        content: Content,
    },
    Old {
        interface: u16,
        seconds: u32,
        content: Content,
    },
    /// Numbered, but no packet.
    Custom {
        content: Content,
    },
    /// Neither.
    Unknown {
        content: Content,
    },
}

#[derive(Clone, Debug)]
enum Content {
    Random(Vec<u8>),
    /// Bytes that look like records of the file they are in.
    Imitation {
        shift: usize,
        count: u32,
    },
    Long {
        length: usize,
    },
}

const START: u32 = 1_700_000_000;

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        6 => prop::collection::vec(any::<u8>(), 0..120).prop_map(Content::Random),
        3 => (0..8_usize, 1..12_u32).prop_map(|(shift, count)| Content::Imitation { shift, count }),
        1 => (0..5000_usize).prop_map(|length| Content::Long { length }),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        1 => any::<bool>().prop_map(|is_big| Part::Section { is_big }),
        2 => (prop::sample::select(vec![1_u16, 101, 113, 276]), prop::sample::select(vec![6_u8, 9, 3, 0x8a, 10]))
            .prop_map(|(link, resolution)| Part::Interface { link, resolution }),
        12 => (0..4_u32, 0..50_u32, content())
            .prop_map(|(interface, seconds, content)| Part::Packet { interface, seconds, content }),
        1 => content().prop_map(|content| Part::Simple { content }),
        1 => (0..4_u16, 0..50_u32, content())
            .prop_map(|(interface, seconds, content)| Part::Old { interface, seconds, content }),
        1 => content().prop_map(|content| Part::Custom { content }),
        1 => content().prop_map(|content| Part::Unknown { content }),
    ]
}

impl Content {
    fn bytes(&self, imitate: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
        match self {
            Self::Random(bytes) => bytes.clone(),
            Self::Long { length } => vec![0x0a; *length],
            Self::Imitation { shift, count } => {
                let mut bytes = vec![0; *shift];
                (0..*count).for_each(|number| bytes.extend(imitate(number)));
                bytes
            }
        }
    }
}

/// A pcapng file of the parts, with the records that are in it.
fn pcapng_file(parts: &[Part]) -> (Vec<u8>, Vec<Seen>) {
    let mut writer = Writer::new(Order::Little).section(Order::Little);
    let mut interfaces: Vec<(u16, u8)> = Vec::new();
    let mut base = 0;
    let mut number = 0;
    let mut seen = Vec::new();
    for part in parts {
        let local = interfaces.len() - base;
        let order = writer.order;
        let bytes = |content: &Content| {
            content.bytes(|count| Writer::new(order).packet(0, count.into(), 3, b"abc", &[]).bytes)
        };
        let mut push = |interface: usize, time: i64, data: Vec<u8>| {
            let link = interfaces[interface].0;
            let (frame, original_length) = (Frame::new(0, number + 1), data.len() as u32);
            number += 1;
            seen.push(Seen { frame, time, interface: interface as u32, link, original_length, data });
        };
        let timed = |interface: usize, seconds: u32| {
            let seconds = u64::from(START + seconds);
            match interfaces[interface].1 {
                0x8a => seconds << 10,
                digits => u64::pow(10, digits.into()) * seconds,
            }
        };
        writer = match part {
            Part::Section { is_big } => {
                base = interfaces.len();
                writer.section(if *is_big { Order::Big } else { Order::Little })
            }
            Part::Interface { link, resolution } => {
                interfaces.push((*link, *resolution));
                writer.interface(*link, 0, &[(9, &[*resolution])])
            }
            Part::Custom { content } => {
                number += 1;
                writer.block(0xbad, |body| body.u32(1).raw(&bytes(content)))
            }
            Part::Unknown { content } => writer.block(0x8000_0001, |body| body.raw(&bytes(content))),
            Part::Packet { .. } | Part::Simple { .. } | Part::Old { .. } if local == 0 => writer,
            Part::Packet { interface, seconds, content } => {
                let own = *interface as usize % local;
                let data = bytes(content);
                push(base + own, i64::from(START + seconds) * 1_000_000_000, data.clone());
                writer.packet(own as u32, timed(base + own, *seconds), data.len() as u32, &data, &[])
            }
            Part::Old { interface, seconds, content } => {
                let own = usize::from(*interface) % local;
                let data = bytes(content);
                let ticks = timed(base + own, *seconds);
                push(base + own, i64::from(START + seconds) * 1_000_000_000, data.clone());
                writer.block(2, |body| {
                    let body = body.u16(own as u16).u16(1).u32((ticks >> 32) as u32).u32(ticks as u32);
                    body.u32(data.len() as u32).u32(data.len() as u32).raw(&data)
                })
            }
            Part::Simple { content } => {
                let data = bytes(content);
                push(base, i64::MIN, data.clone());
                writer.block(3, |body| body.u32(data.len() as u32).raw(&data))
            }
        };
    }
    (writer.bytes, seen)
}

/// A pcap file of the packets among the parts.
fn pcap_file(is_big: bool, parts: &[Part]) -> (Vec<u8>, Vec<Seen>) {
    let order = if is_big { Order::Big } else { Order::Little };
    let mut writer = pcap(order, 0xa1b2_c3d4, 65_535, 1);
    let mut seen = Vec::new();
    for part in parts {
        let Part::Packet { seconds, content, .. } = part else { continue };
        let data = content.bytes(|count| Writer::new(order).record(START + count, 1, 2, b"ab").bytes);
        writer = writer.record(START + seconds, 7, data.len() as u32, &data);
        seen.push(Seen {
            frame: Frame::new(0, seen.len() as u64 + 1),
            time: i64::from(START + seconds) * 1_000_000_000 + 7_000,
            interface: 0,
            link: 1,
            original_length: data.len() as u32,
            data,
        });
    }
    (writer.bytes, seen)
}

/// Range lengths from absurdly small to the whole file.
fn range_bytes() -> impl Strategy<Value = u64> {
    prop_oneof![64..200_u64, 200..2000_u64, 2000..20_000_u64, Just(1 << 20)]
}

fn read_file(bytes: &[u8], range_bytes: u64, wave: usize) -> (Vec<Seen>, CaptureSummary) {
    let folder = Folder::new();
    let (seen, mut summaries) = read(&[folder.file("a", bytes)], settings(range_bytes, wave));
    let summary = summaries.pop().unwrap();
    assert!(summaries.is_empty());
    (seen, CaptureSummary { path: String::new(), format: String::new(), ..summary })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pcapng_records_are_found(
        parts in prop::collection::vec(part(), 1..120), range in range_bytes(), wave in 1..9_usize,
    ) {
        let (bytes, expected) = pcapng_file(&parts);
        let (seen, summary) = read_file(&bytes, range, wave);
        prop_assert!(seen == expected, "{} of {} records", seen.len(), expected.len());
        prop_assert!((seen, summary) == read_file(&bytes, 1 << 20, 1), "in one piece");
    }

    #[test]
    fn pcap_records_are_found(
        is_big in any::<bool>(),
        parts in prop::collection::vec(part(), 1..120), range in range_bytes(), wave in 1..9_usize,
    ) {
        let (bytes, expected) = pcap_file(is_big, &parts);
        let (seen, summary) = read_file(&bytes, range, wave);
        prop_assert!(seen == expected, "{} of {} records", seen.len(), expected.len());
        prop_assert_eq!(summary.packets, expected.len() as u64);
        prop_assert_eq!(summary.ended, super::Ended::Complete);
    }

    /// Damaged and cut files too are read alike in ranges, in one piece, and through the one reader.
    #[test]
    fn damage_is_met_at_the_same_place(
        is_pcapng in any::<bool>(),
        parts in prop::collection::vec(part(), 1..60), range in range_bytes(), wave in 1..9_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        length in any::<prop::sample::Index>(), is_cut in any::<bool>(),
    ) {
        let (mut bytes, _) = if is_pcapng { pcapng_file(&parts) } else { pcap_file(false, &parts) };
        if is_cut {
            bytes.truncate(28.max(length.index(bytes.len())));
        }
        // The head of the file stays: without it there is no capture to be opened.
        let from = 28.min(bytes.len());
        if let Some(count) = bytes.len().checked_sub(from).filter(|count| *count > 0) {
            changes.iter().for_each(|(index, value)| bytes[from + index.index(count)] = *value);
        }
        let in_ranges = read_file(&bytes, range, wave);
        prop_assert!(in_ranges == read_file(&bytes, 1 << 20, 1), "in one piece");
        prop_assert!(in_ranges == read_file(&gzip(&bytes), range, wave), "through the one reader");
    }

    /// Whatever happens to a packed file, reading it comes to an end and says why.
    #[test]
    fn damaged_packed_files_end(
        parts in prop::collection::vec(part(), 20..60), format in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
    ) {
        let (bytes, _) = pcap_file(false, &parts);
        let mut packed = [gzip, zstd, lz4][format](&bytes);
        packed.truncate(1 + length.index(packed.len()));
        changes.iter().for_each(|(index, value)| { let at = index.index(packed.len()); packed[at] = *value; });
        let folder = Folder::new();
        if let Ok(measurement) = open(&[folder.file("a", &packed)], settings(1000, 2)) {
            let (seen, summaries) = read_all(measurement);
            let packets: Vec<u64> = summaries.iter().map(|summary| summary.packets).collect();
            prop_assert_eq!(packets, [seen.len() as u64]);
        }
    }
}
