//! CAP codes: what the capture itself leaves open. They come before every other verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::capture::{CaptureSummary, Ended, Frame, Timestamp};
use crate::observe::message::App;
use crate::observe::{Lapse, Stream, Traffic};
use crate::site::Confidence;

use super::absence;
use super::case::{Case, SIP};
use super::evidence::{Collector, FRAMES_KEPT, of_flows};
use super::filter;
use super::finding::{Code, Detail, Evidence, Finding, LossSign, Party, Severity};

mod gaps;

/// One connection may have started on a path that is not mirrored.
const UNSEEN_CONNECTIONS: u64 = 2;
const UNSEEN_PERCENT: u64 = 2;
/// A hundred full segments do not get lost by chance, even of one connection.
const UNSEEN_BYTES: u64 = 146_000;
/// As findings.tsv has it.
const DUPLICATE_PERCENT: u64 = 1;
const LEAST_DUPLICATES: u64 = 10;
/// In a short capture fewer show it, if they are a good part of it.
const FEW_DUPLICATES: u64 = 5;
const PLAIN_PERCENT: u64 = 20;
/// Too few pairs, or too few packets, show one direction by chance.
const LEAST_PAIRS: u64 = 2;
const LEAST_FRAMES: u64 = 20;
/// Voice of so many packets shows it alone.
const LEAST_VOICE: u64 = 100;
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
    findings.extend(duplicates(traffic));
    findings.extend(one_direction(traffic));
    findings.extend(cut_sip(traffic));
    findings.extend(clock(traffic));
    findings.extend(encrypted(case));
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
    signs.extend(thinned(traffic));
    let is_told = !signs.is_empty();
    if signs.iter().all(|sign| !matches!(sign, LossSign::Thinned { .. })) {
        signs.extend(gaps::evenly_thinned(traffic));
    }
    signs.extend(gaps::lapsed(lapses));
    if signs.is_empty() {
        return None;
    }
    let frames: Vec<Frame> =
        quality.unseen_frames.iter().copied().chain(lapses.iter().map(|lapse| lapse.frame)).collect();
    let count = drops + connections + lapses.len() as u64;
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

/// Share of the copies that a receiver must have got as well.
const MOSTLY_RECEIVED: f64 = 0.5;

/// CAP-002.
fn duplicates(traffic: &Traffic) -> Option<Finding> {
    let quality = &traffic.quality;
    let (duplicates, of) = (quality.duplicates, quality.duplicate_candidates);
    let is_many = duplicates >= LEAST_DUPLICATES && duplicates * 100 > of * DUPLICATE_PERCENT;
    let is_plain = duplicates >= FEW_DUPLICATES && duplicates * 100 >= of * PLAIN_PERCENT;
    let twice = traffic.streams.iter().filter(|stream| stream.report.has_two_clocks());
    let two_clocks = twice.count() as u64;
    if !is_many && !is_plain && two_clocks == 0 {
        return None;
    }
    let doubled: Vec<(&Stream, u64)> =
        traffic.streams.iter().filter_map(|stream| Some((stream, received_twice(stream)?))).collect();
    let copies: u64 = doubled.iter().map(|(stream, _)| stream.report.counts.copies()).sum();
    // What else is there twice may have another reason.
    let is_network = two_clocks == 0 && copies * 2 > duplicates;
    let received = if is_network { doubled.iter().map(|(_, received)| received).sum() } else { 0 };
    let detail = Detail::Cap002 { duplicates, of, two_clocks, received };
    let mut finding = note(detail, Severity::Notice, duplicates.max(two_clocks));
    if received > 0 {
        finding.responsible = Party::Network;
    } else if two_clocks == 0 {
        // Copies are known and left out: nobody has to act.
        finding.responsible = Party::Nobody;
    }
    let certain = duplicates.saturating_sub(quality.equal_pings);
    if certain < LEAST_DUPLICATES || certain * 100 <= of * DUPLICATE_PERCENT {
        finding.confidence = Confidence::Likely;
    }
    // An original is shown with all its copies or not at all, unless it is the first one and has too many.
    let mut shown: BTreeSet<Frame> = BTreeSet::new();
    for group in groups(&quality.duplicate_pairs) {
        if shown.is_empty() || shown.len() + group.len() <= FRAMES_KEPT {
            shown.extend(group.into_iter().take(FRAMES_KEPT));
        }
    }
    if received > 0 {
        let reports = doubled.iter().filter_map(|(stream, _)| stream.report.receiver);
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
    let receiver = report.receiver?;
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

/// CAP-003.
fn one_direction(traffic: &Traffic) -> Option<Finding> {
    let quality = &traffic.quality;
    let has_voice = || traffic.streams.iter().any(|stream| stream.report.counts.packets >= LEAST_VOICE);
    let is_shown =
        quality.pairs >= LEAST_PAIRS || quality.pairs_answered_unseen > 0 || quality.pairs > 0 && has_voice();
    let none_both = is_shown && quality.pairs_both_ways == 0;
    (none_both && quality.frames >= LEAST_FRAMES)
        .then(|| note(Detail::Cap003 { pairs: quality.pairs }, Severity::Warning, quality.pairs))
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
    if let Some(forward) = traffic.clock_forward().filter(|_| quality.clock_back == 0) {
        let detail =
            Detail::Cap006 { steps: 1, largest: 0, returns: false, forward: forward.length, stray: None };
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
    };
    let mut finding = (quality.clock_back > 0).then(|| note(detail, Severity::Notice, quality.clock_back))?;
    if quality.stray.is_some() {
        finding.responsible = Party::Nobody;
    }
    finding.evidence = at_frames(&quality.clock_back_frames);
    Some(finding)
}

/// RFC 3261 section 19.1.2.
const SIPS: u16 = 5061;

/// CAP-008: encrypted connections on which SIP is documented for an identified device, or to the port of SIP over TLS.
fn encrypted(case: &Case<'_>) -> Option<Finding> {
    let flows = case.ends.iter().filter(|end| {
        let signalling = end.rows.iter().any(|(row, _)| row.speaks.iter().any(|word| *word == SIP));
        end.view.flow.app == App::Tls && signalling
    });
    let flows = flows.map(|end| end.view.flow);
    let others = case.traffic.flows.iter().filter(|flow| flow.app == App::Tls && flow.b.port() == SIPS);
    let flows: BTreeMap<usize, _> = flows.chain(others).map(|flow| (flow.id, flow)).collect();
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
mod tests {
    use super::super::fixture::{PBX, World, row};
    use super::*;
    use crate::capture::{InterfaceSummary, LinkType};
    use crate::observe::fixture::{at, frame, stream, tcp};
    use crate::observe::media::ReceiverReport;
    use crate::observe::media::rtcp::ReportBlock;
    use crate::observe::media::sequence::{Counts, SegmentReport};
    use crate::observe::media::timing::{Clock, ClockSource};
    use crate::observe::{Flow, Quality, Stray, TcpOutcome};

    fn traffic(quality: Quality) -> Traffic {
        Traffic { quality, ..Traffic::default() }
    }

    fn summary(drops: Option<u64>, ended: Ended) -> CaptureSummary {
        let interface = InterfaceSummary {
            name: None,
            link: LinkType(1),
            snap_length: 0,
            drops,
            packets: 7,
            received: None,
        };
        CaptureSummary {
            path: "a.pcapng".to_owned(),
            format: "pcapng".to_owned(),
            packets: 7,
            bytes: 700,
            first: None,
            last: None,
            inner: None,
            interfaces: vec![interface],
            cut_packets: 0,
            cut_to: 0,
            timeless_packets: 0,
            own_drops: 3,
            live: None,
            ended,
            sha256: None,
        }
    }

    #[test]
    fn what_pbxray_dropped_is_told_apart_and_never_more_than_all() {
        let told =
            |drops| incomplete(&traffic(Quality::default()), &[summary(Some(drops), Ended::Complete)], &[]);
        let sign = |drops| match told(drops).map(|finding| finding.detail) {
            Some(Detail::Cap001 { signs }) => signs,
            other => panic!("{other:?}"),
        };
        assert_eq!(sign(10), [LossSign::Drops { packets: 10, own: 3 }]);
        assert_eq!(sign(2), [LossSign::Drops { packets: 2, own: 2 }]);
    }

    #[test]
    fn drops_or_unseen_bytes_make_a_capture_incomplete() {
        let signs = |drops, unseen_connections, tcp_connections| {
            let quality = Quality { unseen_connections, tcp_connections, ..Quality::default() };
            let found = incomplete(&traffic(quality), &[summary(drops, Ended::Complete)], &[]);
            found.map_or(0, |finding| match finding.detail {
                Detail::Cap001 { signs } => signs.len(),
                other => panic!("{other:?}"),
            })
        };
        assert_eq!((signs(None, 0, 10), signs(Some(0), 0, 10), signs(Some(1), 0, 10)), (0, 0, 1));
        assert_eq!((signs(None, 1, 1), signs(None, 2, 2)), (0, 1), "one may have begun elsewhere");
        assert_eq!((signs(None, 2, 101), signs(None, 2, 100)), (0, 1), "two percent");
        assert_eq!(signs(Some(4), 2, 2), 2);
    }

    #[test]
    fn copies_count_above_one_percent_and_from_ten_on_or_where_they_are_a_fifth() {
        let raised = |duplicates, duplicate_candidates| {
            duplicates_of(Quality { duplicates, duplicate_candidates, ..Quality::default() })
        };
        assert!(!raised(4, 8) && raised(5, 25) && !raised(5, 26));
        assert!(!raised(10, 1000) && raised(10, 999));
    }

    #[test]
    fn streams_that_are_there_by_two_clocks_are_told_however_few_copies_are_known() {
        let told = |reordered| {
            let mut twice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 120)]);
            let run = |highest_sequence| SegmentReport {
                first: (frame(1), at(0)),
                highest: (frame(2), at(1)),
                highest_sequence,
                ticks: 0,
                expected: 60,
                lost: 0,
                skipped: 0,
            };
            twice.report.segments = vec![run(160), run(195)];
            twice.report.counts.reordered = reordered;
            let traffic = Traffic { streams: vec![twice], ..Traffic::default() };
            duplicates(&traffic).map(|finding| (finding.detail, finding.responsible))
        };
        let twice = Detail::Cap002 { duplicates: 0, of: 0, two_clocks: 1, received: 0 };
        assert_eq!(told(25), Some((twice, Party::Capture)));
        assert_eq!(told(24), None, "a source that began anew");
    }

    #[test]
    fn what_is_known_and_left_out_asks_for_no_action() {
        let copied = Quality { duplicates: 20, duplicate_candidates: 40, ..Quality::default() };
        let copied = duplicates(&Traffic { quality: copied, ..Traffic::default() });
        let responsible = |stray| {
            let quality = Quality { clock_back: 1, stray, ..Quality::default() };
            clock(&Traffic { quality, ..Traffic::default() }).map(|finding| finding.responsible)
        };
        let stray = Stray { frame: frame(2), time: at(0) };
        assert_eq!(copied.map(|finding| finding.responsible), Some(Party::Nobody));
        assert_eq!(responsible(Some(stray)), Some(Party::Nobody));
        assert_eq!(responsible(None), Some(Party::Capture));
    }

    #[test]
    fn what_the_receiver_got_twice_as_well_the_network_doubled() {
        let told = |cumulative_lost, copies, ms| {
            let block = ReportBlock {
                ssrc: 1,
                fraction_lost: 0,
                cumulative_lost,
                highest_sequence: 250,
                jitter: 8,
                last_sender_report: 0,
                delay_since_last: 0,
            };
            let mut doubled = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 400)]);
            doubled.report.last.time = at(8_000);
            doubled.report.counts.duplicates = copies;
            doubled.report.receiver = Some(ReceiverReport {
                blocks: 1,
                worst_fraction_lost: 0,
                worst_jitter: 8,
                worst_at: frame(9),
                worst_time: at(ms),
                first: block,
                latest: block,
                latest_at: frame(9),
                latest_time: at(ms),
                round_trip: None,
                round_trip_sender: None,
                voip: None,
            });
            let quality = Quality { duplicates: 40, duplicate_candidates: 800, ..Quality::default() };
            let finding = duplicates(&Traffic { streams: vec![doubled], ..traffic(quality) }).unwrap();
            let Detail::Cap002 { received, .. } = finding.detail else { panic!("{finding:?}") };
            (received, finding.responsible, finding.evidence.frames.contains(&frame(9)))
        };
        let no = (0, Party::Nobody, false);
        assert_eq!(told(-20, 37, 5_000), (20, Party::Network, true));
        assert_eq!(told(-20, 37, 8_000), (20, Party::Network, true));
        assert_eq!(told(0, 37, 5_000), no, "a mirror port");
        assert_eq!(told(-8, 37, 5_000), no, "far less than the capture shows");
        assert_eq!(told(-60, 37, 5_000), no, "other copies, behind the measuring point");
        assert_eq!(told(-10, 18, 5_000), no, "what else is there twice");
    }

    #[test]
    fn equal_pings_may_have_been_sent_twice() {
        let sure = |equal_pings| {
            let (duplicates, duplicate_candidates) = (20, 40);
            let quality = Quality { duplicates, duplicate_candidates, equal_pings, ..Quality::default() };
            duplicates_found(quality).confidence
        };
        assert_eq!((sure(10), sure(11)), (Confidence::Sure, Confidence::Likely));
    }

    #[test]
    fn copies_are_shown_with_their_originals() {
        let shown = |pairs: &[[u64; 2]]| {
            let duplicate_pairs = pairs.iter().map(|pair| pair.map(frame)).collect();
            let quality =
                Quality { duplicates: 20, duplicate_candidates: 40, duplicate_pairs, ..Quality::default() };
            duplicates(&traffic(quality)).unwrap().evidence
        };
        let pairs = shown(&[[1, 2], [3, 5], [6, 7]]);
        assert_eq!(pairs.frames, [1, 2, 3, 5].map(frame), "half a pair shows nothing");
        assert_eq!(pairs.filter, "frame.number in {1, 2, 3, 5}");
        assert_eq!(shown(&[[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]).frames.len(), 5, "copies of copies");
        let with_three = shown(&[[1, 2], [3, 4], [4, 5], [6, 7], [5, 8]]).frames;
        assert_eq!(with_three, [1, 2, 6, 7].map(frame), "not three of four");
    }

    fn duplicates_of(quality: Quality) -> bool {
        duplicates(&traffic(quality)).is_some()
    }

    fn duplicates_found(quality: Quality) -> Finding {
        duplicates(&traffic(quality)).unwrap()
    }

    #[test]
    fn one_direction_needs_pairs_and_packets() {
        let raised = |pairs, pairs_both_ways, frames| {
            one_direction(&traffic(Quality { pairs, pairs_both_ways, frames, ..Quality::default() }))
                .is_some()
        };
        assert!(raised(2, 0, 20));
        assert!(!raised(1, 0, 20) && !raised(2, 0, 19) && !raised(200, 1, 2000));
        let alone = Quality { pairs: 1, pairs_answered_unseen: 1, frames: 20, ..Quality::default() };
        assert!(one_direction(&traffic(alone)).is_some(), "somebody must have answered");
    }

    #[test]
    fn cut_sip_and_clock_steps_count_from_the_first_on() {
        let raised = |quality: Quality| {
            (cut_sip(&traffic(quality.clone())).is_some(), clock(&traffic(quality)).is_some())
        };
        assert_eq!(
            raised(Quality { cut_payloads: 500, ..Quality::default() }),
            (false, false),
            "cut voice is none"
        );
        assert_eq!(raised(Quality { cut_sip_count: 1, ..Quality::default() }), (true, false));
        assert_eq!(raised(Quality { clock_back: 1, ..Quality::default() }), (false, true));
    }

    #[test]
    fn a_capture_that_was_not_read_to_its_end_is_damaged() {
        let is_damaged = |ended| damaged(&summary(None, ended)).is_some();
        assert!(!is_damaged(Ended::Complete) && !is_damaged(Ended::Stopped));
        assert!(is_damaged(Ended::Cut { at: 7, end: 9 }));
        assert!(is_damaged(Ended::Damaged { at: 7, reason: "-".to_owned() }));
        assert!(is_damaged(Ended::Unreadable { at: 7, reason: "-".to_owned() }));
    }

    #[test]
    fn only_documented_signalling_counts_as_encrypted() {
        let words = "transport = \"tcp\"\nown = 5061\ninitiator = \"peer\"\npeer.scope = \"any\"\nspeaks = [\"sip\", \"tls\"]";
        let raised = |port, app| {
            let flow = tcp("192.168.10.21:40000", &format!("{PBX}:{port}"), TcpOutcome::Answered, 1);
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
            let world = world.flows(vec![Flow { app, ..flow }]);
            encrypted(&world.case()).is_some()
        };
        assert!(raised(5061, App::Tls) && !raised(443, App::Tls) && !raised(5061, App::Sip));
    }

    #[test]
    fn one_pair_shows_one_direction_if_it_speaks() {
        let raised = |packets: u64| {
            let quality = Quality { pairs: 1, frames: 200, ..Quality::default() };
            let streams = vec![stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, packets)])];
            one_direction(&Traffic { quality, streams, ..Traffic::default() }).is_some()
        };
        assert!(raised(100) && !raised(99));
    }

    /// 5 of 300 packets with this much (ms) between first and last.
    fn rest(bursts: u64, packets: u64, ms: i64) -> Stream {
        let mut rest = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, packets)]);
        let lost = 300 - packets;
        rest.report.counts = Counts { packets, expected: 300, lost, bursts, ..Counts::default() };
        rest.report.timing.clock = Some(Clock { rate: 8_000, source: ClockSource::Assigned });
        rest.report.segments = vec![SegmentReport {
            first: (frame(1), at(0)),
            highest: (frame(9), at(ms)),
            highest_sequence: 300,
            ticks: 299 * 160,
            expected: 300,
            lost,
            skipped: 0,
        }];
        rest
    }

    #[test]
    fn a_capture_from_which_most_packets_were_taken_is_thinned() {
        let told = |streams: Vec<Stream>| thinned(&Traffic { streams, ..Traffic::default() });
        let sign = Some(LossSign::Thinned { packets: 5, of: 300 });
        assert_eq!(told(vec![rest(4, 5, 5_980)]), sign);
        assert_eq!(told(vec![rest(1, 5, 5_980)]), None, "one interruption");
        assert_eq!(told(vec![rest(4, 5, 6_100)]), None, "not on time");
        assert_eq!(told(vec![rest(9, 100, 5_980)]), None, "a network may lose two thirds");
        let whole = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 300)]);
        assert_eq!(told(vec![rest(4, 5, 5_980), whole]), None, "another stream is whole");
        assert_eq!(told(Vec::new()), None);
    }

    #[test]
    fn frames_are_named_by_number() {
        let frames: Vec<Frame> = [3, 9].map(|number| Frame::new(0, number)).into();
        assert_eq!(at_frames(&frames).filter, "frame.number in {3, 9}");
        assert_eq!(at_frames(&[]), Evidence::default());
        let of_files: Vec<Frame> =
            [(0, 3), (0, 9), (1, 3)].map(|(file, number)| Frame::new(file, number)).into();
        assert_eq!(at_frames(&of_files).filter, "frame.number in {3, 9}");
    }
}
