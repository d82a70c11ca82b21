//! Takes finished flows and what ARP, neighbour discovery and DHCP paired; gives [`HostFacts`] for each address: its
//! hardware addresses and whether it is on the captured link.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;

use super::batch::add_new;
use super::facts::{ArpTimes, HostFacts, MacSeen};
use super::message::arp::{Arp, Operation};
use super::storm::{Rush, Storm};
use super::traffic::{Direction, Flow};

/// Addresses for which facts are kept; the busiest networks of our customers have some thousand.
const HOSTS_KEPT: usize = 262_144;
const NAMES_KEPT: usize = 8;
/// Hardware addresses of one address, as its packets and as ARP have them: who invents one for each frame takes no more
/// room and no more time than others.
const MACS_KEPT: usize = 8;
/// The same of VLANs in which it asks by ARP, by both tags.
const VLANS_KEPT: usize = 8;

/// Whom all hosts seek by ARP; the latest that come find no room.
const SOUGHT_KEPT: usize = 4_096;
const SOUGHT_TOLD: usize = 8;
/// Who gets no answer asks again within this time (ns); Linux after 1 s, three times for a packet.
const ASKS_AGAIN: i64 = 3_000_000_000;
/// What comes within this time (ns) is one question, captured at several places.
const ONE_QUESTION: i64 = 100_000_000;
/// So often it asks again before nobody seems to be there.
const LEAST_AGAIN: u64 = 3;

/// The inner (or only) VLAN of a frame, and the outer one.
type Tags = (Option<u16>, Option<u16>);

/// What hosts say of themselves outside of flows.
#[derive(Clone, Debug, Default)]
pub(super) struct HostBook {
    pairs: BTreeMap<IpAddr, BTreeMap<Mac, Frame>>,
    /// Of ARP.
    vlans: BTreeMap<IpAddr, BTreeSet<Tags>>,
    own_names: BTreeMap<IpAddr, BTreeSet<Box<str>>>,
    vendor_classes: BTreeMap<IpAddr, Box<str>>,
    arp: BTreeMap<IpAddr, ArpTimes>,
    /// Who asks by ARP for whom.
    sought: BTreeMap<(IpAddr, IpAddr), Sought>,
    /// Whose packets came to the capturing device from outside, and with which hardware address.
    came_in: Vec<(IpAddr, Option<Mac>)>,
    /// With which ones that device sent.
    own_macs: Vec<Mac>,
}

/// Questions for an address.
#[derive(Clone, Copy, Debug)]
struct Sought {
    count: u64,
    /// How many followed at once.
    again: u64,
    latest: Timestamp,
    rush: Rush,
}

impl HostBook {
    /// ARP, neighbour discovery or DHCP ties the two.
    pub(super) fn pair(&mut self, address: IpAddr, mac: Mac, frame: Frame) {
        let has_room = self.pairs.len() < HOSTS_KEPT || self.pairs.contains_key(&address);
        if address.is_unspecified() || mac.is_multicast() || !has_room {
            return;
        }
        let macs = self.pairs.entry(address).or_default();
        if macs.len() < MACS_KEPT {
            macs.entry(mac).or_insert(frame);
        }
    }

    /// A host sent ARP.
    pub(super) fn arp(&mut self, arp: &Arp, frame: Frame, time: Timestamp) {
        let (address, answers) = (IpAddr::V4(arp.sender), arp.answers_one());
        self.pair(address, arp.sender_mac, frame);
        if !self.pairs.contains_key(&address) {
            return;
        }
        let new = ArpTimes { latest: time, answered: None, reached: None, sought: Vec::new() };
        let known = self.arp.entry(address).or_insert(new);
        known.latest = known.latest.max(time);
        known.answered = known.answered.max(answers.then_some(time));
        if let Some(asker) = self.arp.get_mut(&IpAddr::V4(arp.target)).filter(|_| answers) {
            asker.reached = asker.reached.max(Some(time));
        }
        let way = (address, IpAddr::V4(arp.target));
        if arp.operation == Operation::Request
            && !arp.is_gratuitous()
            && (self.sought.len() < SOUGHT_KEPT || self.sought.contains_key(&way))
        {
            let new = || Sought { count: 0, again: 0, latest: time, rush: Rush::of(frame, time) };
            let sought =
                self.sought.entry(way).and_modify(|sought| sought.rush.note(frame, time)).or_insert_with(new);
            let passed = time.since(sought.latest);
            if sought.count == 0 || passed > ONE_QUESTION {
                sought.again += u64::from(sought.count > 0 && passed < ASKS_AGAIN);
                sought.count += 1;
                sought.latest = time;
            }
        }
    }

    /// ARP of the host comes with these tags; those of hosts that are known by it.
    pub(super) fn tag(&mut self, address: IpAddr, vlan: Option<u16>, outer: Option<u16>) {
        if vlan.is_none() || !self.pairs.contains_key(&address) {
            return;
        }
        let vlans = self.vlans.entry(address).or_default();
        if vlans.len() < VLANS_KEPT {
            vlans.insert((vlan, outer));
        }
    }

    /// Packets of these came to the capturing device from outside, and it sent with these hardware addresses.
    pub(super) fn passed(&mut self, senders: &[(IpAddr, Option<Mac>)], own: &[Mac]) {
        senders.iter().for_each(|sender| add_new(&mut self.came_in, *sender));
        own.iter().for_each(|mac| add_new(&mut self.own_macs, *mac));
    }

    /// Takes from a host whose packets come from outside the hardware addresses with which the capturing device, a router, passes
    /// them on: they are its own. A bridge sends with that of the host, with which the packet came in as well.
    fn disown(&self, facts: &mut HostFacts) {
        facts.macs.retain(|seen| {
            let came_with_it = || self.came_in.contains(&(facts.address, Some(seen.mac)));
            seen.paired || !self.own_macs.contains(&seen.mac) || came_with_it()
        });
    }

    /// The host calls itself so.
    pub(super) fn name(&mut self, address: IpAddr, name: &str) {
        let has_room = self.own_names.len() < HOSTS_KEPT || self.own_names.contains_key(&address);
        if name.is_empty() || !has_room {
            return;
        }
        let names = self.own_names.entry(address).or_default();
        if names.len() < NAMES_KEPT {
            names.insert(name.into());
        }
    }

    /// DHCP vendor class, option 60.
    pub(super) fn vendor_class(&mut self, address: IpAddr, class: &str) {
        if !class.is_empty() && self.vendor_classes.len() < HOSTS_KEPT {
            self.vendor_classes.entry(address).or_insert_with(|| class.into());
        }
    }

    /// Whom a host seeks in vain: it asks again and again, and no packet of the other is in the capture.
    fn vain(&self, hosts: &[HostFacts]) -> BTreeMap<IpAddr, Vec<(IpAddr, u64)>> {
        let is_there = |address: &IpAddr| {
            let at = hosts.binary_search_by(|facts| facts.address.cmp(address));
            let facts = at.ok().and_then(|at| hosts.get(at));
            facts.is_some_and(|facts| facts.sent > 0 || facts.is_neighbour())
        };
        let mut vain: BTreeMap<IpAddr, Vec<(IpAddr, u64)>> = BTreeMap::new();
        for ((asker, target), sought) in self.sought.iter().filter(|(_, sought)| sought.again >= LEAST_AGAIN)
        {
            let known = vain.entry(*asker).or_default();
            if known.len() < SOUGHT_TOLD && !is_there(target) {
                known.push((*target, sought.count));
            }
        }
        vain
    }

    /// The question that came more often than any device asks, and most often of all.
    pub(super) fn storm(&self) -> Option<Storm> {
        let storms = self.sought.iter().filter_map(|(way, sought)| sought.rush.storm(way.0, way.1));
        // The first of equals.
        storms.reduce(|most, one| if one.requests > most.requests { one } else { most })
    }

    /// Facts for every address that sent or was paired.
    pub(super) fn finish(mut self, flows: &[Flow]) -> Vec<HostFacts> {
        let mut hosts = Hosts::default();
        for flow in flows {
            note(&mut hosts, flow.a.ip(), &flow.from_a, &flow.from_b, flow);
            note(&mut hosts, flow.b.ip(), &flow.from_b, &flow.from_a, flow);
        }
        for (address, macs) in &self.pairs {
            let Some(facts) = hosts.of(*address, usize::MAX) else { continue };
            for (mac, frame) in macs {
                match facts.macs.iter_mut().find(|seen| seen.mac == *mac) {
                    Some(seen) => seen.paired = true,
                    None => facts.macs.push(MacSeen { mac: *mac, frames: 0, first: *frame, paired: true }),
                }
            }
        }
        for (address, vlans) in &self.vlans {
            let Some(facts) = hosts.of(*address, usize::MAX) else { continue };
            for (vlan, outer) in vlans {
                vlan.iter().for_each(|vlan| put(&mut facts.vlans, *vlan));
                outer.iter().for_each(|outer| put(&mut facts.outer_vlans, *outer));
            }
        }
        let mut hosts = hosts.rows;
        hosts.sort_by_cached_key(|facts| facts.address);
        for (asker, sought) in self.vain(&hosts) {
            self.arp.entry(asker).and_modify(|arp| arp.sought = sought);
        }
        let forwarders = forwarders(&hosts);
        for facts in &mut hosts {
            facts.macs.sort_by(|x, y| y.frames.cmp(&x.frames).then(x.mac.cmp(&y.mac)));
            facts.on_link = on_link(facts, &forwarders);
            if let Some(names) = self.own_names.get(&facts.address) {
                facts.own_names = names.iter().cloned().collect();
            }
            facts.vendor_class = self.vendor_classes.get(&facts.address).cloned();
            facts.came_in = self.came_in.iter().any(|(sender, _)| *sender == facts.address);
            if facts.came_in {
                self.disown(facts);
            }
            facts.arp = self.arp.get(&facts.address).cloned().map(Box::new);
        }
        hosts
    }
}

/// The rows while they are gathered. A flood has hundreds of thousands: they stand in one list, which moves as a whole.
#[derive(Default)]
struct Hosts {
    rows: Vec<HostFacts>,
    by_address: HashTable<u32>,
    hasher: RandomState,
}

impl Hosts {
    /// The row of an address; none if it is new and there are `most` already.
    fn of(&mut self, address: IpAddr, most: usize) -> Option<&mut HostFacts> {
        let hash = self.hasher.hash_one(address);
        let is_at = |at: &u32| self.rows.get(*at as usize).is_some_and(|facts| facts.address == address);
        if let Some(&at) = self.by_address.find(hash, is_at) {
            return self.rows.get_mut(at as usize);
        }
        if self.rows.len() >= most {
            return None;
        }
        let at = u32::try_from(self.rows.len()).ok()?;
        self.rows.push(empty(address));
        let hash_at =
            |&at: &u32| self.rows.get(at as usize).map_or(0, |facts| self.hasher.hash_one(facts.address));
        self.by_address.insert_unique(hash, at, hash_at);
        self.rows.last_mut()
    }
}

fn empty(address: IpAddr) -> HostFacts {
    HostFacts {
        address,
        sent: 0,
        received: 0,
        macs: Vec::new(),
        on_link: None,
        vlans: Vec::new(),
        outer_vlans: Vec::new(),
        ttl: None,
        own_names: Vec::new(),
        vendor_class: None,
        came_in: false,
        arp: None,
    }
}

fn note(hosts: &mut Hosts, address: IpAddr, sent: &Direction, received: &Direction, flow: &Flow) {
    let Some(facts) = hosts.of(address, HOSTS_KEPT) else { return };
    facts.sent += sent.packets;
    facts.received += received.packets;
    let Some((first, _)) = sent.first.filter(|_| sent.packets > 0) else { return };
    if let Some(mac) = sent.mac.filter(|mac| !mac.is_unset()) {
        let has_room = facts.macs.len() < MACS_KEPT;
        match facts.macs.iter_mut().find(|seen| seen.mac == mac) {
            Some(seen) => {
                seen.frames += sent.packets - sent.extra.other_macs;
                seen.first = seen.first.min(first);
            }
            None if has_room => {
                // Most have one.
                facts.macs.reserve_exact(usize::from(facts.macs.is_empty()));
                let frames = sent.packets - sent.extra.other_macs;
                facts.macs.push(MacSeen { mac, frames, first, paired: false });
            }
            None => {}
        }
    }
    flow.vlans.iter().for_each(|vlan| put(&mut facts.vlans, *vlan));
    flow.extra.outer_vlans.iter().for_each(|vlan| put(&mut facts.outer_vlans, *vlan));
    if let Some((least, most)) = sent.ttl {
        let (low, high) = facts.ttl.unwrap_or((least, most));
        facts.ttl = Some((low.min(least), high.max(most)));
    }
}

/// Adds it in its place.
fn put(vlans: &mut Vec<u16>, vlan: u16) {
    if let Err(place) = vlans.binary_search(&vlan) {
        vlans.insert(place, vlan);
    }
}

/// Hardware addresses that send for several IPv4 (or several routed IPv6) addresses: routers, and mirror ports
/// behind one. A host with one address of each family is none.
fn forwarders(hosts: &[HostFacts]) -> BTreeSet<Mac> {
    let mut senders: BTreeMap<Mac, u32> = BTreeMap::new();
    for facts in hosts {
        let counts = match facts.address {
            IpAddr::V4(v4) => !v4.is_unspecified() && !v4.is_link_local(),
            IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000,
        };
        for seen in facts.macs.iter().filter(|seen| counts && seen.frames > 0 && !seen.paired) {
            // A v6 host has several addresses at once (RFC 8981): only v4 and many v6 addresses show a router.
            *senders.entry(seen.mac).or_default() += if facts.address.is_ipv4() { 4 } else { 1 };
        }
    }
    senders.into_iter().filter(|&(_, weight)| weight >= 8).map(|(mac, _)| mac).collect()
}

fn on_link(facts: &HostFacts, forwarders: &BTreeSet<Mac>) -> Option<bool> {
    if facts.is_neighbour() {
        return Some(true);
    }
    match facts.macs.first() {
        Some(seen) if forwarders.contains(&seen.mac) => Some(false),
        Some(_) => Some(untouched_ttl(facts.ttl).unwrap_or(true)),
        None => untouched_ttl(facts.ttl),
    }
}

/// Systems start at 64, 128 or 255 (RFC 1700 and practice); one or a few less is a packet that crossed a router.
fn untouched_ttl(ttl: Option<(u8, u8)>) -> Option<bool> {
    let (_, most) = ttl?;
    match most {
        64 | 128 | 255 => Some(true),
        40..=63 | 100..=127 | 220..=254 => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
