//! Takes the streams of a capture; says where its clock was set forward: all voice that went on then has the same leap.

use super::media::Moment;
use super::traffic::{Stream, Traffic};
use crate::capture::{Frame, Timestamp};

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
    /// Marks the calls during which the clock of the capture was set, in whichever direction. Where records are only out of order
    /// none was.
    pub(super) fn with_calls_across_clock(mut self) -> Self {
        let quality = &self.quality;
        let is_set_back = quality.stray.is_none() && quality.clock_forth_max < quality.clock_back_max / 2;
        let steps = if is_set_back { quality.clock_back_frames.clone() } else { Vec::new() };
        let forward = self.clock_forward().filter(|_| self.quality.clock_back == 0);
        for call in &mut self.calls {
            let (from, since) = call.answered.unwrap_or(call.start);
            let is_back = steps.iter().any(|step| {
                let is_before_end = |end: Frame| end.file() != step.file() || *step <= end;
                step.file() == from.file()
                    && *step > from
                    && call.end.is_none_or(|(end, _)| is_before_end(end))
            });
            let until = call.end.map_or(Timestamp(i64::MAX), |(_, end)| end);
            call.is_across_clock = is_back || forward.is_some_and(|forward| forward.is_within(since, until));
        }
        self
    }

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
    use super::super::{Call, Direction, Flow, Sent};
    use super::*;

    /// A stream that leaps by so much (ms) behind its packet at 1 s.
    fn leaping(from: &str, to: &str, by: i64) -> Stream {
        let mut stream = stream(from, to, &[(46, 100)]);
        let next = Moment { frame: frame(7), time: at(1_020 + by) };
        stream.report.timing.leap = Some(Leap::of(at(1_000), next, by * 1_000_000));
        stream
    }

    #[test]
    fn nobody_knows_how_long_a_call_was_during_which_the_clock_was_set() {
        use super::super::Quality;
        use super::super::fixture::call;
        let length = |step: u64, back: i64, forth: i64| {
            let answered = Some((frame(10), at(0)));
            let call = Call {
                answered,
                end: Some((frame(90), at(8_000))),
                ..call("192.168.10.21:5060", "192.168.10.2:5060")
            };
            let quality = Quality {
                clock_back: 1,
                clock_back_frames: vec![frame(step)],
                clock_back_max: back,
                clock_forth_max: forth,
                ..Quality::default()
            };
            let traffic = Traffic { calls: vec![call], quality, ..Traffic::default() };
            traffic.with_calls_across_clock().calls[0].length()
        };
        let whole = Some(8_000_000_000);
        assert_eq!(length(50, 2_000_000_000, 0), None);
        assert_eq!(
            (length(5, 2_000_000_000, 0), length(91, 2_000_000_000, 0)),
            (whole, whole),
            "before or behind"
        );
        assert_eq!(length(50, 2_000_000_000, 2_000_000_000), whole, "records out of order");
    }

    #[test]
    fn a_leap_forth_during_a_call_hides_its_length() {
        use super::super::fixture::call;
        let (one, other) = ("192.168.10.21:10000", "192.168.10.2:5204");
        let length = |answered: i64| {
            let call = Call {
                answered: Some((frame(2), at(answered))),
                end: Some((frame(90), at(300_000))),
                ..call("192.168.10.21:5060", "192.168.10.2:5060")
            };
            let streams = vec![leaping(one, other, 200_000), leaping(other, one, 200_000)];
            let traffic = Traffic { calls: vec![call], streams, ..Traffic::default() };
            traffic.with_calls_across_clock().calls[0].length()
        };
        assert_eq!(length(500), None);
        assert_eq!(length(250_000), Some(50_000_000_000));
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
