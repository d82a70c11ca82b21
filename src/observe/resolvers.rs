//! Takes DNS messages in capture order; gives for each client and name server what is wrong between them by the end: questions
//! since the latest answer, and names that the server keeps failing. What was answered well in the meantime is forgotten. Who
//! the clients are, and which names matter, is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use arrayvec::ArrayVec;

use crate::capture::{Frame, Timestamp};

use super::message::dns::DnsMessage;

/// Where name servers are asked, RFC 1035 section 4.2. Multicast DNS and LLMNR have ports of their own.
const PORT: u16 = 53;
const PAIRS_KEPT: usize = 4_096;
/// Name servers of one client: a telephone has two or three, and a name server itself asks thousands.
const SERVERS_KEPT: usize = 16;
const NAMES_KEPT: usize = 8_192;
/// Names that fail one client: a telephone has a few, a mail server asks for thousands that are meant to fail.
const NAMES_OF_CLIENT: usize = 64;
/// Names of questions that one finding tells.
const NAMES_TOLD: usize = 8;
const KINDS_KEPT: usize = 4;
const FRAMES_KEPT: usize = 5;
/// What comes within this time (ns) is one try: A and AAAA, several servers at once, copies of a mirror port.
const ONE_TRY: i64 = 1_000_000_000;
/// RFC 1035 section 3.2.2: address of a name to it.
const PTR: u16 = 12;

/// What is wrong between a client and a name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// Who asks.
    pub client: IpAddr,
    /// Who is asked.
    pub server: IpAddr,
    /// Latest answer without an error that the client got from it.
    pub served: Option<Timestamp>,
    /// Questions since its latest answer of any kind.
    pub silence: Option<Tries>,
    /// By RCODE, what it keeps failing.
    pub failed: BTreeMap<u8, Vec<FailedName>>,
    /// The longest time in which it answered nothing, and no other server helped the client, before it did again.
    pub lull: Option<Box<Lull>>,
}

/// Questions in vain that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lull {
    /// Until then.
    pub tries: Tries,
    /// The answer that ended it.
    pub until: Timestamp,
    /// Whether the server answered another client meanwhile: then it was not away.
    pub answers_others: bool,
}

/// Tries in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tries {
    /// A second apart at least.
    pub tries: u64,
    /// First and last.
    pub span: (Timestamp, Timestamp),
    /// The first few.
    pub frames: ArrayVec<Frame, FRAMES_KEPT>,
    /// What was asked for, at most 8.
    pub names: BTreeSet<Box<str>>,
}

/// A name that a server fails each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedName {
    /// Lower case, without a dot at the end.
    pub name: Box<str>,
    /// Type of the record.
    pub kind: u16,
    /// The answers.
    pub answers: Tries,
}

/// The first of all addresses.
const LEAST: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Client and server.
type Pair = (IpAddr, IpAddr);
/// Client, name and type of the record, server.
type Asked = (IpAddr, Box<str>, u16, IpAddr);

/// The tables while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct ResolverBook {
    pairs: BTreeMap<Pair, Standing>,
    failed: BTreeMap<Asked, (u8, Tries)>,
    /// Whom each server answered last.
    answered: BTreeMap<IpAddr, Latest>,
    /// What there was no room for, but for hosts that ask more than one telephone would.
    pub(super) over_cap: u64,
}

/// The latest answers of a server to two clients.
#[derive(Clone, Copy, Debug)]
struct Latest {
    client: IpAddr,
    at: Timestamp,
    /// To any other one.
    before: Option<Timestamp>,
}

impl Latest {
    fn note(&mut self, client: IpAddr, time: Timestamp) {
        if client != self.client {
            self.before = Some(self.at);
            self.client = client;
        }
        self.at = time;
    }

    /// To anybody else than this one.
    fn but_for(&self, client: IpAddr) -> Option<Timestamp> {
        if client == self.client { self.before } else { Some(self.at) }
    }
}

#[derive(Clone, Debug, Default)]
struct Standing {
    served: Option<Timestamp>,
    silence: Option<Tries>,
    lull: Option<Box<Lull>>,
    /// The try before the latest one.
    earlier: Option<Timestamp>,
    /// When it was first seen that the server answered another client since the first of these tries.
    others: Option<Timestamp>,
    /// Latest answer without an error of another server.
    helped: Option<Timestamp>,
    /// Types of records that were asked for since the latest answer, and since when: some servers never answer one of them.
    kinds: ArrayVec<(u16, Timestamp), KINDS_KEPT>,
    /// Of the latest questions: an answer may come from another address of the server.
    ids: ArrayVec<u16, NAMES_TOLD>,
}

impl Standing {
    /// Keeps the longest of those in which nobody helped.
    fn ended(&mut self, lull: Lull) {
        let is_helped = self.helped >= Some(lull.tries.span.0);
        let is_longest = self.lull.as_ref().is_none_or(|known| known.tries.length() < lull.tries.length());
        if !is_helped && is_longest {
            self.lull = Some(Box::new(lull));
        }
    }
}

impl Tries {
    fn new(frame: Frame, time: Timestamp) -> Self {
        let mut frames = ArrayVec::new();
        frames.push(frame);
        Self { tries: 1, span: (time, time), frames, names: BTreeSet::new() }
    }

    fn add(&mut self, frame: Frame, time: Timestamp) {
        if time.since(self.span.1) >= ONE_TRY {
            self.tries += 1;
            self.span.1 = time;
            // Where there is no room left, the first ones stand for all.
            let _ = self.frames.try_push(frame);
        }
    }

    /// From the first to the last try, in ns.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.span.1.since(self.span.0)
    }
}

impl ResolverBook {
    /// A question or an answer.
    pub(super) fn dns(
        &mut self,
        (frame, time): (Frame, Timestamp),
        from: SocketAddr,
        to: SocketAddr,
        message: &DnsMessage,
    ) {
        let Some(question) = message.questions.first() else { return };
        let name: &str = &question.name;
        if message.is_response && from.port() == PORT {
            let asked = (to.ip(), name, question.kind);
            self.answer((frame, time), from.ip(), asked, message);
        } else if !message.is_response && to.port() == PORT && !is_for_all(to.ip()) {
            let pair = (from.ip(), to.ip());
            if question.kind == PTR {
                return;
            }
            if !self.has_room_for(pair) {
                self.over_cap += u64::from(self.pairs.len() >= PAIRS_KEPT);
                return;
            }
            let others = self.answered.get(&pair.1).and_then(|latest| latest.but_for(pair.0));
            let standing = self.pairs.entry(pair).or_default();
            if standing.ids.is_full() {
                standing.ids.remove(0);
            }
            standing.ids.push(message.id);
            let tries = match &mut standing.silence {
                Some(tries) => {
                    // An answer to somebody who asked before the first try may come just behind it.
                    let is_meanwhile = |at: &Timestamp| at.since(tries.span.0) >= ONE_TRY;
                    standing.others = standing.others.or(others.filter(is_meanwhile));
                    let latest = tries.span.1;
                    tries.add(frame, time);
                    if tries.span.1 != latest {
                        standing.earlier = Some(latest);
                    }
                    tries
                }
                None => {
                    standing.kinds.clear();
                    standing.others = None;
                    standing.silence.insert(Tries::new(frame, time))
                }
            };
            if !standing.kinds.iter().any(|(kind, _)| *kind == question.kind) {
                let _ = standing.kinds.try_push((question.kind, time));
            }
            if tries.names.len() < NAMES_TOLD && !tries.names.contains(name) {
                tries.names.insert(name.into());
            }
        }
    }

    fn has_room_for(&self, pair: Pair) -> bool {
        let own = || self.pairs.range((pair.0, LEAST)..).take_while(|(known, _)| known.0 == pair.0);
        self.pairs.contains_key(&pair) || self.pairs.len() < PAIRS_KEPT && own().count() < SERVERS_KEPT
    }

    fn answer(
        &mut self,
        (frame, time): (Frame, Timestamp),
        server: IpAddr,
        (client, name, kind): (IpAddr, &str, u16),
        message: &DnsMessage,
    ) {
        let is_good = message.rcode == 0;
        if let Some(latest) = self.answered.get_mut(&server) {
            latest.note(client, time);
        } else if self.answered.len() < PAIRS_KEPT {
            self.answered.insert(server, Latest { client, at: time, before: None });
        }
        let pairs = self.pairs.range_mut((client, LEAST)..).take_while(|(pair, _)| pair.0 == client);
        for ((_, asked), standing) in pairs {
            let is_it = *asked == server;
            let ended = match is_it || standing.ids.contains(&message.id) {
                true => standing.silence.take(),
                false => None,
            };
            if is_it && is_good {
                standing.served = Some(time);
                // One of the tries was not in vain, mostly the latest. What is answered must have been asked all along.
                let is_asked = |tries: &Tries| {
                    let mut kinds = standing.kinds.iter();
                    kinds.any(|(known, since)| *known == kind && since.since(tries.span.0) < ONE_TRY)
                };
                let ended = ended.filter(is_asked);
                let earlier = standing.earlier;
                if let Some((mut tries, earlier)) = ended.filter(|tries| tries.tries > 1).zip(earlier) {
                    (tries.tries, tries.span.1) = (tries.tries - 1, earlier);
                    let answers_others = standing.others.is_some_and(|at| at <= tries.span.1);
                    standing.ended(Lull { tries, until: time, answers_others });
                }
            } else if is_good {
                standing.helped = Some(time);
            }
        }
        let key = |server: IpAddr| -> Asked { (client, name.into(), kind, server) };
        if is_good && self.failed.is_empty() || kind == PTR {
            return;
        }
        if is_good {
            let known = self.failed.range(key(LEAST)..).map(|(asked, _)| asked);
            let same =
                known.take_while(|(host, known, of, _)| (*host, &**known, *of) == (client, name, kind));
            let same: Vec<Asked> = same.cloned().collect();
            same.iter().for_each(|asked| drop(self.failed.remove(asked)));
            return;
        }
        let key = key(server);
        if !self.failed.contains_key(&key) {
            if self.failed.len() >= NAMES_KEPT {
                self.over_cap += 1;
                return;
            }
            let own = self.failed.range((client, Box::default(), 0, LEAST)..);
            if own.take_while(|((host, ..), _)| *host == client).count() >= NAMES_OF_CLIENT {
                return;
            }
        }
        match self.failed.get_mut(&key).filter(|(rcode, _)| *rcode == message.rcode) {
            Some((_, tries)) => tries.add(frame, time),
            None => drop(self.failed.insert(key, (message.rcode, Tries::new(frame, time)))),
        }
    }

    /// Ordered by client, then server.
    pub(super) fn finish(self) -> Vec<Resolver> {
        let mut rows: BTreeMap<Pair, Resolver> = BTreeMap::new();
        let new = |(client, server): Pair| Resolver {
            client,
            server,
            served: None,
            silence: None,
            failed: BTreeMap::new(),
            lull: None,
        };
        for (pair, standing) in self.pairs {
            let row = rows.entry(pair).or_insert_with(|| new(pair));
            (row.served, row.silence, row.lull) = (standing.served, standing.silence, standing.lull);
        }
        for ((client, name, kind, server), (rcode, answers)) in self.failed {
            let pair = (client, server);
            let row = rows.entry(pair).or_insert_with(|| new(pair));
            row.failed.entry(rcode).or_default().push(FailedName { name, kind, answers });
        }
        rows.into_values().collect()
    }
}

fn is_for_all(address: IpAddr) -> bool {
    address.is_multicast() || matches!(address, IpAddr::V4(address) if address.is_broadcast())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::Text;
    use super::super::message::dns::Question;
    use super::*;

    const PHONE: &str = "192.168.10.21:40000";
    const ONE: &str = "192.168.10.1:53";
    const OTHER: &str = "192.168.10.5:53";
    const NXDOMAIN: u8 = 3;

    /// About the address of a name, or about a service, whose name begins with a low line.
    fn message(id: u16, name: &str, rcode: Option<u8>) -> DnsMessage {
        let kind = if name.starts_with('_') { 33 } else { 1 };
        DnsMessage {
            id,
            is_response: rcode.is_some(),
            is_truncated: false,
            rcode: rcode.unwrap_or(0),
            questions: vec![Question { name: Text::new(name.as_bytes(), 255), kind }],
            records: Vec::new(),
            is_whole: true,
        }
    }

    /// Questions (no RCODE) to servers and their answers, at these ms, with their ids.
    fn rows(said: &[(i64, &str, u16, &str, Option<u8>)]) -> Vec<Resolver> {
        let mut book = ResolverBook::default();
        for (nth, (ms, server, id, name, rcode)) in (1..).zip(said) {
            let (from, to) = if rcode.is_some() { (server, &PHONE) } else { (&PHONE, server) };
            book.dns((frame(nth), at(*ms)), socket(from), socket(to), &message(*id, name, *rcode));
        }
        book.finish()
    }

    #[test]
    fn what_is_asked_since_the_latest_answer_is_counted_by_the_second() {
        let asked = [
            (0, ONE, 1, "a.example", None),
            (10, ONE, 1, "a.example", Some(0)),
            (1_000, ONE, 2, "b.example", None),
            (1_001, ONE, 3, "c.example", None),
            (3_000, ONE, 2, "b.example", None),
        ];
        let told = rows(&asked);
        let [row] = told.as_slice() else { panic!("{told:?}") };
        let silence = row.silence.as_ref().unwrap();
        assert_eq!((silence.tries, silence.length()), (2, 2_000_000_000));
        assert_eq!(silence.frames.as_slice(), [frame(3), frame(5)]);
        assert_eq!(silence.names.len(), 2);
        assert_eq!(row.served, Some(at(10)));
    }

    #[test]
    fn what_was_asked_in_vain_before_it_answered_again_is_kept_unless_another_one_helped() {
        let told = |said: &[(i64, &str, u16, &str, Option<u8>)]| {
            let rows = rows(said);
            let row = rows.iter().find(|row| row.server == socket(ONE).ip()).unwrap();
            row.lull.as_ref().map(|lull| (lull.tries.tries, lull.tries.length(), lull.until))
        };
        let asked = |ms, id| (ms, ONE, id, "a.example", None);
        let vain = [asked(0, 1), asked(5_000, 2), asked(20_000, 3)];
        let (last, answer) = (asked(21_000, 4), (21_010, ONE, 4, "a.example", Some(0)));
        let with = |other| [vain.as_slice(), &[other, last, answer]].concat();
        let lull = Some((3, 20_000_000_000, at(21_010)));
        assert_eq!(told(&[vain.as_slice(), &[last, answer]].concat()), lull);
        assert_eq!(told(&vain), None, "it still lasts");
        assert_eq!(told(&[vain.as_slice(), &[(20_010, ONE, 3, "a.example", Some(2))]].concat()), None);
        assert_eq!(told(&with((7_000, OTHER, 9, "a.example", Some(0)))), None, "another one answered");
        let before = [&[(-5_000, OTHER, 9, "a.example", Some(0))], vain.as_slice(), &[last, answer]].concat();
        assert_eq!(told(&before), lull, "that was before");
        let services = [0, 5_000, 20_000].map(|ms| (ms, ONE, 1, "_sip._udp.a.example", None));
        let other = [services.as_slice(), &[last, answer]].concat();
        assert_eq!(told(&other), None, "it answers nothing about services, and addresses at once");
    }

    #[test]
    fn a_server_that_answers_another_client_meanwhile_was_not_away() {
        let told = |other_at: i64, of: &str| {
            let mut book = ResolverBook::default();
            let mut said: Vec<(i64, &str, &str, u16, Option<u16>)> =
                [(0, 1), (5_000, 2), (20_000, 3), (21_000, 4)]
                    .map(|(ms, id)| (ms, PHONE, ONE, id, None))
                    .to_vec();
            said.push((21_010, ONE, PHONE, 4, Some(0)));
            said.push((other_at, ONE, of, 9, Some(0)));
            said.sort_by_key(|one| one.0);
            for (nth, (ms, from, to, id, rcode)) in (1..).zip(said) {
                let rcode = rcode.map(|rcode| rcode as u8);
                book.dns((frame(nth), at(ms)), socket(from), socket(to), &message(id, "a.example", rcode));
            }
            let rows = book.finish();
            let row = rows.iter().find(|row| row.client == socket(PHONE).ip()).unwrap();
            row.lull.as_ref().unwrap().answers_others
        };
        assert!(told(6_000, "192.168.10.77:40000"));
        assert!(!told(500, "192.168.10.77:40000"), "asked before");
        assert!(!told(20_500, "192.168.10.77:40000"), "it may be back by then");
        assert!(!told(-5_000, "192.168.10.77:40000"));
    }

    #[test]
    fn an_answer_from_another_address_is_one() {
        let asked = [(0, ONE, 7, "a.example", None), (10, OTHER, 7, "a.example", Some(0))];
        assert!(rows(&asked).iter().all(|row| row.silence.is_none()));
    }

    #[test]
    fn of_one_client_a_few_servers_are_kept() {
        let server = |nth: u16| format!("192.168.{}.1:53", nth);
        let servers: Vec<String> = (0..40).map(server).collect();
        let asked: Vec<_> = servers.iter().map(|server| (0, server.as_str(), 1, "a.example", None)).collect();
        assert_eq!(rows(&asked).len(), SERVERS_KEPT);
    }

    #[test]
    fn names_that_fail_stand_until_any_server_knows_them() {
        let fails = |ms, server| (ms, server, 1, "pbx.example", Some(NXDOMAIN));
        let mut asked = vec![fails(0, ONE), fails(1, ONE), fails(2_000, ONE), fails(2_000, OTHER)];
        let told = rows(&asked);
        assert_eq!(told.len(), 2);
        let failed = &told[0].failed[&NXDOMAIN];
        assert_eq!((failed[0].name.as_ref(), failed[0].answers.tries), ("pbx.example", 2));
        asked.push((3_000, OTHER, 2, "pbx.example", Some(0)));
        assert!(rows(&asked).is_empty());
    }
}
