//! Takes the inputs that were found, puts them in order of time, opens them one after the other, and keeps what
//! was read of each.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::buffer::Pool;
use super::format::Refusal;
use super::inputs::{Found, OpenError};
use super::measurement::Settings;
use super::reader::Reader;
use super::stream::{Manner, Origin};
use super::value::{CaptureSummary, Ended, Timestamp};

/// The inputs in order of time, and how far they are opened.
#[derive(Debug)]
pub(super) struct Lineup {
    inputs: Vec<Input>,
    next: usize,
    /// Of the inputs that are done, by file.
    summaries: Vec<(u16, CaptureSummary)>,
    pub(super) settings: Settings,
    pub(super) pool: Pool,
    /// Bytes of the inputs that are done.
    bytes_done: u64,
}

/// A capture to be read, or being read, or done.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) found: Found,
    format: String,
    /// Time of the first record; not looked at if there is just one input.
    first: Option<Timestamp>,
    /// Open already: what cannot be opened twice, or the only input.
    reader: Option<Reader>,
}

impl Lineup {
    pub(super) fn new(settings: Settings) -> Self {
        let pool = Pool::new(settings.wave * 2 + 8, 2 * settings.range_bytes as usize);
        Self { inputs: Vec::new(), next: 0, summaries: Vec::new(), settings, pool, bytes_done: 0 }
    }

    /// Files without any time are read last, in the order named.
    pub(super) fn set_inputs(&mut self, mut inputs: Vec<Input>) {
        inputs.sort_by_key(|input| (input.first.is_none(), input.first));
        self.inputs = inputs;
    }

    /// A lineup of one input that is read as it comes. `Ok(None)`: stopped before it began.
    pub(super) fn of_live(settings: Settings, name: &str, origin: Origin) -> Result<Option<Self>, Refusal> {
        let mut lineup = Self::new(settings);
        let found = Found::new(PathBuf::from(name), None, false);
        let Some(reader) = Reader::open_stream(origin, lineup.manner(&found, false))? else {
            return Ok(None);
        };
        let format = reader.format().to_owned();
        lineup.inputs.push(Input { found, format, first: None, reader: Some(reader) });
        Ok(Some(lineup))
    }

    /// What was read of the inputs that are done, and of those that are being read.
    pub(super) fn so_far<'a>(&self, open: impl Iterator<Item = &'a Reader>) -> Vec<CaptureSummary> {
        let mut summaries = self.summaries.clone();
        for reader in open {
            let path = self.inputs.get(usize::from(reader.file())).map(Input::name).unwrap_or_default();
            summaries.push((reader.file(), reader.summary(path)));
        }
        summaries.sort_by_key(|(file, _)| *file);
        summaries.into_iter().map(|(_, summary)| summary).collect()
    }

    /// As the user named them.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.inputs.iter().map(|input| input.found.path.as_path())
    }

    /// Bytes of all inputs, if known.
    pub(super) fn bytes_total(&self) -> Option<u64> {
        self.inputs.iter().map(|input| input.found.length).sum()
    }

    /// Bytes of the inputs that are done.
    pub(super) fn bytes_done(&self) -> u64 {
        self.bytes_done
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.settings.stop.load(Ordering::Relaxed)
    }

    /// Opens an input to see whether and when it was captured.
    pub(super) fn look_at(&self, found: Found, is_one_of_many: bool) -> Result<Input, OpenError> {
        let refused = |refusal| OpenError::refused(&found.path, refusal);
        let mut reader = self.open(&found, is_one_of_many).map_err(refused)?.ok_or(OpenError::Stopped)?;
        let format = reader.format().to_owned();
        let first = if is_one_of_many { reader.first_time(self.settings.range_bytes) } else { None };
        // Thousands of files of a ring buffer are not kept open.
        let keep = !is_one_of_many || !found.is_regular;
        Ok(Input { found, format, first, reader: keep.then_some(reader) })
    }

    fn open(&self, found: &Found, is_one_of_many: bool) -> Result<Option<Reader>, Refusal> {
        let manner = self.manner(found, is_one_of_many);
        if found.is_regular {
            Reader::open_file(found.origin(), manner)
        } else {
            Reader::open_stream(found.origin(), manner)
        }
    }

    fn manner(&self, found: &Found, is_one_of_many: bool) -> Manner {
        Manner {
            at_once: !found.is_regular,
            block_bytes: self.settings.range_bytes as usize,
            // Many files that overlap are open at once.
            blocks_ahead: if is_one_of_many { 2 } else { self.settings.wave },
            stop: Arc::clone(&self.settings.stop),
            pool: self.pool.clone(),
        }
    }

    /// Time at which the next input begins.
    pub(super) fn next_first(&self) -> Option<Timestamp> {
        self.inputs.get(self.next)?.first
    }

    /// The next input if it begins before `time`.
    pub(super) fn open_before(&mut self, time: Timestamp) -> Option<Reader> {
        while self.next_first().is_some_and(|first| first < time) {
            let opened = self.open_one();
            if opened.is_some() {
                return opened;
            }
        }
        None
    }

    pub(super) fn open_next(&mut self) -> Option<Reader> {
        while self.next < self.inputs.len() && !self.is_stopped() {
            let opened = self.open_one();
            if opened.is_some() {
                return opened;
            }
        }
        None
    }

    /// Opens the next input. `None`: it cannot be opened any more, as a ring buffer may delete its oldest file.
    fn open_one(&mut self) -> Option<Reader> {
        let file = self.next as u16;
        let input = self.inputs.get_mut(self.next)?;
        self.next += 1;
        let opened = match input.reader.take() {
            Some(reader) => Ok(Some(reader)),
            None => {
                let found = input.found.clone();
                self.open(&found, self.inputs.len() > 1)
            }
        };
        let ended = match opened {
            Ok(Some(mut reader)) => {
                reader.set_file(file);
                return Some(reader);
            }
            Ok(None) => Ended::Stopped,
            Err(Refusal::Unreadable(reason)) => Ended::Unreadable { at: 0, reason },
            Err(other) => {
                let path = &self.inputs.get(usize::from(file))?.found.path;
                Ended::Unreadable { at: 0, reason: OpenError::refused(path, other).to_string() }
            }
        };
        let unread = self.inputs.get(usize::from(file))?.unread(ended);
        self.summaries.push((file, unread));
        None
    }

    /// Keeps what was read of an input.
    pub(super) fn close(&mut self, reader: &Reader) {
        let path = self.inputs.get(usize::from(reader.file())).map(Input::name).unwrap_or_default();
        self.bytes_done = self.bytes_done.saturating_add(reader.bytes_read());
        self.summaries.push((reader.file(), reader.summary(path)));
    }

    pub(super) fn summaries(mut self) -> Vec<CaptureSummary> {
        for (file, input) in self.inputs.iter().enumerate().skip(self.next) {
            self.summaries.push((file as u16, input.unread(Ended::Stopped)));
        }
        self.summaries.sort_by_key(|(file, _)| *file);
        self.summaries.into_iter().map(|(_, summary)| summary).collect()
    }
}

impl Input {
    fn name(&self) -> String {
        self.found.path.display().to_string()
    }

    /// The summary of an input of which nothing was read.
    fn unread(&self, ended: Ended) -> CaptureSummary {
        CaptureSummary::unread(self.name(), self.format.clone(), ended)
    }
}
