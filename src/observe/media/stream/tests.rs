use super::*;
use crate::observe::fixture::heard_by_receiver;
use crate::observe::media::ReceiverReport;
use crate::observe::media::Rests;
use crate::observe::media::announce::{Endpoint, MediaDirection, Profile};
use crate::observe::media::rtcp::ReportBlock;
use proptest::prelude::*;
use std::net::IpAddr;

pub(in crate::observe::media) const MS: i64 = 1_000_000;
const KEY: Key = (0, Direction::AToB, 1);

/// Packet `number` of a G.711 stream of 20 ms packets, marked EF, arriving exactly on time.
pub(in crate::observe::media) fn sample(number: u64) -> Sample {
    Sample {
        frame: Frame::new(0, number + 1),
        time: Timestamp(1_700_000_000_000 * MS + number as i64 * 20 * MS),
        timestamp: (number as u32).wrapping_mul(160),
        sequence: number as u16,
        payload_length: 160,
        ip_length: 200,
        vlan: None,
        pcp: None,
        dscp: 46,
        ttl: 64,
        payload_type: 8,
        marker: false,
        odd_padding: false,
    }
}

fn late(sample: Sample, ms: i64) -> Sample {
    Sample { time: Timestamp(sample.time.0 + ms * MS), ..sample }
}

fn announcement(payload_type: u8, name: &str, rate: u32) -> Announcement {
    Announcement {
        frame: Frame::new(0, 1),
        endpoint: Endpoint { address: IpAddr::from([192, 0, 2, 1]), port: 5004 },
        kind: MediaKind::Audio,
        profile: Profile::Rtp,
        formats: [8, payload_type].into_iter().collect(),
        payloads: [PayloadName { payload_type, name: name.into(), rate }].into(),
        ptime: Some(20),
        ptime_limits: (None, None),
        direction: MediaDirection::SendReceive,
        call_id: "a@b".into(),
        beside: None,
    }
}

fn run_with(samples: &[Sample], announcement: Option<&Announcement>) -> StreamReport {
    let announcement = announcement.cloned().map(Arc::new);
    let mut stream = Stream::new(&samples[0]);
    for sample in samples {
        stream.push(sample, announcement.as_ref(), samples[0].time);
    }
    stream.report(KEY)
}

fn run(samples: &[Sample]) -> StreamReport {
    run_with(samples, None)
}

#[test]
fn what_was_announced_as_srtp_and_has_no_tag_is_plain() {
    let told = |profile, beyond: u16, count: u64| {
        let announcement = Announcement { profile, ..announcement(96, "opus", 48_000) };
        let longer = |number| {
            let plain = sample(number);
            Sample { payload_length: plain.payload_length + beyond, ..plain }
        };
        let report = run_with(&(0..count).map(longer).collect::<Vec<_>>(), Some(&announcement));
        (report.secure, report.keying, report.srtp_tag.or(report.is_clear.then_some(0)))
    };
    assert_eq!(told(Profile::Srtp, 10, 200), (Some(true), Some(Keying::Sdp), Some(10)));
    assert_eq!(told(Profile::Srtp, 0, 200), (Some(false), None, Some(0)), "the answer had no SRTP");
    assert_eq!(told(Profile::Srtp, 0, 50), (Some(true), Some(Keying::Sdp), None), "too few to tell");
    assert_eq!(told(Profile::Rtp, 10, 200), (Some(false), None, Some(10)), "sent all the same");
}

#[test]
fn a_clean_stream_is_clean() {
    let report = run(&(0..100).map(sample).collect::<Vec<_>>());
    assert_eq!((report.counts.packets, report.counts.expected, report.counts.lost), (100, 100, 0));
    assert_eq!(report.recognition, Recognition::Content);
    assert_eq!(
        (report.kind, report.codec.as_deref(), report.ptime),
        (MediaKind::Audio, Some("PCMA"), Some(20.0))
    );
    assert_eq!(report.dscp_percent(46), 100.0);
    let jitter = report.timing.jitter.unwrap();
    let delta = report.timing.delta.unwrap();
    assert_eq!((jitter.min, jitter.max), (0.0, 0.0));
    assert_eq!((delta.min, delta.mean, delta.max, delta.count), (20.0, 20.0, 20.0, 99));
    assert!((report.quality.unwrap().mos - 4.409).abs() < 5e-4);
    assert_eq!((report.octets, report.ip_octets), (16_000, 20_000));
}

#[test]
fn duplicates_are_no_negative_loss() {
    let mut samples = Vec::new();
    for number in 0..100 {
        samples.push(sample(number));
        if number < 8 {
            samples.push(Sample { dscp: 0, ..late(sample(number), 1) });
        }
    }
    samples.remove(100); // one of the later, single packets: really lost
    let report = run(&samples);
    assert_eq!((report.counts.duplicates, report.counts.lost, report.counts.packets), (8, 1, 99));
    assert_eq!(report.wireshark.unwrap().lost, 100 - 107);
    assert_eq!(report.marking.remarked.unwrap().pairs, 8);
    assert_eq!(report.dscp_percent(46), 100.0, "copies are not counted again");
    assert_eq!(report.timing.jitter.unwrap().max, 0.0);
}

#[test]
fn events_and_noise_leave_the_jitter_alone() {
    let known = announcement(101, "telephone-event", 8_000);
    let mut samples: Vec<_> = (0..100).map(sample).collect();
    for event in &mut samples[40..50] {
        (event.payload_type, event.timestamp, event.payload_length) = (101, 40 * 160, 4);
    }
    samples[60].payload_type = 13;
    let report = run_with(&samples, Some(&known));
    assert_eq!(report.timing.jitter.unwrap().max, 0.0);
    assert!(report.wireshark.unwrap().max_jitter > 5.0, "Wireshark shows the event as jitter");
    assert_eq!(report.codec.as_deref(), Some("PCMA"));
    assert_eq!((report.recognition, report.announced_ptime), (Recognition::Signalled, Some(20)));
    let types: Vec<_> = report.payloads.iter().map(|p| (p.seen.value, p.seen.packets)).collect();
    assert_eq!(types, [(8, 89), (101, 10), (13, 1)]);
}

#[test]
fn what_is_missing_between_keys_alone_is_no_loss() {
    // Three keys of eight packets each, with numbers left out for the voice between them.
    let key = |number: u64| {
        let (nth, at) = (number / 8, number % 8);
        let sent = sample(number + nth * 30);
        Sample {
            timestamp: nth as u32 * 6_000,
            marker: at == 0,
            payload_type: 101,
            payload_length: 4,
            ..sent
        }
    };
    let keys: Vec<_> = (0..24).map(key).collect();
    let named = announcement(101, "telephone-event", 8_000);
    for known in [None, Some(&named)] {
        let report = run_with(&keys, known);
        assert_eq!((report.is_only_events(), report.lost_percent()), (true, None));
        assert_eq!((report.counts.lost, report.wireshark.unwrap().lost), (60, 60), "as Wireshark counts");
    }
    let voice: Vec<_> = keys.iter().map(|key| Sample { payload_length: 160, ..*key }).collect();
    assert!(run(&voice).lost_percent().unwrap() > 50.0);
    let with_voice: Vec<_> = (0..100).map(sample).chain((14..24).map(|nth| key(nth + 70))).collect();
    let report = run_with(&with_voice, Some(&named));
    assert!(!report.is_only_events() && report.lost_percent().is_some());
}

#[test]
fn four_bytes_whose_time_stands_still_are_a_key_whatever_sdp_said() {
    let key = |step: u32, length: u16| {
        let held = |number: u64| Sample {
            payload_type: 101,
            timestamp: 17_632 + number as u32 * step,
            payload_length: length,
            marker: number == 0,
            ..sample(number)
        };
        let mut samples: Vec<_> = (0..8).map(held).collect();
        // The end is sent three times.
        samples.extend([late(held(7), 1), late(held(7), 2)]);
        run(&samples)
    };
    let report = key(0, 4);
    assert!(report.is_only_events());
    assert_eq!((report.counts.packets, report.counts.repeated_events, report.counts.copies()), (8, 2, 0));
    assert!(!key(160, 4).is_only_events() && !key(0, 20).is_only_events());
    assert!(!run(&(0..100).map(sample).collect::<Vec<_>>()).is_only_events());
}

#[test]
fn an_unknown_clock_is_estimated() {
    for (rate, step) in [(8_000, 160), (16_000, 320), (32_000, 640), (48_000, 960)] {
        let samples: Vec<_> = (0..100)
            .map(|n| {
                let on_time = Sample { payload_type: 96, timestamp: n as u32 * step, ..sample(n) };
                late(on_time, (n * 7 % 5) as i64)
            })
            .collect();
        let report = run(&samples);
        assert_eq!(report.timing.clock, Some(Clock { rate, source: ClockSource::Estimated }));
        assert_eq!((report.recognition, report.ptime), (Recognition::Content, Some(20.0)));
        let jitter = report.timing.jitter.unwrap();
        assert_eq!(jitter.count, 99, "the packets kept for the estimate count too");
        assert!(jitter.max > 1.0 && jitter.max < 4.0, "{jitter:?}");
        assert_eq!(report.wireshark.unwrap().max_jitter, 0.0, "Wireshark has no clock here");
        assert_eq!(run(&samples[..12]).timing.clock.map(|clock| clock.rate), Some(rate));
    }
}

#[test]
fn video_is_told_by_its_frames() {
    // 25 frames a second in five packets each, the marker on the last.
    let samples: Vec<_> = (0..200)
        .map(|n| Sample {
            payload_type: 97,
            timestamp: (n / 5) as u32 * 3600,
            time: Timestamp(sample(0).time.0 + (n / 5) as i64 * 40 * MS + (n % 5) as i64 * MS / 10),
            marker: n % 5 == 4,
            ..sample(n)
        })
        .collect();
    let report = run(&samples);
    assert_eq!((report.kind, report.recognition), (MediaKind::Video, Recognition::Content));
    assert!(report.timing.jitter.unwrap().max < 0.2);
    assert_eq!(report.ptime, None);
}

#[test]
fn a_line_that_stalls_hides_no_speech() {
    // 30 packets arrive at once every 600 ms, and the sender's clock loses 300 ms each time.
    let speech: Vec<_> =
        (0..120).map(|n| late(sample(n), (n / 30 * 900 + 600 - n % 30 * 20) as i64)).collect();
    assert_eq!(run(&speech).recognition, Recognition::Content);
    assert_eq!(run(&speech[..49]).recognition, Recognition::None, "too few to outweigh the delay");
}

#[test]
fn steps_may_alternate() {
    // Packets of 40 and 20 ms in turn.
    let opus = |n: u64| Sample {
        payload_type: 111,
        timestamp: (n * 3).div_ceil(2) as u32 * 960,
        time: Timestamp(sample(0).time.0 + (n * 3).div_ceil(2) as i64 * 20 * MS),
        ..sample(n)
    };
    let report = run(&(0..120).map(opus).collect::<Vec<_>>());
    assert_eq!(report.recognition, Recognition::Content);
    assert_eq!(report.timing.jitter.map(|jitter| jitter.max), Some(0.0));
}

#[test]
fn what_only_looks_like_a_header_is_not_recognised() {
    let counter_without_clock: Vec<_> =
        (0..100).map(|n| Sample { timestamp: n as u32, ..sample(n) }).collect();
    let constant_timestamp: Vec<_> = (0..100).map(|n| Sample { timestamp: 7, ..sample(n) }).collect();
    let random_sequence: Vec<_> =
        (0..100).map(|n| Sample { sequence: (n as u16).wrapping_mul(40_503), ..sample(n) }).collect();
    let wrong_length: Vec<_> = (0..100).map(|n| Sample { payload_length: 1200, ..sample(n) }).collect();
    let reserved_type: Vec<_> = (0..100).map(|n| Sample { payload_type: 50, ..sample(n) }).collect();
    let too_short: Vec<_> = (0..9).map(sample).collect();
    for samples in
        [counter_without_clock, constant_timestamp, random_sequence, wrong_length, reserved_type, too_short]
    {
        assert_eq!(run(&samples).recognition, Recognition::None, "{:?}", samples[1]);
    }
}

pub(in crate::observe::media) fn any_sample() -> impl Strategy<Value = Sample> {
    let time = prop_oneof![
        Just(Timestamp::UNKNOWN),
        any::<i64>().prop_map(Timestamp),
        (0..2_000_000_000i64).prop_map(Timestamp)
    ];
    let sequence = prop_oneof![any::<u16>(), 0..40u16, 65_500..=65_535u16];
    let timestamp = prop_oneof![any::<u32>(), 0..10_000u32];
    let payload_type = prop_oneof![0..128u8, Just(8), Just(96), Just(13)];
    (time, sequence, timestamp, payload_type, any::<(bool, u16, u64)>(), 0..64u8).prop_map(
        |(time, sequence, timestamp, payload_type, (marker, payload_length, number), dscp)| Sample {
            frame: Frame::new(0, number),
            time,
            sequence,
            timestamp,
            payload_type,
            marker,
            payload_length,
            dscp,
            pcp: (number % 3 == 0).then_some(dscp % 8),
            vlan: (number % 3 == 0).then_some(payload_length),
            ..sample(0)
        },
    )
}

proptest! {
    #[test]
    fn any_packets_give_finite_and_consistent_figures(
        samples in prop::collection::vec(any_sample(), 1..400), rate in any::<u32>(), cut in any::<prop::sample::Index>()
    ) {
        let known = Arc::new(announcement(96, "opus", rate));
        let start = samples[0].time;
        let mut stream = Stream::new(&samples[0]);
        let mut resumed = None;
        for (number, sample) in samples.iter().enumerate() {
            if number == cut.index(samples.len()) {
                let _ = stream.report(KEY);
                resumed = Some(stream.clone());
            }
            stream.push(sample, Some(&known), start);
            if let Some(resumed) = &mut resumed {
                resumed.push(sample, Some(&known), start);
            }
        }
        let report = stream.report(KEY);
        prop_assert_eq!(resumed.map(|stream| stream.report(KEY)), Some(report.clone()));

        let counts = report.counts;
        prop_assert_eq!(counts.expected, counts.packets + counts.lost);
        prop_assert_eq!(counts.packets + counts.duplicates + counts.strays, samples.len() as u64);
        prop_assert_eq!(counts.packets, report.marking.dscp.iter().map(|seen| seen.packets).sum::<u64>());
        for spread in [report.timing.jitter, report.timing.delta].into_iter().flatten() {
            prop_assert!(spread.min <= spread.mean + 1e-6 && spread.mean <= spread.max + 1e-6, "{:?}", spread);
            prop_assert!(spread.max.is_finite());
        }
        let shark = report.wireshark.unwrap();
        prop_assert_eq!(shark.packets, samples.len() as u64);
        for figure in [shark.mean_delta, shark.max_delta, shark.min_jitter, shark.mean_jitter, shark.max_jitter, shark.lost_percent] {
            prop_assert!(figure.is_finite());
        }
        if let Some(quality) = report.quality {
            prop_assert!((1.0..=4.5).contains(&quality.mos));
        }
    }
}

#[test]
fn of_many_interruptions_the_worst_are_kept_and_all_are_counted() {
    // One gap of 30 packets a second and a half, and a longer one behind them.
    let mut samples = Vec::new();
    let mut number = 0;
    for nth in 0..11 {
        samples.extend((number..number + 45).map(sample));
        number += 45 + if nth == 9 { 60 } else { 30 };
    }
    let report = run(&samples);
    let missing: Vec<u16> = report.outages.iter().map(|gap| gap.missing).collect();
    assert_eq!((missing, report.outages_beyond), (vec![30, 30, 30, 30, 30, 30, 30, 60], 2));
    assert_eq!(report.gaps.len(), 5, "the first few");
    let last = report.last_loss().map(|gap| gap.at.time);
    assert_eq!(last, Some(sample(number - 30 - 45).time), "and the last one");
}

#[test]
fn what_only_came_late_is_no_last_loss() {
    let whole =
        run(&(0..100).map(sample).chain([late(sample(101), -20), late(sample(100), 20)]).collect::<Vec<_>>());
    assert!(whole.latest_gap.is_none() && whole.last_loss().is_none(), "{:?}", whole.latest_gap);
}

#[test]
fn long_packets_of_one_timestamp_are_a_picture() {
    let of = |length: u16, step: u32| {
        let packets: Vec<Sample> = (0..8)
            .map(|nth| Sample {
                time: Timestamp(sample(0).time.0 + nth as i64 * MS),
                timestamp: nth as u32 * step,
                payload_length: length,
                payload_type: 103,
                ..sample(nth)
            })
            .collect();
        run(&packets).kind
    };
    assert_eq!(of(1_155, 0), MediaKind::Video);
    assert_ne!(of(4, 0), MediaKind::Video, "a key");
    assert_ne!(of(1_155, 160), MediaKind::Video, "time passes");
}

#[test]
fn a_sender_that_rests_loses_nothing() {
    let rested = |stands: bool, lost: u64, behind: u64| {
        let packets = (0..100 + behind).filter(|nth| !(100..100 + lost).contains(nth)).map(|nth| {
            let sample = sample(nth);
            let timestamp =
                if nth >= 100 && !stands { sample.timestamp + 8 * 2_500 } else { sample.timestamp };
            Sample { timestamp, ..if nth >= 100 { late(sample, 2_500) } else { sample } }
        });
        let packets: Vec<Sample> =
            packets.map(|sample| Sample { time: Timestamp(sample.time.0 + 12_345), ..sample }).collect();
        let report = run(&packets);
        report.rests(report.last.time)
    };
    assert_eq!(rested(true, 0, 50), Some(Rests { times: 1, longest: 2_520 * MS }));
    assert_eq!(rested(false, 0, 50), None, "its clock went on: silence");
    assert_eq!(rested(true, 10, 50), None, "something got lost as well");
    assert_eq!(rested(true, 0, 3), None, "what was held up may still come");
}

/// A sender that is put to sleep: its clock ran on for the most part, and the latest of what it had to say comes at once.
#[test]
fn a_sender_that_leaves_time_out_and_catches_up_a_little_rested() {
    let rested = |stood: u64, at_once: u64, until: i64| {
        let slept = 1_600 + stood;
        let packets: Vec<Sample> = (0..100 + at_once)
            .map(|nth| {
                let sample = sample(nth);
                let Some(behind) = nth.checked_sub(100) else { return sample };
                let time = Timestamp(late(sample, slept as i64).time.0 - behind as i64 * 20 * MS);
                Sample { timestamp: sample.timestamp + 8 * 1_600, time, ..sample }
            })
            .collect();
        let report = run(&packets);
        report.rests(Timestamp(report.last.time.0 + until * MS))
    };
    assert_eq!(rested(600, 18, 0), Some(Rests { times: 1, longest: (2_220 - 340) * MS }), "0.3 s held up");
    assert_eq!(rested(300, 18, 0), None, "all of it was made up for: silence, and a line that stood");
    assert_eq!(rested(2_000, 1, 0).map(|rests| rests.longest), Some(3_620 * MS));
}

/// The packets from `number` on, so much later in number, timestamp and arrival.
fn from_on(number: u64, (numbers, ticks, ms): (u16, u32, i64)) -> impl Fn(u64) -> Sample {
    move |nth| {
        let sent = sample(nth);
        match nth < number {
            true => sent,
            false => Sample {
                sequence: sent.sequence.wrapping_add(numbers),
                timestamp: sent.timestamp.wrapping_add(ticks),
                ..late(sent, ms)
            },
        }
    }
}

#[test]
fn numbers_that_a_sender_leaves_out_without_a_pause_are_no_loss() {
    let run = |shift| run(&(0..200).map(from_on(100, shift)).collect::<Vec<_>>());
    let told = |shift| {
        let counts = run(shift).counts;
        (counts.lost, counts.skipped)
    };
    // Asterisk keeps a key to itself.
    assert_eq!(told((1, 0, 0)), (0, 1));
    assert!(run((1, 0, 0)).gaps.is_empty());
    assert_eq!(run((1, 0, 0)).wireshark.unwrap().lost, 1, "as Wireshark counts");
    // Ten packets of a key among nine of voice, which it holds back as well.
    assert_eq!(told((19, 9 * 160, 180)), (0, 19));
    assert_eq!(told((60, 50 * 160, 1_000)), (50, 10), "more is missing than was left out");
    assert_eq!(told((9, 9 * 160, 180)), (9, 0), "timestamps and numbers agree");
    assert_eq!(told((100, 0, 2_000)), (100, 0), "the media clock stood still, and time passed");
    assert_eq!(told((100, 0, 500)), (0, 100), "less than the half of it");
}

#[test]
fn what_was_cut_off_while_its_clock_stood_still_lost_its_packets() {
    let counts = |shift| run(&(0..200).map(from_on(100, shift)).collect::<Vec<_>>()).counts;
    let cut = counts((602, 0, 12_040));
    assert_eq!((cut.lost, cut.restarts, cut.expected), (602, 0, 802));
    assert_eq!(
        (counts((602, 0, 14_000)).restarts, counts((300, 0, 12_040)).restarts),
        (1, 1),
        "other numbers"
    );
    assert_eq!(counts((20_000, 7, 12_040)).restarts, 1);
    assert_eq!(counts((0, 0, 12_040)).lost, 0, "the sender paused");
}

#[test]
fn the_share_that_a_receiver_lacks_is_one_of_what_its_reports_cover() {
    let share = |samples: &[Sample], highest_sequence: u32, cumulative_lost: i32| {
        let known = heard_by_receiver(cumulative_lost, 0);
        let block = ReportBlock { highest_sequence, ..known.latest };
        let receiver = Some(Box::new(ReceiverReport { first: block, latest: block, ..*known }));
        StreamReport { receiver, ..run(samples) }.receiver_lost_percent()
    };
    let plain: Vec<Sample> = (0..200).map(sample).collect();
    assert_eq!((share(&plain, 99, 10), share(&plain, 199, 10)), (Some(10.0), Some(5.0)));
    let anew: Vec<Sample> = (0..200).map(from_on(100, (20_000, 0, 12_040))).collect();
    assert_eq!(share(&anew, 20_199, 20), Some(10.0), "of both runs of numbers");
    assert_eq!(share(&anew, 20_109, 11), Some(10.0));
    assert_eq!(share(&anew, 20_199, 602), None, "more than there were");
    let keys: Vec<Sample> = (0..199).map(from_on(100, (19, 9 * 160, 180))).collect();
    assert_eq!(share(&keys, 217, 19), Some(0.0), "the sender left them out");
}

#[test]
fn the_quality_of_what_was_interrupted_again_and_again_is_not_estimated() {
    let kept = |gaps: &[(u64, u64)]| {
        let left = (0..400).filter(|number| !gaps.iter().any(|(from, to)| (*from..*to).contains(number)));
        run(&left.map(sample).collect::<Vec<_>>()).quality.is_some()
    };
    assert!(kept(&[]) && !kept(&[(100, 125)]));
    assert!(!kept(&[(100, 125), (200, 225)]), "half a second each");
    assert!(kept(&[(100, 120), (200, 220)]));
}
