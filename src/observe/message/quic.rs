//! QUIC long headers, RFC 8999 and RFC 9000: takes a datagram. Nothing is decrypted.

use super::cursor::Cursor;

/// Longest connection id, RFC 9000 section 17.2.
const CONNECTION_ID_LIMIT: u8 = 20;

/// Version in the long header of a QUIC datagram, 0 for a version negotiation; `None` if the datagram is none.
#[must_use]
pub fn version(datagram: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(datagram);
    // Form bit and fixed bit: RFC 9000 section 17.2. RTP has 10 there.
    cursor.u8().filter(|&flags| flags >= 0xc0)?;
    let version = cursor.u32().filter(|&version| is_known(version))?;
    for _ in 0..2 {
        let length = cursor.u8().filter(|&length| length <= CONNECTION_ID_LIMIT)?;
        cursor.take(usize::from(length))?;
    }
    // A version negotiation lists versions and nothing else.
    let is_list = !cursor.is_empty() && cursor.rest().len().is_multiple_of(4);
    (version != 0 || is_list).then_some(version)
}

/// Negotiation, versions 1 and 2 (RFC 9369), drafts, and Google's own.
fn is_known(version: u32) -> bool {
    matches!(version, 0 | 1 | 0x6b33_43cf)
        || version >> 8 == 0x00ff_0000
        || version.to_be_bytes().starts_with(b"Q0")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const INITIAL: &[u8] = b"\xc3\0\0\0\x01\x08abcdefgh\0\0\x44\xd0";

    #[test]
    fn long_headers_of_known_versions() {
        assert_eq!(version(INITIAL), Some(1));
        assert_eq!(version(b"\xff\xff\0\0\x1d\0\0"), Some(0xff00_001d));
        for bytes in [
            &b"\xc3\0\0\0\x02\0\0"[..],
            b"\x80\0\0\0\x01\0\0",
            b"\xc3\0\0\0\x01\x15",
            b"\xc0\0\0\0\0\0\0",
            b"\xc0",
        ] {
            assert_eq!(version(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(INITIAL)) {
            let _ = version(&bytes);
        }
    }
}
