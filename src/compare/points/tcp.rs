//! SIP over TCP at one point: takes the segments of connections that carry SIP in capture order, gives the messages that are
//! whole (RFC 3261 section 18.3), bounded. A message stands where the segment stands that completes it, one of more than 64 KiB
//! where so much of it is there: what is compared stands at its front.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::capture::Timestamp;
use crate::observe::Assembler;
use crate::observe::message::sip;

use super::message::Message;
use super::trace::Look;

/// Bytes that all directions together may wait with.
const HELD_LIMIT: usize = 32 << 20;
/// Directions that are read.
const DIRECTIONS_KEPT: usize = 16_384;

/// A TCP segment of a connection that carries SIP.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) index: u32,
    pub(super) time: Timestamp,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) look: Look,
    pub(super) sequence: u32,
    /// A SYN: the stream begins behind it.
    pub(super) begins: bool,
    /// Length on the wire.
    pub(super) wire: u32,
    pub(super) bytes: Vec<u8>,
}

/// Every direction while it is read.
#[derive(Debug, Default)]
pub(super) struct Streams {
    directions: HashMap<(SocketAddr, SocketAddr), Direction>,
    held: usize,
}

#[derive(Debug, Default)]
struct Direction {
    stream: Assembler,
    /// Where the message begins that is not whole yet, and what is known of it.
    unfinished: (i64, sip::Unfinished),
}

impl Streams {
    /// The messages that the segment completes, and how many could not be read.
    pub(super) fn push(&mut self, segment: &Segment) -> (Vec<Message>, u64) {
        let ends = (segment.from, segment.to);
        if !self.directions.contains_key(&ends) && self.directions.len() >= DIRECTIONS_KEPT {
            return (Vec::new(), 1);
        }
        let direction = self.directions.entry(ends).or_default();
        let stream = &mut direction.stream;
        let before = stream.held();
        if segment.begins {
            stream.start(segment.sequence.wrapping_add(1));
        }
        let (messages, mut unread) = if segment.wire == 0 {
            (Vec::new(), 0)
        } else {
            stream.push(segment.sequence, &segment.bytes, segment.wire);
            direction.read(segment)
        };
        self.held = self.held.saturating_sub(before).saturating_add(direction.stream.held());
        if self.held > HELD_LIMIT {
            self.held -= direction.stream.held();
            *direction = Direction::default();
            unread += 1;
        }
        (messages, unread)
    }

    /// Messages of which the end, or something in the middle, is missing.
    pub(super) fn unfinished(&self) -> u64 {
        self.directions.values().filter(|direction| direction.stream.held() > 0).count() as u64
    }
}

impl Direction {
    fn read(&mut self, segment: &Segment) -> (Vec<Message>, u64) {
        let (front, unfinished) = &mut self.unfinished;
        let stream = &mut self.stream;
        let is_as_before = *front == stream.front() && !stream.is_broken() && !stream.is_full();
        if is_as_before && unfinished.goes_on(stream.ready()) {
            return (Vec::new(), 0);
        }
        let told = read(stream, segment);
        self.unfinished = (stream.front(), sip::Unfinished::of(stream.ready()));
        told
    }
}

fn read(stream: &mut Assembler, segment: &Segment) -> (Vec<Message>, u64) {
    let (mut messages, mut unread) = (Vec::new(), 0);
    let place = (segment.time, segment.from, segment.to, segment.look);
    let mut keep = |bytes: &[u8], read: Option<sip::SipMessage>| match read {
        Some(read) => messages.extend(Message::of(&read, bytes, place)),
        None => unread += 1,
    };
    loop {
        let ready = stream.ready();
        let used = match sip::frame_stream(ready) {
            sip::Frame::Message(length) => {
                let bytes = ready.get(..length).unwrap_or(ready);
                keep(bytes, sip::read(bytes, false).filter(|message| !message.is_cut));
                length
            }
            sip::Frame::KeepAlive(_, length) | sip::Frame::Junk(length) => length,
            sip::Frame::Endless(length) => {
                keep(ready, None);
                length
            }
            // What the snap length cut will not come.
            sip::Frame::NeedMore if stream.is_broken() && !ready.is_empty() => {
                keep(ready, None);
                ready.len()
            }
            // The body is longer than what is kept.
            sip::Frame::NeedMore if stream.is_full() => {
                let Some(whole) = sip::length_of(ready) else { break };
                keep(ready, sip::read(ready, true));
                stream.pass_over(whole);
                continue;
            }
            sip::Frame::NeedMore => break,
            sip::Frame::NotSip => ready.len(),
        };
        if used == 0 {
            break;
        }
        stream.consume(used);
    }
    (messages, unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one direction tells of these bytes in segments of this size: Call-IDs with the frame in which they stand, and how
    /// many messages were not read.
    fn told(stream: &str, size: usize) -> (Vec<(String, u32)>, u64) {
        let [from, to] = ["192.168.10.21:5060", "192.168.10.2:5060"].map(|end| end.parse().unwrap());
        let mut streams = Streams::default();
        let (mut messages, mut unread) = (Vec::new(), 0);
        let pieces = stream.as_bytes().chunks(size);
        for (index, bytes) in (0..).zip([&[][..]].into_iter().chain(pieces)) {
            let (read, lost) = streams.push(&Segment {
                index,
                time: Timestamp(0),
                from,
                to,
                look: Look { dscp: 24, vlan: None, ttl: 64 },
                sequence: if index == 0 { 99 } else { 100 + (index - 1) * size as u32 },
                begins: index == 0,
                wire: bytes.len() as u32,
                bytes: bytes.to_vec(),
            });
            unread += lost;
            messages.extend(read.into_iter().map(|message| (message.key.call_id.into(), index)));
        }
        (messages, unread + streams.unfinished())
    }

    fn message(call_id: &str, body: usize) -> String {
        let head = "BYE sip:22@a.example SIP/2.0\r\nCSeq: 1 BYE\r\n";
        format!("{head}Call-ID: {call_id}\r\nl: {body}\r\n\r\n{}", "x".repeat(body))
    }

    #[test]
    fn a_message_of_more_than_is_kept_is_known_by_its_front_and_hides_none_behind_it() {
        let stream = [message("big", 150_000), message("small", 10)].concat();
        let (messages, unread) = told(&stream, 1_460);
        assert_eq!(unread, 0);
        assert_eq!(messages, [("big".into(), 65_536_u32.div_ceil(1_460)), ("small".into(), 103)]);
    }

    #[test]
    fn each_byte_is_looked_at_a_few_times_however_short_the_segments_are() {
        let stream = message("long", 20_000).repeat(2);
        let looked_at = sip::work::of(|| assert_eq!(told(&stream, 1).0.len(), 2));
        assert!(looked_at <= 10 * stream.len(), "{looked_at} bytes of {}", stream.len());
    }
}
