//! Finds the start line and the header lines of a SIP message as slices, allocating nothing but for folded lines.

use std::borrow::Cow;

use super::super::ascii::{Ending, is_token, line_at, number, split_once, strip_prefix};
use super::super::text::Text;
use super::defect::{Defect, Defects};
use super::field::{URI_LIMIT, uri_text};
use super::header::HeaderName;
use super::{Kind, Method, PHRASE_LIMIT};

/// Longest method that is taken for one.
const METHOD_LIMIT: usize = 80;

/// RFC 3261 section 7.1 and 7.2.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartLine<'a> {
    line: Line<'a>,
    /// Offset of the first header line.
    pub(super) end: usize,
    pub(super) defects: Defects,
}

#[derive(Clone, Copy, Debug)]
enum Line<'a> {
    Request { method: &'a [u8], uri: &'a [u8] },
    Response { status: u16, reason: &'a [u8] },
}

impl StartLine<'_> {
    pub(super) fn kind(&self) -> Kind {
        match self.line {
            Line::Request { method, uri } => {
                Kind::Request { method: Method::read(method), uri: uri_text(uri, URI_LIMIT) }
            }
            Line::Response { status, reason } => {
                Kind::Response { status, reason: Text::new(reason, PHRASE_LIMIT) }
            }
        }
    }
}

/// The start line, behind any blank lines (RFC 3261 section 7.5 asks to ignore them).
pub(super) fn start_line(bytes: &[u8]) -> Option<StartLine<'_>> {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    // Most datagrams are RTP: they are refused by their first byte.
    if !bytes.get(start..=start).is_some_and(is_token) {
        return None;
    }
    let line = line_at(bytes, start)?;
    let mut defects = Defects::default();
    if line.ending == Ending::Lf {
        defects.add(Defect::LineEnding);
    }
    let parsed = match status_line(line.bytes, &mut defects) {
        Some(status_line) => status_line,
        None => request_line(line.bytes, &mut defects)?,
    };
    Some(StartLine { line: parsed, end: line.end, defects })
}

fn status_line<'a>(line: &'a [u8], defects: &mut Defects) -> Option<Line<'a>> {
    let (version, rest) = split_once(line, b' ')?;
    version_defect(version, defects)?;
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (status, reason) = rest.split_at_checked(digits)?;
    if digits == 0 {
        return None;
    }
    let status = number(status).filter(|status| digits == 3 && (100..700).contains(status));
    if status.is_none() {
        defects.add(Defect::Status);
    }
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    Some(Line::Response { status, reason: reason.trim_ascii() })
}

fn request_line<'a>(line: &'a [u8], defects: &mut Defects) -> Option<Line<'a>> {
    let (method, rest) = split_once(line, b' ')?;
    if method.len() > METHOD_LIMIT || !is_token(method) {
        return None;
    }
    let trimmed = rest.trim_ascii();
    let last_blank = trimmed.iter().rposition(u8::is_ascii_whitespace);
    let (uri, version) = trimmed.split_at(last_blank.unwrap_or(trimmed.len()));
    let version = version.trim_ascii();
    if version_defect(version, defects).is_none() {
        // Cut in the start line, or without a version: only what can be nothing else passes.
        let is_sip_uri =
            [&b"sip:"[..], b"sips:", b"tel:"].iter().any(|scheme| strip_prefix(trimmed, scheme).is_some());
        if Method::known(method).is_none() || !is_sip_uri {
            return None;
        }
        defects.add(Defect::Version);
        return Some(Line::Request { method, uri: trimmed });
    }
    if trimmed.len() != rest.len() || uri.iter().any(u8::is_ascii_whitespace) {
        defects.add(Defect::StartLine);
    }
    Some(Line::Request { method, uri: uri.trim_ascii() })
}

/// `None` if this is no SIP version at all.
fn version_defect(version: &[u8], defects: &mut Defects) -> Option<()> {
    let release = strip_prefix(version, b"SIP/")?;
    let is_release =
        matches!(release, [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit());
    if !is_release {
        return None;
    }
    if version != b"SIP/2.0" {
        defects.add(Defect::Version);
    }
    Some(())
}

/// One header with its folded lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    /// `None` if it is none of those that are read.
    pub(super) name: Option<HeaderName>,
    raw: &'a [u8],
    is_folded: bool,
}

impl<'a> Header<'a> {
    /// The value without blanks around it, folded lines joined by one blank (RFC 3261 section 7.3.1).
    pub(super) fn value(&self) -> Cow<'a, [u8]> {
        let raw = self.raw.trim_ascii();
        if !self.is_folded {
            return Cow::Borrowed(raw);
        }
        let lines: Vec<&[u8]> = raw.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
        Cow::Owned(lines.join(&b' '))
    }
}

/// The headers in order. After the last one, [`Headers::body`] is known.
#[derive(Debug)]
pub(super) struct Headers<'a> {
    bytes: &'a [u8],
    offset: usize,
    is_cut: bool,
    /// Offset behind the blank line; `None` until it is met.
    pub(super) body: Option<usize>,
    /// A line ended in LF alone.
    pub(super) has_bare_line_feed: bool,
    /// A line was no header.
    pub(super) has_junk: bool,
}

impl<'a> Headers<'a> {
    /// `offset` is that of the first header line. `is_cut`: more may follow, so that a line without an end is no
    /// header yet (half a Content-Length would be believed).
    pub(super) fn new(bytes: &'a [u8], offset: usize, is_cut: bool) -> Self {
        Self { bytes, offset, is_cut, body: None, has_bare_line_feed: false, has_junk: false }
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        while self.body.is_none() {
            let start = self.offset;
            let line =
                line_at(self.bytes, start).filter(|line| !self.is_cut || line.ending != Ending::None)?;
            self.offset = line.end;
            self.has_bare_line_feed |= line.ending == Ending::Lf;
            if line.bytes.is_empty() {
                self.body = Some(line.end);
                break;
            }
            while matches!(self.bytes.get(self.offset), Some(b' ' | b'\t')) {
                self.offset = line_at(self.bytes, self.offset)?.end;
            }
            let is_folded = self.offset != line.end;
            let Some((name, raw)) = split_once(self.bytes.get(start..self.offset)?, b':') else {
                self.has_junk = true;
                continue;
            };
            let name = name.trim_ascii_end();
            let known = HeaderName::find(name);
            if known.is_some() || is_token(name) {
                return Some(Header { name: known, raw, is_folded });
            }
            self.has_junk = true;
        }
        None
    }
}
