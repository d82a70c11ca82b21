//! What was read, what it cannot show, and the documents that were judged by.

use std::cmp::Reverse;

use super::{Cell, Maker, Part, Table, Tone, instant, sentence, shown};
use crate::report::captured::{LeapLines, Passing, Stations, Wrapping, is_mixed};
use crate::report::json::document::{Capture, Document, Ended};
use crate::report::json::skip::named;
use crate::report::link;
use crate::report::number::{NO_VALUE, bytes, counted, share, span};
use crate::report::text::{
    StormLine, absent, edition, extract_line, given_words, malformed, refused_pairs, run_words, storm_line,
    stray_line, unjudged_lines, use_line,
};

/// Most files whose SHA-256 is told; JSON tells all.
const MOST_DIGESTS: usize = 50;

pub(super) fn parts(maker: &Maker<'_>) -> Vec<Part> {
    let labels = &maker.words.labels;
    let document = maker.document;
    let heads = [
        (file_label(maker), false),
        (labels.period, false),
        (labels.packets, true),
        (labels.bytes, true),
        (labels.link_type, false),
        (labels.drops, true),
        (labels.cut, true),
    ];
    let rows = document.captures.iter().map(|capture| line(maker, capture)).collect();
    let quality = &document.quality;
    let of = |part: u64, whole: u64| {
        let of = maker.words.notes.of;
        let share = share(part, whole, maker.language);
        format!("{} {of} {} ({share})", maker.count(part), maker.count(whole))
    };
    let mut facts = Vec::new();
    facts.extend(measuring_point(maker).map(|point| (maker.paper.measuring_point, point)));
    facts.extend(times(maker));
    let wrapped = wrapped(maker);
    if !wrapped.is_empty() {
        facts.push((labels.wrapped, wrapped));
    }
    facts.extend([
        (labels.duplicates, of(quality.duplicates, quality.duplicate_candidates)),
        (
            labels.both_ways,
            of(quality.pairs_both_ways, quality.pairs)
                + &refused_pairs(quality.pairs_by_icmp, maker.language),
        ),
        (labels.not_decoded, not_read(maker).unwrap_or_else(|| of(0, quality.frames))),
    ]);
    let over = quality.packets_over_cap + quality.samples_over_cap + quality.messages_over_cap;
    for (label, value) in [
        (labels.sealed, quality.esp_packets),
        (labels.incomplete, quality.incomplete_datagrams),
        (labels.nameless_sip, quality.nameless_sip),
        (labels.over_cap, over),
        (labels.filtered, quality.filtered),
    ] {
        if value > 0 {
            facts.push((label, maker.count(value)));
        }
    }
    if quality.malformed_sip > 0 {
        let kinds = quality.malformed_sip_kinds.iter().map(|(kind, messages)| (kind.as_str(), *messages));
        let told = malformed(quality.malformed_sip, kinds, maker.language);
        facts.push((labels.malformed_sip, told));
    }
    if let Some(storm) = &quality.arp_storm {
        let place = place(document, storm.file, storm.frame);
        let line = StormLine {
            asker: &shown(&storm.asker),
            target: &shown(&storm.target),
            requests: storm.requests,
            length: (storm.length_ms * 1e6) as i64,
            frames: quality.frames,
            place: place.as_deref(),
        };
        facts.push((labels.storm, storm_line(line, maker.language)));
    }
    for capture in &document.captures {
        if let Some(received) = capture.extract_of {
            let has_drops = capture.interfaces.iter().any(|one| one.drops.is_some_and(|drops| drops > 0));
            let line = extract_line(capture.packets, received, has_drops, maker.language);
            let is_alone = document.captures.len() == 1;
            let line = if is_alone { line } else { format!("{}: {line}", shown(&capture.path)) };
            facts.push((labels.packets, line));
        }
    }
    let run = run_words(maker.language);
    for trouble in
        document.captures.iter().filter_map(|one| one.live.as_ref()).flat_map(|live| &live.not_written)
    {
        facts.push((run.recording, run.not_written.replace("{}", &sentence(trouble))));
    }
    facts.extend(
        document.filter_expression.as_ref().map(|text| (given_words(maker.language).filter, shown(text))),
    );
    let facts = facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    let table = Table::new(&heads, rows).folding(&[labels.link_type, labels.drops, labels.cut]);
    vec![Part::Table(table), Part::Facts(digests(document)), Part::Facts(facts)]
}

/// What of the capture gave nothing, most first, then telephony that is no SIP; nothing if all was read.
fn not_read(maker: &Maker<'_>) -> Option<String> {
    let quality = &maker.document.quality;
    let mut frames: Vec<(&str, u64)> =
        quality.undecoded.iter().map(|(name, frames)| (&**name, *frames)).collect();
    frames.sort_by_key(|(name, frames)| (Reverse(*frames), named(name)));
    let word = |name: &str| named(name).map_or_else(|| name.to_owned(), maker.words.skip);
    let frames = frames.into_iter().map(|(name, frames)| (frames, word(name)));
    let telephony = quality.foreign_telephony.iter().map(|(name, packets)| (*packets, name.clone()));
    let texts: Vec<String> = frames
        .chain(telephony)
        .map(|(number, what)| format!("{}\u{a0}× {}", maker.count(number), shown(&what)))
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// What was read: files, or the interfaces of a live capture.
pub(super) fn file_label(maker: &Maker<'_>) -> &'static str {
    let captures = &maker.document.captures;
    let interface = &run_words(maker.language).interface;
    match captures.iter().find(|capture| capture.live.is_some()) {
        Some(capture) if capture.interfaces.len() > 1 => interface.many,
        Some(_) => interface.one,
        None => maker.words.labels.file,
    }
}

/// Where the capture was probably made.
fn measuring_point(maker: &Maker<'_>) -> Option<String> {
    let document = maker.document;
    let quality = &document.quality;
    let leaps = quality.leaps.as_ref().map_or(0, |leaps| leaps.count);
    // What an extract leaves out may have gone elsewhere.
    let is_extract = document.captures.iter().any(|capture| capture.extract_of.is_some());
    let is_mixed = is_extract || is_mixed(leaps, quality.duplicates, quality.duplicate_candidates);
    let cards = document.hosts.iter().filter_map(|host| Some((host.address.parse().ok()?, &host.macs)));
    let mut passing =
        Passing::of(cards.flat_map(|(address, macs)| macs.iter().map(move |mac| (mac, address))));
    for flow in &document.flows {
        if let (Ok(a), Ok(b)) = (flow.a.address.parse(), flow.b.address.parse()) {
            passing.add([a, b], [flow.packets_ab, flow.packets_ba]);
        }
    }
    for host in document.hosts.iter().filter(|host| host.came_in) {
        host.address.parse().into_iter().for_each(|address| passing.note_came_in(address));
    }
    let links = document.captures.iter().flat_map(|capture| &capture.linktypes);
    let links: Vec<&str> = links.map(String::as_str).collect();
    let layers: Vec<&str> = document.quality.layers.iter().map(String::as_str).collect();
    passing.place(
        &links,
        Stations {
            own: quality.own_cooked,
            one: quality.one_station,
            rewritten: quality.rewritten,
            looped: quality.looped,
        },
        &layers,
        is_mixed,
        |address| maker.address(&address.to_string()),
        maker.language,
    )
}

/// What is wrong with the times of the capture.
fn times(maker: &Maker<'_>) -> Vec<(&'static str, String)> {
    let (labels, notes, document) = (&maker.words.labels, &maker.words.notes, maker.document);
    let mut facts = Vec::new();
    let lasts = document.captures.iter().filter_map(|capture| capture.last.as_deref());
    if lasts.filter_map(instant).any(|last| !last.is_clock_set()) {
        facts.push((labels.period, notes.clock_unset.to_owned()));
    }
    let timeless = document.captures.iter().map(|capture| capture.timeless_packets);
    let timeless = timeless.fold(0, u64::saturating_add);
    if timeless > 0 {
        let noun = maker.words.nouns.packet;
        let told = counted(timeless, noun.one, noun.many, maker.language);
        facts.push((labels.timeless, format!("{told}. {}", notes.uncompared)));
    }
    if let Some(leaps) = &document.quality.leaps {
        let place = place(document, leaps.file, leaps.frame);
        let (count, crossing, forth) = (leaps.count, leaps.crossing, leaps.forth);
        let largest = (leaps.largest_ms * 1e6) as i64;
        let lines = LeapLines { count, crossing, forth, largest, place: place.as_deref() }.lines(maker.words);
        facts.push((labels.time_gap, lines.join(". ")));
    }
    if let Some(stray) = &document.quality.stray
        && let Some(time) = stray.time.as_deref().and_then(instant)
    {
        let place = place(document, stray.file, stray.frame);
        facts.push((labels.time_gap, stray_line(place.as_deref(), time, maker.zone, maker.language)));
    }
    facts
}

/// Where a packet stands: its number, behind the name of its file where there are several.
fn place(document: &Document, file: u16, frame: u64) -> Option<String> {
    document.place(file, frame).map(|(file, number)| match file {
        Some(path) => format!("{}: {number}", shown(path.rsplit(['/', '\\']).next().unwrap_or(path))),
        None => number.to_string(),
    })
}

/// VLANs and tunnels. A report from before these were published has the VLANs of the hosts.
fn wrapped(maker: &Maker<'_>) -> String {
    let quality = &maker.document.quality;
    let hosts = &maker.document.hosts;
    let by_hosts = hosts.iter().flat_map(|host| host.vlans.iter());
    let outer_by_hosts = hosts.iter().flat_map(|host| host.outer_vlans.iter());
    let wrapping = Wrapping {
        vlans: quality.vlans.iter().chain(by_hosts).copied().collect(),
        outer_vlans: quality.outer_vlans.iter().chain(outer_by_hosts).copied().collect(),
        layers: quality.layers.iter().map(|layer| shown(layer)).collect(),
        is_unread_inside: quality.unread_inside,
    };
    wrapping.names(maker.words, maker.language).join(", ")
}

/// By which each file can be told from any other.
fn digests(document: &Document) -> Vec<(String, String)> {
    let alone = document.captures.len() == 1;
    let known = document.captures.iter().filter_map(|capture| Some((capture, capture.sha256.as_ref()?)));
    let label = |capture: &Capture| match alone {
        true => "SHA-256".to_owned(),
        false => format!("SHA-256 {}", shown(&capture.path)),
    };
    known.take(MOST_DIGESTS).map(|(capture, hex)| (label(capture), shown(hex))).collect()
}

fn line(maker: &Maker<'_>, capture: &Capture) -> Vec<Cell> {
    let drops: Option<u64> =
        capture.interfaces.iter().filter_map(|interface| interface.drops).reduce(u64::saturating_add);
    let ended = match capture.ended {
        Ended::Complete | Ended::Stopped => None,
        Ended::Cut => Some(maker.paper.cut_off),
        Ended::Damaged => Some(maker.paper.damaged),
        Ended::Unreadable => Some(maker.paper.unreadable),
    };
    let file = match ended {
        None => Cell::new(&capture.path),
        Some(ended) => {
            let items = [shown(&capture.path), ended.to_owned()];
            Cell { tone: Tone::Caution, ..Cell::list(&items) }
        }
    };
    let period = match [&capture.first, &capture.last].map(|time| time.as_deref().and_then(instant)) {
        [Some(first), Some(last)] => span(first, last, maker.zone, maker.language),
        _ => NO_VALUE.to_owned(),
    };
    let links: Vec<_> = capture.linktypes.iter().map(|name| link::title(name, maker.language)).collect();
    vec![
        file,
        Cell::new(period),
        Cell::number(maker.count(capture.packets), Some(capture.packets as f64)),
        Cell::number(bytes(capture.bytes, maker.language), Some(capture.bytes as f64)),
        Cell::new(links.join(", ")),
        Cell::number(drops.map_or_else(|| NO_VALUE.to_owned(), |drops| maker.count(drops)), None),
        Cell::number(cut(maker, capture), Some(capture.cut_packets as f64)),
    ]
}

/// How many packets were cut, and to how many bytes.
fn cut(maker: &Maker<'_>, capture: &Capture) -> String {
    let cut = maker.count(capture.cut_packets);
    match capture.cut_to {
        Some(kept) => format!("{cut} ({} {})", maker.words.notes.at_most, bytes(kept, maker.language)),
        None => cut,
    }
}

pub(super) fn limits(maker: &Maker<'_>) -> Vec<Part> {
    let document = maker.document;
    let mut parts = Vec::new();
    let hosts = document.absent.iter().map(|host| (shown(&host.address), shown(&host.option)));
    let absent = absent(&hosts.collect::<Vec<_>>(), maker.language);
    if document.unjudged.is_empty() && absent.is_none() {
        parts.push(Part::Text(maker.words.notes.everything_judged.to_owned()));
    } else {
        let few = document.few_packets.iter();
        let few: Vec<_> = few.map(|few| (maker.device(&few.address), few.packets, few.least)).collect();
        let what = document.unjudged.iter().map(|what| (*what).into());
        let lines = unjudged_lines(maker.words, what, &few, maker.language);
        parts.push(Part::List(lines.into_iter().chain(absent).collect()));
    }
    if !document.exceptions.is_empty() {
        parts.push(Part::Subheading(maker.words.headings.exceptions.to_owned()));
        let lines = document.exceptions.iter().map(|one| (one, one.matched, one.everywhere));
        let lines = lines.map(|(exception, matched, everywhere)| {
            let used = use_line(maker.words, exception.is_exception, matched, everywhere, maker.language);
            (format!("{}: {}", shown(&exception.text), shown(&exception.reason)), used)
        });
        parts.push(Part::Facts(lines.collect()));
    }
    parts.push(Part::Text(maker.paper.privacy.to_owned()));
    parts
}

pub(super) fn sources(maker: &Maker<'_>) -> Vec<Part> {
    let noun = maker.words.nouns.entry;
    let books = maker.document.rulebooks.iter().map(|book| {
        let rows = counted(book.rows, noun.one, noun.many, maker.language);
        (
            shown(&book.vendor),
            format!("{}, {} ({rows})", shown(&book.title), edition(&shown(&book.as_of), maker.language)),
        )
    });
    vec![Part::Facts(books.collect()), Part::Text(maker.words.notes.disclaimer.to_owned())]
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use std::collections::BTreeMap;

    use super::super::{filled, paper};
    use super::*;
    use crate::report::Language;
    use crate::report::fixture::{audit, names, settings};
    use crate::report::json;
    use crate::report::json::document::{Endpoint, Flow, Leaps, Stray};
    use crate::report::text::paper_words;

    /// The measuring point of a capture that holds these conversations, by sender, receiver and packets.
    fn point(flows: &[(&str, &str, u64)]) -> Option<String> {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 0 };
        let flow = document.flows[0].clone();
        let made = |(a, b, packets): &(&str, &str, u64)| Flow {
            a: end(a),
            b: end(b),
            packets_ab: *packets,
            packets_ba: 0,
            ..flow.clone()
        };
        document.hosts.clear();
        document.flows = flows.iter().map(made).collect();
        let paper = paper(&document, &TimeZone::UTC);
        let facts = paper.sections.iter().find(|section| section.id == "measurement").unwrap();
        let facts = facts.parts.iter().filter_map(|part| match part {
            Part::Facts(facts) => Some(facts),
            _ => None,
        });
        let label = paper_words(Language::De).measuring_point;
        facts.flatten().find(|(known, _)| known == label).map(|(_, text)| text.clone())
    }

    #[test]
    fn whose_packets_go_past_tells_where_it_is() {
        let words = paper_words(Language::De);
        let [pbx, phone, other, provider] = ["192.168.10.2", "192.168.10.21", "192.168.10.22", "217.0.0.5"];
        let of_pbx = [(pbx, phone, 500), (other, pbx, 400), (pbx, provider, 90), (phone, "224.0.1.75", 50)];
        assert_eq!(point(&of_pbx), Some(filled(words.at_device, pbx)));
        assert_eq!(
            point(&[(pbx, phone, 500), (pbx, other, 2)]),
            Some(filled(&filled(words.between_two, pbx), phone))
        );
        let outward = [(pbx, provider, 500), (phone, provider, 40), (phone, "198.51.100.7", 300)];
        assert_eq!(point(&outward), Some(words.at_border.to_owned()));
        let mirrored = [(pbx, phone, 500), (other, phone, 400), (other, provider, 90)];
        assert_eq!(
            point(&[(pbx, phone, 9), (pbx, provider, 9), (phone, provider, 9)]),
            None,
            "at a router, say"
        );
        assert_eq!(point(&mirrored), Some(filled(words.in_lan, "3")));
        assert_eq!(point(&[(pbx, phone, 19)]), None);
        let beside = [(pbx, phone, 500), (other, pbx, 40), ("127.0.0.1", "127.0.0.1", 900), (pbx, pbx, 70)];
        assert_eq!(point(&beside), Some(filled(words.on_device, pbx)));
        assert_eq!(point(&[("127.0.0.1", "127.0.0.1", 900)]), Some(words.on_itself.to_owned()));
        let public = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
        let at_one = [(public[0], public[1], 500), (public[0], public[2], 400)];
        assert_eq!(point(&at_one), Some(filled(words.at_device, public[0])));
        let transit = [(public[0], public[1], 500), (public[2], "198.51.100.4", 400), (pbx, public[0], 20)];
        assert_eq!(point(&transit), None, "not everything leads out of the LAN");
    }

    #[test]
    fn of_a_link_without_stations_no_place_is_told() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let is_told = |document: &Document| {
            let text = format!("{:?}", paper(document, &TimeZone::UTC).sections);
            [paper_words(Language::De).measuring_point, "zwischen 192.168.10.2 ("]
                .map(|part| text.contains(part))
        };
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 0 };
        document.flows.truncate(1);
        let flow = &mut document.flows[0];
        (flow.a, flow.b, flow.packets_ab) = (end("192.168.10.2"), end("192.168.10.99"), 500);
        assert_eq!(is_told(&document), [true, true]);
        document.quality.one_station = 400;
        assert_eq!(is_told(&document), [false; 2], "one device with two addresses");
        document.quality.one_station = 0;
        for link in ["NULL", "RAW", "12"] {
            document.captures.iter_mut().for_each(|capture| capture.linktypes = vec![link.to_owned()]);
            assert_eq!(is_told(&document), [false; 2], "{link}");
        }
        document.flows.push(Flow {
            a: end("192.168.10.2"),
            b: end("192.168.10.2"),
            ..document.flows[0].clone()
        });
        assert_eq!(is_told(&document), [true, false], "on the device itself");
    }

    #[test]
    fn an_extract_is_told_as_such() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let told = |document: &Document| {
            format!("{:?}", paper(document, &TimeZone::UTC).sections)
                .contains("Die Datei enthält 20.000 von 60.000 empfangenen Paketen, ist also ein Auszug.")
        };
        assert!(!told(&document));
        document.captures[0].extract_of = Some(60_000);
        let drops = |document: &mut Document, number| document.captures[0].interfaces[0].drops = number;
        drops(&mut document, None);
        assert!(told(&document));
        drops(&mut document, Some(53));
        assert!(!told(&document), "they were received as well");
        let text = format!("{:?}", paper(&document, &TimeZone::UTC).sections);
        assert!(text.contains("von 60.000 empfangenen und nicht verlorenen Paketen"));
    }

    #[test]
    fn a_device_stands_behind_its_address_and_cooked_records_are_its_own() {
        let words = paper_words(Language::De);
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let end = |address: &str| Endpoint { address: address.to_owned(), port: 0 };
        let (pbx, other) = ("192.168.10.2", "192.168.10.99");
        document.flows.truncate(1);
        let flow = &mut document.flows[0];
        (flow.a, flow.b, flow.packets_ab) = (end(pbx), end(other), 500);
        let told = |document: &Document| {
            let paper = paper(document, &TimeZone::UTC);
            let text = format!("{:?}", paper.sections);
            ["zwischen 192.168.10.2 (", "auf dem aufzeichnenden Gerät selbst", "zwischen LAN und Internet"]
                .map(|part| text.contains(part))
        };
        assert_eq!(told(&document), [true, false, false]);
        document.quality.layers = vec!["PPP".to_owned()];
        assert_eq!(told(&document), [false; 3], "on which side of who unwraps it is not known");
        document.quality.layers.clear();
        document.flows[0].b = end("198.51.100.8");
        document.flows.push(Flow { a: end(other), b: end("198.51.100.9"), ..document.flows[0].clone() });
        document.flows.push(Flow { a: end(pbx), b: end("198.51.100.7"), ..document.flows[0].clone() });
        assert_eq!(told(&document), [false, false, true]);
        document.captures.iter_mut().for_each(|capture| capture.linktypes = vec!["LINUX_SLL2".to_owned()]);
        assert_eq!(told(&document), [false, false, true], "a mirror port behind a cooked interface");
        document.quality.own_cooked = 1;
        assert_eq!(told(&document), [false, true, false]);
        assert!(words.on_itself.starts_with("auf dem aufzeichnenden Gerät selbst"));
        document.flows.pop();
        document.flows[1].a = end(pbx);
        document.hosts.iter_mut().for_each(|host| host.came_in = host.address == pbx);
        assert_eq!(
            told(&document),
            [false, true, false],
            "a router, through which all that one device says goes"
        );
        document.hosts.iter_mut().for_each(|host| host.came_in = false);
        assert_eq!(told(&document), [false; 3]);
        assert!(format!("{:?}", paper(&document, &TimeZone::UTC).sections).contains("auf 192.168.10.2 ("));
    }

    #[test]
    fn times_vlans_and_tunnels_are_told_as_on_the_screen() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        let text = |document: &Document| format!("{:?}", paper(document, &TimeZone::UTC).sections);
        let parts =
            ["Zeitsprünge", "vor Paket 12", "VLAN\\u{a0}7", "innen nicht alles lesbar", "keine echte Zeit"];
        let told = |document: &Document| parts.map(|part| text(document).contains(part));
        assert_eq!(told(&document), [false; 5]);
        let quality = &mut document.quality;
        quality.leaps = Some(Leaps { count: 1, crossing: 0, forth: 1, largest_ms: 9e8, frame: 12, file: 0 });
        quality.vlans.insert(7);
        quality.unread_inside = true;
        document.captures[0].last = Some("1970-01-01T00:00:09Z".to_owned());
        document.captures[0].timeless_packets = 3;
        assert_eq!(told(&document), [true; 5]);
        assert!(text(&document).contains("Ohne brauchbare Zeitangabe"));
        let cut = |document: &Document| text(document).contains("\"5 (höchstens 128\\u{a0}B)\"");
        document.captures[0].cut_packets = 5;
        assert!(!cut(&document), "a report from before this was published");
        document.captures[0].cut_to = Some(128);
        assert!(cut(&document), "{}", text(&document));
        let stray = |document: &Document| text(document).contains("trägt eine falsche Zeit (21.09.2061");
        assert!(!stray(&document));
        let time = Some("2061-09-21T12:19:57Z".to_owned());
        document.quality.stray = Some(Stray { frame: 2, file: 0, time });
        assert!(stray(&document), "{}", text(&document));
    }

    #[test]
    fn what_was_not_read_is_told_as_on_the_screen() {
        let mut document = json::document_of(&audit(), &names(Language::De), &settings(Language::De, 80));
        document.quality.foreign_telephony = BTreeMap::from([("H.248 (MEGACO)".to_owned(), 1300)]);
        document.quality.undecoded = BTreeMap::from([
            ("not-ip-0806".to_owned(), 12),
            ("empty".to_owned(), 40),
            ("new-kind".to_owned(), 3),
        ]);
        let text = |document: &Document| format!("{:?}", paper(document, &TimeZone::UTC).sections);
        let word = (crate::report::text::words(Language::De).skip)(crate::decode::Skip::Empty);
        let told = text(&document);
        let expected = format!("40\\u{{a0}}× {word}, 12\\u{{a0}}× ");
        assert!(told.contains(&expected), "{expected}: {told}");
        assert!(told.contains("3\\u{a0}× new-kind, 1300\\u{a0}× H.248 (MEGACO)"), "{told}");
        document.quality.undecoded.clear();
        document.quality.foreign_telephony.clear();
        let none = text(&document);
        assert!(none.contains("\"Nicht gelesen\", \"0 von "), "{none}");
    }
}
