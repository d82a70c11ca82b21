//! The repository holds itself to its own rules: the order of the stages, the size of files, a page and two samples for
//! every code, no vendor's number in code, documents that name only what is there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use pbxray::check::Code;
use pbxray::report::{Language, Settings, explain};
use pbxray::rules::{DocumentKind, Rulebook};
use pbxray::site::PortSet;

const LINES_OF_A_FILE: usize = 600;

/// Modules and the modules of this crate that they may name, tests aside.
const MAY_NAME: [(&str, &[&str]); 19] = [
    ("config", &[]),
    ("capture", &[]),
    ("decode", &["capture"]),
    ("observe", &["capture", "decode"]),
    ("site", &["config", "capture", "decode", "observe"]),
    // A rule book sees no flow.
    ("rules", &["config", "site"]),
    ("check", &["capture", "decode", "observe", "site", "rules"]),
    ("compare", &["capture", "decode", "observe", "site", "check"]),
    ("report", &["config", "capture", "decode", "observe", "site", "rules", "check", "compare"]),
    ("pipeline", &["capture", "decode", "observe", "site", "rules", "check", "compare"]),
    ("annotate", &["capture", "decode"]),
    ("confine", &[]),
    ("screen", &["capture", "check", "compare", "report"]),
    ("live", &[]),
    ("outputs", &[]),
    ("inputs", &[]),
    ("cli", &[]),
    ("lib", &[]),
    ("main", &[]),
];

/// Families of codes. They do not know each other.
const FAMILIES: [&str; 8] =
    ["blocked", "capture", "media", "network", "port", "qos", "security", "signalling"];

/// Crates and the only places that use them.
const USED_IN: [(&str, &[&str]); 16] = [
    ("caps", &["src/confine.rs"]),
    ("landlock", &["src/confine.rs"]),
    ("rustix", &["src/screen/"]),
    ("rayon", &["src/pipeline.rs", "src/main.rs", "src/report/json/lists.rs"]),
    ("ratatui", &["src/screen/"]),
    ("clap", &["src/cli.rs", "src/main.rs", "src/live.rs"]),
    ("comfy_table", &["src/report/"]),
    ("csv", &["src/report/spreadsheet.rs"]),
    ("maud", &["src/report/html/"]),
    ("serde_json", &["src/report/"]),
    ("schemars", &["src/report/"]),
    ("sha2", &["src/capture/digest.rs"]),
    ("pcap", &["src/capture/"]),
    ("pcap_dyn", &["src/capture/"]),
    ("annotate_snippets", &["src/config/"]),
    // Its reassembly keeps state, which decoding must not.
    ("etherparse", &["src/decode/", "src/observe/fragments.rs"]),
];

/// Ports that an RFC or IANA gives to a protocol of their own: a reader of that protocol may know them.
const OF_STANDARDS: &str = "53, 67-69, 80, 123, 389, 443, 514, 636, 1883, 3478, 5060, 5061, 5222";

/// A source file without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// The name of its stage: the folder or file below `src`.
    fn module(&self) -> &str {
        let below = self.path.trim_start_matches("src/");
        below.split(['/', '.']).next().unwrap()
    }

    /// Words of the code, strings left out.
    fn words(&self) -> Vec<String> {
        let outside = self.code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
        let words = outside.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

#[test]
fn stages_know_only_those_before_them() {
    for source in sources() {
        let module = source.module();
        let (_, allowed) =
            MAY_NAME.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("{module}"));
        for named in after(&source.code, "crate::") {
            assert!(named == module || allowed.contains(&named), "{}: crate::{named}", source.path);
        }
    }
}

#[test]
fn families_of_codes_do_not_know_each_other() {
    for source in sources().iter().filter(|source| source.path.starts_with("src/check/")) {
        let name = source.path.trim_start_matches("src/check/").trim_end_matches(".rs").to_owned();
        if FAMILIES.contains(&name.as_str()) {
            let named: Vec<&str> = after(&source.code, "super::");
            assert!(named.iter().all(|other| !FAMILIES.contains(other)), "{}: {named:?}", source.path);
        }
    }
    let there: Vec<bool> =
        FAMILIES.iter().map(|name| path(&format!("src/check/{name}.rs")).exists()).collect();
    assert_eq!(there, [true; FAMILIES.len()]);
}

#[test]
fn each_crate_is_used_where_it_belongs() {
    for source in sources() {
        let words: BTreeSet<String> = paths_named(&source.code);
        for (name, places) in USED_IN {
            let belongs = places.iter().any(|place| source.path.starts_with(place));
            assert!(belongs || !words.contains(name), "{} uses {name}", source.path);
        }
    }
}

#[test]
fn files_are_short() {
    for source in all_files("src", "rs") {
        let lines = fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines <= LINES_OF_A_FILE, "{}: {lines} lines", source.display());
    }
}

#[test]
fn every_file_says_what_it_is() {
    for source in all_files("src", "rs") {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        if name != "tests.rs" && !source.components().any(|part| part.as_os_str() == "tests") {
            let text = fs::read_to_string(&source).unwrap();
            assert!(text.starts_with("//! "), "{} begins without a head", source.display());
        }
    }
}

#[test]
fn every_code_has_a_page_in_both_languages() {
    for &code in Code::ALL {
        let pages = [Language::De, Language::En].map(|language| {
            let settings = Settings {
                language,
                width: 100,
                colour: false,
                all_flows: false,
                zone: TimeZone::UTC,
                version: "0",
            };
            explain(code.as_str(), &settings).unwrap()
        });
        assert!(
            pages.iter().all(|page| page.contains(code.as_str()) && page.lines().count() > 10),
            "{code:?}"
        );
        assert_ne!(pages[0], pages[1]);
    }
}

#[test]
fn every_code_has_a_sample_that_raises_it_and_one_that_must_not() {
    let scenarios = samplegen::scenario::all();
    // Only the row matrix tells of what was not observed.
    for code in Code::ALL.iter().filter(|code| **code != Code::Port004).map(|code| code.as_str()) {
        let raises = scenarios.iter().any(|one| one.expect.iter().any(|(raised, _)| *raised == code));
        let bars = scenarios.iter().any(|one| one.never.contains(&code));
        assert!(raises && bars, "{code}: raised by one {raises}, barred by one {bars}");
    }
}

#[test]
fn no_vendors_port_stands_in_code() {
    let standards: PortSet = OF_STANDARDS.parse().unwrap();
    let book = Rulebook::builtin().unwrap();
    let rows = book
        .rows
        .iter()
        .filter(|row| matches!(row.document.kind, DocumentKind::Vendor | DocumentKind::Extended));
    let sides = rows.flat_map(|row| &row.legs).flat_map(|leg| [leg.own.set(), leg.remote.set()]);
    let ends = sides.flatten().flat_map(PortSet::ranges).flat_map(|range| [*range.start(), *range.end()]);
    // Small numbers count other things.
    let documented: BTreeSet<u16> =
        ends.filter(|&port| port > 1024 && port < u16::MAX && !standards.contains(port)).collect();
    assert!([5204, 5904, 2153, 5896, 60_104, 30_000].iter().all(|port| documented.contains(port)));
    let mut found = Vec::new();
    for (source, number) in numbers() {
        let is_port = u16::try_from(number).is_ok_and(|number| documented.contains(&number));
        // Ten thousand and its multiples are limits of lists.
        let is_round = number % 10_000 == 0;
        if is_port && !is_round {
            found.push(format!("{source}: {number}"));
        }
    }
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn no_mark_stands_in_judging_code() {
    let book = Rulebook::builtin().unwrap();
    let marks: BTreeSet<u64> = book.qos.iter().map(|rule| rule.dscp.into()).collect();
    assert!(marks.contains(&46));
    for (source, number) in numbers() {
        let judges = ["src/check/", "src/site/", "src/observe/", "src/rules/"]
            .iter()
            .any(|place| source.starts_with(place));
        // Lengths in headers of messages are other numbers.
        let is_message = source.starts_with("src/observe/me");
        // MAC prefixes are 24 bits long.
        let is_prefix = source.starts_with("src/site/pattern.rs");
        assert!(!judges || is_message || is_prefix || !marks.contains(&number), "{source}: {number}");
    }
}

#[test]
fn documents_name_modules_that_exist() {
    let known: BTreeSet<String> = all_files("src", "rs").iter().flat_map(|file| names_of(file)).collect();
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(path(document)).unwrap();
        let modules = MAY_NAME.iter().map(|(module, _)| *module).collect::<Vec<_>>();
        for quoted in text.split('`').skip(1).step_by(2) {
            let mut parts = quoted.split("::");
            let (Some(first), Some(second)) = (parts.next(), parts.next()) else { continue };
            if modules.contains(&first) {
                let item = second.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                assert!(known.contains(item) || is_defined(first, item), "{document}: `{quoted}`");
            }
        }
    }
}

/// Whether a module defines an item of this name.
fn is_defined(module: &str, item: &str) -> bool {
    let in_module = |source: &&Source| source.module() == module;
    let words = ["fn ", "struct ", "enum ", "const ", "trait ", "type ", "mod "];
    sources()
        .iter()
        .filter(in_module)
        .any(|source| words.iter().any(|word| after(&source.code, word).contains(&item)))
}

/// The module names that a file stands for.
fn names_of(file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(path("src")).unwrap();
    relative.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// Source files of the program, without comments and tests.
fn sources() -> Vec<Source> {
    let modules = test_modules();
    let is_test =
        |path: &str| path.ends_with("tests.rs") || path.contains("/tests/") || modules.contains(path);
    let files = all_files("src", "rs").into_iter().map(|file| {
        let name = file.strip_prefix(path("")).unwrap().to_string_lossy().replace('\\', "/");
        (name, fs::read_to_string(file).unwrap())
    });
    let files = files.filter(|(name, _)| !is_test(name));
    files.map(|(path, text)| Source { path, code: plain(&text) }).collect()
}

/// Files of modules that are compiled for tests only.
fn test_modules() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in all_files("src", "rs") {
        let text = fs::read_to_string(&file).unwrap();
        let folder = file.strip_prefix(path("")).unwrap().with_extension("");
        let folder = if folder.ends_with("mod") { folder.parent().unwrap().to_path_buf() } else { folder };
        for declared in text.split("#[cfg(test)]\n").skip(1) {
            let line = declared.lines().next().unwrap_or_default();
            if let Some(name) = line.strip_suffix(';').and_then(|line| line.split("mod ").nth(1)) {
                found.insert(format!("{}/{name}.rs", folder.to_string_lossy().replace('\\', "/")));
            }
        }
    }
    found
}

/// The code before the tests, without comments.
fn plain(text: &str) -> String {
    let before = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = before.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Identifiers that stand behind `prefix`, those of a list in braces one by one.
fn after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let ends = |c: char| !c.is_alphanumeric() && c != '_';
    let mut found = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        let rest = &code[start + prefix.len()..];
        match rest.strip_prefix('{').and_then(|list| list.split_once('}')) {
            Some((list, _)) => {
                found.extend(list.split(',').map(|word| word.trim().split(ends).next().unwrap()))
            }
            None => found.extend(rest.split(ends).next()),
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// First names of paths such as `rayon::prelude`.
fn paths_named(code: &str) -> BTreeSet<String> {
    let begins = |c: char| !c.is_alphanumeric() && c != '_';
    let ends = code.match_indices("::").map(|(at, _)| &code[..at]);
    // A path inside a path has `::` before it as well.
    let firsts = ends.filter_map(|before| {
        let name = before.rsplit(begins).next()?;
        (!before[..before.len() - name.len()].ends_with("::")).then(|| name.to_owned())
    });
    firsts.collect()
}

/// Numbers that stand in code, with the file; `5_060` is 5060.
fn numbers() -> Vec<(String, u64)> {
    let of_file = |source: Source| {
        let words = source.words();
        let digits = words.into_iter().filter_map(|word| word.replace('_', "").parse().ok());
        digits.map(|number| (source.path.clone(), number)).collect::<Vec<_>>()
    };
    sources().into_iter().flat_map(of_file).collect()
}

fn all_files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![path(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The helpers above read what they are meant to read.
#[test]
fn the_reader_of_sources_is_right() {
    assert_eq!(
        after("use crate::capture::Frame; crate::{observe::x, site};", "crate::"),
        ["capture", "observe", "site"]
    );
    assert_eq!(plain("a\n// b\nc // d\n#[cfg(test)]\nmod tests {\n x }"), "a\nc");
    let source = Source { path: "src/check/qos.rs".to_owned(), code: "x(5_204, \"5060\", 0x10)".to_owned() };
    assert_eq!(
        (source.module(), source.words()),
        ("check", ["x", "5_204", "0x10"].map(str::to_owned).to_vec())
    );
    assert_eq!(paths_named("a::b::c(d::e)"), ["a", "d"].map(str::to_owned).into());
    assert!(test_modules().contains("src/observe/fixture.rs"));
    let modules: BTreeMap<String, usize> = sources().iter().fold(BTreeMap::new(), |mut counts, source| {
        *counts.entry(source.module().to_owned()).or_default() += 1;
        counts
    });
    assert!(modules.len() == MAY_NAME.len() && modules["observe"] > 20, "{modules:?}");
}
