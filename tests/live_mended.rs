//! Faults that are mended while pbxray listens: the finding goes with its cause and not before, between real programs in
//! namespaces of the test's own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use support::site::{Heard, at_site, can_call};

const PHONE: &str = "192.168.77.21";
const PBX: &str = "192.168.77.2";

/// What becomes of a finding where the fault is mended, and where it only stops; both are told as new first.
fn goes_with_its_cause(code: &str, subject: &str, mended: &str, stopped: &str) -> Heard {
    let heard = at_site(mended);
    assert!(heard.has("new", code, subject), "{:?} {}", heard.events("new"), heard.errors);
    assert!(heard.has("cleared", code, subject), "{:?} {}", heard.events("cleared"), heard.errors);
    let course = heard.report()["course"].as_array().unwrap();
    let spell = course.iter().find(|spell| spell["code"] == code && spell["subject"] == subject).unwrap();
    assert!(spell["since"].as_str() < spell["cleared"].as_str(), "{spell}");
    let heard_stopping = at_site(stopped);
    assert!(heard_stopping.has("new", code, subject), "{:?}", heard_stopping.events("new"));
    assert!(!heard_stopping.has("cleared", code, subject), "{:?}", heard_stopping.events("cleared"));
    heard
}

#[test]
fn a_registration_that_is_refused_and_then_accepted() {
    if !can_call("a_registration_that_is_refused_and_then_accepted") {
        return;
    }
    goes_with_its_cause(
        "SIG-001",
        PHONE,
        "listen -i phone; register 403; sleep 1; register 200; hang_up",
        "listen -i phone; register 403; sleep 3; hang_up",
    );
}

#[test]
fn a_blocked_port_that_is_opened() {
    if !can_call("a_blocked_port_that_is_opened") {
        return;
    }
    let begin = "directory; block; listen -i phone; register 200; look_up";
    goes_with_its_cause(
        "PORT-003",
        PHONE,
        &format!("{begin}; sleep 1; unblock; look_up; hang_up; kill $directory"),
        &format!("{begin}; sleep 1; unblock; sleep 2; hang_up; kill $directory"),
    );
}

#[test]
fn one_way_audio_that_is_heard_again() {
    if !can_call("one_way_audio_that_is_heard_again") {
        return;
    }
    let begin = "mark ef; silence; listen -i phone; call 6";
    goes_with_its_cause(
        "RTP-001",
        PBX,
        &format!("{begin}; unblock; call 6; hang_up"),
        &format!("{begin}; unblock; sleep 3; hang_up"),
    );
}
