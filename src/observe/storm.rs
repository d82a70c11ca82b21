//! Takes the same question of ARP as it comes again and again; gives the longest time in which it came as fast as no device asks.
//! Knows neither who the hosts are nor whether anybody answered.

use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};

/// What comes later (ns) is asked anew.
const WITHIN: i64 = 100_000_000;
/// Less may be a device that asks for each packet of voice.
const LEAST: u64 = 1_000;
const LEAST_PER_SECOND: u64 = 500;

/// One question of ARP that is sent over and over: frames go round a loop of the network, or a device is out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storm {
    /// Who asks.
    pub asker: IpAddr,
    /// Whom it seeks.
    pub target: IpAddr,
    /// Questions.
    pub requests: u64,
    /// The first and the last.
    pub span: (Timestamp, Timestamp),
    /// Frame of the first.
    pub first: Frame,
}

/// A question while the capture runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rush {
    now: Burst,
    longest: Burst,
}

#[derive(Clone, Copy, Debug)]
struct Burst {
    count: u64,
    span: (Timestamp, Timestamp),
    first: Frame,
}

impl Rush {
    /// It is asked for the first time.
    pub(super) fn of(frame: Frame, time: Timestamp) -> Self {
        let one = Burst { count: 1, span: (time, time), first: frame };
        Self { now: one, longest: one }
    }

    /// It is asked again.
    pub(super) fn note(&mut self, frame: Frame, time: Timestamp) {
        let passed = time.since(self.now.span.1);
        if time.is_known() && passed.saturating_abs() < WITHIN {
            self.now.count += 1;
            self.now.span.1 = self.now.span.1.max(time);
        } else {
            self.now = Burst { count: 1, span: (time, time), first: frame };
        }
        if self.now.count > self.longest.count {
            self.longest = self.now;
        }
    }

    /// Whether no device asks so.
    pub(super) fn storm(&self, asker: IpAddr, target: IpAddr) -> Option<Storm> {
        let Burst { count, span, first } = self.longest;
        let length = span.1.since(span.0);
        let is_fast = i128::from(count) * 1_000_000_000 >= i128::from(length) * i128::from(LEAST_PER_SECOND);
        let is_known = span.0.is_known() && length > 0;
        (count >= LEAST && is_fast && is_known).then_some(Storm {
            asker,
            target,
            requests: count,
            span,
            first,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, ip};
    use super::*;

    /// Questions by so many ms between them, as often, and once more a minute later.
    fn told(pace: i64, count: i64) -> Option<(u64, (Timestamp, Timestamp))> {
        let mut rush = Rush::of(frame(1), at(0));
        (1..count).for_each(|nth| rush.note(frame(2), at(nth * pace)));
        rush.note(frame(9), at(count * pace + 60_000));
        rush.storm(ip("192.168.10.50"), ip("192.168.10.99")).map(|storm| (storm.requests, storm.span))
    }

    #[test]
    fn nobody_asks_a_thousand_times_within_two_seconds() {
        assert_eq!(told(1, 6_000), Some((6_000, (at(0), at(5_999)))));
        assert_eq!(told(2, 1_000), Some((1_000, (at(0), at(1_998)))));
        assert_eq!(told(1, 900), None, "a moment");
        assert_eq!(told(10, 6_000), None, "for each packet of voice");
        assert_eq!(told(1_000, 6_000), None, "in vain, once a second");
    }
}
