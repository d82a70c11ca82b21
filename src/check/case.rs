//! What every check is given: traffic, site and rulebook, with each flow end of an identified device tied to the rows
//! that explain it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{CaptureSummary, Timestamp};
use crate::observe::HostFacts;
use crate::observe::{
    Beginning, CallProtocol, Flow, FlowView, Forward, Lapse, Protocol, Registration, Stream, Traffic,
};
use crate::rules::{DocumentKind, Leg, Row, Rulebook};
use crate::site::{Confidence, Device, ExceptionUse, Hints, Initiator, Kind, PortChange, Ports, Scope, Site};

use super::finding::{Accepted, Finding, Life, Subject};
pub(super) use during::Span;
use index::Index;
pub(super) use silence::LEAST_RESENT;

mod during;
mod fit;
mod index;
mod silence;

/// The word of rule books for voice.
pub(super) const RTP: &str = "rtp";
/// The word of rule books for SIP.
pub(super) const SIP: &str = "sip";

/// SIP over TLS, RFC 3261 section 19.1.2.
pub(super) const SIPS_PORT: u16 = 5061;

/// A range of more own ports names none: the free ones are 1024 to 65535.
const NAMED_PORTS: u32 = 10_000;

/// The case to be judged.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) traffic: &'a Traffic,
    pub(super) site: &'a Site,
    pub(super) book: &'a Rulebook,
    pub(super) hints: &'a Hints,
    /// Ends of flows that are identified devices, in order of flows.
    pub(super) ends: Vec<End<'a>>,
    /// Flows that a row of either end explains.
    pub(super) explained: BTreeSet<usize>,
    names: BTreeMap<IpAddr, BTreeSet<&'a str>>,
    /// By what names a host knows an address.
    asked: BTreeMap<(IpAddr, IpAddr), BTreeSet<&'a str>>,
    /// Who was registered where.
    registered: BTreeSet<(IpAddr, IpAddr)>,
    /// Who asked where to be registered itself, whatever came of it.
    registers: BTreeSet<(IpAddr, IpAddr)>,
    /// Where faxes by T.38 were agreed to go.
    faxes: BTreeSet<SocketAddr>,
    /// Who called whom.
    called: BTreeSet<(IpAddr, IpAddr)>,
    view: Exceptions,
    /// What exceptions of the site file were asked about and covered: their places, code, and whom it is about.
    covered: RefCell<BTreeSet<(usize, String, IpAddr)>>,
    /// Where the clock of the capture was set forward: no span across it is one.
    pub(super) forward: Option<Forward>,
    /// How many packets were received and are not in the file, where it tells.
    left_out: Option<u64>,
    /// When the capture itself stood still.
    pub(super) lapses: Vec<Lapse>,
    index: Index,
}

/// What is to be looked for where the site file has exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceptions {
    /// What no exception covers.
    Apart,
    /// What they cover, and nothing else: that is what the user accepts.
    Alone,
}

/// A flow as an identified device sees it, and the rows that explain it.
#[derive(Debug)]
pub(super) struct End<'a> {
    pub(super) view: FlowView<'a>,
    pub(super) device: &'a Device,
    pub(super) rows: Vec<(&'a Row, Fit)>,
}

impl End<'_> {
    /// A row for whatever port is not meant where another for the same content names the port: a softphone with preset
    /// ports does not use the free ones as well. Nor is one of the extended profile where the port list itself has it, or one
    /// for what the device asks of others where only the other side asks and a row says that it may.
    pub(super) fn is_outdone(&self, row: &Row) -> bool {
        let names_port = |row: &Row| row.own_ports().is_some_and(|ports| ports.count() <= NAMED_PORTS);
        let is_open = !names_port(row) && row.legs.iter().all(|leg| leg.remote.set().is_none());
        let is_added = row.document.kind == DocumentKind::Extended;
        let asks = |row: &Row| row.legs.iter().all(|leg| leg.initiator == Initiator::Own);
        let is_for_asking = !self.view.asks() && asks(row);
        let others = self.rows.iter().filter(|(_, fit)| *fit == Fit::Full).map(|(other, _)| *other);
        others.into_iter().any(|other| {
            let is_better = is_open && names_port(other)
                || is_added && other.document.kind == DocumentKind::Vendor
                || is_for_asking && !asks(other);
            is_better && other.roles == row.roles && other.speaks == row.speaks && !other.speaks.is_empty()
        })
    }
}

/// How well a row explains a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Nothing speaks against it, but the row asks for a name or a content that the capture does not show.
    Possible,
    /// All that the row asks for is seen.
    Full,
}

impl<'a> Case<'a> {
    pub(super) fn new(traffic: &'a Traffic, site: &'a Site, book: &'a Rulebook, hints: &'a Hints) -> Self {
        let mut names: BTreeMap<IpAddr, BTreeSet<&'a str>> = BTreeMap::new();
        let mut asked: BTreeMap<(IpAddr, IpAddr), BTreeSet<&'a str>> = BTreeMap::new();
        for seen in &traffic.names {
            if let Some(address) = seen.address {
                asked.entry((seen.host, address)).or_default().insert(&seen.name);
                names.entry(address).or_default().insert(&seen.name);
            }
        }
        let accepted = traffic.registrations.iter().filter(|registration| registration.accepted);
        let ends = |one: &Registration| (one.client.ip(), one.registrar.ip());
        let registered = accepted.map(ends).collect();
        let own = traffic.registrations.iter().filter(|one| !one.is_passed_on);
        let registers = own.map(ends).collect();
        let calls = traffic
            .calls
            .iter()
            .filter(|call| call.protocol == CallProtocol::Sip && call.beginning != Beginning::SidesUnknown);
        let called = calls.map(|call| (call.caller.ip(), call.callee.ip())).collect();
        let faxes = traffic.calls.iter().flat_map(|call| call.fax_media.iter().copied()).collect();
        let mut case = Self {
            faxes,
            traffic,
            site,
            book,
            hints,
            ends: Vec::new(),
            explained: BTreeSet::new(),
            names,
            asked,
            registered,
            registers,
            called,
            view: Exceptions::Apart,
            covered: RefCell::default(),
            forward: traffic.clock_forward(),
            left_out: None,
            lapses: traffic.lapses(),
            index: Index::default(),
        };
        case.ends = case.bind();
        let explained = case.ends.iter().filter(|end| !end.rows.is_empty()).map(|end| end.view.flow.id);
        case.explained = explained.collect();
        case
    }

    /// Whether a fax by T.38 goes there, as was agreed.
    pub(super) fn is_fax(&self, flow: &Flow) -> bool {
        flow.protocol == Protocol::Udp && [flow.a, flow.b].iter().any(|end| self.faxes.contains(end))
    }

    /// The device at `address`, if it is more than suspected: a suspicion is shown, and nothing is held against it.
    pub(super) fn device(&self, address: IpAddr) -> Option<&'a Device> {
        self.site.device(address).filter(|device| device.confidence >= Confidence::Likely)
    }

    /// What the lower layers say of `address`.
    pub(super) fn host(&self, address: IpAddr) -> Option<&'a HostFacts> {
        self.traffic.host(address)
    }

    /// Whether the capture seems to have been made on this host: everything in it comes from there or goes there, and to
    /// more than one other host.
    pub(super) fn is_measuring_point(&self, host: IpAddr) -> bool {
        self.measuring_point() == Some(host)
    }

    /// Whether the capture was probably made on this computer. At the port of a telephone nothing lies between either, but
    /// nobody knows how a wireless one got there.
    pub(super) fn was_captured_on(&self, host: IpAddr) -> bool {
        let is_computer = !self.device(host).is_some_and(|device| device.kind.is_dedicated());
        is_computer && self.is_measuring_point(host)
    }

    /// Whether both lie in one subnet, so that no router and no firewall of the network stands between them: private
    /// addresses of one /24 or /64, and neither is behind a router.
    pub(super) fn are_neighbours(&self, one: IpAddr, other: IpAddr) -> bool {
        let is_near = |address| {
            let on_link = self.host(address).and_then(|facts| facts.on_link);
            self.scope(address) == Scope::Lan && on_link != Some(false)
        };
        let same = match (one, other) {
            (IpAddr::V4(one), IpAddr::V4(other)) => one.octets()[..3] == other.octets()[..3],
            (IpAddr::V6(one), IpAddr::V6(other)) => one.octets()[..8] == other.octets()[..8],
            _ => false,
        };
        same && is_near(one) && is_near(other)
    }

    /// The identified ends of a flow.
    pub(super) fn ends_of(&self, flow: usize) -> &[End<'a>] {
        let first = self.ends.partition_point(|end| end.view.flow.id < flow);
        let rest = self.ends.get(first..).unwrap_or_default();
        let count = rest.partition_point(|end| end.view.flow.id == flow);
        rest.get(..count).unwrap_or_default()
    }

    /// All such devices, by address.
    pub(super) fn devices(&self) -> impl Iterator<Item = &'a Device> {
        self.site.devices.iter().filter(|device| device.confidence >= Confidence::Likely)
    }

    /// Whom a finding about `address` is about.
    pub(super) fn subject(&self, address: IpAddr) -> Subject {
        Subject { address, role: self.device(address).map(|device| device.role.clone()) }
    }

    pub(super) fn scope(&self, address: IpAddr) -> Scope {
        self.hints.scope_of(address, self.traffic)
    }

    /// Own ports of a leg, as the site file may have changed them.
    pub(super) fn own_ports<'b>(&'b self, row: &Row, leg: &'b Leg, host: IpAddr) -> &'b Ports {
        self.port_change(row, host).map_or(&leg.own, |change| &change.own)
    }

    /// How the site file changed the own ports of a row at a host.
    pub(super) fn port_change(&self, row: &Row, host: IpAddr) -> Option<&'a PortChange> {
        let mut changes = self.hints.site.ports.iter();
        changes.find(|change| change.row == row.id && change.host.is_none_or(|only| only == host))
    }

    /// Whether the address belongs to a provider: stated, by role, or because an identified device registers there.
    pub(super) fn is_provider(&self, address: IpAddr) -> bool {
        let by_role = self.device(address).is_some_and(|d| d.kind == Kind::Provider);
        by_role || self.registrars().contains(&address) || self.hints.is_provider(address)
    }

    /// Whether this device turned to the address of its own accord for telephony: a provider, or somebody it calls. Whom it calls
    /// because he is registered with it came by himself.
    pub(super) fn is_partner(&self, device: IpAddr, address: IpAddr) -> bool {
        let is_served = || self.registered.contains(&(address, device));
        self.called.contains(&(device, address)) && !is_served() || self.is_provider(address)
    }

    /// Whether the one is registered with the other.
    pub(super) fn is_registered_at(&self, client: IpAddr, registrar: IpAddr) -> bool {
        self.registered.contains(&(client, registrar))
    }

    /// Whether a registration of an own device is repeated in vain, and nothing shows that an answer would be in the capture.
    pub(super) fn may_miss_answers(&self) -> bool {
        let silent = self.traffic.registrations.iter().filter(|row| row.is_silent());
        let is_own = |client: IpAddr| self.scope(client) == Scope::Lan || self.device(client).is_some();
        silent.filter(|row| is_own(row.client.ip())).any(|row| self.is_left_unanswered(row).is_none())
    }

    /// How often the account of a registration asked its registrar in vain, from whatever port of the client. Not what came
    /// before the registrar accepted it from another one.
    pub(super) fn tries_in_vain(&self, row: &Registration) -> u64 {
        let key = |row: &Registration| (row.registrar, row.protocol);
        let rows = self.registrations_of(row.client.ip());
        rows.filter(|one| one.aor == row.aor && key(one) == key(row) && self.is_in_vain(one))
            .map(|one| one.unanswered.count)
            .sum()
    }

    /// Whether its latest requests got no answer, and it was not accepted from another port since.
    pub(super) fn is_in_vain(&self, row: &Registration) -> bool {
        let last = row.unanswered.span.map(|(_, last)| last);
        last.is_some_and(|last| self.account_of(row).and_then(|all| all.granted_after(last)).is_none())
    }

    /// Whether the latest requests of a registration may have been answered although the capture holds no answer, as where a
    /// mirror port lost one direction meanwhile: over UDP none of them was sent again, which RFC 3261 section 17.1.2.2 wants
    /// without an answer, and nothing that came to the client since is in the capture.
    pub(super) fn may_have_been_answered(&self, row: &Registration) -> bool {
        let tries = &row.unanswered;
        let reached = self.ways().reached.get(&row.client.ip());
        row.protocol == Protocol::Udp
            && tries.requests == tries.count
            && tries.span.is_some_and(|(first, _)| reached.is_none_or(|last| *last < first))
    }

    /// As [`Self::would_see_an_answer`] for the latest requests of a registration: also where the registrar sent something
    /// else to the client meanwhile, as a refusal by ICMP, or answered anybody by ARP. That goes to one host alone, and so is
    /// seen together with what the client sends only where both directions are.
    pub(super) fn would_see_its_answer(&self, row: &Registration) -> bool {
        let (client, registrar) = (row.client.ip(), row.registrar.ip());
        let answered = self.host(registrar).and_then(|facts| facts.arp.as_ref()?.answered);
        let latest = self.ways().sent.get(&(registrar, client)).copied().max(answered);
        self.would_see_an_answer(client, registrar)
            || row.unanswered.span.is_some_and(|(first, _)| latest >= Some(first))
    }

    /// Whether an answer would be in the capture: the target, or for one in the Internet any other host there, was seen
    /// to send to this host.
    pub(super) fn would_see_an_answer(&self, host: IpAddr, target: IpAddr) -> bool {
        let outbound = self.scope(target) == Scope::Public;
        let ways = self.ways();
        ways.both.contains(&(host, target)) || outbound && ways.outbound.contains(&host)
    }

    /// What a host sends while others ask it in vain, which they do from this moment on.
    pub(super) fn life(&self, host: IpAddr, from: Timestamp) -> Life {
        let asked = self.host(host).and_then(|facts| facts.arp.as_ref()).map(|arp| arp.latest);
        match self.ways().senders.get(&host).copied().max(asked) {
            Some(latest) if latest >= from => Life::Sends,
            Some(latest) => Life::SilentSince(latest),
            None => Life::Unseen,
        }
    }

    /// The same case, of what these captures hold.
    pub(super) fn of_captures(mut self, captures: &[CaptureSummary]) -> Self {
        self.left_out = CaptureSummary::left_out(captures);
        self
    }

    /// The same case, of which only what the user accepts is to be told.
    pub(super) fn of_accepted(mut self) -> Self {
        self.view = Exceptions::Alone;
        self
    }

    /// Whether nothing is to be told of this code about the view's own side, because the site file accepts it.
    pub(super) fn is_excepted(&self, code: &str, view: &FlowView<'_>) -> bool {
        self.is_any_excepted(code, [(view.own(), view.peer(), view.flow.protocol)])
    }

    /// As [`Self::is_excepted`], for the sender of a stream.
    pub(super) fn is_excepted_stream(&self, code: &str, stream: &Stream) -> bool {
        self.is_any_excepted(code, [(stream.source, stream.destination, Protocol::Udp)])
    }

    /// As [`Self::is_excepted`], for what is one finding if the site file accepts none of these: own side, peer, transport.
    /// Nothing of the own side need be there.
    pub(super) fn is_any_excepted(
        &self,
        code: &str,
        ends: impl IntoIterator<Item = (SocketAddr, SocketAddr, Protocol)>,
    ) -> bool {
        let exceptions = &self.hints.site.exceptions;
        let mut is_covered = false;
        for (own, peer, protocol) in ends {
            for (place, _) in
                exceptions.iter().enumerate().filter(|(_, one)| one.covers(code, own, peer, protocol))
            {
                self.covered.borrow_mut().insert((place, code.to_owned(), own.ip()));
                is_covered = true;
            }
        }
        is_covered == (self.view == Exceptions::Apart)
    }

    /// Whether the site file accepts all findings of this code about a host, whatever the port and the peer.
    pub(super) fn is_excepted_whole(&self, code: &str, host: IpAddr) -> bool {
        self.hints.site.exceptions.iter().any(|exception| exception.covers_whole(code, host))
    }

    /// The finding as one that the user accepts, with the lines of the exceptions that cover it; `None` if none does.
    pub(super) fn accepted(&self, finding: Finding) -> Option<Accepted> {
        let (code, host) = (finding.code().as_str(), finding.subject.as_ref()?.address);
        let covered = self.covered.borrow();
        let is_meant = |place: usize, exception: &crate::site::Exception| {
            exception.covers_whole(code, host) || covered.contains(&(place, code.to_owned(), host))
        };
        let exceptions = self.hints.site.exceptions.iter().enumerate();
        let lines: Vec<usize> = exceptions
            .filter(|(place, exception)| is_meant(*place, exception))
            .map(|(_, exception)| exception.line)
            .collect();
        (!lines.is_empty()).then_some(Accepted { finding, lines })
    }

    /// The exceptions of the site file with how many findings each covered, and its changed ports with how many flows use them,
    /// in the order of the file.
    pub(super) fn exceptions(&self, accepted: &[Accepted]) -> Vec<ExceptionUse> {
        let findings = |line: usize| accepted.iter().filter(|one| one.lines.contains(&line)).count() as u64;
        let exceptions = self.hints.site.exceptions.iter();
        let exceptions = exceptions.map(|exception| exception.with_use(findings(exception.line)));
        let changes = self.hints.site.ports.iter();
        let changes = changes.map(|change| change.with_use(self.flows_by(change)));
        let mut all: Vec<ExceptionUse> = exceptions.chain(changes).collect();
        all.sort_by_key(|one| one.line);
        all
    }

    /// How many flows a row explains at ports that the site file changed.
    fn flows_by(&self, change: &PortChange) -> u64 {
        let is_used = |end: &&End<'_>| {
            let mut rows = end.rows.iter().map(|(row, _)| *row);
            rows.any(|row| {
                row.id == change.row
                    && change.own.admits(end.view.own().port())
                    && self.port_change(row, end.view.host()).is_some_and(|known| known == change)
            })
        };
        self.ends.iter().filter(is_used).count() as u64
    }

    fn bind(&self) -> Vec<End<'a>> {
        let mut ends = Vec::new();
        // What a host tells itself uses no port toward the network.
        let is_within = |flow: &Flow| {
            let (a, b) = (flow.a.ip(), flow.b.ip());
            a == b || a.is_loopback() || b.is_loopback()
        };
        for flow in self.traffic.flows.iter().filter(|flow| !is_within(flow)) {
            for view in FlowView::both(flow) {
                if let Some(device) = self.device(view.host()) {
                    ends.push(End { view, device, rows: self.rows_of(&view, device) });
                }
            }
        }
        self.add_data_flows(&mut ends);
        ends
    }

    fn rows_of(&self, view: &FlowView<'a>, device: &'a Device) -> Vec<(&'a Row, Fit)> {
        // A model that was only inferred binds nothing: it was chosen to fit.
        let model = device.model.as_ref().filter(|_| device.model_is_stated);
        let rows = self.book.rows_for(&device.role, model);
        rows.filter_map(|row| Some((row, self.fit(row, view)?))).collect()
    }

    /// A transfer that starts on a documented port goes on between two others (TFTP, RFC 1350 section 4).
    fn add_data_flows(&self, ends: &mut [End<'a>]) {
        let mut opened: BTreeSet<(IpAddr, IpAddr, &str)> = BTreeSet::new();
        for end in ends.iter() {
            for (row, _) in end.rows.iter().filter(|(row, _)| row.data.is_some()) {
                opened.insert((end.view.host(), end.view.peer().ip(), row.id.as_str()));
            }
        }
        if opened.is_empty() {
            return;
        }
        for end in
            ends.iter_mut().filter(|end| end.rows.is_empty() && end.view.flow.protocol == Protocol::Udp)
        {
            let (own, peer) = (end.view.own(), end.view.peer());
            for row in self.book.rows_for(&end.device.role, end.device.model.as_ref()) {
                let Some(data) = &row.data else { continue };
                let ports = data.admits(own.port()) && data.admits(peer.port());
                if ports && opened.contains(&(own.ip(), peer.ip(), row.id.as_str())) {
                    end.rows.push((row, Fit::Full));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
