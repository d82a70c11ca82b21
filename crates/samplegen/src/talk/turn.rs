//! TURN, RFC 8656, for IPv4: what sets relaying up, and what carries data.

use std::net::SocketAddr;

const COOKIE: u32 = 0x2112_a442;

/// Success response to Allocate with XOR-RELAYED-ADDRESS.
#[must_use]
pub fn allocated(transaction: [u8; 12], relayed: SocketAddr) -> Vec<u8> {
    message(0x0103, transaction, &[(0x0016, masked(relayed))])
}

/// `ChannelBind` request.
#[must_use]
pub fn channel_bind(transaction: [u8; 12], channel: u16, peer: SocketAddr) -> Vec<u8> {
    let [high, low] = channel.to_be_bytes();
    message(0x0009, transaction, &[(0x000c, vec![high, low, 0, 0]), (0x0012, masked(peer))])
}

/// Success response to it.
#[must_use]
pub fn channel_bound(transaction: [u8; 12]) -> Vec<u8> {
    message(0x0109, transaction, &[])
}

/// Send indication.
#[must_use]
pub fn send(transaction: [u8; 12], peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    message(0x0016, transaction, &[(0x0012, masked(peer)), (0x0013, data.to_vec())])
}

/// Data indication.
#[must_use]
pub fn data(transaction: [u8; 12], peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    message(0x0017, transaction, &[(0x0012, masked(peer)), (0x0013, data.to_vec())])
}

/// `ChannelData`, padded as it has to be over TCP and may be over UDP.
#[must_use]
pub fn channel_data(channel: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = channel.to_be_bytes().to_vec();
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: u16, transaction: [u8; 12], attributes: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, value) in attributes {
        body.extend(kind.to_be_bytes());
        body.extend((value.len() as u16).to_be_bytes());
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut bytes = kind.to_be_bytes().to_vec();
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(COOKIE.to_be_bytes());
    bytes.extend(transaction);
    bytes.extend(body);
    bytes
}

/// An address under the mask of the cookie; of IPv6 there is none here.
fn masked(address: SocketAddr) -> Vec<u8> {
    let SocketAddr::V4(address) = address else { return Vec::new() };
    let mut bytes = vec![0, 1];
    bytes.extend((address.port() ^ (COOKIE >> 16) as u16).to_be_bytes());
    bytes.extend((u32::from(*address.ip()) ^ COOKIE).to_be_bytes());
    bytes
}
