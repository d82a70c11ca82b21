//! Puts an Ethernet capture into another link layer or tunnel, so that one scenario can be read in all of them.
//!
//! Frames without IP (ARP) cannot be carried by layers that only know IP and are left out there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::capture::{Capture, LINK_ETHERNET, Record};
use crate::frame::{self, Ip, Mac, Tag, ethertype, ip_protocol};

/// Into what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// `LINKTYPE_LINUX_SLL`, as tcpdump writes for the device "any".
    LinuxCooked,
    /// `LINKTYPE_LINUX_SLL2`, its successor.
    LinuxCooked2,
    /// `LINKTYPE_RAW`: bare IP.
    RawIp,
    /// `LINKTYPE_NULL`: address family in the capturing host's order, here little-endian.
    Null,
    /// `LINKTYPE_LOOP`: the same in network order.
    Loop,
    /// `LINKTYPE_PPP` with address and control bytes.
    Ppp,
    /// PPPoE session frames on Ethernet, RFC 2516.
    Pppoe,
    /// One more VLAN tag with this identifier and priority, outside those that are there.
    Vlan(Tag),
    /// Two tags, the outer one a service tag.
    QinQ(Tag, Tag),
    /// Two MPLS labels in front of the IP packet, RFC 3032.
    Mpls,
    /// IP in GRE, RFC 2784.
    Gre,
    /// ERSPAN type I: GRE without sequence number and no header of its own.
    Erspan1,
    /// ERSPAN type II.
    Erspan2,
    /// ERSPAN type III.
    Erspan3,
    /// VXLAN, RFC 7348.
    Vxlan,
    /// IP in IP, RFC 2003 and 4213.
    IpInIp,
    /// Only the first so many bytes of each frame are kept.
    Snap(u32),
}

impl Wrap {
    /// Every kind, each with an ordinary setting.
    pub const ALL: [Self; 17] = [
        Self::LinuxCooked,
        Self::LinuxCooked2,
        Self::RawIp,
        Self::Null,
        Self::Loop,
        Self::Ppp,
        Self::Pppoe,
        Self::Vlan(Tag { vlan: 10, pcp: 0 }),
        Self::QinQ(Tag { vlan: 7, pcp: 0 }, Tag { vlan: 10, pcp: 0 }),
        Self::Mpls,
        Self::Gre,
        Self::Erspan1,
        Self::Erspan2,
        Self::Erspan3,
        Self::Vxlan,
        Self::IpInIp,
        Self::Snap(128),
    ];
}

/// The capture as it would have been recorded there. `capture` must hold Ethernet frames.
#[must_use]
pub fn wrap(capture: &Capture, how: Wrap) -> Capture {
    let (link, snap) = match how {
        Wrap::LinuxCooked => (113, capture.snap),
        Wrap::LinuxCooked2 => (276, capture.snap),
        Wrap::RawIp => (101, capture.snap),
        Wrap::Null => (0, capture.snap),
        Wrap::Loop => (108, capture.snap),
        Wrap::Ppp => (9, capture.snap),
        Wrap::Snap(length) => (LINK_ETHERNET, length),
        _ => (LINK_ETHERNET, capture.snap),
    };
    let rewrapped = |record: &Record| match how {
        Wrap::Snap(length) => {
            let kept = record.data.iter().copied().take(length as usize).collect();
            Some(Record { data: kept, ..*record })
        }
        _ => Parts::of(&record.data)
            .and_then(|parts| rewrap(&parts, how))
            .map(|data| Record::whole(record.time, data)),
    };
    Capture { link, snap, records: capture.records.iter().filter_map(rewrapped).collect() }
}

/// An Ethernet frame taken apart.
struct Parts<'a> {
    whole: &'a [u8],
    destination: Mac,
    source: Mac,
    tags: Vec<Tag>,
    kind: u16,
    /// What the EtherType announces, without Ethernet's padding.
    payload: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(frame: &'a [u8]) -> Option<Self> {
        let destination = *frame.first_chunk()?;
        let source = *frame.get(6..)?.first_chunk()?;
        let mut tags = Vec::new();
        let mut rest = frame.get(12..)?;
        let kind = loop {
            let (kind, behind) = rest.split_first_chunk()?;
            let kind = u16::from_be_bytes(*kind);
            if kind != ethertype::VLAN && kind != ethertype::SERVICE_VLAN {
                rest = behind;
                break kind;
            }
            let (control, behind) = behind.split_first_chunk()?;
            let control = u16::from_be_bytes(*control);
            tags.push(Tag { vlan: control & 0x0fff, pcp: (control >> 13) as u8 });
            rest = behind;
        };
        let length = match kind {
            ethertype::IPV4 => u16::from_be_bytes(*rest.get(2..)?.first_chunk()?).into(),
            ethertype::IPV6 => 40 + usize::from(u16::from_be_bytes(*rest.get(4..)?.first_chunk()?)),
            _ => rest.len(),
        };
        Some(Self {
            whole: frame,
            destination,
            source,
            tags,
            kind,
            payload: rest.get(..length).unwrap_or(rest),
        })
    }

    fn is_ip(&self) -> bool {
        matches!(self.kind, ethertype::IPV4 | ethertype::IPV6)
    }

    /// The same frame around another payload.
    fn around(&self, kind: u16, payload: &[u8]) -> Vec<u8> {
        frame::ethernet(self.destination, self.source, &self.tags, kind, payload)
    }

    fn retagged(&self, outer: &[Tag]) -> Vec<u8> {
        let tags: Vec<Tag> = outer.iter().chain(&self.tags).copied().collect();
        frame::ethernet(self.destination, self.source, &tags, self.kind, self.payload)
    }
}

fn rewrap(parts: &Parts<'_>, how: Wrap) -> Option<Vec<u8>> {
    let v6 = parts.kind == ethertype::IPV6;
    // Tunnels of frames carry any frame, tagged ones carry their tags along; all others need bare IP.
    match how {
        Wrap::Vlan(tag) => return Some(parts.retagged(&[tag])),
        Wrap::QinQ(outer, inner) => return Some(parts.retagged(&[outer, inner])),
        Wrap::Erspan1 => return Some(tunnel(ip_protocol::GRE, &[&[0, 0, 0x88, 0xbe], parts.whole])),
        Wrap::Erspan2 => return Some(tunnel(ip_protocol::GRE, &[&ERSPAN_2, parts.whole])),
        Wrap::Erspan3 => return Some(tunnel(ip_protocol::GRE, &[&ERSPAN_3, parts.whole])),
        Wrap::Vxlan => return Some(vxlan(parts.whole)),
        Wrap::LinuxCooked => return Some(cooked(parts)),
        Wrap::LinuxCooked2 => return Some(cooked2(parts)),
        _ if !parts.is_ip() => return None,
        _ => {}
    }
    let family: u32 = if v6 { 30 } else { 2 };
    let ppp_protocol: [u8; 2] = if v6 { [0x00, 0x57] } else { [0x00, 0x21] };
    Some(match how {
        Wrap::Null => [&family.to_le_bytes(), parts.payload].concat(),
        Wrap::Loop => [&family.to_be_bytes(), parts.payload].concat(),
        Wrap::Ppp => [&[0xff, 0x03], &ppp_protocol[..], parts.payload].concat(),
        Wrap::Pppoe => {
            let length = (parts.payload.len() as u16 + 2).to_be_bytes();
            let session = [&[0x11, 0x00, 0x00, 0x2a][..], &length, &ppp_protocol, parts.payload].concat();
            parts.around(ethertype::PPPOE_SESSION, &session)
        }
        Wrap::Mpls => {
            let labels = [0x00, 0x01, 0x00, 0x40, 0x00, 0x02, 0x01, 0x40];
            parts.around(ethertype::MPLS, &[&labels, parts.payload].concat())
        }
        Wrap::Gre => tunnel(ip_protocol::GRE, &[&[0, 0], &parts.kind.to_be_bytes(), parts.payload]),
        Wrap::IpInIp => {
            let protocol = if v6 { ip_protocol::IPV6 } else { ip_protocol::IPV4 };
            tunnel(protocol, &[parts.payload])
        }
        _ => parts.payload.to_vec(),
    })
}

/// GRE with sequence number 1 and an ERSPAN II header: version 1, VLAN 0, session 1 (draft-foschiano-erspan).
const ERSPAN_2: [u8; 16] = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 1, 0, 0, 0, 0];
/// GRE with sequence number 1 and an ERSPAN III header of 12 bytes without the optional part.
const ERSPAN_3: [u8; 20] = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

const SWITCH: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 99, 0, 1));
const COLLECTOR: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 99, 0, 2));

fn tunnel(protocol: u8, parts: &[&[u8]]) -> Vec<u8> {
    let packet = frame::ip(&Ip::new(SWITCH, COLLECTOR), protocol, &parts.concat());
    frame::ethernet([0x02, 0, 0, 0, 0, 2], [0x02, 0, 0, 0, 0, 1], &[], ethertype::IPV4, &packet)
}

fn vxlan(inner: &[u8]) -> Vec<u8> {
    let header = [0x08, 0, 0, 0, 0, 0, 42, 0];
    let (from, to) = (SocketAddr::new(SWITCH, 50_001), SocketAddr::new(COLLECTOR, 4789));
    tunnel(ip_protocol::UDP, &[&frame::udp(from, to, &[&header, inner].concat())])
}

/// `sll_addr` of 6 bytes in a field of 8; the packet type says "sent to another host".
fn cooked(parts: &Parts<'_>) -> Vec<u8> {
    let (kind, body) = behind_cooked(parts);
    [&[0, 3, 0, 1, 0, 6][..], &parts.source, &[0, 0], &kind.to_be_bytes(), &body].concat()
}

fn cooked2(parts: &Parts<'_>) -> Vec<u8> {
    let (kind, body) = behind_cooked(parts);
    [&kind.to_be_bytes()[..], &[0, 0], &2_u32.to_be_bytes(), &[0, 1, 3, 6], &parts.source, &[0, 0], &body]
        .concat()
}

/// Cooked frames keep VLAN tags between their header and the packet.
fn behind_cooked(parts: &Parts<'_>) -> (u16, Vec<u8>) {
    let Some((first, others)) = parts.tags.split_first() else { return (parts.kind, parts.payload.to_vec()) };
    let mut body = (u16::from(first.pcp) << 13 | first.vlan).to_be_bytes().to_vec();
    for tag in others {
        body.extend(ethertype::VLAN.to_be_bytes());
        body.extend((u16::from(tag.pcp) << 13 | tag.vlan).to_be_bytes());
    }
    body.extend(parts.kind.to_be_bytes());
    body.extend(parts.payload);
    (ethertype::VLAN, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn every_wrap_keeps_every_ip_packet_as_it_is() {
        let capture = scenario::find("vlan-boot").unwrap().capture;
        let packets: Vec<Parts<'_>> = capture
            .records
            .iter()
            .filter_map(|record| Parts::of(&record.data))
            .filter(Parts::is_ip)
            .collect();
        for how in Wrap::ALL.into_iter().filter(|how| !matches!(how, Wrap::Snap(_))) {
            let wrapped = wrap(&capture, how);
            let mut frames = wrapped.records.iter();
            for packet in &packets {
                let holds = |record: &Record| {
                    record.data.windows(packet.payload.len()).any(|window| window == packet.payload)
                };
                assert!(frames.any(holds), "{how:?}");
            }
        }
    }

    #[test]
    fn a_short_snap_length_keeps_the_length_on_the_wire() {
        let capture = scenario::find("vlan-boot").unwrap().capture;
        let cut = wrap(&capture, Wrap::Snap(96));
        assert!(cut.records.iter().all(|record| record.data.len() <= 96));
        let wire = |capture: &Capture| capture.records.iter().map(|record| record.wire).collect::<Vec<_>>();
        assert_eq!(wire(&cut), wire(&capture));
    }
}
