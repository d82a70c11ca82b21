//! Takes SIP messages in capture order; gives calls, registrations and who spoke SIP (RFC 3261), and hands the media
//! that SDP announces to whoever measures it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::capture::{Frame, Timestamp};

use super::call::Call;
use super::few::Few;
use super::legs;
use super::message::sdp::Sdp;
use super::message::sip::{Kind, Method, Party, SipMessage};
use super::progress::is_in_dialog;
use super::quality::Malformed;
use super::registration::Registration;
use super::registrations::Registrations;
use super::repeats::{Prompt, Repeats, Unheeded};
use super::subscriptions::{SubscriptionBook, Subscriptions};
use super::talk::Talk;
use super::traffic::{Protocol, Repeated, Rewrite, SipEndpoint};
use super::transaction::Press;
use super::via::Vias;

const CALLS_KEPT: usize = 65_536;
/// Calls that a capture of days remembers, and how many make room at a time.
const CALLS_REMEMBERED: usize = 16_384;
const CALLS_FORGOTTEN: usize = CALLS_REMEMBERED / 8;
/// Calls that have one Call-ID.
pub(super) const TALKS_OF_A_CALL_ID: usize = 16;
const ENDPOINTS_KEPT: usize = 16_384;
const STRINGS_KEPT: usize = 16;
const KEYS_KEPT: usize = 64;
const USERS_KEPT: usize = 1_024;
/// Steps of ladders, of all calls together.
const STEPS_KEPT: usize = 262_144;

/// CANCELs of calls that began before the capture.
const CANCELS_KEPT: usize = 16;

/// One message with where and when it was seen.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) frame: Frame,
    pub(super) time: Timestamp,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) protocol: Protocol,
    /// Of the packet that ends it.
    pub(super) dscp: u8,
    /// Over UDP.
    pub(super) datagram: Option<Datagram>,
    pub(super) message: SipMessage,
}

/// By what a datagram that was sent again is told from a copy that the capture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    /// Of IP; 0 where there is none.
    pub(super) identification: u16,
    pub(super) ttl: u8,
}

impl Datagram {
    /// Whether this one was sent anew: a copy keeps its identification, and what comes behind a router has another TTL.
    pub(super) fn is_sent_after(self, other: Self) -> bool {
        let is_numbered = self.identification != 0 && other.identification != 0;
        is_numbered && self.identification != other.identification && self.ttl == other.ttl
    }
}

/// Calls, registrations and endpoints while the capture runs.
#[derive(Clone, Debug, Default)]
pub struct Dialogs {
    /// All that follows, put together at the end.
    conversations: Option<Box<Conversations>>,
    talks: Vec<Talk>,
    /// Nearly always one; more where a B2BUA keeps the Call-ID of what it passes on, or a client uses one for all its calls.
    by_call_id: HashTable<Named>,
    hasher: RandomState,
    registrations: Registrations,
    press: Press,
    repeats: Repeats,
    subscriptions: SubscriptionBook,
    vias: Vias,
    endpoints: BTreeMap<IpAddr, Speaker>,
    /// Steps of ladders that are kept.
    steps: usize,
    /// The latest CANCELs of calls of which nothing was heard before; an answer to the INVITE may follow.
    cancels: VecDeque<Heard>,
    /// Messages without Call-ID or `CSeq`.
    pub(super) nameless: u64,
    pub(super) malformed: Malformed,
    /// Messages that a cap of its own left out.
    over_cap: u64,
    /// When the latest message was heard.
    latest: Option<Timestamp>,
}

/// Calls with one Call-ID, which stands in each of them.
#[derive(Clone, Debug)]
struct Named {
    /// Of the Call-ID.
    hash: u64,
    calls: Few<usize, TALKS_OF_A_CALL_ID>,
}

#[derive(Clone, Debug)]
struct Speaker {
    endpoint: SipEndpoint,
    users: BTreeSet<Box<str>>,
}

/// What [`Dialogs::finish`] gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversations {
    pub(super) calls: Vec<Call>,
    pub(super) registrations: Vec<Registration>,
    pub(super) repeats: Vec<Repeated>,
    pub(super) prompt: Vec<Prompt>,
    pub(super) unheeded: Vec<Unheeded>,
    pub(super) subscriptions: Vec<Subscriptions>,
    pub(super) rewrites: Vec<Rewrite>,
    pub(super) endpoints: Vec<SipEndpoint>,
}

impl Dialogs {
    /// Reads a message with the session description in its body; gives the index of the call it belongs to.
    pub(super) fn push(&mut self, heard: &Heard, sdp: Option<&Sdp>) -> Option<usize> {
        self.note_endpoint(heard);
        self.latest = self.latest.max(Some(heard.time));
        let is_named = heard.message.call_id.is_some() && heard.message.cseq.is_some();
        self.nameless += u64::from(!is_named && !heard.message.is_cut);
        self.malformed.note(&heard.message);
        let transaction = self.press.transaction(&heard.message);
        if let Some(transaction) = transaction {
            self.vias.push(heard, transaction);
            self.repeats.push(heard, transaction);
        }
        self.subscriptions.push(heard, transaction);
        if heard.message.method() == Some(&Method::Register) {
            self.over_cap += u64::from(!self.registrations.push(heard));
            return None;
        }
        let call = self.call(heard)?;
        if let Some(talk) = self.talks.get_mut(call) {
            let has_grown = talk.hear(heard, sdp, self.steps < STEPS_KEPT);
            self.steps += usize::from(has_grown);
        }
        Some(call)
    }

    /// Lets those calls go of which nothing was heard for the longest time, where there are more than a capture of days
    /// remembers; their messages count as over the limit.
    pub(super) fn forget_oldest(&mut self) {
        self.over_cap += self.registrations.forget_oldest();
        if self.talks.len() <= CALLS_REMEMBERED {
            return;
        }
        let forgotten = self.talks.len() - CALLS_REMEMBERED + CALLS_FORGOTTEN;
        let mut last: Vec<_> = self.talks.iter().map(Talk::last_heard).collect();
        let (_, &mut latest, _) = last.select_nth_unstable(forgotten - 1);
        let (stay, go): (Vec<Talk>, Vec<Talk>) =
            std::mem::take(&mut self.talks).into_iter().partition(|talk| talk.last_heard() > latest);
        for talk in go {
            self.over_cap += talk.messages();
            self.steps -= talk.steps();
        }
        self.by_call_id.clear();
        for (at, talk) in stay.iter().enumerate() {
            name(&mut self.by_call_id, &stay, self.hasher.hash_one(talk.call_id()), at);
        }
        self.talks = stay;
    }

    /// Messages that a cap left out.
    pub(super) fn over_cap(&self) -> u64 {
        self.over_cap + self.repeats.over_cap + self.vias.over_cap
    }

    /// Last step, when all is heard: puts calls, registrations and speakers together. A second time does nothing.
    pub fn conclude(&mut self) {
        if self.conversations.is_some() {
            return;
        }
        self.over_cap = self.over_cap();
        let endpoints = std::mem::take(&mut self.endpoints).into_values().map(|speaker| {
            let mut endpoint = speaker.endpoint;
            endpoint.users = speaker.users.len() as u64;
            endpoint
        });
        let (repeats, prompt, unheeded) = std::mem::take(&mut self.repeats).finish();
        self.conversations = Some(Box::new(Conversations {
            calls: legs::finish(std::mem::take(&mut self.talks), self.latest.unwrap_or(Timestamp::UNKNOWN)),
            registrations: std::mem::take(&mut self.registrations).finish(),
            repeats,
            prompt,
            unheeded,
            subscriptions: std::mem::take(&mut self.subscriptions).finish(),
            rewrites: std::mem::take(&mut self.vias).finish(),
            endpoints: endpoints.collect(),
        }));
    }

    pub(super) fn finish(mut self) -> Conversations {
        self.conclude();
        self.conversations.map(|conversations| *conversations).unwrap_or_default()
    }

    fn call(&mut self, heard: &Heard) -> Option<usize> {
        let message = &heard.message;
        let call_id = message.call_id.as_deref().filter(|id| !id.is_empty())?;
        let hash = self.hasher.hash_one(call_id);
        let known = self.by_call_id.find(hash, |known| known.is_of(hash, call_id, &self.talks));
        let known = known.map_or(&[][..], |known| &*known.calls);
        let before = known.len();
        let talks = || known.iter().rev().copied();
        let talk = |at: usize| self.talks.get(at);
        let own = talks().find(|at| talk(*at).is_some_and(|talk| talk.is_named_by(message)));
        let is_another = own.is_none()
            && before < TALKS_OF_A_CALL_ID
            && talks().all(|at| talk(at).is_some_and(|talk| talk.is_another(heard)));
        if let Some(at) = own.or_else(|| talks().next()).filter(|_| !is_another) {
            return Some(at);
        }
        if !tells_of_a_call(message) {
            let is_cancel = matches!(message.kind, Kind::Request { method: Method::Cancel, .. });
            let is_known = || self.cancels.iter().any(|known| known.message.call_id == message.call_id);
            if is_cancel && before == 0 && !is_known() {
                self.cancels.truncate(CANCELS_KEPT - 1);
                self.cancels.push_front(heard.clone());
            }
            return None;
        }
        if self.talks.len() >= CALLS_KEPT {
            self.over_cap += 1;
            return None;
        }
        let index = self.talks.len();
        let is_answer = matches!(message.kind, Kind::Response { .. });
        let cancel =
            self.cancels.iter().find(|cancel| is_answer && cancel.message.call_id == message.call_id);
        let mut talk = Talk::new(call_id, before, cancel.unwrap_or(heard));
        if let Some(cancel) = cancel {
            self.steps += usize::from(talk.hear(cancel, None, self.steps < STEPS_KEPT));
        }
        self.talks.push(talk);
        name(&mut self.by_call_id, &self.talks, hash, index);
        Some(index)
    }

    fn note_endpoint(&mut self, heard: &Heard) {
        let address = heard.from.ip();
        if !self.endpoints.contains_key(&address) && self.endpoints.len() >= ENDPOINTS_KEPT {
            self.over_cap += 1;
            return;
        }
        let speaker = self
            .endpoints
            .entry(address)
            .or_insert_with(|| Speaker { endpoint: SipEndpoint::new(address), users: BTreeSet::new() });
        speaker.note(heard);
        if let (Some(status), Some(asker)) = (heard.message.status(), self.endpoints.get_mut(&heard.to.ip()))
        {
            *asker.endpoint.answers.entry(status).or_default() += 1;
        }
    }
}

impl Named {
    fn is_of(&self, hash: u64, call_id: &str, talks: &[Talk]) -> bool {
        let talk = self.calls.first().and_then(|at| talks.get(*at));
        self.hash == hash && talk.is_some_and(|talk| talk.call_id() == call_id)
    }
}

/// Adds the call at `at` to those that have its Call-ID.
fn name(by_call_id: &mut HashTable<Named>, talks: &[Talk], hash: u64, at: usize) {
    let Some(call_id) = talks.get(at).map(Talk::call_id) else { return };
    by_call_id
        .entry(hash, |known| known.is_of(hash, call_id, talks), |known| known.hash)
        .or_insert(Named { hash, calls: Few::NONE })
        .get_mut()
        .calls
        .push(at);
}

impl Speaker {
    fn note(&mut self, heard: &Heard) {
        let message = &heard.message;
        let endpoint = &mut self.endpoint;
        count(&mut endpoint.ports, (heard.protocol, heard.from.port()));
        endpoint.marked = match endpoint.marked {
            Some((mark, messages)) if mark == heard.dscp => Some((mark, messages + 1)),
            _ => Some((heard.dscp, 1)),
        };
        match &message.kind {
            Kind::Request { method, uri } => {
                if *method == Method::Options && endpoint.options_to.is_none() {
                    endpoint.options_to = Some(uri.as_str().into());
                }
                // A proxy passes on the agent string of the one who spoke first.
                if message.via_count > 1 {
                    endpoint.is_proxy = true;
                } else if let Some(agent) = &message.user_agent {
                    keep(&mut endpoint.user_agents, agent.as_str(), heard.frame);
                }
                match endpoint.requests.get_mut(method.as_str()) {
                    Some(count) => *count += 1,
                    None => count(&mut endpoint.requests, method.as_str().into()),
                }
                endpoint.within += u64::from(message.to.as_ref().is_some_and(|to| to.tag.is_some()));
                let user = message.to.as_ref().map_or("", Party::aor);
                if self.users.len() < USERS_KEPT && !self.users.contains(user) {
                    self.users.insert(user.into());
                }
                let (first, _) = endpoint.span.unwrap_or((heard.time, heard.time));
                endpoint.span = Some((first, heard.time));
            }
            Kind::Response { status, .. } => {
                let agent = message.server.as_ref().or(message.user_agent.as_ref());
                if let Some(agent) = agent {
                    keep(&mut endpoint.servers, agent.as_str(), heard.frame);
                }
                *endpoint.responses.entry(*status).or_default() += 1;
                let registers = message.method() == Some(&Method::Register);
                if registers && matches!(status, 200..=299 | 401 | 407) {
                    endpoint.registrar.get_or_insert(heard.frame);
                    endpoint.grants |= matches!(status, 200..=299);
                }
            }
        }
    }
}

/// Whether a message begins a call, or shows one whose beginning was not captured: an answer to INVITE, a BYE, and a REFER
/// within a dialog, which hands the call over (RFC 5589 section 6.1). A
/// challenge tells of none: what the caller does then would be seen.
fn tells_of_a_call(message: &SipMessage) -> bool {
    match (&message.kind, message.method()) {
        (Kind::Request { .. }, Some(Method::Invite | Method::Bye)) => true,
        (Kind::Request { .. }, Some(Method::Refer)) => is_in_dialog(message),
        (Kind::Response { status, .. }, Some(Method::Invite)) => !matches!(status, 401 | 407 | 481),
        _ => false,
    }
}

/// Address of record of a From or To header, empty where it is missing.
pub(super) fn aor(party: Option<&Party>) -> Box<str> {
    party.map_or("", Party::aor).into()
}

/// Counts `key`, unless there are too many others.
fn count<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    if counts.contains_key(&key) || counts.len() < KEYS_KEPT {
        *counts.entry(key).or_default() += 1;
    }
}

fn keep(strings: &mut BTreeMap<Box<str>, Frame>, text: &str, frame: Frame) {
    if !strings.contains_key(text) && strings.len() < STRINGS_KEPT {
        strings.insert(text.into(), frame);
    }
}

#[cfg(test)]
mod tests;
