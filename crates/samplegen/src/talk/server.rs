//! What clients and servers say over TCP or to a server in the Internet: HTTP, LDAP, MQTT, XMPP, SMTP, OpenVPN.

/// An HTTP/1.1 request without a body, RFC 9112.
#[must_use]
pub fn http_get(host: &str, path: &str, agent: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n").into_bytes()
}

/// An HTTP/1.1 answer, RFC 9112; `status` such as `200 OK`.
#[must_use]
pub fn http_answer(status: &str, server: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nServer: {server}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// An anonymous LDAP bind request, RFC 4511 section 4.2.
#[must_use]
pub fn ldap_bind(message: u8) -> Vec<u8> {
    vec![0x30, 0x0c, 0x02, 0x01, message, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00]
}

/// The answer "success" to [`ldap_bind`].
#[must_use]
pub fn ldap_bound(message: u8) -> Vec<u8> {
    vec![0x30, 0x0c, 0x02, 0x01, message, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]
}

/// An MQTT 3.1.1 CONNECT with a clean session.
#[must_use]
pub fn mqtt_connect(client: &str) -> Vec<u8> {
    let mut bytes = vec![0x10, 12 + client.len() as u8, 0, 4];
    bytes.extend(b"MQTT");
    bytes.extend([4, 2, 0, 60, 0, client.len() as u8]);
    bytes.extend(client.bytes());
    bytes
}

/// The CONNACK "accepted".
#[must_use]
pub fn mqtt_accepted() -> Vec<u8> {
    vec![0x20, 2, 0, 0]
}

/// The opening of an XMPP stream, RFC 6120 section 4.2.
#[must_use]
pub fn xmpp_stream(domain: &str) -> Vec<u8> {
    format!(
        "<?xml version='1.0'?><stream:stream to='{domain}' version='1.0' xmlns='jabber:client' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    .into_bytes()
}

/// The server's features, among them STARTTLS.
#[must_use]
pub fn xmpp_features(domain: &str) -> Vec<u8> {
    format!(
        "<?xml version='1.0'?><stream:stream from='{domain}' id='s1' version='1.0' xmlns='jabber:client' \
         xmlns:stream='http://etherx.jabber.org/streams'><stream:features>\
         <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
    )
    .into_bytes()
}

/// The greeting of a mail server, RFC 5321 section 4.2.
#[must_use]
pub fn smtp_greeting(server: &str) -> Vec<u8> {
    format!("220 {server} ESMTP\r\n").into_bytes()
}

/// The client's EHLO.
#[must_use]
pub fn smtp_hello(client: &str) -> Vec<u8> {
    format!("EHLO {client}\r\n").into_bytes()
}

/// `P_CONTROL_HARD_RESET` of an OpenVPN client (opcode 7) or server (8) over TCP.
#[must_use]
pub fn openvpn_reset(opcode: u8, session: u64) -> Vec<u8> {
    let mut bytes = vec![0, 14, opcode << 3];
    bytes.extend(session.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0]);
    bytes
}

/// The opening of a telephone connection that nobody documented: a length, a type and noise.
#[must_use]
pub fn binary(kind: u8, noise: &[u8]) -> Vec<u8> {
    [&[0, noise.len() as u8, kind, 0], noise].concat()
}

/// The CSTA phase III request "SystemStatus" as XML (ECMA-323) behind a length and an invoke number.
#[must_use]
pub fn csta_status() -> Vec<u8> {
    let body = "<?xml version=\"1.0\"?><SystemStatus xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\"/>";
    let mut bytes = vec![0, 0];
    bytes.extend((body.len() as u16 + 8).to_be_bytes());
    bytes.extend(b"0001");
    bytes.extend(body.bytes());
    bytes
}
