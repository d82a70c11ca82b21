//! SNMP, RFC 1157, 3416 and 3412: takes a datagram, tells the version. The community is never kept.

use super::ber::{Element, INTEGER, OCTET_STRING, SEQUENCE, unsigned};
use super::cursor::Cursor;

/// SNMP version as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Community in clear text.
    V1,
    /// Community in clear text.
    V2c,
    /// User-based security.
    V3,
}

/// Version of an SNMP message; `None` if the datagram is none.
#[must_use]
pub fn version(datagram: &[u8], is_cut: bool) -> Option<Version> {
    let message = Element::read(&mut Cursor::new(datagram))?;
    if message.tag != SEQUENCE || !(is_cut || message.is_whole()) {
        return None;
    }
    let mut fields = Cursor::new(message.content);
    let version = Element::expect(&mut fields, INTEGER).and_then(unsigned)?;
    let (second, third) = (Element::read(&mut fields)?, Element::read(&mut fields)?);
    let is_community = second.tag == OCTET_STRING && matches!(third.tag, 0xa0..=0xa8);
    match version {
        0 if is_community => Some(Version::V1),
        1 if is_community => Some(Version::V2c),
        3 if second.tag == SEQUENCE && third.tag == OCTET_STRING => Some(Version::V3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const GET: &[u8] = b"\x30\x14\x02\x01\x01\x04\x06public\xa0\x07\x02\x01\x07\x02\x01\0\x30";

    #[test]
    fn the_version_is_told() {
        let mut bytes = GET.to_vec();
        bytes[1] = (GET.len() - 2) as u8;
        assert_eq!(version(&bytes, false), Some(Version::V2c));
        bytes[4] = 0;
        assert_eq!(version(&bytes, false), Some(Version::V1));
        bytes[4] = 3;
        assert_eq!(version(&bytes, false), None);
    }

    #[test]
    fn cuts_and_others_are_refused() {
        for length in 0..GET.len() {
            let _ = version(&GET[..length], true);
            assert_eq!(version(&GET[..length], false), None);
        }
        assert_eq!(version(b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0", false), None, "LDAP");
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(GET), is_cut: bool) {
            let _ = version(&bytes, is_cut);
        }
    }
}
