//! Measures the program against tshark and capinfos on one large capture of calls, made for the purpose.
//!
//! ```text
//! cargo bench                                                    about 200 MB, 5 rounds
//! PBXRAY_BENCH_MB=1000 PBXRAY_BENCH_ROUNDS=9 cargo bench         more of both
//! ```
//!
//! Every round runs each program once, so that what else the machine does meets all of them. One round before the
//! first fills the page cache and is not counted. The programs do different work, and the table says which: tshark
//! dissects every packet deeply, capinfos looks at record headers only.

use std::fs::File;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use samplegen::file::pcap;
use samplegen::net::{Call, Class, Host, Net, Outcome, SECOND, Say};
use samplegen::scenario::agfeo::{self, DOMAIN, NAS, OFFICE_PC, PBX};

/// Bytes of a call of [`TALK`] seconds with what goes on beside it, about.
const BYTES_PER_CALL: u64 = 1_600_000;
const TALK: u64 = 60;
/// Seconds from one call to the next: some twenty calls run at a time.
const PACE: u64 = 3;

/// A command line to be measured.
struct Contestant {
    title: &'static str,
    program: &'static str,
    words: &'static [&'static str],
}

const CONTESTANTS: [Contestant; 4] = [
    Contestant {
        title: "pbxray check",
        program: env!("CARGO_BIN_EXE_pbxray"),
        words: &["check", "--format", "json"],
    },
    Contestant {
        title: "pbxray check --threads 1",
        program: env!("CARGO_BIN_EXE_pbxray"),
        words: &["check", "--format", "json", "--threads", "1"],
    },
    Contestant {
        title: "tshark -q -z rtp,streams -z expert",
        program: "tshark",
        words: &["-n", "-q", "-z", "rtp,streams", "-z", "expert", "-r"],
    },
    Contestant { title: "capinfos (headers only)", program: "capinfos", words: &["-c", "-a", "-e"] },
];

fn main() -> io::Result<()> {
    // `cargo test --all-targets` starts benches too, without this word.
    if !std::env::args().any(|word| word == "--bench") {
        return Ok(());
    }
    let megabytes = number("PBXRAY_BENCH_MB", 200);
    let rounds = number("PBXRAY_BENCH_ROUNDS", 5).max(1);
    let file = tempfile::Builder::new().suffix(".pcap").tempfile()?;
    write_capture(file.as_file(), megabytes * 1_000_000 / BYTES_PER_CALL + 1)?;
    let size = file.as_file().metadata()?.len();

    let mut times: Vec<Vec<Duration>> = CONTESTANTS.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (contestant, times) in CONTESTANTS.iter().zip(&mut times) {
            if let Some(time) = contestant.run(file.path())
                && round > 0
            {
                times.push(time);
            }
        }
    }
    print(size, rounds, &mut times)
}

impl Contestant {
    /// How long it takes; `None` where the program is missing or fails.
    fn run(&self, file: &Path) -> Option<Duration> {
        let start = Instant::now();
        let status = Command::new(self.program)
            .args(self.words)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .ok()?;
        // Findings are no failure.
        matches!(status.code(), Some(0 | 1 | 3)).then(|| start.elapsed())
    }
}

fn print(size: u64, rounds: u64, times: &mut [Vec<Duration>]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    writeln!(out, "{} MB, {rounds} rounds, {cores} processors; wall time in seconds", size / 1_000_000)?;
    writeln!(out, "{:36} {:>8} {:>8} {:>8} {:>8} {:>8}", "", "median", "least", "most", "MB/s", "ratio")?;
    let mut first = None;
    for (contestant, times) in CONTESTANTS.iter().zip(times) {
        times.sort_unstable();
        let (Some(least), Some(median), Some(most)) =
            (times.first(), times.get(times.len() / 2), times.last())
        else {
            writeln!(out, "{:36} not installed, or it fails", contestant.title)?;
            continue;
        };
        let [least, median, most] = [least, median, most].map(Duration::as_secs_f64);
        let reference = *first.get_or_insert(median);
        writeln!(
            out,
            "{:36} {median:8.3} {least:8.3} {most:8.3} {:8.0} {:8.2}",
            contestant.title,
            size as f64 / 1e6 / median,
            median / reference,
        )?;
    }
    Ok(())
}

/// Calls of many telephones with one PBX, and a file copied beside each.
fn write_capture(file: &File, calls: u64) -> io::Result<()> {
    let mut net = Net::new(1);
    for nth in 0..calls {
        let at = nth * PACE * SECOND;
        let phone = telephone(nth);
        let line = agfeo::t14_line(phone);
        let pbx = agfeo::pbx_line(PBX, 5204 + 2 * (nth % 30) as u16);
        net.register(at, line, pbx, DOMAIN, Outcome::Accepted);
        net.call(&Call::new(at + SECOND, TALK * SECOND, line, pbx));
        let copied = net.rng().bytes(200_000);
        let from = OFFICE_PC.port(49_152 + (nth % 16_000) as u16);
        net.conversation(at + 2 * SECOND, from, NAS.port(445), Class::Data, &[Say::Client(copied)]);
    }
    let mut out = io::BufWriter::new(file);
    out.write_all(&pcap::write(&net.capture(), &pcap::Options::default()))?;
    out.flush()
}

/// One of 50,000 telephones.
fn telephone(nth: u64) -> Host {
    let (high, low) = ((nth / 200 % 250) as u8, (nth % 200) as u8);
    let mut phone = agfeo::T14;
    phone.ip = IpAddr::from([10, 20, high, low + 1]);
    phone.mac = [0x00, 0x09, 0x40, 0x30, high, low];
    phone
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
