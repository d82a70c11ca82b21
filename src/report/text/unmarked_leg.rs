//! The sentences of QOS-007 in both languages: voice without its mark on the Internet, or behind a router of which nobody knows
//! where it leads.

use std::net::IpAddr;

use super::{List, dscp_name, dscp_shares};
use crate::observe::is_public;
use crate::report::language::Language::{self, De, En};
use crate::report::number::counted;

/// Whether one of them has an address of the Internet.
pub(super) fn is_internet(sender: Option<IpAddr>, peers: &[IpAddr]) -> bool {
    sender.iter().chain(peers).any(|host| is_public(*host))
}

/// What was seen. `voice`: packets without the expected mark, with which others they are, and the expected one. `ends`: the sender
/// and its peers.
pub(super) fn detail(
    (packets, dscp, expected): (u64, &[(u8, u64)], u8),
    device: &str,
    (sender, peers): (Option<IpAddr>, &[IpAddr]),
    language: Language,
) -> String {
    let list = List::addresses(peers);
    let is_bare = dscp.iter().all(|(value, _)| *value == 0);
    let marked = match (packets, is_bare, language) {
        (1, true, De) => "ist nicht gekennzeichnet".to_owned(),
        (_, true, De) => "sind nicht gekennzeichnet".to_owned(),
        (1, true, En) => "is not marked".to_owned(),
        (_, true, En) => "are not marked".to_owned(),
        (1, false, De) => format!("trägt {} statt {}", dscp_shares(dscp, De), dscp_name(expected)),
        (_, false, De) => format!("tragen {} statt {}", dscp_shares(dscp, De), dscp_name(expected)),
        (1, false, En) => format!("carries {} instead of {}", dscp_shares(dscp, En), dscp_name(expected)),
        (_, false, En) => format!("carry {} instead of {}", dscp_shares(dscp, En), dscp_name(expected)),
    };
    let leg = is_internet(sender, peers);
    match (language, leg) {
        (De, leg) => format!(
            "{} von {device} zu {} {marked}. {}",
            counted(packets, "Sprachpaket", "Sprachpakete", De),
            list.join("und", "weitere"),
            match leg {
                true => "Öffentliche Netze beachten die QoS-Kennzeichnung üblicherweise nicht.",
                false =>
                    "Zwischen beiden liegt ein Router (anderes Netz, womöglich VPN oder Internet); auf solchen Wegen geht die \
                     Kennzeichnung oft verloren.",
            }
        ),
        (En, leg) => format!(
            "{} from {device} to {} {marked}. {}",
            counted(packets, "voice packet", "voice packets", En),
            list.join("and", "more"),
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
    fn another_mark_is_no_want_of_one() {
        let peers = [ip("203.0.113.9")];
        let told = |dscp: &[(u8, u64)], language| {
            detail((500, dscp, 46), "T14", (None, &peers), language).replace('\u{a0}', " ")
        };
        assert!(told(&[(0, 500)], De).contains("sind nicht gekennzeichnet"));
        assert!(
            told(&[(45, 500)], De).contains("tragen DSCP 45 statt 46 (EF)"),
            "{}",
            told(&[(45, 500)], De)
        );
        assert!(
            told(&[(0, 400), (40, 100)], En).contains("carry DSCP 0 (CS0) 80 %, DSCP 40 (CS5) 20 % instead")
        );
    }

    #[test]
    fn the_internet_is_named_only_where_an_address_of_it_is() {
        let of = |peer: &str| {
            let (sender, peers) = (Some(ip("10.8.0.5")), [ip(peer)]);
            let told = detail((500, &[(0, 500)], 46), "T14", (sender, &peers), De);
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
