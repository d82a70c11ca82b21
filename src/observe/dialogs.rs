//! Takes SIP messages in capture order; gives calls, registrations and who spoke SIP (RFC 3261), and hands the media
//! that SDP announces to whoever measures it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::{Frame, Timestamp};

use super::message::sip::{Kind, Method, Party, SipMessage};
use super::traffic::{Answer, Call, Protocol, Registration, SipEndpoint};

const CALLS_KEPT: usize = 65_536;
const REGISTRATIONS_KEPT: usize = 16_384;
const CALL_IDS_KEPT: usize = 65_536;
const ENDPOINTS_KEPT: usize = 16_384;
const STRINGS_KEPT: usize = 16;
const KEYS_KEPT: usize = 64;
const USERS_KEPT: usize = 1_024;
const FRAMES_KEPT: usize = 5;

/// One message with where and when it was seen.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) frame: Frame,
    pub(super) time: Timestamp,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) protocol: Protocol,
    pub(super) message: SipMessage,
}

/// Calls, registrations and endpoints while the capture runs.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    calls: Vec<Call>,
    by_call_id: HashMap<Box<str>, usize, RandomState>,
    registrations: BTreeMap<(Box<str>, SocketAddr, SocketAddr), Registration>,
    registering: HashMap<Box<str>, (Box<str>, SocketAddr, SocketAddr), RandomState>,
    endpoints: BTreeMap<IpAddr, Speaker>,
    /// Messages that a cap left out.
    pub(super) over_cap: u64,
}

#[derive(Debug)]
struct Speaker {
    endpoint: SipEndpoint,
    users: BTreeSet<Box<str>>,
}

/// What [`Dialogs::finish`] gives.
#[derive(Debug)]
pub(super) struct Conversations {
    pub(super) calls: Vec<Call>,
    pub(super) registrations: Vec<Registration>,
    pub(super) endpoints: Vec<SipEndpoint>,
}

impl Dialogs {
    /// Reads a message; gives the index of the call it belongs to.
    pub(super) fn push(&mut self, heard: &Heard) -> Option<usize> {
        self.note_endpoint(heard);
        if heard.message.method() == Some(&Method::Register) {
            self.register(heard);
            return None;
        }
        let call = self.call(heard)?;
        if let Some(call) = self.calls.get_mut(call) {
            advance(call, heard);
        }
        Some(call)
    }

    pub(super) fn finish(self) -> Conversations {
        let endpoints = self.endpoints.into_values().map(|speaker| {
            let mut endpoint = speaker.endpoint;
            endpoint.users = speaker.users.len() as u64;
            endpoint
        });
        Conversations {
            calls: self.calls,
            registrations: self.registrations.into_values().collect(),
            endpoints: endpoints.collect(),
        }
    }

    fn call(&mut self, heard: &Heard) -> Option<usize> {
        let message = &heard.message;
        let call_id = message.call_id.as_deref().filter(|id| !id.is_empty())?;
        if let Some(&known) = self.by_call_id.get(call_id) {
            return Some(known);
        }
        if !matches!(message.kind, Kind::Request { method: Method::Invite, .. }) {
            return None;
        }
        if self.calls.len() >= CALLS_KEPT {
            self.over_cap += 1;
            return None;
        }
        let index = self.calls.len();
        let call_id: Box<str> = call_id.into();
        self.by_call_id.insert(call_id.clone(), index);
        self.calls.push(Call {
            call_id,
            caller: heard.from,
            callee: heard.to,
            from: aor(message.from.as_ref()),
            to: aor(message.to.as_ref()),
            start: (heard.frame, heard.time),
            answered: None,
            end: None,
            answer: Answer::Open,
        });
        Some(index)
    }

    fn register(&mut self, heard: &Heard) {
        let message = &heard.message;
        match &message.kind {
            Kind::Request { .. } => {
                let key = (aor(message.to.as_ref()), heard.from, heard.to);
                if !self.registrations.contains_key(&key) && self.registrations.len() >= REGISTRATIONS_KEPT {
                    self.over_cap += 1;
                    return;
                }
                let entry = self.registrations.entry(key.clone()).or_insert_with(|| Registration {
                    aor: key.0.clone(),
                    client: heard.from,
                    registrar: heard.to,
                    protocol: heard.protocol,
                    contact: None,
                    expires: None,
                    attempts: 0,
                    status: None,
                    accepted: false,
                    frames: Vec::new(),
                });
                entry.attempts += 1;
                if let Some(contact) = message.contacts.first() {
                    entry.contact = Some(contact.uri.as_str().into());
                }
                entry.expires = expires(message).or(entry.expires);
                if entry.frames.len() < FRAMES_KEPT {
                    entry.frames.push(heard.frame);
                }
                if let Some(call_id) = message.call_id.as_deref()
                    && (self.registering.len() < CALL_IDS_KEPT || self.registering.contains_key(call_id))
                {
                    self.registering.insert(call_id.into(), key);
                }
            }
            Kind::Response { status, .. } if *status >= 200 => {
                let Some(call_id) = message.call_id.as_deref() else { return };
                let Some(key) = self.registering.get(call_id) else { return };
                let Some(entry) = self.registrations.get_mut(key) else { return };
                if (heard.from.ip(), heard.to.ip()) != (entry.registrar.ip(), entry.client.ip()) {
                    return;
                }
                entry.status = Some(*status);
                if (200..300).contains(status) {
                    entry.accepted = true;
                    entry.expires = expires(message).or(entry.expires);
                }
            }
            Kind::Response { .. } => {}
        }
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

impl Speaker {
    fn note(&mut self, heard: &Heard) {
        let message = &heard.message;
        let endpoint = &mut self.endpoint;
        count(&mut endpoint.ports, (heard.protocol, heard.from.port()));
        match &message.kind {
            Kind::Request { method, .. } => {
                // A proxy passes on the agent string of the one who spoke first.
                if message.via_count > 1 {
                    endpoint.is_proxy = true;
                } else if let Some(agent) = &message.user_agent {
                    keep(&mut endpoint.user_agents, agent.as_str(), heard.frame);
                }
                count(&mut endpoint.requests, method.as_str().into());
                let user = aor(message.to.as_ref());
                if self.users.len() < USERS_KEPT {
                    self.users.insert(user);
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
                }
            }
        }
    }
}

/// Address of record of a From or To header, empty where it is missing.
fn aor(party: Option<&Party>) -> Box<str> {
    party.map_or("", Party::aor).into()
}

/// Seconds that a REGISTER asks for or its answer grants, RFC 3261 section 10.2.1.1.
fn expires(message: &SipMessage) -> Option<u32> {
    message.contacts.first().and_then(|contact| contact.expires).or(message.expires)
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

fn advance(call: &mut Call, heard: &Heard) {
    let now = (heard.frame, heard.time);
    let message = &heard.message;
    match &message.kind {
        Kind::Request { method, .. } => match method {
            Method::Bye => {
                call.end.get_or_insert(now);
            }
            Method::Cancel if call.answer == Answer::Open => {
                call.answer = Answer::Cancelled;
                call.end.get_or_insert(now);
            }
            _ => {}
        },
        Kind::Response { status, .. } if message.method() == Some(&Method::Invite) => match status {
            200..=299 if call.answered.is_none() => {
                // It may have crossed a CANCEL, or follow a refusal of the first attempt: only a BYE ends it now.
                call.end = None;
                call.answer = Answer::Answered;
                call.answered = Some(now);
            }
            // 401 and 407 ask for credentials: the caller tries again.
            300..=699 if call.answer == Answer::Open && !matches!(status, 401 | 407) => {
                call.answer = Answer::Rejected(*status);
                call.end.get_or_insert(now);
            }
            _ => {}
        },
        Kind::Response { .. } => {}
    }
}

#[cfg(test)]
mod tests;
