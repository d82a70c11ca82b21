//! LDAP, RFC 4511: takes one TCP direction message by message. Keeps neither names nor secrets.

use super::Reading;
use super::ber::{ENUMERATED, Element, INTEGER, OCTET_STRING, SEQUENCE, unsigned};
use super::cursor::Cursor;

/// No message is longer than this; a claim beyond it is no LDAP.
const LENGTH_LIMIT: usize = 16 << 20;

/// `[0]` in a bind: a password in clear text.
const SIMPLE: u8 = 0x80;

/// One LDAP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ldap {
    /// Joins request and answers.
    pub message_id: u32,
    /// What it asks or answers.
    pub operation: Operation,
    /// Bytes of the message: the next one starts behind them.
    pub length: usize,
}

/// RFC 4511 section 4.2 and following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Somebody signs on.
    BindRequest {
        /// With a password in clear text, not empty.
        has_password: bool,
    },
    /// Answer to it.
    BindResponse {
        /// 0 success, 49 invalidCredentials.
        result: u32,
    },
    /// A search begins.
    SearchRequest,
    /// One entry or reference is found.
    SearchEntry,
    /// A search ends.
    SearchDone {
        /// 0 success.
        result: u32,
    },
    /// Somebody signs off.
    Unbind,
    /// `StartTLS` and others.
    ExtendedRequest,
    /// Answer to it.
    ExtendedResponse {
        /// 0 success.
        result: u32,
    },
    /// Any other.
    Other,
}

/// Reads the first message of `prefix`; [`Reading::Whole`] once its kind is known, although its rest may be missing.
#[must_use]
pub fn read(prefix: &[u8]) -> Reading<Ldap> {
    if prefix.first().is_some_and(|&tag| tag != SEQUENCE) {
        return Reading::Foreign;
    }
    let mut cursor = Cursor::new(prefix);
    let Some(message) = Element::read(&mut cursor) else {
        // At most a tag and a length of five bytes are needed.
        return if prefix.len() < 6 { Reading::Partial(None) } else { Reading::Foreign };
    };
    let length = prefix.len() - cursor.rest().len() - message.content.len() + message.length;
    if length > LENGTH_LIMIT {
        return Reading::Foreign;
    }
    match operation(message.content) {
        Some((message_id, operation)) => Reading::Whole(Ldap { message_id, operation, length }),
        None if !message.is_whole() && message.content.len() < 64 && can_become_message(message.content) => {
            Reading::Partial(None)
        }
        None => Reading::Foreign,
    }
}

/// Message id and operation of the content of a message.
fn operation(content: &[u8]) -> Option<(u32, Operation)> {
    let mut cursor = Cursor::new(content);
    let message_id = Element::expect(&mut cursor, INTEGER).and_then(unsigned)?;
    let element = Element::read(&mut cursor)?;
    let mut fields = Cursor::new(element.content);
    let mut result = || Element::expect(&mut fields, ENUMERATED).and_then(unsigned);
    let operation = match element.tag {
        0x60 => bind_request(element.content)?,
        0x61 => Operation::BindResponse { result: result()? },
        0x42 => Operation::Unbind,
        0x63 => {
            // The base name, then the scope.
            Element::expect(&mut fields, OCTET_STRING)?;
            Operation::SearchRequest
        }
        0x64 | 0x73 => Operation::SearchEntry,
        0x65 => Operation::SearchDone { result: result()? },
        0x77 => Operation::ExtendedRequest,
        0x78 => Operation::ExtendedResponse { result: result()? },
        0x66 | 0x68 | 0x4a | 0x6c | 0x6e | 0x50 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | 0x79 => Operation::Other,
        _ => return None,
    };
    Some((message_id, operation))
}

/// Version 2 or 3, name, authentication: RFC 4511 section 4.2.
fn bind_request(content: &[u8]) -> Option<Operation> {
    let mut fields = Cursor::new(content);
    Element::expect(&mut fields, INTEGER).and_then(unsigned).filter(|version| (2..=3).contains(version))?;
    Element::expect(&mut fields, OCTET_STRING)?;
    let authentication = Element::read(&mut fields)?;
    Some(Operation::BindRequest { has_password: authentication.tag == SIMPLE && authentication.length > 0 })
}

/// Whether the start of a content fits: an INTEGER, then an element of the application class.
fn can_become_message(content: &[u8]) -> bool {
    let at = |offset: usize| content.get(offset).copied();
    let Some(length) = at(1) else { return at(0).is_none_or(|tag| tag == INTEGER) };
    let is_operation = at(2 + usize::from(length)).is_none_or(|tag| tag & 0xc0 == 0x40);
    at(0) == Some(INTEGER) && (1..=4).contains(&length) && is_operation
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const BIND: &[u8] = b"\x30\x1a\x02\x01\x01\x60\x15\x02\x01\x03\x04\x08cn=admin\x80\x06secret";

    #[test]
    fn a_simple_bind_is_seen_and_its_secret_is_not_kept() {
        let Reading::Whole(ldap) = read(BIND) else { panic!("not whole") };
        assert_eq!(ldap.operation, Operation::BindRequest { has_password: true });
        assert_eq!((ldap.message_id, ldap.length), (1, BIND.len()));
        let anonymous = b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0";
        let operation = read(anonymous).known().map(|ldap| ldap.operation);
        assert_eq!(operation, Some(Operation::BindRequest { has_password: false }));
    }

    #[test]
    fn results_are_read() {
        let refused = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\0\x04\0";
        assert_eq!(
            read(refused).known().map(|ldap| ldap.operation),
            Some(Operation::BindResponse { result: 49 })
        );
    }

    #[test]
    fn a_growing_prefix_is_never_foreign() {
        for length in 0..BIND.len() {
            assert_ne!(read(&BIND[..length]), Reading::Foreign, "{length} bytes");
        }
    }

    #[test]
    fn snmp_is_foreign() {
        assert_eq!(read(b"\x30\x29\x02\x01\x01\x04\x06public\xa0\x1c"), Reading::Foreign);
        assert_eq!(read(b"0123456789"), Reading::Foreign);
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(BIND)) {
            let _ = read(&bytes);
        }
    }
}
