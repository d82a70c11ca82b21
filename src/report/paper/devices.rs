//! Who is there, and what the vendor's document says of their ports.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::findings::packets;
use super::{Cell, Maker, Part, Picture, Table, Tone, filled, shown, socket};
use crate::report::json::document::{Confidence, Flow, Host, RowStatus, Sign, Unjudged};
use crate::report::number::{NO_VALUE, bytes};
use crate::report::table::flows::{goes_back, is_about_strangers};
use crate::report::text::{app_title, former, given_words, unsolicited};
use crate::site::{LIKELY, SURE};

pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let hosts: Vec<&Host> = maker.document.hosts.iter().filter(|host| host.role.is_some()).collect();
    if hosts.is_empty() {
        return vec![Part::Text(maker.words.notes.no_devices.to_owned())];
    }
    let heads = [
        (labels.address, false),
        (labels.device, false),
        (maker.paper.maker, false),
        ("MAC", false),
        ("VLAN", false),
        (labels.confidence, false),
        (labels.known_by, false),
    ];
    let is_unjudged = maker.document.unjudged.contains(&Unjudged::NoDevice);
    let is_known = !is_unjudged || hosts.iter().any(|host| host.bound_by.is_some());
    let subjects = maker.document.findings.iter().filter_map(|finding| finding.subject.as_ref());
    let told: BTreeSet<&str> = subjects.map(|subject| &*subject.address).collect();
    let rows = hosts.into_iter().map(|host| line(maker, host, told.contains(&*host.address))).collect();
    let table = Part::Table(Table::new(&heads, rows).folding(&["MAC", "VLAN", labels.known_by]));
    let unknown = (!is_known).then(|| Part::Text(maker.words.notes.no_devices.to_owned()));
    let weights = maker.paper.weights_note.replace("{likely}", &LIKELY.to_string());
    let weights = Part::Text(weights.replace("{sure}", &SURE.to_string()));
    let pictures = [Part::Subheading(maker.paper.who_talks.to_owned()), Part::Picture(Picture::WhoTalks)];
    [table, weights].into_iter().chain(unknown).chain(pictures).collect()
}

/// `is_told`: a finding is about it.
fn line(maker: &Maker<'_>, host: &Host, is_told: bool) -> Vec<Cell> {
    let title = host.role_title.as_deref().or(host.role.as_deref()).unwrap_or(NO_VALUE);
    let device = match (&host.model_title, host.model_is_fitted) {
        (Some(model), false) => format!("{title}, {model}"),
        (Some(model), true) => format!("{title}, {model} {}", maker.words.notes.fitted),
        (None, _) => title.to_owned(),
    };
    let confidence = match host.confidence {
        // What it sends to others may be judged all the same.
        Some(Confidence::Suspected) if !is_told => maker.words.notes.only_suspected,
        Some(sure) => (maker.words.confidence)(sure.into()),
        None => NO_VALUE,
    };
    let told = |sign: &Sign| told(maker, sign);
    let mut evidence: Vec<String> = host.evidence.iter().map(told).collect();
    evidence.extend(host.contradictions.iter().map(|one| {
        let other = one.title.as_deref().or(one.model.as_deref()).unwrap_or(&one.role);
        format!("{}: {other} – {}", maker.words.labels.against, told(&one.evidence))
    }));
    evidence.extend(
        host.former_addresses.iter().map(|one| former(&one.address, one.before_vlan, maker.language)),
    );
    let mut vlans: Vec<String> = host.vlans.iter().map(ToString::to_string).collect();
    let outer = maker.words.notes.outer_vlan;
    vlans.extend(host.outer_vlans.iter().map(|vlan| format!("{outer} {vlan}")));
    vec![
        Cell::new(&host.address),
        Cell::new(device),
        Cell::new(host.vendor.as_deref().unwrap_or(NO_VALUE)),
        Cell::list(&host.macs),
        Cell::new(if vlans.is_empty() { NO_VALUE.to_owned() } else { vlans.join(", ") }),
        Cell::new(confidence),
        Cell::list(&evidence),
    ]
}

/// A sign with its weight and where it was seen; what was stated has neither.
fn told(maker: &Maker<'_>, sign: &Sign) -> String {
    let text = format!("{}: {}", (maker.words.evidence)(sign.kind.into()), sign.seen);
    let packets = packets(maker, maker.document.places_of(&sign.frames, &sign.files));
    if packets.is_empty() {
        return text;
    }
    format!("{text} ({}, {packets})", filled(maker.paper.weight, &sign.weight.to_string()))
}

/// Documented rows, those first that need a look.
pub(super) fn rows(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let mut rows: Vec<_> = maker.document.rows.iter().collect();
    if rows.is_empty() {
        return vec![Part::Text(maker.words.notes.no_rows.to_owned())];
    }
    rows.sort_by_key(|row| match row.status {
        RowStatus::Blocked => 0,
        RowStatus::Deviating => 1,
        RowStatus::Used => 2,
        RowStatus::Unused => 3,
    });
    let heads = [
        (labels.status, false),
        (labels.device, false),
        (labels.row, false),
        (labels.service, false),
        (maker.paper.ports, false),
        (maker.paper.peer, false),
        (labels.packets, true),
    ];
    let rows = rows.into_iter().map(|row| {
        let tone = match row.status {
            RowStatus::Blocked => Tone::Bad,
            RowStatus::Deviating => Tone::Caution,
            RowStatus::Used if row.one_sided_flows > 0 => Tone::Caution,
            RowStatus::Used => Tone::Good,
            RowStatus::Unused => Tone::Plain,
        };
        let stated = super::stated(maker, row);
        let ports: Vec<String> =
            row.legs.iter().map(|leg| format!("{} {}{stated}", maker.transport(leg), leg.ports)).collect();
        let mut peers: Vec<String> = row.legs.iter().map(|leg| leg.peer.clone()).collect();
        peers.dedup();
        vec![
            Cell::toned((maker.words.row_status)(row.status.into(), row.beside()), tone),
            Cell::new(maker.device(&row.device)),
            Cell::new(&row.row),
            super::service(row),
            Cell::list(&ports),
            Cell::list(&peers),
            Cell::number(maker.count(row.all_packets()), Some(row.all_packets() as f64)),
        ]
    });
    let table = Table::new(&heads, rows.collect()).folding(&[maker.paper.peer]);
    vec![Part::Table(table)]
}

/// Flows of identified devices that no row explains, most packets first.
pub(super) fn unexplained(maker: &Maker<'_>) -> Vec<Part> {
    let mut parts = unexplained_flows(maker);
    let flows = maker.document.flows.iter().filter(|flow| flow.is_unsolicited);
    let ways = flows.filter_map(|flow| {
        let transport = shown(&flow.transport.to_uppercase());
        Some((flow.a.address.parse().ok()?, flow.b.address.parse().ok()?, transport.into(), flow.b.port))
    });
    parts.extend(unsolicited(ways, maker.language).map(Part::Text));
    parts
}

fn unexplained_flows(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let mut flows: Vec<&Flow> = maker.document.flows.iter().filter(|flow| flow.is_unexplained).collect();
    if flows.is_empty() {
        let notes = &maker.words.notes;
        let is_told = maker.document.findings.iter().any(|finding| is_about_strangers(&finding.code));
        let none = match maker.document.unjudged.contains(&Unjudged::NoDevice) {
            _ if is_told => notes.unexplained_are_told,
            true => given_words(maker.language).no_strangers,
            false => notes.no_unexplained,
        };
        return vec![Part::Text(none.to_owned())];
    }
    let packets = |flow: &Flow| flow.packets_ab.saturating_add(flow.packets_ba);
    flows.sort_by_key(|flow| Reverse(packets(flow)));
    let heads = [
        (labels.route, false),
        (labels.transport, false),
        (labels.content, false),
        (labels.packets, true),
        (labels.bytes, true),
    ];
    let rows = flows.into_iter().map(|flow| {
        let amount = flow.bytes_ab.saturating_add(flow.bytes_ba);
        let (from, to) = match goes_back([flow.packets_ab, flow.packets_ba]) {
            true => (&flow.b, &flow.a),
            false => (&flow.a, &flow.b),
        };
        vec![
            Cell::new(format!("{} → {}", socket(from), socket(to))),
            Cell::new(shown(&flow.transport.to_uppercase())),
            Cell::new(flow.app.as_deref().map_or_else(|| maker.words.notes.unknown.to_owned(), app_title)),
            Cell::number(maker.count(packets(flow)), Some(packets(flow) as f64)),
            Cell::number(bytes(amount, maker.language), Some(amount as f64)),
        ]
    });
    vec![Part::Table(Table::new(&heads, rows.collect()))]
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::paper;
    use super::*;
    use crate::report::Language::De;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Document, FormerAddress};
    use crate::report::text::words;

    fn document() -> Document {
        json::document_of(&audit(), &names(De), &settings(De, 80))
    }

    /// What a section says, as the paper's parts are debugged.
    fn section(document: &Document, id: &str) -> String {
        let paper = paper(document, &TimeZone::UTC);
        let section = paper.sections.iter().find(|section| section.id == id);
        section.map_or_else(String::new, |section| format!("{:?}", section.parts))
    }

    #[test]
    fn a_row_that_holds_at_times_says_when() {
        let mut document = document();
        let told = |document: &Document| section(document, "ports") + &section(document, "firewall");
        assert!(!told(&document).contains("Nur vor Ort"));
        let service = document.rows[0].service.clone().unwrap();
        document.rows[0].condition = Some("Nur vor Ort".to_owned());
        document.rows[0].legs[0].leaves_lan = true;
        let told = told(&document);
        assert_eq!(told.matches(&format!("\"{service} (Nur vor Ort)\"")).count(), 2, "{told}");
    }

    #[test]
    fn what_speaks_against_a_device_and_that_none_is_known_are_told() {
        let mut document = document();
        let told = |document: &Document| section(document, "devices");
        let title =
            document.hosts.iter().flat_map(|host| &host.contradictions).find_map(|one| one.title.clone());
        let against = format!("Dagegen spricht: {} – ", title.unwrap());
        assert!(told(&document).contains(&against), "{}", told(&document));
        document.unjudged = vec![Unjudged::NoDevice];
        let hint = words(De).notes.no_devices;
        assert!(!told(&document).contains(hint));
        document.hosts.iter_mut().for_each(|host| host.bound_by = None);
        assert!(told(&document).contains(hint));
    }

    #[test]
    fn another_address_of_the_same_hardware_stands_with_the_device() {
        let mut document = document();
        let (address, before_vlan) = ("192.168.99.130".to_owned(), Some(20));
        document.hosts[0].former_addresses = vec![FormerAddress { address, before_vlan }];
        let told = section(&document, "devices");
        let expected = "dieselbe MAC wie 192.168.99.130 (außerhalb von VLAN\\u{a0}20 per DHCP angeboten)";
        assert!(document.hosts[0].role.is_some() && told.contains(expected), "{told}");
    }

    #[test]
    fn none_is_said_only_where_connections_were_checked() {
        let mut document = document();
        document.findings.clear();
        document.flows.clear();
        document.unjudged = vec![Unjudged::NoDevice];
        let unchecked = given_words(De).no_strangers;
        assert!(section(&document, "unexplained").contains(unchecked));
        let limits = section(&document, "limits");
        assert!(limits.contains(given_words(De).no_security), "{limits}");
        document.unjudged.clear();
        let told = section(&document, "unexplained");
        assert!(told.contains("Keine.") && !told.contains(unchecked), "{told}");
    }
}
