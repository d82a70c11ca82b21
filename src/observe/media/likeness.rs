//! Whether a series of packets is RTP although nobody announced it.
//!
//! A false positive costs more than a miss: a stream that is none raises findings about a device that did nothing. So
//! one header is never enough; numbering, timestamps and arrival must agree with each other over at least ten packets,
//! which mDNS, QUIC, CAPWAP, games and random bytes do not do.

use super::payload::{VIDEO_RATE, is_usual};
use super::sample::Sample;
use super::sequence::Step;
use super::tally::Mode;
use super::timing::{Clock, RATES};

/// Why a stream is taken for RTP, from strong to weak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recognition {
    /// SDP announced one of its ends with its payload type.
    Signalled,
    /// RTCP speaks of its source.
    RtcpPaired,
    /// Its packets fit together as RTP's do.
    Content,
    /// Nothing speaks for it.
    #[default]
    None,
}

const LEAST_PACKETS: u64 = 10;
const LEAST_VIDEO_PACKETS: u64 = 30;
/// An event is sent so often at least: its beginning and three times its end.
const LEAST_EVENT_PACKETS: u64 = 4;
const EVENT_LENGTH: u32 = 4;
/// So many packets whose length fits the codec outweigh any delay.
const LEAST_OF_CODEC: u64 = 50;
/// Codecs of constant rate, with payload bytes per 160 ticks (20 ms at 8 kHz): PCMU, GSM, PCMA, G.722, G.729; RFC 3551
/// section 4.5.
const OCTETS_PER_160: [(u8, u64); 5] = [(0, 160), (3, 33), (8, 160), (9, 160), (18, 20)];
/// Packetisation times in ms: 5 to 120, in whole multiples of 5 (RFC 3551 section 4.2 recommends 20).
const PTIME_UNIT: u64 = 5;
const MOST_PTIME: u64 = 120;
/// SRTP's authentication tag and key identifier at most, in bytes (RFC 3711 section 3.1).
const SRTP_TRAILER: u64 = 20;
/// Neighbours further apart (ns) are a pause: their step is no packetisation time.
const PAUSE: i64 = 500_000_000;
/// A neighbour is on time if it is off by half its step at most, but this is always (never) forgiven, in seconds.
const ALWAYS_FORGIVEN: f64 = 0.005;
const MOST_FORGIVEN: f64 = 0.015;

/// Whether media may use the port at all: not the system ports (RFC 6335 section 6), mDNS or LLMNR.
#[must_use]
pub fn could_carry_media(port: u16) -> bool {
    port > 1023 && !matches!(port, 5353 | 5355)
}

/// What is counted of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likeness {
    packets: u64,
    begins_marked: bool,
    unusual_types: u64,
    by_one: u64,
    further: u64,
    /// Of those, numbers left out for which the timestamp goes on by as many steps: packets that were lost.
    spanned: u64,
    /// Of those, numbers left out before a marked packet with another timestamp: an event, behind voice that is not here.
    behind_voice: u64,
    previous: Option<Sample>,
    steps: Mode,
    lengths: Mode,
    frames: u64,
    frames_after_marker: u64,
    /// Neighbours, and how many of them arrive as a clock of each of [`RATES`] says.
    compared: u64,
    on_time: [u64; RATES.len()],
    ticks: i64,
    nanoseconds: i64,
}

impl Likeness {
    /// Takes the next counted packet.
    pub fn push(&mut self, sample: &Sample, step: Step) {
        self.begins_marked |= self.packets == 0 && sample.marker;
        self.packets += 1;
        self.unusual_types += u64::from(!is_usual(sample.payload_type));
        self.lengths.add(u32::from(sample.payload_length));
        self.behind_voice += u64::from(self.is_event_behind_voice(sample, step));
        match step {
            Step::First => {}
            Step::Forward(1) => self.by_one += 1,
            Step::Forward(numbers) => {
                self.further += 1;
                self.spanned += u64::from(self.spans(sample, numbers.into()));
            }
            Step::Late => self.further += 1,
        }
        if let Some(previous) = self.previous.replace(*sample)
            && step == Step::Forward(1)
            && previous.payload_type == sample.payload_type
        {
            self.compare(&previous, sample);
        }
    }

    /// Whether the timestamp goes on by the usual step for each of the numbers.
    fn spans(&self, sample: &Sample, numbers: u32) -> bool {
        let Some(previous) = self.previous else { return false };
        let ticks = sample.timestamp.wrapping_sub(previous.timestamp);
        let step = self.steps.most().map(|(step, _)| step).filter(|step| *step > 0);
        previous.payload_type == sample.payload_type
            && step.and_then(|step| step.checked_mul(numbers)) == Some(ticks)
    }

    fn is_event_behind_voice(&self, sample: &Sample, step: Step) -> bool {
        let is_next = |previous: &Sample| {
            sample.marker
                && previous.timestamp != sample.timestamp
                && previous.payload_type == sample.payload_type
        };
        matches!(step, Step::Forward(2..)) && self.previous.as_ref().is_some_and(is_next)
    }

    fn compare(&mut self, previous: &Sample, sample: &Sample) {
        let ticks = sample.timestamp.wrapping_sub(previous.timestamp);
        if ticks != 0 {
            self.frames += 1;
            self.frames_after_marker += u64::from(previous.marker);
        }
        let passed = sample.time.since(previous.time);
        if (0..=PAUSE).contains(&passed) && !sample.marker {
            self.steps.add(ticks);
        }
        self.compared += 1;
        for (on_time, rate) in self.on_time.iter_mut().zip(RATES) {
            *on_time += u64::from(is_on_time(ticks, passed, rate));
        }
        self.ticks = self.ticks.saturating_add(i64::from(ticks.cast_signed()));
        self.nanoseconds = self.nanoseconds.saturating_add(passed);
    }

    /// Whether it holds keys or tones alone (RFC 4733 section 2.5.1): one dynamic type, four bytes each, numbers in a row but
    /// for those of the voice between two events, a marked beginning, and timestamps that stand still while an event lasts.
    #[must_use]
    pub(super) fn is_event(&self) -> bool {
        let is_dynamic = self.previous.is_some_and(|sample| sample.payload_type >= 96);
        self.begins_marked
            && is_dynamic
            && self.packets >= LEAST_EVENT_PACKETS
            && self.compared + self.behind_voice + 1 == self.packets
            && self.lengths.most() == Some((EVENT_LENGTH, 1.0))
            && (self.frames + self.behind_voice) * LEAST_EVENT_PACKETS <= self.compared
    }

    /// Whether the packets alone are enough, given the clock that they seem to have.
    #[must_use]
    pub fn is_media(&self, clock: Option<Clock>) -> bool {
        // An event that is sent again and again with one marker seems to have a clock.
        if self.is_event() {
            return true;
        }
        let Some(clock) = clock else { return false };
        self.packets >= LEAST_PACKETS
            && self.unusual_types * 20 <= self.packets
            && self.is_numbered()
            && match self.fits_codec() {
                Some(false) => false,
                Some(true) if self.packets >= LEAST_OF_CODEC => self.is_paced(clock.rate),
                _ => self.keeps_time(clock.rate) && (self.is_paced(clock.rate) || self.is_framed(clock.rate)),
            }
    }

    /// Whether the numbers go up by one, or leave out what was lost on a bad line: half of the packets are still neighbours
    /// then.
    fn is_numbered(&self) -> bool {
        let steps = self.by_one + self.further;
        (self.by_one + self.spanned) * 10 >= steps * 9 && self.by_one * 2 >= steps
    }

    /// Whether the length is what a codec of constant rate gives for the step; `None` for other codecs.
    fn fits_codec(&self) -> Option<bool> {
        let payload_type = self.previous?.payload_type;
        let (step, _) = self.steps.most()?;
        let (length, _) = self.lengths.most()?;
        let nominal = frame_octets(payload_type, step)?;
        Some((nominal..=nominal + SRTP_TRAILER).contains(&u64::from(length)))
    }

    /// Timestamps advance as the clock says: over all packets, which forgives a stalled line that delivers in bursts,
    /// or from one to the next, which forgives a clock that stands still in silence.
    fn keeps_time(&self, rate: u32) -> bool {
        let seconds = self.nanoseconds as f64 / 1e9;
        let nominal = self.ticks as f64 / f64::from(rate);
        let overall = seconds > 0.0 && (nominal - seconds).abs() <= 0.05 * seconds + 0.02;
        let from_one_to_the_next = || {
            let on_time =
                RATES.iter().zip(self.on_time).find_map(|(known, count)| (*known == rate).then_some(count));
            self.compared >= LEAST_PACKETS - 1 && on_time.is_some_and(|count| count * 10 >= self.compared * 8)
        };
        overall || from_one_to_the_next()
    }

    /// Speech: usual steps, one of them prevailing.
    fn is_paced(&self, rate: u32) -> bool {
        let Some((_, share)) = self.steps.most() else { return false };
        share >= 0.5 && self.steps.share(|step| is_usual_step(step, rate)) >= 0.8
    }

    /// Video: a new timestamp follows a marker (RFC 3551 section 5).
    fn is_framed(&self, rate: u32) -> bool {
        rate == VIDEO_RATE
            && self.packets >= LEAST_VIDEO_PACKETS
            && self.frames >= 5
            && self.frames_after_marker * 10 >= self.frames * 9
    }
}

/// Payload in bytes that a codec of constant rate gives for so many ticks; `None` for other codecs.
pub(super) fn frame_octets(payload_type: u8, ticks: u32) -> Option<u64> {
    let (_, octets) = OCTETS_PER_160.into_iter().find(|(constant, _)| *constant == payload_type)?;
    Some(u64::from(ticks) * octets / 160)
}

fn is_on_time(ticks: u32, nanoseconds: i64, rate: u32) -> bool {
    let nominal = f64::from(ticks.cast_signed()) / f64::from(rate);
    let forgiven = (nominal / 2.0).clamp(ALWAYS_FORGIVEN, MOST_FORGIVEN);
    (nominal - nanoseconds as f64 / 1e9).abs() <= forgiven
}

fn is_usual_step(step: u32, rate: u32) -> bool {
    let (scaled, rate) = (u64::from(step) * 1000, u64::from(rate));
    scaled.is_multiple_of(PTIME_UNIT * rate) && (1..=MOST_PTIME * rate).contains(&scaled)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{at, frame};
    use super::*;

    /// Packets of 20 ms with this many bytes, of this type; an event lasts so many, and so many of voice before it are not there.
    fn keys_in_voice(packets: u16, payload_type: u8, length: u16, lasts: u16, voice: u16) -> Likeness {
        let mut likeness = Likeness::default();
        for nth in 0..packets {
            let sample = Sample {
                frame: frame(u64::from(nth) + 1),
                time: at(i64::from(nth) * 20),
                timestamp: 1_000 + u32::from(nth / lasts) * 1_600,
                sequence: nth,
                payload_length: length,
                ip_length: 44,
                vlan: None,
                pcp: None,
                dscp: 0,
                ttl: 64,
                payload_type,
                marker: nth % lasts == 0,
                odd_padding: false,
            };
            let ahead = if nth % lasts == 0 { voice + 1 } else { 1 };
            likeness.push(&sample, if nth == 0 { Step::First } else { Step::Forward(ahead) });
        }
        likeness
    }

    fn keys(packets: u16, payload_type: u8, length: u16, lasts: u16) -> Likeness {
        keys_in_voice(packets, payload_type, length, lasts, 0)
    }

    #[test]
    fn voice_of_a_bad_line_is_voice_and_numbers_that_only_go_up_are_none() {
        let clock = Some(Clock { rate: 8_000, source: super::super::timing::ClockSource::Assigned });
        // Every so-manieth packet is missing; behind it the timestamp goes on by so much too much.
        let with = |lost_each: u16, off: u32| {
            let mut likeness = Likeness::default();
            let there = (0..200_u16).filter(|nth| nth % lost_each != 1);
            let mut before = None;
            for (place, nth) in there.enumerate() {
                let sample = Sample {
                    time: at(i64::from(nth) * 20),
                    timestamp: u32::from(nth) * 160 + place as u32 * off,
                    sequence: nth,
                    payload_type: 8,
                    marker: nth == 0,
                    ..keys(1, 8, 160, 1).previous.unwrap()
                };
                let step = before.map_or(Step::First, |before| Step::Forward(nth - before));
                likeness.push(&sample, step);
                before = Some(nth);
            }
            likeness.is_media(clock)
        };
        assert!(with(20, 0) && with(5, 0) && with(4, 0), "5, 20 and 25 % lost");
        assert!(!with(2, 0), "no neighbours are left");
        assert!(!with(5, 1), "the timestamps do not fit the numbers");
    }

    #[test]
    fn keys_alone_are_media_and_what_only_looks_like_them_is_none() {
        assert!(keys(12, 101, 4, 12).is_media(None), "one key");
        assert!(keys(120, 101, 4, 12).is_media(None), "ten");
        let clock = Some(Clock { rate: 8_000, source: super::super::timing::ClockSource::Estimated });
        assert!(
            keys(12, 101, 4, 12).is_media(clock),
            "each packet marked and sent again: as if there were a clock"
        );
        assert!(!keys(3, 101, 4, 12).is_media(None), "too few");
        assert!(!keys(12, 101, 8, 12).is_media(None), "another length");
        assert!(!keys(12, 18, 4, 12).is_media(None), "an assigned type");
        assert!(!keys(12, 101, 4, 1).is_media(None), "timestamps that go on");
        assert!(keys_in_voice(48, 101, 4, 8, 9).is_media(None), "the voice between them was left out");
        assert!(!keys_in_voice(12, 101, 4, 1, 9).is_media(None), "a number of its own each");
        let unmarked = |nth: u16| Sample { marker: nth == 0, ..keys(1, 101, 4, 8).previous.unwrap() };
        let mut random = Likeness::default();
        for nth in 0..40 {
            let sample = Sample { timestamp: u32::from(nth / 8) * 1_600, sequence: nth, ..unmarked(nth) };
            let step = if nth == 0 { Step::First } else { Step::Forward(if nth % 8 == 0 { 9 } else { 1 }) };
            random.push(&sample, step);
        }
        assert!(!random.is_media(None), "no event begins there");
    }
}
