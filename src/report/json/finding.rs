//! The published form of a finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Confidence;
use crate::check;

/// A finding.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Finding {
    pub(in crate::report) code: String,
    pub(in crate::report) severity: Severity,
    pub(in crate::report) confidence: Confidence,
    pub(in crate::report) title: String,
    pub(in crate::report) detail: String,
    pub(in crate::report) action: String,
    pub(in crate::report) responsible: Party,
    pub(in crate::report) subject: Option<Subject>,
    /// The port, service, peer or status that it is about, where one device may have several findings of this code;
    /// several separated by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(in crate::report) about: String,
    /// Rows it rests on.
    pub(in crate::report) rows: Vec<String>,
    /// The same with what they say and where.
    #[serde(default)]
    pub(in crate::report) sources: Vec<String>,
    pub(in crate::report) count: u64,
    /// When it came. Of a live capture only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) since: Option<String>,
    /// When it went, its cause being gone. Of a live capture only; missing while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) cleared: Option<String>,
    pub(in crate::report) evidence: Evidence,
    /// Where the marking of voice is lost. Of QOS-002 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) hop: Option<Hop>,
}

/// What lies between two places at which the same packets were captured.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Hop {
    /// Routers: so much the TTL fell.
    pub(in crate::report) routers: u8,
    /// VLAN before and behind it, null for untagged. Missing where it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) vlans: Option<[Option<u16>; 2]>,
    /// Hardware address that sends the packets behind it, if not that of the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) mac: Option<String>,
    /// Who made that device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) maker: Option<String>,
    /// Its own address, where ARP, neighbour discovery or DHCP told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) address: Option<String>,
}

impl Hop {
    /// Of QOS-002.
    pub(super) fn of(detail: &check::Detail) -> Option<Self> {
        let check::Detail::Qos002 { passage, .. } = detail else { return None };
        let station = passage.station.as_ref();
        Some(Self {
            routers: passage.routers,
            vlans: passage.vlans,
            mac: station.map(|station| station.mac.to_string()),
            maker: station.and_then(|station| station.maker.as_ref()).map(ToString::to_string),
            address: station.and_then(|station| station.address).map(|address| address.to_string()),
        })
    }
}

published_both_ways! {
    /// How bad it is.
    Severity from check::Severity { Info, Notice, Warning, Error, Critical }
}

published_both_ways! {
    /// Who can mend it.
    Party from check::Party { Network, Telephony, Provider, Computers, Capture, Nobody }
}

/// Whom a finding is about.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Subject {
    pub(in crate::report) address: String,
    pub(in crate::report) role: Option<String>,
}

/// Where to see it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Evidence {
    /// Wireshark's frame numbers. Of a live capture the numbers of the capture; `live.written` says which file holds them, and
    /// their numbers there.
    pub(in crate::report) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(in crate::report) files: Vec<u16>,
    /// Wireshark display filter. One by frame number has the numbers of one file, that of the first frame.
    pub(in crate::report) filter: String,
    pub(in crate::report) first: Option<String>,
    pub(in crate::report) last: Option<String>,
}
