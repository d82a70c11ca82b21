//! The sentences of SIG-001, SIG-005 and SIG-009 in both languages, and what to do, which depends on the status,
//! on whether credentials were sent and on where the other side stands.

use std::net::{IpAddr, SocketAddr};

use jiff::tz::TimeZone;

use super::life;
use super::missed;
use super::offered;
use super::registering;
use super::remedies::{self, calling};
use super::status::in_words;
use super::unheard;
use super::{List, of, quoted};
use super::{broken, circumstance, even};
use crate::check::{Circumstance, Detail, Finding, Missed, Others, Refusal, Rejection, Size};
use crate::observe::message::sip::standard_phrase;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration};

/// Accounts that a sentence names one by one: somebody has to look at each.
const ACCOUNTS: usize = 16;

/// What was seen; `None` for other codes.
pub(super) fn detail(finding: &Finding, device: &str, language: Language) -> Option<String> {
    let text = match (&finding.detail, language) {
        (
            Detail::Sig001 {
                account,
                registrar,
                rejection,
                others,
                accepted_after,
                by_turns,
                instead,
                further,
            },
            De,
        ) => {
            let mut text = format!(
                "Die Anmeldung von {device} für {} {} von {registrar} abgelehnt{}: {}{}.",
                quoted(account),
                if accepted_after.is_some() { "wurde" } else { "wird" },
                // The answers before it may have had another cause.
                if others.len() > 1 { ", zuletzt" } else { "" },
                told(rejection, De),
                if asks_for_credentials(rejection) {
                    " trotz gesendeter Anmeldedaten"
                } else if is_about_account(rejection) && !rejection.with_credentials {
                    ", ohne dass nach einem Kennwort gefragt wurde"
                } else {
                    ""
                }
            );
            if others.len() > 1 {
                text.push_str(&format!(" Insgesamt abgelehnt: {}.", tally(others, De)));
            }
            if let Some(after) = accepted_after {
                text.push_str(&format!(" Erst nach {} wurde sie angenommen.", duration(*after, De)));
            }
            text.push_str(&registering::turns(*by_turns, De));
            if let Some(other) = instead {
                text.push_str(&format!(" Unter {} wird derselbe Teilnehmer angenommen.", quoted(other)));
            }
            if !further.is_empty() {
                text.push_str(&format!(" Ebenso abgelehnt: {}.", accounts(further, "von", De)));
            }
            text
        }
        (
            Detail::Sig001 {
                account,
                registrar,
                rejection,
                others,
                accepted_after,
                by_turns,
                instead,
                further,
            },
            En,
        ) => {
            let mut text = format!(
                "The registration of {device} for {} {} rejected by {registrar}{}: {}{}.",
                quoted(account),
                if accepted_after.is_some() { "was" } else { "is" },
                if others.len() > 1 { ", in the end" } else { "" },
                told(rejection, En),
                if asks_for_credentials(rejection) {
                    " although credentials were sent"
                } else if is_about_account(rejection) && !rejection.with_credentials {
                    ", without a password being asked for"
                } else {
                    ""
                }
            );
            if others.len() > 1 {
                text.push_str(&format!(" Rejected in all: {}.", tally(others, En)));
            }
            if let Some(after) = accepted_after {
                text.push_str(&format!(" It was accepted only after {}.", duration(*after, En)));
            }
            text.push_str(&registering::turns(*by_turns, En));
            if let Some(other) = instead {
                text.push_str(&format!(" The same user is accepted as {}.", quoted(other)));
            }
            if !further.is_empty() {
                text.push_str(&format!(" Rejected likewise: {}.", accounts(further, "by", En)));
            }
            text
        }
        (Detail::Sig005 { rejection, calls, answered, callers, why }, De) => {
            if let Some(Circumstance::Broken(one)) = why {
                let callers = called_by(callers, finding, De).join("und", "weitere");
                return Some(broken::detail(one, device, finding.count, &callers, De));
            }
            if let Some(Circumstance::SameLength(one)) = why {
                let callers = called_by(callers, finding, De).join("und", "weitere");
                return Some(even::detail(*one, device, finding.count, &callers, De));
            }
            let others = match calls.saturating_sub(finding.count) {
                1 if *answered == 0 => " Auch der andere wurde nicht angenommen.",
                2.. if *answered == 0 => " Auch von den übrigen wurde keiner angenommen.",
                _ => "",
            };
            let callers = called_by(callers, finding, De).join("und", "weitere");
            let which = |only: &str, all: &str, some: &str| match (finding.count, *calls) {
                (1, 1) => only.to_owned(),
                (rejected, whole) if rejected == whole => format!("{all} {whole}\u{a0}Anrufe"),
                (rejected, whole) => format!("{} {some}", of(rejected, whole, "von", De)),
            };
            if let Some(Circumstance::Unacknowledged { spoken, .. }) = why {
                return Some(format!(
                    "{device} hat {} angenommen, die Annahme (200) aber immer wieder senden müssen, weil der Anrufer sie nie \
                     bestätigte (ACK){} Anrufer: {callers}.",
                    which("den einzigen Anruf", "alle", "Anrufen"),
                    match spoken {
                        None => ": Ein Gespräch kam nicht zustande.".to_owned(),
                        Some((longest, ended)) => format!(
                            ". Sprache lief trotzdem {}{} in beide Richtungen{}.",
                            if finding.count == 1 { "" } else { "bis zu " },
                            duration(*longest, De),
                            if *ended { format!(", dann legte {device} auf") } else { String::new() }
                        ),
                    }
                ));
            }
            let calls_meant = which("den einzigen Anruf", "alle", "Anrufen");
            format!(
                "{}.{}{others} Anrufer: {callers}.",
                match (told(rejection, De), finding.count < *calls) {
                    // The others may have been asked for credentials as well, and gone on.
                    (status, true) if is_challenge(rejection) => {
                        let ended = if finding.count == 1 { "endete" } else { "endeten" };
                        format!("{calls_meant} {ended} damit, dass {device} mit {status} antwortete")
                    }
                    (status, true) => format!("{device} hat {calls_meant} mit {status} beantwortet"),
                    (status, false) => format!("{device} hat {calls_meant} abgewiesen: {status}"),
                },
                beside(rejection, *why, finding.count, De),
            )
        }
        (Detail::Sig005 { rejection, calls, answered, callers, why }, En) => {
            if let Some(Circumstance::Broken(one)) = why {
                let callers = called_by(callers, finding, En).join("and", "more");
                return Some(broken::detail(one, device, finding.count, &callers, En));
            }
            if let Some(Circumstance::SameLength(one)) = why {
                let callers = called_by(callers, finding, En).join("and", "more");
                return Some(even::detail(*one, device, finding.count, &callers, En));
            }
            let others = match calls.saturating_sub(finding.count) {
                1 if *answered == 0 => " Nobody took the other one either.",
                2.. if *answered == 0 => " Nobody took any of the others either.",
                _ => "",
            };
            let callers = called_by(callers, finding, En).join("and", "more");
            let which = match (finding.count, *calls) {
                (1, 1) => "the only call".to_owned(),
                (rejected, all) if rejected == all => format!("all {all}\u{a0}calls"),
                (rejected, all) => format!("{} calls", of(rejected, all, "of", En)),
            };
            if let Some(Circumstance::Unacknowledged { spoken, .. }) = why {
                return Some(format!(
                    "{device} answered {which}, but had to send its answer (200) again and again, because the caller never \
                     acknowledged it (ACK){} Callers: {callers}.",
                    match spoken {
                        None => ": no call came about.".to_owned(),
                        Some((longest, ended)) => format!(
                            ". Both sides spoke all the same, for {}{}{}.",
                            if finding.count == 1 { "" } else { "up to " },
                            duration(*longest, En),
                            if *ended { format!(", then {device} hung up") } else { String::new() }
                        ),
                    }
                ));
            }
            format!(
                "{}.{}{others} Callers: {callers}.",
                match (told(rejection, En), finding.count < *calls) {
                    (status, true) if is_challenge(rejection) => {
                        format!("{which} ended when {device} answered with {status}")
                    }
                    (status, true) => format!("{device} answered {which} with {status}"),
                    (status, false) => format!("{device} turned away {which}: {status}"),
                },
                beside(rejection, *why, finding.count, En),
            )
        }
        (Detail::Sig009 { method, to, through, most, answered, unheard, status, .. }, De) => format!(
            "{device} musste {} ({}) an {to}{} {}{most}-mal senden. {}{}",
            if finding.count == 1 {
                "eine SIP-Anfrage".to_owned()
            } else {
                counted(finding.count, "SIP-Anfrage", "SIP-Anfragen", De)
            },
            quoted(method),
            match through.as_slice() {
                [] => String::new(),
                hops => format!(" über {}", List::addresses(hops).join("und", "weitere")),
            },
            if finding.count == 1 { "" } else { "bis zu " },
            match (*answered, finding.count) {
                _ if *unheard > 0 => unheard::de(*unheard, finding.count),
                (0, 1) => "Sie wurde nie beantwortet.".to_owned(),
                (0, _) => "Keine wurde beantwortet.".to_owned(),
                (some, all) if some == all => "Die Antwort kam erst danach.".to_owned(),
                (1, _) => "Eine wurde danach beantwortet.".to_owned(),
                (some, _) => format!("Danach beantwortet wurden {}.", count(some, De)),
            },
            match status {
                None => String::new(),
                Some((status, times)) if times == answered && *times == 1 => {
                    format!(" Ihr Status ist {}.", in_words(*status))
                }
                Some((status, times)) if times == answered => {
                    format!(" Ihr Status ist jedes Mal {}.", in_words(*status))
                }
                Some((status, times)) => {
                    format!(
                        " In {} ist ihr Status {}.",
                        counted(*times, "Fall", "Fällen", De),
                        in_words(*status)
                    )
                }
            }
        ),
        (Detail::Sig009 { method, to, through, most, answered, unheard, status, .. }, En) => format!(
            "{device} had to send {} ({}) to {to}{} {}{most} times. {}{}",
            if finding.count == 1 {
                "one SIP request".to_owned()
            } else {
                counted(finding.count, "SIP request", "SIP requests", En)
            },
            quoted(method),
            match through.as_slice() {
                [] => String::new(),
                hops => format!(" through {}", List::addresses(hops).join("and", "more")),
            },
            if finding.count == 1 { "" } else { "up to " },
            match (*answered, finding.count) {
                _ if *unheard > 0 => unheard::en(*unheard, finding.count),
                (0, 1) => "It was never answered.".to_owned(),
                (0, _) => "None was answered.".to_owned(),
                (some, all) if some == all => "The answer came only then.".to_owned(),
                (1, _) => "One was answered then.".to_owned(),
                (some, _) => format!("{} were answered then.", count(some, En)),
            },
            match status {
                None => String::new(),
                Some((status, times)) if times == answered && *times == 1 => {
                    format!(" Its status is {}.", in_words(*status))
                }
                Some((status, times)) if times == answered => {
                    format!(" Each time its status is {}.", in_words(*status))
                }
                Some((status, times)) => {
                    format!(
                        " In {} its status is {}.",
                        counted(*times, "case", "cases", En),
                        in_words(*status)
                    )
                }
            }
        ),
        _ => return None,
    };
    if let Detail::Sig009 { refusal: Some(icmp), why, .. } = &finding.detail
        && !matches!(why, Some(Missed::Elsewhere { .. }))
    {
        let why = why.as_ref().map(|why| missed::sentence(why, language)).unwrap_or_default();
        return Some(text + &registering::refused(icmp, language) + &why);
    }
    if let Detail::Sig009 { why: Some(why), .. } = &finding.detail {
        return Some(text + &missed::sentence(why, language));
    }
    if let Detail::Sig009 { size: Size::Suspect | Size::Lacking, unheard: 1.., .. } = &finding.detail {
        return Some(text + unheard::LARGE[usize::from(language == En)]);
    }
    if let Detail::Sig009 { size: size @ (Size::Suspect | Size::Lacking), .. } = &finding.detail {
        let large = if *size == Size::Lacking { &unheard::LACKING } else { &LARGE };
        return Some(text + large[usize::from(language == En)]);
    }
    Some(text)
}

const LARGE: [&str; 2] = [
    " Jede Sendung geht in mehreren Fragmenten; was in ein Paket passt, beantwortet dieselbe Gegenseite. Verdächtig ist deshalb \
     die Größe: Wahrscheinlich gehen unterwegs Fragmente verloren.",
    " Each sending goes in several fragments; what fits into one packet the same side answers. The size is the suspect therefore: \
     fragments probably get lost on the way.",
];

/// Accounts, and who refused each.
pub(super) fn accounts(all: &[(Box<str>, SocketAddr)], by: &str, language: Language) -> String {
    let shown = all.iter().take(ACCOUNTS);
    let shown = shown.map(|(account, registrar)| format!("{} {by} {registrar}", quoted(account))).collect();
    let (and, others) = match language {
        De => ("und", "weitere"),
        En => ("and", "more"),
    };
    List { shown, more: all.len().saturating_sub(ACCOUNTS) }.join(and, others)
}

/// What to do; `None` for other codes.
pub(super) fn action(detail: &Detail, zone: &TimeZone, language: Language) -> Option<String> {
    let texts = match detail {
        Detail::Sig001 { instead: Some(_), .. } => [
            "Tragen Sie am Gerät die SIP-Domäne ein, unter der der Teilnehmer angenommen wird.",
            "Enter the SIP domain under which the user is accepted.",
        ],
        Detail::Sig001 { by_turns: Some(_), .. } => remedies::TURNS,
        Detail::Sig001 { rejection, .. } => registering(rejection),
        Detail::Sig002 { mended: Some(_), refusal: None, .. } => remedies::AWAY,
        Detail::Sig002 { refusal: Some(icmp), registrar, .. } => {
            return Some(registering::let_through(icmp, registrar.ip(), language).to_owned());
        }
        Detail::Sig002 { unconnected: Some(Refusal::Reset), registrar, .. } => {
            return Some(registering::offer_service(*registrar, language));
        }
        Detail::Sig002 { unconnected: Some(_), serves: Others::Served | Others::ServedUntil(_), .. } => [
            "Andere Geräte erreichen den Dienst auf diesem Port. Prüfen Sie, ob die Adresse dieses Gerätes dort gesperrt ist \
             (Sperrliste) und ob eine Firewall oder sein VLAN gerade dieses Gerät aussperrt.",
            "Other devices reach the service at this port. Check whether this device's address is blocked there (block list), and \
             whether a firewall or its VLAN shuts out this very device.",
        ],
        Detail::Sig002 { serves, life, near, .. } => {
            return Some(life::register_as_others(*serves, *life, *near, zone, language));
        }
        Detail::Sig005 { why: Some(why), .. } => circumstance::action(*why),
        Detail::Sig005 { rejection: Rejection { offered: Some(offered), .. }, .. } => {
            offered::action(offered)
        }
        Detail::Sig005 { rejection, .. } => calling(rejection),
        Detail::Sig009 { why: Some(why), .. } => missed::action(why),
        Detail::Sig009 { refusal: Some(icmp), to, .. } => {
            return Some(registering::let_through(icmp, to.ip(), language).to_owned());
        }
        Detail::Sig009 { size: Size::Suspect | Size::Lacking, .. } => registering::SMALLER,
        Detail::Sig009 { status: Some((482 | 483, _)), .. } => LOOP,
        Detail::Sig009 { unheard: 1.., .. } => [
            "Prüfen Sie, was zwischen Messpunkt und fragendem Gerät die Antworten verwirft: Switch, Router, Firewall, auch die des \
             Gerätes selbst. Messen Sie zum Vergleich direkt an seinem Anschluss.",
            "Check what drops the answers between the measuring point and the device that asks: switch, router, firewall, its own as \
             well. For comparison measure right at its port.",
        ],
        Detail::Sig009 { answered: 0, .. } => [
            "Prüfen Sie, ob die Gegenseite SIP auf diesem Port annimmt und ob eine Firewall einzelne Nachrichten verwirft.",
            "Check whether the other side accepts SIP on this port, and whether a firewall drops single messages.",
        ],
        Detail::Sig009 { status: Some((408 | 504, _)), .. } => [
            "Die Gegenseite hat selbst keine Antwort bekommen: Prüfen Sie das Ziel dahinter und ob es angemeldet ist.",
            "The other side got no answer itself: check the target behind it and whether that is registered.",
        ],
        Detail::Sig009 { .. } => [
            "Die Gegenseite antwortet zu spät: Prüfen Sie, ob sie überlastet ist (ein Endgerät kann auch schlafen: Smartphone, \
             Standby, WLAN im Sparmodus), und die Strecke auf Verlust.",
            "The other side answers too late: check whether it is overloaded (a terminal may also be asleep: smartphone, standby, \
             WLAN in power save mode), and the path for loss.",
        ],
        _ => return None,
    };
    Some(texts[usize::from(language == En)].to_owned())
}

/// What calls show beside the status with which they were refused.
fn beside(rejection: &Rejection, why: Option<Circumstance>, calls: u64, language: Language) -> String {
    match (why, &rejection.offered) {
        (Some(why), _) => circumstance::told(why, language),
        (None, Some(offered)) => offered::told(offered, calls > 1, language),
        (None, None) => String::new(),
    }
}

/// Whether it only asks for credentials: who has them goes on.
fn is_challenge(rejection: &Rejection) -> bool {
    matches!(rejection.status, 401 | 407)
}

/// `403 (verboten; „Wrong password or domain“)`: the phrase only where it is not that of the RFC.
fn told(rejection: &Rejection, language: Language) -> String {
    answer(rejection.status, &rejection.reason, language)
}

/// The same of a status with its reason phrase, which is hostile.
pub(super) fn answer(status: u16, reason: &str, language: Language) -> String {
    let word = meaning(status, language);
    let is_usual = reason.is_empty()
        || standard_phrase(status).is_some_and(|phrase| phrase.eq_ignore_ascii_case(reason.trim()));
    match (is_usual, language) {
        (true, _) => format!("{status} ({word})"),
        (false, De) => format!("{status} ({word}; Wortlaut: „{}“)", quoted(reason)),
        (false, En) => format!("{status} ({word}; it says “{}”)", quoted(reason)),
    }
}

/// `22-mal 407, 16-mal 483`: the most frequent first.
pub(super) fn tally(statuses: &[(u16, u64)], language: Language) -> String {
    let mut statuses = statuses.to_vec();
    statuses.sort_by_key(|(status, times)| (std::cmp::Reverse(*times), *status));
    let told = statuses.iter().map(|(status, times)| match language {
        De => format!("{}-mal {status}", count(*times, De)),
        En if *times == 1 => format!("{status} once"),
        En => format!("{status} {}\u{a0}times", count(*times, En)),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn asks_for_credentials(rejection: &Rejection) -> bool {
    is_challenge(rejection)
        || is_about_account(rejection) && rejection.with_credentials && rejection.status == 403
}

fn is_about_account(rejection: &Rejection) -> bool {
    matches!(rejection.status, 403 | 404 | 604)
}

const LOOP: [&str; 2] = [
    "Die Anfrage läuft im Kreis, bis sie verworfen wird. Prüfen Sie SIP-Domäne und Outbound-Proxy des Gerätes und ob sich \
     der Server für diese Domäne zuständig hält (Routing, DNS).",
    "The request runs in a circle until it is dropped. Check the device's SIP domain and outbound proxy, and whether the \
     server takes itself to be responsible for that domain (routing, DNS).",
];

fn registering(rejection: &Rejection) -> [&'static str; 2] {
    match (rejection.status, rejection.with_credentials, rejection.outside) {
        (401 | 407, _, false) | (403, true, false) => {
            ["Prüfen Sie Benutzername, Kennwort und Realm.", "Check user name, password and realm."]
        }
        (401 | 407, _, true) | (403, true, true) => [
            "Prüfen Sie Benutzername, Kennwort und Realm, und beim Provider, ob er nur bestimmte IP-Adressen zulässt.",
            "Check user name, password and realm, and with the provider whether it allows certain IP addresses only.",
        ],
        (403, false, _) => [
            "Am Kennwort liegt es nicht. Prüfen Sie, ob der Registrar diesen Teilnehmer und diese IP-Adresse zulässt (erlaubte \
             Netze, Sperrliste), und die SIP-Domäne.",
            "The password is not the cause. Check whether the registrar allows this user and this IP address (permitted \
             networks, block list), and the SIP domain.",
        ],
        (404 | 604 | 410, _, _) => [
            "Prüfen Sie, ob es den Teilnehmer (die Nebenstelle) dort gibt, und die SIP-Domäne, also den Teil hinter dem @.",
            "Check whether the user (the extension) exists there, and the SIP domain, the part behind the @.",
        ],
        (423, _, _) => [
            "Erhöhen Sie am Gerät die Anmeldedauer; der Registrar verlangt eine längere.",
            "Raise the registration time at the device; the registrar demands a longer one.",
        ],
        (482 | 483, _, _) => LOOP,
        (408 | 480 | 504, _, _) => [
            "Der Server, der antwortet, erreicht den zuständigen Registrar nicht. Prüfen Sie die SIP-Domäne, ihre \
             Namensauflösung (DNS) und ob der Registrar läuft.",
            "The server that answers does not reach the registrar in charge. Check the SIP domain, its name resolution (DNS), \
             and whether the registrar is running.",
        ],
        (500..=599, _, false) => [
            "Prüfen Sie, ob der Dienst am Registrar läuft, und lesen Sie sein Protokoll.",
            "Check whether the service is running at the registrar, and read its log.",
        ],
        (500..=599, _, true) => {
            ["Fragen Sie den Provider nach einer Störung.", "Ask the provider about an outage."]
        }
        (400 | 405 | 406 | 413..=421, _, _) => [
            "Die Gegenseite versteht die Anfrage nicht oder lässt sie so nicht zu. Prüfen Sie SIP-Einstellungen und Firmware des \
             Gerätes.",
            "The other side does not understand the request or does not allow it. Check the device's SIP settings and firmware.",
        ],
        (_, _, false) => [
            "Lesen Sie im Protokoll des Registrars nach, warum er ablehnt.",
            "Look up in the registrar's log why it rejects.",
        ],
        (_, _, true) => ["Fragen Sie den Provider, warum er ablehnt.", "Ask the provider why it rejects."],
    }
}

/// RFC 3261 section 21.
pub(super) fn meaning(status: u16, language: Language) -> &'static str {
    let words = match status {
        300..=399 => ["umgeleitet", "redirected"],
        400 => ["fehlerhafte Anfrage", "bad request"],
        401 | 407 => ["Anmeldedaten verlangt", "credentials demanded"],
        403 => ["verboten", "forbidden"],
        404 | 604 => ["unbekannt", "unknown"],
        405 => ["Methode nicht erlaubt", "method not allowed"],
        408 => ["keine Antwort", "no answer"],
        410 => ["nicht mehr vorhanden", "gone"],
        415 | 416 | 420 | 501 | 505 => ["nicht unterstützt", "not supported"],
        423 => ["Anmeldedauer zu kurz", "interval too brief"],
        480 => ["nicht erreichbar", "unavailable"],
        481 => ["Gespräch unbekannt", "unknown call"],
        482 => ["Schleife", "loop"],
        483 => ["zu viele Stationen, Schleife", "too many hops, a loop"],
        484 => ["Nummer unvollständig", "incomplete number"],
        486 | 600 => ["besetzt", "busy"],
        487 => ["abgebrochen", "cancelled"],
        488 | 606 => ["Angebot nicht annehmbar", "offer not acceptable"],
        500 => ["interner Fehler", "internal error"],
        502 => ["Fehler im Weiterweg", "error further on"],
        503 => ["Dienst nicht verfügbar", "service unavailable"],
        504 => ["Zeitüberschreitung im Weiterweg", "timeout further on"],
        603 => ["abgelehnt", "declined"],
        _ => ["abgewiesen", "turned away"],
    };
    words[usize::from(language == En)]
}

/// Who called; that he runs on the very host that answered, under another port, is said.
fn called_by(callers: &[IpAddr], finding: &Finding, language: Language) -> List {
    let host = finding.subject.as_ref().map(|subject| subject.address);
    List::of(callers, callers.len(), |caller| match (host == Some(*caller), language) {
        (true, De) => format!("{caller} (dasselbe Gerät, anderer Port)"),
        (true, En) => format!("{caller} (the same device, another port)"),
        (false, _) => caller.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(status: u16, with_credentials: bool, outside: bool) -> Rejection {
        Rejection { status, reason: "".into(), with_credentials, outside, offered: None }
    }

    #[test]
    fn a_phrase_of_its_own_is_told_and_escaped_and_bounded() {
        assert_eq!(answer(403, "Forbidden", De), "403 (verboten)");
        assert_eq!(answer(403, "Wrong\x1b password", En), "403 (forbidden; it says “Wrong\\x1b password”)");
        assert!(answer(480, &"x".repeat(500), De).chars().count() < 130);
        assert_eq!(answer(699, "", De), "699 (abgewiesen)");
    }

    #[test]
    fn nobody_is_sent_to_a_password_that_was_not_asked_for() {
        for language in [0, 1] {
            let passwords = |rejection| {
                let text = registering(&rejection)[language];
                ["Benutzername", "user name"].iter().any(|word| text.contains(word))
            };
            assert!(passwords(rejection(403, true, false)) && passwords(rejection(401, true, false)));
            for status in [403, 404, 408, 423, 480, 483, 503] {
                assert!(!passwords(rejection(status, false, false)), "{status}");
            }
        }
    }

    #[test]
    fn only_who_has_a_provider_is_sent_to_it() {
        for status in 400..=699 {
            for with_credentials in [false, true] {
                let near = rejection(status, with_credentials, false);
                for text in registering(&near).into_iter().chain(calling(&near)) {
                    assert!(!text.contains("rovider"), "{status}: {text}");
                }
            }
        }
    }

    #[test]
    fn the_most_frequent_refusal_comes_first() {
        assert_eq!(tally(&[(403, 2), (407, 22), (483, 1)], De), "22-mal 407, 2-mal 403, 1-mal 483");
        assert_eq!(tally(&[(403, 2), (483, 1)], En), "403 2\u{a0}times, 483 once");
    }
}
