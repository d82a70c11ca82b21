//! Registrations, calls and messages (F4, F5, F6, F15, F18, F24, F25 and F29 of the table).

use std::net::{IpAddr, SocketAddr};

use pbxray::check::Severity;
use pbxray::observe::Protocol;
use samplegen::capture::Capture;
use samplegen::net::{Class, Host, Line, MS, Net, Outcome, SECOND, Say};
use samplegen::scenario::agfeo::{self, DOMAIN, PBX, PC, PROVIDER, PROVIDER_DOMAIN, ROUTER, STRANGER, T17};
use samplegen::talk::sip::{self, Dialog};

use super::{AT, Talk, audit, excluded, excluded_in, is_raised, pbx, phone, sdp, site};

const OUTSIDE: [u8; 4] = [192, 0, 2, 99];

/// VISOfon registers, and its requests get these answers with these headers.
fn registers(credentials: bool, headers: &[&str], answers: &[(&str, Option<String>)]) -> Net {
    let mut net = site();
    let line = agfeo::visofon_line(PC);
    let dialog = net.dialog(line, pbx(), DOMAIN);
    for (nth, (answer, header)) in (1_u32..).zip(answers) {
        let mut own: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        if credentials && nth > 1 {
            own.push(sip::credentials("51", DOMAIN, "7"));
        }
        let back: Vec<String> = header.iter().cloned().collect();
        let steps = [
            (true, dialog.request("REGISTER", nth, &own, "")),
            (false, dialog.answer(answer, "REGISTER", nth, &back, "")),
        ];
        net.signal(AT + u64::from(nth) * SECOND, line.sip, pbx().sip, &steps);
    }
    net
}

fn challenge() -> Option<String> {
    Some(sip::challenge(DOMAIN, "7"))
}

fn refused() -> Net {
    registers(
        true,
        &["Expires: 300"],
        &[("401 Unauthorized", challenge()), ("401 Unauthorized", challenge())],
    )
}

#[test]
fn normal_challenge() {
    let accepted = registers(true, &["Expires: 300"], &[("401 Unauthorized", challenge()), ("200 OK", None)]);
    excluded("SIG-001", accepted, refused());
}

#[test]
fn stale_nonce() {
    let stale = challenge().map(|challenge| format!("{challenge}, stale=true"));
    let answers = [("401 Unauthorized", challenge()), ("401 Unauthorized", stale), ("200 OK", None)];
    // Cut off behind the second challenge, so that nothing but its word tells that it was no refusal.
    for count in [2, 3] {
        excluded("SIG-001", registers(true, &["Expires: 300"], &answers[..count]), refused());
    }
}

#[test]
fn signing_off() {
    let leaves = |expires: &str| registers(false, &[expires], &[("404 Not Found", None)]);
    excluded("SIG-001", leaves("Expires: 0"), leaves("Expires: 300"));
}

/// The PBX registers at its provider, which sees it at these places, 50 s apart; each time in a dialog of its own or not.
fn seen_at(places: &[([u8; 4], u16)], starts_anew: bool) -> Net {
    let mut net = site();
    net.resolve(AT, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let mut dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    for (nth, (address, port)) in (1_u32..).zip(places) {
        if starts_anew {
            dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
        }
        let seen = Dialog { seen_at: Some(SocketAddr::new(IpAddr::from(*address), *port)), ..dialog.clone() };
        let expires = ["Expires: 60".to_owned()];
        let steps = [
            (true, dialog.request("REGISTER", nth, &expires, "")),
            (false, seen.answer("200 OK", "REGISTER", nth, &expires, "")),
        ];
        net.signal(AT + u64::from(nth) * 50 * SECOND, trunk.sip, provider.sip, &steps);
    }
    net
}

#[test]
fn planned_reconnect() {
    // A new address of the line, as many lines get one each day: a notice, while a lost mapping is a warning.
    let heavy = |net: Net| is_raised(&audit(net.capture()), "SIG-003", Severity::Warning);
    assert!(heavy(seen_at(&[(OUTSIDE, 5064), (OUTSIDE, 61_234)], false)));
    assert!(!heavy(seen_at(&[(OUTSIDE, 5064), ([192, 0, 2, 14], 5064)], false)));
}

#[test]
fn restart_of_the_telephone() {
    let places = [(OUTSIDE, 5064), (OUTSIDE, 61_234)];
    excluded("SIG-003", seen_at(&places, true), seen_at(&places, false));
}

/// The PBX registers the same account at these registrars, 50 s apart, and each sees it at this port.
fn fails_over(steps: &[(Host, u16)]) -> Net {
    let mut net = site();
    net.resolve(AT, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let trunk = agfeo::trunk_line(5064, 0);
    let dialog = net.dialog(trunk, agfeo::provider_line(), PROVIDER_DOMAIN);
    for (nth, (registrar, port)) in (1_u32..).zip(steps) {
        let seen = Dialog { seen_at: Some(SocketAddr::new(OUTSIDE.into(), *port)), ..dialog.clone() };
        let expires = ["Expires: 60".to_owned()];
        let steps = [
            (true, dialog.request("REGISTER", nth, &expires, "")),
            (false, seen.answer("200 OK", "REGISTER", nth, &expires, "")),
        ];
        net.signal(AT + u64::from(nth) * 50 * SECOND, trunk.sip, registrar.port(5060), &steps);
    }
    net
}

#[test]
fn another_registrar_sees_another_mapping() {
    let second = Host::internet("provider-b", [203, 0, 113, 11], ROUTER);
    let over = fails_over(&[(PROVIDER, 5064), (PROVIDER, 5064), (second, 61_234), (second, 61_234)]);
    excluded("SIG-003", over, fails_over(&[(PROVIDER, 5064), (PROVIDER, 5064), (PROVIDER, 61_234)]));
}

#[test]
fn over_tcp_each_connection_has_a_mapping_of_its_own() {
    let mut net = site();
    net.resolve(AT, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let dialog = net.dialog(agfeo::trunk_line(5064, 0), agfeo::provider_line(), PROVIDER_DOMAIN);
    let dialog = Dialog { transport: "TCP", ..dialog };
    for nth in 1..=3_u32 {
        let outside = SocketAddr::new(OUTSIDE.into(), 60_000 + nth as u16);
        let seen = Dialog { seen_at: Some(outside), ..dialog.clone() };
        let words = [
            Say::Client(dialog.request("REGISTER", nth, &["Expires: 60".to_owned()], "")),
            Say::Server(seen.answer("200 OK", "REGISTER", nth, &["Expires: 60".to_owned()], "")),
        ];
        let at = AT + u64::from(nth) * 50 * SECOND;
        let from = PBX.port(41_000);
        net.conversation(at, from, PROVIDER.port(5060), Class::Signalling, &words);
    }
    let audit = audit(net.clone().capture());
    let read = audit.traffic.registrations.iter().find(|row| row.protocol == Protocol::Tcp);
    assert!(read.is_some_and(|row| row.accepted && row.attempts == 3), "{:?}", audit.traffic.registrations);
    excluded("SIG-003", net, seen_at(&[(OUTSIDE, 60_001), (OUTSIDE, 60_002), (OUTSIDE, 60_003)], false));
}

/// The PBX asks its provider, whose answer brings back another Via.
fn comes_back(change: impl FnOnce(&mut Dialog)) -> Net {
    let mut net = site();
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    let mut returned = dialog.clone();
    change(&mut returned);
    let steps = [
        (true, dialog.request("REGISTER", 1, &[], "")),
        (false, returned.answer("200 OK", "REGISTER", 1, &[], "")),
    ];
    net.signal(AT, trunk.sip, provider.sip, &steps);
    net
}

fn rewritten() -> Net {
    comes_back(|dialog| dialog.from.address = SocketAddr::new(OUTSIDE.into(), 5064))
}

#[test]
fn received_and_rport_are_ordinary_nat() {
    let added = comes_back(|dialog| dialog.seen_at = Some(SocketAddr::new(OUTSIDE.into(), 61_000)));
    excluded("SIG-004", added, rewritten());
}

#[test]
fn an_address_learned_by_stun() {
    // The PBX itself writes its public address, and gets it back as it wrote it.
    let mut net = site();
    let provider = agfeo::provider_line();
    let trunk = agfeo::trunk_line(5064, 0);
    let mut dialog = net.dialog(trunk, provider, PROVIDER_DOMAIN);
    dialog.from.address = SocketAddr::new(OUTSIDE.into(), 5064);
    let steps = [
        (true, dialog.request("REGISTER", 1, &[], "")),
        (false, dialog.answer("200 OK", "REGISTER", 1, &[], "")),
    ];
    net.signal(AT, trunk.sip, provider.sip, &steps);
    excluded("SIG-004", net, rewritten());
}

#[test]
fn b2bua_writes_messages_of_its_own() {
    // The PBX takes the T14's call and makes one of its own to the T17: other Via, other Call-ID.
    let mut net = site();
    let to_pbx = Talk::new(&mut net, phone(), pbx());
    let to_t17 = Talk::new(&mut net, pbx(), agfeo::t17_line(T17));
    to_pbx.invite(&mut net, AT, &sdp(phone(), "sendrecv"));
    to_t17.invite(&mut net, AT + 5 * MS, &sdp(pbx(), "sendrecv"));
    to_t17.answer(&mut net, AT + SECOND, "200 OK", &sdp(agfeo::t17_line(T17), "sendrecv"));
    to_pbx.answer(&mut net, AT + SECOND + 5 * MS, "200 OK", &sdp(pbx(), "sendrecv"));
    excluded("SIG-004", net, rewritten());
}

/// Two calls of the T14 end with this answer.
fn ended_with(status: &str) -> Net {
    let mut net = site();
    for nth in 0..2 {
        let talk = Talk::new(&mut net, phone(), pbx());
        talk.invite(&mut net, AT + nth * SECOND, &sdp(phone(), "sendrecv"));
        talk.answer(&mut net, AT + nth * SECOND + 300 * MS, status, "");
    }
    net
}

#[test]
fn busy() {
    excluded("SIG-005", ended_with("486 Busy Here"), ended_with("488 Not Acceptable Here"));
    excluded("SIG-005", ended_with("600 Busy Everywhere"), ended_with("488 Not Acceptable Here"));
}

#[test]
fn what_is_said_before_the_answer() {
    let mut net = site();
    for nth in 0..2 {
        let at = AT + nth * 4 * SECOND;
        let talk = Talk::new(&mut net, phone(), pbx());
        talk.invite(&mut net, at, &sdp(phone(), "sendrecv"));
        for (step, status) in (1..).zip(["181 Call Is Being Forwarded", "183 Session Progress"]) {
            let answer = talk.dialog.answer(status, "INVITE", 1, &[], "");
            net.signal(at + step * 100 * MS, phone().sip, pbx().sip, &[(false, answer)]);
        }
        talk.answer(&mut net, at + SECOND, "200 OK", &sdp(pbx(), "sendrecv"));
        talk.hang_up(&mut net, at + 2 * SECOND);
    }
    excluded("SIG-005", net, ended_with("488 Not Acceptable Here"));
}

#[test]
fn declined() {
    excluded("SIG-005", ended_with("603 Decline"), ended_with("606 Not Acceptable"));
}

#[test]
fn cancelled_by_the_caller() {
    let mut net = site();
    for nth in 0..2 {
        let at = AT + nth * 20 * SECOND;
        let talk = Talk::new(&mut net, phone(), pbx());
        talk.invite(&mut net, at, &sdp(phone(), "sendrecv"));
        talk.ask(&mut net, at + 9 * SECOND, ("CANCEL", 1), "", "");
        talk.answer(&mut net, at + 9 * SECOND + 100 * MS, "487 Request Terminated", "");
    }
    excluded("SIG-005", net, ended_with("488 Not Acceptable Here"));
}

#[test]
fn a_challenged_call() {
    let mut net = site();
    for nth in 0..2 {
        let at = AT + nth * SECOND;
        let talk = Talk::new(&mut net, phone(), pbx());
        let offer = sdp(phone(), "sendrecv");
        let steps = [
            (true, talk.dialog.request("INVITE", 1, &[], &offer)),
            (false, talk.dialog.answer("407 Proxy Authentication Required", "INVITE", 1, &[], "")),
            (true, talk.dialog.request("ACK", 1, &[], "")),
        ];
        net.signal(at, phone().sip, pbx().sip, &steps);
    }
    excluded("SIG-005", net, ended_with("488 Not Acceptable Here"));
}

#[test]
fn b2bua_passes_a_refusal_on() {
    // The far leg tells who refused; the PBX is not to blame.
    let refused = |passes_on: bool| {
        let mut net = site();
        let t17 = Line::new("10", "AGFEO T17 SIP 2.14.1", T17.port(5060), 10_002);
        for nth in 0..2 {
            let at = AT + nth * 3 * SECOND;
            let to_pbx = Talk::new(&mut net, phone(), pbx());
            to_pbx.invite(&mut net, at, &sdp(phone(), "sendrecv"));
            if passes_on {
                let to_t17 = Talk::new(&mut net, pbx(), t17);
                to_t17.invite(&mut net, at + 5 * MS, &sdp(pbx(), "sendrecv"));
                to_t17.answer(&mut net, at + 200 * MS, "488 Not Acceptable Here", "");
            }
            to_pbx.answer(&mut net, at + 300 * MS, "488 Not Acceptable Here", "");
        }
        let audit = audit(net.capture());
        let about = |host: Host| {
            audit.findings.iter().any(|finding| {
                finding.code().as_str() == "SIG-005"
                    && finding.subject.as_ref().is_some_and(|subject| subject.address == host.ip)
            })
        };
        (about(PBX), about(T17))
    };
    assert_eq!((refused(false), refused(true)), ((true, false), (false, true)));
}

#[test]
fn a_proxy_passes_a_refusal_on() {
    // One call on two hops: the same Call-ID, and a Via of the proxy on the second.
    let mut net = site();
    for nth in 0..2 {
        let at = AT + nth * 3 * SECOND;
        let dialog = net.dialog(phone(), pbx(), DOMAIN);
        let invite = dialog.request("INVITE", 1, &[], &sdp(phone(), "sendrecv"));
        let refusal = dialog.answer("488 Not Acceptable Here", "INVITE", 1, &[], "");
        let through = |message: &[u8]| {
            let text = String::from_utf8(message.to_vec()).unwrap();
            text.replacen("\r\n", "\r\nVia: SIP/2.0/UDP 192.168.10.2:5060;branch=z9hG4bKp\r\n", 1)
                .into_bytes()
        };
        let t17 = T17.port(5060);
        net.udp(at, phone().sip, pbx().sip, Class::Signalling, &invite);
        net.udp(at + 5 * MS, pbx().sip, t17, Class::Signalling, &through(&invite));
        net.udp(at + 200 * MS, t17, pbx().sip, Class::Signalling, &through(&refusal));
        net.udp(at + 205 * MS, pbx().sip, phone().sip, Class::Signalling, &refusal);
    }
    let audit = audit(net.capture());
    let told = audit.findings.iter().filter(|finding| finding.code().as_str() == "SIG-005");
    let about: Vec<_> =
        told.filter_map(|finding| finding.subject.as_ref()).map(|subject| subject.address).collect();
    assert_eq!(about, [T17.ip], "and not the PBX");
}

/// The base site and a large INVITE in two fragments, sent so often; the second fragments may get lost.
fn large(tries: u32, keeps: bool) -> Capture {
    let mut net = site();
    let talk = Talk::new(&mut net, phone(), pbx());
    let routes: Vec<String> =
        (0..15).map(|nth| format!("Record-Route: <sip:hop{nth}.anlage.example;lr;id={nth:064x}>")).collect();
    let invite = talk.dialog.request("INVITE", 1, &routes, &sdp(phone(), "sendrecv"));
    for nth in 0..tries {
        net.udp(AT + ((1 << nth) - 1) * 500 * MS, phone().sip, pbx().sip, Class::Signalling, &invite);
    }
    let mut capture = net.capture();
    capture.records.retain(|record| {
        let offset = record.data.get(20..22).map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
        keeps || record.data.get(12..14) != Some(&[0x08, 0x00]) || offset & 0x1fff == 0
    });
    capture
}

#[test]
fn fragments_that_arrive() {
    excluded_in("SIG-006", large(3, true), large(3, false));
}

#[test]
fn a_fragment_lost_once() {
    excluded_in("SIG-006", large(1, false), large(3, false));
}

#[test]
fn tcp_has_no_fragments() {
    // The same large INVITE over a connection, three times, since nobody takes the call; its second segments are
    // missing.
    let mut net = site();
    let talk = Talk::new(&mut net, phone(), pbx());
    let dialog = Dialog { transport: "TCP", ..talk.dialog.clone() };
    let routes: Vec<String> =
        (0..15).map(|nth| format!("Record-Route: <sip:hop{nth}.anlage.example;lr;id={nth:064x}>")).collect();
    let invite = dialog.request("INVITE", 1, &routes, &sdp(phone(), "sendrecv"));
    assert!(invite.len() > 1460, "it takes two segments");
    let mut tcp = net.tcp(AT, phone().sip.host.port(41_000), pbx().sip, Class::Signalling);
    for _ in 0..3 {
        tcp.client(&mut net, &invite);
    }
    tcp.close(&mut net);
    excluded_in("SIG-006", net.capture(), large(3, false));
}

/// The base site and a large INVITE in two fragments, of which the file keeps so much of each packet.
fn cut_short(bytes: usize) -> Capture {
    let mut capture = large(3, true);
    for record in &mut capture.records {
        record.data.truncate(bytes);
    }
    capture
}

#[test]
fn a_short_snap_length_loses_no_fragment() {
    excluded_in("SIG-006", cut_short(300), large(3, false));
}

/// The T14 sends its INVITE so often before the PBX answers.
fn asked(tries: u32, apart: u64) -> Net {
    let mut net = site();
    let talk = Talk::new(&mut net, phone(), pbx());
    let invite = talk.dialog.request("INVITE", 1, &[], &sdp(phone(), "sendrecv"));
    for nth in 0..tries {
        net.udp(AT + ((1 << nth) - 1) * apart, phone().sip, pbx().sip, Class::Signalling, &invite);
    }
    talk.answer(&mut net, AT + 9 * SECOND, "486 Busy Here", "");
    net
}

#[test]
fn copies_are_no_retransmissions() {
    excluded("SIG-009", asked(4, MS), asked(4, 500 * MS));
}

/// Somebody in the Internet asks the PBX at the port where it registered, and is answered.
fn pinged_by(stranger: Line) -> Net {
    let mut net = site();
    net.resolve(AT, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let (trunk, provider) = (agfeo::trunk_line(5064, 5206), agfeo::provider_line());
    net.register(AT, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    // Only the provider knows whom he asks for.
    let asked = if stranger.user == provider.user { trunk } else { Line { user: "200", ..trunk } };
    for nth in 1..4 {
        net.options(AT + nth * SECOND, stranger, asked, PROVIDER_DOMAIN);
    }
    net
}

#[test]
fn pings_of_the_provider() {
    let stranger = Line::new("100", "Linphone/4.4", STRANGER.port(5071), 0);
    excluded("SEC-001", pinged_by(agfeo::provider_line()), pinged_by(stranger));
}

#[test]
fn who_asks_for_what_only_the_provider_knows() {
    let other = Line::new("4930200", "kamailio", STRANGER.port(5071), 0);
    let audit = audit(pinged_by(other).capture());
    let told = audit.findings.iter().find(|finding| finding.code().as_str() == "SEC-001");
    assert_eq!(told.map(|finding| finding.severity), Some(Severity::Info), "{:?}", audit.findings);
}

#[test]
fn a_scanner_may_call_itself_agfeo() {
    // The name alone lets nobody in: whoever asks from the Internet is told all the same.
    let spoofed = Line::new("100", "AGFEO SIP V3.00.15 b", STRANGER.port(5071), 0);
    let plain = Line::new("100", "Linphone/4.4", STRANGER.port(5071), 0);
    for stranger in [spoofed, plain] {
        let audit = audit(pinged_by(stranger).capture());
        assert!(is_raised(&audit, "SEC-001", Severity::Warning), "{}: {:?}", stranger.agent, audit.findings);
        let device = audit.site.device(STRANGER.ip);
        assert!(device.is_none_or(|device| device.kind != pbxray::site::Kind::Pbx), "{device:?}");
    }
}

#[test]
fn a_trunk_is_plain() {
    use samplegen::scenario::{Scenario, pascom};
    let (server, yealink) = (pascom::SERVER, pascom::YEALINK);
    let line = Line::new("pbx", "kamailio (5.4.0 (x86_64/linux))", server.port(5060), 30_010);
    let raised = |client: Line| {
        let mut net = Net::new(1);
        net.arp(0, yealink, server);
        pascom::signalling(&mut net, 100 * MS, (yealink, 40_003), server, pascom::SERVER_NAME, 2 * SECOND);
        net.register(4 * SECOND, client, line, "muster.example", Outcome::Accepted);
        let scenario = Scenario::new("exclusion", "", net.capture()).role(server, "pascom.server");
        is_raised(&crate::support::stages::audit_of(&scenario), "SEC-003", Severity::Info)
    };
    assert!(raised(Line::new("t46s", "Yealink SIP-T46S 66.85.0.5", yealink.port(5060), 11_780)));
    let mut net = Net::new(1);
    net.arp(0, yealink, server);
    pascom::signalling(&mut net, 100 * MS, (yealink, 40_003), server, pascom::SERVER_NAME, 2 * SECOND);
    let account = Line::new("4930", "kamailio (5.4.0 (x86_64/linux))", server.port(5060), 30_010);
    net.register(4 * SECOND, account, agfeo::provider_line(), PROVIDER_DOMAIN, Outcome::Accepted);
    let scenario = Scenario::new("exclusion", "", net.capture()).role(server, "pascom.server");
    assert!(!is_raised(&crate::support::stages::audit_of(&scenario), "SEC-003", Severity::Info));
}
