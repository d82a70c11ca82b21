//! Forms of a report: several at once, a stored one again, with pseudonyms, and a page in a real browser.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

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
    assert!(error_of(&["report", "absent.json"]).contains("table needs the capture"));
    assert!(error_of(&["report", SAMPLE, "--format", "html"]).contains("no JSON report"));
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

/// On a telephone nothing is wider than the screen, in either language, with the longest words that a capture has.
#[test]
fn a_page_fits_a_telephone_and_a_printer() {
    if !has_browser("a_page_fits_a_telephone_and_a_printer") {
        return;
    }
    let folder = tempdir().unwrap();
    let samples = [SAMPLE, "samples/agfeo-lan.pcapng", "samples/recorded/clean.pcap.gz"];
    for (sample, language) in samples.iter().flat_map(|sample| [(*sample, "de"), (*sample, "en")]) {
        let page = folder.path().join("narrow.html");
        let words = ["check", sample, "--lang", language, "--format", "html", "-o", page.to_str().unwrap()];
        assert_ne!(pbxray(&words).status.code(), Some(2));
        let page = fs::read_to_string(page).unwrap();
        // Print rules have no screen to be asked on, so here they hold for one as wide as A4 within its margins.
        let printed = page.replacen("@media print", "@media all", 1);
        for (page, width) in [(&page, 360), (&page, 390), (&page, 414), (&printed, 688)] {
            let measured = widths(folder.path(), page, width);
            assert_eq!(measured, format!("{width} {width}"), "{sample} {language} at {width} px");
        }
    }
}

/// Nor with words that never end, as a hostile capture may have them.
#[test]
fn words_without_end_stay_on_the_page() {
    if !has_browser("words_without_end_stay_on_the_page") {
        return;
    }
    let folder = tempdir().unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&written(folder.path(), "json", &[])).unwrap();
    let endless: serde_json::Value = "W".repeat(290).into();
    for place in [
        "/calls/0/from",
        "/registrations/0/aor",
        "/captures/0/path",
        "/hosts/1/role_title",
        "/hosts/1/evidence/0/seen",
        "/findings/0/title",
        "/findings/0/detail",
        "/findings/0/evidence/filter",
        "/rows/0/service",
    ] {
        *report.pointer_mut(place).unwrap() = endless.clone();
    }
    report["cover"] = serde_json::json!([{ "label": endless, "value": endless }]);
    let stored = folder.path().join("endless.json");
    fs::write(&stored, report.to_string()).unwrap();
    let output = pbxray(&["report", stored.to_str().unwrap(), "--format", "html"]);
    let page = String::from_utf8(output.stdout).unwrap();
    let printed = page.replacen("@media print", "@media all", 1);
    for (page, width) in [(&page, 390), (&page, 768), (&page, 1280), (&printed, 688)] {
        assert_eq!(widths(folder.path(), page, width), format!("{width} {width}"), "at {width} px");
    }
}

/// How wide a page is that is shown so wide, and how wide it wants to be.
fn widths(folder: &Path, page: &str, width: u32) -> String {
    let shown = browse(folder, &framed(page, width));
    let measured = shown.split("data-width=\"").nth(1).and_then(|rest| rest.split('"').next());
    measured.unwrap_or_default().to_owned()
}

/// A page that shows another one `width` pixels wide and tells how wide that is and wants to be. No window of the browser
/// is that narrow.
fn framed(page: &str, width: u32) -> String {
    let policy = page.split("http-equiv=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = page.replacen(policy, "x-none", 1).replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!DOCTYPE html><iframe style='width:{width}px;height:800px;border:0' srcdoc=\"{page}\"></iframe><script>onload = () => {{
         const root = document.querySelector('iframe').contentDocument.documentElement;
         const widths = [root.clientWidth, root.scrollWidth];
         document.documentElement.dataset.width = widths.join(' '); }}</script>"
    )
}

fn has_browser(test: &str) -> bool {
    let has = Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has {
        support::captures::skip::<()>(test, "chromium is not installed");
    }
    has
}

/// A page about hostile names in a real browser: it opens, sorts, filters, runs nothing else and reports no error.
#[test]
fn a_browser_shows_sorts_and_filters_the_page() {
    if !has_browser("a_browser_shows_sorts_and_filters_the_page") {
        return;
    }
    let folder = tempdir().unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&written(folder.path(), "json", &[])).unwrap();
    let hostile = "\"><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    report["calls"][0]["from"] = hostile.into();
    report["hosts"][0]["names"] = serde_json::json!([hostile]);
    report["hosts"][0]["role_title"] = hostile.into();
    report["hosts"][0]["evidence"][0]["seen"] = hostile.into();
    report["registrations"][0]["aor"] = hostile.into();
    report["cover"] = serde_json::json!([{ "label": hostile, "value": hostile }]);
    let stored = folder.path().join("hostile.json");
    fs::write(&stored, report.to_string()).unwrap();
    let output = pbxray(&["report", stored.to_str().unwrap(), "--format", "html"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!page.contains("<script>document.title") && !page.contains("<img"));

    // As it is: the policy lets the page's own script in, by its hash, and that makes the heads buttons.
    let shown = browse(folder.path(), &page);
    assert!(
        shown.contains("<button type=\"button\">") && !shown.contains("<title>owned"),
        "{}",
        start(&shown)
    );

    // What drives the page is no part of it, so here the policy gives way, and hostile text could run if it were code.
    let policy = page.split("script-src '").nth(1).unwrap().split('\'').next().unwrap();
    let driven = page.replacen(policy, "unsafe-inline", 1);
    let shown =
        browse(folder.path(), &driven.replace("</body>", &format!("<script>{DRIVER}</script></body>")));
    assert!(shown.contains("data-driven=\"sorted filtered\""), "{}", start(&shown));
    assert!(!shown.contains("<title>owned"), "a name of the capture ran as a script");
}

fn start(text: &str) -> &str {
    text.get(..600).unwrap_or(text)
}

/// The page as the browser has it after its scripts; the console must be empty.
fn browse(folder: &Path, page: &str) -> String {
    let path = folder.join("page.html");
    fs::write(&path, page).unwrap();
    let browser = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&browser.stderr);
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(errors.is_empty(), "{errors:?}");
    String::from_utf8_lossy(&browser.stdout).into_owned()
}

/// Clicks a head twice and types into a filter, as a person would, and leaves what came of it on the page.
const DRIVER: &str = "const done = [];
const table = [...document.querySelectorAll('table')].find((one) => one.tBodies[0].rows.length > 7);
const texts = () => [...table.tBodies[0].rows].map((row) => row.cells[2].textContent);
const button = table.querySelectorAll('th button')[2];
button.click(); const up = texts(); button.click(); const down = texts();
const sorted = [...up].sort((a, b) => a.localeCompare(b, 'de', { numeric: true }));
if (up.join() === sorted.join() && down[0] === sorted.at(-1)) done.push('sorted');
const filter = table.parentElement.previousElementSibling;
filter.value = up[0]; filter.dispatchEvent(new Event('input'));
const left = [...table.tBodies[0].rows].filter((row) => !row.hidden);
if (left.length > 0 && left.length < up.length) done.push('filtered');
document.documentElement.dataset.driven = done.join(' ');";
