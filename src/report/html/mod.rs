//! Takes the paper and the published report, gives one self-contained page: no network, readable without its script,
//! which only sorts and filters. Everything that is not a word of this program passes through maud's escaping.

mod charts;
mod ladder;
mod pictures;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::json::document::{Document, Severity, Verdict};
use super::language::Language;
use super::number::NO_VALUE;
use super::paper::{Cell, FindingPart, Paper, Part, Picture, Table, Tone};
use super::text::{PaperWords, glance_rest, paper_words};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// From this many rows on a table can be filtered.
const FILTERED_FROM: usize = 8;
/// An item of a list so long at most is not broken.
const SHORT_ITEM: usize = 18;
/// Words of more characters may be broken anywhere; no word of a language or a vendor is so long.
const LONGEST_WORD: usize = 40;

struct Page<'a> {
    document: &'a Document,
    paper: &'a Paper,
    words: &'static PaperWords,
}

/// The page.
pub(super) fn html(document: &Document, paper: &Paper) -> String {
    let page = Page { document, paper, words: paper_words(paper.language) };
    let language = match paper.language {
        Language::De => "de",
        Language::En => "en",
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                // Should anything ever slip through: nothing is loaded, nothing is sent, no other script runs.
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (paper.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(page.margins())) }
            }
            body data-sort-by=(page.words.sort_by) data-as-reported=(page.words.as_reported)
                data-ascending=(page.words.ascending) data-descending=(page.words.descending) {
                main {
                    (page.cover())
                    (page.contents())
                    @for section in &paper.sections {
                        section id=(section.id) {
                            h2 { (section.heading) }
                            @for part in &section.parts { (page.part(part)) }
                        }
                    }
                    (page.acceptance())
                    footer { (paper.footer) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

/// Only the page's own style and script, the latter by its hash.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src '{}'; base-uri 'none'; form-action 'none'",
        SCRIPT_HASH
    )
}

/// SHA-256 of `script.js` in Base64; a test in a browser fails if it is not.
const SCRIPT_HASH: &str = "sha256-QlyhNaLMBULIqx5zfab5r5m4nvcdC4o9SQzX6s5dNUA=";

impl Page<'_> {
    fn cover(&self) -> Markup {
        let class = match self.paper.verdict {
            Verdict::Pass => "verdict pass",
            Verdict::Notes => "verdict notes",
            Verdict::Fail => "verdict fail",
            Verdict::NotAssessable => "verdict open",
        };
        let sign = match self.paper.verdict {
            Verdict::Pass => "✓",
            Verdict::Notes => "!",
            Verdict::Fail => "✗",
            Verdict::NotAssessable => "?",
        };
        html! {
            header {
                h1 { (self.paper.title) }
                (facts(&self.paper.cover))
                div class=(class) role="status" {
                    span.sign aria-hidden="true" { (sign) }
                    div {
                        @for (index, sentence) in self.paper.sentences.iter().enumerate() {
                            p.first[index == 0] { (sentence) }
                        }
                        @if !self.paper.counts.is_empty() {
                            p.counts {
                                @for (severity, text) in &self.paper.counts {
                                    span class=(severity_class(*severity)) { (text) }
                                }
                            }
                        }
                    }
                }
                (self.glance())
            }
        }
    }

    fn glance(&self) -> Markup {
        let rest = self.paper.glance_rest;
        html! {
            @if !self.paper.glance.is_empty() {
                section.glance {
                    p.label { (self.words.at_a_glance) }
                    ul {
                        @for one in &self.paper.glance {
                            li {
                                span class={ "badge " (severity_class(one.severity)) } { (one.severity_word) }
                                a href={ "#finding-" (one.number) } { (one.code) } " " (one.text)
                            }
                        }
                        @if rest > 0 { li { a href="#findings" { (glance_rest(self.paper.language, rest)) } } }
                    }
                }
            }
        }
    }

    /// Where both sides sign.
    fn acceptance(&self) -> Markup {
        let words = self.words;
        html! {
            section.acceptance id="acceptance" {
                h2 { (words.acceptance) }
                p { (words.acceptance_note) }
                div.signatures {
                    @for side in [words.customer, words.technician] {
                        div {
                            p.side { (side) }
                            @for line in [words.place_and_date, words.printed_name, words.signature] {
                                p.line { (line) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What stands in the margin of each printed page. Only words of this program and digits.
    fn margins(&self) -> String {
        let (before, between) = self.words.page_of.split_once("{}").unwrap_or_default();
        let between = between.trim_end_matches("{}");
        format!(
            "@page {{ @bottom-left {{ content: \"{}\"; font: 8pt sans-serif; color: #444; }} \
             @bottom-right {{ content: \"{before}\" counter(page) \"{between}\" counter(pages); font: 8pt sans-serif; \
             color: #444; }} }}",
            self.paper.title
        )
    }

    fn contents(&self) -> Markup {
        html! {
            nav aria-label=(self.words.contents) {
                ol {
                    @for section in &self.paper.sections { li { a href={ "#" (section.id) } { (section.heading) } } }
                    li { a href="#acceptance" { (self.words.acceptance) } }
                }
            }
        }
    }

    fn part(&self, part: &Part) -> Markup {
        match part {
            Part::Text(text) => html! { p { (text) } },
            Part::Key(text) => html! { p { (text) } },
            Part::Subheading(text) => html! { h3 { (text) } },
            Part::Facts(lines) => facts(lines),
            Part::List(lines) => html! { ul { @for line in lines { li { (line) } } } },
            Part::Code(text) => html! { pre.copy tabindex="0" { (text) } },
            Part::Table(table) => self.table(table),
            Part::Finding(finding) => self.finding(finding),
            Part::Ladder(one) => ladder::ladder(one),
            Part::Picture(picture) => match picture {
                Picture::WhoTalks => pictures::who_talks(self.document, self.paper.language, self.words),
                Picture::Marks => pictures::marks(self.document, self.paper.language, self.words),
                Picture::MarksOverTime => charts::marks(self.document, self.paper.language, self.words),
                Picture::VoiceOverTime => charts::voice(self.document, self.paper.language, self.words),
                Picture::CallTimes => pictures::call_times(self.document, self.paper.language, self.words),
            },
        }
    }

    fn finding(&self, finding: &FindingPart) -> Markup {
        html! {
            article id={ "finding-" (finding.number) } class={ "finding " (severity_class(finding.severity)) } {
                h3 {
                    span class={ "badge " (severity_class(finding.severity)) } { (finding.severity_word) }
                    @if let Some(cleared) = finding.cleared { " " span.badge.cleared { (cleared) } }
                    " " (finding.code) " " (finding.title)
                }
                dl { @for (label, text) in &finding.facts { dt { (label) } dd { (text) } } }
                @if !finding.filter.is_empty() {
                    p.label { (finding.filter_label) }
                    pre tabindex="0" { (finding.filter) }
                }
            }
        }
    }

    fn table(&self, table: &Table) -> Markup {
        html! {
            @if table.rows.len() > 1 {
                // The script makes the control that sorts from the heads.
                div.tools hidden {
                    @if table.rows.len() >= FILTERED_FROM {
                        input.filter type="search" placeholder=(self.words.filter_rows) aria-label=(self.words.filter_rows);
                    }
                }
            }
            div.scroll {
                table style={ "--columns: " (table.heads.iter().filter(|head| !head.is_minor).count()) } {
                    thead { tr {
                        @for head in &table.heads {
                            th.number[head.is_number] .minor[head.is_minor] scope="col" { (head.text) }
                        }
                    } }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                @for (cell, head) in row.iter().zip(&table.heads) {
                                    td.number[head.is_number] .minor[head.is_minor] .good[cell.tone == Tone::Good]
                                        .caution[cell.tone == Tone::Caution] .bad[cell.tone == Tone::Bad]
                                        .none[matches!(cell.text.as_str(), "" | NO_VALUE)]
                                        .long[has_long_word(&cell.text)]
                                        data-order=[cell.order] data-head=(head.text) { (content(cell)) }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(more) = self.paper.omitted(table) { p { (more) } }
        }
    }
}

fn facts(lines: &[(String, String)]) -> Markup {
    html! { @if !lines.is_empty() { dl { @for (label, text) in lines { dt { (label) } dd { (text) } } } } }
}

/// The text, each item of a list on a line of its own.
fn content(cell: &Cell) -> Markup {
    let is_short = |item: &String| item.chars().count() <= SHORT_ITEM;
    html! {
        @if cell.items.len() > 1 || cell.items.first().is_some_and(is_short) {
            span { @for item in &cell.items { span.item.short[is_short(item)] { (item) } " " } }
        } @else {
            span { (cell.text) }
        }
    }
}

fn has_long_word(text: &str) -> bool {
    text.split(char::is_whitespace).any(|word| word.chars().count() > LONGEST_WORD)
}

fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "notice",
        Severity::Info => "info",
    }
}
