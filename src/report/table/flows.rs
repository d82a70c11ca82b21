//! Flows of identified devices that nothing explains.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::check::Unjudged;
use crate::observe::Flow;
use crate::report::number::bytes;
use crate::report::text::{app, app_title, protocol, unsolicited};

/// Most flows listed.
const MOST: usize = 20;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let is_told = write_unexplained(page, view);
    let all = &view.audit.traffic.flows;
    let flows = view.audit.unsolicited.iter().filter_map(|id| all.get(*id));
    let ways = flows.map(|flow| (flow.a.ip(), flow.b.ip(), Cow::from(flow.protocol.name()), flow.b.port()));
    if let Some(hint) = unsolicited(ways, view.language) {
        if !is_told {
            page.heading(view.words.headings.unexplained);
        }
        page.paragraph(0, &hint, Tone::Plain);
    }
}

/// Whether there is such a section.
fn write_unexplained(page: &mut Page, view: &View<'_>) -> bool {
    // The documented ports already say that there is nothing to hold a flow against.
    if view.audit.unexplained.is_empty() && view.audit.unjudged.contains(&Unjudged::NoDevice) {
        return false;
    }
    let labels = &view.words.labels;
    page.heading(view.words.headings.unexplained);
    let all = &view.audit.traffic.flows;
    let mut flows: Vec<&Flow> = view.audit.unexplained.iter().filter_map(|id| all.get(*id)).collect();
    if flows.is_empty() {
        let notes = &view.words.notes;
        let is_told = view.audit.findings.iter().any(|finding| is_about_strangers(finding.code().as_str()));
        let none = if is_told { notes.unexplained_are_told } else { notes.no_unexplained };
        page.paragraph(0, none, Tone::Plain);
        return true;
    }
    flows.sort_by_key(|flow| (Reverse(flow.packets()), flow.id));
    let rows: Vec<Vec<Piece>> = flows.iter().take(MOST).map(|flow| line(view, flow)).collect();
    let heads = [
        (labels.route, Lean::Left),
        (labels.transport, Lean::Left),
        (labels.content, Lean::Left),
        (labels.packets, Lean::Right),
        (labels.bytes, Lean::Right),
    ];
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), flows.len());
    true
}

/// Codes about connections that no document has and that have no row here.
pub(in crate::report) fn is_about_strangers(code: &str) -> bool {
    matches!(code, "SEC-001" | "SEC-002" | "SEC-004")
}

/// Whether the packets of both ways all went to the side that is taken for the starter: its own are not in the capture.
pub(in crate::report) fn goes_back([there, back]: [u64; 2]) -> bool {
    there == 0 && back > 0
}

fn line(view: &View<'_>, flow: &Flow) -> Vec<Piece> {
    let amount = flow.from_a.bytes.saturating_add(flow.from_b.bytes);
    let app = app(flow).map_or_else(|| view.words.notes.unknown.to_owned(), app_title);
    let [from, to] = if goes_back([&flow.from_a, &flow.from_b].map(|way| way.packets)) {
        [flow.b, flow.a]
    } else {
        [flow.a, flow.b]
    };
    let name = flow.extra.tls_name.as_deref().or(flow.extra.http_host.as_deref());
    vec![
        Piece::lines([from.to_string(), format!("→\u{a0}{to}")], Tone::Plain),
        protocol(flow.protocol).into(),
        Piece::lines([&*app, name.unwrap_or("")], Tone::Plain),
        view.count(flow.packets()).into(),
        bytes(amount, view.language).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrow_goes_where_the_packets_go() {
        assert!(goes_back([0, 3]) && !goes_back([1, 3]) && !goes_back([3, 0]) && !goes_back([0, 0]));
    }
}
