//! What was read, and what it can show.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::View;
use super::page::{Page, Piece, Tone};
use crate::capture::{CaptureSummary, Ended};
use crate::decode::Skip;
use crate::report::link;
use crate::report::number::{bytes, counted, duration, period, share};

/// Most files described one by one.
const MOST: usize = 20;
/// A pause (ns) of a day or more is none in a capture of one site: the clock was set, or captures were joined.
const LONGEST_PAUSE: i64 = 86_400_000_000_000;
/// Most files named that were passed over.
const PASSED_OVER: usize = 5;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    page.heading(view.words.headings.capture);
    let captures = &view.audit.captures;
    for capture in captures.iter().take(MOST) {
        page.facts(0, &file_facts(view, capture));
        page.blank();
    }
    view.write_rest(page, captures.len().min(MOST), captures.len());
    page.facts(0, &passed_over(view).into_iter().chain(quality_facts(view)).collect::<Vec<_>>());
}

/// What lies in a named directory and was not read. The reader's reasons are English, so the report names the way to
/// them.
fn passed_over(view: &View<'_>) -> Option<(Piece, Piece)> {
    let all = &view.audit.passed_over;
    let notes = &view.words.notes;
    let shown = all.iter().take(PASSED_OVER).map(|file| file.path.display().to_string());
    let rest = all.len().saturating_sub(PASSED_OVER);
    let rest = (rest > 0).then(|| format!("… {} {}", view.count(rest as u64), notes.more));
    let lines = shown.chain(rest).chain([notes.why_passed_over.to_owned()]);
    (!all.is_empty()).then(|| (view.words.labels.passed_over.into(), Piece::lines(lines, Tone::Plain)))
}

fn file_facts(view: &View<'_>, capture: &CaptureSummary) -> Vec<(Piece, Piece)> {
    let labels = &view.words.labels;
    let noun = view.words.nouns.packet;
    let mut facts: Vec<(Piece, Piece)> = vec![
        (labels.file.into(), format!("{} ({})", capture.path, capture.format).into()),
        (
            labels.packets.into(),
            format!(
                "{}, {}",
                counted(capture.packets, noun.one, noun.many, view.language),
                bytes(capture.bytes, view.language)
            )
            .into(),
        ),
    ];
    if let (Some(first), Some(last)) = (capture.first, capture.last) {
        let period = period(first, last, view.context.zone, view.language);
        facts.push((labels.period.into(), period.into()));
    }
    let links: BTreeSet<String> =
        capture.interfaces.iter().map(|interface| link::name(interface.link)).collect();
    facts.push((labels.link_type.into(), links.into_iter().collect::<Vec<_>>().join(", ").into()));
    facts.push((labels.drops.into(), drops(view, capture).into()));
    if capture.cut_packets > 0 {
        let cut = counted(capture.cut_packets, noun.one, noun.many, view.language);
        facts.push((labels.cut.into(), cut.into()));
    }
    if capture.ended != Ended::Complete {
        facts.push((labels.reading.into(), (view.words.ended)(&capture.ended).into()));
    }
    facts
}

/// Frames dropped while capturing; not the same as none where the file does not tell.
fn drops(view: &View<'_>, capture: &CaptureSummary) -> String {
    let told: Vec<u64> = capture.interfaces.iter().filter_map(|interface| interface.drops).collect();
    if told.is_empty() {
        return view.words.notes.drops_unknown.to_owned();
    }
    let noun = view.words.nouns.packet;
    counted(told.into_iter().fold(0, u64::saturating_add), noun.one, noun.many, view.language)
}

fn quality_facts(view: &View<'_>) -> Vec<(Piece, Piece)> {
    let labels = &view.words.labels;
    let quality = &view.audit.traffic.quality;
    let of = |part: u64, whole: u64| -> Piece {
        let share = share(part, whole, view.language);
        let of = view.words.notes.of;
        format!("{} {of} {} ({share})", view.count(part), view.count(whole)).into()
    };
    let noun = view.words.nouns.packet;
    let packets = |number| -> Piece { counted(number, noun.one, noun.many, view.language).into() };
    let mut facts: Vec<(Piece, Piece)> = Vec::new();
    if quality.filtered > 0 {
        facts.push((labels.filtered.into(), packets(quality.filtered)));
    }
    if let Some((pause, frame)) = quality.longest_pause.filter(|(pause, _)| *pause >= LONGEST_PAUSE) {
        let notes = &view.words.notes;
        let length = duration(pause, view.language);
        let lines = [
            format!("{length} {} {}", notes.before_packet, view.frames(&[frame])),
            notes.why_time_gap.to_owned(),
        ];
        facts.push((labels.time_gap.into(), Piece::lines(lines, Tone::Plain)));
    }
    if quality.duplicate_candidates > 0 {
        facts.push((labels.duplicates.into(), of(quality.duplicates, quality.duplicate_candidates)));
    }
    if quality.pairs > 0 {
        facts.push((labels.both_ways.into(), of(quality.pairs_both_ways, quality.pairs)));
    }
    if !quality.skipped.is_empty() {
        facts.push((labels.not_decoded.into(), skipped(view).into()));
    }
    if quality.incomplete_datagrams > 0 {
        facts.push((labels.incomplete.into(), view.count(quality.incomplete_datagrams).into()));
    }
    let over_cap = over_cap(view);
    if !over_cap.is_empty() {
        facts.push((labels.over_cap.into(), over_cap.join(", ").into()));
    }
    facts
}

/// What a limit of memory kept out, by kind.
fn over_cap(view: &View<'_>) -> Vec<String> {
    let quality = &view.audit.traffic.quality;
    let nouns = &view.words.nouns;
    let kinds = [
        (quality.packets_over_cap, nouns.packet),
        (quality.samples_over_cap, nouns.voice_packet),
        (quality.messages_over_cap, nouns.message),
    ];
    let met = kinds.into_iter().filter(|(number, _)| *number > 0);
    met.map(|(number, noun)| counted(number, noun.one, noun.many, view.language)).collect()
}

/// `12 kein IP (0x0806), 1 leerer Frame`: most frames first.
fn skipped(view: &View<'_>) -> String {
    let mut reasons: Vec<(Skip, u64)> =
        view.audit.traffic.quality.skipped.iter().map(|(skip, frames)| (*skip, *frames)).collect();
    reasons.sort_by_key(|(skip, frames)| (Reverse(*frames), *skip));
    let texts: Vec<String> = reasons
        .into_iter()
        .map(|(skip, frames)| format!("{}\u{a0}× {}", view.count(frames), (view.words.skip)(skip)))
        .collect();
    texts.join(", ")
}
