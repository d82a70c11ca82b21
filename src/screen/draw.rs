//! Takes the picture as it stands, gives cells of the terminal. Three lines above, one below, between them a table or a
//! page.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};

use unicode_width::UnicodeWidthStr;

use super::Terms;
use super::columns::{GAP, cut, fit};
use super::model::Model;
use crate::report::{Language, Mood, Pane, ScreenWords, screen_words};

/// So much of the names of interfaces is shown in any case.
const LEAST_OF_NAMES: usize = 4;
/// Lines above the table.
const ABOVE: u16 = 3;

pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model, terms: &Terms<'_>) {
    let area = frame.area();
    if area.width < 2 || area.height < 2 {
        return;
    }
    let words = screen_words(terms.settings.language);
    model.refresh(terms, area.width);
    let above = [
        verdict_line(model, words, area.width),
        measure_line(model, words, terms, area.width),
        tabs(model, words, area.width),
    ];
    for (y, line) in (0..).zip(above) {
        frame.render_widget(line, row(area, y));
    }
    let body = Rect { y: ABOVE.min(area.height), height: area.height.saturating_sub(ABOVE + 1), ..area };
    draw_body(frame, body, model, words, terms);
    frame
        .render_widget(bottom(model, words, area.width, terms.settings.language), row(area, area.height - 1));
}

/// One line of the picture, where it has that many.
fn row(area: Rect, y: u16) -> Rect {
    Rect { y, height: 1, ..area }.intersection(area)
}

fn style(mood: Mood) -> Style {
    match mood {
        Mood::Plain => Style::new(),
        Mood::Faint => Style::new().add_modifier(Modifier::DIM),
        Mood::Good => Style::new().fg(Color::Green),
        Mood::Caution => Style::new().fg(Color::Magenta).add_modifier(Modifier::BOLD),
        Mood::Bad => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
    }
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn verdict_line(model: &Model, words: &ScreenWords, width: u16) -> Line<'static> {
    match &model.headline {
        None => Line::styled(words.waiting, bold()),
        Some((verdict, counts, mood)) => {
            // The word itself, then the counts, then what it means where there is room.
            let (word, meaning) = verdict.split_once(" – ").unwrap_or((verdict, ""));
            let word = format!("{} {word}", words.so_far);
            let room = usize::from(width).saturating_sub(word.width() + GAP);
            let rest = room.saturating_sub(counts.width() + GAP);
            Line::from(vec![
                Span::styled(word, style(*mood).add_modifier(Modifier::REVERSED | Modifier::BOLD)),
                Span::raw(format!("  {}  ", cut(counts, counts.width().min(room), false))),
                Span::styled(cut(meaning, meaning.width().min(rest), false), style(Mood::Faint)),
            ])
        }
    }
}

fn measure_line(model: &Model, words: &ScreenWords, terms: &Terms<'_>, width: u16) -> Line<'static> {
    let reading = model.reading;
    let drops = |count: u64| style(if count > 0 { Mood::Bad } else { Mood::Plain });
    let count = |value| crate::report::whole(value, terms.settings.language);
    let mut line = Line::from(vec![
        Span::raw(format!("{} {}  {}/s  ", count(reading.packets), words.packets, count(model.rate))),
        Span::styled(
            format!("{} {}", words.kernel_drops, count(reading.kernel_drops)),
            drops(reading.kernel_drops),
        ),
        Span::raw("  "),
        Span::styled(format!("{} {}", words.own_drops, count(reading.own_drops)), drops(reading.own_drops)),
    ]);
    // Names of many interfaces give way to the counts.
    let names = terms.interfaces.join(" ");
    let room = usize::from(width).saturating_sub(line.width() + GAP).max(LEAST_OF_NAMES).min(names.width());
    line.spans.insert(0, Span::raw(format!("{}  ", cut(&names, room, false))));
    line
}

fn tabs(model: &Model, words: &ScreenWords, width: u16) -> Line<'static> {
    let mut line = Line::default();
    for ((number, title), pane) in (1..).zip(words.tabs).zip(Pane::ALL) {
        let chosen = if pane == model.pane { bold().add_modifier(Modifier::REVERSED) } else { Style::new() };
        line.push_span(Span::styled(format!("{number} {title}"), chosen));
        line.push_span(Span::raw(" "));
    }
    if let Some(frozen) = &model.frozen {
        let text = format!(" {} ", words.frozen.replace("{}", &frozen.since));
        // Before the tabs where there is no room behind them: that it stands still must be seen.
        let at = if line.width() + text.width() > usize::from(width) { 0 } else { line.spans.len() };
        line.spans.insert(at, Span::styled(text, style(Mood::Caution).add_modifier(Modifier::REVERSED)));
    }
    line
}

fn draw_body(frame: &mut Frame<'_>, area: Rect, model: &mut Model, words: &ScreenWords, terms: &Terms<'_>) {
    if area.height == 0 {
        return;
    }
    frame.render_widget(Clear, area);
    if let Some(page) = &mut model.page {
        let paragraph = Paragraph::new(page.text.as_str()).wrap(Wrap { trim: false });
        // Lines as they are wrapped; those that are too wide break between words, so that some more may come of them.
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let wrapped = |line: &str| match Line::raw(line).width() {
            short if short <= width => 1,
            long => long.div_ceil(width.saturating_sub(8).max(1)),
        };
        let lines: usize = page.text.lines().map(wrapped).sum();
        // The last line goes no higher than to the foot of the picture.
        page.top = page.top.min(u16::try_from(lines.saturating_sub(height)).unwrap_or(u16::MAX));
        let top = page.top;
        frame.render_widget(paragraph.scroll((top, 0)), area);
        model.height = usize::from(area.height);
        return;
    }
    let height = usize::from(area.height).saturating_sub(1);
    let (at, top) = model.window(height);
    let Some(list) = &model.list else { return };
    if list.rows.is_empty() {
        frame.render_widget(Paragraph::new(list.empty).wrap(Wrap { trim: true }), area);
        return;
    }
    let columns = fit(&list.heads, &list.rows, usize::from(area.width));
    let gap = " ".repeat(GAP);
    let mut heads = String::new();
    for (column, width) in &columns {
        let Some(head) = list.heads.get(*column) else { continue };
        let mark = match model.sort() {
            Some((sorted, falling)) if sorted == *column => {
                if falling {
                    "▼"
                } else {
                    "▲"
                }
            }
            _ => "",
        };
        heads.push_str(&cut(&format!("{}{mark}", head.text), *width, head.is_number));
        heads.push_str(&gap);
    }
    frame.render_widget(Line::styled(heads, bold().add_modifier(Modifier::UNDERLINED)), row(area, area.y));
    for (y, (index, line)) in (1..).zip(list.rows.iter().enumerate().skip(top).take(height)) {
        let mut spans = Vec::new();
        for (column, width) in &columns {
            if let (Some(head), Some(cell)) = (list.heads.get(*column), line.cells.get(*column)) {
                spans.push(Span::styled(cut(&cell.text, *width, head.is_number), style(cell.mood)));
                spans.push(Span::raw(gap.clone()));
            }
        }
        let chosen = if index == at { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        frame.render_widget(Line::from(spans).style(chosen), row(area, area.y + y));
    }
    let rest = list.more;
    if rest > 0 && top + height >= list.rows.len() {
        let text = format!("… {}", crate::report::whole(rest as u64, terms.settings.language));
        let line = row(area, area.y + area.height - 1);
        frame.render_widget(Line::styled(format!("{text} {}", words.more), style(Mood::Faint)), line);
    }
}

/// A note, else the keys, as many as fit.
fn bottom(model: &Model, words: &ScreenWords, width: u16, language: Language) -> Line<'static> {
    if let Some(note) = model.note() {
        return Line::styled(cut(note, usize::from(width), false), bold());
    }
    if let (Some((packets, told)), None) = (model.since_frozen(), &model.page) {
        let (key, does) = words.go_on;
        let count = |value| crate::report::whole(value, language);
        let text = words.since_then.replacen("{}", &count(packets), 1).replacen("{}", &count(told), 1);
        let room = usize::from(width).saturating_sub(key.width() + does.width() + 1 + GAP);
        return Line::from(vec![
            Span::styled(key, bold()),
            Span::raw(format!(" {does}  ")),
            Span::raw(cut(&text, room, false)),
        ]);
    }
    let keys = if model.page.is_some() { words.page_keys } else { words.keys };
    let mut line = Line::default();
    for (key, does) in keys {
        let mut longer = line.clone();
        longer.push_span(Span::styled(*key, bold()));
        longer.push_span(Span::raw(format!(" {does}  ")));
        if longer.width() > usize::from(width) + GAP {
            break;
        }
        line = longer;
    }
    line
}
