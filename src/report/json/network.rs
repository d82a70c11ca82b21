//! Published form of what the network says of itself beside the conversations: certificates of its servers, and the VLAN
//! and marks that LLDP-MED tells telephones to use.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Endpoint;
use super::fill::endpoint;
use crate::check::Audit;
use crate::observe::{self, Policy, SeenCertificate, Traffic};
use crate::report::number;

/// An address that the user stated and that no packet is of.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Absent {
    pub(in crate::report) address: String,
    /// The option that states it: `--pbx` or `--site`.
    pub(in crate::report) option: String,
}

pub(super) fn absent(audit: &Audit) -> Vec<Absent> {
    let absent = audit.site.absent.iter();
    absent
        .map(|(address, option)| Absent { address: address.to_string(), option: (*option).to_owned() })
        .collect()
}

/// What one DHCP server was asked and what it said.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct DhcpServer {
    /// Null for what was asked of all and nobody answered.
    pub(in crate::report) server: Option<String>,
    /// Clients, by hardware address.
    pub(in crate::report) clients: u64,
    /// Of them those that got no answer of it.
    pub(in crate::report) unanswered_clients: u64,
    /// Messages of clients that were for it.
    pub(in crate::report) requests: u64,
    /// Its messages.
    pub(in crate::report) answers: u64,
}

impl DhcpServer {
    pub(super) fn of(row: &observe::DhcpServer) -> Self {
        Self {
            server: row.server.map(|server| server.to_string()),
            clients: row.clients,
            unanswered_clients: row.unanswered,
            requests: row.requests,
            answers: row.answers,
        }
    }
}

/// The certificate that a server showed, up to TLS 1.2; TLS 1.3 encrypts it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Certificate {
    pub(in crate::report) server: Endpoint,
    /// Common name of its holder.
    pub(in crate::report) holder: Option<String>,
    /// Who issued it: common name, else organization.
    pub(in crate::report) issuer: Option<String>,
    /// Holder and issuer are the same.
    pub(in crate::report) self_issued: bool,
    /// The first few alternative names of its holder.
    pub(in crate::report) names: Vec<String>,
    pub(in crate::report) not_before: Option<String>,
    pub(in crate::report) not_after: Option<String>,
    /// When it was seen first.
    pub(in crate::report) seen: Option<String>,
    /// How many clients it was shown to.
    pub(in crate::report) clients: u64,
    /// Where it was seen first.
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
}

/// Network policy of LLDP-MED, ANSI/TIA-1057 section 10.2.3: what a switch tells telephones, or one says that it uses; or the
/// voice VLAN of CDP.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct VoicePolicy {
    /// MAC address that sent it.
    pub(in crate::report) sender: String,
    /// System name of the sender.
    pub(in crate::report) system: Option<String>,
    /// The sender is a telephone: it says what it goes by itself.
    #[serde(default)]
    pub(in crate::report) by_endpoint: bool,
    /// Port of the sender.
    pub(in crate::report) port: Option<String>,
    /// 1 voice, 2 voice signalling, 3 guest voice, 4 its signalling, 5 softphone voice, 6 video conferencing, 7 streaming
    /// video, 8 video signalling.
    pub(in crate::report) application: u8,
    /// VLAN identifier; null where frames are to go untagged, 0 for a priority tag.
    pub(in crate::report) vlan: Option<u16>,
    /// 802.1p priority; null where frames are to go untagged.
    pub(in crate::report) pcp: Option<u8>,
    /// Null where CDP told it.
    pub(in crate::report) dscp: Option<u8>,
    /// Frames that told it.
    pub(in crate::report) count: u64,
    /// The first of them.
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
}

/// Number of the application voice, ANSI/TIA-1057 table 12.
pub(in crate::report) const VOICE: u8 = 1;

/// A row for each server and certificate, ordered by server.
pub(super) fn certificates(traffic: &Traffic) -> Vec<Certificate> {
    let mut rows: BTreeMap<_, (&SeenCertificate, u64)> = BTreeMap::new();
    for handshakes in &traffic.handshakes {
        let Some(seen) = &handshakes.certificate else { continue };
        let row = rows.entry((handshakes.server, &seen.name, seen.not_after)).or_insert((seen, 0));
        row.1 += 1;
        if (seen.time, seen.frame) < (row.0.time, row.0.frame) {
            row.0 = seen;
        }
    }
    let text = |text: &Option<Box<str>>| text.as_ref().map(ToString::to_string);
    rows.into_iter()
        .map(|((server, ..), (seen, clients))| Certificate {
            server: endpoint(server),
            holder: text(&seen.name),
            issuer: text(&seen.issuer),
            self_issued: seen.is_self_issued,
            names: seen.dns_names.iter().map(ToString::to_string).collect(),
            not_before: seen.not_before.and_then(number::rfc3339),
            not_after: seen.not_after.and_then(number::rfc3339),
            seen: number::rfc3339(seen.time),
            clients,
            frame: seen.frame.number(),
            file: seen.frame.file(),
        })
        .collect()
}

pub(in crate::report) fn policies(traffic: &Traffic) -> Vec<VoicePolicy> {
    let policy = |told: &observe::VoicePolicy| {
        let (application, vlan, pcp, dscp) = match told.policy {
            Policy::Med(med) => {
                let tagged = |value| Some(value).filter(|_| med.is_tagged);
                (med.application, tagged(med.vlan), tagged(med.pcp.into()), Some(med.dscp))
            }
            Policy::Cdp(vlan) => (VOICE, Some(vlan), None, None),
        };
        VoicePolicy {
            sender: told.sender.to_string(),
            by_endpoint: told.by_endpoint,
            system: told.system.as_ref().map(ToString::to_string),
            port: told.port.as_ref().map(ToString::to_string),
            application,
            vlan,
            pcp: pcp.map(|pcp| pcp as u8),
            dscp,
            count: told.count,
            frame: told.frame.number(),
            file: told.frame.file(),
        }
    };
    traffic.policies.iter().map(policy).collect()
}
