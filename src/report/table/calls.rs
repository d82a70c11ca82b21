//! Calls and registrations.

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::observe::{Answer, Call, Registration};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::number::{NO_VALUE, duration, moment};

/// Most calls or registrations listed.
const MOST: usize = 30;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    page.heading(view.words.headings.calls);
    let calls = &view.audit.traffic.calls;
    if calls.is_empty() {
        return page.paragraph(0, view.words.notes.no_calls, Tone::Plain);
    }
    let rows: Vec<Vec<Piece>> = calls.iter().take(MOST).map(|call| call_line(view, call)).collect();
    let heads = [
        (labels.start, Lean::Left),
        (labels.parties, Lean::Left),
        (labels.length, Lean::Right),
        (labels.result, Lean::Left),
    ];
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), calls.len());
}

fn call_line(view: &View<'_>, call: &Call) -> Vec<Piece> {
    let length = match (call.answered, call.end) {
        (Some((_, answered)), Some((_, end))) => duration(end.since(answered), view.language),
        _ => NO_VALUE.to_owned(),
    };
    let from = escape_terminal(&call.from, FIELD);
    let to = escape_terminal(&call.to, FIELD);
    vec![
        moment(call.start.1, view.context.zone, view.language).into(),
        Piece::lines([from, format!("→\u{a0}{to}")], Tone::Plain),
        length.into(),
        (view.words.answer)(call.answer).into(),
    ]
}

pub(super) fn write_registrations(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    let registrations = &view.audit.traffic.registrations;
    if registrations.is_empty() {
        return;
    }
    page.heading(view.words.headings.registrations);
    let rows: Vec<Vec<Piece>> =
        registrations.iter().take(MOST).map(|registration| registration_line(view, registration)).collect();
    let heads = [
        (labels.account, Lean::Left),
        (labels.registrar, Lean::Left),
        (labels.result, Lean::Left),
        (labels.attempts, Lean::Right),
    ];
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), registrations.len());
}

fn registration_line(view: &View<'_>, registration: &Registration) -> Vec<Piece> {
    let result = match (registration.accepted, registration.status) {
        (true, _) => view.words.notes.accepted.to_owned(),
        (false, Some(status)) => (view.words.answer)(Answer::Rejected(status)),
        (false, None) => view.words.notes.unanswered.to_owned(),
    };
    vec![
        Piece::lines(
            [escape_terminal(&registration.aor, FIELD), registration.client.to_string()],
            Tone::Plain,
        ),
        registration.registrar.to_string().into(),
        result.into(),
        view.count(registration.attempts).into(),
    ]
}
