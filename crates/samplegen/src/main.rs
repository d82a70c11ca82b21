//! `samplegen [--check] FOLDER`: writes the sample captures, or tells whether the folder holds exactly them.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use samplegen::samples;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--check", folder] => check(Path::new(folder)),
        [folder] if !folder.starts_with('-') => samples::write(Path::new(folder))
            .map_or_else(|error| failed(folder, &error), |()| ExitCode::SUCCESS),
        _ => {
            say("usage: samplegen [--check] FOLDER");
            ExitCode::from(2)
        }
    }
}

fn check(folder: &Path) -> ExitCode {
    match samples::differences(folder) {
        Ok(lines) if lines.is_empty() => ExitCode::SUCCESS,
        Ok(lines) => {
            lines.iter().for_each(|line| say(line));
            say("run `cargo run -p samplegen -- samples/` and commit what it writes");
            ExitCode::FAILURE
        }
        Err(error) => failed(&folder.display().to_string(), &error),
    }
}

fn failed(folder: &str, error: &io::Error) -> ExitCode {
    say(&format!("{folder}: {error}"));
    ExitCode::from(2)
}

/// A closed standard error is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
