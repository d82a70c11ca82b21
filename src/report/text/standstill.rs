//! Takes how the direction back fared while voice was interrupted; says what that leaves as cause, in both languages. Judges
//! nothing.

use crate::check::{Back, Heard, Interrupted};
use crate::report::language::Language::{self, De, En};

/// What the packets of the sender alone say, where the capture was made on it.
pub(super) fn captured_there(
    interrupted: Option<Interrupted>,
    heard: Heard,
    language: Language,
) -> &'static str {
    let both = interrupted.is_some_and(|told| told.back != Back::Untold);
    match (both, language) {
        (false, De) if heard != Heard::Unknown => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden: Dann hat es die \
             Pakete nicht gesendet."
        }
        (false, En) if heard != Heard::Unknown => {
            " The capture holds only what this device sends or receives, so it was probably made there: then the device did not \
             send the packets."
        }
        (false, De) => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden: Dann hat es die \
             Pakete nicht gesendet, oder der Mitschnitt hat sie verpasst."
        }
        (false, En) => {
            " The capture holds only what this device sends or receives, so it was probably made there: then the device did not \
             send the packets, or the capture missed them."
        }
        (true, De) => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden."
        }
        (true, En) => {
            " The capture holds only what this device sends or receives, so it was probably made there."
        }
    }
}

/// What to do where the capture was made on the sender, which did not send.
pub(super) fn look_at_sender(interrupted: bool, heard: Heard, language: Language) -> &'static str {
    match (interrupted, heard, language) {
        (true, Heard::Lost(_), De) => {
            "Prüfen Sie, was dieses Gerät in dieser Zeit tat: Eine Anlage hält die Sprache an, während sie Tasten abfängt, \
             vermittelt oder eine Ansage einspielt. Sonst prüfen Sie seine Auslastung."
        }
        (true, Heard::Lost(_), En) => {
            "Check what this device did at that time: a PBX holds the voice back while it intercepts keys, transfers, or plays an \
             announcement. Otherwise check its load."
        }
        (.., De) => {
            "Prüfen Sie die Auslastung dieses Rechners, und messen Sie am Switch (Spiegelport): Dort zeigt sich, was er sendet."
        }
        (.., En) => {
            "Check the load of this computer, and measure at the switch (mirror port): there it shows what it sends."
        }
    }
}

/// That the other direction was interrupted as well; empty where that is not known.
pub(super) fn both_ways(interrupted: Interrupted, heard: Heard, language: Language) -> &'static str {
    match (interrupted.back, heard, language) {
        (Back::Untold, ..) => "",
        (Back::MissingAlone, _, De) => {
            " Zur selben Zeit fehlt auch die Gegenrichtung, während andere Sprache weiterlief: Die Verbindung zwischen beiden war \
             unterbrochen."
        }
        (Back::MissingAlone, _, En) => {
            " At the same time the other direction is missing as well, while other voice went on: the connection between the two \
             was interrupted."
        }
        (Back::Missing, Heard::Lost(_), De) => " Zur selben Zeit fehlt auch die Gegenrichtung.",
        (Back::Missing, Heard::Lost(_), En) => " At the same time the other direction is missing as well.",
        (Back::Missing, _, De) => {
            " Zur selben Zeit fehlt auch die Gegenrichtung: Die Verbindung zwischen beiden war unterbrochen, oder der Mitschnitt hat \
             ausgesetzt."
        }
        (Back::Missing, _, En) => {
            " At the same time the other direction is missing as well: the connection between the two was interrupted, or the \
             capture paused."
        }
    }
}
