//! Takes records one by one, gives the numbers of a [`CaptureSummary`](super::CaptureSummary); tallies of
//! ranges are added up in capture order.

use std::collections::BTreeMap;

use super::value::Timestamp;

/// What was counted over a stretch of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Frame numbers used up: packets and what else Wireshark numbers (journal entries, custom blocks).
    pub(super) numbers: u64,
    pub(super) packets: u64,
    /// Bytes on the wire.
    pub(super) bytes: u64,
    /// Records shorter than on the wire.
    pub(super) cut: u64,
    /// Bytes kept of the longest of them.
    pub(super) cut_to: usize,
    /// Records without a time, or with one that no calendar holds.
    pub(super) timeless: u64,
    /// Earliest and latest known time.
    pub(super) times: Option<(Timestamp, Timestamp)>,
    inner: Inner,
    /// Records whose time is 0: none, where the others have one that a clock made.
    zero: u64,
    /// By interface. A list, because packets of several take turns.
    by_interface: Vec<u64>,
    drops: BTreeMap<u32, Drops>,
    /// The last running total of what came from an interface, whatever was done with it.
    received: BTreeMap<u32, u64>,
}

/// The times next to the earliest and the latest one, which are equal to these where several records have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inner {
    second: Timestamp,
    last_but_one: Timestamp,
}

impl Default for Inner {
    fn default() -> Self {
        Self { second: Timestamp(i64::MAX), last_but_one: Timestamp::UNKNOWN }
    }
}

/// Frames that the capturing system dropped on an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Drops {
    /// The last running total that the file gave.
    total: Option<u64>,
    /// Drops noted packet by packet.
    single: u64,
}

impl Tally {
    #[inline]
    pub(super) fn packet(&mut self, interface: u32, time: Timestamp, captured: usize, original: u32) {
        self.numbers += 1;
        self.packets += 1;
        match self.by_interface.get_mut(interface as usize) {
            Some(packets) => *packets += 1,
            None => self.more_of(interface, 1),
        }
        self.bytes = self.bytes.saturating_add(u64::from(original));
        if captured < original as usize {
            self.cut += 1;
            self.cut_to = self.cut_to.max(captured);
        }
        if !time.is_known() {
            self.timeless += 1;
        } else if time.0 == 0 {
            self.zero += 1;
        } else {
            self.span((time, time), Inner::default());
        }
    }

    /// The capturing system's running total of drops on `interface`.
    pub(super) fn drops_total(&mut self, interface: u32, total: u64) {
        self.drops.entry(interface).or_default().total = Some(total);
    }

    /// The capturing system's running total of packets that came from `interface`.
    pub(super) fn received_total(&mut self, interface: u32, total: u64) {
        self.received.insert(interface, total);
    }

    /// Packets that came from `interface` while capturing, if the file tells.
    pub(super) fn received(&self, interface: u32) -> Option<u64> {
        self.received.get(&interface).copied()
    }

    /// Packets of `interface` that the file holds.
    pub(super) fn packets_of(&self, interface: u32) -> u64 {
        self.by_interface.get(interface as usize).copied().unwrap_or(0)
    }

    fn more_of(&mut self, interface: u32, packets: u64) {
        let place = interface as usize;
        if place >= self.by_interface.len() {
            self.by_interface.resize(place + 1, 0);
        }
        if let Some(known) = self.by_interface.get_mut(place) {
            *known += packets;
        }
    }

    /// Drops between the packet before and this one.
    pub(super) fn drops_here(&mut self, interface: u32, count: u64) {
        let drops = self.drops.entry(interface).or_default();
        drops.single = drops.single.saturating_add(count);
    }

    /// Drops on `interface`: the running total where there is one, else the sum of the single notes.
    pub(super) fn drops(&self, interface: u32) -> Option<u64> {
        self.drops.get(&interface).map(|drops| drops.total.unwrap_or(drops.single))
    }

    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.times.map(|(_, latest)| latest)
    }

    /// Earliest and latest time of all records, and how many have none.
    pub(super) fn period(&self) -> (Option<(Timestamp, Timestamp)>, u64) {
        match self.times {
            Some((earliest, _)) if earliest.is_clock_set() => (self.times, self.timeless + self.zero),
            times if self.zero > 0 => {
                (Some((Timestamp(0), times.map_or(Timestamp(0), |(_, latest)| latest))), self.timeless)
            }
            times => (times, self.timeless),
        }
    }

    /// The times next to the earliest and the latest one; `None` if there is only one.
    pub(super) fn inner_period(&self) -> Option<(Timestamp, Timestamp)> {
        let Inner { second, last_but_one } = self.inner;
        last_but_one.is_known().then_some((second, last_but_one))
    }

    /// Adds what was counted behind this stretch.
    pub(super) fn add(&mut self, later: &Self) {
        self.numbers += later.numbers;
        self.packets += later.packets;
        self.bytes = self.bytes.saturating_add(later.bytes);
        self.cut += later.cut;
        self.cut_to = self.cut_to.max(later.cut_to);
        self.timeless += later.timeless;
        self.zero += later.zero;
        if let Some(times) = later.times {
            self.span(times, later.inner);
        }
        for (interface, &packets) in (0..).zip(&later.by_interface) {
            self.more_of(interface, packets);
        }
        self.received.extend(&later.received);
        for (&interface, drops) in &later.drops {
            if let Some(total) = drops.total {
                self.drops_total(interface, total);
            }
            self.drops_here(interface, drops.single);
        }
    }

    #[inline]
    fn span(&mut self, (from, to): (Timestamp, Timestamp), other: Inner) {
        let Some((earliest, latest)) = &mut self.times else {
            (self.times, self.inner) = (Some((from, to)), other);
            return;
        };
        let inner = &mut self.inner;
        if from < *earliest {
            (*earliest, inner.second) = (from, other.second.min(*earliest));
        } else {
            inner.second = inner.second.min(from);
        }
        if to > *latest {
            (*latest, inner.last_but_one) = (to, other.last_but_one.max(*latest));
        } else {
            inner.last_but_one = inner.last_but_one.max(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(times: &[i64]) -> Tally {
        let mut tally = Tally::default();
        times.iter().for_each(|time| tally.packet(0, Timestamp(*time), 0, 0));
        tally
    }

    #[test]
    fn the_period_without_its_first_and_last_record_is_the_same_however_it_is_cut() {
        let times = [5, 3, 9, 3, 7, 9, 12];
        for cut in 0..=times.len() {
            let (before, behind) = times.split_at(cut);
            let mut whole = tally(before);
            whole.add(&tally(behind));
            let inner = whole.inner_period().map(|(second, other)| (second.0, other.0));
            assert_eq!((whole.times, inner), (Some((Timestamp(3), Timestamp(12))), Some((3, 9))), "{cut}");
        }
        assert_eq!(tally(&[5]).inner_period(), None);
    }

    #[test]
    fn zero_is_a_time_only_where_no_clock_was_set() {
        let clock = 1_457_949_761_000_000_000;
        let told = |times: &[i64]| {
            let (period, timeless) = tally(times).period();
            (period.map(|(first, last)| (first.0, last.0)), timeless)
        };
        assert_eq!(told(&[clock, 0, clock + 1, 0]), (Some((clock, clock + 1)), 2));
        assert_eq!(told(&[0, 20_000_000]), (Some((0, 20_000_000)), 0), "counted from the first packet");
        assert_eq!(told(&[0, 0]), (Some((0, 0)), 0), "the times were removed");
        assert_eq!(told(&[clock, i64::MIN]), (Some((clock, clock)), 1));
    }
}
