//! RTP streams with loss, jitter, marking and listening quality.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::View;
use super::page::{Lean, Page, Piece, Tone};
use crate::capture::Timestamp;
use crate::check::{Code, LEAST_JUDGED, Unjudged};
use crate::observe::media::report::{PayloadRole, Stretch};
use crate::observe::media::timing::ClockSource;
use crate::observe::media::{MediaKind, PayloadReport, StreamReport};
use crate::observe::{Receivers, Stream};
use crate::report::language::Language;
use crate::report::number::{NO_BREAK_SPACE, NO_VALUE, decimal, percent, share, span, time_of_day};
use crate::report::text::{self, EXPEDITED_FORWARDING, Words, dscp_name};
use crate::report::untold::{self, Voice};

/// Most streams listed.
const MOST: usize = 50;
/// Most DSCP values shown for each.
const VALUES: usize = 3;
/// A fixed jitter buffer, in ms, as other meters simulate it.
const USUAL_BUFFER: f64 = 50.0;
/// So many packets of a codec are no slip.
pub(in crate::report) const LEAST_OF_CODEC: u64 = 25;
/// In nanoseconds.
const A_DAY: i64 = 86_400_000_000_000;
/// From this width on both ends of a stream and its times fit on one line.
const WIDE: usize = 120;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let labels = &view.words.labels;
    let streams: Vec<&Stream> =
        view.audit.traffic.streams.iter().filter(|stream| stream.report.is_media()).collect();
    let has_video = streams.iter().any(|stream| stream.report.kind == MediaKind::Video);
    page.heading(view.words.headings.streams(has_video));
    if streams.is_empty() {
        return page.paragraph(0, view.words.notes.no_media, Tone::Plain);
    }
    let wide = page.width() >= WIDE;
    let receivers = Receivers::of(&view.audit.traffic);
    let rows: Vec<Vec<Piece>> =
        streams.iter().take(MOST).map(|stream| line(view, &receivers, stream, wide)).collect();
    let mut heads = vec![
        (labels.route, Lean::Left),
        (labels.codec, Lean::Left),
        (labels.packets, Lean::Right),
        (labels.loss, Lean::Right),
        (labels.jitter, Lean::Right),
        ("DSCP", Lean::Left),
        ("MOS", Lean::Right),
    ];
    if wide {
        heads.insert(1, (labels.period, Lean::Left));
    }
    page.table(&heads, &rows);
    view.write_rest(page, rows.len(), streams.len());
    let is_too_short = |stream: &&Stream| {
        stream.report.lost_percent() > Some(0.0) && stream.report.counts.expected < LEAST_JUDGED
    };
    page.paragraph(0, view.words.notes.voice_key, Tone::Plain);
    if streams.iter().any(|stream| remarked(&stream.report).is_some()) {
        page.paragraph(0, view.words.notes.remarked, Tone::Plain);
    }
    let is_video =
        |stream: &&Stream| stream.report.kind == MediaKind::Video && stream.report.timing.jitter.is_some();
    if streams.iter().any(is_video) {
        page.paragraph(0, view.words.notes.video_jitter, Tone::Plain);
    }
    if view.audit.unjudged.contains(&Unjudged::Clock) {
        page.paragraph(0, view.words.notes.jitter_unjudged, Tone::Plain);
    } else if view.audit.unjudged.contains(&Unjudged::Incomplete) {
        page.paragraph(0, view.words.notes.figures_unjudged, Tone::Caution);
    } else if is_untold(view, &streams) {
        page.paragraph(0, view.words.notes.jitter_untold, Tone::Plain);
    }
    if streams.iter().any(is_too_short) {
        page.paragraph(0, view.words.notes.few_packets, Tone::Plain);
    }
    if streams.iter().any(|stream| stream.report.counts.skipped > 0) {
        page.paragraph(0, view.words.notes.skipped, Tone::Plain);
    }
    if streams.iter().any(|stream| stream.paused.packets > 0) {
        page.paragraph(0, view.words.notes.paused, Tone::Plain);
    }
}

fn is_untold(view: &View<'_>, streams: &[&Stream]) -> bool {
    let subjects = |code: Code| -> BTreeSet<IpAddr> {
        let told = view.audit.findings.iter().filter(|finding| finding.code() == code);
        told.filter_map(|finding| Some(finding.subject.as_ref()?.address)).collect()
    };
    let voices: Vec<Voice<IpAddr>> = streams.iter().map(|stream| voice(stream)).collect();
    untold::any(&voices, &subjects(Code::Rtp004), &subjects(Code::Rtp006))
}

fn voice(stream: &Stream) -> Voice<IpAddr> {
    let report = &stream.report;
    let clock = report.timing.clock.filter(|clock| clock.source != ClockSource::Estimated);
    Voice {
        from: stream.source.ip(),
        to: stream.destination.ip(),
        is_audio: report.kind == MediaKind::Audio,
        packets: report.counts.packets,
        lost: report.counts.lost,
        expected: report.counts.expected,
        clock: clock.map(|clock| clock.rate),
        jitter: report.timing.jitter.map(|jitter| jitter.max),
        ptime: report.ptime,
        agreed: report.announced_ptime,
        pace: report.timing.delta.map(|delta| delta.mean),
    }
}

/// One line about a stream of a call: codec, marking, loss, jitter, round trip by RTCP, quality. `part`: of a stream that is
/// heard in other calls as well, how it was in this one.
pub(super) fn of_call(
    view: &View<'_>,
    receivers: &Receivers<'_>,
    stream: &Stream,
    part: Option<Stretch>,
) -> String {
    let report = &stream.report;
    let [lost_word, jitter_word] = match view.language {
        Language::De => ["Verlust", "Jitter"],
        Language::En => ["loss", "jitter"],
    };
    let ef = percent(report.dscp_percent(EXPEDITED_FORWARDING), view.language);
    let lost = stream.lost_percent().map(|whole| part.map_or(whole, |part| part.lost_percent()));
    let loss = lost.map_or_else(|| NO_VALUE.to_owned(), |lost| percent(lost, view.language));
    let mut facts = vec![
        codec(view, report),
        match remarked(report) {
            Some(later) => format!("EF{NO_BREAK_SPACE}{ef}{NO_BREAK_SPACE}{later}"),
            None => format!("EF{NO_BREAK_SPACE}{ef}"),
        },
        // Reports of a receiver are about a whole stream, not about one call of several.
        match heard_lost(report).filter(|_| part.is_none()) {
            Some(heard) => {
                let heard = percent(heard, view.language);
                format!("{lost_word}{NO_BREAK_SPACE}{loss} (RTCP{NO_BREAK_SPACE}{heard})")
            }
            None => format!("{lost_word}{NO_BREAK_SPACE}{loss}"),
        },
    ];
    facts.splice(1..1, protection(view, report));
    facts.extend(relayed(view, stream).into_iter().next().flatten());
    facts.extend(turned_away(view, stream));
    if report.timing.jitter.is_some() {
        let told = part.map_or_else(|| jitter(view, report), |part| milliseconds(view, part.jitter));
        facts.push(format!("{jitter_word}{NO_BREAK_SPACE}{told}"));
    }
    if let Some(trip) = report.receiver.as_deref().and_then(|receiver| receiver.round_trip_of_ends()) {
        facts.push(format!("RTT{NO_BREAK_SPACE}{}{NO_BREAK_SPACE}ms", decimal(trip, 1, view.language)));
    }
    let quality = part.map_or(report.quality, |part| part.quality);
    if let Some(mos) = quality.map(|quality| decimal(quality.mos, 1, view.language)) {
        let most = part.map(|part| part.jitter).or(report.timing.jitter.as_ref().map(|jitter| jitter.max));
        let bound = if is_at_most(most) { "≤\u{a0}" } else { "" };
        facts.push(format!("MOS{NO_BREAK_SPACE}{bound}{mos}"));
    }
    if part.is_none() && !view.audit.unjudged.contains(&Unjudged::Clock) {
        facts.extend(receivers.heard_with(stream).map(|with| text::together(with, view.language)));
        facts.extend(text::spells(view.audit.traffic.spells(stream), view.language));
    }
    let (from, to) = (stream.source, stream.destination);
    match from.ip() == to.ip() {
        true => format!("{from} → {to}: {}", facts.join(", ")),
        false => format!("{} → {}: {}", from.ip(), to.ip(), facts.join(", ")),
    }
}

fn line(view: &View<'_>, receivers: &Receivers<'_>, stream: &Stream, wide: bool) -> Vec<Piece> {
    let report = &stream.report;
    let mut route = if wide {
        vec![format!("{} → {}", stream.source, stream.destination)]
    } else {
        vec![stream.source.to_string(), format!("→\u{a0}{}", stream.destination)]
    };
    route.extend(relayed(view, stream).into_iter().flatten());
    route.extend(turned_away(view, stream));
    route.extend(receivers.heard_with(stream).map(|with| text::together(with, view.language)));
    let codec = [Some(codec(view, report)), protection(view, report)];
    let mut line = vec![
        Piece::lines(route, Tone::Plain),
        Piece::lines(codec.into_iter().flatten(), Tone::Plain),
        Piece::lines(packets(view, report), Tone::Plain),
        Piece::lines(losses(view, stream), Tone::Plain),
        jitter(view, report).into(),
        Piece::lines(marks(view, report), Tone::Plain),
        mos(view, report).unwrap_or_else(|| NO_VALUE.to_owned()).into(),
    ];
    if wide {
        line.insert(1, times(view, report).into());
    }
    line
}

fn protection(view: &View<'_>, report: &StreamReport) -> Option<String> {
    view.words.protection(report.keying, report.srtp_tag.is_some())
}

/// The channel of a TURN server that it goes through, and the end behind it.
fn relayed(view: &View<'_>, stream: &Stream) -> [Option<String>; 2] {
    let Some(relay) = stream.relay else { return [None, None] };
    let peer = relay.peer.map(|peer| peer.to_string());
    view.words.relayed((relay.channel, relay.multiplexed, relay.indicated), peer.as_deref())
}

/// That nobody got it.
fn turned_away(view: &View<'_>, stream: &Stream) -> Option<String> {
    (view.audit.traffic.turned_away(stream) > 0).then(|| view.words.notes.turned_away.to_owned())
}

/// From and to: times of day, with dates where the measurement takes longer than a day.
fn times(view: &View<'_>, report: &StreamReport) -> String {
    let captures = &view.audit.captures;
    let first = captures.iter().filter_map(|capture| capture.first).min();
    let last = captures.iter().filter_map(|capture| capture.last).max();
    let zone = view.context.zone;
    let (from, to) = (report.first.time, report.last.time);
    match (first, last) {
        (Some(first), Some(last)) if last.since(first) >= A_DAY => span(from, to, zone, view.language),
        _ => match (time_of_day(from, zone), time_of_day(to, zone)) {
            (from, to) if from == to => from,
            (from, to) => format!("{from} – {to}"),
        },
    }
}

/// The codecs of a stream whose codec changed, with so many packets of each, in the order in which they followed each other,
/// and when each began.
pub(in crate::report) fn codecs_in_turn(report: &StreamReport) -> Option<Vec<(Timestamp, &str)>> {
    let is_voice = |payload: &&PayloadReport| {
        payload.role == PayloadRole::Media && payload.seen.packets >= LEAST_OF_CODEC
    };
    let mut voices: Vec<&PayloadReport> = report.payloads.iter().filter(is_voice).collect();
    voices.sort_by_key(|payload| payload.since);
    let is_in_turn = voices.windows(2).all(|pair| match pair {
        [before, after] => {
            before.name != after.name
                && after.seen.frames.first().is_some_and(|first| *first > before.seen.last)
        }
        _ => false,
    });
    if voices.len() < 2 || !is_in_turn || report.kind != MediaKind::Audio {
        return None;
    }
    voices.into_iter().map(|payload| Some((payload.since, payload.name.as_deref()?))).collect()
}

/// The encoding name, else which payload type nobody explained.
pub(in crate::report) fn codec(view: &View<'_>, report: &StreamReport) -> String {
    let changes = codecs_in_turn(report);
    if let Some(told) =
        changes.and_then(|codecs| text::codecs_in_turn(&codecs, view.context.zone, view.language))
    {
        return told;
    }
    let main = report.payloads.iter().max_by_key(|payload| payload.seen.packets);
    let main = main.map(|payload| payload.seen.value);
    if let Some(main) = main.filter(|_| report.is_only_events()) {
        return keys(view.words, main);
    }
    codec_of(view.words, report.codec.as_deref(), main, report.kind == MediaKind::Video)
}

/// A payload type with nothing but keys.
pub(in crate::report) fn keys(words: &Words, payload_type: u8) -> String {
    format!("{} (PT{NO_BREAK_SPACE}{payload_type})", words.notes.keys)
}

/// By name, else by the payload type of most packets.
pub(in crate::report) fn codec_of(
    words: &Words,
    codec: Option<&str>,
    main: Option<u8>,
    is_video: bool,
) -> String {
    let notes = &words.notes;
    match (codec, main) {
        (Some(codec), _) if is_video => format!("{codec} ({})", notes.video),
        (Some(codec), _) => codec.to_owned(),
        (None, Some(dynamic @ 96..)) if is_video => {
            format!("{} (PT{NO_BREAK_SPACE}{dynamic}, {})", notes.dynamic, notes.video)
        }
        (None, Some(dynamic @ 96..)) => format!("{} (PT{NO_BREAK_SPACE}{dynamic})", notes.dynamic),
        (None, Some(other)) => format!("{} (PT{NO_BREAK_SPACE}{other})", notes.unknown),
        (None, None) => notes.unknown.to_owned(),
    }
}

/// Greatest jitter. A packet alone has none.
pub(in crate::report) fn jitter(view: &View<'_>, report: &StreamReport) -> String {
    report.timing.jitter.as_ref().map_or_else(|| NO_VALUE.to_owned(), |jitter| milliseconds(view, jitter.max))
}

fn milliseconds(view: &View<'_>, value: f64) -> String {
    format!("{}{NO_BREAK_SPACE}ms", decimal(value, 1, view.language))
}

/// Whether jitter (ms) is so great that a usual buffer does not even it out and loses packets, which the estimate of quality
/// does not know of.
pub(in crate::report) fn is_at_most(jitter: Option<f64>) -> bool {
    jitter.is_some_and(|jitter| jitter > USUAL_BUFFER)
}

pub(in crate::report) fn mos(view: &View<'_>, report: &StreamReport) -> Option<String> {
    let mos = decimal(report.quality?.mos, 1, view.language);
    let jitter = report.timing.jitter.map(|jitter| jitter.max);
    Some(if is_at_most(jitter) { format!("≤{NO_BREAK_SPACE}{mos}") } else { mos })
}

/// What the receiver lacks, in percent of what its reports cover, where that is anything.
pub(super) fn heard_lost(report: &StreamReport) -> Option<f64> {
    report.receiver_lost_percent().filter(|lost| *lost > 0.0 || report.counts.lost > 0)
}

/// `→ 0 (CS0)`: with which mark packets came by a second time that had another one before.
fn remarked(report: &StreamReport) -> Option<String> {
    let (first, second) = report.marking.remarked.map(|pair| (pair.first.1, pair.second.1))?;
    (first != second).then(|| format!("→{NO_BREAK_SPACE}{}", dscp_name(second)))
}

/// Different packets, how many came once more, by mistake or as the end of a tone, and how many behind later ones where that is
/// 1 % or more.
fn packets(view: &View<'_>, report: &StreamReport) -> Vec<String> {
    let copies = report.counts.copies();
    let more =
        (copies > 0).then(|| format!("{}{NO_BREAK_SPACE}{}", view.count(copies), view.words.notes.twice));
    let again = report.counts.repeated_events;
    let again =
        (again > 0).then(|| format!("{}{NO_BREAK_SPACE}{}", view.count(again), view.words.notes.repeated));
    let late = text::reordered(report.counts.reordered, report.counts.packets, view.language);
    std::iter::once(view.count(report.counts.packets)).chain(more).chain(again).chain(late).collect()
}

/// What the capture lacks, and what the receiver lacked where one of them lacks anything.
fn losses(view: &View<'_>, stream: &Stream) -> Vec<String> {
    let report = &stream.report;
    let lost = stream.lost_percent().map(|lost| percent(lost, view.language));
    let mut lines = vec![lost.unwrap_or_else(|| NO_VALUE.to_owned())];
    if stream.paused.packets > 0 {
        lines.push(text::pause(stream.paused.length, view.language));
    }
    lines.extend(text::skipped(report.counts.skipped, view.language));
    let heard = report.receiver_lost_percent();
    if let Some(heard) = heard.filter(|heard| *heard > 0.0 || report.counts.lost > 0) {
        lines.push(format!("RTCP{NO_BREAK_SPACE}{}", percent(heard, view.language)));
    }
    lines
}

/// The values with the most packets, `46 (EF)`, each with its share where there are several.
pub(in crate::report) fn marks(view: &View<'_>, report: &StreamReport) -> Vec<String> {
    let mut seen: Vec<(u8, u64)> =
        report.marking.dscp.iter().map(|seen| (seen.value, seen.packets)).collect();
    seen.sort_by_key(|(value, packets)| (std::cmp::Reverse(*packets), *value));
    let all = seen.iter().map(|(_, packets)| packets).sum();
    let mut lines: Vec<String> = match seen.as_slice() {
        [(value, _)] => vec![dscp_name(*value)],
        _ => seen
            .iter()
            .take(VALUES)
            .map(|(value, packets)| {
                format!("{}:{NO_BREAK_SPACE}{}", dscp_name(*value), share(*packets, all, view.language))
            })
            .collect(),
    };
    lines.extend(remarked(report));
    lines
}
