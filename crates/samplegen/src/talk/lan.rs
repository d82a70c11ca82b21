//! What hosts say in the LAN: LLDP, and over UDP DHCP, NTP, TFTP, syslog, STUN, CAPWAP, QUIC and the search of AGFEO's tool.

use std::net::Ipv4Addr;

use crate::frame::{self, Mac, ethertype};

/// Kind of a DHCP message, RFC 2132 section 9.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dhcp {
    /// The client looks for servers.
    Discover = 1,
    /// A server offers an address.
    Offer = 2,
    /// The client takes it.
    Request = 3,
    /// The server confirms.
    Ack = 5,
}

/// One exchange of a DHCP client, RFC 2131.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// Transaction identifier.
    pub transaction: u32,
    /// The client's hardware address.
    pub client: Mac,
    /// What the client calls itself, option 12.
    pub name: &'a str,
    /// Vendor class identifier, option 60.
    pub class: &'a str,
    /// The address offered.
    pub address: Ipv4Addr,
    /// Who offers it.
    pub server: Ipv4Addr,
    /// Router and name server that it names.
    pub gateway: Ipv4Addr,
    /// TFTP server name, option 66.
    pub boot: Option<&'a str>,
}

impl Lease<'_> {
    /// The message of this kind.
    #[must_use]
    pub fn message(&self, kind: Dhcp) -> Vec<u8> {
        let answer = matches!(kind, Dhcp::Offer | Dhcp::Ack);
        let mut bytes = vec![if answer { 2 } else { 1 }, 1, 6, 0];
        bytes.extend(self.transaction.to_be_bytes());
        bytes.extend([0; 8]);
        bytes.extend(if answer { self.address.octets() } else { [0; 4] });
        bytes.extend([0; 8]);
        bytes.extend(self.client);
        bytes.resize(236, 0);
        bytes.extend([0x63, 0x82, 0x53, 0x63, 53, 1, kind as u8]);
        if answer {
            bytes.extend(option(54, &self.server.octets()));
            bytes.extend(option(51, &86_400_u32.to_be_bytes()));
            bytes.extend(option(1, &[255, 255, 255, 0]));
            bytes.extend(option(3, &self.gateway.octets()));
            bytes.extend(option(6, &self.gateway.octets()));
            bytes.extend(self.boot.into_iter().flat_map(|url| option(66, url.as_bytes())));
        } else {
            if kind == Dhcp::Request {
                bytes.extend(option(50, &self.address.octets()));
                bytes.extend(option(54, &self.server.octets()));
            }
            bytes.extend(option(12, self.name.as_bytes()));
            bytes.extend(option(60, self.class.as_bytes()));
            bytes.extend(option(55, &[1, 3, 6, 42, 66]));
        }
        bytes.push(255);
        bytes.resize(bytes.len().max(300), 0);
        bytes
    }
}

fn option(code: u8, value: &[u8]) -> Vec<u8> {
    [&[code, value.len() as u8], value].concat()
}

/// An NTP version 4 packet, RFC 5905 section 7.3; `mode` 3 asks, 4 answers.
#[must_use]
pub fn ntp(mode: u8, transmit: u64) -> Vec<u8> {
    let stratum = if mode == 4 { 2 } else { 0 };
    let mut bytes = vec![4 << 3 | mode, stratum, 6, 0xec];
    bytes.resize(40, 0);
    bytes.extend(transmit.to_be_bytes());
    bytes
}

/// A TFTP read request in octet mode, RFC 1350.
#[must_use]
pub fn tftp_read(file: &str) -> Vec<u8> {
    [&[0, 1], file.as_bytes(), b"\0octet\0"].concat()
}

/// A TFTP data block.
#[must_use]
pub fn tftp_data(block: u16, data: &[u8]) -> Vec<u8> {
    [&[0, 3], &block.to_be_bytes()[..], data].concat()
}

/// A TFTP acknowledgment.
#[must_use]
pub fn tftp_ack(block: u16) -> Vec<u8> {
    [&[0, 4], &block.to_be_bytes()[..]].concat()
}

/// A syslog message of facility local0, severity informational, RFC 3164.
#[must_use]
pub fn syslog(host: &str, text: &str) -> Vec<u8> {
    format!("<134>Mar  2 08:00:01 {host} {text}").into_bytes()
}

/// A STUN binding request with the magic cookie, RFC 8489 section 5.
#[must_use]
pub fn stun_request(transaction: [u8; 12]) -> Vec<u8> {
    [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], &transaction[..]].concat()
}

/// The success response with the mapped address (XOR-MAPPED-ADDRESS, IPv4).
#[must_use]
pub fn stun_answer(transaction: [u8; 12], mapped: Ipv4Addr, port: u16) -> Vec<u8> {
    const COOKIE: u32 = 0x2112_a442;
    let mut bytes = vec![1, 1, 0, 12];
    bytes.extend(COOKIE.to_be_bytes());
    bytes.extend(transaction);
    bytes.extend([0, 0x20, 0, 8, 0, 1]);
    bytes.extend((port ^ (COOKIE >> 16) as u16).to_be_bytes());
    bytes.extend((u32::from(mapped) ^ COOKIE).to_be_bytes());
    bytes
}

/// A CAPWAP control packet with an echo request, RFC 5415 sections 4.3, 4.5 and 7.1.
#[must_use]
pub fn capwap_echo(sequence: u8) -> Vec<u8> {
    const ECHO_REQUEST: u8 = 13;
    vec![0x00, 0x10, 0x02, 0x00, 0, 0, 0, 0, 0, 0, 0, ECHO_REQUEST, sequence, 0, 3, 0]
}

/// A CAPWAP data packet that carries an Ethernet frame.
#[must_use]
pub fn capwap_data(frame: &[u8]) -> Vec<u8> {
    [&[0x00, 0x10, 0x02, 0x00, 0, 0, 0, 0], frame].concat()
}

/// A QUIC version 1 long header of an Initial packet with noise behind it, RFC 9000 section 17.2.2.
#[must_use]
pub fn quic_initial(connection: [u8; 8], noise: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xc3, 0, 0, 0, 1, 8];
    bytes.extend(connection);
    bytes.extend([0, 0]);
    bytes.extend((0x4000 | noise.len() as u16).to_be_bytes());
    bytes.extend(noise);
    bytes.resize(bytes.len().max(1200), 0);
    bytes
}

/// What a switch tells telephones of the voice network, IEEE 802.1AB and ANSI/TIA-1057 section 10.2.3, as a whole frame: for
/// application 1 (voice), tagged.
#[must_use]
pub fn lldp_policy(system: &str, port: &str, vlan: u16, pcp: u8, dscp: u8) -> Vec<u8> {
    const SWITCH: Mac = [0x00, 0x04, 0x0e, 0x10, 0x00, 0x07];
    const NEAREST_BRIDGE: Mac = [0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e];
    let tlv = |kind: u16, parts: &[&[u8]]| {
        let value = parts.concat();
        [&(kind << 9 | value.len() as u16 & 0x01ff).to_be_bytes()[..], &value].concat()
    };
    let policy = 1_u32 << 24 | 1 << 22 | u32::from(vlan) << 9 | u32::from(pcp) << 6 | u32::from(dscp);
    let frame = [
        tlv(1, &[&[4], &SWITCH]),
        tlv(2, &[&[5], port.as_bytes()]),
        tlv(3, &[&120_u16.to_be_bytes()]),
        tlv(5, &[system.as_bytes()]),
        tlv(127, &[&[0x00, 0x12, 0xbb, 2], &policy.to_be_bytes()]),
        tlv(0, &[]),
    ];
    frame::ethernet(NEAREST_BRIDGE, SWITCH, &[], ethertype::LLDP, &frame.concat())
}

/// The search broadcast of AGFEO's device tool; its real content is not published, so this is a placeholder text.
#[must_use]
pub fn device_search() -> Vec<u8> {
    b"AGFEO-SEARCH\0\0\0\x01".to_vec()
}

/// A device's answer to the search.
#[must_use]
pub fn device_found(name: &str) -> Vec<u8> {
    [&b"AGFEO-FOUND\0\0\0\0\x01"[..], name.as_bytes()].concat()
}
