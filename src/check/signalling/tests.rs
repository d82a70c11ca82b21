use super::super::finding::{Others, Size};
use super::super::fixture::{self, PBX, PHONE, PUBLIC, World, subjects};
use super::super::rejection::Circumstance;
use super::*;
use crate::observe::fixture::{at, frame, ip, socket, stream, tcp, udp};
use crate::observe::message::App;
use crate::observe::{
    Answer, Beginning, Call, CallProtocol, Flow, Mapping, Outage, Refusals, Refused, SipEndpoint, TcpOutcome,
    Unanswered,
};

mod broken;
mod circumstance;
mod even;
mod icmp;
mod silence;
mod unconnected;

fn refusal(status: u16, ms: i64, count: u64) -> Refused {
    Refused { status, reason: "No".into(), with_credentials: false, frame: frame(4), time: at(ms), count }
}

/// A registration of the phone at the PBX that went well.
fn registration() -> Registration {
    fixture::registration("192.168.10.21:5060", "192.168.10.2:5060")
}

fn world(registration: Registration) -> World {
    let mut world = World::new("").flows(vec![udp("192.168.10.21:5060", "192.168.10.2:5060")]);
    world.traffic.registrations = vec![registration];
    world
}

fn codes(world: &World) -> Vec<&'static str> {
    check(&world.case(), &[]).iter().map(|finding| finding.code().as_str()).collect()
}

#[test]
fn a_refusal_is_told_about_own_devices_only() {
    let refused = Some(refusal(403, 3, 2));
    let own = world(Registration { refused: refused.clone(), ..registration() });
    let findings = check(&own.case(), &[]);
    assert_eq!((subjects(&findings), findings.first().map(|f| f.count)), (vec![ip(PHONE)], Some(2)));
    let client = socket(&format!("{PUBLIC}:5060"));
    assert!(codes(&world(Registration { refused, client, ..registration() })).is_empty(), "a stranger");
    assert!(codes(&world(registration())).is_empty());
}

/// SIG-001 of this world, by severity.
fn sig_001(world: &World) -> Vec<(Severity, Detail)> {
    let findings = check(&world.case(), &[]).into_iter();
    findings.filter(|one| one.code().as_str() == "SIG-001").map(|one| (one.severity, one.detail)).collect()
}

#[test]
fn a_user_who_is_accepted_in_another_domain_has_the_wrong_one() {
    let elsewhere = |aor: &str, granted| {
        let refused = Registration { refused: Some(refusal(404, 1_000, 1)), ..registration() };
        let granted = Some((at(granted), at(granted)));
        let other = Registration { aor: aor.into(), granted, ..registration() };
        let mut world = world(refused);
        world.traffic.registrations.push(other);
        sig_001(&world)
    };
    let found = elsewhere("sip:21@b.example", 2_000);
    let [(Severity::Notice, Detail::Sig001 { instead, .. })] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(instead.as_deref(), Some("sip:21@b.example"));
    assert_eq!(elsewhere("sip:22@b.example", 2_000)[0].0, Severity::Error, "somebody else");
    assert_eq!(elsewhere("sip:21@b.example", 500)[0].0, Severity::Error, "before it was refused");
}

#[test]
fn a_long_refusal_is_told_although_it_was_made_good() {
    let outage = |count, ms| {
        let outage = Outage { last: refusal(483, ms - 1, count), from: at(0), until: at(ms) };
        let refusals = Refusals { outage: Some(outage), ..Refusals::default() };
        sig_001(&world(Registration { refusals, ..registration() }))
    };
    let found = outage(3, 61_000);
    let [(Severity::Notice, Detail::Sig001 { accepted_after, .. })] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(*accepted_after, Some(61_000_000_000));
    assert!(outage(3, 59_000).is_empty() && outage(2, 61_000).is_empty(), "soon, or hardly refused");
}

#[test]
fn a_filter_selects_the_refusals_and_nothing_else_of_the_pair() {
    let world = world(Registration { refused: Some(refusal(404, 3, 1)), ..registration() });
    let filter = check(&world.case(), &[]).remove(0).evidence.filter;
    assert!(filter.ends_with("sip.CSeq.method == \"REGISTER\" && sip.Status-Code == 404"), "{filter}");
}

#[test]
fn tries_without_an_answer_need_time_and_proof() {
    let tries = |count, ms| {
        let frames = vec![frame(1)];
        Registration {
            unanswered: Unanswered { count, requests: 1, frames, span: Some((at(0), at(ms))) },
            ..registration()
        }
    };
    assert_eq!(codes(&world(tries(3, 1_500))), ["SIG-002"]);
    assert!(codes(&world(tries(2, 1_500))).is_empty(), "the answer may still come");
    assert!(codes(&world(tries(3, 900))).is_empty());
    let mut unseen = world(tries(3, 1_500));
    unseen.traffic.flows.clear();
    assert!(codes(&unseen).is_empty(), "nothing shows that an answer would be seen");
    for gap in [Unjudged::OneDirection, Unjudged::CutSip] {
        assert!(check(&world(tries(3, 1_500)).case(), &[gap]).is_empty(), "{gap:?}");
    }
}

#[test]
fn a_mirror_port_that_lost_a_direction_meanwhile_shows_no_registrar_that_is_silent() {
    let told = |requests, reached: i64| {
        let unanswered = Unanswered {
            count: 3,
            requests,
            frames: vec![frame(1)],
            span: Some((at(60_000), at(1_260_000))),
        };
        let mut world = world(Registration { unanswered, ..registration() });
        for flow in &mut world.traffic.flows {
            (flow.from_a.last, flow.from_b.last) =
                (Some((frame(9), at(1_260_000))), Some((frame(5), at(reached))));
        }
        (codes(&world), world.case().may_miss_answers())
    };
    assert_eq!(
        told(3, 50_000),
        (vec![], true),
        "renewed at its time, each once, and nothing comes to the client"
    );
    assert_eq!(told(3, 70_000), (vec!["SIG-002"], false), "what comes to the client is seen");
    assert_eq!(told(2, 50_000), (vec!["SIG-002"], false), "who got an answer sends nothing again");
}

#[test]
fn a_registrar_that_accepts_others_on_that_port_is_not_behind_a_firewall() {
    let silent = || Registration {
        unanswered: Unanswered {
            count: 3,
            requests: 1,
            frames: vec![frame(1)],
            span: Some((at(0), at(1_500))),
        },
        accepted: false,
        ..registration()
    };
    let beside = |other: Registration| {
        let mut world = world(silent());
        world.traffic.registrations.push(other);
        let finding = check(&world.case(), &[]).remove(0);
        let Detail::Sig002 { serves, .. } = finding.detail else { panic!("{finding:?}") };
        (serves != Others::Unserved, finding.responsible)
    };
    let other = || fixture::registration("192.168.10.22:5060", "192.168.10.2:5060");
    assert_eq!(beside(other()), (true, Party::Telephony));
    assert_eq!(beside(Registration { accepted: false, ..other() }), (false, Party::Network));
    assert_eq!(beside(Registration { protocol: Protocol::Tcp, ..other() }).1, Party::Network);
    let before = || Registration { granted: Some((at(-9_000), at(-5_000))), ..other() };
    assert_eq!(beside(before()), (true, Party::Telephony), "it goes on sending");
    let mut quiet = world(silent());
    quiet.traffic.registrations.push(before());
    for flow in &mut quiet.traffic.flows {
        flow.from_b.last = Some((frame(5), at(-4_000)));
    }
    assert_eq!(check(&quiet.case(), &[])[0].responsible, Party::Telephony, "nobody asked since");
    let own = fixture::registration("192.168.10.21:5070", "192.168.10.2:5060");
    assert_eq!(beside(own).1, Party::Network, "another account of the same device");
}

#[test]
fn a_new_public_address_may_be_the_daily_reconnection() {
    let seen = |first: (&str, u16), second: (&str, u16)| {
        let mapping = |(address, port): (&str, u16), number| Mapping {
            address: Some(ip(address)),
            port,
            frame: frame(number),
            time: at(number as i64),
        };
        let mappings = vec![mapping(first, 2), mapping(second, 4)];
        check(&world(Registration { mappings, ..registration() }).case(), &[])
            .first()
            .map(|finding| (finding.code().as_str(), finding.severity))
    };
    assert_eq!(seen((PUBLIC, 5060), (PUBLIC, 61_000)), Some(("SIG-003", Severity::Warning)));
    assert_eq!(seen((PUBLIC, 5060), ("203.0.113.99", 5060)), Some(("SIG-003", Severity::Notice)));
}

#[test]
fn what_a_router_shows_of_a_client_is_not_held_against_it() {
    let rewrite = |client: &str| Rewrite {
        intact: 0,
        client: ip(client),
        server: ip(PBX),
        method: "INVITE".into(),
        sent: "192.168.10.21:5060".into(),
        returned: "203.0.113.9:5060".into(),
        is_both: false,
        passed_on_by: None,
        frames: [frame(1), frame(2)],
        span: (at(0), at(1)),
        count: 1,
    };
    let with = |client| {
        let mut world = World::new("");
        world.traffic.rewrites = vec![rewrite(client)];
        codes(&world)
    };
    assert_eq!(with(PHONE), ["SIG-004"]);
    assert!(with(PUBLIC).is_empty());
    let mut world = World::new("");
    world.traffic.rewrites = vec![Rewrite { passed_on_by: Some(ip(PUBLIC)), ..rewrite(PHONE) }];
    let found = check(&world.case(), &[]).remove(0);
    assert!(found.evidence.filter.contains(PUBLIC), "what it passed on is evidence too");
}

#[test]
fn lost_fragments_are_told_where_sip_is_spoken_and_repeated() {
    let datagram = |missing| Incomplete {
        time: at(0),
        source: ip(PHONE),
        destination: ip(PBX),
        ports: Some((5060, 5060)),
        protocol: UDP,
        frames: vec![frame(1)],
        bytes_seen: 1480,
        missing,
        request: None,
    };
    let with = |datagrams: Vec<Incomplete>, speaks: bool| {
        let mut world = World::new("");
        world.traffic.incomplete = datagrams;
        let mut endpoint = SipEndpoint::new(ip(PHONE));
        endpoint.ports.insert((Protocol::Udp, 5060), 1);
        world.traffic.sip_endpoints = if speaks { vec![endpoint] } else { Vec::new() };
        codes(&world)
    };
    let lost = || datagram(Missing::Last);
    assert_eq!(with(vec![lost(), lost()], true), ["SIG-006"]);
    assert!(with(vec![lost()], true).is_empty(), "not sent again");
    assert!(with(vec![lost(), lost()], false).is_empty(), "no SIP");
    assert!(with(vec![datagram(Missing::Cut), datagram(Missing::Cut)], true).is_empty(), "the snap length");
}

#[test]
fn sendings_of_one_message_are_one_message() {
    let datagram = |call_id: &str, number| Incomplete {
        time: at(0),
        source: ip(PHONE),
        destination: ip(PBX),
        ports: Some((5060, 5060)),
        protocol: UDP,
        frames: vec![frame(1)],
        bytes_seen: 1480,
        missing: Missing::Last,
        request: Some(RequestId { call_id: call_id.into(), number, method: "INVITE".into() }),
    };
    let told = |datagrams: Vec<Incomplete>, calls: Vec<Call>| {
        let mut world = World::new("");
        (world.traffic.incomplete, world.traffic.calls) = (datagrams, calls);
        let mut endpoint = SipEndpoint::new(ip(PHONE));
        endpoint.ports.insert((Protocol::Udp, 5060), 1);
        world.traffic.sip_endpoints = vec![endpoint];
        let found = check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Sig006 { sent, unlisted, .. } => Some((finding.count, sent, unlisted)),
            _ => None,
        });
        found.unwrap_or_default()
    };
    let thrice = || vec![datagram("a", 1), datagram("a", 1), datagram("a", 1)];
    assert_eq!(told(thrice(), Vec::new()), (1, 3, true));
    assert_eq!(told([thrice(), vec![datagram("a", 2), datagram("b", 1)]].concat(), Vec::new()), (3, 5, true));
    let listed = Call { call_id: "a".into(), ..refused_call(408) };
    assert!(!told(thrice(), vec![listed]).2, "the report has the call");
    let rung = || vec![Call { call_id: "a".into(), ringing: Some((frame(2), at(600))), ..refused_call(486) }];
    let mixed = || vec![datagram("a", 1), datagram("b", 1), datagram("b", 1)];
    assert_eq!(told(mixed(), rung()), (0, 0, false), "what was answered arrived: the capture lacks the rest");
    assert_eq!(told(mixed(), Vec::new()).1, 3);
    assert_eq!(told(thrice(), rung()).1, 3, "it arrived in the end");
}

/// A call of the phone to the PBX that was refused.
fn refused_call(status: u16) -> Call {
    Call {
        answer: Answer::Rejected(status),
        status: Some(status),
        end: Some((frame(3), at(1_000))),
        ..crate::observe::fixture::call("192.168.10.21:5060", "192.168.10.2:5060")
    }
}

/// SIG-005 of this world: severity aside, the numbers.
fn sig_005(world: &World) -> Option<(Rejection, Option<Circumstance>, String)> {
    let findings = check(&world.case(), &[]);
    let found = findings.into_iter().find(|one| one.code().as_str() == "SIG-005")?;
    let Detail::Sig005 { rejection, why, .. } = found.detail else { panic!("{:?}", found.detail) };
    Some((rejection, why, found.evidence.filter))
}

fn calls(calls: Vec<Call>) -> World {
    let mut world = World::new("").flows(vec![udp("192.168.10.21:5060", "192.168.10.2:5060")]);
    world.traffic.calls = calls;
    world
}

#[test]
fn why_a_call_failed_is_told_as_far_as_the_capture_shows_it() {
    let call = Call { reason: Some("No".into()), with_credentials: true, ..refused_call(403) };
    let (rejection, why, filter) = sig_005(&calls(vec![call])).unwrap();
    let expected =
        Rejection { status: 403, reason: "No".into(), with_credentials: true, outside: false, offered: None };
    assert_eq!((rejection, why), (expected, None));
    assert!(filter.contains("sip.CSeq.method == \"INVITE\""), "no answer to REGISTER: {filter}");
    let call = Call { offers_nothing: true, ..refused_call(488) };
    assert_eq!(sig_005(&calls(vec![call])).unwrap().1, Some(Circumstance::NoMediaOffered));
    assert_eq!(sig_005(&calls(vec![refused_call(488)])).unwrap().1, None);
}

#[test]
fn a_name_that_is_not_resolved_is_no_telephone_that_is_off() {
    let why = |status, reason: &str| {
        let call = Call { reason: Some(reason.into()), ..refused_call(status) };
        sig_005(&calls(vec![call])).map(|(_, why, _)| why)
    };
    assert_eq!(why(480, "Temporarily Unavailable"), None, "one telephone that is off");
    assert_eq!(why(480, "No DNS results"), Some(Some(Circumstance::NameUnresolved)), "one is enough");
    assert_eq!(why(478, "Unresolvable destination (478/SL)"), Some(Some(Circumstance::NameUnresolved)));
    assert_eq!(why(503, "Unable to resolve next hop"), Some(Some(Circumstance::NameUnresolved)));
    assert_eq!(why(503, "Resolved elsewhere, dnsmasq"), Some(None));
    let unresolved =
        || Call { reason: Some("No DNS results".into()), to: "sip:22@a.example".into(), ..refused_call(503) };
    let registrar = unresolved().callee;
    let with_granted = |aor: &str| {
        let mut world = calls(vec![unresolved()]);
        let (client, granted) = (socket("192.168.10.99:5060"), Some((at(1), at(1))));
        world.traffic.registrations =
            vec![Registration { aor: aor.into(), client, registrar, granted, ..registration() }];
        sig_005(&world).unwrap().1
    };
    let unknown = Some(Circumstance::TargetUnknown);
    assert_eq!(with_granted("sip:99@a.example"), unknown, "the domain is served, the user is missing");
    assert_eq!(with_granted("sip:22@a.example"), None, "the user is there");
    assert_eq!(with_granted("sip:99@b.example"), Some(Circumstance::NameUnresolved));
    let both = ["No DNS results", "Temporarily Unavailable", "Temporarily Unavailable"]
        .map(|reason| Call { reason: Some(reason.into()), ..refused_call(480) });
    assert_eq!(sig_005(&calls(both.to_vec())).unwrap().1, None, "not all of them");
}

#[test]
fn a_caller_who_registers_only_later_is_told() {
    let with_grant = |granted: &[i64]| {
        let mut world = calls(vec![refused_call(400)]);
        let row = |ms: &i64| Registration { granted: Some((at(*ms), at(*ms))), ..registration() };
        world.traffic.registrations = granted.iter().map(row).collect();
        sig_005(&world).unwrap().1
    };
    assert_eq!(with_grant(&[5_000]), Some(Circumstance::NotRegistered));
    assert_eq!(with_grant(&[0]), None);
    assert_eq!(with_grant(&[]), None, "it may have registered before the capture");
}

#[test]
fn an_answer_that_is_never_acknowledged_is_a_failed_call() {
    let call = |is_unacknowledged| Call {
        answer: Answer::Answered,
        answered: Some((frame(2), at(100))),
        is_unacknowledged,
        ..refused_call(200)
    };
    let mut world = calls(vec![call(true)]);
    let why = |world: &World| sig_005(world).unwrap().1;
    assert_eq!(why(&world), Some(Circumstance::Unacknowledged { over_tcp: false, spoken: None }));
    let Call { caller, callee, .. } = call(true);
    let connection = tcp(&callee.to_string(), &caller.to_string(), TcpOutcome::Answered, 1);
    world.traffic.flows.push(Flow { app: App::Sip, ..connection });
    assert_eq!(
        why(&world),
        Some(Circumstance::Unacknowledged { over_tcp: true, spoken: None }),
        "TCP does not lose it"
    );
    let ways = [("192.168.10.21:10000", "192.168.10.2:5204"), ("192.168.10.2:5204", "192.168.10.21:10000")];
    world.traffic.streams = ways.map(|(from, to)| stream(from, to, &[(46, 400)])).into();
    for stream in &mut world.traffic.streams {
        stream.call = Some(0);
        (stream.report.first.time, stream.report.last.time) = (at(1_000), at(9_000));
    }
    let spoken = Some((8_000_000_000, false));
    assert_eq!(
        why(&world),
        Some(Circumstance::Unacknowledged { over_tcp: true, spoken }),
        "and yet they spoke"
    );
    world.traffic.streams.pop();
    assert_eq!(why(&world), Some(Circumstance::Unacknowledged { over_tcp: true, spoken: None }), "one side");
    assert!(sig_005(&calls(vec![call(false)])).is_none());
}

#[test]
fn a_telephone_that_rang_and_was_not_answered_is_no_fault() {
    let told = |status, rang: bool| {
        let ringing = rang.then_some((frame(2), at(100)));
        sig_005(&calls(vec![Call { ringing, ..refused_call(status) }; 3])).is_some()
    };
    assert!(told(408, false) && told(480, false), "nothing was reached");
    assert!(!told(408, true) && !told(480, true), "nobody answered");
    assert!(told(503, true), "that says something else");
}

#[test]
fn that_the_other_calls_failed_too_is_known() {
    let answered = |third: Call| {
        let world = calls(vec![refused_call(403), refused_call(403), third]);
        let findings = check(&world.case(), &[]);
        let found = findings.iter().find_map(|one| match &one.detail {
            Detail::Sig005 { calls, answered, .. } => Some((one.count, *calls, *answered)),
            _ => None,
        });
        found.unwrap()
    };
    assert_eq!(answered(refused_call(480)), (2, 3, 0));
    let good = Call {
        answer: Answer::Answered,
        answered: Some((frame(2), at(500))),
        to: "sip:other@pbx.example".into(),
        ..refused_call(200)
    };
    assert_eq!(answered(good), (2, 3, 1));
}

#[test]
fn a_refusal_whose_call_began_before_the_capture_is_left_aside() {
    let call = Call { beginning: Beginning::Unseen, ..refused_call(488) };
    assert!(sig_005(&calls(vec![call])).is_none());
}

#[test]
fn what_most_repeated_requests_were_answered_with_is_told() {
    let status = |statuses: &[(u16, u64)], answered| {
        let mut world = World::new("").flows(vec![udp("192.168.10.21:5060", "192.168.10.2:5060")]);
        world.traffic.repeats = vec![Repeated {
            from: socket("192.168.10.21:5060"),
            to: socket("192.168.10.2:5060"),
            method: "REGISTER".into(),
            requests: answered,
            answered,
            statuses: statuses.iter().copied().collect(),
            unheard: 0,
            prompt: 0,
            most: 4,
            frames: vec![frame(1)],
            span: (at(0), at(3_500)),
        }];
        let finding = check(&world.case(), &[]).remove(0);
        assert!(
            finding.evidence.filter.ends_with("sip.Method == \"REGISTER\""),
            "{}",
            finding.evidence.filter
        );
        let Detail::Sig009 { status, .. } = finding.detail else { panic!("{:?}", finding.detail) };
        status
    };
    assert_eq!(status(&[(483, 16), (404, 1)], 17), Some((483, 16)));
    assert_eq!(status(&[(483, 8)], 17), None, "the rest was accepted");
}

#[test]
fn what_a_proxy_only_passes_on_is_told_of_who_repeated_it() {
    let (caller, proxy, called) = ("192.168.10.21:5060", "192.168.10.2:5060", "192.168.10.22:5060");
    let row = |from: &str, to: &str, first: i64| Repeated {
        from: socket(from),
        to: socket(to),
        method: "INVITE".into(),
        requests: 1,
        answered: 1,
        statuses: BTreeMap::new(),
        unheard: 0,
        prompt: 0,
        most: 4,
        frames: vec![frame(1)],
        span: (at(first), at(first + 3_500)),
    };
    let told = |delay: i64| {
        let flows = vec![udp(caller, proxy), udp(proxy, called)];
        let mut world = World::new("").flows(flows);
        world.traffic.repeats = vec![row(caller, proxy, 0), row(proxy, called, delay)];
        let found = check(&world.case(), &[]);
        let hops = found.iter().map(|finding| match &finding.detail {
            Detail::Sig009 { to, through, .. } => {
                (finding.subject.as_ref().unwrap().address, *to, through.clone())
            }
            other => panic!("{other:?}"),
        });
        hops.collect::<Vec<_>>()
    };
    let address = |socket_of: &str| socket(socket_of).ip();
    assert_eq!(told(1), [(address(caller), socket(called), vec![address(proxy)])]);
    assert_eq!(told(400), [(address(proxy), socket(called), vec![])], "it repeats by itself");
}

#[test]
fn where_caller_and_server_run_on_one_host_the_port_tells_who_was_asked() {
    let (phone, server) = (socket("192.168.10.2:59718"), socket("192.168.10.2:5060"));
    let call =
        |caller, callee| Call::begun("c".into(), CallProtocol::Sip, (caller, callee), (frame(1), at(0)));
    let was_asked = |call: Call| calls::Asked::of(&[call]).at(server) == 1;
    assert!(was_asked(call(phone, server)));
    assert!(!was_asked(call(server, phone)), "it called itself");
    let other = socket("192.168.10.2:5062");
    let elsewhere = socket("192.168.10.21:5060");
    assert!(was_asked(call(elsewhere, other)), "another port of the same host");
}

#[test]
fn a_method_of_a_sender_does_not_break_out_of_the_filter() {
    assert!(is_plain("INVITE") && !is_plain("X\" || \"") && !is_plain(""));
}

/// A registration of the phone from port 5060 that went wrong, and one from another port with the first and the latest grant at
/// these times.
fn from_another_port(wrong: Registration, granted: [i64; 2], registrar: &str) -> World {
    let mut world = world(wrong);
    let [first, latest] = granted.map(at);
    world.traffic.registrations.push(Registration {
        client: socket("192.168.10.21:61000"),
        registrar: socket(registrar),
        granted: Some((first, latest)),
        ..registration()
    });
    world
}

#[test]
fn a_registration_that_goes_well_from_another_port_is_made_good() {
    let refused = |count| Registration {
        refused: Some(refusal(503, 3_000, count)),
        refusals: Refusals {
            by_status: BTreeMap::from([(503, count)]),
            span: Some((at(1_000), at(3_000))),
            ..Refusals::default()
        },
        ..registration()
    };
    const SAME: &str = "192.168.10.2:5060";
    assert_eq!(codes(&from_another_port(refused(1), [600, 2_000], SAME)), ["SIG-001"], "before it");
    assert!(codes(&from_another_port(refused(1), [600_000, 700_000], SAME)).is_empty(), "hardly refused");
    assert!(codes(&from_another_port(refused(3), [50_000, 700_000], SAME)).is_empty(), "soon");
    assert_eq!(codes(&from_another_port(refused(1), [600_000, 700_000], "192.168.10.3:5060")), ["SIG-001"]);
    let found = sig_001(&from_another_port(refused(3), [601_000, 700_000], SAME));
    let [(Severity::Notice, Detail::Sig001 { accepted_after, .. })] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(*accepted_after, Some(600_000_000_000));

    let span = Some((at(0), at(7_500)));
    let unanswered = Unanswered { count: 5, requests: 1, frames: vec![frame(1)], span };
    let silent = || Registration { unanswered: unanswered.clone(), ..registration() };
    assert_eq!(codes(&from_another_port(silent(), [1_000, 5_000], SAME)), ["SIG-002"]);
    assert!(codes(&from_another_port(silent(), [200_000, 300_000], SAME)).is_empty());
}

#[test]
fn who_does_not_want_a_call_is_no_fault() {
    let told = |status| sig_005(&calls(vec![refused_call(status)])).is_some();
    assert!([433, 486, 600, 603, 607, 608].into_iter().all(|status| !told(status)));
    assert!([500, 503].into_iter().all(told));
}

#[test]
fn each_account_that_is_refused_is_named() {
    let refused = |aor: &str, registrar: &str, count| Registration {
        aor: aor.into(),
        registrar: socket(registrar),
        refused: Some(refusal(403, 3, count)),
        ..registration()
    };
    let mut world = world(refused("sip:21@a.example", "192.168.10.2:5060", 1));
    world.traffic.registrations.push(refused("sip:22@a.example", "192.168.10.2:5060", 2));
    world.traffic.registrations.push(refused("sip:23@b.example", "192.168.10.3:5060", 1));
    let findings = check(&world.case(), &[]);
    let [Finding { detail: Detail::Sig001 { account, further, .. }, count: 4, evidence, .. }] =
        findings.as_slice()
    else {
        panic!("{findings:?}")
    };
    assert_eq!(&**account, "sip:22@a.example", "the one that happened most");
    let others: Vec<_> = further.iter().map(|(aor, at)| (&**aor, at.to_string())).collect();
    let expected = [
        ("sip:21@a.example", "192.168.10.2:5060".to_owned()),
        ("sip:23@b.example", "192.168.10.3:5060".to_owned()),
    ];
    assert_eq!(others, expected);
    let filter = &evidence.filter;
    assert!(filter.contains("192.168.10.2") && filter.contains("192.168.10.3"), "{filter}");
}
