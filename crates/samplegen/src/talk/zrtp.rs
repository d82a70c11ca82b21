//! ZRTP, RFC 6189 section 5: packets of a key agreement whose content is noise.

/// A packet with a message of `kind`, eight characters, and a body of whole words.
#[must_use]
pub fn packet(sequence: u16, ssrc: u32, kind: &[u8; 8], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x10, 0];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(b"ZRTP");
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend([0x50, 0x5a]);
    bytes.extend((3 + body.len() as u16 / 4).to_be_bytes());
    bytes.extend(kind);
    bytes.extend(body);
    let checksum = crc32c(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// RFC 4960 appendix B, which section 5 refers to.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82f6_3b78 & (0u32.wrapping_sub(crc & 1)));
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_castagnoli_s() {
        assert_eq!(super::crc32c(b"123456789"), 0xe306_9283);
    }
}
