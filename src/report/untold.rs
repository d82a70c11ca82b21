//! Takes streams and who is told to be uneven; says whether a jitter above the guide value was judged and found to be
//! no fault of anybody, so that a sentence below the table of streams explains it. For the table, which has addresses,
//! and for stored reports, which have their text.

use std::collections::BTreeSet;

use crate::check::{LEAST_JUDGED, clock_runs_at};
use crate::observe::media::timing::GUIDE;

/// What is looked at of a stream.
pub(super) struct Voice<A> {
    pub(super) from: A,
    pub(super) to: A,
    pub(super) is_audio: bool,
    pub(super) packets: u64,
    pub(super) lost: u64,
    pub(super) expected: u64,
    /// Clock rate in Hz, where it was not estimated: one that is off looks like jitter.
    pub(super) clock: Option<u32>,
    /// Greatest, in ms.
    pub(super) jitter: Option<f64>,
    /// Packet times in ms: as the timestamps show it, as agreed, as packets come on average.
    pub(super) ptime: Option<f64>,
    pub(super) agreed: Option<u32>,
    pub(super) pace: Option<f64>,
}

impl<A: Copy + Ord> Voice<A> {
    fn is_high(&self) -> bool {
        self.is_audio
            && self.packets >= LEAST_JUDGED
            && self.clock.is_some()
            && self.jitter.is_some_and(|jitter| jitter > GUIDE)
    }

    /// Its timestamps run at another rate than that of the codec, which makes jitter of packets that come evenly.
    fn is_by_clock(&self) -> bool {
        let pace = self.ptime.zip(self.agreed).zip(self.pace).zip(self.clock);
        pace.is_some_and(|(((seen, agreed), pace), clock)| {
            clock_runs_at(seen, agreed, pace, (self.lost, self.expected), clock).is_some()
        })
    }
}

/// Whether the jitter of any of them is left without a word. `jittery`: the senders of which RTP-004 is told,
/// `misclocked`: those of which RTP-006 is. Who gets it from one of the first may only pass it on.
pub(super) fn any<A: Copy + Ord>(
    voices: &[Voice<A>],
    jittery: &BTreeSet<A>,
    misclocked: &BTreeSet<A>,
) -> bool {
    let heard = voices.iter().filter(|voice| jittery.contains(&voice.from)).map(|voice| voice.to);
    let told: BTreeSet<A> = heard.chain(jittery.iter().copied()).collect();
    voices.iter().any(|voice| {
        let is_explained = || misclocked.contains(&voice.from) && voice.is_by_clock();
        voice.is_high() && !told.contains(&voice.from) && !is_explained()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(from: u8, to: u8, jitter: f64) -> Voice<u8> {
        Voice {
            from,
            to,
            is_audio: true,
            packets: 500,
            lost: 0,
            expected: 500,
            clock: Some(8_000),
            jitter: Some(jitter),
            ptime: Some(20.0),
            agreed: Some(20),
            pace: Some(20.0),
        }
    }

    #[test]
    fn jitter_is_untold_where_no_finding_tells_it() {
        let untold = |voices: &[Voice<u8>], jittery: &[u8]| {
            any(voices, &jittery.iter().copied().collect(), &BTreeSet::new())
        };
        assert!(untold(&[voice(1, 2, 20.1)], &[]));
        assert!(!untold(&[voice(1, 2, 20.0)], &[]));
        assert!(!untold(&[voice(1, 2, 90.0)], &[1]));
        assert!(!untold(&[voice(1, 2, 90.0), voice(2, 3, 90.0)], &[1]), "passed on");
        assert!(untold(&[voice(1, 2, 90.0), voice(3, 2, 90.0)], &[1]), "another sender");
        assert!(!untold(&[Voice { is_audio: false, ..voice(1, 2, 90.0) }], &[]));
        assert!(!untold(&[Voice { clock: None, ..voice(1, 2, 90.0) }], &[]));
        assert!(!untold(&[Voice { packets: 99, ..voice(1, 2, 90.0) }], &[]));
    }

    #[test]
    fn jitter_of_timestamps_that_run_too_fast_is_told_with_them() {
        let untold = |ptime: f64, pace: f64, misclocked: &[u8]| {
            let voice = Voice { ptime: Some(ptime), pace: Some(pace), ..voice(1, 2, 20.1) };
            any(&[voice], &BTreeSet::new(), &misclocked.iter().copied().collect())
        };
        assert!(!untold(40.0, 20.0, &[1]));
        assert!(untold(40.0, 20.0, &[]), "no finding says so");
        assert!(untold(40.0, 40.0, &[1]), "long packets make no jitter");
    }
}
