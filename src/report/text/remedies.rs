//! What to do about registrations and calls that fail, in both languages.

use crate::check::Rejection;

/// What to do about a registrar that was away for a while.
pub(super) const AWAY: [&str; 2] = [
    "In dieser Zeit war das Gerät nicht angemeldet und nicht anrufbar. Klären Sie, was da war: Neustart oder Update der \
             Anlage, Ausfall von Strom, Switch oder Leitung.",
    "During that time the device was not registered and could not be called. Find out what happened: a restart or an update \
             of the PBX, a failure of power, switch or line.",
];

/// What to do about a registration that is accepted and rejected by turns.
pub(super) const TURNS: [&str; 2] = [
    "Die Anmeldedaten sind vermutlich richtig, denn zwischendurch wird die Anmeldung angenommen. Klären Sie mit dem Betreiber des \
     Registrars, warum er wechselt: mehrere Server mit verschiedenem Stand, eine Sperre nach zu vielen Versuchen, oder dasselbe \
     Konto an einem zweiten Gerät.",
    "The credentials are probably right, because the registration is accepted in between. Find out with whoever runs the registrar \
     why it changes: several servers of different state, a block after too many attempts, or the same account at a second device.",
];

/// What to do about calls from the public network for a number that the PBX does not know.
pub(super) const NUMBER: [&str; 2] = [
    "Prüfen Sie in der Anlage die Rufnummernzuordnung (Durchwahl) des SIP-Kontos und in welcher Form der Provider die gerufene Nummer \
     übergibt (mit +49, mit 0, nur die Durchwahl).",
    "Check at the PBX which numbers (DDI) are assigned to the SIP account, and in which form the provider hands over the called \
     number (with +49, with 0, the extension only).",
];

/// What to do about calls that end with the question for credentials.
pub(super) fn credentials(rejection: &Rejection) -> [&'static str; 2] {
    match (rejection.with_credentials, rejection.outside) {
        (true, _) => [
            "Prüfen Sie Benutzername, Kennwort und Realm des Anrufers.",
            "Check the caller's user name, password and realm.",
        ],
        (false, false) => [
            "Der Anrufer hat für diese Seite keine Anmeldedaten. Kommt der Ruf vom Amt, nimmt ihn die Anlage für den eines \
             Teilnehmers: Rufe vom Amt müssen an dem Port ankommen, von dem aus sie sich dort anmeldet; prüfen Sie SIP-Konto, \
             Portweiterleitung und SIP ALG. Sonst richten Sie am Anrufer das Konto ein.",
            "The caller has no credentials for this side. If the call comes from the public network, the PBX takes it for one of an \
             extension: such calls must arrive at the port from which the PBX registers; check the SIP account, port forwarding and \
             SIP ALG. Otherwise set up the account at the caller.",
        ],
        (false, true) => [
            "Tragen Sie Benutzername und Kennwort auch für abgehende Rufe ein.",
            "Enter user name and password for outgoing calls as well.",
        ],
    }
}

/// What to do about calls that are turned away.
pub(super) fn calling(rejection: &Rejection) -> [&'static str; 2] {
    match (rejection.status, rejection.with_credentials, rejection.outside) {
        (403, ..) if rejection.names_credentials() => [
            "Die Antwort nennt den Grund selbst: Prüfen Sie Benutzername, Kennwort und SIP-Domäne des Kontos, mit dem angerufen \
             wird.",
            "The answer names the reason itself: check user name, password and SIP domain of the account that calls.",
        ],
        (488 | 606 | 415, _, _) => [
            "Vergleichen Sie das Angebot (SDP) mit dem, was die abweisende Seite kann: Codecs, Verschlüsselung (SRTP), Fax und \
             Bild. Die Ursache allein sagt der Status nicht.",
            "Compare the offer (SDP) with what the side that turns it away is able to do: codecs, encryption (SRTP), fax and \
             video. The status alone does not tell the cause.",
        ],
        (401 | 407, ..) => credentials(rejection),
        (404 | 410 | 484 | 604, _, _) => [
            "Prüfen Sie Rufnummernplan und Amtskennziffer, und wie die Nummern übergeben werden.",
            "Check the dial plan and the line prefix, and how numbers are passed on.",
        ],
        (403, true, false) => [
            "Prüfen Sie Benutzername, Kennwort und SIP-Domäne des Anrufers, danach seine Berechtigung.",
            "Check the caller's user name, password and SIP domain, then its permissions.",
        ],
        (403, true, true) => [
            "Prüfen Sie Benutzername, Kennwort und SIP-Domäne, danach Berechtigung, Absendernummer und die Zahl der beim \
             Provider erlaubten Gespräche.",
            "Check user name, password and SIP domain, then permissions, the calling number and how many calls the provider \
             allows.",
        ],
        (403, false, false) => [
            "Prüfen Sie Anmeldung und Berechtigung des Anrufers und seine Absendernummer.",
            "Check the caller's registration and permissions, and its calling number.",
        ],
        (403, false, true) => [
            "Prüfen Sie Berechtigung und Absendernummer, und beim Provider die Zahl der erlaubten Gespräche.",
            "Check permissions and the calling number, and with the provider how many calls are allowed.",
        ],
        (480 | 408, _, _) => [
            "Prüfen Sie, ob die gerufenen Geräte angemeldet und eingeschaltet sind.",
            "Check whether the called devices are registered and switched on.",
        ],
        (482 | 483, _, _) => [
            "Der Anruf läuft im Kreis. Prüfen Sie Rufumleitungen, SIP-Domäne und Routing der beteiligten Server.",
            "The call runs in a circle. Check diversions, SIP domain and routing of the servers involved.",
        ],
        (400 | 405 | 406 | 413..=421, _, false) => [
            "Die Gegenseite versteht die Anfrage nicht oder lässt sie so nicht zu. Lesen Sie ihr Protokoll, und prüfen Sie Anmeldung, \
             SIP-Einstellungen und Firmware des Anrufers.",
            "The other side does not understand the request or does not allow it. Read its log, and check the caller's \
             registration, SIP settings and firmware.",
        ],
        (_, _, false) => [
            "Lesen Sie im Protokoll der Seite nach, die abweist.",
            "Look into the log of the side that turns calls away.",
        ],
        (500..=599, _, true) => {
            ["Fragen Sie den Provider nach einer Störung.", "Ask the provider about an outage."]
        }
        (_, _, true) => [
            "Lassen Sie sich vom Provider sagen, warum er abweist.",
            "Have the provider tell why it turns calls away.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_words_decide_what_to_look_at() {
        let told = |reason: &str| {
            let rejection = Rejection {
                status: 403,
                reason: reason.into(),
                with_credentials: false,
                outside: true,
                offered: None,
            };
            calling(&rejection)[0]
        };
        assert!(told("Wrong password or domain").contains("Kennwort und SIP-Domäne des Kontos"));
        assert!(told("Falsches Kennwort").contains("Kennwort und SIP-Domäne des Kontos"));
        assert!(told("Forbidden").contains("Absendernummer"));
        assert!(told("Domain limit of calls reached").contains("Absendernummer"), "not what is wrong");
    }
}
