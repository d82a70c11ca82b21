use super::super::finding::{Code, Passage, Station};
use super::super::fixture::{PBX, PHONE, World, row, subjects};
use super::*;
use crate::decode::Mac;
use crate::observe::fixture::{at, frame, host, ip, mac, sent, stream, udp};
use crate::observe::{HostFacts, MacSeen};

const EF: u8 = 46;
const VOICE: &str = "transport = \"udp\"\nown = \"10000-10200\"\ninitiator = \"either\"\npeer.scope = \"lan\"\nspeaks = [\"rtp\"]";
const PC: &str = "192.168.10.51";

/// What the vendor says of marking.
fn rules() -> String {
    let rule = |id: &str, roles: &str, protocol: &str, words: &str| {
        format!(
            "\n[[qos]]\nid = \"{id}\"\nsection = \"1\"\nroles = [{roles}]\nprotocol = \"{protocol}\"\n{words}\n"
        )
    };
    [
        row("R1", "acme.phone", VOICE),
        rule("Q1", "\"acme.phone\"", "rtp", "dscp = 46\npcp = 5\npromised = true"),
        rule("Q2", "\"acme.pbx\"", "rtp", "dscp = 46\npromised = false"),
        rule("Q3", "\"acme.softphone\"", "rtp", "dscp = 46\npromised = false\nneeds_policy = true"),
        rule("Q4", "\"acme.phone\"", "sip", "dscp = 24\npromised = true"),
    ]
    .concat()
}

fn world(streams: Vec<Stream>) -> World {
    let world = World::new(&rules()).device(PBX, "acme.pbx").device(PHONE, "acme.phone");
    world.device(PC, "acme.softphone").streams(streams)
}

/// The telephone's voice to the PBX.
fn voice(dscp: &[(u8, u64)]) -> Stream {
    stream("192.168.10.21:10000", "192.168.10.2:5204", dscp)
}

/// The PBX's voice to the telephone.
fn answer(dscp: &[(u8, u64)]) -> Stream {
    stream("192.168.10.2:5204", "192.168.10.21:10000", dscp)
}

fn codes(world: &World) -> Vec<(Code, Severity)> {
    check(&world.case()).iter().map(|finding| (finding.code(), finding.severity)).collect()
}

#[test]
fn fifty_packets_and_five_percent_are_the_edge() {
    let is_short = |dscp: &[(u8, u64)]| !codes(&world(vec![voice(dscp)])).is_empty();
    assert!(!is_short(&[(0, 49)]) && is_short(&[(0, 50)]));
    assert!(!is_short(&[(EF, 96), (0, 4)]) && is_short(&[(EF, 95), (0, 5)]));
    assert!(is_short(&[(34, 60)]), "marked, but not so");
}

#[test]
fn a_terminal_is_an_error_and_a_system_a_warning() {
    assert_eq!(codes(&world(vec![voice(&[(0, 60)])])), [(Code::Qos001, Severity::Error)]);
    assert_eq!(codes(&world(vec![answer(&[(0, 60)])])), [(Code::Qos001, Severity::Warning)]);
}

#[test]
fn a_system_whose_telephones_mark_is_marked_in_one_direction_only() {
    let one_way = world(vec![voice(&[(EF, 60)]), answer(&[(0, 60)])]);
    assert_eq!(codes(&one_way), [(Code::Qos008, Severity::Warning)]);
    let too_few = world(vec![voice(&[(EF, 49)]), answer(&[(0, 60)])]);
    assert_eq!(codes(&too_few), [(Code::Qos001, Severity::Warning)]);
}

#[test]
fn only_the_directions_without_the_mark_are_named() {
    let other = |dscp: &[(u8, u64)], back: &[(u8, u64)]| {
        [
            stream("192.168.10.2:5206", "192.168.10.22:10000", dscp),
            stream("192.168.10.22:10000", "192.168.10.2:5206", back),
        ]
    };
    let mut streams = vec![voice(&[(EF, 60)]), answer(&[(EF, 60)])];
    streams.extend(other(&[(EF, 4), (0, 60)], &[(EF, 60)]));
    let found = check(&world(streams.clone()).case());
    let [Finding { detail: Detail::Qos008 { unmarked: 60, packets: 64, marked, .. }, .. }] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!(marked, &[ip("192.168.10.22")]);
    streams.truncate(2);
    streams.extend(other(&[(0, 60)], &[]));
    assert_eq!(codes(&world(streams)), [(Code::Qos001, Severity::Warning)], "who marks is sent the mark");
}

#[test]
fn a_copy_from_behind_the_place_where_the_mark_is_lost_is_not_the_senders() {
    let lossy = |alone: u64, pairs: u64| {
        let mut stream = voice(&[(EF, 80), (0, alone)]);
        let pair = remarked(pairs, [64, 63]);
        stream.report.marking.remarked = Some(pair);
        codes(&world(vec![stream]))
    };
    let (sender, network) = ((Code::Qos001, Severity::Error), (Code::Qos002, Severity::Error));
    assert_eq!(lossy(20, LEAST_PAIRS), [network]);
    assert_eq!(lossy(21, LEAST_PAIRS), [sender, network], "more alone than in pairs");
    assert_eq!(lossy(15, LEAST_PAIRS - 1), [sender], "too few pairs to say so");
}

fn remarked(pairs: u64, ttl: [u8; 2]) -> Remarked {
    Remarked { pairs, first: (frame(1), EF), second: (frame(2), 0), ttl, vlan: [None; 2] }
}

#[test]
fn where_the_mark_is_lost_is_named_by_what_the_copies_differ_in() {
    let router = mac(77);
    let passage = |pair: Remarked, other: Option<(Mac, u8)>, owners: &[&str]| {
        let mut stream = voice(&[(EF, 80)]);
        stream.report.marking.remarked = Some(pair);
        let mut world = world(vec![stream]);
        let mut flow = udp("192.168.10.21:10000", "192.168.10.2:5204");
        flow.id = world.traffic.streams[0].flow;
        flow.from_a.mac = Some(mac(21));
        flow.from_a.extra.other_mac = other;
        world.traffic.flows = vec![flow];
        let paired = |address: &&str| {
            let seen = MacSeen { mac: router, frames: 0, first: frame(3), paired: true };
            HostFacts { macs: vec![seen], ..host(address, Some(true)) }
        };
        world.traffic.hosts = owners.iter().map(paired).collect();
        let found = check(&world.case());
        match found.as_slice() {
            [Finding { detail: Detail::Qos002 { passage, .. }, .. }] => passage.clone(),
            _ => panic!("{found:?}"),
        }
    };
    let station = |mac, address: Option<&str>| Some(Station { mac, maker: None, address: address.map(ip) });
    let by_router = passage(remarked(60, [64, 63]), Some((router, 0)), &["192.168.10.1"]);
    let expected = Passage { routers: 1, vlans: None, station: station(router, Some("192.168.10.1")) };
    assert_eq!(by_router, expected);
    let several = passage(remarked(60, [64, 63]), Some((router, 0)), &["192.168.10.1", "192.168.20.1"]);
    assert_eq!(several, Passage { station: station(router, None), ..expected.clone() }, "one of several");
    let swapped = passage(remarked(60, [64, 63]), Some((router, EF)), &[]);
    assert_eq!(swapped.station, station(mac(21), None), "the router's copies were read first");
    let tagged = Remarked { vlan: [Some(20), None], ..remarked(60, [64, 64]) };
    let retagged = Passage { vlans: Some([Some(20), None]), ..Passage::default() };
    assert_eq!(passage(tagged, None, &[]), retagged);
    assert_eq!(passage(remarked(60, [64, 64]), None, &["192.168.10.1"]), Passage::default(), "a switch");
}

#[test]
fn a_softphone_needs_a_policy() {
    let from_pc = |dscp| vec![stream("192.168.10.51:65100", "192.168.10.2:5204", &[(dscp, 60)])];
    assert_eq!(codes(&world(from_pc(0))), [(Code::Qos003, Severity::Warning)]);
    assert_eq!(
        codes(&world(from_pc(34))),
        [(Code::Qos001, Severity::Warning)],
        "something marks, but wrongly"
    );
}

#[test]
fn who_may_be_a_telephone_or_a_softphone_gets_both_remedies() {
    let sender = |kind: Kind, vendor: Option<&str>, dscp: u8| {
        let streams = vec![stream("192.168.10.77:50000", "192.168.10.2:5204", &[(dscp, 60)])];
        let world = world(streams).device("192.168.10.77", "other");
        let world = world.with("192.168.10.77", |device| {
            (device.kind, device.vendor) = (kind, vendor.map(Into::into));
        });
        let found = check(&world.case());
        match found.as_slice() {
            [Finding { detail: Detail::Qos001 { sender, .. }, severity: Severity::Warning, .. }] => *sender,
            _ => panic!("{found:?}"),
        }
    };
    assert_eq!(sender(Kind::Other, Some("acme"), 0), VoiceSender::PhoneOrSoftphone);
    assert_eq!(sender(Kind::Other, Some("acme"), 34), VoiceSender::Other, "something marks, but wrongly");
    assert_eq!(sender(Kind::Other, None, 0), VoiceSender::Other, "a telephone of another maker");
}

#[test]
fn another_makers_telephone_is_judged_by_the_system_it_talks_to() {
    let stranger = vec![stream("192.168.10.77:4000", "192.168.10.2:5204", &[(0, 60)])];
    let found = world(stranger);
    assert_eq!(codes(&found), [(Code::Qos001, Severity::Warning)]);
    assert_eq!(subjects(&check(&found.case())), [ip("192.168.10.77")]);
    let apart = vec![stream("192.168.10.77:4000", "192.168.10.78:4000", &[(0, 60)])];
    assert!(codes(&world(apart)).is_empty(), "no vendor speaks for either");
}

#[test]
fn the_internet_leg_is_information() {
    let provider = vec![stream("203.0.113.20:23400", "192.168.10.2:5206", &[(0, 60)])];
    let provider = world(provider);
    assert_eq!(codes(&provider), [(Code::Qos007, Severity::Info)]);
    assert!(check(&provider.case())[0].rows.is_empty(), "no vendor's sentence about telephones binds it");
    let trunk = vec![stream("192.168.10.2:5206", "203.0.113.20:23400", &[(0, 60)])];
    let trunk = world(trunk);
    assert_eq!(codes(&trunk), [(Code::Qos007, Severity::Info)]);
    assert!(check(&trunk.case())[0].rows.is_empty(), "nor what is not promised");
    let cloud = vec![stream("192.168.10.21:10000", "203.0.113.20:30000", &[(0, 60)])];
    assert_eq!(codes(&world(cloud)), [(Code::Qos001, Severity::Error)], "a terminal marks wherever it goes");
    let mut behind = world(vec![voice(&[(0, 60)])]);
    behind.traffic.hosts = vec![host(PHONE, Some(false))];
    assert_eq!(codes(&behind), [(Code::Qos007, Severity::Info)], "behind a router the mark may be lost");
    let macs = vec![MacSeen { mac: mac(1), frames: 2, first: frame(1), paired: true }];
    let mut neighbour = world(vec![stream("203.0.113.20:23400", "192.168.10.2:5206", &[(0, 60)])]);
    neighbour.traffic.hosts = vec![HostFacts { macs, ..host("203.0.113.20", Some(true)) }];
    let warned = [(Code::Qos001, Severity::Warning)];
    assert_eq!(codes(&neighbour), warned, "a house may use public addresses within");
}

#[test]
fn all_peers_are_known_however_few_are_named() {
    let leg = |end: u8| stream("192.168.10.2:5206", &format!("203.0.113.{end}:4000"), &[(0, 60)]);
    let findings = check(&world((10..19).map(leg).collect()).case());
    let Detail::Qos007 { peers, .. } = &findings[0].detail else { panic!("{findings:?}") };
    assert_eq!(peers.len(), 9);
}

/// QOS-005 with so many tagged packets of priority 5 and of 0.
fn is_priority_missing(good: u64, bad: u64) -> bool {
    let mut stream = voice(&[(EF, good + bad)]);
    let seen = |value, packets| crate::observe::media::Seen {
        value,
        packets,
        ..stream.report.marking.dscp[0].clone()
    };
    let pcp = [seen(0, bad), seen(5, good)].into_iter().filter(|seen| seen.packets > 0).collect();
    let vlan = crate::observe::media::Seen {
        value: 20,
        packets: good + bad,
        frames: Default::default(),
        last: stream.report.last.frame,
    };
    stream.report.marking.pcp = pcp;
    stream.report.marking.vlans = vec![vlan];
    codes(&world(vec![stream])).contains(&(Code::Qos005, Severity::Notice))
}

#[test]
fn the_priority_of_tagged_voice_has_the_same_edges() {
    assert!(!is_priority_missing(0, 49) && is_priority_missing(0, 50));
    assert!(!is_priority_missing(96, 4) && is_priority_missing(95, 5) && !is_priority_missing(60, 0));
}

/// The telephone's SIP with so many packets of each DSCP.
fn signalling(dscp: &[(u8, u64)]) -> Vec<(Code, Severity)> {
    let mut flow = Flow { app: App::Sip, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
    flow.from_a.dscp = dscp.iter().map(|&(value, packets)| (value, packets, packets * 100)).collect();
    codes(&world(Vec::new()).flows(vec![flow]))
}

#[test]
fn signalling_counts_from_ten_packets_on_and_by_half() {
    let raised = [(Code::Qos004, Severity::Notice)];
    assert!(signalling(&[(0, 9)]).is_empty());
    assert_eq!(signalling(&[(0, 10)]), raised);
    assert!(signalling(&[(24, 11), (0, 9)]).is_empty());
    assert_eq!(signalling(&[(24, 10), (26, 10)]), raised);
}

#[test]
fn signalling_inside_tls_counts_where_the_row_of_either_end_says_so() {
    let registrar = row(
        "R9",
        "acme.pbx",
        "transport = \"tcp\"\nown = 5061\ninitiator = \"peer\"\npeer.scope = \"any\"\nspeaks = [\"sip\", \"tls\"]",
    );
    let told = |rules: &str, dscp: u8| {
        let mut flow = Flow {
            app: App::Tls,
            protocol: Protocol::Tcp,
            ..udp("192.168.10.21:40000", "192.168.10.2:5061")
        };
        flow.from_a = sent(60);
        flow.from_a.dscp = [(dscp, 60, 60_000)].into_iter().collect();
        let world = World::new(rules).device(PBX, "acme.pbx").device(PHONE, "acme.phone").flows(vec![flow]);
        codes(&world)
    };
    let with_registrar = format!("{}{registrar}", rules());
    assert_eq!(
        told(&with_registrar, 0),
        [(Code::Qos004, Severity::Notice)],
        "the telephone has no row of its own"
    );
    assert_eq!(
        told(&with_registrar, EF),
        [(Code::Qos004, Severity::Notice)],
        "and takes the place of no voice"
    );
    assert!(told(&with_registrar, 24).is_empty());
    assert_eq!(told(&rules(), EF), [(Code::Qos010, Severity::Notice)], "TLS of which no row tells");
}

/// QOS-010 for a computer that sends so many bytes with EF beside 950 bytes of voice.
fn takes_the_place(bytes: u64, packets: u64, app: App, sender: &str) -> bool {
    let marked = |address: &str, port, bytes, packets, app| {
        let mut flow =
            Flow { app, protocol: Protocol::Tcp, ..udp(&format!("{address}:{port}"), "192.168.10.60:445") };
        flow.from_a = sent(packets);
        flow.from_a.dscp = [(EF, packets, bytes)].into_iter().collect();
        flow
    };
    let flows = vec![marked(PHONE, 10_000, 950, 60, App::Rtp), marked(sender, 51_200, bytes, packets, app)];
    codes(&world(Vec::new()).flows(flows)).contains(&(Code::Qos010, Severity::Notice))
}

#[test]
fn other_traffic_counts_from_a_share_and_a_number_on() {
    assert!(
        !takes_the_place(50, 20, App::Unknown, "192.168.10.52")
            && takes_the_place(51, 20, App::Unknown, "192.168.10.52")
    );
    assert!(!takes_the_place(51, 19, App::Unknown, "192.168.10.52"));
    assert!(!takes_the_place(900, 90, App::Sip, "192.168.10.52"), "signalling keeps voice company");
    assert!(
        !takes_the_place(900, 90, App::Unknown, "203.0.113.9"),
        "the mark of the Internet is nobody's here"
    );
}

#[test]
fn values_come_by_number_of_packets() {
    assert_eq!(by_count(&[(0, 5), (26, 9), (34, 5)].into()), [(26, 9), (0, 5), (34, 5)]);
}

/// Voice of the telephone from `start` ms on whose mark changes for good after 60 packets.
fn changing(start: i64, from: u8, to: u8) -> Stream {
    let mut changed = voice(&[(from, 60), (to, 60)]);
    let report = &mut changed.report;
    report.first.time = at(start);
    let time = at(start + 1_200);
    report.marking.dscp_change =
        Some(crate::observe::media::marking::DscpChange { frame: frame(61), time, from, to });
    report.marking.dscp_changes = 1;
    changed
}

#[test]
fn a_change_that_mends_the_mark_is_no_finding_of_its_own() {
    let changes = |streams: Vec<Stream>| codes(&world(streams)).iter().any(|(code, _)| *code == Code::Qos009);
    assert!(!changes(vec![changing(0, 0, EF)]), "the network was put right");
    assert!(!changes(vec![changing(0, 0, EF), changing(500, 0, EF)]), "in the middle of two calls");
    assert!(changes(vec![changing(0, EF, 0)]), "the mark is lost");
    assert!(changes(vec![changing(0, 0, EF), changing(9_000, 0, EF)]), "so each call begins");
    assert!(changes(vec![changing(0, 0, 26)]), "neither is right");
}

#[test]
fn the_time_is_that_of_the_packets_that_are_unlike() {
    let mut changed = changing(0, 0, EF);
    changed.report.marking.dscp_spans = vec![(0, at(100), at(900)), (EF, at(950), at(2_000))];
    let findings = check(&world(vec![changed]).case());
    let [Finding { detail: Detail::Qos001 { .. }, evidence, .. }] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    assert_eq!((evidence.first, evidence.last), (Some(at(100)), Some(at(900))));
}

#[test]
fn who_sends_too_little_without_the_mark_is_not_judged() {
    let told = |streams: Vec<Stream>| {
        let world = world(streams);
        let (few, is_any_judged) = few(&world.case());
        (few.iter().map(|few| (few.sender, few.packets)).collect::<Vec<_>>(), is_any_judged)
    };
    let phone = ip(PHONE);
    assert_eq!(told(vec![voice(&[(0, 49)])]), (vec![(phone, 49)], false));
    assert_eq!(told(vec![voice(&[(0, 50)])]), (Vec::new(), true), "enough");
    assert_eq!(told(vec![voice(&[(EF, 49)])]), (Vec::new(), false), "what is there is right");
    assert_eq!(
        told(vec![voice(&[(0, 49)]), answer(&[(EF, 50)])]),
        (vec![(phone, 49)], true),
        "another is judged"
    );
}
