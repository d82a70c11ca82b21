//! Reads in one go what most frames of a telephone system are: Ethernet II with at most one tag of IEEE 802.1Q, IPv4 without
//! options, UDP, whole and with lengths that agree. Whatever differs in anything is left to the walk over the layers, which
//! gives the same for these (`what_is_read_in_one_go_is_what_the_walk_gives`) in three times as many steps.

use std::net::{IpAddr, Ipv4Addr};

use etherparse::{ether_type, ip_number};

use super::tunnel;
use super::value::{Layers, Mac, Packet, Part, Span, Transport, VlanTag};
use crate::capture::{LinkType, Record};

const ETHERNET: LinkType = LinkType(1);
const ETHERNET_HEADER: usize = 14;
const TAG: usize = 4;
const IPV4_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
/// Version 4 and five words.
const NO_OPTIONS: u8 = 0x45;
/// More fragments, or an offset.
const FRAGMENT: u16 = 0x3fff;

/// `None`: the walk has to read it.
#[inline]
pub(super) fn datagram(record: &Record<'_>) -> Option<Packet> {
    if record.link != ETHERNET {
        return None;
    }
    let (stations, behind) = record.data.split_first_chunk::<ETHERNET_HEADER>()?;
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] = *stations;
    let mut vlan = None;
    let mut network = behind;
    let mut ether_type = u16::from_be_bytes([t0, t1]);
    if ether_type == ether_type::VLAN_TAGGED_FRAME.0 {
        let (tag, behind) = behind.split_first_chunk::<TAG>()?;
        let control = u16::from_be_bytes([tag[0], tag[1]]);
        vlan = Some(VlanTag { id: control & 0x0fff, pcp: (control >> 13) as u8 });
        ether_type = u16::from_be_bytes([tag[2], tag[3]]);
        network = behind;
    }
    if ether_type != ether_type::IPV4.0 {
        return None;
    }
    let (header, transport) = network.split_first_chunk::<IPV4_HEADER>()?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let ip_length = u32::from(word(2));
    if header[0] != NO_OPTIONS
        || header[9] != ip_number::UDP.0
        || word(6) & FRAGMENT != 0
        || ip_length as usize > network.len()
    {
        return None;
    }
    let udp = transport.first_chunk::<UDP_HEADER>()?;
    let ports = (u16::from_be_bytes([udp[0], udp[1]]), u16::from_be_bytes([udp[2], udp[3]]));
    let udp_length = u32::from(u16::from_be_bytes([udp[4], udp[5]]));
    if udp_length < UDP_HEADER as u32
        || udp_length.saturating_add(IPV4_HEADER as u32) > ip_length
        || tunnel::has_tunnel_port(ports)
    {
        return None;
    }
    let before = record.data.len() - network.len() + IPV4_HEADER + UDP_HEADER;
    let length = udp_length - UDP_HEADER as u32;
    let payload = Span { start: record.offset.saturating_add(before as u32), captured: length, wire: length };
    Some(Packet {
        time: record.time,
        index: record.index as u32,
        interface: record.interface as u16,
        source: IpAddr::V4(Ipv4Addr::new(header[12], header[13], header[14], header[15])),
        destination: IpAddr::V4(Ipv4Addr::new(header[16], header[17], header[18], header[19])),
        source_port: ports.0,
        destination_port: ports.1,
        transport: Transport::Udp,
        dscp: header[1] >> 2,
        ecn: header[1] & 3,
        ttl: header[8],
        identification: word(4),
        vlan,
        outer_vlan: None,
        source_mac: Some(Mac([s0, s1, s2, s3, s4, s5])),
        destination_mac: Some(Mac([d0, d1, d2, d3, d4, d5])),
        layers: if vlan.is_some() { Layers::VLAN } else { Layers::default() },
        part: Part::Whole,
        ip_length,
        payload,
    })
}
