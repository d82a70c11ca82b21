//! Names, time and addresses: DNS, NTP and DHCP as clients use them.

use std::net::{IpAddr, Ipv4Addr};

use super::{Class, End, Host, MS, Net, START};
use crate::talk::dns;
use crate::talk::lan::{self, Dhcp, Lease};

/// What a DHCP client says of itself and what it is told.
#[derive(Clone, Copy, Debug)]
pub struct Boot {
    /// Vendor class identifier, option 60.
    pub class: &'static str,
    /// TFTP server name, option 66.
    pub option_66: Option<&'static str>,
}

impl Net {
    /// `client` asks `resolver` for `name` and learns the addresses of `hosts`; none gives NXDOMAIN.
    pub fn resolve(&mut self, at: u64, client: Host, resolver: Host, name: &str, hosts: &[Host]) {
        let (id, port) = (self.rng().draw() as u16, 49_152 + self.rng().below(16_000) as u16);
        let (from, to) = (client.port(port), resolver.port(53));
        let addresses: Vec<IpAddr> = hosts.iter().map(|host| host.ip).collect();
        self.udp(at, from, to, Class::Data, &dns::query(id, name));
        self.udp(at + 4 * MS, to, from, Class::Data, &dns::answer(id, name, &addresses));
    }

    /// `client` asks `resolver` for `name` so often, every two seconds, and gets no answer.
    pub fn resolve_in_vain(&mut self, at: u64, client: Host, resolver: Host, name: &str, times: u64) {
        for nth in 0..times {
            let (id, port) = (self.rng().draw() as u16, 49_152 + self.rng().below(16_000) as u16);
            let (from, to) = (client.port(port), resolver.port(53));
            self.udp(at + nth * 2_000 * MS, from, to, Class::Data, &dns::query(id, name));
        }
    }

    /// `client` asks `server` for the time so often, every two seconds, and gets no answer.
    pub fn ntp_in_vain(&mut self, at: u64, client: End, server: Host, times: u64) {
        for nth in 0..times {
            let at = at + nth * 2_000 * MS;
            self.udp(at, client, server.port(123), Class::Data, &lan::ntp(3, START + at));
        }
    }

    /// `client` looks for a DHCP server so often, every five seconds, and gets no answer.
    pub fn dhcp_in_vain(&mut self, at: u64, client: Host, boot: &Boot, times: u64) {
        let IpAddr::V4(address) = client.ip else { return };
        let lease = Lease {
            transaction: self.rng().draw() as u32,
            client: client.mac,
            name: client.name,
            class: boot.class,
            address,
            server: Ipv4Addr::UNSPECIFIED,
            gateway: Ipv4Addr::UNSPECIFIED,
            boot: None,
        };
        let nobody = Host { ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED), ..client };
        let everybody = Host { vlan: client.vlan, ..Host::group([255; 4]) };
        for nth in 0..times {
            let (from, to) = (nobody.port(68), everybody.port(67));
            self.udp(at + nth * 5_000 * MS, from, to, Class::Data, &lease.message(Dhcp::Discover));
        }
    }

    /// `client` looks for a DHCP server; each of these offers it an address, with this router and name server, its own
    /// where none is given.
    pub fn dhcp_offers(&mut self, at: u64, client: Host, servers: &[(Host, Option<Host>)], boot: &Boot) {
        let transaction = self.rng().draw() as u32;
        let nobody = Host { ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED), ..client };
        let everybody = Host { vlan: client.vlan, ..Host::group([255; 4]) };
        for (nth, (server, gateway)) in (1..).zip(servers) {
            let gateway = gateway.unwrap_or(*server);
            let (IpAddr::V4(address), IpAddr::V4(server_ip), IpAddr::V4(gateway)) =
                (client.ip, server.ip, gateway.ip)
            else {
                return;
            };
            let lease = Lease {
                transaction,
                client: client.mac,
                name: client.name,
                class: boot.class,
                address,
                server: server_ip,
                gateway,
                boot: boot.option_66,
            };
            if nth == 1 {
                let (from, to) = (nobody.port(68), everybody.port(67));
                self.udp(at, from, to, Class::Data, &lease.message(Dhcp::Discover));
            }
            let (from, to) = (server.port(67), everybody.port(68));
            self.udp(at + nth * 3 * MS, from, to, Class::Data, &lease.message(Dhcp::Offer));
        }
    }

    /// `client` asks `server` for the time.
    pub fn ntp(&mut self, at: u64, client: End, server: Host) {
        let server = server.port(123);
        self.udp(at, client, server, Class::Data, &lan::ntp(3, START + at));
        self.udp(at + MS, server, client, Class::Data, &lan::ntp(4, START + at + MS));
    }

    /// `client` boots and gets its address from `server`: discover, offer, request, acknowledgment.
    pub fn dhcp(&mut self, at: u64, client: Host, server: Host, boot: &Boot) {
        let (IpAddr::V4(address), IpAddr::V4(server_ip)) = (client.ip, server.ip) else { return };
        let lease = Lease {
            transaction: self.rng().draw() as u32,
            client: client.mac,
            name: client.name,
            class: boot.class,
            address,
            server: server_ip,
            gateway: server_ip,
            boot: boot.option_66,
        };
        let nobody = Host { ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED), ..client };
        let everybody = Host { vlan: client.vlan, ..Host::group([255; 4]) };
        for (nth, kind) in [Dhcp::Discover, Dhcp::Offer, Dhcp::Request, Dhcp::Ack].into_iter().enumerate() {
            let asks = matches!(kind, Dhcp::Discover | Dhcp::Request);
            let from = if asks { nobody.port(68) } else { server.port(67) };
            let to = everybody.port(if asks { 67 } else { 68 });
            self.udp(at + nth as u64 * 8 * MS, from, to, Class::Data, &lease.message(kind));
        }
    }
}
