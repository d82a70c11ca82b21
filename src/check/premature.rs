//! Takes findings of a capture that goes on, leaves out those that the next seconds may take back: what they miss may still
//! come. By the clock of the capture.

use super::finding::{Detail, Finding};
use crate::capture::{CaptureSummary, Timestamp};

/// Within this time (ns) a client that was turned away tries again, with another version or another certificate.
const ANOTHER_TRY: i64 = 5_000_000_000;
/// Within this time (ns) who has connected says what for, and the other side whether it takes that.
const FIRST_WORDS: i64 = 500_000_000;

/// Leaves out what is premature while a live capture goes on; a file, and the end of a run, have all that there is.
pub(super) fn leave_out(findings: &mut Vec<Finding>, captures: &[CaptureSummary]) {
    let goes_on = captures.iter().any(|capture| capture.live.as_ref().is_some_and(|live| live.goes_on));
    if let Some(now) = captures.iter().filter_map(|capture| capture.last).max().filter(|_| goes_on) {
        findings.retain(|finding| !is_premature(finding, now));
    }
}

fn is_premature(finding: &Finding, now: Timestamp) -> bool {
    let wait = match &finding.detail {
        Detail::Sig007 { alert: Some(_), .. } | Detail::Sig007 { stuck: Some(_), .. } => ANOTHER_TRY,
        Detail::Port001 { .. } => FIRST_WORDS,
        _ => return false,
    };
    finding.evidence.first.is_some_and(|first| now.since(first) < wait)
}
