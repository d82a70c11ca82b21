//! SIP over a stream, RFC 3261 section 18.3 and RFC 5626 section 3.5.1: where one message ends and the next begins.

use memchr::memchr_iter;

use super::super::ascii::{is_token, line_at, number};
use super::header::HeaderName;
use super::scan::{self, Headers};

/// So many bytes without the end of the headers are no SIP message.
const HEAD_LIMIT: usize = 64 * 1024;
/// A longer body is not believed: the next start line is looked for instead.
const BODY_LIMIT: u64 = 256 * 1024;

/// What stands at the front of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A whole message of so many bytes.
    Message(usize),
    /// A keep-alive of so many bytes.
    KeepAlive(KeepAlive, usize),
    /// So many bytes that belong to no message; a start line may follow them.
    Junk(usize),
    /// A message whose headers take more room than any has: so many bytes of it, at most up to the next start line.
    Endless(usize),
    /// A message, or what can become one, that is not whole yet.
    NeedMore,
    /// No SIP, and no start line further on.
    NotSip,
}

/// What is known of a message at the front of a stream that is not whole yet, so that it need not be read from its start
/// with every segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// How long it is in all, once its headers are whole.
    whole: Option<usize>,
    /// So many bytes of it do not hold the end of its headers; 0 where nothing is known.
    scanned: usize,
}

impl Unfinished {
    /// What [`frame_stream`] found to need more.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        note_work(bytes.len());
        match scan::start_line(bytes) {
            Some(start) => Self { whole: whole(bytes, start.end), scanned: bytes.len() },
            None => Self::default(),
        }
    }

    /// Whether the same bytes with more behind them need more still. Looks at what is new only.
    #[must_use]
    pub fn goes_on(&mut self, bytes: &[u8]) -> bool {
        if let Some(whole) = self.whole {
            return bytes.len() < whole;
        }
        if self.scanned == 0 || bytes.len() < self.scanned || bytes.len() >= HEAD_LIMIT {
            return false;
        }
        // An empty line may begin in what was there before.
        let fresh = bytes.get(self.scanned.saturating_sub(2)..).unwrap_or_default();
        note_work(fresh.len());
        let is_over = memchr_iter(b'\n', fresh)
            .any(|end| matches!(fresh.get(end + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..])));
        self.scanned = bytes.len();
        !is_over
    }
}

/// RFC 5626 section 3.5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// CR LF CR LF.
    Ping,
    /// CR LF.
    Pong,
}

/// Whether a datagram is nothing but a keep-alive.
#[must_use]
pub fn keep_alive(datagram: &[u8]) -> Option<KeepAlive> {
    match datagram {
        b"\r\n\r\n" => Some(KeepAlive::Ping),
        b"\r\n" => Some(KeepAlive::Pong),
        _ => None,
    }
}

/// What stands at the front of `bytes`, the rest of a stream that may still grow.
///
/// A message without a usable Content-Length counts as one without a body, and what follows it as junk up to the next
/// start line.
#[must_use]
pub fn frame_stream(bytes: &[u8]) -> Frame {
    note_work(bytes.len());
    if bytes.starts_with(b"\r\n\r\n") {
        return Frame::KeepAlive(KeepAlive::Ping, 4);
    }
    match bytes {
        [] | b"\r" => return Frame::NeedMore,
        [b'\r', b'\n', ..] => return Frame::KeepAlive(KeepAlive::Pong, 2),
        // Line ends of other kinds. They go alone, so that the message behind them begins at the same byte however the
        // stream is cut.
        [b'\r' | b'\n', ..] => {
            let blank = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
            return Frame::Junk(blank.unwrap_or(bytes.len()));
        }
        _ => {}
    }
    match scan::start_line(bytes) {
        Some(start) => message(bytes, start.end),
        None if is_start_of_line(bytes) => Frame::NeedMore,
        None => resync(bytes),
    }
}

/// How long the message at the front of `bytes` is in all, once its headers are there.
#[must_use]
pub fn length_of(bytes: &[u8]) -> Option<usize> {
    scan::start_line(bytes).and_then(|start| whole(bytes, start.end))
}

fn message(bytes: &[u8], headers_start: usize) -> Frame {
    match whole(bytes, headers_start) {
        Some(end) if end <= bytes.len() => Frame::Message(end),
        Some(_) => Frame::NeedMore,
        // Nobody keeps more of a stream than this: it would be waited for without end.
        None if bytes.len() >= HEAD_LIMIT => match resync(bytes) {
            Frame::Junk(length) => Frame::Endless(length),
            _ => Frame::Endless(bytes.len()),
        },
        None => Frame::NeedMore,
    }
}

/// Where the message ends, `None` as long as its headers do not.
fn whole(bytes: &[u8], headers_start: usize) -> Option<usize> {
    let mut headers = Headers::new(bytes, headers_start, true);
    let length = headers
        .by_ref()
        .filter(|header| header.name == Some(HeaderName::ContentLength))
        .fold(None, |first, header| first.or(number(&header.value())));
    let length = length.filter(|&length| length <= BODY_LIMIT).unwrap_or(0);
    headers.body.map(|body| body.saturating_add(length as usize))
}

/// An unfinished first line that can still become a start line: `INVI`, `SIP/2.0 20`, `OPTIONS sip:b`.
fn is_start_of_line(bytes: &[u8]) -> bool {
    const LINE_LIMIT: usize = 4096;
    bytes.len() < LINE_LIMIT
        && bytes.get(..1).is_some_and(is_token)
        && line_at(bytes, 0).is_some_and(|line| line.end == line.bytes.len())
}

/// Skips to the next line that starts a message.
fn resync(bytes: &[u8]) -> Frame {
    let is_start = |at: usize| {
        let line = bytes.get(at..).unwrap_or_default();
        // Blank lines are passed over one by one: looking behind each of them anew would take quadratic time.
        !matches!(line, [b'\r' | b'\n', ..]) && scan::start_line(line).is_some()
    };
    let mut last = None;
    for at in memchr_iter(b'\n', bytes).map(|at| at + 1) {
        if is_start(at) {
            return Frame::Junk(at);
        }
        last = Some(at);
    }
    // The last line may become one.
    match last.filter(|&at| bytes.get(at..).is_some_and(|rest| !rest.is_empty() && is_start_of_line(rest))) {
        Some(at) => Frame::Junk(at),
        None => Frame::NotSip,
    }
}

/// Bytes that this thread has looked for the end of a message in: tests count them, because times tell little of cost.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local! {
        static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn note(bytes: usize) {
        LOOKED_AT.with(|known| known.set(known.get() + bytes));
    }

    /// How many bytes `job` looked at.
    pub(crate) fn of(job: impl FnOnce()) -> usize {
        let before = LOOKED_AT.with(Cell::get);
        job();
        LOOKED_AT.with(Cell::get) - before
    }
}

#[cfg(test)]
fn note_work(bytes: usize) {
    work::note(bytes);
}

#[cfg(not(test))]
fn note_work(_: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    const BYE: &[u8] = b"BYE sip:b@example.org SIP/2.0\r\nCall-ID: x\r\nl: 3\r\n\r\nabc";

    #[test]
    fn one_message_after_another() {
        let stream = [BYE, b"\r\n\r\n", BYE].concat();
        assert_eq!(frame_stream(&stream), Frame::Message(BYE.len()));
        let rest = &stream[BYE.len()..];
        assert_eq!(frame_stream(rest), Frame::KeepAlive(KeepAlive::Ping, 4));
        assert_eq!(frame_stream(b"\r\nSIP/2.0 200 OK\r\n"), Frame::KeepAlive(KeepAlive::Pong, 2));
    }

    #[test]
    fn every_shorter_prefix_needs_more() {
        for length in 0..BYE.len() {
            assert_eq!(frame_stream(&BYE[..length]), Frame::NeedMore, "{length} bytes");
        }
    }

    #[test]
    fn a_message_in_pieces_is_whole_at_the_same_byte_without_being_read_anew() {
        let folded = b"OPTIONS sip:a SIP/2.0\r\nSubject: x\r\n y\nl: 2\n\r\nab";
        for stream in [BYE, folded] {
            for first in 1..stream.len() {
                let mut unfinished = Unfinished::of(&stream[..first]);
                for length in first + 1..=stream.len() {
                    let goes_on = unfinished.goes_on(&stream[..length]);
                    let is_whole = frame_stream(&stream[..length]) == Frame::Message(length);
                    assert!(!(goes_on && is_whole), "{first} and {length} bytes");
                    if !goes_on {
                        unfinished = Unfinished::of(&stream[..length]);
                    }
                }
            }
        }
        let mut amid_headers = Unfinished::of(&BYE[..40]);
        assert!(amid_headers.goes_on(&BYE[..45]), "no empty line");
        assert!(!amid_headers.goes_on(&BYE[..BYE.len() - 3]), "the headers are over");
        let mut amid_body = Unfinished::of(&BYE[..BYE.len() - 3]);
        assert!(amid_body.goes_on(&BYE[..BYE.len() - 1]));
        assert!(!Unfinished::of(b"INVI").goes_on(b"INVITE sip:a SIP"), "no start line yet");
    }

    #[test]
    fn resyncs_on_the_next_start_line() {
        let stream = [b"=audio 4000\r\nm=x\r\n", BYE].concat();
        assert_eq!(frame_stream(&stream), Frame::Junk(stream.len() - BYE.len()));
        let stream = [&b"x\n".repeat(200_000)[..], &b"\n".repeat(200_000), BYE].concat();
        assert_eq!(frame_stream(&stream), Frame::Junk(stream.len() - BYE.len()));
        assert_eq!(frame_stream(b"=audio 4000\r\nBYE sip:b@exam"), Frame::Junk(13), "it may become one");
        assert_eq!(frame_stream(b"\x16\x03\x01\x02\x00\x01\n\n\n"), Frame::NotSip);
        assert_eq!(frame_stream(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Frame::NotSip);
    }

    #[test]
    fn headers_without_end_are_given_up_at_the_limit() {
        let mut stream = b"OPTIONS sip:a SIP/2.0\r\n".to_vec();
        stream.resize(HEAD_LIMIT - 1, b'y');
        assert_eq!(frame_stream(&stream), Frame::NeedMore);
        stream.push(b'\n');
        assert_eq!(frame_stream(&stream), Frame::Endless(HEAD_LIMIT));
        stream.extend(b"BYE sip:b@example.org SIP/2.0\r\nl: 3");
        assert_eq!(frame_stream(&stream), Frame::Endless(HEAD_LIMIT), "another one begins behind it");
    }

    #[test]
    fn an_absurd_length_does_not_stall_the_stream() {
        let stream = b"BYE sip:b@example.org SIP/2.0\r\nContent-Length: 4294967295\r\n\r\n";
        assert_eq!(frame_stream(stream), Frame::Message(stream.len()));
    }
}
