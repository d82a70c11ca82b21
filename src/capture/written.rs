//! Keeps which frames of a live capture stand in which file of its record, so that a frame can be told by its number there.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs that are kept, the latest: one for each file, and one more for each time the disk was too slow.
const RUNS_KEPT: usize = 1_000;

/// Frames of a live capture that stand in a file one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file, as its ring was named.
    pub path: PathBuf,
    /// The first of them by its number in the capture.
    pub first: u64,
    /// The same one by its number in the file.
    pub number: u64,
    /// How many.
    pub frames: u64,
}

/// What is written, told by the thread that writes to whoever reports.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf(Arc<Mutex<VecDeque<Written>>>);

impl Shelf {
    /// Takes frames that were written behind what stands in the file.
    pub(super) fn add(&self, run: Written) {
        if run.frames == 0 {
            return;
        }
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match runs.back_mut() {
            Some(last)
                if last.path == run.path
                    && last.first + last.frames == run.first
                    && last.number + last.frames == run.number =>
            {
                last.frames += run.frames;
            }
            _ => runs.push_back(run),
        }
        if runs.len() > RUNS_KEPT {
            runs.pop_front();
        }
    }

    /// The file is no longer there.
    pub(super) fn forget(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|run| run.path != path);
    }

    pub(super) fn list(&self) -> Vec<Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
