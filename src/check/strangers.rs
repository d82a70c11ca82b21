//! Takes the findings; says who scanned, and puts what scanners did behind what the installation does: nobody should have to look
//! for his telephones among the guesses of a stranger.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::finding::{Audit, Detail, Finding};
use crate::capture::{CaptureSummary, Timestamp};
use crate::observe::{Answer, Call, Registration, Traffic};

/// Whoever answers an INVITE says so within this time (ns), with 100 at least (RFC 3261 section 17.2.1).
const ANSWERED_WITHIN: i64 = 5_000_000_000;

/// Whom SEC-002 tells of.
pub(super) fn scanners<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeSet<IpAddr> {
    let scans = findings.into_iter().filter(|finding| matches!(finding.detail, Detail::Sec002 { .. }));
    scans.filter_map(|finding| finding.subject.as_ref()).map(|subject| subject.address).collect()
}

impl Audit {
    /// Whom SEC-002 tells of, also where the site file accepts that.
    #[must_use]
    pub fn scanners(&self) -> BTreeSet<IpAddr> {
        scanners(self.findings.iter().chain(self.accepted.iter().map(|accepted| &accepted.finding)))
    }
}

/// Whether this is a mere try of a scanner. What came about has its place among the others.
#[must_use]
pub fn is_try(scanners: &BTreeSet<IpAddr>, registration: &Registration) -> bool {
    scanners.contains(&registration.client.ip()) && !registration.accepted
}

/// Puts their registrations last, and says of their calls that nothing answered.
pub(super) fn put_last(traffic: &mut Traffic, scanners: &BTreeSet<IpAddr>, captures: &[CaptureSummary]) {
    if scanners.is_empty() {
        return;
    }
    traffic.registrations.sort_by_key(|row| is_try(scanners, row));
    // No lamp hangs on what they are refused.
    traffic.subscriptions.retain(|row| !scanners.contains(&row.client));
    let Some(last) = captures.iter().filter_map(|capture| capture.last).max() else { return };
    let theirs = traffic.calls.iter_mut().filter(|call| scanners.contains(&call.caller.ip()));
    for call in theirs.filter(|call| is_unanswered(call, last)) {
        call.answer = Answer::Unanswered;
    }
}

fn is_unanswered(call: &Call, last: Timestamp) -> bool {
    let mut steps = call.ladder.steps().peekable();
    call.answer == Answer::Open
        && call.end.is_none()
        && steps.peek().is_some()
        && steps.all(|step| step.status.is_none())
        && last.since(call.start.1) >= ANSWERED_WITHIN
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::super::fixture::finding;
    use super::*;
    use crate::observe::Subscriptions;
    use crate::observe::fixture::{at, registration};

    #[test]
    fn registrations_of_a_scanner_come_last() {
        let detail =
            Detail::Sec002 { requests: 40, users: 40, agent: None, answered: true, gained: Box::default() };
        let scanners = scanners([&finding(detail, Severity::Notice, Some("203.0.113.66"))]);
        let rows = ["203.0.113.66:5090", "192.168.10.21:5060", "203.0.113.66:5091", "192.168.10.22:5060"];
        let tried = |client| Registration { accepted: false, ..registration(client, "192.168.10.2:5060") };
        let registrations = rows.map(tried).to_vec();
        let mut traffic = Traffic { registrations, ..Traffic::default() };
        let refused = |client: &str| Subscriptions {
            client: client.parse().unwrap(),
            server: "192.168.10.2".parse().unwrap(),
            relay: None,
            refused: [(489, 3)].into(),
            packages: [].into(),
            accepted: 0,
        };
        traffic.subscriptions = vec![refused("192.168.10.21"), refused("203.0.113.66")];
        put_last(&mut traffic, &scanners, &[]);
        assert_eq!(
            traffic.subscriptions,
            [refused("192.168.10.21")],
            "what a scanner is refused is no trouble"
        );
        let ports: Vec<_> = traffic.registrations.iter().map(|row| row.client.to_string()).collect();
        assert_eq!(ports, [rows[1], rows[3], rows[0], rows[2]], "each in the order as before");
        let accepted = Registration { accepted: true, ..registration(rows[0], "192.168.10.2:5060") };
        assert!(!is_try(&scanners, &accepted), "he knows the password");
    }

    #[test]
    fn a_call_without_any_step_says_nothing() {
        let call = crate::observe::fixture::call("203.0.113.66:5090", "192.168.10.2:5060");
        assert!(!is_unanswered(&call, at(60_000)));
    }
}
