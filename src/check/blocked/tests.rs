use super::super::finding::Life;
use super::super::fixture::{PBX, PHONE, World, row};
use super::*;
use crate::observe::Stream;
use crate::observe::fixture::{at, call, frame, ip, sent, stream, tcp, udp};

const DIRECTORY: &str = "transport = \"tcp\"\nown = 389\ninitiator = \"peer\"\npeer.scope = \"lan\"";
const CLOUD: &str = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"";
const NAMES: &str =
    "transport = \"udp\"\nremote = 53\ninitiator = \"own\"\npeer.scope = \"any\"\nspeaks = [\"dns\"]";

fn world(rules: &str, flows: Vec<Flow>) -> World {
    World::new(rules).device(PBX, "acme.pbx").flows(flows)
}

/// The telephone tries the directory of the PBX.
fn tried(outcome: TcpOutcome, attempts: u64) -> Flow {
    tcp("192.168.10.21:49900", "192.168.10.2:389", outcome, attempts)
}

/// Shows that answers of the PBX to the telephone are in the capture.
fn both_ways() -> Flow {
    udp("192.168.10.21:5060", "192.168.10.2:5060")
}

/// Refusals that are found when the flows are all there is.
fn refusals(words: &str, flows: Vec<Flow>) -> Vec<Refusal> {
    let world = world(&row("R1", "acme.pbx", words), flows);
    let blocked = check(&world.case());
    assert_eq!(blocked.findings.is_empty(), blocked.flows.is_empty());
    let refusal = |finding: &Finding| match finding.detail {
        Detail::Port003 { refusal, .. } => refusal,
        _ => panic!("{finding:?}"),
    };
    blocked.findings.iter().map(refusal).collect()
}

fn unreachable(mut flow: Flow, kind: u8) -> Flow {
    let reporter = ip("192.168.10.1");
    flow.from_b = sent(0);
    flow.extra.icmp.push(Box::new(IcmpReport {
        reporter,
        about_a: true,
        v6: false,
        kind,
        code: 13,
        frame: frame(9),
        count: 2,
        span: (at(0), at(0)),
        pause: 0,
        identification: 0,
    }));
    flow
}

#[test]
fn what_was_answered_unseen_is_not_blocked() {
    let words =
        "transport = \"udp\"\nown = 5070\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let asked = |hears| {
        let mut flow =
            Flow { from_b: sent(0), app: App::Sip, ..udp("192.168.10.21:5070", "192.168.10.2:5070") };
        flow.extra.hears = hears;
        refusals(words, vec![flow, both_ways()])
    };
    assert_eq!((asked(false), asked(true)), (vec![Refusal::Silence], vec![]));
}

#[test]
fn what_was_answered_from_another_port_is_not_blocked() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]";
    let told = |status: Option<u16>, callee: &str| {
        let asked = Flow { app: App::Sip, from_b: sent(0), ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
        let back = Flow { app: App::Sip, ..udp("192.168.10.2:1073", "192.168.10.21:5060") };
        let mut world = world(&row("R1", "acme.pbx", words), vec![asked, back]);
        world.traffic.calls = vec![Call { status, ..call("192.168.10.21:5060", callee) }];
        check(&world.case()).findings.len()
    };
    let at = "192.168.10.2:5060";
    assert_eq!(told(None, at), 1);
    assert_eq!(told(Some(200), at), 0);
    assert_eq!(told(Some(200), "192.168.10.60:5060"), 1, "another call");
}

#[test]
fn what_goes_to_the_own_public_address_is_refused_by_the_own_router() {
    let words = "transport = \"udp\"\nown = 5204\ninitiator = \"either\"\npeer.scope = \"any\"";
    let told = |seen: &[&str]| {
        let voice = unreachable(udp("192.168.10.2:5204", "203.0.113.9:5204"), 3);
        let mut asked = Flow { app: App::Stun, ..udp("192.168.10.2:40000", "198.51.100.1:3478") };
        for to in seen {
            let to = to.parse().unwrap();
            asked.extra.mapped.push(Box::new(crate::observe::Mapped { is_a: true, to, at: at(0) }));
        }
        check(&world(&row("R1", "acme.pbx", words), vec![voice, asked]).case()).findings.len()
    };
    assert_eq!(told(&[]), 1);
    assert_eq!(told(&["203.0.113.9:14837"]), 0);
    assert_eq!(told(&["203.0.113.10:14837"]), 1, "another line");
}

#[test]
fn two_attempts_without_an_answer_are_blocked() {
    use TcpOutcome::{Refused, Silent};
    let found = |outcome, attempts| refusals(DIRECTORY, vec![tried(outcome, attempts), both_ways()]);
    assert_eq!((found(Silent, 1), found(Silent, 2)), (vec![], vec![Refusal::Silence]));
    assert_eq!((found(Refused, 1), found(Refused, 2)), (vec![], vec![Refusal::Reset]));
    assert!(found(TcpOutcome::Answered, 3).is_empty() && found(TcpOutcome::Midstream, 3).is_empty());
}

#[test]
fn silence_needs_proof_that_an_answer_would_be_seen() {
    let silent = tried(TcpOutcome::Silent, 3);
    assert!(refusals(DIRECTORY, vec![silent.clone()]).is_empty());
    let elsewhere = udp("192.168.10.21:5060", "192.168.10.3:5060");
    assert!(
        refusals(DIRECTORY, vec![silent, elsewhere]).is_empty(),
        "a host in the LAN proves nothing for another"
    );
    assert_eq!(
        refusals(DIRECTORY, vec![tried(TcpOutcome::Refused, 2)]),
        [Refusal::Reset],
        "a reset is the proof"
    );
}

#[test]
fn any_host_of_the_internet_proves_the_way_there() {
    let silent = tcp("192.168.10.2:40000", "203.0.113.9:443", TcpOutcome::Silent, 3);
    let other = tcp("192.168.10.2:40001", "198.51.100.10:80", TcpOutcome::Answered, 1);
    assert_eq!(refusals(CLOUD, vec![silent.clone(), other]), [Refusal::Silence]);
    let lan = tcp("192.168.10.2:40001", "192.168.10.1:80", TcpOutcome::Answered, 1);
    assert!(refusals(CLOUD, vec![silent, lan]).is_empty());
}

#[test]
fn one_answer_outweighs_all_failures() {
    let later = Flow { a: "192.168.10.21:49901".parse().unwrap(), ..tried(TcpOutcome::Answered, 1) };
    assert!(refusals(DIRECTORY, vec![tried(TcpOutcome::Silent, 3), later]).is_empty());
}

#[test]
fn that_others_are_answered_on_the_same_port_is_told() {
    let silent = || vec![tried(TcpOutcome::Silent, 3), both_ways()];
    let other = |port: u16| tcp("192.168.10.22:49900", &format!("{PBX}:{port}"), TcpOutcome::Answered, 1);
    let serves = |flow: Option<Flow>| {
        let flows = silent().into_iter().chain(flow).collect();
        let found = check(&world(&row("R1", "acme.pbx", DIRECTORY), flows).case()).findings;
        matches!(
            found.first().map(|finding| &finding.detail),
            Some(Detail::Port003 { serves: Others::Served | Others::ServedUntil(_), .. })
        )
    };
    assert!(serves(Some(other(389))));
    assert!(!serves(None) && !serves(Some(other(636))));
}

#[test]
fn whether_others_were_answered_before_or_meanwhile_is_told_apart() {
    let serves = |answered: i64| {
        let mut tried = tried(TcpOutcome::Silent, 3);
        tried.from_a.first = Some((frame(5), at(30_000)));
        let mut other = tcp("192.168.10.22:49900", &format!("{PBX}:389"), TcpOutcome::Answered, 1);
        other.from_b.last = Some((frame(4), at(answered)));
        let world = world(&row("R1", "acme.pbx", DIRECTORY), vec![tried, both_ways(), other]);
        match check(&world.case()).findings.as_slice() {
            [Finding { detail: Detail::Port003 { serves, .. }, .. }] => *serves,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(serves(10_000), Others::ServedUntil(at(10_000)));
    assert_eq!(serves(40_000), Others::Served);
}

#[test]
fn a_target_that_has_sent_nothing_since_is_not_in_operation() {
    let life = |last: i64| {
        let mut tried = tried(TcpOutcome::Silent, 3);
        tried.from_a.first = Some((frame(5), at(30_000)));
        let mut other = both_ways();
        other.from_b.last = Some((frame(4), at(last)));
        let found = check(&world(&row("R1", "acme.pbx", DIRECTORY), vec![tried, other]).case()).findings;
        let [Finding { detail: Detail::Port003 { life, .. }, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        *life
    };
    assert_eq!(life(20_000), Life::SilentSince(at(20_000)));
    assert_eq!(life(40_000), Life::Sends);
}

#[test]
fn a_refusal_is_no_sign_that_the_host_does_anything_else() {
    let life = |answers: u64| {
        let mut error = Flow {
            protocol: Protocol::Icmp,
            from_b: sent(answers),
            ..udp("192.168.10.2:0", "192.168.10.21:0")
        };
        error.from_a.last = Some((frame(9), at(40_000)));
        error.from_b.last = (answers > 0).then(|| (frame(8), at(39_000)));
        let refused = Flow { from_b: sent(0), ..tried(TcpOutcome::Refused, 3) };
        let found = check(&world(&row("R1", "acme.pbx", DIRECTORY), vec![refused, error]).case());
        let [Finding { detail: Detail::Port003 { life, .. }, .. }] = found.findings.as_slice() else {
            panic!("{found:?}")
        };
        *life
    };
    assert_eq!((life(0), life(1)), (Life::Unseen, Life::Sends), "an error, and the answer to a ping");
}

#[test]
fn a_row_about_a_name_needs_that_name() {
    let words = format!("{CLOUD}\npeer.names = [\"update.acme.example\"]");
    let found = |name: Option<&str>| {
        let silent = tcp("192.168.10.2:40000", "203.0.113.9:443", TcpOutcome::Silent, 3);
        let other = tcp("192.168.10.2:40001", "198.51.100.10:80", TcpOutcome::Answered, 1);
        let mut world = world(&row("R1", "acme.pbx", &words), vec![silent, other]);
        world.traffic.names = name
            .map(|name| crate::observe::NameSeen {
                name: name.into(),
                host: ip(PBX),
                address: Some(ip("203.0.113.9")),
                source: crate::observe::NameSource::Dns,
                frame: frame(1),
                count: 1,
            })
            .into_iter()
            .collect();
        check(&world.case()).findings.len()
    };
    assert_eq!((found(Some("update.acme.example")), found(Some("www.example")), found(None)), (1, 0, 0));
}

#[test]
fn a_telephone_that_is_gone_blocks_no_service() {
    let words =
        "transport = \"udp\"\nown = 5060\ninitiator = \"PEER\"\npeer.scope = \"any\"\nspeaks = [\"sip\"]";
    let refused = |initiator: &str, (from, to): (&str, &str), code: u8| {
        let mut flow = unreachable(Flow { app: App::Sip, ..udp(from, to) }, 3);
        flow.initiator = crate::observe::Initiator::FirstPacket;
        for report in flow.extra.icmp.iter_mut() {
            report.code = code;
        }
        refusals(&words.replace("PEER", initiator), vec![flow]).len()
    };
    let (asked, asks) =
        (("192.168.10.2:5060", "192.168.10.21:5060"), ("192.168.10.21:5060", "192.168.10.2:5060"));
    assert_eq!(refused("peer", asked, 3), 0, "what the device asks is no use of what it offers");
    assert_eq!(refused("peer", asks, 3), 1);
    assert_eq!(refused("either", asked, 3), 0, "nobody is there any more");
    assert_eq!(refused("either", asked, 13), 1, "somebody forbids it");
    assert_eq!(refused("own", ("192.168.10.2:5060", "203.0.113.9:5060"), 3), 1, "a provider");
}

#[test]
fn voice_for_which_there_is_no_call_is_refused_rightly() {
    const VOICE: &str =
        "transport = \"udp\"\nown = \"5204-5263\"\ninitiator = \"either\"\npeer.scope = \"any\"";
    let found = |reporter: &str, change: &dyn Fn(&mut Call)| {
        let mut flow =
            unreachable(Flow { app: App::Rtp, ..udp("192.168.10.2:5204", "192.168.10.21:10000") }, 3);
        for report in flow.extra.icmp.iter_mut() {
            (report.reporter, report.span) = (ip(reporter), (at(5_000), at(9_000)));
        }
        let voice = stream("192.168.10.2:5204", "192.168.10.21:10000", &[(46, 400)]);
        let mut world = world(&row("R1", "acme.pbx", VOICE), vec![flow]);
        world.traffic.streams = vec![Stream { call: Some(0), ..voice }];
        world.traffic.calls = vec![call("192.168.10.2:5060", "192.168.10.21:5060")];
        world.traffic.calls.iter_mut().for_each(change);
        check(&world.case()).findings.len()
    };
    let ended = |at_ms: i64| move |call: &mut Call| call.end = Some((frame(7), at(at_ms)));
    assert_eq!(found(PHONE, &|call| call.end = None), 1);
    assert_eq!(
        (found(PHONE, &ended(4_000)), found(PHONE, &ended(8_000))),
        (0, 1),
        "hung up before, or later"
    );
    assert_eq!(found(PHONE, &|call| call.is_unacknowledged = true), 0);
    assert_eq!(found("192.168.10.1", &ended(4_000)), 1, "somebody on the way");
}

#[test]
fn attempts_of_several_connections_add_up() {
    let second = Flow { a: "192.168.10.21:49901".parse().unwrap(), ..tried(TcpOutcome::Silent, 1) };
    let found = refusals(DIRECTORY, vec![tried(TcpOutcome::Silent, 1), second, both_ways()]);
    assert_eq!(found, [Refusal::Silence]);
}

#[test]
fn what_a_router_says_outweighs_silence() {
    let query = Flow { app: App::Dns, ..udp("192.168.10.2:40000", "203.0.113.9:53") };
    let found = refusals(NAMES, vec![unreachable(query.clone(), 3)]);
    assert!(matches!(found.as_slice(), [Refusal::Icmp { kind: 3, code: 13, v6: false, .. }]), "{found:?}");
    let time_exceeded = 11;
    assert!(refusals(NAMES, vec![unreachable(query, time_exceeded)]).is_empty());
}

#[test]
fn of_voice_as_much_is_refused_as_somebody_said() {
    const VOICE: &str =
        "transport = \"udp\"\nown = \"5204-5263\"\ninitiator = \"either\"\npeer.scope = \"any\"";
    let found = |app| {
        let mut flow = Flow { app, ..udp("192.168.10.21:10000", "192.168.10.2:5204") };
        flow.from_a = sent(400);
        let world = world(&row("R1", "acme.pbx", VOICE), vec![unreachable(flow, 3)]);
        let found = check(&world.case()).findings;
        let [Finding { detail: Detail::Port003 { voice, .. }, count, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        (*count, voice.map(|sent| sent.packets))
    };
    assert_eq!(found(App::Rtp), (2, Some(400)));
    assert_eq!(found(App::Unknown), (2, None));
}

#[test]
fn rtcp_that_is_refused_blocks_nothing() {
    const VOICE: &str =
        "transport = \"udp\"\nown = \"5204-5263\"\ninitiator = \"either\"\npeer.scope = \"any\"";
    let reports = |app| vec![unreachable(Flow { app, ..udp("192.168.10.21:10001", "192.168.10.2:5205") }, 3)];
    assert!(refusals(VOICE, reports(App::Rtcp)).is_empty());
    assert_eq!(refusals(VOICE, reports(App::Unknown)).len(), 1);
}

#[test]
fn datagrams_fail_where_every_one_asks_for_an_answer() {
    let unanswered = |app| Flow { app, from_b: sent(0), ..udp("192.168.10.2:40000", "203.0.113.9:53") };
    let proof = tcp("192.168.10.2:40001", "203.0.113.9:443", TcpOutcome::Answered, 1);
    let open = NAMES.replace("\nspeaks = [\"dns\"]", "");
    let found = |app| refusals(&open, vec![unanswered(app), proof.clone()]);
    assert_eq!((found(App::Dns), found(App::Sip)), (vec![Refusal::Silence], vec![Refusal::Silence]));
    assert!(found(App::Unknown).is_empty() && found(App::Rtp).is_empty());
}

#[test]
fn what_no_row_documents_may_be_closed() {
    assert!(refusals(CLOUD, vec![tried(TcpOutcome::Refused, 3)]).is_empty());
}

#[test]
fn a_service_under_a_condition_need_not_be_there() {
    let severity = |words: &str| {
        let world = world(&row("R1", "acme.pbx", words), vec![tried(TcpOutcome::Refused, 2)]);
        check(&world.case()).findings[0].severity
    };
    assert_eq!(severity(DIRECTORY), Severity::Error);
    let condition = format!("{DIRECTORY}\ncondition.de = \"-\"\ncondition.en = \"-\"");
    assert_eq!(severity(&condition), Severity::Notice);
}

#[test]
fn the_subject_is_the_one_whose_attempts_fail() {
    let world = world(&row("R1", "acme.pbx", DIRECTORY), vec![tried(TcpOutcome::Refused, 2)]);
    let blocked = check(&world.case());
    assert_eq!(super::super::fixture::subjects(&blocked.findings), [ip(PHONE)]);
    assert_eq!(
        (blocked.findings[0].count, blocked.findings[0].rows.as_slice()),
        (2, ["R1".into()].as_slice())
    );
}

#[test]
fn a_stranger_who_knocks_in_vain_is_no_fault() {
    let words = DIRECTORY.replace("\"lan\"", "\"any\"");
    let knock = tcp("203.0.113.9:49900", "192.168.10.2:389", TcpOutcome::Refused, 3);
    assert!(refusals(&words, vec![knock]).is_empty());
}

#[test]
fn an_exception_silences_it() {
    let text = "[[exception]]\ncode = \"PORT-003\"\nhost = \"192.168.10.21\"\nport = 389\nreason = \"aus\"\n";
    let world = world(&row("R1", "acme.pbx", DIRECTORY), vec![tried(TcpOutcome::Refused, 2)]).site_file(text);
    let case = world.case();
    assert!(check(&case).findings.is_empty());
    let case = world.case().of_accepted();
    let accepted: Vec<_> = check(&case).findings.into_iter().filter_map(|one| case.accepted(one)).collect();
    assert_eq!(case.exceptions(&accepted)[0].matched, 1);
}

#[test]
fn a_service_that_not_every_device_offers_need_not_be_there() {
    let severity = |words: &str, tried: Flow| {
        let world = world(&row("R1", "acme.pbx", words), vec![tried]);
        check(&world.case()).findings[0].severity
    };
    let offered = format!("{DIRECTORY}\nexpected = false");
    assert_eq!(severity(&offered, tried(TcpOutcome::Refused, 2)), Severity::Notice);
    let asked = format!("{CLOUD}\nexpected = false");
    let refused = tcp("192.168.10.2:40000", "203.0.113.9:443", TcpOutcome::Refused, 2);
    assert_eq!(severity(&asked, refused), Severity::Error, "what the device looks for elsewhere");
}

#[test]
fn who_looks_for_devices_is_refused_by_others() {
    let search = "transport = \"udp\"\nremote = 12189\ninitiator = \"own\"\npeer.scope = \"lan\"";
    let asked = || vec![unreachable(udp("192.168.10.2:40000", "192.168.10.41:12189"), 3)];
    let by_itself = || {
        let mut asked = asked();
        asked[0].extra.icmp[0].reporter = ip("192.168.10.41");
        asked
    };
    assert_eq!(refusals(search, by_itself()).len(), 1);
    let marked = format!("{search}\nsearch = true");
    assert!(refusals(&marked, by_itself()).is_empty());
    assert_eq!(refusals(&marked, asked()).len(), 1, "somebody on the way");
}

#[test]
fn a_telephone_that_nobody_lets_in_is_more_than_a_service_under_a_condition() {
    let words = "transport = \"tcp\"\nown = 5061\ninitiator = \"peer\"\npeer.scope = \"lan\"\n\
                 speaks = [\"sip\", \"tls\"]\ncondition.de = \"x\"\ncondition.en = \"x\"";
    let told = |others: Vec<Flow>| {
        let mut flows = vec![tcp("192.168.10.21:49900", "192.168.10.2:5061", TcpOutcome::Refused, 3)];
        flows.extend(others);
        let world = world(&row("R1", "acme.pbx", words), flows).device(PHONE, "acme.phone");
        check(&world.case()).findings.first().map(|finding| finding.severity)
    };
    assert_eq!(told(Vec::new()), Some(Severity::Warning));
    let elsewhere = Flow { app: App::Sip, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
    assert_eq!(told(vec![elsewhere]), Some(Severity::Notice), "it talks over another transport");
}
