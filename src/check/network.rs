//! NET codes: where in the network devices are.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::capture::Frame;
use crate::observe::Stream;
use crate::observe::media::MediaKind;
use crate::site::{Confidence, Scope};

use super::case::Case;
use super::evidence::of_streams;
use super::finding::{Detail, Finding, Party, Severity};

/// Fewer may have been sent while a telephone still looks for its VLAN.
const LEAST_PACKETS: u64 = 50;
/// Stands in a tag that gives a priority and no VLAN, IEEE 802.1Q.
const PRIORITY_TAG: u16 = 0;

/// NET-004: senders of the LAN whose voice is in another VLAN than the user states. Voice without a tag tells nothing: mirror
/// ports and drivers take tags off.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let expected = &case.hints.site.voice_vlans;
    if expected.is_empty() {
        return Vec::new();
    }
    let mut senders: BTreeMap<IpAddr, Vec<&Stream>> = BTreeMap::new();
    for stream in case.traffic.streams.iter().filter(|stream| stream.report.kind == MediaKind::Audio) {
        let sender = stream.source.ip();
        // Behind a router the VLAN is the router's.
        let is_own = case.host(sender).and_then(|facts| facts.on_link) != Some(false);
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
    fn told(stated: &str, vlans: &[(u16, u64)], on_link: Option<bool>) -> Vec<&'static str> {
        let mut voice = stream(&format!("{PHONE}:10000"), &format!("{PBX}:5204"), &[(46, 100)]);
        let seen =
            |(value, packets): (u16, u64)| Seen { value, packets, frames: vec![frame(1)], last: frame(9) };
        voice.report.marking.vlans = vlans.iter().copied().map(seen).collect();
        let mut world = World::new("").site_file(stated).streams(vec![voice]);
        world.traffic.hosts = vec![host(PHONE, on_link)];
        check(&world.case()).iter().map(|finding| finding.code().as_str()).collect()
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
}
