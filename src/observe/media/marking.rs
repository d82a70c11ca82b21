//! How the packets of a stream are marked: DSCP, 802.1p, VLAN, and where that changes.
//!
//! Takes each different packet once; of further copies only whether they are marked as the first was.

use super::sample::Sample;
use super::sequence::Copied;
use super::tally::{Seen, Tally};
use crate::capture::{Frame, Timestamp};

/// So many packets in a row before a DSCP value counts as settled.
const SETTLED: u32 = 25;
const VLANS: usize = 16;

/// One DSCP value gave way to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DscpChange {
    /// First packet with the new value.
    pub frame: Frame,
    /// Its time.
    pub time: Timestamp,
    /// Value before.
    pub from: u8,
    /// Value from `frame` on.
    pub to: u8,
}

/// The same packet (SSRC, sequence number and timestamp) was captured twice with different DSCP: something between
/// the two places changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// Pairs.
    pub pairs: u64,
    /// The first pair: the copy that came first, with its value.
    pub first: (Frame, u8),
    /// And the other one.
    pub second: (Frame, u8),
    /// The TTL of both.
    pub ttl: [u8; 2],
    /// The VLAN of both, if tagged.
    pub vlan: [Option<u16>; 2],
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkingReport {
    /// Per DSCP value, ascending.
    pub dscp: Vec<Seen<u8>>,
    /// When each of them was first and last seen, ascending by value.
    pub dscp_spans: Vec<(u8, Timestamp, Timestamp)>,
    /// The last change between two values that each held for at least 25 packets in a row, if the one before it never
    /// came back.
    pub dscp_change: Option<DscpChange>,
    /// Changes between such values, lasting or not.
    pub dscp_changes: u64,
    /// Copies with different marking.
    pub remarked: Option<Remarked>,
    /// Copies with the same marking since the latest one with another.
    pub kept: u64,
    /// Per 802.1p priority of tagged packets, ascending.
    pub pcp: Vec<Seen<u8>>,
    /// Per VLAN, ascending; at most 16.
    pub vlans: Vec<Seen<u16>>,
    /// Packets in further VLANs.
    pub other_vlans: u64,
    /// Packets without a tag.
    pub untagged: u64,
}

/// The state of one stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marking {
    dscp: Tally<u8, 64>,
    /// First and last time of each value.
    spans: Vec<(u8, Timestamp, Timestamp)>,
    run: Option<Run>,
    settled: Option<u8>,
    change: Option<DscpChange>,
    /// The value before it came again, in the order of arrival: of files that overlap in time frames do not tell it, nor do times where
    /// the clock was set.
    came_back: bool,
    changes: u64,
    remarked: Option<Box<Remarked>>,
    kept: u64,
    /// In a box, as few captures have tags and there may be many streams.
    tags: Option<Box<Tags>>,
    untagged: u64,
}

/// What VLAN tags say.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tags {
    pcp: Tally<u8, 8>,
    vlans: Tally<u16, VLANS>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    value: u8,
    first: Frame,
    time: Timestamp,
    packets: u32,
}

impl Marking {
    /// Takes the next different packet.
    pub fn push(&mut self, sample: &Sample) {
        self.dscp.add(sample.dscp, sample.frame);
        self.note_time(sample);
        self.note_return(sample.dscp);
        self.follow(sample);
        match sample.vlan {
            Some(vlan) => {
                let tags = self.tags.get_or_insert_default();
                tags.vlans.add(vlan, sample.frame);
                if let Some(pcp) = sample.pcp {
                    tags.pcp.add(pcp, sample.frame);
                }
            }
            None => self.untagged += 1,
        }
    }

    /// Takes a further copy of a packet, `first` being the one that was read first. Where several interfaces are captured on
    /// that need not be the one that was on the way first ([`Copied::is_behind`]): then what was counted is put right.
    pub fn push_copy(&mut self, first: Copied, sample: &Sample) {
        if first.dscp == sample.dscp {
            self.kept += 1;
            return;
        }
        self.kept = 0;
        let mut pair = Remarked {
            pairs: 0,
            first: (first.frame, first.dscp),
            second: (sample.frame, sample.dscp),
            ttl: [first.ttl, sample.ttl],
            vlan: [first.vlan, sample.vlan],
        };
        if first.is_behind(sample) {
            std::mem::swap(&mut pair.first, &mut pair.second);
            pair.ttl.reverse();
            pair.vlan.reverse();
            self.dscp.correct((first.dscp, first.frame), (sample.dscp, sample.frame));
            self.note_time(sample);
            self.note_return(sample.dscp);
            // What changes from packet to packet because of the order of reading is no change.
            self.run = None;
        }
        self.remarked.get_or_insert_with(|| Box::new(pair)).pairs += 1;
    }

    /// There are 64 values at most (RFC 2474 section 3).
    fn note_time(&mut self, sample: &Sample) {
        match self.spans.iter_mut().find(|(value, ..)| *value == sample.dscp) {
            Some((_, first, last)) => {
                (*first, *last) = ((*first).min(sample.time), (*last).max(sample.time));
            }
            None => {
                self.spans.reserve_exact(1);
                self.spans.push((sample.dscp, sample.time, sample.time));
            }
        }
    }

    /// The figures so far.
    #[must_use]
    pub fn report(&self) -> MarkingReport {
        // What was put right leaves no packet behind.
        let is_left = |(value, ..): &&(u8, Timestamp, Timestamp)| self.dscp.get(*value).is_some();
        let mut spans: Vec<_> = self.spans.iter().filter(is_left).copied().collect();
        spans.sort_unstable();
        let tags = self.tags.as_deref();
        MarkingReport {
            dscp: self.dscp.sorted(),
            dscp_spans: spans,
            dscp_change: self.change.filter(|_| !self.came_back),
            dscp_changes: self.changes,
            remarked: self.remarked.as_deref().copied(),
            kept: self.kept,
            pcp: tags.map_or_else(Vec::new, |tags| tags.pcp.sorted()),
            vlans: tags.map_or_else(Vec::new, |tags| tags.vlans.sorted()),
            other_vlans: tags.map_or(0, |tags| tags.vlans.other()),
            untagged: self.untagged,
        }
    }

    fn follow(&mut self, sample: &Sample) {
        let fresh = Run { value: sample.dscp, first: sample.frame, time: sample.time, packets: 0 };
        let run = match &mut self.run {
            Some(run) if run.value == sample.dscp => run,
            other => other.insert(fresh),
        };
        run.packets = run.packets.saturating_add(1);
        if run.packets == SETTLED
            && self.settled != Some(run.value)
            && let Some(from) = self.settled.replace(run.value)
        {
            self.change = Some(DscpChange { frame: run.first, time: run.time, from, to: run.value });
            self.came_back = false;
            self.changes += 1;
        }
    }

    fn note_return(&mut self, value: u8) {
        self.came_back |= self.change.is_some_and(|change| change.from == value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::media::stream::tests::sample;

    fn copied(first: &Sample) -> Copied {
        let Sample { frame, time, dscp, ttl, vlan, .. } = *first;
        Copied { frame, time, dscp, ttl, vlan }
    }

    fn remarked(pairs: u64, first: (Frame, u8), second: (Frame, u8)) -> Remarked {
        Remarked { pairs, first, second, ttl: [64; 2], vlan: [None; 2] }
    }

    fn run(values: &[(u8, u64)]) -> MarkingReport {
        let mut marking = Marking::default();
        let dscps = values.iter().flat_map(|&(dscp, count)| std::iter::repeat_n(dscp, count as usize));
        for (number, dscp) in dscps.enumerate() {
            marking.push(&Sample { dscp, ..sample(number as u64) });
        }
        marking.report()
    }

    #[test]
    fn a_lasting_change_is_found_at_its_first_frame() {
        let report = run(&[(46, 25), (0, 25)]);
        let change = DscpChange { frame: sample(25).frame, time: sample(25).time, from: 46, to: 0 };
        assert_eq!((report.dscp_change, report.dscp_changes), (Some(change), 1));
    }

    #[test]
    fn each_value_has_its_own_time() {
        let report = run(&[(46, 25), (0, 25), (46, 1)]);
        let span = |first, last| (sample(first).time, sample(last).time);
        let spans: Vec<_> =
            report.dscp_spans.iter().map(|(value, from, to)| (*value, (*from, *to))).collect();
        assert_eq!(spans, [(0, span(25, 49)), (46, span(0, 50))]);
    }

    #[test]
    fn short_or_returning_changes_are_none() {
        assert_eq!(run(&[(46, 24), (0, 100)]).dscp_changes, 0, "too few before");
        assert_eq!(run(&[(46, 100), (0, 24)]).dscp_changes, 0, "too few after");
        let back = run(&[(46, 50), (0, 50), (46, 1)]);
        assert_eq!((back.dscp_change, back.dscp_changes), (None, 1));
        assert_eq!(run(&[(46, 50), (0, 5), (46, 50)]).dscp_changes, 0);
    }

    #[test]
    fn of_overlapping_files_the_order_of_arrival_tells_what_came_back() {
        let last = |dscp: u8| {
            let mut marking = Marking::default();
            for number in 0..51 {
                let dscp = if number < 25 { 46 } else { 0 };
                // One packet stands in the one file, the next in the other.
                let frame = Frame::new((number % 2) as u16, number);
                marking.push(&Sample { dscp, frame, ..sample(number) });
            }
            marking.push(&Sample { dscp, frame: Frame::new(0, 60), ..sample(60) });
            marking.report().dscp_change.map(|change| (change.from, change.to))
        };
        assert_eq!(last(0), Some((46, 0)));
        assert_eq!(last(46), None, "it came back");
    }

    #[test]
    fn copies_with_other_marking_are_paired() {
        let mut marking = Marking::default();
        for number in 0..3 {
            let copied = copied(&Sample { dscp: 46, ..sample(number) });
            marking
                .push_copy(copied, &Sample { dscp: if number == 0 { 46 } else { 0 }, ..sample(number + 10) });
        }
        assert_eq!(
            marking.report().remarked,
            Some(remarked(2, (sample(1).frame, 46), (sample(11).frame, 0)))
        );
    }

    #[test]
    fn the_ttl_tells_which_copy_was_on_the_way_first() {
        let of = |ttls: [u8; 2], late: i64| {
            let mut marking = Marking::default();
            let first = Sample { dscp: 46, ttl: ttls[0], vlan: Some(20), ..sample(0) };
            let again = Sample { dscp: 0, ttl: ttls[1], frame: sample(1).frame, ..sample(0) };
            marking.push(&first);
            marking.push_copy(copied(&first), &Sample { time: first.time.plus(late), ..again });
            let pair = marking.report().remarked.unwrap();
            (pair.first.1, pair.second.1, pair.ttl, pair.vlan)
        };
        assert_eq!(of([64, 63], 5), (46, 0, [64, 63], [Some(20), None]), "a router took it away");
        assert_eq!(of([64, 63], -5), (46, 0, [64, 63], [Some(20), None]), "whatever the clocks say");
        assert_eq!(of([63, 64], 5), (0, 46, [64, 63], [None, Some(20)]), "a router added it");
        assert_eq!(of([64, 64], 5), (46, 0, [64, 64], [Some(20), None]));
        assert_eq!(of([64, 64], -5), (0, 46, [64, 64], [None, Some(20)]), "without a router the time counts");
    }

    #[test]
    fn the_copy_that_was_captured_first_counts_whichever_was_read_first() {
        let mut marking = Marking::default();
        for number in 0..60 {
            let early = Sample { dscp: 46, ..sample(number) };
            let late = Sample { dscp: 0, frame: sample(number + 100).frame, ..sample(number) };
            let late = Sample { time: late.time.plus(50_000), ..late };
            let (first, second) = if number / 30 == 0 { (late, early) } else { (early, late) };
            marking.push(&first);
            marking.push_copy(copied(&first), &second);
        }
        let report = marking.report();
        let pair = remarked(60, (sample(0).frame, 46), (sample(100).frame, 0));
        assert_eq!(report.remarked, Some(pair));
        assert_eq!(report.dscp.iter().map(|seen| (seen.value, seen.packets)).collect::<Vec<_>>(), [(46, 60)]);
        assert_eq!((report.dscp_changes, report.dscp[0].frames.len()), (0, 5));
    }

    #[test]
    fn tags_are_counted() {
        let mut marking = Marking::default();
        marking.push(&Sample { vlan: Some(100), pcp: Some(5), ..sample(0) });
        marking.push(&sample(1));
        let report = marking.report();
        assert_eq!((report.pcp[0].value, report.vlans[0].value, report.untagged), (5, 100, 1));
    }
}
