//! A call as site and checks read it: who, when, how it went, and where its voice was to go.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::observe::Protocol;
use crate::observe::breaks::Break;
use crate::observe::ladder::{Ladder, Step};
use crate::observe::message::sip::{Cause, Method};
use crate::observe::offered::Offered;

/// Around a new offer (ns) a stream may stop and go on: shortly before it is seen, and until the other side has answered.
const BEFORE_OFFER: i64 = 500_000_000;
const BEHIND_OFFER: i64 = 2_000_000_000;

/// How a call ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200 to INVITE.
    Answered,
    /// A final answer of 300 and above.
    Rejected(u16),
    /// Cancelled by the caller.
    Cancelled,
    /// Sent again and again, and nothing answered.
    Unanswered,
    /// No final answer in the capture.
    Open,
}

/// What a capture holds of the beginning of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// Its INVITE.
    Seen,
    /// An answer to its INVITE, or its CANCEL, which tells who called.
    Unseen,
    /// Only later messages: who is listed as caller may be the one who was called.
    SidesUnknown,
}

/// A change of a call that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was asked for.
    pub kind: ChangeKind,
    /// Status that refused it.
    pub status: u16,
    /// The answer.
    pub frame: Frame,
}

/// What a re-INVITE asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// T.38, RFC 7345 and ITU-T T.38 annex D.
    Fax,
    /// Pictures beside the voice.
    Video,
    /// Hold, another codec, another address.
    Other,
}

/// That a side put a call on hold: it offered to send at most, and the other side agreed (RFC 3264 section 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Who did so first.
    pub side: CallSide,
    /// The offer; that of the INVITE where the call was on hold from its beginning.
    pub from: Timestamp,
    /// The offer that ended it.
    pub until: Option<Timestamp>,
    /// How often the call was put on hold, by either side.
    pub times: u32,
}

/// One of the two sides of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallSide {
    /// Who sent the first INVITE.
    Caller,
    /// Who received it.
    Callee,
}

impl CallSide {
    /// The one it talks to.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// What set a call up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallProtocol {
    /// RFC 3261.
    Sip,
    /// A protocol of this name that nobody can read: the call is known by its voice alone.
    Unreadable(Box<str>),
}

impl CallProtocol {
    /// `SIP`, or the name of the other protocol.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Sip => "SIP",
            Self::Unreadable(name) => name,
        }
    }
}

/// One SIP dialog that an INVITE began, or a call that only its voice tells.
#[derive(Clone, Debug)]
pub struct Call {
    /// Call-ID; without SIP a name that no other call has.
    pub call_id: Box<str>,
    /// How many calls before it have the same Call-ID.
    pub same_id: usize,
    /// What set it up. Where nobody can read it, the telephone counts as caller, addresses stand for numbers, and the
    /// call lasts from the first packet of voice to the last.
    pub protocol: CallProtocol,
    /// Who sent the first INVITE, and to whom.
    pub caller: SocketAddr,
    /// Receiver of the first INVITE.
    pub callee: SocketAddr,
    /// Over which transport the first INVITE went.
    pub transport: Protocol,
    /// Address of record of the From header, `sip:user@host`.
    pub from: Box<str>,
    /// That of the To header.
    pub to: Box<str>,
    /// First INVITE.
    pub start: (Frame, Timestamp),
    /// Whether the capture holds its beginning. Otherwise `start` is the first message that it holds.
    pub beginning: Beginning,
    /// User of the Request-URI, where that is a telephone number and not the one in To.
    pub dialled: Option<Box<str>>,
    /// First 180: it rings at the called side.
    pub ringing: Option<(Frame, Timestamp)>,
    /// First 183 with a session description: the caller hears something before the answer (RFC 3960), be it ringing or an
    /// announcement.
    pub early_media: Option<(Frame, Timestamp)>,
    /// First sending of the INVITE that rang, else of the last one: without the wait for credentials before it. `None` where
    /// the capture lacks it.
    pub let_through: Option<(Frame, Timestamp)>,
    /// Its offer names no medium that could be used.
    pub offers_nothing: bool,
    /// What its offer held of voice, where it was refused as not acceptable (488, 606) or not supported (415).
    pub offered: Option<Box<Offered>>,
    /// Each answer to an INVITE of it that describes audio refuses it: port 0, and no other medium (RFC 3264 section 6).
    pub declines_audio: bool,
    /// The body of its INVITE is shorter than its Content-Length says (RFC 3261 section 18.3).
    pub is_short: bool,
    /// The answer was sent again and again, and no ACK was seen (RFC 3261 section 13.3.1.4): no call for either side.
    pub is_unacknowledged: bool,
    /// No ACK was seen, and yet the answer did not come again: if the call went on, the capture lacks it.
    pub lacks_ack: bool,
    /// When the INVITE was acknowledged whose answer the capture lacks.
    pub acknowledged: Option<Timestamp>,
    /// Nanoseconds from the answer to an ACK that came only when the answer had been sent again and again.
    pub late_ack: Option<i64>,
    /// Why it came down although it stood.
    pub broken: Option<Box<Break>>,
    /// The first change of a call that stood which the other side refused; the call goes on as it was (section 14.1).
    pub refused_change: Option<Change>,
    /// For how long (s) it is to stand without a refresh, as its setup states (RFC 4028 section 4).
    pub session_expires: Option<u32>,
    /// Some re-INVITE or UPDATE within it was seen, as a session timer sends it.
    pub is_refreshed: bool,
    /// When a fax by T.38 was agreed first (ITU-T T.38 annex D).
    pub fax: Option<Timestamp>,
    /// Where both sides announced to receive it; at most 4.
    pub fax_media: Vec<SocketAddr>,
    /// Final status with which its BYE was refused in the end; the call is over all the same (RFC 3261 section 15.1.1).
    pub refused_bye: Option<u16>,
    /// The clock of the capture was set during it, so that nobody can tell how long it lasted.
    pub is_across_clock: bool,
    /// The first time that the call was put on hold.
    pub held: Option<Hold>,
    /// 200 to the first INVITE: of several dialogs that it began, of the one that was not ended again at once. `None` where the
    /// call stood before the first message that the capture holds: 200 then answers an INVITE within it (RFC 3261 section 14).
    pub answered: Option<(Frame, Timestamp)>,
    /// BYE (the answer to it where the capture lacks the request), CANCEL or final rejection.
    pub end: Option<(Frame, Timestamp)>,
    /// How it went.
    pub answer: Answer,
    /// Last final status of its INVITE, apart from 401 and 407.
    pub status: Option<u16>,
    /// What was answered behind the proxy of a caller who was refused, if that is another status, and one alone.
    pub status_behind: Option<u16>,
    /// Reason phrase of that answer; hostile.
    pub reason: Option<Box<str>>,
    /// Why it ended, as the message says that ended it (RFC 3326); its text is hostile.
    pub cause: Option<Cause>,
    /// The INVITE that it answers brought credentials.
    pub with_credentials: bool,
    /// Who sent BYE or CANCEL.
    pub hung_up: Option<CallSide>,
    /// Index of the call that a PBX passed on as this one.
    pub leg_of: Option<usize>,
    /// Which side had the call transferred, and to whom: the last REFER that was accepted (RFC 3515), or refused.
    pub transferred: Option<(CallSide, Box<str>)>,
    /// Why that failed: with what the REFER was refused, or what became of the call that it asked for.
    pub transfer_failed: Option<u16>,
    /// Where the caller's side announced to receive audio, in order, each once, at most 8.
    pub caller_media: Vec<SocketAddr>,
    /// The same of the callee's side: of several telephones that rang, the one that answered.
    pub callee_media: Vec<SocketAddr>,
    /// Where telephones that rang as well announced to receive audio, and did not get the call; at most 8.
    pub other_media: Vec<SocketAddr>,
    /// A PBX had several telephones ring with calls of their own and ended this one when another answered, or who cancelled
    /// it says that somebody else has taken the call.
    pub answered_elsewhere: bool,
    /// Some SDP of the call says something else than audio both ways at one address: hold, refused media, T.38, ICE
    /// of both sides. Silence is no fault then.
    pub may_be_silent: bool,
    /// The side whose voice alone was agreed on, from beginning to end (RFC 3264 section 6.1).
    pub speaks_alone: Option<CallSide>,
    /// When SDP after the answer, re-INVITE or UPDATE, changed something of what was agreed, or a REFER handed the call over;
    /// at most 16.
    pub renegotiated: Vec<Timestamp>,
    /// When it repeated what was agreed, as a session timer does (RFC 4028); at most 16.
    pub offered_again: Vec<Timestamp>,
    /// Those of [`Self::renegotiated`] that changed address, port, direction or kind of a medium, or handed over; at most 16.
    pub rerouted: Vec<Timestamp>,
    /// Streams that belong to an earlier call as well, because their sources went on with their numbers.
    pub also_heard: Vec<usize>,
    /// Its messages, the first 48, as long as there is room.
    pub ladder: Ladder,
}

impl Call {
    /// Whether a leg was cancelled by who passed the call on, and not because its caller gave up. `calls`: all of them.
    #[must_use]
    pub fn is_given_up(&self, calls: &[Self]) -> bool {
        let root = self.leg_of.and_then(|root| calls.get(root));
        self.answer == Answer::Cancelled && root.is_some_and(|root| root.answer != Answer::Cancelled)
    }

    /// How long after its answer a fax by T.38 was agreed, in ns.
    #[must_use]
    pub fn fax_after(&self) -> Option<i64> {
        let (_, answered) = self.answered?;
        self.fax.map(|agreed| agreed.since(answered).max(0))
    }

    /// Whether it was answered and, where that can be seen, the caller took note: else no voice is due.
    #[must_use]
    pub const fn came_about(&self) -> bool {
        self.answered.is_some() && !self.is_unacknowledged
    }

    /// The Call-ID, with a number behind it where a call before has the same one: no other call is called so.
    #[must_use]
    pub fn name(&self) -> String {
        match self.same_id {
            0 => self.call_id.to_string(),
            before => format!("{} ({})", self.call_id, before + 1),
        }
    }

    /// From the answer to the end, in nanoseconds. `None` where one of them is not in the capture, no call came about, or
    /// the clock of the capture was set between them.
    #[must_use]
    pub fn length(&self) -> Option<i64> {
        let length = self.end?.1.since(self.answered?.1);
        (!self.is_unacknowledged && !self.is_across_clock && length >= 0).then_some(length)
    }

    /// Where caller and callee last wanted to receive audio.
    #[must_use]
    pub fn agreed(&self) -> Option<[SocketAddr; 2]> {
        Some([*self.caller_media.last()?, *self.callee_media.last()?])
    }

    /// Whether media between these ends are those of a telephone that rang as well and did not get the call.
    #[must_use]
    pub fn is_beside(&self, source: SocketAddr, destination: SocketAddr) -> bool {
        self.other_media.contains(&source) || self.other_media.contains(&destination)
    }

    /// Whether a new offer or answer may explain what began then.
    #[must_use]
    pub fn is_around_offer(&self, began: Timestamp) -> bool {
        is_around(&self.renegotiated, began)
    }

    /// Whether a stream may have stopped then because of a new offer or answer: hold, T.38, or voice that goes another way.
    /// Another codec is no reason to stop.
    #[must_use]
    pub fn may_pause_at(&self, began: Timestamp) -> bool {
        is_around(&self.rerouted, began)
    }

    /// A call of which only the beginning was seen. `ends`: caller and callee. The names, media and ladder are empty.
    #[must_use]
    pub fn begun(
        call_id: Box<str>,
        protocol: CallProtocol,
        ends: (SocketAddr, SocketAddr),
        start: (Frame, Timestamp),
    ) -> Self {
        Self {
            call_id,
            same_id: 0,
            protocol,
            caller: ends.0,
            callee: ends.1,
            transport: Protocol::Udp,
            from: Box::default(),
            to: Box::default(),
            start,
            beginning: Beginning::Seen,
            dialled: None,
            ringing: None,
            early_media: None,
            let_through: None,
            offers_nothing: false,
            offered: None,
            declines_audio: false,
            is_short: false,
            session_expires: None,
            is_refreshed: false,
            is_unacknowledged: false,
            lacks_ack: false,
            acknowledged: None,
            late_ack: None,
            broken: None,
            refused_change: None,
            fax: None,
            fax_media: Vec::new(),
            refused_bye: None,
            is_across_clock: false,
            held: None,
            answered: None,
            end: None,
            answer: Answer::Open,
            status: None,
            status_behind: None,
            reason: None,
            cause: None,
            with_credentials: false,
            hung_up: None,
            leg_of: None,
            transferred: None,
            transfer_failed: None,
            caller_media: Vec::new(),
            callee_media: Vec::new(),
            other_media: Vec::new(),
            answered_elsewhere: false,
            may_be_silent: false,
            speaks_alone: None,
            renegotiated: Vec::new(),
            offered_again: Vec::new(),
            rerouted: Vec::new(),
            also_heard: Vec::new(),
            ladder: Ladder::default(),
        }
    }

    /// Nanoseconds from the INVITE that was let through to the 180.
    #[must_use]
    pub fn rang_after(&self) -> Option<i64> {
        self.waited(self.ringing)
    }

    /// Nanoseconds from the INVITE that was let through to early media.
    #[must_use]
    pub fn heard_after(&self) -> Option<i64> {
        self.waited(self.early_media)
    }

    /// Nanoseconds from the first INVITE to the one that was let through; its caller may have been challenged between.
    #[must_use]
    pub fn let_through_after(&self) -> Option<i64> {
        self.let_through.map(|(_, at)| at.since(self.start.1))
    }

    /// Telephones that rang beside the one that answered, where a proxy forks: each was sent the INVITE and passed it on to
    /// nobody (RFC 3261 section 16.7). Who is answered himself passes on: the capture may lack the INVITE. Of a call that nobody
    /// answered all of several.
    #[must_use]
    pub fn also_rang(&self) -> BTreeSet<IpAddr> {
        let invite = |step: &Step<'_>| step.method == Some(&Method::Invite);
        let sent = |least: u16, most: u16| {
            let steps = self.ladder.steps().filter(invite);
            steps
                .filter(move |step| step.status.is_some_and(|status| (least..=most).contains(&status)))
                .map(|step| step.from.ip())
                .collect::<BTreeSet<IpAddr>>()
        };
        let asked = self.ladder.steps().filter(invite);
        let callers: BTreeSet<IpAddr> =
            asked.map(|step| if step.status.is_none() { step.from.ip() } else { step.to.ip() }).collect();
        let rang: BTreeSet<IpAddr> = sent(180, 180).difference(&callers).copied().collect();
        let answered = sent(200, 299);
        match self.answered {
            // Who answered may be on a hop that the capture lacks.
            Some(_) if answered.is_subset(&callers) => BTreeSet::new(),
            Some(_) => rang.difference(&answered).copied().collect(),
            None if rang.len() > 1 => rang,
            None => BTreeSet::new(),
        }
    }

    /// Nanoseconds that it rang until it ended without an answer.
    #[must_use]
    pub fn rang_for(&self) -> Option<i64> {
        let ((_, from), (_, until)) = self.ringing.zip(self.end)?;
        self.answered.is_none().then(|| until.since(from))
    }

    fn waited(&self, until: Option<(Frame, Timestamp)>) -> Option<i64> {
        let (_, asked) = self.let_through?;
        until.map(|(_, at)| at.since(asked))
    }
}

fn is_around(offers: &[Timestamp], began: Timestamp) -> bool {
    offers.iter().any(|offer| (-BEFORE_OFFER..=BEHIND_OFFER).contains(&began.since(*offer)))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::call;
    use super::*;

    #[test]
    fn a_leg_is_given_up_by_whom_its_caller_still_waits_for() {
        let told = |root, leg_of| {
            let sip = |answer| Call { answer, ..call("192.168.10.21:5060", "192.168.10.2:5060") };
            let leg = Call { leg_of, ..sip(Answer::Cancelled) };
            leg.is_given_up(&[sip(root), leg.clone()])
        };
        assert!(told(Answer::Answered, Some(0)) && told(Answer::Open, Some(0)));
        assert!(!told(Answer::Cancelled, Some(0)), "its caller gave up");
        assert!(!told(Answer::Answered, None), "a call of its own");
    }
}
