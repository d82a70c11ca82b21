//! What of the capture itself a report tells: what could not be read, came twice, is missing or was dropped.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};
use crate::decode::Skip;

use super::clock::{Leaps, Stray};
use super::echoes::ClocksApart;
use super::message::sip::{Defect, SipMessage};
use super::storm::Storm;

/// SIP messages that are malformed and yet readable. Those that were cut when they were captured are none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Malformed {
    /// Messages with anything but what is everyday: lines that end in LF, and text in another character set.
    pub messages: u64,
    /// Messages by what is wrong with them, the everyday included.
    pub kinds: BTreeMap<Defect, u64>,
}

impl Malformed {
    pub(super) fn note(&mut self, message: &SipMessage) {
        if message.is_cut {
            return;
        }
        message.defects.iter().for_each(|defect| *self.kinds.entry(*defect).or_default() += 1);
        self.messages += u64::from(message.defects.iter().any(|defect| !defect.is_everyday()));
    }
}

/// What the capture can and cannot show.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// Frames read.
    pub frames: u64,
    /// Frames that gave a packet, fragment, ICMP error or link message.
    pub decoded: u64,
    /// Of those, frames without IP: ARP, LLDP, CDP.
    pub link_messages: u64,
    /// Frames that gave nothing, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Packets whose payload is cut by the snap length.
    pub cut_payloads: u64,
    /// SIP or SDP that could not be read to its end for that reason: first few frames.
    pub cut_sip: Vec<Frame>,
    /// The number of those.
    pub cut_sip_count: u64,
    /// Frames that are copies of one shortly before.
    pub duplicates: u64,
    /// Those among them that are ICMP: somebody may have sent the same twice, since not all give each a number of its own.
    pub equal_pings: u64,
    /// Frames that could have been recognised as copies.
    pub duplicate_candidates: u64,
    /// Fragments of IP datagrams; of each datagram the first one alone may be recognised as a copy.
    pub fragments: u64,
    /// First few copies, each behind what it is a copy of.
    pub duplicate_pairs: Vec<[Frame; 2]>,
    /// Time stamps smaller than the one before, by more than the tolerance for reordered capture threads.
    pub clock_back: u64,
    /// First few of those.
    pub clock_back_frames: Vec<Frame>,
    /// Largest step back in nanoseconds.
    pub clock_back_max: i64,
    /// The largest gap behind a step back from one record of an interface to its next, in nanoseconds.
    pub clock_forth_max: i64,
    /// A packet with a false time, where this is all that is wrong with the times; its leaps are not counted then.
    pub stray: Option<Stray>,
    /// The same packets are in the capture by two clocks.
    pub apart: Option<ClocksApart>,
    /// Leaps of a day or more from one record to the next.
    pub leaps: Leaps,
    /// Times of a minute or more in which nobody sent a packet, in order: the capture may have been stopped. Where there are
    /// more than 64, the last one covers the rest.
    pub pauses: Vec<(Timestamp, Timestamp)>,
    /// Bytes that TCP acknowledged and the capture does not hold: connections where that happened.
    pub unseen_connections: u64,
    /// The first frames of that evidence.
    pub unseen_frames: Vec<Frame>,
    /// TCP connections that could have shown it.
    pub tcp_connections: u64,
    /// Pairs of unicast hosts that exchanged packets of a kind that is answered (TCP, known request protocols).
    pub pairs: u64,
    /// Of those, pairs with packets in both directions.
    pub pairs_both_ways: u64,
    /// Of those, pairs of which one direction shows by nothing but ICMP that it takes no packets.
    pub pairs_by_icmp: u64,
    /// Pairs with packets in one direction that would not be there without an answer.
    pub pairs_answered_unseen: u64,
    /// Packets of a device to itself that go between two stations of an Ethernet, which no device does: somebody put other
    /// addresses in.
    pub rewritten: u64,
    /// Packets between two addresses whose Ethernet header names no two stations: of the loopback interface, where a device has
    /// several addresses, or somebody put others in.
    pub one_station: u64,
    /// Packets of a device to itself whose Ethernet header names no station: only the device itself can capture them.
    pub looped: u64,
    /// IP datagrams whose fragments never came together.
    pub incomplete_datagrams: u64,
    /// SIP messages that no call and no registration could be told of, because Call-ID or `CSeq` is missing.
    pub nameless_sip: u64,
    /// SIP messages that are not as RFC 3261 has them.
    pub malformed_sip: Malformed,
    /// Packets of flows that a cap dropped.
    pub packets_over_cap: u64,
    /// Packets with a header as of RTP that are in no stream, because nothing else speaks for their sources.
    pub maybe_media: u64,
    /// Media samples that a cap dropped.
    pub samples_over_cap: u64,
    /// Messages (SIP, names) and TCP streams that a cap left unread.
    pub messages_over_cap: u64,
    /// Frames of a cooked capture that the capturing device sent itself, or that were meant for it.
    pub own_cooked: u64,
    /// One question of ARP over and over.
    pub storm: Option<Storm>,
    /// Frames that the user's filter kept out.
    pub filtered: u64,
}

/// Whether packets between these addresses stay within a device.
#[must_use]
pub fn is_own(a: IpAddr, b: IpAddr) -> bool {
    a == b || a.is_loopback() && b.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::super::message::sip;
    use super::*;

    #[test]
    fn malformed_messages_are_counted_by_what_is_wrong() {
        let mut malformed = Malformed::default();
        let mut hear = |start: &str, more: &str, end: &str, is_cut| {
            let text = format!(
                "{start}{end}Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1{end}From: <sip:21@a.example>;tag=a{end}\
                 To: <sip:10@a.example>{end}Call-ID: c1{end}CSeq: 1 OPTIONS{end}{more}{end}"
            );
            malformed.note(&sip::read(text.as_bytes(), is_cut).unwrap());
            malformed.clone()
        };
        let start = "OPTIONS sip:10@a.example SIP/2.0";
        assert_eq!(hear(start, "", "\r\n", false), Malformed::default(), "as it should be");
        let everyday = hear(start, "", "\n", false);
        assert_eq!((everyday.messages, everyday.kinds.get(&Defect::LineEnding)), (0, Some(&1)));
        let long = "Content-Length: 999\r\n";
        assert_eq!(hear(start, long, "\r\n", true).messages, 0, "cut when it was captured");
        assert_eq!(hear(start, long, "\r\n", false).messages, 1);
        let told = hear("OPTIONS sip:10@a.example SIP/7.0", long, "\r\n", false);
        let kinds = [(Defect::Version, 1), (Defect::LineEnding, 1), (Defect::ContentLength, 2)];
        assert_eq!(told, Malformed { messages: 2, kinds: kinds.into() });
    }
}
