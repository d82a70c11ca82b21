//! TLS and DTLS hellos and records, RFC 5246, 6066 and 6347. Enough to be recognised; nothing is encrypted.

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;

/// A TLS 1.2 client hello that names `server_name`. `padding` bytes (RFC 7685) stand before the name, so that with
/// 1400 of them a reader must put two TCP segments together to see it.
#[must_use]
pub fn client_hello(server_name: &str, random: [u8; 32], padding: u16) -> Vec<u8> {
    let mut extensions = Vec::new();
    if padding > 0 {
        extensions.extend([0, 21]);
        extensions.extend(with_length(vec![0; padding.into()]));
    }
    extensions.extend(server_name_extension(server_name));
    // supported_groups: secp256r1; signature_algorithms: rsa_pkcs1_sha256.
    extensions.extend([0, 10, 0, 4, 0, 2, 0, 23]);
    extensions.extend([0, 13, 0, 4, 0, 2, 4, 1]);
    let mut body = vec![3, 3];
    body.extend(random);
    body.extend([0, 0, 4, 0xc0, 0x2f, 0x00, 0x9c, 1, 0]);
    body.extend(with_length(extensions));
    record(HANDSHAKE, &handshake(CLIENT_HELLO, &body))
}

/// A TLS 1.2 server hello that chooses ECDHE-RSA with AES-128-GCM.
#[must_use]
pub fn server_hello(random: [u8; 32]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend(random);
    body.extend([0, 0xc0, 0x2f, 0]);
    record(HANDSHAKE, &handshake(SERVER_HELLO, &body))
}

/// A fatal alert, RFC 8446 section 6.
#[must_use]
pub fn alert(description: u8) -> Vec<u8> {
    record(ALERT, &[2, description])
}

/// A TLS 1.2 Certificate message with one certificate for `name` that is valid until `not_after` (`YYYYMMDDhhmmssZ`). Its
/// signature is empty.
#[must_use]
pub fn certificate(name: &str, not_after: &str) -> Vec<u8> {
    let common_name =
        der(0x30, &[der(0x06, &[vec![0x55, 0x04, 0x03]]), der(0x0c, &[name.as_bytes().to_vec()])]);
    let holder = der(0x30, &[der(0x31, &[common_name])]);
    let time = |digits: &str| der(0x18, &[digits.as_bytes().to_vec()]);
    let validity = der(0x30, &[time("20150101000000Z"), time(not_after)]);
    let algorithm = der(0x30, &[der(0x06, &[vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]])]);
    let key = der(0x30, &[algorithm.clone(), der(0x03, &[vec![0]])]);
    let version = der(0xa0, &[der(0x02, &[vec![2]])]);
    let serial = der(0x02, &[vec![1]]);
    let signed = der(0x30, &[version, serial, algorithm.clone(), holder.clone(), validity, holder, key]);
    let certificate = der(0x30, &[signed, algorithm, der(0x03, &[vec![0]])]);
    record(HANDSHAKE, &handshake(CERTIFICATE, &with_long_length(with_long_length(certificate))))
}

/// An element of DER, ITU-T X.690 section 8.1: its parts behind tag and length.
#[must_use]
pub fn der(tag: u8, parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let content: Vec<u8> = parts.iter().flat_map(|part| part.as_ref()).copied().collect();
    let [.., high, low] = (content.len() as u32).to_be_bytes();
    let mut bytes = match content.len() {
        0..=127 => vec![tag, low],
        128..=255 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    bytes.extend(content);
    bytes
}

fn with_long_length(bytes: Vec<u8>) -> Vec<u8> {
    let [_, high, middle, low] = (bytes.len() as u32).to_be_bytes();
    [vec![high, middle, low], bytes].concat()
}

/// A record of application data around `ciphertext`.
#[must_use]
pub fn application_data(ciphertext: &[u8]) -> Vec<u8> {
    record(APPLICATION_DATA, ciphertext)
}

/// A DTLS 1.2 client hello, RFC 6347 section 4.2.2.
#[must_use]
pub fn dtls_client_hello(random: [u8; 32]) -> Vec<u8> {
    let mut body = vec![0xfe, 0xfd];
    body.extend(random);
    body.extend([0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
    let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
    let message = [vec![CLIENT_HELLO, high, middle, low, 0, 0, 0, 0, 0, high, middle, low], body].concat();
    let epoch_and_sequence = [0; 8];
    [vec![HANDSHAKE, 0xfe, 0xfd], epoch_and_sequence.to_vec(), with_length(message)].concat()
}

fn server_name_extension(name: &str) -> Vec<u8> {
    let entry = [vec![0], with_length(name.as_bytes().to_vec())].concat();
    [vec![0, 0], with_length(with_length(entry))].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
    [&[kind, high, middle, low], body].concat()
}

fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [vec![kind, 3, 3], with_length(payload.to_vec())].concat()
}

fn with_length(bytes: Vec<u8>) -> Vec<u8> {
    [(bytes.len() as u16).to_be_bytes().to_vec(), bytes].concat()
}
