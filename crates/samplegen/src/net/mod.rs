//! A tiny world: hosts that talk, a clock, and the mirror port that sees it all. Takes messages of [`crate::talk`],
//! gives a [`Capture`]. Moments are nanoseconds since the capture's start; things may be said in any order.

mod host;
mod media;
mod rng;
mod services;
mod sip;
mod tcp;

use std::net::{IpAddr, SocketAddr};

use crate::capture::{Capture, Record};
use crate::frame::{self, Ip, Segment, Tag, ethertype, ip_protocol};

pub use host::{Class, End, Host, Mark, Policy};
pub use media::{Lost, Marks, Media, Stream};
pub use rng::Rng;
pub use services::Boot;
pub use sip::{Call, Line, Outcome};
pub use tcp::{Refusal, Say, Tcp};

/// A millisecond in nanoseconds.
pub const MS: u64 = 1_000_000;
/// A second in nanoseconds.
pub const SECOND: u64 = 1_000_000_000;
/// When every capture starts: 2 March 2026, 08:00 UTC.
pub const START: u64 = 1_772_438_400 * SECOND;

/// The wire with the mirror port.
#[derive(Clone, Debug)]
pub struct Net {
    rng: Rng,
    next_id: u16,
    records: Vec<Record>,
}

impl Net {
    /// A silent network; `seed` decides every random number that will be drawn.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), next_id: 1, records: Vec::new() }
    }

    /// What the mirror port saw, in time order.
    #[must_use]
    pub fn capture(mut self) -> Capture {
        self.records.sort_by_key(|record| record.time);
        Capture::ethernet(self.records)
    }

    /// The random numbers of this world.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// Sends a datagram; one that is larger than the Ethernet MTU goes in fragments.
    pub fn udp(&mut self, at: u64, from: End, to: End, class: Class, payload: &[u8]) {
        let datagram = frame::udp(from.address(), to.address(), payload);
        self.send(at, from.host, to.host, class, ip_protocol::UDP, &datagram);
    }

    /// Sends a TCP segment outside any [`Tcp`] connection.
    pub fn segment(&mut self, at: u64, from: End, to: End, class: Class, segment: &Segment, payload: &[u8]) {
        let bytes = frame::tcp(from.address(), to.address(), segment, payload);
        self.send(at, from.host, to.host, class, ip_protocol::TCP, &bytes);
    }

    /// `by` says that a UDP datagram from `from` to `to` was not delivered: code 3 port, 13 prohibited.
    pub fn unreachable(&mut self, at: u64, by: Host, code: u8, from: End, to: End) {
        let header = Ip { ttl: 63, ..Ip::new(from.host.ip, to.host.ip) };
        let quoted =
            frame::ip(&header, ip_protocol::UDP, &frame::udp(from.address(), to.address(), &[0; 16]));
        let error = frame::icmp_unreachable(by.ip, from.host.ip, code, &quoted);
        let protocol = if by.ip.is_ipv4() { ip_protocol::ICMP } else { ip_protocol::ICMPV6 };
        self.send(at, by, from.host, Class::Data, protocol, &error);
    }

    /// `from` pings `to`, which answers: both directions between them are visible.
    pub fn ping(&mut self, at: u64, from: Host, to: Host) {
        let message = |kind| frame::icmp_echo(kind, 1, b"abcdefghijklmnopqrstuvwabcdefghi");
        self.send(at, from, to, Class::Data, ip_protocol::ICMP, &message(8));
        self.send(at + MS, to, from, Class::Data, ip_protocol::ICMP, &message(0));
    }

    /// `asker` learns `owner`'s hardware address, both of IPv4 and on one link.
    pub fn arp(&mut self, at: u64, asker: Host, owner: Host) {
        let (IpAddr::V4(asker_ip), IpAddr::V4(owner_ip)) = (asker.ip, owner.ip) else { return };
        let (asks, owns) = ((asker.mac, asker_ip.octets()), (owner.mac, owner_ip.octets()));
        let tags = tags(asker, owner, Class::Data);
        let request = frame::arp(1, asks, ([0; 6], owns.1));
        self.put(at, frame::ethernet(frame::BROADCAST, asker.mac, &tags, ethertype::ARP, &request));
        let reply = frame::arp(2, owns, asks);
        self.put(at + MS / 5, frame::ethernet(asker.mac, owner.mac, &tags, ethertype::ARP, &reply));
    }

    /// `asker` seeks an address that all of these have: each answers.
    pub fn arp_contested(&mut self, at: u64, asker: Host, owners: &[Host]) {
        let Some(owner) = owners.first() else { return };
        self.arp(at, asker, *owner);
        for (nth, owner) in (2..).zip(owners.iter().skip(1)) {
            let (IpAddr::V4(asker_ip), IpAddr::V4(owner_ip)) = (asker.ip, owner.ip) else { continue };
            let reply = frame::arp(2, (owner.mac, owner_ip.octets()), (asker.mac, asker_ip.octets()));
            let tags = tags(asker, *owner, Class::Data);
            let frame = frame::ethernet(asker.mac, owner.mac, &tags, ethertype::ARP, &reply);
            self.put(at + nth * MS / 5, frame);
        }
    }

    /// Puts a frame on the wire as it is.
    pub fn put(&mut self, at: u64, frame: Vec<u8>) {
        // Whole microseconds, so that every file format can hold the time.
        self.records.push(Record::whole((START + at) / 1000 * 1000, frame));
    }

    fn send(&mut self, at: u64, from: Host, to: Host, class: Class, protocol: u8, payload: &[u8]) {
        const MTU: usize = 1500;
        let header = Ip {
            source: from.ip,
            destination: to.ip,
            dscp: from.policy.mark(class).dscp,
            ttl: if from.internet && !to.internet { from.ttl - 9 } else { from.ttl },
            id: self.next_id,
        };
        self.next_id = self.next_id.wrapping_add(1);
        let head = if from.ip.is_ipv4() { 20 } else { 40 };
        let packets = if head + payload.len() > MTU {
            frame::fragments(&header, protocol, payload, MTU - head - 8)
        } else {
            vec![frame::ip(&header, protocol, payload)]
        };
        let tags = tags(from, to, class);
        for (nth, packet) in packets.iter().enumerate() {
            let kind = frame::ethertype_of(packet);
            let bytes = frame::ethernet(to.mac, from.mac, &tags, kind, packet);
            self.put(at + nth as u64 * 20_000, bytes);
        }
    }
}

fn tags(from: Host, to: Host, class: Class) -> Vec<Tag> {
    let pcp = from.policy.mark(class).pcp;
    from.vlan.or(to.vlan).map(|vlan| Tag { vlan, pcp }).into_iter().collect()
}

/// `address` and `port` as one value.
fn socket(address: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(address, port)
}
