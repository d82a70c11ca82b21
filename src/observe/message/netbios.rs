//! NetBIOS over UDP, RFC 1002: takes a datagram. The name service looks like DNS but for its encoded names.

use super::cursor::Cursor;

/// Port of the datagram service, which stands inside the message too.
const DATAGRAM_PORT: u16 = 138;

/// Whether a datagram belongs to the NetBIOS name or datagram service.
#[must_use]
pub fn is_netbios(datagram: &[u8]) -> bool {
    is_name_service(datagram).unwrap_or(false) || is_datagram_service(datagram).unwrap_or(false)
}

/// A name of 32 letters A to P (RFC 1001 section 14.1) behind the header, type NB or NBSTAT.
fn is_name_service(datagram: &[u8]) -> Option<bool> {
    let mut cursor = Cursor::new(datagram);
    cursor.take(12)?;
    let is_encoded =
        cursor.u8()? == 32 && cursor.take(32)?.iter().all(|letter| (b'A'..=b'P').contains(letter));
    // The scope, mostly empty.
    while let Some(length @ 1..=63) = cursor.u8() {
        cursor.take(usize::from(length))?;
    }
    Some(is_encoded && matches!(cursor.u16()?, 0x20 | 0x21))
}

/// RFC 1002 section 4.4.1: type, flags, id, source address, source port.
fn is_datagram_service(datagram: &[u8]) -> Option<bool> {
    let mut cursor = Cursor::new(datagram);
    let [kind, flags] = cursor.array()?;
    cursor.take(6)?;
    Some((0x10..=0x16).contains(&kind) && flags & 0xf0 == 0 && cursor.u16()? == DATAGRAM_PORT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const QUERY: &[u8] = b"\x12\x34\x01\x10\0\x01\0\0\0\0\0\0\
        \x20FHEPFCELEHFCEPFFFACACACACACACABL\0\0\x20\0\x01";

    #[test]
    fn both_services_are_told() {
        assert!(is_netbios(QUERY));
        assert!(!is_netbios(&QUERY[..40]));
        assert!(is_netbios(b"\x11\x02\x12\x34\xc0\xa8\x01\x02\0\x8a\0\xbb\0\0"));
        assert!(!is_netbios(b"\x11\x02\x12\x34\xc0\xa8\x01\x02\x13\xc4"));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(QUERY)) {
            let _ = is_netbios(&bytes);
        }
    }
}
