//! Findings, heaviest first, and what cannot be judged.

use super::View;
use super::page::{Page, Piece, Tone};
use crate::check::{Finding, Severity};
use crate::report::language::Language;
use crate::report::number::{moment, span};
use crate::report::text::{absent, finding_text, given_words, is_changed, remark, run_words, unjudged_lines};

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    page.heading(view.words.headings.findings);
    if view.audit.findings.is_empty() {
        page.paragraph(0, view.words.notes.no_findings, Tone::Plain);
    }
    for (index, finding) in view.audit.findings.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        write_finding(page, view, finding);
    }
}

/// What the site file accepts; nothing where it accepts nothing.
pub(super) fn write_accepted(page: &mut Page, view: &View<'_>) {
    if view.audit.accepted.is_empty() {
        return;
    }
    let own = given_words(view.language);
    page.heading(own.accepted);
    for (index, one) in view.audit.accepted.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        let reasons = view.audit.site.exceptions.iter().filter(|known| one.lines.contains(&known.line));
        let reasons = reasons.map(|known| {
            let whole = if known.everywhere { format!("; {}", own.everywhere) } else { String::new() };
            format!("{} ({} {}{whole})", known.reason, own.line, known.line)
        });
        write_as(page, view, &one.finding, Some(reasons.collect()));
    }
}

pub(in crate::report) fn write_finding(page: &mut Page, view: &View<'_>, finding: &Finding) {
    write_as(page, view, finding, None);
}

/// A finding; with the reasons for which the user accepts it there is nothing to do.
fn write_as(page: &mut Page, view: &View<'_>, finding: &Finding, accepted: Option<Vec<String>>) {
    let text = finding_text(finding, &view.context, view.language);
    let labels = &view.words.labels;
    let mark = Piece::new((view.words.severity)(finding.severity), tone(finding.severity));
    let title = Piece::new(format!("{}  {}", finding.code().as_str(), text.title), Tone::Strong);
    page.facts(0, &[(mark, title)]);
    let mut facts: Vec<(Piece, Piece)> = Vec::new();
    if let Some(subject) = &finding.subject {
        facts.push((labels.device.into(), view.context.device(subject.address).into()));
    }
    facts.extend(
        state(view, finding)
            .map(|(text, tone)| (run_words(view.language).state.into(), Piece::new(text, tone))),
    );
    facts.push((labels.seen.into(), text.detail.into()));
    match accepted {
        Some(reasons) => {
            facts.push((given_words(view.language).reason.into(), Piece::lines(reasons, Tone::Plain)));
        }
        None => {
            facts.push((labels.action.into(), text.action.into()));
            facts.push((labels.responsible.into(), (view.words.party)(finding.responsible).into()));
        }
    }
    facts.extend(evidence(view, finding).map(|text| (labels.evidence.into(), text.into())));
    facts.extend(source(view, finding).map(|text| (labels.source.into(), text.into())));
    facts.push((labels.confidence.into(), (view.words.confidence)(finding.confidence).into()));
    page.facts(2, &facts);
    let filter = view.context.filter(&finding.evidence);
    if !filter.is_empty() {
        page.paragraph(2, &format!("{}:", labels.filter), Tone::Plain);
        page.verbatim(4, &filter);
    }
}

/// Since when it holds, or that it is over, at the end of a live run.
fn state(view: &View<'_>, finding: &Finding) -> Option<(String, Tone)> {
    let turn = view.course?.of(finding)?;
    let run = run_words(view.language);
    let time = |time| moment(time, view.context.zone, view.language);
    Some(match turn.cleared {
        None => ((run.holds)(&time(turn.since)), Tone::Plain),
        Some(cleared) => ((run.cleared)(&time(turn.since), &time(cleared)), Tone::Good),
    })
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Alarm,
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Caution,
        Severity::Notice | Severity::Info => Tone::Strong,
    }
}

/// `Pakete 12, 15; Zeitraum 19.01.2026 10:15:03 – 10:16:10`: the frames are the first few, the time is that of all.
fn evidence(view: &View<'_>, finding: &Finding) -> Option<String> {
    let evidence = &finding.evidence;
    let noun = view.words.nouns.packet;
    let frames = match view.frames(&evidence.frames) {
        (_, 0) => None,
        (text, 1) => Some(format!("{} {text}", noun.one)),
        (text, _) => Some(format!("{} {text}", noun.many)),
    };
    let time = match (evidence.first, evidence.last.or(evidence.first)) {
        (Some(first), Some(last)) => Some(span(first, last, view.context.zone, view.language)),
        _ => None,
    };
    match (frames, time) {
        (Some(frames), Some(time)) if evidence.frames.len() == 1 && evidence.first == evidence.last => {
            Some(format!("{frames} ({time})"))
        }
        (Some(frames), Some(time)) => Some(format!("{frames}; {} {time}", view.words.labels.time_of_all)),
        (frames, time) => frames.or(time),
    }
}

/// `A35 RTP (Abschnitt 2.1.1)` for each row.
fn source(view: &View<'_>, finding: &Finding) -> Option<String> {
    let rows: Vec<String> = finding
        .rows
        .iter()
        .map(|id| {
            let text = match view.context.names.row(id) {
                Some(row) => row.cited(id, &section(view, &row.section)),
                None => id.to_string(),
            };
            match is_changed(id, finding, view.audit) {
                true => format!("{text}, {}", given_words(view.language).stated),
                false => text,
            }
        })
        .collect();
    (!rows.is_empty()).then(|| rows.join("; "))
}

/// `Abschnitt 2.1.1`; the heading itself in quotation marks where the document does not number.
fn section(view: &View<'_>, section: &str) -> String {
    let label = view.words.labels.section;
    match section.chars().next() {
        Some('0'..='9') => format!("{label} {section}"),
        _ if section.starts_with("RFC") => section.to_owned(),
        _ => match view.language {
            Language::De => format!("{label} „{section}“"),
            Language::En => format!("{label} “{section}”"),
        },
    }
}

/// What is seen of registrations, services and calls that no finding tells.
pub(super) fn write_remarks(page: &mut Page, view: &View<'_>) {
    if view.audit.remarks.is_empty() {
        return;
    }
    page.heading(view.words.headings.remarks);
    for one in &view.audit.remarks {
        let mac = one.mac.map(|mac| mac.to_string());
        let hosts: Vec<String> = one.hosts.iter().map(ToString::to_string).chain(mac).collect();
        let told = remark(&hosts, &one.at.to_string(), &one.what, view.context.zone, view.language);
        page.paragraph(0, &told, Tone::Plain);
    }
}

/// What the capture cannot show.
pub(super) fn write_unjudged(page: &mut Page, view: &View<'_>) {
    page.heading(view.words.headings.not_judged);
    let hosts = view.audit.site.absent.iter();
    let hosts: Vec<_> = hosts.map(|(address, option)| (address.to_string(), (*option).to_owned())).collect();
    let absent = absent(&hosts, view.language);
    if view.audit.unjudged.is_empty() && absent.is_none() {
        page.paragraph(0, view.words.notes.everything_judged, Tone::Plain);
    }
    let few = view.audit.few.iter().map(|few| (view.context.device(few.sender), few.packets, few.least));
    let few: Vec<(String, u64, u64)> = few.collect();
    let open = unjudged_lines(view.words, view.audit.unjudged.iter().copied(), &few, view.language);
    let open = open.into_iter().chain(absent).map(|what| ("–".into(), what.into()));
    page.facts(0, &open.collect::<Vec<(Piece, Piece)>>());
}
