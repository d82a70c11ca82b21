//! The program as the shell sees it: exit status, options, pipes, messages.

#![allow(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use pbxray::check::Code;
use serde_json::Value;

use support::captures::skip;
use support::schema::compare;

const CLEAN: &str = "samples/agfeo-lan.pcapng";
const WARNING: &str = "samples/port-001.pcapng";
const ERROR: &str = "samples/qos-001.pcapng";
/// Begins a terminal's control sequence, ECMA-48.
const ESCAPE: char = '\u{1b}';
const NOTHING_TO_JUDGE: &str = "samples/office-without-telephony.pcap.gz";

/// The program with these words, in the repository, in English, without colours.
fn pbxray(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pbxray"));
    command.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn run(words: &[&str]) -> Output {
    pbxray(words).output().unwrap()
}

fn status(words: &[&str]) -> i32 {
    run(words).status.code().unwrap()
}

fn out(words: &[&str]) -> String {
    String::from_utf8(run(words).stdout).unwrap()
}

/// What is said on standard error; the status must be 2, and nothing stand on standard output.
fn refusal(words: &[&str]) -> String {
    let output = run(words);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {text}");
    assert!(output.stdout.is_empty(), "{words:?}");
    text
}

fn report(words: &[&str]) -> Value {
    serde_json::from_str(&out(&[words, &["--format", "json"]].concat())).unwrap()
}

fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_status_says_how_it_went() {
    assert_eq!(status(&["check", CLEAN]), 0);
    assert_eq!(status(&["check", WARNING]), 1);
    assert_eq!(status(&["check", "no-such-file.pcap"]), 2);
    assert_eq!(status(&["check", NOTHING_TO_JUDGE]), 3);
}

#[test]
fn fail_on_draws_the_line() {
    assert_eq!(status(&["check", WARNING, "--fail-on", "warning"]), 1);
    assert_eq!(status(&["check", WARNING, "--fail-on", "error"]), 0);
    assert_eq!(status(&["check", ERROR, "--fail-on", "error"]), 1);
    assert_eq!(status(&["check", ERROR, "--fail-on", "critical"]), 0);
    assert_eq!(status(&["check", "samples/qos-007.pcapng", "--fail-on", "info"]), 1);
}

#[test]
fn output_goes_to_the_file_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "report.txt", "old");
    let printed = out(&["check", WARNING]);
    let written = run(&["check", WARNING, "-o", &path]);
    assert_eq!(written.status.code(), Some(1));
    assert!(written.stdout.is_empty());
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    assert!(
        refusal(&["check", WARNING, "-o", "no/such/folder/report"])
            .contains("--output no/such/folder/report")
    );
}

#[test]
fn a_closed_pipe_is_success() {
    for words in [
        &["check", WARNING][..],
        &["check", WARNING, "--format", "html"],
        &["check", WARNING, "--format", "json"],
        &["check", CLEAN, "--format", "json"],
        &["check", NOTHING_TO_JUDGE],
        &["ports"],
        &["schema"],
    ] {
        let mut child = pbxray(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{words:?}");
    }
    assert_eq!(run(&["check", WARNING]).status.code(), Some(1), "nobody closed it");
    assert_eq!(run(&["check", "no-such-file.pcap"]).status.code(), Some(2));
}

#[test]
fn json_has_the_form_of_the_schema() {
    let schema: Value = serde_json::from_str(&out(&["schema"])).unwrap();
    for sample in [CLEAN, ERROR, NOTHING_TO_JUDGE, "samples/cap-011.pcap", "samples/sig-001.pcapng"] {
        let mut wrong = Vec::new();
        compare(&schema, &schema, &report(&["check", sample]), "report", &mut wrong);
        assert!(wrong.is_empty(), "{sample}: {wrong:#?}");
    }
}

#[test]
fn the_comparison_of_points_has_the_form_of_its_schema() {
    let schema: Value = serde_json::from_str(&out(&["schema", "points"])).unwrap();
    let wan = "samples/points-wan.pcapng";
    for other in [wan, "samples/points-lan.pcapng", NOTHING_TO_JUDGE] {
        let json = out(&["compare", "--points", "samples/points-lan.pcapng", other, "--format", "json"]);
        let value: Value = serde_json::from_str(&json).unwrap();
        let mut wrong = Vec::new();
        compare(&schema, &schema, &value, "points", &mut wrong);
        assert!(wrong.is_empty(), "{other}: {wrong:#?}");
        assert_eq!(value["clock"]["drift"].is_object(), other != NOTHING_TO_JUDGE, "{other}");
    }
    assert_eq!(schema["$defs"]["Heading"]["enum"], serde_json::json!(["forth", "back", "unknown"]));
}

#[test]
fn every_code_is_explained_in_both_languages() {
    for code in Code::ALL {
        let [german, english] = ["de", "en"].map(|lang| {
            let output = run(&["explain", code.as_str(), "--lang", lang]);
            assert_eq!(output.status.code(), Some(0), "{}", code.as_str());
            String::from_utf8(output.stdout).unwrap()
        });
        assert!(german.contains(code.as_str()) && english.contains(code.as_str()));
        assert_ne!(german, english);
    }
    assert!(refusal(&["explain", "QOS-999"]).contains("QOS-999"));
}

#[test]
fn shells_complete_every_command_and_each_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let commands = ["check", "compare", "ports", "explain", "interfaces", "schema", "completions", "man"];
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = out(&["completions", shell]);
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
    }
    let [bash, fish] = ["bash", "fish"].map(|shell| out(&["completions", shell]));
    assert!(
        bash.contains("QOS-001") && fish.contains("QOS-001") && bash.contains("\"de en\""),
        "values are offered"
    );
    assert_eq!(status(&["man", folder.path().to_str().unwrap()]), 0);
    let page = fs::read_to_string(folder.path().join("pbxray-check.1")).unwrap();
    assert!(page.contains("\\-\\-pbx") && page.contains("Exit status"), "{page}");
    assert!(commands.iter().all(|command| folder.path().join(format!("pbxray-{command}.1")).exists()));
    assert!(refusal(&["man", "Cargo.toml/man"]).contains("Cargo.toml/man"));
}

#[test]
fn a_comparison_fails_if_something_came() {
    assert_eq!(status(&["compare", ERROR, CLEAN]), 0);
    assert_eq!(status(&["compare", CLEAN, ERROR]), 1);
    assert_eq!(status(&["compare", CLEAN, ERROR, "--fail-on", "critical"]), 0);
    assert_eq!(status(&["compare", ERROR, ERROR]), 0, "nothing came");
    let page = out(&["compare", ERROR, CLEAN]);
    assert!(page.contains("Put right") && page.contains("QOS-001"), "{page}");
    assert!(refusal(&["compare", CLEAN, "nothing.pcap"]).contains("nothing.pcap"));
}

#[test]
fn two_points_are_not_compared_through_a_pipe() {
    let told = refusal(&["compare", "--points", "samples/points-lan.pcapng", "-"]);
    assert!(told.contains("reads each capture twice"), "{told}");
}

#[test]
fn ports_can_be_narrowed() {
    let ids = |words: &[&str]| -> Vec<String> {
        let table = out(&[&["ports", "--width", "200"], words].concat());
        let first = table.lines().filter_map(|line| line.split_whitespace().next());
        first.filter(|word| is_row_id(word)).map(str::to_owned).collect()
    };
    let (all, agfeo, pascom) = (ids(&[]), ids(&["--vendor", "agfeo"]), ids(&["--vendor", "pascom"]));
    assert!(!agfeo.is_empty() && !pascom.is_empty());
    assert!(agfeo.iter().all(|id| all.contains(id) && !pascom.contains(id)));
    let phones = ids(&["--vendor", "agfeo", "--role", "agfeo.phone"]);
    assert!(!phones.is_empty() && phones.len() < agfeo.len());
    assert!(phones.iter().all(|id| agfeo.contains(id)));
    for (option, word) in [("--vendor", "siemens"), ("--role", "agfeo.toaster")] {
        let said = refusal(&["ports", option, word]);
        assert!(said.contains(word), "{said}");
    }
}

/// A capital letter, perhaps more, and digits: `A25`, `P06`.
fn is_row_id(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    !digits.is_empty() && digits.len() < word.len() && digits.chars().all(|digit| digit.is_ascii_digit())
}

#[test]
fn a_wrong_value_names_its_option() {
    for (option, value) in [
        ("--pbx", "192.168.10"),
        ("--pbx", "192.168.10.2="),
        ("--format", "xml"),
        ("--fail-on", "never"),
        ("--threads", "many"),
        ("--width", "7"),
        ("--color", "pink"),
    ] {
        let said = refusal(&["check", CLEAN, option, value]);
        assert!(said.contains(option), "{option} {value}: {said}");
    }
    for (option, value) in [("--lang", "fr"), ("--pbx", "192.168.10.2=es-99"), ("--site", "no-such.toml")] {
        let said = refusal(&["check", CLEAN, option, value]);
        assert!(said.contains(value.rsplit('=').next().unwrap()), "{option} {value}: {said}");
    }
}

#[test]
fn a_broken_file_is_named_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let site = file(
        folder.path(),
        "site.toml",
        "customer = \"X\"\n\n[[host]]\naddress = \"192.168.10\"\nrole = \"agfeo.pbx\"\n",
    );
    let said = refusal(&["check", CLEAN, "--site", &site]);
    assert!(said.contains("site.toml:4:11"), "{said}");

    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, rules.join(from.file_name().unwrap())).unwrap();
    }
    let rules_named = rules.to_str().unwrap();
    assert_eq!(status(&["check", CLEAN, "--rules", rules_named]), 0);
    let pascom = rules.join("pascom.toml");
    let text = fs::read_to_string(&pascom).unwrap();
    let line = text.lines().position(|line| line.starts_with("kind = ")).unwrap();
    fs::write(&pascom, text.replacen("\nkind = ", "\nkibd = ", 1)).unwrap();
    for words in [&["check", CLEAN, "--rules", rules_named][..], &["ports", "--rules", rules_named]] {
        let said = refusal(words);
        assert!(said.contains(&format!("pascom.toml:{}:1", line + 1)), "{said}");
    }
}

#[test]
fn what_is_no_capture_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = file(folder.path(), "letter.pcap", "Sehr geehrte Damen und Herren\n");
    assert!(refusal(&["check", &text]).contains("letter.pcap"));
    let empty = file(folder.path(), "empty.pcap", "");
    assert!(refusal(&["check", &empty]).contains("empty.pcap"));
    assert!(refusal(&["check", CLEAN, &text]).contains("letter.pcap"));
    let nothing = folder.path().join("nothing");
    fs::create_dir(&nothing).unwrap();
    assert!(refusal(&["check", nothing.to_str().unwrap()]).contains("nothing"));
}

#[test]
fn a_pipe_is_read_while_it_is_written() {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(WARNING)).unwrap();
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    let mut child = pbxray(&["check", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(first).unwrap();
    pipe.flush().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(child.try_wait().unwrap(), None, "it must wait for the rest");
    pipe.write_all(rest).unwrap();
    drop(pipe);
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let piped: Value = serde_json::from_str(&text).unwrap();
    let whole = report(&["check", WARNING]);
    assert_eq!(piped["captures"][0]["path"], "-");
    for key in ["findings", "flows", "streams", "hosts", "rows", "verdict"] {
        assert_eq!(piped[key], whole[key], "{key}");
    }
}

#[test]
fn several_files_and_directories_are_one_measurement() {
    let both = report(&["check", WARNING, ERROR]);
    assert_eq!(both["captures"].as_array().unwrap().len(), 2);
    let codes: Vec<&str> =
        both["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect();
    // The same call is in both, with the mark and without: as if a switch took it away.
    assert!(codes.contains(&"QOS-002") && codes.contains(&"PORT-001"), "{codes:?}");

    let folder = tempfile::tempdir().unwrap();
    for sample in [ERROR, WARNING] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(sample);
        fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    file(folder.path(), "notes.txt", "no capture, and passed over");
    let of_folder = report(&["check", folder.path().to_str().unwrap()]);
    let said = |report: &Value| -> Vec<Value> {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["detail"].clone()).collect()
    };
    assert_eq!(said(&of_folder), said(&both));
}

#[test]
fn a_file_named_twice_is_read_once() {
    assert_eq!(report(&["check", CLEAN, CLEAN]), report(&["check", CLEAN]));
    let told = |words: &[&str]| String::from_utf8(run(words).stderr).unwrap();
    assert!(told(&["check", CLEAN, CLEAN]).contains(&format!("{CLEAN}: is named more than once")));
    assert_eq!(told(&["check", CLEAN, WARNING]), "");
}

#[test]
fn near_misses_are_told_with_what_to_write() {
    let said = refusal(&["check", CLEAN, "--redact", "addresses"]);
    assert!(
        said.contains("addresses: there is no such file") && said.contains("--redact=addresses"),
        "{said}"
    );
    assert!(!refusal(&["check", "absent"]).contains("--redact"));
    assert!(
        refusal(&["check", CLEAN, "-o", "x", "-o", "y"]).contains("names 1 form and -o stands there 2 times")
    );
    let points = ["compare", "--points", CLEAN, CLEAN];
    for words in [["--site", "x.toml"], ["--fail-on", "error"], ["--pbx", "192.168.10.2"]] {
        assert!(refusal(&[&points[..], &words].concat()).contains("cannot be used with"), "{words:?}");
    }
}

#[test]
fn a_pipe_gets_colours_only_if_asked() {
    let always = out(&["check", WARNING, "--color", "always"]);
    assert!(always.contains(ESCAPE));
    let asked = pbxray(&["check", WARNING, "--color", "always"]).env("NO_COLOR", "1").output().unwrap();
    assert_eq!(String::from_utf8(asked.stdout).unwrap(), always, "always means always");
    assert!(!out(&["check", WARNING, "--color", "never"]).contains(ESCAPE));
    assert!(!out(&["check", WARNING]).contains(ESCAPE));
}

#[test]
fn a_terminal_gets_colours_unless_no_color_is_set() {
    let shown = |no_color: &str| {
        let line = format!("{} check {WARNING} 2>/dev/null", env!("CARGO_BIN_EXE_pbxray"));
        Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("NO_COLOR", no_color)
            .stdin(Stdio::null())
            .output()
    };
    let (Ok(coloured), Ok(plain)) = (shown(""), shown("1")) else {
        let _ = skip::<()>("a_terminal_gets_colours_unless_no_color_is_set", "script is not installed");
        return;
    };
    let text = |output: Output| String::from_utf8(output.stdout).unwrap();
    let (coloured, plain) = (text(coloured), text(plain));
    assert!(coloured.contains("PORT-001") && coloured.contains(ESCAPE), "{coloured}");
    assert!(plain.contains("PORT-001") && !plain.contains(ESCAPE), "{plain}");
}

#[test]
fn the_language_is_that_of_the_option_else_of_the_locale() {
    let with = |variable: &str, value: &str, words: &[&str]| {
        let output = pbxray(&[&["check", CLEAN], words].concat()).env(variable, value).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (german, english) = (out(&["check", CLEAN, "--lang", "de"]), out(&["check", CLEAN, "--lang", "en"]));
    assert_ne!(german, english);
    assert_eq!(out(&["check", CLEAN]), english);
    assert_eq!(with("LC_ALL", "de_DE.UTF-8", &[]), german);
    assert_eq!(with("LANG", "de_AT.UTF-8", &[]), german);
    assert_eq!(with("LC_ALL", "fr_FR.UTF-8", &[]), english);
    assert_eq!(with("LC_ALL", "de_DE.UTF-8", &["--lang", "en"]), english);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let one = out(&["check", CLEAN, "--format", "json", "--threads", "1"]);
    for threads in ["2", "7"] {
        assert_eq!(out(&["check", CLEAN, "--format", "json", "--threads", threads]), one);
    }
}

#[test]
fn a_filter_passes_over_what_it_does_not_select() {
    if run(&["interfaces"]).status.code() == Some(2) {
        let _ = skip::<()>("a_filter_passes_over_what_it_does_not_select", "libpcap is not installed");
        return;
    }
    let filtered = report(&["check", ERROR, "--filter", "udp port 5060"]);
    assert!(filtered["quality"]["filtered"].as_u64().unwrap() > 0);
    assert_eq!(filtered["filter_expression"], "udp port 5060");
    let nothing = ["check", ERROR, "--filter", "host 1.2.3.4"];
    let text = out(&nothing);
    for part in ["0 of them read", "host 1.2.3.4", "Check the filter (--filter)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Make at least one call"), "{text}");
    assert_eq!(report(&nothing)["findings"][0]["confidence"], "likely");
    for form in ["markdown", "html", "sarif"] {
        let text = out(&[&nothing[..], &["--format", form]].concat());
        assert!(text.contains("host 1.2.3.4"), "{form}: {text}");
    }
    let flows = filtered["flows"].as_array().unwrap();
    assert!(!flows.is_empty());
    assert!(flows.iter().all(|flow| flow["a"]["port"] == 5060 || flow["b"]["port"] == 5060));
    assert!(refusal(&["check", ERROR, "--filter", "udp prot 5060"]).contains("udp prot 5060"));
}

#[test]
fn an_accepted_finding_is_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let site =
        file(folder.path(), "site.toml", "[[exception]]\ncode = \"QOS-001\"\nreason = \"alter Switch\"\n");
    let words = ["check", ERROR, "--site", &site];
    assert_eq!(status(&words), 0);
    for form in ["table", "html", "markdown"] {
        let text = out(&[&words[..], &["--format", form]].concat());
        for part in ["PASSED WITH 1 ACCEPTED DEVIATION", "QOS-001", "alter Switch"] {
            assert!(text.contains(part), "{form}, {part}: {text}");
        }
    }
    let sarif: Value = serde_json::from_str(&out(&[&words[..], &["--format", "sarif"]].concat())).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let accepted = results.iter().find(|result| result["ruleId"] == "QOS-001").unwrap();
    assert_eq!(accepted["suppressions"][0]["justification"], "alter Switch");
    let tables = folder.path().join("tables");
    let output = run(&[&words[..], &["--format", "csv", "-o", tables.to_str().unwrap()]].concat());
    assert!(output.status.success());
    let findings = fs::read_to_string(tables.join("findings.csv")).unwrap();
    let line = findings.lines().find(|line| line.starts_with("QOS-001;")).unwrap();
    assert!(line.ends_with(";alter Switch"), "{line}");
    let compared = out(&["compare", ERROR, ERROR, "--site", &site]);
    assert!(compared.contains("Accepted deviations") && compared.contains("QOS-001"), "{compared}");
}

#[test]
fn ports_names_the_models_and_shared_rows() {
    let all = out(&["ports"]);
    assert!(all.contains("hypervoice") && all.contains("--pbx ADDRESS=ID"), "{all}");
    let phones = out(&["ports", "--role", "agfeo.phone"]);
    assert!(!phones.contains("--pbx ADDRESS=ID"), "no model is one of a telephone");
    // A heading may go over two lines.
    let headings: Vec<&str> = phones.split("\n\n").flat_map(|text| text.split("\nRow ").next()).collect();
    let headings: Vec<&&str> = headings.iter().filter(|text| text.contains("(agfeo.")).collect();
    assert!(!headings.is_empty());
    for heading in headings {
        assert!(heading.contains("agfeo.phone"), "{heading}");
    }
}
