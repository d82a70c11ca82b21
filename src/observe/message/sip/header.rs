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
