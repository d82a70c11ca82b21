//! SIP over TCP at one point: takes the segments of connections that carry SIP in capture order, gives the messages that are
//! whole (RFC 3261 section 18.3), bounded. A message stands where the segment stands that completes it.

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
    assemblers: HashMap<(SocketAddr, SocketAddr), Assembler>,
    held: usize,
}

impl Streams {
    /// The messages that the segment completes, and how many could not be read.
    pub(super) fn push(&mut self, segment: &Segment) -> (Vec<Message>, u64) {
        let ends = (segment.from, segment.to);
        if !self.assemblers.contains_key(&ends) && self.assemblers.len() >= DIRECTIONS_KEPT {
            return (Vec::new(), 1);
        }
        let stream = self.assemblers.entry(ends).or_default();
        let before = stream.held();
        if segment.begins {
            stream.start(segment.sequence.wrapping_add(1));
        }
        let (messages, mut unread) = if segment.wire == 0 {
            (Vec::new(), 0)
        } else {
            stream.push(segment.sequence, &segment.bytes, segment.wire);
            read(stream, segment)
        };
        self.held = self.held.saturating_sub(before).saturating_add(stream.held());
        if self.held > HELD_LIMIT {
            self.held -= stream.held();
            *stream = Assembler::default();
            unread += 1;
        }
        (messages, unread)
    }

    /// Messages of which the end, or something in the middle, is missing.
    pub(super) fn unfinished(&self) -> u64 {
        self.assemblers.values().filter(|stream| stream.held() > 0).count() as u64
    }
}

fn read(stream: &mut Assembler, segment: &Segment) -> (Vec<Message>, u64) {
    let (mut messages, mut unread) = (Vec::new(), 0);
    loop {
        let ready = stream.ready();
        let used = match sip::frame_stream(ready) {
            sip::Frame::Message(length) => {
                let bytes = ready.get(..length).unwrap_or(ready);
                match sip::read(bytes, false).filter(|message| !message.is_cut) {
                    Some(read) => {
                        let place = (segment.time, segment.from, segment.to, segment.look);
                        messages.extend(Message::of(&read, bytes, place));
                    }
                    None => unread += 1,
                }
                length
            }
            sip::Frame::KeepAlive(_, length) | sip::Frame::Junk(length) => length,
            sip::Frame::Endless(length) => {
                unread += 1;
                length
            }
            // What the snap length cut will not come.
            sip::Frame::NeedMore if stream.is_broken() && !ready.is_empty() => {
                unread += 1;
                ready.len()
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
