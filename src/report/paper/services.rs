//! Services that the network offers: names, addresses, time, contacts, files for telephones. Who offers them, who asks,
//! and whether an answer came; the certificates that servers show.

use std::collections::BTreeMap;

use super::{Cell, Maker, Part, Table, Tone, filled, instant, shown, socket};
use crate::report::captured::is_group;
use crate::report::json::document::{Certificate, DhcpServer, Flow};
use crate::report::number::{NO_VALUE, day};

/// Names of [`Flow::app`] that are services of the network, in the order of the table.
const SERVICES: [&str; 6] = ["DNS", "DHCP", "NTP", "LDAP", "TFTP", "HTTP"];
const DHCP: &str = "DHCP";

/// What one server does by one service.
#[derive(Default)]
struct Use<'a> {
    /// Whether anything came back, by client.
    clients: BTreeMap<&'a str, bool>,
    asked: u64,
    answered: u64,
    is_silent_at_times: bool,
}

/// A line for each service and server, nothing where none was seen.
pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let flows = &maker.document.flows;
    // What nobody answers says nothing of itself, beside others that go to the same place.
    let known: BTreeMap<(&str, &str, u16), usize> = flows
        .iter()
        .filter_map(|flow| Some(((&*flow.transport, &*flow.b.address, flow.b.port), service(flow)?)))
        .collect();
    let mut uses: BTreeMap<(usize, &str), Use<'_>> = BTreeMap::new();
    for flow in flows {
        let place = (&*flow.transport, &*flow.b.address, flow.b.port);
        let unnamed = flow.app.is_none() && flow.packets_ba == 0;
        let named = service(flow).or_else(|| known.get(&place).filter(|_| unnamed).copied());
        // Addresses of packets do not tell who asks whom for one.
        let Some(service) = named.filter(|service| SERVICES.get(*service) != Some(&DHCP)) else { continue };
        let seen = uses.entry((service, flow.b.address.as_str())).or_default();
        *seen.clients.entry(&flow.a.address).or_default() |= flow.packets_ba > 0;
        seen.asked = seen.asked.saturating_add(flow.packets_ab);
        seen.answered = seen.answered.saturating_add(flow.packets_ba);
        seen.is_silent_at_times |= flow.packets_ba == 0;
    }
    let mut parts = Vec::new();
    if !(uses.is_empty() && maker.document.dhcp_servers.is_empty()) {
        parts.push(Part::Text(maker.paper.services_note.to_owned()));
        parts.push(Part::Table(table(maker, &uses)));
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
        let mut document = json::document_of(&audit(), &names(language), &settings(language, 80));
        document.flows = flows
            .iter()
            .map(|(app, client, server, packets)| flow(&document, *app, client, server, *packets))
            .collect();
        paper(&document, &TimeZone::UTC)
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
