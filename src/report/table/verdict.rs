//! The verdict in one line, the number of findings per severity, and what was measured.

use super::View;
use super::page::{Page, Tone};
use crate::check::{Severity, Verdict};
use crate::report::language::Language;
use crate::report::number::{count, counted, moment, period};
use crate::report::text::{given_words, run_words, verdict_line};

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    write_line(page, view);
    if let Some(text) = interim(view) {
        page.paragraph(0, &text, Tone::Caution);
    }
    page.paragraph(0, &severities(view), Tone::Plain);
    page.paragraph(0, &measurement(view), Tone::Plain);
}

/// The verdict alone.
pub(in crate::report) fn write_line(page: &mut Page, view: &View<'_>) {
    let tone = match view.audit.verdict {
        Verdict::Pass | Verdict::Notes => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::NotAssessable => Tone::Caution,
    };
    page.paragraph(0, &sentence(view), tone);
}

/// The verdict in one sentence.
pub(in crate::report) fn sentence(view: &View<'_>) -> String {
    let audit = view.audit;
    verdict_line(view.words, audit.verdict, &audit.unjudged, audit.accepted.len(), view.language)
}

/// `2 Fehler, 1 Warnung`.
pub(in crate::report) fn severities(view: &View<'_>) -> String {
    let heaviest_first =
        [Severity::Critical, Severity::Error, Severity::Warning, Severity::Notice, Severity::Info];
    let counts: Vec<String> = heaviest_first
        .into_iter()
        .filter_map(|severity| {
            let found = view.audit.findings.iter().filter(|finding| finding.severity == severity).count();
            let noun = (view.words.findings)(severity);
            (found > 0).then(|| counted(found as u64, noun.one, noun.many, view.language))
        })
        .collect();
    let accepted = view.audit.accepted.len() as u64;
    let accepted =
        (accepted > 0).then(|| format!("{} {}", view.count(accepted), given_words(view.language).counted));
    if counts.is_empty() {
        let none = format!("{}: {}", view.words.headings.findings, view.words.notes.no_findings);
        return accepted.map_or(none.clone(), |accepted| format!("{none} ({accepted})"));
    }
    counts.into_iter().chain(accepted).collect::<Vec<_>>().join(", ")
}

/// That a live capture goes on while its report is read.
pub(in crate::report) fn interim(view: &View<'_>) -> Option<String> {
    let run = run_words(view.language);
    let captures = &view.audit.captures;
    let goes_on = captures.iter().any(|capture| capture.live.as_ref().is_some_and(|live| live.goes_on));
    goes_on.then(|| match captures.iter().filter_map(|capture| capture.last).max() {
        Some(last) => run.interim.replace("{}", &moment(last, view.context.zone, view.language)),
        None => run.interim_unknown.to_owned(),
    })
}

/// `trace.pcapng, 12.345 Pakete, 19.01.2026 10:15:03 – 10:25:10 (10 min 7 s)`.
fn measurement(view: &View<'_>) -> String {
    let captures = &view.audit.captures;
    let files = match captures.as_slice() {
        [_] => view.file_name(0).to_owned(),
        _ => {
            let noun = view.words.nouns.file;
            counted(captures.len() as u64, noun.one, noun.many, view.language)
        }
    };
    let total = captures.iter().fold(0_u64, |sum, capture| sum.saturating_add(capture.packets));
    let noun = view.words.nouns.packet;
    let heading = match captures.first().and_then(|capture| capture.live.as_ref()) {
        Some(_) => run_words(view.language).run,
        None => view.words.headings.capture,
    };
    let mut text = format!(
        "{heading}: {files}, {}\u{a0}{}",
        count(total, view.language),
        if total == 1 { noun.one } else { noun.many }
    );
    let filtered = view.audit.traffic.quality.filtered;
    if filtered > 0 {
        let kept = count(total.saturating_sub(filtered), view.language);
        let label = view.words.labels.filtered;
        text.push_str(&match view.language {
            Language::De => format!(" (davon {kept} gelesen; {label}: {})", count(filtered, view.language)),
            Language::En => format!(" ({kept} of them read; {label}: {})", count(filtered, view.language)),
        });
    }
    let first = captures.iter().filter_map(|capture| capture.first).min();
    let last = captures.iter().filter_map(|capture| capture.last).max();
    if let (Some(first), Some(last)) = (first, last) {
        text.push_str(&format!(", {}", period(first, last, view.context.zone, view.language)));
    }
    text
}
