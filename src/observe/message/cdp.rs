//! Cisco Discovery Protocol: takes what stands behind the SNAP header, gives who sends and the voice VLAN that a switch
//! tells telephones to use. The format is not published; names are Wireshark's.

use super::cursor::Cursor;
use super::text::Text;

/// Longest kept text.
const TEXT_LIMIT: usize = 255;

/// What a device says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cdp {
    /// Device ID.
    pub device_id: Option<Text>,
    /// Port ID.
    pub port_id: Option<Text>,
    /// Platform.
    pub platform: Option<Text>,
    /// VLAN that telephones shall use.
    pub voice_vlan: Option<u16>,
}

/// Reads a frame; `None` if the header or the first TLV is none.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Cdp> {
    let mut cursor = Cursor::new(bytes);
    let [1..=2, _ttl, _, _] = cursor.array()? else { return None };
    let mut cdp = Cdp::default();
    let mut is_empty = true;
    while let (Some(kind), Some(length)) = (cursor.u16(), cursor.u16()) {
        let Some(value) = usize::from(length).checked_sub(4).and_then(|length| cursor.take(length)) else {
            break;
        };
        is_empty = false;
        match (kind, value) {
            (1, name) => cdp.device_id = Some(Text::new(name, TEXT_LIMIT)),
            (3, name) => cdp.port_id = Some(Text::new(name, TEXT_LIMIT)),
            (6, name) => cdp.platform = Some(Text::new(name, TEXT_LIMIT)),
            (0x0e, [.., high, low]) => cdp.voice_vlan = Some(u16::from_be_bytes([*high, *low])),
            _ => {}
        }
    }
    (!is_empty).then_some(cdp)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const FRAME: &[u8] =
        b"\x02\xb4\x12\x34\0\x01\0\x06sw\0\x06\0\x0dcisco WS9\0\x0e\0\x07\x01\0\x64\0\x03\0\x09Gi0/1";

    #[test]
    fn reads_the_voice_vlan() {
        let cdp = read(FRAME).unwrap();
        assert_eq!((cdp.device_id.as_deref(), cdp.platform.as_deref()), (Some("sw"), Some("cisco WS9")));
        assert_eq!((cdp.port_id.as_deref(), cdp.voice_vlan), (Some("Gi0/1"), Some(100)));
    }

    #[test]
    fn cuts_and_bad_lengths_do_not_panic() {
        for length in 0..FRAME.len() {
            let _ = read(&FRAME[..length]);
        }
        assert_eq!(read(b"\x02\xb4\x12\x34\0\x01\0\x03"), None);
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(FRAME)) {
            let _ = read(&bytes);
        }
    }
}
