//! Takes readers of files that overlap in time, gives jobs over their records in the order of time: always the
//! earliest of the next records, of equal ones that of the file that comes first in the measurement.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::buffer::Pool;
use super::job::{Chunk, Entry, Job, Merged};
use super::reader::Reader;
use super::value::{Frame, Record, Timestamp};

/// Each open file is read in pieces of this size, so that many open files do not need much memory.
const LANE_BYTES: u64 = 128 << 10;

/// Files being read side by side, in the order of the measurement.
#[derive(Debug)]
pub(super) struct Interleave {
    lanes: Vec<Lane>,
    /// Files that are read to their end.
    done: Vec<Reader>,
    /// Whether the file that made merging necessary is here already.
    has_joined: bool,
    pool: Pool,
    stop: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Lane {
    reader: Reader,
    /// Read and not merged yet.
    chunks: VecDeque<Chunk<Vec<Entry>>>,
    next: usize,
    /// Time of the record merged last: a record without a time stays with the one before it.
    last: Timestamp,
}

impl Interleave {
    pub(super) fn new(first: Reader, pool: Pool, stop: Arc<AtomicBool>) -> Self {
        Self { lanes: vec![Lane::new(first)], done: Vec::new(), has_joined: false, pool, stop }
    }

    /// Up to `most` jobs of about `bytes` bytes. `join` gives the next file if it begins before the time it is
    /// shown. Empty when at most one file is left and none of its records waits.
    pub(super) fn jobs(
        &mut self,
        most: usize,
        bytes: usize,
        mut join: impl FnMut(Timestamp) -> Option<Reader>,
    ) -> Vec<Job> {
        let mut jobs = Vec::new();
        while jobs.len() < most {
            let mut merged = Merged { bytes: self.pool.take(), ..Merged::default() };
            while merged.bytes.len() + size_of::<Entry>() * merged.entries.len() < bytes {
                let Some(time) = self.earliest() else { break };
                if let Some(reader) = join(time) {
                    self.has_joined = true;
                    self.lanes.push(Lane::new(reader));
                    continue;
                }
                if !self.merge_one(&mut merged) {
                    break;
                }
            }
            if merged.entries.is_empty() {
                break;
            }
            jobs.push(Job::merged(merged));
        }
        jobs
    }

    /// The files that are done, and the one that can go on alone if no others are left.
    pub(super) fn leave(&mut self) -> (Vec<Reader>, Option<Reader>) {
        let alone = if self.lanes.len() <= 1 { self.lanes.pop().map(|lane| lane.reader) } else { None };
        (std::mem::take(&mut self.done), alone)
    }

    /// All files, those that are done too.
    pub(super) fn readers(&self) -> impl Iterator<Item = &Reader> {
        self.done.iter().chain(self.lanes.iter().map(|lane| &lane.reader))
    }

    /// Time of the next record; `None` at the end, when stopped, or when the last open file has nothing waiting:
    /// the rest of it can be read without merging.
    fn earliest(&mut self) -> Option<Timestamp> {
        if let [lane] = &*self.lanes
            && lane.chunks.is_empty()
            && self.has_joined
        {
            return None;
        }
        for lane in &mut self.lanes {
            lane.fill();
        }
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        self.done.extend(self.lanes.extract_if(.., |lane| lane.is_done()).map(|lane| lane.reader));
        self.lanes.iter().filter_map(Lane::head).min()
    }

    /// Moves the earliest record of all lanes to `merged`.
    fn merge_one(&mut self, merged: &mut Merged) -> bool {
        let heads = self.lanes.iter_mut().filter_map(|lane| lane.head().map(|time| (time, lane)));
        let earliest = heads.reduce(|best, other| if other.0 < best.0 { other } else { best });
        earliest.is_some_and(|(time, lane)| lane.give(time, merged))
    }
}

impl Lane {
    fn new(reader: Reader) -> Self {
        Self { reader, chunks: VecDeque::new(), next: 0, last: Timestamp::UNKNOWN }
    }

    fn is_done(&self) -> bool {
        self.chunks.is_empty() && self.reader.is_ended()
    }

    /// Reads on if no record waits.
    fn fill(&mut self) {
        let collect = |entries: &mut Vec<Entry>, record: Record<'_>| entries.push(entry(record));
        while self.chunks.is_empty() {
            let jobs = self.reader.jobs(1, LANE_BYTES);
            if jobs.is_empty() {
                break;
            }
            let outcomes = jobs.into_iter().map(|job| job.read(&collect)).collect();
            self.chunks.extend(self.reader.settle(outcomes, &collect, None).chunks);
        }
    }

    /// Time at which the next record is to be sorted in.
    fn head(&self) -> Option<Timestamp> {
        let entry = self.chunks.front()?.value.get(self.next)?;
        Some(if entry.time.is_known() { entry.time } else { self.last })
    }

    fn give(&mut self, time: Timestamp, merged: &mut Merged) -> bool {
        let Some(chunk) = self.chunks.front() else { return false };
        let Some(&entry) = chunk.value.get(self.next) else { return false };
        let start = entry.offset as usize;
        let data = chunk.bytes.get(start..start + entry.length as usize).unwrap_or_default();
        let frame: Frame = chunk.frame(entry.index);
        merged.frames.push(frame);
        merged.entries.push(Entry { offset: merged.bytes.len() as u32, ..entry });
        merged.bytes.append(data);
        self.last = time;
        self.next += 1;
        if self.next >= chunk.value.len() {
            self.chunks.pop_front();
            self.next = 0;
        }
        true
    }
}

fn entry(record: Record<'_>) -> Entry {
    Entry {
        index: record.index,
        time: record.time,
        interface: record.interface,
        link: record.link,
        original_length: record.original_length,
        offset: record.offset,
        length: record.data.len() as u32,
    }
}
