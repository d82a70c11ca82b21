//! Takes findings and the traffic they come from, says of which the cause is gone: the same device did right later on
//! what it did wrong. Silence proves nothing, so what merely stopped stays.
//!
//! Voice is looked at by its latest packets, over all streams, so that a switch that is put right in the middle of a call
//! shows as well. What counts as right is stricter than what raised the finding: one at the threshold does not come and
//! go all the time.

use std::net::IpAddr;

use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::{Answer, Call, Registration, Stream};
use crate::rules::QosRule;
use crate::site::{Kind, Scope};

use super::case::Case;
use super::finding::{Detail, Finding};
use super::media::{self, LEAST_JUDGED};

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
/// Requests without an answer; fewer may still be answered.
const LEAST_TRIES: u64 = 3;
/// Calls that must succeed where several failed.
const CALLS: u64 = 3;
/// A side that sends up to so long (ns) before the end of the call did not stop early.
const STOPS_BEFORE: i64 = 5_000_000_000;
/// Whoever registers with another account or elsewhere has given up what failed when that was not tried for so long (ns).
const GIVEN_UP: i64 = 60_000_000_000;

/// Places of the findings whose cause is gone, ascending.
pub(super) fn mended(case: &Case<'_>, findings: &[Finding]) -> Vec<usize> {
    let places = findings.iter().enumerate();
    places.filter(|(_, finding)| is_mended(case, finding)).map(|(at, _)| at).collect()
}

fn is_mended(case: &Case<'_>, finding: &Finding) -> bool {
    let (Some(subject), Some(last)) = (&finding.subject, finding.evidence.last) else { return false };
    let voice = Voice { case, host: subject.address, last };
    match &finding.detail {
        Detail::Qos001 { expected, .. }
        | Detail::Qos003 { expected, .. }
        | Detail::Qos008 { expected, .. } => voice.is_marked(*expected),
        Detail::Qos002 { .. } => voice.keeps_marks(),
        Detail::Qos005 { expected, .. } => voice.later().any(|stream| {
            let pcp = &stream.report.marking.pcp;
            let right: u64 = pcp.iter().filter(|seen| seen.value == *expected).map(|seen| seen.packets).sum();
            right >= LEAST_JUDGED && pcp.len() == 1
        }),
        Detail::Qos009 { after, .. } => {
            // The change was the mending itself, if it was one to the mark that is expected.
            let expects = |rule: &QosRule| {
                rule.dscp == *after && finding.rows.iter().any(|row| **row == *rule.id.as_str())
            };
            let is_right = case.book.qos.iter().any(expects) && voice.is_marked(*after);
            is_right || voice.later().any(|stream| stream.report.marking.dscp.len() == 1)
        }
        Detail::Rtp001 { peers, .. } => {
            peers.iter().all(|peer| voice.later().any(|stream| stream.destination.ip() == *peer))
        }
        Detail::Rtp002 { peers, .. } => peers.iter().all(|peer| voice.is_heard_in_a_call(*peer)),
        Detail::Rtp003 { lost, expected, peers, .. } | Detail::Rtp005 { lost, expected, peers, .. } => {
            peers.iter().all(|peer| voice.arrives(*peer, *lost, *expected))
        }
        Detail::Rtp004 { peers, .. } => peers.iter().all(|peer| voice.is_even(*peer)),
        Detail::Rtp006 { .. } => voice.later().any(|stream| {
            let is_agreed = stream.report.ptime.is_some() && stream.report.announced_ptime.is_some();
            is_agreed && media::packet_time(case, voice.host, &[stream]).is_none()
        }),
        Detail::Rtp007 { .. } => voice.later().any(|stream| {
            stream.report.announced_at.is_some() && media::unlisted(case, voice.host, &[stream]).is_none()
        }),
        Detail::Rtp008 { peer, .. } => voice.lasts(*peer),
        Detail::Rtp014 { peers, .. } => peers.iter().all(|peer| {
            voice.later().any(|stream| {
                stream.destination.ip() == *peer
                    && stream.report.receiver.is_some()
                    && media::behind(case, voice.host, &[stream]).is_none()
            })
        }),
        Detail::Sig001 { .. } => registers(case, voice.host, |row| row.refused.map(|refused| refused.time)),
        Detail::Sig002 { .. } => registers(case, voice.host, |row| {
            let tries = &row.unanswered;
            tries.span.filter(|_| tries.count >= LEAST_TRIES).map(|(_, last)| last)
        }),
        Detail::Sig005 { .. } => {
            let answered = later_calls(case, last).filter(|call| call.callee.ip() == voice.host).count();
            answered as u64 >= finding.count.min(CALLS)
        }
        _ => false,
    }
}

/// Voice of the device that a finding is about.
struct Voice<'a> {
    case: &'a Case<'a>,
    host: IpAddr,
    /// Latest packet behind the finding.
    last: Timestamp,
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
        let host = self.host;
        let is_voice =
            move |stream: &&Stream| stream.source.ip() == host && stream.report.kind != MediaKind::Video;
        self.case.traffic.streams.iter().filter(is_voice)
    }

    /// Streams that began behind the finding and are long enough to be judged.
    fn later(&self) -> impl Iterator<Item = &'a Stream> {
        let last = self.last;
        self.streams().filter(move |stream| {
            stream.report.first.time > last && stream.report.counts.packets >= LEAST_JUDGED
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

    fn is_marked(&self, expected: u8) -> bool {
        let device = self.case.device(self.host);
        let is_system = device.is_some_and(|device| matches!(device.kind, Kind::Pbx | Kind::Cloud));
        // What a system sends to the Internet is judged apart (QOS-007).
        let is_meant =
            |stream: &Stream| !is_system || self.case.scope(stream.destination.ip()) != Scope::Public;
        let latest = self.latest(LEAST_JUDGED, Some(expected), is_meant);
        latest.is_some_and(|latest| latest.unmarked * 100 <= latest.packets * STRAY_PERCENT)
    }

    /// Whether copies of the latest packets have the mark that the first ones had.
    fn keeps_marks(&self) -> bool {
        let keeps = |stream: &Stream| stream.report.marking.kept >= LEAST_JUDGED;
        let lost = self.streams().filter(|stream| stream.report.marking.remarked.is_some() && !keeps(stream));
        let lost = lost.map(|stream| stream.report.last.time).max();
        self.streams().any(|stream| keeps(stream) && lost.is_none_or(|lost| stream.report.last.time > lost))
    }

    /// Whether enough packets reach `peer` that a loss of the earlier rate would have shown.
    fn arrives(&self, peer: IpAddr, lost: u64, expected: u64) -> bool {
        let least = (LOSSES_MISSED * expected / lost.max(1)).clamp(LEAST_JUDGED, MOST_WAITED_FOR);
        let latest = self.latest(least, None, |stream| stream.destination.ip() == peer);
        latest.is_some_and(|latest| {
            latest.lost as f64 * 100.0 <= (latest.packets + latest.lost) as f64 * STRAY_LOSS_PERCENT
        })
    }

    fn is_even(&self, peer: IpAddr) -> bool {
        let latest = self.latest(CALM_PACKETS, None, |stream| stream.destination.ip() == peer);
        latest.is_some_and(|latest| latest.jitter <= CALM_JITTER)
    }

    /// Whether there is voice in a later call of this caller with `peer`.
    fn is_heard_in_a_call(&self, peer: IpAddr) -> bool {
        let calls = &self.case.traffic.calls;
        self.case.traffic.streams.iter().any(|stream| {
            let call = stream.call.and_then(|call| calls.get(call));
            stream.report.counts.packets >= LEAST_JUDGED
                && call.is_some_and(|call| {
                    call.start.1 > self.last
                        && call.caller.ip() == self.host
                        && call.callee.ip() == peer
                        && call.answer == Answer::Answered
                })
        })
    }

    /// Whether the device sends voice to `peer` up to the end of a later call.
    fn lasts(&self, peer: IpAddr) -> bool {
        self.later().any(|stream| {
            let call = stream.call.and_then(|call| self.case.traffic.calls.get(call));
            let end = call.filter(|call| call.hung_up.is_some()).and_then(|call| call.end);
            let lasts = |(_, end): (_, Timestamp)| end.since(stream.report.last.time) <= STOPS_BEFORE;
            stream.destination.ip() == peer && end.is_some_and(lasts)
        })
    }
}

/// Calls that began later and were answered.
fn later_calls<'a>(case: &Case<'a>, last: Timestamp) -> impl Iterator<Item = &'a Call> {
    let calls = case.traffic.calls.iter();
    calls.filter(move |call| call.start.1 > last && call.answer == Answer::Answered)
}

/// Whether `client` has registered since everything that failed, `failed` being when it did last: with the same account at
/// the same registrar, or otherwise for the first time, while what failed is not tried any more.
fn registers(case: &Case<'_>, client: IpAddr, failed: impl Fn(&Registration) -> Option<Timestamp>) -> bool {
    let rows = || case.traffic.registrations.iter().filter(|row| row.client.ip() == client);
    let now = case.traffic.flows.iter().flat_map(|flow| [flow.from_a.last, flow.from_b.last]);
    let now = now.flatten().map(|(_, time)| time).max();
    rows().all(|row| {
        let Some(at) = failed(row) else { return true };
        rows().any(|other| {
            let Some((first, latest)) = other.granted else { return false };
            let is_same = other.aor == row.aor && other.registrar.ip() == row.registrar.ip();
            let is_given_up = now.is_some_and(|now| now.since(at) > GIVEN_UP);
            latest > at && (is_same || first > at && is_given_up)
        })
    })
}

#[cfg(test)]
mod tests;
