//! Takes the streams of a capture; gives where voice of two senders reaches one port at the same time: telephones of a fork that
//! all send early media, or a sender that nobody told that the call is over. Who listens there may hear both.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::media::MediaKind;
use super::media::course::Course;
use super::traffic::{Stream, Traffic};
use crate::capture::Timestamp;

/// So short (ns) one takes over from the other.
const LEAST: i64 = 1_000_000_000;
/// So few packets are no voice.
const LEAST_PACKETS: u64 = 50;
/// A port to which more streams go is that of a server, which tells them apart.
const MOST: usize = 16;
/// As is one to which so many others send at once.
const MOST_SENDERS: usize = 3;

/// Another sender whose voice reaches the same port meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Together {
    /// Where it comes from; of several the one that does so for longest.
    pub source: SocketAddr,
    /// For how long both come, in ns, as exactly as the intervals of their courses tell.
    pub length: i64,
}

/// The streams of a capture by where they go.
#[derive(Debug)]
pub struct Receivers<'a> {
    traffic: &'a Traffic,
    streams: BTreeMap<SocketAddr, Vec<&'a Stream>>,
}

impl<'a> Receivers<'a> {
    /// Of all streams.
    #[must_use]
    pub fn of(traffic: &'a Traffic) -> Self {
        let mut streams: BTreeMap<SocketAddr, Vec<&Stream>> = BTreeMap::new();
        for stream in traffic.streams.iter().filter(|stream| is_voice(stream)) {
            let known = streams.entry(stream.destination).or_default();
            if known.len() <= MOST {
                known.push(stream);
            }
        }
        streams.retain(|_, known| (2..=MOST).contains(&known.len()));
        Self { traffic, streams }
    }

    /// The other sender that reaches the port of this stream's receiver while this one does, if only there are few.
    #[must_use]
    pub fn heard_with(&self, stream: &Stream) -> Option<Together> {
        let others = self.streams.get(&stream.destination).filter(|_| is_voice(stream))?;
        let mut sources: BTreeSet<IpAddr> = BTreeSet::new();
        let mut longest: Option<Together> = None;
        for other in others {
            let length = self.common(stream, other);
            if length > LEAST {
                sources.insert(other.source.ip());
                if longest.is_none_or(|known| length > known.length) {
                    longest = Some(Together { source: other.source, length });
                }
            }
        }
        longest.filter(|_| sources.len() <= MOST_SENDERS)
    }

    /// For how long (ns) voice of both comes.
    fn common(&self, stream: &Stream, other: &Stream) -> i64 {
        let (one, two) = (&stream.report, &other.report);
        // The same source number is the same voice, captured before and behind an address translation.
        if stream.source.ip() == other.source.ip() || one.ssrc == two.ssrc {
            return 0;
        }
        let from = one.first.time.max(two.first.time);
        let until = one.last.time.min(two.last.time);
        if until.since(from) <= LEAST || self.are_two_calls(stream, other, from, until) {
            return 0;
        }
        let is_finer = one.course.width() <= two.course.width();
        let (fine, coarse) = if is_finer { (&one.course, &two.course) } else { (&two.course, &one.course) };
        common(fine, coarse, from, until)
    }

    /// Whether each belongs to a call of its own that goes on all the while: a receiver that has both on one port tells them apart.
    fn are_two_calls(&self, stream: &Stream, other: &Stream, from: Timestamp, until: Timestamp) -> bool {
        let goes_on = |id: usize| {
            let call = self.traffic.calls.get(id);
            call.is_some_and(|call| call.start.1 <= from && call.end.is_none_or(|(_, end)| end >= until))
        };
        let calls = stream.call.zip(other.call).filter(|(one, two)| one != two);
        calls.is_some_and(|(one, two)| goes_on(one) && goes_on(two))
    }
}

/// How much (ns) of the time between `from` and `until` lies in intervals in which both have packets.
fn common(fine: &Course, coarse: &Course, from: Timestamp, until: Timestamp) -> i64 {
    let intervals = (0..).zip(fine.intervals()).filter(|(_, interval)| interval.packets > 0);
    let both = intervals.filter_map(|(at, _)| {
        let begins = fine.start().plus(fine.width().saturating_mul(at));
        let place = usize::try_from(begins.since(coarse.start()).div_euclid(coarse.width().max(1))).ok()?;
        coarse.intervals().get(place).filter(|interval| interval.packets > 0)?;
        Some(begins.plus(fine.width()).min(until).since(begins.max(from)).max(0))
    });
    both.sum()
}

fn is_voice(stream: &Stream) -> bool {
    stream.report.kind == MediaKind::Audio
        && stream.report.counts.packets >= LEAST_PACKETS
        // A TURN server brings the voice of many in one conversation.
        && stream.relay.is_none()
        && !stream.destination.ip().is_multicast()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, at, frame, spoken, stream};
    use super::*;

    const LISTENER: &str = "192.168.10.21:10000";

    /// Voice to the listener from `start` ms on, for so many half seconds.
    fn said(from: &str, ssrc: u32, start: i64, halves: usize) -> Stream {
        let mut said = spoken(stream(from, LISTENER, &[]), start, &vec![(46, 0, 1.0); halves]);
        said.report.ssrc = ssrc;
        said
    }

    /// What reaches the listener beside the first of these streams, in seconds.
    fn heard(streams: Vec<Stream>) -> Option<(String, f64)> {
        let traffic = Traffic { streams, ..Traffic::default() };
        let told = Receivers::of(&traffic).heard_with(&traffic.streams[0]);
        told.map(|told| (told.source.to_string(), told.length as f64 / 1e9))
    }

    #[test]
    fn two_senders_that_reach_one_port_at_once_are_told() {
        let first = said("192.168.10.2:5204", 1, 0, 20);
        let second = |start, halves| said("192.168.10.3:5204", 2, start, halves);
        assert_eq!(
            heard(vec![first.clone(), second(4_000, 20)]),
            Some(("192.168.10.3:5204".to_owned(), 6.0))
        );
        assert_eq!(heard(vec![first.clone(), second(9_500, 20)]), None, "one takes over");
        assert_eq!(heard(vec![first.clone(), said("192.168.10.2:5206", 2, 0, 20)]), None, "one sender");
        assert_eq!(heard(vec![first.clone(), said("192.168.10.3:5204", 1, 0, 20)]), None, "behind a NAT");
        let longer = said("192.168.10.4:5204", 3, 0, 20);
        assert_eq!(
            heard(vec![first, second(4_000, 20), longer]),
            Some(("192.168.10.4:5204".to_owned(), 10.0))
        );
    }

    #[test]
    fn a_pause_of_one_sender_is_not_heard_with_the_other() {
        let first = said("192.168.10.2:5204", 1, 0, 20);
        let mut second = said("192.168.10.3:5204", 2, 0, 20);
        let halves: Vec<_> = (0..20)
            .map(|nth| {
                let packets = if (2..18).contains(&nth) { 0 } else { 25 };
                (46, super::super::media::course::Interval { packets, lost: 0, jitter: 1.0 })
            })
            .collect();
        second.report.course = Course::of(at(0), &halves);
        assert_eq!(heard(vec![first.clone(), second]).map(|(_, length)| length), Some(2.0));
        let mut silent = said("192.168.10.3:5204", 2, 0, 20);
        silent.report.course = Course::of(at(0), &halves[..1]);
        assert_eq!(heard(vec![first, silent]), None);
    }

    #[test]
    fn a_server_that_serves_many_on_one_port_tells_them_apart() {
        let of =
            |count: u32| (0..count).map(|nth| said(&format!("192.168.10.{nth}:5204"), nth, 0, 20)).collect();
        assert!(heard(of(4)).is_some());
        assert_eq!((heard(of(5)), heard(of(20))), (None, None));
    }

    #[test]
    fn a_receiver_of_two_calls_on_one_port_tells_them_apart() {
        let streams = |second: usize| {
            let mut streams = vec![said("192.168.10.2:5204", 1, 0, 20), said("192.168.10.3:5204", 2, 0, 20)];
            (streams[0].call, streams[1].call) = (Some(0), Some(second));
            streams
        };
        let call = fixture::call("192.168.10.2:5060", "192.168.10.21:5060");
        let ended = super::super::Call { end: Some((frame(9), at(3_000))), ..call.clone() };
        let heard = |calls: Vec<super::super::Call>, second| {
            let traffic = Traffic { calls, streams: streams(second), ..Traffic::default() };
            Receivers::of(&traffic).heard_with(&traffic.streams[0]).is_some()
        };
        assert!(!heard(vec![call.clone(), call.clone()], 1));
        assert!(heard(vec![call.clone(), ended], 1), "the sender of a call that is over");
        assert!(heard(vec![call], 0), "both are of one call: a fork");
    }
}
