//! Takes the messages of one SIP dialog in capture order, gives a call (RFC 3261 sections 12 to 15): when it rang, how it
//! ended, who hung up.

use crate::capture::{Frame, Timestamp};

use super::breaks::Breaks;
use super::call::{Answer, Beginning, Call, CallProtocol, CallSide};
use super::dialogs::{Heard, aor};
use super::fork::{Attempts, Branches};
use super::holds::Holds;
use super::message::sdp::Sdp;
use super::message::sip::{Kind, Method, SipMessage};
use super::offers::{Novelty, Offers};
use super::progress::{Progress, is_in_dialog};

const OFFERS_KEPT: usize = 16;
/// An INVITE that lies no further (ns) behind what answers it was swapped with it: it is sent again after 0.5 s at the earliest.
const SWAPPED_WITHIN: i64 = 100_000_000;
/// An INVITE that was sent again after this time (ns), RFC 3261 section 17.1.1.2, had no answer until then.
const SENT_AGAIN: i64 = 400_000_000;
/// Who is asked for credentials sends them at once; after this time (ns) nothing more is to come.
const CREDENTIALS_WITHIN: i64 = 4_000_000_000;

/// A call while the capture runs, and by which tag its caller is known (RFC 3261 section 12).
#[derive(Clone, Debug)]
pub(super) struct Talk {
    call: Call,
    caller_tag: Option<Box<str>>,
    /// Of its first message.
    number: u32,
    attempts: Attempts,
    branches: Branches,
    offers: Offers,
    /// Number of the INVITE that was answered first.
    invited: Option<u32>,
    /// When the INVITE was last sent.
    asked: Timestamp,
    progress: Progress,
    holds: Holds,
    breaks: Breaks,
    /// Last refusal of an INVITE.
    refused: Option<u16>,
    /// A CANCEL before it, of an INVITE that the capture lacks.
    cancelled: Option<((Frame, Timestamp), CallSide)>,
    /// Anything answered.
    is_answered: bool,
    /// A REFER that waits for its answer.
    transfer: Option<(CallSide, Box<str>)>,
    messages: u64,
    last_heard: (Timestamp, Frame),
}

impl Talk {
    /// The call that an INVITE begins, or to which the first message belongs that was captured of it.
    /// `before`: how many calls had its Call-ID already.
    pub(super) fn new(call_id: &str, before: usize, heard: &Heard) -> Self {
        let message = &heard.message;
        let (ends, beginning) = match &message.kind {
            Kind::Request { method: Method::Invite, .. } if !is_in_dialog(message) => {
                ((heard.from, heard.to), Beginning::Seen)
            }
            // Who called takes back what he sent.
            Kind::Request { method: Method::Cancel, .. } => ((heard.from, heard.to), Beginning::Unseen),
            Kind::Request { .. } => ((heard.from, heard.to), Beginning::SidesUnknown),
            // From names the caller where an answer to its INVITE repeats it. What says that it is answered may answer a re-INVITE
            // of a call that stood.
            Kind::Response { status: ..200 | 300.., .. } if message.method() == Some(&Method::Invite) => {
                ((heard.to, heard.from), Beginning::Unseen)
            }
            Kind::Response { .. } => ((heard.to, heard.from), Beginning::SidesUnknown),
        };
        let begun = Call::begun(call_id.into(), CallProtocol::Sip, ends, (heard.frame, heard.time));
        let (from, to) = (aor(message.from.as_ref()), aor(message.to.as_ref()));
        let call = Call {
            from,
            to,
            beginning,
            transport: heard.protocol,
            same_id: before,
            dialled: dialled(message),
            ..begun
        };
        let tag = message.from.as_ref().and_then(|from| from.tag.as_deref());
        Self {
            call,
            caller_tag: tag.map(Into::into),
            number: number(message),
            attempts: Attempts::default(),
            branches: Branches::default(),
            offers: Offers::default(),
            invited: None,
            asked: heard.time,
            progress: Progress::default(),
            holds: Holds::default(),
            breaks: Breaks::default(),
            refused: None,
            cancelled: None,
            is_answered: false,
            transfer: None,
            messages: 0,
            last_heard: (heard.time, heard.frame),
        }
    }

    pub(super) fn call_id(&self) -> &str {
        &self.call.call_id
    }

    /// Whether a message of its Call-ID has the tag of its caller, so that it belongs here for certain.
    pub(super) fn is_named_by(&self, message: &SipMessage) -> bool {
        let parties = [&message.from, &message.to].into_iter().flatten();
        let mut tags = parties.filter_map(|party| party.tag.as_deref());
        tags.any(|tag| Some(tag) == self.caller_tag.as_deref())
    }

    /// Whether an INVITE with its Call-ID, but of another caller's tag, begins a call of its own (RFC 3261 section 12: tags
    /// are part of what names a dialog): what a B2BUA passes on, or a client does that uses one Call-ID again.
    pub(super) fn is_another(&self, heard: &Heard) -> bool {
        let message = &heard.message;
        let is_invite = matches!(message.kind, Kind::Request { method: Method::Invite, .. });
        let has_tags =
            self.caller_tag.is_some() && message.from.as_ref().is_some_and(|from| from.tag.is_some());
        is_invite
            && has_tags
            && !is_in_dialog(message)
            && (heard.from.ip() != self.call.caller.ip() || self.is_over())
    }

    fn is_over(&self) -> bool {
        match self.invited {
            Some(_) => self.branches.is_over(),
            None => self.attempts.outcome(self.call.caller).answer != Answer::Open,
        }
    }

    /// How many messages it had.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// How many of them its ladder shows.
    pub(super) fn steps(&self) -> usize {
        self.call.ladder.steps().count()
    }

    pub(super) fn last_heard(&self) -> (Timestamp, Frame) {
        self.last_heard
    }

    /// Reads one of its messages, with the session description in its body. `has_room`: whether its ladder may grow;
    /// tells whether it did.
    pub(super) fn hear(&mut self, heard: &Heard, sdp: Option<&Sdp>, has_room: bool) -> bool {
        let message = &heard.message;
        self.messages += 1;
        self.progress.hear(heard, sdp);
        self.holds.hear(heard, self.names_caller(heard));
        self.breaks.hear(heard, self.names_caller(heard));
        // What a refusal describes is what its sender could do (RFC 3261 section 21.4.26), and agrees on nothing.
        let is_refusal = message.status().is_some_and(|status| status >= 300);
        match &message.kind {
            Kind::Request { method, .. } => self.request(method, heard),
            Kind::Response { status, .. } => {
                self.is_answered = true;
                if is_refusal && is_offer(message) {
                    // The session goes on as it was, section 14.1.
                    let asker = self.side(heard).other();
                    self.branches.take_back(self.branch_tag(heard), asker, number(message));
                    self.offers.take_back((self.names_caller(heard), number(message)));
                }
                match message.method() {
                    Some(Method::Invite) => self.response(*status, heard),
                    Some(Method::Bye) if is_over(*status) => {
                        // Where the request is in the capture it has ended the call already.
                        let asker = self.side(heard).other();
                        self.branches.bye(self.branch_tag(heard), (heard.frame, heard.time), asker);
                    }
                    Some(Method::Refer) if *status >= 200 && !matches!(status, 401 | 407) => {
                        if let Some(transfer) = self.transfer.take() {
                            self.call.transferred = Some(transfer);
                            self.call.transfer_failed = Some(*status).filter(|status| *status >= 300);
                        }
                    }
                    _ => {}
                }
            }
        }
        if let Some(sdp) = sdp.filter(|_| !is_refusal) {
            self.note_media(heard, sdp);
        }
        self.last_heard = (heard.time, heard.frame);
        self.call.ladder.push(heard, sdp.is_some(), has_room)
    }

    fn request(&mut self, method: &Method, heard: &Heard) {
        let now = (heard.frame, heard.time);
        let side = self.side(heard);
        match method {
            Method::Invite => {
                self.asked = heard.time;
                // Captured just behind its 100 or 180, as interfaces that are read in turn have it, or a computer that stalled.
                let is_swapped = heard.time.since(self.call.start.1) <= SWAPPED_WITHIN;
                let is_first = self.number == number(&heard.message)
                    && self.invited.is_none()
                    && self.call.beginning == Beginning::Unseen;
                if is_first && is_swapped && heard.from == self.call.caller && !is_in_dialog(&heard.message) {
                    self.call.beginning = Beginning::Seen;
                    self.call.dialled = dialled(&heard.message);
                }
                if !is_in_dialog(&heard.message) && self.invited.is_none() {
                    self.note_hop_before(heard);
                    self.attempts.invite(heard);
                }
            }
            Method::Bye => self.branches.bye(self.branch_tag(heard), now, side),
            Method::Refer => {
                self.transfer = heard.message.refer_to.as_ref().map(|to| (side, to.aor().into()));
                // Who hands the call over need not go on speaking.
                if self.invited.is_some() {
                    self.renegotiate(heard, Novelty::Way);
                }
            }
            Method::Notify => {
                // To who asked for it; 1xx is on the way.
                let is_told = self.call.transferred.as_ref().is_some_and(|(asked, _)| *asked != side);
                if let Some(status) = heard.message.sipfrag.filter(|status| is_told && *status >= 200) {
                    self.call.transfer_failed = Some(status).filter(|status| *status >= 300);
                }
            }
            Method::Cancel => {
                self.attempts.cancel(heard, side);
                if self.refused.is_none() && self.call.beginning == Beginning::Unseen {
                    self.cancelled.get_or_insert((now, side));
                }
            }
            _ => {}
        }
    }

    /// An INVITE that came to who sent the one before, and was sent earlier: interfaces that are read in turn have them the
    /// other way round, and this one began the call.
    fn note_hop_before(&mut self, heard: &Heard) {
        let (_, start) = self.call.start;
        let is_before = heard.time < start && start.since(heard.time) <= SWAPPED_WITHIN;
        let is_passed_on = heard.to.ip() == self.call.caller.ip() && heard.from.ip() != self.call.caller.ip();
        if self.call.beginning == Beginning::Seen && is_before && is_passed_on && self.names_caller(heard) {
            self.call.start = (heard.frame, heard.time);
            (self.call.caller, self.call.callee) = (heard.from, heard.to);
            self.call.transport = heard.protocol;
            self.call.dialled = dialled(&heard.message);
        }
    }

    fn response(&mut self, status: u16, heard: &Heard) {
        let now = (heard.frame, heard.time);
        let caller = self.call.caller;
        if !(200..=299).contains(&status) {
            self.attempts.answer(heard, status, caller);
            if status >= 300 && !matches!(status, 401 | 407) {
                self.refused = Some(status);
            }
            return;
        }
        // It may have crossed a CANCEL, or follow a refusal of another telephone: only a BYE ends it now.
        let tag = self.branch_tag(heard).map(Box::from);
        let is_first = self.branches.confirm(tag.as_deref(), now, heard.to.ip() == caller.ip());
        if is_first && self.invited.is_none() {
            self.invited = Some(heard.message.cseq.as_ref().map_or(0, |cseq| cseq.number));
            self.call.status = Some(status);
        }
    }

    fn renegotiate(&mut self, heard: &Heard, changed: Novelty) {
        let offers = match changed {
            Novelty::Nothing => &mut self.call.offered_again,
            Novelty::Coding | Novelty::Way => &mut self.call.renegotiated,
        };
        if offers.len() < OFFERS_KEPT {
            offers.push(heard.time);
        }
        if changed == Novelty::Way && self.call.rerouted.len() < OFFERS_KEPT {
            self.call.rerouted.push(heard.time);
        }
    }

    fn side(&self, heard: &Heard) -> CallSide {
        if self.is_of_caller(heard) { CallSide::Caller } else { CallSide::Callee }
    }

    /// Whether From names the caller, as it does in every message about the caller's requests.
    fn names_caller(&self, heard: &Heard) -> bool {
        let tag = heard.message.from.as_ref().and_then(|from| from.tag.as_deref());
        tag == self.caller_tag.as_deref()
    }

    /// The tag of who is called, by which the dialogs of one INVITE are told apart.
    fn branch_tag<'a>(&self, heard: &'a Heard) -> Option<&'a str> {
        let party = if self.names_caller(heard) { &heard.message.to } else { &heard.message.from };
        party.as_ref().and_then(|party| party.tag.as_deref())
    }

    /// Whether the caller's side sent the message. An answer repeats the From of the request, so its sender is the other
    /// one.
    fn is_of_caller(&self, heard: &Heard) -> bool {
        self.names_caller(heard) == matches!(heard.message.kind, Kind::Request { .. })
    }

    /// Keeps where a side wants to receive audio. What follows the answer and does not belong to the INVITE that was
    /// answered (its 200 on further hops, the answer in ACK to an offer in 200) is agreed anew.
    fn note_media(&mut self, heard: &Heard, sdp: &Sdp) {
        let side = self.side(heard);
        let number = number(&heard.message);
        let is_request = matches!(heard.message.kind, Kind::Request { .. });
        let offer =
            (is_request && is_offer(&heard.message) && is_in_dialog(&heard.message)).then_some(number);
        self.branches.describe(self.branch_tag(heard), side, sdp, offer);
        if is_request && is_offer(&heard.message) {
            self.holds.offer(heard, self.names_caller(heard), side, sdp);
        }
        let transaction = (self.names_caller(heard), number);
        let changed = self.offers.take(heard, side == CallSide::Caller, transaction, sdp);
        let is_first = self.names_caller(heard)
            && self.invited == Some(number)
            && matches!(heard.message.method(), Some(Method::Invite | Method::Ack));
        if self.invited.is_some() && !is_first {
            self.renegotiate(heard, changed);
        }
    }

    /// By which tag its caller is known.
    pub(super) fn caller_tag(&self) -> Option<Box<str>> {
        self.caller_tag.clone()
    }

    /// `now`: the latest SIP message of the capture.
    pub(super) fn finish(self, now: Timestamp) -> Call {
        let mut call = self.call;
        if self.invited.is_none() {
            let outcome = self.attempts.outcome(call.caller);
            call.answer = outcome.answer;
            (call.end, call.hung_up, call.status) = (outcome.end, outcome.hung_up, outcome.status);
            call.status_behind = outcome.behind;
        } else {
            call.answer = Answer::Answered;
        }
        self.branches.settle(&mut call);
        call.held = self.holds.first;
        if call.beginning == Beginning::SidesUnknown {
            // The call stood before what the capture holds first: what is answered there is a re-INVITE.
            call.answered = None;
            call.speaks_alone = None;
        }
        if call.beginning != Beginning::Seen {
            // A BYE ends a call that stands (RFC 3261 section 15), and an answer needs no INVITE to be understood.
            if call.answer == Answer::Open && call.end.is_some() {
                call.answer = Answer::Answered;
            } else if let (Answer::Open, Some((at, side))) = (call.answer, self.cancelled) {
                (call.answer, call.end, call.hung_up) = (Answer::Cancelled, Some(at), Some(side));
                call.status = self.refused;
            } else if call.answer == Answer::Open && self.progress.is_refused() {
                call.answer = self.refused.map_or(Answer::Open, Answer::Rejected);
                call.status = self.refused;
            }
            // What was agreed before is not known.
            call.may_be_silent = true;
        }
        let has_credentials = self.progress.has_credentials();
        self.progress.settle(&mut call);
        // Its ACK shows that the caller knows, and that what it sends is in the capture.
        let challenge = self.attempts.challenge(call.caller).filter(|(_, (_, at))| {
            call.answer == Answer::Open
                && call.beginning == Beginning::Seen
                && call.acknowledged.is_some()
                && now.since(*at) >= CREDENTIALS_WITHIN
        });
        if let Some((status, at)) = challenge {
            (call.answer, call.status, call.end) = (Answer::Rejected(status), Some(status), Some(at));
            call.with_credentials = has_credentials;
            call.acknowledged = None;
        }
        call.broken = self.breaks.settle(&call).map(Box::new);
        let waited = self.asked.since(call.start.1);
        if call.answer == Answer::Open && !self.is_answered && waited >= SENT_AGAIN {
            call.answer = Answer::Unanswered;
        }
        call
    }
}

fn number(message: &SipMessage) -> u32 {
    message.cseq.as_ref().map_or(0, |cseq| cseq.number)
}

/// Whether it belongs to a request that may offer another session, RFC 3261 section 14 and RFC 3311.
fn is_offer(message: &SipMessage) -> bool {
    matches!(message.method(), Some(Method::Invite | Method::Update))
}

/// Whether this answer to BYE says that the call is over, RFC 3261 section 15.1.1.
fn is_over(status: u16) -> bool {
    matches!(status, 200..=299 | 408 | 481)
}

/// What was dialled, where the Request-URI is a telephone number and To names somebody else (RFC 3261 section 8.1.1.2).
fn dialled(message: &SipMessage) -> Option<Box<str>> {
    let Kind::Request { method: Method::Invite, uri } = &message.kind else { return None };
    let number = user(uri.as_str());
    let is_number =
        number.len() >= 2 && number.bytes().all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte));
    let called = aor(message.to.as_ref());
    (is_number && user(&called) != number).then(|| number.into())
}

/// `21` of `sip:21@192.168.10.2`.
pub(super) fn user(aor: &str) -> &str {
    let rest = aor.split_once(':').map_or(aor, |(_, rest)| rest);
    rest.split_once('@').map_or("", |(user, _)| user)
}
