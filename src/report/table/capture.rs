//! What was read, and what it can show.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::View;
use super::page::{Page, Piece, Tone};
use super::verdict::interim;
use crate::capture::{CaptureSummary, Ended};
use crate::check::foreign_telephony;
use crate::decode::Skip;
use crate::observe::Flow;
use crate::report::captured::{LeapLines, Passing, Stations, Wrapping, is_mixed};
use crate::report::link;
use crate::report::number::{bytes, counted, period, share};
use crate::report::text::{
    StormLine, extract_line, given_words, malformed, paper_words, refused_pairs, run_words, storm_line,
    stray_line,
};
use crate::site::{Kind, Scope};

/// Most files described one by one.
const MOST: usize = 20;
/// Most files named that were passed over.
const PASSED_OVER: usize = 5;

pub(super) fn write(page: &mut Page, view: &View<'_>) {
    let captures = &view.audit.captures;
    page.heading(match captures.first().and_then(|capture| capture.live.as_ref()) {
        Some(_) => run_words(view.language).run,
        None => view.words.headings.capture,
    });
    for (place, capture) in captures.iter().take(MOST).enumerate() {
        if place > 0 {
            page.blank();
        }
        page.facts(0, &file_facts(view, capture));
    }
    let facts: Vec<(Piece, Piece)> =
        passed_over(view).into_iter().chain(measuring_point(view)).chain(quality_facts(view)).collect();
    if captures.len() > MOST || !(captures.is_empty() || facts.is_empty()) {
        page.blank();
    }
    view.write_rest(page, captures.len().min(MOST), captures.len());
    page.facts(0, &facts);
}

/// What lies in a named directory and was not read. The reader's reasons are English, so the report names the way to
/// them.
fn passed_over(view: &View<'_>) -> Option<(Piece, Piece)> {
    let all = &view.audit.passed_over;
    let notes = &view.words.notes;
    let shown = all.iter().take(PASSED_OVER).map(|file| file.path.display().to_string());
    let rest = all.len().saturating_sub(PASSED_OVER);
    let rest = (rest > 0).then(|| format!("… {} {}", view.count(rest as u64), notes.more));
    let lines = shown.chain(rest).chain([notes.why_passed_over.to_owned()]);
    (!all.is_empty()).then(|| (view.words.labels.passed_over.into(), Piece::lines(lines, Tone::Plain)))
}

fn file_facts(view: &View<'_>, capture: &CaptureSummary) -> Vec<(Piece, Piece)> {
    let labels = &view.words.labels;
    let noun = view.words.nouns.packet;
    let run = run_words(view.language);
    let input = match &capture.live {
        None => (labels.file.into(), format!("{} ({})", capture.path, capture.format).into()),
        Some(_) if capture.interfaces.len() > 1 => (run.interface.many.into(), (&*capture.path).into()),
        Some(_) => (run.interface.one.into(), (&*capture.path).into()),
    };
    let packets = format!(
        "{}, {}",
        counted(capture.packets, noun.one, noun.many, view.language),
        bytes(capture.bytes, view.language)
    );
    let received = capture.extract_of(&view.audit.captures);
    let extract =
        received.map(|received| extract_line(capture.packets, received, capture.has_drops(), view.language));
    let mut facts: Vec<(Piece, Piece)> =
        vec![input, (labels.packets.into(), Piece::lines([packets].into_iter().chain(extract), Tone::Plain))];
    if let (Some(first), Some(last)) = (capture.first, capture.last) {
        let period = period(first, last, view.context.zone, view.language);
        let unset = (!last.is_clock_set()).then(|| view.words.notes.clock_unset.to_owned());
        facts.push((labels.period.into(), Piece::lines([period].into_iter().chain(unset), Tone::Plain)));
    }
    let links: BTreeSet<String> =
        link::of_packets(capture).iter().map(|name| link::title(name, view.language).into_owned()).collect();
    if !links.is_empty() {
        facts.push((labels.link_type.into(), links.into_iter().collect::<Vec<_>>().join(", ").into()));
    }
    facts.push((labels.drops.into(), drops(view, capture).into()));
    if capture.cut_packets > 0 {
        let cut = counted(capture.cut_packets, noun.one, noun.many, view.language);
        let kept = bytes(capture.cut_to as u64, view.language);
        facts.push((labels.cut.into(), format!("{cut} ({} {kept})", view.words.notes.at_most).into()));
    }
    if capture.timeless_packets > 0 {
        let timeless = counted(capture.timeless_packets, noun.one, noun.many, view.language);
        facts.push((labels.timeless.into(), timeless.into()));
    }
    for trouble in capture.live.iter().flat_map(|live| &live.not_written) {
        facts.push((run.recording.into(), Piece::new(run.not_written.replace("{}", trouble), Tone::Caution)));
    }
    if let (true, Some(text)) = (capture.live.is_some(), interim(view)) {
        facts.push((run.state.into(), text.into()));
    } else if capture.ended != Ended::Complete {
        facts.push((labels.reading.into(), (view.words.ended)(&capture.ended).into()));
    }
    facts
}

/// Frames dropped while capturing; not the same as none where the file does not tell.
fn drops(view: &View<'_>, capture: &CaptureSummary) -> String {
    let told: Vec<u64> = capture.interfaces.iter().filter_map(|interface| interface.drops).collect();
    if told.is_empty() && capture.live.is_some() {
        return run_words(view.language).drops_unknown.to_owned();
    }
    if told.is_empty() {
        return view.words.notes.drops_unknown.to_owned();
    }
    let noun = view.words.nouns.packet;
    counted(told.into_iter().fold(0, u64::saturating_add), noun.one, noun.many, view.language)
}

fn quality_facts(view: &View<'_>) -> Vec<(Piece, Piece)> {
    let labels = &view.words.labels;
    let quality = &view.audit.traffic.quality;
    let of = |part: u64, whole: u64| -> String {
        let share = share(part, whole, view.language);
        let of = view.words.notes.of;
        format!("{} {of} {} ({share})", view.count(part), view.count(whole))
    };
    let noun = view.words.nouns.packet;
    let packets = |number| -> Piece { counted(number, noun.one, noun.many, view.language).into() };
    let mut facts: Vec<(Piece, Piece)> = Vec::new();
    if quality.filtered > 0 {
        facts.push((labels.filtered.into(), packets(quality.filtered)));
    }
    if let Some(filter) = &view.audit.filter {
        facts.push((given_words(view.language).filter.into(), filter.as_ref().into()));
    }
    if let Some((largest, frame)) = quality.leaps.largest {
        let (place, found) = view.frames(&[frame]);
        let place = (found > 0).then_some(place.as_str());
        let (count, crossing, forth) = (quality.leaps.count, quality.leaps.crossing, quality.leaps.forth);
        let lines = LeapLines { count, crossing, forth, largest, place }.lines(view.words);
        facts.push((labels.time_gap.into(), Piece::lines(lines, Tone::Plain)));
    }
    if let Some(stray) = quality.stray {
        facts.push((labels.time_gap.into(), {
            let (place, found) = view.frames(&[stray.frame]);
            let place = (found > 0).then_some(place.as_str());
            stray_line(place, stray.time, view.context.zone, view.language).into()
        }));
    }
    if quality.duplicate_candidates > 0 {
        let share = of(quality.duplicates, quality.duplicate_candidates);
        let timeless = view.audit.captures.iter().any(|capture| capture.timeless_packets > 0);
        let uncompared = timeless.then(|| view.words.notes.uncompared.to_owned());
        facts.push((
            labels.duplicates.into(),
            Piece::lines([share].into_iter().chain(uncompared), Tone::Plain),
        ));
    }
    let wrapped = Wrapping::of(&view.audit.traffic).names(view.words, view.language);
    if !wrapped.is_empty() {
        facts.push((labels.wrapped.into(), wrapped.join(", ").into()));
    }
    let sealed = view.audit.traffic.flows.iter().map(Flow::esp).fold(0, u64::saturating_add);
    if sealed > 0 {
        facts.push((labels.sealed.into(), packets(sealed)));
    }
    if quality.pairs > 0 {
        let ways = of(quality.pairs_both_ways, quality.pairs);
        let refused = refused_pairs(quality.pairs_by_icmp, view.language);
        facts.push((labels.both_ways.into(), (ways + &refused).into()));
    }
    let unread = unread(view);
    if !unread.is_empty() {
        facts.push((labels.not_decoded.into(), unread.into()));
    }
    if quality.nameless_sip > 0 {
        facts.push((labels.nameless_sip.into(), view.count(quality.nameless_sip).into()));
    }
    if quality.malformed_sip.messages > 0 {
        let kinds = quality.malformed_sip.kinds.iter().map(|(kind, messages)| (kind.name(), *messages));
        let told = malformed(quality.malformed_sip.messages, kinds, view.language);
        facts.push((labels.malformed_sip.into(), told.into()));
    }
    if quality.incomplete_datagrams > 0 {
        facts.push((labels.incomplete.into(), view.count(quality.incomplete_datagrams).into()));
    }
    if let Some(storm) = quality.storm {
        let (place, found) = view.frames(&[storm.first]);
        let line = StormLine {
            asker: &storm.asker.to_string(),
            target: &storm.target.to_string(),
            requests: storm.requests,
            length: storm.span.1.since(storm.span.0),
            frames: quality.frames,
            place: (found > 0).then_some(place.as_str()),
        };
        facts.push((labels.storm.into(), storm_line(line, view.language).into()));
    }
    let over_cap = over_cap(view);
    if !over_cap.is_empty() {
        facts.push((labels.over_cap.into(), over_cap.join(", ").into()));
    }
    facts
}

/// Where the capture was probably made.
fn measuring_point(view: &View<'_>) -> Option<(Piece, Piece)> {
    let quality = &view.audit.traffic.quality;
    // What an extract leaves out may have gone elsewhere.
    let captures = &view.audit.captures;
    let is_extract = captures.iter().any(|capture| capture.extract_of(captures).is_some());
    let is_mixed =
        is_extract || is_mixed(quality.leaps.count, quality.duplicates, quality.duplicate_candidates);
    let cards = view.audit.traffic.hosts.iter().filter(|facts| {
        let is_public =
            view.audit.site.device(facts.address).is_some_and(|device| device.scope == Scope::Public);
        !is_public && facts.on_link != Some(false)
    });
    let mut passing =
        Passing::of(cards.flat_map(|facts| facts.macs.iter().map(|seen| (seen.mac, facts.address))));
    for flow in &view.audit.traffic.flows {
        passing.add([flow.a.ip(), flow.b.ip()], [flow.from_a.packets, flow.from_b.packets]);
    }
    let hosts = view.audit.traffic.hosts.iter();
    hosts.filter(|host| host.came_in).for_each(|host| passing.note_came_in(host.address));
    let stations = Stations {
        own: quality.own_cooked,
        one: quality.one_station,
        rewritten: quality.rewritten,
        looped: quality.looped,
    };
    let links: Vec<String> = view.audit.captures.iter().flat_map(link::of_packets).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let layers = Wrapping::of(&view.audit.traffic).layers;
    let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
    let named = |address: IpAddr| {
        let device = view.audit.site.device(address);
        match device.filter(|device| device.kind != Kind::Other) {
            Some(device) => format!("{address} ({})", view.context.names.role(&device.role)),
            None => address.to_string(),
        }
    };
    let place = passing.place(&links, stations, &layers, is_mixed, named, view.language)?;
    Some((paper_words(view.language).measuring_point.into(), place.into()))
}

/// What a limit of memory kept out, by kind.
fn over_cap(view: &View<'_>) -> Vec<String> {
    let quality = &view.audit.traffic.quality;
    let nouns = &view.words.nouns;
    let kinds = [
        (quality.packets_over_cap, nouns.packet),
        (quality.samples_over_cap, nouns.voice_packet),
        (quality.messages_over_cap, nouns.message),
    ];
    let met = kinds.into_iter().filter(|(number, _)| *number > 0);
    met.map(|(number, noun)| counted(number, noun.one, noun.many, view.language)).collect()
}

/// `12 × kein IP (0x0806), 1 × leerer Frame, 130 × MGCP`: most frames first, then telephony that is no SIP.
fn unread(view: &View<'_>) -> String {
    let mut reasons: Vec<(Skip, u64)> =
        view.audit.traffic.quality.skipped.iter().map(|(skip, frames)| (*skip, *frames)).collect();
    reasons.sort_by_key(|(skip, frames)| (Reverse(*frames), *skip));
    let skipped = reasons.into_iter().map(|(skip, frames)| (frames, (view.words.skip)(skip)));
    let telephony = foreign_telephony(&view.audit.traffic).into_iter();
    let all = skipped.chain(telephony.map(|(name, packets)| (packets, name.to_owned())));
    let texts = all.map(|(number, what)| format!("{}\u{a0}× {what}", view.count(number)));
    texts.collect::<Vec<_>>().join(", ")
}
