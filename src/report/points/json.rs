//! The comparison of two points as it is published. Pairs are of the first and the second point. Keys are only added.

use serde::Serialize;

use crate::capture::Timestamp;
use crate::compare::points::{Differences, Field, Kinds, Points, Way};
use crate::decode::VlanTag;
use crate::report::number::rfc3339;

#[derive(Serialize)]
pub(super) struct Document {
    schema: u32,
    tool: Tool,
    points: Vec<Point>,
    clock: ClockDifference,
    streams: Vec<Stream>,
    streams_at_one: Vec<StreamAtOne>,
    sip: Sip,
    mappings: Vec<Mapping>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Point {
    capture: String,
    first: Option<String>,
    last: Option<String>,
    left_out: u64,
}

/// In ms, second clock less first.
#[derive(Serialize)]
struct ClockDifference {
    /// Only if both directions tell.
    offset_ms: Option<f64>,
    round_trip_ms: Option<f64>,
    forth: Option<Series>,
    back: Option<Series>,
    unknown: Option<Series>,
}

#[derive(Serialize)]
struct Series {
    packets: u64,
    median_ms: f64,
    p5_ms: f64,
    p95_ms: f64,
}

#[derive(Serialize)]
struct Stream {
    ssrc: u32,
    source: [String; 2],
    destination: [String; 2],
    calls: Vec<String>,
    direction: &'static str,
    matched: u64,
    only: [u64; 2],
    lost: Option<u64>,
    missed: Option<u64>,
    dscp: Vec<Change<u8>>,
    vlan: Vec<Change<Option<Tag>>>,
    difference: Series,
}

#[derive(Serialize)]
struct StreamAtOne {
    point: usize,
    ssrc: u32,
    source: String,
    destination: String,
    packets: u64,
    call_at_both: bool,
}

#[derive(Serialize)]
struct Change<T> {
    values: [T; 2],
    packets: u64,
}

#[derive(Serialize)]
struct Tag {
    id: u16,
    pcp: u8,
}

#[derive(Serialize)]
struct Sip {
    matched: u64,
    lost: Vec<Lost>,
    elsewhere: [u64; 2],
    dscp: Vec<Change<u8>>,
    vlan: Vec<Change<Option<Tag>>>,
    rewrites: Vec<Rewritten>,
    rewrites_left_out: u64,
}

#[derive(Serialize)]
struct Lost {
    point: usize,
    direction: &'static str,
    message: String,
    call_id: String,
    from: String,
    to: String,
    frame: u64,
}

#[derive(Serialize)]
struct Rewritten {
    part: &'static str,
    values: [String; 2],
    messages: u64,
    frames: [u64; 2],
}

#[derive(Serialize)]
struct Mapping {
    ends: [String; 2],
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

fn direction(way: Way) -> &'static str {
    match way {
        Way::Forth => "forth",
        Way::Back => "back",
        Way::Unknown => "unknown",
    }
}

fn part(field: Field) -> &'static str {
    match field {
        Field::Via => "via",
        Field::Branch => "via_branch",
        Field::Hops => "via_count",
        Field::RequestUri => "request_uri",
        Field::Contact => "contact",
        Field::From => "from",
        Field::To => "to",
        Field::Connection => "sdp_connection",
        Field::Origin => "sdp_origin",
        Field::MediaPorts => "sdp_media",
        Field::Agent => "agent",
        Field::Defects => "defects",
    }
}
