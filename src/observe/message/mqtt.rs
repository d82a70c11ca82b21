//! MQTT, OASIS 3.1.1 and 5.0: takes the start of the client's direction. Keeps neither user nor password.

use super::cursor::Cursor;
use super::text::Text;

/// Longest kept client identifier.
const CLIENT_LIMIT: usize = 64;

/// CONNECT, section 3.1 of either standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// Protocol level: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0.
    pub level: u8,
    /// A password follows, in clear text.
    pub has_password: bool,
    /// Client identifier; `None` if it is cut off, or behind the properties of level 5.
    pub client: Option<Text>,
}

/// Reads a CONNECT; `None` if the bytes are none, or too few yet.
#[must_use]
pub fn read_connect(prefix: &[u8]) -> Option<Connect> {
    let mut cursor = Cursor::new(prefix);
    if cursor.u8()? != 0x10 {
        return None;
    }
    // Remaining length: up to four bytes, the top bit says that one more follows.
    for place in 0..4 {
        if cursor.u8()? < 0x80 {
            break;
        } else if place == 3 {
            return None;
        }
    }
    let name_length = cursor.u16()?;
    let name = cursor.take(usize::from(name_length))?;
    if name != b"MQTT" && name != b"MQIsdp" {
        return None;
    }
    let (level, flags, _keep_alive) = (cursor.u8()?, cursor.u8()?, cursor.u16()?);
    let client_length = cursor.u16().filter(|_| level < 5);
    let client = client_length.and_then(|length| cursor.take(usize::from(length)));
    let client = client.map(|name| Text::new(name, CLIENT_LIMIT));
    Some(Connect { level, has_password: flags & 0x40 != 0, client })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const CONNECT: &[u8] = b"\x10\x14\0\x04MQTT\x04\xc2\0\x3c\0\x03pbx\0\x01u\0\x06secret";

    #[test]
    fn reads_a_connect() {
        let connect = read_connect(CONNECT).unwrap();
        assert_eq!((connect.level, connect.has_password, connect.client.as_deref()), (4, true, Some("pbx")));
        assert!(!format!("{connect:?}").contains("secret"));
    }

    #[test]
    fn cuts_and_others_are_refused() {
        for length in 0..CONNECT.len() {
            let _ = read_connect(&CONNECT[..length]);
        }
        assert_eq!(read_connect(b"\x10\xff\xff\xff\xff\x01\0\x04MQTT\x04\0\0\0"), None);
        assert_eq!(read_connect(b"\x20\x02\0\0"), None);
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(CONNECT)) {
            let _ = read_connect(&bytes);
        }
    }
}
