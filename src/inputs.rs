//! Takes what the user named to be read; gives it opened, or says in the language of the run why it cannot be read.

use std::path::{Path, PathBuf};
use std::slice;

use anyhow::{Result, anyhow, ensure};
use pbxray::capture::{self, Measurement, OpenError, Settings};
use pbxray::report::{self, Language};

/// Opens all of them as one measurement.
pub(crate) fn open(inputs: &[PathBuf], settings: Settings, language: Language) -> Result<Measurement> {
    capture::open(inputs, settings).map_err(|error| {
        anyhow!("{}{}", report::open_trouble(&error, language), mistaken_redact(inputs, &error, language))
    })
}

/// Opens one.
pub(crate) fn open_one(input: &Path, language: Language) -> Result<Measurement> {
    open(slice::from_ref(&input.to_path_buf()), Settings::default(), language)
}

/// Refuses what `annotate` cannot copy.
pub(crate) fn check_is_file(input: &Path, language: Language) -> Result<()> {
    let text = language.either(
        "ist keine gewöhnliche Datei; annotate braucht eine Mitschnittdatei",
        "is no regular file; annotate takes one capture file",
    );
    ensure!(input.is_file(), "{}: {text}", input.display());
    Ok(())
}

/// Refuses what `--points` cannot read twice.
pub(crate) fn check_is_no_pipe(input: &Path, language: Language) -> Result<()> {
    let is_pipe = input.as_os_str() == "-" || input.exists() && !input.is_file() && !input.is_dir();
    let text = language.either(
        "--points liest jeden Mitschnitt zweimal, und was durch eine Pipe kommt, ist nur einmal da; speichern Sie es in einer \
         Datei",
        "--points reads each capture twice, and what comes through a pipe is there once; save it to a file",
    );
    ensure!(!is_pipe, "{}: {text}", input.display());
    Ok(())
}

/// `--redact addresses` asks for a file of that name.
fn mistaken_redact(inputs: &[PathBuf], error: &OpenError, language: Language) -> String {
    let OpenError::NotFound { path } = error else { return String::new() };
    let is_value = ["addresses", "people"].iter().any(|word| path.as_os_str() == *word);
    if !is_value || !inputs.contains(path) {
        return String::new();
    }
    let meant = format!("--redact={}", path.display());
    match language {
        Language::De => format!("; wenn Sie {meant} meinen, schreiben Sie es mit Gleichheitszeichen"),
        Language::En => format!("; if you mean {meant}, write it with the equals sign"),
    }
}
