//! What the user states, and what comes of it: accepted findings, changed ports.

use pbxray::check::{Audit, Detail, Severity, Unjudged, Verdict};
use pbxray::report::{Language, Names, Settings, table};
use samplegen::net::Marks;
use samplegen::net::{MS, SECOND};
use samplegen::scenario::agfeo::{PBX, Site, T14};
use samplegen::scenario::{Scenario, find};

use crate::support::stages::{BOOK, audit_bytes, audit_of, stated};

/// A scenario with this site file.
fn with(name: &str, site: &str) -> Audit {
    audit_bytes(&find(name).unwrap().file(), &stated(site.to_owned(), &[]))
}

/// The report as one line, whatever was wrapped.
fn told(audit: &Audit, language: Language) -> String {
    let settings = Settings {
        language,
        width: 400,
        colour: false,
        all_flows: false,
        zone: jiff::tz::TimeZone::UTC,
        version: "0",
    };
    let text = table(audit, &Names::new(&BOOK, language), &settings);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_accepted_is_told_with_its_reason_and_is_no_plain_pass() {
    let audit = with("qos-001", "[[exception]]\ncode = \"QOS-001\"\nreason = \"alter Switch\"\n");
    assert!(audit.findings.iter().all(|finding| finding.severity < Severity::Notice), "{:?}", audit.findings);
    let [accepted] = audit.accepted.as_slice() else { panic!("{:?}", audit.accepted) };
    assert_eq!((accepted.finding.code().as_str(), accepted.finding.severity), ("QOS-001", Severity::Error));
    assert_eq!((accepted.lines.as_slice(), audit.verdict), ([1].as_slice(), Verdict::Notes));
    let text = told(&audit, Language::De);
    assert!(text.starts_with("BESTANDEN MIT 1 HINGENOMMENEN ABWEICHUNG –"), "{text}");
    for part in [
        "Hingenommene Abweichungen",
        "Alle 100 Sprachpakete",
        "alter Switch (Standortdatei, Zeile 1; gilt für den ganzen Standort)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn an_exception_counts_findings() {
    let matched = |site: &str| with("port-001", site).site.exceptions[0].matched;
    assert_eq!(matched("[[exception]]\ncode = \"PORT-001\"\nreason = \"x\"\n"), 1);
    assert_eq!(matched("[[exception]]\ncode = \"PORT-001\"\nhost = \"192.168.10.99\"\nreason = \"x\"\n"), 0);
}

#[test]
fn a_changed_range_is_told_as_stated() {
    let ports = |own: &str| format!("[[ports]]\nrow = \"A35\"\nown = \"{own}\"\nreason = \"verlegt\"\n");
    let kept = told(&with("port-002", &ports("12000-12200")), Language::En);
    assert!(kept.contains("12000-12200 (as the site file states)"), "{kept}");
    let left = with("port-002", &ports("20000-20200"));
    let is_port_002 = |detail: &Detail| matches!(detail, Detail::Port002 { .. });
    assert!(left.findings.iter().any(|finding| is_port_002(&finding.detail)), "{:?}", left.findings);
    let text = told(&left, Language::De);
    for part in
        ["in der Standortdatei angegeben ist 20000-20200", "nach dieser Angabe", ", laut Standortdatei"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("dokumentiert ist 20000"), "{text}");
    let plain = told(&with("port-002", ""), Language::De);
    assert!(plain.contains("dokumentiert ist") && !plain.contains("Standortdatei"), "{plain}");
}

#[test]
fn a_stated_range_outweighs_that_of_the_model() {
    let model = "[[host]]\naddress = \"192.168.10.2\"\nrole = \"agfeo.pbx\"\nmodel = \"es-pure-ip\"\n";
    let rows = |site: &str| {
        let audit = with("port-006", &format!("{model}{site}"));
        let found = audit.findings.iter().find(|finding| finding.code().as_str() == "PORT-006");
        found.map(|finding| finding.rows.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(rows(""), Some(vec!["A23".to_owned()]), "the range, and not the port at which it begins");
    assert_eq!(rows("[[ports]]\nrow = \"A23\"\nown = \"5300-5399\"\nreason = \"verlegt\"\n"), None);
}

#[test]
fn too_little_voice_without_the_mark_passes_nothing() {
    let audit = |lasts, marks| {
        let mut site = Site { lasts, ..Site::default() };
        site.t14.media.marks = marks;
        audit_of(&Scenario::new("few", "", site.net().capture()).pbx(PBX, "es-pure-ip"))
    };
    let unmarked = audit(SECOND - 200 * MS, Marks::All(0));
    assert!(
        unmarked.few.iter().any(|few| few.sender == T14.ip && few.packets < few.least),
        "{:?}",
        unmarked.few
    );
    assert!(unmarked.unjudged.contains(&Unjudged::NoMarks), "{:?}", unmarked.unjudged);
    assert_eq!(unmarked.verdict, Verdict::Notes);
    let text = told(&unmarked, Language::De);
    assert!(
        text.contains("dessen Kennzeichnung beurteilt werden kann") && text.contains("von mindestens 50"),
        "{text}"
    );
    let marked = audit(SECOND - 200 * MS, Marks::All(46));
    assert_eq!(
        (marked.few.as_slice(), marked.verdict),
        ([].as_slice(), Verdict::Pass),
        "what is there is right"
    );
}

#[test]
fn a_clock_that_was_set_is_no_file_to_be_sorted() {
    let audit = with("cap-006", "");
    let returns = audit.findings.iter().find_map(|finding| match finding.detail {
        Detail::Cap006 { returns, .. } => Some(returns),
        _ => None,
    });
    assert_eq!(returns, Some(false));
    let text = told(&audit, Language::De);
    assert!(text.contains("sortieren Sie die Datei nicht") && !text.contains("reordercap"), "{text}");
    assert!(text.contains("ein Zeitraum, der über einen Sprung reicht, stimmt nicht"), "{text}");
}
