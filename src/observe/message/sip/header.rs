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

impl HeaderName {
    /// `name` without blanks around it, long or compact.
    pub(super) fn find(name: &[u8]) -> Option<Self> {
        let candidates: &[(&[u8], Self)] = match name.len() {
            1 => &[
                (b"v", Self::Via),
                (b"f", Self::From),
                (b"t", Self::To),
                (b"i", Self::CallId),
                (b"l", Self::ContentLength),
                (b"m", Self::Contact),
                (b"c", Self::ContentType),
                (b"r", Self::ReferTo),
                (b"x", Self::SessionExpires),
                (b"o", Self::Event),
            ],
            2 => &[(b"to", Self::To)],
            3 => &[(b"via", Self::Via)],
            4 => &[(b"from", Self::From), (b"cseq", Self::CSeq)],
            5 => &[(b"event", Self::Event)],
            6 => &[(b"server", Self::Server), (b"reason", Self::Reason)],
            7 => &[
                (b"call-id", Self::CallId),
                (b"contact", Self::Contact),
                (b"expires", Self::Expires),
                (b"warning", Self::Warning),
            ],
            8 => &[(b"refer-to", Self::ReferTo)],
            10 => &[(b"user-agent", Self::UserAgent)],
            12 => &[(b"content-type", Self::ContentType)],
            13 => &[(b"authorization", Self::Credentials)],
            14 => &[(b"content-length", Self::ContentLength)],
            15 => &[(b"session-expires", Self::SessionExpires)],
            16 => &[(b"www-authenticate", Self::Challenge)],
            18 => &[(b"proxy-authenticate", Self::Challenge)],
            19 => &[(b"proxy-authorization", Self::Credentials)],
            _ => &[],
        };
        let found = candidates.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map(|(_, header)| *header)
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
