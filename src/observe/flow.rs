//! Takes the packets of one conversation in order; gives a [`Flow`]. Compact while it runs: there may be hundreds of
//! thousands of these.

use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::decode::{Layers, Mac, Packet, Part, Transport};

use super::content::Content;
use super::media;
use super::tcp::TcpState;
use super::traffic::{Direction, Flow, IcmpReport, Initiator, Protocol};

const FRAMES_KEPT: usize = 5;
const VLANS_KEPT: usize = 8;
const ICMP_KEPT: usize = 8;
/// Pauses (ns) after which a flow of a live capture is over: one that is no conversation, one that is, and a TCP
/// connection that nobody closed (RFC 5382 section 5: two hours and four minutes).
const SHORT_PAUSE: i64 = 120 * 1_000_000_000;
const LONG_PAUSE: i64 = 1_800 * 1_000_000_000;
const OPEN_PAUSE: i64 = 7_440 * 1_000_000_000;
/// A conversation that lasted so long may go on after a longer pause.
const LONG: i64 = 60 * 1_000_000_000;

/// Both ends of a conversation, the smaller one first, so that both directions meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        if from <= to {
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

/// A conversation while it runs.
#[derive(Clone, Debug)]
pub(super) struct FlowState {
    pub(super) key: FlowKey,
    pub(super) first_from: End,
    pub(super) low: SideState,
    pub(super) high: SideState,
    pub(super) tcp: Option<Box<TcpState>>,
    pub(super) content: Content,
    icmp: Vec<(End, IcmpReport)>,
    layers: Layers,
    vlans: Vec<u16>,
}

/// What one end sent.
#[derive(Clone, Debug, Default)]
pub(super) struct SideState {
    pub(super) packets: u64,
    bytes: u64,
    payload_packets: u64,
    dscp: Vec<(u8, u64, u64)>,
    first: Option<(Frame, Timestamp)>,
    last: Option<(Frame, Timestamp)>,
    frames: Vec<Frame>,
    mac: Option<Mac>,
    other_macs: u64,
    ttl: Option<(u8, u8)>,
    pcp: Vec<(u8, u64)>,
}

impl FlowState {
    pub(super) fn new(key: FlowKey, first_from: End) -> Self {
        Self {
            key,
            first_from,
            low: SideState::default(),
            high: SideState::default(),
            tcp: None,
            content: Content::default(),
            icmp: Vec::new(),
            layers: Layers::default(),
            vlans: Vec::new(),
        }
    }

    /// Counts a packet that `from` sent. Datagrams put together were counted by their first fragment.
    pub(super) fn count(&mut self, from: End, frame: Frame, packet: &Packet) {
        self.layers = self.layers.with(packet.layers);
        if let Some(tag) = packet.vlan
            && !self.vlans.contains(&tag.id)
            && self.vlans.len() < VLANS_KEPT
        {
            self.vlans.push(tag.id);
        }
        let side = match from {
            End::Low => &mut self.low,
            End::High => &mut self.high,
        };
        // Wireshark shows the ports of a fragmented datagram in the frame that completes it.
        if packet.part != Part::First && side.frames.len() < FRAMES_KEPT {
            side.frames.push(frame);
        }
        if packet.part == Part::Reassembled {
            return;
        }
        side.count(frame, packet);
        if let Transport::Tcp(Some(segment)) = packet.transport {
            let tcp = self.tcp.get_or_insert_with(Box::default);
            tcp.push(from, frame, segment, packet.payload.wire);
        }
    }

    /// Whether nothing more is to be expected at `now`, as connection tracking of firewalls judges it: a connection that
    /// was closed or never stood, a question with its answer. What talks for long may pause for long.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let times = [self.low.first, self.low.last, self.high.first, self.high.last].into_iter().flatten();
        let (first, last) = times
            .fold((now, Timestamp(i64::MIN)), |(first, last), (_, time)| (first.min(time), last.max(time)));
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
        let same = |(end, known): &&mut (End, IcmpReport)| {
            *end == about
                && (known.v6, known.kind, known.code, known.reporter)
                    == (report.v6, report.kind, report.code, report.reporter)
        };
        if let Some((_, known)) = self.icmp.iter_mut().find(same) {
            known.count += 1;
        } else if self.icmp.len() < ICMP_KEPT {
            self.icmp.push((about, report));
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
        let icmp = self.icmp.into_iter().map(|(about, mut report)| {
            report.about_a = about == starter;
            report
        });
        Flow {
            id: 0,
            protocol: key.protocol,
            a: key.socket(starter),
            b: key.socket(starter.other()),
            initiator,
            from_a: a.finish(),
            from_b: b.finish(),
            app: self.content.app,
            tls_name: self.content.tls_name,
            http_host: self.content.http_host,
            tcp: self.tcp.map(|tcp| tcp.finish()),
            icmp: icmp.collect(),
            layers: self.layers,
            vlans,
            others: 0,
        }
    }

    fn starter(&self, is_service: impl Fn(Protocol, u16) -> bool) -> (End, Initiator) {
        if let Some(end) = self.tcp.as_ref().and_then(|tcp| tcp.opened_by()) {
            return (end, Initiator::Handshake);
        }
        let served = |end: End| is_service(self.key.protocol, self.key.socket(end).port());
        match (served(End::Low), served(End::High)) {
            (true, false) => (End::High, Initiator::Service),
            (false, true) => (End::Low, Initiator::Service),
            _ => (self.first_from, Initiator::FirstPacket),
        }
    }
}

impl SideState {
    fn count(&mut self, frame: Frame, packet: &Packet) {
        let length = u64::from(packet.ip_length);
        self.packets += 1;
        self.bytes += length;
        self.payload_packets += u64::from(packet.payload.wire > 0);
        match self.dscp.iter_mut().find(|(value, ..)| *value == packet.dscp) {
            Some((_, packets, bytes)) => {
                *packets += 1;
                *bytes += length;
            }
            None => self.dscp.push((packet.dscp, 1, length)),
        }
        if let Some(tag) = packet.vlan {
            match self.pcp.iter_mut().find(|(value, _)| *value == tag.pcp) {
                Some((_, packets)) => *packets += 1,
                None => self.pcp.push((tag.pcp, 1)),
            }
        }
        self.first.get_or_insert((frame, packet.time));
        self.last = Some((frame, packet.time));
        match (self.mac, packet.source_mac) {
            (None, seen) => self.mac = seen,
            (Some(known), Some(seen)) if known != seen => self.other_macs += 1,
            _ => {}
        }
        let (least, most) = self.ttl.unwrap_or((packet.ttl, packet.ttl));
        self.ttl = Some((least.min(packet.ttl), most.max(packet.ttl)));
    }

    fn finish(self) -> Direction {
        Direction {
            packets: self.packets,
            bytes: self.bytes,
            payload_packets: self.payload_packets,
            dscp: self.dscp.iter().map(|&(value, packets, _)| (value, packets)).collect(),
            dscp_bytes: self.dscp.iter().map(|&(value, _, bytes)| (value, bytes)).collect(),
            first: self.first,
            last: self.last,
            frames: self.frames,
            mac: self.mac,
            other_macs: self.other_macs,
            ttl: self.ttl,
            pcp: self.pcp.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
