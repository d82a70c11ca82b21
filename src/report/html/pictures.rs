//! Pictures as inline SVG: who talks to whom (for narrow screens as a list), marking by direction, calls on a time line. Colour never says a thing
//! alone: dashes, hatching and words say it too.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::report::captured::is_group;
use crate::report::json::document::{Beginning, Call, Document, MediaKind, Severity, Stream};
use crate::report::language::Language;
use crate::report::number::{count, counted, decimal, percent};
use crate::report::paper::{between, shown};
use crate::report::text::{PaperWords, words as texts};

/// Most devices in the circle, directions and calls in a picture.
const MOST_DEVICES: usize = 14;
const MOST_LINES: usize = 24;
/// Of so many packets a pair without a recognised device needs one to be drawn, and so many at least.
const MUCH: u64 = 20;
const LEAST_UNKNOWN: u64 = 20;
/// Width and height of the box of a device.
const BOX: (f64, f64) = (192.0, 38.0);
pub(super) const WIDTH: f64 = 760.0;
/// Height of a line of a chart: the words above, the bar below.
const STEP: f64 = 38.0;
/// Where the longest bar ends, in percent: right of it stands its share.
const BARS: f64 = 84.0;

/// The busiest devices in a circle, a line for each pair.
pub(super) fn who_talks(document: &Document, language: Language, words: &PaperWords) -> Markup {
    let faulty: BTreeSet<&str> = document
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Warning)
        .filter_map(|finding| finding.subject.as_ref().map(|subject| subject.address.as_str()))
        .collect();
    let (pairs, most_left) = pairs(document, &faulty);
    let mut busy: BTreeMap<&str, u64> = BTreeMap::new();
    for ((a, b), packets) in &pairs {
        for end in [a, b] {
            let known = busy.entry(end).or_default();
            *known = known.saturating_add(*packets);
        }
    }
    let mut order: Vec<(&str, u64)> = busy.into_iter().collect();
    order.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(y.0)));
    let nodes: Vec<&str> = order.iter().take(MOST_DEVICES).map(|(address, _)| *address).collect();
    if nodes.len() < 2 {
        return html! {};
    }
    let (places, height) = around(nodes.len());
    let place = |index: usize| places.get(index).copied().unwrap_or_default();
    let most = pairs.values().copied().max().unwrap_or(1).max(1) as f64;
    let lines = pairs.iter().filter_map(|((a, b), packets)| {
        let ends = [a, b].map(|end| nodes.iter().position(|node| node == end));
        let [Some(from), Some(to)] = ends else { return None };
        let is_bad = faulty.contains(a) || faulty.contains(b);
        let width = 1.0 + 5.0 * (*packets as f64 / most).sqrt();
        Some((place(from), place(to), width, is_bad))
    });
    let mut listed: Vec<((&str, &str), u64)> = pairs
        .iter()
        .filter(|((a, b), _)| [a, b].iter().all(|end| nodes.contains(end)))
        .map(|(ends, packets)| (*ends, *packets))
        .collect();
    listed.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let named = |address: &str| match title(document, address) {
        none if none.is_empty() => shown(address),
        title => format!("{} ({})", shown(&title), shown(address)),
    };
    let packet = &texts(language).nouns.packet;
    html! {
        figure {
            ul.narrow {
                @for ((a, b), packets) in listed.iter().take(MOST_LINES) {
                    li.bad[faulty.contains(a) || faulty.contains(b)] {
                        (named(a)) " ↔ " (named(b)) ": " (counted(*packets, packet.one, packet.many, language))
                    }
                }
            }
            svg.drawing viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(words.who_talks) {
                @for ((x1, y1), (x2, y2), width, is_bad) in lines {
                    line.line.bad[is_bad] x1=(px(x1)) y1=(px(y1)) x2=(px(x2)) y2=(px(y2)) stroke-width=(px(width)) {}
                }
                @for (index, address) in nodes.iter().enumerate() {
                    @let (x, y) = place(index);
                    rect.node.bad[faulty.contains(address)] x=(px(x - 96.0)) y=(px(y - 19.0)) width="192" height="38" rx="5" {}
                    @let name = title(document, address);
                    @if !name.is_empty() {
                        text x=(px(x)) y=(px(y - 3.0)) text-anchor="middle" { (short(&name, 25)) }
                    }
                    @let below = if name.is_empty() { 4.0 } else { 12.0 };
                    text.soft x=(px(x)) y=(px(y + below)) text-anchor="middle" { (short(address, 26)) }
                }
            }
            figcaption.wide { (words.who_talks_note) }
            @if most_left > 0 {
                figcaption { (words.who_talks_rest.replacen("{}", &count(most_left, language), 1)) }
            }
            @if listed.len() < pairs.len() {
                @let further = count((pairs.len() - listed.len()) as u64, language);
                figcaption { (words.who_talks_further.replacen("{}", &further, 1)) }
            }
            @if !faulty.is_empty() {
                figcaption.narrow { (words.who_talks_list_note) }
            }
        }
    }
}

/// Middles of so many boxes around an ellipse, the first at the top, and the height of the drawing: row below row, two to a
/// row, so that none covers another.
fn around(count: usize) -> (Vec<(f64, f64)>, f64) {
    let across = WIDTH / 2.0 - BOX.0 / 2.0 - 4.0;
    let down = (12.0 * count as f64).max(160.0);
    let place = |index: usize| {
        let row = index.min(count - index);
        // From the top, -1, to the bottom, 1.
        let depth = 4.0 * row as f64 / count as f64 - 1.0;
        let aside = (across * (1.0 - depth * depth).max(0.0).sqrt()).max(BOX.0 / 2.0 + 4.0);
        let x = match (2 * index).cmp(&count) {
            _ if index == 0 => 0.0,
            Ordering::Less => aside,
            Ordering::Equal => 0.0,
            Ordering::Greater => -aside,
        };
        (WIDTH / 2.0 + x, down + 50.0 + down * depth)
    };
    ((0..count).map(place).collect(), 2.0 * down + 100.0)
}

/// Packets between the devices with a role and everybody else, and between others who exchange much of all; then those of the
/// busiest pair that is left out. `faulty`: of whom there is something to tell.
fn pairs<'a>(document: &'a Document, faulty: &BTreeSet<&str>) -> (BTreeMap<(&'a str, &'a str), u64>, u64) {
    let known: BTreeSet<&str> =
        document.hosts.iter().filter(|host| host.role.is_some()).map(|host| host.address.as_str()).collect();
    let mut pairs: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for flow in &document.flows {
        let (a, b) = (flow.a.address.as_str(), flow.b.address.as_str());
        if a != b {
            let packets = pairs.entry(if a < b { (a, b) } else { (b, a) }).or_default();
            *packets = packets.saturating_add(flow.packets_ab).saturating_add(flow.packets_ba);
        }
    }
    let all = pairs.values().copied().fold(0, u64::saturating_add);
    let is_drawn = |(a, b): &(&str, &str), packets: u64| {
        let is_known = known.contains(a) || known.contains(b);
        let is_pair = !is_group(a) && !is_group(b);
        let is_enough = packets >= LEAST_UNKNOWN || faulty.contains(a) || faulty.contains(b);
        is_known || is_pair && is_enough && packets.saturating_mul(MUCH) >= all
    };
    let is_left = |ends: &(&str, &str), packets: u64| {
        !is_drawn(ends, packets) && !is_group(ends.0) && !is_group(ends.1)
    };
    let rest = pairs.iter().filter(|(ends, packets)| is_left(ends, **packets));
    let most_left = rest.map(|(_, packets)| *packets).max().unwrap_or_default();
    pairs.retain(|ends, packets| is_drawn(ends, *packets));
    (pairs, most_left)
}

fn title(document: &Document, address: &str) -> String {
    let host = document.hosts.iter().find(|host| host.address == address);
    host.and_then(|host| host.role_title.clone()).unwrap_or_default()
}

/// A bar for each direction of voice: the share of EF full, the rest hatched.
pub(super) fn marks(document: &Document, language: Language, words: &PaperWords) -> Markup {
    let mut streams: Vec<(&Stream, f64)> = document
        .streams
        .iter()
        .filter(|stream| stream.kind != MediaKind::Video)
        .filter_map(|stream| Some((stream, stream.ef_percent?.clamp(0.0, 100.0))))
        .collect();
    if streams.is_empty() {
        return html! {};
    }
    streams.sort_by(|x, y| x.1.total_cmp(&y.1));
    streams.truncate(MOST_LINES);
    let height = STEP * streams.len() as f64 + 24.0;
    html! {
        figure {
            svg.chart width="100%" height=(px(height)) role="img" aria-label=(words.marking) {
                defs {
                    pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        line.hatch x1="0" y1="0" x2="0" y2="8" {}
                    }
                }
                @for (index, (stream, share)) in streams.iter().enumerate() {
                    @let y = STEP * index as f64;
                    @let ef = BARS * share / 100.0;
                    text x="0" y=(px(y + 12.0)) { (short(&format!("{} → {}", stream.source.address, stream.destination.address), 46)) }
                    rect.ef x="0" y=(px(y + 17.0)) width=(part(ef)) height="13" {}
                    rect.other x=(part(ef)) y=(px(y + 17.0)) width=(part(BARS - ef)) height="13" {}
                    text.soft x="100%" y=(px(y + 28.0)) text-anchor="end" { (percent(*share, language)) }
                }
                @let y = STEP * streams.len() as f64 + 4.0;
                rect.ef x="0" y=(px(y)) width="16" height="12" {}
                text.soft x="22" y=(px(y + 11.0)) { "DSCP 46 (EF)" }
                rect.other x="140" y=(px(y)) width="16" height="12" {}
                text.soft x="162" y=(px(y + 11.0)) { (words.other_marks) }
            }
        }
    }
}

/// Each call from its first INVITE to its end, light until it was answered.
pub(super) fn call_times(document: &Document, language: Language, words: &PaperWords) -> Markup {
    let mut calls: Vec<&Call> = document.calls.iter().filter(|call| call.start.is_some()).collect();
    calls.sort_by(|x, y| x.start.cmp(&y.start));
    calls.truncate(MOST_LINES);
    let zero = calls.first().and_then(|call| call.start.as_deref());
    let last = document.captures.iter().filter_map(|capture| capture.last.as_deref()).max();
    let Some(length) = between(zero, last).filter(|length| *length > 0) else { return html! {} };
    let at = |time: Option<&str>| {
        let past = between(zero, time)?.clamp(0, length);
        Some(100.0 * past as f64 / length as f64)
    };
    let height = STEP * calls.len() as f64 + 24.0;
    let seconds = length as f64 / 1e9;
    html! {
        figure {
            svg.chart width="100%" height=(px(height)) role="img" aria-label=(words.call_times) {
                @for (index, call) in calls.iter().enumerate() {
                    @let y = STEP * index as f64;
                    @let start = at(call.start.as_deref()).unwrap_or_default();
                    @let end = at(call.end.as_deref().or(last)).unwrap_or(start).max(start);
                    // One that was going on when the capture began was answered before.
                    @let answered = at(call.answered.as_deref())
                        .or((call.beginning == Beginning::SidesUnknown).then_some(start));
                    text x="0" y=(px(y + 12.0)) { (short(&format!("{} {} {}", call.from, call.arrow(), call.to), 46)) }
                    // However short, it is seen.
                    rect.setup x=(part(start)) y=(px(y + 20.0)) width=(part((answered.unwrap_or(end) - start).max(0.3))) height="7" {}
                    @if let Some(answered) = answered {
                        rect.talk x=(part(answered)) y=(px(y + 17.0)) width=(part((end - answered).max(0.2))) height="13" {}
                    }
                }
                @let y = STEP * calls.len() as f64 + 2.0;
                line.axis x1="0" y1=(px(y)) x2="100%" y2=(px(y)) {}
                text.soft x="0" y=(px(y + 16.0)) { "0\u{a0}s" }
                text.soft x="50%" y=(px(y + 16.0)) text-anchor="middle" { (decimal(seconds / 2.0, 1, language)) "\u{a0}s" }
                text.soft x="100%" y=(px(y + 16.0)) text-anchor="end" { (decimal(seconds, 1, language)) "\u{a0}s" }
            }
            figcaption { (words.call_times_note) }
        }
    }
}

/// A place or a width in a chart, in percent of its width: a chart is as wide as the page leaves room, its text is not
/// scaled.
pub(super) fn part(value: f64) -> String {
    format!("{value:.2}%")
}

/// A length on the drawing.
pub(super) fn px(value: f64) -> String {
    format!("{value:.1}")
}

pub(super) fn short(text: &str, most: usize) -> String {
    let text = shown(text);
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Endpoint, Flow};

    #[test]
    fn main_talkers_are_drawn_whoever_they_are_and_the_rest_is_named() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 0 };
        let flow = document.flows[0].clone();
        let made = |(a, b, packets): (&str, &str, u64)| Flow {
            a: end(a),
            b: end(b),
            packets_ab: packets,
            packets_ba: 0,
            ..flow.clone()
        };
        let known = document.hosts.iter().find(|host| host.role.is_some()).unwrap().address.clone();
        let flows = [
            (&*known, "192.168.10.77", 50),
            ("192.168.10.78", "192.168.10.79", 900),
            ("192.168.10.80", "192.168.10.81", 30),
            ("192.168.10.78", "224.0.0.251", 900),
        ];
        document.flows = flows.into_iter().map(made).collect();
        let (drawn, most_left) = pairs(&document, &BTreeSet::new());
        let ends: BTreeSet<&str> = drawn.keys().flat_map(|(a, b)| [*a, *b]).collect();
        assert_eq!(ends, BTreeSet::from([&*known, "192.168.10.77", "192.168.10.78", "192.168.10.79"]));
        assert_eq!(most_left, 30);
    }

    #[test]
    fn no_box_of_a_device_covers_another() {
        for count in 2..=MOST_DEVICES {
            let (places, height) = around(count);
            assert_eq!(places.len(), count);
            for (nth, (x, y)) in places.iter().enumerate() {
                assert!(x - BOX.0 / 2.0 > 0.0 && x + BOX.0 / 2.0 < WIDTH, "{count}: {x}");
                assert!(y - BOX.1 / 2.0 > 0.0 && y + BOX.1 / 2.0 < height, "{count}: {y}");
                for (other_x, other_y) in places.iter().take(nth) {
                    let is_apart = (x - other_x).abs() > BOX.0 || (y - other_y).abs() > BOX.1;
                    assert!(is_apart, "{nth} of {count}");
                }
            }
        }
    }
}
