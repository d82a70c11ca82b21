//! Takes why nobody answers where SIP requests go (SIG-009); gives the sentence and what to do, in both languages. Does not find
//! out why.

use super::quoted;
use crate::check::Missed;
use crate::report::language::Language::{self, De, En};
use crate::report::number::count;

/// A sentence behind others.
pub(super) fn sentence(why: &Missed, language: Language) -> String {
    match (why, language) {
        (Missed::Elsewhere { client, account }, De) => format!(
            " Diese Adresse nennt {client} bei der Anmeldung von {} als die eigene (Contact); gesendet hat das Gerät die Anmeldung \
             aber von {client}.",
            quoted(account)
        ),
        (Missed::Elsewhere { client, account }, En) => format!(
            " {client} names that address as its own when it registers {} (Contact), but sent the registration from {client}.",
            quoted(account)
        ),
        (Missed::Unmapped { account, own, later }, De) => format!(
            " Von genau dort hatte sich {} angemeldet, und zwar ein Gerät, das selbst die Adresse {own} hat: Dazwischen liegt ein NAT. \
             {}",
            quoted(account),
            match later {
                Some(port) => format!("Später meldet es sich über Port {port} an: Das NAT hatte die Zuordnung verworfen."),
                None => "Seitdem kommt von dort nichts mehr: Vermutlich hat das NAT die Zuordnung verworfen, oder das Gerät ist \
                         ausgefallen."
                    .to_owned(),
            }
        ),
        (Missed::Unmapped { account, own, later }, En) => format!(
            " From that very port {} had registered, a device whose own address is {own}: there is a NAT between. {}",
            quoted(account),
            match later {
                Some(port) => format!("Later it registers by way of port {port}: the NAT had dropped the mapping."),
                None => "Since then nothing comes from there: the NAT has probably dropped the mapping, or the device has failed."
                    .to_owned(),
            }
        ),
        (Missed::Unfound { asked }, De) => format!(
            " Auch auf ARP antwortet dort niemand ({} Anfragen), und kein Paket im Mitschnitt kommt von dieser Adresse.",
            count(*asked, De)
        ),
        (Missed::Unfound { asked }, En) => format!(
            " Nobody there answers ARP either ({} requests), and no packet of the capture comes from that address.",
            count(*asked, En)
        ),
    }
}

/// What to do.
pub(super) fn action(why: &Missed) -> [&'static str; 2] {
    match why {
        Missed::Elsewhere { .. } => [
            "Rufe zu diesem Gerät gehen an eine Adresse, unter der es nicht zu erreichen ist. Prüfen Sie am Gerät feste IP-Adresse, \
             NAT- und STUN-Einstellung und weitere Netzwerkschnittstellen (WLAN, VPN), und starten Sie es neu, damit es sich mit seiner \
             Adresse anmeldet.",
            "Calls to this device go to an address at which it cannot be reached. Check its fixed IP address, its settings for NAT and \
             STUN and its other network interfaces (Wi-Fi, VPN), and restart it so that it registers with its own address.",
        ],
        Missed::Unmapped { later, .. } => match later {
            Some(_) => [
                "Schalten Sie am Gerät Keep-Alive alle 30 s ein, verkürzen Sie die Anmeldedauer, oder stellen Sie den UDP-Timer des \
                 Routers vor dem Gerät auf mindestens 180 s.",
                "Switch on keep-alive every 30 s at the device, shorten its registration, or set the UDP timer of the router in front \
                 of it to 180 s at least.",
            ],
            None => [
                "Prüfen Sie, ob das Gerät noch läuft. Wenn ja, schalten Sie dort Keep-Alive alle 30 s ein, verkürzen Sie die \
                 Anmeldedauer, oder stellen Sie den UDP-Timer des Routers vor dem Gerät auf mindestens 180 s.",
                "Check whether the device still runs. If so, switch on keep-alive every 30 s there, shorten its registration, or set \
                 the UDP timer of the router in front of it to 180 s at least.",
            ],
        },
        Missed::Unfound { .. } => [
            "Prüfen Sie, ob das Gerät eingeschaltet und angeschlossen ist und noch diese Adresse hat. Gibt es das Gerät nicht mehr, \
             löschen Sie seinen Eintrag.",
            "Check whether the device is switched on and connected and still has this address. If it exists no more, delete its \
             entry.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_mapping_is_sure_only_where_another_one_follows() {
        let told = |later, language| {
            let why = Missed::Unmapped {
                account: "sip:19@a".into(),
                own: "192.168.178.20".parse().unwrap(),
                later,
            };
            let [de, en] = action(&why);
            format!("{} {}", sentence(&why, language), if language == De { de } else { en })
        };
        assert!(
            told(Some(33061), De).contains("Port 33061") && !told(Some(33061), De).contains("Vermutlich")
        );
        assert!(told(None, De).contains("Vermutlich") && told(None, De).contains("noch läuft"));
        assert!(told(Some(33061), En).contains("port 33061") && !told(Some(33061), En).contains("probably"));
        assert!(told(None, En).contains("probably") && told(None, En).contains("still runs"));
    }
}
