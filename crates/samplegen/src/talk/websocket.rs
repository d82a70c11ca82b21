//! WebSocket with SIP in it, RFC 6455 and RFC 7118.

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// More of a message.
    Continuation = 0,
    /// The beginning of a message of text.
    Text = 1,
    /// Are you there?
    Ping = 9,
    /// Yes.
    Pong = 10,
}

/// Asks for WebSocket at `path`; the key is random.
#[must_use]
pub fn request(host: &str, path: &str, key: [u8; 16]) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n",
        base64(&key)
    )
    .into_bytes()
}

/// Grants it. The proof is none of anything: nobody checks it here.
#[must_use]
pub fn answer(key: [u8; 16]) -> Vec<u8> {
    let proof = [&key[..], &key[..4]].concat();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
        base64(&proof)
    )
    .into_bytes()
}

/// A frame, masked where there is a key; `is_final`: its message ends with it.
#[must_use]
pub fn frame(opcode: Opcode, is_final: bool, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let masked = if key.is_some() { 0x80 } else { 0 };
    let mut bytes = vec![opcode as u8 | if is_final { 0x80 } else { 0 }];
    match payload.len() {
        length @ 0..126 => bytes.push(masked | length as u8),
        length @ 126..65_536 => {
            bytes.push(masked | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(masked | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    match key {
        None => bytes.extend(payload),
        Some(key) => {
            bytes.extend(key);
            bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
    }
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for nth in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * nth) & 63) as usize];
            text.push(if nth > three.len() { '=' } else { digit.into() });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_base64() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn a_frame_of_each_length() {
        let head = |length: usize| frame(Opcode::Text, true, None, &vec![0; length])[..2].to_vec();
        assert_eq!([head(5), head(126), head(65_536)], [[0x81, 5], [0x81, 126], [0x81, 127]]);
        assert_eq!(
            frame(Opcode::Ping, true, Some([1, 2, 3, 4]), b"abcde"),
            [0x89, 0x85, 1, 2, 3, 4, 96, 96, 96, 96, 100]
        );
    }
}
