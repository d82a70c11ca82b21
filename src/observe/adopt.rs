//! Takes calls and streams; gives voice that no SDP explains to the call that was going on when the capture began. Its
//! offer is not in the capture, but its BYE is, and there was no other call between the two hosts.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;

use super::call::{Beginning, Call, CallProtocol};
use super::media::MediaKind;
use super::traffic::Stream;

/// Voice ends with the BYE, or so long (ns) before or behind it: silence, or a side that did not know yet.
const AROUND_END: i64 = 5_000_000_000;

/// Of two hosts with more calls it is not asked whose voice it was.
const MOST_CALLS: usize = 64;

/// Ties streams without a call to the only one that can be theirs.
pub(super) fn adopt(calls: &[Call], streams: &mut [Stream]) {
    if !streams.iter().any(is_voice_of_nobody) {
        return;
    }
    let mut late: BTreeMap<Pair, Vec<usize>> = BTreeMap::new();
    for (id, call) in calls.iter().enumerate() {
        late.entry(hosts(call)).or_default().push(id);
    }
    late.retain(|_, known| {
        known.len() <= MOST_CALLS && known.iter().any(|id| calls.get(*id).is_some_and(is_late))
    });
    if late.is_empty() {
        return;
    }
    let mut adopted = Vec::new();
    for (at, stream) in streams.iter().enumerate().filter(|(_, stream)| is_voice_of_nobody(stream)) {
        let Some(known) = late.get(&pair(stream.source.ip(), stream.destination.ip())) else { continue };
        let mut running = known.iter().filter(|id| calls.get(**id).is_some_and(|call| runs(call, stream)));
        if let (Some(&id), None) = (running.next(), running.next())
            && calls.get(id).is_some_and(|call| is_late(call) && ends_with(call, stream))
        {
            adopted.push((at, id));
        }
    }
    // What goes astray comes from where the other direction arrives.
    let arrives: BTreeMap<SocketAddr, (usize, usize)> =
        adopted.iter().filter_map(|(at, id)| Some((streams.get(*at)?.destination, (*at, *id)))).collect();
    let own = streams.iter().enumerate().filter(|(_, stream)| is_voice_of_nobody(stream));
    let astray: Vec<(usize, usize)> = own
        .filter_map(|(at, stream)| {
            let (heard, id) = arrives.get(&stream.source)?;
            let is_its = ends_with(calls.get(*id)?, stream) && overlap(stream, streams.get(*heard)?);
            is_its.then_some((at, *id))
        })
        .collect();
    for (at, id) in adopted.into_iter().chain(astray) {
        if let Some(stream) = streams.get_mut(at) {
            stream.call = Some(id);
        }
    }
}

/// Two hosts, the smaller first.
type Pair = (IpAddr, IpAddr);

/// The two hosts that speak: where a proxy runs beside one of them, not all messages show both.
fn hosts(call: &Call) -> Pair {
    let mut ends: Vec<IpAddr> = vec![call.caller.ip(), call.callee.ip()];
    if is_late(call) {
        ends.extend(call.ladder.steps().flat_map(|step| [step.from.ip(), step.to.ip()]));
    }
    ends.sort_unstable();
    ends.dedup();
    match ends.as_slice() {
        [one, other] => (*one, *other),
        _ => pair(call.caller.ip(), call.callee.ip()),
    }
}

fn pair(one: IpAddr, other: IpAddr) -> Pair {
    (one.min(other), one.max(other))
}

/// Whether the capture holds no more of a call than its end.
fn is_late(call: &Call) -> bool {
    call.protocol == CallProtocol::Sip
        && call.beginning != Beginning::Seen
        && call.end.is_some_and(|(_, end)| end.is_known())
        && [&call.caller_media, &call.callee_media, &call.other_media].iter().all(|media| media.is_empty())
}

fn is_voice_of_nobody(stream: &Stream) -> bool {
    stream.call.is_none() && matches!(stream.report.kind, MediaKind::Audio | MediaKind::Unknown)
}

/// Whether a call may have gone on at any time of the stream. When a late one began is not known.
fn runs(call: &Call, stream: &Stream) -> bool {
    let begun = is_late(call) || call.start.1 <= stream.report.last.time;
    begun && call.end.is_none_or(|(_, end)| end.plus(AROUND_END) >= stream.report.first.time)
}

fn ends_with(call: &Call, stream: &Stream) -> bool {
    let Some((_, end)) = call.end else { return false };
    let last: Timestamp = stream.report.last.time;
    stream.report.first.time <= end && (-AROUND_END..=AROUND_END).contains(&last.since(end))
}

fn overlap(one: &Stream, other: &Stream) -> bool {
    one.report.first.time <= other.report.last.time && other.report.first.time <= one.report.last.time
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, call, frame, ladder, socket, stream};
    use super::*;

    /// A call of which the BYE at 3 s is known, and voice of both sides from 0 s to `last` ms.
    fn scene(last: i64) -> (Call, [Stream; 2]) {
        let ends = ["192.168.10.21:10000", "192.168.10.22:10002"];
        let late = Call {
            beginning: Beginning::Unseen,
            caller: socket("192.168.10.21:5060"),
            callee: socket("192.168.10.22:5060"),
            caller_media: Vec::new(),
            callee_media: Vec::new(),
            start: (frame(90), at(3_000)),
            end: Some((frame(90), at(3_000))),
            ..call(ends[0], ends[1])
        };
        let voice = |from: &str, to: &str| {
            let mut voice = stream(from, to, &[(46, 100)]);
            (voice.call, voice.report.kind) = (None, MediaKind::Audio);
            (voice.report.first.time, voice.report.last.time) = (at(0), at(last));
            voice
        };
        (late, [voice(ends[0], ends[1]), voice(ends[1], ends[0])])
    }

    fn adopted(calls: &[Call], streams: &[Stream]) -> Vec<Option<usize>> {
        let mut streams = streams.to_vec();
        adopt(calls, &mut streams);
        streams.iter().map(|stream| stream.call).collect()
    }

    #[test]
    fn voice_that_ends_with_the_bye_is_that_of_the_call() {
        let (late, streams) = scene(3_020);
        assert_eq!(adopted(std::slice::from_ref(&late), &streams), [Some(0); 2]);
        let begun = Call { beginning: Beginning::Seen, ..late.clone() };
        assert_eq!(adopted(&[begun], &streams), [None; 2], "its SDP would have told of it");
        let told = Call { caller_media: vec![socket("192.168.10.21:4000")], ..late.clone() };
        assert_eq!(adopted(&[told], &streams), [None; 2], "its SDP tells of other voice");
        assert_eq!(adopted(std::slice::from_ref(&late), &scene(9_000).1), [None; 2], "it goes on");
        let other = Call { beginning: Beginning::Seen, start: (frame(5), at(1_000)), ..late.clone() };
        assert_eq!(adopted(&[late, other], &streams), [None; 2], "it may be that of another call");
    }

    #[test]
    fn a_proxy_beside_a_telephone_hides_nobody() {
        let (mut late, streams) = scene(3_020);
        late.caller = socket("192.168.10.22:5062");
        assert_eq!(adopted(std::slice::from_ref(&late), &streams), [None; 2]);
        late.ladder = ladder(&[("192.168.10.21:5060", "192.168.10.22:5060", "BYE sip:22@a SIP/2.0")]);
        assert_eq!(adopted(&[late], &streams), [Some(0); 2]);
    }

    #[test]
    fn voice_that_goes_astray_comes_from_where_the_other_arrives() {
        let (late, [mut astray, heard]) = scene(3_020);
        astray.destination = socket("203.0.113.9:10002");
        assert_eq!(adopted(std::slice::from_ref(&late), &[astray.clone(), heard]), [Some(0); 2]);
        assert_eq!(adopted(&[late], &[astray]), [None], "nothing ties it to the call");
    }
}
