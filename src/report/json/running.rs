//! The published form of what is true of a live capture alone, and where a person finds a frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Document, Evidence};

/// What is true of a live capture alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Live {
    /// The capture went on when this was written.
    pub(in crate::report) goes_on: bool,
    /// Where its frames stand if `--write` wrote them; empty: their numbers lead to no file.
    pub(in crate::report) written: Vec<Written>,
    /// What could not be written: the file, and the system's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::report) not_written: Vec<String>,
}

/// Frames of a live capture that stand in a file one behind the other.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Written {
    pub(in crate::report) path: String,
    /// Number of the first one in this report.
    pub(in crate::report) first: u64,
    /// Its number in the file.
    pub(in crate::report) number: u64,
    pub(in crate::report) frames: u64,
}

impl Live {
    /// The file that holds a frame, and its number there.
    pub(in crate::report) fn place(&self, frame: u64) -> Option<(&str, u64)> {
        self.written.iter().find_map(|run| {
            let past = frame.checked_sub(run.first).filter(|past| *past < run.frames)?;
            Some((run.path.as_str(), run.number.saturating_add(past)))
        })
    }
}

impl Document {
    /// Where a person finds the frames of a finding, those that stand anywhere.
    pub(in crate::report) fn places<'a>(
        &'a self,
        evidence: &'a Evidence,
    ) -> impl Iterator<Item = (Option<&'a str>, u64)> {
        self.places_of(&evidence.frames, &evidence.files)
    }

    /// The same of these frames, which lie in these files.
    pub(in crate::report) fn places_of<'a>(
        &'a self,
        frames: &'a [u64],
        files: &'a [u16],
    ) -> impl Iterator<Item = (Option<&'a str>, u64)> {
        let files = files.iter().copied().chain(std::iter::repeat(0));
        frames.iter().zip(files).filter_map(|(frame, file)| self.place(file, *frame))
    }

    /// Where a person finds a frame: its file where there may be several, and its number in it. `None`: nowhere, since a live
    /// capture was not written.
    pub(in crate::report) fn place(&self, file: u16, frame: u64) -> Option<(Option<&str>, u64)> {
        let capture = self.captures.get(usize::from(file));
        match capture.and_then(|capture| capture.live.as_ref()) {
            Some(live) => live.place(frame).map(|(path, number)| (Some(path), number)),
            None if self.captures.len() > 1 => {
                Some((Some(capture.map_or("", |capture| &capture.path)), frame))
            }
            None => Some((None, frame)),
        }
    }
}
