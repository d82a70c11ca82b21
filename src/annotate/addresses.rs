//! Puts other addresses into the headers of a record, and the checksums right: by what has changed (RFC 1624), so that one
//! that was wrong before stays wrong.

use std::net::IpAddr;

use crate::capture::Record;
use crate::decode::{Decoded, LinkMessage, decode, ip_headers};

use super::ETHERTYPE_ARP;

const UDP: u8 = 17;
const TCP: u8 = 6;
const ICMPV6: u8 = 58;
/// Pads options of IPv4 and TCP.
const NO_OPERATION: u8 = 1;
/// IPv6 extension headers that may stand before the transport, RFC 8200 section 4: hop-by-hop, routing, destination.
const EXTENSIONS: [u8; 3] = [0, 43, 60];
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
/// Options of TCP that hold no address: end, padding, segment size, window, acknowledgments, time.
const PLAIN_OPTIONS: [u8; 7] = [0, NO_OPERATION, 2, 3, 4, 5, 8];
const MOST_EXTENSIONS: usize = 12;

/// Replaces what `pseudonym` knows another address for in `kept`, the beginning of the record.
pub(super) fn replace(record: &Record<'_>, kept: &mut [u8], pseudonym: &dyn Fn(IpAddr) -> IpAddr) {
    for place in ip_headers(record) {
        let start = place.saturating_sub(record.offset) as usize;
        let Some(packet) = kept.get_mut(start..).filter(|packet| !packet.is_empty()) else { continue };
        let done = match packet.first().map(|byte| byte >> 4) {
            Some(4) => ipv4(packet, pseudonym),
            _ => ipv6(packet, pseudonym),
        };
        if done.is_none() {
            // Cut within the addresses.
            packet.fill(0);
        }
    }
    if let Decoded::Link(LinkMessage { protocol: ETHERTYPE_ARP, payload, .. }) = decode(record) {
        let start = payload.start.saturating_sub(record.offset) as usize;
        for at in [14, 24] {
            let end = (start + at + 4).min(kept.len());
            let Some(octets) = kept.get_mut(start + at..end) else { continue };
            match <[u8; 4]>::try_from(&*octets) {
                Ok(old) => octets.copy_from_slice(&bytes::<4>(pseudonym(IpAddr::from(old)))),
                Err(_) => octets.fill(0),
            }
        }
    }
}

/// `None` if the header is cut.
fn ipv4(packet: &mut [u8], pseudonym: &dyn Fn(IpAddr) -> IpAddr) -> Option<()> {
    let length = usize::from(packet.first()? & 0x0f) * 4;
    if packet.len() < length.max(20) {
        return None;
    }
    let old: Vec<u8> = packet.get(12..length.max(20))?.to_vec();
    for at in [12, 16] {
        let octets: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
        packet.get_mut(at..at + 4)?.copy_from_slice(&bytes::<4>(pseudonym(IpAddr::from(octets))));
    }
    // Options record routes.
    packet.get_mut(20..length.max(20))?.fill(NO_OPERATION);
    let new: Vec<u8> = packet.get(12..length.max(20))?.to_vec();
    adjust(packet, 10, &old, &new);
    let is_first = u16::from_be_bytes([*packet.get(6)?, *packet.get(7)?]) & 0x1fff == 0;
    let protocol = *packet.get(9)?;
    if is_first {
        transport(packet.get_mut(length.max(20)..)?, protocol, old.get(..8)?, new.get(..8)?);
    }
    Some(())
}

/// `None` if the header is cut.
fn ipv6(packet: &mut [u8], pseudonym: &dyn Fn(IpAddr) -> IpAddr) -> Option<()> {
    let old: [u8; 32] = packet.get(8..40)?.try_into().ok()?;
    for at in [8, 24] {
        let octets: [u8; 16] = packet.get(at..at + 16)?.try_into().ok()?;
        packet.get_mut(at..at + 16)?.copy_from_slice(&bytes::<16>(pseudonym(IpAddr::from(octets))));
    }
    let new: [u8; 32] = packet.get(8..40)?.try_into().ok()?;
    let (mut kind, mut at) = (*packet.get(6)?, 40);
    for _ in 0..MOST_EXTENSIONS {
        let Some(&next) = packet.get(at) else { return Some(()) };
        let length = match kind {
            FRAGMENT if packet.get(at + 2).is_none_or(|high| *high != 0) => return Some(()),
            FRAGMENT => 8,
            kind if EXTENSIONS.contains(&kind) => {
                let Some(&units) = packet.get(at + 1) else { return Some(()) };
                let length = (usize::from(units) + 1) * 8;
                if kind == ROUTING {
                    let end = (at + length).min(packet.len());
                    packet.get_mut(at + 4..end)?.fill(0);
                }
                length
            }
            _ => break,
        };
        (kind, at) = (next, at + length);
    }
    if let Some(segment) = packet.get_mut(at..) {
        transport(segment, kind, &old, &new);
    }
    Some(())
}

/// The addresses are part of the checksum of what they carry, RFC 768 and 9293 section 3.1, RFC 8200 section 8.1.
fn transport(segment: &mut [u8], protocol: u8, old: &[u8], new: &[u8]) {
    match protocol {
        // No checksum.
        UDP if segment.get(6..8) == Some(&[0, 0]) => {}
        UDP => {
            adjust(segment, 6, old, new);
            if let Some(sum) = segment.get_mut(6..8).filter(|sum| **sum == [0, 0]) {
                sum.fill(0xff);
            }
        }
        TCP => {
            adjust(segment, 16, old, new);
            options(segment);
        }
        ICMPV6 if old.len() == 32 => adjust(segment, 2, old, new),
        _ => {}
    }
}

/// Pads what may hold addresses: those of other ways (RFC 8684 section 3.4.1), that of a client behind a proxy.
fn options(segment: &mut [u8]) {
    let end = segment.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4).min(segment.len());
    let old = segment.get(20..end).unwrap_or_default().to_vec();
    let mut at = 20;
    while at < end {
        let (kind, stated) =
            (segment.get(at).copied().unwrap_or(0), segment.get(at + 1).copied().unwrap_or(0));
        let length = if kind <= NO_OPERATION { 1 } else { usize::from(stated).max(2) };
        if !PLAIN_OPTIONS.contains(&kind)
            && let Some(option) = segment.get_mut(at..(at + length).min(end))
        {
            option.fill(NO_OPERATION);
        }
        at += length;
    }
    let new = segment.get(20..end).unwrap_or_default().to_vec();
    adjust(segment, 16, &old, &new);
}

/// RFC 1624 section 3: HC' = ~(~HC + ~m + m'). Both begin at an even place and are as long.
fn adjust(bytes: &mut [u8], at: usize, old: &[u8], new: &[u8]) {
    let Some(&[high, low]) = bytes.get(at..at + 2) else { return };
    if old == new {
        return;
    }
    let word = |pair: &[u8]| {
        let low = pair.get(1).copied().unwrap_or(0);
        u64::from(pair.first().copied().unwrap_or(0)) << 8 | u64::from(low)
    };
    let mut sum = u64::from(!u16::from_be_bytes([high, low]));
    sum += old.chunks(2).map(|pair| 0xffff - word(pair)).sum::<u64>();
    sum += new.chunks(2).map(word).sum::<u64>();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if let Some(place) = bytes.get_mut(at..at + 2) {
        place.copy_from_slice(&(!(sum as u16)).to_be_bytes());
    }
}

/// As many as the address has; a pseudonym is of the family of what it stands for.
fn bytes<const N: usize>(address: IpAddr) -> [u8; N] {
    let all = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    all.try_into().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use samplegen::frame::{Ip, Segment, checksum, ethernet, ethertype, flag, ip, ip_protocol, tcp, udp};

    use super::*;
    use crate::capture::{LinkType, Timestamp};

    fn replaced(data: &[u8], pseudonym: &dyn Fn(IpAddr) -> IpAddr) -> Vec<u8> {
        let record = Record {
            index: 0,
            time: Timestamp(0),
            interface: 0,
            link: LinkType(1),
            original_length: data.len() as u32,
            data,
            offset: 0,
        };
        let mut kept = data.to_vec();
        replace(&record, &mut kept, pseudonym);
        kept
    }

    fn other(address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(v4) => IpAddr::from([198, 18, v4.octets()[1], v4.octets()[3]]),
            IpAddr::V6(v6) => {
                let mut octets = v6.octets();
                octets[..4].copy_from_slice(&[0x20, 1, 0xd, 0xb8]);
                octets[9] ^= 0x5a;
                IpAddr::from(octets)
            }
        }
    }

    /// As if the packet had been sent with other addresses.
    #[test]
    fn the_result_is_what_the_sender_would_have_written() {
        let pairs = [("203.0.113.10", "192.168.10.2"), ("2001:67c::1", "fe80::abcd")];
        for (source, destination) in pairs.map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap())) {
            let ends = |port| [source, destination].map(|address| std::net::SocketAddr::new(address, port));
            for number in 0..2000_u16 {
                let build = |of: &dyn Fn(IpAddr) -> IpAddr| {
                    let [from, to] =
                        ends(number).map(|end| std::net::SocketAddr::new(of(end.ip()), end.port()));
                    let header = Ip { id: number, ..Ip::new(from.ip(), to.ip()) };
                    let kind = if from.is_ipv4() { ethertype::IPV4 } else { ethertype::IPV6 };
                    let segment = Segment { sequence: 1, acknowledgment: 2, flags: flag::ACK };
                    let packets = [
                        ip(&header, ip_protocol::UDP, &udp(from, to, &number.to_be_bytes())),
                        ip(&header, ip_protocol::TCP, &tcp(from, to, &segment, &number.to_be_bytes())),
                    ];
                    packets.map(|packet| ethernet([2; 6], [4; 6], &[], kind, &packet))
                };
                for (before, after) in build(&|address| address).into_iter().zip(build(&other)) {
                    assert_eq!(replaced(&before, &other), after, "{source} {number}");
                }
            }
        }
    }

    #[test]
    fn options_that_may_hold_addresses_are_padded() {
        let mut packet = ip(&Ip::new("203.0.113.10".parse().unwrap(), "10.0.0.1".parse().unwrap()), 17, &[]);
        packet[0] = 0x46;
        packet.splice(20..20, [7, 4, 203, 0]);
        packet[3] = 24;
        packet[10..12].fill(0);
        let sum = checksum(&[&packet]);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        let frame = replaced(&ethernet([2; 6], [4; 6], &[], ethertype::IPV4, &packet), &other);
        assert_eq!(frame[34..38], [NO_OPERATION; 4]);
        assert_eq!(checksum(&[&frame[14..38]]), 0);
        let mut segment = [0; 24];
        segment[12] = 6 << 4;
        segment[20..].copy_from_slice(&[30, 4, 203, 0]);
        transport(&mut segment, TCP, &[0; 8], &[0; 8]);
        assert_eq!(segment[20..], [NO_OPERATION; 4]);
    }

    #[test]
    fn what_is_cut_within_the_addresses_leaves_nothing_of_them() {
        let whole =
            ip(&Ip::new("203.0.113.10".parse().unwrap(), "203.0.113.20".parse().unwrap()), 17, &[0; 40]);
        let frame = ethernet([2; 6], [4; 6], &[], ethertype::IPV4, &whole);
        for length in 0..frame.len() {
            let kept = replaced(&frame[..length], &other);
            assert!(!kept.windows(3).any(|octets| octets == [203, 0, 113]), "{length}: {kept:02x?}");
        }
    }

    #[test]
    fn every_header_of_a_tunnel_is_reached() {
        let inner =
            ip(&Ip::new("203.0.113.1".parse().unwrap(), "203.0.113.2".parse().unwrap()), 17, &[0; 12]);
        let outer = ip(&Ip::new("203.0.113.3".parse().unwrap(), "203.0.113.4".parse().unwrap()), 4, &inner);
        let kept = replaced(&ethernet([2; 6], [4; 6], &[], ethertype::IPV4, &outer), &other);
        assert_eq!(kept.windows(2).filter(|octets| *octets == [198, 18]).count(), 4);
        assert!(!kept.windows(3).any(|octets| octets == [203, 0, 113]));
    }
}
