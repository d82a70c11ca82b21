//! One stream: hands each packet to the observers and puts their figures together.

use std::sync::Arc;

use super::announce::{Announcement, Profile};
use super::course::Course;
use super::gaps::Gaps;
use super::likeness::{Likeness, Recognition, frame_octets};
use super::marking::Marking;
use super::payload::{MediaKind, PayloadName, VIDEO_RATE, assigned, is_comfort_noise};
use super::quality;
use super::report::{
    Gap, INTERRUPTED_PERCENT, Keying, Moment, OUTAGE, PayloadReport, PayloadRole, StreamReport,
};
use super::sample::{Direction, Sample};
use super::sequence::{Arrival, Counts, EVENT, Sequence, Step};
use super::silence::Silence;
use super::tally::{Mode, Tally};
use super::timing::{Clock, ClockSource, Ticks, Timing};
use super::wireshark::{self, Wireshark};
use crate::capture::{Frame, Timestamp};

/// Payload types that are told apart in one stream.
const PAYLOADS: usize = 16;
/// Call-IDs that are kept for one stream.
const CALLS: usize = 8;
/// Payload types that SDP did not list and that are told apart.
const UNLISTED: usize = 4;

/// Bytes of the authentication tag: RFC 3711 section 5.2, RFC 4568 section 6.2.
const SRTP_TAGS: [u32; 2] = [4, 10];
/// So many packets, and this share of them alike, show that the length is no whim of the sender.
const LEAST_FOR_SRTP: u64 = 100;
const SRTP_CONSTANT: f64 = 0.98;
/// Share of the steps that are alike where a sender keeps to one packet time.
const SAME_STEP: f64 = 0.9;
/// A payload of so many bytes is no key; and so large a share of neighbours has one timestamp where all are one picture.
const PART_OF_PICTURE: u32 = 200;
const MOSTLY: f64 = 0.98;

/// Which stream: index of the flow, direction, SSRC.
pub type Key = (u32, Direction, u32);

/// The state of one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    first: Moment,
    last: Moment,
    octets: u64,
    ip_octets: u64,
    sequence: Sequence,
    timing: Timing,
    course: Course,
    silence: Silence,
    marking: Marking,
    /// Nothing where SDP announced it: then nothing else has to speak for it.
    likeness: Option<Box<Likeness>>,
    wireshark: Wireshark,
    seen: Tally<u8, PAYLOADS>,
    payloads: Vec<Payload>,
    announced: Announced,
    gaps: Option<Box<Gaps>>,
    rtcp_paired: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Payload {
    payload_type: u8,
    since: Timestamp,
    name: Option<PayloadName>,
    lengths: Mode,
    steps: Mode,
    latest_step: u32,
    last: Option<(u16, u32)>,
}

/// What SDP said of the packets so far.
#[derive(Clone, Debug, Default, PartialEq)]
struct Announced {
    signalled: bool,
    latest: Option<Arc<Announcement>>,
    calls: Vec<Arc<str>>,
    /// Payload types that the announcement at the endpoint of the latest did not list.
    unlisted: Tally<u8, UNLISTED>,
}

impl Stream {
    /// A stream that begins with this packet; push it afterwards.
    #[must_use]
    pub fn new(sample: &Sample) -> Self {
        let here = Moment { frame: sample.frame, time: sample.time };
        Self {
            first: here,
            last: here,
            octets: 0,
            ip_octets: 0,
            sequence: Sequence::new(),
            timing: Timing::default(),
            course: Course::default(),
            silence: Silence::default(),
            marking: Marking::default(),
            likeness: None,
            wireshark: Wireshark::default(),
            seen: Tally::default(),
            payloads: Vec::new(),
            announced: Announced::default(),
            gaps: None,
            rtcp_paired: false,
        }
    }

    /// Takes the next packet in order of arrival, with what SDP says at its frame. `start`: time of the first frame of
    /// the measurement.
    pub fn push(&mut self, sample: &Sample, announcement: Option<&Arc<Announcement>>, start: Timestamp) {
        let before = std::mem::replace(&mut self.last, Moment { frame: sample.frame, time: sample.time });
        self.ip_octets += u64::from(sample.ip_length);
        let announcement = announcement.map(|known| known.line_of(sample.payload_type));
        self.announced.note(sample, announcement);
        if self.announced.signalled {
            self.likeness = None;
        }
        let name = announcement.and_then(|known| known.payload(sample.payload_type));
        let rate = wireshark::clock_rate(sample.payload_type, name);
        self.wireshark.push(wireshark::relative_ms(sample.time, start), sample, rate);

        let ticks = self.note_payload(sample, name);
        let step = || self.payload(sample.payload_type).and_then(Payload::usual_step);
        let across = self.timing.across(sample, ticks, step);
        match self.sequence.push(sample, across) {
            Arrival::Counted(step) => {
                self.note_gap(sample, step, before.time);
                self.count(sample, step, ticks, start);
            }
            Arrival::Restart(held) => {
                let held_ticks = self.ticks(held.payload_type);
                self.count(&held, Step::First, held_ticks, start);
                self.count(sample, Step::Forward(1), ticks, start);
            }
            Arrival::Duplicate(first) => {
                self.marking.push_copy(first, sample);
                self.course.push_copy(first, sample);
            }
            Arrival::Held => {}
        }
    }

    /// Gives back what only helps with packets shortly after its last one, if that is long ago at `now`.
    pub fn rest(&mut self, now: Timestamp) {
        self.sequence.rest(now);
    }

    /// When it will rest unless packets come; `None` if it does already, or no packet tells a time.
    #[must_use]
    pub fn rests_at(&self) -> Option<Timestamp> {
        self.sequence.rests_at()
    }

    /// RTCP speaks of this source.
    pub fn pair_rtcp(&mut self) {
        self.rtcp_paired = true;
    }

    /// Where it begins.
    #[must_use]
    pub fn first_frame(&self) -> Frame {
        self.first.frame
    }

    /// The figures so far.
    #[must_use]
    pub fn report(&self, (flow, direction, ssrc): Key) -> StreamReport {
        let counts = self.sequence.counts();
        let timing = self.timing.report();
        let latest = self.announced.latest.as_deref();
        let gaps = self.gaps.as_deref().cloned().unwrap_or_default();
        let (outages, outages_beyond) = gaps.outages();
        let main = self.main_payload();
        let beyond = main.and_then(|payload| self.beyond(payload));
        // An offer of SRTP may be answered without it: then its packets have no tag, which all profiles add (RFC 3711 section 5).
        let is_secure = |known: &Announcement| known.profile == Profile::Srtp && beyond != Some(0);
        let payloads: Vec<_> =
            self.payloads.iter().filter_map(|payload| self.payload_report(payload)).collect();
        let codec = main.and_then(Payload::encoding);
        let loss =
            if counts.expected == 0 { 0.0 } else { counts.lost as f64 * 100.0 / counts.expected as f64 };
        let burst_ratio = quality::burst_ratio(counts.lost, counts.expected, counts.bursts);
        let quality = codec
            .as_deref()
            .and_then(quality::codec)
            .filter(|_| counts.expected >= quality::LEAST && !is_interrupted(counts, &outages))
            .map(|values| quality::rate(values, loss, burst_ratio, None));
        StreamReport {
            is_by_two_clocks: false,
            flow,
            direction,
            ssrc,
            recognition: self.recognition(timing.clock),
            kind: self.kind(main, timing.clock),
            secure: latest.map(is_secure),
            keying: latest.filter(|known| is_secure(known)).map(|_| Keying::Sdp),
            srtp_tag: beyond.filter(|tag| SRTP_TAGS.contains(tag)),
            is_clear: latest.is_some_and(|known| known.profile == Profile::Srtp) && beyond == Some(0),
            calls: self.announced.calls.clone(),
            announced_ptime: latest.and_then(|known| known.ptime),
            ptime_limits: latest.map_or((None, None), |known| known.ptime_limits),
            announced_direction: latest.map(|known| known.direction),
            announced_at: latest.map(|known| known.endpoint),
            announced_formats: latest.into_iter().flat_map(formats).collect(),
            announced_codecs: latest.map_or_else(Vec::new, codecs),
            announced_event: latest.and_then(Announcement::event),
            unlisted: self.announced.unlisted.sorted(),
            payloads,
            codec,
            ptime: ptime(main, timing.clock),
            first: self.first,
            last: self.last,
            octets: self.octets,
            ip_octets: self.ip_octets,
            counts,
            segments: self.sequence.segments(),
            silence: self.silence(main),
            gaps: gaps.first(),
            latest_gap: gaps.latest(),
            outages,
            outages_beyond,
            timing,
            course: self.course.so_far(),
            marking: self.marking.report(),
            receiver: None,
            quality,
            wireshark: self.wireshark.report(),
        }
    }

    fn note_gap(&mut self, sample: &Sample, step: Step, began: Timestamp) {
        match (step, &mut self.gaps) {
            (Step::Forward(ahead @ 2..), gaps) => {
                let at = Moment { frame: sample.frame, time: sample.time };
                let gap = Gap { began, at, missing: ahead - 1 };
                gaps.get_or_insert_default().note(gap, sample.sequence);
            }
            (Step::Late, Some(gaps)) => gaps.fill(sample.sequence),
            _ => {}
        }
    }

    fn count(&mut self, sample: &Sample, step: Step, ticks: Ticks, start: Timestamp) {
        self.octets += u64::from(sample.payload_length);
        self.seen.add(sample.payload_type, sample.frame);
        self.marking.push(sample);
        self.timing.push(sample, step, ticks);
        self.course.push(sample, step, self.timing.jitter(), start);
        let role = self.payload(sample.payload_type).map(Payload::role);
        self.silence.push(sample, step, ticks, role == Some(PayloadRole::ComfortNoise));
        if ticks != Ticks::Apart && !self.announced.signalled {
            self.likeness.get_or_insert_default().push(sample, step);
        }
        if let Some(payload) = self.payload_mut(sample.payload_type) {
            payload.push(sample);
        }
    }

    /// Keeps the name that was given last to a payload type, and tells how its timestamp is to be read.
    fn note_payload(&mut self, sample: &Sample, name: Option<&PayloadName>) -> Ticks {
        if let Some(payload) = self.payload_mut(sample.payload_type) {
            if let Some(name) = name
                && payload.name.as_ref() != Some(name)
            {
                payload.name = Some(name.clone());
            }
        } else if self.payloads.len() < PAYLOADS {
            // Most streams have one or two.
            self.payloads.reserve_exact(1);
            self.payloads.push(Payload {
                payload_type: sample.payload_type,
                since: sample.time,
                name: name.cloned(),
                lengths: Mode::default(),
                steps: Mode::default(),
                latest_step: 0,
                last: None,
            });
        }
        self.ticks(sample.payload_type)
    }

    fn payload(&self, payload_type: u8) -> Option<&Payload> {
        self.payloads.iter().find(|payload| payload.payload_type == payload_type)
    }

    fn payload_mut(&mut self, payload_type: u8) -> Option<&mut Payload> {
        self.payloads.iter_mut().find(|payload| payload.payload_type == payload_type)
    }

    fn ticks(&self, payload_type: u8) -> Ticks {
        self.payload(payload_type).map_or(Ticks::Unknown, Payload::ticks)
    }

    /// The one with the most packets (the earliest of equals) that is neither event nor comfort noise.
    fn main_payload(&self) -> Option<&Payload> {
        let packets = |payload: &Payload| self.seen.get(payload.payload_type).map_or(0, |seen| seen.packets);
        let media = self.payloads.iter().rev().filter(|payload| payload.ticks() != Ticks::Apart);
        media.max_by_key(|payload| packets(payload))
    }

    /// Share of silence, for voice whose packets mostly follow each other by one step.
    fn silence(&self, main: Option<&Payload>) -> Option<f64> {
        let (step, _) = main?.steps.most()?;
        let is_video = main?.rate().is_some_and(|(rate, _)| rate == VIDEO_RATE);
        self.silence.percent(step).filter(|_| !is_video)
    }

    /// Bytes that every packet has beyond the frame of its codec.
    fn beyond(&self, payload: &Payload) -> Option<u32> {
        let packets = self.seen.get(payload.payload_type)?.packets;
        let (length, same_length) = payload.lengths.most()?;
        let (step, same_step) = payload.steps.most()?;
        let is_constant = same_length >= SRTP_CONSTANT && same_step >= SRTP_CONSTANT;
        let beyond = u64::from(length).checked_sub(frame_octets(payload.payload_type, step)?)?;
        u32::try_from(beyond).ok().filter(|_| is_constant && packets >= LEAST_FOR_SRTP)
    }

    fn payload_report(&self, payload: &Payload) -> Option<PayloadReport> {
        Some(PayloadReport {
            seen: self.seen.get(payload.payload_type)?.clone(),
            since: payload.since,
            name: payload.encoding(),
            role: if self.is_event() || payload.looks_like_events() {
                PayloadRole::Event
            } else {
                payload.role()
            },
            rate: payload.rate().map(|(rate, _)| rate),
            length: payload.lengths.most(),
            step: payload.steps.most(),
        })
    }

    fn recognition(&self, clock: Option<Clock>) -> Recognition {
        if self.announced.signalled {
            Recognition::Signalled
        } else if self.rtcp_paired {
            Recognition::RtcpPaired
        } else if self.likeness.as_ref().is_some_and(|likeness| likeness.is_media(clock)) {
            Recognition::Content
        } else {
            Recognition::None
        }
    }

    /// Whether its packets alone show that they are keys.
    fn is_event(&self) -> bool {
        self.likeness.as_ref().is_some_and(|likeness| likeness.is_event())
    }

    fn kind(&self, main: Option<&Payload>, clock: Option<Clock>) -> MediaKind {
        let announced = self.announced.latest.as_ref().map_or(MediaKind::Unknown, |known| known.kind);
        if announced != MediaKind::Unknown {
            return announced;
        }
        match (main.and_then(|payload| assigned(payload.payload_type)), clock) {
            (Some(entry), _) => entry.kind,
            (None, Some(clock)) if clock.rate == VIDEO_RATE => MediaKind::Video,
            (None, Some(_)) => MediaKind::Audio,
            (None, None) if main.is_some_and(Payload::is_of_picture) => MediaKind::Video,
            (None, None) => MediaKind::Unknown,
        }
    }
}

impl Payload {
    fn push(&mut self, sample: &Sample) {
        self.lengths.add(u32::from(sample.payload_length));
        if let Some((sequence, timestamp)) = self.last.replace((sample.sequence, sample.timestamp))
            && sample.sequence == sequence.wrapping_add(1)
            && !sample.marker
        {
            self.latest_step = sample.timestamp.wrapping_sub(timestamp);
            self.steps.add(self.latest_step);
        }
    }

    /// Whether many long packets have one timestamp: a picture (RFC 3551 section 5). Keys, whose timestamp stands as well, are
    /// some bytes (RFC 4733).
    fn is_of_picture(&self) -> bool {
        let stands = self.steps.most().is_some_and(|(step, share)| step == 0 && share > MOSTLY);
        stands && self.lengths.most().is_some_and(|(length, _)| length >= PART_OF_PICTURE)
    }

    /// The step from one packet to the next, if the sender keeps to it.
    fn usual_step(&self) -> Option<u32> {
        let (step, share) = self.steps.most()?;
        (share >= SAME_STEP && step == self.latest_step).then_some(step)
    }

    fn encoding(&self) -> Option<String> {
        let named = self.name.as_ref().map(|known| known.name.to_string());
        named.or_else(|| assigned(self.payload_type).map(|entry| entry.name.to_owned()))
    }

    fn rate(&self) -> Option<(u32, ClockSource)> {
        let signalled = self.name.as_ref().and_then(PayloadName::clock_rate);
        let assigned = assigned(self.payload_type).map(|entry| (entry.rate, ClockSource::Assigned));
        assigned.or_else(|| signalled.map(|rate| (rate, ClockSource::Signalled)))
    }

    fn role(&self) -> PayloadRole {
        let name = self.name.as_ref();
        if is_comfort_noise(self.payload_type, name) {
            PayloadRole::ComfortNoise
        } else if name.is_some_and(PayloadName::is_telephone_event) {
            PayloadRole::Event
        } else {
            PayloadRole::Media
        }
    }

    /// Whether a type that nobody explained holds nothing but packets as of RFC 4733: four bytes each (section 2.3), whose
    /// timestamp stands still while a key is held.
    fn looks_like_events(&self) -> bool {
        let is_unexplained = self.name.is_none() && assigned(self.payload_type).is_none();
        let is_alike = |most: Option<(u32, f64)>, value: u32| most.is_some_and(|(known, _)| known == value);
        let is_always = self.lengths.most().is_some_and(|(_, share)| share >= 1.0);
        is_unexplained
            && is_always
            && is_alike(self.lengths.most(), u32::from(EVENT))
            && is_alike(self.steps.most(), 0)
    }

    fn ticks(&self) -> Ticks {
        if self.role() != PayloadRole::Media {
            return Ticks::Apart;
        }
        match self.rate() {
            Some((rate, source)) => Ticks::Media(Clock { rate, source }),
            None => Ticks::Unknown,
        }
    }
}

impl Announced {
    fn note(&mut self, sample: &Sample, announcement: Option<&Arc<Announcement>>) {
        let Some(known) = announcement.filter(|known| known.profile != Profile::Other) else { return };
        self.signalled |= known.announces(sample.payload_type);
        let last = self.latest.as_ref();
        if last.is_some_and(|last| last.endpoint != known.endpoint) {
            self.unlisted = Tally::default();
        }
        if !known.formats.contains(&sample.payload_type) {
            self.unlisted.add(sample.payload_type, sample.frame);
        }
        if last.is_some_and(|last| last.frame == known.frame && last.call_id == known.call_id) {
            return;
        }
        self.latest = Some(Arc::clone(known));
        if self.calls.len() < CALLS && !self.calls.contains(&known.call_id) {
            // Most streams have one call.
            self.calls.reserve_exact(1);
            self.calls.push(known.call_id.clone());
        }
    }
}

/// Encoding names of a media line, events and comfort noise aside.
fn codecs(known: &Announcement) -> Vec<String> {
    formats(known).filter_map(|format| codec(known, format)).collect()
}

/// Payload types of a media line.
fn formats(known: &Announcement) -> impl Iterator<Item = u8> {
    known.formats.iter().copied()
}

/// Most of the loss is one gap, or four fifths are long ones: outages, to which the E-model does not apply.
fn is_interrupted(counts: Counts, outages: &[Gap]) -> bool {
    let missing: u64 = outages.iter().map(|gap| u64::from(gap.missing)).sum();
    counts.longest_burst >= u64::from(OUTAGE)
        && (counts.longest_burst * 2 > counts.lost || missing * 100 >= counts.lost * INTERRUPTED_PERCENT)
}

/// Encoding name of a payload type, unless it is an event or comfort noise.
fn codec(known: &Announcement, payload_type: u8) -> Option<String> {
    let name = known.payload(payload_type);
    if is_comfort_noise(payload_type, name) || name.is_some_and(PayloadName::is_telephone_event) {
        return None;
    }
    let named = name.map(|name| name.name.to_string());
    named.or_else(|| assigned(payload_type).map(|entry| entry.name.to_owned()))
}

fn ptime(main: Option<&Payload>, clock: Option<Clock>) -> Option<f64> {
    let payload = main?;
    let rate = payload.rate().map(|(rate, _)| rate).or(clock.map(|clock| clock.rate))?;
    let (step, _) = payload.steps.most().filter(|_| rate != VIDEO_RATE)?;
    Some(f64::from(step) * 1000.0 / f64::from(rate))
}

#[cfg(test)]
pub(super) mod tests;
