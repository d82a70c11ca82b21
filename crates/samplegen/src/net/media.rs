//! Both directions of a conversation as RTP with RTCP beside it.

use super::{Class, End, MS, Net, SECOND, START};
use crate::talk::rtp::{self, Codec, Header, Received, Sent};

/// How the packets of a stream are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// As the sender marks voice.
    Policy,
    /// All with this DSCP.
    All(u8),
    /// Every nth packet with this DSCP, the others as the sender marks voice.
    Every(u32, u8),
    /// From the nth packet on with this DSCP.
    From(u32, u8),
}

impl Marks {
    fn class(self, nth: u32) -> Class {
        match self {
            Self::All(dscp) => Class::VoiceAs(dscp),
            Self::Every(step, dscp) if nth % step == step - 1 => Class::VoiceAs(dscp),
            Self::From(first, dscp) if nth >= first => Class::VoiceAs(dscp),
            _ => Class::Voice,
        }
    }
}

/// Where packets get lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Before the mirror port: neither the capture nor the receiver has them.
    Before,
    /// At the mirror port: the receiver has them.
    AtMirror,
    /// Behind the mirror port: the capture has them.
    Behind,
}

/// One direction.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Where it comes from; the other stream goes there.
    pub from: End,
    /// DSCP of its packets.
    pub marks: Marks,
    /// Every nth packet gets lost; 0 for none.
    pub lose_every: u32,
    /// Where they do.
    pub lost: Lost,
    /// How much a packet may be late, in nanoseconds.
    pub jitter: u64,
    /// Nothing is sent.
    pub silent: bool,
    /// From the nth packet on a key is held for five packets, RFC 4733.
    pub key_at: Option<u32>,
    /// After so long nothing more is sent.
    pub stops: Option<u64>,
    /// From the nth packet on another source sends, with numbers of its own.
    pub other_source_at: Option<u32>,
    /// Where packets really come from, if not from `from`.
    pub sends_from: Option<End>,
    /// The other side answers to where packets come from, not to where they are asked for.
    pub answered_there: bool,
    /// Payload type of the packets, if not that of the codec.
    pub payload_type: Option<u8>,
}

impl Stream {
    /// A good stream, marked as its sender marks voice.
    #[must_use]
    pub const fn new(from: End) -> Self {
        Self {
            from,
            marks: Marks::Policy,
            lose_every: 0,
            lost: Lost::Before,
            jitter: MS,
            silent: false,
            key_at: None,
            stops: None,
            other_source_at: None,
            sends_from: None,
            answered_there: false,
            payload_type: None,
        }
    }

    fn sender(&self) -> End {
        self.sends_from.unwrap_or(self.from)
    }

    /// Where the other side sends to.
    fn receiver(&self) -> End {
        if self.answered_there { self.sender() } else { self.from }
    }

    fn loses(&self, nth: u32) -> bool {
        self.lose_every > 0 && nth % self.lose_every == self.lose_every - 1
    }

    /// What the receiver lacks of the packets up to the nth.
    fn missing(&self, nth: u32) -> u32 {
        match self.lost {
            _ if self.lose_every == 0 => 0,
            Lost::AtMirror => 0,
            Lost::Before | Lost::Behind => (nth + 1) / self.lose_every,
        }
    }
}

/// A conversation.
#[derive(Clone, Copy, Debug)]
pub struct Media {
    /// First packet.
    pub at: u64,
    /// How long both talk.
    pub lasts: u64,
    /// What they talk.
    pub codec: Codec,
    /// The two directions.
    pub streams: [Stream; 2],
    /// Whether both send reports each 5 s and at the end.
    pub rtcp: bool,
}

impl Media {
    /// Two good streams of G.711 between two ports.
    #[must_use]
    pub const fn between(a: End, b: End, at: u64, lasts: u64) -> Self {
        let streams = [Stream::new(a), Stream::new(b)];
        Self { at, lasts, codec: Codec::Pcma, streams, rtcp: true }
    }
}

/// How much later the second side begins to talk, and how long behind its packet a report is sent.
const SECOND_DELAY: u64 = 7 * MS;
const REPORT_DELAY: u64 = 3 * MS;
/// From the mirror port to each side and back.
const ROUND_TRIP: u64 = 2 * MS;
/// Payload type of telephone events in [`crate::talk::sip::sdp`].
const TELEPHONE_EVENT: u8 = 101;

/// Where a stream's numbers begin.
#[derive(Clone, Copy)]
struct Source {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

impl Source {
    /// One that has nothing to do with it.
    fn other(self) -> Self {
        Self {
            ssrc: !self.ssrc,
            sequence: self.sequence.wrapping_add(20_000),
            timestamp: self.timestamp.wrapping_add(1 << 30),
        }
    }
}

impl Net {
    /// Puts a conversation on the wire.
    pub fn media(&mut self, media: &Media) {
        let [first, second]: [Source; 2] = std::array::from_fn(|_| Source {
            ssrc: self.rng().draw() as u32,
            sequence: self.rng().below(30_000) as u16,
            timestamp: self.rng().draw() as u32,
        });
        let [a, b] = media.streams;
        self.stream(media, (&a, first), (&b, second), 0);
        self.stream(media, (&b, second), (&a, first), SECOND_DELAY);
    }

    /// Sends one direction, `delay` behind the beginning.
    fn stream(&mut self, media: &Media, own: (&Stream, Source), other: (&Stream, Source), delay: u64) {
        let (stream, source) = own;
        if stream.silent {
            return;
        }
        let interval = media.codec.milliseconds() * MS;
        let count = (media.lasts.min(stream.stops.unwrap_or(u64::MAX)) / interval) as u32;
        let every = (5 * SECOND / interval) as u32;
        for nth in 0..count {
            let at = media.at + delay + u64::from(nth) * interval + self.rng().below(stream.jitter);
            let source = match stream.other_source_at {
                Some(first) if nth >= first => source.other(),
                _ => source,
            };
            let header = Header {
                payload_type: stream.payload_type.unwrap_or(media.codec.payload_type()),
                marker: nth == 0,
                sequence: source.sequence.wrapping_add(nth as u16),
                timestamp: source.timestamp.wrapping_add(nth * media.codec.step()),
                ssrc: source.ssrc,
            };
            let packet = match stream.key_at.and_then(|first| nth.checked_sub(first)) {
                Some(held @ 0..5) => key(&header, media.codec, held),
                _ => rtp::rtp(&header, &self.sound(media.codec, nth)),
            };
            if !stream.loses(nth) || stream.lost == Lost::Behind {
                self.udp(at, stream.sender(), other.0.receiver(), stream.marks.class(nth), &packet);
            }
            let reports = |nth: u32| nth % every == every - 1 || nth + 1 == count;
            if media.rtcp && reports(nth) {
                let at = media.at + delay + u64::from(nth) * interval + REPORT_DELAY;
                // The side that began is the first to report each time.
                let answered = if delay > 0 { Some(nth) } else { (0..nth).rev().find(|&nth| reports(nth)) };
                let other_delay = if delay > 0 { 0 } else { SECOND_DELAY };
                let heard = answered
                    .filter(|_| !other.0.silent)
                    .map(|nth| media.at + other_delay + u64::from(nth) * interval + REPORT_DELAY);
                let report = report(at, nth, &header, media.codec, other, heard, stream.from.host.name);
                self.udp(at, stream.sender().next(), other.0.receiver().next(), Class::Voice, &report);
            }
        }
    }

    /// Payload of the nth packet: a tone for plain codecs, noise for encrypted ones.
    fn sound(&mut self, codec: Codec, nth: u32) -> Vec<u8> {
        match codec {
            Codec::Srtp | Codec::Opus => self.rng().bytes(codec.length()),
            Codec::Pcma | Codec::PcmaAt30 | Codec::G722 => {
                (0..codec.length()).map(|i| 0xd5 ^ ((i as u32 * 5 + nth * 160) % 64) as u8).collect()
            }
        }
    }
}

/// The packet of a key that is `held` packets long so far: all keep the timestamp of the first, the last ones end it.
fn key(header: &Header, codec: Codec, held: u32) -> Vec<u8> {
    let header = Header {
        payload_type: TELEPHONE_EVENT,
        marker: held == 0,
        timestamp: header.timestamp.wrapping_sub(held * codec.step()),
        ..*header
    };
    let duration = (held.min(2) + 1) * codec.step();
    rtp::rtp(&header, &rtp::telephone_event(5, held >= 2, duration as u16))
}

/// The sender report behind the nth packet; what was not lost of the other side's packets has arrived so far. `heard`:
/// when the sender report that it answers passed the mirror port.
fn report(
    at: u64,
    nth: u32,
    header: &Header,
    codec: Codec,
    (stream, other): (&Stream, Source),
    heard: Option<u64>,
    name: &str,
) -> Vec<u8> {
    let packets = nth + 1;
    let sent = Sent {
        ssrc: header.ssrc,
        time: START + at,
        timestamp: header.timestamp,
        packets,
        octets: packets * codec.length() as u32,
    };
    let answers = heard.map(|heard| (START + heard, at - heard - ROUND_TRIP));
    let lost = stream.missing(nth);
    let received = Received {
        ssrc: other.ssrc,
        highest: u32::from(other.sequence) + nth,
        fraction: if lost == 0 { 0 } else { (256 / stream.lose_every) as u8 },
        lost,
        jitter: 8,
        answers,
    };
    rtp::sender_report(&sent, &received, name)
}
