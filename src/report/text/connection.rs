//! The sentences of SIG-007 and SIG-008 in both languages, side by side: numbers of alerts and dates are the same. And how what
//! SEC-003 saw in clear text is made secure.

use std::net::SocketAddr;

use super::quoted;
use crate::capture::Timestamp;
use crate::check::{Detail, Finding};
use crate::observe::Stuck;
use crate::observe::message::App;
use crate::observe::message::tls::alert_name;
use crate::report::language::Language;
use crate::report::number::{count, day};

const SECURE_INTERFACE: [&str; 2] = [
    "Stellen Sie die Schnittstelle auf „sicher (TLS/SRTP)“. Ist Klartext so gewollt, nehmen Sie ihn als Ausnahme in die Standortdatei auf.",
    "Set the interface to “secure (TLS/SRTP)”. If clear text is intended, accept it by an exception in the site file.",
];
const SECURE_PHONE_BOOK: [&str; 2] = [
    "Stellen Sie das Telefonbuch auf LDAPS. Ist Klartext so gewollt, nehmen Sie ihn als Ausnahme in die Standortdatei auf.",
    "Set the phone book to LDAPS. If clear text is intended, accept it by an exception in the site file.",
];
const SECURE_ALL: [&str; 2] = [
    "Stellen Sie die Schnittstelle auf „sicher (TLS/SRTP)“ und das Telefonbuch auf LDAPS. Ist Klartext so gewollt, nehmen Sie ihn als Ausnahme in die Standortdatei auf.",
    "Set the interface to “secure (TLS/SRTP)” and the phone book to LDAPS. If clear text is intended, accept it by an exception in the site file.",
];

/// When a certificate is not valid.
#[derive(Clone, Copy, Default)]
struct Validity {
    expired: Option<Timestamp>,
    early: Option<Timestamp>,
}

/// What SIG-007 says.
pub(super) fn tls(finding: &Finding, device: &str, language: Language) -> String {
    let Detail::Sig007 { server, name, alert, expired, early, lacks_certificate, stuck: why } =
        &finding.detail
    else {
        return String::new();
    };
    if let Some(why) = why {
        return stuck(device, *server, *why, finding.count, language);
    }
    let name = name.as_deref().map(quoted);
    let validity = Validity { expired: *expired, early: *early };
    let say = if language == Language::De { tls_de } else { tls_en };
    let text = say(device, *server, name.as_deref(), *alert, finding.count, validity);
    if *lacks_certificate { text + BARE[usize::from(language == Language::En)] } else { text }
}

/// Why TLS never came about.
fn stuck(device: &str, server: SocketAddr, why: Stuck, times: u64, language: Language) -> String {
    let often = match (times, language) {
        (1, _) => String::new(),
        (_, Language::De) => format!(" {}-mal", count(times, Language::De)),
        (_, Language::En) => format!(" {}\u{a0}times", count(times, Language::En)),
    };
    match language {
        Language::De => {
            let how = match why {
                Stuck::Mute => {
                    "Der Server nimmt die TCP-Verbindung an und antwortet auf den ClientHello mit keinem Byte."
                }
                Stuck::PlainSip => {
                    "Der Server antwortet auf den ClientHello unverschlüsselt mit SIP: Auf diesem Port spricht er kein TLS."
                }
                Stuck::Plain => "Der Server antwortet auf den ClientHello mit etwas, das kein TLS ist.",
                Stuck::Holes => {
                    "Von der Antwort des Servers auf den ClientHello fehlen Segmente, und sie kommen auch nicht nach. So sieht es aus, wenn große Pakete unterwegs verworfen werden (MTU) und die ICMP-Meldung dazu ausbleibt."
                }
            };
            format!(
                "{device} beginnt mit {server}{often} eine TLS-Verbindung, und keine kommt zustande. {how}"
            )
        }
        Language::En => {
            let how = match why {
                Stuck::Mute => {
                    "The server takes the TCP connection and answers the ClientHello with not one byte."
                }
                Stuck::PlainSip => {
                    "The server answers the ClientHello with SIP in clear text: it speaks no TLS on this port."
                }
                Stuck::Plain => "The server answers the ClientHello with something that is not TLS.",
                Stuck::Holes => {
                    "Segments of the server's answer to the ClientHello are missing, and do not come later either. This is what it looks like where large packets are dropped on the way (MTU) and the ICMP message about it does not come."
                }
            };
            format!("{device} begins a TLS connection with {server}{often}, and none comes about. {how}")
        }
    }
}

const BARE: [&str; 2] = [
    " Der Server hat zuvor ein Client-Zertifikat verlangt; das Gerät hat keines gesendet.",
    " The server had asked for a client certificate before; the device sent none.",
];

fn tls_de(
    device: &str,
    server: SocketAddr,
    name: Option<&str>,
    alert: Option<(u8, bool)>,
    times: u64,
    validity: Validity,
) -> String {
    let of = name.map_or_else(String::new, |name| format!(" für {name}"));
    let expired = validity
        .expired
        .map(|end| format!("Das Zertifikat des Servers{of} ist am {} abgelaufen.", day(end, Language::De)));
    let early = validity.early.map(|begin| {
        format!("Das Zertifikat des Servers{of} gilt erst ab dem {}.", day(begin, Language::De))
    });
    let expired = expired.or(early);
    let Some((number, by_client)) = alert else {
        return format!("{device} verbindet sich mit {server} (TLS). {}", expired.unwrap_or_default());
    };
    let who = if by_client { format!("{device} bricht") } else { format!("{server} bricht") };
    let with = if by_client { server.to_string() } else { device.to_owned() };
    let more = expired.map_or_else(String::new, |text| format!(" {text}"));
    let often = if times > 1 { format!(" {}-mal", count(times, Language::De)) } else { String::new() };
    format!("{who} die TLS-Verbindung mit {with}{often} ab: Meldung {}.{more}", alert_text(number))
}

fn tls_en(
    device: &str,
    server: SocketAddr,
    name: Option<&str>,
    alert: Option<(u8, bool)>,
    times: u64,
    validity: Validity,
) -> String {
    let of = name.map_or_else(String::new, |name| format!(" for {name}"));
    let expired = validity
        .expired
        .map(|end| format!("The server's certificate{of} expired on {}.", day(end, Language::En)));
    let early = validity.early.map(|begin| {
        format!("The server's certificate{of} is not valid before {}.", day(begin, Language::En))
    });
    let expired = expired.or(early);
    let Some((number, by_client)) = alert else {
        return format!("{device} connects to {server} (TLS). {}", expired.unwrap_or_default());
    };
    let who = if by_client { device.to_owned() } else { server.to_string() };
    let with = if by_client { server.to_string() } else { device.to_owned() };
    let more = expired.map_or_else(String::new, |text| format!(" {text}"));
    let often = if times > 1 { format!(" {}\u{a0}times", count(times, Language::En)) } else { String::new() };
    format!("{who} ends the TLS connection with {with}{often}: alert {}.{more}", alert_text(number))
}

pub(super) fn silence_de(device: &str, registrar: SocketAddr, longest: &str, expires: u32) -> String {
    format!(
        "Zwischen {device} und {registrar} (SIP über UDP, angemeldet für {expires} s) ist, solange die Anmeldung gilt, \
         bis zu {longest} lang kein Paket zu sehen. Manche Firewall vergisst die Zuordnung nach 30 bis 60 s, ankommende Rufe gehen dann verloren."
    )
}

pub(super) fn silence_en(device: &str, registrar: SocketAddr, longest: &str, expires: u32) -> String {
    format!(
        "Between {device} and {registrar} (SIP over UDP, registered for {expires} s) no packet is seen for up to {longest} \
         while the registration stands. Some firewalls forget the mapping after 30 to 60 s, and inbound calls are lost then."
    )
}

/// What can be read of a SEC-003.
pub(super) fn overheard(apps: &[App], language: Language) -> &'static str {
    match apps {
        [App::Ldap] => language.either(
            "Wer im LAN mitliest, kann lesen, was im Telefonbuch gesucht und gefunden wird (Namen, Rufnummern), es sei denn, die \
             Anmeldung (SASL, Kerberos) verschlüsselt es.",
            "Whoever listens in the LAN can read what is sought and found in the phone book (names, numbers), unless the login (SASL, \
             Kerberos) encrypts it.",
        ),
        _ => language.either(
            "Wer im LAN mitliest, erfährt Rufnummern und kann Gespräche mithören.",
            "Whoever listens in the LAN learns numbers and can overhear calls.",
        ),
    }
}

/// What to do about a SEC-003, by what was readable: the phone book, SIP, or both.
pub(super) fn secure(apps: &[App], language: Language) -> String {
    let [phone_book, others] =
        [true, false].map(|is_ldap| apps.iter().any(|app| (*app == App::Ldap) == is_ldap));
    let texts = match (phone_book, others) {
        (true, true) => SECURE_ALL,
        (true, false) => SECURE_PHONE_BOOK,
        (false, _) => SECURE_INTERFACE,
    };
    texts[usize::from(language == Language::En)].to_owned()
}

/// As Wireshark writes it, with the number of RFC 8446 section 6.
fn alert_text(number: u8) -> String {
    alert_name(number).map_or_else(|| number.to_string(), |name| format!("{name} ({number})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> SocketAddr {
        "192.168.10.2:443".parse().unwrap()
    }

    #[test]
    fn from_a_phone_book_nobody_overhears_calls() {
        for (language, call) in [(Language::De, "Gespräche"), (Language::En, "calls")] {
            assert!(!overheard(&[App::Ldap], language).contains(call));
            assert!(overheard(&[App::Sip], language).contains(call));
            assert!(overheard(&[App::Sip, App::Ldap], language).contains(call));
        }
    }

    #[test]
    fn who_ended_the_connection_and_why_is_said() {
        let text = tls_de("A", server(), None, Some((48, true)), 2, Validity::default());
        assert_eq!(
            text,
            "A bricht die TLS-Verbindung mit 192.168.10.2:443 2-mal ab: Meldung unknown_ca (48)."
        );
        let text = tls_en("A", server(), None, Some((200, false)), 1, Validity::default());
        assert_eq!(text, "192.168.10.2:443 ends the TLS connection with A: alert 200.");
    }

    #[test]
    fn a_date_that_has_passed_is_given_in_utc() {
        let end = Validity { expired: Some(Timestamp(1_577_836_799_000_000_000)), early: None };
        let text = tls_de("A", server(), Some("„pbx“"), None, 1, end);
        assert_eq!(
            text,
            "A verbindet sich mit 192.168.10.2:443 (TLS). Das Zertifikat des Servers für „pbx“ ist am 31.12.2019 abgelaufen."
        );
        assert!(tls_en("A", server(), None, None, 1, end).ends_with("expired on 2019-12-31."));
        let begin = Validity { expired: None, early: end.expired };
        assert!(tls_de("A", server(), None, None, 1, begin).ends_with("gilt erst ab dem 31.12.2019."));
    }
}
