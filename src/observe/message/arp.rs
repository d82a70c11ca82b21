//! ARP for IPv4 over Ethernet, RFC 826 and RFC 5227: takes what stands behind the link header.

use std::net::Ipv4Addr;

use crate::decode::Mac;

use super::cursor::Cursor;

/// Hardware type Ethernet, protocol type IPv4, lengths 6 and 4.
const ETHERNET_IPV4: [u8; 6] = [0, 1, 0x08, 0x00, 6, 4];

/// An ARP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// Question or answer.
    pub operation: Operation,
    /// Hardware address of the sender.
    pub sender_mac: Mac,
    /// Address that the sender claims; unspecified in a probe (RFC 5227 section 1.1).
    pub sender: Ipv4Addr,
    /// Hardware address of the target, zero in a question.
    pub target_mac: Mac,
    /// Address that is asked for.
    pub target: Ipv4Addr,
}

/// RFC 826.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Who has the target address?
    Request,
    /// The sender's address is at the sender's hardware address.
    Reply,
}

impl Arp {
    /// The sender announces its own address to all, asked by nobody (RFC 5227 section 3).
    #[must_use]
    pub fn is_gratuitous(&self) -> bool {
        self.sender == self.target && !self.sender.is_unspecified()
    }

    /// It goes to one host that had asked, not to all.
    #[must_use]
    pub fn answers_one(&self) -> bool {
        let is_to_one = self.target_mac != self.sender_mac && !self.target_mac.is_multicast();
        self.operation == Operation::Reply && is_to_one && self.sender != self.target
    }
}

/// Reads an ARP packet; `None` for other operations and networks.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Arp> {
    let mut cursor = Cursor::new(bytes);
    if cursor.array() != Some(ETHERNET_IPV4) {
        return None;
    }
    let operation = match cursor.u16()? {
        1 => Operation::Request,
        2 => Operation::Reply,
        _ => return None,
    };
    Some(Arp {
        operation,
        sender_mac: Mac(cursor.array()?),
        sender: Ipv4Addr::from(cursor.array::<4>()?),
        target_mac: Mac(cursor.array()?),
        target: Ipv4Addr::from(cursor.array::<4>()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::super::mutant::mutants;
    use super::*;

    const REPLY: [u8; 28] =
        [0, 1, 8, 0, 6, 4, 0, 2, 0, 9, 0x40, 1, 2, 3, 192, 168, 1, 2, 0, 4, 0x13, 1, 2, 3, 192, 168, 1, 9];

    #[test]
    fn reads_a_reply() {
        let arp = read(&REPLY).unwrap();
        assert_eq!(arp.operation, Operation::Reply);
        assert_eq!((arp.sender_mac, arp.sender), (Mac([0, 9, 0x40, 1, 2, 3]), Ipv4Addr::new(192, 168, 1, 2)));
        assert_eq!((arp.target_mac, arp.target), (Mac([0, 4, 0x13, 1, 2, 3]), Ipv4Addr::new(192, 168, 1, 9)));
        assert!(!arp.is_gratuitous());
    }

    #[test]
    fn announcements_are_gratuitous_and_probes_are_not() {
        let mut bytes = REPLY;
        bytes[27] = 2;
        assert!(read(&bytes).is_some_and(|arp| arp.is_gratuitous()));
        bytes[14..18].fill(0);
        bytes[24..28].fill(0);
        assert!(read(&bytes).is_some_and(|arp| !arp.is_gratuitous()));
    }

    #[test]
    fn cut_packets_are_refused() {
        assert!((0..REPLY.len()).all(|length| read(&REPLY[..length]).is_none()));
    }

    proptest! {
        #[test]
        fn mutants_never_panic(bytes in mutants(REPLY)) {
            let _ = read(&bytes);
        }
    }
}
