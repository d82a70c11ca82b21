//! Syslog, RFC 3164 and RFC 5424: takes a datagram. The message itself is not kept.

use super::ascii::{number, split_once};

/// Priority of a syslog message: facility times 8 plus severity, 0 to 191; `None` if the datagram is none.
#[must_use]
pub fn priority(datagram: &[u8]) -> Option<u8> {
    let (digits, text) = split_once(datagram.strip_prefix(b"<")?, b'>')?;
    let is_written_once = digits.len() == 1 || (digits.len() <= 3 && !digits.starts_with(b"0"));
    let priority = number(digits).filter(|&priority| priority < 192 && is_written_once)?;
    let is_text = text.iter().take(16).all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace());
    (is_text && !text.is_empty()).then_some(priority as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    #[test]
    fn priorities_are_small_numbers_before_text() {
        assert_eq!(priority(b"<34>Oct 11 22:14:15 pbx su: failed"), Some(34));
        assert_eq!(priority(b"<165>1 2003-10-11T22:14:15.003Z pbx - - -"), Some(165));
        for bytes in [&b"<192>x"[..], b"<034>x", b"<>x", b"<34>", b"<34>\x01\x02", b"<?xml>", b"34>x"] {
            assert_eq!(priority(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(b"<165>1 2003-10-11T22:14:15.003Z pbx - - -")) {
            let _ = priority(&bytes);
        }
    }
}
