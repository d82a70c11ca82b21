//! What link and LAN say about an address.

use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;

/// A hardware address seen with an IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacSeen {
    /// The address.
    pub mac: Mac,
    /// Frames it sent for this IP address.
    pub frames: u64,
    /// First of them.
    pub first: Frame,
    /// ARP, neighbour discovery or DHCP pairs the two: the host is on this link.
    pub paired: bool,
}

/// What link, ARP, DHCP and LLDP say about one address.
#[derive(Clone, Debug)]
pub struct HostFacts {
    /// The address.
    pub address: IpAddr,
    /// Packets it sent.
    pub sent: u64,
    /// Packets it received.
    pub received: u64,
    /// Hardware addresses its packets came from, most frames first.
    pub macs: Vec<MacSeen>,
    /// Whether it is on the captured link: one hardware address that sends for no other address (or ARP pairs
    /// them), or a TTL of 255/128/64 unaltered. `None`: the capture cannot show it.
    pub on_link: Option<bool>,
    /// VLANs of the packets it sent and of its ARP.
    pub vlans: Vec<u16>,
    /// Those of the outermost of several tags.
    pub outer_vlans: Vec<u16>,
    /// Smallest and largest TTL of what it sent.
    pub ttl: Option<(u8, u8)>,
    /// Names it gave itself (DHCP option 12 and 81, LLDP, mDNS).
    pub own_names: Vec<Box<str>>,
    /// DHCP vendor class, option 60.
    pub vendor_class: Option<Box<str>>,
    /// Whether a cooked record says that a packet of it came to the capturing device from outside.
    pub came_in: bool,
    /// Its ARP.
    pub arp: Option<Box<ArpTimes>>,
}

/// When a host sent ARP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArpTimes {
    /// The latest one.
    pub latest: Timestamp,
    /// The latest answer to another host: what goes to one is seen only where the way to that one is.
    pub answered: Option<Timestamp>,
    /// The latest answer of another host to this one alone.
    pub reached: Option<Timestamp>,
    /// Whom it asked for again and again and nothing shows, with how often it asked; at most 8.
    pub sought: Vec<(IpAddr, u64)>,
}

impl HostFacts {
    /// Whether it answered on the captured link for its own address. Then no router is between, also where the address is
    /// a public one: whole houses use such addresses within.
    #[must_use]
    pub fn is_neighbour(&self) -> bool {
        self.macs.iter().any(|seen| seen.paired)
    }

    /// Whether its packets came with a hardware address that sends for no other one, where the capture has any, and with a TTL that
    /// nobody has lowered.
    #[must_use]
    pub fn has_come_directly(&self) -> bool {
        let is_untouched = self.ttl.is_some_and(|(_, most)| matches!(most, 64 | 128 | 255));
        self.on_link == Some(true)
            && is_untouched
            && (self.macs.is_empty() || self.macs.iter().any(|seen| seen.frames > 0))
    }
}
