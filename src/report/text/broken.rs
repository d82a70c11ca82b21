//! Takes why a call came down that stood; says so, and what to do, in both languages. Judges nothing.

use std::net::SocketAddr;

use crate::observe::{Break, BreakKind};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted};

/// What was seen. `calls`: how many came down so.
pub(super) fn detail(broken: &Break, device: &str, calls: u64, callers: &str, language: Language) -> String {
    let Break { kind, times, status, from, to, .. } = *broken;
    let status = status.unwrap_or(481);
    let text = match language {
        De => {
            let ended = counted(calls, "Gespräch", "Gespräche", De);
            let calls = match calls {
                1 => "einem Gespräch".to_owned(),
                many => format!("{} Gesprächen", count(many, De)),
            };
            match kind {
                BreakKind::Unheeded => format!(
                    "{device} hat in {calls} die Annahme (200) immer wieder gesendet, noch {times}-mal nach der Bestätigung (ACK) des \
                     Anrufers. {} Ohne ACK beendet ein Gerät das Gespräch nach 32\u{a0}s.",
                    match to.ip() == from.ip() {
                        true => format!(
                            "Die ACK gehen an {to}, also an dasselbe Gerät: Sie kommen hinter dem Messpunkt nicht an, oder es erkennt sie \
                             nicht."
                        ),
                        false => format!(
                            "Die ACK gehen an {to}, die Annahme kommt aber von {from}: Wahrscheinlich steht im Contact der Annahme eine \
                             falsche Adresse."
                        ),
                    }
                ),
                BreakKind::Refused => format!(
                    "{device} hat in {calls} eine Anfrage von {to} (re-INVITE oder UPDATE, etwa zur Auffrischung) mit {status} abgewiesen: Das \
                     Gespräch ist dort nicht mehr bekannt. Gleich darauf wurde es beendet."
                ),
                BreakKind::Unanswered => format!(
                    "{device} hat in {calls} eine Anfrage (re-INVITE oder UPDATE, etwa zur Auffrischung) an {to} {times}-mal gesendet, ohne \
                     je eine Antwort zu bekommen, und danach aufgelegt."
                ),
                BreakKind::Expired => format!(
                    "{device} hat {ended} beendet, weil die vereinbarte Sitzungszeit (Session Timer) abgelaufen war: {to} hat nicht \
                     rechtzeitig aufgefrischt."
                ),
            }
        }
        En => {
            let calls = match calls {
                1 => "one call".to_owned(),
                many => format!("{} calls", count(many, En)),
            };
            match kind {
                BreakKind::Unheeded => format!(
                    "In {calls} {device} sent its answer (200) again and again, {times} times more after the caller had acknowledged it (ACK). {} \
                     Without an ACK a device ends the call after 32\u{a0}s.",
                    match to.ip() == from.ip() {
                        true => format!(
                            "The ACKs go to {to}, that is to the same device: they do not arrive behind the measuring point, or it does not \
                             recognise them."
                        ),
                        false => format!(
                            "The ACKs go to {to}, but the answer comes from {from}: most likely the Contact of the answer names a wrong \
                             address."
                        ),
                    }
                ),
                BreakKind::Refused => format!(
                    "In {calls} {device} refused a request of {to} (re-INVITE or UPDATE, a refresh say) with {status}: it does not know the \
                     call any more. Right after that the call was ended."
                ),
                BreakKind::Unanswered => format!(
                    "In {calls} {device} sent a request (re-INVITE or UPDATE, a refresh say) to {to} {times} times, never got an answer, and then hung \
                     up."
                ),
                BreakKind::Expired => format!(
                    "{device} ended {calls} because the agreed session time (session timer) had run out: {to} did not refresh it in time."
                ),
            }
        }
    };
    match language {
        De => format!("{text} Anrufer: {callers}."),
        En => format!("{text} Callers: {callers}."),
    }
}

/// What to do.
pub(super) fn action(broken: &Break, language: Language) -> &'static str {
    let is_same = |from: SocketAddr, to: SocketAddr| from.ip() == to.ip();
    let texts = match broken.kind {
        BreakKind::Unheeded if is_same(broken.from, broken.to) => [
            "Messen Sie auch direkt an diesem Gerät: Kommen die ACK dort nicht an, verwirft sie etwas dazwischen (Firewall, NAT, SIP \
             ALG); sonst prüfen Sie seine Firmware.",
            "Measure at this device itself as well: if the ACKs do not arrive there, something between drops them (firewall, NAT, SIP \
             ALG); otherwise check its firmware.",
        ],
        BreakKind::Unheeded => [
            "Prüfen Sie, welche Adresse dieses Gerät als seine eigene angibt (Contact): weitere Netzwerkkarte, feste externe Adresse, STUN; \
             und ob ein SIP ALG sie unterwegs ändert.",
            "Check which address this device gives as its own (Contact): a further network card, a fixed external address, STUN; and \
             whether a SIP ALG changes it on the way.",
        ],
        BreakKind::Refused => [
            "Prüfen Sie, ob das Gerät während des Gesprächs neu startete, und seine Firmware. Bis dahin hilft es meist, den Session \
             Timer (RFC 4028) auf einer Seite abzuschalten oder zu verlängern.",
            "Check whether the device restarted during the call, and its firmware. Until then it mostly helps to switch off the session \
             timer (RFC 4028) on one side or to make it longer.",
        ],
        BreakKind::Unanswered => [
            "Das Gespräch kam über diese Adresse zustande, Port und Weg waren also offen. Prüfen Sie, ob die Gegenseite noch am Netz \
             war, ob NAT oder Firewall die Verbindung nach einer Weile vergisst, und ihre Firmware. Bis dahin hilft es meist, den Session Timer \
             (RFC 4028) abzuschalten oder zu verlängern.",
            "The call came about over this address, so port and way were open. Check whether the other side was still on the network, \
             whether NAT or firewall forget the connection after a while, and its firmware. Until then it mostly helps to switch off the session \
             timer (RFC 4028) or to make it longer.",
        ],
        BreakKind::Expired => [
            "Prüfen Sie auf beiden Seiten den Session Timer (RFC 4028): Zeit, und wer auffrischen soll (refresher). Frischt die Gegenseite nie \
             auf, schalten Sie ihn ab, oder lassen Sie dieses Gerät selbst auffrischen.",
            "Check the session timer (RFC 4028) on both sides: its time, and who is to refresh (refresher). If the other side never \
             refreshes, switch it off, or have this device refresh itself.",
        ],
    };
    language.either(texts[0], texts[1])
}

/// Beside the call.
pub(super) fn note(kind: BreakKind, times: u64, status: Option<u16>, language: Language) -> String {
    let status = status.unwrap_or(481);
    match (kind, language) {
        (BreakKind::Unheeded, De) => format!("Annahme trotz ACK noch {times}-mal wiederholt"),
        (BreakKind::Unheeded, En) => format!("answer repeated {times} times in spite of its ACK"),
        (BreakKind::Refused, De) => {
            format!("Anfrage während des Gesprächs mit {status} abgewiesen, darauf beendet")
        }
        (BreakKind::Refused, En) => format!("request during the call refused with {status}, then ended"),
        (BreakKind::Unanswered, De) => {
            format!("Anfrage während des Gesprächs {times}-mal ohne Antwort, darauf beendet")
        }
        (BreakKind::Unanswered, En) => {
            format!("request during the call sent {times} times without an answer, then ended")
        }
        (BreakKind::Expired, De) => "beendet, weil der Session Timer ablief".to_owned(),
        (BreakKind::Expired, En) => "ended because the session timer ran out".to_owned(),
    }
}
