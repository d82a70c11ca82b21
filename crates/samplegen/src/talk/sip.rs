//! SIP requests and answers with SDP, RFC 3261, 4566 and 7616.

use std::net::SocketAddr;

use super::rtp::Codec;

/// One side of a dialog.
#[derive(Clone, Debug)]
pub struct Party {
    /// User part of the address of record.
    pub user: String,
    /// Where it sends from, as it stands in Via and Contact.
    pub address: SocketAddr,
    /// `User-Agent` in its requests and `Server` in its answers; empty for none.
    pub agent: String,
    /// Tag in From or To.
    pub tag: String,
}

/// What the messages of one dialog have in common. `from` is the side that sends the request.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// Call-ID.
    pub call_id: String,
    /// Domain of both addresses of record.
    pub domain: String,
    /// Sender of the request.
    pub from: Party,
    /// Receiver of the request.
    pub to: Party,
    /// `UDP`, `TCP`, `TLS` or `WS`.
    pub transport: &'static str,
    /// Where the receiver saw the requests come from, if it says so in its answers (RFC 3581).
    pub seen_at: Option<SocketAddr>,
}

impl Dialog {
    /// The same dialog as seen by the other side, for its requests.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }
    }

    /// A request; `headers` are whole lines without line end, `body` is SDP or empty.
    #[must_use]
    pub fn request(&self, method: &str, sequence: u32, headers: &[String], body: &str) -> Vec<u8> {
        let target = match method {
            "REGISTER" => format!("sip:{}", self.domain),
            _ => format!("sip:{}@{}", self.to.user, self.to.address),
        };
        let mut lines = vec![format!("{method} {target} SIP/2.0")];
        let tagged = !matches!(method, "INVITE" | "REGISTER" | "OPTIONS");
        lines.extend(self.identity(method, sequence, tagged, "rport"));
        lines.push("Max-Forwards: 70".to_owned());
        lines.push(self.contact(&self.from));
        lines.extend(named("User-Agent", &self.from.agent));
        lines.extend_from_slice(headers);
        message(lines, body)
    }

    /// An answer to the request of `method` with this `sequence`.
    #[must_use]
    pub fn answer(
        &self,
        status: &str,
        method: &str,
        sequence: u32,
        headers: &[String],
        body: &str,
    ) -> Vec<u8> {
        let mut lines = vec![format!("SIP/2.0 {status}")];
        let seen = match self.seen_at {
            Some(address) => format!("rport={};received={}", address.port(), address.ip()),
            None => format!("rport={}", self.from.address.port()),
        };
        lines.extend(self.identity(method, sequence, !status.starts_with("100"), &seen));
        if method == "INVITE" && !status.starts_with("100") {
            lines.push(self.contact(&self.to));
        }
        lines.extend(named("Server", &self.to.agent));
        lines.extend_from_slice(headers);
        message(lines, body)
    }

    fn identity(&self, method: &str, sequence: u32, with_tag: bool, rport: &str) -> Vec<String> {
        let callee = if method == "REGISTER" { &self.from.user } else { &self.to.user };
        let tag = if with_tag { format!(";tag={}", self.to.tag) } else { String::new() };
        let (transport, from) = (self.transport, &self.from);
        vec![
            format!(
                "Via: SIP/2.0/{transport} {};branch=z9hG4bK{}{sequence}{method};{rport}",
                from.address, from.tag
            ),
            format!("From: <sip:{}@{}>;tag={}", from.user, self.domain, from.tag),
            format!("To: <sip:{callee}@{}>{tag}", self.domain),
            format!("Call-ID: {}", self.call_id),
            format!("CSeq: {sequence} {method}"),
        ]
    }

    fn contact(&self, party: &Party) -> String {
        let transport = match self.transport {
            "UDP" => "",
            "TCP" => ";transport=tcp",
            "WS" => ";transport=ws",
            _ => ";transport=tls",
        };
        format!("Contact: <sip:{}@{}{transport}>", party.user, party.address)
    }
}

/// The challenge of a 401 answer.
#[must_use]
pub fn challenge(realm: &str, nonce: &str) -> String {
    format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\"")
}

/// Credentials for a challenge. The response is no digest of anything: there is no password behind it.
#[must_use]
pub fn credentials(user: &str, realm: &str, nonce: &str) -> String {
    format!(
        "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"sip:{realm}\", \
         response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"5a3e\""
    )
}

/// A session description that offers (or takes) one audio stream at `media`.
#[must_use]
pub fn sdp(media: SocketAddr, codec: Codec, direction: &str) -> String {
    let family = if media.is_ipv4() { "IP4" } else { "IP6" };
    let (host, port, payload) = (media.ip(), media.port(), codec.payload_type());
    [
        "v=0".to_owned(),
        format!("o=- 20260302 1 IN {family} {host}"),
        "s=-".to_owned(),
        format!("c=IN {family} {host}"),
        "t=0 0".to_owned(),
        format!("m=audio {port} RTP/AVP {payload} 101"),
        format!("a=rtpmap:{payload} {}", codec.name()),
        "a=rtpmap:101 telephone-event/8000".to_owned(),
        "a=fmtp:101 0-15".to_owned(),
        "a=ptime:20".to_owned(),
        format!("a={direction}\r\n"),
    ]
    .join("\r\n")
}

fn named(name: &str, value: &str) -> Option<String> {
    (!value.is_empty()).then(|| format!("{name}: {value}"))
}

fn message(mut lines: Vec<String>, body: &str) -> Vec<u8> {
    if !body.is_empty() {
        lines.push("Content-Type: application/sdp".to_owned());
    }
    lines.push(format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    lines.join("\r\n").into_bytes()
}
