use super::super::fixture::{at, frame, packet};
use super::*;
use crate::decode::{Span, TcpFlags};

#[test]
fn connections_on_the_same_ports_have_a_row_each() {
    const CLIENT: &str = "192.168.10.2:49300";
    const SERVER: &str = "198.51.100.10:443";
    let mut shard = Shard::new(at(0));
    let mut order = 0;
    let mut say = |shard: &mut Shard, from, to, second: i64, flags, sequence, acknowledgment| {
        order += 1;
        let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(flags) };
        let time = at(second * 1_000);
        let packet = Packet {
            transport: Transport::Tcp(Some(segment)),
            time,
            payload: Span::default(),
            ..packet(from, to)
        };
        shard.packet((order, frame(order)), &packet, Look::Skipped, None, &[]);
    };
    let (syn, ack, fin) = (TcpFlags::SYN, TcpFlags::ACK, TcpFlags::FIN);
    say(&mut shard, "192.168.10.2:49299", SERVER, 0, syn, 1, 0);
    for (second, from) in [(10, 100), (11, 900)] {
        say(&mut shard, CLIENT, SERVER, second, syn, from, 0);
        say(&mut shard, SERVER, CLIENT, second, syn | ack, 5, from + 1);
        say(&mut shard, CLIENT, SERVER, second, fin | ack, from + 1, 6);
    }
    let packets = |shard: &Shard| -> Vec<_> {
        shard.flows.iter().map(|flow| flow.low.packets + flow.high.packets).collect()
    };
    assert_eq!(packets(&shard), [1, 3, 3]);
    shard.retire(at(125_000), &|_, _| false);
    say(&mut shard, SERVER, CLIENT, 125, ack, 6, 902);
    assert_eq!(packets(&shard), [3, 4], "what comes is the latest one's, also when others have left");
}

#[test]
fn a_datagram_in_fragments_is_compared_once() {
    let mut shard = Shard::new(at(0));
    let part =
        |index, part| Packet { part, index, identification: 7, ..packet("10.0.0.1:40000", "10.0.0.2:40000") };
    let event = |index, kind, first_byte| {
        let packet = part(index, kind);
        Event::Packet(packet, duplicates::print(&packet, &[first_byte], false), None)
    };
    let events = [event(1, Part::First, 0), event(3, Part::Whole, 0), event(4, Part::First, 1)];
    let whole = |kind| [Injected { index: 2, packet: part(2, kind), bytes: vec![0; 64] }];
    shard.find_copies(&events, &whole(Part::Reassembled), &|index| frame(index.into()));
    let copies: Vec<_> = shard.looks.iter().map(|(is_copy, _)| *is_copy).collect();
    assert_eq!(copies, [Some(false), Some(true), Some(false)]);
    assert_eq!(shard.counts.copy_candidates, 0);
    shard.find_copies(&events, &whole(Part::Whole), &|index| frame(index.into()));
    assert_eq!(shard.counts.copy_candidates, 1, "what a tunnel in fragments held");
}

#[test]
fn the_loopback_interface_has_no_stations() {
    let own = packet("127.0.0.1:5004", "127.0.0.1:6004");
    let rewritten = |packet: &Packet| {
        let mut counts = Counts::default();
        counts.look_at(packet, None);
        counts.rewritten
    };
    assert_eq!(rewritten(&own), 1, "two stations");
    let zeros = Some(crate::decode::Mac([0; 6]));
    assert_eq!(rewritten(&Packet { source_mac: zeros, destination_mac: zeros, ..own }), 0);
    assert_eq!(rewritten(&Packet { destination_mac: own.source_mac, ..own }), 0, "one and the same");
    assert_eq!(rewritten(&Packet { source_mac: None, destination_mac: None, ..own }), 0);
    assert_eq!(rewritten(&packet("10.0.0.1:5004", "10.0.0.2:6004")), 0, "of two devices");
    let looped = |packet: &Packet| {
        let mut counts = Counts::default();
        counts.look_at(packet, None);
        counts.looped
    };
    assert_eq!(looped(&Packet { source_mac: zeros, destination_mac: zeros, ..own }), 1);
    assert_eq!(looped(&Packet { destination_mac: zeros, ..own }), 0, "somebody sent it");
    let between_two = |packet: &Packet| {
        let mut counts = Counts::default();
        counts.look_at(packet, None);
        counts.one_station
    };
    let other = packet("10.0.0.1:5004", "10.0.0.2:6004");
    assert_eq!(between_two(&Packet { source_mac: zeros, destination_mac: zeros, ..other }), 1);
    assert_eq!(between_two(&Packet { destination_mac: other.source_mac, ..other }), 1);
    assert_eq!(between_two(&Packet { destination_mac: None, ..other }), 0, "cooked");
    assert_eq!(between_two(&Packet { source_mac: None, destination_mac: None, ..other }), 0, "no Ethernet");
    assert_eq!([between_two(&other), between_two(&own)], [0, 0]);
}
