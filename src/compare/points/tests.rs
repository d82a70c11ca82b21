//! What one or two directions tell of clocks, and when the other point was recording.

use super::clock::{Differences, Samples, windows};
use super::*;

const MS: i64 = 1_000_000;

fn clock(forth: &[i64], back: &[i64]) -> Clock {
    let mut samples = Samples::default();
    let timed = |series: &[i64]| series.iter().map(|one| (Timestamp(0), *one)).collect::<Vec<_>>();
    samples.extend(Way::Forth, timed(forth).into_iter());
    samples.extend(Way::Back, timed(back).into_iter());
    samples.clock()
}

#[test]
fn both_directions_tell_clock_and_delay_apart() {
    let known = clock(&[110 * MS, 111 * MS, 150 * MS], &[90 * MS, 89 * MS, 20 * MS]);
    assert_eq!((known.offset(), known.round_trip()), (Some(100 * MS), Some(22 * MS)));
}

#[test]
fn one_direction_tells_only_their_sum() {
    let known = clock(&[110 * MS, 111 * MS, 150 * MS], &[]);
    assert_eq!((known.offset(), known.round_trip(), known.rough()), (None, None, Some(111 * MS)));
    assert_eq!(clock(&[], &[]).rough(), None);
}

#[test]
fn the_spread_leaves_out_what_is_rare() {
    let series: Vec<i64> = (0..=100).map(|at| if at == 100 { i64::MAX } else { at }).rev().collect();
    let known = Differences::of(series);
    assert_eq!((known.count, known.median, known.low, known.high, known.spread()), (101, 50, 5, 95, 90));
}

#[test]
fn extreme_times_do_not_overflow() {
    let known = clock(&[i64::MAX, i64::MAX], &[i64::MIN, i64::MIN]);
    assert_eq!(known.round_trip(), Some(i64::MAX));
    assert!(known.offset().is_some_and(|offset| offset.abs() <= 1));
    let span = Some((Timestamp(i64::MIN + 1), Timestamp(i64::MAX)));
    assert!(!windows([span, span], Some(i64::MIN)).holds(0, Timestamp(0)));
}

#[test]
fn the_other_point_records_in_its_own_time() {
    let second = |from: i64, until: i64| Some((Timestamp(from * 1000 * MS), Timestamp(until * 1000 * MS)));
    // The second clock is 100 s ahead.
    let known = windows([second(0, 50), second(110, 130)], Some(100_000 * MS));
    let holds = |point, at: i64| known.holds(point, Timestamp(at * 1000 * MS));
    assert!(holds(0, 12) && holds(0, 28) && !holds(0, 10) && !holds(0, 30));
    assert!(holds(1, 110) && holds(1, 130) && !holds(1, 155));
    assert!(!windows([second(0, 50), None], Some(0)).holds(0, Timestamp(MS)));
}

#[test]
fn routers_tell_the_way() {
    let look = |ttl| Look { dscp: 0, vlan: None, ttl };
    assert_eq!(way_of(way(look(64), look(63))), Way::Forth);
    assert_eq!(way_of(way(look(55), look(56))), Way::Back);
    assert_eq!(way_of(way(look(64), look(64))), Way::Unknown);
}
