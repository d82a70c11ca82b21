//! What happens between two measuring points in a few lines, for whoever reads no tables.

use std::collections::{BTreeMap, BTreeSet};

use super::words::PointWords;
use crate::compare::points::{Field, Points, Way};
use crate::report::language::Language;
use crate::report::number::{count, share};
use crate::report::text::dscp_name;

/// Most changes of a mark that are told.
const MOST_CHANGES: usize = 4;

/// Label and text.
pub(super) fn facts(points: &Points, words: &PointWords, language: Language) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if !points.streams.is_empty() || !points.alone.is_empty() {
        facts.push((words.voice, voice(points, words, language)));
    }
    if !points.streams.is_empty() {
        facts.push((words.marking, marking(points, words, language)));
    }
    if points.sip.matched > 0 {
        facts.push(("SIP", sip(points, words, language)));
    }
    let is_translated = !points.mappings.is_empty();
    facts.push((words.addresses, if is_translated { words.translated } else { words.unchanged }.to_owned()));
    facts
}

fn voice(points: &Points, words: &PointWords, language: Language) -> String {
    let number = |value| count(value, language);
    let known = || points.streams.iter().filter_map(|one| Some((one.matched, one.lost()?)));
    let lost: u64 = known().map(|(_, lost)| lost).sum();
    let sent: u64 = known().map(|(matched, lost)| matched + lost).sum();
    let unknown: u64 =
        points.streams.iter().filter(|one| one.lost().is_none()).flat_map(|one| one.only).sum();
    let missing = points.alone.iter().filter(|one| one.is_call_known).count() as u64;
    let mut parts = Vec::new();
    if lost > 0 {
        parts.push((words.voice_lost)(&number(lost), &number(sent), &share(lost, sent, language)));
    }
    if unknown > 0 {
        parts.push((words.voice_unknown)(&number(unknown)));
    }
    if missing > 0 {
        parts.push((words.voice_missing)(&number(missing)));
    }
    if parts.is_empty() {
        let matched: u64 = points.streams.iter().map(|one| one.matched).sum();
        parts.push((words.voice_arrived)(&number(matched)));
    }
    parts.join("; ")
}

/// Each change of the mark in the direction in which voice goes.
fn marking(points: &Points, words: &PointWords, language: Language) -> String {
    let mut changes: BTreeMap<(&str, u8, u8), u64> = BTreeMap::new();
    for one in &points.streams {
        for ((first, second), packets) in one.dscp.pairs.iter().filter(|((first, second), _)| first != second)
        {
            let key = match one.way {
                Way::Forth => ("1 → 2", *first, *second),
                Way::Back => ("2 → 1", *second, *first),
                Way::Unknown => (words.way_unknown, *first, *second),
            };
            *changes.entry(key).or_default() += packets;
        }
    }
    let mut order: Vec<_> = changes.into_iter().collect();
    order.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let told = order.into_iter().take(MOST_CHANGES).map(|((way, before, behind), packets)| {
        (words.mark_changed)(&dscp_name(before), &dscp_name(behind), &count(packets, language), way)
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { words.unchanged.to_owned() } else { told.join("; ") }
}

fn sip(points: &Points, words: &PointWords, language: Language) -> String {
    let sip = &points.sip;
    // What only the later point saw was missing from the earlier capture.
    let is_lost = |way, point| !matches!((way, point), (Way::Forth, 1) | (Way::Back, 0));
    let lost = sip.lost.iter().filter(|one| is_lost(one.way, one.point)).count() as u64;
    let rewritten = sip.rewrites.iter().map(|one| one.field).filter(|field| *field != Field::Hops);
    let fields: BTreeSet<&str> = rewritten.map(words.field).collect();
    let mut parts = Vec::new();
    if lost > 0 {
        parts.push((words.sip_lost)(&count(lost, language), &count(sip.matched + lost, language)));
    }
    if !fields.is_empty() {
        parts.push((words.sip_rewritten)(&fields.into_iter().collect::<Vec<_>>().join(", ")));
    }
    if parts.is_empty() {
        parts.push(words.sip_arrived.to_owned());
    }
    let one_sided: u64 = sip.one_sided.iter().sum();
    if one_sided > 0 {
        parts.push((words.sip_one_sided)(&count(one_sided, language)));
    }
    let beyond: u64 = sip.beyond.iter().sum();
    if beyond > 0 {
        parts.push((words.sip_unjudged)(&count(beyond, language)));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::words::point_words;
    use super::*;
    use crate::compare::points::{Differences, Kinds, StreamPair};
    use crate::observe::fixture::socket;

    fn stream(way: Way, only: [u64; 2], dscp: &[((u8, u8), u64)]) -> StreamPair {
        StreamPair {
            ssrc: 1,
            source: [socket("10.0.0.1:5004"); 2],
            destination: [socket("10.0.1.1:5004"); 2],
            calls: Vec::new(),
            way,
            matched: 97,
            only,
            dscp: Kinds { pairs: dscp.iter().copied().collect(), ..Kinds::default() },
            vlan: Kinds::default(),
            differences: Differences::default(),
        }
    }

    fn told(streams: Vec<StreamPair>) -> Vec<String> {
        let points = Points { streams, ..Points::default() };
        let facts = facts(&points, point_words(Language::De), Language::De);
        facts.into_iter().map(|(label, text)| format!("{label}: {text}").replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn what_is_lost_and_marked_anew_is_told_in_the_direction_of_voice() {
        let marked = [((46, 0), 97)];
        let told =
            told(vec![stream(Way::Forth, [3, 0], &marked), stream(Way::Back, [0, 3], &[((0, 46), 97)])]);
        assert_eq!(
            told,
            [
                "Sprache: 6 von 200 Paketen unterwegs verloren (3 %)",
                "Kennzeichnung der Sprache: 46 (EF) wird zu 0 (CS0) (Sprachpakete: 97, Richtung 1 → 2); \
                 46 (EF) wird zu 0 (CS0) (Sprachpakete: 97, Richtung 2 → 1)",
                "Adressen und Ports: unverändert",
            ]
        );
    }

    #[test]
    fn what_lies_beyond_the_other_capture_is_not_said_to_have_arrived() {
        use crate::compare::points::SipPoints;
        let sip = SipPoints { matched: 5, beyond: [0, 5], ..SipPoints::default() };
        let points = Points { sip, ..Points::default() };
        let (_, told) = facts(&points, point_words(Language::De), Language::De).remove(0);
        assert!(
            told.contains("alle Nachrichten angekommen") && told.contains("nicht beurteilt: 5"),
            "{told}"
        );
    }

    #[test]
    fn what_a_one_sided_mirror_does_not_record_is_not_said_to_have_arrived() {
        use crate::compare::points::SipPoints;
        let sip = SipPoints { matched: 5, one_sided: [6, 0], ..SipPoints::default() };
        let points = Points { sip, ..Points::default() };
        let (_, told) = facts(&points, point_words(Language::De), Language::De).remove(0);
        assert!(
            told.ends_with("nicht zu vergleichen: 6, der andere Messpunkt zeichnet diese Richtung nicht auf"),
            "{told}"
        );
    }

    #[test]
    fn nobody_is_blamed_where_the_direction_is_unknown() {
        let told = told(vec![stream(Way::Unknown, [2, 0], &[((46, 46), 97)])]);
        assert_eq!(told[0], "Sprache: Pakete an nur einem Messpunkt, Richtung unbekannt: 2");
        assert_eq!(told[1], "Kennzeichnung der Sprache: unverändert");
    }
}
