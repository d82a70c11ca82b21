//! NET codes: what the network does for telephony: names, time, addresses, and where in it devices are.

mod addresses;
mod leases;
mod names;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;
use crate::observe::media::MediaKind;
use crate::observe::{HostFacts, Stream};
use crate::site::{Confidence, Fingerprint, Kind, Scope};

use super::case::Case;
use super::evidence::of_streams;
use super::finding::{Detail, Finding, Party, Severity};

/// Fewer may have been sent while a telephone still looks for its VLAN.
const LEAST_PACKETS: u64 = 50;
/// Stands in a tag that gives a priority and no VLAN, IEEE 802.1Q.
const PRIORITY_TAG: u16 = 0;

/// So often, over so long (ns), nobody must have answered: what is repeated sooner was lost, or is on its way.
const LEAST_TRIES: u64 = 3;
const LEAST_WAIT: i64 = 3_000_000_000;
/// Name servers of one host, RFC 1123 section 6.1.3.2 and practice: whoever asks more is one itself, and many of them fail it
/// by nature.
pub(super) const MOST_SERVERS: usize = 4;

/// All NET findings.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = names::check(case);
    findings.extend(time::check(case));
    findings.extend(leases::check(case));
    findings.extend(vlans(case));
    findings.extend(addresses::check(case));
    findings
}

/// How many name servers each host asks.
pub(super) fn servers_asked(case: &Case<'_>) -> BTreeMap<IpAddr, usize> {
    let mut asked = BTreeMap::new();
    for row in &case.traffic.resolvers {
        *asked.entry(row.client).or_default() += 1;
    }
    asked
}

/// Whether the host is there for telephony alone: an identified PBX or terminal, or the MAC address of a maker that
/// builds nothing but telephones. What a computer asks for is mostly none of our business, and much of it fails by
/// design.
pub(super) fn is_telephone(case: &Case<'_>, address: IpAddr) -> bool {
    if case.scope(address) != Scope::Lan {
        return false;
    }
    if let Some(device) = case.device(address) {
        return device.kind.is_dedicated();
    }
    let is_own = |facts: &&HostFacts| facts.on_link != Some(false);
    let mac = case.host(address).filter(is_own).and_then(|facts| facts.macs.first()).map(|seen| seen.mac);
    mac.is_some_and(|mac| is_telephones_mac(case, mac))
}

/// Whether it is an address of a maker that builds nothing but telephones.
pub(super) fn is_telephones_mac(case: &Case<'_>, mac: Mac) -> bool {
    let makers = case.book.identities.iter().filter(|identity| identity.telephones);
    let mut prefixes = makers.filter_map(|identity| match &identity.fingerprint {
        Fingerprint::Mac(prefixes) => Some(prefixes),
        _ => None,
    });
    prefixes.any(|prefixes| prefixes.iter().any(|prefix| prefix.matches(mac)))
}

/// Whether a host at which others register asks for this name for their sake: a SIP service, or the domain of their accounts.
pub(super) fn is_telephony_of(case: &Case<'_>, host: IpAddr, name: &str) -> bool {
    let mut rows = case.registrations_at(host).filter(|row| row.status.is_some());
    let is_sip = ["_sip.", "_sips."].iter().any(|service| name.starts_with(service));
    case.scope(host) == Scope::Lan
        && rows.any(|row| {
            is_sip || row.aor.rsplit('@').next().is_some_and(|domain| domain.eq_ignore_ascii_case(name))
        })
}

/// Ids of the rows for what a device asks of a service.
fn rows_at(case: &Case<'_>, device: IpAddr, is_service: impl Fn(SocketAddr) -> bool) -> Vec<Box<str>> {
    let ends = case.ends_at(device).filter(|end| is_service(end.view.peer()));
    let rows: BTreeSet<&str> = ends
        .flat_map(|end| end.rows.iter().map(|(row, _)| *row).filter(|row| !end.is_outdone(row)))
        .map(|row| row.id.as_str())
        .collect();
    rows.into_iter().map(Into::into).collect()
}

/// How sure it is that an answer of this server to questions that began then would be in the capture.
fn would_be_seen(case: &Case<'_>, client: IpAddr, server: IpAddr, from: Timestamp) -> Option<Confidence> {
    let answered = case.host(server).and_then(|facts| facts.arp.as_ref()?.answered);
    if case.would_see_an_answer(client, server) || answered >= Some(from) {
        return Some(Confidence::Likely);
    }
    case.is_reached_since(client, from).then_some(Confidence::Suspected)
}

/// NET-004: senders of the LAN whose voice is in another VLAN than the user states. Voice without a tag tells nothing: mirror
/// ports and drivers take tags off.
fn vlans(case: &Case<'_>) -> Vec<Finding> {
    let expected = &case.hints.site.voice_vlans;
    if expected.is_empty() {
        return Vec::new();
    }
    let mut senders: BTreeMap<IpAddr, Vec<&Stream>> = BTreeMap::new();
    for stream in case.traffic.streams.iter().filter(|stream| stream.report.kind == MediaKind::Audio) {
        let sender = stream.source.ip();
        // Behind a router the VLAN is the router's. A computer belongs in the data network, and its softphone with it.
        let is_own = case.host(sender).and_then(|facts| facts.on_link) != Some(false)
            && case.device(sender).is_none_or(|device| device.kind != Kind::Softphone);
        if is_own && case.scope(sender) == Scope::Lan && astray(stream, expected).next().is_some() {
            senders.entry(sender).or_default().push(stream);
        }
    }
    let findings = senders.into_iter().filter_map(|(sender, streams)| {
        let mut vlans: BTreeMap<u16, u64> = BTreeMap::new();
        for (vlan, packets, _) in streams.iter().flat_map(|stream| astray(stream, expected)) {
            *vlans.entry(vlan).or_default() += packets;
        }
        let count: u64 = vlans.values().sum();
        let numbers: Vec<String> = vlans.keys().map(u16::to_string).collect();
        let condition = format!("vlan.id in {{{}}}", numbers.join(", "));
        let frames =
            |stream: &Stream| astray(stream, expected).flat_map(|(.., frames)| frames).copied().collect();
        (count >= LEAST_PACKETS).then(|| Finding {
            detail: Detail::Net004 { vlans: vlans.into_iter().collect(), expected: expected.clone() },
            severity: Severity::Warning,
            confidence: Confidence::Sure,
            subject: Some(case.subject(sender)),
            rows: Vec::new(),
            count,
            responsible: Party::Network,
            evidence: of_streams(streams, &condition, frames),
        })
    });
    findings.collect()
}

/// VLANs of a stream that are none for voice, with packets and first frames.
fn astray<'a>(stream: &'a Stream, expected: &[u16]) -> impl Iterator<Item = (u16, u64, &'a [Frame])> {
    let seen = stream.report.marking.vlans.iter();
    let is_astray = |vlan: u16| vlan != PRIORITY_TAG && !expected.contains(&vlan);
    seen.filter(move |seen| is_astray(seen.value)).map(|seen| (seen.value, seen.packets, &seen.frames[..]))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{PBX, PHONE, World};
    use super::*;
    use crate::observe::fixture::{frame, host, stream};
    use crate::observe::media::tally::Seen;

    /// Codes about voice of the telephone with so many packets in each VLAN.
    fn told(stated: &str, seen_vlans: &[(u16, u64)], on_link: Option<bool>) -> Vec<&'static str> {
        let mut voice = stream(&format!("{PHONE}:10000"), &format!("{PBX}:5204"), &[(46, 100)]);
        let seen = |(value, packets): (u16, u64)| Seen {
            value,
            packets,
            frames: [frame(1)].into_iter().collect(),
            last: frame(9),
        };
        voice.report.marking.vlans = seen_vlans.iter().copied().map(seen).collect();
        let mut world = World::new("").site_file(stated).streams(vec![voice]);
        world.traffic.hosts = vec![host(PHONE, on_link)];
        vlans(&world.case()).iter().map(|finding| finding.code().as_str()).collect()
    }

    #[test]
    fn voice_in_another_vlan_than_stated_is_told() {
        let stated = "voice_vlans = [20, 21]\n";
        assert_eq!(told(stated, &[(30, 50)], Some(true)), ["NET-004"]);
        assert_eq!(told(stated, &[(20, 400), (30, 25), (31, 25)], None), ["NET-004"]);
        assert!(told(stated, &[(30, 49)], Some(true)).is_empty());
        assert!(told(stated, &[(20, 100), (21, 100)], Some(true)).is_empty());
        assert!(told(stated, &[(0, 100)], Some(true)).is_empty(), "a priority is no VLAN");
        assert!(told(stated, &[], Some(true)).is_empty(), "tags may have been taken off");
        assert!(told(stated, &[(30, 100)], Some(false)).is_empty(), "that is the router's");
        assert!(told("", &[(30, 100)], Some(true)).is_empty(), "nobody said which they are");
    }

    #[test]
    fn a_softphone_is_where_its_computer_is() {
        let told = |kind| {
            let mut voice = stream(&format!("{PHONE}:10000"), &format!("{PBX}:5204"), &[(46, 100)]);
            voice.report.marking.vlans = vec![Seen {
                value: 30,
                packets: 100,
                frames: [frame(1)].into_iter().collect(),
                last: frame(9),
            }];
            let world = World::new("").site_file("voice_vlans = [20]\n").streams(vec![voice]);
            let world = world.device(PHONE, "acme.phone").with(PHONE, |device| device.kind = kind);
            vlans(&world.case()).len()
        };
        assert_eq!((told(Kind::Terminal), told(Kind::Softphone)), (1, 0));
    }
}
