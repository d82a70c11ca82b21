//! Takes where reports are to go and what is read for them; says what cannot be written, or would be overwritten, before a
//! long capture is read.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pbxray::capture;
use pbxray::report::Language;

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One file.
    File,
    /// A directory of files, which is made if need be.
    Directory,
}

/// Refuses outputs that cannot be written, that are read themselves, or that are one.
pub(crate) fn check(outputs: &[(&Path, Kind)], inputs: &[&Path], language: Language) -> Result<()> {
    let say = |de, en| language.either(de, en);
    let mut known = BTreeSet::new();
    for (output, kind) in outputs {
        let shown = output.display();
        // Elsewhere it stands for standard output; here it would be a file of that name, which nobody wants.
        ensure!(
            output.as_os_str() != "-",
            "--output -: {}",
            say(
                "ist kein Dateiname; ohne --output geht ein Bericht auf die Standardausgabe",
                "is no name of a file; a report without --output goes to standard output"
            )
        );
        match kind {
            Kind::File => {
                ensure!(
                    !output.is_dir(),
                    "--output {shown}: {}",
                    say("ist ein Ordner; nennen Sie eine Datei darin", "is a directory; name a file in it")
                );
                let parent = parent(output);
                ensure!(
                    parent.is_dir(),
                    "--output {shown}: {} {}; {}",
                    say("es gibt keinen Ordner", "there is no directory"),
                    parent.display(),
                    say(
                        "legen Sie ihn an, oder nennen Sie eine andere Datei",
                        "make it, or name another file"
                    )
                );
            }
            Kind::Directory => {
                ensure!(
                    !output.exists() || output.is_dir(),
                    "--output {shown}: {}",
                    say(
                        "ist eine Datei, und CSV sind vier Dateien; nennen Sie einen Ordner für sie",
                        "is a file, and CSV is four files; name a directory for them"
                    )
                );
            }
        }
        // A terminal or a pipe takes several reports one behind the other.
        let place = place(output);
        ensure!(
            is_special(output) || known.insert(place.clone()),
            "--output {shown}: {}",
            say(
                "ist doppelt genannt, und ein Bericht würde den anderen überschreiben; nennen Sie eine andere Datei",
                "is named twice, and one report would overwrite the other; name another file"
            )
        );
        for input in inputs {
            ensure!(
                !is_read(&place, input),
                "--output {shown}: {}",
                say("wird selbst gelesen; nennen Sie eine andere Datei", "is read itself; name another file")
            );
        }
    }
    Ok(())
}

/// `1 form`, `2 forms`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Files that are named more than once, each once.
pub(crate) fn named_again(inputs: &[PathBuf]) -> BTreeSet<&Path> {
    let mut known = BTreeSet::new();
    let files = inputs.iter().filter(|path| path.is_file());
    files.filter(|path| !known.insert(place(path))).map(PathBuf::as_path).collect()
}

/// Writes a file. Where that fails none stays behind that is empty.
pub(crate) fn write(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let said = || format!("--output {}", path.display());
    let mut out = BufWriter::new(File::create(path).with_context(said)?);
    let done = write(&mut out).and_then(|()| out.flush());
    if done.is_err() {
        // What could not be written must not be tried once more.
        let _ = out.into_parts();
        remove_if_empty(path);
    }
    done.with_context(said)
}

/// Removes a file with nothing in it.
pub(crate) fn remove_if_empty(path: &Path) {
    let is_empty = fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0);
    if is_empty {
        let _ = fs::remove_file(path);
    }
}

/// Whether reading `input` reads what lies at `place`.
fn is_read(place: &Path, input: &Path) -> bool {
    let Ok(input) = input.canonicalize() else { return false };
    if input == place {
        return input.is_file();
    }
    // Of a directory all captures are read; a report in it may be written anew.
    input.is_dir() && place.parent() == Some(&input) && place.is_file() && is_capture(place)
}

fn is_capture(path: &Path) -> bool {
    capture::open(&[path.to_path_buf()], capture::Settings::default()).is_ok()
}

fn is_special(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

/// The same file or directory has the same one, whatever it was named, whether it is there or not.
fn place(path: &Path) -> PathBuf {
    let by_parent = || {
        let parent = parent(path).canonicalize().ok()?;
        Some(parent.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(by_parent).unwrap_or_else(|| path.to_path_buf())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
