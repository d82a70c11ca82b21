//! DNS messages, RFC 1035, also as mDNS (RFC 6762) and LLMNR (RFC 4795).

use std::net::IpAddr;

const INTERNET: u16 = 1;

/// A query for the A record of `name`.
#[must_use]
pub fn query(id: u16, name: &str) -> Vec<u8> {
    message(id, 0x0100, name, &[])
}

/// The answer to [`query`]: an A or AAAA record for each address; NXDOMAIN where there is none.
#[must_use]
pub fn answer(id: u16, name: &str, addresses: &[IpAddr]) -> Vec<u8> {
    let flags = if addresses.is_empty() { 0x8183 } else { 0x8180 };
    message(id, flags, name, addresses)
}

/// A DNS message with its length in front, as TCP carries it, RFC 1035 section 4.2.2.
#[must_use]
pub fn over_tcp(message: Vec<u8>) -> Vec<u8> {
    [(message.len() as u16).to_be_bytes().to_vec(), message].concat()
}

/// A multicast DNS question for a service such as `_airplay._tcp.local` (PTR).
#[must_use]
pub fn service_question(service: &str) -> Vec<u8> {
    const PTR: u16 = 12;
    let mut bytes = header(0, 0, 0);
    bytes.extend(name_bytes(service));
    bytes.extend(PTR.to_be_bytes());
    bytes.extend(INTERNET.to_be_bytes());
    bytes
}

fn message(id: u16, flags: u16, name: &str, addresses: &[IpAddr]) -> Vec<u8> {
    const A: u16 = 1;
    const AAAA: u16 = 28;
    const POINTER_TO_QUESTION: u16 = 0xc00c;
    let mut bytes = header(id, flags, addresses.len() as u16);
    bytes.extend(name_bytes(name));
    let asked = if addresses.iter().any(IpAddr::is_ipv6) { AAAA } else { A };
    bytes.extend(asked.to_be_bytes());
    bytes.extend(INTERNET.to_be_bytes());
    for address in addresses {
        let (kind, data) = match address {
            IpAddr::V4(address) => (A, address.octets().to_vec()),
            IpAddr::V6(address) => (AAAA, address.octets().to_vec()),
        };
        for field in [POINTER_TO_QUESTION, kind, INTERNET, 0, 300, data.len() as u16] {
            bytes.extend(field.to_be_bytes());
        }
        bytes.extend(data);
    }
    bytes
}

fn header(id: u16, flags: u16, answers: u16) -> Vec<u8> {
    [id, flags, 1, answers, 0, 0].iter().flat_map(|field| field.to_be_bytes()).collect()
}

fn name_bytes(name: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len() + 2);
    for label in name.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}
