//! What is to be said of registrations that no finding tells, in both languages.

use crate::check::RemarkKind;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration};

/// A sentence of what was seen, and what to do. `hosts` and `at`: as they are to be shown.
pub(crate) fn remark(
    kind: RemarkKind,
    (hosts, at): (&[String], &str),
    times: u64,
    (vlan, wait, further): (Option<u16>, Option<i64>, Option<u64>),
    language: Language,
) -> String {
    let who = hosts.join(language.either(" und ", " and "));
    let vlan = vlan.unwrap_or_default();
    let further = further.unwrap_or_default();
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
        (RemarkKind::LateCredentials, _) => {
            late_credentials((&who, at), times, (wait.unwrap_or_default(), further), language)
        }
        (RemarkKind::DeadBranch, De) => format!(
            "{who} stellt {} auch an {at} zu; von dort kommt keine Antwort (INVITE {}-mal gesendet), während ein anderes Gerät desselben \
             Anrufs antwortet. Vermutlich ist diese Anmeldung veraltet: Das Gerät ist aus, hat inzwischen eine andere Adresse, oder seine \
             Zuordnung im NAT ist verloren. Melden Sie es neu an, oder löschen Sie den alten Eintrag beim Registrar.",
            counted(times, "Anruf", "Anrufe", De),
            count(further, De)
        ),
        (RemarkKind::DeadBranch, En) => format!(
            "{who} passes {} on to {at}, too; no answer comes from there (INVITE sent {} times) while another device answers the same \
             call. That registration is probably stale: the device is off, has another address by now, or lost its mapping in the NAT. \
             Have it register again, or delete the old entry at the registrar.",
            counted(times, "call", "calls", En),
            count(further, En)
        ),
    }
}

/// That a device answers challenges late. `wait`: the median (ns); `run_out`: how often the challenge was too old by then.
fn late_credentials(
    (who, at): (&str, &str),
    times: u64,
    (wait, run_out): (i64, u64),
    language: Language,
) -> String {
    let wait = duration(wait, language);
    match language {
        De => format!(
            "{who} beantwortet die Kennwortabfragen (401, 407) von {at} spät: {}-mal erst nach mehr als 5 s, im Median nach \
             {wait}. {}Anmeldungen und Anrufe kommen um so viel später zustande, wenn überhaupt. Prüfen Sie am Gerät, warum es so lange \
             wartet (DNS, STUN, mehrere Konten).",
            count(times, De),
            match run_out {
                0 => String::new(),
                1 => "Einmal war die Abfrage (Nonce) schon abgelaufen, und der Server wies die Anmeldedaten zurück. ".to_owned(),
                many => format!(
                    "{}-mal war die Abfrage (Nonce) schon abgelaufen, und der Server wies die Anmeldedaten zurück. ",
                    count(many, De)
                ),
            }
        ),
        En => format!(
            "{who} is late to answer the challenges (401, 407) of {at}: {} times only after more than 5 s, after {wait} in the median. \
             {}Registrations and calls come about that much later, if at all. Check at the device why it waits so long (DNS, STUN, \
             several accounts).",
            count(times, En),
            match run_out {
                0 => String::new(),
                1 => "Once the challenge (nonce) had run out, and the server refused the credentials. ".to_owned(),
                many => format!(
                    "{} times the challenge (nonce) had run out, and the server refused the credentials. ",
                    count(many, En)
                ),
            }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_where_is_named_in_all_of_them() {
        use RemarkKind::{DeadBranch, LateCredentials, OtherVlan, SharedAccount, UnheededOptions};
        for kind in [SharedAccount, UnheededOptions, OtherVlan, LateCredentials, DeadBranch] {
            for language in [De, En] {
                let told = remark(
                    kind,
                    (&["A".to_owned(), "B".to_owned()], "C:5060"),
                    12,
                    (Some(20), None, Some(2)),
                    language,
                );
                let is_whole = told.contains("C:5060") && told.contains("12") && told.ends_with('.');
                assert!(told.starts_with('A') && told.contains(" B ") && is_whole, "{told}");
            }
        }
    }
}
