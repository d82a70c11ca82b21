use super::super::finding::Code;
use super::super::fixture::{PBX, PHONE, World, row, subjects};
use super::*;
use crate::observe::TcpOutcome;
use crate::observe::fixture::{ip, sent, stream, tcp, udp};
use crate::observe::media::MediaKind;

const VOICE: &str = "transport = \"udp\"\nown = \"10000-10200\"\ninitiator = \"either\"\npeer.scope = \"lan\"\nspeaks = [\"rtp\"]";

fn world() -> World {
    World::new(&row("R1", "acme.phone", VOICE)).device(PHONE, "acme.phone")
}

fn found(world: &World, code: Code) -> Vec<Finding> {
    check(&world.case()).into_iter().filter(|finding| finding.code() == code).collect()
}

/// The telephone opens a connection that no row knows.
fn unknown() -> Flow {
    tcp("192.168.10.21:49800", "192.168.10.60:4567", TcpOutcome::Answered, 1)
}

/// Whether the flow is an undocumented port of the telephone.
fn is_undocumented(flow: Flow) -> bool {
    !found(&world().flows(vec![flow]), Code::Port001).is_empty()
}

#[test]
fn a_port_of_the_other_side_is_named_where_the_device_called() {
    let uses = |flow: Flow| {
        let world = world().flows(vec![flow]);
        let findings = found(&world, Code::Port001);
        assert_eq!(subjects(&findings), [ip(PHONE)]);
        let Detail::Port001 { uses, .. } = &findings[0].detail else { panic!("{findings:?}") };
        uses.iter().map(|used| (used.port, used.side)).collect::<Vec<_>>()
    };
    assert_eq!(uses(unknown()), [(4567, Side::Remote)]);
    let called = tcp("192.168.10.60:50000", "192.168.10.21:8123", TcpOutcome::Answered, 1);
    assert_eq!(uses(called), [(8123, Side::Own)]);
    let stood = tcp("192.168.10.60:50000", "192.168.10.21:50123", TcpOutcome::Midstream, 1);
    let open = Flow { initiator: crate::observe::Initiator::FirstPacket, ..stood };
    assert_eq!(uses(open), [(50_123, Side::Open)], "nothing tells which end serves");
}

#[test]
fn what_goes_to_everybody_is_no_port() {
    let told =
        |to_all: bool| is_undocumented(Flow { to_all, ..udp("192.168.10.21:138", "192.168.10.255:138") });
    assert!(told(false) && !told(true));
}

#[test]
fn rtcp_with_somebody_whom_no_call_is_with_is_of_a_program_of_its_own() {
    let told = |peer: &str, spoken: &[&str]| {
        let flow = Flow { app: App::Rtcp, ..udp("192.168.10.21:44570", &format!("{peer}:50004")) };
        let to = spoken.iter().map(|to| stream("192.168.10.21:10000", &format!("{to}:5204"), &[(46, 60)]));
        !found(&world().flows(vec![flow]).streams(to.collect()), Code::Port001).is_empty()
    };
    assert!(told("203.0.113.9", &[PBX]));
    assert!(!told("203.0.113.9", &[PBX, "203.0.113.9"]), "beside voice");
    assert!(!told("203.0.113.9", &[]), "the capture lacks the voice");
    assert!(!told("192.168.10.60", &[PBX]));
}

#[test]
fn pictures_are_no_voice_outside_its_range() {
    let outside = |kind: MediaKind| {
        let mut sent = stream("192.168.10.21:9078", "192.168.10.2:5204", &[(46, 60)]);
        sent.report.kind = kind;
        found(&world().streams(vec![sent]), Code::Port002).len()
    };
    assert_eq!((outside(MediaKind::Audio), outside(MediaKind::Video)), (1, 0));
}

#[test]
fn of_sip_over_udp_the_own_port_departs_from_a_list_of_own_ports() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let uses = |app: App| {
        let flow = Flow { app, ..udp("192.168.10.2:51404", "192.168.10.60:5060") };
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
        let findings = found(&world, Code::Port001);
        let Detail::Port001 { uses, .. } = &findings[0].detail else { panic!("{findings:?}") };
        uses.iter().map(|used| (used.port, used.side)).collect::<Vec<_>>()
    };
    assert_eq!(uses(App::Sip), [(51_404, Side::Own)]);
    assert_eq!(uses(App::Unknown), [(5060, Side::Remote)]);
}

#[test]
fn of_many_connections_the_filter_names_the_peers() {
    let flow = |port: usize, peer: &str| {
        tcp(&format!("192.168.10.21:{}", 49_000 + port), &format!("{peer}:4567"), TcpOutcome::Answered, 1)
    };
    let filter = |peers: usize| {
        let flows = (0..=NAMED).map(|at| flow(at, &format!("192.168.10.{}", 60 + at.min(peers - 1))));
        found(&world().flows(flows.collect()), Code::Port001)[0].evidence.filter.clone()
    };
    assert_eq!(filter(1), "ip.addr == 192.168.10.21 && tcp.port == 4567 && (ip.addr == 192.168.10.60)");
    assert_eq!(filter(NAMED + 1), "ip.addr == 192.168.10.21 && tcp.port == 4567");
}

#[test]
fn a_single_packet_is_a_stray() {
    let packets =
        |a, b| Flow { from_a: sent(a), from_b: sent(b), ..udp("192.168.10.21:49800", "192.168.10.60:4567") };
    assert!(
        !is_undocumented(packets(1, 0)) && is_undocumented(packets(2, 0)) && is_undocumented(packets(1, 1))
    );
}

#[test]
fn what_the_device_did_not_take_part_in_is_not_its_port() {
    assert!(is_undocumented(unknown()));
    assert!(!is_undocumented(Flow { from_b: sent(0), ..unknown() }), "half a connection");
    assert!(!is_undocumented(tcp("192.168.10.60:50000", "192.168.10.21:8123", TcpOutcome::Refused, 3)));
    assert!(!is_undocumented(tcp("192.168.10.60:50000", "192.168.10.21:8123", TcpOutcome::Silent, 3)));
}

#[test]
fn multicast_and_media_have_no_undocumented_port() {
    assert!(!is_undocumented(udp("192.168.10.21:49801", "239.255.255.250:1900")));
    for app in [App::Rtp, App::Rtcp, App::Stun, App::Dtls] {
        assert!(
            !is_undocumented(Flow { app, ..udp("192.168.10.21:49801", "192.168.10.60:4567") }),
            "{app:?}"
        );
    }
    assert!(is_undocumented(Flow { app: App::Snmp, ..udp("192.168.10.21:49801", "192.168.10.60:4567") }));
}

#[test]
fn only_devices_of_the_maker_are_held_to_its_list() {
    let with_maker = |maker: &str| world().with(PHONE, |device| device.maker = Some(maker.into()));
    let count = |world: World| found(&world.flows(vec![unknown()]), Code::Port001).len();
    assert_eq!((count(with_maker("ACME")), count(with_maker("Rival"))), (1, 0));
    assert_eq!(count(world().with(PHONE, |device| device.maker = None)), 0, "nothing names its maker");
    let computer = World::new("").device(PHONE, "acme.softphone");
    assert_eq!(count(computer), 0, "most traffic of a computer is none of the vendor's business");
    assert_eq!(count(World::new("").device(PHONE, "other")), 0);
}

#[test]
fn an_exception_explains_a_port_and_is_counted() {
    let text = "[[exception]]\ncode = \"PORT-001\"\nport = 4567\nreason = \"bekannt\"\n";
    let world = world().site_file(text).flows(vec![unknown()]);
    let case = world.case();
    assert!(check(&case).is_empty());
    let case = world.case().of_accepted();
    let accepted: Vec<_> = check(&case).into_iter().filter_map(|one| case.accepted(one)).collect();
    assert_eq!(case.exceptions(&accepted)[0].matched, 1, "one finding");
}

#[test]
fn findings_of_one_device_are_one() {
    let other = tcp("192.168.10.21:49801", "192.168.10.61:4568", TcpOutcome::Answered, 1);
    let findings = found(&world().flows(vec![unknown(), other]), Code::Port001);
    assert_eq!((findings.len(), findings[0].count), (1, 2));
}

#[test]
fn too_little_voice_at_a_port_leaves_it_unjudged() {
    let lacks = |port: u16, packets: u64| {
        let voice = stream(&format!("{PHONE}:{port}"), "192.168.10.2:5204", &[(46, packets)]);
        lacks_packets(&world().streams(vec![voice]).case())
    };
    assert_eq!([1, 2, 49, 50].map(|packets| lacks(12_000, packets)), [false, true, true, false]);
    assert!(!lacks(10_000, 9), "where it is documented");
}

/// Whether voice that the telephone sends from this port is outside its range.
fn is_outside(port: u16, packets: u64) -> bool {
    let voice = stream(&format!("{PHONE}:{port}"), "192.168.10.2:5204", &[(46, packets)]);
    !found(&world().streams(vec![voice]), Code::Port002).is_empty()
}

#[test]
fn voice_counts_from_fifty_packets_on() {
    assert!(!is_outside(12_000, PACKETS_FOR_MEDIA - 1) && is_outside(12_000, PACKETS_FOR_MEDIA));
    assert_eq!(PACKETS_FOR_MEDIA, 50);
}

#[test]
fn voice_at_the_port_that_a_device_announced_counts_both_ways() {
    let outside = |announced: &[&str], sent: u64, heard: u64, kind: MediaKind| {
        let mut streams = vec![
            stream("192.168.10.21:12000", "192.168.10.2:5204", &[(46, sent)]),
            stream("192.168.10.2:5204", "192.168.10.21:12000", &[(46, heard)]),
        ];
        streams.iter_mut().for_each(|stream| stream.report.kind = kind);
        let mut world = world().streams(streams);
        world.traffic.calls = vec![crate::observe::Call {
            caller_media: announced.iter().map(|ear| ear.parse().unwrap()).collect(),
            ..crate::observe::fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
        }];
        let findings = found(&world, Code::Port002);
        findings.first().map(|found| (found.detail.clone(), found.count)).map(
            |(detail, count)| match detail {
                Detail::Port002 { ports, .. } => (ports, count),
                _ => panic!("{detail:?}"),
            },
        )
    };
    let (own, audio) = (["192.168.10.21:12000"], MediaKind::Audio);
    assert_eq!(outside(&own, 9, 41, audio), Some((vec![12_000], 1)));
    assert_eq!(outside(&own, 9, 40, audio), None, "too few");
    assert_eq!(outside(&[], 9, 41, audio), None, "somebody sends there");
    assert_eq!(outside(&["192.168.10.21:12002"], 9, 41, audio), None, "it announced another port");
    assert_eq!(outside(&own, 60, 60, audio), Some((vec![12_000], 1)), "what it sends is enough");
    assert_eq!(outside(&own, 9, 41, MediaKind::Video), None);
}

#[test]
fn both_ends_of_a_range_belong_to_it() {
    let outside = [9999, 10_000, 10_200, 10_201].map(|port| is_outside(port, 60));
    assert_eq!(outside, [true, false, false, true]);
}

#[test]
fn a_device_whose_voice_may_be_anywhere_is_never_outside() {
    let open = "transport = \"udp\"\nown = \"dynamic\"\ninitiator = \"either\"\npeer.scope = \"lan\"\npeer.roles = [\"acme.pbx\"]\nspeaks = [\"rtp\"]";
    let voice = || vec![stream("192.168.10.21:33000", "192.168.10.2:5204", &[(46, 60)])];
    let world = World::new(&row("R1", "acme.phone", open)).device(PHONE, "acme.phone").streams(voice());
    assert!(found(&world, Code::Port002).is_empty());
    let unknown = World::new("").device(PHONE, "acme.phone").streams(voice());
    assert!(
        found(&unknown, Code::Port002).is_empty(),
        "and where no row speaks of voice nothing is documented"
    );
}

/// The model that would fit, if the observed ports contradict a stated `small` one.
fn contradiction(ports: &[u16]) -> Option<Option<String>> {
    let range = |id: &str, own: &str, model: &str| {
        let words = format!("models = [\"{model}\"]\n{}", VOICE.replace("10000-10200", own));
        let title = "title.de = \"-\"\ntitle.en = \"-\"\n";
        let head = format!("\n[[model]]\nid = \"{model}\"\nrole = \"acme.pbx\"\nrtp_row = \"{id}\"\n");
        format!("{head}channels = 1\n{title}{}", row(id, "acme.pbx", &words))
    };
    let rules = [range("R1", "5204-5263", "small"), range("R2", "5204-5523", "large")].concat();
    let streams =
        ports.iter().map(|port| stream(&format!("{PBX}:{port}"), "192.168.10.21:10000", &[(46, 60)]));
    let world = World::new(&rules).device(PBX, "acme.pbx").streams(streams.collect());
    let world = world.with(PBX, |device| {
        device.model = Some("small".into());
        device.model_is_stated = true;
    });
    let findings = found(&world, Code::Port006);
    findings.first().map(|finding| match &finding.detail {
        Detail::Port006 { fits, .. } => fits.as_ref().map(|model| model.as_str().to_owned()),
        other => panic!("{other:?}"),
    })
}

#[test]
fn ports_of_another_model_contradict_the_stated_one() {
    assert_eq!(contradiction(&[5204, 5263]), None);
    assert_eq!(contradiction(&[5204, 5264]), Some(Some("large".to_owned())));
    assert_eq!(contradiction(&[9000]), None, "ports of no model are PORT-002");
}

#[test]
fn whom_a_pbx_asks_by_sip_in_the_internet_is_its_provider() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let told = |peer: &str, app| {
        let flow = tcp("192.168.10.2:40000", peer, TcpOutcome::Answered, 1);
        let flow = Flow { app, from_a: sent(3), from_b: sent(3), ..flow };
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
        !found(&world, Code::Port001).is_empty()
    };
    assert!(!told("203.0.113.9:5060", App::Sip), "its REGISTER is cut or older than the capture");
    assert!(told("203.0.113.9:5060", App::Unknown) && told("192.168.10.60:5060", App::Sip));
}

#[test]
fn registering_over_tcp_is_told_once_and_as_what_it_is() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let codes = |port: u16| {
        let flow = tcp("192.168.10.21:40000", &format!("{PBX}:{port}"), TcpOutcome::Answered, 1);
        let flows = vec![Flow { app: App::Sip, from_a: sent(3), from_b: sent(3), ..flow }];
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
        let world = world.device(PHONE, "acme.phone").flows(flows);
        let findings = check(&world.case());
        findings.iter().map(|finding| finding.code().as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(5060),
        ["PORT-009"],
        "neither at the registrar nor at the telephone an undocumented port"
    );
    assert_eq!(codes(5070), ["PORT-001", "PORT-001"]);
}

#[test]
fn channels_are_counted_at_the_busiest_moment() {
    let one = |port: u16, first: i64, last: i64| {
        let mut stream = stream(&format!("{PBX}:{port}"), "192.168.10.21:10000", &[(0, 60)]);
        stream.report.first.time = crate::observe::fixture::at(first);
        stream.report.last.time = crate::observe::fixture::at(last);
        stream
    };
    let streams =
        [one(5004, 0, 90), one(5006, 10, 20), one(5006, 15, 30), one(5008, 30, 40), one(5010, 50, 60)];
    let most = most_at_a_time(&streams.iter().collect::<Vec<_>>());
    assert_eq!(most, Some((3, crate::observe::fixture::at(30))), "the last moment of one is beside the next");
    assert_eq!(most_at_a_time(&[]), None);
}

#[test]
fn whom_the_device_only_answers_is_no_provider() {
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
        peer = { scope = \"internet\" }\nspeaks = [\"sip\"]";
    let told = |change: &dyn Fn(&mut World)| {
        let flow = Flow { app: App::Sip, ..udp(&format!("{PBX}:40000"), "203.0.113.9:5060") };
        let mut world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
        change(&mut world);
        let found = found(&world, Code::Port005);
        found.first().map(|finding| match finding.detail {
            Detail::Port005 { registers, .. } => registers,
            _ => panic!("{finding:?}"),
        })
    };
    let registration = crate::check::fixture::registration;
    assert_eq!(told(&|_| {}), None, "nobody knows what it is");
    let at = |client: String| {
        move |world: &mut World| {
            world.traffic.registrations = vec![registration(&client, "203.0.113.9:5060")];
        }
    };
    assert_eq!(told(&at(format!("{PBX}:40000"))), Some(true));
    assert_eq!(told(&at(format!("{PBX}:5064"))), Some(false), "it registers from another port");
}

#[test]
fn a_line_that_ends_inside_is_a_providers() {
    let rows = [
        row(
            "R1",
            "acme.pbx",
            "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]",
        ),
        row(
            "R2",
            "acme.pbx",
            "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
            peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]",
        ),
    ];
    let told = |own: u16, site: &str, registers: bool| {
        let own = format!("{PBX}:{own}");
        let flow = Flow { app: App::Sip, ..udp(&own, "192.168.10.9:5060") };
        let world = World::new(&rows.concat()).device(PBX, "acme.pbx").site_file(site);
        let mut world = world.flows(vec![flow]);
        let row = crate::check::fixture::registration(&own, "192.168.10.9:5060");
        world.traffic.registrations.extend(registers.then_some(row));
        check(&world.case()).iter().map(|found| (found.code(), found.rows.clone())).collect::<Vec<_>>()
    };
    let stated = "[[provider]]\naddresses = [\"192.168.10.9\"]\n";
    let wrong_port = [(Code::Port005, vec!["R2".into()])];
    assert_eq!(told(56_659, stated, false), wrong_port);
    assert_eq!(told(56_659, "", true), wrong_port);
    assert_eq!(told(5060, "", true), wrong_port, "nobody registers at the PBX");
    assert_eq!(told(5070, "", true), []);
    assert_eq!(told(56_659, "", false), [(Code::Port001, vec![])]);
    assert_eq!(told(5070, "", false), [(Code::Port001, vec![])], "no port toward a telephone");
}

#[test]
fn what_a_telephone_speaks_departs_from_no_row_of_the_provider() {
    let sip = |own: &str, peer: &str| format!("transport = \"udp\"\nown = {own}\n{peer}\nspeaks = [\"sip\"]");
    let inside = "initiator = \"peer\"\npeer.scope = \"lan\"";
    let outside = "initiator = \"own\"\npeer = { scope = \"any\", roles = [\"provider\"] }";
    let rules = [
        row("R1", "acme.pbx", &sip("5060", inside)),
        row("R2", "acme.pbx", &sip("\"5064-5127\"", outside)),
        row("R3", "acme.phone", &sip("49648", "initiator = \"either\"\npeer.scope = \"lan\"")),
    ];
    let flow = Flow { app: App::Sip, ..udp("192.168.10.21:49648", "192.168.10.2:55062") };
    let world = World::new(&rules.concat()).device(PBX, "acme.pbx").device(PHONE, "acme.phone");
    let findings = found(&world.flows(vec![flow]), Code::Port001);
    assert_eq!(findings[0].rows, ["R1".into()]);
}

#[test]
fn a_fax_that_was_agreed_is_no_undocumented_port() {
    let fax = || udp("192.168.10.21:4045", "192.168.10.60:5348");
    let told = |fax_media: &[&str]| {
        let mut world = world().flows(vec![fax()]);
        let fax_media = fax_media.iter().map(|end| end.parse().unwrap()).collect();
        world.traffic.calls = vec![crate::observe::Call {
            fax_media,
            ..crate::observe::fixture::call("192.168.10.21:5060", "192.168.10.60:5060")
        }];
        !found(&world, Code::Port001).is_empty()
    };
    assert!(told(&[]), "nobody announced it");
    assert!(!told(&["192.168.10.60:5348", "192.168.10.21:4045"]));
    assert!(told(&["192.168.10.60:5350"]), "another one");
}
