//! Published form of what the user gives: lines for the cover, exceptions and changed ports, and the findings that they accept;
//! and of who sends too little voice to be judged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Finding;
use crate::check::{self, Audit};

/// A line of the cover.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct CoverField {
    /// `customer`, `location`, `technician`, or what the user calls it.
    pub(in crate::report) label: String,
    pub(in crate::report) value: String,
}

/// An exception of the site file, or own ports of a row that it changes: row, host, ports.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Exception {
    /// Line in the site file.
    pub(in crate::report) line: u64,
    pub(in crate::report) text: String,
    pub(in crate::report) reason: String,
    /// Findings that an exception covered; flows that use a changed port.
    pub(in crate::report) matched: u64,
    /// Whether it names no host, and so holds for the whole site.
    #[serde(default)]
    pub(in crate::report) everywhere: bool,
    /// Whether it is an exception, and no changed port.
    #[serde(default)]
    pub(in crate::report) is_exception: bool,
}

/// A finding that the site file accepts. It is not among `findings`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Accepted {
    pub(in crate::report) finding: Finding,
    /// Lines of the exceptions that cover it: `exceptions[].line`.
    pub(in crate::report) lines: Vec<u64>,
}

/// A device that sends voice without the mark, too little of it to be judged.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct FewPackets {
    pub(in crate::report) address: String,
    /// Packets of voice in the LAN.
    pub(in crate::report) packets: u64,
    /// How many it takes.
    pub(in crate::report) least: u64,
}

pub(super) fn cover(audit: &Audit) -> Vec<CoverField> {
    let field = |(label, value): &(Box<str>, Box<str>)| CoverField {
        label: label.to_string(),
        value: value.to_string(),
    };
    audit.site.cover.iter().map(field).collect()
}

pub(super) fn exceptions(audit: &Audit) -> Vec<Exception> {
    let exceptions = audit.site.exceptions.iter().map(|exception| Exception {
        line: exception.line as u64,
        text: exception.text.to_string(),
        reason: exception.reason.to_string(),
        matched: exception.matched,
        everywhere: exception.everywhere,
        is_exception: exception.is_exception,
    });
    exceptions.collect()
}

pub(super) fn accepted(audit: &Audit, publish: impl Fn(&check::Finding) -> Finding) -> Vec<Accepted> {
    let accepted = audit.accepted.iter().map(|one| Accepted {
        finding: publish(&one.finding),
        lines: one.lines.iter().map(|line| *line as u64).collect(),
    });
    accepted.collect()
}

pub(super) fn few_packets(audit: &Audit) -> Vec<FewPackets> {
    let few = audit.few.iter().map(|few| FewPackets {
        address: few.sender.to_string(),
        packets: few.packets,
        least: few.least,
    });
    few.collect()
}
