//! Takes what came and went while a capture is judged, gives one line for each: text for people, JSON for programs.

use std::io;
use std::net::IpAddr;

use serde::Serialize;

use super::number::{count, moment, rfc3339};
use super::table::{Lean, Page, Piece, Tone};
use super::text::{Context, finding_text, screen_words, words};
use super::{Names, Settings, json};
use crate::check::{Audit, Finding};
use crate::compare::{Ledger, Turn};

/// `2026-03-02 08:00:04  new      error  QOS-001  RTP without EF marking: AGFEO T14 SIP (192.168.10.21)`.
#[must_use]
pub fn live_text(turn: &Turn, audit: &Audit, names: &Names, settings: &Settings) -> String {
    let context = Context { audit, names, zone: &settings.zone };
    let language = settings.language;
    let finding = &turn.finding;
    let time = moment(turn.cleared.unwrap_or(turn.since), &settings.zone, language);
    let event = match turn.cleared {
        None => language.either("neu     ", "new     "),
        Some(_) => language.either("erledigt", "cleared "),
    };
    let severity = (words(language).severity)(finding.severity);
    let title = finding_text(finding, &context, language).title;
    let subject =
        subject(finding).map_or_else(String::new, |address| format!(": {}", context.device(address)));
    let since = match turn.cleared {
        None => String::new(),
        Some(_) => {
            let since = moment(turn.since, &settings.zone, language);
            format!(" ({} {since})", language.either("seit", "since"))
        }
    };
    format!("{time}  {event}  {severity}  {}  {title}{subject}{since}\n", finding.code().as_str())
}

/// The same as one JSON object: `event` is `new` or `cleared`; its words come escaped for a terminal.
///
/// # Errors
/// None that can be named: nothing in it refuses to be JSON.
pub fn live_json(turn: &Turn, audit: &Audit, names: &Names, settings: &Settings) -> io::Result<String> {
    let context = Context { audit, names, zone: &settings.zone };
    let text = finding_text(&turn.finding, &context, settings.language);
    let line = Line {
        event: if turn.cleared.is_some() { "cleared" } else { "new" },
        time: rfc3339(turn.cleared.unwrap_or(turn.since)),
        since: rfc3339(turn.since),
        code: turn.finding.code().as_str(),
        severity: severity(&turn.finding),
        subject: subject(&turn.finding),
        title: text.title,
        detail: &text.detail,
        action: &text.action,
    };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// The whole report as the last line: `{"event":"report","course":[...],"report":{...}}`. `course` has every finding that
/// came, with the times at which it came and went.
///
/// # Errors
/// As [`json`].
pub fn live_report(ledger: &Ledger, audit: &Audit, names: &Names, settings: &Settings) -> io::Result<String> {
    let mut pretty = Vec::new();
    json(audit, names, settings, &mut pretty)?;
    let pretty = String::from_utf8_lossy(&pretty);
    // A line break inside of a string is escaped, so every real one is layout.
    let line: String = pretty.lines().map(str::trim_start).collect();
    let course = ledger.course();
    let spells: Vec<Spell> = course.iter().map(Spell::of).collect();
    let course = serde_json::to_string(&spells)?;
    Ok(format!("{{\"event\":\"report\",\"course\":{course},\"report\":{line}}}\n"))
}

/// When each finding came and went, as a section behind the report; nothing where none went.
#[must_use]
pub fn live_course(ledger: &Ledger, audit: &Audit, names: &Names, settings: &Settings) -> String {
    let course = ledger.course();
    if course.iter().all(|turn| turn.cleared.is_none()) {
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
    page.heading(own.course);
    let heads = [
        (own.since, Lean::Left),
        (own.until, Lean::Left),
        (own.severity, Lean::Left),
        ("Code", Lean::Left),
        (own.finding, Lean::Left),
    ];
    page.table(&heads, &course.iter().map(row).collect::<Vec<_>>());
    if ledger.left_out() > 0 {
        let text = format!("… {} {}", count(ledger.left_out(), settings.language), own.more);
        page.paragraph(0, &text, Tone::Plain);
    }
    page.finish()
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    time: Option<String>,
    since: Option<String>,
    code: &'static str,
    severity: String,
    subject: Option<IpAddr>,
    title: &'a str,
    detail: &'a str,
    action: &'a str,
}

/// A finding from when it came to when it went.
#[derive(Serialize)]
struct Spell {
    code: &'static str,
    severity: String,
    subject: Option<IpAddr>,
    since: Option<String>,
    cleared: Option<String>,
}

impl Spell {
    fn of(turn: &Turn) -> Self {
        Self {
            code: turn.finding.code().as_str(),
            severity: severity(&turn.finding),
            subject: subject(&turn.finding),
            since: rfc3339(turn.since),
            cleared: turn.cleared.and_then(rfc3339),
        }
    }
}

fn severity(finding: &Finding) -> String {
    format!("{:?}", finding.severity).to_lowercase()
}

fn subject(finding: &Finding) -> Option<IpAddr> {
    finding.subject.as_ref().map(|subject| subject.address)
}
