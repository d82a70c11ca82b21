//! RTCP, RFC 3550 section 6: who sends, and what a receiver reports about what it got.
//!
//! Takes the captured bytes of a UDP payload and its length on the wire. SRTCP (RFC 3711 section 3.4) leaves the first
//! eight bytes in clear and encrypts the rest; such a packet gives its sender and no reports.

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const EXTENDED_REPORT: u8 = 207;
const HEADER: usize = 8;
const SENDER_INFO: usize = 20;
const REPORT_BLOCK: usize = 24;
/// Of one datagram; a report packet holds at most 31 blocks, and a sender of more than two such packets is hostile.
const MOST_REPORTS: usize = 62;

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

/// The readable part of a compound packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rtcp {
    /// Source that sent it.
    pub ssrc: u32,
    /// From its sender report, if it is one.
    pub sender: Option<SenderInfo>,
    /// About the sources it receives.
    pub reports: Vec<ReportBlock>,
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
    let mut found =
        Rtcp { ssrc: word(bytes, 4)?, sender: None, reports: Vec::new(), goodbye: false, encrypted: false };
    let mut at = 0;
    while at < wire {
        match Header::at(bytes, at) {
            Some(header) if at + header.length <= wire => {
                found.read_packet(bytes, at, header);
                at += header.length;
            }
            None if at + 4 > bytes.len() && bytes.len() < wire => break,
            _ => {
                return Some(Rtcp {
                    sender: None,
                    reports: Vec::new(),
                    goodbye: false,
                    encrypted: true,
                    ..found
                });
            }
        }
    }
    Some(found)
}

impl Rtcp {
    fn read_packet(&mut self, bytes: &[u8], at: usize, header: Header) {
        let blocks_at = match header.packet_type {
            SENDER_REPORT => {
                self.sender = self.sender.or_else(|| SenderInfo::at(bytes, at + HEADER));
                HEADER + SENDER_INFO
            }
            RECEIVER_REPORT => HEADER,
            GOODBYE => {
                self.goodbye = true;
                return;
            }
            _ => return,
        };
        for index in 0..usize::from(header.count) {
            let start = blocks_at + index * REPORT_BLOCK;
            if start + REPORT_BLOCK > header.length || self.reports.len() >= MOST_REPORTS {
                return;
            }
            self.reports.extend(ReportBlock::at(bytes, at + start));
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

impl SenderInfo {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self {
            ntp: u64::from(word(bytes, at)?) << 32 | u64::from(word(bytes, at + 4)?),
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
                prop_assert!(rtcp.reports.len() <= MOST_REPORTS);
            }
        }
    }
}
