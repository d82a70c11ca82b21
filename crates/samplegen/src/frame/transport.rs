//! UDP, TCP and ICMP errors: RFC 768, 9293, 792 and 4443.

use std::net::{IpAddr, SocketAddr};

use super::checksum;
use super::ip::ip_protocol;

/// TCP flags, RFC 9293 section 3.1.
pub mod flag {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// Push function.
    pub const PSH: u8 = 0x08;
    /// The acknowledgment field is significant.
    pub const ACK: u8 = 0x10;
}

/// The fields of a TCP header that change from segment to segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Sequence number of the first payload byte (or of SYN).
    pub sequence: u32,
    /// Acknowledgment number.
    pub acknowledgment: u32,
    /// See [`flag`].
    pub flags: u8,
}

/// A UDP datagram with its checksum.
#[must_use]
pub fn udp(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let length = 8 + payload.len() as u16;
    let mut bytes = Vec::with_capacity(length.into());
    bytes.extend(source.port().to_be_bytes());
    bytes.extend(destination.port().to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    let sum = over_pseudo_header(source.ip(), destination.ip(), ip_protocol::UDP, &bytes);
    // A sum of zero would say "no checksum", RFC 768.
    let sum = if sum == 0 { 0xffff } else { sum };
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// A TCP segment with its checksum; a SYN offers a maximum segment size of 1460 bytes.
#[must_use]
pub fn tcp(source: SocketAddr, destination: SocketAddr, segment: &Segment, payload: &[u8]) -> Vec<u8> {
    const MSS: [u8; 4] = [2, 4, 0x05, 0xb4];
    let options: &[u8] = if segment.flags & flag::SYN == 0 { &[] } else { &MSS };
    let mut bytes = Vec::with_capacity(20 + options.len() + payload.len());
    bytes.extend(source.port().to_be_bytes());
    bytes.extend(destination.port().to_be_bytes());
    bytes.extend(segment.sequence.to_be_bytes());
    bytes.extend(segment.acknowledgment.to_be_bytes());
    bytes.extend([((20 + options.len() as u8) / 4) << 4, segment.flags, 0xfa, 0xf0, 0, 0, 0, 0]);
    bytes.extend(options);
    bytes.extend(payload);
    let sum = over_pseudo_header(source.ip(), destination.ip(), ip_protocol::TCP, &bytes);
    bytes[16..18].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// "Destination unreachable" from `source` to `destination` quoting an IP packet: its header and 8 bytes more.
///
/// `code` is that of ICMP (3 port, 13 prohibited); for IPv6 it becomes the code of the same meaning.
#[must_use]
pub fn icmp_unreachable(source: IpAddr, destination: IpAddr, code: u8, quoted: &[u8]) -> Vec<u8> {
    let (header, kind, code) = match (source, code) {
        (IpAddr::V4(_), code) => (20, 3, code),
        (IpAddr::V6(_), 3) => (40, 1, 4),
        (IpAddr::V6(_), _) => (40, 1, 1),
    };
    let quote = quoted.get(..header + 8).unwrap_or(quoted);
    let mut bytes = vec![kind, code, 0, 0, 0, 0, 0, 0];
    bytes.extend(quote);
    let sum = match source {
        IpAddr::V4(_) => checksum(&[&bytes]),
        IpAddr::V6(_) => over_pseudo_header(source, destination, ip_protocol::ICMPV6, &bytes),
    };
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// An ICMP echo message, RFC 792; `kind` 8 asks, 0 answers.
#[must_use]
pub fn icmp_echo(kind: u8, sequence: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, 0, 0, 1];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(data);
    let sum = checksum(&[&bytes]);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn over_pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, bytes: &[u8]) -> u16 {
    let tail = [0, protocol];
    let length = (bytes.len() as u16).to_be_bytes();
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            checksum(&[&source.octets(), &destination.octets(), &tail, &length, bytes])
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            checksum(&[&source.octets(), &destination.octets(), &length, &tail, bytes])
        }
        _ => 0,
    }
}
