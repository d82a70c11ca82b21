//! The published form of a call, and of its messages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Endpoint;
use super::fill::endpoint;
use super::worst::{Outcome, Standing};
use crate::capture::{Frame, Timestamp};
use crate::check::{self, Audit, Trouble, by_trouble, half_encrypted, troubled};
use crate::observe::message::sip;
use crate::observe::{self, Answer, CallProtocol, Step, Traffic};
use crate::report::number;
use crate::report::text::arrow;

/// A dialog that an INVITE began.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Call {
    /// Without SIP a name that no other call has.
    pub(in crate::report) call_id: String,
    /// What set it up: `SIP`, or `ASIP`, which nobody can read. Then voice alone tells of the call: numbers are unknown,
    /// addresses stand for them, the telephone for the caller, and it lasts from the first packet to the last.
    #[serde(default = "sip_protocol")]
    pub(in crate::report) protocol: String,
    pub(in crate::report) from: String,
    pub(in crate::report) to: String,
    pub(in crate::report) start: Option<String>,
    pub(in crate::report) answered: Option<String>,
    pub(in crate::report) end: Option<String>,
    pub(in crate::report) state: CallState,
    /// Final status where it was rejected.
    pub(in crate::report) status: Option<u16>,
    /// Last final status of its INVITE, apart from 401 and 407.
    pub(in crate::report) final_status: Option<u16>,
    /// Reason phrase of that status, where it refused.
    #[serde(default)]
    pub(in crate::report) reason: Option<String>,
    /// Status with which the called side itself refused, where the proxy told the caller another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) status_behind: Option<u16>,
    /// Why it ended, as the message says that ended it (Reason header, RFC 3326).
    #[serde(default)]
    pub(in crate::report) cause: Option<Cause>,
    /// What the capture holds of its beginning; otherwise `start` is the first message that it holds.
    #[serde(default)]
    pub(in crate::report) beginning: Beginning,
    /// The number in its Request-URI, where To names another.
    #[serde(default)]
    pub(in crate::report) dialled: Option<String>,
    /// First 183 with a session description.
    #[serde(default)]
    pub(in crate::report) early_media: Option<String>,
    /// From the INVITE that was let through to `early_media`, in ms; missing where the capture lacks that INVITE.
    #[serde(default)]
    pub(in crate::report) early_media_after_ms: Option<f64>,
    /// The answer was sent again and again, and nobody acknowledged it.
    #[serde(default)]
    pub(in crate::report) unacknowledged: bool,
    /// The clock of the capture was set during it: the times of its answer and its end do not tell how long it lasted.
    #[serde(default)]
    pub(in crate::report) across_clock: bool,
    /// How long it lasted at least, in ms, where the capture lacks its answer or end, or the ACK to the answer, and yet shows that
    /// much: by voice that both sides send, by ACK and BYE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) at_least_ms: Option<f64>,
    /// Where caller and callee last wanted to receive audio, if not one packet of their voice is in the capture, though that of
    /// other calls is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) unheard: Option<[Endpoint; 2]>,
    /// The side whose voice alone was agreed on (`sendonly`, `recvonly`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) speaks_alone: Option<CallSide>,
    /// That one side alone is heard (RTP-001).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) one_way: Option<OneWay>,
    /// Who sends SRTP and who sends plain RTP back, as it had answered an offer of SRTP: neither understands the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) half_encrypted: Option<[Endpoint; 2]>,
    /// Who tells by RTCP that nothing of the other side's voice reaches it: its sender reports have no report block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) reports_nothing_received: Option<Endpoint>,
    /// Whether forms for people mark it: it failed (busy, declined and unavailable do not count), was silent (RTP-002),
    /// one-way or encrypted by one side alone, or lost more than 1 % of the packets of a direction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::report) marked: bool,
    /// Of a marked call: its place among those by how bad they were, 1 being the worst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) worst: Option<usize>,
    /// From the answer to an ACK that came only when the answer had been sent again and again, in ms.
    #[serde(default)]
    pub(in crate::report) late_ack_ms: Option<f64>,
    /// Why it came down although it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) broken: Option<Broken>,
    /// What was asked for during the call and refused first.
    #[serde(default)]
    pub(in crate::report) refused_change: Option<RefusedChange>,
    /// From the answer to the agreement on a fax by T.38, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) fax_after_ms: Option<f64>,
    /// Nothing at all was sent from then on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::report) fax_unsent: bool,
    /// Over TCP: who was called closed the connection without a final answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::report) dropped: bool,
    /// Final status with which its BYE was refused in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) refused_bye: Option<u16>,
    /// That it was put on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::report) held: Option<Hold>,
    /// First 180.
    pub(in crate::report) ringing: Option<String>,
    /// The INVITE that was let through, behind any challenge; missing where the capture lacks it.
    #[serde(default)]
    pub(in crate::report) let_through: Option<String>,
    /// From the INVITE that was let through, behind any challenge, to `ringing`, in ms; missing where the capture lacks that
    /// INVITE.
    pub(in crate::report) post_dial_delay_ms: Option<f64>,
    /// Who sent BYE or CANCEL.
    pub(in crate::report) hung_up: Option<CallSide>,
    /// To whom the call was transferred, by a REFER that was accepted.
    #[serde(default)]
    pub(in crate::report) transferred_to: Option<String>,
    /// Which side had it transferred, or tried to.
    #[serde(default)]
    pub(in crate::report) transferred_by: Option<CallSide>,
    /// To whom it was to be transferred where that failed.
    #[serde(default)]
    pub(in crate::report) transfer_failed_to: Option<String>,
    /// Why that failed: with what the REFER was refused, or the call that it asked for.
    #[serde(default)]
    pub(in crate::report) transfer_failed_status: Option<u16>,
    /// Telephones that rang beside the one that answered, of a call that nobody answered all of several.
    #[serde(default)]
    pub(in crate::report) also_rang: Vec<String>,
    /// A PBX had several telephones ring, each with a call of its own, and ended this one when another answered.
    #[serde(default)]
    pub(in crate::report) answered_elsewhere: bool,
    /// Position in `calls` of the call that a PBX passed on as this one.
    pub(in crate::report) leg_of: Option<usize>,
    /// Positions in `calls` of those that a PBX passed on this one as.
    #[serde(default)]
    pub(in crate::report) leg_by: Vec<usize>,
    /// Who sent the first INVITE.
    pub(in crate::report) caller: Endpoint,
    /// Who received it.
    pub(in crate::report) callee: Endpoint,
    /// Positions in `streams`.
    pub(in crate::report) streams: Vec<usize>,
    /// How streams that are heard in other calls as well were in this one, as exactly as half-second intervals tell, or wider
    /// ones of a long stream. Of all other streams the figures in `streams` are the call's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) heard: Vec<Heard>,
    /// Its messages, the first 48, copies left out. Unless all flows were asked for, only the 50 worst calls and their
    /// legs tell theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) messages: Vec<Message>,
    /// Further messages.
    #[serde(default)]
    pub(in crate::report) messages_omitted: u64,
}

/// For how long one side alone is heard.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct OneWay {
    /// At first, in ms, until the voice found its way; missing where that lasted to the end.
    pub(in crate::report) at_first_ms: Option<f64>,
}

impl OneWay {
    fn of(one_way: check::OneWay) -> Self {
        let at_first_ms = match one_way {
            check::OneWay::Throughout => None,
            check::OneWay::AtFirst(lasted) => Some(lasted as f64 / 1e6),
        };
        Self { at_first_ms }
    }

    pub(in crate::report) fn told(&self) -> check::OneWay {
        self.at_first_ms
            .map_or(check::OneWay::Throughout, |lasted| check::OneWay::AtFirst((lasted * 1e6) as i64))
    }
}

/// A stream during one of its calls.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Heard {
    /// Position in `streams`.
    pub(in crate::report) stream: usize,
    pub(in crate::report) packets: u64,
    pub(in crate::report) lost: u64,
    pub(in crate::report) lost_percent: f64,
    /// The greatest, in ms.
    pub(in crate::report) jitter_ms: f64,
    pub(in crate::report) mos: Option<f64>,
}

fn heard(traffic: &Traffic, id: usize, stream: usize) -> Option<Heard> {
    let part = traffic.in_call(stream, id)?;
    Some(Heard {
        stream,
        packets: part.packets,
        lost: part.lost,
        lost_percent: part.lost_percent(),
        jitter_ms: part.jitter,
        mos: part.quality.map(|quality| quality.mos),
    })
}

/// What a report that was stored before others were told means.
fn sip_protocol() -> String {
    CallProtocol::Sip.name().to_owned()
}

impl Call {
    /// Whether its messages could have been read.
    pub(in crate::report) fn is_sip(&self) -> bool {
        self.protocol == CallProtocol::Sip.name()
    }

    /// What stands between the sides.
    pub(in crate::report) fn arrow(&self) -> &'static str {
        arrow(self.is_sip(), self.beginning.into())
    }
}

/// A SIP message of a call.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Message {
    /// Wireshark's frame number.
    pub(in crate::report) frame: u64,
    /// Position of its file in `captures`.
    pub(in crate::report) file: u16,
    pub(in crate::report) time: Option<String>,
    pub(in crate::report) source: Endpoint,
    pub(in crate::report) destination: Endpoint,
    /// Of a response that of its request.
    pub(in crate::report) method: Option<String>,
    /// Of a response.
    pub(in crate::report) status: Option<u16>,
    /// Reason phrase of a response where it is not the one of the standard; empty where it has none.
    #[serde(default)]
    pub(in crate::report) reason: Option<String>,
    /// How often the same message (CSeq, branch, tag of To) was sent again within 0.1 s.
    #[serde(default)]
    pub(in crate::report) repeats: u16,
    /// Further copies of it in the capture.
    #[serde(default)]
    pub(in crate::report) copies: u16,
    /// Messages between it and the one before that are left out; part of `messages_omitted`.
    #[serde(default)]
    pub(in crate::report) omitted_before: u64,
    /// Whether it carries a session description.
    pub(in crate::report) sdp: bool,
    pub(in crate::report) dscp: u8,
}

/// A value of a Reason header.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Cause {
    /// Whose number it is.
    pub(in crate::report) protocol: CauseProtocol,
    pub(in crate::report) value: u16,
    /// What the sender wrote beside it.
    #[serde(default)]
    pub(in crate::report) text: Option<String>,
}

impl Cause {
    fn of(cause: &sip::Cause) -> Self {
        Self {
            protocol: cause.protocol.into(),
            value: cause.value,
            text: cause.text.as_ref().map(|text| text.as_str().to_owned()),
        }
    }
}

published_both_ways! {
    /// Whose numbers a cause is of: ITU-T Q.850, or status codes.
    CauseProtocol from sip::CauseProtocol { Q850, Sip }
}

/// Why a call came down that stood.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Broken {
    pub(in crate::report) kind: BreakKind,
    /// How often the message was sent.
    pub(in crate::report) times: u64,
    /// Status of a refusal.
    pub(in crate::report) status: Option<u16>,
    /// Who repeats, refuses, asks in vain or hangs up.
    pub(in crate::report) by: Endpoint,
    /// Where the ACK went; else the other side.
    pub(in crate::report) to: Endpoint,
    /// Wireshark's number of the first message that shows it.
    pub(in crate::report) frame: u64,
}

published_both_ways! {
    /// What brings a call down: an answer that goes on in spite of its ACK, a request within the call that is refused (481, 408) or not
    /// answered, a session timer that runs out.
    BreakKind from observe::BreakKind { Unheeded, Refused, Unanswered, Expired }
}

/// A re-INVITE that was refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct RefusedChange {
    pub(in crate::report) kind: ChangeKind,
    pub(in crate::report) status: u16,
    /// Wireshark's number of the answer.
    pub(in crate::report) frame: u64,
}

/// The first time that a side put the call on hold.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Hold {
    pub(in crate::report) by: CallSide,
    /// The offer.
    pub(in crate::report) from: Option<String>,
    /// The offer that ended it.
    pub(in crate::report) until: Option<String>,
    /// How often the call was put on hold, by either side.
    pub(in crate::report) times: u32,
}

published_both_ways! {
    /// What a re-INVITE asks for.
    ChangeKind from observe::ChangeKind { Fax, Video, Other }
}

published_both_ways! {
    /// What a capture holds of the beginning of a call.
    Beginning from observe::Beginning { Seen, Unseen, SidesUnknown }
}

/// What a report that was stored before others were told means.
impl Default for Beginning {
    fn default() -> Self {
        Self::Seen
    }
}

published_both_ways! {
    /// A side of a call.
    CallSide from observe::CallSide { Caller, Callee }
}

published! {
    /// How a call went.
    CallState from observe::Answer { Answered, Rejected(_), Cancelled, Unanswered, Open }
}

fn message(step: Step<'_>) -> Message {
    Message {
        frame: step.frame.number(),
        file: step.frame.file(),
        time: number::rfc3339(step.time),
        source: endpoint(step.from),
        destination: endpoint(step.to),
        method: step.method.map(ToString::to_string),
        status: step.status,
        reason: step.reason.map(ToOwned::to_owned),
        repeats: step.repeats,
        copies: step.copies,
        omitted_before: step.omitted_before,
        sdp: step.has_sdp,
        dscp: step.dscp,
    }
}

/// What belongs to each call, by its position.
pub(super) struct Ties {
    /// Calls that it was passed on as.
    legs: BTreeMap<usize, Vec<usize>>,
    streams: BTreeMap<usize, Vec<usize>>,
    troubled: BTreeMap<usize, Trouble>,
    /// Places of those by how bad they were.
    worst: BTreeMap<usize, usize>,
}

impl Ties {
    pub(super) fn of(audit: &Audit, voices: &[Vec<usize>]) -> Self {
        let traffic = &audit.traffic;
        let legs = traffic.calls.iter().map(|call| call.leg_of);
        let mut streams = positions(traffic.streams.iter().map(|stream| stream.call));
        for (id, call) in traffic.calls.iter().enumerate().filter(|(_, call)| !call.also_heard.is_empty()) {
            let own = streams.entry(id).or_default();
            own.extend(&call.also_heard);
            own.sort_unstable();
        }
        let troubled = troubled(audit, voices);
        Self { legs: positions(legs), streams, worst: by_trouble(&troubled), troubled }
    }

    fn legs(&self, id: usize) -> &[usize] {
        self.legs.get(&id).map_or(&[], Vec::as_slice)
    }

    fn streams(&self, id: usize) -> &[usize] {
        self.streams.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// How the call stands among the others.
pub(super) fn standing<'a>(id: usize, call: &observe::Call, ties: &'a Ties) -> Standing<'a> {
    let outcome = Outcome {
        state: call.answer.into(),
        final_status: call.status,
        unacknowledged: call.is_unacknowledged,
        reason: call.reason.as_deref(),
        rang: call.ringing.is_some(),
    };
    Standing::of(outcome, call.leg_of, ties.legs(id), ties.streams(id))
}

fn positions(owners: impl Iterator<Item = Option<usize>>) -> BTreeMap<usize, Vec<usize>> {
    let mut positions: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, owner) in owners.enumerate() {
        if let Some(owner) = owner {
            positions.entry(owner).or_default().push(position);
        }
    }
    positions
}

/// The published form of a call, with its messages if it `tells` them.
pub(super) fn call(
    id: usize,
    call: &observe::Call,
    ties: &Ties,
    audit: &Audit,
    voices: &[usize],
    tells: bool,
) -> Call {
    let traffic = &audit.traffic;
    let streams = ties.streams(id);
    let is_sip = call.protocol == CallProtocol::Sip;
    let time = |at: Option<(Frame, Timestamp)>| at.and_then(|(_, time)| number::rfc3339(time));
    let transfer_to = call.transferred.as_ref().map(|(_, to)| to.to_string());
    Call {
        call_id: call.name(),
        protocol: call.protocol.name().to_owned(),
        from: call.from.to_string(),
        to: call.to.to_string(),
        start: time(Some(call.start)),
        answered: time(call.answered),
        end: time(call.end),
        state: call.answer.into(),
        status: match call.answer {
            Answer::Rejected(status) => Some(status),
            Answer::Answered | Answer::Cancelled | Answer::Unanswered | Answer::Open => None,
        },
        final_status: call.status,
        status_behind: call.status_behind,
        ringing: time(call.ringing),
        let_through: time(call.let_through),
        reason: call.reason.as_ref().map(ToString::to_string),
        cause: call.cause.as_ref().map(Cause::of),
        beginning: call.beginning.into(),
        dialled: call.dialled.as_ref().map(ToString::to_string),
        early_media: time(call.early_media),
        early_media_after_ms: call.heard_after().map(|waited| waited as f64 / 1e6),
        unacknowledged: call.is_unacknowledged,
        across_clock: call.is_across_clock,
        at_least_ms: traffic.lasted_at_least(call, voices).map(|length| length as f64 / 1e6),
        unheard: call
            .agreed()
            .filter(|_| audit.unheard.binary_search(&id).is_ok())
            .map(|ends| ends.map(endpoint)),
        speaks_alone: call.speaks_alone.map(Into::into),
        one_way: ties.troubled.get(&id).and_then(|trouble| trouble.one_way).map(OneWay::of),
        half_encrypted: half_encrypted(traffic, voices.iter().copied()).map(|ends| ends.map(endpoint)),
        reports_nothing_received: audit.deaf.get(&id).copied().map(endpoint),
        marked: ties.troubled.contains_key(&id),
        worst: ties.worst.get(&id).copied(),
        late_ack_ms: call.late_ack.map(|waited| waited as f64 / 1e6),
        broken: call.broken.as_deref().map(|broken| Broken {
            kind: broken.kind.into(),
            times: broken.times,
            status: broken.status,
            by: endpoint(broken.from),
            to: endpoint(broken.to),
            frame: broken.at.0.number(),
        }),
        refused_change: call.refused_change.map(|change| RefusedChange {
            kind: change.kind.into(),
            status: change.status,
            frame: change.frame.number(),
        }),
        fax_after_ms: call.fax_after().map(|after| after as f64 / 1e6),
        fax_unsent: audit.unsent_faxes.binary_search(&id).is_ok(),
        dropped: audit.dropped.binary_search(&id).is_ok(),
        refused_bye: call.refused_bye,
        held: call.held.map(|held| Hold {
            by: held.side.into(),
            from: number::rfc3339(held.from),
            until: held.until.and_then(number::rfc3339),
            times: held.times,
        }),
        post_dial_delay_ms: call.rang_after().map(|waited| waited as f64 / 1e6),
        hung_up: call.hung_up.map(Into::into),
        transferred_to: transfer_to.clone().filter(|_| call.transfer_failed.is_none()),
        transferred_by: call.transferred.as_ref().map(|(side, _)| (*side).into()),
        transfer_failed_to: transfer_to.filter(|_| call.transfer_failed.is_some()),
        transfer_failed_status: call.transfer_failed,
        also_rang: call.also_rang().iter().map(ToString::to_string).collect(),
        answered_elsewhere: call.answered_elsewhere,
        leg_of: call.leg_of,
        leg_by: ties.legs(id).to_vec(),
        caller: endpoint(call.caller),
        callee: endpoint(call.callee),
        streams: streams.to_vec(),
        heard: match is_sip {
            true => Vec::new(),
            false => streams.iter().filter_map(|stream| heard(traffic, id, *stream)).collect(),
        },
        messages: if tells { call.ladder.steps().map(message).collect() } else { Vec::new() },
        messages_omitted: if tells { call.ladder.omitted } else { 0 },
    }
}
