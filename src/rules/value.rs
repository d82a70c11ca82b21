//! What rule books say, as plain values.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use jiff::civil::Date;
use serde::Deserialize;

use crate::site::{
    AppName, Glob, Initiator, Kind, ModelId, PeerScope, PortSet, Ports, RoleId, RowId, Text, TransportSpec,
};

/// Where the rows of one file come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What kind of source it is.
    pub kind: DocumentKind,
    /// Maker, or whoever speaks.
    pub vendor: String,
    /// Title of the document.
    pub title: String,
    /// Edition, with every date the document gives of itself.
    pub edition: String,
    /// The date by which it is cited.
    pub as_of: Date,
    /// Where it was published.
    pub origin: String,
    /// The source's own reservation, and ours.
    pub disclaimer: Text,
    /// What else a reader should know of it.
    pub note: Option<Text>,
}

/// What kind of source a rule file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// The vendor's port overview.
    Vendor,
    /// More from the same vendor's other pages.
    Extended,
    /// Services that any host may use.
    Standard,
    /// Who makes what: no expectations, only identities.
    Makers,
}

/// One documented use of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `A25`.
    pub id: RowId,
    /// Where it is documented.
    pub document: Arc<Document>,
    /// Section of the document.
    pub section: String,
    /// The roles it is documented for, in the order of the file; all roles of `kinds` included.
    pub roles: Vec<RoleId>,
    /// Set where a row is for kinds of roles rather than for roles.
    pub kinds: Vec<Kind>,
    /// Roles at which the same traffic is seen in fact, though it is documented for others.
    pub also: Vec<RoleId>,
    /// Models it is bound to; empty for all.
    pub models: Vec<ModelId>,
    /// Transport.
    pub transport: TransportSpec,
    /// The ways in which the service is used, seen from the role. At least one; two where the role is client and
    /// server of the same service.
    pub legs: Vec<Leg>,
    /// Ports of both sides on which the data run after the exchange on the documented port (TFTP).
    pub data: Option<Ports>,
    /// What the content may be; empty if nobody knows.
    pub speaks: Vec<AppName>,
    /// What it is for.
    pub service: Text,
    /// When it is used, if not always.
    pub condition: Option<Text>,
    /// What to know about the row.
    pub note: Option<Text>,
    /// Whether it is worth a line in the report that it was not observed.
    pub expected: bool,
    /// Clear text that has to be chosen: the vendor's own setting is encryption.
    pub plain: bool,
    /// A search: it asks whether such a device is there, and that one is not is an answer.
    pub search: bool,
    /// The system with which the row holds, where a vendor has several: a device that uses another one has nothing to do
    /// with it.
    pub system: Option<RoleId>,
}

impl Row {
    /// Whether the row is about hosts of this role, by document or in fact.
    #[must_use]
    pub fn is_for(&self, role: &RoleId) -> bool {
        self.roles.contains(role) || self.also.contains(role)
    }

    /// Whether the row is about this model. A model that is not known may be any.
    #[must_use]
    pub fn is_for_model(&self, model: Option<&ModelId>) -> bool {
        self.models.is_empty() || model.is_none_or(|model| self.models.contains(model))
    }

    /// Whether neither side's port is pinned down: such a row would explain any flow, so it holds only between an
    /// identified host and the peer that it names, and only for what it speaks.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.transport != TransportSpec::Portless && self.legs.iter().any(Leg::is_wildcard)
    }

    /// Whether the row is about hosts of certain names.
    #[must_use]
    pub fn is_about_names(&self) -> bool {
        self.legs.iter().any(|leg| !leg.peer.names.is_empty())
    }

    /// The leg that the ports of a flow fit, own port first. Transport, role and peer are the caller's to check.
    #[must_use]
    pub fn leg(&self, own: u16, remote: u16) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.own.admits(own) && leg.remote.admits(remote))
    }

    /// The role's own ports, if the document gives numbers.
    #[must_use]
    pub fn own_ports(&self) -> Option<&PortSet> {
        self.legs.iter().find_map(|leg| leg.own.set())
    }

    /// The first and the last of the far side's ports, if this row is of this protocol and names one range of several, of which
    /// `port` is one.
    #[must_use]
    pub fn remote_range(&self, protocol: &str, port: u16) -> Option<(u16, u16)> {
        let is_of_it = self.speaks.iter().any(|word| *word == protocol);
        let sets = self.legs.iter().filter_map(|leg| leg.remote.set()).filter(|_| is_of_it);
        let mut sets = sets.filter(|set| set.contains(port) && set.ranges().count() == 1 && set.count() > 1);
        sets.next().and_then(|set| set.first().zip(set.last()))
    }

    /// Whether the content may be `protocol`. A row that does not say admits all.
    #[must_use]
    pub fn admits_protocol(&self, protocol: &str) -> bool {
        self.speaks.is_empty() || self.speaks.iter().any(|known| *known == protocol)
    }
}

/// One way in which a service is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Ports on the role's own side.
    pub own: Ports,
    /// Ports on the peer's side.
    pub remote: Ports,
    /// Who opens.
    pub initiator: Initiator,
    /// Who may be on the other side.
    pub peer: Peer,
}

impl Leg {
    /// Whether neither side's port is pinned down.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.own.set().is_none() && self.remote.set().is_none()
    }

    /// Whether the document has hosts of the Internet open connections to the role: ports to be forwarded.
    #[must_use]
    pub fn invites_the_internet(&self) -> bool {
        self.initiator == Initiator::Peer && matches!(self.peer.scope, PeerScope::Any | PeerScope::Internet)
    }
}

/// Who may be on the other side. All that is given must fit; what is not known of a host contradicts nothing,
/// except for a wildcard row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Where it may be.
    pub scope: PeerScope,
    /// What it may be; empty for anything.
    pub roles: Vec<RoleId>,
    /// What it may be called; empty for anything.
    pub names: Vec<Glob>,
    /// Which addresses it may have; empty for any within the scope.
    pub networks: Vec<IpNet>,
}

impl Peer {
    /// Whether `address` is among the networks given, if any are.
    #[must_use]
    pub fn admits_address(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether `name` is among the names given, if any are.
    #[must_use]
    pub fn admits_name(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|known| known.matches_name(name))
    }
}

/// How packets of a kind are to be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QosRule {
    /// `Q1`.
    pub id: RowId,
    /// Where it is documented.
    pub document: Arc<Document>,
    /// Section of the document.
    pub section: String,
    /// Senders.
    pub roles: Vec<RoleId>,
    /// What is marked: `rtp`, `sip`, ...
    pub protocol: AppName,
    /// Differentiated services code point, RFC 2474, 0 to 63.
    pub dscp: u8,
    /// IEEE 802.1p priority in tagged frames, 0 to 7.
    pub pcp: Option<u8>,
    /// Whether the document promises it of these senders, or it is only sensible.
    pub promised: bool,
    /// Whether the sender marks only if a Windows group policy tells it to.
    pub needs_policy: bool,
    /// Values that devices of these roles carry as they leave the factory: worth a hint.
    pub factory: Vec<u8>,
    /// What to know about it.
    pub note: Option<Text>,
}

/// Ports that must never answer a public address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// `AE1`.
    pub id: RowId,
    /// Where it is documented.
    pub document: Arc<Document>,
    /// Section of the document.
    pub section: String,
    /// Whose ports.
    pub roles: Vec<RoleId>,
    /// Transport.
    pub transport: TransportSpec,
    /// The ports.
    pub ports: PortSet,
    /// What must not answer either, on whatever port.
    pub speaks: Vec<AppName>,
    /// What the document says.
    pub text: Text,
}

/// Something a document says in words, to be cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `R7`.
    pub id: RowId,
    /// Where it is documented.
    pub document: Arc<Document>,
    /// Section of the document.
    pub section: String,
    /// Whether it says that a firewall need forward nothing to what the document is about.
    pub denies_forwarding: bool,
    /// What it says.
    pub text: Text,
}

/// A name that a document misprints: a site that follows it to the letter asks for the wrong one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misprint {
    /// As printed.
    pub name: Glob,
    /// As meant.
    pub means: String,
    /// The row or statement that prints it.
    pub row: RowId,
}

/// Devices that a vendor no longer supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    /// Agent strings that give them away.
    pub agents: Vec<Glob>,
    /// Whose support ended.
    pub vendor: String,
    /// Since when or which version, and why.
    pub text: Text,
}

/// Agent strings of SIP scanners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// The strings.
    pub agents: Vec<Glob>,
    /// What uses them.
    pub text: Text,
}
