//! Every capture of the collection gives the packets, bytes and times that `capinfos` finds in it.
//!
//! Without the collection the test is skipped, without `capinfos` too; with `PBXRAY_REQUIRE=1` the latter is a failure.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::captures::{skip, whole_collection};

use pbxray::capture::{self, CaptureSummary, Ended, Record, Settings, Timestamp};

const TEST: &str = "every_capture_gives_what_capinfos_finds";

/// What is expected of a file.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    /// So many packets, and what else is known of them.
    Packets(u64, Option<Rest>),
    /// The file is refused, or damaged before its first packet.
    Refused,
}

/// Bytes on the wire, and times as `capinfos` prints them (`n/a` where a packet has none).
#[derive(Clone, Debug, PartialEq)]
struct Rest {
    bytes: u64,
    first: String,
    last: String,
}

/// Files that `capinfos` refuses for their link type and that are read here, so that the packets can be counted as
/// undecoded. Their packets are counted with the crate `pcap-file` instead.
const UNKNOWN_LINK_TYPE: &[&str] = &[
    "libpcap__filter_dsa.pcap",
    "tcpdump__dsa-high-vid.pcap",
    "tcpdump__edsa.pcap",
    "tcpdump__hoobr_juniper3.pcap",
    "tcpdump__juniper_monitor_invalid_cookie_length.pcap",
    "tcpdump__kday6.pcap",
    "tcpdump__vtp_asan-2.pcap",
];

/// Microsoft Network Monitor captures: `capinfos` reads them, here they are refused with the advice to convert.
const REFUSED_HERE: &[&str] =
    &["jnetpcap-legacy__FTPv6-1.cap", "sipnab__c07-sip-r2.cap", "sipnab__rtsp-packets.cap"];

/// Files whose packets are as many as `capinfos` counts, with other bytes or times, and why.
const OTHER_BYTES_OR_TIMES: &[(&str, &str)] = &[
    ("file_heuristics_pcapng-example.pcapng.zst", "times beyond the year 2262 saturate"),
    ("Pcap++Test_pcapng-example.pcapng", "times beyond the year 2262 saturate"),
    (
        "tcpdump__rsvp-rsvp_obj_print-oobr.pcap",
        "captured more than was on the wire: the longer length counts",
    ),
    ("libpcap__filter_slip-compressed_sl_print-oobr.pcap", "captured more than was on the wire"),
    ("tcpdump__aoe-oobr-1.pcap", "captured more than was on the wire"),
    (
        "tcpdump__atm-oam-loopback-print-overrun.pcap",
        "20 minutes of microseconds carry over, uncut to 31 bits",
    ),
    ("PcapPlusPlus__Packet++Test_gtp.pcap", "time 0 beside real times is no time"),
    ("PcapPlusPlus__Packet++Test_ipv6_options.pcap", "time 0 beside real times is no time"),
    ("dangdanding_Docs__sip-rtp.pcap", "the ERF header before each frame counts as bytes"),
];

#[test]
fn every_capture_gives_what_capinfos_finds() {
    let Some(files) = whole_collection(TEST) else { return };
    let Some(counts) = capinfos(&files) else { return };
    let mut wrong = Vec::new();
    for path in &files {
        let is_in = |names: &[&str]| names.iter().any(|name| path.to_string_lossy().ends_with(name));
        let expected = if is_in(UNKNOWN_LINK_TYPE) {
            count_with_pcap_file(path).map_or(Expected::Refused, |count| Expected::Packets(count, None))
        } else if is_in(REFUSED_HERE) {
            Expected::Refused
        } else {
            counts.get(path).cloned().unwrap_or(Expected::Refused)
        };
        let is_only_counted = OTHER_BYTES_OR_TIMES.iter().any(|(name, _)| is_in(&[name]));
        let got = read(path);
        let is_same = match (&got, &expected) {
            (Ok(summary), Expected::Packets(count, rest)) => {
                let is_same = rest.as_ref().is_none_or(|rest| rest.fits(summary));
                summary.packets == *count && is_same != is_only_counted
            }
            (Ok(summary), Expected::Refused) => summary.packets == 0 && summary.ended != Ended::Complete,
            (Err(_), Expected::Refused) => true,
            (Err(_), Expected::Packets(..)) => false,
        };
        if !is_same {
            let got = got.map(|summary| CaptureSummary { interfaces: Vec::new(), ..summary });
            wrong.push(format!("{}: expected {expected:?}, read {got:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

fn count_with_pcap_file(path: &Path) -> Option<u64> {
    let bytes = std::fs::read(path).ok()?;
    let (mut rest, parser) = pcap_file::pcap::PcapParser::new(&bytes).ok()?;
    let mut count = 0;
    while let Ok((after, _)) = parser.next_raw_packet(rest) {
        rest = after;
        count += 1;
    }
    Some(count)
}

fn read(path: &Path) -> Result<CaptureSummary, String> {
    let visit = |count: &mut u64, _: Record<'_>| *count += 1;
    let mut measurement =
        capture::open(&[path.to_owned()], Settings::default()).map_err(|error| error.to_string())?;
    let mut visited = 0;
    loop {
        let jobs = measurement.next_wave();
        if jobs.is_empty() {
            break;
        }
        let outcomes = jobs.into_iter().map(|job| job.read(&visit)).collect();
        visited += measurement.join(outcomes, &visit).iter().map(|chunk| chunk.value).sum::<u64>();
    }
    let summary = measurement.finish().pop().ok_or("no summary")?;
    assert_eq!(visited, summary.packets, "{}", path.display());
    Ok(summary)
}

/// What `capinfos` finds, up to the damage where there is any; files that it cannot open are missing.
fn capinfos(files: &[PathBuf]) -> Option<BTreeMap<PathBuf, Expected>> {
    let words = ["-T", "-r", "-M", "-S", "-c", "-d", "-a", "-e"];
    let output = Command::new("capinfos").args(words).args(files).env("LC_ALL", "C").output();
    let Ok(output) = output else {
        return skip(TEST, "capinfos is not installed (Debian package wireshark-common)");
    };
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let trouble = String::from_utf8_lossy(&output.stderr).into_owned();
    let whole = table.lines().filter_map(|line| {
        let [path, packets, bytes, first, last] = line.split('\t').collect::<Vec<_>>()[..] else {
            return None;
        };
        let rest = Rest { bytes: bytes.parse().ok()?, first: first.to_owned(), last: last.to_owned() };
        Some((PathBuf::from(path), Expected::Packets(packets.parse().ok()?, Some(rest))))
    });
    let damaged = trouble.lines().filter_map(|line| {
        let (packets, path) = line.split_once("after reading ")?.1.split_once(" packets from \"")?;
        Some((PathBuf::from(path.strip_suffix("\".")?), Expected::Packets(packets.parse().ok()?, None)))
    });
    Some(whole.chain(damaged).collect())
}

impl Rest {
    fn fits(&self, summary: &CaptureSummary) -> bool {
        let is_time = |printed: &str, time: Option<Timestamp>| {
            let Some((_, digits)) = printed.split_once('.') else { return printed == "n/a" };
            let time = time.map_or(0, |time| time.0);
            let (seconds, fraction) = (time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000));
            format!("{seconds}.{}", &format!("{fraction:09}")[..digits.len()]) == printed
        };
        summary.bytes == self.bytes
            && is_time(&self.first, summary.first)
            && is_time(&self.last, summary.last)
    }
}
