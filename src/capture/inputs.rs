//! Takes the words of the command line, gives the inputs to read and those passed over, or what the user has to
//! change.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::{Looks, OtherVersion, Refusal};
use super::stream::Origin;

/// Standard input, as tcpdump and tshark name it.
const STANDARD_INPUT: &str = "-";

/// Why a measurement cannot begin. Each message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The command line names nothing.
    #[error("no capture named: name a file, a directory, or - for standard input")]
    Nothing,
    /// No such file or directory.
    #[error("{}: there is no such file or directory: check the name", .path.display())]
    NotFound {
        /// As named.
        path: PathBuf,
    },
    /// The system refuses to open or read it.
    #[error("{}: cannot be read ({reason}): check the permissions, or copy the file to a local disk", .path.display())]
    Unreadable {
        /// As named.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Packed, and damaged from the start.
    #[error("{}: cannot be unpacked ({reason}): copy it again from where it was recorded", .path.display())]
    Packed {
        /// As named.
        path: PathBuf,
        /// What the decompressor says.
        reason: String,
    },
    /// No bytes in it.
    #[error("{}: is empty: record the capture again, or name another file", .path.display())]
    Empty {
        /// As named.
        path: PathBuf,
    },
    /// Something else than a capture.
    #[error(
        "{}: cannot be read: {looks} (expected is pcap, pcapng or snoop, plain or packed with gzip, zstd or \
         lz4; it starts with \"{start}\")",
        .path.display()
    )]
    NotACapture {
        /// As named.
        path: PathBuf,
        /// First bytes, escaped.
        start: String,
        /// What it is instead.
        looks: Looks,
    },
    /// A capture of a format version that is not read.
    #[error("{}: is {version}: open it with the program that wrote it and save it as pcapng", .path.display())]
    Version {
        /// As named.
        path: PathBuf,
        /// Format and version.
        version: OtherVersion,
    },
    /// A directory without a single capture.
    #[error("{}: holds no packet capture ({others} other files): name a file or another directory", .path.display())]
    NoCaptures {
        /// As named.
        path: PathBuf,
        /// Entries that are no capture.
        others: usize,
    },
    /// More files than frame numbers can tell apart.
    #[error(
        "{count} files are too many for one measurement: name at most {most}, or merge them with mergecap"
    )]
    TooMany {
        /// Files named.
        count: usize,
        /// Files possible.
        most: usize,
    },
    /// The user stopped it before the first input was known to be a capture.
    #[error("stopped before anything was read")]
    Stopped,
}

impl OpenError {
    pub(super) fn refused(path: &Path, refusal: Refusal) -> Self {
        let path = path.to_owned();
        match refusal {
            Refusal::Empty => Self::Empty { path },
            Refusal::Foreign { start, looks } => Self::NotACapture { path, start, looks },
            Refusal::Version(version) => Self::Version { path, version },
            Refusal::Packed(reason) => Self::Packed { path, reason },
            Refusal::Unreadable(reason) => Self::Unreadable { path, reason },
        }
    }
}

/// An entry of a named directory that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it lies.
    pub path: PathBuf,
    /// Why, as in the message for a file that is named itself.
    pub reason: String,
}

/// Something to read.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The same file has the same one, whatever it was named.
    pub(super) canonical: PathBuf,
    /// Whether it can be read at any offset, and again.
    pub(super) is_regular: bool,
    /// Bytes, if known before reading.
    pub(super) length: Option<u64>,
    /// Whether the user named its directory and not the file itself.
    pub(super) is_from_directory: bool,
}

impl Found {
    pub(super) fn new(path: PathBuf, metadata: Option<&fs::Metadata>, is_from_directory: bool) -> Self {
        let is_regular = metadata.is_some_and(fs::Metadata::is_file);
        let length = metadata.filter(|_| is_regular).map(fs::Metadata::len);
        let canonical = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        Self { path, canonical, is_regular, length, is_from_directory }
    }

    pub(super) fn origin(&self) -> Origin {
        if self.path.as_os_str() == STANDARD_INPUT {
            Origin::StandardInput
        } else {
            Origin::Path(self.path.clone())
        }
    }
}

/// The inputs that the words name, in the order named, directories sorted by name and not followed into their
/// subdirectories. A file named twice is one input. Whether they are captures is not looked at.
pub(super) fn find(paths: &[PathBuf]) -> Result<(Vec<Found>, Vec<PassedOver>), OpenError> {
    if paths.is_empty() {
        return Err(OpenError::Nothing);
    }
    let (mut found, mut passed_over) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == STANDARD_INPUT {
            found.push(Found::new(path.clone(), None, false));
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| not_there(path, &error))?;
        if metadata.is_dir() {
            entries(path, &mut found, &mut passed_over)?;
        } else {
            found.push(Found::new(path.clone(), Some(&metadata), false));
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|input| seen.insert(input.canonical.clone()));
    Ok((found, passed_over))
}

/// Refuses a named directory of which nothing is read.
pub(super) fn check_directories<'a>(
    paths: &[PathBuf],
    inputs: impl Iterator<Item = &'a Found> + Clone,
    passed_over: &[PassedOver],
) -> Result<(), OpenError> {
    for named in paths.iter().filter(|path| path.is_dir()) {
        let canonical = fs::canonicalize(named).unwrap_or_else(|_| named.clone());
        if !inputs.clone().any(|input| input.canonical.starts_with(&canonical)) {
            let others = passed_over.iter().filter(|other| other.path.starts_with(named)).count();
            return Err(OpenError::NoCaptures { path: named.clone(), others });
        }
    }
    Ok(())
}

/// What is in a directory. Pipes and the like are left alone: opening them would wait for a writer.
fn entries(
    directory: &Path,
    found: &mut Vec<Found>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<(), OpenError> {
    let unreadable = |error: io::Error| not_there(directory, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    for path in paths {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => found.push(Found::new(path, Some(&metadata), true)),
            Ok(_) => {
                let reason = format!("{}: is no regular file", path.display());
                passed_over.push(PassedOver { path, reason });
            }
            Err(error) => {
                let reason = not_there(&path, &error).to_string();
                passed_over.push(PassedOver { path, reason });
            }
        }
    }
    Ok(())
}

fn not_there(path: &Path, error: &io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => OpenError::NotFound { path },
        _ => OpenError::Unreadable { path, reason: error.to_string() },
    }
}
