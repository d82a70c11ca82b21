//! The documented connections of the devices found that may leave the LAN, as a table and as a list to copy.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::{Cell, Maker, Part, Table, filled, shown};
use crate::observe::is_public;
use crate::report::json::document::{Leg, Row};
use crate::report::number::NO_VALUE;
use crate::report::text::given_words;
use crate::site::PortSet;

/// Arrows as `pbxray ports` prints them.
const OUTGOING: char = '→';
const INCOMING: char = '←';
const BOTH: char = '↔';

/// A rule, and the rows that it opens ports for.
struct Rule<'a> {
    row: &'a Row,
    leg: &'a Leg,
    ports: String,
    rows: Vec<&'a str>,
}

pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let rules = rules(maker);
    if rules.is_empty() {
        let is_any_bound = maker.document.hosts.iter().any(|host| host.bound_by.is_some());
        let nothing = match is_any_bound {
            true => maker.paper.firewall_nothing,
            false => given_words(maker.language).no_strangers,
        };
        let nothing = Part::Text(nothing.to_owned());
        return std::iter::once(nothing).chain(unbound(maker)).collect();
    }
    let mut said: Vec<&str> = rules.iter().filter_map(|rule| rule.row.no_forwarding.as_deref()).collect();
    said.sort_unstable();
    said.dedup();
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for Rule { row, leg, ports, rows: ids } in &rules {
        let ports = format!("{ports}{}", super::stated(maker, row));
        let service = row.service.as_deref().unwrap_or(NO_VALUE);
        let ids = ids.join(", ");
        let transport = maker.transport(leg);
        let line = format!("{}\t{transport} {ports}\t{}\t{ids} {service}", row.device, leg.peer);
        lines.push(shown_line(&line));
        rows.push(vec![
            Cell::new(maker.device(&row.device)),
            Cell::new(transport),
            Cell::list(std::slice::from_ref(&ports)),
            Cell::new(&leg.peer),
            super::service(row),
            Cell::new(&ids),
            Cell::new((maker.words.row_status)(row.status.into(), row.beside())),
        ]);
    }
    let heads = [
        (labels.device, false),
        (labels.transport, false),
        (maker.paper.ports, false),
        (maker.paper.peer, false),
        (labels.service, false),
        (labels.row, false),
        (labels.status, false),
    ];
    let mut parts = vec![Part::Text(maker.paper.firewall_note.to_owned())];
    let rest = (rules.iter().any(|rule| rule.ports.contains(INCOMING) || rule.ports.contains(BOTH)))
        .then(|| Part::Text(maker.paper.firewall_incoming.to_owned()));
    parts.extend(rest);
    parts.extend(said.into_iter().map(|said| Part::Text(filled(maker.paper.no_forwarding, &shown(said)))));
    parts.push(Part::Table(Table::new(&heads, rows).folding(&[labels.row, labels.status])));
    parts.push(Part::Code(lines.join("\n")));
    parts.extend(unbound(maker));
    parts
}

fn rules<'a>(maker: &Maker<'a>) -> Vec<Rule<'a>> {
    // The firewall of this network has nothing to open for a device on the Internet.
    let is_inside = |device: &str| !device.parse().is_ok_and(is_public);
    let rows = maker.document.rows.iter().filter(|row| is_inside(&row.device));
    let legs = rows.flat_map(|row| row.legs.iter().filter(|leg| leg.leaves_lan).map(move |leg| (row, leg)));
    let mut rules: Vec<Rule<'_>> = Vec::new();
    for (row, leg) in legs {
        // Whoever wants nothing forwarded speaks first himself, and the answers come back the same way.
        let ports = match row.no_forwarding {
            Some(_) => leg.ports.replace(BOTH, &OUTGOING.to_string()),
            None => leg.ports.clone(),
        };
        let new = Rule { row, leg, ports, rows: vec![&row.row] };
        if let Some(wider) = rules.iter_mut().find(|known| known.holds(&new)) {
            wider.rows.push(&row.row);
            continue;
        }
        // One rule opens the ports of both.
        if let Some(narrower) = rules.iter_mut().find(|known| new.holds(known)) {
            let mut ids = new.rows.clone();
            ids.append(&mut narrower.rows);
            *narrower = Rule { rows: ids, ..new };
            continue;
        }
        rules.push(new);
    }
    rules
}

impl Rule<'_> {
    /// Whether it opens whatever the other one does, and its own ports are what they differ in.
    fn holds(&self, other: &Self) -> bool {
        let same = (&self.row.device, &self.leg.transport, &self.leg.peer)
            == (&other.row.device, &other.leg.transport, &other.leg.peer);
        let own = |rule: &Self| -> Option<(PortSet, String)> {
            let arrow = rule.ports.find([OUTGOING, INCOMING, BOTH])?;
            let (own, rest) = rule.ports.split_at_checked(arrow)?;
            Some((own.trim().parse().ok()?, rest.to_owned()))
        };
        same && own(self).zip(own(other)).is_some_and(|((wide, way), (narrow, other_way))| {
            way == other_way && narrow.ranges().all(|range| wide.ranges().any(|one| holds(&one, &range)))
        })
    }
}

fn holds(wide: &RangeInclusive<u16>, narrow: &RangeInclusive<u16>) -> bool {
    wide.contains(narrow.start()) && wide.contains(narrow.end())
}

/// Connections that may leave the LAN and of which the document gives nothing that a rule could be made of.
fn unbound(maker: &Maker<'_>) -> Option<Part> {
    let is_inside = |device: &str| !device.parse().is_ok_and(is_public);
    let rows = maker.document.rows.iter().filter(|row| is_inside(&row.device));
    let rows = rows.filter(|row| row.legs.iter().any(|leg| leg.leaves_unbound));
    let named: BTreeMap<&str, String> = rows
        .map(|row| {
            let service = row.service.as_deref().map(|service| format!(" ({})", shown(service)));
            (row.row.as_str(), format!("{}{}", shown(&row.row), service.unwrap_or_default()))
        })
        .collect();
    let list: Vec<String> = named.into_values().collect();
    (!list.is_empty()).then(|| {
        let note = given_words(maker.language).unbound;
        Part::Text(filled(note, &list.join(", ")))
    })
}

/// The fields of a line, each made harmless; the tabs between them stay.
fn shown_line(line: &str) -> String {
    line.split('\t').map(shown).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::{Paper, paper};
    use super::*;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::text::paper_words;

    fn told(rows: &[(&str, &str, Option<&str>)]) -> Paper {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let row = document.rows[0].clone();
        let made = |(id, ports, no_forwarding): &(&str, &str, Option<&str>)| Row {
            row: (*id).to_owned(),
            device: "192.168.10.2".to_owned(),
            no_forwarding: no_forwarding.map(str::to_owned),
            legs: vec![Leg {
                transport: "UDP".to_owned(),
                ports: (*ports).to_owned(),
                peer: "Internet".to_owned(),
                leaves_lan: true,
                leaves_unbound: false,
            }],
            ..row.clone()
        };
        document.rows = rows.iter().map(made).collect();
        paper(&document, &TimeZone::UTC)
    }

    /// The lines to copy, without the service, and the sentences.
    fn lines(paper: &Paper) -> (Vec<String>, String) {
        let section = paper.sections.iter().find(|section| section.id == "firewall").unwrap();
        let mut texts = String::new();
        let mut lines = Vec::new();
        for part in &section.parts {
            match part {
                Part::Text(text) => texts.push_str(text),
                Part::Code(code) => lines.extend(code.lines().map(|line| {
                    let fields: Vec<&str> = line.split('\t').collect();
                    format!("{} {}", fields[1], fields[3].split("  ").next().unwrap())
                })),
                _ => {}
            }
        }
        (lines, texts)
    }

    #[test]
    fn nothing_is_let_in_where_the_vendor_wants_nothing_forwarded() {
        let words = paper_words(Language::De);
        let said = Some("„Keine Portfreigaben.“ (R4)");
        let (rules, texts) = lines(&told(&[("A22", "5204 ↔", said), ("A23", "5204-5263 ↔", said)]));
        assert_eq!(rules.len(), 1, "{rules:?}");
        assert!(rules[0].starts_with("UDP 5204-5263 → A23, A22"), "{rules:?}");
        assert!(
            texts.contains("„Keine Portfreigaben.“ (R4)") && !texts.contains(words.firewall_incoming),
            "{texts}"
        );
    }

    #[test]
    fn who_documents_forwarding_gets_it() {
        let words = paper_words(Language::De);
        let (rules, texts) =
            lines(&told(&[("P16", "5061 ←", None), ("PX08", "5060 ↔", None), ("P9", "→ 53", None)]));
        assert_eq!(rules.len(), 3);
        assert!(rules[0].starts_with("UDP 5061 ←") && rules[1].starts_with("UDP 5060 ↔"), "{rules:?}");
        assert!(texts.contains(words.firewall_incoming) && !texts.contains("Portfreigaben"), "{texts}");
    }
}
