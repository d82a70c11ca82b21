//! Live capture of calls between real programs, baresip and SIPp, in namespaces of the test's own: what the network does to
//! them comes out as it happens. `tests/live_calls/site` makes the network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::process::Command;

use support::captures::skip;
use support::site::{Heard, at_site, can_call};

const PHONE: &str = "192.168.77.21";
const PBX: &str = "192.168.77.2";

#[test]
fn marked_voice_passes_and_unmarked_voice_does_not() {
    if !can_call("marked_voice_passes_and_unmarked_voice_does_not") {
        return;
    }
    let clean = at_site("mark ef; listen -i phone; call 5; hang_up");
    assert_eq!(clean.faults(), [] as [&str; 0]);
    assert!(
        !clean.events("new").iter().any(|(code, _)| code.starts_with("QOS")),
        "{:?}",
        clean.events("new")
    );
    let voice = clean.report()["streams"].as_array().unwrap();
    assert_eq!(voice.len(), 2, "{voice:?}");
    let unmarked = at_site("mark cs0; listen -i phone; call 5; hang_up");
    assert_eq!(unmarked.faults(), ["QOS-001", "QOS-001"]);
    for subject in [PHONE, PBX] {
        assert!(unmarked.has("new", "QOS-001", subject), "{:?}", unmarked.events("new"));
    }
}

/// Voice without the mark. On a busy machine one side is judged before the other one is heard, and whom else there is
/// decides which of them it is.
const UNMARKED: [&str; 3] = ["QOS-001", "QOS-003", "QOS-008"];

#[test]
fn a_mark_that_comes_back_clears_the_finding_and_both_times_stay() {
    if !can_call("a_mark_that_comes_back_clears_the_finding_and_both_times_stay") {
        return;
    }
    // Put right between two calls, and in the middle of one.
    let between = "mark cs0; listen -i phone; call 4; mark ef; call 6; hang_up";
    let within = "mark cs0; listen -i phone; (sleep 5; mark ef) & call 10; hang_up";
    for body in [between, within] {
        let heard = at_site(body);
        let (_, last) = heard.lines.last().unwrap();
        let course = last["report"]["course"].as_array().unwrap();
        for subject in [PHONE, PBX] {
            let told = |event| UNMARKED.iter().any(|code| heard.has(event, code, subject));
            assert!(told("new"), "{:?}", heard.events("new"));
            assert!(told("cleared"), "{:?}", heard.events("cleared"));
            assert!(!heard.has("new", "QOS-009", subject), "the change is the mending");
            let ended = course.iter().any(|spell| {
                UNMARKED.iter().any(|code| spell["code"] == *code)
                    && spell["subject"] == subject
                    && spell["since"].as_str() < spell["cleared"].as_str()
            });
            assert!(ended, "{course:?}");
        }
        // The fault was there: the report has it, and when it ended.
        assert!(heard.faults().iter().any(|code| UNMARKED.contains(code)), "{:?}", heard.faults());
    }
}

#[test]
fn a_switch_that_takes_the_mark_away_shows_behind_it() {
    if !can_call("a_switch_that_takes_the_mark_away_shows_behind_it") {
        return;
    }
    let marks = |heard: &Heard| {
        let new = heard.events("new");
        let marks = new.into_iter().filter(|(code, _)| code.starts_with("QOS"));
        marks.map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    let before = at_site("mark ef; unmark_on_the_way; listen -i phone; call 5; hang_up");
    assert_eq!(marks(&before), [] as [String; 0]);
    let behind = at_site("mark ef; unmark_on_the_way; listen -i pbx; call 5; hang_up");
    assert_eq!(marks(&behind), [format!("QOS-001 {PHONE}")]);
}

#[test]
fn two_interfaces_across_a_switch_show_that_it_takes_the_mark() {
    if !can_call("two_interfaces_across_a_switch_show_that_it_takes_the_mark") {
        return;
    }
    let marks = |heard: &Heard| {
        let new = heard.events("new").into_iter().filter(|(code, _)| code.starts_with("QOS"));
        new.map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    let lost = format!("QOS-002 {PHONE}");
    // Whichever is named first, and also where what passes is read from a file that dumpcap wrote.
    for interfaces in ["-i phone -i pbx", "-i pbx -i phone"] {
        let body = format!("mark ef; unmark_on_the_way; listen {interfaces}; call 5; hang_up");
        assert_eq!(marks(&at_site(&body)), [lost.as_str()], "{interfaces}");
    }
    let mended =
        "mark ef; unmark_on_the_way; listen -i phone -i pbx; (sleep 5; keep_mark) & call 10; hang_up";
    let heard = at_site(mended);
    assert_eq!(marks(&heard), [lost]);
    assert!(heard.has("cleared", "QOS-002", PHONE), "{:?}", heard.events("cleared"));
}

#[test]
fn a_file_of_two_interfaces_shows_that_the_switch_takes_the_mark() {
    const TEST: &str = "a_file_of_two_interfaces_shows_that_the_switch_takes_the_mark";
    if Command::new("dumpcap").arg("-v").output().is_err() {
        return skip(TEST, "no dumpcap").unwrap_or_default();
    }
    if !can_call(TEST) {
        return;
    }
    let heard = at_site("mark ef; unmark_on_the_way; dump -i phone -i pbx; call 5; dumped");
    let found = heard.report()["findings"].as_array().unwrap();
    let marks: Vec<_> = found.iter().filter(|one| one["code"].as_str().unwrap().starts_with("QOS")).collect();
    let [lost] = marks.as_slice() else { panic!("{marks:?}") };
    assert_eq!((lost["code"].as_str(), lost["subject"]["address"].as_str()), (Some("QOS-002"), Some(PHONE)));
}

#[test]
fn two_interfaces_are_one_measurement() {
    if !can_call("two_interfaces_are_one_measurement") {
        return;
    }
    let both = at_site("mark cs0; listen -i phone -i pbx; call 5; hang_up");
    assert!(both.has("new", "QOS-001", PHONE) && both.has("new", "QOS-001", PBX), "{:?}", both.events("new"));
    // Each packet passes both.
    assert!(both.has("new", "CAP-002", ""), "{:?}", both.events("new"));
    let interfaces = both.report()["captures"][0]["interfaces"].as_array().unwrap();
    assert_eq!(interfaces.len(), 2);
}

#[test]
fn an_interface_that_is_down_is_waited_for() {
    if !can_call("an_interface_that_is_down_is_waited_for") {
        return;
    }
    let body = "mark cs0
        inside switch ip link set phone down
        listen -i phone; sleep 1
        inside switch ip link set phone up; sleep 2
        call 5
        inside switch ip link set phone down; sleep 2
        inside switch ip link set phone up; sleep 2
        inside switch ip link set phone down; sleep 1
        hang_up";
    let heard = at_site(body);
    let told = |what: &str| heard.errors.matches(&format!("pbxray: phone: {what}")).count();
    assert_eq!((told("is down"), told("is up")), (3, 2), "{}", heard.errors);
    assert!(heard.has("new", "QOS-001", PHONE), "{:?} {}", heard.events("new"), heard.errors);
}

#[test]
fn packets_are_counted_behind_the_filter() {
    if !can_call("packets_are_counted_behind_the_filter") {
        return;
    }
    let heard = at_site(
        "mark ef; listen -i phone --packets 20 --filter 'udp src port 5204'; call 5; wait $listener || true",
    );
    let quality = &heard.report()["quality"];
    assert_eq!(quality["frames"], 20, "{quality}");
}
