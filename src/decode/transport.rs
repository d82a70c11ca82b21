//! Takes the payload of an IP packet, gives ports and payload of the transport, and turns into tunnels. Reads the
//! headers itself and not with etherparse, because ports count even where the header behind them is cut.

use etherparse::{IpNumber, ip_number};

use super::value::{Layers, Skip, TcpFlags, TcpSegment, Transport};
use super::view::View;
use super::walk::{IpHeader, Layer, Step, Walk};
use super::{icmp, l2tp, tunnel};

const UDP_HEADER: usize = 8;
const SCTP_HEADER: usize = 12;

#[inline]
pub(super) fn transport<'a>(
    walk: &mut Walk,
    header: &IpHeader,
    protocol: IpNumber,
    view: View<'a>,
) -> Step<'a> {
    match protocol {
        ip_number::UDP => udp(walk, header, view),
        ip_number::TCP => tcp(walk, header, view),
        ip_number::ICMP | ip_number::IPV6_ICMP => icmp::icmp(walk, header, protocol, view),
        ip_number::SCTP => {
            let Some(ports) = ports(view) else { return Step::Skip(Skip::CutTransport) };
            walk.end_packet(header, ports, Transport::Sctp, view.skip_cut(SCTP_HEADER))
        }
        ip_number::IPV4 | ip_number::IPV6 => {
            let around = walk.packet(header, (0, 0), Transport::Other(protocol.0), view);
            walk.enter_tunnel(around, Layers::IP_IN_IP, Step::Into(Layer::Ip, view))
        }
        ip_number::GRE => {
            let around = walk.packet(header, (0, 0), Transport::Other(protocol.0), view);
            walk.enter_tunnel(around, Layers::default(), Step::Into(Layer::Gre, view))
        }
        ip_number::ETHER_IP => {
            let around = walk.packet(header, (0, 0), Transport::Other(protocol.0), view);
            walk.enter_tunnel(around, Layers::ETHER_IP, tunnel::etherip(view))
        }
        ip_number::LAYER2_TUNNELING_PROTOCOL => {
            let Some((tunnel, inside)) = l2tp::in_ip(view) else {
                return walk.end_packet(header, (0, 0), Transport::Other(protocol.0), view);
            };
            let around = walk.packet(header, (0, 0), Transport::Other(protocol.0), view);
            walk.enter_tunnel(around, tunnel, inside)
        }
        other => walk.end_packet(header, (0, 0), Transport::Other(other.0), view),
    }
}

/// Source and destination port stand first in UDP, TCP and SCTP.
#[inline]
fn ports(view: View<'_>) -> Option<(u16, u16)> {
    Some((view.u16(0)?, view.u16(2)?))
}

/// RFC 768. A length below the header's own or beyond the packet (segmentation by the card leaves 0 or a wrong
/// one) gives way to that of IP.
#[inline]
fn udp<'a>(walk: &mut Walk, header: &IpHeader, view: View<'a>) -> Step<'a> {
    let Some(ports) = ports(view) else { return Step::Skip(Skip::CutTransport) };
    let datagram = match view.u16(4).map(u32::from) {
        Some(length) if length >= UDP_HEADER as u32 && length < view.wire() => view.limit(length),
        _ => view,
    };
    let payload = datagram.skip_cut(UDP_HEADER);
    let Some((tunnel, inside)) = tunnel::in_udp(ports, payload) else {
        return walk.end_packet(header, ports, Transport::Udp, payload);
    };
    let around = walk.packet(header, ports, Transport::Udp, payload);
    walk.enter_tunnel(around, tunnel, inside)
}

/// RFC 9293 section 3.1.
#[inline]
fn tcp<'a>(walk: &mut Walk, header: &IpHeader, view: View<'a>) -> Step<'a> {
    const SMALLEST_HEADER: usize = 20;
    let Some(ports) = ports(view) else { return Step::Skip(Skip::CutTransport) };
    let Some(segment) = tcp_segment(view) else {
        return walk.end_packet(header, ports, Transport::Tcp(None), view.skip_cut(SMALLEST_HEADER));
    };
    let data_offset = usize::from(view.u8(12).unwrap_or_default() >> 4) * 4;
    if data_offset < SMALLEST_HEADER {
        return Step::Skip(Skip::BadTransport);
    }
    walk.end_packet(header, ports, Transport::Tcp(Some(segment)), view.skip_cut(data_offset))
}

#[inline]
fn tcp_segment(view: View<'_>) -> Option<TcpSegment> {
    Some(TcpSegment { sequence: view.u32(4)?, acknowledgment: view.u32(8)?, flags: TcpFlags(view.u8(13)?) })
}
