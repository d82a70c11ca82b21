//! The sentences of QOS-007 in both languages: voice without its mark on the Internet, or behind a router of which nobody knows
//! where it leads.

use std::net::IpAddr;

use super::List;
use crate::observe::is_public;
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// Whether one of them has an address of the Internet.
pub(super) fn is_internet(sender: Option<IpAddr>, peers: &[IpAddr]) -> bool {
    sender.iter().chain(peers).any(|host| is_public(*host))
}

/// What was seen. `ends`: the sender and its peers.
pub(super) fn detail(
    packets: u64,
    device: &str,
    (sender, peers): (Option<IpAddr>, &[IpAddr]),
    language: Language,
) -> String {
    let list = List::addresses(peers);
    let is_one = packets == 1;
    let leg = is_internet(sender, peers);
    match (language, leg) {
        (De, leg) => format!(
            "{} von {device} zu {} {} nicht gekennzeichnet. {}",
            counted(packets, "Sprachpaket", "Sprachpakete", De),
            list.join("und", "weitere"),
            if is_one { "ist" } else { "sind" },
            match leg {
                true => "Öffentliche Netze beachten die QoS-Kennzeichnung üblicherweise nicht.",
                false =>
                    "Zwischen beiden liegt ein Router (anderes Netz, womöglich VPN oder Internet); auf solchen Wegen geht die \
                     Kennzeichnung oft verloren.",
            }
        ),
        (En, leg) => format!(
            "{} from {device} to {} {} not marked. {}",
            counted(packets, "voice packet", "voice packets", En),
            list.join("and", "more"),
            if is_one { "is" } else { "are" },
            match leg {
                true => "Public networks usually ignore QoS marking.",
                false =>
                    "There is a router between the two (another network, perhaps a VPN or the Internet); on such ways the marking is \
                     often lost.",
            }
        ),
    }
}

/// What to do. `ends`: the sender and its peers.
pub(super) fn action((sender, peers): (Option<IpAddr>, &[IpAddr]), language: Language) -> &'static str {
    match (language, is_internet(sender, peers)) {
        (De, true) => {
            "Keine Maßnahme an der Kennzeichnung; begrenzen Sie stattdessen am Router die Last des Internetanschlusses."
        }
        (En, true) => {
            "Nothing to do about the marking; rather limit the load of the Internet link at the router."
        }
        (De, false) => {
            "Ist die Strecke ein VPN über das Internet: keine Maßnahme an der Kennzeichnung, begrenzen Sie stattdessen am Router die \
             Last. Ist sie ein eigenes Netz, lassen Sie die Router die Kennzeichnung erhalten."
        }
        (En, false) => {
            "If that way is a VPN over the Internet: nothing to do about the marking, rather limit the load at the router. If it is a \
             network of your own, have the routers keep the marking."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::fixture::ip;

    #[test]
    fn the_internet_is_named_only_where_an_address_of_it_is() {
        let of = |peer: &str| {
            let (sender, peers) = (Some(ip("10.8.0.5")), [ip(peer)]);
            let told = detail(500, "T14", (sender, &peers), De);
            (told, action((sender, &peers), De))
        };
        let (told, action) = of("192.168.10.2");
        assert!(told.contains("womöglich VPN") && action.starts_with("Ist die Strecke"), "{told} {action}");
        let (told, action) = of("203.0.113.9");
        assert!(
            told.contains("Öffentliche Netze") && action.starts_with("Keine Maßnahme"),
            "{told} {action}"
        );
    }
}
