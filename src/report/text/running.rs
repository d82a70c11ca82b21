//! Words about a capture that is made from interfaces while it is judged, where those of a file would be wrong.

use super::words::Noun;
use crate::report::language::Language;

/// Words of a live capture. `{}` stands for a time.
#[derive(Debug)]
pub(crate) struct RunWords {
    /// In place of the file.
    pub(crate) interface: Noun,
    /// In place of the capture that was read.
    pub(crate) run: &'static str,
    /// The capture goes on; the time is that of the latest packet.
    pub(crate) interim: &'static str,
    /// Where no packet has come yet.
    pub(crate) interim_unknown: &'static str,
    /// Before that, as a fact.
    pub(crate) state: &'static str,
    /// A finding holds since then.
    pub(crate) holds: fn(&str) -> String,
    /// It came then, and its cause is gone since then.
    pub(crate) cleared: fn(&str, &str) -> String,
    /// The same in a word.
    pub(crate) is_cleared: &'static str,
    /// Nothing was told yet of packets that the kernel dropped.
    pub(crate) drops_unknown: &'static str,
    /// What could not be recorded, as a fact.
    pub(crate) recording: &'static str,
    /// The same; `{}` stands for the file and the system's words.
    pub(crate) not_written: &'static str,
}

pub(crate) fn run_words(language: Language) -> &'static RunWords {
    match language {
        Language::De => &DE,
        Language::En => &EN,
    }
}

const DE: RunWords = RunWords {
    interface: Noun { one: "Schnittstelle", many: "Schnittstellen" },
    run: "Live-Messung",
    interim: "Zwischenstand, letztes Paket {}: Die Messung läuft weiter.",
    interim_unknown: "Zwischenstand, noch kein Paket: Die Messung läuft weiter.",
    state: "Stand",
    holds: |since| format!("aufgetreten {since}, besteht"),
    cleared: |since, cleared| format!("erledigt seit {cleared}; aufgetreten {since}"),
    is_cleared: "erledigt",
    drops_unknown: "noch keine Angabe",
    recording: "Aufzeichnung",
    not_written: "unvollständig: {}",
};

const EN: RunWords = RunWords {
    interface: Noun { one: "Interface", many: "Interfaces" },
    run: "Live capture",
    interim: "Interim state, latest packet {}: the capture goes on.",
    interim_unknown: "Interim state, no packet yet: the capture goes on.",
    state: "State",
    holds: |since| format!("came {since}, still there"),
    cleared: |since, cleared| format!("cleared {cleared}; came {since}"),
    is_cleared: "cleared",
    drops_unknown: "not told yet",
    recording: "Recording",
    not_written: "incomplete: {}",
};
