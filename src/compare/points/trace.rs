//! Takes the records of one measuring point again, once its streams are known; keeps of each packet of theirs, and of
//! each SIP message, what can be told apart elsewhere. Bounded, and deterministic for any range size.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::capture::{Chunk, Frame, Record, Timestamp};
use crate::decode::{Decoded, Fragment, Packet, Part, TcpFlags, Transport, VlanTag, decode};
use crate::observe::media::could_be_rtp;
use crate::observe::message::{App, sip};
use crate::observe::{Flow, Protocol, Reassembler, Traffic};

use super::message::Message;
use super::tcp::{Carrier, Segment, Streams};

/// Packets of media that are kept of one point: 24 bytes each.
const PACKETS_KEPT: usize = 4 << 20;
/// SIP messages that are kept of one point.
const MESSAGES_KEPT: usize = 1 << 16;

/// How a packet was marked and travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// DSCP, 0 to 63.
    pub dscp: u8,
    /// Innermost VLAN tag.
    pub vlan: Option<VlanTag>,
    /// Time to live or hop limit.
    pub ttl: u8,
}

impl Look {
    fn of(packet: &Packet) -> Self {
        Self { dscp: packet.dscp, vlan: packet.vlan, ttl: packet.ttl }
    }
}

/// One packet of a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// RTP timestamp, then sequence number: the same at every point.
    pub(super) key: u64,
    pub(super) time: Timestamp,
    pub(super) look: Look,
}

/// The packets of one stream, each once, in order of their keys.
#[derive(Debug)]
pub(super) struct StreamTrace {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) ssrc: u32,
    /// Call-IDs of the SDP that announced it.
    pub(super) calls: Vec<Box<str>>,
    pub(super) packets: Vec<Seen>,
}

/// What one point saw.
#[derive(Debug)]
pub struct Trace {
    pub(super) streams: Vec<StreamTrace>,
    pub(super) messages: Vec<Message>,
    /// First and last record up to which everything was kept.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// Packets and messages that there was no room for, and messages that could not be read whole.
    pub(super) left_out: u64,
    wanted: Wanted,
    packets: usize,
    is_full: bool,
    reassembler: Reassembler,
    tcp: Streams,
}

/// What is looked for.
#[derive(Debug)]
struct Wanted {
    /// Media by sender, receiver and source.
    streams: HashMap<(SocketAddr, SocketAddr, u32), u32>,
    /// Directions of TCP connections that carry SIP.
    tcp: HashMap<(SocketAddr, SocketAddr), Carrier>,
}

/// What was sighted in one stretch of the capture.
#[derive(Debug, Default)]
pub struct Sightings {
    events: Vec<Event>,
}

#[derive(Debug)]
enum Event {
    Media(u32, Seen),
    Sip(u32, Box<Message>),
    Tcp(Box<Segment>),
    /// SIP that was cut.
    Unread,
    Fragment(Box<Fragment>, Vec<u8>),
    Time(Timestamp),
}

impl Trace {
    /// A trace of the streams of `traffic`, which is what the same capture holds.
    #[must_use]
    pub fn new(traffic: &Traffic) -> Self {
        let streams: Vec<StreamTrace> = traffic
            .streams
            .iter()
            .map(|stream| StreamTrace {
                source: stream.source,
                destination: stream.destination,
                ssrc: stream.report.ssrc,
                calls: stream.report.calls.iter().map(|call| (&**call).into()).collect(),
                packets: Vec::new(),
            })
            .collect();
        let wanted = (0..).zip(&streams).map(|(at, one)| ((one.source, one.destination, one.ssrc), at));
        let is_sip = |flow: &&Flow| flow.app == App::Sip;
        let sip = traffic.flows.iter().filter(|flow| flow.protocol == Protocol::Tcp).filter(is_sip);
        let ways = |flow: &Flow| {
            let kind = if flow.extra.is_websocket { Carrier::WebSocket } else { Carrier::Tcp };
            [((flow.a, flow.b), kind), ((flow.b, flow.a), kind)]
        };
        let tcp = sip.flat_map(ways).collect();
        Self {
            wanted: Wanted { streams: wanted.collect(), tcp },
            streams,
            messages: Vec::new(),
            span: None,
            left_out: 0,
            packets: 0,
            is_full: false,
            reassembler: Reassembler::default(),
            tcp: Streams::default(),
        }
    }

    /// Files what a record holds. Runs in any thread.
    pub fn sight(&self, sightings: &mut Sightings, record: &Record<'_>) {
        if sightings.events.is_empty() {
            sightings.events.push(Event::Time(record.time));
        }
        match decode(record) {
            Decoded::Packet(packet) if packet.part == Part::Whole => {
                let start = packet.payload.start.saturating_sub(record.offset) as usize;
                let end = start + packet.payload.captured as usize;
                let payload = record.data.get(start..end).unwrap_or_default();
                sightings.events.extend(self.wanted.event(&packet, payload));
            }
            Decoded::Fragment { fragment, .. } => {
                let span = fragment.packet.payload;
                let start = span.start.saturating_sub(record.offset) as usize;
                let bytes = record.data.get(start..start + span.captured as usize).unwrap_or_default();
                sightings.events.push(Event::Fragment(fragment, bytes.to_vec()));
            }
            _ => {}
        }
        match sightings.events.last_mut() {
            Some(Event::Time(time)) => *time = record.time.max(*time),
            _ => sightings.events.push(Event::Time(record.time)),
        }
    }

    /// Takes what was sighted, in capture order.
    pub fn absorb(&mut self, chunks: Vec<Chunk<Sightings>>) {
        for mut chunk in chunks {
            for event in std::mem::take(&mut chunk.value.events) {
                self.take(event, |index| chunk.frame(u64::from(index)));
            }
        }
    }

    /// Puts the packets of each stream in order; what came twice counts once.
    #[must_use]
    pub fn finish(mut self) -> Self {
        self.left_out += self.tcp.unfinished();
        for stream in &mut self.streams {
            stream.packets.sort_by_key(|seen| seen.key);
            stream.packets.dedup_by_key(|seen| seen.key);
        }
        self
    }

    fn take(&mut self, event: Event, frame: impl Fn(u32) -> Frame) {
        match event {
            Event::Time(time) if time.is_known() && !self.is_full => {
                let (first, last) = self.span.unwrap_or((time, time));
                self.span = Some((first.min(time), last.max(time)));
            }
            Event::Time(_) => {}
            Event::Unread => self.left_out += 1,
            Event::Media(at, seen) => {
                self.is_full |= self.packets >= PACKETS_KEPT;
                match self.streams.get_mut(at as usize) {
                    Some(stream) if !self.is_full => {
                        self.packets += 1;
                        stream.packets.push(seen);
                    }
                    _ => self.left_out += 1,
                }
            }
            Event::Sip(index, message) => self.keep(*message, frame(index)),
            Event::Tcp(segment) => {
                let (messages, unread) = self.tcp.push(&segment);
                self.left_out += unread;
                messages.into_iter().for_each(|message| self.keep(message, frame(segment.index)));
            }
            Event::Fragment(fragment, bytes) => {
                let here = frame(fragment.packet.index);
                let Some(whole) = self.reassembler.push(here, &fragment, &bytes) else { return };
                if let Some(event) = self.wanted.event(&whole.packet, &whole.bytes) {
                    self.take(event, frame);
                }
            }
        }
    }

    fn keep(&mut self, mut message: Message, frame: Frame) {
        self.is_full |= self.messages.len() >= MESSAGES_KEPT;
        if self.is_full {
            self.left_out += 1;
        } else {
            message.frame = frame;
            self.messages.push(message);
        }
    }
}

impl Wanted {
    fn event(&self, packet: &Packet, payload: &[u8]) -> Option<Event> {
        if !packet.time.is_known() {
            return None;
        }
        let from = SocketAddr::new(packet.source, packet.source_port);
        let to = SocketAddr::new(packet.destination, packet.destination_port);
        let look = Look::of(packet);
        if let Transport::Tcp(segment) = packet.transport {
            let segment = segment?;
            let begins = segment.flags.has(TcpFlags::SYN);
            let carrier = *self.tcp.get(&(from, to))?;
            let is_telling = begins || packet.payload.wire > 0;
            return is_telling.then(|| {
                Event::Tcp(Box::new(Segment {
                    carrier,
                    index: packet.index,
                    time: packet.time,
                    from,
                    to,
                    look,
                    sequence: segment.sequence,
                    begins,
                    wire: packet.payload.wire,
                    bytes: payload.to_vec(),
                }))
            });
        }
        if packet.transport != Transport::Udp || payload.is_empty() {
            return None;
        }
        if let Some(header) = could_be_rtp(payload, packet.payload.wire) {
            let at = *self.streams.get(&(from, to, header.ssrc))?;
            let key = u64::from(header.timestamp) << 16 | u64::from(header.sequence);
            return Some(Event::Media(at, Seen { key, time: packet.time, look }));
        }
        if !sip::is_sip(payload) {
            return None;
        }
        let read = sip::read(payload, packet.payload.is_cut()).filter(|message| !message.is_cut);
        let Some(read) = read else { return Some(Event::Unread) };
        let message = Message::of(&read, payload, (packet.time, from, to, look))?;
        let message = Message { identification: packet.identification, ..message };
        Some(Event::Sip(packet.index, Box::new(message)))
    }
}
