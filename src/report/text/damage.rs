//! What the reader says in English about a record that does not hold, in German with the same numbers.

use crate::report::language::Language;
use crate::report::number::grouped;

/// Sentences of the reader and the same in German. `{}` stands for a number or a type, in the same order.
const KNOWN: [(&str, &str); 8] = [
    (
        "a block whose two lengths differ ({} and {})",
        "Die beiden Längenangaben eines Blocks stimmen nicht überein ({} und {})",
    ),
    ("a block of {} bytes (type {})", "Die Längenangabe eines Blocks stimmt nicht ({} Byte, Typ {})"),
    (
        "a record of {} bytes that holds {} bytes",
        "Die Längenangaben eines Pakets stimmen nicht ({} Byte, davon {} Byte aufgezeichnet)",
    ),
    (
        "a record of {} bytes, longer than {}",
        "Die Längenangabe eines Pakets stimmt nicht ({} Byte, höchstens {} sind möglich)",
    ),
    (
        "a packet of interface {} in a section with {} interfaces",
        "Ein Paket nennt Schnittstelle {}, die es im Abschnitt nicht gibt (Zahl der Schnittstellen dort: {})",
    ),
    ("a packet block too small for its packet", "Ein Paketblock ist zu klein für sein Paket"),
    (
        "a section header without byte-order magic",
        "Dem Kopf eines Abschnitts fehlt die Kennung der Byte-Reihenfolge",
    ),
    ("a section header cut short", "Der Kopf eines Abschnitts ist unvollständig"),
];

/// Nothing where the reader says something else.
pub(super) fn german(reason: &str) -> Option<String> {
    KNOWN.into_iter().find_map(|(english, german)| {
        let numbers = held(english, reason)?;
        let filled = numbers.iter().fold(german.to_owned(), |text, number| text.replacen("{}", number, 1));
        Some(grouped(&filled, Language::De))
    })
}

/// What stands in `text` for each `{}` of `pattern`: letters and digits.
fn held<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut numbers = Vec::new();
    for part in parts {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        numbers.push(number);
        rest = after.strip_prefix(part)?;
    }
    rest.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_keeps_its_numbers() {
        for (english, german) in KNOWN {
            assert_eq!(english.matches("{}").count(), german.matches("{}").count(), "{english}");
        }
        let told = german("a block whose two lengths differ (248 and 1249186871)");
        let expected = "Die beiden Längenangaben eines Blocks stimmen nicht überein (248 und 1.249.186.871)";
        assert_eq!(told.as_deref(), Some(expected));
        let told = german("a block of 12 bytes (type 0x0a0d0d0a)").unwrap();
        assert!(told.ends_with("(12 Byte, Typ 0x0a0d0d0a)"), "{told}");
        for other in
            ["a block", "a record of \u{1b}[2J bytes, longer than 9", "a record of 9 bytes, longer than 8x\n"]
        {
            assert_eq!(german(other), None);
        }
    }
}
