//! Which conversations are tunnels that nobody can look into. Takes a flow; what was opened has become flows of what is inside.

use crate::observe::message::App;
use crate::observe::{Flow, Protocol};

/// IP protocol numbers: generic routing encapsulation (RFC 2784), L2TPv3 (RFC 3931).
const GRE: u8 = 47;
const L2TP: u8 = 115;
/// UDP ports of other tunnels that encrypt: OpenVPN, WireGuard.
const TUNNELS: [u16; 2] = [1194, 51_820];

/// A tunnel whose content stays hidden: it encrypts, or is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tunnel {
    /// ESP, in UDP as well.
    Ipsec,
    /// OpenVPN, WireGuard, GRE and L2TPv3 that could not be opened.
    Other,
}

/// Which of them it is, if any.
pub(super) fn tunnel(flow: &Flow) -> Option<Tunnel> {
    let is_at = |ports: &[u16]| [flow.a, flow.b].iter().any(|end| ports.contains(&end.port()));
    match (flow.protocol, flow.app) {
        _ if flow.esp() > 0 => Some(Tunnel::Ipsec),
        (Protocol::Other(GRE | L2TP), _) | (Protocol::Udp, App::OpenVpn) => Some(Tunnel::Other),
        (Protocol::Udp, App::Unknown) if is_at(&TUNNELS) => Some(Tunnel::Other),
        _ => None,
    }
}
