//! Takes status codes of SIP, gives them with the phrase of the RFC that names them; never the phrase of a packet.

use crate::observe::message::sip::{PHRASES, standard_phrase};

/// `486 Busy Here`; the number alone where none of RFC 3261, 3262, 3265, 4028, 6665 names it.
pub(crate) fn sip_status(status: u16) -> String {
    standard_phrase(status).map_or_else(|| status.to_string(), |phrase| format!("{status} {phrase}"))
}

/// `486 (Busy Here)`: a status explained, which does not claim that the phrase was sent.
pub(super) fn in_words(status: u16) -> String {
    standard_phrase(status).map_or_else(|| status.to_string(), |phrase| format!("{status} ({phrase})"))
}

/// Whether a reason phrase or the text of a cause holds no word but those of the standards, so that it can name nobody. Empty: it
/// says nothing.
pub(crate) fn is_standard_phrase(phrase: &str) -> bool {
    let standard = || PHRASES.iter().map(|(_, phrase)| *phrase).chain(super::cause::standard_words());
    let words = |text: &'static str| text.split(|c: char| !c.is_alphanumeric());
    let is_known = |word: &str| standard().flat_map(words).any(|known| known.eq_ignore_ascii_case(word));
    phrase.split([' ', '_', '-', ',', '.', '(', ')', '/']).all(|word| word.is_empty() || is_known(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_its_name_or_stands_alone() {
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
