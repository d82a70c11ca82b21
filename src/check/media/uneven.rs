//! RTP-004: voice that arrives unevenly, and whether the network did it. What a new offer or a pause of the sender explains
//! does not count, a sender's slow or fast clock is told as such, and what only a receiver passes on is told once.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::case::Case;
use super::super::evidence::at_moments;
use super::super::finding::{Detail, Finding, Party, Severity, Unevenness};
use super::length::wrong_clock;
use super::{around_offer, everywhere, excepted, has_enough, peers};
use crate::observe::Stream;
use crate::observe::media::Moment;
use crate::observe::media::timing::{ClockSource, GUIDE, Pause, Spell};
use crate::site::Confidence;

/// Below this share (percent) of the packets and so many times it is a passing matter.
const OFTEN_PERCENT: u64 = 5;
const OFTEN: usize = 3;
/// A single interruption that long (ms) is worth a notice.
const LONG: f64 = 1_000.0;
/// Before a spell (ns) a pause belongs to it: jitter takes several pauses to rise. One pause keeps it up for so many packets
/// at most, 2 s of voice.
const LEAD: i64 = 2_000_000_000;
const LASTING: u64 = 100;
/// So much (ms) a usual jitter buffer evens out: packets that come two or three at a time at a steady rhythm, because their
/// sender has them so, do no harm.
const HARMLESS: f64 = 60.0;
/// So long (ns) a sender may take until its voice comes evenly: softphones open their microphone then.
const START: i64 = 1_000_000_000;
/// A single rise (ms) that is worth telling.
const GREAT_RISE: f64 = 200.0;
/// A sender's clock is off by so much (share of the time, ms, and of the mean jitter).
const DRIFT: f64 = 0.05;
const LEAST_DRIFT: f64 = 500.0;
const EXPLAINS: f64 = 0.5;
/// Two legs are as uneven as each other within this share, or so many ms.
const ALIKE: f64 = 0.1;
const ALIKE_MS: f64 = 1.0;

/// A stream that is told, and why.
struct Uneven<'a> {
    stream: &'a Stream,
    how: Unevenness,
    /// Packets above the guide value, and pauses with the longest (ms), as far as they count.
    above: u64,
    /// Packets above it that do not.
    excused: u64,
    pauses: (u64, f64),
    severity: Severity,
    shown: Vec<Moment>,
}

impl Uneven<'_> {
    /// Packets that are judged: those of the share that is told.
    fn judged(&self) -> u64 {
        self.stream.report.timing.evenness.measured.saturating_sub(self.excused)
    }
}

/// RTP-004 for all senders.
pub(super) fn check(case: &Case<'_>, senders: &BTreeMap<IpAddr, Vec<&Stream>>) -> Vec<Finding> {
    let uneven: Vec<Uneven<'_>> = senders
        .values()
        .flatten()
        .filter(|stream| !excepted(case, "RTP-004", stream))
        .filter_map(|stream| judge(case, stream))
        .collect();
    let before = legs_before(&uneven);
    let mut onward: BTreeMap<usize, Vec<IpAddr>> = BTreeMap::new();
    let mut told: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
    for (at, one) in uneven.iter().enumerate() {
        match first_leg(at, &before) {
            Some(first) => onward.entry(first).or_default().push(one.stream.destination.ip()),
            None => told.entry(one.stream.source.ip()).or_default().push(at),
        }
    }
    let findings = told.into_iter().filter_map(|(sender, places)| {
        let own: Vec<&Uneven<'_>> = places.iter().filter_map(|at| uneven.get(*at)).collect();
        let mut further: Vec<IpAddr> =
            places.iter().filter_map(|at| onward.get(at)).flatten().copied().collect();
        further.sort_unstable();
        further.dedup();
        raise(case, sender, &own, further)
    });
    findings.collect()
}

/// For each the place of the stream that it passes on, if it does.
fn legs_before(uneven: &[Uneven<'_>]) -> Vec<Option<usize>> {
    let mut to: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
    for (at, one) in uneven.iter().enumerate() {
        to.entry(one.stream.destination.ip()).or_default().push(at);
    }
    let before = uneven.iter().map(|one| {
        let mut legs = to.get(&one.stream.source.ip()).into_iter().flatten().copied();
        // What the capture does to all of them nobody passes on.
        let is_own = |one: &Uneven<'_>| !matches!(one.how, Unevenness::Everywhere { .. });
        legs.find(|leg| {
            uneven.get(*leg).is_some_and(|leg| is_own(leg) && is_passed_on(leg.stream, one.stream))
        })
    });
    before.collect()
}

/// The leg with which it began, over however many others. `None`: it begins with this one, or with each of a ring.
fn first_leg(at: usize, before: &[Option<usize>]) -> Option<usize> {
    let step = |at: usize| before.get(at).copied().flatten();
    let mut first = None;
    let mut leg = at;
    for _ in 0..before.len() {
        let Some(earlier) = step(leg) else { return first };
        if earlier == at {
            return None;
        }
        (first, leg) = (Some(earlier), earlier);
    }
    // It leads into a ring, whose legs are told themselves.
    first
}

fn raise(case: &Case<'_>, sender: IpAddr, own: &[&Uneven<'_>], onward: Vec<IpAddr>) -> Option<Finding> {
    let worst = own
        .iter()
        .max_by(|x, y| x.severity.cmp(&y.severity).then(jitter(x.stream).0.total_cmp(&jitter(y.stream).0)))?;
    let estimated =
        worst.stream.report.timing.clock.is_some_and(|clock| clock.source == ClockSource::Estimated);
    let captured_there = case.was_captured_on(sender);
    let kind = |one: &Uneven<'_>| match one.how {
        Unevenness::Clock { .. } => 0,
        Unevenness::Rises { .. } => 1,
        Unevenness::Often { .. } | Unevenness::Once { .. } => 2,
        Unevenness::Everywhere { .. } => 3,
    };
    let is_clock = matches!(worst.how, Unevenness::Clock { .. });
    let is_rising = matches!(worst.how, Unevenness::Rises { .. });
    let is_everywhere = matches!(worst.how, Unevenness::Everywhere { .. });
    // A clock that is off, and what happens on the way, are not told in one sentence.
    let own: Vec<&Uneven<'_>> = own.iter().copied().filter(|one| kind(one) == kind(worst)).collect();
    let streams: Vec<&Stream> = own.iter().map(|one| one.stream).collect();
    let (max, mean) = jitter(worst.stream);
    let (how, mean) = if own.len() > 1 && !is_clock && !is_rising && !is_everywhere {
        (together(&own, worst), mean_of(&own))
    } else {
        (worst.how, mean)
    };
    // A single pause tells less of whose it is.
    let on_link =
        matches!(how, Unevenness::Often { .. }) && !captured_there && is_of_sender(case, sender, &streams);
    let detail = Detail::Rtp004 {
        jitter: max,
        mean,
        peers: peers(&streams),
        estimated,
        how,
        onward,
        own: captured_there,
        link: on_link,
    };
    Some(Finding {
        detail,
        severity: worst.severity,
        confidence: if estimated { Confidence::Suspected } else { Confidence::Likely },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: own.len() as u64,
        responsible: match (is_clock, captured_there || on_link) {
            _ if is_everywhere => Party::Capture,
            (_, true) => Party::Computers,
            (true, false) => Party::Telephony,
            (false, false) => Party::Network,
        },
        evidence: at_moments(own.iter().map(|one| (one.stream, one.shown.clone()))),
    })
}

/// Whether nothing but switches lies between the ends, and they do well: the voice of the other one comes evenly the same
/// way, at the measuring point as with its receiver. What a known telephone sends is paced by hardware, so that there the way
/// is to be looked at all the same.
fn is_of_sender(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> bool {
    let is_here = |host: IpAddr| case.host(host).is_some_and(|facts| facts.on_link == Some(true));
    let is_computer = !case.device(sender).is_some_and(|device| device.kind.is_dedicated());
    let is_back_even = |stream: &Stream| {
        let during = |back: &Stream| {
            let begins = stream.report.first.time.max(back.report.first.time);
            let ends = stream.report.last.time.min(back.report.last.time);
            ends.since(begins).saturating_mul(2) > stream.report.last.time.since(stream.report.first.time)
        };
        let mut back = case.streams_between(stream.destination, stream.source);
        back.any(|back| {
            let is_even =
                has_enough(back) && during(back) && (f64::EPSILON..=GUIDE).contains(&jitter(back).0);
            is_even && !is_uneven_behind(back)
        })
    };
    is_computer
        && is_here(sender)
        && streams.iter().all(|stream| {
            let receiver = stream.destination.ip();
            // What is captured where it is sent from, be it at the port of a PBX, says nothing of the way.
            let crossed = !case.is_measuring_point(receiver);
            crossed && is_here(receiver) && case.are_neighbours(sender, receiver) && is_back_even(stream)
        })
}

/// Whether its receiver reports jitter that the measuring point does not show.
fn is_uneven_behind(stream: &Stream) -> bool {
    let reported = stream.report.receiver.as_deref().zip(stream.report.timing.clock);
    reported.is_some_and(|(receiver, clock)| receiver.worst_jitter(clock) > GUIDE)
}

/// What happened on all the streams.
fn together(own: &[&Uneven<'_>], worst: &Uneven<'_>) -> Unevenness {
    Unevenness::Often {
        above: own.iter().map(|one| one.above).sum(),
        of: own.iter().map(|one| one.judged()).sum(),
        excused: own.iter().map(|one| one.excused).sum(),
        pauses: (
            own.iter().map(|one| one.pauses.0).sum(),
            own.iter().map(|one| one.pauses.1).fold(0.0, f64::max),
        ),
        is_peak_excused: matches!(worst.how, Unevenness::Often { is_peak_excused: true, .. }),
        behind: None,
    }
}

/// Mean jitter in ms of all the streams.
fn mean_of(own: &[&Uneven<'_>]) -> f64 {
    let measured = |one: &Uneven<'_>| one.stream.report.timing.evenness.measured as f64;
    let all: f64 = own.iter().map(|one| measured(one)).sum();
    let sum: f64 = own.iter().map(|one| measured(one) * jitter(one.stream).1).sum();
    if all > 0.0 { sum / all } else { 0.0 }
}

/// Greatest and mean jitter in ms.
fn jitter(stream: &Stream) -> (f64, f64) {
    stream.report.timing.jitter.map_or((0.0, 0.0), |jitter| (jitter.max, jitter.mean))
}

fn judge<'a>(case: &Case<'_>, stream: &'a Stream) -> Option<Uneven<'a>> {
    let (max, mean) = jitter(stream);
    if !has_enough(stream) {
        return None;
    }
    if max <= GUIDE {
        return rises(case, stream);
    }
    let timing = &stream.report.timing;
    let even = &timing.evenness;
    let drift = even.drift();
    let by_clock = even.passed > 0.0
        && drift.abs() > LEAST_DRIFT
        && drift.abs() > DRIFT * even.passed
        && drift.abs() > EXPLAINS * mean * even.measured as f64;
    if by_clock && wrong_clock(stream).is_some() {
        // That is told by itself (RTP-006), and says nothing of the way.
        return None;
    }
    if by_clock {
        // Whoever guessed the clock cannot say that it is off.
        let is_known = timing.clock.is_some_and(|clock| clock.source != ClockSource::Estimated);
        let how = Unevenness::Clock { spoken: even.spoken, passed: even.passed };
        let shown = vec![stream.report.first];
        return is_known.then_some(Uneven {
            stream,
            how,
            above: 0,
            excused: 0,
            pauses: (0, 0.0),
            severity: Severity::Info,
            shown,
        });
    }
    let (spells, others): (Vec<&Spell>, Vec<&Spell>) =
        even.spells.iter().partition(|spell| counts(case, stream, spell));
    let above: u64 = spells.iter().map(|spell| spell.above).sum();
    let excused: u64 = others.iter().map(|spell| spell.above).sum();
    let of = even.measured.saturating_sub(excused);
    let pauses: Vec<&Pause> = even
        .pauses
        .iter()
        .filter(|pause| spells.iter().any(|spell| belongs(pause, spell)) && is_told(case, stream, pause))
        .collect();
    let late = (pauses.len() as u64, pauses.iter().map(|pause| pause.late).fold(0.0, f64::max));
    let mut shown: Vec<Moment> = if pauses.is_empty() {
        spells.iter().map(|spell| spell.peak_at).collect()
    } else {
        pauses.iter().map(|pause| pause.at).collect()
    };
    let is_often = above * 100 >= of * OFTEN_PERCENT || spells.len() >= OFTEN;
    let (how, severity) = match (spells.as_slice(), pauses.as_slice()) {
        ([], _) => return rises(case, stream),
        ([_], [pause]) => {
            let severity = if pause.length < LONG { Severity::Info } else { Severity::Notice };
            (Unevenness::Once { length: pause.length }, severity)
        }
        _ => {
            let peak = spells.iter().map(|spell| spell.peak).fold(0.0, f64::max);
            let how = Unevenness::Often {
                above,
                of,
                excused,
                pauses: late,
                is_peak_excused: excused > 0 && peak < max,
                behind: behind(stream),
            };
            match everywhere::stalls(case, stream) {
                Some((streams, times)) => {
                    shown = even.spells.iter().map(|spell| spell.from).collect();
                    (Unevenness::Everywhere { streams, times }, Severity::Notice)
                }
                None => (how, if is_often { Severity::Warning } else { Severity::Info }),
            }
        }
    };
    Some(Uneven { stream, how, above, excused, pauses: late, severity, shown })
}

/// Whether voice was under way for longer and longer, and for less again, as where the queue before a busy line fills and empties.
fn rises<'a>(case: &Case<'_>, stream: &'a Stream) -> Option<Uneven<'a>> {
    let timing = &stream.report.timing;
    let even = &timing.evenness;
    let (greatest, at) = even.rise?;
    // Where the clock of the timestamps is a guess, or that of the capture is off, the time under way is one too.
    let is_known = timing.clock.is_some_and(|clock| clock.source != ClockSource::Estimated);
    let is_steady = case.forward.is_none() && case.traffic.quality.clock_back == 0 && timing.jumps == 0;
    // What was held up and came at once rises in one step, which jitter shows.
    let is_slow = even.pauses.iter().all(|pause| pause.at != at);
    let is_at_start = at.time.since(stream.report.first.time) <= START;
    if !is_known || !is_steady || !is_slow || is_at_start || around_offer(case, stream, at.time) {
        return None;
    }
    let is_often = even.rises >= OFTEN as u64 || even.too_late * 100 >= even.measured * OFTEN_PERCENT;
    // Softphones have a small one now and then.
    if even.rises < OFTEN as u64 && greatest < GREAT_RISE {
        return None;
    }
    Some(Uneven {
        stream,
        how: Unevenness::Rises { times: even.rises, greatest, too_late: (even.too_late, even.measured) },
        above: 0,
        excused: 0,
        pauses: (0, 0.0),
        severity: if is_often { Severity::Warning } else { Severity::Info },
        shown: vec![at],
    })
}

/// What was spoken and how long it took (ms), where the sender stopped its timestamps again and again.
fn behind(stream: &Stream) -> Option<(f64, f64)> {
    let even = &stream.report.timing.evenness;
    let lag = even.passed - even.spoken;
    let is_much = lag > LEAST_DRIFT && lag > DRIFT * even.passed;
    (is_much && stream.report.counts.lost == 0).then_some((even.spoken, even.passed))
}

fn belongs(pause: &Pause, spell: &Spell) -> bool {
    pause.at.time.since(spell.from.time) > -LEAD && pause.at.time <= spell.until
}

/// A pause that neither a new offer nor the sender explains.
fn is_told(case: &Case<'_>, stream: &Stream, pause: &Pause) -> bool {
    pause.was_caught_up() && !around_offer(case, stream, pause.began())
}

/// Whether the network may have made jitter rise: not where only such pauses did, or a new offer.
fn counts(case: &Case<'_>, stream: &Stream, spell: &Spell) -> bool {
    if spell.swing <= HARMLESS || (0..=START).contains(&spell.until.since(stream.report.first.time)) {
        return false;
    }
    // What goes on for long is explained by nothing that was short.
    if spell.above > LASTING {
        return true;
    }
    let mut pauses =
        stream.report.timing.evenness.pauses.iter().filter(|pause| belongs(pause, spell)).peekable();
    if pauses.peek().is_none() {
        return !around_offer(case, stream, spell.from.time);
    }
    pauses.any(|pause| is_told(case, stream, pause))
}

/// Whether the receiver of the first stream passes it on as the second: to another one, at the same time, as unevenly.
fn is_passed_on(first: &Stream, second: &Stream) -> bool {
    let alike = |x: f64, y: f64| (x - y).abs() <= (ALIKE * x.max(y)).max(ALIKE_MS);
    let (one, other) = (jitter(first), jitter(second));
    let begins = first.report.first.time.max(second.report.first.time);
    let ends = first.report.last.time.min(second.report.last.time);
    let both = ends.since(begins);
    let longer = |stream: &Stream| stream.report.last.time.since(stream.report.first.time);
    first.destination.ip() == second.source.ip()
        && first.source.ip() != second.destination.ip()
        && first.source.ip() != second.source.ip()
        && both.saturating_mul(2) > longer(first).max(longer(second))
        && alike(one.0, other.0)
        && alike(one.1, other.1)
}
