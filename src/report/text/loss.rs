//! How a finding tells that packets are missing in the capture, in both languages.

use super::of;
use crate::check::LossSign;
use crate::report::language::Language::{De, En};
use crate::report::number::{count, counted};

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
        LossSign::Thinned { packets, of: whole } => format!(
            "Der Mitschnitt ist ausgedünnt: Von den Sprachpaketen, die es nach ihren Nummern gab, sind nur {} da, und \
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
        LossSign::Thinned { packets, of: whole } => format!(
            "The capture has been thinned out: of the voice packets that there were by their numbers, it holds only {}, and \
             these come exactly on time. That is not how a network loses packets.",
            of(*packets, *whole, "of", En)
        ),
    }
}
