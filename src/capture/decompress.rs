//! Takes a compressed stream, gives the bytes in it, and refuses to go on when they grow beyond reason.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A stream may always grow to this size ...
const FREE_BYTES: u64 = 1 << 30;
/// ... and beyond that by this factor. Captures of one repeated frame reach about 200.
const MOST_GROWTH: u64 = 1000;

/// How a capture is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Lz4,
}

impl Compression {
    /// By the first bytes of the file.
    pub(super) fn detect(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A skippable frame may also open an LZ4 file; only parallel zstd writes such files.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            // The frame format and the legacy format.
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some(Self::Lz4),
            _ => None,
        }
    }

    /// As it stands behind the format in a report.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Gzip => "+gzip",
            Self::Zstd => "+zstd",
            Self::Lz4 => "+lz4",
        }
    }

    /// The bytes in `source`, over all its members or frames. `consumed` counts what was taken from the file.
    pub(super) fn reader(
        self,
        source: impl BufRead + Send + 'static,
        consumed: Arc<AtomicU64>,
    ) -> Box<dyn Read + Send> {
        match self {
            Self::Gzip => Box::new(Limited::new(MultiGzDecoder::new(source), consumed)),
            Self::Zstd => Box::new(Limited::new(ZstdFrames::new(source), consumed)),
            Self::Lz4 => Box::new(Limited::new(Lz4Frames(Lz4Decoder::new(source)), consumed)),
        }
    }
}

/// Counts the bytes that pass.
#[derive(Debug)]
pub(super) struct Counted<R> {
    source: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(super) fn new(source: R, count: Arc<AtomicU64>) -> Self {
        Self { source, count }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Ends a stream that unpacks to more than a capture plausibly does (a decompression bomb).
struct Limited<R> {
    source: R,
    consumed: Arc<AtomicU64>,
    produced: u64,
    free_bytes: u64,
}

impl<R> Limited<R> {
    fn new(source: R, consumed: Arc<AtomicU64>) -> Self {
        Self { source, consumed, produced: 0, free_bytes: FREE_BYTES }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let consumed = self.consumed.load(Ordering::Relaxed);
        let allowed = consumed.saturating_mul(MOST_GROWTH).max(self.free_bytes);
        if self.produced >= allowed {
            let words = format!("unpacks to more than {MOST_GROWTH} times its size; unpack it by hand");
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        let count = self.source.read(buffer)?;
        self.produced = self.produced.saturating_add(count as u64);
        Ok(count)
    }
}

/// Zstandard frames one behind the other, RFC 8878 section 3; the decoder itself reads a single frame.
struct ZstdFrames<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Starts the next frame; `false` at the end of the input.
    fn next_frame(&mut self) -> io::Result<bool> {
        if self.source.fill_buf()?.is_empty() {
            return Ok(false);
        }
        match self.decoder.reset(&mut self.source) {
            Ok(()) => self.in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let mut skipped = (&mut self.source).take(length.into());
                io::copy(&mut skipped, &mut io::sink())?;
            }
            Err(error) => return Err(self.explain(error)),
        }
        Ok(true)
    }

    /// The decoder does not tell a cut input from a damaged one; whether bytes are left does.
    fn explain(&mut self, error: FrameDecoderError) -> io::Error {
        let is_cut = self.source.fill_buf().is_ok_and(<[u8]>::is_empty);
        let kind = if is_cut { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData };
        io::Error::new(kind, error.to_string())
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame && !self.next_frame()? {
                return Ok(0);
            }
            if !self.in_frame {
                continue;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.source, one) {
                    return Err(self.explain(error));
                }
            }
            match self.decoder.read(buffer)? {
                0 => self.in_frame = false,
                count => return Ok(count),
            }
        }
    }
}

/// LZ4 frames one behind the other; the decoder itself ends after each.
struct Lz4Frames<R: Read>(Lz4Decoder<R>);

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_ends_with_an_error() {
        let consumed = Arc::new(AtomicU64::new(10));
        let mut bomb = Limited { source: io::repeat(0), consumed, produced: 0, free_bytes: 5000 };
        let mut unpacked = Vec::new();
        let error = bomb.read_to_end(&mut unpacked).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!((10_000..200_000).contains(&unpacked.len()), "{}", unpacked.len());
    }
}
