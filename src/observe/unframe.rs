//! Takes the bytes of one TCP direction behind its change to WebSocket, in stream order; gives the messages that its frames
//! carry (RFC 6455 section 5.4), bounded. What belongs to no frame is passed over up to one that carries SIP.

use super::message::websocket::{self, Front, Head, Opcode};
use super::stream::Assembler;

/// So many bytes of a message are kept.
const MESSAGE_LIMIT: usize = 64 * 1024;

/// How a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it is there.
    Whole,
    /// The snap length took the rest.
    Cut,
    /// It is longer than what is kept.
    Long,
    /// It is compressed (RFC 7692), and nothing of it is told.
    Compressed,
}

/// One direction while it is read.
#[derive(Clone, Debug, Default)]
pub struct Unframer {
    /// Where in the stream reading goes on.
    at: i64,
    /// Nobody knows where the next frame begins.
    is_lost: bool,
    /// The frame that is read, and how many bytes of its payload were.
    frame: Option<(Head, u64)>,
    message: Vec<u8>,
    /// The message that the frame belongs to is to be told.
    is_wanted: bool,
}

impl Unframer {
    /// Of a direction whose next byte in the stream stands there and begins a frame.
    #[must_use]
    pub fn at(front: i64) -> Self {
        Self { at: front, ..Self::default() }
    }

    /// Of a direction of which it is not known where a frame begins.
    #[must_use]
    pub fn amid(front: i64) -> Self {
        Self { at: front, is_lost: true, ..Self::default() }
    }

    /// Bytes that it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.message.len()
    }

    /// Reads what is ready, and takes it; tells the messages that end with it.
    pub fn read(&mut self, stream: &mut Assembler, tell: &mut dyn FnMut(&[u8], Ending)) {
        // What the snap length took stands behind what is ready, not before it.
        let gap = if stream.is_broken() { 0 } else { stream.front() - self.at };
        if gap != 0 {
            self.skip(gap);
        }
        while !stream.ready().is_empty() {
            let used = self.step(stream.ready(), tell);
            if used == 0 {
                break;
            }
            stream.consume(used);
            self.at = self.at.saturating_add(i64::try_from(used).unwrap_or(i64::MAX));
        }
        if stream.is_broken() && self.is_wanted && !self.message.is_empty() {
            self.tell(Ending::Cut, tell);
        }
    }

    /// Reads the head of a frame or bytes of its payload; how many.
    fn step(&mut self, ready: &[u8], tell: &mut dyn FnMut(&[u8], Ending)) -> usize {
        if self.is_lost && !websocket::is_sip(ready) {
            return ready.len();
        }
        self.is_lost = false;
        let Some((head, place)) = self.frame else {
            return match websocket::front(ready) {
                Front::Frame(head) => {
                    self.begin(head, tell);
                    head.size
                }
                Front::NeedMore => 0,
                Front::Foreign => {
                    self.lose();
                    ready.len()
                }
            };
        };
        let left = usize::try_from(head.length - place).unwrap_or(usize::MAX);
        let bytes = ready.get(..left).unwrap_or(ready);
        if self.is_wanted && head.opcode != Opcode::Control {
            let room = MESSAGE_LIMIT.saturating_sub(self.message.len());
            let kept = bytes.get(..room).unwrap_or(bytes);
            websocket::unmask(&mut self.message, kept, head.key, place);
            if kept.len() < bytes.len() {
                self.tell(Ending::Long, tell);
            }
        }
        self.go_on(head, place + bytes.len() as u64, tell);
        bytes.len()
    }

    fn begin(&mut self, head: Head, tell: &mut dyn FnMut(&[u8], Ending)) {
        if head.opcode == Opcode::Data {
            self.message.clear();
            self.is_wanted = !head.is_compressed;
            if head.is_compressed {
                tell(&[], Ending::Compressed);
            }
        }
        self.go_on(head, 0, tell);
    }

    fn go_on(&mut self, head: Head, place: u64, tell: &mut dyn FnMut(&[u8], Ending)) {
        let is_over = place >= head.length;
        self.frame = (!is_over).then_some((head, place));
        if is_over && head.is_final && head.opcode != Opcode::Control && self.is_wanted {
            self.tell(Ending::Whole, tell);
        }
    }

    fn tell(&mut self, ending: Ending, tell: &mut dyn FnMut(&[u8], Ending)) {
        tell(&self.message, ending);
        self.forget();
    }

    /// So many bytes are missing: they cost the message they are of.
    fn skip(&mut self, gap: i64) {
        self.at = self.at.saturating_add(gap);
        let missing = u64::try_from(gap).ok();
        match (self.frame, missing) {
            (Some((head, place)), Some(missing)) if missing <= head.length - place => {
                self.forget();
                let place = place + missing;
                self.frame = (place < head.length).then_some((head, place));
            }
            _ => self.lose(),
        }
    }

    fn lose(&mut self) {
        self.frame = None;
        self.is_lost = true;
        self.forget();
    }

    fn forget(&mut self) {
        self.is_wanted = false;
        self.message = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};
    use proptest::sample::Index;

    use super::*;

    const FIRST: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n";

    /// A frame; `opcode` with the bit for the last one of a message.
    fn frame(opcode: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let masked = if key.is_some() { 0x80 } else { 0 };
        let mut bytes = match payload.len() {
            0..126 => vec![opcode, masked | payload.len() as u8],
            126..65_536 => [&[opcode, masked | 126][..], &(payload.len() as u16).to_be_bytes()].concat(),
            _ => [&[opcode, masked | 127][..], &(payload.len() as u64).to_be_bytes()].concat(),
        };
        bytes.extend(key.unwrap_or_default().into_iter().filter(|_| key.is_some()));
        websocket::unmask(&mut bytes, payload, key, 0);
        bytes
    }

    /// What is told of segments `(sequence, captured, length)` of a stream.
    fn read(
        stream: &[u8],
        segments: impl IntoIterator<Item = (usize, usize, usize)>,
    ) -> Vec<(Vec<u8>, Ending)> {
        let mut assembler = Assembler::default();
        assembler.start(0);
        let mut unframer = Unframer::at(0);
        let mut told = Vec::new();
        for (at, captured, length) in segments {
            assembler.push(at as u32, &stream[at..at + captured], length as u32);
            unframer.read(&mut assembler, &mut |bytes, ending| told.push((bytes.to_vec(), ending)));
            assert!(unframer.held() <= MESSAGE_LIMIT && assembler.ready().len() < 14);
        }
        told
    }

    fn whole(stream: &[u8]) -> Vec<(Vec<u8>, Ending)> {
        let step = 1_400;
        read(
            stream,
            (0..stream.len()).step_by(step).map(|at| {
                let length = step.min(stream.len() - at);
                (at, length, length)
            }),
        )
    }

    #[test]
    fn a_message_in_fragments_with_a_ping_between_them() {
        let (one, two) = FIRST.split_at(9);
        let key = Some([0x11, 0x22, 0x33, 0x44]);
        let stream = [
            frame(0x01, key, one),
            frame(0x89, key, b"hello"),
            frame(0x80, key, two),
            frame(0x82, None, FIRST),
        ]
        .concat();
        let expected = vec![(FIRST.to_vec(), Ending::Whole); 2];
        assert_eq!(whole(&stream), expected);
        let single = (0..stream.len()).map(|at| (at, 1, 1));
        assert_eq!(read(&stream, single), expected, "byte by byte");
    }

    #[test]
    fn lengths_of_16_and_64_bits_and_more_than_is_kept() {
        let long = vec![b'x'; 300];
        let very = vec![b'y'; 70_000];
        let stream =
            [frame(0x81, Some([9; 4]), &long), frame(0x81, Some([7; 4]), &very), frame(0x81, None, FIRST)]
                .concat();
        let told = whole(&stream);
        assert_eq!(told[0], (long, Ending::Whole));
        assert_eq!(told[1], (very[..MESSAGE_LIMIT].to_vec(), Ending::Long));
        assert_eq!(told[2..], [(FIRST.to_vec(), Ending::Whole)]);
    }

    #[test]
    fn what_is_missing_costs_the_message_it_is_of() {
        let frames = [frame(0x81, None, FIRST), frame(0x81, None, FIRST)];
        let (stream, first) = (frames.concat(), frames[0].len());
        let cut = read(&stream, [(0, 20, first), (first, first, first)]);
        assert_eq!(cut, [(FIRST[..18].to_vec(), Ending::Cut), (FIRST.to_vec(), Ending::Whole)]);
        // The head of a frame is gone: the next one that carries SIP is found.
        let lost = read(&stream, [(0, 1, 10), (10, first - 10, first - 10), (first, first, first)]);
        assert_eq!(lost, [(FIRST.to_vec(), Ending::Whole)]);
    }

    #[test]
    fn what_is_compressed_or_no_frame_is_passed_over() {
        let stream = [frame(0xc1, None, FIRST), frame(0x81, None, b""), frame(0x81, None, FIRST)].concat();
        let told = [Ending::Compressed, Ending::Whole].map(|ending| (Vec::new(), ending));
        assert_eq!(whole(&stream), [&told[..], &[(FIRST.to_vec(), Ending::Whole)]].concat());
        assert!(whole(b"GET / HTTP/1.1\r\n\r\n").is_empty());
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(
            messages in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..400), any::<Option<[u8; 4]>>()), 1..6),
            cuts in prop::collection::vec(any::<Index>(), 0..30),
        ) {
            let stream: Vec<u8> =
                messages.iter().flat_map(|(bytes, key)| frame(0x82, *key, bytes)).collect();
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).chain([0, stream.len()]).collect();
            at.sort_unstable();
            at.dedup();
            let told = read(&stream, at.windows(2).map(|pair| (pair[0], pair[1] - pair[0], pair[1] - pair[0])));
            let expected: Vec<_> = messages.into_iter().map(|(bytes, _)| (bytes, Ending::Whole)).collect();
            assert_eq!(told, expected);
        }

        #[test]
        fn noise_never_panics_and_fills_no_memory(
            stream in prop::collection::vec(any::<u8>(), 1..400),
            segments in prop::collection::vec((any::<Index>(), any::<Index>(), any::<Index>()), 0..20),
        ) {
            read(&stream, segments.iter().map(|(at, length, captured)| {
                let at = at.index(stream.len());
                let length = 1 + length.index(stream.len() - at);
                (at, captured.index(length + 1), length)
            }));
        }
    }
}
