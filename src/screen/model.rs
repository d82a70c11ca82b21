//! What the view shows at the moment, and what each key makes of it. Draws nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Terms, Told};
use crate::capture::Reading;
use crate::check::Audit;
use crate::compare::Turn;
use crate::report::{Cell, List, Pane, headline, pane, row_page, screen_words};
use crate::report::{Mood, Settings};

/// How long a note stays.
const NOTE_STAYS: Duration = Duration::from_secs(8);
/// Over how long the packet rate is taken.
const RATE_OVER: Duration = Duration::from_secs(1);
const SIGINT: i32 = 2;

/// What a key asks for that the picture alone cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// End, as this signal would.
    End(i32),
    /// Save a report.
    Save,
}

/// A page that lies over the tables.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) top: u16,
}

/// A picture that stands still.
#[derive(Clone, Debug)]
pub(super) struct Frozen {
    /// Since when, as time of day.
    pub(super) since: String,
    /// What was counted then.
    packets: u64,
    told: u64,
}

/// What a key asks to open.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Row,
    Help,
}

/// How each view is looked at.
#[derive(Clone, Debug, Default)]
struct Look {
    at: usize,
    top: usize,
    /// What the chosen row is about, wherever it stands; `None`: it is the first row, whatever that is about.
    chosen: Option<String>,
    /// Column and whether the largest comes first.
    sort: Option<(usize, bool)>,
}

/// The picture.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) pane: Pane,
    looks: [Look; Pane::ALL.len()],
    number: u64,
    audit: Option<Arc<Audit>>,
    turns: Vec<Turn>,
    pub(super) list: Option<List>,
    pub(super) headline: Option<(String, String, Mood)>,
    is_stale: bool,
    pub(super) page: Option<Page>,
    wish: Option<Wish>,
    pub(super) frozen: Option<Frozen>,
    /// How many turns were told, with those that came since the picture was frozen.
    told: u64,
    note: Option<(String, Instant)>,
    noted: Option<String>,
    pub(super) reading: Reading,
    before: (Reading, Instant),
    /// Packets a second.
    pub(super) rate: u64,
    /// Rows or lines of the picture, as drawn last.
    pub(super) height: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            pane: Pane::Findings,
            looks: Default::default(),
            number: 0,
            audit: None,
            turns: Vec::new(),
            list: None,
            headline: None,
            is_stale: true,
            page: None,
            wish: None,
            frozen: None,
            told: 0,
            note: None,
            noted: None,
            reading: Reading::default(),
            before: (Reading::default(), Instant::now()),
            rate: 0,
            height: 1,
        }
    }
}

impl Model {
    /// Takes over what is new, unless the picture is frozen.
    pub(super) fn learn(&mut self, told: &Told, terms: &Terms<'_>) {
        self.reading = terms.meter.read();
        let passed = self.before.1.elapsed();
        if passed >= RATE_OVER {
            let packets = self.reading.packets.saturating_sub(self.before.0.packets);
            self.rate = (packets as f64 / passed.as_secs_f64()).round() as u64;
            self.before = (self.reading, Instant::now());
        }
        if told.note != self.noted {
            self.noted.clone_from(&told.note);
            if let Some(note) = &told.note {
                self.say(note.clone());
            }
        }
        self.told = told.turns_in_all;
        if self.frozen.is_none() && told.number != self.number {
            self.number = told.number;
            self.audit.clone_from(&told.audit);
            self.turns.clone_from(&told.turns);
            self.headline = self.audit.as_ref().map(|audit| headline(audit, terms.names, terms.settings));
            self.is_stale = true;
        }
    }

    /// Makes the table anew if it has changed, and the page that was asked for.
    pub(super) fn refresh(&mut self, terms: &Terms<'_>, width: u16) {
        let settings = Settings { width, colour: false, ..terms.settings.clone() };
        if std::mem::take(&mut self.is_stale) {
            let audit = self.audit.as_ref();
            self.list = audit.map(|audit| pane(self.pane, audit, &self.turns, terms.names, &settings));
            let sort = self.look().sort;
            if let (Some(list), Some((column, falling))) = (&mut self.list, sort) {
                list.rows.sort_by(|x, y| {
                    let order = compare(x.cells.get(column), y.cells.get(column));
                    if falling { order.reverse() } else { order }
                });
            }
            self.follow();
        }
        match self.wish.take() {
            Some(Wish::Help) => {
                let text = screen_words(settings.language).help.to_owned();
                self.page = Some(Page { text, top: 0 });
            }
            Some(Wish::Row) => {
                let text = self.row_page(terms, &settings);
                self.page = text.map(|text| Page { text, top: 0 });
            }
            None => {}
        }
    }

    /// Goes to where the chosen row stands now.
    fn follow(&mut self) {
        let Some(chosen) = self.look().chosen.as_deref() else { return };
        let rows = self.list.as_ref().map_or(&[][..], |list| &list.rows);
        match rows.iter().position(|row| row.key == chosen) {
            Some(at) => self.look_mut().at = at,
            // It is no longer there: whatever took its place is chosen.
            None => self.look_mut().chosen = None,
        }
    }

    /// Holds on to what the chosen row is about.
    fn hold(&mut self) {
        let at = self.look().at;
        let key = self.list.as_ref().and_then(|list| list.rows.get(at)).map(|row| row.key.clone());
        self.look_mut().chosen = key;
    }

    /// All about the chosen row.
    fn row_page(&self, terms: &Terms<'_>, settings: &Settings) -> Option<String> {
        let (audit, list) = (self.audit.as_ref()?, self.list.as_ref()?);
        let row = list.rows.get(self.look().at)?;
        if let Some(text) = row_page(row.about, audit, &self.turns, terms.names, settings) {
            return Some(text);
        }
        let lines =
            list.heads.iter().zip(&row.cells).map(|(head, cell)| format!("{}: {}\n", head.text, cell.text));
        Some(lines.collect())
    }

    pub(super) fn say(&mut self, text: String) {
        self.note = Some((text, Instant::now()));
    }

    pub(super) fn note(&self) -> Option<&str> {
        self.note.as_ref().filter(|(_, since)| since.elapsed() < NOTE_STAYS).map(|(text, _)| text.as_str())
    }

    /// The chosen row and the first one shown, so that the chosen one is among `height` rows.
    pub(super) fn window(&mut self, height: usize) -> (usize, usize) {
        self.height = height.max(1);
        let (rows, height) = (self.rows(), self.height);
        let look = self.look_mut();
        look.at = look.at.min(rows.saturating_sub(1));
        look.top = look.top.clamp((look.at + 1).saturating_sub(height), look.at);
        // A picture that has become higher, or a table that has become shorter, leaves no rows above out of sight.
        look.top = look.top.min(rows.saturating_sub(height));
        (look.at, look.top)
    }

    /// Packets and turns that came since the picture was frozen.
    pub(super) fn since_frozen(&self) -> Option<(u64, u64)> {
        let frozen = self.frozen.as_ref()?;
        Some((self.reading.packets.saturating_sub(frozen.packets), self.told.saturating_sub(frozen.told)))
    }

    pub(super) fn sort(&self) -> Option<(usize, bool)> {
        self.look().sort
    }

    fn rows(&self) -> usize {
        self.list.as_ref().map_or(0, |list| list.rows.len())
    }

    fn index(&self) -> usize {
        Pane::ALL.iter().position(|pane| *pane == self.pane).unwrap_or(0)
    }

    fn look(&self) -> &Look {
        &self.looks[self.index()]
    }

    fn look_mut(&mut self) -> &mut Look {
        let index = self.index();
        &mut self.looks[index]
    }

    /// What a key does; `Some` where more than the picture changes.
    pub(super) fn key(&mut self, key: KeyEvent) -> Option<Act> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return (key.code == KeyCode::Char('c')).then_some(Act::End(SIGINT));
        }
        let page = self.height.saturating_sub(1).max(1) as isize;
        match key.code {
            KeyCode::Char('q') => return Some(Act::End(SIGINT)),
            KeyCode::Char('w') => return Some(Act::Save),
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.wish = Some(Wish::Help),
            KeyCode::Esc | KeyCode::Backspace => self.page = None,
            KeyCode::Up | KeyCode::Char('k') => self.step(-1),
            KeyCode::Down | KeyCode::Char('j') => self.step(1),
            KeyCode::PageUp => self.step(-page),
            KeyCode::PageDown | KeyCode::Char(' ') => self.step(page),
            KeyCode::Home => self.step(isize::MIN / 2),
            KeyCode::End => self.step(isize::MAX / 2),
            KeyCode::Enter if self.page.is_none() => {
                // What comes until it is drawn does not slip in between.
                self.hold();
                self.wish = Some(Wish::Row);
            }
            KeyCode::Enter => self.page = None,
            KeyCode::Char('f') => {
                self.frozen = match self.frozen.take() {
                    None => Some(Frozen {
                        since: jiff::Zoned::now().strftime("%H:%M:%S").to_string(),
                        packets: self.reading.packets,
                        told: self.told,
                    }),
                    Some(_) => None,
                };
            }
            KeyCode::Char(digit @ '1'..='5') => self.turn_to(digit as usize - '1' as usize),
            KeyCode::Tab | KeyCode::Right => self.turn_to((self.index() + 1) % Pane::ALL.len()),
            KeyCode::BackTab | KeyCode::Left => {
                self.turn_to((self.index() + Pane::ALL.len() - 1) % Pane::ALL.len());
            }
            KeyCode::Char('s') => {
                let columns = self.list.as_ref().map_or(0, |list| list.heads.len());
                let look = self.look_mut();
                // Behind the last column comes the order without sorting.
                look.sort = match look.sort {
                    None if columns > 0 => Some((0, false)),
                    Some((column, _)) if column + 1 < columns => Some((column + 1, false)),
                    _ => None,
                };
                self.is_stale = true;
            }
            KeyCode::Char('r') => {
                let look = self.look_mut();
                look.sort = look.sort.map(|(column, falling)| (column, !falling));
                self.is_stale = true;
            }
            _ => {}
        }
        None
    }

    fn turn_to(&mut self, index: usize) {
        if let Some(pane) = Pane::ALL.get(index) {
            self.pane = *pane;
            self.page = None;
            self.is_stale = true;
        }
    }

    fn step(&mut self, rows: isize) {
        if let Some(page) = &mut self.page {
            let top = isize::from(i16::try_from(page.top).unwrap_or(i16::MAX)).saturating_add(rows);
            page.top = u16::try_from(top.clamp(0, i16::MAX as isize)).unwrap_or(0);
            return;
        }
        let most = self.rows().saturating_sub(1);
        let look = self.look_mut();
        look.at = look.at.saturating_add_signed(rows).min(most);
        match look.at {
            0 => look.chosen = None,
            _ => self.hold(),
        }
    }
}

fn compare(x: Option<&Cell>, y: Option<&Cell>) -> std::cmp::Ordering {
    match (x, y) {
        (Some(Cell { order: Some(x), .. }), Some(Cell { order: Some(y), .. })) => x.total_cmp(y),
        (Some(x), Some(y)) => x.text.cmp(&y.text),
        _ => std::cmp::Ordering::Equal,
    }
}
