//! Says how much of a packet may leave the house: its headers, and nothing of what people said or wrote in it.

mod addresses;

use std::net::IpAddr;

use crate::capture::{LinkType, Record};
use crate::decode::{Decoded, LinkMessage, decode};

/// An Ethernet header, which is all that is kept of what cannot be read.
const LEAST: usize = 14;
const ETHERNET: LinkType = LinkType(1);
const ETHERTYPE_ARP: u16 = 0x0806;
/// RFC 826, for Ethernet and IPv4: nothing but addresses.
const ARP_LENGTH: usize = 28;

/// The headers of a record. `pseudonym` gives the address that stands for another one, of the same family: then nothing is
/// left where an address could stand unread.
#[must_use]
pub fn headers(record: &Record<'_>, pseudonym: Option<&dyn Fn(IpAddr) -> IpAddr>) -> Vec<u8> {
    let mut kept = record.data.get(..header_length(record)).unwrap_or(record.data).to_vec();
    if let Some(pseudonym) = pseudonym {
        if matches!(decode(record), Decoded::Skipped(_)) && record.link != ETHERNET {
            return Vec::new();
        }
        addresses::replace(record, &mut kept, pseudonym);
    }
    kept
}

/// Bytes of a record from its start up to the end of the headers that pbxray judges by: link, IP, UDP or TCP.
fn header_length(record: &Record<'_>) -> usize {
    let behind = |start: u32| start.saturating_sub(record.offset) as usize;
    let length = match decode(record) {
        Decoded::Packet(packet) => behind(packet.payload.start),
        Decoded::Fragment { fragment, .. } => behind(fragment.packet.payload.start),
        Decoded::IcmpError(error) => behind(error.packet.payload.start),
        Decoded::Link(LinkMessage { protocol: ETHERTYPE_ARP, payload, .. }) => {
            behind(payload.start) + ARP_LENGTH
        }
        Decoded::Link(message) => behind(message.payload.start),
        Decoded::Skipped(_) => LEAST,
    };
    length.min(record.data.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{LinkType, Timestamp};

    fn kept(data: &[u8]) -> usize {
        let link = LinkType(1);
        let original_length = data.len() as u32;
        header_length(&Record {
            index: 0,
            time: Timestamp(0),
            interface: 0,
            link,
            original_length,
            data,
            offset: 0,
        })
    }

    #[test]
    fn of_a_datagram_its_headers_stay() {
        let scenario = samplegen::scenario::find("agfeo-lan").unwrap();
        for record in &scenario.capture.records {
            let text = String::from_utf8_lossy(&record.data[..kept(&record.data)]).into_owned();
            assert!(!text.contains("sip:") && !text.contains("SIP/2.0"), "{text}");
        }
    }

    #[test]
    fn of_what_cannot_be_read_a_link_header_stays() {
        assert_eq!(kept(b"0123456789abcdefghijklmnopqrstuvwxyz"), LEAST);
        assert_eq!(kept(b"short"), 5);
    }
}
