//! Takes bytes of a text protocol, gives lines, numbers and parameters as slices of them. Never allocates.

use memchr::{memchr, memchr2};

/// One line without its line ending.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) bytes: &'a [u8],
    /// Offset of the byte behind the line ending.
    pub(super) end: usize,
    pub(super) ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    CrLf,
    Lf,
    /// The bytes ended first.
    None,
}

/// The line that starts at `offset`; `None` at the end of the bytes.
pub(super) fn line_at(bytes: &[u8], offset: usize) -> Option<Line<'_>> {
    let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
    let Some(length) = memchr(b'\n', rest) else {
        return Some(Line { bytes: rest, end: bytes.len(), ending: Ending::None });
    };
    let line = rest.get(..length)?;
    let end = offset + length + 1;
    Some(match line.strip_suffix(b"\r") {
        Some(line) => Line { bytes: line, end, ending: Ending::CrLf },
        None => Line { bytes: line, end, ending: Ending::Lf },
    })
}

/// All lines, without their endings.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let line = line_at(bytes, offset)?;
        offset = line.end;
        Some(line.bytes)
    })
}

/// What stands before and behind the first `separator`.
pub(super) fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr(separator, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// The words between blanks.
pub(super) fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// `bytes` without `prefix`, letters of either case being equal.
pub(super) fn strip_prefix<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// A number of decimal digits and nothing else; saturates.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        Some(value.saturating_mul(10).saturating_add(digit))
    })
}

/// As [`number`], for a port.
pub(super) fn port(digits: &[u8]) -> Option<u16> {
    number(digits).and_then(|value| u16::try_from(value).ok())
}

/// RFC 3261 section 25.1 `token`, the same set as RFC 9110 section 5.6.2 but for a few signs.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    const IS_TOKEN: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let marks = b"-.!%*_+`'~#$&^|";
        let mut at = 0;
        while at < marks.len() {
            table[marks[at] as usize] = true;
            at += 1;
        }
        table
    };
    !bytes.is_empty() && bytes.iter().all(|&byte| IS_TOKEN[usize::from(byte)])
}

/// Splits at each `separator` that is outside quotes and angle brackets; parts are trimmed, empty ones left out.
pub(super) fn split_outside_quotes(bytes: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let at = find_outside_quotes(rest, separator).unwrap_or(rest.len());
            let part = rest.get(..at).unwrap_or_default().trim_ascii();
            rest = rest.get(at + 1..).unwrap_or_default();
            if !part.is_empty() {
                return Some(part);
            }
        }
        None
    })
}

/// Position of `wanted` outside quotes and angle brackets.
fn find_outside_quotes(bytes: &[u8], wanted: u8) -> Option<usize> {
    // Mostly nothing is opened before the first one, and then the search need not look at every byte.
    let first = memchr(wanted, bytes)?;
    if memchr2(b'"', b'<', bytes.get(..first)?).is_none() {
        return Some(first);
    }
    let (mut is_quoted, mut is_escaped, mut is_bracketed) = (false, false, false);
    bytes.iter().position(|&byte| {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted {
            is_escaped = byte == b'\\';
            is_quoted = byte != b'"';
        } else if byte == wanted && !is_bracketed {
            return true;
        } else {
            match byte {
                b'"' => is_quoted = true,
                b'<' => is_bracketed = true,
                b'>' => is_bracketed = false,
                _ => {}
            }
        }
        false
    })
}

/// Position of `wanted` outside quotes; an unclosed quote hides nothing.
pub(super) fn find_unquoted(bytes: &[u8], wanted: u8) -> Option<usize> {
    find_outside_quotes(bytes, wanted).or_else(|| memchr(wanted, bytes))
}

/// Value of `name` in `;name=value;flag`; empty for a mere flag. Quotes are taken off.
pub(super) fn parameter<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    parameters(bytes).find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
}

/// Names and values of `;name=value;flag`; the value of a mere flag is empty. Quotes are taken off values.
pub(super) fn parameters(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    split_outside_quotes(bytes, b';').map(|part| {
        let (key, value) = split_once(part, b'=').unwrap_or((part, b""));
        (key.trim_ascii(), unquote(value.trim_ascii()))
    })
}

fn unquote(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\"").map_or(bytes, |inner| inner.strip_suffix(b"\"").unwrap_or(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_only() {
        assert_eq!(number(b"0042"), Some(42));
        assert_eq!(number(b"99999999999999999999999"), Some(u64::MAX));
        assert_eq!([number(b""), number(b"-1"), number(b"1 "), number(b"0x1")], [None; 4]);
        assert_eq!(port(b"65536"), None);
    }

    #[test]
    fn quotes_hide_separators() {
        let parts: Vec<_> = split_outside_quotes(br#""a, \"b" <sip:c,d@e>, f,,"open, g"#, b',').collect();
        assert_eq!(parts, [&br#""a, \"b" <sip:c,d@e>"#[..], b"f", b"\"open, g"]);
    }

    #[test]
    fn parameters_are_found_whatever_their_case() {
        let parameters = b";rport;Branch = \"z9;x\" ;lr";
        assert_eq!(parameter(parameters, b"branch"), Some(&b"z9;x"[..]));
        assert_eq!(parameter(parameters, b"rport"), Some(&b""[..]));
        assert_eq!(parameter(parameters, b"received"), None);
    }

    #[test]
    fn lines_end_either_way() {
        assert_eq!(lines(b"a\r\nb\n\nc").collect::<Vec<_>>(), [&b"a"[..], b"b", b"", b"c"]);
    }
}
