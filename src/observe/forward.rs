//! Takes the streams of a capture; says where its clock was set forward: all voice that went on then has the same leap.

use super::media::Moment;
use super::traffic::{Stream, Traffic};
use crate::capture::Timestamp;

/// The leaps of two streams differ by so much (ns) at most: by when their next packets came.
const ALIKE_NS: i64 = 100_000_000;
/// So many leaps are looked at.
const LEAPS: usize = 256;
/// And their packets behind it lie so close together (ns).
const TOGETHER_NS: i64 = 500_000_000;

/// The clock of the capture was set forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The latest packet of voice before.
    pub began: Timestamp,
    /// The first packet of voice behind.
    pub at: Moment,
    /// By how much, in ns.
    pub length: i64,
}

impl Forward {
    /// Whether it lies between two times, so that the span between them is none.
    #[must_use]
    pub fn is_within(&self, from: Timestamp, until: Timestamp) -> bool {
        from < self.at.time && until > self.began
    }
}

impl Traffic {
    /// Where the clock was set forward, by the first two streams of different hosts that leapt together. One alone may have
    /// paused with all it sends; and where anything else was captured meanwhile, time went on.
    #[must_use]
    pub fn clock_forward(&self) -> Option<Forward> {
        let leap_of = |stream: &Stream| Some((stream.source.ip(), stream.report.timing.leap?));
        let leaps: Vec<_> = self.streams.iter().filter_map(leap_of).take(LEAPS).collect();
        let together = leaps.iter().filter_map(|(sender, leap)| {
            let alike = leaps.iter().filter(|(other, second)| {
                other != sender
                    && second.length.saturating_sub(leap.length).saturating_abs() <= ALIKE_NS
                    && second.at.time.since(leap.at.time).saturating_abs() <= TOGETHER_NS
            });
            let others: Vec<_> = alike.map(|(_, second)| second).collect();
            let began = others.iter().map(|leap| leap.began).max()?.max(leap.began);
            let at = others.iter().map(|leap| leap.at).chain([leap.at]).min_by_key(|at| at.time)?;
            Some(Forward { began, at, length: leap.length })
        });
        let is_filled = |forward: &Forward| {
            let ends = self.flows.iter().flat_map(|flow| [&flow.from_a, &flow.from_b]);
            let times = ends.flat_map(|side| [side.first, side.last]).flatten().map(|(_, time)| time);
            let (from, until) = (forward.began.plus(ALIKE_NS), forward.at.time.plus(-ALIKE_NS));
            times.into_iter().any(|time| time > from && time < until)
        };
        together.filter(|forward| !is_filled(forward)).min_by_key(|forward| forward.at.time)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, sent, stream, udp};
    use super::super::media::timing::Leap;
    use super::super::{Direction, Flow, Sent};
    use super::*;

    /// A stream that leaps by so much (ms) behind its packet at 1 s.
    fn leaping(from: &str, to: &str, by: i64) -> Stream {
        let mut stream = stream(from, to, &[(46, 100)]);
        let next = Moment { frame: frame(7), time: at(1_020 + by) };
        stream.report.timing.leap = Some(Leap::of(at(1_000), next, by * 1_000_000));
        stream
    }

    #[test]
    fn streams_that_leap_together_show_that_the_clock_was_set() {
        let (one, other) = ("192.168.10.21:10000", "192.168.10.2:5204");
        let forward =
            |streams: Vec<Stream>, flows| Traffic { streams, flows, ..Traffic::default() }.clock_forward();
        let both = |by| vec![leaping(one, other, 200_000), leaping(other, one, by)];
        let found = forward(both(200_050), Vec::new()).unwrap();
        assert_eq!((found.began, found.length), (at(1_000), 200_000_000_000));
        assert!(found.is_within(at(0), at(300_000)) && !found.is_within(at(0), at(900)));
        assert_eq!(forward(both(150_000), Vec::new()), None, "each by another length");
        assert_eq!(forward(both(200_000)[..1].to_vec(), Vec::new()), None, "one may have paused");
        let of_one_host = vec![leaping(one, other, 200_000), leaping("192.168.10.21:10002", other, 200_000)];
        assert_eq!(forward(of_one_host, Vec::new()), None, "it may have stood still");
        let meanwhile = Some((frame(5), at(100_000)));
        let side = Sent::from(Direction { first: meanwhile, last: meanwhile, ..Direction::clone(&sent(1)) });
        let busy = vec![Flow { from_a: side, ..udp("192.168.10.9:123", "192.168.10.1:123") }];
        assert_eq!(forward(both(200_000), busy), None, "time went on meanwhile");
    }
}
