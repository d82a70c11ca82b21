//! Live capture, on a pair of virtual interfaces in a network namespace of the test's own: nothing else sees a packet.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use serde_json::Value;

use support::captures::skip;

/// Makes the pair, listens on one end, sends the sample `$0` into the other, and ends with SIGTERM.
const SEND: &str = r#"
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
ip link add name va type veth peer name vb || exit 90
ip link set va mtu 9000 arp off up && ip link set vb mtu 9000 arp off up || exit 90
"$PBXRAY" live -i vb --lang en "$@" &
listener=$!
sleep 1
tcpreplay -q -i va "$0" >/dev/null 2>&1 || exit 91
sleep 1
kill -TERM $listener 2>/dev/null
wait $listener
"#;

/// Samples of faults that do not hang on the timing of a busy machine.
const SAMPLES: [&str; 8] =
    ["qos-001", "qos-005", "port-001", "port-003", "rtp-001", "sig-001", "sec-002", "cap-003-near"];

fn can_capture(test: &str) -> bool {
    let words = ["--net", "sh", "-c", "ip link add name va type veth peer name vb && command -v tcpreplay"];
    let works = Command::new("unshare").args(words).output().is_ok_and(|output| output.status.success());
    works || skip::<()>(test, "no network namespace, no veth or no tcpreplay").is_some()
}

fn send(sample: &str, words: &[&str]) -> Output {
    let sample = format!("samples/{sample}.pcapng");
    Command::new("unshare")
        .args(["--net", "sh", "-c", SEND, &sample])
        .args(words)
        .env("PBXRAY", env!("CARGO_BIN_EXE_pbxray"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn pbxray(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxray"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

/// Code and subject of every finding of a report; how long packets take is the machine's affair here.
fn said(report: &Value) -> BTreeSet<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let said =
        findings.map(|finding| (finding["code"].to_string(), finding["subject"]["address"].to_string()));
    said.filter(|(code, _)| code != "\"RTP-004\"").collect()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_wire_gives_the_findings_of_the_file() {
    if !can_capture("a_wire_gives_the_findings_of_the_file") {
        return;
    }
    std::thread::scope(|scope| {
        for sample in SAMPLES {
            scope.spawn(move || {
                let path = format!("samples/{sample}.pcapng");
                let file: Value =
                    serde_json::from_slice(&pbxray(&["check", &path, "--format", "json"]).stdout).unwrap();
                let lines = lines(&send(sample, &["--format", "jsonl"]));
                let last = lines.last().unwrap();
                assert_eq!(last["event"], "report", "{sample}");
                assert_eq!(said(&last["report"]), said(&file), "{sample}");
                let packets = |report: &Value| report["captures"][0]["packets"].clone();
                assert_eq!(packets(&last["report"]), packets(&file), "{sample}");
            });
        }
    });
}

#[test]
fn findings_come_while_packets_come_and_go_with_their_cause() {
    if !can_capture("findings_come_while_packets_come_and_go_with_their_cause") {
        return;
    }
    let output = send("qos-001", &["--format", "jsonl"]);
    let lines = lines(&output);
    let event =
        |name: &str, code: &str| lines.iter().any(|line| line["event"] == name && line["code"] == code);
    assert!(event("new", "QOS-001"), "{lines:?}");
    // There was no voice yet when the first packets came.
    assert!(event("new", "CAP-010") && event("cleared", "CAP-010"), "{lines:?}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_passes_is_written_and_evidence_shows_the_finding_again() {
    if !can_capture("what_passes_is_written_and_evidence_shows_the_finding_again") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (all, evidence) = (place.path().join("all.pcapng"), place.path().join("evidence"));
    let words = ["--write", all.to_str().unwrap(), "--evidence", evidence.to_str().unwrap()];
    let output = send("qos-001", &words);
    let report = |path: &std::path::Path| -> Value {
        serde_json::from_slice(&pbxray(&["check", path.to_str().unwrap(), "--format", "json"]).stdout)
            .unwrap()
    };
    let whole = report(&place.path().join("all_00001.pcapng"));
    let sample = report(std::path::Path::new("samples/qos-001.pcapng"));
    assert_eq!(whole["captures"][0]["packets"], sample["captures"][0]["packets"]);
    assert_eq!(said(&whole), said(&sample));
    let files: Vec<_> = std::fs::read_dir(&evidence).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert!(file.to_string_lossy().ends_with("-QOS-001.pcapng"), "{file:?}");
    assert!(report(file)["findings"].to_string().contains("QOS-001"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("all_00001.pcapng") && !told.contains("too slow"), "{told}");
}

/// Listens on one end of a pair, prints what the system says of the rights of each thread, and ends.
const LOOK: &str = r#"
ip link add name va type veth peer name vb || exit 90
ip link set va up && ip link set vb up || exit 90
"$PBXRAY" live -i vb "$@" >/dev/null &
listener=$!
sleep 2
grep -hE 'CapEff|CapPrm|CapBnd|CapInh|NoNewPrivs' /proc/$listener/task/*/status | sort -u
kill -TERM $listener
wait $listener
"#;

#[test]
fn every_thread_keeps_the_right_to_capture_only() {
    if !can_capture("every_thread_keeps_the_right_to_capture_only") {
        return;
    }
    let look = |words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--net", "sh", "-c", LOOK, "sh"]).args(words);
        let output = command.env("PBXRAY", env!("CARGO_BIN_EXE_pbxray")).output().unwrap();
        String::from_utf8(output.stdout).unwrap().replace('\t', "")
    };
    const NET_RAW: &str = "0000000000002000";
    let status = look(&[]);
    let expected: Vec<String> =
        [("CapBnd", NET_RAW), ("CapEff", NET_RAW), ("CapInh", "0000000000000000"), ("CapPrm", NET_RAW)]
            .map(|(set, value)| format!("{set}:{value}"))
            .into();
    assert_eq!(
        status.lines().filter(|line| line.starts_with("Cap")).collect::<Vec<_>>(),
        expected,
        "{status}"
    );
    assert!(status.contains("NoNewPrivs:1") && !status.contains("NoNewPrivs:0"), "{status}");
    let place = tempfile::tempdir().unwrap();
    let status = look(&["--evidence", place.path().to_str().unwrap()]);
    assert!(status.contains("CapEff:0000000000002002"), "{status}");
}

#[test]
fn the_end_can_be_bound() {
    if !can_capture("the_end_can_be_bound") {
        return;
    }
    let packets = |words: &[&str]| {
        let lines = lines(&send("qos-001", &[&["--format", "jsonl"], words].concat()));
        lines.last().unwrap()["report"]["captures"][0]["packets"].as_u64().unwrap()
    };
    assert_eq!(packets(&["--packets", "20"]), 20);
    assert!(packets(&["--duration", "3s"]) < 249);
    assert!(packets(&["--until", "QOS-001"]) < 249);
}

#[test]
fn a_wrong_name_lists_the_right_ones() {
    let output = pbxray(&["live", "-i", "no-such-interface"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    let is_told = text.contains("no-such-interface") && text.contains("there are: ") && text.contains("lo");
    assert!(is_told, "{text}");
}
