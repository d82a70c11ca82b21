//! The sentences of SIG-009 over TCP in both languages, and what to do.

use std::net::{IpAddr, SocketAddr};

use crate::check::{Detail, Life};
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, duration};

/// From so long a rest (ns) on firewalls forget connections.
const LONG_REST: i64 = 30_000_000_000;
/// From this payload on a packet may be too large for what lies between.
const LARGE: u32 = 1_000;

/// What was seen; `None` for other numbers.
pub(super) fn detail(detail: &Detail, connections: u64, device: &str, language: Language) -> Option<String> {
    let Detail::Stalled { peer, service, most, rested, .. } = detail else { return None };
    let rest = (*rested >= LONG_REST).then(|| duration(*rested, language));
    Some(match (language, connections) {
        (De, 1) => format!(
            "In einer Verbindung über {} musste {device} dieselben Daten {}-mal senden: {peer} bestätigte sie nie und sandte auf \
             dieser Verbindung nichts mehr.{}",
            name(*service),
            count(*most, De),
            rest.map_or_else(String::new, |rest| format!(" Davor kam dort {rest} lang nichts von {peer}."))
        ),
        (De, all) => format!(
            "In {} Verbindungen über {} musste {device} dieselben Daten bis zu {}-mal senden: {peer} bestätigte sie nie und sandte \
             auf der Verbindung nichts mehr.{}",
            count(all, De),
            name(*service),
            count(*most, De),
            rest.map_or_else(String::new, |rest| format!(
                " Davor kam dort jedes Mal mindestens {rest} lang nichts von {peer}."
            ))
        ),
        (En, 1) => format!(
            "In one connection over {}, {device} had to send the same data {} times: {peer} never acknowledged them and sent nothing \
             more on that connection.{}",
            name(*service),
            count(*most, En),
            rest.map_or_else(String::new, |rest| format!(
                " Before that nothing had come from {peer} there for {rest}."
            ))
        ),
        (En, all) => format!(
            "In {} connections over {}, {device} had to send the same data up to {} times: {peer} never acknowledged them and sent \
             nothing more on the connection.{}",
            count(all, En),
            name(*service),
            count(*most, En),
            rest.map_or_else(String::new, |rest| format!(
                " Each time nothing had come from {peer} there for at least {rest} before that."
            ))
        ),
    })
}

fn name(service: SocketAddr) -> String {
    format!("TCP\u{a0}{} ({})", service.port(), service.ip())
}

/// What to do; `None` for other numbers.
pub(super) fn action(detail: &Detail, language: Language) -> Option<String> {
    let Detail::Stalled { peer, bytes, rested, near, life, .. } = detail else { return None };
    Some(match (language, *near) {
        (De, true) => {
            format!("{} Prüfen Sie Kabel, Switch-Port und WLAN dazwischen.", running(*peer, *life, De))
        }
        (En, true) => {
            format!("{} Check cable, switch port and wireless network between.", running(*peer, *life, En))
        }
        (De, false) if *rested >= LONG_REST => {
            "Wahrscheinlich hat Router oder Firewall die ruhende Verbindung vergessen: Stellen Sie \
             dort das TCP-Timeout höher, oder lassen Sie das Gerät öfter Keep-Alives senden."
                .to_owned()
        }
        (En, false) if *rested >= LONG_REST => {
            "Probably the router or firewall has forgotten the idle connection: raise its TCP \
             timeout, or have the device send keep-alives more often."
                .to_owned()
        }
        (De, false) if *bytes >= LARGE => format!(
            "Das Paket hatte {}\u{a0}Byte Nutzdaten: Prüfen Sie zuerst, ob große Pakete durchkommen (MTU, MSS-Begrenzung im Router), dann, ob \
             die Gegenseite lief.",
            count((*bytes).into(), De)
        ),
        (En, false) if *bytes >= LARGE => format!(
            "The packet carried {}\u{a0}bytes: check first whether large packets get through (MTU, MSS clamping in the router), then whether \
             the other side was running.",
            count((*bytes).into(), En)
        ),
        (De, false) => format!(
            "{} Prüfen Sie Internetanschluss, Router und Firewall auf Unterbrechungen.",
            running(*peer, *life, De)
        ),
        (En, false) => {
            format!("{} Check line, router and firewall for interruptions.", running(*peer, *life, En))
        }
    })
}

/// Whether the other side was there.
fn running(peer: IpAddr, life: Life, language: Language) -> String {
    match (life, language) {
        (Life::Sends, De) => format!("{peer} selbst lief, es sandte in dieser Zeit anderes."),
        (Life::Sends, En) => format!("{peer} itself was running: it sent other packets meanwhile."),
        (_, De) => format!("Prüfen Sie, ob {peer} in dieser Zeit lief."),
        (_, En) => format!("Check whether {peer} was running at that time."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::{ip, socket};

    fn stalled(rested: i64, bytes: u32, near: bool, life: Life) -> Detail {
        let service = socket("203.0.113.9:5061");
        Detail::Stalled { peer: ip("203.0.113.9"), service, most: 7, bytes, rested, near, life }
    }

    #[test]
    fn the_cause_that_fits_is_named_first() {
        let told = |detail| action(&detail, De).unwrap();
        assert!(told(stalled(50_000_000_000, 1_200, false, Life::Unseen)).contains("TCP-Timeout"));
        assert!(told(stalled(3_000_000_000, 1_200, false, Life::Unseen)).contains("MTU"));
        assert!(told(stalled(3_000_000_000, 90, true, Life::Sends)).contains("selbst lief"));
    }

    #[test]
    fn one_connection_is_told_as_one() {
        let of = |connections, language| {
            detail(&stalled(50_000_000_000, 90, false, Life::Unseen), connections, "Telefon", language)
                .unwrap()
        };
        assert!(of(1, De).starts_with("In einer Verbindung über TCP\u{a0}5061"), "{}", of(1, De));
        assert!(of(3, De).contains("bis zu 7-mal") && of(3, De).contains("mindestens 50"), "{}", of(3, De));
        assert!(of(1, En).contains("7 times") && of(3, En).contains("In 3 connections"));
    }
}
