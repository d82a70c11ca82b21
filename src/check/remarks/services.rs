//! Takes what hosts asked of services that telephones wait for; gives STUN servers that refuse them, name servers that were
//! away for a while, and DHCP that nobody answers. Raises no finding: that of a name server which stays away is NET-001.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::super::case::Case;
use super::super::finding::{Observation, Remark};
use super::super::network::{MOST_SERVERS, is_telephone, is_telephones_mac, is_telephony_of, servers_asked};
use super::MOST;
use crate::capture::Timestamp;
use crate::decode::Mac;
use crate::observe::message::App;
use crate::observe::{Flow, HostFacts, Protocol, Unserved};
use crate::site::Scope;

/// RFC 8489 section 18.6; telephones among themselves use other ports, for ICE.
const STUN_PORTS: [u16; 2] = [3478, 5349];
/// So many refusals are no chance.
const LEAST_REFUSED: u64 = 2;
/// What a telephone does so soon (ns) after its last try, it waited with: it asks again after 1.6 s at most.
const SOON: i64 = 2_000_000_000;
/// A client gives up a request that nobody answers after this time (ns), RFC 8489 section 6.2.1: what asks for longer is another one.
const TRANSACTION: i64 = 39_500_000_000;
/// A name server that was away so long (ns) was missed, if it was asked so often.
const LEAST_AWAY: i64 = 5_000_000_000;
const LEAST_TRIES: u64 = 3;
/// A switch port that learns where it leads may say nothing for a while (ns) after a device is plugged in.
const LEAST_ASKING: i64 = 10_000_000_000;
/// RFC 1035 section 4.2, RFC 2131 section 4.1.
const DNS: u16 = 53;
const DHCP: u16 = 67;

/// STUN servers that answer nobody, and of whose clients in the LAN some are told by ICMP that there is none.
pub(super) fn refused(case: &Case<'_>) -> Vec<Remark> {
    let is_stun = |flow: &&Flow| {
        flow.protocol == Protocol::Udp && flow.app == App::Stun && STUN_PORTS.contains(&flow.b.port())
    };
    let mut servers: BTreeMap<SocketAddr, Vec<&Flow>> = BTreeMap::new();
    for flow in case.traffic.flows.iter().filter(is_stun) {
        servers.entry(flow.b).or_default().push(flow);
    }
    let steps = LazyCell::new(|| steps(case));
    let told = servers.into_iter().filter_map(|(server, flows)| {
        let clients: BTreeSet<IpAddr> = flows.iter().map(|flow| flow.a.ip()).collect();
        let is_answered = flows.iter().any(|flow| flow.from_b.packets > 0);
        if is_answered || clients.iter().any(|client| case.scope(*client) != Scope::Lan) {
            return None;
        }
        // A router that translates addresses may leave its own port in what the error quotes.
        let between =
            case.flows_of(server.ip()).filter(|flow| flow.b == server && clients.contains(&flow.a.ip()));
        let errors = between.flat_map(|flow| flow.extra.icmp.iter());
        let refused =
            errors.filter(|error| error.about_a && error.is_unreachable()).map(|error| error.count).sum();
        (refused >= LEAST_REFUSED).then(|| Remark {
            hosts: clients.into_iter().collect(),
            mac: None,
            at: server,
            what: Observation::RefusedStun {
                requests: flows.iter().map(|flow| flow.from_a.packets).sum(),
                refusals: refused,
                waited: flows.iter().filter_map(|flow| held_up(&steps, flow)).max(),
            },
        })
    });
    told.take(MOST).collect()
}

/// When each host called somebody or answered a call, in order.
fn steps(case: &Case<'_>) -> BTreeMap<IpAddr, BTreeSet<Timestamp>> {
    let mut steps: BTreeMap<IpAddr, BTreeSet<Timestamp>> = BTreeMap::new();
    for call in &case.traffic.calls {
        steps.entry(call.caller.ip()).or_default().insert(call.start.1);
        if let Some((_, answered)) = call.answered {
            steps.entry(call.callee.ip()).or_default().insert(answered);
        }
    }
    steps
}

/// How long (ns) a telephone asked before it called or answered a call.
fn held_up(steps: &BTreeMap<IpAddr, BTreeSet<Timestamp>>, flow: &Flow) -> Option<i64> {
    let (began, ended) = (flow.from_a.first?.1, flow.from_a.last?.1);
    let next = steps.get(&flow.a.ip())?.range(ended..).next()?;
    (ended.since(began) <= TRANSACTION && next.since(ended) < SOON).then(|| next.since(began))
}

/// Name servers that answered again.
pub(super) fn away(case: &Case<'_>) -> Vec<Remark> {
    let asked = servers_asked(case);
    let told = case.traffic.resolvers.iter().filter_map(|row| {
        let lull = row.lull.as_deref()?;
        let servers = asked.get(&row.client).copied().filter(|servers| *servers <= MOST_SERVERS)?;
        let tries = &lull.tries;
        let is_ours = is_telephone(case, row.client)
            || tries.names.iter().any(|name| is_telephony_of(case, row.client, name));
        (is_ours && tries.tries >= LEAST_TRIES && tries.length() >= LEAST_AWAY).then(|| Remark {
            hosts: vec![row.client],
            mac: None,
            at: SocketAddr::new(row.server, DNS),
            what: Observation::NameServerAway {
                tries: tries.tries,
                span: (tries.span.0, lull.until),
                servers: servers as u64,
                answers_others: lull.answers_others,
            },
        })
    });
    told.take(MOST).collect()
}

/// Telephones and PBXs that nobody gives an address, where the answer would be in the capture.
pub(super) fn unserved(case: &Case<'_>) -> Vec<Remark> {
    let addresses = LazyCell::new(|| addresses(case));
    let told = case.traffic.unserved.iter().filter_map(|row| {
        if row.span.1.since(row.span.0) < LEAST_ASKING {
            return None;
        }
        let known = row.address.or_else(|| addresses.get(&row.client).copied());
        let is_ours =
            is_telephones_mac(case, row.client) || known.is_some_and(|address| is_telephone(case, address));
        if !is_ours || !would_be_heard(case, row, known) {
            return None;
        }
        let all = IpAddr::V4(Ipv4Addr::BROADCAST);
        Some(Remark {
            hosts: known.into_iter().collect(),
            mac: known.is_none().then_some(row.client),
            at: SocketAddr::new(row.server.unwrap_or(all), DHCP),
            what: Observation::UnansweredDhcp {
                tries: row.tries,
                span: row.span,
                asked_alone: row.server.is_some(),
            },
        })
    });
    told.take(MOST).collect()
}

/// The first address that comes from each station of the LAN, which DHCP may have given to it.
fn addresses(case: &Case<'_>) -> BTreeMap<Mac, IpAddr> {
    let is_given = |address: IpAddr| matches!(address, IpAddr::V4(address) if !address.is_unspecified() && !address.is_link_local());
    let own = |facts: &&HostFacts| is_given(facts.address) && facts.on_link != Some(false);
    let mut addresses = BTreeMap::new();
    for facts in case.traffic.hosts.iter().filter(own) {
        for seen in &facts.macs {
            addresses.entry(seen.mac).or_insert(facts.address);
        }
    }
    addresses
}

/// A question to all is heard everywhere, and its answer where the client is alone, unless answers go to all as well. So there
/// must have been answers to it before, or it must ask for such answers where other stations are heard, or the server that it
/// asks alone must be heard.
fn would_be_heard(case: &Case<'_>, row: &Unserved, known: Option<IpAddr>) -> bool {
    let is_another = |facts: &HostFacts| {
        facts.macs.iter().any(|seen| seen.mac != row.client) && facts.on_link != Some(false)
    };
    let both = row.server.zip(known).is_some_and(|(server, client)| case.would_see_an_answer(client, server));
    row.served || both || row.to_all && case.traffic.hosts.iter().any(is_another)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PBX, PHONE, PUBLIC, World};
    use super::*;
    use crate::observe::fixture::{at, call, frame, host, ip, mac, sent, socket, udp};
    use crate::observe::{IcmpReport, Lull, MacSeen, Resolver, Tries};

    /// A telephone that asks this server five times over 3 s and gets so many errors, and its call at this s.
    fn stun(server: &str, answers: u64, refused: u64, calls: i64) -> Vec<Remark> {
        let mut asks = udp(&format!("{PHONE}:45416"), server);
        (asks.app, asks.from_a, asks.from_b) = (App::Stun, sent(5), sent(answers));
        asks.from_a.last = Some((frame(5), at(3_000)));
        let mut quoted = udp(&format!("{PHONE}:43890"), server);
        (quoted.from_a, quoted.from_b) = (sent(0), sent(0));
        quoted.extra.icmp.push(Box::new(IcmpReport {
            reporter: socket(server).ip(),
            about_a: true,
            v6: false,
            kind: 3,
            code: 3,
            frame: frame(2),
            count: refused,
            span: (at(10), at(3_010)),
            pause: 0,
            identification: 0,
        }));
        let mut world = World::new("").device(PBX, "acme.pbx").flows(vec![asks, quoted]);
        let mut call = call(&format!("{PHONE}:5060"), &format!("{PBX}:5060"));
        call.start.1 = at(calls * 1_000);
        world.traffic.calls = vec![call];
        refused_of(&world)
    }

    fn refused_of(world: &World) -> Vec<Remark> {
        refused(&world.case())
    }

    #[test]
    fn a_stun_server_that_refuses_all_is_told_with_what_it_holds_up() {
        let server = format!("{PUBLIC}:3478");
        let told = stun(&server, 0, 4, 4);
        let [one] = told.as_slice() else { panic!("{told:?}") };
        let refused = |waited| Observation::RefusedStun { requests: 5, refusals: 4, waited };
        assert_eq!(one.what, refused(Some(4_000_000_000)));
        assert_eq!((one.hosts.as_slice(), one.at), ([ip(PHONE)].as_slice(), socket(&server)));
        assert_eq!(stun(&server, 0, 4, 20)[0].what, refused(None), "called much later");
        assert_eq!(stun(&server, 1, 4, 4), [], "it answers");
        assert_eq!(stun(&server, 0, 1, 4), [], "one refusal");
        assert_eq!(stun(&format!("{PUBLIC}:7078"), 0, 4, 4), [], "ICE with the other telephone");
    }

    #[test]
    fn who_asks_again_and_again_is_not_held_up_all_the_time() {
        let told = |seconds: i64| {
            let mut asks = udp(&format!("{PHONE}:45416"), &format!("{PUBLIC}:3478"));
            asks.from_a = sent(9);
            (asks.from_a.first, asks.from_a.last) =
                (Some((frame(1), at(0))), Some((frame(9), at(seconds * 1_000))));
            let steps = [(ip(PHONE), [at(seconds * 1_000 + 500)].into())].into();
            held_up(&steps, &asks)
        };
        assert_eq!(told(3), Some(3_500_000_000));
        assert_eq!(told(3_600), None);
    }

    #[test]
    fn a_name_server_that_was_away_is_told() {
        let told = |client: &str, tries: u64, length: i64| {
            let mut world = World::new("").device(PBX, "acme.pbx");
            let names = ["provider.example".into()].into();
            let tries =
                Tries { tries, span: (at(0), at(length)), frames: [frame(1)].into_iter().collect(), names };
            world.traffic.resolvers = vec![Resolver {
                client: ip(client),
                server: ip("192.168.10.1"),
                served: Some(at(length + 10)),
                silence: None,
                failed: BTreeMap::new(),
                lull: Some(Box::new(Lull { tries, until: at(length + 10), answers_others: false })),
            }];
            away(&world.case()).iter().map(|one| one.what).collect::<Vec<_>>()
        };
        assert_eq!(
            told(PBX, 10, 20_000),
            [Observation::NameServerAway {
                tries: 10,
                span: (at(0), at(20_010)),
                servers: 1,
                answers_others: false
            }]
        );
        assert_eq!(told(PBX, 10, 4_000), [], "a moment");
        assert_eq!(told(PBX, 2, 20_000), [], "asked seldom");
        assert_eq!(told("192.168.10.99", 10, 20_000), [], "a computer");
    }

    #[test]
    fn dhcp_that_nobody_answers_is_told_where_the_answer_would_be_heard() {
        let row = |to_all: bool, served: bool| Unserved {
            client: mac(7),
            address: None,
            server: None,
            tries: 5,
            span: (at(0), at(30_000)),
            to_all,
            served,
        };
        let seen = |mac: Mac| MacSeen { mac, frames: 1, first: frame(1), paired: true };
        let told = |row: Unserved, client: &str, others: bool| {
            let mut world = World::new("").device(PBX, "acme.pbx");
            world.traffic.hosts = vec![host(client, Some(true))];
            world.traffic.hosts[0].macs = vec![seen(mac(7))];
            if others {
                world.traffic.hosts.push(host("192.168.10.77", Some(true)));
                world.traffic.hosts[1].macs = vec![seen(mac(8))];
            }
            world.traffic.unserved = vec![row];
            unserved(&world.case()).len()
        };
        assert_eq!(told(row(true, false), PBX, true), 1);
        assert_eq!(told(row(false, true), PBX, true), 1, "it got an answer before");
        assert_eq!(told(row(false, false), PBX, true), 0, "the answer may go to it alone");
        assert_eq!(told(row(true, false), PBX, false), 0, "nobody else is heard");
        assert_eq!(told(row(true, false), "192.168.10.99", true), 0, "a computer");
        let short = Unserved { span: (at(0), at(9_000)), ..row(true, false) };
        assert_eq!(told(short, PBX, true), 0, "it may still come");
    }
}
