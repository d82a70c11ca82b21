//! Takes a capture, runs a program on it, gives time and memory as the system accounts them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// Against whom a capture is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rivals {
    /// Everybody.
    All,
    /// Nobody: what counts is memory, or growth.
    None,
}

/// A command line to be measured.
pub(crate) struct Contestant {
    pub(crate) title: &'static str,
    command: Vec<String>,
    /// Emptied before each run, if the program writes files.
    scratch: Option<PathBuf>,
}

/// What the runs of a contestant took.
#[derive(Default)]
pub(crate) struct Runs {
    wall: Vec<f64>,
    cpu: Vec<f64>,
    peak: u64,
    trouble: Option<String>,
}

/// Everyone who is to run on `file`.
pub(crate) fn contestants(rivals: Rivals, file: &Path, directory: &Path, limit: u64) -> Vec<Contestant> {
    let pbxray = |title, threads: &[&str]| {
        let words = ["check", "@", "--format", "json", "-o", "/dev/null"];
        Contestant::new(title, env!("CARGO_BIN_EXE_pbxray"), &[&words[..], threads].concat(), file, None)
    };
    let mut all = vec![pbxray("pbxray", &[]), pbxray("pbxray --threads 1", &["--threads", "1"])];
    if rivals == Rivals::None {
        return all;
    }
    let copies = format!("if={}", file.display());
    let flows = directory.join("nfpcapd");
    let flows_word = flows.display().to_string();
    let seconds = limit.to_string();
    let others: [(&'static str, &[&str]); 7] = [
        ("dd", &["dd", &copies, "of=/dev/null", "bs=1M"]),
        ("tcpdump, copying", &["tcpdump", "-r", "@", "-w", "/dev/null"]),
        ("nfpcapd", &["nfpcapd", "-r", "@", "-w", &flows_word]),
        ("ndpiReader", &["ndpiReader", "-i", "@", "-q"]),
        ("capinfos, headers only", &["capinfos", "-c", "-a", "-e", "@"]),
        ("tshark rtp,streams", &["tshark", "-n", "-q", "-z", "rtp,streams", "-r", "@"]),
        ("sipmon", &["sipmon", "file", "--no-tui", "-r", "@"]),
    ];
    for (title, words) in others {
        let words = [&["-s", "KILL", &seconds][..], words].concat();
        let scratch = (title == "nfpcapd").then(|| flows.clone());
        all.push(Contestant::new(title, "timeout", &words, file, scratch));
    }
    all
}

impl Contestant {
    fn new(
        title: &'static str,
        program: &str,
        words: &[&str],
        file: &Path,
        scratch: Option<PathBuf>,
    ) -> Self {
        let file = file.display().to_string();
        let words = words.iter().map(|word| if *word == "@" { file.clone() } else { (*word).to_owned() });
        let command = std::iter::once(program.to_owned()).chain(words).collect();
        Self { title, command, scratch }
    }

    /// Wall time, processor time and peak of memory in bytes.
    fn run(&self) -> io::Result<Result<(Duration, Duration, u64), String>> {
        if let Some(scratch) = &self.scratch {
            let _ = fs::remove_dir_all(scratch);
            fs::create_dir_all(scratch)?;
        }
        let (program, words) =
            self.command.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
        let start = Instant::now();
        let child = Command::new(program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let used = child.wait4()?;
        let wall = start.elapsed();
        Ok(match used.status.code() {
            // Findings are no failure.
            Some(0 | 1 | 3) => Ok((wall, used.rusage.utime + used.rusage.stime, used.rusage.maxrss)),
            Some(127) => Err("not installed".to_owned()),
            None | Some(124 | 137) => Err("stopped at the limit".to_owned()),
            Some(other) => Err(format!("fails with status {other}")),
        })
    }
}

impl Runs {
    /// Runs it once more, unless it could not before.
    pub(crate) fn take(&mut self, contestant: &Contestant, counts: bool) {
        if self.trouble.is_some() {
            return;
        }
        match contestant.run() {
            Ok(Ok((wall, cpu, peak))) if counts => {
                self.wall.push(wall.as_secs_f64());
                self.cpu.push(cpu.as_secs_f64());
                self.peak = self.peak.max(peak);
            }
            Ok(Ok(_)) => {}
            Ok(Err(reason)) => self.trouble = Some(reason),
            Err(error) => self.trouble = Some(error.to_string()),
        }
    }

    /// Medians of wall and processor time in seconds.
    pub(crate) fn medians(&mut self) -> Option<[f64; 2]> {
        Some([median(&mut self.wall)?, median(&mut self.cpu)?])
    }

    /// Least and most wall time in seconds.
    pub(crate) fn extremes(&self) -> (f64, f64) {
        let least = self.wall.iter().copied().fold(f64::INFINITY, f64::min);
        (least, self.wall.iter().copied().fold(0.0, f64::max))
    }

    pub(crate) fn peak_mib(&self) -> f64 {
        self.peak as f64 / f64::from(1 << 20)
    }

    pub(crate) fn trouble(&self) -> &str {
        self.trouble.as_deref().unwrap_or("no run")
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
