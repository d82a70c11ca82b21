//! The table of calls with a row for each direction, and all about one of them.

use std::cmp::Reverse;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{ADDRESS, About, Cell, Head, List, MOST, Mood, Row, head, number};
use crate::capture::{Frame, Timestamp};
use crate::check::Unjudged;
use crate::observe::{Answer, Beginning, Call, CallProtocol, CallSide, Receivers, Stream};
use crate::report::escape::{FIELD, escape_terminal};
use crate::report::number::{NO_VALUE, decimal, duration, moment, percent, time_of_day};
use crate::report::table::{Page, Piece, Tone, View, calls, media};
use crate::report::text::{ScreenWords, arrow, at_least, screen_words, sip_status, together};

/// Two IPv4 addresses: half of one tells nobody apart.
const ADDRESSES: usize = 33;
/// A stream without a call that was silent for this long has ended, in nanoseconds.
const SILENT: i64 = 3_000_000_000;
/// Most streams that are told of a call.
const MOST_STREAMS: usize = 16;

/// Whether it runs, since when, the call, and one direction of voice; one of the two is there.
type Line<'a> = (bool, Timestamp, Option<&'a Call>, Option<&'a Stream>);

/// Running ones first, then the latest.
pub(super) fn list(view: &View<'_>, words: &ScreenWords) -> List {
    let traffic = &view.audit.traffic;
    let now = view.audit.captures.iter().filter_map(|capture| capture.last).max();
    let mut with_voice = vec![false; traffic.calls.len()];
    let mut lines: Vec<(About, Line<'_>)> = Vec::new();
    for (at, stream) in traffic.streams.iter().enumerate().filter(|(_, stream)| stream.report.is_media()) {
        let call = stream.call.and_then(|call| traffic.calls.get(call));
        if let Some(seen) = stream.call.and_then(|call| with_voice.get_mut(call)) {
            *seen = true;
        }
        let is_heard = now.is_some_and(|now| now.since(stream.report.last.time) < SILENT);
        let runs = call.map_or(is_heard, is_running);
        let start = call.map_or(stream.report.first.time, |call| call.start.1);
        let about = stream.call.filter(|_| call.is_some()).map_or(About::Stream(at), About::Call);
        lines.push((about, (runs, start, call, Some(stream))));
    }
    let silent = traffic.calls.iter().enumerate().zip(&with_voice).filter(|(_, seen)| !**seen);
    let silent =
        silent.map(|((at, call), _)| (About::Call(at), (is_running(call), call.start.1, Some(call), None)));
    lines.extend(silent);
    lines.sort_by_key(|(_, (runs, start, ..))| (Reverse(*runs), Reverse(*start)));
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    List {
        heads: vec![
            head(words.state, 1),
            head(view.words.labels.start, 5),
            Head { least: ADDRESS, ..head(words.parties, 3) },
            Head { least: ADDRESSES, ..head(view.words.labels.route, 7) },
            head(view.words.labels.codec, 6),
            head("DSCP", 0),
            number(view.words.labels.loss, 0),
            number(words.jitter, 2),
            number("MOS", 0),
        ],
        rows: lines
            .into_iter()
            .map(|(about, line)| Row {
                about,
                ..Row::new(call_key(line.2, line.3), call_cells(view, words, line))
            })
            .collect(),
        empty: view.words.notes.no_calls,
        more,
    }
}

/// The direction of a call, or the call itself where it has no voice.
fn call_key(call: Option<&Call>, stream: Option<&Stream>) -> String {
    let call = || call.map_or_else(String::new, Call::name);
    stream.map_or_else(call, |stream| {
        let report = &stream.report;
        format!("{} {} {} {:?}", stream.source, stream.destination, report.ssrc, report.first.time)
    })
}

fn is_running(call: &Call) -> bool {
    call.end.is_none() && matches!(call.answer, Answer::Answered | Answer::Open)
}

/// Whether nobody has answered yet. A call that was going on when the capture began was answered before.
fn rings(call: &Call) -> bool {
    call.answered.is_none() && call.beginning != Beginning::SidesUnknown
}

/// The arrow between the sides of a call.
fn between(call: &Call) -> &'static str {
    arrow(call.protocol == CallProtocol::Sip, call.beginning)
}

fn call_cells(view: &View<'_>, words: &ScreenWords, (runs, start, call, stream): Line<'_>) -> Vec<Cell> {
    let nothing = || Cell::new(NO_VALUE).by(-1.0);
    let state = match call.map(|call| call.answer) {
        _ if runs && call.is_some_and(rings) => words.ringing.to_owned(),
        _ if runs => words.running.to_owned(),
        Some(answer @ (Answer::Rejected(_) | Answer::Cancelled | Answer::Unanswered)) => {
            view.words.outcome(answer, call.is_some_and(|call| call.ringing.is_some()))
        }
        _ => words.ended.to_owned(),
    };
    let route = match (stream, call) {
        (Some(stream), _) => Some((stream.source.ip(), "→", stream.destination.ip())),
        (None, Some(call)) => Some((call.caller.ip(), between(call), call.callee.ip())),
        (None, None) => None,
    };
    // Where nobody can read the signalling, addresses stand for numbers.
    let is_address = |party: &str| party.parse::<IpAddr>().is_ok();
    let named = call.filter(|call| !call.from.is_empty() || !call.to.is_empty());
    let named = named.filter(|call| !is_address(&call.from) || !is_address(&call.to));
    let without_numbers =
        || route.map_or_else(nothing, |(from, arrow, to)| Cell::new(short(from, arrow, to)));
    let parties = named.map_or_else(without_numbers, |call| {
        let (from, to) = (user(&call.from), user(&call.to));
        Cell::new(match stream.map(|stream| speaker(call, stream)) {
            None => format!("{from} {} {to}", between(call)),
            Some(Some(CallSide::Caller)) => format!("{from} → {to}"),
            Some(Some(CallSide::Callee)) => format!("{to} → {from}"),
            Some(None) => format!("{from}, {to}"),
        })
    });
    let mut cells = vec![
        Cell::new(state).felt(if runs { Mood::Good } else { Mood::Faint }),
        Cell::new(time_of_day(start, view.context.zone)).by(start.0 as f64),
        parties,
        route.map_or_else(nothing, |(from, arrow, to)| Cell::new(format!("{from} {arrow} {to}"))),
    ];
    let Some(report) = stream.map(|stream| &stream.report) else {
        cells.extend(std::iter::repeat_with(nothing).take(5));
        return cells;
    };
    let jitter = report.timing.jitter.as_ref().map_or(-1.0, |jitter| jitter.max);
    let (quality, lost) = (report.quality.map(|quality| quality.mos), report.lost_percent());
    cells.extend([
        Cell::new(media::codec(view, report)),
        Cell::new(media::marks(view, report).join(", ")),
        lost.map_or_else(nothing, |lost| Cell::new(percent(lost, view.language)).by(lost)),
        Cell::new(media::jitter(view, report)).by(jitter),
        quality.map_or_else(nothing, |mos| Cell::new(decimal(mos, 1, view.language)).by(mos)),
    ]);
    cells
}

/// Whose voice a stream of the call is, as far as signalling and SDP tell.
fn speaker(call: &Call, stream: &Stream) -> Option<CallSide> {
    let is_of = |media: &[SocketAddr], signalling: SocketAddr| {
        media.contains(&stream.source) || stream.source.ip() == signalling.ip()
    };
    match (is_of(&call.caller_media, call.caller), is_of(&call.callee_media, call.callee)) {
        (true, false) => Some(CallSide::Caller),
        (false, true) => Some(CallSide::Callee),
        _ => None,
    }
}

/// Two addresses in as little room as tells them apart: `…10.21 → …10.4` in one /16.
fn short(from: IpAddr, arrow: &str, to: IpAddr) -> String {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) if from.octets()[..2] == to.octets()[..2] => {
            let end = |address: Ipv4Addr| format!("…{}.{}", address.octets()[2], address.octets()[3]);
            format!("{} {arrow} {}", end(from), end(to))
        }
        _ => format!("{from} {arrow} {to}"),
    }
}

/// The user of `sip:user@host`, else all of it.
fn user(address: &str) -> String {
    let plain = address.split_once(':').map_or(address, |(_, rest)| rest);
    let user = plain.split_once('@').map_or(plain, |(user, _)| user);
    escape_terminal(if user.is_empty() { address } else { user }, FIELD / 2)
}

/// All about a call: who, when, how it went, and its voice by direction.
pub(super) fn call_page(at: usize, view: &View<'_>, width: u16) -> Option<String> {
    let traffic = &view.audit.traffic;
    let call = traffic.calls.get(at)?;
    let (words, labels) = (screen_words(view.language), &view.words.labels);
    let time = |seen: Option<(Frame, Timestamp)>| {
        seen.map(|(_, time)| moment(time, view.context.zone, view.language))
    };
    let voice: Vec<usize> = traffic.voice_of(at).collect();
    let so_far = || {
        let (_, answered) = call.answered.filter(|_| is_running(call))?;
        Some(latest(view)?.since(answered))
    };
    let length = match call.length().or_else(so_far) {
        Some(length) => Some(duration(length, view.language)),
        None => traffic.lasted_at_least(call, &voice).map(|least| at_least(least, view.language)),
    };
    let rang = call.rang_after().or_else(|| call.heard_after());
    let state = match call.answer {
        _ if is_running(call) && rings(call) => words.ringing.to_owned(),
        _ if is_running(call) => words.running.to_owned(),
        Answer::Answered => words.ended.to_owned(),
        other => view.words.outcome(other, call.ringing.is_some()),
    };
    let end = |named: &str, address: SocketAddr| {
        let device = view.context.device(address.ip());
        // Behind the device stands its address, here with the port.
        let device = device.strip_suffix(&format!(" ({})", address.ip())).map(str::to_owned);
        let place = device.map_or_else(|| address.to_string(), |device| format!("{device}, {address}"));
        if named.is_empty() { place } else { format!("{named} ({place})") }
    };
    let facts = [
        (words.caller, Some(end(&call.from, call.caller))),
        (words.callee, Some(end(&call.to, call.callee))),
        (words.state, Some(state)),
        (labels.start, time(Some(call.start))),
        (words.rang, time(call.ringing.or(call.early_media))),
        (words.dial_delay, rang.map(|rang| duration(rang, view.language))),
        (words.answered, time(call.answered)),
        (words.ended_at, time(call.end)),
        (labels.length, length),
        ("Status", call.status.map(sip_status)),
        ("Call-ID", (call.protocol == CallProtocol::Sip).then(|| call.call_id.to_string())),
    ];
    let mut page = Page::new(width, false);
    page.facts(0, &told(facts));
    for note in calls::notes(view, at, call).lines(view.language) {
        page.paragraph(0, &note, Tone::Plain);
    }
    // One that was agreed and is not heard is told among the notes.
    if voice.is_empty() && view.audit.unheard.binary_search(&at).is_err() {
        page.blank();
        page.paragraph(0, words.no_voice, Tone::Plain);
    }
    let receivers = Receivers::of(traffic);
    for stream in voice.iter().take(MOST_STREAMS) {
        write_stream(&mut page, view, &receivers, *stream, Some(at));
    }
    if voice.len() > MOST_STREAMS {
        page.paragraph(0, &format!("… {} {}", voice.len() - MOST_STREAMS, words.more), Tone::Plain);
    }
    Some(page.finish())
}

/// All about voice that belongs to no call.
pub(super) fn stream_page(at: usize, view: &View<'_>, width: u16) -> Option<String> {
    view.audit.traffic.streams.get(at)?;
    let mut page = Page::new(width, false);
    write_stream(&mut page, view, &Receivers::of(&view.audit.traffic), at, None);
    Some(page.finish())
}

fn told<const N: usize>(facts: [(&str, Option<String>); N]) -> Vec<(Piece, Piece)> {
    facts.into_iter().filter_map(|(label, text)| Some((label.into(), text?.into()))).collect()
}

fn latest(view: &View<'_>) -> Option<Timestamp> {
    view.audit.captures.iter().filter_map(|capture| capture.last).max()
}

/// One direction: whose voice, between which ports, and how it was. Of a stream that several calls have, how it was in this one.
fn write_stream(page: &mut Page, view: &View<'_>, receivers: &Receivers<'_>, at: usize, call: Option<usize>) {
    let traffic = &view.audit.traffic;
    let Some(stream) = traffic.streams.get(at) else { return };
    let part = call.and_then(|call| traffic.in_call(at, call));
    let (words, labels, report) = (screen_words(view.language), &view.words.labels, &stream.report);
    let known = call.and_then(|call| traffic.calls.get(call));
    let whose = match known.and_then(|call| speaker(call, stream)) {
        Some(CallSide::Caller) => format!("{} → {}: ", words.caller, words.callee),
        Some(CallSide::Callee) => format!("{} → {}: ", words.callee, words.caller),
        None => String::new(),
    };
    page.heading(&format!("{whose}{} → {}", stream.source, stream.destination));
    let milliseconds = |value: f64| format!("{}\u{a0}ms", decimal(value, 1, view.language));
    let packet_time = report.ptime.filter(|time| time.is_finite()).map(|time| match report.announced_ptime {
        Some(agreed) if (time - f64::from(agreed)).abs() > 0.5 => {
            format!("{} ({} {agreed}\u{a0}ms)", milliseconds(time), words.agreed)
        }
        _ => milliseconds(time),
    });
    let lost = stream.lost_percent().map(|whole| part.map_or(whole, |part| part.lost_percent()));
    let jitter = report.timing.jitter.as_ref().map(|jitter| part.map_or(jitter.max, |part| part.jitter));
    let quality = match part {
        Some(part) => part.quality.map(|quality| decimal(quality.mos, 1, view.language)),
        None => media::mos(view, report),
    };
    let protection = view.words.protection(report.keying, report.srtp_tag.is_some());
    let codec = [Some(media::codec(view, report)), protection];
    let vlans: Vec<String> = report.marking.vlans.iter().map(|seen| seen.value.to_string()).collect();
    let span = report.last.time.since(report.first.time);
    let facts = [
        (labels.codec, Some(codec.into_iter().flatten().collect::<Vec<_>>().join(", "))),
        (words.packet_time, packet_time),
        ("DSCP", Some(media::marks(view, report).join(", "))),
        (labels.loss, lost.map(|lost| percent(lost, view.language))),
        (labels.jitter, jitter.map(milliseconds)),
        ("MOS", quality),
        (labels.packets, Some(view.count(part.map_or(report.counts.packets, |part| part.packets)))),
        (labels.length, Some(duration(span, view.language)).filter(|_| part.is_none())),
        ("VLAN", (!vlans.is_empty()).then(|| vlans.join(", "))),
    ];
    page.facts(0, &told(facts));
    // Times that mean nothing do not tell what comes at the same one.
    let is_timed = part.is_none() && !view.audit.unjudged.contains(&Unjudged::Clock);
    if let Some(with) = receivers.heard_with(stream).filter(|_| is_timed) {
        page.paragraph(0, &together(with, view.language), Tone::Plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::call;

    #[test]
    fn a_call_that_was_going_on_when_the_capture_began_does_not_ring() {
        let open = Call { answer: Answer::Open, ..call("192.168.10.21:5060", "192.168.10.2:5060") };
        assert!(rings(&open));
        let running = Call { answer: Answer::Answered, beginning: Beginning::SidesUnknown, ..open };
        assert!(is_running(&running) && !rings(&running));
    }
}
