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
    /// By interface. A list, because packets of several take turns.
    by_interface: Vec<u64>,
    drops: BTreeMap<u32, Drops>,
    /// The last running total of what came from an interface, whatever was done with it.
    received: BTreeMap<u32, u64>,
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
        if time.is_known() {
            self.span(time, time);
        } else {
            self.timeless += 1;
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

    /// Adds what was counted behind this stretch.
    pub(super) fn add(&mut self, later: &Self) {
        self.numbers += later.numbers;
        self.packets += later.packets;
        self.bytes = self.bytes.saturating_add(later.bytes);
        self.cut += later.cut;
        self.cut_to = self.cut_to.max(later.cut_to);
        self.timeless += later.timeless;
        if let Some((earliest, latest)) = later.times {
            self.span(earliest, latest);
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
    fn span(&mut self, from: Timestamp, to: Timestamp) {
        self.times = Some(match self.times {
            Some((earliest, latest)) => (earliest.min(from), latest.max(to)),
            None => (from, to),
        });
    }
}
