//! Takes IP fragments in capture order, gives whole datagrams, and tells which never became whole.
//! Of what a datagram carries it knows SIP alone, to tell which of those are sendings of one message.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::{IpDefragBuf, IpFragRange};
use etherparse::{IpFragOffset, IpNumber};
use hashbrown::HashMap;

use super::message::sip;
use crate::capture::{Frame, Timestamp};
use crate::decode::{Decoded, Fragment, Packet, Part, Transport, decode_reassembled};

/// Datagrams that are open at a time.
const MOST_OPEN: usize = 1024;
/// Bytes of all open datagrams, gaps included.
const MOST_BYTES: usize = 8 << 20;
/// A datagram of 64 KiB has 46 fragments at an MTU of 1500 bytes.
const MOST_FRAGMENTS: usize = 256;
/// Incomplete datagrams that are listed; the others are counted only.
const MOST_LISTED: usize = 1000;
/// Times of whole datagrams that are kept for two sockets; those of the first 1,000 pairs.
const WHOLE_KEPT: usize = 3;
/// How long the rest may be under way: what Linux waits (`net.ipv4.ipfrag_time`).
const LONGEST_WAIT: i64 = 30_000_000_000;
/// How far a mirror port's second copy lags behind. SIP repeats a message after 500 ms at the earliest (RFC 3261
/// section 17.1.1.1), which is no copy.
const LONGEST_ECHO: i64 = 250_000_000;
const MOST_RECENT: usize = 64;

/// A datagram put together from its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Fields of the first fragment, time and index of the one that completed it, [`Part::Reassembled`]; the
    /// payload's span counts in `bytes`.
    pub packet: Packet,
    /// The whole IP payload.
    pub bytes: Vec<u8>,
    /// The fragments in order of arrival. Wireshark shows the content at the last one.
    pub frames: Vec<Frame>,
}

/// What keeps a datagram from being whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// The first fragment, and with it the ports.
    First,
    /// A fragment between others.
    Middle,
    /// The last fragment.
    Last,
    /// Nothing that can be told: the snap length cut a fragment.
    Cut,
    /// Fragments contradict each other, or are too many: the receiver drops the datagram (RFC 5722).
    Contradiction,
}

/// A datagram that never became whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Sender.
    pub source: IpAddr,
    /// Receiver.
    pub destination: IpAddr,
    /// Source and destination port, if the first fragment was seen and the protocol has ports.
    pub ports: Option<(u16, u16)>,
    /// IP protocol number of the payload.
    pub protocol: u8,
    /// Its fragments in order of arrival.
    pub frames: Vec<Frame>,
    /// Payload bytes that were seen.
    pub bytes_seen: u32,
    /// What is missing.
    pub missing: Missing,
    /// When its first fragment came.
    pub time: Timestamp,
    /// The SIP request or answer that its first fragment begins.
    pub request: Option<RequestId>,
}

/// What tells a SIP request from others: sent again it is the same (RFC 3261 section 17.1.1.2). So it is with an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId {
    /// Call-ID.
    pub call_id: Box<str>,
    /// Number of the `CSeq`.
    pub number: u32,
    /// Method; of an answer its status.
    pub method: Box<str>,
}

/// UDP datagrams between two sockets that came together from fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// When the latest became whole, ascending, at most three.
    pub times: Vec<Timestamp>,
}

/// What became of the fragments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Fragments that came in.
    pub fragments: u64,
    /// Datagrams put together.
    pub completed: u64,
    /// Fragments that were there already, byte for byte.
    pub duplicates: u64,
    /// Datagrams with a fragment cut by the snap length.
    pub cut: u64,
    /// Datagrams whose fragments contradict each other.
    pub contradictory: u64,
    /// Datagrams that never became whole, for whatever reason.
    pub incomplete: u64,
    /// Of these, given up because too many were open.
    pub evicted: u64,
}

/// Puts fragments together (RFC 791 section 3.2, RFC 8200 section 4.5) within fixed bounds.
#[derive(Clone, Debug, Default)]
pub struct Reassembler {
    /// By order of opening.
    open: BTreeMap<u64, Open>,
    serials: HashMap<Key, u64, foldhash::fast::RandomState>,
    next_serial: u64,
    bytes: usize,
    recent: VecDeque<Completed>,
    incomplete: Vec<Incomplete>,
    /// By sender and receiver.
    whole: BTreeMap<(SocketAddr, SocketAddr), Vec<Timestamp>>,
    counts: Counts,
}

/// Fragments with the same key belong together. IPv6 does not promise the same protocol in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    interface: u16,
    vlan: Option<u16>,
    source: IpAddr,
    destination: IpAddr,
    identification: u32,
    protocol: Option<u8>,
}

#[derive(Clone, Debug)]
struct Open {
    key: Key,
    since: Timestamp,
    state: State,
    /// Protocol and fields of the first fragment, as soon as it was seen.
    first: Option<(u8, Packet)>,
    protocol: u8,
    ports: Option<(u16, u16)>,
    frames: Vec<Frame>,
    prints: Vec<u64>,
}

#[derive(Clone, Debug)]
enum State {
    Collecting(IpDefragBuf),
    /// Can never become whole: why, and the payload bytes seen until then.
    Lost(Missing, u32),
}

/// A datagram that became whole, kept for telling its copies from a new one.
#[derive(Clone, Debug)]
struct Completed {
    key: Key,
    at: Timestamp,
    prints: Vec<u64>,
}

impl Reassembler {
    /// Takes a fragment with the captured bytes of its payload; gives the datagram that it completes.
    pub fn push(&mut self, frame: Frame, fragment: &Fragment, bytes: &[u8]) -> Option<Datagram> {
        self.counts.fragments += 1;
        self.expire(fragment.packet.time);
        let key = Key::of(fragment);
        let print = fingerprint(fragment, bytes);
        let serial = match self.serials.get(&key) {
            Some(&serial) => serial,
            None if self.is_echo(&key, fragment.packet.time, print) => {
                self.counts.duplicates += 1;
                return None;
            }
            None => self.open(key, fragment),
        };
        let open = self.open.get_mut(&serial)?;
        let before = open.held();
        let accepted = open.accept(frame, fragment, bytes, print);
        self.bytes = (self.bytes + open.held()).saturating_sub(before);
        match accepted {
            Accepted::Added => {}
            Accepted::Duplicate => self.counts.duplicates += 1,
            Accepted::Lost(Missing::Cut) => self.counts.cut += 1,
            Accepted::Lost(_) => self.counts.contradictory += 1,
            Accepted::Complete => return self.complete(serial, fragment),
        }
        self.evict();
        None
    }

    /// The datagrams that never became whole, in the order in which they were given up, and the counts.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Incomplete>, Counts) {
        while let Some((&serial, _)) = self.open.first_key_value() {
            self.give_up(serial);
        }
        (self.incomplete, self.counts)
    }

    /// The datagrams that became whole, by sender and receiver.
    #[must_use]
    pub fn whole(&self) -> Vec<Whole> {
        let pairs = self.whole.iter();
        pairs.map(|(&(from, to), times)| Whole { from, to, times: times.clone() }).collect()
    }

    fn note_whole(&mut self, packet: &Packet) {
        if !matches!(packet.transport, Transport::Udp) {
            return;
        }
        let from = SocketAddr::new(packet.source, packet.source_port);
        let to = SocketAddr::new(packet.destination, packet.destination_port);
        if self.whole.len() < MOST_LISTED || self.whole.contains_key(&(from, to)) {
            let times = self.whole.entry((from, to)).or_default();
            if times.len() == WHOLE_KEPT {
                times.remove(0);
            }
            times.push(packet.time);
        }
    }

    fn open(&mut self, key: Key, fragment: &Fragment) -> u64 {
        let serial = self.next_serial;
        self.next_serial += 1;
        self.serials.insert(key, serial);
        self.open.insert(serial, Open::new(key, fragment));
        serial
    }

    fn complete(&mut self, serial: u64, last: &Fragment) -> Option<Datagram> {
        let open = self.remove(serial)?;
        let (protocol, first) = open.first?;
        let State::Collecting(buffer) = open.state else { return None };
        self.counts.completed += 1;
        if self.recent.len() == MOST_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(Completed { key: open.key, at: last.packet.time, prints: open.prints });

        let (bytes, _) = buffer.take_bufs();
        let first = Packet { time: last.packet.time, index: last.packet.index, ..first };
        let packet = reassembled_packet(&first, protocol, &bytes);
        self.note_whole(&packet);
        Some(Datagram { packet, bytes, frames: open.frames })
    }

    /// Whether this is the copy of a fragment whose datagram became whole a moment ago.
    fn is_echo(&self, key: &Key, time: Timestamp, print: u64) -> bool {
        self.recent.iter().any(|completed| {
            completed.key == *key
                && time.since(completed.at) <= LONGEST_ECHO
                && completed.prints.contains(&print)
        })
    }

    fn expire(&mut self, now: Timestamp) {
        while let Some((&serial, open)) = self.open.first_key_value() {
            if now.since(open.since) <= LONGEST_WAIT {
                break;
            }
            self.give_up(serial);
        }
    }

    fn evict(&mut self) {
        while self.open.len() > MOST_OPEN || self.bytes > MOST_BYTES {
            let Some((&serial, _)) = self.open.first_key_value() else { break };
            self.counts.evicted += 1;
            self.give_up(serial);
        }
    }

    fn give_up(&mut self, serial: u64) {
        let Some(open) = self.remove(serial) else { return };
        self.counts.incomplete += 1;
        if self.incomplete.len() < MOST_LISTED {
            self.incomplete.push(open.into_incomplete());
        }
    }

    fn remove(&mut self, serial: u64) -> Option<Open> {
        let open = self.open.remove(&serial)?;
        self.serials.remove(&open.key);
        self.bytes = self.bytes.saturating_sub(open.held());
        Some(open)
    }
}

impl Key {
    fn of(fragment: &Fragment) -> Self {
        let packet = &fragment.packet;
        Self {
            interface: packet.interface,
            vlan: packet.vlan.map(|tag| tag.id),
            source: packet.source,
            destination: packet.destination,
            identification: fragment.identification,
            protocol: packet.source.is_ipv4().then_some(fragment.protocol),
        }
    }
}

enum Accepted {
    Added,
    Duplicate,
    Complete,
    Lost(Missing),
}

impl Open {
    fn new(key: Key, fragment: &Fragment) -> Self {
        let buffer = IpDefragBuf::new(IpNumber(fragment.protocol), Vec::new(), Vec::new());
        Self {
            key,
            since: fragment.packet.time,
            state: State::Collecting(buffer),
            first: None,
            protocol: fragment.protocol,
            ports: None,
            frames: Vec::new(),
            prints: Vec::new(),
        }
    }

    /// Bytes held, gaps included.
    fn held(&self) -> usize {
        match &self.state {
            State::Collecting(buffer) => buffer.data().len(),
            State::Lost(..) => 0,
        }
    }

    fn accept(&mut self, frame: Frame, fragment: &Fragment, bytes: &[u8], print: u64) -> Accepted {
        if self.prints.contains(&print) {
            return Accepted::Duplicate;
        }
        if self.frames.len() < MOST_FRAGMENTS {
            self.frames.push(frame);
            self.prints.push(print);
        } else if matches!(self.state, State::Collecting(_)) {
            return self.lose(Missing::Contradiction);
        }
        if fragment.offset == 0 && self.first.is_none() {
            self.first = Some((fragment.protocol, fragment.packet));
            self.protocol = fragment.protocol;
            self.ports = ports(fragment, bytes);
        }
        let State::Collecting(buffer) = &mut self.state else { return Accepted::Added };
        if fragment.packet.payload.is_cut() {
            return self.lose(Missing::Cut);
        }
        if !fits(buffer, fragment, bytes) || add(buffer, fragment, bytes).is_none() {
            return self.lose(Missing::Contradiction);
        }
        if buffer.is_complete() { Accepted::Complete } else { Accepted::Added }
    }

    fn lose(&mut self, why: Missing) -> Accepted {
        self.state = State::Lost(why, self.bytes_seen());
        Accepted::Lost(why)
    }

    fn bytes_seen(&self) -> u32 {
        match &self.state {
            State::Collecting(buffer) => buffer.sections().iter().map(length).sum(),
            State::Lost(_, bytes_seen) => *bytes_seen,
        }
    }

    /// The request or answer at the beginning of the first fragment, if headers that tell it apart lie in it.
    fn request(&self) -> Option<RequestId> {
        const HEADER: usize = 8;
        let State::Collecting(buffer) = &self.state else { return None };
        let first = buffer.sections().iter().find(|section| section.start == 0)?;
        if self.protocol != IpNumber::UDP.0 || self.first.is_none() {
            return None;
        }
        let message = sip::read(buffer.data().get(HEADER..usize::from(first.end))?, true)?;
        let (call_id, cseq) = (message.call_id?, message.cseq?);
        Some(RequestId {
            call_id: call_id.as_str().into(),
            number: cseq.number,
            method: match message.kind {
                sip::Kind::Request { .. } => cseq.method.to_string().into(),
                sip::Kind::Response { status, .. } => status.to_string().into(),
            },
        })
    }

    fn into_incomplete(self) -> Incomplete {
        let request = self.request();
        let missing = match &self.state {
            State::Lost(why, _) => *why,
            State::Collecting(_) if self.first.is_none() => Missing::First,
            State::Collecting(buffer) if buffer.end().is_none() => Missing::Last,
            State::Collecting(_) => Missing::Middle,
        };
        Incomplete {
            source: self.key.source,
            destination: self.key.destination,
            ports: self.ports,
            protocol: self.protocol,
            bytes_seen: self.bytes_seen(),
            frames: self.frames,
            missing,
            time: self.since,
            request,
        }
    }
}

fn length(section: &IpFragRange) -> u32 {
    u32::from(section.end.saturating_sub(section.start))
}

/// RFC 5722: bytes that are there already must not change, nor may any lie behind the end. [`IpDefragBuf`] would
/// let the last writer win.
fn fits(buffer: &IpDefragBuf, fragment: &Fragment, bytes: &[u8]) -> bool {
    let (start, end) = (fragment.offset as usize, fragment.offset as usize + bytes.len());
    buffer.sections().iter().all(|section| {
        let (section_start, section_end) = (usize::from(section.start), usize::from(section.end));
        if !fragment.more && section_end > end {
            return false;
        }
        let (from, to) = (start.max(section_start), end.min(section_end));
        from >= to || buffer.data().get(from..to) == bytes.get(from - start..to - start)
    })
}

fn add(buffer: &mut IpDefragBuf, fragment: &Fragment, bytes: &[u8]) -> Option<()> {
    let offset = IpFragOffset::try_new(u16::try_from(fragment.offset / 8).ok()?).ok()?;
    buffer.add(offset, fragment.more, bytes).ok()
}

/// Keeps a fragment apart from others of its datagram.
fn fingerprint(fragment: &Fragment, bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (fragment.offset, fragment.more, bytes).hash(&mut hasher);
    hasher.finish()
}

fn ports(first: &Fragment, bytes: &[u8]) -> Option<(u16, u16)> {
    let packet = reassembled_packet(&first.packet, first.protocol, bytes);
    let has_ports = matches!(packet.transport, Transport::Udp | Transport::Tcp(_) | Transport::Sctp);
    has_ports.then_some((packet.source_port, packet.destination_port))
}

/// The packet inside; if it cannot be read, the datagram as it is.
fn reassembled_packet(first: &Packet, protocol: u8, bytes: &[u8]) -> Packet {
    match decode_reassembled(first, protocol, bytes) {
        Decoded::Packet(packet) => packet,
        Decoded::IcmpError(error) => error.packet,
        Decoded::Fragment { fragment, first } => first.map_or(fragment.packet, |first| *first),
        Decoded::Link(_) | Decoded::Skipped(_) => Packet { part: Part::Reassembled, ..*first },
    }
}

#[cfg(test)]
mod tests;
