//! HTTP/1, RFC 9112: takes the growing start of one TCP direction, gives the first request or answer. Keeps neither
//! credentials nor the query of a URL, which may hold them.

use super::Reading;
use super::ascii::{Ending, is_token, line_at, number, split_once, strip_prefix, words};
use super::text::{Host, Text};

/// Longest kept path.
const PATH_LIMIT: usize = 256;
/// Longest kept header value.
const VALUE_LIMIT: usize = 160;
/// Longest kept method.
const METHOD_LIMIT: usize = 20;
/// Longest start line; a longer one is no HTTP.
const LINE_LIMIT: usize = 8 * 1024;
/// Headers beyond this are not waited for.
const HEAD_LIMIT: usize = 32 * 1024;

/// RFC 9110 section 15.2.2.
const SWITCHING_PROTOCOLS: u16 = 101;
/// What is spoken over WebSocket, RFC 6455 section 11.3.4.
const SUBPROTOCOL: &[u8] = b"sec-websocket-protocol";

/// Methods that are taken for HTTP before the line has ended.
const METHODS: [&[u8]; 11] = [
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"CONNECT",
    b"PATCH",
    b"PROPFIND",
    b"NOTIFY",
    b"SUBSCRIBE",
];

/// The first message of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Http {
    /// RFC 9112 section 3.
    Request(Request),
    /// RFC 9112 section 4.
    Response(Response),
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` ...
    pub method: Text,
    /// Request target without query and without user and password.
    pub path: Text,
    /// A query was there.
    pub has_query: bool,
    /// Host with its port as written.
    pub host: Option<Text>,
    /// User-Agent.
    pub user_agent: Option<Text>,
    /// `Authorization: Basic`: a password in clear text.
    pub has_basic_auth: bool,
    /// Upgrade: `websocket`.
    pub upgrade: Option<Text>,
    /// It offers SIP as what is to be spoken over WebSocket, RFC 7118 section 4.1.
    pub offers_sip: bool,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Status code, three digits.
    pub status: u16,
    /// Server.
    pub server: Option<Text>,
    /// It takes SIP as what is spoken over WebSocket from here on.
    pub takes_sip: bool,
}

/// Reads the start of a direction; [`Reading::Whole`] at the blank line behind the headers.
#[must_use]
pub fn read(prefix: &[u8]) -> Reading<Http> {
    let Some(line) = line_at(prefix, 0) else { return Reading::Partial(None) };
    let is_whole_line = line.ending != Ending::None;
    let mut http = match start_line(line.bytes) {
        Some(http) => http,
        None if !is_whole_line && can_become_start_line(line.bytes) => return Reading::Partial(None),
        None => return Reading::Foreign,
    };
    let mut offset = line.end;
    while let Some(line) = line_at(prefix, offset).filter(|line| line.ending != Ending::None) {
        if line.bytes.is_empty() || line.end > HEAD_LIMIT {
            return Reading::Whole(http);
        }
        if let Some((name, value)) = split_once(line.bytes, b':') {
            http.header(name, value.trim_ascii());
        }
        offset = line.end;
    }
    if prefix.len() > HEAD_LIMIT { Reading::Whole(http) } else { Reading::Partial(Some(http)) }
}

fn start_line(line: &[u8]) -> Option<Http> {
    let mut fields = words(line);
    let (first, second) = (fields.next()?, fields.next()?);
    if is_version(first) {
        let status = number(second).filter(|status| second.len() == 3 && (100..1000).contains(status))?;
        return Some(Http::Response(Response {
            status: u16::try_from(status).ok()?,
            server: None,
            takes_sip: false,
        }));
    }
    (is_token(first) && fields.next().is_some_and(is_version))
        .then(|| Http::Request(Request::new(first, second)))
}

fn is_version(word: &[u8]) -> bool {
    matches!(word, [b'H', b'T', b'T', b'P', b'/', b'1' | b'2', b'.', b'0' | b'1'])
}

/// An unfinished line of printable characters that starts as HTTP does.
fn can_become_start_line(line: &[u8]) -> bool {
    let starts_like = |word: &[u8]| line.starts_with(word) || word.starts_with(line);
    let is_method = METHODS.iter().any(|method| {
        line.strip_prefix(*method)
            .map_or(method.starts_with(line), |rest| rest.is_empty() || rest.starts_with(b" "))
    });
    line.len() < LINE_LIMIT
        && (is_method || starts_like(b"HTTP/1."))
        && !line.iter().any(u8::is_ascii_control)
}

impl Request {
    fn new(method: &[u8], target: &[u8]) -> Self {
        let (target, query) =
            split_once(target, b'?').map_or((target, None), |(path, query)| (path, Some(query)));
        Self {
            method: Text::new(method, METHOD_LIMIT),
            path: Text::new(path(target), PATH_LIMIT),
            has_query: query.is_some(),
            host: None,
            user_agent: None,
            has_basic_auth: false,
            upgrade: None,
            offers_sip: false,
        }
    }
}

/// Path of an absolute target; everything else as it stands.
fn path(target: &[u8]) -> &[u8] {
    let Some(scheme) = memchr::memmem::find(target, b"://") else { return target };
    let authority = target.get(scheme + 3..).unwrap_or_default();
    memchr::memchr(b'/', authority).and_then(|at| authority.get(at..)).unwrap_or(b"/")
}

/// Whether `sip` is among the protocols of a list.
fn names_sip(value: &[u8]) -> bool {
    value.split(|&byte| byte == b',').any(|one| one.trim_ascii().eq_ignore_ascii_case(b"sip"))
}

/// How long the head at the front of `bytes` is, with its blank line.
#[must_use]
pub fn head_length(bytes: &[u8]) -> Option<usize> {
    let mut offset = 0;
    while let Some(line) = line_at(bytes, offset).filter(|line| line.ending != Ending::None) {
        if line.bytes.is_empty() {
            return Some(line.end);
        }
        offset = line.end;
    }
    None
}

impl Http {
    /// Whether SIP over WebSocket follows behind it, as far as this side is concerned: RFC 6455 section 4.
    #[must_use]
    pub fn leads_to_sip(&self) -> bool {
        match self {
            Self::Request(request) => {
                let is_websocket = |upgrade: &Text| upgrade.eq_ignore_ascii_case("websocket");
                request.offers_sip && request.upgrade.as_ref().is_some_and(is_websocket)
            }
            Self::Response(response) => response.takes_sip && response.status == SWITCHING_PROTOCOLS,
        }
    }

    fn header(&mut self, name: &[u8], value: &[u8]) {
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        match self {
            Self::Request(request) if is(b"host") => request.host = Some(Text::new(value, Host::LIMIT)),
            Self::Request(request) if is(b"user-agent") => {
                request.user_agent = Some(Text::new(value, VALUE_LIMIT))
            }
            Self::Request(request) if is(b"upgrade") => request.upgrade = Some(Text::new(value, VALUE_LIMIT)),
            Self::Request(request) if is(b"authorization") || is(b"proxy-authorization") => {
                request.has_basic_auth |= strip_prefix(value, b"basic ").is_some();
            }
            Self::Request(request) if is(SUBPROTOCOL) => request.offers_sip |= names_sip(value),
            Self::Response(response) if is(SUBPROTOCOL) => response.takes_sip |= names_sip(value),
            Self::Response(response) if is(b"server") => {
                response.server = Some(Text::new(value, VALUE_LIMIT))
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const GET: &[u8] =
        b"GET http://u:secret@pbx:8880/provisioning/?token=secret HTTP/1.1\r\nhost: pbx:8880\r\n\
        User-Agent: Yealink SIP-T46S\r\nAuthorization: basic c2VjcmV0\r\n\r\n";

    #[test]
    fn a_request_without_its_secrets() {
        let Reading::Whole(http) = read(GET) else { panic!("not whole") };
        assert!(!format!("{http:?}").contains("ecret"), "{http:?}");
        let Http::Request(request) = http else { panic!("no request") };
        assert_eq!((&*request.method, &*request.path, request.has_query), ("GET", "/provisioning/", true));
        assert_eq!((request.host.as_deref(), request.has_basic_auth), (Some("pbx:8880"), true));
        assert_eq!(request.user_agent.as_deref(), Some("Yealink SIP-T46S"));
    }

    #[test]
    fn a_growing_prefix_is_never_foreign() {
        for length in 0..GET.len() {
            assert!(matches!(read(&GET[..length]), Reading::Partial(_)), "{length} bytes");
        }
    }

    #[test]
    fn a_response() {
        let known = read(b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent").known();
        let server = Some(Text::new(b"nginx", 9));
        assert_eq!(known, Some(Http::Response(Response { status: 404, server, takes_sip: false })));
    }

    #[test]
    fn sip_over_websocket_is_offered_and_taken() {
        let leads = |bytes: &[u8]| matches!(read(bytes), Reading::Whole(http) if http.leads_to_sip());
        let offer = b"GET /ws HTTP/1.1\r\nUpgrade: WebSocket\r\nSec-WebSocket-Protocol: chat, sip\r\n\r\nxy";
        assert!(leads(offer));
        assert_eq!(head_length(offer), Some(offer.len() - 2));
        assert!(!leads(b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"));
        assert!(leads(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: sip\r\n\r\n"));
        assert!(!leads(b"HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Protocol: sip\r\n\r\n"));
    }

    #[test]
    fn other_protocols_are_foreign() {
        let others = [
            &b"INVITE sip:a SIP/2.0\r\n"[..],
            b"GETTING",
            b"\x16\x03\x01",
            b"220 mail ESMTP",
            b"HTTP/1.1 9 x\r\n",
        ];
        for bytes in others {
            assert_eq!(read(bytes), Reading::Foreign, "{}", bytes.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(GET)) {
            let _ = read(&bytes);
        }
    }
}
