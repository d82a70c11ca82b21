//! TFTP, RFC 1350: takes a datagram. Only requests and errors are told from other protocols with certainty.

use super::cursor::Cursor;
use super::text::Text;

/// Longest kept file name or error text.
const TEXT_LIMIT: usize = 160;

/// A TFTP packet, RFC 1350 section 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tftp {
    /// Somebody fetches a file.
    Read(Text),
    /// Somebody sends a file.
    Write(Text),
    /// A transfer failed.
    Error {
        /// 1 file not found, 2 access violation ...
        code: u16,
        /// In the server's words.
        message: Text,
    },
}

/// Reads a datagram; `None` for data, acknowledgments and other protocols.
#[must_use]
pub fn read(datagram: &[u8]) -> Option<Tftp> {
    let mut cursor = Cursor::new(datagram);
    match cursor.u16()? {
        1 => file(cursor.rest()).map(Tftp::Read),
        2 => file(cursor.rest()).map(Tftp::Write),
        5 => {
            let code = cursor.u16().filter(|&code| code <= 8)?;
            let message = cursor.rest().strip_suffix(b"\0").filter(|message| is_text(message))?;
            Some(Tftp::Error { code, message: Text::new(message, TEXT_LIMIT) })
        }
        _ => None,
    }
}

/// File name and mode, each ended by NUL; options may follow (RFC 2347).
fn file(bytes: &[u8]) -> Option<Text> {
    let mut strings = bytes.split(|&byte| byte == 0);
    let name = strings.next().filter(|name| !name.is_empty() && is_text(name))?;
    let mode = strings.next()?;
    let is_mode = [&b"octet"[..], b"netascii", b"mail"].iter().any(|known| known.eq_ignore_ascii_case(mode));
    (is_mode && strings.next().is_some()).then(|| Text::new(name, TEXT_LIMIT))
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().any(u8::is_ascii_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const REQUEST: &[u8] = b"\0\x01000940010203.cfg\0Octet\0blksize\x001432\0";

    #[test]
    fn reads_requests_and_errors() {
        assert_eq!(read(REQUEST), Some(Tftp::Read(Text::new(b"000940010203.cfg", 99))));
        let error = read(b"\0\x05\0\x01File not found\0");
        assert_eq!(error, Some(Tftp::Error { code: 1, message: Text::new(b"File not found", 99) }));
    }

    #[test]
    fn others_are_refused() {
        for bytes in [
            &b"\0\x01\0\0\0\0"[..],
            b"\0\x01a\0octet",
            b"\0\x03\0\x01data",
            b"\0\x05\0\x09x\0",
            b"\0\x05\0\x01x",
        ] {
            assert_eq!(read(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(REQUEST)) {
            let _ = read(&bytes);
        }
    }
}
