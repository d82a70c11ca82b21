//! Takes the payloads of one TCP direction in capture order; gives its bytes in stream order, bounded. First writer
//! wins where segments overlap. A hole that does not fill is skipped once too much waits behind it.

use std::collections::BTreeMap;

/// Bytes that may wait behind a hole.
const WAITING_LIMIT: usize = 64 * 1024;
/// Bytes that a segment takes in memory beside its own while it waits: many short ones must not take many times what is
/// counted.
const SEGMENT: usize = 64;
/// Bytes that may wait to be taken by the reader.
const READY_LIMIT: usize = 64 * 1024;

/// One direction of a TCP connection, put in order.
#[derive(Clone, Debug, Default)]
pub struct Assembler {
    /// Sequence number of the byte after `ready`.
    next: Option<u32>,
    /// Where the stream begins was not told: `next` goes by its first segment.
    is_guessed: bool,
    ready: Vec<u8>,
    /// Bytes at the front of `ready` that the reader has taken. They go with the next segment, all at once.
    taken: usize,
    /// Segments behind a hole by their offset.
    waiting: BTreeMap<i64, Vec<u8>>,
    waiting_bytes: usize,
    /// Bytes are missing behind `ready` for good.
    is_broken: bool,
    /// Bytes behind `ready` for which there was no room.
    dropped: usize,
    /// Bytes still to come that nobody wants.
    unwanted: u64,
    /// Stream offset of `next`, counted from the first byte seen.
    offset: i64,
}

impl Assembler {
    /// A SYN tells where the stream starts.
    pub fn start(&mut self, sequence: u32) {
        *self = Self { next: Some(sequence), ..Self::default() };
    }

    /// Adds a segment that begins at `sequence`; `wire`, its length in bytes, may be larger than what was captured.
    pub fn push(&mut self, sequence: u32, bytes: &[u8], wire: u32) {
        if self.next.is_none() {
            self.start(sequence);
            self.is_guessed = true;
        }
        if std::mem::take(&mut self.is_broken) {
            self.forget();
        }
        self.ready.drain(..std::mem::take(&mut self.taken));
        let at = self.offset + i64::from(sequence.wrapping_sub(self.next.unwrap_or(sequence)) as i32);
        if at > self.offset {
            self.wait(at, bytes);
        } else {
            self.append(at, bytes, wire);
        }
        self.drain();
    }

    /// The bytes in order; the reader removes what it used with [`Self::consume`].
    #[must_use]
    pub fn ready(&self) -> &[u8] {
        self.ready.get(self.taken..).unwrap_or_default()
    }

    /// Where [`Self::ready`] begins in the stream. As long as it is the same, bytes were added behind it at most.
    #[must_use]
    pub fn front(&self) -> i64 {
        self.offset - i64::try_from(self.ready().len()).unwrap_or(i64::MAX)
    }

    /// Bytes it holds, with what segments take that wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.ready().len() + self.waiting_bytes
    }

    /// Whether bytes are missing behind the ready ones, which are gone with the next segment.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Removes so many bytes from the front of the ready ones.
    pub fn consume(&mut self, count: usize) {
        self.taken += count.min(self.ready().len());
    }

    fn forget(&mut self) {
        self.ready.clear();
        self.taken = 0;
    }

    /// Whether no more bytes fit before some are taken.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.ready().len() >= READY_LIMIT
    }

    /// Removes so many bytes from the front of the stream, also such as are still to come.
    pub fn pass_over(&mut self, count: usize) {
        let missing = count.saturating_sub(self.ready().len());
        self.consume(count);
        self.unwanted = missing.saturating_sub(std::mem::take(&mut self.dropped)) as u64;
    }

    /// Whether it was told where the stream starts.
    pub(super) fn is_started(&self) -> bool {
        self.next.is_some() && !self.is_guessed
    }

    /// The receiver has all before this number: a hole in it does not fill. Whether that makes further bytes ready, with
    /// those before the hole gone.
    pub(super) fn acknowledge(&mut self, sequence: u32) -> bool {
        let (Some(next), Some((&first, _))) = (self.next, self.waiting.first_key_value()) else {
            return false;
        };
        let acknowledged = self.offset + i64::from(sequence.wrapping_sub(next).cast_signed());
        if first > acknowledged {
            return false;
        }
        self.forget();
        self.advance(first);
        self.drain();
        true
    }

    fn append(&mut self, at: i64, bytes: &[u8], wire: u32) {
        let known = usize::try_from(self.offset - at).unwrap_or(usize::MAX);
        let unwanted = usize::try_from(self.unwanted).unwrap_or(usize::MAX);
        if let Some(fresh) = bytes.get(known.saturating_add(unwanted)..) {
            let room = READY_LIMIT.saturating_sub(self.ready().len());
            self.dropped = fresh.len().saturating_sub(room);
            self.ready.extend_from_slice(fresh.get(..room).unwrap_or(fresh));
        }
        let end = at + i64::from(wire);
        if end > self.offset {
            self.is_broken |= (bytes.len() as u64) < u64::from(wire);
            self.advance(end);
        }
    }

    fn advance(&mut self, to: i64) {
        let by = to - self.offset;
        self.offset = to;
        self.unwanted = self.unwanted.saturating_sub(by.unsigned_abs());
        self.next = self.next.map(|next| next.wrapping_add(by as u32));
    }

    fn wait(&mut self, at: i64, bytes: &[u8]) {
        let known = self.waiting.get(&at).map_or(0, Vec::len);
        let Some(more) = bytes.get(known..).filter(|more| !more.is_empty()) else { return };
        self.waiting_bytes += more.len() + if known == 0 { SEGMENT } else { 0 };
        self.waiting.entry(at).or_default().extend_from_slice(more);
        if self.waiting_bytes > WAITING_LIMIT
            && let Some((&first, _)) = self.waiting.first_key_value()
        {
            self.forget();
            self.advance(first);
        }
    }

    fn drain(&mut self) {
        while let Some(entry) = self.waiting.first_entry() {
            if *entry.key() > self.offset {
                break;
            }
            let (at, bytes) = entry.remove_entry();
            self.waiting_bytes -= bytes.len() + SEGMENT;
            let wire = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            self.append(at, &bytes, wire);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Assembler, READY_LIMIT, SEGMENT, WAITING_LIMIT};

    #[test]
    fn puts_segments_in_order_and_keeps_the_first_of_two_writers() {
        let mut stream = Assembler::default();
        stream.start(u32::MAX - 1);
        stream.push(u32::MAX.wrapping_add(3), b"efgh", 4);
        stream.push(u32::MAX - 1, b"abcd", 4);
        stream.push(0, b"CDEF", 4);
        assert_eq!(stream.ready(), b"abcdefgh");
    }

    #[test]
    fn a_segment_that_waits_may_come_again_and_be_longer() {
        let mut stream = Assembler::default();
        stream.start(0);
        stream.push(4, b"ef", 2);
        stream.push(4, b"EFgh", 4);
        stream.push(0, b"abcd", 4);
        assert_eq!((stream.ready(), stream.held()), (&b"abcdefgh"[..], 8));
    }

    #[test]
    fn what_nobody_wants_is_passed_over_as_it_comes() {
        let mut stream = Assembler::default();
        stream.start(0);
        stream.push(0, &[b'x'; READY_LIMIT - 10], (READY_LIMIT - 10) as u32);
        stream.push((READY_LIMIT - 10) as u32, &[b'y'; 30], 30);
        assert!(stream.is_full());
        stream.pass_over(READY_LIMIT + 50);
        assert!(stream.ready().is_empty() && !stream.is_full());
        stream.push((READY_LIMIT + 20) as u32, &[b'z'; 20], 20);
        stream.push((READY_LIMIT + 40) as u32, b"0123456789ab", 12);
        assert_eq!(stream.ready(), b"ab");
    }

    #[test]
    fn short_segments_behind_holes_count_with_what_they_take() {
        let mut stream = Assembler::default();
        stream.start(0);
        for nth in 1..=20_000 {
            stream.push(nth * 2, b"x", 1);
            assert!(stream.held() <= WAITING_LIMIT + SEGMENT, "{}", stream.held());
        }
        assert!(stream.waiting.len() <= WAITING_LIMIT / SEGMENT, "{}", stream.waiting.len());
        stream.push(0, &[b'y'; 100_000], 100_000);
        assert_eq!((stream.waiting.len(), stream.waiting_bytes), (0, 0));
    }

    #[test]
    fn what_is_taken_bit_by_bit_leaves_the_rest() {
        let mut stream = Assembler::default();
        stream.start(0);
        let bytes: Vec<u8> = (0..READY_LIMIT).map(|nth| nth as u8).collect();
        stream.push(0, &bytes, READY_LIMIT as u32);
        assert!(stream.is_full());
        for nth in 0..READY_LIMIT - 1 {
            assert_eq!(stream.ready()[0], nth as u8);
            stream.consume(1);
        }
        assert_eq!((stream.ready().len(), stream.held()), (1, 1));
        stream.push(READY_LIMIT as u32, b"end", 3);
        assert_eq!((stream.ready(), stream.ready.len()), (&b"\xffend"[..], 4), "the taken ones are gone");
        stream.consume(10);
        assert!(stream.ready().is_empty());
    }

    #[test]
    fn skips_a_hole_that_never_fills() {
        let mut stream = Assembler::default();
        stream.push(0, b"abc", 3);
        for block in 0..70_u32 {
            stream.push(1000 + block * 1024, &[b'x'; 1024], 1024);
        }
        assert!(stream.ready().starts_with(b"x"));
    }

    #[test]
    fn what_the_receiver_has_and_the_capture_lacks_is_not_waited_for() {
        let mut stream = Assembler::default();
        stream.start(u32::MAX - 1);
        stream.push(u32::MAX - 1, b"ab", 2);
        stream.push(2, b"ef", 2);
        assert!(!stream.acknowledge(0) && !stream.acknowledge(1), "the hole may fill yet");
        assert_eq!(stream.ready(), b"ab");
        assert!(stream.acknowledge(4));
        assert_eq!((stream.ready(), stream.held()), (&b"ef"[..], 2));
        assert!(!stream.acknowledge(4));
    }

    #[test]
    fn a_cut_segment_ends_what_can_be_read() {
        let mut stream = Assembler::default();
        stream.push(0, b"ab", 10);
        assert_eq!((stream.ready(), stream.is_broken()), (&b"ab"[..], true));
        stream.push(10, b"cd", 2);
        assert_eq!((stream.ready(), stream.is_broken()), (&b"cd"[..], false));
    }
}
