//! IP fragments, whole or in tunnels, and what is read of a datagram put together from them.

use super::super::{Decoded, Layers, Part, Transport, decode_reassembled};
use super::{
    DSCP, PAYLOAD, PORTS, RAW, decode_at, decoded, fragment, ipv4, ipv6, packet, payload, udp, udp_in_ipv4,
};

fn fragment_v4(protocol: u8, units: u16, more: bool, piece: &[u8]) -> Vec<u8> {
    let mut ip = ipv4(protocol, piece);
    ip[4..6].copy_from_slice(&0x1234_u16.to_be_bytes());
    ip[6..8].copy_from_slice(&(units | u16::from(more) << 13).to_be_bytes());
    ip
}

fn fragment_v6(next: u8, units: u16, more: bool, piece: &[u8]) -> Vec<u8> {
    let [high, low] = (units << 3 | u16::from(more)).to_be_bytes();
    ipv6(44, &[&[next, 0, high, low, 0x12, 0x34, 0x56, 0x78], piece].concat())
}

#[test]
fn the_first_fragment_is_a_packet_too() {
    let datagram = udp(PORTS, PAYLOAD);
    for ip in [fragment_v4(17, 0, true, &datagram[..24]), fragment_v6(17, 0, true, &datagram[..24])] {
        let (fragment, first) = fragment(RAW, &ip);
        assert_eq!((fragment.protocol, fragment.offset, fragment.more), (17, 0, true));
        assert_eq!((fragment.packet.source_port, payload(&fragment.packet, &ip)), (0, &datagram[..24]));
        let first = first.unwrap();
        assert_eq!((first.part, first.dscp, first.source_port), (Part::First, DSCP, PORTS.0));
        assert_eq!(payload(&first, &ip), &PAYLOAD[..16]);
        assert!(!first.payload.is_cut(), "the rest is in other frames, not lost to the snap length");
    }
}

#[test]
fn later_fragments_have_offset_and_identification() {
    let (four, first) = fragment(RAW, &fragment_v4(17, 185, false, PAYLOAD));
    assert_eq!((four.offset, four.more, four.identification), (1480, false, 0x1234));
    assert_eq!((four.packet.dscp, first), (DSCP, None));
    let (six, first) = fragment(RAW, &fragment_v6(17, 181, true, PAYLOAD));
    assert_eq!((six.offset, six.more, six.identification), (1448, true, 0x1234_5678));
    assert_eq!(first, None);
}

#[test]
fn an_atomic_fragment_is_a_whole_packet() {
    let whole = packet(RAW, &fragment_v6(17, 0, false, &udp(PORTS, PAYLOAD)));
    assert_eq!((whole.part, whole.source_port), (Part::Whole, PORTS.0));
}

#[test]
fn a_fragment_cut_before_the_ports_is_still_a_fragment() {
    let ip = fragment_v4(17, 0, true, &udp(PORTS, PAYLOAD)[..24]);
    for length in 20..24 {
        let Decoded::Fragment { fragment, first: None } = decode_at(RAW, &ip[..length], ip.len()) else {
            panic!("cut to {length}")
        };
        assert!(fragment.packet.payload.is_cut());
    }
}

#[test]
fn the_first_fragment_of_a_tunnel_shows_the_packet_inside() {
    let inside = udp_in_ipv4();
    let ip = fragment_v4(4, 0, true, &inside[..40]);
    let (outer, first) = fragment(RAW, &ip);
    assert_eq!((outer.protocol, outer.packet.transport), (4, Transport::Other(4)));
    let first = first.unwrap();
    assert_eq!((first.source_port, first.part, first.layers), (PORTS.0, Part::First, Layers::IP_IN_IP));
    assert!(first.payload.is_cut());

    let (_, unreadable) = fragment(RAW, &fragment_v4(4, 0, true, &inside[..16]));
    let unreadable = unreadable.unwrap();
    let unread = Layers::IP_IN_IP.with(Layers::INCOMPLETE);
    assert_eq!((unreadable.transport, unreadable.layers), (Transport::Other(4), unread));
}

#[test]
fn a_datagram_put_together_is_read_with_the_fields_of_its_first_fragment() {
    let datagram = udp(PORTS, PAYLOAD);
    let ip = fragment_v4(17, 0, true, &datagram[..24]);
    let (first, _) = fragment(RAW, &ip);
    let Decoded::Packet(whole) = decode_reassembled(&first.packet, first.protocol, &datagram) else {
        panic!("no packet")
    };
    assert_eq!((whole.part, whole.dscp, whole.time), (Part::Reassembled, DSCP, first.packet.time));
    assert_eq!((whole.source_port, whole.destination_port), PORTS);
    assert_eq!(whole.ip_length as usize, 20 + datagram.len());
    assert_eq!(&datagram[whole.payload.range()], PAYLOAD);

    let inside = udp_in_ipv4();
    let Decoded::Packet(tunnelled) = decode_reassembled(&first.packet, 4, &inside) else {
        panic!("no packet")
    };
    assert_eq!((tunnelled.layers, tunnelled.source_port), (Layers::IP_IN_IP, PORTS.0));
}

#[test]
fn fragment_headers_behind_each_other_end_somewhere() {
    let first_of_all = [44, 0, 0, 1, 0, 0, 0, 0].repeat(8_000);
    let (fragment, first) = fragment(RAW, &ipv6(44, &first_of_all));
    assert_eq!((fragment.offset, fragment.more, first), (0, true, None));
}

#[test]
fn fragments_inside_a_tunnel_are_fragments() {
    let inside = fragment_v4(17, 10, false, PAYLOAD);
    let Decoded::Fragment { fragment, first: None } = decoded(RAW, &ipv4(4, &inside)) else {
        panic!("no fragment")
    };
    assert_eq!((fragment.offset, fragment.packet.layers), (80, Layers::IP_IN_IP));
}
