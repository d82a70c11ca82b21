//! PORT-008: takes the voice and RTCP of one device; gives the finding that it does not keep to pairs of ports, the
//! even one for RTP and the odd one above for RTCP. Of the document it asks whether there are ports for voice at all,
//! and not which.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::observe::media::MediaKind;
use crate::observe::message::App;
use crate::observe::{EvenRtcp, Protocol, Stream};
use crate::site::{Device, Scope};

use super::super::case::Case;
use super::super::evidence::{Collector, NAMED, of_streams};
use super::super::filter;
use super::super::finding::{Detail, Evidence, Finding, Party, Severity};
use super::{PACKETS_FOR_MEDIA, first_frame, voice_rows};

/// A single packet may be a stray.
const LEAST_RTCP: u64 = 2;

/// PORT-008: RTP has the even port of a pair and RTCP the odd one above (RFC 3550 section 11) unless SDP says
/// otherwise, and the document counts two ports for a call.
pub(super) fn odd_port(case: &Case<'_>, device: &Device) -> Option<Finding> {
    // Behind a router ports are the router's.
    let is_near = device.on_link != Some(false) && device.scope == Scope::Lan;
    if !is_near || device.vendor.is_none() || !device.kind.is_dedicated() {
        return None;
    }
    let documents_ports = voice_rows(case, device).is_some_and(|rows| !rows.is_empty());
    let odd: Vec<&Stream> = case
        .streams_from(device.address)
        .filter(|stream| stream.relay.is_none() && stream.source.port() % 2 == 1)
        .filter(|stream| {
            stream.report.kind == MediaKind::Audio && stream.report.counts.packets >= PACKETS_FOR_MEDIA
        })
        .filter(|stream| !case.traffic.rtcp_ports.is_told(stream.source))
        .filter(|stream| !case.is_excepted_stream("PORT-008", stream))
        .collect();
    let ports: BTreeSet<u16> = odd.iter().map(|stream| stream.source.port()).collect();
    let even = even_rtcp(case, device, &ports);
    if odd.is_empty() && even.is_empty() || !documents_ports {
        return None;
    }
    let peers: BTreeSet<IpAddr> = odd.iter().map(|stream| stream.destination.ip()).collect();
    let (streams, sources) = (odd.len(), even.len());
    let evidence = match odd.is_empty() {
        true => of_rtcp(&even),
        false => of_streams(odd, "", first_frame),
    };
    Some(Finding {
        detail: Detail::Port008 {
            ports: ports.into_iter().collect(),
            peers: peers.into_iter().collect(),
            rtcp: even.iter().map(|(from, _)| from.port()).collect(),
        },
        severity: Severity::Warning,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: Vec::new(),
        count: (streams + sources) as u64,
        responsible: Party::Telephony,
        evidence,
    })
}

/// Even ports of the device that RTCP comes from though no SDP of it says so. That above an odd port of voice is a
/// matter of course.
fn even_rtcp<'a>(case: &Case<'a>, device: &Device, odd: &BTreeSet<u16>) -> Vec<(SocketAddr, &'a EvenRtcp)> {
    // What a TURN server is sent comes from a port of its own kind.
    let is_media = |from: SocketAddr| {
        case.datagrams_of(from)
            .any(|view| matches!(view.flow.app, App::Rtp | App::Rtcp) && !case.is_excepted("PORT-008", &view))
    };
    // Where the offer is not read nobody knows what it says.
    let is_called = LazyCell::new(|| {
        let calls = case.traffic.calls.iter();
        let mut ends = calls.flat_map(|call| call.caller_media.iter().chain(&call.callee_media));
        ends.any(|end| end.ip() == device.address)
    });
    let above = |from: SocketAddr| from.port().checked_sub(1).is_some_and(|below| odd.contains(&below));
    let even =
        case.traffic.rtcp_ports.even().filter(|(from, seen)| {
            from.ip() == device.address && seen.packets >= LEAST_RTCP && !above(*from)
        });
    // RTCP belongs to voice between the same two hosts; any other is of a program that the document knows nothing of.
    let is_beside = |seen: &EvenRtcp| case.is_voice_between(device.address, seen.to.ip());
    even.filter(|(from, seen)| *is_called && is_beside(seen) && is_media(*from)).collect()
}

fn of_rtcp(even: &[(SocketAddr, &EvenRtcp)]) -> Evidence {
    let mut collector = Collector::default();
    let mut filters = Vec::new();
    for (from, seen) in even.iter().take(NAMED) {
        collector.frames(&seen.frames);
        [seen.span.0, seen.span.1].into_iter().for_each(|time| collector.time(time));
        filters.push(filter::one_way(*from, seen.to, Protocol::Udp));
    }
    collector.finish(filter::any_of(filters))
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Code;
    use super::super::super::fixture::{PHONE, World, row};
    use super::*;
    use crate::observe::Call;
    use crate::observe::RtcpPorts;
    use crate::observe::fixture::{at, call, frame, ip, socket, stream, udp};
    use crate::observe::message::sdp;

    const VOICE: &str = "transport = \"udp\"\nown = \"10000-10200\"\ninitiator = \"either\"\npeer.scope = \"lan\"\nspeaks = [\"rtp\"]";
    const OWN: &str = "192.168.10.21";

    /// Odd ports of voice and even ports of RTCP that are told, of a telephone that sends voice from one port and RTCP,
    /// so often, from another, and describes the first with these attributes.
    fn told((voice, rtcp, times): (u16, u16, u64), attributes: Option<&str>) -> Option<(Vec<u16>, Vec<u16>)> {
        let (from, reports) = (format!("{OWN}:{voice}"), format!("{OWN}:{rtcp}"));
        let mut world = World::new(&row("R1", "acme.phone", VOICE)).device(PHONE, "acme.phone");
        world = world.streams(vec![stream(&from, "192.168.10.2:5204", &[(46, 60)])]);
        let mut flow = udp(&reports, "192.168.10.2:5205");
        flow.app = App::Rtcp;
        world = world.flows(vec![flow]);
        let mut ports = RtcpPorts::default();
        (1..=times)
            .for_each(|nth| ports.note(socket(&reports), socket("192.168.10.2:5205"), (frame(nth), at(0))));
        if let Some(attributes) = attributes {
            let text = format!("v=0\r\nc=IN IP4 {OWN}\r\nm=audio {voice} RTP/AVP 8\r\n{attributes}");
            ports.hear(&sdp::read(text.as_bytes()));
            let known = call("192.168.10.21:5060", "192.168.10.2:5060");
            world.traffic.calls = vec![Call { caller_media: vec![socket(&from)], ..known }];
        }
        world.traffic.rtcp_ports = ports;
        let found = super::super::check(&world.case());
        found.into_iter().filter(|finding| finding.code() == Code::Port008).find_map(|finding| {
            assert_eq!(finding.subject.as_ref().map(|subject| subject.address), Some(ip(OWN)));
            assert!(!finding.evidence.frames.is_empty() && !finding.evidence.filter.is_empty());
            match finding.detail {
                Detail::Port008 { ports, rtcp, .. } => Some((ports, rtcp)),
                _ => None,
            }
        })
    }

    #[test]
    fn rtcp_on_an_even_port_is_told_unless_sdp_says_so() {
        let plain = Some("");
        assert_eq!(told((10_000, 10_001, 3), plain), None);
        assert_eq!(told((10_000, 10_004, 2), plain), Some((vec![], vec![10_004])));
        assert_eq!(told((10_000, 10_004, 1), plain), None, "a stray");
        assert_eq!(
            told((10_000, 10_000, 3), plain),
            Some((vec![], vec![10_000])),
            "on the port of the voice"
        );
        assert_eq!(told((10_000, 10_004, 3), Some("a=rtcp:10004\r\n")), None);
        assert_eq!(told((10_000, 10_000, 3), Some("a=rtcp-mux\r\n")), None);
        assert_eq!(told((10_000, 10_004, 3), None), None, "nobody has read what it announced");
    }

    #[test]
    fn rtcp_to_somebody_who_hears_no_voice_is_none_of_a_call() {
        let found = |listener: &str| {
            let mut flow = udp("192.168.10.21:44570", "203.0.113.9:50004");
            flow.app = App::Rtcp;
            let voice = stream("192.168.10.21:10000", &format!("{listener}:5204"), &[(46, 60)]);
            let world = World::new(&row("R1", "acme.phone", VOICE)).device(PHONE, "acme.phone");
            let mut world = world.streams(vec![voice]).flows(vec![flow]);
            let known = call("192.168.10.21:5060", "192.168.10.2:5060");
            world.traffic.calls = vec![Call { caller_media: vec![socket("192.168.10.21:10000")], ..known }];
            let (from, to) = (socket("192.168.10.21:44570"), socket("203.0.113.9:50004"));
            (1..=3).for_each(|nth| world.traffic.rtcp_ports.note(from, to, (frame(nth), at(0))));
            let found = super::super::check(&world.case());
            found.iter().filter(|finding| finding.code() == Code::Port008).count()
        };
        assert_eq!((found("203.0.113.9"), found("192.168.10.2")), (1, 0));
    }

    #[test]
    fn voice_on_an_odd_port_is_told_unless_sdp_says_so() {
        assert_eq!(told((10_001, 10_001, 0), Some("")), Some((vec![10_001], vec![])));
        assert_eq!(told((10_001, 10_001, 0), None), Some((vec![10_001], vec![])));
        assert_eq!(
            told((10_001, 10_002, 3), Some("")),
            Some((vec![10_001], vec![])),
            "RTCP is shifted with it"
        );
        assert_eq!(told((10_001, 10_004, 3), Some("")), Some((vec![10_001], vec![10_004])));
        assert_eq!(told((10_001, 10_000, 3), Some("a=rtcp:10000\r\n")), None);
        assert_eq!(told((10_001, 10_001, 3), Some("a=rtcp-mux\r\n")), None);
    }
}
