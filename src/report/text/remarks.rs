//! Takes what was seen of registrations that no finding tells; gives what is to be said of it and what to do, in both
//! languages. Shows texts as they are given: whoever calls has made them harmless.

use crate::check::RemarkKind;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted};

/// A sentence of what was seen, and what to do. `hosts` and `at`: as they are to be shown.
pub(crate) fn remark(
    kind: RemarkKind,
    (hosts, at): (&[String], &str),
    times: u64,
    vlan: Option<u16>,
    language: Language,
) -> String {
    let who = hosts.join(language.either(" und ", " and "));
    let vlan = vlan.unwrap_or_default();
    match (kind, language) {
        (RemarkKind::SharedAccount, De) => format!(
            "{who} melden im Wechsel dasselbe Konto bei {at} an ({}). Der Registrar führt je Konto nur ein Gerät: Seine \
             Antworten (200) nennen nur das jeweils letzte. Jede Anmeldung verdrängt also die andere, und ankommende Anrufe erreichen nur ein \
             Gerät. Geben Sie jedem Gerät ein eigenes Konto, oder lassen Sie mehrere Geräte je Konto zu.",
            counted(times, "angenommene Anmeldung", "angenommene Anmeldungen", De)
        ),
        (RemarkKind::SharedAccount, En) => format!(
            "{who} register the same account at {at} by turns ({}). The registrar keeps one device for an account: its answers \
             (200) name the latest one only. So each registration replaces the other, and incoming calls reach one device only. Give \
             each device an account of its own, or allow several devices for one.",
            counted(times, "accepted registration", "accepted registrations", En)
        ),
        (RemarkKind::UnheededOptions, De) => format!(
            "{who} fragt {at} {}-mal mit OPTIONS, ob der Anschluss bereit ist, und bekommt keine Antwort. Manche Provider stellen dann \
             keine Anrufe mehr zu. Prüfen Sie, ob die Anfragen das Gerät erreichen (Firewall, NAT) und ob es OPTIONS beantwortet.",
            count(times, De)
        ),
        (RemarkKind::UnheededOptions, En) => format!(
            "{who} asks {at} {} times by OPTIONS whether the line is ready, and gets no answer. Some providers then deliver no more \
             calls. Check whether the requests reach the device (firewall, NAT) and whether it answers OPTIONS.",
            count(times, En)
        ),
        (RemarkKind::OtherVlan, De) => format!(
            "{who} sendet ohne VLAN-Tag und aus einem anderen Netz als der Registrar {at}; {} von dort sind in VLAN {vlan}, und dieses \
             Gerät bekommt keine Antwort. Vermutlich ist es im falschen VLAN: Prüfen Sie Switch-Port, LLDP-MED und die \
             VLAN-Einstellung am Gerät. Ein Spiegelport kann das Tag auch entfernt haben.",
            counted(times, "angemeldetes Gerät", "angemeldete Geräte", De)
        ),
        (RemarkKind::OtherVlan, En) => format!(
            "{who} sends without a VLAN tag and from another network than the registrar {at}; {} there are in VLAN {vlan}, and this \
             device gets no answer. It is probably in the wrong VLAN: check switch port, LLDP-MED and the VLAN setting of the \
             device. A mirror port may have taken the tag off, too.",
            counted(times, "registered device", "registered devices", En)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_where_is_named_in_all_of_them() {
        for kind in [RemarkKind::SharedAccount, RemarkKind::UnheededOptions, RemarkKind::OtherVlan] {
            for language in [De, En] {
                let told =
                    remark(kind, (&["A".to_owned(), "B".to_owned()], "C:5060"), 12, Some(20), language);
                let is_whole = told.contains("C:5060") && told.contains("12") && told.ends_with('.');
                assert!(told.starts_with('A') && told.contains(" B ") && is_whole, "{told}");
            }
        }
    }
}
