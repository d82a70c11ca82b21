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
            identification: 0,
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
            identification: 0,
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

#[test]
fn what_goes_in_fragments_unanswered_where_the_rest_is_answered_is_too_large() {
    let told = |answered: u64, fragments: &[i64], is_accepted: bool| {
        let mut world = world(Registration { accepted: is_accepted, ..registration() });
        let (from, to) = (socket("192.168.10.21:5060"), socket("192.168.10.2:5060"));
        world.traffic.registrations[0].client = from;
        world.traffic.registrations[0].registrar = to;
        world.traffic.repeats = vec![Repeated {
            from,
            to,
            method: "INVITE".into(),
            requests: 1,
            answered,
            unheard: 0,
            statuses: BTreeMap::new(),
            prompt: 0,
            most: 7,
            frames: vec![frame(1)],
            span: (at(0), at(32_000)),
        }];
        let times = fragments.iter().map(|ms| at(*ms)).collect();
        world.traffic.whole = vec![crate::observe::Whole { from, to, times }];
        let found = check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Sig009 { size, .. } => Some(size),
            _ => None,
        });
        found.unwrap() == Size::Suspect
    };
    let sendings = [8_000, 16_000, 32_000];
    assert!(told(0, &sendings, true));
    assert!(!told(1, &sendings, true), "it came through in the end");
    assert!(!told(0, &[50_000, 60_000], true), "others, later");
    assert!(!told(0, &sendings, false), "nothing of it is answered");
}

#[test]
fn that_fragments_never_came_is_what_icmp_says() {
    let told = |unheard: u64, about_a: bool, code: u8| {
        let (from, to) = (socket("192.168.10.2:5060"), socket("192.168.10.21:5060"));
        let mut world = world(registration());
        world.traffic.registrations.clear();
        world.traffic.repeats = vec![Repeated {
            from,
            to,
            method: "OPTIONS".into(),
            requests: 1,
            answered: unheard,
            unheard,
            statuses: BTreeMap::new(),
            prompt: 0,
            most: 4,
            frames: vec![frame(1)],
            span: (at(0), at(3_500)),
        }];
        let mut flow = Flow {
            from_a: crate::observe::fixture::sent(9),
            ..udp("192.168.10.2:5060", "192.168.10.21:5060")
        };
        flow.from_b = flow.from_a.clone();
        flow.extra.icmp.push(Box::new(IcmpReport {
            reporter: if about_a { to.ip() } else { from.ip() },
            about_a,
            v6: false,
            kind: 11,
            code,
            frame: frame(7),
            count: 2,
            span: (at(5_000), at(6_000)),
            pause: 0,
            identification: 0,
        }));
        world.traffic.flows = vec![flow];
        check(&world.case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Sig009 { size, .. } => Some(size),
            _ => None,
        })
    };
    assert_eq!(told(1, false, 1), Some(Size::Lacking), "of the answers");
    assert_eq!(told(1, true, 1), Some(Size::Usual), "of the requests, which were answered");
    assert_eq!(told(0, true, 1), Some(Size::Lacking), "of the requests");
    assert_eq!(told(0, false, 1), Some(Size::Usual));
    assert_eq!(told(0, true, 0), Some(Size::Usual), "a loop");
}
