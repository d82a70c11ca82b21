//! Takes an audit, gives JSON, schema 1. The published form is declared in [`document`]; it changes only by addition,
//! whatever becomes of the types inside the program.

#[macro_use]
mod enums;
pub(super) mod call;
mod course;
pub(super) mod document;
mod fill;
mod finding;
mod given;
mod formatter;
mod lists;
mod matrix;
pub(super) mod network;
mod quality;
mod receiver;
mod registration;
mod running;
pub(super) mod spell;
pub(super) mod relay;
mod rows;
pub(super) mod skip;
pub(super) mod worst;
#[cfg(test)]
mod tests;

use std::io;

use serde::Serialize;

use super::Settings;
use super::names::Names;
use crate::check::Audit;
use document::Document;
use formatter::Guarded;
use rows::Rows;

/// Flows listed unless all are asked for.
const FLOWS: usize = 10_000;

/// Writes the whole report, the long lists of it while they are made: they never stand in memory. The same bytes as
/// [`super::Published::json`] writes.
///
/// # Errors
/// What `out` refuses.
pub fn json(audit: &Audit, names: &Names, settings: &Settings, out: &mut dyn io::Write) -> io::Result<()> {
    let limit = flows_listed(settings);
    lists::write(&fill::frame(audit, names, settings, limit), &Rows::of(audit, limit), out)
}

/// The published form.
pub(super) fn document_of(audit: &Audit, names: &Names, settings: &Settings) -> Document {
    fill::document(audit, names, settings, flows_listed(settings))
}

fn flows_listed(settings: &Settings) -> usize {
    if settings.all_flows { usize::MAX } else { FLOWS }
}

/// Writes the JSON Schema of the report.
///
/// # Errors
/// What `out` refuses.
pub fn schema(out: &mut dyn io::Write) -> io::Result<()> {
    write(&schemars::schema_for!(Document), out)
}

pub(super) fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Guarded::default());
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}
