//! NTP and SNTP, RFC 5905: takes a datagram.

use super::cursor::Cursor;

/// Bytes of a packet without extensions.
const LENGTH: usize = 48;
/// Mode of who asks a server.
pub const CLIENT: u8 = 3;
/// Mode of its answer.
pub const SERVER: u8 = 4;

/// An NTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ntp {
    /// Version, 1 to 4.
    pub version: u8,
    /// 1 and 2 symmetric, 3 client, 4 server, 5 broadcast.
    pub mode: u8,
    /// 0 kiss-o'-death (or a client that does not tell), 1 primary, 16 not synchronised.
    pub stratum: u8,
    /// Time stamp that the server answers: transmit in a request, origin in the answer to it.
    pub matching: u64,
}

/// Reads a packet; `None` unless every field is plausible.
#[must_use]
pub fn read(datagram: &[u8]) -> Option<Ntp> {
    let mut cursor = Cursor::new(datagram);
    let [flags, stratum, poll, precision] = cursor.array()?;
    let (leap, version, mode) = (flags >> 6, flags >> 3 & 0x07, flags & 0x07);
    let [root_delay, root_dispersion, _reference] = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
    let [_reference_time, origin, _receive, transmit] = {
        let mut time = || cursor.array().map(u64::from_be_bytes);
        [time()?, time()?, time()?, time()?]
    };
    // Leap indicator 2 is the version of RTP, and a second has never been taken away.
    let is_header = leap != 2 && (1..=4).contains(&version) && (1..=5).contains(&mode) && stratum <= 16;
    // Exponents of two seconds.
    let is_clock = poll.cast_signed() <= 17 && (-32..=0).contains(&precision.cast_signed());
    // Both in units of 2^-16 s: half a minute is far beyond any clock in use.
    let is_near = root_delay.cast_signed().unsigned_abs() < 32 << 16 && root_dispersion < 32 << 16;
    // Extensions and authentication come in words.
    let is_length = datagram.len() >= LENGTH && datagram.len().is_multiple_of(4);
    let matching = if mode == SERVER { origin } else { transmit };
    (is_header && is_clock && is_near && is_length).then_some(Ntp { version, mode, stratum, matching })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    fn packet(flags: u8, stratum: u8) -> [u8; LENGTH] {
        let mut packet = [0; LENGTH];
        packet[..4].copy_from_slice(&[flags, stratum, 6, 0xe9]);
        packet[24..32].copy_from_slice(&[0xe9; 8]);
        packet[40..].copy_from_slice(&[0xea; 8]);
        packet
    }

    #[test]
    fn question_and_answer_match() {
        let request = read(&packet(0x23, 0)).unwrap();
        assert_eq!((request.version, request.mode, request.matching), (4, 3, u64::from_be_bytes([0xea; 8])));
        let answer = read(&packet(0x24, 2)).unwrap();
        assert_eq!((answer.mode, answer.stratum, answer.matching), (4, 2, u64::from_be_bytes([0xe9; 8])));
    }

    #[test]
    fn implausible_packets_are_refused() {
        for (flags, stratum) in [(0x80, 0), (0x91, 8), (0x23, 17), (0x26, 1), (0x3b, 1)] {
            assert_eq!(read(&packet(flags, stratum)), None, "{flags:#x}");
        }
        let packet = packet(0x23, 0);
        assert!((0..LENGTH).all(|length| read(&packet[..length]).is_none()));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(packet(0x24, 2))) {
            let _ = read(&bytes);
        }
    }
}
