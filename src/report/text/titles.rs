//! The titles of the findings, in both languages.

use crate::check::Code;

pub(super) fn de(code: Code) -> &'static str {
    match code {
        Code::Port001 => "Nicht dokumentierter Port",
        Code::Port002 => "Sprechweg außerhalb des dokumentierten RTP-Bereichs",
        Code::Port003 => "Dokumentierter Port wird blockiert",
        Code::Port004 => "Dokumentierter Dienst nicht beobachtet",
        Code::Port005 => "SIP-Provideranmeldung von unerwartetem Quellport",
        Code::Port006 => "RTP-Bereich passt nicht zum Anlagentyp",
        Code::Port007 => "Gesprächskanäle fast ausgeschöpft",
        Code::Port008 => "Sprache auf ungeradem oder RTCP auf geradem Port",
        Code::Port009 => "SIP über TCP oder TLS am internen Registrar",
        Code::Qos001 => "RTP-Pakete ohne EF-Kennzeichnung",
        Code::Qos002 => "QoS-Kennzeichnung geht unterwegs verloren",
        Code::Qos003 => "Softphone ohne QoS-Richtlinie",
        Code::Qos004 => "Signalisierung ohne erwartete Kennzeichnung",
        Code::Qos005 => "VLAN-Priorität fehlt",
        Code::Qos007 => "Keine Kennzeichnung auf der Internet-Strecke",
        Code::Qos008 => "Kennzeichnung nur in einer Richtung",
        Code::Qos009 => "DSCP wechselt innerhalb eines Sprechwegs",
        Code::Qos010 => "Anderer Verkehr trägt die EF-Kennzeichnung",
        Code::Rtp001 => "Einseitige Sprachverbindung",
        Code::Rtp002 => "Gespräch ohne Sprachpakete",
        Code::Rtp003 => "Paketverlust",
        Code::Rtp004 => "Jitter zu hoch",
        Code::Rtp005 => "Rechnerische Sprachqualität eingeschränkt",
        Code::Rtp006 => "Paketlänge weicht von der Vereinbarung ab",
        Code::Rtp007 => "Nicht vereinbarter Codec",
        Code::Rtp008 => "Sprechweg bricht vorzeitig ab",
        Code::Rtp009 => "Quelle des Sprechwegs wechselt",
        Code::Rtp013 => "Sprache kommt von anderer Adresse als angekündigt",
        Code::Rtp014 => "Empfänger meldet Verlust hinter dem Messpunkt",
        Code::Sig001 => "Anmeldung wird abgelehnt",
        Code::Sig002 => "Anmeldung ohne Antwort",
        Code::Sig003 => "NAT-Zuordnung der Anmeldung wechselt",
        Code::Sig004 => "SIP ALG verändert Nachrichten",
        Code::Sig005 => "Gespräche kommen nicht zustande",
        Code::Sig006 => "Große SIP-Nachricht geht verloren",
        Code::Sig007 => "TLS-Verbindung scheitert oder Zertifikat abgelaufen",
        Code::Sig008 => "Keep-Alive zu selten",
        Code::Sig009 => "Signalisierung wird wiederholt",
        Code::Net001 => "Namensauflösung scheitert",
        Code::Net002 => "Zeitserver antwortet nicht",
        Code::Net003 => "Mehrere DHCP-Server aktiv",
        Code::Net004 => "Sprache im falschen VLAN",
        Code::Net005 => "Zwei Geräte mit derselben Adresse",
        Code::Sec001 => "SIP aus dem Internet erreichbar",
        Code::Sec002 => "SIP-Scan erkannt",
        Code::Sec003 => "Unverschlüsselte statt gesicherte Verbindung",
        Code::Sec004 => "Verwaltungszugang aus dem Internet erreichbar",
        Code::Cap001 => "Mitschnitt unvollständig",
        Code::Cap002 => "Pakete doppelt aufgezeichnet",
        Code::Cap003 => "Nur eine Richtung aufgezeichnet",
        Code::Cap004 => "Pakete gekürzt aufgezeichnet",
        Code::Cap006 => "Zeitstempel springen",
        Code::Cap008 => "Signalisierung verschlüsselt",
        Code::Cap010 => "Kein Gespräch erkannt",
        Code::Cap011 => "Mitschnittdatei beschädigt oder abgeschnitten",
    }
}

pub(super) fn en(code: Code) -> &'static str {
    match code {
        Code::Port001 => "Undocumented port",
        Code::Port002 => "Media outside the documented RTP range",
        Code::Port003 => "Documented port is blocked",
        Code::Port004 => "Documented service not observed",
        Code::Port005 => "Provider registration from an unexpected source port",
        Code::Port006 => "RTP range does not match the PBX model",
        Code::Port007 => "Call channels nearly exhausted",
        Code::Port008 => "Voice on an odd or RTCP on an even port",
        Code::Port009 => "SIP over TCP or TLS at the internal registrar",
        Code::Qos001 => "RTP without EF marking",
        Code::Qos002 => "QoS marking is lost on the path",
        Code::Qos003 => "Softphone without QoS policy",
        Code::Qos004 => "Signalling without the expected marking",
        Code::Qos005 => "VLAN priority missing",
        Code::Qos007 => "No marking on the Internet leg",
        Code::Qos008 => "Marked in one direction only",
        Code::Qos009 => "DSCP changes within a stream",
        Code::Qos010 => "Other traffic carries EF",
        Code::Rtp001 => "One-way audio",
        Code::Rtp002 => "Call without media",
        Code::Rtp003 => "Packet loss",
        Code::Rtp004 => "Jitter too high",
        Code::Rtp005 => "Estimated voice quality reduced",
        Code::Rtp006 => "Packet length differs from the agreement",
        Code::Rtp007 => "Codec not negotiated",
        Code::Rtp008 => "Media stops early",
        Code::Rtp009 => "Media source changes",
        Code::Rtp013 => "Media from another address than announced",
        Code::Rtp014 => "Receiver reports loss behind the measuring point",
        Code::Sig001 => "Registration is rejected",
        Code::Sig002 => "Registration unanswered",
        Code::Sig003 => "NAT mapping of the registration changes",
        Code::Sig004 => "SIP ALG modifies messages",
        Code::Sig005 => "Calls fail",
        Code::Sig006 => "Large SIP message is lost",
        Code::Sig007 => "TLS connection fails or certificate expired",
        Code::Sig008 => "Keep-alive too rare",
        Code::Sig009 => "Signalling is sent again and again",
        Code::Net001 => "Name resolution fails",
        Code::Net002 => "Time server does not answer",
        Code::Net003 => "More than one DHCP server",
        Code::Net004 => "Voice in the wrong VLAN",
        Code::Net005 => "Two devices with one address",
        Code::Sec001 => "SIP reachable from the Internet",
        Code::Sec002 => "SIP scan",
        Code::Sec003 => "Clear text instead of a secured connection",
        Code::Sec004 => "Management reachable from the Internet",
        Code::Cap001 => "Capture incomplete",
        Code::Cap002 => "Packets captured twice",
        Code::Cap003 => "Only one direction captured",
        Code::Cap004 => "Packets cut short",
        Code::Cap006 => "Time stamps jump",
        Code::Cap008 => "Encrypted signalling",
        Code::Cap010 => "No call recognised",
        Code::Cap011 => "Capture file damaged or cut off",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Where a title is not that of the wordings that were agreed, and why.
    const DIFFERENT: [(Code, &str); 10] = [
        (Code::Port006, "the report says model of a PBX throughout, and so does the list of findings"),
        (Code::Qos001, "in English as in the list of findings"),
        (Code::Sig005, "calls that are cut off behind the answer are meant as well"),
        (Code::Sig006, "that a message goes in fragments is no fault; that they get lost is"),
        (
            Code::Sig007,
            "a certificate that has expired is meant as well, whether the connection stands or not",
        ),
        (Code::Net001, "a server that says nothing makes no error; in English as in the list of findings"),
        (Code::Net002, "whether it can be reached nobody knows; it does not answer"),
        (Code::Net004, "what is seen in the wrong VLAN is voice"),
        (Code::Sec001, "SIP is told at any port, and in English as in the list of findings"),
        (Code::Sec002, "in English as in the list of findings"),
    ];

    #[test]
    fn titles_are_those_agreed_but_for_those_with_a_reason() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/wording.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: there is no {}", path.display());
            return;
        };
        let agreed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut different = BTreeSet::new();
        for code in Code::ALL {
            let Some(entry) = agreed.as_array().unwrap().iter().find(|entry| entry["code"] == code.as_str())
            else {
                continue;
            };
            if entry["de_title"] != de(*code) || entry["en_title"] != en(*code) {
                different.insert(*code);
            }
        }
        let listed: BTreeSet<Code> = DIFFERENT.iter().map(|(code, _)| *code).collect();
        assert_eq!(different, listed);
        assert!(DIFFERENT.iter().all(|(_, why)| !why.is_empty()));
    }
}
