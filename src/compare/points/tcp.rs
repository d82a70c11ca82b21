//! SIP over TCP at one point: takes the segments of connections that carry SIP in capture order, gives the messages that are
//! whole (RFC 3261 section 18.3), bounded. A message stands where the segment stands that completes it, one of more than 64 KiB
//! where so much of it is there: what is compared stands at its front.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::capture::Timestamp;
use crate::observe::message::sip;
use crate::observe::{Assembler, Ending, Unframer};

use super::message::Message;
use super::trace::Look;

/// Bytes that all directions together may wait with.
const HELD_LIMIT: usize = 32 << 20;
/// Directions that are read.
const DIRECTIONS_KEPT: usize = 16_384;

/// Where the head of HTTP ends, and of how many bytes that is waited for.
const HEAD_END: &[u8] = b"\r\n\r\n";
const LONGEST_HEAD: usize = 8_192;

/// How a TCP connection carries SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// One message behind the other.
    Tcp,
    /// Each in frames of WebSocket, RFC 7118.
    WebSocket,
}

/// A TCP segment of a connection that carries SIP.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) carrier: Carrier,
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
    /// Of WebSocket.
    frames: Option<Box<Unframer>>,
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
        let before = stream.held() + direction.frames.as_ref().map_or(0, |frames| frames.held());
        if segment.begins {
            stream.start(segment.sequence.wrapping_add(1));
        }
        let (messages, mut unread) = if segment.wire == 0 {
            (Vec::new(), 0)
        } else {
            stream.push(segment.sequence, &segment.bytes, segment.wire);
            direction.read(segment)
        };
        let after = direction.stream.held() + direction.frames.as_ref().map_or(0, |frames| frames.held());
        self.held = self.held.saturating_sub(before).saturating_add(after);
        if self.held > HELD_LIMIT {
            self.held = self.held.saturating_sub(after);
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
        if segment.carrier == Carrier::WebSocket {
            return self.read_frames(segment);
        }
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

    /// Behind the change to WebSocket; without it what comes before the first frame that carries SIP is passed over. What is
    /// compressed cannot be read.
    fn read_frames(&mut self, segment: &Segment) -> (Vec<Message>, u64) {
        let stream = &mut self.stream;
        if self.frames.is_none()
            && [&b"GET "[..], b"HTTP"].iter().any(|head| stream.ready().starts_with(head))
        {
            let end = stream.ready().windows(HEAD_END.len()).position(|bytes| bytes == HEAD_END);
            match end {
                Some(end) => {
                    stream.consume(end + HEAD_END.len());
                    self.frames = Some(Box::new(Unframer::at(stream.front())));
                }
                None if stream.ready().len() < LONGEST_HEAD && !stream.is_broken() => return (Vec::new(), 0),
                None => {}
            }
        }
        let frames = self.frames.get_or_insert_with(|| Box::new(Unframer::amid(stream.front())));
        let (mut messages, mut unread) = (Vec::new(), 0);
        let place = (segment.time, segment.from, segment.to, segment.look);
        frames.read(stream, &mut |bytes, ending| {
            let is_part = matches!(ending, Ending::Cut | Ending::Compressed);
            let read = sip::read(bytes, ending == Ending::Long).filter(|_| !is_part);
            match read {
                Some(read) => messages.extend(Message::of(&read, bytes, place)),
                // Line ends keep the connection alive, RFC 7118 section 6.
                None => unread += u64::from(is_part || !bytes.trim_ascii().is_empty()),
            }
        });
        (messages, unread)
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
        told_of(Carrier::Tcp, stream.as_bytes(), size)
    }

    fn told_of(carrier: Carrier, stream: &[u8], size: usize) -> (Vec<(String, u32)>, u64) {
        let [from, to] = ["192.168.10.21:5060", "192.168.10.2:5060"].map(|end| end.parse().unwrap());
        let mut streams = Streams::default();
        let (mut messages, mut unread) = (Vec::new(), 0);
        let pieces = stream.chunks(size);
        for (index, bytes) in (0..).zip([&[][..]].into_iter().chain(pieces)) {
            let (read, lost) = streams.push(&Segment {
                carrier,
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

    /// In a frame of its own: of text, 0x81, or compressed, 0xc1.
    fn framed(first: u8, message: &str) -> Vec<u8> {
        let length = u16::try_from(message.len()).unwrap();
        [&[first, 126][..], &length.to_be_bytes(), message.as_bytes()].concat()
    }

    #[test]
    fn messages_in_frames_of_websocket_are_read_but_for_compressed_ones() {
        let change = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
        let one = framed(0x81, &message("one", 150));
        let hidden = framed(0xc1, &message("hidden", 150));
        let stream = [change.clone(), one.clone(), hidden.clone(), one.clone()].concat();
        let (messages, unread) = told_of(Carrier::WebSocket, &stream, 300);
        let ids: Vec<_> = messages.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!((ids, unread), (vec!["one", "one"], 1));
        assert_eq!(told_of(Carrier::WebSocket, &[change, hidden].concat(), 64).1, 1, "nothing but that");
        assert_eq!(told_of(Carrier::WebSocket, &[&one[..], b"\x81\x02\r\n"].concat(), 64).1, 0, "kept alive");
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
