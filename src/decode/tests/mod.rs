//! Frames built by hand for all decoders, and what every test does with them.

mod cut;
mod fragments;
mod icmp;
mod ip;
mod layers;
mod link;
mod random;
mod transport;
mod wrap;

use std::net::IpAddr;

use etherparse::{IpDscp, IpEcn, IpHeaders, IpNumber, Ipv4Header, Ipv6Header, PacketBuilder};

use super::{Decoded, Fragment, Packet, Skip, decode};
use crate::capture::{LinkType, Record, Timestamp};

const ETHERNET: u16 = 1;
const RAW: u16 = 101;
/// Where a frame starts in its block in these tests.
const OFFSET: u32 = 1000;

const DSCP: u8 = 46;
const ECN: u8 = 2;
const TTL: u8 = 63;
const PORTS: (u16, u16) = (40_000, 50_000);
const PAYLOAD: &[u8] = b"a payload of 32 bytes, no tunnel";

fn v4(last: u8) -> [u8; 4] {
    [192, 0, 2, last]
}

fn v6(last: u8) -> [u8; 16] {
    let mut address = [0; 16];
    address[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    address[15] = last;
    address
}

/// An IPv4 packet with the marks above, from 192.0.2.1 to 192.0.2.2.
fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = Ipv4Header::new(payload.len() as u16, TTL, IpNumber(protocol), v4(1), v4(2)).unwrap();
    header.dscp = IpDscp::try_new(DSCP).unwrap();
    header.ecn = IpEcn::try_new(ECN).unwrap();
    header.header_checksum = header.calc_header_checksum();
    [header.to_bytes().as_slice(), payload].concat()
}

/// The same in IPv6, from 2001:db8::1 to 2001:db8::2.
fn ipv6(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let header = Ipv6Header {
        traffic_class: DSCP << 2 | ECN,
        payload_length: payload.len() as u16,
        next_header: IpNumber(protocol),
        hop_limit: TTL,
        source: v6(1),
        destination: v6(2),
        ..Ipv6Header::default()
    };
    [header.to_bytes().as_slice(), payload].concat()
}

fn udp(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u16 + 8;
    [&ports.0.to_be_bytes(), &ports.1.to_be_bytes(), &length.to_be_bytes(), &[0, 0], payload].concat()
}

fn udp_in_ipv4() -> Vec<u8> {
    ipv4(17, &udp(PORTS, PAYLOAD))
}

fn udp_in_ipv6() -> Vec<u8> {
    ipv6(17, &udp(PORTS, PAYLOAD))
}

fn tcp_in_ipv4() -> Vec<u8> {
    let (header, _) = Ipv4Header::from_slice(&ipv4(6, &[])).unwrap();
    let builder = PacketBuilder::ip(IpHeaders::Ipv4(header, Default::default()))
        .tcp(PORTS.0, PORTS.1, 7, 1024)
        .ack(9)
        .psh();
    let mut packet = Vec::new();
    builder.write(&mut packet, PAYLOAD).unwrap();
    packet
}

fn record(link: u16, data: &[u8], original_length: usize) -> Record<'_> {
    Record {
        index: 5,
        time: Timestamp(7),
        interface: 3,
        link: LinkType(link),
        original_length: original_length as u32,
        data,
        offset: OFFSET,
    }
}

fn decode_at(link: u16, data: &[u8], original_length: usize) -> Decoded {
    decode(&record(link, data, original_length))
}

fn decoded(link: u16, data: &[u8]) -> Decoded {
    decode_at(link, data, data.len())
}

#[track_caller]
fn packet(link: u16, data: &[u8]) -> Packet {
    match decoded(link, data) {
        Decoded::Packet(packet) => packet,
        other => panic!("no packet but {other:?}"),
    }
}

#[track_caller]
fn fragment(link: u16, data: &[u8]) -> (Fragment, Option<Packet>) {
    match decoded(link, data) {
        Decoded::Fragment { fragment, first } => (*fragment, first.map(|first| *first)),
        other => panic!("no fragment but {other:?}"),
    }
}

#[track_caller]
fn skipped(link: u16, data: &[u8]) -> Skip {
    match decoded(link, data) {
        Decoded::Skipped(skip) => skip,
        other => panic!("not skipped but {other:?}"),
    }
}

/// The bytes of the payload, found through its span.
fn payload<'a>(packet: &Packet, data: &'a [u8]) -> &'a [u8] {
    let range = packet.payload.range();
    &data[range.start - OFFSET as usize..range.end - OFFSET as usize]
}

fn addresses(packet: &Packet) -> (IpAddr, IpAddr) {
    (packet.source, packet.destination)
}
