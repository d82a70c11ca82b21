//! The same capture gives the same report, byte for byte: for any number of threads, any size of the pieces it is read
//! in, any container, and in one file or many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::path::PathBuf;
use std::sync::LazyLock;

use pbxray::capture::Settings;
use pbxray::site::Hints;
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, proptest};
use proptest::sample::select;
use rayon::{ThreadPool, ThreadPoolBuilder};
use samplegen::capture::{Capture, Record};
use samplegen::file::pcapng::{Interface, Pcapng};
use samplegen::file::{Order, gzip, pcap, pcapng};
use samplegen::scenario::{self, Scenario};
use serde_json::Value;
use tempfile::NamedTempFile;

use support::stages::{audit, audit_bytes, hints, json, table, written};

/// Between them: calls, a mirror port that doubles, fragments, lost voice, lost TCP, tags, two directions that differ.
const SCENARIOS: [&str; 7] =
    ["agfeo-lan", "pascom-onsite", "mirror-duplicates", "sig-006", "rtp-003", "cap-001-unseen", "vlan-boot"];
/// The file itself is what these show: damage, clock steps, two sections with foreign blocks.
const FILES: [&str; 4] = ["cap-011", "cap-011-scribbled", "cap-006", "cap-011-near"];

const THREADS: [usize; 3] = [1, 2, 7];

/// A capture file with the report that one thread makes of it in one piece.
struct Reference {
    name: String,
    file: NamedTempFile,
    hints: Hints,
    report: String,
}

static REFERENCES: LazyLock<Vec<Reference>> = LazyLock::new(|| {
    let mut references = Vec::new();
    for scenario in SCENARIOS.map(find) {
        for (container, bytes) in containers(&scenario.capture) {
            references.push(Reference::new(&scenario, container, &bytes));
        }
    }
    for scenario in ["agfeo-lan", "pascom-onsite"].map(find) {
        let bytes = with_numbers_between(&scenario.capture);
        references.push(Reference::new(&scenario, "pcapng with custom blocks", &bytes));
    }
    references
        .extend(FILES.map(find).iter().map(|scenario| Reference::new(scenario, "file", &scenario.file())));
    references
});

static POOLS: LazyLock<Vec<ThreadPool>> = LazyLock::new(|| {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    THREADS.into_iter().map(pool).collect()
});

impl Reference {
    fn new(scenario: &Scenario, container: &str, bytes: &[u8]) -> Self {
        let name = format!("{} as {container}", scenario.name);
        let (file, hints) = (written(bytes), hints(scenario));
        let mut reference = Self { name, file, hints, report: String::new() };
        reference.report = reference.report(&POOLS[0], u64::MAX, 1);
        reference
    }

    fn report(&self, pool: &ThreadPool, range_bytes: u64, wave: usize) -> String {
        let settings = Settings { range_bytes, wave, ..Settings::default() };
        let audit = pool.install(|| audit(&[self.file.path().to_path_buf()], &self.hints, settings)).unwrap();
        table(&audit) + &json(&audit)
    }
}

/// From the least piece to more than any of the files, small ones as likely as large ones.
fn range_bytes() -> impl Strategy<Value = u64> {
    (6_u32..20, 0_u64..64).prop_map(|(power, more)| (1 << power) + more)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_pieces_change_no_byte(
        reference in select((0..REFERENCES.len()).collect::<Vec<_>>()),
        pool in 0..THREADS.len(),
        range_bytes in range_bytes(),
        wave in 1_usize..20,
    ) {
        let reference = &REFERENCES[reference];
        let report = reference.report(&POOLS[pool], range_bytes, wave);
        prop_assert!(report == reference.report, "{}: another report", reference.name);
    }
}

#[test]
fn every_number_of_threads_gives_the_same_bytes() {
    for reference in &*REFERENCES {
        for pool in &*POOLS {
            assert!(reference.report(pool, 1 << 16, 8) == reference.report, "{}", reference.name);
        }
    }
}

#[test]
fn the_container_changes_nothing_that_is_said() {
    for scenario in SCENARIOS.map(find) {
        let hints = hints(&scenario);
        let content = |bytes: &[u8]| without_captures(&json(&audit_bytes(bytes, &hints)));
        let plain = pcap::write(&scenario.capture, &pcap::Options::default());
        let expected = content(&plain);
        for (container, bytes) in containers(&scenario.capture) {
            assert_eq!(content(&bytes), expected, "{} as {container}", scenario.name);
        }
        assert_eq!(content(&gzip::store(&plain)), expected, "{} packed", scenario.name);
    }
}

#[test]
fn split_files_are_one_measurement() {
    for scenario in SCENARIOS.map(find) {
        let records = &scenario.capture.records;
        let parts: Vec<Vec<Record>> = records.chunks(records.len().div_ceil(5)).map(<[_]>::to_vec).collect();
        compare_with_whole(&scenario, &parts, |_| {});
    }
}

#[test]
fn files_that_overlap_are_one_measurement() {
    for scenario in SCENARIOS.map(find) {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        // Nothing tells in which order frames of one moment in two files came: they stay together.
        for (nth, moment) in scenario.capture.records.chunk_by(|x, y| x.time == y.time).enumerate() {
            parts[nth * 7 % 5 % 3].extend_from_slice(moment);
        }
        // Lists are in order of frames, and frames in order of files: which example comes first depends on it.
        compare_with_whole(&scenario, &parts, |report| {
            sort_lists(report);
            remove(report, &|key, _| key == "evidence");
        });
    }
}

fn compare_with_whole(scenario: &Scenario, parts: &[Vec<Record>], prepare: impl Fn(&mut Value)) {
    let folder = tempfile::tempdir().unwrap();
    for (nth, records) in parts.iter().enumerate() {
        let part = Capture { records: records.clone(), ..scenario.capture };
        // The names stand against the order of time.
        let name = format!("part-{}.pcapng", parts.len() - nth);
        std::fs::write(folder.path().join(name), pcapng::write(&part)).unwrap();
    }
    let hints = hints(scenario);
    let content = |path: PathBuf| {
        let mut content = without_captures(&json(&audit(&[path], &hints, Settings::default()).unwrap()));
        remove_places(&mut content);
        prepare(&mut content);
        content
    };
    let whole = written(&pcapng::write(&scenario.capture));
    assert_eq!(content(folder.path().to_owned()), content(whole.path().to_owned()), "{}", scenario.name);
}

/// A report but for what it says about the files themselves.
fn without_captures(report: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).unwrap();
    let captures = report.as_object_mut().and_then(|report| report.remove("captures"));
    assert!(captures.is_some());
    report
}

/// Takes frame numbers out, and filters that consist of them.
fn remove_places(report: &mut Value) {
    remove(report, &|key, value| match key {
        "frames" | "files" => value.is_array(),
        // Where a message of a call stands.
        "frame" | "file" => value.is_number(),
        "filter" => value.as_str().is_some_and(|text| text.contains("frame.number")),
        _ => false,
    });
}

fn remove(value: &mut Value, unwanted: &impl Fn(&str, &Value) -> bool) {
    match value {
        Value::Object(entries) => {
            entries.retain(|key, value| !unwanted(key, value));
            entries.values_mut().for_each(|value| remove(value, unwanted));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| remove(value, unwanted)),
        _ => {}
    }
}

/// Puts all lists into an order of their own; calls name their streams instead of pointing at them.
fn sort_lists(report: &mut Value) {
    let streams = report["streams"].clone();
    for call in report["calls"].as_array_mut().into_iter().flatten() {
        for place in call["streams"].as_array_mut().into_iter().flatten() {
            let stream = &streams[place.as_u64().unwrap() as usize];
            *place = Value::String(format!("{} {}", stream["source"], stream["ssrc"]));
        }
    }
    sort(report);
}

fn sort(value: &mut Value) {
    match value {
        Value::Object(entries) => entries.values_mut().for_each(sort),
        Value::Array(items) => {
            items.iter_mut().for_each(sort);
            items.sort_by_cached_key(Value::to_string);
        }
        _ => {}
    }
}

fn find(name: &str) -> Scenario {
    scenario::find(name).unwrap_or_else(|| panic!("no scenario {name}"))
}

fn containers(capture: &Capture) -> [(&'static str, Vec<u8>); 3] {
    [
        ("pcap", pcap::write(capture, &pcap::Options::default())),
        ("pcapng", pcapng::write(capture)),
        ("pcapng with blocks in the middle", with_blocks_in_the_middle(capture)),
    ]
}

/// Custom blocks, which Wireshark numbers as it does packets: many before the first packet, and some between.
fn with_numbers_between(capture: &Capture) -> Vec<u8> {
    let mut file = Pcapng::new(Order::Little);
    let interface = file.interface(&Interface::of(capture));
    (0..capture.records.len()).for_each(|_| file.custom(b"note"));
    for (place, record) in capture.records.iter().enumerate() {
        file.packet(interface, record);
        if place % 20 == 10 {
            file.custom(b"note");
        }
    }
    file.finish()
}

/// Three thirds: one interface in microseconds, a second in nanoseconds, and a section of the other byte order.
fn with_blocks_in_the_middle(capture: &Capture) -> Vec<u8> {
    let mut file = Pcapng::new(Order::Little);
    for (nth, third) in capture.records.chunks(capture.records.len().div_ceil(3)).enumerate() {
        if nth == 2 {
            file.section(Order::Big);
        }
        let resolution = if nth == 0 { 6 } else { 9 };
        let interface = file.interface(&Interface { resolution, ..Interface::of(capture) });
        for (place, record) in third.iter().enumerate() {
            file.packet(interface, record);
            match place % 50 {
                20 => file.statistics(interface, record.time, place as u64, 0),
                40 => file.name([192, 0, 2, 1], "host.example"),
                _ => {}
            }
        }
    }
    file.finish()
}
