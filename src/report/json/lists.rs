//! Writes a report whose long lists are made while they are written: some hundred entries at a time, side by side, and
//! none of them is kept.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use super::document::Document;
use super::formatter::Guarded;
use super::rows::Rows;

/// Entries that one worker makes at a time: a few hundred KiB of text.
const ENTRIES: usize = 128;
/// How many workers' shares are made before they are written.
const SHARES: usize = 16;

/// Writes `frame` with the lists of `rows`, which are empty in `frame`.
///
/// # Errors
/// What `out` refuses.
pub(super) fn write(frame: &Document, rows: &Rows<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    super::write(frame, &mut text)?;
    let mut rest = text.as_slice();
    let mut shares = vec![Vec::new(); SHARES];
    rest = head(rest, "flows", out)?;
    list(rows.flows(), |at| rows.flow(at), &mut shares, out)?;
    rest = head(rest, "streams", out)?;
    list(rows.streams(), |at| rows.stream(at), &mut shares, out)?;
    rest = head(rest, "calls", out)?;
    list(rows.calls(), |at| rows.call(at), &mut shares, out)?;
    out.write_all(rest)
}

/// Writes what stands before the empty list of this name, and the name; gives what stands behind the list. No text in JSON
/// holds a line break, so the name at the beginning of a line is the name of the list.
fn head<'a>(text: &'a [u8], name: &str, out: &mut dyn Write) -> io::Result<&'a [u8]> {
    let line = format!("\n  \"{name}\": []");
    let at = memchr::memmem::find(text, line.as_bytes())
        .ok_or_else(|| io::Error::other(format!("no empty list of {name} in the report")))?;
    let (before, behind) = text.split_at(at);
    out.write_all(before)?;
    out.write_all(line.trim_end_matches("[]").as_bytes())?;
    Ok(behind.get(line.len()..).unwrap_or_default())
}

/// Writes a list of so many entries in order. `shares`: room for their text.
fn list<T: Serialize>(
    count: usize,
    entry: impl Fn(usize) -> Option<T> + Sync,
    shares: &mut [Vec<u8>],
    out: &mut dyn Write,
) -> io::Result<()> {
    if count == 0 {
        return out.write_all(b"[]");
    }
    out.write_all(b"[")?;
    for from in (0..count).step_by(ENTRIES * shares.len().max(1)) {
        shares.par_iter_mut().enumerate().try_for_each(|(nth, share)| {
            share.clear();
            let from = from + nth * ENTRIES;
            (from..count.min(from + ENTRIES)).filter_map(&entry).zip(from..).try_for_each(|(value, at)| {
                share.extend_from_slice(if at == 0 { b"\n    " } else { b",\n    " });
                value.serialize(&mut serde_json::Serializer::with_formatter(&mut *share, Guarded::within(2)))
            })
        })?;
        shares.iter().try_for_each(|share| out.write_all(share))?;
    }
    out.write_all(b"\n  ]")
}
