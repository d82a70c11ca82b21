//! The committed samples: what belongs into the folder, writing it, and telling whether it is up to date.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use crate::scenario::{self, Scenario};

/// Folder of what `record` in it recorded from real programs; the generator only tells of it.
const RECORDED: &str = "recorded";

/// What is recorded there, and what it shows.
const RECORDINGS: [(&str, &str); 5] = [
    (
        "clean",
        "Both sides mark and hear each other. RTCP is refused with ICMP, which is no fault of the call.",
    ),
    ("one-way", "SIPp sends no voice back: RTP-001 about 192.168.77.2."),
    (
        "lossy",
        "One packet in 20 from SIPp is dropped on the way, by nftables: the kernel on which it was recorded has no `tc netem`, \
         which `record` takes where it is there. RTP-003 about 192.168.77.2.",
    ),
    (
        "remarked",
        "Both sides of the switch, which takes EF from the telephone's voice: QOS-002 about 192.168.77.21.",
    ),
    ("unmarked", "Neither side marks its voice: QOS-001 about both."),
];

/// Every file of the folder: the samples and the README that introduces them.
#[must_use]
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let scenarios = scenario::all();
    let readme = ("README.md".to_owned(), readme(&scenarios).into_bytes());
    scenarios.iter().map(|scenario| (scenario.file_name(), scenario.file())).chain([readme]).collect()
}

/// Writes the folder; files that are no longer made are removed.
///
/// # Errors
/// Whatever the file system says.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let files = files();
    for name in present(folder)? {
        if !files.contains_key(&name) {
            fs::remove_file(folder.join(name))?;
        }
    }
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// What differs between the folder and what the generator makes, one line a file; empty if nothing does.
///
/// # Errors
/// The folder cannot be read.
pub fn differences(folder: &Path) -> io::Result<Vec<String>> {
    let files = files();
    let mut lines = Vec::new();
    for (name, bytes) in &files {
        match fs::read(folder.join(name)) {
            Ok(found) if found == *bytes => {}
            Ok(_) => lines.push(format!("{name}: differs from what the generator makes")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => lines.push(format!("{name}: missing")),
            Err(error) => return Err(error),
        }
    }
    let extra = present(folder)?.into_iter().filter(|name| !files.contains_key(name));
    lines.extend(extra.map(|name| format!("{name}: not made by the generator")));
    Ok(lines)
}

/// Names of the files in the folder that should be made here, sorted.
fn present(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != RECORDED {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn readme(scenarios: &[Scenario]) -> String {
    let mut text = String::from(INTRODUCTION);
    for scenario in scenarios {
        text.push_str(&certificate(scenario));
    }
    text.push_str(OF_RECORDINGS);
    for (name, about) in RECORDINGS {
        text.push_str(&format!("- `{RECORDED}/{name}.pcap.gz`: {about}\n"));
    }
    text
}

const INTRODUCTION: &str = "# Samples\n\n\
    Every capture in this folder is made by `crates/samplegen` and by nothing else: no recorded traffic, fictional names \
    and numbers, documentation addresses for every public host. `cargo run -p samplegen -- samples/` writes the \
    folder, `cargo run -p samplegen -- --check samples/` tells whether it is up to date.\n\n\
    A sample `CODE` raises that finding, `CODE-near` comes close and must not. Nothing above notice may be raised \
    that is not listed.\n";

const OF_RECORDINGS: &str = "\n## Recorded calls\n\n\
    baresip 1.0.0 as 192.168.77.21 calls SIPp 3.6.1 as 192.168.77.2, each in a network namespace of its own, with a switch \
    between them; what they say is a tone. `samples/recorded/record` makes them again, with other numbers and times. \
    `tests/recorded.rs` holds what is said of them, with `--pbx 192.168.77.2=es-pure-ip`.\n\n";

fn certificate(scenario: &Scenario) -> String {
    let capture = &scenario.capture;
    let seconds = capture.duration() as f64 / 1e9;
    let expected: Vec<String> = scenario
        .expect
        .iter()
        .map(|(code, subject)| match subject {
            Some(address) => format!("{code} about {address}"),
            None => (*code).to_owned(),
        })
        .collect();
    let mut lines = vec![
        format!("\n## {}\n", scenario.file_name()),
        format!("{}\n", scenario.about),
        format!("- {} frames in {seconds:.1} s", capture.records.len()),
        format!("- expected: {}", list(&expected)),
    ];
    let remarks: Vec<String> =
        scenario.remarks.iter().map(|(kind, host)| format!("{kind} about {host}")).collect();
    lines.extend(optional("remarked without a finding", &remarks));
    let dropped =
        [format!("{}", scenario.dropped)].into_iter().filter(|_| scenario.dropped > 0).collect::<Vec<_>>();
    lines.extend(optional("calls left without an answer", &dropped));
    lines.extend(optional("may also be raised", &scenario.may));
    lines.extend(optional("must not be raised", &scenario.never));
    let rows: Vec<String> =
        scenario.rows.iter().map(|(id, _, status)| format!("{id} {}", status.name())).collect();
    lines.extend(optional("rows", &rows));
    let stated: Vec<String> =
        scenario.pbx.iter().map(|(ip, model)| format!("`--pbx {ip}={model}`")).collect();
    lines.extend(optional("stated on the command line", &stated));
    let hosts: Vec<String> = scenario.roles.iter().map(|(ip, role)| format!("{ip} is `{role}`")).collect();
    lines.extend(optional("stated in the site file", &hosts));
    let vlans: Vec<String> =
        scenario.voice_vlans.iter().map(|vlan| format!("VLAN {vlan} for voice")).collect();
    lines.extend(optional("stated in the site file", &vlans));
    lines.join("\n") + "\n"
}

fn optional<T: AsRef<str>>(title: &str, items: &[T]) -> Option<String> {
    (!items.is_empty()).then(|| format!("- {title}: {}", list(items)))
}

fn list<T: AsRef<str>>(items: &[T]) -> String {
    if items.is_empty() {
        return "nothing above notice".to_owned();
    }
    items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}
