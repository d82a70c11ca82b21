//! NET-003: takes pairs of DHCP servers that answered the same question; gives those of one network that give clients
//! something different. Knows no rules: a second server is a fault whoever is served.

use std::net::IpAddr;

use super::super::case::Case;
use super::super::evidence::Collector;
use super::super::finding::{Detail, Finding, Party, Severity};
use crate::decode::Mac;
use crate::observe::{DhcpOffer, Rivals};
use crate::site::Confidence;

/// One for a pair of servers.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    case.traffic
        .dhcp_rivals
        .iter()
        .filter(|rivals| !is_one(case, rivals))
        .map(|rivals| finding(case, rivals))
        .collect()
}

/// Whether it is one server with two addresses, or each serves a VLAN of its own.
fn is_one(case: &Case<'_>, rivals: &Rivals) -> bool {
    let [one, other] =
        [0, 1].map(|at| rivals.offers.get(at).and_then(|offer: &DhcpOffer| case.host(offer.server)));
    let (Some(one), Some(other)) = (one, other) else { return false };
    let has = |mac: Mac| other.macs.iter().any(|seen| seen.mac == mac);
    let is_apart = !one.vlans.is_empty()
        && !other.vlans.is_empty()
        && !one.vlans.iter().any(|vlan| other.vlans.contains(vlan));
    is_apart || one.macs.iter().any(|seen| has(seen.mac))
}

fn finding(case: &Case<'_>, rivals: &Rivals) -> Finding {
    let [one, other] = &rivals.offers;
    let weight = |offer: &DhcpOffer| {
        let known = case.traffic.dhcp.iter().find(|row| row.server == Some(offer.server));
        (known.map_or(0, |row| row.clients), std::cmp::Reverse(offer.at.0))
    };
    // The one that serves fewer is the one too many, most likely.
    let (extra, main) = if weight(one) < weight(other) { (one, other) } else { (other, one) };
    let leads_astray = one.is_of_another_network(other) || one.gateway != other.gateway;
    let mut collector = Collector::default();
    collector.frames(&rivals.frames);
    [rivals.span.0, rivals.span.1].into_iter().for_each(|time| collector.time(time));
    let servers: [IpAddr; 2] = [one.server, other.server];
    let condition = servers.map(|server| format!("dhcp.option.dhcp_server_id == {server}"));
    Finding {
        detail: Detail::Net003(Box::new([extra.clone(), main.clone()])),
        severity: if leads_astray { Severity::Error } else { Severity::Warning },
        confidence: Confidence::Sure,
        subject: Some(case.subject(extra.server)),
        rows: Vec::new(),
        count: rivals.questions,
        responsible: Party::Network,
        evidence: collector.finish(format!("dhcp.option.dhcp == 2 && ({})", condition.join(" || "))),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::super::fixture::World;
    use super::*;
    use crate::observe::fixture::{at, frame, host, ip, mac};
    use crate::observe::{DhcpServer, MacSeen};

    fn offer(last: u8, gateway: u8, number: u64) -> DhcpOffer {
        DhcpOffer {
            server: ip(&format!("192.168.10.{last}")),
            address: Ipv4Addr::new(192, 168, 10, 100),
            mask: Some(Ipv4Addr::new(255, 255, 255, 0)),
            gateway: Some(Ipv4Addr::new(192, 168, 10, gateway)),
            name_servers: [Ipv4Addr::new(192, 168, 10, last)].into(),
            at: (frame(number), at(0)),
        }
    }

    /// The router at .1 and another server at .7, which names this gateway; their hardware addresses and VLANs.
    fn told(gateway: u8, macs: [u8; 2], vlans: [u16; 2]) -> Vec<(IpAddr, Severity)> {
        let mut world = World::new("");
        world.traffic.dhcp_rivals = vec![Rivals {
            offers: [offer(1, 1, 9), offer(7, gateway, 5)],
            questions: 1,
            settled: 0,
            frames: vec![frame(5), frame(9)],
            span: (at(0), at(5)),
        }];
        let server =
            |last: &str, clients| DhcpServer { server: Some(ip(last)), clients, ..DhcpServer::default() };
        world.traffic.dhcp = vec![server("192.168.10.1", 3), server("192.168.10.7", 1)];
        world.traffic.hosts = vec![host("192.168.10.1", None), host("192.168.10.7", None)];
        for (facts, (last, vlan)) in world.traffic.hosts.iter_mut().zip(macs.into_iter().zip(vlans)) {
            facts.macs = vec![MacSeen { mac: mac(last), frames: 1, first: frame(1), paired: true }];
            facts.vlans = vec![vlan];
        }
        let findings = check(&world.case());
        findings.iter().map(|one| (one.subject.as_ref().unwrap().address, one.severity)).collect()
    }

    #[test]
    fn the_server_that_serves_fewer_is_one_too_many() {
        let extra = ip("192.168.10.7");
        assert_eq!(told(7, [1, 2], [10, 10]), [(extra, Severity::Error)]);
        assert_eq!(told(1, [1, 2], [10, 10]), [(extra, Severity::Warning)], "only the name server differs");
    }

    #[test]
    fn one_server_with_two_addresses_and_servers_of_two_vlans_are_none() {
        assert_eq!(told(7, [1, 1], [10, 10]), []);
        assert_eq!(told(7, [1, 2], [10, 20]), []);
    }
}
