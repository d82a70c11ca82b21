//! How the voice of a call goes on: whether it stops, comes from somewhere else, or carries what nobody agreed on.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::{at_moments, of_streams};
use super::super::finding::{Detail, Finding, Party, Severity};
use super::{Answered, LEAST_JUDGED, LEAST_SPEECH, excepted, peers};
use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::media::payload::is_comfort_noise;
use crate::observe::media::report::PayloadRole;
use crate::observe::message::App;
use crate::observe::{FlowView, Protocol, Stream};
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

/// RTP-008, RTP-009 and RTP-013.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: BTreeMap<(&'static str, IpAddr), (Finding, Vec<&Stream>)> = BTreeMap::new();
    for answered in Answered::all(case) {
        let Some(sides) = Side::both(&answered) else { continue };
        for (side, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
            let told =
                [stops(case, &answered, side, other), changes(&answered, side), elsewhere(&answered, side)];
            for (code, detail, stream) in told.into_iter().flatten() {
                if excepted(case, code, stream) {
                    continue;
                }
                let known = findings.entry((code, stream.source.ip()));
                let (finding, streams) =
                    known.or_insert_with(|| (raise(case, code, detail, stream), Vec::new()));
                finding.count += 1;
                streams.push(stream);
            }
        }
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
    let types = |stream: &Stream| {
        let at = stream.report.announced_at;
        let is_receivers = at.is_some_and(|at| SocketAddr::new(at.address, at.port) == stream.destination);
        let unlisted = stream.report.unlisted.iter().filter(|seen| !is_comfort_noise(seen.value, None));
        let enough: Vec<_> = unlisted.filter(|seen| seen.packets >= LEAST_UNLISTED).cloned().collect();
        if is_receivers { enough } else { Vec::new() }
    };
    let odd: Vec<&Stream> = streams
        .iter()
        .copied()
        .filter(|stream| !types(stream).is_empty() && !excepted(case, "RTP-007", stream))
        .collect();
    let first = odd.first()?;
    let detail = Detail::Rtp007 {
        payload_type: types(first).first()?.value,
        codec: first.report.codec.as_deref().map(Into::into),
        listed: first.report.announced_codecs.iter().map(|name| name.as_str().into()).collect(),
        peers: peers(&odd),
    };
    let packets = odd.iter().flat_map(|stream| types(stream)).map(|seen| seen.packets).sum();
    Some(Finding {
        detail,
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: packets,
        responsible: Party::Telephony,
        evidence: of_streams(odd, "", |stream| {
            types(stream).first().map_or_else(Vec::new, |seen| seen.frames.clone())
        }),
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

    fn last(&self) -> Option<&'a Stream> {
        self.streams.iter().copied().max_by_key(|stream| stream.report.last.time)
    }
}

type Told<'a> = Option<(&'static str, Detail, &'a Stream)>;

/// RTP-008: a side falls silent for good, while the other one goes on and the call too.
fn stops<'a>(case: &Case<'a>, answered: &Answered<'a>, side: &Side<'a>, other: &Side<'a>) -> Told<'a> {
    let (_, end) = answered.call.end.filter(|_| answered.call.hung_up.is_some())?;
    let stream = side.last().filter(|stream| stream.report.counts.packets >= LEAST_JUDGED)?;
    let stopped = stream.report.last.time;
    let missing = end.since(stopped);
    let goes_on = other.last()?.report.last.time.since(stopped) > STOPS_BEFORE;
    let spoke = stopped.since(answered.at) > LEAST_SPEECH;
    let pauses = side.streams.iter().any(|stream| may_pause(stream));
    let renewed = answered.call.renegotiated.iter().any(|time| time.since(stopped) > -AROUND_OFFER);
    let found = missing > STOPS_BEFORE
        && goes_on
        && spoke
        && !pauses
        && !renewed
        && !still_sends(case, stream, stopped);
    found.then(|| {
        let peer = stream.destination.ip();
        let near = case.are_neighbours(stream.source.ip(), peer);
        ("RTP-008", Detail::Rtp008 { peer, after: stopped.since(answered.at), missing, near }, stream)
    })
}

/// The sender leaves silence out: its party may just listen.
fn may_pause(stream: &Stream) -> bool {
    let noise = stream.report.payloads.iter().any(|payload| payload.role == PayloadRole::ComfortNoise);
    noise || stream.report.silence.is_some_and(|share| share > TALKATIVE)
}

/// Whether anything else goes the same way, between the same hosts, although it was not recognised as voice.
fn still_sends(case: &Case<'_>, stream: &Stream, stopped: Timestamp) -> bool {
    case.traffic.flows.iter().flat_map(FlowView::both).any(|view| {
        view.flow.protocol == Protocol::Udp
            && view.host() == stream.source.ip()
            && view.peer().ip() == stream.destination.ip()
            && !matches!(view.flow.app, App::Sip | App::Rtcp)
            && view.sent.last.is_some_and(|(_, time)| time.since(stopped) > HANDOVER)
    })
}

/// RTP-009: another source takes over although nothing was agreed anew.
fn changes<'a>(answered: &Answered<'a>, side: &Side<'a>) -> Told<'a> {
    side.streams.iter().zip(side.streams.iter().skip(1)).find_map(|(before, after)| {
        let (ended, began) = (before.report.last.time, after.report.first.time);
        let is_handover = (-OVERLAP..=HANDOVER).contains(&began.since(ended));
        let long = |stream: &Stream| stream.report.counts.packets >= LEAST_JUDGED;
        // A PBX plays tones of its own until the call stands.
        let stood = began.since(answered.at) > AROUND_OFFER;
        let renewed = answered
            .call
            .renegotiated
            .iter()
            .any(|time| time.since(ended) > -AROUND_OFFER && time.since(began) < AROUND_OFFER);
        let found = before.destination == after.destination
            && is_handover
            && stood
            && long(before)
            && long(after)
            && !renewed;
        found.then(|| {
            let detail = Detail::Rtp009 { before: before.source, after: after.source };
            ("RTP-009", detail, *after)
        })
    })
}

/// What a host says in its calls: when each began, and whether its voice came from one source, from soon behind the answer
/// to the end. Calls that were not hung up, or that nobody can judge, are left out.
pub(in crate::check) fn sides_of_one_source(case: &Case<'_>, host: IpAddr) -> Vec<(Timestamp, bool)> {
    let mut sides = Vec::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        let Some((_, end)) = call.end.filter(|_| call.hung_up.is_some()) else { continue };
        for side in Side::both(&answered).into_iter().flatten() {
            let own = side.streams.iter().filter(|stream| stream.source.ip() == host);
            let Some(last) = own.max_by_key(|stream| stream.report.last.time) else { continue };
            let lasts = last.report.first.time.since(answered.at) <= AROUND_OFFER
                && end.since(last.report.last.time) <= STOPS_BEFORE
                && last.report.counts.packets >= LEAST_JUDGED;
            sides.push((call.start.1, lasts && changes(&answered, &side).is_none()));
        }
    }
    sides
}

/// When the calls began in which the side that signals from this address sent its voice to `peer` from where it announced.
pub(in crate::check) fn sides_as_announced(case: &Case<'_>, signals: IpAddr, peer: IpAddr) -> Vec<Timestamp> {
    let mut calls = Vec::new();
    for answered in Answered::all(case) {
        let sides = Side::both(&answered).into_iter().flatten();
        let is_right = |side: Side<'_>| {
            side.signals == signals
                && side.streams.iter().any(|stream| {
                    stream.destination.ip() == peer
                        && side.announced.contains(&stream.source)
                        && stream.report.counts.packets >= LEAST_JUDGED
                })
        };
        calls.extend(sides.filter_map(|side| is_right(side).then_some(answered.call.start.1)));
    }
    calls
}

/// RTP-013: voice comes from another place than the sender announced. Where the signalling shows another address than SDP,
/// NAT is between, and the receiver is expected to answer to where packets come from (RFC 4961).
fn elsewhere<'a>(answered: &Answered<'a>, side: &Side<'a>) -> Told<'a> {
    let announced = side.announced.iter().copied().find(|announced| announced.ip() == side.signals)?;
    side.streams.iter().copied().find_map(|stream| {
        let begins = stream.report.first.time.max(answered.at);
        let found = !side.announced.contains(&stream.source)
            && stream.report.counts.packets >= LEAST_JUDGED
            && stream.report.last.time.since(begins) > LEAST_SPEECH;
        let detail = Detail::Rtp013 { announced, seen: stream.source, peer: stream.destination.ip() };
        found.then_some(("RTP-013", detail, stream))
    })
}
