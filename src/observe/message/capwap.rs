//! CAPWAP, RFC 5415: takes a datagram. Tells the control channel and its DTLS; data frames look like anything.

use super::cursor::Cursor;
use super::tls::is_dtls;

/// Preamble: version 0, type 0 (header) or 1 (DTLS header), RFC 5415 section 4.2.
const HEADER: u8 = 0x00;
const DTLS_HEADER: u8 = 0x01;
/// Message types of the base protocol, RFC 5415 section 4.5.1.1.
const MESSAGE_TYPES: std::ops::RangeInclusive<u32> = 1..=26;

/// Whether a datagram is a CAPWAP control message or carries DTLS behind a CAPWAP preamble.
#[must_use]
pub fn is_capwap(datagram: &[u8], is_cut: bool) -> bool {
    match datagram {
        [DTLS_HEADER, 0, 0, 0, dtls @ ..] => is_dtls(dtls, is_cut),
        [HEADER, ..] => is_control(datagram, is_cut).unwrap_or(false),
        _ => false,
    }
}

/// RFC 5415 sections 4.3 and 4.5.1: a header of `HLEN` words, then the control header.
fn is_control(datagram: &[u8], is_cut: bool) -> Option<bool> {
    let mut cursor = Cursor::new(datagram);
    let [_, lengths, _, flags] = cursor.array()?;
    let words = usize::from(lengths >> 3);
    // At least the fixed header; bits K and reserved are 0 in a control message.
    if !(2..=8).contains(&words) || flags & 0x0f != 0 {
        return Some(false);
    }
    cursor.take(words * 4 - 4)?;
    let (kind, _sequence, length) = (cursor.u32()?, cursor.u8()?, usize::from(cursor.u16()?));
    // The length counts its own flags byte and what follows the sequence number and itself.
    Some(MESSAGE_TYPES.contains(&kind) && length >= 3 && (is_cut || length <= cursor.rest().len() + 3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    /// Discovery Request with a header of two words and one message element.
    const DISCOVERY: &[u8] = b"\0\x10\x02\0\0\0\0\0\0\0\0\x01\x05\0\x08\0\0\x14\0\x01\x01";

    #[test]
    fn control_and_dtls() {
        assert!(is_capwap(DISCOVERY, false));
        assert!(!is_capwap(&DISCOVERY[..15], false));
        assert!(is_capwap(b"\x01\0\0\0\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x01\x01", false));
        assert!(!is_capwap(&[0; 40], false));
        assert!(!is_capwap(&[0x80, 8, 0, 1], false));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(DISCOVERY), is_cut: bool) {
            let _ = is_capwap(&bytes, is_cut);
        }
    }
}
