//! The names of the headers that are read, long and compact (RFC 3261 section 7.3.3).

/// A header that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderName {
    CallId,
    CSeq,
    From,
    To,
    Via,
    Contact,
    Expires,
    UserAgent,
    Server,
    Credentials,
    Challenge,
    ContentType,
    ContentLength,
    ReferTo,
    Reason,
    Warning,
    SessionExpires,
    Event,
}

/// Bytes of the longest name that is read.
const LONGEST: usize = b"proxy-authorization".len();

impl HeaderName {
    /// `name` without blanks around it, long or compact.
    pub(super) fn find(name: &[u8]) -> Option<Self> {
        let mut letters = [0; LONGEST];
        let letters = letters.get_mut(..name.len())?;
        letters.copy_from_slice(name);
        letters.make_ascii_lowercase();
        Some(match &*letters {
            b"via" | b"v" => Self::Via,
            b"from" | b"f" => Self::From,
            b"to" | b"t" => Self::To,
            b"call-id" | b"i" => Self::CallId,
            b"cseq" => Self::CSeq,
            b"contact" | b"m" => Self::Contact,
            b"content-length" | b"l" => Self::ContentLength,
            b"content-type" | b"c" => Self::ContentType,
            b"refer-to" | b"r" => Self::ReferTo,
            b"expires" => Self::Expires,
            b"reason" => Self::Reason,
            b"warning" => Self::Warning,
            b"session-expires" | b"x" => Self::SessionExpires,
            b"event" | b"o" => Self::Event,
            b"user-agent" => Self::UserAgent,
            b"server" => Self::Server,
            b"authorization" | b"proxy-authorization" => Self::Credentials,
            b"www-authenticate" | b"proxy-authenticate" => Self::Challenge,
            _ => return None,
        })
    }

    /// Whether its value is kept as text that people read.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::From | Self::To | Self::Contact | Self::UserAgent | Self::Server | Self::ReferTo)
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderName;

    #[test]
    fn names_are_found_long_and_compact_in_letters_of_either_case() {
        let long = [
            "Via",
            "From",
            "To",
            "Call-ID",
            "CSeq",
            "Contact",
            "Content-Length",
            "Content-Type",
            "Refer-To",
            "Expires",
            "Reason",
            "Warning",
            "Session-Expires",
            "Event",
            "User-Agent",
            "Server",
            "Authorization",
            "Proxy-Authorization",
            "WWW-Authenticate",
            "Proxy-Authenticate",
        ];
        for name in long {
            let found = HeaderName::find(name.as_bytes());
            assert!(found.is_some(), "{name}");
            assert_eq!(found, HeaderName::find(name.to_ascii_uppercase().as_bytes()), "{name}");
            assert_eq!(HeaderName::find(format!("{name}s").as_bytes()), None, "{name}");
        }
        let compact = [
            ("v", "Via"),
            ("f", "From"),
            ("t", "To"),
            ("i", "Call-ID"),
            ("m", "Contact"),
            ("l", "Content-Length"),
            ("c", "Content-Type"),
            ("r", "Refer-To"),
            ("x", "Session-Expires"),
            ("o", "Event"),
        ];
        for (short, name) in compact {
            assert_eq!(HeaderName::find(short.as_bytes()), HeaderName::find(name.as_bytes()), "{name}");
        }
        assert_eq!(HeaderName::find(b""), None);
    }
}
