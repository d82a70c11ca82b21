//! Takes JSON on its way out, gives JSON that a terminal shows and never obeys: the same text to every parser.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

use crate::report::escape::is_plain;

/// A comma, a line break and two spaces for each level, as deep as reports go; deeper values stand no further to the right.
const BREAK: &[u8] = b",\n                                ";

/// Indented as serde_json does it, and with every character that is not plain (C1 controls, bidirectional controls ...) as
/// `\u` escape, RFC 8259 section 7.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    level: usize,
    has_entry: bool,
}

impl Guarded {
    /// For a value that stands so many levels deep.
    pub(super) fn within(level: usize) -> Self {
        Self { level, has_entry: false }
    }

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> Result<()> {
        self.level += 1;
        self.has_entry = false;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> Result<()> {
        self.level = self.level.saturating_sub(1);
        if self.has_entry {
            self.line(out, true)?;
        }
        out.write_all(bracket)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W, first: bool) -> Result<()> {
        let end = BREAK.len().min(2 + 2 * self.level);
        out.write_all(BREAK.get(usize::from(first)..end).unwrap_or_default())
    }
}

impl Formatter for Guarded {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> Result<()> {
        let mut rest = fragment;
        // Without a way out, so that sixteen bytes are looked at in one step.
        let is_usual = fragment.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
        while !is_usual && let Some((at, c)) = rest.char_indices().find(|(_, c)| !is_plain(*c)) {
            let (plain, tail) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = tail.get(c.len_utf8()..).unwrap_or("");
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.line(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Result<()> {
        self.has_entry = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.line(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Result<()> {
        self.has_entry = true;
        Ok(())
    }
}
