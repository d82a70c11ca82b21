//! TCP conversations with right sequence and acknowledgment numbers.

use super::{Class, End, MS, Net};
use crate::frame::{Segment, flag};
use crate::talk::tls;

/// What one side says in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// The side that opened the connection.
    Client(Vec<u8>),
    /// The side that was called.
    Server(Vec<u8>),
    /// Nobody speaks for so many nanoseconds.
    Pause(u64),
}

/// How a connection attempt fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody answers.
    Silence,
    /// The server resets.
    Reset,
}

/// An open connection.
#[derive(Clone, Debug)]
pub struct Tcp {
    client: Side,
    server: Side,
    class: Class,
    at: u64,
    /// From the client to the server and back, in nanoseconds.
    round_trip: u64,
}

#[derive(Clone, Copy, Debug)]
struct Side {
    end: End,
    next: u32,
}

impl Net {
    /// Opens a connection: SYN, SYN-ACK, ACK.
    pub fn tcp(&mut self, at: u64, client: End, server: End, class: Class) -> Tcp {
        let far = client.host.internet || server.host.internet;
        let mut side = |end| Side { end, next: self.rng().draw() as u32 };
        let round_trip = if far { 18 * MS } else { MS / 2 };
        let mut tcp = Tcp { client: side(client), server: side(server), class, at, round_trip };
        tcp.emit(self, true, flag::SYN, &[]);
        tcp.at += round_trip;
        tcp.emit(self, false, flag::SYN | flag::ACK, &[]);
        tcp.at += MS / 10;
        tcp.emit(self, true, flag::ACK, &[]);
        tcp
    }

    /// A whole conversation from SYN to FIN; gives the moment it ended.
    pub fn conversation(&mut self, at: u64, client: End, server: End, class: Class, words: &[Say]) -> u64 {
        let mut tcp = self.tcp(at, client, server, class);
        for word in words {
            match word {
                Say::Client(bytes) => tcp.client(self, bytes),
                Say::Server(bytes) => tcp.server(self, bytes),
                Say::Pause(time) => tcp.at += time,
            }
        }
        tcp.close(self)
    }

    /// A TLS connection to `name` with `volume` bytes of data from the server.
    pub fn tls(&mut self, at: u64, client: End, server: End, class: Class, name: &str, volume: usize) -> u64 {
        let words = [
            Say::Client(tls::client_hello(name, self.rng().array(), 0)),
            Say::Server(tls::server_hello(self.rng().array())),
            Say::Client(tls::application_data(&self.rng().bytes(90))),
            Say::Server(tls::application_data(&self.rng().bytes(volume))),
        ];
        self.conversation(at, client, server, class, &words)
    }

    /// `tries` connection attempts 1, 2, 4 ... seconds apart that fail.
    pub fn refused(&mut self, at: u64, client: End, server: End, tries: u32, refusal: Refusal) {
        let sequence = self.rng().draw() as u32;
        let syn = Segment { sequence, acknowledgment: 0, flags: flag::SYN };
        for nth in 0..tries {
            let at = at + ((1_u64 << nth) - 1) * 1000 * MS;
            self.segment(at, client, server, Class::Data, &syn, &[]);
            if refusal == Refusal::Reset {
                let reset = Segment {
                    sequence: 0,
                    acknowledgment: sequence.wrapping_add(1),
                    flags: flag::RST | flag::ACK,
                };
                self.segment(at + MS / 2, server, client, Class::Data, &reset, &[]);
            }
        }
    }
}

impl Tcp {
    /// The client says something, the server acknowledges it.
    pub fn client(&mut self, net: &mut Net, bytes: &[u8]) {
        self.say(net, true, bytes);
    }

    /// The server says something, the client acknowledges it.
    pub fn server(&mut self, net: &mut Net, bytes: &[u8]) {
        self.say(net, false, bytes);
    }

    /// Nobody says anything until `at`.
    pub fn wait_until(&mut self, at: u64) {
        self.at = self.at.max(at);
    }

    /// Both sides finish, the client first; gives the moment of the last segment.
    pub fn close(self, net: &mut Net) -> u64 {
        self.finish(net, true)
    }

    /// Both sides finish, the server first; gives the moment of the last segment.
    pub fn close_by_server(self, net: &mut Net) -> u64 {
        self.finish(net, false)
    }

    fn finish(mut self, net: &mut Net, client_first: bool) -> u64 {
        self.at += MS;
        self.emit(net, client_first, flag::FIN | flag::ACK, &[]);
        self.at += self.round_trip;
        self.emit(net, !client_first, flag::FIN | flag::ACK, &[]);
        self.at += MS / 10;
        self.emit(net, client_first, flag::ACK, &[]);
        self.at
    }

    fn say(&mut self, net: &mut Net, client: bool, bytes: &[u8]) {
        const MAXIMUM_SEGMENT: usize = 1460;
        self.at += MS;
        for part in bytes.chunks(MAXIMUM_SEGMENT) {
            self.emit(net, client, flag::PSH | flag::ACK, part);
            self.at += MS / 20;
        }
        self.at += self.round_trip;
        self.emit(net, !client, flag::ACK, &[]);
    }

    fn emit(&mut self, net: &mut Net, client: bool, flags: u8, payload: &[u8]) {
        let (from, to) =
            if client { (&mut self.client, &self.server) } else { (&mut self.server, &self.client) };
        let acknowledgment = if flags & flag::ACK == 0 { 0 } else { to.next };
        let segment = Segment { sequence: from.next, acknowledgment, flags };
        net.segment(self.at, from.end, to.end, self.class, &segment, payload);
        let counted = u32::from(flags & (flag::SYN | flag::FIN) != 0);
        from.next = from.next.wrapping_add(payload.len() as u32 + counted);
    }
}
