//! Takes the finished flows, gives the pairs of hosts that should be seen in both directions and were, or were not.

use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::message::App;
use super::quality::{Quality, is_own};
use super::traffic::{Flow, Protocol, TcpOutcome};

/// Packets of voice that are a conversation.
const VOICE: u64 = 50;
/// Segments of one direction that are a connection.
const HALF: u64 = 5;

/// What two hosts exchanged.
#[derive(Clone, Copy, Debug, Default)]
struct Exchange {
    low_to_high: u64,
    high_to_low: u64,
    /// Which of the two holds a packet that is no ICMP error about another.
    speaks: [bool; 2],
    has_sip: bool,
    has_voice: bool,
    /// TCP that one side sends although the capture does not hold what set the connection up.
    has_half: bool,
}

impl Exchange {
    fn is_both_ways(self) -> bool {
        self.low_to_high > 0 && self.high_to_low > 0
    }

    /// One of the directions is ICMP alone.
    fn is_by_icmp(self) -> bool {
        self.is_both_ways() && self.speaks != [true, true]
    }

    /// Who speaks on an established connection, or sends voice besides the signalling that it needs, was answered.
    fn was_answered(self) -> bool {
        self.has_half || self.has_sip && self.has_voice
    }
}

/// Counts pairs of unicast hosts, and those that were seen in both directions.
pub(super) fn note_pairs(flows: &[Flow], quality: &mut Quality) {
    // With a flow of theirs, by which they are found again: that need not stand twice, and pairs may be as many as flows.
    let mut pairs: Vec<(u32, Exchange)> = Vec::new();
    let mut by_hosts: HashTable<u32> = HashTable::new();
    let hasher = RandomState::default();
    let hosts_at = |at: u32| flows.get(at as usize).map(hosts_of);
    for (own, flow) in (0..).zip(flows) {
        let (a, b) = (flow.a.ip(), flow.b.ip());
        // What a host says to itself has no two directions.
        let is_pair = !is_own(a, b) && !is_group(a) && !is_group(b);
        if !matches!(flow.protocol, Protocol::Tcp | Protocol::Udp) || !is_pair || is_one_way(flow) {
            continue;
        }
        if flow.protocol == Protocol::Tcp {
            quality.tcp_connections += 1 + flow.extra.others;
        }
        let hosts = Some(hosts_of(flow));
        let is_at = |at: &u32| pairs.get(*at as usize).is_some_and(|(flow, _)| hosts_at(*flow) == hosts);
        let found = by_hosts.find(hasher.hash_one(hosts), is_at).copied();
        let at = found.unwrap_or_else(|| {
            let at = pairs.len() as u32;
            pairs.push((own, Exchange::default()));
            let hash_at =
                |&at: &u32| hasher.hash_one(pairs.get(at as usize).and_then(|(flow, _)| hosts_at(*flow)));
            by_hosts.insert_unique(hasher.hash_one(hosts), at, hash_at);
            at
        });
        let Some((_, pair)) = pairs.get_mut(at as usize) else { continue };
        // Who says by ICMP that it takes nothing there is seen to answer.
        let refuses = |host, about_a| {
            flow.extra.icmp.iter().any(|icmp| icmp.reporter == host && icmp.about_a == about_a)
        };
        let forth = flow.from_a.packets + u64::from(refuses(a, false));
        let back = flow.from_b.packets + u64::from(refuses(b, true));
        let speaks = [flow.from_a.packets > 0, flow.from_b.packets > 0];
        let [low, high] = if a <= b { [forth, back] } else { [back, forth] };
        let speaks = if a <= b { speaks } else { [speaks[1], speaks[0]] };
        pair.speaks = [pair.speaks[0] || speaks[0], pair.speaks[1] || speaks[1]];
        pair.low_to_high += low;
        pair.high_to_low += high;
        pair.has_sip |= flow.app == App::Sip;
        pair.has_voice |= flow.app == App::Rtp && forth + back >= VOICE;
        pair.has_half |= flow
            .tcp
            .as_ref()
            .is_some_and(|tcp| matches!(tcp.outcome, TcpOutcome::Midstream | TcpOutcome::Answered))
            && (forth == 0 || back == 0)
            && forth + back >= HALF;
    }
    // What only an ICMP error quotes was not seen, and a single packet may want no answer.
    pairs.retain(|(_, pair)| pair.low_to_high + pair.high_to_low > 1);
    quality.pairs = pairs.len() as u64;
    quality.pairs_both_ways = pairs.iter().filter(|(_, pair)| pair.is_both_ways()).count() as u64;
    quality.pairs_by_icmp = pairs.iter().filter(|(_, pair)| pair.is_by_icmp()).count() as u64;
    quality.pairs_answered_unseen =
        pairs.iter().filter(|(_, pair)| !pair.is_both_ways() && pair.was_answered()).count() as u64;
}

/// Both hosts, the smaller address first.
fn hosts_of(flow: &Flow) -> (IpAddr, IpAddr) {
    let (a, b) = (flow.a.ip(), flow.b.ip());
    (a.min(b), a.max(b))
}

/// UDP that nobody answers, or not to the one that asked: DHCP, syslog, SNMP traps, NetFlow and IPFIX, sFlow.
fn is_one_way(flow: &Flow) -> bool {
    const PORTS: [u16; 11] = [67, 68, 162, 514, 546, 547, 2055, 4739, 6343, 9995, 9996];
    flow.protocol == Protocol::Udp && [flow.a.port(), flow.b.port()].iter().any(|port| PORTS.contains(port))
}

fn is_group(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_multicast() || v4.is_broadcast() || v4.octets()[3] == 255 || v4.is_unspecified()
        }
        IpAddr::V6(v6) => v6.is_multicast() || v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{sent, tcp, udp};
    use super::super::icmp::IcmpReport;
    use super::*;
    use crate::capture::{Frame, Timestamp};

    const PHONE: &str = "192.168.10.21";
    const PBX: &str = "192.168.10.2";

    /// Pairs, those both ways, those of which an answer is missing.
    fn pairs(flows: &[Flow]) -> (u64, u64, u64) {
        let mut quality = Quality::default();
        note_pairs(flows, &mut quality);
        (quality.pairs, quality.pairs_both_ways, quality.pairs_answered_unseen)
    }

    /// Three datagrams in vain, of which somebody says that there is nobody at the port.
    fn refused(port: u16, app: App, reporter: &str) -> Flow {
        let mut flow = datagrams(port, app, 3, 0);
        flow.extra.icmp.push(Box::new(IcmpReport {
            reporter: reporter.parse().unwrap(),
            about_a: true,
            v6: false,
            kind: 3,
            code: 3,
            frame: Frame::new(0, 4),
            count: 3,
            span: (Timestamp::UNKNOWN, Timestamp::UNKNOWN),
            pause: 0,
            identification: 0,
        }));
        flow
    }

    #[test]
    fn who_refuses_by_icmp_is_seen_in_both_directions() {
        let told = |reporter: &str| {
            let flow = refused(5060, App::Sip, reporter);
            pairs(&[flow])
        };
        assert_eq!(told(PBX), (1, 1, 0));
        assert_eq!(told("192.168.10.1").1, 0, "a router on the way");
    }

    #[test]
    fn of_pairs_in_both_directions_it_is_known_which_only_refuse() {
        let told = |back: u64| {
            let flow = refused(3_478, App::Stun, PBX);
            let mut quality = Quality::default();
            note_pairs(&[flow, datagrams(5060, App::Sip, 3, back)], &mut quality);
            (quality.pairs_both_ways, quality.pairs_by_icmp)
        };
        assert_eq!(told(0), (1, 1));
        assert_eq!(told(1), (1, 0), "it speaks elsewhere");
    }

    fn datagrams(port: u16, app: App, forth: u64, back: u64) -> Flow {
        let flow = udp(&format!("{PHONE}:{port}"), &format!("{PBX}:{port}"));
        Flow { app, from_a: sent(forth), from_b: sent(back), ..flow }
    }

    #[test]
    fn a_pair_counts_once_with_what_all_its_flows_show() {
        let (forth, back) = (datagrams(5060, App::Sip, 2, 0), datagrams(5061, App::Unknown, 0, 2));
        assert_eq!(pairs(std::slice::from_ref(&forth)), (1, 0, 0));
        assert_eq!(pairs(&[forth, back]), (1, 1, 0));
    }

    #[test]
    fn what_wants_no_answer_is_no_pair() {
        for port in [67, 162, 514, 6343] {
            assert_eq!(pairs(&[datagrams(port, App::Unknown, 9, 0)]), (0, 0, 0), "{port}");
        }
        assert_eq!(pairs(&[datagrams(47_808, App::Unknown, 1, 0)]), (0, 0, 0), "a single packet");
        assert_eq!(pairs(&[datagrams(5060, App::Sip, 0, 0)]), (0, 0, 0), "quoted by an ICMP error");
    }

    #[test]
    fn voice_beside_its_signalling_was_answered() {
        let (sip, voice) = (datagrams(5060, App::Sip, 25, 0), datagrams(10_000, App::Rtp, VOICE, 0));
        assert_eq!(pairs(&[sip.clone(), voice.clone()]), (1, 0, 1));
        assert_eq!(pairs(std::slice::from_ref(&sip)), (1, 0, 0), "a PBX that is off answers nothing");
        assert_eq!(pairs(&[voice]), (1, 0, 0), "announcements go one way");
        assert_eq!(pairs(&[sip, datagrams(10_000, App::Rtp, VOICE, 1)]), (1, 1, 0));
    }

    #[test]
    fn half_a_connection_was_answered() {
        let connection = |outcome, forth| {
            let flow = tcp("192.168.10.21:40000", "192.168.10.2:5060", outcome, 1);
            Flow { from_a: sent(forth), from_b: sent(0), ..flow }
        };
        assert_eq!(pairs(&[connection(TcpOutcome::Midstream, HALF)]), (1, 0, 1));
        assert_eq!(pairs(&[connection(TcpOutcome::Midstream, HALF - 1)]), (1, 0, 0));
        assert_eq!(pairs(&[connection(TcpOutcome::Answered, HALF)]), (1, 0, 1));
        assert_eq!(pairs(&[connection(TcpOutcome::Silent, HALF)]), (1, 0, 0), "nobody answers");
    }
}
