//! Takes a pipe or a compressed file, reads it in a thread of its own, gives blocks of whole records as soon as
//! they are there. What is read ahead is bounded by the channel.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::buffer::{Buffer, Pool};
use super::decompress::{Compression, Counted};
use super::format::{HEAD, Refusal, detect};
use super::framing::{Framing, Halt, Sink};
use super::job::Block;
use super::live::Tap;
use super::tally::Tally;
use super::value::{Ended, Record};

/// How often a reader that waits for a pipe looks whether it shall stop.
const STOP_POLL: Duration = Duration::from_millis(50);
/// Read ahead of the decompressor.
const SOURCE_BUFFER: usize = 64 << 10;

const GAVE_UP: &str = "the decompressor gave up";

/// Where the bytes come from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    StandardInput,
    Path(PathBuf),
    /// Interfaces; taken by the first who reads.
    Live(Arc<Mutex<Option<Tap>>>),
}

/// How to read.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    /// Hand on what each read gave, however little: the writer is at work.
    pub(super) at_once: bool,
    pub(super) block_bytes: usize,
    pub(super) blocks_ahead: usize,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) pool: Pool,
}

/// The receiving end of a reader thread.
#[derive(Debug)]
pub(super) struct Stream {
    receiver: Receiver<Message>,
    /// Blocks that were handed out and given back.
    held: VecDeque<Block>,
    ended: Option<Ended>,
    consumed: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

/// What the thread found the input to be.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) framing: Framing,
    pub(super) compression: Option<Compression>,
    /// Where the first record starts.
    pub(super) start: usize,
}

enum Message {
    Opened(Result<Opened, Refusal>),
    Block(Block),
    End(Ended),
}

impl Stream {
    /// Starts the thread and waits until it knows the format; `Ok(None)` if stopped before that.
    pub(super) fn open(origin: Origin, manner: Manner) -> Result<Option<(Self, Opened)>, Refusal> {
        let (sender, receiver) = sync_channel(manner.blocks_ahead);
        let consumed = Arc::new(AtomicU64::new(0));
        let stop = Arc::clone(&manner.stop);
        let stream = Self { receiver, held: VecDeque::new(), ended: None, consumed, stop };
        let consumed = Arc::clone(&stream.consumed);
        let started = thread::Builder::new()
            .name("capture".to_owned())
            .spawn(move || feed(origin, &manner, &consumed, &sender));
        if let Err(error) = started {
            return Err(Refusal::Unreadable(error.to_string()));
        }
        match stream.receive() {
            Some(Message::Opened(opened)) => opened.map(|opened| Some((stream, opened))),
            Some(Message::Block(_) | Message::End(_)) => Err(Refusal::Packed(GAVE_UP.to_owned())),
            None => Ok(None),
        }
    }

    /// Waits for a block and takes those that are there behind it. Empty at the end and when stopped.
    pub(super) fn blocks(&mut self, most: usize) -> Vec<Block> {
        let mut blocks: Vec<Block> = self.held.drain(..self.held.len().min(most)).collect();
        while blocks.len() < most && self.ended.is_none() {
            let message = if blocks.is_empty() { self.receive() } else { self.receiver.try_recv().ok() };
            match message {
                Some(Message::Block(block)) => blocks.push(block),
                Some(Message::End(ended)) => self.ended = Some(ended),
                Some(Message::Opened(_)) | None => break,
            }
        }
        blocks
    }

    /// Takes back blocks that were handed out last, in order.
    pub(super) fn hold(&mut self, blocks: Vec<Block>) {
        for block in blocks.into_iter().rev() {
            self.held.push_front(block);
        }
    }

    /// Why there are no more blocks.
    pub(super) fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref().filter(|_| self.held.is_empty())
    }

    /// Bytes taken from the (compressed) input.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }

    fn receive(&self) -> Option<Message> {
        while !self.stop.load(Ordering::Relaxed) {
            match self.receiver.recv_timeout(STOP_POLL) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Timeout) => {}
                // The thread always says why it ends, unless a decompressor broke down under it.
                Err(RecvTimeoutError::Disconnected) => {
                    let (at, reason) = (self.consumed(), GAVE_UP.to_owned());
                    return Some(Message::End(Ended::Unreadable { at, reason }));
                }
            }
        }
        None
    }
}

/// The thread: an error in sending means that nobody wants more.
fn feed(origin: Origin, manner: &Manner, consumed: &Arc<AtomicU64>, sender: &SyncSender<Message>) {
    let mut head = manner.pool.take();
    match identify(origin, &mut head, consumed) {
        Err(refusal) => {
            let _ = sender.send(Message::Opened(Err(refusal)));
        }
        Ok((source, opened)) => {
            let feeder = Feeder::new(source, head, &opened);
            if sender.send(Message::Opened(Ok(opened))).is_ok() {
                let _ = feeder.run(manner, sender);
            }
        }
    }
}

pub(super) type Source = Box<dyn Read + Send>;

/// Opens the input and reads its head; the source goes on behind it.
pub(super) fn identify(
    origin: Origin,
    head: &mut Buffer,
    consumed: &Arc<AtomicU64>,
) -> Result<(Source, Opened), Refusal> {
    let source: Source = match origin {
        Origin::StandardInput => Box::new(io::stdin()),
        Origin::Live(tap) => match tap.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(tap) => Box::new(tap),
            None => return Err(Refusal::Empty),
        },
        Origin::Path(path) => Box::new(File::open(path).map_err(unreadable)?),
    };
    let mut source: Source = Box::new(Counted::new(source, Arc::clone(consumed)));
    read_head(&mut *source, head).map_err(unreadable)?;
    let compression = Compression::detect(head);
    if let Some(compression) = compression {
        let packed = io::Cursor::new(head.to_vec()).chain(source);
        let packed = BufReader::with_capacity(SOURCE_BUFFER, packed);
        source = compression.reader(packed, Arc::clone(consumed));
        head.truncate(0);
        read_head(&mut *source, head).map_err(|error| Refusal::Packed(error.to_string()))?;
    }
    let (framing, start) = detect(head)?;
    Ok((source, Opened { framing, compression, start }))
}

fn read_head(source: &mut dyn Read, head: &mut Buffer) -> io::Result<()> {
    while head.len() < HEAD && head.read_some(source, HEAD)? > 0 {}
    Ok(())
}

fn unreadable(error: io::Error) -> Refusal {
    Refusal::Unreadable(error.to_string())
}

/// The bytes that are read and not handed on yet.
struct Feeder {
    source: Source,
    bytes: Buffer,
    /// Offset of `bytes` in the decompressed input.
    base: u64,
    /// First record not handed on, and first record not walked yet.
    start: usize,
    at: usize,
    /// As it is at `start` and at `at`.
    before: Arc<Framing>,
    after: Framing,
}

impl Feeder {
    fn new(source: Source, head: Buffer, opened: &Opened) -> Self {
        let after = opened.framing.clone();
        let before = Arc::new(after.clone());
        Self { source, bytes: head, base: 0, start: opened.start, at: opened.start, before, after }
    }

    /// Reads to the end and says why it ended. `Err`: nobody listens any more.
    fn run(mut self, manner: &Manner, sender: &SyncSender<Message>) -> Result<(), ()> {
        let mut ended = None;
        while ended.is_none() {
            let missing = match self.walk() {
                Halt::Limit => 1,
                Halt::Short(length) => (self.at + length).saturating_sub(self.bytes.len()).max(1),
                Halt::Damage(reason) => {
                    ended = Some(Ended::Damaged { at: self.position(), reason });
                    0
                }
            };
            let is_full = self.bytes.len() >= manner.block_bytes;
            if self.at > self.start && (manner.at_once || is_full || ended.is_some()) {
                self.hand_on(manner, sender)?;
            }
            if ended.is_none() {
                // Memory grows with what arrives, not with what a record header promises.
                let room = manner.block_bytes.max(self.bytes.len() + missing.min(manner.block_bytes));
                ended = self.read(room);
                if ended.is_some() && self.at > self.start {
                    self.hand_on(manner, sender)?;
                }
            }
        }
        sender.send(Message::End(ended.unwrap_or(Ended::Complete))).map_err(drop)
    }

    fn walk(&mut self) -> Halt {
        let mut sink = Sink { tally: &mut Tally::default(), visit: |_: Record<'_>| {} };
        let limit = self.bytes.len();
        self.after.walk(&self.bytes, &mut self.at, limit, &mut sink)
    }

    /// Sends the whole records and keeps the rest.
    fn hand_on(&mut self, manner: &Manner, sender: &SyncSender<Message>) -> Result<(), ()> {
        let mut rest = manner.pool.take();
        rest.append(self.bytes.get(self.at..).unwrap_or_default());
        let bytes = std::mem::replace(&mut self.bytes, rest);
        let framing = Arc::clone(&self.before);
        if *self.before != self.after {
            self.before = Arc::new(self.after.clone());
        }
        let block = Block { bytes, records: self.start..self.at, base: self.base, framing };
        self.base += self.at as u64;
        (self.start, self.at) = (0, 0);
        sender.send(Message::Block(block)).map_err(drop)
    }

    fn read(&mut self, room: usize) -> Option<Ended> {
        let at = self.position();
        let cut = |bytes: &Buffer| Ended::Cut { at, end: self.base + bytes.len() as u64 };
        match self.bytes.read_some(&mut *self.source, room) {
            Ok(0) if self.at == self.bytes.len() => Some(Ended::Complete),
            Ok(0) => Some(cut(&self.bytes)),
            Ok(_) => None,
            Err(error) => Some(match error.kind() {
                io::ErrorKind::UnexpectedEof => cut(&self.bytes),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                    Ended::Damaged { at, reason: error.to_string() }
                }
                _ => Ended::Unreadable { at, reason: error.to_string() },
            }),
        }
    }

    /// Offset of the first record not walked yet.
    fn position(&self) -> u64 {
        self.base + self.at as u64
    }
}
