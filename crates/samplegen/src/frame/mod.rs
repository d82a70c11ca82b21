//! Builds frames byte by byte, with every length and checksum right. Knows no protocol above TCP and UDP.

mod ip;
mod transport;

pub use ip::{Ip, fragments, ip, ip_protocol};
pub use transport::{Segment, flag, icmp_echo, icmp_unreachable, tcp, udp};

/// EtherTypes, IEEE 802 numbers.
pub mod ethertype {
    /// RFC 791.
    pub const IPV4: u16 = 0x0800;
    /// RFC 826.
    pub const ARP: u16 = 0x0806;
    /// IEEE 802.1Q.
    pub const VLAN: u16 = 0x8100;
    /// IEEE 802.1ad, the outer tag of Q-in-Q.
    pub const SERVICE_VLAN: u16 = 0x88a8;
    /// IEEE 802.1AB.
    pub const LLDP: u16 = 0x88cc;
    /// RFC 8200.
    pub const IPV6: u16 = 0x86dd;
    /// RFC 3032.
    pub const MPLS: u16 = 0x8847;
    /// RFC 2516, session stage.
    pub const PPPOE_SESSION: u16 = 0x8864;
}

/// A hardware address.
pub type Mac = [u8; 6];

/// The Ethernet broadcast address.
pub const BROADCAST: Mac = [0xff; 6];

/// An IEEE 802.1Q tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// VLAN identifier, 12 bits.
    pub vlan: u16,
    /// Priority code point, 0 to 7.
    pub pcp: u8,
}

/// An Ethernet II frame without FCS, padded to the 60 bytes that Ethernet demands.
///
/// With two or more tags the outer ones are service tags, IEEE 802.1ad.
#[must_use]
pub fn ethernet(destination: Mac, source: Mac, tags: &[Tag], kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(60.max(18 + payload.len()));
    frame.extend(destination);
    frame.extend(source);
    for (position, tag) in tags.iter().enumerate() {
        let last = position + 1 == tags.len();
        let protocol = if last { ethertype::VLAN } else { ethertype::SERVICE_VLAN };
        frame.extend(protocol.to_be_bytes());
        frame.extend((u16::from(tag.pcp) << 13 | tag.vlan & 0x0fff).to_be_bytes());
    }
    frame.extend(kind.to_be_bytes());
    frame.extend(payload);
    frame.resize(frame.len().max(60), 0);
    frame
}

/// The EtherType that carries `packet`, told by its IP version.
#[must_use]
pub fn ethertype_of(packet: &[u8]) -> u16 {
    match packet.first() {
        Some(first) if first >> 4 == 6 => ethertype::IPV6,
        _ => ethertype::IPV4,
    }
}

/// An ARP packet for IPv4 over Ethernet, RFC 826. `operation` 1 asks, 2 answers.
#[must_use]
pub fn arp(operation: u16, sender: (Mac, [u8; 4]), target: (Mac, [u8; 4])) -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4];
    packet.extend(operation.to_be_bytes());
    packet.extend(sender.0);
    packet.extend(sender.1);
    packet.extend(target.0);
    packet.extend(target.1);
    packet
}

/// The Internet checksum over `parts` laid end to end, RFC 1071. Every part but the last has an even length.
#[must_use]
pub fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for word in parts.iter().flat_map(|part| part.chunks(2)) {
        sum += match *word {
            [high, low] => u32::from(u16::from_be_bytes([high, low])),
            [high] => u32::from(high) << 8,
            _ => 0,
        };
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_its_checksum_sums_to_zero() {
        let header = Ip::new("192.168.10.2".parse().unwrap(), "192.168.10.21".parse().unwrap());
        assert_eq!(checksum(&[&ip(&header, ip_protocol::UDP, &[1, 2, 3])[..20]]), 0);
    }

    #[test]
    fn outer_tags_are_service_tags() {
        let tags = [Tag { vlan: 7, pcp: 1 }, Tag { vlan: 20, pcp: 5 }];
        let frame = ethernet(BROADCAST, [2; 6], &tags, ethertype::IPV4, &[]);
        assert_eq!(frame[12..22], [0x88, 0xa8, 0x20, 0x07, 0x81, 0x00, 0xa0, 0x14, 0x08, 0x00]);
        assert_eq!(frame.len(), 60);
    }
}
