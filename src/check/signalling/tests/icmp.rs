//! Registrations that ICMP turns away.

use super::*;

#[test]
fn what_icmp_says_of_a_registration_is_told_with_it() {
    let told = |about_a| {
        let unanswered =
            Unanswered { count: 3, requests: 1, frames: vec![frame(1)], span: Some((at(0), at(1_500))) };
        let mut world = world(Registration { unanswered, accepted: false, ..registration() });
        world.traffic.flows[0].extra.icmp.push(Box::new(IcmpReport {
            reporter: ip("192.168.10.2"),
            about_a,
            v6: false,
            kind: 3,
            code: 13,
            frame: frame(2),
            count: 3,
            span: (at(0), at(1_500)),
            pause: 0,
        }));
        match check(&world.case(), &[]).remove(0).detail {
            Detail::Sig002 { refusal, .. } => refusal.map(|icmp| icmp.code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(true), Some(13));
    assert_eq!(told(false), None, "about what the registrar sends");
}

#[test]
fn so_it_is_with_a_request_that_is_sent_again() {
    let told = |from: i64| {
        let mut world = world(registration());
        world.traffic.registrations.clear();
        world.traffic.repeats = vec![Repeated {
            from: socket("192.168.10.21:5060"),
            to: socket("192.168.10.2:5060"),
            method: "OPTIONS".into(),
            requests: 1,
            answered: 0,
            statuses: BTreeMap::new(),
            unheard: 0,
            prompt: 0,
            most: 4,
            frames: vec![frame(1)],
            span: (at(0), at(4_000)),
        }];
        world.traffic.flows[0].extra.icmp.push(Box::new(IcmpReport {
            reporter: ip("192.168.10.2"),
            about_a: true,
            v6: false,
            kind: 3,
            code: 3,
            frame: frame(2),
            count: 3,
            span: (at(from), at(from + 3_000)),
            pause: 0,
        }));
        let found = check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Sig009 { refusal, .. } => Some(refusal.is_some()),
            _ => None,
        });
        found.unwrap()
    };
    assert!(told(20));
    assert!(!told(60_000), "much later");
}
