//! Takes how a live capture stands, gives the full-screen view of it in the terminal and takes its keys. Makes no words and
//! judges nothing; whatever it shows comes escaped from the report.
//!
//! The judging thread tells the [`Board`]; a thread of its own draws it five times a second and reads the keys
//! ([`run`]), so that the capture never waits for the terminal.

mod columns;
mod draw;
mod model;
#[cfg(test)]
mod tests;
mod wishes;

use std::io;
use std::panic;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::crossterm::{cursor, execute, style, terminal};

use crate::capture::Meter;
use crate::check::Audit;
use crate::compare::{Course, Turn};
use crate::report::{Names, Published, Settings, live_course, run_table, screen_words};
use model::{Act, Model};
pub use wishes::Wishes;

/// How long a key or a change waits at most.
const TICK: Duration = Duration::from_millis(200);
/// Columns of a table that is saved.
const PAPER: u16 = 100;
/// Most turns that are kept; the oldest leave.
const MOST_TURNS: usize = 1000;

/// Colours are written from now on although the environment asks for none (`NO_COLOR`), which the crate that writes them heeds by
/// itself.
pub fn always_colour() {
    style::force_color_output(true);
}

/// What the judging thread tells the view.
#[derive(Debug, Default)]
pub struct Board {
    told: Mutex<Told>,
    is_over: AtomicBool,
    /// Some thread panicked, and the terminal is as it was.
    is_torn: Arc<AtomicBool>,
}

/// How things stand.
#[derive(Clone, Debug, Default)]
struct Told {
    number: u64,
    audit: Option<Arc<Audit>>,
    turns: Vec<Turn>,
    /// With those that left.
    turns_in_all: u64,
    course: Arc<Course>,
    note: Option<String>,
}

impl Board {
    /// How things stand now, what came and went since the last time, and what did in all.
    pub fn show(&self, audit: &Arc<Audit>, turns: &[Turn], course: Course) {
        let mut told = self.told();
        told.course = Arc::new(course);
        told.number += 1;
        told.audit = Some(Arc::clone(audit));
        told.turns_in_all += turns.len() as u64;
        told.turns.extend_from_slice(turns);
        let surplus = told.turns.len().saturating_sub(MOST_TURNS);
        told.turns.drain(..surplus);
    }

    /// A line for the user.
    pub fn note(&self, text: String) {
        self.told().note = Some(text);
    }

    /// Ends the view.
    pub fn close(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the view needs beside the board.
#[derive(Debug)]
pub struct Terms<'a> {
    /// Words for ids.
    pub names: &'a Names,
    /// Language, zone and version.
    pub settings: &'a Settings,
    /// Counts while the capture runs.
    pub meter: &'a Meter,
    /// What is captured on.
    pub interfaces: &'a [String],
    /// Set to end the capture in order.
    pub stop: &'a AtomicBool,
    /// The latest signal to end, 0 for none.
    pub signal: &'a AtomicUsize,
    /// Whether it was told to end before.
    pub wishes: &'a Wishes,
    /// Where reports are saved.
    pub folder: PathBuf,
}

/// The terminal as the view needs it; as it was when this goes.
#[derive(Debug)]
pub struct Stage {
    terminal: Terminal<CrosstermBackend<io::Stdout>>,
    /// It was given back already.
    is_torn: Arc<AtomicBool>,
}

impl Stage {
    /// Takes the terminal over, and sees to it that a panic of any thread gives it back before it is told.
    ///
    /// # Errors
    /// The terminal refuses.
    pub fn open(board: &Board) -> io::Result<Self> {
        let is_torn = Arc::clone(&board.is_torn);
        let is_given_back = Arc::clone(&board.is_torn);
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            if !is_torn.swap(true, Ordering::Relaxed) {
                restore();
            }
            told(what);
        }));
        terminal::enable_raw_mode()?;
        let opened = execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)
            .and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match opened {
            Ok(terminal) => Ok(Self { terminal, is_torn: is_given_back }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Once only: the second time would put the cursor back to where it was, over what a panic said.
        if !self.is_torn.swap(true, Ordering::Relaxed) {
            restore();
        }
    }
}

/// Gives the terminal back; nobody is left to hear of errors.
fn restore() {
    let _ = terminal::disable_raw_mode();
    let _ = execute!(io::stdout(), LeaveAlternateScreen, cursor::Show);
}

/// Ends the capture when the view is gone, whatever ended it.
struct Stopper<'a>(&'a AtomicBool);

impl Drop for Stopper<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Draws and reads keys until the board is closed. The first wish to end stops the capture; a later one ends the program
/// with status 128 and the number of the signal.
///
/// # Errors
/// The terminal refuses.
pub fn run(mut stage: Stage, board: &Board, terms: &Terms<'_>) -> io::Result<()> {
    let _stopper = Stopper(terms.stop);
    let mut model = Model::default();
    while !board.is_over.load(Ordering::Relaxed) && !board.is_torn.load(Ordering::Relaxed) {
        model.learn(&board.told(), terms);
        stage.terminal.draw(|frame| draw::draw(frame, &mut model, terms))?;
        let mut acts = Vec::new();
        let mut wait = TICK;
        while event::poll(wait)? {
            wait = Duration::ZERO;
            if let Event::Key(key) = event::read()?
                && key.kind != KeyEventKind::Release
            {
                acts.extend(model.key(key));
                // Each key acts on what it meets.
                break;
            }
        }
        let now = Instant::now();
        let signal = terms.signal.swap(0, Ordering::Relaxed);
        let at_once = signal != 0 && terms.wishes.signal(now);
        let mut ends = (signal != 0).then_some((signal as i32, at_once));
        for act in acts {
            match act {
                Act::End(signal) => ends = Some((signal, terms.wishes.key(now))),
                Act::Save => {
                    let told = save(board, terms);
                    model.say(told);
                }
            }
        }
        match ends {
            None => {}
            Some((signal, true)) => {
                drop(stage);
                std::process::exit(128 + signal);
            }
            Some(_) => {
                terms.stop.store(true, Ordering::Relaxed);
                model.say(screen_words(terms.settings.language).ending.to_owned());
            }
        }
    }
    Ok(())
}

/// Saves the report of all so far, frozen picture or not; says where.
fn save(board: &Board, terms: &Terms<'_>) -> String {
    let words = screen_words(terms.settings.language);
    let (audit, course) = {
        let told = board.told();
        (told.audit.clone(), Arc::clone(&told.course))
    };
    let Some(audit) = audit else { return words.nothing_to_save.to_owned() };
    let published = Published::of_run(&audit, &course, terms.names, terms.settings);
    let settings = Settings { width: PAPER, colour: false, ..terms.settings.clone() };
    let text = run_table(&audit, &course, terms.names, &settings)
        + &live_course(&course, &audit, terms.names, &settings);
    let name = format!("pbxray-{}", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"));
    let write = || -> io::Result<()> {
        let create = |ending: &str| std::fs::File::create_new(terms.folder.join(format!("{name}.{ending}")));
        io::Write::write_all(&mut create("txt")?, text.as_bytes())?;
        io::Write::write_all(&mut create("html")?, published.html(&terms.settings.zone).as_bytes())?;
        let mut json = io::BufWriter::new(create("json")?);
        published.json(&mut json)?;
        io::Write::flush(&mut json)
    };
    match write() {
        Ok(()) => words.saved.replace("{}", &format!("{name}.html, .json, .txt")),
        Err(error) => words.not_saved.replace("{}", &error.to_string()),
    }
}
