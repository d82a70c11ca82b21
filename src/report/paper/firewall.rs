//! The documented connections of the devices found that may leave the LAN, as a table and as a list to copy.

use super::{Cell, Maker, Part, Table, shown};
use crate::report::number::NO_VALUE;
use crate::report::redact::is_public;

pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    // The firewall of this network has nothing to open for a device on the Internet.
    let is_inside = |device: &str| !device.parse().is_ok_and(is_public);
    for row in maker.document.rows.iter().filter(|row| is_inside(&row.device)) {
        for leg in row.legs.iter().filter(|leg| leg.leaves_lan) {
            let service = row.service.as_deref().unwrap_or(NO_VALUE);
            let line = format!(
                "{}\t{} {}\t{}\t{} {service}",
                row.device,
                maker.transport(leg),
                leg.ports,
                leg.peer,
                row.row
            );
            lines.push(shown_line(&line));
            rows.push(vec![
                Cell::new(maker.device(&row.device)),
                Cell::new(maker.transport(leg)),
                Cell::list(std::slice::from_ref(&leg.ports)),
                Cell::new(&leg.peer),
                Cell::new(service),
                Cell::new(&row.row),
                Cell::new((maker.words.row_status)(row.status.into(), row.blocked_flows > 0)),
            ]);
        }
    }
    if rows.is_empty() {
        return vec![Part::Text(maker.paper.firewall_nothing.to_owned())];
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
    vec![
        Part::Text(maker.paper.firewall_note.to_owned()),
        Part::Table(Table::new(&heads, rows).folding(&[labels.row, labels.status])),
        Part::Code(lines.join("\n")),
    ]
}

/// The fields of a line, each made harmless; the tabs between them stay.
fn shown_line(line: &str) -> String {
    line.split('\t').map(shown).collect::<Vec<_>>().join("\t")
}
