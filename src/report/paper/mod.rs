//! Takes a published report, gives the paper that is printed and signed as neutral parts: headings, sentences, facts,
//! tables, findings. HTML and Markdown only arrange them. Knows the published form alone, so that a stored report can
//! be rendered again.

mod devices;
mod findings;
mod firewall;
mod jitter;
mod ladder;
mod measurement;
mod result;
mod services;
mod registered;
mod remarked;
mod subscribed;
mod voice;

use jiff::tz::TimeZone;

pub(super) use ladder::{Ladder, LadderStep};

use super::escape::escape_terminal;
use super::json::document::{Document, Endpoint, HostKind, Leg, Row, Severity, Verdict};
use super::language::Language;
use super::number::{self, NO_VALUE};
use super::text::{PaperWords, Words, given_words, paper_words, screen_words, words};
use crate::capture::Timestamp;

/// Most rows of a table.
const MOST_ROWS: usize = 500;
/// Most characters of a text that may come from a packet.
const MOST_TEXT: usize = 300;
/// Most characters of what a finding says.
const MOST_SENTENCE: usize = 4000;

/// The whole paper.
#[derive(Debug)]
pub(super) struct Paper {
    pub(super) language: Language,
    pub(super) title: &'static str,
    pub(super) verdict: Verdict,
    /// Label and text.
    pub(super) cover: Vec<(String, String)>,
    /// The verdict first.
    pub(super) sentences: Vec<String>,
    /// Number of findings by severity, heaviest first.
    pub(super) counts: Vec<(Severity, String)>,
    /// The heaviest findings, for the cover.
    pub(super) glance: Vec<Glance>,
    /// How many more there are.
    pub(super) glance_rest: usize,
    pub(super) sections: Vec<Section>,
    /// Version and time zone.
    pub(super) footer: String,
}

/// A finding in one line.
#[derive(Debug)]
pub(super) struct Glance {
    /// That of its [`FindingPart`].
    pub(super) number: usize,
    pub(super) severity: Severity,
    pub(super) severity_word: &'static str,
    pub(super) code: String,
    /// Title and device.
    pub(super) text: String,
}

/// A heading and what stands below it.
#[derive(Debug)]
pub(super) struct Section {
    /// For links within the page.
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) parts: Vec<Part>,
}

/// What a section is made of.
#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Subheading(String),
    Facts(Vec<(String, String)>),
    List(Vec<String>),
    /// To be copied as it is.
    Code(String),
    Table(Table),
    Finding(Box<FindingPart>),
    Ladder(Box<Ladder>),
    /// For formats that can draw.
    Picture(Picture),
    /// How to read what they drew.
    Key(&'static str),
}

/// A picture that the published report has the numbers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    WhoTalks,
    Marks,
    MarksOverTime,
    VoiceOverTime,
    CallTimes,
}

/// Rows below heads.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Rows that were left out.
    pub(super) omitted: usize,
}

/// Head of a column.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) text: &'static str,
    pub(super) is_number: bool,
    /// Stands below the others where there is little room.
    pub(super) is_minor: bool,
}

/// A cell, already escaped for control characters.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) tone: Tone,
    /// What to sort by where the text does not tell.
    pub(super) order: Option<f64>,
    /// What the text lists, if it is a list of several.
    pub(super) items: Vec<String>,
}

/// How a cell stands out; the text says the same in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Caution,
    Bad,
}

/// A finding with its facts.
#[derive(Debug)]
pub(super) struct FindingPart {
    /// Its place in the report, from 1.
    pub(super) number: usize,
    pub(super) code: String,
    pub(super) severity: Severity,
    pub(super) severity_word: &'static str,
    pub(super) title: String,
    /// A word for that it is over, in the report of a live capture.
    pub(super) cleared: Option<&'static str>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) filter_label: &'static str,
    pub(super) filter: String,
}

/// What all sections need.
struct Maker<'a> {
    document: &'a Document,
    language: Language,
    words: &'static Words,
    paper: &'static PaperWords,
    zone: &'a TimeZone,
}

/// The paper of a report, in the language of the report.
pub(super) fn paper(document: &Document, zone: &TimeZone) -> Paper {
    let language = if document.language == "de" { Language::De } else { Language::En };
    let maker = Maker { document, language, words: words(language), paper: paper_words(language), zone };
    Paper {
        language,
        title: maker.paper.title,
        verdict: document.verdict,
        cover: result::cover(&maker),
        sentences: result::sentences(&maker),
        counts: result::counts(&maker),
        glance: findings::glance(&maker),
        glance_rest: findings::weighty(document).count().saturating_sub(findings::MOST_AT_A_GLANCE),
        sections: sections(&maker),
        footer: result::footer(&maker),
    }
}

fn sections(maker: &Maker<'_>) -> Vec<Section> {
    let (headings, paper) = (&maker.words.headings, maker.paper);
    let section = |id, heading, parts| Section { id, heading, parts };
    let all = vec![
        section("measurement", paper.measurement, measurement::parts(maker)),
        section("devices", headings.devices, devices::parts(maker)),
        section("ports", headings.rows, devices::rows(maker)),
        section("unexplained", headings.unexplained, devices::unexplained(maker)),
        section("marking", paper.marking, voice::marking(maker)),
        section("calls", paper.quality, voice::calls(maker)),
        section("registrations", headings.registrations, registered::rows(maker)),
        section("services", paper.services, services::parts(maker)),
        section("security", paper.security, findings::security(maker)),
        section("findings", headings.findings, findings::all(maker)),
        section("remarks", headings.remarks, remarked::remarks(maker).collect()),
        section("accepted", given_words(maker.language).accepted, findings::accepted(maker)),
        section("course", screen_words(maker.language).course, findings::course(maker)),
        section("actions", paper.actions, findings::actions(maker)),
        section("firewall", paper.firewall, firewall::parts(maker)),
        section("limits", paper.limits, measurement::limits(maker)),
        section("sources", headings.sources, measurement::sources(maker)),
    ];
    all.into_iter().filter(|section| !section.parts.is_empty()).collect()
}

impl Maker<'_> {
    fn count(&self, value: u64) -> String {
        number::count(value, self.language)
    }

    /// The device at an address as a person calls it, with the address.
    fn device(&self, address: &str) -> String {
        let host = self.document.hosts.iter().find(|host| host.address == address);
        match host.and_then(|host| host.role_title.as_ref()) {
            Some(title) => format!("{} ({})", shown(title), shown(address)),
            None => shown(address),
        }
    }

    /// An address, with the device there if anybody knows what it is: stands in a sentence without an article.
    fn address(&self, address: &str) -> String {
        let host = self.document.hosts.iter().find(|host| host.address == address);
        let title =
            host.filter(|host| host.kind != Some(HostKind::Other)).and_then(|host| host.role_title.as_ref());
        match title {
            Some(title) => format!("{} ({})", shown(address), shown(title)),
            None => shown(address),
        }
    }

    /// What the device at an address is, empty where nobody knows.
    fn title(&self, address: &str) -> String {
        let host = self.document.hosts.iter().find(|host| host.address == address);
        host.and_then(|host| host.role_title.as_ref()).map(|title| shown(title)).unwrap_or_default()
    }

    /// The transport of a documented connection; the published form marks with `?` what the document does not name.
    fn transport(&self, leg: &Leg) -> String {
        match leg.transport.strip_suffix('?') {
            None => shown(&leg.transport),
            Some("") => self.paper.no_transport.to_owned(),
            Some(presumed) => filled(self.paper.presumed_transport, &shown(presumed)),
        }
    }

    fn moment(&self, time: Option<&str>) -> String {
        time.and_then(instant)
            .map_or_else(|| NO_VALUE.to_owned(), |time| number::moment(time, self.zone, self.language))
    }
}

impl Paper {
    /// What to say below a table that was cut.
    pub(super) fn omitted(&self, table: &Table) -> Option<String> {
        let number = || number::count(table.omitted as u64, self.language);
        (table.omitted > 0).then(|| filled(paper_words(self.language).more, &number()))
    }
}

impl Table {
    /// At most [`MOST_ROWS`] of the rows.
    fn new(heads: &[(&'static str, bool)], mut rows: Vec<Vec<Cell>>) -> Self {
        let omitted = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        let heads =
            heads.iter().map(|&(text, is_number)| Head { text, is_number, is_minor: false }).collect();
        Self { heads, rows, omitted }
    }

    /// The same with columns that may stand below the others.
    fn folding(mut self, minor: &[&str]) -> Self {
        for head in &mut self.heads {
            head.is_minor = minor.contains(&head.text);
        }
        self
    }
}

impl Cell {
    fn new(text: impl AsRef<str>) -> Self {
        Self { text: shown(text.as_ref()), tone: Tone::Plain, order: None, items: Vec::new() }
    }

    fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { tone, ..Self::new(text) }
    }

    /// Several things in one cell.
    fn list(items: &[String]) -> Self {
        let items: Vec<String> = items.iter().map(|item| shown(item)).collect();
        let text = if items.is_empty() { NO_VALUE.to_owned() } else { items.join("; ") };
        Self { text, tone: Tone::Plain, order: None, items }
    }

    /// A line, or several.
    fn of_lines(lines: &[String]) -> Self {
        match lines {
            [line] => Self::new(line),
            lines => Self::list(lines),
        }
    }

    fn number(text: impl AsRef<str>, order: Option<f64>) -> Self {
        Self { order, ..Self::new(text) }
    }
}

/// Text that may come from a packet: control and reversing characters spelled out, bounded.
pub(super) fn shown(text: &str) -> String {
    escape_terminal(text, MOST_TEXT)
}

/// A finding's sentences, which a stored report may have changed.
fn sentence(text: &str) -> String {
    escape_terminal(text, MOST_SENTENCE)
}

/// What a row is for, and when.
fn service(row: &Row) -> Cell {
    let service = row.service.as_deref().unwrap_or(NO_VALUE);
    match &row.condition {
        Some(condition) => Cell::new(format!("{service} ({condition})")),
        None => Cell::new(service),
    }
}

/// Behind ports that the site file puts in the place of the document's.
fn stated(maker: &Maker<'_>, row: &Row) -> String {
    row.stated_ports
        .as_ref()
        .map_or_else(String::new, |_| format!(" ({})", given_words(maker.language).stated))
}

fn socket(endpoint: &Endpoint) -> String {
    if endpoint.address.contains(':') {
        format!("[{}]:{}", endpoint.address, endpoint.port)
    } else {
        format!("{}:{}", endpoint.address, endpoint.port)
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let parsed: jiff::Timestamp = text.parse().ok()?;
    i64::try_from(parsed.as_nanosecond()).ok().map(Timestamp)
}

/// Nanoseconds from one time to another.
pub(super) fn between(from: Option<&str>, to: Option<&str>) -> Option<i64> {
    Some(instant(to?)?.0.saturating_sub(instant(from?)?.0))
}

/// The sentence for one, else that for several.
pub(super) fn one_or_some([one, several]: [&'static str; 2], number: usize) -> &'static str {
    if number == 1 { one } else { several }
}

/// The sentence with its `{}` filled in.
fn filled(sentence: &str, what: &str) -> String {
    sentence.replacen("{}", what, 1)
}
