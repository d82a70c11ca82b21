//! SIG-005: takes all calls; gives a finding for each far side where they all end after the same round time, as where a
//! session timer is not refreshed (RFC 4028) or a line limits how long calls last. Knows nothing of why single calls
//! fail.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::Case;
use super::super::evidence::Collector;
use super::super::filter;
use super::super::finding::{Detail, Finding, Party, Severity};
use super::super::rejection::{Circumstance, Rejection, SameLength};
use super::is_outside;
use crate::observe::{Beginning, Call, CallSide};
use crate::site::{Confidence, Scope};

/// By so much (ns) the lengths may differ.
const PLAY: i64 = 2_000_000_000;
/// So many such calls are no chance; where the length is that of the session timer as well, so many.
const LEAST: usize = 3;
const LEAST_WITH_TIMER: usize = 2;
/// Announcements and recordings end after the same time as well: they are shorter than this (ns).
const LEAST_LENGTH: i64 = 300_000_000_000;
const LEAST_LENGTH_WITH_TIMER: i64 = 45_000_000_000;
const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
/// Who has to end a call that nobody refreshes does so by this (s) before its time, or by a third of it if that is less
/// (RFC 4028 section 10).
const BEFORE_EXPIRY: i64 = 32;

/// One finding for a far side.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut ended: BTreeMap<IpAddr, Vec<(&Call, i64)>> = BTreeMap::new();
    for call in &case.traffic.calls {
        let ends = [call.caller.ip(), call.callee.ip()];
        let far = ends.into_iter().find(|end| is_outside(case, *end));
        let is_own = |end: IpAddr| case.scope(end) == Scope::Lan || case.device(end).is_some();
        // Both may be outside, and neither.
        let near = ends.into_iter().find(|end| Some(*end) != far);
        if let (Some(far), Some(length)) = (far.filter(|_| near.is_some_and(is_own)), call.length()) {
            ended.entry(far).or_default().push((call, length));
        }
    }
    ended.into_iter().filter_map(|(far, calls)| raise(case, far, &calls)).collect()
}

/// Those that last longest, if they show it. One that lasted longer, or ended so in another way, shows that nothing
/// limits them.
fn raise(case: &Case<'_>, far: IpAddr, calls: &[(&Call, i64)]) -> Option<Finding> {
    let longest = calls.iter().map(|(_, length)| *length).max()?;
    let even: Vec<(&Call, i64)> =
        calls.iter().copied().filter(|(_, length)| longest - length <= PLAY).collect();
    let is_cut = |call: &Call| {
        let ends = [(CallSide::Caller, call.caller), (CallSide::Callee, call.callee)];
        let by_far = ends.iter().any(|(side, end)| call.hung_up == Some(*side) && end.ip() == far);
        by_far && call.beginning == Beginning::Seen && call.broken.is_none() && !call.is_refreshed
    };
    let of_timer = |call: &Call| {
        let expires = call.session_expires.map(i64::from)?;
        let times = [expires / 2, expires, expires - BEFORE_EXPIRY.min(expires / 3)];
        times.iter().any(|time| (longest - time * SECOND).abs() <= PLAY).then_some(expires)
    };
    let session = even.first().and_then(|(call, _)| of_timer(call));
    let session = session.filter(|session| even.iter().all(|(call, _)| of_timer(call) == Some(*session)));
    let past_minute = longest % MINUTE;
    let is_round = past_minute <= PLAY || MINUTE - past_minute <= PLAY;
    // One announcement is as long each time, and who tests calls the same number again and again.
    let parties: BTreeSet<&str> = even.iter().map(|(call, _)| party(call, far)).collect();
    let is_shown = match session {
        Some(_) => even.len() >= LEAST_WITH_TIMER && longest >= LEAST_LENGTH_WITH_TIMER,
        None => even.len() >= LEAST && parties.len() > 1 && longest + PLAY >= LEAST_LENGTH && is_round,
    };
    if !is_shown || !even.iter().all(|(call, _)| is_cut(call)) {
        return None;
    }
    let mut collector = Collector::default();
    for (frame, time) in even.iter().flat_map(|(call, _)| [call.answered, call.end]).flatten() {
        collector.frames(&[frame]);
        collector.time(time);
    }
    let least = even.iter().map(|(_, length)| *length).min()?;
    let callers: BTreeSet<IpAddr> = even.iter().map(|(call, _)| call.caller.ip()).collect();
    Some(Finding {
        detail: Detail::Sig005 {
            rejection: Rejection {
                status: 200,
                reason: Box::default(),
                with_credentials: false,
                outside: true,
                offered: None,
            },
            calls: calls.len() as u64,
            answered: calls.len() as u64,
            callers: callers.into_iter().collect(),
            why: Some(Circumstance::SameLength(SameLength {
                length: longest,
                spread: longest - least,
                session,
            })),
        },
        severity: Severity::Warning,
        confidence: Confidence::Suspected,
        subject: Some(case.subject(far)),
        rows: Vec::new(),
        count: even.len() as u64,
        responsible: Party::Telephony,
        evidence: collector.finish(format!(
            "{} && (sip.CSeq.method == \"INVITE\" || sip.CSeq.method == \"BYE\")",
            filter::host(far)
        )),
    })
}

/// Who is called out there, or calls from there.
fn party(call: &Call, far: IpAddr) -> &str {
    if call.caller.ip() == far { &call.from } else { &call.to }
}
