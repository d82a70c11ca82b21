use super::fixture::{PBX, PHONE, World, blocked, finding, one_way, row};
use super::*;

fn found(code: Code, severity: Severity) -> Finding {
    let (detail, subject) = match code {
        Code::Cap010 => (Detail::Cap010(NoVoice::Nothing), None),
        Code::Cap003 => (Detail::Cap003 { pairs: 2 }, None),
        _ => (
            Detail::Qos007 {
                packets: 50,
                peers: Vec::new(),
                inbound: false,
                dscp: vec![(0, 50)],
                expected: 46,
            },
            Some(PBX),
        ),
    };
    finding(detail, severity, subject)
}

#[test]
fn a_registration_at_a_blocked_port_is_told_once() {
    let told = |refusal| {
        let target = crate::observe::fixture::socket("192.168.10.2:5060");
        let protocol = crate::observe::Protocol::Udp;
        let port = blocked(target, protocol, refusal);
        let port = Finding { rows: vec!["R1".into()], ..finding(port, Severity::Error, Some(PHONE)) };
        let silent = Detail::Sig002 {
            account: "sip:21@pbx".into(),
            further: Vec::new(),
            registrar: target,
            protocol,
            requests: 1,
            sent: 1,
            life: Life::Sends,
            serves: Others::Unserved,
            near: true,
            unconnected: None,
            instead: None,
            refusal: None,
            mended: None,
        };
        let other = finding(silent.clone(), Severity::Error, Some("192.168.10.99"));
        let own = finding(silent, Severity::Error, Some(PHONE));
        let mut findings = vec![port, own, other];
        join_unanswered(&mut findings);
        findings.iter().map(|finding| (finding.code(), finding.rows.len())).collect::<Vec<_>>()
    };
    assert_eq!(told(Refusal::Silence), [(Code::Sig002, 1), (Code::Sig002, 0)]);
    assert_eq!(told(Refusal::Reset), [(Code::Port003, 1), (Code::Sig002, 0)]);
}

#[test]
fn a_name_or_time_server_that_cannot_be_reached_is_told_once() {
    let words =
        "transport = \"udp\"\nown = \"unspecified\"\nremote = 123\ninitiator = \"own\"\npeer.scope = \"any\"";
    let rules = row("R1", "acme.phone", words);
    let world = World::new(&rules);
    let told = |port: u16, refusal, row: &str| {
        let server = crate::observe::fixture::ip("192.168.10.1");
        let blocked = blocked(SocketAddr::new(server, port), crate::observe::Protocol::Udp, refusal);
        let blocked = Finding { rows: vec![row.into()], ..finding(blocked, Severity::Error, Some(PHONE)) };
        let own = match port {
            53 => Detail::Net001 { server, names: Vec::new(), why: NameFailure::Silence },
            _ => Detail::Net002 { servers: vec![server] },
        };
        let mut findings = vec![blocked, finding(own, Severity::Warning, Some(PHONE))];
        join_network(&mut findings, &world.case());
        findings.iter().map(Finding::code).collect::<Vec<_>>()
    };
    assert_eq!(told(53, Refusal::Silence, "R1"), [Code::Net001]);
    assert_eq!(told(53, Refusal::Reset, "R1"), [Code::Port003], "a refusal says why");
    assert_eq!(told(123, Refusal::Silence, "S04"), [Code::Net002]);
    assert_eq!(told(123, Refusal::Silence, "R1"), [Code::Port003], "the vendor documents it");
}

#[test]
fn who_sends_again_because_answers_get_lost_in_fragments_is_not_told_beside_it() {
    let told = |peer: &str| {
        let socket = crate::observe::fixture::socket;
        let asks = Detail::Sig009 {
            method: "OPTIONS".into(),
            to: socket("192.168.10.21:5060"),
            through: Vec::new(),
            most: 4,
            answered: 0,
            unheard: 0,
            status: None,
            refusal: None,
            size: Size::Usual,
            why: None,
        };
        let large = Detail::Sig006 {
            peer: socket(peer),
            bytes: 576,
            near: true,
            sent: 4,
            method: None,
            unlisted: false,
        };
        let mut findings = vec![
            finding(large, Severity::Warning, Some("192.168.10.21")),
            finding(asks, Severity::Warning, Some("192.168.10.2")),
        ];
        drop_symptoms(&mut findings);
        findings.len()
    };
    assert_eq!((told("192.168.10.2:5060"), told("192.168.10.9:5060")), (1, 2));
}

#[test]
fn faults_of_the_installation_decide() {
    use Severity::{Critical, Error, Info, Notice, Warning};
    let site = |severity| vec![found(Code::Qos007, severity)];
    let capture = |severity| vec![found(Code::Cap003, severity)];
    let cases: [(Vec<Finding>, &[Unjudged], Verdict); 16] = [
        (Vec::new(), &[], Verdict::Pass),
        (site(Info), &[], Verdict::Pass),
        (site(Notice), &[], Verdict::Notes),
        (site(Warning), &[], Verdict::Fail),
        (site(Error), &[], Verdict::Fail),
        (site(Critical), &[Unjudged::NoDevice], Verdict::Fail),
        (site(Notice), &[Unjudged::OneDirection], Verdict::NotAssessable),
        (Vec::new(), &[Unjudged::NoDevice], Verdict::NotAssessable),
        (Vec::new(), &[Unjudged::UnseenAnswers], Verdict::NotAssessable),
        (Vec::new(), &[Unjudged::NoVoice], Verdict::Notes),
        (Vec::new(), &[Unjudged::NoMarks], Verdict::Notes),
        (Vec::new(), &[Unjudged::FewPackets], Verdict::Pass),
        (Vec::new(), &[Unjudged::Encrypted], Verdict::Pass),
        // A poor capture is no fault of the installation, but no pass either.
        (capture(Warning), &[Unjudged::Incomplete], Verdict::NotAssessable),
        (capture(Notice), &[Unjudged::Clock], Verdict::Notes),
        (capture(Info), &[], Verdict::Pass),
    ];
    for (findings, unjudged, expected) in cases {
        let severities: Vec<_> = findings.iter().map(|finding| (finding.code(), finding.severity)).collect();
        assert_eq!(verdict(&findings, &[], unjudged, true), expected, "{severities:?} {unjudged:?}");
    }
}

#[test]
fn voice_that_goes_to_another_port_than_announced_is_not_blocked() {
    use crate::observe::fixture::socket;
    let told = |(announced, outside): (Option<&str>, bool), refused, signs: Vec<LossSign>| {
        let to = socket("192.168.10.2:5206");
        let astray = Astray {
            to,
            announced: announced.map(socket),
            announcer: None,
            lasted: 1,
            outside,
            is_over: false,
            by_listener: false,
            lost: Lost::Refused,
        };
        let voice = Detail::Rtp001 {
            packets: 500,
            peers: Vec::new(),
            strays: 0,
            refused,
            heard: false,
            at_tap: false,
            near: true,
            export: Export::No,
            trace: Trace::None,
            astray: Some(astray),
            named: None,
        };
        let port = Detail::Port003 {
            target: to,
            joined: Vec::new(),
            protocol: crate::observe::Protocol::Udp,
            refusal: Refusal::Silence,
            outbound: false,
            life: Life::Sends,
            serves: Others::Unserved,
            voice: Some(VoiceSent { packets: 500, ports: None }),
        };
        let lacks = finding(Detail::Cap001 { signs }, Severity::Warning, None);
        let [voice, port] = [voice, port].map(|detail| finding(detail, Severity::Error, Some(PHONE)));
        let mut findings = vec![lacks, voice, port];
        tell_once(&mut findings, &mut Vec::new(), &World::new("").case());
        findings.iter().skip(1).map(Finding::code).collect::<Vec<_>>()
    };
    let announced = (Some("192.168.10.2:5204"), false);
    assert_eq!(told(announced, true, Vec::new()), [Code::Rtp001]);
    assert_eq!(
        told((None, false), true, Vec::new()),
        [Code::Rtp001, Code::Port003],
        "who is right is not known"
    );
    assert_eq!(told((None, true), true, Vec::new()), [Code::Rtp001], "the own public address");
    let unseen = || vec![LossSign::Unseen { calls: 2, of: 2 }];
    assert_eq!(told(announced, true, unseen()), [Code::Rtp001]);
    assert_eq!(told(announced, false, unseen()), [Code::Port003], "what is left out tells nothing of it");
}

#[test]
fn what_the_capture_cannot_show_is_listed() {
    let empty = World::new("");
    assert_eq!(unjudged(&empty.case(), &[]), [Unjudged::NoDevice]);
    let other = World::new("").device(PBX, "other");
    assert_eq!(unjudged(&other.case(), &[]), [Unjudged::NoDevice], "a device of no vendor");
    let no_rows = World::new("").device(PBX, "acme.pbx");
    assert_eq!(unjudged(&no_rows.case(), &[]), [Unjudged::NoDevice], "a device whose ports nobody lists");
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"any\"\nspeaks = [\"sip\"]";
    let known = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
    let silent = [found(Code::Cap010, Severity::Info), found(Code::Cap003, Severity::Warning)];
    assert_eq!(unjudged(&known.case(), &silent), [Unjudged::NoVoice, Unjudged::OneDirection]);
    let suspected = known.with(PBX, |device| device.confidence = crate::site::Confidence::Suspected);
    assert_eq!(unjudged(&suspected.case(), &[]), [Unjudged::NoDevice], "a suspicion is no device");
}

#[test]
fn keys_alone_are_no_voice() {
    use crate::observe::fixture::{at, frame, stream};
    use crate::observe::media::report::PayloadRole;
    use crate::observe::media::{PayloadReport, Seen};
    let told = |role| {
        let mut alone = stream("192.168.10.21:10000", "192.168.10.60:5204", &[(0, 8)]);
        alone.report.payloads = vec![PayloadReport {
            seen: Seen { value: 101, packets: 8, frames: Default::default(), last: frame(8) },
            since: at(0),
            name: None,
            role,
            rate: None,
            length: None,
            step: None,
        }];
        unjudged(&World::new("").streams(vec![alone]).case(), &[])
    };
    assert_eq!(told(PayloadRole::Event), [Unjudged::NoDevice, Unjudged::NoVoice]);
    assert_eq!(told(PayloadRole::Media), [Unjudged::NoDevice, Unjudged::NoRule]);
}

#[test]
fn what_was_put_right_is_looked_at_where_somebody_follows() {
    use crate::capture::{CaptureSummary, Ended, Live};
    use crate::observe::Answer;
    use crate::observe::fixture::{at, call, frame};
    let mended = |live: Option<Live>| {
        let of = |answer, second: i64| {
            let end = Some((frame(3), at(second * 1_000 + 500)));
            let start = (frame(1), at(second * 1_000));
            let call = call("192.168.10.21:5060", "192.168.10.2:5060");
            crate::observe::Call { answer, start, end, ..call }
        };
        let mut world = World::new("");
        world.traffic.calls = vec![of(Answer::Rejected(503), 1), of(Answer::Answered, 9)];
        let summary = CaptureSummary::unread("eth1".into(), "pcapng".into(), Ended::Complete);
        let captures = vec![CaptureSummary { live, ..summary }];
        let audit = audit(captures, Vec::new(), world.traffic, world.site, &world.book, &world.hints);
        assert!(audit.findings.iter().any(|finding| finding.code() == Code::Sig005));
        audit.mended.iter().map(|at| audit.findings[*at].code()).collect::<Vec<_>>()
    };
    let live = |goes_on| Some(Live { goes_on, ..Live::default() });
    assert_eq!(mended(live(true)), [Code::Sig005]);
    assert_eq!(mended(live(false)), [Code::Sig005], "the report at the end");
    assert!(mended(None).is_empty(), "a file is over");
}

#[test]
fn an_empty_capture_passes_nothing() {
    let world = World::new("");
    let audit = audit(Vec::new(), Vec::new(), world.traffic, world.site, &world.book, &world.hints);
    assert_eq!(audit.verdict, Verdict::NotAssessable);
    assert_eq!(audit.findings.iter().map(Finding::code).collect::<Vec<_>>(), [Code::Cap010]);
}

#[test]
fn where_messages_of_calls_are_missing_a_silent_side_shows_nothing() {
    let left = |sign: LossSign, is_refused, known: &[Unjudged]| {
        let mut voice = one_way(312, Vec::new());
        if let Detail::Rtp001 { refused, .. } = &mut voice {
            *refused = is_refused;
        }
        let mut findings = vec![
            finding(Detail::Cap001 { signs: vec![sign] }, Severity::Warning, None),
            finding(voice, Severity::Error, Some(PHONE)),
        ];
        let mut unjudged = known.to_vec();
        leave_out_one_sided(&mut findings, &mut unjudged);
        (findings.len(), unjudged.len())
    };
    let unseen = LossSign::Unseen { calls: 2, of: 2 };
    assert_eq!(left(unseen, false, &[Unjudged::Incomplete]), (1, 2));
    let known = [Unjudged::OneSided, Unjudged::Incomplete];
    assert_eq!(left(unseen, false, &known), (1, 2), "said of another call already");
    assert_eq!(left(unseen, true, &[]), (2, 0), "ICMP says so");
    assert_eq!(
        left(LossSign::Drops { packets: 3, own: 0 }, false, &[]),
        (2, 0),
        "some packets are no whole side"
    );
}

#[test]
fn that_a_name_server_is_silent_is_told_once() {
    use crate::observe::Lookup;
    let kept = |host: &str, why, name: &str| {
        let ip = crate::observe::fixture::ip;
        let names = vec!["ntp.example".into(), name.into()];
        let silent = Detail::Net001 { server: ip("192.168.10.1"), names, why };
        let mut world = World::new("");
        world.traffic.lookups = vec![Lookup { host: ip(host), kind: LookupKind::Srv, asked: 6 }];
        let findings = [finding(silent, Severity::Error, Some(PHONE))];
        drop_told_lookups(&mut world.traffic, &findings, &[]);
        world.traffic.lookups.len()
    };
    assert_eq!(kept(PHONE, NameFailure::Silence, "_sip._udp.provider.example"), 0);
    assert_eq!(kept(PHONE, NameFailure::Silence, "_SIPS._tcp.provider.example"), 0);
    assert_eq!(kept(PBX, NameFailure::Silence, "_sip._udp.provider.example"), 1, "another device");
    assert_eq!(kept(PHONE, NameFailure::Rcode(2), "_sip._udp.provider.example"), 1, "it gets an answer");
    assert_eq!(kept(PHONE, NameFailure::Silence, "pbx.example"), 1, "the server was silent about others");
}

#[test]
fn what_went_over_a_limit_is_not_judged() {
    let is_over = |change: fn(&mut Quality), live: bool| {
        let mut quality = Quality::default();
        change(&mut quality);
        is_over_limit(&quality, live)
    };
    assert!(!is_over(|_| {}, false));
    assert!(is_over(|quality| quality.packets_over_cap = 1, false));
    assert!(!is_over(|quality| quality.packets_over_cap = 1, true), "what made room was judged before");
    assert!(is_over(|quality| quality.messages_over_cap = 1, true));
    assert!(is_over(|quality| quality.samples_over_cap = 1, true));
    let with = |unjudged: &[Unjudged]| verdict(&[], &[], unjudged, true);
    assert_eq!((with(&[]), with(&[Unjudged::OverLimit])), (Verdict::Pass, Verdict::Notes));
}
