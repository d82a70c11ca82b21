//! How long and by what a stream was uneven, beyond its greatest jitter: spells above the guide value, pauses, and whether
//! the sender's clock keeps time with arrival.
//!
//! Takes the differences from which [`super::Timing`] reckons jitter, in order of arrival. All of it is bounded: what comes
//! late in a long stream is counted and not told one by one.

use super::super::report::Moment;
use super::super::sample::Sample;
use super::super::sequence::Step;
use crate::capture::Timestamp;

/// Guide value for jitter in ms: what German carriers demand for SIP trunks.
pub const GUIDE: f64 = 20.0;
/// A spell is over when jitter falls below this (ms).
const CALM: f64 = 10.0;
/// A packet that is late by more than this (ms) ends a pause: more than a jitter buffer usually holds.
const PAUSE: f64 = 100.0;
/// So many packets are looked at together to see by how much they are early and late: over more of them a clock that is a
/// little off would count as well.
const SWINGING: u32 = 50;
/// Spells and pauses that are kept.
const KEPT: usize = 48;
/// By so much (ms) the time under way must rise and fall: more than a jitter buffer usually holds. The clock of a sender that
/// is off makes it do one of both, for good.
pub const RISE: f64 = 100.0;
/// What packets are late against is the earliest of the last one or two of these times (ns): a rise comes down within them,
/// and a clock that is off by 100 ppm moves it by some milliseconds.
const GROUND: i64 = 30_000_000_000;
/// What fell by this share of what it had risen by has come down.
const FALLEN: f64 = 0.5;
/// For so long (ns) behind a pause, and at least as long as it took, what was held up may come at once.
const CATCHING_UP: i64 = 1_000_000_000;
/// Pauses that are followed up at a time.
const FOLLOWED: usize = 3;

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evenness {
    /// Neighbours that were compared.
    pub measured: u64,
    /// Of those, with a running jitter above [`GUIDE`].
    pub above: u64,
    /// Time between them by arrival and by their timestamps, in ms.
    pub passed: f64,
    /// See `passed`.
    pub spoken: f64,
    /// Times above the guide value, in order, the first few.
    pub spells: Vec<Spell>,
    /// Pauses in which something was due, in order, the first few.
    pub pauses: Vec<Pause>,
    /// How often the time under way rose and fell again by more than [`RISE`], however slowly.
    pub rises: u64,
    /// The greatest of them: by how much (ms) it rose and fell, and its latest packet.
    pub rise: Option<(f64, Moment)>,
    /// The packets of these rises that were more than [`RISE`] later than the earliest before them: a jitter buffer that holds
    /// so much loses them.
    pub too_late: u64,
}

/// A time in which jitter rose above the guide value, until it was calm again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    /// The first packet above.
    pub from: Moment,
    /// When the last one above came.
    pub until: Timestamp,
    /// Packets above.
    pub above: u64,
    /// Greatest jitter in ms.
    pub peak: f64,
    /// Where that is.
    pub peak_at: Moment,
    /// Greatest difference between the earliest and the latest packet against their timestamps, in ms: what a jitter buffer
    /// must hold. Two packets at a time, as some senders have them, come to one packet time.
    pub swing: f64,
}

/// A time in which no packet came although one was due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pause {
    /// The packet that ended it.
    pub at: Moment,
    /// Its length in ms.
    pub length: f64,
    /// By how much that packet was late by its timestamp, in ms.
    pub late: f64,
    /// Least lateness in ms of what came behind it: near 0 where packets had been held up, near `late` where the sender had
    /// stopped and its timestamps with it.
    pub left: f64,
    /// The packet that ended it has the next number: none is missing between.
    pub is_whole: bool,
}

impl Pause {
    /// Whether packets were held up, and came at once when it was over. Else the sender itself paused, or what it sent
    /// meanwhile is missing for the most part: by its timestamp, the packet that ended it was due towards its end.
    #[must_use]
    pub fn was_caught_up(&self) -> bool {
        self.left * 2.0 < self.late && self.late * 2.0 > self.length
    }

    /// What its timestamp advanced meanwhile, in ms: one packet time, unless the sender left silence out.
    #[must_use]
    pub fn skipped(&self) -> f64 {
        self.length - self.late
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Timestamp {
        self.at.time.plus(-((self.length * 1e6) as i64))
    }
}

impl Evenness {
    /// How much longer (ms) it took than was spoken, apart from pauses of the sender; below 0: shorter. The sender's clock
    /// runs slow or fast.
    #[must_use]
    pub fn drift(&self) -> f64 {
        let own = self.pauses.iter().filter(|pause| !pause.was_caught_up());
        self.passed - self.spoken - own.map(|pause| pause.left).sum::<f64>()
    }
}

/// The state of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Evening {
    told: Evenness,
    is_open: bool,
    /// Lateness now, in ms, against the first packet.
    behind: f64,
    /// The same before the latest pauses, the latest first: what one held up may come only after the next one.
    before: [f64; FOLLOWED],
    swing: Swing,
    wave: Wave,
    /// The latest rise that is counted.
    risen: Option<Moment>,
}

/// The time under way as it rises and falls, in ms against the first packet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Wave {
    /// The earliest packet since the last rise.
    low: f64,
    /// The latest packet since that one.
    high: Option<(f64, Moment)>,
    /// From where to where the last rise went that is coming down still.
    falling: Option<(f64, f64, Moment)>,
    /// Packets that stand more than [`RISE`] above the ground, and of which nobody knows yet whether they come down.
    above: u64,
    ground: Option<Ground>,
}

/// Where the earliest of the latest packets stand, in ms against the first one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ground {
    since: Timestamp,
    /// In this time.
    least: f64,
    /// In the time before.
    before: f64,
}

impl Ground {
    fn level(self) -> f64 {
        self.least.min(self.before)
    }
}

impl Wave {
    /// Takes where the next packet stands; gives where it would stand if it had come as early as others.
    fn ground(&mut self, behind: f64, time: Timestamp) -> f64 {
        let ground = self.ground.get_or_insert(Ground { since: time, least: behind, before: behind });
        if time.since(ground.since) >= GROUND {
            let level = ground.level();
            *ground = Ground { since: time, least: behind, before: ground.least };
            if ground.level() - level > RISE {
                // What rose has stayed there: another way, not a rise.
                self.above = 0;
            }
        }
        ground.least = ground.least.min(behind);
        ground.level()
    }

    /// Takes where the next packet stands; gives how much of a rise has come down by now, and where it was highest.
    fn push(&mut self, behind: f64, at: Moment) -> Option<(f64, Moment)> {
        let (high, at_high) = *self.high.get_or_insert((behind, at));
        let ground = self.ground(behind, at.time);
        self.above += u64::from(behind - ground > RISE);
        if behind > high {
            self.high = Some((behind, at));
        }
        if high - self.low > RISE && high - behind > (high - self.low) * FALLEN {
            self.falling = Some((self.low, high, at_high));
            (self.low, self.high) = (behind, Some((behind, at)));
        } else if behind < self.low {
            (self.low, self.high) = (behind, Some((behind, at)));
        } else if behind - self.low > RISE / 2.0 {
            self.falling = None;
        }
        let (low, high, at_high) = self.falling?;
        let came_down = (high - low).min(high - behind);
        (came_down > RISE).then_some((came_down, at_high))
    }

    /// The packets of a rise that has come down.
    fn take_above(&mut self) -> u64 {
        std::mem::take(&mut self.above)
    }
}

/// How early and how late the latest packets of a spell were, in ms against the packet before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Swing {
    now: f64,
    least: f64,
    most: f64,
    packets: u32,
}

impl Swing {
    /// Takes the next packet; gives the difference between the earliest and the latest.
    fn push(&mut self, late: f64) -> f64 {
        if self.packets >= SWINGING {
            *self = Self { now: self.now, least: self.now, most: self.now, packets: 0 };
        }
        self.packets += 1;
        self.now += late;
        self.least = self.least.min(self.now);
        self.most = self.most.max(self.now);
        self.most - self.least
    }
}

impl Evening {
    /// Takes the next difference: `late` in ms against the packet before, which came `passed` ms before, and the running
    /// jitter in ms as it stands now. `step`: of its number.
    pub(super) fn note(&mut self, sample: &Sample, step: Step, passed: f64, late: f64, jitter: f64) {
        let at = Moment { frame: sample.frame, time: sample.time };
        let told = &mut self.told;
        told.measured += 1;
        told.passed += passed;
        told.spoken += passed - late;
        if late > PAUSE && told.pauses.len() < KEPT {
            told.pauses.push(Pause {
                at,
                length: passed,
                late,
                left: late,
                is_whole: step == Step::Forward(1),
            });
            self.before.rotate_right(1);
            self.before[0] = self.behind;
        }
        self.behind += late;
        if let Some((rise, at)) = self.wave.push(self.behind, at) {
            told.too_late += self.wave.take_above();
            // A rise is told by its latest packet: as it falls, more of it has come down.
            if self.risen != Some(at) {
                told.rises += 1;
                self.risen = Some(at);
            }
            if told.rise.is_none_or(|(most, _)| rise > most) {
                told.rise = Some((rise, at));
            }
        }
        for (pause, before) in told.pauses.iter_mut().rev().zip(self.before) {
            let window = CATCHING_UP.max((pause.length * 1e6) as i64);
            if at.time.since(pause.at.time) <= window {
                pause.left = pause.left.min((self.behind - before).max(0.0));
            }
        }
        if jitter > GUIDE {
            told.above += 1;
            if !self.is_open && told.spells.len() < KEPT {
                let spell = Spell { from: at, until: at.time, above: 0, peak: 0.0, peak_at: at, swing: 0.0 };
                told.spells.push(spell);
                self.swing = Swing::default();
            }
            self.is_open = true;
            if let Some(spell) = told.spells.last_mut() {
                spell.above += 1;
                spell.until = at.time;
                if jitter > spell.peak {
                    (spell.peak, spell.peak_at) = (jitter, at);
                }
            }
        } else if jitter < CALM {
            self.is_open = false;
        }
        if self.is_open {
            let swing = self.swing.push(late);
            if let Some(spell) = told.spells.last_mut() {
                spell.swing = spell.swing.max(swing);
            }
        }
    }

    pub(super) fn so_far(&self) -> Evenness {
        self.told.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::fixture::{at, frame};
    use super::*;

    /// Packets of 20 ms that arrive at these ms, with the jitter of RFC 3550.
    fn told(arrivals: &[i64], spoken: f64) -> Evenness {
        let mut evening = Evening::default();
        let mut jitter = 0.0;
        for (number, pair) in arrivals.windows(2).enumerate() {
            let [before, now] = pair else { continue };
            let passed = (now - before) as f64;
            let late = passed - spoken;
            jitter += (late.abs() - jitter) / 16.0;
            evening.note(&Sample::arrived(number as u64 + 2, *now), Step::Forward(1), passed, late, jitter);
        }
        evening.so_far()
    }

    fn steady(count: i64) -> Vec<i64> {
        (0..count).map(|nth| nth * 20).collect()
    }

    #[test]
    fn what_was_held_up_and_comes_at_once_is_a_pause_that_was_caught_up() {
        let held: Vec<i64> =
            steady(200).iter().map(|ms| if (1_000..1_460).contains(ms) { 1_455 } else { *ms }).collect();
        let told = told(&held, 20.0);
        let [pause] = told.pauses.as_slice() else { panic!("{told:?}") };
        assert_eq!((pause.length, pause.late, pause.at.frame), (475.0, 455.0, frame(51)));
        assert!(pause.was_caught_up() && told.drift().abs() < 1.0, "{told:?}");
        assert_eq!(pause.began(), at(980));
        let [spell] = told.spells.as_slice() else { panic!("{told:?}") };
        assert_eq!(spell.from.frame, frame(51), "the packet that ended the pause");
    }

    #[test]
    fn of_two_pauses_in_a_row_both_were_caught_up() {
        let arrival = |ms: &i64| match ms {
            1_000..1_320 => 1_320 + (ms - 1_000) / 20,
            1_320..1_640 => 1_640 + (ms - 1_320) / 20,
            _ => *ms,
        };
        let apart: Vec<i64> = steady(200).iter().map(arrival).collect();
        assert_eq!(told(&apart, 20.0).pauses.len(), 2);
        // The second begins before what the first one held up has come.
        let stacked = |ms: &i64| match ms {
            1_000..1_020 => 1_320,
            1_020..1_040 => 1_335,
            1_040..1_700 => 1_700 + (ms - 1_040) / 20,
            _ => *ms,
        };
        let stacked: Vec<i64> = steady(200).iter().map(stacked).collect();
        let told = told(&stacked, 20.0);
        assert_eq!(told.pauses.len(), 2, "{told:?}");
        assert!(told.pauses.iter().all(Pause::was_caught_up) && told.drift().abs() < 1.0, "{told:?}");
    }

    #[test]
    fn a_pause_of_which_most_is_missing_was_not_caught_up() {
        let pause = |length: f64, late: f64| {
            let at = Moment { frame: frame(1), time: at(0) };
            Pause { at, length, late, left: 0.0, is_whole: false }
        };
        // 541 of 602 packets are missing, the others came at once.
        assert!(!pause(12_051.0, 1_211.0).was_caught_up());
        assert!(pause(1_219.0, 1_199.0).was_caught_up() && pause(1_219.0, 700.0).was_caught_up());
    }

    #[test]
    fn a_sender_that_stops_and_goes_on_catches_nothing_up() {
        let stopped: Vec<i64> =
            steady(200).iter().map(|ms| if *ms >= 1_000 { ms + 2_000 } else { *ms }).collect();
        let told = told(&stopped, 20.0);
        assert!(told.pauses.iter().all(|pause| !pause.was_caught_up()) && told.pauses.len() == 1);
        assert!(told.drift().abs() < 1.0, "its clock stood still and runs true: {told:?}");
    }

    #[test]
    fn a_slow_clock_drifts_without_any_pause() {
        let slow: Vec<i64> = (0..200).map(|nth| nth * 31).collect();
        let told = told(&slow, 20.0);
        assert!(told.pauses.is_empty());
        assert_eq!((told.passed, told.spoken, told.drift()), (6_169.0, 3_980.0, 2_189.0));
    }

    #[test]
    fn packets_two_at_a_time_swing_by_one_and_those_held_up_by_as_long_as_that() {
        // Jitter comes near 20 ms and stays there: 22.5 ms of audio a packet take it above.
        let paired: Vec<i64> = (0..400).map(|nth| nth / 2 * 45).collect();
        let paired = told(&paired, 22.5);
        let [spell] = paired.spells.as_slice() else { panic!("{paired:?}") };
        assert!(spell.above > 300 && (spell.swing - 22.5).abs() < 0.01, "{spell:?}");
        let held: Vec<i64> =
            steady(200).iter().map(|ms| if (1_000..1_460).contains(ms) { 1_455 } else { *ms }).collect();
        let held = told(&held, 20.0);
        assert!(held.spells.iter().all(|spell| spell.swing >= 455.0), "{held:?}");
    }

    #[test]
    fn delay_that_rises_and_falls_slowly_is_seen_where_jitter_is_small() {
        // 280 ms up within 4 s, and down within 2 s.
        let under_way = |nth: i64| match nth % 300 {
            up @ 0..200 => up * 280 / 200,
            down => (300 - down) * 280 / 100,
        };
        let ramps: Vec<i64> = (0..1_500).map(|nth| nth * 20 + under_way(nth)).collect();
        let ramps = told(&ramps, 20.0);
        assert!(ramps.spells.is_empty() && ramps.pauses.is_empty(), "{ramps:?}");
        let (rise, _) = ramps.rise.unwrap();
        assert!(ramps.rises == 5 && (270.0..=281.0).contains(&rise), "{} {rise}", ramps.rises);
        // Of the 200 and 100 packets of each way 128 and 64 are above 100 ms.
        assert!((900..=965).contains(&ramps.too_late), "{}", ramps.too_late);
        let small: Vec<i64> = (0..1_500).map(|nth| nth * 20 + under_way(nth) / 4).collect();
        assert_eq!(told(&small, 20.0).rises, 0, "a jitter buffer holds that");
        let slow: Vec<i64> = (0..6_000).map(|nth| nth * 202 / 10).collect();
        let slow = told(&slow, 20.0);
        assert_eq!((slow.rises, slow.too_late), (0, 0), "a clock that is off falls behind for good");
        // One rise to 280 ms and back, within 1 s, in 30 s.
        let once = |nth: i64| if (500..550).contains(&nth) { (25 - (nth - 525).abs()) * 280 / 25 } else { 0 };
        let once: Vec<i64> = (0..1_500).map(|nth| nth * 20 + once(nth)).collect();
        let once = told(&once, 20.0);
        assert!(once.rises == 1 && (25..=40).contains(&once.too_late), "{}", once.too_late);
        // The same in a call of 25 minutes whose sender's clock is 100 ppm slow: that alone makes 150 ms by the end.
        let drifting: Vec<i64> = (0..75_000)
            .map(|nth| {
                let hump = if (60_000..60_050).contains(&nth) {
                    (25 - (nth - 60_025i64).abs()) * 280 / 25
                } else {
                    0
                };
                nth * 20 + nth / 500 + hump
            })
            .collect();
        let drifting = told(&drifting, 20.0);
        assert!(drifting.rises == 1 && (25..=40).contains(&drifting.too_late), "{}", drifting.too_late);
        // Another way, 150 ms longer, and a rise on it later.
        let longer: Vec<i64> = (0..15_000)
            .map(|nth| {
                let hump = if (12_000..12_050).contains(&nth) {
                    (25 - (nth - 12_025i64).abs()) * 280 / 25
                } else {
                    0
                };
                nth * 20 + if nth >= 1_000 { 150 } else { 0 } + hump
            })
            .collect();
        let longer = told(&longer, 20.0);
        assert!(longer.rises == 1 && (25..=40).contains(&longer.too_late), "{}", longer.too_late);
        let fast: Vec<i64> = (0..6_000).map(|nth| nth * 198 / 10).collect();
        assert_eq!(told(&fast, 20.0).rises, 0);
        let stopped: Vec<i64> =
            steady(400).iter().map(|ms| if *ms >= 1_000 { ms + 2_000 } else { *ms }).collect();
        assert_eq!(told(&stopped, 20.0).rises, 0, "a sender that stops");
    }

    #[test]
    fn what_never_ends_stays_bounded() {
        let wild: Vec<i64> = (0..2_000).map(|nth| nth / 40 * 1_000 + nth % 40).collect();
        let told = told(&wild, 20.0);
        assert!(told.pauses.len() <= KEPT && told.spells.len() <= KEPT);
        assert!(told.above > 100 && told.measured == 1_999);
    }
}
