//! Takes finished calls in the order in which they began; says which are legs of one behind a B2BUA.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::Timestamp;

use super::call::{Answer, Call};
use super::talk::{Talk, user};

/// A PBX that passes a call on does so within this time (ns); queues and announcements come later.
const PASSED_ON_WITHIN: i64 = 5_000_000_000;
/// The telephones that a PBX called as well are told to stop within this time (ns) behind the answer of one.
const CALLED_OFF_WITHIN: i64 = 2_000_000_000;
/// Calls before this one that are looked at for the other leg.
const LEGS_LOOKED_AT: usize = 256;
/// A tag of so many characters holds the 32 random bits that make it the only one of its kind (RFC 3261 section 19.3).
const UNIQUE_TAG: usize = 8;

/// Calls that have something in common: the latest of each kind, and for every call the one of its kind before it.
struct Chains<K> {
    latest: HashMap<K, usize, RandomState>,
    before: Vec<Option<usize>>,
}

impl<K> Default for Chains<K> {
    fn default() -> Self {
        Self { latest: HashMap::default(), before: Vec::new() }
    }
}

impl<K: Eq + Hash> Chains<K> {
    /// Adds the next call.
    fn add(&mut self, key: K) {
        let before = self.latest.insert(key, self.before.len());
        self.before.push(before);
    }

    /// Those of a kind that are looked at for the call at `index`, the latest first.
    fn listed(&self, key: &K, index: usize) -> impl Iterator<Item = usize> + use<'_, K> {
        let latest = self.latest.get(key).copied();
        std::iter::successors(latest, |at| self.before.get(*at).copied().flatten())
            .take_while(move |at| *at >= index.saturating_sub(LEGS_LOOKED_AT))
    }
}

/// Where the calls so far stand, by what another leg has in common with them.
#[derive(Default)]
struct Known {
    by_caller: Chains<IpAddr>,
    by_callee: Chains<IpAddr>,
    /// By the hash of the calling number.
    by_number: Chains<u64>,
    hasher: RandomState,
}

impl Known {
    /// Adds the next call.
    fn add(&mut self, call: &Call) {
        self.by_caller.add(call.caller.ip());
        self.by_callee.add(call.callee.ip());
        self.by_number.add(self.hash(call));
    }

    fn hash(&self, call: &Call) -> u64 {
        self.hasher.hash_one(user(&call.from))
    }
}

fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The calls in the order in which they began, legs tied together.
/// `now`: the latest SIP message of the capture.
pub(super) fn finish(talks: Vec<Talk>, now: Timestamp) -> Vec<Call> {
    let tags: Vec<Option<Box<str>>> = talks.iter().map(Talk::caller_tag).collect();
    let mut calls: Vec<Call> = talks.into_iter().map(|talk| talk.finish(now)).collect();
    let mut known = Known::default();
    for index in 0..calls.len() {
        let Some(call) = calls.get(index) else { continue };
        let leg_of = other_leg(&calls, &known, index, call)
            .or_else(|| leg_of_other_address(&calls, &tags, &known, index, call));
        known.add(call);
        if let Some(call) = calls.get_mut(index) {
            call.leg_of = leg_of;
        }
    }
    called_off(&mut calls);
    calls
}

/// Marks the legs that a PBX ended because another telephone had answered.
fn called_off(calls: &mut [Call]) {
    let mut answers: BTreeMap<usize, Vec<Timestamp>> = BTreeMap::new();
    for call in calls.iter() {
        if let (Some(root), Some((_, at))) = (call.leg_of, call.answered) {
            answers.entry(root).or_default().push(at);
        }
    }
    for call in calls.iter_mut().filter(|call| call.answer == Answer::Cancelled) {
        let siblings = call.leg_of.and_then(|root| answers.get(&root));
        let (Some(siblings), Some((_, end))) = (siblings, call.end) else { continue };
        call.answered_elsewhere |=
            siblings.iter().any(|at| (0..=CALLED_OFF_WITHIN).contains(&end.since(*at)));
    }
}

/// The call that a PBX passed on as this one: it came to whoever sends this one, shortly before, and one of the two numbers
/// is the same. None if several could be it.
fn other_leg(calls: &[Call], known: &Known, index: usize, call: &Call) -> Option<usize> {
    let own = call.caller.ip();
    let mut to_own = known.by_callee.listed(&own, index).peekable();
    to_own.peek()?;
    // Telephones may ring one after the other: the next one when the one before has not answered.
    let mut tried: BTreeMap<usize, Timestamp> = BTreeMap::new();
    for other in known.by_caller.listed(&own, index).filter_map(|at| calls.get(at)) {
        // Those that ring at the same time were called no later for that.
        let end = other.end.filter(|(_, end)| other.answered.is_none() && *end <= call.start.1);
        if let (Some(root), Some((_, end))) = (other.leg_of, end) {
            tried.entry(root).or_insert(end);
        }
    }
    let fits = |at: &usize| {
        let Some(earlier) = calls.get(*at) else { return false };
        let begun = tried.get(at).map_or(earlier.start.1, |end| earlier.start.1.max(*end));
        let passed = call.start.1.since(begun);
        let is_running = earlier.end.is_none_or(|(_, end)| end > call.start.1);
        let same = |x: &str, y: &str| !user(x).is_empty() && user(x) == user(y);
        earlier.caller.ip() != call.callee.ip()
            && (0..=PASSED_ON_WITHIN).contains(&passed)
            && is_running
            && (same(&earlier.from, &call.from) || same(&earlier.to, &call.to))
    };
    only(to_own.filter(fits))
}

/// The call that a B2BUA with an address on either side passed on as this one: it leaves both numbers and the tag of the caller,
/// which no other call has, or puts something of its own before that tag.
fn leg_of_other_address(
    calls: &[Call],
    tags: &[Option<Box<str>>],
    known: &Known,
    index: usize,
    call: &Call,
) -> Option<usize> {
    let tag = tags.get(index)?.as_deref()?;
    let same_number = known.by_number.listed(&known.hash(call), index);
    let fits = |at: &usize| {
        let (Some(earlier), Some(own)) = (calls.get(*at), tags.get(*at)) else { return false };
        let is_tag = |own: &str| own.len() >= UNIQUE_TAG && tag.ends_with(own);
        let same = |x: &str, y: &str| !user(x).is_empty() && user(x) == user(y);
        own.as_deref().is_some_and(is_tag)
            && earlier.call_id != call.call_id
            && earlier.caller.ip() != call.caller.ip()
            && earlier.caller.ip() != call.callee.ip()
            && (0..=PASSED_ON_WITHIN).contains(&call.start.1.since(earlier.start.1))
            && earlier.end.is_none_or(|(_, end)| end > call.start.1)
            && same(&earlier.from, &call.from)
            && same(&earlier.to, &call.to)
    };
    only(same_number.filter(fits))
}

#[cfg(test)]
mod tests {
    use super::super::call::CallProtocol;
    use super::super::fixture::{at, frame, socket};
    use super::*;

    fn call(from: &str, to: &str, ms: i64, numbers: [&str; 2]) -> Call {
        let [from_number, to_number] = numbers;
        let id = format!("{from}-{ms}").into();
        Call {
            from: format!("sip:{from_number}@a.example").into(),
            to: format!("sip:{to_number}@b.example").into(),
            ..Call::begun(id, CallProtocol::Sip, (socket(from), socket(to)), (frame(1), at(ms)))
        }
    }

    const PHONE: &str = "192.168.10.21:5060";
    const OTHER: &str = "192.168.10.22:5060";
    const PBX: &str = "192.168.10.2:5060";

    /// All but the last one.
    fn known(calls: &[Call]) -> Known {
        let mut known = Known::default();
        let before = calls.len() - 1;
        calls[..before].iter().for_each(|call| known.add(call));
        known
    }

    fn leg(calls: &[Call]) -> Option<usize> {
        let last = calls.len() - 1;
        other_leg(calls, &known(calls), last, &calls[last])
    }

    #[test]
    fn what_a_pbx_passes_on_is_a_leg_of_what_came_to_it() {
        let came = call(PHONE, PBX, 0, ["21", "22"]);
        let passed_on = |ms, numbers| call(PBX, OTHER, ms, numbers);
        assert_eq!(leg(&[came.clone(), passed_on(20, ["21", "99"])]), Some(0));
        assert_eq!(
            leg(&[came.clone(), passed_on(20, ["0211555", "22"])]),
            Some(0),
            "the called number is the same"
        );
        assert_eq!(leg(&[came.clone(), passed_on(20, ["23", "24"])]), None, "another call of the PBX");
        assert_eq!(leg(&[came.clone(), passed_on(20_000, ["21", "22"])]), None, "much later");
        let tried =
            Call { leg_of: Some(0), end: Some((frame(2), at(19_000))), ..passed_on(20, ["21", "22"]) };
        let next = passed_on(20_000, ["21", "23"]);
        assert_eq!(
            leg(&[came.clone(), tried.clone(), next.clone()]),
            Some(0),
            "the next telephone of a group"
        );
        let answered = Call { answered: Some((frame(2), at(900))), ..tried };
        assert_eq!(leg(&[came.clone(), answered, next]), None, "the call is already there");
        let ended = Call { end: Some((frame(2), at(10))), ..came.clone() };
        assert_eq!(leg(&[ended, passed_on(20, ["21", "22"])]), None);
        assert_eq!(leg(&[came.clone(), came.clone(), passed_on(20, ["21", "22"])]), None, "two could be it");
        assert_eq!(
            leg(&[came, call(PBX, PHONE, 20, ["21", "22"])]),
            None,
            "back to the caller: hairpinned or recalled"
        );
    }

    #[test]
    fn telephones_that_ring_together_are_legs_of_one_call() {
        let came = call("192.0.2.9:5060", PBX, 0, ["0171", "4930"]);
        let out = |to: &str, ms, user: &str, end: i64| Call {
            end: Some((frame(9), at(end))),
            ..call(PBX, to, ms, ["0171", user])
        };
        let others = [
            out(PHONE, 10, "11", 2_800),
            out(OTHER, 20, "12", 8_000),
            out("192.168.10.23:5060", 30, "13", 2_700),
        ];
        let calls: Vec<Call> = [came].into_iter().chain(others).collect();
        let mut tied = calls.clone();
        for index in 0..tied.len() {
            tied[index].leg_of = other_leg(&tied, &known(&calls[..=index]), index, &calls[index]);
        }
        let legs: Vec<_> = tied.iter().map(|call| call.leg_of).collect();
        assert_eq!(legs, [None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn what_goes_out_by_another_address_is_a_leg_if_the_tag_of_its_caller_goes_with_it() {
        let came = call(PHONE, PBX, 0, ["anonymous", "22"]);
        let leg = |out: Call, tags: [&str; 2]| {
            let tags = tags.map(|tag| Some(tag.into()));
            let calls = [came.clone(), out.clone()];
            leg_of_other_address(&calls, &tags, &known(&calls), 1, &out)
        };
        let out = |from: &str, ms, numbers| call(from, OTHER, ms, numbers);
        let other = "203.0.113.5:5060";
        let same = ["anonymous", "22"];
        assert_eq!(leg(out(other, 5, same), ["00e9d478", "SD4909701-00e9d478"]), Some(0));
        assert_eq!(leg(out(other, 5, same), ["00e9d478", "00e9d478"]), Some(0));
        assert_eq!(leg(out(other, 5, same), ["00e9d478", "11e9d479"]), None, "another call of these numbers");
        assert_eq!(leg(out(other, 5, same), ["1", "SD1"]), None, "so short a tag may come again");
        assert_eq!(leg(out(other, 5, ["anonymous", "23"]), ["00e9d478", "00e9d478"]), None);
        assert_eq!(leg(out(other, 9_000, same), ["00e9d478", "00e9d478"]), None, "much later");
        assert_eq!(leg(out(PHONE, 5, same), ["00e9d478", "00e9d478"]), None, "a client with one tag for all");
    }
}
