//! Takes the messages of one SIP dialog in capture order, gives what happens on the way to an answer and beside it: when it
//! rang and how long that took, why it was refused in words, whether the answer was acknowledged, what was asked for during
//! the call and refused.

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};

use super::call::{Answer, Beginning, Call, Change, ChangeKind};
use super::dialogs::Heard;
use super::message::sdp::Sdp;
use super::message::sip::{Cause, CauseProtocol, Kind, Method, SipMessage};
use super::offered::Offered;
use super::traffic::Protocol;

/// INVITEs kept of each kind.
const KEPT: usize = 16;
/// The same answer again within this time (ns) is a copy of the capture.
const COPY_WITHIN: i64 = 100_000_000;
/// So often, over so long (ns), an answer must have been sent to say that nothing acknowledges it: RFC 3261 section
/// 13.3.1.4 sends it again after 0.5, 1 and 2 s.
const LEAST_ANSWERS: u64 = 4;
const LEAST_WAIT: i64 = 3_000_000_000;

type Moment = (Frame, Timestamp);

/// What is remembered while a call goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// INVITEs outside a dialog, each number once.
    invites: Vec<Invite>,
    /// What the last of them offered, until it is answered.
    offered: Option<Box<Offered>>,
    /// Those within it that ask for something else than voice as it is.
    changes: Vec<(SocketAddr, u32, ChangeKind)>,
    refused_change: Option<Change>,
    session_expires: Option<u32>,
    is_refreshed: bool,
    fax: Option<Timestamp>,
    fax_media: Vec<SocketAddr>,
    /// Whether all answers that say something of audio refused it.
    declines: Option<bool>,
    /// The last final answer to a BYE.
    bye_answer: Option<u16>,
    ringing: Option<(Moment, u32)>,
    early_media: Option<Moment>,
    /// The last final refusal: number of its INVITE and reason phrase.
    refusal: Option<(u32, Option<Box<str>>)>,
    answers: Answers,
    /// Numbers of the INVITEs, and when their first ACK came.
    acknowledged: Vec<(u32, Timestamp)>,
    causes: Causes,
}

/// What Reason headers say, of the first message of each kind that ends a call.
#[derive(Clone, Debug, Default)]
struct Causes {
    bye: Option<Cause>,
    cancel: Option<Cause>,
    /// A final refusal.
    refusal: Option<Cause>,
    is_elsewhere: bool,
}

impl Causes {
    fn note(&mut self, message: &SipMessage) {
        // What the telephone network said is more than a status that stands there anyway.
        let Some(cause) = message.causes.iter().min_by_key(|cause| cause.protocol != CauseProtocol::Q850)
        else {
            return;
        };
        let known = match &message.kind {
            Kind::Request { method: Method::Bye, .. } => &mut self.bye,
            Kind::Request { method: Method::Cancel, .. } => {
                self.is_elsewhere |= message.causes.iter().any(Cause::is_elsewhere);
                &mut self.cancel
            }
            Kind::Response { status: 300.., .. } if message.method() == Some(&Method::Invite) => {
                &mut self.refusal
            }
            _ => return,
        };
        known.get_or_insert_with(|| cause.clone());
    }
}

#[derive(Clone, Copy, Debug)]
struct Invite {
    number: u32,
    sent: Moment,
    has_credentials: bool,
    offers_nothing: bool,
    is_short: bool,
}

/// 200 to INVITE, of the first that got one.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    number: Option<u32>,
    count: u64,
    span: Option<(Timestamp, Timestamp)>,
}

impl Progress {
    pub(super) fn hear(&mut self, heard: &Heard, sdp: Option<&Sdp>) {
        let message = &heard.message;
        self.causes.note(message);
        self.note_session(message);
        let Some(cseq) = message.cseq.as_ref() else { return };
        match &message.kind {
            Kind::Request { method: Method::Invite, .. } => self.invite(heard, cseq.number, sdp),
            Kind::Request { method: Method::Ack, .. } => {
                let is_known = self.acknowledged.iter().any(|(number, _)| *number == cseq.number);
                if self.acknowledged.len() < KEPT && !is_known {
                    self.acknowledged.reserve_exact(1);
                    self.acknowledged.push((cseq.number, heard.time));
                }
            }
            Kind::Request { .. } => {}
            Kind::Response { status, .. } if cseq.method == Method::Invite => {
                self.answer(heard, *status, cseq.number, sdp);
            }
            // 401 and 407 ask for credentials.
            Kind::Response { status: status @ 200.., .. }
                if cseq.method == Method::Bye && !matches!(status, 401 | 407) =>
            {
                self.bye_answer = Some(*status);
            }
            Kind::Response { .. } => {}
        }
    }

    /// What the setup says last of how long the call is to stand, and whether anything refreshes it.
    fn note_session(&mut self, message: &SipMessage) {
        let is_refresh =
            matches!(&message.kind, Kind::Request { method: Method::Invite | Method::Update, .. })
                && is_in_dialog(message);
        self.is_refreshed |= is_refresh;
        // What the request asked for holds only if the answer says so (RFC 4028 section 7.2).
        let is_accepted = matches!(message.kind, Kind::Response { status: 200..=299, .. });
        if is_accepted && message.method() == Some(&Method::Invite) && !self.is_refreshed {
            self.session_expires = message.session_expires;
        }
    }

    /// Where a fax is to be sent.
    fn note_fax(&mut self, sdp: Option<&Sdp>) {
        const MOST: usize = 4;
        let Some(sdp) = sdp else { return };
        let images = sdp.media.iter().filter(|media| media.port != 0 && media.kind.as_str() == "image");
        for media in images {
            let host = media.connection.as_ref().or(sdp.connection.as_ref());
            let Some(address) = host.and_then(|host| host.ip()) else { continue };
            let socket = SocketAddr::new(address, media.port);
            if self.fax_media.len() < MOST && !self.fax_media.contains(&socket) {
                self.fax_media.push(socket);
            }
        }
    }

    fn invite(&mut self, heard: &Heard, number: u32, sdp: Option<&Sdp>) {
        self.note_fax(sdp);
        if is_in_dialog(&heard.message) {
            let kind = sdp.map_or(ChangeKind::Other, kind_of);
            let known = self.changes.iter().any(|(from, known, _)| (*from, *known) == (heard.from, number));
            if !known && self.changes.len() < KEPT {
                self.changes.push((heard.from, number, kind));
            }
            return;
        }
        let is_known = self.invites.iter().any(|invite| invite.number == number);
        if !is_known && self.invites.len() < KEPT {
            self.offered = sdp.and_then(Offered::of).map(Box::new);
            self.invites.reserve_exact(1);
            self.invites.push(Invite {
                number,
                sent: (heard.frame, heard.time),
                has_credentials: heard.message.has_credentials,
                offers_nothing: sdp.is_some_and(offers_nothing),
                is_short: heard.protocol == Protocol::Udp && heard.message.is_short(),
            });
        }
    }

    fn answer(&mut self, heard: &Heard, status: u16, number: u32, sdp: Option<&Sdp>) {
        if (200..300).contains(&status)
            && let Some(declines) = sdp.and_then(declines_audio)
        {
            self.declines = Some(declines && self.declines != Some(false));
        }
        if (200..300).contains(&status) && sdp.is_some_and(|sdp| kind_of(sdp) == ChangeKind::Fax) {
            self.fax.get_or_insert(heard.time);
            self.note_fax(sdp);
        }
        let now = (heard.frame, heard.time);
        let change = self.changes.iter().find(|(from, known, _)| (*from, *known) == (heard.to, number));
        if let Some((.., kind)) = change {
            // 401 and 407 ask for credentials, 491 for another moment; 481 and 408 end the call.
            let is_refused = status >= 400 && !matches!(status, 401 | 407 | 408 | 481 | 487 | 491);
            if is_refused && self.answers.number.is_some() {
                let change = Change { kind: *kind, status, frame: heard.frame };
                self.refused_change.get_or_insert(change);
            }
            return;
        }
        match status {
            180 => {
                self.ringing.get_or_insert((now, number));
            }
            183 if sdp.is_some() => {
                self.early_media.get_or_insert(now);
            }
            200..=299 => {
                self.answers.push(number, heard.time);
                self.offered = None;
            }
            300..=699 if !matches!(status, 401 | 407) => {
                if !matches!(status, 415 | 488 | 606) {
                    self.offered = None;
                }
                self.refusal = Some((number, heard.message.words().map(Into::into)));
            }
            _ => {}
        }
    }

    /// Puts what is known into the call, whose outcome is settled.
    pub(super) fn settle(self, call: &mut Call) {
        call.ringing = self.ringing.map(|(at, _)| at);
        call.early_media = self.early_media;
        let sent = |number: u32| self.invites.iter().find(|invite| invite.number == number).copied();
        // Who is asked for credentials sends another INVITE, and waits for as long as it likes before that.
        let through = self.ringing.and_then(|(_, number)| sent(number)).or(self.invites.last().copied());
        call.let_through = through.map(|invite| invite.sent);
        let is_refused = self.refusal.is_some();
        if let Some((number, reason)) = self.refusal {
            // Another telephone that rang was told to stop.
            call.reason = reason.filter(|_| call.status.is_none_or(|status| status >= 300));
            call.with_credentials = sent(number).is_some_and(|invite| invite.has_credentials);
        }
        call.declines_audio = self.declines == Some(true) && call.answered.is_some();
        call.offers_nothing = self.invites.last().is_some_and(|invite| invite.offers_nothing);
        call.offered = self.offered.filter(|_| matches!(call.answer, Answer::Rejected(415 | 488 | 606)));
        call.session_expires = self.session_expires.filter(|_| call.answered.is_some());
        call.is_refreshed = self.is_refreshed;
        call.is_short = self.invites.last().is_some_and(|invite| invite.is_short);
        let answered = self.answers.number;
        let acknowledged = self.acknowledged.iter().find(|(number, _)| answered == Some(*number));
        let has_answer = call.beginning == Beginning::Seen && call.answered.is_some();
        call.is_unacknowledged = has_answer && acknowledged.is_none() && self.answers.go_on();
        call.lacks_ack = has_answer && acknowledged.is_none() && self.answers.was_heard();
        let waited = acknowledged.zip(self.answers.span).map(|((_, at), (first, _))| at.since(first));
        call.late_ack = waited.filter(|waited| has_answer && *waited >= LEAST_WAIT);
        let last = self.invites.last().map(|invite| invite.number);
        let of_last = self.acknowledged.iter().find(|(number, _)| last == Some(*number));
        call.acknowledged = of_last.map(|(_, at)| *at).filter(|_| answered.is_none() && !is_refused);
        call.refused_change = self.refused_change;
        call.fax = self.fax;
        if call.fax.is_some() {
            call.fax_media.clone_from(&self.fax_media);
        }
        // 481 says that the other side has hung up as well.
        call.refused_bye = self.bye_answer.filter(|status| *status >= 300 && *status != 481);
        call.answered_elsewhere = self.causes.is_elsewhere && call.answer == Answer::Cancelled;
        call.cause = match call.answer {
            Answer::Answered => self.causes.bye,
            Answer::Cancelled => self.causes.cancel,
            Answer::Rejected(_) => self.causes.refusal,
            Answer::Unanswered | Answer::Open => None,
        };
    }

    /// Whether the latest INVITE brought credentials.
    pub(super) fn has_credentials(&self) -> bool {
        self.invites.last().is_some_and(|invite| invite.has_credentials)
    }

    /// Final refusal of an INVITE that was not seen itself.
    pub(super) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}

impl Answers {
    fn push(&mut self, number: u32, now: Timestamp) {
        if *self.number.get_or_insert(number) != number {
            return;
        }
        let (first, last) = self.span.unwrap_or((now, now));
        if self.count == 0 || now.since(last) >= COPY_WITHIN {
            self.count += 1;
            self.span = Some((first, now));
        }
    }

    /// One was enough, so that it was acknowledged.
    fn was_heard(&self) -> bool {
        self.count == 1
    }

    /// They were sent again and again.
    fn go_on(&self) -> bool {
        let lasted = self.span.map_or(0, |(first, last)| last.since(first));
        self.count >= LEAST_ANSWERS && lasted >= LEAST_WAIT
    }
}

/// Whether a request belongs to a dialog that stands, RFC 3261 section 12.2.1.1.
pub(super) fn is_in_dialog(message: &SipMessage) -> bool {
    message.to.as_ref().is_some_and(|to| to.tag.is_some())
}

/// What an offer within a call asks for.
fn kind_of(sdp: &Sdp) -> ChangeKind {
    let has = |kind: &str| sdp.media.iter().any(|media| media.port != 0 && media.kind.as_str() == kind);
    match (has("image"), has("video")) {
        (true, _) => ChangeKind::Fax,
        (false, true) => ChangeKind::Video,
        (false, false) => ChangeKind::Other,
    }
}

/// It answers with audio that it does not want, and nothing else in its place. `None` where it says nothing of audio.
fn declines_audio(sdp: &Sdp) -> Option<bool> {
    let has_audio = sdp.media.iter().any(|media| media.kind.as_str() == "audio");
    let is_whole = sdp.media.len() == sdp.media_count;
    has_audio.then(|| is_whole && sdp.media.iter().all(|media| media.port == 0))
}

/// No medium of the offer could be used: port 0 (RFC 3264 section 5.1) or no address.
fn offers_nothing(sdp: &Sdp) -> bool {
    sdp.media.iter().all(|media| {
        let host = media.connection.as_ref().or(sdp.connection.as_ref());
        media.port == 0 || host.and_then(|host| host.ip()).is_some_and(|address| address.is_unspecified())
    }) && !sdp.media.is_empty()
}

#[cfg(test)]
mod tests;
