//! Live capture of calls between real programs, baresip and SIPp, in namespaces of the test's own: what the network does to
//! them comes out as it happens. `tests/live_calls/site` makes the network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::Value;

use support::captures::skip;

const PHONE: &str = "192.168.77.21";
const PBX: &str = "192.168.77.2";
const SPACES: [&str; 6] = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation=private"];

/// What a run printed.
struct Heard {
    /// Each line with the time at which it came.
    lines: Vec<(SystemTime, Value)>,
    errors: String,
}

impl Heard {
    /// Code and subject of the lines of this kind, as they came.
    fn events(&self, event: &str) -> Vec<(&str, &str)> {
        let lines = self.lines.iter().map(|(_, line)| line).filter(|line| line["event"] == event);
        lines
            .map(|line| (line["code"].as_str().unwrap(), line["subject"].as_str().unwrap_or_default()))
            .collect()
    }

    fn has(&self, event: &str, code: &str, subject: &str) -> bool {
        self.events(event).contains(&(code, subject))
    }

    fn report(&self) -> &Value {
        let (_, last) = self.lines.last().unwrap();
        assert_eq!(last["event"], "report", "{}", self.errors);
        &last["report"]
    }

    /// Codes of the report about voice and its marks, from warnings up.
    fn faults(&self) -> Vec<&str> {
        let heavy = self.report()["findings"].as_array().unwrap().iter().filter(|finding| {
            !matches!(finding["severity"].as_str().unwrap(), "info" | "notice")
                && !finding["code"].as_str().unwrap().starts_with("CAP")
        });
        // How evenly packets go is the affair of a busy machine.
        heavy.map(|finding| finding["code"].as_str().unwrap()).filter(|code| *code != "RTP-004").collect()
    }
}

fn can_call(test: &str) -> bool {
    let tools = "mount -t tmpfs tmpfs /run && ip netns add x && ip netns exec x nft list ruleset && \
                 ip link add name va type veth peer name vb && \
                 command -v sipp baresip editcap perl";
    let output = Command::new("unshare").args(SPACES).args(["sh", "-c", tools]).output();
    let works = output.is_ok_and(|output| output.status.success());
    works || skip::<()>(test, "no namespaces, or no nftables, SIPp, baresip, editcap or perl").is_some()
}

/// Makes the site and does what `body` says in it.
fn at_site(body: &str) -> Heard {
    let mut child = Command::new("unshare")
        .args(SPACES)
        .args(["sh", "-c", &format!(". tests/live_calls/site\n{body}")])
        .env("PBXRAY", env!("CARGO_BIN_EXE_pbxray"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    });
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        lines.push((SystemTime::now(), serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))));
    }
    let status = child.wait().unwrap();
    let errors = errors.join().unwrap();
    assert!(status.success(), "{errors}");
    Heard { lines, errors }
}

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
        for subject in [PHONE, PBX] {
            assert!(heard.has("new", "QOS-001", subject), "{:?}", heard.events("new"));
            assert!(heard.has("cleared", "QOS-001", subject), "{:?}", heard.events("cleared"));
        }
        // The fault was there: the report has it, and when it ended.
        assert!(heard.faults().contains(&"QOS-001"), "{:?}", heard.faults());
        let (_, last) = heard.lines.last().unwrap();
        let course = last["course"].as_array().unwrap().iter();
        let spells: Vec<_> = course.filter(|spell| spell["code"] == "QOS-001").collect();
        assert_eq!(spells.len(), 2, "{spells:?}");
        assert!(spells.iter().all(|spell| spell["since"].as_str() < spell["cleared"].as_str()), "{spells:?}");
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
