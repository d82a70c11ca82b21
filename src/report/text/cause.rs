//! What Reason headers say (RFC 3326), in both languages: causes of the telephone network (ITU-T Q.850 table 1) and of SIP.

use super::quoted;
use super::signalling::answer;
use crate::observe::message::sip::CauseProtocol;
use crate::report::language::Language::{self, De, En};

/// Causes that stand for the usual end of a call: normal call clearing, and normal, unspecified.
const USUAL: [u16; 2] = [16, 31];

/// Value, and what it means in German and in English.
const Q850: [(u16, [&str; 2]); 34] = [
    (1, ["Rufnummer nicht vergeben", "unallocated number"]),
    (2, ["keine Route zum Transitnetz", "no route to the transit network"]),
    (3, ["keine Route zum Ziel", "no route to the destination"]),
    (17, ["Teilnehmer besetzt", "user busy"]),
    (18, ["Teilnehmer antwortet nicht", "no user responding"]),
    (19, ["niemand nimmt ab", "no answer from the user"]),
    (20, ["Teilnehmer nicht erreichbar", "subscriber absent"]),
    (21, ["Anruf abgewiesen", "call rejected"]),
    (22, ["Rufnummer geändert", "number changed"]),
    (26, ["an anderem Telefon angenommen", "answered at another telephone"]),
    (27, ["Ziel außer Betrieb", "destination out of order"]),
    (28, ["Rufnummer ungültig oder unvollständig", "invalid number format"]),
    (29, ["Leistungsmerkmal abgewiesen", "facility rejected"]),
    (34, ["kein Kanal frei", "no channel available"]),
    (38, ["Netz gestört", "network out of order"]),
    (41, ["vorübergehende Störung", "temporary failure"]),
    (42, ["Vermittlung überlastet", "switching equipment congestion"]),
    (43, ["Information verworfen", "access information discarded"]),
    (44, ["Kanal nicht verfügbar", "channel not available"]),
    (47, ["keine Betriebsmittel frei", "resource unavailable"]),
    (50, ["Leistungsmerkmal nicht beauftragt", "facility not subscribed"]),
    (54, ["ankommende Rufe gesperrt", "incoming calls barred"]),
    (55, ["ankommende Rufe gesperrt", "incoming calls barred"]),
    (57, ["Dienst nicht freigegeben", "bearer capability not authorised"]),
    (58, ["Dienst zurzeit nicht verfügbar", "bearer capability not available"]),
    (63, ["Dienst nicht verfügbar", "service not available"]),
    (65, ["Dienst nicht unterstützt", "bearer capability not implemented"]),
    (79, ["Dienst nicht unterstützt", "service not implemented"]),
    (88, ["Endgeräte nicht verträglich", "incompatible destination"]),
    (95, ["ungültige Nachricht", "invalid message"]),
    (97, ["Nachricht unbekannt", "message type unknown"]),
    (102, ["Zeitüberschreitung", "recovery on timer expiry"]),
    (111, ["Protokollfehler", "protocol error"]),
    (127, ["Zusammenarbeit der Netze", "interworking"]),
];

/// What the standard calls the causes in English, the usual ones too.
pub(super) fn standard_words() -> impl Iterator<Item = &'static str> {
    let usual = ["normal call clearing", "normal, unspecified"];
    usual.into_iter().chain(Q850.iter().map(|(_, [_, english])| *english))
}

/// `Auslösegrund: Q.850 21 (Anruf abgewiesen)`; `None` where it is what always stands there. The text is hostile.
pub(super) fn because(
    (protocol, value, text): (CauseProtocol, u16, &str),
    language: Language,
) -> Option<String> {
    let told = match protocol {
        CauseProtocol::Q850 if USUAL.contains(&value) => return None,
        CauseProtocol::Sip if value < 300 => return None,
        CauseProtocol::Sip => format!("SIP {}", answer(value, text, language)),
        CauseProtocol::Q850 => {
            let known = Q850.iter().find(|(known, _)| *known == value);
            match (known, text) {
                (Some((_, words)), _) => format!("Q.850 {value} ({})", words[usize::from(language == En)]),
                (None, "") => format!("Q.850 {value}"),
                (None, text) => match language {
                    De => format!("Q.850 {value} („{}“)", quoted(text)),
                    En => format!("Q.850 {value} (“{}”)", quoted(text)),
                },
            }
        }
    };
    Some(match language {
        De => format!("Auslösegrund: {told}"),
        En => format!("cause: {told}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_unless_it_is_the_usual_one() {
        let q850 = |value, text, language| because((CauseProtocol::Q850, value, text), language);
        assert_eq!(q850(16, "NORMAL_CLEARING", De), None);
        assert_eq!(q850(21, "", De).unwrap(), "Auslösegrund: Q.850 21 (Anruf abgewiesen)");
        assert_eq!(q850(17, "x", En).unwrap(), "cause: Q.850 17 (user busy)");
        assert_eq!(q850(99, "a\x1bb", De).unwrap(), "Auslösegrund: Q.850 99 („a\\x1bb“)");
        let sip = |value, text| because((CauseProtocol::Sip, value, text), De);
        assert_eq!(sip(200, "Call completed elsewhere"), None, "the outcome says so");
        assert!(sip(408, "Timeout sending SIP message").unwrap().starts_with("Auslösegrund: SIP 408 ("));
    }

    #[test]
    fn values_stand_in_order_and_once() {
        assert!(Q850.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
