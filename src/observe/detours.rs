//! Takes flows; gives who tries SIP over TCP first, is refused there and goes on over UDP (RFC 3261 section 18.1.1 asks for
//! that where a request is large): what it wants to say waits meanwhile. Knows no message.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::message::App;
use super::traffic::{Flow, Protocol, TcpOutcome};

/// Whoever is refused tries again two times or more, half a second apart; a single attempt costs no time.
const LEAST_ATTEMPTS: u64 = 3;
const ROWS_KEPT: usize = 1_024;

/// A way to a SIP server that is shut, beside one that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    /// Who tried.
    pub client: IpAddr,
    /// Where it was refused over TCP, and is served over UDP.
    pub server: SocketAddr,
    /// SYN, repetitions included.
    pub attempts: u64,
    /// From the first attempt to the last one (ns), where that took longest.
    pub waited: i64,
}

/// By client and server.
pub(super) fn detours(flows: &[Flow]) -> Vec<Detour> {
    let is_answered = |flow: &&Flow| [&flow.from_a, &flow.from_b].iter().all(|sent| sent.payload_packets > 0);
    let served: BTreeSet<(IpAddr, SocketAddr)> = flows
        .iter()
        .filter(|flow| flow.protocol == Protocol::Udp && flow.app == App::Sip)
        .filter(is_answered)
        .flat_map(|flow| [(flow.a.ip(), flow.b), (flow.b.ip(), flow.a)])
        .collect();
    if served.is_empty() {
        return Vec::new();
    }
    let mut refused: BTreeMap<(IpAddr, SocketAddr), (u64, i64)> = BTreeMap::new();
    for flow in flows {
        let Some(tcp) = flow.tcp.as_ref().filter(|tcp| tcp.outcome == TcpOutcome::Refused) else { continue };
        let key = (flow.a.ip(), flow.b);
        if !served.contains(&key) || refused.len() >= ROWS_KEPT && !refused.contains_key(&key) {
            continue;
        }
        let (attempts, waited) = refused.entry(key).or_default();
        *attempts += tcp.attempt_count;
        let span = flow.from_a.first.zip(flow.from_a.last);
        *waited = (*waited).max(span.map_or(0, |(first, last)| last.1.since(first.1)));
    }
    let told = refused.into_iter().filter(|(_, (attempts, _))| *attempts >= LEAST_ATTEMPTS);
    told.map(|((client, server), (attempts, waited))| Detour { client, server, attempts, waited }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{ip, sent, socket, tcp, udp};
    use super::*;

    const SERVER: &str = "192.168.10.2:5060";

    #[test]
    fn who_is_refused_over_tcp_and_served_over_udp_goes_a_detour() {
        let found = |outcome, attempts, answers, at: &str| {
            let refused = tcp("192.168.10.21:49522", at, outcome, attempts);
            let spoken = Flow { app: App::Sip, from_b: sent(answers), ..udp("192.168.10.21:56330", SERVER) };
            detours(&[refused, spoken])
                .iter()
                .map(|one| (one.client, one.server, one.attempts))
                .collect::<Vec<_>>()
        };
        let told = vec![(ip("192.168.10.21"), socket(SERVER), 3)];
        assert_eq!(found(TcpOutcome::Refused, 3, 4, SERVER), told);
        assert_eq!(found(TcpOutcome::Refused, 2, 4, SERVER), [], "costs no time");
        assert_eq!(found(TcpOutcome::Refused, 3, 0, SERVER), [], "nothing is open");
        assert_eq!(found(TcpOutcome::Refused, 3, 4, "192.168.10.2:443"), [], "no SIP");
        assert_eq!(found(TcpOutcome::Answered, 3, 4, SERVER), []);
    }
}
