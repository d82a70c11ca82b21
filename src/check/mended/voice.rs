//! Whether voice is right by now: by its latest packets, over all streams, or by a later call.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::{Answer, Call, Stream};

use super::super::case::{Case, Span};
use super::super::media::{LEAST_JUDGED, sides_as_announced, sides_of_one_source};
use super::super::qos;
use super::{CALLS, outweighs};

/// Most packets without the mark among the latest ones, in percent.
const STRAY_PERCENT: u64 = 2;
/// Most lost packets among the latest ones, in percent.
const STRAY_LOSS_PERCENT: f64 = 0.5;
/// At the rate of the finding, so many packets would have been lost among the latest ones.
const LOSSES_MISSED: u64 = 5;
/// Longest run of packets that is waited for: 20 s of voice.
const MOST_WAITED_FOR: u64 = 1000;
/// Greatest running jitter (ms) of the latest packets, of at least so many.
const CALM_JITTER: f32 = 15.0;
const CALM_PACKETS: u64 = 200;
/// Streams of a sender that are looked at, latest first.
const STREAMS: usize = 64;
/// A side that sends up to so long (ns) before the end of the call did not stop early.
const STOPS_BEFORE: i64 = 5_000_000_000;

/// What the sides of all calls say, made once for all findings, when it is first asked for.
#[derive(Default)]
pub(super) struct Sides {
    of_one_source: OnceCell<HashMap<IpAddr, Vec<(Timestamp, bool)>>>,
    as_announced: OnceCell<HashMap<(IpAddr, IpAddr), Vec<Timestamp>>>,
    heard: OnceCell<HashMap<(IpAddr, IpAddr), Timestamp>>,
    again: OnceCell<HashMap<(SocketAddr, SocketAddr, u32), Timestamp>>,
}

/// When the latest answered call with voice began, by caller and callee.
fn latest_with_voice(case: &Case<'_>) -> HashMap<(IpAddr, IpAddr), Timestamp> {
    let mut latest: HashMap<(IpAddr, IpAddr), Timestamp> = HashMap::new();
    let streams = &case.traffic.streams;
    let voices = streams.iter().filter(|stream| stream.report.counts.packets >= LEAST_JUDGED);
    let own = voices.filter_map(|stream| case.traffic.calls.get(stream.call?));
    let shared = further(case).map(|(call, _)| call);
    for call in own.chain(shared).filter(|call| call.answer == Answer::Answered) {
        let known = latest.entry((call.caller.ip(), call.callee.ip())).or_insert(call.start.1);
        *known = call.start.1.max(*known);
    }
    latest
}

/// Calls with the streams that are heard in them and began in an earlier one, as far as they are long enough to be judged.
fn further<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Call, &'a Stream)> {
    let traffic = case.traffic;
    traffic.calls.iter().flat_map(move |call| {
        let span = Span { from: call.start.1, until: call.end.map(|(_, end)| end) };
        let heard = call.also_heard.iter().filter_map(|at| traffic.streams.get(*at));
        heard.filter(move |stream| span.packets_of(stream) >= LEAST_JUDGED).map(move |stream| (call, stream))
    })
}

/// By what a stream is known.
fn way(stream: &Stream) -> (SocketAddr, SocketAddr, u32) {
    (stream.source, stream.destination, stream.report.ssrc)
}

/// When the latest call began in which a source of an earlier one went on.
fn heard_again(case: &Case<'_>) -> HashMap<(SocketAddr, SocketAddr, u32), Timestamp> {
    let mut latest = HashMap::new();
    for (call, stream) in further(case) {
        let known = latest.entry(way(stream)).or_insert(call.start.1);
        *known = call.start.1.max(*known);
    }
    latest
}

/// Voice of the device that a finding is about.
pub(super) struct Voice<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) sides: &'a Sides,
    pub(super) host: IpAddr,
    /// Latest packet behind the finding.
    pub(super) last: Timestamp,
}

/// What a stretch of voice holds.
#[derive(Clone, Copy, Default)]
struct Stretch {
    packets: u64,
    unmarked: u64,
    lost: u64,
    jitter: f32,
}

impl<'a> Voice<'a> {
    fn streams(&self) -> impl Iterator<Item = &'a Stream> {
        let streams = self.case.streams_from(self.host);
        streams.filter(|stream| stream.report.kind != MediaKind::Video)
    }

    /// Streams that began behind the finding and are long enough to be judged.
    pub(super) fn later(&self) -> impl Iterator<Item = &'a Stream> {
        let last = self.last;
        self.streams().filter(move |stream| {
            stream.report.first.time > last && stream.report.counts.packets >= LEAST_JUDGED
        })
    }

    /// Whether the device has sent voice to `peer` since, be it in a stream that began before: a source may go on with its numbers
    /// in a later call. What merely lasts, as another call at the same time does, shows nothing.
    pub(super) fn sends_again(&self, peer: IpAddr) -> bool {
        let again = || self.sides.again.get_or_init(|| heard_again(self.case));
        self.streams().filter(|stream| stream.destination.ip() == peer).any(|stream| {
            match stream.report.first.time > self.last {
                true => stream.report.counts.packets >= LEAST_JUDGED,
                false => again().get(&way(stream)).is_some_and(|start| *start > self.last),
            }
        })
    }

    /// The latest packets of some streams, at least so many: whole intervals of them. `None`: there are not so many.
    fn latest(
        &self,
        least: u64,
        expected: Option<u8>,
        is_meant: impl Fn(&Stream) -> bool,
    ) -> Option<Stretch> {
        let mut streams: Vec<&Stream> = self.streams().filter(|stream| is_meant(stream)).collect();
        streams.sort_by_key(|stream| std::cmp::Reverse(stream.report.last.time));
        let mut intervals: Vec<(Timestamp, Stretch)> = Vec::new();
        for stream in streams.iter().take(STREAMS) {
            let course = &stream.report.course;
            let marked = expected.map(|expected| {
                let marks = course.marks().into_iter();
                marks.filter(|(mark, _)| *mark == expected).flat_map(|(_, counts)| counts).collect::<Vec<_>>()
            });
            for (at, interval) in course.intervals().iter().enumerate() {
                let packets = u64::from(interval.packets);
                let marked =
                    marked.as_ref().map_or(packets, |marked| marked.get(at).copied().map_or(0, u64::from));
                let end = course.start().plus((at as i64 + 1).saturating_mul(course.width()));
                let stretch = Stretch {
                    packets,
                    unmarked: packets.saturating_sub(marked),
                    lost: u64::from(interval.lost),
                    jitter: interval.jitter,
                };
                intervals.push((end, stretch));
            }
        }
        intervals.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
        let mut sum = Stretch::default();
        let mut until = None;
        for (end, stretch) in intervals {
            // Intervals of several streams that end together count together.
            if sum.packets >= least && until != Some(end) {
                break;
            }
            until = Some(end);
            sum.packets += stretch.packets;
            sum.unmarked += stretch.unmarked;
            sum.lost += stretch.lost;
            sum.jitter = sum.jitter.max(stretch.jitter);
        }
        (sum.packets >= least).then_some(sum)
    }

    /// Whether the latest packets have this mark, in the LAN or on the way to and from the Internet, which is judged apart
    /// (QOS-007).
    pub(super) fn is_marked(&self, expected: u8, on_internet_leg: bool) -> bool {
        let is_meant = |stream: &Stream| qos::is_internet_leg(self.case, stream) == on_internet_leg;
        let latest = self.latest(LEAST_JUDGED, Some(expected), is_meant);
        latest.is_some_and(|latest| latest.unmarked * 100 <= latest.packets * STRAY_PERCENT)
    }

    /// Whether copies of the latest packets have the mark that the first ones had.
    pub(super) fn keeps_marks(&self) -> bool {
        let keeps = |stream: &Stream| stream.report.marking.kept >= LEAST_JUDGED;
        let lost = self.streams().filter(|stream| stream.report.marking.remarked.is_some() && !keeps(stream));
        let lost = lost.map(|stream| stream.report.last.time).max();
        self.streams().any(|stream| keeps(stream) && lost.is_none_or(|lost| stream.report.last.time > lost))
    }

    /// Whether enough packets reach `peer` that a loss of the earlier rate would have shown.
    pub(super) fn arrives(&self, peer: IpAddr, lost: u64, expected: u64) -> bool {
        let least = (LOSSES_MISSED * expected / lost.max(1)).clamp(LEAST_JUDGED, MOST_WAITED_FOR);
        let latest = self.latest(least, None, |stream| stream.destination.ip() == peer);
        latest.is_some_and(|latest| {
            latest.lost as f64 * 100.0 <= (latest.packets + latest.lost) as f64 * STRAY_LOSS_PERCENT
        })
    }

    pub(super) fn is_even(&self, peer: IpAddr) -> bool {
        let latest = self.latest(CALM_PACKETS, None, |stream| stream.destination.ip() == peer);
        latest.is_some_and(|latest| latest.jitter <= CALM_JITTER)
    }

    /// Whether there is voice in a later call of this caller with this callee.
    pub(super) fn is_heard_in_a_call(&self, sides: (IpAddr, IpAddr)) -> bool {
        let latest = self.sides.heard.get_or_init(|| latest_with_voice(self.case));
        latest.get(&sides).is_some_and(|start| *start > self.last)
    }

    /// Whether the device sends voice to `peer` up to the end of a later call.
    pub(super) fn lasts(&self, peer: IpAddr) -> bool {
        self.later().any(|stream| {
            let call = stream.call.and_then(|call| self.case.traffic.calls.get(call));
            let end = call.filter(|call| call.hung_up.is_some()).and_then(|call| call.end);
            let lasts = |(_, end): (_, Timestamp)| end.since(stream.report.last.time) <= STOPS_BEFORE;
            stream.destination.ip() == peer && end.is_some_and(lasts)
        })
    }

    /// Whether so many later calls have voice of the device from one source to the end that at the rate of the finding several
    /// would have changed it.
    pub(super) fn keeps_its_source(&self, found: u64) -> bool {
        let all = self.sides.of_one_source.get_or_init(|| sides_of_one_source(self.case));
        let sides = all.get(&self.host).map_or(&[][..], Vec::as_slice);
        let before = sides.iter().filter(|(start, _)| *start <= self.last).count() as u64;
        let later: Vec<bool> =
            sides.iter().filter(|(start, _)| *start > self.last).map(|(_, kept)| *kept).collect();
        later.iter().all(|kept| *kept) && outweighs(later.len() as u64, found, before)
    }

    /// Whether in as many later calls voice for `peer` came from where this side announced.
    pub(super) fn comes_as_announced(&self, announced: SocketAddr, peer: IpAddr, found: u64) -> bool {
        let all = self.sides.as_announced.get_or_init(|| sides_as_announced(self.case));
        let sides = all.get(&(announced.ip(), peer)).map_or(&[][..], Vec::as_slice);
        let later = sides.iter().filter(|start| **start > self.last).count() as u64;
        later >= found.clamp(1, CALLS)
    }

    /// Whether so many later streams have the right ports that at the rate of the finding several would have had wrong ones.
    pub(super) fn has_ports(&self, least: u64, is_right: impl Fn(&Stream) -> bool) -> bool {
        let all = || self.streams().filter(|stream| stream.report.counts.packets >= least);
        let (mut before, mut wrong, mut later) = (0, 0, 0);
        for stream in all() {
            match stream.report.first.time > self.last {
                true if !is_right(stream) => return false,
                true => later += 1,
                false => {
                    before += 1;
                    wrong += u64::from(!is_right(stream));
                }
            }
        }
        outweighs(later, wrong, before)
    }
}
