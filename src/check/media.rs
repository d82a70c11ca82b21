//! RTP codes: whether both sides of a call were heard (RFC 3264), and how the voice arrived (RFC 3550). A fault needs the
//! call whole in the capture, and proof that what is missing would have been seen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::media::{MediaDirection, MediaKind, Recognition};
use crate::observe::{Answer, Call, FlowView, Protocol, Stream};
use crate::site::Confidence;

use super::case::Case;
use super::evidence::{Collector, at_moments};
use super::filter;
use super::finding::{Code, Detail, Evidence, Finding, Party, Severity, Unjudged};
use super::hidden::is_left_out;

mod course;
mod length;
mod loss;
mod uneven;

pub(super) use course::{sides_as_announced, sides_of_one_source, unlisted};
pub(super) use length::packet_time;
pub(super) use loss::behind;

/// As findings.tsv has it: so many packets, of loss those that were expected.
pub const LEAST_JUDGED: u64 = 100;
/// A call must last, and a side must speak, so long (ns) before the other one's silence means anything.
const LEAST_CALL: i64 = 3_000_000_000;
const LEAST_SPEECH: i64 = 2_000_000_000;
/// Streams or calls of which packets are shown.
const STREAMS_SHOWN: usize = 5;
/// So many packets right after the answer are no conversation.
const STRAYS: u64 = 2;
/// Who sends less than one packet for so many of the other side is silent most of the time.
const NEXT_TO_NOTHING: u64 = 20;
const STRAY_TIME: i64 = 2_000_000_000;

/// All RTP findings.
pub(super) fn check(case: &Case<'_>, unjudged: &[Unjudged]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_judged = |code| !is_left_out(code, unjudged);
    if is_judged(Code::Rtp001) {
        findings.extend(one_way(case));
    }
    if is_judged(Code::Rtp002) {
        findings.extend(without_media(case));
    }
    let senders = senders(case);
    if is_judged(Code::Rtp004) {
        findings.extend(uneven::check(case, &senders));
    }
    for (sender, streams) in senders {
        if is_judged(Code::Rtp003) {
            findings.extend(loss::on_the_way(case, sender, &streams));
        }
        if is_judged(Code::Rtp005) {
            findings.extend(loss::quality(case, sender, &streams));
        }
        if is_judged(Code::Rtp014) {
            findings.extend(behind(case, sender, &streams));
        }
        findings.extend(packet_time(case, sender, &streams));
        findings.extend(unlisted(case, sender, &streams));
    }
    findings.extend(course::check(case));
    findings
}

/// Streams of voice by sender, of which enough packets were to be expected.
fn senders<'a>(case: &Case<'a>) -> BTreeMap<IpAddr, Vec<&'a Stream>> {
    let mut senders: BTreeMap<IpAddr, Vec<&'a Stream>> = BTreeMap::new();
    for stream in &case.traffic.streams {
        if stream.report.kind == MediaKind::Audio && stream.report.counts.expected >= LEAST_JUDGED {
            senders.entry(stream.source.ip()).or_default().push(stream);
        }
    }
    senders
}

fn has_enough(stream: &Stream) -> bool {
    stream.report.counts.packets >= LEAST_JUDGED
}

/// Whether a new offer or answer may explain what began then.
fn around_offer(case: &Case<'_>, stream: &Stream, began: Timestamp) -> bool {
    let call = stream.call.and_then(|call| case.traffic.calls.get(call));
    call.is_some_and(|call| call.is_around_offer(began))
}

fn excepted(case: &Case<'_>, code: &str, stream: &Stream) -> bool {
    case.is_excepted_stream(code, stream)
}

fn peers(streams: &[&Stream]) -> Vec<IpAddr> {
    let peers: BTreeSet<IpAddr> = streams.iter().map(|stream| stream.destination.ip()).collect();
    peers.into_iter().collect()
}

/// An answered call with plain audio both ways, long enough that both sides must be heard.
struct Answered<'a> {
    call: &'a Call,
    at: Timestamp,
    streams: Vec<&'a Stream>,
}

impl<'a> Answered<'a> {
    fn all(case: &Case<'a>) -> Vec<Self> {
        let mut streams: BTreeMap<usize, Vec<&'a Stream>> = BTreeMap::new();
        for stream in &case.traffic.streams {
            // Early media of a telephone that did not get the call are no part of the conversation.
            if let Some(id) = stream.call
                && case
                    .traffic
                    .calls
                    .get(id)
                    .is_some_and(|call| !call.is_beside(stream.source, stream.destination))
            {
                streams.entry(id).or_default().push(stream);
            }
        }
        let calls = case.traffic.calls.iter().enumerate().filter_map(|(id, call)| {
            let (_, at) = call.answered.filter(|_| call.answer == Answer::Answered)?;
            let is_plain =
                !call.may_be_silent && !call.caller_media.is_empty() && !call.callee_media.is_empty();
            let is_short = call.end.is_some_and(|(_, end)| end.since(at) < LEAST_CALL);
            (is_plain && !is_short && at.is_known()).then(|| Self {
                call,
                at,
                streams: streams.remove(&id).unwrap_or_default(),
            })
        });
        calls.collect()
    }
}

/// One side of a call that is not heard, while the other one is.
struct Silent<'a> {
    /// Who should have sent, and who sent.
    silent: IpAddr,
    speaking: IpAddr,
    streams: Vec<&'a Stream>,
    packets: u64,
    strays: u64,
    refused: bool,
}

/// RTP-001: one finding for a side that stays silent.
fn one_way(case: &Case<'_>) -> Vec<Finding> {
    let mut silent: BTreeMap<IpAddr, Vec<Silent<'_>>> = BTreeMap::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        let sides = [(&call.caller_media, &call.callee_media), (&call.callee_media, &call.caller_media)];
        if let Some(side) = sides.into_iter().find_map(|(own, other)| side(case, &answered, own, other)) {
            silent.entry(side.silent).or_default().push(side);
        }
    }
    let findings = silent.into_iter().map(|(host, calls)| {
        let speaking: BTreeSet<IpAddr> = calls.iter().map(|call| call.speaking).collect();
        let refused = calls.iter().any(|call| call.refused);
        let heard = case.streams_from(host).any(|stream| stream.report.counts.packets > STRAYS);
        // Nobody captures on a telephone or a PBX: there the mirror port of its own switch port looks the same.
        let is_computer = !case.device(host).is_some_and(|device| device.kind.is_dedicated());
        let at_tap = !heard && !refused && is_computer && case.is_measuring_point(host);
        let near = speaking.iter().all(|peer| case.are_neighbours(host, *peer));
        let strays: u64 = calls.iter().map(|call| call.strays).sum();
        // Where it was captured with the listener, all that reaches it is there.
        let at_listener = speaking.iter().all(|peer| case.is_measuring_point(*peer));
        let confidence = match (refused, heard || at_listener) {
            (true, _) => Confidence::Sure,
            // Single packets show that something came through.
            (false, true) if strays == 0 => Confidence::Likely,
            // A capture on the silent computer itself may lack what it sends.
            (false, _) => Confidence::Suspected,
        };
        let evidence = at_moments(
            calls.iter().flat_map(|call| &call.streams).map(|stream| (*stream, vec![stream.report.first])),
        );
        Finding {
            detail: Detail::Rtp001 {
                packets: calls.iter().map(|call| call.packets).sum(),
                peers: speaking.into_iter().collect(),
                strays,
                refused,
                heard,
                at_tap,
                near,
            },
            // On a computer, drivers may hide from the capture what it sends itself.
            severity: if at_tap || confidence == Confidence::Suspected {
                Severity::Warning
            } else {
                Severity::Error
            },
            confidence,
            subject: Some(case.subject(host)),
            rows: Vec::new(),
            count: calls.len() as u64,
            responsible: if near { Party::Telephony } else { Party::Network },
            evidence,
        }
    });
    findings.collect()
}

/// Whether the side that wants to receive at `own` is heard and the other one, at `other`, is not.
fn side<'a>(
    case: &Case<'a>,
    answered: &Answered<'a>,
    own: &[SocketAddr],
    other: &[SocketAddr],
) -> Option<Silent<'a>> {
    let from_own = |stream: &&&Stream| own.contains(&stream.source) || other.contains(&stream.destination);
    // Pictures are told apart: they go their own way.
    let is_voice = |stream: &&&Stream| stream.report.kind != MediaKind::Video;
    let spoken: Vec<&Stream> = answered.streams.iter().filter(is_voice).filter(from_own).copied().collect();
    // A stream that fits to neither side leaves open whose it is. A few packets back at the beginning are no stream yet.
    let others = answered.streams.iter().filter(is_voice).filter(|stream| !from_own(stream));
    if others.into_iter().any(|stream| stream.report.counts.packets > STRAYS) {
        return None;
    }
    let talks = |stream: &Stream| {
        let begins = stream.report.first.time.max(answered.at);
        stream.report.kind == MediaKind::Audio
            && stream.report.recognition != Recognition::None
            && stream.report.counts.packets >= LEAST_JUDGED
            && stream.report.last.time.since(begins) > LEAST_SPEECH
    };
    let speech = spoken.iter().copied().find(|stream| talks(stream))?;
    if speech.report.last.time.since(answered.at) < LEAST_CALL {
        return None;
    }
    // Whatever came back, to where it was asked for or along the same path: comfort noise and SRTP count too.
    let mut strays = 0;
    let ears: BTreeSet<SocketAddr> =
        own.iter().copied().chain(spoken.iter().map(|stream| stream.source)).collect();
    let came_back = ears.into_iter().flat_map(|ear| case.datagrams_of(ear)).any(|view| {
        let is_back = view.received.packets > 0 && !answered.call.is_beside(view.own(), view.peer());
        let is_stray = is_back
            && view.received.packets <= STRAYS
            && spoken.iter().any(|stream| stream.flow == view.flow.id)
            && view.received.last.is_some_and(|(_, last)| last.since(answered.at) < STRAY_TIME);
        strays += if is_stray { view.received.packets } else { 0 };
        is_back && !is_stray
    });
    let (silent, speaking) = (other.last()?.ip(), speech.source.ip());
    // The capture must show what this host sends to that one.
    let is_seen = case.sends_to(silent, speaking);
    // The finding is about the silent side.
    let is_excepted =
        || other.iter().any(|own| case.is_excepted_between("RTP-001", *own, speech.source, Protocol::Udp));
    if came_back || !is_seen || silent == speaking || is_excepted() {
        return None;
    }
    let flow = case.traffic.flows.get(speech.flow);
    Some(Silent {
        silent,
        speaking,
        packets: spoken.iter().map(|stream| stream.report.counts.packets).sum(),
        strays,
        refused: flow.is_some_and(|flow| !flow.extra.icmp.is_empty()),
        streams: spoken,
    })
}

/// Whether one side alone is heard in an answered call, or the other one next to never, and no finding says so: it may be
/// meant (hold, mute), or what the other side sends takes another way.
pub(super) fn is_one_sided(case: &Case<'_>, findings: &[Finding]) -> bool {
    let mut voices: BTreeMap<usize, Vec<&Stream>> = BTreeMap::new();
    for stream in &case.traffic.streams {
        if let Some(call) = stream.call.filter(|_| stream.report.kind == MediaKind::Audio) {
            voices.entry(call).or_default().push(stream);
        }
    }
    let is_told = |host: IpAddr| {
        findings
            .iter()
            .any(|finding| matches!(&finding.detail, Detail::Rtp001 { peers, .. } if peers.contains(&host)))
    };
    voices.into_iter().any(|(call, streams)| {
        let Some((_, at)) = case.traffic.calls.get(call).and_then(|call| call.answered) else { return false };
        let spoke = |stream: &&Stream| {
            stream.report.counts.packets >= LEAST_JUDGED && stream.report.last.time.since(at) > LEAST_CALL
        };
        let Some(speech) = streams.iter().copied().find(spoke) else { return false };
        // Hold: that one side alone is to be heard was agreed.
        if speech.report.announced_direction.is_some_and(|direction| direction != MediaDirection::SendReceive)
        {
            return false;
        }
        let least = STRAYS.max(speech.report.counts.packets / NEXT_TO_NOTHING);
        let back = case.traffic.flows.get(speech.flow).is_some_and(|flow| {
            FlowView::both(flow)
                .into_iter()
                .any(|view| view.own() == speech.source && view.received.packets > least)
        });
        // All streams are looked at last, since nearly every call is answered on its own flow.
        let others = || {
            case.traffic.streams.iter().any(|stream| {
                stream.destination.ip() == speech.source.ip()
                    && stream.report.counts.packets > least
                    && stream.report.last.time > speech.report.first.time
                    && stream.report.first.time < speech.report.last.time
            })
        };
        !back && !is_told(speech.source.ip()) && !others()
    })
}

/// RTP-002: one finding for a caller.
fn without_media(case: &Case<'_>) -> Vec<Finding> {
    let mut callers: BTreeMap<IpAddr, Vec<&Call>> = BTreeMap::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        if answered.streams.is_empty() && call.end.is_some() && is_silent(case, call) {
            callers.entry(call.caller.ip()).or_default().push(call);
        }
    }
    let findings = callers.into_iter().map(|(caller, calls)| {
        let callees: BTreeSet<IpAddr> = calls.iter().map(|call| call.callee.ip()).collect();
        let near = callees.iter().all(|callee| case.are_neighbours(caller, *callee));
        Finding {
            detail: Detail::Rtp002 { peers: callees.into_iter().collect(), near },
            severity: Severity::Error,
            confidence: Confidence::Likely,
            subject: Some(case.subject(caller)),
            rows: Vec::new(),
            count: calls.len() as u64,
            responsible: if near { Party::Telephony } else { Party::Network },
            evidence: of_calls(&calls),
        }
    });
    findings.collect()
}

/// Whether nothing came to where the sides wanted to receive, although this capture shows media of theirs elsewhere.
fn is_silent(case: &Case<'_>, call: &Call) -> bool {
    let ends = || call.caller_media.iter().chain(&call.callee_media);
    let anything_came = ends()
        .flat_map(|end| case.datagrams_of(*end))
        .any(|view| view.sent.packets + view.received.packets > 0);
    let media_is_seen = ends().any(|end| case.streams_from(end.ip()).next().is_some());
    // The voice takes the way of the signalling, which is seen.
    let same_way = call.caller_media.iter().all(|end| end.ip() == call.caller.ip())
        && call.callee_media.iter().all(|end| end.ip() == call.callee.ip());
    !anything_came && media_is_seen && same_way
}

fn of_calls(calls: &[&Call]) -> Evidence {
    let mut collector = Collector::default();
    let mut filters = BTreeSet::new();
    for call in calls.iter().take(STREAMS_SHOWN) {
        for (frame, time) in [Some(call.start), call.answered, call.end].into_iter().flatten() {
            collector.frames(&[frame]);
            collector.time(time);
        }
        filters.insert(filter::hosts(call.caller.ip(), call.callee.ip()));
    }
    collector.finish(filter::any_of(filters.into_iter().collect()))
}

#[cfg(test)]
mod tests;
