//! Forms of a report: several at once, a stored one again, with pseudonyms. The page in a real browser has `page.rs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::tempdir;

const SAMPLE: &str = "samples/qos-001.pcapng";

fn pbxray(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxray")).args(words).output().unwrap()
}

fn error_of(words: &[&str]) -> String {
    let output = pbxray(words);
    assert_eq!(output.status.code(), Some(2), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Writes the sample's report in a form and gives the text.
fn written(folder: &Path, form: &str, more: &[&str]) -> String {
    let file = folder.join(form);
    let mut words = vec!["check", SAMPLE, "--lang", "de", "--format", form, "-o", file.to_str().unwrap()];
    words.extend(more);
    assert_eq!(pbxray(&words).status.code(), Some(1));
    fs::read_to_string(file).unwrap()
}

#[test]
fn several_forms_come_from_one_reading() {
    let folder = tempdir().unwrap();
    let names = ["report.html", "report.md", "tables", "report.sarif", "report.json", "report.txt"];
    let paths = names.map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let mut words = vec!["check", SAMPLE, "--lang", "de", "--format", "html,markdown,csv,sarif,json,table"];
    for path in &paths {
        words.extend(["-o", path]);
    }
    let output = pbxray(&words);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    for path in paths.iter().filter(|path| !path.ends_with("tables")) {
        assert!(fs::read_to_string(path).unwrap().contains("QOS-001"), "{path}");
    }
    for table in ["findings", "flows", "streams", "rows"] {
        let text = fs::read_to_string(folder.path().join(format!("tables/{table}.csv"))).unwrap();
        assert!(text.lines().count() > 1, "{table}");
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_reading() {
    assert!(
        error_of(&["check", "absent.pcap", "--format", "html,json", "-o", "x"]).contains("-o for each form")
    );
    assert!(error_of(&["check", "absent.pcap", "--format", "csv"]).contains("directory"));
    assert!(error_of(&["report", "absent.json"]).contains("absent.json: No such file"));
    assert!(error_of(&["report", "absent.json", "--format", "table"]).contains("absent.json: No such file"));
    assert!(error_of(&["report", SAMPLE, "--format", "html"]).contains("no JSON report"));
}

#[test]
fn a_stored_report_is_markdown_unless_said_otherwise_and_may_come_through_a_pipe() {
    let folder = tempdir().unwrap();
    let stored = folder.path().join("report.json");
    let stored = stored.to_str().unwrap();
    pbxray(&["check", SAMPLE, "--lang", "en", "--format", "json", "-o", stored]);
    let output = pbxray(&["report", stored]);
    let markdown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(0) && markdown.starts_with("# "), "{markdown}");
    let piped = Command::new(env!("CARGO_BIN_EXE_pbxray"))
        .args(["report", "-"])
        .stdin(fs::File::open(stored).unwrap())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), markdown);
    assert!(error_of(&["report", stored, "--format", "table"]).contains("the table needs the capture"));
}

#[test]
fn the_tables_tell_what_is_partly_blocked_and_in_which_file_a_packet_stands() {
    let folder = tempdir().unwrap();
    let tables = folder.path().to_str().unwrap();
    let rows = |words: &[&str]| {
        pbxray(&[&["check"], words, &["--format", "csv", "-o", tables]].concat());
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        (text("rows.csv"), text("findings.csv"))
    };
    let (table, _) = rows(&["samples/port-003.pcapng"]);
    let cells =
        |line: &str| line.trim_start_matches('\u{feff}').split(';').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = table.lines().map(cells).collect();
    let [status, blocked] =
        ["status", "blocked_flows"].map(|head| lines[0].iter().position(|cell| cell == head).unwrap());
    let partly = lines.iter().filter(|line| line[status] == "used" && line[blocked] != "0");
    assert!(partly.count() > 0, "{table}");
    let (_, findings) = rows(&[SAMPLE, "samples/port-001.pcapng"]);
    assert!(findings.contains(";qos-001.pcapng: "), "{findings}");
    let (_, findings) = rows(&[SAMPLE]);
    assert!(findings.contains("QOS-001") && !findings.contains("qos-001.pcapng"), "{findings}");
}

#[test]
fn what_is_read_is_never_overwritten_nor_one_report_by_another() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (trace, report, place) = (path("trace.pcapng"), path("report.html"), path(""));
    fs::copy(SAMPLE, &trace).unwrap();
    let told = |words: &[&str], why: &str| {
        let error = error_of(words);
        assert!(error.contains(why), "{words:?}: {error}");
        assert_eq!(fs::read(&trace).unwrap(), fs::read(SAMPLE).unwrap());
    };
    told(&["check", &trace, "--format", "html", "-o", &trace], "is read itself");
    told(&["check", &place, "--format", "html", "-o", &trace], "is read itself");
    told(&["check", SAMPLE, "--format", "html,json", "-o", &report, "-o", &report], "is named twice");
    told(&["check", SAMPLE, "--format", "json", "-o", "-"], "is no name of a file");
    told(&["check", SAMPLE, "--format", "csv", "-o", &trace], "name a directory");
    told(&["check", SAMPLE, "-o", &place], "is a directory");
    told(&["check", SAMPLE, "-o", &path("absent/report.txt")], "there is no directory");
    for _ in 0..2 {
        let output = pbxray(&["check", &place, "--format", "html", "-o", &report]);
        assert_eq!(output.status.code(), Some(1), "a report beside the capture, and again");
    }
    fs::copy("samples/agfeo-lan.pcapng", path("other.json")).unwrap();
    told(&["report", &path("other.json"), "--format", "html", "-o", &path("other.json")], "is read itself");
}

#[test]
fn a_stored_report_gives_the_same_page() {
    let folder = tempdir().unwrap();
    let page = written(folder.path(), "html", &[]);
    written(folder.path(), "json", &[]);
    assert!(page.contains("Netzdienste") && page.contains("antwortet"), "who was asked for names and time");
    let stored = folder.path().join("json");
    let again = pbxray(&["report", stored.to_str().unwrap(), "--format", "html"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(String::from_utf8(again.stdout).unwrap(), page);
}

#[test]
fn pseudonyms_reach_every_form() {
    let folder = tempdir().unwrap();
    let plain = written(folder.path(), "json", &[]);
    let report: serde_json::Value = serde_json::from_str(&plain).unwrap();
    let from = report.pointer("/calls/0/from").unwrap().as_str().unwrap();
    let user = from.trim_start_matches("sip:").split('@').next().unwrap();
    let call_id = report.pointer("/calls/0/call_id").unwrap().as_str().unwrap();
    let named = hidden_parties(folder.path());
    for form in ["json", "html", "markdown", "sarif", "table"] {
        let hidden = written(folder.path(), form, &["--redact"]);
        let names_user = hidden.contains(&format!("sip:{user}@")) || hidden.contains(&format!(" {user}@"));
        assert!(!names_user && !hidden.contains(call_id) && !hidden.contains(SAMPLE), "{form}");
        assert_eq!(hidden, written(folder.path(), form, &["--redact"]), "{form} is the same twice");
        let names_parties = named.iter().all(|party| hidden.contains(party.as_str()));
        assert!(
            names_parties || form == "sarif" || form == "markdown",
            "{form} has other pseudonyms than {named:?}"
        );
    }
}

/// Who calls whom in the redacted report.
fn hidden_parties(folder: &Path) -> [String; 2] {
    let report: serde_json::Value = serde_json::from_str(&written(folder, "json", &["--redact"])).unwrap();
    ["from", "to"].map(|side| report["calls"][0][side].as_str().unwrap().to_owned())
}

#[test]
fn a_report_to_sign_names_its_file_by_its_digest() {
    let folder = tempdir().unwrap();
    let told = Command::new("sha256sum").arg(SAMPLE).output().unwrap();
    let digest = String::from_utf8(told.stdout).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(digest.len(), 64);
    for form in ["html", "markdown", "json", "sarif"] {
        for more in [&[][..], &["--redact"]] {
            assert!(written(folder.path(), form, more).contains(&digest), "{form} {more:?}");
        }
    }
    assert!(!written(folder.path(), "table", &[]).contains(&digest));
    let piped = Command::new(env!("CARGO_BIN_EXE_pbxray"))
        .args(["check", "-", "--format", "html"])
        .stdin(fs::File::open(SAMPLE).unwrap())
        .output()
        .unwrap();
    assert!(!String::from_utf8(piped.stdout).unwrap().contains("SHA-256"), "a pipe is no file");
}

#[test]
fn a_transport_that_no_document_names_is_told_as_such() {
    let folder = tempdir().unwrap();
    for form in ["markdown", "html"] {
        let file = folder.path().join(form);
        let file = file.to_str().unwrap();
        pbxray(&["check", "samples/agfeo-lan.pcapng", "--lang", "en", "--format", form, "-o", file]);
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("presumably TCP (not given)") && !text.contains("TCP?"), "{form}");
    }
}

/// A sample's report in German, with plain blanks: table, Markdown.
fn both_forms(sample: &str) -> [String; 2] {
    ["table", "markdown"].map(|form| {
        let file = format!("samples/{sample}");
        let output = pbxray(&["check", &file, "--lang", "de", "--width", "140", "--format", form]);
        let text = String::from_utf8(output.stdout).unwrap().replace('\u{a0}', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

#[test]
fn what_one_form_says_the_other_says_too() {
    let hint = "Kein Gerät von AGFEO oder pascom erkannt. Benennen Sie die Anlage mit --pbx ADRESSE=MODELL.";
    let exposure = "Erreichbarkeit aus dem Internet: nicht beurteilt";
    for (sample, said) in [
        ("sec-003.pcapng", vec![hint, exposure, "Dagegen spricht: pascom Server (Onsite) – typische Ports"]),
        ("points-wan.pcapng", vec![hint, exposure, "VLAN 7", "am Anschluss von 198.51.100.2"]),
        ("noise-in-voice-ranges.pcapng", vec!["CAPWAP, innen nicht alles lesbar", "4 von 6 (66,7 %)"]),
        (
            "vlan-boot.pcapng",
            vec![
                "switch-eg (00:04:0e:10:00:07)",
                "46 (EF)",
                "zwischen 192.168.10.2 (AGFEO Telefonanlage)",
                "dieselbe MAC wie 192.168.99.130 (außerhalb von VLAN 20 per DHCP angeboten)",
            ],
        ),
        ("port-009.pcapng", vec!["SIP", "(Zur Anlage nur, wenn dort die Verschlüsselung aktiviert ist)"]),
        ("cap-011-scribbled.pcapng", vec!["(248 und 1.249.186.871)"]),
        ("mirror-duplicates.pcapng", vec!["die ersten Pakete mit ihren Kopien"]),
    ] {
        let [table, markdown] = both_forms(sample);
        for text in said {
            assert!(table.contains(text), "{sample}: {text}: {table}");
            assert!(markdown.contains(text), "{sample}: {text}: {markdown}");
        }
        assert!(
            !markdown.contains("Verbindungen Keine.") || !markdown.contains(hint),
            "{sample}: {markdown}"
        );
        assert!(!markdown.contains("In der Regel sind keine"), "{sample}: {markdown}");
    }
}
