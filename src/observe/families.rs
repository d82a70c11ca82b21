//! Takes the calls of a capture, gives which of them a stream is heard in: one of them, or both legs of one that a PBX only
//! signals for.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::Timestamp;

use super::call::Call;
use super::dialogs::TALKS_OF_A_CALL_ID;
use super::few::Few;
use super::traffic::Stream;

/// Behind the end of a call (ns) voice may still begin that is on its way, or that a side sends which does not know yet.
const BEHIND_END: i64 = 5_000_000_000;

/// Calls with what a PBX passed them on as.
pub(super) struct Families<'a> {
    calls: &'a [Call],
    legs: BTreeMap<usize, Vec<usize>>,
    /// By Call-ID, if any stream was announced with one; only looked into, never walked.
    by_id: HashMap<&'a str, Few<usize, TALKS_OF_A_CALL_ID>, RandomState>,
}

impl<'a> Families<'a> {
    pub(super) fn of(calls: &'a [Call], streams: &[Stream]) -> Self {
        let mut legs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (leg, call) in calls.iter().enumerate() {
            if let Some(root) = call.leg_of {
                legs.entry(root).or_default().push(leg);
            }
        }
        let mut by_id = HashMap::<_, Few<_, _>, _>::default();
        if streams.iter().any(|stream| !stream.report.calls.is_empty()) {
            for (at, call) in calls.iter().enumerate() {
                by_id.entry(&*call.call_id).or_default().push(at);
            }
        }
        Self { calls, legs, by_id }
    }

    /// The calls of a Call-ID that a stream was announced with.
    pub(super) fn named(&self, call_id: &str) -> &[usize] {
        self.by_id.get(call_id).map_or(&[], |calls| calls)
    }

    /// The calls that a stream belongs to, the earliest first. `announced`: those that told of its receiver while it ran;
    /// `is_heard`: whether it has packets between two times.
    ///
    /// Where two telephones speak to each other past the PBX, the voice is that of both legs, whichever of them announced
    /// it last. A source may go on with its numbers in a later call between the same ends.
    pub(super) fn heard_in(
        &self,
        ends: (SocketAddr, SocketAddr),
        announced: Vec<usize>,
        is_heard: &impl Fn(Timestamp, Option<Timestamp>) -> bool,
    ) -> Vec<usize> {
        let is_over = |call: usize| {
            let end = self.calls.get(call).and_then(|call| call.end).filter(|(_, end)| end.is_known());
            end.is_some_and(|(_, end)| !is_heard(Timestamp(i64::MIN + 1), Some(end.plus(BEHIND_END))))
        };
        let fits = |call: &usize| !self.is_mistaken(*call, ends, &announced) && !is_over(*call);
        let announced: Vec<usize> = announced.iter().copied().filter(fits).collect();
        let Some(&own) = announced.first() else { return announced };
        let mut known = self.family(own, ends, &announced);
        for other in announced {
            let is_in_time = || {
                let call = self.calls.get(other);
                call.is_some_and(|call| is_heard(call.start.1, call.end.map(|(_, end)| end)))
            };
            if !known.contains(&other) && self.names(other, ends) && is_in_time() {
                known.push(other);
            }
        }
        known
    }

    /// A call, or both legs of one, as far as the stream is theirs.
    fn family(&self, own: usize, ends: (SocketAddr, SocketAddr), announced: &[usize]) -> Vec<usize> {
        let root = self.leg_of(own).unwrap_or(own);
        let legs = self.legs.get(&root).into_iter().flatten().copied();
        let named: Vec<usize> =
            [root].into_iter().chain(legs).filter(|member| self.names(*member, ends)).collect();
        if !named.is_empty() {
            return named;
        }
        let is_leg = |of: usize, by: usize| self.leg_of(by) == Some(of);
        let mut known = vec![own];
        for other in announced {
            if !known.contains(other) && (is_leg(own, *other) || is_leg(*other, own)) {
                known.push(*other);
            }
        }
        known
    }

    /// Whether another call with the same Call-ID fits better to these ends.
    fn is_mistaken(&self, call: usize, ends: (SocketAddr, SocketAddr), announced: &[usize]) -> bool {
        let shares_id = |other: usize| match (self.calls.get(call), self.calls.get(other)) {
            (Some(own), Some(other)) => own.same_id != other.same_id && own.call_id == other.call_id,
            _ => false,
        };
        let fit = |call: usize| (self.names(call, ends), self.touches(call, ends));
        announced.iter().any(|other| shares_id(*other) && fit(*other) > fit(call))
    }

    /// Whether a side of a call announced one of these ends.
    fn touches(&self, call: usize, (source, destination): (SocketAddr, SocketAddr)) -> bool {
        self.calls.get(call).is_some_and(|call| {
            let all = [&call.caller_media, &call.callee_media, &call.other_media];
            all.into_iter().any(|media| media.contains(&source) || media.contains(&destination))
        })
    }

    fn leg_of(&self, call: usize) -> Option<usize> {
        self.calls.get(call)?.leg_of
    }

    /// Whether the sides of a call announced just these two ends.
    fn names(&self, call: usize, (source, destination): (SocketAddr, SocketAddr)) -> bool {
        self.calls.get(call).is_some_and(|call| {
            let is_between =
                |from: &[SocketAddr], to: &[SocketAddr]| from.contains(&source) && to.contains(&destination);
            is_between(&call.caller_media, &call.callee_media)
                || is_between(&call.callee_media, &call.caller_media)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::CallProtocol;
    use super::super::fixture::{at, frame, socket};
    use super::*;

    const CALLER: &str = "192.168.10.21:5004";
    const CALLED: &str = "192.168.10.22:5004";
    const PBX: &str = "192.168.10.2:10000";

    fn call(leg_of: Option<usize>, caller: &str, callee: &str) -> Call {
        let ends = (socket("192.168.10.21:5060"), socket("192.168.10.2:5060"));
        Call {
            leg_of,
            caller_media: vec![socket(caller)],
            callee_media: vec![socket(callee)],
            ..Call::begun("c".into(), CallProtocol::Sip, ends, (frame(1), at(0)))
        }
    }

    fn heard_in(calls: &[Call], from: &str, to: &str, announced: &[usize]) -> Vec<usize> {
        Families::of(calls, &[]).heard_in((socket(from), socket(to)), announced.to_vec(), &|_, _| true)
    }

    #[test]
    fn voice_past_the_pbx_is_that_of_both_legs_whoever_announced_it_last() {
        let calls = [call(None, CALLER, CALLED), call(Some(0), CALLER, CALLED)];
        assert_eq!(heard_in(&calls, CALLER, CALLED, &[0]), [0, 1]);
        assert_eq!(heard_in(&calls, CALLED, CALLER, &[1]), [0, 1]);
        assert!(heard_in(&calls, CALLED, CALLER, &[]).is_empty(), "nobody announced it");
    }

    #[test]
    fn voice_through_the_pbx_is_that_of_one_leg() {
        let calls = [call(None, CALLER, PBX), call(Some(0), PBX, CALLED)];
        assert_eq!(heard_in(&calls, CALLER, PBX, &[0]), [0]);
        assert_eq!(heard_in(&calls, PBX, CALLED, &[1]), [1]);
        let moved = "198.51.100.7:40000";
        assert_eq!(heard_in(&calls, moved, CALLER, &[0, 1]), [0, 1], "both announced where it goes");
        let second = Call { same_id: 1, ..call(None, PBX, CALLED) };
        assert_eq!(heard_in(&[call(None, CALLER, PBX), second], PBX, CALLED, &[0, 1]), [1], "one Call-ID");
        let apart = [call(None, CALLER, PBX), call(None, CALLER, CALLED)];
        assert_eq!(heard_in(&apart, moved, CALLER, &[0, 1]), [0], "another call");
    }

    #[test]
    fn a_source_that_goes_on_is_heard_in_each_call_between_its_ends() {
        let calls = [call(None, CALLER, PBX), call(None, CALLER, PBX), call(None, CALLER, CALLED)];
        assert_eq!(heard_in(&calls, PBX, CALLER, &[0, 1, 2]), [0, 1], "the third is with somebody else");
        let ends = (socket(PBX), socket(CALLER));
        let known = Families::of(&calls, &[]).heard_in(ends, vec![0, 1], &|_, _| false);
        assert_eq!(known, [0], "silent by then");
        let ended = |second: i64| Call { end: Some((frame(9), at(second * 1_000))), ..calls[0].clone() };
        let earlier = [ended(10), ended(30)];
        // Voice of the 12th second, and of the 20th.
        let heard = |second: i64| {
            let is_heard = |from: Timestamp, until: Option<Timestamp>| {
                from <= at(second * 1_000) && until.is_none_or(|until| until >= at(second * 1_000))
            };
            Families::of(&earlier, &[]).heard_in(ends, vec![0, 1], &is_heard)
        };
        assert_eq!((heard(12), heard(20)), (vec![0, 1], vec![1]), "the first call is over by then");
    }
}
