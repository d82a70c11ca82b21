//! Every display filter of a finding is understood by tshark and selects the frames that the finding names.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pbxray::check::{Audit, Finding};
use pbxray::site::Hints;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use samplegen::scenario::{self, row_broken, row_ids, row_used};

use support::stages::{audit_file, hints, written};
use support::{captures, tshark};

/// Frame numbers by filter.
type Filters = BTreeMap<String, BTreeSet<u64>>;

#[test]
fn filters_of_the_scenarios_select_the_frames_named() {
    if !tshark::is_installed("filters_of_the_scenarios_select_the_frames_named") {
        return;
    }
    let rows = row_ids().into_iter().flat_map(|id| [row_used(id), row_broken(id)]).flatten();
    let scenarios: Vec<_> = scenario::all().into_iter().chain(rows).collect();
    let outcomes = scenarios.into_par_iter().map(|scenario| {
        let file = written(&scenario.file());
        judge(&scenario.name, file.path(), &hints(&scenario))
    });
    report(outcomes.collect());
}

#[test]
fn filters_of_recorded_captures_select_the_frames_named() {
    let test = "filters_of_recorded_captures_select_the_frames_named";
    // Only files with a filter cost a run of tshark.
    let folders = ["container", "linktype", "malformed", "other", "voip"];
    let Some(files) = captures::collection(test, &folders) else { return };
    if !tshark::is_installed(test) {
        return;
    }
    let outcomes = files.into_par_iter().map(|path| judge(&captures::name(&path), &path, &Hints::default()));
    report(outcomes.collect());
}

/// The number of filters of a file, and what is wrong with them.
fn judge(name: &str, path: &Path, hints: &Hints) -> (usize, Vec<String>) {
    let Ok(audit) = audit_file(path, hints) else { return (0, Vec::new()) };
    let filters = filters(&audit);
    let count = filters.len();
    // Statistics take any number of filters, but part them at commas.
    let (alone, together): (Filters, Filters) =
        filters.into_iter().partition(|(filter, _)| filter.contains(','));
    let mut wrong: Vec<String> =
        alone.iter().filter_map(|(filter, frames)| complaint(path, filter, frames)).collect();
    wrong.extend(complaints(path, &together));
    (count, wrong.into_iter().map(|text| format!("{name}: {text}")).collect())
}

fn filters(audit: &Audit) -> Filters {
    let mut filters = Filters::new();
    let evident =
        |finding: &&Finding| !finding.evidence.filter.is_empty() && !finding.evidence.frames.is_empty();
    for finding in audit.findings.iter().filter(evident) {
        let frames = finding.evidence.frames.iter().map(|frame| frame.number());
        filters.entry(finding.evidence.filter.clone()).or_default().extend(frames);
    }
    filters
}

/// What is wrong with one filter.
fn complaint(path: &Path, filter: &str, frames: &BTreeSet<u64>) -> Option<String> {
    let selected = match tshark::read(path, &["-Y", filter, "-T", "fields", "-e", "frame.number"]) {
        Ok(text) => text.lines().filter_map(|line| line.parse().ok()).collect::<BTreeSet<u64>>(),
        Err(error) => return Some(format!("`{filter}`: {error}")),
    };
    let missing: Vec<_> = frames.difference(&selected).collect();
    (!missing.is_empty()).then(|| format!("`{filter}` does not select {missing:?}"))
}

/// What is wrong with filters that tshark can count in one go.
fn complaints(path: &Path, filters: &Filters) -> Vec<String> {
    if filters.is_empty() {
        return Vec::new();
    }
    let expression = |filter: &str, frames: &BTreeSet<u64>| {
        let named: Vec<_> = frames.iter().map(|number| format!("frame.number == {number}")).collect();
        format!("({filter}) && ({})", named.join(" || "))
    };
    let columns = filters.iter().map(|(filter, frames)| format!("io,stat,0,{}", expression(filter, frames)));
    let words: Vec<String> =
        ["-q".to_owned()].into_iter().chain(columns.flat_map(|column| ["-z".to_owned(), column])).collect();
    let counted = match tshark::read(path, &words) {
        Ok(text) => counts(&text),
        Err(error) => return vec![error],
    };
    let wrong = filters
        .iter()
        .filter(|(filter, frames)| counted.get(&expression(filter, frames)) != Some(&(frames.len() as u64)));
    // Statistics leave out what is older than the first frame.
    wrong.filter_map(|(filter, frames)| complaint(path, filter, frames)).collect()
}

/// Number of frames by filter, one table each. A long filter goes over several lines, broken at blanks.
fn counts(tables: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for table in tables.split("Col 1: ").skip(1) {
        let (filter, rows) = table.split_once("|---").unwrap_or((table, ""));
        let words: Vec<&str> = filter.split_whitespace().filter(|word| *word != "|").collect();
        let frames = rows.lines().filter(|line| line.contains("<>")).filter_map(|line| {
            let cell = line.split('|').nth(2)?;
            cell.trim().parse::<u64>().ok()
        });
        counts.insert(words.join(" "), frames.sum());
    }
    counts
}

fn report(outcomes: Vec<(usize, Vec<String>)>) {
    let filters: usize = outcomes.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = outcomes.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} of {filters} filters:\n{}", wrong.len(), wrong.join("\n"));
    assert!(filters > 0);
}
