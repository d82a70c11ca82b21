//! OpenVPN: takes the first datagram of a flow, or the start of a TCP direction. Only the opening of a session can be
//! told with certainty; the format is that of the project's own protocol description.

use super::cursor::Cursor;

/// Opcodes of `P_CONTROL_HARD_RESET_*`, in the top five bits.
const CLIENT_RESETS: [u8; 2] = [7, 10];
const SERVER_RESET: u8 = 8;
const SESSION_ID: usize = 8;
/// Packet id and time behind the digest of `tls-auth`, before that of `tls-crypt`.
const REPLAY: usize = 8;
/// Acknowledgment count 0 and message number 0.
const TAIL: usize = 5;
/// Sizes of the digests in use: MD5, SHA-1, SHA-256, SHA-512.
const DIGESTS: [usize; 4] = [16, 20, 32, 64];

/// Whether a datagram opens an OpenVPN session (hard reset of either side).
#[must_use]
pub fn is_reset(datagram: &[u8]) -> bool {
    let mut cursor = Cursor::new(datagram);
    let (Some(head), Some(session)) = (cursor.u8(), cursor.take(SESSION_ID)) else { return false };
    let (opcode, key) = (head >> 3, head & 0x07);
    let is_server = opcode == SERVER_RESET;
    if key != 0 || !(is_server || CLIENT_RESETS.contains(&opcode)) || session.iter().all(|&byte| byte == 0) {
        return false;
    }
    let rest = cursor.rest();
    if is_server { is_server_rest(rest) } else { is_client_rest(rest) }
}

/// As [`is_reset`], behind the length that TCP needs.
#[must_use]
pub fn is_reset_stream(prefix: &[u8]) -> bool {
    let mut cursor = Cursor::new(prefix);
    cursor.u16().and_then(|length| cursor.take(usize::from(length))).is_some_and(is_reset)
}

/// Plain, with `tls-auth` or with `tls-crypt` (whose digest is one of 32 bytes, and whose tail is encrypted).
fn is_client_rest(rest: &[u8]) -> bool {
    let is_first = |at: usize| rest.get(at..at + 4) == Some(&[0, 0, 0, 1]);
    let is_tail = rest.ends_with(&[0; TAIL]);
    let is_plain = rest.len() == TAIL && is_tail;
    let is_auth =
        DIGESTS.iter().any(|&digest| rest.len() == digest + REPLAY + TAIL && is_first(digest) && is_tail);
    let is_crypt = rest.len() >= REPLAY + 32 + TAIL && is_first(0);
    is_plain || is_auth || is_crypt
}

/// One acknowledgment of message 0 and the client's session before the own message number.
fn is_server_rest(rest: &[u8]) -> bool {
    let acknowledged = 1 + 4 + SESSION_ID + 4;
    let is_first = |at: usize| rest.get(at..at + 4) == Some(&[0, 0, 0, 1]);
    let is_acknowledgment = |at: usize| rest.get(at..at + 5) == Some(&[1, 0, 0, 0, 0]);
    let is_plain = rest.len() == acknowledged && is_acknowledgment(0);
    let is_auth = DIGESTS.iter().any(|&digest| {
        rest.len() == digest + REPLAY + acknowledged && is_first(digest) && is_acknowledgment(digest + REPLAY)
    });
    is_plain || is_auth || (rest.len() >= REPLAY + 32 + acknowledged && is_first(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const REPLAYED: [u8; REPLAY] = [0, 0, 0, 1, 0x65, 0, 0, 0];

    fn reset(opcode: u8, rest: &[&[u8]]) -> Vec<u8> {
        [&[opcode << 3], &b"session!"[..], &rest.concat()].concat()
    }

    #[test]
    fn sessions_open_plain_or_protected() {
        let client = reset(7, &[&[0; TAIL]]);
        assert!(is_reset(&client));
        assert!(is_reset(&reset(7, &[&[0xaa; 20], &REPLAYED, &[0; TAIL]])));
        assert!(is_reset(&reset(10, &[&REPLAYED, &[0xaa; 37]])));
        assert!(is_reset(&reset(8, &[&[1, 0, 0, 0, 0], b"client!!", &[0; 4]])));
        assert!(is_reset_stream(&[&[0, 14], &client[..]].concat()));
    }

    #[test]
    fn others_are_refused() {
        assert!(!is_reset(b"80000000000000"));
        assert!(!is_reset(&reset(7, &[&[1; TAIL]])));
        assert!(!is_reset(&[0x38; 60]));
        assert!(!is_reset(&[]));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(reset(7, &[&[0xaa; 20], &REPLAYED, &[0; TAIL]]))) {
            let _ = (is_reset(&bytes), is_reset_stream(&bytes));
        }
    }
}
