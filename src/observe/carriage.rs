//! Takes what packets beside the media of a flow say about how these travel; gives whether ZRTP agreed on their keys, and
//! the RTP that a TURN server relays, with the channel and the peer of each source (RFC 8656).

use std::net::SocketAddr;

use super::content::Note;
use super::flow::End;
use super::media::{Direction, Keying, RtpHeader, could_be_rtp, read_rtcp};
use super::message::App;
use super::message::tls;
use super::message::turn::{Carried, Turn};
use super::message::zrtp::Zrtp;
use super::traffic::{Flow, Protocol, Stream};

/// Channels and sources told apart in one flow.
const CHANNELS_KEPT: usize = 64;
const WAYS_KEPT: usize = 64;

/// How the media of one flow travel.
#[derive(Clone, Debug, Default)]
pub struct Carriage {
    is_keyed: bool,
    is_dtls: bool,
    /// What the client sends.
    client: Option<Direction>,
    relayed: Option<SocketAddr>,
    channels: Vec<(u16, SocketAddr)>,
    ways: Vec<Way>,
    /// RTP of the latest packet, to be measured.
    media: Vec<RtpHeader>,
    /// RTP packets of sources for which there was no room.
    left_out: u64,
}

/// A source that is relayed.
#[derive(Clone, Debug)]
struct Way {
    direction: Direction,
    ssrc: u32,
    /// The latest.
    channel: Option<u16>,
    /// In a session of multiplexed TURN.
    multiplexed: bool,
    /// Packets in indications.
    indicated: u64,
    /// As known at its first packet: what holds for a packet must not depend on those behind it.
    peer: Option<SocketAddr>,
    relayed: Option<SocketAddr>,
}

/// The detour of a stream over a TURN server, between whose addresses and the client's it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Transport between client and server.
    pub protocol: Protocol,
    /// Number of the channel; without one it travels in Send or Data indications.
    pub channel: Option<u16>,
    /// Whether the latest packet was in a session of Microsoft's multiplexed TURN instead.
    pub multiplexed: bool,
    /// Packets in Send or Data indications: those before the channel was bound.
    pub indicated: u64,
    /// The other end, where the capture shows which that is.
    pub peer: Option<SocketAddr>,
    /// The address that the server gave the client.
    pub relayed: Option<SocketAddr>,
    /// Whether the client sends.
    pub is_clients: bool,
}

impl Relay {
    /// Sender and receiver as both ends and their SDP know them; the relaying apart. `ends`: on the wire.
    #[must_use]
    pub fn ends(&self, ends: (SocketAddr, SocketAddr)) -> (SocketAddr, SocketAddr) {
        let (client, server) = if self.is_clients { ends } else { (ends.1, ends.0) };
        let (client, peer) = (self.relayed.unwrap_or(client), self.peer.unwrap_or(server));
        if self.is_clients { (client, peer) } else { (peer, client) }
    }
}

impl Carriage {
    /// A step of ZRTP on the ports of the media.
    pub(super) fn zrtp(&mut self, step: Zrtp) {
        match step {
            Zrtp::Underway => {}
            Zrtp::Keyed => self.is_keyed = true,
            Zrtp::Cleared => self.is_keyed = false,
        }
    }

    /// A message of TURN that `from` sent.
    pub(super) fn turn(&mut self, from: End, message: Turn<'_>, tell: &mut dyn FnMut(Note)) {
        match message {
            Turn::Allocated { relayed } => {
                self.client = Some(from.other().direction());
                self.relayed = Some(relayed);
            }
            Turn::Bind { channel, peer } => {
                self.client = Some(from.direction());
                self.channels.retain(|(known, _)| *known != channel);
                if self.channels.len() < CHANNELS_KEPT {
                    self.channels.push((channel, peer));
                }
            }
            Turn::Carried(carried) => {
                if let Some(is_clients) = carried.is_clients {
                    let client = if is_clients { from } else { from.other() };
                    self.client = Some(client.direction());
                }
                self.carried(from.direction(), &carried, tell);
            }
        }
    }

    fn carried(&mut self, direction: Direction, carried: &Carried<'_>, tell: &mut dyn FnMut(Note)) {
        let Carried { bytes, wire, .. } = *carried;
        let is_known = |ssrc| self.ways.iter().any(|way| (way.direction, way.ssrc) == (direction, ssrc));
        let header = could_be_rtp(bytes, wire).filter(|header| !header.odd_padding || is_known(header.ssrc));
        if let Some(header) = header {
            if self.note_way(direction, header.ssrc, carried) {
                self.media.push(header);
            } else {
                self.left_out += 1;
            }
        } else if let Some(report) = read_rtcp(bytes, wire) {
            tell(Note::Rtcp(Box::new(report)));
        } else if tls::is_dtls(bytes, bytes.len() < wire as usize) {
            self.is_dtls = true;
        }
    }

    /// Whether there is room for the source.
    fn note_way(&mut self, direction: Direction, ssrc: u32, carried: &Carried<'_>) -> bool {
        let is_it = |way: &&mut Way| (way.direction, way.ssrc) == (direction, ssrc);
        if let Some(way) = self.ways.iter_mut().find(is_it) {
            way.channel = carried.channel.or(way.channel);
            way.multiplexed = carried.multiplexed;
            way.indicated += carried.indicated();
            return true;
        }
        if self.ways.len() >= WAYS_KEPT {
            return false;
        }
        let bound = carried.channel.and_then(|number| {
            self.channels.iter().find(|(channel, _)| *channel == number).map(|(_, peer)| *peer)
        });
        let (channel, peer) = (carried.channel, carried.peer.or(bound));
        let (multiplexed, indicated) = (carried.multiplexed, carried.indicated());
        let relayed = self.relayed;
        self.ways.push(Way { direction, ssrc, channel, multiplexed, indicated, peer, relayed });
        true
    }

    /// The RTP that the latest packet carried.
    pub(super) fn take_media(&mut self) -> impl Iterator<Item = RtpHeader> {
        self.media.drain(..)
    }

    /// RTP packets of sources beyond the 64 that are measured.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether ZRTP agreed on keys for the media.
    #[must_use]
    pub fn is_keyed(&self) -> bool {
        self.is_keyed
    }

    /// Whether DTLS talked in what is relayed.
    #[must_use]
    pub fn is_dtls(&self) -> bool {
        self.is_dtls
    }

    /// How a stream of the flow is relayed, if it is. `protocol`: of the flow.
    #[must_use]
    pub fn relay(&self, protocol: Protocol, direction: Direction, ssrc: u32) -> Option<Relay> {
        let way = self.ways.iter().find(|way| (way.direction, way.ssrc) == (direction, ssrc))?;
        Some(Relay {
            protocol,
            channel: way.channel,
            multiplexed: way.multiplexed,
            indicated: way.indicated,
            peer: way.peer,
            relayed: way.relayed,
            is_clients: self.client == Some(direction),
        })
    }
}

/// What packets beside a stream say about it: a detour over a TURN server, and who agreed on keys, which are for SRTP
/// (RFC 5764, RFC 6189).
pub(super) fn note(stream: &mut Stream, flow: &Flow) {
    let report = &mut stream.report;
    let carriage = flow.extra.carriage.as_deref();
    stream.relay = carriage.and_then(|known| known.relay(flow.protocol, report.direction, report.ssrc));
    let is_dtls = match stream.relay {
        Some(_) => carriage.is_some_and(Carriage::is_dtls),
        None => flow.app == App::Dtls,
    };
    if is_dtls {
        (report.secure, report.keying) = (Some(true), Some(Keying::Dtls));
    } else if carriage.is_some_and(Carriage::is_keyed) {
        (report.secure, report.keying) = (Some(true), Some(Keying::Zrtp));
    }
    // It needs no guess. Where plain RTP was agreed the length tells what is sent all the same.
    if report.secure == Some(true) {
        report.srtp_tag = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::socket;
    use super::*;

    const RTP: [u8; 12] = [0x80, 8, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7];
    const FORTH: Direction = Direction::AToB;

    fn carried(channel: Option<u16>, peer: Option<SocketAddr>, bytes: &[u8]) -> Turn<'_> {
        let is_clients = channel.is_none().then_some(true);
        let (multiplexed, wire) = (false, bytes.len() as u32);
        Turn::Carried(Carried { channel, multiplexed, peer, bytes, wire, is_clients })
    }

    fn hear(carriage: &mut Carriage, from: End, message: Turn<'_>) -> usize {
        carriage.turn(from, message, &mut |_| {});
        carriage.take_media().count()
    }

    #[test]
    fn a_channel_leads_to_the_peer_that_it_was_bound_to() {
        let (peer, relayed) = (socket("192.0.2.7:5004"), socket("192.0.2.1:49152"));
        let mut carriage = Carriage::default();
        hear(&mut carriage, End::High, Turn::Allocated { relayed });
        hear(&mut carriage, End::Low, Turn::Bind { channel: 0x4001, peer });
        assert_eq!(hear(&mut carriage, End::Low, carried(Some(0x4001), None, &RTP)), 1);
        assert_eq!(hear(&mut carriage, End::High, carried(Some(0x4001), None, &RTP)), 1);
        let ends = (socket("192.168.10.51:50000"), socket("192.0.2.1:3478"));
        let forth = carriage.relay(Protocol::Udp, FORTH, 7).unwrap();
        assert_eq!(
            (forth.channel, forth.peer, forth.ends(ends)),
            (Some(0x4001), Some(peer), (relayed, peer))
        );
        let back = carriage.relay(Protocol::Udp, Direction::BToA, 7).unwrap();
        assert_eq!((back.is_clients, back.ends((ends.1, ends.0))), (false, (peer, relayed)));
        assert_eq!(carriage.relay(Protocol::Udp, FORTH, 8), None);
    }

    #[test]
    fn what_the_capture_does_not_show_stays_open() {
        let mut carriage = Carriage::default();
        assert_eq!(hear(&mut carriage, End::Low, carried(Some(0x4001), None, &RTP)), 1);
        let relay = carriage.relay(Protocol::Tcp, FORTH, 7).unwrap();
        let ends = (socket("192.168.10.51:50000"), socket("192.0.2.1:3478"));
        assert_eq!((relay.channel, relay.peer, relay.ends(ends)), (Some(0x4001), None, ends));
    }

    #[test]
    fn indications_name_the_peer_and_a_channel_may_follow() {
        let peer = socket("192.0.2.7:5004");
        let mut carriage = Carriage::default();
        hear(&mut carriage, End::Low, carried(None, Some(peer), &RTP));
        assert_eq!(carriage.relay(Protocol::Udp, FORTH, 7).unwrap().channel, None);
        hear(&mut carriage, End::Low, carried(None, Some(peer), &RTP));
        hear(&mut carriage, End::Low, carried(Some(0x4000), None, &RTP));
        let relay = carriage.relay(Protocol::Udp, FORTH, 7).unwrap();
        assert_eq!((relay.channel, relay.indicated, relay.peer), (Some(0x4000), 2, Some(peer)));
    }

    #[test]
    fn what_is_multiplexed_is_in_no_indication() {
        let mut carriage = Carriage::default();
        let (wire, is_clients) = (RTP.len() as u32, None);
        let told = Carried { channel: None, multiplexed: true, peer: None, bytes: &RTP, wire, is_clients };
        assert_eq!(hear(&mut carriage, End::Low, Turn::Carried(told)), 1);
        let relay = carriage.relay(Protocol::Udp, FORTH, 7).unwrap();
        assert_eq!((relay.multiplexed, relay.indicated), (true, 0));
    }

    #[test]
    fn reports_are_told_and_dtls_is_noted() {
        let mut carriage = Carriage::default();
        let mut told = 0;
        let rtcp = [0x80, 201, 0, 1, 0, 0, 0, 9];
        carriage.turn(End::Low, carried(Some(0x4001), None, &rtcp), &mut |_| told += 1);
        assert_eq!((told, carriage.take_media().count(), carriage.is_dtls()), (1, 0, false));
        let record = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        hear(&mut carriage, End::Low, carried(Some(0x4001), None, &record));
        assert!(carriage.is_dtls());
    }

    #[test]
    fn a_flood_of_sources_fills_no_memory() {
        let mut carriage = Carriage::default();
        let mut taken = 0;
        for ssrc in 0..1_000_u32 {
            let mut rtp = RTP;
            rtp[8..].copy_from_slice(&ssrc.to_be_bytes());
            taken += hear(&mut carriage, End::Low, carried(Some(0x4001), None, &rtp));
            let channel = 0x4000 + ssrc as u16;
            hear(&mut carriage, End::Low, Turn::Bind { channel, peer: socket("192.0.2.7:5004") });
        }
        assert_eq!(
            (taken, carriage.ways.len(), carriage.channels.len()),
            (WAYS_KEPT, WAYS_KEPT, CHANNELS_KEPT)
        );
        assert_eq!(carriage.left_out(), 1_000 - WAYS_KEPT as u64, "and is told");
    }

    #[test]
    fn keys_hold_until_the_sides_go_clear() {
        let mut carriage = Carriage::default();
        carriage.zrtp(Zrtp::Underway);
        assert!(!carriage.is_keyed());
        carriage.zrtp(Zrtp::Keyed);
        assert!(carriage.is_keyed());
        carriage.zrtp(Zrtp::Cleared);
        assert!(!carriage.is_keyed());
    }
}
