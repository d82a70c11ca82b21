//! One stream as the later stages see it.

use std::sync::Arc;

use super::announce::{Endpoint, MediaDirection};
use super::course::Course;
use super::likeness::Recognition;
use super::marking::MarkingReport;
use super::payload::MediaKind;
use super::quality::{self, Quality};
use super::reception::ReceiverReport;
use super::sample::Direction;
use super::sequence::{Counts, SegmentReport};
use super::tally::Seen;
use super::timing::{Pause, TimingReport};
use super::wireshark::WiresharkReport;
use crate::capture::{Frame, Timestamp};

/// Everything that was found out about one stream. Different packets are counted once, unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamReport {
    /// Index of the flow, as given with the samples.
    pub flow: u32,
    /// Which way along the flow.
    pub direction: Direction,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Packets of it are in the capture once more by another clock.
    pub is_by_two_clocks: bool,
    /// Why it is taken for RTP.
    pub recognition: Recognition,
    /// Audio or video, from SDP, else the payload type, else the clock.
    pub kind: MediaKind,
    /// Whether SDP announced it as SRTP, or DTLS or ZRTP agreed on its keys; `None` if none of these was seen.
    pub secure: Option<bool>,
    /// Of SRTP, what agreed on the keys.
    pub keying: Option<Keying>,
    /// Bytes by which each packet is longer than its codec's frame: those of SRTP's authentication tag, although nobody
    /// announced SRTP.
    pub srtp_tag: Option<u32>,
    /// SDP announced it as SRTP, and its packets are no longer than the codec's frame: it is plain.
    pub is_clear: bool,
    /// Call-IDs of the announcements that held for its packets, in order, at most 8.
    pub calls: Vec<Arc<str>>,
    /// Packetisation time that SDP asked for, in ms; the latest.
    pub announced_ptime: Option<u32>,
    /// Shortest and longest that it admits, in ms: `minptime` of a codec and `a=maxptime`.
    pub ptime_limits: (Option<u32>, Option<u32>),
    /// Media direction that SDP stated; the latest.
    pub announced_direction: Option<MediaDirection>,
    /// Whose SDP that is: where it wants to receive.
    pub announced_at: Option<Endpoint>,
    /// Payload types of its media line.
    pub announced_formats: Vec<u8>,
    /// Encoding names of those, events and comfort noise aside.
    pub announced_codecs: Vec<String>,
    /// Payload type under which it takes keys (RFC 4733).
    pub announced_event: Option<u8>,
    /// Payload types of packets that the SDP of [`Self::announced_at`] did not list at that time.
    pub unlisted: Vec<Seen<u8>>,
    /// Per payload type in order of appearance, at most 16.
    pub payloads: Vec<PayloadReport>,
    /// Encoding name of the payload type with the most packets, events and comfort noise aside.
    pub codec: Option<String>,
    /// Packetisation time that the timestamps show, in ms.
    pub ptime: Option<f64>,
    /// First packet.
    pub first: Moment,
    /// Latest packet.
    pub last: Moment,
    /// RTP payload, in bytes.
    pub octets: u64,
    /// IP packets, in bytes, headers and duplicates included.
    pub ip_octets: u64,
    /// Loss, duplicates, order.
    pub counts: Counts,
    /// Runs of numbering without a restart, in order, at most 16.
    pub segments: Vec<SegmentReport>,
    /// Share of the time in which the sender left silence out, in percent.
    pub silence: Option<f64>,
    /// Where numbers are missing, the first 5; what was missing may have come late.
    pub gaps: Vec<Gap>,
    /// The latest of them.
    pub latest_gap: Option<Gap>,
    /// The gaps of at least [`OUTAGE`] packets, in order: the 8 in which most is missing, of equals the first.
    pub outages: Vec<Gap>,
    /// How many more of those there are.
    pub outages_beyond: u32,
    /// Jitter, delta, clock.
    pub timing: TimingReport,
    /// Packets, losses, jitter and marks over time.
    pub course: Course,
    /// DSCP, 802.1p, VLAN.
    pub marking: MarkingReport,
    /// What its receiver reported by RTCP; the observer joins it when all is read.
    pub receiver: Option<Box<ReceiverReport>>,
    /// Listening quality, if the codec has values and at least ten packets were expected.
    pub quality: Option<Quality>,
    /// The figures of `tshark -z rtp,streams`, over all packets.
    pub wireshark: Option<WiresharkReport>,
}

/// Times in which a sender sent nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rests {
    /// How often.
    pub times: u64,
    /// How long (ns) the longest took.
    pub longest: i64,
}

impl Rests {
    /// What counts took so long (ns) at least.
    pub const LEAST: i64 = 500_000_000;
}

/// One payload type of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct PayloadReport {
    /// Type, packets and frames.
    pub seen: Seen<u8>,
    /// When its first packet came.
    pub since: Timestamp,
    /// Encoding name, from SDP or RFC 3551.
    pub name: Option<String>,
    /// Voice, or what is kept apart from it.
    pub role: PayloadRole,
    /// Clock rate in Hz, if known.
    pub rate: Option<u32>,
    /// Most frequent payload length in bytes with its share.
    pub length: Option<(u32, f64)>,
    /// Most frequent timestamp step between neighbours with its share.
    pub step: Option<(u32, f64)>,
}

/// What a payload type is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadRole {
    /// Voice or pictures.
    Media,
    /// Keys and tones, RFC 4733.
    Event,
    /// RFC 3389.
    ComfortNoise,
}

/// What agreed on the keys of SRTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keying {
    /// SDP announced SRTP, with keys of its own (RFC 4568) or a fingerprint.
    Sdp,
    /// RFC 5764.
    Dtls,
    /// RFC 6189.
    Zrtp,
}

/// So many packets missing at a stretch are an interruption: half a second of voice at 20 ms.
pub const OUTAGE: u16 = 25;

/// Share of the loss (percent) from which such gaps are what matters.
pub const INTERRUPTED_PERCENT: u64 = 80;

/// A run of missing packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When the packet before it came.
    pub began: Timestamp,
    /// The packet behind it.
    pub at: Moment,
    /// Missing packets.
    pub missing: u16,
}

/// A packet's place and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its frame.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
}

/// How a stream was for a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Different packets that arrived.
    pub packets: u64,
    /// Packets that never arrived.
    pub lost: u64,
    /// Greatest running jitter, in ms.
    pub jitter: f64,
    /// Listening quality, as of the whole stream.
    pub quality: Option<Quality>,
}

impl Stretch {
    /// Share of lost packets in percent, 0 if none was expected.
    #[must_use]
    pub fn lost_percent(&self) -> f64 {
        percent(self.lost, self.packets + self.lost)
    }
}

/// So many numbers twice are no chance, and so many packets out of order or beginnings anew no network.
const TWICE: u64 = 25;
const BEGINNINGS: usize = 4;

/// So long (ms) the clock of a sender stands who rests.
const REST: f64 = Rests::LEAST as f64 / 1e6;
/// So much (ms) a sender's clock is behind after a rest in which it ran on for the most part; less is jitter.
const BEHIND: f64 = 100.0;
/// A rest that is worth a word, in ms.
const LEAST_REST: f64 = 1_000.0;
/// For so long (ns) behind it packets show that none had been held up.
const GOES_ON: i64 = 200_000_000;

impl StreamReport {
    /// Where its sender sent nothing: the numbers go on without a gap, so that nothing got lost, and so do the timestamps, so
    /// that nothing was said meanwhile; and what follows does not come at once, as what a line held up does. Or they leave time
    /// out, and what follows at once is less than what is missing. `until`: nothing more of it came until then.
    #[must_use]
    pub fn rests(&self, until: Timestamp) -> Option<Rests> {
        let until = self.last.time.max(until);
        let stood = |pause: &Pause| {
            pause.left >= REST && !pause.was_caught_up() && until.since(pause.at.time) >= GOES_ON
        };
        let left_out = |pause: &Pause| pause.skipped() >= LEAST_REST && pause.left >= BEHIND;
        let lengths = || {
            let whole = self.timing.evenness.pauses.iter().filter(|pause| pause.is_whole);
            whole.filter_map(|pause| match (stood(pause), left_out(pause)) {
                (true, _) => Some(pause.length),
                (false, true) => Some(pause.skipped() + pause.left),
                (false, false) => None,
            })
        };
        let longest = lengths().fold(0.0, f64::max);
        (longest >= LEAST_REST)
            .then(|| Rests { times: lengths().count() as u64, longest: (longest * 1e6) as i64 })
    }

    /// Whether keys and tones (RFC 4733) are all of it that is in the capture. The numbers that are missing between two of them
    /// are those of voice that ran meanwhile and that the capture does not hold: no loss.
    #[must_use]
    pub fn is_only_events(&self) -> bool {
        !self.payloads.is_empty() && self.payloads.iter().all(|payload| payload.role == PayloadRole::Event)
    }

    /// Whether the same packets are in it once more by another clock, as where captures were merged whose clocks are apart: its
    /// numbering goes to and fro between the same numbers.
    #[must_use]
    pub fn has_two_clocks(&self) -> bool {
        let is_to_and_fro = self.segments.len() >= BEGINNINGS || self.counts.reordered >= TWICE;
        let numbers = |segment: &SegmentReport| {
            let first = (segment.highest_sequence + 1).saturating_sub(segment.numbers());
            (first as u16, segment.numbers().min(u64::from(u16::MAX)) as u16)
        };
        // Of two runs on the circle of numbers, one begins within the other wherever they have any in common.
        let common = |(one, length): (u16, u16), (other, others): (u16, u16)| {
            let (ahead, behind) = (other.wrapping_sub(one), one.wrapping_sub(other));
            length.saturating_sub(ahead).min(others).max(others.saturating_sub(behind).min(length))
        };
        let runs: Vec<_> = self.segments.iter().map(numbers).collect();
        let pairs = runs
            .iter()
            .enumerate()
            .flat_map(|(at, run)| runs.iter().skip(at + 1).map(move |other| (run, other)));
        self.is_by_two_clocks
            || is_to_and_fro
                && pairs.map(|(run, other)| u64::from(common(*run, *other))).sum::<u64>() >= TWICE
    }

    /// Packets that the reports of its receiver cover: up to the highest number that it had got.
    #[must_use]
    pub fn covered_by(&self, receiver: &ReceiverReport) -> u64 {
        let all = self.counts.expected;
        let highest = receiver.latest.highest_sequence as u16;
        let behind =
            |segment: &SegmentReport| u64::from((segment.highest_sequence as u16).wrapping_sub(highest));
        // Of several runs of numbers the latest that it may be in.
        let run =
            self.segments.iter().enumerate().rev().find(|(_, segment)| behind(segment) < segment.numbers());
        let Some((at, segment)) = run.filter(|_| all <= u64::from(u16::MAX)) else { return all };
        let before: u64 = self.segments.iter().take(at).map(|segment| segment.expected).sum();
        before + segment.expected.saturating_sub(behind(segment))
    }

    /// Packets that its receiver lacks by its own reports, without the numbers that the sender left out.
    #[must_use]
    pub fn receiver_lost(&self) -> Option<u64> {
        let lost = u64::try_from(self.receiver.as_deref()?.lost()).unwrap_or(0);
        Some(lost.saturating_sub(self.counts.skipped))
    }

    /// The same in percent of the packets that the reports cover; 0 where copies outweigh it. `None`: it sent none, or it lacks
    /// more than that, because it began to count before the capture did.
    #[must_use]
    pub fn receiver_lost_percent(&self) -> Option<f64> {
        let lost = self.receiver_lost()?;
        let covered = self.covered_by(self.receiver.as_deref()?);
        (lost <= covered).then(|| percent(lost, covered))
    }

    /// The figures between two times, as exactly as the intervals of its course are wide. A source may be heard in several
    /// calls.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Stretch {
        let held = self.course.between(from, to);
        let (packets, lost) = (u64::from(held.packets), u64::from(held.lost));
        let bursts = quality::burst_ratio(self.counts.lost, self.counts.expected, self.counts.bursts);
        let values = self.codec.as_deref().and_then(quality::codec);
        let quality = values
            .filter(|_| packets + lost >= quality::LEAST)
            .map(|values| quality::rate(values, percent(lost, packets + lost), bursts, None));
        Stretch { packets, lost, jitter: f64::from(held.jitter), quality }
    }

    /// The latest gap, unless what was missing there came late, as far as the intervals of its course tell.
    #[must_use]
    pub fn last_loss(&self) -> Option<&Gap> {
        let gap = self.latest_gap.as_ref()?;
        (self.course.between(gap.at.time, gap.at.time).lost > 0).then_some(gap)
    }

    /// Share of lost packets in percent, 0 if none was expected. `None` where it cannot be judged: see
    /// [`Self::is_only_events`].
    #[must_use]
    pub fn lost_percent(&self) -> Option<f64> {
        (!self.is_only_events() && !self.is_by_two_clocks)
            .then(|| percent(self.counts.lost, self.counts.expected))
    }

    /// Share of packets with this DSCP in percent.
    #[must_use]
    pub fn dscp_percent(&self, dscp: u8) -> f64 {
        let marked = self.marking.dscp.iter().find(|seen| seen.value == dscp).map_or(0, |seen| seen.packets);
        percent(marked, self.marking.dscp.iter().map(|seen| seen.packets).sum())
    }

    /// Whether it is to be shown as RTP.
    #[must_use]
    pub fn is_media(&self) -> bool {
        self.recognition != Recognition::None
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
