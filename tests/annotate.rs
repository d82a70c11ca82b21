//! The annotated capture is the capture: the same packets at the same times, with each comment at the frame that the finding
//! names. tshark is the judge.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::Value;

use support::{captures, tshark};

fn pbxray(words: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("pbxray").unwrap().env("LC_ALL", "C").args(words).assert()
}

fn annotate(input: &Path, more: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let output = place.path().join("annotated.pcapng");
    let mut words = vec!["annotate", input.to_str().unwrap(), "-o", output.to_str().unwrap()];
    words.extend(more);
    let status = pbxray(&words).get_output().status.code();
    assert!(matches!(status, Some(0 | 1 | 3)), "{}: {status:?}", input.display());
    (place, output)
}

/// Codes at each frame, as the JSON report names them.
fn named(input: &Path) -> BTreeMap<u64, Vec<String>> {
    let output = pbxray(&["check", input.to_str().unwrap(), "--format", "json"]).get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&output).unwrap();
    let mut named: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        for frame in finding["evidence"]["frames"].as_array().unwrap() {
            let code = finding["code"].as_str().unwrap().to_owned();
            named.entry(frame.as_u64().unwrap()).or_default().push(code);
        }
    }
    named.values_mut().for_each(|codes| codes.sort());
    named
}

/// Codes at each frame, as tshark shows the comments.
fn shown(annotated: &Path) -> BTreeMap<u64, Vec<String>> {
    let fields =
        ["-Y", "frame.comment", "-T", "fields", "-E", "aggregator=\u{1}", "-e", "frame.number", "-e"];
    let text = tshark::read(annotated, &[&fields[..], &["frame.comment"]].concat()).unwrap();
    let line = |line: &str| {
        let (number, comments) = line.split_once('\t').unwrap();
        let mut codes: Vec<String> = comments
            .split('\u{1}')
            .map(|comment| comment.split(' ').next().unwrap_or_default().to_owned())
            .filter(|code| code.contains('-') && code.chars().next().is_some_and(char::is_alphabetic))
            .collect();
        codes.sort();
        (number.parse().unwrap(), codes)
    };
    text.lines().map(line).collect()
}

/// Number, time, lengths and interface of all packets.
fn packets(capture: &Path) -> String {
    let fields = ["frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_id"];
    let mut words = vec!["-T", "fields"];
    words.extend(fields.iter().flat_map(|field| ["-e", field]));
    tshark::read(capture, &words).unwrap()
}

fn samples() -> Vec<PathBuf> {
    let entries = fs::read_dir("samples").unwrap().map(|entry| entry.unwrap().path());
    let mut samples: Vec<PathBuf> =
        entries.filter(|path| path.is_file() && path.extension().is_none_or(|it| it != "md")).collect();
    samples.sort();
    samples
}

#[test]
fn comments_stand_at_the_frames_that_findings_name() {
    if !tshark::is_installed("comments_stand_at_the_frames_that_findings_name") {
        return;
    }
    let samples = samples();
    assert!(samples.len() > 50, "{samples:?}");
    let commented: usize = samples
        .into_par_iter()
        .map(|sample| {
            let (_place, annotated) = annotate(&sample, &[]);
            let (shown, named) = (shown(&annotated), named(&sample));
            // A simple packet block takes no comment; the samples have none.
            assert_eq!(shown, named, "{}", sample.display());
            shown.len()
        })
        .sum();
    assert!(commented > 100, "{commented}");
}

#[test]
fn packets_times_and_order_stay() {
    if !tshark::is_installed("packets_times_and_order_stay") {
        return;
    }
    samples().into_par_iter().for_each(|sample| {
        // tshark refuses what is cut off, and says so of the copy no more.
        let Ok(before) = tshark::read(&sample, &["-T", "fields", "-e", "frame.number"]) else { return };
        let (_place, annotated) = annotate(&sample, &[]);
        assert!(!before.is_empty());
        // A file without interface blocks has one interface, numbered 0, in the copy.
        let is_same =
            |line: (&str, &str)| line.0 == line.1 || line.1.strip_suffix("\t0") == Some(line.0.trim_end());
        let (before, after) = (packets(&sample), packets(&annotated));
        assert_eq!(before.lines().count(), after.lines().count(), "{}", sample.display());
        for line in before.lines().zip(after.lines()) {
            assert!(is_same(line), "{}: {line:?}", sample.display());
        }
    });
}

#[test]
fn only_evidence_is_a_small_file_with_all_of_it() {
    if !tshark::is_installed("only_evidence_is_a_small_file_with_all_of_it") {
        return;
    }
    let sample = Path::new("samples/qos-001.pcapng");
    let (_place, annotated) = annotate(sample, &["--only-evidence"]);
    let named = named(sample);
    let text = packets(&annotated);
    assert_eq!((text.lines().count(), shown(&annotated).len()), (named.len(), named.len()));
    assert!(!named.is_empty());
}

#[test]
fn nothing_that_was_said_leaves_the_house() {
    let said = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        ["SIP/2.0 200", "User-Agent:", "From:", "Contact:", "Call-ID:"].iter().any(|said| text.contains(said))
    };
    let speaking: Vec<PathBuf> =
        samples().into_iter().filter(|sample| said(&fs::read(sample).unwrap())).collect();
    assert!(speaking.len() > 20, "{speaking:?}");
    for sample in speaking {
        let (_place, annotated) = annotate(&sample, &["--redact"]);
        assert!(!said(&fs::read(&annotated).unwrap()), "{}", sample.display());
    }
}

#[test]
fn a_redacted_copy_is_judged_by_its_headers_still() {
    if !tshark::is_installed("a_redacted_copy_is_judged_by_its_headers_still") {
        return;
    }
    let sample = Path::new("samples/agfeo-lan.pcapng");
    let (_place, annotated) = annotate(sample, &["--redact"]);
    let fields = ["-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "udp.port", "-e", "tcp.port", "-e"];
    let read = |path: &Path| tshark::read(path, &[&fields[..], &["ip.dsfield.dscp"]].concat()).unwrap();
    assert_eq!(read(sample), read(&annotated));
}

#[test]
fn public_addresses_have_the_same_pseudonyms_as_in_the_report() {
    let test = "public_addresses_have_the_same_pseudonyms_as_in_the_report";
    let sample = Path::new("samples/points-lan.pcapng");
    let (_place, annotated) = annotate(sample, &["--redact=addresses"]);
    let bytes = fs::read(&annotated).unwrap();
    assert!(!bytes.windows(3).any(|octets| octets == [203, 0, 113]), "a public address is left");
    assert!(!String::from_utf8_lossy(&bytes).contains("203.0.113."));
    assert!(fs::read(sample).unwrap().windows(3).any(|octets| octets == [203, 0, 113]));
    if !tshark::is_installed(test) {
        return;
    }
    let ends = |words: &[&str]| -> BTreeSet<String> {
        let words =
            [&["check", "samples/points-lan.pcapng", "--format", "json", "--all-flows"], words].concat();
        let report: Value = serde_json::from_slice(&pbxray(&words).get_output().stdout).unwrap();
        let hosts = report["hosts"].as_array().unwrap().iter();
        hosts.map(|host| host["address"].as_str().unwrap().to_owned()).collect()
    };
    let fields = ["-o", "ip.check_checksum:TRUE", "-Y", "ip", "-T", "fields", "-e", "ip.checksum.status"];
    let read =
        |path: &Path| tshark::read(path, &[&fields[..], &["-e", "ip.src", "-e", "ip.dst"]].concat()).unwrap();
    let (before, after) = (read(sample), read(&annotated));
    let mut pairs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (old, new) in before.lines().zip(after.lines()) {
        assert!(new.starts_with("1\t"), "checksum: {new}");
        for (old, new) in old.split('\t').zip(new.split('\t')).skip(1) {
            pairs.entry(old.to_owned()).or_default().insert(new.to_owned());
        }
    }
    assert!(pairs.values().all(|names| names.len() == 1), "{pairs:?}");
    assert!(pairs["192.168.10.2"].contains("192.168.10.2") && !pairs.contains_key("198.18.0.1"));
    let hidden = ends(&["--redact=addresses"]);
    let shown: BTreeSet<String> = pairs.into_values().flatten().collect();
    assert!(shown.is_subset(&hidden), "{shown:?} {hidden:?}");
    assert!(!ends(&[]).is_subset(&hidden));
}

#[test]
fn the_capture_itself_is_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("trace.pcapng");
    fs::copy("samples/qos-001.pcapng", &copy).unwrap();
    let name = copy.to_str().unwrap();
    let refused = |words: &[&str], why: &str| {
        let assert = pbxray(words).code(2);
        let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(told.contains(why), "{told}");
    };
    refused(&["annotate", name, "-o", name], "is read itself");
    assert_eq!(fs::read(&copy).unwrap(), fs::read("samples/qos-001.pcapng").unwrap());
    refused(&["annotate", "samples", "-o", name], "takes one capture file");
    assert_eq!(fs::read(&copy).unwrap(), fs::read("samples/qos-001.pcapng").unwrap());
}

#[test]
fn recorded_captures_keep_their_packets() {
    let test = "recorded_captures_keep_their_packets";
    let Some(files) = captures::collection(test, &["voip", "other"]) else { return };
    if !tshark::is_installed(test) {
        return;
    }
    files.into_par_iter().for_each(|path| {
        let numbers = ["-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "frame.len"];
        let (Ok(before), true) = (tshark::read(&path, &numbers), path.metadata().unwrap().len() < 5 << 20)
        else {
            return;
        };
        if pbxray(&["check", path.to_str().unwrap(), "-o", "/dev/null"]).get_output().status.code() == Some(2)
        {
            return;
        }
        let (_place, annotated) = annotate(&path, &[]);
        let after = tshark::read(&annotated, &numbers).unwrap();
        assert!(before == after, "{}", captures::name(&path));
    });
}
