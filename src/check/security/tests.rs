use super::super::fixture::{PBX, PHONE, PUBLIC, World, row, subjects};
use super::*;
use crate::observe::fixture::{at, frame, ip, sent, tcp, udp};
use crate::observe::{Flow, Stream, TcpOutcome};

const RULES: &str = r#"
[[exposure]]
id = "E1"
section = "1"
roles = ["acme.pbx"]
transport = "any"
ports = 5060
speaks = ["sip"]
text.de = "-"
text.en = "-"

[[exposure]]
id = "E2"
section = "1"
roles = ["acme.pbx"]
transport = "tcp"
ports = "80, 443"
text.de = "-"
text.en = "-"

[[scanner]]
agents = ["friendly-scanner*"]
text.de = "-"
text.en = "-"
"#;

fn world() -> World {
    World::new(RULES).device(PBX, "acme.pbx")
}

fn codes(world: &World) -> Vec<&'static str> {
    check(&world.case()).iter().map(|finding| finding.code().as_str()).collect()
}

fn exposed(flow: Flow) -> Vec<&'static str> {
    codes(&world().flows(vec![flow]))
}

#[test]
fn who_only_asks_at_the_registered_contact_keeps_the_way_open() {
    let told = |uri: &str| {
        let sip = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
        let mut world = world().flows(vec![sip]);
        let mut endpoint =
            SipEndpoint { options_to: Some(uri.into()), ..SipEndpoint::new(ip("203.0.113.9")) };
        endpoint.requests = [("OPTIONS".into(), 3)].into();
        world.traffic.sip_endpoints = vec![endpoint];
        let found = check(&world.case());
        let [one] = found.as_slice() else { panic!("{found:?}") };
        let Detail::Sec001 { gained, .. } = &one.detail else { panic!("{one:?}") };
        (one.severity, gained.keeps_open)
    };
    assert_eq!(told("sip:s@198.51.100.7:5060;line=qynrfeg"), (Severity::Info, true));
    assert_eq!(told("sip:100@198.51.100.7"), (Severity::Warning, false));
}

#[test]
fn what_answers_the_internet_against_the_document_is_exposed() {
    let sip = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
    assert_eq!(exposed(sip.clone()), ["SEC-001"]);
    let moved = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5900") };
    assert_eq!(exposed(moved), ["SEC-001"], "by content, whatever the port");
    assert_eq!(exposed(tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1)), ["SEC-004"]);
    assert!(exposed(Flow { from_b: sent(0), ..sip.clone() }).is_empty(), "unanswered");
    assert!(exposed(Flow { a: sip.b, b: sip.a, ..sip }).is_empty(), "the PBX called");
    assert!(exposed(tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Refused, 2)).is_empty());
    assert!(exposed(tcp("192.168.10.51:44000", "192.168.10.2:443", TcpOutcome::Answered, 1)).is_empty());
    assert!(exposed(tcp("203.0.113.9:44000", "192.168.10.2:8443", TcpOutcome::Answered, 1)).is_empty());
}

#[test]
fn whose_packets_leave_untouched_with_a_public_address_stands_outside_itself() {
    let told = |ttl: (u8, u8), on_link: bool| {
        let mut flow = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "198.51.100.39:5060") };
        flow.from_b.ttl = Some(ttl);
        let mut world = World::new(RULES).device("198.51.100.39", "acme.pbx").flows(vec![flow]);
        let mut host = crate::observe::fixture::host("198.51.100.39", Some(on_link));
        host.ttl = Some(ttl);
        world.traffic.hosts = vec![host];
        match check(&world.case()).remove(0).detail {
            Detail::Sec001 { is_direct, .. } => is_direct,
            other => panic!("{other:?}"),
        }
    };
    assert!(told((128, 128), true));
    assert!(!told((127, 127), true) && !told((63, 64), true), "a router passed them on");
    assert!(!told((64, 64), false), "its hardware sends for others, too");
}

#[test]
fn the_provider_may_call() {
    let call = || vec![Flow { app: App::Sip, ..udp("203.0.113.9:5060", "192.168.10.2:5060") }];
    let provider = "[[provider]]\naddresses = [\"203.0.113.9\"]\n";
    assert!(codes(&world().site_file(provider).flows(call())).is_empty());
    assert_eq!(codes(&world().flows(call())), ["SEC-001"]);
}

#[test]
fn a_stranger_at_the_port_of_the_trunk_is_told_unless_the_device_turned_to_it() {
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
        peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
    let rules = format!("{RULES}{}", row("R1", "acme.pbx", words));
    let asked = |port: u16| {
        let flow = udp(&format!("203.0.113.9:{port}"), "192.168.10.2:5064");
        let flow = Flow { app: App::Sip, initiator: crate::observe::Initiator::FirstPacket, ..flow };
        World::new(&rules).device(PBX, "acme.pbx").flows(vec![flow])
    };
    let told = |world: &World| {
        let findings = check(&world.case());
        findings.iter().map(|found| (found.code().as_str(), found.severity)).collect::<Vec<_>>()
    };
    assert_eq!(told(&asked(5071)), [("SEC-001", Severity::Critical)]);
    assert_eq!(told(&asked(5060)), [("SEC-001", Severity::Warning)], "it may be a provider");
    let mut calling = asked(5060);
    let call = crate::observe::fixture::call("203.0.113.9:5060", "192.168.10.2:5064");
    let voice = crate::observe::fixture::stream("192.168.10.2:5204", "203.0.113.20:23400", &[(0, 60)]);
    calling.traffic.calls = vec![Call { answer: Answer::Answered, ..call }];
    calling.traffic.streams = vec![Stream { call: Some(0), ..voice }];
    assert_eq!(told(&calling), [("SEC-001", Severity::Info)], "most likely the provider");
    calling.traffic.calls[0].answer = Answer::Rejected(404);
    assert_eq!(told(&calling), [("SEC-001", Severity::Warning)], "nobody talked");
    let mut going_on = asked(5071);
    let requests = [("BYE".into(), 1)].into();
    going_on.traffic.sip_endpoints =
        vec![SipEndpoint { requests, within: 1, ..SipEndpoint::new(ip("203.0.113.9")) }];
    assert!(told(&going_on).is_empty(), "a call that stood before");
    going_on.traffic.sip_endpoints[0].within = 0;
    assert_eq!(told(&going_on), [("SEC-001", Severity::Critical)]);
    let mut registered = asked(5060);
    let row = super::super::fixture::registration("192.168.10.2:5064", "203.0.113.9:5060");
    registered.traffic.registrations = vec![row];
    assert!(told(&registered).is_empty(), "the provider");
    let mut kept_open = asked(5060);
    let flow = &mut kept_open.traffic.flows[0];
    flow.from_b = crate::observe::Sent::from(crate::observe::Direction {
        first: Some((frame(1), at(-50))),
        ..crate::observe::Direction::clone(&flow.from_b)
    });
    assert!(told(&kept_open).is_empty(), "the device sent first");
    kept_open.traffic.flows[0].extra.answers_first = true;
    assert_eq!(told(&kept_open), [("SEC-001", Severity::Warning)], "an answer by another clock");
    let mut handshake = asked(5060);
    let swapped = kept_open.traffic.flows[0].from_b.clone();
    handshake.traffic.flows[0] =
        Flow { from_b: swapped, ..tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1) };
    assert_eq!(told(&handshake), [("SEC-004", Severity::Critical)], "who began a handshake is known");
}

#[test]
fn clear_text_is_told_where_encryption_is_standard() {
    let plain = row(
        "R1",
        "acme.pbx",
        "transport = \"any\"\nown = \"389, 5060\"\ninitiator = \"peer\"\n\
        peer.scope = \"lan\"\nspeaks = [\"sip\", \"ldap\"]\nplain = true",
    );
    let told = |rules: &str, peer: &str, app| {
        let flow = Flow { app, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
        codes(&World::new(rules).device(PBX, "acme.pbx").device(PHONE, peer).flows(vec![flow]))
    };
    assert_eq!(told(&plain, "acme.phone", App::Sip), ["SEC-003"]);
    assert!(told(&plain, "acme.phone", App::Unknown).is_empty(), "not read");
    assert!(told(&plain, "other", App::Sip).is_empty(), "a gateway");
    assert_eq!(told(&plain, "other", App::Ldap), ["SEC-003"]);
    assert!(told(&plain.replace("plain = true", ""), "acme.phone", App::Sip).is_empty());
    let trunk = row(
        "R2",
        "acme.pbx",
        "transport = \"any\"\nown = 5060\ninitiator = \"either\"\npeer.scope = \"any\"",
    );
    assert!(told(&format!("{plain}{trunk}"), "acme.phone", App::Sip).is_empty(), "another row allows it");
}

#[test]
fn an_exception_opens_a_port() {
    let text = "[[exception]]\ncode = \"SEC-004\"\nport = 443\nreason = \"Reverse Proxy\"\n";
    let flow = tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1);
    assert!(codes(&world().site_file(text).flows(vec![flow])).is_empty());
}

/// Somebody who asked for so many users within so many seconds.
fn guessing(address: &str, users: u64, seconds: i64) -> SipEndpoint {
    let span = Some((at(0), at(seconds * 1000)));
    let requests = [("REGISTER".into(), users)].into();
    SipEndpoint { users, span, requests, ..SipEndpoint::new(ip(address)) }
}

fn with_answers(endpoint: SipEndpoint, answers: &[(u16, u64)]) -> SipEndpoint {
    SipEndpoint { answers: answers.iter().copied().collect(), ..endpoint }
}

#[test]
fn ten_users_a_minute_are_guessing() {
    assert!(!guesses(&guessing(PUBLIC, 9, 1)) && guesses(&guessing(PUBLIC, 10, 1)), "a minute at the least");
    assert!(guesses(&guessing(PUBLIC, 20, 120)) && !guesses(&guessing(PUBLIC, 19, 120)));
    assert!(!guesses(&SipEndpoint { span: None, ..guessing(PUBLIC, 99, 1) }));
}

#[test]
fn whoever_is_let_in_is_a_partner() {
    let tried = |answers| guesses(&with_answers(guessing(PUBLIC, 50, 60), answers));
    assert!(tried(&[(404, 91), (200, 9)]) && !tried(&[(404, 90), (200, 10)]));
    assert!(tried(&[(100, 500), (404, 50)]), "what is provisional lets nobody in");
}

fn scans(endpoint: SipEndpoint, world: World) -> Vec<(IpAddr, Severity)> {
    let mut world = world;
    world.traffic.sip_endpoints = vec![endpoint];
    let findings = check(&world.case());
    subjects(&findings).into_iter().zip(findings.iter().map(|finding| finding.severity)).collect()
}

#[test]
fn a_scan_is_critical_where_it_was_answered() {
    let scan = guessing(PUBLIC, 50, 60);
    assert_eq!(scans(scan.clone(), world()), [(ip(PUBLIC), Severity::Notice)]);
    assert_eq!(scans(with_answers(scan, &[(403, 50)]), world()), [(ip(PUBLIC), Severity::Critical)]);
}

#[test]
fn a_registrar_that_keeps_the_way_open_is_only_suspected() {
    let told = |methods: &[&str], agent: &str| {
        let flow = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
        let mut endpoint = SipEndpoint { users: 1, ..guessing(PUBLIC, 1, 0) };
        endpoint.requests = methods.iter().map(|method| ((*method).into(), 3)).collect();
        endpoint.user_agents.insert(agent.into(), frame(1));
        let mut world = world().flows(vec![flow]);
        world.traffic.sip_endpoints = vec![endpoint];
        let findings = check(&world.case());
        findings.iter().find(|one| one.code().as_str() == "SEC-001").map(|one| (one.severity, one.confidence))
    };
    assert_eq!(told(&["OPTIONS"], "Carrier"), Some((Severity::Warning, Confidence::Suspected)));
    assert_eq!(told(&["INVITE", "OPTIONS"], "Carrier").map(|told| told.0), Some(Severity::Critical));
    assert_eq!(told(&["OPTIONS"], "friendly-scanner/1").map(|told| told.0), Some(Severity::Critical));
}

#[test]
fn a_scanner_is_known_by_its_name() {
    let mut scanner = guessing(PUBLIC, 1, 0);
    assert!(scans(scanner.clone(), world()).is_empty());
    scanner.user_agents.insert("friendly-scanner/1".into(), frame(1));
    assert_eq!(scans(scanner, world()).len(), 1);
}

#[test]
fn a_carrier_that_asks_for_the_customers_numbers_is_no_scanner() {
    let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
        peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
    let rules = format!("{RULES}{}", row("R1", "acme.pbx", words));
    let asked = |from: u16, at: u16, agent: &str| {
        let flow = udp(&format!("{PUBLIC}:{from}"), &format!("{PBX}:{at}"));
        // Whoever was there first is not seen: the trunk may be older than the capture.
        let flow = Flow { app: App::Sip, initiator: crate::observe::Initiator::FirstPacket, ..flow };
        let mut endpoint = with_answers(guessing(PUBLIC, 50, 60), &[(486, 50)]);
        endpoint.user_agents.insert(agent.into(), frame(1));
        let mut world = World::new(&rules).device(PBX, "acme.pbx").flows(vec![flow]);
        world.traffic.sip_endpoints = vec![endpoint];
        codes(&world)
    };
    assert_eq!(asked(5060, 5064, "Carrier SBC"), ["SEC-001"], "which says that it may be the provider");
    assert_eq!(asked(5071, 5064, "Carrier SBC"), ["SEC-001", "SEC-002"], "not from a provider's port");
    assert_eq!(asked(5060, 5060, "Carrier SBC"), ["SEC-001", "SEC-002"], "not at the trunk");
    assert_eq!(asked(5060, 5064, "friendly-scanner/1"), ["SEC-001", "SEC-002"], "by its own name");
}

#[test]
fn nobody_of_the_installation_scans() {
    assert!(scans(guessing("192.168.10.77", 50, 60), world()).is_empty(), "in the LAN");
    assert!(scans(guessing(PUBLIC, 50, 60), world().device(PUBLIC, "provider")).is_empty());
    let stated = "[[provider]]\naddresses = [\"203.0.113.9\"]\n";
    assert!(scans(guessing(PUBLIC, 50, 60), world().site_file(stated)).is_empty());
}
