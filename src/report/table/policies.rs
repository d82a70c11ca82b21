//! What switches tell telephones of the voice VLAN and its marks.

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::report::json::network;
use crate::report::policy;
use crate::report::text::paper_words;

/// Most rows.
const MOST: usize = 20;

/// Nothing where nobody tells any.
pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let traffic = &view.audit.traffic;
    let told = network::policies(traffic);
    if told.is_empty() {
        return;
    }
    let words = paper_words(view.language);
    page.heading(words.policies);
    let heads = policy::heads(words).map(|head| (head, Lean::Left));
    let rows: Vec<Vec<Piece>> = told
        .iter()
        .take(MOST)
        .map(|one| {
            let sends = |host: &&crate::observe::HostFacts| {
                host.macs.iter().any(|seen| seen.mac.to_string() == one.sender)
            };
            let host = traffic.hosts.iter().find(sends).map(|host| host.address.to_string());
            let tone = if policy::is_right(one) { Tone::Plain } else { Tone::Caution };
            let [sender, port, application, vlan, pcp, dscp] = policy::fields(one, host.as_deref(), words);
            let plain = [sender, port, application, vlan, pcp].map(Piece::plain);
            plain.into_iter().chain([Piece::new(dscp, tone)]).collect()
        })
        .collect();
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), told.len());
}
