//! How a live capture ends from outside, and what is left of it then: signals, a terminal that goes away, a full disk. On a
//! pair of virtual interfaces in a network namespace of the test's own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::captures::skip;

/// Makes the pair, and says how to send a sample into it.
const PAIR: &str = r#"
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
ip link add name va type veth peer name vb || exit 90
ip link set va mtu 9000 arp off up && ip link set vb mtu 9000 arp off up || exit 90
send() { tcpreplay -q -i va "$@" >/dev/null 2>&1 || exit 91; }
"#;

fn can_capture(test: &str, tool: &str) -> bool {
    let all =
        format!("ip link add name va type veth peer name vb && command -v tcpreplay && command -v {tool}");
    let works = Command::new("unshare")
        .args(["--net", "sh", "-c", &all])
        .output()
        .is_ok_and(|output| output.status.success());
    works || skip::<()>(test, &format!("no network namespace, no veth, no tcpreplay or no {tool}")).is_some()
}

/// Runs the lines beside the pair; `$out` is `folder`.
fn run(lines: &str, folder: &Path) -> Output {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "sh", "-c", &format!("{PAIR}{lines}")]);
    command.env("pbxray", env!("CARGO_BIN_EXE_pbxray")).env("out", folder);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn is_report(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.starts_with("NOT PASSED") && text.contains("QOS-001")
}

#[test]
fn a_signal_that_comes_to_the_program_and_to_its_group_ends_it_in_order() {
    if !can_capture("a_signal_that_comes_to_the_program_and_to_its_group_ends_it_in_order", "timeout") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"
        (sleep 1; send samples/qos-001.pcapng) &
        timeout 7 $pbxray live -i vb --lang en -o "$out/report.txt"
        echo "status $?""#;
    let output = run(lines, folder.path());
    let told = String::from_utf8_lossy(&output.stdout);
    // That of `timeout`.
    assert!(told.contains("status 124"), "{told} {}", String::from_utf8_lossy(&output.stderr));
    assert!(is_report(&folder.path().join("report.txt")), "{told}");
}

#[test]
fn a_program_that_is_killed_leaves_no_empty_report() {
    if !can_capture("a_program_that_is_killed_leaves_no_empty_report", "kill") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"
        $pbxray live -i vb --lang en -o "$out/report.txt" --format html &
        sleep 1
        kill -KILL $!; wait $!; echo "status $?""#;
    let output = run(lines, folder.path());
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("status 137"), "{told} {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{told}");
}

#[test]
fn a_line_that_is_lost_ends_it_as_a_signal_does_unless_that_is_ignored() {
    if !can_capture("a_line_that_is_lost_ends_it_as_a_signal_does_unless_that_is_ignored", "nohup") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"
        $pbxray live -i vb --lang en -o "$out/report.txt" &
        one=$!
        nohup $pbxray live -i vb --lang en -o "$out/nohup.txt" >/dev/null 2>&1 &
        other=$!
        sleep 1
        send samples/qos-001.pcapng
        sleep 1
        kill -HUP $one $other
        wait $one; echo "status $?"
        sleep 1
        ls "$out"
        kill -TERM $other
        wait $other; echo "nohup $?""#;
    let output = run(lines, folder.path());
    let told = String::from_utf8_lossy(&output.stdout);
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("status 1 report.txt nohup 1"), "{told}");
    assert!(["report.txt", "nohup.txt"].iter().all(|name| is_report(&folder.path().join(name))), "{told}");
}

#[test]
fn a_terminal_that_goes_away_under_the_view_leaves_the_report() {
    if !can_capture("a_terminal_that_goes_away_under_the_view_leaves_the_report", "tmux") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"
        tmux() { command tmux -S "$out/tmux" -f /dev/null "$@"; }
        unset TMUX NO_COLOR
        tmux new-session -d -x 80 -y 24 \
            "$pbxray live -i vb --lang en -o $out/report.txt; echo $? >$out/status"
        sleep 1
        send samples/qos-001.pcapng
        sleep 1
        tmux capture-pane -p
        tmux kill-session
        sleep 4; tmux kill-server 2>/dev/null; exit 0"#;
    let output = run(lines, folder.path());
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("NOT PASSED"), "{told} {}", String::from_utf8_lossy(&output.stderr));
    let report = folder.path().join("report.txt");
    let end = Instant::now() + Duration::from_secs(20);
    while !is_report(&report) {
        assert!(Instant::now() < end, "{:?}", std::fs::read_to_string(&report));
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_full_disk_is_told_in_the_report_and_the_file_ends_on_a_whole_packet() {
    if !can_capture("a_full_disk_is_told_in_the_report_and_the_file_ends_on_a_whole_packet", "mount") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines = r#"
        mkdir "$out/full"
        mount -t tmpfs -o size=1100k tmpfs "$out/full" || exit 92
        cd "$out"
        $pbxray live -i vb --lang en --write full/all.pcapng --format html,table -o page.html -o report.txt &
        one=$!
        sleep 1
        send --topspeed --loop 100 "$OLDPWD/samples/qos-001.pcapng"
        sleep 1
        kill -TERM $one; wait $one
        cp full/all_00001.pcapng kept.pcapng"#;
    let output = run(lines, folder.path());
    if output.status.code() == Some(92) {
        let _ = skip::<()>("a_full_disk_is_told_in_the_report", "no tmpfs");
        return;
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let kept = folder.path().join("kept.pcapng");
    assert!(std::fs::metadata(&kept).unwrap().len() > 1_000_000, "{told}");
    for report in ["page.html", "report.txt"].map(read) {
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(report.contains("incomplete: full/all_00001.pcapng: No space left"), "{report}");
    }
    let check = Command::new(env!("CARGO_BIN_EXE_pbxray")).arg("check").arg(&kept).output().unwrap();
    let check = String::from_utf8(check.stdout).unwrap();
    assert!(check.contains("QOS-001") && !check.contains("CAP-011"), "{check}");
}
