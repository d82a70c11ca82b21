//! Whether our "as Wireshark shows it" figures are what tshark shows: the same packets go to both.
//!
//! Skipped where there is no tshark; `PBXRAY_REQUIRE=1` makes that a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use pbxray::capture::{Frame, Timestamp};
use pbxray::observe::media::wireshark::WiresharkReport;
use pbxray::observe::media::{
    Announcement, Announcements, Direction, Endpoint, Limits, MediaDirection, MediaKind, PayloadName,
    Profile, Sample, Streams, Waiting, could_be_rtp,
};

use support::tshark::{is_installed, is_same, streams};

const SENDER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const RECEIVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
const START_NS: i64 = 1_700_000_000_000_000_000;
const MS: i64 = 1_000_000;

#[test]
fn the_figures_are_those_of_tshark() {
    if !is_installed("the_figures_are_those_of_tshark") {
        return;
    }
    let patterns = patterns();
    let frames = frames(&patterns);
    let theirs = tshark(&frames);
    let ours = pbxray(&patterns, &frames);
    let mut wrong = Vec::new();
    for (ssrc, pattern) in (0x1000_u32..).zip(&patterns) {
        match (ours.get(&ssrc), theirs.get(&ssrc)) {
            (Some(ours), Some(theirs)) if is_same(ours, theirs) => {}
            (ours, theirs) => {
                wrong.push(format!("{}:\n  ours   {ours:?}\n  theirs {theirs:?}", pattern.name))
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(ours.len(), theirs.len());
}

/// One RTP stream as it arrives.
struct Pattern {
    name: &'static str,
    /// `a=rtpmap` lines of a call that is set up before, `96 opus/48000`.
    rtpmap: Vec<&'static str>,
    packets: Vec<Rtp>,
}

#[derive(Clone, Copy)]
struct Rtp {
    /// Since the start of the pattern.
    arrival: i64,
    payload_type: u8,
    marker: bool,
    sequence: u16,
    timestamp: u32,
}

/// `count` packets of 20 ms that arrive on time, with `step` timestamp units each.
fn steady(count: u32, payload_type: u8, sequence: u16, timestamp: u32, step: u32) -> Vec<Rtp> {
    (0..count)
        .map(|n| Rtp {
            arrival: i64::from(n) * 20 * MS,
            payload_type,
            marker: n == 0,
            sequence: sequence.wrapping_add(n as u16),
            timestamp: timestamp.wrapping_add(n * step),
        })
        .collect()
}

fn speech(count: u32) -> Vec<Rtp> {
    steady(count, 8, 1000, 50_000, 160)
}

/// Numbers without a pattern, the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn jittery(mut packets: Vec<Rtp>, seed: u64) -> Vec<Rtp> {
    let mut noise = Noise(seed);
    packets.iter_mut().for_each(|packet| packet.arrival += noise.below(9_000_000) as i64);
    packets
}

fn without(mut packets: Vec<Rtp>, lost: &[usize]) -> Vec<Rtp> {
    let mut number = 0;
    packets.retain(|_| {
        number += 1;
        !lost.contains(&(number - 1))
    });
    packets
}

fn patterns() -> Vec<Pattern> {
    let mut all = Vec::new();
    let mut add = |name, rtpmap: &[&'static str], packets| {
        all.push(Pattern { name, rtpmap: rtpmap.to_vec(), packets });
    };
    add("clean", &[], speech(200));
    add("jitter and loss", &[], without(jittery(speech(300), 1), &[5, 6, 7, 80, 200, 201, 250]));
    add("sequence wrap", &[], jittery(steady(200, 0, 65_450, 1, 160), 2));
    add("sequence starts at zero and wraps", &[], steady(66_000, 8, 0, 0, 160));
    add("timestamp wrap", &[], jittery(steady(200, 18, 7, u32::MAX - 9_999, 160), 3));
    add("loss across the wrap", &[], without(steady(200, 8, 65_500, 0, 160), &[34, 35, 36, 37]));
    add("44.1 kHz", &[], jittery(steady(200, 11, 1, 1, 882), 4));
    add("11.025 kHz", &[], jittery(steady(200, 16, 1, 1, 220), 5));
    add("video clock", &[], jittery(steady(200, 34, 1, 1, 1800), 6));
    add("no clock for the type", &[], jittery(steady(50, 24, 1, 1, 160), 7));
    add("G.722 counts in 8000", &[], jittery(steady(200, 9, 1, 1, 160), 8));
    add("dynamic type without SDP", &[], jittery(steady(200, 97, 1, 1, 960), 9));
    add("opus", &["97 opus/48000/2"], jittery(steady(200, 97, 1, 1, 960), 10));
    add("AMR-WB", &["98 AMR-WB/16000"], jittery(steady(200, 98, 1, 1, 320), 11));
    add("a rate below 8000", &["99 odd/7999"], jittery(steady(200, 99, 1, 1, 160), 12));
    add("type missing from SDP", &["97 opus/48000/2"], jittery(steady(200, 98, 1, 1, 960), 13));
    add("reordered and doubled", &[], reordered_and_doubled());
    add("first and last packet late", &[], first_and_last_late());
    add("silence with comfort noise", &[], silence(13));
    add("silence with old comfort noise", &[], silence(19));
    add("telephone event", &["101 telephone-event/8000"], telephone_event());
    add("telephone event without SDP", &[], telephone_event());
    add("payload type changes", &[], type_changes());
    add("restart with the same source", &[], restart(30_000, 3_000_000_000));
    add("restart near the first", &[], restart(990, 49_000));
    add("older than the first packet", &[], older_than_first());
    add("time goes back", &[], time_goes_back());
    for seed in 0..8 {
        add("anything goes", &["101 telephone-event/8000", "97 opus/48000"], anything(seed));
    }
    all
}

fn reordered_and_doubled() -> Vec<Rtp> {
    let mut packets = speech(100);
    packets.swap(10, 11);
    packets.swap(50, 53);
    for at in [20, 40, 60, 80] {
        let copy = Rtp { arrival: packets[at].arrival + MS / 4, ..packets[at] };
        packets.insert(at + 1, copy);
    }
    packets
}

fn first_and_last_late() -> Vec<Rtp> {
    let mut packets = speech(60);
    packets.swap(0, 1);
    packets.swap(58, 59);
    packets
}

fn silence(noise: u8) -> Vec<Rtp> {
    let mut packets = jittery(speech(200), 14);
    for packet in &mut packets[50..52] {
        packet.payload_type = noise;
    }
    for packet in &mut packets[52..] {
        packet.arrival += 1_480 * MS;
        packet.timestamp += 12_000;
    }
    packets[52].marker = true;
    packets
}

fn telephone_event() -> Vec<Rtp> {
    let mut packets = jittery(speech(200), 15);
    let start = packets[70].timestamp;
    for event in &mut packets[70..82] {
        (event.payload_type, event.timestamp) = (101, start);
    }
    packets[70].marker = true;
    packets
}

fn type_changes() -> Vec<Rtp> {
    let mut packets = jittery(speech(150), 16);
    packets[50..100].iter_mut().for_each(|packet| packet.payload_type = 0);
    packets[100..].iter_mut().for_each(|packet| packet.payload_type = 6);
    packets
}

fn restart(sequence: u16, timestamp: u32) -> Vec<Rtp> {
    let mut packets = speech(50);
    packets.extend(
        steady(50, 8, sequence, timestamp, 160)
            .into_iter()
            .map(|packet| Rtp { arrival: packet.arrival + 30_000 * MS, ..packet }),
    );
    packets
}

fn older_than_first() -> Vec<Rtp> {
    let mut packets = speech(40);
    (packets[20].timestamp, packets[20].sequence) = (49_000, 994);
    packets[30].timestamp = 40_000;
    packets
}

fn time_goes_back() -> Vec<Rtp> {
    let mut packets = speech(40);
    packets[20..].iter_mut().for_each(|packet| packet.arrival -= 250 * MS);
    packets
}

fn anything(seed: u64) -> Vec<Rtp> {
    let mut noise = Noise(seed);
    let mut packets = Vec::new();
    let (mut sequence, mut timestamp) = (65_400_u16, u32::MAX - 5_000);
    for n in 0..400 {
        sequence = sequence.wrapping_add(if noise.below(20) == 0 { noise.below(9) as u16 } else { 1 });
        timestamp =
            timestamp.wrapping_add(160 * if noise.below(30) == 0 { noise.below(50) as u32 } else { 1 });
        let payload_type = match noise.below(40) {
            0 => 13,
            1 => 101,
            2 => 97,
            3 => 11,
            _ => 8,
        };
        packets.push(Rtp {
            arrival: n * 20 * MS + noise.below(30_000_000) as i64,
            payload_type,
            marker: noise.below(25) == 0,
            sequence,
            timestamp,
        });
    }
    for _ in 0..20 {
        // The first stay in order, so that both sides take the series for RTP.
        let at = 10 + noise.below(380) as usize;
        packets.swap(at, at + noise.below(4) as usize);
    }
    packets
}

/// A frame, and the RTP it carries, if any.
struct Captured {
    nanoseconds: i64,
    bytes: Vec<u8>,
    pattern: usize,
    is_media: bool,
}

/// What is on the wire: per pattern the offer and answer of its call, then its packets, in order of arrival.
fn frames(patterns: &[Pattern]) -> Vec<Captured> {
    let mut frames = Vec::new();
    for (pattern, content) in patterns.iter().enumerate() {
        let start = START_NS + pattern as i64 * 100 * MS;
        if !content.rtpmap.is_empty() {
            for (source, destination, message) in [
                (SENDER, RECEIVER, sip("INVITE sip:b@192.0.2.2 SIP/2.0", SENDER, pattern, &content.rtpmap)),
                (RECEIVER, SENDER, sip("SIP/2.0 200 OK", RECEIVER, pattern, &content.rtpmap)),
            ] {
                let bytes = udp(source, destination, 5060, 5060, message.as_bytes());
                frames.push(Captured { nanoseconds: start, bytes, pattern, is_media: false });
            }
        }
        for packet in &content.packets {
            let payload = rtp(packet, 0x1000 + pattern as u32);
            let bytes = udp(SENDER, RECEIVER, port(pattern), port(pattern), &payload);
            let nanoseconds = start + 50 * MS + packet.arrival;
            frames.push(Captured { nanoseconds, bytes, pattern, is_media: true });
        }
    }
    frames
}

fn port(pattern: usize) -> u16 {
    40_000 + 2 * pattern as u16
}

fn sip(first_line: &str, host: Ipv4Addr, pattern: usize, rtpmap: &[&str]) -> String {
    let types: Vec<_> = rtpmap.iter().filter_map(|map| map.split(' ').next()).collect();
    let maps: String = rtpmap.iter().map(|map| format!("a=rtpmap:{map}\r\n")).collect();
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {} RTP/AVP 8 13 11 {}\r\n{maps}",
        port(pattern),
        types.join(" "),
    );
    format!(
        "{first_line}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{pattern}\r\nFrom: <sip:a@192.0.2.1>;tag=1\r\n\
         To: <sip:b@192.0.2.2>;tag=2\r\nCall-ID: {pattern}@192.0.2.1\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:a@192.0.2.1>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    )
}

fn rtp(packet: &Rtp, ssrc: u32) -> Vec<u8> {
    let mut bytes = vec![0x80, packet.payload_type | u8::from(packet.marker) << 7];
    bytes.extend(packet.sequence.to_be_bytes());
    bytes.extend(packet.timestamp.to_be_bytes());
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend([0xd5; 160]);
    bytes
}

const HEADERS: usize = 14 + 20 + 8;

fn udp(source: Ipv4Addr, destination: Ipv4Addr, from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let udp_length = 8 + payload.len() as u16;
    let mut bytes = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
    bytes.extend([0x45, 46 << 2]);
    bytes.extend((20 + udp_length).to_be_bytes());
    bytes.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
    bytes.extend(source.octets());
    bytes.extend(destination.octets());
    bytes.extend(from.to_be_bytes());
    bytes.extend(to.to_be_bytes());
    bytes.extend(udp_length.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// What tshark shows, by SSRC.
fn tshark(frames: &[Captured]) -> BTreeMap<u32, WiresharkReport> {
    let mut file = tempfile::Builder::new().suffix(".pcap").tempfile().unwrap();
    file.write_all(&pcap(frames)).unwrap();
    let rows = streams(file.path(), &["--enable-heuristic", "rtp_udp"]);
    assert!(!rows.is_empty());
    rows.into_iter().map(|row| (row.ssrc, row.report)).collect()
}

/// A capture file with nanoseconds, link type Ethernet.
fn pcap(frames: &[Captured]) -> Vec<u8> {
    let mut file: Vec<u8> =
        [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 65_535, 1].iter().flat_map(|word| word.to_le_bytes()).collect();
    for frame in frames {
        let (seconds, nanoseconds) = (frame.nanoseconds / 1_000_000_000, frame.nanoseconds % 1_000_000_000);
        let length = frame.bytes.len() as u32;
        for word in [seconds as u32, nanoseconds as u32, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&frame.bytes);
    }
    file
}

/// What we make of it, by SSRC.
fn pbxray(patterns: &[Pattern], frames: &[Captured]) -> BTreeMap<u32, WiresharkReport> {
    let mut announcements = Announcements::default();
    let mut streams = Streams::new(Limits::default(), Timestamp(START_NS));
    for (number, captured) in (1..).zip(frames) {
        let frame = Frame::new(0, number);
        let pattern = &patterns[captured.pattern];
        let [here, there] = [SENDER, RECEIVER]
            .map(|host| Endpoint { address: IpAddr::V4(host), port: port(captured.pattern) });
        if !captured.is_media {
            announcements.add(announcement(frame, there, &pattern.rtpmap));
            continue;
        }
        let payload = &captured.bytes[HEADERS..];
        let header = could_be_rtp(payload, payload.len() as u32).expect("what we wrote is RTP");
        let sample = Sample {
            frame,
            time: Timestamp(captured.nanoseconds),
            timestamp: header.timestamp,
            sequence: header.sequence,
            payload_length: header.payload_length as u16,
            ip_length: captured.bytes.len() as u16 - 14,
            vlan: None,
            pcp: None,
            ttl: 64,
            dscp: 46,
            payload_type: header.payload_type,
            marker: header.marker,
            odd_padding: false,
        };
        let key = (captured.pattern as u32, Direction::AToB, header.ssrc);
        let waiting = Waiting { key, place: frame, sample };
        streams.push_all(&[waiting], |waiting| announcements.lookup(here, there, waiting.place));
    }
    let reports = streams.finish();
    reports.filter_map(|report| Some((report.ssrc, report.wireshark?))).collect()
}

fn announcement(frame: Frame, endpoint: Endpoint, rtpmap: &[&str]) -> Announcement {
    let payloads: Vec<_> = rtpmap
        .iter()
        .filter_map(|map| {
            let (payload_type, encoding) = map.split_once(' ')?;
            let mut parts = encoding.split('/');
            Some(PayloadName {
                payload_type: payload_type.parse().ok()?,
                name: parts.next()?.into(),
                rate: parts.next()?.parse().ok()?,
            })
        })
        .collect();
    Announcement {
        frame,
        endpoint,
        kind: MediaKind::Audio,
        profile: Profile::Rtp,
        formats: [8, 13, 11].into_iter().chain(payloads.iter().map(|name| name.payload_type)).collect(),
        payloads: payloads.into(),
        ptime_limits: (None, None),
        ptime: None,
        direction: MediaDirection::SendReceive,
        call_id: Arc::from("call"),
        beside: None,
    }
}
