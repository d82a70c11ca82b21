//! Takes streams that lose packets or come unevenly; says whether all streams of the capture do so at the same moments: then the
//! cause is what they have in common, and none of the devices.

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
/// What was held up by the capture comes at once: within so long (ns) all streams go on.
const RELEASED: i64 = 5_000_000;
/// Such a stop lasts so long (ms) that jitter of voice rises above the guide value at once.
const LEAST_STOP: f64 = 100.0;
/// So long (ns) a stream must have gone on before: jitter is not measured from its first packet on.
const LED_IN: i64 = 500_000_000;
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

/// In how many streams jitter rises at the same moments as in this one, and at how many, if it does so in all that are going on
/// then, of different hosts and in both directions, and at each of its moments: what a line holds up is one direction, or what
/// goes over it.
pub(super) fn stalls(case: &Case<'_>, uneven: &Stream) -> Option<(u64, u64)> {
    let moments: Vec<Timestamp> = rises(uneven).collect();
    if moments.len() < LEAST_GAPS || case.traffic.streams.len() > MOST_OF_ALL {
        return None;
    }
    let voices = || case.traffic.streams.iter().filter(|stream| stream.report.kind == MediaKind::Audio);
    let runs = |stream: &Stream, at: Timestamp| {
        stream.report.first.time.plus(LED_IN) < at && stream.report.last.time > at.plus(AT_ONCE)
    };
    let mut all = BTreeSet::new();
    for moment in &moments {
        let is_near = |time: Timestamp| time.since(*moment).saturating_abs() <= RELEASED;
        let beside: Vec<&Stream> =
            voices().filter(|stream| runs(stream, *moment)).take(MOST_STREAMS + 1).collect();
        let ways: BTreeSet<_> =
            beside.iter().map(|stream| (stream.source.ip(), stream.destination.ip())).collect();
        let pairs: BTreeSet<_> = ways.iter().map(|(from, to)| (from.min(to), from.max(to))).collect();
        let is_any = (LEAST_STREAMS..=MOST_STREAMS).contains(&beside.len());
        let are_many = pairs.len() > 1 && ways.len() > pairs.len();
        let stops = |stream: &&Stream| {
            let mut pauses = stream.report.timing.evenness.pauses.iter();
            pauses.any(|pause| pause.length >= LEAST_STOP && is_near(pause.at.time))
        };
        let rise = |stream: &&Stream| rises(stream).any(is_near) || stops(stream);
        if !is_any || !are_many || !beside.iter().all(rise) || !beside.iter().any(stops) {
            return None;
        }
        all.extend(beside.iter().map(|stream| (stream.source, stream.destination, stream.report.ssrc)));
    }
    Some((all.len() as u64, moments.len() as u64))
}

/// When the jitter of a stream rose above the guide value.
fn rises(stream: &Stream) -> impl Iterator<Item = Timestamp> {
    stream.report.timing.evenness.spells.iter().map(|spell| spell.from.time)
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
    use crate::observe::media::timing::{Pause, Spell};

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

    /// Voice of ten seconds that stops for 300 ms before each of these ms.
    fn stopping(from: &str, to: &str, ms: &[i64]) -> Stream {
        let mut voice = voice(from, to, &[]);
        let even = &mut voice.report.timing.evenness;
        let moments = ms.iter().map(|ms| Moment { frame: frame(9), time: at(*ms) });
        even.pauses = moments
            .clone()
            .map(|at| Pause { at, length: 300.0, late: 280.0, left: 0.0, is_whole: true })
            .collect();
        even.spells = moments
            .map(|from| Spell { from, until: from.time, above: 9, peak: 90.0, peak_at: from, swing: 280.0 })
            .collect();
        voice
    }

    #[test]
    fn what_stalls_in_all_streams_and_both_directions_is_the_capture() {
        let (phone, other) = ("192.168.10.21:10000", "192.168.10.22:10000");
        let told = |ends: [[&str; 2]; 3], last: &[i64]| {
            let [one, two, three] = ends;
            let streams = vec![
                stopping(one[0], one[1], &[2_000, 5_000]),
                stopping(two[0], two[1], &[2_001, 5_001]),
                stopping(three[0], three[1], last),
            ];
            let world = World::new("").streams(streams);
            let case = world.case();
            stalls(&case, &case.traffic.streams[0])
        };
        let both = [[phone, "192.168.10.2:5204"], ["192.168.10.2:5204", phone], [other, "192.168.10.2:5206"]];
        assert_eq!(told(both, &[2_000, 5_000]), Some((3, 2)));
        assert_eq!(told(both, &[2_000]), None, "one goes on");
        assert_eq!(told(both, &[2_030, 5_030]), None, "not at once: a queue");
        let forth = [
            [phone, "192.168.10.2:5204"],
            [other, "192.168.10.2:5206"],
            ["192.168.10.23:10000", "192.168.10.2:5208"],
        ];
        assert_eq!(told(forth, &[2_000, 5_000]), None, "one direction: the line to the PBX");
    }
}
