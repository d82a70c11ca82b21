//! What calls show of why they were turned away, beside the status.

use super::*;
use crate::observe::message::sip::{Cause, CauseProtocol};
use crate::observe::{Binding, Rhythm};

#[test]
fn a_body_that_is_shorter_than_its_length_is_told() {
    let why = |is_short: &[bool]| {
        let all = is_short.iter().map(|is_short| Call { is_short: *is_short, ..refused_call(400) });
        sig_005(&calls(all.collect())).unwrap().1
    };
    assert_eq!(why(&[true, true]), Some(Circumstance::ShortBody));
    assert_eq!(why(&[true, false]), None, "not all of them");
}

#[test]
fn that_no_channel_was_free_is_told() {
    let why = |protocol, value| {
        let cause = Some(Cause { protocol, value, text: None });
        sig_005(&calls(vec![Call { cause, ..refused_call(500) }])).unwrap().1
    };
    assert_eq!(why(CauseProtocol::Q850, 34), Some(Circumstance::NoChannel));
    assert_eq!(why(CauseProtocol::Q850, 1), None);
    assert_eq!(why(CauseProtocol::Sip, 34), None);
}

#[test]
fn who_renews_his_registration_too_late_is_not_reached_meanwhile() {
    /// The called telephone was granted 60 s and renews after so many; it is called after so many.
    fn why(renewed: i64, called: i64, user: &str) -> Option<Circumstance> {
        let call = Call {
            to: format!("sip:{user}@192.168.10.2").into(),
            start: (frame(2), at(called * 1_000)),
            ..refused_call(480)
        };
        let mut world = calls(vec![call]);
        let bound = |from: i64| Binding { from: at(from * 1_000), until: at((from + 60) * 1_000) };
        let waited = renewed * 1_000_000_000;
        world.traffic.registrations = vec![Registration {
            aor: "sip:11@192.168.10.2".into(),
            client: socket("192.168.10.22:5060"),
            registrar: socket("192.168.10.2:5060"),
            accepted: true,
            expires: Some(60),
            granted: Some((at(0), at(renewed * 1_000))),
            bound: vec![bound(0), bound(renewed)],
            rhythm: Some(Rhythm { refreshes: 1, shortest: waited, longest: waited }),
            ..registration()
        }];
        sig_005(&world)?.1
    }
    assert_eq!(why(149, 100, "11"), Some(Circumstance::Lapsed), "one such call is no everyday matter");
    assert_eq!(why(149, 30, "11"), None, "it was registered then");
    assert_eq!(why(149, 160, "11"), None, "and then again");
    assert_eq!(why(149, 100, "12"), None, "another one");
    assert_eq!(why(50, 55, "11"), None, "renewed in time");
}

#[test]
fn a_registration_that_is_accepted_and_refused_by_turns_has_the_right_password() {
    use crate::observe::{Outage, Rhythm};
    let told = |has_outage: bool, refreshes: u64| {
        let outage = has_outage.then(|| Outage { last: refusal(403, 1, 1), from: at(0), until: at(30_000) });
        let mut row = Registration { refused: Some(refusal(403, 4, 90_000)), ..registration() };
        row.refusals.outage = outage;
        row.rhythm = Some(Rhythm { refreshes, shortest: 30_000_000_000, longest: 30_000_000_000 });
        check(&world(row).case(), &[]).into_iter().find_map(|finding| match finding.detail {
            Detail::Sig001 { by_turns, .. } => Some(by_turns),
            _ => None,
        })
    };
    assert_eq!(told(true, 3), Some(Some(4)));
    assert_eq!(told(true, 0), Some(None), "once");
    assert_eq!(told(false, 3), Some(None), "the password may have been changed");
}

#[test]
fn calls_of_the_provider_for_a_number_that_the_system_does_not_know_are_told_as_such() {
    let why = |provider: bool, status| {
        let of = |second: i64| Call {
            caller: socket("203.0.113.9:5060"),
            start: (frame(1), at(second * 10_000)),
            ..refused_call(status)
        };
        let mut world = calls((0..4).map(of).collect()).device(PBX, "acme.pbx");
        world = world.device(PUBLIC, if provider { "provider" } else { "other" });
        sig_005(&world).map(|(_, why, _)| why)
    };
    assert_eq!(why(true, 404), Some(Some(Circumstance::FromLine)));
    assert_eq!(why(true, 503), Some(None));
    assert_eq!(why(false, 404), Some(None));
}
