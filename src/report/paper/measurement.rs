//! What was read, what it cannot show, and the documents that were judged by.

use super::{Cell, Maker, Part, Table, Tone, instant, shown};
use crate::report::json::document::{Capture, Document, Ended};
use crate::report::number::{NO_VALUE, bytes, counted, share, span};

/// Most files whose SHA-256 is told; JSON tells all.
const MOST_DIGESTS: usize = 50;

pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let document = maker.document;
    let heads = [
        (labels.file, false),
        (labels.period, false),
        (labels.packets, true),
        (labels.bytes, true),
        (labels.link_type, false),
        (labels.drops, true),
        (labels.cut, true),
    ];
    let rows = document.captures.iter().map(|capture| line(maker, capture)).collect();
    let quality = &document.quality;
    let of =
        |part: u64, whole: u64| format!("{} ({})", maker.count(part), share(part, whole, maker.language));
    let mut facts = vec![
        (labels.duplicates, of(quality.duplicates, quality.duplicate_candidates)),
        (labels.both_ways, of(quality.pairs_both_ways, quality.pairs)),
        (labels.not_decoded, of(quality.undecoded.values().sum(), quality.frames)),
    ];
    let over = quality.packets_over_cap + quality.samples_over_cap + quality.messages_over_cap;
    for (label, value) in [
        (labels.incomplete, quality.incomplete_datagrams),
        (labels.over_cap, over),
        (labels.filtered, quality.filtered),
    ] {
        if value > 0 {
            facts.push((label, maker.count(value)));
        }
    }
    let facts = facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    vec![Part::Table(Table::new(&heads, rows)), Part::Facts(digests(document)), Part::Facts(facts)]
}

/// By which each file can be told from any other.
fn digests(document: &Document) -> Vec<(String, String)> {
    let alone = document.captures.len() == 1;
    let known = document.captures.iter().filter_map(|capture| Some((capture, capture.sha256.as_ref()?)));
    let label = |capture: &Capture| match alone {
        true => "SHA-256".to_owned(),
        false => format!("SHA-256 {}", shown(&capture.path)),
    };
    known.take(MOST_DIGESTS).map(|(capture, hex)| (label(capture), shown(hex))).collect()
}

fn line(maker: &Maker<'_>, capture: &Capture) -> Vec<Cell> {
    let drops: Option<u64> =
        capture.interfaces.iter().filter_map(|interface| interface.drops).reduce(u64::saturating_add);
    let tone = match capture.ended {
        Ended::Complete | Ended::Stopped => Tone::Plain,
        Ended::Cut | Ended::Damaged | Ended::Unreadable => Tone::Caution,
    };
    let period = match [&capture.first, &capture.last].map(|time| time.as_deref().and_then(instant)) {
        [Some(first), Some(last)] => span(first, last, maker.zone, maker.language),
        _ => NO_VALUE.to_owned(),
    };
    vec![
        Cell::toned(&capture.path, tone),
        Cell::new(period),
        Cell::number(maker.count(capture.packets), Some(capture.packets as f64)),
        Cell::number(bytes(capture.bytes, maker.language), Some(capture.bytes as f64)),
        Cell::new(capture.linktypes.join(", ")),
        Cell::number(drops.map_or_else(|| NO_VALUE.to_owned(), |drops| maker.count(drops)), None),
        Cell::number(maker.count(capture.cut_packets), Some(capture.cut_packets as f64)),
    ]
}

pub(super) fn limits(maker: &Maker<'_>) -> Vec<Part> {
    let document = maker.document;
    let mut parts = Vec::new();
    if document.unjudged.is_empty() {
        parts.push(Part::Text(maker.words.notes.everything_judged.to_owned()));
    } else {
        let what = document.unjudged.iter().map(|what| (maker.words.unjudged)((*what).into()).to_owned());
        parts.push(Part::List(what.collect()));
    }
    if !document.exceptions.is_empty() {
        parts.push(Part::Subheading(maker.words.headings.exceptions.to_owned()));
        let time = maker.words.nouns.time;
        let lines = document.exceptions.iter().map(|exception| {
            let used = if exception.matched == 0 {
                maker.words.notes.exception_unused.to_owned()
            } else {
                counted(exception.matched, time.one, time.many, maker.language)
            };
            (format!("{}: {}", shown(&exception.text), shown(&exception.reason)), used)
        });
        parts.push(Part::Facts(lines.collect()));
    }
    parts.push(Part::Text(maker.paper.privacy.to_owned()));
    parts
}

pub(super) fn sources(maker: &Maker<'_>) -> Vec<Part> {
    let noun = maker.words.nouns.row;
    let books = maker.document.rulebooks.iter().map(|book| {
        let rows = counted(book.rows, noun.one, noun.many, maker.language);
        (shown(&book.vendor), format!("{}, {} ({rows})", shown(&book.title), shown(&book.as_of)))
    });
    vec![Part::Facts(books.collect()), Part::Text(maker.words.notes.disclaimer.to_owned())]
}
