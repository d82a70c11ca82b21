//! Takes one input, gives jobs over it, and puts their outcomes together in order: an outcome counts only if it
//! starts where the one before ended, in the same state.

use std::fs::File;
use std::sync::Arc;

use super::buffer::Pool;
use super::decompress::Compression;
use super::format::{HEAD, Refusal, detect};
use super::framing::Framing;
use super::job::{Block, Chunk, FileRange, Job, Outcome, Stop, Stretch, Walked};
use super::stream::{Manner, Origin, Stream};
use super::tally::Tally;
use super::value::{CaptureSummary, Ended, Record, Timestamp};

/// The first range of a file is short: it brings the interfaces and the first time, which guesses need.
const FIRST_RANGE: u64 = 64 << 10;

/// One input being read.
#[derive(Debug)]
pub(super) struct Reader {
    /// Index of the file in the measurement.
    file: u16,
    source: Source,
    format: String,
    framing: Arc<Framing>,
    /// Offset of the next record.
    at: u64,
    tally: Tally,
    ended: Option<Ended>,
}

#[derive(Debug)]
enum Source {
    Ranges { file: Arc<File>, length: u64, pool: Pool },
    Stream(Stream),
}

/// What [`Reader::settle`] gives.
#[derive(Debug)]
pub(super) struct Settled<T> {
    pub(super) chunks: Vec<Chunk<T>>,
    /// A record is later than the time that was given; it and all behind it are still to be read.
    pub(super) is_overlap: bool,
}

impl Reader {
    /// Opens a regular file, to be read in ranges if it is not compressed. `Ok(None)`: stopped before the format was known.
    pub(super) fn open_file(origin: Origin, manner: Manner) -> Result<Option<Self>, Refusal> {
        let Origin::Path(path) = &origin else { return Self::open_stream(origin, manner) };
        let unreadable = |error: std::io::Error| Refusal::Unreadable(error.to_string());
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let mut head = manner.pool.take();
        head.read_file(&file, 0, HEAD).map_err(unreadable)?;
        if Compression::detect(&head).is_some() {
            return Self::open_stream(origin, manner);
        }
        let (framing, start) = detect(&head)?;
        let source = Source::Ranges { file: Arc::new(file), length, pool: manner.pool };
        Ok(Some(Self::new(source, framing.name().to_owned(), framing, start)))
    }

    /// Opens a pipe, or whatever else can only be read from the front.
    pub(super) fn open_stream(origin: Origin, manner: Manner) -> Result<Option<Self>, Refusal> {
        let Some((stream, opened)) = Stream::open(origin, manner)? else { return Ok(None) };
        let suffix = opened.compression.map_or("", |compression| compression.suffix());
        let format = format!("{}{suffix}", opened.framing.name());
        Ok(Some(Self::new(Source::Stream(stream), format, opened.framing, opened.start)))
    }

    fn new(source: Source, format: String, framing: Framing, start: usize) -> Self {
        let at = start as u64;
        Self { file: 0, source, format, framing: Arc::new(framing), at, tally: Tally::default(), ended: None }
    }

    pub(super) fn format(&self) -> &str {
        &self.format
    }

    pub(super) fn file(&self) -> u16 {
        self.file
    }

    pub(super) fn set_file(&mut self, file: u16) {
        self.file = file;
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Up to `most` jobs from the first record that is not settled, ranges cut at multiples of `range_bytes`. Empty
    /// at the end or when stopped. Without [`Reader::settle`] a file gives the same jobs again.
    pub(super) fn jobs(&mut self, most: usize, range_bytes: u64) -> Vec<Job> {
        if self.ended.is_some() {
            return Vec::new();
        }
        match &mut self.source {
            Source::Stream(stream) => {
                let blocks = stream.blocks(most);
                if blocks.is_empty() {
                    self.ended = stream.ended().cloned();
                }
                blocks.into_iter().map(Job::block).collect()
            }
            Source::Ranges { length, .. } if self.at >= *length => {
                self.ended = Some(Ended::Complete);
                Vec::new()
            }
            Source::Ranges { length, .. } => {
                let is_first = self.tally.packets == 0;
                let (most, range_bytes) =
                    if is_first { (1, range_bytes.min(FIRST_RANGE)) } else { (most, range_bytes) };
                let cuts = Cuts { at: self.at, length: *length, range_bytes };
                cuts.take(most).filter_map(|(start, end)| self.range(start, end)).map(Job::range).collect()
            }
        }
    }

    /// Keeps what fits together, reads again what does not, and stops at the first outcome with a record later
    /// than `until`.
    pub(super) fn settle<T: Default>(
        &mut self,
        outcomes: Vec<Outcome<T>>,
        visit: &impl Fn(&mut T, Record<'_>),
        until: Option<Timestamp>,
    ) -> Settled<T> {
        let mut chunks = Vec::with_capacity(outcomes.len());
        let mut late = Vec::new();
        for outcome in outcomes {
            if !late.is_empty() {
                late.push(outcome);
                continue;
            }
            let Stretch::File(walked) = &outcome.stretch else { continue };
            // A long record before may reach over the whole range.
            if self.ended.is_some() || walked.limit <= self.at {
                continue;
            }
            let outcome = self.read_again_unless_it_fits(outcome, visit);
            let Stretch::File(walked) = &outcome.stretch else { continue };
            let latest = walked.tally.latest();
            if until.is_some_and(|until| latest.is_some_and(|latest| latest > until)) {
                late.push(outcome);
            } else {
                chunks.extend(self.accept(outcome));
            }
        }
        let is_overlap = !late.is_empty();
        if let Source::Stream(stream) = &mut self.source {
            stream.hold(late.into_iter().filter_map(block_again).collect());
        }
        Settled { chunks, is_overlap }
    }

    /// Time of the first record that has one; `None` if none has. That record is still to be read.
    pub(super) fn first_time(&mut self, range_bytes: u64) -> Option<Timestamp> {
        let keep_first = |first: &mut Option<Timestamp>, record: Record<'_>| {
            *first = first.or(record.time.is_known().then_some(record.time));
        };
        loop {
            let jobs = self.jobs(1, range_bytes);
            if jobs.is_empty() {
                return None;
            }
            let outcomes: Vec<Outcome<Option<Timestamp>>> =
                jobs.into_iter().map(|job| job.read(&keep_first)).collect();
            if let Some(first) = outcomes.iter().find_map(|outcome| outcome.value) {
                if let Source::Stream(stream) = &mut self.source {
                    stream.hold(outcomes.into_iter().filter_map(block_again).collect());
                }
                return Some(first);
            }
            self.settle(outcomes, &keep_first, None);
        }
    }

    /// Bytes of the input read so far, compressed ones where it is compressed.
    pub(super) fn bytes_read(&self) -> u64 {
        match &self.source {
            Source::Ranges { length, .. } => self.at.min(*length),
            Source::Stream(stream) => stream.consumed(),
        }
    }

    /// What was read; `path` as the user named it.
    pub(super) fn summary(&self, path: String) -> CaptureSummary {
        let (period, timeless) = self.tally.period();
        CaptureSummary {
            path,
            format: self.format.clone(),
            packets: self.tally.packets,
            bytes: self.tally.bytes,
            first: period.map(|(first, _)| first),
            last: period.map(|(_, last)| last),
            inner: self.tally.inner_period(),
            interfaces: self.framing.interfaces(&self.tally),
            cut_packets: self.tally.cut,
            cut_to: self.tally.cut_to,
            timeless_packets: timeless,
            own_drops: 0,
            live: None,
            ended: self.ended.clone().unwrap_or(Ended::Stopped),
            sha256: None,
        }
    }

    fn range(&self, start: u64, end: u64) -> Option<FileRange> {
        let Source::Ranges { file, length, pool } = &self.source else { return None };
        Some(FileRange {
            file: Arc::clone(file),
            range: start..end,
            file_length: *length,
            is_exact: start == self.at,
            framing: Arc::clone(&self.framing),
            near: self.tally.latest(),
            pool: pool.clone(),
        })
    }

    fn read_again_unless_it_fits<T: Default>(
        &self,
        outcome: Outcome<T>,
        visit: &impl Fn(&mut T, Record<'_>),
    ) -> Outcome<T> {
        let Stretch::File(walked) = &outcome.stretch else { return outcome };
        let same_state = Arc::ptr_eq(&walked.before, &self.framing) || walked.before == self.framing;
        if walked.begin == Some(self.at) && same_state {
            return outcome;
        }
        let limit = walked.limit;
        match self.range(self.at, limit) {
            Some(range) => {
                drop(outcome);
                Job::range(range).read(visit)
            }
            // The blocks of a stream are cut by one reader and always fit.
            None => outcome,
        }
    }

    /// Counts the outcome as read.
    fn accept<T>(&mut self, outcome: Outcome<T>) -> Option<Chunk<T>> {
        let Outcome { value, bytes, stretch: Stretch::File(walked) } = outcome else { return None };
        let Walked { end, after, tally, stop, .. } = *walked;
        let number = self.tally.numbers + 1;
        self.at = end;
        self.framing = after;
        self.tally.add(&tally);
        self.ended = match stop {
            Stop::Limit => None,
            Stop::Cut(length) => Some(Ended::Cut { at: end, end: length }),
            Stop::Damage(reason) => Some(Ended::Damaged { at: end, reason }),
            Stop::Unreadable(reason) => Some(Ended::Unreadable { at: end, reason }),
        };
        (tally.packets > 0).then(|| Chunk::of_file(self.file, number, tally.numbers, value, bytes))
    }
}

/// The block that an outcome of a stream was read from.
fn block_again<T>(outcome: Outcome<T>) -> Option<Block> {
    let Outcome { bytes, stretch: Stretch::File(walked), .. } = outcome else { return None };
    let Walked { begin, end, base, before, .. } = *walked;
    let within = |offset: u64| offset.saturating_sub(base) as usize;
    Some(Block { bytes, records: within(begin?)..within(end), base, framing: before })
}

/// Ranges of a file from `at` on, ending at multiples of `range_bytes`.
struct Cuts {
    at: u64,
    length: u64,
    range_bytes: u64,
}

impl Iterator for Cuts {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<(u64, u64)> {
        let start = self.at;
        let end = (start / self.range_bytes + 1).saturating_mul(self.range_bytes).min(self.length);
        self.at = end;
        (start < end).then_some((start, end))
    }
}
