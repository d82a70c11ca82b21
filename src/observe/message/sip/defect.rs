//! What can be wrong with a SIP message without making it unreadable.

use std::fmt;

/// Something malformed. The order is that of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// The start line holds blanks too many, or blanks inside the URI.
    StartLine,
    /// The version is missing, unknown or not in capitals.
    Version,
    /// The status code is not three digits, or below 100 or above 699.
    Status,
    /// Lines end in LF instead of CR LF.
    LineEnding,
    /// A header line without a colon, or without a token before it.
    HeaderLine,
    /// The headers have no end.
    NoBlankLine,
    /// Call-ID, `CSeq`, From, To or Via is missing or unreadable.
    MissingHeader,
    /// A header that may stand once stands twice with different values.
    Duplicate,
    /// A text is not UTF-8.
    NotUtf8,
    /// From, To or Contact: an open quote or bracket, or no URI.
    Address,
    /// The topmost Via cannot be read.
    Via,
    /// `CSeq` is no number and method, too large, or names another method than the request.
    CSeq,
    /// Expires is no number, or too large.
    Expires,
    /// Content-Length is no number, or does not fit the body.
    ContentLength,
}

impl Defect {
    pub(crate) const ALL: [Self; 14] = [
        Self::StartLine,
        Self::Version,
        Self::Status,
        Self::LineEnding,
        Self::HeaderLine,
        Self::NoBlankLine,
        Self::MissingHeader,
        Self::Duplicate,
        Self::NotUtf8,
        Self::Address,
        Self::Via,
        Self::CSeq,
        Self::Expires,
        Self::ContentLength,
    ];

    /// Whether many agents write so, and nobody minds.
    #[must_use]
    pub fn is_everyday(self) -> bool {
        matches!(self, Self::LineEnding | Self::NotUtf8)
    }

    /// Stable name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StartLine => "start-line",
            Self::Version => "version",
            Self::Status => "status",
            Self::LineEnding => "line-ending",
            Self::HeaderLine => "header-line",
            Self::NoBlankLine => "no-blank-line",
            Self::MissingHeader => "missing-header",
            Self::Duplicate => "duplicate",
            Self::NotUtf8 => "not-utf-8",
            Self::Address => "address",
            Self::Via => "via",
            Self::CSeq => "cseq",
            Self::Expires => "expires",
            Self::ContentLength => "content-length",
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of defects, while a message is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defects(u16);

impl Defects {
    pub(super) fn add(&mut self, defect: Defect) {
        self.0 |= 1 << defect as u16;
    }

    pub(super) fn list(self) -> Vec<Defect> {
        Defect::ALL.into_iter().filter(|&defect| self.0 & 1 << defect as u16 != 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_every_defect_at_its_place() {
        let mut defects = Defects::default();
        for (place, defect) in Defect::ALL.into_iter().enumerate() {
            assert_eq!(defect as usize, place);
            defects.add(defect);
        }
        assert_eq!(defects.list(), Defect::ALL);
    }
}
