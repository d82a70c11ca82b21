//! SIG-005: takes calls that a server turned away for their credentials, although it takes the same account; gives in
//! what they differ from calls that it let through. Raises no finding.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::case::Case;
use super::super::rejection::{Unlike, names_credentials};
use crate::observe::Call;

/// Whoever answers a challenge later (ns) than that may come with a nonce that is no longer valid (RFC 7616 section
/// 3.3).
const LATE: i64 = 10_000_000_000;

/// In what they differ from calls that were let through; nothing where the words do not blame the credentials, or the
/// account may have had other ones before.
pub(super) fn beside(case: &Case<'_>, refused: &[&Call], host: IpAddr, status: u16) -> Option<Unlike> {
    let blames =
        |call: &&Call| call.with_credentials && call.reason.as_deref().is_some_and(names_credentials);
    // Without a challenge nobody looks at what a client brings.
    let had_registered = |call: &&Call| {
        case.registrations_of(call.caller.ip()).any(|row| {
            row.registrar.ip() == host
                && row.aor == call.from
                && row.challenges > 0
                && row.has_credentials
                && row.granted.is_some_and(|(first, _)| first < call.start.1)
        })
    };
    if status != 403 || !refused.iter().all(|call| blames(call) && had_registered(call)) {
        return None;
    }
    let accounts: BTreeSet<(IpAddr, &str)> =
        refused.iter().map(|call| (call.caller.ip(), &*call.from)).collect();
    let targets: BTreeSet<&str> = refused.iter().map(|call| &*call.to).collect();
    let is_let_through = |call: &&Call| {
        let went_on = call.came_about() || call.ringing.is_some() || call.early_media.is_some();
        went_on && call.callee.ip() == host && accounts.contains(&(call.caller.ip(), &*call.from))
    };
    let passed: Vec<&Call> = case.traffic.calls.iter().filter(is_let_through).collect();
    let in_time = passed.iter().filter_map(|call| call.let_through_after()).max().unwrap_or(0);
    let waited: Option<Vec<i64>> = refused.iter().map(|call| call.let_through_after()).collect();
    let late = waited.and_then(|all| all.into_iter().min());
    Some(Unlike {
        late: late.filter(|late| *late >= LATE && *late > in_time),
        elsewhere: !passed.is_empty() && passed.iter().all(|call| !targets.contains(&*call.to)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Detail;
    use super::super::super::fixture::World;
    use super::super::super::rejection::Circumstance;
    use super::*;
    use crate::observe::fixture::{at, call, frame, registration, udp};
    use crate::observe::{Answer, Beginning, Registration};

    const PHONE: &str = "192.168.10.21:5060";
    const SERVER: &str = "192.168.10.2:5060";

    /// A call that began at this second and brought credentials so many seconds later.
    fn made(to: &str, start: i64, waited: i64) -> Call {
        let start = (frame(5), at(start * 1_000));
        let let_through = Some((frame(6), start.1.plus(waited * 1_000_000_000)));
        let (from, beginning) = ("sip:21@a.example".into(), Beginning::Seen);
        Call {
            from,
            to: to.into(),
            start,
            let_through,
            beginning,
            with_credentials: true,
            ..call(PHONE, SERVER)
        }
    }

    fn refused(reason: &str) -> Call {
        let answer = Answer::Rejected(403);
        Call { answer, status: Some(403), reason: Some(reason.into()), ..made("sip:0097@a.example", 100, 32) }
    }

    fn why(calls: Vec<Call>, row: Registration) -> Option<Circumstance> {
        let mut world = World::new("").flows(vec![udp(PHONE, SERVER)]);
        world.traffic.calls = calls;
        world.traffic.registrations = vec![row];
        let found = super::super::calls::check(&world.case(), &[]);
        let Detail::Sig005 { why, .. } = &found[0].detail else { panic!("{found:?}") };
        *why
    }

    fn granted(second: i64) -> Registration {
        let granted = Some((at(second * 1_000), at(second * 1_000)));
        let aor = "sip:21@a.example".into();
        Registration { aor, granted, challenges: 1, has_credentials: true, ..registration(PHONE, SERVER) }
    }

    #[test]
    fn a_password_that_the_server_takes_is_not_the_cause() {
        let told = |late, elsewhere| Some(Circumstance::AccountAccepted(Unlike { late, elsewhere }));
        let wrong = || refused("Wrong password or domain");
        let passed = |to, waited| Call { ringing: Some((frame(8), at(300_000))), ..made(to, 200, waited) };
        let late = Some(32_000_000_000);
        assert_eq!(why(vec![wrong()], granted(50)), told(late, false));
        assert_eq!(why(vec![wrong(), passed("sip:22@a.example", 17)], granted(50)), told(late, true));
        assert_eq!(why(vec![wrong(), passed("sip:0097@a.example", 40)], granted(50)), told(None, false));
    }

    #[test]
    fn it_may_be_where_it_was_set_only_later_or_nobody_asked_for_it() {
        let wrong = || vec![refused("Wrong password")];
        assert_eq!(why(vec![refused("Forbidden")], granted(50)), None, "it says something else");
        assert_ne!(why(wrong(), granted(150)), why(wrong(), granted(50)), "set right after the call");
        assert_eq!(why(wrong(), Registration { challenges: 0, ..granted(50) }), None, "nobody looked at it");
        assert_eq!(why(wrong(), Registration { aor: "sip:22@a.example".into(), ..granted(50) }), None);
    }
}
