//! RTP-002 of a fax: T.38 was agreed, and then nothing at all is sent by either side.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::{Case, Span};
use super::super::finding::{Detail, Finding, Mute, Party, Severity};
use super::of_calls;
use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::message::App;
use crate::observe::{Call, FlowView, Protocol};
use crate::site::{Confidence, Scope};

/// Voice may go on for so long (ns) behind the agreement.
const HANDOVER: i64 = 1_000_000_000;
/// A fax that is agreed sends within a second; so long (ns) nothing must come.
const LEAST_WAIT: i64 = 5_000_000_000;
/// Voice of so many packets shows that this call is seen.
const LEAST_VOICE: u64 = 50;
/// A fax that comes through sends some dozen packets even of an empty page.
const LEAST_FAX: u64 = 50;

/// One finding for a caller.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut callers: BTreeMap<IpAddr, Vec<&Call>> = BTreeMap::new();
    for (id, call) in case.traffic.calls.iter().enumerate() {
        if is_silent(case, id, call) {
            callers.entry(call.caller.ip()).or_default().push(call);
        }
    }
    let findings = callers.into_iter().map(|(caller, calls)| {
        let callees: BTreeSet<IpAddr> = calls.iter().map(|call| call.callee.ip()).collect();
        let near = callees.iter().all(|callee| case.are_neighbours(caller, *callee));
        Finding {
            detail: Detail::Rtp002 { peers: callees.into_iter().collect(), near, why: Mute::Fax },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(caller)),
            rows: Vec::new(),
            count: calls.len() as u64,
            responsible: if near { Party::Telephony } else { Party::Network },
            evidence: of_calls(&calls),
        }
    });
    findings.collect()
}

/// Whether in a later call of the two a fax was agreed, and came on the ports that were agreed for it.
pub(in crate::check) fn has_faxed(case: &Case<'_>, sides: (IpAddr, IpAddr), last: Timestamp) -> bool {
    let mut calls = case.traffic.calls.iter();
    calls.any(|call| {
        let is_later = (call.caller.ip(), call.callee.ip()) == sides && call.start.1 > last;
        let span = |agreed| Span { from: agreed, until: call.end.map(|(_, end)| end) };
        is_later
            && call.fax.map(span).is_some_and(|span| {
                let views = call.fax_media.iter().flat_map(|end| case.datagrams_of(*end));
                views.map(|view| case.sent_in(&view, span) + case.received_in(&view, span)).max()
                    >= Some(LEAST_FAX)
            })
    })
}

fn is_silent(case: &Case<'_>, id: usize, call: &Call) -> bool {
    let (Some(agreed), Some((_, end))) = (call.fax.filter(|_| call.came_about()), call.end) else {
        return false;
    };
    let span = Span { from: agreed.plus(HANDOVER), until: Some(end) };
    let media = call.caller_media.iter().chain(&call.callee_media).map(|end| end.ip());
    let hosts: BTreeSet<IpAddr> = media.chain([call.caller.ip(), call.callee.ip()]).collect();
    let is_heard = case
        .streams_in(id)
        .any(|stream| stream.report.kind == MediaKind::Audio && stream.report.counts.packets >= LEAST_VOICE);
    // T.38 may go to another address than the voice before: whatever an own host sends or gets meanwhile may be it.
    let own = || hosts.iter().filter(|host| case.scope(**host) == Scope::Lan);
    let is_anything = || {
        own().flat_map(|host| case.flows_of(*host)).any(|flow| {
            let known =
                matches!(flow.app, App::Sip | App::Rtcp | App::Stun | App::Dns | App::Ntp | App::Dhcp);
            let view = &FlowView::both(flow)[0];
            flow.protocol == Protocol::Udp
                && !known
                && case.sent_in(view, span) + case.received_in(view, span) > 0
        })
    };
    end.since(agreed) >= LEAST_WAIT && is_heard && own().next().is_some() && !is_anything()
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Code;
    use super::*;
    use crate::check::fixture::{PBX, PUBLIC, World};
    use crate::observe::fixture::{at, call, frame, sent, socket, stream, udp};
    use crate::observe::{Answer, Flow};

    /// A call with voice until 4 s, when T.38 is agreed; it ends at 19 s.
    fn world(fax: Option<i64>) -> World {
        let (own, far) = (format!("{PBX}:5204"), format!("{PUBLIC}:20000"));
        let mut media = Flow { app: App::Rtp, ..udp(&own, &far) };
        for side in [&mut media.from_a, &mut media.from_b] {
            side.last = Some((frame(200), at(4_000)));
        }
        let mut voice = stream(&own, &far, &[(46, 200)]);
        voice.call = Some(0);
        voice.report.last.time = at(4_000);
        let mut world = World::new("").flows(vec![media]).streams(vec![voice]);
        world.traffic.calls = vec![Call {
            answered: Some((frame(2), at(0))),
            answer: Answer::Answered,
            end: Some((frame(400), at(19_000))),
            fax: fax.map(at),
            caller_media: vec![socket(&own)],
            callee_media: vec![socket(&far)],
            may_be_silent: true,
            ..call(&format!("{PBX}:5064"), &format!("{PUBLIC}:5060"))
        }];
        world
    }

    fn told(world: &World) -> bool {
        let found = super::super::check(&world.case(), &[]);
        found.iter().any(|finding| {
            finding.code() == Code::Rtp002 && matches!(finding.detail, Detail::Rtp002 { why: Mute::Fax, .. })
        })
    }

    #[test]
    fn a_later_fax_that_comes_through_shows_that_the_way_is_right_again() {
        let over = |start: i64, packets: u64| {
            let mut world = world(Some(4_000));
            let (own, far) = (format!("{PBX}:5210"), format!("{PUBLIC}:4000"));
            let mut fax = Flow { from_a: sent(packets), from_b: sent(packets), ..udp(&own, &far) };
            fax.id = 1;
            for side in [&mut fax.from_a, &mut fax.from_b] {
                let times = (Some((frame(500), at(start + 5_000))), Some((frame(600), at(start + 15_000))));
                (side.first, side.last) = times;
            }
            world.traffic.flows.push(fax);
            let mut later = world.traffic.calls[0].clone();
            later.start = (frame(450), at(start));
            later.answered = Some((frame(451), at(start)));
            later.fax = Some(at(start + 4_000));
            later.fax_media = vec![socket(&own), socket(&far)];
            later.end = Some((frame(700), at(start + 19_000)));
            world.traffic.calls.push(later);
            has_faxed(&world.case(), (PBX.parse().unwrap(), PUBLIC.parse().unwrap()), at(19_000))
        };
        assert!(over(30_000, 100));
        assert!(!over(30_000, 10), "hardly anything");
        assert!(!over(-30_000, 100), "that was before");
    }

    #[test]
    fn a_fax_that_is_agreed_and_never_sent_is_told() {
        assert!(told(&world(Some(4_000))));
        assert!(!told(&world(None)), "no fax");
        assert!(!told(&world(Some(15_000))), "it had no time");
        let mut sends = world(Some(4_000));
        let mut fax = Flow { from_a: sent(60), ..udp(&format!("{PBX}:5210"), "203.0.113.77:4000") };
        fax.id = 1;
        for side in [&mut fax.from_a, &mut fax.from_b] {
            (side.first, side.last) = (Some((frame(210), at(6_000))), Some((frame(300), at(12_000))));
        }
        sends.traffic.flows.push(fax);
        assert!(!told(&sends), "it goes to another address");
        let mut unseen = world(Some(4_000));
        unseen.traffic.streams.clear();
        assert!(!told(&unseen), "its media take another way");
    }
}
