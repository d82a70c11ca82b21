//! What the headers of IPv4 and IPv6 say of lengths, options and extension headers.

use super::super::{Skip, Transport};
use super::wrap::ethernet;
use super::{
    ETHERNET, PAYLOAD, PORTS, RAW, ipv4, ipv6, packet, payload, skipped, udp, udp_in_ipv4, udp_in_ipv6,
};

/// An extension header of 8 bytes.
fn extension(next: u8) -> Vec<u8> {
    vec![next, 0, 1, 4, 0, 0, 0, 0]
}

fn authentication(next: u8) -> Vec<u8> {
    [&[next, 4], &[0; 22][..]].concat()
}

#[test]
fn padding_behind_the_packet_is_no_payload() {
    for ip in [udp_in_ipv4(), udp_in_ipv6()] {
        let frame = [&ip[..], &[0xee; 18]].concat();
        let packet = packet(RAW, &frame);
        assert_eq!(payload(&packet, &frame), PAYLOAD);
        assert_eq!(packet.payload.wire as usize, PAYLOAD.len());
        assert_eq!(packet.ip_length as usize, ip.len());
    }
}

#[test]
fn length_zero_means_what_is_there() {
    let mut four = udp_in_ipv4();
    four[2..4].fill(0);
    let mut six = udp_in_ipv6();
    six[4..6].fill(0);
    for ip in [four, six] {
        let packet = packet(RAW, &ip);
        assert_eq!((packet.ip_length as usize, payload(&packet, &ip)), (ip.len(), PAYLOAD));
    }
    let empty = [&ipv6(59, &[])[..], &[0; 6]].concat();
    let packet = packet(RAW, &empty);
    assert_eq!((packet.ip_length, packet.transport), (40, Transport::Other(59)));
}

#[test]
fn options_are_stepped_over() {
    let mut ip = udp_in_ipv4();
    ip[0] = 0x47;
    let length = ip.len() as u16 + 8;
    ip[2..4].copy_from_slice(&length.to_be_bytes());
    ip.splice(20..20, [0x94, 4, 0, 0, 1, 1, 1, 0]);
    let packet = packet(RAW, &ip);
    assert_eq!(((packet.source_port, packet.destination_port), payload(&packet, &ip)), (PORTS, PAYLOAD));
}

#[test]
fn extension_headers_are_stepped_over_in_any_order() {
    const OPTIONS: [u8; 3] = [0, 43, 60];
    let datagram = udp(PORTS, PAYLOAD);
    for count in 1..=12 {
        let kinds: Vec<u8> = (0..count).map(|at| OPTIONS[at % 3]).chain([17]).collect();
        let chain: Vec<u8> = kinds[1..].iter().flat_map(|&next| extension(next)).collect();
        let ip = ipv6(kinds[0], &[&chain[..], &datagram].concat());
        let packet = packet(RAW, &ip);
        assert_eq!((packet.source_port, packet.destination_port), PORTS, "{count} headers");
        assert_eq!(payload(&packet, &ip), PAYLOAD, "{count} headers");
    }
    let endless = extension(60).repeat(20);
    assert_eq!(skipped(RAW, &ipv6(60, &endless)), Skip::TooDeep);
    assert_eq!(skipped(RAW, &ipv6(60, &extension(60)[..7])), Skip::CutIp);
}

#[test]
fn an_authentication_header_hides_no_ports() {
    let inside = [&authentication(17)[..], &udp(PORTS, PAYLOAD)].concat();
    for ip in [ipv4(51, &inside), ipv6(51, &inside)] {
        let packet = packet(RAW, &ip);
        assert_eq!((packet.transport, packet.destination_port), (Transport::Udp, PORTS.1));
    }
}

#[test]
fn headers_that_contradict_themselves_are_no_packets() {
    let mut short = udp_in_ipv4();
    short[2..4].copy_from_slice(&19_u16.to_be_bytes());
    assert_eq!(skipped(RAW, &short), Skip::BadIp);
    let mut no_words = udp_in_ipv4();
    no_words[0] = 0x44;
    assert_eq!(skipped(RAW, &no_words), Skip::BadIp);
    assert_eq!(skipped(ETHERNET, &ethernet(0x0800, &[0x55; 60])), Skip::BadIp);
}

#[test]
fn the_version_field_decides_not_the_ether_type() {
    let packet = packet(ETHERNET, &ethernet(0x0800, &udp_in_ipv6()));
    assert!(packet.source.is_ipv6());
}
