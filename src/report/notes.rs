//! Takes a published report, gives what is to be noted in the capture itself: the verdict for the whole, and at each frame
//! of evidence what was found.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::escape::escape_terminal;
use super::json::document::Document;
use super::language::Language;
use super::number;
use super::paper::paper;
use super::text::words;
use crate::capture::{Copied, Ended};

/// Longest note at a frame, in characters.
const MOST_TEXT: usize = 1_000;
/// Most notes at one frame; what else was found there stands in the report.
const MOST_NOTES: usize = 16;

/// Notes for one capture file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Verdict and counts, one line each.
    pub section: String,
    /// By frame number; the heaviest finding first.
    pub frames: BTreeMap<u64, Vec<String>>,
}

/// The notes of a report on a single file.
pub(super) fn notes(document: &Document, zone: &TimeZone) -> Notes {
    let paper = paper(document, zone);
    let words = words(paper.language);
    let counts: Vec<&str> = paper.counts.iter().map(|(_, text)| text.as_str()).collect();
    let mut section = vec![format!("{} {}", document.tool.name, document.tool.version)];
    section.extend(paper.sentences.iter().cloned());
    section.extend((!counts.is_empty()).then(|| counts.join(", ")));
    let mut frames: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let mut findings: Vec<_> = document.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(crate::check::Severity::from(finding.severity)));
    for finding in findings {
        let severity = (words.severity)(finding.severity.into());
        let whom = finding.subject.as_ref().map(|subject| format!(" [{}]", subject.address));
        let note = format!(
            "{} {severity}: {}{}. {}",
            finding.code,
            finding.title,
            whom.unwrap_or_default(),
            finding.detail
        );
        let note = escape_terminal(&note, MOST_TEXT);
        for frame in &finding.evidence.frames {
            let notes = frames.entry(*frame).or_default();
            if notes.len() < MOST_NOTES {
                notes.push(note.clone());
            }
        }
    }
    Notes { section: section.join("\n"), frames }
}

/// What became of the copy, for whoever asked for it.
#[must_use]
pub fn copied(copied: &Copied, noted: usize, language: Language) -> String {
    let count = |value: u64| number::count(value, language);
    let (written, packets, noted) = (count(copied.written), count(copied.packets), count(noted as u64));
    let mut told = match language {
        Language::De => format!("{written} von {packets} Paketen, Kommentare an {noted}."),
        Language::En => format!("{written} of {packets} packets, comments at {noted}."),
    };
    if copied.without_place > 0 {
        let without = count(copied.without_place);
        told += &match language {
            Language::De => format!(" {without} Kommentare fehlen: Simple Packet Blocks nehmen keine auf."),
            Language::En => format!(" {without} comments are missing: simple packet blocks take none."),
        };
    }
    let at = match &copied.ended {
        Ended::Complete | Ended::Stopped => return told,
        Ended::Cut { at, .. } | Ended::Damaged { at, .. } | Ended::Unreadable { at, .. } => count(*at),
    };
    told += &match language {
        Language::De => {
            format!(" Die Datei ist ab Byte {at} beschädigt oder abgeschnitten; dort endet auch die Kopie.")
        }
        Language::En => format!(" The file is damaged or cut off at byte {at}; the copy ends there too."),
    };
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{HOSTILE, audit, names, settings};
    use crate::report::{Language, json};

    #[test]
    fn each_frame_of_evidence_says_what_was_found() {
        for (language, severity) in [(Language::De, "Fehler"), (Language::En, "Error")] {
            let settings = settings(language, 80);
            let document = json::document_of(&audit(), &names(language), &settings);
            let notes = notes(&document, &settings.zone);
            assert!(notes.section.starts_with("pbxray "), "{}", notes.section);
            assert!(notes.section.lines().count() >= 3, "{}", notes.section);
            let all: Vec<&String> = notes.frames.values().flatten().collect();
            assert!(all.iter().any(|note| note.contains(severity)), "{all:?}");
            assert!(all.iter().all(|note| !note.contains(HOSTILE)), "{all:?}");
            for finding in &document.findings {
                for frame in &finding.evidence.frames {
                    let notes = &notes.frames[frame];
                    assert!(
                        notes.len() == MOST_NOTES || notes.iter().any(|note| note.starts_with(&finding.code))
                    );
                }
            }
        }
    }
}
