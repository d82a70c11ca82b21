//! Takes what was seen of registrations, services and calls that no finding tells; gives what is to be said of it and what to do, in both
//! languages. Shows texts as they are given: whoever calls has made them harmless.

use jiff::tz::TimeZone;

use super::List;
use crate::capture::Timestamp;
use crate::check::RemarkKind;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration, span};

/// What is remarked, as it is to be shown.
pub(crate) struct Remarked<'a> {
    pub(crate) kind: RemarkKind,
    /// Addresses, of hardware where there are no others.
    pub(crate) hosts: &'a [String],
    pub(crate) at: &'a str,
    pub(crate) count: u64,
    pub(crate) vlan: Option<u16>,
    pub(crate) further: u64,
    /// Nanoseconds.
    pub(crate) waited: Option<i64>,
    pub(crate) span: Option<String>,
}

/// A sentence of what was seen, and what to do.
pub(crate) fn remark(remark: &Remarked<'_>, language: Language) -> String {
    let Remarked { kind, hosts, at, count: times, further, .. } = *remark;
    let who = hosts.join(language.either(" und ", " and "));
    let vlan = remark.vlan.unwrap_or_default();
    let during = remark.span.as_ref().map(|span| format!(" ({span})")).unwrap_or_default();
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
        (RemarkKind::RefusedStun, De) => {
            let [ask, get] = if hosts.len() == 1 { ["fragt", "bekommt"] } else { ["fragen", "bekommen"] };
            let held_up = remark.waited.map(|waited| {
                format!(" Anrufe und ihre Annahme verzögern sich dadurch um bis zu {}.", duration(waited, De))
            });
            format!(
                "{} {ask} den STUN-Server {at} {}-mal und {get} keine Antwort, sondern {}-mal per ICMP die Meldung, dass er nicht zu \
                 erreichen ist.{} Tragen Sie einen STUN-Server ein, der antwortet, oder schalten Sie STUN ab.",
                few(hosts, De),
                count(times, De),
                count(further, De),
                held_up.unwrap_or_default()
            )
        }
        (RemarkKind::RefusedStun, En) => {
            let [ask, get] = if hosts.len() == 1 { ["asks", "gets"] } else { ["ask", "get"] };
            let held_up = remark.waited.map(|waited| {
                format!(" Calls and their answers come later by up to {} for that.", duration(waited, En))
            });
            format!(
                "{} {ask} the STUN server {at} {} times and {get} no answer, but {} by ICMP that it cannot be reached.{} Enter a STUN \
                 server that answers, or switch STUN off.",
                few(hosts, En),
                count(times, En),
                counted(further, "message", "messages", En),
                held_up.unwrap_or_default()
            )
        }
        (RemarkKind::NameServerAway, De) => format!(
            "{who} fragt den DNS-Server {at} {}-mal vergebens{during}; danach antwortet er wieder. Anmeldungen und Anrufe, die einen \
             Namen brauchten, konnten in dieser Zeit scheitern. Prüfen Sie, ob der DNS-Server oder der Weg zu ihm unterbrochen war{}.",
            count(times, De),
            if further > 1 { "" } else { ", und tragen Sie einen zweiten ein" }
        ),
        (RemarkKind::NameServerAway, En) => format!(
            "{who} asks the DNS server {at} {} times in vain{during}; then it answers again. Registrations and calls that needed a name \
             may have failed in that time. Check whether the DNS server or the way to it was down{}.",
            count(times, En),
            if further > 1 { "" } else { ", and enter a second one" }
        ),
        (RemarkKind::UnansweredDhcp, De) => format!(
            "{who} bittet {}-mal per DHCP um eine Adresse oder um deren Verlängerung{during} und bekommt keine Antwort. Ohne gültige Adresse \
             kann das Gerät nicht telefonieren, und eine, die es noch hat, läuft ab. Prüfen Sie, ob der DHCP-Server läuft, freie Adressen hat und aus dem VLAN dieses Gerätes zu erreichen ist.",
            count(times, De)
        ),
        (RemarkKind::UnansweredDhcp, En) => format!(
            "{who} asks by DHCP for an address or for its renewal {} times{during} and gets no answer. Without a valid address the device \
             cannot telephone, and one that it still has runs out. Check whether the DHCP server runs, has free addresses and can be reached from the VLAN of this device.",
            count(times, En)
        ),
        (RemarkKind::LateCredentials, _) => {
            late_credentials((&who, at), times, (remark.waited.unwrap_or_default(), further), language)
        }
        (RemarkKind::DeadBranch, De) => format!(
            "{who} stellt {} auch an {at} zu; von dort kommt keine Antwort (INVITE insgesamt {}-mal gesendet), während ein anderes Gerät desselben \
             Anrufs antwortet. Vermutlich ist diese Anmeldung veraltet: Das Gerät ist aus, hat inzwischen eine andere Adresse, oder seine \
             Zuordnung im NAT ist verloren. Melden Sie es neu an, oder löschen Sie den alten Eintrag beim Registrar.",
            counted(times, "Anruf", "Anrufe", De),
            count(further, De)
        ),
        (RemarkKind::DeadBranch, En) => format!(
            "{who} passes {} on to {at}, too; no answer comes from there (INVITE sent {} times in all) while another device answers the same \
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

/// From when to when, and how long that is.
pub(crate) fn during(first: Timestamp, last: Timestamp, zone: &TimeZone, language: Language) -> String {
    format!("{}, {}", span(first, last, zone, language), duration(last.since(first), language))
}

fn few(hosts: &[String], language: Language) -> String {
    let more = language.either("weitere", "others");
    List::of(hosts, hosts.len(), Clone::clone).join(language.either("und", "and"), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarked<'a>(kind: RemarkKind, hosts: &'a [String]) -> Remarked<'a> {
        let span = Some("10:00:00 – 10:00:20".to_owned());
        let waited = Some(3_800_000_000);
        Remarked { kind, hosts, at: "C:5060", count: 12, vlan: Some(20), further: 9, waited, span }
    }

    #[test]
    fn what_a_refusing_stun_server_holds_up_is_told_where_it_is_known() {
        let hosts = ["A".to_owned()];
        let one = remarked(RemarkKind::RefusedStun, &hosts);
        let told = |one: &Remarked<'_>| remark(one, De).replace('\u{a0}', " ");
        assert!(
            told(&one).starts_with(
                "A fragt den STUN-Server C:5060 12-mal und bekommt keine Antwort, sondern 9-mal"
            )
        );
        assert!(told(&one).contains("bis zu 3,8 s"));
        assert!(!told(&Remarked { waited: None, ..one }).contains("bis zu"));
    }

    #[test]
    fn who_and_where_is_named_in_all_of_them() {
        let hosts = ["A".to_owned(), "B".to_owned()];
        let kinds = [
            RemarkKind::SharedAccount,
            RemarkKind::UnheededOptions,
            RemarkKind::OtherVlan,
            RemarkKind::RefusedStun,
            RemarkKind::NameServerAway,
            RemarkKind::UnansweredDhcp,
            RemarkKind::LateCredentials,
            RemarkKind::DeadBranch,
        ];
        for kind in kinds {
            for language in [De, En] {
                let told = remark(&remarked(kind, &hosts), language);
                let is_whole = told.contains("12") && told.ends_with('.');
                let is_whole = is_whole && (kind == RemarkKind::UnansweredDhcp || told.contains("C:5060"));
                assert!(told.starts_with('A') && told.contains(" B ") && is_whole, "{told}");
            }
        }
    }
}
