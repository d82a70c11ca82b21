//! ICMP messages, and the packets that errors quote.

use std::net::IpAddr;

use super::super::{Decoded, IcmpError, Transport};
use super::{PORTS, RAW, decode_at, decoded, ipv4, ipv6, packet, udp_in_ipv4, udp_in_ipv6, v4, v6};

fn error_v4(kind: u8, quote: &[u8]) -> Vec<u8> {
    ipv4(1, &[&[kind, 3, 0, 0, 0, 0, 0, 0], quote].concat())
}

fn error_v6(kind: u8, quote: &[u8]) -> Vec<u8> {
    ipv6(58, &[&[kind, 4, 0, 0, 0, 0, 0, 0], quote].concat())
}

#[track_caller]
fn error(ip: &[u8]) -> IcmpError {
    match decoded(RAW, ip) {
        Decoded::IcmpError(error) => *error,
        other => panic!("no error but {other:?}"),
    }
}

#[test]
fn errors_name_the_packet_they_speak_of() {
    let port_unreachable = error(&error_v4(3, &udp_in_ipv4()[..28]));
    assert_eq!((port_unreachable.kind, port_unreachable.code), (3, 3));
    assert_eq!(port_unreachable.packet.transport, Transport::Icmp { kind: 3, code: 3 });
    assert_eq!(port_unreachable.quoted_source, IpAddr::from(v4(1)));
    assert_eq!(port_unreachable.quoted_destination, IpAddr::from(v4(2)));
    assert_eq!((port_unreachable.quoted_protocol, port_unreachable.quoted_ports), (17, PORTS));

    let v6_error = error(&error_v6(1, &udp_in_ipv6()));
    assert_eq!((v6_error.kind, v6_error.code), (1, 4));
    assert_eq!((v6_error.quoted_source, v6_error.quoted_destination), (v6(1).into(), v6(2).into()));
    assert_eq!((v6_error.quoted_protocol, v6_error.quoted_ports), (17, PORTS));
}

#[test]
fn which_types_quote_a_packet() {
    for kind in 0..=255 {
        let is_error = matches!(decoded(RAW, &error_v4(kind, &udp_in_ipv4())), Decoded::IcmpError(_));
        assert_eq!(is_error, matches!(kind, 3 | 4 | 5 | 11 | 12), "ICMP type {kind}");
        let is_error = matches!(decoded(RAW, &error_v6(kind, &udp_in_ipv6())), Decoded::IcmpError(_));
        assert_eq!(is_error, matches!(kind, 1..=4), "ICMPv6 type {kind}");
    }
}

#[test]
fn a_short_quote_gives_what_is_there() {
    for (ip, addresses, ports) in
        [(error_v4(3, &udp_in_ipv4()), 28 + 20, 28 + 24), (error_v6(1, &udp_in_ipv6()), 48 + 40, 48 + 44)]
    {
        for length in 0..ip.len() {
            match decode_at(RAW, &ip[..length], ip.len()) {
                Decoded::IcmpError(error) => {
                    assert!(length >= addresses, "cut to {length}");
                    assert_eq!(error.quoted_ports == PORTS, length >= ports, "cut to {length}");
                }
                _ => assert!(length < addresses, "cut to {length}"),
            }
        }
    }
}

#[test]
fn quoted_extension_headers_and_options_are_stepped_over() {
    let datagram = &udp_in_ipv6()[40..];
    let chain = [&[60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0], datagram].concat();
    let quoted = error(&error_v6(3, &ipv6(0, &chain)));
    assert_eq!((quoted.quoted_protocol, quoted.quoted_ports), (17, PORTS));

    let mut with_options = udp_in_ipv4();
    with_options[0] = 0x46;
    with_options.splice(20..20, [1; 4]);
    assert_eq!(error(&error_v4(11, &with_options)).quoted_ports, PORTS);
}

#[test]
fn a_quoted_later_fragment_has_no_ports() {
    let mut later = udp_in_ipv4();
    later[7] = 100;
    assert_eq!(error(&error_v4(11, &later)).quoted_ports, (0, 0));
    let fragment = [&[17, 0, 0x05, 0xc8, 0, 0, 0, 1], &udp_in_ipv6()[40..]].concat();
    assert_eq!(error(&error_v6(3, &ipv6(44, &fragment))).quoted_ports, (0, 0));
}

#[test]
fn other_messages_are_packets_without_ports() {
    let echo = packet(RAW, &ipv4(1, &[8, 0, 0, 0, 0, 1, 0, 1]));
    assert_eq!((echo.transport, echo.source_port), (Transport::Icmp { kind: 8, code: 0 }, 0));
    assert_eq!(echo.payload.captured, 4);
}
