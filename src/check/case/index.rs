//! What checks look up again and again: made once, when it is first asked for, so that no check goes through all flows for
//! each of many hosts.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};

use crate::observe::{FlowView, Protocol, Registration, Stream};
use crate::site::Scope;

use super::Case;

/// The tables, of places in the traffic.
#[derive(Debug, Default)]
pub(super) struct Index {
    ways: OnceCell<Ways>,
    sockets: OnceCell<Places<SocketAddr>>,
    ends: OnceCell<Places<IpAddr>>,
    streams: OnceCell<Places<IpAddr>>,
    paths: OnceCell<Places<(SocketAddr, SocketAddr)>>,
    registrations: OnceCell<Places<IpAddr>>,
    registrars: OnceCell<BTreeSet<IpAddr>>,
}

type Places<K> = HashMap<K, Vec<usize>>;

/// Who sent to whom.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// Hosts that sent anything.
    pub(super) senders: HashSet<IpAddr>,
    /// Sender and receiver.
    pub(super) sent: HashSet<(IpAddr, IpAddr)>,
    /// Host and peer of conversations with packets of both.
    pub(super) both: HashSet<(IpAddr, IpAddr)>,
    /// Hosts that have such a conversation with somebody in the Internet.
    pub(super) outbound: HashSet<IpAddr>,
}

impl<'a> Case<'a> {
    pub(super) fn ways(&self) -> &Ways {
        self.index.ways.get_or_init(|| {
            let mut ways = Ways::default();
            for view in self.traffic.flows.iter().flat_map(FlowView::both) {
                let (host, peer) = (view.host(), view.peer().ip());
                if view.sent.packets == 0 {
                    continue;
                }
                ways.senders.insert(host);
                ways.sent.insert((host, peer));
                if view.received.packets > 0 {
                    ways.both.insert((host, peer));
                    if self.scope(peer) == Scope::Public {
                        ways.outbound.insert(host);
                    }
                }
            }
            ways
        })
    }

    /// Whether `from` sends anything to `to`.
    pub(in crate::check) fn sends_to(&self, from: IpAddr, to: IpAddr) -> bool {
        self.ways().sent.contains(&(from, to))
    }

    /// Conversations over UDP of a socket, in order of flows.
    pub(in crate::check) fn datagrams_of(&self, socket: SocketAddr) -> impl Iterator<Item = FlowView<'a>> {
        let flows = &self.traffic.flows;
        let sockets = self.index.sockets.get_or_init(|| {
            let datagrams = flows.iter().enumerate().filter(|(_, flow)| flow.protocol == Protocol::Udp);
            by(datagrams.flat_map(|(at, flow)| [(flow.a, at), (flow.b, at)]))
        });
        let places = sockets.get(&socket).into_iter().flatten();
        let views = places.filter_map(move |at| flows.get(*at)).flat_map(FlowView::both);
        views.filter(move |view| view.own() == socket)
    }

    /// The ends of flows at a device, in order of flows.
    pub(in crate::check) fn ends_at(&self, device: IpAddr) -> impl Iterator<Item = &super::End<'a>> {
        let all = self.ends.iter().enumerate();
        let ends = self.index.ends.get_or_init(|| by(all.map(|(at, end)| (end.device.address, at))));
        ends.get(&device).into_iter().flatten().filter_map(move |at| self.ends.get(*at))
    }

    /// Streams that a host sends, in order.
    pub(in crate::check) fn streams_from(&self, host: IpAddr) -> impl Iterator<Item = &'a Stream> {
        let all = &self.traffic.streams;
        let key = |(at, stream): (usize, &Stream)| (stream.source.ip(), at);
        let streams = self.index.streams.get_or_init(|| by(all.iter().enumerate().map(key)));
        streams.get(&host).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// Streams from one socket to another, in order.
    pub(in crate::check) fn streams_between(
        &self,
        from: SocketAddr,
        to: SocketAddr,
    ) -> impl Iterator<Item = &'a Stream> {
        let all = &self.traffic.streams;
        let key = |(at, stream): (usize, &Stream)| ((stream.source, stream.destination), at);
        let paths = self.index.paths.get_or_init(|| by(all.iter().enumerate().map(key)));
        paths.get(&(from, to)).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// Registrations of a client, in order.
    pub(in crate::check) fn registrations_of(
        &self,
        client: IpAddr,
    ) -> impl Iterator<Item = &'a Registration> {
        let all = &self.traffic.registrations;
        let key = |(at, row): (usize, &Registration)| (row.client.ip(), at);
        let rows = self.index.registrations.get_or_init(|| by(all.iter().enumerate().map(key)));
        rows.get(&client).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// Public registrars of identified devices.
    pub(super) fn registrars(&self) -> &BTreeSet<IpAddr> {
        self.index.registrars.get_or_init(|| {
            let rows = self.traffic.registrations.iter();
            let own = rows.filter(|row| self.device(row.client.ip()).is_some());
            own.map(|row| row.registrar.ip()).filter(|at| self.scope(*at) == Scope::Public).collect()
        })
    }
}

fn by<K: Eq + Hash>(all: impl Iterator<Item = (K, usize)>) -> Places<K> {
    let mut places: Places<K> = HashMap::new();
    for (key, at) in all {
        let known = places.entry(key).or_default();
        // Both ends of a flow may be one.
        if known.last() != Some(&at) {
            known.push(at);
        }
    }
    places
}
