//! Takes answers to SUBSCRIBE in capture order; gives whose subscriptions were refused (RFC 6665 section 4.1): lamps of busy
//! telephones and waiting messages hang on them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::dialogs::Heard;
use super::message::sip::{Kind, Method};

const ROWS_KEPT: usize = 1_024;
const STATUSES_KEPT: usize = 8;
/// Programs that telephone ask for what few servers have, once or twice, and do without.
const LEAST_REFUSED: u64 = 3;

/// Subscriptions of one host at another, of which several were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriptions {
    /// Who wants to be told.
    pub client: IpAddr,
    /// Who refused.
    pub server: IpAddr,
    /// How often, by status; 401 and 407 ask for credentials.
    pub refused: BTreeMap<u16, u64>,
    /// How many were taken.
    pub accepted: u64,
}

/// Subscriptions while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct SubscriptionBook(BTreeMap<(IpAddr, IpAddr), Subscriptions>);

impl SubscriptionBook {
    pub(super) fn push(&mut self, heard: &Heard) {
        let message = &heard.message;
        let Kind::Response { status: status @ 200.., .. } = message.kind else { return };
        // What a proxy passes on was counted, or will be, where it stands alone.
        let is_meant = message.method() == Some(&Method::Subscribe) && message.via_count == 1;
        if !is_meant || matches!(status, 401 | 407 | 423 | 481) {
            return;
        }
        let key = (heard.to.ip(), heard.from.ip());
        if self.0.len() >= ROWS_KEPT && !self.0.contains_key(&key) {
            return;
        }
        let row = self.0.entry(key).or_insert(Subscriptions {
            client: key.0,
            server: key.1,
            refused: BTreeMap::new(),
            accepted: 0,
        });
        let known = row.refused.len();
        match status {
            200..=299 => row.accepted += 1,
            400.. if known < STATUSES_KEPT || row.refused.contains_key(&status) => {
                *row.refused.entry(status).or_default() += 1;
            }
            _ => {}
        }
    }

    /// Those of which several were refused, by client and server.
    pub(super) fn finish(self) -> Vec<Subscriptions> {
        let is_told = |row: &Subscriptions| row.refused.values().sum::<u64>() >= LEAST_REFUSED;
        self.0.into_values().filter(is_told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::*;

    fn told(answers: &[&str], method: &str) -> Vec<(Vec<(u16, u64)>, u64)> {
        let mut book = SubscriptionBook::default();
        for answer in answers {
            let text = format!(
                "SIP/2.0 {answer}\r\nVia: SIP/2.0/UDP 192.168.10.21;branch=z9hG4bK1\r\nFrom: <sip:21@a.example>;tag=a\r\n\
                 To: <sip:10@a.example>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n"
            );
            book.push(&Heard {
                frame: frame(1),
                time: at(1),
                from: socket("192.168.10.2:5060"),
                to: socket("192.168.10.21:5060"),
                protocol: Protocol::Udp,
                dscp: 0,
                datagram: None,
                message: sip::read(text.as_bytes(), false).unwrap(),
            });
        }
        book.finish().into_iter().map(|row| (row.refused.into_iter().collect(), row.accepted)).collect()
    }

    #[test]
    fn refusals_are_counted_by_status_and_challenges_are_none() {
        let answers = ["401 Unauthorized", "403 Forbidden", "489 Bad Event", "403 Forbidden", "200 OK"];
        assert_eq!(told(&answers, "SUBSCRIBE"), [(vec![(403, 2), (489, 1)], 1)]);
        assert!(told(&["401 Unauthorized", "200 OK"], "SUBSCRIBE").is_empty());
        assert!(told(&["489 Bad Event", "404 Not Found"], "SUBSCRIBE").is_empty(), "as softphones ask");
        assert!(told(&["403 Forbidden"; 4], "INVITE").is_empty());
    }
}
