//! Takes the case; gives answered calls of which a capture with voice holds none: a fault (RTP-002) where it shows that voice
//! would have been seen, and otherwise most likely another way than the one that was measured.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use super::super::case::{Case, Span};
use super::super::finding::{Detail, Finding, Mute, Unjudged};
use super::{Answered, LEAST_CALL};
use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::message::App;
use crate::observe::{Answer, Call, CallProtocol, Stream};

/// Places of answered calls that last a while, whose sides agreed on audio, and that are not heard at all, ascending. None
/// where the capture holds no streams, which is told of the whole of it (CAP-010), or where some of it was dropped.
pub(in crate::check) fn unheard(case: &Case<'_>) -> Vec<usize> {
    let traffic = case.traffic;
    let quality = &traffic.quality;
    if traffic.streams.is_empty() || quality.packets_over_cap + quality.samples_over_cap > 0 {
        return Vec::new();
    }
    let unclaimed = Unclaimed::of(&traffic.streams);
    let calls = traffic.calls.iter().enumerate();
    calls.filter(|(id, call)| is_unheard(case, *id, call, &unclaimed)).map(|(id, _)| id).collect()
}

/// What cannot be judged of those about which no finding speaks.
pub(in crate::check) fn of_another_way(
    case: &Case<'_>,
    unheard: &[usize],
    findings: &[Finding],
) -> Option<Unjudged> {
    let told: BTreeSet<(IpAddr, IpAddr)> = findings
        .iter()
        .filter_map(|finding| match &finding.detail {
            Detail::Rtp002 { peers, why, .. } if *why != Mute::Fax => {
                Some((finding.subject.as_ref()?.address, peers, *why))
            }
            _ => None,
        })
        .flat_map(|(subject, peers, why)| peers.iter().map(move |peer| why.sides(subject, *peer)))
        .collect();
    let mut calls = unheard.iter().filter_map(|id| case.traffic.calls.get(*id));
    calls.any(|call| !told.contains(&(call.caller.ip(), call.callee.ip()))).then_some(Unjudged::UnheardCalls)
}

fn is_unheard(case: &Case<'_>, id: usize, call: &Call, unclaimed: &Unclaimed) -> bool {
    let Some((_, at)) = call.answered.filter(|_| call.answer == Answer::Answered) else { return false };
    let Some(until) = call.end.map(|(_, end)| end).or_else(|| case.now()) else { return false };
    let ends = || call.caller_media.iter().chain(&call.callee_media);
    call.protocol == CallProtocol::Sip
        && !call.is_unacknowledged
        && !call.caller_media.is_empty()
        && !call.callee_media.is_empty()
        && at.is_known()
        && until.since(at) >= LEAST_CALL
        && call.also_heard.is_empty()
        && case.streams_in(id).all(is_picture)
        // Voice that no description announced may be that of the call.
        && !ends().map(|end| end.ip()).chain([call.caller.ip(), call.callee.ip()]).any(|host| unclaimed.meets(host, at, until))
        && !is_anything_at(case, call)
}

/// Who is seen may still not be heard.
fn is_picture(stream: &Stream) -> bool {
    stream.report.kind == MediaKind::Video
}

/// Whether anything but checks of the way (ICE) and reports came to or from where the sides wanted to receive.
fn is_anything_at(case: &Case<'_>, call: &Call) -> bool {
    let span: Span = Answered::span_of(call);
    let ends = call.caller_media.iter().chain(&call.callee_media);
    ends.flat_map(|end| case.datagrams_of(*end))
        .filter(|view| !matches!(view.flow.app, App::Stun | App::Rtcp))
        .any(|view| case.sent_in(&view, span) + case.received_in(&view, span) > 0)
}

/// Times of streams that no call announced, by either end, in order of their beginning, each with the latest end up to it.
struct Unclaimed(HashMap<IpAddr, Vec<(Timestamp, Timestamp)>>);

impl Unclaimed {
    fn of(streams: &[Stream]) -> Self {
        let mut by_host: HashMap<IpAddr, Vec<(Timestamp, Timestamp)>> = HashMap::new();
        let mut unclaimed: Vec<&Stream> =
            streams.iter().filter(|stream| stream.call.is_none() && !is_picture(stream)).collect();
        unclaimed.sort_by_key(|stream| stream.report.first.time);
        for stream in unclaimed {
            for host in [stream.source.ip(), stream.destination.ip()] {
                let known = by_host.entry(host).or_default();
                let last = stream.report.last.time;
                let latest = known.last().map_or(last, |(_, latest)| last.max(*latest));
                known.push((stream.report.first.time, latest));
            }
        }
        Self(by_host)
    }

    /// Whether one of them at this host has a part in the time between.
    fn meets(&self, host: IpAddr, from: Timestamp, until: Timestamp) -> bool {
        let known = self.0.get(&host).map_or(&[][..], Vec::as_slice);
        let begun = known.partition_point(|(first, _)| *first <= until);
        begun.checked_sub(1).and_then(|last| known.get(last)).is_some_and(|(_, latest)| *latest >= from)
    }
}
