//! RTP-001 where nobody can read what was agreed: SIP is encrypted, voice goes out to the far side, and not one packet comes
//! back where everything else shows that it would be seen. So it is with a cloud whose voice a firewall does not let in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::{Case, RTP};
use super::super::evidence::at_moments;
use super::super::finding::{Detail, Export, Finding, Party, Severity, Trace, Unread};
use super::{LEAST_JUDGED, excepted};
use crate::capture::Timestamp;
use crate::observe::media::MediaKind;
use crate::observe::message::App;
use crate::observe::{FlowView, Stream};
use crate::rules::Row;
use crate::site::{Confidence, Scope};

/// Who speaks for so long (ns) would have heard something in between: a greeting, music on hold, silence.
const LEAST_SPOKEN: i64 = 5_000_000_000;

/// One finding for a far side from which nothing comes.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut silent: BTreeMap<IpAddr, Vec<&Stream>> = BTreeMap::new();
    for stream in &case.traffic.streams {
        if is_unanswered(case, stream) && !excepted(case, "RTP-001", stream) {
            silent.entry(stream.destination.ip()).or_default().push(stream);
        }
    }
    silent.into_iter().map(|(far, streams)| raise(case, far, &streams)).collect()
}

fn raise(case: &Case<'_>, far: IpAddr, streams: &[&Stream]) -> Finding {
    let speakers: BTreeSet<IpAddr> = streams.iter().map(|stream| stream.source.ip()).collect();
    // Voice of the same far side to somebody else is what shows that it speaks, and that this is seen.
    let others =
        case.streams_from(far).any(|other| is_voice(other) && !speakers.contains(&other.destination.ip()));
    let rows: BTreeMap<&str, &Row> =
        streams.iter().flat_map(|stream| rows(case, stream)).map(|row| (row.id.as_str(), row)).collect();
    Finding {
        detail: Detail::Rtp001 {
            packets: streams.iter().map(|stream| stream.report.counts.packets).sum(),
            peers: speakers.into_iter().collect(),
            strays: 0,
            refused: false,
            heard: others,
            at_tap: false,
            near: false,
            export: Export::No,
            trace: Trace::Unread(Unread {
                others,
                ports: streams.first().and_then(|stream| {
                    rows.values().find_map(|row| row.remote_range(RTP, stream.destination.port()))
                }),
            }),
            astray: None,
            named: None,
        },
        severity: Severity::Warning,
        confidence: if others { Confidence::Likely } else { Confidence::Suspected },
        subject: Some(case.subject(far)),
        rows: rows.into_keys().map(Into::into).collect(),
        count: streams.len() as u64,
        responsible: Party::Network,
        evidence: at_moments(
            streams.iter().map(|stream| (*stream, vec![stream.report.first, stream.report.last])),
        ),
    }
}

/// Documented rows of the speaker that name the far side's ports of voice.
fn rows<'a>(case: &Case<'a>, stream: &Stream) -> Vec<&'a Row> {
    let ends = case.ends_of(stream.flow).iter().filter(|end| end.view.own() == stream.source);
    let rows = ends.flat_map(|end| end.rows.iter().map(|(row, _)| *row));
    rows.filter(|row| row.remote_range(RTP, stream.destination.port()).is_some()).collect()
}

fn is_voice(stream: &Stream) -> bool {
    let report = &stream.report;
    report.kind == MediaKind::Audio && report.is_media() && report.counts.packets >= LEAST_JUDGED
}

/// Whether an own host speaks to one in the Internet, with which it has an encrypted connection in both directions meanwhile,
/// and hears nothing from anybody.
fn is_unanswered(case: &Case<'_>, stream: &Stream) -> bool {
    let report = &stream.report;
    let (own, far) = (stream.source, stream.destination.ip());
    let (first, last) = (report.first.time, report.last.time);
    stream.call.is_none()
        && report.announced_at.is_none()
        && is_voice(stream)
        && last.since(first) >= LEAST_SPOKEN
        && case.scope(own.ip()) == Scope::Lan
        && case.scope(far) == Scope::Public
        // What turns it away says more (PORT-003).
        && case.traffic.refused(stream) == 0
        && is_signalled(case, own.ip(), far, (first, last))
        && !is_anything_back(case, stream)
        && !case.is_tunnel_between(far, own.ip())
        && case.tunnel_beside(stream, report.counts.packets / 2).is_none()
}

/// Whether both talk TLS at that time, which may be their SIP. A connection that only one side is seen of shows nothing.
fn is_signalled(case: &Case<'_>, own: IpAddr, far: IpAddr, (first, last): (Timestamp, Timestamp)) -> bool {
    case.flows_of(own).filter(|flow| flow.app == App::Tls).flat_map(FlowView::both).any(|view| {
        let began = [view.sent.first, view.received.first].into_iter().flatten().map(|(_, time)| time).min();
        let ended = [view.sent.last, view.received.last].into_iter().flatten().map(|(_, time)| time).max();
        (view.host(), view.peer().ip()) == (own, far)
            && view.sent.payload_packets > 0
            && view.received.payload_packets > 0
            && began.is_some_and(|began| began < last)
            && ended.is_some_and(|ended| ended > first)
    })
}

/// Whether anything but reports and checks of the way reaches the speaker's port, or voice of anybody the speaker, meanwhile.
fn is_anything_back(case: &Case<'_>, stream: &Stream) -> bool {
    let report = &stream.report;
    let mut at_port = case.datagrams_of(stream.source);
    let is_back = |view: &FlowView<'_>| view.received.packets > 0 && view.flow.app != App::Stun;
    at_port.any(|view| is_back(&view) || view.flow.id == stream.flow && view.received.packets > 0)
        || case.traffic.streams.iter().any(|other| {
            other.destination.ip() == stream.source.ip()
                && other.call.is_none()
                && other.report.first.time < report.last.time
                && other.report.last.time > report.first.time
                && other.destination.port() != stream.source.port()
                && !is_answer_of_another(case, other)
        })
}

/// Whether the receiver of a stream answers it on the same way: it belongs to another conversation then.
fn is_answer_of_another(case: &Case<'_>, other: &Stream) -> bool {
    case.streams_between(other.destination, other.source).any(is_voice)
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Code;
    use super::*;
    use crate::check::fixture::{PHONE, PUBLIC, World, row};
    use crate::observe::Flow;
    use crate::observe::TcpOutcome;
    use crate::observe::fixture::{at, ip, sent, stream, tcp, udp};

    const CLOUD: &str = r#"transport = "udp"
own = "unspecified"
remote = "30000-35000"
initiator = "either"
peer = { scope = "internet", roles = ["acme.cloud"] }
speaks = ["rtp"]"#;

    /// A telephone speaks to the cloud for 20 s; `back`: so many packets come back.
    fn world(back: u64) -> World {
        let voice = format!("{PUBLIC}:31004");
        let own = format!("{PHONE}:11780");
        let media = Flow { app: App::Rtp, from_a: sent(1000), from_b: sent(back), ..udp(&own, &voice) };
        let mut keyed = tcp(&format!("{PHONE}:50000"), &format!("{PUBLIC}:5061"), TcpOutcome::Answered, 1);
        keyed.app = App::Tls;
        keyed.from_a.first = keyed.from_a.first.map(|(frame, _)| (frame, at(-1_000)));
        keyed.from_a.last = keyed.from_a.last.map(|(frame, _)| (frame, at(30_000)));
        let mut said = stream(&own, &voice, &[(46, 1000)]);
        said.report.last.time = at(20_000);
        World::new(&row("P", "acme.phone", CLOUD))
            .device(PHONE, "acme.phone")
            .device(PUBLIC, "acme.cloud")
            .flows(vec![media, keyed])
            .streams(vec![said])
    }

    type Told = (Confidence, Option<(u16, u16)>, usize);

    fn told(world: &World) -> Option<Told> {
        let found = super::super::check(&world.case(), &[]);
        found.into_iter().find(|finding| finding.code() == Code::Rtp001).map(|finding| {
            assert_eq!(finding.subject.as_ref().map(|subject| subject.address), Some(ip(PUBLIC)));
            let Detail::Rtp001 { trace: Trace::Unread(unread), .. } = finding.detail else {
                panic!("{finding:?}")
            };
            (finding.confidence, unread.ports, finding.rows.len())
        })
    }

    #[test]
    fn voice_to_a_cloud_that_is_never_answered_is_one_way_audio() {
        let ports = Some((30_000, 35_000));
        assert_eq!(told(&world(0)), Some((Confidence::Suspected, ports, 1)));
        assert_eq!(told(&world(1)), None, "something comes back");
        let mut shown = world(0);
        let other = "192.168.10.31:11780";
        shown.traffic.streams.push(stream(&format!("{PUBLIC}:31000"), other, &[(0, 500)]));
        assert_eq!(told(&shown), Some((Confidence::Likely, ports, 1)), "others hear it");
    }

    #[test]
    fn nothing_is_said_where_the_voice_may_be_elsewhere() {
        let mut brief = world(0);
        brief.traffic.streams[0].report.last.time = at(4_000);
        assert_eq!(told(&brief), None, "a moment");
        let mut one_side = world(0);
        one_side.traffic.flows[1].from_b = sent(0);
        assert_eq!(told(&one_side), None, "one direction of the signalling alone");
        let mut before = world(0);
        before.traffic.flows[1].from_a.last = before.traffic.flows[1].from_a.first;
        before.traffic.flows[1].from_b.last = before.traffic.flows[1].from_a.first;
        before.traffic.flows[1].from_b.first = before.traffic.flows[1].from_a.first;
        assert_eq!(told(&before), None, "another connection, over by then");
        let mut elsewhere = world(0);
        elsewhere.traffic.streams.push(stream("203.0.113.10:31000", &format!("{PHONE}:11790"), &[(0, 500)]));
        assert_eq!(told(&elsewhere), None, "another port of its own hears somebody");
    }
}
