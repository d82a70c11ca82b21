//! Samples of the findings about signalling and addresses, each with a near miss.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Scenario;
use super::agfeo::{self, DOMAIN, PBX, PC, PROVIDER, PROVIDER_DOMAIN, ROUTER, Site, T14};
use crate::capture::Capture;
use crate::net::{Class, MS, Net, Outcome, SECOND, Say};
use crate::talk::rtp::Codec;
use crate::talk::sip::{self, Dialog};
use crate::talk::tls;

pub(super) fn all() -> Vec<Scenario> {
    vec![
        sig_001(),
        sig_001_near(),
        sig_002(),
        sig_002_near(),
        sig_003(),
        sig_003_near(),
        sig_004(),
        sig_004_near(),
        sig_005(),
        sig_005_near(),
        sig_006(),
        sig_006_near(),
        sig_007(),
        sig_007_expired(),
        sig_007_near(),
        sig_008(),
        sig_008_near(),
        sig_009(),
        sig_009_near(),
    ]
}

fn site(name: &str, about: &str, capture: Capture) -> Scenario {
    Scenario::new(name, about, capture).pbx(PBX, "es-pure-ip")
}

/// The base site, and VISOfon tries to register.
fn visofon_registers(outcome: Outcome) -> Net {
    let mut net = Site::default().net();
    net.ping(agfeo::AFTER - SECOND, PC, PBX);
    net.register(agfeo::AFTER, agfeo::visofon_line(PC), agfeo::pbx_line(PBX, 0), DOMAIN, outcome);
    net
}

fn sig_001() -> Scenario {
    let net = visofon_registers(Outcome::Forbidden);
    site(
        "sig-001",
        "VISOfon's registration is refused with 403 after it sent its credentials.",
        net.capture(),
    )
    .expect("SIG-001", PC)
}

fn sig_001_near() -> Scenario {
    let net = visofon_registers(Outcome::Accepted);
    site("sig-001-near", "VISOfon is challenged once with 401 and accepted, as always.", net.capture())
        .never(&["SIG-001"])
}

fn sig_002() -> Scenario {
    let net = visofon_registers(Outcome::Silence);
    site("sig-002", "VISOfon's REGISTER is repeated five times and never answered; a ping is.", net.capture())
        .expect("SIG-002", PC)
        .may(&["PORT-003", "SIG-009"])
}

fn sig_002_near() -> Scenario {
    let mut net = visofon_registers(Outcome::Accepted);
    let (line, pbx) = (agfeo::visofon_line(PC), agfeo::pbx_line(PBX, 0));
    let dialog = net.dialog(line, pbx, DOMAIN);
    let request = dialog.request("REGISTER", 1, &[], "");
    let at = agfeo::AFTER + 2 * SECOND;
    net.udp(at, line.sip, pbx.sip, Class::Signalling, &request);
    let steps = [(true, request), (false, dialog.answer("200 OK", "REGISTER", 1, &[], ""))];
    net.signal(at + 500 * MS, line.sip, pbx.sip, &steps);
    site("sig-002-near", "One REGISTER needs a second try and is answered then.", net.capture())
        .never(&["SIG-002"])
}

/// The address that the provider sees.
const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 99));

/// The PBX registers at its provider twice, which sees it at these two addresses.
fn seen_at(ports: [u16; 2]) -> Net {
    let mut net = Site::default().net();
    net.resolve(agfeo::AFTER - SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    for (nth, port) in (1_u32..).zip(ports) {
        let seen = Dialog { seen_at: Some(SocketAddr::new(OUTSIDE, port)), ..dialog.clone() };
        let steps = [
            (true, dialog.request("REGISTER", nth, &["Expires: 60".to_owned()], "")),
            (false, seen.answer("200 OK", "REGISTER", nth, &["Expires: 60".to_owned()], "")),
        ];
        let at = agfeo::AFTER + u64::from(nth - 1) * 50 * SECOND;
        net.signal(at, trunk.sip, provider.sip, &steps);
    }
    net
}

fn sig_003() -> Scenario {
    let net = seen_at([5064, 61_234]);
    site(
        "sig-003",
        "Between two registrations the provider sees the PBX's port change: the mapping was lost.",
        net.capture(),
    )
    .expect("SIG-003", PBX)
    .never(&["SIG-004"])
}

fn sig_003_near() -> Scenario {
    let net = seen_at([5064, 5064]);
    site("sig-003-near", "The provider sees the PBX at one and the same address.", net.capture())
        .never(&["SIG-003", "SIG-004"])
}

fn sig_004() -> Scenario {
    let mut net = Site::default().net();
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    let mut rewritten = dialog.clone();
    rewritten.from.address = SocketAddr::new(OUTSIDE, 5064);
    let steps = [
        (true, dialog.request("REGISTER", 1, &[], "")),
        (false, rewritten.answer("200 OK", "REGISTER", 1, &[], "")),
    ];
    net.signal(agfeo::AFTER, trunk.sip, provider.sip, &steps);
    site(
        "sig-004",
        "The answer brings back another Via than the PBX sent: something rewrites SIP.",
        net.capture(),
    )
    .expect("SIG-004", PBX)
}

fn sig_004_near() -> Scenario {
    let net = seen_at([5064, 5064]);
    site(
        "sig-004-near",
        "The answers add received and rport, which is ordinary address translation.",
        net.capture(),
    )
    .never(&["SIG-004"])
}

/// The base site, and calls of the T14 to the PBX that get these answers.
fn refused(answers: &[&str]) -> Net {
    let mut net = Site::default().net();
    let (phone, pbx) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5206));
    for (nth, answer) in (0_u64..).zip(answers) {
        let dialog = net.dialog(phone, pbx, DOMAIN);
        let offer = sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
        let steps = [
            (true, dialog.request("INVITE", 1, &[], &offer)),
            (false, dialog.answer(answer, "INVITE", 1, &[], "")),
            (true, dialog.request("ACK", 1, &[], "")),
        ];
        net.signal(agfeo::AFTER + nth * SECOND, phone.sip, pbx.sip, &steps);
    }
    net
}

fn sig_005() -> Scenario {
    let net = refused(&["488 Not Acceptable Here", "488 Not Acceptable Here"]);
    site("sig-005", "Two calls of the T14 are turned away with 488: no codec in common.", net.capture())
        .expect("SIG-005", PBX)
}

fn sig_005_near() -> Scenario {
    let net = refused(&["486 Busy Here", "603 Decline", "404 Not Found", "480 Temporarily Unavailable"]);
    site(
        "sig-005-near",
        "Four calls: busy, declined, one wrong number, one telephone that is switched off.",
        net.capture(),
    )
    .never(&["SIG-005"])
}

/// The base site, and an INVITE of the T14 that is sent so many times before the PBX answers.
fn asked(times: u64) -> Net {
    let mut net = Site::default().net();
    let (phone, pbx) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5206));
    let dialog = net.dialog(phone, pbx, DOMAIN);
    let offer = sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
    let invite = dialog.request("INVITE", 1, &[], &offer);
    let mut at = agfeo::AFTER;
    for nth in 0..times {
        at = agfeo::AFTER + ((1 << nth) - 1) * 500 * MS;
        net.udp(at, phone.sip, pbx.sip, Class::Signalling, &invite);
    }
    let steps = [
        (false, dialog.answer("486 Busy Here", "INVITE", 1, &[], "")),
        (true, dialog.request("ACK", 1, &[], "")),
    ];
    net.signal(at + 100 * MS, phone.sip, pbx.sip, &steps);
    net
}

fn sig_009() -> Scenario {
    site("sig-009", "The T14 has to send its INVITE four times before the PBX answers.", asked(4).capture())
        .expect("SIG-009", T14)
}

fn sig_009_near() -> Scenario {
    site("sig-009-near", "The T14 sends its INVITE twice, then the PBX answers.", asked(2).capture())
        .never(&["SIG-009"])
}

/// The base site, and the PC calls the PBX's web pages: what the PBX answers, once for each connection.
fn browses(answers: &[Vec<u8>]) -> Net {
    let mut net = Site::default().net();
    for (nth, answer) in (0_u16..).zip(answers) {
        let hello = tls::client_hello("anlage.example", net.rng().array(), 0);
        let mut words = vec![Say::Client(hello), Say::Server(answer.clone())];
        if answer.len() > tls::alert(0).len() {
            words.push(Say::Client(tls::application_data(&net.rng().bytes(90))));
            words.push(Say::Server(tls::application_data(&net.rng().bytes(400))));
        }
        let at = agfeo::AFTER + u64::from(nth) * SECOND;
        net.conversation(at, PC.port(50_100 + nth), PBX.port(443), Class::Data, &words);
    }
    net
}

/// A hello with a certificate of the PBX.
fn shows(not_after: &str) -> Vec<u8> {
    [tls::server_hello([7; 32]), tls::certificate("anlage.example", not_after)].concat()
}

const PROTOCOL_VERSION: u8 = 70;

fn sig_007() -> Scenario {
    let net = browses(&[tls::alert(PROTOCOL_VERSION), tls::alert(PROTOCOL_VERSION)]);
    site("sig-007", "The PBX turns two TLS connections of the PC away: protocol_version.", net.capture())
        .expect("SIG-007", PC)
}

fn sig_007_expired() -> Scenario {
    let net = browses(&[shows("20191231235959Z")]);
    site("sig-007-expired", "The PBX shows a certificate that expired at the end of 2019.", net.capture())
        .expect("SIG-007", PC)
}

fn sig_007_near() -> Scenario {
    let net = browses(&[tls::alert(PROTOCOL_VERSION), shows("20491231235959Z")]);
    site(
        "sig-007-near",
        "The PBX turns the PC away once; the next try stands, with a certificate that is valid.",
        net.capture(),
    )
    .never(&["SIG-007"])
}

/// The PBX registers at its provider for five minutes, again after 150 s, and sends a sign of life every so many seconds.
fn keeps_alive(every: Option<u64>) -> Net {
    let mut net = Site::default().net();
    net.resolve(agfeo::AFTER - SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    let seen = Dialog { seen_at: Some(SocketAddr::new(OUTSIDE, 5064)), ..dialog.clone() };
    let expires = ["Expires: 300".to_owned()];
    for nth in 1..=2_u32 {
        let steps = [
            (true, dialog.request("REGISTER", nth, &expires, "")),
            (false, seen.answer("200 OK", "REGISTER", nth, &expires, "")),
        ];
        net.signal(agfeo::AFTER + u64::from(nth - 1) * 150 * SECOND, trunk.sip, provider.sip, &steps);
    }
    if let Some(every) = every {
        for nth in 1..150 / every {
            let at = agfeo::AFTER + nth * every * SECOND;
            net.udp(at, trunk.sip, provider.sip, Class::Signalling, b"\r\n\r\n");
        }
    }
    net
}

fn sig_008() -> Scenario {
    site(
        "sig-008",
        "The PBX and its provider are silent for 150 s between two registrations through the router.",
        keeps_alive(None).capture(),
    )
    .expect("SIG-008", PBX)
}

fn sig_008_near() -> Scenario {
    site(
        "sig-008-near",
        "The PBX sends its provider a keep-alive every 30 s.",
        keeps_alive(Some(30)).capture(),
    )
    .never(&["SIG-008"])
}

/// The base site and an INVITE of two fragments that is sent three times.
fn large_invite(lost: bool) -> Capture {
    let mut net = Site::default().net();
    let (phone, pbx) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5206));
    let dialog = net.dialog(phone, pbx, DOMAIN);
    let routes: Vec<String> = (0..15)
        .map(|nth| format!("Record-Route: <sip:hop{nth}.anlage.example;lr;transport=udp;session={nth:032x}>"))
        .collect();
    let offer = sip::sdp(phone.media.from.address(), Codec::Pcma, "sendrecv");
    let invite = dialog.request("INVITE", 1, &routes, &offer);
    let tries = if lost { 3 } else { 1 };
    for nth in 0..tries {
        let at = agfeo::AFTER + ((1 << nth) - 1) * 500 * MS;
        net.udp(at, phone.sip, pbx.sip, Class::Signalling, &invite);
    }
    if !lost {
        let steps = [
            (false, dialog.answer("486 Busy Here", "INVITE", 1, &[], "")),
            (true, dialog.request("ACK", 1, &[], "")),
        ];
        net.signal(agfeo::AFTER + 50 * MS, phone.sip, pbx.sip, &steps);
    }
    let mut capture = net.capture();
    if lost {
        // Fragments behind the first one: IPv4 with an offset other than 0.
        capture.records.retain(|record| {
            let field =
                record.data.get(20..22).map_or(0, |bytes| u16::from(bytes[0]) << 8 | u16::from(bytes[1]));
            record.data.get(12..14) != Some(&[0x08, 0x00]) || field & 0x1fff == 0
        });
    }
    capture
}

fn sig_006() -> Scenario {
    site(
        "sig-006",
        "A large INVITE goes in two fragments, the second is lost each of three times.",
        large_invite(true),
    )
    .expect("SIG-006", T14)
    .may(&["SIG-009", "PORT-003"])
}

fn sig_006_near() -> Scenario {
    site(
        "sig-006-near",
        "A large INVITE goes in two fragments, both arrive and it is answered.",
        large_invite(false),
    )
    .never(&["SIG-006"])
}
