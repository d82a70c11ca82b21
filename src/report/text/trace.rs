//! Takes what the capture shows of a side that is not heard; says how far its voice comes and that its program is gone, in both
//! languages. Judges nothing.

use std::net::{IpAddr, SocketAddr};

use super::List;
use crate::check::{Finding, Trace, Unread};
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

/// Ports from the first to the last.
fn range((first, last): (u16, u16)) -> String {
    format!("{first}–{last}")
}

/// Voice to a far side from which nothing comes back, where the signalling is encrypted.
pub(super) fn unread(
    device: &str,
    peers: &[IpAddr],
    packets: u64,
    unread: Unread,
    language: Language,
) -> String {
    let is_one = peers.len() == 1;
    let peers = List::addresses(peers);
    match language {
        De => format!(
            "{} an {device}, zurück kommt kein einziges.{} Was vereinbart ist, zeigt die verschlüsselte Signalisierung nicht.",
            match is_one {
                true => format!(
                    "{} sendet {}",
                    peers.join("und", "weitere"),
                    counted(packets, "Sprachpaket", "Sprachpakete", De)
                ),
                false => format!(
                    "{} senden {}",
                    peers.join("und", "weitere"),
                    counted(packets, "Sprachpaket", "Sprachpakete", De)
                ),
            },
            match unread.others {
                true =>
                    " Zu anderen kommt von dort im selben Mitschnitt Sprache; auch hier wäre sie zu sehen.",
                false => " Die verschlüsselte Verbindung zwischen beiden ist in beiden Richtungen zu sehen.",
            }
        ),
        En => format!(
            "{} to {device}, and not a single one comes back.{} What was agreed, the encrypted signalling does not show.",
            match is_one {
                true => format!(
                    "{} sends {}",
                    peers.join("and", "more"),
                    counted(packets, "voice packet", "voice packets", En)
                ),
                false => format!(
                    "{} send {}",
                    peers.join("and", "more"),
                    counted(packets, "voice packet", "voice packets", En)
                ),
            },
            match unread.others {
                true => " Others get voice from there in the same capture, so it would be seen here too.",
                false => " The encrypted connection between the two is seen in both directions.",
            }
        ),
    }
}

/// What to do where voice of a far side does not come in.
pub(super) fn let_in(finding: &Finding, unread: Unread, language: Language) -> String {
    let far = finding.subject.as_ref().map_or_else(String::new, |subject| subject.address.to_string());
    match (unread.ports, language) {
        (Some(ports), De) => format!(
            "Geben Sie in der Firewall UDP {} zu {far} frei, abgehend und für die Antworten von dort, und schalten Sie SIP ALG und \
             UDP-Filter des Routers ab. Messen Sie, wenn möglich, auch vor der Firewall: Kommt die Sprache dort an, hält die Firewall sie auf; sonst \
             hat die Gegenseite nichts gesendet.",
            range(ports)
        ),
        (None, De) => format!(
            "Prüfen Sie NAT und Firewall für die Sprache (UDP) von {far}, und schalten Sie SIP ALG ab. Messen Sie, wenn möglich, auch \
             vor der Firewall: Kommt die Sprache dort an, hält die Firewall sie auf; sonst hat die Gegenseite nichts gesendet."
        ),
        (Some(ports), En) => format!(
            "Allow UDP {} to {far} in the firewall, outbound and for the answers from there, and switch off SIP ALG and UDP filters \
             of the router. If possible, measure before the firewall as well: if the voice arrives there, the firewall holds it up; otherwise the \
             far side has sent nothing.",
            range(ports)
        ),
        (None, En) => format!(
            "Check NAT and firewall for the voice (UDP) from {far}, and switch SIP ALG off. If possible, measure before the firewall \
             as well: if the voice arrives there, the firewall holds it up; otherwise the far side has sent nothing."
        ),
    }
}

/// What to do where voice to documented ports is turned away.
pub(super) fn let_out(target: IpAddr, ports: (u16, u16), language: Language) -> String {
    let ports = range(ports);
    match language {
        De => format!(
            "Geben Sie in der Firewall UDP {ports} zu {target} frei, abgehend und für die Antworten von dort. Was vereinbart ist, \
             zeigt der Mitschnitt nicht (keine lesbare Signalisierung)."
        ),
        En => format!(
            "Allow UDP {ports} to {target} in the firewall, outbound and for the answers from there. What was agreed, the capture does not \
             show (no readable signalling)."
        ),
    }
}
