//! Takes the streams of a sender; gives which voice lacks the mark: the directions it is missing in, and what is no more than
//! a copy from behind the place where it is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::Case;
use super::super::finding::Detail;
use super::{LEAST_PACKETS, LEAST_PAIRS, Marking, UNMARKED_PERCENT};
use crate::observe::Stream;
use crate::observe::media::Seen;

/// Streams to LAN terminals that mark what they send back, though this direction lacks the mark.
pub(super) fn one_way<'a>(case: &Case<'a>, streams: &[&'a Stream], expected: u8) -> Vec<&'a Stream> {
    let mut by_peer: BTreeMap<IpAddr, Vec<&'a Stream>> = BTreeMap::new();
    for stream in streams {
        by_peer.entry(stream.destination.ip()).or_default().push(stream);
    }
    by_peer.retain(|_, streams| {
        let marking = Marking::of(streams, expected);
        marking.wrong > 0
            && marking.wrong * 100 >= marking.packets * UNMARKED_PERCENT
            && streams.iter().any(|stream| {
                let back: Vec<&Stream> = case.streams_between(stream.destination, stream.source).collect();
                let marking = Marking::of(&back, expected);
                marking.packets >= LEAST_PACKETS && !marking.is_short_of()
            })
    });
    by_peer.into_values().flatten().collect()
}

/// QOS-008 about these streams.
pub(super) fn marked_one_way(streams: &[&Stream], expected: u8) -> Detail {
    let marking = Marking::of(streams, expected);
    let marked: BTreeSet<IpAddr> = streams.iter().map(|stream| stream.destination.ip()).collect();
    Detail::Qos008 {
        unmarked: marking.wrong,
        packets: marking.packets,
        dscp: marking.by_count(),
        expected,
        marked: marked.into_iter().collect(),
    }
}

/// The marks of a stream that its sender made, by value.
pub(super) fn judged(stream: &Stream, expected: u8) -> impl Iterator<Item = &Seen<u8>> {
    let behind = lost_to(stream, expected);
    stream.report.marking.dscp.iter().filter(move |seen| Some(seen.value) != behind)
}

/// The value that packets of a stream have behind the place where the mark is lost (QOS-002). One that was captured once only, and
/// there, is the second copy of one that the capture lost: what its sender made of it nobody can see. Where more are alone than
/// in pairs, that is another matter.
fn lost_to(stream: &Stream, expected: u8) -> Option<u8> {
    let marking = &stream.report.marking;
    let remarked =
        marking.remarked.filter(|pairs| pairs.pairs >= LEAST_PAIRS && pairs.first.1 == expected)?;
    let value = Some(remarked.second.1).filter(|value| *value != expected)?;
    let alone = marking.dscp.iter().find(|seen| seen.value == value).map_or(0, |seen| seen.packets);
    (alone <= remarked.pairs).then_some(value)
}
