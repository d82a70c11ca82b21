//! Services that the network offers: names, addresses, time, contacts, files for telephones. Who offers them, who asks,
//! and whether an answer came.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Maker, Part, Table, Tone};
use crate::report::json::document::Flow;

/// Names of [`Flow::app`] that are services of the network, in the order of the table.
const SERVICES: [&str; 6] = ["DNS", "DHCP", "NTP", "LDAP", "TFTP", "HTTP"];

/// What one server does by one service.
#[derive(Default)]
struct Use<'a> {
    clients: BTreeSet<&'a str>,
    asked: u64,
    answered: u64,
    silent: u64,
    conversations: u64,
}

/// A line for each service and server, nothing where none was seen.
pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let mut uses: BTreeMap<(usize, &str), Use<'_>> = BTreeMap::new();
    for flow in &maker.document.flows {
        let Some(service) = service(flow) else { continue };
        let seen = uses.entry((service, flow.b.address.as_str())).or_default();
        seen.clients.insert(&flow.a.address);
        seen.asked = seen.asked.saturating_add(flow.packets_ab);
        seen.answered = seen.answered.saturating_add(flow.packets_ba);
        seen.silent += u64::from(flow.packets_ba == 0);
        seen.conversations += 1;
    }
    if uses.is_empty() {
        return Vec::new();
    }
    let labels = &maker.words.labels;
    let heads = [
        (labels.service, false),
        (maker.paper.server, false),
        (maker.paper.clients, true),
        (maker.paper.requests, true),
        (maker.paper.answers, true),
        (labels.result, false),
    ];
    let rows = uses.iter().map(|((service, server), seen)| line(maker, *service, server, seen)).collect();
    vec![Part::Text(maker.paper.services_note.to_owned()), Part::Table(Table::new(&heads, rows))]
}

fn service(flow: &Flow) -> Option<usize> {
    let app = flow.app.as_deref()?;
    SERVICES.iter().position(|service| service.eq_ignore_ascii_case(app))
}

fn line(maker: &Maker<'_>, service: usize, server: &str, seen: &Use<'_>) -> Vec<Cell> {
    // Broadcasts are answered from another address.
    let is_group =
        matches!(server, "255.255.255.255") || server.starts_with("ff0") || server.ends_with(".255");
    let (result, tone) = match seen.silent {
        _ if is_group => (maker.paper.to_all, Tone::Plain),
        0 => (maker.paper.answers_all, Tone::Good),
        silent if silent == seen.conversations => (maker.paper.answers_none, Tone::Caution),
        _ => (maker.paper.answers_some, Tone::Caution),
    };
    let number = |value: u64| Cell::number(maker.count(value), Some(value as f64));
    vec![
        Cell::new(SERVICES.get(service).copied().unwrap_or_default()),
        Cell::new(maker.device(server)),
        number(seen.clients.len() as u64),
        number(seen.asked),
        number(seen.answered),
        Cell::toned(result, tone),
    ]
}
