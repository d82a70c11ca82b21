//! Takes a stretch of a capture, gives the visited records of it together with the bytes they lie in. A job runs
//! in any thread, at any time, in any order.

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use super::buffer::{Buffer, Pool};
use super::framing::{Framing, Halt, Sink};
use super::tally::Tally;
use super::value::{Frame, LinkType, Record, Timestamp};

/// A guessed range gives up at a record that reaches further behind its end than this: either the guess is wrong
/// or it is cheap to read the one record again from where it is known to start.
const MOST_TAIL: usize = 4 << 20;

/// A stretch of a capture that can be read without its neighbours.
#[derive(Debug)]
pub struct Job(Task);

#[derive(Debug)]
enum Task {
    Range(FileRange),
    Block(Block),
    Merged(Merged),
}

/// The bytes `range` of a regular file.
#[derive(Debug)]
pub(super) struct FileRange {
    pub(super) file: Arc<File>,
    pub(super) range: Range<u64>,
    pub(super) file_length: u64,
    /// Whether a record starts at the range's start; else the first one is guessed.
    pub(super) is_exact: bool,
    pub(super) framing: Arc<Framing>,
    /// Time of a record near by, for the guess.
    pub(super) near: Option<Timestamp>,
    pub(super) pool: Pool,
}

/// Whole records in memory: those that start at `records` of `bytes`.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) bytes: Buffer,
    pub(super) records: Range<usize>,
    /// Offset of `bytes` in the (decompressed) input.
    pub(super) base: u64,
    /// As it is before the first record.
    pub(super) framing: Arc<Framing>,
}

/// Records of several files, merged by time.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) bytes: Buffer,
    pub(super) entries: Vec<Entry>,
    pub(super) frames: Vec<Frame>,
}

/// A record without its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) index: u64,
    pub(super) time: Timestamp,
    pub(super) interface: u32,
    pub(super) link: LinkType,
    pub(super) original_length: u32,
    pub(super) offset: u32,
    pub(super) length: u32,
}

/// What a job found. Only [`Measurement::join`](super::Measurement::join) can tell whether it counts.
#[derive(Debug)]
pub struct Outcome<T> {
    pub(super) value: T,
    pub(super) bytes: Buffer,
    pub(super) stretch: Stretch,
}

/// Where an outcome belongs.
#[derive(Debug)]
pub(super) enum Stretch {
    File(Box<Walked>),
    Merged(Vec<Frame>),
}

/// A walk over the records of one file.
#[derive(Debug)]
pub(super) struct Walked {
    /// Where the first record started; `None` where the guess found none.
    pub(super) begin: Option<u64>,
    /// Where the next record starts.
    pub(super) end: u64,
    /// Records that start behind this were not wanted.
    pub(super) limit: u64,
    /// Offset of the bytes.
    pub(super) base: u64,
    pub(super) before: Arc<Framing>,
    pub(super) after: Arc<Framing>,
    pub(super) tally: Tally,
    pub(super) stop: Stop,
}

/// Why a walk went no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the limit.
    Limit,
    /// At the end of the file, which is this many bytes long, in the middle of a record.
    Cut(u64),
    /// At bytes that are no record.
    Damage(String),
    /// The system's words.
    Unreadable(String),
}

/// Records that were visited, in capture order; `bytes` are what [`Record::offset`] counts in.
pub struct Chunk<T> {
    /// What the visitor made of the records.
    pub value: T,
    /// The bytes that the records lie in.
    pub bytes: Buffer,
    /// Every [`Record::index`] in it is lower: records, and what else Wireshark numbers.
    pub numbers: u64,
    frames: Frames,
}

/// The frame numbers of a chunk.
#[derive(Debug)]
enum Frames {
    /// In one file, one after the other.
    From { file: u16, number: u64 },
    /// By index.
    Each(Vec<Frame>),
}

impl Job {
    pub(super) fn range(range: FileRange) -> Self {
        Self(Task::Range(range))
    }

    pub(super) fn block(block: Block) -> Self {
        Self(Task::Block(block))
    }

    pub(super) fn merged(merged: Merged) -> Self {
        Self(Task::Merged(merged))
    }

    /// Reads the stretch and shows each record to `visit` together with the value being built. The outcome of a
    /// wrong guess is thrown away with its value, so `visit` must change nothing else.
    pub fn read<T: Default>(self, visit: &impl Fn(&mut T, Record<'_>)) -> Outcome<T> {
        self.read_into(T::default(), visit)
    }

    /// The same with an empty value to begin with, which may have room already.
    pub fn read_into<T>(self, mut value: T, visit: &impl Fn(&mut T, Record<'_>)) -> Outcome<T> {
        let (bytes, stretch) = match self.0 {
            Task::Range(range) => range.read(|record| visit(&mut value, record)),
            Task::Block(block) => block.read(|record| visit(&mut value, record)),
            Task::Merged(merged) => merged.read(|record| visit(&mut value, record)),
        };
        Outcome { value, bytes, stretch }
    }
}

impl FileRange {
    fn read(self, visit: impl FnMut(Record<'_>)) -> (Buffer, Stretch) {
        let Self { file, range, file_length, is_exact, framing, near, pool } = self;
        let mut bytes = pool.take();
        let mut walked = Walked {
            begin: is_exact.then_some(range.start),
            end: range.start,
            limit: range.end,
            base: range.start,
            before: Arc::clone(&framing),
            after: framing,
            tally: Tally::default(),
            stop: Stop::Limit,
        };
        let limit = range.end.saturating_sub(range.start) as usize;
        let mut wanted = limit;
        let mut at = 0;
        let mut sink = Sink { tally: &mut walked.tally, visit };
        loop {
            if let Err(error) = bytes.read_file(&file, range.start, wanted) {
                walked.stop = Stop::Unreadable(error.to_string());
                break;
            }
            let at_end = bytes.len() < wanted;
            if walked.begin.is_none() {
                let Some(first) = walked.before.guess(&bytes, range.start, near) else { break };
                at = first;
                walked.begin = Some(range.start + first as u64);
            }
            match walk(&mut walked.after, &bytes, &mut at, limit, &mut sink) {
                Halt::Limit => break,
                Halt::Damage(reason) => {
                    walked.stop = Stop::Damage(reason);
                    break;
                }
                Halt::Short(length) => {
                    wanted = at.saturating_add(length);
                    if at_end || range.start + wanted as u64 > file_length {
                        walked.stop =
                            Stop::Cut(if at_end { range.start + bytes.len() as u64 } else { file_length });
                        break;
                    }
                    if !is_exact && wanted - limit.min(wanted) > MOST_TAIL {
                        walked.begin = None;
                        break;
                    }
                }
            }
        }
        walked.end = range.start + at as u64;
        (bytes, Stretch::File(Box::new(walked)))
    }
}

impl Block {
    fn read(self, visit: impl FnMut(Record<'_>)) -> (Buffer, Stretch) {
        let Self { bytes, records, base, framing } = self;
        let mut tally = Tally::default();
        let mut after = Arc::clone(&framing);
        let mut at = records.start;
        let mut sink = Sink { tally: &mut tally, visit };
        // Whoever cut the block walked these records before: nothing can stop short of the limit.
        walk(&mut after, &bytes, &mut at, records.end, &mut sink);
        let walked = Walked {
            begin: Some(base + records.start as u64),
            end: base + at as u64,
            limit: base + records.end as u64,
            base,
            before: framing,
            after,
            tally,
            stop: Stop::Limit,
        };
        (bytes, Stretch::File(Box::new(walked)))
    }
}

impl Merged {
    fn read(self, mut visit: impl FnMut(Record<'_>)) -> (Buffer, Stretch) {
        for (index, entry) in (0..).zip(&self.entries) {
            let Entry { time, interface, link, original_length, offset, length, .. } = *entry;
            let start = offset as usize;
            let data = self.bytes.get(start..start + length as usize).unwrap_or_default();
            visit(Record { index, time, interface, link, original_length, data, offset });
        }
        (self.bytes, Stretch::Merged(self.frames))
    }
}

/// Walks with a framing that is shared as long as no block changes it.
fn walk<V: FnMut(Record<'_>)>(
    framing: &mut Arc<Framing>,
    bytes: &[u8],
    at: &mut usize,
    limit: usize,
    sink: &mut Sink<'_, V>,
) -> Halt {
    let mut own = Framing::clone(framing);
    let halt = own.walk(bytes, at, limit, sink);
    if own != **framing {
        *framing = Arc::new(own);
    }
    halt
}

impl<T> Chunk<T> {
    /// `number`: the first of the frame numbers, of which there are `numbers`.
    pub(super) fn of_file(file: u16, number: u64, numbers: u64, value: T, bytes: Buffer) -> Self {
        Self { value, bytes, numbers, frames: Frames::From { file, number } }
    }

    pub(super) fn of_merged(frames: Vec<Frame>, value: T, bytes: Buffer) -> Self {
        Self { value, bytes, numbers: frames.len() as u64, frames: Frames::Each(frames) }
    }

    /// File and frame number of the record with this [`Record::index`].
    #[must_use]
    pub fn frame(&self, index: u64) -> Frame {
        match &self.frames {
            Frames::From { file, number } => Frame::new(*file, number.saturating_add(index)),
            Frames::Each(frames) => {
                let last = frames.last().copied().unwrap_or(Frame::new(0, 0));
                frames.get(index as usize).copied().unwrap_or(last)
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Chunk<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("value", &self.value)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}
