//! Voice and signalling that do not travel as usual: voice over a TURN server, and with keys that the sides agree on along
//! its way, SIP in frames of WebSocket.

use std::net::SocketAddr;

use super::agfeo::{self, PBX, PC, Site, TALK};
use super::{RowStatus, Scenario, pascom};
use crate::net::{Call, Class, End, Host, Line, MS, Media, Net, Policy, SECOND, Tcp};
use crate::talk::rtp::{self, Codec, Header};
use crate::talk::sip::{self, Dialog};
use crate::talk::websocket::{self, Opcode};
use crate::talk::{turn, zrtp};

/// Faults that these sites come close to without having them.
const NO_FAULT: [&str; 8] =
    ["PORT-001", "PORT-002", "PORT-008", "QOS-001", "RTP-001", "RTP-002", "RTP-003", "RTP-007"];

pub(super) fn all() -> Vec<Scenario> {
    vec![pascom_turn(), agfeo_zrtp(), sip_websocket()]
}

/// Packets of one side, noise of the length of G.711 under SRTP.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// Source.
    pub ssrc: u32,
    /// Number of its first packet.
    pub first: u16,
    /// How many.
    pub packets: u16,
}

impl Voice {
    /// When each packet is sent, from `at` on, and its bytes.
    pub fn packets(self, net: &mut Net, at: u64) -> Vec<(u64, Vec<u8>)> {
        let packet = |nth: u16| {
            let header = Header {
                payload_type: Codec::Srtp.payload_type(),
                marker: nth == 0,
                sequence: self.first.wrapping_add(nth),
                timestamp: u32::from(nth) * Codec::Srtp.step(),
                ssrc: self.ssrc,
            };
            let sound = net.rng().bytes(Codec::Srtp.length());
            let late = net.rng().below(MS);
            (at + u64::from(nth) * 20 * MS + late, rtp::rtp(&header, &sound))
        };
        (0..self.packets).map(packet).collect()
    }
}

/// What a client and its TURN server say before voice flows: the address it gets, and a channel to its peer.
pub fn bind(
    net: &mut Net,
    at: u64,
    (client, server): (End, End),
    relayed: SocketAddr,
    (channel, peer): (u16, SocketAddr),
) {
    let transaction = net.rng().array();
    net.udp(at, server, client, Class::Data, &turn::allocated(transaction, relayed));
    let transaction = net.rng().array();
    net.udp(at + 20 * MS, client, server, Class::Data, &turn::channel_bind(transaction, channel, peer));
    net.udp(at + 50 * MS, server, client, Class::Data, &turn::channel_bound(transaction));
}

fn pascom_turn() -> Scenario {
    use pascom::{CLOUD, CLOUD_NAME, PC, ROUTER};
    let mut net = Net::new(31);
    let cloud = CLOUD[2];
    net.arp(0, PC, ROUTER);
    net.resolve(10 * MS, PC, ROUTER, CLOUD_NAME, &[cloud]);
    pascom::signalling(&mut net, 500 * MS, (PC, 50_001), cloud, CLOUD_NAME, 6 * SECOND);
    let ends = (PC.port(50_010), cloud.port(3478));
    let relayed = cloud.port(30_440).address();
    let peer = pascom::AWAY.port(61_004).address();
    bind(&mut net, 2 * SECOND, ends, relayed, (0x4001, peer));
    let own = Voice { ssrc: 0x5101, first: 700, packets: 150 };
    for (nth, (at, packet)) in (0..).zip(own.packets(&mut net, 2100 * MS)) {
        // As long as the channel is not confirmed, the client names its peer each time.
        let bytes = match nth {
            0..5 => turn::send(net.rng().array(), peer, &packet),
            _ => turn::channel_data(0x4001, &packet),
        };
        net.udp(at, ends.0, ends.1, Class::Voice, &bytes);
    }
    let other = Voice { ssrc: 0x5102, first: 9_000, packets: 150 };
    for (at, packet) in other.packets(&mut net, 2107 * MS) {
        net.udp(at, ends.1, ends.0, Class::Voice, &turn::channel_data(0x4001, &packet));
    }
    Scenario::new(
        "pascom-turn",
        "The Windows client speaks over the TURN server of pascom.cloud: voice in Send indications, then in channel \
         0x4001, encrypted, marked EF by the client.",
        net.capture(),
    )
    .never(&NO_FAULT)
    .row("P07", PC, RowStatus::Used)
}

fn agfeo_zrtp() -> Scenario {
    let mut net = Site { lasts: 0, ..Site::default() }.net();
    let (visofon, pbx) = (agfeo::visofon_line(PC), agfeo::pbx_line(PBX, 5206));
    let at = 4 * SECOND;
    net.call(&Call { codec: Codec::Srtp, ..Call::new(at, TALK, visofon, pbx) });
    let steps: [(bool, &[u8; 8], usize); 10] = [
        (true, b"Hello   ", 76),
        (false, b"HelloACK", 0),
        (false, b"Hello   ", 76),
        (true, b"HelloACK", 0),
        (true, b"Commit  ", 104),
        (false, b"DHPart1 ", 456),
        (true, b"DHPart2 ", 456),
        (false, b"Confirm1", 64),
        (true, b"Confirm2", 64),
        (false, b"Conf2ACK", 0),
    ];
    for (nth, (forth, kind, length)) in (0_u16..).zip(steps) {
        let (from, to) = (visofon.media.from, pbx.media.from);
        let (from, to, ssrc) = if forth { (from, to, 0x7a01) } else { (to, from, 0x7a02) };
        let mut body = net.rng().bytes(length);
        if kind == b"Hello   " {
            // Version and name of the client; behind hash and identifier nothing but what is mandatory.
            body.splice(..20, *b"1.10samplegen       ");
            body.splice(64..68, [0; 4]);
        }
        let packet = zrtp::packet(nth, ssrc, kind, &body);
        net.udp(at + 350 * MS + u64::from(nth) * 8 * MS, from, to, Class::Voice, &packet);
    }
    Scenario::new(
        "agfeo-zrtp",
        "A softphone and the PBX agree on keys by ZRTP on the ports of their voice, which is encrypted although SDP \
         says nothing of it.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .never(&NO_FAULT)
}

/// A server of another maker that browsers register at.
const WEB_SERVER: Host =
    Host::lan("webtelefon", [192, 168, 10, 3], [0x00, 0x15, 0x5d, 0x10, 0x00, 0x03]).marking(Policy::VOICE);

/// A message of the client or the server in one frame.
fn say(net: &mut Net, tcp: &mut Tcp, by_client: bool, message: &[u8]) {
    if by_client {
        let frame = websocket::frame(Opcode::Text, true, Some(net.rng().array()), message);
        tcp.client(net, &frame);
    } else {
        tcp.server(net, &websocket::frame(Opcode::Text, true, None, message));
    }
}

fn sip_websocket() -> Scenario {
    let domain = "anlage.example";
    let mut net = Site::default().net();
    let start = agfeo::AFTER;
    let (client, server) = (PC.port(52_344), WEB_SERVER.port(8088));
    let browser = Line::new("31", "JsSIP 3.10.0", client, 50_020);
    let registrar = Line::new("10", "Asterisk PBX 20.5.0", server, 12_006);
    net.arp(start, PC, WEB_SERVER);
    let mut tcp = net.tcp(start + 100 * MS, client, server, Class::Signalling);
    let key = net.rng().array();
    tcp.client(&mut net, &websocket::request("192.168.10.3:8088", "/ws", key));
    tcp.server(&mut net, &websocket::answer(key));

    let registering = Dialog { transport: "WS", ..net.dialog(browser, registrar, domain) };
    let expires = "Expires: 300".to_owned();
    let nonce = format!("{:016x}", net.rng().draw());
    let contact = format!("Contact: <sip:31@{};transport=ws>;expires=300", client.address());
    let steps = [
        (true, registering.request("REGISTER", 1, std::slice::from_ref(&expires), "")),
        (false, registering.answer("401 Unauthorized", "REGISTER", 1, &[sip::challenge(domain, &nonce)], "")),
        (true, registering.request("REGISTER", 2, &[sip::credentials("31", domain, &nonce), expires], "")),
        (false, registering.answer("200 OK", "REGISTER", 2, &[contact], "")),
    ];
    for (by_client, message) in &steps {
        say(&mut net, &mut tcp, *by_client, message);
    }

    let at = start + 2 * SECOND;
    let dialog = Dialog { transport: "WS", ..net.dialog(browser, registrar, domain) };
    let [offer, reply] =
        [browser, registrar].map(|line| sip::sdp(line.media.from.address(), Codec::Pcma, "sendrecv"));
    tcp.wait_until(at);
    // In two fragments with a ping between them, as a browser may send what is long.
    let invite = dialog.request("INVITE", 1, &[], &offer);
    let (first, rest) = invite.split_at(invite.len() / 2);
    let keys = [net.rng().array(), net.rng().array(), net.rng().array()];
    tcp.client(&mut net, &websocket::frame(Opcode::Text, false, Some(keys[0]), first));
    tcp.client(&mut net, &websocket::frame(Opcode::Ping, true, Some(keys[1]), b"31"));
    tcp.server(&mut net, &websocket::frame(Opcode::Pong, true, None, b"31"));
    tcp.client(&mut net, &websocket::frame(Opcode::Continuation, true, Some(keys[2]), rest));
    say(&mut net, &mut tcp, false, &dialog.answer("100 Trying", "INVITE", 1, &[], ""));
    say(&mut net, &mut tcp, false, &dialog.answer("180 Ringing", "INVITE", 1, &[], ""));
    let answered = at + 400 * MS;
    tcp.wait_until(answered);
    say(&mut net, &mut tcp, false, &dialog.answer("200 OK", "INVITE", 1, &[], &reply));
    say(&mut net, &mut tcp, true, &dialog.request("ACK", 1, &[], ""));
    let streams = [browser.media, registrar.media];
    net.media(&Media { at: answered + 40 * MS, lasts: TALK, codec: Codec::Pcma, streams, rtcp: true });
    tcp.wait_until(answered + TALK + 80 * MS);
    say(&mut net, &mut tcp, true, &dialog.request("BYE", 2, &[], ""));
    say(&mut net, &mut tcp, false, &dialog.answer("200 OK", "BYE", 2, &[], ""));
    tcp.wait_until(start + 6 * SECOND);
    tcp.close(&mut net);
    Scenario::new(
        "sip-websocket",
        "Beside an AGFEO site a browser registers at a server of another maker and calls by SIP in frames of WebSocket (RFC 7118) over TCP port 8088: masked by the \
         client, one message in two fragments with a ping between them.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .never(&NO_FAULT)
    .never(&["SIG-001", "SIG-002", "SIG-003", "SIG-004", "SEC-001"])
}
