//! CAP-010: what a capture without voice has instead.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::capture::{CaptureSummary, Ended};
use crate::observe::media::likeness::could_carry_media;
use crate::observe::message::App;
use crate::observe::{Flow, Protocol, Traffic};
use crate::site::Confidence;

use super::case::Case;
use super::finding::{Detail, Evidence, Finding, NoVoice, Party, Severity};
use super::tunnel::tunnel;

/// Packets of a protocol that is known by its port only.
const LEAST_FOREIGN: u64 = 4;
/// One packet in so many goes through a tunnel where that may be what hides the voice.
const SEALED_SHARE: u64 = 10;
/// Reports that tell of voice: one may be a goodbye.
const LEAST_REPORTS: u64 = 2;

/// CAP-010.
pub(super) fn check(case: &Case<'_>, captures: &[CaptureSummary]) -> Option<Finding> {
    let traffic = case.traffic;
    if !traffic.streams.is_empty() && !is_own_only(traffic) {
        return None;
    }
    // A file that could not be read is not empty, and CAP-011 says so.
    let is_damaged = captures.iter().any(|one| !matches!(one.ended, Ended::Complete | Ended::Stopped));
    if traffic.quality.frames == 0 && is_damaged {
        return None;
    }
    // A few packets, keys alone, or a protocol that is not known may be voice all the same.
    let may_speak = traffic.flows.iter().any(|flow| {
        flow.protocol == Protocol::Udp
            && flow.app == App::Unknown
            && [flow.a, flow.b].iter().all(|end| could_carry_media(end.port()))
    });
    let reason = no_voice(traffic);
    let is_likely = may_speak || matches!(reason, NoVoice::Sealed | NoVoice::Reported);
    Some(Finding {
        detail: Detail::Cap010(reason),
        severity: Severity::Info,
        confidence: if is_likely { Confidence::Likely } else { Confidence::Sure },
        subject: None,
        rows: Vec::new(),
        count: 0,
        responsible: Party::Capture,
        evidence: Evidence::default(),
    })
}

/// Whether all that the capture holds are packets of a device to itself: they show nothing of the network.
pub(super) fn is_own_only(traffic: &Traffic) -> bool {
    let is_read = traffic.quality.decoded == traffic.quality.frames;
    is_read && !traffic.flows.is_empty() && traffic.flows.iter().all(|flow| is_own(flow.a.ip(), flow.b.ip()))
}

/// Whether packets between these addresses stay within a device.
pub(super) fn is_own(a: IpAddr, b: IpAddr) -> bool {
    a == b || a.is_loopback() && b.is_loopback()
}

fn no_voice(traffic: &Traffic) -> NoVoice {
    let quality = &traffic.quality;
    if quality.frames == 0 {
        return if quality.filtered == 0 { NoVoice::Empty } else { NoVoice::Nothing };
    }
    if quality.decoded == 0 {
        return NoVoice::Unread;
    }
    if is_own_only(traffic) {
        return NoVoice::Loopback;
    }
    if traffic.calls.iter().any(|call| call.answered.is_some()) {
        return NoVoice::Answered;
    }
    let packets = |flow: &Flow| flow.from_a.packets + flow.from_b.packets;
    if traffic.flows.iter().any(|flow| flow.app == App::Rtcp && packets(flow) >= LEAST_REPORTS) {
        return NoVoice::Reported;
    }
    if !traffic.calls.is_empty() {
        return NoVoice::Called;
    }
    let foreign: BTreeSet<&str> = traffic.flows.iter().filter_map(foreign).collect();
    if !foreign.is_empty() {
        return NoVoice::Foreign(foreign.into_iter().collect());
    }
    let sealed: u64 = traffic.flows.iter().filter(|flow| tunnel(flow).is_some()).map(packets).sum();
    let is_much = sealed > 0 && sealed * SEALED_SHARE >= quality.frames;
    if is_much { NoVoice::Sealed } else { NoVoice::Nothing }
}

/// Telephony that is not read, by its registered port: what it says is in nobody's interest here but that it is there.
fn foreign(flow: &Flow) -> Option<&'static str> {
    if flow.app != App::Unknown || flow.from_a.packets + flow.from_b.packets < LEAST_FOREIGN {
        return None;
    }
    // Who of two UDP ends started, a capture that begins amid the call does not show.
    [flow.b.port(), flow.a.port()].into_iter().find_map(|port| match (flow.protocol, port) {
        (Protocol::Tcp, 1720) => Some("H.323"),
        (Protocol::Tcp, 2000) => Some("SCCP"),
        (Protocol::Udp, 2427 | 2727) => Some("MGCP"),
        (Protocol::Udp, 4569) => Some("IAX2"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::super::tunnel::ESP;
    use super::*;
    use crate::observe::fixture::{sent, stream, tcp, udp};
    use crate::observe::{Quality, TcpOutcome};

    fn traffic(quality: Quality) -> Traffic {
        Traffic { quality, ..Traffic::default() }
    }

    #[test]
    fn voice_is_what_makes_a_call() {
        let is_told = |from: &str, packets| {
            let flows = vec![udp(&format!("{from}:10000"), "192.168.10.2:5204")];
            let voice = stream(&format!("{from}:10000"), "192.168.10.2:5204", &[(46, packets)]);
            let streams = if packets > 0 { vec![voice] } else { Vec::new() };
            check(&World::new("").flows(flows).streams(streams).case(), &[]).map(|finding| finding.detail)
        };
        assert_eq!(is_told("192.168.10.21", 1), None);
        assert_eq!(is_told("192.168.10.21", 0), Some(Detail::Cap010(NoVoice::Empty)));
        assert!(is_told("192.168.10.2", 1).is_some(), "to itself");
    }

    #[test]
    fn a_file_that_could_not_be_read_is_not_empty() {
        let told = |ended| {
            let capture = CaptureSummary::unread("a".to_owned(), "pcapng".to_owned(), ended);
            check(&World::new("").case(), &[capture]).is_some()
        };
        assert!(told(Ended::Complete));
        assert!(!told(Ended::Damaged { at: 0, reason: "-".to_owned() }));
    }

    #[test]
    fn a_capture_of_one_device_with_itself_is_told_as_such_and_only_then() {
        let of = |flows: Vec<Flow>, frames| {
            let quality = Quality { frames, decoded: 10, ..Quality::default() };
            no_voice(&Traffic { flows, ..traffic(quality) })
        };
        let own = || udp("127.0.0.1:40000", "127.0.0.1:53");
        assert_eq!(of(vec![own(), udp("10.0.0.1:40000", "10.0.0.1:53")], 10), NoVoice::Loopback);
        assert_eq!(of(vec![own(), udp("10.0.0.1:40000", "10.0.0.2:53")], 10), NoVoice::Nothing);
        assert_eq!(of(vec![own()], 11), NoVoice::Nothing, "a frame that could not be read");
        assert_eq!(of(Vec::new(), 10), NoVoice::Nothing);
    }

    #[test]
    fn that_nobody_speaks_is_sure_unless_something_unknown_may() {
        let confidence = |a: &str| {
            let flow = crate::observe::fixture::udp(a, "192.168.10.2:5204");
            let world = World::new("").flows(vec![flow]);
            check(&world.case(), &[]).map(|finding| finding.confidence)
        };
        assert_eq!(confidence("192.168.10.21:10000"), Some(Confidence::Likely), "keys, or a few packets");
        assert_eq!(confidence("192.168.10.21:53"), Some(Confidence::Sure));
    }

    #[test]
    fn without_voice_the_capture_says_what_it_has_instead() {
        let quality = |frames, decoded| Quality { frames, decoded, ..Quality::default() };
        let instead = |quality, flows| no_voice(&Traffic { quality, flows, ..Traffic::default() });
        assert_eq!(instead(quality(0, 0), Vec::new()), NoVoice::Empty);
        assert_eq!(instead(quality(9, 0), Vec::new()), NoVoice::Unread);
        assert_eq!(instead(quality(9, 9), Vec::new()), NoVoice::Nothing);
        let filtered = Quality { filtered: 9, ..Quality::default() };
        assert_eq!(instead(filtered, Vec::new()), NoVoice::Nothing, "the user's filter kept all out");
        let h323 = |packets| {
            let flow = tcp("192.168.10.21:40000", "192.168.10.2:1720", TcpOutcome::Answered, 1);
            vec![Flow { from_a: sent(packets), from_b: sent(0), ..flow }]
        };
        assert_eq!(instead(quality(9, 9), h323(4)), NoVoice::Foreign(vec!["H.323"]));
        assert_eq!(instead(quality(9, 9), h323(3)), NoVoice::Nothing, "a scan");
        let sealed =
            Flow { protocol: Protocol::Other(ESP), from_a: sent(4), ..udp("192.0.2.1:0", "192.0.2.2:0") };
        assert_eq!(instead(quality(9, 9), vec![sealed.clone()]), NoVoice::Sealed);
        assert_eq!(instead(quality(900, 900), vec![sealed]), NoVoice::Nothing, "hides no call");
        let reports = |packets| Flow {
            app: App::Rtcp,
            from_a: sent(packets),
            from_b: sent(0),
            ..udp("192.0.2.1:5005", "192.0.2.2:5005")
        };
        assert_eq!(instead(quality(9, 9), vec![reports(2)]), NoVoice::Reported);
        assert_eq!(instead(quality(9, 9), vec![reports(1)]), NoVoice::Nothing, "a goodbye");
        let behind_nat = Flow { from_a: sent(4), ..udp("192.0.2.1:4500", "192.0.2.2:4500") };
        assert_eq!(instead(quality(9, 9), vec![behind_nat]), NoVoice::Sealed);
    }
}
