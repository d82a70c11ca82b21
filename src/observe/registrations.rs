//! Takes REGISTER requests and their answers in capture order; gives registrations (RFC 3261 section 10): accepted,
//! refused or unanswered, and where the registrar saw the client (RFC 3581).

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::Timestamp;

use super::dialogs::{Heard, aor};
use super::message::sip::{Kind, Rport, SipMessage};
use super::traffic::{Mapping, Protocol, Refused, Registration, Rhythm, Unanswered};

const REGISTRATIONS_KEPT: usize = 16_384;
const CALL_IDS_KEPT: usize = 65_536;
const FRAMES_KEPT: usize = 5;
const MAPPINGS_KEPT: usize = 8;
/// Hops of one request that are told apart: phone, proxies, registrar.
const HOPS_KEPT: usize = 8;
/// The same request again within this time (ns) is a copy of the capture: RFC 3261 section 17.1.2.2 repeats after
/// 0.5 s at the earliest.
const COPY_WITHIN: i64 = 100_000_000;

/// Address of record, client, registrar.
type Key = (Box<str>, SocketAddr, SocketAddr);

/// Registrations while the capture runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Registrations {
    rows: BTreeMap<Key, Entry>,
    /// A proxy passes on a request with its Call-ID, so one may be seen on several hops.
    by_call_id: HashMap<Box<str>, Vec<Key>, RandomState>,
}

#[derive(Clone, Debug)]
struct Entry {
    row: Registration,
    call_id: Box<str>,
    /// The request that the next answer is about.
    asked: Option<Asked>,
    /// Address and port that the latest answer showed, in this Call-ID.
    mapped: Option<(Option<IpAddr>, u16)>,
    /// The last final answer asked for credentials.
    challenged: bool,
    refusals: u64,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    cseq: u32,
    /// When it was last sent.
    time: Timestamp,
    has_credentials: bool,
    signs_off: bool,
    is_answered: bool,
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
        self.rows.into_values().map(|entry| entry.row).collect()
    }

    fn ask(&mut self, heard: &Heard) -> bool {
        let message = &heard.message;
        let key = (aor(message.to.as_ref()), heard.from, heard.to);
        if !self.rows.contains_key(&key) && self.rows.len() >= REGISTRATIONS_KEPT {
            return false;
        }
        let entry = self.rows.entry(key.clone()).or_insert_with(|| Entry::new(&key, heard.protocol));
        entry.ask(heard);
        if let Some(call_id) = message.call_id.as_deref()
            && (self.by_call_id.len() < CALL_IDS_KEPT || self.by_call_id.contains_key(call_id))
        {
            let hops = self.by_call_id.entry(call_id.into()).or_default();
            if hops.len() < HOPS_KEPT && !hops.contains(&key) {
                hops.push(key);
            }
        }
        true
    }

    fn answer(&mut self, heard: &Heard, status: u16) {
        let Some(call_id) = heard.message.call_id.as_deref() else { return };
        let hops = self.by_call_id.get(call_id).map(Vec::as_slice).unwrap_or_default();
        let own = |key: &&Key| key.1.ip() == heard.to.ip();
        for key in hops.iter().filter(own) {
            let Some(entry) = self.rows.get_mut(key) else { continue };
            // From whatever address: somebody is there.
            entry.row.unanswered = Unanswered::default();
            if heard.from.ip() == key.2.ip() && status >= 200 {
                entry.answer(heard, status);
            }
        }
    }
}

impl Entry {
    fn new((aor, client, registrar): &Key, protocol: Protocol) -> Self {
        let row = Registration {
            aor: aor.clone(),
            client: *client,
            registrar: *registrar,
            protocol,
            contact: None,
            expires: None,
            attempts: 0,
            status: None,
            accepted: false,
            challenges: 0,
            rhythm: None,
            frames: Vec::new(),
            refused: None,
            unanswered: Unanswered::default(),
            granted: None,
            mappings: Vec::new(),
            kept: None,
        };
        Self { row, call_id: Box::default(), asked: None, mapped: None, challenged: false, refusals: 0 }
    }

    fn ask(&mut self, heard: &Heard) {
        let message = &heard.message;
        let call_id = message.call_id.as_deref().unwrap_or_default();
        let cseq = message.cseq.as_ref().map_or(0, |cseq| cseq.number);
        let is_same_call = *self.call_id == *call_id;
        if let Some(asked) = self.asked.as_mut().filter(|asked| is_same_call && asked.cseq == cseq) {
            let waited = heard.time.since(asked.time);
            asked.time = heard.time;
            if waited < COPY_WITHIN {
                return;
            }
        }
        let row = &mut self.row;
        // The answer to a challenge belongs to the attempt that was challenged (RFC 3261 section 22.2).
        let was_answered = self.asked.is_some_and(|asked| asked.is_answered);
        let is_the_same = is_same_call && was_answered && self.challenged && message.has_credentials;
        row.attempts += u64::from(!is_the_same);
        if let Some(contact) = message.contacts.first() {
            row.contact = Some(contact.uri.as_str().into());
        }
        row.expires = expires(message).or(row.expires);
        if row.frames.len() < FRAMES_KEPT {
            row.frames.push(heard.frame);
        }
        row.unanswered.count += 1;
        if row.unanswered.frames.len() < FRAMES_KEPT {
            row.unanswered.frames.push(heard.frame);
        }
        let (first, _) = row.unanswered.span.unwrap_or((heard.time, heard.time));
        row.unanswered.span = Some((first, heard.time));

        if !is_same_call {
            // The client starts anew: after a restart another port is no lost mapping, and what was lost before stays so.
            self.call_id = call_id.into();
            self.challenged = false;
            self.asked = None;
            self.mapped = None;
            row.kept = None;
            if row.mappings.len() < 2 {
                row.mappings.clear();
            }
        }
        if self.asked.is_none_or(|asked| asked.cseq != cseq) {
            self.asked = Some(Asked {
                cseq,
                time: heard.time,
                has_credentials: message.has_credentials,
                signs_off: expires(message) == Some(0),
                is_answered: false,
            });
        }
    }

    fn answer(&mut self, heard: &Heard, status: u16) {
        let message = &heard.message;
        self.row.status = Some(status);
        if (200..300).contains(&status) {
            self.row.accepted = true;
            self.row.expires = expires(message).or(self.row.expires);
        }
        self.note_mapping(heard);
        let cseq = message.cseq.as_ref().map_or(0, |cseq| cseq.number);
        let Some(asked) = self.asked.as_mut().filter(|asked| asked.cseq == cseq && !asked.is_answered) else {
            return;
        };
        asked.is_answered = true;
        let is_challenge = matches!(status, 401 | 407);
        self.row.challenges += u64::from(is_challenge && !asked.has_credentials);
        if (200..300).contains(&status) && !asked.signs_off {
            self.note_grant(heard.time);
        }
        let Some(asked) = self.asked else { return };
        let is_refused = match status {
            // Credentials of a nonce that has run out are challenged once more, and that is no refusal.
            401 | 407 => asked.has_credentials && self.challenged && !is_stale(message),
            403 | 404 | 423 | 503 => !asked.signs_off,
            _ => false,
        };
        if is_refused {
            self.refusals += 1;
            let (frame, time) = (heard.frame, heard.time);
            self.row.refused = Some(Refused { status, frame, time, count: self.refusals });
        } else if !is_challenge {
            self.row.refused = None;
        }
        self.challenged = is_challenge;
    }

    fn note_grant(&mut self, now: Timestamp) {
        let (first, before) = self.row.granted.unzip();
        self.row.granted = Some((first.unwrap_or(now), now));
        let Some(before) = before else { return };
        let waited = now.since(before);
        let rhythm =
            self.row.rhythm.get_or_insert(Rhythm { refreshes: 0, shortest: waited, longest: waited });
        rhythm.refreshes += 1;
        rhythm.shortest = rhythm.shortest.min(waited);
        rhythm.longest = rhythm.longest.max(waited);
    }

    fn note_mapping(&mut self, heard: &Heard) {
        let message = &heard.message;
        let Some(via) = message.via.as_ref().filter(|_| message.via_count == 1) else { return };
        let Rport::Port(port) = via.rport else { return };
        if heard.protocol != Protocol::Udp {
            return;
        }
        let address = via.received.as_ref().and_then(|host| host.ip());
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

/// Whether only the nonce was too old. Some registrars say so in the reason phrase alone: `401 nonce has changed`.
fn is_stale(message: &SipMessage) -> bool {
    let told = match &message.kind {
        Kind::Response { reason, .. } => reason.as_str().to_ascii_lowercase().contains("nonce"),
        Kind::Request { .. } => false,
    };
    message.is_stale_challenge || told
}

/// Seconds that a REGISTER asks for or its answer grants, RFC 3261 section 10.2.1.1.
fn expires(message: &SipMessage) -> Option<u32> {
    message.contacts.first().and_then(|contact| contact.expires).or(message.expires)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, socket};
    use super::super::message::sip;
    use super::*;

    const PHONE: &str = "192.168.10.21:5060";
    const PBX: &str = "192.168.10.2:5060";

    /// A REGISTER, or its answer if there is a `status`.
    #[expect(clippy::too_many_arguments, reason = "a message in one line of a test")]
    fn heard(
        nth: u64,
        time: Timestamp,
        from: &str,
        to: &str,
        cseq: u32,
        status: &str,
        via: &str,
        more: &str,
    ) -> Heard {
        let head = match status {
            "" => "REGISTER sip:anlage.example SIP/2.0".to_owned(),
            "stale" => "SIP/2.0 401 Unauthorized".to_owned(),
            "nonce" => "SIP/2.0 401 nonce has changed".to_owned(),
            status => format!("SIP/2.0 {status} "),
        };
        let text = format!(
            "{head}\r\nVia: SIP/2.0/UDP 192.168.10.21{via};branch=z9hG4bK1\r\nFrom: <sip:21@a.example>;tag=a\r\n\
             To: <sip:21@a.example>\r\nCall-ID: c1\r\nCSeq: {cseq} REGISTER\r\n{more}\r\n"
        );
        let message = sip::read(text.as_bytes(), false).unwrap();
        Heard {
            frame: frame(nth),
            time,
            from: socket(from),
            to: socket(to),
            protocol: Protocol::Udp,
            dscp: 0,
            message,
        }
    }

    /// Messages half a second apart, as frames 1, 2 ...: `?` asks, `!` asks with credentials, `0` signs off, `~` sends
    /// the last request again, `=` is a copy of it 1 ms later, a number answers it, with `@` and a port as the registrar
    /// sees it.
    fn registration(steps: &[&str]) -> Registration {
        let mut registrations = Registrations::default();
        let (mut cseq, mut last) = (0, "");
        for (nth, &step) in (1_u64..).zip(steps) {
            let time = if step == "=" { at(nth as i64 * 500 - 499) } else { at(nth as i64 * 500) };
            let request = match step {
                "~" | "=" => Some(last),
                "?" => Some(""),
                "!" => Some("Authorization: Digest username=\"21\"\r\n"),
                "0" => Some("Expires: 0\r\n"),
                _ => None,
            };
            let message = if let Some(more) = request {
                cseq += u32::from(!matches!(step, "~" | "="));
                last = more;
                heard(nth, time, PHONE, PBX, cseq, "", "", more)
            } else {
                let (status, port) = step.split_once('@').unwrap_or((step, ""));
                let via = if port.is_empty() { String::new() } else { format!(";rport={port}") };
                let more = if status == "stale" {
                    "WWW-Authenticate: Digest nonce=\"x\", stale=true\r\n"
                } else {
                    ""
                };
                heard(nth, time, PBX, PHONE, cseq, status, &via, more)
            };
            registrations.push(&message);
        }
        registrations.finish().remove(0)
    }

    fn refused(steps: &[&str]) -> Option<u16> {
        registration(steps).refused.map(|refused| refused.status)
    }

    #[test]
    fn a_second_challenge_after_credentials_is_a_refusal() {
        assert_eq!(refused(&["?", "401", "!", "401"]), Some(401));
        assert_eq!(refused(&["?", "401", "!", "403"]), Some(403));
        assert_eq!(refused(&["?", "404"]), Some(404));
    }

    #[test]
    fn what_is_usual_is_none() {
        assert_eq!(refused(&["?", "401", "!", "200"]), None, "challenged once");
        assert_eq!(refused(&["?", "401", "401"]), None, "the challenge came twice");
        assert_eq!(refused(&["?", "401", "!", "200", "!", "401", "!", "200"]), None, "a new nonce");
        assert_eq!(refused(&["?", "401", "!", "200", "!", "401"]), None, "the capture ends there");
        assert_eq!(refused(&["?", "401", "!", "stale"]), None, "only the nonce is old");
        assert_eq!(refused(&["?", "401", "!", "nonce"]), None, "the same, told in words");
        assert_eq!(refused(&["?", "423", "?", "200"]), None, "a longer time was accepted");
        assert_eq!(refused(&["0", "404"]), None, "signed off");
    }

    #[test]
    fn tries_count_until_somebody_answers() {
        let row = registration(&["?", "401", "!", "!", "!"]);
        assert_eq!((row.unanswered.count, row.attempts), (3, 3));
        assert_eq!(row.unanswered.frames, [3, 4, 5].map(frame));
        assert_eq!(registration(&["?", "?", "100"]).unanswered, Unanswered::default());
    }

    #[test]
    fn a_challenge_belongs_to_its_attempt_and_a_copy_to_its_original() {
        assert_eq!(registration(&["?", "401", "!", "200"]).attempts, 1);
        assert_eq!(
            registration(&["?", "401", "!", "200", "!", "200"]).attempts,
            2,
            "refreshed with the old nonce"
        );
        assert_eq!(registration(&["?", "401", "!", "401", "!", "200"]).attempts, 1, "another nonce");
        let copied = registration(&["?", "=", "401", "!", "=", "200"]);
        assert_eq!((copied.attempts, copied.frames), (1, [1, 4].map(frame).to_vec()));
        assert_eq!(
            registration(&["?", "=", "~", "~"]).unanswered.count,
            3,
            "sent again is another try, a copy is not"
        );
    }

    #[test]
    fn grants_have_a_rhythm_and_challenges_are_counted() {
        let row = registration(&["?", "401", "!", "200", "!", "200", "?", "401", "!", "200"]);
        let rhythm = Rhythm { refreshes: 2, shortest: 1_000_000_000, longest: 2_000_000_000 };
        assert_eq!((row.challenges, row.rhythm), (2, Some(rhythm)));
        assert_eq!(row.granted, Some((at(2_000), at(5_000))));
        assert_eq!(registration(&["?", "200", "0", "200"]).rhythm, None, "signed off");
        assert_eq!(registration(&["?", "401", "401"]).challenges, 1, "the same twice");
        assert_eq!(registration(&["?", "401", "!", "401"]).challenges, 1, "the second is a refusal");
    }

    #[test]
    fn hops_of_a_proxied_request_keep_their_own_answers() {
        const PROXY: &str = "192.168.10.3:5060";
        let mut registrations = Registrations::default();
        let hops = [(PHONE, PROXY, ""), (PROXY, PBX, ""), (PBX, PROXY, "200"), (PROXY, PHONE, "200")];
        for (nth, (from, to, status)) in (1..).zip(hops) {
            registrations.push(&heard(nth, at(nth as i64 * 10), from, to, 1, status, "", ""));
        }
        let rows = registrations.finish();
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!((row.status, row.accepted, row.unanswered), (Some(200), true, Unanswered::default()));
        }
    }

    #[test]
    fn another_port_is_another_mapping() {
        let ports = |steps: &[&str]| -> Vec<u16> {
            registration(steps).mappings.iter().map(|mapping| mapping.port).collect()
        };
        assert_eq!(ports(&["?", "200@5060", "?", "200@5060"]), [5060]);
        assert_eq!(ports(&["?", "200@5060", "?", "200@61000"]), [5060, 61000]);
        assert!(ports(&["?", "200"]).is_empty());
    }

    #[test]
    fn a_mapping_is_kept_from_its_first_answer_to_its_last() {
        let kept = |steps: &[&str]| registration(steps).kept;
        assert_eq!(kept(&["?", "200@5060", "?", "200@5060"]), Some((at(1_000), at(2_000))));
        assert_eq!(kept(&["?", "200@5060", "?", "200@61000"]), Some((at(2_000), at(2_000))));
    }
}
