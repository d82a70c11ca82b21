//! Takes how often one question of ARP came and in what time; gives the line that tells it with what the capture is like, in both
//! languages. Shows texts as they are given, and does not judge what is a storm.

use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, duration, share};

/// What the line tells of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StormLine<'a> {
    pub(crate) asker: &'a str,
    pub(crate) target: &'a str,
    pub(crate) requests: u64,
    /// Nanoseconds.
    pub(crate) length: i64,
    /// All frames that were read.
    pub(crate) frames: u64,
    /// Which packet is the first, where that can be told.
    pub(crate) place: Option<&'a str>,
}

/// The whole line.
pub(crate) fn storm_line(storm: StormLine<'_>, language: Language) -> String {
    let StormLine { asker, target, requests, length, frames, place } = storm;
    let (times, length) = (count(requests, language), duration(length, language));
    let part = share(requests, frames, language);
    match language {
        De => format!(
            "{times}-mal in {length} fragt {asker} per ARP nach {target}{}; das sind {part} aller Pakete. So schnell fragt kein Gerät: \
             Vermutlich kreisen Pakete in einer Schleife (doppelt gestecktes Kabel, STP aus), oder {asker} ist gestört.",
            place.map_or_else(String::new, |place| format!(" (ab Paket {place})")),
        ),
        En => format!(
            "{times} times within {length} {asker} asks by ARP for {target}{}; that is {part} of all packets. No device asks so fast: \
             packets probably go round a loop (a cable plugged in twice, STP off), or {asker} is out of order.",
            place.map_or_else(String::new, |place| format!(" (from packet {place} on)")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_told_with_who_asks_for_whom_and_how_much_of_all_it_is() {
        let told = |language| {
            let storm = StormLine {
                asker: "A",
                target: "B",
                requests: 6_000,
                length: 6_000_000_000,
                frames: 8_000,
                place: Some("12"),
            };
            storm_line(storm, language).replace('\u{a0}', " ")
        };
        assert!(
            told(De).starts_with("6000-mal in 6,0 s fragt A per ARP nach B (ab Paket 12); das sind 75"),
            "{}",
            told(De)
        );
        assert!(
            told(En).contains("times within 6.0 s A asks by ARP for B (from packet 12 on)"),
            "{}",
            told(En)
        );
    }
}
