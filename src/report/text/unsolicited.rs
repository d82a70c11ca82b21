//! Takes who from the Internet asked whom unasked; gives the hint that a router lets it in, in both languages. Judges nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::List;
use crate::observe::is_public;
use crate::report::language::Language;

/// Ways that the hint names.
const NAMED: usize = 5;

/// Stranger, whom he asked, and where (`TCP`, 443). A flood has many.
pub(crate) type Way<'a> = (IpAddr, IpAddr, Cow<'a, str>, u16);

/// The hint, nothing where nobody came.
pub(crate) fn unsolicited<'a>(ways: impl IntoIterator<Item = Way<'a>>, language: Language) -> Option<String> {
    let ways: BTreeSet<Way<'_>> = ways.into_iter().collect();
    let to = language.either("an", "to");
    let shown: Vec<String> = ways
        .iter()
        .take(NAMED)
        .map(|(from, target, transport, port)| format!("{from} {to} {target} ({transport} {port})"))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let list = List { shown, more: ways.len().saturating_sub(NAMED) };
    let is_inside = ways.iter().any(|(_, target, ..)| !is_public(*target));
    let is_outside = ways.iter().any(|(_, target, ..)| is_public(*target));
    Some(match language {
        Language::De => format!(
            "Aus dem Internet kommen Pakete, nach denen hier niemand gefragt hat: {}. Solange darauf niemand eingeht, ist das kein \
             Befund.{}{}",
            list.join("und", "weitere"),
            if is_inside {
                " Der Router leitet sie aber bis hierher weiter: Prüfen Sie, ob diese Weiterleitung gebraucht wird."
            } else {
                ""
            },
            if is_outside {
                " Wer selbst eine öffentliche Adresse hat, bekommt sie ohne Weiterleitung: Prüfen Sie, ob hinter der \
                 Messstelle eine Firewall sie zurückhält."
            } else {
                ""
            }
        ),
        Language::En => format!(
            "From the Internet come packets that nobody here asked for: {}. As long as nobody responds to them this is no \
             finding.{}{}",
            list.join("and", "more"),
            if is_inside {
                " But the router forwards them to this place: check whether this forwarding is needed."
            } else {
                ""
            },
            if is_outside {
                " Who has a public address gets them without any forwarding: check whether a firewall behind the \
                 measuring point holds them back."
            } else {
                ""
            }
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_is_named_once_and_no_more_than_a_few() {
        let [stranger, host] = ["198.51.100.77", "192.168.10.2"].map(|address| address.parse().unwrap());
        let way = |port: u16| (stranger, host, Cow::from("TCP"), port);
        assert_eq!(unsolicited([], Language::De), None);
        let text = unsolicited([way(443), way(443)], Language::De).unwrap();
        assert!(text.contains("hat: 198.51.100.77 an 192.168.10.2 (TCP 443). "), "{text}");
        let is_forwarded = |text: &str| text.contains("Der Router leitet sie");
        assert!(is_forwarded(&text) && !text.contains("Firewall"), "{text}");
        let own = (stranger, "147.175.163.89".parse().unwrap(), Cow::from("TCP"), 443);
        let text = unsolicited([own], Language::De).unwrap();
        assert!(!is_forwarded(&text) && text.contains("ob hinter der Messstelle eine Firewall"), "{text}");
        let many = unsolicited((1..=7).map(way), Language::En).unwrap();
        assert_eq!(many.matches("(TCP ").count(), NAMED, "{many}");
        assert!(many.contains("2 more"), "{many}");
    }
}
