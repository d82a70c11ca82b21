//! Takes how unevenly voice comes; says how far jitter rises and that its sender falls behind, in both languages. Judges nothing.

use super::voice::milliseconds;
use crate::check::Unevenness;
use crate::report::language::Language::{self, De, En};
use crate::report::number::decimal;

/// Greatest and mean jitter in ms.
pub(super) fn reached(jitter: f64, mean: f64, how: &Unevenness, language: Language) -> String {
    let [jitter, mean] = [jitter, mean].map(|value| format!("{}\u{a0}ms", decimal(value, 1, language)));
    // The pause behind it is not among those that are told.
    let is_excused = matches!(how, Unevenness::Often { is_peak_excused: true, .. });
    match (is_excused, language) {
        (false, De) => format!("{jitter}, im Mittel {mean}"),
        (false, En) => format!("{jitter} ({mean} on average)"),
        (true, De) => format!("{jitter} (an einer Stelle, die unten nicht mitgezählt ist), im Mittel {mean}"),
        (true, En) => format!("{jitter} (at a place that is not counted below; {mean} on average)"),
    }
}

/// That the sender falls behind its own timestamps, as a sentence behind others.
pub(super) fn behind(how: &Unevenness, language: Language) -> String {
    let Unevenness::Often { behind: Some((spoken, passed)), .. } = how else { return String::new() };
    let [spoken, passed] = [spoken, passed].map(|value| milliseconds(*value, language));
    match language {
        De => format!(
            " Im Ganzen kam in {passed} Sprache für nur {spoken}, ohne dass Pakete fehlen: Der Absender hält immer wieder an."
        ),
        En => format!(
            " In all, voice for only {spoken} came in {passed} although no packets are missing: the sender stops again and again."
        ),
    }
}
