//! RTP codes: whether both sides of a call were heard (RFC 3264), and how the voice arrived (RFC 3550). A fault needs the
//! call whole in the capture, and proof that what is missing would have been seen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::media::{MediaKind, Moment, Recognition};
use crate::observe::message::App;
use crate::observe::{Answer, Call, FlowView, Protocol, Stream};
use crate::site::Confidence;

use super::case::{Case, Span};
use super::evidence::{Collector, NAMED, at_moments};
use super::filter;
use super::finding::{Code, Detail, Evidence, Export, Finding, Mute, Party, Severity, Trace, Unjudged};
use super::hidden::is_left_out;

mod astray;
mod course;
mod everywhere;
mod fax;
mod length;
mod loss;
mod mute;
mod one_sided;
mod relayed;
mod unheard;
mod unmapped;
mod uneven;
mod unread;

pub(super) use course::{sides_as_announced, sides_of_one_source, unlisted};
pub(super) use fax::{has_faxed, unsent as unsent_faxes};
pub use length::clock_runs_at;
pub(super) use length::packet_time;
pub(super) use loss::behind;
pub(super) use mute::calls as mute_calls;
pub(super) use one_sided::one_sided;
pub(super) use unheard::{of_another_way, unheard};

/// As findings.tsv has it: so many packets, of loss those that were expected.
pub const LEAST_JUDGED: u64 = 100;
/// Limits of loss, in percent: a warning above the first, an error above the second.
pub const LOSS_LIMITS: [f64; 2] = [loss::LOSS_PERCENT, loss::HEAVY_LOSS_PERCENT];
/// Limits of MOS-LQ: a warning below the first, an error below the second.
pub const MOS_LIMITS: [f64; 2] = [loss::LEAST_MOS, loss::POOR_MOS];
/// A call must last, and a side must speak, so long (ns) before the other one's silence means anything.
pub(super) const LEAST_CALL: i64 = 3_000_000_000;
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
        // One finding for a host at a time.
        let told = findings.len();
        for finding in astray::check(case).into_iter().chain(unread::check(case)) {
            let mut known = findings.iter().take(told);
            if !known.any(|one| one.subject == finding.subject && one.evidence.meets(&finding.evidence)) {
                findings.push(finding);
            }
        }
    }
    if is_judged(Code::Rtp002) {
        findings.extend(without_media(case));
        findings.extend(fax::check(case));
    }
    let senders = senders(case);
    if is_judged(Code::Rtp004) {
        findings.extend(uneven::check(case, &senders));
    }
    let relayed = loss::relayed(case, senders.values().flatten().copied());
    for (sender, streams) in senders {
        if is_judged(Code::Rtp003) {
            findings.extend(loss::on_the_way(case, sender, &streams, &relayed));
        }
        if is_judged(Code::Rtp005) {
            findings.extend(loss::quality(case, sender, &streams, &relayed));
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
        let is_enough = stream.report.counts.expected >= LEAST_JUDGED;
        // What is in the capture twice by two clocks got lost or delayed nowhere (CAP-002).
        if stream.report.kind == MediaKind::Audio && is_enough && !stream.report.has_two_clocks() {
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

/// Whether a stream may have paused then because of one, so that nothing got lost, or the capture stood still (CAP-001).
fn may_pause_at(case: &Case<'_>, stream: &Stream, began: Timestamp) -> bool {
    let call = stream.call.and_then(|call| case.traffic.calls.get(call));
    call.is_some_and(|call| call.may_pause_at(began)) || case.lapses.iter().any(|lapse| lapse.holds(began))
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
    /// Position of the call, or of the one whose leg it is.
    root: usize,
    at: Timestamp,
    streams: Vec<&'a Stream>,
}

/// What one host sends to another in a call: the hops of a proxy that relays media are two.
type Hop = (IpAddr, IpAddr);

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
        for (id, call) in case.traffic.calls.iter().enumerate() {
            let shared = call.also_heard.iter().filter_map(|at| case.traffic.streams.get(*at));
            let heard: Vec<&Stream> = shared
                .filter(|stream| !call.is_beside(stream.source, stream.destination))
                .filter(|stream| Answered::span_of(call).packets_of(stream) > 0)
                .collect();
            if !heard.is_empty() {
                let known = streams.entry(id).or_default();
                known.extend(heard);
                known.sort_by_key(|stream| (stream.report.first.time, stream.report.first.frame));
            }
        }
        let calls = case.traffic.calls.iter().enumerate().filter_map(|(id, call)| {
            let (_, at) = call.answered.filter(|_| call.answer == Answer::Answered && call.came_about())?;
            let is_plain =
                !call.may_be_silent && !call.caller_media.is_empty() && !call.callee_media.is_empty();
            let is_short = call.end.is_some_and(|(_, end)| end.since(at) < LEAST_CALL);
            (is_plain && !is_short && at.is_known()).then(|| Self {
                call,
                root: call.leg_of.unwrap_or(id),
                at,
                streams: streams.remove(&id).unwrap_or_default(),
            })
        });
        calls.collect()
    }

    /// From the INVITE on, since early media are heard as well, to the end. The next call may use the same ports.
    fn span_of(call: &Call) -> Span {
        Span { from: call.start.1, until: call.end.map(|(_, end)| end) }
    }

    fn span(&self) -> Span {
        Self::span_of(self.call)
    }

    /// Last packet of a stream that belongs to the call, as its source may go on in the next one.
    fn last_of(&self, stream: &Stream) -> Timestamp {
        let last = stream.report.last.time;
        self.call.end.map_or(last, |(_, end)| if stream.is_shared { last.min(end) } else { last })
    }

    /// First packet of a stream that belongs to the call, not before its INVITE.
    fn first_of(&self, stream: &Stream) -> Timestamp {
        let first = stream.report.first.time;
        if stream.is_shared { first.max(self.call.start.1) } else { first }
    }

    fn packets_of(&self, stream: &Stream) -> u64 {
        if stream.is_shared { self.span().packets_of(stream) } else { stream.report.counts.packets }
    }

    /// Between which hosts voice goes, without direction, in order.
    fn hops(&self) -> BTreeSet<Hop> {
        let voices = self.streams.iter().filter(|stream| stream.report.kind != MediaKind::Video);
        let ends = voices.map(|stream| (stream.source.ip(), stream.destination.ip()));
        ends.map(|(from, to)| (from.min(to), from.max(to))).collect()
    }
}

/// One side of a call that is not heard, while the other one is.
struct Silent<'a> {
    /// Who should have sent, and who sent.
    silent: IpAddr,
    speaking: IpAddr,
    /// The answer to the call, and the last packet in it.
    answered: Moment,
    until: Timestamp,
    streams: Vec<&'a Stream>,
    packets: u64,
    strays: u64,
    refused: bool,
    /// Where its voice ends, and so many packets.
    halted: Option<(SocketAddr, u64)>,
}

/// RTP-001: one finding for a side that stays silent.
fn one_way(case: &Case<'_>) -> Vec<Finding> {
    let mut silent: BTreeMap<IpAddr, Vec<Silent<'_>>> = BTreeMap::new();
    // Where a PBX only signals, both legs of a call have the same voice.
    let mut told = BTreeSet::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        let sides = [(&call.caller_media, &call.callee_media), (&call.callee_media, &call.caller_media)];
        let hops = answered.hops();
        // A proxy that keeps the Call-ID relays between two hops, and each has a way back of its own.
        let hops: Vec<Option<Hop>> =
            if hops.len() > 1 { hops.into_iter().map(Some).collect() } else { vec![None] };
        let mut found = hops.into_iter().flat_map(|hop| {
            sides.iter().filter_map(|(own, other)| side(case, &answered, own, other, hop)).collect::<Vec<_>>()
        });
        if let Some(side) = found.next()
            && told
                .insert((answered.root, side.streams.first().map(|voice| (voice.source, voice.destination))))
        {
            silent.entry(side.silent).or_default().push(side);
        }
    }
    let findings = silent.into_iter().map(|(host, calls)| {
        let speaking: BTreeSet<IpAddr> = calls.iter().map(|call| call.speaking).collect();
        let refused = calls.iter().any(|call| call.refused);
        let packets = calls.iter().map(|call| call.packets).sum();
        let heard = case.streams_from(host).any(|stream| stream.report.counts.packets > STRAYS);
        // Nobody captures on a telephone or a PBX: there the mirror port of its own switch port looks the same.
        let is_computer = !case.device(host).is_some_and(|device| device.kind.is_dedicated());
        let at_tap = !heard && !refused && is_computer && case.is_measuring_point(host);
        let trace = match calls.iter().find_map(|call| call.halted) {
            Some((end, packets)) => Trace::Halted(end, packets),
            None if heard => Trace::None,
            None => case.reported_by(host).map_or(Trace::None, Trace::Reported),
        };
        let near = trace == Trace::None && speaking.iter().all(|peer| case.are_neighbours(host, *peer));
        let at_tap = at_tap && trace == Trace::None;
        let rewritten =
            astray::rewritten(case, host, calls.iter().flat_map(|call| call.streams.iter().copied()));
        let export = if !refused && trace == Trace::None { case.export(packets) } else { Export::No };
        let strays: u64 = calls.iter().map(|call| call.strays).sum();
        // Where it was captured with the listener, all that reaches it is there.
        let at_listener = speaking.iter().all(|peer| case.is_measuring_point(*peer));
        let confidence = match (refused, heard || at_listener) {
            (true, _) => Confidence::Sure,
            _ if matches!(trace, Trace::Halted(..)) => Confidence::Sure,
            _ if matches!(trace, Trace::Reported(_)) => Confidence::Likely,
            (false, _) if export != Export::No => Confidence::Suspected,
            // Single packets show that something came through.
            (false, true) if strays == 0 => Confidence::Likely,
            // A capture on the silent computer itself may lack what it sends.
            (false, _) => Confidence::Suspected,
        };
        // A source may go on from an earlier call or in a later one, where voice comes back.
        let began = |call: &Silent<'_>, stream: &Stream| {
            let first = stream.report.first;
            if stream.is_shared && first.time < call.answered.time { call.answered } else { first }
        };
        let streams = calls.iter().flat_map(|call| call.streams.iter().map(move |stream| (call, *stream)));
        let shown = at_moments(streams.map(|(call, stream)| (stream, vec![began(call, stream)])));
        let told: Vec<&Stream> = calls.iter().flat_map(|call| call.streams.iter().copied()).collect();
        let filter = these_alone(case, &told);
        let evidence = Evidence { until: calls.iter().map(|call| call.until).max(), filter, ..shown };
        Finding {
            detail: Detail::Rtp001 {
                packets,
                peers: speaking.into_iter().collect(),
                strays,
                refused,
                heard,
                at_tap,
                near,
                export,
                trace,
                astray: None,
                named: match near {
                    _ if export == Export::Possible => None,
                    true => astray::named_in(case, calls.iter().map(|call| (call.speaking, call.until))),
                    false if rewritten.is_some() => rewritten,
                    // Where it is turned away or seen elsewhere, the port is not why.
                    false if refused || trace != Trace::None || strays > 0 => None,
                    false => {
                        unmapped::unmapped(case, calls.iter().flat_map(|call| call.streams.iter().copied()))
                    }
                },
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
            responsible: match near {
                _ if export == Export::Possible => Party::Capture,
                true => Party::Telephony,
                false => Party::Network,
            },
            evidence,
        }
    });
    findings.collect()
}

/// Selects these streams, in order, also where others go the same way: a telephone has the next call on the same ports.
fn these_alone(case: &Case<'_>, streams: &[&Stream]) -> String {
    let told: BTreeSet<(SocketAddr, SocketAddr, u32)> =
        streams.iter().map(|stream| (stream.source, stream.destination, stream.report.ssrc)).collect();
    let mut ordered = streams.to_vec();
    ordered.sort_by_key(|stream| stream.report.first.frame);
    let filters = ordered.into_iter().take(NAMED).map(|stream| {
        let (from, to) = (stream.source, stream.destination);
        let way = filter::stream(stream);
        let is_shared =
            case.streams_between(from, to).any(|other| !told.contains(&(from, to, other.report.ssrc)));
        // Wireshark knows the number as rtp.ssrc only where it reads the SDP.
        match is_shared && stream.relay.is_none() {
            true => format!("{way} && {}", filter::ssrc(stream.report.ssrc)),
            false => way,
        }
    });
    filter::any_of(filters.collect())
}

/// Whether the side that wants to receive at `own` is heard and the other one, at `other`, is not; of several hops on that
/// one.
fn side<'a>(
    case: &Case<'a>,
    answered: &Answered<'a>,
    own: &[SocketAddr],
    other: &[SocketAddr],
    hop: Option<Hop>,
) -> Option<Silent<'a>> {
    let from_own = |stream: &&&Stream| own.contains(&stream.source) || other.contains(&stream.destination);
    // Pictures are told apart: they go their own way.
    let is_voice = |stream: &&&Stream| stream.report.kind != MediaKind::Video;
    let on_hop = |stream: &&&Stream| {
        let (from, to) = (stream.source.ip(), stream.destination.ip());
        hop.is_none_or(|hop| hop == (from.min(to), from.max(to)))
    };
    let spoken: Vec<&Stream> =
        answered.streams.iter().filter(is_voice).filter(from_own).filter(on_hop).copied().collect();
    // A stream that fits to neither side leaves open whose it is. A few packets back at the beginning are no stream yet.
    let fits = |stream: &&&Stream| {
        from_own(stream)
            || hop.is_some() && (own.contains(&stream.destination) || other.contains(&stream.source))
    };
    let others = answered.streams.iter().filter(is_voice).filter(|stream| !fits(stream));
    if others.into_iter().any(|stream| answered.packets_of(stream) > STRAYS) {
        return None;
    }
    let talks = |stream: &Stream| {
        let begins = answered.first_of(stream).max(answered.at);
        stream.report.kind == MediaKind::Audio
            && stream.report.recognition != Recognition::None
            && answered.packets_of(stream) >= LEAST_JUDGED
            && answered.last_of(stream).since(begins) > LEAST_SPEECH
    };
    let speech = spoken.iter().copied().find(|stream| talks(stream))?;
    if answered.last_of(speech).since(answered.at) < LEAST_CALL {
        return None;
    }
    let speaking = speech.source.ip();
    let silent = match hop {
        None => other.last()?.ip(),
        Some(_) => speech.destination.ip(),
    };
    // Who sends on to somebody that sends nothing back stands in the middle: the other hop tells who is silent, or the way
    // back passes by.
    if hop.is_some() && passes_on_without_answer(answered, silent, speaking) {
        return None;
    }
    // Whatever came back, to where it was asked for or along the same path: comfort noise and SRTP count too.
    let mut strays = 0;
    let ears: BTreeSet<SocketAddr> = own
        .iter()
        .copied()
        .chain(spoken.iter().map(|stream| stream.source))
        .filter(|ear| hop.is_none() || ear.ip() == speaking)
        .collect();
    let span = answered.span();
    let later = Span { from: answered.at.plus(STRAY_TIME), ..span };
    // Nearly every call is answered along the same path; a port may have talked to thousands of others before.
    let same_path = spoken.iter().filter_map(|stream| case.traffic.flows.get(stream.flow));
    let is_answered = same_path.flat_map(FlowView::both).any(|view| {
        ears.contains(&view.own())
            && !answered.call.is_beside(view.own(), view.peer())
            && case.received_in(&view, span) > STRAYS
    });
    let of_speaker: u64 = spoken
        .iter()
        .filter(|stream| stream.source.ip() == speaking)
        .map(|stream| answered.packets_of(stream))
        .sum();
    // What opens the mapping of a NAT is no voice: STUN with a server, or in vain.
    let is_stun =
        |view: &FlowView<'_>, back: u64| view.flow.app == App::Stun && back * NEXT_TO_NOTHING < of_speaker;
    let came_back = is_answered
        || ears.into_iter().flat_map(|ear| case.datagrams_of(ear)).any(|view| {
            let back = case.received_in(&view, span);
            let is_back =
                back > 0 && !is_stun(&view, back) && !answered.call.is_beside(view.own(), view.peer());
            let is_stray = is_back
                && back <= STRAYS
                && spoken.iter().any(|stream| stream.flow == view.flow.id)
                && case.received_in(&view, later) == 0;
            strays += if is_stray { back } else { 0 };
            is_back && !is_stray
        });
    // The capture must show what this host sends to that one.
    let is_seen = case.sends_to(silent, speaking);
    // The finding is about the silent side.
    let silent_ends = || other.iter().filter(|own| hop.is_none() || own.ip() == silent);
    let is_excepted =
        || case.is_any_excepted("RTP-001", silent_ends().map(|own| (*own, speech.source, Protocol::Udp)));
    // Or it comes through a tunnel that nobody can look into.
    let is_hidden = || case.is_tunnel_between(silent, speaking);
    if came_back || !is_seen || silent == speaking || is_hidden() || is_excepted() {
        return None;
    }
    Some(Silent {
        silent,
        speaking,
        answered: answered.call.answered.map_or(speech.report.first, |(frame, time)| Moment { frame, time }),
        until: spoken.iter().map(|stream| answered.last_of(stream)).max()?,
        packets: of_speaker,
        strays,
        refused: case.traffic.refused(speech) > 0,
        halted: halted(case, speech, silent),
        streams: spoken,
    })
}

/// Where the voice of the silent side ends, if behind that address (NAT) the speaker stands: what he says goes on from there
/// with the same source.
fn halted(case: &Case<'_>, speech: &Stream, silent: IpAddr) -> Option<(SocketAddr, u64)> {
    let is_passed_on = |other: &&Stream| {
        other.report.ssrc == speech.report.ssrc
            && other.source.ip() != speech.source.ip()
            && other.destination == speech.destination
            && other.destination.ip() == silent
    };
    let heard = case.datagrams_of(speech.destination);
    let mut heard = heard.flat_map(|view| case.streams_between(view.peer(), speech.destination));
    let outside = heard.find(is_passed_on)?.source;
    let sent = case.streams_from(silent).filter(|back| back.destination == outside);
    let packets = sent.map(|back| back.report.counts.packets).sum();
    (packets > STRAYS).then_some((outside, packets))
}

/// Whether `silent` sends voice to a third host of the call that sends it none.
fn passes_on_without_answer(answered: &Answered<'_>, silent: IpAddr, speaking: IpAddr) -> bool {
    let voices = || answered.streams.iter().filter(|stream| stream.report.kind != MediaKind::Video);
    let sends = |from: IpAddr, to: IpAddr| {
        voices().any(|stream| {
            (stream.source.ip(), stream.destination.ip()) == (from, to)
                && answered.packets_of(stream) > STRAYS
        })
    };
    voices()
        .map(|stream| stream.destination.ip())
        .any(|third| third != speaking && third != silent && sends(silent, third) && !sends(third, silent))
}

/// RTP-002: one finding for a caller, or for who refuses the voice, and a reason.
fn without_media(case: &Case<'_>) -> Vec<Finding> {
    let mut told: BTreeMap<(IpAddr, Mute), Vec<&Call>> = BTreeMap::new();
    for answered in Answered::all(case) {
        let call = answered.call;
        if answered.streams.is_empty() && call.end.is_some() && is_silent(case, call) {
            told.entry((call.caller.ip(), Mute::Unexplained)).or_default().push(call);
        }
    }
    for (id, why) in mute::calls(case) {
        if let Some(call) = case.traffic.calls.get(id) {
            let (subject, _) = why.sides(call.caller.ip(), call.callee.ip());
            told.entry((subject, why)).or_default().push(call);
        }
    }
    let findings = told.into_iter().map(|((subject, why), calls)| {
        let other = |call: &&Call| why.sides(call.callee.ip(), call.caller.ip()).0;
        let peers: BTreeSet<IpAddr> = calls.iter().map(other).collect();
        let near = peers.iter().all(|peer| case.are_neighbours(subject, *peer));
        let by_agreement = near || why == Mute::Declined;
        Finding {
            detail: Detail::Rtp002 { peers: peers.into_iter().collect(), near, why },
            severity: Severity::Error,
            confidence: if why == Mute::Declined { Confidence::Sure } else { Confidence::Likely },
            subject: Some(case.subject(subject)),
            rows: Vec::new(),
            count: calls.len() as u64,
            responsible: if by_agreement { Party::Telephony } else { Party::Network },
            evidence: of_calls(&calls),
        }
    });
    findings.collect()
}

/// Whether nothing came to where the sides wanted to receive, although this capture shows media of theirs elsewhere.
fn is_silent(case: &Case<'_>, call: &Call) -> bool {
    let ends = || call.caller_media.iter().chain(&call.callee_media);
    let span = Answered::span_of(call);
    let anything_came = ends()
        .flat_map(|end| case.datagrams_of(*end))
        .any(|view| case.sent_in(&view, span) + case.received_in(&view, span) > 0);
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
