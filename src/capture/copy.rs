//! Takes a capture file and what is to be noted at its frames; gives the capture again as pcapng. A pcapng file keeps its
//! blocks as they are; records of the other formats become enhanced packet blocks of one interface.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::buffer::Pool;
use super::framing::{Framing, Halt, Sink};
use super::inputs::OpenError;
use super::pcapng::Rewriter;
use super::pcapng_blocks as blocks;
use super::stream::{Origin, identify};
use super::tally::Tally;
use super::value::{Ended, Record, Timestamp};

const CHUNK: usize = 1 << 20;

/// What of a record stays.
pub type Keep<'a> = dyn Fn(&Record<'_>) -> Vec<u8> + 'a;

/// What the copy is to be.
pub struct Plan<'a> {
    /// Comment of the first section.
    pub section: &'a str,
    /// Comments by frame number.
    pub comments: &'a BTreeMap<u64, Vec<String>>,
    /// Keep only frames with comments.
    pub only_commented: bool,
    /// What is to be written in the place of a packet's bytes, no more of them; then nothing else is kept that may tell of
    /// people: names, keys, comments of others, blocks of unknown content.
    pub keep: Option<&'a Keep<'a>>,
}

impl std::fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("section", &self.section).finish_non_exhaustive()
    }
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Packets read.
    pub packets: u64,
    /// Packets written.
    pub written: u64,
    /// Frames whose comments had no place: simple packet blocks take none.
    pub without_place: u64,
    /// Why reading ended.
    pub ended: Ended,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The input is no capture.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The output cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Copies the file at `path`.
///
/// # Errors
/// The file is no capture, or `out` cannot be written. Damage in the middle is no error: [`Copied::ended`].
pub fn copy(path: &Path, plan: &Plan<'_>, out: &mut dyn Write) -> Result<Copied, CopyError> {
    let mut head = Pool::new(1, CHUNK).take();
    let (mut source, opened) = identify(Origin::Path(path.to_path_buf()), &mut head, &Arc::default())
        .map_err(|refusal| OpenError::refused(path, refusal))?;
    let mut copier = Copier::new(plan, &opened.framing);
    let mut framing = opened.framing;
    let mut bytes = head.to_vec();
    let (mut at, mut base) = (opened.start, 0_u64);
    let ended = loop {
        let halt = copier.walk(&mut framing, &bytes, &mut at);
        out.write_all(&copier.out)?;
        copier.out.clear();
        base += at as u64;
        bytes.drain(..at);
        at = 0;
        let wanted = match halt {
            Halt::Damage(reason) => break Ended::Damaged { at: base, reason },
            Halt::Limit => CHUNK,
            Halt::Short(length) => CHUNK.max(length.saturating_sub(bytes.len())),
        };
        let before = bytes.len();
        if let Err(error) = (&mut source).take(wanted as u64).read_to_end(&mut bytes) {
            break Ended::Unreadable { at: base, reason: error.to_string() };
        }
        if bytes.len() == before {
            break if bytes.is_empty() {
                Ended::Complete
            } else {
                Ended::Cut { at: base, end: base + bytes.len() as u64 }
            };
        }
    };
    Ok(Copied {
        packets: copier.rewriter.packets,
        written: copier.rewriter.written,
        without_place: copier.rewriter.without_place,
        ended,
    })
}

struct Copier<'a> {
    plan: &'a Plan<'a>,
    rewriter: Rewriter<'a>,
    tally: Tally,
    is_nano: bool,
    out: Vec<u8>,
}

impl<'a> Copier<'a> {
    fn new(plan: &'a Plan<'a>, framing: &Framing) -> Self {
        let is_nano = framing.name().contains("ns");
        let mut out = Vec::new();
        if !matches!(framing, Framing::Pcapng(_)) {
            blocks::commented_section(&mut out, plan.section);
            for interface in framing.interfaces(&Tally::default()) {
                blocks::interface(&mut out, "", interface.link.0, interface.snap_length, is_nano);
            }
        }
        Self { plan, rewriter: Rewriter::new(plan), tally: Tally::default(), is_nano, out }
    }

    fn walk(&mut self, framing: &mut Framing, bytes: &[u8], at: &mut usize) -> Halt {
        if let Framing::Pcapng(state) = framing {
            return state.rewrite(bytes, at, &mut self.rewriter, &mut self.out);
        }
        let (plan, rewriter, out, is_nano) = (self.plan, &mut self.rewriter, &mut self.out, self.is_nano);
        let visit = |record: Record<'_>| {
            rewriter.packets += 1;
            let comments = plan.comments.get(&rewriter.packets).map_or(&[][..], Vec::as_slice);
            if plan.only_commented && comments.is_empty() {
                return;
            }
            rewriter.written += 1;
            let kept = plan.keep.map(|keep| keep(&record));
            let data = kept.as_deref().unwrap_or(record.data);
            let time = ticks(record.time, is_nano);
            blocks::commented_packet(out, record.interface, time, record.original_length, data, comments);
        };
        framing.walk(bytes, at, bytes.len(), &mut Sink { tally: &mut self.tally, visit })
    }
}

fn ticks(time: Timestamp, is_nano: bool) -> u64 {
    let nanoseconds = if time.is_known() { time.0.max(0) } else { 0 };
    (if is_nano { nanoseconds } else { nanoseconds / 1_000 }) as u64
}
