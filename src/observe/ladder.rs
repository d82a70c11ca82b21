//! Takes the messages of one SIP dialog in capture order, gives the steps of its ladder diagram: who sent what to whom,
//! when, with which mark. Bounded by call; [`super::dialogs`] bounds the sum.

use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};

use super::dialogs::Heard;
use super::message::sip::Method;

/// Steps kept of one call.
pub(super) const STEPS_KEPT: usize = 48;
/// Sockets told apart in one call.
const ENDS_KEPT: usize = 16;
/// The same message between the same ends again within this time (ns) is a copy of a mirror port: a sender waits 500 ms
/// (RFC 3261 section 17.1.1.1).
const COPIED_WITHIN: i64 = 100_000_000;
/// So many steps back a copy is looked for.
const LOOKED_AT: usize = 6;

/// The messages of a call, the first ones of it.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// Sockets in order of appearance; steps name them by position, because there may be many steps.
    ends: Vec<SocketAddr>,
    steps: Vec<Kept>,
    /// Further messages.
    pub omitted: u64,
}

#[derive(Clone, Debug)]
struct Kept {
    frame: Frame,
    time: Timestamp,
    method: Option<Method>,
    status: Option<u16>,
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
            from,
            to,
            dscp: heard.dscp,
            has_sdp,
        };
        if self.steps.iter().rev().take(LOOKED_AT).any(|earlier| step.is_copy_of(earlier)) {
            return false;
        }
        if self.steps.len() >= STEPS_KEPT || !has_room {
            self.omitted += 1;
            return false;
        }
        self.steps.push(step);
        true
    }

    /// The messages in capture order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.steps.iter().filter_map(|step| {
            Some(Step {
                frame: step.frame,
                time: step.time,
                from: *self.ends.get(usize::from(step.from))?,
                to: *self.ends.get(usize::from(step.to))?,
                method: step.method.as_ref(),
                status: step.status,
                has_sdp: step.has_sdp,
                dscp: step.dscp,
            })
        })
    }

    fn end(&mut self, socket: SocketAddr) -> Option<u8> {
        let known = self.ends.iter().position(|end| *end == socket);
        let place = known.or_else(|| {
            (self.ends.len() < ENDS_KEPT).then(|| {
                // Mostly two.
                self.ends.reserve_exact(1);
                self.ends.push(socket);
                self.ends.len() - 1
            })
        });
        place.and_then(|place| u8::try_from(place).ok())
    }
}

impl Kept {
    fn is_copy_of(&self, earlier: &Self) -> bool {
        (self.from, self.to, self.status, self.has_sdp)
            == (earlier.from, earlier.to, earlier.status, earlier.has_sdp)
            && self.method == earlier.method
            && (0..COPIED_WITHIN).contains(&self.time.since(earlier.time))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::*;

    fn heard(nth: u64, ms: i64, to: &str, head: &str) -> Heard {
        let text = format!("{head}\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n");
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
