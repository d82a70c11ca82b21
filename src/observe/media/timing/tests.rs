use super::*;
use crate::observe::media::stream::tests::{MS, sample};

const PCMA: Ticks = Ticks::Media(Clock { rate: 8_000, source: ClockSource::Assigned });

fn delayed(number: u64, ms: i64) -> Sample {
    let sample = sample(number);
    Sample { time: Timestamp(sample.time.0 + ms * MS), ..sample }
}

fn measure(samples: &[Sample], ticks: Ticks) -> TimingReport {
    let mut timing = Timing::default();
    for (number, sample) in samples.iter().enumerate() {
        timing.push(sample, if number == 0 { Step::First } else { Step::Forward(1) }, ticks);
    }
    timing.report()
}

#[test]
fn one_late_packet_by_hand() {
    // 16 ms late: |D| is 16 twice, so J is 1, then 1 + (16 - 1)/16 = 1.9375, then decays.
    let report = measure(&[delayed(0, 0), delayed(1, 16), delayed(2, 0), delayed(3, 0)], PCMA);
    let jitter = report.jitter.unwrap();
    assert_eq!((jitter.min, jitter.max, jitter.max_at), (1.0, 1.9375, sample(2).frame));
    assert_eq!(jitter.mean, (1.0 + 1.9375 + 1.9375 * 15.0 / 16.0) / 3.0);
    let delta = report.delta.unwrap();
    assert_eq!((delta.min, delta.max, delta.mean, delta.max_at), (4.0, 36.0, 20.0, sample(1).frame));
}

#[test]
fn the_timestamp_wraps() {
    let wrapping = |n: u64| Sample { timestamp: (u32::MAX - 400).wrapping_add(n as u32 * 160), ..sample(n) };
    assert_eq!(measure(&(0..10).map(wrapping).collect::<Vec<_>>(), PCMA).jitter.unwrap().max, 0.0);
}

#[test]
fn a_rate_that_is_no_multiple_of_1000_is_exact() {
    let l16 = Ticks::Media(Clock { rate: 44_100, source: ClockSource::Assigned });
    let samples: Vec<_> = (0..50).map(|n| Sample { timestamp: n as u32 * 882, ..sample(n) }).collect();
    assert!(measure(&samples, l16).jitter.unwrap().max < 1e-9);
}

#[test]
fn silence_is_no_delta_and_no_jitter() {
    let mut samples: Vec<_> = (0..10).map(sample).collect();
    // The sender was silent for a second and its clock stood still for a part of it.
    samples.extend((10..20).map(|n| Sample { marker: n == 10, ..delayed(n, 1000) }));
    let report = measure(&samples, PCMA);
    assert_eq!((report.delta.unwrap().max, report.jitter.unwrap().max, report.talkspurts), (20.0, 0.0, 1));
}

#[test]
fn a_marker_on_every_packet_marks_nothing() {
    let samples: Vec<_> = (0..10).map(|n| Sample { marker: true, ..sample(n) }).collect();
    assert_eq!(measure(&samples, PCMA).delta.unwrap().count, 9, "all gaps count");
}

#[test]
fn a_jump_of_the_timestamp_starts_anew() {
    let mut samples: Vec<_> = (0..10).map(sample).collect();
    samples.extend((10..20).map(|n| Sample { timestamp: 5_000_000 + n as u32 * 160, ..sample(n) }));
    let report = measure(&samples, PCMA);
    assert_eq!((report.jitter.unwrap().max, report.jumps), (0.0, 1));
}

#[test]
fn without_a_clock_or_fine_times_there_is_no_jitter() {
    let standing: Vec<_> = (0..300).map(|n| Sample { timestamp: 1, ..sample(n) }).collect();
    let report = measure(&standing, Ticks::Unknown);
    assert_eq!((report.jitter, report.clock), (None, None));
    assert_eq!(report.delta.unwrap().count, 299);
    let whole_seconds: Vec<_> =
        (0..300).map(|n| Sample { time: Timestamp(n as i64 / 50 * 1000 * MS), ..sample(n) }).collect();
    assert_eq!(measure(&whole_seconds, PCMA).jitter, None);
    let timeless: Vec<_> = (0..300).map(|n| Sample { time: Timestamp::UNKNOWN, ..sample(n) }).collect();
    assert_eq!(measure(&timeless, PCMA).delta, None);
}

#[test]
fn a_rate_between_the_known_ones_is_not_guessed() {
    let samples: Vec<_> = (0..200).map(|n| Sample { timestamp: n as u32 * 240, ..sample(n) }).collect();
    assert_eq!(measure(&samples, Ticks::Unknown).clock, None);
}

#[test]
fn what_is_late_for_good_though_nothing_is_missing_is_a_leap() {
    let leap = |late: &dyn Fn(u64) -> i64| {
        let samples: Vec<_> = (0..200).map(|n| delayed(n, late(n))).collect();
        measure(&samples, PCMA).leap.map(|leap| (leap.at.frame, leap.length / MS))
    };
    assert_eq!(leap(&|n| if n < 50 { 0 } else { 200_000 }), Some((sample(50).frame, 200_000)));
    assert_eq!(leap(&|n| if n < 50 { 0 } else { 999 }), None, "a sender may pause");
    assert_eq!(
        leap(&|n| if (50..150).contains(&n) { 3000 - (n as i64 - 50) * 20 } else { 0 }),
        None,
        "caught up"
    );
}
