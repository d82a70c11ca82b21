//! What gets lost: before the measuring point, behind it, and what that does to the voice.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::super::case::Case;
use super::super::evidence::{Collector, at_moments};
use super::super::filter;
use super::super::finding::{
    Back, Detail, Evidence, Export, Finding, Framed, Heard, Hop, Interrupted, Party, Severity,
};
use super::everywhere;
use super::relayed::Relayed;
use super::{STREAMS_SHOWN, around_offer, excepted, has_enough, may_pause_at, peers};
use crate::capture::Timestamp;
use crate::observe::media::report::{INTERRUPTED_PERCENT, PayloadReport, PayloadRole};
use crate::observe::media::sequence::Counts;
use crate::observe::media::{Gap, Moment, StreamReport};
use crate::observe::{CallProtocol, ChangeKind, Stream};
use crate::site::Confidence;
use crate::site::Scope;

/// As findings.tsv has it.
pub(super) const LOSS_PERCENT: f64 = 1.0;
pub(super) const HEAVY_LOSS_PERCENT: f64 = 3.0;
pub(super) const LEAST_MOS: f64 = 3.6;
pub(super) const POOR_MOS: f64 = 3.1;
/// Packet times in use, and how far (ms) a timestamp may be off against arrival, which delay at the beginning explains.
const PACKET_TIMES: RangeInclusive<f64> = 5.0..=120.0;
const CLOCK_PLAY: f64 = 500.0;
/// So few packets, half a second of voice, say nothing of what is missing; an error takes seconds of it.
const LEAST_HEARD: u64 = 25;
const LEAST_FOR_ERROR: u64 = 150;
/// How far (ns) the edges of two interruptions may lie apart that are one event: the longest packet times in use.
const AT_ONCE: i64 = 120_000_000;
/// An interruption that lasts longer (ns) lies not around one offer: those reach 0.5 s back and 2 s forth.
const APART: i64 = 2_500_000_000;
/// So many interruptions of a sender are looked for in the direction back.
const LOOKED_FOR: usize = 16;
/// Packets of keys; one key takes as many (RFC 4733 section 2.5.1.4).
const LEAST_KEYS: u64 = 5;
/// A report that long (ns) before the end of a stream does not cover its end.
const LATE_REPORT: i64 = 1_000_000_000;
/// A receiver that lacks less than one in so many of what the capture lacks has got them.
const MOSTLY_HEARD: u64 = 10;
/// Beyond what came at once when voice had stalled a receiver may throw away so much more: a share, and so many packets.
const BEYOND_JAM: f64 = 1.25;
const BUFFERED: f64 = 10.0;
/// Packet time in ms where it is not known.
const USUAL_PACKET: f64 = 20.0;
/// Packets that a receiver must lack: single ones may have come late.
const LEAST_LOST: u64 = 5;

/// What a stream lacks, without the gaps that begin with a new offer: there the sender may just have stopped (T.38, hold).
fn counted(case: &Case<'_>, stream: &Stream) -> Counts {
    let mut counts = stream.report.counts;
    let mut longest = 0;
    for gap in &stream.report.outages {
        let missing = u64::from(gap.missing);
        if may_pause_at(case, stream, gap.began) && counts.lost >= missing {
            counts.lost -= missing;
            counts.expected -= missing;
            counts.bursts = counts.bursts.saturating_sub(1);
            longest = longest.max(missing);
        }
    }
    if longest == counts.longest_burst {
        let others = stream.report.outages.iter().filter(|gap| !may_pause_at(case, stream, gap.began));
        let left = others.map(|gap| u64::from(gap.missing)).max();
        counts.longest_burst = left.unwrap_or(counts.lost).min(counts.lost);
    }
    counts
}

/// Gaps that count, those of half a second and more first.
fn gaps<'a>(case: &Case<'_>, stream: &'a Stream) -> Vec<&'a Gap> {
    let report = &stream.report;
    let mut gaps: Vec<&Gap> = report.outages.iter().chain(&report.gaps).chain(report.last_loss()).collect();
    // Those that do not count are among the longest.
    let is_counted = |gap: &Gap| {
        let is_outage = report.outages.iter().any(|outage| outage.at.frame == gap.at.frame);
        !(is_outage && may_pause_at(case, stream, gap.began))
    };
    gaps.retain(|gap| is_counted(gap));
    gaps.dedup_by_key(|gap| gap.at.frame);
    gaps
}

/// How often, and for how long at most, nothing came, if that is most of the loss. The direction back is not looked at here: that
/// takes all streams, and each lossy one is asked for this.
fn interrupted(case: &Case<'_>, lossy: &[&Stream], lost: u64) -> Option<Interrupted> {
    let outages = || {
        lossy.iter().flat_map(|stream| {
            let outages = stream.report.outages.iter();
            outages.filter(|gap| !may_pause_at(case, stream, gap.began))
        })
    };
    let missing: u64 = outages().map(|gap| u64::from(gap.missing)).sum();
    let longest = outages().map(|gap| gap.at.time.since(gap.began)).max()?;
    let beyond: u64 = lossy.iter().map(|stream| u64::from(stream.report.outages_beyond)).sum();
    (missing * 100 >= lost * INTERRUPTED_PERCENT).then(|| Interrupted {
        times: outages().count() as u64 + beyond,
        longest,
        is_all: missing >= lost,
        back: Back::Untold,
        framed: framed(case, lossy),
    })
}

/// Whether each interruption lies between two offers of its call: one at which it began, and another one at which it
/// ended.
fn framed(case: &Case<'_>, lossy: &[&Stream]) -> Framed {
    let is_framed = |stream: &&Stream| {
        let mut outages =
            stream.report.outages.iter().filter(|gap| !may_pause_at(case, stream, gap.began)).peekable();
        outages.peek().is_some()
            && stream.report.outages_beyond == 0
            && outages.all(|gap| {
                gap.at.time.since(gap.began) >= APART
                    && around_offer(case, stream, gap.began)
                    && around_offer(case, stream, gap.at.time)
            })
    };
    let refuses_fax = |stream: &&Stream| {
        let call = stream.call.and_then(|call| case.traffic.calls.get(call));
        let change = call.and_then(|call| call.refused_change);
        change.is_some_and(|change| change.kind == ChangeKind::Fax)
    };
    match () {
        () if lossy.iter().all(|stream| has_keys_beside(case, stream)) => Framed::Keys,
        () if !lossy.iter().all(is_framed) => Framed::Untold,
        () if lossy.iter().all(refuses_fax) => Framed::Fax,
        () => Framed::Offers,
    }
}

/// Whether the sender, at whose own port the capture was made, holds its voice back for a receiver that presses keys, and passes them
/// on to somebody else: a PBX that intercepts them. What is missing at its own port got lost nowhere on the way.
fn has_keys_beside(case: &Case<'_>, stream: &Stream) -> bool {
    let (own, peer) = (stream.source, stream.destination);
    let gaps = &stream.report.outages;
    let (Some(first), Some(last)) = (gaps.first(), gaps.last()) else { return false };
    // When its keys began, if they are not over by then.
    let pressed = |stream: &Stream, until: Timestamp| {
        let mut payloads = stream.report.payloads.iter();
        let is_key = |payload: &&PayloadReport| {
            payload.role == PayloadRole::Event
                && payload.seen.packets >= LEAST_KEYS
                && payload.since < until
                && payload.seen.last.file() == first.at.frame.file()
                && payload.seen.last >= first.at.frame
        };
        payloads.any(|payload| is_key(&payload))
    };
    stream.report.outages_beyond == 0
        && case.is_measuring_point(own.ip())
        && case.streams_between(peer, own).any(|back| pressed(back, first.began))
        && case
            .streams_from(own.ip())
            .any(|other| other.destination.ip() != peer.ip() && pressed(other, last.at.time))
}

/// How the direction back fared while these were interrupted.
fn back(case: &Case<'_>, lossy: &[&Stream]) -> Back {
    let gaps = || {
        lossy.iter().flat_map(|stream| {
            let outages = stream.report.outages.iter().filter(|gap| !may_pause_at(case, stream, gap.began));
            outages.map(move |gap| (*stream, gap))
        })
    };
    let is_missing = |(stream, gap): (&Stream, &Gap)| {
        let (sender, receiver) = (stream.source.ip(), stream.destination.ip());
        case.streams_from(receiver).any(|other| {
            other.destination.ip() == sender && other.report.outages.iter().any(|one| is_at_once(one, gap))
        })
    };
    let hosts = |stream: &Stream| {
        let (from, to) = (stream.source.ip(), stream.destination.ip());
        (from.min(to), from.max(to))
    };
    let went_on = |(stream, gap): (&Stream, &Gap)| {
        let length = gap.at.time.since(gap.began) as f64 / 1e6;
        case.traffic.streams.iter().any(|other| {
            let report = &other.report;
            // The other direction may have stood still for a little less.
            hosts(other) != hosts(stream)
                && report.first.time < gap.began
                && report.last.time > gap.at.time
                && report.wireshark.is_some_and(|wireshark| wireshark.max_delta < length)
                // Nor did it stand still together with this one, and a little shorter.
                && !report.outages.iter().any(|one| is_at_once(one, gap))
        })
    };
    match () {
        () if lossy.iter().any(|stream| stream.report.outages_beyond > 0) => Back::Untold,
        // Each is looked for in all streams.
        () if gaps().nth(LOOKED_FOR).is_some() => Back::Untold,
        () if !gaps().all(is_missing) => Back::Untold,
        () if gaps().all(went_on) => Back::MissingAlone,
        () => Back::Missing,
    }
}

/// Whether two interruptions began and ended together.
fn is_at_once(one: &Gap, other: &Gap) -> bool {
    let is_near = |x: Timestamp, y: Timestamp| x.since(y).saturating_abs() <= AT_ONCE;
    is_near(one.began, other.began) && is_near(one.at.time, other.at.time)
}

/// Whether most of what a stream lacks is missing in gaps of half a second and more.
fn is_interrupted(case: &Case<'_>, stream: &Stream) -> bool {
    interrupted(case, &[stream], counted(case, stream).lost).is_some()
}

/// The frames behind the gaps; of an interruption those behind the long ones alone.
fn shown(case: &Case<'_>, stream: &Stream) -> Vec<Moment> {
    let is_outage = |gap: &&&Gap| stream.report.outages.iter().any(|outage| outage.at.frame == gap.at.frame);
    let gaps = gaps(case, stream);
    let long: Vec<Moment> = gaps.iter().filter(is_outage).map(|gap| gap.at).collect();
    if is_interrupted(case, stream) { long } else { gaps.iter().map(|gap| gap.at).collect() }
}

/// RTP-003: one finding for interruptions and one for what got lost here and there, and the same for what only the capture
/// lacks.
pub(super) fn on_the_way(
    case: &Case<'_>,
    sender: IpAddr,
    streams: &[&Stream],
    relayed: &Relayed,
) -> Vec<Finding> {
    let is_told = |stream: &&&Stream| {
        is_lossy(case, stream) && !relayed.is_passed_on(stream) && !excepted(case, "RTP-003", stream)
    };
    let lossy = streams.iter().filter(is_told).copied();
    let (heard, lost): (Vec<&Stream>, Vec<&Stream>) = lossy.partition(|stream| has_all(stream));
    let told = [lost, heard].into_iter().flat_map(|lossy| {
        let (long, scattered): (Vec<&Stream>, Vec<&Stream>) =
            lossy.into_iter().partition(|stream| is_interrupted(case, stream));
        [long, scattered]
    });
    told.filter_map(|lossy| lost_of(case, sender, lossy, relayed)).collect()
}

/// Which loss is only passed on. What the receiver has all the same it cannot lack when it passes it on.
pub(super) fn relayed<'a>(case: &Case<'_>, streams: impl Iterator<Item = &'a Stream>) -> Relayed {
    Relayed::of(streams.filter(|stream| is_lossy(case, stream) && !has_all(stream)))
}

fn is_lossy(case: &Case<'_>, stream: &Stream) -> bool {
    share(case, stream) > LOSS_PERCENT
        && !stream.report.is_only_events()
        && stream.report.counts.packets >= LEAST_HEARD
        && (has_enough(stream) || is_one_stream(&stream.report))
}

/// What a stream lacks, in percent.
fn share(case: &Case<'_>, stream: &Stream) -> f64 {
    let counts = counted(case, stream);
    counts.lost as f64 * 100.0 / counts.expected.max(1) as f64
}

fn lost_of(case: &Case<'_>, sender: IpAddr, lossy: Vec<&Stream>, relayed: &Relayed) -> Option<Finding> {
    let is_heavy = lossy.iter().any(|stream| {
        share(case, stream) > HEAVY_LOSS_PERCENT && stream.report.counts.packets >= LEAST_FOR_ERROR
    });
    let all: Vec<Counts> = lossy.iter().map(|stream| counted(case, stream)).collect();
    let sum = |count: fn(&Counts) -> u64| all.iter().map(count).sum::<u64>();
    let lost = sum(|counts| counts.lost);
    let heard = heard(&lossy);
    let is_public = |address| case.scope(address) == Scope::Public;
    // Nothing lies between that could lose a packet: it was not sent, or, unless the receiver lacks it as well, not captured.
    let own = case.was_captured_on(sender);
    let interrupted =
        interrupted(case, &lossy, lost).map(|told| Interrupted { back: back(case, &lossy), ..told });
    // Who negotiates mutes, and nothing on the way need have lost a packet.
    let is_framed = interrupted.is_some_and(|told| told.framed != Framed::Untold);
    let stood_still = interrupted.is_some_and(|told| told.back == Back::Missing);
    let is_by_keys = interrupted.is_some_and(|told| told.framed == Framed::Keys);
    // Wireshark may have taken what is missing at a stretch for something else than RTP.
    let export = interrupted.is_some() && heard == Heard::Unknown && case.export(lost) == Export::Possible;
    let detail = Detail::Rtp003 {
        lost,
        expected: sum(|counts| counts.expected),
        bursts: sum(|counts| counts.bursts),
        longest: all.iter().map(|counts| counts.longest_burst).max()?,
        peers: peers(&lossy),
        heard,
        near: lossy.iter().all(|stream| case.are_neighbours(sender, stream.destination.ip())),
        interrupted,
        own: own && !is_by_keys,
        export,
        onward: relayed.receivers(&lossy),
        // Longer interruptions of both directions are told as such.
        everywhere: if interrupted.is_none() { everywhere::streams(case, &lossy) } else { 0 },
        public: is_public(sender) || lossy.iter().any(|stream| is_public(stream.destination.ip())),
    };
    let confidence = match heard {
        Heard::Lost(_) if is_by_keys => Confidence::Likely,
        // What the receiver lacks as well was not lost at the mirror port.
        Heard::Lost(_) => Confidence::Sure,
        Heard::Unknown if own || export || stood_still || is_framed => Confidence::Suspected,
        Heard::Unknown => Confidence::Likely,
        Heard::Complete => Confidence::Suspected,
    };
    Some(Finding {
        detail,
        severity: match heard {
            Heard::Complete => Severity::Notice,
            _ if is_by_keys => Severity::Notice,
            _ if is_heavy && !own && !export => Severity::Error,
            _ => Severity::Warning,
        },
        confidence,
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost,
        responsible: match heard {
            Heard::Complete => Party::Capture,
            _ if export => Party::Capture,
            _ if own && !is_by_keys => Party::Computers,
            _ if is_framed => Party::Telephony,
            _ => Party::Network,
        },
        evidence: at_moments(lossy.into_iter().map(|stream| (stream, shown(case, stream)))),
    })
}

/// Whether the few packets that arrived are the rest of one stream, and not two short ones whose numbers happen to be
/// near: numbers, timestamps and arrival must agree.
fn is_one_stream(report: &StreamReport) -> bool {
    let (&[segment], Some(clock)) = (report.segments.as_slice(), report.timing.clock) else { return false };
    let nominal = f64::from(segment.ticks) * 1000.0 / f64::from(clock.rate);
    let passed = segment.highest.1.since(segment.first.1) as f64 / 1e6;
    let packet_time = nominal / (segment.expected.max(2) - 1) as f64;
    (nominal - passed).abs() <= 0.1 * passed + CLOCK_PLAY && PACKET_TIMES.contains(&packet_time)
}

/// Whether the receivers of lossy streams lack packets as well.
fn heard(lossy: &[&Stream]) -> Heard {
    let lost: u64 = lossy.iter().filter_map(|stream| reported(stream)).map(|(lost, _)| lost).sum();
    match lost {
        _ if lossy.iter().all(|stream| has_all(stream)) => Heard::Complete,
        0 => Heard::Unknown,
        lost => Heard::Lost(lost),
    }
}

/// Packets that the receiver reports as lost, without those that were never sent, and whether it does so at the end of the
/// stream.
fn reported(stream: &Stream) -> Option<(u64, bool)> {
    let receiver = stream.report.receiver.as_deref()?;
    let lost = stream.report.receiver_lost()?;
    let is_last = stream.report.last.time.since(receiver.latest_time) < LATE_REPORT;
    Some((lost, is_last))
}

/// Whether the receiver says that it has what the capture lacks. As little as this may be what it lost before the capture
/// began.
fn has_all(stream: &Stream) -> bool {
    reported(stream).is_some_and(|(lost, is_last)| is_last && lost * MOSTLY_HEARD < stream.report.counts.lost)
}

/// RTP-005. Only where RTP-003 counts the loss as well.
pub(super) fn quality(
    case: &Case<'_>,
    sender: IpAddr,
    streams: &[&Stream],
    relayed: &Relayed,
) -> Option<Finding> {
    let mos = |stream: &Stream| stream.report.quality.map_or(5.0, |quality| quality.mos);
    let is_poor = |stream: &&&Stream| {
        // Long gaps are outages and say nothing about the sound before and behind them.
        let is_spread = stream.report.counts.longest_burst * 2 <= stream.report.counts.lost
            && !is_interrupted(case, stream);
        mos(stream) < LEAST_MOS
            && has_enough(stream)
            && is_spread
            && stream.report.lost_percent().is_some_and(|lost| lost > LOSS_PERCENT)
            && heard(&[stream]) != Heard::Complete
            && !relayed.is_passed_on(stream)
            && !excepted(case, "RTP-005", stream)
    };
    let poor: Vec<&Stream> = streams.iter().filter(is_poor).copied().collect();
    let worst = poor.iter().copied().min_by(|x, y| mos(x).total_cmp(&mos(y)))?;
    let counts = worst.report.counts;
    let detail = Detail::Rtp005 {
        mos: mos(worst),
        lost: counts.lost,
        expected: counts.expected,
        longest: counts.longest_burst,
        codec: worst.report.codec.as_deref().unwrap_or_default().into(),
        peers: peers(&poor),
    };
    Some(Finding {
        detail,
        severity: if mos(worst) < POOR_MOS { Severity::Error } else { Severity::Warning },
        confidence: if matches!(heard(&[worst]), Heard::Lost(_)) {
            Confidence::Sure
        } else {
            Confidence::Likely
        },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: poor.len() as u64,
        responsible: Party::Network,
        evidence: at_moments(poor.into_iter().map(|stream| (stream, shown(case, stream)))),
    })
}

/// RTP-014: the receiver lacks what the capture has.
pub(in crate::check) fn behind(case: &Case<'_>, sender: IpAddr, streams: &[&Stream]) -> Option<Finding> {
    let missing: Vec<&Stream> = streams
        .iter()
        .copied()
        .filter(|stream| lost_behind(case, stream).is_some() && !excepted(case, "RTP-014", stream))
        .collect();
    let sum = |count: fn((u64, u64)) -> u64| {
        missing.iter().filter_map(|one| lost_behind(case, one)).map(count).sum()
    };
    let lost: u64 = sum(|(lost, _)| lost);
    missing.first()?;
    let jams: Vec<Option<f64>> = missing
        .iter()
        .map(|stream| jam(stream, lost_behind(case, stream).map_or(0, |(lost, _)| lost)))
        .collect();
    let jam =
        jams.iter().copied().collect::<Option<Vec<f64>>>().map(|all| all.into_iter().fold(0.0, f64::max));
    let detail = Detail::Rtp014 {
        lost,
        expected: sum(|(_, expected)| expected),
        seen: missing.iter().map(|stream| stream.report.counts.lost).sum(),
        peers: peers(&missing),
        jam,
        hop: hop(&missing, lost),
    };
    Some(Finding {
        detail,
        // What the receiver threw away after a jam is the jam's fault, which is told by itself.
        severity: if jam.is_some() { Severity::Notice } else { Severity::Warning },
        confidence: if jam.is_some() { Confidence::Suspected } else { Confidence::Likely },
        subject: Some(case.subject(sender)),
        rows: Vec::new(),
        count: lost,
        responsible: Party::Network,
        evidence: of_reports(&missing),
    })
}

/// Between which places of the capture the packets were lost that are in it less often than the others, if they are about as
/// many as the receiver lacks.
fn hop(missing: &[&Stream], lost: u64) -> Option<Hop> {
    let mut hop: Option<Hop> = None;
    for stream in missing {
        let counts = stream.report.counts;
        // So many were captured at the first place of their way, at the second and so on.
        let at: Vec<u64> = [counts.packets].into_iter().chain(counts.copied.again).collect();
        let of = at.iter().rposition(|packets| packets * 2 > counts.packets)? + 1;
        let fewer = at.windows(2).take(of - 1).enumerate();
        let fewer =
            fewer.filter_map(|(place, pair)| Some((pair.first()?.checked_sub(*pair.last()?)?, place)));
        let (packets, place) = fewer.max_by_key(|(packets, place)| (*packets, std::cmp::Reverse(*place)))?;
        let example = counts.copied.latest.get(place).copied().flatten();
        let here = Hop { packets, times: place + 1, of, example };
        hop = Some(match hop {
            None => here,
            Some(known) if (known.times, known.of) == (here.times, here.of) => {
                Hop { packets: known.packets + packets, ..known }
            }
            Some(_) => return None,
        });
    }
    let is_alike = |packets: u64| packets.abs_diff(lost) <= LEAST_LOST.max(lost / 5);
    hop.filter(|hop| hop.packets >= LEAST_LOST && is_alike(hop.packets))
}

/// The reports with the worst interval, and all that the two hosts report: RTCP may use any port, and is known by its type,
/// 200 to 207 (RFC 5761 section 4), which Wireshark need not have recognised. Through a relay it stands elsewhere.
fn of_reports(streams: &[&Stream]) -> Evidence {
    let mut collector = Collector::default();
    let mut filters = BTreeSet::new();
    let mut until = None;
    for stream in streams.iter().take(STREAMS_SHOWN) {
        until = until.max(Some(stream.report.last.time));
        if let Some(receiver) = stream.report.receiver.as_deref() {
            collector.frames(&[receiver.worst_at]);
            collector.time(receiver.worst_time);
        }
        let hosts = filter::hosts(stream.source.ip(), stream.destination.ip());
        filters.insert(match stream.relay {
            None => format!("{hosts} && udp.payload[1:1] >= c8 && udp.payload[1:1] <= cf"),
            Some(_) => format!("{hosts} && udp"),
        });
    }
    Evidence { until, ..collector.finish(filter::any_of(filters.into_iter().collect())) }
}

/// The longest pause (ms) within the time of the reports behind which all came at once: a receiver throws away what its
/// buffer does not hold, and counts it as lost. `None` as well where so many cannot have come at once.
fn jam(stream: &Stream, lost: u64) -> Option<f64> {
    let receiver = stream.report.receiver.as_deref()?;
    let jams = || {
        let pauses = stream.report.timing.evenness.pauses.iter();
        pauses.filter(|pause| pause.was_caught_up() && pause.at.time <= receiver.latest_time)
    };
    let packet = stream.report.ptime.filter(|ms| *ms > 0.0).unwrap_or(USUAL_PACKET);
    let held_up: f64 = jams().map(|pause| pause.length / packet * BEYOND_JAM + BUFFERED).sum();
    let unexplained = lost.saturating_sub(stream.report.counts.lost);
    let longest = jams().map(|pause| pause.length).max_by(f64::total_cmp);
    longest.filter(|_| unexplained as f64 <= held_up)
}

/// Packets that the receiver reports as lost, of so many, if that is more than the capture explains. Where the capture
/// lacks the beginning of the stream, only what came between two reports counts.
fn lost_behind(case: &Case<'_>, stream: &Stream) -> Option<(u64, u64)> {
    let counts = stream.report.counts;
    let receiver = stream.report.receiver.as_deref().filter(|_| counts.restarts == 0)?;
    // What set the call up shows that its beginning is in the capture.
    let is_told =
        |call: usize| case.traffic.calls.get(call).is_none_or(|call| call.protocol == CallProtocol::Sip);
    let (lost, expected) = match stream.call.filter(|call| is_told(*call)) {
        Some(_) => (receiver.lost(), stream.report.covered_by(receiver)),
        None => receiver.lost_between(),
    };
    // The numbers that the sender left out got lost nowhere.
    let lost = u64::try_from(lost).ok()?.saturating_sub(counts.skipped);
    let lost = Some(lost).filter(|lost| *lost <= expected)?;
    let unexplained = lost.saturating_sub(counts.lost);
    let is_much = unexplained as f64 * 100.0 > expected as f64 * LOSS_PERCENT;
    (has_enough(stream) && unexplained >= LEAST_LOST && is_much).then_some((lost, expected))
}
