//! What identifies a product: the evidence that rule books declare, with its weight.

use serde::Deserialize;

use crate::decode::Mac;

use super::{AppName, Glob, Initiator, MacPrefix, ModelId, PeerScope, Ports, RoleId, Text, TransportSpec};

/// One piece of evidence and what it speaks for.
///
/// Weights of different evidence for the same role add up, 100 being certain. Evidence that nobody could verify
/// weighs little and says so in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Maker that the evidence names (`AGFEO`, `snom`).
    pub vendor: String,
    /// Role that it speaks for; `None` if it only names the maker.
    pub role: Option<RoleId>,
    /// Model that it speaks for.
    pub model: Option<ModelId>,
    /// 1 to 100.
    pub weight: u8,
    /// Where the host must be for it to count: an agent string from the Internet proves nothing.
    pub scope: PeerScope,
    /// Whether whoever has such a MAC address is a telephone if a telephone system serves it: the maker makes nothing else that
    /// registers there.
    pub telephones: bool,
    /// What must be seen. Any of the alternatives will do, and it counts once.
    pub fingerprint: Fingerprint,
    /// What was seen, for the list of evidence in the report.
    pub text: Text,
}

/// Something that can be seen of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fingerprint {
    /// Its MAC address starts so. Counts only on the local link: behind a router every packet has the router's.
    Mac(Vec<MacPrefix>),
    /// It calls itself so in SIP or HTTP.
    Agent {
        /// Any of these.
        patterns: Vec<Glob>,
        /// In which header.
        side: AgentSide,
    },
    /// It asks for such a name: in DNS, in a TLS hello, in an HTTP `Host`.
    AsksFor(Vec<Glob>),
    /// It is known under such a name: DNS answers with its address, or others ask for the name and come to it.
    KnownAs(Vec<Glob>),
    /// It uses such ports.
    Ports(PortPrint),
    /// It answers SIP REGISTER with 200 or a challenge.
    Registrar,
    /// A host that has one of these roles already accepts its SIP REGISTER (RFC 3261 section 10.3).
    RegistersAt(Vec<RoleId>),
}

/// Which header an agent string stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentSide {
    /// `User-Agent`, RFC 3261 section 20.41.
    UserAgent,
    /// `Server`, RFC 3261 section 20.35.
    Server,
    /// Either.
    #[default]
    Either,
}

/// The ports of one flow as evidence for the host on the own side. All that is given must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortPrint {
    /// Transport of the flow.
    pub transport: TransportSpec,
    /// The host's own port.
    pub own: Ports,
    /// The peer's port.
    pub remote: Ports,
    /// Who opens.
    pub initiator: Initiator,
    /// What is spoken; empty if the content does not matter.
    pub speaks: Vec<AppName>,
    /// What is spoken where that can be read: another content speaks against it, and none does not; empty if it does not matter.
    pub read_as: Vec<AppName>,
    /// The peer must have one of these roles already; empty if it does not matter.
    pub peer: Vec<RoleId>,
}

/// Those whose prefix of this hardware address is the longest.
pub(crate) fn longest(identities: &[Identity], mac: Mac) -> Vec<&Identity> {
    let fitting = identities.iter().filter_map(|identity| {
        let Fingerprint::Mac(prefixes) = &identity.fingerprint else { return None };
        let bits = prefixes.iter().filter(|prefix| prefix.matches(mac)).map(|prefix| prefix.bits()).max()?;
        Some((bits, identity))
    });
    let fitting: Vec<(u8, &Identity)> = fitting.collect();
    let most = fitting.iter().map(|(bits, _)| *bits).max();
    fitting.into_iter().filter(|(bits, _)| Some(*bits) == most).map(|(_, identity)| identity).collect()
}
