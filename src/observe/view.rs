//! A flow as one of its ends sees it: own and peer instead of `a` and `b`.

use std::net::{IpAddr, SocketAddr};

use super::message::App;
use super::traffic::{Direction, Flow, Initiator, Protocol, TcpOutcome};

/// One end's view of a flow.
#[derive(Clone, Copy, Debug)]
pub struct FlowView<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// What the own side sent.
    pub sent: &'a Direction,
    /// What the peer sent.
    pub received: &'a Direction,
    is_a: bool,
}

impl<'a> FlowView<'a> {
    /// The views of both ends, the starter's first.
    #[must_use]
    pub fn both(flow: &'a Flow) -> [Self; 2] {
        [
            Self { flow, sent: &flow.from_a, received: &flow.from_b, is_a: true },
            Self { flow, sent: &flow.from_b, received: &flow.from_a, is_a: false },
        ]
    }

    /// The own side.
    #[must_use]
    pub fn own(&self) -> SocketAddr {
        if self.is_a { self.flow.a } else { self.flow.b }
    }

    /// The other side.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        if self.is_a { self.flow.b } else { self.flow.a }
    }

    /// The own address.
    #[must_use]
    pub fn host(&self) -> IpAddr {
        self.own().ip()
    }

    /// Whether the own side started.
    #[must_use]
    pub fn started(&self) -> bool {
        self.is_a
    }

    /// Whether the capture leaves open who started: it holds no handshake, and no side's port is a known service.
    #[must_use]
    pub fn start_is_open(&self) -> bool {
        self.flow.initiator == Initiator::FirstPacket
    }

    /// Whether the own side sent a request, of SIP over UDP; of anything else, whether it may have started.
    #[must_use]
    pub fn asks(&self) -> bool {
        let is_datagram = (self.flow.app, self.flow.protocol) == (App::Sip, Protocol::Udp);
        self.started() || if is_datagram { self.flow.extra.asks_back } else { self.start_is_open() }
    }

    /// Whether the own side took part of its own accord: it started and went on, or it answered. A packet that was
    /// merely sent to a host says nothing about that host.
    #[must_use]
    pub fn took_part(&self) -> bool {
        let stood = match self.flow.tcp.as_ref().map(|tcp| tcp.outcome) {
            None | Some(TcpOutcome::Answered) => true,
            Some(TcpOutcome::Midstream) => self.sent.payload_packets + self.received.payload_packets > 0,
            Some(TcpOutcome::Refused | TcpOutcome::Silent) => false,
        };
        stood && self.sent.packets > 0
    }

    /// Whether the peer answered the own side.
    #[must_use]
    pub fn was_answered(&self) -> bool {
        match self.flow.tcp.as_ref().map(|tcp| tcp.outcome) {
            Some(TcpOutcome::Refused | TcpOutcome::Silent) => false,
            Some(TcpOutcome::Answered) => true,
            _ => self.received.packets > 0,
        }
    }

    /// `UDP`, `TCP` ... for people.
    #[must_use]
    pub fn transport(&self) -> &'static str {
        self.flow.protocol.name()
    }
}

impl Protocol {
    /// As it is usually written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Sctp => "SCTP",
            Self::Icmp => "ICMP",
            Self::Other(_) => "IP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{sent, tcp, udp};
    use super::*;

    const A: &str = "192.168.10.21:49900";
    const B: &str = "192.168.10.2:389";

    /// Whether the starter, then the other side, took part and was answered.
    fn shares(flow: &Flow) -> ([bool; 2], [bool; 2]) {
        let views = FlowView::both(flow);
        (views.map(|view| view.took_part()), views.map(|view| view.was_answered()))
    }

    #[test]
    fn each_end_has_its_own_port_and_packets() {
        let flow = Flow { from_a: sent(3), from_b: sent(1), ..udp(A, B) };
        let [starter, other] = FlowView::both(&flow);
        assert_eq!((starter.own(), starter.peer(), starter.started()), (flow.a, flow.b, true));
        assert_eq!((other.own(), other.peer(), other.started()), (flow.b, flow.a, false));
        assert_eq!((starter.sent.packets, other.sent.packets, other.received.packets), (3, 1, 3));
    }

    #[test]
    fn an_outcome_says_who_took_part() {
        let outcome = |outcome| shares(&tcp(A, B, outcome, 2));
        assert_eq!(outcome(TcpOutcome::Answered), ([true, true], [true, true]));
        assert_eq!(outcome(TcpOutcome::Refused), ([false, false], [false, false]), "a reset is no service");
        assert_eq!(outcome(TcpOutcome::Silent), ([false, false], [false, false]));
        assert_eq!(outcome(TcpOutcome::Midstream), ([true, true], [true, true]));
    }

    #[test]
    fn a_connection_without_beginning_and_data_is_nothing() {
        let mut flow = tcp(A, B, TcpOutcome::Midstream, 0);
        flow.from_a.payload_packets = 0;
        flow.from_b.payload_packets = 0;
        assert_eq!(shares(&flow).0, [false, false]);
    }

    #[test]
    fn who_is_sent_a_datagram_has_not_taken_part() {
        let flow = Flow { from_b: sent(0), ..udp(A, B) };
        assert_eq!(shares(&flow), ([true, false], [false, true]));
    }

    #[test]
    fn who_asks_is_known_of_sip_over_udp() {
        let asks = |app, asks_back| {
            let mut flow = Flow { app, initiator: Initiator::FirstPacket, ..udp(A, B) };
            flow.extra.asks_back = asks_back;
            FlowView::both(&flow).map(|view| view.asks())
        };
        assert_eq!((asks(App::Sip, false), asks(App::Sip, true)), ([true, false], [true, true]));
        assert_eq!(asks(App::Unknown, false), [true, true], "of what cannot be read nobody knows");
    }

    #[test]
    fn only_a_guess_leaves_the_start_open() {
        let open =
            |initiator| FlowView::both(&Flow { initiator, ..udp(A, B) }).map(|view| view.start_is_open());
        assert_eq!(open(Initiator::FirstPacket), [true, true]);
        assert_eq!(open(Initiator::Service), [false, false]);
        assert_eq!(open(Initiator::Handshake), [false, false]);
    }
}
