//! Takes the INVITEs of one call, their answers and the dialogs they begin; gives how the call went where it rang at several
//! telephones: a proxy that forks (RFC 3261 section 16.7), and a caller that has more than one 200 (section 13.2.2.4).

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};

use super::call::{Answer, Call, CallSide};
use super::dialogs::Heard;
use super::message::sdp::{Direction, Sdp};

const ATTEMPTS_KEPT: usize = 16;
const BRANCHES_KEPT: usize = 16;
const MEDIA_KEPT: usize = 8;

type Moment = (Frame, Timestamp);

/// The INVITEs that begin a call: one for each hop and each telephone.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    known: Vec<Attempt>,
    /// Last final status at the caller, apart from 401 and 407.
    status: Option<u16>,
}

#[derive(Clone, Debug)]
struct Attempt {
    from: SocketAddr,
    to: SocketAddr,
    /// Of its Via.
    branch: Option<Box<str>>,
    number: u32,
    is_answered: bool,
    end: Option<(Ended, Moment)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// 401 or 407: the caller tries again.
    Challenged(u16),
    Cancelled(CallSide),
    Rejected(u16),
}

impl Ended {
    fn is_challenge(self) -> bool {
        matches!(self, Self::Challenged(_))
    }
}

/// How a call went that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) answer: Answer,
    pub(super) end: Option<Moment>,
    pub(super) hung_up: Option<CallSide>,
    pub(super) status: Option<u16>,
    /// What was answered behind the proxy of a caller who was refused, if that is another status, and one alone.
    pub(super) behind: Option<u16>,
}

impl Attempts {
    /// An INVITE outside a dialog.
    pub(super) fn invite(&mut self, heard: &Heard) {
        let number = sequence(heard);
        let branch = branch(heard);
        let is_known = self.known.iter().any(|known| {
            (known.from, known.to, known.number) == (heard.from, heard.to, number)
                && known.branch.as_deref() == branch
        });
        if !is_known {
            self.push((heard.from, heard.to), heard);
        }
    }

    /// The INVITE between these ends that a message is, or answers.
    fn push(&mut self, (from, to): (SocketAddr, SocketAddr), heard: &Heard) {
        if self.known.len() < ATTEMPTS_KEPT {
            // Most calls have one or two, and there may be many calls.
            self.known.reserve_exact(1);
            let (branch, number) = (branch(heard).map(Into::into), sequence(heard));
            self.known.push(Attempt { from, to, branch, number, is_answered: false, end: None });
        }
    }

    /// Whether an answer belongs to another try of this caller whose INVITE the capture lacks or cannot read: the one
    /// before was challenged (RFC 3261 section 22.2), or the answer has no tag in To, as every one within a dialog has
    /// (section 8.2.6.2).
    fn is_of_unseen(&self, heard: &Heard, ends: (SocketAddr, SocketAddr)) -> bool {
        let tries = || self.known.iter().filter(|known| (known.from, known.to) == ends);
        let Some(latest) = tries().max_by_key(|known| known.number) else { return false };
        let is_challenged = latest.end.is_some_and(|(ended, _)| ended.is_challenge());
        let has_tag = heard.message.to.as_ref().is_none_or(|to| to.tag.is_some());
        heard.message.cseq.is_some()
            && latest.number.checked_add(1) == Some(sequence(heard))
            && (is_challenged || !has_tag)
    }

    pub(super) fn cancel(&mut self, heard: &Heard, side: CallSide) {
        if let Some(attempt) = self.find(heard, (heard.from, heard.to)) {
            attempt.end.get_or_insert((Ended::Cancelled(side), (heard.frame, heard.time)));
        }
    }

    /// An answer below 200 or above 299. `caller`: who sent the first INVITE.
    pub(super) fn answer(&mut self, heard: &Heard, status: u16, caller: SocketAddr) {
        let ends = (heard.to, heard.from);
        if self.find(heard, ends).is_none() && self.is_of_unseen(heard, ends) {
            self.push(ends, heard);
        }
        let Some(attempt) = self.find(heard, ends) else { return };
        attempt.is_answered = true;
        let ended = match status {
            401 | 407 => Ended::Challenged(status),
            300..=699 => Ended::Rejected(status),
            _ => return,
        };
        attempt.end.get_or_insert((ended, (heard.frame, heard.time)));
        if !ended.is_challenge() && heard.to.ip() == caller.ip() {
            self.status = Some(status);
        }
    }

    /// The INVITE between these ends that a message with the same number is about. Without the branch of its Via, which
    /// something on the way may have rewritten, the first one that is not settled.
    fn find(&mut self, heard: &Heard, (client, server): (SocketAddr, SocketAddr)) -> Option<&mut Attempt> {
        let (number, branch) = (sequence(heard), branch(heard));
        let fits = |known: &Attempt| known.number == number && known.from.ip() == client.ip();
        let exact = |known: &Attempt| fits(known) && branch.is_some() && known.branch.as_deref() == branch;
        let between = |known: &Attempt| fits(known) && known.to == server;
        let at = self
            .known
            .iter()
            .position(exact)
            .or_else(|| self.known.iter().position(|known| between(known) && known.end.is_none()))
            .or_else(|| self.known.iter().position(between))?;
        self.known.get_mut(at)
    }

    /// How it went for the caller. What becomes of the hops behind a proxy decides only where the capture lacks every
    /// answer to the caller.
    pub(super) fn outcome(&self, caller: SocketAddr) -> Outcome {
        let is_callers = |attempt: &&Attempt| attempt.from.ip() == caller.ip();
        let own: Vec<&Attempt> = self.known.iter().filter(is_callers).collect();
        if own.iter().any(|attempt| attempt.is_answered || attempt.end.is_some()) {
            let outcome = self.settle(&own);
            return Outcome { behind: self.behind(caller, outcome.answer), ..outcome };
        }
        let others: Vec<&Attempt> = self.known.iter().filter(|attempt| !is_callers(attempt)).collect();
        self.settle(&others)
    }

    /// A proxy may answer something else than it was answered, and tell a caller that a telephone is busy that declined.
    fn behind(&self, caller: SocketAddr, answer: Answer) -> Option<u16> {
        let Answer::Rejected(told) = answer else { return None };
        let refusals = self.known.iter().filter(|attempt| attempt.from.ip() != caller.ip());
        let mut statuses = refusals.filter_map(|attempt| match attempt.end {
            Some((Ended::Rejected(status), _)) => Some(status),
            _ => None,
        });
        let first = statuses.next()?;
        (first != told && statuses.all(|status| status == first)).then_some(first)
    }

    /// What the caller's latest INVITE was challenged with, and when, if that is all that became of it.
    pub(super) fn challenge(&self, caller: SocketAddr) -> Option<(u16, Moment)> {
        let own = || self.known.iter().filter(move |attempt| attempt.from.ip() == caller.ip());
        let number = own().map(|attempt| attempt.number).max()?;
        let mut ends = own().filter(|attempt| attempt.number == number).map(|attempt| attempt.end);
        let first = ends.next()??;
        let is_challenge = |end: Option<(Ended, Moment)>| end.is_some_and(|(ended, _)| ended.is_challenge());
        match first {
            (Ended::Challenged(status), at) if ends.all(is_challenge) => Some((status, at)),
            _ => None,
        }
    }

    fn settle(&self, attempts: &[&Attempt]) -> Outcome {
        let open =
            Outcome { answer: Answer::Open, end: None, hung_up: None, status: self.status, behind: None };
        // Who tries again with another offer or credentials does so with the next number, section 8.1.3.5.
        let Some(number) = attempts.iter().map(|attempt| attempt.number).max() else { return open };
        let latest = || attempts.iter().filter(|attempt| attempt.number == number);
        if latest().any(|attempt| attempt.end.is_none()) {
            return open;
        }
        let ends = || latest().filter_map(|attempt| attempt.end);
        let last = ends().filter(|(ended, _)| !ended.is_challenge()).max_by_key(|(_, at)| (at.1, at.0));
        match last {
            None | Some((Ended::Challenged(_), _)) => open,
            Some((Ended::Cancelled(side), at)) => {
                Outcome { answer: Answer::Cancelled, end: Some(at), hung_up: Some(side), ..open }
            }
            Some((Ended::Rejected(_), at)) => {
                let refusals = ends().filter_map(|(ended, _)| match ended {
                    Ended::Rejected(status) => Some(status),
                    Ended::Challenged(_) | Ended::Cancelled(_) => None,
                });
                let status = refusals.min_by_key(|status| rank(*status));
                let answer = status.map_or(Answer::Open, Answer::Rejected);
                Outcome { answer, end: Some(at), status, ..open }
            }
        }
    }
}

/// Which of several refusals counts: any of 6xx first, else the lowest class, RFC 3261 section 16.7 step 6.
fn rank(status: u16) -> u16 {
    if status >= 600 { 0 } else { status / 100 }
}

fn sequence(heard: &Heard) -> u32 {
    heard.message.cseq.as_ref().map_or(0, |cseq| cseq.number)
}

fn branch(heard: &Heard) -> Option<&str> {
    heard.message.via.as_ref().and_then(|via| via.branch.as_deref())
}

/// The dialogs that one INVITE begins, by the tag of who is called (RFC 3261 section 12.1).
#[derive(Clone, Debug, Default)]
pub(super) struct Branches {
    /// What the caller describes before anybody has answered.
    offer: Described,
    known: Vec<Branch>,
    /// A BYE of a dialog whose beginning is not known.
    stray: Option<(Moment, CallSide)>,
}

#[derive(Clone, Debug, Default)]
struct Branch {
    tag: Option<Box<str>>,
    /// 200 to INVITE.
    confirmed: Option<Moment>,
    /// That came to the caller, and not only to a proxy.
    at_caller: bool,
    end: Option<(Moment, CallSide)>,
    caller: Described,
    callee: Described,
    /// Number of the latest offer of a side within the dialog, and what it described before.
    offered: Vec<(CallSide, u32, Described)>,
}

/// A direction of audio over all descriptions of a side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Way {
    #[default]
    Unknown,
    Always(Direction),
    Changing,
}

/// What a side says about its audio.
#[derive(Clone, Debug, Default)]
struct Described {
    /// Where it wants to receive, the latest last.
    media: Vec<SocketAddr>,
    /// Whether its silence is no fault.
    may_be_silent: bool,
    /// Which way it wants audio, if it has always said the same.
    direction: Way,
    /// Whether it has asked for ICE, on any hop: that takes both sides (RFC 8839 section 4.2.5), and voice may then go another
    /// way than the lines for everybody else say.
    has_ice: bool,
}

impl Branches {
    /// A 200 to INVITE; tells whether it is the first of its dialog.
    pub(super) fn confirm(&mut self, tag: Option<&str>, at: Moment, at_caller: bool) -> bool {
        if self.known.len() >= BRANCHES_KEPT
            && !self.known.iter().any(|branch| branch.tag.as_deref() == tag)
            && let Some(only_rang) = self.known.iter_mut().find(|branch| branch.confirmed.is_none())
        {
            *only_rang = Branch { tag: tag.map(Into::into), ..Branch::default() };
        }
        let Some(branch) = self.branch(tag) else { return false };
        branch.at_caller |= at_caller;
        let is_first = branch.confirmed.is_none();
        branch.confirmed.get_or_insert(at);
        is_first
    }

    pub(super) fn bye(&mut self, tag: Option<&str>, at: Moment, side: CallSide) {
        let branch = self.known.iter_mut().find(|branch| branch.tag.as_deref() == tag);
        let end = branch.map_or(&mut self.stray, |branch| &mut branch.end);
        end.get_or_insert((at, side));
    }

    /// Whether the call that was answered has ended.
    pub(super) fn is_over(&self) -> bool {
        let chosen = self.chosen().and_then(|at| self.known.get(at));
        self.stray.is_some() || chosen.is_some_and(|branch| branch.end.is_some())
    }

    /// The other side refused what this one offered: what it described before holds on.
    pub(super) fn take_back(&mut self, tag: Option<&str>, side: CallSide, number: u32) {
        let Some(branch) = self.known.iter_mut().find(|branch| branch.tag.as_deref() == tag) else { return };
        let offer = branch.offered.iter().position(|known| (known.0, known.1) == (side, number));
        if let Some((_, _, before)) = offer.map(|at| branch.offered.remove(at)) {
            *branch.of(side) = before;
        }
    }

    /// A session description of a side. `tag`: of the dialog, as far as there is one. `offer`: number of the request within
    /// the dialog that brings it.
    pub(super) fn describe(&mut self, tag: Option<&str>, side: CallSide, sdp: &Sdp, offer: Option<u32>) {
        let offered = (self.offer.may_be_silent, self.offer.has_ice);
        if side == CallSide::Caller && tag.is_none() {
            let is_settled = self.known.iter().any(|branch| branch.confirmed.is_some());
            self.offer.take(sdp, is_settled);
        } else if let Some(branch) = self.branch(tag) {
            let is_settled = branch.confirmed.is_some();
            if let Some(number) = offer
                && !branch.offered.iter().any(|known| (known.0, known.1) == (side, number))
            {
                let before = branch.of(side).clone();
                branch.offered.retain(|known| known.0 != side);
                branch.offered.push((side, number, before));
            }
            if side == CallSide::Callee {
                return branch.callee.take(sdp, is_settled);
            }
            if is_settled && branch.caller.is_empty() {
                (branch.caller.may_be_silent, branch.caller.has_ice) = offered;
            }
            branch.caller.take(sdp, is_settled);
        }
    }

    fn branch(&mut self, tag: Option<&str>) -> Option<&mut Branch> {
        let at = self.known.iter().position(|branch| branch.tag.as_deref() == tag);
        let at = at.or_else(|| {
            (self.known.len() < BRANCHES_KEPT).then(|| {
                // Nearly always the only one.
                self.known.reserve_exact(1);
                self.known.push(Branch { tag: tag.map(Into::into), ..Branch::default() });
                self.known.len() - 1
            })
        })?;
        self.known.get_mut(at)
    }

    /// The dialog that is the call: of several the one that is not ended again at once.
    fn chosen(&self) -> Option<usize> {
        let confirmed = || self.known.iter().enumerate().filter(|(_, branch)| branch.confirmed.is_some());
        let reached = confirmed().any(|(_, branch)| branch.at_caller);
        let running = |branch: &Branch| branch.end.map_or(i64::MAX, |((_, end), _)| end.0);
        // Of equals the first.
        let mut chosen: Option<(usize, i64)> = None;
        for (at, branch) in confirmed().filter(|(_, branch)| branch.at_caller == reached) {
            if chosen.is_none_or(|(_, until)| running(branch) > until) {
                chosen = Some((at, running(branch)));
            }
        }
        chosen.map(|(at, _)| at)
    }

    /// Puts into the call when it was answered and ended, and where its sides wanted to receive.
    pub(super) fn settle(&self, call: &mut Call) {
        let chosen = self.chosen().and_then(|at| self.known.get(at));
        let end = match chosen {
            Some(branch) => branch.end.or(self.stray),
            None => self.stray.or_else(|| {
                self.known.iter().filter_map(|branch| branch.end).min_by_key(|(at, _)| (at.1, at.0))
            }),
        };
        call.answered = chosen.and_then(|branch| branch.confirmed);
        if call.answered.is_some() {
            (call.end, call.hung_up) = (None, None);
        }
        if let Some((at, side)) = end {
            call.end = Some(at);
            call.hung_up = Some(side);
        }
        let told = chosen.filter(|branch| !branch.callee.media.is_empty());
        call.caller_media = self.offer.media.clone();
        call.may_be_silent = match told {
            Some(branch) => {
                let own = if branch.caller.is_empty() { &self.offer } else { &branch.caller };
                let is_ice = self.offer.has_ice || branch.caller.has_ice;
                own.may_be_silent || branch.callee.may_be_silent || is_ice && branch.callee.has_ice
            }
            None => {
                let ends = self.known.iter().flat_map(|branch| [&branch.caller, &branch.callee]);
                let may_be = |end: &Described| end.may_be_silent || end.has_ice;
                may_be(&self.offer) || ends.into_iter().any(may_be)
            }
        };
        call.speaks_alone = told.and_then(|branch| {
            let own = if branch.caller.is_empty() { &self.offer } else { &branch.caller };
            match (own.direction, branch.callee.direction) {
                (Way::Always(Direction::RecvOnly), Way::Always(Direction::SendOnly)) => {
                    Some(CallSide::Callee)
                }
                (Way::Always(Direction::SendOnly), Way::Always(Direction::RecvOnly)) => {
                    Some(CallSide::Caller)
                }
                _ => None,
            }
        });
        for branch in self.known.iter().filter(|branch| told.is_none_or(|told| told.tag == branch.tag)) {
            branch.caller.media.iter().for_each(|end| keep(&mut call.caller_media, *end));
            branch.callee.media.iter().for_each(|end| keep(&mut call.callee_media, *end));
        }
        for branch in &self.known {
            for end in &branch.callee.media {
                if !call.callee_media.contains(end) && !call.caller_media.contains(end) {
                    keep(&mut call.other_media, *end);
                }
            }
        }
    }
}

impl Branch {
    fn of(&mut self, side: CallSide) -> &mut Described {
        match side {
            CallSide::Caller => &mut self.caller,
            CallSide::Callee => &mut self.callee,
        }
    }
}

impl Described {
    fn is_empty(&self) -> bool {
        self.media.is_empty() && !self.may_be_silent
    }

    /// Until the call stands, the latest description holds (RFC 3312 begins with `inactive`); afterwards hold or T.38 may
    /// explain any silence.
    fn take(&mut self, sdp: &Sdp, is_settled: bool) {
        let (end, silent) = audio(sdp);
        self.direction = match (self.direction, way(sdp)) {
            (Way::Unknown, Some(direction)) => Way::Always(direction),
            (Way::Always(known), Some(direction)) if known == direction => self.direction,
            _ => Way::Changing,
        };
        self.has_ice |= sdp.media.iter().any(|media| media.has_ice || !media.candidates.is_empty());
        self.may_be_silent = silent || is_settled && self.may_be_silent;
        if let Some(end) = end {
            self.media.retain(|known| *known != end);
            keep(&mut self.media, end);
        }
    }
}

fn keep(media: &mut Vec<SocketAddr>, end: SocketAddr) {
    if media.len() < MEDIA_KEPT && !media.contains(&end) {
        // Mostly one.
        media.reserve_exact(1);
        media.push(end);
    }
}

/// Which way a description wants its only audio.
fn way(sdp: &Sdp) -> Option<Direction> {
    let mut audio = sdp.media.iter().filter(|media| media.kind.as_str() == "audio");
    let media = audio.next().filter(|media| media.port != 0)?;
    audio.next().is_none().then_some(media.direction)
}

/// Where a description wants audio, and whether silence may be meant.
fn audio(sdp: &Sdp) -> (Option<SocketAddr>, bool) {
    let mut audio = sdp.media.iter().filter(|media| media.kind.as_str() == "audio");
    let (Some(media), None) = (audio.next(), audio.next()) else { return (None, true) };
    let host = media.connection.as_ref().or(sdp.connection.as_ref()).and_then(|host| host.ip());
    let address = host.filter(|address| !address.is_unspecified());
    let may_be_silent = media.port == 0
        || address.is_none()
        || media.direction != Direction::SendRecv
        || sdp.media.iter().any(|media| media.kind.as_str() == "image");
    let end = address.filter(|_| media.port != 0).map(|address| SocketAddr::new(address, media.port));
    (end, may_be_silent)
}

#[cfg(test)]
mod tests;
