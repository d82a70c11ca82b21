//! Takes the traces of two measuring points of the same traffic; gives what changed between them: marks, tags,
//! addresses, SIP headers, what got lost, and how far apart their clocks are. No words.
//!
//! ```text
//! Trace ──► pairs of streams ──► clock ──► pairs of messages ──► Points
//!  a point    SSRC, numbers      medians    Call-ID, CSeq         what changed
//! ```

mod clock;
mod drift;
mod message;
mod sip;
mod streams;
mod tcp;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::capture::{Frame, Timestamp};
use crate::decode::VlanTag;

pub use clock::{Clock, Differences};
pub use drift::Drift;
pub use message::Field;
pub use trace::{Look, Sightings, Trace};

/// Kinds of change of one sort that are told apart; the packets of further kinds count as changed all the same.
const KINDS_KEPT: usize = 1_000;

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// From the first point to the second.
    Forth,
    /// From the second to the first.
    Back,
    /// No router between the points tells.
    Unknown,
}

/// What two points show of the same traffic. Pairs are of the first and the second point, wherever it goes.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// First and last record of each.
    pub spans: [Option<(Timestamp, Timestamp)>; 2],
    /// How far apart the clocks are.
    pub clock: Clock,
    /// Streams that both saw, in the order of the first point.
    pub streams: Vec<StreamPair>,
    /// Streams that only one saw while the other was recording.
    pub alone: Vec<StreamAlone>,
    /// SIP messages.
    pub sip: SipPoints,
    /// Where the same packets have other addresses or ports, by those of the first point.
    pub mappings: Vec<Mapping>,
    /// Packets and messages of ends that were left out of `mappings`.
    pub mappings_left_out: u64,
    /// What each point's limits left out, and SIP that could not be read whole.
    pub left_out: [u64; 2],
}

impl Points {
    /// Whether anything was seen at both.
    #[must_use]
    pub fn is_matched(&self) -> bool {
        !self.streams.is_empty() || self.sip.matched > 0
    }

    /// Whether something got lost or was altered on the way, addresses and tags aside.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let altered = |dscp: &Kinds<u8>| dscp.changed() > 0;
        let lost = |one: &StreamPair| one.lost().unwrap_or(one.only.iter().sum()) > 0;
        let is_later = |one: &MessageAlone| matches!((one.way, one.point), (Way::Forth, 1) | (Way::Back, 0));
        self.streams.iter().any(|one| lost(one) || altered(&one.dscp))
            || self.alone.iter().any(|one| one.is_call_known)
            || altered(&self.sip.dscp)
            || self.sip.lost.iter().any(|one| !is_later(one))
            || self.sip.rewrites.iter().any(|one| one.field != Field::Hops)
    }
}

/// How often each pair of values occurs, at the first and at the second point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds<T: Ord> {
    /// Packets by pair.
    pub pairs: BTreeMap<(T, T), u64>,
    /// Packets of further kinds that are not the same at both.
    pub others_changed: u64,
}

impl<T: Ord + Copy> Kinds<T> {
    fn add(&mut self, first: T, second: T) {
        if self.pairs.contains_key(&(first, second)) || self.pairs.len() < KINDS_KEPT {
            *self.pairs.entry((first, second)).or_default() += 1;
        } else if first != second {
            self.others_changed += 1;
        }
    }

    /// Packets that are not the same at both.
    #[must_use]
    pub fn changed(&self) -> u64 {
        let kept = self.pairs.iter().filter(|((first, second), _)| first != second);
        kept.map(|(_, count)| count).sum::<u64>() + self.others_changed
    }
}

/// A stream that both points saw.
#[derive(Clone, Debug)]
pub struct StreamPair {
    /// Synchronisation source.
    pub ssrc: u32,
    /// Sender at each point.
    pub source: [SocketAddr; 2],
    /// Receiver at each point.
    pub destination: [SocketAddr; 2],
    /// Call-IDs that announced it at either point.
    pub calls: Vec<Box<str>>,
    /// Which way it goes.
    pub way: Way,
    /// Packets that both saw.
    pub matched: u64,
    /// Packets that only this point saw while the other was recording.
    pub only: [u64; 2],
    /// DSCP.
    pub dscp: Kinds<u8>,
    /// VLAN tags.
    pub vlan: Kinds<Option<VlanTag>>,
    /// Time at the second point less that at the first.
    pub differences: Differences,
}

impl StreamPair {
    /// Packets that got lost between the points, if it is known which way they went.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        self.at(self.way, false)
    }

    /// Packets that only the later point saw: the capture of the earlier one lacks them.
    #[must_use]
    pub fn missed(&self) -> Option<u64> {
        self.at(self.way, true)
    }

    fn at(&self, way: Way, later: bool) -> Option<u64> {
        let [first, second] = self.only;
        match (way, later) {
            (Way::Forth, false) | (Way::Back, true) => Some(first),
            (Way::Back, false) | (Way::Forth, true) => Some(second),
            (Way::Unknown, _) => None,
        }
    }
}

/// A stream that only one point saw.
#[derive(Clone, Debug)]
pub struct StreamAlone {
    /// 0 or 1.
    pub point: usize,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Sender.
    pub source: SocketAddr,
    /// Receiver.
    pub destination: SocketAddr,
    /// Packets while the other point was recording.
    pub packets: u64,
    /// The other point saw SIP of its call, and records what its sender sends: its voice should have come by there too.
    pub is_call_known: bool,
}

/// What became of SIP.
#[derive(Clone, Debug, Default)]
pub struct SipPoints {
    /// Messages that both saw.
    pub matched: u64,
    /// Messages that only one saw, between hosts whose other messages both saw, while the other was recording.
    pub lost: Vec<MessageAlone>,
    /// Messages that only one saw, between hosts that only it saw.
    pub elsewhere: [u64; 2],
    /// Messages that only one saw, of a direction between two hosts that the other one does not record at all.
    pub one_sided: [u64; 2],
    /// Messages that only one saw, while the other one may not have been recording.
    pub beyond: [u64; 2],
    /// DSCP.
    pub dscp: Kinds<u8>,
    /// VLAN tags.
    pub vlan: Kinds<Option<VlanTag>>,
    /// What is not the same at both, by field, then values.
    pub rewrites: Vec<Rewrite>,
    /// Rewritten values of further kinds.
    pub rewrites_left_out: u64,
}

/// A message that only one point saw.
#[derive(Clone, Debug)]
pub struct MessageAlone {
    /// 0 or 1.
    pub point: usize,
    /// Which way it went.
    pub way: Way,
    /// `INVITE`, or `200 INVITE`.
    pub label: String,
    /// Call-ID.
    pub call_id: Box<str>,
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// Where it stands.
    pub frame: Frame,
}

/// A value that is another at the other point.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// Where it stands.
    pub field: Field,
    /// At the first and at the second point; empty where it is not there.
    pub values: [Box<str>; 2],
    /// Messages.
    pub count: u64,
    /// The first of them, at each point.
    pub frames: [Frame; 2],
}

/// One end as each point sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// At the first and at the second point.
    pub ends: [SocketAddr; 2],
    /// Packets and messages.
    pub packets: u64,
}

/// Compares what two points saw.
#[must_use]
pub fn points(first: &Trace, second: &Trace) -> Points {
    let traces = [first, second];
    let pairs = streams::pair(first, second);
    let mut samples = clock::Samples::default();
    for pair in &pairs {
        samples.extend(pair.way(), pair.differences());
    }
    let singles = sip::singles(first, second);
    if samples.is_empty() {
        for (way, time, difference) in &singles {
            samples.extend(*way, std::iter::once((*time, *difference)));
        }
    }
    let clock = samples.clock();
    let windows = clock::windows(traces.map(|trace| trace.span), clock.rough());
    let mut mappings = Mappings::default();
    let (streams, alone) = streams::judge(&pairs, traces, &windows, &mut mappings);
    let sip = sip::judge(first, second, clock.rough(), &windows, &mut mappings);
    Points {
        spans: traces.map(|trace| trace.span),
        clock,
        streams,
        alone,
        sip,
        mappings_left_out: mappings.left_out,
        mappings: mappings.finish(),
        left_out: traces.map(|trace| trace.left_out),
    }
}

/// Ends that are others at the other point, bounded.
#[derive(Debug, Default)]
struct Mappings {
    kept: BTreeMap<(SocketAddr, SocketAddr), u64>,
    left_out: u64,
}

impl Mappings {
    fn add(&mut self, first: SocketAddr, second: SocketAddr, packets: u64) {
        if first == second {
            return;
        }
        if self.kept.contains_key(&(first, second)) || self.kept.len() < KINDS_KEPT {
            *self.kept.entry((first, second)).or_default() += packets;
        } else {
            self.left_out += packets;
        }
    }

    fn finish(self) -> Vec<Mapping> {
        self.kept.into_iter().map(|((a, b), packets)| Mapping { ends: [a, b], packets }).collect()
    }
}

/// Which way a packet went: routers on the way lower its time to live.
fn way(first: Look, second: Look) -> i64 {
    (i64::from(first.ttl) - i64::from(second.ttl)).signum()
}

fn way_of(sum: i64) -> Way {
    match sum {
        1.. => Way::Forth,
        0 => Way::Unknown,
        _ => Way::Back,
    }
}
