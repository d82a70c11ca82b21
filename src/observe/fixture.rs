//! Pieces of traffic made by hand, for tests: sockets as text, frames by number, times in ms.

use std::net::{IpAddr, SocketAddr};

use super::call::{Call, CallProtocol};
use super::dialogs::Heard;
use super::facts::HostFacts;
use super::ladder::Ladder;
use super::media::marking::MarkingReport;
use super::media::report::Moment;
use super::media::rtcp::ReportBlock;
use super::media::sequence::Counts;
use super::media::tally::Seen;
use super::media::timing::TimingReport;
use super::media::{self, MediaKind, ReceiverReport, Recognition, StreamReport};
use super::message::{App, sip};
use super::registration::{Registration, Standing};
use super::sent::{Rare, Sent};
use super::stall::Stall;
use super::traffic::{Direction, Flow, Initiator, Paused, Protocol, Stream, TcpOutcome, TcpTrace, Vlans};
use crate::capture::{Frame, Timestamp};
use crate::decode::{Layers, Mac, Packet, Part, Span, Transport};

pub(crate) fn frame(number: u64) -> Frame {
    Frame::new(0, number)
}

/// So many ms after a beginning that is not the epoch.
pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp(1_000_000_000).plus(ms * 1_000_000)
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(crate) fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn mac(last: u8) -> Mac {
    Mac([0x00, 0x00, 0x5e, 0x00, 0x53, last])
}

/// An unmarked UDP packet with 20 bytes of payload at the start of its block.
pub(crate) fn packet(from: &str, to: &str) -> Packet {
    let (from, to) = (socket(from), socket(to));
    Packet {
        time: at(0),
        index: 0,
        interface: 0,
        source: from.ip(),
        destination: to.ip(),
        source_port: from.port(),
        destination_port: to.port(),
        transport: Transport::Udp,
        dscp: 0,
        ecn: 0,
        ttl: 64,
        identification: 1,
        vlan: None,
        outer_vlan: None,
        source_mac: Some(mac(1)),
        destination_mac: Some(mac(2)),
        layers: Layers::default(),
        part: Part::Whole,
        ip_length: 48,
        payload: Span { start: 0, captured: 20, wire: 20 },
    }
}

/// What a side sent that sent `packets` unmarked packets with payload.
pub(crate) fn sent(packets: u64) -> Sent {
    if packets == 0 {
        return Sent::default();
    }
    Sent::from(Direction {
        packets,
        bytes: packets * 100,
        payload_packets: packets,
        dscp: [(0, packets, packets * 100)].into_iter().collect(),
        first: Some((frame(1), at(0))),
        last: Some((frame(packets), at(10))),
        frames: [frame(1)].into_iter().collect(),
        ttl: Some((64, 64)),
        ..Direction::default()
    })
}

/// A UDP conversation that `a` began as a service's client, with two packets each way.
pub(crate) fn udp(a: &str, b: &str) -> Flow {
    Flow {
        id: 0,
        protocol: Protocol::Udp,
        a: socket(a),
        b: socket(b),
        initiator: Initiator::Service,
        from_a: sent(2),
        from_b: sent(2),
        app: App::Unknown,
        tcp: None,
        layers: Layers::default(),
        vlans: Vlans::default(),
        to_all: false,
        extra: Rare::default(),
    }
}

/// The flow, with the names that its TLS hello and its HTTP request gave.
pub(crate) fn greeting(tls_name: Option<&str>, http_host: Option<&str>, mut flow: Flow) -> Flow {
    flow.extra.tls_name = tls_name.map(Into::into);
    flow.extra.http_host = http_host.map(Into::into);
    flow
}

/// A TCP connection that `a` opened; one that was not answered has nothing from `b`.
pub(crate) fn tcp(a: &str, b: &str, outcome: TcpOutcome, attempts: u64) -> Flow {
    let is_seen = outcome != TcpOutcome::Silent;
    let trace = TcpTrace {
        attempts: [frame(1)].into_iter().collect(),
        attempt_count: attempts,
        outcome,
        settled_by: is_seen.then(|| frame(2)),
        reset: None,
        closed_by_a: None,
        unseen_acknowledged: 0,
        is_strange: false,
    };
    Flow {
        protocol: Protocol::Tcp,
        initiator: Initiator::Handshake,
        tcp: Some(Box::new(trace)),
        from_b: sent(if is_seen { 2 } else { 0 }),
        ..udp(a, b)
    }
}

/// What was sent seven times in one connection.
pub(crate) fn stall(frame: Frame, span: (Timestamp, Timestamp)) -> Stall {
    let frames = [frame].into_iter().collect();
    Stall { by_a: true, connections: 1, sent: 7, bytes: 400, rested: 50, frames, span, sequence: 1 }
}

/// Numbers the flows as the observer does.
pub(crate) fn numbered(mut flows: Vec<Flow>) -> Vec<Flow> {
    for (id, flow) in flows.iter_mut().enumerate() {
        flow.id = id;
    }
    flows
}

/// Audio of flow 0, so many packets of each DSCP.
pub(crate) fn stream(source: &str, destination: &str, dscp: &[(u8, u64)]) -> Stream {
    let packets = dscp.iter().map(|(_, packets)| packets).sum();
    let seen = |&(value, packets): &(u8, u64)| Seen {
        value,
        packets,
        frames: [frame(1)].into_iter().collect(),
        last: frame(1),
    };
    let report = StreamReport {
        is_by_two_clocks: false,
        flow: 0,
        direction: media::Direction::AToB,
        ssrc: 1,
        recognition: Recognition::Content,
        kind: MediaKind::Audio,
        secure: None,
        keying: None,
        srtp_tag: None,
        is_clear: false,
        calls: Vec::new(),
        announced_ptime: None,
        ptime_limits: (None, None),
        announced_direction: None,
        announced_at: None,
        announced_formats: Vec::new(),
        announced_codecs: Vec::new(),
        announced_event: None,
        unlisted: Vec::new(),
        payloads: Vec::new(),
        codec: None,
        ptime: None,
        first: Moment { frame: frame(1), time: at(0) },
        last: Moment { frame: frame(packets), time: at(20) },
        octets: 160 * packets,
        ip_octets: 200 * packets,
        counts: Counts { packets, expected: packets, ..Counts::default() },
        segments: Vec::new(),
        silence: None,
        gaps: Vec::new(),
        latest_gap: None,
        outages: Vec::new(),
        outages_beyond: 0,
        timing: TimingReport::default(),
        marking: MarkingReport { dscp: dscp.iter().map(seen).collect(), ..MarkingReport::default() },
        receiver: None,
        quality: None,
        course: media::course::Course::default(),
        wireshark: None,
    };
    Stream {
        flow: 0,
        source: socket(source),
        destination: socket(destination),
        call: None,
        is_shared: false,
        paused: Paused::default(),
        relay: None,
        is_quoted: false,
        is_mixed: false,
        report: Box::new(report),
    }
}

/// The stream from `start` ms on, in half seconds of 25 packets: mark, lost packets, greatest jitter.
pub(crate) fn spoken(mut stream: Stream, start: i64, halves: &[(u8, u32, f32)]) -> Stream {
    let half = |&(mark, lost, jitter): &(u8, u32, f32)| {
        (mark, media::course::Interval { packets: 25, lost, jitter })
    };
    let packets = halves.len() as u64 * 25;
    let lost = halves.iter().map(|half| u64::from(half.1)).sum::<u64>();
    let report = &mut stream.report;
    report.first.time = at(start);
    report.last.time = at(start + halves.len() as i64 * 500);
    report.counts = Counts { packets, lost, expected: packets + lost, ..Counts::default() };
    report.course = media::course::Course::of(at(start), &halves.iter().map(half).collect::<Vec<_>>());
    stream
}

/// Messages 100 ms apart, as frames 1, 2 ...: sender, receiver, start line.
pub(crate) fn ladder(messages: &[(&str, &str, &str)]) -> Ladder {
    let mut ladder = Ladder::default();
    for (nth, (from, to, head)) in (1..).zip(messages) {
        let text = format!("{head}\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n");
        let heard = Heard {
            frame: frame(nth),
            time: at(nth as i64 * 100),
            from: socket(from),
            to: socket(to),
            protocol: Protocol::Udp,
            dscp: 24,
            datagram: None,
            message: sip::read(text.as_bytes(), false).unwrap(),
        };
        ladder.push(&heard, nth == 1, true);
    }
    ladder
}

/// A host about which only its address and `on_link` are known.
pub(crate) fn host(address: &str, on_link: Option<bool>) -> HostFacts {
    HostFacts {
        address: ip(address),
        sent: 2,
        received: 2,
        macs: Vec::new(),
        on_link,
        vlans: Vec::new(),
        outer_vlans: Vec::new(),
        ttl: None,
        own_names: Vec::new(),
        vendor_class: None,
        came_in: false,
        arp: None,
    }
}

/// A call that an INVITE began and of which nothing more was seen.
pub(crate) fn call(caller: &str, callee: &str) -> Call {
    let ends = (socket(caller), socket(callee));
    let from = "sip:21@a.example".into();
    let to = "sip:10@a.example".into();
    Call { from, to, ..Call::begun("c1".into(), CallProtocol::Sip, ends, (frame(1), at(0))) }
}

/// A registration that was accepted.
pub(crate) fn registration(client: &str, registrar: &str) -> Registration {
    Registration {
        attempts: 1,
        status: Some(200),
        accepted: true,
        standing: Standing::Accepted,
        has_credentials: true,
        frames: vec![frame(1)],
        ..Registration::new("sip:21@a.example".into(), socket(client), socket(registrar), Protocol::Udp)
    }
}

/// One report block with so many packets lost, captured at so many ms.
pub(crate) fn heard_by_receiver(cumulative_lost: i32, ms: i64) -> Box<ReceiverReport> {
    let block = ReportBlock {
        ssrc: 1,
        fraction_lost: 0,
        cumulative_lost,
        highest_sequence: 1000,
        jitter: 8,
        last_sender_report: 0,
        delay_since_last: 0,
    };
    Box::new(ReceiverReport {
        blocks: 1,
        worst_fraction_lost: 0,
        worst_jitter: 8,
        worst_at: frame(9),
        worst_time: at(ms),
        first: block,
        latest: block,
        latest_at: frame(9),
        latest_time: at(ms),
        round_trip: None,
        round_trip_sender: None,
        voip: None,
    })
}
