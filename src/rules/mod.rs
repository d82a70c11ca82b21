//! Takes the rule books (`rules/*.toml`, or a directory the user names), gives a validated [`Rulebook`]. What vendors
//! document stands there and nowhere in code: a new vendor is a new file. Never sees a flow.

mod book;
mod entry;
mod names;
mod raw;
mod read;
mod value;
mod words;

pub use book::Rulebook;
pub use value::{
    Document, DocumentKind, Exposure, Leg, Misprint, Peer, QosRule, Retired, Row, Scanner, Statement,
};

/// What is wrong with rule books; see [`crate::config::Diagnosis`].
pub type RuleErrors = crate::config::Diagnosis;

#[cfg(test)]
mod tests;
