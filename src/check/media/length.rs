//! RTP-006: packets hold more or less voice than was agreed.

use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::at_moments;
use super::super::finding::{Detail, Finding, Party, Severity};
use super::{excepted, has_enough, peers};
use crate::observe::Stream;
use crate::site::Confidence;

/// Between packet times that differ only by rounding.
const PLAY: f64 = 0.5;
/// Share of neighbours that keep to the packet time.
const LEAST_STEADY: f64 = 0.8;
/// Share from which on it is that of all packets: where one was lost, a step is longer.
const ALL: f64 = 0.98;

/// Against what a packet time is held.
struct Agreed {
    seen: f64,
    /// Of the packets.
    share: f64,
    ptime: u32,
    both: bool,
}

/// RTP-006.
pub(in crate::check) fn packet_time(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let differing: Vec<&Stream> = streams
        .iter()
        .copied()
        .filter(|stream| odd(case, stream).is_some() && !excepted(case, "RTP-006", stream))
        .collect();
    let first = differing.first()?;
    let Agreed { seen, share, ptime, both } = odd(case, first)?;
    let codec = first.report.codec.as_deref().map(Into::into);
    Some(Finding {
        detail: Detail::Rtp006 {
            seen,
            mostly: share < ALL,
            agreed: ptime,
            both,
            codec,
            peers: peers(&differing),
        },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: differing.len() as u64,
        responsible: Party::Telephony,
        evidence: at_moments(differing.into_iter().map(|stream| (stream, vec![stream.report.first]))),
    })
}

/// A packet time that the receiver did not ask for (RFC 8866 section 6.4: `a=ptime` is what its sender wants to receive).
/// It is a wish: it binds where both sides have the same, and what the limits of the codec or of the media line admit
/// (`minptime` of RFC 7587 section 6.1, `a=maxptime`) is in order.
fn odd(case: &Case<'_>, stream: &Stream) -> Option<Agreed> {
    let report = &stream.report;
    let (seen, ptime) = (report.ptime?, report.announced_ptime.filter(|ptime| *ptime > 0)?);
    let at = report.announced_at?;
    let share = report
        .payloads
        .iter()
        .max_by_key(|payload| payload.seen.packets)
        .and_then(|payload| payload.step)
        .map_or(0.0, |(_, share)| share);
    let is_steady = share >= LEAST_STEADY;
    let differs = (seen - f64::from(ptime)).abs() > PLAY;
    let is_receivers = SocketAddr::new(at.address, at.port) == stream.destination;
    if !differs || !is_steady || !has_enough(stream) || !is_receivers {
        return None;
    }
    let (least, most) = report.ptime_limits;
    let is_less = seen < f64::from(ptime);
    let limit = if is_less { least } else { most };
    let is_beyond = limit.map(|limit| {
        let limit = f64::from(limit);
        if is_less { seen < limit - PLAY } else { seen > limit + PLAY }
    });
    let both = has_same_wish(case, stream, ptime);
    match is_beyond {
        Some(false) => None,
        None if !both => None,
        _ => Some(Agreed { seen, share, ptime, both }),
    }
}

/// Whether the sender asks the receiver for the same packet time.
fn has_same_wish(case: &Case<'_>, stream: &Stream, ptime: u32) -> bool {
    stream.call.into_iter().flat_map(|call| case.streams_in(call)).any(|back| {
        let at = back.report.announced_at.map(|at| SocketAddr::new(at.address, at.port));
        at == Some(stream.source) && back.report.announced_ptime == Some(ptime)
    })
}
