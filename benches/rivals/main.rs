//! Measures the program against others on captures made for the purpose, each program as a whole process.
//!
//! ```text
//! cargo bench --bench rivals                      all captures in full size, three rounds: some minutes
//! PBXRAY_BENCH_PERCENT=5 cargo bench              captures of a twentieth
//! PBXRAY_BENCH_ONLY=voice,flood cargo bench       only these
//! PBXRAY_BENCH_ROUNDS=7 PBXRAY_BENCH_LIMIT=300    more rounds; seconds after which a program is stopped
//! ```
//!
//! The captures stay in the target directory. Every round runs each program once, so that what else the machine does
//! meets all of them; a round before the first fills the page cache and is not counted. The programs do different
//! work: tcpdump only copies, dd only reads, nfpcapd and ndpiReader keep flows, tshark dissects every packet deeply.

mod captures;
mod contest;
mod wire;

use std::io::{self, Write};
use std::path::Path;

use captures::CAPTURES;
use contest::{Contestant, Runs};

fn main() -> io::Result<()> {
    // `cargo test --all-targets` starts benches too, without this word.
    if !std::env::args().any(|word| word == "--bench") {
        return Ok(());
    }
    let percent = number("PBXRAY_BENCH_PERCENT", 100).max(1);
    let rounds = number("PBXRAY_BENCH_ROUNDS", 3).max(1);
    let limit = number("PBXRAY_BENCH_LIMIT", 120);
    let only = std::env::var("PBXRAY_BENCH_ONLY").unwrap_or_default();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));

    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut out = io::stdout().lock();
    writeln!(out, "{percent} % of the full size, {rounds} rounds, {cores} processors; seconds, medians")?;
    writeln!(out, "ratio: wall time of the first line to that of the line\n")?;
    for capture in &CAPTURES {
        if !only.is_empty() && !only.split(',').any(|name| name == capture.name) {
            continue;
        }
        let file = capture.made_in(directory, percent)?;
        let contestants = contest::contestants(capture.rivals, &file, directory, limit);
        let mut runs: Vec<Runs> = contestants.iter().map(|_| Runs::default()).collect();
        for round in 0..=rounds {
            for (contestant, runs) in contestants.iter().zip(&mut runs) {
                runs.take(contestant, round > 0);
            }
        }
        writeln!(out, "{}: {} MB, {}", capture.name, file.metadata()?.len() / 1_000_000, capture.what)?;
        print(&mut out, &contestants, &mut runs)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, contestants: &[Contestant], runs: &mut [Runs]) -> io::Result<()> {
    writeln!(
        out,
        "{:30} {:>8} {:>8} {:>8} {:>8} {:>7} {:>8}",
        "", "wall", "least", "most", "cpu", "MiB", "ratio"
    )?;
    let mut first = None;
    for (contestant, runs) in contestants.iter().zip(runs) {
        let Some([wall, cpu]) = runs.medians() else {
            writeln!(out, "{:30} {}", contestant.title, runs.trouble())?;
            continue;
        };
        let (least, most) = runs.extremes();
        let reference = *first.get_or_insert(wall);
        writeln!(
            out,
            "{:30} {wall:8.3} {least:8.3} {most:8.3} {cpu:8.3} {:7.0} {:8.4}",
            contestant.title,
            runs.peak_mib(),
            reference / wall,
        )?;
    }
    writeln!(out)
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
