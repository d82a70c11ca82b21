//! Takes what two measuring points show of the same traffic; gives a page for the terminal, Markdown or JSON.

mod json;
mod summary;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;

use super::Settings;
use super::markdown::plain;
use super::number::{count, decimal, duration, share, span};
use super::table::{Lean, Page, Piece, Tone};
use crate::compare::points::{Clock, Differences, Drift, Kinds, Points, StreamPair, Way};
use crate::decode::VlanTag;
use words::{PointWords, point_words};

/// Most rows of a table.
const MOST_ROWS: usize = 200;

/// What is to be printed.
enum Block {
    Heading(&'static str),
    Text(String),
    Facts(Vec<(&'static str, String)>),
    Table(Vec<(&'static str, Lean)>, Vec<Vec<String>>),
}

/// The comparison as a page for a terminal. `names`: of the two captures.
#[must_use]
pub fn points(points: &Points, names: [&str; 2], settings: &Settings) -> String {
    let mut page = Page::new(settings.width, settings.colour);
    for block in blocks(points, names, settings) {
        match block {
            Block::Heading(text) => page.heading(text),
            Block::Text(text) => page.paragraph(0, &text, Tone::Plain),
            Block::Facts(facts) => {
                let facts: Vec<(Piece, Piece)> = facts
                    .iter()
                    .map(|(label, text)| (Piece::new(label, Tone::Strong), Piece::plain(text)))
                    .collect();
                page.facts(0, &facts);
            }
            Block::Table(heads, rows) => {
                let rows: Vec<Vec<Piece>> =
                    rows.iter().map(|row| row.iter().map(Piece::plain).collect()).collect();
                page.table(&heads, &rows);
            }
        }
    }
    page.finish()
}

/// The same as Markdown.
#[must_use]
pub fn points_markdown(points: &Points, names: [&str; 2], settings: &Settings) -> String {
    let mut out = format!("# {}\n", point_words(settings.language).title);
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let safe = |text: &str| plain(&super::escape::escape_terminal(text, 4_000));
    for block in blocks(points, names, settings) {
        let _ = match block {
            Block::Heading(text) => writeln!(out, "\n## {text}"),
            Block::Text(text) => writeln!(out, "\n{}", safe(&text)),
            Block::Facts(facts) => {
                out.push('\n');
                facts.iter().try_for_each(|(label, text)| writeln!(out, "- **{label}:** {}", safe(text)))
            }
            Block::Table(heads, rows) => {
                let rule = heads.iter().map(|(_, lean)| if *lean == Lean::Right { "--:" } else { "---" });
                let rule = line(rule.map(str::to_owned).collect());
                let heads = line(heads.iter().map(|(head, _)| (*head).to_owned()).collect());
                let _ = writeln!(out, "\n{heads}\n{rule}");
                rows.iter().try_for_each(|row| {
                    writeln!(out, "{}", line(row.iter().map(|cell| safe(cell)).collect()))
                })
            }
        };
    }
    out
}

/// The same as JSON: numbers and keys, no words.
///
/// # Errors
/// What `out` refuses.
pub fn points_json(
    points: &Points,
    names: [&str; 2],
    settings: &Settings,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    super::json::write(&json::document(points, names, settings.version), out)
}

/// Writes the JSON Schema of [`points_json`].
///
/// # Errors
/// What `out` refuses.
pub fn points_schema(out: &mut dyn std::io::Write) -> std::io::Result<()> {
    super::json::write(&schemars::schema_for!(json::Document), out)
}

fn blocks(points: &Points, names: [&str; 2], settings: &Settings) -> Vec<Block> {
    let mut known = BTreeSet::new();
    let ends = points.streams.iter().map(|one| (one.source[0], one.destination[0]));
    let ambiguous = ends.filter(|ends| !known.insert(*ends)).collect();
    let maker =
        Maker { points, words: point_words(settings.language), settings, ambiguous, blocks: Vec::new() };
    maker.make(names)
}

struct Maker<'a> {
    points: &'a Points,
    words: &'static PointWords,
    settings: &'a Settings,
    /// Sender and receiver at the first point of more than one stream.
    ambiguous: BTreeSet<(SocketAddr, SocketAddr)>,
    blocks: Vec<Block>,
}

impl Maker<'_> {
    fn make(mut self, names: [&str; 2]) -> Vec<Block> {
        let words = self.words;
        let of = |point: usize| {
            let time = self.points.spans.get(point).copied().flatten();
            let name = names.get(point).copied().unwrap_or_default();
            match time {
                Some((from, until)) => {
                    format!("{name}, {}", span(from, until, &self.settings.zone, self.settings.language))
                }
                None => name.to_owned(),
            }
        };
        self.blocks.push(Block::Facts(vec![(words.first, of(0)), (words.second, of(1))]));
        if self.points.is_matched() {
            self.blocks.push(Block::Heading(words.result));
            self.blocks.push(Block::Facts(summary::facts(self.points, words, self.settings.language)));
        } else {
            self.blocks.push(Block::Text(words.nothing_matched.to_owned()));
        }
        self.clock();
        self.streams();
        if self.points.is_matched() {
            self.marks();
            self.mappings();
        }
        self.sip();
        for (point, left_out) in self.points.left_out.into_iter().enumerate() {
            if left_out > 0 {
                let text = (words.left_out)(point + 1, &self.number(left_out));
                self.blocks.push(Block::Text(text));
            }
        }
        self.blocks
    }

    fn number(&self, value: u64) -> String {
        count(value, self.settings.language)
    }

    /// With its sign, in ms up to the tenth of a second, where it matters.
    fn time(&self, nanoseconds: i64) -> String {
        let language = self.settings.language;
        let sign = if nanoseconds < 0 { "−" } else { "" };
        match nanoseconds.unsigned_abs() {
            length @ ..60_000_000_000 => {
                format!("{sign}{}\u{a0}ms", decimal(length as f64 / 1e6, 1, language))
            }
            _ => format!("{sign}{}", duration(nanoseconds, language)),
        }
    }

    fn way(&self, way: Way) -> &'static str {
        match way {
            Way::Forth => "1 → 2",
            Way::Back => "2 → 1",
            Way::Unknown => self.words.way_unknown,
        }
    }

    fn clock(&mut self) {
        let words = self.words;
        let clock: Clock = self.points.clock;
        let Some(rough) = clock.rough() else { return };
        self.blocks.push(Block::Heading(words.clock));
        let mut facts = Vec::new();
        match (clock.offset(), clock.round_trip()) {
            (Some(offset), Some(round_trip)) => {
                facts.push((words.offset, (words.ahead)(&self.time(offset), offset < 0)));
                let delay = self.time(round_trip / 2);
                facts.push((words.delay, (words.round_trip)(&self.time(round_trip), &delay)));
            }
            _ => facts.push((words.offset_rough, self.time(rough))),
        }
        if let Some(drift) = clock.drift.filter(Drift::is_told) {
            facts.push((words.drift, self.drift(&drift)));
        }
        let series = [(Way::Forth, clock.forth), (Way::Back, clock.back), (Way::Unknown, clock.unknown)];
        for (way, differences) in series {
            let Some(Differences { count, median, low, high }) = differences else { continue };
            let label = match way {
                Way::Forth => words.differences_forth,
                Way::Back => words.differences_back,
                Way::Unknown => words.differences_unknown,
            };
            let text = (words.differences)(
                &self.time(median),
                &self.time(low),
                &self.time(high),
                &self.number(count),
            );
            facts.push((label, text));
        }
        self.blocks.push(Block::Facts(facts));
        let note = if clock.offset().is_some() { words.both_directions } else { words.one_direction };
        self.blocks.push(Block::Text(note.to_owned()));
    }

    /// By how much the second clock gains or loses, if that is more than chance, and what it rests on.
    fn drift(&self, drift: &Drift) -> String {
        let language = self.settings.language;
        let ppm = |value: f64| decimal(value, 1, language);
        let error = ppm((3.0 * drift.error_ppm).max(0.1));
        let rest = (self.words.drift_rest)(
            &self.time(drift.residual),
            &self.number(drift.packets),
            &duration(drift.span, language),
        );
        if !drift.is_shown() {
            return format!(
                "{} {rest}",
                (self.words.no_drift)(&ppm(drift.ppm.abs().max(5.0 * drift.error_ppm).max(1.0)))
            );
        }
        // A day has 86,400 s, so a millionth is 86.4 ms.
        let day = self.time((drift.ppm.abs() * 86.4e6) as i64);
        let told = (self.words.drifts)(&ppm(drift.ppm.abs()), &error, &day, drift.ppm < 0.0);
        format!("{told} {rest}")
    }

    fn streams(&mut self) {
        let words = self.words;
        self.blocks.push(Block::Heading(words.streams));
        if self.points.streams.is_empty() {
            self.blocks.push(Block::Text(words.no_streams.to_owned()));
        } else {
            let heads = vec![
                (words.stream, Lean::Left),
                (words.way, Lean::Left),
                (words.both, Lean::Right),
                (words.only_first, Lean::Right),
                (words.only_second, Lean::Right),
                (words.lost, Lean::Right),
                (words.spread, Lean::Right),
            ];
            let rows = self.points.streams.iter().map(|one| self.stream(one)).collect();
            self.table(heads, rows);
        }
        let alone: Vec<Vec<String>> = self
            .points
            .alone
            .iter()
            .map(|one| {
                let note = if one.is_call_known { words.call_known } else { words.call_unknown };
                vec![
                    format!("{} → {}", one.source, one.destination),
                    (one.point + 1).to_string(),
                    self.number(one.packets),
                    note.to_owned(),
                ]
            })
            .collect();
        if !alone.is_empty() {
            self.blocks.push(Block::Text(words.alone.to_owned()));
            let heads = vec![
                (words.stream, Lean::Left),
                (words.point, Lean::Right),
                (words.packets, Lean::Right),
                (words.note, Lean::Left),
            ];
            self.table(heads, alone);
        }
    }

    fn stream(&self, one: &StreamPair) -> Vec<String> {
        let lost = match one.lost() {
            Some(lost) => {
                let rate = share(lost, one.matched + lost, self.settings.language);
                format!("{} ({rate})", self.number(lost))
            }
            None => "–".to_owned(),
        };
        vec![
            self.name(one),
            self.way(one.way).to_owned(),
            self.number(one.matched),
            self.number(one.only[0]),
            self.number(one.only[1]),
            lost,
            self.time(one.differences.spread()),
        ]
    }

    /// A stream by its addresses, with its SSRC where they are those of another one as well.
    fn name(&self, one: &StreamPair) -> String {
        let (source, destination) = (one.source[0], one.destination[0]);
        match self.ambiguous.contains(&(source, destination)) {
            true => format!("{source} → {destination}, SSRC {:08x}", one.ssrc),
            false => format!("{source} → {destination}"),
        }
    }

    fn marks(&mut self) {
        let words = self.words;
        self.blocks.push(Block::Heading(words.marks));
        let mut rows = Vec::new();
        for one in &self.points.streams {
            let what = self.name(one);
            self.changes(&what, one.way, &one.dscp, &one.vlan, &mut rows);
        }
        self.changes("SIP", Way::Unknown, &self.points.sip.dscp, &self.points.sip.vlan, &mut rows);
        if rows.is_empty() {
            return self.blocks.push(Block::Text(words.no_marks.to_owned()));
        }
        let heads = vec![
            (words.stream, Lean::Left),
            (words.way, Lean::Left),
            (words.what, Lean::Left),
            (words.first, Lean::Left),
            (words.second, Lean::Left),
            (words.packets, Lean::Right),
        ];
        self.table(heads, rows);
    }

    fn changes(
        &self,
        what: &str,
        way: Way,
        dscp: &Kinds<u8>,
        vlan: &Kinds<Option<VlanTag>>,
        rows: &mut Vec<Vec<String>>,
    ) {
        let way = if what == "SIP" { "" } else { self.way(way) };
        let mut row = |kind: &str, first: String, second: String, packets: u64| {
            let packets = self.number(packets);
            rows.push(vec![what.to_owned(), way.to_owned(), kind.to_owned(), first, second, packets]);
        };
        let name = super::text::dscp_name;
        for ((first, second), packets) in dscp.pairs.iter().filter(|((first, second), _)| first != second) {
            row("DSCP", name(*first), name(*second), *packets);
        }
        let tag = |tag: Option<VlanTag>| match tag {
            Some(VlanTag { id, pcp }) => format!("{id} (PCP {pcp})"),
            None => self.words.untagged.to_owned(),
        };
        for ((first, second), packets) in vlan.pairs.iter().filter(|((first, second), _)| first != second) {
            row("VLAN", tag(*first), tag(*second), *packets);
        }
    }

    fn mappings(&mut self) {
        let words = self.words;
        self.blocks.push(Block::Heading(words.mappings));
        let rows: Vec<Vec<String>> = self
            .points
            .mappings
            .iter()
            .map(|one| vec![one.ends[0].to_string(), one.ends[1].to_string(), self.number(one.packets)])
            .collect();
        if rows.is_empty() {
            return self.blocks.push(Block::Text(words.no_mappings.to_owned()));
        }
        let heads = vec![(words.first, Lean::Left), (words.second, Lean::Left), (words.packets, Lean::Right)];
        self.table(heads, rows);
    }

    fn sip(&mut self) {
        let words = self.words;
        let sip = &self.points.sip;
        self.blocks.push(Block::Heading("SIP"));
        let lost: Vec<Vec<String>> = sip
            .lost
            .iter()
            .map(|one| {
                let frame = format!("{}, {} {}", one.point + 1, words.frame, one.frame.number());
                let ends = format!("{} → {}", one.from, one.to);
                let fate = match (one.way, one.point) {
                    (Way::Forth, 0) | (Way::Back, 1) => words.got_lost,
                    (Way::Unknown, _) => words.way_unknown,
                    _ => words.not_captured,
                };
                vec![one.label.clone(), ends, frame, fate.to_owned(), one.call_id.to_string()]
            })
            .collect();
        let rewrites: Vec<Vec<String>> = sip
            .rewrites
            .iter()
            .map(|one| {
                let [first, second] = &one.values;
                let value = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
                let name = (words.field)(one.field).to_owned();
                vec![name, value(first), value(second), self.number(one.count)]
            })
            .collect();
        let summary = (words.sip)(&self.number(sip.matched), &self.number(lost.len() as u64));
        self.blocks.push(Block::Text(summary));
        if sip.elsewhere != [0, 0] {
            let [first, second] = sip.elsewhere.map(|messages| self.number(messages));
            self.blocks.push(Block::Text((words.elsewhere)(&first, &second)));
        }
        if sip.one_sided != [0, 0] {
            let [first, second] = sip.one_sided.map(|messages| self.number(messages));
            self.blocks.push(Block::Text((words.one_sided)(&first, &second)));
        }
        if sip.beyond != [0, 0] {
            let [first, second] = sip.beyond.map(|messages| self.number(messages));
            self.blocks.push(Block::Text((words.beyond)(&first, &second)));
        }
        if !lost.is_empty() {
            let heads = [words.message, words.ends, words.seen_at, words.note, "Call-ID"];
            self.table(heads.map(|head| (head, Lean::Left)).into(), lost);
        }
        if rewrites.is_empty() {
            if self.points.sip.matched > 0 {
                self.blocks.push(Block::Text(words.no_rewrites.to_owned()));
            }
            return;
        }
        self.blocks.push(Block::Text(words.rewritten.to_owned()));
        let heads = vec![
            (words.part, Lean::Left),
            (words.first, Lean::Left),
            (words.second, Lean::Left),
            (words.messages, Lean::Right),
        ];
        self.table(heads, rewrites);
    }

    fn table(&mut self, heads: Vec<(&'static str, Lean)>, mut rows: Vec<Vec<String>>) {
        let omitted = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        self.blocks.push(Block::Table(heads, rows));
        if omitted > 0 {
            self.blocks.push(Block::Text((self.words.omitted)(&self.number(omitted as u64))));
        }
    }
}
