//! Takes the blocks of several interfaces as they come, gives their packets in the order of their time stamps, so that
//! one that passes two of them comes first where it passed first.
//!
//! A packet is handed on once every other interface has a later one, and at the latest when its block has been here for
//! [`WAIT`]: by then all that was captured before it has come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::pcapng_blocks::{Next, next};

/// More than the time by which one interface can be behind another: what the kernel and the thread of an interface hold
/// back at most, and some.
pub(super) const WAIT: Duration = Duration::from_millis(150);
/// Bytes that may wait.
const MOST: usize = 64 << 20;
/// What is handed on at a time.
const HANDED_ON: usize = 1 << 20;

/// What has come and not been handed on.
#[derive(Debug)]
pub(super) struct Confluence {
    lanes: Vec<Lane>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Lane {
    blocks: VecDeque<Came>,
    /// Time of the packet handed on last.
    latest: u64,
}

#[derive(Debug)]
struct Came {
    bytes: Vec<u8>,
    at: usize,
    when: Instant,
}

impl Lane {
    /// The next record and when it is due; what is no packet goes with the one before it.
    fn next(&self) -> Option<(u64, Next)> {
        let came = self.blocks.front()?;
        let record = next(came.bytes.get(came.at..)?)?;
        Some((record.time.map_or(self.latest, |time| time.max(self.latest)), record))
    }
}

impl Confluence {
    /// For so many interfaces.
    pub(super) fn new(interfaces: usize) -> Self {
        Self { lanes: (0..interfaces).map(|_| Lane::default()).collect(), bytes: 0 }
    }

    /// Takes a block of whole records that came from an interface at this moment.
    pub(super) fn push(&mut self, interface: usize, bytes: Vec<u8>, now: Instant) {
        if let Some(lane) = self.lanes.get_mut(interface).filter(|_| !bytes.is_empty()) {
            self.bytes += bytes.len();
            lane.blocks.push_back(Came { bytes, at: 0, when: now });
        }
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.bytes < MOST
    }

    /// When something must be handed on.
    pub(super) fn due(&self) -> Option<Instant> {
        let fronts = self.lanes.iter().filter_map(|lane| lane.blocks.front());
        fronts.map(|came| came.when + WAIT).min()
    }

    /// What can be handed on at this moment: whole records, nothing if none can.
    pub(super) fn ready(&mut self, now: Instant) -> Vec<u8> {
        self.take(|all| {
            all.lanes.iter().all(|lane| !lane.blocks.is_empty())
                || !all.has_room()
                || all.due().is_some_and(|due| due <= now)
        })
    }

    /// What is left, when nothing comes any more; call it until there is nothing.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        self.take(|_| true)
    }

    fn take(&mut self, may_go: impl Fn(&Self) -> bool) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < HANDED_ON && may_go(self) {
            let heads = self.lanes.iter().enumerate();
            let heads = heads.filter_map(|(at, lane)| lane.next().map(|(time, record)| (time, at, record)));
            let Some((time, at, record)) = heads.min_by_key(|(time, at, _)| (*time, *at)) else { break };
            let Some(lane) = self.lanes.get_mut(at) else { break };
            lane.latest = time;
            let Some(came) = lane.blocks.front_mut() else { break };
            let end = came.at + record.length;
            out.extend_from_slice(came.bytes.get(came.at..end).unwrap_or_default());
            came.at = end;
            if end >= came.bytes.len() {
                self.bytes -= came.bytes.len();
                lane.blocks.pop_front();
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::pcapng_blocks as block;
    use super::*;

    fn block(interface: u32, times: &[u64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        times.iter().for_each(|time| block::packet(&mut bytes, interface, *time, 60, &[7; 60]));
        block::drops(&mut bytes, interface, 0);
        bytes
    }

    /// Times of packets, and 0 for what is none.
    fn times(bytes: &[u8]) -> Vec<u64> {
        let mut rest = bytes;
        let mut times = Vec::new();
        while let Some(record) = next(rest) {
            times.push(record.time.unwrap_or(0));
            rest = &rest[record.length..];
        }
        assert!(rest.is_empty(), "half a record");
        times
    }

    #[test]
    fn packets_of_two_interfaces_come_in_the_order_of_their_times() {
        let now = Instant::now();
        let mut all = Confluence::new(2);
        all.push(0, block(0, &[10, 30, 50]), now);
        assert!(all.ready(now).is_empty(), "the other one may have something earlier");
        all.push(1, block(1, &[11, 31, 51]), now);
        assert_eq!(times(&all.ready(now)), [10, 11, 30, 31, 50, 0]);
        assert_eq!(all.due(), Some(now + WAIT));
        assert_eq!(times(&all.ready(now + WAIT)), [51, 0]);
        assert_eq!((all.due(), all.bytes), (None, 0));
    }

    #[test]
    fn nothing_waits_longer_than_the_other_interface_can_be_behind() {
        let now = Instant::now();
        let mut all = Confluence::new(2);
        all.push(0, block(0, &[10]), now);
        all.push(0, block(0, &[20]), now + WAIT / 2);
        assert!(all.ready(now + WAIT / 2).is_empty());
        assert_eq!(times(&all.ready(now + WAIT)), [10, 0], "the second has time yet");
        assert_eq!(times(&all.rest()), [20, 0]);
    }

    #[test]
    fn an_idle_interface_holds_nothing_up_for_long_and_one_that_floods_is_bounded() {
        let now = Instant::now();
        let mut all = Confluence::new(2);
        all.push(1, block(1, &[]), now);
        all.push(0, block(0, &[10]), now);
        assert_eq!(times(&all.ready(now)), [0], "what is no packet waits for nobody");
        let mut count = 0;
        while all.has_room() {
            all.push(0, vec_of(1 << 20), now);
            count += 1;
        }
        assert!(count < 70 && !all.ready(now).is_empty() && all.has_room());
    }

    fn vec_of(bytes: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < bytes {
            block::packet(&mut out, 0, 10, 1500, &[0; 1500]);
        }
        out
    }
}
