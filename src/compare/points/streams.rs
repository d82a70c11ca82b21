//! Media at two points: which streams are the same, and what became of their packets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::capture::Timestamp;

use super::clock::Windows;
use super::trace::{Seen, StreamTrace};
use super::{Differences, Kinds, Mappings, StreamAlone, StreamPair, Trace, Way, way, way_of};

/// Streams of one source that are tried against each other at one point.
const TRIED: usize = 16;

/// The same stream at both points.
pub(super) struct Pair<'a> {
    streams: [&'a StreamTrace; 2],
    places: [usize; 2],
}

/// Streams of the same source that have packets in common; those with most in common first, each once.
pub(super) fn pair<'a>(first: &'a Trace, second: &'a Trace) -> Vec<Pair<'a>> {
    let mut by_source: BTreeMap<u32, [Vec<usize>; 2]> = BTreeMap::new();
    for (point, trace) in [first, second].into_iter().enumerate() {
        for (at, stream) in trace.streams.iter().enumerate() {
            let places = by_source.entry(stream.ssrc).or_default();
            if let Some(places) = places.get_mut(point).filter(|places| places.len() < TRIED) {
                places.push(at);
            }
        }
    }
    let mut pairs = Vec::new();
    for [ours, theirs] in by_source.into_values() {
        let mut tried = Vec::new();
        for &one in &ours {
            for &other in &theirs {
                let (Some(a), Some(b)) = (first.streams.get(one), second.streams.get(other)) else {
                    continue;
                };
                let pair = Pair { streams: [a, b], places: [one, other] };
                let common = pair.common().count();
                if common > 0 {
                    tried.push((common, pair));
                }
            }
        }
        tried.sort_by_key(|(common, pair)| (Reverse(*common), pair.places));
        let mut taken: [BTreeSet<usize>; 2] = Default::default();
        for (_, pair) in tried {
            let [a, b] = pair.places;
            if !taken[0].contains(&a) && !taken[1].contains(&b) {
                taken[0].insert(a);
                taken[1].insert(b);
                pairs.push(pair);
            }
        }
    }
    pairs.sort_by_key(|pair| pair.places);
    pairs
}

impl Pair<'_> {
    /// Every packet that at least one of the points saw, in order of keys.
    fn all(&self) -> impl Iterator<Item = (Option<Seen>, Option<Seen>)> {
        let [a, b] = self.streams.map(|stream| stream.packets.as_slice());
        let (mut i, mut j) = (0, 0);
        std::iter::from_fn(move || {
            let (one, other) = (a.get(i).copied(), b.get(j).copied());
            let found = match (one, other) {
                (Some(x), Some(y)) if x.key < y.key => (one, None),
                (Some(x), Some(y)) if x.key > y.key => (None, other),
                (None, None) => return None,
                both => both,
            };
            i += usize::from(found.0.is_some());
            j += usize::from(found.1.is_some());
            Some(found)
        })
    }

    fn common(&self) -> impl Iterator<Item = (Seen, Seen)> {
        self.all().filter_map(|(a, b)| a.zip(b))
    }

    pub(super) fn way(&self) -> Way {
        way_of(self.common().map(|(a, b)| way(a.look, b.look)).sum())
    }

    /// Time at the first point, and that at the second less it, in ns.
    pub(super) fn differences(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        self.common().map(|(a, b)| (a.time, b.time.since(a.time)))
    }

    fn judge(&self, windows: &Windows) -> StreamPair {
        let [a, b] = self.streams;
        let (mut dscp, mut vlan, mut matched) = (Kinds::default(), Kinds::default(), 0);
        let mut ranges: [Option<(Timestamp, Timestamp)>; 2] = [None, None];
        for (one, other) in self.common() {
            matched += 1;
            dscp.add(one.look.dscp, other.look.dscp);
            vlan.add(one.look.vlan, other.look.vlan);
            for (range, time) in ranges.iter_mut().zip([one.time, other.time]) {
                let (from, until) = range.unwrap_or((time, time));
                *range = Some((from.min(time), until.max(time)));
            }
        }
        // Between packets that both saw, or while the other was recording, both should have seen it.
        let expected = |point: usize, seen: Option<Seen>| {
            let Some(seen) = seen else { return false };
            let range = ranges.get(point).copied().flatten();
            let is_between = range.is_some_and(|(from, until)| (from..=until).contains(&seen.time));
            is_between || windows.holds(point, seen.time)
        };
        let mut only = [0; 2];
        for (one, other) in self.all().filter(|(one, other)| one.is_none() || other.is_none()) {
            only[0] += u64::from(expected(0, one));
            only[1] += u64::from(expected(1, other));
        }
        let calls: BTreeSet<&str> = a.calls.iter().chain(&b.calls).map(|call| &**call).collect();
        StreamPair {
            ssrc: a.ssrc,
            source: [a.source, b.source],
            destination: [a.destination, b.destination],
            calls: calls.into_iter().map(Into::into).collect(),
            way: self.way(),
            matched,
            only,
            dscp,
            vlan,
            differences: Differences::of(self.differences().map(|(_, difference)| difference).collect()),
        }
    }
}

/// Who sends anything at a point: a mirror port may deliver one direction alone.
fn senders(trace: Option<&Trace>) -> BTreeSet<IpAddr> {
    let messages = trace.into_iter().flat_map(|trace| &trace.messages).map(|message| message.from.ip());
    let streams = trace.into_iter().flat_map(|trace| &trace.streams);
    let streams = streams.filter(|stream| !stream.packets.is_empty());
    messages.chain(streams.map(|stream| stream.source.ip())).collect()
}

/// What became of the streams of each point.
pub(super) fn judge(
    pairs: &[Pair<'_>],
    traces: [&Trace; 2],
    windows: &Windows,
    mappings: &mut Mappings,
) -> (Vec<StreamPair>, Vec<StreamAlone>) {
    let found: Vec<StreamPair> = pairs.iter().map(|pair| pair.judge(windows)).collect();
    for pair in &found {
        for [first, second] in [pair.source, pair.destination] {
            mappings.add(first, second, pair.matched);
        }
    }
    let mut alone = Vec::new();
    for (point, trace) in traces.into_iter().enumerate() {
        let paired: BTreeSet<usize> =
            pairs.iter().filter_map(|pair| pair.places.get(point).copied()).collect();
        let other = traces.get(1 - point);
        let heard = senders(other.copied());
        // Whose voice is paired is known at the other point by its address there.
        let twins: BTreeMap<IpAddr, IpAddr> = found
            .iter()
            .filter_map(|pair| {
                Some((pair.destination.get(point)?.ip(), pair.destination.get(1 - point)?.ip()))
            })
            .collect();
        let is_hidden = |sender: IpAddr| twins.get(&sender).is_some_and(|twin| !heard.contains(twin));
        let calls: BTreeSet<&str> =
            other.iter().flat_map(|trace| &trace.messages).map(|message| &*message.key.call_id).collect();
        for (_, stream) in trace.streams.iter().enumerate().filter(|(at, _)| !paired.contains(at)) {
            let packets = stream.packets.iter().filter(|seen| windows.holds(point, seen.time)).count() as u64;
            if packets > 0 {
                alone.push(StreamAlone {
                    point,
                    ssrc: stream.ssrc,
                    source: stream.source,
                    destination: stream.destination,
                    packets,
                    is_call_known: stream.calls.iter().any(|call| calls.contains(&**call))
                        && !is_hidden(stream.source.ip()),
                });
            }
        }
    }
    (found, alone)
}
