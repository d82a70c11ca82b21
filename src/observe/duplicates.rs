//! Takes packets in capture order; says which are copies of one shortly before, as a mirror port makes them when it
//! sees a packet twice. A retransmission has a new IP identification or comes much later.

use std::hash::{Hash, Hasher};

use foldhash::fast::FixedState;
use std::hash::BuildHasher;

use crate::decode::{Packet, Transport};

/// A copy follows within this time, a retransmission does not (RFC 6298: 200 ms at the least in practice).
const WINDOW_NS: i64 = 10_000_000;
const SLOTS: usize = 4096;
/// So many payload bytes tell two packets apart.
const LOOKED_AT: usize = 64;

/// The latest packets by what is in them. A slot holds one; a newer packet takes the place of an older one.
#[derive(Clone, Debug)]
pub(super) struct Duplicates {
    slots: Vec<(u64, i64)>,
    hasher: FixedState,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { slots: vec![(0, i64::MIN); SLOTS], hasher: FixedState::default() }
    }
}

impl Duplicates {
    /// `None`: the packet carries nothing that could tell a copy from a new packet.
    pub(super) fn is_copy(&mut self, packet: &Packet, payload: &[u8]) -> Option<bool> {
        if packet.payload.wire == 0 || !packet.time.is_known() {
            return None;
        }
        let print = self.print(packet, payload);
        let slot = self.slots.get_mut(print as usize % SLOTS)?;
        let is_copy = slot.0 == print && (0..=WINDOW_NS).contains(&packet.time.0.saturating_sub(slot.1));
        *slot = (print, packet.time.0);
        Some(is_copy)
    }

    fn print(&self, packet: &Packet, payload: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        (packet.source, packet.destination, packet.source_port, packet.destination_port).hash(&mut hasher);
        (packet.identification, packet.payload.wire).hash(&mut hasher);
        if let Transport::Tcp(Some(segment)) = packet.transport {
            (segment.sequence, segment.acknowledgment, segment.flags.0).hash(&mut hasher);
        }
        hasher.write(payload.get(..LOOKED_AT).unwrap_or(payload));
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::packet;
    use super::*;
    use crate::decode::{Span, TcpFlags, TcpSegment};

    const BYTES: &[u8] = b"twenty bytes of data";

    /// Whether the second of two packets is a copy of the first.
    fn is_copy(first: &Packet, second: &Packet, payload: &[u8]) -> Option<bool> {
        let mut duplicates = Duplicates::default();
        assert_ne!(duplicates.is_copy(first, BYTES), Some(true));
        duplicates.is_copy(second, payload)
    }

    fn one() -> Packet {
        packet("192.168.10.2:5060", "192.168.10.21:5060")
    }

    #[test]
    fn a_copy_follows_within_ten_milliseconds() {
        let later = |nanoseconds| Packet { time: one().time.plus(nanoseconds), ..one() };
        assert_eq!(is_copy(&one(), &later(0), BYTES), Some(true));
        assert_eq!(is_copy(&one(), &later(WINDOW_NS), BYTES), Some(true));
        assert_eq!(is_copy(&one(), &later(WINDOW_NS + 1), BYTES), Some(false));
        assert_eq!(is_copy(&one(), &later(-1), BYTES), Some(false), "the clock went back");
    }

    #[test]
    fn what_differs_is_no_copy() {
        let segment = |acknowledgment| {
            let flags = TcpFlags(TcpFlags::ACK);
            let segment = TcpSegment { sequence: 1, acknowledgment, flags };
            Packet { transport: Transport::Tcp(Some(segment)), ..one() }
        };
        let again = Packet { identification: 2, ..one() };
        let back = packet("192.168.10.21:5060", "192.168.10.2:5060");
        assert_eq!(is_copy(&one(), &again, BYTES), Some(false), "sent again");
        assert_eq!(is_copy(&one(), &back, BYTES), Some(false), "the other direction");
        assert_eq!(is_copy(&one(), &one(), b"twenty bytes of date"), Some(false), "other data");
        assert_eq!(is_copy(&segment(1), &segment(2), BYTES), Some(false), "other acknowledgment");
        assert_eq!(is_copy(&segment(1), &segment(1), BYTES), Some(true));
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_told_apart() {
        let empty = Packet { payload: Span::default(), ..one() };
        let timeless = Packet { time: crate::capture::Timestamp::UNKNOWN, ..one() };
        assert_eq!(is_copy(&empty, &empty, &[]), None);
        assert_eq!(is_copy(&timeless, &timeless, BYTES), None);
    }
}
