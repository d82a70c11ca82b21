use super::super::fixture::{PBX, World, row};
use super::*;
use crate::capture::{InterfaceSummary, LinkType};
use crate::observe::fixture::{at, frame, heard_by_receiver, stream, tcp};
use crate::observe::media::sequence::{Counts, SegmentReport};
use crate::observe::media::timing::{Clock, ClockSource};
use crate::observe::{ClocksApart, Failed, Flow, Handshakes, Quality, Stray, TcpOutcome};

fn traffic(quality: Quality) -> Traffic {
    Traffic { quality, ..Traffic::default() }
}

fn summary(drops: Option<u64>, ended: Ended) -> CaptureSummary {
    let interface =
        InterfaceSummary { name: None, link: LinkType(1), snap_length: 0, drops, packets: 7, received: None };
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
        duplicates(&traffic, &[]).map(|finding| (finding.detail, finding.responsible))
    };
    let twice = Detail::Cap002 { duplicates: 0, of: 0, two_clocks: 1, received: 0, is_scattered: false };
    assert_eq!(told(25), Some((twice, Party::Capture)));
    assert_eq!(told(24), None, "a source that began anew");
}

#[test]
fn clocks_that_differ_are_told_instead_of_copies() {
    let apart = ClocksApart { by: 5_000_000_000, pair: [frame(3), frame(90)] };
    let quality = Quality { apart: Some(apart), ..Quality::default() };
    let mut twice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 120)]);
    twice.report.is_by_two_clocks = true;
    assert_eq!(twice.lost_percent(), None);
    let traffic = Traffic { quality, streams: vec![twice], ..Traffic::default() };
    let found = clock(&traffic).unwrap();
    assert_eq!((found.evidence.frames, found.confidence), (apart.pair.to_vec(), Confidence::Likely));
    assert!(matches!(found.detail, Detail::Cap006 { apart: Some(_), .. }));
    assert!(duplicates(&traffic, &[]).is_none());
}

#[test]
fn what_is_known_and_left_out_asks_for_no_action() {
    let copied = Quality { duplicates: 20, duplicate_candidates: 40, ..Quality::default() };
    let copied = duplicates(&Traffic { quality: copied, ..Traffic::default() }, &[]);
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
fn copies_here_and_there_are_no_mirror_ports() {
    let told = |streams: &[(u64, u64)], link| {
        let doubled = |&(packets, copies): &(u64, u64)| {
            let mut stream = stream("192.168.10.21:4000", "192.168.10.2:5000", &[(46, packets)]);
            stream.report.counts.duplicates = copies;
            stream
        };
        let streams = streams.iter().map(doubled).collect();
        let quality = Quality { duplicates: 46, duplicate_candidates: 877, ..Quality::default() };
        let mut capture = summary(None, Ended::Complete);
        capture.interfaces[0].link = LinkType(link);
        let finding = duplicates(&Traffic { streams, ..traffic(quality) }, &[capture]).unwrap();
        (finding.responsible, finding.confidence)
    };
    let network = (Party::Network, Confidence::Suspected);
    assert_eq!(told(&[(405, 45), (404, 0)], 1), network);
    let nobody = Party::Nobody;
    assert_eq!(told(&[(405, 45), (404, 404)], 1).0, nobody, "a mirror port doubles, and lost some");
    assert_eq!(told(&[(100, 46), (404, 0)], 1).0, nobody, "half a call");
    assert_eq!(told(&[(405, 12)], 1).0, nobody, "most copies are of something else");
    assert_eq!(told(&[(405, 45)], 127).0, nobody, "what a WLAN repeats");
}

#[test]
fn what_the_receiver_got_twice_as_well_the_network_doubled() {
    let told = |cumulative_lost, copies, ms| {
        let mut doubled = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 400)]);
        doubled.report.last.time = at(8_000);
        doubled.report.counts.duplicates = copies;
        doubled.report.receiver = Some(heard_by_receiver(cumulative_lost, ms));
        let quality = Quality { duplicates: 40, duplicate_candidates: 800, ..Quality::default() };
        let finding = duplicates(&Traffic { streams: vec![doubled], ..traffic(quality) }, &[]).unwrap();
        let Detail::Cap002 { received, .. } = finding.detail else { panic!("{finding:?}") };
        (received, finding.responsible, finding.evidence.frames.contains(&frame(9)))
    };
    let no = (0, Party::Nobody, false);
    assert_eq!(told(-20, 37, 5_000), (20, Party::Network, true));
    assert_eq!(told(-20, 37, 8_000), (20, Party::Network, true));
    assert_eq!(told(0, 390, 5_000), no, "a mirror port");
    assert_eq!(told(0, 37, 5_000), (0, Party::Network, false), "its receiver may count no copies");
    assert_eq!(told(4, 37, 5_000), no, "and some that are missing");
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
        duplicates(&traffic(quality), &[]).unwrap().evidence
    };
    let pairs = shown(&[[1, 2], [3, 5], [6, 7]]);
    assert_eq!(pairs.frames, [1, 2, 3, 5].map(frame), "half a pair shows nothing");
    assert_eq!(pairs.filter, "frame.number in {1, 2, 3, 5}");
    assert_eq!(shown(&[[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]).frames.len(), 5, "copies of copies");
    let with_three = shown(&[[1, 2], [3, 4], [4, 5], [6, 7], [5, 8]]).frames;
    assert_eq!(with_three, [1, 2, 6, 7].map(frame), "not three of four");
}

fn duplicates_of(quality: Quality) -> bool {
    duplicates(&traffic(quality), &[]).is_some()
}

fn duplicates_found(quality: Quality) -> Finding {
    duplicates(&traffic(quality), &[]).unwrap()
}

#[test]
fn one_direction_needs_pairs_and_packets() {
    let raised = |pairs, pairs_both_ways, frames| {
        one_direction(&traffic(Quality { pairs, pairs_both_ways, frames, ..Quality::default() })).is_some()
    };
    assert!(raised(2, 0, 20));
    assert!(!raised(1, 0, 20) && !raised(2, 0, 19) && !raised(200, 1, 2000));
    let alone = Quality { pairs: 1, pairs_answered_unseen: 1, frames: 20, ..Quality::default() };
    let found = one_direction(&traffic(alone)).map(|found| found.confidence);
    assert_eq!(found, Some(Confidence::Sure), "somebody must have answered");
}

#[test]
fn cut_sip_and_clock_steps_count_from_the_first_on() {
    let raised =
        |quality: Quality| (cut_sip(&traffic(quality.clone())).is_some(), clock(&traffic(quality)).is_some());
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
    let raised = |port, app, alerts: u64| {
        let flow = tcp("192.168.10.21:40000", &format!("{PBX}:{port}"), TcpOutcome::Answered, 1);
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
        let (client, server) = (flow.a.ip(), flow.b);
        let mut world = world.flows(vec![Flow { app, ..flow }]);
        let (frames, span) = (Vec::new(), (at(0), at(1)));
        let failed = Failed {
            count: alerts,
            description: 40,
            by_client: true,
            lacks_certificate: false,
            frames,
            span,
        };
        let failed = (alerts > 0).then_some(failed);
        world.traffic.handshakes =
            vec![Handshakes { client, server, failed, certificate: None, renewed: None }];
        encrypted(&world.case(), false).is_some()
    };
    assert!(raised(5061, App::Tls, 0) && !raised(443, App::Tls, 0) && !raised(5061, App::Sip, 0));
    assert!(!raised(5061, App::Tls, 1), "an alert ended it");
}

#[test]
fn one_pair_shows_one_direction_if_it_speaks() {
    let raised = |packets: u64| {
        let quality = Quality { pairs: 1, frames: 200, ..Quality::default() };
        let streams = vec![stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, packets)])];
        one_direction(&Traffic { quality, streams, ..Traffic::default() }).map(|found| found.confidence)
    };
    assert_eq!(raised(100), Some(Confidence::Suspected), "the other side may have been silent");
    assert_eq!(raised(99), None);
    let alone = |direction| {
        let mut voice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 100)]);
        voice.report.announced_direction = Some(direction);
        let quality = Quality { pairs: 1, frames: 200, ..Quality::default() };
        one_direction(&Traffic { quality, streams: vec![voice], ..Traffic::default() }).is_some()
    };
    assert!(!alone(MediaDirection::SendOnly) && !alone(MediaDirection::ReceiveOnly), "as agreed");
    assert!(alone(MediaDirection::SendReceive));
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
    let of_files: Vec<Frame> = [(0, 3), (0, 9), (1, 3)].map(|(file, number)| Frame::new(file, number)).into();
    assert_eq!(at_frames(&of_files).filter, "frame.number in {3, 9}");
}
