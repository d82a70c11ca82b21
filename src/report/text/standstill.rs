//! Takes how the direction back fared while voice was interrupted; says what that leaves as cause, in both languages. Judges
//! nothing.

use crate::check::{Back, Framed, Heard, Interrupted};
use crate::report::language::Language::{self, De, En};

/// What the packets of the sender alone say, where the capture was made on it.
pub(super) fn captured_there(
    interrupted: Option<Interrupted>,
    heard: Heard,
    language: Language,
) -> &'static str {
    let both = interrupted.is_some_and(|told| told.back != Back::Untold);
    match (both, language) {
        (false, De) if heard != Heard::Unknown => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden: Dann hat es die \
             Pakete nicht gesendet."
        }
        (false, En) if heard != Heard::Unknown => {
            " The capture holds only what this device sends or receives, so it was probably made there: then the device did not \
             send the packets."
        }
        (false, De) => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden: Dann hat es die \
             Pakete nicht gesendet, oder der Mitschnitt hat sie verpasst."
        }
        (false, En) => {
            " The capture holds only what this device sends or receives, so it was probably made there: then the device did not \
             send the packets, or the capture missed them."
        }
        (true, De) => {
            " Der Mitschnitt enthält nur, was dieses Gerät sendet oder empfängt, ist also wohl dort entstanden."
        }
        (true, En) => {
            " The capture holds only what this device sends or receives, so it was probably made there."
        }
    }
}

/// What to do where the capture was made on the sender, which did not send.
pub(super) fn look_at_sender(interrupted: bool, heard: Heard, language: Language) -> &'static str {
    match (interrupted, heard, language) {
        (true, Heard::Lost(_), De) => {
            "Prüfen Sie, was dieses Gerät in dieser Zeit tat: Eine Anlage hält die Sprache an, während sie Tasten abfängt, \
             vermittelt oder eine Ansage einspielt. Sonst prüfen Sie seine Auslastung."
        }
        (true, Heard::Lost(_), En) => {
            "Check what this device did at that time: a PBX holds the voice back while it intercepts keys, transfers, or plays an \
             announcement. Otherwise check its load."
        }
        (.., De) => {
            "Prüfen Sie die Auslastung dieses Rechners, und messen Sie am Switch (Spiegelport): Dort zeigt sich, was er sendet."
        }
        (.., En) => {
            "Check the load of this computer, and measure at the switch (mirror port): there it shows what it sends."
        }
    }
}

/// That the other direction was interrupted as well, and what was negotiated at its beginning and end; empty where that
/// is not known.
pub(super) fn meanwhile(interrupted: Interrupted, heard: Heard, language: Language) -> String {
    format!("{}{}", both_ways(interrupted, heard, language), framed(interrupted, language))
}

fn framed(Interrupted { times, framed, .. }: Interrupted, language: Language) -> &'static str {
    match (framed, times, language) {
        (Framed::Untold, ..) => "",
        (Framed::Offers, 1, De) => {
            " Die Unterbrechung beginnt bei einem neuen Angebot (re-INVITE) und endet bei einem späteren."
        }
        (Framed::Offers, 1, En) => {
            " The interruption begins at a new offer (re-INVITE) and ends at a later one."
        }
        (Framed::Offers, _, De) => {
            " Jede Unterbrechung beginnt bei einem neuen Angebot (re-INVITE) und endet bei einem späteren."
        }
        (Framed::Offers, _, En) => {
            " Each interruption begins at a new offer (re-INVITE) and ends at a later one."
        }
        (Framed::Keys, _, De) => {
            " Aufgezeichnet wurde am Anschluss dieses Gerätes: Unterwegs ging davor nichts verloren. Zur selben Zeit drückt der Empfänger \
             Tasten (DTMF, RFC 4733), und dieses Gerät gibt sie weiter."
        }
        (Framed::Keys, _, En) => {
            " The capture was made at the port of this device: nothing got lost on the way before it. At that time the receiver presses keys \
             (DTMF, RFC 4733), and this device passes them on."
        }
        (Framed::Fax, 1, De) => {
            " Die Unterbrechung beginnt bei einem neuen Angebot (re-INVITE) und endet bei einem späteren; der Wechsel auf Fax (T.38) \
             wurde in diesem Gespräch abgelehnt."
        }
        (Framed::Fax, 1, En) => {
            " The interruption begins at a new offer (re-INVITE) and ends at a later one; the change to fax (T.38) was refused in this call."
        }
        (Framed::Fax, _, De) => {
            " Jede Unterbrechung beginnt bei einem neuen Angebot (re-INVITE) und endet bei einem späteren; der Wechsel auf Fax \
             (T.38) wurde in diesen Gesprächen abgelehnt."
        }
        (Framed::Fax, _, En) => {
            " Each interruption begins at a new offer (re-INVITE) and ends at a later one; the change to fax (T.38) was refused in these calls."
        }
    }
}

/// What to do where offers frame an interruption.
pub(super) fn look_at_offers(framed: Framed, language: Language) -> Option<&'static str> {
    let texts = match framed {
        Framed::Untold => return None,
        Framed::Keys => [
            "Am Netz ist dafür nichts zu ändern: Die Anlage fängt die Tasten ab, spielt sie der anderen Seite selbst vor und hält so lange \
             die Sprache zu dem an, der sie drückt. Stört das, lassen Sie die Tasten unverändert durch (RFC 4733 auf beiden Seiten, ohne \
             Funktionstasten im Gespräch).",
            "Nothing in the network needs changing: the PBX intercepts the keys, plays them to the other side itself and holds back the \
             voice for who presses them meanwhile. If that disturbs, let keys pass unchanged (RFC 4733 on both sides, no feature keys \
             during the call).",
        ],
        Framed::Offers => [
            "Suchen Sie zuerst in der Signalisierung: Verdächtig ist das Gerät, das zwischen den beiden Angeboten die Sprache anhält, \
             aber weiterzählt (Anlage, Gateway, SBC). Vergleichen Sie die beiden Angebote (SDP) und die Antworten darauf. Erst wenn \
             dort nichts zu finden ist, suchen Sie im Netz.",
            "Look at the signalling first: suspect is the device that holds the voice back between the two offers and goes on counting \
             (PBX, gateway, SBC). Compare the two offers (SDP) and their answers. Look at the network only if nothing is found there.",
        ],
        Framed::Fax => [
            "Suchen Sie zuerst bei der Umschaltung auf Fax: Verdächtig ist das Gateway oder der SBC, der die Sprache dabei anhält, aber \
             weiterzählt. Schalten Sie T.38 auf beiden Seiten gleich, ein oder aus; ohne T.38 geht das Fax als Sprache (G.711). Erst \
             wenn dort nichts zu finden ist, suchen Sie im Netz.",
            "Look at the change to fax first: suspect is the gateway or SBC that holds the voice back meanwhile and goes on counting. Have \
             T.38 alike on both sides, on or off; without T.38 the fax goes as voice (G.711). Look at the network only if nothing is \
             found there.",
        ],
    };
    Some(texts[usize::from(language == En)])
}

fn both_ways(interrupted: Interrupted, heard: Heard, language: Language) -> &'static str {
    match (interrupted.back, heard, language) {
        (Back::Untold, ..) => "",
        (Back::MissingAlone, _, De) => {
            " Zur selben Zeit fehlt auch die Gegenrichtung, während andere Sprache weiterlief: Die Verbindung zwischen beiden war \
             unterbrochen."
        }
        (Back::MissingAlone, _, En) => {
            " At the same time the other direction is missing as well, while other voice went on: the connection between the two \
             was interrupted."
        }
        (Back::Missing, Heard::Lost(_), De) => " Zur selben Zeit fehlt auch die Gegenrichtung.",
        (Back::Missing, Heard::Lost(_), En) => " At the same time the other direction is missing as well.",
        (Back::Missing, _, De) => {
            " Zur selben Zeit fehlt auch die Gegenrichtung: Die Verbindung zwischen beiden war unterbrochen, oder der Mitschnitt hat \
             ausgesetzt."
        }
        (Back::Missing, _, En) => {
            " At the same time the other direction is missing as well: the connection between the two was interrupted, or the \
             capture paused."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_that_frame_an_interruption_are_looked_at_first() {
        let told = |times, framed, language| {
            let back = Back::Untold;
            meanwhile(Interrupted { times, longest: 1, is_all: true, back, framed }, Heard::Unknown, language)
        };
        assert_eq!(told(1, Framed::Untold, De), "");
        assert!(told(1, Framed::Fax, De).ends_with("(T.38) wurde in diesem Gespräch abgelehnt."));
        assert_eq!(
            told(2, Framed::Offers, En),
            " Each interruption begins at a new offer (re-INVITE) and ends at a later one."
        );
        assert!(told(2, Framed::Keys, De).contains("drückt der Empfänger Tasten"));
        assert_eq!(look_at_offers(Framed::Untold, De), None);
        assert!(look_at_offers(Framed::Offers, De).is_some_and(|text| !text.contains("Fax")));
    }
}
