//! Ports, lengths and flags above IP.

use super::super::{Decoded, Skip, TcpFlags, TcpSegment, Transport};
use super::{PAYLOAD, PORTS, RAW, decode_at, ipv4, ipv6, packet, payload, skipped, tcp_in_ipv4, udp};

#[test]
fn a_udp_length_that_cannot_be_gives_way_to_that_of_ip() {
    for (length, expected) in [(0_u16, 32), (4, 32), (65535, 32), (8, 0), (20, 12), (40, 32)] {
        let mut datagram = udp(PORTS, PAYLOAD);
        datagram[4..6].copy_from_slice(&length.to_be_bytes());
        let ip = ipv4(17, &datagram);
        let packet = packet(RAW, &ip);
        assert_eq!(payload(&packet, &ip), &PAYLOAD[..expected], "length {length}");
        assert_eq!(packet.payload.wire as usize, expected, "length {length}");
    }
}

#[test]
fn tcp_gives_sequence_flags_and_payload() {
    let ip = tcp_in_ipv4();
    let found = packet(RAW, &ip);
    let flags = TcpFlags(TcpFlags::ACK | 0x08);
    let segment = TcpSegment { sequence: 7, acknowledgment: 9, flags };
    assert_eq!(found.transport, Transport::Tcp(Some(segment)));
    assert_eq!(payload(&found, &ip), PAYLOAD);

    let mut with_options = ip[20..].to_vec();
    with_options[12] = 0x70;
    with_options.splice(20..20, [1; 8]);
    let ip = ipv4(6, &with_options);
    assert_eq!(payload(&packet(RAW, &ip), &ip), PAYLOAD);
}

#[test]
fn tcp_cut_before_its_flags_still_has_ports() {
    let ip = tcp_in_ipv4();
    for length in 24..ip.len() {
        let Decoded::Packet(packet) = decode_at(RAW, &ip[..length], ip.len()) else {
            panic!("cut to {length}")
        };
        let Transport::Tcp(segment) = packet.transport else { panic!("cut to {length}") };
        assert_eq!(segment.is_some(), length >= 34, "cut to {length}");
        assert_eq!(packet.source_port, PORTS.0);
    }
}

#[test]
fn a_tcp_header_shorter_than_it_may_be_is_no_packet() {
    let mut ip = tcp_in_ipv4();
    ip[32] = 0x40;
    assert_eq!(skipped(RAW, &ip), Skip::BadTransport);
    ip[32] = 0xf0;
    assert!(payload(&packet(RAW, &ip), &ip).is_empty(), "options beyond the packet leave nothing");
}

#[test]
fn sctp_has_ports_and_other_protocols_a_number() {
    let sctp = [&PORTS.0.to_be_bytes()[..], &PORTS.1.to_be_bytes(), &[0; 8], b"chunk"].concat();
    let ip = ipv6(132, &sctp);
    let found = packet(RAW, &ip);
    assert_eq!(
        (found.transport, found.source_port, found.destination_port),
        (Transport::Sctp, PORTS.0, PORTS.1)
    );
    assert_eq!(payload(&found, &ip), b"chunk");

    for protocol in [2, 50, 89] {
        let ip = ipv4(protocol, PAYLOAD);
        let found = packet(RAW, &ip);
        assert_eq!((found.transport, found.source_port), (Transport::Other(protocol), 0));
        assert_eq!(payload(&found, &ip), PAYLOAD);
    }
}

#[test]
fn ports_that_are_cut_are_told() {
    for protocol in [6, 17, 132] {
        assert_eq!(skipped(RAW, &ipv4(protocol, &[0x9c, 0x40, 0xc3])), Skip::CutTransport);
    }
    assert_eq!(skipped(RAW, &ipv4(1, &[8])), Skip::CutTransport);
}
