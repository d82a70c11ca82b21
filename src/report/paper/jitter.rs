//! Takes the streams of a stored report; gives what is said of their jitter below their table.

use std::collections::BTreeSet;

use super::Maker;
use super::Part;
use crate::check::LEAST_JUDGED;
use crate::observe::media::timing::GUIDE;
use crate::report::json::document::{ClockSource, Document, MediaKind, Stream, Unjudged};

pub(super) fn notes(maker: &Maker<'_>) -> Vec<Part> {
    let (document, notes) = (maker.document, &maker.words.notes);
    let is_video = |stream: &Stream| stream.kind == MediaKind::Video && stream.jitter_ms.is_some();
    let video = document.streams.iter().any(is_video).then_some(notes.video_jitter);
    let judged = if document.unjudged.contains(&Unjudged::Clock) {
        Some(notes.jitter_unjudged)
    } else if document.unjudged.contains(&Unjudged::Incomplete) {
        None
    } else {
        let told = told(document);
        document.streams.iter().any(|stream| is_untold(&told, stream)).then_some(notes.jitter_untold)
    };
    video.into_iter().chain(judged).map(|text| Part::Text(text.to_owned())).collect()
}

/// The senders of which RTP-004 is told, and whom they send to: who gets it from one may only pass it on.
fn told(document: &Document) -> BTreeSet<&str> {
    let subjects = document.findings.iter().filter(|finding| finding.code == "RTP-004");
    let senders: BTreeSet<&str> =
        subjects.filter_map(|finding| Some(finding.subject.as_ref()?.address.as_str())).collect();
    let sent = document.streams.iter().filter(|stream| senders.contains(stream.source.address.as_str()));
    sent.map(|stream| stream.destination.address.as_str()).chain(senders.iter().copied()).collect()
}

/// Whether a jitter above the guide value was judged and found to be no fault of anybody.
fn is_untold(told: &BTreeSet<&str>, stream: &Stream) -> bool {
    // Where the clock was estimated, one that is off looks like jitter.
    let is_known = stream.clock_source.is_some_and(|source| source != ClockSource::Estimated);
    stream.kind == MediaKind::Audio
        && stream.packets >= LEAST_JUDGED
        && is_known
        && stream.jitter_ms.as_ref().is_some_and(|jitter| jitter.max > Some(GUIDE))
        && !told.contains(stream.source.address.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::paper;
    use super::*;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::text::words;

    #[test]
    fn a_jitter_that_is_no_finding_is_explained() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        document.findings.retain(|finding| finding.code != "RTP-004");
        document.unjudged.clear();
        assert!(words(Language::De).notes.jitter_untold.contains("ohne Befund: Er folgt"));
        let told = |document: &Document| {
            format!("{:?}", paper(document, &TimeZone::UTC).sections).contains("ohne Befund: Er folgt")
        };
        document.streams.truncate(1);
        let stream = &mut document.streams[0];
        (stream.kind, stream.packets) = (MediaKind::Audio, 1_000);
        stream.clock_source = Some(ClockSource::Assigned);
        let set = |document: &mut Document, jitter: f64| {
            document.streams[0].jitter_ms.as_mut().unwrap().max = Some(jitter);
        };
        set(&mut document, 19.0);
        assert!(!told(&document));
        set(&mut document, 160.4);
        assert!(told(&document));
        document.unjudged.push(Unjudged::Clock);
        assert!(!told(&document));
    }
}
