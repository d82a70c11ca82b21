//! Files that people write (rule books, `site.toml`): takes their text, gives typed tables with the place of every
//! value, and collects what is wrong as [`Problem`]s that name file, line and column and say what to do.
//! Knows TOML and nothing of telephony.

mod diagnosis;
mod toml_file;
mod word;

pub use diagnosis::{Diagnosis, Problem, SourceText};
pub use toml_file::TomlFile;
pub use word::Word;
