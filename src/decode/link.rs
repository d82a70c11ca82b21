//! Takes a frame and its `LINKTYPE_` number, gives the first layer behind a link header other than Ethernet's.
//! Numbers and layouts: <https://www.tcpdump.org/linktypes.html>.

use super::ether::{CDP, IPV4};
use super::value::{Layers, Mac, NotIp, Skip};
use super::view::View;
use super::walk::{Layer, Step, Walk};
use super::wireless;

const PPP_ADDRESS_AND_CONTROL: u16 = 0xff03;

/// The layer behind the link header.
#[inline]
pub(super) fn link<'a>(walk: &mut Walk, number: u16, view: View<'a>) -> Step<'a> {
    let step = match number {
        1 => return Step::Into(Layer::Ethernet, view),
        0 | 108 => null(view),
        9 => return Step::Into(Layer::PppLink, view),
        // RAW has these numbers as DLT on some systems, and tools write them to files.
        12 | 14 | 101 | 228 | 229 => return Step::Into(Layer::Ip, view),
        50 => ppp_or_cisco_hdlc(walk, view),
        51 => return Step::Into(Layer::PppoeSession, view),
        100 => return Step::Into(Layer::Llc, view),
        104 => cisco_hdlc(walk, view),
        105 => return Step::Into(Layer::Wireless, view),
        107 => frame_relay(view),
        // ENC of OpenBSD: packets inside IPsec, behind family, index and flags.
        109 => behind(Layer::Ip, view, 12),
        113 => cooked(walk, view),
        117 => pflog(view),
        127 => wireless::radiotap(view),
        163 => wireless::avs(view),
        // PPP_PPPD: a direction in the place of the address, and the control field.
        166 => behind(Layer::PppLink, view, 2),
        192 => per_packet_information(view),
        // PPP_WITH_DIR: the direction in front.
        204 => behind(Layer::PppLink, view, 1),
        // IPNET of Solaris.
        226 => behind(Layer::Ip, view, 24),
        239 => nflog(view),
        258 => pktap(view),
        276 => cooked_v2(walk, view),
        other => Some(Step::Skip(Skip::UnknownLink(other))),
    };
    step.unwrap_or(Step::Skip(Skip::CutLink))
}

fn behind(layer: Layer, view: View<'_>, header: usize) -> Option<Step<'_>> {
    Some(Step::Into(layer, view.skip(header)?))
}

/// BSD loopback: an address family in the byte order of the host (LOOP: of the network) stands in front.
fn null(view: View<'_>) -> Option<Step<'_>> {
    let family = view.u32(0)?;
    match family.min(family.swap_bytes()) {
        // IPv4; then IPv6 on Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin.
        2 | 10 | 23 | 24 | 28 | 30 => behind(Layer::Ip, view, 4),
        other => Some(Step::Skip(Skip::NotIp(NotIp::Other(other as u16)))),
    }
}

/// Whether the device that wrote a cooked record sent the packet or was the one it was meant for: packet types 4 and 0. What
/// goes to others (3) passes by it, as at a mirror port, and groups (1, 2) tell nothing. False where the record is not cooked.
pub(super) fn is_own(number: u16, record: &[u8]) -> bool {
    matches!(packet_type(number, record), Some(0 | 4))
}

/// Whether the device that wrote a cooked record sent the packet, be it that it only passed it on: packet type 4. The hardware
/// address in it then is its own, unless it is a bridge.
pub(super) fn went_out(number: u16, record: &[u8]) -> bool {
    packet_type(number, record) == Some(4)
}

/// The packet type of a cooked record.
fn packet_type(number: u16, record: &[u8]) -> Option<u16> {
    match number {
        113 => record.first_chunk().map(|kind| u16::from_be_bytes(*kind)),
        276 => record.get(10).map(|kind| u16::from(*kind)),
        _ => None,
    }
}

/// Whether a cooked record came to the device that wrote it from outside: packet types 0 and 3, and not from its loopback
/// interface, where what it sends itself comes in too.
pub(super) fn came_in(number: u16, record: &[u8]) -> bool {
    const ARPHRD_LOOPBACK: u16 = 772;
    let view = View::new(record, 0, record.len() as u32);
    let hardware = match number {
        113 => view.u16(2),
        276 => view.u16(8),
        _ => return false,
    };
    matches!(packet_type(number, record), Some(0 | 3))
        && hardware.is_some_and(|hardware| hardware != ARPHRD_LOOPBACK)
}

/// `LINKTYPE_LINUX_SLL`: what `tcpdump -i any` wrote before version 4.99.
fn cooked<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    let (hardware, address_length) = (view.u16(2)?, view.u16(4)?);
    let protocol = view.u16(14)?;
    walk.stations(cooked_address(view, 6, address_length), None);
    Some(behind_cooked(hardware, protocol, view.skip(16)?))
}

/// `LINKTYPE_LINUX_SLL2`: what `tcpdump -i any` writes today.
fn cooked_v2<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    let (protocol, hardware) = (view.u16(0)?, view.u16(8)?);
    walk.stations(cooked_address(view, 12, u16::from(view.u8(11)?)), None);
    Some(behind_cooked(hardware, protocol, view.skip(20)?))
}

fn cooked_address(view: View<'_>, at: usize, length: u16) -> Option<Mac> {
    if length == 6 { view.array(at).map(Mac) } else { None }
}

fn behind_cooked(hardware: u16, protocol: u16, view: View<'_>) -> Step<'_> {
    const ARPHRD_NETLINK: u16 = 824;
    const ARPHRD_IEEE80211: u16 = 801;
    const ARPHRD_IEEE80211_RADIOTAP: u16 = 803;
    const ETH_P_802_2: u16 = 4;
    match (hardware, protocol) {
        (ARPHRD_NETLINK, _) => Step::Skip(Skip::NotIp(NotIp::Other(protocol))),
        (ARPHRD_IEEE80211, _) => Step::Into(Layer::Wireless, view),
        (ARPHRD_IEEE80211_RADIOTAP, _) => Step::Into(Layer::Link(127), view),
        (_, ETH_P_802_2) => Step::Into(Layer::Llc, view),
        // The kernel's numbers below the first EtherType name protocols that carry no IP.
        (_, 0..0x0600) => Step::Skip(Skip::NotIp(NotIp::Other(protocol))),
        _ => Step::Into(Layer::EtherType(protocol), view),
    }
}

/// RFC 1661 section 2 and RFC 1662 section 3.1; address, control and the first protocol byte may be left out.
pub(super) fn ppp<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    walk.add(Layers::PPP);
    ppp_link(view)
}

/// [`ppp`] as the link type of the capture.
pub(super) fn ppp_link(view: View<'_>) -> Step<'_> {
    ppp_protocol(view).unwrap_or(Step::Skip(Skip::CutLink))
}

fn ppp_protocol(view: View<'_>) -> Option<Step<'_>> {
    let view = if view.u16(0) == Some(PPP_ADDRESS_AND_CONTROL) { view.skip(2)? } else { view };
    let first = view.u8(0)?;
    let (protocol, inner) =
        if first & 1 == 1 { (u16::from(first), view.skip(1)?) } else { (view.u16(0)?, view.skip(2)?) };
    Some(match protocol {
        0x0021 | 0x0057 => Step::Into(Layer::Ip, inner),
        0x0281 => Step::Into(Layer::EtherType(0x8847), inner),
        0x0283 => Step::Into(Layer::EtherType(0x8848), inner),
        other => Step::Skip(Skip::NotIp(NotIp::Ppp(other))),
    })
}

/// RFC 2516 section 4. The length is not needed: the IP header inside has its own.
pub(super) fn pppoe_session<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    const VERSION_1_TYPE_1: u8 = 0x11;
    const SESSION: u8 = 0;
    walk.add(Layers::PPP);
    match (view.u8(0), view.u8(1), view.skip(6)) {
        (Some(VERSION_1_TYPE_1), Some(SESSION), Some(inner)) => Step::Into(Layer::Ppp, inner),
        (Some(_), Some(_), Some(_)) => Step::Skip(Skip::BadTunnel),
        _ => Step::Skip(Skip::CutLink),
    }
}

fn ppp_or_cisco_hdlc<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    match view.u16(0)? {
        0x0f00 | 0x8f00 => cisco_hdlc(walk, view),
        _ => Some(Step::Into(Layer::PppLink, view)),
    }
}

/// Address, control and an `EtherType`.
fn cisco_hdlc<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    let inner = view.skip(4)?;
    Some(match view.u16(2)? {
        CDP => walk.end(walk.link_message(CDP, inner)),
        protocol => Step::Into(Layer::EtherType(protocol), inner),
    })
}

/// RFC 2427, and Cisco's form with an `EtherType` right behind the address.
fn frame_relay(view: View<'_>) -> Option<Step<'_>> {
    const ADDRESS_ENDS: u8 = 0x01;
    const UNNUMBERED_INFORMATION: u8 = 0x03;
    let address = (0..4).find(|&at| view.u8(at).is_some_and(|byte| byte & ADDRESS_ENDS != 0))? + 1;
    let view = view.skip(address)?;
    if view.u8(0)? != UNNUMBERED_INFORMATION {
        return Some(Step::Into(Layer::EtherType(view.u16(0)?), view.skip(2)?));
    }
    // Padding evens out the header in front of SNAP.
    let at = if view.u8(1)? == 0 { 2 } else { 1 };
    let inner = view.skip(at + 1)?;
    Some(match view.u8(at)? {
        0xcc | 0x8e => Step::Into(Layer::Ip, inner),
        0x80 if inner.array(0)? == [0, 0, 0] => Step::Into(Layer::EtherType(inner.u16(3)?), inner.skip(5)?),
        other => Step::Skip(Skip::NotIp(NotIp::FrameRelay(other))),
    })
}

/// OpenBSD's packet filter log: the header's length without its padding stands in the first byte.
fn pflog(view: View<'_>) -> Option<Step<'_>> {
    let length = usize::from(view.u8(0)?).next_multiple_of(4);
    behind(Layer::Ip, view, length)
}

/// CACE's per-packet information: a length and a `DLT_` number, little endian.
fn per_packet_information(view: View<'_>) -> Option<Step<'_>> {
    let length = view.array(2).map(u16::from_le_bytes)?;
    let link = view.array(4).map(u32::from_le_bytes)?;
    if length < 8 {
        return Some(Step::Skip(Skip::BadTunnel));
    }
    behind(Layer::Link(link as u16), view, usize::from(length))
}

/// `tcpdump -i any` on macOS: a length, a record type and a `DLT_` number, little endian.
fn pktap(view: View<'_>) -> Option<Step<'_>> {
    let [length, record, link] = [view.array(0)?, view.array(4)?, view.array(8)?].map(u32::from_le_bytes);
    if record != 1 {
        return Some(Step::Skip(Skip::NotIp(NotIp::Other(record as u16))));
    }
    behind(Layer::Link(link as u16), view, length as usize)
}

/// Linux netfilter log: attributes in the byte order of the host, one of which is the packet.
fn nflog(view: View<'_>) -> Option<Step<'_>> {
    const NFULA_PAYLOAD: u16 = 9;
    const MOST_ATTRIBUTES: usize = 64;
    let mut view = view.skip(4)?;
    for _ in 0..MOST_ATTRIBUTES {
        let length = view.array(0).map(u16::from_le_bytes)?;
        if view.array(2).map(u16::from_le_bytes)? == NFULA_PAYLOAD {
            return behind(Layer::EtherType(IPV4), view.limit(u32::from(length)), 4);
        }
        view = view.skip(usize::from(length.max(4)).next_multiple_of(4))?;
    }
    Some(Step::Skip(Skip::BadTunnel))
}
