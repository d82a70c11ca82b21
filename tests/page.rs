//! The page in a real browser (Chromium): on telephones, tablets, screens and paper, with and without its script, sorted and
//! filtered, and with hostile names.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::tempdir;

const SAMPLE: &str = "samples/qos-001.pcapng";
/// Rich, clean, pascom, recorded, cut off, with a certificate.
const SAMPLES: [&str; 6] = [
    SAMPLE,
    "samples/agfeo-lan.pcapng",
    "samples/pascom-onsite.pcapng",
    "samples/recorded/clean.pcap.gz",
    "samples/cap-011.pcap",
    "samples/sig-007-expired.pcapng",
];

fn pbxray(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxray")).args(words).output().unwrap()
}

/// The page about a capture.
fn page_of(folder: &Path, sample: &str, language: &str) -> String {
    let page = folder.join("of-sample.html");
    let words = ["check", sample, "--lang", language, "--format", "html", "-o", page.to_str().unwrap()];
    assert_ne!(pbxray(&words).status.code(), Some(2));
    fs::read_to_string(page).unwrap()
}

/// The sample's report as JSON.
fn json_of_sample(folder: &Path) -> serde_json::Value {
    let file = folder.join("sample.json");
    let words = ["check", SAMPLE, "--lang", "de", "--format", "json", "-o", file.to_str().unwrap()];
    assert_eq!(pbxray(&words).status.code(), Some(1));
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// On a telephone nothing is wider than the screen, in either language, with the longest words that a capture has.
#[test]
fn a_page_fits_a_telephone_and_a_printer() {
    if !has_browser("a_page_fits_a_telephone_and_a_printer") {
        return;
    }
    let folder = tempdir().unwrap();
    for (sample, language) in SAMPLES.iter().flat_map(|sample| [(*sample, "de"), (*sample, "en")]) {
        let page = page_of(folder.path(), sample, language);
        // Print rules have no screen to be asked on, so here they hold for one as wide as A4 within its margins.
        let printed = page.replacen("@media print", "@media all", 1);
        assert_eq!(too_wide(folder.path(), &page, &[360, 390, 414]), [0; 0], "{sample} {language}");
        assert_eq!(too_wide(folder.path(), &printed, &[688]), [0; 0], "{sample} {language} printed");
    }
}

/// Nor with words that never end, as a hostile capture may have them.
#[test]
fn words_without_end_stay_on_the_page() {
    if !has_browser("words_without_end_stay_on_the_page") {
        return;
    }
    let folder = tempdir().unwrap();
    let mut report = json_of_sample(folder.path());
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
    assert_eq!(too_wide(folder.path(), &page, &[390, 768, 1280]), [0; 0]);
    assert_eq!(too_wide(folder.path(), &printed, &[688]), [0; 0], "printed");
}

/// Those of the widths at which a page wants to be wider.
fn too_wide(folder: &Path, page: &str, widths: &[u32]) -> Vec<u32> {
    const WIDTH: &str = "return page.documentElement.scrollWidth;";
    let wanted = asked(folder, page, widths, WIDTH);
    let pairs = widths.iter().zip(wanted);
    pairs.filter(|(width, wanted)| *wanted != width.to_string()).map(|(width, _)| *width).collect()
}

/// What a question to the page gives, a body of a function of `page`, its document, where that is shown so wide.
fn asked(folder: &Path, page: &str, widths: &[u32], question: &str) -> Vec<String> {
    answers(&browse(folder, &framed(page, widths, "", question)))
}

fn answers(shown: &str) -> Vec<String> {
    let answer = shown.split("data-answer=\"").nth(1).and_then(|rest| rest.split('"').next());
    answer.unwrap_or_default().split('|').map(str::to_owned).collect()
}

/// A page that shows another one in frames of these widths and asks each. No window of the browser is so narrow. `limits`:
/// an attribute of the frames.
fn framed(page: &str, widths: &[u32], limits: &str, question: &str) -> String {
    let policy = page.split("http-equiv=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = page.replacen(policy, "x-none", 1).replace('&', "&amp;").replace('"', "&quot;");
    let frame = |width| {
        format!("<iframe {limits} style='width:{width}px;height:800px;border:0' srcdoc=\"{page}\"></iframe>")
    };
    let frames: String = widths.iter().map(frame).collect();
    format!(
        "<!DOCTYPE html>{frames}<script>
         const ask = (page) => {{ {question} }};
         onload = () => {{
         const answers = [...document.querySelectorAll('iframe')].map((frame) => ask(frame.contentDocument));
         document.documentElement.dataset.answer = answers.join('|'); }}</script>"
    )
}

/// On a tablet each table shows all it has without being pushed sideways, and so does it on a screen.
#[test]
fn no_table_is_wider_than_a_tablet() {
    if !has_browser("no_table_is_wider_than_a_tablet") {
        return;
    }
    const TOO_WIDE: &str = "return [...page.querySelectorAll('.scroll')]
        .filter((one) => one.scrollWidth > one.clientWidth)
        .map((one) => one.closest('section').id).join(' ') || 'none';";
    let folder = tempdir().unwrap();
    for (sample, language) in SAMPLES.iter().flat_map(|sample| [(*sample, "de"), (*sample, "en")]) {
        let page = page_of(folder.path(), sample, language);
        let answers = asked(folder.path(), &page, &[700, 768, 834, 1024, 1280], TOO_WIDE);
        assert_eq!(answers, ["none"; 5], "{sample} {language}");
    }
}

/// Where a row is a card there are no heads to click: a list of them sorts, and the filter filters.
#[test]
fn cards_are_sorted_by_a_list_and_filtered() {
    if !has_browser("cards_are_sorted_by_a_list_and_filtered") {
        return;
    }
    const SORT: &str = "const done = [];
        const rows = (table) => [...table.tBodies[0].rows];
        const table = [...page.querySelectorAll('table')].find((one) => rows(one).length > 7);
        const texts = () => rows(table).map((row) => row.cells[2].textContent);
        const tools = table.parentElement.previousElementSibling;
        const list = tools.querySelector('select');
        const seen = (one) => one.getBoundingClientRect().height > 0;
        if (seen(list) && !seen(table.tHead)) done.push('list');
        const before = texts();
        const choose = (value) => { list.value = value; list.dispatchEvent(new Event('change')); };
        const sorted = [...before].sort((a, b) => a.localeCompare(b, 'de', { numeric: true }));
        choose('2 false'); if (texts().join() === sorted.join()) done.push('up');
        choose('2 true'); if (texts()[0] === sorted.at(-1) && texts().join() !== sorted.join()) done.push('down');
        choose(''); if (texts().join() === before.join()) done.push('back');
        const filter = tools.querySelector('.filter');
        filter.value = before[1]; filter.dispatchEvent(new Event('input'));
        const left = rows(table).filter(seen);
        if (left.length > 0 && left.length < before.length) done.push('filtered');
        return done.join(' ');";
    let folder = tempdir().unwrap();
    let page = page_of(folder.path(), "samples/agfeo-lan.pcapng", "de");
    let [sorted, heads] = ["list up down back filtered", "up down back filtered"];
    assert_eq!(asked(folder.path(), &page, &[360, 414, 1280], SORT), [sorted, sorted, heads]);
}

/// Scripts switched off, the page shows no control that does nothing and everything else.
#[test]
fn without_scripts_the_page_is_whole() {
    if !has_browser("without_scripts_the_page_is_whole") {
        return;
    }
    const SEEN: &str = "const seen = (one) => one.getBoundingClientRect().height > 0;
        const all = (what) => [...page.querySelectorAll(what)];
        return [all('button, select').length, all('input').filter(seen).length, all('tbody tr').every(seen),
            all('.acceptance .line').length].join(' ');";
    let folder = tempdir().unwrap();
    let page = page_of(folder.path(), SAMPLE, "de");
    let shown = browse(folder.path(), &framed(&page, &[390, 1280], "sandbox='allow-same-origin'", SEEN));
    assert_eq!(answers(&shown), ["0 0 true 6"; 2], "{}", start(&shown));
}

/// Printed on A4: numbered pages, no heading at the end of one, heads again where a table goes on.
#[test]
fn printed_pages_are_numbered_and_end_with_no_heading() {
    let test = "printed_pages_are_numbered_and_end_with_no_heading";
    if !has_browser(test) {
        return;
    }
    if Command::new("pdftotext").arg("-v").output().is_err() {
        support::captures::skip::<()>(test, "pdftotext (poppler-utils) is not installed");
        return;
    }
    let folder = tempdir().unwrap();
    for (sample, language) in SAMPLES.iter().flat_map(|sample| [(*sample, "de"), (*sample, "en")]) {
        let [of_page, numbered] = if language == "de" {
            ["Prüfbericht Telefonie  ", "Seite 1 von"]
        } else {
            ["Telephony test report  ", "Page 1 of"]
        };
        let page = page_of(folder.path(), sample, language);
        let headings: Vec<&str> = page
            .split("<h2>")
            .chain(page.split("<h3>"))
            .filter_map(|part| part.split("</h").next())
            .collect();
        let pages = printed(folder.path(), &page);
        assert!(pages.len() > 1 && pages[0].contains(numbered), "{sample} {language}: {}", pages[0]);
        for text in &pages {
            // The margin has its own line, wherever pdftotext puts it.
            let mut lines =
                text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains(of_page));
            let last = lines
                .next_back()
                .unwrap_or_default()
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .trim();
            assert!(!headings.contains(&last), "{sample} {language} ends a page with {last}");
        }
        let ports = if language == "de" { "Gegenstelle" } else { "Peer" };
        let rows = pages.iter().filter(|text| text.contains("DNS-Namens") || text.contains("A26"));
        assert!(rows.clone().all(|text| text.contains(ports)), "{sample} {language}: a table without heads");
    }
}

/// The text of each page on paper.
fn printed(folder: &Path, page: &str) -> Vec<String> {
    let [html, pdf] = ["print.html", "print.pdf"].map(|name| folder.join(name));
    fs::write(&html, page).unwrap();
    let status = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(format!("file://{}", html.display()))
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    let text = Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
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
    let mut report = json_of_sample(folder.path());
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

/// The page as the browser has it after its scripts; the console must be empty, unless a test forbids scripts.
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
    let is_error = |line: &&str| line.contains("CONSOLE") && !line.contains("allow-scripts");
    let errors: Vec<&str> = log.lines().filter(is_error).collect();
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
const filter = table.parentElement.previousElementSibling.querySelector('.filter');
filter.value = up[0]; filter.dispatchEvent(new Event('input'));
const left = [...table.tBodies[0].rows].filter((row) => !row.hidden);
if (left.length > 0 && left.length < up.length) done.push('filtered');
document.documentElement.dataset.driven = done.join(' ');";
