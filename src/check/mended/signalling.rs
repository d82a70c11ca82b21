//! Whether registrations, calls and connections go well by now.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::message::App;
use crate::observe::{Answer, Break, BreakKind, Call, Flow, Protocol, Registration};

use super::super::case::Case;
use super::super::target::Target;

/// Whether whoever failed is not tried any more, see [`registers`]: for so long (ns).
const GIVEN_UP: i64 = 60_000_000_000;
/// Answers that came back as they were sent, datagrams that came whole, requests that one sending was enough for.
const SEVERAL: u64 = 3;
/// A mapping holds that is kept for so many times as long as the longest that was lost.
const MAPPING_HELD: i64 = 3;
/// Without a silence for at least so long (ns).
const LEAST_CALM: i64 = 300_000_000_000;
const SECOND: i64 = 1_000_000_000;

/// How the calls went that somebody was asked for: by who that was, made once for all findings.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// When those began that came about, ascending, by where they were to lead.
    answered: HashMap<(IpAddr, Target), Vec<Timestamp>>,
    /// How many were turned away with a status, by where they were to lead.
    refused: HashMap<(IpAddr, u16), BTreeMap<Target, u64>>,
}

impl Outcomes {
    pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Self {
        let mut outcomes = Self::default();
        for call in calls {
            let (host, target) = (call.callee.ip(), Target::of(call));
            match call.answer {
                Answer::Answered if !call.is_unacknowledged => {
                    outcomes.answered.entry((host, target)).or_default().push(call.start.1);
                }
                Answer::Rejected(status) => {
                    let refused = outcomes.refused.entry((host, status)).or_default();
                    *refused.entry(target).or_default() += 1;
                }
                _ => {}
            }
        }
        outcomes.answered.values_mut().for_each(|starts| starts.sort_unstable());
        outcomes
    }

    /// SIG-005: as many later calls to this host came about as were turned away, up to `most`, and that wherever those with
    /// this status were to lead.
    pub(super) fn are_better(
        &self,
        host: IpAddr,
        status: u16,
        found: u64,
        last: Timestamp,
        most: u64,
    ) -> bool {
        let later = |target: Target| {
            let starts = self.answered.get(&(host, target)).map_or(&[][..], Vec::as_slice);
            (starts.len() - starts.partition_point(|start| *start <= last)) as u64
        };
        let mut refused = self.refused.get(&(host, status)).into_iter().flatten();
        later(Target::Inside) + later(Target::Outside) >= found.min(most)
            && refused.all(|(target, calls)| later(*target) >= (*calls).min(most))
    }
}

/// Whether `client` has registered since everything that failed, `failed` being when it did last: with the same account at
/// the same registrar, or otherwise for the first time, while what failed is not tried any more.
pub(super) fn registers(
    case: &Case<'_>,
    client: IpAddr,
    failed: impl Fn(&Registration) -> Option<Timestamp>,
) -> bool {
    let now = case.now();
    // When a registration of the client was granted for the first time, the latest of those.
    let granted = case.registrations_of(client).filter_map(|row| row.granted);
    let begun = granted.map(|(first, _)| first).max();
    case.registrations_of(client).all(|row| {
        let Some(at) = failed(row) else { return true };
        let is_same = case.account_of(row).and_then(|all| all.granted_after(at)).is_some();
        let is_given_up = now.is_some_and(|now| now.since(at) > GIVEN_UP);
        is_same || is_given_up && begun.is_some_and(|first| first > at)
    })
}

/// SIG-005 of calls that came down because of this host: with each peer a later one has stood longer than any that did.
pub(super) fn stand_longer(case: &Case<'_>, host: IpAddr, kind: BreakKind, last: Timestamp) -> bool {
    let stood = |call: &Call| {
        let until = call.end.map(|(_, end)| end).or_else(|| case.now())?;
        call.answered.map(|(_, at)| until.since(at))
    };
    let sides =
        |call: &Call| (call.caller.ip().min(call.callee.ip()), call.caller.ip().max(call.callee.ip()));
    let mut broken: BTreeMap<(IpAddr, IpAddr), i64> = BTreeMap::new();
    let mut later: BTreeMap<(IpAddr, IpAddr), i64> = BTreeMap::new();
    for call in case.traffic.calls.iter().filter(|call| call.came_about()) {
        let Some(length) = stood(call) else { continue };
        let is_meant = |one: &Break| one.from.ip() == host && one.kind == kind;
        let lengths = match &call.broken {
            Some(one) if is_meant(one) => &mut broken,
            None if call.start.1 > last => &mut later,
            _ => continue,
        };
        let longest = lengths.entry(sides(call)).or_insert(length);
        *longest = length.max(*longest);
    }
    !broken.is_empty() && broken.iter().all(|(sides, length)| later.get(sides) > Some(length))
}

fn latest(flow: &Flow) -> Option<Timestamp> {
    [flow.from_a.last, flow.from_b.last].into_iter().flatten().map(|(_, time)| time).max()
}

/// SIG-003: every registration of the client whose mapping was lost has kept one for much longer since.
pub(super) fn keeps_mapping(case: &Case<'_>, client: IpAddr) -> bool {
    let mut lost = case.registrations_of(client).filter(|row| row.mappings.len() > 1);
    lost.all(|row| {
        let pairs = row.mappings.iter().zip(row.mappings.iter().skip(1));
        let longest = pairs.map(|(before, after)| after.time.since(before.time)).max().unwrap_or_default();
        let held = row.kept.map_or(0, |(first, last)| last.since(first));
        held >= longest.max(SECOND).saturating_mul(MAPPING_HELD)
    })
}

/// SIG-004: the latest answers of this server brought the Via back as the client wrote it.
pub(super) fn is_left_alone(case: &Case<'_>, client: IpAddr, server: IpAddr) -> bool {
    let mut rows = case.traffic.rewrites.iter();
    rows.any(|row| (row.client, row.server) == (client, server) && row.intact >= SEVERAL)
}

/// SIG-006: the latest datagrams in fragments came together.
pub(super) fn come_together(case: &Case<'_>, sender: IpAddr, peer: SocketAddr) -> bool {
    let lost = case.traffic.incomplete.iter().filter(|datagram| {
        let to = datagram.ports.map(|(_, port)| SocketAddr::new(datagram.destination, port));
        datagram.source == sender && to == Some(peer)
    });
    let Some(last) = lost.map(|datagram| datagram.time).max() else { return false };
    let whole = case.traffic.whole.iter().filter(|whole| whole.from.ip() == sender && whole.to == peer);
    let later = whole.flat_map(|whole| &whole.times).filter(|time| **time > last);
    later.count() as u64 >= SEVERAL
}

/// SIG-007: the server shows a certificate that is valid.
pub(super) fn has_valid_certificate(case: &Case<'_>, client: IpAddr, server: SocketAddr) -> bool {
    let rows = case.traffic.handshakes.iter().filter(|row| (row.client, row.server) == (client, server));
    let mut latest = rows.filter_map(|row| row.renewed.as_ref());
    latest.any(|seen| seen.not_after.is_some_and(|end| seen.time.is_known() && end > seen.time))
}

/// SIG-008: between client and registrar there was no long silence for two registrations, and there is none now.
pub(super) fn is_kept_alive(case: &Case<'_>, client: IpAddr, registrar: SocketAddr, expires: u32) -> bool {
    let flows = || case.flows_of(client);
    let Some(now) = flows().filter_map(latest).max() else { return false };
    let is_trunk = |flow: &&Flow| {
        flow.protocol == Protocol::Udp && flow.app == App::Sip && [flow.a, flow.b].contains(&registrar)
    };
    let Some((flow, last)) =
        flows().filter(is_trunk).filter_map(|flow| Some((flow, latest(flow)?))).max_by_key(|(_, last)| *last)
    else {
        return false;
    };
    let began = flow.begins().map(|(time, _)| time);
    let calm = flow.extra.silence.as_ref().and_then(|silences| silences.long_until).or(began);
    let least = i64::from(expires).saturating_mul(2 * SECOND).max(LEAST_CALM);
    let is_silent = now.since(last) > crate::observe::Silence::LONG;
    !is_silent && calm.is_some_and(|calm| last.since(calm) >= least)
}

/// SIG-009: the latest requests needed one sending.
pub(super) fn is_answered_at_once(case: &Case<'_>, sender: IpAddr, method: &str, to: SocketAddr) -> bool {
    let rows = case.traffic.repeats.iter();
    let mut same = rows.filter(|row| row.from.ip() == sender && row.to == to && *row.method == *method);
    same.all(|row| row.prompt >= SEVERAL)
}
