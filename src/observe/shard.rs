//! Takes its share of the packets in capture order; keeps the flow table, reads what the packets carry, and measures
//! media. Shards share nothing, so they run side by side and still read exactly as one reader would.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::capture::{Chunk, Frame, Timestamp};
use crate::decode::{IcmpError, Mac, Packet, Part, TcpSegment, Transport};

use super::batch::{Batch, Event, media_header, protocol_of};
use super::content::Note;
use super::dialogs::Datagram;
use super::duplicates::{self, Duplicates, Print};
use super::echoes::{Echoes, Look};
use super::flow::{End, FlowKey, FlowState};
use super::icmp::IcmpReport;
use super::media::{
    Announcements, Endpoint, Limits, Lookup, RtpHeader, Sample, StreamReport, Streams, Waiting,
};
use super::past::Past;
use super::quality::{Quality, is_own};
use super::returns::is_whole;
use super::traffic::Protocol;

/// Flows one shard keeps; the packets of further flows are counted in [`super::Quality::packets_over_cap`].
const FLOWS_KEPT: usize = 1 << 16;
const FRAMES_KEPT: usize = 5;
/// Bytes of TCP streams that wait to be read; beyond it a stream is given up and counted.
const HELD_LIMIT: usize = 16 << 20;
/// What the whole program keeps, divided among the shards.
const MEDIA_LIMITS: Limits = Limits { streams: 8_192, candidates: 2_048 };

/// One part of the flow table with all that belongs to its flows.
#[derive(Clone, Debug)]
pub struct Shard {
    /// Places in `flows`, found by the key that stands there: it need not stand twice.
    by_key: HashTable<u32>,
    hasher: RandomState,
    pub(super) flows: Vec<FlowState>,
    pub(super) duplicates: Duplicates,
    echoes: Echoes,
    /// Of the events of the block that is being read: whether each is a copy, and whether it was there much before.
    looks: Vec<(Option<bool>, Look)>,
    /// The same of the datagrams that were completed in it.
    completed: Vec<Look>,
    samples: Vec<Waiting>,
    /// Samples of the wave before, which what it told has been settled for.
    due: Vec<Waiting>,
    held: usize,
    pub(super) streams: Streams,
    /// Of its streams, once it has concluded: those that are media, by first frame.
    #[expect(
        clippy::vec_box,
        reason = "they are long, and are put in order together with those of other shards"
    )]
    pub(super) reports: Vec<Box<StreamReport>>,
    /// Packets of sources that nothing shows to be RTP.
    pub(super) unlikely: u64,
    pub(super) past: Past,
    /// What the packets of the current wave told, in order.
    pub(super) notes: Vec<Told>,
    pub(super) counts: Counts,
}

/// Counters of one shard.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) over_cap: u64,
    pub(super) unread_streams: u64,
    pub(super) cut_payloads: u64,
    pub(super) copies: u64,
    pub(super) equal_pings: u64,
    pub(super) copy_candidates: u64,
    /// Of a device to itself, between two stations.
    rewritten: u64,
    /// Between two addresses, but not between two stations of the Ethernet.
    one_station: u64,
    /// Of a device to itself, by the loopback interface of Linux.
    looped: u64,
    unseen: u64,
    unseen_frames: Vec<Frame>,
}

/// A note of the inspector with where it was taken.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Place in the measurement: frames of several files do not tell which came first.
    pub(super) order: u64,
    pub(super) frame: Frame,
    pub(super) time: Timestamp,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) protocol: Protocol,
    pub(super) dscp: u8,
    pub(super) datagram: Option<Datagram>,
    pub(super) note: Note,
}

/// A datagram that was put together from fragments, to be read where its last fragment stood.
#[derive(Debug)]
pub(super) struct Injected {
    pub(super) index: u32,
    pub(super) packet: Packet,
    pub(super) bytes: Vec<u8>,
}

/// What all shards read from in one step: the blocks in capture order, each with the datagrams completed in it.
#[derive(Debug)]
pub struct Wave {
    pub(super) chunks: Vec<Chunk<Batch>>,
    /// Places in the measurement before each chunk.
    pub(super) before: Vec<u64>,
    /// By chunk, then shard, in order of index.
    pub(super) injected: Vec<[Vec<Injected>; super::batch::SHARDS]>,
}

impl Shard {
    /// An empty part of the table. `start`: time of the first frame, from which Wireshark counts.
    pub(super) fn new(start: Timestamp) -> Self {
        Self {
            by_key: HashTable::new(),
            hasher: RandomState::default(),
            flows: Vec::new(),
            duplicates: Duplicates::default(),
            echoes: Echoes::default(),
            looks: Vec::new(),
            completed: Vec::new(),
            samples: Vec::new(),
            due: Vec::new(),
            held: 0,
            streams: Streams::new(MEDIA_LIMITS, start),
            reports: Vec::new(),
            unlikely: 0,
            past: Past::default(),
            notes: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// First step: flows, TCP, and what the packets say. `own` is this shard's number.
    pub fn track(&mut self, own: usize, wave: &Wave) {
        for ((chunk, injected), before) in wave.chunks.iter().zip(&wave.injected).zip(&wave.before) {
            let at = |index: u32| (before + u64::from(index), chunk.frame(u64::from(index)));
            let events = chunk.value.events.get(own).map_or(&[][..], Vec::as_slice);
            let injected = injected.get(own).map_or(&[][..], Vec::as_slice);
            self.find_copies(events, injected, &|index| chunk.frame(u64::from(index)));
            let mut completed = injected.iter().enumerate().peekable();
            for (place, event) in events.iter().enumerate() {
                while let Some((nth, datagram)) =
                    completed.next_if(|(_, datagram)| datagram.index < event.index())
                {
                    self.datagram(at(datagram.index), nth, datagram);
                }
                match event {
                    Event::Packet(packet, _, rtp) => {
                        let (is_copy, look) = self.looks.get(place).copied().unwrap_or_default();
                        self.counts.look_at(packet, is_copy);
                        self.packet(at(packet.index), packet, look, *rtp, &chunk.bytes)
                    }
                    Event::Icmp(error) => self.icmp(chunk.frame(u64::from(event.index())), error),
                }
            }
            for (nth, datagram) in completed {
                self.datagram(at(datagram.index), nth, datagram);
            }
        }
    }

    /// A pass of its own: the slots lie anywhere in memory, and where nothing else is done in between the processor waits for
    /// several of them at a time.
    fn find_copies(&mut self, events: &[Event], injected: &[Injected], frame: &impl Fn(u32) -> Frame) {
        self.looks.clear();
        self.completed.clear();
        let mut completed = injected.iter().peekable();
        for event in events {
            while let Some(datagram) = completed.next_if(|datagram| datagram.index < event.index()) {
                self.look_into(datagram, frame(datagram.index));
            }
            let look = match event {
                Event::Packet(packet, print, rtp) => {
                    self.look(frame(packet.index), packet, *print, is_voice(*rtp))
                }
                Event::Icmp(_) => Default::default(),
            };
            self.looks.push(look);
        }
        completed.for_each(|datagram| self.look_into(datagram, frame(datagram.index)));
    }

    fn look(&mut self, frame: Frame, packet: &Packet, print: Print, is_voice: bool) -> (Option<bool>, Look) {
        let is_copy = self.duplicates.is_copy(frame, packet, print);
        let is_new = is_copy == Some(false) && (packet.identification != 0 || is_voice);
        let look = if is_new { self.echoes.look(print.bits(), packet.time, frame) } else { Look::Skipped };
        (is_copy, look)
    }

    /// A datagram that was put together was looked at as its first fragment; what it carried was not.
    fn look_into(&mut self, datagram: &Injected, frame: Frame) {
        let packet = &datagram.packet;
        if packet.part == Part::Reassembled {
            self.completed.push(Look::Skipped);
            return;
        }
        let payload = datagram.bytes.get(packet.payload.range()).unwrap_or_default();
        let is_voice = is_voice(media_header(packet, payload));
        let print = duplicates::print(packet, &datagram.bytes, is_voice);
        let (is_copy, look) = self.look(frame, packet, print, is_voice);
        self.counts.look_at(packet, is_copy);
        self.completed.push(look);
    }

    fn datagram(&mut self, at: (u64, Frame), nth: usize, datagram: &Injected) {
        let payload = datagram.bytes.get(datagram.packet.payload.range()).unwrap_or_default();
        let rtp = media_header(&datagram.packet, payload);
        let look = self.completed.get(nth).copied().unwrap_or_default();
        self.packet(at, &datagram.packet, look, rtp, &datagram.bytes);
    }

    /// What the packets of the latest wave told goes into `told`, which is empty, and what could be media among them waits for
    /// [`Self::measure`]; nothing waited any more.
    pub(super) fn hand_over(&mut self, told: &mut Vec<Told>) {
        std::mem::swap(&mut self.notes, told);
        std::mem::swap(&mut self.samples, &mut self.due);
    }

    /// Second step: media, once what the wave told that brought it is settled, so that all announcements up to its end are known.
    pub fn measure(&mut self, announcements: &Announcements) {
        let flows = &self.flows;
        let lookup = |waiting: &Waiting| {
            let (flow, direction, ssrc) = waiting.key;
            let Some(flow) = flows.get(flow as usize) else { return Lookup::default() };
            let end = |end: End| Endpoint::from(flow.key.socket(end));
            let from = End::sending(direction);
            if let Some(relay) = flow.relay(direction, ssrc) {
                let (from, to) = relay.ends((flow.key.socket(from), flow.key.socket(from.other())));
                return announcements.lookup(from.into(), to.into(), waiting.place);
            }
            announcements.lookup(end(from), end(from.other()), waiting.place)
        };
        self.streams.push_all(&self.due, lookup);
        self.due.clear();
    }

    /// Last step, when all is measured: the reports of the streams that are media, and of those that the other direction may
    /// show to be. A second time does nothing.
    pub fn conclude(&mut self) {
        for report in self.streams.finish() {
            if report.is_media() || is_whole(&report) {
                self.reports.push(Box::new(report));
            } else {
                self.unlikely += report.counts.packets;
            }
        }
    }

    /// RTCP of `ssrc` was seen beside the media from `source` to `target`.
    pub(super) fn pair_rtcp(&mut self, source: (IpAddr, u16), target: (IpAddr, u16), ssrc: u32) {
        let (key, from) = FlowKey::new(source, target, Protocol::Udp);
        if let Some(flow) = self.known(&key) {
            self.streams.pair_rtcp((flow, from.direction(), ssrc));
        }
    }

    /// Lets what is over at `now` leave the tables; the rows of the end sum it up. `is_service` tells whether a port is a
    /// known service of a transport.
    pub fn retire(&mut self, now: Timestamp, is_service: &impl Fn(Protocol, u16) -> bool) {
        let mut places = Vec::with_capacity(self.flows.len());
        let mut over: Vec<Option<FlowState>> = Vec::with_capacity(self.flows.len());
        for flow in std::mem::take(&mut self.flows) {
            if flow.is_over(now) {
                places.push(None);
                over.push(Some(flow));
            } else {
                places.push(u32::try_from(self.flows.len()).ok());
                over.push(None);
                self.flows.push(flow);
            }
        }
        if over.iter().all(Option::is_none) {
            return;
        }
        self.by_key = HashTable::with_capacity(self.flows.len());
        let hash = |flow: &FlowState| self.hasher.hash_one(flow.key);
        for (at, flow) in (0..).zip(&self.flows) {
            let is_same = |at: &u32| self.flows.get(*at as usize).is_some_and(|other| other.key == flow.key);
            let hash_at = |&at: &u32| self.flows.get(at as usize).map_or(0, hash);
            // Of connections on the same ports the last is the one that goes on.
            match self.by_key.entry(hash(flow), is_same, hash_at) {
                Entry::Occupied(mut known) => *known.get_mut() = at,
                Entry::Vacant(place) => drop(place.insert(at)),
            }
        }
        let mut streams: BTreeMap<u32, Vec<StreamReport>> = BTreeMap::new();
        for report in self.streams.renumber(&|flow| places.get(flow as usize).copied().flatten()) {
            streams.entry(report.flow).or_default().push(report);
        }
        for (at, flow) in (0..).zip(over) {
            let Some(flow) = flow else { continue };
            self.held = self.held.saturating_sub(flow.content.held());
            self.counts.note_unseen(&flow);
            let streams = streams.remove(&at).unwrap_or_default();
            self.past.take(flow.finish(is_service), streams, is_service);
        }
    }

    fn packet(
        &mut self,
        (order, frame): (u64, Frame),
        packet: &Packet,
        look: Look,
        rtp: Option<RtpHeader>,
        block: &[u8],
    ) {
        let protocol = protocol_of(packet.transport);
        let sender = (packet.source, packet.source_port);
        let receiver = (packet.destination, packet.destination_port);
        let (key, from) = FlowKey::new(sender, receiver, protocol);
        let payload = block.get(packet.payload.range()).unwrap_or_default();
        if let Transport::Tcp(Some(segment)) = packet.transport
            && segment.flags.is_attempt()
        {
            self.part(key, from, segment);
        }
        let Some(index) = self.flow_index(key, from, packet.time) else {
            self.counts.over_cap += 1;
            return;
        };
        let Some(flow) = self.flows.get_mut(index as usize) else { return };
        flow.count(from, frame, packet);
        flow.echo(from, look, frame, packet);
        if packet.part == Part::First {
            // Its payload is read when the datagram is whole.
            return;
        }
        let told = &mut self.notes;
        let mut tell = |note| {
            let (from, to) = (SocketAddr::from(sender), SocketAddr::from(receiver));
            let is_datagram = protocol == Protocol::Udp;
            let datagram =
                is_datagram.then_some(Datagram { identification: packet.identification, ttl: packet.ttl });
            let (time, dscp) = (packet.time, packet.dscp);
            told.push(Told { order, frame, time, from, to, protocol, dscp, datagram, note });
        };
        let waiting = |header: RtpHeader| Waiting {
            key: (index, from.direction(), header.ssrc),
            place: place(order),
            sample: Sample::new(frame, packet, &header),
        };
        let mut may_relay = false;
        match packet.transport {
            Transport::Tcp(Some(segment)) => {
                let before = flow.content.held();
                flow.content.segment(from, segment, packet.payload, payload, &mut tell);
                may_relay = true;
                self.held = self.held.saturating_sub(before) + flow.content.held();
                if self.held > HELD_LIMIT {
                    self.held -= flow.content.held();
                    flow.content.give_up();
                    self.counts.unread_streams += 1;
                }
            }
            Transport::Udp if packet.payload.wire > 0 => {
                let is_media = rtp.is_some_and(|header| !header.odd_padding);
                flow.content.datagram(from, packet, payload, is_media, &mut tell);
                self.samples.extend(rtp.map(waiting));
                may_relay = !is_media;
            }
            _ => {}
        }
        if may_relay
            && let Some(extra) = flow.content.extra.known()
            && let Some(carriage) = &mut extra.carriage
        {
            self.samples.extend(carriage.take_media().map(waiting));
        }
    }

    fn icmp(&mut self, frame: Frame, error: &IcmpError) {
        let protocol = match error.quoted_protocol {
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            132 => Protocol::Sctp,
            1 | 58 => Protocol::Icmp,
            other => Protocol::Other(other),
        };
        let (key, about) = FlowKey::new(
            (error.quoted_source, error.quoted_ports.0),
            (error.quoted_destination, error.quoted_ports.1),
            protocol,
        );
        let Some(index) = self.flow_index(key, about, error.packet.time) else {
            self.counts.over_cap += 1;
            return;
        };
        if let Some(flow) = self.flows.get_mut(index as usize) {
            let report = IcmpReport {
                reporter: error.packet.source,
                about_a: true,
                v6: error.packet.source.is_ipv6(),
                kind: error.kind,
                code: error.code,
                frame,
                count: 1,
                span: (error.packet.time, error.packet.time),
                pause: 0,
                identification: error.packet.identification,
            };
            flow.blame(about, report);
        }
    }

    fn flow_index(&mut self, key: FlowKey, from: End, time: Timestamp) -> Option<u32> {
        if let Some(known) = self.known(&key) {
            return Some(known);
        }
        if self.flows.len() >= FLOWS_KEPT {
            return None;
        }
        let index = u32::try_from(self.flows.len()).ok()?;
        self.flows.push(FlowState::new(key, from, time));
        let hash_at =
            |&at: &u32| self.flows.get(at as usize).map_or(0, |flow| self.hasher.hash_one(flow.key));
        self.by_key.insert_unique(self.hasher.hash_one(key), index, hash_at);
        Some(index)
    }

    /// Ends the row of a TCP connection where `segment` begins another one on the same ports: names, outcome and times are
    /// each one's own. Without room for one more row they share it.
    fn part(&mut self, key: FlowKey, from: End, segment: TcpSegment) {
        let Some(index) = self.known(&key).filter(|_| self.flows.len() < FLOWS_KEPT) else { return };
        let Some(flow) = self.flows.get_mut(index as usize) else { return };
        if !flow.tcp.as_ref().is_some_and(|tcp| tcp.is_followed_by(from, segment)) {
            return;
        }
        self.held = self.held.saturating_sub(flow.content.held());
        flow.content.give_up();
        if let Ok(known) = self.by_key.find_entry(self.hasher.hash_one(key), |at| *at == index) {
            known.remove();
        }
    }

    fn known(&self, key: &FlowKey) -> Option<u32> {
        let is_at = |at: &u32| self.flows.get(*at as usize).is_some_and(|flow| flow.key == *key);
        self.by_key.find(self.hasher.hash_one(key), is_at).copied()
    }
}

/// Whether a header is that of voice beyond doubt.
fn is_voice(rtp: Option<RtpHeader>) -> bool {
    rtp.is_some_and(|rtp| !rtp.odd_padding)
}

/// A place in the measurement as announcements are ordered by.
pub(super) fn place(order: u64) -> Frame {
    Frame::new(0, order)
}

/// Whether Ethernet has it go from one station to another; the loopback interface has zeros for both.
fn has_two_stations(packet: &Packet) -> bool {
    let stations = packet.source_mac.zip(packet.destination_mac);
    stations.is_some_and(|(from, to)| from != to && !from.is_unset() && !to.is_unset() && !to.is_multicast())
}

/// Whether an Ethernet header has one and the same station at both ends, which may be none (zeros).
fn has_one_station(packet: &Packet) -> bool {
    packet.source_mac.is_some() && packet.source_mac == packet.destination_mac
}

/// Whether an Ethernet header names no station at all, as on the loopback interface of Linux.
fn has_no_station(packet: &Packet) -> bool {
    [packet.source_mac, packet.destination_mac].iter().all(|mac| mac.is_some_and(Mac::is_unset))
}

impl Counts {
    pub(super) fn add_to(&self, quality: &mut Quality) {
        quality.packets_over_cap += self.over_cap;
        quality.messages_over_cap += self.unread_streams;
        quality.cut_payloads += self.cut_payloads;
        quality.rewritten += self.rewritten;
        quality.one_station += self.one_station;
        quality.looped += self.looped;
        quality.duplicates += self.copies;
        quality.equal_pings += self.equal_pings;
        quality.duplicate_candidates += self.copy_candidates;
        quality.unseen_connections += self.unseen;
        quality.unseen_frames.extend_from_slice(&self.unseen_frames);
    }

    /// Counts a flow with bytes that TCP acknowledged and the capture does not hold.
    pub(super) fn note_unseen(&mut self, flow: &FlowState) {
        if let Some(frame) = flow.tcp.as_ref().and_then(|tcp| tcp.unseen_frame()) {
            self.unseen += 1;
            self.unseen_frames.push(frame);
            self.unseen_frames.sort_unstable();
            self.unseen_frames.truncate(FRAMES_KEPT);
        }
    }

    fn look_at(&mut self, packet: &Packet, is_copy: Option<bool>) {
        self.cut_payloads += u64::from(packet.payload.is_cut() && packet.part == Part::Whole);
        self.copy_candidates += u64::from(is_copy.is_some());
        self.copies += u64::from(is_copy == Some(true));
        let is_ping = matches!(packet.transport, Transport::Icmp { .. });
        self.equal_pings += u64::from(is_copy == Some(true) && is_ping);
        match is_own(packet.source, packet.destination) {
            true => {
                self.rewritten += u64::from(has_two_stations(packet));
                self.looped += u64::from(has_no_station(packet));
            }
            false => self.one_station += u64::from(has_one_station(packet)),
        }
    }
}

#[cfg(test)]
mod tests;
