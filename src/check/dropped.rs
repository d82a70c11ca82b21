//! Takes calls and TCP connections; gives the calls that whoever was called left without a final answer: it closed the
//! connection (RFC 3261 section 18). Raises no finding and does not know what counts as trouble.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::observe::{Answer, Beginning, Call, Flow, FlowView, Protocol, Traffic};

/// Their places, ascending.
pub(super) fn dropped(traffic: &Traffic) -> Vec<usize> {
    let is_open = |call: &Call| {
        let is_silent = call.answer == Answer::Open && call.answered.is_none() && call.end.is_none();
        is_silent && call.beginning == Beginning::Seen
    };
    let mut open: HashMap<[SocketAddr; 2], Vec<usize>> = HashMap::new();
    for (at, call) in traffic.calls.iter().enumerate().filter(|(_, call)| is_open(call)) {
        open.entry([call.caller, call.callee]).or_default().push(at);
    }
    if open.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<usize> = traffic
        .flows
        .iter()
        .filter(|flow| flow.protocol == Protocol::Tcp)
        .flat_map(FlowView::both)
        .filter(|callee| is_closed_by(callee.flow, callee.started()))
        .flat_map(|callee| {
            let calls = open.get(&[callee.peer(), callee.own()]).into_iter().flatten().copied();
            calls.filter(move |at| {
                let began = traffic.calls.get(*at).map(|call| call.start.1);
                let lasted = callee.received.first.zip(callee.sent.last);
                began
                    .zip(lasted)
                    .is_some_and(|(began, ((_, first), (_, last)))| first <= began && began <= last)
            })
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether that end of the connection was the first to close it, and nothing is missing in which it may have answered. A reset
/// may come from a firewall.
fn is_closed_by(flow: &Flow, is_a: bool) -> bool {
    flow.extra.others == 0
        && flow.tcp.as_ref().is_some_and(|tcp| {
            tcp.closed_by_a == Some(is_a) && tcp.reset.is_none() && tcp.unseen_acknowledged == 0
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::TcpOutcome;
    use crate::observe::fixture::{at, call, frame, numbered, tcp};

    const PHONE: &str = "192.168.10.21:40000";
    const PBX: &str = "192.168.10.2:5060";

    /// Calls of which the second goes over the connection that this side closed, if any.
    fn found(closed_by_a: Option<bool>, change: fn(&mut Call)) -> Vec<usize> {
        let mut flow = tcp(PHONE, PBX, TcpOutcome::Answered, 1);
        flow.tcp.as_mut().unwrap().closed_by_a = closed_by_a;
        let open = |caller: &str, time| Call {
            answer: Answer::Open,
            answered: None,
            end: None,
            start: (frame(4), at(time)),
            ..call(caller, PBX)
        };
        let mut calls = vec![open("192.168.10.22:40000", 5), open(PHONE, 5)];
        change(&mut calls[1]);
        dropped(&Traffic { flows: numbered(vec![flow]), calls, ..Traffic::default() })
    }

    #[test]
    fn what_may_be_missing_or_a_firewall_drops_no_call() {
        let is_told = |change: fn(&mut Flow)| {
            let mut flow = tcp(PHONE, PBX, TcpOutcome::Answered, 1);
            flow.tcp.as_mut().unwrap().closed_by_a = Some(false);
            change(&mut flow);
            is_closed_by(&flow, false)
        };
        assert!(is_told(|_| {}));
        assert!(!is_told(|flow| flow.tcp.as_mut().unwrap().unseen_acknowledged = 1), "its answer, perhaps");
        assert!(!is_told(|flow| flow.tcp.as_mut().unwrap().reset = Some(frame(5))), "by a firewall, perhaps");
        assert!(!is_told(|flow| flow.extra.others = 1), "one of several connections");
    }

    #[test]
    fn a_call_whose_connection_the_called_side_closed_is_dropped() {
        assert_eq!(found(Some(false), |_| {}), [1]);
        assert!(found(Some(true), |_| {}).is_empty(), "the caller did");
        assert!(found(None, |_| {}).is_empty(), "the capture ends before");
        assert!(
            found(Some(false), |call| call.start.1 = at(5_000)).is_empty(),
            "another connection on these ports"
        );
        assert!(found(Some(false), |call| call.answer = Answer::Rejected(486)).is_empty(), "it was answered");
        assert!(found(Some(false), |call| call.end = Some((frame(9), at(9)))).is_empty(), "it was hung up");
        assert!(
            found(Some(false), |call| call.beginning = Beginning::Unseen).is_empty(),
            "it may have been answered"
        );
    }
}
