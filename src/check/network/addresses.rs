//! NET-005: takes addresses for which two devices answered ARP; gives those that telephony meets and no single device
//! explains. Knows no rules.

use super::super::case::Case;
use super::super::evidence::Collector;
use super::super::finding::{Detail, Finding, Party, Severity};
use super::{LEAST_WAIT, is_telephone};
use crate::decode::Mac;
use crate::observe::Contest;
use crate::site::{Confidence, Scope};

/// Questions that both answered. Once may be a device that takes over.
const LEAST_QUESTIONS: u64 = 3;
/// Ports of one device have hardware addresses that follow each other.
const PORTS: u8 = 8;

/// One for an address.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let is_told = |contest: &&Contest| {
        let mut met = contest.askers.iter().chain([&contest.address]);
        let length = contest.span.1.since(contest.span.0);
        contest.questions >= LEAST_QUESTIONS
            && length >= LEAST_WAIT
            && case.scope(contest.address) == Scope::Lan
            && !are_one(contest.macs)
            && met.any(|address| is_telephone(case, *address))
    };
    case.traffic.contests.iter().filter(is_told).map(|contest| finding(case, contest)).collect()
}

/// Whether both may be ports of one device, or the second one is what a wireless repeater makes of the first: it keeps
/// the end.
fn are_one([one, other]: [Mac; 2]) -> bool {
    let (one, other) = (one.0, other.0);
    let follows = one[..5] == other[..5] && one[5].abs_diff(other[5]) < PORTS;
    follows || one[3..] == other[3..]
}

fn finding(case: &Case<'_>, contest: &Contest) -> Finding {
    let mut collector = Collector::default();
    collector.frames(&contest.frames);
    [contest.span.0, contest.span.1].into_iter().for_each(|time| collector.time(time));
    Finding {
        detail: Detail::Net005 { macs: contest.macs, askers: contest.askers.iter().copied().collect() },
        severity: Severity::Warning,
        confidence: Confidence::Likely,
        subject: Some(case.subject(contest.address)),
        rows: Vec::new(),
        count: contest.questions,
        responsible: Party::Network,
        evidence: collector.finish(format!("arp.opcode == 2 && arp.src.proto_ipv4 == {}", contest.address)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PBX, PHONE, World};
    use super::*;
    use crate::observe::fixture::{at, frame, ip};

    const ONE: [u8; 6] = [0x00, 0x1b, 0xa9, 1, 2, 3];
    const OTHER: [u8; 6] = [0x00, 0x09, 0x40, 0x20, 0, 0x21];

    /// An address that two devices answered the asker for so often.
    fn told(address: &str, asker: &str, macs: [[u8; 6]; 2], questions: u64) -> usize {
        let mut world = World::new("").device(PBX, "acme.pbx").device(PHONE, "acme.phone");
        world.traffic.contests = vec![Contest {
            address: ip(address),
            macs: macs.map(Mac),
            questions,
            settled: 0,
            askers: [ip(asker)].into(),
            span: (at(0), at(9_000)),
            frames: [frame(1), frame(2)].into_iter().collect(),
        }];
        check(&world.case()).len()
    }

    #[test]
    fn an_address_of_two_devices_is_told_where_telephony_meets_it() {
        let computers = ("192.168.10.51", "192.168.10.52");
        assert_eq!(told(PHONE, computers.1, [ONE, OTHER], 3), 1);
        assert_eq!(told(computers.0, PBX, [ONE, OTHER], 3), 1, "the PBX asks for it");
        assert_eq!(told(computers.0, computers.1, [ONE, OTHER], 3), 0);
        assert_eq!(told(PHONE, PBX, [ONE, OTHER], 2), 0);
        assert_eq!(told("203.0.113.9", PBX, [ONE, OTHER], 3), 0);
    }

    #[test]
    fn two_ports_of_one_device_and_a_repeater_are_one() {
        let next = [0x00, 0x1b, 0xa9, 1, 2, 4];
        let repeated = [0x02, 0x0c, 0x29, 1, 2, 3];
        assert_eq!(told(PHONE, PBX, [ONE, next], 3), 0);
        assert_eq!(told(PHONE, PBX, [ONE, repeated], 3), 0);
    }
}
