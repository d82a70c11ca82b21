//! A capture file inside a TCP stream: `wireshark -k -i -` and its like send one.

/// Whether a stream starts as a pcap or pcapng file does.
#[must_use]
pub fn is_capture(prefix: &[u8]) -> bool {
    match prefix {
        // Microseconds or nanoseconds, either byte order; version 2.4.
        [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, ..] | [0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, ..] => true,
        [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, ..] | [0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, ..] => true,
        // Section header block with its byte-order magic.
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..] => true,
        [0x0a, 0x0d, 0x0d, 0x0a, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_formats_are_told() {
        assert!(is_capture(b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0"));
        assert!(is_capture(b"\xa1\xb2\x3c\x4d\0\x02\0\x04"));
        assert!(is_capture(b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0"));
        assert!(!is_capture(b"\n\r\r\n\x1c\0\0\0GET / HTTP"));
        assert!(!is_capture(b"\xd4\xc3\xb2"));
    }
}
