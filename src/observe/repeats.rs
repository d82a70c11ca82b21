//! Takes SIP requests over UDP and their answers in capture order; gives those that had to be sent again and again (RFC 3261
//! sections 17.1.1.2 and 17.1.2.2).

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use arrayvec::ArrayVec;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::{Frame, Timestamp};

use super::dialogs::Heard;
use super::message::sip::{Kind, Method};
use super::traffic::{Protocol, Repeated};
use super::transaction::{Fingerprint, Press};

/// Requests without an answer; the oldest makes room.
const WATCHED: usize = 16_384;
/// So long (ns) after it was sent last no answer is waited for: timers B and F, RFC 3261 section 17.1.
const RESTED: i64 = 32_000_000_000;
const ROWS_KEPT: usize = 4_096;
const FRAMES_KEPT: usize = 5;
const STATUSES_KEPT: usize = 8;
/// The same request again within this time (ns) is a copy of the capture.
const COPY_WITHIN: i64 = 100_000_000;
/// A final answer follows a provisional one at once (ns) if both were late for one reason.
const PROMPTLY: i64 = 1_000_000_000;
/// Answered requests that may still come again; the oldest makes room.
const ANSWERED: usize = 4_096;
/// A request that comes again so long (ns) behind its answer was sent again although its sender could have the answer by then.
const UNDERWAY: i64 = 200_000_000;
/// Nobody waits longer (ns) before sending it again, but for an INVITE in the end: T2, RFC 3261 section 17.1.2.2, and some more. What
/// comes later is no repetition, only the same number used again.
const LONGEST_WAIT: i64 = 5_000_000_000;
/// One that crossed the answer is followed by no second one.
const LEAST_UNHEARD: u64 = 2;
/// As findings.tsv has it.
const LEAST_TIMES: u64 = 3;
/// Latest requests between two sockets that one sending was enough for.
const PROMPT: usize = 3;

/// Requests of one kind that one sending was enough for: an answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// Method.
    pub method: Box<str>,
    /// How many, up to three.
    pub count: u64,
}

/// OPTIONS that nobody answered, each sent once or twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheeded {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// How many.
    pub requests: u64,
}

/// Requests while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    press: Press,
    open: HashMap<Fingerprint, Sent, RandomState>,
    /// In the order in which they came, with the time: some are answered by now.
    oldest: VecDeque<(Fingerprint, Timestamp)>,
    rows: BTreeMap<(SocketAddr, SocketAddr, Box<str>), Repeated>,
    prompt: BTreeMap<(SocketAddr, SocketAddr, Method), [Timestamp; PROMPT]>,
    /// OPTIONS without an answer that were hardly sent again.
    unheeded: BTreeMap<(SocketAddr, SocketAddr), u64>,
    /// By what the branch of their Via tells apart as well.
    answered: HashMap<Fingerprint, Answered, RandomState>,
    answered_order: VecDeque<Fingerprint>,
    /// Requests that a cap left out.
    pub(super) over_cap: u64,
}

#[derive(Clone, Debug)]
struct Sent {
    from: SocketAddr,
    to: SocketAddr,
    method: Method,
    times: u64,
    /// When a provisional answer came, behind which the final one is waited for.
    heard: Option<Timestamp>,
    first: Timestamp,
    last: Timestamp,
    frames: ArrayVec<Frame, FRAMES_KEPT>,
}

/// A request whose answer was seen.
#[derive(Clone, Debug)]
struct Answered {
    sent: Sent,
    /// The latest answer.
    at: Timestamp,
    /// How often it came again although it was answered.
    unheard: u64,
    /// It came so often before the answer that it has been counted.
    is_told: bool,
}

impl Repeats {
    pub(super) fn push(&mut self, heard: &Heard) {
        if heard.protocol != Protocol::Udp {
            return;
        }
        let message = &heard.message;
        let (Some(call_id), Some(cseq)) = (message.call_id.as_deref(), message.cseq.as_ref()) else { return };
        let branch = message.via.as_ref().and_then(|via| via.branch.as_deref());
        // An ACK is repeated with the answer that it acknowledges.
        let Some(method) = message.method().filter(|method| **method != Method::Ack) else { return };
        match &message.kind {
            Kind::Request { .. } => {
                let key = self.press.print(call_id, cseq, (heard.from, heard.to));
                let exact = self.press.print(call_id, cseq, (heard.from, heard.to, branch));
                let passed = self.answered.get(&exact).map(|known| heard.time.since(known.sent.first));
                if passed.is_some_and(|passed| passed > RESTED) {
                    // Some give each keep-alive the same branch: so long behind it this is another one.
                    self.forget(exact);
                    self.answered_order.retain(|known| *known != exact);
                    self.ask(key, method, heard);
                } else if passed.is_some() && !self.open.contains_key(&key) {
                    self.ask_again(exact, heard);
                } else {
                    self.ask(key, method, heard);
                }
            }
            // Any answer ends repeating, RFC 3261 section 17.1.1.2.
            Kind::Response { .. } => {
                let key = self.press.print(call_id, cseq, (heard.to, heard.from));
                let exact = self.press.print(call_id, cseq, (heard.to, heard.from, branch));
                if let Some(known) = self.answered.get_mut(&exact) {
                    known.at = heard.time;
                }
                let is_provisional = heard.message.status().is_some_and(|status| status < 200);
                if let Some(sent) = self.open.get_mut(&key)
                    && is_provisional
                    && sent.times >= LEAST_TIMES
                {
                    sent.heard.get_or_insert(heard.time);
                } else if let Some(sent) = self.open.remove(&key) {
                    if sent.times == 1 {
                        self.note_prompt(&sent);
                    }
                    self.keep_answered(exact, &sent, heard.time);
                    // A final answer long behind the first one has another cause than what made the request come again.
                    let is_prompt = sent.heard.is_none_or(|first| heard.time.since(first) <= PROMPTLY);
                    let status = heard.message.status().filter(|status| *status >= 400 && is_prompt);
                    self.note(sent, true, status);
                }
            }
        }
    }

    /// All ordered by sender, receiver, method.
    pub(super) fn finish(mut self) -> (Vec<Repeated>, Vec<Prompt>, Vec<Unheeded>) {
        let mut open: Vec<Sent> = self.open.drain().map(|(_, sent)| sent).collect();
        // A frame of a stream may hold several requests; between equal ones the order is no matter.
        open.sort_by(|x, y| (&x.frames, x.from, x.to, &x.method).cmp(&(&y.frames, y.from, y.to, &y.method)));
        for sent in open {
            let is_heard = sent.heard.is_some();
            self.note(sent, is_heard, None);
        }
        while let Some(key) = self.answered_order.pop_front() {
            self.forget(key);
        }
        let mut prompt = Vec::with_capacity(self.prompt.len());
        for ((from, to, method), times) in self.prompt {
            let method: Box<str> = method.as_str().into();
            let count = times.iter().filter(|time| time.is_known()).count() as u64;
            let key = (from, to, method);
            if let Some(row) = self.rows.get_mut(&key) {
                row.prompt = times.iter().filter(|time| **time > row.span.1).count() as u64;
            }
            prompt.push(Prompt { from, to, method: key.2, count });
        }
        let unheeded = self.unheeded.into_iter();
        let unheeded = unheeded.map(|((from, to), requests)| Unheeded { from, to, requests }).collect();
        (self.rows.into_values().collect(), prompt, unheeded)
    }

    fn note_prompt(&mut self, sent: &Sent) {
        let key = (sent.from, sent.to, sent.method.clone());
        if self.prompt.len() < ROWS_KEPT || self.prompt.contains_key(&key) {
            let times = self.prompt.entry(key).or_insert([Timestamp::UNKNOWN; PROMPT]);
            times.rotate_left(1);
            times[PROMPT - 1] = sent.first;
        }
    }

    fn ask(&mut self, key: Fingerprint, method: &Method, heard: &Heard) {
        if !self.open.contains_key(&key) {
            self.make_room(heard.time);
            self.oldest.push_back((key, heard.time));
        }
        let sent = self.open.entry(key).or_insert_with(|| Sent {
            from: heard.from,
            to: heard.to,
            method: method.clone(),
            times: 0,
            heard: None,
            first: heard.time,
            last: heard.time,
            frames: ArrayVec::new(),
        });
        if sent.times > 0 && heard.time.since(sent.last) < COPY_WITHIN {
            return;
        }
        sent.times += 1;
        sent.last = heard.time;
        if !sent.frames.is_full() {
            sent.frames.push(heard.frame);
        }
    }

    /// Takes a request that comes again behind its answer.
    fn ask_again(&mut self, key: Fingerprint, heard: &Heard) {
        let Some(known) = self.answered.get_mut(&key) else { return };
        let Answered { sent, at, unheard, .. } = known;
        if heard.time.since(sent.last) < COPY_WITHIN {
            return;
        }
        let is_repeated = heard.time.since(sent.last) <= LONGEST_WAIT;
        *unheard += u64::from(is_repeated && heard.time.since(*at) >= UNDERWAY);
        sent.times += 1;
        sent.last = heard.time;
        if !sent.frames.is_full() {
            sent.frames.push(heard.frame);
        }
    }

    fn keep_answered(&mut self, key: Fingerprint, sent: &Sent, at: Timestamp) {
        while let Some(oldest) = self.answered_order.front().copied() {
            let is_over =
                self.answered.get(&oldest).is_none_or(|known| at.since(known.sent.first) > 2 * RESTED);
            if !is_over && self.answered_order.len() < ANSWERED {
                break;
            }
            self.answered_order.pop_front();
            self.forget(oldest);
        }
        if !self.answered.contains_key(&key) {
            let is_told = sent.times >= LEAST_TIMES;
            self.answered.insert(key, Answered { sent: sent.clone(), at, unheard: 0, is_told });
            self.answered_order.push_back(key);
        }
    }

    /// What came again although it was answered becomes a row.
    fn forget(&mut self, key: Fingerprint) {
        let Some(Answered { sent, unheard, is_told, .. }) = self.answered.remove(&key) else { return };
        if unheard >= LEAST_UNHEARD {
            let row = (sent.from, sent.to, Box::from(sent.method.as_str()));
            if !is_told {
                self.note(sent, true, None);
            }
            if let Some(row) = self.rows.get_mut(&row) {
                row.unheard += 1;
            }
        }
    }

    /// Whatever repeated itself becomes a row; what may still have been answered counts as over the limit.
    fn make_room(&mut self, now: Timestamp) {
        let Self { open, oldest, .. } = self;
        if oldest.len() >= 2 * WATCHED {
            oldest.retain(|(key, first)| open.get(key).is_some_and(|sent| sent.first == *first));
        }
        while self.open.len() >= WATCHED
            && let Some((key, first)) = self.oldest.pop_front()
        {
            if self.open.get(&key).is_none_or(|sent| sent.first != first) {
                continue;
            }
            if let Some(sent) = self.open.remove(&key) {
                self.over_cap += u64::from(now.since(sent.last) < RESTED);
                let is_heard = sent.heard.is_some();
                self.note(sent, is_heard, None);
            }
        }
    }

    fn note(&mut self, sent: Sent, is_answered: bool, status: Option<u16>) {
        if sent.times < LEAST_TIMES {
            let way = (sent.from, sent.to);
            let has_room = self.unheeded.len() < ROWS_KEPT || self.unheeded.contains_key(&way);
            if !is_answered && sent.method == Method::Options && has_room {
                *self.unheeded.entry(way).or_default() += 1;
            }
            return;
        }
        let method: Box<str> = sent.method.as_str().into();
        let key = (sent.from, sent.to, method.clone());
        if !self.rows.contains_key(&key) && self.rows.len() >= ROWS_KEPT {
            self.over_cap += 1;
            return;
        }
        let row = self.rows.entry(key).or_insert_with(|| Repeated {
            from: sent.from,
            to: sent.to,
            method,
            requests: 0,
            answered: 0,
            unheard: 0,
            statuses: BTreeMap::new(),
            most: 0,
            prompt: 0,
            frames: Vec::new(),
            span: (sent.first, sent.last),
        });
        row.requests += 1;
        let known = row.statuses.len();
        if let Some(status) =
            status.filter(|status| known < STATUSES_KEPT || row.statuses.contains_key(status))
        {
            *row.statuses.entry(status).or_default() += 1;
        }
        row.answered += u64::from(is_answered);
        row.most = row.most.max(sent.times);
        row.span = (row.span.0.min(sent.first), row.span.1.max(sent.last));
        row.frames.extend(sent.frames);
        row.frames.sort_unstable();
        row.frames.truncate(FRAMES_KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::*;

    const PHONE: &str = "192.168.10.21:5060";
    const PBX: &str = "192.168.10.2:5060";

    #[test]
    fn options_without_an_answer_are_counted() {
        let asked = |method: &str, answer: Option<u16>| {
            let mut repeats = Repeats::default();
            for (at, id) in [(0, "c1"), (10_000, "c2"), (20_000, "c3")] {
                push(&mut repeats, id, method, &[(at, None)]);
            }
            if let Some(status) = answer {
                push(&mut repeats, "c3", method, &[(20_100, Some(status))]);
            }
            repeats.finish().2.iter().map(|row| row.requests).collect::<Vec<_>>()
        };
        assert_eq!(asked("OPTIONS", None), [3]);
        assert_eq!(asked("OPTIONS", Some(405)), [2], "who refuses is there");
        assert!(asked("NOTIFY", None).is_empty());
    }

    /// Messages at these milliseconds: requests of the telephone, and answers with a status.
    fn rows(method: &str, messages: &[(i64, Option<u16>)]) -> Vec<Repeated> {
        let mut repeats = Repeats::default();
        push(&mut repeats, "c1", method, messages);
        repeats.finish().0
    }

    fn push(repeats: &mut Repeats, call_id: &str, method: &str, messages: &[(i64, Option<u16>)]) {
        for (nth, (ms, status)) in (1..).zip(messages) {
            let (from, to, head) = match status {
                None => (PHONE, PBX, format!("{method} sip:10@a.example SIP/2.0")),
                Some(status) => (PBX, PHONE, format!("SIP/2.0 {status} Whatever")),
            };
            let text = format!(
                "{head}\r\nVia: SIP/2.0/UDP 192.168.10.21;branch=z9hG4bK1\r\nFrom: <sip:21@a.example>;tag=a\r\n\
                 To: <sip:10@a.example>\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n\r\n"
            );
            let message = sip::read(text.as_bytes(), false).unwrap();
            let (from, to) = (socket(from), socket(to));
            let heard = Heard {
                frame: frame(nth),
                time: at(*ms),
                from,
                to,
                protocol: Protocol::Udp,
                dscp: 0,
                datagram: None,
                message,
            };
            repeats.push(&heard);
        }
    }

    /// A request of the telephone at these milliseconds, and an answer at that one.
    fn repeated(method: &str, asked: &[i64], answered: Option<i64>) -> Vec<(u64, u64, u64)> {
        let asked = asked.iter().map(|ms| (*ms, None));
        let messages: Vec<_> = asked.chain(answered.map(|ms| (ms, Some(200)))).collect();
        rows(method, &messages).iter().map(|row| (row.requests, row.answered, row.most)).collect()
    }

    #[test]
    fn a_final_answer_counts_that_follows_the_first_one_at_once() {
        let statuses = |answers: &[(i64, u16)]| {
            let asked = [0, 500, 1500].map(|ms| (ms, None));
            let answers = answers.iter().map(|(ms, status)| (*ms, Some(*status)));
            let rows = rows("REGISTER", &asked.into_iter().chain(answers).collect::<Vec<_>>());
            (rows[0].answered, rows[0].statuses.clone())
        };
        let once = |status| BTreeMap::from([(status, 1)]);
        assert_eq!(statuses(&[(3_500, 483)]), (1, once(483)));
        assert_eq!(statuses(&[(3_500, 100), (3_510, 483)]), (1, once(483)));
        assert_eq!(statuses(&[(3_500, 100), (35_000, 408)]), (1, BTreeMap::new()), "another cause");
        assert_eq!(statuses(&[(3_500, 100)]), (1, BTreeMap::new()), "the final one is not there");
        assert_eq!(statuses(&[(3_500, 200)]), (1, BTreeMap::new()));
    }

    #[test]
    fn a_flood_without_answers_hides_no_repeated_request() {
        let ask = |ms: i64| (ms, None);
        let mut repeats = Repeats::default();
        push(&mut repeats, "early", "INVITE", &[0, 500, 1500].map(ask));
        let other = Sent {
            from: socket(PHONE),
            to: socket(PBX),
            method: Method::Options,
            times: 1,
            heard: None,
            first: at(2_000),
            last: at(2_000),
            frames: ArrayVec::new(),
        };
        for number in 0..WATCHED as u32 - 1 {
            let key = repeats.press.print("scan", &sip::CSeq { number, method: Method::Options }, 0);
            repeats.oldest.push_back((key, other.first));
            repeats.open.insert(key, other.clone());
        }
        push(&mut repeats, "soon", "OPTIONS", &[ask(3_000)]);
        assert_eq!(
            (repeats.open.len(), repeats.over_cap),
            (WATCHED, 1),
            "the first one may have been answered"
        );
        push(&mut repeats, "late", "BYE", &[40_000, 40_500, 41_500].map(ask));
        push(&mut repeats, "late", "BYE", &[(41_600, Some(200))]);
        assert_eq!(repeats.over_cap, 1, "what has rested is over");
        let (rows, ..) = repeats.finish();
        let told: Vec<_> = rows.iter().map(|row| (&*row.method, row.most, row.answered)).collect();
        assert_eq!(told, [("BYE", 3, 1), ("INVITE", 3, 0)]);
    }

    #[test]
    fn what_is_answered_leaves_no_trace_that_grows() {
        let mut repeats = Repeats::default();
        for nth in 0..3 * WATCHED as u32 {
            let key = repeats.press.print("c", &sip::CSeq { number: nth, method: Method::Options }, 0);
            repeats.make_room(at(0));
            repeats.oldest.push_back((key, at(0)));
        }
        assert!(repeats.oldest.len() <= 2 * WATCHED);
    }

    #[test]
    fn an_answer_before_the_repetitions_does_not_reach_who_asks() {
        let told = |messages: &[(i64, Option<u16>)]| {
            let rows = rows("OPTIONS", messages);
            rows.iter().map(|row| (row.requests, row.answered, row.unheard, row.most)).collect::<Vec<_>>()
        };
        let (ask, ok) = (|ms| (ms, None), |ms| (ms, Some(200)));
        let each = [ask(0), ok(1), ask(500), ok(501), ask(1_500), ok(1_501), ask(3_500), ok(3_501)];
        assert_eq!(told(&each), [(1, 1, 1, 4)]);
        assert_eq!(told(&[ask(0), ok(1), ask(500), ask(1_500)]), [(1, 1, 1, 3)], "answered once only");
        assert!(told(&each[..4]).is_empty(), "one may have got lost");
        assert!(told(&[ask(0), ok(450), ask(500), ok(510)]).is_empty(), "it crossed a slow answer");
        assert_eq!(
            told(&[ask(0), ask(500), ask(1_500), ok(1_600), ok(1_610), ok(1_620)]),
            [(1, 1, 0, 3)],
            "a slow answer, and those to the repetitions"
        );
        let keep_alive = [ask(0), ok(1), ask(10_000), ok(10_001), ask(20_000), ok(20_001), ask(30_000)];
        assert!(told(&keep_alive).is_empty(), "the same number again much later");
    }

    #[test]
    fn three_times_is_repeated() {
        assert_eq!(repeated("INVITE", &[0, 500, 1500], None), [(1, 0, 3)]);
        assert_eq!(repeated("BYE", &[0, 500, 1500, 3500], Some(3600)), [(1, 1, 4)]);
    }

    #[test]
    fn twice_copies_and_acks_are_not() {
        assert!(repeated("INVITE", &[0, 500], None).is_empty());
        assert!(repeated("INVITE", &[0, 1, 2, 500], None).is_empty(), "copies of a mirror port");
        assert!(repeated("ACK", &[0, 500, 1500], None).is_empty());
        assert!(repeated("INVITE", &[0, 500], Some(600)).is_empty());
    }
}
