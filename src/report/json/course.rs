//! The published form of how voice went over time: a stream by intervals, and the marks of each direction.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::observe::Traffic;
use crate::observe::media::StreamReport;
use crate::observe::media::course::{Course as Seen, INTERVALS, NARROWEST};
use crate::report::number;
use crate::report::text::EXPEDITED_FORWARDING;

/// A run of numbering within a stream.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Segment {
    pub(in crate::report) first: Option<String>,
    /// Packet with the highest number.
    pub(in crate::report) last: Option<String>,
    /// Highest sequence number, extended beyond 16 bit by the cycles since the first.
    pub(in crate::report) highest_sequence: u64,
    pub(in crate::report) expected: u64,
    pub(in crate::report) lost: u64,
}

/// A stream by intervals.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Course {
    /// Of the first interval.
    pub(in crate::report) start: Option<String>,
    pub(in crate::report) interval_ms: f64,
    /// By interval.
    pub(in crate::report) packets: Vec<u32>,
    /// Missing packets, where the gap was seen.
    pub(in crate::report) lost: Vec<u32>,
    /// Greatest jitter; null without a clock.
    pub(in crate::report) jitter_ms: Option<Vec<f64>>,
}

/// Voice from one address to another by intervals.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::report) struct Route {
    pub(in crate::report) source: String,
    pub(in crate::report) destination: String,
    /// Of the first interval.
    pub(in crate::report) start: Option<String>,
    pub(in crate::report) interval_ms: f64,
    /// By interval.
    pub(in crate::report) packets: Vec<u64>,
    /// The same by DSCP value; of a stream with more than five values the further ones are missing.
    pub(in crate::report) dscp: BTreeMap<u8, Vec<u64>>,
}

/// How a stream went.
pub(super) fn of(report: &StreamReport) -> Course {
    let seen = &report.course;
    let intervals = seen.intervals();
    let rounded = |jitter: f32| (f64::from(jitter) * 1e3).round() / 1e3;
    let has_jitter = report.timing.jitter.is_some();
    Course {
        start: number::rfc3339(seen.start()),
        interval_ms: seen.width() as f64 / 1e6,
        packets: intervals.iter().map(|interval| interval.packets).collect(),
        lost: intervals.iter().map(|interval| interval.lost).collect(),
        jitter_ms: has_jitter.then(|| intervals.iter().map(|interval| rounded(interval.jitter)).collect()),
    }
}

/// The `most` directions with the smallest share of EF, the smallest first, and how many are left out.
pub(super) fn routes(traffic: &Traffic, most: usize) -> (Vec<Route>, usize) {
    let mut streams: BTreeMap<(IpAddr, IpAddr), Vec<&Seen>> = BTreeMap::new();
    for stream in &traffic.streams {
        if !stream.report.course.intervals().is_empty() {
            streams
                .entry((stream.source.ip(), stream.destination.ip()))
                .or_default()
                .push(&stream.report.course);
        }
    }
    let mut routes: Vec<Route> = streams
        .into_iter()
        .map(|((source, destination), courses)| route(source, destination, &courses))
        .collect();
    routes.sort_by_cached_key(|route| {
        let packets: u64 = route.packets.iter().sum();
        let marked: u64 = route.dscp.get(&EXPEDITED_FORWARDING).into_iter().flatten().sum();
        // Shares in millionths can be ordered.
        (marked.saturating_mul(1_000_000) / packets.max(1), Reverse(packets))
    });
    let omitted = routes.len().saturating_sub(most);
    routes.truncate(most);
    (routes, omitted)
}

fn route(source: IpAddr, destination: IpAddr, courses: &[&Seen]) -> Route {
    let begin = courses.iter().map(|course| course.start()).min().unwrap_or(crate::capture::Timestamp(0));
    let end =
        |course: &Seen| course.start().plus(course.width().saturating_mul(course.intervals().len() as i64));
    let length = courses.iter().map(|course| end(course).since(begin)).max().unwrap_or_default();
    let mut width = courses.iter().map(|course| course.width()).max().unwrap_or(NARROWEST);
    while length / width > INTERVALS as i64 {
        width = width.saturating_mul(2);
    }
    let count = usize::try_from(length / width).unwrap_or_default() + usize::from(length % width > 0);
    let mut packets = vec![0; count];
    let mut dscp: BTreeMap<u8, Vec<u64>> = BTreeMap::new();
    for course in courses {
        let place = |at: usize| {
            let past = course.start().since(begin).saturating_add(course.width().saturating_mul(at as i64));
            usize::try_from(past / width).unwrap_or_default()
        };
        for (at, interval) in course.intervals().iter().enumerate() {
            if let Some(sum) = packets.get_mut(place(at)) {
                *sum += u64::from(interval.packets);
            }
        }
        for (mark, counts) in course.marks() {
            let sums = dscp.entry(mark).or_insert_with(|| vec![0; count]);
            for (at, number) in counts.into_iter().enumerate() {
                if let Some(sum) = sums.get_mut(place(at)) {
                    *sum += u64::from(number);
                }
            }
        }
    }
    dscp.retain(|_, counts| counts.iter().any(|count| *count > 0));
    Route {
        source: source.to_string(),
        destination: destination.to_string(),
        start: number::rfc3339(begin),
        interval_ms: width as f64 / 1e6,
        packets,
        dscp,
    }
}
