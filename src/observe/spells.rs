//! Takes a stream with its call; gives where the voice does not last as long as the call: it begins late, stops early, or
//! goes on behind the end. Facts, not faults: hold, an announcement elsewhere or a muted telephone look the same.

use super::call::{Call, ChangeKind};
use super::media::MediaKind;
use super::media::report::{PayloadRole, Rests};
use super::traffic::{Stream, Traffic};

/// Voice that begins so long (ns) after the answer is late.
const LATE: i64 = 2_000_000_000;
/// Voice that is missing for so long (ns) before the end has stopped.
const EARLY: i64 = 5_000_000_000;
/// What is sent for so long (ns) behind the end was not under way.
const OVER: i64 = 2_000_000_000;
/// So few packets are no stream.
const LEAST: u64 = 50;
/// Where a call has more streams nobody tells which of them follows which: each would be compared with all others.
const MOST: usize = 64;

/// How voice lasts beside its call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spells {
    /// From the answer to the first packet of this side, in ns, where the other one is heard before, or nobody is for long.
    pub late: Option<i64>,
    /// How long nothing of this side comes before the end, in ns, while the other one goes on or stops as early, unless the call
    /// is on hold then, or a fax. Where something was agreed anew meanwhile, from then on.
    pub stopped: Option<i64>,
    /// How long it goes on behind the end, in ns.
    pub over: Option<i64>,
    /// How often and how long its sender sent nothing meanwhile.
    pub rests: Option<Rests>,
}

impl Traffic {
    /// How a stream lasts beside its call. Nothing where several calls share streams, or nobody can say which side sends.
    #[must_use]
    pub fn spells(&self, stream: &Stream) -> Spells {
        let voices: Vec<usize> = stream.call.into_iter().flat_map(|id| self.voice_of(id)).collect();
        self.spells_among(stream, &voices)
    }

    /// The same. `voices`: positions of the streams of its call, as [`Self::voices`] gives them.
    #[must_use]
    pub fn spells_among(&self, stream: &Stream, voices: &[usize]) -> Spells {
        let Some(call) = stream.call.and_then(|id| self.calls.get(id)) else { return Spells::default() };
        let until = call.end.map_or(stream.report.last.time, |(_, end)| end);
        let rests = stream
            .report
            .rests(until)
            .filter(|_| stream.report.kind == MediaKind::Audio && !stream.is_shared);
        let quiet = self.quiet(call, stream, voices);
        let Some(Side { own, other }) = self.side(call, stream, voices) else {
            return Spells { late: quiet, rests, ..Spells::default() };
        };
        let (first, last) = (stream.report.first.time, stream.report.last.time);
        let over = call.end.map(|(_, end)| last.since(end)).filter(|over| *over > OVER);
        let is_first = own.iter().all(|one| one.report.first.time >= first);
        let is_last = own.iter().all(|one| one.report.last.time <= last);
        let late = call.answered.map(|(_, answered)| (answered, first.since(answered))).filter(
            |(answered, late)| {
                *late > LATE
                    && is_first
                    && other.iter().any(|one| first.since(one.report.first.time) > LATE)
                    && !call.renegotiated.iter().any(|offer| (*answered..=first).contains(offer))
            },
        );
        let stopped = call.end.filter(|_| call.hung_up.is_some()).and_then(|(_, end)| {
            let offers = call.renegotiated.iter().copied();
            let from = offers.filter(|offer| *offer <= end).fold(last, std::cmp::Ord::max);
            let goes_on = other.iter().any(|one| one.report.last.time.since(from) > EARLY);
            // Nobody speaks on hold, and a fax (T.38) is no voice.
            let is_silent = call.fax.is_some() || call.held.is_some_and(|hold| hold.until.is_none());
            let both = !other.is_empty()
                && !is_silent
                && other.iter().all(|one| end.since(one.report.last.time) > EARLY);
            Some(end.since(from)).filter(|missing| *missing > EARLY && (goes_on || both) && is_last)
        });
        // A fax that is refused as T.38 has to go as voice, and modems leave no silence out for so long.
        let is_fax = call.refused_change.is_some_and(|change| change.kind == ChangeKind::Fax);
        let pauses = !is_fax && own.iter().any(|one| may_pause(one));
        Spells {
            late: late.map(|(_, late)| late).or(quiet),
            stopped: stopped.filter(|_| !pauses),
            over: over.filter(|_| stream.report.counts.packets >= LEAST),
            rests,
        }
    }

    /// Positions of the streams of every call, as [`Self::voice_of`] gives those of one: put together at once, since each of them
    /// takes a look at all streams.
    #[must_use]
    pub fn voices(&self) -> Vec<Vec<usize>> {
        let mut voices: Vec<Vec<usize>> = self.calls.iter().map(|call| call.also_heard.clone()).collect();
        for (at, stream) in self.streams.iter().enumerate() {
            let Some(id) = stream.call else { continue };
            let is_beside = |call: &Call| call.is_beside(stream.source, stream.destination);
            if self.calls.get(id).is_some_and(|call| !is_beside(call))
                && let Some(own) = voices.get_mut(id)
            {
                own.push(at);
            }
        }
        for own in &mut voices {
            own.sort_unstable();
            own.dedup();
        }
        voices
    }

    /// From the answer to the first packet of a stream, in ns, where both ways between its hosts, and all others of the call, begin
    /// long after it.
    fn quiet(&self, call: &Call, stream: &Stream, voices: &[usize]) -> Option<i64> {
        let (_, answered) = call.answered.filter(|_| !call.may_be_silent && voices.len() <= MOST)?;
        let late = stream.report.first.time.since(answered);
        if late <= EARLY {
            return None;
        }
        let hosts = |one: &Stream| (one.source.ip(), one.destination.ip());
        let (from, to) = hosts(stream);
        let mut others = voices.iter().filter_map(|at| self.streams.get(*at));
        let is_answered = others.clone().any(|one| hosts(one) == (to, from));
        let is_first = others
            .clone()
            .all(|one| hosts(one) != (from, to) || one.report.first.time >= stream.report.first.time);
        let is_quiet = others.all(|one| !one.is_shared && one.report.first.time.since(answered) > EARLY);
        let mut offers = call.renegotiated.iter();
        let is_renewed = offers.any(|offer| (answered..=stream.report.first.time).contains(offer));
        (is_answered && is_first && is_quiet && !is_renewed).then_some(late)
    }

    /// What the sender of a stream and the other side say in its call.
    fn side(&self, call: &Call, stream: &Stream, voices: &[usize]) -> Option<Side<'_>> {
        if voices.len() > MOST {
            return None;
        }
        // Where it goes tells whose it is.
        let to = |one: &Stream| match (
            call.caller_media.contains(&one.destination),
            call.callee_media.contains(&one.destination),
        ) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        };
        let mut side = Side { own: Vec::new(), other: Vec::new() };
        let of_stream = to(stream)?;
        let voices = voices.iter().filter_map(|at| self.streams.get(*at));
        for one in voices.filter(|one| one.report.kind == MediaKind::Audio) {
            if one.is_shared {
                return None;
            }
            if to(one)? == of_stream { side.own.push(one) } else { side.other.push(one) }
        }
        Some(side)
    }
}

struct Side<'a> {
    own: Vec<&'a Stream>,
    other: Vec<&'a Stream>,
}

/// The sender leaves silence out.
fn may_pause(stream: &Stream) -> bool {
    let noise = stream.report.payloads.iter().any(|payload| payload.role == PayloadRole::ComfortNoise);
    noise || stream.report.silence.is_some_and(|share| share > 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, at, frame, socket, stream};
    use super::super::{Answer, CallSide, Change, Hold};
    use super::*;

    const PHONE: &str = "192.168.10.21:10000";
    const PBX: &str = "192.168.10.2:5204";

    /// A call from the answer at 0 to the end at 20 s, in which the phone talks all the time.
    fn spells(from: i64, until: i64, renegotiated: &[i64]) -> Spells {
        let said = |from: &str, to: &str, times: [i64; 2]| {
            let mut said = stream(from, to, &[(46, 500)]);
            said.call = Some(0);
            (said.report.first.time, said.report.last.time) = (at(times[0]), at(times[1]));
            said
        };
        let call = Call {
            answer: Answer::Answered,
            answered: Some((frame(2), at(0))),
            end: Some((frame(9), at(20_000))),
            hung_up: Some(CallSide::Caller),
            caller_media: vec![socket(PHONE)],
            callee_media: vec![socket(PBX)],
            renegotiated: renegotiated.iter().map(|ms| at(*ms)).collect(),
            ..fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
        };
        let streams = vec![said(PHONE, PBX, [0, 20_000]), said(PBX, PHONE, [from, until])];
        let traffic = Traffic { calls: vec![call], streams, ..Traffic::default() };
        assert_eq!(traffic.voices(), [traffic.voice_of(0).collect::<Vec<_>>()]);
        assert_eq!(traffic.spells(&traffic.streams[0]), Spells::default());
        assert_eq!(traffic.spells_among(&traffic.streams[1], &[1; MOST + 1]), Spells::default());
        traffic.spells(&traffic.streams[1])
    }

    #[test]
    fn voice_that_lasts_as_long_as_its_call_is_nothing_to_tell() {
        for (from, until) in [(0, 20_000), (1_900, 15_100), (-3_000, 21_900)] {
            assert_eq!(spells(from, until, &[]), Spells::default(), "{from} {until}");
        }
    }

    #[test]
    fn both_sides_may_stop_long_before_the_end() {
        let said = |from: &str, to: &str, until| {
            let mut said = stream(from, to, &[(46, 500)]);
            said.call = Some(0);
            (said.report.first.time, said.report.last.time) = (at(0), at(until));
            said
        };
        let call = || Call {
            answer: Answer::Answered,
            answered: Some((frame(2), at(0))),
            end: Some((frame(9), at(20_000))),
            hung_up: Some(CallSide::Caller),
            caller_media: vec![socket(PHONE)],
            callee_media: vec![socket(PBX)],
            ..fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
        };
        let stopped = |call: Call, streams: Vec<Stream>| {
            let traffic = Traffic { calls: vec![call], streams, ..Traffic::default() };
            traffic.spells(&traffic.streams[0]).stopped
        };
        let both = |until| vec![said(PHONE, PBX, until), said(PBX, PHONE, until + 10)];
        assert_eq!(stopped(call(), both(5_000)), Some(15_000_000_000));
        assert_eq!(stopped(call(), both(16_000)), None, "a BYE takes a moment");
        assert_eq!(stopped(Call { fax: Some(at(5_000)), ..call() }, both(5_000)), None);
        let with_pauses = |kind| {
            let mut streams = both(5_000);
            streams[0].report.silence = Some(1.4);
            let refused_change = Some(Change { kind, status: 488, frame: frame(5) });
            stopped(Call { refused_change, ..call() }, streams)
        };
        assert_eq!(with_pauses(ChangeKind::Other), None, "it may just be silent");
        assert_eq!(with_pauses(ChangeKind::Fax), Some(15_000_000_000), "the fax does not go as voice either");
        let held = |until| {
            let hold = Hold { side: CallSide::Caller, from: at(5_000), until, times: 1 };
            stopped(Call { held: Some(hold), ..call() }, both(5_000))
        };
        assert_eq!((held(None), held(Some(at(5_100)))), (None, Some(15_000_000_000)));
        assert_eq!(stopped(call(), both(5_000)[..1].to_vec()), None, "the other side is not in the capture");
    }

    #[test]
    fn voice_that_begins_late_or_stops_early_or_goes_on_is_told() {
        let (late, stopped, over) = (Some(5_000_000_000), Some(15_000_000_000), Some(10_000_000_000));
        assert_eq!(spells(5_000, 20_000, &[]), Spells { late, ..Spells::default() });
        assert_eq!(spells(5_000, 20_000, &[4_000]), Spells::default(), "something else was agreed first");
        assert_eq!(spells(0, 5_000, &[]), Spells { stopped, ..Spells::default() });
        let since = Some(11_000_000_000);
        assert_eq!(spells(0, 5_000, &[5_100, 9_000]), Spells { stopped: since, ..Spells::default() }, "hold");
        assert_eq!(spells(0, 30_000, &[]), Spells { over, ..Spells::default() });
    }

    #[test]
    fn both_sides_may_begin_long_after_the_answer() {
        let late = |change: fn(&mut Call), other: &str, begins: [i64; 2]| {
            let said = |from: &str, to: &str, begins| {
                let mut said = stream(from, to, &[(46, 500)]);
                said.call = Some(0);
                (said.report.first.time, said.report.last.time) = (at(begins), at(40_000));
                said
            };
            let mut call = Call {
                answer: Answer::Answered,
                answered: Some((frame(2), at(0))),
                caller_media: vec![socket(PHONE)],
                callee_media: vec![socket(PBX)],
                ..fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
            };
            change(&mut call);
            let streams = vec![said(PHONE, other, begins[0]), said(other, PHONE, begins[1])];
            let traffic = Traffic { calls: vec![call], streams, ..Traffic::default() };
            [0, 1].map(|nth| traffic.spells(&traffic.streams[nth]).late.map(|late| late / 1_000_000))
        };
        let both = [Some(22_000), Some(22_100)];
        assert_eq!(late(|_| {}, PBX, [22_000, 22_100]), both);
        assert_eq!(late(|_| {}, "192.168.10.9:5204", [22_000, 22_100]), both, "a host that nobody announced");
        assert_eq!(late(|_| {}, PBX, [4_000, 4_100]), [None, None], "it takes a moment");
        assert_eq!(late(|call| call.may_be_silent = true, PBX, [22_000, 22_100]), [None, None], "hold");
        assert_eq!(late(|call| call.renegotiated = vec![at(21_000)], PBX, [22_000, 22_100]), [None, None]);
        assert_eq!(late(|_| {}, PBX, [22_000, 1_000]), [Some(22_000), None], "one side alone");
    }
}
