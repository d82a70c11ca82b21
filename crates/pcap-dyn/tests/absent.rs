//! The pcap crate over the loader, without libpcap.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::env;
use std::io::{self, Write};
use std::process::Command;

use pcap::{Capture, Device, Linktype};

/// Set in the child process that runs where libpcap is hidden.
const HIDDEN: &str = "PCAP_DYN_HIDDEN";

#[test]
fn everything_fails_with_words_that_help() {
    if env::var_os(HIDDEN).is_some() {
        return fails_with_words_that_help();
    }
    let hide = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/without-libpcap");
    if !Command::new(hide).arg("true").status().is_ok_and(|status| status.success()) {
        let why = "only root can hide libpcap";
        assert!(env::var_os("PBXRAY_REQUIRE").is_none(), "{why}");
        // Past the test harness, which keeps the output of tests that pass to itself.
        writeln!(io::stderr(), "skipped: everything_fails_with_words_that_help ({why})").unwrap();
        return;
    }
    let output = Command::new(hide)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "everything_fails_with_words_that_help", "--nocapture"])
        .env(HIDDEN, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}

fn fails_with_words_that_help() {
    let missing = pcap_dyn::availability().expect_err("libpcap is hidden here");
    let text = missing.to_string();
    assert!(text.contains("apt install libpcap0.8"), "{text}");
    assert!(missing.tried().iter().any(|name| name.starts_with("libpcap.so.0.8: ")), "{missing:?}");

    // The whole text fits into libpcap's error buffer.
    let expected = pcap::Error::PcapError(text);
    assert_eq!(Device::list().unwrap_err(), expected);
    assert_eq!(Device::lookup().unwrap_err(), expected);
    assert_eq!(Capture::from_device("lo").map(drop).unwrap_err(), expected);
    assert_eq!(Capture::from_file("any.pcap").map(drop).unwrap_err(), expected);
    // Without an error buffer there is no place for it; `availability` is asked first.
    assert_eq!(Capture::dead(Linktype::ETHERNET).map(drop).unwrap_err(), pcap::Error::InsufficientMemory);
    assert!(Linktype::ETHERNET.get_name().is_err());
}
