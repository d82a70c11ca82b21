//! RTCP, RFC 3550 section 6: who sends, and what a receiver reports about what it got; of extended reports (RFC 3611) the
//! VoIP metrics, and the times by which receivers that send nothing measure the round trip.
//!
//! Takes the captured bytes of a UDP payload and its length on the wire. SRTCP (RFC 3711 section 3.4) leaves the first
//! eight bytes in clear and encrypts the rest; such a packet gives its sender and no reports.

use std::ops::{Range, RangeInclusive};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const EXTENDED_REPORT: u8 = 207;
const HEADER: usize = 8;
const SENDER_INFO: usize = 20;
const REPORT_BLOCK: usize = 24;
/// Of one datagram; a report packet holds at most 31 blocks, and a sender of more than two such packets is hostile.
const MOST_REPORTS: usize = 62;
/// VoIP metrics block, RFC 3611 section 4.7: type, whole length in bytes, and how many of one datagram are kept.
const VOIP_METRICS: u8 = 7;
const VOIP_BLOCK: usize = 36;
const MOST_METRICS: usize = 8;
/// Receiver reference time and DLRR blocks, RFC 3611 sections 4.4 and 4.5: type, whole length in bytes of the one, of a
/// sub-block of the other, and how many of one datagram are kept.
const REFERENCE_TIME: u8 = 4;
const REFERENCE_BLOCK: usize = 12;
const DELAYS: u8 = 5;
const DELAY_BLOCK: usize = 12;
const MOST_DELAYS: usize = 62;
/// Scores in tenths; what the receiver does not know is 127, RFC 3611 section 4.7.5.
const SCORES: RangeInclusive<u8> = 10..=50;

/// What a receiver says about one source, RFC 3550 section 6.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source that the block is about.
    pub ssrc: u32,
    /// Share lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost since the beginning; negative where duplicates outweigh losses.
    pub cumulative_lost: i32,
    /// Highest sequence number received, extended by the cycles.
    pub highest_sequence: u32,
    /// Interarrival jitter in units of the payload's clock.
    pub jitter: u32,
    /// Middle 32 bits of the NTP time of the last sender report, 0 if none.
    pub last_sender_report: u32,
    /// Delay since the last sender report in 1/65536 s.
    pub delay_since_last: u32,
}

/// What a sender says about itself, RFC 3550 section 6.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// NTP time in 1/2^32 s.
    pub ntp: u64,
    /// The same instant on the media clock.
    pub rtp_timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Payload octets sent.
    pub octets: u32,
}

/// What a receiver says about the voice it plays, RFC 3611 section 4.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoipMetrics {
    /// The source that the block is about.
    pub ssrc: u32,
    /// Share lost since the beginning, in 1/256.
    pub loss_rate: u8,
    /// Share that came too late or early to be played, in 1/256.
    pub discard_rate: u8,
    /// Share lost or discarded within bursts, in 1/256.
    pub burst_density: u8,
    /// Mean length of a burst in ms.
    pub burst_duration: u16,
    /// Latest round trip between the two ends in ms; `None` if it is 0: not measured.
    pub round_trip: Option<u16>,
    /// Delay of the end system in ms; `None` if it is 0: not measured.
    pub end_system_delay: Option<u16>,
    /// Listening quality in tenths, 10 to 50.
    pub mos_lq: Option<u8>,
    /// Conversational quality in tenths, 10 to 50.
    pub mos_cq: Option<u8>,
}

/// When a sender of media heard a receiver's reference time, RFC 3611 section 4.5: what the last two words of a report
/// block are for those who send media themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceDelay {
    /// The receiver whose time it was.
    pub ssrc: u32,
    /// Middle 32 bits of that time, 0 if none was heard.
    pub last_reference: u32,
    /// Delay since then in 1/65536 s.
    pub delay_since_last: u32,
}

/// The readable part of a compound packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rtcp {
    /// Source that sent it.
    pub ssrc: u32,
    /// From its sender report, if it is one.
    pub sender: Option<SenderInfo>,
    /// About the sources it receives.
    pub reports: Vec<ReportBlock>,
    /// It has report blocks that the capture cut off.
    pub lacks_reports: bool,
    /// About the voice it plays.
    pub voip: Vec<VoipMetrics>,
    /// Its own NTP time in 1/2^32 s, as one who only receives tells it, RFC 3611 section 4.4.
    pub reference_time: Option<u64>,
    /// About the reference times of others.
    pub delays: Vec<ReferenceDelay>,
    /// Whether a BYE ends the source.
    pub goodbye: bool,
    /// The packets do not fill the datagram: SRTCP's trailer, so nothing but `ssrc` is to be believed.
    pub encrypted: bool,
}

/// Whether the datagram starts with an RTCP packet: version 2, type 200 to 207, a length that fits.
#[must_use]
pub fn could_be_rtcp(bytes: &[u8], wire_length: u32) -> bool {
    let (Some(header), Ok(wire)) = (Header::at(bytes, 0), usize::try_from(wire_length)) else { return false };
    bytes.len() >= HEADER
        && matches!(header.packet_type, SENDER_REPORT..=EXTENDED_REPORT)
        && header.length >= HEADER
        && header.length <= wire
}

/// Reads the compound packet as far as it was captured, `None` if it is none.
#[must_use]
pub fn read_rtcp(bytes: &[u8], wire_length: u32) -> Option<Rtcp> {
    if !could_be_rtcp(bytes, wire_length) {
        return None;
    }
    let wire = usize::try_from(wire_length).ok()?;
    let bare = Rtcp {
        ssrc: word(bytes, 4)?,
        sender: None,
        reports: Vec::new(),
        lacks_reports: false,
        voip: Vec::new(),
        reference_time: None,
        delays: Vec::new(),
        goodbye: false,
        encrypted: false,
    };
    let mut found = bare.clone();
    let mut at = 0;
    while at < wire {
        match Header::at(bytes, at) {
            Some(header) if at + header.length <= wire && header.is_rtcp() => {
                found.read_packet(bytes, at, header);
                at += header.length;
            }
            None if at + 4 > bytes.len() && bytes.len() < wire => break,
            _ => return Some(Rtcp { encrypted: true, ..bare }),
        }
    }
    Some(found)
}

impl Rtcp {
    fn read_packet(&mut self, bytes: &[u8], at: usize, header: Header) {
        let blocks_at = match header.packet_type {
            SENDER_REPORT => {
                let is_whole = header.length >= HEADER + SENDER_INFO;
                let sender = || SenderInfo::at(bytes, at + HEADER).filter(|_| is_whole);
                self.sender = self.sender.or_else(sender);
                HEADER + SENDER_INFO
            }
            RECEIVER_REPORT => HEADER,
            GOODBYE => {
                self.goodbye = true;
                return;
            }
            EXTENDED_REPORT => return self.read_extended(bytes, at, header),
            _ => return,
        };
        for index in 0..usize::from(header.count) {
            let start = blocks_at + index * REPORT_BLOCK;
            if start + REPORT_BLOCK > header.length || self.reports.len() >= MOST_REPORTS {
                return;
            }
            match ReportBlock::at(bytes, at + start) {
                Some(block) => self.reports.push(block),
                None => self.lacks_reports = true,
            }
        }
    }

    /// RFC 3611 section 3: blocks of type, type-specific octet and length in words, the block header not counted.
    fn read_extended(&mut self, bytes: &[u8], at: usize, header: Header) {
        let mut block = HEADER;
        while block < header.length {
            let Some(first) = word(bytes, at + block) else { return };
            let [kind, _, high, low] = first.to_be_bytes();
            let length = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
            if block + length > header.length {
                return;
            }
            match kind {
                VOIP_METRICS if length == VOIP_BLOCK && self.voip.len() < MOST_METRICS => {
                    self.voip.extend(VoipMetrics::at(bytes, at + block + 4));
                }
                REFERENCE_TIME if length == REFERENCE_BLOCK => {
                    self.reference_time = self.reference_time.or_else(|| long(bytes, at + block + 4));
                }
                DELAYS => self.read_delays(bytes, at + block + 4..at + block + length),
                _ => {}
            }
            block += length;
        }
    }

    fn read_delays(&mut self, bytes: &[u8], blocks: Range<usize>) {
        for start in blocks.clone().step_by(DELAY_BLOCK) {
            if start + DELAY_BLOCK > blocks.end || self.delays.len() >= MOST_DELAYS {
                return;
            }
            self.delays.extend(ReferenceDelay::at(bytes, start));
        }
    }
}

#[derive(Clone, Copy)]
struct Header {
    count: u8,
    packet_type: u8,
    length: usize,
}

impl Header {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let [first, packet_type, high, low] = word(bytes, at)?.to_be_bytes();
        (first >> 6 == 2).then_some(Self {
            count: first & 0x1f,
            packet_type,
            length: 4 * (usize::from(u16::from_be_bytes([high, low])) + 1),
        })
    }
}

impl Header {
    /// Types of RTCP, the historical ones below 200 included (RFC 5761 section 4).
    fn is_rtcp(self) -> bool {
        matches!(self.packet_type, 192..=223)
    }
}

impl VoipMetrics {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let [loss_rate, discard_rate, burst_density, _] = word(bytes, at + 4)?.to_be_bytes();
        let durations = word(bytes, at + 8)?;
        let delays = word(bytes, at + 12)?;
        let [_, _, mos_lq, mos_cq] = word(bytes, at + 20)?.to_be_bytes();
        let measured = |value: u16| (value != 0).then_some(value);
        let known = |value: u8| SCORES.contains(&value).then_some(value);
        Some(Self {
            ssrc: word(bytes, at)?,
            loss_rate,
            discard_rate,
            burst_density,
            burst_duration: (durations >> 16) as u16,
            round_trip: measured((delays >> 16) as u16),
            end_system_delay: measured(delays as u16),
            mos_lq: known(mos_lq),
            mos_cq: known(mos_cq),
        })
    }
}

impl ReferenceDelay {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self {
            ssrc: word(bytes, at)?,
            last_reference: word(bytes, at + 4)?,
            delay_since_last: word(bytes, at + 8)?,
        })
    }
}

impl SenderInfo {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self {
            ntp: long(bytes, at)?,
            rtp_timestamp: word(bytes, at + 8)?,
            packets: word(bytes, at + 12)?,
            octets: word(bytes, at + 16)?,
        })
    }
}

impl ReportBlock {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let lost = word(bytes, at + 4)?;
        Some(Self {
            ssrc: word(bytes, at)?,
            fraction_lost: (lost >> 24) as u8,
            // 24 bit, signed: up to the top and back down with the sign.
            cumulative_lost: (lost << 8).cast_signed() >> 8,
            highest_sequence: word(bytes, at + 8)?,
            jitter: word(bytes, at + 12)?,
            last_sender_report: word(bytes, at + 16)?,
            delay_since_last: word(bytes, at + 20)?,
        })
    }
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(word(bytes, at)?) << 32 | u64::from(word(bytes, at + 4)?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    /// SR of source 0x11 with one block about 0x22, then an empty SDES chunk list.
    fn compound() -> Vec<u8> {
        let mut all = words(&[0x81c8_000c, 0x11, 1, 2, 3, 4, 5]);
        all.extend(words(&[0x22, 0x40ff_fffe, 70_000, 80, 6, 65_536]));
        all.extend(words(&[0x80ca_0000]));
        all
    }

    #[test]
    fn reads_a_sender_report_and_its_block() {
        let bytes = compound();
        let rtcp = read_rtcp(&bytes, bytes.len() as u32).unwrap();
        assert_eq!((rtcp.ssrc, rtcp.goodbye, rtcp.encrypted), (0x11, false, false));
        assert_eq!(
            rtcp.sender,
            Some(SenderInfo { ntp: 1 << 32 | 2, rtp_timestamp: 3, packets: 4, octets: 5 })
        );
        let block = rtcp.reports[0];
        assert_eq!((block.ssrc, block.fraction_lost, block.cumulative_lost), (0x22, 64, -2));
        assert_eq!((block.highest_sequence, block.jitter, block.delay_since_last), (70_000, 80, 65_536));
    }

    #[test]
    fn a_trailer_means_srtcp_and_hides_the_reports() {
        let mut bytes = compound();
        bytes.extend([0x80, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
        let rtcp = read_rtcp(&bytes, bytes.len() as u32).unwrap();
        assert!(rtcp.encrypted && rtcp.reports.is_empty() && rtcp.sender.is_none());
        assert_eq!(rtcp.ssrc, 0x11);
    }

    #[test]
    fn reads_voip_metrics_behind_another_block() {
        // XR of source 0x11: receiver reference time (type 4, two words), then VoIP metrics about 0x22.
        let mut bytes = words(&[0x80cf_000d, 0x11, 0x0400_0002, 1, 2]);
        bytes.extend(words(&[0x0700_0008, 0x22, 0x0d1a_4005, 0x0140_2000, 0x0055_0028]));
        bytes.extend(words(&[0xf0d0_5d10, 0x5b7f_2b29, 0x3000_003c, 0x003c_0078]));
        let rtcp = read_rtcp(&bytes, bytes.len() as u32).unwrap();
        let expected = VoipMetrics {
            ssrc: 0x22,
            loss_rate: 13,
            discard_rate: 26,
            burst_density: 64,
            burst_duration: 320,
            round_trip: Some(85),
            end_system_delay: Some(40),
            mos_lq: Some(43),
            mos_cq: Some(41),
        };
        assert_eq!(rtcp.voip, [expected]);
        // 127: not known.
        bytes[46] = 127;
        assert_eq!(read_rtcp(&bytes, bytes.len() as u32).unwrap().voip[0].mos_lq, None);
    }

    #[test]
    fn reads_the_times_of_who_only_receives() {
        // XR of source 0x33: reference time. XR of source 0x11: what it heard of 0x33 and 0x44, then a block cut short.
        let asks = words(&[0x80cf_0004, 0x33, 0x0400_0002, 0x1234_5678, 0x9abc_def0]);
        let asked = read_rtcp(&asks, asks.len() as u32).unwrap();
        assert_eq!((asked.ssrc, asked.reference_time), (0x33, Some(0x1234_5678_9abc_def0)));
        let mut tells = words(&[0x80cf_000a, 0x11, 0x0500_0006, 0x33, 0x5678_9abc, 6_554, 0x44, 0, 0]);
        tells.extend(words(&[0x0500_0004, 0x55]));
        let told = read_rtcp(&tells, tells.len() as u32).unwrap();
        let heard = |ssrc, last_reference, delay_since_last| ReferenceDelay {
            ssrc,
            last_reference,
            delay_since_last,
        };
        assert_eq!(told.delays, [heard(0x33, 0x5678_9abc, 6_554), heard(0x44, 0, 0)]);
        assert_eq!((told.reference_time, asked.delays.len()), (None, 0));
        // A reference time of another length is none.
        let odd = words(&[0x80cf_0005, 0x33, 0x0400_0003, 1, 2, 3]);
        assert_eq!(read_rtcp(&odd, odd.len() as u32).unwrap().reference_time, None);
    }

    #[test]
    fn a_cut_packet_gives_what_is_there() {
        let bytes = compound();
        let wire = bytes.len() as u32;
        let rtcp = read_rtcp(&bytes[..28], wire).unwrap();
        assert!(!rtcp.encrypted && rtcp.sender.is_some() && rtcp.reports.is_empty());
    }

    #[test]
    fn refuses_other_types_and_lengths() {
        assert!(!could_be_rtcp(&words(&[0x80c7_0001, 1]), 8), "type 199");
        assert!(!could_be_rtcp(&words(&[0x80c9_0002, 1]), 8), "longer than the datagram");
        assert!(!could_be_rtcp(&words(&[0x40c9_0001, 1]), 8), "version 1");
        assert!(could_be_rtcp(&words(&[0x80c9_0001, 1]), 8));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), wire in 0u32..400) {
            let mut bytes = bytes;
            if let Some(first) = bytes.first_mut() { *first = *first & 0x3f | 0x80; }
            if let Some(second) = bytes.get_mut(1) { *second = *second & 7 | 0xc8; }
            if let Some(rtcp) = read_rtcp(&bytes, wire) {
                prop_assert!(rtcp.reports.len() <= MOST_REPORTS && rtcp.voip.len() <= MOST_METRICS);
                prop_assert!(rtcp.delays.len() <= MOST_DELAYS);
            }
        }
    }
}
