//! What is wrong with malformed SIP messages, in both languages, by the names that JSON has for it.

use crate::report::language::Language;
use crate::report::number::count;

/// Kinds that are named; what is wrong most often says most.
const NAMED: usize = 4;

/// `12 (Content-Length 9, Via 3)`. Kinds without words are everyday and not told.
pub(crate) fn malformed<'a>(
    messages: u64,
    kinds: impl Iterator<Item = (&'a str, u64)>,
    language: Language,
) -> String {
    let mut told: Vec<(&str, u64)> =
        kinds.filter_map(|(kind, times)| Some((name(kind, language)?, times))).collect();
    told.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let more = if told.len() > NAMED { ", …" } else { "" };
    let kinds: Vec<String> = told
        .iter()
        .take(NAMED)
        .map(|(kind, times)| format!("{kind}\u{a0}{}", count(*times, language)))
        .collect();
    let messages = count(messages, language);
    if kinds.is_empty() { messages } else { format!("{messages} ({}{more})", kinds.join(", ")) }
}

fn name(kind: &str, language: Language) -> Option<&'static str> {
    let (de, en) = match kind {
        "start-line" => ("Startzeile", "start line"),
        "version" => ("Version", "version"),
        "status" => ("Statuscode", "status code"),
        "header-line" => ("Headerzeile", "header line"),
        "no-blank-line" => ("Header ohne Ende", "headers without end"),
        "missing-header" => ("Pflicht-Header fehlt", "mandatory header missing"),
        "duplicate" => ("Header doppelt", "header twice"),
        "address" => ("Adresse", "address"),
        "via" => ("Via", "Via"),
        "cseq" => ("CSeq", "CSeq"),
        "expires" => ("Expires", "Expires"),
        "content-length" => ("Content-Length", "Content-Length"),
        _ => return None,
    };
    Some(language.either(de, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::message::sip::Defect;

    #[test]
    fn all_but_the_everyday_has_a_name() {
        for defect in Defect::ALL {
            for language in [Language::De, Language::En] {
                assert_eq!(name(defect.name(), language).is_none(), defect.is_everyday(), "{defect}");
            }
        }
    }

    #[test]
    fn the_most_frequent_comes_first() {
        let told = |kinds: &[(&'static str, u64)]| malformed(9, kinds.iter().copied(), Language::De);
        assert_eq!(
            told(&[("via", 2), ("content-length", 7), ("not-utf-8", 8)]),
            "9 (Content-Length\u{a0}7, Via\u{a0}2)"
        );
        let many = [("via", 1), ("cseq", 2), ("status", 3), ("version", 4), ("expires", 5)];
        assert!(told(&many).ends_with("CSeq\u{a0}2, …)"), "{}", told(&many));
        assert_eq!(told(&[]), "9");
    }
}
