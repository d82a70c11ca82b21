//! Several files, directories, pipes and packed files; and what the user is told when it cannot be done.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::bytes::Order::Little;
use super::files::{Folder, Writer, gzip, lz4, pcap, zstd};
use super::*;

/// A pcap file with a record at each of these microseconds.
fn at(times: &[u32]) -> Vec<u8> {
    let file = pcap(Little, 0xa1b2_c3d4, 0, 1);
    let seconds = |time: u32| (1000 + time / 1_000_000, time % 1_000_000);
    times
        .iter()
        .fold(file, |file, &time| file.record(seconds(time).0, seconds(time).1, 4, &time.to_le_bytes()))
        .bytes
}

fn frames(seen: &[Seen]) -> Vec<(u16, u64)> {
    seen.iter().map(|record| (record.frame.file(), record.frame.number())).collect()
}

fn names(summaries: &[CaptureSummary]) -> Vec<&str> {
    summaries.iter().map(|summary| summary.path.rsplit('/').next().unwrap()).collect()
}

#[test]
fn files_that_follow_each_other_are_read_in_the_order_of_time() {
    let folder = Folder::new();
    let late = folder.file("a.pcap", &at(&[30, 40]));
    let none = folder.file("b.pcap", &at(&[]));
    let early = folder.file("c.pcap.gz", &gzip(&at(&[10, 30])));
    let (seen, summaries) = read(&[late, none, early], settings(64, 2));
    assert_eq!(frames(&seen), [(0, 1), (0, 2), (1, 1), (1, 2)]);
    assert_eq!(names(&summaries), ["c.pcap.gz", "a.pcap", "b.pcap"]);
    assert_eq!(summaries[0].format, "pcap+gzip");
    assert!(summaries.iter().all(|summary| summary.ended == Ended::Complete));
}

#[test]
fn files_that_overlap_are_merged_by_time() {
    let folder = Folder::new();
    let first = folder.file("a", &at(&[10, 20, 40, 41, 90]));
    let second = folder.file("b", &at(&[20, 30]));
    let third = folder.file("c", &at(&[85, 95]));
    let (seen, summaries) = read(&[third, first, second], settings(1 << 20, 4));
    let expected = [(0, 1), (0, 2), (1, 1), (1, 2), (0, 3), (0, 4), (2, 1), (0, 5), (2, 2)];
    assert_eq!(frames(&seen), expected);
    assert_eq!(summaries.iter().map(|summary| summary.packets).collect::<Vec<_>>(), [5, 2, 2]);
}

/// Records of several files, with gaps long enough that files follow each other or overlap.
fn files() -> impl Strategy<Value = Vec<Vec<u32>>> {
    let steps = prop::collection::vec(prop_oneof![8 => 0..4_u32, 1 => 50..400_u32], 0..60);
    let file = (0..600_u32, steps).prop_map(|(start, steps)| {
        let times = steps.iter().scan(start, |time, step| {
            *time += step;
            // Time steps back now and then.
            Some(if step % 4 == 3 { time.saturating_sub(5) } else { *time })
        });
        times.collect()
    });
    prop::collection::vec(file, 1..6)
}

/// The merge by the book: of all next records the earliest, of equal ones that of the first file.
fn merged(files: &[&Vec<u32>]) -> Vec<(u16, u64)> {
    let mut next = vec![0; files.len()];
    let mut order = Vec::new();
    while let Some((_, file)) =
        files.iter().enumerate().filter_map(|(file, times)| Some((*times.get(next[file])?, file))).min()
    {
        next[file] += 1;
        order.push((file as u16, next[file] as u64));
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_files_are_merged(files in files(), range in 24..3000_u64, wave in 1..5_usize, packed in any::<u8>()) {
        let folder = Folder::new();
        let paths: Vec<PathBuf> = files.iter().enumerate().map(|(number, times)| {
            let bytes = at(times);
            let bytes = if packed >> number & 1 == 1 { gzip(&bytes) } else { bytes };
            folder.file(&number.to_string(), &bytes)
        }).collect();
        let mut sorted: Vec<&Vec<u32>> = files.iter().collect();
        sorted.sort_by_key(|times| (times.is_empty(), times.first().copied()));
        let (seen, summaries) = read(&paths, settings(range, wave));
        prop_assert_eq!(frames(&seen), merged(&sorted));
        let packets: Vec<u64> = summaries.iter().map(|summary| summary.packets).collect();
        prop_assert_eq!(packets, sorted.iter().map(|times| times.len() as u64).collect::<Vec<_>>());
        for record in &seen {
            let time = sorted[usize::from(record.frame.file())][record.frame.number() as usize - 1];
            prop_assert_eq!(&record.data, &time.to_le_bytes());
            prop_assert_eq!(record.time, 1_000_000_000_000 + i64::from(time) * 1000);
        }
    }
}

#[test]
fn packed_files_of_several_parts_are_read_to_the_end() {
    let bytes = at(&(0..5000).collect::<Vec<_>>());
    let (head, tail) = bytes.split_at(1234);
    let skippable: &[u8] = &[0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
    let folder = Folder::new();
    for (name, packed) in [
        ("pcap+gzip", [gzip(head), gzip(tail)].concat()),
        ("pcap+zstd", [skippable, &zstd(head), skippable, &zstd(tail)].concat()),
        ("pcap+lz4", [lz4(head), lz4(tail)].concat()),
    ] {
        let (seen, summaries) = read(&[folder.file(name, &packed)], settings(5000, 3));
        assert_eq!((seen.len(), &summaries[0].format[..]), (5000, name));
        assert_eq!(summaries[0].ended, Ended::Complete, "{name}");

        let cut = folder.file("cut", &packed[..packed.len() - 5]);
        let (_, summaries) = read(&[cut], settings(5000, 3));
        assert!(matches!(summaries[0].ended, Ended::Cut { .. }), "{name}: {:?}", summaries[0].ended);
    }
}

#[test]
fn a_damaged_packed_file_is_read_up_to_the_damage() {
    let mut packed = gzip(&at(&(0..50_000).collect::<Vec<_>>()));
    let middle = packed.len() / 2;
    packed[middle..middle + 50].fill(0xff);
    let folder = Folder::new();
    let (seen, summaries) = read(&[folder.file("a", &packed)], settings(5000, 3));
    assert!((1000..50_000).contains(&seen.len()));
    assert!(matches!(summaries[0].ended, Ended::Damaged { .. }), "{:?}", summaries[0].ended);
}

#[test]
fn a_directory_is_one_measurement_of_its_captures() {
    let folder = Folder::new();
    folder.file("ring_2", &at(&[20]));
    folder.file("ring_1", &at(&[10]));
    folder.file("notes.txt", b"called the customer at noon, no answer");
    folder.file("ring_3", b"");
    std::fs::create_dir(folder.path().join("old")).unwrap();
    let measurement = open(&[folder.path(), folder.path().join("ring_1")], Settings::default()).unwrap();
    let read: Vec<_> = measurement.paths().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(read, ["ring_1", "ring_2"]);
    let passed: Vec<_> = measurement.passed_over().iter().map(|other| other.reason.clone()).collect();
    assert_eq!(passed.len(), 3);
    assert!(
        passed[0].contains("notes.txt: cannot be read: ")
            && passed[0].ends_with("it starts with \"called the c\")"),
        "{passed:?}"
    );
    assert!(passed[1].contains("old: is no regular file"), "{passed:?}");
    assert!(passed[2].contains("ring_3: is empty"), "{passed:?}");
}

#[test]
fn what_cannot_be_opened_is_named_with_advice() {
    let folder = Folder::new();
    let refused = |path: PathBuf| open(&[path], Settings::default()).unwrap_err().to_string();
    let file = |name: &str, bytes: &[u8]| refused(folder.file(name, bytes));
    assert!(
        refused(folder.path().join("none"))
            .ends_with("none: there is no such file or directory: check the name")
    );
    assert!(file("empty", b"").contains("empty: is empty"));
    assert!(file("text", &[b'x'; 100]).ends_with("lz4; it starts with \"xxxxxxxxxxxx\")"));
    assert!(file("escape", b"\x1b[2Jbell\x07 and so on and so on").contains(r"\x1b[2Jbell\x07"));
    assert!(file("netmon", b"GMBU0000000000000000000000000000").contains(
        "cannot be read: this is a Microsoft Network Monitor capture: convert it with `editcap -F pcapng OLD NEW` ("
    ));
    assert!(file("xz", b"\xfd7zXZ\0 and the rest of the archive").contains("unpack it first"));
    assert!(
        file("packed", &gzip(b"not a capture, but long enough")).contains("it starts with \"not a captur\"")
    );
    assert!(file("broken", &gzip(&at(&[1]))[..12]).contains("cannot be unpacked"));
    let version = Writer::new(Little).u32(0xa1b2_c3d4).u16(1).u16(0).u32(0).u32(0).u32(0).u32(1);
    assert!(file("version", &version.bytes).contains("pcap version 1.0"));
    let other = Folder::new();
    other.file("notes", b"nothing to be seen here, move along");
    assert!(refused(other.path()).contains("holds no packet capture (1 other files)"));
    assert!(open(&[], Settings::default()).unwrap_err().to_string().contains("no capture named"));
}

/// A FIFO and its writing end.
fn fifo(folder: &Folder) -> (PathBuf, std::fs::File) {
    let path = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    (path, writer)
}

#[test]
fn a_pipe_is_read_while_it_is_written() {
    let folder = Folder::new();
    let (path, mut writer) = fifo(&folder);
    let bytes = at(&[1, 2, 3]);
    let record = (bytes.len() - 24) / 3;
    writer.write_all(&bytes[..24 + record]).unwrap();
    let stop = Arc::default();
    let mut measurement = open(&[path], Settings { stop: Arc::clone(&stop), ..Settings::default() }).unwrap();
    let visit = |count: &mut u64, _: Record<'_>| *count += 1;
    let wave = |measurement: &mut Measurement| {
        let outcomes = measurement.next_wave().into_iter().map(|job| job.read(&visit)).collect();
        measurement.join(outcomes, &visit).iter().map(|chunk| chunk.value).sum::<u64>()
    };
    assert_eq!(wave(&mut measurement), 1);
    // Half a record more is none.
    writer.write_all(&bytes[24 + record..24 + record * 2 + 5]).unwrap();
    assert_eq!(wave(&mut measurement), 1);
    writer.write_all(&bytes[24 + record * 2 + 5..]).unwrap();
    assert_eq!(wave(&mut measurement), 1);
    assert_eq!(measurement.progress().total, None);

    // Nothing comes any more, and the writer stays.
    stop.store(true, Ordering::Relaxed);
    let started = Instant::now();
    assert_eq!(wave(&mut measurement), 0);
    assert!(started.elapsed() < Duration::from_secs(5));
    let summary = measurement.finish().pop().unwrap();
    assert_eq!((summary.packets, summary.ended), (3, Ended::Stopped));
}

#[test]
fn a_stopped_run_says_so_for_every_file() {
    let folder = Folder::new();
    let paths = [folder.file("a", &at(&[1])), folder.file("b", &at(&[2]))];
    let settings = Settings::default();
    let stop = Arc::clone(&settings.stop);
    let mut measurement = open(&paths, settings).unwrap();
    stop.store(true, Ordering::Relaxed);
    assert!(measurement.next_wave().is_empty());
    let summaries = measurement.finish();
    assert_eq!(names(&summaries), ["a", "b"]);
    assert!(summaries.iter().all(|summary| summary.ended == Ended::Stopped && summary.format == "pcap"));
}

#[test]
fn a_file_that_goes_away_is_reported_and_the_others_are_read() {
    let folder = Folder::new();
    let paths = [folder.file("a", &at(&[1])), folder.file("b", &at(&[2]))];
    let mut measurement = open(&paths, Settings::default()).unwrap();
    std::fs::remove_file(&paths[0]).unwrap();
    let visit = |count: &mut u64, _: Record<'_>| *count += 1;
    let outcomes = measurement.next_wave().into_iter().map(|job| job.read(&visit)).collect();
    assert_eq!(measurement.join(outcomes, &visit).len(), 1);
    assert!(measurement.next_wave().is_empty());
    let summaries = measurement.finish();
    assert!(matches!(summaries[0].ended, Ended::Unreadable { .. }), "{:?}", summaries[0]);
    assert_eq!((summaries[1].packets, &summaries[1].ended), (1, &Ended::Complete));
}
