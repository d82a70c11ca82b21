//! Takes registrations and calls; gives the devices that take long to answer when a server asks for credentials: each
//! registration and each call is as late, and where the challenge has run out by then it is refused. Knows no rules.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::finding::{Observation, Remark};
use super::MOST;
use crate::capture::Timestamp;
use crate::observe::message::sip::Method;
use crate::observe::{Call, Late};

/// Once or twice a line may have been slow.
const LEAST_LATE: usize = 3;

/// What one client did with the challenges of one server.
#[derive(Default)]
struct Course {
    at: Option<SocketAddr>,
    waits: Vec<i64>,
    late: u64,
    challenges: u64,
    run_out: u64,
}

/// One for each client and server of which at least half of the challenges were answered late.
pub(super) fn late(case: &Case<'_>) -> Vec<Remark> {
    let mut courses: BTreeMap<(IpAddr, IpAddr), Course> = BTreeMap::new();
    for row in case.traffic.registrations.iter().filter(|row| !row.is_passed_on && row.challenges > 0) {
        let course = courses.entry((row.client.ip(), row.registrar.ip())).or_default();
        course.at.get_or_insert(row.registrar);
        course.challenges += row.challenges + row.stale;
        course.run_out += row.stale;
        if let Some(late) = &row.late {
            course.waits.extend(&late.waits);
            course.late += late.count;
        }
    }
    for call in &case.traffic.calls {
        for wait in waits(call) {
            let course = courses.entry((call.caller.ip(), call.callee.ip())).or_default();
            course.at.get_or_insert(call.callee);
            course.challenges += 1;
            if wait > Late::AFTER {
                course.waits.push(wait);
                course.late += 1;
            }
        }
    }
    let told = courses.into_iter().filter_map(|((client, _), mut course)| {
        course.waits.sort_unstable();
        let is_usual = course.waits.len() >= LEAST_LATE && course.late * 2 >= course.challenges;
        let wait = *course.waits.get(course.waits.len() / 2).filter(|_| is_usual)?;
        let Course { at, late, run_out, .. } = course;
        let what = Observation::LateCredentials { times: late, wait, run_out };
        at.map(|at| Remark { hosts: vec![client], mac: None, at, what })
    });
    told.take(MOST).collect()
}

/// From each challenge to an INVITE of the caller to the INVITE that follows it.
fn waits(call: &Call) -> Vec<i64> {
    let mut asked: Option<Timestamp> = None;
    let mut waits = Vec::new();
    let ends = [call.caller, call.callee];
    for step in call.ladder.steps().filter(|step| step.method == Some(&Method::Invite)) {
        match step.status {
            Some(401 | 407) if [step.to, step.from] == ends => asked = Some(asked.unwrap_or(step.time)),
            // What was refused for good is tried again when somebody likes to.
            Some(200..) if [step.to, step.from] == ends => asked = None,
            None if [step.from, step.to] == ends => {
                waits.extend(asked.take().map(|asked| step.time.since(asked)));
            }
            _ => {}
        }
    }
    waits
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PBX, PHONE, World};
    use super::*;
    use crate::observe::Registration;
    use crate::observe::fixture::{ip, registration};

    const SECOND: i64 = 1_000_000_000;

    /// What is told of a registration that was challenged so often, and answered so late.
    fn told(challenges: u64, waits: &[i64], change: fn(&mut Registration)) -> Option<Observation> {
        let mut row = registration(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
        row.challenges = challenges;
        for wait in waits {
            Late::note(&mut row.late, wait * SECOND);
        }
        change(&mut row);
        let mut world = World::new("");
        world.traffic.registrations = vec![row];
        let told = late(&world.case());
        assert!(told.iter().all(|one| one.hosts == [ip(PHONE)]));
        told.first().map(|one| one.what)
    }

    #[test]
    fn a_device_that_answers_challenges_late_is_told_with_the_median() {
        let late = |times, run_out| Some(Observation::LateCredentials { times, wait: 18 * SECOND, run_out });
        assert_eq!(told(3, &[17, 51, 18], |_| {}), late(3, 0));
        assert_eq!(told(3, &[17, 51, 18], |row| row.stale = 2), late(3, 2));
        assert_eq!(told(2, &[17, 51], |_| {}), None, "twice may be chance");
        assert_eq!(told(3, &[4, 4, 4], |_| {}), None, "a slow one");
        assert_eq!(told(7, &[17, 51, 18], |_| {}), None, "most are answered at once");
        assert_eq!(
            told(3, &[17, 51, 18], |row| row.is_passed_on = true),
            None,
            "whoever stands before it waits"
        );
        let beyond = told(40, &[20; 30], |_| {});
        assert!(
            matches!(beyond, Some(Observation::LateCredentials { times: 30, .. })),
            "beyond what is kept: {beyond:?}"
        );
    }

    #[test]
    fn of_a_call_the_time_from_the_challenge_to_the_next_invite_counts() {
        use crate::observe::fixture::{call, ladder};
        let (phone, pbx) = ("192.168.10.21:5060", "192.168.10.2:5060");
        let invite = (phone, pbx, "INVITE sip:10@a.example SIP/2.0");
        let waits = |said: &[&str], caller: &str| {
            let mut messages = vec![invite];
            messages.extend(said.iter().map(|head| (pbx, phone, *head)));
            messages.push(invite);
            waits(&Call { ladder: ladder(&messages), ..call(caller, pbx) })
        };
        assert_eq!(waits(&["SIP/2.0 407 Who"], phone), [100_000_000]);
        assert_eq!(waits(&["SIP/2.0 100 Trying", "SIP/2.0 401 Who", "SIP/2.0 180 Hm"], phone), [200_000_000]);
        assert!(waits(&["SIP/2.0 403 No"], phone).is_empty());
        assert!(waits(&["SIP/2.0 407 Who", "SIP/2.0 403 No"], phone).is_empty(), "it was given up");
        assert!(waits(&["SIP/2.0 407 Who"], "192.168.10.22:5060").is_empty(), "another hop");
    }
}
