//! Takes the messages of one call in capture order; says why it came down although it stood: the answer goes on in spite of its
//! ACK, or what was asked for within the call, as a session timer does (RFC 4028), comes to nothing.

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};

use super::call::{Call, CallSide};
use super::dialogs::Heard;
use super::message::sip::{CauseProtocol, Kind, Method};
use super::progress::is_in_dialog;

/// INVITEs of which the ACK is kept.
const ACKS_KEPT: usize = 16;
/// The same message again within this time (ns) is a copy of the capture.
const COPY_WITHIN: i64 = 100_000_000;
/// So often, over so long (ns), a message must have been sent again: RFC 3261 sections 13.3.1.4 and 17.1.1.2.
const LEAST_TIMES: u64 = 4;
const LEAST_WAIT: i64 = 3_000_000_000;
/// Who hangs up so soon (ns) after a refusal, or after the last try, does so because of it.
const AFTER_REFUSAL: i64 = 10_000_000_000;
const AFTER_LAST: i64 = 40_000_000_000;

/// Why a call came down that stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// What happened.
    pub kind: BreakKind,
    /// How often the message was sent.
    pub times: u64,
    /// Status of a refusal.
    pub status: Option<u16>,
    /// Who repeats, refuses, asks in vain or hangs up.
    pub from: SocketAddr,
    /// Where the ACK went; else the other side.
    pub to: SocketAddr,
    /// The first message that shows it.
    pub at: (Frame, Timestamp),
}

/// What brings a call down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakKind {
    /// The answer was sent again and again although it was acknowledged.
    Unheeded,
    /// A request within the call was refused with 481 or 408, and who asked hung up.
    Refused,
    /// A request within the call got no answer, and who asked hung up.
    Unanswered,
    /// Who hung up says that the session timer ran out.
    Expired,
}

/// What is remembered while a call goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaks {
    /// Number of the INVITE that was answered first.
    number: Option<u32>,
    acks: Vec<(u32, SocketAddr)>,
    // Few calls have any of these.
    unheeded: Option<Box<Again>>,
    /// The latest request within the call.
    asked: Option<Box<Asked>>,
    expired: Option<Box<Break>>,
}

/// A message that is sent again.
#[derive(Clone, Copy, Debug)]
struct Again {
    times: u64,
    from: SocketAddr,
    to: SocketAddr,
    first: (Frame, Timestamp),
    last: Timestamp,
}

#[derive(Clone, Debug)]
struct Asked {
    number: u32,
    method: Method,
    by_caller: bool,
    sent: Again,
    is_heard: bool,
    refused: Option<Break>,
}

impl Again {
    fn new(heard: &Heard, to: SocketAddr) -> Self {
        let first = (heard.frame, heard.time);
        Self { times: 1, from: heard.from, to, first, last: heard.time }
    }

    fn push(&mut self, heard: &Heard) {
        if heard.time.since(self.last) >= COPY_WITHIN {
            self.times += 1;
            self.last = heard.time;
        }
    }

    fn goes_on(&self) -> bool {
        self.times >= LEAST_TIMES && self.last.since(self.first.1) >= LEAST_WAIT
    }

    fn told(&self, kind: BreakKind) -> Break {
        let Self { times, from, to, first, .. } = *self;
        Break { kind, times, status: None, from, to, at: first }
    }
}

impl Breaks {
    /// `by_caller`: the request that the message is, or answers, is one of the caller's.
    pub(super) fn hear(&mut self, heard: &Heard, by_caller: bool) {
        let message = &heard.message;
        let Some(cseq) = message.cseq.as_ref() else { return };
        match &message.kind {
            Kind::Request { method: Method::Ack, .. } if by_caller => {
                let is_known = self.acks.iter().any(|(number, _)| *number == cseq.number);
                if self.acks.len() < ACKS_KEPT && !is_known {
                    self.acks.reserve_exact(1);
                    self.acks.push((cseq.number, heard.to));
                }
            }
            Kind::Request { method: method @ (Method::Invite | Method::Update), .. }
                if is_in_dialog(message) =>
            {
                match &mut self.asked {
                    Some(asked) if asked.is(cseq.number, method, by_caller) => asked.sent.push(heard),
                    asked => {
                        *asked = Some(Box::new(Asked {
                            number: cseq.number,
                            method: method.clone(),
                            by_caller,
                            sent: Again::new(heard, heard.to),
                            is_heard: false,
                            refused: None,
                        }));
                    }
                }
            }
            Kind::Request { method: Method::Bye, .. } => {
                let is_expired = message.causes.iter().any(|cause| {
                    let text = cause.text.as_ref().map_or("", |text| text.as_str()).to_ascii_lowercase();
                    cause.protocol == CauseProtocol::Sip && cause.value == 408 && text.contains("session")
                });
                if is_expired && self.expired.is_none() {
                    self.expired = Some(Box::new(Again::new(heard, heard.to).told(BreakKind::Expired)));
                }
            }
            Kind::Request { .. } => {}
            Kind::Response { status, .. } => {
                self.answer(heard, *status, (cseq.number, &cseq.method), by_caller)
            }
        }
    }

    fn answer(&mut self, heard: &Heard, status: u16, (number, method): (u32, &Method), by_caller: bool) {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.is(number, method, by_caller)) {
            asked.is_heard = true;
            if matches!(status, 408 | 481) && asked.refused.is_none() {
                let refusal = Again::new(heard, heard.to).told(BreakKind::Refused);
                asked.refused = Some(Break { status: Some(status), times: asked.sent.times, ..refusal });
            }
            return;
        }
        if *method != Method::Invite || !by_caller || !(200..300).contains(&status) {
            return;
        }
        let acknowledged = self.acks.iter().find(|(acked, _)| *acked == number).map(|(_, to)| *to);
        if *self.number.get_or_insert(number) == number
            && let Some(to) = acknowledged
        {
            match &mut self.unheeded {
                Some(again) => again.push(heard),
                None => self.unheeded = Some(Box::new(Again::new(heard, to))),
            }
        }
    }

    /// What brought the call down, whose outcome is settled.
    pub(super) fn settle(self, call: &Call) -> Option<Break> {
        call.answered?;
        if let Some(again) = self.unheeded.filter(|again| again.goes_on()) {
            return Some(again.told(BreakKind::Unheeded));
        }
        let (_, end) = call.end?;
        let hung_up = call.hung_up?;
        let asked = self.asked.filter(|asked| (hung_up == CallSide::Caller) == asked.by_caller);
        let by_asked = asked.and_then(|asked| match asked.refused {
            Some(refused) => {
                Some(refused).filter(|refused| (0..=AFTER_REFUSAL).contains(&end.since(refused.at.1)))
            }
            None => {
                let is_given_up = (0..=AFTER_LAST).contains(&end.since(asked.sent.last));
                (!asked.is_heard && asked.sent.goes_on() && is_given_up)
                    .then(|| asked.sent.told(BreakKind::Unanswered))
            }
        });
        by_asked.or(self.expired.map(|expired| *expired))
    }
}

impl Asked {
    fn is(&self, number: u32, method: &Method, by_caller: bool) -> bool {
        (self.number, &self.method, self.by_caller) == (number, method, by_caller)
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialogs::Dialogs;
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::*;

    const PHONE: &str = "192.168.10.21:5060";
    const PBX: &str = "192.168.10.2:5060";

    /// A call of the telephone that is answered at 0.1 s and acknowledged to `acks`, then further messages: time, whether the telephone
    /// sends, start line and method of its `CSeq` with the number, further header lines.
    fn broken(acks: &str, further: &[(i64, bool, &str, &str, &str)]) -> Option<Break> {
        let mut dialogs = Dialogs::default();
        let begin = [
            (0, true, "INVITE sip:10@a SIP/2.0", "1 INVITE", ""),
            (100, false, "SIP/2.0 200 OK", "1 INVITE", ""),
            (120, true, "ACK sip:10@a SIP/2.0", "1 ACK", ""),
        ];
        for (nth, (ms, by_phone, head, cseq, more)) in (1..).zip(begin.iter().chain(further)) {
            let tag = if *ms == 0 { "" } else { ";tag=b" };
            // The PBX asks by numbers from 100 on.
            let is_of_pbx = cseq.starts_with("10");
            let (phone, pbx) = ("<sip:21@a>;tag=a".to_owned(), format!("<sip:10@a>{tag}"));
            let (from, to) = if is_of_pbx { (pbx, phone) } else { (phone, pbx) };
            let text = format!(
                "{head}\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK{cseq}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: c\r\nCSeq: {cseq}\r\n{more}\r\n"
            );
            let target = if head.starts_with("ACK") { acks } else { PBX };
            let (from, to) = if *by_phone { (PHONE, target) } else { (PBX, PHONE) };
            let heard = Heard {
                frame: frame(nth),
                time: at(*ms),
                from: socket(from),
                to: socket(to),
                protocol: Protocol::Udp,
                dscp: 0,
                datagram: None,
                message: sip::read(text.as_bytes(), false).unwrap(),
            };
            dialogs.push(&heard, None);
        }
        dialogs.finish().calls.remove(0).broken.map(|broken| *broken)
    }

    #[test]
    fn an_answer_that_goes_on_in_spite_of_its_ack_is_not_heeded() {
        let again = |times: &[i64]| {
            let answers: Vec<_> =
                times.iter().map(|ms| (*ms, false, "SIP/2.0 200 OK", "1 INVITE", "")).collect();
            broken("192.168.99.2:5060", &answers).map(|broken| (broken.kind, broken.times, broken.to))
        };
        let found = (BreakKind::Unheeded, 5, socket("192.168.99.2:5060"));
        assert_eq!(again(&[600, 1_600, 3_600, 7_600, 11_600]), Some(found));
        assert_eq!(again(&[600, 1_600, 3_600]), None, "an ACK or two may get lost");
        assert_eq!(again(&[121, 122, 123, 124, 125]), None, "copies");
    }

    #[test]
    fn a_refresh_that_comes_to_nothing_ends_the_call() {
        let invite = "INVITE sip:21@a SIP/2.0";
        let bye = "BYE sip:21@a SIP/2.0";
        let ask = |ms| (ms, false, invite, "101 INVITE", "");
        let asked = [ask(40_000), ask(40_500), ask(41_500), ask(43_500)];
        let with = |more: &[(i64, bool, &str, &str, &str)]| {
            broken(PBX, more).map(|broken| (broken.kind, broken.times, broken.status))
        };
        let end = (72_000, false, bye, "102 BYE", "");
        let all =
            |more: &[(i64, bool, &'static str, &'static str, &'static str)]| [&asked[..], more].concat();
        assert_eq!(with(&all(&[end])), Some((BreakKind::Unanswered, 4, None)));
        let other = (72_000, true, "BYE sip:10@a SIP/2.0", "2 BYE", "");
        assert_eq!(with(&all(&[other])), None, "the other one hung up");
        assert_eq!(with(&all(&[(44_000, true, "SIP/2.0 200 OK", "101 INVITE", ""), end])), None);
        assert_eq!(with(&all(&[(300_000, false, bye, "102 BYE", "")])), None, "long after");
        let refused = (44_000, true, "SIP/2.0 481 Gone", "101 INVITE", "");
        let soon = (44_100, false, bye, "102 BYE", "");
        assert_eq!(with(&all(&[refused, soon])), Some((BreakKind::Refused, 4, Some(481))));
        assert_eq!(with(&all(&[refused, end])), None, "they went on talking");
        assert_eq!(with(&all(&[(44_000, true, "SIP/2.0 488 No", "101 INVITE", ""), soon])), None);
    }

    #[test]
    fn who_hangs_up_because_of_the_session_timer_says_so() {
        let with = |reason: &str| {
            let bye = (80_000, false, "BYE sip:21@a SIP/2.0", "102 BYE", reason);
            broken(PBX, &[bye]).map(|broken| broken.kind)
        };
        let expired = "Reason: SIP;cause=408;text=\"Session timer expired\"\r\n";
        assert_eq!(with(expired), Some(BreakKind::Expired));
        assert_eq!(with("Reason: SIP;cause=200;text=\"Session ended\"\r\n"), None);
        assert_eq!(with("Reason: SIP;cause=408;text=\"RTP timeout\"\r\n"), None);
    }
}
