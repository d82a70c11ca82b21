//! Takes bytes of a packet, gives text and host names of bounded length. Knows no protocol.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;

use compact_str::CompactString;

/// Text from a packet, cut to a maximum length and still hostile: whoever prints it escapes it.
///
/// Bytes that are not UTF-8 are read as Latin-1, which is what old telephones send.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    /// Most are short enough to need no memory of their own.
    text: CompactString,
    is_truncated: bool,
}

impl Text {
    /// Keeps at most the first `limit` bytes.
    #[must_use]
    pub fn new(bytes: &[u8], limit: usize) -> Self {
        let is_truncated = bytes.len() > limit;
        let head = bytes.get(..limit).unwrap_or(bytes);
        let text = match std::str::from_utf8(head) {
            Ok(text) => text.into(),
            // Only the cut itself fell into a character.
            Err(error) if is_truncated && error.error_len().is_none() => {
                String::from_utf8_lossy(head.get(..error.valid_up_to()).unwrap_or_default()).into()
            }
            Err(_) => head.iter().copied().map(char::from).collect(),
        };
        Self { text, is_truncated }
    }

    /// Whether the packet held more than is kept.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// What is kept of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.is_truncated { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)?;
        if self.is_truncated { f.write_str("…") } else { Ok(()) }
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.text == *other
    }
}

/// An address or a name, as SIP and SDP write a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// An IPv4 address or an IPv6 address, its brackets and zone taken off.
    Ip(IpAddr),
    /// Anything else.
    Name(Text),
}

impl Host {
    /// Longest host name, RFC 1035 section 2.3.4.
    pub const LIMIT: usize = 255;

    /// `None` for an empty host.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii();
        let inner = bytes.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(bytes);
        let address = inner.split(|&byte| byte == b'%').next().unwrap_or(inner);
        match std::str::from_utf8(address).ok().and_then(|text| text.parse().ok()) {
            Some(ip) => Some(Self::Ip(ip)),
            None if bytes.is_empty() => None,
            None => Some(Self::Name(Text::new(bytes, Self::LIMIT))),
        }
    }

    /// The address, if it is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(ip) => Some(*ip),
            Self::Name(_) => None,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        let text = Text::new("Müller".as_bytes(), 2);
        assert_eq!((text.as_str(), text.is_truncated()), ("M", true));
        assert_eq!(text.to_string(), "M…");
    }

    #[test]
    fn text_reads_latin_1() {
        assert_eq!(Text::new(b"M\xfcller", 20), "Müller");
    }

    #[test]
    fn host_takes_off_brackets_and_zone() {
        assert_eq!(Host::new(b"[2001:db8::1]").and_then(|host| host.ip()), "2001:db8::1".parse().ok());
        assert_eq!(Host::new(b"fe80::1%eth0").and_then(|host| host.ip()), "fe80::1".parse().ok());
        assert_eq!(Host::new(b" 192.0.2.1 ").and_then(|host| host.ip()), "192.0.2.1".parse().ok());
        assert_eq!(Host::new(b"pbx.example").map(|host| host.to_string()), Some("pbx.example".into()));
        assert_eq!(Host::new(b"  "), None);
    }
}
