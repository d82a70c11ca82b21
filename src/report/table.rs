//! Takes an audit, gives the report for a terminal: the verdict in one line first, then what to do about it, then what
//! it rests on.

pub(super) mod calls;
mod capture;
pub(super) mod devices;
pub(super) mod findings;
pub(super) mod flows;
pub(super) mod media;
mod page;
mod policies;
mod rows;
mod sources;
#[cfg(test)]
mod tests;
pub(super) mod verdict;

use super::language::Language;
use super::names::Names;
use super::redact::Pseudonyms;
use super::text::{Context, Words, words};
use super::{Settings, number};
use crate::capture::Frame;
use crate::check::Audit;
use crate::compare::Course;
pub(super) use page::{Lean, Page, Piece, Tone};

/// The whole report.
#[must_use]
pub fn table(audit: &Audit, names: &Names, settings: &Settings) -> String {
    filled(Page::new(settings.width, settings.colour), audit, names, settings)
}

/// The same of a live run, whose findings say since when they hold or that they are over.
#[must_use]
pub fn run_table(audit: &Audit, course: &Course, names: &Names, settings: &Settings) -> String {
    let view = View { course: Some(course), ..View::new(audit, names, settings) };
    write(Page::new(settings.width, settings.colour), &view, settings)
}

/// The same with pseudonyms.
pub(super) fn redacted_table(
    mut audit: Audit,
    names: &Names,
    settings: &Settings,
    pseudonyms: Pseudonyms,
) -> String {
    pseudonyms.hide(&mut audit);
    filled(Page::new(settings.width, settings.colour).redacted(pseudonyms), &audit, names, settings)
}

fn filled(page: Page, audit: &Audit, names: &Names, settings: &Settings) -> String {
    write(page, &View::new(audit, names, settings), settings)
}

fn write(mut page: Page, view: &View<'_>, settings: &Settings) -> String {
    verdict::write(&mut page, view);
    findings::write(&mut page, view);
    findings::write_remarks(&mut page, view);
    findings::write_accepted(&mut page, view);
    findings::write_unjudged(&mut page, view);
    devices::write(&mut page, view);
    rows::write(&mut page, view);
    media::write(&mut page, view);
    policies::write(&mut page, view);
    flows::write(&mut page, view);
    calls::write(&mut page, view);
    calls::write_registrations(&mut page, view);
    capture::write(&mut page, view);
    sources::write(&mut page, view, settings.version);
    page.finish()
}

/// What every section looks at.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) audit: &'a Audit,
    pub(super) context: Context<'a>,
    pub(super) words: &'static Words,
    pub(super) language: Language,
    /// When findings came and went, at the end of a live run.
    pub(super) course: Option<&'a Course>,
}

impl<'a> View<'a> {
    pub(super) fn new(audit: &'a Audit, names: &'a Names, settings: &'a Settings) -> Self {
        Self {
            audit,
            context: Context { audit, names, zone: &settings.zone },
            words: words(settings.language),
            language: settings.language,
            course: None,
        }
    }

    pub(super) fn count(&self, value: u64) -> String {
        number::count(value, self.language)
    }

    /// The name of a capture file without its directories.
    fn file_name(&self, file: u16) -> &str {
        let path = self.audit.captures.get(usize::from(file)).map_or("", |capture| capture.path.as_str());
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }

    /// Frame numbers, with the file before them where there are several, and how many can be found.
    fn frames(&self, frames: &[Frame]) -> (String, usize) {
        let (mut text, mut count) = (String::new(), 0);
        let mut known = None;
        for (file, number) in frames.iter().filter_map(|frame| self.context.place(*frame)) {
            if file.is_some() && file != known {
                text.push_str(if count > 0 { "; " } else { "" });
                text.push_str(file.as_deref().unwrap_or_default());
                text.push_str(": ");
            } else if count > 0 {
                text.push_str(", ");
            }
            text.push_str(&number.to_string());
            (known, count) = (file, count + 1);
        }
        (text, count)
    }

    /// A line about entries that are not shown; nothing if all are.
    fn write_rest(&self, page: &mut Page, shown: usize, all: usize) {
        if let Some(rest) = all.checked_sub(shown).filter(|rest| *rest > 0) {
            let text = format!("… {} {}", self.count(rest as u64), self.words.notes.more);
            page.paragraph(0, &text, page::Tone::Plain);
        }
    }
}
