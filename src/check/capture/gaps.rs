//! CAP-001 by the voice alone: what all of it lacks at the same time, or to the same share, the capture lacks.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::observe::media::MediaKind;
use crate::observe::{Beginning, Call, CallSide, Lapse, Stream, Traffic};

use super::super::finding::{Evidence, LossSign};

/// Streams of so many packets show a share; it is shown by so many gaps at least, and without jitter (ms) to speak of.
const EVENLY_EXPECTED: u64 = 100;
const EVENLY_BURSTS: u64 = 10;
const EVENLY_JITTER: f64 = 5.0;
/// So many standard deviations a share may lie off by chance.
const CHANCE: f64 = 4.0;
/// Least share that all streams lack: between two hosts, and where there are more.
const EVENLY_OF_TWO: f64 = 0.4;
const EVENLY_OF_MORE: f64 = 0.1;

/// Calls whose ACK is missing, where they are no exception: so many, and so large a share (percent) of those that
/// should have one. They went on for so long (ns), in which the answer would have come again, and their caller hung up
/// the same way.
const UNSEEN_CALLS: u64 = 2;
const UNSEEN_PERCENT: u64 = 50;
const WENT_ON: i64 = 3_000_000_000;

/// Of how many calls messages are missing that must have been there, and of how many it could be told.
pub(super) fn unseen(traffic: &Traffic) -> Option<(u64, u64)> {
    let should = |call: &&Call| {
        call.beginning == Beginning::Seen
            && call.hung_up == Some(CallSide::Caller)
            && call.length().is_some_and(|length| length >= WENT_ON)
    };
    let (mut calls, mut of) = (0, 0);
    for call in traffic.calls.iter().filter(should) {
        calls += u64::from(call.lacks_ack);
        of += 1;
    }
    (calls >= UNSEEN_CALLS && calls * 100 >= of * UNSEEN_PERCENT).then_some((calls, of))
}

/// Times in which nothing at all was captured while all voice went on.
pub(super) fn lapsed(lapses: &[Lapse]) -> Option<LossSign> {
    let longest = lapses.iter().map(Lapse::length).max()?;
    let common = lapses.first()?.common;
    let common = common.filter(|host| lapses.iter().all(|lapse| lapse.common == Some(*host)));
    Some(LossSign::Lapsed { times: lapses.len() as u64, longest, common })
}

/// Widens the time of the evidence to that of the lapses.
pub(super) fn date(evidence: &mut Evidence, lapses: &[Lapse]) {
    if let (Some(first), Some(last)) = (lapses.first(), lapses.last()) {
        evidence.first = Some(evidence.first.map_or(first.began, |time| time.min(first.began)));
        evidence.last = Some(evidence.last.map_or(last.ended, |time| time.max(last.ended)));
    }
}

/// Whether packets were left out of all voice alike: every stream, of whichever host and direction, lacks the same share of
/// its packets, here and there, and what is left comes on time and without jitter. Each way loses what it loses, and not as
/// much as all others; of two hosts, between which one line may lose both directions, only a share that no call survives tells.
pub(super) fn evenly_thinned(traffic: &Traffic) -> Option<LossSign> {
    let should = |stream: &&Stream| {
        stream.report.counts.expected >= EVENLY_EXPECTED && stream.report.kind == MediaKind::Audio
    };
    let streams: Vec<&Stream> = traffic.streams.iter().filter(should).collect();
    let sum = |count: fn(&Stream) -> u64| streams.iter().map(|stream| count(stream)).sum::<u64>();
    let (packets, of) =
        (sum(|stream| stream.report.counts.packets), sum(|stream| stream.report.counts.expected));
    let share = |lost: u64, expected: u64| lost as f64 / expected.max(1) as f64;
    let whole = share(of.saturating_sub(packets), of);
    let is_like_the_rest = |stream: &&Stream| {
        let counts = stream.report.counts;
        let by_chance = (whole * (1.0 - whole) / counts.expected.max(1) as f64).sqrt();
        let jitter = stream.report.timing.jitter.as_ref().map_or(f64::INFINITY, |jitter| jitter.max);
        counts.restarts == 0
            && counts.bursts >= EVENLY_BURSTS
            && counts.longest_burst * 4 <= counts.lost
            && (share(counts.lost, counts.expected) - whole).abs() <= CHANCE * by_chance
            && jitter <= EVENLY_JITTER
    };
    let hosts: BTreeSet<IpAddr> =
        streams.iter().flat_map(|stream| [stream.source.ip(), stream.destination.ip()]).collect();
    let senders: BTreeSet<IpAddr> = streams.iter().map(|stream| stream.source.ip()).collect();
    let least = match (senders.len(), hosts.len()) {
        (0 | 1, _) => return None,
        (2, _) | (_, 0..=2) => EVENLY_OF_TWO,
        _ => EVENLY_OF_MORE,
    };
    let is_heard = |stream: &&Stream| stream.report.receiver_lost_percent().is_some_and(|lost| lost > 1.0);
    let told = whole >= least && streams.iter().all(is_like_the_rest) && !streams.iter().any(is_heard);
    told.then_some(LossSign::Thinned { packets, of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::{at, call, frame, stream};
    use crate::observe::media::tally::Spread;

    /// A stream that lacks so many of 1,000 packets, evenly, and has that jitter (ms).
    fn lossy(from: &str, to: &str, lost: u64, jitter: f64) -> Stream {
        let mut lossy = stream(from, to, &[(46, 1_000 - lost)]);
        let counts = &mut lossy.report.counts;
        (counts.lost, counts.expected, counts.bursts, counts.longest_burst) = (lost, 1_000, lost / 2, 4);
        let jitter = Spread { min: 0.0, mean: 0.1, max: jitter, max_at: frame(9), count: 500 };
        lossy.report.timing.jitter = Some(jitter);
        lossy
    }

    #[test]
    fn calls_that_go_on_without_an_ack_show_that_messages_are_missing() {
        let call = |lacks_ack: bool, ms: i64| Call {
            answered: Some((frame(2), at(0))),
            end: Some((frame(9), at(ms))),
            hung_up: Some(CallSide::Caller),
            lacks_ack,
            ..call("192.168.10.21:5060", "192.168.10.2:5060")
        };
        let told = |calls: Vec<Call>| unseen(&Traffic { calls, ..Traffic::default() });
        let (lacking, whole) = (|| call(true, 12_000), || call(false, 12_000));
        assert_eq!(told(vec![lacking(), lacking()]), Some((2, 2)));
        assert_eq!(told(vec![lacking(), lacking(), whole()]), Some((2, 3)));
        assert_eq!(told(vec![lacking()]), None, "one");
        assert_eq!(
            told(vec![lacking(), lacking(), whole(), whole(), whole()]),
            None,
            "a caller that sends none"
        );
        assert_eq!(told(vec![call(true, 2_000), call(true, 2_000)]), None, "too short to tell");
        let other = || Call { hung_up: Some(CallSide::Callee), ..lacking() };
        assert_eq!(told(vec![other(), other()]), None, "the caller may send the rest another way");
    }

    #[test]
    fn what_all_voice_lacks_to_the_same_share_the_capture_lacks() {
        let (one, pbx, other) = ("192.168.10.21:10000", "192.168.10.2:5204", "192.168.10.22:10000");
        let told =
            |streams: Vec<Stream>| evenly_thinned(&Traffic { streams, ..Traffic::default() }).is_some();
        let of_three = |lost: [u64; 3], jitter| {
            let [x, y, z] = lost;
            vec![lossy(one, pbx, x, jitter), lossy(pbx, one, y, 0.1), lossy(other, pbx, z, 0.1)]
        };
        assert!(told(of_three([310, 290, 300], 0.1)));
        assert!(!told(of_three([310, 290, 200], 0.1)), "each way loses what it loses");
        assert!(!told(of_three([310, 290, 0], 0.1)), "one loses nothing");
        assert!(!told(of_three([310, 290, 300], 12.0)), "a network that is busy");
        assert!(!told(of_three([31, 29, 30], 0.1)), "some loss");
        let mut reported = of_three([310, 290, 300], 0.1);
        reported[0].report.counts.longest_burst = 200;
        assert!(!told(reported), "an interruption");
        let of_two = |lost| vec![lossy(one, pbx, lost, 0.1), lossy(pbx, one, lost + 10, 0.1)];
        assert!(told(of_two(500)) && !told(of_two(300)), "one line may lose both directions");
        assert!(!told(of_two(500)[..1].to_vec()));
    }
}
