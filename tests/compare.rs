//! Two measurements of one site: what went, what came, what stayed, and what nobody can know.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::net::IpAddr;

use pbxray::check::{Audit, Code, Detail, Finding};
use pbxray::compare::{Changes, Doubt, changes};
use pbxray::observe::HostFacts;
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
    assert_eq!(
        of(doubt("port-003", "port-003-near"), Code::Port003),
        Some(Doubt::NotTried),
        "one try, no answer"
    );
}

#[test]
fn what_nobody_tried_is_not_put_right() {
    for (before, code, after) in [
        ("sec-001", Code::Sec001, "qos-001"),
        ("sec-002", Code::Sec002, "qos-001"),
        ("sig-004", Code::Sig004, "qos-001"),
        ("sig-005", Code::Sig005, "qos-001"),
        ("sig-006", Code::Sig006, "qos-001"),
        ("port-001", Code::Port001, "qos-001"),
        ("rtp-008", Code::Rtp008, "qos-001"),
    ] {
        let found = went(&changes(&sample(before), &sample(after)));
        let doubt =
            found.into_iter().find(|(known, _)| *known == code).unwrap_or_else(|| panic!("{before}")).1;
        assert!(doubt.is_some(), "{before} against {after}");
    }
}

#[test]
fn what_was_tried_again_and_goes_well_is_put_right() {
    for (before, code, after) in [
        ("qos-001", Code::Qos001, "agfeo-lan"),
        ("port-002", Code::Port002, "port-002-near"),
        ("port-009", Code::Port009, "qos-001"),
    ] {
        let found = went(&changes(&sample(before), &sample(after)));
        assert!(found.contains(&(code, None)), "{before} against {after}: {found:?}");
    }
}

#[test]
fn a_second_port_a_second_status_is_a_finding_of_its_own() {
    let other = |finding: &Finding| {
        let mut second = finding.clone();
        match &mut second.detail {
            Detail::Sec001 { at, .. } => at.set_port(5900),
            Detail::Sig001 { rejection, .. } => rejection.status = 404,
            _ => return None,
        }
        Some(second)
    };
    for name in ["sec-001", "sig-001"] {
        let before = sample(name);
        let mut after = before.clone();
        after.findings.extend(before.findings.iter().find_map(other));
        let worse = changes(&before, &after);
        assert_eq!(came(&worse), [after.findings.last().unwrap().code()], "{name}");
        assert_eq!(stayed(&worse).len(), before.findings.len());
    }
}

#[test]
fn of_several_addresses_nobody_guesses() {
    let (before, mut after) = (sample("qos-001"), moved("qos-001"));
    let new = after.traffic.hosts.iter().position(|host| host.address == IpAddr::from(ELSEWHERE)).unwrap();
    let beside = |address: IpAddr| HostFacts { address, ..after.traffic.hosts[new].clone() };
    let (link_local, further) =
        (beside("fe80::15".parse().unwrap()), beside("192.168.10.78".parse().unwrap()));
    after.traffic.hosts.push(link_local);
    assert_eq!(
        stayed(&changes(&before, &after)),
        [Code::Qos001],
        "the other kind of IP says nothing of this one"
    );
    after.traffic.hosts.insert(new + 1, further);
    assert_eq!(stayed(&changes(&before, &after)), []);
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
