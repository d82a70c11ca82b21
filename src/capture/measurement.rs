//! Takes the inputs of one measurement, gives their records in the order of time, wave by wave: files that do
//! not overlap in time one after the other, the others merged.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::inputs::{OpenError, PassedOver, check_directories, find};
use super::interleave::Interleave;
use super::job::{Chunk, Job, Outcome, Stretch};
use super::lineup::{Input, Lineup};
use super::live::Tap;
use super::meter::Meter;
use super::reader::Reader;
use super::recorder::Records;
use super::stream::Origin;
use super::value::{CaptureSummary, Live, Record};

/// Ranges are not longer than this, whatever the settings say: offsets into a chunk have 32 bits.
const LONGEST_RANGE: u64 = 256 << 20;

/// How a measurement is read. None of it changes what is read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes that one job reads, about.
    pub range_bytes: u64,
    /// Jobs that are given at once. Their bytes should fit into the processor's cache.
    pub wave: usize,
    /// Set by whoever wants reading to end.
    pub stop: Arc<AtomicBool>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { range_bytes: 256 << 10, wave: 8, stop: Arc::default() }
    }
}

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the inputs read.
    pub read: u64,
    /// Bytes of all inputs; `None` if one of them is a pipe.
    pub total: Option<u64>,
}

/// The inputs of one run, in order of time.
#[derive(Debug)]
pub struct Measurement {
    lineup: Lineup,
    mode: Mode,
    passed_over: Vec<PassedOver>,
    /// Of a live capture.
    interfaces: Option<Interfaces>,
}

/// Looks at every input and puts them in order. The files of a directory that are no captures are passed over; a
/// file named itself has to be one.
///
/// # Errors
/// See [`OpenError`]: the user named something that cannot be read.
pub fn open(paths: &[PathBuf], settings: Settings) -> Result<Measurement, OpenError> {
    let (found, mut passed_over) = find(paths)?;
    let settings = Settings {
        range_bytes: settings.range_bytes.clamp(1, LONGEST_RANGE),
        wave: settings.wave.max(1),
        ..settings
    };
    let is_one_of_many = found.len() > 1;
    let mut inputs: Vec<Input> = Vec::new();
    let mut lineup = Lineup::new(settings);
    for found in found {
        let (path, may_pass) = (found.path.clone(), found.is_from_directory);
        match lineup.look_at(found, is_one_of_many) {
            Ok(input) => inputs.push(input),
            Err(error) if may_pass && !lineup.is_stopped() => {
                passed_over.push(PassedOver { path, reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    check_directories(paths, inputs.iter().map(|input| &input.found), &passed_over)?;
    passed_over.sort_by(|one, other| one.path.cmp(&other.path));
    let most = usize::from(u16::MAX) + 1;
    if inputs.len() > most {
        return Err(OpenError::TooMany { count: inputs.len(), most });
    }
    lineup.set_inputs(inputs);
    Ok(Measurement { lineup, mode: Mode::Between, passed_over, interfaces: None })
}

/// A measurement that is read from interfaces while it happens; `names` as the user gave them.
///
/// # Errors
/// See [`OpenError`].
pub fn listen(tap: Tap, names: &[String], settings: Settings) -> Result<Measurement, OpenError> {
    let name = names.join(", ");
    let interfaces = Some(Interfaces { meter: tap.meter(), records: tap.records() });
    let origin = Origin::Live(Arc::new(Mutex::new(Some(tap))));
    let lineup = Lineup::of_live(settings, &name, origin)
        .map_err(|refusal| OpenError::refused(Path::new(&name), refusal))?
        .ok_or(OpenError::Stopped)?;
    Ok(Measurement { lineup, mode: Mode::Between, passed_over: Vec::new(), interfaces })
}

/// What is known of a live capture beside its stream.
#[derive(Debug)]
struct Interfaces {
    meter: Arc<Meter>,
    records: Option<Records>,
}

#[derive(Debug)]
enum Mode {
    /// The next input is to be opened.
    Between,
    /// Reading one input whose records come before those of all others.
    Alone(Box<Reader>),
    /// Merging inputs that overlap.
    Together(Interleave),
}

/// What a live capture had no room for, and that it is one; it is one input.
fn told_live(
    mut captures: Vec<CaptureSummary>,
    source: Option<&Interfaces>,
    goes_on: bool,
) -> Vec<CaptureSummary> {
    if let (Some(source), Some(capture)) = (source, captures.first_mut()) {
        capture.own_drops = source.meter.read().own_drops;
        let records = source.records.as_ref();
        let written = records.map(|records| records.list(!goes_on)).unwrap_or_default();
        let not_written = records.map(Records::trouble).unwrap_or_default();
        capture.live = Some(Live { goes_on, written, not_written });
    }
    captures
}

impl Measurement {
    /// The next stretches, in capture order; their outcomes go to [`Measurement::join`] before the next call. Empty
    /// when all is read or the run was stopped. Waits for a pipe that has nothing to give at the moment.
    pub fn next_wave(&mut self) -> Vec<Job> {
        let Settings { range_bytes, wave, .. } = self.lineup.settings;
        while !self.lineup.is_stopped() {
            let jobs = match &mut self.mode {
                Mode::Between => Vec::new(),
                Mode::Alone(reader) => reader.jobs(wave, range_bytes),
                Mode::Together(lanes) => {
                    lanes.jobs(wave, range_bytes as usize, |time| self.lineup.open_before(time))
                }
            };
            if !jobs.is_empty() {
                return jobs;
            }
            if self.lineup.is_stopped() || !self.advance() {
                break;
            }
        }
        Vec::new()
    }

    /// Puts the outcomes of a wave, in the order of its jobs, together: reads again where a guess was wrong, and
    /// gives what counts, in capture order, with frame numbers. `visit` is the one the jobs were read with.
    pub fn join<T: Default>(
        &mut self,
        outcomes: Vec<Outcome<T>>,
        visit: &impl Fn(&mut T, Record<'_>),
    ) -> Vec<Chunk<T>> {
        match std::mem::replace(&mut self.mode, Mode::Between) {
            Mode::Between => Vec::new(),
            Mode::Together(lanes) => {
                self.mode = Mode::Together(lanes);
                outcomes.into_iter().filter_map(merged_chunk).collect()
            }
            Mode::Alone(mut reader) => {
                let settled = reader.settle(outcomes, visit, self.lineup.next_first());
                self.mode = if settled.is_overlap {
                    let Lineup { pool, settings, .. } = &self.lineup;
                    Mode::Together(Interleave::new(*reader, pool.clone(), Arc::clone(&settings.stop)))
                } else {
                    Mode::Alone(reader)
                };
                settled.chunks
            }
        }
    }

    /// What was read of each input, in the order of [`Frame::file`](super::Frame::file). Inputs not read to their
    /// end are [`Ended::Stopped`](super::Ended::Stopped); of merged ones a little more may be counted than was given.
    #[must_use]
    pub fn finish(mut self) -> Vec<CaptureSummary> {
        match &self.mode {
            Mode::Between => {}
            Mode::Alone(reader) => self.lineup.close(reader),
            Mode::Together(lanes) => lanes.readers().for_each(|reader| self.lineup.close(reader)),
        }
        told_live(self.lineup.summaries(), self.interfaces.as_ref(), false)
    }

    /// What was read of each input up to now, without those that are still to come.
    #[must_use]
    pub fn so_far(&self) -> Vec<CaptureSummary> {
        let captures = match &self.mode {
            Mode::Between => self.lineup.so_far(std::iter::empty()),
            Mode::Alone(reader) => self.lineup.so_far(std::iter::once(&**reader)),
            Mode::Together(lanes) => self.lineup.so_far(lanes.readers()),
        };
        told_live(captures, self.interfaces.as_ref(), true)
    }

    /// The inputs in the order of [`Frame::file`](super::Frame::file), as the user named them.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.lineup.paths()
    }

    /// Files of named directories that were not read.
    #[must_use]
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }

    /// How far reading is, for a progress line.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let open = match &self.mode {
            Mode::Between => 0,
            Mode::Alone(reader) => reader.bytes_read(),
            Mode::Together(lanes) => lanes.readers().map(Reader::bytes_read).sum(),
        };
        Progress { read: self.lineup.bytes_done().saturating_add(open), total: self.lineup.bytes_total() }
    }

    /// Goes on to the next input; `false` if there is none.
    fn advance(&mut self) -> bool {
        let alone = match std::mem::replace(&mut self.mode, Mode::Between) {
            Mode::Between => None,
            Mode::Alone(reader) => {
                self.lineup.close(&reader);
                None
            }
            Mode::Together(mut lanes) => {
                let (done, alone) = lanes.leave();
                done.iter().for_each(|reader| self.lineup.close(reader));
                alone
            }
        };
        match alone.or_else(|| self.lineup.open_next()) {
            Some(reader) => self.mode = Mode::Alone(Box::new(reader)),
            None => return false,
        }
        true
    }
}

fn merged_chunk<T>(outcome: Outcome<T>) -> Option<Chunk<T>> {
    match outcome.stretch {
        Stretch::Merged(frames) => Some(Chunk::of_merged(frames, outcome.value, outcome.bytes)),
        Stretch::File(_) => None,
    }
}
