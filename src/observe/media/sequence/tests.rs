use super::*;
use crate::observe::media::stream::tests::sample;

fn numbered(sequences: impl IntoIterator<Item = u16>) -> Vec<Sample> {
    sequences.into_iter().map(|sequence| Sample { sequence, ..sample(u64::from(sequence)) }).collect()
}

fn count(samples: &[Sample]) -> Counts {
    let mut sequence = Sequence::new();
    for sample in samples {
        sequence.push(sample, Across::Numbers);
    }
    sequence.counts()
}

#[test]
fn the_wrap_is_no_loss() {
    let counts = count(&numbered([65_533, 65_534, 65_535, 0, 1, 2]));
    assert_eq!((counts.expected, counts.lost, counts.reordered), (6, 0, 0));
    let lost_over_wrap = count(&numbered([65_533, 65_534, 1, 2]));
    assert_eq!((lost_over_wrap.expected, lost_over_wrap.lost, lost_over_wrap.bursts), (6, 2, 1));
}

#[test]
fn the_end_of_a_tone_that_is_sent_three_times_is_no_copy() {
    let of = |payload_length: u16| {
        let samples = numbered([1, 2, 3, 3, 3]).into_iter().map(|sample| Sample { payload_length, ..sample });
        let counts = count(&samples.collect::<Vec<_>>());
        (counts.packets, counts.duplicates, counts.copies())
    };
    assert_eq!((of(4), of(160)), ((3, 2, 0), (3, 2, 2)));
}

#[test]
fn late_packets_are_not_lost() {
    let counts = count(&numbered([10, 12, 11, 13]));
    assert_eq!((counts.expected, counts.lost, counts.reordered, counts.bursts), (4, 0, 1, 0));
    let first_late = count(&numbered([11, 10, 12]));
    assert_eq!((first_late.expected, first_late.lost, first_late.reordered), (3, 0, 1));
    let last_late = count(&numbered([10, 12, 11]));
    assert_eq!((last_late.expected, last_late.lost), (3, 0));
}

#[test]
fn bursts_are_measured() {
    // 3 lost, then 1, then 300 (beyond the window), then 2 at the very end of it.
    let arrived = (0..10).chain(13..20).chain(21..30).chain(330..340).chain(342..343);
    let counts = count(&numbered(arrived));
    assert_eq!((counts.lost, counts.bursts, counts.longest_burst), (306, 4, 300));
    assert_eq!(counts.expected, 343);
}

#[test]
fn a_restart_is_a_new_segment() {
    let counts = count(&numbered((0..50).chain(20_000..20_050).chain(7..57)));
    assert_eq!((counts.packets, counts.expected, counts.lost), (150, 150, 0));
    assert_eq!((counts.restarts, counts.strays, counts.duplicates), (2, 0, 0));
}

#[test]
fn a_single_odd_packet_is_a_stray() {
    let counts = count(&numbered((0..50).chain([30_000]).chain(50..100)));
    assert_eq!((counts.packets, counts.lost, counts.restarts, counts.strays), (100, 0, 0, 1));
    assert_eq!(count(&numbered((0..50).chain([30_000]))).strays, 1, "also as the last packet");
}

#[test]
fn the_limits_are_those_of_the_rfc() {
    assert_eq!(count(&numbered([0, 1, MAX_DROPOUT + 1])).lost, u64::from(MAX_DROPOUT) - 1);
    assert_eq!(count(&numbered([0, 1, MAX_DROPOUT + 2])).strays, 1);
    let base = 1000;
    assert_eq!(count(&numbered([base, base - MAX_MISORDER])).reordered, 1);
    assert_eq!(count(&numbered([base, base - MAX_MISORDER - 1])).strays, 1);
}

#[test]
fn the_same_number_with_another_timestamp_is_no_copy() {
    let mut sequence = Sequence::new();
    for number in 0..10 {
        sequence.push(&sample(number), Across::Numbers);
    }
    assert_eq!(sequence.push(&Sample { timestamp: 99, ..sample(9) }, Across::Numbers), Arrival::Held);
    let Sample { frame, time, dscp, ttl, vlan, .. } = sample(8);
    let copied = Copied { frame, time, dscp, ttl, vlan };
    assert_eq!(sequence.push(&sample(8), Across::Numbers), Arrival::Duplicate(copied));
    assert_eq!(sequence.counts().duplicates, 1);
}

#[test]
fn a_jump_in_time_turns_a_gap_into_a_restart() {
    let mut sequence = Sequence::new();
    sequence.push(&sample(0), Across::Numbers);
    assert_eq!(sequence.push(&sample(500), Across::Jump), Arrival::Held);
    assert_eq!(sequence.push(&sample(501), Across::Jump), Arrival::Restart(sample(500)));
    assert_eq!(
        sequence.push(&sample(502), Across::Jump),
        Arrival::Counted(Step::Forward(1)),
        "nothing is missing"
    );
    let counts = sequence.counts();
    assert_eq!((counts.lost, counts.restarts, counts.expected), (0, 1, 4));
}

#[test]
fn a_restart_begins_a_segment_and_the_highest_number_is_extended() {
    let mut sequence = Sequence::new();
    for sample in numbered((65_530..=65_535).chain(0..5).chain([20_000, 20_001, 20_003])) {
        sequence.push(&sample, Across::Numbers);
    }
    let told: Vec<_> = sequence
        .segments()
        .iter()
        .map(|segment| (segment.highest_sequence, segment.expected, segment.lost, segment.ticks))
        .collect();
    let ticks_over_wrap = (4_u32.wrapping_sub(65_530)).wrapping_mul(160);
    assert_eq!(told, [(65_540, 11, 0, ticks_over_wrap), (20_003, 4, 1, 480)]);
    assert_eq!(sequence.counts().restarts, 1);
}

#[test]
fn a_flood_of_restarts_is_bounded() {
    let mut sequence = Sequence::new();
    for sample in
        numbered((0..40_u16).flat_map(|number| [number.wrapping_mul(8_000), number.wrapping_mul(8_000) + 1]))
    {
        sequence.push(&sample, Across::Numbers);
    }
    assert_eq!(sequence.segments().len(), SEGMENTS);
}

#[test]
fn after_a_pause_nothing_is_a_copy() {
    let again = |nanoseconds| {
        let mut sequence = Sequence::new();
        sequence.push(&sample(0), Across::Numbers);
        sequence.push(&Sample { time: sample(0).time.plus(nanoseconds), ..sample(0) }, Across::Numbers);
        sequence.counts().duplicates
    };
    assert_eq!((again(PAUSE), again(PAUSE + 1)), (1, 0));
    let mut sequence = Sequence::new();
    sequence.push(&sample(0), Across::Numbers);
    sequence.rest(sample(0).time.plus(PAUSE + 1));
    assert_eq!(sequence.recent, None, "what ended takes little room");
}

#[test]
fn a_clock_that_goes_back_does_not_undo_a_pause() {
    // Others were heard for so long; then this one again, by a clock that was put back.
    let again = |rests_between: bool| {
        let mut sequence = Sequence::new();
        sequence.push(&sample(0), Across::Numbers);
        let later = sample(0).time.plus(PAUSE + 1);
        if rests_between {
            sequence.rest(later);
        }
        sequence.rest(later);
        sequence.push(&sample(0), Across::Numbers);
        sequence.counts().duplicates
    };
    assert_eq!((again(false), again(true)), (0, 0));
}

#[test]
fn numbers_that_the_sender_left_out_are_not_lost_unless_they_come_late() {
    let counts = |ahead: u16, skipped: u16, late: Option<u16>| {
        let mut sequence = Sequence::new();
        for number in 0..10 {
            sequence.push(&sample(number), Across::Numbers);
        }
        let next = Sample { sequence: 9 + ahead, ..sample(11) };
        let step = sequence.push(&next, Across::Skip { ahead, skipped });
        assert_eq!(step, Arrival::Counted(Step::Forward(ahead - skipped)));
        if let Some(sequence_number) = late {
            sequence.push(&Sample { sequence: sequence_number, ..sample(12) }, Across::Numbers);
        }
        for number in 1..200 {
            sequence.push(&Sample { sequence: 9 + ahead + number, ..sample(12) }, Across::Numbers);
        }
        let counts = sequence.counts();
        assert_eq!(counts.expected, counts.packets + counts.lost);
        let [segment] = sequence.segments()[..] else { panic!("a new beginning") };
        assert_eq!((segment.expected, segment.lost), (counts.expected, counts.lost));
        (counts.lost, counts.skipped, counts.bursts)
    };
    assert_eq!(counts(2, 1, None), (0, 1, 0));
    assert_eq!(counts(2, 1, Some(10)), (0, 0, 0), "it was sent");
    assert_eq!(counts(20, 10, None), (9, 10, 1));
    assert_eq!(counts(20, 10, Some(10)), (8, 10, 1));
    assert_eq!(counts(127, 126, None), (0, 126, 0));
    assert_eq!(counts(128, 127, None), (0, 127, 0));
    assert_eq!(counts(300, 299, None), (0, 299, 0), "more than the window");
    assert_eq!(counts(300, 150, None), (149, 150, 1));
    assert_eq!(counts(300, 20, None), (279, 20, 1));
}

#[test]
fn what_was_left_out_before_another_packet_than_the_last_is_not_believed() {
    let mut sequence = Sequence::new();
    for number in [0, 1, 3] {
        sequence.push(&sample(number), Across::Numbers);
    }
    let step = sequence.push(&sample(6), Across::Skip { ahead: 5, skipped: 4 });
    assert_eq!(step, Arrival::Counted(Step::Forward(3)));
    assert_eq!((sequence.counts().lost, sequence.counts().skipped), (3, 0));
}

#[test]
fn how_often_packets_came_is_counted() {
    // Each three times, but 70 only once and 71 twice.
    let times = |number: u16| match number {
        70 => 1,
        71 => 2,
        _ => 3,
    };
    let sequences = (1..=140).flat_map(|number| std::iter::repeat_n(number, times(number)));
    let copied = count(&numbered(sequences)).copied;
    assert_eq!(copied.again, [139, 138, 0, 0, 0, 0, 0]);
    assert_eq!(&copied.latest[..4], [Some(70), Some(71), Some(76), None]);
}
