//! The published form of how the findings of a live run came and went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Document, Severity};
use crate::capture;
use crate::check::Audit;
use crate::compare::{Course, Turn};
use crate::report::text::{Context, finding_text};
use crate::report::{Names, Settings, number};

/// A finding of a live run from when it came to when it went.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Spell {
    pub(in crate::report) code: String,
    pub(in crate::report) severity: Severity,
    pub(in crate::report) title: String,
    /// Address of the device, if the finding is about one.
    pub(in crate::report) subject: Option<String>,
    pub(in crate::report) since: Option<String>,
    /// Null: it holds.
    pub(in crate::report) cleared: Option<String>,
}

/// A time in which an interface of a live run had no link, so that nothing was captured on it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Outage {
    pub(in crate::report) interface: String,
    pub(in crate::report) since: Option<String>,
    /// Null: it has none yet.
    pub(in crate::report) until: Option<String>,
}

/// Puts the course of a run into its report.
pub(in crate::report) fn add(
    document: &mut Document,
    course: &Course,
    audit: &Audit,
    names: &Names,
    settings: &Settings,
) {
    let context = Context { audit, names, zone: &settings.zone };
    let spell = |turn: &Turn| {
        let finding = &turn.finding;
        Spell {
            code: finding.code().as_str().to_owned(),
            severity: finding.severity.into(),
            title: finding_text(finding, &context, settings.language).title.to_owned(),
            subject: finding.subject.as_ref().map(|subject| subject.address.to_string()),
            since: number::rfc3339(turn.since),
            cleared: turn.cleared.and_then(number::rfc3339),
        }
    };
    for (finding, published) in audit.findings.iter().zip(&mut document.findings) {
        let turn = course.of(finding);
        published.since = turn.and_then(|turn| number::rfc3339(turn.since));
        published.cleared = turn.and_then(|turn| turn.cleared).and_then(number::rfc3339);
    }
    document.course = course.turns.iter().map(spell).collect();
    document.course_omitted = course.left_out;
    let outage = |outage: &capture::Outage| Outage {
        interface: outage.interface.clone(),
        since: number::rfc3339(outage.since),
        until: outage.until.and_then(number::rfc3339),
    };
    document.outages = course.outages.iter().map(outage).collect();
}
