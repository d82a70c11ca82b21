//! The report of every committed sample, as it is printed in German at 80 columns, against its snapshot. `INSTA_UPDATE=always`
//! rewrites them; read the difference before you commit it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use pbxray::capture::{self, open};
use pbxray::pipeline::{Terms, check};
use pbxray::report::{Language, Names, Settings, table};
use pbxray::rules::Rulebook;
use pbxray::site::Hints;

#[test]
fn every_sample_is_reported_as_before() {
    let book = Rulebook::builtin().unwrap();
    let names = Names::new(&book, Language::De);
    let settings = Settings {
        language: Language::De,
        width: 80,
        colour: false,
        all_flows: false,
        zone: jiff::tz::TimeZone::UTC,
        version: "0",
    };
    let samples = samples();
    assert!(samples.len() > 50, "{}", samples.len());
    for sample in samples {
        let measurement = open(std::slice::from_ref(&sample), capture::Settings::default()).unwrap();
        let terms = Terms { rulebook: &book, hints: &Hints::default(), filter: None };
        let report = table(&check(measurement, &terms, &mut |_| {}), &names, &settings);
        insta::assert_snapshot!(sample.file_name().unwrap().to_str().unwrap(), report);
    }
}

/// All captures in `samples/`, by name; tests run in the repository's root.
fn samples() -> Vec<PathBuf> {
    let files = Path::new("samples").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut captures: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension != "md")).collect();
    captures.sort();
    captures
}
