//! Takes what stands behind an Ethernet address pair, gives the next layer: `EtherType`s, VLAN tags, MPLS, LLC.

use std::num::NonZeroU16;

use etherparse::{EtherType, Ethernet2HeaderSlice, SingleVlanHeaderSlice, ether_type};

use super::ip;
use super::value::{Layers, Mac, NotIp, Skip, VlanTag};
use super::view::View;
use super::walk::{Layer, Step, Walk};

pub(super) const IPV4: u16 = ether_type::IPV4.0;
pub(super) const IPV6: u16 = ether_type::IPV6.0;
pub(super) const ARP: u16 = ether_type::ARP.0;
pub(super) const LLDP: u16 = 0x88cc;
/// Cisco Discovery Protocol, as SNAP protocol of OUI 00:00:0c and in Cisco HDLC.
pub(super) const CDP: u16 = 0x2000;
/// A whole Ethernet frame: "transparent Ethernet bridging".
pub(super) const ETHERNET: u16 = 0x6558;
/// PPP, RFC 2637 and 7676.
pub(super) const PPP: u16 = 0x880b;
const PPPOE_SESSION: u16 = 0x8864;
pub(super) const MPLS_UNICAST: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
/// IEEE 802.1ah, provider backbone bridging: the service tag.
const BACKBONE_SERVICE: u16 = 0x88e7;

const MACSEC: u16 = 0x88e5;

/// IEEE 802.3 clause 3.2.6: up to here the field is a length, from 0x0600 on an `EtherType`.
const LONGEST_LENGTH: u16 = 1500;
const DEEPEST_TAG_STACK: usize = 8;
const DEEPEST_LABEL_STACK: usize = 16;

/// Ethernet II, or IEEE 802.3 with LLC.
#[inline]
pub(super) fn ethernet<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    let Ok(header) = Ethernet2HeaderSlice::from_slice(view.bytes()) else { return Step::Skip(Skip::CutLink) };
    walk.stations(Some(Mac(header.source())), Some(Mac(header.destination())));
    match view.skip(header.slice().len()) {
        Some(rest) => payload(walk, header.ether_type().0, rest),
        None => Step::Skip(Skip::CutLink),
    }
}

/// What stands behind an `EtherType`, tags included.
#[inline]
pub(super) fn payload<'a>(walk: &mut Walk, ether_type: u16, view: View<'a>) -> Step<'a> {
    match ether_type {
        // Nearly every frame: saves a turn of the walk.
        IPV4 | IPV6 => ip::ip(walk, view),
        _ => other_payload(walk, ether_type, view),
    }
}

fn other_payload<'a>(walk: &mut Walk, outer_type: u16, view: View<'a>) -> Step<'a> {
    let (ether_type, view) = match tags(walk, outer_type, view) {
        Ok(inner) => inner,
        Err(reason) => return Step::Skip(reason),
    };
    match ether_type {
        IPV4 | IPV6 => Step::Into(Layer::Ip, view),
        ARP | LLDP => walk.end(walk.link_message(ether_type, view)),
        PPPOE_SESSION => Step::Into(Layer::PppoeSession, view),
        PPP => Step::Into(Layer::Ppp, view),
        ETHERNET => Step::Into(Layer::Ethernet, view),
        MPLS_UNICAST | MPLS_MULTICAST => mpls(walk, view),
        BACKBONE_SERVICE => {
            walk.add(Layers::PBB);
            view.skip(4).map_or(Step::Skip(Skip::BadTunnel), |inner| Step::Into(Layer::Ethernet, inner))
        }
        MACSEC if is_encrypted(view) => Step::Skip(Skip::Macsec),
        length if length <= LONGEST_LENGTH => Step::Into(Layer::Llc, view.limit(u32::from(length))),
        other => Step::Skip(Skip::NotIp(NotIp::EtherType(other))),
    }
}

/// Whether the SecTAG says that what follows is encrypted and not only protected: bits E and C, IEEE 802.1AE clause 9.5.
fn is_encrypted(tag: View<'_>) -> bool {
    const ENCRYPTED_AND_CHANGED: u8 = 0x0c;
    tag.u8(0).is_some_and(|control| control & ENCRYPTED_AND_CHANGED == ENCRYPTED_AND_CHANGED)
}

/// IEEE 802.1Q: takes off all tags and keeps the innermost, and the VLAN of the outermost.
fn tags<'a>(walk: &mut Walk, ether_type: u16, view: View<'a>) -> Result<(u16, View<'a>), Skip> {
    let (mut ether_type, mut view) = (ether_type, view);
    for _ in 0..DEEPEST_TAG_STACK {
        if !is_tag(ether_type) {
            return Ok((ether_type, view));
        }
        let header = SingleVlanHeaderSlice::from_slice(view.bytes()).map_err(|_| Skip::CutLink)?;
        let tag = VlanTag { id: header.vlan_identifier().value(), pcp: header.priority_code_point().value() };
        if let Some(outer) = walk.vlan.replace(tag) {
            walk.add(Layers::VLAN_STACK);
            walk.outer_vlan = walk.outer_vlan.or(NonZeroU16::new(outer.id));
        }
        walk.add(Layers::VLAN);
        ether_type = header.ether_type().0;
        view = view.skip(header.slice().len()).ok_or(Skip::CutLink)?;
    }
    if is_tag(ether_type) { Err(Skip::TooDeep) } else { Ok((ether_type, view)) }
}

/// IEEE 802.1Q and 802.1ad, and the numbers that makers used before the latter.
fn is_tag(ether_type: u16) -> bool {
    matches!(
        EtherType(ether_type),
        ether_type::VLAN_TAGGED_FRAME | ether_type::PROVIDER_BRIDGING | ether_type::VLAN_DOUBLE_TAGGED_FRAME
    ) || matches!(ether_type, 0x9200 | 0x9300)
}

/// IEEE 802.2 logical link control, with SNAP where it is used.
pub(super) fn llc<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    const SNAP: [u8; 3] = [0xaa, 0xaa, 0x03];
    const IP: [u8; 3] = [0x06, 0x06, 0x03];
    match view.array(0) {
        Some(SNAP) => snap(walk, view),
        Some(IP) => view.skip(3).map_or(Step::Skip(Skip::CutLink), |inner| Step::Into(Layer::Ip, inner)),
        Some([destination, source, _]) => {
            Step::Skip(Skip::NotIp(NotIp::Llc(u16::from_be_bytes([destination, source]))))
        }
        None => Step::Skip(Skip::CutLink),
    }
}

/// Subnetwork access protocol, RFC 1042 and 2684.
fn snap<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    const ENCAPSULATED: [u8; 3] = [0, 0, 0];
    /// IEEE 802.1H, for protocols that bridges must not translate back.
    const BRIDGE_TUNNEL: [u8; 3] = [0, 0, 0xf8];
    const CISCO: [u8; 3] = [0, 0, 0x0c];
    /// RFC 2684 section 5.2: bridged frames, with and without frame check sequence, behind two bytes of padding.
    const BRIDGED: [u8; 3] = [0, 0x80, 0xc2];

    let (Some(oui), Some(protocol), Some(inner)) = (view.array(3), view.u16(6), view.skip(8)) else {
        return Step::Skip(Skip::CutLink);
    };
    match (oui, protocol) {
        (ENCAPSULATED | BRIDGE_TUNNEL, _) => Step::Into(Layer::EtherType(protocol), inner),
        (CISCO, CDP) => walk.end(walk.link_message(CDP, inner)),
        (BRIDGED, 1 | 7) => {
            inner.skip(2).map_or(Step::Skip(Skip::CutLink), |frame| Step::Into(Layer::Ethernet, frame))
        }
        _ => Step::Skip(Skip::NotIp(NotIp::Snap(oui, protocol))),
    }
}

/// RFC 3032. Nothing says what stands behind the last label: the first bits have to.
fn mpls<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    const BOTTOM_OF_STACK: u8 = 0x01;
    walk.add(Layers::MPLS);
    let mut view = view;
    for _ in 0..DEEPEST_LABEL_STACK {
        let (Some(bottom), Some(inner)) = (view.u8(2), view.skip(4)) else {
            return Step::Skip(Skip::CutLink);
        };
        if bottom & BOTTOM_OF_STACK != 0 {
            return behind_labels(inner);
        }
        view = inner;
    }
    Step::Skip(Skip::TooDeep)
}

/// RFC 4928 section 3: 4 and 6 are IP, 0 is the control word of a pseudowire (RFC 4385), 1 its associated channel.
/// A pseudowire without control word starts with an address that may look like any of them.
fn behind_labels(view: View<'_>) -> Step<'_> {
    match view.u8(0).map(|byte| byte >> 4) {
        None => Step::Skip(Skip::CutIp),
        Some(_) if is_ip(view) => Step::Into(Layer::Ip, view),
        Some(_) if is_ethernet(view) => Step::Into(Layer::Ethernet, view),
        Some(4 | 6) => Step::Into(Layer::Ip, view),
        Some(0) => view.skip(4).map_or(Step::Skip(Skip::CutLink), |frame| Step::Into(Layer::Ethernet, frame)),
        Some(1) => Step::Skip(Skip::NotIp(NotIp::EtherType(MPLS_UNICAST))),
        Some(_) => Step::Into(Layer::Ethernet, view),
    }
}

/// Whether version and length are those of an IP packet that fits into the frame.
fn is_ip(view: View<'_>) -> bool {
    match (view.u8(0), view.u16(2), view.u16(4)) {
        (Some(0x45..=0x4f), Some(length), _) => (20..=view.wire()).contains(&u32::from(length)),
        (Some(0x60..=0x6f), _, Some(length)) => u32::from(length) + 40 <= view.wire(),
        _ => false,
    }
}

/// Whether an `EtherType` worth reading stands where an Ethernet header has it, with an IP version that fits.
fn is_ethernet(view: View<'_>) -> bool {
    let version = view.u8(14).map(|byte| byte >> 4);
    match view.u16(12) {
        Some(IPV4) => version == Some(4),
        Some(IPV6) => version == Some(6),
        Some(ether_type) => ether_type == ARP || is_tag(ether_type),
        None => false,
    }
}
