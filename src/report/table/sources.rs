//! What was judged by: documents with their dates, and the user's exceptions.

use super::View;
use super::page::{Page, Piece, Tone};
use crate::report::number::{counted, zone_name};
use crate::report::text::{edition, use_line};

pub(super) fn write(page: &mut Page, view: &View<'_>, version: &str) {
    write_exceptions(page, view);
    page.heading(view.words.headings.sources);
    let noun = view.words.nouns.entry;
    let documents: Vec<(Piece, Piece)> = view
        .audit
        .rulebooks
        .iter()
        .map(|book| {
            let rows = counted(book.rows as u64, noun.one, noun.many, view.language);
            let text = format!("{}, {} ({rows})", book.title, edition(&book.as_of, view.language));
            (Piece::plain(&book.vendor), text.into())
        })
        .collect();
    page.facts(0, &documents);
    page.paragraph(0, view.words.notes.disclaimer, Tone::Plain);
    let first = view.audit.captures.iter().filter_map(|capture| capture.first).min();
    let zone = zone_name(view.context.zone, first);
    page.paragraph(0, &format!("{} {zone}. pbxray {version}.", view.words.notes.every_time_in), Tone::Plain);
}

fn write_exceptions(page: &mut Page, view: &View<'_>) {
    let exceptions = &view.audit.site.exceptions;
    if exceptions.is_empty() {
        return;
    }
    page.heading(view.words.headings.exceptions);
    let lines: Vec<(Piece, Piece)> = exceptions
        .iter()
        .map(|exception| {
            let tone = if exception.matched == 0 { Tone::Caution } else { Tone::Plain };
            let text = use_line(
                view.words,
                exception.is_exception,
                exception.matched,
                exception.everywhere,
                view.language,
            );
            (Piece::lines([&*exception.text, &*exception.reason], Tone::Plain), Piece::new(text, tone))
        })
        .collect();
    page.facts(0, &lines);
}
