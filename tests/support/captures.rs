//! Finds the collection of recorded captures: `../shared/captures` beside the repository, or where `PBXRAY_CAPTURES`
//! points. It is not part of the repository, and no test may need it: without it a test is skipped by name. What a machine
//! can be given is another matter: with `PBXRAY_REQUIRE=1` a test that lacks a tool fails.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The files of these folders of the collection, by folder and name.
pub(crate) fn collection(test: &str, folders: &[&str]) -> Option<Vec<PathBuf>> {
    let root = root(test)?;
    Some(folders.iter().flat_map(|folder| files_in(&root.join(folder))).collect())
}

/// The files of all folders of the collection, by folder and name.
pub(crate) fn whole_collection(test: &str) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(root(test)?).expect("the collection");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    Some(folders.iter().flat_map(|folder| files_in(folder)).collect())
}

fn root(test: &str) -> Option<PathBuf> {
    let told = std::env::var_os("PBXRAY_CAPTURES").map(PathBuf::from);
    let is_told = told.is_some();
    let root = told.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures"));
    if root.is_dir() {
        return Some(root);
    }
    let reason = format!("no captures at {}", root.display());
    assert!(!is_told, "PBXRAY_CAPTURES: {reason}");
    say(test, &reason);
    None
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the collection");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

/// `folder/file` of a capture of the collection, as the tests' lists name it.
pub(crate) fn name(path: &Path) -> String {
    let mut parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.reverse();
    parts.join("/")
}

/// Says that a test did not run for lack of a tool; `PBXRAY_REQUIRE=1` makes that a failure.
pub(crate) fn skip<T>(test: &str, reason: &str) -> Option<T> {
    assert!(std::env::var_os("PBXRAY_REQUIRE").is_none_or(|value| value != "1"), "required: {reason}");
    say(test, reason);
    None
}

/// Past the harness, which would hide it.
fn say(test: &str, reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
}
