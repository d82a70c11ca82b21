//! Which flows are answers to the Internet that a document forbids: SEC findings are about them, and no others. And which
//! came from there unasked and got no such answer: no finding, but somebody lets them in.

use crate::observe::message::App;
use crate::observe::{Flow, FlowView, Initiator, Protocol, TcpOutcome};
use crate::rules::Exposure;
use crate::site::{Kind, Scope};

use super::case::{Case, End};

/// An answer lies no further (ns) before its request where two interfaces with clocks of their own have captured them.
const SWAPPED_WITHIN: i64 = 100_000_000;

/// The rule that forbids what this end of a flow does.
pub(super) fn exposure<'a>(case: &Case<'a>, end: &End<'_>) -> Option<&'a Exposure> {
    let view = &end.view;
    if !is_asked_from_the_internet(case, view) {
        return None;
    }
    case.book.exposures_of(&end.device.role).find(|rule| {
        let transport = match view.flow.protocol {
            Protocol::Udp => rule.transport.admits_udp(),
            Protocol::Tcp => rule.transport.admits_tcp(),
            _ => false,
        };
        let spoken = rule.speaks.iter().any(|word| *word == view.flow.app.name());
        let by_port = rule.ports.contains(view.own().port())
            && (rule.speaks.is_empty() || spoken || view.flow.app == App::Unknown);
        transport && (by_port || spoken)
    })
}

/// A public host that is no provider started, and the device answered with content.
fn is_asked_from_the_internet(case: &Case<'_>, view: &FlowView<'_>) -> bool {
    let peer = view.peer().ip();
    !view.started()
        && case.scope(peer) == Scope::Public
        && !case.is_partner(view.host(), peer)
        && was_asked_first(view)
        && view.took_part()
        && view.received.payload_packets > 0
        && view.sent.payload_packets > 0
}

/// Whether the peer sent first. Whoever does, be it an empty line, keeps a way open for the other one (RFC 5626 section 3.5.1).
/// A handshake and an answer show who did, though their times may be swapped.
fn was_asked_first(view: &FlowView<'_>) -> bool {
    let [Some((_, received)), Some((_, sent))] = [view.received.first, view.sent.first] else { return false };
    let early = received.since(sent);
    let is_told = view.flow.initiator == Initiator::Handshake || view.flow.extra.answers_first;
    early <= 0 || is_told && early <= SWAPPED_WITHIN
}

/// Flows in which a stranger on the Internet asks a host of the LAN that did not turn to him, and gets nothing but a refusal
/// or silence, by flow id. REGISTER is left out: it is told with the registrations.
pub(super) fn unsolicited(case: &Case<'_>) -> Vec<usize> {
    let flows = case.traffic.flows.iter().filter(|flow| is_unsolicited(case, flow));
    flows.map(|flow| flow.id).collect()
}

fn is_unsolicited(case: &Case<'_>, flow: &Flow) -> bool {
    let (stranger, host) = (flow.a.ip(), flow.b.ip());
    // What belongs to a call or an answer that the capture lacks looks like this too, but is no handshake and no SIP.
    let is_request = match flow.protocol {
        Protocol::Tcp => flow.tcp.as_ref().is_some_and(|tcp| tcp.attempt_count > 0),
        Protocol::Udp => flow.app == App::Sip,
        _ => false,
    };
    // To a router's own address nobody forwards anything.
    let is_router = case.site.device(host).is_some_and(|device| device.kind == Kind::Infrastructure);
    let registers = |flow: &Flow| {
        case.registrations_of(stranger).any(|one| (one.client, one.registrar) == (flow.a, flow.b))
    };
    // Whoever takes a connection and what is said over it has turned to him.
    let is_taken = flow.tcp.as_ref().is_some_and(|tcp| tcp.outcome == TcpOutcome::Answered)
        && flow.from_a.payload_packets > 0;
    is_request
        && !is_taken
        && flow.from_b.payload_packets == 0
        && case.scope(stranger) == Scope::Public
        && case.scope(host) == Scope::Lan
        && case.site.device(stranger).is_none()
        && !is_router
        && !case.is_partner(host, stranger)
        && !registers(flow)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{PBX, PUBLIC, World, row};
    use super::*;
    use crate::observe::fixture::{registration, sent, tcp, udp};

    #[test]
    fn who_comes_unasked_from_the_internet_is_told_apart() {
        let words = "transport = \"tcp\"\nown = 389\ninitiator = \"peer\"\npeer.scope = \"lan\"";
        let asked = |flow: Flow, registers: bool| {
            let ends = (flow.a.to_string(), flow.b.to_string());
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
            let mut world = world.flows(vec![flow]);
            if registers {
                world.traffic.registrations.push(registration(&ends.0, &ends.1));
            }
            unsolicited(&world.case()).len()
        };
        let to = |host: &str, outcome| {
            let flow = tcp(&format!("{PUBLIC}:44000"), &format!("{host}:443"), outcome, 2);
            Flow { from_b: sent(0), ..flow }
        };
        assert_eq!(asked(to(PBX, TcpOutcome::Refused), false), 1);
        assert_eq!(asked(to("192.168.10.60", TcpOutcome::Silent), false), 1, "whoever it is");
        assert_eq!(asked(to("203.0.113.99", TcpOutcome::Refused), false), 0, "seen outside");
        let taken =
            |said| asked(Flow { from_a: sent(said), ..to("192.168.10.60", TcpOutcome::Answered) }, false);
        assert_eq!(taken(1), 0, "the connection stands, and something was said");
        assert_eq!(taken(0), 1, "whoever only looks whether the port is open");
        let inner = tcp("192.168.10.60:44000", &format!("{PBX}:443"), TcpOutcome::Refused, 2);
        assert_eq!(asked(inner, false), 0);
        let spoken = |app| {
            let flow = udp(&format!("{PUBLIC}:5060"), &format!("{PBX}:5060"));
            Flow { app, from_b: sent(0), ..flow }
        };
        assert_eq!(asked(spoken(App::Sip), false), 1);
        assert_eq!(asked(spoken(App::Sip), true), 0, "told with the registrations");
        assert_eq!(asked(spoken(App::Unknown), false), 0, "it may answer something the capture lacks");
        assert_eq!(asked(Flow { from_b: sent(2), ..spoken(App::Sip) }, false), 0, "it is answered");
    }
}
