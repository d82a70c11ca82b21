//! Takes an ICMP or ICMPv6 message, gives its type and the packet that an error quotes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::{IpNumber, ip_number};

use super::value::{Decoded, IcmpError, Skip, Transport};
use super::view::View;
use super::walk::{IpHeader, Step, Walk};

const MOST_EXTENSION_HEADERS: usize = 12;

struct Quote {
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    ports: (u16, u16),
}

/// RFC 792 and 4443. The payload starts behind type, code and checksum. An error whose quote is cut before the
/// addresses is an ordinary ICMP packet.
pub(super) fn icmp<'a>(walk: &mut Walk, header: &IpHeader, protocol: IpNumber, view: View<'a>) -> Step<'a> {
    let Some([kind, code]) = view.array(0) else { return Step::Skip(Skip::CutTransport) };
    let packet = walk.packet(header, (0, 0), Transport::Icmp { kind, code }, view.skip_cut(4));
    let quote = if is_error(protocol, kind) { view.skip(8).and_then(quote) } else { None };
    let found = match quote {
        Some(quote) => Decoded::IcmpError(Box::new(IcmpError {
            packet,
            kind,
            code,
            quoted_source: quote.source,
            quoted_destination: quote.destination,
            quoted_protocol: quote.protocol,
            quoted_ports: quote.ports,
        })),
        None => Decoded::Packet(packet),
    };
    walk.end(found)
}

/// Messages that carry the start of another packet.
fn is_error(protocol: IpNumber, kind: u8) -> bool {
    if protocol == ip_number::ICMP {
        // Destination unreachable, source quench, redirect, time exceeded, parameter problem.
        matches!(kind, 3 | 4 | 5 | 11 | 12)
    } else {
        // Destination unreachable, packet too big, time exceeded, parameter problem: RFC 4443 section 2.1.
        matches!(kind, 1..=4)
    }
}

fn quote(view: View<'_>) -> Option<Quote> {
    match view.u8(0)? >> 4 {
        4 => quoted_ipv4(view),
        6 => quoted_ipv6(view),
        _ => None,
    }
}

/// etherparse wants the options whole; a quote that ends in them still has addresses.
fn quoted_ipv4(view: View<'_>) -> Option<Quote> {
    let header_length = usize::from(view.u8(0)? & 0x0f) * 4;
    let is_first = view.u16(6)? & 0x1fff == 0;
    let protocol = view.u8(9)?;
    let transport = if is_first { view.skip(header_length.max(20)) } else { None };
    Some(Quote {
        source: IpAddr::V4(Ipv4Addr::from(view.array::<4>(12)?)),
        destination: IpAddr::V4(Ipv4Addr::from(view.array::<4>(16)?)),
        protocol,
        ports: quoted_ports(protocol, transport),
    })
}

fn quoted_ipv6(view: View<'_>) -> Option<Quote> {
    let (source, destination) = (view.array::<16>(8)?, view.array::<16>(24)?);
    let (mut protocol, mut rest) = (view.u8(6)?, view.skip(40));
    for _ in 0..MOST_EXTENSION_HEADERS {
        let Some((next, behind)) = rest.and_then(|header| behind_extension(protocol, header)) else { break };
        (protocol, rest) = (next, behind);
    }
    Some(Quote {
        source: IpAddr::V6(Ipv6Addr::from(source)),
        destination: IpAddr::V6(Ipv6Addr::from(destination)),
        protocol,
        ports: quoted_ports(protocol, rest),
    })
}

/// The protocol behind an extension header, and its bytes if they are there and start the protocol's header.
fn behind_extension(protocol: u8, header: View<'_>) -> Option<(u8, Option<View<'_>>)> {
    let (next, length) = (header.u8(0)?, usize::from(header.u8(1)?));
    let behind = match IpNumber(protocol) {
        ip_number::IPV6_HOP_BY_HOP | ip_number::IPV6_ROUTE | ip_number::IPV6_DEST_OPTIONS => {
            header.skip((length + 1) * 8)
        }
        ip_number::AUTH => header.skip((length + 2) * 4),
        ip_number::IPV6_FRAG if header.u16(2)? & 0xfff8 == 0 => header.skip(8),
        ip_number::IPV6_FRAG => None,
        _ => return None,
    };
    Some((next, behind))
}

fn quoted_ports(protocol: u8, transport: Option<View<'_>>) -> (u16, u16) {
    let has_ports = matches!(IpNumber(protocol), ip_number::UDP | ip_number::TCP | ip_number::SCTP);
    match transport {
        Some(view) if has_ports => (view.u16(0).unwrap_or_default(), view.u16(2).unwrap_or_default()),
        _ => (0, 0),
    }
}
