//! RTP streams with loss, jitter and marking.

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::observe::Stream;
use crate::observe::media::StreamReport;
use crate::report::number::{NO_BREAK_SPACE, NO_VALUE, decimal, percent};
use crate::report::text::{EXPEDITED_FORWARDING, dscp_name};

/// Most streams listed.
const MOST: usize = 50;
/// Most DSCP values shown for each.
const VALUES: usize = 3;
/// From this width on both ends of a stream fit on one line.
const WIDE: usize = 120;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    page.heading(view.words.headings.media);
    let streams: Vec<&Stream> =
        view.audit.traffic.streams.iter().filter(|stream| stream.report.is_media()).collect();
    if streams.is_empty() {
        return page.paragraph(0, view.words.notes.no_media, Tone::Plain);
    }
    let wide = page.width() >= WIDE;
    let rows: Vec<Vec<Piece>> = streams.iter().take(MOST).map(|stream| line(view, stream, wide)).collect();
    let heads = [
        (labels.route, Lean::Left),
        (labels.codec, Lean::Left),
        (labels.packets, Lean::Right),
        (labels.loss, Lean::Right),
        (labels.jitter, Lean::Right),
        ("DSCP", Lean::Left),
        ("EF", Lean::Right),
    ];
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), streams.len());
}

fn line(view: &View<'_>, stream: &Stream, wide: bool) -> Vec<Piece> {
    let report = &stream.report;
    let route = if wide {
        Piece::plain(format!("{} → {}", stream.source, stream.destination))
    } else {
        Piece::lines([stream.source.to_string(), format!("→\u{a0}{}", stream.destination)], Tone::Plain)
    };
    let jitter = report.timing.jitter.as_ref().map_or_else(
        || NO_VALUE.to_owned(),
        |jitter| format!("{}{NO_BREAK_SPACE}ms", decimal(jitter.max, 1, view.language)),
    );
    vec![
        route,
        Piece::plain(report.codec.as_deref().unwrap_or(view.words.notes.unknown)),
        view.count(report.counts.packets).into(),
        percent(report.lost_percent(), view.language).into(),
        jitter.into(),
        Piece::lines(marks(view, report), Tone::Plain),
        percent(report.dscp_percent(EXPEDITED_FORWARDING), view.language).into(),
    ]
}

/// The values with the most packets, `46 (EF)`, each with its number of packets where there are several.
fn marks(view: &View<'_>, report: &StreamReport) -> Vec<String> {
    let mut seen: Vec<(u8, u64)> =
        report.marking.dscp.iter().map(|seen| (seen.value, seen.packets)).collect();
    seen.sort_by_key(|(value, packets)| (std::cmp::Reverse(*packets), *value));
    match seen.as_slice() {
        [(value, _)] => vec![dscp_name(*value)],
        _ => seen
            .iter()
            .take(VALUES)
            .map(|(value, packets)| format!("{}:{NO_BREAK_SPACE}{}", dscp_name(*value), view.count(*packets)))
            .collect(),
    }
}
