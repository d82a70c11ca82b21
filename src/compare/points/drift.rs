//! How much faster one clock runs than the other: a straight line through the time differences of the same packets, by least
//! squares, with what it leaves over. Delay that comes and goes is taken out by medians of short stretches first.

use crate::capture::Timestamp;

/// Stretches that the time is cut into, and packets that one needs to count.
const STRETCHES: i64 = 60;
const LEAST_PACKETS: usize = 5;
/// Fewer stretches, or a shorter time (ns), tell nothing of a drift.
const LEAST_STRETCHES: usize = 10;
const LEAST_SPAN: i64 = 10_000_000_000;
/// Millionths by which even a bad clock is not off; that it is off by less says nothing.
const MOST_PPM: f64 = 500.0;

/// How the difference of two clocks grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// By how many millionths the second clock is faster.
    pub ppm: f64,
    /// Standard error of it.
    pub error_ppm: f64,
    /// What the line leaves over: root of the mean square of the medians' distance from it, in ns.
    pub residual: i64,
    /// Packets it rests on.
    pub packets: u64,
    /// Time they span, in ns.
    pub span: i64,
}

impl Drift {
    /// Whether it is more than chance: five standard errors off zero, and at least one millionth.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.ppm.abs() > 5.0 * self.error_ppm && self.ppm.abs() >= 1.0
    }

    /// Whether it tells anything: delay that comes and goes may leave more room than any clock is off.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.is_shown() || self.ppm.abs().max(5.0 * self.error_ppm) <= MOST_PPM
    }

    /// From series of time at the first point and difference (ns), one for each direction: their delays differ, the clocks
    /// are the same. `None` where there are too few.
    pub(super) fn of(series: &[&[(Timestamp, i64)]]) -> Option<Self> {
        let times = || series.iter().flat_map(|one| one.iter()).map(|(time, _)| time.0);
        let (first, last) = (times().min()?, times().max()?);
        let span = last.checked_sub(first).filter(|span| *span >= LEAST_SPAN)?;
        let zero = series.iter().find_map(|one| one.first())?.1;
        let groups: Vec<Vec<(f64, f64)>> = series
            .iter()
            .map(|one| medians(one, (first, span), zero))
            .filter(|one| !one.is_empty())
            .collect();
        let count = groups.iter().map(Vec::len).sum::<usize>();
        let free = count.checked_sub(groups.len() + 1)?;
        if count < LEAST_STRETCHES || free == 0 {
            return None;
        }
        let (mut xx, mut xy) = (0.0, 0.0);
        let centred: Vec<Vec<(f64, f64)>> = groups.iter().map(|group| around_mean(group)).collect();
        for (x, y) in centred.iter().flatten() {
            xx += x * x;
            xy += x * y;
        }
        let slope = if xx > 0.0 { xy / xx } else { return None };
        let rests = |group: &Vec<(f64, f64)>| group.iter().map(|(x, y)| y - slope * x).collect::<Vec<f64>>();
        let rests: Vec<Vec<f64>> = centred.iter().map(rests).collect();
        let left: f64 = rests.iter().flatten().map(|rest| rest * rest).sum();
        // Delay that lasts makes neighbours alike: then there is less to go by than there are stretches.
        let alike: f64 =
            rests.iter().flat_map(|group| group.windows(2)).map(|two| two.iter().product::<f64>()).sum();
        let alike = if left > 0.0 { (alike / left).clamp(0.0, 0.9) } else { 0.0 };
        let caution = ((1.0 + alike) / (1.0 - alike)).sqrt();
        Some(Self {
            ppm: slope * 1e6,
            error_ppm: (left / free as f64 / xx).sqrt() * caution * 1e6,
            residual: (left / count as f64).sqrt() as i64,
            packets: series.iter().map(|one| one.len() as u64).sum(),
            span,
        })
    }
}

/// For each stretch with enough packets their middle time and middle difference, both in ns from a zero.
fn medians(series: &[(Timestamp, i64)], (first, span): (i64, i64), zero: i64) -> Vec<(f64, f64)> {
    let mut stretches: Vec<Vec<(i64, i64)>> = vec![Vec::new(); STRETCHES as usize];
    for (time, difference) in series {
        let past = time.0.saturating_sub(first);
        let at = i128::from(past) * i128::from(STRETCHES) / (i128::from(span) + 1);
        if let Some(stretch) = usize::try_from(at).ok().and_then(|at| stretches.get_mut(at)) {
            stretch.push((difference.saturating_sub(zero), past));
        }
    }
    stretches.retain(|stretch| stretch.len() >= LEAST_PACKETS);
    let middle = |stretch: &mut Vec<(i64, i64)>| {
        let past = stretch.iter().map(|(_, past)| *past as f64).sum::<f64>() / stretch.len() as f64;
        stretch.sort_unstable();
        let difference = stretch.get(stretch.len() / 2).map_or(0, |(difference, _)| *difference);
        (past, difference as f64)
    };
    stretches.iter_mut().map(middle).collect()
}

fn around_mean(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let count = points.len().max(1) as f64;
    let x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    points.iter().map(|(a, b)| (a - x, b - y)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    const SECOND: i64 = 1_000 * MS;

    /// Packets every 20 ms for so many seconds; the second clock is `offset` ahead and gains `ppm`, the way takes `delay` and
    /// up to 4 ms more, now and then 80 ms.
    fn series(seconds: i64, offset: i64, ppm: f64, delay: i64) -> Vec<(Timestamp, i64)> {
        let start = 1_768_814_100 * SECOND;
        let packet = |nth: i64| {
            let past = nth * 20 * MS;
            // Spread evenly, neighbours unlike each other.
            let drawn = (nth as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            let late = if nth % 37 == 0 { 80 * MS } else { drawn as i64 % 4_000 * 1_000 };
            (Timestamp(start + past), offset + delay + late + (past as f64 * ppm / 1e6) as i64)
        };
        (0..seconds * 50).map(packet).collect()
    }

    #[test]
    fn a_fast_clock_is_found_through_jitter_and_in_both_directions_alike() {
        let forth = series(120, -3 * SECOND, 40.0, 5 * MS);
        let back = series(120, -3 * SECOND, 40.0, -60 * MS);
        for series in [&[&forth[..], &back[..]][..], &[&forth[..]]] {
            let drift = Drift::of(series).unwrap();
            assert!((drift.ppm - 40.0).abs() < 3.0 * drift.error_ppm.max(0.5), "{drift:?}");
            assert!(drift.is_shown() && drift.error_ppm < 2.0 && drift.residual < 2 * MS, "{drift:?}");
            assert_eq!(drift.span, 120 * SECOND - 20 * MS);
        }
    }

    #[test]
    fn clocks_that_run_alike_show_none() {
        let drift = Drift::of(&[&series(60, 9 * SECOND, 0.0, 5 * MS)]).unwrap();
        assert!(!drift.is_shown() && drift.ppm.abs() < 5.0, "{drift:?}");
    }

    #[test]
    fn a_bound_that_no_clock_reaches_is_not_told() {
        let drift = |ppm, error_ppm| Drift { ppm, error_ppm, residual: 0, packets: 1_000, span: SECOND };
        assert!(drift(3.0, 40.0).is_told() && drift(1_000.0, 10.0).is_told());
        assert!(!drift(3.0, 20_000.0).is_told());
    }

    #[test]
    fn a_step_leaves_much_over() {
        let mut stepped = series(60, 0, 0.0, 5 * MS);
        stepped.iter_mut().skip(1_500).for_each(|(_, difference)| *difference += 300 * MS);
        let drift = Drift::of(&[&stepped]).unwrap();
        assert!(drift.residual > 50 * MS && !drift.is_shown(), "{drift:?}");
    }

    #[test]
    fn little_is_too_little() {
        let long = series(60, 0, 40.0, 5 * MS);
        assert_eq!(Drift::of(&[]), None);
        assert_eq!(Drift::of(&[&long[..450]]), None, "nine seconds");
        let few: Vec<_> = long.iter().copied().step_by(100).collect();
        assert_eq!(Drift::of(&[&few]), None, "one packet in a stretch");
        let extreme = [(Timestamp(i64::MIN + 1), i64::MAX), (Timestamp(i64::MAX), i64::MIN)];
        assert_eq!(Drift::of(&[&extreme]), None);
    }
}
