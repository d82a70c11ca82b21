//! TCP connections that stood before the capture: takes finished rows; says which end is the service, by what else the capture
//! shows of both ends and by their ports. Knows no product; documented ports have spoken before (`flow.rs`).

use std::net::SocketAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::flow::EPHEMERAL;
use super::traffic::{Flow, Initiator, Protocol};

/// Ports that IANA assigned to services of the system, RFC 6335 section 6.
const SYSTEM_PORTS: u16 = 1_024;
/// NFS (RFC 7530): its clients ask from system ports.
const NFS: u16 = 2_049;

/// What other connections tell of an end.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Somebody was seen to call it.
    is_called: bool,
    connections: u32,
}

/// How far a port is from being one of a service.
fn distance(port: u16) -> u8 {
    match port {
        ..SYSTEM_PORTS | NFS => 0,
        ..EPHEMERAL => 1,
        EPHEMERAL.. => 2,
    }
}

/// Whether a connection between these ports was opened by the second: it has a changing port, the first a lasting one. `None`
/// where the ports do not tell.
pub(super) fn is_called_at_first(first: u16, second: u16) -> Option<bool> {
    let (first, second) = (distance(first), distance(second));
    (first != second).then_some(first < second)
}

/// Decides of connections without a handshake and without a documented port which end called, where something tells.
pub(super) fn settle(flows: &mut [Flow]) {
    let is_open = |flow: &Flow| flow.protocol == Protocol::Tcp && flow.initiator == Initiator::FirstPacket;
    let mut ends: HashMap<SocketAddr, Known, RandomState> = HashMap::default();
    for flow in flows.iter().filter(|flow| is_open(flow)) {
        ends.insert(flow.a, Known::default());
        ends.insert(flow.b, Known::default());
    }
    if ends.is_empty() {
        return;
    }
    for flow in flows.iter().filter(|flow| flow.protocol == Protocol::Tcp) {
        for end in [flow.a, flow.b] {
            let Some(known) = ends.get_mut(&end) else { continue };
            known.connections = known.connections.saturating_add(1);
            // Where nobody listens nobody serves.
            known.is_called |=
                end == flow.b && flow.initiator != Initiator::FirstPacket && flow.from_b.packets > 0;
        }
    }
    for flow in flows.iter_mut().filter(|flow| is_open(flow)) {
        let of = |end: &SocketAddr| ends.get(end).copied().unwrap_or_default();
        let (a, b) = (of(&flow.a), of(&flow.b));
        let is_called_at_a = match (a.is_called, b.is_called) {
            (false, true) => Some(false),
            (true, false) => Some(true),
            // A client takes another port for each connection.
            _ => match (a.connections > 1, b.connections > 1) {
                (false, true) => Some(false),
                (true, false) => Some(true),
                _ => is_called_at_first(flow.a.port(), flow.b.port()),
            },
        };
        let Some(is_called_at_a) = is_called_at_a else { continue };
        if is_called_at_a {
            turn(flow);
        }
        flow.initiator = Initiator::Service;
    }
}

/// The same row with the other end as `a`.
fn turn(flow: &mut Flow) {
    std::mem::swap(&mut flow.a, &mut flow.b);
    std::mem::swap(&mut flow.from_a, &mut flow.from_b);
    if let Some(by_a) = flow.tcp.as_mut().and_then(|tcp| tcp.closed_by_a.as_mut()) {
        *by_a = !*by_a;
    }
    let Some(extra) = flow.extra.known() else { return };
    extra.icmp.iter_mut().for_each(|report| report.about_a = !report.about_a);
    extra.mapped.iter_mut().for_each(|mapped| mapped.is_a = !mapped.is_a);
    if let Some(stall) = &mut extra.stall {
        stall.by_a = !stall.by_a;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{socket, tcp};
    use super::super::traffic::TcpOutcome;
    use super::*;

    /// What becomes of a connection whose first captured packet the first of these sent, beside these with a handshake.
    fn settled(a: &str, b: &str, others: &[(&str, &str)]) -> (Flow, bool) {
        let open = Flow { initiator: Initiator::FirstPacket, ..tcp(a, b, TcpOutcome::Midstream, 3) };
        let others = others.iter().map(|(a, b)| tcp(a, b, TcpOutcome::Answered, 3));
        let mut flows: Vec<Flow> = std::iter::once(open).chain(others).collect();
        settle(&mut flows);
        let flow = flows.swap_remove(0);
        let is_turned = flow.a == socket(b);
        (flow, is_turned)
    }

    const SERVER: &str = "192.168.10.2:50443";
    const CLIENT: &str = "192.168.10.9:50999";

    #[test]
    fn the_ports_tell_who_called_where_one_is_lasting_and_the_other_changes() {
        for (server, client) in [(2_404, 54_768), (139, 1_398), (143, 46_045), (3_000, 58_906)] {
            let (server, client) = (format!("192.168.10.2:{server}"), format!("192.168.10.9:{client}"));
            assert!(settled(&server, &client, &[]).1);
            let (flow, is_turned) = settled(&client, &server, &[]);
            assert_eq!((flow.initiator, is_turned), (Initiator::Service, false));
        }
        let (flow, is_turned) = settled(SERVER, CLIENT, &[]);
        assert_eq!((flow.initiator, is_turned), (Initiator::FirstPacket, false), "both may be either");
        assert_eq!(settled("10.0.0.1:800", "10.0.0.2:2049", &[]).0.initiator, Initiator::FirstPacket);
    }

    #[test]
    fn what_others_do_at_an_end_outweighs_the_ports() {
        assert!(settled(SERVER, CLIENT, &[("192.168.10.8:50001", SERVER)]).1, "called there");
        assert!(!settled(SERVER, CLIENT, &[("192.168.10.8:50001", CLIENT)]).1);
        let low = "192.168.10.9:4000";
        assert!(settled(SERVER, low, &[("192.168.10.8:50001", SERVER)]).1, "whatever the ports");
        let again = settled(SERVER, CLIENT, &[(SERVER, "192.168.10.7:50002")]);
        assert!(again.1, "no client takes one port twice");
    }

    #[test]
    fn all_that_hangs_on_the_side_is_turned_with_it() {
        let (flow, _) = settled("192.168.10.2:143", CLIENT, &[]);
        let before = tcp("192.168.10.2:143", CLIENT, TcpOutcome::Midstream, 3);
        assert_eq!(
            (flow.from_a.packets, flow.from_b.packets),
            (before.from_b.packets, before.from_a.packets)
        );
        let mut flow = before;
        if let Some(tcp) = &mut flow.tcp {
            tcp.closed_by_a = Some(true);
        }
        turn(&mut flow);
        assert_eq!(flow.tcp.and_then(|tcp| tcp.closed_by_a), Some(false));
    }
}
