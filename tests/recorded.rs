//! Calls between real programs, recorded by `samples/recorded/record`: each is judged as its setup demands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use pbxray::check::{Audit, Severity};
use pbxray::observe::{Answer, CallSide};

use support::stages::{audit_file, stated};

const PHONE: &str = "192.168.77.21";
const PBX: &str = "192.168.77.2";

fn audit(name: &str) -> Audit {
    let hints = stated(String::new(), &[(PBX.parse().unwrap(), Some("es-pure-ip".to_owned()))]);
    audit_file(Path::new(&format!("samples/recorded/{name}.pcap.gz")), &hints).unwrap()
}

/// Codes above notice with their subjects, in order.
fn said(name: &str) -> Vec<(&'static str, String)> {
    let audit = audit(name);
    let heavy = audit.findings.iter().filter(|finding| finding.severity > Severity::Notice);
    let mut said: Vec<_> = heavy
        .map(|finding| {
            let about = finding.subject.as_ref().map(|subject| subject.address.to_string());
            (finding.code().as_str(), about.unwrap_or_default())
        })
        .collect();
    said.sort();
    said
}

#[test]
fn a_call_between_real_programs_is_told_as_it_went() {
    let audit = audit("clean");
    let [call] = audit.traffic.calls.as_slice() else { panic!("{:?}", audit.traffic.calls) };
    assert_eq!((call.answer, call.status), (Answer::Answered, Some(200)));
    assert_eq!(call.hung_up, Some(CallSide::Caller));
    assert!(call.ringing.is_some_and(|(_, rang)| rang.since(call.start.1) < 1_000_000_000));
    let voice = audit.traffic.streams.iter().filter(|stream| stream.call == Some(0));
    assert_eq!(voice.count(), 2, "one of each direction");
}

#[test]
fn nothing_is_said_of_a_clean_call_although_rtcp_is_refused() {
    assert_eq!(said("clean"), []);
}

#[test]
fn the_silent_side_is_named() {
    assert_eq!(said("one-way"), [("RTP-001", PBX.to_owned())]);
}

#[test]
fn the_direction_that_loses_packets_is_named() {
    assert_eq!(said("lossy"), [("RTP-003", PBX.to_owned())]);
}

#[test]
fn the_switch_that_takes_the_mark_away_is_found() {
    assert_eq!(said("remarked"), [("QOS-002", PHONE.to_owned())]);
}

#[test]
fn voice_without_a_mark_is_found() {
    let codes: Vec<_> = said("unmarked").into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["QOS-001", "QOS-001"]);
}
