//! Takes a documented row and a flow as one of its ends sees it; says how well the row explains it: by transport, ports and
//! the side that calls, by who the peer is and what it is called, and by content. Knows no finding.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::observe::message::App;
use crate::observe::{EPHEMERAL, FlowView, Protocol, TcpOutcome};
use crate::rules::{Leg, Row};
use crate::site::{Device, Initiator, Kind, PeerScope, RoleId, Scope};

use super::{Case, Fit, RTP, SIP, SIPS_PORT};

/// Protocols over TCP that are recognised by how they begin.
const RECOGNISED: [&str; 3] = ["http", "sip", "tls"];

impl<'a> Case<'a> {
    pub(super) fn fit(&self, row: &'a Row, view: &FlowView<'_>) -> Option<Fit> {
        let transport = match view.flow.protocol {
            Protocol::Udp => row.transport.admits_udp(),
            Protocol::Tcp => row.transport.admits_tcp(),
            _ => false,
        };
        if !transport {
            return None;
        }
        let content = self.content_fit(row, view)?;
        let best = row.legs.iter().filter_map(|leg| self.leg_fit(row, leg, view)).max()?;
        Some(content.min(best))
    }

    fn leg_fit(&self, row: &Row, leg: &Leg, view: &FlowView<'_>) -> Option<Fit> {
        let started = match leg.initiator {
            Initiator::Either => true,
            Initiator::Own => view.started() || view.start_is_open(),
            Initiator::Peer => !view.started() || view.start_is_open(),
        };
        let ports = self.own_ports(row, leg, view.host()).admits(view.own().port())
            && leg.remote.admits(view.peer().port());
        if !started || !ports {
            return None;
        }
        let strict = leg.is_wildcard();
        let peer = view.peer().ip();
        let in_scope = match (leg.peer.scope, self.scope(peer)) {
            (PeerScope::Any, _) => true,
            (PeerScope::Lan, Scope::Lan | Scope::Multicast) | (PeerScope::Internet, Scope::Public) => true,
            // Group addresses, and the hosts that answer.
            (PeerScope::Multicast, scope) => scope != Scope::Public,
            _ => false,
        };
        if !in_scope || !leg.peer.admits_address(peer) {
            return None;
        }
        // Whom a system registers with serves it, and is none of those whom it serves.
        let is_for_the_served = leg.initiator == Initiator::Peer
            && leg.peer.roles.is_empty()
            && row.speaks.iter().any(|word| *word == SIP);
        if is_for_the_served && self.is_line(view.host(), peer) {
            return None;
        }
        let by_role = self.peer_fit(&leg.peer.roles, view, strict)?;
        let by_name = self.name_fit(leg, view, strict)?;
        Some(by_role.min(by_name))
    }

    fn peer_fit(&self, roles: &[RoleId], view: &FlowView<'_>, strict: bool) -> Option<Fit> {
        self.role_fit(roles, view, strict).or_else(|| self.trunk_fit(roles, view))
    }

    /// Whether the peer may be one of those that a row is about.
    pub(in crate::check) fn admits_peer(&self, row: &Row, view: &FlowView<'_>) -> bool {
        row.legs.iter().any(|leg| self.peer_fit(&leg.peer.roles, view, leg.is_wildcard()).is_some())
    }

    /// Whether a telephone system has its line at a host of the LAN: the user states it as a provider, or the system registers
    /// there. Not one that it serves itself.
    pub(in crate::check) fn is_line(&self, system: IpAddr, peer: IpAddr) -> bool {
        self.scope(peer) == Scope::Lan
            && self.device(system).is_some_and(|device| device.kind == Kind::Pbx)
            && !self.registered.contains(&(peer, system))
            && (self.registers.contains(&(system, peer)) || self.is_provider(peer))
    }

    /// Whether nothing speaks against it that a provider is there: in the same subnet a router at most, which passes on what
    /// its own provider gives.
    fn may_be_provider(&self, host: IpAddr, peer: IpAddr) -> bool {
        let may_be = match self.device(peer).map(|device| device.kind) {
            Some(Kind::Infrastructure) => true,
            Some(Kind::Terminal | Kind::Softphone) => false,
            _ => !self.are_neighbours(host, peer),
        };
        self.scope(peer) != Scope::Lan || self.is_provider(peer) || self.is_line(host, peer) || may_be
    }

    /// A row for the provider that gives no port at all: the provider may be stated, and whom a device turns to in the Internet
    /// with TLS where SIP is at home may be one. What can be read says by itself who is a provider.
    fn trunk_fit(&self, roles: &[RoleId], view: &FlowView<'_>) -> Option<Fit> {
        let peer = view.peer().ip();
        let is_for_providers = roles.iter().any(|role| self.book.kind(role) == Kind::Provider);
        let is_of_a_vendor = self.device(peer).is_some_and(|device| device.vendor.is_some());
        // The line of a system may end at another one, whoever made it.
        let is_line =
            |device: &Device| device.kind == Kind::Pbx && self.registered.contains(&(view.host(), peer));
        if is_for_providers
            && [view.host(), peer].into_iter().all(|end| self.device(end).is_some_and(is_line))
        {
            return Some(Fit::Full);
        }
        if !is_for_providers || self.registered.contains(&(peer, view.host())) || is_of_a_vendor {
            return None;
        }
        if self.is_provider(peer) {
            return Some(Fit::Full);
        }
        let is_trunk = view.flow.app == App::Tls && view.peer().port() == SIPS_PORT;
        (is_trunk && self.scope(peer) == Scope::Public).then_some(Fit::Possible)
    }

    fn role_fit(&self, roles: &[RoleId], view: &FlowView<'_>, strict: bool) -> Option<Fit> {
        let (host, peer) = (view.host(), view.peer().ip());
        let are_all = |kinds: &[Kind]| roles.iter().all(|role| kinds.contains(&self.book.kind(role)));
        match self.device(peer) {
            _ if roles.is_empty() => Some(Fit::Full),
            // Who is registered here is served here, and no trunk leads to him.
            _ if are_all(&[Kind::Provider, Kind::Other]) && self.registered.contains(&(peer, host)) => None,
            Some(device) if roles.contains(&device.role) => Some(Fit::Full),
            // A telephone of the same subnet is none, at whatever port the two speak.
            _ if are_all(&[Kind::Provider]) && !self.may_be_provider(host, peer) => None,
            // A role that no vendor documents contradicts nothing.
            Some(device) if device.vendor.is_some() => None,
            // Whom nobody identified is one of the others.
            None if strict && roles.iter().any(|role| self.book.kind(role) == Kind::Other) => Some(Fit::Full),
            _ if strict => None,
            // A provider stands in the LAN only where somebody says so, and waits there at a lasting port.
            None if are_all(&[Kind::Provider])
                && self.scope(peer) == Scope::Lan
                && !self.is_provider(peer)
                && !self.is_line(host, peer) =>
            {
                let is_lasting = view.flow.protocol != Protocol::Udp || view.peer().port() < EPHEMERAL;
                is_lasting.then_some(Fit::Possible)
            }
            _ => Some(Fit::Full),
        }
    }

    fn name_fit(&self, leg: &Leg, view: &FlowView<'_>, strict: bool) -> Option<Fit> {
        if leg.peer.names.is_empty() {
            return Some(Fit::Full);
        }
        let greeted = [view.flow.extra.tls_name.as_deref(), view.flow.extra.http_host.as_deref()];
        let mut known: BTreeSet<&str> = greeted.into_iter().flatten().collect();
        let own = self.asked.get(&(view.host(), view.peer().ip()));
        if known.is_empty()
            && let Some(names) = own.or_else(|| self.names.get(&view.peer().ip()))
        {
            known.clone_from(names);
        }
        let meant = known.iter().filter(|name| leg.peer.admits_name(name)).count();
        if meant > 0 {
            // Of several names of one address nobody sees which this flow is about.
            Some(if meant == known.len() { Fit::Full } else { Fit::Possible })
        } else if known.is_empty() && !strict {
            Some(Fit::Possible)
        } else {
            None
        }
    }

    /// Content before port: a row whose protocols are known does not explain a flow that speaks another. What a flow
    /// speaks may be hidden (encryption, snap length, captured late); a wildcard row must be seen to fit.
    fn content_fit(&self, row: &Row, view: &FlowView<'_>) -> Option<Fit> {
        if row.speaks.is_empty() {
            return Some(Fit::Full);
        }
        if view.flow.app != App::Unknown {
            return row.admits_protocol(view.flow.app.name()).then_some(Fit::Full);
        }
        // From its first byte on it is none of those that would have been recognised.
        let begins_otherwise =
            view.flow.tcp.as_ref().is_some_and(|tcp| tcp.outcome == TcpOutcome::Answered && tcp.is_strange);
        if begins_otherwise && row.speaks.iter().all(|word| RECOGNISED.contains(&word.as_str())) {
            return None;
        }
        match (row.is_wildcard(), row.admits_protocol(RTP)) {
            // An attempt that failed has no content: there the peer must be the one that the row names.
            (true, _) if view.started() && !view.was_answered() => {
                let peer = self.device(view.peer().ip())?;
                row.legs.iter().any(|leg| leg.peer.roles.contains(&peer.role)).then_some(Fit::Possible)
            }
            (true, _) => None,
            // Voice is recognised where it is: another content is more likely.
            (false, true) => Some(Fit::Possible),
            (false, false) => Some(Fit::Full),
        }
    }
}
