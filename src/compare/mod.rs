//! Takes two audits of one site, before and after a change; gives what went, what came and what stayed. No words.

mod ledger;
pub mod points;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::check::{Audit, Code, Detail, Finding, RowStatus, Unjudged, Verdict};
use crate::decode::Mac;
use crate::observe::{FlowView, HostFacts, Protocol};

use crate::site::{Device, ModelId, RoleId};

pub use ledger::{Course, Ledger, Turn};

/// What became of a site.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    /// Before and after.
    pub verdicts: (Verdict, Verdict),
    /// Findings of the first measurement that the second does not have.
    pub went: Vec<Gone<'a>>,
    /// Findings that only the second measurement has, heaviest first.
    pub came: Vec<&'a Finding>,
    /// Findings of both, before and after.
    pub stayed: Vec<(&'a Finding, &'a Finding)>,
    /// Rows whose status is another, by device (as in the second measurement), then row.
    pub rows: Vec<RowChange>,
    /// Devices that are not the same, by address.
    pub devices: Vec<DeviceChange>,
}

/// A finding that is not there any more.
#[derive(Clone, Debug)]
pub struct Gone<'a> {
    /// As it was.
    pub finding: &'a Finding,
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
    /// The service was not tried again.
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
type Key = (Code, Option<IpAddr>, Option<(Protocol, SocketAddr)>);

/// Compares two measurements of one site.
#[must_use]
pub fn changes<'a>(before: &'a Audit, after: &'a Audit) -> Changes<'a> {
    let moved = Moved::new(before, after);
    let of_after: BTreeMap<Key, &Finding> =
        after.findings.iter().rev().map(|finding| (key(finding, |address| address), finding)).collect();
    let key_before = |finding: &Finding| key(finding, |address| moved.now(address));
    let of_before: BTreeSet<Key> = before.findings.iter().map(key_before).collect();
    let (mut went, mut stayed, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for finding in &before.findings {
        let key = key_before(finding);
        match of_after.get(&key) {
            Some(now) if seen.insert(key) => stayed.push((finding, *now)),
            Some(_) => {}
            None => went.push(Gone { finding, doubt: doubt(finding, after, &moved) }),
        }
    }
    let is_new = |finding: &&Finding| !of_before.contains(&key(finding, |address| address));
    Changes {
        verdicts: (before.verdict, after.verdict),
        went,
        came: after.findings.iter().filter(is_new).collect(),
        stayed,
        rows: rows(before, after, &moved),
        devices: devices(before, after, &moved),
    }
}

/// Devices that have another address now, known by their hardware address.
struct Moved {
    now: BTreeMap<IpAddr, IpAddr>,
}

impl Moved {
    fn new(before: &Audit, after: &Audit) -> Self {
        let by_mac: BTreeMap<Mac, IpAddr> =
            after.traffic.hosts.iter().filter_map(|host| Some((own_mac(host)?, host.address))).collect();
        let is_there = |address: IpAddr| host(after, address).is_some();
        let gone = before.traffic.hosts.iter().filter(|host| !is_there(host.address));
        let now = gone.filter_map(|host| {
            let address = *by_mac.get(&own_mac(host)?)?;
            (address.is_ipv4() == host.address.is_ipv4()).then_some((host.address, address))
        });
        Self { now: now.collect() }
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
    let hosts = &audit.traffic.hosts;
    hosts.binary_search_by(|host| host.address.cmp(&address)).ok().and_then(|at| hosts.get(at))
}

fn key(finding: &Finding, now: impl Fn(IpAddr) -> IpAddr) -> Key {
    let service = match finding.detail {
        Detail::Port003 { target, protocol, .. } => {
            Some((protocol, SocketAddr::new(now(target.ip()), target.port())))
        }
        _ => None,
    };
    (finding.code(), finding.subject.as_ref().map(|subject| now(subject.address)), service)
}

/// Why the second measurement may lack the finding although nothing was put right.
fn doubt(finding: &Finding, after: &Audit, moved: &Moved) -> Option<Doubt> {
    let code = finding.code().as_str();
    // What a capture says of itself is over when the next one does not say it.
    if code.starts_with("CAP") {
        return None;
    }
    let needs = |what: &Unjudged| match what {
        Unjudged::NoVoice => code.starts_with("RTP") || code.starts_with("QOS") && code != "QOS-004",
        Unjudged::OneDirection => matches!(code, "PORT-003" | "RTP-001" | "RTP-002" | "SIG-002"),
        Unjudged::OneSided => code == "RTP-001",
        Unjudged::NoRule => code.starts_with("QOS"),
        Unjudged::Incomplete => matches!(code, "RTP-003" | "RTP-004" | "SIG-006"),
        Unjudged::Clock => code == "RTP-004",
        Unjudged::CutSip | Unjudged::Encrypted => code.starts_with("SIG"),
        Unjudged::NoDevice => code.starts_with("PORT") || code.starts_with("QOS"),
        Unjudged::UnseenAnswers => code == "SIG-002",
        Unjudged::Damaged => false,
    };
    if let Some(what) = after.unjudged.iter().find(|what| needs(what)) {
        return Some(Doubt::Unjudged(*what));
    }
    let address = moved.now(finding.subject.as_ref()?.address);
    if host(after, address).is_none() {
        return Some(Doubt::DeviceAbsent);
    }
    let traffic = &after.traffic;
    let is_about_voice = code.starts_with("RTP") || code.starts_with("QOS") && code != "QOS-004";
    let has_voice = || {
        let ends = |stream: &crate::observe::Stream| [stream.source.ip(), stream.destination.ip()];
        traffic.streams.iter().any(|stream| ends(stream).contains(&address))
    };
    if is_about_voice && !has_voice() {
        return Some(Doubt::NoVoice);
    }
    let registered = || traffic.registrations.iter().any(|known| known.client.ip() == address);
    if matches!(code, "SIG-001" | "SIG-002" | "SIG-003") && !registered() {
        return Some(Doubt::NoRegistration);
    }
    if let Detail::Port003 { target, protocol, .. } = finding.detail {
        let target = SocketAddr::new(moved.now(target.ip()), target.port());
        let mut views =
            traffic.flows.iter().filter(|flow| flow.protocol == protocol).flat_map(FlowView::both);
        if !views.any(|view| view.host() == address && view.peer() == target) {
            return Some(Doubt::NotTried);
        }
    }
    None
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
