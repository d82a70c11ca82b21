//! Takes the messages of one SIP dialog in capture order, gives a call (RFC 3261 sections 12 to 15): when it rang, how it
//! ended, who hung up, and which calls are legs of one behind a B2BUA.

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};

use super::call::{Answer, Call, CallProtocol, CallSide};
use super::dialogs::{Heard, aor};
use super::message::sdp::{Direction, Sdp};
use super::message::sip::{Kind, Method};

const OFFERS_KEPT: usize = 16;
const MEDIA_KEPT: usize = 8;
/// A PBX that passes a call on does so within this time (ns); queues and announcements come later.
const PASSED_ON_WITHIN: i64 = 5_000_000_000;
/// An INVITE that was sent again after this time (ns), RFC 3261 section 17.1.1.2, had no answer until then.
const SENT_AGAIN: i64 = 400_000_000;
/// Calls before this one that are looked at for the other leg.
const LEGS_LOOKED_AT: usize = 256;

/// A call while the capture runs, and by which tag its caller is known (RFC 3261 section 12).
#[derive(Clone, Debug)]
pub(super) struct Talk {
    call: Call,
    caller_tag: Option<Box<str>>,
    /// When the INVITE was last sent.
    asked: Timestamp,
    /// Anything answered.
    is_answered: bool,
    /// A REFER that waits for its answer.
    transfer: Option<(CallSide, Box<str>)>,
}

impl Talk {
    /// The call that an INVITE begins.
    pub(super) fn new(call_id: &str, heard: &Heard) -> Self {
        let message = &heard.message;
        let ends = (heard.from, heard.to);
        let begun = Call::begun(call_id.into(), CallProtocol::Sip, ends, (heard.frame, heard.time));
        let call = Call { from: aor(message.from.as_ref()), to: aor(message.to.as_ref()), ..begun };
        let tag = message.from.as_ref().and_then(|from| from.tag.as_deref());
        Self { call, caller_tag: tag.map(Into::into), asked: heard.time, is_answered: false, transfer: None }
    }

    /// Reads one of its messages, with the session description in its body. `has_room`: whether its ladder may grow;
    /// tells whether it did.
    pub(super) fn hear(&mut self, heard: &Heard, sdp: Option<&Sdp>, has_room: bool) -> bool {
        let message = &heard.message;
        match &message.kind {
            Kind::Request { method, .. } => self.request(method, heard),
            Kind::Response { status, .. } => {
                self.is_answered = true;
                match message.method() {
                    Some(Method::Invite) => self.response(*status, (heard.frame, heard.time)),
                    Some(Method::Refer) if (200..300).contains(status) => {
                        self.call.transferred = self.transfer.take().or(self.call.transferred.take());
                    }
                    _ => {}
                }
            }
        }
        if let Some(sdp) = sdp {
            self.note_media(heard, sdp);
        }
        self.call.ladder.push(heard, sdp.is_some(), has_room)
    }

    fn request(&mut self, method: &Method, heard: &Heard) {
        let now = (heard.frame, heard.time);
        let side = if self.is_of_caller(heard) { CallSide::Caller } else { CallSide::Callee };
        let call = &mut self.call;
        match method {
            Method::Invite => self.asked = heard.time,
            Method::Bye => {
                call.end.get_or_insert(now);
                call.hung_up.get_or_insert(side);
            }
            Method::Refer => {
                self.transfer = heard.message.refer_to.as_ref().map(|to| (side, to.aor().into()));
                // Who hands the call over need not go on speaking.
                if call.answered.is_some() && call.renegotiated.len() < OFFERS_KEPT {
                    call.renegotiated.push(heard.time);
                }
            }
            Method::Cancel if call.answer == Answer::Open => {
                call.answer = Answer::Cancelled;
                call.end.get_or_insert(now);
                call.hung_up.get_or_insert(side);
            }
            _ => {}
        }
    }

    fn response(&mut self, status: u16, now: (Frame, Timestamp)) {
        let call = &mut self.call;
        match status {
            180..=183 => {
                call.ringing.get_or_insert(now);
            }
            200..=299 if call.answered.is_none() => {
                // It may have crossed a CANCEL, or follow a refusal of the first attempt: only a BYE ends it now.
                call.end = None;
                call.hung_up = None;
                call.answer = Answer::Answered;
                call.answered = Some(now);
                call.status = Some(status);
            }
            // 401 and 407 ask for credentials: the caller tries again.
            300..=699 if !matches!(status, 401 | 407) && call.answered.is_none() => {
                call.status = Some(status);
                if call.answer == Answer::Open {
                    call.answer = Answer::Rejected(status);
                    call.end.get_or_insert(now);
                }
            }
            _ => {}
        }
    }

    /// Whether the caller's side sent the message. An answer repeats the From of the request, so its sender is the other
    /// one.
    fn is_of_caller(&self, heard: &Heard) -> bool {
        let tag = heard.message.from.as_ref().and_then(|from| from.tag.as_deref());
        let names_caller = tag == self.caller_tag.as_deref();
        names_caller == matches!(heard.message.kind, Kind::Request { .. })
    }

    /// Keeps where a side wants to receive audio, and whether silence may be meant.
    fn note_media(&mut self, heard: &Heard, sdp: &Sdp) {
        let is_of_caller = self.is_of_caller(heard);
        let call = &mut self.call;
        let is_new = call.answered.is_some_and(|(frame, _)| frame != heard.frame);
        if is_new && call.renegotiated.len() < OFFERS_KEPT {
            call.renegotiated.push(heard.time);
        }
        let known = if is_of_caller { &mut call.caller_media } else { &mut call.callee_media };
        let mut audio = sdp.media.iter().filter(|media| media.kind.as_str() == "audio");
        let (Some(media), None) = (audio.next(), audio.next()) else {
            call.may_be_silent = true;
            return;
        };
        let host = media.connection.as_ref().or(sdp.connection.as_ref()).and_then(|host| host.ip());
        let address = host.filter(|address| !address.is_unspecified());
        call.may_be_silent |= media.port == 0
            || address.is_none()
            || media.direction != Direction::SendRecv
            || !media.candidates.is_empty()
            || sdp.media.iter().any(|media| media.kind.as_str() == "image");
        if let Some(address) = address.filter(|_| media.port != 0) {
            let endpoint = SocketAddr::new(address, media.port);
            if known.len() < MEDIA_KEPT && !known.contains(&endpoint) {
                known.push(endpoint);
            }
        }
    }

    fn finish(self) -> Call {
        let mut call = self.call;
        let waited = self.asked.since(call.start.1);
        if call.answer == Answer::Open && !self.is_answered && waited >= SENT_AGAIN {
            call.answer = Answer::Unanswered;
        }
        call
    }
}

/// The calls in the order in which they began, legs tied together.
pub(super) fn finish(talks: Vec<Talk>) -> Vec<Call> {
    let mut calls: Vec<Call> = talks.into_iter().map(Talk::finish).collect();
    for index in 0..calls.len() {
        let leg_of = calls.get(index).and_then(|call| other_leg(&calls, index, call));
        if let Some(call) = calls.get_mut(index) {
            call.leg_of = leg_of;
        }
    }
    calls
}

/// The call that a PBX passed on as this one: it came to whoever sends this one, shortly before, and one of the two numbers
/// is the same. None if several could be it.
fn other_leg(calls: &[Call], index: usize, call: &Call) -> Option<usize> {
    let before = calls.get(..index)?;
    let first = index.saturating_sub(LEGS_LOOKED_AT);
    let fits = |earlier: &Call| {
        let passed = call.start.1.since(earlier.start.1);
        let is_running = earlier.end.is_none_or(|(_, end)| end > call.start.1);
        let same = |x: &str, y: &str| !user(x).is_empty() && user(x) == user(y);
        earlier.callee.ip() == call.caller.ip()
            && earlier.caller.ip() != call.callee.ip()
            && (0..=PASSED_ON_WITHIN).contains(&passed)
            && is_running
            && (same(&earlier.from, &call.from) || same(&earlier.to, &call.to))
    };
    let mut found = before.iter().enumerate().skip(first).filter(|(_, earlier)| fits(earlier));
    match (found.next(), found.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    }
}

/// `21` of `sip:21@192.168.10.2`.
fn user(aor: &str) -> &str {
    let rest = aor.split_once(':').map_or(aor, |(_, rest)| rest);
    rest.split_once('@').map_or("", |(user, _)| user)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::*;

    fn call(from: &str, to: &str, ms: i64, numbers: [&str; 2]) -> Call {
        let [from_number, to_number] = numbers;
        let id = format!("{from}-{ms}").into();
        Call {
            from: format!("sip:{from_number}@a.example").into(),
            to: format!("sip:{to_number}@b.example").into(),
            ..Call::begun(id, CallProtocol::Sip, (socket(from), socket(to)), (frame(1), at(ms)))
        }
    }

    const PHONE: &str = "192.168.10.21:5060";
    const OTHER: &str = "192.168.10.22:5060";
    const PBX: &str = "192.168.10.2:5060";

    fn leg(calls: &[Call]) -> Option<usize> {
        let last = calls.len() - 1;
        other_leg(calls, last, &calls[last])
    }

    #[test]
    fn what_a_pbx_passes_on_is_a_leg_of_what_came_to_it() {
        let came = call(PHONE, PBX, 0, ["21", "22"]);
        let passed_on = |ms, numbers| call(PBX, OTHER, ms, numbers);
        assert_eq!(leg(&[came.clone(), passed_on(20, ["21", "99"])]), Some(0));
        assert_eq!(
            leg(&[came.clone(), passed_on(20, ["0211555", "22"])]),
            Some(0),
            "the called number is the same"
        );
        assert_eq!(leg(&[came.clone(), passed_on(20, ["23", "24"])]), None, "another call of the PBX");
        assert_eq!(leg(&[came.clone(), passed_on(20_000, ["21", "22"])]), None, "much later");
        let ended = Call { end: Some((frame(2), at(10))), ..came.clone() };
        assert_eq!(leg(&[ended, passed_on(20, ["21", "22"])]), None);
        assert_eq!(leg(&[came.clone(), came.clone(), passed_on(20, ["21", "22"])]), None, "two could be it");
        assert_eq!(
            leg(&[came, call(PBX, PHONE, 20, ["21", "22"])]),
            None,
            "back to the caller: hairpinned or recalled"
        );
    }
}
