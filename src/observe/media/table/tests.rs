use super::*;
use crate::observe::media::announce::{Endpoint, MediaDirection, Profile};
use crate::observe::media::likeness::Recognition;
use crate::observe::media::payload::MediaKind;
use crate::observe::media::stream::tests::{any_sample, sample};
use proptest::prelude::*;
use std::net::IpAddr;

const KEY: Key = (7, Direction::AToB, 0xfeed);

impl Streams {
    /// Takes one packet.
    fn push(&mut self, key: Key, sample: &Sample, announcement: Option<&Arc<Announcement>>) {
        let waiting = Waiting { key, place: sample.frame, sample: *sample };
        self.push_all(&[waiting], |_| Lookup { announcement, until: None });
    }
}

fn table() -> Streams {
    Streams::new(Limits::default(), sample(0).time)
}

fn small() -> Streams {
    Streams::new(Limits { streams: 3, candidates: 4 }, sample(0).time)
}

fn announcement() -> Arc<Announcement> {
    Arc::new(Announcement {
        frame: sample(0).frame,
        endpoint: Endpoint { address: IpAddr::from([192, 0, 2, 1]), port: 5004 },
        kind: MediaKind::Audio,
        profile: Profile::Srtp,
        formats: [8].into_iter().collect(),
        payloads: [].into(),
        ptime: None,
        ptime_limits: (None, None),
        direction: MediaDirection::default(),
        call_id: "a@b".into(),
        beside: None,
    })
}

fn finished(streams: &mut Streams) -> Vec<StreamReport> {
    streams.finish().collect()
}

#[test]
fn five_packets_in_a_row_make_a_stream_and_none_is_missing() {
    let mut streams = table();
    (0..4).for_each(|n| streams.push(KEY, &sample(n), None));
    assert_eq!(finished(&mut streams.clone()), []);
    (4..50).for_each(|n| streams.push(KEY, &sample(n), None));
    let reports = finished(&mut streams);
    assert_eq!((reports.len(), reports[0].counts.packets, reports[0].first.frame), (1, 50, sample(0).frame));
    assert_eq!((reports[0].flow, reports[0].direction, reports[0].ssrc), KEY);
    assert_eq!(streams.dropped(), Dropped::default());
}

#[test]
fn encrypted_padding_is_counted_where_the_source_is_known() {
    let odd = |n| Sample { odd_padding: true, ..sample(n) };
    let mut streams = table();
    (0..40).for_each(|n| streams.push(KEY, &odd(n), None));
    assert!(finished(&mut streams.clone()).is_empty(), "anything may look like that");
    (0..20).for_each(|n| streams.push(KEY, &sample(n), None));
    (20..23).for_each(|n| streams.push(KEY, &odd(n), None));
    streams.push(KEY, &sample(23), None);
    let reports = finished(&mut streams);
    assert_eq!((reports.len(), reports[0].counts.packets, reports[0].counts.lost), (1, 24, 0));
}

#[test]
fn loss_reordering_and_copies_do_not_hinder() {
    let mut streams = table();
    for n in [0, 0, 2, 2, 1, 1, 9, 9, 12, 12] {
        streams.push(KEY, &sample(n), None);
    }
    assert_eq!(finished(&mut streams)[0].counts.packets, 5);
}

#[test]
fn whoever_falls_silent_rests_and_does_so_again_after_speaking_again() {
    const OTHER: Key = (8, Direction::AToB, 0xbeef);
    let mut streams = table();
    let is_awake = |streams: &mut Streams, key| {
        let is_awake = streams.stream_mut(key).unwrap().rests_at().is_some();
        assert_eq!(is_awake, streams.awake.iter().any(|Reverse((_, at))| streams.streams[*at].0 == key));
        is_awake
    };
    // Packets every 20 ms: 500 of them are 10 s.
    for (from, speaks) in [(0, true), (2_000, true), (4_000, false)] {
        if speaks {
            (from..from + 20).for_each(|n| streams.push(KEY, &sample(n), None));
            assert!(is_awake(&mut streams, KEY));
        }
        (from + 20..from + 600).for_each(|n| streams.push(OTHER, &sample(n), None));
        assert!(!is_awake(&mut streams, KEY) && is_awake(&mut streams, OTHER));
    }
    assert_eq!(streams.awake.len(), 1);
}

#[test]
fn random_sources_are_given_up() {
    let mut streams = table();
    let noise = |n: u32| (KEY.0, KEY.1, n.wrapping_mul(0x9e37_79b9));
    (0..17).for_each(|n| streams.push(noise(n), &sample(u64::from(n) * 1000), None));
    assert_eq!((streams.dropped().unlikely, streams.candidates), (17, 0));
    (0..50).for_each(|n| streams.push(KEY, &sample(n), None));
    assert_eq!(finished(&mut streams.clone()), [], "too late");
    // What SDP announces is heard all the same, and the other direction was never given up.
    let known = announcement();
    (0..50).for_each(|n| streams.push(KEY, &sample(n), Some(&known)));
    (0..50).for_each(|n| streams.push((KEY.0, Direction::BToA, 5), &sample(n), None));
    let reports = finished(&mut streams);
    let found: Vec<_> = reports.iter().map(|r| (r.recognition, r.secure, r.calls.len())).collect();
    assert_eq!(found, [(Recognition::Signalled, Some(true), 1), (Recognition::Content, None, 0)]);
}

#[test]
fn one_flow_may_carry_call_after_call() {
    let mut streams = table();
    for call in 0..100 {
        (0..20)
            .for_each(|n| streams.push((0, Direction::AToB, call), &sample(u64::from(call) * 100 + n), None));
    }
    assert_eq!(finished(&mut streams).len(), 100);
}

#[test]
fn few_announced_packets_are_reported() {
    let mut streams = table();
    streams.push(KEY, &sample(0), Some(&announcement()));
    streams.push((8, KEY.1, KEY.2), &sample(1), None);
    let reports = finished(&mut streams);
    assert_eq!((reports.len(), reports[0].counts.packets, reports[0].is_media()), (1, 1, true));
    assert_eq!(streams.dropped(), Dropped { unlikely: 1, no_room: 0 });
}

#[test]
fn rtcp_recognises_its_source() {
    let mut streams = table();
    // A codec with a step that content alone does not accept.
    (0..20).for_each(|n| streams.push(KEY, &Sample { timestamp: n as u32 * 7, ..sample(n) }, None));
    assert_eq!(finished(&mut streams.clone())[0].recognition, Recognition::None);
    streams.pair_rtcp(KEY);
    streams.pair_rtcp((99, KEY.1, KEY.2));
    assert_eq!(finished(&mut streams)[0].recognition, Recognition::RtcpPaired);
}

#[test]
fn full_tables_count_what_they_drop() {
    let mut streams = small();
    for flow in 0..5 {
        (0..10).for_each(|n| streams.push((flow, Direction::AToB, 1), &sample(n), None));
    }
    let kept = finished(&mut streams.clone());
    assert_eq!(kept.len(), 3);
    let counted: u64 = kept.iter().map(|report| report.counts.packets).sum();
    assert_eq!(counted + streams.dropped().no_room, 50);
}

/// From this frame on the SDP of [`announcement`] is known.
fn told_at(known: &Arc<Announcement>, number: u64, place: Frame) -> Lookup<'_> {
    let from = Frame::new(0, number);
    if place < from {
        Lookup { announcement: None, until: Some(from) }
    } else {
        Lookup { announcement: Some(known), until: None }
    }
}

proptest! {
    #[test]
    fn streams_in_a_row_give_what_packets_in_turn_give(
        packets in prop::collection::vec((0..3u32, any::<bool>(), 0..3u32, 0..10u64, any_sample()), 0..400),
        told in 0..500u64,
        size in 1..200usize,
    ) {
        let known = announcement();
        let mut time = sample(0).time;
        let mut numbers = std::collections::BTreeMap::new();
        let waiting: Vec<Waiting> = (0..).zip(&packets).map(|(number, (flow, forward, ssrc, ahead, wild))| {
            let key = (*flow, if *forward { Direction::AToB } else { Direction::BToA }, *ssrc);
            let nth = numbers.entry(key).or_insert(0);
            *nth += ahead % 3;
            // Now and then a pause, a packet of another kind, and a clock that is put forward or back.
            time = time.plus(match ahead {
                7 => 4_000_000_000,
                8 => 11_000_000_000,
                9 => -11_000_000_000,
                _ => 5_000_000,
            });
            let sample = Sample { time, frame: Frame::new(0, number), ..if *ahead == 6 { *wild } else { sample(*nth) } };
            Waiting { key, place: Frame::new(0, number), sample }
        }).collect();
        let (mut in_turn, mut in_a_row) = (small(), small());
        for one in &waiting {
            in_turn.push_all(std::slice::from_ref(one), |waiting| told_at(&known, told, waiting.place));
        }
        for some in waiting.chunks(size) {
            in_a_row.push_all(some, |waiting| told_at(&known, told, waiting.place));
        }
        prop_assert_eq!(finished(&mut in_a_row), finished(&mut in_turn));
        prop_assert_eq!(in_a_row.dropped(), in_turn.dropped());
    }

    #[test]
    fn every_packet_is_counted_once_and_the_order_is_all_that_matters(
        packets in prop::collection::vec((0..6u32, any::<bool>(), 0..40u32, any_sample(), any::<bool>()), 0..600)
    ) {
        let known = announcement();
        let mut streams = small();
        let mut resumed = None;
        for (number, (flow, forward, ssrc, sample, announced)) in packets.iter().enumerate() {
            if number == packets.len() / 2 {
                resumed = Some(streams.clone());
            }
            let key = (*flow, if *forward { Direction::AToB } else { Direction::BToA }, *ssrc);
            for table in std::iter::once(&mut streams).chain(&mut resumed) {
                table.push(key, sample, announced.then_some(&known));
                prop_assert!(table.candidates <= 4 && table.streams.len() <= 3);
                prop_assert!(table.births.len() <= 2 * 4 + TRIES as usize);
            }
        }
        let reports = finished(&mut streams);
        if let Some(mut resumed) = resumed {
            prop_assert_eq!(&finished(&mut resumed), &reports);
            prop_assert_eq!(resumed.dropped(), streams.dropped());
        }
        let reported: u64 = reports.iter().filter_map(|report| report.wireshark).map(|row| row.packets).sum();
        let dropped = streams.dropped();
        prop_assert_eq!(reported + dropped.unlikely + dropped.no_room, packets.len() as u64);
        prop_assert!(reports.is_sorted_by_key(|report| report.first.frame));
    }
}
