//! The pcap crate over the loader, with libpcap installed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use pcap::{Capture, Device, Linktype};

#[test]
fn libpcap_says_its_version() {
    let version = pcap_dyn::availability().expect("libpcap is installed where the tests run");
    assert!(version.contains("libpcap version"), "{version}");
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_of_libpcap_is_linked() {
    // With this variable set, the dynamic linker lists what the program is linked with and ends (ld.so(8)).
    let program = std::env::current_exe().unwrap();
    let list =
        std::process::Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output().unwrap().stdout;
    let list = String::from_utf8_lossy(&list);
    assert!(list.contains("libc.so"), "{list}");
    assert!(!list.contains("libpcap"), "{list}");
}

#[test]
fn devices_are_listed() {
    pcap_dyn::availability().unwrap();
    let devices = Device::list().unwrap();
    assert!(devices.iter().any(|device| device.flags.is_loopback()), "{devices:?}");
}

#[test]
fn a_filter_compiles_and_judges() {
    pcap_dyn::availability().unwrap();
    let handle = Capture::dead(Linktype::ETHERNET).unwrap();
    let arp = handle.compile("arp", true).unwrap();
    let mut frame = [0; 60];
    assert!(!arp.filter(&frame));
    frame[12..14].copy_from_slice(&[0x08, 0x06]);
    assert!(arp.filter(&frame));
    let error = handle.compile("arp arp", true).map(drop).unwrap_err();
    assert!(error.to_string().contains("syntax error"), "{error}");
}

#[test]
fn a_savefile_is_written_and_read() {
    pcap_dyn::availability().unwrap();
    let path = std::env::temp_dir().join(format!("pcap-dyn-{}.pcap", std::process::id()));
    let handle = Capture::dead(Linktype::ETHERNET).unwrap();
    drop(handle.savefile(&path).unwrap());
    let mut read = Capture::from_file(&path).unwrap();
    assert_eq!(read.get_datalink(), Linktype::ETHERNET);
    assert_eq!(read.next_packet().unwrap_err(), pcap::Error::NoMorePackets);
    std::fs::remove_file(&path).unwrap();
    assert!(
        matches!(Capture::from_file(&path), Err(pcap::Error::PcapError(text)) if text.contains("No such file"))
    );
}
