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
}

/// Long and compact names.
const NAMES: [(&[u8], HeaderName); 24] = [
    (b"via", HeaderName::Via),
    (b"v", HeaderName::Via),
    (b"from", HeaderName::From),
    (b"f", HeaderName::From),
    (b"to", HeaderName::To),
    (b"t", HeaderName::To),
    (b"call-id", HeaderName::CallId),
    (b"i", HeaderName::CallId),
    (b"cseq", HeaderName::CSeq),
    (b"contact", HeaderName::Contact),
    (b"m", HeaderName::Contact),
    (b"content-length", HeaderName::ContentLength),
    (b"l", HeaderName::ContentLength),
    (b"content-type", HeaderName::ContentType),
    (b"c", HeaderName::ContentType),
    (b"refer-to", HeaderName::ReferTo),
    (b"r", HeaderName::ReferTo),
    (b"expires", HeaderName::Expires),
    (b"user-agent", HeaderName::UserAgent),
    (b"server", HeaderName::Server),
    (b"authorization", HeaderName::Credentials),
    (b"proxy-authorization", HeaderName::Credentials),
    (b"www-authenticate", HeaderName::Challenge),
    (b"proxy-authenticate", HeaderName::Challenge),
];

impl HeaderName {
    /// `name` without blanks around it.
    pub(super) fn find(name: &[u8]) -> Option<Self> {
        // The table has no two names of one length that begin and end alike, so that most comparisons end here.
        let ends = |name: &[u8]| {
            (name.len(), name.first().map(u8::to_ascii_lowercase), name.last().map(u8::to_ascii_lowercase))
        };
        let wanted = ends(name);
        let alike = |(known, _): &&(&[u8], Self)| ends(known) == wanted && known.eq_ignore_ascii_case(name);
        NAMES.iter().find(alike).map(|&(_, header)| header)
    }

    /// Whether its value is kept as text that people read.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::From | Self::To | Self::Contact | Self::UserAgent | Self::Server | Self::ReferTo)
    }
}
