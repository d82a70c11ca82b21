//! Takes SUBSCRIBE and the answers to it in capture order; gives whose subscriptions were refused (RFC 6665 section 4.1), by whom,
//! and what was subscribed to: lamps of busy telephones and waiting messages hang on some of that.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::dialogs::Heard;
use super::message::Text;
use super::message::sip::{Kind, Method};
use super::transaction::{Fingerprint, Transaction};

const ROWS_KEPT: usize = 1_024;
const STATUSES_KEPT: usize = 8;
const PACKAGES_KEPT: usize = 8;
/// Subscriptions that wait for the answer; the oldest makes room.
const MOST_OPEN: usize = 1_024;
/// Programs that telephone ask for what few servers have, once or twice, and do without.
const LEAST_REFUSED: u64 = 3;
/// Where nothing at all was taken, so many are enough.
const LEAST_OF_NONE: u64 = 2;

/// Subscriptions of one host at another, of which several were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriptions {
    /// Who wants to be told.
    pub client: IpAddr,
    /// Who refused; the client itself where what it asked for came back to it.
    pub server: IpAddr,
    /// Who passed on the request and the refusal, where the capture shows both.
    pub relay: Option<IpAddr>,
    /// How often, by status; 401 and 407 ask for credentials.
    pub refused: BTreeMap<u16, u64>,
    /// The event packages that were refused (RFC 6665 section 7.2), with how often; hostile. Those of requests that the capture
    /// does not hold are left out.
    pub packages: BTreeMap<Text, u64>,
    /// How many were taken.
    pub accepted: u64,
}

/// A subscription that waits for its answer.
#[derive(Clone, Debug, Default)]
struct Asked {
    package: Option<Text>,
    /// The farthest answer so far: number of its Via headers, and who sent it.
    farthest: Option<(usize, IpAddr)>,
}

/// Subscriptions while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct SubscriptionBook {
    rows: BTreeMap<(IpAddr, IpAddr, Option<IpAddr>), Subscriptions>,
    open: HashMap<Fingerprint, Asked, RandomState>,
    oldest: VecDeque<Fingerprint>,
}

impl SubscriptionBook {
    pub(super) fn push(&mut self, heard: &Heard, transaction: Option<Transaction<'_>>) {
        let message = &heard.message;
        if message.method() != Some(&Method::Subscribe) {
            return;
        }
        // A proxy keeps it.
        let key = transaction.map(Transaction::wherever);
        match message.kind {
            Kind::Request { .. } => {
                if let (Some(key), Some(package)) = (key, &message.event) {
                    self.open(key).package = Some(package.clone());
                }
            }
            Kind::Response { status: status @ 200.., .. } if message.via_count == 1 => {
                let asked = key.and_then(|key| self.open.get(&key)).cloned().unwrap_or_default();
                self.settle(heard, status, asked);
            }
            // What a proxy passes on was counted, or will be, where it stands alone; here it tells who said so.
            Kind::Response { status: 200.., .. } => {
                let Some(key) = key else { return };
                let asked = self.open(key);
                if asked.farthest.is_none_or(|(count, _)| count < message.via_count) {
                    asked.farthest = Some((message.via_count, heard.from.ip()));
                }
            }
            Kind::Response { .. } => {}
        }
    }

    fn open(&mut self, key: Fingerprint) -> &mut Asked {
        if !self.open.contains_key(&key) {
            if self.open.len() >= MOST_OPEN
                && let Some(oldest) = self.oldest.pop_front()
            {
                self.open.remove(&oldest);
            }
            self.oldest.push_back(key);
        }
        self.open.entry(key).or_default()
    }

    fn settle(&mut self, heard: &Heard, status: u16, asked: Asked) {
        if matches!(status, 401 | 407 | 423 | 481) {
            return;
        }
        let here = heard.from.ip();
        let (server, relay) = match asked.farthest {
            Some((_, server)) if server != here => (server, Some(here)),
            _ => (here, None),
        };
        let key = (heard.to.ip(), server, relay);
        if self.rows.len() >= ROWS_KEPT && !self.rows.contains_key(&key) {
            return;
        }
        let row = self.rows.entry(key).or_insert(Subscriptions {
            client: key.0,
            server,
            relay,
            refused: BTreeMap::new(),
            packages: BTreeMap::new(),
            accepted: 0,
        });
        let known = row.refused.len();
        match status {
            200..=299 => row.accepted += 1,
            400.. if known < STATUSES_KEPT || row.refused.contains_key(&status) => {
                *row.refused.entry(status).or_default() += 1;
                if let Some(package) = asked.package
                    && (row.packages.len() < PACKAGES_KEPT || row.packages.contains_key(&package))
                {
                    *row.packages.entry(package).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// Those of which several were refused, by client and server.
    pub(super) fn finish(self) -> Vec<Subscriptions> {
        let is_told = |row: &Subscriptions| {
            let least = if row.accepted == 0 { LEAST_OF_NONE } else { LEAST_REFUSED };
            row.refused.values().sum::<u64>() >= least
        };
        self.rows.into_values().filter(is_told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::super::transaction::Press;
    use super::*;

    /// From, to, start line, hosts of the Via headers, further header lines, Call-ID.
    type Sent<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a str, usize);

    fn book(sent: &[Sent<'_>], method: &str) -> Vec<Subscriptions> {
        let (mut book, press) = (SubscriptionBook::default(), Press::default());
        for (from, to, start, vias, more, call) in sent {
            let vias: String =
                vias.iter().map(|host| format!("Via: SIP/2.0/UDP {host};branch=z9hG4bK1\r\n")).collect();
            let text = format!(
                "{start}\r\n{vias}From: <sip:21@a.example>;tag=a\r\nTo: <sip:10@a.example>\r\nCall-ID: c{call}\r\n\
                 {more}CSeq: 1 {method}\r\n\r\n"
            );
            let (from, to) = (socket(from), socket(to));
            let message = sip::read(text.as_bytes(), false).unwrap();
            let (frame, time, protocol) = (frame(1), at(1), Protocol::Udp);
            let heard = Heard { frame, time, from, to, protocol, dscp: 0, datagram: None, message };
            book.push(&heard, press.transaction(&heard.message));
        }
        book.finish()
    }

    const PHONE: &str = "192.168.10.21:5060";
    const SERVER: &str = "192.168.10.2:5060";

    fn told(answers: &[&str], method: &str) -> Vec<(Vec<(u16, u64)>, u64)> {
        let lines: Vec<String> = answers.iter().map(|answer| format!("SIP/2.0 {answer}")).collect();
        let sent: Vec<Sent<'_>> =
            lines.iter().map(|line| (SERVER, PHONE, line.as_str(), &["192.168.10.21"][..], "", 0)).collect();
        book(&sent, method).into_iter().map(|row| (row.refused.into_iter().collect(), row.accepted)).collect()
    }

    #[test]
    fn refusals_are_counted_by_status_and_challenges_are_none() {
        let answers = ["401 Unauthorized", "403 Forbidden", "489 Bad Event", "403 Forbidden", "200 OK"];
        assert_eq!(told(&answers, "SUBSCRIBE"), [(vec![(403, 2), (489, 1)], 1)]);
        assert!(told(&["401 Unauthorized", "200 OK"], "SUBSCRIBE").is_empty());
        assert!(
            told(&["489 Bad Event", "404 Not Found", "200 OK"], "SUBSCRIBE").is_empty(),
            "as softphones ask"
        );
        assert_eq!(
            told(&["489 Bad Event", "404 Not Found"], "SUBSCRIBE"),
            [(vec![(404, 1), (489, 1)], 0)],
            "no lamp"
        );
        assert!(told(&["401 Unauthorized", "404 Not Found"], "SUBSCRIBE").is_empty(), "one alone");
        assert!(told(&["403 Forbidden"; 4], "INVITE").is_empty());
    }

    #[test]
    fn who_refuses_is_who_sent_the_answer_first() {
        // A telephone subscribes to its own account; the server sends that to it as the contact of the account.
        let passed_on = |refuser| {
            let mut sent: Vec<Sent<'_>> = Vec::new();
            for call in 0..3 {
                let (one, both) = (&["192.168.10.21"][..], &["192.168.10.2", "192.168.10.21"][..]);
                let asks = "SUBSCRIBE sip:10@a.example SIP/2.0";
                let package = "Event: message-summary;id=7\r\n";
                sent.push((PHONE, SERVER, asks, one, package, call));
                sent.push((SERVER, refuser, asks, both, package, call));
                sent.push((refuser, SERVER, "SIP/2.0 501 Not implemented", both, "", call));
                sent.push((SERVER, PHONE, "SIP/2.0 501 Not implemented", one, "", call));
            }
            book(&sent, "SUBSCRIBE")
        };
        let ip = |text: &str| socket(text).ip();
        for refuser in [PHONE, "192.168.10.22:5060"] {
            let rows = passed_on(refuser);
            let [row] = rows.as_slice() else { panic!("{rows:?}") };
            assert_eq!((row.client, row.server, row.relay), (ip(PHONE), ip(refuser), Some(ip(SERVER))));
            let packages: Vec<_> = row.packages.iter().map(|(name, times)| (name.as_str(), *times)).collect();
            assert_eq!(packages, [("message-summary", 3)]);
        }
        let near = [(SERVER, PHONE, "SIP/2.0 501 Not implemented", &["192.168.10.21"][..], "", 0); 3];
        let rows = book(&near, "SUBSCRIBE");
        assert!(rows.iter().all(|row| row.server == ip(SERVER) && row.relay.is_none()), "{rows:?}");
        assert_eq!(rows.len(), 1);
    }
}
