//! Cover, verdict and what is counted.

use std::collections::BTreeMap;

use super::{Maker, between, filled, shown};
use crate::check::Unjudged;
use crate::report::json::document::{Confidence, Host, HostKind, Party, Severity};
use crate::report::number::{counted, duration, span, zone_name};
use crate::report::text::run_words;

/// Most telephone systems on the cover.
const MOST_PLANTS: usize = 4;

pub(super) fn cover(maker: &Maker<'_>) -> Vec<(String, String)> {
    let label = |label: &str| match label {
        "customer" => maker.paper.customer.to_owned(),
        "location" => maker.paper.location.to_owned(),
        "technician" => maker.paper.technician.to_owned(),
        other => shown(other),
    };
    let mut fields: Vec<(String, String)> =
        maker.document.cover.iter().map(|field| (label(&field.label), shown(&field.value))).collect();
    let plants: Vec<String> = plants(maker).map(|host| plant(maker, host)).take(MOST_PLANTS).collect();
    if !plants.is_empty() {
        fields.push((maker.paper.plant.to_owned(), plants.join("; ")));
    }
    if let [capture] = maker.document.captures.as_slice() {
        let name = capture.path.rsplit(['/', '\\']).next().unwrap_or(&capture.path);
        fields.push((super::measurement::file_label(maker).to_owned(), shown(name)));
    }
    if let Some(period) = period(maker) {
        fields.push((maker.words.labels.period.to_owned(), period));
    }
    fields
}

/// Telephone systems that were recognised, those on the premises first.
fn plants<'a>(maker: &Maker<'a>) -> impl Iterator<Item = &'a Host> {
    let hosts = &maker.document.hosts;
    let of = |kind| {
        hosts.iter().filter(move |host| {
            host.kind == Some(kind) && host.confidence.is_some_and(|sure| sure > Confidence::Suspected)
        })
    };
    // A cloud of many addresses is named only where nothing stands on the premises.
    let own = of(HostKind::Pbx).count() > 0;
    of(HostKind::Pbx).chain(of(HostKind::Cloud).take(usize::from(!own)))
}

/// Role, model, firmware as the system calls itself, address.
fn plant(maker: &Maker<'_>, host: &Host) -> String {
    let role = host.role_title.as_deref().or(host.role.as_deref()).unwrap_or_default();
    let model = host.model_title.as_deref().map(|model| match host.model_is_fitted {
        true => format!("{model} {}", maker.words.notes.fitted),
        false => model.to_owned(),
    });
    let parts = [Some(role), model.as_deref(), host.agents.first().map(String::as_str)];
    let parts: Vec<String> = parts.into_iter().flatten().map(shown).collect();
    format!("{} ({})", parts.join(", "), shown(&host.address))
}

pub(super) fn sentences(maker: &Maker<'_>) -> Vec<String> {
    let unjudged: Vec<Unjudged> = maker.document.unjudged.iter().map(|what| (*what).into()).collect();
    let mut sentences = vec![(maker.words.verdict)(maker.document.verdict.into(), &unjudged).to_owned()];
    sentences.extend(interim(maker));
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

/// That a live capture goes on while its report is read.
fn interim(maker: &Maker<'_>) -> Option<String> {
    let run = run_words(maker.language);
    let mut live = maker.document.captures.iter().filter_map(|capture| capture.live.as_ref());
    live.any(|live| live.goes_on).then(|| match ends(maker).1 {
        Some(last) => filled(run.interim, &maker.moment(Some(last))),
        None => run.interim_unknown.to_owned(),
    })
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
