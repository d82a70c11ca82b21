//! Calls that all end after the same time.

use super::*;
use crate::check::rejection::SameLength;
use crate::observe::CallSide;

const PROVIDER: &str = "203.0.113.9:5060";

/// A call to the provider that its side ends so many ms after the answer.
fn lasting(ms: i64, to: &str) -> Call {
    Call {
        answer: Answer::Answered,
        status: Some(200),
        answered: Some((frame(2), at(1_000))),
        end: Some((frame(9), at(1_000 + ms))),
        hung_up: Some(CallSide::Callee),
        to: to.into(),
        ..crate::observe::fixture::call("192.168.10.2:5064", PROVIDER)
    }
}

fn told(calls: Vec<Call>) -> Option<SameLength> {
    let mut world = World::new("").flows(vec![udp("192.168.10.2:5064", PROVIDER)]);
    world.traffic.calls = calls;
    let findings = check(&world.case(), &[]);
    findings.into_iter().find_map(|finding| match finding.detail {
        Detail::Sig005 { why: Some(Circumstance::SameLength(even)), .. } => {
            assert_eq!(finding.confidence, Confidence::Suspected);
            Some(even)
        }
        _ => None,
    })
}

/// Three calls of 15 minutes to three numbers.
fn three() -> Vec<Call> {
    vec![lasting(900_050, "sip:1@a"), lasting(900_100, "sip:2@a"), lasting(901_900, "sip:3@a")]
}

#[test]
fn calls_that_all_end_after_the_same_round_time_by_the_provider_are_told() {
    let found = told(three()).unwrap();
    assert_eq!((found.length, found.spread, found.session), (901_900_000_000, 1_850_000_000, None));
    let short = [three(), vec![lasting(61_000, "sip:1@a")]].concat();
    assert!(told(short).is_some(), "who hangs up earlier shows nothing");
}

#[test]
fn calls_that_end_as_people_and_tests_do_are_not() {
    assert_eq!(told(three().split_off(1)), None, "two may be chance");
    assert_eq!(told([three(), vec![lasting(1_400_000, "sip:1@a")]].concat()), None, "one lasted longer");
    let same = three().into_iter().map(|call| Call { to: "sip:1@a".into(), ..call });
    assert_eq!(told(same.collect()), None, "an announcement, or a test");
    let own = three().into_iter().map(|call| Call { hung_up: Some(CallSide::Caller), ..call });
    assert_eq!(told(own.collect()), None, "the own side hangs up");
    let odd = ["sip:1@a", "sip:2@a", "sip:3@a"].map(|to| lasting(917_000, to));
    assert_eq!(told(odd.to_vec()), None, "no round time");
    let brief = ["sip:1@a", "sip:2@a", "sip:3@a"].map(|to| lasting(60_000, to));
    assert_eq!(told(brief.to_vec()), None, "an announcement");
    let refreshed = three().into_iter().map(|call| Call { is_refreshed: true, ..call });
    assert_eq!(told(refreshed.collect()), None);
    let inside = three().into_iter().map(|call| Call { callee: socket("192.168.10.21:5060"), ..call });
    assert_eq!(told(inside.collect()), None, "within the LAN: tools that test");
}

#[test]
fn two_that_end_with_the_session_timer_are_enough() {
    let with = |expires: u32| {
        let calls = three().into_iter().take(2);
        told(calls.map(|call| Call { session_expires: Some(expires), ..call }).collect())
    };
    assert_eq!(with(1_800).and_then(|found| found.session), Some(1_800), "half of it");
    assert_eq!(with(900).and_then(|found| found.session), Some(900));
    assert_eq!(with(932).and_then(|found| found.session), Some(932), "32 s before");
    assert_eq!(with(1_200), None);
}
