//! Frames of WebSocket, RFC 6455 section 5.2: takes the bytes where one begins, gives its head; and whether they carry a SIP
//! message (RFC 7118).

use super::sip;

/// Longest payload of a control frame, RFC 6455 section 5.5.
const CONTROL_LIMIT: u64 = 125;
/// A start line of SIP is told by so many bytes of a payload.
const LOOK: usize = 512;

const FINAL: u8 = 0x80;
/// RSV1: compressed where the sides agreed on it, RFC 7692 section 6.
const COMPRESSED: u8 = 0x40;
const RESERVED: u8 = 0x30;
const MASKED: u8 = 0x80;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Goes on with the message of the frames before it.
    Continuation,
    /// Begins a message of text or of bytes: SIP may be either (RFC 7118 section 5).
    Data,
    /// Close, ping or pong, which may stand between the frames of a message.
    Control,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is for.
    pub opcode: Opcode,
    /// Its message ends with it.
    pub is_final: bool,
    /// Its message is compressed.
    pub is_compressed: bool,
    /// With what a client hides its payload, RFC 6455 section 5.3.
    pub key: Option<[u8; 4]>,
    /// Bytes of its payload.
    pub length: u64,
    /// Bytes of the head itself, 2 to 14.
    pub size: usize,
}

/// What stands at the front of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// A frame begins.
    Frame(Head),
    /// What may be the head of one, and is not whole.
    NeedMore,
    /// No frame.
    Foreign,
}

/// Reads the head of a frame.
#[must_use]
pub fn front(bytes: &[u8]) -> Front {
    let Some(&first) = bytes.first() else { return Front::NeedMore };
    let opcode = match first & 0x0f {
        0 => Opcode::Continuation,
        1 | 2 => Opcode::Data,
        8..=10 => Opcode::Control,
        _ => return Front::Foreign,
    };
    let is_final = first & FINAL != 0;
    if first & RESERVED != 0 || opcode == Opcode::Control && (!is_final || first & COMPRESSED != 0) {
        return Front::Foreign;
    }
    let Some((second, rest)) = bytes.get(1..).and_then(<[u8]>::split_first) else { return Front::NeedMore };
    let (length, rest) = match second & !MASKED {
        126 => match rest.split_first_chunk() {
            Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
            None => return Front::NeedMore,
        },
        127 => match rest.split_first_chunk() {
            Some((length, rest)) => (u64::from_be_bytes(*length), rest),
            None => return Front::NeedMore,
        },
        short => (u64::from(short), rest),
    };
    if i64::try_from(length).is_err() || opcode == Opcode::Control && length > CONTROL_LIMIT {
        return Front::Foreign;
    }
    let (key, rest) = match (second & MASKED != 0).then(|| rest.split_first_chunk()) {
        None => (None, rest),
        Some(Some((key, rest))) => (Some(*key), rest),
        Some(None) => return Front::NeedMore,
    };
    let is_compressed = first & COMPRESSED != 0;
    Front::Frame(Head { opcode, is_final, is_compressed, key, length, size: bytes.len() - rest.len() })
}

/// Adds `bytes` of a payload, which stand behind `place` others of it, to what was read of its message.
pub fn unmask(message: &mut Vec<u8>, bytes: &[u8], key: Option<[u8; 4]>, place: u64) {
    match key {
        None => message.extend_from_slice(bytes),
        Some(key) => {
            let keys = key.iter().cycle().skip((place % 4) as usize);
            message.extend(bytes.iter().zip(keys).map(|(byte, key)| byte ^ key));
        }
    }
}

/// Whether a frame begins here whose payload begins with the start line of a SIP message.
#[must_use]
pub fn is_sip(bytes: &[u8]) -> bool {
    let Front::Frame(head) = front(bytes) else { return false };
    if head.opcode != Opcode::Data || head.is_compressed {
        return false;
    }
    let payload = bytes.get(head.size..).unwrap_or_default();
    let length = usize::try_from(head.length).unwrap_or(usize::MAX).min(payload.len()).min(LOOK);
    let mut text = Vec::with_capacity(length);
    unmask(&mut text, payload.get(..length).unwrap_or_default(), head.key, 0);
    sip::is_sip(&text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::super::mutant::mutants;
    use super::*;

    #[test]
    fn lengths_of_all_three_kinds() {
        let head = |bytes: &[u8]| match front(bytes) {
            Front::Frame(head) => (head.length, head.size, head.is_final),
            other => panic!("{other:?}"),
        };
        assert_eq!(head(&[0x81, 5, b'x']), (5, 2, true));
        assert_eq!(head(&[0x01, 126, 1, 2]), (258, 4, false));
        assert_eq!(head(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]), (65_536, 10, true));
        let masked = [0x81, 0x80 | 126, 1, 2, 9, 8, 7, 6];
        assert!(matches!(front(&masked), Front::Frame(Head { key: Some([9, 8, 7, 6]), size: 8, .. })));
        for length in 0..masked.len() {
            assert_eq!(front(&masked[..length]), Front::NeedMore, "{length} bytes");
        }
    }

    #[test]
    fn what_no_frame_begins_with_is_none() {
        for bytes in [
            &b"GET / HTTP/1.1"[..],
            &[0x83, 0],
            &[0xa1, 0],
            &[0x09, 0],
            &[0x89, 126, 0, 200],
            &[0x81, 127, 0xff, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(front(bytes), Front::Foreign, "{}", bytes.escape_ascii());
        }
        assert!(matches!(front(&[0xc1, 0]), Front::Frame(Head { is_compressed: true, .. })));
    }

    #[test]
    fn sip_is_told_behind_a_mask() {
        let line = b"OPTIONS sip:a SIP/2.0\r\n\r\n";
        let mut frame = vec![0x81, 0x80 | line.len() as u8, 1, 2, 3, 4];
        unmask(&mut frame, line, Some([1, 2, 3, 4]), 0);
        assert!(is_sip(&frame));
        frame[2] ^= 1;
        assert!(!is_sip(&frame), "another key");
        assert!(is_sip(&[&[0x82, line.len() as u8][..], line].concat()));
        assert!(!is_sip(&[&[0x8a, line.len() as u8][..], line].concat()), "a pong");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40), place: u64) {
            let _ = (front(&bytes), is_sip(&bytes));
            unmask(&mut Vec::new(), &bytes, Some([1; 4]), place);
        }

        #[test]
        fn mutants_never_panic(bytes in mutants([&[0x81, 25][..], b"OPTIONS sip:a SIP/2.0\r\n\r\n"].concat())) {
            let _ = (front(&bytes), is_sip(&bytes));
        }
    }
}
