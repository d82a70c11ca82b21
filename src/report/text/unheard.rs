//! SIG-009 of requests whose answer is in the capture and helped nothing, in both languages.

use crate::report::language::Language::{self, De, En};
use crate::report::number::count;

/// Behind the others, where the answers are large.
pub(super) const LARGE: [&str; 2] = [
    " Die Antworten gehen in mehreren Fragmenten: Wahrscheinlich geht unterwegs je eines verloren.",
    " The answers go in several fragments: one of each probably gets lost on the way.",
];

/// Behind the sentence about requests, where their receiver lacks fragments of them.
pub(super) const LACKING: [&str; 2] = [
    " Jede Sendung geht in mehreren Fragmenten, und die Gegenseite meldet per ICMP, dass nicht alle ankamen: Unterwegs gehen \
     Fragmente verloren.",
    " Each sending goes in several fragments, and the other side says by ICMP that not all of them came: fragments get lost on the \
     way.",
];

/// Behind the number of pairs that were seen in both directions: of how many one direction only says that it takes
/// nothing.
pub(crate) fn refused_pairs(pairs: u64, language: Language) -> String {
    match (pairs, language) {
        (0, _) => String::new(),
        (some, De) => format!(", davon {} nur mit Ablehnung (ICMP)", count(some, De)),
        (some, En) => format!(", {} of them by refusals (ICMP) alone", count(some, En)),
    }
}

/// Of requests that were sent again although their answer is there.
pub(super) fn de(unheard: u64, all: u64) -> String {
    let which = match (unheard, all) {
        (1, 1) => "Ihre Antwort steht im Mitschnitt schon vor den Wiederholungen".to_owned(),
        (some, all) if some == all => {
            "Jede Antwort steht im Mitschnitt schon vor den Wiederholungen".to_owned()
        }
        (some, _) => {
            format!(
                "Bei {} davon steht die Antwort im Mitschnitt schon vor den Wiederholungen",
                count(some, De)
            )
        }
    };
    format!("{which}: Sie kommt beim Fragenden nicht an, oder er nimmt sie nicht an.")
}

/// The same in English.
pub(super) fn en(unheard: u64, all: u64) -> String {
    let which = match (unheard, all) {
        (1, 1) => "Its answer is in the capture before it was repeated".to_owned(),
        (some, all) if some == all => {
            "Each answer is in the capture before the request was repeated".to_owned()
        }
        (some, _) => {
            format!("For {} of them the answer is in the capture before it was repeated", count(some, En))
        }
    };
    format!("{which}: it does not reach who asks, or is not accepted there.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_some_it_is_told_how_many() {
        assert!(
            de(1, 1).starts_with("Ihre Antwort steht im Mitschnitt schon vor den Wiederholungen: Sie kommt")
        );
        assert!(de(3, 3).starts_with("Jede Antwort"));
        assert!(de(2, 3).starts_with("Bei 2 davon steht"));
        assert!(en(2, 3).starts_with("For 2 of them"));
    }
}
