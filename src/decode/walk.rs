//! Takes a record, gives its innermost IP packet: goes from layer to layer and remembers what was taken off.
//! Knows the order of the layers only; each is read in a file of its own.

use std::net::IpAddr;
use std::num::NonZeroU16;

use super::value::{Decoded, Fragment, Layers, LinkMessage, Mac, Packet, Part, Skip, Transport, VlanTag};
use super::view::View;
use super::{ether, ip, link, tunnel, wireless};
use crate::capture::Timestamp;

/// Layers inside each other that are followed. A telephone's packet mirrored through ERSPAN from a VXLAN takes
/// nine.
const DEEPEST: usize = 16;

/// How the next bytes are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// By `LINKTYPE_` number.
    Link(u16),
    /// Ethernet II or IEEE 802.3, from the destination address on.
    Ethernet,
    /// What an `EtherType` announces.
    EtherType(u16),
    /// IEEE 802.2, from the DSAP on.
    Llc,
    /// PPP that something else carries, from the address field or the protocol on.
    Ppp,
    /// The same where PPP is the link itself, which is no tunnel.
    PppLink,
    /// PPP over Ethernet, RFC 2516 section 4, from the version on.
    PppoeSession,
    /// IEEE 802.11, from the frame control on.
    Wireless,
    /// IPv4 or IPv6 by the version field.
    Ip,
    /// GRE with the IP packet around it being judged if the inside cannot be.
    Gre,
}

/// What a layer leads to.
pub(super) enum Step<'a> {
    /// One layer further in.
    Into(Layer, View<'a>),
    /// Nothing that can be read.
    Skip(Skip),
    /// The end of the way; [`Walk::end`] has been told what is there.
    End,
}

/// The fields that IPv4 and IPv6 headers share.
#[derive(Clone, Copy, Debug)]
pub(super) struct IpHeader {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) dscp: u8,
    pub(super) ecn: u8,
    pub(super) ttl: u8,
    pub(super) identification: u16,
    /// Length of the packet on the wire, header included.
    pub(super) length: u32,
}

/// What is known of a frame on the way in.
#[derive(Debug)]
pub(super) struct Walk {
    time: Timestamp,
    index: u32,
    interface: u16,
    pub(super) layers: Layers,
    pub(super) vlan: Option<VlanTag>,
    pub(super) outer_vlan: Option<NonZeroU16>,
    pub(super) source_mac: Option<Mac>,
    pub(super) destination_mac: Option<Mac>,
    /// A tag that a mirroring switch moved from the next Ethernet header into its own.
    pub(super) moved_tag: Option<VlanTag>,
    /// Where IP headers start, if somebody wants to know.
    #[expect(clippy::box_collection, reason = "every packet has a walk, and hardly one is asked")]
    pub(super) ip_headers: Option<Box<Vec<u32>>>,
    part: Part,
    /// The first fragment whose payload is being read.
    fragment: Option<Box<Fragment>>,
    /// The IP packet around a tunnel, judged if the inside cannot be.
    outer: Option<Box<Packet>>,
    /// What was found at the end of the way. Kept here because the value is large: a step that carried it would
    /// be copied from layer to layer.
    found: Decoded,
}

impl Walk {
    pub(super) fn new(time: Timestamp, index: u32, interface: u16) -> Self {
        Self {
            time,
            index,
            interface,
            layers: Layers::default(),
            vlan: None,
            outer_vlan: None,
            source_mac: None,
            destination_mac: None,
            moved_tag: None,
            ip_headers: None,
            part: Part::Whole,
            fragment: None,
            outer: None,
            found: Decoded::Skipped(Skip::Empty),
        }
    }

    /// A walk that goes on behind the header of a datagram that was put together; `first` is its first fragment.
    pub(super) fn reassembled(first: &Packet) -> Self {
        Self {
            layers: first.layers,
            vlan: first.vlan,
            outer_vlan: first.outer_vlan,
            source_mac: first.source_mac,
            destination_mac: first.destination_mac,
            part: Part::Reassembled,
            ..Self::new(first.time, first.index, first.interface)
        }
    }

    /// Follows the layers to the end.
    #[inline]
    pub(super) fn run(&mut self, first: Step<'_>) -> Decoded {
        let mut step = first;
        for _ in 0..DEEPEST {
            let Step::Into(layer, view) = step else { break };
            step = self.layer(layer, view);
        }
        match step {
            Step::End => {}
            Step::Skip(reason) => self.found = Decoded::Skipped(reason),
            Step::Into(..) => self.found = Decoded::Skipped(Skip::TooDeep),
        }
        self.finish()
    }

    /// The way ends with a packet, as nearly always.
    #[inline]
    pub(super) fn end_packet<'a>(
        &mut self,
        header: &IpHeader,
        ports: (u16, u16),
        transport: Transport,
        payload: View<'_>,
    ) -> Step<'a> {
        self.found = Decoded::Packet(self.packet(header, ports, transport, payload));
        Step::End
    }

    /// The way ends with something else.
    #[inline]
    pub(super) fn end<'a>(&mut self, found: Decoded) -> Step<'a> {
        self.found = found;
        Step::End
    }

    #[inline]
    fn layer<'a>(&mut self, layer: Layer, view: View<'a>) -> Step<'a> {
        match layer {
            Layer::Ethernet => ether::ethernet(self, view),
            Layer::EtherType(ether_type) => ether::payload(self, ether_type, view),
            Layer::Ip => ip::ip(self, view),
            Layer::Link(number) => link::link(self, number, view),
            Layer::Llc => ether::llc(self, view),
            Layer::Ppp => link::ppp(self, view),
            Layer::PppLink => link::ppp_link(view),
            Layer::PppoeSession => link::pppoe_session(self, view),
            Layer::Wireless => wireless::frame(self, view),
            Layer::Gre => tunnel::gre(self, view),
        }
    }

    #[inline]
    fn finish(&mut self) -> Decoded {
        let found = std::mem::replace(&mut self.found, Decoded::Skipped(Skip::Empty));
        if self.outer.is_none() && self.fragment.is_none() { found } else { self.finish_with_outer(found) }
    }

    /// Brings in what was put aside: the packet around a tunnel, and the fragment that this is the start of.
    fn finish_with_outer(&mut self, found: Decoded) -> Decoded {
        let found = match (found, self.outer.take()) {
            (Decoded::Skipped(_), Some(outer)) => Decoded::Packet(*outer),
            (found, _) => found,
        };
        let Some(fragment) = self.fragment.take() else { return found };
        let first = match found {
            Decoded::Packet(packet) => Some(Box::new(packet)),
            Decoded::IcmpError(error) => Some(Box::new(error.packet)),
            Decoded::Fragment { .. } | Decoded::Link(_) | Decoded::Skipped(_) => None,
        };
        Decoded::Fragment { fragment, first }
    }

    /// A new link header starts: what an outer one said of stations no longer holds.
    pub(super) fn stations(&mut self, source: Option<Mac>, destination: Option<Mac>) {
        self.source_mac = source;
        self.destination_mac = destination;
        (self.vlan, self.outer_vlan) = (self.moved_tag.take(), None);
    }

    pub(super) fn add(&mut self, layer: Layers) {
        self.layers = self.layers.with(layer);
    }

    /// Goes into a tunnel; `around` is the packet that carries it. The stations are those of the tunnel's ends: of the
    /// hosts inside they say nothing, unless a frame inside names its own.
    pub(super) fn enter_tunnel<'a>(&mut self, around: Packet, tunnel: Layers, inside: Step<'a>) -> Step<'a> {
        self.outer =
            Some(Box::new(Packet { layers: around.layers.with(tunnel).with(Layers::INCOMPLETE), ..around }));
        (self.source_mac, self.destination_mac) = (None, None);
        self.add(tunnel);
        inside
    }

    /// Goes into the payload of a first fragment. Of fragments inside each other the outermost one is kept:
    /// only its datagram holds the others whole.
    pub(super) fn enter_fragment(&mut self, fragment: Fragment) {
        if self.fragment.is_none() {
            self.fragment = Some(Box::new(fragment));
            self.part = Part::First;
        }
    }

    #[inline]
    pub(super) fn packet(
        &self,
        header: &IpHeader,
        ports: (u16, u16),
        transport: Transport,
        payload: View<'_>,
    ) -> Packet {
        Packet {
            time: self.time,
            index: self.index,
            interface: self.interface,
            source: header.source,
            destination: header.destination,
            source_port: ports.0,
            destination_port: ports.1,
            transport,
            dscp: header.dscp,
            ecn: header.ecn,
            ttl: header.ttl,
            identification: header.identification,
            vlan: self.vlan,
            outer_vlan: self.outer_vlan,
            source_mac: self.source_mac,
            destination_mac: self.destination_mac,
            layers: self.layers,
            part: self.part,
            ip_length: header.length,
            payload: payload.span(),
        }
    }

    pub(super) fn link_message(&self, protocol: u16, payload: View<'_>) -> Decoded {
        Decoded::Link(LinkMessage {
            time: self.time,
            index: self.index,
            interface: self.interface,
            protocol,
            source_mac: self.source_mac,
            vlan: self.vlan,
            outer_vlan: self.outer_vlan,
            payload: payload.span(),
        })
    }
}
