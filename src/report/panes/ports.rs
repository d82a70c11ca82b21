//! The table of ports: the rows of the documents with what became of them, and what stands in none.

use super::{ADDRESS, About, Cell, Head, List, MOST, Mood, Row, head, number};
use crate::check::{Detail, Finding, RowResult, RowStatus, Side};
use crate::report::number::NO_VALUE;
use crate::report::table::View;
use crate::report::text::{ScreenWords, finding_text, protocol};

/// `nicht beobachtet` and the like.
const STATUS: usize = 14;
/// A transport with an arrow and a port on each side.
const PORTS: usize = 16;
/// The code of a finding in the place of a row.
const CODE: usize = 8;

/// What is to be looked at first; then what was seen as documented; what was not seen follows.
pub(super) fn list(view: &View<'_>, words: &ScreenWords) -> List {
    let labels = &view.words.labels;
    let mut rows: Vec<(u8, Row)> = view.audit.rows.iter().map(|row| documented(view, row)).collect();
    for (at, finding) in view.audit.findings.iter().enumerate() {
        rows.extend(undocumented(view, words, at, finding));
    }
    // A stable order: rows of one kind stay as the audit has them.
    rows.sort_by_key(|(order, _)| *order);
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    List {
        heads: vec![
            Head { least: ADDRESS, ..head(labels.device, 0) },
            Head { least: CODE, ..head(labels.row, 0) },
            Head { least: STATUS, ..head(labels.status, 0) },
            Head { least: PORTS, ..head(words.ports, 0) },
            number(labels.packets, 2),
            head(labels.service, 1),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        empty: view.words.notes.no_rows,
        more,
    }
}

fn documented(view: &View<'_>, row: &RowResult) -> (u8, Row) {
    let (order, felt) = match row.status {
        RowStatus::Blocked => (0, Mood::Bad),
        RowStatus::Deviating => (2, Mood::Caution),
        RowStatus::Used if row.one_sided_flows > 0 => (2, Mood::Caution),
        RowStatus::Used => (3, Mood::Good),
        RowStatus::Unused => (4, Mood::Faint),
    };
    let name = view.context.names.row(&row.row);
    let service = name.map_or_else(String::new, |name| match &name.condition {
        Some(condition) => format!("{} ({condition})", name.service),
        None => name.service.to_string(),
    });
    let mut legs: Vec<String> = Vec::new();
    for leg in name.into_iter().flat_map(|name| &name.legs) {
        let ports = leg.with_own(row.stated.as_ref().and_then(crate::site::Ports::set));
        let text = format!("{} {ports}", leg.transport);
        if !legs.contains(&text) {
            legs.push(text);
        }
    }
    let cells = vec![
        Cell::new(row.device.to_string()),
        Cell::new(&row.row),
        Cell::new((view.words.row_status)(row.status, row.beside())).by(order.into()).felt(felt),
        Cell::new(legs.join("; ")),
        Cell::new(view.count(row.all_packets())).by(row.all_packets() as f64),
        Cell::new(service),
    ];
    (order, Row::new(format!("{} {}", row.device, row.row), cells))
}

/// Ports that stand in no document, or on which something goes other than documented, by the findings about them.
fn undocumented(view: &View<'_>, words: &ScreenWords, at: usize, finding: &Finding) -> Vec<(u8, Row)> {
    let (status, ports): (_, Vec<String>) = match &finding.detail {
        Detail::Port001 { uses, .. } => {
            let port = |(side, port): (Side, u16)| match side {
                Side::Own => port.to_string(),
                Side::Open => format!("↔ {port}"),
                Side::Remote => format!("→ {port}"),
            };
            let name = |used: &crate::check::PortUse| {
                format!("{} {}", protocol(used.protocol), port((used.side, used.port)))
            };
            (words.undocumented, uses.iter().map(name).collect())
        }
        Detail::Port002 { ports, .. } => {
            (words.undocumented, ports.iter().map(|port| format!("UDP {port}")).collect())
        }
        Detail::Port005 { port, .. } => (words.deviating, vec![format!("→ {port}")]),
        Detail::Port006 { observed: (first, last), .. } if first == last => {
            (words.deviating, vec![format!("UDP {first}")])
        }
        Detail::Port006 { observed: (first, last), .. } => {
            (words.deviating, vec![format!("UDP {first}-{last}")])
        }
        Detail::Port008 { ports, rtcp, .. } => {
            (words.deviating, ports.iter().chain(rtcp).map(|port| format!("UDP {port}")).collect())
        }
        Detail::Port009 { port, .. } => (words.deviating, vec![format!("TCP {port}")]),
        _ => return Vec::new(),
    };
    let device =
        finding.subject.as_ref().map_or_else(|| NO_VALUE.to_owned(), |subject| subject.address.to_string());
    let code = finding.code().as_str();
    let title = finding_text(finding, &view.context, view.language).title;
    let row = |ports: String| {
        let cells = vec![
            Cell::new(&device),
            Cell::new(code),
            Cell::new(status).by(1.0).felt(super::mood(finding.severity)),
            Cell::new(&ports),
            Cell::new(NO_VALUE).by(-1.0),
            Cell::new(title),
        ];
        (1, Row { about: About::Finding(at), ..Row::new(format!("{device} {code} {ports}"), cells) })
    };
    ports.into_iter().map(row).collect()
}
