//! Takes streams that lose packets; says whether all streams of the capture lack what comes at the same moments: then the cause
//! is what they have in common, and none of the devices.

use std::collections::BTreeSet;

use super::super::case::Case;
use crate::capture::Timestamp;
use crate::observe::Stream;
use crate::observe::media::{Gap, MediaKind};

/// A gap of so many packets is no chance, and so many of them are none either.
const LEAST_MISSING: u16 = 5;
const LEAST_GAPS: usize = 2;
/// Streams that must have them.
const LEAST_STREAMS: usize = 3;
/// The edges (ns) of one event in two streams: two packets of each.
const AT_ONCE: i64 = 60_000_000;
/// More streams or gaps than this are not compared.
const MOST_STREAMS: usize = 64;
/// Nor is anything in a capture of so many: this is asked for each sender that loses packets.
const MOST_OF_ALL: usize = 2_048;

/// In how many streams the gaps of these are, if in all that were going on then: at least three, and between different hosts.
/// Otherwise 0.
pub(super) fn streams(case: &Case<'_>, lossy: &[&Stream]) -> u64 {
    let gaps: Vec<&Gap> = lossy.iter().flat_map(|stream| long(stream)).collect();
    let is_many = gaps.len() > MOST_STREAMS || case.traffic.streams.len() > MOST_OF_ALL;
    if gaps.len() < LEAST_GAPS * lossy.len() || is_many {
        return 0;
    }
    let voices = || case.traffic.streams.iter().filter(|stream| stream.report.kind == MediaKind::Audio);
    let is_going_on = |stream: &&Stream| {
        gaps.iter().any(|gap| stream.report.first.time < gap.began && stream.report.last.time > gap.at.time)
    };
    let beside: Vec<&Stream> = voices().filter(is_going_on).take(MOST_STREAMS + 1).collect();
    let hosts: BTreeSet<_> = beside
        .iter()
        .map(|stream| {
            let (from, to) = (stream.source.ip(), stream.destination.ip());
            (from.min(to), from.max(to))
        })
        .collect();
    let is_any = (LEAST_STREAMS..=MOST_STREAMS).contains(&beside.len()) && hosts.len() > 1;
    let has = |stream: &Stream, gap: &Gap| {
        let is_near = |x: Timestamp, y: Timestamp| x.since(y).saturating_abs() <= AT_ONCE;
        long(stream).any(|own| is_near(own.began, gap.began) && is_near(own.at.time, gap.at.time))
    };
    let is_whole = |stream: &Stream| {
        gaps.iter().all(|gap| {
            stream.report.first.time >= gap.began
                || stream.report.last.time <= gap.at.time
                || has(stream, gap)
        })
    };
    match is_any && beside.iter().all(|stream| is_whole(stream)) {
        true => beside.len() as u64,
        false => 0,
    }
}

/// The gaps of a stream that are long enough to be compared.
fn long(stream: &Stream) -> impl Iterator<Item = &Gap> {
    let report = &stream.report;
    report.outages.iter().chain(&report.gaps).filter(|gap| gap.missing >= LEAST_MISSING)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::World;
    use super::*;
    use crate::observe::fixture::{at, frame, stream};
    use crate::observe::media::Moment;

    /// Voice of ten seconds that lacks 300 ms at these ms.
    fn voice(from: &str, to: &str, gaps: &[i64]) -> Stream {
        let mut voice = stream(from, to, &[(46, 480)]);
        (voice.report.first.time, voice.report.last.time) = (at(0), at(10_000));
        voice.report.gaps = gaps
            .iter()
            .map(|ms| Gap { began: at(*ms), at: Moment { frame: frame(9), time: at(ms + 300) }, missing: 14 })
            .collect();
        voice
    }

    #[test]
    fn gaps_that_all_streams_share_have_one_cause() {
        let told = |other: &[i64]| {
            let streams = vec![
                voice("192.168.10.21:10000", "192.168.10.2:5204", &[2_000, 7_000]),
                voice("192.168.10.2:5204", "192.168.10.21:10000", &[2_010, 7_010]),
                voice("192.168.10.22:10000", "192.168.10.2:5206", other),
            ];
            let world = World::new("").streams(streams);
            let case = world.case();
            super::streams(&case, &[&case.traffic.streams[0]])
        };
        assert_eq!(told(&[1_990, 7_020]), 3);
        assert_eq!(told(&[2_000]), 0, "one goes on");
        assert_eq!(told(&[4_000, 9_000]), 0);
        let alone = World::new("").streams(vec![
            voice("192.168.10.21:10000", "192.168.10.2:5204", &[2_000, 7_000]),
            voice("192.168.10.2:5204", "192.168.10.21:10000", &[2_000, 7_000]),
        ]);
        let case = alone.case();
        assert_eq!(super::streams(&case, &[&case.traffic.streams[0]]), 0, "no other was going on");
    }
}
