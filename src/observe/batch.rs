//! Takes decoded frames of one block, in order; gives them sorted by shard, so that the shards can read them side
//! by side. Runs inside the reading workers and keeps nothing beyond its block.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::capture::{LinkType, Record, Timestamp};
use crate::decode::{
    Decoded, Fragment, IcmpError, LinkMessage, Mac, Packet, Part, Skip, Transport, came_in_cooked,
    is_own_cooked, went_out_cooked,
};

use super::clock::ClockTrace;
use super::duplicates::{self, Print};
use super::media::{RtpHeader, could_be_rtp};
use super::traffic::Protocol;

/// How many parts the flow table has. Fixed, so that caps bite at the same packet whatever the number of threads.
pub(super) const SHARDS: usize = 8;
/// `LINKTYPE_FRELAY`: begins with the number of the circuit.
const FRAME_RELAY: LinkType = LinkType(107);

/// What one block of records held.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) events: [Vec<Event>; SHARDS],
    pub(super) aside: Vec<Aside>,
    /// With the index of the first record and their number.
    pub(super) skipped: BTreeMap<Skip, (u32, u64)>,
    /// Time of the first record.
    pub(super) first: Option<Timestamp>,
    pub(super) frames: u64,
    pub(super) filtered: u64,
    /// Records that the capturing device wrote of what it sent itself, or was sent.
    pub(super) own: u64,
    /// Who sent what came to the capturing device from outside, by the word of cooked records, as they came, with the hardware
    /// address in them.
    pub(super) came_in: Vec<(IpAddr, Option<Mac>)>,
    /// Hardware addresses with which the capturing device sent, by the word of cooked records.
    pub(super) own_macs: Vec<Mac>,
    pub(super) clock: ClockTrace,
}

/// Sums over all batches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) frames: u64,
    pub(super) filtered: u64,
    pub(super) own: u64,
}

impl Sums {
    pub(super) fn add(&mut self, batch: &Batch) {
        self.frames += batch.frames;
        self.filtered += batch.filtered;
        self.own += batch.own;
    }
}

/// Something a shard counts to one of its flows.
#[derive(Debug)]
pub(super) enum Event {
    /// With what copies of it have in common and what it says if it is RTP: the payload is in the cache while it is
    /// decoded, and not later.
    Packet(Packet, Print, Option<RtpHeader>),
    Icmp(Box<IcmpError>),
}

impl Event {
    pub(super) fn index(&self) -> u32 {
        match self {
            Self::Packet(packet, ..) => packet.index,
            Self::Icmp(error) => error.packet.index,
        }
    }
}

/// Something that needs the whole capture's order and is rare.
#[derive(Debug)]
pub(super) enum Aside {
    Fragment(Box<Fragment>),
    Link(LinkMessage),
}

impl Batch {
    /// Files what `record` was decoded to.
    pub fn push(&mut self, record: &Record<'_>, decoded: Decoded) {
        self.frames += 1;
        self.own += u64::from(is_own_cooked(record));
        self.first.get_or_insert(record.time);
        self.clock.push(record.interface, record.time, record.index as u32);
        match decoded {
            Decoded::Packet(packet) => self.packet(record, packet),
            Decoded::Fragment { fragment, first } => {
                self.aside.push(Aside::Fragment(fragment));
                if let Some(packet) = first {
                    self.packet(record, *packet);
                }
            }
            Decoded::IcmpError(error) => {
                self.packet(record, error.packet);
                let shard = shard_of(
                    (error.quoted_source, error.quoted_ports.0),
                    (error.quoted_destination, error.quoted_ports.1),
                );
                self.events[shard].push(Event::Icmp(error));
            }
            Decoded::Link(message) => self.aside.push(Aside::Link(message)),
            Decoded::Skipped(reason) => {
                self.skipped.entry(reason).or_insert((record.index as u32, 0)).1 += 1;
            }
        }
    }

    /// Empties it for another block; what its lists have grown to stays.
    pub(super) fn clear(&mut self) {
        let mut events = std::mem::take(&mut self.events);
        events.iter_mut().for_each(Vec::clear);
        *self = Self { events, ..Self::default() };
    }

    /// Counts a record that the user's filter kept out.
    pub fn pass_over(&mut self) {
        self.filtered += 1;
    }

    fn packet(&mut self, record: &Record<'_>, packet: Packet) {
        if came_in_cooked(record) {
            add_new(&mut self.came_in, (packet.source, packet.source_mac));
        } else if let Some(mac) = packet.source_mac.filter(|_| went_out_cooked(record)) {
            add_new(&mut self.own_macs, mac);
        }
        let span = packet.payload;
        let start = span.start.saturating_sub(record.offset) as usize;
        let payload = record.data.get(start..start + span.captured as usize).unwrap_or_default();
        let shard =
            shard_of((packet.source, packet.source_port), (packet.destination, packet.destination_port));
        let rtp = media_header(&packet, payload);
        let mut print = duplicates::print(&packet, payload, rtp.is_some_and(|rtp| !rtp.odd_padding));
        if record.link == FRAME_RELAY {
            print = print.on(record.data.first_chunk().map_or(0, |dlci| u16::from_be_bytes(*dlci)));
        }
        self.events[shard].push(Event::Packet(packet, print, rtp));
    }
}

/// Adds an address that is not there yet. The first ones are enough: who is at an end of all conversations is soon among them.
pub(super) fn add_new<T: PartialEq>(known: &mut Vec<T>, address: T) {
    const MOST: usize = 64;
    if known.len() < MOST && !known.contains(&address) {
        known.push(address);
    }
}

/// What a datagram says if it is RTP.
pub(super) fn media_header(packet: &Packet, payload: &[u8]) -> Option<RtpHeader> {
    let is_whole = packet.part != Part::First;
    if packet.transport == Transport::Udp && packet.payload.wire > 0 && is_whole {
        could_be_rtp(payload, packet.payload.wire)
    } else {
        None
    }
}

/// The shard of a conversation: the same for both directions, and without a seed, because caps must not depend on
/// the run. The maps inside the shards are seeded.
pub(super) fn shard_of(a: (IpAddr, u16), b: (IpAddr, u16)) -> usize {
    let mixed = mix(a).wrapping_add(mix(b));
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61) as usize % SHARDS
}

fn mix((address, port): (IpAddr, u16)) -> u64 {
    let bits = match address {
        IpAddr::V4(v4) => u64::from(u32::from(v4)),
        IpAddr::V6(v6) => {
            let bits = u128::from(v6);
            (bits as u64) ^ ((bits >> 64) as u64).rotate_left(29)
        }
    };
    let salted = (bits ^ (u64::from(port) << 43)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    salted ^ (salted >> 32)
}

/// The flow protocol of a packet.
pub(super) fn protocol_of(transport: Transport) -> Protocol {
    match transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp(_) => Protocol::Tcp,
        Transport::Icmp { .. } => Protocol::Icmp,
        Transport::Sctp => Protocol::Sctp,
        Transport::Other(number) => Protocol::Other(number),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, ip, packet};
    use super::*;
    use crate::capture::LinkType;
    use crate::decode::NotIp;

    fn record(index: u64) -> Record<'static> {
        let link = LinkType(1);
        Record { index, time: at(0), interface: 0, link, original_length: 0, data: &[], offset: 0 }
    }

    fn batch_of(decoded: impl IntoIterator<Item = Decoded>) -> Batch {
        let mut batch = Batch::default();
        (0..).zip(decoded).for_each(|(index, decoded)| batch.push(&record(index), decoded));
        batch
    }

    /// The only shard with events, and how many.
    fn filled(batch: &Batch) -> Vec<(usize, usize)> {
        let counts = batch.events.iter().map(Vec::len).enumerate();
        counts.filter(|(_, events)| *events > 0).collect()
    }

    #[test]
    fn both_directions_of_a_conversation_meet_in_one_shard() {
        for port in 5000..5200 {
            let there = packet(&format!("192.168.10.2:{port}"), "192.168.10.21:10000");
            let back = packet("192.168.10.21:10000", &format!("192.168.10.2:{port}"));
            let shards = filled(&batch_of([there, back].map(Decoded::Packet)));
            assert!(matches!(shards.as_slice(), [(_, 2)]), "{port}: {shards:?}");
        }
    }

    #[test]
    fn conversations_are_spread_over_all_shards() {
        let phones = (1..=200)
            .map(|host| Decoded::Packet(packet(&format!("192.168.10.{host}:5060"), "192.168.10.2:5060")));
        let shards = filled(&batch_of(phones));
        assert_eq!(shards.len(), SHARDS);
        assert!(shards.iter().all(|(_, events)| (5..60).contains(events)), "{shards:?}");
    }

    #[test]
    fn an_icmp_error_is_filed_with_the_flow_it_speaks_of() {
        for port in 1..100 {
            let error = IcmpError {
                packet: packet("192.168.10.1:0", "192.168.10.2:0"),
                kind: 3,
                code: 3,
                quoted_source: ip("192.168.10.2"),
                quoted_destination: ip("203.0.113.9"),
                quoted_protocol: 17,
                quoted_ports: (40_000, port),
            };
            let about = packet(&format!("203.0.113.9:{port}"), "192.168.10.2:40000");
            let batch = batch_of([Decoded::IcmpError(Box::new(error)), Decoded::Packet(about)]);
            let with_error = |events: &Vec<Event>| events.iter().any(|event| matches!(event, Event::Icmp(_)));
            let events = batch.events.iter().find(|events| with_error(events)).unwrap();
            let is_flow = |event: &Event| matches!(event, Event::Packet(packet, ..) if *packet == about);
            assert!(events.iter().any(is_flow), "{port}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_counted_by_reason() {
        let reasons = [Skip::CutIp, Skip::NotIp(NotIp::EtherType(0x88e1)), Skip::CutIp];
        let mut batch = batch_of(reasons.map(Decoded::Skipped));
        batch.pass_over();
        let other = Skip::NotIp(NotIp::EtherType(0x88e1));
        assert_eq!(batch.skipped, [(Skip::CutIp, (0, 2)), (other, (1, 1))].into());
        assert_eq!((batch.frames, batch.filtered), (3, 1), "what the filter kept out is no frame");
    }
}
