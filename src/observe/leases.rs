//! Takes DHCP messages in capture order (RFC 2131); gives who was asked for addresses and who answered, by server. Client and
//! server mostly speak to all, so that addresses of packets tell neither: the hardware address tells the one, the server
//! identifier (RFC 2132 section 9.7) the other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::decode::Mac;

use super::message::dhcp::{DhcpMessage, MessageType};

/// Transactions kept, and servers that answer one of them.
const TRANSACTIONS_KEPT: usize = 8_192;
const SERVERS_OF_ONE: usize = 8;

/// What one DHCP server was asked and what it said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DhcpServer {
    /// Nobody where no server answered what was asked of all.
    pub server: Option<IpAddr>,
    /// Clients, by hardware address.
    pub clients: u64,
    /// Of them those that asked for something and got no answer of it at all.
    pub unanswered: u64,
    /// Messages of clients that were for it: to all, unless they name another one.
    pub requests: u64,
    /// Its messages.
    pub answers: u64,
}

/// Transactions while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct LeaseBook {
    transactions: BTreeMap<(Client, u32), Transaction>,
    /// Messages that the cap left out.
    pub(super) over_cap: u64,
}

/// Hardware address, or the address where that is not one of Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Client {
    Mac(Mac),
    Address(IpAddr),
}

#[derive(Clone, Debug, Default)]
struct Transaction {
    /// To all.
    asked: u64,
    /// Those among all that must be answered.
    waits: bool,
    by_server: BTreeMap<IpAddr, Exchange>,
}

#[derive(Clone, Debug, Default)]
struct Exchange {
    asked: u64,
    waits: bool,
    answered: u64,
}

#[derive(Default)]
struct Row {
    clients: BTreeSet<Client>,
    silent: BTreeSet<Client>,
    served: BTreeSet<Client>,
    requests: u64,
    answers: u64,
}

impl LeaseBook {
    pub(super) fn push(&mut self, from: IpAddr, to: IpAddr, message: &DhcpMessage) {
        let end = if message.is_reply { to } else { from };
        let client = message.client_mac.map_or(Client::Address(end), Client::Mac);
        let key = (client, message.xid);
        if !self.transactions.contains_key(&key) && self.transactions.len() >= TRANSACTIONS_KEPT {
            self.over_cap += 1;
            return;
        }
        let transaction = self.transactions.entry(key).or_default();
        let named = message.server.map(IpAddr::V4).filter(|server| !server.is_unspecified());
        let server = match message.is_reply {
            true => Some(named.unwrap_or(from)),
            false => named.or((!is_for_all(to)).then_some(to)),
        };
        // Sections 3.1 and 3.4: who gives an address back waits for nothing.
        let waits = !matches!(message.kind, Some(MessageType::Release | MessageType::Decline));
        let Some(server) = server else {
            transaction.asked += 1;
            transaction.waits |= waits;
            return;
        };
        let has_room = transaction.by_server.len() < SERVERS_OF_ONE;
        if !has_room && !transaction.by_server.contains_key(&server) {
            self.over_cap += 1;
            return;
        }
        let exchange = transaction.by_server.entry(server).or_default();
        if message.is_reply {
            exchange.answered += 1;
        } else {
            exchange.asked += 1;
            exchange.waits |= waits;
        }
    }

    /// Ordered by server, nobody first.
    pub(super) fn finish(self) -> Vec<DhcpServer> {
        let mut rows: BTreeMap<Option<IpAddr>, Row> = BTreeMap::new();
        for ((client, _), transaction) in self.transactions {
            if transaction.by_server.values().all(|exchange| exchange.answered == 0) && transaction.asked > 0
            {
                rows.entry(None).or_default().note(client, transaction.asked, 0, transaction.waits);
            }
            for (server, exchange) in transaction.by_server {
                // What was asked of all was asked of whoever answers.
                let of_all = if exchange.answered > 0 { transaction.asked } else { 0 };
                let row = rows.entry(Some(server)).or_default();
                row.note(client, exchange.asked + of_all, exchange.answered, exchange.waits);
            }
        }
        let row = |(server, row): (Option<IpAddr>, Row)| DhcpServer {
            server,
            clients: row.clients.len() as u64,
            unanswered: row.silent.difference(&row.served).count() as u64,
            requests: row.requests,
            answers: row.answers,
        };
        rows.into_iter().map(row).collect()
    }
}

impl Row {
    fn note(&mut self, client: Client, requests: u64, answers: u64, waits: bool) {
        self.clients.insert(client);
        self.requests += requests;
        self.answers += answers;
        if answers > 0 {
            self.served.insert(client);
        } else if waits {
            self.silent.insert(client);
        }
    }
}

fn is_for_all(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_broadcast() || address.is_multicast() || address.octets()[3] == 255,
        IpAddr::V6(address) => address.is_multicast(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::ip;
    use super::*;

    const ALL: &str = "255.255.255.255";

    /// A message of the client with this last byte.
    fn message(client: u8, xid: u32, kind: MessageType, server: Option<&str>) -> DhcpMessage {
        let mut bytes = [0; 240];
        (bytes[0], bytes[1], bytes[2]) = (1, 1, 6);
        bytes[4..8].copy_from_slice(&xid.to_be_bytes());
        bytes[28..34].copy_from_slice(&[2, 0, 0, 0, 0, client]);
        bytes[236..240].copy_from_slice(&[99, 130, 83, 99]);
        let mut message = super::super::message::dhcp::read(&bytes).unwrap();
        message.is_reply = matches!(kind, MessageType::Offer | MessageType::Ack | MessageType::Nak);
        message.kind = Some(kind);
        message.server = server.map(|server| server.parse().unwrap());
        message
    }

    fn rows(said: &[(&str, &str, DhcpMessage)]) -> Vec<(Option<String>, [u64; 4])> {
        let mut book = LeaseBook::default();
        for (from, to, message) in said {
            book.push(ip(from), ip(to), message);
        }
        let rows = book.finish().into_iter();
        let numbers = |row: &DhcpServer| [row.clients, row.unanswered, row.requests, row.answers];
        rows.map(|row| (row.server.map(|server| server.to_string()), numbers(&row))).collect()
    }

    #[test]
    fn broadcasts_of_a_server_are_its_answers_and_devices_are_told_by_their_hardware() {
        use MessageType::{Ack, Discover, Offer, Request};
        let (server, other) = ("192.168.1.253", "192.168.1.252");
        let said = [
            ("0.0.0.0", ALL, message(1, 7, Discover, None)),
            (server, ALL, message(1, 7, Offer, Some(server))),
            (other, "192.168.1.9", message(1, 7, Offer, Some(other))),
            ("0.0.0.0", ALL, message(1, 7, Request, Some(server))),
            (server, ALL, message(1, 7, Ack, Some(server))),
            ("192.168.1.10", server, message(2, 8, Request, None)),
            (server, "192.168.1.10", message(2, 8, Ack, None)),
        ];
        assert_eq!(
            rows(&said),
            [(Some(other.to_owned()), [1, 0, 1, 1]), (Some(server.to_owned()), [2, 0, 3, 3])]
        );
    }

    #[test]
    fn who_gets_no_answer_is_counted_and_who_gives_back_waits_for_none() {
        use MessageType::{Ack, Discover, Release, Request};
        let server = "192.168.1.253";
        let said = [
            ("0.0.0.0", ALL, message(1, 1, Discover, None)),
            ("0.0.0.0", ALL, message(1, 1, Discover, None)),
            ("192.168.1.9", server, message(2, 2, Request, None)),
            ("192.168.1.8", server, message(3, 3, Request, None)),
            (server, "192.168.1.8", message(3, 3, Ack, Some(server))),
            ("192.168.1.8", server, message(3, 4, Release, Some(server))),
            ("192.168.1.7", server, message(4, 5, Release, Some(server))),
        ];
        assert_eq!(rows(&said), [(None, [1, 1, 2, 0]), (Some(server.to_owned()), [3, 1, 4, 1])]);
    }
}
