//! What the times of a capture have (CAP-006), in both languages.

use jiff::tz::TimeZone;

use super::Context;
use crate::capture::Timestamp;
use crate::check::Detail;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, decimal, duration, moment};

/// A better title than that of the code, where there is one.
pub(super) fn title(detail: &Detail, language: Language) -> Option<&'static str> {
    match detail {
        Detail::Cap006 { apart: Some(_), .. } => {
            Some(language.either("Uhren der Mitschnitte gehen auseinander", "Clocks of the captures differ"))
        }
        Detail::Cap006 { stray: Some(_), .. } => {
            Some(language.either("Ein Paket trägt eine falsche Zeit", "A packet has a false time"))
        }
        _ => None,
    }
}

/// What was seen.
pub(super) fn detail(detail: &Detail, context: &Context<'_>, language: Language) -> String {
    let Detail::Cap006 { steps, largest, returns, forward, stray, apart } = detail else {
        return String::new();
    };
    if let Some(apart) = apart {
        let by = decimal(apart.by as f64 / 1e9, 2, language);
        return match language {
            De => format!(
                "Dieselben Pakete stehen zweimal im Mitschnitt, das zweite Mal {by}\u{a0}s später: Wahrscheinlich wurden Mitschnitte \
                 zusammengefügt, deren Uhren um so viel voneinander abweichen. Was verloren ging, wie lange es dauerte und was vorher \
                 war, zeigt er so nicht."
            ),
            En => format!(
                "The same packets are in the capture twice, the second time {by}\u{a0}s later: captures were probably merged whose clocks \
                 differ by as much. What got lost, how long it took and what came first it cannot show that way."
            ),
        };
    }
    let leap = duration((*largest).max(*forward), language);
    if let Some(stray) = stray {
        let line = stray_line(context.packet(stray.frame).as_deref(), stray.time, context.zone, language);
        return match language {
            De => format!(
                "{line} Die Pakete davor und danach folgen einander in weniger als einer Sekunde. Jitter und Zeitabstände sind \
                 deshalb nicht beurteilt."
            ),
            En => format!(
                "{line} The packets before and after follow each other within a second. Jitter and intervals are therefore not \
                 judged."
            ),
        };
    }
    // The clock of an interface is compared with itself alone, and records of others may stand between.
    let of_several = context.audit.captures.iter().any(|capture| capture.interfaces.len() > 1);
    match (language, *forward > 0) {
        (De, true) => format!(
            "Die Uhr des Mitschnitts springt um {leap} vor: Alle Sprechwege laufen darüber ohne Lücke weiter. Pausen darüber hinweg \
             sind zu lang angegeben und werden nicht beurteilt; die Dauer von Gesprächen, in denen das geschah, ist nicht bekannt."
        ),
        (En, true) => format!(
            "The clock of the capture leaps forward by {leap}: all streams go on across it without a gap. Pauses across it are too \
             long here and are not judged; how long calls were during which that happened is not known."
        ),
        (De, false) => format!(
            "Die Zeitstempel springen {}{} {leap} zurück{} Jitter und Zeitabstände sind deshalb nicht beurteilt.",
            match (of_several, *steps) {
                (false, _) => "",
                (true, 1) => "auf einer Schnittstelle ",
                (true, _) => "auf einzelnen Schnittstellen ",
            },
            if *steps == 1 { "einmal um".to_owned() } else { format!("{}-mal um bis zu", count(*steps, De)) },
            match (returns, of_several) {
                (true, _) => " und danach wieder vor: Die Datei ist wohl nicht nach der Zeit sortiert.",
                (false, false) =>
                    " und kommen nicht wieder: Die Uhr wurde gestellt, oder Mitschnitte hängen in falscher Folge aneinander. Zeiträume, die über den Sprung reichen, stimmen nicht.",
                (false, true) =>
                    ": Die Uhr wurde gestellt, oder Mitschnitte hängen in falscher Folge aneinander. Zeiträume, die über den Sprung reichen, stimmen nicht.",
            }
        ),
        (En, false) => format!(
            "The time stamps {}jump back {} {leap}{} Jitter and intervals are therefore not judged.",
            match (of_several, *steps) {
                (false, _) => "",
                (true, 1) => "of an interface ",
                (true, _) => "of single interfaces ",
            },
            if *steps == 1 { "once by".to_owned() } else { format!("{} times by up to", count(*steps, En)) },
            match (returns, of_several) {
                (true, _) => " and forward again: the file is probably not sorted by time.",
                (false, false) =>
                    " and do not return: the clock was set, or captures were joined in the wrong order. Periods across the jump are wrong.",
                (false, true) =>
                    ": the clock was set, or captures were joined in the wrong order. Periods across the jump are wrong.",
            }
        ),
    }
}

/// What to do.
pub(super) fn action(detail: &Detail, language: Language) -> &'static str {
    match detail {
        Detail::Cap006 { apart: Some(_), .. } => language.either(
            "Verschieben Sie vor dem Zusammenfügen die Zeiten eines der Mitschnitte um die Abweichung (editcap -t, mit Minus bei dem, \
             dessen Uhr vorgeht), oder werten Sie die Mitschnitte einzeln aus.",
            "Before merging, shift the times of one of the captures by the difference (editcap -t, with a minus where the clock is \
             ahead), or evaluate the captures one by one.",
        ),
        Detail::Cap006 { stray: Some(_), .. } => language.either(
            "Keine Maßnahme nötig. Soll auch der Jitter beurteilt werden, nehmen Sie das Paket aus der Datei (editcap).",
            "Nothing to do. For jitter to be judged as well, take the packet out of the file (editcap).",
        ),
        Detail::Cap006 { forward: 1.., .. } => language.either(
            "Schneiden Sie an einem Gerät mit, dessen Uhr während der Messung nicht gestellt wird.",
            "Capture on a machine whose clock is not set during the measurement.",
        ),
        Detail::Cap006 { returns: false, .. } => language.either(
            "Wurde die Uhr gestellt, sortieren Sie die Datei nicht: Pakete vor und nach dem Sprung gerieten durcheinander. Schneiden \
             Sie noch einmal mit, an einem Gerät, dessen Uhr niemand stellt. Ist die Datei aus mehreren Mitschnitten zusammengesetzt, \
             übergeben Sie diese einzeln.",
            "Where the clock was set, do not sort the file: packets before and behind the jump would be mixed up. Capture again on a machine whose clock \
             nobody sets. If the file was put together from several captures, give these one by one.",
        ),
        _ => language.either(
            "Sortieren Sie die Datei nach der Zeit (reordercap). Hilft das nicht, schneiden Sie noch einmal an einem Gerät \
             mit stabiler Uhr mit.",
            "Sort the file by time (reordercap). If that does not help, capture again on a machine with a stable clock.",
        ),
    }
}

/// Which packet has a false time, and that the period does without it.
/// `packet`: where it stands, if that can be told.
pub(crate) fn stray_line(
    packet: Option<&str>,
    time: Timestamp,
    zone: &TimeZone,
    language: Language,
) -> String {
    let time = moment(time, zone, language);
    match (language, packet) {
        (De, Some(packet)) => {
            format!("Paket {packet} trägt eine falsche Zeit ({time}) und ist aus dem Zeitraum ausgenommen.")
        }
        (De, None) => {
            format!("Ein Paket trägt eine falsche Zeit ({time}) und ist aus dem Zeitraum ausgenommen.")
        }
        (En, Some(packet)) => {
            format!("Packet {packet} has a false time ({time}) and is left out of the period.")
        }
        (En, None) => format!("A packet has a false time ({time}) and is left out of the period."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;
    use crate::observe::{ClocksApart, Stray};
    use crate::report::fixture::{empty_audit, names};

    /// Title, what was seen and what to do.
    fn told(told: &Detail, interfaces: usize) -> String {
        let mut audit = empty_audit();
        let mut capture = crate::report::fixture::capture("a.pcapng", crate::capture::Ended::Complete);
        capture.interfaces = vec![capture.interfaces[0].clone(); interfaces];
        audit.captures = vec![capture];
        let (names, zone) = (names(De), TimeZone::UTC);
        let context = Context { audit: &audit, names: &names, zone: &zone };
        [title(told, De).unwrap_or_default(), &detail(told, &context, De), action(told, De)].join("|")
    }

    const DAY: i64 = 86_400_000_000_000;

    fn back(steps: u64, stray: Option<Stray>) -> Detail {
        Detail::Cap006 { steps, largest: DAY, returns: false, forward: 0, stray, apart: None }
    }

    #[test]
    fn a_packet_with_a_false_time_is_no_clock_that_was_set() {
        let time = Timestamp(2_894_531_997_000_000_000);
        let text = told(&back(1, Some(Stray { frame: Frame::new(0, 2), time })), 1);
        assert!(
            text.starts_with("Ein Paket trägt eine falsche Zeit|Paket 2 trägt eine falsche Zeit ("),
            "{text}"
        );
        assert!(text.contains("2061"), "{text}");
        assert!(["gestellt", "sortier", "reordercap"].iter().all(|word| !text.contains(word)), "{text}");
    }

    #[test]
    fn clocks_that_differ_are_told_with_by_how_much() {
        let apart = ClocksApart { by: 5_004_000_000, pair: [Frame::new(0, 1), Frame::new(0, 7)] };
        let differ = Detail::Cap006 {
            steps: 0,
            largest: 0,
            returns: false,
            forward: 0,
            stray: None,
            apart: Some(apart),
        };
        let text = told(&differ, 1);
        assert!(text.contains("das zweite Mal 5,00\u{a0}s später") && text.contains("editcap -t"), "{text}");
        assert!(!text.contains("springen") && !text.contains("reordercap"), "{text}");
    }

    #[test]
    fn where_other_interfaces_stand_between_nothing_is_said_of_the_whole_file() {
        let text = told(&back(1, None), 1);
        assert!(
            text.contains("springen einmal um 1\u{a0}Tag") && text.contains("kommen nicht wieder"),
            "{text}"
        );
        let text = told(&back(1, None), 4);
        assert!(text.contains("springen auf einer Schnittstelle einmal um"), "{text}");
        assert!(!text.contains("kommen nicht wieder"), "{text}");
        assert!(told(&back(2, None), 4).contains("springen auf einzelnen Schnittstellen 2-mal um bis zu"));
    }

    #[test]
    fn no_packet_for_long_is_named_only_where_time_goes_on() {
        for (language, words) in [(De, "lange kein Paket"), (En, "no packet came for long")] {
            let why = crate::report::text::words(language).notes.why_time_gap;
            for across in [false, true] {
                assert!(why(across, true).contains(words) && !why(across, false).contains(words));
            }
        }
    }
}
