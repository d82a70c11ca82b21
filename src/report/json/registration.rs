//! The published form of a registration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Endpoint;

/// REGISTER requests of one contact.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Registration {
    pub(in crate::report) aor: String,
    pub(in crate::report) contact: Option<String>,
    pub(in crate::report) client: Endpoint,
    pub(in crate::report) registrar: Endpoint,
    pub(in crate::report) transport: String,
    /// Seconds.
    pub(in crate::report) expires: Option<u32>,
    /// Last final status.
    pub(in crate::report) status: Option<u16>,
    pub(in crate::report) accepted: bool,
    pub(in crate::report) attempts: u64,
    /// 401 and 407 to requests without credentials, the usual way in.
    #[serde(default)]
    pub(in crate::report) challenges: u64,
    /// The status that refused it for good, if the last answer did.
    #[serde(default)]
    pub(in crate::report) refused: Option<u16>,
    /// How it was renewed; missing before the second grant.
    #[serde(default)]
    pub(in crate::report) refresh: Option<Refresh>,
    /// Where the registrar saw the client (`received`, `rport`), each that differs from the one before.
    #[serde(default)]
    pub(in crate::report) mappings: Vec<Mapping>,
}

/// Time between one grant of a registration and the next.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Refresh {
    pub(in crate::report) count: u64,
    pub(in crate::report) shortest_ms: f64,
    pub(in crate::report) longest_ms: f64,
}

/// A client as its registrar sees it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Mapping {
    /// Missing where the registrar wrote the port alone.
    pub(in crate::report) address: Option<String>,
    pub(in crate::report) port: u16,
    pub(in crate::report) time: Option<String>,
}
