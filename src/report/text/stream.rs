//! What is remarked at a stream, beside its figures.

use jiff::tz::TimeZone;

use crate::capture::Timestamp;
use crate::observe::media::Rests;
use crate::observe::{Spells, Together};
use crate::report::language::Language;
use crate::report::number::{NO_BREAK_SPACE, count, duration, time_of_day};

/// So few packets out of order are not worth a word.
const LEAST_REORDERED: u64 = 10;

/// Where voice does not last as long as its call.
pub(crate) fn spells(spells: Spells, language: Language) -> impl Iterator<Item = String> {
    let tell = |time: Option<i64>, de: fn(&str) -> String, en: fn(&str) -> String| {
        let time = duration(time?, language);
        Some(if language == Language::De { de(&time) } else { en(&time) })
    };
    let told = [
        tell(
            spells.late,
            |time| format!("erste Sprache {time} nach der Annahme"),
            |time| format!("first voice {time} after the answer"),
        ),
        tell(
            spells.stopped,
            |time| format!("in den letzten {time} nichts mehr"),
            |time| format!("nothing in the last {time}"),
        ),
        tell(
            spells.over,
            |time| format!("noch {time} nach dem Ende"),
            |time| format!("{time} longer than the call"),
        ),
    ];
    told.into_iter().flatten().chain(spells.rests.map(|with| rests(with, language)))
}

/// That a sender sent nothing for a while, and nothing of it is missing.
fn rests(rests: Rests, language: Language) -> String {
    let (times, longest) = (count(rests.times, language), duration(rests.longest, language));
    let least = duration(Rests::LEAST, language);
    match (rests.times, language) {
        (1, Language::De) => format!("{longest} lang nichts gesendet (kein Verlust: Nummern ohne Lücke)"),
        (1, Language::En) => format!("sent nothing for {longest} (no loss: numbers without a gap)"),
        (_, Language::De) => {
            format!(
                "{times}-mal mindestens {least} nichts gesendet und nichts nachgeholt, am längsten {longest} (kein Verlust: Nummern ohne Lücke)"
            )
        }
        (_, Language::En) => {
            format!(
                "{times} times sent nothing for at least {least}, {longest} at most, and made up for none of it (no loss: numbers without a gap)"
            )
        }
    }
}

/// `PCMA, ab 10:15:02 G722`: codecs that followed each other, with the time of the first packet of each. Nothing of one alone.
pub(crate) fn codecs_in_turn(
    codecs: &[(Timestamp, &str)],
    zone: &TimeZone,
    language: Language,
) -> Option<String> {
    let ((_, first), others) = codecs.split_first().filter(|(_, others)| !others.is_empty())?;
    let others = others.iter().map(|(since, name)| {
        let from = if language == Language::De { "ab" } else { "from" };
        format!(", {from} {} {name}", time_of_day(*since, zone))
    });
    Some(std::iter::once((*first).to_owned()).chain(others).collect())
}

/// How many packets came behind later ones, where that is 1 % or more.
pub(crate) fn reordered(reordered: u64, packets: u64, language: Language) -> Option<String> {
    let is_much = reordered >= LEAST_REORDERED && reordered.saturating_mul(100) >= packets;
    let word = if language == Language::De { "vertauscht" } else { "out of order" };
    is_much.then(|| format!("{}{NO_BREAK_SPACE}{word}", count(reordered, language)))
}

/// How many numbers the sender left out, which Wireshark counts as lost.
pub(crate) fn skipped(skipped: u64, language: Language) -> Option<String> {
    let word = match (skipped, language) {
        (1, Language::De) => "Nummer ausgelassen",
        (_, Language::De) => "Nummern ausgelassen",
        (1, Language::En) => "number skipped",
        (_, Language::En) => "numbers skipped",
    };
    (skipped > 0).then(|| format!("{}{NO_BREAK_SPACE}{word}", count(skipped, language)))
}

/// That voice of another sender reaches the same port.
pub(crate) fn together(with: Together, language: Language) -> String {
    heard_with(&with.source.ip().to_string(), with.length, language)
}

/// The same, with the address of the other sender as text and for how long (ns) both come.
pub(crate) fn heard_with(source: &str, length: i64, language: Language) -> String {
    let length = duration(length, language);
    match language {
        Language::De => format!(
            "{length} lang zugleich mit Sprache von {source} am selben Port: womöglich ist beides zu hören"
        ),
        Language::En => {
            format!("{length} at the same time as voice from {source} to the same port: both may be heard")
        }
    }
}

/// For how long (ns) it paused at new offers.
pub(crate) fn pause(length: i64, language: Language) -> String {
    format!("Pause{NO_BREAK_SPACE}{}", duration(length, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_numbers_are_remarked_where_there_are_any() {
        let told = |numbers| (skipped(numbers, Language::De), skipped(numbers, Language::En));
        assert_eq!(told(0), (None, None));
        let one = ("1\u{a0}Nummer ausgelassen".to_owned(), "1\u{a0}number skipped".to_owned());
        assert_eq!(told(1), (Some(one.0), Some(one.1)));
        assert_eq!(told(25).0.as_deref(), Some("25\u{a0}Nummern ausgelassen"));
    }
}
