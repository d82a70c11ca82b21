//! The full-screen view of a live capture, in a terminal of tmux on a pair of virtual interfaces in a network namespace.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod support;

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::captures::skip;

fn can_drive(test: &str) -> bool {
    let all = "ip link add name va type veth peer name vb && command -v tcpreplay && command -v tmux";
    let works = Command::new("unshare")
        .args(["--net", "sh", "-c", all])
        .output()
        .is_ok_and(|output| output.status.success());
    works || skip::<()>(test, "no network namespace, no veth, no tcpreplay or no tmux").is_some()
}

/// A terminal of 80 columns and 24 lines; its server ends with it.
struct Pane(std::path::PathBuf);

impl Pane {
    /// A shell in a network namespace of its own, with its files in `folder`.
    fn new(folder: &Path) -> Self {
        let pane = Self(folder.join("tmux"));
        let shell = "exec unshare --net env -u NO_COLOR -u RUST_BACKTRACE LC_ALL=C.UTF-8 PS1='$ ' sh";
        pane.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", shell]);
        pane
    }

    fn tmux(&self, words: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.0).arg("-u").args(words).env_remove("TMUX");
        String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
    }

    fn send(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn line(&self, text: &str) {
        self.send(&[text, "Enter"]);
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows all of this; gives the screen.
    fn wait(&self, wanted: &[&str]) -> String {
        let end = Instant::now() + Duration::from_secs(40);
        loop {
            let screen = self.screen();
            if wanted.iter().all(|text| screen.contains(text)) {
                return screen;
            }
            assert!(Instant::now() < end, "no {wanted:?} in\n{screen}");
            sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn the_view_is_driven_by_keys() {
    if !can_drive("the_view_is_driven_by_keys") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pane = Pane::new(folder.path());
    pane.line(&format!("cd {}", folder.path().display()));
    pane.line("ip link add name va type veth peer name vb; ip link set va mtu 9000 arp off up; ip link set vb mtu 9000 arp off up");
    pane.line(&format!("{} live -i vb --lang en; echo ended with $?", env!("CARGO_BIN_EXE_pbxray")));
    pane.wait(&["1 Findings", "q quit"]);
    let sample = format!("{}/samples/qos-001.pcapng", env!("CARGO_MANIFEST_DIR"));
    let sender = format!(
        "nsenter --net=/proc/$(pgrep -P $(tmux -S {} display -p '#{{pane_pid}}') pbxray)/ns/net tcpreplay -q -i va {sample}",
        pane.0.display()
    );
    assert!(Command::new("sh").args(["-c", &sender]).output().unwrap().status.success());

    let screen = pane.wait(&["NOT PASSED", "QOS-001", "RTP without EF marking"]);
    assert!(screen.contains("kernel dropped 0") && screen.contains("pbxray dropped 0"), "{screen}");
    pane.send(&["2"]);
    let screen = pane.wait(&["DSCP", "Loss", "Jitter", "MOS", "→"]);
    assert!(screen.contains("ended") || screen.contains("running"), "{screen}");
    pane.send(&["3"]);
    pane.wait(&["Address", "AGFEO"]);
    pane.send(&["4"]);
    pane.wait(&["Status", "used"]);
    pane.send(&["s", "s", "s"]);
    pane.wait(&["Status▲"]);
    pane.send(&["r"]);
    pane.wait(&["Status▼"]);
    pane.send(&["5"]);
    pane.wait(&["Lost while capturing", "vb: 0"]);
    pane.send(&["f"]);
    pane.wait(&["FROZEN"]);
    pane.send(&["f", "1", "s", "s", "s", "s", "r"]);
    pane.wait(&["Code▼", "QOS-001"]);
    pane.send(&["Enter"]);
    pane.wait(&["What to do", "Esc back"]);
    pane.send(&["Escape"]);
    pane.wait(&["q quit"]);

    pane.tmux(&["resize-window", "-x", "40", "-y", "10"]);
    let screen = pane.wait(&["NOT PASSED", "QOS-001", "q quit"]);
    assert!(!screen.contains("Severity"), "{screen}");
    pane.tmux(&["resize-window", "-x", "120", "-y", "30"]);
    pane.wait(&["Severity", "w save report"]);

    pane.send(&["w"]);
    pane.wait(&["saved: pbxray-"]);
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for (ending, course) in [
        ("html", "When findings came and went"),
        // Nothing went, so that the table has no more to say than the findings.
        ("txt", "NOT PASSED"),
        ("json", "\"course\": ["),
    ] {
        let file = files.iter().find(|path| path.extension().is_some_and(|it| it == ending)).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(course) && text.contains("QOS-001"), "{file:?}");
        let interim = if ending == "json" { "\"goes_on\": true" } else { "Interim state, latest packet" };
        assert!(text.contains(interim), "{file:?}");
    }

    pane.send(&["C-c"]);
    let screen = pane.wait(&["ended with 1"]);
    assert!(!screen.contains("1 Findings") && screen.contains("pbxray 0."), "{screen}");
    let widest = screen.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest > 80, "as wide as the terminal is at the end, not at the beginning: {screen}");
    pane.line("stty -a | tr ' ' '\\n' | grep -x echo; echo cursor $?");
    pane.wait(&["cursor 0"]);
}

#[test]
fn links_and_drops_are_told_and_a_second_q_ends_at_once() {
    if !can_drive("links_and_drops_are_told_and_a_second_q_ends_at_once") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pane = Pane::new(folder.path());
    pane.line("ip link add name va type veth peer name vb; ip link set va mtu 9000 arp off up; ip link set vb mtu 9000 arp off up");
    // A shell that takes the terminal back from whoever is stopped would end the view.
    pane.line("set +m");
    pane.line(&format!("{} live -i vb --lang en; echo ended with $?", env!("CARGO_BIN_EXE_pbxray")));
    pane.wait(&["1 Findings", "kernel dropped 0  pbxray dropped 0"]);
    let beside = |what: &str| {
        let pid = format!("$(pgrep -P $(tmux -S {} display -p '#{{pane_pid}}') pbxray)", pane.0.display());
        let line = format!("pid={pid}; inside() {{ nsenter --net=/proc/$pid/ns/net \"$@\"; }}; {what}");
        assert!(Command::new("sh").args(["-c", &line]).output().unwrap().status.success(), "{what}");
    };
    beside("inside ip link set vb down");
    pane.wait(&["vb: is down or has no link"]);
    beside("inside ip link set vb up");
    pane.wait(&["vb: is up"]);

    // While nobody reads, the kernel keeps 64 MiB.
    let sample = format!("{}/samples/qos-001.pcapng", env!("CARGO_MANIFEST_DIR"));
    beside(&format!(
        "kill -STOP $pid; inside tcpreplay -q -i va -K --topspeed --loop 2500 {sample}; kill -CONT $pid"
    ));
    let screen = pane.wait(&["CAP-001"]);
    let dropped = screen.split("kernel dropped ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(dropped.len() >= "1,000".len() && screen.contains("pbxray dropped 0"), "{screen}");

    pane.send(&["q", "q"]);
    pane.wait(&["ended with 130"]);
    pane.line("stty -a | tr ' ' '\\n' | grep -x echo; echo cursor $?");
    pane.wait(&["cursor 0"]);
}

/// No test of its own: what the next test runs in a terminal.
#[test]
#[ignore = "the_terminal_is_given_back_after_a_panic runs it"]
fn a_view_that_panics() {
    let board = pbxray::screen::Board::default();
    let _stage = pbxray::screen::Stage::open(&board).unwrap();
    sleep(Duration::from_secs(2));
    panic!("it went wrong");
}

#[test]
fn the_terminal_is_given_back_after_a_panic() {
    if !can_drive("the_terminal_is_given_back_after_a_panic") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pane = Pane::new(folder.path());
    let program = std::env::current_exe().unwrap();
    pane.line(&format!("{} --ignored --exact --nocapture a_view_that_panics", program.display()));
    let in_view = || pane.tmux(&["display-message", "-p", "#{alternate_on}"]).trim().to_owned();
    let end = Instant::now() + Duration::from_secs(20);
    while in_view() != "1" {
        assert!(Instant::now() < end, "{}", pane.screen());
        sleep(Duration::from_millis(50));
    }
    pane.wait(&["it went wrong", "FAILED"]);
    assert_eq!(in_view(), "0");
    pane.line("stty -a | tr ' ' '\\n' | grep -x echo; echo cursor $?");
    pane.wait(&["cursor 0"]);
}
