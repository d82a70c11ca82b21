//! Takes ARP in capture order; gives addresses for which two devices answer one and the same question, as often as it is
//! asked. One after the other is no contest: a device may have been exchanged, a spare one may have taken over, and bonded
//! ports of one server answer each asker with another hardware address. Who the devices are is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use arrayvec::ArrayVec;

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;

use super::message::arp::Arp;

const ADDRESSES_KEPT: usize = 16_384;
/// Pairs of devices that contest one address; whoever brings more forges them.
const CONTESTS_OF_AN_ADDRESS: usize = 8;
const FRAMES_KEPT: usize = 5;
/// Both answers to one question come within this time (ns); who gets none asks again after a second (RFC 1122 section
/// 2.3.2.1).
const ONE_QUESTION: i64 = 300_000_000;

/// Hardware addresses that stand for several devices, of which one answers at a time: VRRP and CARP (RFC 9568 section 7.3),
/// HSRP, GLBP.
const VIRTUAL: [&[u8]; 6] = [
    &[0x00, 0x00, 0x5e, 0x00, 0x01],
    &[0x00, 0x00, 0x5e, 0x00, 0x02],
    &[0x00, 0x00, 0x0c, 0x07, 0xac],
    &[0x00, 0x00, 0x0c, 0x9f],
    &[0x00, 0x05, 0x73, 0xa0],
    &[0x00, 0x07, 0xb4, 0x00],
];

/// Two devices that answer for one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// The address.
    pub address: IpAddr,
    /// Of the devices, ascending.
    pub macs: [Mac; 2],
    /// Questions that both answered.
    pub questions: u64,
    /// Questions since then that one alone answered.
    pub settled: u64,
    /// Who asked, at most 8.
    pub askers: BTreeSet<IpAddr>,
    /// First and last of those questions.
    pub span: (Timestamp, Timestamp),
    /// The first few answers.
    pub frames: ArrayVec<Frame, FRAMES_KEPT>,
}

impl Contest {
    const ASKERS: usize = 8;

    fn add(&mut self, asker: IpAddr, frames: [Frame; 2], time: Timestamp) {
        (self.questions, self.settled, self.span.1) = (self.questions + 1, 0, time);
        for frame in frames {
            // Where there is no room left, the first ones stand for all.
            let _ = self.frames.try_push(frame);
        }
        if self.askers.len() < Self::ASKERS {
            self.askers.insert(asker);
        }
    }
}

/// Answers while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct ContestBook {
    answered: BTreeMap<Place, Answered>,
    /// By address and devices.
    contests: BTreeMap<(Place, [Mac; 2]), Contest>,
    /// Addresses that a device claims, two of them, and since when.
    claimed: BTreeMap<Mac, ArrayVec<(Ipv4Addr, Timestamp), 2>>,
}

/// An address in a VLAN: the inner and the outer tag.
type Place = (Ipv4Addr, (Option<u16>, Option<u16>));

/// The latest answer for an address.
#[derive(Clone, Copy, Debug)]
struct Answered {
    mac: Mac,
    asker: Ipv4Addr,
    frame: Frame,
    time: Timestamp,
    /// Another device has answered the same question.
    is_contested: bool,
}

impl ContestBook {
    /// A host sent ARP with these tags, the inner and the outer one.
    pub(super) fn arp(&mut self, arp: &Arp, frame: Frame, time: Timestamp, tags: (Option<u16>, Option<u16>)) {
        let (address, mac) = (arp.sender, arp.sender_mac);
        if address.is_unspecified()
            || mac.is_multicast()
            || VIRTUAL.iter().any(|start| mac.0.starts_with(start))
        {
            return;
        }
        if !address.is_link_local()
            && (self.claimed.len() < ADDRESSES_KEPT || self.claimed.contains_key(&mac))
        {
            let claimed = self.claimed.entry(mac).or_default();
            if !claimed.iter().any(|(known, _)| *known == address) {
                let _ = claimed.try_push((address, time));
            }
        }
        let place = (address, tags);
        let has_room = self.answered.len() < ADDRESSES_KEPT || self.answered.contains_key(&place);
        if !arp.answers_one() || !has_room {
            return;
        }
        let new = Answered { mac, asker: arp.target, frame, time, is_contested: false };
        let Some(latest) = self.answered.get_mut(&place) else {
            self.answered.insert(place, new);
            return;
        };
        let first = (place, [Mac([0; 6]); 2]);
        if latest.asker != new.asker || time.since(latest.time).saturating_abs() >= ONE_QUESTION {
            let was_alone = !latest.is_contested;
            *latest = new;
            if was_alone {
                let own = self.contests.range_mut(first..).take_while(|((of, _), _)| *of == place);
                own.for_each(|(_, contest)| contest.settled += 1);
            }
            return;
        }
        if latest.mac == mac || latest.is_contested {
            return;
        }
        latest.is_contested = true;
        let mut macs = [latest.mac, mac];
        macs.sort_unstable();
        let own = self.contests.range(first..).take_while(|((of, _), _)| *of == place);
        let has_room = self.contests.len() < ADDRESSES_KEPT && own.count() < CONTESTS_OF_AN_ADDRESS;
        if !has_room && !self.contests.contains_key(&(place, macs)) {
            return;
        }
        let contest = self.contests.entry((place, macs)).or_insert_with(|| Contest {
            address: IpAddr::V4(address),
            macs,
            questions: 0,
            settled: 0,
            askers: BTreeSet::new(),
            span: (time, time),
            frames: ArrayVec::new(),
        });
        contest.add(IpAddr::V4(new.asker), [latest.frame, frame], time);
    }

    /// Ordered by address. Not those with a device that claimed other addresses as well by then: it answers for others (proxy
    /// ARP, RFC 1027), or one device answers at two ports for each of its addresses. One that took another address since was
    /// given it to end the contest.
    pub(super) fn finish(self) -> Vec<Contest> {
        let has_one = |mac: &Mac, contest: &Contest| {
            let mut claimed = self.claimed.get(mac).into_iter().flatten();
            !claimed.any(|(other, since)| IpAddr::V4(*other) != contest.address && *since <= contest.span.1)
        };
        let is_kept = |contest: &Contest| contest.macs.iter().all(|mac| has_one(mac, contest));
        self.contests.into_values().filter(is_kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, mac};
    use super::super::message::arp::Operation;
    use super::*;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 22);
    const ASKER: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 2);

    fn answer(mac: Mac, address: Ipv4Addr) -> Arp {
        let target_mac = super::super::fixture::mac(9);
        Arp { operation: Operation::Reply, sender_mac: mac, sender: address, target_mac, target: ASKER }
    }

    /// Answers at these ms: questions that two answered, and those that one did since.
    fn told(answers: &[(i64, Mac, Ipv4Addr)]) -> Vec<(u64, u64)> {
        let mut book = ContestBook::default();
        for (nth, (ms, mac, address)) in (1..).zip(answers) {
            book.arp(&answer(*mac, *address), frame(nth), at(*ms), (None, None));
        }
        book.finish().iter().map(|contest| (contest.questions, contest.settled)).collect()
    }

    #[test]
    fn questions_that_two_answer_are_counted_once_each() {
        let both = |ms| [(ms, mac(1), ADDRESS), (ms + 1, mac(2), ADDRESS), (ms + 2, mac(1), ADDRESS)];
        let twice = [both(0), both(2_000)].concat();
        assert_eq!(told(&twice), [(2, 0)], "what a mirror port brings again is none");
        let later = [(4_000, mac(1), ADDRESS), (6_000, mac(1), ADDRESS), (8_000, mac(1), ADDRESS)];
        assert_eq!(told(&[&twice[..], &later].concat()), [(2, 2)], "the latest may still be contested");
    }

    #[test]
    fn one_after_the_other_is_none_and_nor_is_a_virtual_router() {
        let after = |second| [(0, mac(1), ADDRESS), (2_000, second, ADDRESS), (4_000, mac(1), ADDRESS)];
        assert_eq!(told(&after(mac(2))), []);
        let router = Mac([0x00, 0x00, 0x5e, 0x00, 0x01, 0x0a]);
        assert_eq!(told(&[(0, mac(1), ADDRESS), (1, router, ADDRESS)]), []);
    }

    #[test]
    fn who_answers_for_other_addresses_too_stands_in_for_them() {
        let both =
            [(0, mac(1), ADDRESS), (1, mac(2), ADDRESS), (6_000, mac(1), ADDRESS), (6_001, mac(2), ADDRESS)];
        assert_eq!(told(&both), [(2, 0)]);
        let claims = |ms, address| {
            let mut all = [&both[..], &[(ms, mac(2), address)]].concat();
            all.sort_by_key(|(ms, ..)| *ms);
            told(&all)
        };
        let other = Ipv4Addr::new(192, 168, 10, 23);
        assert_eq!(claims(5_000, other), []);
        assert_eq!(claims(9_000, other), [(2, 0)], "the technician gave it another one");
        let own = Ipv4Addr::new(169, 254, 10, 23);
        assert_eq!(claims(5_000, own), [(2, 0)], "an address of its own for want of one");
    }

    #[test]
    fn each_vlan_has_a_contest_of_its_own() {
        let mut book = ContestBook::default();
        let mut say =
            |ms, device, tag| book.arp(&answer(mac(device), ADDRESS), frame(1), at(ms), (Some(tag), None));
        say(0, 1, 10);
        say(1, 3, 20);
        say(2, 2, 10);
        say(2_000, 3, 20);
        say(4_000, 3, 20);
        say(-3_600_000, 3, 20);
        let told = book.finish();
        let [contest] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((contest.macs, contest.questions, contest.settled), ([mac(1), mac(2)], 1, 0));
    }

    #[test]
    fn forged_devices_take_little_room() {
        let mut book = ContestBook::default();
        for nth in 0..100_u8 {
            let ms = i64::from(nth) * 1_000;
            book.arp(&answer(Mac([2, 0, 0, 0, 1, nth]), ADDRESS), frame(1), at(ms), (None, None));
            book.arp(&answer(Mac([2, 0, 0, 0, 2, nth]), ADDRESS), frame(1), at(ms + 1), (None, None));
        }
        assert_eq!(book.contests.len(), CONTESTS_OF_AN_ADDRESS);
    }
}
