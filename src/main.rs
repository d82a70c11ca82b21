//! The program: words to settings to pipeline to report to exit status.

mod inputs;
mod live;
mod outputs;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser};

use outputs::Kind;
use pbxray::annotate::headers;
use pbxray::capture::{self, FilterSpec, Measurement, Record};
use pbxray::check::{Audit, Code, Severity};
use pbxray::cli::{
    AnnotateArgs, CheckArgs, Cli, Colour, Command, CompareArgs, CompletionsArgs, ExplainArgs, FailOn,
    FormArgs, Format, InterfacesArgs, JudgeArgs, ManArgs, PbxHint, PointsFormat, PortsArgs, Redact,
    ReportArgs, SchemaArgs, SchemaOf,
};
use pbxray::compare::points::Trace;
use pbxray::pipeline::{self, Terms};
use pbxray::report::{self, ExitStatus, Language, PortsFilter, Published, Redaction};
use pbxray::rules::Rulebook;
use pbxray::site::{Hints, Lore, SiteFile, Vocabulary};

/// A SIP message becomes a dozen small texts, which this one hands out in less time than that of the system (ARCHITECTURE.md,
/// "Speed is measured").
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Columns where no terminal tells.
const PLAIN_WIDTH: u16 = 100;
/// Files of so many bytes are read once more for their SHA-256 although no report to sign was asked for.
const CHEAP_TO_READ: u64 = 32 << 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Check(mut args) => {
            args.form.or(Format::Table);
            check(&args)
        }
        Command::Live(args) => live::live(&args),
        Command::Compare(args) => compare(&args),
        Command::Annotate(args) => annotate(&args),
        Command::Report(mut args) => {
            args.form.or(Format::Markdown);
            render(&args)
        }
        Command::Ports(args) => ports(&args),
        Command::Explain(args) => explain(&args),
        Command::Interfaces(args) => interfaces(&args),
        Command::Schema(args) => schema(&args),
        Command::Completions(args) => completions(&args),
        Command::Man(args) => man(&args),
    };
    match done {
        Ok(status) => status.into(),
        // Whoever closes the pipe has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitStatus::Clean.into(),
        Err(error) => {
            let _ = writeln!(io::stderr(), "pbxray: {error:#}");
            ExitStatus::CouldNotRun.into()
        }
    }
}

fn check(args: &CheckArgs) -> Result<ExitStatus> {
    let judge = &args.judge;
    let site = judge.site.as_deref().into_iter();
    let language = language(judge.lang.as_deref())?;
    check_forms(&args.form, args.inputs.iter().map(PathBuf::as_path).chain(site), language)?;
    let rulebook = rulebook(judge.rules.as_deref())?;
    let hints = hints(&judge.pbx, judge.site.as_deref(), &rulebook)?;
    let filter = prepare(judge, language)?;
    let settings = capture::Settings { range_bytes: args.range_bytes, ..capture::Settings::default() };
    let measurement = inputs::open(&args.inputs, settings, language)?;
    for path in outputs::named_again(&args.inputs) {
        let text = language
            .either("ist mehrfach genannt und wird einmal gelesen", "is named more than once and read once");
        let _ = writeln!(io::stderr(), "pbxray: {}: {text}", path.display());
    }
    let terms = Terms { rulebook: &rulebook, hints: &hints, filter: filter.as_ref() };
    let mut line = ProgressLine::new();
    let audit = pipeline::check(measurement, &terms, &mut |measurement| line.show(measurement));
    line.clear();
    let status = ExitStatus::of(&audit, severity(judge.fail_on));
    write_report(args, audit, &rulebook, language)?;
    Ok(status)
}

/// The filter; sets the number of threads.
fn prepare(judge: &JudgeArgs, language: Language) -> Result<Option<FilterSpec>> {
    if let Some(threads) = judge.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .with_context(|| format!("--threads {threads}"))?;
    }
    judge
        .filter
        .as_deref()
        .map(FilterSpec::new)
        .transpose()
        .map_err(|error| anyhow!("{}", report::filter_trouble(&error, language)))
}

fn judge_settings(judge: &JudgeArgs, language: Language, is_file: bool) -> report::Settings {
    report::Settings {
        width: judge.width.unwrap_or_else(terminal_width),
        colour: is_coloured(judge.color, is_file),
        all_flows: judge.all_flows,
        ..settings(language)
    }
}

fn write_report(args: &CheckArgs, mut audit: Audit, rulebook: &Rulebook, language: Language) -> Result<()> {
    let form = &args.form;
    let settings = judge_settings(&args.judge, language, !form.output.is_empty());
    let names = report::Names::new(rulebook, language);
    let has_table = form.format.contains(&Format::Table);
    let is_published = form.redact.is_some() || form.format.iter().any(|format| *format != Format::Table);
    if is_published {
        let is_signed = form.format.iter().any(|format| matches!(format, Format::Html | Format::Markdown));
        capture::fingerprint(&mut audit.captures, if is_signed { u64::MAX } else { CHEAP_TO_READ });
    }
    if form.redact.is_none() && form.format == [Format::Json] {
        let written = write_to(form.output.first(), |out| report::json(&audit, &names, &settings, out));
        // The process ends: taking a large result apart would only take time.
        std::mem::forget(audit);
        return written;
    }
    let published = is_published.then(|| Published::of(&audit, &names, &settings));
    let (published, table) = match (published, form.redact) {
        (Some(plain), Some(redact)) => {
            let redaction = redaction(redact);
            let table = has_table.then(|| plain.redacted_table(audit, &names, &settings, redaction));
            (Some(plain.redacted(redaction)?), table)
        }
        (plain, _) => {
            let table = has_table.then(|| report::table(&audit, &names, &settings));
            std::mem::forget(audit);
            (plain, table)
        }
    };
    write_forms(form, published.as_ref(), table.as_deref().unwrap_or_default(), &settings.zone)
}

/// Writes the capture again with its findings. Its status is that of the judgement.
fn annotate(args: &AnnotateArgs) -> Result<ExitStatus> {
    let judge = &args.judge;
    let language = language(judge.lang.as_deref())?;
    let rulebook = rulebook(judge.rules.as_deref())?;
    let hints = hints(&judge.pbx, judge.site.as_deref(), &rulebook)?;
    let filter = prepare(judge, language)?;
    inputs::check_is_file(&args.input, language)?;
    let site = judge.site.as_deref();
    let inputs: Vec<&Path> = std::iter::once(args.input.as_path()).chain(site).collect();
    outputs::check(&[(&args.output, Kind::File)], &inputs, language)?;
    let measurement = inputs::open_one(&args.input, language)?;
    let terms = Terms { rulebook: &rulebook, hints: &hints, filter: filter.as_ref() };
    let mut line = ProgressLine::new();
    let audit = pipeline::check(measurement, &terms, &mut |measurement| line.show(measurement));
    line.clear();
    let settings = judge_settings(judge, language, true);
    let mut published = Published::of(&audit, &report::Names::new(&rulebook, language), &settings);
    let names = RefCell::new(published.address_names());
    let pseudonym = |address| names.borrow_mut().name(address);
    let pseudonym = (args.redact == Some(Redact::Addresses)).then_some(&pseudonym as &dyn Fn(_) -> _);
    let keep = |record: &Record<'_>| headers(record, pseudonym);
    if let Some(redact) = args.redact {
        published = published.redacted(redaction(redact))?;
    }
    let notes = published.notes(&settings.zone);
    let plan = capture::Plan {
        section: &notes.section,
        comments: &notes.frames,
        only_commented: args.only_evidence,
        keep: args.redact.is_some().then_some(&keep),
    };
    let said = || format!("--output {}", args.output.display());
    let mut out = BufWriter::new(File::create(&args.output).with_context(said)?);
    let copied = capture::copy(&args.input, &plan, &mut out)
        .map_err(anyhow::Error::from)
        .and_then(|copied| out.flush().with_context(said).map(|()| copied))
        .inspect_err(|_| outputs::remove_if_empty(&args.output))?;
    let told = report::copied(&copied, notes.frames.len(), language);
    print(|out| writeln!(out, "{}: {told}", args.output.display()))?;
    Ok(ExitStatus::of(&audit, severity(judge.fail_on)))
}

/// Renders a stored report. Its status is that of a report that could be rendered.
fn render(args: &ReportArgs) -> Result<ExitStatus> {
    let name = args.result.display();
    let is_piped = args.result.as_os_str() == "-";
    let bytes = if is_piped {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(&args.result)
    };
    let bytes = bytes.with_context(|| name.to_string())?;
    let inputs = (!is_piped).then_some(args.result.as_path()).into_iter();
    check_forms(&args.form, inputs, language(None)?)?;
    let stored = Published::parse(&bytes).map_err(|error| anyhow!("{name} {error}"))?;
    anyhow::ensure!(
        !args.form.format.contains(&Format::Table),
        "--format table: the table needs the capture; say --format markdown, html, csv, sarif or json"
    );
    let published = match args.form.redact {
        Some(redact) => stored.redacted(redaction(redact))?,
        None => stored,
    };
    write_forms(&args.form, Some(&published), "", &jiff::tz::TimeZone::system())?;
    Ok(ExitStatus::Clean)
}

/// Says what is wrong with the forms before a long capture is read.
fn check_forms<'a>(
    form: &FormArgs,
    inputs: impl Iterator<Item = &'a Path>,
    language: Language,
) -> Result<()> {
    let (formats, outputs) = (form.format.len(), form.output.len());
    anyhow::ensure!(
        outputs == formats || (outputs == 0 && formats == 1),
        "{}",
        match language {
            Language::De => format!(
                "--format nennt {}, und -o steht {outputs}-mal da; nennen Sie -o für jede Form, in derselben Folge",
                outputs::counted(formats, "Form", "Formen")
            ),
            Language::En => format!(
                "--format names {} and -o stands there {}; say -o for each form, in the same order",
                outputs::counted(formats, "form", "forms"),
                outputs::counted(outputs, "time", "times")
            ),
        }
    );
    anyhow::ensure!(
        outputs > 0 || !form.format.contains(&Format::Csv),
        "{}",
        language.either(
            "CSV sind vier Dateien; nennen Sie mit -o einen Ordner für sie",
            "CSV is four files; name a directory for them with -o"
        )
    );
    let kind = |format: &Format| if *format == Format::Csv { Kind::Directory } else { Kind::File };
    let outputs = form.output.iter().zip(&form.format).map(|(path, format)| (path.as_path(), kind(format)));
    outputs::check(&outputs.collect::<Vec<_>>(), &inputs.collect::<Vec<_>>(), language)
}

fn redaction(redact: Redact) -> Redaction {
    match redact {
        Redact::People => Redaction::People,
        Redact::Addresses => Redaction::Addresses,
    }
}

/// Writes one form that is one file.
fn write_form(
    format: Format,
    published: Option<&Published>,
    table: &str,
    zone: &jiff::tz::TimeZone,
    out: &mut dyn Write,
) -> io::Result<()> {
    match (format, published) {
        (Format::Html, Some(report)) => out.write_all(report.html(zone).as_bytes()),
        (Format::Markdown, Some(report)) => out.write_all(report.markdown(zone).as_bytes()),
        (Format::Sarif, Some(report)) => report.sarif(out),
        (Format::Json, Some(report)) => report.json(out),
        _ => out.write_all(table.as_bytes()),
    }
}

/// Writes the tables for a spreadsheet to a directory.
fn write_csv(published: &Published, path: &Path) -> Result<()> {
    let said = || format!("--output {}", path.display());
    std::fs::create_dir_all(path).with_context(said)?;
    for (name, bytes) in published.csv()? {
        std::fs::write(path.join(name), bytes).with_context(said)?;
    }
    Ok(())
}

fn write_forms(
    form: &FormArgs,
    published: Option<&Published>,
    table: &str,
    zone: &jiff::tz::TimeZone,
) -> Result<()> {
    // What goes elsewhere is wanted all the same where somebody closes a pipe.
    let mut done = Ok(());
    for (index, format) in form.format.iter().enumerate() {
        let path = form.output.get(index);
        if let (Format::Csv, Some(path), Some(published)) = (format, path, published) {
            write_csv(published, path)?;
            continue;
        }
        match write_to(path, |out| write_form(*format, published, table, zone, out)) {
            Err(error) if is_closed_pipe(&error) => done = Err(error),
            written => written?,
        }
    }
    done
}

/// Writes to a file, or to standard output where none is named.
fn write_to(path: Option<&PathBuf>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match path {
        Some(path) => outputs::write(path, write),
        None => print(write),
    }
}

fn compare(args: &CompareArgs) -> Result<ExitStatus> {
    let language = language(args.lang.as_deref())?;
    let rulebook = rulebook(args.rules.as_deref())?;
    let hints = hints(&args.pbx, args.site.as_deref(), &rulebook)?;
    let terms = Terms { rulebook: &rulebook, hints: &hints, filter: None };
    if args.points {
        return compare_points(args, &terms, language);
    }
    let judge = |input: &Path| -> Result<Audit> {
        let measurement = inputs::open_one(input, language)?;
        let mut line = ProgressLine::new();
        let audit = pipeline::check(measurement, &terms, &mut |measurement| line.show(measurement));
        line.clear();
        Ok(audit)
    };
    let (before, after) = (judge(&args.before)?, judge(&args.after)?);
    let changes = pbxray::compare::changes(&before, &after);
    let settings =
        report::Settings { width: args.width.unwrap_or_else(terminal_width), ..settings(language) };
    let names = report::Names::new(&rulebook, language);
    let redaction = args.redact.map(redaction);
    let page = report::changes(&changes, (&before, &after), &names, &settings, redaction);
    print(|out| out.write_all(page.as_bytes()))?;
    let least = severity(args.fail_on);
    let is_worse = changes.came.iter().any(|finding| finding.severity >= least);
    Ok(if is_worse { ExitStatus::Findings } else { ExitStatus::Clean })
}

/// Reads each capture twice: for its streams, then for their packets.
fn compare_points(args: &CompareArgs, terms: &Terms<'_>, language: Language) -> Result<ExitStatus> {
    let inputs = [&args.before, &args.after];
    inputs.iter().try_for_each(|input| inputs::check_is_no_pipe(input, language))?;
    let read = |input: &PathBuf| -> Result<Trace> {
        let open = || inputs::open_one(input, language);
        let mut line = ProgressLine::new();
        let (_, traffic) = pipeline::observe(open()?, terms, &mut |measurement| line.show(measurement));
        let trace = pipeline::trace(open()?, &traffic, &mut |measurement| line.show(measurement));
        line.clear();
        Ok(trace)
    };
    let points = pbxray::compare::points::points(&read(inputs[0])?, &read(inputs[1])?);
    let settings =
        report::Settings { width: args.width.unwrap_or_else(terminal_width), ..settings(language) };
    let names = inputs.map(|input| input.file_name().unwrap_or(input.as_os_str()).to_string_lossy());
    let names = [&*names[0], &*names[1]];
    print(|out| match args.format {
        PointsFormat::Text => out.write_all(report::points(&points, names, &settings).as_bytes()),
        PointsFormat::Markdown => {
            out.write_all(report::points_markdown(&points, names, &settings).as_bytes())
        }
        PointsFormat::Json => report::points_json(&points, names, &settings, out),
    })?;
    Ok(match (points.is_matched(), points.is_worse()) {
        (false, _) => ExitStatus::NotAssessable,
        (true, true) => ExitStatus::Findings,
        (true, false) => ExitStatus::Clean,
    })
}

fn ports(args: &PortsArgs) -> Result<ExitStatus> {
    let language = language(args.lang.as_deref())?;
    let rulebook = rulebook(args.rules.as_deref())?;
    let filter = PortsFilter { vendor: args.vendor.as_deref(), role: args.role.as_deref() };
    let width = args.width.unwrap_or_else(terminal_width);
    let table = report::ports(&rulebook, filter, language, width)?;
    print(|out| out.write_all(table.as_bytes()))?;
    Ok(ExitStatus::Clean)
}

fn explain(args: &ExplainArgs) -> Result<ExitStatus> {
    let page = report::explain(&args.code, &settings(language(args.lang.as_deref())?))?;
    print(|out| out.write_all(page.as_bytes()))?;
    Ok(ExitStatus::Clean)
}

fn interfaces(args: &InterfacesArgs) -> Result<ExitStatus> {
    let language = language(args.lang.as_deref())?;
    let mut interfaces =
        capture::interfaces().map_err(|error| anyhow!("{}", report::interfaces_trouble(&error, language)))?;
    capture::try_opening(&mut interfaces);
    let list = report::interfaces(&interfaces, language, terminal_width());
    print(|out| out.write_all(list.as_bytes()))?;
    Ok(ExitStatus::Clean)
}

fn schema(args: &SchemaArgs) -> Result<ExitStatus> {
    print(|out| match args.of {
        SchemaOf::Report => report::schema(out),
        SchemaOf::Points => report::points_schema(out),
        SchemaOf::Live => report::live_schema(out),
    })?;
    Ok(ExitStatus::Clean)
}

fn completions(args: &CompletionsArgs) -> Result<ExitStatus> {
    // In memory first: the generators panic where writing fails, as it does when the reader closes the pipe.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut listing_values(), "pbxray", &mut script);
    print(|out| out.write_all(&script))?;
    Ok(ExitStatus::Clean)
}

/// The commands with the values that a shell may offer, where reading the words takes more than these.
fn listing_values() -> clap::Command {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let listing = |command: clap::Command| {
        let has_language = command.get_arguments().any(|word| word.get_id() == "lang");
        if has_language { command.mut_arg("lang", |word| word.value_parser(["de", "en"])) } else { command }
    };
    Cli::command().mut_subcommands(listing).mut_subcommand("explain", |explain| {
        explain.mut_arg("code", |word| word.value_parser(PossibleValuesParser::new(codes)))
    })
}

fn man(args: &ManArgs) -> Result<ExitStatus> {
    let place = || format!("manual pages in {}", args.directory.display());
    std::fs::create_dir_all(&args.directory).with_context(place)?;
    clap_mangen::generate_to(Cli::command(), &args.directory).with_context(place)?;
    Ok(ExitStatus::Clean)
}

/// How a page looks unless an option says otherwise.
fn settings(language: Language) -> report::Settings {
    report::Settings {
        language,
        width: terminal_width(),
        colour: false,
        all_flows: false,
        zone: jiff::tz::TimeZone::system(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn rulebook(directory: Option<&Path>) -> Result<Rulebook> {
    let book = directory.map_or_else(Rulebook::builtin, Rulebook::from_dir);
    book.map_err(|problems| anyhow!("{problems}"))
}

fn hints(pbx: &[PbxHint], site: Option<&Path>, book: &Rulebook) -> Result<Hints> {
    let rows = book.row_ids();
    let raised = || Code::ALL.iter().filter(|code| code.is_raised());
    let codes: Vec<&str> = raised().map(|code| code.as_str()).collect();
    let detailed: Vec<&str> = raised().filter(|code| code.takes_ports()).map(|code| code.as_str()).collect();
    let (roles, models) = (&book.roles, &book.models);
    let known = Vocabulary { roles, models, rows: &rows, codes: &codes, detailed: &detailed };
    let site = match site {
        Some(path) => SiteFile::load(path, &known).map_err(|problems| anyhow!("{problems}"))?,
        None => SiteFile::default(),
    };
    let pbx: Vec<_> = pbx.iter().map(|hint| (hint.address, hint.model.clone())).collect();
    let lore = Lore { roles: &book.roles, models: &book.models, identities: &book.identities };
    Hints::new(site, &pbx, lore).map_err(|error| anyhow!("{error}"))
}

fn language(word: Option<&str>) -> Result<Language> {
    match word {
        Some(word) => Ok(word.parse::<Language>()?),
        None => {
            let [lc_all, lc_messages, lang] =
                ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
            Ok(Language::of_locale(lc_all.as_deref(), lc_messages.as_deref(), lang.as_deref()))
        }
    }
}

fn severity(fail_on: FailOn) -> Severity {
    match fail_on {
        FailOn::Info => Severity::Info,
        FailOn::Notice => Severity::Notice,
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
        FailOn::Critical => Severity::Critical,
    }
}

fn is_coloured(colour: Colour, is_file: bool) -> bool {
    match colour {
        Colour::Always => {
            pbxray::screen::always_colour();
            true
        }
        Colour::Never => false,
        Colour::Auto => {
            let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            wanted && !is_file && io::stdout().is_terminal()
        }
    }
}

/// Columns of the terminal, if standard output is one.
fn terminal_width() -> u16 {
    if io::stdout().is_terminal() {
        terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| width.0.max(60))
    } else {
        PLAIN_WIDTH
    }
}

fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out)?;
    out.flush()?;
    Ok(())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    cause(error).is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Whether there is no terminal any more: EIO, which has this number on every Unix and no kind of its own.
fn is_hung_up(error: &anyhow::Error) -> bool {
    cfg!(unix) && cause(error).is_some_and(|error| error.raw_os_error() == Some(5))
}

fn cause(error: &anyhow::Error) -> Option<&io::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// How far reading is, on standard error, and only for a person.
struct ProgressLine {
    is_shown: bool,
    last_percent: u64,
}

impl ProgressLine {
    fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), last_percent: 0 }
    }

    fn show(&mut self, measurement: &Measurement) {
        let progress = measurement.progress();
        let Some(total) = progress.total.filter(|total| self.is_shown && *total > 0) else { return };
        let percent = progress.read.saturating_mul(100) / total;
        if percent != self.last_percent {
            self.last_percent = percent;
            let _ = write!(io::stderr(), "\r{percent:3} %");
        }
    }

    fn clear(&self) {
        if self.last_percent > 0 {
            let _ = write!(io::stderr(), "\r     \r");
        }
    }
}
