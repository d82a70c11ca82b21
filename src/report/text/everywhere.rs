//! That all streams lack packets at the same moments (RTP-003), and what to look at then, in both languages.

use crate::report::language::Language::{self, De, En};
use crate::report::number::count;

/// As a sentence behind others; empty where it is not so.
pub(super) fn told(streams: u64, language: Language) -> String {
    match (streams, language) {
        (0, _) => String::new(),
        (all, De) => format!(
            " Alle {} Sprechwege, die gerade liefen, haben diese Lücken zur selben Zeit: Sie haben eine gemeinsame Ursache.",
            count(all, De)
        ),
        (all, En) => format!(
            " All {} streams that were going on have these gaps at the same time: they have one cause.",
            count(all, En)
        ),
    }
}

/// What to do.
pub(super) fn action(language: Language) -> &'static str {
    match language {
        De => {
            "Prüfen Sie, was alle Sprechwege gemeinsam haben: den Anschluss der Anlage (Kabel, Switch-Port), den Spiegelport und den \
             mitschneidenden Rechner. Die einzelnen Telefone sind nicht die Ursache."
        }
        En => {
            "Check what all streams have in common: the PBX's port (cable, switch), the mirror port and the capturing computer. The single \
             telephones are not the cause."
        }
    }
}
