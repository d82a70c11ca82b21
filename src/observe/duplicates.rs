//! Takes packets in capture order; says which are copies of one shortly before, as a mirror port makes them when it
//! sees a packet twice. A retransmission has a new IP identification or comes much later.

use std::net::{IpAddr, Ipv4Addr};

use crate::capture::Frame;
use crate::decode::{Packet, Transport};

/// A copy follows within this time, a retransmission does not (RFC 6298: 200 ms at the least in practice).
const WINDOW_NS: i64 = 10_000_000;
/// The same for what has an IP identification, which tells it from what is sent again: a copy over a second path may be this late.
const NUMBERED_WINDOW_NS: i64 = 12_000_000;
/// The same for TCP without an IP identification, which a segment that was sent again has in common with the first: the tail
/// of a burst is sent again within milliseconds (RFC 8985 section 7).
const UNNUMBERED_WINDOW_NS: i64 = 1_000_000;
const SLOTS: usize = 4096;
/// More than a report shows, so that the last packet it shows has all of its copies.
pub(super) const PAIRS_KEPT: usize = 12;
/// So many payload bytes tell two packets with an IP identification apart, or two of voice, which carry a number of their own.
const LOOKED_AT: usize = 64;
/// ICMPv6 types from multicast listener queries to the neighbour discovery (RFC 4890 section 4.4): hosts repeat these unchanged
/// and without a number.
const REPEATED: std::ops::RangeInclusive<u8> = 130..=143;

/// Digits of pi: odd enough to mix by.
const SALT: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

/// The latest packets by what is in them. A slot holds one; a newer packet takes the place of an older one.
#[derive(Clone, Debug)]
pub(super) struct Duplicates {
    slots: Vec<Slot>,
    pairs: Vec<[Frame; 2]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    print: u64,
    time: i64,
    frame: Frame,
}

impl Default for Duplicates {
    fn default() -> Self {
        let empty = Slot { print: 0, time: i64::MIN, frame: Frame::NONE };
        Self { slots: vec![empty; SLOTS], pairs: Vec::new() }
    }
}

impl Duplicates {
    /// The first few copies, each behind the packet that it is a copy of.
    pub(super) fn pairs(&self) -> &[[Frame; 2]] {
        &self.pairs
    }

    /// `None`: the packet carries nothing that could tell a copy from a new packet.
    ///
    /// The capturing machine may have put a packet and its copy down in the other order (several queues or interfaces), so a
    /// copy may carry a time that is a little earlier.
    pub(super) fn is_copy(
        &mut self,
        frame: Frame,
        packet: &Packet,
        Print { bits: print, is_numbered }: Print,
    ) -> Option<bool> {
        let is_repeated = matches!(packet.transport, Transport::Icmp { kind, .. } if REPEATED.contains(&kind))
            && packet.source.is_ipv6();
        let is_announced = !is_numbered && is_for_many(packet.destination);
        // A clock that was set gives no 1 January 1970, and where none was set copies cannot be told by time.
        let is_timed = packet.time.is_known() && packet.time.0 != 0;
        if packet.payload.wire == 0 || !is_timed || is_repeated || is_announced {
            return None;
        }
        let at = print as usize % SLOTS;
        let slot = self.slots.get_mut(at)?;
        let is_tcp = matches!(packet.transport, Transport::Tcp(_));
        let window = match packet.identification {
            0 if is_tcp => UNNUMBERED_WINDOW_NS,
            0 => WINDOW_NS,
            _ => NUMBERED_WINDOW_NS,
        };
        let time = packet.time.0;
        let is_copy = slot.print == print && time.saturating_sub(slot.time).saturating_abs() <= window;
        if is_copy && self.pairs.len() < PAIRS_KEPT {
            self.pairs.push([slot.frame, frame]);
        }
        *slot = Slot { print, time, frame };
        Some(is_copy)
    }
}

/// What a copy has in common with its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    bits: u64,
    /// Whether a number in it tells a packet that is sent again from a copy.
    is_numbered: bool,
}

impl Print {
    /// What tells it from other packets.
    pub(super) fn bits(self) -> u64 {
        self.bits
    }

    /// The same on a virtual circuit: what a router sends on several of them, it sends several times.
    pub(super) fn on(self, circuit: u16) -> Self {
        Self { bits: mix(self.bits, circuit.into()), ..self }
    }
}

/// Takes the packet and what is captured of its payload. This runs for every packet and is most of what the check costs, so the
/// mixing is a multiplication for each sixteen bytes (as in wyhash), and not a general hash.
pub(super) fn print(packet: &Packet, payload: &[u8], is_voice: bool) -> Print {
    let ports = u64::from(packet.source_port) << 16 | u64::from(packet.destination_port);
    let mut print = match (packet.source, packet.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            mix(ports, u64::from(source.to_bits()) << 32 | u64::from(destination.to_bits()))
        }
        (source, destination) => {
            let [source, destination] = [source, destination].map(bits);
            mix(mix(ports, source.0) ^ source.1, destination.0) ^ destination.1
        }
    };
    print = mix(print, u64::from(packet.identification) << 32 | u64::from(packet.payload.wire));
    match packet.transport {
        Transport::Tcp(Some(segment)) => {
            let numbers = u64::from(segment.sequence) << 32 | u64::from(segment.acknowledgment);
            print = mix(print ^ u64::from(segment.flags.0), numbers);
        }
        // A host that asks itself sends the answer between the same addresses.
        Transport::Icmp { kind, code } => print = mix(print, u64::from(kind) << 8 | u64::from(code)),
        _ => {}
    }
    let is_numbered = packet.identification != 0 || is_voice || matches!(packet.transport, Transport::Tcp(_));
    let head = if is_numbered { payload.get(..LOOKED_AT).unwrap_or(payload) } else { payload };
    let (blocks, rest) = head.as_chunks::<16>();
    for block in blocks {
        print = mix16(print, block);
    }
    if !rest.is_empty() {
        let mut last = [0; 16];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        print = mix16(print, &last);
    }
    Print { bits: print, is_numbered }
}

/// Whether it goes to a group or to all: what mDNS, LLMNR and DHCP say is said again unchanged (RFC 6762 section 8.3).
fn is_for_many(destination: IpAddr) -> bool {
    destination.is_multicast() || destination == IpAddr::V4(Ipv4Addr::BROADCAST)
}

fn bits(address: IpAddr) -> (u64, u64) {
    let bits = match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    ((bits >> 64) as u64, bits as u64)
}

fn mix16(print: u64, block: &[u8; 16]) -> u64 {
    let block = u128::from_le_bytes(*block);
    mix(print ^ (block >> 64) as u64, block as u64)
}

fn mix(a: u64, b: u64) -> u64 {
    let wide = u128::from(a ^ SALT[0]) * u128::from(b ^ SALT[1]);
    (wide >> 64) as u64 ^ wide as u64
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{frame, packet};
    use super::*;
    use crate::decode::{Span, TcpFlags, TcpSegment};

    const BYTES: &[u8] = b"twenty bytes of data";

    /// Whether the second of two packets is a copy of the first.
    fn is_copy(first: &Packet, second: &Packet, payload: &[u8]) -> Option<bool> {
        let mut duplicates = Duplicates::default();
        assert_ne!(duplicates.is_copy(frame(1), first, print(first, BYTES, false)), Some(true));
        duplicates.is_copy(frame(2), second, print(second, payload, false))
    }

    #[test]
    fn a_copy_is_named_with_what_it_is_a_copy_of() {
        let mut duplicates = Duplicates::default();
        let mut take = |number, id| {
            let packet = Packet { identification: id, ..one() };
            duplicates.is_copy(frame(number), &packet, print(&packet, BYTES, false))
        };
        for (number, id) in [(1, 7), (2, 8), (3, 7), (4, 7), (5, 9)] {
            take(number, id);
        }
        let pairs = [[frame(1), frame(3)], [frame(3), frame(4)]];
        assert_eq!(duplicates.pairs(), pairs, "a third one is a copy of the second");
        let mut many = Duplicates::default();
        (0..20).for_each(|number| _ = many.is_copy(frame(number), &one(), print(&one(), BYTES, false)));
        assert_eq!(many.pairs().len(), PAIRS_KEPT);
    }

    fn one() -> Packet {
        packet("192.168.10.2:5060", "192.168.10.21:5060")
    }

    #[test]
    fn a_copy_follows_within_ten_milliseconds_and_twelve_with_an_identification() {
        let one = |identification| Packet { identification, ..one() };
        let is_copy = |identification, nanoseconds| {
            let (first, time) = (one(identification), one(0).time.plus(nanoseconds));
            is_copy(&first, &Packet { time, ..first }, BYTES)
        };
        assert_eq!(is_copy(0, 0), Some(true));
        for (identification, window) in [(0, WINDOW_NS), (7, NUMBERED_WINDOW_NS)] {
            assert_eq!(is_copy(identification, window), Some(true));
            assert_eq!(is_copy(identification, window + 1), Some(false));
            assert_eq!(is_copy(identification, -window), Some(true), "put down in the other order");
            assert_eq!(is_copy(identification, -window - 1), Some(false), "the clock went back");
        }
        assert_eq!(is_copy(0x9f97, 11_489_000), Some(true), "over a second path");
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
    fn without_an_identification_the_whole_payload_counts() {
        let (mut first, mut second) = ([b'x'; 300], [b'x'; 300]);
        (first[299], second[299]) = (b'1', b'2');
        let is_same =
            |packet: &Packet, is_voice| print(packet, &first, is_voice) == print(packet, &second, is_voice);
        let unnumbered = Packet { identification: 0, ..one() };
        assert!(!is_same(&unnumbered, false));
        assert!(is_same(&one(), false) && is_same(&unnumbered, true), "numbered otherwise");
    }

    #[test]
    fn what_hosts_repeat_unchanged_is_not_compared() {
        let transport = Transport::Icmp { kind: 135, code: 0 };
        let ask = Packet { transport, ..packet("[fe80::1]:0", "[ff02::1:ff00:2]:0") };
        assert_eq!(is_copy(&ask, &ask, BYTES), None);
    }

    #[test]
    fn what_is_said_to_all_without_a_number_is_not_compared() {
        let told = |to: &str, identification, is_voice| {
            let packet = Packet { identification, ..packet("[fe80::1]:5353", to) };
            let mut duplicates = Duplicates::default();
            duplicates.is_copy(frame(1), &packet, print(&packet, BYTES, is_voice));
            duplicates.is_copy(frame(2), &packet, print(&packet, BYTES, is_voice))
        };
        assert_eq!(told("[ff02::fb]:5353", 0, false), None, "mDNS over IPv6 has no identification");
        assert_eq!(told("255.255.255.255:67", 0, false), None);
        assert_eq!(told("224.0.0.251:5353", 7, false), Some(true));
        assert_eq!(told("224.0.1.75:5004", 0, true), Some(true), "voice has its sequence numbers");
        assert_eq!(told("[fe80::2]:5353", 0, false), Some(true), "to one host");
    }

    #[test]
    fn an_answer_to_oneself_is_no_copy_of_the_question() {
        let ping = |kind| Packet {
            transport: Transport::Icmp { kind, code: 0 },
            ..packet("127.0.0.1:0", "127.0.0.1:0")
        };
        assert_eq!(is_copy(&ping(8), &ping(0), BYTES), Some(false));
        assert_eq!(is_copy(&ping(8), &ping(8), BYTES), Some(true));
    }

    #[test]
    fn a_segment_without_a_number_is_a_copy_within_a_millisecond() {
        let transport = Transport::Tcp(Some(TcpSegment::default()));
        let one = Packet { identification: 0, transport, ..one() };
        let later = |nanoseconds| Packet { time: one.time.plus(nanoseconds), ..one };
        assert_eq!(is_copy(&one, &later(UNNUMBERED_WINDOW_NS), BYTES), Some(true));
        assert_eq!(is_copy(&one, &later(UNNUMBERED_WINDOW_NS + 1), BYTES), Some(false), "sent again");
    }

    #[test]
    fn the_same_on_another_circuit_is_no_copy() {
        let print = print(&one(), BYTES, false);
        assert_ne!(print.on(0x1861), print.on(0x1871));
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_told_apart() {
        let empty = Packet { payload: Span::default(), ..one() };
        let timeless = Packet { time: crate::capture::Timestamp::UNKNOWN, ..one() };
        assert_eq!(is_copy(&empty, &empty, &[]), None);
        assert_eq!(is_copy(&timeless, &timeless, BYTES), None);
    }
}
