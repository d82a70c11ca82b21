//! Takes status codes of SIP, gives them with the phrase of the RFC that names them; never the phrase of a packet.

/// `486 Busy Here`; the number alone where none of RFC 3261, 3262, 3265, 4028, 6665 names it.
pub(crate) fn sip_status(status: u16) -> String {
    phrase_of(status).map_or_else(|| status.to_string(), |phrase| format!("{status} {phrase}"))
}

/// `Busy Here` of 486.
pub(super) fn phrase_of(status: u16) -> Option<&'static str> {
    PHRASES.iter().find(|(known, _)| *known == status).map(|(_, phrase)| *phrase)
}

/// Whether a reason phrase or the text of a cause holds no word but those of the standards, so that it can name nobody. Empty: it
/// says nothing.
pub(crate) fn is_standard_phrase(phrase: &str) -> bool {
    let standard = || PHRASES.iter().map(|(_, phrase)| *phrase).chain(super::cause::standard_words());
    let words = |text: &'static str| text.split(|c: char| !c.is_alphanumeric());
    let is_known = |word: &str| standard().flat_map(words).any(|known| known.eq_ignore_ascii_case(word));
    phrase.split([' ', '_', '-', ',', '.', '(', ')', '/']).all(|word| word.is_empty() || is_known(word))
}

/// RFC 3261 section 21, and the codes that RFC 4028, 6665 and 8599 added and telephones send.
const PHRASES: [(u16, &str); 42] = [
    (100, "Trying"),
    (180, "Ringing"),
    (181, "Call Is Being Forwarded"),
    (182, "Queued"),
    (183, "Session Progress"),
    (200, "OK"),
    (202, "Accepted"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Moved Temporarily"),
    (305, "Use Proxy"),
    (380, "Alternative Service"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (422, "Session Interval Too Small"),
    (423, "Interval Too Brief"),
    (480, "Temporarily Unavailable"),
    (481, "Call Does Not Exist"),
    (482, "Loop Detected"),
    (483, "Too Many Hops"),
    (484, "Address Incomplete"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (491, "Request Pending"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_named_once_or_stands_alone() {
        assert!(PHRASES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(sip_status(486), "486 Busy Here");
        assert_eq!(sip_status(699), "699");
    }

    #[test]
    fn a_phrase_of_the_standards_names_nobody() {
        for phrase in ["Busy Here", "busy", "", "NORMAL_CLEARING", "Temporarily not available", "User busy"] {
            assert!(is_standard_phrase(phrase), "{phrase}");
        }
        for phrase in ["Frau Meier is busy", "Number 21", "Busy: anna@pbx", "wird von Meier benutzt"] {
            assert!(!is_standard_phrase(phrase), "{phrase}");
        }
    }
}
