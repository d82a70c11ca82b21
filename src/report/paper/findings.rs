//! Findings as the technician's template has them, and what to do about them by who must act.

use std::collections::BTreeMap;

use super::{
    Cell, FindingPart, Glance, Maker, Part, Table, Tone, filled, instant, registered, sentence, shown,
};
use crate::report::json::document::{
    Document, Evidence, Finding, Outage, Party, Severity, Spell, Unjudged, Verdict,
};
use crate::report::number::{NO_VALUE, span};
use crate::report::text::{given_words, run_words, screen_words};

/// Most findings on the cover.
pub(super) const MOST_AT_A_GLANCE: usize = 12;

pub(super) fn all(maker: &Maker<'_>) -> Vec<Part> {
    if maker.document.findings.is_empty() {
        return vec![Part::Text(maker.words.notes.no_findings.to_owned())];
    }
    let parts = (1..).zip(&maker.document.findings);
    parts.map(|(number, finding)| Part::Finding(Box::new(part(maker, number, finding, None)))).collect()
}

/// What the site file accepts, with the reasons; numbered behind the others.
pub(super) fn accepted(maker: &Maker<'_>) -> Vec<Part> {
    let own = given_words(maker.language);
    let document = maker.document;
    let accepted = (document.findings.len() + 1..).zip(&document.accepted);
    let parts = accepted.map(|(number, one)| {
        let reasons = document.exceptions.iter().filter(|known| one.lines.contains(&known.line));
        let reasons = reasons.map(|known| {
            let whole = if known.everywhere { format!("; {}", own.everywhere) } else { String::new() };
            format!("{} ({} {}{whole})", shown(&known.reason), own.line, known.line)
        });
        let reasons: Vec<String> = reasons.collect();
        Part::Finding(Box::new(part(maker, number, &one.finding, Some(reasons.join("; ")))))
    });
    parts.collect()
}

/// Findings with their numbers; what is only information is among them where there is nothing else.
pub(super) fn weighty(document: &Document) -> impl Iterator<Item = (usize, &Finding)> {
    let is_weighty = |one: &Finding| one.severity >= Severity::Notice;
    let is_light = !document.findings.iter().any(is_weighty);
    (1..).zip(&document.findings).filter(move |(_, one)| is_light || is_weighty(one))
}

/// The heaviest findings in a line each.
pub(super) fn glance(maker: &Maker<'_>) -> Vec<Glance> {
    let line = |(number, finding): (usize, &Finding)| {
        let subject = finding.subject.as_ref().map(|subject| maker.device(&subject.address));
        let about = subject.map_or_else(String::new, |subject| format!(": {subject}"));
        Glance {
            number,
            severity: finding.severity,
            severity_word: (maker.words.severity)(finding.severity.into()),
            code: shown(&finding.code),
            text: format!("{}{about}{}", shown(&finding.title), in_brackets(cleared(maker, finding))),
        }
    };
    weighty(maker.document).take(MOST_AT_A_GLANCE).map(line).collect()
}

/// `accepted`: the reasons for which nothing is to be done about it.
fn part(maker: &Maker<'_>, number: usize, finding: &Finding, accepted: Option<String>) -> FindingPart {
    let labels = &maker.words.labels;
    let subject = finding.subject.as_ref().map(|subject| maker.device(&subject.address));
    let evidence = evidence(maker, &finding.evidence);
    let sources = if finding.sources.is_empty() { &finding.rows } else { &finding.sources };
    let sources: Vec<String> = sources.iter().map(|source| shown(source)).collect();
    let is_open = accepted.is_none();
    let facts = [
        (labels.device, subject),
        (run_words(maker.language).state, state(maker, finding)),
        (labels.seen, Some(sentence(&finding.detail))),
        (labels.action, is_open.then(|| sentence(&finding.action))),
        (labels.responsible, is_open.then(|| (maker.words.party)(finding.responsible.into()).to_owned())),
        (given_words(maker.language).reason, accepted),
        (labels.evidence, (!evidence.is_empty()).then_some(evidence)),
        (labels.source, (!sources.is_empty()).then(|| sources.join("; "))),
        (labels.confidence, Some((maker.words.confidence)(finding.confidence.into()).to_owned())),
    ];
    FindingPart {
        number,
        code: shown(&finding.code),
        severity: finding.severity,
        severity_word: (maker.words.severity)(finding.severity.into()),
        title: shown(&finding.title),
        cleared: cleared(maker, finding),
        facts: facts.into_iter().filter_map(|(label, text)| Some((label, text?))).collect(),
        filter_label: labels.filter,
        filter: sentence(&finding.evidence.filter),
    }
}

/// Since when it holds, or that it is over, in the report of a live capture.
fn state(maker: &Maker<'_>, finding: &Finding) -> Option<String> {
    let run = run_words(maker.language);
    let since = maker.moment(Some(finding.since.as_deref()?));
    Some(match finding.cleared.as_deref() {
        None => (run.holds)(&since),
        Some(cleared) => (run.cleared)(&since, &maker.moment(Some(cleared))),
    })
}

fn cleared(maker: &Maker<'_>, finding: &Finding) -> Option<&'static str> {
    finding.cleared.as_ref().map(|_| run_words(maker.language).is_cleared)
}

fn in_brackets(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!(" ({word})"))
}

/// When the findings of a live run came and went.
pub(super) fn course(maker: &Maker<'_>) -> Vec<Part> {
    let own = screen_words(maker.language);
    if maker.document.course.is_empty() && maker.document.outages.is_empty() {
        return Vec::new();
    }
    let time = |time: Option<&str>| {
        Cell::number(maker.moment(time), time.and_then(instant).map(|time| time.0 as f64))
    };
    let row = |spell: &Spell| {
        let subject = spell.subject.as_ref().map(|subject| format!(": {}", maker.device(subject)));
        vec![
            time(spell.since.as_deref()),
            match spell.cleared.as_deref() {
                Some(cleared) => Cell { tone: Tone::Good, ..time(Some(cleared)) },
                None => Cell::new(own.holds),
            },
            Cell::number(
                (maker.words.severity)(spell.severity.into()),
                Some(f64::from(spell.severity as u8)),
            ),
            Cell::new(&spell.code),
            Cell::new(format!("{}{}", shown(&spell.title), subject.unwrap_or_default())),
        ]
    };
    let heads = [
        (own.since, false),
        (own.until, false),
        (own.severity, false),
        ("Code", false),
        (own.finding, false),
    ];
    let outage = |outage: &Outage| {
        vec![
            time(outage.since.as_deref()),
            outage.until.as_deref().map_or_else(|| Cell::new(own.holds), |until| time(Some(until))),
            Cell::new(NO_VALUE),
            Cell::new(NO_VALUE),
            Cell::new(own.outage.replace("{}", &shown(&outage.interface))),
        ]
    };
    let rows = maker.document.course.iter().map(row).chain(maker.document.outages.iter().map(outage));
    let mut table = Table::new(&heads, rows.collect());
    table.omitted += usize::try_from(maker.document.course_omitted).unwrap_or(usize::MAX);
    vec![Part::Table(table)]
}

/// Packets, by file where there may be several; empty where no file holds them.
pub(super) fn packets<'a>(maker: &Maker<'_>, places: impl Iterator<Item = (Option<&'a str>, u64)>) -> String {
    let packets = |frames: &[u64]| match frames {
        [one] => filled(maker.paper.packet, &one.to_string()),
        several => {
            let numbers: Vec<String> = several.iter().map(ToString::to_string).collect();
            filled(maker.paper.frames, &numbers.join(", "))
        }
    };
    let mut by_file: Vec<(Option<&str>, Vec<u64>)> = Vec::new();
    for (file, number) in places {
        match by_file.iter_mut().find(|(known, _)| *known == file) {
            Some((_, numbers)) => numbers.push(number),
            None => by_file.push((file, vec![number])),
        }
    }
    let parts = by_file.iter().map(|(file, numbers)| match file {
        Some(path) => {
            let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
            format!("{}: {}", shown(name), packets(numbers))
        }
        None => packets(numbers),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Packets and their times; the times alone where no file holds the packets.
fn evidence(maker: &Maker<'_>, evidence: &Evidence) -> String {
    let mut text = packets(maker, maker.document.places(evidence));
    let [first, last] = [&evidence.first, &evidence.last].map(|time| time.as_deref().and_then(instant));
    if let (false, Some(first), Some(last)) = (evidence.frames.is_empty(), first, last) {
        let time = span(first, last, maker.zone, maker.language);
        let is_one = evidence.frames.len() == 1 && first == last;
        // The frames are the first few, the time is that of all.
        text = if text.is_empty() {
            time
        } else if is_one {
            format!("{text} ({time})")
        } else {
            format!("{text}; {} {time}", maker.words.labels.time_of_all)
        };
    }
    text
}

/// Findings about security, named and left to their place among the findings.
pub(super) fn security(maker: &Maker<'_>) -> Vec<Part> {
    let document = maker.document;
    let accepted =
        document.accepted.iter().map(|one| (&one.finding, Some(given_words(maker.language).counted)));
    let findings = document.findings.iter().map(|finding| (finding, cleared(maker, finding)));
    let lines: Vec<String> = findings
        .chain(accepted)
        .filter(|(finding, _)| finding.code.starts_with("SEC"))
        .map(|(finding, state)| {
            let severity = (maker.words.severity)(finding.severity.into());
            format!(
                "{severity}: {} {}{} – {}",
                shown(&finding.code),
                shown(&finding.title),
                in_brackets(state),
                sentence(&finding.detail)
            )
        })
        .collect();
    // Whose ports must not answer the Internet only the document of a known device says.
    let unjudged = document.unjudged.contains(&Unjudged::NoDevice);
    let unjudged = unjudged.then(|| Part::Text(given_words(maker.language).no_security.to_owned()));
    match (lines.is_empty(), unjudged) {
        (true, Some(unjudged)) => vec![unjudged],
        (true, None) => vec![Part::Text(maker.paper.no_security.to_owned())],
        (false, unjudged) => std::iter::once(Part::List(lines)).chain(unjudged).collect(),
    }
}

/// What somebody has to act upon.
pub(super) fn to_do<'a>(maker: &Maker<'a>) -> impl Iterator<Item = &'a Finding> {
    let findings = maker.document.findings.iter();
    findings.filter(|finding| finding.responsible != Party::Nobody)
}

/// What to say where no finding asks for anything.
pub(super) fn nothing_to_do(maker: &Maker<'_>) -> &'static str {
    match maker.document.verdict {
        Verdict::NotAssessable => maker.paper.nothing_yet,
        _ if !maker.document.remarks.is_empty() => maker.paper.look_at_remarks,
        _ if registered::has_strangers(maker) => maker.paper.look_at_registrations,
        _ if maker.document.flows.iter().any(|flow| flow.is_unsolicited) => maker.paper.look_at_connections,
        _ => maker.paper.nothing_to_do,
    }
}

pub(super) fn actions(maker: &Maker<'_>) -> Vec<Part> {
    let mut by_party: BTreeMap<Party, Vec<String>> = BTreeMap::new();
    for finding in to_do(maker) {
        let subject = finding.subject.as_ref().map(|subject| maker.device(&subject.address));
        let about = subject.map_or_else(String::new, |subject| format!(", {subject}"));
        let is_over = in_brackets(cleared(maker, finding));
        let line = format!("{}{is_over}{about}: {}", shown(&finding.code), sentence(&finding.action));
        let lines = by_party.entry(finding.responsible).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if by_party.is_empty() {
        return vec![Part::Text(nothing_to_do(maker).to_owned())];
    }
    let parts = by_party.into_iter().flat_map(|(party, lines)| {
        [Part::Subheading((maker.words.party)(party.into()).to_owned()), Part::List(lines)]
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::paper;
    use super::*;
    use crate::report::Language::De;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;

    #[test]
    fn what_is_counted_is_listed_even_if_it_is_only_information() {
        let mut document = json::document_of(&audit(), &names(De), &settings(De, 80));
        let listed = |document: &Document| paper(document, &TimeZone::UTC).glance;
        assert!(listed(&document).iter().all(|one| one.severity >= Severity::Notice));
        document.findings.truncate(1);
        document.findings[0].severity = Severity::Info;
        assert_eq!(listed(&document).len(), 1);
    }
}
