//! Takes DHCP messages in capture order (RFC 2131); gives who was asked for addresses and who answered, by server. Client and
//! server mostly speak to all, so that addresses of packets tell neither: the hardware address tells the one, the server
//! identifier (RFC 2132 section 9.7) the other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;

use super::message::dhcp::{DhcpMessage, MessageType};

/// Transactions kept, and servers that answer one of them.
const TRANSACTIONS_KEPT: usize = 8_192;
const SERVERS_OF_ONE: usize = 8;
/// How many of a capture of days make room at a time, once half of the room is taken.
const FORGOTTEN: usize = TRANSACTIONS_KEPT / 4;
/// Servers of which sums are kept of those, and clients of each.
const SERVERS_KEPT: usize = 256;
const CLIENTS_KEPT: usize = 8_192;
/// Offers to one question come within this time (ns); a client may use the number of its question again later.
const ONE_QUESTION: i64 = 10_000_000_000;
const FRAMES_KEPT: usize = 4;
/// What comes within this time (ns) is one try: copies, and what a client asks of several.
const ONE_TRY: i64 = 1_000_000_000;
/// Fewer tries in vain are no news.
const LEAST_TRIES: u64 = 3;
/// Pairs of servers that are told.
const RIVALS_KEPT: usize = 64;

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

/// What a server offers a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhcpOffer {
    /// Option 54, or who sent it.
    pub server: IpAddr,
    /// The address for the client.
    pub address: Ipv4Addr,
    /// Option 1.
    pub mask: Option<Ipv4Addr>,
    /// The first one of option 3.
    pub gateway: Option<Ipv4Addr>,
    /// Option 6.
    pub name_servers: BTreeSet<Ipv4Addr>,
    /// The latest one of this question.
    pub at: (Frame, Timestamp),
}

impl DhcpOffer {
    /// Whether the client would be in another network with the other one.
    #[must_use]
    pub fn is_of_another_network(&self, other: &Self) -> bool {
        let mask = |offer: &Self| offer.mask.map(Ipv4Addr::to_bits);
        let [one, two] = [mask(self), mask(other)];
        let masks = one.or(two).zip(two.or(one));
        masks.is_some_and(|(one, two)| {
            one != two || self.address.to_bits() & one != other.address.to_bits() & two
        })
    }

    /// Whether it would be the same for the client to take the other one.
    #[must_use]
    pub fn is_as_good(&self, other: &Self) -> bool {
        !self.is_of_another_network(other)
            && (self.gateway, &self.name_servers) == (other.gateway, &other.name_servers)
    }
}

/// Two servers that offer something different to one and the same question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rivals {
    /// To the first such question, by server.
    pub offers: [DhcpOffer; 2],
    /// How many there were.
    pub questions: u64,
    /// Later ones of which only one of the two made an offer.
    pub settled: u64,
    /// Offers to the first of them.
    pub frames: Vec<Frame>,
    /// Time of the first and the last of them.
    pub span: (Timestamp, Timestamp),
}

/// A client that asks for an address and gets no answer since the latest one, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// Its hardware address.
    pub client: Mac,
    /// The address that it has, or would like to keep.
    pub address: Option<IpAddr>,
    /// Who was asked alone, last.
    pub server: Option<IpAddr>,
    /// How often it asked, a second apart at least.
    pub tries: u64,
    /// First and last.
    pub span: (Timestamp, Timestamp),
    /// Whether it asked each time for answers to all, which reach whoever hears the question.
    pub to_all: bool,
    /// Whether the capture holds earlier answers to it.
    pub served: bool,
}

/// Transactions while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct LeaseBook {
    transactions: BTreeMap<(Client, u32), Transaction>,
    /// What is left of those that made room.
    past: BTreeMap<Option<IpAddr>, Row>,
    asking: BTreeMap<Mac, Asking>,
    /// Messages that the cap left out.
    pub(super) over_cap: u64,
}

/// Hardware address, or the address where that is not one of Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Client {
    Mac(Mac),
    Address(IpAddr),
}

#[derive(Clone, Debug)]
struct Transaction {
    /// To all.
    asked: u64,
    /// Those among all that must be answered.
    waits: bool,
    by_server: BTreeMap<IpAddr, Exchange>,
    latest: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Exchange {
    asked: u64,
    waits: bool,
    answered: u64,
    offer: Option<Box<DhcpOffer>>,
}

/// What a client asked since the latest answer to it.
#[derive(Clone, Debug, Default)]
struct Asking {
    now: Option<Unserved>,
    served: bool,
}

#[derive(Clone, Debug, Default)]
struct Row {
    clients: BTreeSet<Client>,
    silent: BTreeSet<Client>,
    served: BTreeSet<Client>,
    requests: u64,
    answers: u64,
}

impl LeaseBook {
    pub(super) fn push(&mut self, at: (Frame, Timestamp), from: IpAddr, to: IpAddr, message: &DhcpMessage) {
        let end = if message.is_reply { to } else { from };
        let client = message.client_mac.map_or(Client::Address(end), Client::Mac);
        // Whether it is served does not depend on the room for transactions.
        if let Client::Mac(mac) = client
            && (self.asking.len() < CLIENTS_KEPT || self.asking.contains_key(&mac))
        {
            self.asking.entry(mac).or_default().push(mac, at.1, to, message);
        }
        let key = (client, message.xid);
        if !self.transactions.contains_key(&key) && self.transactions.len() >= TRANSACTIONS_KEPT {
            self.over_cap += 1;
            return;
        }
        let transaction = self.transactions.entry(key).or_insert_with(|| Transaction::new(at.1));
        transaction.latest = at.1;
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
            exchange.offer = offer(server, at, message).or(exchange.offer.take());
        } else {
            exchange.asked += 1;
            exchange.waits |= waits;
        }
    }

    /// Lets the oldest transactions go where a capture of days has more than it remembers, and keeps their sums. Those with
    /// several servers stay: they may be rivals.
    pub(super) fn forget_oldest(&mut self) {
        if self.transactions.len() <= TRANSACTIONS_KEPT / 2 {
            return;
        }
        let is_plain = |transaction: &Transaction| transaction.by_server.len() < 2;
        let plain = self.transactions.values().filter(|transaction| is_plain(transaction));
        let mut latest: Vec<Timestamp> = plain.map(|transaction| transaction.latest).collect();
        if latest.len() <= FORGOTTEN {
            return;
        }
        let (_, &mut until, _) = latest.select_nth_unstable(FORGOTTEN - 1);
        let (past, over_cap) = (&mut self.past, &mut self.over_cap);
        self.transactions.retain(|(client, _), transaction| {
            let stays = !is_plain(transaction) || transaction.latest > until;
            if !stays {
                transaction.each_row(|server, [requests, answers], waits| {
                    let is_full = past.len() >= SERVERS_KEPT && !past.contains_key(&server);
                    let row = (!is_full).then(|| past.entry(server).or_default());
                    match row.filter(|row| row.clients.len() < CLIENTS_KEPT || row.clients.contains(client)) {
                        Some(row) => row.note(*client, requests, answers, waits),
                        None => *over_cap += requests + answers,
                    }
                });
            }
            stays
        });
        if self.asking.len() > CLIENTS_KEPT / 2 {
            self.asking.retain(|_, asking| asking.now.is_some());
        }
    }

    /// Ordered by hardware address.
    pub(super) fn unserved(&self) -> Vec<Unserved> {
        let asking = self.asking.values().filter_map(|asking| asking.now.clone());
        asking.filter(|one| one.tries >= LEAST_TRIES).collect()
    }

    /// Ordered by server.
    pub(super) fn rivals(&self) -> Vec<Rivals> {
        let offers = |transaction: &Transaction| -> Vec<DhcpOffer> {
            let offers = transaction.by_server.values().filter_map(|exchange| exchange.offer.as_deref());
            offers.cloned().collect()
        };
        let mut asked: Vec<Vec<DhcpOffer>> = self.transactions.values().map(offers).collect();
        asked.sort_by_key(|offers| offers.iter().map(|offer| offer.at.1).min());
        let mut rows: BTreeMap<[IpAddr; 2], Rivals> = BTreeMap::new();
        for offers in &asked {
            for (place, one) in offers.iter().enumerate() {
                for other in offers.iter().skip(place + 1) {
                    let apart = other.at.1.since(one.at.1);
                    let pair = [one.server, other.server];
                    let has_room = rows.len() < RIVALS_KEPT || rows.contains_key(&pair);
                    if !one.is_as_good(other) && apart.saturating_abs() < ONE_QUESTION && has_room {
                        let row = rows.entry(pair).or_insert_with(|| Rivals::new(one, other));
                        row.add(one, other);
                    }
                }
            }
        }
        for ([one, other], row) in &mut rows {
            let is_by =
                |offers: &[DhcpOffer], server: &IpAddr| offers.iter().any(|offer| offer.server == *server);
            let later = asked.iter().filter(|offers| offers.iter().all(|offer| offer.at.1 > row.span.1));
            row.settled = later.filter(|offers| is_by(offers, one) != is_by(offers, other)).count() as u64;
        }
        rows.into_values().collect()
    }

    /// Ordered by server, nobody first.
    pub(super) fn finish(self) -> Vec<DhcpServer> {
        let mut rows = self.past;
        for ((client, _), transaction) in &self.transactions {
            transaction.each_row(|server, [requests, answers], waits| {
                rows.entry(server).or_default().note(*client, requests, answers, waits);
            });
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

impl Transaction {
    fn new(latest: Timestamp) -> Self {
        Self { asked: 0, waits: false, by_server: BTreeMap::new(), latest }
    }

    /// By server, nobody where none answered: requests and answers, and whether the client waits for one.
    fn each_row(&self, mut note: impl FnMut(Option<IpAddr>, [u64; 2], bool)) {
        if self.by_server.values().all(|exchange| exchange.answered == 0) && self.asked > 0 {
            note(None, [self.asked, 0], self.waits);
        }
        for (server, exchange) in &self.by_server {
            // What was asked of all was asked of whoever answers.
            let of_all = if exchange.answered > 0 { self.asked } else { 0 };
            note(Some(*server), [exchange.asked + of_all, exchange.answered], exchange.waits);
        }
    }
}

impl Asking {
    fn push(&mut self, client: Mac, time: Timestamp, to: IpAddr, message: &DhcpMessage) {
        if message.is_reply {
            (self.now, self.served) = (None, true);
            return;
        }
        // What a relay passes on was asked before, and its answer goes to the relay.
        let asks = matches!(message.kind, Some(MessageType::Discover | MessageType::Request));
        if !asks || message.relay.is_some() {
            return;
        }
        let one = self.now.get_or_insert(Unserved {
            client,
            address: None,
            server: None,
            tries: 1,
            span: (time, time),
            to_all: true,
            served: self.served,
        });
        if time.since(one.span.1) >= ONE_TRY {
            one.tries += 1;
            one.span.1 = time;
        }
        one.to_all &= message.to_all;
        one.server = (!is_for_all(to)).then_some(to).or(one.server);
        // What it only asks for may be another one's by now.
        one.address = message.client.map(IpAddr::V4).or(one.address);
    }
}

impl Rivals {
    fn new(one: &DhcpOffer, other: &DhcpOffer) -> Self {
        let offers = [one.clone(), other.clone()];
        Self { offers, questions: 0, settled: 0, frames: Vec::new(), span: (one.at.1, one.at.1) }
    }

    fn add(&mut self, one: &DhcpOffer, other: &DhcpOffer) {
        self.questions += 1;
        for (frame, time) in [one.at, other.at] {
            self.span = (self.span.0.min(time), self.span.1.max(time));
            if self.frames.len() < FRAMES_KEPT {
                self.frames.push(frame);
            }
        }
    }
}

/// What a message offers. Not that of a server for network boot, which gives no address.
fn offer(server: IpAddr, at: (Frame, Timestamp), message: &DhcpMessage) -> Option<Box<DhcpOffer>> {
    let address = message.yours.filter(|_| message.kind == Some(MessageType::Offer))?;
    Some(Box::new(DhcpOffer {
        server,
        address,
        mask: message.mask,
        gateway: message.gateway,
        name_servers: message.name_servers.iter().copied().collect(),
        at,
    }))
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
    use super::super::fixture::{at, frame, ip};
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
            book.push((frame(1), at(0)), ip(from), ip(to), message);
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

    #[test]
    fn who_asks_in_vain_since_the_latest_answer_is_told_with_what_shows_that_answers_would_be_heard() {
        use MessageType::{Ack, Discover, Inform, Request};
        let told = |said: &[(i64, &str, &str, DhcpMessage)]| {
            let mut book = LeaseBook::default();
            for (ms, from, to, message) in said {
                book.push((frame(1), at(*ms)), ip(from), ip(to), message);
            }
            book.unserved().iter().map(|one| (one.tries, one.to_all, one.served)).collect::<Vec<_>>()
        };
        let asked =
            |ms, kind, to_all| (ms, "0.0.0.0", ALL, DhcpMessage { to_all, ..message(1, 7, kind, None) });
        let vain = |to_all| [0, 4_000, 4_001, 12_000].map(|ms| asked(ms, Discover, to_all));
        assert_eq!(told(&vain(true)), [(3, true, false)]);
        assert_eq!(told(&vain(false)), [(3, false, false)]);
        assert_eq!(told(&[0, 4_000, 12_000].map(|ms| asked(ms, Inform, true))), [], "asks for no address");
        let answer = |ms| (ms, "192.168.1.253", "192.168.1.10", message(1, 7, Ack, Some("192.168.1.253")));
        assert_eq!(told(&[vain(true).as_slice(), &[answer(12_100)]].concat()), []);
        let renews = [20_000, 40_000, 60_000].map(|ms| asked(ms, Request, false));
        assert_eq!(told(&[vec![answer(12_100)], renews.to_vec()].concat()), [(3, false, true)]);
        let mut relayed = vain(true);
        relayed.iter_mut().for_each(|(.., message)| message.relay = Some(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(told(&relayed), [], "its answer goes to the relay");
    }

    #[test]
    fn who_is_served_is_known_beyond_the_room_for_transactions() {
        use MessageType::{Ack, Discover};
        let mut book = LeaseBook::default();
        let mut push = |ms, xid, client, kind, server| {
            let (from, to) = if server { ("192.168.1.253", "192.168.1.9") } else { ("0.0.0.0", ALL) };
            let said = message(client, xid, kind, server.then_some(from));
            book.push((frame(1), at(ms)), ip(from), ip(to), &said);
            (book.unserved().len(), book.over_cap)
        };
        for xid in 0..TRANSACTIONS_KEPT as u32 - 1 {
            push(0, xid, 1, Ack, true);
        }
        for ms in [0, 4_000, 8_000] {
            push(ms, 90_000, 2, Discover, false);
        }
        assert_eq!(push(12_000, 90_000, 2, Discover, false), (1, 0));
        assert_eq!(
            push(16_000, 90_001, 2, Ack, true),
            (0, 1),
            "it is counted as over the limit, and yet heard"
        );
    }

    #[test]
    fn a_capture_of_days_keeps_the_sums_of_what_made_room() {
        use MessageType::{Ack, Request};
        let mut book = LeaseBook::default();
        let server = "192.168.1.253";
        let mut rounds = 0;
        for xid in 0..20_000 {
            let at = (frame(1), at(i64::from(xid) * 1_000));
            book.push(at, ip("192.168.1.9"), ip(server), &message((xid % 7) as u8, xid, Request, None));
            book.push(at, ip(server), ip("192.168.1.9"), &message((xid % 7) as u8, xid, Ack, Some(server)));
            if xid % 1_000 == 0 {
                let before = book.transactions.len();
                book.forget_oldest();
                rounds += usize::from(book.transactions.len() < before);
            }
        }
        assert!(rounds > 5 && book.transactions.len() < TRANSACTIONS_KEPT, "{rounds}");
        let over_cap = book.over_cap;
        let rows = book.finish();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.clients, row.unanswered, row.requests, row.answers), (7, 0, 20_000, 20_000));
        assert_eq!(over_cap, 0);
    }

    /// An offer of the server with this last byte, of an address, a gateway and a name server of the net.
    fn offered(client: u8, xid: u32, server: u8, gives: [u8; 3]) -> DhcpMessage {
        let near = |last| Ipv4Addr::new(192, 168, 1, last);
        let mut offer = message(client, xid, MessageType::Offer, Some(&near(server).to_string()));
        offer.yours = Some(near(gives[0]));
        offer.mask = Some(Ipv4Addr::new(255, 255, 255, 0));
        offer.gateway = Some(near(gives[1]));
        offer.name_servers = vec![near(gives[2]), Ipv4Addr::new(9, 9, 9, 9)];
        offer
    }

    /// Questions that two servers answered differently, and those that one of them answered later.
    fn rivals(said: &[(i64, DhcpMessage)]) -> Vec<(u64, u64)> {
        let mut book = LeaseBook::default();
        for (nth, (ms, message)) in (1..).zip(said) {
            let server = IpAddr::V4(message.server.unwrap());
            book.push((frame(nth), at(*ms)), server, ip(ALL), message);
        }
        book.rivals().iter().map(|row| (row.questions, row.settled)).collect()
    }

    #[test]
    fn servers_are_rivals_if_it_matters_which_of_them_a_client_takes() {
        let one = |at, xid| (at, offered(1, xid, 1, [100, 1, 5]));
        let other = |gives| (5, offered(1, 7, 2, gives));
        assert_eq!(rivals(&[one(0, 7), other([150, 1, 5])]), [], "two servers that share one task");
        assert_eq!(rivals(&[one(0, 7), other([150, 1, 2])]), [(1, 0)], "another name server");
        assert_eq!(rivals(&[one(0, 7), other([150, 2, 5])]), [(1, 0)], "another gateway");
        let mut foreign = offered(1, 7, 2, [100, 1, 5]);
        foreign.yours = Some(Ipv4Addr::new(10, 0, 0, 9));
        assert_eq!(rivals(&[one(0, 7), (5, foreign.clone())]), [(1, 0)], "another network");
        foreign.yours = None;
        assert_eq!(rivals(&[one(0, 7), (5, foreign)]), [], "network boot");
        let rival = other([150, 2, 5]);
        assert_eq!(rivals(&[one(0, 7), rival.clone(), one(2_000, 8), one(4_000, 9)]), [(1, 2)]);
        assert_eq!(rivals(&[one(20_000, 7), rival]), [], "two questions of the same number");
    }
}
