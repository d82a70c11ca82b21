//! What the documents promise: the report in README.md is what the program prints, its command lines are understood,
//! its site file loads, its tables are those of the code, and every path that a document names exists.
//!
//! `PBXRAY_UPDATE_README=1 cargo test --test readme report` writes the report anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use pbxray::check::Code;
use pbxray::cli::Cli;
use pbxray::config::SourceText;
use pbxray::rules::Rulebook;
use pbxray::site::{SiteFile, Vocabulary};

const DOCUMENTS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"];
/// Opens the block that holds the report; its first line is the command.
const REPORT: &str = "```text\n$ pbxray ";
/// The heading of the report before which the README leaves off.
const LEFT_OUT: &str = "\nDokumentierte Ports";
/// What the README says in its place.
const ELLIPSIS: &str = "\n[...]\n";

#[test]
fn the_report_is_what_the_program_prints() {
    let readme = read("README.md");
    let (before, rest) = readme.split_once(REPORT).expect("the block with the report");
    let (command, rest) = rest.split_once('\n').expect("a report behind the command");
    let (shown, after) = rest.split_once(ELLIPSIS).expect("the mark of what is left out");
    let printed = beginning_of_report(command);
    if std::env::var_os("PBXRAY_UPDATE_README").is_some() {
        let text = format!("{before}{REPORT}{command}\n{printed}{ELLIPSIS}{after}");
        return fs::write(path("README.md"), text).unwrap();
    }
    assert_eq!(shown, printed, "PBXRAY_UPDATE_README=1 cargo test --test readme report writes it anew");
}

/// In UTC, written in the form that needs no time zone files.
fn beginning_of_report(command: &str) -> String {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_pbxray"))
        .args(words(command))
        .current_dir(path(""))
        .env("TZ", "UTC0")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (beginning, _) = text.split_once(LEFT_OUT).unwrap_or_else(|| panic!("no `{LEFT_OUT}` in:\n{text}"));
    // Trailing blanks are lost in editors.
    beginning.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn every_command_line_is_understood() {
    let readme = read("README.md");
    let mut commands = 0;
    for line in blocks(&readme, "sh").into_iter().flat_map(str::lines) {
        // Comments and redirections are the shell's.
        let line = line.split(" #").next().unwrap_or(line);
        let line = line.split(" > ").next().unwrap_or(line).trim();
        let program =
            ["cargo run --release -- ", "pbxray "].into_iter().find_map(|program| line.split_once(program));
        let Some((_, arguments)) = program else { continue };
        let words = std::iter::once("pbxray".to_owned()).chain(words(arguments));
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("{line}\n{error}");
        }
        commands += 1;
    }
    assert!(commands > 5, "{commands} commands found");
}

#[test]
fn the_site_file_loads() {
    let readme = read("README.md");
    let text = blocks(&readme, "toml").into_iter().next().expect("a site file");
    let book = Rulebook::builtin().unwrap();
    let rows = book.row_ids();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let detailed: Vec<&str> =
        Code::ALL.iter().filter(|code| code.takes_ports()).map(|code| code.as_str()).collect();
    let (roles, models) = (&book.roles, &book.models);
    let known = Vocabulary { roles, models, rows: &rows, codes: &codes, detailed: &detailed };
    if let Err(problems) = SiteFile::parse(&SourceText::new("README.md", text), &known) {
        panic!("{problems}");
    }
}

#[test]
fn the_codes_whose_exceptions_take_ports_are_those_of_the_program() {
    let readme = read("README.md");
    let text = readme
        .split("With port, peer or transport it accepts")
        .nth(1)
        .expect("the list")
        .split('.')
        .next()
        .unwrap();
    let words: BTreeSet<&str> = text.split([' ', ',', '\n']).filter(|word| word.contains('-')).collect();
    let taking = Code::ALL.iter().filter(|code| code.takes_ports()).map(|code| code.as_str());
    assert_eq!(words, taking.collect());
}

#[test]
fn the_families_of_codes_are_those_of_the_program() {
    let family = |code: &Code| code.as_str().split('-').next().unwrap_or_default().to_owned();
    let judged: BTreeSet<String> = Code::ALL.iter().map(family).collect();
    let named: BTreeSet<String> =
        table(&read("README.md"), "codes").into_iter().map(|cells| cells[0].clone()).collect();
    assert_eq!(named, judged);
}

#[test]
fn the_sources_are_those_of_the_rule_books() {
    let book = Rulebook::builtin().unwrap();
    let documents = book.documents.iter().map(|document| {
        let rows = book.rows.iter().filter(|row| row.document == *document).count();
        let source = format!("{}: {}", document.vendor, document.title);
        vec![source, document.as_of.to_string(), rows.to_string()]
    });
    let documents: BTreeSet<Vec<String>> = documents.collect();
    let named: BTreeSet<Vec<String>> = table(&read("README.md"), "source").into_iter().collect();
    assert_eq!(named, documents);
}

#[test]
fn every_path_that_is_named_exists() {
    const PLACES: [&str; 7] = [".ci/", "crates/", "rules/", "samples/", "src/", "tests/", "LICENSE"];
    for document in DOCUMENTS {
        let text = read(document);
        let ends = |c: char| c.is_whitespace() || "`()[],;*".contains(c);
        let named = text.split(ends).map(|word| word.trim_end_matches(['.', ':']));
        let missing: Vec<&str> = named
            .filter(|word| PLACES.iter().any(|place| word.starts_with(place)) && !path(word).exists())
            .collect();
        assert!(missing.is_empty(), "{document}: {missing:?}");
    }
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap().replace("\r\n", "\n")
}

/// What stands in the fenced blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("\n```{language}\n");
    text.split(opening.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

/// The rows of the table whose head begins with `first`, as cells.
fn table(text: &str, first: &str) -> Vec<Vec<String>> {
    let head = format!("| {first} |");
    let rows = text.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    rows.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// A bar inside a cell is written `\|`.
fn cells(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\u{0}");
    line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// Words as a shell splits them, with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
