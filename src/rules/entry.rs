//! Turns single entries of a rule file into values and says what is wrong with them. Knows the names that all files
//! declare, not the other entries.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;
use toml::value::Datetime;

use super::Rulebook;
use super::names::Names;
use super::raw::{
    RawAgents, RawDocument, RawExposure, RawIdentity, RawLeg, RawMisprint, RawModel, RawPeer, RawPortPrint,
    RawQos, RawRole, RawRow, RawStatement,
};
use super::value::{Document, Exposure, Leg, Misprint, Peer, QosRule, Retired, Row, Scanner, Statement};
use super::words::{GLOB_HELP, not_empty, text};
use crate::config::{Problem, SourceText};
use crate::site::{Fingerprint, Identity, Model, ModelId, PortPrint, Role, RoleId, RowId, TransportSpec};

/// Reads the entries of one file. Every method reports what is wrong and goes on with what it can.
pub(super) struct Entries<'a> {
    pub(super) source: &'a SourceText,
    pub(super) document: &'a Arc<Document>,
    pub(super) names: &'a Names<'a>,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Entries<'_> {
    pub(super) fn row(&mut self, entry: Spanned<RawRow>) -> Row {
        let span = entry.span();
        let raw = entry.into_inner();
        let mut roles = self.roles(&raw.roles);
        let of_kinds = self.names.roles.iter().filter(|(_, kind)| raw.kinds.contains(kind));
        roles.extend(of_kinds.map(|(role, _)| role.clone()));
        if raw.roles.is_empty() && raw.kinds.is_empty() {
            let help = "say whose port it is: roles = [\"agfeo.pbx\"], or kinds = [\"terminal\"]";
            self.complain(span.clone(), "a row without roles", help);
        }
        let first = RawLeg { own: raw.own, remote: raw.remote, initiator: raw.initiator, peer: raw.peer };
        let mut legs = vec![self.leg(first, &raw.transport, span)];
        if let Some(second) = raw.or {
            let span = second.span();
            legs.push(self.leg(second.into_inner(), &raw.transport, span));
        }
        let row = Row {
            id: RowId::from(raw.id.get_ref().as_str()),
            document: Arc::clone(self.document),
            section: self.text_of(raw.section, "the section"),
            models: self.models(&raw.models, &roles),
            roles,
            kinds: raw.kinds,
            also: self.roles(&raw.also),
            transport: raw.transport.into_inner(),
            legs,
            data: self.ports(raw.data.as_ref()),
            speaks: self.protocols(&raw.speaks),
            service: self.text(raw.service),
            condition: raw.condition.map(|text| self.text(text)),
            note: raw.note.map(|text| self.text(text)),
            expected: raw.expected,
            plain: raw.plain,
            search: raw.search,
            system: raw.system.as_ref().and_then(|role| self.role(role)),
        };
        self.check_wildcard(&row, raw.id.span());
        row
    }

    fn leg(&mut self, raw: RawLeg, transport: &Spanned<TransportSpec>, span: Range<usize>) -> Leg {
        let portless = *transport.get_ref() == TransportSpec::Portless;
        match (&raw.own, &raw.remote) {
            (None, None) if !portless => {
                let help = "give own or remote; if the document has no number, own = \"unspecified\"";
                self.complain(span, "a row without ports", help);
            }
            (Some(ports), _) | (_, Some(ports)) if portless => {
                let help = "remove the ports, or name the transport";
                self.complain(ports.span(), "a row for transport \"none\" has ports", help);
            }
            _ => {}
        }
        Leg {
            own: self.ports(raw.own.as_ref()).unwrap_or_default(),
            remote: self.ports(raw.remote.as_ref()).unwrap_or_default(),
            initiator: raw.initiator,
            peer: self.peer(raw.peer),
        }
    }

    /// A row that pins down no port explains everything, unless it says who speaks what with whom.
    fn check_wildcard(&mut self, row: &Row, id: Range<usize>) {
        let unbound = row.legs.iter().any(|leg| {
            let peer = &leg.peer;
            leg.is_wildcard() && peer.roles.is_empty() && peer.names.is_empty() && peer.networks.is_empty()
        });
        if row.is_wildcard() && (row.speaks.is_empty() || unbound) {
            let message = format!("row {} names no port and would explain every flow of its roles", row.id);
            let help = "bind it: speaks = [...] and peer.roles, peer.names or peer.networks";
            self.complain(id, message, help);
        }
    }

    fn peer(&mut self, raw: RawPeer) -> Peer {
        Peer {
            scope: raw.scope,
            roles: self.roles(&raw.roles),
            names: self.parse_all(&raw.names, GLOB_HELP),
            networks: self.parse_all(&raw.networks, "write a network like 224.0.1.75/32"),
        }
    }

    pub(super) fn qos(&mut self, raw: RawQos) -> QosRule {
        QosRule {
            id: RowId::from(raw.id.get_ref().as_str()),
            document: Arc::clone(self.document),
            section: self.text_of(raw.section, "the section"),
            roles: self.roles(&raw.roles),
            protocol: self.protocol(&raw.protocol),
            dscp: self.up_to(&raw.dscp, 63, "DSCP values have 6 bits: 0 to 63; EF is 46"),
            pcp: raw.pcp.map(|pcp| self.up_to(&pcp, 7, "802.1p priorities have 3 bits: 0 to 7")),
            promised: raw.promised,
            needs_policy: raw.needs_policy,
            factory: raw
                .factory
                .iter()
                .map(|dscp| self.up_to(dscp, 63, "DSCP values have 6 bits: 0 to 63"))
                .collect(),
            note: raw.note.map(|text| self.text(text)),
        }
    }

    pub(super) fn exposure(&mut self, raw: RawExposure) -> Exposure {
        Exposure {
            id: RowId::from(raw.id.get_ref().as_str()),
            document: Arc::clone(self.document),
            section: self.text_of(raw.section, "the section"),
            roles: self.roles(&raw.roles),
            transport: raw.transport,
            ports: self.port_set(&raw.ports).unwrap_or_default(),
            speaks: self.protocols(&raw.speaks),
            text: self.text(raw.text),
        }
    }

    /// `None` if it does not say exactly one kind of evidence.
    pub(super) fn identity(&mut self, entry: Spanned<RawIdentity>) -> Option<Identity> {
        let span = entry.span();
        let raw = entry.into_inner();
        let role = raw.role.as_ref().and_then(|role| self.role(role));
        let model = raw.model.as_ref().and_then(|model| self.named_model(model, role.as_slice()));
        let vendor = match raw.vendor {
            Some(vendor) => self.text_of(vendor, "the vendor"),
            None => self.document.vendor.clone(),
        };
        let weight = self.up_to(&raw.weight, 100, "weights run from 1 to 100");
        if weight == 0 {
            self.complain(raw.weight.span(), "evidence of weight 0 is none", "weights run from 1 to 100");
        }
        let mac =
            raw.mac.map(|mac| Fingerprint::Mac(self.parse_all(&mac, "write the first 24, 28 or 36 bits")));
        let side = raw.agent_side;
        let agent =
            raw.agent.map(|agent| Fingerprint::Agent { patterns: self.parse_all(&agent, GLOB_HELP), side });
        let asks_for = raw.asks_for.map(|names| Fingerprint::AsksFor(self.parse_all(&names, GLOB_HELP)));
        let known_as = raw.known_as.map(|names| Fingerprint::KnownAs(self.parse_all(&names, GLOB_HELP)));
        let ports = raw.ports.map(|print| Fingerprint::Ports(self.port_print(print)));
        let registrar = raw.registrar.then_some(Fingerprint::Registrar);
        let registers_at = raw.registers_at.map(|roles| Fingerprint::RegistersAt(self.roles(&roles)));
        let text = self.text(raw.text);
        let mut given =
            [mac, agent, asks_for, known_as, ports, registrar, registers_at].into_iter().flatten();
        let (fingerprint, second) = (given.next(), given.next());
        if fingerprint.is_none() || second.is_some() {
            let help = "give exactly one of mac, agent, asks_for, known_as, ports, registrar, registers_at; use one entry each";
            self.complain(span.clone(), "an identity needs one kind of evidence", help);
            return None;
        }
        let (scope, telephones) = (raw.scope, raw.telephones);
        if telephones && !matches!(fingerprint, Some(Fingerprint::Mac(_))) {
            let help = "give it with mac, or leave it out";
            self.complain(span, "telephones says what a MAC address belongs to", help);
        }
        Some(Identity { vendor, role, model, weight, scope, telephones, fingerprint: fingerprint?, text })
    }

    fn port_print(&mut self, raw: RawPortPrint) -> PortPrint {
        PortPrint {
            transport: raw.transport,
            own: self.ports(raw.own.as_ref()).unwrap_or_default(),
            remote: self.ports(raw.remote.as_ref()).unwrap_or_default(),
            initiator: raw.initiator,
            speaks: self.protocols(&raw.speaks),
            read_as: self.protocols(&raw.read_as),
            peer: self.roles(&raw.peer),
        }
    }

    pub(super) fn declared_role(&mut self, raw: RawRole) -> Role {
        let calls = raw.calls.map(Into::into);
        Role {
            id: RoleId::from(raw.id.get_ref().as_str()),
            kind: raw.kind,
            title: self.text(raw.title),
            calls,
            telephone: raw.telephone.as_ref().and_then(|role| self.role(role)),
            built_by: raw.built_by,
        }
    }

    /// `None` if its row is not there or has no ports. `book` holds the rows of all files.
    pub(super) fn model(&mut self, raw: RawModel, book: &Rulebook) -> Option<Model> {
        let role = self.role(&raw.role);
        let title = self.text(raw.title);
        let (id, row) =
            (ModelId::from(raw.id.get_ref().as_str()), RowId::from(raw.rtp_row.get_ref().as_str()));
        let Some(rtp) = book.row(row.as_str()).and_then(Row::own_ports).cloned() else {
            let message = format!("no row `{row}` gives own ports by number");
            self.complain(raw.rtp_row.span(), message, "name the row that holds the model's RTP range");
            return None;
        };
        // A call takes two ports, RTP and RTCP (RFC 3550 section 11).
        let channels = *raw.channels.get_ref();
        if channels == 0 || u32::from(channels) * 2 > rtp.count() {
            let message = format!("{channels} calls do not fit into the {} ports of row {row}", rtp.count());
            self.complain(raw.channels.span(), message, "a call takes two ports");
        }
        Some(Model { id, role: role?, title, rtp, channels, row })
    }

    pub(super) fn statement(&mut self, raw: RawStatement) -> Statement {
        let (id, document) = (RowId::from(raw.id.get_ref().as_str()), Arc::clone(self.document));
        let section = self.text_of(raw.section, "the section");
        let denies_forwarding = raw.denies_forwarding;
        Statement { id, document, section, denies_forwarding, text: self.text(raw.text) }
    }

    /// `None` if the name is none.
    pub(super) fn misprint(&mut self, raw: RawMisprint) -> Option<Misprint> {
        let row = raw.row.get_ref().as_str();
        if !self.names.is_id(row) {
            let message = format!("there is no row `{row}`");
            self.complain(raw.row.span(), message, "name the row or statement that prints it");
        }
        let (means, row) = (self.text_of(raw.means, "the right name"), RowId::from(row));
        Some(Misprint { name: self.parse(raw.name.get_ref(), raw.name.span(), GLOB_HELP)?, means, row })
    }

    pub(super) fn retired(&mut self, raw: RawAgents) -> Retired {
        let agents = self.parse_all(&raw.agents, GLOB_HELP);
        Retired { agents, vendor: self.document.vendor.clone(), text: self.text(raw.text) }
    }

    pub(super) fn scanner(&mut self, raw: RawAgents) -> Scanner {
        Scanner { agents: self.parse_all(&raw.agents, GLOB_HELP), text: self.text(raw.text) }
    }
}

/// The `[document]` of a file.
pub(super) fn document(source: &SourceText, raw: RawDocument, problems: &mut Vec<Problem>) -> Document {
    Document {
        kind: raw.kind,
        vendor: not_empty(source, raw.vendor, "the vendor", problems),
        title: not_empty(source, raw.title, "the title", problems),
        edition: not_empty(source, raw.edition, "the edition", problems),
        as_of: date(source, &raw.as_of, problems),
        origin: not_empty(source, raw.origin, "the origin", problems),
        disclaimer: text(source, raw.disclaimer, problems),
        note: raw.note.map(|note| text(source, note, problems)),
    }
}

fn date(source: &SourceText, value: &Spanned<Datetime>, problems: &mut Vec<Problem>) -> Date {
    let date = value.get_ref().date.and_then(|date| {
        let year = i16::try_from(date.year).ok()?;
        Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
    });
    if date.is_none() {
        let help = "write the day without quotes: as_of = 2026-01-19";
        problems.push(Problem::at(source, value.span(), "not a date", help));
    }
    date.unwrap_or_default()
}
