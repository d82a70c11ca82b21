//! The comparison of two points as it is published. Pairs are of the first and the second point. Keys are only added.

use schemars::JsonSchema;
use serde::Serialize;

use crate::capture::Timestamp;
use crate::compare::points::{Differences, Drift, Field, Kinds, Points, Way};
use crate::decode::VlanTag;
use crate::report::number::rfc3339;

/// What two measuring points show of the same traffic.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "pbxray compare --points")]
pub(super) struct Document {
    /// Version of this form: 1.
    schema: u32,
    /// What made it.
    tool: Tool,
    /// The two captures.
    points: Vec<Point>,
    /// How far apart their clocks are.
    clock: ClockDifference,
    /// Streams of voice that both saw.
    streams: Vec<Stream>,
    /// Streams that only one saw while the other was recording.
    streams_at_one: Vec<StreamAtOne>,
    /// SIP messages.
    sip: Sip,
    /// Where the same packets have other addresses or ports.
    mappings: Vec<Mapping>,
    /// Packets and messages with further ones.
    mappings_left_out: u64,
}

/// The program.
#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A capture.
#[derive(Serialize, JsonSchema)]
struct Point {
    /// Name of the file.
    capture: String,
    /// Time of its first packet by its own clock, RFC 3339.
    first: Option<String>,
    last: Option<String>,
    /// Packets and messages that could not be compared.
    left_out: u64,
}

/// In ms, second clock less first.
#[derive(Serialize, JsonSchema)]
struct ClockDifference {
    /// Only if both directions tell.
    offset_ms: Option<f64>,
    /// From one point to the other and back.
    round_trip_ms: Option<f64>,
    /// How the difference grows; missing where too few packets or too short a time tell.
    drift: Option<ClockDrift>,
    /// Of what went from the first point to the second: clock and delay.
    forth: Option<Series>,
    /// Of what went back: clock less delay.
    back: Option<Series>,
    /// Of what went no one knows which way.
    unknown: Option<Series>,
}

/// A straight line through the time differences.
#[derive(Serialize, JsonSchema)]
struct ClockDrift {
    /// By how many millionths the second clock is faster.
    ppm: f64,
    /// Standard error of it.
    error_ppm: f64,
    /// Whether it is more than chance.
    is_shown: bool,
    /// Root of the mean square of what the line leaves over, in ms.
    residual_ms: f64,
    packets: u64,
    /// Time that they span, in ms.
    span_ms: f64,
}

/// Differences in time of the same packets.
#[derive(Serialize, JsonSchema)]
struct Series {
    packets: u64,
    median_ms: f64,
    /// One in twenty is below.
    p5_ms: f64,
    /// One in twenty is above.
    p95_ms: f64,
}

/// Which way something goes: from the first point to the second, back, or nothing tells.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Heading {
    Forth,
    Back,
    Unknown,
}

/// A stream that both points saw. Pairs are of the first and the second point.
#[derive(Serialize, JsonSchema)]
struct Stream {
    ssrc: u32,
    source: [String; 2],
    destination: [String; 2],
    /// Call-IDs that announced it.
    calls: Vec<String>,
    direction: Heading,
    /// Packets that both saw.
    matched: u64,
    /// Packets that only this point saw while the other was recording.
    only: [u64; 2],
    /// Packets lost between the points, if the direction is known.
    lost: Option<u64>,
    /// Packets that the capture of the earlier point lacks, if the direction is known.
    missed: Option<u64>,
    dscp: Vec<Change<u8>>,
    vlan: Vec<Change<Option<Tag>>>,
    difference: Series,
}

/// A stream that only one point saw.
#[derive(Serialize, JsonSchema)]
struct StreamAtOne {
    /// 1 or 2.
    point: usize,
    ssrc: u32,
    source: String,
    destination: String,
    packets: u64,
    /// The other point saw the signalling of its call.
    call_at_both: bool,
}

/// Packets by the value at the first and at the second point, the same ones among them.
#[derive(Serialize, JsonSchema)]
struct Change<T> {
    values: [T; 2],
    packets: u64,
}

/// An IEEE 802.1Q tag.
#[derive(Serialize, JsonSchema)]
struct Tag {
    id: u16,
    pcp: u8,
}

/// What became of SIP.
#[derive(Serialize, JsonSchema)]
struct Sip {
    /// Messages that both saw.
    matched: u64,
    /// Messages that only one saw although both were recording.
    lost: Vec<Lost>,
    /// Messages between hosts that only this point saw.
    elsewhere: [u64; 2],
    /// Messages that only this point saw, of a direction between two hosts that the other one does not record at all.
    one_sided: [u64; 2],
    /// Messages that only this point saw, at a time at which the other one may not have been recording.
    beyond: [u64; 2],
    dscp: Vec<Change<u8>>,
    vlan: Vec<Change<Option<Tag>>>,
    /// Parts that are not the same at both.
    rewrites: Vec<Rewritten>,
    /// Rewritten values of further kinds.
    rewrites_left_out: u64,
}

/// A message that only one point saw.
#[derive(Serialize, JsonSchema)]
struct Lost {
    /// The point that saw it, 1 or 2.
    point: usize,
    direction: Heading,
    /// `INVITE`, or `200 INVITE`.
    message: String,
    call_id: String,
    from: String,
    to: String,
    /// Wireshark's frame number at that point.
    frame: u64,
}

/// A part of a SIP message.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    Via,
    ViaBranch,
    ViaCount,
    RequestUri,
    Contact,
    CallId,
    From,
    To,
    SdpConnection,
    SdpOrigin,
    SdpMedia,
    Agent,
    Defects,
}

/// A value that is another at the other point.
#[derive(Serialize, JsonSchema)]
struct Rewritten {
    part: Part,
    /// Empty where it is not there.
    values: [String; 2],
    messages: u64,
    /// The first of them, at each point.
    frames: [u64; 2],
}

/// One end as each point sees it.
#[derive(Serialize, JsonSchema)]
struct Mapping {
    ends: [String; 2],
    /// Packets and messages.
    packets: u64,
}

pub(super) fn document(points: &Points, names: [&str; 2], version: &'static str) -> Document {
    let point = |at: usize| {
        let span = points.spans.get(at).copied().flatten();
        let time = |time: Option<Timestamp>| time.and_then(rfc3339);
        Point {
            capture: names.get(at).copied().unwrap_or_default().to_owned(),
            first: time(span.map(|(first, _)| first)),
            last: time(span.map(|(_, last)| last)),
            left_out: points.left_out.get(at).copied().unwrap_or_default(),
        }
    };
    let clock = &points.clock;
    let streams = points.streams.iter().map(|one| Stream {
        ssrc: one.ssrc,
        source: one.source.map(|end| end.to_string()),
        destination: one.destination.map(|end| end.to_string()),
        calls: one.calls.iter().map(ToString::to_string).collect(),
        direction: direction(one.way),
        matched: one.matched,
        only: one.only,
        lost: one.lost(),
        missed: one.missed(),
        dscp: changes(&one.dscp, |dscp| dscp),
        vlan: changes(&one.vlan, tag),
        difference: series(&one.differences),
    });
    let alone = points.alone.iter().map(|one| StreamAtOne {
        point: one.point + 1,
        ssrc: one.ssrc,
        source: one.source.to_string(),
        destination: one.destination.to_string(),
        packets: one.packets,
        call_at_both: one.is_call_known,
    });
    Document {
        schema: 1,
        tool: Tool { name: "pbxray", version },
        points: vec![point(0), point(1)],
        clock: ClockDifference {
            offset_ms: clock.offset().map(milliseconds),
            round_trip_ms: clock.round_trip().map(milliseconds),
            drift: clock.drift.as_ref().map(drift),
            forth: clock.forth.as_ref().map(series),
            back: clock.back.as_ref().map(series),
            unknown: clock.unknown.as_ref().map(series),
        },
        streams: streams.collect(),
        streams_at_one: alone.collect(),
        sip: sip(points),
        mappings: points
            .mappings
            .iter()
            .map(|one| Mapping { ends: one.ends.map(|end| end.to_string()), packets: one.packets })
            .collect(),
        mappings_left_out: points.mappings_left_out,
    }
}

fn sip(points: &Points) -> Sip {
    let sip = &points.sip;
    let lost = sip.lost.iter().map(|one| Lost {
        point: one.point + 1,
        direction: direction(one.way),
        message: one.label.clone(),
        call_id: one.call_id.to_string(),
        from: one.from.to_string(),
        to: one.to.to_string(),
        frame: one.frame.number(),
    });
    let rewrites = sip.rewrites.iter().map(|one| Rewritten {
        part: part(one.field),
        values: [0, 1].map(|at: usize| one.values.get(at).map(ToString::to_string).unwrap_or_default()),
        messages: one.count,
        frames: one.frames.map(|frame| frame.number()),
    });
    Sip {
        matched: sip.matched,
        lost: lost.collect(),
        elsewhere: sip.elsewhere,
        one_sided: sip.one_sided,
        beyond: sip.beyond,
        dscp: changes(&sip.dscp, |dscp| dscp),
        vlan: changes(&sip.vlan, tag),
        rewrites: rewrites.collect(),
        rewrites_left_out: sip.rewrites_left_out,
    }
}

fn changes<T: Ord + Copy, U>(kinds: &Kinds<T>, shown: impl Fn(T) -> U) -> Vec<Change<U>> {
    let all = kinds.pairs.iter();
    all.map(|(&(first, second), &packets)| Change { values: [shown(first), shown(second)], packets })
        .collect()
}

fn tag(tag: Option<VlanTag>) -> Option<Tag> {
    tag.map(|VlanTag { id, pcp }| Tag { id, pcp })
}

fn series(differences: &Differences) -> Series {
    Series {
        packets: differences.count,
        median_ms: milliseconds(differences.median),
        p5_ms: milliseconds(differences.low),
        p95_ms: milliseconds(differences.high),
    }
}

fn milliseconds(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / 1e6
}

fn drift(drift: &Drift) -> ClockDrift {
    // A thousandth of a ppm is below what any capture shows.
    let rounded = |ppm: f64| (ppm * 1e3).round() / 1e3;
    ClockDrift {
        ppm: rounded(drift.ppm),
        error_ppm: rounded(drift.error_ppm),
        is_shown: drift.is_shown(),
        residual_ms: milliseconds(drift.residual),
        packets: drift.packets,
        span_ms: milliseconds(drift.span),
    }
}

fn direction(way: Way) -> Heading {
    match way {
        Way::Forth => Heading::Forth,
        Way::Back => Heading::Back,
        Way::Unknown => Heading::Unknown,
    }
}

fn part(field: Field) -> Part {
    match field {
        Field::Via => Part::Via,
        Field::Branch => Part::ViaBranch,
        Field::Hops => Part::ViaCount,
        Field::RequestUri => Part::RequestUri,
        Field::Contact => Part::Contact,
        Field::CallId => Part::CallId,
        Field::From => Part::From,
        Field::To => Part::To,
        Field::Connection => Part::SdpConnection,
        Field::Origin => Part::SdpOrigin,
        Field::MediaPorts => Part::SdpMedia,
        Field::Agent => Part::Agent,
        Field::Defects => Part::Defects,
    }
}
