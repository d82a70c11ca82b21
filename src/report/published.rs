//! Takes an audit or a stored JSON report, gives every form that needs the published report alone: HTML, Markdown, CSV,
//! SARIF and JSON again.

use std::io;

use jiff::tz::TimeZone;
use thiserror::Error;

use super::Settings;
use super::html::html;
use super::json::{self, document::Document};
use super::markdown::markdown;
use super::names::Names;
use super::notes::{Notes, notes};
use super::paper::paper;
use super::redact::{AddressNames, Pseudonyms, Redaction, redact};
use super::sarif;
use super::spreadsheet;
use super::table::redacted_table;
use crate::check::Audit;
use crate::compare::Course;

/// A report in its published form.
#[derive(Debug)]
pub struct Published {
    document: Document,
}

/// Bytes that are no report of this program.
#[derive(Debug, Error)]
pub enum NotAReport {
    /// No JSON, or other keys.
    #[error("is no JSON report of pbxray ({0}); `pbxray check TRACE --format json` writes one")]
    Json(#[from] serde_json::Error),
    /// Of a later version.
    #[error("has form {0}, this version of pbxray reads form 1")]
    Schema(u32),
}

impl Published {
    /// The published form of an audit.
    #[must_use]
    pub fn of(audit: &Audit, names: &Names, settings: &Settings) -> Self {
        Self { document: json::document_of(audit, names, settings) }
    }

    /// The same of a live run, with when its findings came and went.
    #[must_use]
    pub fn of_run(audit: &Audit, course: &Course, names: &Names, settings: &Settings) -> Self {
        let mut published = Self::of(audit, names, settings);
        json::spell::add(&mut published.document, course, audit, names, settings);
        published
    }

    /// The report within a line of JSON.
    ///
    /// # Errors
    /// None that can be named.
    pub(super) fn line(&self) -> io::Result<String> {
        let mut pretty = Vec::new();
        self.json(&mut pretty)?;
        // A line break inside of a string is escaped, so every real one is layout.
        Ok(String::from_utf8_lossy(&pretty).lines().map(str::trim_start).collect())
    }

    /// A report that `--format json` wrote.
    ///
    /// # Errors
    /// The bytes are something else.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAReport> {
        let document: Document = serde_json::from_slice(bytes)?;
        match document.schema {
            1 => Ok(Self { document }),
            other => Err(NotAReport::Schema(other)),
        }
    }

    /// The same with pseudonyms.
    ///
    /// # Errors
    /// The report cannot be written as JSON, which no report of this program does.
    pub fn redacted(&self, redaction: Redaction) -> io::Result<Self> {
        Ok(Self { document: redact(&self.document, redaction)? })
    }

    /// The report for a terminal with the pseudonyms of [`Self::redacted`]. `audit`: what this is the published form of.
    #[must_use]
    pub fn redacted_table(
        &self,
        audit: Audit,
        names: &Names,
        settings: &Settings,
        redaction: Redaction,
    ) -> String {
        redacted_table(audit, names, settings, Pseudonyms::of(&self.document, redaction))
    }

    /// What stands for the addresses of this report in [`Self::redacted`].
    #[must_use]
    pub fn address_names(&self) -> AddressNames {
        AddressNames::of(&self.document)
    }

    /// One self-contained page.
    #[must_use]
    pub fn html(&self, zone: &TimeZone) -> String {
        html(&self.document, &paper(&self.document, zone))
    }

    /// The same as Markdown, without the pictures.
    #[must_use]
    pub fn markdown(&self, zone: &TimeZone) -> String {
        markdown(&paper(&self.document, zone))
    }

    /// Tables for a spreadsheet: name of the file and its bytes.
    ///
    /// # Errors
    /// Never while memory lasts.
    pub fn csv(&self) -> io::Result<[(&'static str, Vec<u8>); 4]> {
        spreadsheet::tables(&self.document)
    }

    /// SARIF 2.1.0.
    ///
    /// # Errors
    /// Writing fails.
    pub fn sarif(&self, out: &mut dyn io::Write) -> io::Result<()> {
        json::write(&sarif::log(&self.document), out)
    }

    /// What is to be noted in the capture, if it is a report on one file.
    #[must_use]
    pub fn notes(&self, zone: &TimeZone) -> Notes {
        notes(&self.document, zone)
    }

    /// JSON, schema 1.
    ///
    /// # Errors
    /// Writing fails.
    pub fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        json::write(&self.document, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    use crate::capture::{CaptureSummary, Ended, Frame, Live, Outage, Timestamp, Written};
    use crate::check::{Code, Detail};
    use crate::compare::Turn;
    use crate::report::fixture::{HOSTILE, audit, capture, empty_audit, names, settings};
    use crate::report::{Language, live_course};

    fn published(language: Language) -> Published {
        Published::of(&audit(), &names(language), &settings(language, 80))
    }

    fn json(published: &Published) -> String {
        let mut out = Vec::new();
        published.json(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_stored_report_reads_back_as_it_was() {
        for language in [Language::De, Language::En] {
            let text = json(&published(language));
            assert_eq!(json(&Published::parse(text.as_bytes()).unwrap()), text);
        }
    }

    #[test]
    fn the_report_of_a_run_tells_in_every_form_when_findings_came_and_went() {
        let audit = audit();
        let turn = |cleared: Option<i64>| Turn {
            finding: audit.findings[0].clone(),
            since: Timestamp(1_700_000_000_000_000_000),
            risen: None,
            cleared: cleared.map(|seconds| Timestamp((1_700_000_000 + seconds) * 1_000_000_000)),
        };
        let outage = Outage {
            interface: "eth7".to_owned(),
            since: Timestamp(1_700_000_000_000_000_000),
            until: Some(Timestamp(1_700_000_005_000_000_000)),
        };
        let course = Course { turns: vec![turn(Some(90)), turn(None)], left_out: 3, outages: vec![outage] };
        for (language, heading, holds, silent) in [
            (Language::De, "Verlauf der Befunde", "besteht", "Schnittstelle eth7 ohne Verbindung"),
            (Language::En, "When findings came and went", "still there", "interface eth7 had no link"),
        ] {
            let settings = settings(language, 100);
            let run = Published::of_run(&audit, &course, &names(language), &settings);
            let text = json(&run);
            assert_eq!(json(&Published::parse(text.as_bytes()).unwrap()), text);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["course"][0]["cleared"], "2023-11-14T22:14:50.000000000Z");
            assert_eq!((&value["course"][1]["cleared"], &value["course_omitted"]), (&Value::Null, &3.into()));
            assert_eq!(value["outages"][0]["until"], "2023-11-14T22:13:25.000000000Z");
            let table = live_course(&course, &audit, &names(language), &settings);
            for form in [run.html(&settings.zone), run.markdown(&settings.zone), table] {
                assert!(form.contains(heading) && form.contains(holds) && form.contains(silent), "{form}");
            }
            let hidden = json(&run.redacted(Redaction::Addresses).unwrap());
            let hidden: serde_json::Value = serde_json::from_str(&hidden).unwrap();
            assert_eq!(hidden["course"][0]["cleared"], value["course"][0]["cleared"]);
        }
        assert!(!json(&published(Language::En)).contains("\"course_omitted\""), "a file has none");
        assert!(
            !published(Language::De).html(&settings(Language::De, 80).zone).contains("Verlauf der Befunde")
        );
    }

    /// The fixture as a live capture on `eth0`.
    fn live(audit: crate::check::Audit, goes_on: bool) -> crate::check::Audit {
        let ended = if goes_on { Ended::Stopped } else { Ended::Complete };
        let live = Some(Live { goes_on, ..Live::default() });
        let captures = vec![CaptureSummary { live, ..capture("eth0", ended) }];
        crate::check::Audit { captures, passed_over: Vec::new(), ..audit }
    }

    /// The report of a live capture in each form for people, as it comes back from a stored one.
    fn forms(audit: &crate::check::Audit, course: &Course, language: Language) -> [String; 3] {
        let (names, settings) = (names(language), settings(language, 100));
        let run = Published::of_run(audit, course, &names, &settings);
        let run = Published::parse(json(&run).as_bytes()).unwrap();
        let table = crate::report::run_table(audit, course, &names, &settings);
        [run.html(&settings.zone), run.markdown(&settings.zone), table]
    }

    #[test]
    fn the_report_of_a_live_capture_names_an_interface_and_says_whether_it_goes_on() {
        for (language, wrong, interface, interim) in [
            (Language::De, ["Datei", "Benutzer beendet"], "Schnittstelle", "Die Messung läuft weiter"),
            (Language::En, ["File", "stopped by the user"], "Interface", "the capture goes on"),
        ] {
            for goes_on in [true, false] {
                for form in forms(&live(empty_audit(), goes_on), &Course::default(), language) {
                    assert!(form.contains(interface), "{form}");
                    assert_eq!(form.contains(interim), goes_on, "{form}");
                    assert!(!wrong.iter().any(|word| form.contains(word)), "{form}");
                }
            }
            let file = forms(&audit(), &Course::default(), language);
            assert!(file.iter().all(|form| form.contains(wrong[0]) && !form.contains(interim)));
        }
    }

    #[test]
    fn a_finding_of_a_live_capture_says_since_when_it_holds_and_when_it_was_cleared() {
        let mut audit = live(audit(), false);
        audit.findings.retain(|finding| matches!(finding.code(), Code::Qos001 | Code::Sig009));
        let turn = |code: Code, since: i64, cleared: Option<i64>| Turn {
            finding: audit.findings.iter().find(|finding| finding.code() == code).unwrap().clone(),
            since: Timestamp(since * 1_000_000_000),
            risen: None,
            cleared: cleared.map(|cleared| Timestamp(cleared * 1_000_000_000)),
        };
        let course = |turns| Course { turns, ..Course::default() };
        for (language, over, holds, word) in [
            (
                Language::De,
                "erledigt seit 01.01.1970 00:01:30; aufgetreten 01.01.1970 00:00:30",
                "aufgetreten 01.01.1970 00:00:40, besteht",
                "erledigt",
            ),
            (
                Language::En,
                "cleared 1970-01-01 00:01:30; came 1970-01-01 00:00:30",
                "came 1970-01-01 00:00:40, still there",
                "cleared",
            ),
        ] {
            let turns = vec![turn(Code::Qos001, 30, Some(90)), turn(Code::Sig009, 40, None)];
            for form in forms(&audit, &course(turns), language) {
                let form = form.replace('\u{a0}', " ");
                assert!(form.contains(over) && form.contains(holds), "{form}");
            }
            // It came again: what was cleared before says nothing.
            let turns = vec![turn(Code::Qos001, 30, Some(90)), turn(Code::Qos001, 95, None)];
            let [html, markdown, table] = forms(&audit, &course(turns), language);
            assert!(!html.contains(over) && !table.contains(over) && !markdown.contains(over), "{html}");
            let turns = vec![turn(Code::Qos001, 30, Some(90))];
            let [html, markdown, _] = forms(&audit, &course(turns), language);
            assert!(html.contains(&format!("<span class=\"badge cleared\">{word}</span> QOS-001")), "{html}");
            assert!(markdown.contains(&format!(" ({word}) QOS-001")), "{markdown}");
        }
    }

    #[test]
    fn frames_of_a_live_capture_are_told_by_their_file_or_not_at_all() {
        let mut audit = live(audit(), false);
        audit.findings.retain(|finding| matches!(finding.code(), Code::Qos002 | Code::Qos009));
        assert_eq!(audit.findings.len(), 2);
        for finding in &mut audit.findings {
            let evidence = &mut finding.evidence;
            evidence.filter = "frame.number in {12, 977}".to_owned();
            evidence.frames = vec![Frame::new(0, 12), Frame::new(0, 977)];
            (evidence.first, evidence.last) = (Some(Timestamp(0)), Some(Timestamp(1_000_000_000)));
            match &mut finding.detail {
                Detail::Qos002 { frames, .. } => *frames = [Frame::new(0, 12), Frame::new(0, 13)],
                Detail::Qos009 { changed_at, .. } => {
                    *changed_at = (Frame::new(0, 977), Timestamp(61_000_000_000))
                }
                _ => {}
            }
        }
        let run = |first: u64, number, frames, file: &str| Written {
            path: format!("records/{file}").into(),
            first,
            number,
            frames,
        };
        let sentences = |audit: &crate::check::Audit, language| {
            let text = forms(audit, &Course::default(), language).map(|form| form.replace('\u{a0}', " "));
            text.map(|form| form.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\_", "_"))
        };
        for (language, packet, example, change, time) in [
            (
                Language::De,
                "Paket 1",
                "zum Beispiel Paket 2 und 3 (a_00007.pcapng)",
                "ab Paket 67 (a_00008.pcapng)",
                "um 00:01:01 von DSCP",
            ),
            (
                Language::En,
                "packet 1",
                "packets 2 and 3 (a_00007.pcapng), for instance",
                "at packet 67 (a_00008.pcapng)",
                "at 00:01:01 from DSCP",
            ),
        ] {
            audit.captures[0].live = Some(Live::default());
            for form in sentences(&audit, language) {
                let told = [packet, "zum Beispiel Paket", "for instance", "977"];
                assert!(!told.iter().any(|told| form.contains(told)), "{form}");
                assert!(form.contains("1970") && form.contains(time), "the times are told: {form}");
                assert!(!form.contains("frame.number"), "there is no file to use it on: {form}");
            }
            let written = vec![run(11, 1, 900, "a_00007.pcapng"), run(911, 1, 100, "a_00008.pcapng")];
            audit.captures[0].live = Some(Live { goes_on: false, written, ..Live::default() });
            for form in sentences(&audit, language) {
                assert!(form.contains(example) && form.contains(change), "{form}");
                assert!(form.contains("frame.number in {2}"), "that of the file that is named first: {form}");
                let [first, second] = ["a_00007.pcapng", "a_00008.pcapng"].map(|file| form.contains(file));
                assert!(first && second && form.contains("67") && !form.contains("977"), "{form}");
            }
            let run =
                Published::of_run(&audit, &Course::default(), &names(language), &settings(language, 100));
            let mut sarif = Vec::new();
            run.sarif(&mut sarif).unwrap();
            let sarif: Value = serde_json::from_slice(&sarif).unwrap();
            let locations = &sarif["runs"][0]["results"][0]["locations"];
            let told = [0, 1].map(|at| {
                let uri = &locations[at]["physicalLocation"]["artifactLocation"]["uri"];
                format!("{uri} {}", locations[at]["properties"]["frames"])
            });
            assert_eq!(told, ["\"records/a_00007.pcapng\" [2]", "\"records/a_00008.pcapng\" [67]"]);
            let findings = String::from_utf8(run.csv().unwrap()[0].1.clone()).unwrap();
            assert!(
                findings.contains(";\"a_00007.pcapng: 2; a_00008.pcapng: 67\";frame.number in {2};"),
                "{findings}"
            );
        }
    }

    #[test]
    fn the_end_of_a_run_says_what_was_found_meanwhile_and_is_not_told_any_more() {
        let (told, mut gone) = (audit(), empty_audit());
        let turn = |finding: &crate::check::Finding, cleared| Turn {
            finding: finding.clone(),
            since: Timestamp(0),
            risen: None,
            cleared,
        };
        let is_error = |finding: &&crate::check::Finding| finding.severity == crate::check::Severity::Error;
        let error = told.findings.iter().find(is_error).unwrap();
        let close = |turns: Vec<Turn>, audit: &crate::check::Audit| {
            let course = Course { turns, ..Course::default() };
            crate::report::live_close(&course, audit, &names(Language::De), &settings(Language::De, 100))
        };
        let text = close(vec![turn(error, Some(Timestamp(9)))], &gone);
        assert!(text.contains("NICHT BEURTEILBAR") && text.contains("außerdem: 1\u{a0}Fehler"), "{text}");
        assert!(!close(vec![turn(error, None)], &gone).contains("außerdem"), "it holds");
        gone.findings.push(error.clone());
        assert!(
            !close(vec![turn(error, Some(Timestamp(9)))], &gone).contains("außerdem"),
            "the report has it"
        );
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for text in ["", "{}", "[1]", "{\"schema\":1}"] {
            let error = Published::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("--format json"), "{error}");
        }
        let newer = json(&published(Language::En)).replacen("\"schema\": 1", "\"schema\": 2", 1);
        assert!(matches!(Published::parse(newer.as_bytes()), Err(NotAReport::Schema(2))));
    }

    #[test]
    fn the_page_says_everything_in_both_languages() {
        for (language, part) in
            [(Language::De, "Maßnahmen nach Zuständigkeit"), (Language::En, "Actions by who")]
        {
            let page = published(language).html(&TimeZone::UTC);
            assert!(page.contains(part) && page.contains("QOS-001") && page.contains("4711"), "{language:?}");
            assert!(page.contains("503 Whatever (INVITE)"), "the words of the answer");
            assert!(!page.contains("http://") && !page.contains("src="), "something is loaded");
        }
    }

    #[test]
    fn findings_that_the_cover_leaves_out_are_told_in_words() {
        let mut audit = audit();
        let one = audit.findings.iter().find(|finding| finding.code() == Code::Qos001).unwrap().clone();
        for (language, findings, told) in [
            (Language::De, 15, Some("und 3 weitere Befunde, siehe")),
            (Language::En, 13, Some("and 1 further finding, see")),
            (Language::En, 12, None),
        ] {
            audit.findings = vec![one.clone(); findings];
            let [html, markdown, _] = forms(&audit, &Course::default(), language);
            for form in [html, markdown] {
                match told {
                    Some(told) => assert!(form.contains(told), "{form}"),
                    None => assert!(!form.contains("further finding"), "{form}"),
                }
            }
        }
    }

    #[test]
    fn a_report_about_nothing_has_a_page() {
        let empty = Published::of(&empty_audit(), &names(Language::De), &settings(Language::De, 80));
        assert!(empty.html(&TimeZone::UTC).contains("</html>"));
        assert!(empty.markdown(&TimeZone::UTC).starts_with("# Prüfbericht"));
        assert!(empty.csv().unwrap().iter().all(|(_, file)| file.starts_with("\u{feff}".as_bytes())));
    }

    #[test]
    fn nothing_of_a_hostile_packet_is_obeyed() {
        let report = published(Language::De);
        let tables = report.csv().unwrap().map(|(_, file)| String::from_utf8(file).unwrap());
        let pages = [report.html(&TimeZone::UTC), report.markdown(&TimeZone::UTC)];
        for text in pages.iter().chain(&tables) {
            assert!(!text.contains(HOSTILE));
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']));
        }
    }

    #[test]
    fn the_log_for_pipelines_names_every_finding() {
        let mut out = Vec::new();
        published(Language::En).sarif(&mut out).unwrap();
        let log: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let results = log.pointer("/runs/0/results").unwrap().as_array().unwrap();
        assert_eq!(results.len(), audit().findings.len());
        assert!(results.iter().any(|result| result["ruleId"] == "QOS-001" && result["level"] == "error"));
        // What the schema of SARIF 2.1.0 demands of the parts that are there.
        assert_eq!(log["version"], "2.1.0");
        assert!(log.pointer("/runs/0/tool/driver/name").is_some_and(serde_json::Value::is_string));
        let rules = log.pointer("/runs/0/tool/driver/rules").unwrap().as_array().unwrap();
        let ids: std::collections::BTreeSet<&str> =
            rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
        assert_eq!(ids.len(), rules.len(), "each rule once");
        for result in results {
            assert!(
                ids.contains(result["ruleId"].as_str().unwrap()) && result["message"]["text"].is_string()
            );
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
            assert!(result["occurrenceCount"].as_u64().unwrap() >= 1);
            let uri = result
                .pointer("/locations/0/physicalLocation/artifactLocation/uri")
                .unwrap()
                .as_str()
                .unwrap();
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
        }
    }
}
