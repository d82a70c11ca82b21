//! SDP, RFC 8866: takes a message body, gives the media it announces. Reads what media checks need and skips every
//! other line; never fails on a line. Keys are never kept.

mod attribute;

#[cfg(test)]
mod tests;

use super::ascii::{lines, number, port, strip_prefix, words};
use super::text::{Host, Text};

pub use attribute::{Direction, Fmtp, RtpMap};

/// Media descriptions kept of one body.
const MEDIA_LIMIT: usize = 16;
/// Formats, maps or candidates kept of one media description.
const LIST_LIMIT: usize = 32;
/// Longest kept word.
const WORD_LIMIT: usize = 64;
/// Multipart bodies inside the outermost one, `multipart/alternative` in `multipart/mixed`.
const PARTS_DEEP: usize = 1;
/// Parts of a multipart body that are looked at.
const PART_LIMIT: usize = 16;

/// A session description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sdp {
    /// Address in `o=`.
    pub origin: Option<Host>,
    /// Session version in `o=`: grows when an offer changes.
    pub version: Option<u64>,
    /// `c=` before the first media.
    pub connection: Option<Host>,
    /// Direction before the first media.
    pub direction: Option<Direction>,
    /// `a=fingerprint` before the first media.
    pub has_fingerprint: bool,
    /// `a=ice-ufrag` before the first media.
    pub has_ice: bool,
    /// The first media descriptions.
    pub media: Vec<Media>,
    /// Number of media descriptions, kept or not.
    pub media_count: usize,
}

/// A media description, RFC 8866 section 5.14.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `image` ...
    pub kind: Text,
    /// Port; 0 refuses the media, as does one that cannot be read.
    pub port: u16,
    /// Number of ports, 1 unless written.
    pub port_count: u16,
    /// `RTP/AVP`, `RTP/SAVP`, `udptl` ...
    pub protocol: Text,
    /// Payload types of RTP, other words for other protocols.
    pub formats: Vec<Text>,
    /// Its own `c=`, else [`Sdp::connection`] holds.
    pub connection: Option<Host>,
    /// `a=rtpmap`.
    pub rtpmaps: Vec<RtpMap>,
    /// `a=fmtp` of telephone-event.
    pub telephone_events: Vec<Fmtp>,
    /// Packet time in ms.
    pub ptime: Option<u16>,
    /// Longest packet time in ms.
    pub maxptime: Option<u16>,
    /// Least `minptime` of `a=fmtp` in ms (RFC 7587 section 6.1).
    pub minptime: Option<u16>,
    /// Port of `a=rtcp`, RFC 3605.
    pub rtcp_port: Option<u16>,
    /// Address of `a=rtcp`, if written.
    pub rtcp_address: Option<Host>,
    /// `a=rtcp-mux`, RFC 5761.
    pub has_rtcp_mux: bool,
    /// `a=crypto`, RFC 4568.
    pub has_crypto: bool,
    /// `a=fingerprint` (DTLS-SRTP), its own or that of the session.
    pub has_fingerprint: bool,
    /// Direction; that of the session, else `sendrecv`, unless written.
    pub direction: Direction,
    /// Address and port of `a=candidate` for RTP over UDP, RFC 8839.
    pub candidates: Vec<(Host, u16)>,
    /// `a=ice-ufrag`, its own or that of the session: candidates may come later (RFC 8840).
    pub has_ice: bool,
}

impl Media {
    /// Encoding name and clock rate of a payload type, from `a=rtpmap`.
    #[must_use]
    pub fn rtpmap(&self, payload_type: u8) -> Option<&RtpMap> {
        self.rtpmaps.iter().find(|map| map.payload_type == payload_type)
    }

    /// The formats as RTP payload types.
    pub fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|format| format.parse().ok())
    }
}

/// The session description in a body of `content_type`, also inside `multipart/...`.
///
/// `boundary` is that parameter of the content type.
#[must_use]
pub fn from_body(content_type: &str, boundary: Option<&str>, body: &[u8]) -> Option<Sdp> {
    if content_type.eq_ignore_ascii_case("application/sdp") {
        return Some(read(body));
    }
    strip_prefix(content_type.as_bytes(), b"multipart/")?;
    part(body, boundary?, PARTS_DEEP).map(read)
}

/// Reads the lines of a session description.
#[must_use]
pub fn read(body: &[u8]) -> Sdp {
    let mut sdp = Sdp::default();
    // Media beyond the limit are counted; their lines must not fall to the last one kept.
    let mut is_kept = true;
    for line in lines(body) {
        let [kind, b'=', value @ ..] = line.trim_ascii() else { continue };
        match kind {
            b'm' => {
                sdp.media_count += 1;
                is_kept = sdp.media.len() < MEDIA_LIMIT;
                if is_kept {
                    // A line takes much room, and most descriptions have one.
                    sdp.media.reserve_exact(1);
                    sdp.media.push(media(value, &sdp));
                }
            }
            b'c' if is_kept => match sdp.media.last_mut() {
                Some(media) => media.connection = connection(value),
                None => sdp.connection = connection(value),
            },
            b'a' if is_kept => match sdp.media.last_mut() {
                Some(media) => media.attribute(value),
                None => sdp.attribute(value),
            },
            b'o' => sdp.origin(value),
            _ => {}
        }
    }
    sdp
}

impl Sdp {
    fn origin(&mut self, value: &[u8]) {
        // user, session id, version, IN, IP4 or IP6, address: RFC 8866 section 5.2. The user may hold blanks, wrongly.
        let (mut last, mut count): ([&[u8]; 4], _) = ([b""; 4], 0);
        for field in words(value).take(LIST_LIMIT) {
            last.rotate_left(1);
            last[3] = field;
            count += 1;
        }
        if count >= last.len() {
            let [version, _network, _kind, address] = last;
            self.version = number(version);
            self.origin = Host::new(address);
        }
    }
}

/// `audio 49170/2 RTP/AVP 0 8 101`.
fn media(value: &[u8], session: &Sdp) -> Media {
    let mut fields = words(value);
    let mut word = || fields.next().unwrap_or_default();
    let (kind, ports, protocol) = (word(), word(), word());
    let mut ports = ports.split(|&byte| byte == b'/');
    Media {
        kind: Text::new(kind, WORD_LIMIT),
        port: ports.next().and_then(port).unwrap_or(0),
        port_count: ports.next().and_then(port).unwrap_or(1),
        protocol: Text::new(protocol, WORD_LIMIT),
        formats: fields.take(LIST_LIMIT).map(|format| Text::new(format, WORD_LIMIT)).collect(),
        connection: None,
        rtpmaps: Vec::new(),
        telephone_events: Vec::new(),
        ptime: None,
        maxptime: None,
        minptime: None,
        rtcp_port: None,
        rtcp_address: None,
        has_rtcp_mux: false,
        has_crypto: false,
        has_fingerprint: session.has_fingerprint,
        direction: session.direction.unwrap_or_default(),
        candidates: Vec::new(),
        has_ice: session.has_ice,
    }
}

/// `IN IP4 224.2.36.42/127`: the address without time to live and count.
fn connection(value: &[u8]) -> Option<Host> {
    words(value).nth(2).and_then(|address| address.split(|&byte| byte == b'/').next()).and_then(Host::new)
}

/// Body of the first `application/sdp` part of a multipart body, RFC 2046 section 5.1; also of one inside it, so many
/// levels deep.
fn part<'a>(body: &'a [u8], boundary: &str, deep: usize) -> Option<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut starts = memchr::memmem::find_iter(body, delimiter.as_bytes()).take(PART_LIMIT);
    let mut start = starts.next()? + delimiter.len();
    loop {
        let next = starts.next();
        let part = body.get(start..next.unwrap_or(body.len()))?;
        if let Some(content) = part_content(part, deep) {
            return Some(content);
        }
        start = next? + delimiter.len();
    }
}

/// The parameter of that name of `mixed;boundary="a b"`.
fn boundary_of(kind: &[u8]) -> Option<&str> {
    let mut parameters = kind.split(|&byte| byte == b';').skip(1);
    let value = parameters.find_map(|parameter| strip_prefix(parameter.trim_ascii(), b"boundary="))?;
    let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    std::str::from_utf8(value.trim_ascii()).ok().filter(|value| !value.is_empty())
}

/// What stands behind the headers of a part, if it is a session description or holds one.
fn part_content(part: &[u8], deep: usize) -> Option<&[u8]> {
    let mut is_sdp = false;
    let mut inner = None;
    let mut offset = super::ascii::line_at(part, 0)?.end;
    while let Some(line) = super::ascii::line_at(part, offset) {
        offset = line.end;
        if line.bytes.is_empty() {
            let content = part.get(offset..)?;
            return match inner {
                Some(boundary) if deep > 0 => self::part(content, boundary, deep - 1),
                _ => Some(content).filter(|_| is_sdp),
            };
        }
        if let Some(kind) = strip_prefix(line.bytes, b"content-type:") {
            is_sdp |= strip_prefix(kind.trim_ascii(), b"application/sdp").is_some();
            inner = strip_prefix(kind.trim_ascii(), b"multipart/").and_then(boundary_of);
        }
    }
    None
}
