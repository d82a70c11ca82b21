//! Takes the calls of a capture, gives which of them a stream is heard in: one of them, or both legs of one that a PBX only
//! signals for.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::call::Call;

/// Calls with what a PBX passed them on as.
pub(super) struct Families<'a> {
    calls: &'a [Call],
    legs: BTreeMap<usize, Vec<usize>>,
}

impl<'a> Families<'a> {
    pub(super) fn of(calls: &'a [Call]) -> Self {
        let mut legs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (leg, call) in calls.iter().enumerate() {
            if let Some(root) = call.leg_of {
                legs.entry(root).or_default().push(leg);
            }
        }
        Self { calls, legs }
    }

    /// The calls that a stream belongs to, the earliest first. `announced`: those that told of its receiver while it ran.
    ///
    /// Where two telephones speak to each other past the PBX, the voice is that of both legs, whichever of them announced
    /// it last.
    pub(super) fn heard_in(&self, ends: (SocketAddr, SocketAddr), announced: Vec<usize>) -> Vec<usize> {
        let Some(&own) = announced.first() else { return announced };
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
            if !known.contains(&other) && (is_leg(own, other) || is_leg(other, own)) {
                known.push(other);
            }
        }
        known
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
        Families::of(calls).heard_in((socket(from), socket(to)), announced.to_vec())
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
        let apart = [call(None, CALLER, PBX), call(None, CALLER, CALLED)];
        assert_eq!(heard_in(&apart, moved, CALLER, &[0, 1]), [0], "another call");
    }
}
