//! Charts over time as inline SVG: marks by direction, loss and jitter by stream. Loss and jitter stand in frames of
//! their own, shares of EF are filled or hatched: nothing is told by colour alone.

use maud::{Markup, html};

use super::pictures::{part, px, short};
use crate::report::json::document::{Course, Document, Route, Stream, Unjudged};
use crate::report::language::Language;
use crate::report::number::{count, decimal, percent};
use crate::report::paper::{between, one_or_some};
use crate::report::text::{EXPEDITED_FORWARDING, PaperWords};

/// Most directions and streams in a picture, and how many where none stands out.
const MOST_LINES: usize = 8;
const FEW_LINES: usize = 2;
/// From here on a stream stands out: one lost packet, or jitter (ms) that a common jitter buffer feels.
const HIGH_JITTER: f64 = 20.0;
/// Height of a chart, and of a line with its title and its times, in pixels.
const HEIGHT: f64 = 34.0;
const STEP: f64 = 76.0;
/// Height of the line above each of the two charts of a stream.
const LINE: f64 = 15.0;
/// Distance from one chart to the other of a stream, in percent.
const GAP: f64 = 4.0;

/// Where a chart stands: left and width in percent, top in pixels.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
}

/// A chart for each direction: by interval the share of EF filled, the rest hatched.
pub(super) fn marks(document: &Document, language: Language, words: &PaperWords) -> Markup {
    let standing_out = document.routes.iter().filter(|route| stands_out(route)).count();
    let routes: Vec<&Route> = document.routes.iter().take(lines(standing_out)).collect();
    if routes.is_empty() {
        return html! {};
    }
    let all = document.routes.len() as u64 + document.routes_omitted;
    let mut note = note(words.marks_over_time, words.routes_some, [routes.len() as u64, all], language);
    // Where packets lost their mark on the way the picture shows how they came by first.
    let is_kept = document.streams.iter().all(|stream| stream.remarked.is_none());
    if standing_out < routes.len() && is_kept {
        let well = if standing_out == 0 { words.all_marked } else { words.others_marked };
        let others = usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(standing_out);
        note = format!("{} {note}", one_or_some(well, others));
    }
    html! {
        figure {
            svg.chart width="100%" height=(px(STEP * routes.len() as f64)) role="img" aria-label=(note) {
                @for (nth, route) in routes.iter().enumerate() {
                    @let place = Place { x: 0.0, y: STEP * nth as f64 + 20.0, width: 100.0 };
                    @let title = format!("{} → {}", route.source, route.destination);
                    text x="0" y=(px(place.y - 6.0)) { (short(&title, 48)) }
                    text.soft x="100%" y=(px(place.y + HEIGHT + 14.0)) text-anchor="end" { (share_of(route, language)) " EF" }
                    g.share { (shares(route, place)) }
                    (frame(place))
                    (times(document, (route.start.as_deref(), route.interval_ms, route.packets.len()), place, language))
                }
            }
            figcaption { (note) }
        }
    }
}

/// How many lines a picture has.
fn lines(standing_out: usize) -> usize {
    standing_out.clamp(FEW_LINES, MOST_LINES)
}

/// Whether a direction carries voice without EF.
fn stands_out(route: &Route) -> bool {
    let marked: u64 = route.dscp.get(&EXPEDITED_FORWARDING).into_iter().flatten().sum();
    marked < route.packets.iter().sum()
}

fn share_of(route: &Route, language: Language) -> String {
    let packets: u64 = route.packets.iter().sum();
    let marked: u64 = route.dscp.get(&EXPEDITED_FORWARDING).into_iter().flatten().sum();
    percent(marked as f64 * 100.0 / packets.max(1) as f64, language)
}

fn shares(route: &Route, place: Place) -> Markup {
    let step = place.width / route.packets.len().max(1) as f64;
    let ef = route.dscp.get(&EXPEDITED_FORWARDING);
    let bars = route.packets.iter().enumerate().filter(|(_, packets)| **packets > 0).map(|(at, packets)| {
        let marked = ef.and_then(|counts| counts.get(at)).copied().unwrap_or_default();
        (place.x + step * at as f64, HEIGHT * (marked as f64 / *packets as f64).min(1.0))
    });
    html! {
        @for (x, full) in bars {
            @if full > 0.0 {
                rect.ef x=(part(x)) y=(px(place.y + HEIGHT - full)) width=(part(step)) height=(px(full)) {}
            }
            @if full < HEIGHT {
                rect.other x=(part(x)) y=(px(place.y)) width=(part(step)) height=(px(HEIGHT - full)) {}
            }
        }
    }
}

/// Two charts for each of the worst streams.
pub(super) fn voice(document: &Document, language: Language, words: &PaperWords) -> Markup {
    // Of keys alone nobody knows what is missing.
    let judged = document.streams.iter().filter(|stream| stream.lost_percent.is_some());
    let mut streams: Vec<(&Stream, &Course)> =
        judged.filter_map(|stream| Some((stream, stream.course.as_ref()?))).collect();
    if streams.is_empty() {
        return html! {};
    }
    let mos = |stream: &Stream| stream.mos.unwrap_or(5.0);
    let lost = |stream: &Stream| stream.lost_percent.unwrap_or_default();
    streams.sort_by(|(x, _), (y, _)| {
        let by_worth = mos(x).total_cmp(&mos(y)).then(lost(y).total_cmp(&lost(x)));
        // A codec that can do no better stands behind a fault.
        is_clean(x).cmp(&is_clean(y)).then(by_worth)
    });
    let standing_out = streams.iter().filter(|(stream, _)| !is_clean(stream)).count();
    let others = streams.len() - standing_out;
    streams.truncate(lines(standing_out));
    let numbers = [streams.len() as u64, document.streams.len() as u64];
    let mut note = note(words.voice_over_time, words.streams_some, numbers, language);
    // What a gap in the capture hides may have been lost as well.
    let is_whole = document.findings.iter().all(|finding| finding.code != "CAP-001");
    // Voice that nobody hears may be without loss.
    let is_heard = document.findings.iter().all(|finding| {
        !finding.code.starts_with("RTP-")
            || matches!(finding.code.as_str(), "RTP-003" | "RTP-004" | "RTP-005")
    });
    if standing_out < streams.len() && is_whole && is_heard && !document.unjudged.contains(&Unjudged::Clock) {
        let well = if standing_out == 0 { words.all_clean } else { words.others_clean };
        note = format!("{} {note}", one_or_some(well, others));
    }
    let width = (100.0 - GAP) / 2.0;
    let step = STEP + LINE;
    html! {
        figure {
            svg.chart width="100%" height=(px(step * streams.len() as f64)) role="img" aria-label=(note) {
                @for (nth, (stream, course)) in streams.iter().enumerate() {
                    @let left = Place { x: 0.0, y: step * nth as f64 + 20.0 + LINE, width };
                    @let right = Place { x: width + GAP, ..left };
                    @let ends = [&stream.source, &stream.destination].map(|end| format!("{}:{}", end.address, end.port));
                    @let span = (course.start.as_deref(), course.interval_ms, course.packets.len());
                    text x="0" y=(px(left.y - LINE - 6.0)) { (short(&ends.join(" → "), 48)) }
                    (losses(course, left, language, words))
                    (jitter(course, right, language, words))
                    @for place in [left, right] {
                        (frame(place))
                        (times(document, span, place, language))
                    }
                }
            }
            figcaption { (note) }
        }
    }
}

/// Whether there is nothing to see in a stream's course.
fn is_clean(stream: &Stream) -> bool {
    let jitter = stream.jitter_ms.as_ref().and_then(|jitter| jitter.max).unwrap_or_default();
    let heard = stream.receiver.as_ref().map_or(0, |receiver| receiver.lost);
    stream.lost == 0 && heard <= 0 && jitter < HIGH_JITTER
}

/// Percent lost by interval. Loss is counted where the gap ends, and was lost in all of it: in the intervals without a packet
/// before as well.
fn shares_lost(course: &Course) -> Vec<f64> {
    let filled = course.packets.iter().filter(|packets| **packets > 0).count().max(1);
    let usual = course.packets.iter().map(|packets| f64::from(*packets)).sum::<f64>() / filled as f64;
    let mut shares = vec![0.0; course.packets.len()];
    let mut empty = 0;
    for (at, (packets, lost)) in course.packets.iter().zip(&course.lost).enumerate() {
        if *packets == 0 && *lost == 0 {
            empty += 1;
            continue;
        }
        let each = f64::from(*lost) / f64::from(empty as u32 + 1);
        for share in shares.iter_mut().take(at).skip(at - empty) {
            *share = (each * 100.0 / usual.max(1.0)).min(100.0);
        }
        if let Some(share) = shares.get_mut(at) {
            *share = each * 100.0 / (f64::from(*packets) + each).max(1.0);
        }
        empty = 0;
    }
    shares
}

fn losses(course: &Course, place: Place, language: Language, words: &PaperWords) -> Markup {
    let shares = shares_lost(course);
    let most = shares.iter().copied().fold(0.0, f64::max);
    // A scale that makes little loss look little.
    let scale = most.max(5.0);
    let step = place.width / shares.len().max(1) as f64;
    html! {
        text.soft x=(part(place.x)) y=(px(place.y - 6.0)) {
            (words.loss_at_most.replacen("{}", &percent(most, language), 1))
        }
        @for (at, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            @let height = (HEIGHT * share / scale).max(1.5);
            rect.loss x=(part(place.x + step * at as f64)) y=(px(place.y + HEIGHT - height)) width=(part(step.max(0.3))) height=(px(height)) {}
        }
    }
}

fn jitter(course: &Course, place: Place, language: Language, words: &PaperWords) -> Markup {
    let Some(values) = &course.jitter_ms else { return html! {} };
    let most = values.iter().copied().fold(0.0, f64::max);
    let scale = most.max(20.0);
    let step = place.width / values.len().max(1) as f64;
    // An interval without packets has no jitter.
    let points: Vec<Option<(f64, f64)>> = values
        .iter()
        .zip(&course.packets)
        .enumerate()
        .map(|(at, (value, packets))| {
            let x = place.x + step * (at as f64 + 0.5);
            (*packets > 0).then(|| (x, place.y + HEIGHT - HEIGHT * (value / scale).clamp(0.0, 1.0)))
        })
        .collect();
    // Lines, because a polyline takes no percent; a value without neighbours is a dot.
    let at = |at: Option<usize>| points.get(at?).copied().flatten();
    let lines = points.iter().enumerate().filter_map(|(nth, point)| {
        let point = (*point)?;
        let is_alone = at(nth.checked_sub(1)).is_none();
        at(Some(nth + 1)).or(Some(point).filter(|_| is_alone)).map(|next| (point, next))
    });
    let most = format!("{}\u{a0}ms", decimal(most, 1, language));
    html! {
        text.soft x=(part(place.x)) y=(px(place.y - 6.0)) {
            (words.jitter_at_most.replacen("{}", &most, 1))
        }
        @for ((x1, y1), (x2, y2)) in lines {
            line.jitter x1=(part(x1)) y1=(px(y1)) x2=(part(x2)) y2=(px(y2)) {}
        }
    }
}

fn frame(place: Place) -> Markup {
    html! { rect.frame x=(part(place.x)) y=(px(place.y)) width=(part(place.width)) height=(px(HEIGHT)) {} }
}

/// From when to when a chart reaches, in seconds since the measurement began.
fn times(
    document: &Document,
    (start, interval_ms, intervals): (Option<&str>, f64, usize),
    place: Place,
    language: Language,
) -> Markup {
    let zero = document.captures.iter().filter_map(|capture| capture.first.as_deref()).min();
    let from = between(zero, start).unwrap_or_default() as f64 / 1e9;
    let to = from + interval_ms * intervals as f64 / 1e3;
    html! {
        text.soft x=(part(place.x)) y=(px(place.y + HEIGHT + 14.0)) {
            (decimal(from, 1, language)) "–" (decimal(to, 1, language)) "\u{a0}s"
        }
    }
}

/// What a picture shows, and how many of how many where it does not show all.
fn note(text: &str, some: [&'static str; 2], [shown, all]: [u64; 2], language: Language) -> String {
    if shown == all {
        return text.to_owned();
    }
    let some = one_or_some(some, usize::try_from(shown).unwrap_or(usize::MAX));
    let filled = |text: String, number| text.replacen("{}", &count(number, language), 1);
    format!("{text} {}", [shown, all].into_iter().fold(some.to_owned(), filled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Remarked, Spread};
    use crate::report::text::paper_words;

    /// A document of `count` streams and directions that nothing is wrong with.
    fn clean(count: usize) -> Document {
        let language = Language::De;
        let mut document = json::document_of(&audit(), &names(language), &settings(language, 80));
        let course = Course {
            start: None,
            interval_ms: 1000.0,
            packets: vec![50; 10],
            lost: vec![0; 10],
            jitter_ms: Some(vec![1.0; 10]),
        };
        let stream = Stream {
            lost: 0,
            lost_percent: Some(0.0),
            mos: Some(4.4),
            jitter_ms: Some(Spread { min: Some(0.0), mean: Some(0.5), max: Some(1.0) }),
            course: Some(course),
            receiver: None,
            remarked: None,
            ..document.streams[0].clone()
        };
        let numbered = |nth: usize| {
            let mut stream = stream.clone();
            stream.source.address = format!("10.0.0.{nth}");
            stream
        };
        document.streams = (0..count).map(numbered).collect();
        let route = |nth: usize| Route {
            source: format!("10.0.0.{nth}"),
            destination: "10.0.1.1".to_owned(),
            start: None,
            interval_ms: 1000.0,
            packets: vec![50; 10],
            dscp: [(EXPEDITED_FORWARDING, vec![50; 10])].into(),
        };
        document.routes = (0..count).map(route).collect();
        document.routes_omitted = 0;
        document.unjudged.clear();
        document.findings.clear();
        document
    }

    /// The pictures of voice and of marks over time.
    fn drawn(document: &Document) -> [String; 2] {
        let words = paper_words(Language::De);
        [voice(document, Language::De, words), marks(document, Language::De, words)].map(Markup::into_string)
    }

    fn shown(picture: &str, count: usize) -> Vec<usize> {
        (0..count)
            .filter(|nth| {
                picture.contains(&format!("10.0.0.{nth}:")) || picture.contains(&format!("10.0.0.{nth} →"))
            })
            .collect()
    }

    #[test]
    fn a_gap_is_lost_where_it_was_and_has_no_jitter() {
        let course = Course {
            start: None,
            interval_ms: 500.0,
            packets: vec![25, 25, 0, 0, 0, 25, 25],
            lost: vec![0, 0, 0, 0, 0, 100, 0],
            jitter_ms: Some(vec![1.0, 1.0, 0.0, 0.0, 0.0, 9.0, 9.0]),
        };
        assert_eq!(shares_lost(&course), [0.0, 0.0, 100.0, 100.0, 100.0, 50.0, 0.0]);
        // Silence that is not sent loses little.
        let silent = Course { lost: vec![0, 0, 0, 0, 0, 1, 0], ..course.clone() };
        assert!(shares_lost(&silent).iter().all(|share| *share <= 1.0));
        let place = Place { x: 0.0, y: 0.0, width: 70.0 };
        let drawn =
            |course: &Course| jitter(course, place, Language::De, paper_words(Language::De)).into_string();
        assert_eq!(drawn(&course).matches("<line").count(), 2);
        let alone = Course { packets: vec![0, 25, 0, 0, 0, 0, 0], ..course };
        assert_eq!(drawn(&alone).matches("<line").count(), 1);
    }

    #[test]
    fn where_all_is_well_two_are_enough_and_a_sentence_says_so() {
        let words = paper_words(Language::De);
        let [voice, marks] = drawn(&clean(9));
        assert_eq!((shown(&voice, 9).len(), shown(&marks, 9).len()), (2, 2));
        assert!(voice.contains(words.all_clean[1]) && marks.contains(words.all_marked[1]));
        let [voice, marks] = drawn(&clean(1));
        assert_eq!(shown(&voice, 1), [0]);
        assert!(voice.contains(words.all_clean[0]) && marks.contains(words.all_marked[0]), "{voice}{marks}");
        assert!(!voice.contains("Gezeigt") && !marks.contains("Gezeigt"), "all are shown: {voice}{marks}");
        let mut keys = clean(3);
        (keys.streams[1].lost, keys.streams[1].lost_percent) = (50, None);
        assert_eq!(shown(&drawn(&keys)[0], 3), [0, 2], "what is missing between keys alone is not known");
        let mut document = clean(9);
        document.unjudged.push(Unjudged::Clock);
        document.streams[3].remarked = Some(Remarked { copies: 9, from_dscp: 46, to_dscp: 0 });
        let [voice, marks] = drawn(&document);
        assert!(!voice.contains(words.all_clean[1]), "jitter is not judged");
        assert!(!marks.contains(words.all_marked[1]), "and the mark did not last");
    }

    #[test]
    fn what_stands_out_is_shown_first_and_with_nothing_else_but_for_comparison() {
        let words = paper_words(Language::De);
        let mut document = clean(9);
        document.streams[7].lost = 3;
        document.streams[7].lost_percent = Some(0.6);
        // A codec of lower quality, without any fault.
        document.streams[5].mos = Some(3.9);
        for at in [2, 4, 8] {
            document.streams[at].jitter_ms = Some(Spread { min: None, mean: None, max: Some(35.0) });
        }
        let [voice, _] = drawn(&document);
        assert_eq!(shown(&voice, 9), [2, 4, 7, 8]);
        assert!(!voice.contains(words.all_clean[1]) && !voice.contains(words.others_clean[1]));
        assert!(voice.contains("Gezeigt sind 4 von 9 Strömen"), "{voice}");
        let mut one = clean(2);
        one.streams[1].lost = 3;
        assert!(drawn(&one)[0].contains(words.others_clean[0]), "{}", drawn(&one)[0]);
        document.streams.truncate(3);
        let [voice, _] = drawn(&document);
        assert_eq!(shown(&voice, 9).len(), 2);
        assert!(voice.find("10.0.0.2:") < voice.find("10.0.0.0:") && voice.contains(words.others_clean[1]));
        let mut document = clean(20);
        document.streams.iter_mut().for_each(|stream| stream.lost = 1);
        assert_eq!(shown(&drawn(&document)[0], 20).len(), MOST_LINES);
    }
}
