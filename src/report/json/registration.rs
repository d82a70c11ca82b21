//! The published form of a registration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Endpoint;
use super::fill::{endpoint, transport};
use crate::capture::Timestamp;
use crate::check::{self, Audit, Expiry};
use crate::observe::{self, Standing};
use crate::report::number;
use crate::report::text::{Unreachable, websockets};

/// How SIP over WebSocket calls its transport, RFC 7118 section 5.2.
const WEBSOCKET: &str = "ws";

/// REGISTER requests of one contact.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Registration {
    pub(in crate::report) aor: String,
    pub(in crate::report) contact: Option<String>,
    pub(in crate::report) client: Endpoint,
    pub(in crate::report) registrar: Endpoint,
    /// `udp`, `tcp`; `ws` for WebSocket over TCP.
    pub(in crate::report) transport: String,
    /// Seconds.
    pub(in crate::report) expires: Option<u32>,
    /// Last final status.
    pub(in crate::report) status: Option<u16>,
    /// Reason phrase of that answer.
    #[serde(default)]
    pub(in crate::report) reason: Option<String>,
    /// A binding was accepted at some time.
    pub(in crate::report) accepted: bool,
    /// How it stands at the end; missing in reports that were stored before.
    #[serde(default)]
    pub(in crate::report) state: Option<RegistrationState>,
    /// A binding was accepted, and nobody asked for a password; `false` in reports that were stored before.
    #[serde(default)]
    pub(in crate::report) unasked: bool,
    /// It was to be removed, and no 2xx to that was seen.
    #[serde(default)]
    pub(in crate::report) leaving: bool,
    /// When it ran out, where it was not renewed although the capture goes on.
    #[serde(default)]
    pub(in crate::report) expired_at: Option<String>,
    /// It answered a challenge with credentials, and the capture holds no answer to that.
    #[serde(default)]
    pub(in crate::report) answer_unseen: bool,
    /// The last requests were sent again and again without any answer.
    #[serde(default)]
    pub(in crate::report) silent: bool,
    /// Transactions that asked for a binding, without those that only answer a challenge.
    pub(in crate::report) attempts: u64,
    /// The client is a proxy, which passes on what another one asked.
    #[serde(default)]
    pub(in crate::report) passed_on: bool,
    /// Requests that were sent again.
    #[serde(default)]
    pub(in crate::report) repeats: u64,
    /// 401 and 407 to requests without credentials, the usual way in.
    #[serde(default)]
    pub(in crate::report) challenges: u64,
    /// Challenges that refused a nonce which the registrar had given only just before.
    #[serde(default)]
    pub(in crate::report) stale: u64,
    /// ICMP errors which say that what the client sent did not reach the registrar.
    #[serde(default)]
    pub(in crate::report) unreachable: u64,
    /// The status that refused it for good, if the last answer did.
    #[serde(default)]
    pub(in crate::report) refused: Option<u16>,
    /// Reason phrase of that refusal.
    #[serde(default)]
    pub(in crate::report) refused_reason: Option<String>,
    /// All refusals of the capture by status, also those that were made good.
    #[serde(default)]
    pub(in crate::report) refusals: Vec<Refusal>,
    /// How it was renewed; missing before the second grant.
    #[serde(default)]
    pub(in crate::report) refresh: Option<Refresh>,
    /// Where the registrar saw the client (`received`, `rport`), each that differs from the one before.
    #[serde(default)]
    pub(in crate::report) mappings: Vec<Mapping>,
}

/// Questions for a SIP server (RFC 3263) that nobody answered, although the resolver answers others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Lookup {
    /// Who asked.
    pub(in crate::report) host: String,
    pub(in crate::report) kind: LookupKind,
    /// How often, repetitions and all names together.
    pub(in crate::report) asked: u64,
}

impl Lookup {
    pub(super) fn of(lookup: &observe::Lookup) -> Self {
        Self { host: lookup.host.to_string(), kind: lookup.kind.into(), asked: lookup.asked }
    }
}

/// A SIP server that refuses TCP, where it is served over UDP.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Detour {
    /// Who tried.
    pub(in crate::report) client: String,
    pub(in crate::report) server: Endpoint,
    /// SYN, repetitions included.
    pub(in crate::report) attempts: u64,
    /// From the first attempt to the last one, where that took longest.
    pub(in crate::report) waited_ms: f64,
}

impl Detour {
    pub(super) fn of(way: &observe::Detour) -> Self {
        Self {
            client: way.client.to_string(),
            server: endpoint(way.server),
            attempts: way.attempts,
            waited_ms: way.waited as f64 / 1e6,
        }
    }
}

/// SUBSCRIBE of one host at another, of which some were refused (RFC 6665).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Subscriptions {
    /// Who wants to be told.
    pub(in crate::report) client: String,
    /// Who refused; the client itself where what it asked for came back to it.
    pub(in crate::report) server: String,
    /// Who passed on the request and the refusal, where the capture shows both.
    #[serde(default)]
    pub(in crate::report) relay: Option<String>,
    /// How many were taken.
    pub(in crate::report) accepted: u64,
    pub(in crate::report) refused: Vec<Refusal>,
    /// What was subscribed to and refused, where the capture holds the request (RFC 6665 section 7.2).
    #[serde(default)]
    pub(in crate::report) packages: Vec<Package>,
}

/// How often an event package was refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Package {
    pub(in crate::report) name: String,
    pub(in crate::report) count: u64,
}

impl Subscriptions {
    pub(super) fn of(row: &observe::Subscriptions) -> Self {
        let refused = row.refused.iter().map(|(status, count)| Refusal { status: *status, count: *count });
        let packages =
            row.packages.iter().map(|(name, count)| Package { name: name.to_string(), count: *count });
        Self {
            client: row.client.to_string(),
            server: row.server.to_string(),
            relay: row.relay.map(|relay| relay.to_string()),
            accepted: row.accepted,
            refused: refused.collect(),
            packages: packages.collect(),
        }
    }
}

/// What is seen of registrations and services and no finding tells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Remark {
    /// Whom it is about.
    pub(in crate::report) hosts: Vec<String>,
    /// Its hardware address, where no other one is known.
    pub(in crate::report) mac: Option<String>,
    /// Registrar, server, who is asked, or who is called, with the port.
    pub(in crate::report) at: String,
    #[serde(flatten)]
    pub(in crate::report) what: Observation,
}

/// What a remark tells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(in crate::report) enum Observation {
    /// Hosts take one account from each other: registrations that were accepted.
    SharedAccount { grants: u64 },
    /// A registrar's OPTIONS get no answer.
    UnheededOptions { requests: u64 },
    /// A telephone that registers in vain is outside the VLAN in which so many others are registered.
    OtherVlan { vlan: u16, registered: u64 },
    /// A STUN server answers nobody and refuses some. A call or an answer waited for it so long at most.
    RefusedStun { requests: u64, refusals: u64, waited_ms: Option<f64> },
    /// A name server did not answer so many questions for a while; so many servers does the host ask. Whether it answered others
    /// meanwhile, so that it was not away.
    NameServerAway {
        tries: u64,
        first: Option<String>,
        last: Option<String>,
        servers: u64,
        #[serde(default)]
        answers_others: bool,
    },
    /// A device gets no address by DHCP. Whether one server alone was asked last.
    UnansweredDhcp {
        tries: u64,
        first: Option<String>,
        last: Option<String>,
        #[serde(default)]
        asked_alone: bool,
    },
    /// A device answers challenges (401, 407) late, after so long in the median; so many had run out by then.
    LateCredentials { times: u64, wait_ms: f64, run_out: u64 },
    /// Calls are passed on to several addresses, and this one never answers the INVITEs that are sent to it.
    DeadBranch { calls: u64, sent: u64 },
}

impl Remark {
    pub(super) fn of(remark: &check::Remark) -> Self {
        Self {
            hosts: remark.hosts.iter().map(ToString::to_string).collect(),
            mac: remark.mac.map(|mac| mac.to_string()),
            at: remark.at.to_string(),
            what: Observation::of(&remark.what),
        }
    }
}

impl Observation {
    fn of(what: &check::Observation) -> Self {
        let milliseconds = |nanoseconds: i64| nanoseconds as f64 / 1e6;
        let ends = |(first, last)| [number::rfc3339(first), number::rfc3339(last)];
        match *what {
            check::Observation::SharedAccount { grants } => Self::SharedAccount { grants },
            check::Observation::UnheededOptions { requests } => Self::UnheededOptions { requests },
            check::Observation::OtherVlan { vlan, registered } => Self::OtherVlan { vlan, registered },
            check::Observation::RefusedStun { requests, refusals, waited } => {
                Self::RefusedStun { requests, refusals, waited_ms: waited.map(milliseconds) }
            }
            check::Observation::NameServerAway { tries, span, servers, answers_others } => {
                let [first, last] = ends(span);
                Self::NameServerAway { tries, first, last, servers, answers_others }
            }
            check::Observation::UnansweredDhcp { tries, span, asked_alone } => {
                let [first, last] = ends(span);
                Self::UnansweredDhcp { tries, first, last, asked_alone }
            }
            check::Observation::LateCredentials { times, wait, run_out } => {
                Self::LateCredentials { times, wait_ms: milliseconds(wait), run_out }
            }
            check::Observation::DeadBranch { calls, sent } => Self::DeadBranch { calls, sent },
        }
    }

    /// As the check said it. `instant` reads a time.
    pub(in crate::report) fn said(&self, instant: fn(&str) -> Option<Timestamp>) -> check::Observation {
        let nanoseconds = |milliseconds: f64| (milliseconds * 1e6).round() as i64;
        let time = |text: &Option<String>| text.as_deref().and_then(instant).unwrap_or(Timestamp::UNKNOWN);
        match *self {
            Self::SharedAccount { grants } => check::Observation::SharedAccount { grants },
            Self::UnheededOptions { requests } => check::Observation::UnheededOptions { requests },
            Self::OtherVlan { vlan, registered } => check::Observation::OtherVlan { vlan, registered },
            Self::RefusedStun { requests, refusals, waited_ms } => {
                check::Observation::RefusedStun { requests, refusals, waited: waited_ms.map(nanoseconds) }
            }
            Self::NameServerAway { tries, ref first, ref last, servers, answers_others } => {
                check::Observation::NameServerAway {
                    tries,
                    span: (time(first), time(last)),
                    servers,
                    answers_others,
                }
            }
            Self::UnansweredDhcp { tries, ref first, ref last, asked_alone } => {
                check::Observation::UnansweredDhcp { tries, span: (time(first), time(last)), asked_alone }
            }
            Self::LateCredentials { times, wait_ms, run_out } => {
                check::Observation::LateCredentials { times, wait: nanoseconds(wait_ms), run_out }
            }
            Self::DeadBranch { calls, sent } => check::Observation::DeadBranch { calls, sent },
        }
    }
}

published_both_ways! {
    /// Which record was asked for.
    LookupKind from observe::LookupKind { Srv, Naptr }
}

/// How often a registration was refused with a status.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Refusal {
    pub(in crate::report) status: u16,
    pub(in crate::report) count: u64,
}

published_both_ways! {
    /// How a registration stands at the end.
    RegistrationState from Standing { Open, Challenged, Accepted, SignedOff, Refused }
}

/// All of a measurement, with what ICMP says of each.
pub(super) fn all(audit: &Audit) -> Vec<Registration> {
    let unreachable = Unreachable::of(&audit.traffic.flows);
    let rows = audit.traffic.registrations.iter();
    let expiry = Expiry::of(audit);
    let websockets = websockets(&audit.traffic.flows);
    let told = rows.map(|one| {
        let is_websocket = websockets.contains(&[one.client, one.registrar]);
        registration(one, unreachable.times(one), expiry.since(one), is_websocket)
    });
    told.collect()
}

fn registration(
    registration: &observe::Registration,
    unreachable: u64,
    expired: Option<Timestamp>,
    is_websocket: bool,
) -> Registration {
    Registration {
        aor: registration.aor.to_string(),
        contact: registration.contact.as_ref().map(ToString::to_string),
        client: endpoint(registration.client),
        registrar: endpoint(registration.registrar),
        transport: if is_websocket { WEBSOCKET.to_owned() } else { transport(registration.protocol) },
        expires: registration.expires,
        status: registration.status,
        reason: registration.reason.as_ref().map(ToString::to_string),
        accepted: registration.accepted,
        state: Some(registration.standing.into()),
        unasked: registration.is_unasked(),
        leaving: registration.is_leaving,
        expired_at: expired.and_then(number::rfc3339),
        answer_unseen: registration.is_answer_unseen,
        silent: registration.is_silent(),
        attempts: registration.attempts,
        passed_on: registration.is_passed_on,
        repeats: registration.repeats,
        challenges: registration.challenges,
        stale: registration.stale,
        unreachable,
        refused: registration.refused.as_ref().map(|refused| refused.status),
        refused_reason: registration.refused.as_ref().map(|refused| refused.reason.to_string()),
        refusals: refusals(registration),
        refresh: registration.rhythm.map(|rhythm| Refresh {
            count: rhythm.refreshes,
            shortest_ms: rhythm.shortest as f64 / 1e6,
            longest_ms: rhythm.longest as f64 / 1e6,
        }),
        mappings: registration.mappings.iter().map(mapping).collect(),
    }
}

fn refusals(registration: &observe::Registration) -> Vec<Refusal> {
    let by_status = registration.refusals.by_status.iter();
    by_status.map(|(status, count)| Refusal { status: *status, count: *count }).collect()
}

fn mapping(mapping: &observe::Mapping) -> Mapping {
    Mapping {
        address: mapping.address.map(|address| address.to_string()),
        port: mapping.port,
        time: number::rfc3339(mapping.time),
    }
}

impl Registration {
    /// Also of a report that was stored without it.
    pub(in crate::report) fn standing(&self) -> Standing {
        match (self.state, self.accepted, self.status) {
            (Some(state), ..) => state.into(),
            (None, true, _) => Standing::Accepted,
            (None, false, None) => Standing::Open,
            (None, false, Some(401 | 407)) => Standing::Challenged,
            (None, false, Some(_)) => Standing::Refused,
        }
    }
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
    /// Missing where only a name is known.
    pub(in crate::report) address: Option<String>,
    pub(in crate::report) port: u16,
    pub(in crate::report) time: Option<String>,
}
