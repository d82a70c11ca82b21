//! Takes the packets of one conversation in order; gives a [`Flow`]. Compact while it runs: there may be hundreds of
//! thousands of these.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::decode::{Layers, Mac, Packet, Part, Transport};

use super::carriage::Relay;
use super::content::Content;
use super::echoes::{Echo, Look};
use super::icmp::IcmpReport;
use super::media;
use super::message::App;
use super::midstream;
use super::sent::Sent;
use super::silences::{Silence, Silences};
use super::stall;
use super::tcp::TcpState;
use super::traffic::{Direction, Flow, Initiator, Protocol, TcpTrace, Vlans};

/// The hardware address of everybody.
const TO_ALL: Mac = Mac([0xff; 6]);
/// IP protocol number of the encapsulating security payload, RFC 4303.
const ESP: u8 = 50;
/// Pauses (ns) after which a flow of a live capture is over: one that is no conversation, one that is, and a TCP
/// connection that nobody closed (RFC 5382 section 5: two hours and four minutes).
const SHORT_PAUSE: i64 = 120 * 1_000_000_000;
const LONG_PAUSE: i64 = 1_800 * 1_000_000_000;
const OPEN_PAUSE: i64 = 7_440 * 1_000_000_000;
/// Systems take the ports of their own connections from here on: Linux from 32768, others from 49152 (RFC 6335 section
/// 6). What starts a connection from a lower port means that port.
pub const EPHEMERAL: u16 = 32_768;
/// A conversation that lasted so long may go on after a longer pause.
const LONG: i64 = 60 * 1_000_000_000;

/// Both ends of a conversation, the smaller one first, so that both directions meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowKey {
    pub(super) low: (IpAddr, u16),
    pub(super) high: (IpAddr, u16),
    pub(super) protocol: Protocol,
}

/// Which end of a [`FlowKey`] sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Low,
    High,
}

impl End {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }

    /// The end whose packets go this way.
    pub(super) fn sending(direction: media::Direction) -> Self {
        match direction {
            media::Direction::AToB => Self::Low,
            media::Direction::BToA => Self::High,
        }
    }

    /// The way of what this end sends, as media streams call it.
    pub(super) fn direction(self) -> media::Direction {
        match self {
            Self::Low => media::Direction::AToB,
            Self::High => media::Direction::BToA,
        }
    }
}

impl FlowKey {
    pub(super) fn new(from: (IpAddr, u16), to: (IpAddr, u16), protocol: Protocol) -> (Self, End) {
        let is_in_order = match (from.0, to.0) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits(), from.1) <= (b.to_bits(), to.1),
            _ => from <= to,
        };
        if is_in_order {
            (Self { low: from, high: to, protocol }, End::Low)
        } else {
            (Self { low: to, high: from, protocol }, End::High)
        }
    }

    pub(super) fn socket(&self, end: End) -> SocketAddr {
        let (address, port) = match end {
            End::Low => self.low,
            End::High => self.high,
        };
        SocketAddr::new(address, port)
    }
}

impl FlowKey {
    /// What puts rows in order, whatever the run.
    pub(super) fn order(&self) -> ((IpAddr, u16), (IpAddr, u16), Protocol) {
        (self.low, self.high, self.protocol)
    }

    /// Everything but the addresses.
    #[inline]
    fn ports(&self) -> u64 {
        let protocol = match self.protocol {
            Protocol::Udp => 0,
            Protocol::Tcp => 1,
            Protocol::Sctp => 2,
            Protocol::Icmp => 3,
            Protocol::Other(number) => 0x100 | u64::from(number),
        };
        protocol << 32 | u64::from(self.low.1) << 16 | u64::from(self.high.1)
    }

    /// Both addresses, if they are of IPv4.
    #[inline]
    fn v4(&self) -> Option<u64> {
        match (self.low.0, self.high.0) {
            (IpAddr::V4(low), IpAddr::V4(high)) => {
                Some(u64::from(low.to_bits()) << 32 | u64::from(high.to_bits()))
            }
            _ => None,
        }
    }
}

/// As two numbers for IPv4: this is done for each packet, and what is derived takes several times as long.
impl PartialEq for FlowKey {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.ports() == other.ports()
            && match (self.v4(), other.v4()) {
                (Some(own), Some(others)) => own == others,
                _ => (self.low.0, self.high.0) == (other.low.0, other.high.0),
            }
    }
}

impl Eq for FlowKey {}

impl Hash for FlowKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.ports());
        match self.v4() {
            Some(addresses) => state.write_u64(addresses),
            None => (self.low.0, self.high.0).hash(state),
        }
    }
}

/// A conversation while it runs.
#[derive(Clone, Debug)]
pub(super) struct FlowState {
    pub(super) key: FlowKey,
    pub(super) first_from: End,
    pub(super) low: Sent,
    pub(super) high: Sent,
    pub(super) tcp: Option<Box<TcpState>>,
    pub(super) content: Content,
    layers: Layers,
    vlans: Vlans,
    to_all: bool,
    /// When it was first heard of, which may be by an ICMP error alone.
    since: Timestamp,
}

impl FlowState {
    pub(super) fn new(key: FlowKey, first_from: End, since: Timestamp) -> Self {
        Self {
            key,
            first_from,
            low: Sent::default(),
            high: Sent::default(),
            tcp: None,
            content: Content::default(),
            layers: Layers::default(),
            vlans: Vlans::default(),
            to_all: false,
            since,
        }
    }

    /// Counts a packet that `from` sent. Datagrams put together were counted by their first fragment, but for what TCP says.
    pub(super) fn count(&mut self, from: End, frame: Frame, packet: &Packet) {
        self.layers = self.layers.with(packet.layers);
        if let Some(tag) = packet.vlan
            && !self.vlans.contains(&tag.id)
        {
            self.vlans.push(tag.id);
        }
        if let Some(outer) = packet.outer_vlan {
            let known =
                self.content.extra.known().is_some_and(|extra| extra.outer_vlans.contains(&outer.get()));
            if !known {
                self.content.extra.outer_vlans.push(outer.get());
            }
        }
        self.to_all |= packet.destination_mac == Some(TO_ALL);
        if self.content.app == App::Sip {
            self.note_silence(frame, packet);
        }
        let side = match from {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        };
        // Wireshark shows the ports of a fragmented datagram in the frame that completes it.
        if packet.part != Part::First {
            side.frames.push(frame);
        }
        let own = side.last;
        if packet.part != Part::Reassembled {
            count(side, frame, packet);
        }
        // How much a segment in fragments brings is known when it is whole.
        if let Transport::Tcp(Some(segment)) = packet.transport
            && packet.part != Part::First
        {
            let tcp = self.tcp.get_or_insert_with(Box::default);
            if !tcp.is_copy(from, segment, packet.time) {
                let other = if from == End::Low { &self.high } else { &self.low };
                let before = stall::Before { own, other: other.last.map(|(_, time)| time) };
                let is_again = tcp.is_again(from, segment, packet.payload.wire);
                stall::note(&mut self.content.extra, (from, segment, is_again), (frame, packet), &before);
                tcp.push(from, frame, segment, packet.payload.wire);
            }
        }
    }

    /// Takes whether a packet that `from` sent was there long before.
    pub(super) fn echo(&mut self, from: End, look: Look, frame: Frame, packet: &Packet) {
        if look == Look::Skipped {
            return;
        }
        let side = match from {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        };
        let is_numbered = packet.identification != 0;
        if let Look::Again(..) = look {
            Echo::note(&mut side.extra.echo, look, frame, is_numbered);
        } else if let Some(extra) = side.known().and_then(|side| side.extra.known()) {
            Echo::note(&mut extra.echo, look, frame, is_numbered);
        }
    }

    /// How a stream of it is relayed, if it is.
    pub(super) fn relay(&self, direction: media::Direction, ssrc: u32) -> Option<Relay> {
        self.content.extra.carriage.as_ref()?.relay(self.key.protocol, direction, ssrc)
    }

    fn note_silence(&mut self, frame: Frame, packet: &Packet) {
        let last = [self.low.last, self.high.last].into_iter().flatten().max_by_key(|(_, time)| *time);
        let Some(after) = last else { return };
        let silence = Silence { after, until: (frame, packet.time) };
        if silence.length() <= 0 {
            return;
        }
        match &mut self.content.extra.silence {
            Some(known) => known.note(silence),
            none => *none = Some(Box::new(Silences::of(silence))),
        }
    }

    /// Whether nothing more is to be expected at `now`, as connection tracking of firewalls judges it: a connection that
    /// was closed or never stood, a question with its answer. What talks for long may pause for long.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let times = [self.low.first, self.low.last, self.high.first, self.high.last].into_iter().flatten();
        let (first, last) =
            times.fold((now, self.since), |(first, last), (_, time)| (first.min(time), last.max(time)));
        let is_dialog = self.low.packets > 0 && self.high.packets > 0 && last.since(first) >= LONG;
        let pause = match &self.tcp {
            Some(tcp) if tcp.is_open() => OPEN_PAUSE,
            Some(_) => SHORT_PAUSE,
            None if is_dialog => LONG_PAUSE,
            None => SHORT_PAUSE,
        };
        now.since(last) >= pause
    }

    /// Counts an ICMP error that quotes a packet `about` had sent.
    pub(super) fn blame(&mut self, about: End, report: IcmpReport) {
        // Which end is `a` is known in the end; until then it is the low one.
        let report = IcmpReport { about_a: about == End::Low, ..report };
        let reports = &mut self.content.extra.icmp;
        match reports.iter_mut().find(|known| known.is_like(&report)) {
            Some(known) if known.is_copied_by(&report) => {}
            Some(known) => known.add(&report),
            None => reports.push(Box::new(report)),
        }
    }

    /// The finished row; `is_service` tells whether a port is a known service of this transport.
    pub(super) fn finish(self, is_service: impl Fn(Protocol, u16) -> bool) -> Flow {
        let (starter, initiator) = self.starter(is_service);
        let key = self.key;
        let (a, b) = match starter {
            End::Low => (self.low, self.high),
            End::High => (self.high, self.low),
        };
        let mut vlans = self.vlans;
        vlans.sort_unstable();
        let is_strange = self.content.is_strange;
        let mut extra = self.content.extra;
        if self.content.app == App::Tls
            && let Some(tcp) = &self.tcp
            && let Some(stuck) = extra.tls.stuck(tcp, (starter, &a), &b)
        {
            extra.stuck = Some(stuck);
        }
        stall::finish(&mut extra, starter);
        for report in extra.known().into_iter().flat_map(|extra| extra.icmp.iter_mut()) {
            report.about_a = report.about_a == (starter == End::Low);
        }
        for mapped in extra.known().into_iter().flat_map(|extra| extra.mapped.iter_mut()) {
            mapped.is_a = mapped.is_a == (starter == End::Low);
        }
        Flow {
            id: 0,
            protocol: key.protocol,
            a: key.socket(starter),
            b: key.socket(starter.other()),
            initiator,
            from_a: a,
            from_b: b,
            app: self.content.app,
            tcp: self.tcp.map(|tcp| Box::new(TcpTrace { is_strange, ..tcp.finish(starter) })),
            layers: self.layers,
            vlans,
            to_all: self.to_all,
            extra,
        }
    }

    fn starter(&self, is_service: impl Fn(Protocol, u16) -> bool) -> (End, Initiator) {
        if let Some(end) = self.tcp.as_ref().and_then(|tcp| tcp.opened_by()) {
            return (end, Initiator::Handshake);
        }
        let served = |end: End| is_service(self.key.protocol, self.key.socket(end).port());
        // Each side of SIP may ask, from whatever port: a scanner sends from 5060 as well.
        if let Some(end) = self.content.asked {
            let is_service = served(end.other()) && !served(end);
            return (end, if is_service { Initiator::Service } else { Initiator::FirstPacket });
        }
        match (served(End::Low), served(End::High)) {
            (true, false) => (End::High, Initiator::Service),
            (false, true) => (End::Low, Initiator::Service),
            _ => (self.starter_by_ports(), Initiator::FirstPacket),
        }
    }
}

impl FlowState {
    /// The end that probably started: who sends the first packet of a connection that stood before says nothing.
    fn starter_by_ports(&self) -> End {
        let [low, high] = [End::Low, End::High].map(|end| self.key.socket(end).port());
        match midstream::is_called_at_first(low, high).filter(|_| self.tcp.is_some()) {
            Some(true) => End::High,
            Some(false) => End::Low,
            None => self.first_from,
        }
    }
}

impl Flow {
    /// Packets of both ends.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.from_a.packets.saturating_add(self.from_b.packets)
    }

    /// Packets of IPsec that are not read: ESP itself, and behind NAT.
    #[must_use]
    pub fn esp(&self) -> u64 {
        match self.protocol {
            Protocol::Other(ESP) => self.packets(),
            Protocol::Udp if self.app == App::Unknown => self.extra.esp,
            _ => 0,
        }
    }
}

fn count(side: &mut Direction, frame: Frame, packet: &Packet) {
    let length = u64::from(packet.ip_length);
    side.packets += 1;
    side.bytes += length;
    side.payload_packets += u64::from(packet.payload.wire > 0);
    side.dscp.add(packet.dscp, 1, length);
    if let Some(tag) = packet.vlan {
        side.extra.pcp.add(tag.pcp, 1, length);
    }
    side.first.get_or_insert((frame, packet.time));
    side.last = Some((frame, packet.time));
    match (side.mac, packet.source_mac) {
        (None, seen) => side.mac = seen,
        (Some(known), Some(seen)) if known != seen => {
            side.extra.other_macs += 1;
            side.extra.other_mac.get_or_insert((seen, packet.dscp));
        }
        _ => {}
    }
    let (least, most) = side.ttl.unwrap_or((packet.ttl, packet.ttl));
    side.ttl = Some((least.min(packet.ttl), most.max(packet.ttl)));
}

#[cfg(test)]
mod tests;
