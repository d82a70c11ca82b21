//! Takes an audit and what came and went, gives the tables of the terminal view: cells of escaped text, a bounded number.
//! Knows no screen.

mod calls;
mod ports;

use std::collections::BTreeSet;

use super::escape::{FIELD, escape_terminal};
use super::explain::show;
use super::number::{NO_VALUE, bytes, moment, period, share, time_of_day};
use super::table::{Page, Tone, View, devices, findings, verdict};
use super::text::{ScreenWords, finding_text, screen_words};
use super::{Names, Settings};
use crate::capture::Timestamp;
use crate::check::{Audit, Finding, Severity, Verdict};
use crate::compare::Turn;

/// Most rows of a table.
const MOST: usize = 1000;
/// A column of words that had to shrink keeps at least this.
const LEAST: usize = 12;
/// An IPv4 address, and the beginning of a title that tells what it is about.
const ADDRESS: usize = 15;
const TITLE: usize = 20;

/// One of the views.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// What came and went.
    Findings,
    /// Calls, a row for each direction.
    Calls,
    /// Who is who.
    Devices,
    /// The row matrix.
    Ports,
    /// What was captured and what it can show.
    Capture,
}

impl Pane {
    /// In the order of their keys.
    pub const ALL: [Self; 5] = [Self::Findings, Self::Calls, Self::Devices, Self::Ports, Self::Capture];
}

/// How a text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Not at all.
    #[default]
    Plain,
    /// Less than others.
    Faint,
    /// As it should be.
    Good,
    /// To be looked at.
    Caution,
    /// To be put right.
    Bad,
}

/// The head of a column.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Its title.
    pub text: &'static str,
    /// Whether its cells lean right.
    pub is_number: bool,
    /// Where there is no room the column of the highest rank goes first; 0 stays.
    pub rank: u8,
    /// Width below which its cells say nothing any more.
    pub least: usize,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Escaped for a terminal, one line.
    pub text: String,
    /// How it stands out.
    pub mood: Mood,
    /// What it is sorted by instead of its text.
    pub order: Option<f64>,
}

impl Cell {
    fn new(text: impl AsRef<str>) -> Self {
        Self { text: escape_terminal(text.as_ref(), 4 * FIELD), ..Self::default() }
    }

    fn by(self, order: f64) -> Self {
        Self { order: Some(order), ..self }
    }

    fn felt(self, mood: Mood) -> Self {
        Self { mood, ..self }
    }
}

/// What a row is about, by its place among its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What its cells say.
    Cells,
    /// A finding that came or went.
    Turn(usize),
    /// A finding of the audit.
    Finding(usize),
    /// A call.
    Call(usize),
    /// Voice without a call.
    Stream(usize),
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// A cell for each head.
    pub cells: Vec<Cell>,
    /// What is told when it is opened, beside its cells.
    pub about: About,
    /// What it is about: the same in every table of its kind, however they are sorted.
    pub key: String,
}

impl Row {
    fn new(key: String, cells: Vec<Cell>) -> Self {
        Self { cells, about: About::Cells, key }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct List {
    /// Heads of the columns.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Instead of rows where there are none.
    pub empty: &'static str,
    /// Rows that were left out.
    pub more: usize,
}

const fn head(text: &'static str, rank: u8) -> Head {
    Head { text, is_number: false, rank, least: LEAST }
}

const fn number(text: &'static str, rank: u8) -> Head {
    Head { text, is_number: true, rank, least: LEAST }
}

/// The verdict in one line and the findings counted, with the mood of the verdict.
#[must_use]
pub fn headline(audit: &Audit, names: &Names, settings: &Settings) -> (String, String, Mood) {
    let view = View::new(audit, names, settings);
    let mood = match audit.verdict {
        Verdict::Pass | Verdict::Notes => Mood::Good,
        Verdict::Fail => Mood::Bad,
        Verdict::NotAssessable => Mood::Caution,
    };
    let mut counts = if audit.findings.is_empty() { String::new() } else { verdict::severities(&view) };
    if !audit.mended.is_empty() {
        let cleared = view.count(audit.mended.len() as u64);
        let cleared = screen_words(settings.language).of_them_cleared.replace("{}", &cleared);
        counts = format!("{counts} ({cleared})");
    }
    (verdict::sentence(&view), counts, mood)
}

/// The table of a view. `turns` are all that came and went, oldest first.
#[must_use]
pub fn pane(pane: Pane, audit: &Audit, turns: &[Turn], names: &Names, settings: &Settings) -> List {
    let view = View::new(audit, names, settings);
    let words = screen_words(settings.language);
    match pane {
        Pane::Findings => of_findings(&view, words, turns),
        Pane::Calls => calls::list(&view, words),
        Pane::Devices => of_devices(&view),
        Pane::Ports => ports::list(&view, words),
        Pane::Capture => of_capture(&view, words),
    }
}

/// All about a row; `None`: its cells say all.
#[must_use]
pub fn row_page(
    about: About,
    audit: &Audit,
    turns: &[Turn],
    names: &Names,
    settings: &Settings,
) -> Option<String> {
    match about {
        About::Cells => None,
        About::Turn(at) => Some(opened(turns.get(at)?, audit, names, settings)),
        About::Finding(at) => Some(explained(audit.findings.get(at)?, None, audit, names, settings)),
        About::Call(at) => calls::call_page(at, &View::new(audit, names, settings), settings.width),
        About::Stream(at) => calls::stream_page(at, &View::new(audit, names, settings), settings.width),
    }
}

/// All about a finding that came or went, and the page about its code.
#[must_use]
pub fn opened(turn: &Turn, audit: &Audit, names: &Names, settings: &Settings) -> String {
    explained(as_it_stands(turn, audit), turn.cleared, audit, names, settings)
}

fn explained(
    finding: &Finding,
    cleared: Option<Timestamp>,
    audit: &Audit,
    names: &Names,
    settings: &Settings,
) -> String {
    let view = View::new(audit, names, settings);
    let words = screen_words(settings.language);
    let mut page = Page::new(settings.width, false);
    if let Some(cleared) = cleared {
        let time = moment(cleared, &settings.zone, settings.language);
        page.paragraph(0, &words.cleared_since.replace("{}", &time), Tone::Good);
        page.blank();
    }
    findings::write_finding(&mut page, &view, finding);
    let plain = Settings { colour: false, ..settings.clone() };
    format!("{}\n{}", page.finish(), show(finding.code(), &plain))
}

/// What still holds is shown as it stands now, with all its packets so far.
fn as_it_stands<'a>(turn: &'a Turn, audit: &'a Audit) -> &'a Finding {
    let subject = |finding: &Finding| finding.subject.as_ref().map(|subject| subject.address);
    let key = |finding: &Finding| (finding.code(), subject(finding), finding.distinction());
    let wanted = key(&turn.finding);
    let is_same = |finding: &&Finding| finding.parts().iter().any(|part| key(part) == wanted);
    let now = audit.findings.iter().find(is_same).filter(|_| turn.cleared.is_none());
    now.unwrap_or(&turn.finding)
}

fn mood(severity: Severity) -> Mood {
    match severity {
        Severity::Critical | Severity::Error => Mood::Bad,
        Severity::Warning => Mood::Caution,
        Severity::Notice | Severity::Info => Mood::Plain,
    }
}

/// Latest first.
fn of_findings(view: &View<'_>, words: &ScreenWords, turns: &[Turn]) -> List {
    let address = |turn: &Turn| turn.finding.subject.as_ref().map(|subject| subject.address);
    let key = |turn: &Turn, part: &Finding| (part.code(), address(turn), part.distinction(), turn.since);
    let over: BTreeSet<_> = turns
        .iter()
        .filter(|turn| turn.cleared.is_some())
        .flat_map(|turn| turn.finding.parts().iter().map(move |part| key(turn, part)))
        .collect();
    let row = |(at, turn): (usize, &Turn)| {
        let time = turn.at();
        let address = address(turn);
        let is_over = turn.finding.parts().iter().all(|part| over.contains(&key(turn, part)));
        let finding = if is_over { &turn.finding } else { as_it_stands(turn, view.audit) };
        let felt = if is_over { Mood::Faint } else { mood(finding.severity) };
        let title = finding_text(finding, &view.context, view.language).title;
        // The address stands beside it: two of one kind must be told apart where there is little room.
        let device = address.and_then(|address| {
            let device = view.context.device(address);
            Some(device.strip_suffix(&format!(" ({address})"))?.to_owned())
        });
        let text = device.map_or_else(|| title.to_owned(), |device| format!("{title}: {device}"));
        let state = match (turn.cleared, turn.risen) {
            (Some(_), _) => words.went,
            (None, Some(_)) => words.rose,
            (None, None) => words.came,
        };
        let cells = vec![
            Cell::new(time_of_day(time, view.context.zone)).by(time.0 as f64),
            Cell::new(state),
            Cell::new((view.words.severity)(finding.severity))
                .by(f64::from(finding.severity as u8))
                .felt(felt),
            Cell::new(finding.code().as_str()),
            Cell::new(address.map_or_else(|| NO_VALUE.to_owned(), |address| address.to_string())),
            Cell::new(text).felt(if is_over { Mood::Faint } else { Mood::Plain }),
        ];
        let about = finding.distinction();
        let key = format!("{:?} {address:?} {about} {:?} {:?}", finding.code(), turn.since, turn.at());
        Row { cells, about: About::Turn(at), key }
    };
    List {
        heads: vec![
            head(words.time, 3),
            head(words.state, 1),
            head(words.severity, 4),
            head("Code", 0),
            Head { least: ADDRESS, ..head(view.words.labels.address, 0) },
            Head { least: TITLE, ..head(words.finding, 2) },
        ],
        rows: turns.iter().enumerate().rev().take(MOST).map(row).collect(),
        empty: view.words.notes.no_findings,
        more: turns.len().saturating_sub(MOST),
    }
}

fn of_devices(view: &View<'_>) -> List {
    let labels = &view.words.labels;
    let mut all: Vec<_> = view.audit.site.devices.iter().collect();
    all.sort_by_key(|device| (device.vendor.is_none(), device.kind, device.address));
    let facts = |device: &_| view.audit.traffic.hosts.iter().find(|host| host.address == *device);
    let rows = all.iter().take(MOST).enumerate().map(|(at, device)| {
        let packets = facts(&device.address).map_or(0, |host| host.sent.saturating_add(host.received));
        let found = view.audit.findings.iter().filter(|finding| {
            finding.subject.as_ref().is_some_and(|subject| subject.address == device.address)
        });
        let worst = found.clone().map(|finding| finding.severity).max();
        let count = found.count();
        let cells = vec![
            Cell::new(device.address.to_string()).by(at as f64),
            Cell::new(devices::role(view, device).join(", ")),
            Cell::new(view.count(count as u64)).by(count as f64).felt(worst.map_or(Mood::Plain, mood)),
            Cell::new(view.count(packets)).by(packets as f64),
            Cell::new(devices::signs(view, device, &[]).join("; ")),
        ];
        Row::new(device.address.to_string(), cells)
    });
    // What the user stated and nothing was heard of stands behind what was.
    let hint = screen_words(view.language).not_in_capture;
    let absent = view.audit.site.absent.iter().enumerate().map(|(at, (address, option))| {
        let cells = vec![
            Cell::new(address.to_string()).by((all.len() + at) as f64),
            Cell::new(format!("{hint} ({option})")).felt(Mood::Caution),
            Cell::new(NO_VALUE).by(0.0),
            Cell::new(view.count(0)).by(0.0),
            Cell::default(),
        ];
        Row::new(address.to_string(), cells)
    });
    let number_of_all = all.len() + absent.len();
    List {
        heads: vec![
            head(labels.address, 0),
            head(labels.device, 0),
            number(view.words.headings.findings, 1),
            number(labels.packets, 2),
            head(labels.known_by, 3),
        ],
        rows: rows.chain(absent).take(MOST).collect(),
        empty: view.words.notes.no_devices,
        more: number_of_all.saturating_sub(MOST),
    }
}

fn of_capture(view: &View<'_>, words: &ScreenWords) -> List {
    let labels = &view.words.labels;
    let quality = &view.audit.traffic.quality;
    let count = |value| view.count(value);
    let mut facts: Vec<(&str, String, Mood)> = Vec::new();
    for capture in &view.audit.captures {
        for interface in &capture.interfaces {
            let drops = interface.drops.map_or_else(|| NO_VALUE.to_owned(), count);
            let felt = if interface.drops.unwrap_or(0) > 0 { Mood::Caution } else { Mood::Plain };
            let name = interface.name.as_deref().unwrap_or(NO_VALUE);
            facts.push((labels.drops, format!("{name}: {drops}"), felt));
        }
        facts.push((labels.packets, count(capture.packets), Mood::Plain));
        facts.push((labels.bytes, bytes(capture.bytes, view.language), Mood::Plain));
        if let (Some(first), Some(last)) = (capture.first, capture.last) {
            let period = period(first, last, view.context.zone, view.language);
            facts.push((labels.period, period, Mood::Plain));
        }
    }
    let skipped = quality.frames.saturating_sub(quality.decoded);
    facts.push((labels.not_decoded, count(skipped), Mood::Plain));
    facts.push((labels.duplicates, count(quality.duplicates), Mood::Plain));
    let ways = share(quality.pairs_both_ways, quality.pairs, view.language);
    facts.push((labels.both_ways, ways, Mood::Plain));
    for (label, value) in [
        (labels.cut, quality.cut_payloads),
        (labels.incomplete, quality.incomplete_datagrams),
        (labels.over_cap, quality.packets_over_cap.saturating_add(quality.samples_over_cap)),
        (labels.filtered, quality.filtered),
    ] {
        if value > 0 {
            facts.push((label, count(value), Mood::Caution));
        }
    }
    for what in &view.audit.unjudged {
        facts.push((view.words.headings.not_judged, (view.words.unjudged)(*what).to_owned(), Mood::Caution));
    }
    let row = |(label, text, felt): (&str, String, Mood)| {
        Row::new(label.to_owned(), vec![Cell::new(label), Cell::new(text).felt(felt)])
    };
    List {
        heads: vec![head(words.fact, 0), head(words.value, 0)],
        rows: facts.into_iter().map(row).collect(),
        empty: NO_VALUE,
        more: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Code, Detail};
    use crate::report::Language;
    use crate::report::escape::is_plain;
    use crate::report::fixture::{audit, empty_audit, names, settings};

    fn turns(audit: &Audit) -> Vec<Turn> {
        let turn = |finding: &crate::check::Finding| Turn {
            finding: finding.clone(),
            since: Timestamp(0),
            risen: None,
            cleared: (finding.severity == Severity::Notice).then_some(Timestamp(1)),
        };
        audit.findings.iter().map(turn).collect()
    }

    #[test]
    fn every_table_has_a_cell_for_each_head_and_nothing_a_terminal_obeys() {
        for language in [Language::De, Language::En] {
            let (audit, names, settings) = (audit(), names(language), settings(language, 80));
            let turns = turns(&audit);
            for which in Pane::ALL {
                let list = pane(which, &audit, &turns, &names, &settings);
                assert!(!list.rows.is_empty(), "{which:?}");
                for Row { cells, .. } in &list.rows {
                    assert_eq!(cells.len(), list.heads.len(), "{which:?}");
                    assert!(cells.iter().all(|cell| cell.text.chars().all(is_plain)), "{cells:?}");
                }
            }
            for turn in &turns {
                let text = opened(turn, &audit, &names, &settings);
                assert!(text.contains(turn.finding.code().as_str()));
                assert!(text.lines().all(|line| line.chars().all(is_plain)), "{text}");
            }
        }
    }

    #[test]
    fn two_ports_of_one_device_are_two_findings() {
        let (mut audit, names, settings) = (audit(), names(Language::En), settings(Language::En, 100));
        audit.findings.retain(|finding| finding.code() == Code::Sec001);
        audit.findings.truncate(1);
        let mut other = audit.findings[0].clone();
        let Detail::Sec001 { at, .. } = &mut other.detail else { panic!("{other:?}") };
        at.set_port(at.port() + 1);
        other.severity = Severity::Notice;
        audit.findings.push(other);
        let turn = |finding: &Finding| Turn {
            finding: finding.clone(),
            since: Timestamp(0),
            risen: None,
            cleared: None,
        };
        let turns: Vec<Turn> = audit.findings.iter().map(turn).collect();
        let list = pane(Pane::Findings, &audit, &turns, &names, &settings);
        assert_ne!(list.rows[0].key, list.rows[1].key);
        assert_ne!(list.rows[0].cells[2].text, list.rows[1].cells[2].text, "each with its own severity");
    }

    #[test]
    fn what_the_site_file_names_and_nobody_heard_is_shown() {
        let (mut audit, settings) = (audit(), settings(Language::De, 100));
        let devices = pane(Pane::Devices, &audit, &[], &names(Language::De), &settings).rows.len();
        audit.site.absent = vec![("192.168.10.99".parse().unwrap(), "--site")];
        let rows = pane(Pane::Devices, &audit, &[], &names(Language::De), &settings).rows;
        assert_eq!(rows.len(), devices + 1);
        let last: Vec<&str> = rows[devices].cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(last[..2], ["192.168.10.99", "noch kein Paket gesehen (--site)"]);
    }

    #[test]
    fn an_empty_measurement_has_empty_tables() {
        let (names, settings) = (names(Language::De), settings(Language::De, 80));
        for which in [Pane::Findings, Pane::Calls, Pane::Devices, Pane::Ports] {
            let list = pane(which, &empty_audit(), &[], &names, &settings);
            assert!(list.rows.is_empty() && !list.empty.is_empty(), "{which:?}");
        }
    }
}
