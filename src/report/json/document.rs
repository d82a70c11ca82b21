//! The published form of a report, schema 1. Keys are stable; adding is allowed. Times are RFC 3339 in UTC with
//! nanoseconds, durations in ms, shares in percent, addresses text, ports numbers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{capture, check, observe, site};

/// An enum of the program under its published names.
macro_rules! published {
    ($(#[$doc:meta])* $name:ident from $source:ty { $($variant:ident $({ $($rest:tt)* })? $(($($any:tt)*))?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(super) enum $name { $($variant,)* }

        impl From<$source> for $name {
            fn from(value: $source) -> Self {
                type Source = $source;
                match value { $(Source::$variant $({ $($rest)* })? $(($($any)*))? => Self::$variant,)* }
            }
        }
    };
}

/// A report of pbxray about one measurement.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "pbxray report")]
pub(super) struct Document {
    /// Version of this form: 1.
    pub(super) schema: u32,
    /// What made it.
    pub(super) tool: Tool,
    /// Language of titles, details and actions: `de` or `en`.
    pub(super) language: &'static str,
    /// Documents that were judged by.
    pub(super) rulebooks: Vec<Rulebook>,
    /// The whole in one word.
    pub(super) verdict: Verdict,
    /// What was read.
    pub(super) captures: Vec<Capture>,
    /// Entries of named directories that were not read.
    pub(super) passed_over: Vec<PassedOver>,
    /// What the captures together can and cannot show.
    pub(super) quality: Quality,
    /// Every address seen.
    pub(super) hosts: Vec<Host>,
    /// Documented rows and what became of them, one for each device that a row binds.
    pub(super) rows: Vec<Row>,
    /// Conversations, the first 10,000 unless all were asked for.
    pub(super) flows: Vec<Flow>,
    /// How many flows are not listed.
    pub(super) flows_omitted: u64,
    /// RTP streams.
    pub(super) streams: Vec<Stream>,
    /// SIP calls.
    pub(super) calls: Vec<Call>,
    /// SIP registrations.
    pub(super) registrations: Vec<Registration>,
    /// Findings, heaviest first.
    pub(super) findings: Vec<Finding>,
    /// What the captures cannot show.
    pub(super) unjudged: Vec<Unjudged>,
    /// Exceptions of the site file and what each covered.
    pub(super) exceptions: Vec<Exception>,
}

/// The program.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: String,
}

/// A document of a vendor.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Rulebook {
    pub(super) vendor: String,
    pub(super) title: String,
    /// Date or edition.
    pub(super) as_of: String,
    /// Number of rows.
    pub(super) rows: u64,
}

published! {
    /// The whole in one word.
    Verdict from check::Verdict { Pass, Notes, Fail, NotAssessable }
}

published! {
    /// What the captures cannot show.
    Unjudged from check::Unjudged { NoDevice, NoVoice, OneDirection, Encrypted, Incomplete, Clock, CutSip, Damaged }
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Capture {
    pub(super) path: String,
    pub(super) format: String,
    pub(super) packets: u64,
    /// On the wire.
    pub(super) bytes: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    /// Names of the tcpdump.org registry.
    pub(super) linktypes: Vec<String>,
    pub(super) interfaces: Vec<Interface>,
    /// Packets shorter than on the wire.
    pub(super) cut_packets: u64,
    /// Frames that gave nothing, by reason. Null where several files were read: see `quality.undecoded`.
    pub(super) undecoded: Option<BTreeMap<String, u64>>,
    /// Why reading ended.
    pub(super) ended: Ended,
    /// The byte at which it ended, unless at the end.
    pub(super) ended_at: Option<u64>,
}

/// An entry of a named directory that was not read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PassedOver {
    pub(super) path: String,
    /// In English, as for a file that is named itself.
    pub(super) reason: String,
}

/// An interface of a capture.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Interface {
    pub(super) name: Option<String>,
    pub(super) linktype: String,
    /// Frames dropped while capturing, if the file tells.
    pub(super) drops: Option<u64>,
}

published! {
    /// Why reading ended.
    Ended from capture::Ended { Complete, Cut { .. }, Damaged { .. }, Unreadable { .. }, Stopped }
}

/// What the captures together can and cannot show.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Quality {
    pub(super) frames: u64,
    pub(super) decoded: u64,
    /// Frames that gave nothing, by reason.
    pub(super) undecoded: BTreeMap<String, u64>,
    /// Frames that are copies of one shortly before.
    pub(super) duplicates: u64,
    /// Frames that could have been recognised as copies.
    pub(super) duplicate_candidates: u64,
    /// Pairs of hosts that exchanged packets of a kind that is answered.
    pub(super) pairs: u64,
    pub(super) pairs_both_ways: u64,
    /// Time stamps smaller than the one before.
    pub(super) clock_back: u64,
    pub(super) tcp_connections: u64,
    /// TCP connections in which bytes were acknowledged that the capture does not hold.
    pub(super) unseen_connections: u64,
    pub(super) incomplete_datagrams: u64,
    /// Packets of flows that a limit dropped.
    pub(super) packets_over_cap: u64,
    /// Media samples that a limit dropped.
    pub(super) samples_over_cap: u64,
    /// Messages (SIP, names) that a limit dropped.
    pub(super) messages_over_cap: u64,
    /// Frames that the user's filter kept out.
    pub(super) filtered: u64,
}

/// An address and what it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Host {
    pub(super) address: String,
    pub(super) macs: Vec<String>,
    /// Maker by MAC prefix.
    pub(super) vendor: Option<String>,
    pub(super) role: Option<String>,
    pub(super) model: Option<String>,
    /// Whether the user stated the model; otherwise it is the smallest that fits what was seen.
    pub(super) model_is_stated: bool,
    pub(super) confidence: Option<Confidence>,
    pub(super) evidence: Vec<Sign>,
    /// Signs for other roles.
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) vlans: Vec<u16>,
    /// User-Agent and Server strings.
    pub(super) agents: Vec<String>,
    pub(super) names: Vec<String>,
}

/// A sign for a role.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sign {
    pub(super) kind: SignKind,
    pub(super) seen: String,
    /// 1 to 100.
    pub(super) weight: u8,
    pub(super) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(super) files: Vec<u16>,
}

/// A sign for another role than the one decided on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Contradiction {
    pub(super) role: String,
    pub(super) evidence: Sign,
}

published! {
    /// What kind of sign it is.
    SignKind from site::EvidenceKind {
        Stated, MacPrefix, Agent, NameAsked, NameOwned, Ports, Registration,
    }
}

published! {
    /// How sure a statement is.
    Confidence from site::Confidence { Suspected, Likely, Sure }
}

/// A documented row and a device it binds.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Row {
    pub(super) row: String,
    pub(super) device: String,
    /// In the language of the report.
    pub(super) service: Option<String>,
    pub(super) status: RowStatus,
    /// Number of flows.
    pub(super) flows: u64,
    pub(super) packets: u64,
}

published! {
    /// What became of a row.
    RowStatus from check::RowStatus { Used, Unused, Blocked, Deviating }
}

/// One side of a conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Endpoint {
    pub(super) address: String,
    pub(super) port: u16,
}

/// A conversation: `a` started it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Flow {
    pub(super) a: Endpoint,
    pub(super) b: Endpoint,
    /// `udp`, `tcp`, `sctp`, `icmp`, `ip-47`.
    pub(super) transport: String,
    /// How it is known that `a` started.
    pub(super) initiator: Initiator,
    pub(super) packets_ab: u64,
    pub(super) packets_ba: u64,
    pub(super) bytes_ab: u64,
    pub(super) bytes_ba: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    /// Rows that explain it.
    pub(super) rows: Vec<String>,
    /// Packets by DSCP value.
    pub(super) dscp_ab: BTreeMap<u8, u64>,
    /// Packets by DSCP value.
    pub(super) dscp_ba: BTreeMap<u8, u64>,
    /// What the content says it is.
    pub(super) app: Option<String>,
}

published! {
    /// How it is known who started.
    Initiator from observe::Initiator { Handshake, Service, FirstPacket }
}

/// An RTP stream.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Stream {
    pub(super) source: Endpoint,
    pub(super) destination: Endpoint,
    pub(super) ssrc: u32,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) kind: MediaKind,
    /// Why it is taken for RTP.
    pub(super) recognition: Recognition,
    /// Whether SDP announced it as SRTP; null without SDP.
    pub(super) secure: Option<bool>,
    pub(super) payload_types: Vec<u8>,
    /// The same in order of appearance, with what they are.
    pub(super) payloads: Vec<Payload>,
    /// Of most packets, events and comfort noise aside.
    pub(super) codec: Option<String>,
    /// Codecs that the SDP of the receiver lists, else that of the sender.
    pub(super) announced_codecs: Vec<String>,
    /// Packet time that the timestamps show.
    pub(super) ptime_ms: Option<f64>,
    /// Packet time that SDP asks for.
    pub(super) announced_ptime_ms: Option<u32>,
    /// Clock of the timestamps, in Hz.
    pub(super) clock_hz: Option<u32>,
    /// Where that is known from.
    pub(super) clock_source: Option<ClockSource>,
    /// Different packets.
    pub(super) packets: u64,
    /// By the highest extended sequence number of each segment.
    pub(super) expected: u64,
    pub(super) lost: u64,
    pub(super) lost_percent: Option<f64>,
    /// Runs of lost packets.
    pub(super) bursts: u64,
    /// Packets of the longest run.
    pub(super) longest_burst: u64,
    pub(super) duplicates: u64,
    pub(super) reordered: u64,
    /// Packets that fit to nothing before and after them; in no other count.
    pub(super) strays: u64,
    /// Runs of numbering without a restart, at most 16.
    pub(super) segments: Vec<Segment>,
    /// Share of the time in which the sender left silence out.
    pub(super) silence_percent: Option<f64>,
    /// Beginnings of speech after silence.
    pub(super) talkspurts: u64,
    pub(super) delta_ms: Option<Spread>,
    /// RFC 3550 section 6.4.1.
    pub(super) jitter_ms: Option<Spread>,
    /// Packets by DSCP value.
    pub(super) dscp: BTreeMap<u8, u64>,
    /// Share of packets marked EF.
    pub(super) ef_percent: Option<f64>,
    /// VLAN of most packets.
    pub(super) vlan: Option<u16>,
    /// 802.1p priority of most tagged packets.
    pub(super) pcp: Option<u8>,
    /// Listening quality (MOS-LQ) by ITU-T G.107 without delay.
    pub(super) mos: Option<f64>,
    /// The rating R that it comes from, at most 93.2.
    pub(super) rating: Option<f64>,
    /// Call-ID.
    pub(super) call: Option<String>,
    /// What its receiver reported by RTCP.
    pub(super) receiver: Option<Receiver>,
    /// The figures of `tshark -z rtp,streams` 4.0.
    pub(super) wireshark: Option<Wireshark>,
}

/// Least, mean and greatest value.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Spread {
    pub(super) min: Option<f64>,
    pub(super) mean: Option<f64>,
    pub(super) max: Option<f64>,
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
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Payload {
    pub(super) payload_type: u8,
    pub(super) codec: Option<String>,
    pub(super) role: PayloadRole,
    pub(super) packets: u64,
}

/// A run of numbering within a stream.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Segment {
    pub(super) first: Option<String>,
    /// Packet with the highest number.
    pub(super) last: Option<String>,
    /// Highest sequence number, extended beyond 16 bit by the cycles since the first.
    pub(super) highest_sequence: u64,
    pub(super) expected: u64,
    pub(super) lost: u64,
}

/// What the receiver of a stream reported by RTCP, RFC 3550 section 6.4.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Receiver {
    /// Report blocks about the stream.
    pub(super) reports: u64,
    /// Packets lost since the receiver began to count; negative where duplicates outweigh losses.
    pub(super) lost: i64,
    /// Greatest share lost between two reports.
    pub(super) worst_lost_percent: Option<f64>,
    /// Greatest jitter reported, if the clock of the stream is known.
    pub(super) max_jitter_ms: Option<f64>,
    /// From the measuring point to the receiver and back.
    pub(super) round_trip_ms: Option<Spread>,
    /// VoIP metrics, RFC 3611 section 4.7.
    pub(super) voip: Option<Voip>,
    /// The latest report.
    pub(super) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(super) files: Vec<u16>,
}

/// VoIP metrics of an extended report, RFC 3611 section 4.7.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Voip {
    pub(super) lost_percent: Option<f64>,
    /// Share that came too late or early to be played.
    pub(super) discarded_percent: Option<f64>,
    /// Between the two ends.
    pub(super) round_trip_ms: Option<u16>,
    /// From the wire to the ear and from the mouth to the wire.
    pub(super) end_system_delay_ms: Option<u16>,
    pub(super) mos_lq: Option<f64>,
    pub(super) mos_cq: Option<f64>,
}

/// The columns of `tshark -z rtp,streams`; -1 where it shows -1.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Wireshark {
    pub(super) packets: u64,
    /// Negative with duplicates.
    pub(super) lost: i64,
    pub(super) lost_percent: Option<f64>,
    pub(super) min_delta: Option<f64>,
    pub(super) mean_delta: Option<f64>,
    pub(super) max_delta: Option<f64>,
    pub(super) min_jitter: Option<f64>,
    pub(super) mean_jitter: Option<f64>,
    pub(super) max_jitter: Option<f64>,
}

/// A dialog that an INVITE began.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Call {
    pub(super) call_id: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) start: Option<String>,
    pub(super) answered: Option<String>,
    pub(super) end: Option<String>,
    pub(super) state: CallState,
    /// Final status where it was rejected.
    pub(super) status: Option<u16>,
    /// Last final status of its INVITE, apart from 401 and 407.
    pub(super) final_status: Option<u16>,
    /// First 180 to 183.
    pub(super) ringing: Option<String>,
    /// From INVITE to `ringing`, in ms.
    pub(super) post_dial_delay_ms: Option<f64>,
    /// Who sent BYE or CANCEL.
    pub(super) hung_up: Option<CallSide>,
    /// Position in `calls` of the call that a PBX passed on as this one.
    pub(super) leg_of: Option<usize>,
    /// Who sent the first INVITE.
    pub(super) caller: Endpoint,
    /// Who received it.
    pub(super) callee: Endpoint,
    /// Positions in `streams`.
    pub(super) streams: Vec<usize>,
}

published! {
    /// A side of a call.
    CallSide from observe::CallSide { Caller, Callee }
}

published! {
    /// How a call went.
    CallState from observe::Answer { Answered, Rejected(_), Cancelled, Unanswered, Open }
}

/// REGISTER requests of one contact.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Registration {
    pub(super) aor: String,
    pub(super) contact: Option<String>,
    pub(super) client: Endpoint,
    pub(super) registrar: Endpoint,
    pub(super) transport: String,
    /// Seconds.
    pub(super) expires: Option<u32>,
    /// Last final status.
    pub(super) status: Option<u16>,
    pub(super) accepted: bool,
    pub(super) attempts: u64,
}

/// A finding.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) action: String,
    pub(super) responsible: Party,
    pub(super) subject: Option<Subject>,
    /// Rows it rests on.
    pub(super) rows: Vec<String>,
    pub(super) count: u64,
    pub(super) evidence: Evidence,
}

published! {
    /// How bad it is.
    Severity from check::Severity { Info, Notice, Warning, Error, Critical }
}

published! {
    /// Who can mend it.
    Party from check::Party { Network, Telephony, Provider, Computers, Capture, Nobody }
}

/// Whom a finding is about.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Subject {
    pub(super) address: String,
    pub(super) role: Option<String>,
}

/// Where to see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Evidence {
    /// Wireshark's frame numbers.
    pub(super) frames: Vec<u64>,
    /// For each frame, the position of its file in `captures`.
    pub(super) files: Vec<u16>,
    /// Wireshark display filter.
    pub(super) filter: String,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// An exception of the site file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Exception {
    /// Line in the site file.
    pub(super) line: u64,
    pub(super) text: String,
    pub(super) reason: String,
    /// Flows or findings it covered.
    pub(super) matched: u64,
}
