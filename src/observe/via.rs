//! Takes SIP requests and their answers in capture order; tells where the topmost Via came back altered. A server
//! returns it as it came and only adds `received` and `rport` (RFC 3261 section 8.2.6.2, RFC 3581 section 4), so that
//! something on the way rewrites SIP. Where a capture holds a request before and after a router (interface "any"), both show it.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::{Frame, Timestamp};

use super::dialogs::Heard;
use super::few::Few;
use super::message::sip::{Kind, Via};
use super::message::{Host, Text};
use super::traffic::Rewrite;
use super::transaction::{Fingerprint, Transaction};

/// Requests that wait for an answer, or had one; the oldest makes room.
const MOST_OPEN: usize = 16_384;
/// Attempts with one CSeq: each has a branch of its own.
const BRANCHES_KEPT: usize = 4;
const REWRITES_KEPT: usize = 4_096;
const SIP_PORT: u16 = 5060;
/// A router passes on at once (ns); who sends again waits longer (RFC 3261 section 17.1.1.2).
const PASSED_ON_WITHIN: i64 = 200_000_000;

/// Requests without an answer so far, and what came back altered.
#[derive(Clone, Debug, Default)]
pub(super) struct Vias {
    /// By transaction between a client and a server.
    open: HashMap<Fingerprint, Few<Sent, BRANCHES_KEPT>, RandomState>,
    oldest: VecDeque<Fingerprint>,
    rewrites: BTreeMap<(IpAddr, IpAddr), Rewrite>,
    /// Requests with the sender's own address, by branch and whom they go to, whoever sends them: the same one may come by twice.
    passing: HashMap<Fingerprint, Passing, RandomState>,
    passing_oldest: VecDeque<Fingerprint>,
    /// Answers with another Via that a cap left out.
    pub(super) over_cap: u64,
}

/// What the topmost Via of a request tells of its sender.
#[derive(Clone, Debug)]
struct Sent {
    host: Host,
    port: u16,
    branch: Option<Text>,
    count: usize,
    frame: Frame,
}

/// A request on its way, with the sender's own address in the Via.
#[derive(Clone, Debug)]
struct Passing {
    from: IpAddr,
    port: u16,
    count: usize,
    frame: Frame,
    time: Timestamp,
}

/// What is no host name (RFC 3261 section 25.1) is a damaged message, not a rewritten one.
fn is_host(via: &Via) -> bool {
    let Host::Name(name) = &via.host else { return true };
    !name.is_truncated() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:[]".contains(&byte))
}

fn port(via: &Via) -> u16 {
    via.port.unwrap_or(SIP_PORT)
}

fn sent_by(host: &Host, port: u16) -> String {
    format!("{}:{port}", host.to_string().to_ascii_lowercase())
}

fn is_same_sender(sent: &Sent, via: &Via) -> bool {
    let is_same_host = match (&sent.host, &via.host) {
        (Host::Name(name), Host::Name(other)) => name.eq_ignore_ascii_case(other),
        (host, other) => host == other,
    };
    is_same_host && sent.port == port(via)
}

/// One that was not written differs from none.
fn is_same_branch(sent: &Sent, via: &Via) -> bool {
    let (branch, other) = (&sent.branch, &via.branch);
    branch.is_none() || other.is_none() || branch == other
}

impl Vias {
    pub(super) fn push(&mut self, heard: &Heard, transaction: Transaction<'_>) {
        let message = &heard.message;
        let (Some(via), Some(cseq)) = (&message.via, &message.cseq) else { return };
        let (from, to) = (heard.from.ip(), heard.to.ip());
        match message.kind {
            Kind::Request { .. } => {
                if let Some(branch) = via.branch.as_deref().filter(|_| via.host == Host::Ip(from)) {
                    self.pass(transaction.to(heard.to, branch), port(via), heard, cseq.method.as_str());
                }
                self.ask(transaction.between(from, to), via, heard);
            }
            Kind::Response { .. } => {
                self.answer(transaction.between(to, from), via, heard, cseq.method.as_str());
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Rewrite> {
        self.rewrites.into_values().collect()
    }

    /// Whether it is a request that was just seen under way from another address: what a router passes on keeps the Call-ID,
    /// the number of hops and the branch, and only an ALG puts the router's address into the Via. A proxy adds a Via, and what
    /// calls anew has a branch of its own.
    fn pass(&mut self, key: Fingerprint, port: u16, heard: &Heard, method: &str) {
        let (from, server) = (heard.from.ip(), heard.to.ip());
        let before = self.passing.get(&key).filter(|before| {
            before.from != from
                && (0..=PASSED_ON_WITHIN).contains(&heard.time.since(before.time))
                && before.count == heard.message.via_count
        });
        if let Some(before) = before {
            let client = before.from;
            if let Some(rewrite) = self.rewrites.get_mut(&(client, server)) {
                if rewrite.passed_on_by.is_some() {
                    rewrite.count += 1;
                    rewrite.span.1 = heard.time;
                }
            } else if self.rewrites.len() >= REWRITES_KEPT {
                self.over_cap += 1;
            } else {
                let rewrite = Rewrite {
                    client,
                    server,
                    method: method.into(),
                    sent: sent_by(&Host::Ip(client), before.port).into(),
                    returned: sent_by(&Host::Ip(from), port).into(),
                    is_both: true,
                    passed_on_by: Some(from),
                    frames: [before.frame, heard.frame],
                    span: (before.time, heard.time),
                    count: 1,
                    intact: 0,
                };
                self.rewrites.insert((client, server), rewrite);
            }
            return;
        }
        // What nobody can have passed on any more takes no room.
        while let Some(oldest) = self.passing_oldest.front() {
            let is_over =
                self.passing.get(oldest).is_none_or(|known| heard.time.since(known.time) > PASSED_ON_WITHIN);
            if !is_over && self.passing.len() < MOST_OPEN {
                break;
            }
            self.passing.remove(oldest);
            self.passing_oldest.pop_front();
        }
        let count = heard.message.via_count;
        let passing = Passing { from, port, count, frame: heard.frame, time: heard.time };
        if self.passing.insert(key, passing).is_none() {
            self.passing_oldest.push_back(key);
        }
    }

    fn ask(&mut self, key: Fingerprint, via: &Via, heard: &Heard) {
        if !self.open.contains_key(&key) {
            if self.open.len() >= MOST_OPEN
                && let Some(oldest) = self.oldest.pop_front()
            {
                self.open.remove(&oldest);
            }
            self.oldest.push_back(key);
        }
        let known = self.open.entry(key).or_default();
        let is_known = known.iter().any(|other| other.branch == via.branch && is_same_sender(other, via));
        if !is_known {
            known.push(Sent {
                host: via.host.clone(),
                port: port(via),
                branch: via.branch.clone(),
                count: heard.message.via_count,
                frame: heard.frame,
            });
        }
    }

    fn answer(&mut self, key: Fingerprint, here: &Via, heard: &Heard, method: &str) {
        let (client, server) = (heard.to.ip(), heard.from.ip());
        let Some(known) = self.open.get(&key) else { return };
        // Another number of hops is another leg of the same dialog.
        let comparable = !known.is_full()
            && known.iter().all(|sent| sent.count == heard.message.via_count)
            && is_host(here);
        let is_returned = known.iter().any(|sent| is_same_sender(sent, here) && is_same_branch(sent, here));
        if comparable
            && is_returned
            && heard.message.status().is_some_and(|status| status >= 200)
            && let Some(rewrite) = self
                .rewrites
                .get_mut(&(client, server))
                .filter(|it| *it.method == *method && it.passed_on_by.is_none())
        {
            rewrite.intact += 1;
        }
        let Some(sent) = known.last().filter(|_| comparable && !is_returned) else { return };
        if let Some(rewrite) = self.rewrites.get_mut(&(client, server)) {
            rewrite.count += 1;
            rewrite.span.1 = heard.time;
            rewrite.intact = 0;
            return;
        }
        if self.rewrites.len() >= REWRITES_KEPT {
            self.over_cap += 1;
            return;
        }
        let (same_sender, same_branch) = (is_same_sender(sent, here), is_same_branch(sent, here));
        let told = |host: &Host, port: u16, branch: &Option<Text>| -> Box<str> {
            let sent_by = sent_by(host, port);
            match (branch, same_sender) {
                (Some(branch), true) => format!("{sent_by};branch={}", branch.as_str()).into(),
                _ => sent_by.into(),
            }
        };
        let rewrite = Rewrite {
            client,
            server,
            method: method.into(),
            sent: told(&sent.host, sent.port, &sent.branch),
            returned: told(&here.host, port(here), &here.branch),
            is_both: !same_sender && !same_branch,
            passed_on_by: None,
            frames: [sent.frame, heard.frame],
            span: (heard.time, heard.time),
            count: 1,
            intact: 0,
        };
        self.rewrites.insert((client, server), rewrite);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::super::traffic::Protocol;
    use super::super::transaction::Press;
    use super::*;

    /// Sends a request with one Via, answers with another.
    fn rewrites(asked: &[&str], answered: &str) -> Vec<Rewrite> {
        let (mut vias, press) = (Vias::default(), Press::default());
        let mut hear = |number, from, to, head: &str, values: &[&str]| {
            let lines: String = values.iter().map(|via| format!("Via: SIP/2.0/UDP {via}\r\n")).collect();
            let text = format!(
                "{head}\r\n{lines}From: <sip:21@a.example>;tag=a\r\nTo: <sip:21@a.example>\r\nCall-ID: c1\r\n\
                 CSeq: 1 OPTIONS\r\n\r\n"
            );
            let message = sip::read(text.as_bytes(), false).unwrap();
            let (from, to) = (socket(from), socket(to));
            let (frame, time, protocol) = (frame(number), at(0), Protocol::Udp);
            let heard = Heard { frame, time, from, to, protocol, dscp: 0, datagram: None, message };
            vias.push(&heard, press.transaction(&heard.message).unwrap());
        };
        let (phone, provider) = ("192.168.10.21:5060", "192.0.2.1:5060");
        hear(1, phone, provider, "OPTIONS sip:a.example SIP/2.0", asked);
        hear(2, provider, phone, "SIP/2.0 200 OK", &[answered]);
        vias.finish()
    }

    #[test]
    fn a_server_may_add_what_it_saw() {
        let asked = ["192.168.10.21:5060;branch=z9hG4bK1;rport"];
        let seen = "192.168.10.21;branch=z9hG4bK1;rport=61000;received=203.0.113.9";
        assert!(rewrites(&asked, seen).is_empty());
        assert!(rewrites(&asked, "192.168.10.21:5060").is_empty(), "a branch that is left out");
    }

    #[test]
    fn another_sender_or_branch_was_put_in_on_the_way() {
        let asked = ["192.168.10.21:5060;branch=z9hG4bK1"];
        let altered = rewrites(&asked, "203.0.113.9:5060;branch=z9hG4bK1");
        let [rewrite] = altered.as_slice() else { panic!("{altered:?}") };
        assert_eq!((&*rewrite.sent, &*rewrite.returned), ("192.168.10.21:5060", "203.0.113.9:5060"));
        assert!(!rewrite.is_both);
        let altered = rewrites(&asked, "192.168.10.21:5060;branch=z9hG4bK2");
        assert_eq!(altered.first().map(|it| &*it.returned), Some("192.168.10.21:5060;branch=z9hG4bK2"));
        assert!(rewrites(&asked, "203.0.113.9;branch=z9hG4bK2").first().is_some_and(|it| it.is_both));
    }

    #[test]
    fn a_request_that_a_router_passes_on_with_its_own_address_was_rewritten() {
        let seen = |second_from: &str, second: &[&str], after: i64| {
            let (mut vias, press) = (Vias::default(), Press::default());
            let mut hear = |number, time, from: &str, values: &[&str]| {
                let lines: String = values.iter().map(|via| format!("Via: SIP/2.0/UDP {via}\r\n")).collect();
                let text = format!(
                    "INVITE sip:600@a.example SIP/2.0\r\n{lines}From: <sip:21@a.example>;tag=a\r\n\
                     To: <sip:600@a.example>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n\r\n"
                );
                let message = sip::read(text.as_bytes(), false).unwrap();
                let (from, to) = (socket(from), socket("203.0.113.10:5060"));
                let (frame, time, protocol) = (frame(number), at(time), Protocol::Udp);
                let heard = Heard { frame, time, from, to, protocol, dscp: 0, datagram: None, message };
                vias.push(&heard, press.transaction(&heard.message).unwrap());
            };
            hear(18, 0, "192.168.88.21:5060", &["192.168.88.21:5060;branch=z9hG4bK1"]);
            hear(19, after, second_from, second);
            vias.finish()
        };
        let outside = "203.0.113.1:5060";
        let altered = seen(outside, &["203.0.113.1:5060;branch=z9hG4bK1"], 1);
        let [rewrite] = altered.as_slice() else { panic!("{altered:?}") };
        assert_eq!((&*rewrite.sent, &*rewrite.returned), ("192.168.88.21:5060", outside));
        assert!(
            rewrite.passed_on_by == Some(socket(outside).ip()) && rewrite.frames == [frame(18), frame(19)]
        );
        assert!(seen(outside, &["192.168.88.21:5060;branch=z9hG4bK1"], 1).is_empty(), "NAT without ALG");
        let proxy = ["203.0.113.1:5060;branch=z9hG4bK2", "192.168.88.21:5060;branch=z9hG4bK1"];
        assert!(seen(outside, &proxy, 1).is_empty(), "a proxy");
        assert!(seen(outside, &["203.0.113.1:5060;branch=z9hG4bK2"], 1).is_empty(), "a call of its own");
        let later = seen(outside, &["203.0.113.1:5060;branch=z9hG4bK1"], 900);
        assert!(later.is_empty(), "a telephone that went to another network");
    }

    #[test]
    fn a_damaged_host_was_not_put_in() {
        assert!(
            rewrites(&["192.168.10.21;branch=z9hG4bK1"], "192.168\u{a2}10.21;branch=z9hG4bK1").is_empty()
        );
    }

    #[test]
    fn another_number_of_hops_cannot_be_compared() {
        let asked = ["192.168.10.2:5060;branch=z9hG4bK2", "192.168.10.21:5060;branch=z9hG4bK1"];
        assert!(rewrites(&asked, "192.168.10.99:5060;branch=z9hG4bK3").is_empty());
    }
}
