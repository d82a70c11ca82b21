//! The RTP header, RFC 3550 section 5.1, read from a datagram that may be cut by the snap length.
//!
//! Takes the captured bytes of a UDP payload and its length on the wire. Decides only what one packet can show;
//! whether a series of them is a stream is for `likeness`.

use super::rtcp;

/// Length of the fixed header in bytes.
pub const FIXED_HEADER: usize = 12;

const VERSION_MASK: u8 = 0xc0;
const VERSION_2: u8 = 0x80;
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
const CSRC_COUNT: u8 = 0x0f;
const MARKER: u8 = 0x80;

/// What an RTP header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpHeader {
    /// Marker bit; for audio the start of a talkspurt (RFC 3551 section 4.1), for video the end of a frame.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in units of the payload's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Payload on the wire in bytes, without CSRC list, extension and padding as far as the captured bytes show them.
    pub payload_length: u32,
    /// Whether the length of the padding does not fit. SRTP encrypts it (RFC 3711 section 3.1), so that it may be anything;
    /// in the clear only something else than RTP looks like that.
    pub odd_padding: bool,
}

/// Reads a header if the datagram could be RTP: version 2, no RTCP, lengths that fit into `wire_length` bytes.
///
/// Version 2 leaves the first octets 128 to 191, which excludes STUN, ZRTP, DTLS and TURN channels (RFC 7983).
/// Payload types 72 to 76 are RTCP's SR to APP with the top bit taken for the marker (RFC 3550 section 12.1);
/// 77 to 79 (feedback, XR) are given up only to a datagram that reads as RTCP.
#[must_use]
pub fn could_be_rtp(bytes: &[u8], wire_length: u32) -> Option<RtpHeader> {
    let fixed: &[u8; FIXED_HEADER] = bytes.first_chunk()?;
    let [first, second, s0, s1, t0, t1, t2, t3, x0, x1, x2, x3] = *fixed;
    if first & VERSION_MASK != VERSION_2 {
        return None;
    }
    let payload_type = second & !MARKER;
    if matches!(payload_type, 72..=76) || (second >= MARKER && rtcp::could_be_rtcp(bytes, wire_length)) {
        return None;
    }
    let (payload_length, odd_padding) = payload_length(first, bytes, wire_length)?;
    Some(RtpHeader {
        marker: second & MARKER != 0,
        payload_type,
        sequence: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([x0, x1, x2, x3]),
        payload_length,
        odd_padding,
    })
}

/// `None` if the lengths contradict each other, but for padding: then it is taken for payload, and that is told. What the snap
/// length cut off is taken as absent.
fn payload_length(first: u8, bytes: &[u8], wire_length: u32) -> Option<(u32, bool)> {
    let mut header = FIXED_HEADER + 4 * usize::from(first & CSRC_COUNT);
    if first & EXTENSION != 0 {
        // RFC 3550 section 5.3.1: 16 bit for the profile, then the length in 32 bit words.
        let words = match bytes.get(header + 2..header + 4) {
            Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
            _ => 0,
        };
        header += 4 + 4 * words;
    }
    let payload = wire_length.checked_sub(u32::try_from(header).ok()?)?;
    let captured_whole = u32::try_from(bytes.len()).is_ok_and(|captured| captured >= wire_length);
    if first & PADDING == 0 || !captured_whole {
        return Some((payload, false));
    }
    let last = usize::try_from(wire_length).ok()?.checked_sub(1)?;
    let padding = u32::from(*bytes.get(last)?);
    let without = payload.checked_sub(padding).filter(|_| padding > 0);
    Some((without.unwrap_or(payload), without.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(first: u8, second: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first, second, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef];
        bytes.extend_from_slice(rest);
        bytes
    }

    #[test]
    fn reads_a_plain_g711_packet() {
        let header = could_be_rtp(&packet(0x80, 0x88, &[0; 160]), 172).unwrap();
        let expected = RtpHeader {
            marker: true,
            payload_type: 8,
            sequence: 0x1234,
            timestamp: 160,
            ssrc: 0xdead_beef,
            payload_length: 160,
            odd_padding: false,
        };
        assert_eq!(header, expected);
    }

    #[test]
    fn twelve_captured_bytes_suffice() {
        assert_eq!(could_be_rtp(&packet(0x80, 0, &[]), 172).unwrap().payload_length, 160);
        // The extension's length and the padding were not captured: they cannot be taken off.
        assert_eq!(could_be_rtp(&packet(0xb0, 0, &[]), 172).unwrap().payload_length, 156);
    }

    #[test]
    fn takes_off_csrc_extension_and_padding() {
        let mut rest = vec![0; 8];
        rest.extend_from_slice(&[0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
        rest.extend_from_slice(&[0xff; 20]);
        rest.extend_from_slice(&[0, 0, 0, 4]);
        let bytes = packet(0xb2, 0, &rest);
        assert_eq!(could_be_rtp(&bytes, bytes.len() as u32).unwrap().payload_length, 20);
    }

    #[test]
    fn refuses_what_is_something_else() {
        let stun = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0];
        let dtls = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(could_be_rtp(&stun, 12), None);
        assert_eq!(could_be_rtp(&dtls, 12), None);
        assert_eq!(could_be_rtp(&packet(0x81, 200, &[0; 16]), 28), None, "sender report");
        assert_eq!(
            could_be_rtp(&packet(0x80, 206, &[]), 12).map(|h| h.payload_type),
            Some(78),
            "length 0x1234 fits not"
        );
        assert_eq!(could_be_rtp(&packet(0x8f, 0, &[0; 8]), 20), None, "15 CSRC in 8 bytes");
        let padded = |last: u8| {
            let header = could_be_rtp(&packet(0xa0, 0, &[last; 8]), 20).unwrap();
            (header.payload_length, header.odd_padding)
        };
        assert_eq!((padded(0), padded(9)), ((8, true), (8, true)), "0 bytes, longer than the payload");
        assert_eq!((padded(1), padded(8)), ((7, false), (0, false)));
        assert_eq!(could_be_rtp(&packet(0x80, 0, &[])[..11], 172), None, "header cut");
    }

    proptest! {
        #[test]
        fn never_panics_and_never_gives_more_than_was_sent(bytes in prop::collection::vec(any::<u8>(), 0..80), wire in 0u32..2000) {
            if let Some(header) = could_be_rtp(&bytes, wire) {
                prop_assert!(header.payload_length + 12 <= wire);
                prop_assert!(header.payload_type < 128);
            }
        }
    }
}
