//! Takes the streams of a stored report; gives what is said of their jitter below their table.

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
        document.streams.iter().any(|stream| is_untold(document, stream)).then_some(notes.jitter_untold)
    };
    video.into_iter().chain(judged).map(|text| Part::Text(text.to_owned())).collect()
}

/// Whether a jitter above the guide value was judged and found to be no fault of anybody.
fn is_untold(document: &Document, stream: &Stream) -> bool {
    // Where the clock was estimated, one that is off looks like jitter.
    let is_known = stream.clock_source.is_some_and(|source| source != ClockSource::Estimated);
    let is_high = stream.kind == MediaKind::Audio
        && stream.packets >= LEAST_JUDGED
        && is_known
        && stream.jitter_ms.as_ref().is_some_and(|jitter| jitter.max > Some(GUIDE));
    let uneven = || document.findings.iter().filter(|finding| finding.code == "RTP-004");
    let from = &stream.source.address;
    // Who gets it from one that is told may only pass it on.
    let passes_on = |sender: &str| {
        let mut streams = document.streams.iter();
        streams.any(|other| other.source.address == sender && other.destination.address == *from)
    };
    let mut senders = uneven().filter_map(|finding| finding.subject.as_ref());
    is_high && !senders.any(|subject| subject.address == *from || passes_on(&subject.address))
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
