//! Registrations and calls of SIP user agents over UDP.

use super::{Class, End, MS, Media, Net, Stream};
use crate::talk::rtp::Codec;
use crate::talk::sip::{self, Dialog, Party};

/// A SIP user agent.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// User part of its address.
    pub user: &'static str,
    /// What it calls itself.
    pub agent: &'static str,
    /// Where it signals.
    pub sip: End,
    /// Its end of the media: source port, marking, faults.
    pub media: Stream,
}

impl Line {
    /// A user agent that signals from port `sip` and takes media at port `rtp`, both of `sip.host`.
    #[must_use]
    pub const fn new(user: &'static str, agent: &'static str, sip: End, rtp: u16) -> Self {
        Self { user, agent, sip, media: Stream::new(sip.host.port(rtp)) }
    }
}

/// What a registrar does with a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Challenges once and accepts.
    Accepted,
    /// Refuses the credentials with 403.
    Forbidden,
    /// Never answers; the client repeats at 0.5, 1, 2 ... s, RFC 3261 section 17.1.2.2.
    Silence,
}

/// A call that is answered. `caller` hangs up.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The INVITE.
    pub at: u64,
    /// From the answer to the BYE.
    pub lasts: u64,
    /// Who calls.
    pub caller: Line,
    /// Who answers.
    pub callee: Line,
    /// What they talk.
    pub codec: Codec,
    /// Domain of their addresses.
    pub domain: &'static str,
    /// Whether both send RTCP.
    pub rtcp: bool,
    /// The caller holds the call: it only sends.
    pub held: bool,
}

impl Call {
    /// A call of `lasts` nanoseconds in G.711.
    #[must_use]
    pub const fn new(at: u64, lasts: u64, caller: Line, callee: Line) -> Self {
        Self {
            at,
            lasts,
            caller,
            callee,
            codec: Codec::Pcma,
            domain: "anlage.example",
            rtcp: true,
            held: false,
        }
    }
}

impl Net {
    /// REGISTER with digest authentication, RFC 3261 section 10.
    pub fn register(&mut self, at: u64, client: Line, registrar: Line, domain: &str, outcome: Outcome) {
        let dialog = self.dialog(client, registrar, domain);
        let expires = "Expires: 300".to_owned();
        if outcome == Outcome::Silence {
            let request = dialog.request("REGISTER", 1, &[expires], "");
            for delay in [0, 500, 1500, 3500, 7500] {
                self.udp(at + delay * MS, client.sip, registrar.sip, Class::Signalling, &request);
            }
            return;
        }
        let nonce = format!("{:016x}", self.rng().draw());
        let credentials = sip::credentials(client.user, domain, &nonce);
        let challenge = sip::challenge(domain, &nonce);
        let (verdict, headers) = match outcome {
            Outcome::Forbidden => ("403 Forbidden", vec![]),
            _ => (
                "200 OK",
                vec![format!("Contact: <sip:{}@{}>;expires=300", client.user, client.sip.address())],
            ),
        };
        let steps = [
            (true, dialog.request("REGISTER", 1, std::slice::from_ref(&expires), "")),
            (false, dialog.answer("401 Unauthorized", "REGISTER", 1, &[challenge], "")),
            (true, dialog.request("REGISTER", 2, &[credentials, expires], "")),
            (false, dialog.answer(verdict, "REGISTER", 2, &headers, "")),
        ];
        self.signal(at, client.sip, registrar.sip, &steps);
    }

    /// An OPTIONS ping with its answer.
    pub fn options(&mut self, at: u64, client: Line, server: Line, domain: &str) {
        let dialog = self.dialog(client, server, domain);
        let steps = [
            (true, dialog.request("OPTIONS", 1, &[], "")),
            (false, dialog.answer("200 OK", "OPTIONS", 1, &[], "")),
        ];
        self.signal(at, client.sip, server.sip, &steps);
    }

    /// A call from INVITE to BYE with media in both directions.
    pub fn call(&mut self, call: &Call) {
        let (caller, callee) = (call.caller, call.callee);
        let dialog = self.dialog(caller, callee, call.domain);
        let (offered, taken) = if call.held { ("sendonly", "recvonly") } else { ("sendrecv", "sendrecv") };
        let offer = sip::sdp(caller.media.from.address(), call.codec, offered);
        let reply = sip::sdp(callee.media.from.address(), call.codec, taken);
        let setup = [
            (true, dialog.request("INVITE", 1, &[], &offer)),
            (false, dialog.answer("100 Trying", "INVITE", 1, &[], "")),
            (false, dialog.answer("180 Ringing", "INVITE", 1, &[], "")),
        ];
        self.signal(call.at, caller.sip, callee.sip, &setup);
        let answered = call.at + 300 * MS;
        let answer = [
            (false, dialog.answer("200 OK", "INVITE", 1, &[], &reply)),
            (true, dialog.request("ACK", 1, &[], "")),
        ];
        self.signal(answered, caller.sip, callee.sip, &answer);
        self.media(&Media {
            at: answered + 40 * MS,
            lasts: call.lasts,
            codec: call.codec,
            streams: [caller.media, callee.media],
            rtcp: call.rtcp,
        });
        let bye =
            [(true, dialog.request("BYE", 2, &[], "")), (false, dialog.answer("200 OK", "BYE", 2, &[], ""))];
        self.signal(answered + call.lasts + 80 * MS, caller.sip, callee.sip, &bye);
    }

    /// A new dialog with random Call-ID and tags.
    pub fn dialog(&mut self, from: Line, to: Line, domain: &str) -> Dialog {
        let mut party = |line: Line| Party {
            user: line.user.to_owned(),
            address: line.sip.address(),
            agent: line.agent.to_owned(),
            tag: format!("{:08x}", self.rng().draw() as u32),
        };
        let (from, to) = (party(from), party(to));
        let call_id = format!("{:016x}@{}", self.rng().draw(), from.address.ip());
        Dialog { call_id, domain: domain.to_owned(), from, to, transport: "UDP", seen_at: None }
    }

    /// Messages 15 ms apart; `true` goes from `client` to `server`.
    pub fn signal(&mut self, at: u64, client: End, server: End, steps: &[(bool, Vec<u8>)]) {
        for (nth, (forward, message)) in steps.iter().enumerate() {
            let (from, to) = if *forward { (client, server) } else { (server, client) };
            self.udp(at + nth as u64 * 15 * MS, from, to, Class::Signalling, message);
        }
    }
}
