//! CAP-010: what a capture without voice has instead.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::capture::{CaptureSummary, Ended};
use crate::decode::{Layers, Skip};
use crate::observe::media::likeness::could_carry_media;
use crate::observe::message::App;
use crate::observe::{Answer, Beginning, Call, Flow, Protocol, Quality, Traffic, is_own};
use crate::site::Confidence;

use super::case::Case;
use super::finding::{Detail, Evidence, Finding, NoVoice, Party, Severity};
use super::media::mute_calls;
use super::tunnel::{Tunnel, tunnel};

/// Packets of a protocol that is known by its port only.
const LEAST_FOREIGN: u64 = 4;
/// One packet in so many goes through a tunnel where that may be what hides the voice.
const SEALED_SHARE: u64 = 10;
/// Headers of Ethernet, IPv4, UDP and RTP (RFC 3550 section 5.1).
const LEAST_KEPT: u64 = 14 + 20 + 8 + 12;
/// Voice is due at the latest so long (ns) after the answer.
const DUE: i64 = 1_000_000_000;
/// Reports that tell of voice: one may be a goodbye.
const LEAST_REPORTS: u64 = 2;

/// CAP-010. `has_gaps`: what the capture lacks may be the voice.
pub(super) fn check(case: &Case<'_>, captures: &[CaptureSummary], has_gaps: bool) -> Option<Finding> {
    let traffic = case.traffic;
    let has_keys_alone =
        !traffic.streams.is_empty() && traffic.streams.iter().all(|stream| stream.report.is_only_events());
    if !traffic.streams.is_empty() && !has_keys_alone && !is_own_only(traffic) {
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
    let extract = captures.iter().find_map(|one| one.extract_of(captures));
    let reason = match (no_voice(traffic), extract) {
        (NoVoice::Nothing | NoVoice::Called | NoVoice::Answered | NoVoice::JustAnswered, Some(received)) => {
            NoVoice::Extract { packets: captures.iter().map(|one| one.packets).sum(), received }
        }
        (NoVoice::Unread, _) if is_cut(traffic) && captures.iter().any(|one| one.cut_packets > 0) => {
            let kept = captures.iter().map(|one| one.cut_to).max().unwrap_or(0);
            NoVoice::Cut { kept: kept as u64 }
        }
        (NoVoice::Answered, _) if !has_lasted(case) => NoVoice::JustAnswered,
        (NoVoice::Answered, None) if is_explained(case) => NoVoice::Explained,
        (reason, _) => reason,
    };
    // Beside calls keys are told with these.
    let reason = match reason {
        NoVoice::Nothing if has_keys_alone => NoVoice::Keys,
        NoVoice::Loopback | NoVoice::Rewritten => reason,
        _ if has_keys_alone => return None,
        _ => reason,
    };
    let reason = match too_short(traffic, captures) {
        Some(kept) if !matches!(reason, NoVoice::Cut { .. }) => NoVoice::Short { kept },
        _ => reason,
    };
    let may_hide = has_gaps
        || lacks_answers(traffic)
        || extract.is_some()
        || is_partly_unread(traffic)
        || may_speak
        || traffic.quality.filtered > 0
        || traffic.flows.iter().any(|flow| flow.esp() > 0);
    let is_likely = match reason {
        NoVoice::Empty => false,
        // Of what was read that is a fact, whatever else there may be.
        NoVoice::Loopback => has_gaps,
        NoVoice::Sealed
        | NoVoice::Ipsec
        | NoVoice::Macsec
        | NoVoice::Cut { .. }
        | NoVoice::Short { .. }
        | NoVoice::JustAnswered
        | NoVoice::Reported { .. }
        | NoVoice::Extract { .. }
        | NoVoice::Rewritten
        | NoVoice::Filtered => true,
        _ => may_hide,
    };
    // Whoever captures can do nothing about a device that is not there.
    let responsible = if reason == NoVoice::Sought { Party::Telephony } else { Party::Capture };
    Some(Finding {
        detail: Detail::Cap010(reason),
        severity: Severity::Info,
        confidence: if is_likely { Confidence::Likely } else { Confidence::Sure },
        subject: None,
        rows: Vec::new(),
        count: 0,
        responsible,
        evidence: Evidence::default(),
    })
}

/// Whether all that the capture holds are packets of a device to itself: they show nothing of the network.
pub(super) fn is_own_only(traffic: &Traffic) -> bool {
    let quality = &traffic.quality;
    // What is not IP at all says nothing of who speaks with whom.
    let others = quality.skipped.iter().filter(|(skip, _)| matches!(skip, Skip::NotIp(_)));
    let is_read = quality.decoded + others.map(|(_, frames)| frames).sum::<u64>() == quality.frames;
    is_read && !traffic.flows.is_empty() && traffic.flows.iter().all(|flow| is_own(flow.a.ip(), flow.b.ip()))
}

/// Whether a connection is there of which packets are missing that were sent, by what TCP acknowledges; too few to say
/// so of the whole capture (CAP-001, CAP-003).
fn lacks_answers(traffic: &Traffic) -> bool {
    traffic.quality.unseen_connections > 0 || traffic.quality.pairs_answered_unseen > 0
}

/// Whether the report itself tells of parts that could not be read: they may be the voice.
fn is_partly_unread(traffic: &Traffic) -> bool {
    let is_known = |skip: &Skip| matches!(skip, Skip::NotIp(_) | Skip::Empty);
    let quality = &traffic.quality;
    quality.incomplete_datagrams > 0
        || !quality.skipped.keys().all(is_known)
        || traffic.flows.iter().any(|flow| flow.layers.has(Layers::INCOMPLETE))
}

/// Whether the snap length is all that kept IP from being read.
fn is_cut(traffic: &Traffic) -> bool {
    let skipped = &traffic.quality.skipped;
    let cut = |skip: &Skip| matches!(skip, Skip::CutIp | Skip::CutTransport);
    let is_other = |skip: &Skip| !cut(skip) && !matches!(skip, Skip::NotIp(_) | Skip::Empty);
    skipped.keys().any(cut) && !skipped.keys().any(is_other)
}

/// Whether of each call that was answered it is known why it has no voice.
fn is_explained(case: &Case<'_>) -> bool {
    let told = mute_calls(case);
    case.traffic.calls.iter().filter(|call| call.came_about()).count() == told.len()
}

/// Whether a call goes on behind its answer for so long that voice was due.
fn has_lasted(case: &Case<'_>) -> bool {
    case.traffic.calls.iter().filter(|call| call.came_about()).any(|call| {
        let until = call.end.map(|(_, end)| end).or_else(|| case.now());
        call.answered.zip(until).is_some_and(|((_, answered), until)| until.since(answered) >= DUE)
    })
}

/// Bytes that are kept of a packet, if nearly all were cut so short that no RTP can be read behind Ethernet, IPv4 and UDP, and
/// some of them may be it.
fn too_short(traffic: &Traffic, captures: &[CaptureSummary]) -> Option<u64> {
    let all: u64 = captures.iter().map(|one| one.packets).sum();
    let cut: u64 = captures.iter().map(|one| one.cut_packets).sum();
    let kept = captures.iter().filter(|one| one.cut_packets > 0).map(|one| one.cut_to).max()? as u64;
    let may_be = |flow: &Flow| {
        flow.protocol == Protocol::Udp
            && flow.packets() >= LEAST_FOREIGN
            && [flow.a, flow.b].iter().all(|end| could_carry_media(end.port()))
    };
    (cut * 2 > all && kept < LEAST_KEPT && traffic.flows.iter().any(may_be)).then_some(kept)
}

/// Whether all that is not read is wrapped as capture cards do it: LINKTYPE_ERF.
fn is_erf(quality: &Quality) -> bool {
    !quality.skipped.is_empty() && quality.skipped.keys().all(|reason| *reason == Skip::UnknownLink(197))
}

fn no_voice(traffic: &Traffic) -> NoVoice {
    let quality = &traffic.quality;
    if quality.frames == 0 {
        return if quality.filtered == 0 { NoVoice::Empty } else { NoVoice::Filtered };
    }
    let encrypted = quality.skipped.get(&Skip::Macsec).copied().unwrap_or(0);
    let is_encrypted = encrypted > 0 && encrypted * SEALED_SHARE >= quality.frames;
    if quality.decoded == quality.link_messages {
        let mut arp = traffic.hosts.iter().filter_map(|host| host.arp.as_ref());
        return match is_encrypted {
            true => NoVoice::Macsec,
            false if quality.skipped.is_empty() && arp.any(|arp| !arp.sought.is_empty()) => NoVoice::Sought,
            false if is_erf(quality) => NoVoice::Erf,
            false => NoVoice::Unread,
        };
    }
    if is_own_only(traffic) {
        return if quality.rewritten > 0 { NoVoice::Rewritten } else { NoVoice::Loopback };
    }
    if traffic.calls.iter().any(Call::came_about) {
        return NoVoice::Answered;
    }
    // Telephones report by RTCP while they ring, and owe no voice yet.
    let reports = traffic.flows.iter().any(|flow| flow.app == App::Rtcp && flow.packets() >= LEAST_REPORTS);
    if reports && !(all_ended_unanswered(traffic) && traffic.rtcp.iter().all(|count| !count.sends())) {
        return reported(traffic);
    }
    if !traffic.calls.is_empty() {
        return NoVoice::Called;
    }
    let foreign = foreign_telephony(traffic);
    if !foreign.is_empty() {
        return NoVoice::Foreign(foreign.into_keys().collect());
    }
    // GRE and L2TP are only not opened; over UDP they encrypt.
    let encrypts = |flow: &&Flow| flow.protocol == Protocol::Udp && tunnel(flow) == Some(Tunnel::Other);
    let tunnelled: u64 = traffic.flows.iter().filter(encrypts).map(Flow::packets).sum();
    let protected: u64 = traffic.flows.iter().map(Flow::esp).sum();
    let sealed = tunnelled + protected;
    let is_much = sealed > 0 && sealed * SEALED_SHARE >= quality.frames;
    match is_much {
        true if protected >= tunnelled => NoVoice::Ipsec,
        true => NoVoice::Sealed,
        false if is_encrypted => NoVoice::Macsec,
        false if quality.filtered > 0 => NoVoice::Filtered,
        false => NoVoice::Nothing,
    }
}

/// Whether there are calls, and each is seen to end without an answer: no voice was due.
pub(crate) fn all_ended_unanswered(traffic: &Traffic) -> bool {
    let ended = |call: &Call| matches!(call.answer, Answer::Rejected(_) | Answer::Cancelled);
    !traffic.calls.is_empty()
        && traffic.calls.iter().all(|call| call.beginning == Beginning::Seen && ended(call))
}

/// Who sends and who only listens, by the word of RTCP.
fn reported(traffic: &Traffic) -> NoVoice {
    let mut sent: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for count in traffic.rtcp.iter().filter(|count| count.sends()) {
        *sent.entry(count.address).or_default() += u64::from(count.packets.1);
    }
    let only_hears = |address: &IpAddr| !sent.contains_key(address);
    let hearing = traffic.rtcp.iter().filter(|count| count.hears).map(|count| count.address);
    let listeners: BTreeSet<IpAddr> = hearing.filter(only_hears).collect();
    NoVoice::Reported { listeners: listeners.into_iter().collect(), senders: sent.into_iter().collect() }
}

/// Packets of telephony that is not read, by its name. What only acknowledges or opens a connection says nothing.
pub(crate) fn foreign_telephony(traffic: &Traffic) -> BTreeMap<&'static str, u64> {
    let mut packets = BTreeMap::new();
    for flow in &traffic.flows {
        if let Some(name) = foreign(flow) {
            *packets.entry(name).or_default() += said(flow);
        }
    }
    packets
}

/// Telephony that is not read, by its registered port: what it says is in nobody's interest here but that it is there.
fn foreign(flow: &Flow) -> Option<&'static str> {
    if flow.app != App::Unknown || flow.packets() < LEAST_FOREIGN || said(flow) == 0 {
        return None;
    }
    const H248: &str = "H.248 (MEGACO)";
    // ITU-T H.248.1 annex D, in text and in binary form. Any client may have one of these ports by chance, and over SCTP
    // heartbeats cannot be told from messages.
    let ends = [flow.a, flow.b].map(|end| matches!(end.port(), 2944 | 2945));
    if (flow.protocol, ends) == (Protocol::Udp, [true, true]) {
        return Some(H248);
    }
    // Who of two UDP ends started, a capture that begins amid the call does not show.
    [flow.b.port(), flow.a.port()].into_iter().find_map(|port| match (flow.protocol, port) {
        // Call signalling, and registration and admission at a gatekeeper (ITU-T H.225.0).
        (Protocol::Tcp, 1720) | (Protocol::Udp, 1719) => Some("H.323"),
        (Protocol::Tcp, 2000) => Some("SCCP"),
        (Protocol::Udp, 2427 | 2727) => Some("MGCP"),
        (Protocol::Udp, 4569) => Some("IAX2"),
        _ => None,
    })
}

/// Packets that carry something.
fn said(flow: &Flow) -> u64 {
    flow.from_a.payload_packets.saturating_add(flow.from_b.payload_packets)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;
    use crate::capture::{InterfaceSummary, LinkType};
    use crate::decode::NotIp;
    use crate::observe::fixture::{at, call, frame, host, ip, sent, stream, tcp, udp};
    use crate::observe::{ArpTimes, Quality, TcpOutcome};

    fn traffic(quality: Quality) -> Traffic {
        Traffic { quality, ..Traffic::default() }
    }

    #[test]
    fn voice_is_what_makes_a_call() {
        let is_told = |from: &str, packets| {
            let flows = vec![udp(&format!("{from}:10000"), "192.168.10.2:5204")];
            let voice = stream(&format!("{from}:10000"), "192.168.10.2:5204", &[(46, packets)]);
            let streams = if packets > 0 { vec![voice] } else { Vec::new() };
            check(&World::new("").flows(flows).streams(streams).case(), &[], false)
                .map(|finding| finding.detail)
        };
        assert_eq!(is_told("192.168.10.21", 1), None);
        assert_eq!(is_told("192.168.10.21", 0), Some(Detail::Cap010(NoVoice::Empty)));
        assert!(is_told("192.168.10.2", 1).is_some(), "to itself");
    }

    #[test]
    fn a_file_that_could_not_be_read_is_not_empty() {
        let told = |ended| {
            let capture = CaptureSummary::unread("a".to_owned(), "pcapng".to_owned(), ended);
            check(&World::new("").case(), &[capture], true).is_some()
        };
        assert!(told(Ended::Complete));
        assert!(!told(Ended::Damaged { at: 0, reason: "-".to_owned() }));
    }

    #[test]
    fn what_keeps_ip_from_being_read_is_told() {
        let read = |decoded, skipped: &[(Skip, u64)], cut_packets| {
            let frames = decoded + skipped.iter().map(|(_, frames)| frames).sum::<u64>();
            let skipped = skipped.iter().copied().collect();
            let quality = Quality { frames, decoded, skipped, ..Quality::default() };
            let mut world = World::new("");
            world.traffic.quality = quality;
            let mut capture = CaptureSummary::unread("a".to_owned(), "pcap".to_owned(), Ended::Complete);
            (capture.cut_packets, capture.cut_to) = (cut_packets, 26);
            let finding = check(&world.case(), &[capture], false).unwrap();
            let Detail::Cap010(reason) = finding.detail else { panic!("{finding:?}") };
            (reason, finding.confidence)
        };
        let told = |decoded, skipped: &[(Skip, u64)]| read(decoded, skipped, 1);
        let other = Skip::NotIp(NotIp::EtherType(0x88e1));
        assert_eq!(told(0, &[(Skip::Macsec, 1), (other, 3)]), (NoVoice::Macsec, Confidence::Likely));
        assert_eq!(told(8, &[(Skip::Macsec, 1)]).0, NoVoice::Macsec);
        assert_eq!(told(10, &[(Skip::Macsec, 1)]).0, NoVoice::Nothing, "hides no call");
        let cut = (NoVoice::Cut { kept: 26 }, Confidence::Likely);
        assert_eq!(told(0, &[(Skip::CutIp, 3), (other, 1)]), cut);
        assert_eq!(read(0, &[(Skip::CutIp, 3)], 0).0, NoVoice::Unread, "sent as short as that");
        assert_eq!(told(0, &[(Skip::CutIp, 3), (Skip::BadIp, 1)]).0, NoVoice::Unread);
        assert_eq!(told(0, &[(other, 3)]), (NoVoice::Unread, Confidence::Sure));
        let erf = Skip::UnknownLink(197);
        assert_eq!(told(0, &[(erf, 3)]), (NoVoice::Erf, Confidence::Likely));
        assert_eq!(told(0, &[(erf, 3), (Skip::UnknownLink(252), 1)]).0, NoVoice::Unread);
    }

    #[test]
    fn an_extract_may_lack_the_voice() {
        let told = |packets, received, drops, others: u64| {
            let mut capture = CaptureSummary::unread("a".to_owned(), "pcapng".to_owned(), Ended::Complete);
            let one =
                InterfaceSummary { name: None, link: LinkType(1), snap_length: 0, drops, packets, received };
            (capture.packets, capture.interfaces) = (packets, vec![one]);
            let other = CaptureSummary { packets: others, interfaces: Vec::new(), ..capture.clone() };
            let mut world = World::new("").flows(vec![udp("192.168.10.21:53", "192.168.10.2:5204")]);
            world.traffic.quality = Quality { frames: 100, decoded: 100, ..Quality::default() };
            let finding = check(&world.case(), &[capture, other], false).unwrap();
            (finding.detail, finding.confidence)
        };
        let whole = (Detail::Cap010(NoVoice::Nothing), Confidence::Sure);
        let extract = Detail::Cap010(NoVoice::Extract { packets: 6, received: 12_224 });
        assert_eq!(told(6, Some(12_230), Some(6), 0), (extract, Confidence::Likely));
        assert_eq!(told(6, None, None, 0), whole, "the file does not say");
        assert_eq!(told(60, Some(120), None, 0), whole, "half is there");
        assert_eq!(told(60, Some(170), Some(50), 0), whole, "the rest was dropped, which CAP-001 tells");
        assert_eq!(told(4, Some(13), None, 0), whole, "the rest may have waited when it was stopped");
        assert_eq!(told(6, Some(12_224), None, 12_218), whole, "a ring of files counts from its first");
    }

    #[test]
    fn where_the_capture_ends_with_the_answer_no_voice_was_due() {
        let told = |until, late_ack| {
            let mut flow = udp("192.168.10.21:5060", "192.168.10.2:5060");
            flow.from_a.last = Some((frame(9), at(until)));
            let mut world = World::new("").flows(vec![flow]);
            world.traffic.quality = Quality { frames: 100, decoded: 100, ..Quality::default() };
            let answered = Some((frame(3), at(1_000)));
            let call = call("192.168.10.21:5060", "192.168.10.2:5060");
            world.traffic.calls = vec![Call { answered, late_ack, answer: Answer::Answered, ..call }];
            check(&world.case(), &[], false).unwrap().detail
        };
        assert_eq!(told(1_300, None), Detail::Cap010(NoVoice::JustAnswered));
        assert_eq!(told(2_000, None), Detail::Cap010(NoVoice::Answered));
        assert_eq!(
            told(33_500, Some(32_400_000_000)),
            Detail::Cap010(NoVoice::Answered),
            "who answers may speak before the late ACK, and the call does not end at once"
        );
    }

    #[test]
    fn what_is_cut_before_rtp_may_be_voice() {
        let told = |kept, cut_packets| {
            let mut capture = CaptureSummary::unread("a".to_owned(), "pcap".to_owned(), Ended::Complete);
            (capture.packets, capture.cut_packets, capture.cut_to) = (100, cut_packets, kept);
            let media = Flow { from_a: sent(50), ..udp("192.168.10.21:10000", "192.168.10.2:5204") };
            let mut world = World::new("").flows(vec![media]);
            world.traffic.quality = Quality { frames: 100, decoded: 100, ..Quality::default() };
            check(&world.case(), &[capture], false).unwrap().detail
        };
        assert_eq!(told(50, 90), Detail::Cap010(NoVoice::Short { kept: 50 }));
        assert_eq!(told(54, 90), Detail::Cap010(NoVoice::Nothing), "RTP can be read");
        assert_eq!(told(50, 20), Detail::Cap010(NoVoice::Nothing), "most are whole");
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
        let beside = |skip| {
            let skipped = [(skip, 1)].into();
            let quality = Quality { frames: 11, decoded: 10, skipped, ..Quality::default() };
            no_voice(&Traffic { flows: vec![own()], ..traffic(quality) })
        };
        assert_eq!(beside(Skip::NotIp(NotIp::EtherType(0x3030))), NoVoice::Loopback, "no IP at all");
        assert_eq!(beside(Skip::BadIp), NoVoice::Nothing);
        assert_eq!(of(Vec::new(), 10), NoVoice::Nothing);
        let quality = Quality { frames: 10, decoded: 10, rewritten: 1, ..Quality::default() };
        let between_stations = Traffic { flows: vec![own()], ..traffic(quality) };
        assert_eq!(no_voice(&between_stations), NoVoice::Rewritten);
    }

    #[test]
    fn keys_alone_are_no_voice() {
        use crate::observe::media::PayloadReport;
        use crate::observe::media::report::PayloadRole;
        use crate::observe::media::tally::Seen;
        let told = |role, calls: Vec<Call>| {
            let mut keys = stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 10)]);
            let seen =
                Seen { value: 101, packets: 10, frames: [frame(3)].into_iter().collect(), last: frame(3) };
            let (since, name, rate, length, step) = (at(0), None, None, None, None);
            keys.report.payloads = vec![PayloadReport { seen, since, name, role, rate, length, step }];
            let mut world = World::new("").streams(vec![keys]);
            world.traffic.quality = Quality { frames: 10, decoded: 10, ..Quality::default() };
            world.traffic.calls = calls;
            check(&world.case(), &[], false).map(|finding| finding.detail)
        };
        assert_eq!(told(PayloadRole::Event, Vec::new()), Some(Detail::Cap010(NoVoice::Keys)));
        assert_eq!(told(PayloadRole::Media, Vec::new()), None);
        let call = call("192.168.10.21:5060", "192.168.10.2:5060");
        assert_eq!(told(PayloadRole::Event, vec![call]), None, "told with the call");
    }

    #[test]
    fn that_nobody_speaks_is_sure_unless_something_unknown_may() {
        let confidence = |flow: Flow, has_gaps| {
            let mut world = World::new("").flows(vec![flow]);
            world.traffic.quality = Quality { frames: 100, decoded: 100, ..Quality::default() };
            check(&world.case(), &[], has_gaps).map(|finding| finding.confidence)
        };
        let from = |a: &str| udp(a, "192.168.10.2:5204");
        let likely = Some(Confidence::Likely);
        assert_eq!(confidence(from("192.168.10.21:10000"), false), likely, "keys, or a few packets");
        assert_eq!(confidence(from("192.168.10.21:53"), false), Some(Confidence::Sure));
        assert_eq!(confidence(from("192.168.10.21:53"), true), likely, "packets are missing");
        let esp = Flow { protocol: Protocol::Other(50), from_a: sent(1), ..from("192.168.10.21:0") };
        assert_eq!(confidence(esp, false), likely, "a packet of IPsec");
    }

    #[test]
    fn what_could_not_be_read_may_be_the_voice() {
        let confidence = |quality: Quality, layers| {
            let flow = Flow { layers, ..udp("192.168.10.21:53", "192.168.10.2:5204") };
            let mut world = World::new("").flows(vec![flow]);
            world.traffic.quality = Quality { frames: 100, decoded: 90, ..quality };
            check(&world.case(), &[], false).map(|finding| finding.confidence)
        };
        let skipped = |skip| Quality { skipped: [(skip, 10)].into(), ..Quality::default() };
        let (sure, likely) = (Some(Confidence::Sure), Some(Confidence::Likely));
        assert_eq!(confidence(Quality::default(), Layers::GRE), sure);
        assert_eq!(confidence(Quality::default(), Layers::GRE.with(Layers::INCOMPLETE)), likely);
        assert_eq!(confidence(skipped(Skip::NotIp(NotIp::EtherType(0x88e1))), Layers::default()), sure);
        assert_eq!(confidence(skipped(Skip::Empty), Layers::default()), sure);
        for skip in [Skip::BadIp, Skip::CutIp, Skip::TooDeep, Skip::UnknownLink(178)] {
            assert_eq!(confidence(skipped(skip), Layers::default()), likely, "{skip:?}");
        }
        let fragments = Quality { incomplete_datagrams: 1, ..Quality::default() };
        assert_eq!(confidence(fragments, Layers::default()), likely);
        let unseen = Quality { unseen_connections: 1, ..Quality::default() };
        assert_eq!(confidence(unseen, Layers::default()), likely, "TCP acknowledges what is not there");
        let unanswered = Quality { pairs_answered_unseen: 1, ..Quality::default() };
        assert_eq!(confidence(unanswered, Layers::default()), likely, "one side of a connection");
    }

    #[test]
    fn that_a_device_speaks_to_itself_is_a_fact() {
        let told = |has_gaps| {
            let mut world = World::new("").flows(vec![udp("127.0.0.1:53", "127.0.0.1:5204")]);
            world.traffic.quality = Quality { frames: 20, decoded: 20, ..Quality::default() };
            let finding = check(&world.case(), &[], has_gaps).unwrap();
            assert_eq!(finding.detail, Detail::Cap010(NoVoice::Loopback));
            finding.confidence
        };
        assert_eq!(told(false), Confidence::Sure, "although such ports may be voice");
        assert_eq!(told(true), Confidence::Likely, "packets are missing");
    }

    #[test]
    fn without_voice_the_capture_says_what_it_has_instead() {
        let quality = |frames, decoded| Quality { frames, decoded, ..Quality::default() };
        let instead = |quality, flows| no_voice(&Traffic { quality, flows, ..Traffic::default() });
        assert_eq!(instead(quality(0, 0), Vec::new()), NoVoice::Empty);
        assert_eq!(instead(quality(9, 0), Vec::new()), NoVoice::Unread);
        assert_eq!(instead(quality(9, 9), Vec::new()), NoVoice::Nothing);
        let filtered = Quality { filtered: 9, ..Quality::default() };
        assert_eq!(
            instead(filtered.clone(), Vec::new()),
            NoVoice::Filtered,
            "the user's filter kept all out"
        );
        let some = Quality { frames: 9, decoded: 9, ..filtered };
        assert_eq!(instead(some, Vec::new()), NoVoice::Filtered, "or what was voice");
        let h323 = |packets| {
            let flow = tcp("192.168.10.21:40000", "192.168.10.2:1720", TcpOutcome::Answered, 1);
            vec![Flow { from_a: sent(packets), from_b: sent(0), ..flow }]
        };
        assert_eq!(instead(quality(9, 9), h323(4)), NoVoice::Foreign(vec!["H.323"]));
        let gatekeeper = |packets| {
            let flow = udp("192.168.10.21:1719", "192.168.10.2:1719");
            vec![Flow { from_a: sent(packets), from_b: sent(0), ..flow }]
        };
        assert_eq!(instead(quality(9, 9), gatekeeper(4)), NoVoice::Foreign(vec!["H.323"]));
        assert_eq!(instead(quality(9, 9), gatekeeper(3)), NoVoice::Nothing, "may be chance");
        assert_eq!(instead(quality(9, 9), h323(3)), NoVoice::Nothing, "a scan");
        let spoken = |payload_packets| {
            let mut flows = h323(9);
            flows.iter_mut().for_each(|flow| flow.from_a.payload_packets = payload_packets);
            foreign_telephony(&Traffic { flows, ..Traffic::default() }).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(spoken(2), [("H.323", 2)], "the rest only acknowledges");
        assert_eq!(spoken(0), [], "opened and closed");
        let gateway = |own: u16| {
            let ends = udp(&format!("192.0.2.1:{own}"), "192.0.2.2:2944");
            vec![Flow { from_a: sent(130), from_b: sent(0), ..ends }]
        };
        let traffic = Traffic { flows: gateway(2944), ..Traffic::default() };
        assert_eq!(foreign_telephony(&traffic).into_iter().collect::<Vec<_>>(), [("H.248 (MEGACO)", 130)]);
        assert_eq!(instead(quality(9, 9), gateway(40_000)), NoVoice::Nothing, "a port by chance");
        let sealed =
            Flow { protocol: Protocol::Other(50), from_a: sent(4), ..udp("192.0.2.1:0", "192.0.2.2:0") };
        assert_eq!(instead(quality(9, 9), vec![sealed.clone()]), NoVoice::Ipsec);
        assert_eq!(instead(quality(900, 900), vec![sealed.clone()]), NoVoice::Nothing, "hides no call");
        let unopened = Flow { protocol: Protocol::Other(47), ..sealed };
        assert_eq!(instead(quality(9, 9), vec![unopened]), NoVoice::Nothing, "GRE encrypts nothing");
        let reports = |packets| Flow {
            app: App::Rtcp,
            from_a: sent(packets),
            from_b: sent(0),
            ..udp("192.0.2.1:5005", "192.0.2.2:5005")
        };
        let nobody = NoVoice::Reported { senders: Vec::new(), listeners: Vec::new() };
        assert_eq!(instead(quality(9, 9), vec![reports(2)]), nobody);
        assert_eq!(instead(quality(9, 9), vec![reports(1)]), NoVoice::Nothing, "a goodbye");
        let rang = |answer| {
            let calls = vec![Call { answer, ..call("192.0.2.1:5060", "192.0.2.2:5060") }];
            let flows = vec![reports(2)];
            no_voice(&Traffic { quality: quality(9, 9), flows, calls, ..Traffic::default() })
        };
        assert_eq!(rang(Answer::Cancelled), NoVoice::Called, "no voice was due");
        assert_eq!(rang(Answer::Open), nobody, "it may have been answered unseen");
        let mut behind_nat = Flow { from_a: sent(4), ..udp("192.0.2.1:4500", "192.0.2.2:4500") };
        assert_eq!(instead(quality(9, 9), vec![behind_nat.clone()]), NoVoice::Nothing, "no byte of ESP");
        behind_nat.extra.esp = 4;
        assert_eq!(instead(quality(9, 9), vec![behind_nat]), NoVoice::Ipsec);
        let wireguard = Flow { from_a: sent(4), ..udp("192.0.2.1:51820", "192.0.2.2:51820") };
        assert_eq!(instead(quality(9, 9), vec![wireguard]), NoVoice::Sealed);
        let beacons = Quality { link_messages: 9, ..quality(9, 9) };
        assert_eq!(instead(beacons.clone(), Vec::new()), NoVoice::Unread, "ARP and LLDP hold no IP");
        let asking = |quality, sought: &[(&str, u64)]| {
            let mut host = host("192.168.10.21", Some(true));
            let sought = sought.iter().map(|(target, times)| (ip(target), *times)).collect();
            host.arp = Some(Box::new(ArpTimes { latest: at(0), answered: None, reached: None, sought }));
            let mut world = World::new("");
            (world.traffic.quality, world.traffic.hosts) = (quality, vec![host]);
            let finding = check(&world.case(), &[], false).unwrap();
            (finding.detail, finding.responsible)
        };
        let vain = [("192.168.10.2", 20)];
        assert_eq!(
            asking(beacons.clone(), &vain),
            (Detail::Cap010(NoVoice::Sought), Party::Telephony),
            "switched off"
        );
        let other = (Detail::Cap010(NoVoice::Unread), Party::Capture);
        assert_eq!(asking(beacons.clone(), &[]), other, "all are answered");
        let hidden = Quality { skipped: [(Skip::NotIp(NotIp::EtherType(0x88e1)), 9)].into(), ..beacons };
        assert_eq!(asking(hidden, &vain), other, "what is not read may be the answer");
    }
}
