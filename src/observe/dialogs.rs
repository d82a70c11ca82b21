//! Takes SIP messages in capture order; gives calls, registrations and who spoke SIP (RFC 3261), and hands the media
//! that SDP announces to whoever measures it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::{Frame, Timestamp};

use super::message::sdp::{Direction, Sdp};
use super::message::sip::{Kind, Method, Party, SipMessage};
use super::registrations::Registrations;
use super::traffic::{Answer, Call, Protocol, Registration, Rewrite, SipEndpoint};
use super::via::Vias;

const CALLS_KEPT: usize = 65_536;
const ENDPOINTS_KEPT: usize = 16_384;
const STRINGS_KEPT: usize = 16;
const KEYS_KEPT: usize = 64;
const USERS_KEPT: usize = 1_024;
const MEDIA_KEPT: usize = 8;

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
    talks: Vec<Talk>,
    by_call_id: HashMap<Box<str>, usize, RandomState>,
    registrations: Registrations,
    vias: Vias,
    endpoints: BTreeMap<IpAddr, Speaker>,
    /// Messages that a cap left out.
    pub(super) over_cap: u64,
}

/// A call, and by which tag its caller is known (RFC 3261 section 12).
#[derive(Debug)]
struct Talk {
    call: Call,
    caller_tag: Option<Box<str>>,
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
    pub(super) rewrites: Vec<Rewrite>,
    pub(super) endpoints: Vec<SipEndpoint>,
}

impl Dialogs {
    /// Reads a message with the session description in its body; gives the index of the call it belongs to.
    pub(super) fn push(&mut self, heard: &Heard, sdp: Option<&Sdp>) -> Option<usize> {
        self.note_endpoint(heard);
        self.vias.push(heard);
        if heard.message.method() == Some(&Method::Register) {
            self.over_cap += u64::from(!self.registrations.push(heard));
            return None;
        }
        let call = self.call(heard)?;
        if let Some(talk) = self.talks.get_mut(call) {
            advance(&mut talk.call, heard);
            if let Some(sdp) = sdp {
                talk.note_media(heard, sdp);
            }
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
            calls: self.talks.into_iter().map(|talk| talk.call).collect(),
            registrations: self.registrations.finish(),
            rewrites: self.vias.finish(),
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
        if self.talks.len() >= CALLS_KEPT {
            self.over_cap += 1;
            return None;
        }
        let index = self.talks.len();
        let call_id: Box<str> = call_id.into();
        self.by_call_id.insert(call_id.clone(), index);
        let call = Call {
            call_id,
            caller: heard.from,
            callee: heard.to,
            from: aor(message.from.as_ref()),
            to: aor(message.to.as_ref()),
            start: (heard.frame, heard.time),
            answered: None,
            end: None,
            answer: Answer::Open,
            caller_media: Vec::new(),
            callee_media: Vec::new(),
            may_be_silent: false,
        };
        let tag = message.from.as_ref().and_then(|from| from.tag.as_deref());
        self.talks.push(Talk { call, caller_tag: tag.map(Into::into) });
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

impl Talk {
    /// Keeps where a side wants to receive audio, and whether silence may be meant.
    fn note_media(&mut self, heard: &Heard, sdp: &Sdp) {
        let tag = heard.message.from.as_ref().and_then(|from| from.tag.as_deref());
        // An answer repeats the From of the request, so its sender is the other one.
        let names_caller = tag == self.caller_tag.as_deref();
        let is_of_caller = names_caller == matches!(heard.message.kind, Kind::Request { .. });
        let call = &mut self.call;
        let known = if is_of_caller { &mut call.caller_media } else { &mut call.callee_media };
        let mut audio = sdp.media.iter().filter(|media| media.kind.as_str() == "audio");
        let (Some(media), None) = (audio.next(), audio.next()) else {
            call.may_be_silent = true;
            return;
        };
        let host = media.connection.as_ref().or(sdp.connection.as_ref()).and_then(|host| host.ip());
        let address = host.filter(|address| !address.is_unspecified());
        call.may_be_silent |= media.port == 0
            || address.is_none()
            || media.direction != Direction::SendRecv
            || !media.candidates.is_empty()
            || sdp.media.iter().any(|media| media.kind.as_str() == "image");
        if let Some(address) = address.filter(|_| media.port != 0) {
            let endpoint = SocketAddr::new(address, media.port);
            if known.len() < MEDIA_KEPT && !known.contains(&endpoint) {
                known.push(endpoint);
            }
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
