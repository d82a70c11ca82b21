//! Takes voice that goes to an address in SDP at which its listener cannot be, or that no SDP names; says so, and what to do, in both languages.

use std::net::{IpAddr, SocketAddr};

use super::List;
use crate::check::{Astray, Lost};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{counted, duration};

/// What was seen, in German.
pub(super) fn de(device: &str, packets: u64, peers: &[IpAddr], astray: &Astray) -> String {
    let listeners = List::addresses(peers).join("und", "weitere");
    let (speaks, hears) = match peers.len() {
        1 => ("spricht", "hört"),
        _ => ("sprechen", "hören"),
    };
    let sent = format!(
        "{device} sendet die Sprache an {}, {} in {}.",
        astray.to,
        counted(packets, "Paket", "Pakete", De),
        duration(astray.lasted, De)
    );
    match astray.lost {
        Lost::Unasked => format!(
            "{sent} Diesen Port nennt kein SDP im Mitschnitt. Angekündigt ist {}, und von dort {speaks} {listeners} auch. \
             Wahrscheinlich {hears} {listeners} nichts.",
            announced(astray)
        ),
        Lost::Private => format!(
            "{sent} Das ist eine private Adresse. {listeners} {speaks} aber aus dem Internet, wo private Adressen nicht erreichbar sind, und \
             dorthin geht nichts zurück: {listeners} {hears} nichts."
        ),
        Lost::Rewritten => format!(
            "{sent} Von dort kommt nichts zurück, auch von keiner anderen Adresse kommt Sprache. Angekündigt hat diese Adresse \
             {listeners} im Internet; sie liegt aber hier im eigenen Netz."
        ),
        _ => format!(
            "{sent} Das ist eine öffentliche Adresse, also eine außerhalb des NAT (aus STUN etwa). {listeners} {speaks} aber aus \
             demselben Subnetz, und direkt dorthin geht nichts zurück. Leitet der Router Pakete an die eigene öffentliche Adresse nicht nach innen \
             zurück, {hears} {listeners} nichts."
        ),
    }
}

fn announced(astray: &Astray) -> String {
    astray.announced.map(|end| end.to_string()).unwrap_or_default()
}

/// That a router stands in for a device whose SDP it has rewritten, as a sentence behind others.
pub(super) fn rewritten(host: IpAddr, to: SocketAddr, language: Language) -> String {
    let router = to.ip();
    match language {
        De => format!(
            " {router} ist hier kein Teilnehmer, sondern der Router: Sein SIP ALG hat {to} ins SDP von {host} geschrieben. Gemeint ist \
             {host}, und dort kommt diese Sprache nicht an."
        ),
        En => format!(
            " {router} is no party here but the router: its SIP ALG has put {to} into the SDP of {host}. {host} is meant, and this voice does \
             not reach it."
        ),
    }
}

/// What to do about it.
pub(super) fn switch_off_alg(language: Language) -> &'static str {
    language.either(
        "Schalten Sie SIP ALG (SIP NAT Helper) im Router ab. Bleibt es dabei, lassen Sie die Anlage oder den Provider die Sprache \
         vermitteln statt direkt zwischen den Geräten (direct media).",
        "Switch SIP ALG (SIP NAT helper) off in the router. If that does not help, have the PBX or provider relay the voice instead of \
         sending it straight between the devices (direct media).",
    )
}

/// The same in English.
pub(super) fn en(device: &str, packets: u64, peers: &[IpAddr], astray: &Astray) -> String {
    let listeners = List::addresses(peers).join("and", "more");
    let (speaks, hears) = match peers.len() {
        1 => ("speaks", "hears"),
        _ => ("speak", "hear"),
    };
    let sent = format!(
        "{device} sends its voice to {}, {} in {}.",
        astray.to,
        counted(packets, "packet", "packets", En),
        duration(astray.lasted, En)
    );
    match astray.lost {
        Lost::Unasked => format!(
            "{sent} No SDP in the capture names this port. {} is announced, and {listeners} {speaks} from there. Most likely {listeners} \
             {hears} nothing.",
            announced(astray)
        ),
        Lost::Private => format!(
            "{sent} That is a private address. {listeners}, however, {speaks} from the Internet, where private addresses cannot be \
             reached, and nothing goes back there: {listeners} {hears} nothing."
        ),
        Lost::Rewritten => format!(
            "{sent} Nothing comes back from there, and no voice from any other address either. {listeners} in the Internet announced this \
             address, which however lies in the own network here."
        ),
        _ => format!(
            "{sent} That is a public address, one outside of the NAT (from STUN, say). {listeners}, however, {speaks} from the same \
             subnet, and nothing goes back there directly. Unless the router leads packets to its own public address back inside, \
             {listeners} {hears} nothing."
        ),
    }
}

/// What to do about a private address that somebody in the Internet names, and about a port that nobody names.
pub(super) fn action(astray: &Astray, peers: &[IpAddr], language: Language) -> String {
    let listeners = List::addresses(peers);
    match (astray.lost, language) {
        (Lost::Unasked, De) => "Messen Sie auch unmittelbar an diesem Gerät. Bekommt es dasselbe SDP, hält es sich nicht daran: Prüfen Sie \
                                Softwarestand und fest eingestellte RTP-Ports. Bekommt es ein anderes, wird das SDP unterwegs geändert \
                                (SIP ALG, Session Border Controller)."
            .to_owned(),
        (Lost::Unasked, En) => "Capture right at this device as well. If it gets the same SDP, it does not keep to it: check its software \
                                version and RTP ports that are set by hand. If it gets another one, SDP is changed on the way (SIP ALG, \
                                session border controller)."
            .to_owned(),
        (Lost::Rewritten, De) => format!(
            "Schalten Sie im Router SIP ALG ab: Wahrscheinlich hat er die Adresse im SDP von {} durch eine eigene ersetzt und leitet \
             die Sprache dann nicht weiter.",
            listeners.join("und", "weiteren")
        ),
        (Lost::Rewritten, En) => format!(
            "Switch off SIP ALG in the router: most likely it replaced the address in the SDP of {} by one of its own and then does \
             not pass the voice on.",
            listeners.join("and", "more")
        ),
        (_, De) => "Das Gerät der Gegenseite steht hinter einem NAT und kündigt seine innere Adresse an. Binden Sie es per VPN an, oder \
                    stellen Sie dort STUN oder die externe Adresse ein; oder lassen Sie das Gerät, das sendet, dorthin antworten, woher die \
                    Sprache kommt (symmetrisches RTP, oft „NAT“ genannt)."
            .to_owned(),
        (_, En) => "The device of the other side stands behind a NAT and announces its inner address. Connect it by VPN, or set STUN or \
                    the external address there; or have the device that sends answer to where the voice comes from (symmetric RTP, often \
                    called “NAT”)."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_meant_and_where_it_waits_is_told() {
        let text = rewritten("192.168.88.21".parse().unwrap(), "203.0.113.1:10000".parse().unwrap(), De);
        assert!(text.contains("hat 203.0.113.1:10000 ins SDP von 192.168.88.21 geschrieben"), "{text}");
        let astray = Astray {
            to: "192.168.10.2:5206".parse().unwrap(),
            lost: Lost::Unasked,
            announced: "192.168.10.2:5204".parse().ok(),
            announcer: None,
            lasted: 10_000_000_000,
            outside: false,
            is_over: false,
            by_listener: false,
        };
        let told = en("T14", 500, &["192.168.10.2".parse().unwrap()], &astray);
        assert!(told.contains("names this port. 192.168.10.2:5204 is announced"), "{told}");
    }
}
