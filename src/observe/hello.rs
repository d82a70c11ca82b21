//! How far a TLS connection came before it was encrypted: takes what either side was read to say and how the connection of TCP
//! went, gives why it never was, where that is plain (RFC 8446 section 2, RFC 5246 section 7.3).

use super::flow::End;
use super::message::{sip, tls};
use super::sent::Sent;
use super::tcp::TcpState;

/// Who has said hello and waits so long (ns) in vain will not be answered.
const PATIENCE: i64 = 10_000_000_000;

/// Why a connection whose client said hello never was encrypted, and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stuck {
    /// The server took the connection, and said nothing.
    Mute,
    /// The server answered in clear text, which was SIP.
    PlainSip,
    /// The server answered something that is not TLS.
    Plain,
    /// Of the server's answer a part never came, and the client did not get it either.
    Holes,
}

/// What was read of a TLS connection so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course(u8);

impl Course {
    /// Of a flow that is no TLS.
    pub const NONE: Self = Self(0);
    /// The client's hello was read to its end.
    const HELLO: u8 = 1;
    /// The client said more.
    const WENT_ON: u8 = 1 << 1;
    /// The server said something, which was ...
    const TLS: u8 = 1 << 2;
    const SIP: u8 = 1 << 3;
    const OTHER: u8 = 1 << 4;
    /// What follows is encrypted, of either side.
    const CLIENT: u8 = 1 << 5;
    const SERVER: u8 = 1 << 6;
    /// The server asked for a certificate, and the client had none.
    const BARE: u8 = 1 << 7;

    /// Notes what is ready of what one side sent, with what was read in it.
    pub(super) fn note(&mut self, is_client: bool, ready: &[u8], said: &tls::Tls) {
        if ready.is_empty() {
            return;
        }
        if is_client {
            let is_hello = said.client_hello.as_ref().is_some_and(|hello| hello.is_whole);
            if self.has(Self::HELLO) || is_hello && !tls::is_one_record(ready) {
                self.0 |= Self::WENT_ON;
            }
            self.0 |= if is_hello { Self::HELLO } else { 0 };
            self.0 |= if said.is_encrypted { Self::CLIENT } else { 0 };
            self.0 |= if said.lacks_certificate { Self::BARE } else { 0 };
        } else {
            self.0 |= match () {
                () if tls::is_record_start(ready) => Self::TLS,
                () if sip::is_sip(ready) => Self::SIP,
                () => Self::OTHER,
            };
            self.0 |= if said.is_encrypted { Self::SERVER } else { 0 };
        }
    }

    /// Both sides hold the connection for good.
    pub(super) fn is_complete(self) -> bool {
        self.has(Self::CLIENT) && self.has(Self::SERVER)
    }

    /// The client was asked for a certificate, and sent none.
    pub(super) fn lacks_certificate(self) -> bool {
        self.has(Self::BARE)
    }

    fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    /// Why it never was encrypted. Only where all that the client sent is in the capture, and all that it got.
    pub(super) fn stuck(self, tcp: &TcpState, client: (End, &Sent), server: &Sent) -> Option<Stuck> {
        let times = [client.1.first, client.1.last, server.last].into_iter().flatten().map(|(_, time)| time);
        let lasted = times.clone().max()?.since(times.min()?);
        let is_over = !tcp.is_open() || lasted >= PATIENCE;
        let is_seen = tcp.is_whole(client.0) && tcp.has_got_all(client.0.other());
        if !self.has(Self::HELLO) || self.has(Self::WENT_ON) || !is_over || !is_seen {
            return None;
        }
        match () {
            () if self.has(Self::TLS) => None,
            () if self.has(Self::SIP) => Some(Stuck::PlainSip),
            () if self.has(Self::OTHER) => Some(Stuck::Plain),
            () if server.payload_packets == 0 => Some(Stuck::Mute),
            () => Some(Stuck::Holes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, sent};
    use super::*;
    use crate::decode::{TcpFlags, TcpSegment};

    fn hello() -> tls::Tls {
        let client_hello =
            tls::ClientHello { server_name: None, alpn: Vec::new(), versions: Vec::new(), is_whole: true };
        tls::Tls { client_hello: Some(client_hello), ..tls::Tls::default() }
    }

    const RECORD: [u8; 6] = [22, 3, 3, 0, 1, 1];

    /// Who opened the connection sends 6 bytes, then the server so many from an offset on; then the client closes.
    fn connection(answer: Option<(u32, u32)>, acknowledges: u32) -> TcpState {
        let mut tcp = TcpState::default();
        let mut push = |from, sequence, acknowledgment, flags, length| {
            let segment = TcpSegment { sequence, acknowledgment, flags: TcpFlags(flags) };
            tcp.push(from, frame(1), segment, length);
        };
        push(End::Low, 100, 0, TcpFlags::SYN, 0);
        push(End::High, 500, 101, TcpFlags::SYN | TcpFlags::ACK, 0);
        push(End::Low, 101, 501, TcpFlags::ACK, 6);
        push(End::High, 501, 107, TcpFlags::ACK, 0);
        if let Some((from, length)) = answer {
            push(End::High, 501 + from, 107, TcpFlags::ACK, length);
        }
        push(End::Low, 107, 501 + acknowledges, TcpFlags::FIN | TcpFlags::ACK, 0);
        tcp
    }

    fn stuck(course: Course, tcp: &TcpState, answers: u64) -> Option<Stuck> {
        let mut client = sent(4);
        client.first = Some((frame(1), at(0)));
        client.last = Some((frame(9), at(1_000)));
        let mut server = sent(2);
        server.payload_packets = answers;
        course.stuck(tcp, (End::Low, &client), &server)
    }

    #[test]
    fn what_came_in_place_of_the_servers_hello_is_told() {
        let mut course = Course::NONE;
        course.note(true, &RECORD, &hello());
        assert_eq!(stuck(course, &connection(None, 0), 0), Some(Stuck::Mute));
        assert_eq!(stuck(course, &connection(Some((1_400, 90)), 0), 1), Some(Stuck::Holes));
        assert_eq!(stuck(course, &connection(Some((1_400, 90)), 1_490), 1), None, "the capture lacks it");
        let answered = |bytes: &[u8]| {
            let mut course = course;
            course.note(false, bytes, &tls::Tls::default());
            stuck(course, &connection(Some((0, 30)), 30), 1)
        };
        assert_eq!(answered(b"SIP/2.0 400 Bad Request\r\n\r\n"), Some(Stuck::PlainSip));
        assert_eq!(answered(b"HTTP/1.1 400 Bad Request"), Some(Stuck::Plain));
        assert_eq!(answered(&RECORD), None, "it answered");
    }

    #[test]
    fn who_goes_on_or_did_not_say_hello_is_not_stuck() {
        let mut course = Course::NONE;
        assert_eq!(stuck(course, &connection(None, 0), 0), None);
        course.note(true, &RECORD, &hello());
        course.note(true, &RECORD, &tls::Tls::default());
        assert_eq!(stuck(course, &connection(None, 0), 0), None);
        let mut early = Course::NONE;
        early.note(true, &[&RECORD[..], &RECORD[..]].concat(), &hello());
        assert_eq!(stuck(early, &connection(None, 0), 0), None, "with data behind it");
    }
}
