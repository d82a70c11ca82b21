use super::super::fixture::{at, frame, ip, mac, packet, socket};
use super::super::traffic::TcpTrace;
use super::*;
use crate::decode::{Span, TcpFlags, TcpSegment, VlanTag};

const A: &str = "192.168.10.2:5060";
const B: &str = "192.168.10.21:40000";

fn key(from: &str, to: &str) -> (FlowKey, End) {
    let (from, to) = (socket(from), socket(to));
    FlowKey::new((from.ip(), from.port()), (to.ip(), to.port()), Protocol::Udp)
}

/// The flow between A and B with these packets as frames 1, 2 ...
fn flow_of(packets: &[Packet]) -> FlowState {
    let end = |packet: &Packet| key(A, B).0.low == (packet.source, packet.source_port);
    let sides: Vec<End> =
        packets.iter().map(|packet| if end(packet) { End::Low } else { End::High }).collect();
    let since = packets.first().map_or(at(0), |packet| packet.time);
    let mut flow = FlowState::new(key(A, B).0, sides.first().copied().unwrap_or(End::Low), since);
    for (number, (packet, side)) in (1..).zip(packets.iter().zip(sides)) {
        flow.count(side, frame(number), packet);
    }
    flow
}

fn starter(packets: &[Packet], service: Option<u16>) -> (SocketAddr, Initiator) {
    let flow = flow_of(packets).finish(|_, port| Some(port) == service);
    (flow.a, flow.initiator)
}

fn unreachable(code: u8) -> IcmpReport {
    IcmpReport {
        reporter: ip("192.168.10.1"),
        about_a: true,
        v6: false,
        kind: 3,
        code,
        frame: frame(9),
        count: 1,
        span: (at(0), at(0)),
        pause: 0,
        identification: 0,
    }
}

#[test]
fn both_directions_meet() {
    let ((there, from), (back, answer)) = (key(A, B), key(B, A));
    assert_eq!((there, from, answer), (back, End::Low, End::High));
    assert_eq!(there.socket(End::High), socket(B));
}

#[test]
fn a_handshake_outweighs_a_service_and_a_service_the_first_packet() {
    let packets = [packet(A, B), packet(B, A)];
    assert_eq!(starter(&packets, None), (socket(A), Initiator::FirstPacket));
    assert_eq!(starter(&packets, Some(5060)), (socket(B), Initiator::Service));
    assert_eq!(starter(&packets, Some(40000)), (socket(A), Initiator::Service));
    let syn = TcpSegment { flags: TcpFlags(TcpFlags::SYN), ..TcpSegment::default() };
    let opening = Packet { transport: Transport::Tcp(Some(syn)), ..packet(A, B) };
    assert_eq!(starter(&[opening], Some(5060)), (socket(A), Initiator::Handshake));
}

#[test]
fn whoever_asks_first_starts_sip_over_udp_whatever_its_port() {
    let started = |asked: End, service: u16| {
        let mut flow = flow_of(&[packet(A, B), packet(B, A)]);
        flow.content.asked = Some(asked);
        let flow = flow.finish(|_, port| port == service);
        (flow.a, flow.initiator)
    };
    assert_eq!(started(End::Low, 5060), (socket(A), Initiator::FirstPacket), "from the port of the service");
    assert_eq!(started(End::High, 5060), (socket(B), Initiator::Service));
    assert_eq!(started(End::High, 9), (socket(B), Initiator::FirstPacket));
}

#[test]
fn two_services_leave_it_to_the_first_packet() {
    let flow = flow_of(&[packet(B, A), packet(A, B)]).finish(|_, _| true);
    assert_eq!((flow.a, flow.initiator), (socket(B), Initiator::FirstPacket));
}

#[test]
fn what_only_an_error_tells_of_is_over_too() {
    let mut flow = FlowState::new(key(A, B).0, End::Low, at(1_000));
    flow.blame(End::Low, unreachable(3));
    assert!(!flow.is_over(at(120_999)));
    assert!(flow.is_over(at(121_000)));
}

#[test]
fn each_side_counts_what_it_sent() {
    let marked =
        Packet { dscp: 46, vlan: Some(VlanTag { id: 20, pcp: 5 }), ttl: 63, time: at(20), ..packet(A, B) };
    let empty = Packet { payload: Span::default(), source_mac: Some(mac(9)), ..packet(A, B) };
    let flow = flow_of(&[packet(A, B), marked, empty, packet(B, A)]).finish(|_, _| false);
    let side = &flow.from_a;
    assert_eq!((side.packets, side.payload_packets, side.bytes), (3, 2, 144));
    assert_eq!(side.dscp, [(0, 2, 96), (46, 1, 48)].into_iter().collect());
    assert_eq!((side.ttl, side.extra.pcp.packets(5), side.extra.pcp.iter().count()), (Some((63, 64)), 1, 1));
    assert_eq!((side.mac, side.extra.other_macs), (Some(mac(1)), 1));
    assert_eq!((side.first, side.last), (Some((frame(1), at(0))), Some((frame(3), at(0)))));
    assert_eq!((flow.from_b.packets, flow.vlans.to_vec()), (1, vec![20]));
}

#[test]
fn the_first_five_frames_are_evidence() {
    let flow = flow_of(&[packet(A, B); 7]).finish(|_, _| false);
    assert_eq!(flow.from_a.frames.to_vec(), [1, 2, 3, 4, 5].map(frame));
}

#[test]
fn a_datagram_in_fragments_counts_once_and_is_shown_where_it_is_whole() {
    let first = Packet { part: Part::First, ..packet(A, B) };
    let whole = Packet { part: Part::Reassembled, ..packet(A, B) };
    let flow = flow_of(&[first, whole]).finish(|_, _| false);
    assert_eq!((flow.from_a.packets, &*flow.from_a.frames), (1, &[frame(2)][..]));
}

#[test]
fn errors_of_one_kind_are_one() {
    let mut flow = flow_of(&[packet(B, A)]);
    for code in [3, 3, 13] {
        flow.blame(End::High, unreachable(code));
    }
    flow.blame(End::Low, unreachable(3));
    let icmp = flow.finish(|_, _| false).extra.icmp.clone();
    let seen: Vec<_> = icmp.iter().map(|report| (report.about_a, report.code, report.count)).collect();
    // B began, so what quotes B's packets is about the starter.
    assert_eq!(seen, [(true, 3, 2), (true, 13, 1), (false, 3, 1)]);
}

#[test]
fn errors_are_bounded() {
    let mut flow = flow_of(&[packet(A, B)]);
    (0..=u8::MAX).for_each(|code| flow.blame(End::Low, unreachable(code)));
    assert_eq!(flow.finish(|_, _| false).extra.icmp.len(), 8);
}

#[test]
fn a_flow_of_one_packet_takes_little_room() {
    // A flood fills the table with them: what one takes more, half a million take.
    assert!(size_of::<FlowState>() <= 136, "{}", size_of::<FlowState>());
    assert!(size_of::<Flow>() <= 128, "{}", size_of::<Flow>());
    assert!(size_of::<Direction>() <= 120, "{}", size_of::<Direction>());
    assert!(size_of::<TcpState>() <= 104, "{}", size_of::<TcpState>());
    assert!(size_of::<TcpTrace>() <= 56, "{}", size_of::<TcpTrace>());
    let flow = flow_of(&[packet(A, B)]);
    assert!(flow.content.extra.clone().known().is_none() && flow.low.extra.clone().known().is_none());
}

#[test]
fn a_segment_in_fragments_leaves_no_hole() {
    let tcp = |from: &str, to: &str, flags: u8, numbers: (u32, u32), length: u32, part: Part| {
        let segment = TcpSegment { flags: TcpFlags(flags), sequence: numbers.0, acknowledgment: numbers.1 };
        let payload = Span { wire: length, captured: length, ..Span::default() };
        Packet { transport: Transport::Tcp(Some(segment)), payload, part, ..packet(from, to) }
    };
    let (syn, ack) = (TcpFlags::SYN, TcpFlags::ACK);
    let unseen = |sent: &[(u32, Part)]| {
        let mut packets = vec![
            tcp(B, A, syn, (999, 0), 0, Part::Whole),
            tcp(A, B, syn | ack, (4_999, 1_000), 0, Part::Whole),
            tcp(B, A, ack, (1_000, 5_000), 0, Part::Whole),
        ];
        packets.extend(sent.iter().map(|(length, part)| tcp(B, A, ack, (1_000, 5_000), *length, *part)));
        packets.push(tcp(B, A, ack, (2_934, 5_000), 100, Part::Whole));
        packets.push(tcp(A, B, ack, (5_000, 3_034), 0, Part::Whole));
        flow_of(&packets).finish(|_, _| false).tcp.unwrap().unseen_acknowledged
    };
    assert_eq!(unseen(&[(1_448, Part::First), (1_934, Part::Reassembled)]), 0);
    assert_eq!(unseen(&[(1_448, Part::Whole)]), 486, "the rest of it was acknowledged and is not there");
    assert_eq!(unseen(&[(1_448, Part::First)]), 1_934, "its other fragments are not there");
}

#[test]
fn a_frame_to_everybody_tells_of_a_broadcast_whatever_the_address() {
    let sent_to = |mac: Mac| {
        let packet = Packet { destination_mac: Some(mac), ..packet(A, B) };
        flow_of(&[packet]).finish(|_, _| false).to_all
    };
    assert!(sent_to(Mac([0xff; 6])) && !sent_to(mac(2)));
}

#[test]
fn of_a_connection_that_stood_before_the_ports_tell_who_started() {
    let ack = TcpSegment { flags: TcpFlags(TcpFlags::ACK), ..TcpSegment::default() };
    let sent = |from: &str, to: &str| Packet { transport: Transport::Tcp(Some(ack)), ..packet(from, to) };
    assert_eq!(starter(&[sent(A, B)], None), (socket(B), Initiator::FirstPacket), "5060 and 40000");
    assert_eq!(starter(&[sent(B, A)], None), (socket(B), Initiator::FirstPacket));
}
