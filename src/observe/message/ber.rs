//! Basic Encoding Rules, X.690: takes bytes, gives elements from front to back. Only definite lengths and tags of one
//! byte, which is all that LDAP, SNMP and certificates use.

use super::cursor::Cursor;

/// Tags that are met here.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// Content; less than `length` if the bytes end first.
    pub(super) content: &'a [u8],
    /// Length of the content as claimed.
    pub(super) length: usize,
}

impl<'a> Element<'a> {
    /// The next element, whole or cut; `None` if its tag or length is not there or of a kind that is not read.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let tag = cursor.u8().filter(|tag| tag & 0x1f != 0x1f)?;
        let length = match cursor.u8()? {
            short @ 0..=0x7f => usize::from(short),
            long => {
                let bytes =
                    cursor.take(usize::from(long & 0x7f)).filter(|bytes| (1..=4).contains(&bytes.len()))?;
                bytes.iter().fold(0, |length, &byte| length << 8 | usize::from(byte))
            }
        };
        Some(Self { tag, content: cursor.take_lossy(length), length })
    }

    /// As [`Self::read`], for an element that must be whole and of this tag.
    pub(super) fn expect(cursor: &mut Cursor<'a>, tag: u8) -> Option<&'a [u8]> {
        Self::read(cursor)
            .filter(|element| element.tag == tag && element.is_whole())
            .map(|element| element.content)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.content.len() == self.length
    }
}

/// A non-negative INTEGER or ENUMERATED of at most four bytes.
pub(super) fn unsigned(content: &[u8]) -> Option<u32> {
    let is_unsigned = content.first().is_some_and(|&first| first < 0x80);
    (is_unsigned && content.len() <= 4)
        .then(|| content.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_or_long() {
        let element = |bytes: &[u8]| Element::read(&mut Cursor::new(bytes)).map(|element| element.length);
        assert_eq!(element(&[SEQUENCE, 0x05]), Some(5));
        assert_eq!(element(&[SEQUENCE, 0x82, 0x01, 0x00]), Some(256));
        assert_eq!(element(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), Some(0xffff_ffff));
        assert_eq!(element(&[SEQUENCE, 0x80]), None, "indefinite length");
        assert_eq!(element(&[SEQUENCE, 0x85, 1, 1, 1, 1, 1]), None);
        assert_eq!(element(&[0x1f, 0x81, 0x01]), None, "tag of several bytes");
    }

    #[test]
    fn integers_are_unsigned() {
        assert_eq!(unsigned(&[0x00, 0xff]), Some(255));
        assert_eq!([unsigned(&[]), unsigned(&[0xff]), unsigned(&[0; 5])], [None; 3]);
    }
}
