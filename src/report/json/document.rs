//! The published form of a report, schema 1. Keys are stable; adding is allowed. Times are RFC 3339 in UTC with
//! nanoseconds, durations in ms, shares in percent, addresses text, ports numbers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(in crate::report) use super::call::{Beginning, Call, CallState, Message};
pub(in crate::report) use super::course::{Course, Route, Segment};
pub(in crate::report) use super::finding::{Evidence, Finding, Hop, Party, Severity, Subject};
pub(in crate::report) use super::given::{Accepted, CoverField, Exception, FewPackets};
pub(in crate::report) use super::matrix::{Leg, Row, RowStatus};
pub(in crate::report) use super::network::{Absent, Certificate, DhcpServer, VoicePolicy};
use super::quality::Quality;
#[cfg(test)]
pub(in crate::report) use super::quality::{Leaps, Stray};
pub(in crate::report) use super::receiver::{Receiver, Voip};
pub(in crate::report) use super::registration::{
    Detour, Lookup, Observation, Registration, Remark, Subscriptions,
};
#[cfg(test)]
pub(in crate::report) use super::registration::{Mapping, Refresh};
use super::relay::{Keying, Relay};
pub(in crate::report) use super::running::{Live, Written};
pub(in crate::report) use super::spell::{Outage, Spell};
use crate::{capture, check, observe, site};

/// A report of pbxray about one measurement.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "pbxray report")]
pub(in crate::report) struct Document {
    /// Version of this form: 1.
    pub(in crate::report) schema: u32,
    /// What made it.
    pub(in crate::report) tool: Tool,
    /// Language of titles, details and actions: `de` or `en`.
    pub(in crate::report) language: String,
    /// What the site file says of the installation and the order.
    #[serde(default)]
    pub(in crate::report) cover: Vec<CoverField>,
    /// Documents that were judged by.
    pub(in crate::report) rulebooks: Vec<Rulebook>,
    /// The whole in one word.
    pub(in crate::report) verdict: Verdict,
    /// What was read.
    pub(in crate::report) captures: Vec<Capture>,
    /// Entries of named directories that were not read.
    pub(in crate::report) passed_over: Vec<PassedOver>,
    /// What the captures together can and cannot show.
    pub(in crate::report) quality: Quality,
    /// Addresses seen, in order; the devices are all there.
    pub(in crate::report) hosts: Vec<Host>,
    /// Further addresses that only `--all-flows` lists.
    #[serde(default)]
    pub(in crate::report) hosts_omitted: u64,
    /// Documented rows and what became of them, one for each device that a row binds.
    pub(in crate::report) rows: Vec<Row>,
    /// Conversations, the first 10,000 unless all were asked for.
    pub(in crate::report) flows: Vec<Flow>,
    /// How many flows are not listed.
    pub(in crate::report) flows_omitted: u64,
    /// RTP streams.
    pub(in crate::report) streams: Vec<Stream>,
    /// Marks of voice over time by direction, the smallest share of EF first, at most 50 unless all flows were asked
    /// for.
    #[serde(default)]
    pub(in crate::report) routes: Vec<Route>,
    /// How many directions are not listed.
    #[serde(default)]
    pub(in crate::report) routes_omitted: u64,
    /// SIP calls.
    pub(in crate::report) calls: Vec<Call>,
    /// SIP registrations.
    pub(in crate::report) registrations: Vec<Registration>,
    /// Who looked for its SIP server by DNS and got no answer, where no NET-001 tells that.
    #[serde(default)]
    pub(in crate::report) unanswered_lookups: Vec<Lookup>,
    /// Who tries SIP over TCP in vain where it is served over UDP, by client and server.
    #[serde(default)]
    pub(in crate::report) refused_over_tcp: Vec<Detour>,
    /// Whose SUBSCRIBE was refused, by client and server.
    #[serde(default)]
    pub(in crate::report) refused_subscriptions: Vec<Subscriptions>,
    /// What else is seen of registrations.
    #[serde(default)]
    pub(in crate::report) remarks: Vec<Remark>,
    /// Who was asked for addresses and who answered, by server.
    #[serde(default)]
    pub(in crate::report) dhcp_servers: Vec<DhcpServer>,
    /// Certificates that servers showed.
    #[serde(default)]
    pub(in crate::report) certificates: Vec<Certificate>,
    /// What LLDP-MED tells of the voice network.
    #[serde(default)]
    pub(in crate::report) voice_policies: Vec<VoicePolicy>,
    /// Findings, heaviest first.
    pub(in crate::report) findings: Vec<Finding>,
    /// When the findings of a live run came and went, in the order in which they came. Missing in the report of a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) course: Vec<Spell>,
    /// How many more came and went, before those.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(in crate::report) course_omitted: u64,
    /// When an interface of a live run had no link. Missing in the report of a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) outages: Vec<Outage>,
    /// What the captures cannot show.
    pub(in crate::report) unjudged: Vec<Unjudged>,
    /// Addresses that the user stated and that no packet of the captures is of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) absent: Vec<Absent>,
    /// Who sends voice without the mark, too little of it to be judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) few_packets: Vec<FewPackets>,
    /// Findings that the site file accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) accepted: Vec<Accepted>,
    /// The expression of `--filter`, if packets were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) filter_expression: Option<String>,
    /// Exceptions and changed ports of the site file and what each covered.
    pub(in crate::report) exceptions: Vec<Exception>,
}

/// Whether nothing is left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// The program.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Tool {
    pub(in crate::report) name: String,
    pub(in crate::report) version: String,
}

/// A document of a vendor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Rulebook {
    pub(in crate::report) vendor: String,
    pub(in crate::report) title: String,
    /// Date or edition.
    pub(in crate::report) as_of: String,
    /// Number of rows.
    pub(in crate::report) rows: u64,
}

published_both_ways! {
    /// The whole in one word.
    Verdict from check::Verdict { Pass, Notes, Fail, NotAssessable }
}

published_both_ways! {
    /// What the captures cannot show.
    Unjudged from check::Unjudged {
        NoDevice, NoVoice, OwnOnly, OneDirection, OneSided, OneSidedIpsec, OneSidedTunnel, UnheardCalls, NoRule, FewPackets, FewAtPort, NoMarks, Encrypted, Compressed,
        Export,
        Incomplete, Clock, TwoClocks, CutSip, Damaged, UnseenAnswers, OverLimit
    }
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Capture {
    pub(in crate::report) path: String,
    pub(in crate::report) format: String,
    pub(in crate::report) packets: u64,
    /// On the wire.
    pub(in crate::report) bytes: u64,
    pub(in crate::report) first: Option<String>,
    pub(in crate::report) last: Option<String>,
    /// Names of the tcpdump.org registry.
    pub(in crate::report) linktypes: Vec<String>,
    pub(in crate::report) interfaces: Vec<Interface>,
    /// Packets that were received while capturing, where the file holds less than half of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) extract_of: Option<u64>,
    /// Packets shorter than on the wire.
    pub(in crate::report) cut_packets: u64,
    /// Most bytes that were kept of one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) cut_to: Option<u64>,
    /// Packets without a usable time.
    #[serde(default)]
    pub(in crate::report) timeless_packets: u64,
    /// Of a live capture, whose `path` names interfaces. Missing in the report of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) live: Option<Live>,
    /// Frames that gave nothing, by reason. Null where several files were read: see `quality.undecoded`.
    pub(in crate::report) undecoded: Option<BTreeMap<String, u64>>,
    /// Why reading ended.
    pub(in crate::report) ended: Ended,
    /// The byte at which it ended, unless at the end.
    pub(in crate::report) ended_at: Option<u64>,
    /// SHA-256 of the file in hexadecimal. Missing for what is no file, and for more than 32 MiB unless HTML or Markdown is
    /// written beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) sha256: Option<String>,
}

/// An entry of a named directory that was not read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct PassedOver {
    pub(in crate::report) path: String,
    /// In English, as for a file that is named itself.
    pub(in crate::report) reason: String,
}

/// An interface of a capture.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Interface {
    pub(in crate::report) name: Option<String>,
    pub(in crate::report) linktype: String,
    /// Frames dropped while capturing, if the file tells.
    pub(in crate::report) drops: Option<u64>,
    /// Packets of it that were read. Missing in older reports.
    pub(in crate::report) packets: Option<u64>,
    /// Packets that came from it while capturing, if the file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) received: Option<u64>,
}

published! {
    /// Why reading ended.
    Ended from capture::Ended { Complete, Cut { .. }, Damaged { .. }, Unreadable { .. }, Stopped }
}

/// An address and what it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Host {
    pub(in crate::report) address: String,
    pub(in crate::report) macs: Vec<String>,
    /// Maker by MAC prefix.
    pub(in crate::report) vendor: Option<String>,
    /// Vendor whose document binds it: AGFEO or pascom.
    #[serde(default)]
    pub(in crate::report) bound_by: Option<String>,
    pub(in crate::report) role: Option<String>,
    /// What sort of thing the role is.
    #[serde(default)]
    pub(in crate::report) kind: Option<HostKind>,
    pub(in crate::report) model: Option<String>,
    /// What the role is called in the language of the report.
    #[serde(default)]
    pub(in crate::report) role_title: Option<String>,
    /// The same of the model.
    #[serde(default)]
    pub(in crate::report) model_title: Option<String>,
    /// Whether the user stated the model.
    pub(in crate::report) model_is_stated: bool,
    /// Whether nothing names the model: it is the smallest whose RTP ports hold those used, and larger ones would fit too.
    #[serde(default)]
    pub(in crate::report) model_is_fitted: bool,
    pub(in crate::report) confidence: Option<Confidence>,
    pub(in crate::report) evidence: Vec<Sign>,
    /// Signs for other roles.
    pub(in crate::report) contradictions: Vec<Contradiction>,
    /// Other addresses that DHCP offered to its hardware and from which nothing was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) former_addresses: Vec<FormerAddress>,
    /// Whether a Linux cooked capture says that packets of it came to the capturing device from outside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::report) came_in: bool,
    pub(in crate::report) vlans: Vec<u16>,
    /// VLANs of the outermost of several tags (QinQ).
    #[serde(default)]
    pub(in crate::report) outer_vlans: Vec<u16>,
    /// User-Agent and Server strings.
    pub(in crate::report) agents: Vec<String>,
    pub(in crate::report) names: Vec<String>,
}

published! {
    /// What sort of thing a role is.
    HostKind from site::Kind { Pbx, Cloud, Terminal, Softphone, Software, Provider, Infrastructure, Other }
}

/// A sign for a role.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Sign {
    pub(in crate::report) kind: SignKind,
    pub(in crate::report) seen: String,
    /// 1 to 100.
    pub(in crate::report) weight: u8,
    pub(in crate::report) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(in crate::report) files: Vec<u16>,
}

/// An address that a device was offered and does not have.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct FormerAddress {
    pub(in crate::report) address: String,
    /// The VLAN that the device uses, if the offer came outside of it.
    pub(in crate::report) before_vlan: Option<u16>,
}

/// A sign for another role than the one decided on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Contradiction {
    pub(in crate::report) role: String,
    /// The model that it speaks for, where that and not the role is in doubt.
    #[serde(default)]
    pub(in crate::report) model: Option<String>,
    /// What the model, else the role, is called in the language of the report.
    #[serde(default)]
    pub(in crate::report) title: Option<String>,
    pub(in crate::report) evidence: Sign,
}

published_both_ways! {
    /// What kind of sign it is.
    SignKind from site::EvidenceKind {
        Stated, MacPrefix, Agent, NameAsked, NameGreeted, NameOwned, Ports, Registration, Challenge, Registered,
    }
}

published_both_ways! {
    /// How sure a statement is.
    Confidence from site::Confidence { Suspected, Likely, Sure }
}

/// One side of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Endpoint {
    pub(in crate::report) address: String,
    pub(in crate::report) port: u16,
}

/// A conversation: `a` started it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Flow {
    pub(in crate::report) a: Endpoint,
    pub(in crate::report) b: Endpoint,
    /// `udp`, `tcp`, `sctp`, `icmp`, `ip-47`.
    pub(in crate::report) transport: String,
    /// How it is known that `a` started.
    pub(in crate::report) initiator: Initiator,
    pub(in crate::report) packets_ab: u64,
    pub(in crate::report) packets_ba: u64,
    pub(in crate::report) bytes_ab: u64,
    pub(in crate::report) bytes_ba: u64,
    pub(in crate::report) first: Option<String>,
    pub(in crate::report) last: Option<String>,
    /// Rows that explain it.
    pub(in crate::report) rows: Vec<String>,
    /// Whether it is one of an identified device that no row explains.
    #[serde(default)]
    pub(in crate::report) is_unexplained: bool,
    /// Whether somebody on the Internet asks a host of the LAN unasked and gets no answer with content.
    #[serde(default)]
    pub(in crate::report) is_unsolicited: bool,
    /// Packets by DSCP value.
    pub(in crate::report) dscp_ab: BTreeMap<u8, u64>,
    /// Packets by DSCP value.
    pub(in crate::report) dscp_ba: BTreeMap<u8, u64>,
    /// What the content says it is.
    pub(in crate::report) app: Option<String>,
    /// TCP only: `b` took part and sent no data, at most that it accepts the connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::report) is_without_answer: bool,
    /// Conversations of the same kind that the row sums up; a live capture folds those that are over.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(in crate::report) conversations: u64,
}

fn one() -> u64 {
    1
}

fn is_one(count: &u64) -> bool {
    *count == 1
}

published! {
    /// How it is known who started.
    Initiator from observe::Initiator { Handshake, Service, FirstPacket }
}

/// An RTP stream.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Stream {
    pub(in crate::report) source: Endpoint,
    pub(in crate::report) destination: Endpoint,
    pub(in crate::report) ssrc: u32,
    pub(in crate::report) first: Option<String>,
    pub(in crate::report) last: Option<String>,
    pub(in crate::report) kind: MediaKind,
    /// Why it is taken for RTP.
    pub(in crate::report) recognition: Recognition,
    /// Whether SDP announced it as SRTP, or DTLS or ZRTP agreed on its keys; null if none of these was seen.
    pub(in crate::report) secure: Option<bool>,
    /// What agreed on the keys.
    #[serde(default)]
    pub(in crate::report) keyed_by: Option<Keying>,
    /// Nobody announced SRTP, and yet each packet has as many bytes more than its codec gives as an authentication tag.
    #[serde(default)]
    pub(in crate::report) probably_srtp: bool,
    /// The TURN server on its way.
    #[serde(default)]
    pub(in crate::report) relay: Option<Relay>,
    pub(in crate::report) payload_types: Vec<u8>,
    /// The same in order of appearance, with what they are.
    pub(in crate::report) payloads: Vec<Payload>,
    /// Of most packets, events and comfort noise aside.
    pub(in crate::report) codec: Option<String>,
    /// Where one codec followed another: all of them, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) codecs_in_turn: Vec<CodecSince>,
    /// Codecs that the SDP of the receiver lists, else that of the sender.
    pub(in crate::report) announced_codecs: Vec<String>,
    /// Packet time that the timestamps show.
    pub(in crate::report) ptime_ms: Option<f64>,
    /// Packet time that SDP asks for.
    pub(in crate::report) announced_ptime_ms: Option<u32>,
    /// Clock of the timestamps, in Hz.
    pub(in crate::report) clock_hz: Option<u32>,
    /// Where that is known from.
    pub(in crate::report) clock_source: Option<ClockSource>,
    /// Different packets.
    pub(in crate::report) packets: u64,
    /// By the highest extended sequence number of each segment.
    pub(in crate::report) expected: u64,
    pub(in crate::report) lost: u64,
    /// Null where the capture holds keys (RFC 4733) alone: what is missing between them is voice that it does not hold.
    pub(in crate::report) lost_percent: Option<f64>,
    /// How many of those belong to a pause that began with a new offer: hold, T.38, another way.
    #[serde(default)]
    pub(in crate::report) paused: u64,
    /// How long those pauses took, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) paused_ms: Option<f64>,
    /// From the answer of its call to its first packet, in ms, where it begins late and the other side is heard before, or nobody is
    /// for long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) late_ms: Option<f64>,
    /// How long before the end of its call, or since the latest offer, nothing of it comes, in ms, while the other side goes on
    /// or stops as early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) stopped_ms: Option<f64>,
    /// How long it goes on behind the end of its call, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) over_ms: Option<f64>,
    /// How often its sender sent nothing for half a second and more and its numbers went on without a gap, so that nothing got
    /// lost; only where it was a second at least, and the clock of the timestamps stood meanwhile, for a part at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) rests: Option<u64>,
    /// How long the longest of them took, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) longest_rest_ms: Option<f64>,
    /// Another sender whose voice reaches the same port at the same time, for more than a second: both may be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) heard_with: Option<HeardWith>,
    /// How many packets of its way ICMP turned away as undeliverable, where nothing came back on it.
    #[serde(default)]
    pub(in crate::report) turned_away: u64,
    /// Numbers of which the sender sent no packet, as its timestamps show: Wireshark counts them as lost. In no other count, but
    /// in `receiver.lost`.
    #[serde(default)]
    pub(in crate::report) skipped: u64,
    /// Runs of lost packets.
    pub(in crate::report) bursts: u64,
    /// Packets of the longest run.
    pub(in crate::report) longest_burst: u64,
    pub(in crate::report) duplicates: u64,
    /// Further copies that are sent on purpose: the end of a tone (RFC 4733 section 2.5.1.4). In no other count.
    #[serde(default)]
    pub(in crate::report) repeated_events: u64,
    pub(in crate::report) reordered: u64,
    /// Packets that fit to nothing before and after them; in no other count.
    pub(in crate::report) strays: u64,
    /// Runs of numbering without a restart, at most 16.
    pub(in crate::report) segments: Vec<Segment>,
    /// Share of the time in which the sender left silence out.
    pub(in crate::report) silence_percent: Option<f64>,
    /// Beginnings of speech after silence.
    pub(in crate::report) talkspurts: u64,
    pub(in crate::report) delta_ms: Option<Spread>,
    /// RFC 3550 section 6.4.1.
    pub(in crate::report) jitter_ms: Option<Spread>,
    /// Packets by DSCP value.
    pub(in crate::report) dscp: BTreeMap<u8, u64>,
    /// Share of packets marked EF.
    pub(in crate::report) ef_percent: Option<f64>,
    /// Packets came by a second time with another mark.
    #[serde(default)]
    pub(in crate::report) remarked: Option<Remarked>,
    /// VLAN of most packets.
    pub(in crate::report) vlan: Option<u16>,
    /// 802.1p priority of most tagged packets.
    pub(in crate::report) pcp: Option<u8>,
    /// Listening quality (MOS-LQ) by ITU-T G.107 without delay. Null where its receiver turned it away (`turned_away`).
    pub(in crate::report) mos: Option<f64>,
    /// The rating R that it comes from, at most 93.2.
    pub(in crate::report) rating: Option<f64>,
    /// Call-ID.
    pub(in crate::report) call: Option<String>,
    /// What its receiver reported by RTCP.
    pub(in crate::report) receiver: Option<Receiver>,
    /// How it went over time. Unless all flows were asked for, only the 100 streams with the worst voice tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) course: Option<Course>,
    /// The figures of `tshark -z rtp,streams` 4.0.
    pub(in crate::report) wireshark: Option<Wireshark>,
}

/// Copies of packets with another DSCP value than their originals.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Remarked {
    pub(in crate::report) copies: u64,
    /// DSCP value of the first original, then that of its copy.
    pub(in crate::report) from_dscp: u8,
    pub(in crate::report) to_dscp: u8,
}

/// Least, mean and greatest value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Spread {
    pub(in crate::report) min: Option<f64>,
    pub(in crate::report) mean: Option<f64>,
    pub(in crate::report) max: Option<f64>,
}

published! {
    /// What a stream carries.
    MediaKind from observe::media::MediaKind { Audio, Video, Unknown }
}

published! {
    /// Why a stream is taken for RTP, from strong to weak.
    Recognition from observe::media::Recognition { Signalled, RtcpPaired, Content, None }
}

published! {
    /// Where the clock of a stream is known from.
    ClockSource from observe::media::timing::ClockSource { Assigned, Signalled, Estimated }
}

published! {
    /// What a payload type is for.
    PayloadRole from observe::media::report::PayloadRole { Media, Event, ComfortNoise }
}

/// A payload type of a stream.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Payload {
    pub(in crate::report) payload_type: u8,
    pub(in crate::report) codec: Option<String>,
    pub(in crate::report) role: PayloadRole,
    pub(in crate::report) packets: u64,
}

/// A sender whose voice reaches the same port.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct HeardWith {
    /// Of several the one that does so for longest.
    pub(in crate::report) source: Endpoint,
    /// For how long both come, in ms, as exactly as half-second intervals tell, or wider ones of a long stream.
    pub(in crate::report) both_ms: f64,
}

/// A codec of a stream, and when its first packet came.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct CodecSince {
    pub(in crate::report) codec: String,
    pub(in crate::report) since: Option<String>,
}

/// The columns of `tshark -z rtp,streams`; -1 where it shows -1.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Wireshark {
    pub(in crate::report) packets: u64,
    /// Negative with duplicates.
    pub(in crate::report) lost: i64,
    pub(in crate::report) lost_percent: Option<f64>,
    pub(in crate::report) min_delta: Option<f64>,
    pub(in crate::report) mean_delta: Option<f64>,
    pub(in crate::report) max_delta: Option<f64>,
    pub(in crate::report) min_jitter: Option<f64>,
    pub(in crate::report) mean_jitter: Option<f64>,
    pub(in crate::report) max_jitter: Option<f64>,
}
