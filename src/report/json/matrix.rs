//! The published form of the row matrix: what became of each documented row at each device.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check;

/// A documented row and a device it binds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Row {
    pub(in crate::report) row: String,
    pub(in crate::report) device: String,
    /// In the language of the report.
    pub(in crate::report) service: Option<String>,
    /// When the row is used, if not always, in the language of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) condition: Option<String>,
    /// What the document says of transport, ports and peer, in the language of the report.
    #[serde(default)]
    pub(in crate::report) legs: Vec<Leg>,
    /// What its document says where it wants nothing to be forwarded, with the id of the statement.
    #[serde(default)]
    pub(in crate::report) no_forwarding: Option<String>,
    /// Own ports that the site file puts in the place of the document's, as they stand in `legs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) stated_ports: Option<String>,
    pub(in crate::report) status: RowStatus,
    /// Number of flows; where the row is `deviating`, of those that depart from it.
    pub(in crate::report) flows: u64,
    /// Flows in which attempts failed (PORT-003); beside `used` those of other devices or times.
    #[serde(default)]
    pub(in crate::report) blocked_flows: u64,
    /// Where the row is `unused`: flows in which it was asked for in vain, too seldom for PORT-003 or without proof that
    /// an answer would have been captured. They are among `flows`.
    #[serde(default)]
    pub(in crate::report) tried_flows: u64,
    /// Where the row is `deviating`: flows that keep to it all the same. They are not among `flows`.
    #[serde(default)]
    pub(in crate::report) kept_flows: u64,
    /// Where the row is `used`: flows with voice to which no voice came back (RTP-001), and their RTCP. They are among
    /// `flows`.
    #[serde(default)]
    pub(in crate::report) one_sided_flows: u64,
    /// Packets of `flows`.
    pub(in crate::report) packets: u64,
    /// Packets of those that keep to a `deviating` row.
    #[serde(default)]
    pub(in crate::report) kept_packets: u64,
    /// Wireshark's numbers of the first few frames of `flows`.
    #[serde(default)]
    pub(in crate::report) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    #[serde(default)]
    pub(in crate::report) files: Vec<u16>,
}

impl Row {
    /// As [`crate::check::RowResult::beside`].
    pub(in crate::report) fn beside(&self) -> check::Beside {
        let failed = self.blocked_flows.saturating_add(self.tried_flows);
        let [flows, failed, kept, one_sided] =
            [self.flows, failed, self.kept_flows, self.one_sided_flows].map(|count| count as usize);
        check::Beside::of(self.status.into(), flows, failed, kept, one_sided)
    }

    /// All that is seen of it.
    pub(in crate::report) fn all_packets(&self) -> u64 {
        self.packets.saturating_add(self.kept_packets)
    }
}

/// A documented connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Leg {
    /// `UDP`; with a question mark where the document names none.
    pub(in crate::report) transport: String,
    /// Left of the arrow the own port, right of it the peer's, as `pbxray ports` prints them.
    pub(in crate::report) ports: String,
    pub(in crate::report) peer: String,
    /// Whether the peer may be beyond the router, and a port or the peer says what is meant.
    pub(in crate::report) leaves_lan: bool,
    /// Whether the peer may be there, and the document names neither a port nor a peer.
    #[serde(default)]
    pub(in crate::report) leaves_unbound: bool,
}

published_both_ways! {
    /// What became of a row.
    RowStatus from check::RowStatus { Used, Unused, Blocked, Deviating }
}
