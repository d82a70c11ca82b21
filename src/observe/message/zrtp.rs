//! ZRTP, RFC 6189 section 5: takes a datagram, gives which step of the key agreement it is. It shares its port with the
//! media whose keys it agrees on. Nothing of its content is kept.

use super::cursor::Cursor;

/// Section 5: where RTP has its timestamp.
const MAGIC_COOKIE: u32 = 0x5a52_5450;
/// Begins every message.
const PREAMBLE: u16 = 0x505a;
/// Checksum behind the message, in bytes.
const CRC: usize = 4;

/// A step of the agreement, as far as it matters to the media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zrtp {
    /// Hello, Commit, DHPart1 and whatever else does not say that there are keys.
    Underway,
    /// Confirm1, Confirm2 or Conf2ACK: both sides have the keys, section 4.6.
    Keyed,
    /// GoClear or ClearACK: from here on in clear, section 4.7.2.
    Cleared,
}

/// Reads a packet; `None` if it is none.
#[must_use]
pub fn read(bytes: &[u8], is_cut: bool) -> Option<Zrtp> {
    // Nearly everything else ends here.
    if bytes.first()? >> 4 != 1 {
        return None;
    }
    let mut cursor = Cursor::new(bytes);
    let (_, _, cookie, _source) = (cursor.u16()?, cursor.u16()?, cursor.u32()?, cursor.u32()?);
    let message = cursor.rest();
    let (preamble, words, kind) = (cursor.u16()?, usize::from(cursor.u16()?), cursor.array::<8>()?);
    if cookie != MAGIC_COOKIE || preamble != PREAMBLE || words < 3 {
        return None;
    }
    if !is_cut && message.len() < 4 * words + CRC {
        return None;
    }
    Some(match &kind {
        b"Confirm1" | b"Confirm2" | b"Conf2ACK" => Zrtp::Keyed,
        b"GoClear " | b"ClearACK" => Zrtp::Cleared,
        _ => Zrtp::Underway,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const HELLO_ACK: &[u8] = b"\x10\0\xb2\x7dZRTP\xb7\x2a\x71\x04\x50\x5a\0\x03HelloACK\x01\x02\x03\x04";

    fn message(kind: &str) -> Vec<u8> {
        let mut bytes = HELLO_ACK.to_vec();
        bytes[16..24].copy_from_slice(kind.as_bytes());
        bytes
    }

    #[test]
    fn the_steps_are_told_apart() {
        assert_eq!(read(HELLO_ACK, false), Some(Zrtp::Underway));
        for kind in ["Confirm1", "Confirm2", "Conf2ACK"] {
            assert_eq!(read(&message(kind), false), Some(Zrtp::Keyed), "{kind}");
        }
        for kind in ["GoClear ", "ClearACK"] {
            assert_eq!(read(&message(kind), false), Some(Zrtp::Cleared), "{kind}");
        }
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert_eq!(read(&HELLO_ACK[..27], false), None, "no checksum");
        assert_eq!(read(&HELLO_ACK[..24], true), Some(Zrtp::Underway), "cut");
        for (at, byte) in [(0, 0x80), (4, b'z'), (12, 0), (15, 2)] {
            let mut other = HELLO_ACK.to_vec();
            other[at] = byte;
            assert_eq!(read(&other, false), None, "{at}");
        }
        let rtp =
            [0x80, 8, 0, 1, 0x5a, 0x52, 0x54, 0x50, 1, 2, 3, 4, 0x50, 0x5a, 0, 3, 1, 1, 1, 1, 1, 1, 1, 1];
        assert_eq!(read(&rtp, true), None, "RTP with this timestamp");
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(HELLO_ACK), is_cut: bool) {
            let _ = read(&bytes, is_cut);
        }
    }
}
