//! What checks look up again and again: made once, when it is first asked for, so that no check goes through all flows for
//! each of many hosts.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::message::App;
use crate::observe::{Flow, FlowView, HostFacts, NameSource, Protocol, Registration, Stream};
use crate::site::Scope;

use super::super::finding::Export;
use super::super::tunnel::{Tunnel, tunnel};
use super::Case;

/// The tables, of places in the traffic.
#[derive(Debug, Default)]
pub(super) struct Index {
    ways: OnceCell<Ways>,
    sockets: OnceCell<Places<SocketAddr>>,
    pairs: OnceCell<Places<(IpAddr, IpAddr)>>,
    hosts: OnceCell<Places<IpAddr>>,
    ends: OnceCell<Places<IpAddr>>,
    streams: OnceCell<Places<IpAddr>>,
    calls: OnceCell<Places<usize>>,
    paths: OnceCell<Places<(SocketAddr, SocketAddr)>>,
    registrations: OnceCell<Places<IpAddr>>,
    served: OnceCell<Places<IpAddr>>,
    registrars: OnceCell<BTreeSet<IpAddr>>,
    spoken: OnceCell<HashSet<(IpAddr, IpAddr)>>,
    measuring_point: OnceCell<Option<IpAddr>>,
    is_export: OnceCell<bool>,
    accounts: OnceCell<HashMap<AccountKey, Account>>,
    now: OnceCell<Option<Timestamp>>,
}

/// Address of record, client and registrar.
type AccountKey = (Box<str>, IpAddr, IpAddr);

/// The registrations of one account from all ports of a client at one registrar: with TCP each connection has a port of its
/// own, and after a restart UDP may have another one too.
#[derive(Debug, Default)]
pub(in crate::check) struct Account {
    /// When a port was granted first, ascending.
    granted: Vec<Timestamp>,
    /// Latest grant.
    latest: Option<Timestamp>,
    /// First refusal, and how many there were.
    refused: Option<Timestamp>,
    refusals: u64,
}

impl Account {
    /// When it was granted behind this time, as far as that is known to be earlier than the latest time.
    pub(in crate::check) fn granted_after(&self, time: Timestamp) -> Option<Timestamp> {
        let latest = self.latest.filter(|latest| *latest > time)?;
        let behind = self.granted.partition_point(|granted| *granted <= time);
        Some(self.granted.get(behind).copied().unwrap_or(latest))
    }

    /// First refusal and how many there were, of all ports.
    pub(in crate::check) fn refusals(&self) -> Option<(Timestamp, u64)> {
        self.refused.map(|first| (first, self.refusals))
    }
}

type Places<K> = HashMap<K, Vec<usize>>;

/// Who sent to whom.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// When each host sent its last packet other than an error.
    pub(super) senders: HashMap<IpAddr, Timestamp>,
    /// Sender and receiver, with the time of the last packet.
    pub(super) sent: HashMap<(IpAddr, IpAddr), Timestamp>,
    /// Host and peer of conversations with packets of both.
    pub(super) both: HashSet<(IpAddr, IpAddr)>,
    /// Hosts that have such a conversation with somebody in the Internet.
    pub(super) outbound: HashSet<IpAddr>,
    /// When the last packet came to a host.
    pub(super) reached: HashMap<IpAddr, Timestamp>,
    /// Sender and receiver of what goes through a tunnel that nobody can look into.
    tunnelled: HashMap<(IpAddr, IpAddr), Tunnel>,
    /// The busiest of these tunnels, with its place in the traffic.
    busiest: Option<(Tunnel, usize)>,
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
                let last = view.sent.last.map_or(Timestamp(i64::MIN), |(_, time)| time);
                let latest = ways.sent.entry((host, peer)).or_insert(last);
                *latest = last.max(*latest);
                // An error, as its own refusals are, is no sign that it does anything; the answer to a ping is.
                let is_error = view.flow.protocol == Protocol::Icmp && view.received.packets == 0;
                if let Some((_, last)) = view.sent.last.filter(|_| !is_error) {
                    let sent = ways.senders.entry(host).or_insert(last);
                    *sent = last.max(*sent);
                }
                if let Some((_, last)) = view.sent.last {
                    let known = ways.reached.entry(peer).or_insert(last);
                    *known = last.max(*known);
                }
                if let Some(tunnel) = tunnel(view.flow) {
                    ways.tunnelled.entry((host, peer)).or_insert(tunnel);
                }
                if view.received.packets > 0 {
                    ways.both.insert((host, peer));
                    if self.scope(peer) == Scope::Public {
                        ways.outbound.insert(host);
                    }
                }
            }
            let tunnels = self.traffic.flows.iter().enumerate();
            let tunnels = tunnels.filter_map(|(at, flow)| Some((tunnel(flow)?, at, flow.packets())));
            ways.busiest = tunnels
                .max_by_key(|(_, at, packets)| (*packets, std::cmp::Reverse(*at)))
                .map(|(tunnel, at, _)| (tunnel, at));
            ways
        })
    }

    /// Whether `from` sends anything to `to`.
    pub(in crate::check) fn sends_to(&self, from: IpAddr, to: IpAddr) -> bool {
        self.ways().sent.contains_key(&(from, to))
    }

    /// Whether `from` sends anything to `to` in a tunnel that nobody can look into.
    pub(in crate::check) fn is_tunnel_between(&self, from: IpAddr, to: IpAddr) -> bool {
        self.ways().tunnelled.contains_key(&(from, to))
    }

    /// The tunnel that may hold what a voice is answered with: one between the same hosts, else the busiest of the capture where
    /// it ran meanwhile and has more than so many packets. Who captures at the end of a tunnel has what comes in opened, and
    /// what goes out closed, between other addresses.
    pub(in crate::check) fn tunnel_beside(&self, speech: &Stream, least: u64) -> Option<Tunnel> {
        let ways = self.ways();
        let (from, to) = (speech.source.ip(), speech.destination.ip());
        let between = ways.tunnelled.get(&(to, from)).or_else(|| ways.tunnelled.get(&(from, to)));
        let beside = ways.busiest.filter(|(_, at)| {
            self.traffic.flows.get(*at).is_some_and(|flow| {
                let ends = [&flow.from_a, &flow.from_b];
                let first = ends.iter().filter_map(|end| end.first).map(|(_, time)| time).min();
                let last = ends.iter().filter_map(|end| end.last).map(|(_, time)| time).max();
                flow.packets() > least
                    && first.is_some_and(|first| first < speech.report.last.time)
                    && last.is_some_and(|last| last > speech.report.first.time)
            })
        });
        between.copied().or(beside.map(|(tunnel, _)| tunnel))
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

    /// Conversations over UDP of two hosts as the first one sees them, in order of flows.
    pub(in crate::check) fn datagrams_between(
        &self,
        host: IpAddr,
        peer: IpAddr,
    ) -> impl Iterator<Item = FlowView<'a>> {
        let flows = &self.traffic.flows;
        let pairs = self.index.pairs.get_or_init(|| {
            let datagrams = flows.iter().enumerate().filter(|(_, flow)| flow.protocol == Protocol::Udp);
            by(datagrams.flat_map(|(at, flow)| {
                let (a, b) = (flow.a.ip(), flow.b.ip());
                [((a, b), at), ((b, a), at)]
            }))
        });
        let places = pairs.get(&(host, peer)).into_iter().flatten();
        let views = places.filter_map(move |at| flows.get(*at)).flat_map(FlowView::both);
        views.filter(move |view| view.host() == host && view.peer().ip() == peer)
    }

    /// Conversations of which a host is an end, in order.
    pub(in crate::check) fn flows_of(&self, host: IpAddr) -> impl Iterator<Item = &'a Flow> {
        let all = &self.traffic.flows;
        let ends = |(at, flow): (usize, &Flow)| [(flow.a.ip(), at), (flow.b.ip(), at)];
        let hosts = self.index.hosts.get_or_init(|| by(all.iter().enumerate().flat_map(ends)));
        hosts.get(&host).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// The ends of flows at a device, in order of flows.
    pub(in crate::check) fn ends_at(&self, device: IpAddr) -> impl Iterator<Item = &super::End<'a>> {
        let all = self.ends.iter().enumerate();
        let ends = self.index.ends.get_or_init(|| by(all.map(|(at, end)| (end.device.address, at))));
        ends.get(&device).into_iter().flatten().filter_map(move |at| self.ends.get(*at))
    }

    /// Packets that a host has sent by its own sender reports, of the source with the most.
    pub(in crate::check) fn reported_by(&self, host: IpAddr) -> Option<u64> {
        let own = self.traffic.rtcp.iter().filter(|count| count.address == host && count.sends());
        own.map(|count| u64::from(count.packets.1)).max()
    }

    /// Streams that a host sends, in order.
    pub(in crate::check) fn streams_from(&self, host: IpAddr) -> impl Iterator<Item = &'a Stream> {
        let all = &self.traffic.streams;
        let key = |(at, stream): (usize, &Stream)| (stream.source.ip(), at);
        let streams = self.index.streams.get_or_init(|| by(all.iter().enumerate().map(key)));
        streams.get(&host).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// Streams of a call, in order.
    pub(in crate::check) fn streams_in(&self, call: usize) -> impl Iterator<Item = &'a Stream> {
        let all = &self.traffic.streams;
        let key = |(at, stream): (usize, &Stream)| Some((stream.call?, at));
        let streams = self.index.calls.get_or_init(|| by(all.iter().enumerate().filter_map(key)));
        streams.get(&call).into_iter().flatten().filter_map(move |at| all.get(*at))
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

    /// Whether media of a call go between two hosts, or SDP of both sides of one call says that they are to.
    pub(in crate::check) fn is_voice_between(&self, one: IpAddr, other: IpAddr) -> bool {
        let spoken = self.index.spoken.get_or_init(|| {
            let heard =
                self.traffic.streams.iter().map(|stream| (stream.source.ip(), stream.destination.ip()));
            let agreed = self.traffic.calls.iter().flat_map(|call| {
                call.caller_media
                    .iter()
                    .flat_map(|one| call.callee_media.iter().map(|other| (one.ip(), other.ip())))
            });
            heard.chain(agreed).collect()
        });
        spoken.contains(&(one, other)) || spoken.contains(&(other, one))
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

    /// Registrations at a registrar, in order.
    pub(in crate::check) fn registrations_at(
        &self,
        registrar: IpAddr,
    ) -> impl Iterator<Item = &'a Registration> {
        let all = &self.traffic.registrations;
        let key = |(at, row): (usize, &Registration)| (row.registrar.ip(), at);
        let rows = self.index.served.get_or_init(|| by(all.iter().enumerate().map(key)));
        rows.get(&registrar).into_iter().flatten().filter_map(move |at| all.get(*at))
    }

    /// The host at an end of every conversation that is not for a group, where its peers are several. Not one whose packets
    /// came to the capturing device from outside: that stands on the way of all of them, as a router does.
    pub(super) fn measuring_point(&self) -> Option<IpAddr> {
        *self.index.measuring_point.get_or_init(|| {
            let ends = || {
                let ends = self.traffic.flows.iter().map(|flow| [flow.a.ip(), flow.b.ip()]);
                ends.filter(|ends| ends.iter().all(|end| self.scope(*end) != Scope::Multicast))
            };
            let is_everywhere = |host: &IpAddr| ends().all(|ends| ends.contains(host));
            let peers = |host: IpAddr| {
                let peers = ends().flatten().filter(move |end| *end != host);
                peers.collect::<BTreeSet<_>>().len()
            };
            let came_in = |host: &IpAddr| self.host(*host).is_some_and(|facts| facts.came_in);
            let first = ends().next()?;
            first.into_iter().find(|host| is_everywhere(host) && peers(*host) > 1 && !came_in(host))
        })
    }

    /// Whether it holds calls and nothing else, not even what every network carries beside them (ARP, RTCP): so Wireshark
    /// exports by the display filter `sip || rtp`, and what it did not take for RTP is missing then. ICMP errors that quote
    /// such packets fit that filter as well. Not where the file tells that nothing is missing.
    pub(in crate::check) fn is_export(&self) -> bool {
        *self.index.is_export.get_or_init(|| {
            let traffic = self.traffic;
            let is_call =
                |flow: &Flow| flow.protocol == Protocol::Udp && matches!(flow.app, App::Sip | App::Rtp);
            let is_icmp = |flow: &&Flow| flow.protocol == Protocol::Icmp;
            let errors: u64 = traffic.flows.iter().filter(is_icmp).map(Flow::packets).sum();
            let quoting: u64 =
                traffic.flows.iter().flat_map(|flow| &*flow.extra.icmp).map(|icmp| icmp.count).sum();
            let is_signalled = traffic.flows.iter().any(|flow| flow.app == App::Sip);
            let has_arp = traffic.hosts.iter().any(HostFacts::is_neighbour);
            is_signalled
                && self.left_out != Some(0)
                && !has_arp
                && traffic.quality.skipped.is_empty()
                && errors == quoting
                && traffic.flows.iter().all(|flow| is_call(flow) || is_icmp(&flow))
        })
    }

    /// What it means for voice that is not there, where the other side sends so many packets.
    pub(in crate::check) fn export(&self, packets: u64) -> Export {
        match self.left_out {
            _ if !self.is_export() => Export::No,
            Some(missing) if missing.saturating_mul(10) < packets.saturating_mul(9) => {
                Export::TooFew(missing)
            }
            _ => Export::Possible,
        }
    }

    /// All registrations of this one's account from this client at this registrar.
    pub(in crate::check) fn account_of(&self, row: &Registration) -> Option<&Account> {
        let key = |row: &Registration| (row.aor.clone(), row.client.ip(), row.registrar.ip());
        let accounts = self.index.accounts.get_or_init(|| {
            let mut accounts: HashMap<AccountKey, Account> = HashMap::new();
            for row in &self.traffic.registrations {
                let account = accounts.entry(key(row)).or_default();
                if let Some((first, latest)) = row.granted {
                    account.granted.push(first);
                    account.latest = account.latest.max(Some(latest));
                }
                if let (Some((first, _)), Some(_)) = (row.refusals.span, &row.refused) {
                    account.refused = Some(account.refused.map_or(first, |known| known.min(first)));
                    account.refusals += row.refusals.by_status.values().sum::<u64>();
                }
            }
            accounts.iter_mut().for_each(|(_, account)| account.granted.sort_unstable());
            accounts
        });
        accounts.get(&key(row))
    }

    /// Latest packet of the capture.
    pub(in crate::check) fn now(&self) -> Option<Timestamp> {
        *self.index.now.get_or_init(|| {
            let ends = self.traffic.flows.iter().flat_map(|flow| [flow.from_a.last, flow.from_b.last]);
            ends.flatten().map(|(_, time)| time).max()
        })
    }

    /// Public registrars of identified devices, with the other addresses of the names that such devices resolved to one
    /// of them: a provider has several, and calls from any.
    pub(super) fn registrars(&self) -> &BTreeSet<IpAddr> {
        self.index.registrars.get_or_init(|| {
            let rows = self.traffic.registrations.iter();
            let own = rows.filter(|row| self.device(row.client.ip()).is_some());
            let is_public = |at: &IpAddr| self.scope(*at) == Scope::Public;
            let known: BTreeSet<IpAddr> = own.map(|row| row.registrar.ip()).filter(is_public).collect();
            let resolved = || {
                let names = self.traffic.names.iter().filter(|seen| seen.source == NameSource::Dns);
                names.filter_map(|seen| Some((&*seen.name, seen.host, seen.address?)))
            };
            let named: BTreeSet<&str> = resolved()
                .filter(|(_, host, at)| known.contains(at) && self.device(*host).is_some())
                .map(|(name, ..)| name)
                .collect();
            let others = resolved().filter(|(name, host, at)| {
                named.contains(name) && is_public(at) && self.device(*host).is_some()
            });
            others.map(|(.., at)| at).chain(known.iter().copied()).collect()
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
