//! CAP codes: what the capture itself leaves open. They come before every other verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::capture::{CaptureSummary, Ended, Frame};
use crate::observe::media::MediaDirection;
use crate::observe::message::App;
use crate::observe::{Lapse, Stream, Traffic};
use crate::site::Confidence;

use super::absence;
use super::case::{Case, SIP};
use super::connection::{SIPS, leave_out_failed};
use super::evidence::{Collector, of_flows};
use super::filter;
use super::finding::{Code, Detail, Evidence, Finding, LossSign, Party, Severity};
use copies::duplicates;

mod copies;

mod gaps;

/// One connection may have started on a path that is not mirrored.
const UNSEEN_CONNECTIONS: u64 = 2;
const UNSEEN_PERCENT: u64 = 2;
/// A hundred full segments do not get lost by chance, even of one connection.
const UNSEEN_BYTES: u64 = 146_000;
/// Too few pairs, or too few packets, show one direction by chance.
const LEAST_PAIRS: u64 = 2;
const LEAST_FRAMES: u64 = 20;
/// Voice of so many packets shows it alone.
const LEAST_VOICE: u64 = 100;
/// Calls without their ACK of which the answer is shown.
const UNSEEN_SHOWN: usize = 5;
/// What a thinned capture lacks at least of every stream that should have so many packets: no call survives that.
const THINNED_PERCENT: u64 = 80;
const THINNED_EXPECTED: u64 = 50;
/// By how much (ms) what is left may be off its time.
const ON_TIME: f64 = 40.0;

/// All CAP findings.
pub(super) fn check(case: &Case<'_>, captures: &[CaptureSummary]) -> Vec<Finding> {
    let traffic = case.traffic;
    let mut findings: Vec<Finding> = captures.iter().filter_map(damaged).collect();
    findings.extend(incomplete(traffic, captures, &case.lapses));
    findings.extend(duplicates(traffic, captures));
    findings.extend(one_direction(traffic));
    findings.extend(cut_sip(traffic));
    findings.extend(clock(traffic));
    let is_poor = lacks_packets(&findings) || has(&findings, Code::Cap003);
    findings.extend(encrypted(case, is_poor));
    let has_gaps = has(&findings, Code::Cap001) || has(&findings, Code::Cap011);
    findings.extend(absence::check(case, captures, has_gaps));
    findings
}

/// Whether one of these codes was raised.
pub(super) fn has(findings: &[Finding], code: Code) -> bool {
    findings.iter().any(|finding| finding.code() == code)
}

/// Whether packets are missing here and there. A time of which all is missing is known, and counts nowhere.
pub(super) fn lacks_packets(findings: &[Finding]) -> bool {
    let is_apart = |sign: &LossSign| matches!(sign, LossSign::Lapsed { .. });
    findings.iter().any(|finding| match &finding.detail {
        Detail::Cap001 { signs } => !signs.iter().all(is_apart),
        _ => false,
    })
}

fn note(detail: Detail, severity: Severity, count: u64) -> Finding {
    Finding {
        detail,
        severity,
        confidence: Confidence::Sure,
        subject: None,
        rows: Vec::new(),
        count,
        responsible: Party::Capture,
        evidence: Collector::default().finish(String::new()),
    }
}

/// CAP-001.
fn incomplete(traffic: &Traffic, captures: &[CaptureSummary], lapses: &[Lapse]) -> Option<Finding> {
    let quality = &traffic.quality;
    let drops: u64 =
        captures.iter().flat_map(|capture| &capture.interfaces).filter_map(|interface| interface.drops).sum();
    let mut signs = Vec::new();
    if drops > 0 {
        let own: u64 = captures.iter().map(|capture| capture.own_drops).sum();
        // What is dropped just now may not have come with the packets yet.
        signs.push(LossSign::Drops { packets: drops, own: own.min(drops) });
    }
    let (connections, of) = (quality.unseen_connections, quality.tcp_connections);
    let bytes: u64 =
        traffic.flows.iter().filter_map(|flow| flow.tcp.as_ref()).map(|tcp| tcp.unseen_acknowledged).sum();
    let several = connections >= UNSEEN_CONNECTIONS && connections * 100 >= of * UNSEEN_PERCENT;
    if several || bytes >= UNSEEN_BYTES {
        signs.push(LossSign::UnseenAcknowledged { connections, of });
    }
    let is_counted = !signs.is_empty();
    let unseen = gaps::unseen(traffic);
    signs.extend(unseen.map(|(calls, of)| LossSign::Unseen { calls, of }));
    signs.extend(thinned(traffic));
    let is_told = is_counted || signs.iter().any(|sign| matches!(sign, LossSign::Thinned { .. }));
    if signs.iter().all(|sign| !matches!(sign, LossSign::Thinned { .. })) {
        signs.extend(gaps::evenly_thinned(traffic));
    }
    signs.extend(gaps::lapsed(lapses));
    if signs.is_empty() {
        return None;
    }
    // The answers that were not repeated.
    let answers = traffic.calls.iter().filter(|call| unseen.is_some() && call.lacks_ack);
    let answers = answers.filter_map(|call| call.answered).map(|(frame, _)| frame);
    let others = quality.unseen_frames.iter().copied().chain(lapses.iter().map(|lapse| lapse.frame));
    let frames: Vec<Frame> = others.chain(answers.take(UNSEEN_SHOWN)).collect();
    let calls = unseen.map_or(0, |(calls, _)| calls);
    let count = drops + connections + calls + lapses.len() as u64;
    let mut finding = note(Detail::Cap001 { signs }, Severity::Warning, count);
    finding.confidence = if is_told { Confidence::Sure } else { Confidence::Likely };
    finding.evidence = at_frames(&frames);
    gaps::date(&mut finding.evidence, lapses);
    Some(finding)
}

/// Whether somebody left most packets out: every stream lacks nearly all of its packets, here and there, and what is left
/// keeps to its time, which it would not on a network in such a state.
fn thinned(traffic: &Traffic) -> Option<LossSign> {
    let should = |stream: &&Stream| stream.report.counts.expected >= THINNED_EXPECTED;
    let streams: Vec<&Stream> = traffic.streams.iter().filter(should).collect();
    let is_thinned = |stream: &&Stream| {
        let counts = stream.report.counts;
        let segments = stream.report.segments.as_slice();
        let (&[segment], Some(clock)) = (segments, stream.report.timing.clock) else { return false };
        let nominal = f64::from(segment.ticks) * 1000.0 / f64::from(clock.rate);
        let passed = segment.highest.1.since(segment.first.1) as f64 / 1e6;
        counts.lost * 100 >= counts.expected * THINNED_PERCENT
            && counts.bursts >= 2
            && (nominal - passed).abs() <= ON_TIME
    };
    if streams.is_empty() || !streams.iter().all(is_thinned) {
        return None;
    }
    let sum = |count: fn(&Stream) -> u64| streams.iter().map(|stream| count(stream)).sum();
    Some(LossSign::Thinned {
        packets: sum(|stream| stream.report.counts.packets),
        of: sum(|stream| stream.report.counts.expected),
    })
}

/// CAP-003.
fn one_direction(traffic: &Traffic) -> Option<Finding> {
    let quality = &traffic.quality;
    // That one side alone speaks may have been agreed (RFC 3264 section 5.1).
    let is_agreed = |stream: &Stream| {
        stream.report.announced_direction.is_some_and(|direction| direction != MediaDirection::SendReceive)
    };
    let has_voice = || {
        let mut streams = traffic.streams.iter();
        streams.any(|stream| stream.report.counts.packets >= LEAST_VOICE && !is_agreed(stream))
    };
    let is_shown =
        quality.pairs >= LEAST_PAIRS || quality.pairs_answered_unseen > 0 || quality.pairs > 0 && has_voice();
    let none_both = is_shown && quality.pairs_both_ways == 0;
    // Of a single one nobody knows whether the other side was to send anything.
    let is_lone = quality.pairs < LEAST_PAIRS && quality.pairs_answered_unseen == 0;
    (none_both && quality.frames >= LEAST_FRAMES).then(|| Finding {
        confidence: if is_lone { Confidence::Suspected } else { Confidence::Sure },
        ..note(Detail::Cap003 { pairs: quality.pairs }, Severity::Warning, quality.pairs)
    })
}

/// CAP-004.
fn cut_sip(traffic: &Traffic) -> Option<Finding> {
    let quality = &traffic.quality;
    let cut = quality.cut_sip_count;
    let mut finding = (cut > 0)
        .then(|| note(Detail::Cap004 { cut, frames: quality.cut_payloads }, Severity::Notice, cut))?;
    finding.evidence = at_frames(&quality.cut_sip);
    Some(finding)
}

/// CAP-006.
fn clock(traffic: &Traffic) -> Option<Finding> {
    let quality = &traffic.quality;
    if let Some(apart) = quality.apart {
        let detail = Detail::Cap006 {
            steps: 0,
            largest: 0,
            returns: false,
            forward: 0,
            stray: None,
            apart: Some(apart),
        };
        let mut finding = note(detail, Severity::Notice, 1);
        finding.confidence = Confidence::Likely;
        finding.evidence = at_frames(&apart.pair);
        return Some(finding);
    }
    if let Some(forward) = traffic.clock_forward().filter(|_| quality.clock_back == 0) {
        let detail = Detail::Cap006 {
            steps: 1,
            largest: 0,
            returns: false,
            forward: forward.length,
            stray: None,
            apart: None,
        };
        let mut finding = note(detail, Severity::Notice, 1);
        finding.evidence = at_frames(&[forward.at.frame]);
        return Some(finding);
    }
    // Where records are out of order the times come back as they went; a clock that was set goes on from there.
    let returns = quality.clock_forth_max >= quality.clock_back_max / 2;
    let detail = Detail::Cap006 {
        steps: quality.clock_back,
        largest: quality.clock_back_max,
        returns,
        forward: 0,
        stray: quality.stray,
        apart: None,
    };
    let mut finding = (quality.clock_back > 0).then(|| note(detail, Severity::Notice, quality.clock_back))?;
    if quality.stray.is_some() {
        finding.responsible = Party::Nobody;
    }
    finding.evidence = at_frames(&quality.clock_back_frames);
    Some(finding)
}

/// CAP-008: encrypted connections on which SIP is documented for an identified device, or to the port of SIP over TLS.
/// What never was encrypted is told as SIG-007.
fn encrypted(case: &Case<'_>, is_poor: bool) -> Option<Finding> {
    let flows = case.ends.iter().filter(|end| {
        let signalling = end.rows.iter().any(|(row, _)| row.speaks.iter().any(|word| *word == SIP));
        end.view.flow.app == App::Tls && signalling
    });
    let flows = flows.map(|end| end.view.flow);
    let others = case.traffic.flows.iter().filter(|flow| flow.app == App::Tls && flow.b.port() == SIPS);
    let mut flows: BTreeMap<usize, _> = flows.chain(others).map(|flow| (flow.id, flow)).collect();
    leave_out_failed(case, is_poor, &mut flows);
    let connections = flows.len() as u64;
    let mut finding =
        (connections > 0).then(|| note(Detail::Cap008 { connections }, Severity::Info, connections))?;
    finding.responsible = Party::Nobody;
    finding.evidence = of_flows(flows.into_values());
    Some(finding)
}

/// CAP-011.
fn damaged(capture: &CaptureSummary) -> Option<Finding> {
    if matches!(capture.ended, Ended::Complete | Ended::Stopped) {
        return None;
    }
    let detail = Detail::Cap011 {
        path: capture.path.as_str().into(),
        packets: capture.packets,
        ended: capture.ended.clone(),
    };
    Some(note(detail, Severity::Warning, 1))
}

/// What a display field cannot tell is told by the frame numbers themselves.
fn at_frames(frames: &[Frame]) -> Evidence {
    let mut collector = Collector::default();
    collector.frames(frames);
    // Frames of several files may have one number, and the filter is used on one file at a time.
    let numbers: BTreeSet<u64> = frames.iter().map(|frame| frame.number()).collect();
    collector.finish(filter::by_number(&numbers))
}

#[cfg(test)]
mod tests;
