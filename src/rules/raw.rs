//! The shape of a rule file, value by value with its place. What the words mean is settled in `entry`.
//!
//! Plain structs only: `flatten` and untagged enums would lose the places.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::DocumentKind;
use crate::config::Word;
use crate::site::{AgentSide, Initiator, Kind, PeerScope, TransportSpec};

pub(super) type Words = Vec<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDocument {
    pub(super) kind: DocumentKind,
    pub(super) vendor: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) edition: Spanned<String>,
    pub(super) as_of: Spanned<Datetime>,
    pub(super) origin: Spanned<String>,
    pub(super) disclaimer: RawText,
    pub(super) note: Option<RawText>,
    /// Words for `speaks` that this document adds.
    #[serde(default)]
    pub(super) protocols: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub(super) de: Spanned<String>,
    pub(super) en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRole {
    pub(super) id: Spanned<String>,
    pub(super) kind: Kind,
    pub(super) title: RawText,
    /// Name of the protocol of its calls, if nobody can read it.
    pub(super) calls: Option<String>,
    /// The role that a MAC address of a maker of telephones settles this one as.
    pub(super) telephone: Option<Spanned<String>>,
    /// The vendor and its suppliers, if it sells hardware that none but these build.
    #[serde(default)]
    pub(super) built_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawModel {
    pub(super) id: Spanned<String>,
    pub(super) role: Spanned<String>,
    pub(super) title: RawText,
    /// The row whose own ports are the model's RTP range.
    pub(super) rtp_row: Spanned<String>,
    pub(super) channels: Spanned<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRow {
    pub(super) id: Spanned<String>,
    pub(super) section: Spanned<String>,
    #[serde(default)]
    pub(super) roles: Words,
    #[serde(default)]
    pub(super) kinds: Vec<Kind>,
    #[serde(default)]
    pub(super) also: Words,
    #[serde(default)]
    pub(super) models: Words,
    pub(super) transport: Spanned<TransportSpec>,
    pub(super) own: Option<Spanned<Word>>,
    pub(super) remote: Option<Spanned<Word>>,
    pub(super) initiator: Initiator,
    pub(super) peer: RawPeer,
    pub(super) or: Option<Spanned<RawLeg>>,
    pub(super) data: Option<Spanned<Word>>,
    #[serde(default)]
    pub(super) speaks: Words,
    pub(super) service: RawText,
    pub(super) condition: Option<RawText>,
    pub(super) note: Option<RawText>,
    #[serde(default = "yes")]
    pub(super) expected: bool,
    #[serde(default)]
    pub(super) plain: bool,
    #[serde(default)]
    pub(super) search: bool,
    /// The role of the system whose devices the row is about.
    pub(super) system: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLeg {
    pub(super) own: Option<Spanned<Word>>,
    pub(super) remote: Option<Spanned<Word>>,
    pub(super) initiator: Initiator,
    pub(super) peer: RawPeer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPeer {
    pub(super) scope: PeerScope,
    #[serde(default)]
    pub(super) roles: Words,
    #[serde(default)]
    pub(super) names: Words,
    #[serde(default)]
    pub(super) networks: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQos {
    pub(super) id: Spanned<String>,
    pub(super) section: Spanned<String>,
    pub(super) roles: Words,
    pub(super) protocol: Spanned<String>,
    pub(super) dscp: Spanned<u64>,
    pub(super) pcp: Option<Spanned<u64>>,
    pub(super) promised: bool,
    #[serde(default)]
    pub(super) needs_policy: bool,
    #[serde(default)]
    pub(super) factory: Vec<Spanned<u64>>,
    pub(super) note: Option<RawText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExposure {
    pub(super) id: Spanned<String>,
    pub(super) section: Spanned<String>,
    pub(super) roles: Words,
    pub(super) transport: TransportSpec,
    pub(super) ports: Spanned<Word>,
    #[serde(default)]
    pub(super) speaks: Words,
    pub(super) text: RawText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStatement {
    pub(super) id: Spanned<String>,
    pub(super) section: Spanned<String>,
    #[serde(default)]
    pub(super) denies_forwarding: bool,
    pub(super) text: RawText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentity {
    pub(super) vendor: Option<Spanned<String>>,
    pub(super) role: Option<Spanned<String>>,
    pub(super) model: Option<Spanned<String>>,
    pub(super) weight: Spanned<u64>,
    #[serde(default)]
    pub(super) scope: PeerScope,
    pub(super) mac: Option<Words>,
    /// With `mac` alone: the maker's devices that a telephone system serves are telephones.
    #[serde(default)]
    pub(super) telephones: bool,
    pub(super) agent: Option<Words>,
    #[serde(default)]
    pub(super) agent_side: AgentSide,
    pub(super) asks_for: Option<Words>,
    pub(super) known_as: Option<Words>,
    pub(super) ports: Option<RawPortPrint>,
    #[serde(default)]
    pub(super) registrar: bool,
    pub(super) registers_at: Option<Words>,
    pub(super) text: RawText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPortPrint {
    pub(super) transport: TransportSpec,
    pub(super) own: Option<Spanned<Word>>,
    pub(super) remote: Option<Spanned<Word>>,
    pub(super) initiator: Initiator,
    #[serde(default)]
    pub(super) speaks: Words,
    #[serde(default)]
    pub(super) read_as: Words,
    #[serde(default)]
    pub(super) peer: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMisprint {
    pub(super) name: Spanned<String>,
    pub(super) means: Spanned<String>,
    pub(super) row: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgents {
    pub(super) agents: Words,
    pub(super) text: RawText,
}
