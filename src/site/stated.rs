//! What the user states on the command line and in the site file, in one place to ask.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use super::device::Scope;
use super::hints::{ProviderHint, SiteFile};
use super::identify::Lore;
use super::value::{Kind, ModelId, RoleId};
use crate::observe::{HostFacts, Traffic, is_public};

/// Everything the user stated.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The site file, empty if there is none.
    pub site: SiteFile,
    hosts: BTreeMap<IpAddr, Stated>,
}

/// What the user says of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Its address.
    pub address: IpAddr,
    role: Option<RoleId>,
    /// Its model.
    pub model: Option<ModelId>,
    /// What the user calls it.
    pub name: Option<String>,
    /// The option that states it, which reads alike in both languages.
    source: &'static str,
}

impl Hints {
    /// Joins the site file with the `--pbx` options, which win. A word behind `=` is a model or a role.
    ///
    /// # Errors
    /// Names the word that is neither, and the words that would be.
    pub fn new(site: SiteFile, pbx: &[(IpAddr, Option<String>)], lore: Lore<'_>) -> Result<Self, String> {
        let mut hosts = BTreeMap::new();
        for host in &site.hosts {
            let stated = Stated {
                address: host.address,
                role: Some(host.role.clone()),
                model: host.model.clone(),
                name: host.name.clone(),
                source: "--site",
            };
            hosts.insert(host.address, stated);
        }
        let mut said: BTreeMap<IpAddr, &Option<String>> = BTreeMap::new();
        for (address, word) in pbx {
            if let Some(other) = said.insert(*address, word).filter(|other| *other != word) {
                let words = |word: &Option<String>| {
                    word.as_ref().map_or_else(|| address.to_string(), |word| format!("{address}={word}"))
                };
                return Err(format!(
                    "--pbx: {address} is given twice, as `{}` and as `{}`; keep one",
                    words(other),
                    words(word)
                ));
            }
            let (role, model) = match word {
                None => (None, None),
                Some(word) => role_or_model(word, lore)?,
            };
            let name = hosts.get(address).and_then(|host| host.name.clone());
            hosts.insert(*address, Stated { address: *address, role, model, name, source: "--pbx" });
        }
        Ok(Self { site, hosts })
    }

    /// What is stated of a host.
    #[must_use]
    pub fn host(&self, address: IpAddr) -> Option<&Stated> {
        self.hosts.get(&address)
    }

    /// All hosts of which something is stated, by address.
    pub fn hosts(&self) -> impl Iterator<Item = &Stated> {
        self.hosts.values()
    }

    /// Whether the site file names the address as a provider's.
    #[must_use]
    pub fn is_provider(&self, address: IpAddr) -> bool {
        self.site.providers.iter().any(|known| known.addresses.iter().any(|net| net.contains(&address)))
    }

    /// What the site file calls the provider at this address, for the list of evidence; `None` where it names none there.
    #[must_use]
    pub fn provider_words(&self, address: IpAddr) -> Option<Box<str>> {
        let is_there = |known: &&ProviderHint| known.addresses.iter().any(|net| net.contains(&address));
        let provider = self.site.providers.iter().find(is_there)?;
        let mut words = "--site provider".to_owned();
        push_name(&mut words, provider.name.as_deref());
        Some(words.into())
    }

    /// Where a host lies: as its address says, or in the LAN where the capture shows it there. Whole houses have public addresses
    /// within, and with IPv6 nearly every LAN does.
    #[must_use]
    pub fn scope_of(&self, address: IpAddr, traffic: &Traffic) -> Scope {
        match self.scope(address) {
            Scope::Public if is_in_the_house(address, traffic) => Scope::Lan,
            scope => scope,
        }
    }

    /// Where an address lies: private by RFC 1918, 3927, 4193 and 4291, or as the site file says. Addresses of
    /// RFC 6598 (carrier-grade NAT) are the provider's side.
    #[must_use]
    pub fn scope(&self, address: IpAddr) -> Scope {
        if self.site.lan.iter().any(|net| net.contains(&address)) {
            return Scope::Lan;
        }
        let is_broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
        match address.is_multicast() || is_broadcast {
            true => Scope::Multicast,
            false if is_public(address) => Scope::Public,
            false => Scope::Lan,
        }
    }
}

impl Stated {
    /// The stated role; for a mere `--pbx IP` the kind of telephone system with the heaviest evidence.
    pub(super) fn role(&self, lore: Lore<'_>, sums: &BTreeMap<&RoleId, u32>) -> Option<RoleId> {
        if self.role.is_some() {
            return self.role.clone();
        }
        let systems = lore.roles.iter().filter(|role| role.kind == Kind::Pbx);
        let weight = |role: &RoleId| sums.get(role).copied().unwrap_or_default();
        let best = systems.max_by(|x, y| weight(&x.id).cmp(&weight(&y.id)).then(y.id.cmp(&x.id)));
        best.map(|role| role.id.clone())
    }

    /// The option that states it.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// For the list of evidence.
    pub(super) fn words(&self) -> Box<str> {
        let mut words = self.source.to_owned();
        // Whoever states a model has said the role with it.
        let stated = self.model.as_ref().map(ModelId::as_str).or(self.role.as_ref().map(RoleId::as_str));
        if let Some(word) = stated {
            words.push(' ');
            words.push_str(word);
        }
        push_name(&mut words, self.name.as_deref());
        words.into()
    }
}

/// Whether ARP or neighbour discovery shows it on the captured link, or a hardware address of its own and an untouched TTL do, and
/// another host of its subnet is there as well: one alone may be what stands behind a router.
fn is_in_the_house(address: IpAddr, traffic: &Traffic) -> bool {
    let Some(facts) = traffic.host(address) else { return false };
    let own = |facts: &HostFacts| facts.macs.first().map(|seen| seen.mac);
    facts.is_neighbour()
        || facts.has_come_directly()
            && traffic.hosts_of(subnet(address)).take(HOSTS_LOOKED_AT).any(|other| {
                other.address != address
                    && other.has_come_directly()
                    // A capture without Ethernet headers tells no stations.
                    && (own(other) != own(facts) || own(facts).is_none())
            })
}

/// Of a subnet that somebody fills with addresses of his own.
const HOSTS_LOOKED_AT: usize = 256;

/// The usual subnet of an address, /24 or /64 (RFC 4291 section 2.5.4): its first and its last address.
fn subnet(address: IpAddr) -> RangeInclusive<IpAddr> {
    match address {
        IpAddr::V4(v4) => {
            let bits = v4.to_bits();
            IpAddr::V4(Ipv4Addr::from_bits(bits & !0xff))..=IpAddr::V4(Ipv4Addr::from_bits(bits | 0xff))
        }
        IpAddr::V6(v6) => {
            let (bits, hosts) = (v6.to_bits(), u128::from(u64::MAX));
            IpAddr::V6(Ipv6Addr::from_bits(bits & !hosts))..=IpAddr::V6(Ipv6Addr::from_bits(bits | hosts))
        }
    }
}

/// What the user calls it, in quotation marks.
fn push_name(words: &mut String, name: Option<&str>) {
    if let Some(name) = name {
        words.push_str(" “");
        words.push_str(name);
        words.push('”');
    }
}

fn role_or_model(word: &str, lore: Lore<'_>) -> Result<(Option<RoleId>, Option<ModelId>), String> {
    if let Some(model) = lore.models.iter().find(|model| model.id == *word) {
        return Ok((Some(model.role.clone()), Some(model.id.clone())));
    }
    if let Some(role) = lore.roles.iter().find(|role| role.id == *word && role.kind == Kind::Pbx) {
        return Ok((Some(role.id.clone()), None));
    }
    let models = lore.models.iter().map(|model| model.id.as_str());
    let systems = lore.roles.iter().filter(|role| role.kind == Kind::Pbx).map(|role| role.id.as_str());
    let known: Vec<&str> = models.chain(systems).collect();
    Err(format!("--pbx: `{word}` is neither a model nor a telephone system; known are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::HostHint;
    use super::super::fixture::{model, role};
    use super::*;
    use crate::decode::Mac;
    use crate::observe::MacSeen;
    use crate::observe::fixture::{frame, host};

    const PBX: &str = "192.168.10.2";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Two systems and a telephone; one of the systems has a model.
    fn with_lore<T>(ask: impl FnOnce(Lore<'_>) -> T) -> T {
        let roles = [("a.pbx", Kind::Pbx), ("a.phone", Kind::Terminal), ("b.server", Kind::Pbx)];
        let roles = roles.map(role);
        let models = [model("a-one", "a.pbx", "5204-5263")];
        ask(Lore { roles: &roles, models: &models, identities: &[] })
    }

    fn hints(site: SiteFile, word: Option<&str>) -> Result<Hints, String> {
        with_lore(|lore| Hints::new(site, &[(ip(PBX), word.map(Into::into))], lore))
    }

    fn stated(word: Option<&str>) -> (Option<RoleId>, Option<ModelId>) {
        let hints = hints(SiteFile::default(), word).unwrap();
        let host = hints.host(ip(PBX)).unwrap();
        (host.role.clone(), host.model.clone())
    }

    #[test]
    fn the_word_behind_the_address_is_a_model_or_a_system() {
        assert_eq!(stated(Some("a-one")), (Some("a.pbx".into()), Some("a-one".into())));
        assert_eq!(stated(Some("b.server")), (Some("b.server".into()), None));
        assert_eq!(stated(None), (None, None));
    }

    #[test]
    fn another_word_is_refused_with_those_that_would_do() {
        for word in ["hypervoise", "a.phone"] {
            let error = hints(SiteFile::default(), Some(word)).unwrap_err();
            assert!(
                error.contains(&format!("`{word}`")) && error.contains("a-one, a.pbx, b.server"),
                "{error}"
            );
        }
    }

    #[test]
    fn two_options_for_one_address_must_agree() {
        let of_both = |words: [Option<&str>; 2]| {
            let pbx = words.map(|word| (ip(PBX), word.map(Into::into)));
            with_lore(|lore| Hints::new(SiteFile::default(), &pbx, lore))
        };
        let error = of_both([Some("a-one"), Some("b.server")]).unwrap_err();
        assert!(error.contains("`192.168.10.2=a-one` and as `192.168.10.2=b.server`"), "{error}");
        assert!(of_both([None, Some("b.server")]).is_err() && of_both([Some("a-one"); 2]).is_ok());
    }

    #[test]
    fn a_house_with_public_addresses_is_a_lan_where_the_capture_shows_it() {
        let seen = |last: u8, paired| MacSeen {
            mac: Mac([2, 0, 0, 0, 0, last]),
            frames: 9,
            first: frame(1),
            paired,
        };
        let host = |address: &str, last, ttl, paired| HostFacts {
            macs: vec![seen(last, paired)],
            ttl: Some((ttl, ttl)),
            ..host(address, Some(ttl == 64))
        };
        let scope = |mut hosts: Vec<HostFacts>, address: &str| {
            hosts.sort_by_key(|facts| facts.address);
            Hints::default().scope_of(ip(address), &Traffic { hosts, ..Traffic::default() })
        };
        let (own, other, far) = ("2003:e8::2", "2003:e8::21", "2003:180::150");
        assert_eq!(scope(vec![host(own, 1, 64, true)], own), Scope::Lan, "neighbour discovery");
        let both = vec![host(own, 1, 64, false), host(other, 2, 64, false), host(far, 3, 64, false)];
        assert_eq!(scope(both.clone(), own), Scope::Lan);
        assert_eq!(scope(both, far), Scope::Public, "alone, it may be what stands behind the router");
        let same = vec![host(own, 1, 64, false), host(other, 1, 64, false)];
        assert_eq!(scope(same, own), Scope::Public, "one station for both");
        let bare = |address| HostFacts { macs: Vec::new(), ..host(address, 1, 64, false) };
        assert_eq!(scope(vec![bare(own), bare(other)], own), Scope::Lan, "no Ethernet headers");
        let lowered = vec![host("194.25.10.2", 1, 57, false), host("194.25.10.3", 2, 57, false)];
        assert_eq!(scope(lowered, "194.25.10.2"), Scope::Public);
    }

    #[test]
    fn what_the_site_file_calls_somebody_is_told() {
        let name = |text: &str| Some(text.to_owned());
        let host = HostHint { address: ip(PBX), role: "a.phone".into(), model: None, name: name("Empfang") };
        let provider =
            ProviderHint { name: name("Musterfon"), addresses: vec!["217.0.0.0/13".parse().unwrap()] };
        let site = SiteFile { hosts: vec![host], providers: vec![provider], ..SiteFile::default() };
        let hints = with_lore(|lore| Hints::new(site, &[], lore)).unwrap();
        assert_eq!(&*hints.host(ip(PBX)).unwrap().words(), "--site a.phone “Empfang”");
        assert_eq!(hints.provider_words(ip("217.0.0.5")).as_deref(), Some("--site provider “Musterfon”"));
        assert_eq!(hints.provider_words(ip(PBX)), None);
    }

    #[test]
    fn the_command_line_outweighs_the_site_file_but_keeps_the_name() {
        let name = Some("Anlage".to_owned());
        let host = HostHint { address: ip(PBX), role: "a.phone".into(), model: None, name: name.clone() };
        let site = SiteFile { hosts: vec![host], ..SiteFile::default() };
        let hints = hints(site, Some("b.server")).unwrap();
        let host = hints.host(ip(PBX)).unwrap();
        assert_eq!((&host.role, &host.name), (&Some("b.server".into()), &name));
        assert_eq!(&*host.words(), "--pbx b.server “Anlage”");
        assert_eq!(hints.hosts().count(), 1);
        let host = HostHint { address: ip(PBX), role: "a.phone".into(), model: None, name: None };
        let site = SiteFile { hosts: vec![host], ..SiteFile::default() };
        let hints = with_lore(|lore| Hints::new(site, &[], lore)).unwrap();
        assert_eq!(&*hints.host(ip(PBX)).unwrap().words(), "--site a.phone");
    }

    #[test]
    fn a_mere_address_becomes_the_system_with_the_heaviest_evidence() {
        let hints = hints(SiteFile::default(), None).unwrap();
        let host = hints.host(ip(PBX)).unwrap();
        let (system, phone) = (RoleId::from("b.server"), RoleId::from("a.phone"));
        let role = |sums: &[(&RoleId, u32)]| {
            let sums = sums.iter().map(|(role, weight)| (*role, *weight)).collect();
            with_lore(|lore| host.role(lore, &sums))
        };
        assert_eq!(role(&[(&system, 20), (&phone, 90)]), Some(system.clone()));
        assert_eq!(role(&[(&phone, 90)]), Some("a.pbx".into()), "the first by name where nothing tells");
    }

    #[test]
    fn addresses_lie_in_the_lan_in_the_internet_or_are_groups() {
        let scopes = [
            ("192.168.10.2", Scope::Lan),
            ("10.0.0.1", Scope::Lan),
            ("172.31.255.255", Scope::Lan),
            ("172.32.0.0", Scope::Public),
            ("169.254.1.1", Scope::Lan),
            ("100.64.0.1", Scope::Public),
            ("203.0.113.9", Scope::Public),
            ("239.1.1.1", Scope::Multicast),
            ("255.255.255.255", Scope::Multicast),
            ("fe80::1", Scope::Lan),
            ("fd00::1", Scope::Lan),
            ("2001:db8::1", Scope::Public),
            ("ff02::fb", Scope::Multicast),
        ];
        for (address, scope) in scopes {
            assert_eq!(Hints::default().scope(ip(address)), scope, "{address}");
        }
        let site = SiteFile { lan: vec!["203.0.113.0/24".parse().unwrap()], ..SiteFile::default() };
        assert_eq!(hints(site, None).unwrap().scope(ip("203.0.113.9")), Scope::Lan, "as the user says");
    }

    #[test]
    fn providers_are_where_the_site_file_says() {
        let addresses = vec!["217.0.0.0/13".parse().unwrap()];
        let site =
            SiteFile { providers: vec![ProviderHint { name: None, addresses }], ..SiteFile::default() };
        let hints = hints(site, None).unwrap();
        assert!(hints.is_provider(ip("217.7.255.255")) && !hints.is_provider(ip("217.8.0.0")));
    }
}
