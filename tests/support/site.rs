//! A telephone and a telephone system in namespaces of a test's own: `tests/live_calls/site` makes them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::Value;

use super::captures::skip;

const SPACES: [&str; 6] = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation=private"];

/// What a run printed.
pub(crate) struct Heard {
    /// Each line with the time at which it came.
    pub(crate) lines: Vec<(SystemTime, Value)>,
    pub(crate) errors: String,
}

impl Heard {
    /// Code and subject of the lines of this kind, as they came.
    pub(crate) fn events(&self, event: &str) -> Vec<(&str, &str)> {
        let lines = self.lines.iter().map(|(_, line)| line).filter(|line| line["event"] == event);
        lines
            .map(|line| (line["code"].as_str().unwrap(), line["subject"].as_str().unwrap_or_default()))
            .collect()
    }

    pub(crate) fn has(&self, event: &str, code: &str, subject: &str) -> bool {
        self.events(event).contains(&(code, subject))
    }

    pub(crate) fn report(&self) -> &Value {
        let (_, last) = self.lines.last().unwrap();
        assert_eq!(last["event"], "report", "{}", self.errors);
        &last["report"]
    }

    /// Codes of the report about voice and its marks, from warnings up.
    pub(crate) fn faults(&self) -> Vec<&str> {
        let heavy = self.report()["findings"].as_array().unwrap().iter().filter(|finding| {
            !matches!(finding["severity"].as_str().unwrap(), "info" | "notice")
                && !finding["code"].as_str().unwrap().starts_with("CAP")
        });
        // How evenly packets go is the affair of a busy machine.
        heavy.map(|finding| finding["code"].as_str().unwrap()).filter(|code| *code != "RTP-004").collect()
    }
}

pub(crate) fn can_call(test: &str) -> bool {
    let tools = "mount -t tmpfs tmpfs /run && ip netns add x && ip netns exec x nft list ruleset && \
                 ip link add name va type veth peer name vb && \
                 command -v sipp baresip editcap perl";
    let output = Command::new("unshare").args(SPACES).args(["sh", "-c", tools]).output();
    let works = output.is_ok_and(|output| output.status.success());
    works || skip::<()>(test, "no namespaces, or no nftables, SIPp, baresip, editcap or perl").is_some()
}

/// Makes the site and does what `body` says in it.
pub(crate) fn at_site(body: &str) -> Heard {
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
