//! Takes the blocks of a live capture, keeps the latest ones, and writes files of them: everything, in a ring of files, and
//! what came before and after a finding. In a thread of its own: a slow disk costs recording, never the capture.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::pcapng_blocks as block;
use super::written::{Shelf, Written};

/// Blocks that wait to be written.
const QUEUE: usize = 128;
/// What is kept for evidence: the latest packets, up to this age and size.
const BEFORE: Duration = Duration::from_secs(30);
const BEFORE_BYTES: usize = 64 << 20;
/// A file of evidence goes on so long after the finding, and after each that comes meanwhile.
const AFTER: Duration = Duration::from_secs(10);
/// A file of evidence is not longer.
const MOST_OF_A_FILE: u64 = 256 << 20;
/// All files of evidence in the folder, of earlier runs as well; the oldest make room.
const MOST_EVIDENCE: u64 = 1 << 30;
/// A place that stays full for days has more to tell than anybody reads.
const TROUBLE_KEPT: usize = 100;
/// At the end the last blocks are waited for so long.
const LAST_BLOCKS: Duration = Duration::from_secs(5);
/// How often a quiet capture looks whether a file of evidence is over.
const POLL: Duration = Duration::from_millis(500);

/// What is to be written.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// Everything.
    pub ring: Option<Ring>,
    /// Directory for what comes before and after findings.
    pub evidence: Option<PathBuf>,
}

/// A ring of files with everything in it.
#[derive(Clone, Debug)]
pub struct Ring {
    /// `trace.pcapng` becomes `trace_00001.pcapng` and so on, as dumpcap numbers.
    pub path: PathBuf,
    /// A file is closed at this size, in bytes.
    pub file_bytes: u64,
    /// So many files are kept.
    pub files: usize,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Files that are there, in the order in which they were begun.
    pub files: Vec<PathBuf>,
    /// Blocks that came faster than the disk took them.
    pub missed: u64,
    /// What could not be written, or made room for: the file, and the system's words.
    pub trouble: Vec<String>,
}

/// The side of the capture: hands blocks on and never waits.
#[derive(Debug)]
pub(super) struct Feed {
    sender: SyncSender<Message>,
    missed: Arc<AtomicU64>,
    /// Frames of all blocks so far.
    frames: u64,
}

impl Feed {
    pub(super) fn push(&mut self, block: &Arc<Vec<u8>>) {
        let stretch = Stretch::of(block, self.frames + 1);
        self.frames += stretch.frames;
        if let Err(TrySendError::Full(_)) = self.sender.try_send(Message::Block(stretch)) {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A block with the number of its first frame in the capture.
#[derive(Clone, Debug)]
struct Stretch {
    bytes: Arc<Vec<u8>>,
    first: u64,
    frames: u64,
}

impl Stretch {
    fn of(block: &Arc<Vec<u8>>, first: u64) -> Self {
        let (mut rest, mut frames) = (block.as_slice(), 0);
        while let Some(next) = block::next(rest) {
            frames += u64::from(next.time.is_some());
            rest = rest.get(next.length..).unwrap_or_default();
        }
        Self { bytes: Arc::clone(block), first, frames }
    }
}

/// What is written, for whoever reports.
#[derive(Clone, Debug)]
pub(super) struct Records {
    sender: SyncSender<Message>,
    shelf: Shelf,
    trouble: Arc<Mutex<Vec<String>>>,
}

impl Records {
    /// [`Recorded::trouble`] up to now.
    pub(super) fn trouble(&self) -> Vec<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Which frames stand where. `is_over`: all that came is waited for.
    pub(super) fn list(&self, is_over: bool) -> Vec<Written> {
        if is_over {
            let (done, wait) = sync_channel(1);
            if self.sender.send(Message::Ask(done)).is_ok() {
                let _ = wait.recv_timeout(LAST_BLOCKS);
            }
        }
        self.shelf.list()
    }
}

/// The side of whoever judges.
#[derive(Debug)]
pub struct Recorder {
    sender: SyncSender<Message>,
    missed: Arc<AtomicU64>,
    trouble: Arc<Mutex<Vec<String>>>,
    thread: JoinHandle<Recorded>,
}

impl Recorder {
    /// Keeps what came before and what comes after; `name` goes into the name of the file, `comment` into the file. What is
    /// noted while a file is being written goes into that file.
    pub fn note(&self, name: &str, comment: &str) {
        let _ = self.sender.send(Message::Note { name: name.to_owned(), comment: comment.to_owned() });
    }

    /// [`Recorded::trouble`] up to now, behind the first `known` of it.
    #[must_use]
    pub fn trouble(&self, known: usize) -> Vec<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.get(known..).unwrap_or_default().to_vec()
    }

    /// Ends recording, waits until all is written.
    pub fn finish(self) -> Recorded {
        let _ = self.sender.send(Message::End);
        let mut recorded = self.thread.join().unwrap_or_default();
        recorded.missed = self.missed.load(Ordering::Relaxed);
        recorded
    }
}

#[derive(Debug)]
enum Message {
    Block(Stretch),
    /// Whether all before this is written.
    Ask(SyncSender<()>),
    Note {
        name: String,
        comment: String,
    },
    End,
}

/// Starts the thread. `interfaces` are the interface blocks that each file begins with.
///
/// # Errors
/// The first file, or the directory, cannot be made.
pub(super) fn start(recording: Recording, interfaces: Vec<u8>) -> io::Result<(Feed, Records, Recorder)> {
    let (sender, receiver) = sync_channel(QUEUE);
    let mut writer = Writer::new(recording, interfaces)?;
    let missed = Arc::new(AtomicU64::new(0));
    let trouble = Arc::clone(&writer.trouble);
    let records =
        Records { sender: sender.clone(), shelf: writer.shelf.clone(), trouble: Arc::clone(&trouble) };
    let thread = thread::Builder::new().name("recorder".to_owned()).spawn(move || {
        writer.run(&receiver);
        writer.done()
    })?;
    let feed = Feed { sender: sender.clone(), missed: Arc::clone(&missed), frames: 0 };
    Ok((feed, records, Recorder { sender, missed, trouble, thread }))
}

/// A file that is being written.
#[derive(Debug)]
struct Open {
    path: PathBuf,
    out: File,
    bytes: u64,
    frames: u64,
}

impl Open {
    fn begin(path: PathBuf, comment: &str, interfaces: &[u8]) -> io::Result<Self> {
        let mut head = if comment.is_empty() { block::section() } else { Vec::new() };
        if !comment.is_empty() {
            block::commented_section(&mut head, comment);
        }
        head.extend(interfaces);
        let mut open = Self { out: File::create(&path)?, path, bytes: 0, frames: 0 };
        let begun = open.out.write_all(&head);
        open.bytes = head.len() as u64;
        match begun {
            Ok(()) => Ok(open),
            Err(error) => {
                // It could not even be begun.
                let _ = fs::remove_file(&open.path);
                Err(error)
            }
        }
    }

    /// Writes blocks. Where that fails the file ends with the last whole one, and `frames` counts those that are in it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let done = self.out.write_all(bytes);
        let there = match &done {
            Ok(()) => bytes.len(),
            Err(_) => {
                let length = self.out.metadata().map_or(self.bytes, |found| found.len());
                usize::try_from(length.saturating_sub(self.bytes)).unwrap_or(0)
            }
        };
        let mut rest = bytes.get(..there).unwrap_or(bytes);
        while let Some(next) = block::next(rest) {
            self.frames += u64::from(next.time.is_some());
            self.bytes += next.length as u64;
            rest = rest.get(next.length..).unwrap_or_default();
        }
        if done.is_err() {
            let _ = self.out.set_len(self.bytes);
        }
        done
    }
}

#[derive(Debug)]
struct Writer {
    interfaces: Vec<u8>,
    ring: Option<(Ring, Open, u64)>,
    evidence: Option<Evidence>,
    recorded: Recorded,
    shelf: Shelf,
    trouble: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug)]
struct Evidence {
    directory: PathBuf,
    latest: VecDeque<(Instant, Arc<Vec<u8>>)>,
    latest_bytes: usize,
    open: Option<(Open, Instant)>,
    done: VecDeque<(PathBuf, u64)>,
}

impl Evidence {
    /// Removes the oldest files until the rest is no more than is kept; gives their names.
    fn make_room(&mut self) -> Vec<PathBuf> {
        let mut gone = Vec::new();
        let mut bytes: u64 = self.done.iter().map(|(_, bytes)| bytes).sum();
        while bytes > MOST_EVIDENCE
            && let Some((oldest, its)) = self.done.pop_front()
        {
            bytes -= its;
            let _ = fs::remove_file(&oldest);
            gone.push(oldest);
        }
        gone
    }
}

/// Files of evidence that earlier runs left in a folder, the oldest first: their names begin with the time.
fn earlier(directory: &Path) -> io::Result<VecDeque<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_ours = path.file_name().and_then(|name| name.to_str()).is_some_and(is_evidence);
        // What a link leads to is not ours.
        let metadata = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file);
        if let Some(metadata) = metadata.filter(|_| is_ours) {
            files.push((path, metadata.len()));
        }
    }
    files.sort();
    Ok(files.into())
}

/// Whether a file is called as `live` calls evidence: `20260302-080000-QOS-001.pcapng`.
fn is_evidence(name: &str) -> bool {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(name) = name.strip_suffix(".pcapng") else { return false };
    match name.split('-').collect::<Vec<_>>().as_slice() {
        [day, time, family, number] => {
            digits(day, 8)
                && digits(time, 6)
                && digits(number, 3)
                && !family.is_empty()
                && family.bytes().all(|byte| byte.is_ascii_uppercase())
        }
        _ => false,
    }
}

impl Writer {
    fn new(recording: Recording, interfaces: Vec<u8>) -> io::Result<Self> {
        let mut recorded = Recorded::default();
        let ring = match recording.ring {
            Some(ring) => {
                let first = Open::begin(numbered(&ring.path, 1), "", &interfaces)?;
                recorded.files.push(first.path.clone());
                Some((ring, first, 1))
            }
            None => None,
        };
        let evidence = match recording.evidence {
            Some(directory) => {
                fs::create_dir_all(&directory)?;
                let done = earlier(&directory)?;
                let mut evidence =
                    Evidence { directory, latest: VecDeque::new(), latest_bytes: 0, open: None, done };
                evidence.make_room();
                Some(evidence)
            }
            None => None,
        };
        Ok(Self { interfaces, ring, evidence, recorded, shelf: Shelf::default(), trouble: Arc::default() })
    }

    fn done(self) -> Recorded {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Recorded { trouble, ..self.recorded }
    }

    fn run(&mut self, receiver: &Receiver<Message>) {
        loop {
            match receiver.recv_timeout(POLL) {
                Ok(Message::Block(stretch)) => {
                    self.write_ring(&stretch);
                    self.write_evidence(&stretch.bytes);
                }
                Ok(Message::Ask(done)) => {
                    let _ = done.try_send(());
                }
                Ok(Message::Note { name, comment }) => self.note(&name, &comment),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.end_evidence(Instant::now());
        }
        self.ring = None;
        self.close_evidence();
    }

    fn write_ring(&mut self, stretch: &Stretch) {
        let Some((ring, open, number)) = &mut self.ring else { return };
        let mut done = Ok(());
        let mut left = None;
        if open.bytes >= ring.file_bytes {
            *number += 1;
            match Open::begin(numbered(&ring.path, *number), "", &self.interfaces) {
                Ok(next) => {
                    self.recorded.files.push(next.path.clone());
                    *open = next;
                }
                Err(error) => done = Err(error),
            }
            let oldest = number.checked_sub(ring.files.max(1) as u64).filter(|oldest| *oldest > 0);
            if let Some(oldest) = oldest.map(|oldest| numbered(&ring.path, oldest)) {
                self.recorded.files.retain(|path| *path != oldest);
                self.shelf.forget(&oldest);
                match fs::remove_file(&oldest) {
                    // Somebody took it away.
                    Err(error) if error.kind() != io::ErrorKind::NotFound => left = Some((oldest, error)),
                    _ => {}
                }
            }
        }
        let before = open.frames;
        let done = done.and_then(|()| open.write(&stretch.bytes));
        let path = open.path.clone();
        let (first, frames) = (stretch.first, open.frames - before);
        self.shelf.add(Written { path: path.clone(), first, number: before + 1, frames });
        if !self.trouble(&path, done) {
            self.ring = None;
        }
        // Recording goes on: the file is one too many, and no more.
        if let Some((oldest, error)) = left {
            self.trouble(&oldest, Err(error));
        }
    }

    fn write_evidence(&mut self, bytes: &Arc<Vec<u8>>) {
        let Some(evidence) = &mut self.evidence else { return };
        let now = Instant::now();
        evidence.latest_bytes += bytes.len();
        evidence.latest.push_back((now, Arc::clone(bytes)));
        while let Some((at, oldest)) = evidence.latest.front()
            && (evidence.latest_bytes > BEFORE_BYTES || now.duration_since(*at) > BEFORE)
        {
            evidence.latest_bytes -= oldest.len();
            evidence.latest.pop_front();
        }
        let Some((open, _)) = &mut evidence.open else { return };
        let path = open.path.clone();
        let done = open.write(bytes);
        let is_long = open.bytes >= MOST_OF_A_FILE;
        if !self.trouble(&path, done) || is_long {
            self.close_evidence();
        }
    }

    fn note(&mut self, name: &str, comment: &str) {
        let Some(evidence) = &mut self.evidence else { return };
        let until = Instant::now() + AFTER;
        if let Some((_, end)) = &mut evidence.open {
            *end = until;
            return;
        }
        let path = evidence.directory.join(format!("{name}.pcapng"));
        let before: Vec<Arc<Vec<u8>>> = evidence.latest.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
        match Open::begin(path.clone(), comment, &self.interfaces) {
            Ok(mut open) => {
                let done = before.iter().try_for_each(|bytes| open.write(bytes));
                evidence.open = Some((open, until));
                self.recorded.files.push(path.clone());
                if !self.trouble(&path, done) {
                    self.close_evidence();
                }
            }
            Err(error) => {
                self.trouble(&path, Err(error));
            }
        }
    }

    fn end_evidence(&mut self, now: Instant) {
        if let Some(Evidence { open: Some((_, end)), .. }) = &self.evidence
            && now >= *end
        {
            self.close_evidence();
        }
    }

    fn close_evidence(&mut self) {
        let Some(evidence) = &mut self.evidence else { return };
        let Some((open, _)) = evidence.open.take() else { return };
        evidence.done.push_back((open.path, open.bytes));
        let gone = evidence.make_room();
        self.recorded.files.retain(|path| !gone.contains(path));
    }

    /// Keeps what went wrong; whether nothing did.
    fn trouble(&mut self, path: &Path, done: io::Result<()>) -> bool {
        let Err(error) = done else { return true };
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.len() < TROUBLE_KEPT {
            trouble.push(format!("{}: {error}", path.display()));
        }
        false
    }
}

/// `trace.pcapng` and 7 give `trace_00007.pcapng`.
fn numbered(path: &Path, number: u64) -> PathBuf {
    let stem = path.file_stem().map_or_else(|| "trace".into(), |stem| stem.to_string_lossy());
    let extension = path.extension().map_or_else(|| "pcapng".into(), |extension| extension.to_string_lossy());
    path.with_file_name(format!("{stem}_{number:05}.{extension}"))
}

#[cfg(test)]
mod tests;
