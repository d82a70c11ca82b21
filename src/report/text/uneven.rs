//! Takes how unevenly voice comes; says how far jitter rises and that its sender falls behind, in both languages. Judges nothing.

use super::voice::milliseconds;
use super::{of, quoted};
use crate::check::Unevenness;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, decimal};

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

/// That the time under way rises and falls, which jitter does not show.
pub(super) fn rises(
    (device, to): (&str, &str),
    times: u64,
    greatest: f64,
    (late, all): (u64, u64),
    jitter: f64,
    language: Language,
) -> String {
    let greatest = milliseconds(greatest, language);
    let jitter = decimal(jitter, 1, language);
    match language {
        De => format!(
            "Die Laufzeit der Sprache von {device} zu {to} schwankt langsam: {} stieg sie um mehr als 100\u{a0}ms und fiel wieder, {}; \
             dabei kamen {} Paketen um mehr als 100\u{a0}ms verspätet. \
             Der Jitter (höchstens {jitter}\u{a0}ms) zeigt das nicht, weil er nur aufeinander folgende Pakete vergleicht; ein üblicher \
             Jitterpuffer gleicht es nicht aus: Aussetzer oder wachsende Verzögerung sind möglich.",
            if times == 1 { "einmal".to_owned() } else { format!("{}-mal", count(times, De)) },
            if times == 1 { format!("um {greatest}") } else { format!("am stärksten um {greatest}") },
            of(late, all, "von", De)
        ),
        En => format!(
            "The time that voice from {device} to {to} is under way varies slowly: {} it rose by more than 100\u{a0}ms and fell again, by \
             {greatest}{}; {} packets came late by more than 100\u{a0}ms. Jitter ({jitter}\u{a0}ms at most) does not show that, because it compares neighbouring packets only; a usual jitter \
             buffer does not even it out: drop-outs or a growing delay are possible.",
            if times == 1 { "once".to_owned() } else { format!("{} times", count(times, En)) },
            if times == 1 { "" } else { " at most" },
            of(late, all, "of", En)
        ),
    }
}

/// What to do about it.
pub(super) fn level(language: Language) -> &'static str {
    language.either(
        "So füllt und leert sich der Sendepuffer vor einer ausgelasteten Leitung (Bufferbloat). Begrenzen Sie am Router oder Switch \
         davor die Last, und geben Sie der Sprache Vorrang; beim Internetanschluss in beiden Richtungen.",
        "This is how the queue before a busy line fills and empties (bufferbloat). Limit the load at the router or switch before it, and give \
         voice priority; of an Internet link in both directions.",
    )
}

/// What to do about uneven voice.
pub(super) fn even_out(how: Unevenness, own: bool, language: Language) -> &'static str {
    match (how, own, language) {
        (Unevenness::Rises { .. }, _, language) => level(language),
        (Unevenness::Everywhere { .. }, _, language) => look_at_tap(language),
        (Unevenness::Clock { .. }, _, De) => {
            "Am Netz ist dafür nichts zu ändern. Klingt das Gespräch abgehackt, prüfen Sie das sendende Gerät: Auslastung, \
             Audio-Treiber, virtueller Rechner."
        }
        (Unevenness::Clock { .. }, _, En) => {
            "Nothing in the network needs changing. If the call sounds choppy, check the sending device: load, audio driver, \
             virtual machine."
        }
        (Unevenness::Once { .. }, _, De) => {
            "Keine, solange es bei einem Mal bleibt. Häuft es sich, prüfen Sie, was zu diesen Zeiten geschieht: WLAN-Wechsel, \
             Video oder große Übertragungen auf derselben Strecke."
        }
        (Unevenness::Once { .. }, _, En) => {
            "None as long as it happens once. If it recurs, check what happens at those times: WLAN roaming, video or large \
             transfers on the same way."
        }
        (Unevenness::Often { .. }, true, De) => {
            "Prüfen Sie den sendenden Rechner: Auslastung, Audio-Treiber, Energiesparen, WLAN. Messen Sie zum Vergleich beim \
             Empfänger."
        }
        (Unevenness::Often { .. }, true, En) => {
            "Check the sending computer: load, audio driver, power saving, WLAN. Measure at the receiver for comparison."
        }
        (Unevenness::Often { .. }, false, De) => {
            "Priorisieren Sie Sprache am Engpass, und vermeiden Sie WLAN- oder Powerline-Strecken."
        }
        (Unevenness::Often { .. }, false, En) => {
            "Prioritise voice at the bottleneck, and avoid WLAN or powerline sections."
        }
    }
}

/// That all streams, in both directions, stall at the same moments.
pub(super) fn everywhere(
    (device, to): (&str, &str),
    streams: u64,
    times: u64,
    reached: &str,
    language: Language,
) -> String {
    let [streams, times] = [streams, times].map(|value| count(value, language));
    match language {
        De => format!(
            "Die Sprache von {device} zu {to} stockt {times}-mal und kommt danach auf einmal; der Jitter erreicht {reached}. Alle {streams} Sprechwege, \
             die gerade liefen, stocken dabei im selben Augenblick, in beiden Richtungen, auch zwischen anderen Geräten: So verzögert kein Netz. \
             Wahrscheinlich hat der mitschneidende Rechner die Pakete verspätet gestempelt."
        ),
        En => format!(
            "The voice from {device} to {to} stalls {times} times and then comes at once; its jitter reaches {reached}. All {streams} streams that \
             were going on stall at the same moment, in both directions, between other devices too: no network delays like that. Most \
             likely the capturing computer stamped the packets late."
        ),
    }
}

/// What to do about it.
fn look_at_tap(language: Language) -> &'static str {
    language.either(
        "Am Netz ist dafür nichts zu ändern. Messen Sie mit einem Rechner, der nicht ausgelastet ist (Energiesparen aus, keine virtuelle \
         Maschine, Netzwerkkarte statt USB-Adapter), und prüfen Sie den Spiegelport.",
        "Nothing in the network needs changing. Capture with a computer that is not busy (no power saving, no virtual machine, a network card \
         rather than a USB adapter), and check the mirror port.",
    )
}

/// That timestamps run at another rate than that of the codec.
pub(super) fn wrong_clock(
    (device, to): (&str, &str),
    (runs, due): (u32, u32),
    agreed: u32,
    codec: Option<&str>,
    language: Language,
) -> String {
    let codec = codec.map_or_else(String::new, |name| match language {
        De => format!(" für {}", quoted(name)),
        En => format!(" for {}", quoted(name)),
    });
    match language {
        De => format!(
            "{device} sendet zu {to} alle {agreed}\u{a0}ms ein Paket, wie vereinbart, doch dessen Zeitstempel zählen mit {runs}\u{a0}Hz; \
             festgelegt sind{codec} {due}\u{a0}Hz (RFC 3551). Manche Empfänger geben solche Sprache verzerrt oder mit Aussetzern wieder."
        ),
        En => format!(
            "{device} sends a packet to {to} every {agreed}\u{a0}ms, as agreed, but its timestamps count at {runs}\u{a0}Hz; RFC 3551 has{codec} \
             {due}\u{a0}Hz. Some receivers play such voice distorted or with drop-outs."
        ),
    }
}

/// What to do about it.
pub(super) fn set_clock(language: Language) -> &'static str {
    language.either(
        "Aktualisieren Sie die Firmware des Gerätes, das sendet, oder nehmen Sie dort einen anderen Codec (etwa G.711).",
        "Update the firmware of the device that sends, or choose another codec there (G.711, say).",
    )
}
