//! Each variant of the formats, and each kind of damage.

use super::super::bytes::Order::{Big, Little};
use super::files::{Folder, Writer, pcap};
use super::{CaptureSummary, Ended, InterfaceSummary, LinkType, Seen, read, settings};

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;
const IXIA: u32 = 0x1c00_01ac;
/// 2020-09-13 12:26:40 UTC.
const SECONDS: u32 = 1_600_000_000;
const NANOSECONDS: i64 = 1_600_000_000_000_000_000;

fn read_bytes(bytes: &[u8]) -> (Vec<Seen>, CaptureSummary) {
    let folder = Folder::new();
    let (seen, mut summaries) = read(&[folder.file("a", bytes)], settings(1 << 20, 4));
    (seen, summaries.pop().unwrap())
}

/// Times after [`NANOSECONDS`] and bytes.
fn brief(seen: &[Seen]) -> Vec<(i64, &[u8])> {
    seen.iter().map(|record| (record.time - NANOSECONDS, &record.data[..])).collect()
}

#[test]
fn pcap_in_both_byte_orders_and_resolutions() {
    for (order, magic, format, unit) in [
        (Little, MICRO, "pcap", 1000),
        (Big, MICRO, "pcap", 1000),
        (Little, NANO, "pcap-ns", 1),
        (Big, NANO, "pcap-ns", 1),
    ] {
        let file = pcap(order, magic, 96, 113).record(SECONDS, 5, 100, b"one").record(SECONDS, 6, 3, b"two");
        let (seen, summary) = read_bytes(&file.bytes);
        assert_eq!(brief(&seen), [(5 * unit, &b"one"[..]), (6 * unit, b"two")]);
        assert_eq!(seen[0].original_length, 100);
        assert_eq!((summary.packets, summary.bytes, summary.cut_packets), (2, 103, 1));
        assert_eq!(summary.format, format);
        assert_eq!((summary.interfaces[0].link, summary.interfaces[0].snap_length), (LinkType(113), 96));
        assert_eq!(summary.first.unwrap().0, NANOSECONDS + 5 * unit);
        assert_eq!(summary.last.unwrap().0, NANOSECONDS + 6 * unit);
        assert_eq!(summary.ended, Ended::Complete);
    }
}

#[test]
fn kuznetzov_and_ixia_variants() {
    let modified = pcap(Little, MODIFIED, 0, 1);
    let modified = modified.u32(SECONDS).u32(5).u32(3).u32(3).u32(2).u16(8).raw(&[0, 0]).raw(b"one");
    let ixia = pcap(Big, IXIA, 0, 1).u32(19).record(SECONDS, 5, 3, b"one");
    for (file, format) in [(modified, "pcap-modified"), (ixia, "pcap-ixia")] {
        let (seen, summary) = read_bytes(&file.bytes);
        assert_eq!(brief(&seen), [(5000, &b"one"[..])]);
        assert_eq!(summary.format, format);
    }
}

#[test]
fn old_pcap_versions_have_the_lengths_the_other_way_round() {
    for minor in [2, 3] {
        let header = Writer::new(Little).u32(MICRO).u16(2).u16(minor).u32(0).u32(0).u32(0).u32(1);
        let file = header.u32(SECONDS).u32(0).u32(9).u32(3).raw(b"one");
        let (seen, _) = read_bytes(&file.bytes);
        assert_eq!((seen[0].original_length, &seen[0].data[..]), (9, &b"one"[..]), "version 2.{minor}");
    }
}

#[test]
fn a_frame_check_sequence_is_taken_off() {
    // Two words of FCS; the first record holds it whole, the second a part, the third none of it.
    let file = pcap(Little, MICRO, 0, 0x2400_0001)
        .record(SECONDS, 0, 7, b"oneFCSS")
        .record(SECONDS, 0, 7, b"twoFC")
        .record(SECONDS, 0, 9, b"cut");
    let (seen, summary) = read_bytes(&file.bytes);
    let lengths: Vec<u32> = seen.iter().map(|record| record.original_length).collect();
    assert_eq!(brief(&seen), [(0, &b"one"[..]), (0, b"two"), (0, b"cut")]);
    assert_eq!((lengths, summary.cut_packets), (vec![3, 3, 5], 1));
    assert_eq!(summary.interfaces[0].link, LinkType(1));
    // Without the flag the length bits mean nothing.
    let (seen, _) = read_bytes(&pcap(Little, MICRO, 0, 0x2000_0001).record(SECONDS, 0, 3, b"one").bytes);
    assert_eq!(brief(&seen), [(0, &b"one"[..])]);
}

#[test]
fn careless_writers_are_tolerated() {
    let file = pcap(Little, MICRO, 2, 1)
        .record(SECONDS, 1_500_000, 3, b"more than a second")
        .record(SECONDS, 0, 0, b"longer than the snap length")
        .record(SECONDS, 0, 0, b"");
    let (seen, summary) = read_bytes(&file.bytes);
    assert_eq!(seen[0].time, NANOSECONDS + 1_500_000_000);
    assert_eq!(seen[1].original_length as usize, seen[1].data.len());
    assert_eq!((seen.len(), summary.cut_packets), (3, 0));
}

#[test]
fn a_record_longer_than_a_range_is_read_whole() {
    let long = vec![7; 300_000];
    let file = pcap(Little, MICRO, 400_000, 1).record(SECONDS, 0, 300_000, &long).record(SECONDS, 1, 1, b"x");
    let section = Writer::new(Big).section(Big).interface(1, 0, &[]);
    let blocks = section.packet(0, 0, 300_000, &long, &[]).packet(0, 0, 1, b"x", &[]);
    let folder = Folder::new();
    for bytes in [file.bytes, blocks.bytes] {
        let path = folder.file("a", &bytes);
        for range_bytes in [100, 70_000, 1 << 20] {
            let (seen, _) = read(std::slice::from_ref(&path), settings(range_bytes, 3));
            assert_eq!(seen.iter().map(|record| record.data.len()).collect::<Vec<_>>(), [300_000, 1]);
        }
    }
}

#[test]
fn a_pcap_record_beyond_all_snap_lengths_is_damage() {
    let file = pcap(Little, MICRO, 65_535, 1).record(SECONDS, 0, 3, b"one");
    let at = file.bytes.len() as u64;
    let file = file.u32(SECONDS).u32(0).u32(300_000).u32(300_000).raw(&[0; 400_000]);
    let (seen, summary) = read_bytes(&file.bytes);
    assert_eq!(seen.len(), 1);
    assert!(matches!(summary.ended, Ended::Damaged { at: place, .. } if place == at), "{summary:?}");
    // D-Bus messages may be that long.
    let file = pcap(Little, MICRO, 65_535, 231).record(SECONDS, 0, 0, &[0; 400_000]);
    assert_eq!(read_bytes(&file.bytes).0.len(), 1);
}

#[test]
fn a_file_cut_off_is_read_up_to_there() {
    let whole = pcap(Little, MICRO, 0, 1).record(SECONDS, 0, 3, b"one");
    let at = whole.bytes.len() as u64;
    let bytes = whole.record(SECONDS, 0, 3, b"two").bytes;
    for length in at as usize + 1..bytes.len() {
        let (seen, summary) = read_bytes(&bytes[..length]);
        assert_eq!((seen.len(), summary.ended), (1, Ended::Cut { at, end: length as u64 }));
    }
}

#[test]
fn pcapng_interfaces_have_clocks_of_their_own() {
    type Options<'a> = &'a [(u16, &'a [u8])];
    let clocks: [(Options<'_>, u64); 7] = [
        (&[], 1_600_000_000_000_003),
        (&[(9, &[9])], 1_600_000_000_000_003_000),
        (&[(9, &[0])], 1_600_000_000),
        (&[(9, &[10])], 16_000_000_000_000_030_000),
        (&[(9, &[0x80 | 20])], 1_600_000_000 << 20 | 4),
        (&[(9, &[6]), (14, &100_u64.to_be_bytes())], 1_599_999_900_000_003),
        (&[(9, &[6]), (14, &(-100_i64).to_be_bytes())], 1_600_000_100_000_003),
    ];
    let section = Writer::new(Big).section(Big);
    let file = clocks.iter().fold(section, |file, (options, _)| file.interface(1, 0, options));
    let file =
        (0..).zip(&clocks).fold(file, |file, (number, (_, ticks))| file.packet(number, *ticks, 0, b"", &[]));
    let (seen, _) = read_bytes(&file.bytes);
    let times: Vec<i64> = seen.iter().map(|record| record.time - NANOSECONDS).collect();
    // 4 ticks of 2^-20 s are 3814.7 ns.
    assert_eq!(times, [3000, 3000, 0, 3000, 3814, 3000, 3000]);
}

#[test]
fn absurd_clocks_do_not_overflow() {
    for resolution in [0, 9, 63, 127, 128, 200, 255] {
        for offset in [i64::MIN, 0, i64::MAX] {
            let options: [(u16, &[u8]); 2] = [(9, &[resolution]), (14, &offset.to_le_bytes())];
            let file = Writer::new(Little).section(Little).interface(1, 0, &options);
            let (seen, summary) = read_bytes(&file.packet(0, u64::MAX, 0, b"", &[]).bytes);
            let is_timeless = summary.timeless_packets == 1;
            assert_eq!((seen.len(), summary.first.is_none()), (1, is_timeless));
            assert_ne!(summary.last, Some(crate::capture::Timestamp(i64::MAX)), "behind every calendar");
        }
    }
}

#[test]
fn pcapng_sections_of_both_byte_orders_add_up() {
    let file = Writer::new(Little).section(Little).interface(1, 64, &[(2, b"eth0")]).interface(113, 0, &[]);
    let file = file.packet(1, 0, 3, b"one", &[]).section(Big).interface(276, 0, &[(3, b"any")]);
    let file =
        file.packet(0, 0, 3, b"two", &[]).section(Little).interface(101, 0, &[]).packet(0, 0, 3, b"six", &[]);
    let (seen, summary) = read_bytes(&file.bytes);
    let found: Vec<_> = seen.iter().map(|record| (record.interface, record.link, &record.data[..])).collect();
    assert_eq!(found, [(1, 113, &b"one"[..]), (2, 276, b"two"), (3, 101, b"six")]);
    let names: Vec<_> = summary.interfaces.iter().map(|interface| interface.name.as_deref()).collect();
    assert_eq!(names, [Some("eth0"), None, Some("any"), None]);
    assert_eq!(summary.interfaces[0].snap_length, 64);
}

#[test]
fn all_packet_blocks_of_pcapng() {
    let file = Writer::new(Little).section(Little).interface(1, 4, &[]);
    let file = file.block(3, |body| body.u32(9).raw(b"cut "));
    let old = |body: Writer| body.u16(0).u16(7).u32(0).u32(5).u32(3).u32(8).raw(b"old");
    let file = file.block(2, old).packet(0, 6, 3, b"new", &[(1, b"a comment"), (4, &2_u64.to_le_bytes())]);
    let (seen, summary) = read_bytes(&file.bytes);
    let found: Vec<_> =
        seen.iter().map(|record| (record.time, record.original_length, &record.data[..])).collect();
    assert_eq!(found, [(i64::MIN, 9, &b"cut "[..]), (5000, 8, b"old"), (6000, 3, b"new")]);
    assert_eq!(summary.interfaces[0].drops, Some(9));
    assert_eq!((summary.first.unwrap().0, summary.last.unwrap().0), (5000, 6000));
}

#[test]
fn drops_are_the_last_total_of_the_statistics() {
    let statistics = |file: Writer, interface: u32, drops: u64, system_drops: u64| {
        file.block(5, |body| {
            let body = body.u32(interface).u64(0);
            body.options(&[(4, &[9; 8]), (5, &drops.to_le_bytes()), (7, &system_drops.to_le_bytes())])
        })
    };
    let file = Writer::new(Little).section(Little).interface(1, 0, &[]).interface(1, 0, &[]);
    let file = statistics(statistics(statistics(file, 0, 3, 0), 0, 5, 2), 7, 1, 1);
    let (_, summary) = read_bytes(&file.bytes);
    let drops: Vec<_> = summary.interfaces.iter().map(|interface| interface.drops).collect();
    assert_eq!(drops, [Some(7), None]);
}

#[test]
fn what_came_from_an_interface_is_told_beside_what_the_file_holds_of_it() {
    let statistics = |file: Writer, interface: u32, received: u64| {
        file.block(5, |body| body.u32(interface).u64(0).options(&[(4, &received.to_le_bytes())]))
    };
    let file =
        Writer::new(Little).section(Little).interface(1, 0, &[]).interface(1, 0, &[]).interface(1, 0, &[]);
    let file = file.packet(0, 0, 0, b"", &[]).packet(2, 0, 0, b"", &[]).packet(0, 0, 0, b"", &[]);
    let file = statistics(statistics(statistics(file, 0, 12_000), 0, 12_224), 1, u64::MAX);
    let (_, summary) = read_bytes(&file.bytes);
    let told = |one: &InterfaceSummary| (one.packets, one.received);
    assert_eq!(
        summary.interfaces.iter().map(told).collect::<Vec<_>>(),
        [(2, Some(12_224)), (0, None), (1, None)]
    );
}

#[test]
fn what_a_capture_filter_kept_out_was_not_received() {
    let counts = |received: u64, accepted: Option<u64>, filter: &[u8]| {
        let mut options = vec![(4, received.to_le_bytes())];
        options.extend(accepted.map(|accepted| (6, accepted.to_le_bytes())));
        let options: Vec<(u16, &[u8])> = options.iter().map(|(code, value)| (*code, &value[..])).collect();
        let file = Writer::new(Little).section(Little).interface(1, 0, &[(11, filter)]);
        let file = file.packet(0, 0, 0, b"", &[]).block(5, |body| body.u32(0).u64(0).options(&options));
        read_bytes(&file.bytes).1.interfaces[0].received
    };
    assert_eq!(counts(900, None, b"\0"), Some(900), "no filter");
    assert_eq!(counts(900, Some(40), b"\0"), Some(40), "as the file tells itself");
    assert_eq!(counts(900, Some(u64::MAX), b"\0"), Some(900), "not known");
    assert_eq!(counts(900, None, b"\0udp port 5060"), None, "some systems count before the filter");
}

#[test]
fn frame_numbers_are_those_of_wireshark() {
    let file = Writer::new(Little).section(Little).interface(1, 0, &[]).packet(0, 0, 0, b"", &[]);
    // Journal entry, custom blocks and Sysdig events have a number; names, secrets and local blocks have none.
    let numbered = [9, 0xbad, 0x4000_0bad, 0x204, 0x216, 0x221];
    let unnumbered = [4, 10, 7, 0x8000_0001];
    let blocks = numbered.iter().chain(&unnumbered);
    let file = blocks.fold(file, |file, kind| file.block(*kind, |body| body.raw(&[0; 32])));
    let (seen, summary) = read_bytes(&file.packet(0, 0, 0, b"", &[]).bytes);
    let numbers: Vec<u64> = seen.iter().map(|record| record.frame.number()).collect();
    assert_eq!(numbers, [1, 2 + numbered.len() as u64]);
    assert_eq!(summary.packets, 2);
}

#[test]
fn pcapng_states_the_frame_check_sequence_per_interface_or_packet() {
    let file = Writer::new(Big).section(Big).interface(1, 0, &[(13, &[4])]).interface(1, 0, &[(13, &[32])]);
    let file = file.packet(0, 0, 7, b"oneFCSS", &[]).packet(1, 0, 7, b"twoFCSS", &[]);
    let file = file.packet(0, 0, 5, b"sixFC", &[(2, &(2_u32 << 5).to_be_bytes())]);
    let (seen, _) = read_bytes(&file.bytes);
    let found: Vec<_> = seen.iter().map(|record| (record.original_length, &record.data[..])).collect();
    assert_eq!(found, [(3, &b"one"[..]), (3, b"two"), (3, b"six")]);
}

#[test]
fn pcapng_damage_ends_reading_where_it_is() {
    let good = Writer::new(Little).section(Little).interface(1, 0, &[]).packet(0, 0, 3, b"one", &[]);
    let at = good.bytes.len() as u64;
    let packet = |interface: u32, captured: u32| {
        Writer::new(Little).block(6, |body| body.u32(interface).u64(0).u32(captured).u32(3).raw(b"two"))
    };
    let damages = [
        ("interface 3", packet(3, 3)),
        ("too small", packet(0, 5)),
        ("lengths differ", Writer::new(Little).u32(6).u32(16).u32(0).u32(20)),
        ("14 bytes", Writer::new(Little).u32(6).u32(14).u32(0).u32(14)),
        ("8 bytes", Writer::new(Little).u32(6).u32(8).u32(8)),
        ("byte-order magic", Writer::new(Little).u32(0x0a0d_0d0a).u32(12).u32(12)),
        (
            "version 2.0",
            Writer::new(Big).block(0x0a0d_0d0a, |body| body.u32(0x1a2b_3c4d).u16(2).u16(0).u64(0)),
        ),
        ("interface block cut short", Writer::new(Little).block(1, |body| body.u16(1))),
    ];
    for (words, damage) in damages {
        let file = good.clone().raw(&damage.bytes).packet(0, 0, 3, b"two", &[]);
        let (seen, summary) = read_bytes(&file.bytes);
        assert_eq!(brief(&seen).len(), 1, "{words}");
        match summary.ended {
            Ended::Damaged { at: place, reason } if place == at && reason.contains(words) => {}
            other => panic!("{words}: {other:?}"),
        }
    }
    let (_, summary) = read_bytes(&good.raw(&[6, 0, 0, 0, 40, 0, 0, 0, 1, 2, 3, 4]).bytes);
    assert_eq!(summary.ended, Ended::Cut { at, end: at + 12 });
}

#[test]
fn interfaces_are_bounded() {
    let mut file = Writer::new(Little).section(Little);
    let block = Writer::new(Little).interface(1, 0, &[]).bytes;
    (0..=1 << 16).for_each(|_| file.bytes.extend_from_slice(&block));
    let (_, summary) = read_bytes(&file.bytes);
    assert_eq!(summary.interfaces.len(), 1 << 16);
    assert!(matches!(summary.ended, Ended::Damaged { .. }));
}

#[test]
fn snoop_records_are_padded_and_count_drops() {
    let file = Writer::new(Big).raw(b"snoop\0\0\0").u32(2).u32(4);
    let file = file.u32(60).u32(3).u32(28).u32(0).u32(SECONDS).u32(5).raw(b"one\0");
    let file = file.u32(4).u32(4).u32(28).u32(2).u32(SECONDS).u32(6).raw(b"four");
    let folder = Folder::new();
    let path = folder.file("a", &file.bytes);
    for range_bytes in [24, 40, 1 << 20] {
        let (seen, summaries) = read(std::slice::from_ref(&path), settings(range_bytes, 2));
        assert_eq!(brief(&seen), [(5000, &b"one"[..]), (6000, b"four")]);
        let summary = &summaries[0];
        assert_eq!((&summary.format[..], summary.cut_packets), ("snoop", 1));
        assert_eq!((summary.interfaces[0].link, summary.interfaces[0].drops), (LinkType(1), Some(2)));
    }
    let (seen, summary) = read_bytes(&file.u32(4).u32(40).u32(28).raw(&[0; 60]).bytes);
    assert_eq!(seen.len(), 2);
    assert!(matches!(summary.ended, Ended::Damaged { .. }));
}
