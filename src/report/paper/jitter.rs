//! Takes the streams of a stored report; gives what is said of their jitter below their table.

use std::collections::BTreeSet;

use super::Maker;
use super::Part;
use crate::report::json::document::{ClockSource, Document, MediaKind, Stream, Unjudged};
use crate::report::untold::{self, Voice};

pub(super) fn notes(maker: &Maker<'_>) -> Vec<Part> {
    let (document, notes) = (maker.document, &maker.words.notes);
    let is_video = |stream: &Stream| stream.kind == MediaKind::Video && stream.jitter_ms.is_some();
    let video = document.streams.iter().any(is_video).then_some(notes.video_jitter);
    let judged = if document.unjudged.contains(&Unjudged::Clock) {
        Some(notes.jitter_unjudged)
    } else if document.unjudged.contains(&Unjudged::Incomplete) && !document.streams.is_empty() {
        Some(notes.figures_unjudged)
    } else {
        is_untold(document).then_some(notes.jitter_untold)
    };
    video.into_iter().chain(judged).map(|text| Part::Text(text.to_owned())).collect()
}

fn is_untold(document: &Document) -> bool {
    let subjects = |code: &str| -> BTreeSet<&str> {
        let told = document.findings.iter().filter(|finding| finding.code == code);
        told.filter_map(|finding| Some(finding.subject.as_ref()?.address.as_str())).collect()
    };
    let voices: Vec<Voice<&str>> = document.streams.iter().map(voice).collect();
    untold::any(&voices, &subjects("RTP-004"), &subjects("RTP-006"))
}

fn voice(stream: &Stream) -> Voice<&str> {
    let is_known = stream.clock_source.is_some_and(|source| source != ClockSource::Estimated);
    Voice {
        from: &stream.source.address,
        to: &stream.destination.address,
        is_audio: stream.kind == MediaKind::Audio,
        packets: stream.packets,
        lost: stream.lost,
        expected: stream.expected,
        clock: stream.clock_hz.filter(|_| is_known),
        jitter: stream.jitter_ms.as_ref().and_then(|jitter| jitter.max),
        ptime: stream.ptime_ms,
        agreed: stream.announced_ptime_ms,
        pace: stream.delta_ms.as_ref().and_then(|delta| delta.mean),
    }
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
        (stream.clock_source, stream.clock_hz) = (Some(ClockSource::Assigned), Some(8_000));
        let set = |document: &mut Document, jitter: f64| {
            document.streams[0].jitter_ms.as_mut().unwrap().max = Some(jitter);
        };
        set(&mut document, 19.0);
        assert!(!told(&document));
        set(&mut document, 160.4);
        assert!(told(&document));
        document.unjudged.push(Unjudged::Incomplete);
        assert!(!told(&document));
        let sections = format!("{:?}", paper(&document, &TimeZone::UTC).sections);
        assert!(sections.contains(words(Language::De).notes.figures_unjudged));
        document.unjudged.push(Unjudged::Clock);
        assert!(!told(&document));
    }
}
