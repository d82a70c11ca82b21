//! Takes an audit, gives bytes: one small file per format. Decides nothing.

mod captured;
mod changes;
mod escape;
mod exit;
mod explain;
#[cfg(test)]
pub(crate) mod fixture;
mod html;
mod interfaces;
mod json;
mod language;
mod link;
mod live;
mod markdown;
mod names;
mod notes;
mod number;
mod order;
mod panes;
mod paper;
mod points;
mod policy;
mod ports;
mod published;
mod redact;
mod sarif;
mod spreadsheet;
mod table;
mod text;
mod trouble;
mod untold;

use jiff::tz::TimeZone;

pub use changes::changes;
pub use exit::ExitStatus;
pub use explain::{UnknownCode, explain};
pub use interfaces::interfaces;
pub use json::{json, schema};
pub use language::{Language, UnknownLanguage};
pub use live::{live_close, live_course, live_json, live_report, live_schema, live_text};

pub use names::{LegName, Names, RowName};
pub use notes::{Notes, copied};
pub(crate) use number::count as whole;
pub use panes::{About, Cell, Head, List, Mood, Pane, Row, headline, opened, pane, row_page};
pub use points::{points, points_json, points_markdown, points_schema};
pub use ports::{NoSuchRows, PortsFilter, ports};
pub use published::{NotAReport, Published};
pub use redact::{AddressNames, Redaction};
pub use table::{run_table, table};
pub use text::{Context, FindingText, ScreenWords, finding_text, screen_words};
pub use trouble::{
    filter_trouble, interfaces_trouble, live_trouble, open_trouble, recorded, recording, wrote,
};

/// How a report is to look.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Language of all words.
    pub language: Language,
    /// Columns of the terminal.
    pub width: u16,
    /// Whether to colour.
    pub colour: bool,
    /// List every flow instead of the first ten thousand; for JSON.
    pub all_flows: bool,
    /// Time zone of the times that people read.
    pub zone: TimeZone,
    /// Version of this program.
    pub version: &'static str,
}
