//! RTP-001 where voice is sent, and turned away where it goes, while who should hear it waits elsewhere: an address from
//! outside of the NAT in SDP (STUN, a fixed "external address"), which the router does not lead back.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::{Case, Span};
use super::super::evidence::at_moments;
use super::super::finding::{Astray, Detail, Finding, Party, Severity};
use super::{LEAST_JUDGED, LEAST_SPEECH, NEXT_TO_NOTHING, excepted};
use crate::observe::Stream;
use crate::observe::media::MediaKind;
use crate::site::{Confidence, Scope};

/// A stream that is turned away, and who should hear it.
struct Lost<'a> {
    stream: &'a Stream,
    listener: IpAddr,
    is_over: bool,
}

/// One finding for a sender.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut senders: BTreeMap<IpAddr, Vec<Lost<'_>>> = BTreeMap::new();
    for stream in &case.traffic.streams {
        if is_refused(case, stream)
            && let Some((listener, is_over)) = listener(case, stream)
            && !excepted(case, "RTP-001", stream)
        {
            let lost = Lost { stream, listener, is_over };
            senders.entry(stream.source.ip()).or_default().push(lost);
        }
    }
    senders.into_iter().filter_map(|(sender, lost)| raise(case, sender, &lost)).collect()
}

fn raise(case: &Case<'_>, sender: IpAddr, lost: &[Lost<'_>]) -> Option<Finding> {
    let lasted = |stream: &Stream| stream.report.last.time.since(stream.report.first.time);
    let longest = lost.iter().max_by_key(|one| lasted(one.stream))?;
    let listeners: BTreeSet<IpAddr> = lost.iter().map(|one| one.listener).collect();
    let near = listeners.iter().all(|listener| case.are_neighbours(sender, *listener));
    let to = longest.stream.destination;
    let outside = near && case.scope(to.ip()) == Scope::Public;
    let is_over = lost.iter().all(|one| one.is_over);
    Some(Finding {
        detail: Detail::Rtp001 {
            packets: lost.iter().map(|one| one.stream.report.counts.packets).sum(),
            peers: listeners.into_iter().collect(),
            strays: 0,
            refused: true,
            heard: true,
            at_tap: false,
            near,
            export: false,
            astray: Some(Astray { to, lasted: lasted(longest.stream), outside, is_over }),
        },
        severity: if is_over { Severity::Warning } else { Severity::Error },
        confidence: Confidence::Sure,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost.len() as u64,
        responsible: if near { Party::Telephony } else { Party::Network },
        evidence: at_moments(lost.iter().map(|one| (one.stream, vec![one.stream.report.first]))),
    })
}

/// Whether ICMP says of the voice, again and again, that it cannot be delivered, and nothing comes back.
fn is_refused(case: &Case<'_>, stream: &Stream) -> bool {
    let report = &stream.report;
    let is_voice = report.kind == MediaKind::Audio
        && report.is_media()
        && report.counts.packets >= LEAST_JUDGED
        && report.last.time.since(report.first.time) >= LEAST_SPEECH;
    is_voice && case.traffic.turned_away(stream) > 0
}

/// Who talks to the sender meanwhile and hears nothing of it, and whether its voice goes there afterwards.
fn listener(case: &Case<'_>, stream: &Stream) -> Option<(IpAddr, bool)> {
    let report = &stream.report;
    let span = Span { from: report.first.time, until: Some(report.last.time) };
    let is_voice = |other: &&Stream| other.report.kind == MediaKind::Audio;
    let goes_on = |other: &Stream| span.packets_of(other) * NEXT_TO_NOTHING > report.counts.packets;
    let own = stream.source;
    let others = case.datagrams_of(own).filter(|view| {
        let peer = view.peer().ip();
        peer != stream.destination.ip() && peer != own.ip()
    });
    let mut heard = others.flat_map(|view| case.streams_between(view.peer(), own)).filter(is_voice);
    let listener = heard.find(|other| goes_on(other))?.source.ip();
    let reached = || {
        let sent = case.streams_from(own.ip()).filter(is_voice);
        sent.filter(move |other| other.destination.ip() == listener)
    };
    let is_over = reached().next().is_some();
    (!reached().any(goes_on)).then_some((listener, is_over))
}
