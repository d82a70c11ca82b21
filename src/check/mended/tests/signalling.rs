//! Registrations, connections and messages that went wrong.

use std::cell::Cell;

use super::super::super::finding::{Detail, Size};
use super::super::super::fixture::{PBX, PHONE, World};
use super::super::super::rejection::{Circumstance, Rejection};
use super::super::signalling::Outcomes;
use super::is_over;
use crate::capture::Timestamp;
use crate::observe::fixture::{self, at, frame, ip, registration, socket, udp};
use crate::observe::message::App;
use crate::observe::{
    Answer, Break, BreakKind, Call, CallProtocol, Flow, Handshakes, Incomplete, Mapping, Missing, Repeated,
    Rewrite, SeenCertificate, Silence, Silences, Whole,
};

const REGISTRAR: &str = "203.0.113.9:5060";

#[test]
fn a_mapping_holds_when_it_is_kept_three_times_as_long() {
    let over = |kept: Option<(i64, i64)>| {
        let mapping = |port, seconds: i64| Mapping {
            address: None,
            port,
            frame: frame(seconds as u64),
            time: at(seconds * 1_000),
        };
        let mut row = registration(&format!("{PHONE}:5060"), REGISTRAR);
        row.mappings = vec![mapping(61_000, 1), mapping(61_007, 301)];
        row.kept = kept.map(|(first, last)| (at(first * 1_000), at(last * 1_000)));
        let mut world = World::new("");
        world.traffic.registrations = vec![row];
        let detail = Detail::Sig003 {
            account: "sip:21@pbx".into(),
            further: Vec::new(),
            registrar: socket(REGISTRAR),
            ports: [61_000, 61_007],
            addresses: None,
        };
        is_over(detail, 301_000, &world)
    };
    assert!(over(Some((301, 1_201))), "300 s were too much, 900 s hold");
    assert!(!over(Some((301, 1_200))) && !over(Some((301, 301))) && !over(None));
}

#[test]
fn messages_that_come_back_as_they_were_sent_show_that_nobody_rewrites() {
    let over = |intact, server: &str| {
        let mut world = World::new("");
        world.traffic.rewrites = vec![Rewrite {
            client: ip(PHONE),
            server: ip(server),
            method: "OPTIONS".into(),
            sent: "a".into(),
            returned: "b".into(),
            is_both: true,
            passed_on_by: None,
            frames: [frame(1), frame(2)],
            span: (at(1), at(2)),
            count: 1,
            intact,
        }];
        let (sent, returned) = ("a".into(), "b".into());
        let detail = Detail::Sig004 {
            server: ip("203.0.113.9"),
            method: "OPTIONS".into(),
            sent,
            returned,
            passed_on: false,
        };
        is_over(detail, 2, &world)
    };
    assert!(over(3, "203.0.113.9"));
    assert!(!over(2, "203.0.113.9") && !over(3, "203.0.113.10"));
}

#[test]
fn fragments_that_come_together_show_that_they_arrive() {
    let over = |whole: &[i64]| {
        let mut world = World::new("");
        world.traffic.incomplete = [100, 600]
            .map(|ms| Incomplete {
                source: ip(PHONE),
                destination: ip(PBX),
                ports: Some((5060, 5060)),
                protocol: 17,
                frames: vec![frame(1)],
                bytes_seen: 1_480,
                missing: Missing::Last,
                time: at(ms),
                request: None,
            })
            .into();
        let (from, to) = (socket(&format!("{PHONE}:5060")), socket(&format!("{PBX}:5060")));
        let times: Vec<Timestamp> = whole.iter().map(|ms| at(*ms)).collect();
        world.traffic.whole = vec![Whole { from, to, times }];
        let detail =
            Detail::Sig006 { peer: to, bytes: 1_480, near: false, sent: 2, method: None, unlisted: false };
        is_over(detail, 600, &world)
    };
    assert!(over(&[700, 800, 900]));
    assert!(!over(&[500, 800, 900]), "one of them came before the last that was lost");
    assert!(!over(&[800, 900]));
}

#[test]
fn a_valid_certificate_ends_one_that_had_expired() {
    let over = |renewed: Option<i64>, alert| {
        let server = socket(&format!("{PBX}:443"));
        let seen = |end: i64, time| SeenCertificate {
            name: None,
            issuer: None,
            is_self_issued: false,
            dns_names: Vec::new(),
            not_before: None,
            not_after: Some(at(end)),
            frame: frame(1),
            time,
        };
        let mut world = World::new("");
        world.traffic.handshakes = vec![Handshakes {
            client: ip(PHONE),
            server,
            failed: None,
            certificate: Some(seen(500, at(1_000))),
            renewed: renewed.map(|end| seen(end, at(2_000))),
        }];
        let detail = Detail::Sig007 {
            server,
            name: None,
            alert,
            expired: Some(at(500)),
            early: None,
            lacks_certificate: false,
            stuck: None,
        };
        is_over(detail, 1_000, &world)
    };
    assert!(over(Some(9_000), None));
    assert!(!over(None, None) && !over(Some(1_500), None), "that one has expired as well");
    assert!(!over(Some(9_000), Some((70, false))), "no connection stood");
}

#[test]
fn two_registration_times_without_a_long_silence_show_that_it_is_kept_alive() {
    let over = |long_until: i64, last: i64, now: i64| {
        let after = (frame(2), at(10_000));
        let longest = Silence { after, until: (frame(3), at(long_until * 1_000)) };
        let silences = Silences { long_until: Some(at(long_until * 1_000)), ..Silences::of(longest) };
        let trunk = udp(&format!("{PHONE}:5060"), REGISTRAR);
        let mut trunk = Flow { app: App::Sip, ..trunk };
        trunk.extra.silence = Some(Box::new(silences));
        trunk.from_b.last = Some((frame(8), at(last * 1_000)));
        let mut other = udp(&format!("{PHONE}:5062"), &format!("{PBX}:5060"));
        other.from_a.last = Some((frame(9), at(now * 1_000)));
        let detail = Detail::Sig008 {
            registrar: socket(REGISTRAR),
            joined: Vec::new(),
            longest: 90_000_000_000,
            expires: 300,
        };
        is_over(detail, long_until * 1_000, &World::new("").flows(vec![trunk, other]))
    };
    assert!(over(100, 700, 700) && over(100, 700, 766));
    assert!(!over(100, 699, 699), "not for long enough");
    assert!(!over(100, 700, 767), "silent again");
}

#[test]
fn requests_that_one_sending_is_enough_for_end_the_repeating() {
    let over = |prompt, method: &str| {
        let to = socket(&format!("{PBX}:5060"));
        let mut world = World::new("");
        world.traffic.repeats = vec![Repeated {
            from: socket(&format!("{PHONE}:5060")),
            to,
            method: method.into(),
            requests: 1,
            statuses: std::collections::BTreeMap::new(),
            answered: 1,
            most: 4,
            unheard: 0,
            prompt,
            frames: Vec::new(),
            span: (at(1), at(2)),
        }];
        let detail = Detail::Sig009 {
            method: "INVITE".into(),
            to,
            through: Vec::new(),
            most: 4,
            answered: 1,
            unheard: 0,
            status: None,
            refusal: None,
            size: Size::Usual,
            why: None,
        };
        is_over(detail, 2, &world)
    };
    assert!(over(3, "INVITE"));
    assert!(!over(2, "INVITE"));
}

/// A call that the telephone is asked for.
fn call(to: &str, second: i64, answer: Answer) -> Call {
    let ends = (socket(&format!("{PBX}:5060")), socket(&format!("{PHONE}:5060")));
    let start = (frame(second as u64), at(second * 1_000));
    Call { to: to.into(), answer, ..Call::begun("c".into(), CallProtocol::Sip, ends, start) }
}

#[test]
fn calls_that_failed_outside_are_over_with_calls_outside() {
    let over = |later: &str| {
        let refused = |second| call("sip:01711234567@pbx", second, Answer::Rejected(503));
        let answered = |second| call(later, second, Answer::Answered);
        let mut world = World::new("");
        world.traffic.calls = vec![refused(1), refused(2), answered(11), answered(12)];
        let rejection = Rejection {
            status: 503,
            reason: "".into(),
            with_credentials: true,
            outside: false,
            offered: None,
        };
        is_over(
            Detail::Sig005 { rejection, calls: 2, answered: 0, callers: vec![ip(PBX)], why: None },
            10_000,
            &world,
        )
    };
    assert!(over("sip:030987654@pbx"));
    assert!(!over("sip:12@pbx"), "an extension was reached before as well");
}

#[test]
fn however_many_findings_ask_the_calls_are_gone_through_once() {
    let looked_at = Cell::new(0_u64);
    let calls: Vec<Call> = (1..=400)
        .map(|second| {
            let answer = if second % 2 == 0 { Answer::Answered } else { Answer::Rejected(503) };
            call("sip:12@pbx", second, answer)
        })
        .collect();
    let outcomes = Outcomes::of(calls.iter().inspect(|_| looked_at.set(looked_at.get() + 1)));
    for last in 2..=400_i64 {
        let later = 200 - last.unsigned_abs() / 2;
        let are_better = |most| outcomes.are_better(ip(PHONE), 503, 200, at(last * 1_000), most);
        assert_eq!((are_better(later), are_better(later + 1)), (true, false), "{later} came about since");
    }
    assert_eq!(looked_at.get(), 400);
    let unheard = Call { is_unacknowledged: true, ..call("sip:12@pbx", 11, Answer::Answered) };
    assert!(!Outcomes::of([&unheard]).are_better(ip(PHONE), 408, 1, at(10_000), 3), "nobody acknowledged it");
}

#[test]
fn calls_that_came_down_are_over_when_a_later_one_stands_longer() {
    let over = |start: i64, length: i64, is_broken: bool| {
        let [phone, pbx] = [PHONE, PBX].map(|host| socket(&format!("{host}:5060")));
        let stood = |start: i64, length: i64, is_broken: bool| {
            let broken = Break {
                kind: BreakKind::Expired,
                times: 1,
                status: None,
                from: phone,
                to: pbx,
                at: (frame(5), at(start + length)),
            };
            Call {
                start: (frame(1), at(start)),
                answered: Some((frame(2), at(start))),
                answer: Answer::Answered,
                end: Some((frame(9), at(start + length))),
                broken: is_broken.then(|| Box::new(broken)),
                ..fixture::call(&phone.to_string(), &pbx.to_string())
            }
        };
        let mut world = World::new("");
        let calls = vec![stood(0, 90_000, true), stood(start, length, is_broken)];
        let broken = calls[0].broken.as_deref().copied().unwrap();
        world.traffic.calls = calls;
        let rejection = Rejection {
            status: 408,
            reason: Box::default(),
            with_credentials: false,
            outside: false,
            offered: None,
        };
        let why = Some(Circumstance::Broken(broken));
        is_over(Detail::Sig005 { rejection, calls: 1, answered: 1, callers: Vec::new(), why }, 90_000, &world)
    };
    assert!(over(100_000, 91_000, false));
    assert!(!over(100_000, 89_000, false), "it had not yet come so far");
    assert!(!over(100_000, 91_000, true), "that one came down as well");
    assert!(!over(10_000, 91_000, false), "it began before");
}
