//! Runs tshark. Where it is not installed a test is skipped by name.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use pbxray::observe::media::wireshark::WiresharkReport;

use super::captures::skip;

/// Whether tshark is there.
pub(crate) fn is_installed(test: &str) -> bool {
    let found = Command::new("tshark").arg("-v").output().is_ok_and(|output| output.status.success());
    found || skip::<()>(test, "tshark is not installed").is_some()
}

/// What tshark prints about a file, up to a damage where there is one; what it says on standard error where it prints
/// nothing.
pub(crate) fn read(file: &Path, words: &[impl AsRef<OsStr>]) -> Result<String, String> {
    let output = Command::new("tshark")
        .args(["-n", "-r"])
        .arg(file)
        .args(words)
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() || !output.stdout.is_empty() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// A row of the table of RTP streams.
#[derive(Debug)]
pub(crate) struct StreamRow {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) ssrc: u32,
    /// First and last packet, in seconds after the first frame of the file.
    pub(crate) span: [f64; 2],
    pub(crate) report: WiresharkReport,
}

impl StreamRow {
    pub(crate) fn key(&self) -> (SocketAddr, SocketAddr, u32) {
        (self.source, self.destination, self.ssrc)
    }
}

/// The table of RTP streams of a file.
pub(crate) fn streams(file: &Path, words: &[&str]) -> Vec<StreamRow> {
    let table = read(file, &[words, &["-q", "-z", "rtp,streams"]].concat()).unwrap_or_default();
    table.lines().filter_map(stream_row).collect()
}

/// `0.0 9.8 ADDRESS PORT ADDRESS PORT 0x00001000 g711A ... 200  0 (0.0%)  min mean max  min mean max [X]`; `None` for
/// the frame of the table.
fn stream_row(line: &str) -> Option<StreamRow> {
    let mut words: Vec<_> = line.split_whitespace().collect();
    let [start, end, source, source_port, destination, destination_port, ssrc] = *words.first_chunk()?;
    let socket = |address: &str, port: &str| Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?));
    let problem = words.pop_if(|last| *last == "X").is_some();
    let mut number = || words.pop()?.trim_matches(['(', '%', ')']).parse::<f64>().ok();
    let [max_jitter, mean_jitter, min_jitter, max_delta, mean_delta, min_delta] =
        [number()?, number()?, number()?, number()?, number()?, number()?];
    let (lost_percent, lost, packets) = (number()?, number()? as i64, number()? as u64);
    Some(StreamRow {
        source: socket(source, source_port)?,
        destination: socket(destination, destination_port)?,
        ssrc: u32::from_str_radix(ssrc.strip_prefix("0x")?, 16).ok()?,
        span: [start.parse().ok()?, end.parse().ok()?],
        report: WiresharkReport {
            packets,
            expected: lost + packets as i64,
            lost,
            lost_percent,
            min_delta,
            mean_delta,
            max_delta,
            min_jitter,
            mean_jitter,
            max_jitter,
            problem,
        },
    })
}

/// Whether the figures agree to the digits that tshark prints.
pub(crate) fn is_same(ours: &WiresharkReport, theirs: &WiresharkReport) -> bool {
    differences(ours, theirs).is_empty()
}

/// Columns that do not agree to the digits that tshark prints, with our figure and tshark's.
pub(crate) fn differences(ours: &WiresharkReport, theirs: &WiresharkReport) -> Vec<(&'static str, f64, f64)> {
    // The last digit may be rounded either way.
    let figures = |report: &WiresharkReport| {
        [
            ("packets", report.packets as f64, 1e-9),
            ("expected", report.expected as f64, 1e-9),
            ("lost", report.lost as f64, 1e-9),
            ("problem", f64::from(u8::from(report.problem)), 1e-9),
            ("lost %", report.lost_percent, 0.0501),
            ("min delta", report.min_delta, 0.000_501),
            ("mean delta", report.mean_delta, 0.000_501),
            ("max delta", report.max_delta, 0.000_501),
            ("min jitter", report.min_jitter, 0.000_501),
            ("mean jitter", report.mean_jitter, 0.000_501),
            ("max jitter", report.max_jitter, 0.000_501),
        ]
    };
    figures(ours)
        .into_iter()
        .zip(figures(theirs))
        .filter(|((_, ours, digit), (_, theirs, _))| (ours - theirs).abs() > *digit)
        .map(|((column, ours, _), (_, theirs, _))| (column, ours, theirs))
        .collect()
}
