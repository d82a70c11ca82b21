//! What a registrar sends meanwhile tells whether it is there, and whether its answer would be seen.

use super::super::super::finding::Life;
use super::*;
use crate::observe::fixture::{host, sent};
use crate::observe::{ArpTimes, HostFacts, Standing};

#[test]
fn a_registrar_that_is_heard_meanwhile_would_be_heard_to_answer() {
    let told = |arp: Option<Option<i64>>, icmp: Option<i64>| {
        let unanswered =
            Unanswered { count: 3, requests: 1, frames: vec![frame(1)], span: Some((at(1_000), at(9_000))) };
        let mut world = world(Registration { unanswered, ..registration() });
        for flow in &mut world.traffic.flows {
            flow.from_b = sent(0);
        }
        if let Some(ms) = icmp {
            let mut refusals = udp("192.168.10.2:0", "192.168.10.21:0");
            (refusals.protocol, refusals.from_b) = (Protocol::Icmp, sent(0));
            refusals.from_a.last = Some((frame(7), at(ms)));
            world.traffic.flows.push(refusals);
        }
        let arp = arp.map(|answered| {
            Box::new(ArpTimes {
                latest: at(2_000),
                answered: answered.map(at),
                reached: None,
                sought: Vec::new(),
            })
        });
        world.traffic.hosts = vec![HostFacts { arp, ..host(PBX, Some(true)) }];
        (codes(&world), world.case().may_miss_answers())
    };
    let heard = (vec!["SIG-002"], false);
    assert_eq!(told(None, None).0, [""; 0]);
    assert_eq!(told(Some(Some(2_000)), None), heard, "it answers somebody by ARP");
    assert!(told(Some(None), None).0.is_empty(), "what it asks all goes everywhere");
    assert!(told(Some(Some(500)), None).0.is_empty(), "before it was asked");
    assert_eq!(told(None, Some(2_000)), heard, "it refuses by ICMP");
    assert_eq!(told(None, Some(500)), heard, "what comes to the client is seen, and it asks again");
}

#[test]
fn a_registrar_that_has_sent_nothing_since_is_not_in_operation() {
    let life = |last: i64, arp: Option<i64>| {
        let unanswered = Unanswered {
            count: 3,
            requests: 1,
            frames: vec![frame(1)],
            span: Some((at(60_000), at(92_000))),
        };
        let mut world = world(Registration { unanswered, ..registration() });
        for flow in &mut world.traffic.flows {
            flow.from_b.last = Some((frame(5), at(last)));
        }
        let arp = arp.map(|ms| {
            Box::new(ArpTimes { latest: at(ms), answered: None, reached: None, sought: Vec::new() })
        });
        world.traffic.hosts = vec![HostFacts { arp, ..host(PBX, Some(true)) }];
        let found = check(&world.case(), &[]);
        let [Finding { detail: Detail::Sig002 { life, .. }, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        *life
    };
    assert_eq!(life(50_000, None), Life::SilentSince(at(50_000)));
    assert_eq!(life(50_000, Some(55_000)), Life::SilentSince(at(55_000)));
    assert_eq!(life(61_000, None), Life::Sends);
    assert_eq!(life(50_000, Some(61_000)), Life::Sends, "it asks for others by ARP");
}

#[test]
fn accounts_of_a_device_that_fail_alike_are_named_and_counted_apart() {
    let silent = |aor: &str, client: &str, requests| Registration {
        aor: aor.into(),
        unanswered: Unanswered {
            count: 3 * requests,
            requests,
            frames: vec![frame(requests)],
            span: Some((at(0), at(1_500))),
        },
        accepted: false,
        ..fixture::registration(client, "192.168.10.2:5060")
    };
    let mut world = world(silent("sip:21@pbx", "192.168.10.21:5060", 2));
    world.traffic.registrations.push(silent("sip:21@pbx", "192.168.10.21:5062", 1));
    world.traffic.registrations.push(silent("sip:22@pbx", "192.168.10.21:5064", 1));
    let found = check(&world.case(), &[]);
    let [Finding { detail: Detail::Sig002 { account, further, requests, sent, .. }, count, evidence, .. }] =
        found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((&**account, *requests, *sent, *count), ("sip:21@pbx", 3, 9, 12));
    assert_eq!(further.as_slice(), [("sip:22@pbx".into(), "192.168.10.2:5060".parse().unwrap())]);
    assert_eq!(evidence.frames.len(), 2);
}

#[test]
fn tries_from_port_to_port_are_those_of_one_account() {
    let silent = |client: &str, ms: i64| Registration {
        unanswered: Unanswered {
            count: 1,
            requests: 1,
            frames: vec![frame(ms as u64)],
            span: Some((at(ms), at(ms))),
        },
        accepted: false,
        ..fixture::registration(client, "192.168.10.2:5060")
    };
    let told = |granted: Option<i64>| {
        let mut world = world(silent("192.168.10.21:40001", 1_000));
        world.traffic.registrations.push(silent("192.168.10.21:40002", 61_000));
        world.traffic.registrations.push(silent("192.168.10.21:40003", 121_000));
        world.traffic.registrations.extend(granted.map(|ms| Registration {
            granted: Some((at(ms), at(ms))),
            ..fixture::registration("192.168.10.21:40009", "192.168.10.2:5060")
        }));
        // Something comes to the client all the time.
        for flow in &mut world.traffic.flows {
            flow.from_b.last = Some((frame(999), at(130_000)));
        }
        let about = |code| {
            Box::new(IcmpReport {
                reporter: ip("192.168.10.2"),
                about_a: true,
                v6: false,
                kind: 3,
                code,
                frame: frame(2),
                count: 1,
                span: (at(1_000), at(1_000)),
                pause: 0,
                identification: 0,
            })
        };
        for (port, code) in [(40001, 3), (40002, 3), (40003, 13)] {
            let mut flow = udp(&format!("192.168.10.21:{port}"), "192.168.10.2:5060");
            flow.extra.icmp.push(about(code));
            world.traffic.flows.push(flow);
        }
        world.traffic.flows = crate::observe::fixture::numbered(std::mem::take(&mut world.traffic.flows));
        check(&world.case(), &[])
    };
    let found = told(None);
    let [Finding { detail: Detail::Sig002 { requests, sent, refusal, .. }, evidence, .. }] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((*requests, *sent), (3, 3));
    assert_eq!((evidence.first, evidence.last), (Some(at(1_000)), Some(at(121_000))));
    assert_eq!(evidence.frames.len(), 3);
    assert_eq!(refusal.as_ref().map(|icmp| (icmp.code, icmp.count)), Some((3, 2)), "the same from two ports");
    assert!(told(Some(90_000)).is_empty(), "a single one since it was accepted from another port");
    assert!(told(Some(130_000)).is_empty());
}

#[test]
fn who_is_reached_by_others_and_asks_again_and_again_got_no_answer() {
    let told = |count, requests, by_arp: bool, by_dns: bool| {
        let span = Some((at(1_000), at(33_000)));
        let unanswered = Unanswered { count, requests, frames: vec![frame(1)], span };
        let mut world = world(Registration { unanswered, ..registration() });
        for flow in &mut world.traffic.flows {
            flow.from_b = sent(0);
        }
        if by_dns {
            world.traffic.flows.push(udp("192.168.10.21:1025", "192.168.10.1:53"));
        }
        let reached = by_arp.then(|| at(500));
        let arp = Some(Box::new(ArpTimes { latest: at(400), answered: None, reached, sought: Vec::new() }));
        world.traffic.hosts = vec![HostFacts { arp, ..host(PHONE, Some(true)) }];
        let may_miss = world.case().may_miss_answers();
        let found = check(&world.case(), &[]);
        (found.first().map(|finding| (finding.confidence, finding.severity)), may_miss)
    };
    let suspected = (Some((Confidence::Suspected, Severity::Warning)), false);
    assert_eq!(told(7, 1, true, false), suspected, "the router answers its ARP");
    assert_eq!(told(7, 1, false, true), suspected, "a name server answers it");
    assert_eq!(told(7, 1, false, false), (None, true), "nothing that goes to it is seen");
    assert_eq!(told(7, 6, true, true), (None, true), "one repetition may have crossed with the answer");
}

#[test]
fn routers_that_send_a_request_round_and_round_are_told() {
    let told_by = |kind, code, other_port: bool| {
        let span = Some((at(1_000), at(33_000)));
        let unanswered = Unanswered { count: 7, requests: 1, frames: vec![frame(1)], span };
        let mut world = world(Registration { unanswered, ..registration() });
        if other_port {
            let mut first = world.traffic.registrations[0].clone();
            first.client.set_port(5999);
            world.traffic.registrations.insert(0, first);
        }
        for flow in &mut world.traffic.flows {
            flow.from_b = sent(0);
            flow.extra.icmp.push(Box::new(IcmpReport {
                reporter: ip("10.9.9.9"),
                about_a: true,
                v6: false,
                kind,
                code,
                frame: frame(2),
                count: 7,
                span: (at(1_002), at(33_002)),
                pause: 0,
                identification: 0,
            }));
        }
        check(&world.case(), &[]).into_iter().map(|finding| (finding.confidence, finding.detail)).next()
    };
    let told = |kind, code| told_by(kind, code, false);
    assert!(matches!(told_by(11, 0, true), Some((Confidence::Likely, _))), "about one of two ports");
    for (kind, code) in [(11, 0), (3, 1)] {
        let Some((Confidence::Likely, Detail::Sig002 { refusal: Some(icmp), .. })) = told(kind, code) else {
            panic!("{kind}")
        };
        assert_eq!((icmp.kind, icmp.count), (kind, 7));
    }
    assert!(told(11, 1).is_none(), "fragments");
}

#[test]
fn a_registrar_that_was_away_for_long_and_accepts_again_is_worth_a_word() {
    let told = |until: i64, granted: i64, requests, standing| {
        let tries =
            Unanswered { count: 11, requests, frames: vec![frame(1)], span: Some((at(60_000), at(91_500))) };
        let absence = Some(Box::new(crate::observe::Absence { tries, until: at(until) }));
        let granted = Some((at(500), at(granted)));
        let world = world(Registration { absence, granted, standing, ..registration() });
        check(&world.case(), &[]).into_iter().map(|finding| (finding.severity, finding.detail)).next()
    };
    use crate::observe::Standing;
    let Some((Severity::Notice, Detail::Sig002 { mended: Some(after), sent: 11, .. })) =
        told(95_000, 95_020, 1, Standing::Accepted)
    else {
        panic!()
    };
    assert_eq!(after, 35_000_000_000);
    assert!(told(89_000, 95_020, 1, Standing::Accepted).is_none(), "a short time");
    assert!(told(95_000, 500, 1, Standing::Refused).is_none(), "not accepted since");
    assert!(told(95_000, 95_020, 11, Standing::Accepted).is_none(), "the capture may lack the answers");
}

#[test]
fn an_account_that_stands_with_another_registrar_is_no_error() {
    let told = |aor: &str, until: i64, standing| {
        let unanswered = Unanswered {
            count: 11,
            requests: 1,
            frames: vec![frame(1)],
            span: Some((at(60_000), at(92_000))),
        };
        let mut world = world(Registration { unanswered, ..registration() });
        let other = Registration {
            aor: aor.into(),
            standing,
            granted: Some((at(500), at(500))),
            bound: vec![crate::observe::Binding { from: at(500), until: at(until) }],
            ..fixture::registration("192.168.10.21:5060", "192.168.10.3:5060")
        };
        world.traffic.registrations.push(other);
        let found = check(&world.case(), &[]).remove(0);
        let Detail::Sig002 { instead, .. } = found.detail else { panic!("{found:?}") };
        (instead.map(|at| at.ip()), found.severity)
    };
    let aor = registration().aor;
    let stands = Standing::Accepted;
    assert_eq!(told(&aor, 600_000, stands), (Some(ip("192.168.10.3")), Severity::Warning));
    assert_eq!(told(&aor, 80_000, stands), (None, Severity::Error), "it has run out");
    assert_eq!(told("sip:99@a", 600_000, stands), (None, Severity::Error), "another account");
    assert_eq!(told(&aor, 600_000, Standing::Refused), (None, Severity::Error));
}
