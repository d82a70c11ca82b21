//! What is kept of an RTP packet while its range is decoded and its stream is measured.

use super::rtp::RtpHeader;
use crate::capture::{Frame, Timestamp};
use crate::decode::Packet;

/// Which way along a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the flow's first end to its second.
    AToB,
    /// From the flow's second end to its first.
    BToA,
}

/// One packet that could be RTP. Flow, direction and SSRC are the key it is handed over with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Where it stands in the measurement.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// RTP timestamp, in units of the payload's clock.
    pub timestamp: u32,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP payload in bytes, without header and padding, as on the wire.
    pub payload_length: u16,
    /// The IP packet in bytes, header included, as on the wire.
    pub ip_length: u16,
    /// Innermost VLAN, if tagged.
    pub vlan: Option<u16>,
    /// 802.1p priority code point, if tagged.
    pub pcp: Option<u8>,
    /// Differentiated services code point.
    pub dscp: u8,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// RTP payload type.
    pub payload_type: u8,
    /// RTP marker bit.
    pub marker: bool,
    /// Whether only a source that is known to send RTP can have sent it ([`RtpHeader::odd_padding`]).
    pub odd_padding: bool,
}

impl Sample {
    /// Puts together what three stages know about one packet. Lengths above 65,535 bytes (jumbograms) saturate.
    #[must_use]
    pub fn new(frame: Frame, packet: &Packet, header: &RtpHeader) -> Self {
        Self {
            frame,
            time: packet.time,
            timestamp: header.timestamp,
            sequence: header.sequence,
            payload_length: saturate(header.payload_length),
            ip_length: saturate(packet.ip_length),
            vlan: packet.vlan.map(|tag| tag.id),
            pcp: packet.vlan.map(|tag| tag.pcp),
            dscp: packet.dscp,
            ttl: packet.ttl,
            payload_type: header.payload_type,
            marker: header.marker,
            odd_padding: header.odd_padding,
        }
    }
}

#[cfg(test)]
impl Sample {
    /// An unmarked packet of G.711 of which only frame and arrival (ms) matter.
    pub(in crate::observe::media) fn arrived(number: u64, ms: i64) -> Self {
        use super::super::fixture::{at, frame};
        Self {
            frame: frame(number),
            time: at(ms),
            timestamp: 0,
            sequence: 0,
            payload_length: 160,
            ip_length: 200,
            vlan: None,
            pcp: None,
            ttl: 64,
            dscp: 0,
            payload_type: 8,
            marker: false,
            odd_padding: false,
        }
    }
}

fn saturate(length: u32) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_stays_compact() {
        assert!(size_of::<Sample>() <= 40, "kept once per media packet: {} bytes", size_of::<Sample>());
    }
}
