//! Runs the program's stages in this process.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pbxray::capture::{OpenError, Settings, open};
use pbxray::check::{Audit, Severity};
use pbxray::config::SourceText;
use pbxray::pipeline::{Terms, check};
use pbxray::report::{self, Language, Names};
use pbxray::rules::Rulebook;
use pbxray::site::{Hints, Lore, SiteFile, Vocabulary};
use samplegen::scenario::Scenario;
use tempfile::NamedTempFile;

/// The built-in rules.
pub(crate) static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::builtin().unwrap());

/// What a finding comes down to: code, severity, subject, count.
pub(crate) type Said = (&'static str, Severity, Option<IpAddr>, u64);

/// The audit of one measurement.
///
/// # Errors
/// One of the paths is no capture.
pub(crate) fn audit(paths: &[PathBuf], hints: &Hints, settings: Settings) -> Result<Audit, OpenError> {
    let measurement = open(paths, settings)?;
    Ok(check(measurement, &Terms { rulebook: &BOOK, hints, filter: None }, &mut |_| {}))
}

/// The audit of one file.
///
/// # Errors
/// It is no capture.
pub(crate) fn audit_file(path: &Path, hints: &Hints) -> Result<Audit, OpenError> {
    audit(&[path.to_path_buf()], hints, Settings::default())
}

/// The audit of a capture with these bytes.
pub(crate) fn audit_bytes(bytes: &[u8], hints: &Hints) -> Audit {
    audit_file(written(bytes).path(), hints).unwrap()
}

/// The audit of a scenario's own file.
pub(crate) fn audit_of(scenario: &Scenario) -> Audit {
    audit_bytes(&scenario.file(), &hints(scenario))
}

/// A file with these bytes, gone when it is dropped.
pub(crate) fn written(bytes: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

/// What the user states about a scenario.
pub(crate) fn hints(scenario: &Scenario) -> Hints {
    let mut text = String::new();
    if !scenario.voice_vlans.is_empty() {
        let _ = writeln!(text, "voice_vlans = {:?}", scenario.voice_vlans);
    }
    for (address, role) in &scenario.roles {
        let _ = write!(text, "[[host]]\naddress = \"{address}\"\nrole = \"{role}\"\n");
    }
    let pbx: Vec<_> =
        scenario.pbx.iter().map(|(address, model)| (*address, Some((*model).to_owned()))).collect();
    stated(text, &pbx)
}

/// What the user states in a site file and by `--pbx`.
pub(crate) fn stated(site: String, pbx: &[(IpAddr, Option<String>)]) -> Hints {
    let rows = BOOK.row_ids();
    let known =
        Vocabulary { roles: &BOOK.roles, models: &BOOK.models, rows: &rows, codes: &[], detailed: &[] };
    let site = SiteFile::parse(&SourceText::new("site.toml", site), &known).unwrap();
    let lore = Lore { roles: &BOOK.roles, models: &BOOK.models, identities: &BOOK.identities };
    Hints::new(site, pbx, lore).unwrap()
}

/// The findings in short, in order.
pub(crate) fn said(audit: &Audit) -> Vec<Said> {
    let mut said: Vec<Said> = audit
        .findings
        .iter()
        .map(|finding| {
            let subject = finding.subject.as_ref().map(|subject| subject.address);
            (finding.code().as_str(), finding.severity, subject, finding.count)
        })
        .collect();
    said.sort_unstable();
    said
}

/// The report as a table.
pub(crate) fn table(audit: &Audit) -> String {
    report::table(audit, &Names::new(&BOOK, Language::En), &settings())
}

/// The report as JSON.
pub(crate) fn json(audit: &Audit) -> String {
    let mut bytes = Vec::new();
    report::json(audit, &Names::new(&BOOK, Language::En), &settings(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn settings() -> report::Settings {
    report::Settings {
        language: Language::En,
        width: 140,
        colour: false,
        all_flows: true,
        zone: jiff::tz::TimeZone::UTC,
        version: "0",
    }
}
