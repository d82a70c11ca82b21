//! Takes the messages of one SIP dialog in capture order, gives the steps of its ladder diagram: who sent what to whom,
//! when, with which mark. Bounded by call; [`super::dialogs`] bounds the sum.

use std::hash::BuildHasher;
use std::net::SocketAddr;

use foldhash::fast::FixedState;

use crate::capture::{Frame, Timestamp};

use super::dialogs::{Datagram, Heard};
use super::message::sip::{Method, SipMessage, standard_phrase};

/// Steps kept of one call.
pub(super) const STEPS_KEPT: usize = 48;
/// Of them those that are kept of its end, which shows who hung up.
const LAST_KEPT: usize = 16;
/// How many at its beginning.
const FIRST_KEPT: usize = STEPS_KEPT - LAST_KEPT;
/// Sockets told apart in one call.
const ENDS_KEPT: usize = 16;
/// The same message between the same ends again within this time (ns) has no step of its own: it is a copy of a mirror port, or
/// was sent at once for a second time, while who waits for an answer waits 500 ms (RFC 3261 section 17.1.1.1).
const TOGETHER_WITHIN: i64 = 100_000_000;
/// So many steps back the same message is looked for.
const LOOKED_AT: usize = 6;

/// The messages of a call, the first and the last ones of it.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// Sockets in order of appearance; steps name them by position, because there may be many steps.
    ends: Vec<SocketAddr>,
    steps: Vec<Kept>,
    /// Further messages.
    pub omitted: u64,
    /// Of them those that stood between the first and the last ones.
    gap: u64,
}

#[derive(Clone, Debug)]
struct Kept {
    frame: Frame,
    time: Timestamp,
    method: Option<Method>,
    status: Option<u16>,
    reason: Option<Box<str>>,
    datagram: Option<Datagram>,
    /// Of what tells a message from the next one of its kind.
    print: u32,
    repeats: u16,
    copies: u16,
    from: u8,
    to: u8,
    dscp: u8,
    has_sdp: bool,
}

/// One message of a call.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Where it is.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// The method, of a response that of its request; hostile where it is none of the known ones.
    pub method: Option<&'a Method>,
    /// Status of a response.
    pub status: Option<u16>,
    /// Its reason phrase where that is not the one of the standard, empty where it has none; hostile.
    pub reason: Option<&'a str>,
    /// How often the same message was sent again at once.
    pub repeats: u16,
    /// How many further copies of it the capture holds.
    pub copies: u16,
    /// Messages before it that were left out.
    pub omitted_before: u64,
    /// Whether it carries a session description.
    pub has_sdp: bool,
    /// Mark of the packet that ends it.
    pub dscp: u8,
}

impl Ladder {
    /// Takes the next message. `has_room`: whether all ladders together may grow. Tells whether this one did.
    pub(super) fn push(&mut self, heard: &Heard, has_sdp: bool, has_room: bool) -> bool {
        let ends = (self.end(heard.from), self.end(heard.to));
        let message = &heard.message;
        let (Some(from), Some(to)) = ends else {
            self.omitted += 1;
            return false;
        };
        let step = Kept {
            frame: heard.frame,
            time: heard.time,
            method: message.method().cloned(),
            status: message.status(),
            reason: own_phrase(message).map(Into::into),
            datagram: heard.datagram,
            print: print(message),
            repeats: 0,
            copies: 0,
            from,
            to,
            dscp: heard.dscp,
            has_sdp,
        };
        let mut latest = self.steps.iter_mut().rev().take(LOOKED_AT);
        if let Some(earlier) = latest.find(|earlier| step.is_same_as(earlier)) {
            let times = if step.is_copy_of(earlier) { &mut earlier.copies } else { &mut earlier.repeats };
            *times = times.saturating_add(1);
            return false;
        }
        if self.steps.len() >= STEPS_KEPT {
            self.steps.remove(FIRST_KEPT);
            self.steps.push(step);
            self.gap += 1;
            self.omitted += 1;
            return false;
        }
        if !has_room {
            self.omitted += 1;
            return false;
        }
        if self.steps.len() == self.steps.capacity() {
            // Most calls have eight to twelve: half as much again would be room for nobody.
            self.steps.reserve_exact(if self.steps.is_empty() { 8 } else { 4 });
        }
        self.steps.push(step);
        true
    }

    /// The messages in capture order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.steps.iter().enumerate().filter_map(|(place, step)| {
            Some(Step {
                frame: step.frame,
                time: step.time,
                from: *self.ends.get(usize::from(step.from))?,
                to: *self.ends.get(usize::from(step.to))?,
                method: step.method.as_ref(),
                status: step.status,
                reason: step.reason.as_deref(),
                repeats: step.repeats,
                copies: step.copies,
                omitted_before: if place == FIRST_KEPT { self.gap } else { 0 },
                has_sdp: step.has_sdp,
                dscp: step.dscp,
            })
        })
    }

    /// The reason phrases that are kept, for who must not tell them.
    pub(crate) fn phrases_mut(&mut self) -> impl Iterator<Item = &mut Box<str>> {
        self.steps.iter_mut().filter_map(|step| step.reason.as_mut())
    }

    fn end(&mut self, socket: SocketAddr) -> Option<u8> {
        let known = self.ends.iter().position(|end| *end == socket);
        let place = known.or_else(|| {
            (self.ends.len() < ENDS_KEPT).then(|| {
                // Mostly two.
                self.ends.reserve_exact(if self.ends.is_empty() { 2 } else { 1 });
                self.ends.push(socket);
                self.ends.len() - 1
            })
        });
        place.and_then(|place| u8::try_from(place).ok())
    }
}

impl Kept {
    fn is_same_as(&self, earlier: &Self) -> bool {
        (self.from, self.to, self.status, self.has_sdp, self.print)
            == (earlier.from, earlier.to, earlier.status, earlier.has_sdp, earlier.print)
            && self.method == earlier.method
            && (0..TOGETHER_WITHIN).contains(&self.time.since(earlier.time))
    }

    /// Whether it is the same datagram: one that is sent again has another identification.
    fn is_copy_of(&self, earlier: &Self) -> bool {
        let number = |step: &Self| step.datagram.map(|datagram| datagram.identification);
        number(self).is_some_and(|number| number != 0) && number(self) == number(earlier)
    }
}

/// Of the transaction (RFC 3261 section 17.1.3: `CSeq` and branch) and the tag of who answers, which differs where a request
/// was forked (section 16.7). It need not withstand a sender: who makes two messages alike loses a line of his own.
fn print(message: &SipMessage) -> u32 {
    let branch = message.via.as_ref().and_then(|via| via.branch.as_deref());
    let tag = message.to.as_ref().and_then(|to| to.tag.as_deref());
    FixedState::default().hash_one((message.cseq.as_ref().map(|cseq| cseq.number), branch, tag)) as u32
}

/// The reason phrase of a response, unless it is that of the standard; empty where none was sent.
fn own_phrase(message: &SipMessage) -> Option<&str> {
    let usual = standard_phrase(message.status()?);
    Some(message.reason().unwrap_or_default()).filter(|reason| Some(*reason) != usual)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::*;

    fn heard(nth: u64, ms: i64, to: &str, head: &str) -> Heard {
        numbered(nth, ms, to, head, 1)
    }

    /// With a number for `CSeq`.
    fn numbered(nth: u64, ms: i64, to: &str, head: &str, cseq: u32) -> Heard {
        let text = format!("{head}\r\nCall-ID: c\r\nCSeq: {cseq} INVITE\r\n\r\n");
        Heard {
            frame: frame(nth),
            time: at(ms),
            from: socket("192.168.10.21:5060"),
            to: socket(to),
            protocol: Protocol::Udp,
            dscp: 24,
            datagram: None,
            message: sip::read(text.as_bytes(), false).unwrap(),
        }
    }

    const INVITE: &str = "INVITE sip:10@anlage.example SIP/2.0";
    const PBX: &str = "192.168.10.2:5060";

    #[test]
    fn a_copy_is_one_step_and_a_repetition_is_two() {
        let mut ladder = Ladder::default();
        for (nth, ms) in [(1, 0), (2, 1), (3, 500)] {
            ladder.push(&heard(nth, ms, PBX, INVITE), true, true);
        }
        ladder.push(&heard(4, 501, PBX, "SIP/2.0 486 Busy"), false, true);
        let steps: Vec<_> = ladder.steps().map(|step| (step.frame.number(), step.status)).collect();
        assert_eq!(steps, [(1, None), (3, None), (4, Some(486))]);
        let first = ladder.steps().next().unwrap();
        assert_eq!((first.method, first.dscp, first.to), (Some(&Method::Invite), 24, socket(PBX)));
        assert_eq!(ladder.omitted, 0);
    }

    #[test]
    fn what_another_request_says_is_no_repetition_and_a_repetition_is_counted() {
        let mut ladder = Ladder::default();
        ladder.push(&heard(1, 0, PBX, INVITE), true, true);
        // The INVITE with credentials comes at once.
        ladder.push(&numbered(2, 30, PBX, INVITE, 2), true, true);
        let sent = |nth, ms, identification| Heard {
            datagram: Some(Datagram { identification, ttl: 64 }),
            ..heard(nth, ms, PBX, "SIP/2.0 200 Gern")
        };
        for (nth, identification) in [(3, 7), (4, 7), (5, 8), (6, 9)] {
            ladder.push(&sent(nth, 40 + nth as i64, identification), false, true);
        }
        let steps: Vec<_> = ladder
            .steps()
            .map(|step| (step.frame.number(), step.repeats, step.copies, step.reason))
            .collect();
        assert_eq!(steps, [(1, 0, 0, None), (2, 0, 0, None), (3, 2, 1, Some("Gern"))]);
    }

    #[test]
    fn the_end_is_kept_and_the_middle_makes_room() {
        let mut ladder = Ladder::default();
        for nth in 1..=60 {
            ladder.push(&heard(nth, nth as i64 * 500, PBX, INVITE), false, true);
        }
        let steps: Vec<_> = ladder.steps().map(|step| (step.frame.number(), step.omitted_before)).collect();
        assert_eq!((steps[31], steps[32], steps[47]), ((32, 0), (45, 12), (60, 0)));
        assert_eq!((steps.len(), ladder.omitted), (STEPS_KEPT, 12));
    }

    #[test]
    fn a_flood_fills_no_memory() {
        let mut ladder = Ladder::default();
        for nth in 0..1_000 {
            ladder.push(&heard(nth, nth as i64 * 500, PBX, INVITE), false, true);
        }
        assert_eq!((ladder.steps().count(), ladder.omitted), (STEPS_KEPT, 1_000 - STEPS_KEPT as u64));
        let mut many = Ladder::default();
        for port in 1_000..2_000 {
            many.push(&heard(1, 0, &format!("192.168.10.2:{port}"), INVITE), false, true);
        }
        assert_eq!((many.ends.len(), many.steps().count()), (ENDS_KEPT, ENDS_KEPT - 1));
        let mut none = Ladder::default();
        assert!(!none.push(&heard(1, 0, PBX, INVITE), false, false));
        assert_eq!((none.steps().count(), none.omitted), (0, 1));
    }
}
