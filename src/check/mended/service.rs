//! Whether a port is closed by now, or a service goes where it is documented.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;
use crate::observe::message::App;
use crate::observe::{DhcpOffer, FlowView, IcmpReport, Protocol, TcpOutcome};
use crate::site::Scope;

use super::super::case::Case;
use super::super::finding::{Finding, PortUse, Side};
use super::super::{port, security};
use super::MOST_PEERS;

/// Tries of one host without an answer: a single one may be lost.
const LEAST_TRIES: u64 = 2;
/// Questions that one alone answered, where two had done so.
const LEAST_SETTLED: u64 = 3;
/// Public addresses that try in vain: one alone may have been shut out.
const LEAST_SOURCES: usize = 2;
/// "Port unreachable", RFC 792 and RFC 4443.
const CLOSED_V4: (u8, u8) = (3, 3);
const CLOSED_V6: (u8, u8) = (1, 4);

fn time(moment: Option<(Frame, Timestamp)>) -> Option<Timestamp> {
    moment.map(|(_, time)| time)
}

fn views<'a>(case: &Case<'a>, host: IpAddr) -> impl Iterator<Item = FlowView<'a>> {
    let views = case.traffic.flows.iter().flat_map(FlowView::both);
    views.filter(move |view| view.host() == host)
}

/// SEC-001 and SEC-004: strangers in the Internet ask on, and the device, which is there, answers none of them.
pub(super) fn is_shut(case: &Case<'_>, at: SocketAddr, protocol: Protocol, last: Timestamp) -> bool {
    let later = views(case, at.ip()).filter(|view| {
        let peer = view.peer().ip();
        let is_stranger = case.scope(peer) == Scope::Public && !case.is_provider(peer);
        let is_later = time(view.received.first) > Some(last);
        (view.own(), view.flow.protocol) == (at, protocol) && !view.started() && is_stranger && is_later
    });
    let mut sources = BTreeSet::new();
    let mut tried = last;
    for view in later {
        let tries = match view.flow.tcp.as_ref().map(|tcp| (tcp.outcome, tcp.attempt_count)) {
            Some((TcpOutcome::Refused | TcpOutcome::Silent, tries)) => tries,
            None if view.sent.packets == 0 => view.received.payload_packets,
            _ => return false,
        };
        if tries >= LEAST_TRIES {
            sources.insert(view.peer().ip());
            tried = tried.max(time(view.received.last).unwrap_or(last));
        }
    }
    sources.len() >= LEAST_SOURCES && views(case, at.ip()).any(|view| time(view.sent.last) > Some(tried))
}

/// NET-003: later requests get the offer of one of the two alone.
pub(super) fn is_alone(case: &Case<'_>, offers: &[DhcpOffer; 2]) -> bool {
    let mut servers = [offers[0].server, offers[1].server];
    servers.sort_unstable();
    let mut known = case.traffic.dhcp_rivals.iter();
    known
        .any(|row| row.offers.each_ref().map(|offer| offer.server) == servers && row.settled >= LEAST_SETTLED)
}

/// NET-005: later questions for the address are answered by one device alone.
pub(super) fn has_one_owner(case: &Case<'_>, address: IpAddr, macs: [Mac; 2]) -> bool {
    let mut known = case.traffic.contests.iter();
    known.any(|row| (row.address, row.macs) == (address, macs) && row.settled >= LEAST_SETTLED)
}

/// SEC-003: whatever could be read goes encrypted by now, to the same peers.
pub(super) fn is_encrypted(case: &Case<'_>, host: IpAddr) -> bool {
    security::readable(case, host).into_iter().all(|((peer, app), last)| {
        case.ends.iter().any(|end| {
            let view = &end.view;
            let is_later = view.sent.first.max(view.received.first).map(|(_, time)| time) > Some(last);
            end.device.address == host
                && view.peer().ip() == peer
                && view.flow.app == App::Tls
                && is_later
                && view.took_part()
                && end.rows.iter().any(|(row, _)| !row.plain && row.admits_protocol(app.name()))
        })
    })
}

/// PORT-001: each port is closed, or the service that was there goes on with the same peers where it is documented.
pub(super) fn is_put_right(case: &Case<'_>, host: IpAddr, uses: &[PortUse], finding: &Finding) -> bool {
    let Some(last) = finding.evidence.last else { return false };
    uses.iter().all(|used| {
        used.side == Side::Own && is_closed(case, host, used, last)
            || (1..=MOST_PEERS).contains(&used.peers.len())
                && used.peers.iter().all(|peer| goes_by(case, host, peer.ip(), finding, last))
    })
}

/// The device itself says that nobody listens there, and answers nobody.
fn is_closed(case: &Case<'_>, host: IpAddr, used: &PortUse, last: Timestamp) -> bool {
    let mut later = views(case, host)
        .filter(|view| view.own().port() == used.port && view.flow.protocol == used.protocol)
        .filter(|view| !view.started() && time(view.received.first) > Some(last))
        .peekable();
    let is_refused = |report: &IcmpReport| {
        let closed = if report.v6 { CLOSED_V6 } else { CLOSED_V4 };
        report.about_a && report.reporter == host && (report.kind, report.code) == closed
    };
    later.peek().is_some()
        && later.all(|view| match view.flow.tcp.as_ref().map(|tcp| tcp.outcome) {
            Some(outcome) => outcome == TcpOutcome::Refused,
            None => view.flow.extra.icmp.iter().any(|report| is_refused(report)),
        })
}

/// Whether the device and this peer use a row of the finding by now.
fn goes_by(case: &Case<'_>, host: IpAddr, peer: IpAddr, finding: &Finding, last: Timestamp) -> bool {
    case.ends.iter().any(|end| {
        let view = &end.view;
        let is_meant = |id: &str| finding.rows.iter().any(|row| **row == *id);
        end.device.address == host
            && view.peer().ip() == peer
            && view.flow.begins().map(|(time, _)| time) > Some(last)
            && view.took_part()
            && view.was_answered()
            && end.rows.iter().any(|(row, _)| is_meant(row.id.as_str()))
    })
}

/// PORT-005: the same provider is asked from a documented port, and answers.
pub(super) fn asks_from_documented_port(
    case: &Case<'_>,
    host: IpAddr,
    provider: IpAddr,
    last: Timestamp,
) -> bool {
    case.ends.iter().any(|end| {
        let view = &end.view;
        end.device.address == host
            && port::is_provider_sip(case, end)
            && !end.rows.is_empty()
            && view.peer().ip() == provider
            && view.flow.begins().map(|(time, _)| time) > Some(last)
            && view.was_answered()
    })
}

/// PORT-009: whoever came over TCP registers over UDP by now.
pub(super) fn is_called_over_udp(case: &Case<'_>, registrar: IpAddr) -> bool {
    port::called_over_tcp(case, registrar).into_iter().all(|(client, last)| {
        case.traffic.registrations.iter().any(|row| {
            (row.client.ip(), row.registrar.ip(), row.protocol) == (client, registrar, Protocol::Udp)
                && row.granted.is_some_and(|(_, granted)| granted > last)
        })
    })
}
