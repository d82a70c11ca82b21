//! What a call shows about why it was turned away, beside the status: the sentence and what to do, in both languages.

use crate::check::{Circumstance, Unlike};
use crate::report::language::Language;
use crate::report::number::duration;

/// Behind other sentences; empty where those say it.
pub(super) fn told(why: Circumstance, language: Language) -> String {
    let [de, en] = match why {
        Circumstance::NoMediaOffered => [
            " Angeboten war kein nutzbarer Sprechweg (Port 0 oder Adresse 0.0.0.0).",
            " No usable voice was offered (port 0 or address 0.0.0.0).",
        ],
        Circumstance::NotRegistered => [
            " Im Mitschnitt meldet sich der Anrufer erst danach an.",
            " In the capture the caller registers only after that.",
        ],
        Circumstance::NameUnresolved => [
            " Der Name hinter dem @ lässt sich dort nicht auflösen (DNS).",
            " The name behind the @ cannot be resolved there (DNS).",
        ],
        Circumstance::TargetUnknown => [
            " Die Domäne hinter dem @ bedient er selbst, denn andere melden sich dort dafür an: Die gewählte Nummer kennt er wohl \
             nicht.",
            " It serves the domain behind the @ itself, since others register for it there: it probably does not know the number that \
             was called.",
        ],
        Circumstance::FromLine => [
            " Die Anrufe kommen vom Amt; die gerufene Nummer kennt die Anlage nicht.",
            " The calls come from the public network, and the PBX does not know the number that they are for.",
        ],
        Circumstance::ShortBody => [
            " Die Anfrage (INVITE) ist kürzer, als ihr Content-Length angibt.",
            " The request (INVITE) is shorter than its Content-Length says.",
        ],
        Circumstance::Lapsed => [
            " Die Anmeldung des Angerufenen war zu dieser Zeit abgelaufen: Sein Gerät hat sie erst nach der gewährten Zeit erneuert.",
            " The registration of the called side had run out by then: its device renewed it only after the time that was granted.",
        ],
        Circumstance::NoChannel => [
            " Als Grund ist Q.850 34 genannt: kein Sprechkanal frei.",
            " The reason given is Q.850 34: no channel was free.",
        ],
        Circumstance::AccountAccepted(beside) => return accepted(beside, language),
        Circumstance::Unacknowledged { .. } | Circumstance::Broken(_) | Circumstance::SameLength(_) => {
            ["", ""]
        }
    };
    language.either(de, en).to_owned()
}

/// That the account is accepted, and what else is different.
fn accepted(beside: Unlike, language: Language) -> String {
    let taken = language.either(
        " Dort hat sich dasselbe Konto zuvor mit Anmeldedaten erfolgreich angemeldet: Ein falsches Kennwort passt dazu nicht.",
        " The same account had registered there with credentials before: a wrong password does not fit that.",
    );
    let late = beside.late.map_or_else(String::new, |late| match language {
        Language::De => {
            format!(
                " Die Anmeldedaten kamen erst {} nach dem ersten INVITE oder später.",
                duration(late, language)
            )
        }
        Language::En => {
            format!(
                " The credentials came only {} after the first INVITE, or later.",
                duration(late, language)
            )
        }
    });
    let elsewhere = match beside.elsewhere {
        true => language.either(
            " Zu einem anderen Ziel wurde ein Anruf dieses Kontos zugelassen.",
            " To another number a call of this account was let through.",
        ),
        false => "",
    };
    format!("{taken}{late}{elsewhere}")
}

/// What to do.
pub(super) fn action(why: Circumstance) -> [&'static str; 2] {
    match why {
        Circumstance::ShortBody => [
            "Jemand hat den Rumpf (SDP) verändert und die Länge nicht angepasst: Schalten Sie SIP ALG (SIP NAT Helper) im Router ab. \
             Ohne Router dazwischen liegt es an der Firmware des Anrufers.",
            "Somebody altered the body (SDP) and left the length as it was: switch off SIP ALG (SIP NAT helper) in the router. With no \
             router in between it is the caller's firmware.",
        ],
        Circumstance::Lapsed => [
            "Stellen Sie am Telefon eine kürzere Anmeldezeit ein, als der Registrar gewährt, oder lassen Sie die Anlage länger gewähren.",
            "Set a shorter registration time at the telephone than the registrar grants, or have the PBX grant a longer one.",
        ],
        Circumstance::NoChannel => [
            "Vergleichen Sie die Zahl der gleichzeitigen Gespräche mit den Sprechkanälen der Anlage und, geht der Ruf nach außen, mit \
             denen, die beim Provider gebucht sind.",
            "Compare the number of simultaneous calls with the channels of the PBX and, if the call goes outside, with those that are \
             booked with the provider.",
        ],
        Circumstance::Unacknowledged { over_tcp: true, .. } => [
            "Die Annahme (200) ging über TCP und kam an. Prüfen Sie an der Anlage oder Software, die anruft, warum die \
             Bestätigung (ACK) ausbleibt oder wohin sie geht; richtig ist die Adresse im Contact der Annahme.",
            "The answer (200) went over TCP and arrived. Check at the PBX or software that calls why it does not acknowledge it, \
             or where it sends its acknowledgement; right is the address in the answer's Contact.",
        ],
        Circumstance::Unacknowledged { over_tcp: false, .. } => [
            "Prüfen Sie, ob die Annahme (200) den Anrufer erreicht und wohin er die Bestätigung sendet; richtig ist die Adresse im \
             Contact der Annahme. Verdächtig sind NAT, Firewall und SIP ALG zwischen beiden.",
            "Check whether the answer (200) reaches the caller, and where it sends its acknowledgement; right is the address in the \
             answer's Contact. Suspects are NAT, firewall and SIP ALG between the two.",
        ],
        Circumstance::NoMediaOffered => [
            "Prüfen Sie die Seite, die anruft: warum ihr Angebot (SDP) keinen nutzbaren Sprechweg nennt, etwa weil der Anruf \
             aus dem Halten heraus aufgebaut wird.",
            "Check the side that calls: why its offer (SDP) names no usable voice, perhaps because the call is set up while on \
             hold.",
        ],
        Circumstance::NotRegistered => [
            "Melden Sie das anrufende Gerät an, bevor es telefoniert, und rufen Sie noch einmal an.",
            "Have the calling device register before it calls, and call again.",
        ],
        Circumstance::TargetUnknown => [
            "Prüfen Sie, ob die gewählte Nummer am Server eingerichtet und ihr Gerät angemeldet ist, und wie der Server Nummern \
             weiterleitet, die er nicht kennt.",
            "Check whether the number that was called is set up at the server and its device registered, and where the server \
             passes on numbers that it does not know.",
        ],
        Circumstance::AccountAccepted(Unlike { late: Some(_), elsewhere: false }) => [
            "Am Kennwort liegt es wohl nicht: Ändern Sie es nicht auf Verdacht. Verdächtig ist die späte Antwort auf die Abfrage: Prüfen \
             Sie am Gerät, warum es so lange wartet (DNS, STUN, mehrere Konten), und fragen Sie beim Server, wie lange seine \
             Abfrage (Nonce) gilt.",
            "The password is probably not the cause: do not change it on suspicion. Suspect is the late answer to the challenge: check at \
             the device why it waits so long (DNS, STUN, several accounts), and ask at the server how long its challenge (nonce) is \
             valid.",
        ],
        Circumstance::AccountAccepted(Unlike { late: Some(_), elsewhere: true }) => [
            "Am Kennwort liegt es wohl nicht: Ändern Sie es nicht auf Verdacht. Verdächtig sind die späte Antwort auf die Abfrage und das \
             Ziel: Prüfen Sie am Gerät, warum es so lange wartet (DNS, STUN, mehrere Konten), und beim Server, ob das Konto diese \
             Nummern rufen darf.",
            "The password is probably not the cause: do not change it on suspicion. Suspects are the late answer to the challenge and the \
             number that was called: check at the device why it waits so long (DNS, STUN, several accounts), and at the server \
             whether the account may call these numbers.",
        ],
        Circumstance::AccountAccepted(Unlike { late: None, .. }) => [
            "Am Kennwort liegt es wohl nicht: Ändern Sie es nicht auf Verdacht. Prüfen Sie beim Server, ob das Konto diese Nummern rufen \
             darf, und Absendernummer und SIP-Domäne, mit denen angerufen wird.",
            "The password is probably not the cause: do not change it on suspicion. Check at the server whether the account may call \
             these numbers, and the calling number and SIP domain that calls are made with.",
        ],
        Circumstance::FromLine => super::remedies::NUMBER,
        Circumstance::SameLength(even) => super::even::action(even),
        Circumstance::Broken(one) => {
            [Language::De, Language::En].map(|language| super::broken::action(&one, language))
        }
        Circumstance::NameUnresolved => [
            "Prüfen Sie die SIP-Domäne, also den Namen hinter dem @, an der Anlage und am Telefon, und welchen DNS-Server die Seite \
             fragt, die abweist. Am gerufenen Gerät liegt es nicht.",
            "Check the SIP domain, the name behind the @, at the PBX and at the telephone, and which DNS server is asked by the \
             side that turns the calls away. The called device is not the cause.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_accepted_is_not_to_be_changed() {
        let why = |late, elsewhere| Circumstance::AccountAccepted(Unlike { late, elsewhere });
        let late = Some(34_100_000_000);
        assert_eq!(
            told(why(late, true), Language::De),
            " Dort hat sich dasselbe Konto zuvor mit Anmeldedaten erfolgreich angemeldet: Ein falsches Kennwort passt dazu nicht. Die \
             Anmeldedaten kamen erst 34,1\u{a0}s nach dem ersten INVITE oder später. Zu einem anderen Ziel wurde ein Anruf dieses \
             Kontos zugelassen."
        );
        assert!(told(why(None, false), Language::En).ends_with("a wrong password does not fit that."));
        for (late, elsewhere) in [(late, true), (late, false), (None, true), (None, false)] {
            let [de, en] = action(why(late, elsewhere));
            assert!(
                de.contains("Ändern Sie es nicht auf Verdacht")
                    && en.contains("do not change it on suspicion")
            );
            assert_eq!(de.contains("späte Antwort"), late.is_some());
        }
    }
}
