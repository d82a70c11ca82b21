//! Takes two audits of one site, before and after a change; gives what went, what came and what stayed. No words.

mod ledger;
mod places;
pub mod points;
mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::check::{Audit, Code, Distinction, Finding, RowStatus, Unjudged, Verdict, joined};
use crate::decode::Mac;
use crate::observe::HostFacts;

use crate::site::{Device, ModelId, RoleId};

pub use ledger::{Course, Ledger, Turn};
use places::Places;
use shown::Second;

/// What became of a site.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Before and after.
    pub verdicts: (Verdict, Verdict),
    /// Findings of the first measurement that the second does not have.
    pub went: Vec<Gone>,
    /// Findings that only the second measurement has, heaviest first.
    pub came: Vec<Finding>,
    /// Findings of both, before and after.
    pub stayed: Vec<(Finding, Finding)>,
    /// Rows whose status is another, by device (as in the second measurement), then row.
    pub rows: Vec<RowChange>,
    /// Devices that are not the same, by address.
    pub devices: Vec<DeviceChange>,
}

/// A finding that is not there any more.
#[derive(Clone, Debug)]
pub struct Gone {
    /// As it was.
    pub finding: Finding,
    /// Why its absence proves nothing; `None`: the second measurement would have shown it.
    pub doubt: Option<Doubt>,
}

/// Why a finding may be missing although its cause is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The second measurement does not show the device.
    DeviceAbsent,
    /// The device sent and received no voice.
    NoVoice,
    /// The device registered nowhere.
    NoRegistration,
    /// Nothing in it would have gone wrong, or right, in the same way.
    NotTried,
    /// The second measurement as a whole cannot show it.
    Unjudged(Unjudged),
}

/// Before and after.
type Statuses = (Option<RowStatus>, Option<RowStatus>);

/// What became of a documented row at a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Device, as in the second measurement where it is there.
    pub device: IpAddr,
    /// Row.
    pub row: Box<str>,
    /// Before and after; `None` where the device or its role is not there.
    pub status: Statuses,
}

/// What became of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChange {
    /// Addresses before and after, `None` where it is not there.
    pub address: (Option<IpAddr>, Option<IpAddr>),
    /// Roles before and after.
    pub role: (Option<RoleId>, Option<RoleId>),
    /// Models before and after.
    pub model: (Option<ModelId>, Option<ModelId>),
}

/// By what a finding is the same in both measurements.
type Key = (Code, Option<IpAddr>, Distinction);

/// Compares two measurements of one site.
#[must_use]
pub fn changes(before: &Audit, after: &Audit) -> Changes {
    let moved = Moved::new(before, after);
    let places = (Places::of(before), Places::of(after));
    let (old, new) = (parts(before), parts(after));
    let here = |address| address;
    let of_after: BTreeMap<Key, (usize, &Finding)> =
        new.iter().rev().map(|(at, part)| (key(part, here), (*at, *part))).collect();
    let key_before = |part: &Finding| key(part, |address| moved.now(address));
    let of_before: BTreeSet<Key> = old.iter().map(|(_, part)| key_before(part)).collect();
    let (mut went, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut stayed, mut as_it_is) = (Vec::new(), Vec::new());
    for (at, part) in old {
        let key = key_before(part);
        match of_after.get(&key) {
            Some((to, now)) if seen.insert(key) => {
                stayed.push(((at, *to), part.clone()));
                as_it_is.push(((at, *to), (*now).clone()));
            }
            Some(_) => {}
            None => went.push((doubt(part, (before, after), &places, &moved), part.clone())),
        }
    }
    let came = new.into_iter().filter(|(_, part)| !of_before.contains(&key(part, here)));
    let came = joined(came.map(|(_, part)| ((), part.clone())));
    let stayed = joined(stayed).into_iter().zip(joined(as_it_is));
    Changes {
        verdicts: (before.verdict, after.verdict),
        went: joined(went).into_iter().map(|(doubt, finding)| Gone { finding, doubt }).collect(),
        came: came.into_iter().map(|(_, finding)| finding).collect(),
        stayed: stayed.map(|((_, before), (_, after))| (before, after)).collect(),
        rows: rows(before, after, &moved),
        devices: devices(before, after, &moved),
    }
}

/// What findings were joined of, with the place of each finding: another grouping is no change.
fn parts(audit: &Audit) -> Vec<(usize, &Finding)> {
    let findings = audit.findings.iter().enumerate();
    findings.flat_map(|(at, finding)| finding.parts().iter().map(move |part| (at, part))).collect()
}

/// Devices that have another address now, known by their hardware address.
struct Moved {
    now: BTreeMap<IpAddr, IpAddr>,
}

impl Moved {
    fn new(before: &Audit, after: &Audit) -> Self {
        let (old, new) = (Self::by_mac(before), Self::by_mac(after));
        let is_there = |address: IpAddr| host(after, address).is_some();
        let now = old.into_iter().filter_map(|(key, addresses)| {
            // Of several addresses of one kind nobody knows which has become which.
            let ([before], [now]) = (addresses.as_slice(), new.get(&key)?.as_slice()) else { return None };
            (!is_there(*before)).then_some((*before, *now))
        });
        Self { now: now.collect() }
    }

    /// Addresses by hardware address and kind of IP.
    fn by_mac(audit: &Audit) -> BTreeMap<(Mac, bool), Vec<IpAddr>> {
        let mut addresses: BTreeMap<(Mac, bool), Vec<IpAddr>> = BTreeMap::new();
        for host in &audit.traffic.hosts {
            if let Some(mac) = own_mac(host) {
                addresses.entry((mac, host.address.is_ipv4())).or_default().push(host.address);
            }
        }
        addresses
    }

    fn now(&self, address: IpAddr) -> IpAddr {
        self.now.get(&address).copied().unwrap_or(address)
    }
}

/// The hardware address of a host on the captured link. Behind a router every host has the router's.
fn own_mac(host: &HostFacts) -> Option<Mac> {
    match host.macs.as_slice() {
        [only] if host.on_link == Some(true) => Some(only.mac),
        _ => None,
    }
}

fn host(audit: &Audit, address: IpAddr) -> Option<&HostFacts> {
    audit.traffic.host(address)
}

fn key(finding: &Finding, now: impl Fn(IpAddr) -> IpAddr) -> Key {
    let subject = finding.subject.as_ref().map(|subject| now(subject.address));
    (finding.code(), subject, finding.distinction().moved(now))
}

/// Why the second measurement may lack the finding although nothing was put right.
fn doubt(
    finding: &Finding,
    (before, after): (&Audit, &Audit),
    places: &(Places, Places),
    moved: &Moved,
) -> Option<Doubt> {
    let code = finding.code();
    // What a capture says of itself is over when the next one does not say it.
    if code.as_str().starts_with("CAP") {
        return None;
    }
    if let Some(what) = after.unjudged.iter().find(|what| what.hides(code)) {
        return Some(Doubt::Unjudged(*what));
    }
    let host = moved.now(finding.subject.as_ref()?.address);
    let second = Second { before, after, places, host, now: |address| moved.now(address) };
    if !is_told_by_another(finding, host, after) && second.shows_it_right(finding) {
        return None;
    }
    Some(lacking(code, host, after))
}

/// What the second measurement would need.
fn lacking(code: Code, host: IpAddr, after: &Audit) -> Doubt {
    if self::host(after, host).is_none() {
        return Doubt::DeviceAbsent;
    }
    let traffic = &after.traffic;
    let text = code.as_str();
    let is_about_voice =
        text.starts_with("RTP") || text.starts_with("QOS") && code != Code::Qos004 || code == Code::Net004;
    let has_voice =
        || traffic.streams.iter().any(|stream| [stream.source.ip(), stream.destination.ip()].contains(&host));
    let registers = || traffic.registrations.iter().any(|known| known.client.ip() == host);
    match code {
        _ if is_about_voice && !has_voice() => Doubt::NoVoice,
        Code::Sig001 | Code::Sig002 | Code::Sig003 if !registers() => Doubt::NoRegistration,
        _ => Doubt::NotTried,
    }
}

/// Voice without its mark has several codes, of which one is told: another one puts nothing right.
fn is_told_by_another(finding: &Finding, host: IpAddr, after: &Audit) -> bool {
    const UNMARKED: [Code; 3] = [Code::Qos001, Code::Qos003, Code::Qos008];
    let is_there = |other: &Finding| {
        other.subject.as_ref().is_some_and(|subject| subject.address == host)
            && UNMARKED.contains(&other.code())
    };
    UNMARKED.contains(&finding.code()) && after.findings.iter().any(is_there)
}

fn rows(before: &Audit, after: &Audit, moved: &Moved) -> Vec<RowChange> {
    let mut all: BTreeMap<(IpAddr, &str), Statuses> = BTreeMap::new();
    for row in &before.rows {
        all.entry((moved.now(row.device), &row.row)).or_default().0 = Some(row.status);
    }
    for row in &after.rows {
        all.entry((row.device, &row.row)).or_default().1 = Some(row.status);
    }
    // A device that came or went is told of once, not with every row.
    let differs = |(before, after): &Statuses| before != after && before.is_some() && after.is_some();
    let changed = all.into_iter().filter(|(_, status)| differs(status));
    changed.map(|((device, row), status)| RowChange { device, row: row.into(), status }).collect()
}

fn devices(before: &Audit, after: &Audit, moved: &Moved) -> Vec<DeviceChange> {
    fn named(audit: &Audit) -> impl Iterator<Item = &Device> {
        audit.site.devices.iter().filter(|device| device.vendor.is_some())
    }
    let mut all: BTreeMap<IpAddr, (Option<&Device>, Option<&Device>)> = BTreeMap::new();
    for device in named(before) {
        all.entry(moved.now(device.address)).or_default().0 = Some(device);
    }
    for device in named(after) {
        all.entry(device.address).or_default().1 = Some(device);
    }
    let changes = all.into_values().map(|(before, after)| DeviceChange {
        address: (before.map(|device| device.address), after.map(|device| device.address)),
        role: (before.map(|device| device.role.clone()), after.map(|device| device.role.clone())),
        model: (
            before.and_then(|device| device.model.clone()),
            after.and_then(|device| device.model.clone()),
        ),
    });
    let is_change =
        |change: &DeviceChange| change.address.0 != change.address.1 || change.role.0 != change.role.1;
    changes.filter(is_change).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::check::{Detail, Severity};
    use crate::observe::fixture::at;
    use crate::report::fixture::audit;

    /// A site where ports of a host are blocked: those of each group are joined, each group is less severe than the one before.
    pub(super) fn blocked(groups: &[&[u16]]) -> Audit {
        let mut audit = audit();
        let known = audit.findings.iter().position(|one| one.code() == Code::Port003).unwrap();
        let known = audit.findings.swap_remove(known);
        let one = |(severity, port): (Severity, u16)| {
            let mut one = Finding { severity, ..known.clone() };
            let Detail::Port003 { target, voice, .. } = &mut one.detail else { panic!("{one:?}") };
            (*target, *voice) = (SocketAddr::new(target.ip(), port), None);
            one.evidence.first = Some(at(i64::from(port)));
            ((), one)
        };
        let severities = [Severity::Error, Severity::Warning];
        let all = severities
            .into_iter()
            .zip(groups)
            .flat_map(|(how, ports)| ports.iter().map(move |port| (how, *port)));
        audit.findings = joined(all.map(one)).into_iter().map(|(_, finding)| finding).collect();
        audit.mended.clear();
        audit
    }

    pub(super) fn ports(finding: &Finding) -> Vec<u16> {
        let port = |part: &Finding| match part.detail {
            Detail::Port003 { target, .. } => target.port(),
            _ => 0,
        };
        finding.parts().iter().map(port).collect()
    }

    #[test]
    fn that_ports_are_joined_in_another_way_is_no_change() {
        let told = |before: &[&[u16]], after: &[&[u16]]| {
            let changes = changes(&blocked(before), &blocked(after));
            let stayed = changes.stayed.iter().map(|(before, after)| (ports(before), ports(after)));
            (
                changes.went.iter().map(|gone| ports(&gone.finding)).collect::<Vec<_>>(),
                changes.came.iter().map(ports).collect::<Vec<_>>(),
                stayed.collect::<Vec<_>>(),
            )
        };
        let none = Vec::<Vec<u16>>::new;
        let same = |ports: &[u16]| (ports.to_vec(), ports.to_vec());
        assert_eq!(told(&[&[80, 389]], &[&[80, 389]]), (none(), none(), vec![same(&[80, 389])]));
        let apart = vec![same(&[80]), same(&[389, 443])];
        assert_eq!(told(&[&[80, 389, 443]], &[&[389, 443], &[80]]), (none(), none(), apart));
        assert_eq!(
            told(&[&[80, 81, 389]], &[&[389, 443]]),
            (vec![vec![80, 81]], vec![vec![443]], vec![same(&[389])]),
            "each port counts"
        );
    }
}
