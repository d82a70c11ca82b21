//! Finds the collection of recorded captures: `../shared/captures` beside the repository, or where `PBXRAY_CAPTURES`
//! points. It is not part of the repository; without it a test is skipped by name, with `PBXRAY_REQUIRE=1` it fails.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The files of these folders of the collection, by folder and name.
pub(crate) fn collection(test: &str, folders: &[&str]) -> Option<Vec<PathBuf>> {
    let root = std::env::var_os("PBXRAY_CAPTURES")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures"));
    if !root.is_dir() {
        return skip(test, &format!("no captures at {}", root.display()));
    }
    let mut files = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(root.join(folder)).expect("a folder of the collection");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        files.extend(paths.into_iter().filter(|path| path.is_file()));
    }
    Some(files)
}

/// `folder/file` of a capture of the collection, as the tests' lists name it.
pub(crate) fn name(path: &Path) -> String {
    let mut parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.reverse();
    parts.join("/")
}

/// Says that a test did not run, past the harness, which would hide it.
pub(crate) fn skip<T>(test: &str, reason: &str) -> Option<T> {
    assert!(std::env::var_os("PBXRAY_REQUIRE").is_none_or(|value| value != "1"), "required: {reason}");
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
    None
}
