//! The captures: what is in them, and how they are made.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::contest::Rivals;
use crate::wire::{End, Recorder, rtp, tcp, udp};

const MS: u64 = 1_000_000;
/// Voice in both directions of 200 calls.
const STREAMS: u64 = 400;
const CALLS: u64 = 20_000;
/// Packets of voice in each direction of a call in `carrier`.
const PACKETS: u64 = 50;
const EF: u8 = 46;
const CS3: u8 = 24;
const SYN: u8 = 2;
const ACK: u8 = 16;

/// A capture that can be made.
pub(crate) struct Capture {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) rivals: Rivals,
    /// Writes the capture; the number is the size in per cent.
    make: fn(&Path, u64) -> io::Result<()>,
}

pub(crate) const CAPTURES: [Capture; 10] = [
    Capture { name: "voice", what: "2 million RTP packets, 400 streams", rivals: Rivals::All, make: voice },
    Capture {
        name: "mixed",
        what: "1 million packets, half TCP in 2000 flows, half RTP; pcapng, two interfaces",
        rivals: Rivals::All,
        make: mixed,
    },
    Capture { name: "flood", what: "3 million SYNs of 3 million flows", rivals: Rivals::All, make: flood },
    Capture {
        name: "signalling",
        what: "200,000 SIP messages in 20,000 calls",
        rivals: Rivals::All,
        make: signalling,
    },
    Capture {
        name: "carrier",
        what: "20,000 whole calls, 200 at a time; 2.14 million packets",
        rivals: Rivals::All,
        make: carrier,
    },
    Capture { name: "long", what: "voice ten times as long", rivals: Rivals::None, make: long },
    Capture { name: "one", what: "a single packet", rivals: Rivals::None, make: one },
    Capture { name: "grow-100k", what: "100,000 packets of voice", rivals: Rivals::None, make: grow_100k },
    Capture { name: "grow-1m", what: "1 million packets of voice", rivals: Rivals::None, make: grow_1m },
    Capture { name: "grow-10m", what: "10 million packets of voice", rivals: Rivals::None, make: grow_10m },
];

impl Capture {
    /// The file, made if it is not there.
    pub(crate) fn made_in(&self, directory: &Path, percent: u64) -> io::Result<PathBuf> {
        let path = directory.join(format!("bench-{}-{percent}.cap", self.name));
        if !path.exists() {
            let unfinished = path.with_extension("part");
            (self.make)(&unfinished, percent)?;
            fs::rename(&unfinished, &path)?;
        }
        Ok(path)
    }
}

fn voice(path: &Path, percent: u64) -> io::Result<()> {
    talk(path, 20_000 * percent)
}

fn long(path: &Path, percent: u64) -> io::Result<()> {
    talk(path, 200_000 * percent)
}

fn one(path: &Path, _: u64) -> io::Result<()> {
    talk(path, 1)
}

fn grow_100k(path: &Path, percent: u64) -> io::Result<()> {
    talk(path, 1_000 * percent)
}

fn grow_1m(path: &Path, percent: u64) -> io::Result<()> {
    talk(path, 10_000 * percent)
}

fn grow_10m(path: &Path, percent: u64) -> io::Result<()> {
    talk(path, 100_000 * percent)
}

fn talk(path: &Path, packets: u64) -> io::Result<()> {
    let mut file = Recorder::pcap(path)?;
    let mut buffers = Buffers::default();
    for nth in 0..packets {
        let (round, stream) = (nth / STREAMS, nth % STREAMS);
        file.frame(round * 20 * MS + stream * 50_000, 0, buffers.voice(stream, round as u32))?;
    }
    file.finish()
}

fn mixed(path: &Path, percent: u64) -> io::Result<()> {
    const FLOWS: u64 = 2_000;
    let mut file = Recorder::pcapng(path)?;
    let mut buffers = Buffers::default();
    let data: Vec<u8> = (0..1460_u32).map(|byte| ((byte * 31) >> 2) as u8 | 0x80).collect();
    let mut frame = Vec::new();
    for nth in 0..5_000 * percent {
        let at = nth * 50_000;
        let (round, stream) = (nth / STREAMS, nth % STREAMS);
        file.frame(at, 0, buffers.voice(stream, round as u32))?;
        let (round, flow) = (nth / FLOWS, nth % FLOWS);
        let from = End([10, 2, (flow >> 8) as u8, flow as u8], 40_000 + flow as u16);
        let sequence = (round * 1460) as u32;
        tcp(&mut frame, from, End([10, 3, 0, 1], 445), round as u16, sequence, ACK, &data);
        file.frame(at + 25_000, 1, &frame)?;
    }
    file.finish()
}

fn flood(path: &Path, percent: u64) -> io::Result<()> {
    let mut file = Recorder::pcap(path)?;
    let mut frame = Vec::new();
    for nth in 0..30_000 * percent {
        let [_, high, middle, low] = (nth as u32).to_be_bytes();
        let from = End([11, high, middle, low], 1024 + (nth * 7919 % 60_000) as u16);
        tcp(&mut frame, from, End([192, 0, 2, 1], 443), nth as u16, nth as u32 * 31, SYN, &[]);
        file.frame(nth * 1_000, 0, &frame)?;
    }
    file.finish()
}

fn signalling(path: &Path, percent: u64) -> io::Result<()> {
    calls(path, CALLS * percent / 100, &[Say::Ask, Say::Demand, Say::Deny], 0)
}

fn carrier(path: &Path, percent: u64) -> io::Result<()> {
    calls(path, CALLS * percent / 100, &[], PACKETS)
}

/// A SIP message of a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    Ask,
    Demand,
    Deny,
    Invite,
    Trying,
    Ringing,
    Ok,
    Ack,
    Bye,
    Gone,
}

/// Calls that start 5 ms apart and last a second: 200 at a time.
fn calls(path: &Path, calls: u64, before: &[Say], packets: u64) -> io::Result<()> {
    let mut file = Recorder::pcap(path)?;
    let mut buffers = Buffers::default();
    let opening = [Say::Invite, Say::Trying, Say::Ringing, Say::Ok, Say::Ack];
    let opening = [before, &opening[..]].concat();
    let closing = [Say::Bye, Say::Gone];
    // Time, call, and which of its packets comes next.
    let mut due = BinaryHeap::new();
    let mut started = 0;
    loop {
        let start = started * 5 * MS;
        if started < calls && due.peek().is_none_or(|Reverse((at, _, _))| start <= *at) {
            due.push(Reverse((start, started, 0_u64)));
            started += 1;
            continue;
        }
        let Some(Reverse((at, call, step))) = due.pop() else { break };
        let spoken = opening.len() as u64;
        let (frame, wait) = match step {
            _ if step < spoken => (buffers.say(call, opening[step as usize]), MS),
            _ if step < spoken + 2 * packets => {
                let nth = step - spoken;
                let frame = buffers.call_voice(call, nth % 2, (nth / 2) as u32);
                (frame, if nth.is_multiple_of(2) { MS } else { 19 * MS })
            }
            _ => (buffers.say(call, closing[(step - spoken - 2 * packets) as usize]), MS),
        };
        file.frame(at, 0, frame)?;
        if step + 1 < spoken + 2 * packets + 2 {
            due.push(Reverse((at + wait, call, step + 1)));
        }
    }
    file.finish()
}

/// Memory that is used again for each frame.
#[derive(Default)]
struct Buffers {
    frame: Vec<u8>,
    payload: Vec<u8>,
}

impl Buffers {
    /// Packet `nth` of one of [`STREAMS`].
    fn voice(&mut self, stream: u64, nth: u32) -> &[u8] {
        let call = stream / 2;
        let a = End([10, 1, 0, call as u8], 20_000 + 2 * call as u16);
        let b = End([10, 1, 1, 1], 30_000 + 2 * call as u16);
        let (from, to) = if stream.is_multiple_of(2) { (a, b) } else { (b, a) };
        self.rtp(from, to, 0x1234_0000 + stream as u32, nth)
    }

    fn call_voice(&mut self, call: u64, way: u64, nth: u32) -> &[u8] {
        let (a, b) = media(call);
        let (from, to) = if way == 0 { (a, b) } else { (b, a) };
        self.rtp(from, to, (call * 2 + way) as u32 ^ 0x5a00_0000, nth)
    }

    fn rtp(&mut self, from: End, to: End, source: u32, nth: u32) -> &[u8] {
        self.payload.clear();
        rtp(&mut self.payload, source, nth);
        udp(&mut self.frame, from, to, EF, nth as u16, &self.payload);
        &self.frame
    }

    fn say(&mut self, call: u64, say: Say) -> &[u8] {
        let (caller, called) = (End([10, 4, 0, 1], 5060), End([10, 4, 0, 2], 5060));
        let (asks, text) = message(call, say);
        let (from, to) = if asks { (caller, called) } else { (called, caller) };
        udp(&mut self.frame, from, to, CS3, call as u16, text.as_bytes());
        &self.frame
    }
}

/// Where the two sides of a call want voice.
fn media(call: u64) -> (End, End) {
    let port = 16_384 + (call % 20_000 * 2) as u16;
    (End([10, 4, 1, 1], port), End([10, 4, 1, 2], port))
}

/// A message, and whether the caller sends it.
fn message(call: u64, say: Say) -> (bool, String) {
    let (number, method, branch, start) = match say {
        Say::Ask => (1, "INVITE", 1, None),
        Say::Demand => (1, "INVITE", 1, Some("407 Proxy Authentication Required")),
        Say::Deny => (1, "ACK", 1, None),
        Say::Invite => (2, "INVITE", 2, None),
        Say::Trying => (2, "INVITE", 2, Some("100 Trying")),
        Say::Ringing => (2, "INVITE", 2, Some("180 Ringing")),
        Say::Ok => (2, "INVITE", 2, Some("200 OK")),
        Say::Ack => (2, "ACK", 3, None),
        Say::Bye => (3, "BYE", 4, None),
        Say::Gone => (3, "BYE", 4, Some("200 OK")),
    };
    let (a, b) = media(call);
    let offer = match say {
        Say::Ask | Say::Invite => Some(a),
        Say::Ok => Some(b),
        _ => None,
    };
    let body = offer.map_or_else(String::new, |End([w, x, y, z], port)| {
        format!(
            "v=0\r\no=- {call} 1 IN IP4 {w}.{x}.{y}.{z}\r\ns=-\r\nc=IN IP4 {w}.{x}.{y}.{z}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        )
    });
    let first = match start {
        Some(status) => format!("SIP/2.0 {status}"),
        None => format!("{method} sip:{}@10.4.0.2 SIP/2.0", 200 + call % 700),
    };
    let tag = if matches!(say, Say::Ask | Say::Invite | Say::Trying) { "" } else { ";tag=called" };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    let text = format!(
        "{first}\r\nVia: SIP/2.0/UDP 10.4.0.1:5060;branch=z9hG4bK{call:08x}{branch}\r\nMax-Forwards: 70\r\n\
         From: \"Line {line}\" <sip:{line}@10.4.0.1>;tag=from{call:x}\r\nTo: <sip:{to}@10.4.0.2>{tag}\r\n\
         Call-ID: {call:016x}@10.4.0.1\r\nCSeq: {number} {method}\r\nContact: <sip:{line}@10.4.0.1:5060>\r\n\
         User-Agent: Bench\r\n{kind}Content-Length: {length}\r\n\r\n{body}",
        line = 100 + call % 900,
        to = 200 + call % 700,
        length = body.len(),
    );
    (start.is_none(), text)
}
