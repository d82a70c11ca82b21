//! RTP-001 where voice is sent, and turned away where it goes, while who should hear it waits elsewhere: an address from
//! outside of the NAT in SDP (STUN, a fixed "external address"), which the router does not lead back.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::super::case::{Case, Span};
use super::super::evidence::at_moments;
use super::super::finding::{self, Astray, Detail, Export, Finding, Named, Party, Severity, Trace};
use super::{LEAST_CALL, LEAST_JUDGED, LEAST_SPEECH, NEXT_TO_NOTHING, STRAYS, excepted};
use crate::capture::{Frame, Timestamp};
use crate::observe::media::MediaKind;
use crate::observe::message::App;
use crate::observe::{Beginning, Call, FlowView, Stream};
use crate::site::{Confidence, Scope};

/// Calls of one device in which it is looked for what the other side named.
const CALLS_LOOKED_AT: usize = 16;
/// So long (ns) behind the answer voice begins that goes where this answer says.
const AT_ONCE: i64 = 2_000_000_000;
/// So many addresses of a side are known at most; another one may have been named as well.
const MOST_NAMED: usize = 8;

/// A stream that is turned away, and who should hear it.
struct Lost<'a> {
    stream: &'a Stream,
    listener: IpAddr,
    /// Where the receiver waits for it, if it goes to another port there.
    announced: Option<SocketAddr>,
    is_over: bool,
    by_listener: bool,
    how: finding::Lost,
}

/// One finding for a sender.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut senders: BTreeMap<IpAddr, Vec<Lost<'_>>> = BTreeMap::new();
    let named = Asked::new(Box::new(|| asked(case)));
    for stream in &case.traffic.streams {
        let lost = match is_refused(case, stream) || has_no_way(case, stream) {
            true => lost(case, stream),
            false => misled(case, stream, &named),
        };
        if let Some(lost) = lost
            && !excepted(case, "RTP-001", stream)
        {
            senders.entry(stream.source.ip()).or_default().push(lost);
        }
    }
    senders.into_iter().filter_map(|(sender, lost)| raise(case, sender, &lost)).collect()
}

fn lost<'a>(case: &Case<'_>, stream: &'a Stream) -> Option<Lost<'a>> {
    let peer = stream.destination.ip();
    if case.traffic.flows.get(stream.flow).is_some_and(|flow| flow.is_refused_by_speaker(stream.source, peer))
    {
        let how = finding::Lost::Refused;
        return Some(Lost {
            stream,
            listener: peer,
            announced: None,
            is_over: false,
            by_listener: true,
            how,
        });
    }
    let (listener, announced, is_over) = listener(case, stream)?;
    Some(Lost { stream, listener, announced, is_over, by_listener: false, how: finding::Lost::Refused })
}

/// Voice that nobody turns away, and that goes to an address in SDP at which its listener cannot be: one outside of the NAT
/// in which both are, or a private one of somebody in the Internet. Whoever is to hear it speaks from elsewhere, or nobody is
/// heard.
fn misled<'a>(case: &Case<'_>, stream: &'a Stream, asked: &Asked<'_>) -> Option<Lost<'a>> {
    let (own, to) = (stream.source.ip(), stream.destination.ip());
    let call = case.traffic.calls.get(stream.call?)?;
    let answered = call.answered.filter(|_| call.came_about())?.1;
    let is_voice = is_long_voice(stream) && stream.report.last.time.since(answered) >= LEAST_CALL;
    let flow = case.traffic.flows.get(stream.flow)?;
    let mut views = FlowView::both(flow).into_iter().filter(|view| view.own() == stream.source);
    if !is_voice
        || case.scope(own) != Scope::Lan
        || views.any(|view| view.received.packets > 0)
        || case.traffic.refused(stream) > 0
        || case.is_tunnel_between(own, to)
    {
        return None;
    }
    let found = |listener: IpAddr, how: finding::Lost| {
        let lost = Lost { stream, listener, announced: None, is_over: false, by_listener: false, how };
        announcer(case, &lost).is_some().then_some(lost)
    };
    match listener(case, stream) {
        // Who learns from the first packet where the other side is goes on there.
        Some((_, _, true)) => None,
        Some((listener, ..)) if case.scope(to) == Scope::Public && case.are_neighbours(own, listener) => {
            found(listener, finding::Lost::Outside)
        }
        Some((listener, ..)) if case.scope(to) == Scope::Lan && case.scope(listener) == Scope::Public => {
            found(listener, finding::Lost::Private)
        }
        Some((listener, announced, _)) => {
            let announced = announced.filter(|end| is_unasked(case, call, stream, *end, asked))?;
            let (announced, how) = (Some(announced), finding::Lost::Unasked);
            Some(Lost { stream, listener, announced, is_over: false, by_listener: false, how })
        }
        None => {
            let listener = far_side(call, own)?;
            let is_meant = !call.may_be_silent
                && case.scope(listener) == Scope::Public
                && case.are_neighbours(own, to)
                && case.sends_to(listener, own)
                // A telephone that is there may be meant, and RTP-001 tells of it that it is not heard.
                && !case.sends_to(to, own)
                && !is_anybody_heard(case, call, stream);
            is_meant.then(|| found(listener, finding::Lost::Rewritten)).flatten()
        }
    }
}

/// Where any SDP of the capture asks for audio; found out when it is needed.
type Asked<'a> = LazyCell<BTreeSet<SocketAddr>, Box<dyn FnOnce() -> BTreeSet<SocketAddr> + 'a>>;

fn asked(case: &Case<'_>) -> BTreeSet<SocketAddr> {
    let calls = case.traffic.calls.iter();
    calls
        .flat_map(|call| call.caller_media.iter().chain(&call.callee_media).chain(&call.other_media))
        .copied()
        .collect()
}

/// Whether voice goes from the answer on to a port that no SDP asked for, and none to the one that is `announced`. A call that
/// was moved, or of which messages are missing, may have agreed on it; and who sends from there, if only once, is there.
fn is_unasked(
    case: &Case<'_>,
    call: &Call,
    stream: &Stream,
    announced: SocketAddr,
    asked: &Asked<'_>,
) -> bool {
    let (own, to) = (stream.source.ip(), stream.destination);
    let answered = call.answered.map(|(_, answered)| answered);
    let is_whole = call.beginning == Beginning::Seen
        && !call.lacks_ack
        && !call.may_be_silent
        && call.rerouted.is_empty()
        && [&call.caller_media, &call.callee_media].iter().all(|media| media.len() < MOST_NAMED);
    let at_once = answered.is_some_and(|answered| stream.report.first.time.since(answered) < AT_ONCE);
    // An announcement may be of a candidate (ICE), or of a message outside of calls.
    let is_known = stream.report.announced_at.is_some_and(|at| SocketAddr::new(at.address, at.port) == to);
    is_whole
        && at_once
        && !is_known
        && case.datagrams_of(to).all(|view| view.sent.packets == 0)
        && case.datagrams_of(announced).all(|view| view.peer().ip() != own || view.received.packets <= STRAYS)
        && !asked.contains(&to)
}

/// The other side of a call.
fn far_side(call: &Call, own: IpAddr) -> Option<IpAddr> {
    match own {
        _ if call.caller.ip() == own => Some(call.callee.ip()),
        _ if call.callee.ip() == own => Some(call.caller.ip()),
        _ => None,
    }
}

/// Whether anything but reports and checks of the way comes to the sender's port, or where its side of the call wants to hear.
fn is_anybody_heard(case: &Case<'_>, call: &Call, stream: &Stream) -> bool {
    let own = call.caller_media.iter().chain(&call.callee_media).filter(|end| end.ip() == stream.source.ip());
    let span = Span { from: call.start.1, until: call.end.map(|(_, end)| end) };
    own.chain([&stream.source])
        .flat_map(|ear| case.datagrams_of(*ear))
        .filter(|view| !matches!(view.flow.app, App::Stun | App::Rtcp))
        .any(|view| case.received_in(&view, span) > STRAYS)
}

fn raise(case: &Case<'_>, sender: IpAddr, lost: &[Lost<'_>]) -> Option<Finding> {
    let lasted = |stream: &Stream| stream.report.last.time.since(stream.report.first.time);
    let longest = lost.iter().max_by_key(|one| lasted(one.stream))?;
    let listeners: BTreeSet<IpAddr> = lost.iter().map(|one| one.listener).collect();
    let near = listeners.iter().all(|listener| case.are_neighbours(sender, *listener));
    let to = longest.stream.destination;
    let outside = near && case.scope(to.ip()) == Scope::Public;
    let is_over = lost.iter().all(|one| one.is_over);
    // What a router does with its own public address is seen behind it alone; and voice may come another way than the signalling.
    let is_sure = longest.how == finding::Lost::Refused;
    let is_unclear = !matches!(longest.how, finding::Lost::Refused | finding::Lost::Private);
    Some(Finding {
        detail: Detail::Rtp001 {
            packets: lost.iter().map(|one| one.stream.report.counts.packets).sum(),
            peers: listeners.into_iter().collect(),
            strays: 0,
            refused: is_sure,
            heard: longest.how != finding::Lost::Rewritten,
            at_tap: false,
            near,
            export: Export::No,
            trace: Trace::None,
            astray: Some(Astray {
                to,
                lost: longest.how,
                announced: longest.announced,
                announcer: announcer(case, longest),
                lasted: lasted(longest.stream),
                outside,
                is_over,
                by_listener: lost.iter().all(|one| one.by_listener),
            }),
            named: None,
        },
        severity: if is_over || is_unclear { Severity::Warning } else { Severity::Error },
        confidence: if is_sure { Confidence::Sure } else { Confidence::Likely },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost.len() as u64,
        responsible: if near { Party::Telephony } else { Party::Network },
        evidence: at_moments(lost.iter().map(|one| (one.stream, vec![one.stream.report.first]))),
    })
}

/// The listener, if it is what named the wrong address in SDP, with the INVITE that did. A proxy passes on what others say.
fn announcer(case: &Case<'_>, lost: &Lost<'_>) -> Option<(IpAddr, Option<Frame>)> {
    let (to, host) = (lost.stream.destination, lost.listener);
    let called = case.traffic.calls.iter().filter(|call| call.start.1 <= lost.stream.report.last.time);
    let mut named = called.filter_map(|call| {
        let is_offered = call.caller.ip() == host && call.caller_media.contains(&to);
        let is_answered = call.callee.ip() == host && call.callee_media.contains(&to);
        // Addresses that were named later stand in another message.
        let invite = (is_offered && call.caller_media.first() == Some(&to)).then_some(call.start.0);
        (is_offered || is_answered).then_some((host, invite))
    });
    named.next_back()
}

/// Whose SDP a router that stands in for a side of the call has rewritten, so that what is meant for that one goes to the router:
/// the capture holds messages before and behind it (SIG-004). `streams`: what goes there.
pub(super) fn rewritten<'a>(
    case: &Case<'_>,
    router: IpAddr,
    mut streams: impl Iterator<Item = &'a Stream>,
) -> Option<Named> {
    let passed_on = case.traffic.rewrites.iter().filter(|rewrite| rewrite.passed_on_by == Some(router));
    let clients: BTreeSet<IpAddr> = passed_on.map(|rewrite| rewrite.client).collect();
    let to = streams.find(|stream| stream.destination.ip() == router)?.destination;
    let mut sides = case.traffic.calls.iter().flat_map(|call| [&call.caller_media, &call.callee_media]);
    let own = sides.find_map(|media| {
        let mut ends = media.iter().filter(|_| media.contains(&to));
        ends.find(|end| end.port() == to.port() && clients.contains(&end.ip()))
    });
    let own = own.filter(|own| own.ip() != router)?;
    Some(Named { host: own.ip(), to, invite: None, partly: false, mapped: None, is_rewritten: true })
}

/// A public address that a listener named in SDP as where it wants to hear, in one of these calls: who listened, and
/// until when. Of several that one in which it holds to the end.
pub(super) fn named_in(
    case: &Case<'_>,
    calls: impl DoubleEndedIterator<Item = (IpAddr, Timestamp)>,
) -> Option<Named> {
    let latest = calls.rev().take(CALLS_LOOKED_AT);
    let named: Vec<Option<Named>> = latest.map(|(host, until)| named_outside(case, host, until)).collect();
    let mut known = named.iter().flatten();
    let best = known.clone().find(|named| !named.partly).or_else(|| known.next())?;
    let partly = named.iter().any(|named| named.is_none_or(|named| named.partly));
    Some(Named { partly, ..*best })
}

/// The same in the latest call of `host` that began before then.
fn named_outside(case: &Case<'_>, host: IpAddr, until: Timestamp) -> Option<Named> {
    let called = case.traffic.calls.iter().rev().filter(|call| call.start.1 <= until);
    let mut sides = called.filter_map(|call| match host {
        _ if call.caller.ip() == host => Some((call, &call.caller_media, true)),
        _ if call.callee.ip() == host => Some((call, &call.callee_media, false)),
        _ => None,
    });
    let (call, media, is_caller) = sides.next()?;
    let to = media.iter().copied().find(|end| case.scope(end.ip()) == Scope::Public && end.ip() != host)?;
    let is_first = is_caller && media.first() == Some(&to);
    let partly = media.last().is_some_and(|end| case.scope(end.ip()) != Scope::Public);
    Some(Named {
        host,
        to,
        invite: is_first.then_some(call.start.0),
        partly,
        mapped: None,
        is_rewritten: false,
    })
}

/// Whether ICMP says of the voice, again and again, that it cannot be delivered, and nothing comes back.
fn is_refused(case: &Case<'_>, stream: &Stream) -> bool {
    is_long_voice(stream) && case.traffic.turned_away(stream) > 0
}

fn is_long_voice(stream: &Stream) -> bool {
    let report = &stream.report;
    report.kind == MediaKind::Audio
        && report.is_media()
        && report.counts.packets >= LEAST_JUDGED
        && report.last.time.since(report.first.time) >= LEAST_SPEECH
}

/// Whether a router says of the voice that no way leads there. That is no telephone that has hung up, so that one message tells
/// enough; and routers send few.
fn has_no_way(case: &Case<'_>, stream: &Stream) -> bool {
    let flow = case.traffic.flows.get(stream.flow).filter(|_| is_long_voice(stream));
    let Some(flow) = flow else { return false };
    let own = FlowView::both(flow).into_iter().find(|view| view.own() == stream.source);
    own.is_some_and(|view| {
        let mut about = view.flow.extra.icmp.iter().filter(|icmp| icmp.about_a == view.started());
        // Network or host unreachable, RFC 792; no route, RFC 4443.
        let is_way =
            |kind: u8, code: u8, v6: bool| if v6 { (kind, code) == (1, 0) } else { kind == 3 && code <= 1 };
        about.any(|icmp| icmp.reporter != stream.destination.ip() && is_way(icmp.kind, icmp.code, icmp.v6))
            && view.received.packets == 0
    })
}

/// Who talks to the sender meanwhile and hears nothing of it, where it waits if that is another port of the same host, and
/// whether its voice goes there afterwards.
fn listener(case: &Case<'_>, stream: &Stream) -> Option<(IpAddr, Option<SocketAddr>, bool)> {
    let report = &stream.report;
    let span = Span { from: report.first.time, until: Some(report.last.time) };
    let is_voice = |other: &&Stream| other.report.kind == MediaKind::Audio;
    let goes_on = |other: &Stream| span.packets_of(other) * NEXT_TO_NOTHING > report.counts.packets;
    let own = stream.source;
    let others = case.datagrams_of(own).filter(|view| {
        let peer = view.peer().ip();
        peer != own.ip() && view.peer() != stream.destination
    });
    // A telephone may send from another port than it listens at: only the one that it announced shows that this one is wrong.
    let is_elsewhere = |other: &&Stream| {
        let call = other.call.and_then(|call| case.traffic.calls.get(call));
        other.source.ip() != stream.destination.ip()
            || call.is_some_and(|call| {
                let mut announced = call.caller_media.iter().chain(&call.callee_media);
                announced.clone().any(|end| *end == other.source)
                    && announced.all(|end| *end != stream.destination)
            })
    };
    let heard = others.flat_map(|view| case.streams_between(view.peer(), own)).filter(is_voice);
    let other = heard.filter(is_elsewhere).find(|other| goes_on(other))?;
    let listener = other.source.ip();
    let announced = (listener == stream.destination.ip()).then_some(other.source);
    let reached = || {
        let sent = case.streams_from(own.ip()).filter(is_voice);
        sent.filter(move |other| {
            other.destination.ip() == listener && other.destination != stream.destination
        })
    };
    let is_over = reached().next().is_some();
    (!reached().any(goes_on)).then_some((listener, announced, is_over))
}
