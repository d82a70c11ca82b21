//! `pbxray live`: puts capture, recorder, judgement and view together.

mod end;
mod reports;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;

use super::{
    hints, is_hung_up, judge_settings, language, prepare, print, rulebook, severity, terminal_width,
};
use end::End;
use pbxray::capture::{
    self, Bounds, FilterSpec, LinkEvent, Measurement, Meter, Outages, Recorder, Recording, Ring, Tap, Tell,
    Timestamp,
};
use pbxray::check::{Audit, Code, Finding, Severity};
use pbxray::cli::{FailOn, LiveArgs, LiveFormat};
use pbxray::compare::{Course, Ledger, Turn};
use pbxray::confine::confine;
use pbxray::pipeline::{self, Terms};
use pbxray::report::{self, ExitStatus, Language, Published, screen_words};
use pbxray::screen::{self, Board, Stage};
use reports::{Reports, Wanted};

pub(super) fn live(args: &LiveArgs) -> Result<ExitStatus> {
    let judge = &args.judge;
    let language = language(judge.lang.as_deref())?;
    let rulebook = rulebook(judge.rules.as_deref())?;
    let hints = hints(&judge.pbx, judge.site.as_deref(), &rulebook)?;
    let until = args.until.as_deref().map(|word| until(word, language)).transpose()?;
    let with_view = wants_view(args);
    let wanted = Wanted::of(args, language)?;
    shut_in(args, &wanted, with_view, language)?;
    let filter = prepare(judge, language)?;
    let end = End::new()?;
    if !with_view {
        end.take_signals()?;
    }
    let meter = Arc::new(Meter::default());
    let board = with_view.then(Arc::<Board>::default);
    let outages = Arc::<Mutex<Outages>>::default();
    let tell = teller(board.as_ref(), &outages, language);
    if let Some(twice) = twice(&args.interfaces) {
        let text = language.either("ist doppelt angegeben", "is given twice");
        return Err(anyhow!("--interface {twice}: {text}"));
    }
    let (measurement, recorder) = listen(args, filter.as_ref(), &end, &meter, &tell, language)?;
    let reports = wanted.open()?;
    let terms = Terms { rulebook: &rulebook, hints: &hints, filter: filter.as_ref() };
    let names = report::Names::new(&rulebook, language);
    let settings = judge_settings(judge, language, false);
    let mut lookout = Lookout {
        names: names.clone(),
        settings: settings.clone(),
        width: judge.width,
        format: stream(args).unwrap_or(LiveFormat::Text),
        reports,
        until,
        stop: Arc::clone(&end.stop),
        evidence_from: severity(args.evidence_from),
        recorder,
        recorder_told: 0,
        board: board.clone(),
        ledger: Ledger::default(),
        outages,
        trouble: None,
    };
    let audit = match &board {
        None => watch(measurement, &terms, &mut lookout),
        Some(board) => {
            let setup = screen::Terms {
                names: &names,
                settings: &settings,
                meter: &meter,
                interfaces: &args.interfaces,
                stop: &end.stop,
                signal: &end.signalled,
                wishes: &end.wishes,
                folder: PathBuf::from("."),
            };
            let (audit, ended) =
                beside_view(board, &setup, &end, || watch(measurement, &terms, &mut lookout))?;
            // The report follows all the same, into files at least.
            lookout.trouble = ended.context("the terminal").err();
            audit
        }
    };
    lookout.finish(&audit)?;
    Ok(ExitStatus::of(&audit, severity(judge.fail_on)))
}

/// An interface that is named more than once: all its packets would be copies.
fn twice(interfaces: &[String]) -> Option<&String> {
    (1..)
        .zip(interfaces)
        .find(|(next, name)| interfaces.iter().skip(*next).any(|other| other == *name))
        .map(|it| it.1)
}

/// What goes to standard output all the time, if the user says.
fn stream(args: &LiveArgs) -> Option<LiveFormat> {
    args.format.iter().copied().find(|format| format.report().is_none())
}

/// Whether somebody sits before it.
fn wants_view(args: &LiveArgs) -> bool {
    let is_dumb = || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    stream(args).is_none() && io::stdout().is_terminal() && !is_dumb()
}

/// Opens the interfaces, with a recorder behind them if anything is to be written.
fn listen(
    args: &LiveArgs,
    filter: Option<&FilterSpec>,
    end: &End,
    meter: &Arc<Meter>,
    tell: &Tell,
    language: Language,
) -> Result<(Measurement, Option<Recorder>)> {
    let bounds = Bounds {
        duration: args.duration,
        packets: args.packets,
        counted: filter.cloned(),
        stop: Arc::clone(&end.stop),
    };
    let tap = capture::tap(&args.interfaces, &bounds, meter, tell)
        .map_err(|error| anyhow!("{}", report::live_trouble(&error, language)))?;
    let (tap, recorder) = recording(tap, args)?;
    let measurement = capture::listen(tap, &args.interfaces, capture::Settings::default())
        .map_err(|error| anyhow!("{}", report::open_trouble(&error, language)))?;
    Ok((measurement, recorder))
}

/// Judges until the capture ends; how it stood then is looked at as well.
fn watch(measurement: Measurement, terms: &Terms<'_>, lookout: &mut Lookout) -> Arc<Audit> {
    let audit = pipeline::watch(measurement, terms, &mut |audit| lookout.look(audit));
    lookout.look(&audit);
    audit
}

/// Does `watch` while the view runs in a thread of its own.
fn beside_view(
    board: &Board,
    setup: &screen::Terms<'_>,
    end: &End,
    watch: impl FnOnce() -> Arc<Audit>,
) -> Result<(Arc<Audit>, io::Result<()>)> {
    let stage = Stage::open(board).context("the terminal")?;
    thread::scope(|scope| {
        let view = scope.spawn(|| screen::run(stage, board, setup));
        let closer = Closer(board);
        let audit = watch();
        drop(closer);
        let ended = view.join();
        end.take_signals()?;
        // What a panic said stands on the terminal already; the report follows.
        Ok((audit, ended.unwrap_or(Ok(()))))
    })
}

/// Tells of links, in the view where there is one, else on standard error; and keeps it for the report.
fn teller(board: Option<&Arc<Board>>, outages: &Arc<Mutex<Outages>>, language: Language) -> Tell {
    let (board, outages) = (board.map(Arc::clone), Arc::clone(outages));
    Arc::new(move |event| {
        let now = jiff::Timestamp::now().as_nanosecond();
        let now = Timestamp(i64::try_from(now).unwrap_or(i64::MAX));
        outages.lock().unwrap_or_else(PoisonError::into_inner).note(&event, now);
        match &board {
            Some(board) => board.note(link_text(&event, language)),
            None => {
                let _ = writeln!(io::stderr(), "pbxray: {}", link_text(&event, language));
            }
        }
    })
}

/// Looks at each judgement, and tells whoever is to hear of it: the view or the log, the recorder, the capture.
struct Lookout {
    names: report::Names,
    settings: report::Settings,
    /// Columns of the report, if the user says.
    width: Option<u16>,
    format: LiveFormat,
    reports: Reports,
    until: Option<Until>,
    stop: Arc<AtomicBool>,
    evidence_from: Severity,
    recorder: Option<Recorder>,
    /// How much of the recorder's trouble was told.
    recorder_told: usize,
    board: Option<Arc<Board>>,
    ledger: Ledger,
    outages: Arc<Mutex<Outages>>,
    trouble: Option<anyhow::Error>,
}

impl Lookout {
    fn look(&mut self, audit: &Arc<Audit>) {
        if self.until.is_some_and(|until| audit.findings.iter().any(|finding| until.is_met(finding))) {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.tell_trouble();
        let turns = self.ledger.update(audit);
        self.keep_evidence(audit, &turns);
        if let Some(board) = &self.board {
            board.show(audit, &turns, self.course());
        } else if let Err(error) = self.print_lines(audit, &turns) {
            self.trouble = Some(error);
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// What came and went, and when nothing could be captured.
    fn course(&self) -> Course {
        let outages = self.outages.lock().unwrap_or_else(PoisonError::into_inner).list();
        Course { outages, ..self.ledger.course() }
    }

    /// What the recorder could not write is told while something can be done about it.
    fn tell_trouble(&mut self) {
        let Some(recorder) = &self.recorder else { return };
        for trouble in recorder.trouble(self.recorder_told) {
            self.recorder_told += 1;
            match &self.board {
                Some(board) => {
                    board.note(screen_words(self.settings.language).recording.replace("{}", &trouble));
                }
                None => {
                    let line = report::recording(&trouble, self.settings.language);
                    let _ = writeln!(io::stderr(), "pbxray: {line}");
                }
            }
        }
    }

    fn keep_evidence(&self, audit: &Audit, turns: &[Turn]) {
        let worth = |turn: &&Turn| turn.reaches(self.evidence_from);
        if let (Some(recorder), Some(turn)) = (&self.recorder, turns.iter().find(worth)) {
            let time = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S");
            let name = format!("{time}-{}", turn.finding.code().as_str());
            recorder.note(&name, report::live_text(turn, audit, &self.names, &self.settings).trim_end());
        }
    }

    fn print_lines(&self, audit: &Audit, turns: &[Turn]) -> Result<()> {
        let lines = turns.iter().map(|turn| match self.format {
            LiveFormat::Jsonl => report::live_json(turn, audit, &self.names, &self.settings),
            _ => Ok(report::live_text(turn, audit, &self.names, &self.settings)),
        });
        let lines = lines.collect::<io::Result<String>>()?;
        print(|out| out.write_all(lines.as_bytes()))
    }

    /// Closes the records and prints the report, with what came and went.
    fn finish(mut self, audit: &Audit) -> Result<()> {
        let course = self.course();
        if let Some(recorder) = self.recorder {
            // Beside the view only its note said so.
            let told = if self.board.is_some() { 0 } else { self.recorder_told };
            for line in report::recorded(&recorder.finish(), told, self.settings.language) {
                let _ = writeln!(io::stderr(), "pbxray: {line}");
            }
        }
        // A terminal may have another width by now.
        let width = self.width.unwrap_or_else(terminal_width);
        let (names, settings) = (&self.names, &report::Settings { width, ..self.settings.clone() });
        let page = |settings: &report::Settings| {
            let table = report::run_table(audit, &course, names, settings);
            table
                + &report::live_course(&course, audit, names, settings)
                + &report::live_close(&course, audit, names, settings)
        };
        let has_files = !self.reports.is_empty();
        if has_files {
            // Before anything that may fail: whoever read standard output may be gone.
            let published = Published::of_run(audit, &course, names, settings);
            let plain = report::Settings { colour: false, ..settings.clone() };
            self.reports.write(&published, &page(&plain), &settings.zone)?;
            for path in self.reports.paths() {
                let line = report::wrote(&path.display().to_string(), settings.language);
                let _ = writeln!(io::stderr(), "pbxray: {line}");
            }
        }
        let printed = match self.trouble {
            Some(error) => Err(error),
            None => print(|out| match self.format {
                LiveFormat::Jsonl => {
                    out.write_all(report::live_report(&course, audit, names, settings)?.as_bytes())
                }
                _ if has_files => {
                    out.write_all(report::live_close(&course, audit, names, settings).as_bytes())
                }
                _ => write!(out, "\n{}", page(settings)),
            }),
        };
        match printed {
            // The report is where it was to go, and the terminal is gone.
            Err(error) if has_files && is_hung_up(&error) => Ok(()),
            printed => printed,
        }
    }
}

/// The directory that a file stands in. `trace.pcapng` stands in the working directory, whose name is empty then.
fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Gives up what is not needed, before there is any other thread.
fn shut_in(args: &LiveArgs, wanted: &Wanted, with_view: bool, language: Language) -> Result<()> {
    if let Some(directory) = &args.evidence {
        std::fs::create_dir_all(directory).with_context(|| format!("--evidence {}", directory.display()))?;
    }
    // The view saves reports where it was started.
    let here = with_view.then(|| PathBuf::from("."));
    let outputs: Vec<_> = args
        .write
        .as_deref()
        .map(parent)
        .into_iter()
        .chain(args.evidence.clone())
        .chain(here)
        .chain(wanted.directories()?)
        .collect();
    let outputs: Vec<&Path> = outputs.iter().map(std::path::PathBuf::as_path).collect();
    let confined = confine(&outputs);
    let rights = language
        .either("die eigenen Rechte konnten nicht beschränkt werden", "note: rights could not be confined");
    let writing = language.either(
        "das Schreiben konnte nicht auf die Ausgabeordner beschränkt werden",
        "note: writing could not be confined",
    );
    for (text, done) in [(rights, &confined.rights), (writing, &confined.writing)] {
        if let Err(reason) = done {
            let _ = writeln!(io::stderr(), "pbxray: {text}: {reason}");
        }
    }
    Ok(())
}

/// Puts a recorder behind the tap if anything is to be written.
fn recording(tap: Tap, args: &LiveArgs) -> Result<(Tap, Option<Recorder>)> {
    if args.write.is_none() && args.evidence.is_none() {
        return Ok((tap, None));
    }
    let ring =
        args.write.clone().map(|path| Ring { path, file_bytes: args.rotate, files: args.keep as usize });
    let said = || {
        let named = args.write.iter().map(|path| format!("--write {}", path.display()));
        let named = named.chain(args.evidence.iter().map(|path| format!("--evidence {}", path.display())));
        named.collect::<Vec<_>>().join(", ")
    };
    let recording = Recording { ring, evidence: args.evidence.clone() };
    let (tap, recorder) = tap.record(recording).with_context(said)?;
    Ok((tap, Some(recorder)))
}

fn link_text(event: &LinkEvent, language: Language) -> String {
    let words = screen_words(language);
    let (text, name, detail) = match event {
        LinkEvent::Down(name) => (words.down, name, String::new()),
        LinkEvent::Up(name) => (words.up, name, String::new()),
        LinkEvent::Other(name, link) => (words.other, name, link.to_string()),
        LinkEvent::Gone(name, reason) => (words.gone, name, reason.clone()),
        LinkEvent::Back(name) => (words.back, name, String::new()),
    };
    format!("{name}: {}", text.replace("{}", &detail))
}

/// Ends the view also where judging panics: the scope would wait for it.
struct Closer<'a>(&'a Board);

impl Drop for Closer<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// `--until`.
#[derive(Clone, Copy)]
enum Until {
    Code(Code),
    Severity(Severity),
}

impl Until {
    fn is_met(self, finding: &Finding) -> bool {
        match self {
            Self::Code(code) => finding.code() == code,
            Self::Severity(least) => finding.severity >= least,
        }
    }
}

fn until(word: &str, language: Language) -> Result<Until> {
    let code = Code::ALL.iter().find(|code| code.as_str().eq_ignore_ascii_case(word));
    anyhow::ensure!(
        code.is_none_or(|code| code.is_raised()),
        "--until {word}: {}",
        language.either(
            "steht nur in der Tabelle der dokumentierten Ports und wird nie gefunden; nennen Sie einen anderen Code",
            "is told in the table of documented ports alone and never found; name another code"
        )
    );
    let severity = || FailOn::from_str(word, true).map(|word| Until::Severity(severity(word)));
    code.map(|code| Until::Code(*code)).map_or_else(severity, Ok).map_err(|_| {
        let text =
            language.either("ist weder ein Code noch eine Schwere", "is no finding code and no severity");
        anyhow!("--until {word}: {text} (info, notice, warning, error, critical)")
    })
}
