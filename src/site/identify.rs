//! Weighs the evidence for each address and settles its role.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::capture::Frame;
use crate::observe::message::App;
use crate::observe::{self, FlowView, NameSource, Traffic};

use super::device::{Confidence, Contradiction, Device, Evidence, EvidenceKind, Scope, Site};
use super::former;
use super::identity::{AgentSide, Fingerprint, Identity, PortPrint, longest};
use super::spoken::{Refusing, is_content_right, is_refused};
use super::stated::{Hints, Stated};
use super::value::{Initiator, Kind, Model, ModelId, PeerScope, Role, RoleId};

/// What rule books know of products, as values.
#[derive(Clone, Copy, Debug)]
pub struct Lore<'a> {
    /// Roles.
    pub roles: &'a [Role],
    /// Models.
    pub models: &'a [Model],
    /// Evidence.
    pub identities: &'a [Identity],
}

/// Weight from which a role is more than a guess.
pub const LIKELY: u32 = 50;
/// Weight from which a role is certain.
pub const SURE: u32 = 80;
/// Weight below which nothing is said.
const LEAST: u32 = 25;
/// Weight below which an agent string does not name the maker: Asterisk is in many products.
const LEAST_NAME: u8 = 30;
/// Roles of peers are evidence in their turn: so often at the most.
const ROUNDS: usize = 4;
const FRAMES_KEPT: usize = 5;

/// Settles who is who.
#[must_use]
pub fn identify(traffic: &Traffic, lore: Lore<'_>, hints: &Hints) -> Site {
    let scene = Scene::new(traffic, lore, hints);
    let mut roles: BTreeMap<IpAddr, RoleId> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for _ in 0..ROUNDS {
        found = scene.gather(&roles);
        // Of a host that only the user names nothing need be seen.
        let told = hints.hosts().map(|host| host.address).filter(|at| !found.contains_key(at));
        let told = told.filter_map(|at| Some((at, scene.settle(at, &[])?.role)));
        let seen = found.iter().filter_map(|(at, marks)| Some((*at, scene.settle(*at, marks)?.role)));
        let settled: BTreeMap<IpAddr, RoleId> = seen.chain(told).collect();
        if settled == roles {
            break;
        }
        roles = settled;
    }
    // Who has no address yet sends from none (RFC 4861 section 7.2.2).
    let mut addresses: BTreeSet<IpAddr> = found.keys().copied().filter(|at| !at.is_unspecified()).collect();
    let is_seen = |address: IpAddr| addresses.contains(&address) || is_there(traffic, address);
    let (seen, absent): (Vec<&Stated>, Vec<&Stated>) = hints.hosts().partition(|host| is_seen(host.address));
    addresses.extend(seen.iter().map(|host| host.address));
    let empty = Vec::new();
    let devices = addresses.into_iter().filter_map(|at| scene.settle(at, found.get(&at).unwrap_or(&empty)));
    let devices = former::merged(devices.collect(), traffic);
    let absent = absent.into_iter().map(|host| (host.address, host.source())).collect();
    Site { devices, absent, exceptions: Vec::new(), cover: hints.site.cover() }
}

/// Whether the capture holds a packet from, to or about the address.
fn is_there(traffic: &Traffic, address: IpAddr) -> bool {
    let ends = traffic.flows.iter().flat_map(|flow| [flow.a.ip(), flow.b.ip()]);
    traffic.host(address).is_some() || ends.into_iter().any(|end| end == address)
}

/// One piece of evidence that fits a host.
#[derive(Clone, Debug)]
struct Mark<'a> {
    identity: &'a Identity,
    sign: Evidence,
}

/// The traffic with what is needed to look things up by host.
struct Scene<'a> {
    traffic: &'a Traffic,
    lore: Lore<'a>,
    hints: &'a Hints,
    kinds: BTreeMap<&'a RoleId, Kind>,
    /// For each identity that asks for ports: the sides of flows that fit, whatever their peers turn out to be.
    by_ports: Vec<Vec<FlowView<'a>>>,
    /// Hosts that answered a name query.
    name_servers: BTreeSet<IpAddr>,
    /// Own ports on which RTP was sent or is announced to be received, by host.
    media: BTreeMap<IpAddr, BTreeSet<u16>>,
}

impl<'a> Scene<'a> {
    fn new(traffic: &'a Traffic, lore: Lore<'a>, hints: &'a Hints) -> Self {
        Self {
            traffic,
            lore,
            hints,
            kinds: lore.roles.iter().map(|role| (&role.id, role.kind)).collect(),
            by_ports: by_ports(traffic, lore.identities),
            name_servers: traffic
                .flows
                .iter()
                .filter(|flow| flow.app == App::Dns && flow.from_b.packets > 0)
                .map(|flow| flow.b.ip())
                .collect(),
            media: all_media_ports(traffic),
        }
    }

    /// All evidence by host. `roles` is what the round before settled.
    fn gather(&self, roles: &BTreeMap<IpAddr, RoleId>) -> BTreeMap<IpAddr, Vec<Mark<'a>>> {
        let mut found: BTreeMap<IpAddr, Vec<Mark<'a>>> = BTreeMap::new();
        self.by_mac(&mut found);
        for (identity, views) in self.lore.identities.iter().zip(&self.by_ports) {
            let signs = match &identity.fingerprint {
                Fingerprint::Mac(_) => continue,
                Fingerprint::Agent { patterns, side } => {
                    self.agents(*side, |text| patterns.iter().any(|pattern| pattern.matches(text)))
                }
                Fingerprint::AsksFor(names) => {
                    self.names(|name| names.iter().any(|glob| glob.matches_name(name)), true)
                }
                Fingerprint::KnownAs(names) => {
                    self.names(|name| names.iter().any(|glob| glob.matches_name(name)), false)
                }
                Fingerprint::Ports(print) => ports(print, views, roles),
                Fingerprint::Registrar => self.registrars(identity.scope),
                Fingerprint::RegistersAt(systems) => self.registered(systems, roles),
            };
            for (address, mut sign) in signs {
                if self.is_within(address, identity.scope) {
                    sign.weight = identity.weight;
                    found.entry(address).or_default().push(Mark { identity, sign });
                }
            }
        }
        found
    }

    fn is_within(&self, address: IpAddr, scope: PeerScope) -> bool {
        match scope {
            PeerScope::Any => true,
            PeerScope::Lan => self.scope(address) == Scope::Lan,
            PeerScope::Internet => self.scope(address) == Scope::Public,
            PeerScope::Multicast => self.scope(address) == Scope::Multicast,
        }
    }

    fn scope(&self, address: IpAddr) -> Scope {
        self.hints.scope_of(address, self.traffic)
    }

    /// The longest prefix decides. A hardware address speaks for a host only on the captured link: behind a router
    /// every packet carries the router's.
    fn by_mac(&self, found: &mut BTreeMap<IpAddr, Vec<Mark<'a>>>) {
        for facts in &self.traffic.hosts {
            // Who has no address yet sends from none (RFC 2131 section 4.1).
            let is_nobodys = facts.address.is_unspecified();
            if is_nobodys || facts.on_link == Some(false) || self.scope(facts.address) != Scope::Lan {
                continue;
            }
            let Some(seen) = facts.macs.iter().find(|seen| !seen.mac.is_local() && !seen.mac.is_multicast())
            else {
                continue;
            };
            for identity in longest(self.lore.identities, seen.mac) {
                let sign = Evidence {
                    kind: EvidenceKind::MacPrefix,
                    seen: seen.mac.to_string().into(),
                    weight: identity.weight,
                    frames: vec![seen.first],
                };
                found.entry(facts.address).or_default().push(Mark { identity, sign });
            }
        }
    }

    /// Whether the capture shows the MAC address that its maker gave the host.
    fn has_own_mac(&self, address: IpAddr) -> bool {
        self.traffic.host(address).is_some_and(|facts| {
            let is_own = facts.on_link != Some(false) && self.scope(address) == Scope::Lan;
            is_own && facts.macs.iter().any(|seen| !seen.mac.is_local() && !seen.mac.is_multicast())
        })
    }

    fn agents(&self, side: AgentSide, fits: impl Fn(&str) -> bool) -> Vec<(IpAddr, Evidence)> {
        let mut signs = Vec::new();
        for endpoint in &self.traffic.sip_endpoints {
            let asked = endpoint.user_agents.iter().filter(|_| side != AgentSide::Server);
            // What a proxy answers with may be the string of the host behind it.
            let answered =
                endpoint.servers.iter().filter(|_| side != AgentSide::UserAgent && !endpoint.is_proxy);
            if let Some((text, frame)) = asked.chain(answered).find(|(text, _)| fits(text)) {
                signs.push((endpoint.address, sign(EvidenceKind::Agent, text, [*frame])));
            }
        }
        signs
    }

    /// Names that a host asked for, or (`asked` false) that stand for it.
    fn names(&self, fits: impl Fn(&str) -> bool, asked: bool) -> Vec<(IpAddr, Evidence)> {
        let mut signs: BTreeMap<IpAddr, Evidence> = BTreeMap::new();
        for seen in self.traffic.names.iter().filter(|seen| fits(&seen.name)) {
            let address = if asked { Some(seen.host) } else { seen.address };
            // A name server asks for others: only who greets the name or gets the answer has asked for itself.
            let forwards = asked && seen.source == NameSource::Dns && self.name_servers.contains(&seen.host);
            // A maker's server stands in the Internet: whoever greets a host of the LAN so is shown a page, say.
            let is_greeting = asked && seen.source != NameSource::Dns;
            let is_local = seen.address.is_some_and(|target| self.scope(target) == Scope::Lan);
            if let Some(address) = address.filter(|_| !(forwards || is_greeting && is_local)) {
                let kind = match asked {
                    true if is_greeting => EvidenceKind::NameGreeted,
                    true => EvidenceKind::NameAsked,
                    false => EvidenceKind::NameOwned,
                };
                signs.entry(address).or_insert_with(|| sign(kind, &seen.name, [seen.frame]));
            }
        }
        signs.into_iter().collect()
    }

    /// Who accepts registrations, or asks for credentials. Whose clients all have public addresses themselves may as well be the customer's own
    /// server, measured where it stands: only a client from the LAN shows that it lies in the Internet.
    fn registrars(&self, scope: PeerScope) -> Vec<(IpAddr, Evidence)> {
        let has_lan_client = |address| {
            let clients = self.traffic.registrations.iter().filter(|one| one.registrar.ip() == address);
            clients.into_iter().any(|one| self.scope(one.client.ip()) == Scope::Lan)
        };
        let registrars = self.traffic.sip_endpoints.iter().filter_map(|endpoint| {
            let frame = endpoint.registrar?;
            if scope == PeerScope::Internet && !has_lan_client(endpoint.address) {
                return None;
            }
            let kind = if endpoint.grants { EvidenceKind::Registration } else { EvidenceKind::Challenge };
            Some((endpoint.address, sign(kind, "REGISTER", [frame])))
        });
        registrars.collect()
    }

    /// Who is registered at a host with one of these roles.
    fn registered(&self, systems: &[RoleId], roles: &BTreeMap<IpAddr, RoleId>) -> Vec<(IpAddr, Evidence)> {
        let is_meant = |at: IpAddr| roles.get(&at).is_some_and(|role| systems.contains(role));
        let accepted = self.traffic.registrations.iter().filter(|one| one.accepted);
        let mut signs: BTreeMap<IpAddr, Evidence> = BTreeMap::new();
        for one in accepted.filter(|one| is_meant(one.registrar.ip())) {
            let frames = one.frames.iter().copied().take(1);
            signs
                .entry(one.client.ip())
                .or_insert_with(|| sign(EvidenceKind::Registered, &one.registrar.to_string(), frames));
        }
        signs.into_iter().collect()
    }

    /// The role with the heaviest evidence, unless the user states one.
    fn settle(&self, address: IpAddr, marks: &[Mark<'a>]) -> Option<Device> {
        let stated = self.hints.host(address);
        let mut sums: BTreeMap<&RoleId, u32> = BTreeMap::new();
        for mark in marks {
            if let Some(role) = &mark.identity.role {
                *sums.entry(role).or_default() += u32::from(mark.identity.weight);
            }
        }
        // What only names the maker speaks for each of the maker's roles that something else speaks for.
        for mark in marks.iter().filter(|mark| mark.identity.role.is_none()) {
            for (role, sum) in &mut sums {
                // A role that leaves open what the device is gains nothing: it is for where nothing else is known.
                let is_open = self.kinds.get(role) == Some(&Kind::Other);
                let is_makers =
                    vendor_of(role).is_some_and(|vendor| vendor.eq_ignore_ascii_case(&mark.identity.vendor));
                if is_makers && !is_open {
                    *sum += u32::from(mark.identity.weight);
                }
            }
        }
        // The first of equals is the one that rule books name first by id.
        let heaviest = sums.iter().max_by(|x, y| x.1.cmp(y.1).then(y.0.cmp(x.0)));
        let (role, weight, of_telephone) =
            match (stated.and_then(|host| host.role(self.lore, &sums)), heaviest) {
                (Some(role), _) => (role, 100, None),
                (None, Some((role, weight))) if *weight >= LEAST => {
                    let telephone = self.telephone(role, marks);
                    let settled = telephone.map_or_else(|| (*role).clone(), |(role, _)| role.clone());
                    (settled, *weight, telephone.map(|(_, mark)| mark))
                }
                _ => return None,
            };
        let kind = self.kinds.get(&role).copied().unwrap_or(Kind::Other);
        // Voice from some port of a wide range, or TLS on a usual one: too many do that to suspect anybody.
        let own = || marks.iter().filter(|mark| mark.identity.role.as_ref() == Some(&role));
        if stated.is_none() && weight < LIKELY && own().all(|mark| mark.sign.kind == EvidenceKind::Ports) {
            return None;
        }
        let mut contradictions = self.contradictions(&role, marks);
        let facts = self.traffic.host(address);
        let mut evidence: Vec<Evidence> = marks
            .iter()
            .filter(|mark| mark.identity.role.as_ref().is_none_or(|other| *other == role))
            .chain(of_telephone)
            .map(|mark| mark.sign.clone())
            .collect();
        if let Some(host) = stated {
            evidence.push(Evidence {
                kind: EvidenceKind::Stated,
                seen: host.words(),
                weight: 100,
                frames: Vec::new(),
            });
        }
        if let Some(seen) = self.hints.provider_words(address) {
            evidence.push(Evidence { kind: EvidenceKind::Stated, seen, weight: 100, frames: Vec::new() });
        }
        // One string may be a sign of the maker and of the role.
        evidence.sort_by(|x, y| (x.kind, &x.seen, y.weight).cmp(&(y.kind, &y.seen, x.weight)));
        evidence.dedup_by(|later, kept| (later.kind, &later.seen) == (kept.kind, &kept.seen));
        evidence.sort_by(|x, y| y.weight.cmp(&x.weight).then(x.kind.cmp(&y.kind)).then(x.seen.cmp(&y.seen)));
        let stated_model = stated.and_then(|host| host.model.clone());
        let mut named = stated_model.clone();
        if named.is_none()
            && let Some((model, sign)) = named_model(marks)
        {
            // Ports that another model documents and this one does not speak against the name.
            if self.fitting_model(address, &role).is_some() && !self.holds(address, &model) {
                let role = role.clone();
                contradictions.push(Contradiction { role, model: Some(model), evidence: sign.clone() });
            } else {
                named = Some(model);
            }
        }
        let model_is_fitted = named.is_none();
        let model = named.or_else(|| self.fitting_model(address, &role));
        Some(Device {
            address,
            kind,
            vendor: vendor_of(&role).map(Into::into),
            maker: maker(marks, self.has_own_mac(address)),
            model_is_stated: stated_model.is_some(),
            model_is_fitted,
            model,
            confidence: confidence(stated.is_some(), weight, &contradictions),
            role,
            evidence,
            contradictions,
            scope: self.scope(address),
            on_link: facts.and_then(|facts| facts.on_link),
            former: Vec::new(),
        })
    }

    /// What a role that leaves it open is with a MAC address of a maker of telephones, and that address. One of a maker of
    /// computers decides nothing: there are telephones with such.
    fn telephone<'m>(&self, role: &RoleId, marks: &'m [Mark<'a>]) -> Option<(&'a RoleId, &'m Mark<'a>)> {
        let open = self.lore.roles.iter().find(|open| open.id == *role)?;
        let mark = marks.iter().find(|mark| mark.identity.telephones)?;
        Some((open.telephone.as_ref()?, mark))
    }

    fn contradictions(&self, role: &RoleId, marks: &[Mark<'a>]) -> Vec<Contradiction> {
        let fact = |mark: &Mark<'a>| (mark.sign.kind, mark.sign.seen.clone());
        let own = marks.iter().filter(|mark| mark.identity.role.as_ref() == Some(role));
        let own: BTreeSet<_> = own.map(fact).collect();
        // Ports that many use make nobody suspect, nor do they speak against what leaves open what the device is.
        let is_open = self.kinds.get(role) == Some(&Kind::Other);
        let by_ports_alone = |role: Option<&RoleId>| {
            let mut signs = marks.iter().filter(|mark| mark.identity.role.as_ref() == role);
            signs.all(|mark| mark.sign.kind == EvidenceKind::Ports)
        };
        let mut contradictions: Vec<Contradiction> = marks
            .iter()
            .filter(|mark| u32::from(mark.identity.weight) >= LEAST)
            // A name that several products of a vendor ask for does not speak against the one that it speaks for.
            .filter(|mark| !mark.sign.kind.is_wanted_name() || !own.contains(&fact(mark)))
            .filter(|mark| !is_open || !by_ports_alone(mark.identity.role.as_ref()))
            .filter_map(|mark| {
                let other = mark.identity.role.as_ref()?;
                let evidence = match self.is_built_by_others(role, mark.identity) {
                    true => made_by(&mark.identity.vendor, &mark.sign),
                    false if self.are_kin(role, other) => return None,
                    false => mark.sign.clone(),
                };
                Some(Contradiction { role: other.clone(), model: None, evidence })
            })
            .collect();
        contradictions.sort_by(|x, y| y.evidence.weight.cmp(&x.evidence.weight).then(x.role.cmp(&y.role)));
        contradictions
    }

    /// Whether the sign names a maker who builds no hardware with this role. What several products say names nobody.
    fn is_built_by_others(&self, role: &RoleId, identity: &Identity) -> bool {
        let is_open = identity.role.as_ref().and_then(|role| self.kinds.get(role)) == Some(&Kind::Other);
        let names_maker = matches!(identity.fingerprint, Fingerprint::Mac(_) | Fingerprint::Agent { .. });
        let built_by = self.lore.roles.iter().find(|known| known.id == *role).map(|known| &known.built_by);
        let is_one =
            |makers: &Vec<String>| makers.iter().any(|one| one.eq_ignore_ascii_case(&identity.vendor));
        let is_anothers = built_by.is_some_and(|makers| !makers.is_empty() && !is_one(makers));
        is_open && names_maker && is_anothers
    }

    /// Whether a sign for one of the roles may be one for the other: terminals of one vendor behave alike, and many
    /// are built by other makers.
    fn are_kin(&self, role: &RoleId, other: &RoleId) -> bool {
        let kind = |role| self.kinds.get(role).copied().unwrap_or(Kind::Other);
        let is_system = |role| matches!(kind(role), Kind::Pbx | Kind::Cloud);
        let are_alike = vendor_of(role) == vendor_of(other) && !is_system(role) && !is_system(other);
        role == other || are_alike || kind(other) == Kind::Other
    }

    fn fitting_model(&self, address: IpAddr, role: &RoleId) -> Option<ModelId> {
        smallest_model(self.lore.models, role, self.media.get(&address)?).map(|model| model.id.clone())
    }

    /// Whether all RTP ports that the host uses are this model's.
    fn holds(&self, address: IpAddr, id: &ModelId) -> bool {
        let model = self.lore.models.iter().find(|model| model.id == *id);
        let ports = self.media.get(&address);
        model.zip(ports).is_none_or(|(model, ports)| ports.iter().all(|port| model.rtp.contains(*port)))
    }
}

/// The model that the heaviest evidence names, and that evidence.
fn named_model<'a>(marks: &'a [Mark<'_>]) -> Option<(ModelId, &'a Evidence)> {
    let named = marks.iter().filter_map(|mark| Some((mark, mark.identity.model.as_ref()?)));
    let heaviest = named.max_by(|x, y| x.0.identity.weight.cmp(&y.0.identity.weight).then(y.1.cmp(x.1)));
    heaviest.map(|(mark, model)| (model.clone(), &mark.sign))
}

/// For each identity, the sides of flows that are such as it describes, if it goes by ports. A flood has half a million
/// flows: each is looked at once.
fn by_ports<'a>(traffic: &'a Traffic, identities: &[Identity]) -> Vec<Vec<FlowView<'a>>> {
    let mut found: Vec<Vec<FlowView<'a>>> = identities.iter().map(|_| Vec::new()).collect();
    let prints: Vec<(usize, &PortPrint)> = identities
        .iter()
        .enumerate()
        .filter_map(|(at, identity)| match &identity.fingerprint {
            Fingerprint::Ports(print) => Some((at, print)),
            _ => None,
        })
        .collect();
    let is_whole = traffic.quality.cut_payloads == 0;
    let refusing = Refusing::of(traffic, identities);
    for view in traffic.flows.iter().flat_map(FlowView::both) {
        // Of a flood nearly all flows end here.
        let (is_try, took_part) = (is_try(&view), view.took_part());
        let maker = refusing.maker(&view);
        if !is_try && !took_part && maker.is_none() {
            continue;
        }
        for (at, print) in &prints {
            let is_makers =
                |maker: &str| identities.get(*at).is_some_and(|identity| identity.vendor == maker);
            if (took_part || print.initiator == Initiator::Own || maker.is_some_and(is_makers))
                && fits(&view, print)
                && is_content_right(&view, print, is_whole)
                && let Some(views) = found.get_mut(*at)
            {
                views.push(view);
            }
        }
    }
    found
}

/// Those among them whose peers have the role that the identity asks for, by host. `roles`: what is known of peers.
fn ports(
    print: &PortPrint,
    views: &[FlowView<'_>],
    roles: &BTreeMap<IpAddr, RoleId>,
) -> Vec<(IpAddr, Evidence)> {
    let mut signs: BTreeMap<IpAddr, Evidence> = BTreeMap::new();
    let has_peer = |view: &&FlowView<'_>| {
        print.peer.is_empty() || roles.get(&view.peer().ip()).is_some_and(|role| print.peer.contains(role))
    };
    for view in views.iter().filter(has_peer) {
        let frames = view.sent.frames.iter().copied().take(1);
        if let Some(sign) = signs.get_mut(&view.host()) {
            if sign.frames.len() < FRAMES_KEPT {
                sign.frames.extend(frames);
            }
        } else {
            let seen = format!("{} {} → {}", view.transport(), view.own().port(), view.peer().port());
            signs.insert(view.host(), sign(EvidenceKind::Ports, &seen, frames));
        }
    }
    signs.into_iter().collect()
}

fn all_media_ports(traffic: &Traffic) -> BTreeMap<IpAddr, BTreeSet<u16>> {
    let mut ports: BTreeMap<IpAddr, BTreeSet<u16>> = BTreeMap::new();
    // Between a client and its TURN server the ports are those of TURN.
    for stream in traffic.streams.iter().filter(|stream| stream.relay.is_none()) {
        ports.entry(stream.source.ip()).or_default().insert(stream.source.port());
    }
    for end in traffic.calls.iter().flat_map(|call| call.caller_media.iter().chain(&call.callee_media)) {
        ports.entry(end.ip()).or_default().insert(end.port());
    }
    ports
}

/// The device's own ports on which RTP was sent.
#[must_use]
pub fn media_ports(traffic: &Traffic, address: IpAddr) -> BTreeSet<u16> {
    let sent =
        traffic.streams.iter().filter(|stream| stream.source.ip() == address && stream.relay.is_none());
    sent.map(|stream| stream.source.port()).collect()
}

/// The model of `role` with the fewest RTP ports that still hold all of `ports`; none if no port was seen.
#[must_use]
pub fn smallest_model<'a>(models: &'a [Model], role: &RoleId, ports: &BTreeSet<u16>) -> Option<&'a Model> {
    let fitting = models
        .iter()
        .filter(|model| model.role == *role && !ports.is_empty())
        .filter(|model| ports.iter().all(|&port| model.rtp.contains(port)));
    fitting.min_by(|x, y| x.rtp.count().cmp(&y.rtp.count()).then(x.id.cmp(&y.id)))
}

/// The vendor whose document declares a role: the word before its first dot.
fn vendor_of(role: &RoleId) -> Option<&str> {
    role.as_str().split_once('.').map(|(vendor, _)| vendor)
}

/// By MAC prefix; where the link has none or a router hides it, by an agent string that others do not use too. Software runs on
/// what others made: there the MAC is that of a maker who is not known.
fn maker(marks: &[Mark<'_>], has_own_mac: bool) -> Option<Box<str>> {
    let is_name = |mark: &&Mark<'_>| mark.identity.weight >= LEAST_NAME;
    let by_mac = marks.iter().find(|mark| mark.sign.kind == EvidenceKind::MacPrefix);
    let by_agent = || marks.iter().filter(is_name).find(|mark| mark.sign.kind == EvidenceKind::Agent);
    let named = by_mac.or_else(|| if has_own_mac { None } else { by_agent() })?;
    Some(named.identity.vendor.as_str().into())
}

fn confidence(is_stated: bool, weight: u32, contradictions: &[Contradiction]) -> Confidence {
    let plain = match weight {
        SURE.. => Confidence::Sure,
        LIKELY.. => Confidence::Likely,
        _ => Confidence::Suspected,
    };
    match plain {
        _ if is_stated => Confidence::Sure,
        Confidence::Sure if !contradictions.is_empty() => Confidence::Likely,
        Confidence::Likely if !contradictions.is_empty() => Confidence::Suspected,
        plain => plain,
    }
}

/// The sign with who it names, unless it says so itself.
fn made_by(vendor: &str, sign: &Evidence) -> Evidence {
    let is_said = sign.seen.to_ascii_lowercase().contains(&vendor.to_ascii_lowercase());
    let seen = if is_said { sign.seen.clone() } else { format!("{} ({vendor})", sign.seen).into() };
    Evidence { seen, ..sign.clone() }
}

fn sign(kind: EvidenceKind, seen: &str, frames: impl IntoIterator<Item = Frame>) -> Evidence {
    Evidence { kind, seen: seen.into(), weight: 0, frames: frames.into_iter().collect() }
}

/// Whether the flow is such as `print` describes. The host must have taken part: an unanswered packet to a port says
/// nothing about the host behind it.
fn fits(view: &FlowView<'_>, print: &PortPrint) -> bool {
    let transport = match view.flow.protocol {
        observe::Protocol::Udp => print.transport.admits_udp(),
        observe::Protocol::Tcp => print.transport.admits_tcp(),
        _ => false,
    };
    // Asked for every flow and every identity: what most flows fail at comes first.
    if !transport || !print.own.admits(view.own().port()) || !print.remote.admits(view.peer().port()) {
        return false;
    }
    let started = match print.initiator {
        Initiator::Either => true,
        Initiator::Own => view.started() || view.start_is_open(),
        Initiator::Peer => !view.started() || view.start_is_open(),
    };
    let tried = print.initiator == Initiator::Own && is_try(view);
    let spoken = print.speaks.is_empty() || print.speaks.iter().any(|word| *word == view.flow.app.name());
    started && spoken && (tried || view.took_part() || is_refused(view))
}

/// Whether the host set out to talk to the peer, whatever came of it.
fn is_try(view: &FlowView<'_>) -> bool {
    view.started() && view.sent.packets > 0
}

#[cfg(test)]
mod tests;
