//! Voice over a TURN server (RFC 8656), and voice that is encrypted although SDP does not say so (RFC 6189, RFC 3711).

use pbxray::check::{Audit, Severity};
use pbxray::observe::Stream;
use pbxray::observe::media::Keying;
use pbxray::observe::message::App;
use samplegen::net::{Call, Class, End, MS, Media, Net, SECOND};
use samplegen::scenario::agfeo::{self, CLOUD, PBX, STRANGER, T14};
use samplegen::scenario::carried::{self, Voice};
use samplegen::talk::rtp::Codec;
use samplegen::talk::{rtp, turn, zrtp};

use super::{AT, audit, excluded, is_raised, pbx, phone, site};

const CHANNEL: u16 = 0x4001;

/// The T14 speaks from this port to a server, over TURN or straight, and every so many packets get lost.
fn speaks(port: u16, over_turn: bool, lose_every: usize) -> Net {
    let mut net = site();
    let ends = (T14.port(port), CLOUD.port(3478));
    let peer = STRANGER.port(61_004).address();
    if over_turn {
        carried::bind(&mut net, AT, ends, CLOUD.port(30_440).address(), (CHANNEL, peer));
    }
    let voice = Voice { ssrc: 5, first: 100, packets: 300 };
    for (nth, (at, packet)) in voice.packets(&mut net, AT + SECOND).into_iter().enumerate() {
        let bytes = if over_turn { turn::channel_data(CHANNEL, &packet) } else { packet };
        if lose_every == 0 || nth % lose_every != lose_every - 1 {
            net.udp(at, ends.0, ends.1, Class::Voice, &bytes);
        }
    }
    net
}

fn only_stream(audit: &Audit) -> &Stream {
    let [stream] = audit.traffic.streams.as_slice() else { panic!("{:?}", audit.traffic.streams) };
    stream
}

#[test]
fn what_gets_lost_in_a_channel_is_measured() {
    excluded("RTP-003", speaks(10_000, true, 0), speaks(10_000, true, 20));
    let audit = audit(speaks(10_000, true, 20).capture());
    let stream = only_stream(&audit);
    assert_eq!((stream.report.counts.packets, stream.report.counts.lost), (285, 14));
    let relay = stream.relay.unwrap();
    assert_eq!((relay.channel, relay.peer), (Some(CHANNEL), Some(STRANGER.port(61_004).address())));
    assert_eq!((stream.source, stream.destination), (T14.port(10_000).address(), CLOUD.port(3478).address()));
    assert_eq!(audit.traffic.flows[stream.flow].app, App::Stun);
}

#[test]
fn the_ports_of_turn_are_no_ports_of_voice() {
    excluded("PORT-008", speaks(10_001, true, 0), speaks(10_001, false, 0));
    excluded("PORT-002", speaks(40_000, true, 0), speaks(40_000, false, 0));
}

#[test]
fn a_channel_whose_beginning_is_not_captured() {
    let mut capture = speaks(10_000, true, 0).capture();
    let begins = capture.records[0].time + AT + SECOND;
    capture.records.retain(|record| record.time >= begins || record.time < begins - SECOND);
    let audit = audit(capture);
    let relay = only_stream(&audit).relay.unwrap();
    assert_eq!((relay.channel, relay.peer, relay.relayed), (Some(CHANNEL), None, None));
    assert_eq!(only_stream(&audit).report.counts.packets, 300);
}

#[test]
fn a_channel_over_tcp() {
    let mut net = site();
    let peer = STRANGER.port(61_004).address();
    let mut tcp = net.tcp(AT, T14.port(40_000), CLOUD.port(3478), Class::Voice);
    let transaction = net.rng().array();
    tcp.client(&mut net, &turn::channel_bind(transaction, CHANNEL, peer));
    tcp.server(&mut net, &turn::channel_bound(transaction));
    let voice = Voice { ssrc: 5, first: 100, packets: 120 };
    let mut waiting = Vec::new();
    for (nth, (at, packet)) in voice.packets(&mut net, AT + SECOND).into_iter().enumerate() {
        waiting.extend(turn::channel_data(CHANNEL, &packet));
        // Segments know nothing of messages: one ends in the middle of the next.
        let whole = if nth % 2 == 0 { waiting.len() - 50 } else { waiting.len() };
        tcp.wait_until(at);
        let segment: Vec<u8> = waiting.drain(..whole).collect();
        tcp.client(&mut net, &segment);
    }
    let audit = audit(net.capture());
    let stream = only_stream(&audit);
    assert_eq!((stream.report.counts.packets, stream.report.counts.lost), (120, 0));
    assert_eq!(stream.relay.and_then(|relay| relay.peer), Some(peer));
    assert!(!is_raised(&audit, "RTP-003", Severity::Info));
}

/// A call of the T14 in which both sides take these steps of ZRTP.
fn keyed(steps: &[&[u8; 8]]) -> Net {
    let mut net = site();
    net.call(&Call { codec: Codec::Srtp, ..Call::new(AT, 3 * SECOND, phone(), pbx()) });
    for (nth, kind) in (0_u16..).zip(steps) {
        let packet = zrtp::packet(nth, 9, kind, &[0; 76]);
        let at = AT + 500 * MS + u64::from(nth) * 10 * MS;
        net.udp(at, phone().media.from, pbx().media.from, Class::Voice, &packet);
    }
    net
}

#[test]
fn zrtp_encrypts_once_it_has_agreed() {
    let secure = |steps: &[&[u8; 8]]| {
        let audit = audit(keyed(steps).capture());
        let told: Vec<_> =
            audit.traffic.streams.iter().map(|stream| (stream.report.secure, stream.report.keying)).collect();
        assert!(!is_raised(&audit, "RTP-001", Severity::Info));
        told
    };
    assert_eq!(secure(&[b"Hello   ", b"HelloACK"]), [(Some(false), None); 2]);
    assert_eq!(secure(&[b"Hello   ", b"Confirm1", b"Confirm2"]), [(Some(true), Some(Keying::Zrtp)); 2]);
    assert_eq!(secure(&[b"Conf2ACK", b"GoClear "]), [(Some(false), None); 2]);
}

/// Voice of the T14 at the PBX that nobody announced, with so many bytes in a packet.
fn unannounced(length: impl Fn(u16) -> usize) -> Option<u32> {
    let mut net = site();
    for nth in 0..200 {
        let header = rtp::Header {
            payload_type: 8,
            marker: nth == 0,
            sequence: nth,
            timestamp: u32::from(nth) * 160,
            ssrc: 7,
        };
        let sound = net.rng().bytes(length(nth));
        let (from, to): (End, End) = (phone().media.from, pbx().media.from);
        net.udp(AT + u64::from(nth) * 20 * MS, from, to, Class::Voice, &rtp::rtp(&header, &sound));
    }
    let audit = audit(net.capture());
    let stream = only_stream(&audit);
    assert_eq!((stream.report.secure, stream.report.codec.as_deref()), (None, Some("PCMA")));
    stream.report.srtp_tag
}

#[test]
fn a_tag_behind_each_packet_is_most_likely_srtp() {
    assert_eq!((unannounced(|_| 170), unannounced(|_| 164)), (Some(10), Some(4)));
    assert_eq!((unannounced(|_| 160), unannounced(|_| 168)), (None, None));
    assert_eq!(unannounced(|nth| if nth % 10 == 0 { 160 } else { 170 }), None, "not every packet");
    // Where plain RTP was announced (as with RTP/AVP and a=crypto), the length tells what is sent all the same.
    let mut net = site();
    net.call(&Call { codec: Codec::Srtp, ..Call::new(AT, 3 * SECOND, phone(), pbx()) });
    let told = audit(net.capture());
    assert!(told.traffic.streams.iter().all(|stream| stream.report.srtp_tag == Some(10)));
    let mut net = site();
    net.media(&Media {
        codec: Codec::G722,
        ..Media::between(agfeo::t14_line(T14).media.from, PBX.port(5204), AT, 3 * SECOND)
    });
    assert!(audit(net.capture()).traffic.streams.iter().all(|stream| stream.report.srtp_tag.is_none()));
}
