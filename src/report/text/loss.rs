//! How a finding tells that packets are missing in the capture, in both languages.

use super::of;
use crate::check::LossSign;
use crate::report::language::Language::{De, En};
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
            "Der Mitschnitt ist offenbar ausgedünnt: Von den Sprachpaketen, die es nach ihren Nummern gab, sind nur {} da, und \
             diese kommen genau zu ihrer Zeit. So geht nichts im Netz verloren.",
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
            "The capture seems to have been thinned: of the voice packets that there were by their numbers, only {} are there, and \
             these come exactly on time. That is not how a network loses packets.",
            of(*packets, *whole, "of", En)
        ),
    }
}
