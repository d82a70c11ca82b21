//! What is by design at pascom, and who calls from the Internet by right (F4, F15 and F29 of the table).

use std::net::SocketAddr;

use pbxray::check::{Audit, Code, Severity, Unjudged};
use samplegen::capture::Capture;
use samplegen::net::{Call, Class, End, Host, Line, MS, Net, Outcome, SECOND};
use samplegen::scenario::agfeo::{self, PBX, PROVIDER, PROVIDER_DOMAIN, PROVIDER_MEDIA};
use samplegen::scenario::pascom::{AWAY, ROUTER, SERVER, SERVER_NAME, YEALINK};
use samplegen::scenario::{Scenario, find, pascom};
use samplegen::talk::rtp::Codec;
use samplegen::talk::sip;

use super::{AT, is_raised};
use crate::support::stages::{audit_bytes, audit_of, stated};

const OUTSIDE: [u8; 4] = [192, 0, 2, 99];

fn onsite(capture: Capture) -> Audit {
    audit_of(&Scenario::new("exclusion", "", capture).role(SERVER, "pascom.server"))
}

fn server_line() -> Line {
    Line::new("pbx", "kamailio (5.4.0 (x86_64/linux))", SERVER.port(5060), 30_010)
}

fn yealink_line() -> Line {
    Line::new("t46s", "Yealink SIP-T46S 66.85.0.5", YEALINK.port(5060), 11_780)
}

/// How the second hop writes anew what it passes on.
#[derive(Clone, Copy, PartialEq)]
enum Hop {
    /// A proxy with media relay: a Via of its own on top, its own Contact and media address.
    Proxy,
    /// The same that hides whom it serves: its own Via alone, and a branch of its own.
    Hiding,
    /// An ALG: the sender's Via with another address, and all else as it was.
    Alg,
}

/// The Yealink's call passes this hop, with what comes back.
fn passes(hop: Hop) -> Capture {
    let (at, own) = if hop == Hop::Alg { (ROUTER, OUTSIDE.into()) } else { (SERVER, SERVER.ip) };
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    net.arp(MS, SERVER, ROUTER);
    let provider = agfeo::provider_line();
    let dialog = net.dialog(yealink_line(), provider, PROVIDER_DOMAIN);
    let offer = sip::sdp(YEALINK.port(11_780).address(), Codec::Pcma, "sendrecv");
    let invite = dialog.request("INVITE", 1, &[], &offer);
    let busy = dialog.answer("486 Busy Here", "INVITE", 1, &[], "");
    let written_anew = |message: &[u8]| -> Vec<u8> {
        let text = String::from_utf8(message.to_vec()).unwrap();
        let text = text.replace("c=IN IP4 192.168.20.21", &format!("c=IN IP4 {own}"));
        let via = text.lines().find(|line| line.starts_with("Via: ")).unwrap().to_owned();
        let hop_via = format!("Via: SIP/2.0/UDP {own}:5060;branch=z9hG4bKhop.1;rport");
        let new = match hop {
            Hop::Proxy => format!("{hop_via}\r\n{via}"),
            Hop::Hiding => hop_via,
            Hop::Alg => via.replace("192.168.20.21", &own.to_string()),
        };
        text.replace(&via, &new).replace("t46s@192.168.20.21", &format!("t46s@{own}")).into_bytes()
    };
    let (outer, inner) = (at.port(5060), yealink_line().sip);
    // Through a router the telephone calls the provider itself.
    let first: End = if hop == Hop::Alg { provider.sip } else { outer };
    let outer = if hop == Hop::Alg { at.at(own).port(5060) } else { outer };
    net.udp(AT, inner, first, Class::Signalling, &invite);
    net.udp(AT + 2 * MS, outer, provider.sip, Class::Signalling, &written_anew(&invite));
    net.udp(AT + SECOND, provider.sip, outer, Class::Signalling, &written_anew(&busy));
    net.udp(AT + SECOND + MS, first, inner, Class::Signalling, &busy);
    net.capture()
}

#[test]
fn kamailio_writes_anew_by_right() {
    assert!(is_raised(&onsite(passes(Hop::Alg)), "SIG-004", Severity::Error), "the twin");
    for hop in [Hop::Proxy, Hop::Hiding] {
        let audit = onsite(passes(hop));
        assert_eq!(audit.traffic.calls.len(), 1, "it is read, and one call");
        assert!(!is_raised(&audit, "SIG-004", Severity::Info), "{:?}", audit.findings);
    }
}

/// The server registers at a provider and writes its public address, as it does with its own switch "SIP ALG"; what
/// comes back names this address.
fn writes_outside(returned: [u8; 4]) -> Capture {
    let mut net = Net::new(1);
    net.arp(0, SERVER, ROUTER);
    let mut dialog = net.dialog(server_line(), agfeo::provider_line(), PROVIDER_DOMAIN);
    dialog.from.address = SocketAddr::new(OUTSIDE.into(), 5060);
    let mut back = dialog.clone();
    back.from.address = SocketAddr::new(returned.into(), 5060);
    let steps = [
        (true, dialog.request("REGISTER", 1, &[], "")),
        (false, back.answer("200 OK", "REGISTER", 1, &[], "")),
    ];
    net.signal(AT, SERVER.port(5060), PROVIDER.port(5060), &steps);
    net.capture()
}

#[test]
fn pascoms_own_switch_for_an_alg() {
    assert!(is_raised(&onsite(writes_outside([192, 0, 2, 14])), "SIG-004", Severity::Info), "the twin");
    let audit = onsite(writes_outside(OUTSIDE));
    assert!(!is_raised(&audit, "SIG-004", Severity::Info), "{:?}", audit.findings);
}

#[test]
fn tls_gives_no_verdict_on_an_alg() {
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    pascom::signalling(&mut net, AT, (YEALINK, 40_003), SERVER, SERVER_NAME, 5 * SECOND);
    let audit = onsite(net.capture());
    assert!(!is_raised(&audit, "SIG-004", Severity::Info), "{:?}", audit.findings);
    // And it does not pass for one without ALG.
    assert!(audit.unjudged.contains(&Unjudged::Encrypted), "{:?}", audit.unjudged);
    assert!(Unjudged::Encrypted.hides(Code::Sig004));
    let readable = super::audit(super::site().capture());
    assert!(!readable.unjudged.contains(&Unjudged::Encrypted), "{:?}", readable.unjudged);
}

#[test]
fn own_users_on_the_move() {
    // They come in over TLS; without encryption the port is not meant for them.
    let away = |is_encrypted: bool| {
        let mut net = Net::new(1);
        net.arp(0, SERVER, ROUTER);
        if is_encrypted {
            pascom::signalling(&mut net, AT, (AWAY, 61_000), SERVER, SERVER_NAME, 4 * SECOND);
            net.media(&pascom::srtp(AWAY, 61_004, SERVER, 30_004, AT + SECOND, 2 * SECOND));
        } else {
            let line = Line::new("31", "pascom Client 80", AWAY.port(61_000), 61_004);
            net.register(AT, line, server_line(), SERVER_NAME, Outcome::Accepted);
        }
        onsite(net.capture())
    };
    assert!(is_raised(&away(false), "SEC-001", Severity::Critical), "the twin");
    let audit = away(true);
    for code in ["SEC-001", "SEC-002", "SEC-004"] {
        assert!(!is_raised(&audit, code, Severity::Info), "{code}: {:?}", audit.findings);
    }
}

#[test]
fn another_sbc_of_the_provider_in_the_cloud() {
    // The provider's name stands for two addresses, and the one at which the PBX did not register calls.
    let called_by = |sbc: Host, is_named: bool| {
        let mut net = super::site();
        let named: &[Host] = if is_named { &[PROVIDER, sbc] } else { &[PROVIDER] };
        net.resolve(AT, PBX, agfeo::ROUTER, PROVIDER_DOMAIN, named);
        let trunk = agfeo::trunk_line(5064, 5206);
        net.register(AT + SECOND, trunk, agfeo::provider_line(), PROVIDER_DOMAIN, Outcome::Accepted);
        let mut line = Line::new("4930200", "Provider-SBC 7.2", sbc.port(5071), 0);
        line.media.from = PROVIDER_MEDIA.port(23_400);
        let call = Call::new(AT + 2 * SECOND, 3 * SECOND, line, trunk);
        net.call(&Call { domain: PROVIDER_DOMAIN, ..call });
        super::audit(net.capture())
    };
    let sbc = Host::internet("sbc-b", [203, 0, 113, 12], agfeo::ROUTER);
    assert!(is_raised(&called_by(sbc, false), "SEC-001", Severity::Warning), "the twin");
    let audit = called_by(sbc, true);
    assert!(!is_raised(&audit, "SEC-001", Severity::Notice), "{:?}", audit.findings);
}

#[test]
fn the_mode_without_encryption_may_be_chosen() {
    let sample = find("sec-003").unwrap();
    assert!(is_raised(&audit_of(&sample), "SEC-003", Severity::Warning), "the twin");
    // Only the user knows, and says so.
    let reason = "VoIP-Modus „Einfach“, so bestellt";
    let server = format!("[[host]]\naddress = \"{}\"\nrole = \"pascom.server\"\n", SERVER.ip);
    let site = format!("{server}[[exception]]\ncode = \"SEC-003\"\nreason = \"{reason}\"\n");
    let audit = audit_bytes(&sample.file(), &stated(site, &[]));
    assert!(!is_raised(&audit, "SEC-003", Severity::Info), "{:?}", audit.findings);
    let accepted: Vec<_> = audit.accepted.iter().map(|accepted| accepted.finding.code().as_str()).collect();
    assert_eq!(accepted, ["SEC-003"]);
}

#[test]
fn the_directory_of_agfeo_is_plain_as_documented() {
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    net.tls(MS, YEALINK.port(40_001), SERVER.port(636), Class::Data, SERVER_NAME, 300);
    agfeo::directory(&mut net, AT, YEALINK, SERVER);
    assert!(is_raised(&onsite(net.capture()), "SEC-003", Severity::Warning), "the twin at pascom");
    let mut lan = super::site();
    agfeo::directory(&mut lan, AT, agfeo::T14, PBX);
    let audit = super::audit(lan.capture());
    assert!(!is_raised(&audit, "SEC-003", Severity::Info), "{:?}", audit.findings);
}
