//! Takes words; gives settings. Does no work.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Stands below the long help and on the manual pages of the commands that judge.
const EXIT_STATUS: &str = "Exit status:\n  0  nothing at or above --fail-on (default: warning)\n  1  findings at or above \
    it\n  2  could not do the job: wrong words, unreadable input, broken rule or site file\n  3  no verdict: the \
    capture does not show the installation, or has gaps of its own; findings may be\n     there all the same";

/// The same of a comparison.
const COMPARE_STATUS: &str = "Exit status:\n  0  no finding came that is at or above --fail-on (default: warning); with \
    --points: nothing was lost or altered\n  1  one came; with --points: something was lost or altered (addresses and tags \
    aside)\n  2  could not do the job\n  3  with --points: the two have \
    nothing in common";

/// Says whether an AGFEO or pascom telephone installation behaves as its vendor documents it.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge captures and print the report
    #[command(after_long_help = EXIT_STATUS)]
    Check(Box<CheckArgs>),
    /// Judge what an interface carries while it happens; Ctrl-C ends it with the report
    #[command(after_long_help = EXIT_STATUS)]
    Live(Box<LiveArgs>),
    /// Compare two measurements of one site, before and after a change or at two places at the same time
    #[command(after_long_help = COMPARE_STATUS)]
    Compare(Box<CompareArgs>),
    /// Write a capture again with the findings as packet comments, for Wireshark
    Annotate(Box<AnnotateArgs>),
    /// Render a stored JSON report in another form
    Report(ReportArgs),
    /// List the documented ports
    Ports(PortsArgs),
    /// Explain a finding code
    Explain(ExplainArgs),
    /// List the interfaces that libpcap sees
    Interfaces(InterfacesArgs),
    /// Print the JSON Schema of what --format json writes
    Schema(SchemaArgs),
    /// Print what lets a shell complete pbxray's words
    Completions(CompletionsArgs),
    /// Write the manual pages, one for each command
    Man(ManArgs),
}

/// Words of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Capture files, directories of them, or - for standard input; several are one measurement in time order
    #[arg(required = true, value_name = "FILE|DIR|-")]
    pub inputs: Vec<PathBuf>,
    /// How to judge.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// Forms of the report.
    #[command(flatten)]
    pub form: FormArgs,
    /// Size of the pieces in which a file is read, in bytes
    #[arg(long, value_name = "BYTES", hide = true, default_value_t = 256 << 10)]
    pub range_bytes: u64,
}

/// Words of `live`.
#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Interface to listen on; may be given several times (`pbxray interfaces` lists them)
    #[arg(short, long = "interface", required = true, value_name = "INTERFACE")]
    pub interfaces: Vec<String>,
    /// How to judge.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// text or jsonl: lines on standard output, one for each finding that comes or goes, then the report; without one of them
    /// a terminal gets the full-screen view. The other forms are of the report at the end, each with an --output, several with
    /// commas between them
    #[arg(long, value_enum, value_delimiter = ',')]
    pub format: Vec<LiveFormat>,
    /// Write the report at the end to this file instead of standard output; one for each form, in their order, or one alone for
    /// the table. CSV takes a directory
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// End after this time (90s, 10m, 2h)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// End after this many packets, of those that --filter selects
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub packets: Option<u64>,
    /// Write everything that passes, as pcapng, to a ring of files: FILE_00001.pcapng and so on
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Begin the next file at this size (100M, 1G; at least 1M)
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "100M", requires = "write")]
    pub rotate: u64,
    /// Keep so many files, the latest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..), default_value_t = 10, requires = "write")]
    pub keep: u32,
    /// Write what came in the 30 s before a finding and the 10 s after it, as pcapng, to this directory; at most
    /// 1 GiB, for which the oldest of earlier runs make room
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// Findings from this severity on are worth such a file
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Warning, requires = "evidence")]
    pub evidence_from: FailOn,
    /// End when this code, or a finding of at least this severity, is found (QOS-001, error)
    #[arg(long, value_name = "CODE|SEVERITY")]
    pub until: Option<String>,
}

/// Words of every command that judges packets.
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// Address of the telephone system, and its model if you know it (192.168.10.2=hypervoice)
    #[arg(long, value_name = "IP[=MODEL]")]
    pub pbx: Vec<PbxHint>,
    /// What you know of the site: networks, hosts, providers, exceptions (TOML)
    #[arg(long, value_name = "FILE")]
    pub site: Option<PathBuf>,
    /// Rule files to judge by instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Language of the report; else that of the system, else English
    #[arg(long, value_name = "de|en")]
    pub lang: Option<String>,
    /// Look only at frames that this capture filter selects (libpcap syntax; needs libpcap)
    #[arg(long, value_name = "BPF")]
    pub filter: Option<String>,
    /// Exit with status 1 from this severity on
    #[arg(long, value_enum, default_value_t = FailOn::Warning)]
    pub fail_on: FailOn,
    /// Threads that read and decode, at most 256; as many as there are processors if not given
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub threads: Option<usize>,
    /// List every flow and every address in the JSON report, not only the first 10,000
    #[arg(long)]
    pub all_flows: bool,
    /// Columns of the table, at least 60; else those of the terminal, else 100
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
    /// Colours in the table
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// Forms of a report and where they go, for `check` and `report`.
#[derive(Debug, Args)]
pub struct FormArgs {
    /// Forms of the report, several with commas between them; the table if not given, and Markdown of a stored report, which
    /// has no table
    #[arg(long, value_enum, value_delimiter = ',')]
    pub format: Vec<Format>,
    /// Write the report to this file instead of standard output; one for each form, in their order. CSV takes a
    /// directory
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Pseudonyms instead of telephone numbers, users and names, `=addresses` of public addresses as well; the same ones in
    /// every form
    #[arg(long, value_enum, value_name = "people|addresses", num_args = 0..=1, require_equals = true, default_missing_value = "people")]
    pub redact: Option<Redact>,
}

impl FormArgs {
    /// The form where none is named.
    pub fn or(&mut self, format: Format) {
        if self.format.is_empty() {
            self.format.push(format);
        }
    }
}

/// `--redact`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Redact {
    /// Numbers, users, names.
    People,
    /// Public addresses as well.
    Addresses,
}

/// Words of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// What `check --format json` wrote, or - for standard input
    #[arg(value_name = "RESULT.json")]
    pub result: PathBuf,
    #[command(flatten)]
    pub form: FormArgs,
}

/// Words of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Measurement before the change: a capture file or a directory of them
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// Measurement after it
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// The two are the same traffic at two places, at the same time (lan.pcapng wan.pcapng): tell what changed between them
    #[arg(long)]
    pub points: bool,
    /// Form of what --points tells
    #[arg(long, value_enum, default_value_t = PointsFormat::Text, requires = "points")]
    pub format: PointsFormat,
    /// Address of the telephone system, and its model if you know it (192.168.10.2=hypervoice); not with --points
    #[arg(long, value_name = "IP[=MODEL]", conflicts_with = "points")]
    pub pbx: Vec<PbxHint>,
    /// What you know of the site: networks, hosts, providers, exceptions (TOML); not with --points
    #[arg(long, value_name = "FILE", conflicts_with = "points")]
    pub site: Option<PathBuf>,
    /// Rule files to judge by instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Language of the page; else that of the system, else English
    #[arg(long, value_name = "de|en")]
    pub lang: Option<String>,
    /// Pseudonyms instead of telephone numbers, users and names, `=addresses` of public addresses as well; not with --points
    #[arg(long, value_enum, value_name = "people|addresses", num_args = 0..=1, require_equals = true, default_missing_value = "people", conflicts_with = "points")]
    pub redact: Option<Redact>,
    /// Exit with status 1 if a finding came that is at least this severe; not with --points
    #[arg(long, value_enum, default_value_t = FailOn::Warning, conflicts_with = "points")]
    pub fail_on: FailOn,
    /// Columns of the page, at least 60; else those of the terminal, else 100
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
}

/// Forms of a comparison of two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PointsFormat {
    /// For the terminal.
    Text,
    /// For a document.
    Markdown,
    /// For a program.
    Json,
}

/// Words of `annotate`.
#[derive(Debug, Args)]
pub struct AnnotateArgs {
    /// The capture file, packed or not
    #[arg(value_name = "TRACE")]
    pub input: PathBuf,
    /// Where to write the pcapng file
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Keep only the packets that findings name
    #[arg(long)]
    pub only_evidence: bool,
    /// Cut each packet behind its headers, take out names and keys, and use pseudonyms in the comments; `=addresses` of public
    /// addresses as well, also in the headers
    #[arg(long, value_enum, value_name = "people|addresses", num_args = 0..=1, require_equals = true, default_missing_value = "people")]
    pub redact: Option<Redact>,
    /// How to judge.
    #[command(flatten)]
    pub judge: JudgeArgs,
}

/// Words of `ports`.
#[derive(Debug, Args)]
pub struct PortsArgs {
    /// Only this vendor (agfeo, pascom)
    #[arg(long)]
    pub vendor: Option<String>,
    /// Only this role and what lies below it (agfeo.phone)
    #[arg(long)]
    pub role: Option<String>,
    /// Rule files to list instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Language of the table
    #[arg(long, value_name = "de|en")]
    pub lang: Option<String>,
    /// Columns of the table, at least 60
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
}

/// Words of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A code as the report prints it, such as QOS-001
    pub code: String,
    /// Language of the page
    #[arg(long, value_name = "de|en")]
    pub lang: Option<String>,
}

/// Words of `interfaces`.
#[derive(Debug, Args)]
pub struct InterfacesArgs {
    /// Language of the list; else that of the system, else English
    #[arg(long, value_name = "de|en")]
    pub lang: Option<String>,
}

/// Words of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of which JSON
    #[arg(value_enum, default_value_t = SchemaOf::Report)]
    pub of: SchemaOf,
}

/// What writes JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The report of check and live
    Report,
    /// What compare --points tells
    Points,
    /// A line of live --format jsonl
    Live,
}

/// Words of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Words of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Where to write pbxray.1 and its companions
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the terminal.
    Table,
    /// For programs.
    Json,
    /// One page to print and sign.
    Html,
    /// The same as text.
    Markdown,
    /// For a spreadsheet: four files in a directory.
    Csv,
    /// For pipelines.
    Sarif,
}

/// `--format` of `live`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LiveFormat {
    /// For people: lines of text, then the report as a table.
    Text,
    /// For programs: one JSON object in each line, the last one holds the report.
    Jsonl,
    /// The report as text.
    Table,
    /// The report for programs.
    Json,
    /// The report as one page to print and sign.
    Html,
    /// The same as text.
    Markdown,
    /// The report for a spreadsheet: four files in a directory.
    Csv,
    /// The report for pipelines.
    Sarif,
}

impl LiveFormat {
    /// The form of the report at the end; `None`: goes to standard output all the time.
    #[must_use]
    pub fn report(self) -> Option<Format> {
        match self {
            Self::Text | Self::Jsonl => None,
            Self::Table => Some(Format::Table),
            Self::Json => Some(Format::Json),
            Self::Html => Some(Format::Html),
            Self::Markdown => Some(Format::Markdown),
            Self::Csv => Some(Format::Csv),
            Self::Sarif => Some(Format::Sarif),
        }
    }
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Everything.
    Info,
    /// From notices on.
    Notice,
    /// From warnings on.
    Warning,
    /// From errors on.
    Error,
    /// Critical findings only.
    Critical,
}

/// `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `IP[=MODEL]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PbxHint {
    /// Address.
    pub address: IpAddr,
    /// Model id, if given.
    pub model: Option<String>,
}

impl FromStr for PbxHint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, model) = match text.split_once('=') {
            Some((address, model)) => (address, Some(model.to_owned())),
            None => (text, None),
        };
        let address = address.parse().map_err(|_| {
            format!("`{address}` is no IP address; write for instance 192.168.10.2=hypervoice")
        })?;
        match model.as_deref() {
            Some("") => Err("there is no model behind `=`; `pbxray ports` names the models".into()),
            _ => Ok(Self { address, model }),
        }
    }
}

/// `90s`, `10m`, `2h`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let factor = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 0,
    };
    let seconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    // A year is longer than any measurement, and no clock overflows by it.
    match seconds.filter(|seconds| (1..=366 * 86_400).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err(format!("`{text}` is no time; write for instance 90s, 10m or 2h")),
    }
}

/// `100M`, `1G`; a bare number is bytes. At least 1 MiB.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(['K', 'M', 'G']);
    let factor = match &text[digits.len()..] {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => 0,
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes >= 1 << 20)
        .ok_or_else(|| format!("`{text}` is no size of at least a mebibyte; write for instance 100M or 1G"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_words_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_hint_is_an_address_with_or_without_a_model() {
        let hint = |text: &str| text.parse::<PbxHint>().map(|hint| (hint.address.to_string(), hint.model));
        assert_eq!(hint("192.168.10.2"), Ok(("192.168.10.2".to_owned(), None)));
        let with_model = Ok(("192.168.10.2".to_owned(), Some("hypervoice".to_owned())));
        assert_eq!(hint("192.168.10.2=hypervoice"), with_model);
        assert_eq!(hint("fd00::2=es-22"), Ok(("fd00::2".to_owned(), Some("es-22".to_owned()))));
    }

    #[test]
    fn what_is_no_hint_is_refused_with_what_to_write() {
        for text in ["", "anlage", "=hypervoice", "192.168.10.2:5060", "192.168.10"] {
            assert!(text.parse::<PbxHint>().unwrap_err().contains("192.168.10.2=hypervoice"), "{text}");
        }
        assert!("192.168.10.2=".parse::<PbxHint>().unwrap_err().contains("no model"));
    }

    #[test]
    fn a_capture_must_be_named() {
        assert!(Cli::try_parse_from(["pbxray", "check"]).is_err());
        let cli =
            Cli::try_parse_from(["pbxray", "check", "a.pcap", "--pbx", "10.0.0.1", "--pbx", "10.0.0.2=x"]);
        let Command::Check(check) = cli.unwrap().command else { panic!("another command") };
        assert_eq!((check.inputs.len(), check.judge.pbx.len(), check.judge.fail_on), (1, 2, FailOn::Warning));
    }

    #[test]
    fn sizes_are_written_with_their_unit() {
        for (text, bytes) in [("1M", 1 << 20), ("100M", 100 << 20), ("2G", 2 << 30), ("1048576", 1 << 20)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in
            ["", "M", "1", "1K", "10MB", "-1M", "1.5G", "99999999999999999999G", "18446744073709551615K"]
        {
            assert!(size(text).unwrap_err().contains("100M or 1G"), "{text}");
        }
    }

    #[test]
    fn times_are_written_with_their_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("5", 5)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "0s", "-5s", "10ms", "1d", "1.5h", "99999999999999999999s", "9999999h"] {
            assert!(duration(text).unwrap_err().contains("90s, 10m or 2h"), "{text}");
        }
    }
}
