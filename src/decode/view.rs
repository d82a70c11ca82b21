//! Takes bytes, gives the piece of them that belongs to one layer. Knows no protocol.

use super::value::Span;

/// The bytes of one layer: those captured, where they start in the block, how many were on the wire.
///
/// Every read says `None` past the captured bytes, so that no decoder can overrun a frame that was cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    bytes: &'a [u8],
    start: u32,
    wire: u32,
}

impl<'a> View<'a> {
    /// `wire` below the captured length is taken for a mistake of whoever wrote the record.
    pub(super) fn new(bytes: &'a [u8], start: u32, wire: u32) -> Self {
        Self { bytes, start, wire: wire.max(bytes.len() as u32) }
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Length on the wire.
    pub(super) fn wire(self) -> u32 {
        self.wire
    }

    pub(super) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn span(self) -> Span {
        Span { start: self.start, captured: self.bytes.len() as u32, wire: self.wire }
    }

    /// What follows a header of `length` bytes.
    pub(super) fn skip(self, length: usize) -> Option<Self> {
        let bytes = self.bytes.get(length..)?;
        let length = length as u32;
        Some(Self { bytes, start: self.start.saturating_add(length), wire: self.wire.saturating_sub(length) })
    }

    /// What follows a header of `length` bytes that may be cut: then nothing is left of the captured bytes.
    pub(super) fn skip_cut(self, length: usize) -> Self {
        let captured = length.min(self.bytes.len());
        let wire = self.wire.saturating_sub(length.saturating_sub(captured) as u32);
        Self { wire, ..self }.skip(captured).unwrap_or(self)
    }

    /// The first `wire` bytes, as a length field of a header says: drops padding behind them. A length beyond
    /// the captured bytes means that the rest was cut.
    pub(super) fn limit(self, wire: u32) -> Self {
        let captured = self.bytes.len().min(wire as usize);
        Self { bytes: self.bytes.get(..captured).unwrap_or_default(), wire, ..self }
    }

    pub(super) fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    pub(super) fn u8(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Big endian, as on the wire.
    pub(super) fn u16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// Big endian, as on the wire.
    pub(super) fn u32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }
}
