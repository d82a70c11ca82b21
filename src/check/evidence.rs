//! Gathers the frames, the times and the display filter behind a finding. The filter selects all frames named.

use std::collections::BTreeMap;

use crate::capture::{Frame, Timestamp};
use crate::observe::media::Moment;
use crate::observe::{Flow, FlowView, Stream};

use super::filter;
use super::finding::Evidence;

pub(super) const FRAMES_KEPT: usize = 5;
/// Flows or streams that are named; a longer filter nobody reads.
pub(super) const NAMED: usize = 8;

/// Evidence that lies in whole flows, both directions.
pub(super) fn of_flows<'a>(flows: impl IntoIterator<Item = &'a Flow>) -> Evidence {
    let flows: BTreeMap<usize, &Flow> = flows.into_iter().map(|flow| (flow.id, flow)).collect();
    let mut collector = Collector::default();
    let mut filters = Vec::new();
    for (place, flow) in flows.values().enumerate() {
        let sides = [&flow.from_a, &flow.from_b];
        sides
            .iter()
            .flat_map(|side| [side.first, side.last])
            .flatten()
            .for_each(|(_, at)| collector.time(at));
        if place < NAMED {
            sides.iter().for_each(|side| collector.frames(&side.frames));
            filters.push(filter::flow(flow));
        }
    }
    collector.finish(filter::any_of(filters))
}

/// Evidence that lies in what one side of flows sent with marks such as `is_meant`; `condition` says the same to Wireshark.
/// Where that side used others too, no frame of it is known to be one, and nothing but the way stands for it.
pub(super) fn of_marked<'a>(
    views: impl IntoIterator<Item = &'a FlowView<'a>>,
    is_meant: impl Fn(u8) -> bool,
    condition: &str,
) -> Evidence {
    let views: BTreeMap<usize, &FlowView<'_>> = views.into_iter().map(|view| (view.flow.id, view)).collect();
    let is_pure = |view: &&&FlowView<'_>| view.sent.dscp.iter().all(|(mark, ..)| is_meant(mark));
    let shown: Vec<&FlowView<'_>> = match views.values().filter(is_pure).copied().collect::<Vec<_>>() {
        none if none.is_empty() => views.values().copied().collect(),
        pure => pure,
    };
    let condition = if shown.iter().all(|view| is_pure(&view)) { condition } else { "" };
    let mut collector = Collector::default();
    let mut filters = Vec::new();
    for view in &shown {
        [view.sent.first, view.sent.last].into_iter().flatten().for_each(|(_, time)| collector.time(time));
        if filters.len() < NAMED {
            collector.frames(&view.sent.frames);
            filters.push(filter::one_way(view.own(), view.peer(), view.flow.protocol));
        }
    }
    collector.finish(with_condition(filters, condition))
}

/// `any of the filters`, and the condition, if there is one.
fn with_condition(filters: Vec<String>, condition: &str) -> String {
    let any = filter::any_of(filters);
    match condition {
        "" => any,
        condition if any.contains("||") => format!("({any}) && {condition}"),
        condition => format!("{any} && {condition}"),
    }
}

/// Evidence that lies in some frames of streams; `frames_of` gives them, `condition` is what they have in common.
pub(super) fn of_streams<'a>(
    streams: impl IntoIterator<Item = &'a Stream>,
    condition: &str,
    frames_of: impl Fn(&Stream) -> Vec<Frame>,
) -> Evidence {
    of_parts(streams, condition, frames_of, |_| Vec::new())
}

/// As [`of_streams`], where less than whole streams are meant: `times_of` gives the first and last of what is, in any order;
/// none: the whole stream.
pub(super) fn of_parts<'a>(
    streams: impl IntoIterator<Item = &'a Stream>,
    condition: &str,
    frames_of: impl Fn(&Stream) -> Vec<Frame>,
    times_of: impl Fn(&Stream) -> Vec<Timestamp>,
) -> Evidence {
    let mut streams: Vec<&Stream> = streams.into_iter().collect();
    streams.sort_by_key(|stream| stream.report.first.frame);
    let mut collector = Collector::default();
    let mut filters: Vec<String> = Vec::new();
    for (place, stream) in streams.iter().enumerate() {
        let mut times = times_of(stream);
        if times.is_empty() {
            times = vec![stream.report.first.time, stream.report.last.time];
        }
        times.into_iter().for_each(|time| collector.time(time));
        if place < NAMED {
            collector.frames(&frames_of(stream));
            let mut filter = filter::stream(stream);
            if stream.relay.is_some() {
                filter = format!("{filter} && {}", filter::RELAYED);
            }
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
    }
    collector.finish(with_condition(filters, condition))
}

/// Evidence that lies in single packets of streams: its time is theirs.
pub(super) fn at_moments<'a>(streams: impl IntoIterator<Item = (&'a Stream, Vec<Moment>)>) -> Evidence {
    let mut streams: Vec<(&Stream, Vec<Moment>)> = streams.into_iter().collect();
    streams.sort_by_key(|(stream, _)| stream.report.first.frame);
    let until = streams.iter().map(|(stream, _)| stream.report.last.time).max();
    let mut moments: Vec<Moment> = Vec::new();
    let mut filters: Vec<String> = Vec::new();
    for (stream, shown) in streams.into_iter().take(NAMED) {
        moments.extend(shown);
        let filter = filter::stream(stream);
        if !filters.contains(&filter) {
            filters.push(filter);
        }
    }
    moments.sort_unstable_by_key(|moment| moment.frame);
    moments.dedup_by_key(|moment| moment.frame);
    let mut collector = Collector::default();
    // The time is that of all of them.
    moments.iter().for_each(|moment| collector.time(moment.time));
    moments.iter().take(FRAMES_KEPT).for_each(|moment| collector.frames(&[moment.frame]));
    Evidence { until, ..collector.finish(filter::any_of(filters)) }
}

/// Frames and times from several places.
#[derive(Debug, Default)]
pub(super) struct Collector {
    frames: Vec<Frame>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Collector {
    pub(super) fn frames(&mut self, frames: &[Frame]) {
        self.frames.extend_from_slice(frames);
    }

    pub(super) fn time(&mut self, time: Timestamp) {
        if time.is_known() {
            self.first = Some(self.first.map_or(time, |known| known.min(time)));
            self.last = Some(self.last.map_or(time, |known| known.max(time)));
        }
    }

    /// The first few frames and the span.
    pub(super) fn finish(mut self, filter: String) -> Evidence {
        self.frames.sort_unstable();
        self.frames.dedup();
        self.frames.truncate(FRAMES_KEPT);
        Evidence { frames: self.frames, filter, first: self.first, last: self.last, until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Direction;
    use crate::observe::fixture::{at, frame, numbered, sent, stream, udp};
    use crate::observe::{Protocol, Relay, Sent};

    /// Flows whose starters' frames are 10, 20, 30 ...
    fn flows(count: u64) -> Vec<Flow> {
        let flow = |number: u64| Flow {
            from_a: Sent::from(Direction {
                frames: [frame(number * 10)].into_iter().collect(),
                first: Some((frame(number * 10), at(number as i64))),
                last: Some((frame(number * 10), at(number as i64 + 100))),
                ..Direction::clone(&sent(1))
            }),
            from_b: sent(0),
            ..udp(&format!("192.168.10.21:{}", 40_000 + number), "192.168.10.2:389")
        };
        numbered((1..=count).map(flow).collect())
    }

    #[test]
    fn five_frames_and_the_whole_time_are_told() {
        let evidence = of_flows(&flows(7));
        assert_eq!(evidence.frames, [10, 20, 30, 40, 50].map(frame));
        assert_eq!((evidence.first, evidence.last), (Some(at(1)), Some(at(107))));
    }

    #[test]
    fn a_filter_names_eight_flows_at_the_most() {
        let alternatives = |count| of_flows(&flows(count)).filter.matches(") || (").count() + 1;
        assert_eq!((alternatives(2), alternatives(8), alternatives(9)), (2, 8, 8));
    }

    #[test]
    fn a_flow_that_is_given_twice_is_named_once() {
        let flows = flows(1);
        let evidence = of_flows(flows.iter().chain(&flows));
        assert!(!evidence.filter.contains("||"), "{}", evidence.filter);
    }

    #[test]
    fn what_one_side_marks_is_shown_by_its_packets_alone() {
        let marked = |marks: &[(u8, u64)]| {
            let mut flow = flows(1).remove(0);
            flow.from_a.dscp = marks.iter().map(|(mark, packets)| (*mark, *packets, 100)).collect();
            let views = FlowView::both(&flow);
            of_marked(&views[..1], |mark| mark != 24, "!x")
        };
        let wrong = marked(&[(26, 9)]);
        assert_eq!(wrong.frames, [frame(10)]);
        let way =
            "ip.src == 192.168.10.21 && ip.dst == 192.168.10.2 && udp.srcport == 40001 && udp.dstport == 389";
        assert_eq!(wrong.filter, format!("{way} && !x"));
        assert_eq!(marked(&[(24, 1), (26, 9)]).filter, way, "which of them the frames are is not known");
    }

    #[test]
    fn the_time_of_moments_is_that_of_all_and_not_of_the_frames_that_are_named() {
        let voice = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 60)]);
        let moment = |number: u64| Moment { frame: frame(number), time: at(number as i64) };
        let told = at_moments([(&voice, (1..=9).map(moment).collect())]);
        assert_eq!(told.frames.len(), FRAMES_KEPT);
        assert_eq!((told.first, told.last), (Some(at(1)), Some(at(9))));
    }

    #[test]
    fn a_condition_holds_for_every_stream() {
        let one = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(0, 60)]);
        let two = stream("192.168.10.22:10000", "192.168.10.2:5206", &[(0, 60)]);
        let filter =
            |streams: &[&Stream]| of_streams(streams.iter().copied(), "!x", |_| vec![frame(1)]).filter;
        assert!(filter(&[&one]).ends_with("udp.dstport == 5204 && !x"));
        let both = filter(&[&one, &two]);
        assert!(both.starts_with("((ip.src") && both.ends_with(")) && !x"), "{both}");
    }

    #[test]
    fn what_a_turn_server_relays_is_selected_without_its_answers() {
        let mut voice = stream("192.168.20.51:50010", "198.51.100.22:3478", &[(0, 60)]);
        let filter = |voice: &Stream| of_streams([voice], "!x", |_| vec![frame(1)]).filter;
        assert!(!filter(&voice).contains("stun"), "whatever the port");
        voice.relay = Some(Relay {
            protocol: Protocol::Udp,
            channel: Some(0x4001),
            multiplexed: false,
            indicated: 0,
            peer: None,
            relayed: None,
            is_clients: true,
        });
        assert!(filter(&voice).ends_with("udp.dstport == 3478 && !(stun.type.class != 1) && !x"));
    }

    #[test]
    fn unknown_times_are_left_out() {
        let mut collector = Collector::default();
        collector.time(Timestamp::UNKNOWN);
        assert_eq!(collector.finish(String::new()), Evidence::default());
    }
}
