//! Hosts and how they mark what they send.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::socket;
use crate::frame::{BROADCAST, Mac};

/// How a packet is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Differentiated services code point.
    pub dscp: u8,
    /// Priority in the VLAN tag, if there is one.
    pub pcp: u8,
}

/// Expedited forwarding with the priority for voice.
const EF: Mark = Mark { dscp: 46, pcp: 5 };
/// Class selector 3 with the priority for signalling.
const CS3: Mark = Mark { dscp: 24, pcp: 3 };
const UNMARKED: Mark = Mark { dscp: 0, pcp: 0 };

/// What kind of traffic a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// RTP and RTCP, marked as the sender marks voice.
    Voice,
    /// Voice that carries this DSCP instead.
    VoiceAs(u8),
    /// SIP, marked as the sender marks signalling.
    Signalling,
    /// Everything else.
    Data,
    /// Data that carries this DSCP.
    DataAs(u8),
}

/// How a host marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// RTP and RTCP.
    pub voice: Mark,
    /// SIP.
    pub signalling: Mark,
}

impl Policy {
    /// Marks nothing.
    pub const NONE: Self = Self { voice: UNMARKED, signalling: UNMARKED };
    /// Voice EF, signalling CS3.
    pub const VOICE: Self = Self { voice: EF, signalling: CS3 };

    /// The mark for a packet of this class.
    #[must_use]
    pub fn mark(self, class: Class) -> Mark {
        match class {
            Class::Voice => self.voice,
            Class::VoiceAs(dscp) => Mark { dscp, ..self.voice },
            Class::Signalling => self.signalling,
            Class::Data => UNMARKED,
            Class::DataAs(dscp) => Mark { dscp, ..UNMARKED },
        }
    }
}

/// Something with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// As it calls itself to DHCP and in addresses of record.
    pub name: &'static str,
    /// Its address.
    pub ip: IpAddr,
    /// Its hardware address, or the router's if it lies beyond.
    pub mac: Mac,
    /// VLAN of its frames; `None` for untagged.
    pub vlan: Option<u16>,
    /// TTL that it starts with.
    pub ttl: u8,
    /// How it marks.
    pub policy: Policy,
    /// Whether it lies beyond the router.
    pub internet: bool,
}

impl Host {
    /// A host in the LAN that marks nothing.
    #[must_use]
    pub const fn lan(name: &'static str, ip: [u8; 4], mac: Mac) -> Self {
        let [a, b, c, d] = ip;
        let ip = IpAddr::V4(Ipv4Addr::new(a, b, c, d));
        Self { name, ip, mac, vlan: None, ttl: 64, policy: Policy::NONE, internet: false }
    }

    /// A host beyond `router` that marks nothing.
    #[must_use]
    pub const fn internet(name: &'static str, ip: [u8; 4], router: Self) -> Self {
        Self { internet: true, vlan: router.vlan, ..Self::lan(name, ip, router.mac) }
    }

    /// A multicast group as a receiver; 255.255.255.255 is the broadcast.
    #[must_use]
    pub const fn group(ip: [u8; 4]) -> Self {
        let [first, b, c, d] = ip;
        let mac = if first == 255 { BROADCAST } else { [0x01, 0x00, 0x5e, b & 0x7f, c, d] };
        Self::lan("group", ip, mac)
    }

    /// Marks as `policy` says.
    #[must_use]
    pub const fn marking(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Sits in a VLAN.
    #[must_use]
    pub const fn in_vlan(self, vlan: u16) -> Self {
        Self { vlan: Some(vlan), ..self }
    }

    /// Starts with a TTL of 128, as Windows does.
    #[must_use]
    pub const fn windows(self) -> Self {
        Self { ttl: 128, ..self }
    }

    /// The same host at an IPv6 address.
    #[must_use]
    pub const fn at(self, ip: IpAddr) -> Self {
        Self { ip, ..self }
    }

    /// One of its ports.
    #[must_use]
    pub const fn port(self, port: u16) -> End {
        End { host: self, port }
    }
}

/// A port of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Whose.
    pub host: Host,
    /// Which.
    pub port: u16,
}

impl End {
    /// Address and port.
    #[must_use]
    pub fn address(self) -> SocketAddr {
        socket(self.host.ip, self.port)
    }

    /// The port above, where RTCP lives.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { port: self.port.wrapping_add(1), ..self }
    }
}
