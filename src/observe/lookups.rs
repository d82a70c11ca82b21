//! Takes DNS messages in capture order; gives who asked for its SIP server (RFC 3263: NAPTR, and SRV of `_sip` and `_sips`)
//! and got no answer at all, although the resolver answers other questions of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::capture::Timestamp;

use super::message::dns::DnsMessage;

const ASKERS_KEPT: usize = 4_096;
/// So often, over so long (ns), a question must have been asked: resolvers of clients repeat after a second or more.
const LEAST_TIMES: u64 = 3;
const LEAST_WAIT: i64 = 1_000_000_000;
const SRV: u16 = 33;
const NAPTR: u16 = 35;

/// Which record was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupKind {
    /// RFC 2782.
    Srv,
    /// RFC 3403.
    Naptr,
}

impl LookupKind {
    /// As Wireshark names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Srv => "SRV",
            Self::Naptr => "NAPTR",
        }
    }

    /// Number of the record type.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Srv => SRV,
            Self::Naptr => NAPTR,
        }
    }
}

/// Questions for a SIP server that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Who asked.
    pub host: IpAddr,
    /// For what.
    pub kind: LookupKind,
    /// How often, repetitions and all names together.
    pub asked: u64,
}

/// Questions while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct LookupBook {
    asked: BTreeMap<(IpAddr, LookupKind, Box<str>), Asked>,
    /// Who got an answer to anything.
    served: BTreeSet<IpAddr>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    times: u64,
    first: Timestamp,
    last: Timestamp,
    is_answered: bool,
}

impl LookupBook {
    /// A question of `from`, or an answer that `to` gets.
    pub(super) fn dns(&mut self, time: Timestamp, from: IpAddr, to: IpAddr, message: &DnsMessage) {
        if message.is_response && (self.served.len() < ASKERS_KEPT || self.served.contains(&to)) {
            self.served.insert(to);
        }
        let Some(question) = message.questions.first() else { return };
        let kind = match question.kind {
            SRV if is_sip(&question.name) => LookupKind::Srv,
            NAPTR => LookupKind::Naptr,
            _ => return,
        };
        let host = if message.is_response { to } else { from };
        let key = (host, kind, question.name.as_str().into());
        if !self.asked.contains_key(&key) && self.asked.len() >= ASKERS_KEPT {
            return;
        }
        let row =
            self.asked.entry(key).or_insert(Asked { times: 0, first: time, last: time, is_answered: false });
        if message.is_response {
            row.is_answered = true;
        } else {
            row.times += 1;
            row.last = time;
        }
    }

    /// Ordered by host and kind.
    pub(super) fn finish(self) -> Vec<Lookup> {
        let mut rows: BTreeMap<(IpAddr, LookupKind), u64> = BTreeMap::new();
        for ((host, kind, _), asked) in self.asked {
            let is_silent = !asked.is_answered
                && asked.times >= LEAST_TIMES
                && asked.last.since(asked.first) >= LEAST_WAIT;
            if is_silent && self.served.contains(&host) {
                *rows.entry((host, kind)).or_default() += asked.times;
            }
        }
        rows.into_iter().map(|((host, kind), asked)| Lookup { host, kind, asked }).collect()
    }
}

/// `_sip._udp.example.org`, `_sips._tcp.example.org`.
fn is_sip(name: &str) -> bool {
    let service = name.split('.').next().unwrap_or_default();
    service.eq_ignore_ascii_case("_sip") || service.eq_ignore_ascii_case("_sips")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, ip};
    use super::super::message::Text;
    use super::super::message::dns::Question;
    use super::*;

    const PHONE: &str = "192.168.10.21";
    const RESOLVER: &str = "192.168.10.1";

    fn message(name: &str, kind: u16, is_response: bool) -> DnsMessage {
        DnsMessage {
            id: 1,
            is_response,
            is_truncated: false,
            rcode: 0,
            questions: vec![Question { name: Text::new(name.as_bytes(), 255), kind }],
            records: Vec::new(),
            is_whole: true,
        }
    }

    /// Questions (`?name`) and answers (`!name`) a second apart, with their types.
    fn silent(steps: &[(&str, u16)]) -> Vec<(LookupKind, u64)> {
        let mut book = LookupBook::default();
        for (nth, (step, kind)) in (0..).zip(steps) {
            let (time, name) = (at(nth * 1_000), &step[1..]);
            if step.starts_with('!') {
                book.dns(time, ip(RESOLVER), ip(PHONE), &message(name, *kind, true));
            } else {
                book.dns(time, ip(PHONE), ip(RESOLVER), &message(name, *kind, false));
            }
        }
        book.finish().into_iter().map(|row| (row.kind, row.asked)).collect()
    }

    #[test]
    fn who_asks_for_its_server_and_gets_nothing_is_told() {
        let (ask, other) = (("?_sip._udp.a.example", 33), ("!a.example", 1));
        assert_eq!(silent(&[ask, ask, ask, other]), [(LookupKind::Srv, 3)]);
        let naptr = ("?a.example", 35);
        assert_eq!(silent(&[naptr, naptr, naptr, other]), [(LookupKind::Naptr, 3)]);
    }

    #[test]
    fn an_answer_of_any_kind_is_one_and_a_resolver_that_is_not_heard_proves_nothing() {
        let (ask, other) = (("?_sip._udp.a.example", 33), ("!a.example", 1));
        assert_eq!(silent(&[ask, ask, ask, ("!_sip._udp.a.example", 33), other]), []);
        assert_eq!(silent(&[ask, ask, ask]), [], "no answer to anything");
        assert_eq!(silent(&[ask, ask, other]), [], "too few");
        let printer = ("?_ipp._tcp.local", 33);
        assert_eq!(silent(&[printer, printer, printer, other]), [], "not for SIP");
    }
}
