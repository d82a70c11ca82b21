//! The table that `pbxray ports` prints: takes the rule book, gives what its documents say about ports, by document
//! and role.

use std::fmt::Write as _;
use std::sync::Arc;

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use thiserror::Error;

use super::Language;
use super::names::LegName;
use crate::rules::{Document, Leg, Peer, Row, Rulebook};
use crate::site::{Initiator, Kind, PeerScope, Ports, RoleId};

/// Columns that are not the service.
const ID: usize = 0;
const TRANSPORT: usize = 2;
const PORTS: usize = 3;
const PEER: usize = 4;
/// Blanks behind each column.
const PADDING: u16 = 2;
/// Wide enough for most host names; longer ones wrap.
const PEER_WIDTH: u16 = 21;

/// Which rows to print.
#[derive(Clone, Copy, Debug, Default)]
pub struct PortsFilter<'a> {
    /// Only documents of this vendor, in upper or lower case.
    pub vendor: Option<&'a str>,
    /// Only rows of this role, or of all roles below it: `agfeo.phone` prints every AGFEO telephone.
    pub role: Option<&'a str>,
}

/// A filter that no row passes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoSuchRows {
    /// Not a vendor of these rule books.
    #[error("no rule book is from vendor `{given}`; there are {known}")]
    Vendor {
        /// As the user wrote it.
        given: String,
        /// Those that would do.
        known: String,
    },
    /// Not a role of these rule books, or one without rows.
    #[error("no row is for role `{given}`; there are {known}")]
    Role {
        /// As the user wrote it.
        given: String,
        /// Those that would do.
        known: String,
    },
}

/// The rows as tables of at most `width` columns, with source and date of each document.
///
/// # Errors
/// A vendor or role that no row is from.
pub fn ports(
    book: &Rulebook,
    filter: PortsFilter<'_>,
    language: Language,
    width: u16,
) -> Result<String, NoSuchRows> {
    let rows: Vec<&Row> = book.rows.iter().filter(|row| filter.passes(book, row)).collect();
    if rows.is_empty() {
        return Err(filter.nothing(book));
    }
    let documents =
        book.documents.iter().filter(|document| rows.iter().any(|row| &row.document == *document));
    let mut out = String::new();
    for document in documents {
        let of_document: Vec<&Row> = rows.iter().copied().filter(|row| &row.document == document).collect();
        print_document(&mut out, book, document, &of_document, filter.role, language, width);
    }
    print_models(&mut out, book, filter, language, width);
    let legend = language.either(
        "Ports: links des Pfeils der eigene, rechts der der Gegenstelle; fehlt einer, ist er beliebig.\n\
         → abgehend, ← eingehend, ↔ beidseitig oder nicht angegeben\n\
         UDP?, TCP?, ?: Das Dokument nennt kein Protokoll.",
        "Ports: left of the arrow the own one, right of it the peer's; one that is missing may be any.\n\
         → outgoing, ← incoming, ↔ both ways or not stated\n\
         UDP?, TCP?, ?: the document names no protocol.",
    );
    let warranty =
        language.either("Angaben der Hersteller ohne Gewähr.", "Vendors' information, without guarantee.");
    let _ = writeln!(out, "{}\n\n{warranty}", wrap(legend, width));
    Ok(out)
}

impl PortsFilter<'_> {
    fn passes(&self, book: &Rulebook, row: &Row) -> bool {
        let vendor = self.vendor.is_none_or(|vendor| row.document.vendor.eq_ignore_ascii_case(vendor));
        let role = self.role.is_none_or(|group| {
            let known = book.roles.iter().filter(|role| role.id.is_in(group));
            known.into_iter().any(|role| row.is_for(&role.id))
        });
        vendor && role
    }

    fn nothing(&self, book: &Rulebook) -> NoSuchRows {
        let vendor_exists =
            |vendor: &str| book.rows.iter().any(|row| row.document.vendor.eq_ignore_ascii_case(vendor));
        match (self.vendor, self.role) {
            (Some(given), _) if !vendor_exists(given) => {
                let mut known: Vec<&str> = book.rows.iter().map(|row| row.document.vendor.as_str()).collect();
                known.sort_unstable();
                known.dedup();
                NoSuchRows::Vendor { given: given.to_owned(), known: known.join(", ") }
            }
            (_, role) => {
                let roles = book.roles.iter().map(|role| &role.id);
                let known = roles.filter(|role| book.rows.iter().any(|row| row.is_for(role)));
                let known: Vec<&str> = known.map(RoleId::as_str).collect();
                NoSuchRows::Role { given: role.unwrap_or_default().to_owned(), known: known.join(", ") }
            }
        }
    }
}

fn print_document(
    out: &mut String,
    book: &Rulebook,
    document: &Arc<Document>,
    rows: &[&Row],
    group: Option<&str>,
    language: Language,
    width: u16,
) {
    let title = format!("{}: {}", document.vendor, document.title);
    let _ = writeln!(out, "{}\n", wrap(&title, width));
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        let heading = heading(book, row, group, language);
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, group)) => group.push(row),
            None => groups.push((heading, vec![row])),
        }
    }
    for (heading, group) in groups {
        let _ =
            writeln!(out, "{}\n{}\n", wrap(&heading, width), table(book, &group, language, width).trim_fmt());
    }
    let Document { origin, as_of, edition, disclaimer, .. } = document.as_ref();
    let disclaimer = language.of(disclaimer);
    let end = match language {
        Language::De => {
            let date = as_of.strftime("%d.%m.%Y");
            format!("Quelle: {origin}\nStand: {date}; Ausgabe: {edition}\n{disclaimer}")
        }
        Language::En => format!("Source: {origin}\nAs of {as_of}; edition: {edition}\n{disclaimer}"),
    };
    let _ = writeln!(out, "{}\n", wrap(&end, width));
}

/// The models that `--pbx` and the site file may name, by id.
fn print_models(out: &mut String, book: &Rulebook, filter: PortsFilter<'_>, language: Language, width: u16) {
    let is_of_vendor = |role: &RoleId| {
        let vendor = role.as_str().split('.').next().unwrap_or_default();
        filter.vendor.is_none_or(|given| given.eq_ignore_ascii_case(vendor))
    };
    let models = book
        .models
        .iter()
        .filter(|model| is_of_vendor(&model.role) && filter.role.is_none_or(|group| model.role.is_in(group)));
    let models: Vec<_> = models.collect();
    if models.is_empty() {
        return;
    }
    let heading = language.either(
        "Anlagentypen für --pbx ADRESSE=KENNUNG und `model` der Standortdatei",
        "Models for --pbx ADDRESS=ID and `model` of the site file",
    );
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for model in models {
        let ports = format!("RTP {}", model.rtp);
        table.add_row([
            model.id.to_string(),
            language.of(&model.title).to_owned(),
            ports,
            model.role.to_string(),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, PADDING));
    }
    let _ = writeln!(out, "{}\n\n{}\n", wrap(heading, width), table.trim_fmt());
}

/// Breaks lines between words.
fn wrap(text: &str, width: u16) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width).add_row([text]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    table.trim_fmt()
}

/// The roles a row is documented for, by title and id, or the kinds of them. Where none of them was asked for, also those that
/// it holds for in fact.
fn heading(book: &Rulebook, row: &Row, group: Option<&str>, language: Language) -> String {
    if row.kinds.is_empty() {
        let title = |role: &RoleId| match book.role(role.as_str()) {
            Some(known) => format!("{} ({role})", language.of(&known.title)),
            None => role.to_string(),
        };
        let documented = row.roles.iter().map(title).collect::<Vec<_>>().join(", ");
        let asked = |role: &&RoleId| group.is_some_and(|group| role.is_in(group));
        let shared: Vec<String> = row.also.iter().filter(asked).map(title).collect();
        match shared.is_empty() || row.roles.iter().any(|role| asked(&role)) {
            true => documented,
            false => format!(
                "{documented}; {} {}",
                language.either("gilt auch für", "holds as well for"),
                shared.join(", ")
            ),
        }
    } else {
        row.kinds.iter().map(|kind| kind_word(*kind, language)).collect::<Vec<_>>().join(", ")
    }
}

fn kind_word(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Pbx => language.either("Anlagen", "PBXs"),
        Kind::Cloud => language.either("Cloud-Dienste", "cloud services"),
        Kind::Terminal => language.either("Endgeräte", "terminals"),
        Kind::Softphone => language.either("Softphones", "softphones"),
        Kind::Software => language.either("Programme", "programs"),
        Kind::Provider => language.either("Provider", "providers"),
        Kind::Infrastructure => language.either("Netzwerkkomponenten", "network components"),
        Kind::Other => language.either("andere Geräte", "other devices"),
    }
}

fn table(book: &Rulebook, rows: &[&Row], language: Language, width: u16) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(rule));
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(match language {
        Language::De => ["Zeile", "Dienst", "Prot.", "Ports", "Gegenstelle"],
        Language::En => ["Row", "Service", "Prot.", "Ports", "Peer"],
    });
    for row in rows {
        for (index, leg) in row.legs.iter().enumerate() {
            let only_first = |text: String| if index == 0 { text } else { String::new() };
            table.add_row([
                only_first(row.id.to_string()),
                only_first(service(row, language)),
                only_first(row.transport.to_string()),
                ports_of(leg, language),
                peer(book, leg, language),
            ]);
        }
    }
    // The service is what may wrap; its words are long in German, so the rest gets no more than it needs.
    let widths = table.column_max_content_widths();
    for (index, least) in [(ID, u16::MAX), (TRANSPORT, u16::MAX), (PORTS, u16::MAX), (PEER, PEER_WIDTH)] {
        if let (Some(column), Some(content)) = (table.column_mut(index), widths.get(index)) {
            column
                .set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least.min(content + PADDING))));
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, PADDING));
    }
    table
}

fn service(row: &Row, language: Language) -> String {
    match &row.condition {
        Some(condition) => format!("{}\n({})", language.of(&row.service), language.of(condition)),
        None => language.of(&row.service).to_owned(),
    }
}

/// The own port, the direction, the remote port: `5060 ←`, `→ 443`, `68 ↔ 67`.
fn ports_of(leg: &Leg, language: Language) -> String {
    format!("{} {}", ports_word(&leg.own, language), behind_own(leg, language)).trim().to_owned()
}

/// The direction and the remote port.
fn behind_own(leg: &Leg, language: Language) -> String {
    let arrow = match leg.initiator {
        Initiator::Own => "→",
        Initiator::Peer => "←",
        Initiator::Either => "↔",
    };
    format!("{arrow} {}", ports_word(&leg.remote, language)).trim().to_owned()
}

fn ports_word(ports: &Ports, language: Language) -> String {
    match ports {
        Ports::Set(ports) => ports.to_string(),
        Ports::Dynamic => language.either("dynamisch", "dynamic").to_owned(),
        Ports::Individual => language.either("individuell", "individual").to_owned(),
        Ports::Unspecified => String::new(),
    }
}

/// What a row says of its connections.
pub(super) fn leg_names(book: &Rulebook, row: &Row, language: Language) -> Vec<LegName> {
    let name = |leg: &Leg| LegName {
        transport: row.transport.to_string(),
        ports: ports_of(leg, language),
        behind: behind_own(leg, language),
        peer: peer(book, leg, language),
        leaves_lan: may_leave(leg) && is_bound(leg),
        leaves_unbound: may_leave(leg) && !is_bound(leg),
    };
    row.legs.iter().map(name).collect()
}

fn may_leave(leg: &Leg) -> bool {
    matches!(leg.peer.scope, PeerScope::Internet | PeerScope::Any)
}

/// A range of more ports names none: the free ones are 1024 to 65535.
const NAMED_PORTS: u32 = 10_000;

/// Whether a port or a peer says what is meant: from any port to anywhere is nothing that a firewall should be told.
fn is_bound(leg: &Leg) -> bool {
    let Peer { roles, names, networks, .. } = &leg.peer;
    // As `peer` prints it: several roles are anybody.
    let has_peer = roles.len() == 1 || !names.is_empty() || !networks.is_empty();
    let names_port = |ports: &Ports| ports.set().is_some_and(|ports| ports.count() <= NAMED_PORTS);
    has_peer || names_port(&leg.own) || names_port(&leg.remote)
}

/// By name where the document names it, else by role, else by where it is.
fn peer(book: &Rulebook, leg: &Leg, language: Language) -> String {
    let Peer { scope, roles, names, networks } = &leg.peer;
    let mut words: Vec<String> = names.iter().map(ToString::to_string).collect();
    if words.is_empty() {
        words = networks.iter().map(ToString::to_string).collect();
    }
    let role = match roles.as_slice() {
        [role] => book.role(role.as_str()),
        _ => None,
    };
    match role {
        _ if !words.is_empty() => words.join(", "),
        Some(role) => language.of(&role.title).to_owned(),
        None => scope_word(*scope, language).to_owned(),
    }
}

fn scope_word(scope: PeerScope, language: Language) -> &'static str {
    match scope {
        PeerScope::Lan => "LAN",
        PeerScope::Internet => "Internet",
        PeerScope::Multicast => "Multicast",
        PeerScope::Any => language.either("LAN oder Internet", "LAN or Internet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(filter: PortsFilter<'_>, language: Language, width: u16) -> String {
        ports(&Rulebook::builtin().unwrap(), filter, language, width).unwrap()
    }

    #[test]
    fn every_row_is_printed_once_and_no_line_is_wider_than_asked() {
        let book = Rulebook::builtin().unwrap();
        for (language, width) in [(Language::De, 80), (Language::En, 80), (Language::De, 120)] {
            let text = printed(PortsFilter::default(), language, width);
            for row in &book.rows {
                let starts = |line: &&str| line.split_whitespace().next() == Some(row.id.as_str());
                assert_eq!(text.lines().filter(starts).count(), 1, "{} at {width}", row.id);
            }
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= usize::from(width), "{widest} columns");
        }
    }

    #[test]
    fn from_any_port_to_anywhere_leaves_no_lan() {
        let book = Rulebook::builtin().unwrap();
        let leaves =
            |id: &str| leg_names(&book, book.row(id).unwrap(), Language::En).iter().any(|leg| leg.leaves_lan);
        assert_eq!(["A01", "A10", "A12", "A14", "A28"].map(leaves), [true, false, false, true, true]);
    }

    #[test]
    fn source_date_and_reservation_stand_at_the_end_of_each_document() {
        let german = printed(PortsFilter::default(), Language::De, 100);
        for part in ["Stand: 19.01.2026;", "19.01.2026LB", "© AGFEO 2023LB", "Stand: 19.10.2020;"] {
            assert!(german.contains(part), "{part}");
        }
        assert!(german.ends_with("Angaben der Hersteller ohne Gewähr.\n"));
        assert!(printed(PortsFilter::default(), Language::En, 100).ends_with("without guarantee.\n"));
    }

    #[test]
    fn filters_by_vendor_and_by_role_and_its_group() {
        let ids = |vendor, role| {
            let text = printed(PortsFilter { vendor, role }, Language::En, 100);
            let starts = |id| text.lines().any(|line| line.split_whitespace().next() == Some(id));
            ["A12", "A35", "A52", "P01", "PX01"].map(starts)
        };
        assert_eq!(ids(Some("pascom"), None), [false, false, false, true, true]);
        assert_eq!(ids(Some("Agfeo"), None), [true, true, true, false, false]);
        assert_eq!(ids(None, Some("agfeo.phone")), [false, true, true, false, false]);
        assert_eq!(ids(None, Some("agfeo.phone.asip")), [false, false, true, false, false]);
    }

    #[test]
    fn says_what_there_is_if_nothing_fits() {
        let book = Rulebook::builtin().unwrap();
        let error = |vendor, role| {
            ports(&book, PortsFilter { vendor, role }, Language::En, 80).unwrap_err().to_string()
        };
        assert!(error(Some("innovaphone"), None).contains("AGFEO"));
        assert!(error(None, Some("agfeo.fax")).contains("agfeo.phone.t14"));
        assert!(error(Some("pascom"), Some("agfeo.pbx")).contains("agfeo.pbx"));
    }
}
