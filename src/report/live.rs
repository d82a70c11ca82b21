//! Takes what came and went while a capture is judged, gives one line for each: text for people, JSON for programs.

use std::io;
use std::net::IpAddr;

use serde::Serialize;

use super::number::{moment, rfc3339};
use super::text::{Context, finding_text, words};
use super::{Names, Settings, json};
use crate::check::{Audit, Finding};
use crate::compare::Turn;

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
        severity: format!("{:?}", turn.finding.severity).to_lowercase(),
        subject: subject(&turn.finding),
        title: text.title,
        detail: &text.detail,
        action: &text.action,
    };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// The whole report as the last line: `{"event":"report","report":{...}}`.
///
/// # Errors
/// As [`json`].
pub fn live_report(audit: &Audit, names: &Names, settings: &Settings) -> io::Result<String> {
    let mut pretty = Vec::new();
    json(audit, names, settings, &mut pretty)?;
    let pretty = String::from_utf8_lossy(&pretty);
    // A line break inside of a string is escaped, so every real one is layout.
    let line: String = pretty.lines().map(str::trim_start).collect();
    Ok(format!("{{\"event\":\"report\",\"report\":{line}}}\n"))
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

fn subject(finding: &Finding) -> Option<IpAddr> {
    finding.subject.as_ref().map(|subject| subject.address)
}
