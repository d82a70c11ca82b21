//! The same traffic at two places: what was altered, what got lost, how far the clocks are apart.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use assert_cmd::Command;
use pbxray::capture::{Settings, open};
use pbxray::compare::points::{Field, Points, SipPoints, Trace, Way, points};
use pbxray::pipeline::{Terms, observe, trace};
use pbxray::site::Hints;
use samplegen::capture::{Capture, Record};
use samplegen::file::pcapng;
use samplegen::frame::{self, Ip, Segment, flag, ip_protocol};
use samplegen::net::Rng;
use samplegen::scenario::find;
use samplegen::scenario::points::{CLOCK, DELAY, LAN_VLAN, OUTSIDE, PORTS, WAN_VLAN};

use support::stages::{BOOK, written};

/// Packets of each stream that get lost.
const LOST: u64 = 3;

fn sample(name: &str) -> Capture {
    find(name).unwrap().capture
}

fn trace_of(bytes: &[u8], range_bytes: u64) -> Trace {
    let file = written(bytes);
    let terms = Terms { rulebook: &BOOK, hints: &Hints::default(), filter: None };
    let again =
        || open(&[file.path().to_path_buf()], Settings { range_bytes, ..Settings::default() }).unwrap();
    let (_, traffic) = observe(again(), &terms, &mut |_| {});
    trace(again(), &traffic, &mut |_| {})
}

fn compare(first: &Capture, second: &Capture) -> Points {
    let [first, second] = [first, second].map(|capture| trace_of(&pcapng::write(capture), 1 << 20));
    points(&first, &second)
}

fn only(capture: &Capture, keep: impl Fn(usize, &Record) -> bool) -> Capture {
    let kept = capture.records.iter().enumerate().filter(|(at, record)| keep(*at, record));
    Capture { records: kept.map(|(_, record)| record.clone()).collect(), ..capture.clone() }
}

#[test]
fn everything_on_the_way_is_found() {
    let found = compare(&sample("points-lan"), &sample("points-wan"));
    assert_eq!(found.clock.offset(), Some(CLOCK as i64));
    assert_eq!(found.clock.round_trip(), Some(2 * DELAY as i64));
    assert_eq!(found.streams.len(), 4);
    for stream in &found.streams {
        let goes_out = stream.source[0].ip().to_string().starts_with("192.168.");
        assert_eq!(stream.way, if goes_out { Way::Forth } else { Way::Back });
        assert_eq!((stream.matched, stream.lost(), stream.missed()), (297, Some(LOST), Some(0)));
        let marks: Vec<_> = stream.dscp.pairs.clone().into_iter().collect();
        assert_eq!(marks, [((if goes_out { 46 } else { 0 }, 0), 297)]);
        let tags: Vec<_> = stream.vlan.pairs.keys().map(|(a, b)| (a.unwrap().id, b.unwrap().id)).collect();
        assert_eq!(tags, [(LAN_VLAN, WAN_VLAN)]);
        assert_eq!(stream.calls.len(), 1);
        assert_eq!(stream.differences.spread(), 0);
    }
    let mapped: Vec<(u16, u16)> =
        found.mappings.iter().map(|one| (one.ends[0].port(), one.ends[1].port())).collect();
    assert_eq!(mapped, PORTS[..2]);
    assert!(found.mappings.iter().all(|one| one.ends[1].ip() == OUTSIDE));
    assert!(found.alone.is_empty() && found.sip.elsewhere == [0, 0] && found.left_out == [0, 0]);
    let lost: Vec<_> = found.sip.lost.iter().map(|one| (one.point, one.way, one.label.as_str())).collect();
    assert_eq!(lost, [(1, Way::Back, "200 OPTIONS")]);
    let fields: Vec<Field> = found.sip.rewrites.iter().map(|one| one.field).collect();
    use Field::{Connection, Contact, MediaPorts, Origin, RequestUri, Via};
    assert_eq!(fields, [Via, RequestUri, Contact, Connection, Origin, MediaPorts]);
    assert_eq!(
        found.sip.rewrites[3].values.each_ref().map(|value| &**value),
        ["192.168.10.2", "198.51.100.2"]
    );
    assert!(found.is_worse());
}

#[test]
fn the_same_capture_twice_differs_in_nothing() {
    let found = compare(&sample("points-lan"), &sample("points-lan"));
    assert_eq!(found.clock.unknown.map(|series| (series.median, series.spread())), Some((0, 0)));
    assert!(found.clock.offset().is_none(), "nothing tells a direction");
    assert!(found.is_matched() && !found.is_worse() && found.mappings.is_empty(), "{found:?}");
}

#[test]
fn one_direction_does_not_tell_the_clock() {
    let inside = sample("points-lan");
    // The inside address as sender, behind Ethernet and its tag.
    let sent = only(&inside, |_, record| record.data.get(30..34) == Some(&[192, 168, 10, 2]));
    let found = compare(&sent, &sample("points-wan"));
    assert_eq!(found.streams.len(), 2);
    assert_eq!((found.clock.offset(), found.clock.back), (None, None));
    assert_eq!(found.clock.forth.map(|series| series.median), Some((CLOCK + DELAY) as i64));
}

#[test]
fn what_the_other_point_could_not_see_is_not_lost() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let half = outside.records.len() / 4;
    let found = compare(&inside, &only(&outside, |at, _| at < half));
    assert!(found.streams.iter().all(|one| one.only.iter().sum::<u64>() <= LOST), "{:?}", found.streams);
    assert_eq!((found.streams.len(), found.alone.len()), (2, 0), "the second call comes later");
}

#[test]
fn voice_that_does_not_come_through_is_told_from_voice_that_goes_elsewhere() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let is_voice_out = |record: &Record| {
        record.data.get(30..34) == Some(&OUTSIDE.octets()) && record.data.get(46) == Some(&0x80)
    };
    let blocked = only(&outside, |_, record| !is_voice_out(record));
    let found = compare(&inside, &blocked);
    assert_eq!((found.streams.len(), found.alone.len()), (2, 2));
    assert!(found.alone.iter().all(|one| one.point == 0 && one.is_call_known && one.packets > 250));
    let no_sip = only(&blocked, |_, record| record.data.get(46) == Some(&0x80));
    let found = compare(&inside, &no_sip);
    assert!(found.alone.iter().all(|one| !one.is_call_known) && found.sip.matched == 0);
}

#[test]
fn what_a_one_sided_mirror_does_not_record_is_not_lost() {
    let inside = sample("points-lan");
    let comes_in = only(&sample("points-wan"), |_, record| record.data.get(30..33) == Some(&[203, 0, 113]));
    let found = compare(&inside, &comes_in);
    assert_eq!((found.streams.len(), found.alone.len()), (2, 2));
    assert!(found.alone.iter().all(|one| one.point == 0 && !one.is_call_known), "{:?}", found.alone);
    assert!(found.sip.lost.iter().all(|one| one.way == Way::Back), "{:?}", found.sip.lost);
    assert!(found.sip.one_sided[0] > 0 && found.sip.one_sided[1] == 0);
}

#[test]
fn the_size_of_the_ranges_changes_nothing() {
    let [inside, outside] = ["points-lan", "points-wan"].map(|name| find(name).unwrap().file());
    let found = |range| format!("{:?}", points(&trace_of(&inside, range), &trace_of(&outside, range)));
    assert_eq!(found(4096), found(1 << 20));
}

#[test]
fn damaged_captures_are_compared_as_far_as_they_go() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let mut rng = Rng::new(5);
    for _ in 0..8 {
        let mut scribbled = outside.clone();
        for record in &mut scribbled.records {
            let at = rng.below(record.data.len() as u64) as usize;
            record.data[at] = rng.draw() as u8;
        }
        let found = compare(&inside, &scribbled);
        assert!(found.streams.iter().map(|one| one.matched).sum::<u64>() > 500);
    }
}

/// The same with its SIP over TCP, in segments of at most `size` bytes. All is tagged and has an IPv4 header without options.
fn over_tcp(capture: &Capture, size: usize) -> Capture {
    const IP: usize = 18;
    let mut sent: HashMap<(SocketAddr, SocketAddr), u32> = HashMap::new();
    let mut records = Vec::new();
    for record in &capture.records {
        let data = &record.data;
        let port = |at: usize| u16::from_be_bytes([data[IP + at], data[IP + at + 1]]);
        let is_sip = data.len() > IP + 28
            && data[IP + 9] == ip_protocol::UDP
            && [port(20), port(22)].contains(&5060)
            && data[IP + 28].is_ascii_alphabetic();
        if !is_sip {
            records.push(record.clone());
            continue;
        }
        let end = |at: usize, port: u16| {
            let octets: [u8; 4] = data[IP + at..IP + at + 4].try_into().unwrap();
            SocketAddr::new(IpAddr::V4(Ipv4Addr::from(octets)), port)
        };
        let (from, to) = (end(12, port(20)), end(16, port(22)));
        for (nth, part) in data[IP + 28..IP + 20 + usize::from(port(24))].chunks(size).enumerate() {
            let next = sent.entry((from, to)).or_insert(1_000);
            let segment = Segment { sequence: *next, acknowledgment: 1, flags: flag::ACK | flag::PSH };
            *next += part.len() as u32;
            let header = Ip {
                source: from.ip(),
                destination: to.ip(),
                dscp: data[IP + 1] >> 2,
                ttl: data[IP + 8],
                id: nth as u16,
            };
            let packet = frame::ip(&header, ip_protocol::TCP, &frame::tcp(from, to, &segment, part));
            let time = record.time + 10_000 * nth as u64;
            records.push(Record::whole(time, [&data[..IP], &packet].concat()));
        }
    }
    records.sort_by_key(|record| record.time);
    Capture { records, ..capture.clone() }
}

#[test]
fn sip_in_several_tcp_segments_is_compared_like_sip_in_datagrams() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let plain = compare(&inside, &outside).sip;
    let (inside, outside) = (over_tcp(&inside, 200), over_tcp(&outside, 90));
    let found = compare(&inside, &outside);
    assert_eq!((found.sip.matched, found.left_out), (plain.matched, [0, 0]));
    let told = |sip: &SipPoints| {
        let lost: Vec<String> = sip.lost.iter().map(|one| one.label.clone()).collect();
        let rewrites: Vec<_> =
            sip.rewrites.iter().map(|one| (one.field, one.values.clone(), one.count)).collect();
        (lost, rewrites, sip.dscp.clone())
    };
    // The ends of a connection have not changed with its transport.
    assert_eq!(told(&found.sip), told(&plain));

    // The end of a message that is missing leaves it out, and those behind it can still be read.
    let first = inside.records.iter().position(|record| record.data[27] == ip_protocol::TCP).unwrap();
    let torn = only(&inside, |at, _| at != first + 1);
    let found = compare(&torn, &outside);
    assert!(found.left_out[0] > 0 && found.sip.matched < plain.matched, "{:?}", found.left_out);
}

#[test]
fn segments_out_of_order_and_sent_again_are_read_once() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let plain = compare(&inside, &outside).sip;
    let (mut inside, outside) = (over_tcp(&inside, 200), over_tcp(&outside, 1400));
    let of_tcp: Vec<usize> = (0..inside.records.len() - 1)
        .filter(|&at| [at, at + 1].iter().all(|&at| inside.records[at].data[27] == ip_protocol::TCP))
        .collect();
    let at = of_tcp[1];
    let (one, other) = (inside.records[at].data.clone(), inside.records[at + 1].data.clone());
    inside.records[at].data = other;
    inside.records[at + 1].data = one.clone();
    let again = Record::whole(inside.records[at + 1].time + 1_000, one);
    inside.records.insert(at + 2, again);
    let found = compare(&inside, &outside);
    assert_eq!((found.sip.matched, found.sip.lost.len()), (plain.matched, plain.lost.len()));
}

#[test]
fn a_clock_that_runs_fast_is_told_from_one_that_is_ahead() {
    let (inside, outside) = (sample("points-lan"), sample("points-wan"));
    let still = compare(&inside, &outside).clock.drift.unwrap();
    assert!(!still.is_shown() && still.residual == 0, "{still:?}");
    let start = outside.records[0].time;
    let mut fast = outside;
    for record in &mut fast.records {
        record.time += (record.time - start) * 80 / 1_000_000;
    }
    let drift = compare(&inside, &fast).clock.drift.unwrap();
    assert!(drift.is_shown() && (drift.ppm - 80.0).abs() < 0.5 && drift.packets == 4 * 297, "{drift:?}");
    // Six seconds are too short.
    let half = inside.records.len() / 4;
    assert_eq!(compare(&only(&inside, |at, _| at < half), &fast).clock.drift, None);

    let file = written(&pcapng::write(&fast));
    let path = file.path().to_str().unwrap();
    let (_, text) = run(&["samples/points-lan.pcapng", path, "--lang", "de"]);
    assert!(text.contains("ppm schneller"), "{text}");
    let (_, text) = run(&["samples/points-lan.pcapng", "samples/points-wan.pcapng", "--lang", "en"]);
    assert!(text.contains("as fast as the other"), "{text}");
}

fn run(words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pbxray"));
    let output = command.args(["compare", "--points"]).args(words).env("TZ", "UTC0").output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_form_tells_it_in_both_languages() {
    let files = ["samples/points-lan.pcapng", "samples/points-wan.pcapng"];
    let form = |format, lang| run(&[&files[..], &["--format", format, "--lang", lang]].concat());
    let (status, german) = form("text", "de");
    assert_eq!(status, Some(1));
    for text in [
        "geht 1734,0\u{a0}ms vor",
        "8,0\u{a0}ms hin und zurück",
        "unterwegs verloren",
        "46\u{a0}(EF)",
        "SDP c=",
    ] {
        assert!(german.contains(text), "{text}: {german}");
    }
    let (_, english) = form("text", "en");
    assert!(english.contains("1734.0\u{a0}ms ahead") && english.contains("lost on the way"), "{english}");
    let (_, markdown) = form("markdown", "de");
    assert!(markdown.starts_with("# Derselbe Verkehr") && markdown.contains("| Via | 192.168.10.2:5064 |"));
    let (status, json) = form("json", "en");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(status, Some(1));
    assert_eq!(json["clock"]["offset_ms"], 1734.0);
    assert_eq!(json["streams"][0]["lost"], 3);
    assert_eq!(json["streams"][0]["dscp"][0]["values"], serde_json::json!([46, 0]));
    assert_eq!(json["sip"]["lost"][0]["message"], "200 OPTIONS");
}

#[test]
fn captures_that_have_nothing_in_common_are_not_judged() {
    let (status, text) = run(&["samples/points-lan.pcapng", "samples/pascom-onsite.pcapng", "--lang", "en"]);
    assert_eq!(status, Some(3));
    assert!(text.contains("Nothing was seen at both points"), "{text}");
    assert!(Path::new("samples/points-lan.pcapng").exists());
}

#[test]
fn hostile_text_is_inert() {
    let mut hostile = sample("points-wan");
    for record in &mut hostile.records {
        let agent = b"Provider-SBC 7.2";
        let found = record.data.windows(agent.len()).position(|window| window == agent);
        if let Some(at) = found {
            record.data[at..at + agent.len()].copy_from_slice(b"\x1b[31m|<img src=>");
        }
    }
    let file = written(&pcapng::write(&hostile));
    let path = file.path().to_str().unwrap();
    for format in ["text", "markdown", "json"] {
        let (_, text) = run(&["samples/points-lan.pcapng", path, "--format", format, "--lang", "en"]);
        assert!(text.contains("Provider-SBC 7.2") && !text.contains('\u{1b}'), "{format}: {text}");
        assert!(format != "markdown" || !text.contains("<img"), "{text}");
    }
}
