//! TLS, RFC 8446 and RFC 5246: takes the growing start of one TCP direction, gives what its plain text part says: hello,
//! certificate (TLS 1.2 and older), alerts. Reads hellos that span records or segments, and one that is cut as far as
//! it goes. Decrypts nothing.
//!
//! tls-parser wants whole records and gives nothing of a hello that is cut, so it serves as the oracle of the tests.

mod certificate;
mod hello;

#[cfg(test)]
mod tests;

use std::fmt;

use super::Reading;
use super::cursor::Cursor;

pub use certificate::Certificate;
pub use hello::{ClientHello, ServerHello};

/// Bytes of a record header, RFC 8446 section 5.1.
const RECORD_HEADER: usize = 5;
/// Longest record of TLS 1.2, RFC 5246 section 6.2.3; later versions allow less.
const RECORD_LIMIT: usize = (1 << 14) + 2048;
/// Handshake bytes that are looked at.
const HANDSHAKE_LIMIT: usize = 64 * 1024;

/// A protocol version as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0x0300 => f.write_str("SSL 3.0"),
            0x0301 => f.write_str("TLS 1.0"),
            0x0302 => f.write_str("TLS 1.1"),
            0x0303 => f.write_str("TLS 1.2"),
            0x0304 => f.write_str("TLS 1.3"),
            other => write!(f, "0x{other:04x}"),
        }
    }
}

/// RFC 8446 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// 1 warning, 2 fatal.
    pub level: u8,
    /// 0 close_notify, 40 handshake_failure, 42 bad_certificate, 70 protocol_version ...
    pub description: u8,
}

impl Alert {
    /// Whether it says that the connection failed: closing and giving up are no faults, RFC 8446 section 6.1.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self.level == 2 && !matches!(self.description, 0 | 90)
    }
}

/// The name that RFC 8446 section 6 gives an alert.
#[must_use]
pub fn alert_name(description: u8) -> Option<&'static str> {
    Some(match description {
        10 => "unexpected_message",
        20 => "bad_record_mac",
        22 => "record_overflow",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => return None,
    })
}

/// What the plain text part of one direction says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The client's first message.
    pub client_hello: Option<ClientHello>,
    /// The server's answer.
    pub server_hello: Option<ServerHello>,
    /// The sender's own certificate.
    pub certificate: Option<Certificate>,
    /// It has none of its own to show, and was asked for one.
    pub lacks_certificate: bool,
    /// The first alert.
    pub alert: Option<Alert>,
    /// What follows is encrypted: the sender holds the handshake for good so far.
    pub is_encrypted: bool,
}

/// Reads the start of a direction. [`Reading::Whole`] once encrypted records begin; until then call again with more.
#[must_use]
pub fn read(prefix: &[u8]) -> Reading<Tls> {
    if !is_record_start(prefix) {
        return Reading::Foreign;
    }
    let mut tls = Tls::default();
    let mut handshake = Vec::new();
    let mut cursor = Cursor::new(prefix);
    let mut is_over = false;
    while !is_over && !cursor.is_empty() && is_record_start(cursor.rest()) {
        let Some([kind, _, _, high, low]) = cursor.array() else { break };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let content = cursor.take_lossy(length);
        match kind {
            HANDSHAKE if handshake.len() < HANDSHAKE_LIMIT => handshake.extend_from_slice(content),
            ALERT if tls.alert.is_none() => match *content {
                [level, description] => tls.alert = Some(Alert { level, description }),
                _ => is_over = content.len() == length,
            },
            CHANGE_CIPHER_SPEC | APPLICATION_DATA => {
                tls.is_encrypted = true;
                is_over = true;
            }
            _ => {}
        }
    }
    tls.handshake(&handshake);
    // A record that is none says that bytes are missing before it.
    let is_lost = cursor.rest().len() >= RECORD_HEADER && !is_record_start(cursor.rest());
    if is_over || is_lost || handshake.len() >= HANDSHAKE_LIMIT {
        Reading::Whole(tls)
    } else {
        Reading::Partial((tls != Tls::default()).then_some(tls))
    }
}

/// Whether `bytes` can be the start of a TLS record; as much as is there is checked.
#[must_use]
pub fn is_record_start(bytes: &[u8]) -> bool {
    let at = |offset: usize| bytes.get(offset).copied();
    let is_kind = at(0).is_none_or(|kind| (CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind));
    let is_version = at(1).is_none_or(|major| major == 3) && at(2).is_none_or(|minor| minor <= 4);
    let is_length = match bytes {
        [_, _, _, high, low, ..] => {
            (1..=RECORD_LIMIT).contains(&usize::from(u16::from_be_bytes([*high, *low])))
        }
        _ => true,
    };
    // An alert is two bytes, and little more when encrypted.
    let is_alert_length = at(0) != Some(ALERT) || at(3).is_none_or(|high| high == 0);
    is_kind && is_version && is_length && is_alert_length
}

/// Whether `bytes` are one whole record and nothing else.
#[must_use]
pub fn is_one_record(bytes: &[u8]) -> bool {
    let [_, _, _, high, low, content @ ..] = bytes else { return false };
    content.len() == usize::from(u16::from_be_bytes([*high, *low]))
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

impl Tls {
    /// Reads the handshake messages of records put together, RFC 8446 section 4.
    fn handshake(&mut self, bytes: &[u8]) {
        let mut cursor = Cursor::new(bytes);
        while let (Some(kind), Some(length)) = (cursor.u8(), cursor.u24()) {
            let length = length as usize;
            let is_whole = cursor.rest().len() >= length;
            let body = cursor.take_lossy(length);
            match kind {
                1 if self.client_hello.is_none() => self.client_hello = ClientHello::read(body, is_whole),
                2 if self.server_hello.is_none() => self.server_hello = ServerHello::read(body, is_whole),
                // RFC 5246 section 7.4.6: an empty list.
                11 if is_whole && body == [0; 3] => self.lacks_certificate = true,
                11 if self.certificate.is_none() && is_whole => {
                    self.certificate = Certificate::read_message(body)
                }
                _ => {}
            }
        }
    }
}

/// DTLS record, RFC 6347 section 4.1 and RFC 7983: the first byte keeps it apart from RTP and STUN.
#[must_use]
pub fn is_dtls(datagram: &[u8], is_cut: bool) -> bool {
    // 1.0 stands for the draft that old VPN clients still speak.
    let ([20..=26, 0xfe, 0xfc..=0xff, rest @ ..] | [20..=26, 1, 0, rest @ ..]) = datagram else {
        return false;
    };
    // Epoch (2), sequence number (6), length (2).
    let Some([high, low]) = rest.get(8..10) else { return is_cut };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    length > 0 && length <= RECORD_LIMIT && (is_cut || rest.len() >= 10 + length)
}
