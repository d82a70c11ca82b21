//! SIP, RFC 3261: takes a datagram or one framed message of a TCP direction, gives a [`SipMessage`]. Never fails on a
//! header: what cannot be read is absent and named in [`SipMessage::defects`]. Keeps no credentials.

mod cause;
mod defect;
mod field;
mod frame;
mod header;
mod method;
mod scan;
mod status;

#[cfg(test)]
mod against_tshark;
#[cfg(test)]
mod torture;

use std::ops::Range;

use memchr::memrchr;

use super::ascii::{number, parameter, split_once, split_outside_quotes};
use super::sdp::{self, Sdp};
use super::text::Text;

pub use cause::{Cause, CauseProtocol};
pub use defect::Defect;
pub use field::{CSeq, Contact, Party, Rport, Via};
#[cfg(test)]
pub(crate) use frame::work;
pub use frame::{Frame, KeepAlive, Unfinished, frame_stream, keep_alive, length_of};
pub use method::Method;
pub(crate) use status::{PHRASES, standard_phrase};

use defect::Defects;
use header::HeaderName;
use scan::{Headers, StartLine};

/// Content-Type of a part of a SIP message, RFC 3420.
const SIPFRAG: &str = "message/sipfrag";
/// Longest kept Call-ID, in bytes.
const CALL_ID_LIMIT: usize = 256;
/// Longest kept agent or server string.
const AGENT_LIMIT: usize = 160;
/// Longest kept reason phrase or media type.
const PHRASE_LIMIT: usize = 120;
/// Longest kept event package, in bytes.
const EVENT_LIMIT: usize = 40;
/// Reasons kept of one message: one of each protocol.
const CAUSES_LIMIT: usize = 2;
/// Contacts kept of one message: a registrar's answer lists every binding.
const CONTACT_LIMIT: usize = 8;

/// Whether `bytes` start with a SIP start line (after blank lines). Cheap, and allocates nothing.
#[must_use]
pub fn is_sip(bytes: &[u8]) -> bool {
    scan::start_line(bytes).is_some()
}

/// Request or response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RFC 3261 section 7.1.
    Request {
        /// What is asked for.
        method: Method,
        /// Request-URI, without a password.
        uri: Text,
    },
    /// RFC 3261 section 7.2.
    Response {
        /// Status code; 0 if it is not three digits.
        status: u16,
        /// Reason phrase.
        reason: Text,
    },
}

/// What a SIP message says. Absent fields were missing or unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipMessage {
    /// Request or response.
    pub kind: Kind,
    /// Call-ID.
    pub call_id: Option<Text>,
    /// `CSeq`.
    pub cseq: Option<CSeq>,
    /// From.
    pub from: Option<Party>,
    /// To.
    pub to: Option<Party>,
    /// Topmost Via.
    pub via: Option<Via>,
    /// Number of Via values.
    pub via_count: usize,
    /// The first contacts; `*` has that for its URI.
    pub contacts: Vec<Contact>,
    /// Number of contacts in the message, kept or not.
    pub contact_count: usize,
    /// Refer-To, RFC 3515 section 2.1: to whom a call is to be transferred.
    pub refer_to: Option<Party>,
    /// How the call fares that a REFER asked for: the status in the body of a NOTIFY, RFC 3515 section 2.4.5.
    pub sipfrag: Option<u16>,
    /// Reason headers, RFC 3326: why it was sent.
    pub causes: Vec<Cause>,
    /// Text of a Warning header, RFC 3261 section 20.43; hostile. What some servers write into it to find faults of their own is
    /// left out.
    pub warning: Option<Text>,
    /// Event without parameters, RFC 6665 section 8.2.1: what is subscribed to.
    pub event: Option<Text>,
    /// Expires header in seconds.
    pub expires: Option<u32>,
    /// Session-Expires in seconds, RFC 4028 section 4.
    pub session_expires: Option<u32>,
    /// User-Agent.
    pub user_agent: Option<Text>,
    /// Server.
    pub server: Option<Text>,
    /// Whether Authorization or Proxy-Authorization is there.
    pub has_credentials: bool,
    /// Whether a challenge says that only the nonce was stale, RFC 2617 section 3.2.1.
    pub is_stale_challenge: bool,
    /// Content-Type without parameters, as it stands.
    pub content_type: Option<Text>,
    /// Content-Length.
    pub content_length: Option<u32>,
    /// The body within the bytes that were read; shorter than on the wire if [`Self::is_cut`].
    pub body: Range<usize>,
    /// The snap length (or the end of the stream) took the end of the message.
    pub is_cut: bool,
    /// What is malformed, in the order of [`Defect`], each once.
    pub defects: Vec<Defect>,
    /// Boundary of a multipart body.
    boundary: Option<Text>,
}

impl SipMessage {
    /// The method of the request, or of the request that is answered.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        match &self.kind {
            Kind::Request { method, .. } => Some(method),
            Kind::Response { .. } => self.cseq.as_ref().map(|cseq| &cseq.method),
        }
    }

    /// Status code of a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.kind {
            Kind::Request { .. } => None,
            Kind::Response { status, .. } => Some(status),
        }
    }

    /// What the sender of a response says of it in words of its own: the reason phrase, or the text of the Warning where that
    /// phrase is the usual one.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        let phrase = self.reason();
        let usual = self.status().and_then(standard_phrase);
        let is_usual = |phrase: &str| {
            let phrase = phrase.trim();
            phrase.is_empty() || usual.is_some_and(|usual| usual.eq_ignore_ascii_case(phrase))
        };
        self.warning.as_deref().filter(|_| phrase.is_none_or(is_usual)).or(phrase)
    }

    /// Whether its body is shorter than its Content-Length says, and nothing was cut by the capture.
    #[must_use]
    pub fn is_short(&self) -> bool {
        let there = self.body.end.saturating_sub(self.body.start);
        !self.is_cut && self.content_length.is_some_and(|length| length as usize > there)
    }

    /// Reason phrase of a response, if there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match &self.kind {
            Kind::Request { .. } => None,
            Kind::Response { reason, .. } => Some(reason.trim()).filter(|reason| !reason.is_empty()),
        }
    }

    /// The session description in the body, if there is one. `bytes` are those that were read.
    #[must_use]
    pub fn sdp(&self, bytes: &[u8]) -> Option<Sdp> {
        let body = bytes.get(self.body.clone())?;
        // Of a line that was cut nobody knows what it went on to say: a media line may have lost its formats.
        let whole = if self.is_cut { memrchr(b'\n', body).map_or(0, |end| end + 1) } else { body.len() };
        let described = body.get(..whole).filter(|body| !body.is_empty())?;
        sdp::from_body(self.content_type.as_deref()?, self.boundary.as_deref(), described)
            .filter(|sdp| !self.is_cut || sdp.media_count > 0)
    }
}

/// Reads one message; `None` if `bytes` do not start with a SIP start line (after blank lines).
///
/// `is_cut` says that the wire carried more than `bytes`.
#[must_use]
pub fn read(bytes: &[u8], is_cut: bool) -> Option<SipMessage> {
    read_with(bytes, is_cut, true)
}

/// As [`read`], with the contacts of REGISTER and its answers alone: nearly every message has one, and only where somebody
/// registers does it say when that runs out (RFC 3261 section 10.2.1.1).
#[must_use]
pub fn read_for_dialogs(bytes: &[u8], is_cut: bool) -> Option<SipMessage> {
    read_with(bytes, is_cut, false)
}

fn read_with(bytes: &[u8], is_cut: bool, wants_contacts: bool) -> Option<SipMessage> {
    let start = scan::start_line(bytes)?;
    let mut reader = Reader::new(&start, is_cut, bytes.is_ascii());
    let mut headers = Headers::new(bytes, start.end, is_cut);
    for header in headers.by_ref() {
        match header.name {
            Some(HeaderName::Contact) if !wants_contacts => {}
            Some(name) => reader.header(name, &header.value()),
            None => {}
        }
    }
    // What an answer is about may stand behind its contacts.
    if !wants_contacts && reader.message.method() == Some(&Method::Register) {
        let again = Headers::new(bytes, start.end, is_cut);
        for header in again.filter(|header| header.name == Some(HeaderName::Contact)) {
            reader.header(HeaderName::Contact, &header.value());
        }
    }
    if headers.has_bare_line_feed {
        reader.defects.add(Defect::LineEnding);
    }
    if headers.has_junk {
        reader.defects.add(Defect::HeaderLine);
    }
    Some(reader.finish(bytes, headers.body))
}

/// A message while its headers come in.
struct Reader {
    message: SipMessage,
    defects: Defects,
    /// Of the whole message, so that its texts need not be looked at one by one.
    is_ascii: bool,
}

impl Reader {
    fn new(start: &StartLine<'_>, is_cut: bool, is_ascii: bool) -> Self {
        let message = SipMessage {
            kind: start.kind(),
            call_id: None,
            cseq: None,
            from: None,
            to: None,
            via: None,
            via_count: 0,
            contacts: Vec::new(),
            contact_count: 0,
            refer_to: None,
            sipfrag: None,
            causes: Vec::new(),
            warning: None,
            event: None,
            expires: None,
            session_expires: None,
            user_agent: None,
            server: None,
            has_credentials: false,
            is_stale_challenge: false,
            content_type: None,
            content_length: None,
            body: 0..0,
            is_cut,
            defects: Vec::new(),
            boundary: None,
        };
        Self { message, defects: start.defects, is_ascii }
    }

    fn header(&mut self, name: HeaderName, value: &[u8]) {
        if !self.is_ascii && name.is_text() && std::str::from_utf8(value).is_err() {
            self.defects.add(Defect::NotUtf8);
        }
        let (message, defects) = (&mut self.message, &mut self.defects);
        match name {
            HeaderName::CallId => once(&mut message.call_id, Some(Text::new(value, CALL_ID_LIMIT)), defects),
            HeaderName::CSeq => once(&mut message.cseq, CSeq::read(value, defects), defects),
            HeaderName::From => once(&mut message.from, Party::read(value, defects), defects),
            HeaderName::To => once(&mut message.to, Party::read(value, defects), defects),
            HeaderName::ReferTo => once(&mut message.refer_to, Party::read(value, defects), defects),
            HeaderName::Via => self.via(value),
            HeaderName::Contact => self.contact(value),
            HeaderName::Reason => {
                let causes = split_outside_quotes(value, b',').filter_map(Cause::read);
                message.causes.extend(causes.take(CAUSES_LIMIT.saturating_sub(message.causes.len())));
            }
            HeaderName::Warning => message.warning = message.warning.take().or_else(|| warning(value)),
            HeaderName::Event => {
                // That of NOTIFY and PUBLISH tells nothing new.
                if matches!(message.kind, Kind::Request { method: Method::Subscribe, .. }) {
                    message.event = Some(Text::new(without_parameters(value), EVENT_LIMIT));
                }
            }
            HeaderName::Expires => message.expires = message.expires.or(seconds(value, defects)),
            HeaderName::SessionExpires => {
                let seconds = || seconds(without_parameters(value), defects);
                message.session_expires = message.session_expires.or_else(seconds);
            }
            HeaderName::UserAgent => message.user_agent = Some(Text::new(value, AGENT_LIMIT)),
            HeaderName::Server => message.server = Some(Text::new(value, AGENT_LIMIT)),
            HeaderName::Credentials => message.has_credentials = true,
            HeaderName::Challenge => message.is_stale_challenge |= is_stale(value),
            HeaderName::ContentType => self.content_type(value),
            HeaderName::ContentLength => self.content_length(value),
        }
    }

    fn via(&mut self, value: &[u8]) {
        for value in split_outside_quotes(value, b',') {
            if self.message.via_count == 0 {
                self.message.via = Via::read(value, &mut self.defects);
            }
            self.message.via_count += 1;
        }
    }

    fn contact(&mut self, value: &[u8]) {
        for value in split_outside_quotes(value, b',') {
            self.message.contact_count += 1;
            let kept = &mut self.message.contacts;
            if kept.len() < CONTACT_LIMIT
                && let Some(contact) = Contact::read(value, &mut self.defects)
            {
                // Nearly always the only one.
                kept.reserve_exact(1);
                kept.push(contact);
            }
        }
    }

    fn content_type(&mut self, value: &[u8]) {
        let (kind, parameters) = split_once(value, b';').unwrap_or((value, b""));
        self.message.content_type = Some(Text::new(kind.trim_ascii(), PHRASE_LIMIT));
        // RFC 2046 section 5.1.1 allows 70 characters.
        self.message.boundary = parameter(parameters, b"boundary").map(|text| Text::new(text, 70));
    }

    fn content_length(&mut self, value: &[u8]) {
        match number(value).and_then(|length| u32::try_from(length).ok()) {
            Some(length) => once(&mut self.message.content_length, Some(length), &mut self.defects),
            None => self.defects.add(Defect::ContentLength),
        }
    }

    /// Settles the body and what only the whole message shows. `body` is `None` if the headers have no end.
    fn finish(mut self, bytes: &[u8], body: Option<usize>) -> SipMessage {
        let message = &mut self.message;
        let start = body.unwrap_or(bytes.len());
        let there = bytes.len().saturating_sub(start);
        let said = message.content_length.map_or(there, |length| length as usize);
        message.body = start..start + said.min(there);
        if message.content_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case(SIPFRAG)) {
            let fragment = bytes.get(message.body.clone()).and_then(scan::start_line);
            message.sipfrag = fragment.and_then(|line| match line.kind() {
                Kind::Response { status, .. } => Some(status),
                Kind::Request { .. } => None,
            });
        }
        let behind = bytes.get(message.body.end..).unwrap_or_default();
        // Blank lines and NULs behind the body are padding that some agents add.
        let has_trailer = !behind.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0));
        if (said > there && !message.is_cut) || has_trailer {
            self.defects.add(Defect::ContentLength);
        }
        if !message.is_cut {
            if body.is_none() {
                self.defects.add(Defect::NoBlankLine);
            }
            let is_complete = message.call_id.is_some()
                && message.cseq.is_some()
                && message.from.is_some()
                && message.to.is_some()
                && message.via.is_some();
            if !is_complete {
                self.defects.add(Defect::MissingHeader);
            }
        }
        if let (Kind::Request { method, .. }, Some(cseq)) = (&message.kind, &message.cseq)
            && *method != cseq.method
        {
            self.defects.add(Defect::CSeq);
        }
        message.defects = self.defects.list();
        self.message
    }
}

/// Keeps the first value and reports a second one that differs.
fn once<T: PartialEq>(kept: &mut Option<T>, value: Option<T>, defects: &mut Defects) {
    if kept.is_none() {
        *kept = value;
    } else if value.is_some() && *kept != value {
        defects.add(Defect::Duplicate);
    }
}

/// `Content-Length mismatch` of `399 192.168.10.2 "Content-Length mismatch"`. Kamailio and OpenSIPS write into 392 how they routed.
fn warning(value: &[u8]) -> Option<Text> {
    let (code, rest) = split_once(value.trim_ascii(), b' ')?;
    let (_, quoted) = split_once(rest, b'"')?;
    let end = memrchr(b'"', quoted).unwrap_or(quoted.len());
    let text = quoted.get(..end).unwrap_or_default().trim_ascii();
    (code != b"392" && !text.is_empty()).then(|| Text::new(text, PHRASE_LIMIT))
}

/// Delta seconds, RFC 3261 section 25.1; larger values count as the largest.
fn seconds(value: &[u8], defects: &mut Defects) -> Option<u32> {
    let seconds = number(value.trim_ascii());
    if seconds.is_none_or(|seconds| seconds > u64::from(u32::MAX)) {
        defects.add(Defect::Expires);
    }
    seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX))
}

fn without_parameters(value: &[u8]) -> &[u8] {
    split_once(value, b';').map_or(value, |(value, _)| value).trim_ascii()
}

fn is_stale(challenge: &[u8]) -> bool {
    split_outside_quotes(challenge, b',').any(|part| {
        let mut sides = part.splitn(2, |byte| *byte == b'=').map(<[u8]>::trim_ascii);
        let (Some(name), Some(value)) = (sides.next(), sides.next()) else { return false };
        // The first parameter stands behind the scheme: `Digest stale=true`.
        let name = name.rsplit(u8::is_ascii_whitespace).next().unwrap_or(name);
        let is_true = value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"\"true\"");
        is_true && name.eq_ignore_ascii_case(b"stale")
    })
}
