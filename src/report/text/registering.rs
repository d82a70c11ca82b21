//! The sentences of SIG-002 and SIG-003 in both languages: registrations that nobody refuses and that fail all the same.

use std::net::{IpAddr, SocketAddr};

use jiff::tz::TimeZone;

use super::icmp::{self, Reason};
use super::life::silence;
use super::signalling::accounts;
use super::{protocol, quoted};
use crate::check::{Detail, Finding, Life, Refusal};
use crate::observe::IcmpReport;
use crate::report::language::Language::{self, De, En};
use crate::report::number::{count, counted, duration};
use crate::site::Confidence;

/// What was seen; nothing for other codes.
pub(super) fn detail(finding: &Finding, device: &str, zone: &TimeZone, language: Language) -> String {
    let (mut text, likewise, further) = match &finding.detail {
        Detail::Sig002 { unconnected: Some(why), registrar, sent, refusal, life, further, .. } => {
            return unconnected(
                (*why, refusal.as_deref(), *life),
                (device, *registrar, further),
                *sent,
                zone,
                language,
            );
        }
        Detail::Sig002 {
            registrar,
            protocol: transport,
            requests,
            sent,
            life,
            account,
            further,
            refusal,
            mended,
            instead,
            ..
        } => {
            let silence = match refusal {
                Some(icmp) => refused(icmp, language),
                None => silence(*life, Refusal::Silence, registrar.ip(), zone, language),
            };
            let transport = protocol(*transport);
            let of = of_account(account, further.is_empty(), language);
            let mut text = match language {
                De => format!(
                    "{} von {device}{of} an {registrar} über {transport}{} ohne Antwort.{silence}",
                    counted(*requests, "Anmeldeversuch", "Anmeldeversuche", De),
                    match (*requests, sent > requests) {
                        (1, true) => format!(", {}-mal gesendet, blieb", count(*sent, De)),
                        (_, true) => format!(", zusammen {}-mal gesendet, blieben", count(*sent, De)),
                        (1, false) => " blieb".to_owned(),
                        (_, false) => " blieben".to_owned(),
                    },
                ),
                En => format!(
                    "{} by {device}{of} at {registrar} over {transport}{} got no answer.{silence}",
                    counted(*requests, "registration attempt", "registration attempts", En),
                    match (*requests, sent > requests) {
                        (1, true) => format!(", sent {} times,", count(*sent, En)),
                        (_, true) => format!(", sent {} times in all,", count(*sent, En)),
                        (_, false) => String::new(),
                    },
                ),
            };
            if let Some(instead) = instead {
                text.push_str(&match language {
                    De => format!(
                        " Dasselbe Konto ist bei {instead} angemeldet: Das Gerät ist anrufbar, solange jener Server läuft, und \
                         wartet nur, wenn es diesen zuerst fragt."
                    ),
                    En => format!(
                        " The same account is registered at {instead}: the device can be called as long as that server runs, and \
                         only waits where it asks this one first."
                    ),
                });
            }
            if let Some(after) = mended {
                let after = duration(*after, language);
                text.push_str(&match language {
                    De => format!(" Erst {after} nach dem ersten Versuch kam eine Antwort; seitdem ist das Gerät angemeldet."),
                    En => format!(
                        " Only {after} after the first attempt an answer came; since then the device is registered."
                    ),
                });
            }
            (text, language.either("Ebenso ohne Antwort", "No answer likewise"), further)
        }
        Detail::Sig003 { registrar, ports: [before, after], addresses, account, further } => {
            let of = of_account(account, further.is_empty(), language);
            let text = match (addresses, language) {
                (None, De) => format!(
                    "{registrar} sieht {device} zwischen zwei Anmeldungen{of} an einem anderen Port ({before}, dann {after}): Der \
                     Router hat die UDP-Zuordnung verworfen. In der Zwischenzeit können eingehende Rufe nicht zustellbar \
                     gewesen sein."
                ),
                (None, En) => format!(
                    "Between two registrations{of} {registrar} sees {device} at another port ({before}, then {after}): the \
                     router dropped the UDP mapping. Meanwhile incoming calls may not have been delivered."
                ),
                (Some([old, new]), De) => format!(
                    "{registrar} sieht {device} zwischen zwei Anmeldungen{of} an einer anderen öffentlichen Adresse ({old}, \
                     dann {new}). Geschieht das einmal am Tag, ist es die übliche Neueinwahl des Anschlusses."
                ),
                (Some([old, new]), En) => format!(
                    "Between two registrations{of} {registrar} sees {device} at another public address ({old}, then {new}). \
                     Once a day this is the usual reconnection of the line."
                ),
            };
            (text, language.either("Die Zuordnung wechselt ebenso", "The mapping changes likewise"), further)
        }
        _ => return String::new(),
    };
    if finding.confidence == Confidence::Suspected && matches!(finding.detail, Detail::Sig002 { .. }) {
        text.push_str(match language {
            De => {
                " Das Gerät wiederholt die Anfrage, also kam keine Antwort bei ihm an, und was ihm andere senden, ist im Mitschnitt \
                 zu sehen."
            }
            En => {
                " The device repeats the request, so no answer came to it, and what others send to it is seen in the capture."
            }
        });
    }
    if !further.is_empty() {
        let at = language.either("bei", "at");
        text.push_str(&format!(" {likewise}: {}.", accounts(further, at, language)));
    }
    text
}

/// A connection for SIP that never stood: how it was turned away, who wanted it with whom, how often.
fn unconnected(
    (why, icmp, life): (Refusal, Option<&IcmpReport>, Life),
    (device, server, further): (&str, SocketAddr, &[(Box<str>, SocketAddr)]),
    sent: u64,
    zone: &TimeZone,
    language: Language,
) -> String {
    let requests = match language {
        De => counted(sent, "Verbindungsanfrage (SYN)", "Verbindungsanfragen (SYN)", De),
        En => counted(sent, "connection request (SYN)", "connection requests (SYN)", En),
    };
    let port = sip_over(server.port());
    let answer = match (why, language) {
        (Refusal::Reset, De) => "und wurde abgewiesen (RST)",
        (Refusal::Reset, En) => "and was turned away (RST)",
        (_, De) => "und bekam keine Antwort",
        (_, En) => "and got no answer",
    };
    let mut text = match language {
        De => format!(
            "{device} hat {requests} an {server} ({port}) gesendet {answer}. Auf diesem Weg kann es sich nicht anmelden."
        ),
        En => format!("{device} sent {requests} to {server} ({port}) {answer}. It cannot register that way."),
    };
    text.push_str(&match icmp {
        Some(icmp) => refused(icmp, language),
        None => silence(life, why, server.ip(), zone, language),
    });
    if !further.is_empty() {
        let others: Vec<String> = further.iter().map(|(_, server)| server.to_string()).collect();
        let likewise = language.either("Ebenso bei", "Likewise at");
        text.push_str(&format!(" {likewise} {}.", others.join(", ")));
    }
    text
}

/// What a port is for, RFC 3261 section 19.1.2.
fn sip_over(port: u16) -> &'static str {
    match port {
        5061 => "SIP/TLS",
        _ => "SIP/TCP",
    }
}

/// What to do about a service that takes no connection.
pub(super) fn offer_service(server: SocketAddr, language: Language) -> String {
    let (host, port) = (server.ip(), server.port());
    match language {
        De => format!(
            "{host} ist erreichbar, doch auf TCP {port} nimmt dort niemand an. Prüfen Sie am Gerät Transport (UDP, TCP oder TLS) \
             und Port, und an der Gegenseite, ob sie SIP auf diesem Weg anbietet."
        ),
        En => format!(
            "{host} can be reached, but nobody takes connections at TCP {port}. Check transport (UDP, TCP or TLS) and port at the \
             device, and at the other side whether it offers SIP that way."
        ),
    }
}

/// Who says of the requests that they cannot be delivered, as a sentence behind others.
pub(super) fn refused(icmp: &IcmpReport, language: Language) -> String {
    let (reporter, times) = (icmp.reporter, count(icmp.count, language));
    let why = icmp::reason(icmp.v6, icmp.kind, icmp.code).words(language);
    match language {
        De => format!(" Statt einer Antwort meldet {reporter} per ICMP: {why} ({times}-mal)."),
        En if icmp.count == 1 => format!(" Instead of an answer {reporter} says by ICMP: {why} (once)."),
        En => format!(" Instead of an answer {reporter} says by ICMP: {why} ({times} times)."),
    }
}

/// What to do about messages that are too large for their way.
pub(super) const SMALLER: [&str; 2] = [
    "Die Nachricht ist für den Weg zu groß: Lassen Sie Fragmente in Router und Firewall zu, und prüfen Sie die MTU. Oder machen Sie \
     sie kleiner (weniger Codecs), oder stellen Sie SIP auf TCP um.",
    "The message is too large for its way: let fragments through router and firewall, and check the MTU. Or make it smaller (fewer \
     codecs), or use SIP over TCP.",
];

/// The same where ICMP says so: the sender forbids fragments, and does not heed it (RFC 1191).
const TOO_BIG: [&str; 2] = [
    "Die Nachricht ist für den Weg zu groß, und das Gerät sendet sie trotz dieser Meldung unverändert. Senken Sie am Gerät die MTU, \
     oder lassen Sie es Fragmente senden. Oder machen Sie die Nachricht kleiner (weniger Codecs), oder stellen Sie SIP auf TCP um.",
    "The message is too large for its way, and the device sends it unaltered in spite of that. Lower the MTU at the device, or let it \
     send fragments. Or make the message smaller (fewer codecs), or use SIP over TCP.",
];

/// That a registration is accepted as well, as a sentence behind others.
pub(super) fn turns(accepted: Option<u64>, language: Language) -> String {
    match (accepted, language) {
        (None, _) => String::new(),
        (Some(times), De) => format!(" Dazwischen wurde sie {}-mal angenommen.", count(times, De)),
        (Some(times), En) => format!(" In between it was accepted {} times.", count(times, En)),
    }
}

/// What to do about requests that ICMP turns away.
pub(super) fn let_through(icmp: &IcmpReport, asked: IpAddr, language: Language) -> &'static str {
    let is_asked = icmp.reporter == asked;
    let [de, en] = match icmp::reason(icmp.v6, icmp.kind, icmp.code) {
        Reason::Prohibited if is_asked => [
            "Geben Sie SIP in der Firewall auf der Gegenseite selbst frei: Sie ist erreichbar, weist die Anfragen aber ab.",
            "Let SIP through the firewall on the other side itself: it can be reached but turns the requests away.",
        ],
        Reason::Prohibited => [
            "Geben Sie SIP in der Firewall frei, von der diese Meldungen kommen.",
            "Let SIP through the firewall that sends these messages.",
        ],
        Reason::Expired => [
            "Prüfen Sie das Routing (Standardgateway, statische Routen, VPN) der Router auf dem Weg: Vermutlich schicken zwei einander \
             das Paket zu.",
            "Check the routing (default gateway, static routes, VPN) of the routers on the way: probably two of them send the packet \
             to each other.",
        ],
        Reason::Port => [
            "Prüfen Sie, ob auf der Gegenseite der SIP-Dienst läuft und auf welchem Port: Unter dieser Adresse nimmt niemand an.",
            "Check whether the SIP service of the other side runs, and on which port: at this address nobody takes it.",
        ],
        Reason::TooBig => TOO_BIG,
        _ => [
            "Prüfen Sie Adresse und Weg zur Gegenseite: Sie ist von hier aus nicht erreichbar.",
            "Check the address of the other side and the way to it: it cannot be reached from here.",
        ],
    };
    language.either(de, en)
}

/// Of which account the sentence speaks, where there are several.
fn of_account(account: &str, is_only: bool, language: Language) -> String {
    match is_only {
        true => String::new(),
        false => format!(" {} {}", language.either("für", "for"), quoted(account)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Frame, Timestamp};
    use crate::check::Code;
    use crate::report::fixture::audit;

    #[test]
    fn which_account_is_meant_is_told_where_there_are_several() {
        let told = |several, language| {
            let told = |mut finding: Finding| {
                if let Detail::Sig002 { further, .. } | Detail::Sig003 { further, .. } = &mut finding.detail
                    && several
                {
                    further.push(("sip:22@pbx".into(), "192.0.2.9:5060".parse().unwrap()));
                }
                detail(&finding, "X", &TimeZone::UTC, language)
            };
            let findings = audit().findings.into_iter();
            findings.map(told).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("|")
        };
        let alone = told(false, De);
        assert!(alone.contains("von X an 192.0.2.1:5060") && !alone.contains("Ebenso"), "{alone}");
        let both = told(true, De);
        assert!(both.contains("von X für sip:21@pbx an 192.0.2.1:5060"), "{both}");
        assert!(both.contains("Ebenso ohne Antwort: sip:22@pbx bei 192.0.2.9:5060."), "{both}");
        assert!(both.contains("zwischen zwei Anmeldungen für sip:21@pbx an"), "{both}");
        assert!(both.contains("Die Zuordnung wechselt ebenso: sip:22@pbx "), "{both}");
        let both = told(true, En);
        assert!(both.contains("No answer likewise: sip:22@pbx "), "{both}");
    }

    #[test]
    fn what_icmp_says_of_the_requests_is_told_and_decides_what_to_do() {
        let told_of = |kind, code, reporter: &str| {
            let mut finding = audit().findings.into_iter().find(|one| one.code() == Code::Sig002).unwrap();
            let Detail::Sig002 { refusal, registrar, .. } = &mut finding.detail else { panic!() };
            let time = Timestamp::UNKNOWN;
            let icmp = IcmpReport {
                reporter: reporter.parse().unwrap(),
                about_a: true,
                v6: false,
                kind,
                code,
                frame: Frame::new(0, 2),
                count: 6,
                span: (time, time),
                pause: 0,
                identification: 0,
            };
            let action = let_through(&icmp, registrar.ip(), De);
            *refusal = Some(Box::new(icmp));
            (detail(&finding, "X", &TimeZone::UTC, De), action)
        };
        let told = |code, reporter: &str| told_of(3, code, reporter);
        let (text, action) = told_of(11, 0, "10.9.9.9");
        assert!(text.ends_with("TTL abgelaufen (6-mal).") && action.contains("Routing"), "{text} {action}");
        let (text, action) = told(13, "192.0.2.1");
        assert!(text.ends_with("meldet 192.0.2.1 per ICMP: durch eine Regel verboten (6-mal)."), "{text}");
        assert!(action.contains("auf der Gegenseite selbst"), "{action}");
        assert!(!told(13, "192.0.2.7").1.contains("selbst"));
        assert!(told(3, "192.0.2.1").1.contains("der SIP-Dienst läuft"));
        assert!(told(1, "192.0.2.7").1.contains("nicht erreichbar"));
        assert!(told(4, "192.0.2.7").1.contains("für den Weg zu groß"), "the other side can be reached");
    }
}
