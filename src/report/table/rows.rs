//! The row matrix: what the documents say, and what became of it.

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::check::{RowResult, RowStatus};
use crate::report::number::counted;
use crate::report::text::given_words;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    page.heading(view.words.headings.rows);
    if view.audit.rows.is_empty() {
        return page.paragraph(0, view.words.notes.no_rows, Tone::Plain);
    }
    let (unused, seen): (Vec<&RowResult>, Vec<&RowResult>) =
        view.audit.rows.iter().partition(|row| row.status == RowStatus::Unused && !row.is_mixed());
    if !seen.is_empty() {
        let rows: Vec<Vec<Piece>> = seen.iter().map(|row| line(view, row)).collect();
        let heads = [
            (labels.device, Lean::Left),
            (labels.row, Lean::Left),
            (labels.service, Lean::Left),
            (labels.status, Lean::Left),
            (labels.packets, Lean::Right),
        ];
        page.table(&heads, &rows);
    }
    write_unused(page, view, &unused);
}

fn line(view: &View<'_>, row: &RowResult) -> Vec<Piece> {
    let tone = match row.status {
        RowStatus::Used if row.blocked_flows > 0 || row.one_sided_flows > 0 => Tone::Bad,
        RowStatus::Used | RowStatus::Unused => Tone::Plain,
        RowStatus::Blocked => Tone::Bad,
        RowStatus::Deviating => Tone::Caution,
    };
    vec![
        row.device.to_string().into(),
        Piece::plain(&row.row),
        Piece::lines(service(view, &row.row).into_iter().chain(stated(view, row)), Tone::Plain),
        Piece::new((view.words.row_status)(row.status, row.beside()), tone),
        view.count(row.all_packets()).into(),
    ]
}

/// What the row is for, and when.
fn service(view: &View<'_>, row: &str) -> Vec<String> {
    let Some(name) = view.context.names.row(row) else { return Vec::new() };
    let condition = name.condition.as_ref().map(|condition| format!("({condition})"));
    std::iter::once(name.service.to_string()).chain(condition).collect()
}

/// The ports that the site file puts in the place of the row's.
fn stated(view: &View<'_>, row: &RowResult) -> Option<String> {
    let ports = row.stated.as_ref()?.set()?;
    Some(format!("{ports} ({})", given_words(view.language).stated))
}

/// One line for each device: how many rows, and which.
fn write_unused(page: &mut Page, view: &View<'_>, unused: &[&RowResult]) {
    if unused.is_empty() {
        return;
    }
    page.blank();
    page.paragraph(0, view.words.notes.unused_rows, Tone::Plain);
    let noun = view.words.nouns.row;
    let lines: Vec<(Piece, Piece)> = unused
        .chunk_by(|a, b| a.device == b.device)
        .filter_map(|rows| {
            let device = rows.first()?.device;
            let ids: Vec<&str> = rows.iter().map(|row| &*row.row).collect();
            let number = counted(ids.len() as u64, noun.one, noun.many, view.language);
            Some((device.to_string().into(), format!("{number}: {}", ids.join(", ")).into()))
        })
        .collect();
    page.facts(0, &lines);
}
