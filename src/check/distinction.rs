//! By what two findings of one code about one device are two: the service, the peer or the status they are about.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::observe::{BreakKind, Protocol};

use super::finding::{Code, Detail, Finding, Mute};
use super::rejection::Circumstance;

/// What a finding is about beside its code and its device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distinction {
    /// Nothing: there is one for each device.
    Only,
    /// A port of the device itself.
    Port(Protocol, u16),
    /// A service of another host.
    Service(Protocol, SocketAddr),
    /// Another host, whatever its port, which may be another one tomorrow.
    Peer(IpAddr),
    /// Requests of this method to another host.
    Requests(Box<str>, IpAddr),
    /// A final status of SIP.
    Status(u16),
    /// Calls that were answered, and whose answer was never acknowledged.
    Unacknowledged,
    /// Calls that came down although they stood.
    Broken(BreakKind),
    /// Calls that all ended after the same time.
    SameLength,
    /// Calls without voice, by what is known of why.
    Mute(Mute),
}

impl Distinction {
    /// The same at a time at which hosts have other addresses.
    #[must_use]
    pub fn moved(self, now: impl Fn(IpAddr) -> IpAddr) -> Self {
        match self {
            Self::Service(protocol, at) => Self::Service(protocol, SocketAddr::new(now(at.ip()), at.port())),
            Self::Peer(peer) => Self::Peer(now(peer)),
            Self::Requests(method, peer) => Self::Requests(method, now(peer)),
            Self::Only
            | Self::Port(..)
            | Self::Status(_)
            | Self::Unacknowledged
            | Self::Broken(_)
            | Self::SameLength
            | Self::Mute(_) => self,
        }
    }
}

impl fmt::Display for Distinction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Only => Ok(()),
            Self::Port(protocol, port) => write!(f, "{} {port}", protocol.name()),
            Self::Service(protocol, at) => write!(f, "{} {at}", protocol.name()),
            Self::Peer(peer) => write!(f, "{peer}"),
            Self::Requests(method, peer) => write!(f, "{method} {peer}"),
            Self::Status(status) => write!(f, "{status}"),
            Self::Unacknowledged => f.write_str("ACK"),
            Self::Broken(BreakKind::Unheeded) => f.write_str("ACK 200"),
            Self::Broken(BreakKind::Refused) => f.write_str("re-INVITE 481"),
            Self::Broken(BreakKind::Unanswered) => f.write_str("re-INVITE"),
            Self::Broken(BreakKind::Expired) => f.write_str("session timer"),
            Self::SameLength => f.write_str("same length"),
            Self::Mute(Mute::Unexplained) => Ok(()),
            Self::Mute(Mute::Declined) => f.write_str("SDP"),
            Self::Mute(Mute::Keys) => f.write_str("DTLS"),
            Self::Mute(Mute::Fax) => f.write_str("T.38"),
        }
    }
}

impl Code {
    /// Whether findings have this code: one stands in the row matrix alone.
    #[must_use]
    pub fn is_raised(self) -> bool {
        self != Self::Port004
    }

    /// Whether an exception of the site file may name a port, a peer or a transport: such findings are made of
    /// conversations, each of which is looked at.
    #[must_use]
    pub fn takes_ports(self) -> bool {
        matches!(
            self,
            Self::Port001
                | Self::Port002
                | Self::Port003
                | Self::Port005
                | Self::Port008
                | Self::Qos002
                | Self::Rtp001
                | Self::Rtp003
                | Self::Rtp004
                | Self::Rtp005
                | Self::Rtp006
                | Self::Rtp007
                | Self::Rtp008
                | Self::Rtp009
                | Self::Rtp013
                | Self::Rtp014
                | Self::Sec001
                | Self::Sec004
        )
    }
}

impl Finding {
    /// What makes it another finding than a second one of its code about the same device.
    #[must_use]
    pub fn distinction(&self) -> Distinction {
        match &self.detail {
            Detail::Port003 { target, protocol, .. } => Distinction::Service(*protocol, *target),
            Detail::Sec001 { at, protocol, .. } | Detail::Sec004 { at, protocol, .. } => {
                Distinction::Port(*protocol, at.port())
            }
            Detail::Sig001 { rejection, .. } => Distinction::Status(rejection.status),
            Detail::Sig005 { why: Some(Circumstance::Unacknowledged { .. }), .. } => {
                Distinction::Unacknowledged
            }
            Detail::Sig005 { why: Some(Circumstance::Broken(broken)), .. } => {
                Distinction::Broken(broken.kind)
            }
            Detail::Sig005 { why: Some(Circumstance::SameLength(_)), .. } => Distinction::SameLength,
            Detail::Sig005 { rejection, .. } => Distinction::Status(rejection.status),
            Detail::Sig004 { server, .. } | Detail::Net001 { server, .. } => Distinction::Peer(*server),
            Detail::Net003(offers) => Distinction::Peer(offers[1].server),
            Detail::Sig006 { peer, .. } => Distinction::Peer(peer.ip()),
            Detail::Sig007 { server, .. } => Distinction::Service(Protocol::Tcp, *server),
            Detail::Sig008 { registrar, .. } => Distinction::Peer(registrar.ip()),
            Detail::Sig009 { method, to, .. } => Distinction::Requests(method.clone(), to.ip()),
            // At its own service each peer counts by itself.
            Detail::Stalled { peer, service, .. } if service.ip() != *peer => Distinction::Peer(*peer),
            Detail::Stalled { service, .. } => Distinction::Service(Protocol::Tcp, *service),
            Detail::Rtp002 { why, .. } => Distinction::Mute(*why),
            // One for each device; of those about the capture, one for all or one for each file.
            Detail::Port001 { .. }
            | Detail::Port002 { .. }
            | Detail::Port005 { .. }
            | Detail::Port006 { .. }
            | Detail::Port007 { .. }
            | Detail::Port008 { .. }
            | Detail::Port009 { .. }
            | Detail::Qos001 { .. }
            | Detail::Qos002 { .. }
            | Detail::Qos003 { .. }
            | Detail::Qos004 { .. }
            | Detail::Qos005 { .. }
            | Detail::Qos007 { .. }
            | Detail::Qos008 { .. }
            | Detail::Qos009 { .. }
            | Detail::Qos010 { .. }
            | Detail::Rtp001 { .. }
            | Detail::Rtp003 { .. }
            | Detail::Rtp004 { .. }
            | Detail::Rtp005 { .. }
            | Detail::Rtp006 { .. }
            | Detail::Rtp007 { .. }
            | Detail::Rtp008 { .. }
            | Detail::Rtp009 { .. }
            | Detail::Rtp013 { .. }
            | Detail::Rtp014 { .. }
            | Detail::Sig002 { .. }
            | Detail::Sig003 { .. }
            | Detail::Net002 { .. }
            | Detail::Net004 { .. }
            | Detail::Net005 { .. }
            | Detail::Sec002 { .. }
            | Detail::Sec003 { .. }
            | Detail::Cap001 { .. }
            | Detail::Cap002 { .. }
            | Detail::Cap003 { .. }
            | Detail::Cap004 { .. }
            | Detail::Cap006 { .. }
            | Detail::Cap008 { .. }
            | Detail::Cap010 { .. }
            | Detail::Cap011 { .. } => Distinction::Only,
        }
    }
}
