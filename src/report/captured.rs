//! Takes what the captures are like, gives the lines that every form says of it: where they were probably made, what the
//! packets are wrapped in, how the clock leaps.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::language::Language;
use super::link;
use super::number::count;
use super::text::{PaperWords, Words, paper_words};
use crate::decode::Layers;
use crate::observe::{Traffic, is_public};

/// Fewer packets do not tell where they were captured.
const LEAST_TELLING: u64 = 20;
/// Most VLANs named.
const VLANS: usize = 8;

/// What the judged packets are wrapped in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrapping {
    pub(super) vlans: BTreeSet<u16>,
    /// Of the outermost of several tags.
    pub(super) outer_vlans: BTreeSet<u16>,
    /// Names of tunnels.
    pub(super) layers: Vec<String>,
    /// Whether some of it is no readable IP.
    pub(super) is_unread_inside: bool,
}

impl Wrapping {
    pub(super) fn of(traffic: &Traffic) -> Self {
        let flows = &traffic.flows;
        // ARP shows the VLAN of hosts that send nothing else.
        let by_arp = traffic.hosts.iter().flat_map(|host| host.vlans.iter().copied());
        let of_hosts = traffic.hosts.iter().flat_map(|host| host.outer_vlans.iter().copied());
        let of_flows = flows.iter().flat_map(|flow| flow.extra.outer_vlans.iter().copied());
        let layers = link::layers_of(traffic);
        Self {
            vlans: flows.iter().flat_map(|flow| flow.vlans.iter().copied()).chain(by_arp).collect(),
            outer_vlans: of_flows.chain(of_hosts).collect(),
            layers: link::layers(layers).map(ToOwned::to_owned).collect(),
            is_unread_inside: layers.has(Layers::INCOMPLETE),
        }
    }

    /// VLANs first, then tunnels; nothing where there are none.
    pub(super) fn names(&self, words: &Words, language: Language) -> Vec<String> {
        let more = |all: usize| {
            let rest = all.saturating_sub(VLANS) as u64;
            (rest > 0).then(|| format!("… {} {}", count(rest, language), words.notes.more))
        };
        let shown = self.vlans.iter().take(VLANS).map(|id| format!("VLAN\u{a0}{id}"));
        let label = words.notes.outer_vlan;
        let outer = self.outer_vlans.iter().take(VLANS).map(|id| format!("{label}\u{a0}{id}"));
        // Tunnels carry PPP as well; with none of them it lies on Ethernet.
        let is_tunnelled = self.layers.iter().any(|layer| matches!(layer.as_str(), "L2TP" | "GRE"));
        let is_ppp_alone = |layer: &str| layer == "PPP" && !is_tunnelled;
        let unread = self.is_unread_inside.then(|| words.notes.unread_inside.to_owned());
        shown
            .chain(more(self.vlans.len()))
            .chain(outer)
            .chain(more(self.outer_vlans.len()))
            .chain(
                self.layers
                    .iter()
                    .map(|layer| if is_ppp_alone(layer) { "PPP (PPPoE)" } else { layer }.to_owned()),
            )
            .chain(unread)
            .collect()
    }
}

/// Leaps of the clock of a day or more.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeapLines<'a> {
    pub(super) count: u64,
    /// Those among them from one interface to another.
    pub(super) crossing: u64,
    /// Those among them that go forth: a long wait may look like that.
    pub(super) forth: u64,
    /// Nanoseconds, negative for one back.
    pub(super) largest: i64,
    /// Before which packet, where one can be found.
    pub(super) place: Option<&'a str>,
}

impl LeapLines<'_> {
    /// What leaps and why, a line each.
    pub(super) fn lines(self, words: &Words) -> Vec<String> {
        let notes = &words.notes;
        let told = (words.leaps)(self.count, self.largest, self.place);
        let why = |across| (notes.why_time_gap)(across, self.forth > 0);
        let (some, why) = match self.crossing {
            0 => (None, why(false)),
            all if all == self.count => (None, why(true)),
            some => (Some((notes.time_gaps_across)(some)), why(false)),
        };
        std::iter::once(told).chain(some).chain([why.to_owned()]).collect()
    }
}

/// What link headers say of who sent packets to whom, in packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stations {
    /// The device that captured sent them or was sent them.
    pub(super) own: u64,
    /// Between two addresses, but not between two stations of the Ethernet.
    pub(super) one: u64,
    /// From an address to itself, and yet between two stations: somebody has replaced addresses.
    pub(super) rewritten: u64,
    /// From a device to itself, without any station: it never left that device.
    pub(super) looped: u64,
}

/// What goes past the place where the captures were made.
#[derive(Debug, Default)]
pub(super) struct Passing {
    by_host: BTreeMap<IpAddr, u64>,
    /// With whom each of them speaks and is answered: one, or more than that.
    partners: BTreeMap<IpAddr, Option<IpAddr>>,
    /// Who is answered by whom, inside and outside.
    answered: BTreeSet<[IpAddr; 2]>,
    all: u64,
    /// What a device tells itself.
    itself: u64,
    /// Addresses from which a device told itself something.
    own: BTreeSet<IpAddr>,
    /// Addresses of IPv6, with that of IPv4 that the same network card has.
    aliases: BTreeMap<IpAddr, IpAddr>,
    /// Who speaks with others of the LAN.
    neighbours: BTreeSet<IpAddr>,
    /// Whether some of it goes between two addresses of the Internet.
    is_transit: bool,
    /// Whose packets came to the capturing device from outside.
    came_in: BTreeSet<IpAddr>,
}

impl Passing {
    /// With the network cards on the captured link, each with the addresses that it sends from: one device, whichever version
    /// of IP it speaks. Not where it has several of IPv4, as in front of what a router passes on.
    pub(super) fn of<M: Ord>(cards: impl Iterator<Item = (M, IpAddr)>) -> Self {
        let mut by_card: BTreeMap<M, BTreeSet<IpAddr>> = BTreeMap::new();
        for (card, address) in cards {
            by_card.entry(card).or_default().insert(address);
        }
        let mut aliases = BTreeMap::new();
        for addresses in by_card.into_values() {
            let (four, mut six): (Vec<IpAddr>, Vec<IpAddr>) =
                addresses.into_iter().partition(IpAddr::is_ipv4);
            // What comes in from the Internet has the card of the router.
            let outside = |address: &IpAddr| match address {
                IpAddr::V6(six) if is_public(*address) => Some(six.to_bits() >> 64),
                _ => None,
            };
            if six.iter().filter_map(outside).collect::<BTreeSet<_>>().len() > 1 {
                six.retain(|address| outside(address).is_none());
            }
            if let [one] = four.as_slice() {
                aliases.extend(six.into_iter().map(|address| (address, *one)));
            }
        }
        Self { aliases, ..Self::default() }
    }

    /// Packets between two addresses, of which the second was spoken to: of the first, and what came back.
    pub(super) fn add(&mut self, ends: [IpAddr; 2], [there, back]: [u64; 2]) {
        let packets = there.saturating_add(back);
        let ends = ends.map(|end| self.aliases.get(&end).copied().unwrap_or(end));
        // What goes to all tells only that a network is there.
        if stands_for_several(ends[1]) {
            return;
        }
        // What a device tells itself passes no port of it.
        if ends[0] == ends[1] || ends.iter().any(IpAddr::is_loopback) {
            self.itself = self.itself.saturating_add(packets);
            self.own.extend(ends.iter().filter(|end| !end.is_loopback()));
            return;
        }
        self.all = self.all.saturating_add(packets);
        match ends.map(is_public) {
            [false, false] => self.neighbours.extend(ends),
            [true, true] => self.is_transit = true,
            _ => {}
        }
        // What leaves the LAN passes its router as well, so that the place may be that one; and of IPv6 a host has
        // several addresses, which are no third host.
        let is_four = ends.iter().all(IpAddr::is_ipv4);
        if there > 0 && back > 0 && is_four {
            self.answered.insert(ends);
        }
        if there > 0 && back > 0 && is_four && is_public(ends[0]) == is_public(ends[1]) {
            for [end, partner] in [ends, [ends[1], ends[0]]] {
                let known = self.partners.entry(end).or_insert(Some(partner));
                *known = known.filter(|known| *known == partner);
            }
        }
        for end in ends {
            let known = self.by_host.entry(end).or_default();
            *known = known.saturating_add(packets);
        }
    }

    /// Packets of this host came to the capturing device from outside.
    pub(super) fn note_came_in(&mut self, host: IpAddr) {
        self.came_in.insert(host);
    }

    /// Where the capture was probably made: what goes past a place tells whose place it is. `links`: names of link types, and
    /// of the packets how many are `own` by the word of cooked records, and how many name no two stations; `layers`: of
    /// tunnels; `named`: an address, with the device there. `is_mixed`: several captures or points are in one, of which no
    /// place can be told.
    pub(super) fn place(
        &self,
        links: &[&str],
        stations: Stations,
        layers: &[&str],
        is_mixed: bool,
        named: impl Fn(IpAddr) -> String,
        language: Language,
    ) -> Option<String> {
        let paper: &PaperWords = paper_words(language);
        let filled = |sentence: &str, what: &str| sentence.replacen("{}", what, 1);
        // Packets that are wrapped in part were taken on both sides of who wraps them.
        if is_mixed || layers.contains(&"PPP") {
            return None;
        }
        // No device tells itself anything by way of another station.
        let itself = self.itself.saturating_sub(stations.rewritten);
        if self.all < LEAST_TELLING {
            return (itself >= LEAST_TELLING).then(|| paper.on_itself.to_owned());
        }
        let nearly_all = self.all - self.all / 100;
        let always = self.by_host.iter().filter(|(_, packets)| **packets >= nearly_all);
        let mut always: Vec<IpAddr> = always.map(|(end, _)| *end).collect();
        let is_all_outside = self.by_host.keys().all(|end| is_public(*end));
        // Cooked records are written by the device whose packets they are, whichever way these take, unless they themselves say
        // that all packets go from others to others, as at a mirror port.
        let is_cooked = stations.own > 0 && !links.is_empty() && links.iter().all(|name| is_cooked(name));
        // Nor does anybody else see what a device tells itself, least of all on a loopback interface of it.
        let has_loopback = links.iter().any(|name| is_loopback(name));
        let is_alone = itself > if has_loopback { 0 } else { self.all / 100 };
        let is_itself = is_cooked || stations.looped > 0 || is_alone;
        if is_itself && always.iter().any(|end| self.own.contains(end)) {
            always.retain(|end| self.own.contains(end));
        }
        // Where headers name no stations two addresses may be those of one device: its loopback interface, a tunnel of its own.
        let is_stationless = !links.is_empty() && links.iter().all(|name| is_stationless(name));
        if is_stationless || stations.one > self.all / 100 {
            return is_itself.then(|| paper.on_itself.to_owned());
        }
        // A switch floods what goes one way only; an answer to a third host would not come past the port of the other
        // one.
        let has_all =
            |end: &IpAddr| self.by_host.get(end) == Some(&self.all) && self.partners.get(end) == Some(&None);
        if always.len() > 1 && always.iter().any(has_all) {
            always.retain(has_all);
        }
        // Nor does the port of one carry what two others tell each other.
        let is_at = |one: &IpAddr| self.answered.iter().all(|ends| ends.contains(one));
        Some(match always.as_slice() {
            [one] if is_itself && !self.came_in.contains(one) => filled(paper.on_device, &named(*one)),
            _ if is_itself => paper.on_itself.to_owned(),
            [one, other] => filled(&filled(paper.between_two, &named(*one)), &named(*other)),
            [one] if is_at(one) && (!is_public(*one) || is_all_outside) => {
                filled(paper.at_device, &named(*one))
            }
            _ if self.neighbours.is_empty() && !self.is_transit => paper.at_border.to_owned(),
            _ if self.neighbours.len() > 2 => {
                filled(paper.in_lan, &count(self.neighbours.len() as u64, language))
            }
            _ => return None,
        })
    }
}

/// Whether several captures, or what several points saw, are in one: the clock leaps by days, or packets come twice.
pub(super) fn is_mixed(leaps: u64, duplicates: u64, compared: u64) -> bool {
    leaps > 0 || duplicates.saturating_mul(20) > compared
}

/// Whether an address stands for several hosts.
pub(super) fn is_group(address: &str) -> bool {
    address.parse().is_ok_and(stands_for_several)
}

/// A group, or the broadcast address of most networks.
fn stands_for_several(address: IpAddr) -> bool {
    address.is_multicast() || matches!(address, IpAddr::V4(v4) if v4.octets()[3] == 255)
}

/// A loopback interface, or one that carries IP with nothing before it.
fn is_stationless(link: &str) -> bool {
    is_loopback(link) || matches!(link, "RAW" | "12" | "14" | "IPV4" | "IPV6")
}

/// A loopback interface.
fn is_loopback(link: &str) -> bool {
    matches!(link, "NULL" | "LOOP")
}

/// `LINUX_SLL` and `LINUX_SLL2`: what a Linux device records of all its interfaces, or of one without a link layer.
fn is_cooked(link: &str) -> bool {
    link.starts_with("LINUX_SLL")
}

#[cfg(test)]
mod tests {
    use super::Language::De;
    use super::*;

    fn filled(sentence: &str, what: &str) -> String {
        sentence.replacen("{}", what, 1)
    }

    #[test]
    fn who_answers_a_third_host_is_where_it_was_captured() {
        let words = paper_words(De);
        let [own, phone, other] =
            ["192.168.1.21", "192.168.1.24", "192.168.1.10"].map(|text| text.parse().unwrap());
        let told = |flows: &[([IpAddr; 2], [u64; 2])], rewritten| {
            let mut passing = Passing::default();
            flows.iter().for_each(|(ends, packets)| passing.add(*ends, *packets));
            let stations = Stations { rewritten, ..Stations::default() };
            passing.place(&["ETHERNET"], stations, &[], false, |address| address.to_string(), De)
        };
        let between = Some(filled(&filled(words.between_two, "192.168.1.21"), "192.168.1.24"));
        let most = ([own, phone], [1_200, 1_000]);
        assert_eq!(told(&[most, ([own, other], [5, 4])], 0), Some(filled(words.at_device, "192.168.1.21")));
        let [six, one, link] = ["fd00::21", "fd00::2", "fe80::2"].map(|text| text.parse().unwrap());
        let between_six = Some(filled(&filled(words.between_two, "fd00::2"), "fd00::21"));
        assert_eq!(told(&[([six, one], [1_200, 1_000]), ([six, link], [2, 2])], 0), between_six, "one host");
        let outside = ([own, "198.51.100.7".parse().unwrap()], [5, 4]);
        assert_eq!(told(&[most, outside], 0), between, "it may be the router's port");
        assert_eq!(told(&[most, ([own, other], [9, 0])], 0), between, "flooded by the switch");
        assert_eq!(told(&[most, ([own, other], [5, 4]), ([phone, other], [1, 1])], 0), between);
        let itself = ([own, own], [200, 76]);
        assert_eq!(told(&[itself], 0), Some(words.on_itself.to_owned()));
        assert_eq!(told(&[itself], 276), None, "between two stations: addresses were replaced");
    }

    #[test]
    fn the_port_of_one_carries_nothing_that_two_others_tell_each_other() {
        let words = paper_words(De);
        let [own, phone, other, server] =
            ["192.168.20.130", "192.168.20.132", "192.168.20.1", "192.168.20.2"]
                .map(|text| text.parse().unwrap());
        let told = |flows: &[([IpAddr; 2], [u64; 2])], looped| {
            let mut passing = Passing::default();
            flows.iter().for_each(|(ends, packets)| passing.add(*ends, *packets));
            let stations = Stations { looped, ..Stations::default() };
            passing.place(&["ETHERNET"], stations, &[], false, |address| address.to_string(), De)
        };
        let most = [([own, phone], [1_200, 1_000]), ([own, other], [1_200, 1_000])];
        let with = |more: [u64; 2]| [most[0], most[1], ([phone, server], more)];
        assert_eq!(told(&with([9, 0]), 0), Some(filled(words.at_device, "192.168.20.130")), "flooded");
        assert_eq!(told(&with([9, 9]), 0), Some(filled(words.in_lan, "4")));
        let itself = [most[0], most[1], ([own, own], [15, 0])];
        assert_eq!(
            told(&itself, 15),
            Some(filled(words.on_device, "192.168.20.130")),
            "on its loopback interface"
        );
        assert_eq!(
            told(&itself, 0),
            Some(filled(words.at_device, "192.168.20.130")),
            "somebody else sent it"
        );
    }

    #[test]
    fn what_a_device_tells_itself_on_a_loopback_interface_is_seen_by_nobody_else() {
        let words = paper_words(De);
        let [own, phone, other] =
            ["192.168.1.194", "192.168.1.156", "192.168.1.128"].map(|text| text.parse().unwrap());
        let told = |links: &[&str], flows: &[([IpAddr; 2], u64)]| {
            let mut passing = Passing::default();
            flows.iter().for_each(|(ends, packets)| passing.add(*ends, [*packets, 0]));
            passing.place(links, Stations::default(), &[], false, |address| address.to_string(), De)
        };
        let flows = [([own, phone], 1_700), ([phone, own], 60), ([own, other], 8), ([own, own], 13)];
        assert_eq!(told(&["ETHERNET", "NULL"], &flows), Some(filled(words.on_device, "192.168.1.194")));
        assert_eq!(
            told(&["ETHERNET"], &flows),
            Some(filled(&filled(words.between_two, "192.168.1.156"), "192.168.1.194")),
            "few packets that bear one address twice may be forged"
        );
        assert_eq!(told(&["ETHERNET", "NULL"], &flows[..3]), told(&["ETHERNET"], &flows));
    }

    #[test]
    fn a_device_that_speaks_both_versions_of_ip_is_one() {
        let words = paper_words(De);
        let [own, router, own6, router6, far, far6] =
            ["192.168.1.12", "192.168.1.1", "2001:db8:1::12", "fe80::1", "203.0.113.9", "2001:4860::9"]
                .map(|text| text.parse::<IpAddr>().unwrap());
        let flows = [([own, router], 20), ([own, far], 40), ([own6, router6], 6), ([own6, far6], 1_200)];
        let told = |cards: &[(u8, IpAddr)]| {
            let mut passing = Passing::of(cards.iter().copied());
            flows.iter().for_each(|(ends, packets)| passing.add(*ends, [*packets, 0]));
            passing.place(&["ETHERNET"], Stations::default(), &[], false, |address| address.to_string(), De)
        };
        let cards = [(1, own), (2, router), (1, own6), (2, router6)];
        assert_eq!(told(&cards), Some(filled(words.at_device, "192.168.1.12")));
        assert_eq!(told(&[]), None, "nobody knows whose they are");
        let behind = [(1, own), (1, own6), (2, router), (2, far6), (2, "2a00:1450::9".parse().unwrap())];
        assert_eq!(told(&behind), Some(filled(words.at_device, "192.168.1.12")), "the Internet is no router");
    }
}
