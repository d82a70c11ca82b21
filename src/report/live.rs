//! Takes what came and went while a capture is judged, gives one line for each: text for people, JSON for programs.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use super::escape::{FIELD, escape_terminal};
use super::json::document::{Document, Severity};
use super::json::write;
use super::number::{NO_VALUE, count, counted, moment, rfc3339};
use super::table::{Lean, Page, Piece, Tone, View, verdict};
use super::text::{Context, finding_text, screen_words, words};
use super::{Language, Names, Published, Settings};
use crate::capture::Outage;
use crate::check::{self, Audit, Finding};
use crate::compare::{Course, Turn};

/// `2026-03-02 08:00:04  new      error  QOS-001  RTP without EF marking: AGFEO T14 SIP (192.168.10.21)`.
#[must_use]
pub fn live_text(turn: &Turn, audit: &Audit, names: &Names, settings: &Settings) -> String {
    let context = Context { audit, names, zone: &settings.zone };
    let language = settings.language;
    let finding = &turn.finding;
    let time = moment(turn.at(), &settings.zone, language);
    let event = match (turn.cleared, turn.risen) {
        (None, None) => language.either("neu     ", "new     "),
        (None, Some(_)) => language.either("schwerer", "heavier "),
        (Some(_), _) => language.either("erledigt", "cleared "),
    };
    let severity = (words(language).severity)(finding.severity);
    let title = finding_text(finding, &context, language).title;
    let subject =
        subject(finding).map_or_else(String::new, |address| format!(": {}", context.device(address)));
    let since = if turn.at() == turn.since {
        String::new()
    } else {
        let since = moment(turn.since, &settings.zone, language);
        format!(" ({} {since})", language.either("seit", "since"))
    };
    format!("{time}  {event}  {severity}  {}  {title}{subject}{since}\n", finding.code().as_str())
}

/// The same as one JSON object: `event` is `new`, `heavier` or `cleared`; its words come escaped for a terminal.
///
/// # Errors
/// None that can be named: nothing in it refuses to be JSON.
pub fn live_json(turn: &Turn, audit: &Audit, names: &Names, settings: &Settings) -> io::Result<String> {
    let context = Context { audit, names, zone: &settings.zone };
    let text = finding_text(&turn.finding, &context, settings.language);
    let line = Line {
        event: match (turn.cleared, turn.risen) {
            (None, None) => Event::New,
            (None, Some(_)) => Event::Heavier,
            (Some(_), _) => Event::Cleared,
        },
        time: rfc3339(turn.at()),
        since: rfc3339(turn.since),
        code: turn.finding.code().as_str(),
        severity: turn.finding.severity.into(),
        before: turn.risen.map(|(_, before)| before.into()),
        subject: subject(&turn.finding).map(|address| address.to_string()),
        title: text.title,
        detail: &text.detail,
        action: &text.action,
    };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// The whole report as the last line: `{"event":"report","report":{...}}`, with its course.
///
/// # Errors
/// As [`super::json`].
pub fn live_report(course: &Course, audit: &Audit, names: &Names, settings: &Settings) -> io::Result<String> {
    let report = Published::of_run(audit, course, names, settings).line()?;
    Ok(format!("{{\"event\":\"report\",\"report\":{report}}}\n"))
}

/// Writes the JSON Schema of a line.
///
/// # Errors
/// What `out` refuses.
pub fn live_schema(out: &mut dyn io::Write) -> io::Result<()> {
    write(&schemars::schema_for!(AnyLine<'_>), out)
}

/// When each finding came and went, as a section behind the report; nothing where none went.
#[must_use]
pub fn live_course(course: &Course, audit: &Audit, names: &Names, settings: &Settings) -> String {
    if course.turns.iter().all(|turn| turn.cleared.is_none()) && course.outages.is_empty() {
        return String::new();
    }
    let (own, common) = (screen_words(settings.language), words(settings.language));
    let context = Context { audit, names, zone: &settings.zone };
    let time = |time| moment(time, &settings.zone, settings.language);
    let row = |turn: &Turn| {
        let finding = &turn.finding;
        let title = finding_text(finding, &context, settings.language).title;
        let title = match subject(finding) {
            Some(address) => format!("{title}: {}", context.device(address)),
            None => title.to_owned(),
        };
        vec![
            Piece::plain(time(turn.since)),
            turn.cleared.map_or_else(|| Piece::plain(own.holds), |at| Piece::new(time(at), Tone::Good)),
            Piece::plain((common.severity)(finding.severity)),
            Piece::plain(finding.code().as_str()),
            Piece::plain(title),
        ]
    };
    let mut page = Page::new(settings.width, settings.colour);
    page.blank();
    page.heading(own.course);
    let heads = [
        (own.since, Lean::Left),
        (own.until, Lean::Left),
        (own.severity, Lean::Left),
        ("Code", Lean::Left),
        (own.finding, Lean::Left),
    ];
    let outage = |outage: &Outage| {
        vec![
            Piece::plain(time(outage.since)),
            outage.until.map_or_else(|| Piece::plain(own.holds), |at| Piece::new(time(at), Tone::Good)),
            Piece::plain(NO_VALUE),
            Piece::plain(NO_VALUE),
            Piece::plain(own.outage.replace("{}", &escape_terminal(&outage.interface, FIELD))),
        ]
    };
    page.table(
        &heads,
        &course.turns.iter().map(row).chain(course.outages.iter().map(outage)).collect::<Vec<_>>(),
    );
    if course.left_out > 0 {
        let text = format!("… {} {}", count(course.left_out, settings.language), own.more);
        page.paragraph(0, &text, Tone::Plain);
    }
    page.finish()
}

/// The verdict once more, as the last line that is seen of a long report; with what was found meanwhile and is not in the
/// report any more.
#[must_use]
pub fn live_close(course: &Course, audit: &Audit, names: &Names, settings: &Settings) -> String {
    let view = View::new(audit, names, settings);
    let mut page = Page::new(settings.width, settings.colour);
    page.blank();
    verdict::write_line(&mut page, &view);
    if let Some(text) = meanwhile(course, audit, settings.language) {
        page.paragraph(0, &text, Tone::Caution);
    }
    page.finish()
}

/// What was found from warning up, was cleared, and is not among the findings of the end.
fn meanwhile(course: &Course, audit: &Audit, language: Language) -> Option<String> {
    let key = |finding: &Finding| (finding.code(), subject(finding), finding.distinction());
    let told: BTreeSet<_> = audit.findings.iter().flat_map(Finding::parts).map(key).collect();
    let is_told = |turn: &&Turn| turn.finding.parts().iter().all(|part| told.contains(&key(part)));
    let gone = || course.turns.iter().filter(|turn| turn.cleared.is_some() && !is_told(turn));
    let counts =
        [check::Severity::Critical, check::Severity::Error, check::Severity::Warning].map(|severity| {
            let found = gone().filter(|turn| turn.finding.severity == severity).count() as u64;
            let noun = (words(language).findings)(severity);
            (found > 0).then(|| counted(found, noun.one, noun.many, language))
        });
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    (!counts.is_empty()).then(|| screen_words(language).meanwhile.replace("{}", &counts.join(", ")))
}

/// A line of `live --format jsonl`: a finding that came, became heavier or went, and at the end the report.
#[derive(JsonSchema)]
#[schemars(title = "a line of pbxray live", untagged)]
#[expect(dead_code, reason = "says what the lines are, which are written one by one")]
enum AnyLine<'a> {
    Finding(Line<'a>),
    Report(Box<Last>),
}

/// A finding that came, became heavier or went.
#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    event: Event,
    /// When this happened, by the clock of the capture.
    time: Option<String>,
    /// When the finding came.
    since: Option<String>,
    code: &'static str,
    severity: Severity,
    /// How bad it was before it became heavier.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Severity>,
    /// Address of the device, if the finding is about one.
    subject: Option<String>,
    /// In the language of the run, as the next two.
    title: &'a str,
    /// What was seen.
    detail: &'a str,
    /// What to do.
    action: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Event {
    /// It came.
    New,
    /// It is worse than it was.
    Heavier,
    /// Its cause is gone.
    Cleared,
}

/// The last line.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "as above")]
struct Last {
    event: LastEvent,
    report: Document,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "as above")]
enum LastEvent {
    Report,
}

fn subject(finding: &Finding) -> Option<IpAddr> {
    finding.subject.as_ref().map(|subject| subject.address)
}
