//! Takes streams that lose too much; gives those whose loss a receiver only passed on: it sends the voice to another one
//! under the same source number, and the same packets are missing there. It is told once, where it began. Knows neither calls
//! nor rules.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Frame;
use crate::observe::Stream;
use crate::observe::media::Gap;

/// So far (ns) a gap or an end may be off behind the relay.
pub(super) const RELAY_TIME: i64 = 200_000_000;
/// Share (percent) of the packets from which what the second leg lacks beyond the first is a fault of its own.
const OWN_PERCENT: u64 = 1;

/// Way and source number of a stream, and where it begins.
type Id = (SocketAddr, SocketAddr, u32, Frame);

fn id(stream: &Stream) -> Id {
    (stream.source, stream.destination, stream.report.ssrc, stream.report.first.frame)
}

/// Which streams lack what others lacked before.
#[derive(Debug, Default)]
pub(super) struct Relayed {
    passed_on: BTreeSet<Id>,
    /// Who gets what is left of a stream, by the one with which it began.
    receivers: BTreeMap<Id, BTreeSet<IpAddr>>,
}

impl Relayed {
    /// Of streams that lose too much.
    pub(super) fn of<'a>(lossy: impl Iterator<Item = &'a Stream>) -> Self {
        let mut to: BTreeMap<(IpAddr, u32), Vec<&Stream>> = BTreeMap::new();
        for stream in lossy {
            to.entry((stream.destination.ip(), stream.report.ssrc)).or_default().push(stream);
        }
        let before = |stream: &Stream| {
            let legs = to.get(&(stream.source.ip(), stream.report.ssrc));
            legs.into_iter().flatten().copied().find(|leg| is_passed_on(leg, stream))
        };
        let mut relayed = Self::default();
        for stream in to.values().flatten().copied() {
            let mut first = None;
            let mut seen = BTreeSet::from([id(stream)]);
            let mut leg = before(stream);
            while let Some(earlier) = leg.filter(|earlier| seen.insert(id(earlier))) {
                (first, leg) = (Some(earlier), before(earlier));
            }
            // Of a ring nobody is the first.
            if let Some(first) = first.filter(|_| leg.is_none()) {
                relayed.passed_on.insert(id(stream));
                relayed.receivers.entry(id(first)).or_default().insert(stream.destination.ip());
            }
        }
        relayed
    }

    /// Whether it lacks what was missing before.
    pub(super) fn is_passed_on(&self, stream: &Stream) -> bool {
        self.passed_on.contains(&id(stream))
    }

    /// Who else gets these streams as they are, in order.
    pub(super) fn receivers(&self, streams: &[&Stream]) -> Vec<IpAddr> {
        let receivers = streams.iter().filter_map(|stream| self.receivers.get(&id(stream))).flatten();
        receivers.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Whether the receiver of the first stream sends it on as the second, and what the second lacks is missing in the first.
fn is_passed_on(first: &Stream, second: &Stream) -> bool {
    let (one, other) = (&first.report.counts, &second.report.counts);
    let own = other.lost.saturating_sub(one.lost);
    first.destination.ip() == second.source.ip()
        && first.source.ip() != second.source.ip()
        && first.source.ip() != second.destination.ip()
        && first.report.ssrc == second.report.ssrc
        && own * 100 <= other.expected * OWN_PERCENT
        && lacks_the_same(first, second)
}

/// Whether the gaps that are kept of the second stream are those of the first.
fn lacks_the_same(first: &Stream, second: &Stream) -> bool {
    fn gaps(stream: &Stream) -> impl Iterator<Item = &Gap> {
        stream.report.gaps.iter().chain(&stream.report.outages)
    }
    let is_close = |gap: &Gap, other: &Gap| {
        gap.missing == other.missing && (-RELAY_TIME..=RELAY_TIME).contains(&other.at.time.since(gap.at.time))
    };
    // Behind the last one that is kept of the first stream nothing can be compared.
    let Some(until) = gaps(first).map(|gap| gap.at.time).max() else { return false };
    let mut comparable = gaps(second).filter(|gap| gap.at.time <= until).peekable();
    comparable.peek().is_some() && comparable.all(|gap| gaps(first).any(|other| is_close(other, gap)))
}
