//! Takes REGISTER requests and their answers in capture order; gives registrations (RFC 3261 section 10): accepted,
//! removed, refused or unanswered, and where the registrar saw the client (RFC 3581).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};

use arrayvec::ArrayVec;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::Timestamp;

use super::dialogs::{Datagram, Heard, aor};
use super::early::Early;
use super::message::sip::{Contact, Kind, Rport};
use super::reach::is_public;
use super::register::{asked_for, granted, is_stale, number, signs_off};
use super::registration::{Binding, Late, Mapping, Outage, Refused, Registration, Rhythm, Standing};
use super::traffic::Protocol;

const REGISTRATIONS_KEPT: usize = 16_384;
/// The oldest makes room, and is there again as soon as its client registers anew.
const CALL_IDS_KEPT: usize = 65_536;
/// Rows by Call-ID, of all Call-IDs together: some clients use one for all their accounts.
const HOPS_KEPT: usize = 2 * CALL_IDS_KEPT;
const FRAMES_KEPT: usize = 5;
const MAPPINGS_KEPT: usize = 8;
const BINDINGS_KEPT: usize = 8;
const SECOND: i64 = 1_000_000_000;
const STATUSES_KEPT: usize = 8;
/// Transactions of a registration that an answer may be about.
const OPEN_KEPT: usize = 4;
/// Those that a capture of days remembers, and how many make room at a time.
const REMEMBERED: usize = REGISTRATIONS_KEPT / 2;
const FORGOTTEN: usize = REMEMBERED / 8;
/// Ports of one client from which one account registers with one Call-ID, and that are looked at for an answer.
const PORTS_LOOKED_AT: usize = 32;
/// The same request again within this time (ns) is a copy of the capture, unless its datagram is another one: RFC 3261
/// section 17.1.2.2 repeats after 0.5 s at the earliest.
const COPY_WITHIN: i64 = 100_000_000;
/// An answer that lies no further (ns) before its request was swapped with it, as interfaces that are read in turn do: the same
/// request is sent again after 0.5 s at the earliest.
const SWAPPED_WITHIN: i64 = 100_000_000;
/// After this (ns) a client waits for no answer any more: timer F, RFC 3261 section 17.1.2.2.
const TRANSACTION: i64 = 32 * SECOND;

/// Address of record, client, registrar.
type Key = (Box<str>, SocketAddr, SocketAddr);

/// Client, registrar, number of the request.
type Waiting = (IpAddr, IpAddr, u32);

/// Registrations while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Registrations {
    rows: BTreeMap<Key, Entry>,
    /// A proxy passes on a request with its Call-ID, so one may be seen on several hops, and some clients use one Call-ID
    /// for all their accounts.
    by_call_id: HashMap<Box<str>, BTreeSet<Key>, RandomState>,
    /// The Call-IDs in the order in which they came.
    call_ids: VecDeque<Box<str>>,
    /// Rows by Call-ID, of all together.
    hops: usize,
    /// Rows with a request that waits for an answer.
    open: HashMap<Waiting, BTreeSet<Key>, RandomState>,
    /// Answers to the first request of a row that is not in the capture yet.
    early: Early,
}

#[derive(Clone, Debug)]
struct Entry {
    row: Registration,
    /// Of the last request.
    call_id: Box<str>,
    /// As the last request gives it.
    contact: Option<Contact>,
    /// The latest requests, in order.
    asked: Vec<Asked>,
    /// Address and port that the latest answer showed, in this Call-ID.
    mapped: Option<(Option<IpAddr>, u16)>,
    /// The last final answer asked for credentials.
    challenged: bool,
    /// When anything of it was heard last, and how many messages it had.
    heard: Timestamp,
    messages: u64,
    /// When the binding was granted that still stands.
    bound: Option<Timestamp>,
    /// A final answer to a request that is not in the capture yet.
    early: Option<Box<Heard>>,
    /// When it was first refused since the last grant, and how often.
    trouble: Option<(Timestamp, u64)>,
    /// What had gone unanswered before the latest request: how often something was sent, and when last.
    before: Option<(u64, Timestamp)>,
}

/// A transaction.
#[derive(Clone, Debug)]
struct Asked {
    call_id: Box<str>,
    cseq: u32,
    /// When it was last sent.
    time: Timestamp,
    /// As what.
    datagram: Option<Datagram>,
    has_credentials: bool,
    signs_off: bool,
    is_answered: bool,
    /// By asking for credentials.
    is_challenged: bool,
    /// When, unless it refused credentials.
    challenged: Option<Timestamp>,
}

impl Registrations {
    /// Reads a request or an answer; `false` if a cap left it out.
    pub(super) fn push(&mut self, heard: &Heard) -> bool {
        match &heard.message.kind {
            Kind::Request { .. } => self.ask(heard),
            Kind::Response { status, .. } => {
                self.answer(heard, *status);
                true
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Registration> {
        self.rows
            .into_values()
            .map(|entry| {
                let is_open =
                    entry.asked.last().is_some_and(|asked| asked.has_credentials && !asked.is_answered);
                let is_answer_unseen = is_open && entry.row.standing == Standing::Challenged;
                Registration { is_answer_unseen, ..entry.row }
            })
            .collect()
    }

    fn ask(&mut self, heard: &Heard) -> bool {
        let message = &heard.message;
        // Without them no answer can be told to belong to it, so nothing can be said.
        let (Some(call_id), Some(_)) = (message.call_id.as_deref(), message.cseq.as_ref()) else {
            return true;
        };
        let key = (aor(message.to.as_ref()), heard.from, heard.to);
        if !self.rows.contains_key(&key) && self.rows.len() >= REGISTRATIONS_KEPT {
            return false;
        }
        let entry = self.rows.entry(key.clone()).or_insert_with(|| {
            let early = self.early.take(heard).map(Box::new);
            Entry { early, ..Entry::new(&key, heard.protocol) }
        });
        let before: ArrayVec<u32, OPEN_KEPT> = entry.open().collect();
        entry.ask(heard, call_id);
        let now: ArrayVec<u32, OPEN_KEPT> = entry.open().collect();
        for number in before.into_iter().filter(|number| !now.contains(number)) {
            self.close(&key, number);
        }
        let asked = number(&heard.message);
        if now.contains(&asked) {
            self.open.entry(waiting(&key, asked)).or_default().insert(key.clone());
        }
        self.note_hop(call_id, key);
        true
    }

    /// This request of the row waits no more.
    fn close(&mut self, key: &Key, number: u32) {
        if let hashbrown::hash_map::Entry::Occupied(mut known) = self.open.entry(waiting(key, number)) {
            known.get_mut().remove(key);
            if known.get().is_empty() {
                known.remove();
            }
        }
    }

    /// Lets those rows go that rested for the longest time, where there are more than a capture of days remembers: a client
    /// that reconnects over TCP makes a row each time. Gives how many messages they had, as far as they were counted.
    pub(super) fn forget_oldest(&mut self) -> u64 {
        if self.rows.len() <= REMEMBERED {
            return 0;
        }
        let forgotten = self.rows.len() - REMEMBERED + FORGOTTEN;
        let mut last: Vec<Timestamp> = self.rows.values().map(|entry| entry.heard).collect();
        let (_, &mut latest, _) = last.select_nth_unstable(forgotten - 1);
        let mut messages = 0;
        let mut gone = Vec::new();
        self.rows.retain(|key, entry| {
            let stays = entry.heard > latest;
            if !stays {
                messages += entry.messages;
                gone.push((key.clone(), entry.open().collect::<ArrayVec<u32, OPEN_KEPT>>()));
            }
            stays
        });
        for (key, numbers) in gone {
            numbers.into_iter().for_each(|number| self.close(&key, number));
        }
        messages
    }

    fn note_hop(&mut self, call_id: &str, key: Key) {
        if self.by_call_id.get(call_id).is_some_and(|hops| hops.contains(&key)) {
            return;
        }
        while self.by_call_id.len() >= CALL_IDS_KEPT || self.hops >= HOPS_KEPT {
            let Some(oldest) = self.call_ids.pop_front() else { break };
            self.hops -= self.by_call_id.remove(&oldest).map_or(0, |hops| hops.len());
        }
        let hops = self.by_call_id.entry(call_id.into()).or_insert_with(|| {
            self.call_ids.push_back(call_id.into());
            BTreeSet::new()
        });
        self.hops += usize::from(hops.insert(key));
    }

    fn answer(&mut self, heard: &Heard, status: u16) {
        let message = &heard.message;
        let own: Key = (aor(message.to.as_ref()), heard.to, heard.from);
        let call_id = message.call_id.as_deref().unwrap_or_default();
        let hops = self.by_call_id.get(call_id);
        // An answer repeats To (RFC 3261 section 8.2.6.2); one that does not is known by its number alone.
        let mut keys: Vec<Key> = match hops {
            Some(hops) if of_account(hops, &own.0).next().is_some() => {
                of_client(hops, &own.0, heard.to.ip()).take(PORTS_LOOKED_AT).cloned().collect()
            }
            Some(hops) => {
                let is_waiting = |key: &&Key| {
                    let open = self.open.get(&waiting(key, number(message)));
                    key.1.ip() == heard.to.ip() && open.is_some_and(|open| open.contains(*key))
                };
                hops.iter().take(PORTS_LOOKED_AT).filter(is_waiting).cloned().collect()
            }
            None => Vec::new(),
        };
        let asked_here = |entry: &Entry| entry.asked.iter().any(|asked| *asked.call_id == *call_id);
        if !keys.contains(&own) && self.rows.get(&own).is_some_and(asked_here) {
            keys.push(own);
        }
        if keys.is_empty() {
            self.early.keep(heard);
            return self.note_life(heard);
        }
        for key in &keys {
            let Some(entry) = self.rows.get_mut(key) else { continue };
            // From whatever address: somebody is there.
            entry.row.hear_answer(heard.time, entry.before.take());
            entry.heard = heard.time;
            entry.messages += 1;
            if heard.from.ip() == key.2.ip() && status >= 200 {
                entry.answer(heard, status);
            }
            if !entry.awaits(number(message)) {
                self.close(key, number(message));
            }
        }
    }

    /// An answer to a request whose Call-ID was not readable, or not the same: whom it is for is not known, but the
    /// registrar answers this client.
    fn note_life(&mut self, heard: &Heard) {
        let Some(number) = heard.message.cseq.as_ref().map(|cseq| cseq.number) else { return };
        // Once is enough until the same number is asked again.
        let answered = self.open.remove(&(heard.to.ip(), heard.from.ip(), number));
        for key in answered.iter().flatten() {
            if let Some(entry) = self.rows.get_mut(key) {
                entry.row.hear_answer(heard.time, entry.before.take());
            }
        }
    }
}

fn waiting((_, client, registrar): &Key, number: u32) -> Waiting {
    (client.ip(), registrar.ip(), number)
}

/// The rows of an account, from whatever client.
fn of_account<'a>(hops: &'a BTreeSet<Key>, account: &'a str) -> impl Iterator<Item = &'a Key> {
    let least = SocketAddr::from(([0; 4], 0));
    let from: Key = (account.into(), least, least);
    hops.range(from..).take_while(move |key| *key.0 == *account)
}

/// The rows of an account at one client.
fn of_client<'a>(hops: &'a BTreeSet<Key>, account: &'a str, client: IpAddr) -> impl Iterator<Item = &'a Key> {
    let from: Key = (account.into(), SocketAddr::new(client, 0), SocketAddr::from(([0; 4], 0)));
    hops.range(from..).take_while(move |key| *key.0 == *account && key.1.ip() == client)
}

impl Entry {
    fn new((aor, client, registrar): &Key, protocol: Protocol) -> Self {
        Self {
            row: Registration::new(aor.clone(), *client, *registrar, protocol),
            call_id: Box::default(),
            contact: None,
            asked: Vec::new(),
            mapped: None,
            challenged: false,
            heard: Timestamp::UNKNOWN,
            messages: 0,
            bound: None,
            early: None,
            trouble: None,
            before: None,
        }
    }

    fn awaits(&self, cseq: u32) -> bool {
        self.open().any(|number| number == cseq)
    }

    /// Numbers of the requests that wait for an answer.
    fn open(&self) -> impl Iterator<Item = u32> {
        self.asked.iter().filter(|asked| !asked.is_answered).map(|asked| asked.cseq)
    }

    fn ask(&mut self, heard: &Heard, call_id: &str) {
        let message = &heard.message;
        let cseq = number(message);
        self.heard = heard.time;
        self.messages += 1;
        let row = &mut self.row;
        let known = self.asked.iter_mut().find(|asked| {
            *asked.call_id == *call_id
                && asked.cseq == cseq
                && asked.has_credentials == message.has_credentials
        });
        let is_again = known.is_some();
        if let Some(asked) = known {
            let waited = heard.time.since(asked.time);
            let is_anew =
                asked.datagram.zip(heard.datagram).is_some_and(|(before, now)| now.is_sent_after(before));
            (asked.time, asked.datagram) = (heard.time, heard.datagram);
            // What was held up on the way comes all at once.
            if waited < COPY_WITHIN && !is_anew {
                return;
            }
            row.repeats += 1;
        }
        if row.frames.len() < FRAMES_KEPT {
            row.frames.push(heard.frame);
        }
        if !is_again {
            self.before = row.unanswered.span.map(|(_, last)| (row.unanswered.count, last));
        }
        row.unanswered.count += 1;
        row.unanswered.requests += u64::from(!is_again || row.unanswered.count == 1);
        if row.unanswered.frames.len() < FRAMES_KEPT {
            row.unanswered.frames.push(heard.frame);
        }
        let (first, _) = row.unanswered.span.unwrap_or((heard.time, heard.time));
        row.unanswered.span = Some((first, heard.time));
        if is_again {
            return;
        }
        if let Some(contact) = message.contacts.first() {
            row.contact = Some(contact.uri.as_str().into());
            self.contact = Some(contact.clone());
        }
        let signs_off = signs_off(message);
        if !signs_off {
            row.expires = asked_for(message).or(row.expires);
        }
        row.is_passed_on = message.via_count > 1;
        row.has_credentials |= message.has_credentials;
        row.is_leaving |= signs_off;
        if signs_off && let Some(binding) = row.bound.last_mut() {
            binding.until = binding.until.min(heard.time);
        }
        let is_same_call = *self.call_id == *call_id;
        // The answer to a challenge belongs to the attempt that was challenged (RFC 3261 section 22.2), whatever another Call-ID
        // of the client, which signs off an old binding, asks in between.
        let last = self.asked.iter().rev().find(|asked| *asked.call_id == *call_id);
        // Where answers pass by the measuring point, credentials in the next request tell that it was challenged.
        let is_next = last.is_some_and(|asked| {
            let is_open = !asked.is_answered && !asked.has_credentials && !asked.signs_off;
            is_open && cseq == asked.cseq.wrapping_add(1) && heard.time.since(asked.time) <= TRANSACTION
        });
        let is_challenged = is_next || last.is_some_and(|asked| asked.is_challenged);
        let is_the_same = is_challenged && message.has_credentials;
        row.attempts += u64::from(!is_the_same && !signs_off);
        if let Some(challenged) = last.and_then(|asked| asked.challenged).filter(|_| message.has_credentials)
        {
            Late::note(&mut row.late, heard.time.since(challenged));
        }
        if !is_same_call {
            // The client starts anew: after a restart another port is no lost mapping, and what was lost before stays so.
            self.call_id = call_id.into();
            self.challenged = false;
            self.mapped = None;
            row.kept = None;
            if row.mappings.len() < 2 {
                row.mappings.clear();
            }
        }
        if self.asked.len() >= OPEN_KEPT {
            self.asked.remove(0);
        }
        self.asked.push(Asked {
            call_id: call_id.into(),
            cseq,
            time: heard.time,
            datagram: heard.datagram,
            has_credentials: message.has_credentials,
            signs_off,
            is_answered: false,
            is_challenged: false,
            challenged: None,
        });
        let early = self.early.take().filter(|answer| {
            let is_its =
                number(&answer.message) == cseq && answer.message.call_id.as_deref() == Some(call_id);
            is_its && heard.time.since(answer.time) <= SWAPPED_WITHIN
        });
        if let Some((answer, status)) =
            early.and_then(|answer| answer.message.status().map(|status| (answer, status)))
        {
            self.row.hear_answer(answer.time, self.before.take());
            self.answer(&answer, status);
        }
    }

    fn answer(&mut self, heard: &Heard, status: u16) {
        let message = &heard.message;
        let (call_id, cseq) = (message.call_id.as_deref().unwrap_or_default(), number(message));
        let belongs =
            |asked: &&mut Asked| *asked.call_id == *call_id && asked.cseq == cseq && !asked.is_answered;
        let Some(asked) = self.asked.iter_mut().find(belongs) else {
            if self
                .asked
                .last()
                .is_some_and(|last| *last.call_id == *call_id && cseq == last.cseq.wrapping_add(1))
            {
                self.early = Some(Box::new(heard.clone()));
            }
            return;
        };
        asked.is_answered = true;
        let is_challenge = matches!(status, 401 | 407);
        asked.is_challenged = is_challenge;
        let is_open = is_challenge && (!asked.has_credentials || is_stale(message));
        asked.challenged = is_open.then_some(heard.time);
        let asked = asked.clone();
        let reason = message.reason();
        let row = &mut self.row;
        row.status = Some(status);
        row.reason = reason.map(Into::into);
        self.note_mapping(heard);
        let row = &mut self.row;
        row.challenges += u64::from(is_challenge && !asked.has_credentials);
        let was_asked_just_now = is_challenge && asked.has_credentials && self.challenged;
        row.stale += u64::from(was_asked_just_now && is_stale(message));
        let is_refused = !asked.signs_off
            && match status {
                // Credentials of a nonce that has run out are challenged once more, and that is no refusal.
                401 | 407 => was_asked_just_now && !is_stale(message),
                // Another kind of security is asked for, RFC 3329 section 2.3.1.
                494 => false,
                status => status >= 400,
            };
        if (200..300).contains(&status) {
            let refused = row.refused.take();
            row.is_leaving = false;
            if let (Some((from, count)), Some(last)) = (self.trouble.take(), refused) {
                let outage = Outage { last: Refused { count, ..last }, from, until: heard.time };
                let known = row.refusals.outage.as_ref();
                if !asked.signs_off && known.is_none_or(|known| known.length() < outage.length()) {
                    row.refusals.outage = Some(outage);
                }
            }
            if asked.signs_off {
                row.standing = Standing::SignedOff;
                self.bound = None;
            } else {
                row.standing = Standing::Accepted;
                row.accepted = true;
                row.listed = row.listed.max(message.contact_count);
                row.expires = granted(message, self.contact.as_ref()).or(row.expires);
                self.note_grant(heard.time);
            }
        } else if is_refused {
            let words = message.words().unwrap_or_default();
            self.note_refusal(heard, status, words, asked.has_credentials);
        } else if is_challenge && row.standing == Standing::Open {
            row.standing = Standing::Challenged;
        }
        self.challenged = is_challenge;
    }

    fn note_refusal(&mut self, heard: &Heard, status: u16, reason: &str, with_credentials: bool) {
        let row = &mut self.row;
        row.standing = Standing::Refused;
        let refusals = &mut row.refusals;
        let has_room = refusals.by_status.len() < STATUSES_KEPT || refusals.by_status.contains_key(&status);
        if has_room {
            *refusals.by_status.entry(status).or_default() += 1;
        }
        let (first, _) = refusals.span.unwrap_or((heard.time, heard.time));
        refusals.span = Some((first, heard.time));
        if refusals.frames.len() < FRAMES_KEPT {
            refusals.frames.push(heard.frame);
        }
        let refused = Refused {
            status,
            reason: reason.into(),
            with_credentials,
            frame: heard.frame,
            time: heard.time,
            count: refusals.by_status.values().sum(),
        };
        let (from, count) = self.trouble.unwrap_or((heard.time, 0));
        self.trouble = Some((from, count + 1));
        row.refused = Some(refused);
    }

    fn note_grant(&mut self, now: Timestamp) {
        let (first, _) = self.row.granted.unzip();
        self.row.granted = Some((first.unwrap_or(now), now));
        self.note_binding(now);
        let Some(before) = self.bound.replace(now) else { return };
        let waited = now.since(before);
        // Who registers again at once puts his address right.
        if waited < SECOND {
            return;
        }
        let rhythm =
            self.row.rhythm.get_or_insert(Rhythm { refreshes: 0, shortest: waited, longest: waited });
        rhythm.refreshes += 1;
        rhythm.shortest = rhythm.shortest.min(waited);
        rhythm.longest = rhythm.longest.max(waited);
    }

    /// A grant without a time of its own holds for an hour, RFC 3261 section 10.2.1.1.
    fn note_binding(&mut self, now: Timestamp) {
        let lasts = i64::from(self.row.expires.unwrap_or(3_600)).saturating_mul(SECOND);
        let until = now.plus(lasts);
        let known = &mut self.row.bound;
        if let Some(running) = known.last_mut().filter(|binding| binding.until >= now) {
            running.until = until;
            return;
        }
        if known.len() >= BINDINGS_KEPT {
            known.remove(0);
        }
        known.push(Binding { from: now, until });
    }

    fn note_mapping(&mut self, heard: &Heard) {
        let message = &heard.message;
        let Some(via) = message.via.as_ref().filter(|_| message.via_count == 1) else { return };
        let Rport::Port(port) = via.rport else { return };
        if heard.protocol != Protocol::Udp {
            return;
        }
        // A server adds `received` where the source is not what the client wrote, RFC 3261 section 18.2.1. Not every server
        // does: what the client wrote is believed if it is its own address or one that a router may have given it.
        let is_told = |host: &IpAddr| *host == self.row.client.ip() || is_public(*host);
        let address = via.received.as_ref().map_or_else(|| via.host.ip().filter(is_told), |host| host.ip());
        let is_same = self.mapped.is_some_and(|(before, known)| {
            let same_address = match (before, address) {
                (Some(before), Some(now)) => before == now,
                _ => true,
            };
            known == port && same_address
        });
        if is_same {
            let (first, _) = self.row.kept.unwrap_or((heard.time, heard.time));
            self.row.kept = Some((first, heard.time));
            return;
        }
        let known = &mut self.row.mappings;
        if (self.mapped.is_some() || known.is_empty()) && known.len() < MAPPINGS_KEPT {
            known.push(Mapping { address, port, frame: heard.frame, time: heard.time });
        }
        self.mapped = Some((address, port));
        self.row.kept = Some((heard.time, heard.time));
    }
}

#[cfg(test)]
mod tests;
