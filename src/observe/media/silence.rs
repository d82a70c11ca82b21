//! How much of a conversation a sender left out, because its party was silent (DTX, RFC 3551 section 4.1).
//!
//! The timestamp goes on while nothing is sent. What it advances beyond one packet time per packet of voice is silence;
//! comfort noise stands for silence and is no voice. Senders that stop their clock meanwhile show none.

use super::sample::Sample;
use super::sequence::Step;
use super::timing::Ticks;

/// What is counted of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Silence {
    /// Timestamp and whether it was voice, of the packet before.
    previous: Option<(u32, bool)>,
    /// Timestamp units from neighbour to neighbour.
    advanced: u64,
    /// Packets of voice among the earlier neighbours.
    spoken: u64,
}

impl Silence {
    /// Takes the next counted packet. `is_noise`: comfort noise.
    pub fn push(&mut self, sample: &Sample, step: Step, ticks: Ticks, is_noise: bool) {
        if ticks == Ticks::Apart && !is_noise {
            // An event keeps the timestamp of its beginning.
            self.previous = None;
            return;
        }
        if step == Step::Late {
            return;
        }
        let before = self.previous.replace((sample.timestamp, !is_noise));
        if let (Some((timestamp, spoke)), Step::Forward(1)) = (before, step)
            && let Ok(ticks) = u64::try_from(sample.timestamp.wrapping_sub(timestamp).cast_signed())
        {
            self.advanced = self.advanced.saturating_add(ticks);
            self.spoken += u64::from(spoke);
        }
    }

    /// Share of the time without voice in percent, given the usual step from packet to packet.
    #[must_use]
    pub fn percent(&self, step: u32) -> Option<f64> {
        if self.advanced == 0 || step == 0 {
            return None;
        }
        let spoken = self.spoken.saturating_mul(u64::from(step)).min(self.advanced);
        Some((self.advanced - spoken) as f64 * 100.0 / self.advanced as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stream::tests::sample;
    use super::super::timing::{Clock, ClockSource};
    use super::*;

    const VOICE: Ticks = Ticks::Media(Clock { rate: 8_000, source: ClockSource::Assigned });

    /// Share of silence in packets of these timestamps, in units of 160; negative ones are comfort noise.
    fn share(packets: &[i64]) -> Option<f64> {
        let mut silence = Silence::default();
        for (number, at) in packets.iter().enumerate() {
            let packet = Sample { timestamp: at.unsigned_abs() as u32 * 160, ..sample(number as u64) };
            let step = if number == 0 { Step::First } else { Step::Forward(1) };
            let noise = *at < 0;
            silence.push(&packet, step, if noise { Ticks::Apart } else { VOICE }, noise);
        }
        silence.percent(160)
    }

    #[test]
    fn what_the_clock_runs_beyond_the_packets_is_silence() {
        assert_eq!(share(&[1, 2, 3, 4, 5]), Some(0.0));
        assert_eq!(share(&[1, 2, 11, 12]), Some(100.0 * 8.0 / 11.0));
        assert_eq!(share(&[1, 2, -3, -7, 11, 12]), Some(100.0 * 8.0 / 11.0), "comfort noise is no voice");
        assert_eq!(share(&[1]), None);
    }

    #[test]
    fn loss_and_keys_are_no_silence() {
        let mut silence = Silence::default();
        silence.push(&sample(0), Step::First, VOICE, false);
        silence.push(&sample(9), Step::Forward(9), VOICE, false);
        silence.push(&sample(10), Step::Forward(1), Ticks::Apart, false);
        silence.push(&Sample { timestamp: 50_000, ..sample(11) }, Step::Forward(1), VOICE, false);
        assert_eq!(silence.percent(160), None);
    }
}
