//! Takes lines, facts and tables, gives a page of fixed width. The only place that wraps, colours and escapes: all
//! text passes through [`escape_terminal`], whoever wrote it.

use std::sync::Arc;

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, Table,
    TableStyle, Width,
};
use unicode_width::UnicodeWidthStr;

use crate::report::escape::escape_terminal;
use crate::report::redact::Pseudonyms;

/// Prose wider than this is hard to read.
const PROSE: usize = 100;
/// Below this nothing fits beside anything; a narrower terminal breaks lines itself.
const NARROWEST: usize = 60;
/// Longest paragraph, in characters.
const PARAGRAPH: usize = 4000;
/// Words longer than this may be torn before those of the first column are.
const TEARABLE: usize = 16;
/// Where the lines below a row go; escaped text holds no such character.
const NOTES: &str = "\u{1}";
const NOTE_INDENT: usize = 2;
/// Spaces between columns.
const GAP: usize = 2;

/// How a text stands out. Readable on light and on dark ground: neither yellow nor cyan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Tone {
    Plain,
    Strong,
    Good,
    Caution,
    Bad,
    Alarm,
}

/// Which way the cells of a column lean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Lean {
    Left,
    Right,
}

/// A text with its tone; several lines where a cell has several.
#[derive(Clone, Debug)]
pub(in crate::report) struct Piece {
    lines: Vec<String>,
    tone: Tone,
}

impl Piece {
    pub(in crate::report) fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self::lines([text], tone)
    }

    pub(in crate::report) fn plain(text: impl AsRef<str>) -> Self {
        Self::new(text, Tone::Plain)
    }

    /// One line each; empty ones are left out.
    pub(in crate::report) fn lines<T: AsRef<str>>(lines: impl IntoIterator<Item = T>, tone: Tone) -> Self {
        let escaped = lines.into_iter().map(|line| escape_terminal(line.as_ref(), PARAGRAPH));
        Self { lines: escaped.filter(|line| !line.is_empty()).collect(), tone }
    }

    /// Columns of the longest part that can only be torn, not wrapped.
    fn longest_word(&self) -> usize {
        self.lines.iter().flat_map(|line| line.split(' ')).map(UnicodeWidthStr::width).max().unwrap_or(0)
    }

    fn redacted(&self, known: &Pseudonyms) -> Self {
        Self { lines: self.lines.iter().map(|line| known.text(line)).collect(), tone: self.tone }
    }

    /// Columns of the longest line.
    fn width(&self) -> usize {
        self.lines.iter().map(|line| line.width()).max().unwrap_or(0)
    }

    fn cell(&self, lean: Lean) -> Cell {
        let cell = Cell::new_owned(self.lines.join("\n")).set_alignment(match lean {
            Lean::Left => CellAlignment::Left,
            Lean::Right => CellAlignment::Right,
        });
        match self.tone {
            Tone::Plain => cell,
            Tone::Strong => cell.add_attribute(Attribute::Bold),
            Tone::Good => cell.add_attribute(Attribute::Bold).fg(Color::DarkGreen),
            Tone::Caution => cell.add_attribute(Attribute::Bold).fg(Color::DarkMagenta),
            Tone::Bad => cell.add_attribute(Attribute::Bold).fg(Color::DarkRed),
            Tone::Alarm => {
                cell.add_attribute(Attribute::Bold).add_attribute(Attribute::Reverse).fg(Color::DarkRed)
            }
        }
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

/// A page that grows downwards.
#[derive(Debug)]
pub(in crate::report) struct Page {
    text: String,
    width: usize,
    colour: bool,
    /// What stands for what, on every line but the heads.
    pseudonyms: Option<Arc<Pseudonyms>>,
}

impl Page {
    pub(in crate::report) fn new(width: u16, colour: bool) -> Self {
        Self { text: String::new(), width: usize::from(width).max(NARROWEST), colour, pseudonyms: None }
    }

    /// The same page with pseudonyms in whatever is written on it.
    pub(in crate::report) fn redacted(self, pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms: Some(Arc::new(pseudonyms)), ..self }
    }

    pub(in crate::report) fn finish(self) -> String {
        self.text
    }

    pub(in crate::report) fn width(&self) -> usize {
        self.width
    }

    pub(in crate::report) fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// The title of a section with a rule below it.
    pub(in crate::report) fn heading(&mut self, title: &str) {
        self.blank();
        self.paragraph(0, title, Tone::Strong);
        self.push(0, &"─".repeat(title.width().min(self.width)));
    }

    /// Prose, wrapped.
    pub(in crate::report) fn paragraph(&mut self, indent: usize, text: &str, tone: Tone) {
        self.columns(indent, &[Lean::Left], &[], &[vec![Piece::new(text, tone)]], &[], PROSE);
    }

    /// Prose behind marks of one width: labels of facts, dashes of a list.
    pub(in crate::report) fn facts(&mut self, indent: usize, facts: &[(Piece, Piece)]) {
        let rows: Vec<Vec<Piece>> =
            facts.iter().map(|(label, text)| vec![label.clone(), text.clone()]).collect();
        self.columns(indent, &[Lean::Left, Lean::Left], &[], &rows, &[], PROSE);
    }

    /// A table with heads.
    pub(in crate::report) fn table(&mut self, heads: &[(&str, Lean)], rows: &[Vec<Piece>]) {
        self.table_with_notes(heads, rows, &[]);
    }

    /// A table with heads, and lines of full width below each row.
    pub(in crate::report) fn table_with_notes(
        &mut self,
        heads: &[(&str, Lean)],
        rows: &[Vec<Piece>],
        notes: &[Vec<String>],
    ) {
        let leans: Vec<Lean> = heads.iter().map(|(_, lean)| *lean).collect();
        let heads: Vec<Piece> = heads.iter().map(|(head, _)| Piece::new(head, Tone::Strong)).collect();
        self.columns(0, &leans, &heads, rows, notes, self.width);
    }

    /// One line that is never wrapped, so that it can be copied.
    pub(in crate::report) fn verbatim(&mut self, indent: usize, line: &str) {
        let line = self.pseudonyms.as_ref().map_or_else(|| line.to_owned(), |known| known.filter(line));
        let line = escape_terminal(&line, usize::MAX);
        self.push(indent, &line);
    }

    fn push(&mut self, indent: usize, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    fn columns(
        &mut self,
        indent: usize,
        leans: &[Lean],
        heads: &[Piece],
        rows: &[Vec<Piece>],
        notes: &[Vec<String>],
        limit: usize,
    ) {
        if let Some(known) = self.pseudonyms.take() {
            let rows: Vec<Vec<Piece>> =
                rows.iter().map(|row| row.iter().map(|piece| piece.redacted(&known)).collect()).collect();
            let notes: Vec<Vec<String>> =
                notes.iter().map(|lines| lines.iter().map(|line| known.text(line)).collect()).collect();
            self.columns(indent, leans, heads, &rows, &notes, limit);
            self.pseudonyms = Some(known);
            return;
        }
        let width = self.width.min(limit).saturating_sub(indent);
        let mut table = Table::new();
        table.load_style(style()).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        if self.colour {
            table.enforce_styling().style_text_only();
        } else {
            table.force_no_tty();
        }
        let cells = |row: &[Piece]| -> Vec<Cell> {
            row.iter().zip(leans).map(|(piece, lean)| piece.cell(*lean)).collect()
        };
        if !heads.is_empty() {
            table.set_header(cells(heads));
        }
        // Rows of many lines run into each other without a blank one between them.
        let is_tall = !heads.is_empty() && rows.iter().flatten().any(|piece| piece.lines.len() > 2);
        for (index, row) in rows.iter().enumerate() {
            if is_tall && index > 0 {
                table.add_row([""]);
            }
            table.add_row(cells(row));
            if !notes.is_empty() {
                table.add_row([NOTES]);
            }
        }
        let all: Vec<&[Piece]> = std::iter::once(heads).chain(rows.iter().map(Vec::as_slice)).collect();
        let mut least = least_widths(&all, leans.len(), width);
        // Labels of facts are short, and what stands behind them can be wrapped or torn.
        if let (true, [first, second]) = (heads.is_empty(), least.as_mut_slice()) {
            let label = rows.iter().filter_map(|row| row.first()).map(Piece::width).max().unwrap_or(0);
            if label * 3 <= width {
                *first = label;
                *second = (*second).min(width.saturating_sub(label + GAP));
            }
        }
        let last = leans.len().saturating_sub(1);
        for (index, (column, least)) in table.column_iter_mut().zip(least).enumerate() {
            column.set_padding((0, if index == last { 0 } else { GAP as u16 }));
            let with_gap = least + if index == last { 0 } else { GAP };
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(with_gap as u16)));
        }
        let mut notes = notes.iter();
        for line in table.trim_fmt().lines() {
            if line.trim_end() == NOTES {
                notes
                    .next()
                    .into_iter()
                    .flatten()
                    .for_each(|note| self.paragraph(NOTE_INDENT, note, Tone::Plain));
            } else {
                self.push(indent, line);
            }
        }
    }
}

/// The width that each column needs so that no word is torn; less for the widest where they do not fit.
fn least_widths(rows: &[&[Piece]], columns: usize, width: usize) -> Vec<usize> {
    let mut least = vec![1_usize; columns];
    for row in rows {
        for (least, piece) in least.iter_mut().zip(row.iter()) {
            *least = (*least).max(piece.longest_word());
        }
    }
    let room = width.saturating_sub(GAP * columns.saturating_sub(1));
    // The first column names whom a row is about: it gives way last.
    for (first, floor) in [(1, TEARABLE), (0, TEARABLE), (0, 1)] {
        while least.iter().sum::<usize>() > room {
            match least.iter_mut().skip(first).max() {
                Some(widest) if *widest > floor => *widest -= 1,
                _ => break,
            }
        }
    }
    least
}

fn style() -> TableStyle {
    TableStyle::new().header_separator(LineStyle::none().fill('─'))
}
