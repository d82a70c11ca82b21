//! What gets lost: before the measuring point, behind it, and what that does to the voice.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::super::case::Case;
use super::super::evidence::{Collector, of_streams};
use super::super::filter;
use super::super::finding::{Detail, Evidence, Finding, Heard, Party, Severity};
use super::{PEERS_NAMED, excepted, has_enough, peers};
use crate::observe::media::StreamReport;
use crate::observe::{CallProtocol, Stream};
use crate::site::Confidence;

/// As findings.tsv has it.
const LOSS_PERCENT: f64 = 1.0;
const HEAVY_LOSS_PERCENT: f64 = 3.0;
const LEAST_MOS: f64 = 3.6;
const POOR_MOS: f64 = 3.1;
/// Packet times in use, and how far (ms) a timestamp may be off against arrival, which delay at the beginning explains.
const PACKET_TIMES: RangeInclusive<f64> = 5.0..=120.0;
const CLOCK_PLAY: f64 = 500.0;
/// A report that long (ns) before the end of a stream does not cover its end.
const LATE_REPORT: i64 = 1_000_000_000;
/// A receiver that lacks less than one in so many of what the capture lacks has got them.
const MOSTLY_HEARD: u64 = 10;
/// Packets that a receiver must lack: single ones may have come late.
const LEAST_LOST: u64 = 5;

/// RTP-003.
pub(super) fn on_the_way(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let is_lossy = |stream: &&&Stream| {
        stream.report.lost_percent() > LOSS_PERCENT
            && (has_enough(stream) || is_one_stream(&stream.report))
            && !excepted(case, "RTP-003", stream)
    };
    let lossy: Vec<&Stream> = streams.iter().filter(is_lossy).copied().collect();
    let worst = lossy.iter().map(|stream| stream.report.lost_percent()).fold(0.0, f64::max);
    let sum = |count: fn(&Stream) -> u64| lossy.iter().map(|stream| count(stream)).sum::<u64>();
    let lost = sum(|stream| stream.report.counts.lost);
    let heard = heard(&lossy);
    let detail = Detail::Rtp003 {
        lost,
        expected: sum(|stream| stream.report.counts.expected),
        bursts: sum(|stream| stream.report.counts.bursts),
        longest: lossy.iter().map(|stream| stream.report.counts.longest_burst).max()?,
        peers: peers(&lossy),
        heard,
        near: lossy.iter().all(|stream| case.are_neighbours(sender, stream.destination.ip())),
    };
    let confidence = match heard {
        // What the receiver lacks as well was not lost at the mirror port.
        Heard::Lost(_) => Confidence::Sure,
        Heard::Unknown => Confidence::Likely,
        Heard::Complete => Confidence::Suspected,
    };
    Some(Finding {
        detail,
        severity: match heard {
            Heard::Complete => Severity::Notice,
            _ if worst > HEAVY_LOSS_PERCENT => Severity::Error,
            _ => Severity::Warning,
        },
        confidence,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost,
        responsible: Party::Network,
        evidence: of_streams(lossy, "", |stream| stream.report.gaps.clone()),
    })
}

/// Whether the few packets that arrived are the rest of one stream, and not two short ones whose numbers happen to be
/// near: numbers, timestamps and arrival must agree.
fn is_one_stream(report: &StreamReport) -> bool {
    let (&[segment], Some(clock)) = (report.segments.as_slice(), report.timing.clock) else { return false };
    let nominal = f64::from(segment.ticks) * 1000.0 / f64::from(clock.rate);
    let passed = segment.highest.1.since(segment.first.1) as f64 / 1e6;
    let packet_time = nominal / (segment.expected.max(2) - 1) as f64;
    (nominal - passed).abs() <= 0.1 * passed + CLOCK_PLAY && PACKET_TIMES.contains(&packet_time)
}

/// Whether the receivers of lossy streams lack packets as well.
fn heard(lossy: &[&Stream]) -> Heard {
    let reported = |stream: &Stream| {
        let receiver = stream.report.receiver?;
        let lost = u64::try_from(receiver.lost()).unwrap_or(0);
        let is_last = stream.report.last.time.since(receiver.latest_time) < LATE_REPORT;
        Some((lost, is_last))
    };
    let lost: u64 = lossy.iter().filter_map(|stream| reported(stream)).map(|(lost, _)| lost).sum();
    // As little as this may be what it lost before the capture began.
    let has_all = |stream: &&Stream| {
        reported(stream)
            .is_some_and(|(lost, is_last)| is_last && lost * MOSTLY_HEARD < stream.report.counts.lost)
    };
    match lost {
        _ if lossy.iter().all(has_all) => Heard::Complete,
        0 => Heard::Unknown,
        lost => Heard::Lost(lost),
    }
}

/// RTP-005. Only where RTP-003 counts the loss as well.
pub(super) fn quality(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let mos = |stream: &Stream| stream.report.quality.map_or(5.0, |quality| quality.mos);
    let is_poor = |stream: &&&Stream| {
        // One long gap is an outage and says nothing about the sound before and behind it.
        let is_spread = stream.report.counts.longest_burst * 2 <= stream.report.counts.lost;
        mos(stream) < LEAST_MOS
            && has_enough(stream)
            && is_spread
            && stream.report.lost_percent() > LOSS_PERCENT
            && heard(&[stream]) != Heard::Complete
            && !excepted(case, "RTP-005", stream)
    };
    let poor: Vec<&Stream> = streams.iter().filter(is_poor).copied().collect();
    let worst = poor.iter().copied().min_by(|x, y| mos(x).total_cmp(&mos(y)))?;
    let counts = worst.report.counts;
    let detail = Detail::Rtp005 {
        mos: mos(worst),
        lost: counts.lost,
        expected: counts.expected,
        longest: counts.longest_burst,
        codec: worst.report.codec.as_deref().unwrap_or_default().into(),
        peers: peers(&poor),
    };
    Some(Finding {
        detail,
        severity: if mos(worst) < POOR_MOS { Severity::Error } else { Severity::Warning },
        confidence: if matches!(heard(&[worst]), Heard::Lost(_)) {
            Confidence::Sure
        } else {
            Confidence::Likely
        },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: poor.len() as u64,
        responsible: Party::Network,
        evidence: of_streams(poor, "", |stream| stream.report.gaps.clone()),
    })
}

/// RTP-014: the receiver lacks what the capture has.
pub(in crate::check) fn behind(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let missing: Vec<&Stream> = streams
        .iter()
        .copied()
        .filter(|stream| lost_behind(case, stream).is_some() && !excepted(case, "RTP-014", stream))
        .collect();
    let sum = |count: fn((u64, u64)) -> u64| {
        missing.iter().filter_map(|one| lost_behind(case, one)).map(count).sum()
    };
    let lost: u64 = sum(|(lost, _)| lost);
    missing.first()?;
    let detail = Detail::Rtp014 {
        lost,
        expected: sum(|(_, expected)| expected),
        seen: missing.iter().map(|stream| stream.report.counts.lost).sum(),
        peers: peers(&missing),
    };
    Some(Finding {
        detail,
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost,
        responsible: Party::Network,
        evidence: of_reports(&missing),
    })
}

/// The reports with the worst interval, and all that the two hosts exchange over UDP: RTCP may use any port.
fn of_reports(streams: &[&Stream]) -> Evidence {
    let mut collector = Collector::default();
    let mut filters = BTreeSet::new();
    for stream in streams.iter().take(PEERS_NAMED) {
        collector.time(stream.report.first.time);
        collector.time(stream.report.last.time);
        let worst = stream.report.receiver.map(|receiver| receiver.worst_at);
        collector.frames(worst.as_slice());
        filters.insert(format!("{} && udp", filter::hosts(stream.source.ip(), stream.destination.ip())));
    }
    collector.finish(filter::any_of(filters.into_iter().collect()))
}

/// Packets that the receiver reports as lost, of so many, if that is more than the capture explains. Where the capture
/// lacks the beginning of the stream, only what came between two reports counts.
fn lost_behind(case: &Case<'_>, stream: &Stream) -> Option<(u64, u64)> {
    let counts = stream.report.counts;
    let receiver = stream.report.receiver.filter(|_| counts.restarts == 0)?;
    // What set the call up shows that its beginning is in the capture.
    let is_told =
        |call: usize| case.traffic.calls.get(call).is_none_or(|call| call.protocol == CallProtocol::Sip);
    let (lost, expected) = match stream.call.filter(|call| is_told(*call)) {
        Some(_) => (receiver.lost(), counts.expected),
        None => receiver.lost_between(),
    };
    let lost = u64::try_from(lost).ok().filter(|lost| *lost <= expected)?;
    let unexplained = lost.saturating_sub(counts.lost);
    let is_much = unexplained as f64 * 100.0 > expected as f64 * LOSS_PERCENT;
    (has_enough(stream) && unexplained >= LEAST_LOST && is_much).then_some((lost, expected))
}
