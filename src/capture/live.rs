//! Takes network interfaces, gives what they carry as one pcapng stream, block by block. The only place that opens an
//! interface.
//!
//! One thread for each interface empties the kernel's buffer into blocks of whole records and hands them to a bounded
//! queue. It never waits for whoever reads the queue: where there is no room the whole block is dropped and counted. The
//! count goes with the kernel's own into the stream as an interface statistics block, so everything behind this file
//! meets drops as it meets those of a capture file. Where there are several interfaces, their packets are put in the order
//! of their times (`confluence.rs`).

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use pcap::{Active, Capture, Linktype, Precision};
use thiserror::Error;

use super::LinkType;
use super::confluence::Confluence;
use super::filter::{Filter, FilterSpec};
use super::framing::LONGEST_USUAL;
use super::interfaces::{Interface, InterfacesError, interfaces};
use super::meter::Meter;
use super::pcapng_blocks as block;
use super::recorder::{self, Feed, Recorder, Recording, Records};

/// The kernel keeps this much while nobody reads: 0.4 s of a full gigabit.
const KERNEL_BUFFER: i32 = 64 << 20;
/// How long libpcap may hold packets back to hand over many at once.
const KERNEL_TIMEOUT_MS: i32 = 50;
/// Pause where the kernel has nothing. Polling needs no file descriptor and works the same on every system.
const IDLE_PAUSE: Duration = Duration::from_millis(5);
/// A block goes to the queue at this size or this age, an empty one too: it carries the time and the drops on.
const BLOCK_BYTES: usize = 1 << 20;
const BLOCK_AGE: Duration = Duration::from_millis(50);
/// Blocks that wait for analysis.
const QUEUE: usize = 128;
/// What the kernel holds back at the end is waited for this long.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// An interface that went away is looked for this often.
const RETRY: Duration = Duration::from_millis(500);
/// Time stamps are of this precision: libpcap gives nanoseconds for every interface of Linux.
const PRECISION: Precision = if cfg!(target_os = "linux") { Precision::Nano } else { Precision::Micro };

/// When a live capture ends, beside the end of all its interfaces.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// So long after its begin.
    pub duration: Option<Duration>,
    /// After so many packets of all interfaces.
    pub packets: Option<u64>,
    /// Only packets that it selects count for `packets`.
    pub counted: Option<FilterSpec>,
    /// When somebody sets it.
    pub stop: Arc<AtomicBool>,
}

/// Why an interface cannot be captured on.
#[derive(Debug, Error)]
pub enum LiveError {
    /// There is no libpcap, or it does not list interfaces.
    #[error(transparent)]
    Interfaces(#[from] InterfacesError),
    /// No such interface.
    #[error("{name}: there is no such interface; there are: {known}")]
    Unknown {
        /// As the user named it.
        name: String,
        /// The right names.
        known: String,
    },
    /// The system refuses.
    #[error(
        "{name}: this user may not capture ({reason}); run as root, or grant the right once: \
         sudo setcap cap_net_raw+ep {program}"
    )]
    Forbidden {
        /// Interface.
        name: String,
        /// libpcap's words.
        reason: String,
        /// Path of this program.
        program: String,
    },
    /// Something else.
    #[error("{name}: cannot be opened: {reason}")]
    Refused {
        /// Interface.
        name: String,
        /// libpcap's words.
        reason: String,
    },
}

/// What becomes of an interface while it is captured on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// It is switched off or has no link; nothing comes until it has.
    Down(String),
    /// It has a link again.
    Up(String),
    /// It came back as another kind of link, whose packets would not fit the measurement: their number in libpcap.
    Other(String, i32),
    /// It went away, with libpcap's words.
    Gone(String, String),
    /// It came back.
    Back(String),
}

/// Who hears of interfaces that go and come, in the thread of the interface.
pub type Tell = Arc<dyn Fn(LinkEvent) + Send + Sync>;

/// The stream of a live capture: a pcapng file that ends when the capture does.
#[derive(Debug)]
pub struct Tap {
    receiver: Receiver<(u32, Vec<u8>)>,
    /// Puts the packets of several interfaces in order.
    confluence: Option<Confluence>,
    bytes: Arc<Vec<u8>>,
    at: usize,
    /// Blocks that describe the interfaces.
    interfaces: Vec<u8>,
    feed: Option<Feed>,
    records: Option<Records>,
    meter: Arc<Meter>,
    /// While it lives, links are watched.
    _listener: Arc<()>,
}

impl Tap {
    /// Writes what passes, besides.
    ///
    /// # Errors
    /// A file or directory cannot be made.
    pub fn record(self, recording: Recording) -> io::Result<(Self, Recorder)> {
        let (feed, records, recorder) = recorder::start(recording, self.interfaces.clone())?;
        Ok((Self { feed: Some(feed), records: Some(records), ..self }, recorder))
    }

    /// What its threads count.
    pub(super) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// Where its frames stand, if they are written.
    pub(super) fn records(&self) -> Option<Records> {
        self.records.clone()
    }

    /// Waits for the next block; `None` at the end.
    fn next_block(&mut self) -> Option<Vec<u8>> {
        let Some(confluence) = &mut self.confluence else {
            return self.receiver.recv().ok().map(|(_, bytes)| bytes);
        };
        loop {
            while confluence.has_room()
                && let Ok((number, bytes)) = self.receiver.try_recv()
            {
                confluence.push(number as usize, bytes, Instant::now());
            }
            let ready = confluence.ready(Instant::now());
            if !ready.is_empty() {
                return Some(ready);
            }
            // Without anything to hand on, whatever comes next is waited for.
            let due = confluence.due().map_or(BLOCK_AGE, |due| due.saturating_duration_since(Instant::now()));
            match self.receiver.recv_timeout(due) {
                Ok((number, bytes)) => confluence.push(number as usize, bytes, Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Some(confluence.rest()).filter(|rest| !rest.is_empty());
                }
            }
        }
    }
}

/// Opens the interfaces and starts to capture. `tell` hears of interfaces that go and come, `meter` counts.
///
/// # Errors
/// See [`LiveError`].
pub fn tap(names: &[String], bounds: &Bounds, meter: &Arc<Meter>, tell: &Tell) -> Result<Tap, LiveError> {
    pcap_dyn::availability().map_err(InterfacesError::NeedsLibpcap)?;
    let captures = names.iter().map(|name| open_or_wait(name)).collect::<Result<Vec<_>, _>>()?;
    let (sender, receiver) = sync_channel(QUEUE);
    let mut interfaces = Vec::new();
    for (name, capture) in names.iter().zip(&captures) {
        block::interface(
            &mut interfaces,
            name,
            link_type(link_of(capture.as_ref())),
            LONGEST_USUAL as u32,
            is_nano(),
        );
    }
    let taken = Arc::new(AtomicU64::new(0));
    let end = bounds.duration.map(|duration| Instant::now() + duration);
    for (number, (name, capture)) in (0..).zip(names.iter().zip(captures)) {
        let (sender, bounds, taken) = (sender.clone(), bounds.clone(), Arc::clone(&taken));
        let link = link_of(capture.as_ref());
        let counted = bounds.counted.as_ref().filter(|_| bounds.packets.is_some());
        let counted = counted.map(|filter| filter.compile(LinkType(link_type(link))).ok());
        let mut lane = Lane {
            name: name.clone(),
            number,
            link,
            sender,
            bounds,
            end,
            taken,
            counted,
            is_other_told: false,
            tell: Arc::clone(tell),
            meter: Arc::clone(meter),
            bytes: Vec::new(),
            packets: 0,
            dropped: 0,
            dropped_before: 0,
            dropped_now: 0,
        };
        let start = move || lane.run(capture);
        thread::Builder::new()
            .name(format!("live {name}"))
            .spawn(start)
            .map_err(|error| LiveError::Refused { name: name.clone(), reason: error.to_string() })?;
    }
    let head = [block::section(), interfaces.clone()].concat();
    let bytes = Arc::new(head);
    let listener = Arc::new(());
    watch_links(names.to_vec(), Arc::downgrade(&listener), Arc::clone(tell));
    let confluence = (names.len() > 1).then(|| Confluence::new(names.len()));
    Ok(Tap {
        receiver,
        confluence,
        bytes,
        at: 0,
        interfaces,
        feed: None,
        records: None,
        meter: Arc::clone(meter),
        _listener: listener,
    })
}

impl Read for Tap {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.bytes.len() {
            let Some(bytes) = self.next_block() else { return Ok(0) };
            (self.bytes, self.at) = (Arc::new(bytes), 0);
            if let Some(feed) = &mut self.feed {
                feed.push(&self.bytes);
            }
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.len().min(space.len());
        if let (Some(space), Some(rest)) = (space.get_mut(..count), rest.get(..count)) {
            space.copy_from_slice(rest);
        }
        self.at += count;
        Ok(count)
    }
}

/// `None`: the interface is switched off, and will be waited for.
fn open_or_wait(name: &str) -> Result<Option<Capture<Active>>, LiveError> {
    match open(name) {
        Ok(capture) => Ok(Some(capture)),
        Err(error) => match explained(name, error) {
            LiveError::Refused { .. }
                if interfaces().is_ok_and(|all| has_link(&all, name) == Some(false)) =>
            {
                Ok(None)
            }
            error => Err(error),
        },
    }
}

/// What a capture gives; Ethernet for one that is waited for, as every mirror port is.
fn link_of(capture: Option<&Capture<Active>>) -> Linktype {
    capture.map_or(Linktype::ETHERNET, Capture::get_datalink)
}

/// Whether an interface is on and has a link, by libpcap's word: `None` where there is no such interface.
fn has_link(all: &[Interface], name: &str) -> Option<bool> {
    all.iter().find(|interface| interface.name == name).map(|interface| interface.up && interface.running)
}

/// Tells when a link goes and comes, in a thread of its own: libpcap reads on from an interface that is down.
fn watch_links(names: Vec<String>, listener: Weak<()>, tell: Tell) {
    let watch = move || {
        let mut had_link = vec![true; names.len()];
        while listener.strong_count() > 0 {
            let all = interfaces().unwrap_or_default();
            for (name, had) in names.iter().zip(&mut had_link) {
                // One that is not there at all is told by whoever captures on it.
                let has = has_link(&all, name).unwrap_or(*had);
                match (*had, has) {
                    (true, false) => tell(LinkEvent::Down(name.clone())),
                    (false, true) => tell(LinkEvent::Up(name.clone())),
                    _ => {}
                }
                *had = has;
            }
            thread::sleep(RETRY);
        }
    };
    // Without this thread the capture is as good, and less is told.
    let _ = thread::Builder::new().name("links".to_owned()).spawn(watch);
}

fn open(name: &str) -> Result<Capture<Active>, pcap::Error> {
    let attempt = |promiscuous| {
        Capture::from_device(name)?
            .promisc(promiscuous)
            .snaplen(LONGEST_USUAL as i32)
            .buffer_size(KERNEL_BUFFER)
            .timeout(KERNEL_TIMEOUT_MS)
            .precision(PRECISION)
            .open()?
            .setnonblock()
    };
    // The crate takes libpcap's warning that an interface cannot be promiscuous for an error.
    attempt(true).or_else(|error| attempt(false).map_err(|_| error))
}

/// Whether an interface can be opened, found out by opening it.
pub(super) fn try_open(name: &str) -> Result<(), LiveError> {
    let opened = Capture::from_device(name).and_then(|inactive| inactive.snaplen(64).timeout(1).open());
    opened.map(drop).map_err(|error| explained(name, error))
}

fn explained(name: &str, error: pcap::Error) -> LiveError {
    let reason = match error {
        pcap::Error::PcapError(text) => text,
        other => other.to_string(),
    };
    let name = name.to_owned();
    let all = match interfaces() {
        Ok(all) => all,
        Err(error) => return error.into(),
    };
    let lower = reason.to_lowercase();
    let is_there = all.iter().any(|interface| interface.name == name);
    // Also who may not capture is told the right names first.
    if is_there && ["permission", "permitted"].iter().any(|word| lower.contains(word)) {
        let program =
            std::env::current_exe().map_or_else(|_| "pbxray".into(), |path| path.display().to_string());
        LiveError::Forbidden { name, reason, program }
    } else if is_there {
        LiveError::Refused { name, reason }
    } else {
        let known: Vec<String> = all.into_iter().map(|interface| interface.name).collect();
        LiveError::Unknown { name, known: known.join(", ") }
    }
}

fn is_nano() -> bool {
    PRECISION == Precision::Nano
}

/// Where files number a link type differently from libpcap on this system (pcap/dlt.h).
fn link_type(link: Linktype) -> u16 {
    match link.0 {
        12 | 14 => 101,
        other => other as u16,
    }
}

/// One interface and its thread.
struct Lane {
    name: String,
    number: u32,
    link: Linktype,
    sender: SyncSender<(u32, Vec<u8>)>,
    bounds: Bounds,
    end: Option<Instant>,
    /// Packets of all interfaces.
    taken: Arc<AtomicU64>,
    /// Only what it selects is counted, where it is given; where it does not compile, nothing.
    counted: Option<Option<Filter>>,
    is_other_told: bool,
    tell: Tell,
    meter: Arc<Meter>,
    bytes: Vec<u8>,
    packets: u64,
    /// Packets of blocks for which there was no room.
    dropped: u64,
    /// Kernel drops of captures before the interface went away.
    dropped_before: u64,
    dropped_now: u64,
}

impl Lane {
    fn run(&mut self, mut capture: Option<Capture<Active>>) {
        let mut begun = Instant::now();
        let mut last_words = None;
        loop {
            let is_empty = match capture.as_mut().map(|capture| self.drain(capture)) {
                Some(Ok(is_empty)) => is_empty,
                Some(Err(reason)) => {
                    capture = None;
                    self.dropped_before += std::mem::take(&mut self.dropped_now);
                    (self.tell)(LinkEvent::Gone(self.name.clone(), reason));
                    true
                }
                None => true,
            };
            if self.is_over() && last_words.is_none() {
                last_words = Some(Instant::now() + LAST_WORDS);
            }
            if last_words.is_some_and(|until| (is_empty && self.is_counted_out()) || Instant::now() >= until)
            {
                break;
            }
            if self.bytes.len() >= BLOCK_BYTES || begun.elapsed() >= BLOCK_AGE {
                self.note_drops(capture.as_mut());
                if !self.hand_over() {
                    return;
                }
                begun = Instant::now();
            }
            match &capture {
                None if last_words.is_none() => {
                    thread::sleep(RETRY);
                    capture = self.open_again();
                }
                _ if is_empty => thread::sleep(IDLE_PAUSE),
                _ => {}
            }
        }
        self.note_drops(capture.as_mut());
        // Nothing comes any more, so waiting loses nothing.
        let _ = self.sender.send((self.number, std::mem::take(&mut self.bytes)));
    }

    /// The interface if it is there again, as the same kind of link.
    fn open_again(&mut self) -> Option<Capture<Active>> {
        let capture = open(&self.name).ok()?;
        let link = capture.get_datalink();
        if link == self.link {
            self.is_other_told = false;
            (self.tell)(LinkEvent::Back(self.name.clone()));
            return Some(capture);
        }
        if !std::mem::replace(&mut self.is_other_told, true) {
            (self.tell)(LinkEvent::Other(self.name.clone(), link.0));
        }
        None
    }

    /// Takes what the kernel has, one block at most; whether that was nothing.
    fn drain(&mut self, capture: &mut Capture<Active>) -> Result<bool, String> {
        let mut count = 0_u64;
        while self.bytes.len() < BLOCK_BYTES && !self.is_counted_out() {
            match capture.next_packet() {
                Ok(packet) => {
                    let header = packet.header;
                    let unit = if is_nano() { 1_000_000_000 } else { 1_000_000 };
                    let time =
                        (header.ts.tv_sec as u64).wrapping_mul(unit).wrapping_add(header.ts.tv_usec as u64);
                    block::packet(&mut self.bytes, self.number, time, header.len, packet.data);
                    count += 1;
                    let counts = self.counted.as_ref().is_none_or(|filter| {
                        filter.as_ref().is_some_and(|filter| filter.matches(packet.data))
                    });
                    if self.bounds.packets.is_some() && counts {
                        self.taken.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Err(pcap::Error::TimeoutExpired | pcap::Error::NoMorePackets) => break,
                Err(pcap::Error::PcapError(text)) => return Err(text),
                Err(other) => return Err(other.to_string()),
            }
        }
        self.packets += count;
        self.meter.took(count);
        Ok(count == 0)
    }

    fn is_counted_out(&self) -> bool {
        self.bounds.packets.is_some_and(|most| self.taken.load(Ordering::Relaxed) >= most)
    }

    fn is_over(&self) -> bool {
        self.bounds.stop.load(Ordering::Relaxed)
            || self.is_counted_out()
            || self.end.is_some_and(|end| Instant::now() >= end)
    }

    fn note_drops(&mut self, capture: Option<&mut Capture<Active>>) {
        if let Some(stats) = capture.and_then(|capture| capture.stats().ok()) {
            let now = u64::from(stats.dropped) + u64::from(stats.if_dropped);
            self.meter.kernel_dropped(now.saturating_sub(self.dropped_now));
            self.dropped_now = now;
        }
        let total = self.dropped_before + self.dropped_now + self.dropped;
        block::drops(&mut self.bytes, self.number, total);
    }

    /// Hands the block over if there is room; `false` if nobody listens any more.
    fn hand_over(&mut self) -> bool {
        let bytes = std::mem::take(&mut self.bytes);
        let packets = std::mem::take(&mut self.packets);
        match self.sender.try_send((self.number, bytes)) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                self.dropped += packets;
                self.meter.dropped(packets);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_without_room_is_dropped_counted_and_told_with_the_next() {
        let (sender, receiver) = sync_channel(1);
        let meter = Arc::new(Meter::default());
        let mut lane = Lane {
            name: "eth1".to_owned(),
            number: 0,
            link: Linktype::ETHERNET,
            sender,
            bounds: Bounds::default(),
            end: None,
            taken: Arc::default(),
            counted: None,
            is_other_told: false,
            tell: Arc::new(|_| {}),
            meter: Arc::clone(&meter),
            bytes: Vec::new(),
            packets: 0,
            dropped: 0,
            dropped_before: 4,
            dropped_now: 0,
        };
        for packets in [10, 20, 30] {
            lane.bytes = vec![1];
            lane.packets = packets;
            assert!(lane.hand_over(), "somebody listens");
        }
        assert_eq!(receiver.recv().unwrap(), (0, vec![1]));
        assert_eq!((lane.dropped, meter.read().own_drops), (50, 50), "the queue holds one block");
        lane.note_drops(None);
        let mut told = Vec::new();
        block::drops(&mut told, 0, 54);
        assert_eq!(lane.bytes, told, "with what the kernel dropped before");
    }
}
