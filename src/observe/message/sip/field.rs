//! The values of structured SIP headers: Via, From, To, Contact, `CSeq`.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use super::super::ascii::{find_unquoted, is_token, number, parameter, parameters, port, split_once, words};
use super::super::text::{Host, Text};
use super::defect::{Defect, Defects};
use super::{Method, seconds};

/// Longest kept URI.
pub(super) const URI_LIMIT: usize = 256;
/// Longest kept tag, branch or transport.
const TOKEN_LIMIT: usize = 128;
/// RFC 3261 section 8.1.1.5: a sequence number is below 2^31.
const CSEQ_RANGE: Range<u64> = 0..1 << 31;

/// RFC 3261 section 20.16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Sequence number; a larger one than allowed counts as `u32::MAX`.
    pub number: u32,
    /// Method of the request.
    pub method: Method,
}

impl CSeq {
    pub(super) fn read(value: &[u8], defects: &mut Defects) -> Option<Self> {
        let mut words = words(value);
        let digits = words.next().and_then(number);
        let method = words.next().filter(|method| is_token(method));
        if words.next().is_some()
            || !digits.is_some_and(|digits| CSEQ_RANGE.contains(&digits))
            || method.is_none()
        {
            defects.add(Defect::CSeq);
        }
        Some(Self { number: u32::try_from(digits?).unwrap_or(u32::MAX), method: Method::read(method?) })
    }
}

/// From or To, RFC 3261 section 20.20 and 20.39.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// URI without brackets and without a password.
    pub uri: Text,
    /// Identifies the dialog's side.
    pub tag: Option<Text>,
}

impl Party {
    pub(super) fn read(value: &[u8], defects: &mut Defects) -> Option<Self> {
        let (uri, parameters) = name_addr(value, defects)?;
        let tag = parameter(parameters, b"tag").filter(|tag| !tag.is_empty());
        Some(Self { uri: uri_text(uri, URI_LIMIT), tag: tag.map(|tag| Text::new(tag, TOKEN_LIMIT)) })
    }

    /// Address of record: the URI without parameters and headers, RFC 3261 section 10.3.
    #[must_use]
    pub fn aor(&self) -> &str {
        address_of_record(&self.uri)
    }
}

/// RFC 3261 section 20.10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// URI without brackets and without a password; `*` for all bindings.
    pub uri: Text,
    /// `expires` parameter in seconds.
    pub expires: Option<u32>,
}

impl Contact {
    pub(super) fn read(value: &[u8], defects: &mut Defects) -> Option<Self> {
        if value == b"*" {
            return Some(Self { uri: Text::new(value, URI_LIMIT), expires: None });
        }
        let (uri, parameters) = name_addr(value, defects)?;
        let expires = parameter(parameters, b"expires").and_then(|value| seconds(value, defects));
        Some(Self { uri: uri_text(uri, URI_LIMIT), expires })
    }

    /// The URI's host and, if written, port.
    #[must_use]
    pub fn host(&self) -> Option<(Host, Option<u16>)> {
        let address = address_of_record(&self.uri);
        let (_, rest) = address.split_once(':')?;
        host_port(rest.rsplit_once('@').map_or(rest, |(_, host)| host).as_bytes())
    }
}

/// The `rport` parameter, RFC 3581.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rport {
    /// Not there.
    Absent,
    /// The client asks for it.
    Asked,
    /// The server saw this source port.
    Port(u16),
}

/// RFC 3261 section 20.42.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, `TLS`, `WS` ... as it stands.
    pub transport: Text,
    /// Host of sent-by.
    pub host: Host,
    /// Port of sent-by, if written.
    pub port: Option<u16>,
    /// Transaction identifier.
    pub branch: Option<Text>,
    /// Source address that the server saw.
    pub received: Option<Host>,
    /// Source port that the server saw.
    pub rport: Rport,
}

impl Via {
    /// One value, without further ones behind a comma.
    pub(super) fn read(value: &[u8], defects: &mut Defects) -> Option<Self> {
        let via = Self::parts(value);
        if via.is_none() {
            defects.add(Defect::Via);
        }
        via
    }

    fn parts(value: &[u8]) -> Option<Self> {
        // Blanks may stand around the slashes: `SIP / 2.0 / UDP first.example`.
        let (_, rest) = split_once(value, b'/')?;
        let (_, rest) = split_once(rest, b'/')?;
        let rest = rest.trim_ascii_start();
        let (transport, rest) = rest.split_at(rest.iter().position(u8::is_ascii_whitespace)?);
        let (sent_by, rest) = split_once(rest, b';').unwrap_or((rest, b""));
        let (host, port) = host_port(sent_by)?;
        let (mut rport, mut branch, mut received) = (None, None, None);
        for (name, value) in parameters(rest) {
            let wanted = match name.len() {
                5 if name.eq_ignore_ascii_case(b"rport") => &mut rport,
                6 if name.eq_ignore_ascii_case(b"branch") => &mut branch,
                8 if name.eq_ignore_ascii_case(b"received") => &mut received,
                _ => continue,
            };
            wanted.get_or_insert(value);
        }
        Some(Self {
            transport: Text::new(transport, TOKEN_LIMIT),
            host,
            port,
            branch: branch.map(|branch| Text::new(branch, TOKEN_LIMIT)),
            received: received.and_then(Host::new),
            rport: rport.map_or(Rport::Absent, |value| self::port(value).map_or(Rport::Asked, Rport::Port)),
        })
    }
}

/// Text of a URI without the password that its user part may hold, RFC 3261 section 19.1.1.
pub(super) fn uri_text(uri: &[u8], limit: usize) -> Text {
    match password(uri) {
        None => Text::new(uri, limit),
        Some(Range { start, end }) => {
            let parts = [uri.get(..start).unwrap_or_default(), uri.get(end..).unwrap_or_default()];
            Text::new(&parts.concat(), limit)
        }
    }
}

/// Where `:password` stands in `sip:user:password@host`.
fn password(uri: &[u8]) -> Option<Range<usize>> {
    let user = memchr(b':', uri)? + 1;
    let at = memrchr(b'@', uri)?;
    let colon = memchr(b':', uri.get(user..at)?)?;
    Some(user + colon..at)
}

/// URI and parameters of `"name" <uri>;parameters` or `uri;parameters`.
fn name_addr<'a>(value: &'a [u8], defects: &mut Defects) -> Option<(&'a [u8], &'a [u8])> {
    let is_quote_open = memchr_iter(b'"', value).count() % 2 == 1;
    let (uri, parameters) = match find_unquoted(value, b'<') {
        Some(open) => {
            let inner = value.get(open + 1..)?;
            split_once(inner, b'>').unwrap_or_else(|| {
                defects.add(Defect::Address);
                split_once(inner, b';').unwrap_or((inner, b""))
            })
        }
        None => split_once(value, b';').unwrap_or((value, b"")),
    };
    let uri = uri.trim_ascii();
    if uri.is_empty() || is_quote_open || memchr(b':', uri).is_none() {
        defects.add(Defect::Address);
    }
    (!uri.is_empty()).then_some((uri, parameters))
}

fn address_of_record(uri: &str) -> &str {
    // A user part may hold `;` and `?`, so only what stands behind it is cut.
    let host = uri.rfind('@').unwrap_or(0);
    let end = uri.get(host..).and_then(|rest| rest.find([';', '?'])).map_or(uri.len(), |at| host + at);
    uri.get(..end).unwrap_or(uri)
}

/// `host`, `host:port`, `[v6]:port`; blanks allowed.
fn host_port(bytes: &[u8]) -> Option<(Host, Option<u16>)> {
    let bytes = bytes.trim_ascii();
    let colon = match memrchr(b']', bytes) {
        Some(bracket) => memchr(b':', bytes.get(bracket..)?).map(|at| bracket + at),
        // An IPv6 address without brackets is wrong and met in practice.
        None => memchr(b':', bytes).filter(|_| memchr_iter(b':', bytes).count() == 1),
    };
    match colon {
        Some(colon) => Some((Host::new(bytes.get(..colon)?)?, port(bytes.get(colon + 1..)?.trim_ascii()))),
        None => Some((Host::new(bytes)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(value: &[u8]) -> Option<Via> {
        Via::read(value, &mut Defects::default())
    }

    #[test]
    fn via_with_what_the_server_saw() {
        let via =
            via(b"SIP/2.0/UDP 192.168.1.2:5060;rport=61234;received=198.51.100.7;branch=z9hG4bK-1").unwrap();
        assert_eq!((via.host.to_string().as_str(), via.port), ("192.168.1.2", Some(5060)));
        assert_eq!(via.rport, Rport::Port(61234));
        assert_eq!(via.received.and_then(|host| host.ip()), "198.51.100.7".parse().ok());
        assert_eq!(via.branch.as_deref(), Some("z9hG4bK-1"));
    }

    #[test]
    fn via_with_blanks_and_ipv6() {
        let spaced = via(b"SIP  / 2.0  / TCP     spindle.example.com :5061 ; branch = z9").unwrap();
        assert_eq!((&*spaced.transport, spaced.port), ("TCP", Some(5061)));
        assert_eq!(spaced.branch.as_deref(), Some("z9"));
        let v6 = via(b"SIP/2.0/TLS [2001:db8::9:1]:5061;branch=z9;rport").unwrap();
        assert_eq!((v6.host.ip(), v6.port), ("2001:db8::9:1".parse().ok(), Some(5061)));
        assert_eq!(v6.rport, Rport::Asked);
        assert_eq!(via(b"SIP/2.0/UDP"), None);
    }

    #[test]
    fn parties_lose_their_password() {
        let mut defects = Defects::default();
        let party =
            Party::read(b"\"A, <B>\" <sip:7:secret@pbx.example;user=phone>;tag=x", &mut defects).unwrap();
        assert_eq!((&*party.uri, party.aor()), ("sip:7@pbx.example;user=phone", "sip:7@pbx.example"));
        assert_eq!(party.tag.as_deref(), Some("x"));
        assert_eq!(defects.list(), []);
        assert_eq!(uri_text(b"sip:pbx.example:5070", 99), "sip:pbx.example:5070");
    }

    #[test]
    fn parameters_behind_a_bare_uri_belong_to_the_header() {
        let mut defects = Defects::default();
        let party = Party::read(b"sip:c8oqz84zk7z@privacy.org;tag=hyh8", &mut defects).unwrap();
        assert_eq!((&*party.uri, party.tag.as_deref()), ("sip:c8oqz84zk7z@privacy.org", Some("hyh8")));
    }

    #[test]
    fn contacts_give_host_and_expires() {
        let contact =
            Contact::read(b"<sip:7@10.0.0.4:5062;ob>;expires=120", &mut Defects::default()).unwrap();
        assert_eq!(contact.expires, Some(120));
        assert_eq!(contact.host(), Some((Host::Ip("10.0.0.4".parse().unwrap()), Some(5062))));
    }
}
