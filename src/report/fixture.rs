//! A small installation made by hand, with one finding of every kind, for tests.

mod file;
mod heard;
mod network;
mod site;
mod voice;

use std::collections::BTreeMap;

use jiff::{civil::date, tz::TimeZone};

pub(super) use file::capture;

use self::site::{row, site};
use super::{Language, Names, Settings};
use crate::capture::{Ended, Frame, PassedOver, Timestamp};
use crate::check::{
    Audit, Detail, Evidence, Finding, LossSign, NoVoice, Party, Passage, PortUse, Refusal, RowStatus,
    RulebookInfo, Severity, Side, Subject, Unjudged, Verdict, VoiceSender,
};
use crate::config::SourceText;
use crate::decode::{Layers, Mac, NotIp, Skip};
use crate::observe::fixture::{ip, socket};
use crate::observe::message::App;
use crate::observe::{
    Answer, Call, CallSide, Direction, Flow, HostFacts, Initiator, MacSeen, Mapping, Protocol, Quality,
    Registration, Rhythm, Standing, Traffic,
};
use crate::rules::Rulebook;
use crate::site::{Confidence, ModelId, RoleId, Site};

/// Colours, a bell, a line feed, reversed writing, a C1 control.
pub(crate) const HOSTILE: &str = "evil\u{1b}[31m\u{7}\n\u{202e}gpj.exe\u{9b}2J";

const RULES: &str = r#"
[document]
kind = "vendor"
vendor = "AGFEO"
title = "Portübersicht"
edition = "19.01.2026LB (© AGFEO 2023LB)"
as_of = 2026-01-19
origin = "Wiki"
disclaimer.de = "Ohne Gewähr."
disclaimer.en = "Without guarantee."

[[role]]
id = "agfeo.pbx"
kind = "pbx"
title.de = "AGFEO Telefonanlage"
title.en = "AGFEO PBX"

[[role]]
id = "agfeo.phone.t14"
kind = "terminal"
title.de = "AGFEO T14 SIP"
title.en = "AGFEO T14 SIP"

[[row]]
id = "A12"
section = "1.2.2"
roles = ["agfeo.pbx"]
transport = "udp"
own = "5060"
initiator = "peer"
peer.scope = "lan"
service.de = "Interner SIP-Registrar"
service.en = "Internal SIP registrar"

[[row]]
id = "A28"
section = "1.4.3"
roles = ["agfeo.pbx"]
transport = "tcp"
remote = "443"
initiator = "own"
peer.scope = "any"
condition.de = "Nur bei Geräten mit Lizenz"
condition.en = "Only devices with a licence"
service.de = "Lizenzserver pbx.agfeo.de"
service.en = "Licence server pbx.agfeo.de"

[[row]]
id = "A35"
section = "2.1.1"
roles = ["agfeo.phone.t14"]
transport = "udp"
own = "10000-10200"
initiator = "either"
peer.scope = "lan"
service.de = "Sprechwege (RTP) des T14"
service.en = "Voice (RTP) of the T14"
"#;

pub(crate) fn settings(language: Language, width: u16) -> Settings {
    Settings { language, width, colour: false, all_flows: false, zone: TimeZone::UTC, version: "0.0.0" }
}

pub(crate) fn names(language: Language) -> Names {
    let rules =
        Rulebook::parse(&[SourceText::new("fixture.toml", RULES)]).expect("the rules above are valid");
    Names::new(&rules, language)
}

/// The installation with one finding of every kind that has numbers.
pub(crate) fn audit() -> Audit {
    Audit {
        verdict: Verdict::Fail,
        rulebooks: vec![RulebookInfo {
            vendor: "AGFEO".into(),
            title: "Portübersicht".into(),
            as_of: "19.01.2026LB, © AGFEO 2023LB".into(),
            rows: 76,
        }],
        captures: vec![capture("mitschnitt/anlage.pcapng", Ended::Complete)],
        passed_over: vec![PassedOver {
            path: "mitschnitt/notizen.txt".into(),
            reason: "mitschnitt/notizen.txt: is no packet capture".to_owned(),
        }],
        traffic: traffic(),
        site: site(),
        rows: vec![
            row("A12", PBX, RowStatus::Used, 1842),
            row("A28", PBX, RowStatus::Blocked, 6),
            row("A13", PBX, RowStatus::Unused, 0),
            row("A25", PBX, RowStatus::Unused, 0),
            row("A35", PHONE, RowStatus::Deviating, 12_345),
        ],
        flow_rows: [(0, vec!["A12".into()])].into(),
        unexplained: vec![1],
        unjudged: vec![Unjudged::Encrypted, Unjudged::Clock],
        findings: findings(),
        remarks: heard::remarks(),
        ..empty_audit()
    }
}

/// Nothing to say, nothing seen.
pub(crate) fn empty_audit() -> Audit {
    Audit {
        verdict: Verdict::NotAssessable,
        rulebooks: Vec::new(),
        captures: Vec::new(),
        passed_over: Vec::new(),
        traffic: Traffic::default(),
        site: Site::default(),
        rows: Vec::new(),
        flow_rows: Default::default(),
        inside_tls: Default::default(),
        unexplained: Vec::new(),
        unsolicited: Vec::new(),
        remarks: Vec::new(),
        unjudged: vec![Unjudged::NoDevice, Unjudged::NoVoice],
        unheard: Vec::new(),
        unsent_faxes: Vec::new(),
        deaf: BTreeMap::new(),
        dropped: Vec::new(),
        findings: Vec::new(),
        accepted: Vec::new(),
        filter: None,
        few: Vec::new(),
        mended: Vec::new(),
    }
}

const PBX: &str = "192.168.10.2";
const PHONE: &str = "192.168.10.31";
const SOFTPHONE: &str = "2001:db8:1234:5678:9abc:def0:1234:5678";
const ATTACKER: &str = "203.0.113.77";

/// One finding for each variant of [`Detail`], heaviest first.
pub(super) fn findings() -> Vec<Finding> {
    let all = details().into_iter().chain(heard::details()).chain(network::details());
    let mut findings: Vec<Finding> = all.map(finding).collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code()));
    findings
}

/// Numbers, severity, who can mend it, and about whom.
type Case = (Detail, Severity, Party, Option<&'static str>);

fn details() -> Vec<Case> {
    use Party::{Capture, Computers, Network, Nobody, Telephony};
    use Severity::{Critical, Error, Info, Notice, Warning};
    let outside = vec![ip(ATTACKER), ip("198.51.100.9")];
    let transport = Protocol::Tcp;
    let port_003 = Detail::Port003 {
        target: socket("192.0.2.10:443"),
        joined: Vec::new(),
        protocol: transport,
        refusal: Refusal::Icmp { v6: false, kind: 3, code: 13, reporter: ip("192.168.10.1") },
        outbound: true,
        life: crate::check::Life::Unseen,
        serves: crate::check::Others::Unserved,
        voice: None,
    };
    let use_of = |port, side, flows, peer| PortUse {
        protocol: Protocol::Udp,
        port,
        side,
        flows,
        peers: vec![socket(peer)],
    };
    let port_001 = Detail::Port001 {
        uses: vec![
            use_of(4711, Side::Own, 7, "192.168.10.31:40000"),
            use_of(8080, Side::Remote, 1, "198.51.100.9:8080"),
        ],
        as_of: Some(date(2026, 1, 19)),
    };
    let qos_001 = Detail::Qos001 {
        unmarked: 4100,
        packets: 4210,
        dscp: vec![(0, 4000), (40, 100)],
        expected: 46,
        sender: VoiceSender::Promised,
    };
    let qos_003 = Detail::Qos003 {
        packets: 1520,
        media_ports: Some("5204-5523".into()),
        expected: 46,
        signalling: Some(24),
    };
    let qos_009 = Detail::Qos009 {
        peer: socket("192.168.10.2:5204"),
        before: 46,
        after: 0,
        changed_at: (Frame::new(0, 977), Timestamp(1_768_814_101_000_000_000)),
    };
    let qos_010 = Detail::Qos010 {
        percent: 12.5,
        bytes: 1_234_567,
        expected: 46,
        flows: vec![(socket("192.168.10.31:50000"), socket("192.0.2.10:443"), transport)],
    };
    let sec_002 = Detail::Sec002 {
        requests: 1204,
        users: 87,
        agent: Some(HOSTILE.into()),
        answered: true,
        gained: heard::gained(),
    };
    let signs = vec![
        LossSign::Drops { packets: 17, own: 5 },
        LossSign::UnseenAcknowledged { connections: 3, of: 12 },
    ];
    let ended = Ended::Damaged { at: 1_048_576, reason: HOSTILE.to_owned() };
    vec![
        (port_001, Warning, Telephony, Some(PBX)),
        (
            Detail::Port002 { ports: vec![20_000], documented: "10000-10200".into(), stated: "".into() },
            Warning,
            Telephony,
            Some(PHONE),
        ),
        (port_003, Error, Network, Some(PBX)),
        (
            Detail::Port005 {
                port: 6000,
                provider: socket("192.0.2.1:5060"),
                documented: "5064-5127".into(),
                stated: "".into(),
                registers: true,
            },
            Notice,
            Telephony,
            Some(PBX),
        ),
        (
            Detail::Port006 {
                observed: (5204, 5301),
                model: ModelId::from("es-pure-ip"),
                documented: "5204-5263".into(),
                fits: Some(ModelId::from("es-7xx-plus")),
            },
            Notice,
            Telephony,
            Some(PBX),
        ),
        (
            Detail::Port009 { port: 5061, tls: true, registers: true, peers: vec![ip(PHONE)] },
            Notice,
            Telephony,
            Some(PBX),
        ),
        (qos_001, Error, Network, Some(PHONE)),
        (
            Detail::Qos002 {
                pairs: 96,
                before: 46,
                after: 0,
                frames: [Frame::new(0, 12), Frame::new(0, 15)],
                passage: Passage { routers: 1, ..Passage::default() },
            },
            Error,
            Network,
            Some(PHONE),
        ),
        (qos_003, Warning, Computers, Some(SOFTPHONE)),
        (Detail::Qos004 { packets: 1, dscp: vec![(26, 1)], expected: 24 }, Notice, Telephony, Some(PHONE)),
        (Detail::Qos005 { pcp: vec![(0, 400)], expected: 5, vlan: 20 }, Notice, Network, Some(PHONE)),
        (
            Detail::Qos007 {
                packets: 900,
                peers: vec![ip("192.0.2.1")],
                inbound: false,
                dscp: vec![(0, 50)],
                expected: 46,
            },
            Info,
            Nobody,
            Some(PBX),
        ),
        (
            Detail::Qos008 {
                unmarked: 500,
                packets: 520,
                dscp: vec![(0, 500)],
                expected: 46,
                marked: vec![ip(PHONE)],
            },
            Warning,
            Network,
            Some(PBX),
        ),
        (qos_009, Warning, Network, Some(PHONE)),
        (qos_010, Notice, Network, Some(PHONE)),
        (
            Detail::Net004 { vlans: vec![(30, 400), (31, 12)], expected: vec![20] },
            Warning,
            Network,
            Some(PHONE),
        ),
        (
            Detail::Sec001 {
                at: socket("192.168.10.2:5060"),
                protocol: Protocol::Udp,
                sources: outside.clone(),
                gained: Box::default(),
                is_direct: false,
            },
            Critical,
            Network,
            Some(PBX),
        ),
        (sec_002, Critical, Network, Some(ATTACKER)),
        (
            Detail::Sec004 {
                at: socket("192.168.10.2:443"),
                protocol: transport,
                sources: outside,
                is_direct: true,
            },
            Critical,
            Network,
            Some(PBX),
        ),
        (Detail::Cap001 { signs }, Warning, Capture, None),
        (
            Detail::Cap002 { duplicates: 300, of: 12_345, two_clocks: 0, received: 0, is_scattered: false },
            Notice,
            Capture,
            None,
        ),
        (Detail::Cap003 { pairs: 4 }, Warning, Capture, None),
        (Detail::Cap004 { cut: 2, frames: 100 }, Notice, Capture, None),
        (
            Detail::Cap006 {
                steps: 1,
                largest: 2_500_000_000,
                returns: true,
                forward: 0,
                stray: None,
                apart: None,
            },
            Notice,
            Capture,
            None,
        ),
        (Detail::Cap008 { connections: 1 }, Info, Nobody, None),
        (Detail::Cap010(NoVoice::Nothing), Info, Capture, None),
        (Detail::Cap011 { path: "defekt.pcap".into(), packets: 1, ended }, Warning, Capture, None),
    ]
}

fn finding((detail, severity, responsible, subject): (Detail, Severity, Party, Option<&str>)) -> Finding {
    let subject = subject.map(|address| Subject { address: ip(address), role: role_of(address) });
    let rows = match detail {
        Detail::Port003 { .. } => vec!["A28".into()],
        Detail::Qos001 { .. } => vec!["A35".into(), "Q1".into()],
        _ => Vec::new(),
    };
    let filter = subject.as_ref().map_or_else(String::new, |subject| {
        let field = if subject.address.is_ipv6() { "ipv6.addr" } else { "ip.addr" };
        format!("frame.number in {{12, 15, 977}} && {field} == {}", subject.address)
    });
    let evidence = Evidence {
        frames: vec![Frame::new(0, 12), Frame::new(0, 15), Frame::new(0, 977)],
        filter,
        first: Some(at(3)),
        last: Some(at(70)),
        until: None,
    };
    Finding {
        detail,
        severity,
        confidence: Confidence::Likely,
        subject,
        rows,
        count: 3,
        responsible,
        evidence,
    }
}

fn role_of(address: &str) -> Option<RoleId> {
    match address {
        PBX => Some(RoleId::from("agfeo.pbx")),
        PHONE => Some(RoleId::from("agfeo.phone.t14")),
        SOFTPHONE => Some(RoleId::from("agfeo.visofon")),
        _ => None,
    }
}

fn traffic() -> Traffic {
    let host = HostFacts {
        address: ip(PBX),
        sent: 9000,
        received: 8000,
        macs: vec![MacSeen {
            mac: Mac([0, 9, 0x40, 1, 2, 3]),
            frames: 9000,
            first: Frame::new(0, 1),
            paired: true,
        }],
        on_link: Some(true),
        vlans: vec![20],
        outer_vlans: Vec::new(),
        ttl: Some((64, 64)),
        own_names: vec!["anlage".into()],
        vendor_class: None,
        came_in: false,
        arp: None,
    };
    let call = Call {
        call_id: "abc@192.168.10.31".into(),
        caller: socket("192.168.10.31:5060"),
        callee: socket("192.168.10.2:5060"),
        from: "11@192.168.10.2".into(),
        to: HOSTILE.into(),
        start: (Frame::new(0, 5), at(5)),
        ringing: Some((Frame::new(0, 7), at(6))),
        answered: Some((Frame::new(0, 9), at(8))),
        end: Some((Frame::new(0, 900), at(68))),
        answer: Answer::Answered,
        status: Some(200),
        hung_up: Some(CallSide::Callee),
        transferred: Some((CallSide::Callee, "sip:12@192.168.10.2".into())),
        caller_media: vec![socket("192.168.10.31:10000")],
        callee_media: vec![socket("192.168.10.2:5204")],
        ..heard::call()
    };
    let registration = Registration {
        contact: Some("sip:11@192.168.10.31".into()),
        expires: Some(600),
        attempts: 2,
        status: Some(200),
        reason: Some("OK".into()),
        accepted: true,
        standing: Standing::Accepted,
        challenges: 1,
        rhythm: Some(Rhythm { refreshes: 3, shortest: 540_000_000_000, longest: 555_000_000_000 }),
        frames: vec![Frame::new(0, 2)],
        mappings: vec![Mapping {
            address: Some(ip("192.0.2.99")),
            port: 61_234,
            frame: Frame::new(0, 2),
            time: at(1),
        }],
        ..Registration::new(
            "11@192.168.10.2".into(),
            socket("192.168.10.31:5060"),
            socket("192.168.10.2:5060"),
            Protocol::Udp,
        )
    };
    let skipped = BTreeMap::from([(Skip::NotIp(NotIp::EtherType(0x88cc)), 12), (Skip::Empty, 1)]);
    Traffic {
        flows: vec![
            flow(0, "192.168.10.31:5060", "192.168.10.2:5060"),
            flow(1, "192.168.10.31:40000", "192.168.10.2:4711"),
        ],
        streams: vec![
            voice::stream("192.168.10.31:10000", "192.168.10.2:5204", 46),
            voice::stream("192.168.10.2:5204", "192.168.10.31:10000", 0),
        ],
        calls: vec![call],
        registrations: vec![registration],
        hosts: vec![host],
        quality: Quality {
            frames: 20_000,
            decoded: 19_987,
            skipped,
            duplicates: 3,
            duplicate_candidates: 18_000,
            incomplete_datagrams: 2,
            packets_over_cap: 1,
            messages_over_cap: 4,
            filtered: 1500,
            pairs: 6,
            pairs_both_ways: 5,
            ..Quality::default()
        },
        ..Traffic::default()
    }
}

fn flow(id: usize, a: &str, b: &str) -> Flow {
    let direction = |packets| Direction {
        packets,
        bytes: packets * 200,
        dscp: [(0, packets, packets * 100)].into_iter().collect(),
        first: Some((Frame::new(0, 1), at(1))),
        last: Some((Frame::new(0, 99), at(60))),
        ..Direction::default()
    };
    Flow {
        id,
        protocol: Protocol::Udp,
        a: socket(a),
        b: socket(b),
        initiator: Initiator::FirstPacket,
        from_a: direction(1000).into(),
        from_b: direction(842).into(),
        app: App::Unknown,
        tcp: None,
        layers: Layers::default(),
        vlans: Default::default(),
        to_all: false,
        extra: Default::default(),
    }
}

/// Seconds after 2026-01-19 09:15:00 UTC.
fn at(seconds: i64) -> Timestamp {
    Timestamp((1_768_814_100 + seconds) * 1_000_000_000)
}
