//! SIP at two points: which messages are the same, what was rewritten in them, and which came no further.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};

use super::clock::Windows;
use super::message::{Field, Key, Message};
use super::{KINDS_KEPT, Kinds, Mappings, MessageAlone, Rewrite, SipPoints, Trace, Way, way, way_of};

/// Sightings of one message at one point that are told apart; retransmissions end after eleven (RFC 3261 section 17).
const SIGHTINGS: usize = 64;
/// A second copy of the same message between the same hosts comes from the mirror port, and no sender repeats it so soon
/// (RFC 3261 section 17.1.1.1: T1 is 500 ms).
const ECHO: i64 = 100_000_000;
/// How much longer than usual the same message may be under way.
const LATE: i64 = 250_000_000;
/// How much longer the very same packet may be: nobody waits for it any more, timers B and F (RFC 3261 section 17.1).
const FORGOTTEN: i64 = 32_000_000_000;

type Group<'a> = [Vec<&'a Message>; 2];
type Ends = (SocketAddr, SocketAddr);
type Hosts = (IpAddr, IpAddr);

/// Directions, times at the first point and differences of messages that each point saw once.
pub(super) fn singles(first: &Trace, second: &Trace) -> Vec<(Way, Timestamp, i64)> {
    let once = |group: &Group<'_>| match group {
        [ours, theirs] => match (ours.as_slice(), theirs.as_slice()) {
            ([a], [b]) => Some((way_of(way(a.look, b.look)), a.time, b.time.since(a.time))),
            _ => None,
        },
    };
    groups(first, second).values().filter_map(once).collect()
}

/// What became of the messages. `offset`: how far the second clock is ahead, in ns.
pub(super) fn judge(
    first: &Trace,
    second: &Trace,
    offset: Option<i64>,
    windows: &Windows,
    mappings: &mut Mappings,
) -> SipPoints {
    let mut found = SipPoints { dscp: Kinds::default(), vlan: Kinds::default(), ..SipPoints::default() };
    let mut rewrites: BTreeMap<(Field, &str, &str), (u64, [Frame; 2])> = BTreeMap::new();
    let mut ways: [BTreeMap<Ends, i64>; 2] = Default::default();
    let mut sides = Sides::of([first, second]);
    let mut left: Vec<(usize, &Message)> = Vec::new();
    for group in groups(first, second).values() {
        let pairs = pairs(group, offset.unwrap_or_default());
        for &(a, b) in &pairs {
            let (one, other) = (group[0][a], group[1][b]);
            found.matched += 1;
            found.dscp.add(one.look.dscp, other.look.dscp);
            found.vlan.add(one.look.vlan, other.look.vlan);
            mappings.add(one.from, other.from, 1);
            mappings.add(one.to, other.to, 1);
            sides.note(one, other);
            for (ways, message) in ways.iter_mut().zip([one, other]) {
                *ways.entry((message.from, message.to)).or_default() += way(one.look, other.look);
            }
            for (field, values) in Field::ALL.into_iter().zip(one.values.iter().zip(&other.values)) {
                let (before, after) = values;
                let key = (field, &**before, &**after);
                if before == after {
                    continue;
                }
                if !rewrites.contains_key(&key) && rewrites.len() >= KINDS_KEPT {
                    found.rewrites_left_out += 1;
                    continue;
                }
                rewrites.entry(key).or_insert((0, [one.frame, other.frame])).0 += 1;
            }
        }
        for (point, sightings) in group.iter().enumerate() {
            let taken: BTreeSet<usize> = pairs.iter().map(|&(a, b)| if point == 0 { a } else { b }).collect();
            let alone = sightings.iter().enumerate().filter(|(at, _)| !taken.contains(at));
            left.extend(alone.map(|(_, message)| (point, *message)));
        }
    }
    left.retain(|(point, message)| {
        let holds = windows.holds(*point, message.time);
        found.beyond[*point] += u64::from(!holds);
        holds
    });
    left.sort_by_key(|(point, message)| (*point, message.frame));
    for (point, message) in left {
        let ends = (message.from, message.to);
        let ways = ways.get(point);
        let along = ways.and_then(|ways| ways.get(&ends)).copied();
        let against = ways.and_then(|ways| ways.get(&(ends.1, ends.0))).map(|sum| -sum);
        let Some(sum) = along.or(against) else {
            found.elsewhere[point] += 1;
            continue;
        };
        if along.is_none() && sides.is_hidden(point, ends) {
            found.one_sided[point] += 1;
            continue;
        }
        let Key { label, method, call_id, .. } = &message.key;
        found.lost.push(MessageAlone {
            point,
            way: way_of(sum),
            label: if label == method { label.to_string() } else { format!("{label} {method}") },
            call_id: call_id.clone(),
            from: message.from,
            to: message.to,
            frame: message.frame,
        });
    }
    found.rewrites = rewrites
        .into_iter()
        .map(|((field, before, after), (count, frames))| Rewrite {
            field,
            values: [before.into(), after.into()],
            count,
            frames,
        })
        .collect();
    found
}

/// Which directions each point records at all: a mirror port may deliver one alone.
struct Sides {
    seen: [BTreeSet<Hosts>; 2],
    /// Sender and receiver as a point has them, and as the other one does.
    twins: [BTreeMap<Hosts, Hosts>; 2],
}

impl Sides {
    fn of(traces: [&Trace; 2]) -> Self {
        let seen = traces.map(|trace| {
            let messages = trace.messages.iter().map(|message| hosts((message.from, message.to)));
            let streams = trace.streams.iter().filter(|stream| !stream.packets.is_empty());
            messages.chain(streams.map(|stream| hosts((stream.source, stream.destination)))).collect()
        });
        Self { seen, twins: Default::default() }
    }

    /// The same message at both points.
    fn note(&mut self, one: &Message, other: &Message) {
        let both = [one, other].map(|message| hosts((message.from, message.to)));
        let [ours, theirs] = &mut self.twins;
        for [one, other] in [both, both.map(|(from, to)| (to, from))] {
            ours.entry(one).or_insert(other);
            theirs.entry(other).or_insert(one);
        }
    }

    /// Whether the other point holds nothing that goes the way of what this one saw.
    fn is_hidden(&self, point: usize, ends: Ends) -> bool {
        let twin = self.twins.get(point).and_then(|twins| twins.get(&hosts(ends)));
        let other = self.seen.get(1 - point.min(1));
        twin.zip(other).is_some_and(|(twin, seen)| !seen.contains(twin))
    }
}

fn hosts((from, to): Ends) -> Hosts {
    (from.ip(), to.ip())
}

/// Messages by what makes them the same, copies of the mirror port left out.
fn groups<'a>(first: &'a Trace, second: &'a Trace) -> BTreeMap<Key, Group<'a>> {
    let aliases = aliases(first, second);
    let mut groups: BTreeMap<Key, Group<'_>> = BTreeMap::new();
    for (point, trace) in [first, second].into_iter().enumerate() {
        for message in &trace.messages {
            let alias = aliases.get(&*message.key.call_id).filter(|_| point == 1);
            let call_id = alias.map_or_else(|| message.key.call_id.clone(), |id| (*id).into());
            let sightings = &mut groups.entry(Key { call_id, ..message.key.clone() }).or_default()[point];
            let is_copy = sightings.iter().any(|seen| {
                (seen.from, seen.to) == (message.from, message.to)
                    && message.time.since(seen.time).abs() < ECHO
            });
            if !is_copy && sightings.len() < SIGHTINGS {
                sightings.push(message);
            }
        }
    }
    groups
}

/// Call-IDs of the second point with what they are at the first one, where something between writes another: those that only
/// one point has, of requests with the same branch, `CSeq` and tag in From, which each of them chose at random (RFC 3261 sections
/// 8.1.1.7 and 19.3).
fn aliases<'a>(first: &'a Trace, second: &'a Trace) -> BTreeMap<&'a str, &'a str> {
    let ids = |trace: &'a Trace| trace.messages.iter().map(|message| &*message.key.call_id).collect();
    let ids: [BTreeSet<&str>; 2] = [ids(first), ids(second)];
    let requests = |trace: &'a Trace, other: usize| {
        let mut requests: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for message in trace.messages.iter().filter(|message| message.key.label == message.key.method) {
            let is_known = ids[other].contains(&*message.key.call_id);
            if !is_known && !message.branch().is_empty() && !message.tag.is_empty() {
                let Key { number, method, call_id, .. } = &message.key;
                requests
                    .entry((message.branch(), &*message.tag, *number, &**method))
                    .or_default()
                    .insert(call_id);
            }
        }
        requests
    };
    let ours = requests(first, 1);
    let mut aliases = BTreeMap::new();
    for (key, theirs) in requests(second, 0) {
        let ours = ours.get(&key).filter(|ours| ours.len() == 1 && theirs.len() == 1);
        if let (Some(ours), Some(theirs)) = (ours.and_then(BTreeSet::first), theirs.first()) {
            aliases.entry(*theirs).or_insert(*ours);
        }
    }
    aliases
}

/// Which sightings of a message are the same: the very same packets first, then those with the same branch, then those closest in
/// time.
fn pairs(group: &Group<'_>, offset: i64) -> Vec<(usize, usize)> {
    let [ours, theirs] = group;
    if ours.len() == 1 && theirs.len() == 1 {
        return vec![(0, 0)];
    }
    let only = [ours, theirs].map(|sightings| only(sightings));
    let mut tried = Vec::new();
    for (a, one) in ours.iter().enumerate() {
        for (b, other) in theirs.iter().enumerate() {
            let apart = other.time.since(one.time).saturating_sub(offset).saturating_abs();
            let is_numbered = only.iter().all(|only| only.contains(&one.identification));
            let is_same = one.identification == other.identification && is_numbered;
            if apart < LATE || is_same && apart < FORGOTTEN {
                tried.push((!is_same, one.branch() != other.branch(), apart, a, b));
            }
        }
    }
    tried.sort_unstable();
    let (mut taken, mut pairs) = ([BTreeSet::new(), BTreeSet::new()], Vec::new());
    for (_, _, _, a, b) in tried {
        if !taken[0].contains(&a) && !taken[1].contains(&b) {
            taken[0].insert(a);
            taken[1].insert(b);
            pairs.push((a, b));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Identifications that one sighting alone has: some senders give each packet the same one.
fn only(sightings: &[&Message]) -> BTreeSet<u16> {
    let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
    for message in sightings.iter().filter(|message| message.identification != 0) {
        *counts.entry(message.identification).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count == 1).map(|(identification, _)| identification).collect()
}
