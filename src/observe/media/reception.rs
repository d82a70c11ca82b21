//! What RTCP says about the streams of a measurement, RFC 3550 section 6.4: loss and jitter as the receiver saw them,
//! and how long a sender report took there and back.
//!
//! Takes RTCP packets in capture order. Gives, for a stream by its ends and its source, what its receiver reported. All
//! of it is bounded; what is beyond the limits is forgotten without a count, because it only adds to the figures.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use super::rtcp::{ReportBlock, Rtcp, VoipMetrics};
use super::tally::{Spread, Spreading};
use super::timing::Clock;
use crate::capture::{Frame, Timestamp};

/// Streams that are reported on.
const RECEIVERS: usize = 65_536;
/// Sources whose sender reports are remembered, and how many of each: an answer refers to one of the last.
const SENDERS: usize = 16_384;
const SENT: usize = 8;
/// A round trip beyond this (ns) is a mistaken clock.
const LONGEST_TRIP: i64 = 10_000_000_000;
/// The delay at the receiver is rounded, and clocks differ a little: so far (ns) below 0 counts as 0.
const ROUNDING: i64 = 1_000_000;
/// Of a receiver of whose times one in so many is impossible, none counts.
const TRUSTED: u32 = 5;
/// So few values count only if they are alike: the greatest is at most so many times the least, and so much (ms).
const FEW: u64 = 5;
const SCATTER: f64 = 4.0;
const LEAST_SCATTER: f64 = 20.0;

/// RTCP report blocks about one stream, RFC 3550 section 6.4.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReceiverReport {
    /// Blocks seen.
    pub blocks: u64,
    /// Greatest share lost in one interval, in 1/256.
    pub worst_fraction_lost: u8,
    /// Greatest jitter, in units of the payload's clock.
    pub worst_jitter: u32,
    /// The frame with the greatest share lost.
    pub worst_at: Frame,
    /// When that passed the measuring point.
    pub worst_time: Timestamp,
    /// The earliest block.
    pub first: ReportBlock,
    /// The latest block.
    pub latest: ReportBlock,
    /// The frame that carried it.
    pub latest_at: Frame,
    /// When it passed the measuring point.
    pub latest_time: Timestamp,
    /// From the measuring point to the receiver and back, in ms: from a sender report to the block that answers it,
    /// without the time that the receiver held it.
    pub round_trip: Option<Spread>,
    /// From the measuring point to the sender of the stream and back, in ms: from a report of the receiver, which may
    /// only tell its time (RFC 3611 section 4.4), to what the sender says of it.
    pub round_trip_sender: Option<Spread>,
    /// The latest VoIP metrics block of an extended report, RFC 3611 section 4.7.
    pub voip: Option<VoipMetrics>,
}

impl ReceiverReport {
    /// Packets lost by the latest block, since the receiver began to count; negative where duplicates outweigh losses.
    #[must_use]
    pub fn lost(&self) -> i64 {
        i64::from(self.latest.cumulative_lost)
    }

    /// Packets lost, of so many expected, from the first block to the latest.
    #[must_use]
    pub fn lost_between(&self) -> (i64, u64) {
        let expected = self.latest.highest_sequence.wrapping_sub(self.first.highest_sequence).cast_signed();
        let lost = i64::from(self.latest.cumulative_lost) - i64::from(self.first.cumulative_lost);
        (lost, u64::try_from(expected).unwrap_or(0))
    }

    /// From one end to the other and back, in ms: both ways from the measuring point together, else as the receiver
    /// measured it.
    #[must_use]
    pub fn round_trip_of_ends(&self) -> Option<f64> {
        let seen = self.round_trip.zip(self.round_trip_sender).map(|(one, other)| one.mean + other.mean);
        seen.or_else(|| self.voip.and_then(|voip| voip.round_trip).map(f64::from))
    }

    /// Greatest jitter in ms.
    #[must_use]
    pub fn worst_jitter(&self, clock: Clock) -> f64 {
        f64::from(self.worst_jitter) * 1000.0 / f64::from(clock.rate.max(1))
    }
}

/// What a source says of itself by RTCP, RFC 3550 section 6.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderCount {
    /// Who it is, and the number of its source.
    pub address: IpAddr,
    /// See `address`.
    pub ssrc: u32,
    /// Sender reports, copies left out.
    pub reports: u64,
    /// Packets sent, by the first and the latest of them.
    pub packets: (u32, u32),
    /// NTP time of the latest, by which a copy of it is known.
    ntp: u64,
    /// It reports on what it got of others.
    pub hears: bool,
    /// Any of its reports has a block about another source: who has got anything since the one before has to (RFC 3550 section 6.4).
    pub has_blocks: bool,
    /// When the first and the latest sender report passed the measuring point.
    pub span: (Timestamp, Timestamp),
}

impl SenderCount {
    /// So many sender reports with the packets of the first and the latest.
    #[cfg(test)]
    pub(crate) fn of(address: IpAddr, reports: u64, packets: (u32, u32)) -> Self {
        Self { reports, packets, ..Self::new(address, 0, Timestamp::UNKNOWN) }
    }

    fn new(address: IpAddr, ssrc: u32, time: Timestamp) -> Self {
        let span = (time, time);
        Self { address, ssrc, reports: 0, packets: (0, 0), ntp: 0, hears: false, has_blocks: false, span }
    }

    /// As it looks by its reports; a count that stands still is no sending.
    #[must_use]
    pub fn sends(&self) -> bool {
        let (first, latest) = self.packets;
        if self.reports > 1 { first != latest } else { latest > 0 }
    }
}

/// Receiver, source and sender of a stream, in the order in which they are looked for.
type Reported = (SocketAddr, u32, SocketAddr);

/// What was reported so far.
#[derive(Clone, Debug, Default)]
pub struct Receptions {
    receivers: BTreeMap<Reported, Reception>,
    /// By addresses of receiver and sender, and source: the one that is reported on, `None` if there are several. A host may
    /// report on thousands.
    by_address: BTreeMap<(IpAddr, IpAddr, u32), Option<Reported>>,
    /// Middle of the NTP time and capture time of the last reports of a sender.
    senders: BTreeMap<(IpAddr, u32), VecDeque<(u32, Timestamp)>>,
    /// What each source tells of itself, by address and source.
    counts: BTreeMap<(IpAddr, u32), SenderCount>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reception {
    report: Option<ReceiverReport>,
    /// By which source number the receiver reports.
    reporter: u32,
    round_trip: Spreading,
    /// Answers that came before what they answer, or after hours: the receiver does not keep to its own times.
    impossible: u32,
    voip: Option<VoipMetrics>,
}

impl Receptions {
    /// Takes the next RTCP packet.
    pub fn note(&mut self, (from, to): (SocketAddr, SocketAddr), rtcp: &Rtcp, frame: Frame, time: Timestamp) {
        self.note_count(from.ip(), rtcp, time);
        if let Some(sender) = rtcp.sender {
            self.note_sender(from.ip(), rtcp.ssrc, (sender.ntp >> 16) as u32, time);
        }
        if let Some(reference) = rtcp.reference_time {
            self.note_sender(from.ip(), rtcp.ssrc, (reference >> 16) as u32, time);
        }
        for delay in &rtcp.delays {
            let answered = (delay.ssrc, delay.last_reference, delay.delay_since_last);
            if let Some(trip) = self.round_trip(to.ip(), answered, time)
                && let Some(reception) = self.reception((from, delay.ssrc, to))
            {
                reception.note_trip(trip, frame);
            }
        }
        for block in &rtcp.reports {
            let answered = (block.ssrc, block.last_sender_report, block.delay_since_last);
            let trip = self.round_trip(to.ip(), answered, time);
            let Some(reception) = self.reception((from, block.ssrc, to)) else { continue };
            reception.reporter = rtcp.ssrc;
            reception.note(block, frame, time);
            if let Some(trip) = trip {
                reception.note_trip(trip, frame);
            }
        }
        for metrics in &rtcp.voip {
            if let Some(reception) = self.reception((from, metrics.ssrc, to)) {
                reception.voip = Some(*metrics);
            }
        }
    }

    /// What each source told of itself, by address, then source.
    pub fn counts(&self) -> impl Iterator<Item = SenderCount> {
        self.counts.values().copied()
    }

    fn note_count(&mut self, address: IpAddr, rtcp: &Rtcp, time: Timestamp) {
        let hears = rtcp.reports.iter().any(|block| block.highest_sequence > 0);
        let key = (address, rtcp.ssrc);
        let has_room = self.counts.len() < SENDERS || self.counts.contains_key(&key);
        if !has_room || rtcp.sender.is_none() && !hears {
            return;
        }
        let count = self.counts.entry(key).or_insert(SenderCount::new(address, rtcp.ssrc, time));
        count.hears |= hears;
        count.has_blocks |= rtcp.lacks_reports || !rtcp.reports.is_empty();
        if let Some(sender) = rtcp.sender
            && (count.reports == 0 || count.ntp != sender.ntp)
        {
            let first = if count.reports == 0 { sender.packets } else { count.packets.0 };
            count.packets = (first, sender.packets);
            count.span = (if count.reports == 0 { time } else { count.span.0 }, time);
            count.ntp = sender.ntp;
            count.reports += 1;
        }
    }

    /// Ends of the reports and the sources that they are about, in order: receiver, source, sender.
    pub fn reported(&self) -> impl Iterator<Item = Reported> {
        self.receivers.keys().copied()
    }

    /// What the receiver at `destination` reported about source `ssrc` at `source`. Reports come from the port above the
    /// one that receives, or from that one (RFC 3550 section 11, RFC 5761), or from wherever SDP or NAT put them: then
    /// the addresses and the source decide, if only one report fits.
    #[must_use]
    pub fn about(&self, source: SocketAddr, destination: SocketAddr, ssrc: u32) -> Option<ReceiverReport> {
        let beside = |above| Some(SocketAddr::new(destination.ip(), destination.port().checked_add(above)?));
        let sent_from = |from: SocketAddr| {
            let low = SocketAddr::new(source.ip(), 0);
            let high = SocketAddr::new(source.ip(), u16::MAX);
            self.receivers.range((from, ssrc, low)..=(from, ssrc, high)).next()
        };
        let found = [1, 0].into_iter().find_map(|above| sent_from(beside(above)?)).or_else(|| {
            let only = self.by_address.get(&(destination.ip(), source.ip(), ssrc))?.as_ref()?;
            self.receivers.get_key_value(only)
        })?;
        let ((receiver, _, sender), reception) = found;
        let back = self.receivers.get(&(*sender, reception.reporter, *receiver));
        reception.finish(back.and_then(Reception::trips))
    }

    fn reception(&mut self, key: Reported) -> Option<&mut Reception> {
        if !self.receivers.contains_key(&key) {
            if self.receivers.len() >= RECEIVERS {
                return None;
            }
            let (from, about, to) = key;
            let known = self.by_address.entry((from.ip(), to.ip(), about));
            known.and_modify(|only| *only = None).or_insert(Some(key));
        }
        Some(self.receivers.entry(key).or_default())
    }

    fn note_sender(&mut self, from: IpAddr, ssrc: u32, middle: u32, time: Timestamp) {
        let key = (from, ssrc);
        if !time.is_known() || (self.senders.len() >= SENDERS && !self.senders.contains_key(&key)) {
            return;
        }
        let sent = self.senders.entry(key).or_default();
        // A copy from the mirror port left no earlier than the first.
        if sent.iter().any(|(known, _)| *known == middle) {
            return;
        }
        if sent.len() >= SENT {
            sent.pop_front();
        }
        sent.push_back((middle, time));
    }

    /// Nanoseconds since the report of a source at `sender` that is answered, without the time that it was held: the
    /// middle of its NTP time, and the delay in 1/65536 s. What cannot be is given as it is.
    fn round_trip(
        &self,
        sender: IpAddr,
        (ssrc, answered, delay): (u32, u32, u32),
        time: Timestamp,
    ) -> Option<i64> {
        if answered == 0 || !time.is_known() {
            return None;
        }
        let sent = self.senders.get(&(sender, ssrc))?;
        let (_, then) = sent.iter().find(|(middle, _)| *middle == answered)?;
        let held = i64::from(delay) * 1_000_000_000 / 65_536;
        time.since(*then).checked_sub(held)
    }
}

impl Reception {
    fn note(&mut self, block: &ReportBlock, frame: Frame, time: Timestamp) {
        let report = self.report.get_or_insert(ReceiverReport {
            blocks: 0,
            worst_fraction_lost: block.fraction_lost,
            worst_jitter: block.jitter,
            worst_at: frame,
            worst_time: time,
            first: *block,
            latest: *block,
            latest_at: frame,
            latest_time: time,
            round_trip: None,
            round_trip_sender: None,
            voip: None,
        });
        report.blocks += 1;
        // Who ends a call may report once more, of nothing: numbers below those that it had got say nothing of its loss.
        if block.highest_sequence == 0 && report.latest.highest_sequence > 0 {
            return;
        }
        report.worst_jitter = report.worst_jitter.max(block.jitter);
        if block.fraction_lost > report.worst_fraction_lost {
            report.worst_fraction_lost = block.fraction_lost;
            report.worst_at = frame;
            report.worst_time = time;
        }
        (report.latest, report.latest_at, report.latest_time) = (*block, frame, time);
    }

    fn note_trip(&mut self, trip: i64, frame: Frame) {
        if (-ROUNDING..=LONGEST_TRIP).contains(&trip) {
            self.round_trip.add(trip.max(0) as f64 / 1e6, frame);
        } else {
            self.impossible = self.impossible.saturating_add(1);
        }
    }

    /// How long it took, if the receiver's times can be relied on: what is left of a clock that is often impossible is as wrong,
    /// and a report that waits before it is sent looks like a long way.
    fn trips(&self) -> Option<Spread> {
        let trips = self.round_trip.spread()?;
        let is_trusted = u64::from(self.impossible) * u64::from(TRUSTED) <= trips.count;
        let is_alike = trips.count >= FEW || trips.max <= (trips.min * SCATTER).max(LEAST_SCATTER);
        (is_trusted && is_alike).then_some(trips)
    }

    /// `None` if there is no block: extended reports alone do not tell what was lost.
    fn finish(&self, round_trip_sender: Option<Spread>) -> Option<ReceiverReport> {
        self.report.map(|report| ReceiverReport {
            round_trip: self.trips(),
            round_trip_sender,
            voip: self.voip,
            ..report
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::media::rtcp::{ReferenceDelay, SenderInfo};
    use crate::observe::media::timing::ClockSource;

    const PHONE: &str = "192.0.2.1:5001";
    const PBX: &str = "192.0.2.2:6001";

    fn socket(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn packet(ssrc: u32, ntp: Option<u64>, reports: Vec<ReportBlock>) -> Rtcp {
        let sender = ntp.map(|ntp| SenderInfo { ntp, rtp_timestamp: 0, packets: 0, octets: 0 });
        Rtcp {
            ssrc,
            sender,
            reports,
            lacks_reports: false,
            voip: Vec::new(),
            reference_time: None,
            delays: Vec::new(),
            goodbye: false,
            encrypted: false,
        }
    }

    fn block(ssrc: u32, fraction_lost: u8, cumulative_lost: i32, highest_sequence: u32) -> ReportBlock {
        ReportBlock {
            ssrc,
            fraction_lost,
            cumulative_lost,
            highest_sequence,
            jitter: 80,
            last_sender_report: 0,
            delay_since_last: 0,
        }
    }

    fn note(book: &mut Receptions, from: &str, to: &str, rtcp: &Rtcp, millisecond: i64) {
        let frame = Frame::new(0, millisecond as u64);
        book.note(
            (socket(from), socket(to)),
            rtcp,
            frame,
            Timestamp(1_000_000_000 + millisecond * 1_000_000),
        );
    }

    #[test]
    fn the_worst_interval_and_the_latest_block_are_kept() {
        let mut book = Receptions::default();
        for (at, block) in
            [block(7, 4, 1, 100), block(7, 64, 20, 200), block(7, 0, 20, 300), block(7, 0, 20, 0)]
                .into_iter()
                .enumerate()
        {
            note(&mut book, PBX, PHONE, &packet(9, None, vec![block]), at as i64);
        }
        let report = book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 7).unwrap();
        assert_eq!((report.blocks, report.worst_fraction_lost, report.lost()), (4, 64, 20));
        assert_eq!((report.worst_at, report.latest_at), (Frame::new(0, 1), Frame::new(0, 2)));
        assert_eq!(report.lost_between(), (19, 200));
        let clock = Clock { rate: 8_000, source: ClockSource::Assigned };
        assert_eq!(report.worst_jitter(clock), 10.0);
        assert_eq!(book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 8), None, "another source");
        assert_eq!(book.about(socket("192.0.2.2:6000"), socket("192.0.2.1:5000"), 7), None, "the other way");
    }

    #[test]
    fn the_round_trip_leaves_out_what_the_receiver_waited() {
        let mut book = Receptions::default();
        note(&mut book, PHONE, PBX, &packet(7, Some(0x1234_5678_9abc_def0), Vec::new()), 0);
        // A copy of the report 5 ms later, as a mirror port of two ports sees it, changes nothing.
        note(&mut book, PHONE, PBX, &packet(7, Some(0x1234_5678_9abc_def0), Vec::new()), 5);
        let answer = ReportBlock {
            last_sender_report: 0x5678_9abc,
            delay_since_last: 65_536 / 4,
            ..block(7, 0, 0, 50)
        };
        let stale = ReportBlock { last_sender_report: 0x1111_1111, ..answer };
        note(&mut book, PBX, PHONE, &packet(9, None, vec![answer, stale]), 280);
        let report = book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 7).unwrap();
        let trip = report.round_trip.unwrap();
        assert_eq!((trip.count, trip.max), (1, 30.0));
    }

    /// The trips of a report every second that is answered behind so many ms, which the receiver claims to have held for
    /// so many.
    fn trips(answers: &[(i64, u32)]) -> Option<Spread> {
        let mut book = Receptions::default();
        for (number, (behind, held)) in answers.iter().enumerate() {
            let (sent, middle) = (1_000 * number as i64, 100 + number as u32);
            let ntp = u64::from(middle) << 16;
            note(&mut book, PHONE, PBX, &packet(7, Some(ntp), Vec::new()), sent);
            let delay_since_last = held * 65_536 / 1_000;
            let answer = ReportBlock { last_sender_report: middle, delay_since_last, ..block(7, 0, 0, 50) };
            note(&mut book, PBX, PHONE, &packet(9, None, vec![answer]), sent + behind);
        }
        book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 7).unwrap().round_trip
    }

    #[test]
    fn times_that_cannot_be_spoil_those_beside_them() {
        let good = [(110, 100); 6];
        assert_eq!(trips(&good).map(|trips| trips.count), Some(6));
        let with =
            |bad: usize| trips(&[vec![(100, 900); bad], good.to_vec()].concat()).map(|trips| trips.count);
        assert_eq!((with(1), with(2)), (Some(6), None));
    }

    #[test]
    fn a_few_values_count_if_they_are_alike() {
        let of = |trips_ms: &[i64]| {
            let answers: Vec<(i64, u32)> = trips_ms.iter().map(|trip| (trip + 100, 100)).collect();
            trips(&answers).is_some()
        };
        assert!(of(&[40]) && of(&[40, 150]) && of(&[1, 19]));
        assert!(!of(&[486, 337, 17]), "the reports waited before they were sent");
        assert!(of(&[486, 337, 17, 17, 17]), "enough of them to tell");
    }

    #[test]
    fn who_only_receives_tells_its_time_and_gets_it_back() {
        let mut book = Receptions::default();
        let about = |book: &Receptions| book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 7);
        // The phone sends; the PBX only listens, answers its report and tells its own time.
        note(&mut book, PHONE, PBX, &packet(7, Some(0x1234_5678_9abc_def0), Vec::new()), 0);
        let answer = ReportBlock { last_sender_report: 0x5678_9abc, ..block(7, 0, 0, 50) };
        let asks = Rtcp { reference_time: Some(0x77_0000_0000), ..packet(9, None, vec![answer]) };
        note(&mut book, PBX, PHONE, &asks, 30);
        assert_eq!(about(&book).unwrap().round_trip_of_ends(), None, "one half of the way is not known yet");
        let told = |ssrc, last_reference| {
            let delay = ReferenceDelay { ssrc, last_reference, delay_since_last: 65_536 / 10 };
            Rtcp { delays: vec![delay], ..packet(7, None, Vec::new()) }
        };
        note(&mut book, PHONE, PBX, &told(8, 0x77_0000), 120);
        note(&mut book, PHONE, PBX, &told(9, 0x88_0000), 130);
        assert_eq!(about(&book).unwrap().round_trip_sender, None, "another receiver, another time");
        note(&mut book, PHONE, PBX, &told(9, 0x77_0000), 142);
        let report = about(&book).unwrap();
        let back = report.round_trip_sender.unwrap();
        assert_eq!((back.count, back.max.round()), (1, 12.0));
        assert_eq!(report.round_trip_of_ends().map(f64::round), Some(42.0));
    }

    #[test]
    fn a_receiver_behind_other_ports_is_found_if_it_is_the_only_one() {
        let mut book = Receptions::default();
        let about = |book: &Receptions| book.about(socket("192.0.2.1:5000"), socket("192.0.2.2:6000"), 7);
        note(&mut book, "192.0.2.2:40000", "192.0.2.1:41000", &packet(9, None, vec![block(7, 0, 3, 50)]), 0);
        assert_eq!(about(&book).unwrap().lost(), 3);
        note(&mut book, "192.0.2.2:42000", "192.0.2.1:43000", &packet(9, None, vec![block(7, 0, 9, 50)]), 1);
        assert_eq!(about(&book), None);
        note(&mut book, "192.0.2.2:6000", "192.0.2.1:5000", &packet(9, None, vec![block(7, 0, 5, 50)]), 2);
        assert_eq!(about(&book).unwrap().lost(), 5, "multiplexed on the port of the media");
    }

    #[test]
    fn who_sends_is_told_by_the_counts_of_its_reports() {
        let sends = |told: &[(u64, u32)]| {
            let mut book = Receptions::default();
            for (ntp, packets) in told {
                let mut report = packet(7, Some(*ntp), Vec::new());
                report.sender = report.sender.map(|sender| SenderInfo { packets: *packets, ..sender });
                note(&mut book, PHONE, PBX, &report, 0);
            }
            book.counts().map(|count| (count.sends(), count.packets.1)).collect::<Vec<_>>()
        };
        assert_eq!(sends(&[(1, 200), (2, 401), (3, 602)]), [(true, 602)]);
        assert_eq!(sends(&[(1, 200), (2, 200)]), [(false, 200)], "it stands still");
        assert_eq!(sends(&[(1, 200), (1, 200)]), [(true, 200)], "a copy of the only report");
        assert_eq!(sends(&[(1, 0)]), [(false, 0)]);
        let mut book = Receptions::default();
        note(&mut book, PBX, PHONE, &packet(9, None, vec![block(7, 0, 0, 50)]), 0);
        assert!(book.counts().all(|count| count.hears && !count.sends()));
    }

    #[test]
    fn a_flood_of_sources_is_bounded() {
        let mut book = Receptions::default();
        for ssrc in 0..SENDERS as u32 + 10 {
            note(&mut book, PHONE, PBX, &packet(ssrc, Some(1), Vec::new()), 0);
        }
        assert_eq!((book.senders.len(), book.counts.len()), (SENDERS, SENDERS));
        for ntp in 0..100 {
            note(&mut book, PHONE, PBX, &packet(1, Some(ntp << 16), Vec::new()), 0);
        }
        assert!(book.senders.values().all(|sent| sent.len() <= SENT));
    }
}
