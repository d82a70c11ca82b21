//! Plays a row: what is spoken turns into datagrams, a TCP conversation, a registration or media.

use super::super::agfeo::{DOMAIN, PROVIDER_DOMAIN, ROUTER};
use super::cast::Who;
use super::table::{Row, Talk};
use crate::net::{Call, Class, End, Host, Line, MS, Media, Net, Outcome, Refusal, SECOND, Say, Stream};
use crate::talk::rtp::Codec;
use crate::talk::sip::Dialog;
use crate::talk::{dns, lan, server, tls};

/// A conversation in which both sides have their say.
pub(super) fn used(net: &mut Net, row: &Row, at: u64) {
    let (from, to) = ends(row);
    match row.talk {
        talk if talk.is_media() => net.media_row(row, at),
        Talk::SipUdp => {
            let (client, registrar) = lines(row);
            net.register(at, client, registrar, domain(row), Outcome::Accepted);
        }
        Talk::Search => {
            // The tool searches by broadcast and asks whoever is known once more.
            let everybody = Host::group([255; 4]).port(to.port);
            for (at, searched) in [(at, everybody), (at + SECOND, to)] {
                net.udp(at, from, searched, Class::Data, &lan::device_search());
                net.udp(at + 20 * MS, to, from, Class::Data, &lan::device_found(to.host.name));
            }
        }
        Talk::Tftp => {
            net.udp(at, from, to, Class::Data, &lan::tftp_read("base.bin"));
            // RFC 1350: the server answers from a port of its own choice.
            let data = to.host.port(50_500);
            for block in 1..=3 {
                let at = at + u64::from(block) * 10 * MS;
                let length = if block < 3 { 512 } else { 100 };
                net.udp(at, data, from, Class::Data, &lan::tftp_data(block, &vec![0x5a; length]));
                net.udp(at + MS, from, data, Class::Data, &lan::tftp_ack(block));
            }
        }
        _ => match datagrams(net, row, at) {
            Some((request, answer)) => {
                for nth in 0..2 {
                    let at = at + nth * SECOND;
                    net.udp(at, from, to, Class::Data, &request);
                    if let Some(answer) = &answer {
                        net.udp(at + 20 * MS, to, from, Class::Data, answer);
                    }
                }
            }
            None => {
                let words = words(net, row);
                net.conversation(at, from, to, Class::Data, &words);
            }
        },
    }
}

/// The same tried three times; hosts in the LAN refuse datagrams by ICMP, everything else is silence.
pub(super) fn unanswered(net: &mut Net, row: &Row, at: u64) {
    let (from, to) = ends(row);
    let request = match row.talk {
        talk if talk.is_media() => return refused_media(net, row, at),
        Talk::SipUdp => {
            let (client, registrar) = lines(row);
            return net.register(at, client, registrar, domain(row), Outcome::Silence);
        }
        Talk::Search => Some(lan::device_search()),
        Talk::Tftp => Some(lan::tftp_read("base.bin")),
        _ => datagrams(net, row, at).map(|(request, _)| request),
    };
    let Some(request) = request else {
        return net.refused(at, from, to, 3, Refusal::Silence);
    };
    for nth in 0..3 {
        let at = at + nth * 2 * SECOND;
        net.udp(at, from, to, Class::Data, &request);
        if !to.host.internet && !from.host.internet {
            // Who is searched for and is another says so itself; that is no fault.
            let (by, code) = if row.talk == Talk::Search { (ROUTER, 13) } else { (to.host, 3) };
            net.unreachable(at + MS, by, code, from, to);
        }
    }
}

/// A call is set up, but the device's media port is closed.
fn refused_media(net: &mut Net, row: &Row, at: u64) {
    let (client, peer) = lines(row);
    let silent = Line { media: Stream { silent: true, ..client.media }, ..client };
    net.call(&Call { rtcp: false, ..Call::new(at, SECOND, silent, peer) });
    for nth in 0..3 {
        net.unreachable(at + SECOND + nth * 20 * MS, client.sip.host, 3, peer.media.from, client.media.from);
    }
}

impl Net {
    fn media_row(&mut self, row: &Row, at: u64) {
        const LASTS: u64 = 1500 * MS;
        let (from, to) = ends(row);
        match row.talk {
            Talk::SipMedia => {
                let (client, peer) = lines(row);
                self.call(&Call::new(at, LASTS, client, peer));
            }
            talk => {
                let codec = if talk == Talk::Srtp { Codec::Srtp } else { Codec::Pcma };
                // An ASIP telephone has no documented port for RTCP.
                let rtcp = talk == Talk::Srtp;
                self.media(&Media { codec, rtcp, ..Media::between(from, to, at, LASTS) });
            }
        }
    }
}

fn ends(row: &Row) -> (End, End) {
    let port = |port| if port == 0 { 49_600 } else { port };
    (row.from.host().port(port(row.from_port)), row.to.host().port(port(row.to_port)))
}

/// Both sides as user agents: rows of signalling name the SIP ports, rows of media those of RTP.
fn lines(row: &Row) -> (Line, Line) {
    let line = |who: Who, port| match row.talk {
        Talk::SipMedia => who.line(who.sip_port(), port),
        _ => who.line(port, 10_000),
    };
    let (from, to) = ends(row);
    (line(row.from, from.port), line(row.to, to.port))
}

fn domain(row: &Row) -> &'static str {
    if row.to == Who::Provider { PROVIDER_DOMAIN } else { DOMAIN }
}

/// Request and answer of what is spoken over UDP.
fn datagrams(net: &mut Net, row: &Row, at: u64) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    const NAME: &str = "pbx.agfeo.de";
    let address = [198, 51, 100, 10].into();
    Some(match row.talk {
        Talk::Dns => (dns::query(7, NAME), Some(dns::answer(7, NAME, &[address]))),
        Talk::Ntp => (lan::ntp(3, at), Some(lan::ntp(4, at))),
        Talk::Stun => {
            let transaction = net.rng().array();
            let mapped = [203, 0, 113, 5].into();
            (lan::stun_request(transaction), Some(lan::stun_answer(transaction, mapped, 49_600)))
        }
        Talk::Syslog => (lan::syslog(row.from.host().name, "pbx: line up"), None),
        Talk::BinaryUdp => (server::binary(3, &net.rng().bytes(24)), None),
        _ => return None,
    })
}

/// What is spoken over TCP.
fn words(net: &mut Net, row: &Row) -> Vec<Say> {
    let name = row.to.name().unwrap_or("anlage.example");
    match row.talk {
        Talk::DnsTcp => {
            let address = [198, 51, 100, 10].into();
            vec![
                Say::Client(dns::over_tcp(dns::query(7, "pbx.agfeo.de"))),
                Say::Server(dns::over_tcp(dns::answer(7, "pbx.agfeo.de", &[address]))),
            ]
        }
        Talk::NtpTcp => vec![Say::Client(lan::ntp(3, 0)), Say::Server(lan::ntp(4, 0))],
        Talk::Http => vec![
            Say::Client(server::http_get(name, "/", "samplegen")),
            Say::Server(server::http_answer("200 OK", "nginx", "ok")),
        ],
        Talk::Ldap => vec![Say::Client(server::ldap_bind(1)), Say::Server(server::ldap_bound(1))],
        Talk::Mqtt => {
            vec![Say::Client(server::mqtt_connect("sensor")), Say::Server(server::mqtt_accepted())]
        }
        Talk::Csta => vec![Say::Client(server::csta_status()), Say::Server(server::csta_status())],
        Talk::SipTcp => {
            let (client, registrar) = lines(row);
            let dialog = Dialog { transport: "TCP", ..net.dialog(client, registrar, domain(row)) };
            vec![
                Say::Client(dialog.request("REGISTER", 1, &[], "")),
                Say::Server(dialog.answer("200 OK", "REGISTER", 1, &[], "")),
            ]
        }
        Talk::Trace => vec![Say::Server(vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]), Say::Server(vec![0; 16])],
        Talk::Xmpp => {
            vec![Say::Client(server::xmpp_stream(name)), Say::Server(server::xmpp_features(name))]
        }
        Talk::Smtp => vec![
            Say::Server(server::smtp_greeting(name)),
            Say::Client(server::smtp_hello("telefon.muster.example")),
        ],
        Talk::OpenVpn => vec![
            Say::Client(server::openvpn_reset(7, net.rng().draw())),
            Say::Server(server::openvpn_reset(8, net.rng().draw())),
        ],
        Talk::Binary => vec![
            Say::Client(server::binary(1, &net.rng().bytes(40))),
            Say::Server(server::binary(2, &net.rng().bytes(60))),
        ],
        _ => vec![
            Say::Client(tls::client_hello(name, net.rng().array(), 0)),
            Say::Server(tls::server_hello(net.rng().array())),
            Say::Client(tls::application_data(&net.rng().bytes(90))),
        ],
    }
}
