//! A registration as site and checks read it: who, where, how it stands at the end, and what went wrong before.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use arrayvec::ArrayVec;

use crate::capture::{Frame, Timestamp};
use crate::observe::traffic::Protocol;

/// Tries without an answer, and how long (ns) they must go on.
const LEAST_TRIES: u64 = 3;
const LEAST_WAIT: i64 = 1_000_000_000;

/// How a registration stands, by the last request that was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No final answer was seen.
    Open,
    /// The registrar asked for credentials, and nothing was settled after it.
    Challenged,
    /// A 2xx to a binding.
    Accepted,
    /// A 2xx to the removal of all bindings (RFC 3261 section 10.2.2).
    SignedOff,
    /// Turned away for good, see [`Registration::refused`].
    Refused,
}

/// REGISTER requests of one client at one registrar for one address of record.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Address of record, `sip:user@host`.
    pub aor: Box<str>,
    /// Who asked.
    pub client: SocketAddr,
    /// Who was asked.
    pub registrar: SocketAddr,
    /// Over which transport.
    pub protocol: Protocol,
    /// Contact as given.
    pub contact: Option<Box<str>>,
    /// Seconds granted, else asked for.
    pub expires: Option<u32>,
    /// Transactions (Call-ID and `CSeq`) that asked for a binding, without those that only answer a challenge.
    pub attempts: u64,
    /// The client passes on what another one asked: its requests carry more than one Via (RFC 3261 section 16.6).
    pub is_passed_on: bool,
    /// It answered a challenge with credentials, and what became of that is not in the capture.
    pub is_answer_unseen: bool,
    /// Requests that were sent again, copies left out (RFC 3261 section 17.1.2.2).
    pub repeats: u64,
    /// Last final status, 401 and 407 included.
    pub status: Option<u16>,
    /// Reason phrase of that answer; hostile.
    pub reason: Option<Box<str>>,
    /// A binding was accepted with a 2xx.
    pub accepted: bool,
    /// Most contacts that a grant named: all that are registered for the account (RFC 3261 section 10.3, step 8).
    pub listed: usize,
    /// How it stands at the end.
    pub standing: Standing,
    /// A request of it brought credentials.
    pub has_credentials: bool,
    /// It was to be removed, and no 2xx to that was seen.
    pub is_leaving: bool,
    /// Challenges, 401 and 407, to requests without credentials; the usual way in.
    pub challenges: u64,
    /// Challenges that refused a nonce which the registrar had given only just before (RFC 7616 section 3.3, `stale`): the
    /// client is asked for new credentials again and again.
    pub stale: u64,
    /// Challenges that the client answered late; boxed, since few do.
    pub late: Option<Box<Late>>,
    /// How far apart the grants came, `None` before the second.
    pub rhythm: Option<Rhythm>,
    /// When the first and the last grant came.
    pub granted: Option<(Timestamp, Timestamp)>,
    /// When it stood as far as the capture tells, in order, the latest 8.
    pub bound: Vec<Binding>,
    /// The first few frames.
    pub frames: Vec<Frame>,
    /// The last final answer refused it for good: a second challenge although credentials were sent (RFC 3261 section
    /// 22.2), or a status from 400 on that is no challenge. Signing off does not count.
    pub refused: Option<Refused>,
    /// All refusals of the capture, also those that were made good.
    pub refusals: Refusals,
    /// REGISTER requests since the last answer of any kind.
    pub unanswered: Unanswered,
    /// The longest time without any answer that an answer ended.
    pub absence: Option<Box<Absence>>,
    /// The client as the registrar saw it over UDP (RFC 3581), within one Call-ID: each that differs from the one before,
    /// at most 8.
    pub mappings: Vec<Mapping>,
    /// First and last answer that showed the latest mapping, with no other one and no restart in between.
    pub kept: Option<(Timestamp, Timestamp)>,
}

/// Challenges that a client answered late, with credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// How many.
    pub count: u64,
    /// How long the first few took (ns).
    pub waits: ArrayVec<i64, 16>,
}

impl Late {
    /// Nobody takes longer (ns) who needs no more than a password.
    pub const AFTER: i64 = 5_000_000_000;

    /// Notes that an answer took so long, if that is late.
    pub fn note(known: &mut Option<Box<Self>>, wait: i64) {
        if wait > Self::AFTER {
            let late = known.get_or_insert_default();
            late.count += 1;
            // Where there is no room the first ones tell enough.
            let _ = late.waits.try_push(wait);
        }
    }
}

impl Registration {
    /// One of which nothing is known but who asks whom.
    #[must_use]
    pub fn new(aor: Box<str>, client: SocketAddr, registrar: SocketAddr, protocol: Protocol) -> Self {
        Self {
            aor,
            client,
            registrar,
            protocol,
            contact: None,
            expires: None,
            attempts: 0,
            is_passed_on: false,
            is_answer_unseen: false,
            repeats: 0,
            status: None,
            reason: None,
            accepted: false,
            listed: 0,
            standing: Standing::Open,
            has_credentials: false,
            is_leaving: false,
            challenges: 0,
            stale: 0,
            late: None,
            rhythm: None,
            granted: None,
            bound: Vec::new(),
            frames: Vec::new(),
            refused: None,
            refusals: Refusals::default(),
            unanswered: Unanswered::default(),
            absence: None,
            mappings: Vec::new(),
            kept: None,
        }
    }

    /// Whether the last requests were sent again and again and got no answer at all: RFC 3261 section 17.1.2.2 repeats
    /// after 0.5, 1 and 2 s.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.unanswered.is_silence()
    }

    /// Whether a binding was granted, and neither did the registrar ask for credentials nor did the client bring any. What a
    /// proxy passes on it may have checked itself.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        let is_refused = self.refused.is_some() || !self.refusals.by_status.is_empty();
        self.accepted && self.challenges == 0 && !self.has_credentials && !self.is_passed_on && !is_refused
    }

    /// An answer came: somebody is there. `before`: what had gone unanswered before the request that it answers.
    pub(super) fn hear_answer(&mut self, now: Timestamp, before: Option<(u64, Timestamp)>) {
        let mut tries = std::mem::take(&mut self.unanswered);
        if let (Some((count, latest)), Some((first, _))) = (before, tries.span)
            && tries.requests > 1
        {
            tries.count = count;
            tries.requests -= 1;
            tries.span = Some((first, latest));
        }
        if !tries.is_silence() {
            return;
        }
        let absence = Absence { tries, until: now };
        if self.absence.as_ref().is_none_or(|known| known.length() < absence.length()) {
            self.absence = Some(Box::new(absence));
        }
    }
}

/// A time in which a registration stood: from a grant until it ran out, or until the client asked for its removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The grant.
    pub from: Timestamp,
    /// The end; later than the capture where nothing ended it.
    pub until: Timestamp,
}

/// Time between one grant of a registration and the next, with no removal between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Grants after the first.
    pub refreshes: u64,
    /// Shortest time between two, in nanoseconds.
    pub shortest: i64,
    /// Longest, in nanoseconds.
    pub longest: i64,
}

/// A registration that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Status code.
    pub status: u16,
    /// Reason phrase; hostile.
    pub reason: Box<str>,
    /// Whether the request brought credentials.
    pub with_credentials: bool,
    /// The answer.
    pub frame: Frame,
    /// When it came.
    pub time: Timestamp,
    /// Refusals in all.
    pub count: u64,
}

/// Refusals of a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// How many by status, at most 8 of those.
    pub by_status: BTreeMap<u16, u64>,
    /// When the first and the last came.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The first few answers.
    pub frames: Vec<Frame>,
    /// The longest row of them that ended in a grant.
    pub outage: Option<Outage>,
}

/// A time in which a registration was refused again and again, and then accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The last refusal, with how many there were in this time.
    pub last: Refused,
    /// First refusal.
    pub from: Timestamp,
    /// The grant that ended it.
    pub until: Timestamp,
}

impl Outage {
    /// In ns.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.until.since(self.from)
    }
}

/// Requests that nobody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unanswered {
    /// How often something was sent.
    pub count: u64,
    /// How many requests that were, repetitions apart.
    pub requests: u64,
    /// The first few frames.
    pub frames: Vec<Frame>,
    /// Time of the first and the last of them.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Unanswered {
    fn is_silence(&self) -> bool {
        let waited = self.span.map_or(0, |(first, last)| last.since(first));
        self.count >= LEAST_TRIES && waited >= LEAST_WAIT
    }
}

/// Requests that nobody answered until this moment, which brought an answer to a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The requests.
    pub tries: Unanswered,
    /// When the answer came.
    pub until: Timestamp,
}

impl Absence {
    /// From the first of them to the answer, in ns.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.tries.span.map_or(0, |(first, _)| self.until.since(first))
    }
}

/// A client as a server sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// `received`; without it the address that the client wrote into its Via, if that is its own or a public one, because then
    /// the two are the same (RFC 3261 section 18.2.1).
    pub address: Option<IpAddr>,
    /// `rport`.
    pub port: u16,
    /// The answer that says so.
    pub frame: Frame,
    /// When it came.
    pub time: Timestamp,
}
