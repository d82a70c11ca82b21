//! IPv4 and IPv6 packets and their fragments, RFC 791 and 8200.

use std::net::IpAddr;

use super::checksum;

/// IP protocol numbers.
pub mod ip_protocol {
    /// RFC 792.
    pub const ICMP: u8 = 1;
    /// RFC 2003.
    pub const IPV4: u8 = 4;
    /// RFC 9293.
    pub const TCP: u8 = 6;
    /// RFC 768.
    pub const UDP: u8 = 17;
    /// RFC 4213.
    pub const IPV6: u8 = 41;
    /// RFC 8200 section 4.5.
    pub const FRAGMENT: u8 = 44;
    /// RFC 2784.
    pub const GRE: u8 = 47;
    /// RFC 4443.
    pub const ICMPV6: u8 = 58;
}

/// What an IP header says, apart from the protocol and the lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip {
    /// Sender.
    pub source: IpAddr,
    /// Receiver; of the sender's family.
    pub destination: IpAddr,
    /// Differentiated services code point, RFC 2474, 0 to 63.
    pub dscp: u8,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// Identification; without meaning in an IPv6 packet that is no fragment.
    pub id: u16,
}

impl Ip {
    /// Unmarked, with 64 hops to live.
    #[must_use]
    pub fn new(source: IpAddr, destination: IpAddr) -> Self {
        Self { source, destination, dscp: 0, ttl: 64, id: 0 }
    }
}

/// A whole IP packet of the family of `header.source`.
#[must_use]
pub fn ip(header: &Ip, protocol: u8, payload: &[u8]) -> Vec<u8> {
    packet(header, protocol, payload, None)
}

/// The same packet in pieces of at most `size` payload bytes (a multiple of 8).
#[must_use]
pub fn fragments(header: &Ip, protocol: u8, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let size = size.max(8) & !7;
    let last = payload.len().div_ceil(size).saturating_sub(1);
    let piece = |(index, part): (usize, &[u8])| {
        let place = Place { offset: (index * size) as u16, more: index < last };
        packet(header, protocol, part, Some(place))
    };
    payload.chunks(size).enumerate().map(piece).collect()
}

/// Where a fragment belongs in the payload.
#[derive(Clone, Copy)]
struct Place {
    offset: u16,
    more: bool,
}

fn packet(header: &Ip, protocol: u8, payload: &[u8], place: Option<Place>) -> Vec<u8> {
    match (header.source, header.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            // Whole packets carry DF, as every stack of today sends them.
            let flags = place.map_or(0x4000, |place| (place.offset / 8) | (u16::from(place.more) << 13));
            let mut bytes = vec![0x45, header.dscp << 2];
            bytes.extend((20 + payload.len() as u16).to_be_bytes());
            bytes.extend(header.id.to_be_bytes());
            bytes.extend(flags.to_be_bytes());
            bytes.extend([header.ttl, protocol, 0, 0]);
            bytes.extend(source.octets());
            bytes.extend(destination.octets());
            let sum = checksum(&[&bytes]).to_be_bytes();
            bytes[10..12].copy_from_slice(&sum);
            bytes.extend(payload);
            bytes
        }
        (source, destination) => {
            let extension = place.map(|place| fragment_header(header, protocol, place));
            let length = payload.len() + extension.map_or(0, |bytes| bytes.len());
            let mut bytes = (0x6000_0000 | u32::from(header.dscp) << 22).to_be_bytes().to_vec();
            bytes.extend((length as u16).to_be_bytes());
            bytes.extend([extension.map_or(protocol, |_| ip_protocol::FRAGMENT), header.ttl]);
            bytes.extend(octets6(source));
            bytes.extend(octets6(destination));
            bytes.extend(extension.into_iter().flatten());
            bytes.extend(payload);
            bytes
        }
    }
}

fn fragment_header(header: &Ip, protocol: u8, place: Place) -> [u8; 8] {
    let [high, low] = (place.offset | u16::from(place.more)).to_be_bytes();
    let [id_high, id_low] = header.id.to_be_bytes();
    [protocol, 0, high, low, 0, 0, id_high, id_low]
}

fn octets6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_cover_the_payload_once() {
        let header = Ip::new("192.168.10.2".parse().unwrap(), "192.168.10.21".parse().unwrap());
        let payload: Vec<u8> = (0..=255).cycle().take(3000).collect();
        let pieces = fragments(&header, ip_protocol::UDP, &payload, 1480);
        let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece[20..].to_vec()).collect();
        assert_eq!(joined, payload);
        let fields: Vec<u16> = pieces.iter().map(|piece| u16::from_be_bytes([piece[6], piece[7]])).collect();
        assert_eq!(fields, [0x2000, 0x2000 | 185, 370]);
    }
}
