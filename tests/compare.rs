//! Two measurements of one site: what went, what came, what stayed, and what nobody can know.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use pbxray::check::{Audit, Code};
use pbxray::compare::{Changes, Doubt, changes};
use pbxray::site::Hints;
use samplegen::scenario::find;

use support::stages::{audit_bytes, audit_of};

const T14: [u8; 4] = [192, 168, 10, 21];
const ELSEWHERE: [u8; 4] = [192, 168, 10, 77];

fn sample(name: &str) -> Audit {
    audit_of(&find(name).unwrap())
}

/// The sample, with the telephone at another address.
fn moved(name: &str) -> Audit {
    let mut bytes = find(name).unwrap().file();
    let dotted = |address: [u8; 4]| address.map(|octet| octet.to_string()).join(".").into_bytes();
    replace(&mut bytes, &T14, &ELSEWHERE);
    replace(&mut bytes, &dotted(T14), &dotted(ELSEWHERE));
    audit_bytes(&bytes, &Hints::default())
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    for start in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + to.len()].copy_from_slice(to);
        }
    }
}

fn went(changes: &Changes<'_>) -> Vec<(Code, Option<Doubt>)> {
    changes.went.iter().map(|gone| (gone.finding.code(), gone.doubt)).collect()
}

fn came(changes: &Changes<'_>) -> Vec<Code> {
    changes.came.iter().map(|finding| finding.code()).collect()
}

fn stayed(changes: &Changes<'_>) -> Vec<Code> {
    changes.stayed.iter().map(|(_, after)| after.code()).collect()
}

#[test]
fn what_was_put_right_is_told_apart_from_what_came_and_stayed() {
    let (faulty, clean) = (sample("qos-001"), sample("agfeo-lan"));
    let better = changes(&faulty, &clean);
    assert_eq!((went(&better), came(&better)), (vec![(Code::Qos001, None)], vec![]));
    let worse = changes(&clean, &faulty);
    assert_eq!((went(&worse), came(&worse)), (vec![], vec![Code::Qos001]));
    let same = changes(&faulty, &faulty);
    assert_eq!((went(&same), came(&same), stayed(&same)), (vec![], vec![], vec![Code::Qos001]));
    assert!(same.rows.is_empty() && same.devices.is_empty());
}

#[test]
fn silence_of_a_capture_that_cannot_show_it_puts_nothing_right() {
    let doubt = |before: &str, after: &str| went(&changes(&sample(before), &sample(after)));
    let of = |found: Vec<(Code, Option<Doubt>)>, code| {
        found.into_iter().find(|(known, _)| *known == code).unwrap().1
    };
    assert!(of(doubt("qos-001", "office-without-telephony"), Code::Qos001).is_some());
    assert!(of(doubt("qos-001", "cap-010"), Code::Qos001).is_some(), "no call in the second measurement");
    assert_eq!(of(doubt("port-003", "agfeo-lan"), Code::Port003), Some(Doubt::NotTried));
    assert_eq!(of(doubt("port-003", "port-003-near"), Code::Port003), None, "tried again, and answered");
}

#[test]
fn a_device_is_known_by_its_hardware_address() {
    let (before, after) = (sample("qos-001"), moved("qos-001"));
    let found = changes(&before, &after);
    assert_eq!((went(&found), came(&found), stayed(&found)), (vec![], vec![], vec![Code::Qos001]));
    let [device] = found.devices.as_slice() else { panic!("{:?}", found.devices) };
    assert_eq!(device.address.0.unwrap().to_string(), "192.168.10.21");
    assert_eq!(device.address.1.unwrap().to_string(), "192.168.10.77");
}
