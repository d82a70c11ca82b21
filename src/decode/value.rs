//! The values that decoding gives: small, `Copy`, and without bytes of the frame.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::ops::Range;

use crate::capture::Timestamp;

/// A 48 bit hardware address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// Locally administered (bit 0x02 of the first octet): its prefix names no maker.
    #[must_use]
    pub fn is_local(self) -> bool {
        self.0[0] & 0x02 != 0
    }

    /// All zeros, as the loopback interface has them for everybody: no station.
    #[must_use]
    pub fn is_unset(self) -> bool {
        self.0 == [0; 6]
    }

    /// Multicast or broadcast (bit 0x01 of the first octet).
    #[must_use]
    pub fn is_multicast(self) -> bool {
        self.0[0] & 0x01 != 0
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An IEEE 802.1Q tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VlanTag {
    /// VLAN identifier, 0 for a mere priority tag.
    pub id: u16,
    /// Priority code point, 0 to 7.
    pub pcp: u8,
}

/// Bytes `start..start + captured` of the block that a record was read with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte within the block.
    pub start: u32,
    /// Bytes that are there.
    pub captured: u32,
    /// Bytes that were on the wire, never less than `captured`.
    pub wire: u32,
}

impl Span {
    /// The captured bytes as a range into the block.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.captured as usize
    }

    /// Whether bytes are missing at the end.
    #[must_use]
    pub fn is_cut(self) -> bool {
        self.captured < self.wire
    }
}

/// TCP flags, RFC 9293 section 3.1, as the byte on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// The acknowledgment field is significant.
    pub const ACK: u8 = 0x10;

    /// Whether all bits of `mask` are set.
    #[must_use]
    pub fn has(self, mask: u8) -> bool {
        self.0 & mask == mask
    }

    /// SYN without ACK: a connection attempt.
    #[must_use]
    pub fn is_attempt(self) -> bool {
        self.0 & (Self::SYN | Self::ACK | Self::RST) == Self::SYN
    }
}

/// The fields of a TCP header that flow tracking needs, RFC 9293 section 3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpSegment {
    /// Sequence number of the first payload byte (or of SYN).
    pub sequence: u32,
    /// Acknowledgment number.
    pub acknowledgment: u32,
    /// Flags.
    pub flags: TcpFlags,
}

/// The layer above IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// RFC 768.
    Udp,
    /// RFC 9293. `None`: the header is cut before the flags.
    Tcp(Option<TcpSegment>),
    /// ICMP or ICMPv6 that quotes no packet (echo, neighbour discovery ...).
    Icmp {
        /// ICMP type.
        kind: u8,
        /// ICMP code.
        code: u8,
    },
    /// RFC 9260; ports are read, nothing else.
    Sctp,
    /// Any other IP protocol number; ports are 0.
    Other(u8),
}

/// Outer layers that were taken off before the judged IP packet, and a tunnel whose inside cannot be judged, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Layers(pub u16);

impl Layers {
    /// At least one VLAN tag.
    pub const VLAN: Self = Self(1);
    /// Two or more VLAN tags.
    pub const VLAN_STACK: Self = Self(1 << 1);
    /// MPLS labels.
    pub const MPLS: Self = Self(1 << 2);
    /// PPP or PPPoE that something else carries; not where PPP is the link itself.
    pub const PPP: Self = Self(1 << 3);
    /// GRE, RFC 2784 and 2890.
    pub const GRE: Self = Self(1 << 4);
    /// ERSPAN type I, II or III.
    pub const ERSPAN: Self = Self(1 << 5);
    /// VXLAN, RFC 7348.
    pub const VXLAN: Self = Self(1 << 6);
    /// IP in IP, RFC 2003 and 4213.
    pub const IP_IN_IP: Self = Self(1 << 7);
    /// What the tunnel holds could not be read (cut, encrypted, no IP, too deep): the packet around it is judged, and has
    /// the tunnel's own bit too.
    pub const INCOMPLETE: Self = Self(1 << 8);
    /// `EtherIP`, RFC 3378.
    pub const ETHER_IP: Self = Self(1 << 9);
    /// GTP-U, 3GPP TS 29.281.
    pub const GTP_U: Self = Self(1 << 10);
    /// Geneve, RFC 8926.
    pub const GENEVE: Self = Self(1 << 11);
    /// L2TP, RFC 2661 and 3931.
    pub const L2TP: Self = Self(1 << 12);
    /// Provider backbone bridging, MAC in MAC, IEEE 802.1ah.
    pub const PBB: Self = Self(1 << 13);
    /// The data channel of CAPWAP, RFC 5415.
    pub const CAPWAP: Self = Self(1 << 14);
    /// `TaZmen` Sniffer Protocol.
    pub const TZSP: Self = Self(1 << 15);

    /// Adds the bits of `other`.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Which piece of an IP datagram this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole datagram.
    Whole,
    /// The first fragment: ports and DSCP are true, the payload is not complete.
    First,
    /// Put together by `observe` from fragments that were counted already.
    Reassembled,
}

/// One packet as the rest of the program sees it: the innermost IP packet of a frame.
///
/// `time` and `interface` are copied from the record; the frame number is known to whoever joins the ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// When it was captured.
    pub time: Timestamp,
    /// Index of the record in its range; with the range's first number it gives the frame number.
    pub index: u32,
    /// Interface of the capture.
    pub interface: u16,
    /// Sender.
    pub source: IpAddr,
    /// Receiver.
    pub destination: IpAddr,
    /// Sender's port, 0 where the transport has none.
    pub source_port: u16,
    /// Receiver's port, 0 where the transport has none.
    pub destination_port: u16,
    /// The layer above IP.
    pub transport: Transport,
    /// Differentiated services code point, RFC 2474, 0 to 63.
    pub dscp: u8,
    /// Explicit congestion notification, RFC 3168, 0 to 3.
    pub ecn: u8,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// Identification of IPv4 (RFC 6864), 0 in IPv6: tells a copy of a packet from a repetition.
    pub identification: u16,
    /// Innermost VLAN tag before the judged IP packet.
    pub vlan: Option<VlanTag>,
    /// VLAN of the outermost tag, where there are several: what a carrier or a switch put around the customer's own.
    pub outer_vlan: Option<NonZeroU16>,
    /// Sender of the innermost Ethernet (or cooked) header.
    pub source_mac: Option<Mac>,
    /// Receiver of the innermost Ethernet header.
    pub destination_mac: Option<Mac>,
    /// Outer layers that were taken off.
    pub layers: Layers,
    /// Which piece of the datagram.
    pub part: Part,
    /// Length of the judged IP packet on the wire, header included, in bytes.
    pub ip_length: u32,
    /// What the transport carries.
    pub payload: Span,
}

/// An IP fragment; the first one is also handed on as a [`Packet`] with [`Part::First`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Addresses, DSCP, time and link fields; ports 0, `payload` is this fragment's part of the IP payload.
    pub packet: Packet,
    /// IP protocol number of the payload.
    pub protocol: u8,
    /// Identification field (IPv4: 16 bit).
    pub identification: u32,
    /// Offset in the IP payload in bytes.
    pub offset: u32,
    /// Whether more fragments follow.
    pub more: bool,
}

/// An ICMP error with the start of the packet it speaks of, RFC 792 and 4443.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpError {
    /// The packet that carries the error: who sent it, to whom, when.
    pub packet: Packet,
    /// ICMP or ICMPv6 type.
    pub kind: u8,
    /// ICMP or ICMPv6 code.
    pub code: u8,
    /// Sender of the quoted packet.
    pub quoted_source: IpAddr,
    /// Receiver of the quoted packet.
    pub quoted_destination: IpAddr,
    /// IP protocol of the quoted packet.
    pub quoted_protocol: u8,
    /// Ports of the quoted packet, 0 where they are missing.
    pub quoted_ports: (u16, u16),
}

/// A frame without IP that tells something about hosts. `payload` of each is read by `observe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkMessage {
    /// When it was captured.
    pub time: Timestamp,
    /// Index of the record in its range.
    pub index: u32,
    /// Interface of the capture.
    pub interface: u16,
    /// `EtherType` (0x0806 ARP, 0x88cc LLDP) or 0x2000 for CDP.
    pub protocol: u16,
    /// Sender of the frame.
    pub source_mac: Option<Mac>,
    /// Innermost VLAN tag.
    pub vlan: Option<VlanTag>,
    /// VLAN of the outermost tag, where there are several.
    pub outer_vlan: Option<NonZeroU16>,
    /// The bytes behind the link header.
    pub payload: Span,
}

/// Why a frame gave no packet. Each is counted and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// The frame holds no byte.
    Empty,
    /// A link type that is not read.
    UnknownLink(u16),
    /// Shorter than its link header.
    CutLink,
    /// A protocol without IP inside.
    NotIp(NotIp),
    /// Encrypted between neighbours, IEEE 802.1AE (`MACsec`).
    Macsec,
    /// A frame of a wireless network that carries no data, or that is encrypted.
    NoData,
    /// Shorter than its IP header.
    CutIp,
    /// The IP header contradicts itself (version, header length).
    BadIp,
    /// Shorter than its transport header's ports.
    CutTransport,
    /// The transport header contradicts itself.
    BadTransport,
    /// More layers inside each other than are followed.
    TooDeep,
    /// A tunnel whose header cannot be read.
    BadTunnel,
    /// One of more kinds than are told apart.
    Rest,
}

/// What a frame carries instead of IP, by the kind of number that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotIp {
    /// An `EtherType`.
    EtherType(u16),
    /// A protocol of whom this organisation identifier (OUI) belongs to, RFC 1042.
    Snap([u8; 3], u16),
    /// Destination and source service access point, IEEE 802.2.
    Llc(u16),
    /// A protocol of PPP, RFC 1661 section 2.
    Ppp(u16),
    /// A network layer protocol identifier (NLPID) of Frame Relay, RFC 2427 section 3.
    FrameRelay(u8),
    /// An address family or a number of the kernel's.
    Other(u16),
}

/// What a frame turned out to be. What is rare is boxed: this is moved for each packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A packet to be counted to its flow.
    Packet(Packet),
    /// A fragment; `first` is set where offset 0 gave ports.
    Fragment {
        /// For putting together.
        fragment: Box<Fragment>,
        /// The first fragment as a packet to be counted to its flow.
        first: Option<Box<Packet>>,
    },
    /// An ICMP error about another packet.
    IcmpError(Box<IcmpError>),
    /// ARP, LLDP, CDP.
    Link(LinkMessage),
    /// Nothing that can be judged.
    Skipped(Skip),
}
