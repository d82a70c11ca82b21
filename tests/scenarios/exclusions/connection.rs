//! Ports and encrypted connections (F12, F19 and F28 of the table).

use std::net::SocketAddr;

use pbxray::check::Severity;
use samplegen::frame::{Segment, flag};
use samplegen::net::{Class, Host, MS, Net, Refusal, SECOND, Say};
use samplegen::scenario::agfeo::{
    self, OFFICE_PC, PBX, PC, PROVIDER, PROVIDER_DOMAIN, ROUTER, STRANGER, T17,
};
use samplegen::talk::sip::Dialog;
use samplegen::talk::tls;

use super::{AT, audit, excluded, excluded_in, is_raised, site};

/// So many attempts of a host at the PBX's directory.
fn attempts(client: Host, tries: u32, refusal: Refusal) -> Net {
    let mut net = site();
    net.refused(AT, client.port(49_900), PBX.port(389), tries, refusal);
    net
}

#[test]
fn a_single_attempt() {
    excluded("PORT-003", attempts(T17, 1, Refusal::Silence), attempts(T17, 3, Refusal::Silence));
}

#[test]
fn one_direction_of_the_attempts() {
    let whole = attempts(T17, 3, Refusal::Silence).capture();
    let mut one_sided = whole.clone();
    one_sided.records.retain(|record| record.data.get(6..10) == Some(&[0x00, 0x09, 0x40, 0x20]));
    excluded_in("PORT-003", one_sided, whole);
}

#[test]
fn a_reset_behind_the_conversation() {
    let mut net = site();
    let words = [Say::Client(vec![0x30; 40]), Say::Server(vec![0x30; 40])];
    for nth in 0..3_u16 {
        let client = T17.port(49_900 + nth);
        let end = net.conversation(AT + u64::from(nth) * SECOND, client, PBX.port(389), Class::Data, &words);
        let reset = Segment { sequence: 1, acknowledgment: 0, flags: flag::RST };
        net.segment(end + MS, PBX.port(389), client, Class::Data, &reset, &[]);
    }
    excluded("PORT-003", net, attempts(T17, 3, Refusal::Reset));
}

#[test]
fn a_reset_of_a_connection_that_was_idle() {
    let mut net = site();
    for nth in 0..3_u16 {
        let client = T17.port(49_900 + nth);
        let mut tcp = net.tcp(AT + u64::from(nth) * SECOND, client, PBX.port(389), Class::Data);
        tcp.client(&mut net, &[0x30; 40]);
        tcp.server(&mut net, &[0x30; 40]);
        let reset = Segment { sequence: 1, acknowledgment: 0, flags: flag::RST };
        net.segment(AT + 300 * SECOND, PBX.port(389), client, Class::Data, &reset, &[]);
    }
    excluded("PORT-003", net, attempts(T17, 3, Refusal::Reset));
}

#[test]
fn a_server_that_is_down() {
    // Nothing at all comes from the PBX: it is off, and no port of it is blocked.
    let mut net = Net::new(1);
    net.ping(0, T17, ROUTER);
    net.refused(AT, T17.port(49_900), PBX.port(389), 3, Refusal::Silence);
    excluded("PORT-003", net, attempts(T17, 3, Refusal::Silence));
}

#[test]
fn a_scan_by_strangers() {
    excluded("PORT-003", attempts(STRANGER, 3, Refusal::Reset), attempts(T17, 3, Refusal::Reset));
}

/// The PC calls the PBX's web pages: what the PBX answers, once for each connection.
fn browses(client: Host, answers: &[Vec<u8>]) -> Net {
    let mut net = site();
    for (nth, answer) in (0_u16..).zip(answers) {
        let hello = tls::client_hello("anlage.example", net.rng().array(), 0);
        let mut words = vec![Say::Client(hello), Say::Server(answer.clone())];
        if answer.len() > tls::alert(0).len() {
            words.push(Say::Client(tls::application_data(&net.rng().bytes(90))));
            words.push(Say::Server(tls::application_data(&net.rng().bytes(400))));
            words.push(Say::Server(tls::alert(0)));
        }
        let at = AT + u64::from(nth) * SECOND;
        net.conversation(at, client.port(50_100 + nth), PBX.port(443), Class::Data, &words);
    }
    net
}

const PROTOCOL_VERSION: u8 = 70;

fn turned_away(client: Host) -> Net {
    browses(client, &[tls::alert(PROTOCOL_VERSION), tls::alert(PROTOCOL_VERSION)])
}

#[test]
fn close_notify() {
    let answer = || tls::server_hello([7; 32]);
    excluded("SIG-007", browses(PC, &[answer(), answer()]), turned_away(PC));
}

#[test]
fn another_try_that_stands() {
    let stands = browses(PC, &[tls::alert(PROTOCOL_VERSION), tls::server_hello([7; 32])]);
    excluded("SIG-007", stands, turned_away(PC));
}

#[test]
fn a_session_resumed_shows_no_certificate() {
    let expired =
        [tls::server_hello([7; 32]), tls::certificate("anlage.example", "20191231235959Z")].concat();
    excluded("SIG-007", browses(PC, &[tls::server_hello([7; 32])]), browses(PC, &[expired]));
}

#[test]
fn tls_1_3_hides_certificates() {
    // What is encrypted may look like anything, even like a certificate that is out of date.
    let certificate = tls::certificate("anlage.example", "20191231235959Z");
    let hidden = [tls::server_hello([7; 32]), tls::application_data(&certificate)].concat();
    let plain = [tls::server_hello([7; 32]), certificate].concat();
    excluded("SIG-007", browses(PC, &[hidden]), browses(PC, &[plain]));
}

#[test]
fn scanners_are_turned_away() {
    excluded("SIG-007", turned_away(STRANGER), turned_away(PC));
}

#[test]
fn a_closed_port_serves_the_lan_only() {
    let mut lan = site();
    lan.tls(AT, OFFICE_PC.port(50_200), PBX.port(443), Class::Data, "anlage", 400);
    let mut internet = site();
    internet.tls(AT, STRANGER.port(50_200), PBX.port(443), Class::Data, "anlage", 400);
    excluded("SEC-004", lan, internet);
}

/// The PBX registers at its provider, over this transport, again after 150 s; a sign of life every so many seconds.
fn keeps_alive(transport: &'static str, every: Option<u64>) -> Net {
    let mut net = site();
    net.resolve(AT, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let (trunk, provider) = (agfeo::trunk_line(5064, 0), agfeo::provider_line());
    let dialog = Dialog { transport, ..net.dialog(trunk, provider, PROVIDER_DOMAIN) };
    let outside = SocketAddr::new([192, 0, 2, 99].into(), 5064);
    let seen = Dialog { seen_at: Some(outside), ..dialog.clone() };
    let expires = ["Expires: 300".to_owned()];
    let exchange = |nth| {
        [dialog.request("REGISTER", nth, &expires, ""), seen.answer("200 OK", "REGISTER", nth, &expires, "")]
    };
    if transport == "TCP" {
        let [ask, answer] = exchange(1);
        let [again, answer_again] = exchange(2);
        let words = [
            Say::Client(ask),
            Say::Server(answer),
            Say::Pause(150 * SECOND),
            Say::Client(again),
            Say::Server(answer_again),
        ];
        net.conversation(AT + SECOND, PBX.port(41_000), PROVIDER.port(5060), Class::Signalling, &words);
        return net;
    }
    for nth in 1..=2_u32 {
        let [ask, answer] = exchange(nth);
        let at = AT + SECOND + u64::from(nth - 1) * 150 * SECOND;
        net.signal(at, trunk.sip, provider.sip, &[(true, ask), (false, answer)]);
    }
    for nth in 1..every.map_or(0, |every| 150 / every) {
        let at = AT + SECOND + nth * every.unwrap_or(1) * SECOND;
        net.udp(at, trunk.sip, provider.sip, Class::Signalling, b"\r\n\r\n");
    }
    net
}

#[test]
fn tcp_needs_no_sign_of_life() {
    excluded("SIG-008", keeps_alive("TCP", None), keeps_alive("UDP", None));
}

#[test]
fn signs_of_life_in_time() {
    excluded("SIG-008", keeps_alive("UDP", Some(30)), keeps_alive("UDP", None));
}

#[test]
fn silence_to_an_address_without_translation() {
    // A telephone in the LAN may be silent for as long as its registration holds.
    let mut net = site();
    let (line, pbx) = (agfeo::visofon_line(PC), agfeo::pbx_line(PBX, 0));
    let dialog = net.dialog(line, pbx, agfeo::DOMAIN);
    let expires = ["Expires: 300".to_owned()];
    for nth in 1..=2_u32 {
        let steps = [
            (true, dialog.request("REGISTER", nth, &expires, "")),
            (false, dialog.answer("200 OK", "REGISTER", nth, &expires, "")),
        ];
        net.signal(AT + u64::from(nth - 1) * 150 * SECOND, line.sip, pbx.sip, &steps);
    }
    excluded("SIG-008", net, keeps_alive("UDP", None));
}

#[test]
fn an_unanswered_registration_may_be_answered_unseen() {
    let silent = || {
        let mut net = site();
        net.ping(AT, PC, PBX);
        let (line, pbx) = (agfeo::visofon_line(PC), agfeo::pbx_line(PBX, 0));
        net.register(AT + SECOND, line, pbx, agfeo::DOMAIN, samplegen::net::Outcome::Silence);
        net.capture()
    };
    // Nothing that the PBX sends to the PC passes the mirror port.
    let mut one_way = silent();
    one_way.records.retain(|record| record.data.get(..6) != Some(&PC.mac));
    excluded_in("SIG-002", one_way, silent());
    assert!(is_raised(&audit(silent()), "SIG-002", Severity::Error));
}
