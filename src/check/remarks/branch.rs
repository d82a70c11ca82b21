//! Takes the ladders of calls; gives the addresses to which a proxy or a PBX passes calls on and that never answer, while
//! another one does: that registration is stale. Knows no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use super::super::case::Case;
use super::super::finding::{Observation, Remark};
use super::MOST;
use crate::capture::Timestamp;
use crate::observe::Call;
use crate::observe::message::sip::Method;

/// So often an INVITE is sent within 1.5 s (RFC 3261 section 17.1.1.2).
const LEAST_SENT: u64 = 3;
/// Who passes a call on to several at once does so within this time (ns). Who tries one address after the other waits for the
/// first (RFC 3263 section 4.3): then it is a server that is gone, and no registration.
const AT_ONCE: i64 = 1_000_000_000;
/// And over so long (ns), so that no copies count.
const LEAST_SPAN: i64 = 1_000_000_000;

/// One for each sender and address.
pub(super) fn dead(case: &Case<'_>) -> Vec<Remark> {
    let mut told: BTreeMap<(SocketAddr, SocketAddr), (u64, u64)> = BTreeMap::new();
    for call in case.traffic.calls.iter().filter(|call| call.came_about()) {
        for (hop, sent) in unanswered(call) {
            let (calls, times) = told.entry(hop).or_default();
            (*calls, *times) = (*calls + 1, *times + sent);
        }
    }
    let is_silent = |from: SocketAddr, to: SocketAddr| {
        // Over TCP nobody sends anything again; and who says anything else is there.
        let is_datagram =
            case.datagrams_between(from.ip(), to.ip()).any(|view| (view.own(), view.peer()) == (from, to));
        is_datagram && !case.sends_to(to.ip(), from.ip())
    };
    let told = told.into_iter().filter(|((from, to), _)| is_silent(*from, *to));
    let told = told.map(|((from, to), (calls, sent))| Remark {
        hosts: vec![from.ip()],
        mac: None,
        at: to,
        what: Observation::DeadBranch { calls, sent },
    });
    told.take(MOST).collect()
}

/// Over which hops an INVITE of this call was sent again and again without any answer, and how often, though its sender was
/// answered by somebody else.
fn unanswered(call: &Call) -> Vec<((SocketAddr, SocketAddr), u64)> {
    let invites =
        call.ladder.steps().filter(|step| step.status.is_none() && step.method == Some(&Method::Invite));
    // Those and the one that was answered; most calls have one or two.
    if (invites.count() as u64) <= LEAST_SENT {
        return Vec::new();
    }
    let mut sent: BTreeMap<(SocketAddr, SocketAddr), (u64, Timestamp, Timestamp)> = BTreeMap::new();
    let mut heard = BTreeSet::new();
    let mut answered = BTreeSet::new();
    for step in call.ladder.steps() {
        heard.insert(step.from.ip());
        let is_invite = step.method == Some(&Method::Invite);
        match step.status {
            None if is_invite => {
                let (times, _, last) = sent.entry((step.from, step.to)).or_insert((0, step.time, step.time));
                (*times, *last) = (*times + 1, step.time);
            }
            Some(200..=299) if is_invite => {
                answered.insert((step.to.ip(), step.from.ip()));
            }
            _ => {}
        }
    }
    let is_dead =
        |((from, to), (times, first, last)): &(&(SocketAddr, SocketAddr), &(u64, Timestamp, Timestamp))| {
            *times >= LEAST_SENT
                && last.since(*first) >= LEAST_SPAN
                && !heard.contains(&to.ip())
                && sent.iter().any(|((asker, other), (_, at, _))| {
                    asker.ip() == from.ip()
                        && other.ip() != to.ip()
                        && answered.contains(&(asker.ip(), other.ip()))
                        && at.since(*first).abs() < AT_ONCE
                })
        };
    sent.iter().filter(is_dead).map(|(hop, (times, ..))| (*hop, *times)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::World;
    use super::*;
    use crate::observe::fixture::{at, call, frame, ladder, sent, socket, udp};
    use crate::observe::{Answer, Flow};

    const PROXY: &str = "192.168.10.2:5060";
    const STALE: &str = "192.168.10.21:5060";
    const OTHER: &str = "192.168.10.22:5060";
    const INVITE: &str = "INVITE sip:21@192.168.10.21 SIP/2.0";

    /// What is told of a call whose messages come 100 ms apart: places of the INVITE to the one, and what the other one says at last.
    fn told(places: &[usize], last: (&str, &str), back: u64) -> Vec<(SocketAddr, Observation)> {
        let ringing = |nth: usize| ["SIP/2.0 180 A", "SIP/2.0 181 B", "SIP/2.0 182 C"][nth % 3];
        let mut messages = vec![(PROXY, OTHER, INVITE)];
        messages.extend((1..25).map(|nth| match places.contains(&nth) {
            true => (PROXY, STALE, INVITE),
            false => (OTHER, PROXY, ringing(nth)),
        }));
        messages.push((last.0, PROXY, last.1));
        let mut world =
            World::new("").flows(vec![Flow { from_b: sent(back), ..udp(PROXY, STALE) }, udp(PROXY, OTHER)]);
        world.traffic.calls = vec![Call {
            answer: Answer::Answered,
            answered: Some((frame(26), at(2_600))),
            ladder: ladder(&messages),
            ..call("192.168.10.50:5060", PROXY)
        }];
        dead(&world.case()).iter().map(|one| (one.at, one.what)).collect()
    }

    #[test]
    fn an_address_that_never_answers_while_another_one_does_is_told() {
        let (last, three) = ((OTHER, "SIP/2.0 200 OK"), [1, 6, 12]);
        assert_eq!(told(&three, last, 0), [(socket(STALE), Observation::DeadBranch { calls: 1, sent: 3 })]);
        assert!(told(&[1, 6], last, 0).is_empty(), "it may answer yet");
        assert!(told(&[11, 12, 22], last, 0).is_empty(), "one server after the other");
        assert!(told(&[1, 4, 7], last, 0).is_empty(), "too soon for a third time");
        assert!(told(&three, (STALE, "SIP/2.0 487 Request Terminated"), 0).is_empty(), "it answers late");
        assert!(told(&three, last, 2).is_empty(), "it is heard elsewhere");
        assert!(told(&three, (OTHER, "SIP/2.0 486 Busy Here"), 0).is_empty(), "nobody answers there");
    }
}
