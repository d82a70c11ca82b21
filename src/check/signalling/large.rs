//! Takes a request over UDP that is sent again and again; says whether that is because it, or its answer, goes in
//! fragments of which some get lost. Raises no finding.

use std::net::SocketAddr;

use super::super::case::Case;
use super::super::finding::Size;
use super::LEAST_DATAGRAMS;
use crate::capture::Timestamp;
use crate::observe::Repeated;

/// For so long (ns) at most a host waits for fragments: RFC 1122 section 3.3.2 has 60 to 120 s.
const REASSEMBLED_WITHIN: i64 = 120_000_000_000;

/// Whether several datagrams from one socket to the other went in fragments while a request was sent again and again.
fn goes_in_fragments(case: &Case<'_>, (from, to): (SocketAddr, SocketAddr), row: &Repeated) -> bool {
    let whole = case.traffic.whole.iter().filter(|whole| (whole.from, whole.to) == (from, to));
    let is_then = |time: &&Timestamp| (row.span.0..=row.span.1).contains(*time);
    whole.flat_map(|whole| &whole.times).filter(is_then).count() >= LEAST_DATAGRAMS
}

/// Whether the receiver says by ICMP that it waited in vain for fragments of them.
fn lacks_fragments(case: &Case<'_>, (from, to): (SocketAddr, SocketAddr), row: &Repeated) -> bool {
    let flows = case.datagrams_of(from).filter(|view| view.peer() == to);
    flows.into_iter().any(|view| {
        let (is_own, icmp) = (view.started(), &view.flow.extra.icmp);
        icmp.iter().any(|icmp| {
            let is_then = icmp.span.0 <= row.span.1.plus(REASSEMBLED_WITHIN) && icmp.span.1 >= row.span.0;
            icmp.about_a == is_own && icmp.lacked_fragments() && icmp.reporter == to.ip() && is_then
        })
    })
}

/// Of answers that help nothing.
pub(super) fn of_answers(case: &Case<'_>, row: &Repeated) -> Size {
    let back = (row.to, row.from);
    match lacks_fragments(case, back, row) {
        true => Size::Lacking,
        false if goes_in_fragments(case, back, row) => Size::Suspect,
        false => Size::Usual,
    }
}

/// Of requests that are never answered: where several sendings went in fragments, the receiver must answer the sender
/// what goes in one piece.
pub(super) fn of_requests(case: &Case<'_>, row: &Repeated) -> Size {
    let way = (row.from, row.to);
    let is_answered = || {
        let prompt = &case.traffic.prompt;
        let registered = &case.traffic.registrations;
        prompt.iter().any(|other| (other.from, other.to) == way && other.count > 0)
            || registered.iter().any(|other| (other.client, other.registrar) == way && other.accepted)
    };
    match row.answered {
        1.. => Size::Usual,
        0 if lacks_fragments(case, way, row) => Size::Lacking,
        0 if goes_in_fragments(case, way, row) && is_answered() => Size::Suspect,
        0 => Size::Usual,
    }
}
