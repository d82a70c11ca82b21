//! Findings as the technician's template has them, and what to do about them by who must act.

use std::collections::BTreeMap;

use super::{FindingPart, Maker, Part, filled, instant, sentence, shown};
use crate::report::json::document::{Finding, Party, Severity};
use crate::report::number::span;

pub(super) fn all(maker: &Maker<'_>) -> Vec<Part> {
    if maker.document.findings.is_empty() {
        return vec![Part::Text(maker.words.notes.no_findings.to_owned())];
    }
    maker.document.findings.iter().map(|finding| Part::Finding(Box::new(part(maker, finding)))).collect()
}

fn part(maker: &Maker<'_>, finding: &Finding) -> FindingPart {
    let labels = &maker.words.labels;
    let subject = finding.subject.as_ref().map(|subject| maker.device(&subject.address));
    let frames: Vec<String> = finding.evidence.frames.iter().map(ToString::to_string).collect();
    let evidence = (!frames.is_empty()).then(|| {
        let [first, last] = [&finding.evidence.first, &finding.evidence.last].map(|time| time.as_deref());
        let times = match (first.and_then(instant), last.and_then(instant)) {
            (Some(first), Some(last)) => span(first, last, maker.zone, maker.language),
            _ => maker.moment(first),
        };
        format!("{} ({})", filled(maker.paper.frames, &frames.join(", ")), times)
    });
    let sources = if finding.sources.is_empty() { &finding.rows } else { &finding.sources };
    let sources: Vec<String> = sources.iter().map(|source| shown(source)).collect();
    let facts = [
        (labels.device, subject),
        (labels.seen, Some(sentence(&finding.detail))),
        (labels.action, Some(sentence(&finding.action))),
        (labels.responsible, Some((maker.words.party)(finding.responsible.into()).to_owned())),
        (labels.evidence, evidence),
        (labels.source, (!sources.is_empty()).then(|| sources.join("; "))),
        (labels.confidence, Some((maker.words.confidence)(finding.confidence.into()).to_owned())),
    ];
    FindingPart {
        code: shown(&finding.code),
        severity: finding.severity,
        severity_word: (maker.words.severity)(finding.severity.into()),
        title: shown(&finding.title),
        facts: facts.into_iter().filter_map(|(label, text)| Some((label, text?))).collect(),
        filter_label: labels.filter,
        filter: sentence(&finding.evidence.filter),
    }
}

/// Findings about security, named and left to their place among the findings.
pub(super) fn security(maker: &Maker<'_>) -> Vec<Part> {
    let lines: Vec<String> = maker
        .document
        .findings
        .iter()
        .filter(|finding| finding.code.starts_with("SEC"))
        .map(|finding| {
            let severity = (maker.words.severity)(finding.severity.into());
            format!(
                "{severity}: {} {} – {}",
                shown(&finding.code),
                shown(&finding.title),
                sentence(&finding.detail)
            )
        })
        .collect();
    if lines.is_empty() {
        return vec![Part::Text(maker.paper.no_security.to_owned())];
    }
    vec![Part::List(lines)]
}

/// What somebody has to act upon.
pub(super) fn to_do<'a>(maker: &Maker<'a>) -> impl Iterator<Item = &'a Finding> {
    let findings = maker.document.findings.iter();
    findings.filter(|finding| finding.severity >= Severity::Notice && finding.responsible != Party::Nobody)
}

pub(super) fn actions(maker: &Maker<'_>) -> Vec<Part> {
    let mut by_party: BTreeMap<Party, Vec<String>> = BTreeMap::new();
    for finding in to_do(maker) {
        let subject = finding.subject.as_ref().map(|subject| maker.device(&subject.address));
        let about = subject.map_or_else(String::new, |subject| format!(", {subject}"));
        let line = format!("{}{about}: {}", shown(&finding.code), sentence(&finding.action));
        let lines = by_party.entry(finding.responsible).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if by_party.is_empty() {
        return vec![Part::Text(maker.paper.nothing_to_do.to_owned())];
    }
    let parts = by_party.into_iter().flat_map(|(party, lines)| {
        [Part::Subheading((maker.words.party)(party.into()).to_owned()), Part::List(lines)]
    });
    parts.collect()
}
