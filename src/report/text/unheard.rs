//! SIG-009 of requests whose answer is in the capture and helped nothing, in both languages.

use crate::report::language::Language::{De, En};
use crate::report::number::count;

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
