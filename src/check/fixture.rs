//! A small installation with a rule book of a made-up vendor, for tests of single checks.

use std::net::{IpAddr, SocketAddr};

use super::case::Case;
use super::finding::{
    Detail, Evidence, Export, Finding, Life, Others, Party, Refusal, Severity, Subject, Trace,
};
use crate::capture::Timestamp;
use crate::config::SourceText;
use crate::observe::fixture::{self, ip, numbered};
use crate::observe::{Binding, Flow, Protocol, Registration, Stream, Traffic};
use crate::rules::Rulebook;
use crate::site::{Confidence, Device, Hints, Kind, Lore, RoleId, Scope, Site, SiteFile, Vocabulary};

pub(super) const PBX: &str = "192.168.10.2";
pub(super) const PHONE: &str = "192.168.10.21";
pub(super) const PUBLIC: &str = "203.0.113.9";

const DOCUMENT: &str = r#"
[document]
kind = "vendor"
vendor = "Acme"
title = "Ports"
edition = "1"
as_of = 2026-01-19
origin = "Acme"
disclaimer.de = "-"
disclaimer.en = "-"
"#;

/// Roles of the vendor, of another one, and of nobody.
const ROLES: [(&str, &str); 7] = [
    ("acme.cloud", "cloud"),
    ("acme.pbx", "pbx"),
    ("acme.phone", "terminal"),
    ("acme.softphone", "softphone"),
    ("rival.phone", "terminal"),
    ("provider", "provider"),
    ("other", "other"),
];

/// Everything a check is given.
pub(super) struct World {
    pub(super) traffic: Traffic,
    pub(super) site: Site,
    pub(super) book: Rulebook,
    pub(super) hints: Hints,
}

/// A row of the rule book; `words` are its ports, initiator and peer in TOML.
pub(super) fn row(id: &str, role: &str, words: &str) -> String {
    let head = format!("\n[[row]]\nid = \"{id}\"\nsection = \"1\"\nroles = [\"{role}\"]\n");
    format!("{head}{words}\nservice.de = \"-\"\nservice.en = \"-\"\n")
}

impl World {
    /// Nothing seen yet; `rules` stand behind the document and the roles.
    pub(super) fn new(rules: &str) -> Self {
        let role = |(id, kind): (&str, &str)| {
            format!("\n[[role]]\nid = \"{id}\"\nkind = \"{kind}\"\ntitle.de = \"-\"\ntitle.en = \"-\"\n")
        };
        let roles: String = ROLES.into_iter().map(role).collect();
        let source = SourceText::new("acme.toml", format!("{DOCUMENT}{roles}{rules}"));
        let book = Rulebook::parse(&[source]).unwrap_or_else(|errors| panic!("{errors}"));
        Self { traffic: Traffic::default(), site: Site::default(), book, hints: Hints::default() }
    }

    /// A host that is certainly this.
    pub(super) fn device(mut self, address: &str, role: &str) -> Self {
        let role = RoleId::from(role);
        let address = ip(address);
        self.site.devices.push(Device {
            address,
            kind: self.book.kind(&role),
            vendor: role.as_str().split_once('.').map(|(vendor, _)| vendor.into()),
            maker: role.as_str().split_once('.').map(|(vendor, _)| vendor.into()),
            model: None,
            model_is_stated: false,
            model_is_fitted: false,
            confidence: Confidence::Sure,
            evidence: Vec::new(),
            contradictions: Vec::new(),
            scope: self.hints.scope(address),
            on_link: Some(self.hints.scope(address) == Scope::Lan),
            former: Vec::new(),
            role,
        });
        self.site.devices.sort_by_key(|device| device.address);
        self
    }

    /// Changes what is known of a device.
    pub(super) fn with(mut self, address: &str, change: impl FnOnce(&mut Device)) -> Self {
        let address = ip(address);
        let device = self.site.devices.iter_mut().find(|device| device.address == address);
        change(device.expect("a device of this world"));
        self
    }

    pub(super) fn flows(mut self, flows: Vec<Flow>) -> Self {
        self.traffic.flows = numbered(flows);
        self
    }

    pub(super) fn streams(mut self, streams: Vec<Stream>) -> Self {
        self.traffic.streams = streams;
        self
    }

    /// What the user's site file says.
    pub(super) fn site_file(mut self, text: &str) -> Self {
        let rows = self.book.row_ids();
        let (roles, models) = (&self.book.roles, &self.book.models);
        let known = Vocabulary { roles, models, rows: &rows, codes: &[], detailed: &[] };
        let file = SiteFile::parse(&SourceText::new("site.toml", text), &known);
        let file = file.unwrap_or_else(|errors| panic!("{errors}"));
        let lore = Lore { roles, models, identities: &[] };
        self.hints = Hints::new(file, &[], lore).expect("no --pbx, nothing to refuse");
        self
    }

    pub(super) fn case(&self) -> Case<'_> {
        Case::new(&self.traffic, &self.site, &self.book, &self.hints)
    }

    /// Ids of the rows that explain a flow at this device.
    pub(super) fn rows_at(&self, address: &str, flow: usize) -> Vec<String> {
        let address = ip(address);
        let case = self.case();
        let end = case.ends.iter().find(|end| end.device.address == address && end.view.flow.id == flow);
        end.into_iter().flat_map(|end| &end.rows).map(|(row, _)| row.id.as_str().to_owned()).collect()
    }
}

/// A finding about a host, or about the capture.
pub(super) fn finding(detail: Detail, severity: Severity, subject: Option<&str>) -> Finding {
    let about = |address: &str| Subject { address: ip(address), role: None };
    Finding {
        detail,
        severity,
        confidence: Confidence::Sure,
        subject: subject.map(about),
        rows: Vec::new(),
        count: 1,
        responsible: Party::Nobody,
        evidence: Evidence::default(),
    }
}

/// Nothing of a host that sends otherwise comes from this port.
pub(super) fn blocked(target: SocketAddr, protocol: Protocol, refusal: Refusal) -> Detail {
    Detail::Port003 {
        target,
        joined: Vec::new(),
        protocol,
        refusal,
        outbound: false,
        life: Life::Sends,
        serves: Others::Unserved,
        voice: None,
    }
}

/// Voice of these comes to a host that sends none.
pub(super) fn one_way(packets: u64, peers: Vec<IpAddr>) -> Detail {
    Detail::Rtp001 {
        packets,
        peers,
        strays: 0,
        refused: false,
        heard: false,
        at_tap: false,
        near: false,
        export: Export::No,
        trace: Trace::None,
        astray: None,
        named: None,
    }
}

/// A registration over UDP that went well.
pub(super) fn registration(client: &str, registrar: &str) -> Registration {
    let bound = vec![Binding { from: Timestamp(0), until: Timestamp(i64::MAX) }];
    Registration { expires: Some(300), bound, ..fixture::registration(client, registrar) }
}

/// Addresses that findings are about.
pub(super) fn subjects(findings: &[Finding]) -> Vec<IpAddr> {
    findings.iter().filter_map(|finding| finding.subject.as_ref()).map(|subject| subject.address).collect()
}

/// The kinds of roles above are those that the tests speak of.
#[test]
fn the_roles_are_of_their_kinds() {
    let world = World::new("").device(PBX, "acme.pbx").device(PUBLIC, "provider");
    let [pbx, provider] = world.site.devices.as_slice() else { panic!("two devices") };
    assert_eq!((pbx.kind, pbx.vendor.as_deref()), (Kind::Pbx, Some("acme")));
    assert_eq!(
        (provider.kind, provider.vendor.as_deref(), provider.on_link),
        (Kind::Provider, None, Some(false))
    );
}
