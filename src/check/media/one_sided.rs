//! Calls of which one side alone is heard, or the other one next to never, and no finding says so: it may be meant (hold,
//! mute), or what the other side sends takes another way.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::super::case::Case;
use super::super::finding::{Detail, Finding, Unjudged};
use super::super::tunnel::Tunnel;
use super::{LEAST_CALL, LEAST_JUDGED, NEXT_TO_NOTHING, STRAYS};
use crate::capture::Timestamp;
use crate::observe::media::{MediaDirection, MediaKind};
use crate::observe::{Call, CallProtocol, FlowView, Stream};

/// Why one-way audio could not be judged in such calls, each reason once.
pub(in crate::check) fn one_sided(case: &Case<'_>, findings: &[Finding]) -> BTreeSet<Unjudged> {
    let mut voices: BTreeMap<usize, Vec<&Stream>> = BTreeMap::new();
    for stream in &case.traffic.streams {
        if let Some(call) = stream.call.filter(|_| stream.report.kind == MediaKind::Audio) {
            voices.entry(call).or_default().push(stream);
        }
    }
    let told: BTreeSet<IpAddr> = findings
        .iter()
        .filter_map(|finding| match &finding.detail {
            Detail::Rtp001 { peers, astray, .. } => {
                let sender = astray.and(finding.subject.as_ref()).map(|subject| subject.address);
                Some(peers.iter().copied().chain(sender))
            }
            _ => None,
        })
        .flatten()
        .collect();
    let unclaimed = Unclaimed::of(&case.traffic.streams);
    let mut found = BTreeSet::new();
    for (call, streams) in voices {
        if let Some(speech) = unanswered(case, call, &streams, &unclaimed)
            && !told.contains(&speech.source.ip())
        {
            found.insert(reason(case, speech));
        }
    }
    found
}

/// What so many packets of the other side are no answer to.
fn least(speech: &Stream) -> u64 {
    STRAYS.max(speech.report.counts.packets / NEXT_TO_NOTHING)
}

/// The voice of one side to which the other one says nothing.
fn unanswered<'a>(
    case: &Case<'a>,
    id: usize,
    streams: &[&'a Stream],
    unclaimed: &Unclaimed<'_>,
) -> Option<&'a Stream> {
    let call = case.traffic.calls.get(id)?;
    let at = match call.protocol {
        CallProtocol::Sip => call.answered?.1,
        // Whether it was answered nobody can read: voice of one side may as well be the ringing tone.
        CallProtocol::Unreadable(_) => call.start.1,
    };
    let spoke = |stream: &&Stream| {
        stream.report.counts.packets >= LEAST_JUDGED && stream.report.last.time.since(at) > LEAST_CALL
    };
    let speech = streams.iter().copied().find(spoke)?;
    // Hold: that one side alone is to be heard was agreed.
    if speech.report.announced_direction.is_some_and(|direction| direction != MediaDirection::SendReceive) {
        return None;
    }
    let least = least(speech);
    let back = case.traffic.flows.get(speech.flow).is_some_and(|flow| {
        let mut views = FlowView::both(flow).into_iter();
        views.any(|view| view.own() == speech.source && view.received.packets > least)
    });
    // Nearly every call is answered on its own flow.
    let is_answered = back
        || streams.iter().any(|other| is_elsewhere(case, call, other, speech, least))
        || of_conversation(case, id, call).any(|other| is_back(other, speech, least))
        || unclaimed.answers(speech, least);
    (!is_answered).then_some(speech)
}

/// Whether the voice of the other side goes where the speaker wants to receive it, which may be an address of his router; what
/// comes back from there may take another way yet, unless it is turned away.
fn is_elsewhere(case: &Case<'_>, call: &Call, other: &Stream, speech: &Stream, least: u64) -> bool {
    let mut announced = call.caller_media.iter().chain(&call.callee_media);
    let is_refused = || case.traffic.flows.get(other.flow).is_some_and(|flow| !flow.extra.icmp.is_empty());
    other.source.ip() == speech.destination.ip()
        && other.report.counts.packets > least
        && announced.any(|end| *end == other.destination)
        && !is_refused()
}

/// Streams of a call, of the one whose leg it is, and what is heard in it of another one. That somebody else speaks to the
/// same host at that time in a call of his own says nothing.
fn of_conversation<'a>(case: &Case<'a>, id: usize, call: &'a Call) -> impl Iterator<Item = &'a Stream> {
    let shared = call.also_heard.iter().filter_map(|at| case.traffic.streams.get(*at));
    let root = call.leg_of.into_iter().flat_map(|root| case.streams_in(root));
    case.streams_in(id).chain(shared).chain(root)
}

fn is_back(other: &Stream, speech: &Stream, least: u64) -> bool {
    other.destination.ip() == speech.source.ip()
        && other.report.counts.packets > least
        && other.report.last.time > speech.report.first.time
        && other.report.first.time < speech.report.last.time
}

/// Streams that no call announced, by receiver, in order of their beginning, each with the latest end up to it.
struct Unclaimed<'a>(HashMap<IpAddr, Vec<(&'a Stream, Timestamp)>>);

impl<'a> Unclaimed<'a> {
    fn of(streams: &'a [Stream]) -> Self {
        let mut by_receiver: HashMap<IpAddr, Vec<(&Stream, Timestamp)>> = HashMap::new();
        let mut unclaimed: Vec<&Stream> = streams.iter().filter(|stream| stream.call.is_none()).collect();
        unclaimed.sort_by_key(|stream| stream.report.first.time);
        for stream in unclaimed {
            let known = by_receiver.entry(stream.destination.ip()).or_default();
            let last = stream.report.last.time;
            known.push((stream, known.last().map_or(last, |(_, latest)| last.max(*latest))));
        }
        Self(by_receiver)
    }

    /// Whether one of them may be the answer to this voice.
    fn answers(&self, speech: &Stream, least: u64) -> bool {
        let known = self.0.get(&speech.source.ip()).map_or(&[][..], Vec::as_slice);
        let begun = known.partition_point(|(stream, _)| stream.report.first.time < speech.report.last.time);
        let begun = known.get(..begun).unwrap_or_default().iter().rev();
        let mut overlapping = begun.take_while(|(_, latest)| *latest > speech.report.first.time);
        overlapping.any(|(other, _)| is_back(other, speech, least))
    }
}

/// A tunnel that ran meanwhile and that nobody can look into may hold what is missing.
fn reason(case: &Case<'_>, speech: &Stream) -> Unjudged {
    match case.tunnel_beside(speech, least(speech)) {
        Some(Tunnel::Ipsec) => Unjudged::OneSidedIpsec,
        Some(Tunnel::Other) => Unjudged::OneSidedTunnel,
        None => Unjudged::OneSided,
    }
}
