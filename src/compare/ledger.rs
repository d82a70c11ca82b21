//! Takes one audit after the other of a measurement that goes on; gives the findings that came and those that went, with
//! their times. No words.

use std::collections::{BTreeMap, VecDeque};

use crate::capture::{Outage, Timestamp};
use crate::check::{Audit, Code, Finding, Severity, is_disproved_by_absence, joined};

use super::{Key, key, parts};

/// Findings that are over, of which the latest are kept.
const OVER_KEPT: usize = 1000;
/// A capture that lasts no longer (ns) need not have had a call yet.
const BEGINNING: i64 = 30_000_000_000;

/// Findings that hold at the moment, one for each code, device and service, peer or status, and those that are over.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    open: BTreeMap<Key, (Timestamp, Finding)>,
    /// All that ever came, each with its latest packet when it was last over.
    told: BTreeMap<Key, Option<Timestamp>>,
    over: VecDeque<Turn>,
    over_in_all: u64,
}

/// All findings of a run, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Each with the time at which it went if it did. Of those that are over, the latest 1000.
    pub turns: Vec<Turn>,
    /// How many that are over were left out.
    pub left_out: u64,
    /// When nothing could be captured on an interface.
    pub outages: Vec<Outage>,
}

impl Course {
    /// Since when a finding of the report at the end holds, or that it is over: the latest turn of its kind, and of what was joined
    /// the first one that holds.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Option<&Turn> {
        let latest = |part: &Finding| {
            let wanted = key(part, |address| address);
            let is_its = |one: &Finding| key(one, |address| address) == wanted;
            self.turns.iter().rev().find(|turn| turn.finding.parts().iter().any(is_its))
        };
        let latest = finding.parts().iter().filter_map(latest);
        latest.min_by_key(|turn| (turn.cleared.is_some(), turn.since))
    }
}

/// A finding that came, became heavier or went.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// As it was seen last, at the heaviest that it was.
    pub finding: Finding,
    /// When it came.
    pub since: Timestamp,
    /// When it became heavier, and what it was before; `None`: it is not that what is told.
    pub risen: Option<(Timestamp, Severity)>,
    /// When it went; `None`: it just came, or still holds.
    pub cleared: Option<Timestamp>,
}

impl Turn {
    /// Whether it tells of a finding that is this severe, and was not before.
    #[must_use]
    pub fn reaches(&self, least: Severity) -> bool {
        let was_before = self.risen.is_some_and(|(_, before)| before >= least);
        self.cleared.is_none() && self.finding.severity >= least && !was_before
    }

    /// When that happened which is told.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.cleared.or(self.risen.map(|(at, _)| at)).unwrap_or(self.since)
    }
}

impl Ledger {
    /// What changed up to the latest packet of `audit`: what went, then what came or is heavier than it ever was, heaviest first. A finding goes when its
    /// cause is gone, or when the capture as a whole disproves it; it comes again when packets show its cause again.
    pub fn update(&mut self, audit: &Audit) -> Vec<Turn> {
        let now =
            audit.captures.iter().filter_map(|capture| capture.last).max().unwrap_or(Timestamp::UNKNOWN);
        let mut open = BTreeMap::new();
        let mut came = Vec::new();
        // Of several with one key the heaviest stands for all; it is over when all are.
        for (at, finding) in parts(audit) {
            let key = key(finding, |address| address);
            let is_mended = audit.mended.binary_search(&at).is_ok();
            // What came and went between two looks is told as well, and goes with the next one.
            if open.contains_key(&key) {
                continue;
            }
            let is_open = self.open.contains_key(&key);
            if let Some(before) = self.told.get_mut(&key) {
                if is_mended {
                    *before = finding.evidence.last.max(*before);
                    continue;
                }
                // What showed that it is over may have left the tables: only newer packets show that it came again.
                if !is_open && before.is_some() && finding.evidence.last <= *before {
                    continue;
                }
            }
            let Some((since, before)) = self.open.remove(&key) else {
                if !is_premature(finding, audit) {
                    came.push(Turn { finding: finding.clone(), since: now, risen: None, cleared: None });
                    open.insert(key, (now, finding.clone()));
                }
                continue;
            };
            if finding.severity > before.severity {
                let risen = Some((now, before.severity));
                came.push(Turn { finding: finding.clone(), since, risen, cleared: None });
            }
            let severity = finding.severity.max(before.severity);
            open.insert(key, (since, Finding { severity, ..finding.clone() }));
        }
        // A finding that is still told went by its cause.
        let is_told =
            |gone: &Key| parts(audit).iter().any(|(_, finding)| key(finding, |address| address) == *gone);
        let mut turns = Vec::new();
        for (key, (since, finding)) in std::mem::take(&mut self.open) {
            if is_told(&key) || is_disproved_by_absence(&finding, audit, now) {
                let before = self.told.entry(key).or_default();
                *before = finding.evidence.last.max(*before);
                turns.push(Turn { finding, since, risen: None, cleared: Some(now) });
            } else {
                open.insert(key, (since, finding));
            }
        }
        for key in open.keys() {
            self.told.entry(key.clone()).or_default();
        }
        self.open = open;
        let mut turns = joined_turns(turns);
        self.over_in_all += turns.len() as u64;
        self.over.extend(turns.iter().cloned());
        let surplus = self.over.len().saturating_sub(OVER_KEPT);
        self.over.drain(..surplus);
        turns.append(&mut joined_turns(came));
        turns
    }

    /// All that came, with the time at which it went if it did.
    #[must_use]
    pub fn course(&self) -> Course {
        let open = self.open.values();
        let open = open.map(|(since, finding)| Turn {
            finding: finding.clone(),
            since: *since,
            risen: None,
            cleared: None,
        });
        let mut turns: Vec<Turn> = self.over.iter().cloned().chain(joined_turns(open.collect())).collect();
        turns.sort_by_key(|turn| turn.since);
        Course { turns, left_out: self.over_in_all - self.over.len() as u64, outages: Vec::new() }
    }
}

/// What was joined, came and went together is told together.
fn joined_turns(turns: Vec<Turn>) -> Vec<Turn> {
    let all = turns.into_iter().map(|turn| ((turn.since, turn.risen, turn.cleared), turn.finding));
    let turn = |((since, risen, cleared), finding)| Turn { finding, since, risen, cleared };
    joined(all).into_iter().map(turn).collect()
}

/// Whether a capture that has only begun says so of itself: that there was no call yet.
fn is_premature(finding: &Finding, audit: &Audit) -> bool {
    let first = audit.captures.iter().filter_map(|capture| capture.first).min();
    let last = audit.captures.iter().filter_map(|capture| capture.last).max();
    let has_begun = first.zip(last).is_none_or(|(first, last)| last.since(first) < BEGINNING);
    finding.code() == Code::Cap010 && has_begun
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::check::{Code, Detail, Severity};
    use crate::observe::Protocol;
    use crate::report::fixture::audit;

    /// The fixture's audit so many seconds after the beginning; QOS-001 is mended or not.
    fn after(seconds: i64, is_mended: bool) -> Audit {
        let mut audit = audit();
        audit.findings.retain(|finding| finding.code() == Code::Qos001);
        audit.findings.truncate(1);
        // A finding that holds has its latest packet now.
        audit.findings[0].evidence.last = (!is_mended).then_some(Timestamp(seconds * 1_000_000_000));
        audit.mended = if is_mended { vec![0] } else { Vec::new() };
        audit.captures[0].last = Some(Timestamp(seconds * 1_000_000_000));
        audit
    }

    fn told(turns: &[Turn]) -> Vec<(i64, Option<i64>)> {
        let second = |time: Timestamp| time.0 / 1_000_000_000;
        turns.iter().map(|turn| (second(turn.since), turn.cleared.map(second))).collect()
    }

    #[test]
    fn a_capture_that_has_only_begun_need_not_have_a_call() {
        let mut ledger = Ledger::default();
        let mut turns = |seconds| {
            let mut audit = after(seconds, false);
            audit.findings[0].detail = Detail::Cap010(crate::check::NoVoice::Nothing);
            audit.captures[0].first = Some(Timestamp(0));
            told(&ledger.update(&audit))
        };
        assert_eq!((turns(1), turns(29)), (Vec::new(), Vec::new()));
        assert_eq!((turns(31), turns(32)), (vec![(31, None)], Vec::new()));
    }

    #[test]
    fn a_finding_is_remembered_at_its_heaviest() {
        let mut ledger = Ledger::default();
        let mut told = Vec::new();
        for (seconds, severity) in
            (10..).zip([Severity::Warning, Severity::Error, Severity::Notice, Severity::Error])
        {
            let mut audit = after(seconds, false);
            audit.findings[0].severity = severity;
            told.extend(ledger.update(&audit));
        }
        let course = ledger.course();
        assert_eq!((course.turns.len(), course.turns[0].finding.severity), (1, Severity::Error));
        // That it became heavier is told once.
        let rises: Vec<_> = told.iter().map(|turn| (turn.at().0 / 1_000_000_000, turn.risen)).collect();
        let rise = (Timestamp(11_000_000_000), Severity::Warning);
        assert_eq!(rises, [(10, None), (11, Some(rise))]);
        let reach = |least| told.iter().map(|turn| turn.reaches(least)).collect::<Vec<_>>();
        assert_eq!(reach(Severity::Warning), [true, false]);
        assert_eq!(reach(Severity::Error), [false, true]);
    }

    #[test]
    fn what_is_mended_goes_with_both_times_and_comes_again_with_its_cause() {
        let mut ledger = Ledger::default();
        let mut turns = |seconds, is_mended| told(&ledger.update(&after(seconds, is_mended)));
        assert_eq!(turns(1, false), [(1, None)]);
        assert_eq!(turns(2, false), []);
        assert_eq!(turns(3, true), [(1, Some(3))]);
        assert_eq!(turns(4, true), [], "it went already");
        assert_eq!(turns(5, false), [(5, None)], "it is there again");
        assert_eq!(told(&ledger.course().turns), [(1, Some(3)), (5, None)]);
    }

    #[test]
    fn what_is_over_comes_again_with_newer_packets_only() {
        let mut ledger = Ledger::default();
        let mut turns = |seconds, is_mended, last: i64| {
            let mut audit = after(seconds, is_mended);
            audit.findings[0].evidence.last = Some(Timestamp(last * 1_000_000_000));
            told(&ledger.update(&audit))
        };
        assert_eq!(turns(1, false, 1), [(1, None)]);
        assert_eq!(turns(2, true, 1), [(1, Some(2))]);
        assert_eq!(turns(3, false, 1), [], "what proved it has left the tables");
        assert_eq!(turns(4, false, 4), [(4, None)]);
    }

    #[test]
    fn what_is_no_longer_told_goes_only_where_that_proves_something() {
        let gone = |code: Code, over_cap: u64, seconds: i64| {
            let mut ledger = Ledger::default();
            let mut all = audit();
            all.findings.retain(|finding| finding.code() == code);
            all.findings[0].evidence.last = Some(Timestamp(1_000_000_000));
            all.mended.clear();
            assert_eq!(ledger.update(&all).len(), 1);
            all.findings.clear();
            all.captures[0].last = Some(Timestamp(seconds * 1_000_000_000));
            all.traffic.quality.packets_over_cap = over_cap;
            all.traffic.quality.messages_over_cap = 0;
            ledger.update(&all).len() == 1
        };
        assert!(gone(Code::Port003, 0, 500), "the service answers");
        assert!(!gone(Code::Port003, 7, 500), "its packets had to make room");
        assert!(gone(Code::Port003, 7, 100), "they are too young for that");
        assert!(!gone(Code::Qos010, 0, 500), "other traffic made the share smaller");
        assert!(!gone(Code::Sec002, 0, 500), "time made the rate smaller");
    }

    #[test]
    fn what_another_finding_tells_by_now_has_not_gone() {
        let mut ledger = Ledger::default();
        let first = after(1, false);
        ledger.update(&first);
        let mut second = after(2, false);
        second.findings[0].detail = Detail::Qos008 {
            unmarked: 90,
            packets: 90,
            dscp: vec![(0, 90)],
            expected: 46,
            marked: Vec::new(),
        };
        assert_eq!(
            told(&ledger.update(&second)),
            [(2, None)],
            "QOS-008 in place of QOS-001, no voice is right"
        );
        second.findings.clear();
        assert_eq!(ledger.update(&second).len(), 2, "both are gone");
    }

    #[test]
    fn a_second_open_port_is_told_as_well() {
        let mut ledger = Ledger::default();
        let mut audit = after(1, false);
        let exposed = |port: u16| Detail::Sec001 {
            at: SocketAddr::from(([192, 168, 10, 2], port)),
            protocol: Protocol::Udp,
            sources: Vec::new(),
            gained: Box::default(),
            is_direct: false,
        };
        audit.findings[0].detail = exposed(5060);
        assert_eq!(ledger.update(&audit).len(), 1);
        let mut second = audit.findings[0].clone();
        second.detail = exposed(5900);
        audit.findings.push(second);
        assert_eq!(ledger.update(&audit).len(), 1, "the first one is known");
        assert_eq!(ledger.update(&audit).len(), 0);
    }

    #[test]
    fn of_ports_that_are_joined_each_comes_and_goes_by_itself() {
        use super::super::tests::{blocked, ports};
        let mut ledger = Ledger::default();
        let mut update = |seconds: i64, groups: &[&[u16]]| {
            let mut audit = blocked(groups);
            audit.captures[0].last = Some(Timestamp(seconds * 1_000_000_000));
            let turns = ledger.update(&audit);
            let told: Vec<_> =
                turns.iter().map(|turn| (ports(&turn.finding), turn.cleared.is_some())).collect();
            (told, ledger.course(), audit)
        };
        assert_eq!(update(1, &[&[80, 389, 443]]).0, [(vec![80, 389, 443], false)], "one finding");
        assert_eq!(update(2, &[&[389, 443]]).0, [(vec![80], true)], "the first one is served");
        assert_eq!(update(3, &[&[389], &[443]]).0, [], "that they stand apart is no news");
        assert_eq!(update(4, &[&[389, 443, 636]]).0, [(vec![636], false)]);
        let (_, course, audit) = update(5, &[&[389, 443, 636]]);
        let all: Vec<_> =
            course.turns.iter().map(|turn| (ports(&turn.finding), turn.since.0 / 1_000_000_000)).collect();
        assert_eq!(all, [(vec![80], 1), (vec![389, 443], 1), (vec![636], 4)]);
        assert_eq!(course.of(&audit.findings[0]), Some(&course.turns[1]), "the first that holds");
    }

    #[test]
    fn what_came_and_went_between_two_looks_is_told() {
        let mut ledger = Ledger::default();
        assert_eq!(told(&ledger.update(&after(1, true))), [(1, None)]);
        assert_eq!(told(&ledger.update(&after(2, true))), [(1, Some(2))]);
        assert_eq!(told(&ledger.course().turns), [(1, Some(2))], "and is kept");
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_rest_counted() {
        let mut ledger = Ledger::default();
        for seconds in 0..=(OVER_KEPT as i64 + 2) * 2 {
            ledger.update(&after(seconds, seconds % 2 == 1));
        }
        let course = ledger.course();
        assert_eq!((course.turns.len(), course.left_out), (OVER_KEPT + 1, 2));
    }
}
