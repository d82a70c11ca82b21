//! Cover, verdict and what is counted.

use std::collections::BTreeMap;

use super::{Maker, between, filled, shown};
use crate::check::Unjudged;
use crate::report::json::document::{Confidence, Host, HostKind, Party, Severity};
use crate::report::number::{counted, duration, span, zone_name};
use crate::report::text::{run_words, verdict_line};

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
    let document = maker.document;
    let accepted = document.accepted.len();
    let verdict = verdict_line(maker.words, document.verdict.into(), &unjudged, accepted, maker.language);
    let mut sentences = vec![verdict];
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
    let none = super::findings::nothing_to_do(maker);
    let mut last =
        if parties.is_empty() { none.to_owned() } else { filled(maker.paper.to_do, &parties.join(", ")) };
    if !maker.document.unjudged.is_empty() && last != maker.paper.nothing_yet {
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
    parts.push(calls(maker));
    parts.push(streams(maker));
    parts.join(", ")
}

/// How many streams, and how many of them no call explains where others are explained.
fn streams(maker: &Maker<'_>) -> String {
    let document = maker.document;
    let told = format!("{}: {}", super::voice::title(maker), maker.count(document.streams.len() as u64));
    let alone = document.streams.iter().filter(|stream| stream.call.is_none()).count();
    match alone > 0 && !document.calls.is_empty() {
        true => format!("{told} ({})", filled(maker.paper.without_call, &maker.count(alone as u64))),
        false => told,
    }
}

/// How many calls, where a call that a PBX passed on is one.
fn calls(maker: &Maker<'_>) -> String {
    let document = maker.document;
    let whole = document.calls.iter().filter(|call| call.leg_of.is_none()).count();
    let [whole, all] = [whole, document.calls.len()].map(|number| number as u64);
    if all == 0 && !document.streams.is_empty() {
        return maker.paper.calls_unreadable.to_owned();
    }
    let told = format!("{}: {}", maker.words.headings.calls, maker.count(whole));
    match whole < all {
        true => format!("{told} ({})", filled(maker.paper.parts_of_calls, &maker.count(all))),
        false => told,
    }
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::paper;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Document, Endpoint, Finding, Party, Severity, Verdict};
    use crate::report::text::paper_words;

    fn document() -> Document {
        json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80))
    }

    fn told(document: &Document) -> String {
        paper(document, &TimeZone::UTC).sentences.join("\n")
    }

    #[test]
    fn nothing_is_to_be_done_only_where_the_page_asks_for_nothing() {
        let words = paper_words(Language::De);
        let mut asked = document();
        asked.findings.retain(|finding| finding.responsible != Party::Nobody);
        asked.findings.truncate(1);
        asked.verdict = Verdict::Notes;
        asked.findings[0] = Finding { severity: Severity::Info, ..asked.findings[0].clone() };
        assert!(!told(&asked).contains(words.nothing_to_do), "{}", told(&asked));
        asked.findings.clear();
        asked.registrations.clear();
        assert!(told(&asked).contains(words.look_at_remarks));
        asked.remarks.clear();
        assert!(told(&asked).contains(words.nothing_to_do));
        asked.registrations = document().registrations;
        asked.registrations.truncate(1);
        let stranger = &mut asked.registrations[0];
        stranger.status = None;
        stranger.client = Endpoint { address: "203.0.113.200".to_owned(), port: 5060 };
        stranger.registrar = Endpoint { address: "192.168.10.2".to_owned(), port: 5060 };
        asked.unjudged.clear();
        assert!(told(&asked).contains(words.look_at_registrations), "{}", told(&asked));
        asked.verdict = Verdict::NotAssessable;
        assert!(told(&asked).contains(words.nothing_yet), "{}", told(&asked));
    }

    #[test]
    fn a_call_in_parts_is_one_and_one_that_nobody_can_read_is_not_none() {
        let words = paper_words(Language::De);
        let mut document = document();
        document.calls.truncate(1);
        (document.calls[0].leg_of, document.calls[0].leg_by) = (None, vec![1, 2]);
        assert!(told(&document).contains("Gespräche: 1,"));
        let mut leg = document.calls[0].clone();
        (leg.leg_of, leg.leg_by) = (Some(0), Vec::new());
        document.calls.extend([leg.clone(), leg]);
        assert!(told(&document).contains("Gespräche: 1 (3 Abschnitte),"), "{}", told(&document));
        document.streams.iter_mut().for_each(|stream| stream.call = None);
        let all = document.streams.len();
        let beside = format!("(RTP): {all} (davon {all} keinem Gespräch zugeordnet)");
        assert!(told(&document).contains(&beside), "{}", told(&document));
        document.calls.clear();
        assert!(!told(&document).contains("zugeordnet"));
        assert!(told(&document).contains(words.calls_unreadable));
        document.streams.clear();
        assert!(told(&document).contains("Gespräche: 0,"));
    }
}
