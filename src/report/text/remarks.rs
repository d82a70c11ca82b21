//! Takes what was seen of registrations, services and calls that no finding tells; gives what is to be said of it and what to do, in both
//! languages. Shows texts as they are given: whoever calls has made them harmless.

use jiff::tz::TimeZone;

use super::List;
use crate::check::Observation;
use crate::observe::Late;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration, period};

/// A sentence of what was seen, and what to do. `hosts`: addresses, of hardware where there are no others.
pub(crate) fn remark(
    hosts: &[String],
    at: &str,
    what: &Observation,
    zone: &TimeZone,
    language: Language,
) -> String {
    let who = few(hosts, language);
    let is_one = hosts.len() == 1;
    match (*what, language) {
        (Observation::SharedAccount { grants }, De) => format!(
            "{who} melden im Wechsel dasselbe Konto bei {at} an ({}). Der Registrar führt je Konto nur ein Gerät: Seine \
             Antworten (200) nennen nur das jeweils letzte. Jede Anmeldung verdrängt also die andere, und ankommende Anrufe \
             erreichen nur ein Gerät. Geben Sie jedem Gerät ein eigenes Konto, oder lassen Sie mehrere Geräte je Konto zu.",
            counted(grants, "angenommene Anmeldung", "angenommene Anmeldungen", De)
        ),
        (Observation::SharedAccount { grants }, En) => format!(
            "{who} register the same account at {at} by turns ({}). The registrar keeps one device for an account: its answers \
             (200) name the latest one only. So each registration replaces the other, and incoming calls reach one device only. Give \
             each device an account of its own, or allow several devices for one.",
            counted(grants, "accepted registration", "accepted registrations", En)
        ),
        (Observation::UnheededOptions { requests }, De) => format!(
            "{who} fragt {at} {}-mal mit OPTIONS, ob der Anschluss bereit ist, und bekommt keine Antwort. Manche Provider stellen dann \
             keine Anrufe mehr zu. Prüfen Sie, ob die Anfragen das Gerät erreichen (Firewall, NAT) und ob es OPTIONS beantwortet.",
            count(requests, De)
        ),
        (Observation::UnheededOptions { requests }, En) => format!(
            "{who} asks {at} {} times by OPTIONS whether the line is ready, and gets no answer. Some providers then deliver no more \
             calls. Check whether the requests reach the device (firewall, NAT) and whether it answers OPTIONS.",
            count(requests, En)
        ),
        (Observation::OtherVlan { vlan, registered }, De) => format!(
            "{who} sendet ohne VLAN-Tag und aus einem anderen Netz als der Registrar {at}; {} von dort sind in VLAN {vlan}, und dieses \
             Gerät bekommt keine Antwort. Vermutlich ist es im falschen VLAN: Prüfen Sie Switch-Port, LLDP-MED und die \
             VLAN-Einstellung am Gerät. Ein Spiegelport kann das Tag auch entfernt haben.",
            counted(registered, "angemeldetes Gerät", "angemeldete Geräte", De)
        ),
        (Observation::OtherVlan { vlan, registered }, En) => format!(
            "{who} sends without a VLAN tag and from another network than the registrar {at}; {} there are in VLAN {vlan}, and this \
             device gets no answer. It is probably in the wrong VLAN: check switch port, LLDP-MED and the VLAN setting of the \
             device. A mirror port may have taken the tag off, too.",
            counted(registered, "registered device", "registered devices", En)
        ),
        (Observation::RefusedStun { requests, refusals, waited }, De) => format!(
            "{who} {} den STUN-Server {at} {}-mal und {} keine Antwort, sondern {}-mal per ICMP die Meldung, dass er nicht zu \
             erreichen ist.{} Tragen Sie einen STUN-Server ein, der antwortet, oder schalten Sie STUN ab.",
            if is_one { "fragt" } else { "fragen" },
            count(requests, De),
            if is_one { "bekommt" } else { "bekommen" },
            count(refusals, De),
            waited.map_or_else(String::new, |waited| format!(
                " Anrufe und ihre Annahme verzögern sich dadurch um bis zu {}.",
                duration(waited, De)
            ))
        ),
        (Observation::RefusedStun { requests, refusals, waited }, En) => format!(
            "{who} {} the STUN server {at} {} times and {} no answer, but {} by ICMP that it cannot be reached.{} Enter a STUN \
             server that answers, or switch STUN off.",
            if is_one { "asks" } else { "ask" },
            count(requests, En),
            if is_one { "gets" } else { "get" },
            counted(refusals, "message", "messages", En),
            waited.map_or_else(String::new, |waited| format!(
                " That delays calls and their answers by up to {}.",
                duration(waited, En)
            ))
        ),
        (Observation::NameServerAway { tries, span: (first, last), answers_others: true, .. }, De) => format!(
            "{who} fragt den DNS-Server {at} {}-mal vergebens: {}; danach bekommt das Gerät wieder Antwort. Anderen Geräten antwortet \
             der Server auch in dieser Zeit, er war also in Betrieb. Anmeldungen und Anrufe, die einen Namen brauchten, konnten \
             scheitern. Prüfen Sie den Weg dieses Gerätes zum Server: Netzwerkkabel, WLAN, Switch-Port, Firewall.",
            count(tries, De),
            period(first, last, zone, De)
        ),
        (Observation::NameServerAway { tries, span: (first, last), answers_others: true, .. }, En) => format!(
            "{who} asks the DNS server {at} {} times in vain: {}; then the device gets answers again. The server answers other devices \
             in that time as well, so it was running. Registrations and calls that needed a name may have failed. Check the way of \
             this device to the server: network cable, Wi-Fi, switch port, firewall.",
            count(tries, En),
            period(first, last, zone, En)
        ),
        (Observation::NameServerAway { tries, span: (first, last), servers, .. }, De) => format!(
            "{who} fragt den DNS-Server {at} {}-mal vergebens: {}; danach antwortet er wieder. Anmeldungen und Anrufe, die einen \
             Namen brauchten, konnten in dieser Zeit scheitern. Prüfen Sie, ob der DNS-Server oder der Weg zu ihm unterbrochen war{}.",
            count(tries, De),
            period(first, last, zone, De),
            if servers > 1 { "" } else { ", und tragen Sie einen zweiten ein" }
        ),
        (Observation::NameServerAway { tries, span: (first, last), servers, .. }, En) => format!(
            "{who} asks the DNS server {at} {} times in vain: {}; then it answers again. Registrations and calls that needed a name \
             may have failed in that time. Check whether the DNS server or the way to it was down{}.",
            count(tries, En),
            period(first, last, zone, En),
            if servers > 1 { "" } else { ", and enter a second one" }
        ),
        (Observation::UnansweredDhcp { tries, span: (first, last), asked_alone }, De) => format!(
            "{who} bittet {}-mal per DHCP um eine Adresse oder um deren Verlängerung{} und bekommt keine Antwort: {}. Ohne gültige \
             Adresse kann das Gerät nicht telefonieren, und eine, die es noch hat, läuft ab. Prüfen Sie, ob der DHCP-Server läuft, \
             freie Adressen hat und aus dem VLAN dieses Gerätes zu erreichen ist.",
            count(tries, De),
            if asked_alone { format!(", zuletzt den Server {at} allein,") } else { String::new() },
            period(first, last, zone, De)
        ),
        (Observation::UnansweredDhcp { tries, span: (first, last), asked_alone }, En) => format!(
            "{who} asks by DHCP for an address or for its renewal {} times{} and gets no answer: {}. Without a valid address the \
             device cannot telephone, and one that it still has runs out. Check whether the DHCP server runs, has free addresses and \
             can be reached from the VLAN of this device.",
            count(tries, En),
            if asked_alone { format!(", in the end the server {at} alone,") } else { String::new() },
            period(first, last, zone, En)
        ),
        (Observation::LateCredentials { times, wait, run_out }, De) => format!(
            "{who} beantwortet die Kennwortabfragen (401, 407) von {at} spät: {}-mal erst nach mehr als {}, meist nach etwa \
             {}. {}Anmeldungen und Anrufe kommen um so viel später zustande, wenn überhaupt. Prüfen Sie am Gerät, warum es so lange \
             wartet (DNS, STUN, mehrere Konten).",
            count(times, De),
            duration(Late::AFTER, De),
            duration(wait, De),
            match run_out {
                0 => String::new(),
                1 => "Einmal war die Abfrage (Nonce) schon abgelaufen, und der Server wies die Anmeldedaten zurück. ".to_owned(),
                many => format!(
                    "{}-mal war die Abfrage (Nonce) schon abgelaufen, und der Server wies die Anmeldedaten zurück. ",
                    count(many, De)
                ),
            }
        ),
        (Observation::LateCredentials { times, wait, run_out }, En) => format!(
            "{who} is late to answer the challenges (401, 407) of {at}: {} times only after more than {}, mostly after about {}. \
             {}Registrations and calls come about that much later, if at all. Check at the device why it waits so long (DNS, STUN, \
             several accounts).",
            count(times, En),
            duration(Late::AFTER, En),
            duration(wait, En),
            match run_out {
                0 => String::new(),
                1 => "Once the challenge (nonce) had run out, and the server refused the credentials. ".to_owned(),
                many => format!(
                    "{} times the challenge (nonce) had run out, and the server refused the credentials. ",
                    count(many, En)
                ),
            }
        ),
        (Observation::DeadBranch { calls, sent }, De) => format!(
            "{who} stellt {} auch an {at} zu; von dort kommt keine Antwort (INVITE insgesamt {}-mal gesendet), während ein anderes Gerät \
             desselben Anrufs antwortet. Vermutlich ist diese Anmeldung veraltet: Das Gerät ist aus, hat inzwischen eine andere \
             Adresse, oder seine Zuordnung im NAT ist verloren. Melden Sie es neu an, oder löschen Sie den alten Eintrag beim Registrar.",
            counted(calls, "Anruf", "Anrufe", De),
            count(sent, De)
        ),
        (Observation::DeadBranch { calls, sent }, En) => format!(
            "{who} passes {} on to {at}, too; no answer comes from there (INVITE sent {} times in all) while another device answers the same \
             call. That registration is probably stale: the device is off, has another address by now, or lost its mapping in the NAT. \
             Have it register again, or delete the old entry at the registrar.",
            counted(calls, "call", "calls", En),
            count(sent, En)
        ),
    }
}

fn few(hosts: &[String], language: Language) -> String {
    let more = language.either("weitere", "others");
    List::of(hosts, hosts.len(), Clone::clone).join(language.either("und", "and"), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;

    fn told(hosts: &[&str], what: &Observation, language: Language) -> String {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        remark(&hosts, "C:5060", what, &TimeZone::UTC, language).replace('\u{a0}', " ")
    }

    #[test]
    fn what_a_refusing_stun_server_holds_up_is_told_where_it_is_known() {
        let refused = |waited| Observation::RefusedStun { requests: 12, refusals: 9, waited };
        let one = told(&["A"], &refused(Some(3_800_000_000)), De);
        assert!(
            one.starts_with("A fragt den STUN-Server C:5060 12-mal und bekommt keine Antwort, sondern 9-mal")
        );
        assert!(one.contains("bis zu 3,8 s"));
        assert!(!told(&["A"], &refused(None), De).contains("bis zu"));
    }

    #[test]
    fn who_and_where_is_named_in_all_of_them() {
        let span = (Timestamp(0), Timestamp(20_000_000_000));
        let all = [
            Observation::SharedAccount { grants: 12 },
            Observation::UnheededOptions { requests: 12 },
            Observation::OtherVlan { vlan: 20, registered: 12 },
            Observation::RefusedStun { requests: 12, refusals: 9, waited: None },
            Observation::NameServerAway { tries: 12, span, servers: 1, answers_others: false },
            Observation::NameServerAway { tries: 12, span, servers: 1, answers_others: true },
            Observation::UnansweredDhcp { tries: 12, span, asked_alone: false },
            Observation::UnansweredDhcp { tries: 12, span, asked_alone: true },
            Observation::LateCredentials { times: 12, wait: 6_000_000_000, run_out: 9 },
            Observation::DeadBranch { calls: 12, sent: 9 },
        ];
        for what in all {
            for language in [De, En] {
                let told = told(&["A", "B"], &what, language);
                let is_dhcp = matches!(what, Observation::UnansweredDhcp { asked_alone: false, .. });
                let is_whole =
                    told.contains("12") && told.ends_with('.') && (is_dhcp || told.contains("C:5060"));
                assert!(told.starts_with('A') && told.contains(" B ") && is_whole, "{told}");
            }
        }
    }
}
