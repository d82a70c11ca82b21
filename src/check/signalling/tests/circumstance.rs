//! What a capture shows beside the status tells why something was turned away.

use super::*;

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
