//! Takes the streams of a capture; says when the capture itself stood still: all voice that went on then lacks the same time,
//! and nothing else was captured meanwhile.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::media::Gap;
use super::traffic::{Stream, Traffic};
use crate::capture::{Frame, Timestamp};

/// How far (ns) the edges of interruptions may lie apart that are one: the longest packet times in use.
const TOGETHER: i64 = 120_000_000;
/// Between two hosts the line may have been down.
const LEAST_HOSTS: usize = 3;
/// Interruptions that are looked at, and lapses that are kept.
const LOOKED_AT: usize = 64;

/// A time of which the capture holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The latest packet of voice before.
    pub began: Timestamp,
    /// The first packet of voice behind.
    pub ended: Timestamp,
    /// Its frame.
    pub frame: Frame,
    /// The host that is an end of all voice then, if there is one: its line may have been down instead.
    pub common: Option<IpAddr>,
}

impl Lapse {
    /// Whether an interruption of a stream that began then is this one.
    #[must_use]
    pub fn holds(&self, began: Timestamp) -> bool {
        began.since(self.began).saturating_abs() <= TOGETHER
    }

    /// How long it took, in ns.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.ended.since(self.began)
    }
}

impl Traffic {
    /// When the capture stood still, in order.
    #[must_use]
    pub fn lapses(&self) -> Vec<Lapse> {
        let mut lapses: Vec<Lapse> = Vec::new();
        let gaps = self.streams.iter().flat_map(|stream| &stream.report.outages).take(LOOKED_AT);
        for gap in gaps {
            if !lapses.iter().any(|known| known.holds(gap.began))
                && let Some(lapse) = self.lapse(gap)
            {
                lapses.push(lapse);
            }
        }
        lapses.sort_by_key(|lapse| lapse.began);
        lapses
    }

    fn lapse(&self, gap: &Gap) -> Option<Lapse> {
        let (from, until) = (gap.began.plus(TOGETHER), gap.at.time.plus(-TOGETHER));
        let mut lapse = Lapse { began: gap.began, ended: gap.at.time, frame: gap.at.frame, common: None };
        let mut hosts: BTreeSet<IpAddr> = BTreeSet::new();
        let mut common: Option<BTreeSet<IpAddr>> = None;
        let runs = |stream: &&Stream| stream.report.first.time < until && stream.report.last.time > from;
        for stream in self.streams.iter().filter(runs) {
            let same = stream.report.outages.iter().find(|other| is_same(gap, other))?;
            lapse.began = lapse.began.max(same.began);
            if same.at.time < lapse.ended {
                (lapse.ended, lapse.frame) = (same.at.time, same.at.frame);
            }
            let ends = BTreeSet::from([stream.source.ip(), stream.destination.ip()]);
            hosts.extend(&ends);
            common = Some(match common {
                Some(known) => known.intersection(&ends).copied().collect(),
                None => ends,
            });
        }
        lapse.common = common.filter(|hosts| hosts.len() == 1).and_then(|hosts| hosts.first().copied());
        if hosts.len() < LEAST_HOSTS {
            return None;
        }
        let sides = self.flows.iter().flat_map(|flow| [&flow.from_a, &flow.from_b]);
        let mut times = sides.flat_map(|side| [side.first, side.last]).flatten().map(|(_, time)| time);
        let is_filled = times.any(|time| time > from && time < until);
        (!is_filled).then_some(lapse)
    }
}

/// Whether two interruptions began and ended together.
fn is_same(one: &Gap, other: &Gap) -> bool {
    let is_near = |x: Timestamp, y: Timestamp| x.since(y).saturating_abs() <= TOGETHER;
    is_near(one.began, other.began) && is_near(one.at.time, other.at.time)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, ip, sent, stream, udp};
    use super::super::media::Moment;
    use super::super::{Direction, Flow, Sent};
    use super::*;

    /// A stream of 16 s that lacks the time between two moments (ms).
    fn interrupted(from: &str, to: &str, gap: [i64; 2]) -> Stream {
        let mut stream = stream(from, to, &[(46, 450)]);
        stream.report.last.time = at(16_000);
        let back = Moment { frame: frame(7), time: at(gap[1]) };
        stream.report.outages = vec![Gap { began: at(gap[0]), at: back, missing: 150 }];
        stream
    }

    #[test]
    fn all_voice_that_stops_and_goes_on_together_shows_that_the_capture_stood_still() {
        let (one, pbx, other) = ("192.168.10.21:10000", "192.168.10.2:5204", "192.168.10.22:10000");
        let both = |gap| vec![interrupted(one, pbx, [7_000, 10_000]), interrupted(other, pbx, gap)];
        let told = |streams: Vec<Stream>, flows| Traffic { streams, flows, ..Traffic::default() }.lapses();
        let [lapse] = told(both([7_010, 9_990]), Vec::new())[..] else { panic!("one lapse") };
        assert_eq!((lapse.began, lapse.ended), (at(7_010), at(9_990)));
        assert_eq!(lapse.common, Some(ip("192.168.10.2")));
        assert!(lapse.holds(at(7_000)) && !lapse.holds(at(8_000)));
        assert!(told(both([7_500, 9_990]), Vec::new()).is_empty(), "one of them went on for longer");
        let alone = vec![interrupted(one, pbx, [7_000, 10_000]), interrupted(pbx, one, [7_000, 10_000])];
        assert!(told(alone, Vec::new()).is_empty(), "two hosts: their line may have been down");
        let mut third = both([7_010, 9_990]);
        third.push({
            let mut going_on = stream("192.168.10.23:10000", pbx, &[(46, 600)]);
            going_on.report.last.time = at(16_000);
            going_on
        });
        assert!(told(third, Vec::new()).is_empty(), "other voice went on");
        let meanwhile = Some((frame(5), at(8_000)));
        let side = Sent::from(Direction { first: meanwhile, last: meanwhile, ..Direction::clone(&sent(1)) });
        let busy = vec![Flow { from_a: side, ..udp("192.168.10.9:123", "192.168.10.1:123") }];
        assert!(told(both([7_010, 9_990]), busy).is_empty(), "something was captured meanwhile");
    }
}
