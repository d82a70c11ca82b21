//! The same calls at two places: in the LAN and behind the router, which translates addresses, rewrites SIP (ALG), takes
//! the mark away and loses packets. The clocks of the two captures differ.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Scenario;
use super::agfeo::{self, PROVIDER_DOMAIN};
use crate::capture::{Capture, Record};
use crate::frame::{self, Ip, Tag, ethertype, ip_protocol};
use crate::net::{Call, Host, Line, MS, Net, Outcome, SECOND, Stream};

/// How far the clock behind the router is ahead, in ns.
pub const CLOCK: u64 = 1_734 * MS;
/// How long a packet takes from one place to the other, in ns.
pub const DELAY: u64 = 4 * MS;
/// One packet in so many is lost, in each direction.
pub const LOSS: u32 = 100;
/// VLAN in the LAN.
pub const LAN_VLAN: u16 = 20;
/// VLAN at the line.
pub const WAN_VLAN: u16 = 7;
/// The router's address at the line.
pub const OUTSIDE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
/// Ports of the PBX and those that the router puts in their place.
pub const PORTS: [(u16, u16); 3] = [(5064, 61_064), (5204, 41_204), (5205, 41_205)];

const ROUTER_OUTSIDE: [u8; 6] = [0x00, 0x04, 0x0e, 0x10, 0x00, 0x99];
const LINE: [u8; 6] = [0x00, 0x90, 0x1a, 0x10, 0x00, 0x01];
/// The answer that does not come through: so many messages come from outside before it.
const LOST_MESSAGE: usize = 3;
/// First octet of RTP without extension and sources.
const RTP: u8 = 0x80;

pub(super) fn all() -> Vec<Scenario> {
    let [inside, outside] = captures();
    let story = "The router translates addresses, rewrites Via, Contact and SDP (ALG), takes EF away, puts VLAN 7 in the \
                 place of VLAN 20, and loses one packet of voice in 100 each way and one SIP message from outside.";
    let command = "`pbxray compare --points points-lan.pcapng points-wan.pcapng`";
    let lan =
        format!("Two calls of an AGFEO PBX with its provider, captured in the LAN, for {command}. {story}");
    let wan = "The same calls behind the router, with a clock that is 1.734 s ahead and 4 ms further on.";
    vec![
        Scenario::new("points-lan", &lan, inside)
            .pbx(agfeo::PBX, "es-pure-ip")
            .expect("QOS-007", agfeo::PROVIDER_MEDIA),
        Scenario::new("points-wan", wan, outside),
    ]
}

/// In the LAN and behind the router.
fn captures() -> [Capture; 2] {
    let router = Host { vlan: Some(LAN_VLAN), ..agfeo::ROUTER };
    let pbx = Host { vlan: Some(LAN_VLAN), ..agfeo::PBX };
    let provider = agfeo::provider_line();
    let beyond = |host: Host| Host { vlan: Some(LAN_VLAN), ..host };
    let provider = Line {
        sip: beyond(provider.sip.host).port(5060),
        media: Stream::new(beyond(agfeo::PROVIDER_MEDIA).port(23_400)),
        ..provider
    };
    let trunk = Line::new("4952100", "AGFEO SIP V4.10.02", pbx.port(5064), 5204);
    let mut net = Net::new(77);
    net.arp(0, pbx, router);
    net.ntp(100 * MS, pbx.port(123), router);
    net.register(2 * SECOND, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    net.options(3 * SECOND, trunk, provider, PROVIDER_DOMAIN);
    for (at, caller, callee) in [(4 * SECOND, trunk, provider), (13 * SECOND, provider, trunk)] {
        let call = Call::new(at, 6 * SECOND, caller, callee);
        net.call(&Call { domain: PROVIDER_DOMAIN, rtcp: false, ..call });
    }
    net.ntp(24 * SECOND, pbx.port(123), router);
    travel(net.capture())
}

/// What each place sees of what the LAN would see if nothing got lost.
fn travel(whole: Capture) -> [Capture; 2] {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let mut streams: BTreeMap<(SocketAddr, SocketAddr), u32> = BTreeMap::new();
    let mut messages = 0;
    for record in whole.records {
        let Some(datagram) = Datagram::read(&record.data).filter(|datagram| datagram.is_beyond()) else {
            inside.push(record);
            continue;
        };
        let goes_out = datagram.source.ip() == agfeo::PBX.ip;
        let is_voice = datagram.payload.first() == Some(&RTP);
        let nth = streams.entry((datagram.source, datagram.destination)).or_default();
        *nth += u32::from(is_voice);
        messages += usize::from(!is_voice && !goes_out);
        let is_lost = if is_voice { *nth % LOSS == LOSS / 2 } else { !goes_out && messages == LOST_MESSAGE };
        let delay = if goes_out { CLOCK + DELAY } else { CLOCK - DELAY };
        if !(is_lost && goes_out) {
            outside.push(Record::whole(record.time + delay, datagram.outside(goes_out)));
        }
        if !is_lost || goes_out {
            inside.push(record);
        }
    }
    outside.sort_by_key(|record| record.time);
    [Capture::ethernet(inside), Capture::ethernet(outside)]
}

/// A datagram in the LAN.
struct Datagram {
    source: SocketAddr,
    destination: SocketAddr,
    ttl: u8,
    id: u16,
    payload: Vec<u8>,
}

impl Datagram {
    /// Of a tagged frame with an IPv4 header without options.
    fn read(frame: &[u8]) -> Option<Self> {
        let packet = frame.get(18..)?;
        let port = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
        let address = |at: usize| -> Option<IpAddr> {
            let octets: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
            Some(Ipv4Addr::from(octets).into())
        };
        if frame.get(16..18)? != ethertype::IPV4.to_be_bytes() || packet.get(9) != Some(&ip_protocol::UDP) {
            return None;
        }
        let length = usize::from(port(24)?);
        Some(Self {
            source: SocketAddr::new(address(12)?, port(20)?),
            destination: SocketAddr::new(address(16)?, port(22)?),
            ttl: *packet.get(8)?,
            id: port(4)?,
            payload: packet.get(28..20 + length)?.to_vec(),
        })
    }

    fn is_beyond(&self) -> bool {
        let is_provider =
            |end: SocketAddr| [agfeo::PROVIDER.ip, agfeo::PROVIDER_MEDIA.ip].contains(&end.ip());
        is_provider(self.source) || is_provider(self.destination)
    }

    /// The frame at the line.
    fn outside(&self, goes_out: bool) -> Vec<u8> {
        let (source, destination) = (translated(self.source), translated(self.destination));
        let payload =
            if self.payload.first() == Some(&RTP) { self.payload.clone() } else { rewritten(&self.payload) };
        let ttl = if goes_out { self.ttl - 1 } else { self.ttl + 1 };
        let header = Ip { source: source.ip(), destination: destination.ip(), dscp: 0, ttl, id: self.id };
        let packet = frame::ip(&header, ip_protocol::UDP, &frame::udp(source, destination, &payload));
        let (to, from) = if goes_out { (LINE, ROUTER_OUTSIDE) } else { (ROUTER_OUTSIDE, LINE) };
        frame::ethernet(to, from, &[Tag { vlan: WAN_VLAN, pcp: 0 }], ethertype::IPV4, &packet)
    }
}

fn translated(end: SocketAddr) -> SocketAddr {
    if end.ip() != agfeo::PBX.ip {
        return end;
    }
    let port = PORTS.iter().find(|(inside, _)| *inside == end.port()).map_or(end.port(), |(_, port)| *port);
    SocketAddr::new(OUTSIDE.into(), port)
}

/// What the router's ALG makes of a message: the outside address wherever the inside one stands but in the Call-ID, and
/// the length set right.
fn rewritten(message: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(message);
    let inside = agfeo::PBX.ip.to_string();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let altered = |line: &str| {
        let mut line = line.to_owned();
        for (from, to) in PORTS {
            line = line.replace(&format!("{inside}:{from}"), &format!("{OUTSIDE}:{to}"));
            line = line.replace(&format!("rport={from}"), &format!("rport={to}"));
            line = line.replace(&format!("m=audio {from} "), &format!("m=audio {to} "));
        }
        line.replace(&inside, &OUTSIDE.to_string())
    };
    let body: Vec<String> = body.split("\r\n").map(altered).collect();
    let body = body.join("\r\n");
    let lines = head.split("\r\n").map(|line| match line.split_once(':') {
        Some(("Call-ID", _)) => line.to_owned(),
        Some(("Content-Length", _)) => format!("Content-Length: {}", body.len()),
        _ => altered(line),
    });
    format!("{}\r\n\r\n{body}", lines.collect::<Vec<_>>().join("\r\n")).into_bytes()
}
