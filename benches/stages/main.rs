//! Each part of the hot path on its own, so that a slowdown can be found: `cargo bench --bench stages`, or one of them with
//! `cargo bench --bench stages -- track`. Figures are for a thousand packets or messages, in one thread.

#![allow(clippy::expect_used, reason = "a bench that cannot make its file ends")]

#[path = "../rivals/wire.rs"]
#[allow(dead_code, reason = "the other bench writes files")]
mod wire;

mod limit;

use std::path::PathBuf;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

use pbxray::capture::{Chunk, Frame, LinkType, Measurement, Record, Settings, Timestamp, open};
use pbxray::decode::{self, Decoded};
use pbxray::observe::media::{Direction, Limits, Lookup, Sample, Streams, Waiting, could_be_rtp};
use pbxray::observe::message::sip;
use pbxray::observe::{Batch, Observer};

use wire::{End, Recorder, rtp, tcp, udp};

const PACKETS: u32 = 1_000;
const EF: u8 = 46;
const SYN: u8 = 2;

fn main() {
    // `cargo test --all-targets` starts benches too, without this word.
    if std::env::args().any(|word| word == "--bench") {
        divan::main();
    }
}

/// Voice of as many streams as asked for, in turn.
fn voice(streams: u32) -> Vec<Vec<u8>> {
    let frame = |nth: u32| {
        let stream = nth % streams;
        let (mut payload, mut frame) = (Vec::new(), Vec::new());
        rtp(&mut payload, 0x1234_0000 + stream, nth / streams);
        let from = End([10, 1, 0, stream as u8], 20_000);
        udp(&mut frame, from, End([10, 1, 1, 1], 30_000), EF, nth as u16, &payload);
        frame
    };
    (0..PACKETS).map(frame).collect()
}

/// Attempts to connect, each of another address.
fn flood() -> Vec<Vec<u8>> {
    let frame = |nth: u32| {
        let [_, high, middle, low] = nth.to_be_bytes();
        let mut frame = Vec::new();
        let to = End([192, 0, 2, 1], 443);
        tcp(&mut frame, End([11, high, middle, low], 40_000), to, nth as u16, nth, SYN, &[]);
        frame
    };
    (0..PACKETS).map(frame).collect()
}

fn record(index: u64, data: &[u8]) -> Record<'_> {
    Record {
        index,
        time: Timestamp(1_767_225_600_000_000_000 + index as i64 * 50_000),
        interface: 0,
        link: LinkType(1),
        original_length: data.len() as u32,
        data,
        offset: 0,
    }
}

/// A capture file of frames, 50 µs apart; it stays in the target directory.
fn file(name: &str, frames: &[Vec<u8>]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut recorder = Recorder::pcap(&path).expect("the target directory can be written");
    for (at, frame) in (0..).zip(frames) {
        recorder.frame(at * 50_000, 0, frame).expect("there is room");
    }
    recorder.finish().expect("there is room");
    path
}

fn measurement(paths: &[PathBuf]) -> Measurement {
    open(paths, Settings::default()).expect("the file was just written")
}

/// What reading gives to the tables.
fn chunks(paths: &[PathBuf]) -> Vec<Chunk<Batch>> {
    let visit = |batch: &mut Batch, record: Record<'_>| batch.push(&record, decode::decode(&record));
    let mut measurement = measurement(paths);
    let mut chunks = Vec::new();
    loop {
        let jobs = measurement.next_wave();
        if jobs.is_empty() {
            return chunks;
        }
        let outcomes = jobs.into_iter().map(|job| job.read(&visit)).collect();
        chunks.extend(measurement.join(outcomes, &visit));
    }
}

/// Headers of Ethernet, IPv4 and UDP or TCP.
#[divan::bench(args = ["voice", "flood"])]
fn decode(bencher: Bencher<'_, '_>, kind: &str) {
    let frames = if kind == "voice" { voice(400) } else { flood() };
    bencher.counter(ItemsCount::new(frames.len())).bench(|| {
        for (index, frame) in (0..).zip(&frames) {
            black_box(decode::decode(&record(index, frame)));
        }
    });
}

/// Reading a file, walking its records, decoding them and sorting them by shard.
#[divan::bench(args = ["voice", "flood"])]
fn read(bencher: Bencher<'_, '_>, kind: &str) {
    let frames = if kind == "voice" { voice(400) } else { flood() };
    let path = file(&format!("stages-read-{kind}.pcap"), &frames);
    bencher.counter(ItemsCount::new(frames.len())).bench(|| chunks(std::slice::from_ref(&path)));
}

/// The same of two files whose packets alternate in time.
#[divan::bench]
fn merge(bencher: Bencher<'_, '_>) {
    let frames = voice(400);
    let (even, odd): (Vec<_>, Vec<_>) = frames.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let paths: Vec<PathBuf> = [("even", even), ("odd", odd)]
        .into_iter()
        .map(|(name, frames)| {
            let frames: Vec<Vec<u8>> = frames.into_iter().map(|(_, frame)| frame).collect();
            file(&format!("stages-merge-{name}.pcap"), &frames)
        })
        .collect();
    bencher.counter(ItemsCount::new(PACKETS)).bench(|| chunks(&paths));
}

/// The flow table with what the first payloads are recognised as.
#[divan::bench(args = ["1 stream", "400 streams", "flood"])]
fn track(bencher: Bencher<'_, '_>, kind: &str) {
    let frames = match kind {
        "1 stream" => voice(1),
        "flood" => flood(),
        _ => voice(400),
    };
    let path = file(&format!("stages-track-{}.pcap", kind.replace(' ', "-")), &frames);
    bencher
        .counter(ItemsCount::new(frames.len()))
        .with_inputs(|| {
            let mut observer = Observer::default();
            let wave = observer.open(chunks(std::slice::from_ref(&path)));
            (observer, wave)
        })
        .bench_refs(|(observer, wave)| {
            for (own, shard) in observer.shards_mut().iter_mut().enumerate() {
                shard.track(own, wave);
            }
        });
}

/// The media machine: numbering, jitter, loss, marking, Wireshark's figures.
#[divan::bench(args = [1, 400])]
fn media(bencher: Bencher<'_, '_>, streams: u32) {
    let samples: Vec<Waiting> = (0..)
        .zip(voice(streams))
        .filter_map(|(index, frame)| {
            let Decoded::Packet(packet) = decode::decode(&record(index, &frame)) else { return None };
            let header = could_be_rtp(frame.get(packet.payload.range())?, packet.payload.wire)?;
            let place = Frame::new(0, index + 1);
            let key = (header.ssrc & 0xffff, Direction::AToB, header.ssrc);
            Some(Waiting { key, place, sample: Sample::new(place, &packet, &header) })
        })
        .collect();
    bencher
        .counter(ItemsCount::new(samples.len()))
        .with_inputs(|| Streams::new(Limits::default(), Timestamp(1_767_225_600_000_000_000)))
        .bench_refs(|table| {
            table.push_all(&samples, |_| Lookup::default());
        });
}

/// The SIP scanner with SDP.
#[divan::bench(args = ["INVITE", "200"])]
fn sip_message(bencher: Bencher<'_, '_>, kind: &str) {
    let start = if kind == "200" { "SIP/2.0 200 OK" } else { "INVITE sip:200@10.4.0.2 SIP/2.0" };
    let body = "v=0\r\no=- 7 1 IN IP4 10.4.1.1\r\ns=-\r\nc=IN IP4 10.4.1.1\r\nt=0 0\r\nm=audio 16384 RTP/AVP 8 0 101\r\n\
                a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";
    let message = format!(
        "{start}\r\nVia: SIP/2.0/UDP 10.4.0.1:5060;branch=z9hG4bK000000071\r\nMax-Forwards: 70\r\n\
         From: \"Line 107\" <sip:107@10.4.0.1>;tag=from7\r\nTo: <sip:207@10.4.0.2>\r\n\
         Call-ID: 0000000000000007@10.4.0.1\r\nCSeq: 2 INVITE\r\nContact: <sip:107@10.4.0.1:5060>\r\n\
         User-Agent: Bench\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    bencher.counter(ItemsCount::new(PACKETS)).bench(|| {
        for _ in 0..PACKETS {
            let read = sip::read(black_box(message.as_bytes()), false);
            black_box(read.and_then(|read| read.sdp(message.as_bytes())));
        }
    });
}
