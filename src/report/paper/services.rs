//! Services that the network offers: names, addresses, time, contacts, files for telephones. Who offers them, who asks,
//! and whether an answer came; the certificates that servers show.

use std::collections::BTreeMap;

use super::{Cell, Maker, Part, Table, Tone, between, filled, instant, shown, socket};
use crate::report::captured::is_group;
use crate::report::json::document::{Certificate, DhcpServer, Flow, Observation};
use crate::report::number::{NO_VALUE, day, duration};

/// Names of [`Flow::app`] that are services of the network, in the order of the table.
const SERVICES: [&str; 7] = ["DNS", "DHCP", "NTP", "STUN", "LDAP", "TFTP", "HTTP"];
const DHCP: &str = "DHCP";
const TFTP: &str = "TFTP";
const STUN: &str = "STUN";
/// Where a STUN server is asked (RFC 5389 section 18.4); telephones ask each other elsewhere (ICE).
const STUN_PORTS: [u16; 2] = [3478, 5349];
/// So many requests that nobody answers are worth a word.
const LEAST_SILENT: u64 = 3;
/// Where a TFTP server is asked; it answers from another port (RFC 1350 section 4).
const TFTP_PORT: u16 = 69;

/// What one server does by one service.
#[derive(Default)]
struct Use<'a> {
    /// Whether anything came back, by client.
    clients: BTreeMap<&'a str, bool>,
    asked: u64,
    answered: u64,
    is_silent_at_times: bool,
    /// It accepted a connection.
    accepts: bool,
    /// How long (ns) at most somebody went on asking that got no answer.
    longest: i64,
}

/// A line for each service and server, nothing where none was seen.
pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let flows = &maker.document.flows;
    // What nobody answers says nothing of itself, beside others that go to the same place.
    let known: BTreeMap<(&str, &str, u16), usize> = flows
        .iter()
        .filter_map(|flow| Some(((&*flow.transport, &*flow.b.address, flow.b.port), service(flow)?)))
        .collect();
    let transfers = transfers(flows);
    let mut uses: BTreeMap<(usize, &str), Use<'_>> = BTreeMap::new();
    for flow in flows {
        let place = (&*flow.transport, &*flow.b.address, flow.b.port);
        let unnamed = flow.app.is_none() && flow.packets_ba == 0;
        let named = service(flow).or_else(|| known.get(&place).filter(|_| unnamed).copied());
        // Addresses of packets do not tell who asks whom for one.
        let Some(service) = named.filter(|service| SERVICES.get(*service) != Some(&DHCP)) else { continue };
        let is_tftp = SERVICES.get(service) == Some(&TFTP);
        // An error alone, which either side may send, does not tell who serves.
        if is_tftp && flow.b.port != TFTP_PORT {
            continue;
        }
        if SERVICES.get(service) == Some(&STUN) && !STUN_PORTS.contains(&flow.b.port) {
            continue;
        }
        let transfer = transfers.get(&ends(flow)).filter(|_| is_tftp).copied().unwrap_or_default();
        let [asked, answered] =
            [flow.packets_ab.saturating_add(transfer.0), flow.packets_ba.saturating_add(transfer.1)];
        let seen = uses.entry((service, flow.b.address.as_str())).or_default();
        let is_answered = answered > 0 && !flow.is_without_answer;
        *seen.clients.entry(&flow.a.address).or_default() |= is_answered;
        seen.asked = seen.asked.saturating_add(asked);
        seen.answered = seen.answered.saturating_add(answered);
        seen.is_silent_at_times |= !is_answered;
        seen.accepts |= flow.is_without_answer;
        if let Some(length) = between(flow.first.as_deref(), flow.last.as_deref()).filter(|_| !is_answered) {
            seen.longest = seen.longest.max(length);
        }
    }
    let mut parts = Vec::new();
    if !(uses.is_empty() && maker.document.dhcp_servers.is_empty()) {
        parts.push(Part::Text(maker.paper.services_note.to_owned()));
        parts.push(Part::Table(table(maker, &uses)));
        parts.extend(silent_stun(maker, &uses));
    }
    let certificates = &maker.document.certificates;
    if !certificates.is_empty() {
        let heads = [
            (maker.paper.server, false),
            (maker.paper.holder, false),
            (maker.paper.issuer, false),
            (maker.paper.valid, false),
            (maker.words.labels.result, false),
        ];
        let rows = certificates.iter().map(|one| certificate(maker, one)).collect();
        parts.push(Part::Subheading(maker.paper.certificates.to_owned()));
        parts.push(Part::Text(maker.paper.certificates_note.to_owned()));
        parts.push(Part::Table(Table::new(&heads, rows).folding(&[maker.paper.issuer])));
    }
    parts
}

/// What it means that a STUN server never answers: who waits for it does so before each registration and call.
fn silent_stun(maker: &Maker<'_>, uses: &BTreeMap<(usize, &str), Use<'_>>) -> Vec<Part> {
    // One that refuses is told of beside the registrations.
    let is_told = |server: &str| {
        let mut refusing =
            maker.document.remarks.iter().filter(|one| matches!(one.what, Observation::RefusedStun { .. }));
        refusing
            .any(|one| one.at.rsplit_once(':').is_some_and(|(at, _)| at.trim_matches(['[', ']']) == server))
    };
    let is_silent = |service: usize, server: &str, seen: &Use<'_>| {
        SERVICES.get(service) == Some(&STUN)
            && seen.answered == 0
            && !seen.accepts
            && seen.asked >= LEAST_SILENT
            && !is_group(server)
            && !is_told(server)
    };
    let silent = uses.iter().filter(|((service, server), seen)| is_silent(*service, server, seen));
    let note = |((_, server), seen): (&(usize, &str), &Use<'_>)| {
        let lasted = duration(seen.longest, maker.language);
        Part::Text(filled(&filled(maker.paper.stun_silent, &maker.device(server)), &lasted))
    };
    silent.map(note).collect()
}

/// Address and port of a client, and the address of its server.
type Ends<'a> = (&'a str, u16, &'a str);

fn ends(flow: &Flow) -> Ends<'_> {
    (&flow.a.address, flow.a.port, &flow.b.address)
}

/// What went between a TFTP client and the port that its server answers from, there and back.
fn transfers(flows: &[Flow]) -> BTreeMap<Ends<'_>, (u64, u64)> {
    let is_request = |flow: &&Flow| {
        flow.b.port == TFTP_PORT && flow.app.as_deref().is_some_and(|app| TFTP.eq_ignore_ascii_case(app))
    };
    let mut transfers: BTreeMap<Ends<'_>, (u64, u64)> =
        flows.iter().filter(is_request).map(|flow| (ends(flow), (0, 0))).collect();
    for flow in flows.iter().filter(|flow| flow.transport == "udp" && flow.b.port != TFTP_PORT) {
        let back: Ends<'_> = (&flow.b.address, flow.b.port, &flow.a.address);
        if let Some((there, from)) = transfers.get_mut(&ends(flow)) {
            *there = there.saturating_add(flow.packets_ab);
            *from = from.saturating_add(flow.packets_ba);
        } else if let Some((there, from)) = transfers.get_mut(&back) {
            *there = there.saturating_add(flow.packets_ba);
            *from = from.saturating_add(flow.packets_ab);
        }
    }
    transfers
}

fn table(maker: &Maker<'_>, uses: &BTreeMap<(usize, &str), Use<'_>>) -> Table {
    let labels = &maker.words.labels;
    let heads = [
        (labels.service, false),
        (maker.paper.server, false),
        (maker.paper.clients, true),
        (maker.paper.requests, true),
        (maker.paper.answers, true),
        (labels.result, false),
    ];
    let dhcp = SERVICES.iter().position(|service| *service == DHCP).unwrap_or_default();
    let leases = maker.document.dhcp_servers.iter().map(|server| (dhcp, lease(maker, dhcp, server)));
    let lines = uses.iter().map(|((at, server), seen)| (*at, line(maker, *at, server, seen)));
    let mut rows: Vec<(usize, Vec<Cell>)> = lines.chain(leases).collect();
    rows.sort_by_key(|(service, _)| *service);
    Table::new(&heads, rows.into_iter().map(|(_, row)| row).collect())
}

fn certificate(maker: &Maker<'_>, one: &Certificate) -> Vec<Cell> {
    let words = maker.paper;
    let [from, to, seen] =
        [&one.not_before, &one.not_after, &one.seen].map(|time| time.as_deref().and_then(instant));
    let seen = seen.filter(|seen| seen.is_clock_set());
    let (result, tone) = match (from, to, seen) {
        (_, Some(to), Some(seen)) if to < seen => (words.expired, Tone::Bad),
        (Some(from), _, Some(seen)) if seen < from => (words.not_yet, Tone::Bad),
        (Some(_), Some(_), Some(_)) => (words.is_valid, Tone::Good),
        _ => (NO_VALUE, Tone::Plain),
    };
    let [from, to] =
        [from, to].map(|time| time.map_or_else(|| NO_VALUE.to_owned(), |time| day(time, maker.language)));
    let mut holder: Vec<String> = one.holder.iter().map(|name| shown(name)).collect();
    holder.extend(one.names.iter().filter(|name| Some(*name) != one.holder.as_ref()).map(|name| shown(name)));
    let issuer = match (one.self_issued, one.issuer.as_deref()) {
        (true, _) => words.self_issued,
        (false, issuer) => issuer.unwrap_or(NO_VALUE),
    };
    let server = match maker.title(&one.server.address) {
        title if title.is_empty() => socket(&one.server),
        title => format!("{title} ({})", socket(&one.server)),
    };
    vec![
        Cell::new(server),
        Cell::list(&holder),
        Cell::new(issuer),
        Cell::new(format!("{from} – {to}")),
        Cell::toned(result, tone),
    ]
}

fn service(flow: &Flow) -> Option<usize> {
    let app = flow.app.as_deref()?;
    SERVICES.iter().position(|service| service.eq_ignore_ascii_case(app))
}

fn line(maker: &Maker<'_>, service: usize, server: &str, seen: &Use<'_>) -> Vec<Cell> {
    let unanswered = seen.clients.values().filter(|is_answered| !**is_answered).count() as u64;
    let numbers = [seen.clients.len() as u64, seen.asked, seen.answered, unanswered];
    let said = match unanswered {
        // Broadcasts are answered from another address.
        _ if is_group(server) => Some((maker.paper.to_all, Tone::Plain)),
        0 if seen.is_silent_at_times => Some((maker.paper.answers_some, Tone::Caution)),
        all if all == numbers[0] && seen.accepts => Some((maker.paper.accepts, Tone::Caution)),
        _ => None,
    };
    cells(maker, service, maker.device(server), numbers, said)
}

fn lease(maker: &Maker<'_>, service: usize, one: &DhcpServer) -> Vec<Cell> {
    let server =
        one.server.as_deref().map_or_else(|| maker.paper.no_server.to_owned(), |one| maker.device(one));
    cells(maker, service, server, [one.clients, one.requests, one.answers, one.unanswered_clients], None)
}

/// `numbers`: devices, packets to the server and back, devices without an answer. `said`: the result, where these do not
/// tell it.
fn cells(
    maker: &Maker<'_>,
    service: usize,
    server: String,
    numbers: [u64; 4],
    said: Option<(&str, Tone)>,
) -> Vec<Cell> {
    let [clients, asked, answered, unanswered] = numbers;
    let but = filled(maker.paper.answers_but, &maker.count(unanswered));
    let (result, tone) = said.unwrap_or(match unanswered {
        0 if answered == 0 => (NO_VALUE, Tone::Plain),
        0 => (maker.paper.answers_all, Tone::Good),
        all if all == clients => (maker.paper.answers_none, Tone::Caution),
        1 => (maker.paper.answers_but_one, Tone::Caution),
        _ => (&but, Tone::Caution),
    });
    let number = |value: u64| Cell::number(maker.count(value), Some(value as f64));
    vec![
        Cell::new(SERVICES.get(service).copied().unwrap_or_default()),
        Cell::new(server),
        number(clients),
        number(asked),
        number(answered),
        Cell::toned(result, tone),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::{Paper, paper};
    use super::*;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Document, Endpoint};
    use crate::report::{Language, text};

    fn flow(document: &Document, app: Option<&str>, client: &str, server: &str, packets: (u64, u64)) -> Flow {
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 0 };
        Flow {
            a: end(client),
            b: end(server),
            app: app.map(str::to_owned),
            packets_ab: packets.0,
            packets_ba: packets.1,
            ..document.flows[0].clone()
        }
    }

    /// Content, client, server, packets there and back.
    type Talk = (Option<&'static str>, &'static str, &'static str, (u64, u64));

    /// The report on nothing but these conversations.
    fn told(language: Language, flows: &[Talk]) -> Paper {
        paper(&document(language, flows), &TimeZone::UTC)
    }

    fn document(language: Language, flows: &[Talk]) -> Document {
        let mut document = json::document_of(&audit(), &names(language), &settings(language, 80));
        document.flows = flows
            .iter()
            .map(|(app, client, server, packets)| flow(&document, *app, client, server, *packets))
            .collect();
        document
    }

    /// The lines of the table, each with the tone of its result.
    fn lines(paper: &Paper) -> Vec<(Vec<&str>, Tone)> {
        let section = paper.sections.iter().find(|section| section.id == "services");
        let tables = section.into_iter().flat_map(|section| &section.parts).filter_map(|part| match part {
            Part::Table(table) => Some(table),
            _ => None,
        });
        let rows = tables.flat_map(|table| &table.rows);
        rows.map(|row| (row.iter().map(|cell| cell.text.as_str()).collect(), row[5].tone)).collect()
    }

    #[test]
    fn each_server_has_a_line_for_each_service_in_a_fixed_order() {
        let words = text::paper_words(Language::De);
        let paper = told(
            Language::De,
            &[
                (Some("NTP"), "192.168.10.31", "192.168.10.1", (2, 2)),
                (Some("DNS"), "192.168.10.31", "192.168.10.1", (3, 3)),
                (Some("dns"), "192.168.10.32", "192.168.10.1", (20_000, 1)),
                (Some("DNS"), "192.168.10.31", "192.168.10.1", (1, 1)),
                (Some("SIP"), "192.168.10.31", "192.168.10.2", (9, 9)),
                (None, "192.168.10.31", "192.168.10.2", (9, 9)),
            ],
        );
        assert_eq!(
            lines(&paper),
            [
                (vec!["DNS", "192.168.10.1", "2", "20.004", "5", words.answers_all], Tone::Good),
                (vec!["NTP", "192.168.10.1", "1", "2", "2", words.answers_all], Tone::Good),
            ]
        );
    }

    #[test]
    fn silence_is_told_apart_from_what_nobody_in_particular_was_asked() {
        let words = text::paper_words(Language::En);
        let asked = |server: &'static str| (Some("DNS"), "192.168.10.31", server, (4, 0));
        let paper = told(
            Language::En,
            &[
                asked("192.168.10.1"),
                asked("192.168.10.5"),
                (Some("DNS"), "192.168.10.32", "192.168.10.5", (1, 1)),
                (Some("DNS"), "192.168.10.33", "192.168.10.6", (1, 1)),
                (Some("DNS"), "192.168.10.33", "192.168.10.6", (1, 0)),
                (Some("NTP"), "192.168.10.7", "192.168.10.255", (4, 0)),
                (Some("LDAP"), "192.168.10.31", "192.168.10.8", (6, 4)),
                (None, "192.168.10.32", "192.168.10.8", (3, 0)),
                (None, "192.168.10.32", "192.168.10.9", (3, 0)),
            ],
        );
        let results: Vec<(&str, Tone)> =
            lines(&paper).iter().map(|(cells, tone)| (cells[5], *tone)).collect();
        assert_eq!(
            results,
            [
                (words.answers_none, Tone::Caution),
                (words.answers_but_one, Tone::Caution),
                (words.answers_some, Tone::Caution),
                (words.to_all, Tone::Plain),
                (words.answers_but_one, Tone::Caution),
            ]
        );
        let (ldap, _) = lines(&paper).pop().unwrap();
        assert_eq!(ldap[..5], ["LDAP", "192.168.10.8", "2", "9", "4"]);
    }

    #[test]
    fn what_a_stun_server_that_never_answers_means_is_told() {
        let (phone, server) = ("192.168.10.31", "203.0.113.5");
        let told = |port: u16, back: u64| {
            let mut document = document(Language::De, &[(Some("STUN"), phone, server, (5, back))]);
            let flow = &mut document.flows[0];
            flow.b.port = port;
            flow.first = Some("2026-11-26T10:00:00Z".to_owned());
            flow.last = Some("2026-11-26T10:00:02.800Z".to_owned());
            let paper = paper(&document, &TimeZone::UTC);
            let section = paper.sections.iter().find(|section| section.id == "services");
            let texts =
                section.into_iter().flat_map(|section| &section.parts).filter_map(|part| match part {
                    Part::Text(text) => Some(text.replace('\u{a0}', " ")),
                    _ => None,
                });
            (lines(&paper).len(), texts.filter(|text| text.contains("bis zu 2,8 s lang")).count())
        };
        assert_eq!(told(3_478, 0), (1, 1));
        assert_eq!(told(3_478, 5), (1, 0));
        assert_eq!(told(51_412, 0), (0, 0), "telephones that ask each other (ICE)");
    }

    /// Who started, whom he spoke to, packets there and back, content.
    type Seen<'a> = (&'a str, u16, &'a str, u16, (u64, u64), Option<&'static str>);

    #[test]
    fn a_tftp_server_answers_from_another_port() {
        let (client, server) = ("192.168.10.31", "192.168.10.9");
        let told = |flows: &[Seen<'_>]| {
            let talks: Vec<Talk> = vec![(None, "192.168.10.31", "192.168.10.2", (0, 0)); flows.len()];
            let mut document = document(Language::De, &talks);
            for (flow, (a, from, b, to, packets, app)) in document.flows.iter_mut().zip(flows) {
                let end = |address: &str, port: u16| Endpoint { address: address.to_owned(), port };
                (flow.a, flow.b, flow.app) = (end(a, *from), end(b, *to), app.map(str::to_owned));
                (flow.packets_ab, flow.packets_ba) = *packets;
                flow.transport = "udp".to_owned();
            }
            let paper = super::super::paper(&document, &TimeZone::UTC);
            lines(&paper).iter().map(|(cells, _)| cells[1..].join(" ")).collect::<Vec<_>>()
        };
        let words = text::paper_words(Language::De);
        let asked = (client, 2_000, server, 69, (1, 0), Some("tftp"));
        let error = (server, 50_000, client, 2_000, (1, 0), Some("tftp"));
        let data = (server, 50_000, client, 2_000, (9, 8), None);
        let device = |numbers: &str, result: &str| vec![format!("{server} {numbers} {result}")];
        assert_eq!(told(&[asked]), device("1 1 0", words.answers_none));
        assert_eq!(told(&[asked, error]), device("1 1 1", words.answers_all));
        assert_eq!(told(&[asked, data]), device("1 9 9", words.answers_all));
        assert!(told(&[error]).is_empty(), "who serves is not known");
    }

    #[test]
    fn a_connection_that_is_accepted_is_no_answer() {
        let words = text::paper_words(Language::De);
        let result = |others: &[bool]| {
            let flows: Vec<_> =
                others.iter().map(|_| (Some("HTTP"), "192.168.10.31", "192.168.10.2", (4, 3))).collect();
            let mut document = document(Language::De, &flows);
            for (flow, is_without_answer) in document.flows.iter_mut().zip(others) {
                flow.is_without_answer = *is_without_answer;
            }
            lines(&super::super::paper(&document, &TimeZone::UTC))[0].0[5].to_owned()
        };
        assert_eq!(result(&[true]), words.accepts);
        assert_eq!(result(&[true, false]), words.answers_some);
        assert_eq!(result(&[false]), words.answers_all);
    }

    #[test]
    fn addresses_are_asked_for_by_devices_and_given_by_servers() {
        let words = text::paper_words(Language::En);
        let mut document = json::document_of(&audit(), &names(Language::En), &settings(Language::En, 80));
        document.flows = vec![flow(&document, Some("DHCP"), "0.0.0.0", "255.255.255.255", (4, 0))];
        let row = |server: Option<&str>, clients, unanswered_clients, requests, answers| DhcpServer {
            server: server.map(str::to_owned),
            clients,
            unanswered_clients,
            requests,
            answers,
        };
        document.dhcp_servers = vec![
            row(None, 1, 1, 3, 0),
            row(Some("192.168.10.1"), 11, 0, 20, 19),
            row(Some("192.168.10.9"), 9, 2, 8, 7),
        ];
        let paper = paper(&document, &TimeZone::UTC);
        let told = lines(&paper);
        assert_eq!(
            told.iter().map(|(line, tone)| (line[1], line[2], line[5], *tone)).collect::<Vec<_>>(),
            [
                (words.no_server, "1", words.answers_none, Tone::Caution),
                ("192.168.10.1", "11", words.answers_all, Tone::Good),
                ("192.168.10.9", "9", &*filled(words.answers_but, "2"), Tone::Caution),
            ]
        );
    }

    #[test]
    fn a_network_without_services_has_no_such_section() {
        let paper = told(Language::De, &[(Some("SIP"), "192.168.10.31", "192.168.10.2", (9, 9))]);
        assert!(paper.sections.iter().all(|section| section.id != "services"));
        assert!(paper.sections.iter().any(|section| section.id == "security"));
    }

    #[test]
    fn a_clock_that_was_never_set_judges_no_certificate() {
        let document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let maker = super::super::Maker {
            document: &document,
            language: Language::De,
            words: text::words(Language::De),
            paper: text::paper_words(Language::De),
            zone: &TimeZone::UTC,
        };
        let result = |seen: &str| {
            let one = Certificate {
                server: Endpoint { address: "192.168.10.2".to_owned(), port: 443 },
                holder: None,
                issuer: None,
                self_issued: false,
                names: Vec::new(),
                not_before: Some("2026-01-01T00:00:00Z".to_owned()),
                not_after: Some("2027-01-01T00:00:00Z".to_owned()),
                seen: Some(seen.to_owned()),
                clients: 1,
                frame: 1,
                file: 0,
            };
            certificate(&maker, &one)[4].text.clone()
        };
        assert_eq!(result("2025-01-01T00:00:00Z"), text::paper_words(Language::De).not_yet);
        assert_eq!(result("1970-01-01T00:10:00Z"), NO_VALUE);
    }
}
