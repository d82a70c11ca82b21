//! Cover, verdict and what is counted.

use std::collections::BTreeMap;

use super::{Maker, between, filled, shown};
use crate::check::Unjudged;
use crate::report::json::document::{Party, Severity};
use crate::report::number::{counted, duration, span, zone_name};

pub(super) fn cover(maker: &Maker<'_>) -> Vec<(String, String)> {
    let label = |label: &str| match label {
        "customer" => maker.paper.customer.to_owned(),
        "location" => maker.paper.location.to_owned(),
        "technician" => maker.paper.technician.to_owned(),
        other => shown(other),
    };
    let mut fields: Vec<(String, String)> =
        maker.document.cover.iter().map(|field| (label(&field.label), shown(&field.value))).collect();
    if let [capture] = maker.document.captures.as_slice() {
        let name = capture.path.rsplit(['/', '\\']).next().unwrap_or(&capture.path);
        fields.push((maker.words.labels.file.to_owned(), shown(name)));
    }
    if let Some(period) = period(maker) {
        fields.push((maker.words.labels.period.to_owned(), period));
    }
    fields
}

pub(super) fn sentences(maker: &Maker<'_>) -> Vec<String> {
    let unjudged: Vec<Unjudged> = maker.document.unjudged.iter().map(|what| (*what).into()).collect();
    let mut sentences = vec![(maker.words.verdict)(maker.document.verdict.into(), &unjudged).to_owned()];
    sentences.push(filled(maker.paper.measured, &measured(maker)));
    let mut by_party: BTreeMap<Party, u64> = BTreeMap::new();
    for finding in super::findings::to_do(maker) {
        *by_party.entry(finding.responsible).or_default() += 1;
    }
    let parties: Vec<String> = by_party
        .iter()
        .map(|(party, number)| format!("{} ({})", (maker.words.party)((*party).into()), maker.count(*number)))
        .collect();
    let mut last = if parties.is_empty() {
        maker.paper.nothing_to_do.to_owned()
    } else {
        filled(maker.paper.to_do, &parties.join(", "))
    };
    if !maker.document.unjudged.is_empty() {
        last = format!("{last} {}", maker.paper.not_judged);
    }
    sentences.push(last);
    sentences
}

/// How much: packets, length, calls, voice streams.
fn measured(maker: &Maker<'_>) -> String {
    let document = maker.document;
    let packet = maker.words.nouns.packet;
    let mut parts = vec![counted(document.quality.frames, packet.one, packet.many, maker.language)];
    let (first, last) = ends(maker);
    if let Some(length) = between(first, last) {
        parts.push(duration(length, maker.language));
    }
    let heading = |what: &str, number: usize| format!("{what}: {}", maker.count(number as u64));
    parts.push(heading(maker.words.headings.calls, document.calls.len()));
    parts.push(heading(maker.words.headings.media, document.streams.len()));
    parts.join(", ")
}

pub(super) fn counts(maker: &Maker<'_>) -> Vec<(Severity, String)> {
    let mut numbers: BTreeMap<Severity, u64> = BTreeMap::new();
    for finding in &maker.document.findings {
        *numbers.entry(finding.severity).or_default() += 1;
    }
    let count = |(severity, number): (Severity, u64)| {
        let noun = (maker.words.findings)(severity.into());
        (severity, counted(number, noun.one, noun.many, maker.language))
    };
    numbers.into_iter().rev().map(count).collect()
}

pub(super) fn footer(maker: &Maker<'_>) -> String {
    let tool = &maker.document.tool;
    let first = ends(maker).0.and_then(super::instant);
    let zone = zone_name(maker.zone, first);
    format!("{} {}. {} {zone}.", shown(&tool.name), shown(&tool.version), maker.words.notes.every_time_in)
}

fn period(maker: &Maker<'_>) -> Option<String> {
    let (first, last) = ends(maker);
    Some(span(super::instant(first?)?, super::instant(last?)?, maker.zone, maker.language))
}

/// Times of first and last packet; the published form sorts as text.
fn ends<'a>(maker: &Maker<'a>) -> (Option<&'a str>, Option<&'a str>) {
    let captures = &maker.document.captures;
    let first = captures.iter().filter_map(|capture| capture.first.as_deref()).min();
    (first, captures.iter().filter_map(|capture| capture.last.as_deref()).max())
}
