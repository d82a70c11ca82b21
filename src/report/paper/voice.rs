//! Marking by direction, calls with their voice.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Maker, Part, Picture, Table, Tone, between, instant, jitter, ladder, shown, socket};
use crate::capture::Timestamp;
use crate::check::LEAST_JUDGED;
use crate::observe::media::Rests;
use crate::observe::{Answer, Spells};
use crate::report::json::document::{
    Beginning, Call, CallState, MediaKind, PayloadRole, Receiver, Stream, Unjudged, VoicePolicy,
};
use crate::report::number::{NO_VALUE, decimal, duration, percent, span};
use crate::report::table::calls::MARK;
use crate::report::table::media::{LEAST_OF_CODEC, codec_of, is_at_most, keys};
use crate::report::text::{self, CallNotes, HoldNote, at_least, dscp_name, failed_transfer, transferred};
use crate::report::{order, policy};

pub(super) fn marking(maker: &Maker<'_>) -> Vec<Part> {
    let mut parts = directions(maker);
    let told = &maker.document.voice_policies;
    if !told.is_empty() {
        let words = maker.paper;
        let heads = policy::heads(words).map(|head| (head, head == "802.1p"));
        let rows = told.iter().map(|policy| policy_line(maker, policy)).collect();
        parts.push(Part::Subheading(words.policies.to_owned()));
        parts.push(Part::Text(words.policies_note.to_owned()));
        parts.push(Part::Table(Table::new(&heads, rows)));
    }
    parts
}

/// What the streams are called: voice, unless some are video.
pub(super) fn title(maker: &Maker<'_>) -> &'static str {
    let is_video = |stream: &Stream| stream.kind == MediaKind::Video;
    maker.words.headings.streams(maker.document.streams.iter().any(is_video))
}

fn policy_line(maker: &Maker<'_>, told: &VoicePolicy) -> Vec<Cell> {
    let host = maker.document.hosts.iter().find(|host| host.macs.contains(&told.sender));
    let host = host.map(|host| host.address.as_str());
    let tone = if policy::is_right(told) { Tone::Plain } else { Tone::Caution };
    let [sender, port, application, vlan, pcp, dscp] = policy::fields(told, host, maker.paper);
    let plain = [sender, port, application, vlan, pcp].map(Cell::new);
    plain.into_iter().chain([Cell::toned(dscp, tone)]).collect()
}

fn directions(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let streams = &maker.document.streams;
    if streams.is_empty() {
        return vec![Part::Text(maker.words.notes.no_media.to_owned())];
    }
    let mut order: Vec<&Stream> = streams.iter().collect();
    order.sort_by(|x, y| x.ef_percent.unwrap_or(100.0).total_cmp(&y.ef_percent.unwrap_or(100.0)));
    let heads = [
        (labels.route, false),
        (labels.parties, false),
        (maker.paper.ef_share, true),
        ("DSCP", false),
        ("VLAN", true),
        ("802.1p", true),
        (labels.packets, true),
    ];
    let calls = known(maker);
    let rows = order.into_iter().map(|stream| {
        let marks: Vec<String> = stream
            .dscp
            .iter()
            .map(|(value, packets)| format!("{}: {}", dscp_name(*value), maker.count(*packets)))
            .chain(remarked(stream).map(|later| format!("→\u{a0}{}", dscp_name(later))))
            .collect();
        let ef = stream.ef_percent;
        // EF is for voice.
        let is_video = stream.kind == MediaKind::Video;
        let tone = match ef {
            _ if is_video => Tone::Plain,
            Some(ef) if ef < 95.0 => Tone::Caution,
            _ => Tone::Good,
        };
        let video = if is_video { format!(" ({})", maker.words.notes.video) } else { String::new() };
        let tag = |value: Option<u64>| value.map_or_else(|| NO_VALUE.to_owned(), |value| value.to_string());
        vec![
            Cell::new(route(stream) + &video),
            Cell::new(parties(&calls, stream)),
            Cell { tone, ..Cell::number(share(maker, ef), ef) },
            Cell::list(&marks),
            Cell::new(tag(stream.vlan.map(u64::from))),
            Cell::new(tag(stream.pcp.map(u64::from))),
            Cell::number(maker.count(stream.packets), Some(stream.packets as f64)),
        ]
    });
    let mut parts = vec![
        Part::Text(maker.paper.marking_note.to_owned()),
        Part::Key(maker.paper.marking_key),
        Part::Picture(Picture::Marks),
        Part::Picture(Picture::MarksOverTime),
        Part::Table(Table::new(&heads, rows.collect()).folding(&[labels.parties, "VLAN", "802.1p"])),
    ];
    if streams.iter().any(|stream| remarked(stream).is_some()) {
        parts.push(Part::Text(maker.words.notes.remarked.to_owned()));
    }
    parts
}

/// The value with which packets came by a second time that had another one before.
fn remarked(stream: &Stream) -> Option<u8> {
    stream.remarked.as_ref().filter(|pair| pair.from_dscp != pair.to_dscp).map(|pair| pair.to_dscp)
}

/// Calls on their time line, then every stream, worst first.
pub(super) fn calls(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let mut parts = Vec::new();
    let calls = &maker.document.calls;
    if calls.is_empty() {
        let notes = &maker.words.notes;
        let none = if maker.document.streams.is_empty() { notes.no_calls } else { notes.no_signalling };
        parts.push(Part::Text(none.to_owned()));
    } else {
        let heads = [
            (labels.start, false),
            (labels.parties, false),
            (labels.rang_after, true),
            (labels.length, true),
            (labels.result, false),
        ];
        parts.push(Part::Picture(Picture::CallTimes));
        let order = order::published(calls).map(|call| call_line(maker, call)).collect();
        parts.push(Part::Table(Table::new(&heads, order)));
        if calls.iter().any(|call| call.marked) {
            parts.push(Part::Text(maker.words.notes.marked_calls.to_owned()));
        }
        if maker.document.unjudged.contains(&Unjudged::Clock) {
            parts.push(Part::Text(maker.words.notes.times_unjudged.to_owned()));
        }
    }
    parts.append(&mut ladder::parts(maker));
    let mut streams: Vec<&Stream> = maker.document.streams.iter().collect();
    if streams.is_empty() {
        return parts;
    }
    let worth = |stream: &Stream| stream.mos.unwrap_or(5.0);
    let lost = |stream: &Stream| loss_percent(stream).unwrap_or(0.0);
    streams.sort_by(|x, y| worth(x).total_cmp(&worth(y)).then(lost(y).total_cmp(&lost(x))));
    let heads = [
        (labels.route, false),
        (labels.period, false),
        (labels.parties, false),
        (labels.codec, false),
        (labels.packets, true),
        (labels.loss, true),
        (labels.jitter, true),
        ("MOS", true),
    ];
    let known = known(maker);
    parts.push(Part::Subheading(title(maker).to_owned()));
    parts.push(Part::Picture(Picture::VoiceOverTime));
    let rows = streams.into_iter().map(|stream| voice_line(maker, &known, stream)).collect();
    parts.push(Part::Table(Table::new(&heads, rows).folding(&[labels.period, labels.parties])));
    parts.push(Part::Text(maker.words.notes.voice_key.to_owned()));
    parts.append(&mut jitter::notes(maker));
    let is_too_short = |stream: &Stream| stream.lost_percent > Some(0.0) && stream.expected < LEAST_JUDGED;
    if maker.document.streams.iter().any(is_too_short) {
        parts.push(Part::Text(maker.words.notes.few_packets.to_owned()));
    }
    if maker.document.streams.iter().any(|stream| stream.skipped > 0) {
        parts.push(Part::Text(maker.words.notes.skipped.to_owned()));
    }
    if maker.document.streams.iter().any(|stream| stream.paused > 0) {
        parts.push(Part::Text(maker.words.notes.paused.to_owned()));
    }
    parts
}

fn call_line(maker: &Maker<'_>, call: &Call) -> Vec<Cell> {
    let length = between(call.answered.as_deref(), call.end.as_deref())
        .filter(|length| !call.unacknowledged && !call.across_clock && *length >= 0);
    let least = call.at_least_ms.map(|ms| (ms * 1e6) as i64).filter(|_| length.is_none());
    let dial = call.post_dial_delay_ms;
    let span = |value: Option<i64>| {
        value.map_or_else(|| NO_VALUE.to_owned(), |value| duration(value, maker.language))
    };
    let answer = match call.state {
        CallState::Answered => Answer::Answered,
        CallState::Rejected => Answer::Rejected(call.status.unwrap_or_default()),
        CallState::Cancelled => Answer::Cancelled,
        CallState::Unanswered => Answer::Unanswered,
        CallState::Open => Answer::Open,
    };
    let transfer = call.transferred_to.as_deref().zip(call.transferred_by);
    let is_known = call.beginning != Beginning::SidesUnknown;
    let ended = call.hung_up.filter(|_| matches!(answer, Answer::Answered | Answer::Open) && is_known);
    let root = call.leg_of.and_then(|root| maker.document.calls.get(root));
    let mut result = match call.is_sip() {
        true => maker.words.outcome(answer, call.ringing.is_some()),
        false => (maker.words.untold)(&shown(&call.protocol), answer == Answer::Answered),
    };
    if answer == Answer::Cancelled && call.answered_elsewhere {
        maker.words.notes.answered_elsewhere.clone_into(&mut result);
    } else if answer == Answer::Cancelled && root.is_some_and(|root| root.state != CallState::Cancelled) {
        maker.words.notes.given_up.clone_into(&mut result);
    } else if call.unacknowledged {
        maker.words.notes.unacknowledged.clone_into(&mut result);
    } else if call.dropped {
        maker.words.notes.dropped.clone_into(&mut result);
    } else if answer == Answer::Open && call.is_sip() && call.end.is_some() {
        maker.words.notes.answer_unseen.clone_into(&mut result);
    }
    if let Some((to, side)) = transfer {
        result = format!(
            "{result}; {}",
            transferred(side.into(), call.beginning.into(), &shown(to), maker.language)
        );
    }
    if let (Some(to), Some(status)) = (&call.transfer_failed_to, call.transfer_failed_status) {
        result = format!("{result}; {}", failed_transfer(&shown(to), status, maker.language));
    }
    let notes = CallNotes {
        answer,
        beginning: call.beginning.into(),
        hung_up: call.hung_up.map(Into::into),
        status: call.final_status,
        reason: call.reason.as_deref().unwrap_or_default(),
        status_behind: call.status_behind,
        is_unacknowledged: call.unacknowledged,
        unheard: call.unheard.as_ref().map(|ends| ends.each_ref().map(|end| shown(&end.address))),
        speaks_alone: call.speaks_alone.map(Into::into),
        half_encrypted: call
            .half_encrypted
            .as_ref()
            .map(|ends| ends.each_ref().map(|end| shown(&end.address))),
        deaf: call.reports_nothing_received.as_ref().map(|end| shown(&end.address)),
        one_way: call.one_way.as_ref().map(|one_way| one_way.told()),
        late_ack: call.late_ack_ms.map(|ms| (ms * 1e6) as i64),
        cause: call
            .cause
            .as_ref()
            .map(|cause| (cause.protocol.into(), cause.value, cause.text.as_deref().unwrap_or_default())),
        early_media: call.early_media_after_ms.filter(|_| call.ringing.is_none()).map(|ms| (ms * 1e6) as i64),
        let_through: between(call.start.as_deref(), call.let_through.as_deref())
            .filter(|_| call.ringing.as_ref().or(call.early_media.as_ref()).is_some()),
        rang_for: between(call.ringing.as_deref(), call.end.as_deref()).filter(|_| call.answered.is_none()),
        also_rang: call.also_rang.iter().map(|address| shown(address)).collect(),
        dialled: call.dialled.as_deref(),
        held: call.held.as_ref().filter(|_| !is_known || call.answered.is_some()).map(|held| HoldNote {
            side: held.by.into(),
            after: between(call.answered.as_deref(), held.from.as_deref()),
            lasted: between(held.from.as_deref(), held.until.as_deref()),
            is_ended: call.end.is_some(),
            times: held.times,
        }),
        broken: call.broken.as_ref().map(|broken| (broken.kind.into(), broken.times, broken.status)),
        refused_change: call.refused_change.as_ref().map(|change| (change.kind.into(), change.status)),
        fax_after: call.fax_after_ms.map(|after| (after * 1e6) as i64),
        is_fax_unsent: call.fax_unsent,
        refused_bye: call.refused_bye,
        leg_of: root.map(|root| (maker.moment(root.start.as_deref()), shown(&root.caller.address))),
        rang_at: root
            .filter(|root| is_one_of_several(maker, root, call))
            .map(|_| shown(&call.callee.address)),
    };
    for line in notes.lines(maker.language) {
        result = format!("{result}; {line}");
    }
    if let Some(side) = ended {
        result = format!("{result}; {}", (maker.words.hung_up)(side.into()));
    } else if call.is_sip() && answer == Answer::Answered && call.end.is_none() {
        result = format!("{result}; {}", maker.words.notes.end_unseen);
    }
    let lasted = least.map_or_else(|| span(length), |least| at_least(least, maker.language));
    let start = maker.moment(call.start.as_deref());
    let order = call.start.as_deref().and_then(instant).map(|time| time.0 as f64);
    let start = match call.marked {
        true => Cell::toned(format!("{MARK}{start}"), Tone::Bad),
        false => Cell::new(start),
    };
    vec![
        Cell { order, ..start },
        Cell::new(format!("{} {} {}", shown(&call.from), call.arrow(), shown(&call.to))),
        Cell::number(span(dial.map(|ms| (ms * 1e6) as i64)), dial),
        Cell::number(lasted, length.or(least).map(|length| length as f64)),
        Cell::new(result),
    ]
}

/// Whether a PBX passed the call of `root` on to several telephones, all under the number that was called.
fn is_one_of_several(maker: &Maker<'_>, root: &Call, call: &Call) -> bool {
    let legs = root.leg_by.iter().filter_map(|leg| maker.document.calls.get(*leg));
    let same = legs.filter(|leg| leg.to == root.to).map(|leg| &leg.callee.address);
    call.to == root.to && same.collect::<BTreeSet<_>>().len() > 1
}

/// Without what belongs to a pause at a new offer.
fn loss_percent(stream: &Stream) -> Option<f64> {
    let (lost, expected) =
        (stream.lost.saturating_sub(stream.paused), stream.expected.saturating_sub(stream.paused));
    stream.lost_percent.map(|_| if expected == 0 { 0.0 } else { lost as f64 * 100.0 / expected as f64 })
}

fn voice_line(maker: &Maker<'_>, calls: &Known<'_>, stream: &Stream) -> Vec<Cell> {
    let jitter = stream.jitter_ms.as_ref().and_then(|jitter| jitter.max);
    let number = |value: Option<f64>, unit: &str| match value {
        Some(value) => format!("{}{unit}", decimal(value, 1, maker.language)),
        None => NO_VALUE.to_owned(),
    };
    let mut mos = number(stream.mos, "");
    if stream.mos.is_some() && is_at_most(jitter) {
        mos = format!("≤\u{a0}{mos}");
    }
    let copies = (stream.duplicates > 0)
        .then(|| format!("{}\u{a0}{}", maker.count(stream.duplicates), maker.words.notes.twice));
    let again = (stream.repeated_events > 0)
        .then(|| format!("{}\u{a0}{}", maker.count(stream.repeated_events), maker.words.notes.repeated));
    let late = text::reordered(stream.reordered, stream.packets, maker.language);
    let packets: Vec<String> =
        std::iter::once(maker.count(stream.packets)).chain(copies).chain(again).chain(late).collect();
    let loss = loss_percent(stream);
    let heard = stream.receiver.as_ref().and_then(|receiver| receiver.lost_percent);
    let heard = heard.filter(|heard| *heard > 0.0 || stream.lost > 0);
    let paused = stream.paused_ms.map(|ms| text::pause((ms * 1e6) as i64, maker.language));
    let skipped = text::skipped(stream.skipped, maker.language);
    let losses = std::iter::once(share(maker, loss)).chain(paused).chain(skipped);
    let losses = losses.chain(heard.map(|heard| format!("RTCP\u{a0}{}", share(maker, Some(heard)))));
    let trip = stream.receiver.as_ref().and_then(Receiver::round_trip_of_ends);
    let jitters = std::iter::once(number(jitter, "\u{a0}ms"));
    let jitters = jitters.chain(trip.map(|trip| format!("RTT\u{a0}{}", number(Some(trip), "\u{a0}ms"))));
    let tone = if loss.is_some_and(|loss| loss > 1.0) { Tone::Caution } else { Tone::Plain };
    vec![
        Cell::new(detour(maker, stream)),
        Cell::new(period(maker, stream)),
        Cell::new(parties(calls, stream)),
        Cell::new(codec(maker, stream)),
        Cell { order: Some(stream.packets as f64), ..Cell::of_lines(&packets) },
        Cell { tone, order: loss, ..Cell::of_lines(&losses.collect::<Vec<_>>()) },
        Cell { order: jitter, ..Cell::of_lines(&jitters.collect::<Vec<_>>()) },
        Cell::number(mos, stream.mos),
    ]
}

/// Calls by their Call-ID.
type Known<'a> = BTreeMap<&'a str, &'a Call>;

fn known<'a>(maker: &Maker<'a>) -> Known<'a> {
    maker.document.calls.iter().map(|call| (call.call_id.as_str(), call)).collect()
}

/// From its first packet to its last.
fn period(maker: &Maker<'_>, stream: &Stream) -> String {
    let [first, last] = [&stream.first, &stream.last].map(|time| time.as_deref().and_then(instant));
    first.zip(last).map_or_else(
        || NO_VALUE.to_owned(),
        |(first, last)| span(first.min(last), last.max(first), maker.zone, maker.language),
    )
}

/// Whose call a stream belongs to.
fn parties(calls: &Known<'_>, stream: &Stream) -> String {
    let call = stream.call.as_deref().and_then(|id| calls.get(id));
    call.map_or_else(
        || NO_VALUE.to_owned(),
        |call| format!("{} {} {}", shown(&call.from), call.arrow(), shown(&call.to)),
    )
}

fn route(stream: &Stream) -> String {
    format!("{} → {}", socket(&stream.source), socket(&stream.destination))
}

/// The route, with the TURN server's channel and the end behind it, and what else is remarked at the stream.
fn detour(maker: &Maker<'_>, stream: &Stream) -> String {
    let told = stream.relay.as_ref().map(|relay| {
        let peer = relay.far_end.as_ref().map(socket);
        maker.words.relayed((relay.channel, relay.multiplexed, relay.indicated), peer.as_deref())
    });
    let parts = told.into_iter().flatten().flatten();
    let away = (stream.turned_away > 0).then(|| format!("({})", maker.words.notes.turned_away));
    let nanoseconds = |ms: Option<f64>| ms.map(|ms| (ms * 1e6) as i64);
    let spells = Spells {
        late: nanoseconds(stream.late_ms),
        stopped: nanoseconds(stream.stopped_ms),
        over: nanoseconds(stream.over_ms),
        rests: stream
            .rests
            .zip(nanoseconds(stream.longest_rest_ms))
            .map(|(times, longest)| Rests { times, longest }),
    };
    let with = stream.heard_with.as_ref();
    let with = with.map(|with| {
        text::heard_with(&shown(&with.source.address), (with.both_ms * 1e6) as i64, maker.language)
    });
    let spells = with.into_iter().chain(text::spells(spells, maker.language)).map(|told| format!("({told})"));
    std::iter::once(route(stream)).chain(parts).chain(away).chain(spells).collect::<Vec<_>>().join(" ")
}

fn codec(maker: &Maker<'_>, stream: &Stream) -> String {
    let main = stream.payloads.iter().max_by_key(|payload| payload.packets);
    let main = main.map(|payload| payload.payload_type);
    if let Some(main) = main.filter(|_| stream.payloads.iter().all(|one| one.role == PayloadRole::Event)) {
        return keys(maker.words, main);
    }
    let is_video = stream.kind == MediaKind::Video;
    let mut voices: Vec<&str> = stream
        .payloads
        .iter()
        .filter(|payload| payload.role == PayloadRole::Media && payload.packets >= LEAST_OF_CODEC)
        .filter_map(|payload| payload.codec.as_deref())
        .collect();
    voices.dedup();
    let in_turn: Vec<(Timestamp, &str)> = stream
        .codecs_in_turn
        .iter()
        .filter_map(|one| Some((one.since.as_deref().and_then(instant)?, one.codec.as_str())))
        .collect();
    let in_turn = text::codecs_in_turn(&in_turn, maker.zone, maker.language);
    let codec = match stream.kind {
        MediaKind::Audio if in_turn.is_some() => in_turn.unwrap_or_default(),
        MediaKind::Audio if voices.len() > 1 => voices.join(" / "),
        _ => codec_of(maker.words, stream.codec.as_deref(), main, is_video),
    };
    match maker.words.protection(stream.keyed_by.map(Into::into), stream.probably_srtp) {
        Some(protection) => format!("{codec}, {protection}"),
        None => codec,
    }
}

fn share(maker: &Maker<'_>, value: Option<f64>) -> String {
    percent(value.unwrap_or(f64::NAN), maker.language)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::paper;
    use super::*;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Document, Mapping, Payload, PayloadRole, Refresh, Spread};
    use crate::report::text::words;

    /// The cells of the last table of a section, row by row.
    fn cells(document: &Document, section: &str) -> Vec<String> {
        let paper = paper(document, &TimeZone::UTC);
        let section = paper.sections.iter().find(|one| one.id == section).unwrap();
        let mut tables = section.parts.iter().filter_map(|part| match part {
            Part::Table(table) => Some(table),
            _ => None,
        });
        let rows = &tables.next_back().unwrap().rows;
        rows.iter().flatten().map(|cell| cell.text.clone()).collect()
    }

    #[test]
    fn a_stream_without_a_known_codec_names_its_payload_type_and_tells_the_round_trip() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        document.streams.truncate(1);
        let stream = &mut document.streams[0];
        stream.codec = None;
        stream.payloads =
            vec![Payload { payload_type: 96, codec: None, role: PayloadRole::Media, packets: 9 }];
        let whole = |mean| Some(Spread { min: None, mean: Some(mean), max: None });
        let receiver = stream.receiver.as_mut().unwrap();
        (receiver.round_trip_ms, receiver.round_trip_sender_ms) = (whole(4.0), whole(8.5));
        let told = cells(&document, "calls");
        assert!(told.iter().any(|cell| cell.starts_with("dynamisch (PT\u{a0}96)")), "{told:?}");
        assert!(told.iter().any(|cell| cell.ends_with("RTT\u{a0}12,5\u{a0}ms")), "{told:?}");
        document.streams[0].kind = MediaKind::Video;
        let told = cells(&document, "calls");
        assert!(told.iter().any(|cell| cell.contains("(PT\u{a0}96, Video)")), "{told:?}");
    }

    #[test]
    fn a_registration_tells_how_it_was_renewed_and_where_it_is_seen() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        document.registrations.truncate(1);
        let one = &mut document.registrations[0];
        one.refresh = Some(Refresh { count: 2, shortest_ms: 60_000.0, longest_ms: 90_000.0 });
        one.mappings = vec![Mapping { address: Some("203.0.113.9".to_owned()), port: 40_000, time: None }];
        let told = cells(&document, "registrations").join(" | ").replace('\u{a0}', " ");
        assert!(told.contains("erneuert nach 1 min bis 1 min 30 s; gesehen als 203.0.113.9:40000"), "{told}");
        assert!(!told.contains("leitet weiter"));
        document.registrations[0].passed_on = true;
        assert!(cells(&document, "registrations").join(" | ").contains(" (leitet weiter) | "));
    }

    #[test]
    fn each_direction_names_its_call() {
        let mut document = json::document_of(&audit(), &names(Language::En), &settings(Language::En, 80));
        document.streams.truncate(1);
        let call = document.streams[0].call.clone().unwrap();
        let (from, to) = (document.calls[0].from.clone(), document.calls[0].to.clone());
        assert_eq!(document.calls[0].call_id, call);
        let mut alone = document.streams[0].clone();
        alone.call = None;
        document.streams.push(alone);
        let paper = paper(&document, &TimeZone::UTC);
        for section in ["marking", "calls"] {
            let section = paper.sections.iter().find(|one| one.id == section).unwrap();
            let mut tables = section.parts.iter().filter_map(|part| match part {
                Part::Table(table) => Some(table),
                _ => None,
            });
            let table = tables.next_back().unwrap();
            let parties = words(Language::En).labels.parties;
            let at = table.heads.iter().position(|head| head.text == parties).unwrap();
            let named: Vec<&str> = table.rows.iter().map(|row| row[at].text.as_str()).collect();
            assert_eq!(named.len(), 2);
            assert!(named.contains(&format!("{from} → {}", shown(&to)).as_str()), "{named:?}");
            assert!(named.contains(&NO_VALUE), "{named:?}");
        }
    }
}
