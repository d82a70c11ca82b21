//! Takes since when a host is silent, and until when it answered others; gives what is said of it and what to look for first,
//! in both languages. Judges nothing.

use std::net::IpAddr;

use jiff::tz::TimeZone;

use crate::check::{Life, Others, Refusal};
use crate::report::language::Language::{self, De, En};
use crate::report::number::time_of_day;

/// That a host which does not answer sends nothing at all any more, as a sentence behind another one.
pub(super) fn silence(
    life: Life,
    refusal: Refusal,
    host: IpAddr,
    zone: &TimeZone,
    language: Language,
) -> String {
    match (life, language) {
        (Life::SilentSince(time), De) if refusal == Refusal::Silence => {
            format!(" Seit {} Uhr kommt von {host} nichts mehr.", time_of_day(time, zone))
        }
        (Life::SilentSince(time), En) if refusal == Refusal::Silence => {
            format!(" Since {} nothing comes from {host} any more.", time_of_day(time, zone))
        }
        _ => String::new(),
    }
}

/// What to do about a service at `host` that answers others or did, by its port and whether it lies in the Internet; nothing
/// where no other was answered.
pub(super) fn reach_as_others(
    serves: Others,
    life: Life,
    (host, port, outbound): (IpAddr, &str, bool),
    zone: &TimeZone,
    language: Language,
) -> Option<String> {
    let others = match (serves, language) {
        (Others::Unserved, _) => return None,
        (Others::Served, De) => format!("Andere Geräte erreichen {host} über {port}."),
        (Others::Served, En) => format!("Other devices reach {host} over {port}."),
        (Others::ServedUntil(time), De) => {
            format!("Andere Geräte erreichten {host} über {port} zuletzt um {} Uhr.", time_of_day(time, zone))
        }
        (Others::ServedUntil(time), En) => {
            format!("Other devices last reached {host} over {port} at {}.", time_of_day(time, zone))
        }
    };
    let action = match (may_be_down(serves, life), language) {
        (false, De) => {
            "Prüfen Sie, ob die Adresse dieses Gerätes dort gesperrt ist (Sperrliste) und ob eine Firewall oder sein VLAN \
             gerade dieses Gerät aussperrt."
                .to_owned()
        }
        (false, En) => {
            "Check whether this device's address is blocked there (block list), and whether a firewall or its VLAN shuts out \
             this very device."
                .to_owned()
        }
        (true, De) => format!(
            "Prüfen Sie, ob der Dienst dort noch läuft, ob die Adresse dieses Gerätes dort gesperrt ist (Sperrliste), ob eine \
             Firewall es aussperrt, und ob {host} noch in Betrieb ist{}.",
            if outbound { "" } else { " und am Netz (Strom, Netzwerkkabel, Switch-Port)" }
        ),
        (true, En) => format!(
            "Check whether the service is still there, whether this device's address is blocked there (block list), whether a \
             firewall shuts it out, and whether {host} is still running{}.",
            if outbound { "" } else { " and connected (power, network cable, switch port)" }
        ),
    };
    Some(format!("{others} {action}"))
}

/// What to do about a registrar that does not answer this device; `near`: no firewall of the network lies between the two.
pub(super) fn register_as_others(
    serves: Others,
    life: Life,
    near: bool,
    zone: &TimeZone,
    language: Language,
) -> String {
    let others = match (serves, language) {
        (Others::Unserved, _) => return find_registrar(life, language).to_owned(),
        (Others::Served, De) => "Andere Geräte meldet der Registrar auf demselben Port an.".to_owned(),
        (Others::Served, En) => "The registrar registers other devices on the same port.".to_owned(),
        (Others::ServedUntil(time), De) => format!(
            "Andere Geräte meldete der Registrar auf demselben Port zuletzt um {} Uhr an.",
            time_of_day(time, zone)
        ),
        (Others::ServedUntil(time), En) => {
            format!(
                "The registrar last registered another device on the same port at {}.",
                time_of_day(time, zone)
            )
        }
    };
    let rest = match (may_be_down(serves, life), language) {
        (false, _) => "",
        (true, De) => {
            " Meldet sich seither auch kein anderes Gerät mehr an: Prüfen Sie, ob der Registrar noch in Betrieb und am Netz ist."
        }
        (true, En) => {
            " If no other device registers any more since then: check whether the registrar is still running and connected."
        }
    };
    let account = match (near, language) {
        (true, De) => {
            "Prüfen Sie in der Anlage, ob dieses Konto eingerichtet ist und ob die Adresse des Gerätes gesperrt ist \
             (Sperrliste), und am Gerät Konto und SIP-Domäne."
        }
        (true, En) => {
            "Check at the PBX whether this account is set up and whether the device's address is blocked (block list), and at \
             the device the account and the SIP domain."
        }
        (false, De) => {
            "Prüfen Sie in der Anlage, ob dieses Konto eingerichtet ist und ob die Adresse des Gerätes gesperrt ist \
             (Sperrliste), am Gerät Konto und SIP-Domäne, und ob eine Firewall gerade dieses Gerät oder sein Netz aussperrt."
        }
        (false, En) => {
            "Check at the PBX whether this account is set up and whether the device's address is blocked (block list), at the \
             device the account and the SIP domain, and whether a firewall shuts out this very device or its network."
        }
    };
    format!("{others} {account}{rest}")
}

/// Nobody was answered since, and nothing else comes from there: what others once got does not show that it runs.
fn may_be_down(serves: Others, life: Life) -> bool {
    matches!(serves, Others::ServedUntil(_)) && life != Life::Sends
}

/// What to do about a registrar that was seen to answer nobody.
fn find_registrar(life: Life, language: Language) -> &'static str {
    match (life, language) {
        (Life::Sends, De) => {
            "Der Registrar ist in Betrieb, das zeigt sein anderer Verkehr. Prüfen Sie, ob dort SIP auf diesem Port läuft \
             und ob eine Firewall ihn sperrt."
        }
        (Life::Sends, En) => {
            "The registrar is running, as its other traffic shows. Check whether SIP is served there on this port, and \
             whether a firewall blocks it."
        }
        (Life::SilentSince(_), De) => {
            "Prüfen Sie zuerst, ob der Registrar noch in Betrieb und am Netz ist (Strom, Netzwerkkabel, Switch-Port), dann den \
             Dienst."
        }
        (Life::SilentSince(_), En) => {
            "First check whether the registrar is still running and connected (power, network cable, switch port), then the \
             service."
        }
        (Life::Unseen, De) => {
            "Prüfen Sie, ob die Adresse des Registrars stimmt, ob er in Betrieb ist, ob Hin- und Rückweg stimmen (Standardgateway, \
             Routen, VPN) und ob eine Firewall den Port sperrt."
        }
        (Life::Unseen, En) => {
            "Check whether the registrar's address is right, whether it is running, whether the ways there and back are right (default \
             gateway, routes, VPN), and whether a firewall blocks the port."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;

    #[test]
    fn who_was_served_before_the_silence_does_not_show_that_the_pbx_runs() {
        let host = "192.168.10.2".parse().unwrap();
        let told = |serves, life, language| {
            let service =
                reach_as_others(serves, life, (host, "TCP 389", false), &TimeZone::UTC, language).unwrap();
            let registrar = register_as_others(serves, life, true, &TimeZone::UTC, language);
            [service, registrar]
        };
        let until = Others::ServedUntil(Timestamp(0));
        for text in told(until, Life::SilentSince(Timestamp(5)), De) {
            assert!(text.contains("zuletzt um 00:00:00 Uhr") && text.contains("noch in Betrieb"), "{text}");
        }
        for text in told(until, Life::SilentSince(Timestamp(5)), En) {
            assert!(
                text.contains(" last ") && text.contains("00:00:00") && text.contains("still running"),
                "{text}"
            );
        }
        for text in told(until, Life::Sends, De) {
            assert!(text.contains("zuletzt um") && !text.contains("noch in Betrieb"), "{text}");
        }
        for text in told(Others::Served, Life::Sends, De) {
            assert!(!text.contains("zuletzt") && !text.contains("noch in Betrieb"), "{text}");
        }
        assert_eq!(
            reach_as_others(Others::Unserved, Life::Sends, (host, "", true), &TimeZone::UTC, De),
            None
        );
    }
}
