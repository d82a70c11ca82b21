//! The same packet comes out of every layer.

use std::net::IpAddr;

use super::super::{Layers, Mac, Packet, Part, Skip, Transport, VlanTag};
use super::wrap::{ether_type, ethernet, tagged, wrapped};
use super::{
    DSCP, ECN, ETHERNET, PAYLOAD, PORTS, RAW, TTL, addresses, ipv4, packet, payload, skipped, udp,
    udp_in_ipv4, udp_in_ipv6, v4, v6,
};

#[test]
fn the_same_packet_comes_out_of_every_layer() {
    let inside: [(Vec<u8>, IpAddr, IpAddr); 2] =
        [(udp_in_ipv4(), v4(1).into(), v4(2).into()), (udp_in_ipv6(), v6(1).into(), v6(2).into())];
    for (ip, source, destination) in inside {
        for case in wrapped(&ip) {
            let name = case.name;
            let packet = packet(case.link, &case.frame);
            assert_eq!(addresses(&packet), (source, destination), "{name}");
            assert_eq!((packet.source_port, packet.destination_port), PORTS, "{name}");
            assert_eq!(packet.transport, Transport::Udp, "{name}");
            assert_eq!((packet.dscp, packet.ecn, packet.ttl), (DSCP, ECN, TTL), "{name}");
            assert_eq!(packet.part, Part::Whole, "{name}");
            assert_eq!(packet.ip_length as usize, ip.len(), "{name}");
            assert_eq!(packet.layers, case.layers, "{name}");
            assert_eq!(payload(&packet, &case.frame), PAYLOAD, "{name}");
            assert!(!packet.payload.is_cut(), "{name}");
        }
    }
}

#[test]
fn record_fields_are_copied() {
    let packet = packet(RAW, &udp_in_ipv4());
    assert_eq!((packet.time.0, packet.index, packet.interface), (7, 5, 3));
}

#[test]
fn stations_and_tag_are_those_of_the_innermost_link_header() {
    let outer = Some(Mac([2, 0, 0, 0, 0, 1]));
    let inner = Some(Mac([6, 0, 0, 0, 0, 1]));
    for case in wrapped(&udp_in_ipv4()) {
        let packet = packet(case.link, &case.frame);
        let expected = match case.name {
            "pseudowire"
            | "pseudowire with control word"
            | "backbone"
            | "gre, ethernet"
            | "eoip"
            | "erspan I"
            | "erspan II"
            | "erspan III"
            | "erspan III, platform"
            | "vxlan"
            | "vxlan, Linux"
            | "vxlan-gpe"
            | "vxlan-gpe, no protocol named"
            | "capwap"
            | "etherip"
            | "tzsp"
            | "erspan in vxlan" => inner,
            "802.11 QoS" | "802.11 QoS, padded" | "802.11 QoS, HT control" | "802.11 aggregate" => {
                Some(Mac([6; 6]))
            }
            "802.11 four addresses" => Some(Mac([8; 6])),
            "IP in IP" | "gre" | "gre, all fields" | "gre, key" | "gre, routing" | "pptp"
            | "erspan III, IP" | "vxlan-gpe, IP" | "vxlan-gpe, MPLS" | "geneve" | "gtp-u"
            | "gtp-u, extended" | "l2tp" | "l2tp, all fields" | "gre in udp" | "mpls in udp" => None,
            "802.11" | "radiotap" | "avs" | "cooked" | "cooked, VLAN" | "cooked v2" => outer,
            _ if case.link == ETHERNET => outer,
            _ => None,
        };
        assert_eq!(packet.source_mac, expected, "{}", case.name);
    }
}

#[test]
fn the_innermost_tag_is_kept_with_its_priority() {
    let ip = udp_in_ipv4();
    let frame = tagged(&[(0x88a8, 100), (0x8100, 0xa000 | 200)], ether_type(&ip), &ip);
    assert_eq!(packet(ETHERNET, &frame).vlan, Some(VlanTag { id: 200, pcp: 5 }));
    assert_eq!(packet(ETHERNET, &frame).outer_vlan.map(|id| id.get()), Some(100));
    let three = tagged(&[(0x88a8, 100), (0x88a8, 7), (0x8100, 200)], ether_type(&ip), &ip);
    assert_eq!(packet(ETHERNET, &three).outer_vlan.map(|id| id.get()), Some(100), "the outermost");
    let priority_only = tagged(&[(0x8100, 0xc000)], ether_type(&ip), &ip);
    assert_eq!(packet(ETHERNET, &priority_only).vlan, Some(VlanTag { id: 0, pcp: 6 }));
    assert_eq!(packet(ETHERNET, &priority_only).outer_vlan, None);
}

#[test]
fn a_mirrored_frame_has_the_tag_that_the_switch_moved_into_the_erspan_header() {
    let erspan = |encapsulation: u8| {
        let frame = ethernet(0x0800, &udp_in_ipv4());
        let header = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 200, 0xa0 | encapsulation << 3, 1, 0, 0, 0, 0];
        let around = ipv4(47, &[&header[..], &frame].concat());
        packet(ETHERNET, &tagged(&[(0x8100, 7)], 0x0800, &around))
    };
    assert_eq!(erspan(0).vlan, None, "the mirror's own VLAN is not the telephone's");
    assert_eq!(erspan(2).vlan, Some(VlanTag { id: 200, pcp: 5 }));
    assert!(erspan(2).layers.has(Layers::VLAN));
}

#[test]
fn a_tunnel_that_cannot_be_read_leaves_the_packet_around_it() {
    let spanning_tree = super::wrap::ieee_802_3(&[0x42, 0x42, 3], &[0; 35]);
    let vxlan = [&[8, 0, 0, 0, 0, 0, 1, 0], &spanning_tree[..]].concat();
    let frame = ethernet(0x0800, &ipv4(17, &udp((PORTS.0, 4789), &vxlan)));
    let outer = packet(ETHERNET, &frame);
    assert_eq!((outer.source_port, outer.destination_port), (PORTS.0, 4789));
    assert_eq!(outer.layers, Layers::VXLAN.with(Layers::INCOMPLETE));
    assert_eq!(payload(&outer, &frame), vxlan);

    let short =
        |header: &[u8]| packet(ETHERNET, &ethernet(0x0800, &ipv4(17, &udp((PORTS.0, 4789), header)))).layers;
    assert_eq!(short(&[8, 0, 0, 0, 0, 0]), Layers::VXLAN.with(Layers::INCOMPLETE), "its header is cut off");
    assert_eq!(short(&[9, 0, 0, 0, 0, 0]), Layers::default(), "anything else");

    let control = packet(RAW, &ipv4(47, &[0x30, 1, 0x88, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x21]));
    assert_eq!((control.transport, control.layers), (Transport::Other(47), Layers::INCOMPLETE));
}

#[test]
fn voice_at_a_tunnel_port_is_voice() {
    let rtp = [&[0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4], &[0xd5; 160][..]].concat();
    for port in [1701, 2152, 4754, 4789, 4790, 5247, 6081, 6635, 8472, 37008] {
        let packet = packet(RAW, &ipv4(17, &udp((5004, port), &rtp)));
        assert_eq!((packet.destination_port, packet.layers), (port, Layers::default()));
    }
}

#[test]
fn an_ip_packet_behind_labels_is_none_of_ethernet_whatever_its_address() {
    let mut ip = udp_in_ipv4();
    ip[12..16].copy_from_slice(&[8, 0, 0x45, 1]);
    let packet = packet(ETHERNET, &ethernet(0x8847, &[&[0, 1, 1, 64], &ip[..]].concat()));
    assert_eq!(packet.source, IpAddr::from([8, 0, 0x45, 1]));
}

#[test]
fn nesting_ends_somewhere() {
    let ip = udp_in_ipv4();
    assert_eq!(skipped(ETHERNET, &tagged(&[(0x8100, 1); 9], 0x0800, &ip)), Skip::TooDeep);
    let labels = [&[0, 0, 0, 1].repeat(100)[..], &ip].concat();
    assert_eq!(skipped(ETHERNET, &ethernet(0x8847, &labels)), Skip::TooDeep);

    let bridged = (0..20).fold(ethernet(0x0800, &ip), |inner, _| ethernet(0x6558, &inner));
    assert_eq!(skipped(ETHERNET, &bridged), Skip::TooDeep);

    let nested = (0..30).fold(ip, |inner, _| ipv4(4, &inner));
    let judged = packet(RAW, &nested);
    assert_eq!(judged.transport, Transport::Other(4));
    assert!(judged.layers.has(Layers::INCOMPLETE.with(Layers::IP_IN_IP)));
}

#[test]
fn an_ethernet_frame_in_l2tpv3_is_read_whatever_the_ends_agreed_on() {
    let session = [0, 0, 0, 7];
    for (ip, kind) in [(udp_in_ipv4(), 0x0800), (udp_in_ipv6(), 0x86dd)] {
        let plain = ethernet(kind, &ip);
        let in_vlan = tagged(&[(0x8100, 0xa000 | 20)], kind, &ip);
        for frame in [plain, in_vlan] {
            for between in [0, 4, 8, 12] {
                let data = [&session[..], &[0xa5; 12][..between], &frame].concat();
                let of_udp = [&[0, 3, 0, 0][..], &data].concat();
                for around in [ipv4(115, &data), ipv4(17, &udp((50_001, 1701), &of_udp))] {
                    let found = packet(ETHERNET, &ethernet(0x0800, &around));
                    assert_eq!((found.source_port, found.destination_port), PORTS, "{between} bytes between");
                    assert!(found.layers.has(Layers::L2TP) && !found.layers.has(Layers::INCOMPLETE));
                    assert_eq!(found.vlan.is_some(), frame.len() > ip.len() + 14);
                }
            }
        }
    }
}

#[test]
fn what_is_no_right_frame_in_l2tpv3_stays_the_packet_around_it() {
    let frame = ethernet(0x0800, &udp_in_ipv4());
    let read = |session: [u8; 4], change: &dyn Fn(&mut Vec<u8>)| {
        let mut frame = frame.clone();
        change(&mut frame);
        packet(ETHERNET, &ethernet(0x0800, &ipv4(115, &[&session[..], &frame].concat())))
    };
    let around = |found: Packet| found.transport == Transport::Other(115);
    assert!(!around(read([0, 0, 0, 7], &|_| {})));
    assert!(around(read([0; 4], &|_| {})), "a control message");
    assert!(around(read([0, 0, 0, 7], &|frame| frame[22] ^= 1)), "a wrong checksum");
    assert!(around(read([0, 0, 0, 7], &|frame| frame.truncate(30))), "cut");
    assert!(around(read([0, 0, 0, 7], &|frame| frame.extend([0; 80]))), "of another length");
    assert!(around(read([0, 0, 0, 7], &|frame| frame[6] |= 1)), "nobody sends as a group");
}
