//! Takes findings of the NET codes about names, time and addresses; gives their sentences in both languages, and what
//! to do.

use std::net::{IpAddr, Ipv4Addr};

use super::{List, named};
use crate::check::{Detail, Finding, NameFailure};
use crate::observe::DhcpOffer;
use crate::report::language::Language::{self, De, En};
use crate::report::number::count;
use crate::site::Confidence;

/// RFC 1035 section 4.1.1.
const SERVFAIL: u8 = 2;
const NXDOMAIN: u8 = 3;

/// What was seen; `None` for other codes.
pub(super) fn detail(finding: &Finding, device: &str, language: Language) -> Option<String> {
    let times = |times: u64| count(times, language);
    let unseen = unseen(finding.confidence, language);
    Some(match (&finding.detail, language) {
        (Detail::Net001 { server, names, why: NameFailure::Silence }, De) => format!(
            "{device} fragt den DNS-Server {server} {}-mal nach {} und bekommt keine Antwort.{unseen}",
            times(finding.count),
            listed(names, De)
        ),
        (Detail::Net001 { server, names, why: NameFailure::Silence }, En) => format!(
            "{device} asks the DNS server {server} {} times for {} and gets no answer.{unseen}",
            times(finding.count),
            listed(names, En)
        ),
        (Detail::Net001 { server, names, why: NameFailure::Rcode(NXDOMAIN) }, De) => format!(
            "Der DNS-Server {server} sagt {device} {}-mal, dass es {} nicht gibt (NXDOMAIN).",
            times(finding.count),
            listed(names, De)
        ),
        (Detail::Net001 { server, names, why: NameFailure::Rcode(NXDOMAIN) }, En) => format!(
            "The DNS server {server} tells {device} {} times that there is no {} (NXDOMAIN).",
            times(finding.count),
            listed(names, En)
        ),
        (Detail::Net001 { server, names, why: NameFailure::Rcode(code) }, De) => format!(
            "Der DNS-Server {server} beantwortet {device} {}-mal die Frage nach {} nur mit einem Fehler ({}).",
            times(finding.count),
            listed(names, De),
            rcode(*code)
        ),
        (Detail::Net001 { server, names, why: NameFailure::Rcode(code) }, En) => format!(
            "The DNS server {server} answers {device} {} times with nothing but an error ({}) when asked for {}.",
            times(finding.count),
            rcode(*code),
            listed(names, En)
        ),
        (Detail::Net002 { servers }, De) => format!(
            "{device} fragt {}-mal nach der Uhrzeit (NTP, {}) und bekommt keine Antwort. Mit falscher Uhrzeit scheitern \
             Zertifikatsprüfungen, und Journale stimmen nicht.{unseen}",
            times(finding.count),
            addresses(servers, De)
        ),
        (Detail::Net002 { servers }, En) => format!(
            "{device} asks for the time {} times (NTP, {}) and gets no answer. With a wrong clock certificate checks fail, and \
             journals are wrong.{unseen}",
            times(finding.count),
            addresses(servers, En)
        ),
        (Detail::Net003(offers), De) => format!(
            "Auf dieselbe DHCP-Anfrage antworten zwei Server mit verschiedenen Vorgaben: {}; {}. Je nachdem, welcher schneller ist, \
             erreicht ein Telefon Anlage oder Internet, oder nicht.",
            offered(&offers[0], De),
            offered(&offers[1], De)
        ),
        (Detail::Net003(offers), En) => format!(
            "Two servers answer the same DHCP request with different settings: {}; {}. Depending on which is faster, a telephone \
             reaches PBX and Internet, or does not.",
            offered(&offers[0], En),
            offered(&offers[1], En)
        ),
        (Detail::Net005 { macs: [one, other], askers }, De) => format!(
            "Für die Adresse von {device} antworten zwei Geräte: {one} und {other}. Beide beantworteten {}-mal dieselbe ARP-Anfrage \
             von {}. Gespräche und Anmeldungen kommen mal beim einen, mal beim anderen an.",
            times(finding.count),
            addresses(askers, De)
        ),
        (Detail::Net005 { macs: [one, other], askers }, En) => format!(
            "Two devices answer for the address of {device}: {one} and {other}. {} times both answered the same ARP request of \
             {}. Calls and registrations reach now one of them and now the other.",
            times(finding.count),
            addresses(askers, En)
        ),
        _ => return None,
    })
}

/// What to do; `None` for other codes.
pub(super) fn action(detail: &Detail, language: Language) -> Option<String> {
    Some(match (detail, language) {
        (Detail::Net001 { server, why: NameFailure::Silence, .. }, De) => format!(
            "Prüfen Sie, ob {server} läuft und DNS (UDP und TCP\u{a0}53) bis dorthin frei ist, und ob im Gerät oder im DHCP der \
             richtige DNS-Server eingetragen ist."
        ),
        (Detail::Net001 { server, why: NameFailure::Silence, .. }, En) => format!(
            "Check whether {server} runs and DNS (UDP and TCP\u{a0}53) gets there, and whether the right DNS server is entered in the \
             device or in DHCP."
        ),
        (Detail::Net001 { why: NameFailure::Rcode(NXDOMAIN), .. }, De) => {
            "Vergleichen Sie die Schreibweise im Gerät. Namen des eigenen Netzes kennt nur dessen eigener DNS-Server: Prüfen Sie, ob \
             das Gerät diesen fragt."
                .to_owned()
        }
        (Detail::Net001 { why: NameFailure::Rcode(NXDOMAIN), .. }, En) => {
            "Compare the spelling in the device. Names of your own network are known to its own DNS server only: check whether the \
             device asks that one."
                .to_owned()
        }
        (Detail::Net001 { server, why: NameFailure::Rcode(SERVFAIL), .. }, De) => format!(
            "Prüfen Sie am DNS-Server {server}, ob er das Internet oder den Server erreicht, an den er weiterleitet."
        ),
        (Detail::Net001 { server, why: NameFailure::Rcode(SERVFAIL), .. }, En) => {
            format!("Check at the DNS server {server} whether it reaches the Internet or the server it forwards to.")
        }
        (Detail::Net001 { server, .. }, De) => format!(
            "Lassen Sie am DNS-Server {server} Anfragen aus diesem Netz zu, oder tragen Sie im Gerät einen anderen ein."
        ),
        (Detail::Net001 { server, .. }, En) => {
            format!("Allow queries from this network at the DNS server {server}, or enter another one in the device.")
        }
        (Detail::Net002 { .. }, De) => {
            "Geben Sie UDP\u{a0}123 zum Zeitserver frei, oder tragen Sie im Gerät einen erreichbaren ein, etwa den Router oder \
             pool.ntp.org."
                .to_owned()
        }
        (Detail::Net002 { .. }, En) => {
            "Allow UDP\u{a0}123 to the time server, or enter one in the device that can be reached, such as the router or \
             pool.ntp.org."
                .to_owned()
        }
        (Detail::Net003(_), De) => {
            "Schalten Sie DHCP auf dem Gerät ab, das nicht dafür vorgesehen ist; oft ist es ein zweiter Router (FRITZ!Box) oder die \
             Anlage. Sollen beide Server laufen, geben Sie ihnen dieselben Vorgaben."
                .to_owned()
        }
        (Detail::Net003(_), En) => {
            "Switch off DHCP on the device that is not meant to do it; often it is a second router (FRITZ!Box) or the PBX. If both \
             servers are to run, give them the same settings."
                .to_owned()
        }
        (Detail::Net005 { .. }, De) => {
            "Geben Sie einem der beiden Geräte eine andere Adresse; feste Adressen dürfen nicht im DHCP-Bereich liegen. Gehören beide \
             MAC-Adressen zu einem Gerät mit zwei Anschlüssen, verbinden Sie nur einen."
                .to_owned()
        }
        (Detail::Net005 { .. }, En) => {
            "Give one of the two devices another address; fixed addresses must not lie in the DHCP range. If both MAC addresses belong \
             to one device with two ports, connect only one."
                .to_owned()
        }
        _ => return None,
    })
}

/// That the capture may lack the answers.
fn unseen(confidence: Confidence, language: Language) -> &'static str {
    match (confidence, language) {
        (Confidence::Suspected, De) => {
            " Andere Pakete an das Gerät sind im Mitschnitt, Antworten von dort nicht."
        }
        (Confidence::Suspected, En) => {
            " Other packets to the device are in the capture, answers from there are not."
        }
        _ => "",
    }
}

/// As RFC 1035 and RFC 6895 name it.
fn rcode(code: u8) -> &'static str {
    if code == SERVFAIL { "SERVFAIL" } else { "REFUSED" }
}

fn join(list: List, language: Language) -> String {
    match language {
        De => list.join("und", "weitere"),
        En => list.join("and", "more"),
    }
}

fn addresses(all: &[IpAddr], language: Language) -> String {
    join(List::addresses(all), language)
}

fn listed(names: &[Box<str>], language: Language) -> String {
    join(
        List::of(names, names.len(), |name| match language {
            De => format!("„{}“", named(name)),
            En => format!("“{}”", named(name)),
        }),
        language,
    )
}

fn offered(offer: &DhcpOffer, language: Language) -> String {
    let DhcpOffer { server, address, mask, gateway, name_servers, .. } = offer;
    let prefix = mask.map_or_else(String::new, |mask| format!("/{}", mask.to_bits().count_ones()));
    let none = if language == De { "keins" } else { "none" };
    let gateway = gateway.map_or_else(|| none.to_owned(), |gateway| gateway.to_string());
    let servers: Vec<Ipv4Addr> = name_servers.iter().copied().collect();
    let dns = match (servers.as_slice(), language) {
        ([], De) => "keiner".to_owned(),
        ([], En) => "none".to_owned(),
        (servers, _) => join(List::of(servers, servers.len(), Ipv4Addr::to_string), language),
    };
    match language {
        De => format!("{server} bietet {address}{prefix} an, Gateway {gateway}, DNS-Server {dns}"),
        En => format!("{server} offers {address}{prefix}, gateway {gateway}, DNS server {dns}"),
    }
}
