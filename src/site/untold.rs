//! Calls that no signalling tells: some telephones set theirs up by a protocol that nobody can read. Their role says so,
//! and their voice tells when they spoke: sources, numbering and silence part one call from the next, because such
//! telephones use one port for all.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::observe::media::MediaKind;
use crate::observe::media::course::Course;
use crate::observe::{Answer, Call, CallProtocol, Flow, Traffic};

use super::{Confidence, Role, Site};

/// Voice begins so long (ns) after all voice before it: another call.
const APART: i64 = 1_000_000_000;
/// A source that was silent for so long (ns) may go on in another call.
const SILENT: i64 = 5_000_000_000;
/// Shorter voice (ns) is no call: a click of the tone generator, the rest of one that ended as the capture began.
const LEAST: i64 = 200_000_000;
/// The capture goes on for so long (ns) behind the last packet of a call: then it ended.
const OVER: i64 = 2_000_000_000;

/// Adds the calls that only their voice tells, in their places.
pub fn add_untold_calls(traffic: &mut Traffic, site: &Site, roles: &[Role]) {
    let protocols: BTreeMap<_, _> = site
        .devices
        .iter()
        .filter(|device| device.confidence >= Confidence::Likely)
        .filter_map(|device| {
            let role = roles.iter().find(|role| role.id == device.role)?;
            Some((device.address, role.calls.as_deref()?))
        })
        .collect();
    if protocols.is_empty() {
        return;
    }
    let mut voice: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, stream) in traffic.streams.iter().enumerate() {
        if stream.call.is_none() && stream.report.kind == MediaKind::Audio {
            voice.entry(stream.flow).or_default().push(index);
        }
    }
    let lasts = traffic.flows.iter().flat_map(|flow| [&flow.from_a, &flow.from_b]);
    let end = lasts.filter_map(|side| side.last).map(|(_, time)| time).max();
    let mut untold = Vec::new();
    for (flow, streams) in voice {
        let Some(flow) = traffic.flows.get(flow) else { continue };
        let Some((protocol, phone, other)) = ends(flow, &protocols) else { continue };
        let name = |number: usize| format!("{protocol}-{phone}-{other}-{number}");
        for (number, runs) in (1..).zip(parted(runs(traffic, &streams))) {
            let call = call(&runs, (phone, other), protocol, end);
            untold.push((Call { call_id: name(number).into(), ..call }, runs));
        }
    }
    untold.sort_by_key(|(call, _)| (call.start.1, call.start.0));
    for (call, runs) in untold {
        insert(traffic, call, &runs);
    }
}

/// Voice of one source without a long silence or a new beginning.
#[derive(Clone, Copy, Debug)]
struct Run {
    stream: usize,
    from: SocketAddr,
    first: (Frame, Timestamp),
    last: (Frame, Timestamp),
}

/// The protocol of a flow between such a telephone and something else, with the ends, the telephone first.
fn ends<'a>(flow: &Flow, protocols: &BTreeMap<IpAddr, &'a str>) -> Option<(&'a str, SocketAddr, SocketAddr)> {
    let of = |phone: SocketAddr, other| protocols.get(&phone.ip()).map(|protocol| (*protocol, phone, other));
    of(flow.a, flow.b).or_else(|| of(flow.b, flow.a))
}

/// The runs of these streams in order.
fn runs(traffic: &Traffic, streams: &[usize]) -> Vec<Run> {
    let mut runs = Vec::new();
    for &stream in streams {
        let Some(seen) = traffic.streams.get(stream) else { continue };
        let report = &seen.report;
        let (first, last) = ((report.first.frame, report.first.time), (report.last.frame, report.last.time));
        let mut parts: Vec<_> =
            report.segments.iter().map(|segment| (segment.first, segment.highest)).collect();
        match parts.last_mut() {
            // What came late, or behind the segments that are told one by one, belongs to the last.
            Some((_, end)) => *end = last,
            None => parts.push((first, last)),
        }
        for (first, last) in parts {
            let mut begins = first;
            for (silent, until) in silences(&report.course, first.1, last.1) {
                runs.push(Run { stream, from: seen.source, first: begins, last: (first.0, silent) });
                begins = (first.0, until);
            }
            runs.push(Run { stream, from: seen.source, first: begins, last });
        }
    }
    runs.retain(|run| run.last.1.since(run.first.1) >= LEAST);
    runs.sort_by_key(|run| (run.first.1, run.first.0, run.stream));
    runs
}

/// Times between these two in which long nothing was sent, as exactly as the course tells.
fn silences(course: &Course, first: Timestamp, last: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let (start, width) = (course.start(), course.width());
    let at = |index: usize| start.plus(width.saturating_mul(i64::try_from(index).unwrap_or(i64::MAX)));
    let mut silences = Vec::new();
    let mut since: Option<usize> = None;
    for (index, interval) in course.intervals().iter().enumerate() {
        if interval.packets == 0 {
            since.get_or_insert(index);
        } else if let Some(from) = since.take() {
            let (silent, until) = (at(from), at(index));
            if silent > first && until < last && until.since(silent) >= SILENT {
                silences.push((silent, until));
            }
        }
    }
    silences
}

/// One group of runs for each call: it ends where nobody spoke any more.
fn parted(runs: Vec<Run>) -> Vec<Vec<Run>> {
    let mut calls: Vec<Vec<Run>> = Vec::new();
    let mut until: Option<Timestamp> = None;
    for run in runs {
        let is_apart = until.is_none_or(|until| run.first.1.since(until) >= APART);
        until = until.max(Some(run.last.1));
        match calls.last_mut().filter(|_| !is_apart) {
            Some(call) => call.push(run),
            None => calls.push(vec![run]),
        }
    }
    calls
}

/// The call of these runs, in order and not empty; `end` of the capture.
fn call(
    runs: &[Run],
    (phone, other): (SocketAddr, SocketAddr),
    protocol: &str,
    end: Option<Timestamp>,
) -> Call {
    let unknown = (Frame::new(0, 0), Timestamp(0));
    let start = runs.first().map_or(unknown, |run| run.first);
    let last = runs.iter().map(|run| run.last).max_by_key(|(_, time)| *time).unwrap_or(start);
    let is_heard = |side| runs.iter().any(|run| run.from == side);
    let both = is_heard(phone) && is_heard(other);
    Call {
        from: phone.ip().to_string().into(),
        to: other.ip().to_string().into(),
        answered: both.then_some(start),
        end: end.is_some_and(|end| end.since(last.1) >= OVER).then_some(last),
        answer: if both { Answer::Answered } else { Answer::Open },
        may_be_silent: true,
        ..Call::begun(Box::default(), CallProtocol::Unreadable(protocol.into()), (phone, other), start)
    }
}

/// Puts a call where it belongs in time, and ties its voice to it.
fn insert(traffic: &mut Traffic, mut call: Call, runs: &[Run]) {
    let later = |known: &Call| known.start.1 > call.start.1;
    let at = traffic.calls.iter().position(later).unwrap_or(traffic.calls.len());
    let moved = |index: &mut usize| *index += usize::from(*index >= at);
    traffic.streams.iter_mut().filter_map(|stream| stream.call.as_mut()).for_each(moved);
    traffic.calls.iter_mut().filter_map(|call| call.leg_of.as_mut()).for_each(moved);
    for run in runs {
        let Some(stream) = traffic.streams.get_mut(run.stream) else { continue };
        match stream.call {
            None => stream.call = Some(at),
            Some(known) if known != at && !call.also_heard.contains(&run.stream) => {
                stream.is_shared = true;
                call.also_heard.push(run.stream);
            }
            Some(_) => {}
        }
    }
    traffic.calls.insert(at, call);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> (Frame, Timestamp) {
        (Frame::new(0, ms as u64), Timestamp(1_000_000_000_000 + ms * 1_000_000))
    }

    fn run(stream: usize, from: &str, first: i64, last: i64) -> Run {
        Run { stream, from: from.parse().unwrap(), first: at(first), last: at(last) }
    }

    const PHONE: &str = "192.168.10.41:5896";
    const PBX: &str = "192.168.10.2:5210";

    fn groups(runs: &[Run]) -> Vec<Vec<usize>> {
        let parted = parted(runs.to_vec());
        parted.iter().map(|call| call.iter().map(|run| run.stream).collect()).collect()
    }

    #[test]
    fn a_call_ends_where_nobody_speaks() {
        let first = [run(0, PHONE, 0, 3_000), run(1, PBX, 10, 3_100)];
        let second = [run(2, PHONE, 6_000, 9_000), run(3, PBX, 6_100, 9_000)];
        assert_eq!(groups(&[first, second].concat()), [vec![0, 1], vec![2, 3]]);
        // The PBX plays another source's music while the telephone goes on, and the other way round.
        let held = [run(0, PHONE, 0, 9_000), run(1, PBX, 10, 3_000), run(2, PBX, 8_100, 9_000)];
        assert_eq!(groups(&held), [vec![0, 1, 2]]);
        let close = [run(0, PHONE, 0, 3_000), run(1, PHONE, 3_900, 9_000)];
        assert_eq!(groups(&close), [vec![0, 1]]);
    }

    #[test]
    fn what_is_heard_of_one_side_only_was_not_answered_for_certain() {
        let ends = (PHONE.parse().unwrap(), PBX.parse().unwrap());
        let both = [run(0, PHONE, 0, 3_000), run(1, PBX, 10, 3_100)];
        let told = call(&both, ends, "ASIP", Some(at(9_000).1));
        assert_eq!((told.answer, told.answered, told.end), (Answer::Answered, Some(at(0)), Some(at(3_100))));
        let told = call(&both[..1], ends, "ASIP", Some(at(3_500).1));
        assert_eq!((told.answer, told.answered, told.end), (Answer::Open, None, None), "the capture ends");
    }
}
