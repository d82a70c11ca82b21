//! Takes who from the Internet asked whom unasked; gives the hint that a router lets it in, in both languages. Judges nothing.

use std::collections::BTreeSet;

use super::List;
use crate::report::language::Language;

/// Ways that the hint names.
const NAMED: usize = 5;

/// The hint, nothing where nobody came: stranger, whom he asked, and where (`TCP 443`).
pub(crate) fn unsolicited(
    ways: impl IntoIterator<Item = (String, String, String)>,
    language: Language,
) -> Option<String> {
    let ways: BTreeSet<(String, String, String)> = ways.into_iter().collect();
    let to = language.either("an", "to");
    let shown: Vec<String> = ways
        .iter()
        .take(NAMED)
        .map(|(from, target, service)| format!("{from} {to} {target} ({service})"))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let list = List { shown, more: ways.len().saturating_sub(NAMED) };
    Some(match language {
        Language::De => format!(
            "Aus dem Internet kommen Pakete, nach denen hier niemand gefragt hat: {}. Solange darauf niemand eingeht, ist das kein \
             Befund. Der Router leitet sie aber bis hierher weiter: Prüfen Sie, ob diese Weiterleitung gebraucht wird.",
            list.join("und", "weitere")
        ),
        Language::En => format!(
            "From the Internet come packets that nobody here asked for: {}. As long as nobody responds to them this is no \
             finding. But the router forwards them to this place: check whether this forwarding is needed.",
            list.join("and", "more")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_is_named_once_and_no_more_than_a_few() {
        let way = |port: u16| ("198.51.100.77".to_owned(), "192.168.10.2".to_owned(), format!("TCP {port}"));
        assert_eq!(unsolicited([], Language::De), None);
        let text = unsolicited([way(443), way(443)], Language::De).unwrap();
        assert!(text.contains("hat: 198.51.100.77 an 192.168.10.2 (TCP 443). "), "{text}");
        let many = unsolicited((1..=7).map(way), Language::En).unwrap();
        assert_eq!(many.matches("(TCP ").count(), NAMED, "{many}");
        assert!(many.contains("2 more"), "{many}");
    }
}
