//! Takes what the capture shows of a side that is not heard; says how far its voice comes and that its program is gone, in both
//! languages. Judges nothing.

use std::net::{IpAddr, SocketAddr};

use super::List;
use crate::check::Trace;
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// Voice that ends at an address behind which the listener stands.
pub(super) fn halted(
    device: &str,
    peers: &[IpAddr],
    packets: u64,
    (end, back): (SocketAddr, u64),
    language: Language,
) -> String {
    let peers = List::addresses(peers);
    match language {
        De => format!(
            "Von {} kamen {}, und {device} antwortet mit {} an {end}. Hinter dieser Adresse steht durch NAT der Hörer, doch zu ihm geht \
             davon kein einziges weiter: Er hört nichts.",
            peers.join("und", "weiteren"),
            counted(packets, "Sprachpaket", "Sprachpakete", De),
            counted(back, "Paket", "Paketen", De)
        ),
        En => format!(
            "{} came from {}, and {device} answers with {} to {end}. Behind this address stands the listener (NAT), but not a single \
             one goes on to it: it hears nothing.",
            counted(packets, "voice packet", "voice packets", En),
            peers.join("and", "more"),
            counted(back, "packet", "packets", En)
        ),
    }
}

/// What the side that is not heard reports itself, as a sentence.
pub(super) fn reported(trace: Trace, device: &str, language: Language) -> Option<String> {
    let Trace::Reported(packets) = trace else { return None };
    Some(match language {
        De => format!(
            "Nach eigenen RTCP-Berichten hat {device} aber gesendet, bis zum letzten Bericht {}: Sie gehen vor dem Messpunkt verloren.",
            counted(packets, "Paket", "Pakete", De)
        ),
        En => format!(
            "By its own RTCP reports, however, {device} did send, {} up to the last report: they are lost before the measuring point.",
            counted(packets, "packet", "packets", En)
        ),
    })
}

/// That the device refuses what comes to it from then on, as a sentence behind others.
pub(super) fn gone(refused: u64, device: &str, language: Language) -> String {
    match (refused, language) {
        (0, _) => String::new(),
        (_, De) => format!(
            " Danach weist {device} die Sprache der Gegenseite per ICMP ab ({}): Dort nimmt kein Programm mehr an.",
            counted(refused, "Meldung", "Meldungen", De)
        ),
        (_, En) => format!(
            " After that {device} turns away the voice of the other side by ICMP ({}): no program there takes it any more.",
            counted(refused, "message", "messages", En)
        ),
    }
}
