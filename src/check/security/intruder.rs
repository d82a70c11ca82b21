//! Takes who asks from the Internet, and where; gives what he got there: passwords that he tries, registrations that were
//! granted to him, calls that came about from him.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::finding::{Guessing, Intrusion};
use crate::capture::Timestamp;
use crate::observe::{Call, Protocol, Registration};

/// A telephone whose password is wrong asks again after half a minute or more. So many refusals of one account,
const LEAST_REFUSED: u64 = 10;
/// and so many in a minute are somebody who tries passwords.
const REFUSED_PER_MINUTE: f64 = 10.0;

/// What these sources got; `at`: of this port alone, over this transport.
pub(super) fn intrusion(
    case: &Case<'_>,
    sources: &BTreeSet<IpAddr>,
    at: Option<(SocketAddr, Protocol)>,
) -> Intrusion {
    let mut refused: BTreeMap<&str, (u64, Timestamp, Timestamp)> = BTreeMap::new();
    let mut let_in: BTreeSet<&str> = BTreeSet::new();
    let mut unasked = true;
    let rows = sources.iter().flat_map(|source| case.registrations_of(*source));
    for row in rows.filter(|row| at.is_none_or(|at| (row.registrar, row.protocol) == at)) {
        if row.accepted {
            let_in.insert(&row.aor);
            unasked &= row.is_unasked();
        }
        if let Some((first, last)) = row.refusals.span {
            let known = refused.entry(&row.aor).or_insert((0, first, last));
            let times: u64 = row.refusals.by_status.values().sum();
            *known = (known.0 + times, known.1.min(first), known.2.max(last));
        }
    }
    let mut guessed: Vec<(&str, (u64, i64))> = refused
        .into_iter()
        .map(|(account, (times, first, last))| (account, (times, last.since(first))))
        .filter(|(_, (times, within))| is_guessed(*times, *within))
        .collect();
    guessed.sort_by_key(|(_, (times, _))| std::cmp::Reverse(*times));
    let others = guessed.len().saturating_sub(1);
    let guessing = guessed.first().map(|&(account, (refused, within))| Guessing {
        account: account.into(),
        refused,
        within,
        others,
    });
    let calls = case.traffic.calls.iter().filter(|call| {
        call.came_about()
            && sources.contains(&call.caller.ip())
            && at.is_none_or(|at| is_told_of(case, call, at))
            && call.leg_of.is_none()
    });
    Intrusion {
        guessing,
        unasked: unasked && !let_in.is_empty(),
        let_in: let_in.into_iter().map(Into::into).collect(),
        calls: calls.count() as u64,
        keeps_open: false,
    }
}

/// Whether a call goes with what was granted at this port over this transport: it came that way, or nothing was granted that way to
/// its caller. What is large goes over TCP although the registration went over UDP (RFC 3261 section 18.1.1).
fn is_told_of(case: &Case<'_>, call: &Call, (at, protocol): (SocketAddr, Protocol)) -> bool {
    let is_let_in =
        |row: &Registration| row.accepted && (row.registrar, row.protocol) == (at, call.transport);
    call.callee == at
        && (call.transport == protocol || !case.registrations_of(call.caller.ip()).any(is_let_in))
}

fn is_guessed(times: u64, within: i64) -> bool {
    let minutes = (within as f64 / 60e9).max(1.0);
    times >= LEAST_REFUSED && times as f64 / minutes >= REFUSED_PER_MINUTE
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PBX, PUBLIC, World};
    use super::*;
    use crate::observe::fixture::{at, call, ip, registration, socket};
    use crate::observe::{Answer, Refusals};

    const AT: &str = "192.168.10.2:5060";

    /// Registrations of a stranger that were refused so often within so many seconds, each from a port of its own.
    fn refused(times: &[u64], seconds: i64) -> Vec<Registration> {
        let row = |(port, times): (usize, &u64)| {
            let client = format!("{PUBLIC}:{}", 5060 + port);
            let span = Some((at(0), at(seconds * 1000)));
            let refusals = Refusals { by_status: [(403, *times)].into(), span, ..Refusals::default() };
            Registration { accepted: false, refusals, ..registration(&client, AT) }
        };
        times.iter().enumerate().map(row).collect()
    }

    fn got(registrations: Vec<Registration>) -> Intrusion {
        let mut world = World::new("").device(PBX, "acme.pbx");
        world.traffic.registrations = registrations;
        over(Protocol::Udp, &world)
    }

    fn over(protocol: Protocol, world: &World) -> Intrusion {
        intrusion(&world.case(), &[ip(PUBLIC)].into(), Some((socket(AT), protocol)))
    }

    #[test]
    fn many_refusals_of_one_account_in_little_time_are_guessing() {
        let guessed = |times: &[u64], seconds| got(refused(times, seconds)).guessing.map(|one| one.refused);
        assert_eq!(guessed(&[60], 18), Some(60));
        assert_eq!(guessed(&[30, 30], 18), Some(60), "from port to port");
        assert_eq!(guessed(&[9], 18), None, "a wrong password");
        assert_eq!(guessed(&[20], 600), None, "a telephone that asks again every 30 s");
        let mut elsewhere = refused(&[60], 18);
        elsewhere[0].registrar = socket("192.168.10.3:5060");
        assert_eq!(got(elsewhere).guessing, None, "another port tells of it");
    }

    #[test]
    fn a_registration_that_was_granted_is_told_with_its_calls() {
        let mut world = World::new("").device(PBX, "acme.pbx");
        let answered = |from: &str, to: &str| crate::observe::Call {
            answer: Answer::Answered,
            answered: Some((crate::observe::fixture::frame(2), at(1))),
            ..call(from, to)
        };
        let stranger = format!("{PUBLIC}:5060");
        world.traffic.registrations = vec![registration(&stranger, AT)];
        world.traffic.calls = vec![
            answered(&stranger, AT),
            answered(AT, &stranger),
            answered("192.168.10.21:5060", AT),
            crate::observe::Call { answer: Answer::Rejected(403), answered: None, ..call(&stranger, AT) },
        ];
        let told = over(Protocol::Udp, &world);
        let let_in = vec!["sip:21@a.example".into()];
        let expected = Intrusion { guessing: None, let_in, unasked: false, calls: 1, keeps_open: false };
        assert_eq!(told, expected);
    }

    #[test]
    fn whether_a_password_was_asked_for_is_told_by_the_registrations_of_strangers() {
        let row =
            |client: &str, has_credentials| Registration { has_credentials, ..registration(client, AT) };
        let stranger = format!("{PUBLIC}:5060");
        assert!(got(vec![row(&stranger, false)]).unasked);
        assert!(!got(vec![row(&stranger, true)]).unasked, "he knows it");
        assert!(!got(vec![row(&stranger, false), row(&stranger, true)]).unasked, "for some of them he does");
        assert!(!got(vec![row("192.168.10.21:5060", false)]).unasked, "a telephone of the house");
        assert!(!got(refused(&[60], 18)).unasked, "nobody was let in");
    }

    #[test]
    fn each_transport_tells_what_came_over_it() {
        let mut world = World::new("").device(PBX, "acme.pbx");
        let stranger = format!("{PUBLIC}:5060");
        world.traffic.registrations = vec![registration(&stranger, AT)];
        let answered = Some((crate::observe::fixture::frame(2), at(1)));
        let called = Call { answer: Answer::Answered, answered, ..call(&stranger, AT) };
        world.traffic.calls = vec![called.clone(), Call { transport: Protocol::Tcp, ..called }];
        let told = |protocol, world: &World| {
            let got = over(protocol, world);
            (got.let_in.len(), got.calls)
        };
        assert_eq!(told(Protocol::Udp, &world), (1, 2), "a large INVITE goes over TCP");
        assert_eq!(told(Protocol::Tcp, &world).0, 0, "nothing was granted over TCP");
        let row = Registration { protocol: Protocol::Tcp, ..registration(&stranger, AT) };
        world.traffic.registrations.push(row);
        assert_eq!((told(Protocol::Udp, &world), told(Protocol::Tcp, &world)), ((1, 1), (1, 1)));
        let mut refused = refused(&[60], 18);
        refused[0].protocol = Protocol::Tcp;
        assert_eq!(got(refused).guessing, None, "tried over TCP");
    }
}
