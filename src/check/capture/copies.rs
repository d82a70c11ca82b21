//! CAP-002: packets that are in the capture twice, and who made the copies.

use std::collections::BTreeSet;

use super::{LEAST_VOICE, at_frames, note};
use crate::capture::{CaptureSummary, Frame, Timestamp};
use crate::check::evidence::FRAMES_KEPT;
use crate::check::finding::{Detail, Finding, Party, Severity};
use crate::observe::media::StreamReport;
use crate::observe::{Stream, Traffic};
use crate::site::Confidence;

/// As findings.tsv has it.
const DUPLICATE_PERCENT: u64 = 1;
const LEAST_DUPLICATES: u64 = 10;
/// In a short capture fewer show it, if they are a good part of it.
const FEW_DUPLICATES: u64 = 5;
const PLAIN_PERCENT: u64 = 20;
/// Share of the copies that a receiver must have got as well.
const MOSTLY_RECEIVED: f64 = 0.5;

/// A mirror port doubles all that passes it or nothing: of a stream that it doubles, so many percent are there twice, and
/// the copies that a network makes here and there are fewer.
const DOUBLED_PERCENT: u64 = 50;
const SCATTERED_PERCENT: std::ops::RangeInclusive<u64> = 2..=30;
/// Link types of 802.11: there senders repeat what was not acknowledged, and its receiver drops the copy.
const WIRELESS: [u16; 5] = [105, 119, 127, 163, 192];

/// Copies that no mirror port made, because only some packets of the doubled streams are there twice.
fn scattered(traffic: &Traffic, captures: &[CaptureSummary]) -> u64 {
    let mut links = captures.iter().flat_map(|one| &one.interfaces).map(|one| one.link.0);
    if links.any(|link| WIRELESS.contains(&link)) {
        return 0;
    }
    let streams = || {
        traffic.streams.iter().map(|stream| &*stream.report).filter(|one| one.counts.packets >= LEAST_VOICE)
    };
    if streams().any(|report| report.counts.copies() * 100 >= report.counts.packets * DOUBLED_PERCENT) {
        return 0;
    }
    // Many receivers never report fewer than none lost; any other number shows that the copies did not reach them.
    let may_have_come =
        |report: &&StreamReport| report.receiver.as_deref().is_none_or(|receiver| receiver.lost() == 0);
    let doubled = streams().filter(|report| {
        let copies = report.counts.copies();
        copies >= LEAST_DUPLICATES && SCATTERED_PERCENT.contains(&(copies * 100 / report.counts.packets))
    });
    doubled.filter(may_have_come).map(|report| report.counts.copies()).sum()
}

/// CAP-002.
pub(super) fn duplicates(traffic: &Traffic, captures: &[CaptureSummary]) -> Option<Finding> {
    let quality = &traffic.quality;
    let (duplicates, of) = (quality.duplicates, quality.duplicate_candidates);
    let is_many = duplicates >= LEAST_DUPLICATES && duplicates * 100 > of * DUPLICATE_PERCENT;
    let is_plain = duplicates >= FEW_DUPLICATES && duplicates * 100 >= of * PLAIN_PERCENT;
    let twice = traffic.streams.iter().filter(|stream| stream.report.has_two_clocks());
    // By how much the clocks differ, CAP-006 says.
    let two_clocks = if quality.apart.is_some() { 0 } else { twice.count() as u64 };
    if !is_many && !is_plain && two_clocks == 0 {
        return None;
    }
    let doubled: Vec<(&Stream, u64)> =
        traffic.streams.iter().filter_map(|stream| Some((stream, received_twice(stream)?))).collect();
    let copies: u64 = doubled.iter().map(|(stream, _)| stream.report.counts.copies()).sum();
    // What else is there twice may have another reason.
    let is_network = two_clocks == 0 && copies * 2 > duplicates;
    let received = if is_network { doubled.iter().map(|(_, received)| received).sum() } else { 0 };
    let scattered = if received == 0 && two_clocks == 0 { scattered(traffic, captures) } else { 0 };
    let is_scattered = scattered * 2 > duplicates;
    let detail = Detail::Cap002 { duplicates, of, two_clocks, received, is_scattered };
    let mut finding = note(detail, Severity::Notice, duplicates.max(two_clocks));
    if received > 0 || is_scattered {
        finding.responsible = Party::Network;
    } else if two_clocks == 0 {
        // Copies are known and left out: nobody has to act.
        finding.responsible = Party::Nobody;
    }
    let certain = duplicates.saturating_sub(quality.equal_pings);
    if certain < LEAST_DUPLICATES || certain * 100 <= of * DUPLICATE_PERCENT {
        finding.confidence = Confidence::Likely;
    }
    if is_scattered {
        finding.confidence = Confidence::Suspected;
    }
    // An original is shown with all its copies or not at all, unless it is the first one and has too many.
    let mut shown: BTreeSet<Frame> = BTreeSet::new();
    for group in groups(&quality.duplicate_pairs) {
        if shown.is_empty() || shown.len() + group.len() <= FRAMES_KEPT {
            shown.extend(group.into_iter().take(FRAMES_KEPT));
        }
    }
    if received > 0 {
        let reports = doubled.iter().filter_map(|(stream, _)| stream.report.receiver.as_deref());
        let room = FRAMES_KEPT.saturating_sub(1).max(1);
        shown =
            shown.into_iter().take(room).chain(reports.map(|receiver| receiver.latest_at).take(1)).collect();
    }
    finding.evidence = at_frames(&shown.into_iter().collect::<Vec<_>>());
    Some(finding)
}

/// How many packets more than were sent the receiver of a stream reports (RFC 3550 section 6.4.1: copies count as received),
/// if those are about the copies in the capture, up to that report: then the copies were under way, and no mirror port made them.
fn received_twice(stream: &Stream) -> Option<u64> {
    let report = &stream.report;
    let receiver = report.receiver.as_deref()?;
    let more = u64::try_from(receiver.lost().checked_neg()?).ok().filter(|more| *more >= FEW_DUPLICATES)?;
    let share = |time: Timestamp| time.since(report.first.time) as f64;
    let covered = (share(receiver.latest_time) / share(report.last.time).max(1.0)).clamp(0.0, 1.0);
    let copies = report.counts.copies() as f64 * covered;
    // Some got lost beside, and the report may be a little old.
    (more as f64 >= copies * MOSTLY_RECEIVED && more <= report.counts.copies()).then_some(more)
}

/// Originals with their copies, in the order of the first pair of each: a further copy is paired with the one before.
fn groups(pairs: &[[Frame; 2]]) -> Vec<BTreeSet<Frame>> {
    let mut groups: Vec<BTreeSet<Frame>> = Vec::new();
    for pair in pairs {
        match groups.iter_mut().find(|group| pair.iter().any(|frame| group.contains(frame))) {
            Some(group) => group.extend(pair),
            None => groups.push(pair.iter().copied().collect()),
        }
    }
    groups
}
