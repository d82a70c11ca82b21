//! Frames cut by a snap length give what is there.

use super::super::{Decoded, Layers, Packet};
use super::wrap::wrapped;
use super::{DSCP, OFFSET, PORTS, decode_at, tcp_in_ipv4, udp_in_ipv4, udp_in_ipv6};

/// Bytes up to the end of the ports.
fn needed(ip: &[u8]) -> usize {
    if ip[0] >> 4 == 4 { 24 } else { 44 }
}

#[test]
fn ports_and_dscp_are_right_as_soon_as_their_bytes_are_there() {
    for ip in [udp_in_ipv4(), udp_in_ipv6(), tcp_in_ipv4()] {
        for case in wrapped(&ip) {
            let start = case.frame.len() - ip.len();
            assert_eq!(&case.frame[start..], &ip[..], "{}", case.name);
            for length in 0..case.frame.len() {
                let decoded = decode_at(case.link, &case.frame[..length], case.frame.len());
                let name = format!("{} cut to {length}", case.name);
                if length >= start + needed(&ip) {
                    is_the_packet(&decoded, &case.frame, length, &name);
                } else {
                    is_something_around_it(&decoded, &name);
                }
            }
        }
    }
}

fn is_the_packet(decoded: &Decoded, frame: &[u8], length: usize, name: &str) {
    let Decoded::Packet(packet) = decoded else { panic!("{name}: {decoded:?}") };
    assert_eq!(
        (packet.source_port, packet.destination_port, packet.dscp),
        (PORTS.0, PORTS.1, DSCP),
        "{name}"
    );
    assert!(!packet.layers.has(Layers::INCOMPLETE), "{name}");
    assert!(packet.payload.is_cut(), "{name}");
    let end = OFFSET as usize + length;
    assert!(packet.payload.range().end <= end, "{name}");
    let on_wire = packet.payload.start as usize + packet.payload.wire as usize;
    let header_is_there = packet.payload.captured > 0;
    assert!(!header_is_there || on_wire == OFFSET as usize + frame.len(), "{name}");
}

/// What is too short for the packet itself is never taken for it.
fn is_something_around_it(decoded: &Decoded, name: &str) {
    match decoded {
        Decoded::Packet(Packet { source_port, dscp, .. }) => {
            assert_ne!(*source_port, PORTS.0, "{name}");
            assert_eq!(*dscp, 0, "{name}: the packet around is unmarked");
        }
        Decoded::Skipped(_) => {}
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_length_on_the_wire_survives_the_cut() {
    for ip in [udp_in_ipv4(), tcp_in_ipv4()] {
        let whole = super::packet(super::RAW, &ip);
        for length in needed(&ip)..ip.len() {
            let Decoded::Packet(cut) = decode_at(super::RAW, &ip[..length], ip.len()) else {
                panic!("cut to {length}")
            };
            assert_eq!(cut.ip_length, whole.ip_length);
            assert_eq!(cut.payload.wire, whole.payload.wire, "cut to {length}");
        }
    }
}
