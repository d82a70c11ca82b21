//! How a finding tells that packets are missing in the capture, in both languages.

use super::of;
use crate::check::{Hop, LossSign};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration};

pub(super) fn de(sign: &LossSign) -> String {
    match sign {
        LossSign::Drops { packets, own } => {
            let verb = if *packets == 1 { "ging" } else { "gingen" };
            let lost =
                format!("Beim Mitschneiden {verb} {} verloren", counted(*packets, "Paket", "Pakete", De));
            let kernel = packets.saturating_sub(*own);
            match own {
                0 => format!("{lost}."),
                own => format!("{lost}: {} im Kernel, {} in pbxray.", count(kernel, De), count(*own, De)),
            }
        }
        LossSign::UnseenAcknowledged { connections, of: whole } => format!(
            "In {} TCP-Verbindungen werden Daten bestätigt, die im Mitschnitt fehlen.",
            of(*connections, *whole, "von", De)
        ),
        LossSign::Unseen { calls, of: whole } => format!(
            "In {} Gesprächen ist die Bestätigung der Annahme (ACK) nicht im Mitschnitt, obwohl die Annahme nicht wiederholt wurde und \
             das Gespräch weiterging: Es fehlen Pakete, die es gab.",
            of(*calls, *whole, "von", De)
        ),
        LossSign::Lapsed { times, longest, common } => format!(
            "{}. Alle Sprechwege fehlen so lange zugleich und gehen danach mit späteren Nummern weiter: Der Mitschnitt hat ausgesetzt{}. \
             Als Paketverlust ist das nicht gezählt.",
            match times {
                1 => format!("{} lang ist im Mitschnitt kein einziges Paket", duration(*longest, De)),
                many => format!(
                    "{}-mal ist im Mitschnitt kein einziges Paket, am längsten {} lang",
                    count(*many, De),
                    duration(*longest, De)
                ),
            },
            common.map_or_else(String::new, |host| format!(
                ", oder der Anschluss von {host} war so lange tot (alle Sprechwege beginnen oder enden dort)"
            ))
        ),
        LossSign::Thinned { packets, of: whole } => format!(
            "Der Mitschnitt ist ausgedünnt: Von den Sprachpaketen, die es nach ihren Nummern gab, sind nur {} da, und \
             diese kommen genau zu ihrer Zeit. So verliert ein Netz keine Pakete.",
            of(*packets, *whole, "von", De)
        ),
    }
}

pub(super) fn en(sign: &LossSign) -> String {
    match sign {
        LossSign::Drops { packets, own } => {
            let lost =
                format!("{} lost while capturing", counted(*packets, "packet was", "packets were", En));
            let kernel = packets.saturating_sub(*own);
            match own {
                0 => format!("{lost}."),
                own => format!("{lost}: {} in the kernel, {} in pbxray.", count(kernel, En), count(*own, En)),
            }
        }
        LossSign::UnseenAcknowledged { connections, of: whole } => format!(
            "In {} TCP connections data are acknowledged that the capture does not hold.",
            of(*connections, *whole, "of", En)
        ),
        LossSign::Unseen { calls, of: whole } => format!(
            "In {} calls the acknowledgement of the answer (ACK) is not in the capture, although the answer was not repeated and the \
             call went on: packets are missing that were there.",
            of(*calls, *whole, "of", En)
        ),
        LossSign::Lapsed { times, longest, common } => format!(
            "{}. All voice is missing for that time together and goes on with later numbers: the capture stood still{}. It is not counted as \
             packet loss.",
            match times {
                1 => format!("For {} there is not a single packet in the capture", duration(*longest, En)),
                many => format!(
                    "{} times there is not a single packet in the capture, for {} at most",
                    count(*many, En),
                    duration(*longest, En)
                ),
            },
            common.map_or_else(String::new, |host| format!(
                ", or the line of {host} was dead (all voice begins or ends there)"
            ))
        ),
        LossSign::Thinned { packets, of: whole } => format!(
            "The capture has been thinned out: of the voice packets that there were by their numbers, it holds only {}, and \
             these come exactly on time. That is not how a network loses packets.",
            of(*packets, *whole, "of", En)
        ),
    }
}

/// Between which places of the capture packets are lost, behind a colon.
pub(super) fn hop(hop: Hop, language: Language) -> String {
    let Hop { packets, times, of, example } = hop;
    let packets = count(packets, language);
    match language {
        De => {
            let times_de = |times: usize| match times {
                1 => "einmal".to_owned(),
                2 => "zweimal".to_owned(),
                times => format!("{times}-mal"),
            };
            let example = example.map(|number| format!(" (etwa das mit der RTP-Nummer {number})"));
            let places = match of {
                2 => "den beiden Stellen".to_owned(),
                of => format!("der {times}. und der {}. der {of} Stellen ihres Weges", times + 1),
            };
            format!(
                "Fast alle anderen sind es {}, {packets} aber nur {}{}. Sie gehen also zwischen {places} verloren, an denen aufgezeichnet \
                 wurde.",
                times_de(of),
                times_de(times),
                example.unwrap_or_default()
            )
        }
        En => {
            let times_en = |times: usize| match times {
                1 => "once".to_owned(),
                2 => "twice".to_owned(),
                times => format!("{times} times"),
            };
            let example = example.map(|number| format!(" (such as the one with RTP number {number})"));
            let places = match of {
                2 => "the two places".to_owned(),
                of => format!("places {times} and {} of the {of} on their way", times + 1),
            };
            format!(
                "nearly all others {}, but {packets} only {}{}. So they get lost between {places} where the capture was made.",
                times_en(of),
                times_en(times),
                example.unwrap_or_default()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_places_those_are_named_between_which_packets_are_lost() {
        let told = |times, of, language| {
            let example = Some(4_711);
            hop(Hop { packets: 17, times, of, example }, language)
        };
        let text = told(5, 6, De);
        assert!(text.starts_with("Fast alle anderen sind es 6-mal, 17 aber nur 5-mal (etwa"), "{text}");
        assert!(text.contains("zwischen der 5. und der 6. der 6 Stellen ihres Weges verloren"), "{text}");
        assert!(told(1, 2, De).contains("zwischen den beiden Stellen verloren"));
        assert!(told(1, 3, En).contains("17 only once (such as the one with RTP number 4711)"));
    }
}
