//! How the voice of a call goes on: whether it stops, comes from somewhere else, or carries what nobody agreed on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::super::case::{Case, Span};
use super::super::evidence::{at_moments, of_parts};
use super::super::finding::{Detail, Finding, Party, Severity};
use super::relayed::RELAY_TIME;
use super::{Answered, LEAST_JUDGED, LEAST_SPEECH, excepted, peers};
use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::media::payload::is_comfort_noise;
use crate::observe::media::report::PayloadRole;
use crate::observe::media::tally::Seen;
use crate::observe::message::App;
use crate::observe::{FlowView, Stream};
use crate::site::Confidence;

/// As findings.tsv has it (ns).
const STOPS_BEFORE: i64 = 5_000_000_000;
/// Share of silence from which a pause is the party's.
const TALKATIVE: f64 = 5.0;
/// Around a new offer (ns) everything may change.
const AROUND_OFFER: i64 = 2_000_000_000;
/// One source takes over from the other: so far (ns) before or behind its end.
const OVERLAP: i64 = 100_000_000;
const HANDOVER: i64 = 2_000_000_000;
/// Packets of an unlisted type; fewer may have been on the way when the types changed.
const LEAST_UNLISTED: u64 = 50;
/// Of keys: one key takes as many, since its end is sent three times (RFC 4733 section 2.5.1.4).
const LEAST_KEY: u64 = 5;

/// RTP-008, RTP-009 and RTP-013.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut all: Vec<(&'static str, Detail, &Stream, Timestamp)> = Vec::new();
    for answered in Answered::all(case) {
        let Some(sides) = Side::both(&answered) else { continue };
        for (side, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
            let told = [
                stops(case, &answered, side, other),
                changes(case, &answered, side),
                elsewhere(&answered, side),
            ];
            let told = told.into_iter().flatten();
            all.extend(told.map(|(code, detail, stream)| (code, detail, stream, answered.last_of(stream))));
        }
    }
    let ends: BTreeMap<IpAddr, Vec<(IpAddr, Timestamp)>> = all
        .iter()
        .filter(|told| told.0 == "RTP-008")
        .fold(BTreeMap::new(), |mut ends, (_, _, stream, stopped)| {
            let to: &mut Vec<_> = ends.entry(stream.destination.ip()).or_default();
            to.push((stream.source.ip(), *stopped));
            ends
        });
    // Who only passes voice on has nothing left to pass on.
    let is_passed_on = |stream: &Stream, stopped: Timestamp| {
        let before = ends.get(&stream.source.ip()).into_iter().flatten();
        before
            .filter(|(from, _)| *from != stream.destination.ip())
            .any(|(_, end)| (-RELAY_TIME..=RELAY_TIME).contains(&stopped.since(*end)))
    };
    let mut findings: BTreeMap<(&'static str, IpAddr), (Finding, Vec<&Stream>)> = BTreeMap::new();
    for (code, detail, stream, stopped) in all {
        if excepted(case, code, stream) || code == "RTP-008" && is_passed_on(stream, stopped) {
            continue;
        }
        let known = findings.entry((code, stream.source.ip()));
        let (finding, streams) = known.or_insert_with(|| (raise(case, code, detail, stream), Vec::new()));
        finding.count += 1;
        streams.push(stream);
    }
    let told = findings.into_values().map(|(finding, streams)| {
        let is_end = matches!(finding.detail, Detail::Rtp008 { .. });
        let evidence = at_moments(streams.into_iter().map(|stream| {
            let shown = if is_end { stream.report.last } else { stream.report.first };
            (stream, vec![shown])
        }));
        Finding { evidence, ..finding }
    });
    told.collect()
}

fn raise(case: &Case<'_>, code: &'static str, detail: Detail, stream: &Stream) -> Finding {
    let on_the_way = matches!(detail, Detail::Rtp008 { near: false, .. });
    Finding {
        detail,
        severity: if code == "RTP-009" { Severity::Notice } else { Severity::Warning },
        confidence: Confidence::Likely,
        subject: Some(case.subject(stream.source.ip())),
        rows: Vec::new(),
        count: 0,
        responsible: if on_the_way { Party::Network } else { Party::Telephony },
        evidence: super::Evidence::default(),
    }
}

/// RTP-007: packets whose type the receiver's SDP did not list. Comfort noise needs no listing (RFC 3551 section 4.1).
pub(in crate::check) fn unlisted(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let payload_of = |stream: &Stream, value: u8| {
        stream.report.payloads.iter().find(|payload| payload.seen.value == value).cloned()
    };
    let is_key = |stream: &Stream, value: u8| {
        payload_of(stream, value).is_some_and(|payload| payload.role == PayloadRole::Event)
    };
    let types_of = |stream: &Stream, keys: bool| {
        let at = stream.report.announced_at;
        let is_receivers = at.is_some_and(|at| SocketAddr::new(at.address, at.port) == stream.destination);
        let unlisted = stream.report.unlisted.iter().filter(|seen| {
            !is_comfort_noise(seen.value, None)
                && is_key(stream, seen.value) == keys
                && seen.packets >= if keys { LEAST_KEY } else { LEAST_UNLISTED }
        });
        if is_receivers { unlisted.cloned().collect() } else { Vec::new() }
    };
    let odd_by = |keys: bool| -> Vec<&Stream> {
        let odd = streams.iter().copied();
        odd.filter(|stream| !types_of(stream, keys).is_empty() && !excepted(case, "RTP-007", stream))
            .collect()
    };
    // Of a codec that nobody asked for nothing at all is heard: that is told first.
    let (keys, odd) = match odd_by(false) {
        voice if voice.is_empty() => (true, odd_by(true)),
        voice => (false, voice),
    };
    let types = |stream: &Stream| -> Vec<Seen<u8>> { types_of(stream, keys) };
    let first = odd.first()?;
    let unseen = odd.iter().all(|stream| both_changed(case, stream));
    let payload_type = types(first).first()?.value;
    let detail = Detail::Rtp007 {
        payload_type,
        codec: payload_of(first, payload_type).and_then(|payload| payload.name).map(Into::into),
        listed: first.report.announced_codecs.iter().map(|name| name.as_str().into()).collect(),
        peers: peers(&odd),
        keys: keys.then_some(first.report.announced_event),
        unseen,
    };
    let packets = odd.iter().flat_map(|stream| types(stream)).map(|seen| seen.packets).sum();
    Some(Finding {
        detail,
        severity: if unseen { Severity::Notice } else { Severity::Warning },
        confidence: if unseen { Confidence::Suspected } else { Confidence::Likely },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: packets,
        responsible: if unseen { Party::Capture } else { Party::Telephony },
        evidence: of_parts(
            odd,
            "",
            |stream| types(stream).first().map_or_else(Vec::new, |seen| seen.frames.to_vec()),
            // The stream may have had another type before.
            |stream| {
                let since = types(stream)
                    .iter()
                    .filter_map(|seen| payload_of(stream, seen.value))
                    .map(|one| one.since)
                    .min();
                since.map_or_else(Vec::new, |since| vec![since, stream.report.last.time])
            },
        ),
    })
}

/// What one side of a call sends.
struct Side<'a> {
    /// Where it wants to receive, and where it signals.
    announced: &'a [SocketAddr],
    signals: IpAddr,
    /// Ordered by first packet; voice only.
    streams: Vec<&'a Stream>,
}

impl<'a> Side<'a> {
    /// Caller and callee; `None` if a stream belongs to neither or to both.
    fn both(answered: &Answered<'a>) -> Option<[Self; 2]> {
        let call = answered.call;
        let side = |own: &'a [SocketAddr], other: &'a [SocketAddr], signals: SocketAddr| {
            let sent = answered.streams.iter().copied().filter(|stream| {
                stream.report.kind == MediaKind::Audio && other.contains(&stream.destination)
            });
            Self { announced: own, signals: signals.ip(), streams: sent.collect() }
        };
        let caller = side(&call.caller_media, &call.callee_media, call.caller);
        let callee = side(&call.callee_media, &call.caller_media, call.callee);
        let voices = answered.streams.iter().filter(|stream| stream.report.kind == MediaKind::Audio).count();
        (caller.streams.len() + callee.streams.len() == voices).then_some([caller, callee])
    }

    /// The stream that goes on longest in the call, with the time of its last packet there.
    fn last(&self, answered: &Answered<'_>) -> Option<(&'a Stream, Timestamp)> {
        let lasting = self.streams.iter().map(|stream| (*stream, answered.last_of(stream)));
        lasting.max_by_key(|(_, last)| *last)
    }
}

type Told<'a> = Option<(&'static str, Detail, &'a Stream)>;

/// RTP-008: a side falls silent for good, while the other one goes on and the call too.
fn stops<'a>(case: &Case<'a>, answered: &Answered<'a>, side: &Side<'a>, other: &Side<'a>) -> Told<'a> {
    let (_, end) = answered.call.end.filter(|_| answered.call.hung_up.is_some())?;
    let (stream, stopped) =
        side.last(answered).filter(|(stream, _)| answered.packets_of(stream) >= LEAST_JUDGED)?;
    let missing = end.since(stopped);
    let goes_on = other.last(answered)?.1.since(stopped) > STOPS_BEFORE;
    let spoke = stopped.since(answered.at) > LEAST_SPEECH;
    let pauses = side.streams.iter().any(|stream| may_pause(stream));
    let renewed = answered.call.renegotiated.iter().any(|time| time.since(stopped) > -AROUND_OFFER);
    let found = missing > STOPS_BEFORE
        && goes_on
        && spoke
        && !pauses
        && !renewed
        && !case.forward.is_some_and(|forward| forward.is_within(stopped, end))
        && !still_sends(case, stream, stopped, end);
    found.then(|| {
        let peer = stream.destination.ip();
        let near = case.are_neighbours(stream.source.ip(), peer);
        (
            "RTP-008",
            Detail::Rtp008 {
                peer,
                after: stopped.since(answered.at),
                missing,
                near,
                refused: refused_since(case, stream),
            },
            stream,
        )
    })
}

/// How often the sender of a stream that ended refused what came to it from then on: its network works, and nothing listens.
fn refused_since(case: &Case<'_>, stream: &Stream) -> u64 {
    let Some(flow) = case.traffic.flows.get(stream.flow) else { return 0 };
    let own = FlowView::both(flow).into_iter().find(|view| view.own() == stream.source);
    let is_about_peer = own.is_some_and(|view| !view.started());
    let is_gone = flow.extra.icmp.iter().any(|icmp| {
        icmp.about_a == is_about_peer
            && icmp.reporter == stream.source.ip()
            && icmp.is_unreachable()
            && icmp.span.0 >= stream.report.last.time
    });
    if is_gone { flow.refused(stream.destination) } else { 0 }
}

/// The sender leaves silence out: its party may just listen.
fn may_pause(stream: &Stream) -> bool {
    let noise = stream.report.payloads.iter().any(|payload| payload.role == PayloadRole::ComfortNoise);
    noise || stream.report.silence.is_some_and(|share| share > TALKATIVE)
}

/// Whether anything else goes the same way before the call ends, between the same hosts, although it was not recognised as
/// voice. What belongs to another call at that time does not count.
fn still_sends(case: &Case<'_>, stream: &Stream, stopped: Timestamp, end: Timestamp) -> bool {
    let span = Span { from: stopped.plus(HANDOVER), until: Some(end) };
    case.datagrams_between(stream.source.ip(), stream.destination.ip()).any(|view| {
        let is_of_another = || {
            let mut streams = case.streams_between(view.own(), view.peer()).peekable();
            streams.peek().is_some() && streams.all(|other| other.call.is_some() && other.call != stream.call)
        };
        !matches!(view.flow.app, App::Sip | App::Rtcp) && case.sent_in(&view, span) > 0 && !is_of_another()
    })
}

/// Whether both ways between these ends got another source with this stream: that looks like a new offer which the capture
/// lacks.
fn both_changed(case: &Case<'_>, stream: &Stream) -> bool {
    let took_over = |after: &Stream| {
        case.streams_between(after.source, after.destination).any(|before| {
            let began = after.report.first.time.since(before.report.last.time);
            before.report.ssrc != after.report.ssrc && (-OVERLAP..=HANDOVER).contains(&began)
        })
    };
    let began = stream.report.first.time;
    took_over(stream)
        && case.streams_between(stream.destination, stream.source).any(|back| {
            (-AROUND_OFFER..=AROUND_OFFER).contains(&back.report.first.time.since(began)) && took_over(back)
        })
}

/// RTP-009: another source takes over although nothing was agreed anew.
fn changes<'a>(case: &Case<'_>, answered: &Answered<'a>, side: &Side<'a>) -> Told<'a> {
    side.streams.iter().zip(side.streams.iter().skip(1)).find_map(|(before, after)| {
        let (ended, began) = (before.report.last.time, after.report.first.time);
        let is_handover = (-OVERLAP..=HANDOVER).contains(&began.since(ended));
        let long = |stream: &Stream| stream.report.counts.packets >= LEAST_JUDGED;
        // A PBX plays tones of its own until the call stands.
        let stood = began.since(answered.at) > AROUND_OFFER;
        // A PBX that hands a call over may say to the one side what it said before.
        let call = answered.call;
        let mut offers = call.renegotiated.iter().chain(&call.offered_again);
        let renewed =
            offers.any(|time| time.since(ended) > -AROUND_OFFER && time.since(began) < AROUND_OFFER);
        let found = before.destination == after.destination
            && is_handover
            && stood
            && long(before)
            && long(after)
            && !renewed
            && !both_changed(case, after);
        found.then(|| {
            let detail = Detail::Rtp009 { before: before.source, after: after.source };
            ("RTP-009", detail, *after)
        })
    })
}

/// What hosts say in their calls: when each began, and whether its voice came from one source, from soon behind the answer
/// to the end. Calls that were not hung up, or that nobody can judge, are left out.
pub(in crate::check) fn sides_of_one_source(case: &Case<'_>) -> HashMap<IpAddr, Vec<(Timestamp, bool)>> {
    let mut sides: HashMap<IpAddr, Vec<(Timestamp, bool)>> = HashMap::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        let Some((_, end)) = call.end.filter(|_| call.hung_up.is_some()) else { continue };
        for side in Side::both(&answered).into_iter().flatten() {
            let hosts: BTreeSet<IpAddr> = side.streams.iter().map(|stream| stream.source.ip()).collect();
            for host in hosts {
                let own = side.streams.iter().filter(|stream| stream.source.ip() == host);
                let Some(last) = own.max_by_key(|stream| stream.report.last.time) else { continue };
                let lasts = last.report.first.time.since(answered.at) <= AROUND_OFFER
                    && end.since(last.report.last.time) <= STOPS_BEFORE
                    && last.report.counts.packets >= LEAST_JUDGED;
                let is_one = lasts && changes(case, &answered, &side).is_none();
                sides.entry(host).or_default().push((call.start.1, is_one));
            }
        }
    }
    sides
}

/// When the calls began in which the side that signals from the first address sent its voice to the second one from where it
/// announced.
pub(in crate::check) fn sides_as_announced(case: &Case<'_>) -> HashMap<(IpAddr, IpAddr), Vec<Timestamp>> {
    let mut calls: HashMap<(IpAddr, IpAddr), Vec<Timestamp>> = HashMap::new();
    for answered in Answered::all(case) {
        for side in Side::both(&answered).into_iter().flatten() {
            let right = side.streams.iter().filter(|stream| {
                side.announced.contains(&stream.source) && stream.report.counts.packets >= LEAST_JUDGED
            });
            let peers: BTreeSet<IpAddr> = right.map(|stream| stream.destination.ip()).collect();
            for peer in peers {
                calls.entry((side.signals, peer)).or_default().push(answered.call.start.1);
            }
        }
    }
    calls
}

/// RTP-013: voice comes from another place than the sender announced. Where the signalling shows another address than SDP,
/// NAT is between, and the receiver is expected to answer to where packets come from (RFC 4961).
fn elsewhere<'a>(answered: &Answered<'a>, side: &Side<'a>) -> Told<'a> {
    let announced = side.announced.iter().copied().find(|announced| announced.ip() == side.signals)?;
    side.streams.iter().copied().find_map(|stream| {
        let begins = answered.first_of(stream).max(answered.at);
        let found = !side.announced.contains(&stream.source)
            && answered.packets_of(stream) >= LEAST_JUDGED
            && answered.last_of(stream).since(begins) > LEAST_SPEECH;
        let detail = Detail::Rtp013 { announced, seen: stream.source, peer: stream.destination.ip() };
        found.then_some(("RTP-013", detail, stream))
    })
}
