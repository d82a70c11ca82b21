//! Marks of voice (F7, F8 and F9 of the table).

use pbxray::check::Severity;
use pbxray::site::Confidence;
use samplegen::capture::{Capture, Record};
use samplegen::frame;
use samplegen::net::{Call, Class, Host, Line, MS, Mark, Marks, Net, Outcome, Policy, SECOND, Stream};
use samplegen::scenario::agfeo::{self, DOMAIN, PBX, PC, PROVIDER_DOMAIN, PROVIDER_MEDIA, ROUTER, T14};
use samplegen::talk::{lan, tls};

use super::{AT, COMFORT_NOISE, Voice, audit, excluded, excluded_in, forth, is_raised, pbx, phone, site};

/// A call of 2 s with the T14's voice marked so.
fn marked(marks: Marks) -> Net {
    let mut net = site();
    let mut line = phone();
    line.media.marks = marks;
    net.call(&Call::new(AT, 2 * SECOND, line, pbx()));
    net
}

#[test]
fn stun_beside_the_voice() {
    // STUN and DTLS share the ports of the voice and need no mark.
    let mut beside = marked(Marks::Policy);
    let (from, to) = (phone().media.from, pbx().media.from);
    for nth in 0..60 {
        let at = AT + 350 * MS + nth * 25 * MS;
        let request = lan::stun_request(beside.rng().array());
        beside.udp(at, from, to, Class::Data, &request);
        let hello = tls::dtls_client_hello(beside.rng().array());
        beside.udp(at + MS, from, to, Class::Data, &hello);
    }
    excluded("QOS-001", beside, marked(Marks::All(0)));
}

#[test]
fn comfort_noise_without_a_mark() {
    let mut beside = marked(Marks::Policy);
    let noise = Voice { payload_type: COMFORT_NOISE, class: Class::VoiceAs(0), ..forth() };
    noise.speak(&mut beside, AT + 3 * SECOND, 1, 4);
    excluded("QOS-001", beside, marked(Marks::All(0)));
}

#[test]
fn rtcp_without_a_mark() {
    let capture = marked(Marks::Policy).capture();
    let rtcp = |record: &Record| {
        let ports = record.data.get(34..38);
        ports == Some(&[0x27, 0x11, 0x14, 0x55][..]) || ports == Some(&[0x14, 0x55, 0x27, 0x11][..])
    };
    let mut unmarked = capture.clone();
    let mut changed = 0;
    for record in unmarked.records.iter_mut().filter(|record| rtcp(record)) {
        changed += 1;
        mark(&mut record.data, 0);
    }
    assert!(changed > 0, "reports are exchanged");
    excluded_in("QOS-001", unmarked, marked(Marks::All(0)).capture());
}

/// Gives an untagged IPv4 frame this traffic class octet, with the header's checksum put right.
fn mark(frame: &mut [u8], octet: u8) {
    frame[15] = octet;
    frame[24..26].fill(0);
    let sum = frame::checksum(&[&frame[14..34]]);
    frame[24..26].copy_from_slice(&sum.to_be_bytes());
}

#[test]
fn congestion_bits_are_no_mark() {
    let mut congested = marked(Marks::Policy).capture();
    for record in &mut congested.records {
        if record.data.get(12..14) == Some(&[0x08, 0x00]) && record.data.get(15) == Some(&(46 << 2)) {
            mark(&mut record.data, 46 << 2 | 3);
        }
    }
    excluded_in("QOS-001", congested, marked(Marks::All(0)).capture());
}

#[test]
fn softphone_on_windows() {
    // What is missing is a policy of the computer: another code, and no fault of the switch.
    let softphone = |policy: Policy| {
        let mut net = site();
        let line = agfeo::visofon_line(PC.marking(policy));
        net.register(AT, line, pbx(), DOMAIN, Outcome::Accepted);
        net.call(&Call::new(AT + SECOND, 2 * SECOND, line, pbx()));
        net
    };
    excluded("QOS-001", softphone(Policy::NONE), marked(Marks::All(0)));
    assert!(is_raised(&audit(softphone(Policy::NONE).capture()), "QOS-003", Severity::Warning));
}

#[test]
fn internet_leg() {
    let mut net = site();
    let mut provider = agfeo::provider_line();
    provider.media = Stream { marks: Marks::All(0), ..Stream::new(PROVIDER_MEDIA.port(23_400)) };
    net.call(&Call {
        domain: PROVIDER_DOMAIN,
        ..Call::new(AT, 2 * SECOND, provider, agfeo::trunk_line(5064, 5206))
    });
    for code in ["QOS-001", "QOS-008"] {
        assert!(!is_raised(&audit(net.clone().capture()), code, Severity::Info), "{code}");
    }
    excluded("QOS-001", net, marked(Marks::All(0)));
}

#[test]
fn a_leg_in_a_vpn() {
    // Behind a VPN router in the LAN sits the far side of the PBX's calls; beyond the router nothing is promised.
    let mut net = site();
    let far = Host { ttl: 62, ..Host::lan("filiale", [172, 16, 23, 21], ROUTER.mac) };
    let mut line = Line::new("31", "AGFEO T14 SIP 2.14.1", far.port(5060), 10_000);
    line.media.marks = Marks::All(0);
    net.call(&Call::new(AT, 2 * SECOND, line, pbx()));
    // The router sends from more than one address.
    net.ping(AT, ROUTER, PBX);
    excluded("QOS-001", net, marked(Marks::All(0)));
}

#[test]
fn behind_a_router_the_mark_is_no_longer_the_senders() {
    let far = Host { ttl: 63, ..Host::lan("fern", [192, 168, 77, 21], ROUTER.mac) };
    let mut line = Line::new("31", "AGFEO T14 SIP 2.14.1", far.port(5060), 10_000);
    line.media.marks = Marks::All(0);
    let mut net = site();
    net.ping(AT, ROUTER, PBX);
    net.call(&Call::new(AT, 2 * SECOND, line, pbx()));
    excluded("QOS-001", net, marked(Marks::All(0)));
}

/// A softphone without a mark calls the PBX; with what the other telephones do, or as its computer alone captures it.
fn unmarked_softphone(is_captured_there: bool) -> Capture {
    let mut net = if is_captured_there { Net::new(1) } else { site() };
    let line = agfeo::visofon_line(PC.marking(Policy::NONE));
    net.arp(0, PC, PBX);
    net.ping(MS, PC, ROUTER);
    net.register(AT, line, pbx(), DOMAIN, Outcome::Accepted);
    net.call(&Call::new(AT + SECOND, 2 * SECOND, line, pbx()));
    net.capture()
}

#[test]
fn a_driver_that_marks_behind_the_capture() {
    // Captured on the sending computer: what it puts on the wire nobody has seen.
    let confidence = |capture| {
        let audit = audit(capture);
        let told = audit.findings.iter().find(|finding| finding.code().as_str() == "QOS-003");
        told.map(|finding| finding.confidence)
    };
    assert_eq!(confidence(unmarked_softphone(false)), Some(Confidence::Sure));
    assert_eq!(confidence(unmarked_softphone(true)), Some(Confidence::Likely));
}

#[test]
fn an_untagged_port_shows_no_priority() {
    let mut net = site();
    net.call(&Call::new(AT, 2 * SECOND, phone(), pbx()));
    excluded("QOS-005", net, tagged(0));
}

/// The capture, and what the T14 marks a second time behind the router, 40 us later, marked so.
fn routed(dscp: u8, changes_source: bool) -> Capture {
    let mut capture = marked(Marks::Policy).capture();
    let copies: Vec<Record> = capture
        .records
        .iter()
        .filter_map(|record| {
            let mut data = record.data.clone();
            let is_voice =
                data.get(6..12)? == T14.mac && data.get(12..14)? == [0x08, 0x00] && *data.get(15)? == 46 << 2;
            if !is_voice || data.len() < 60 {
                return None;
            }
            data[6..12].copy_from_slice(&ROUTER.mac);
            data[22] -= 1;
            if changes_source {
                // Another source's packet with the same number, from a port of its own.
                data[35] ^= 2;
                data[52] ^= 1;
            }
            mark(&mut data, dscp << 2);
            Some(Record { time: record.time + 40_000, data, ..*record })
        })
        .collect();
    capture.records.extend(copies);
    capture.records.sort_by_key(|record| record.time);
    capture
}

#[test]
fn two_senders_are_no_path() {
    excluded_in("QOS-002", routed(0, true), routed(0, false));
}

#[test]
fn a_router_that_keeps_the_mark() {
    excluded_in("QOS-002", routed(46, false), routed(0, false));
}

/// A call in VLAN 20 with this priority.
fn tagged(pcp: u8) -> Net {
    let policy = Policy { voice: Mark { dscp: 46, pcp }, ..Policy::VOICE };
    let line: Line = agfeo::t14_line(T14.in_vlan(20).marking(policy));
    let pbx = agfeo::pbx_line(PBX.in_vlan(20), 5204);
    let mut net = Net::new(1);
    net.arp(0, line.sip.host, pbx.sip.host);
    net.register(100 * MS, line, pbx, DOMAIN, Outcome::Accepted);
    net.call(&Call::new(SECOND, 2 * SECOND, line, pbx));
    net
}

#[test]
fn tags_that_the_mirror_port_takes_off() {
    let mut stripped = tagged(0).capture();
    for record in &mut stripped.records {
        if record.data.get(12..14) == Some(&[0x81, 0x00]) {
            record.data.drain(12..16);
            record.wire -= 4;
        }
    }
    excluded_in("QOS-005", stripped, tagged(0).capture());
}

#[test]
fn single_packets_are_no_change() {
    excluded("QOS-009", marked(Marks::Every(50, 0)), marked(Marks::From(50, 0)));
}
