//! Takes the payload of GRE or of UDP at a tunnel's port, gives the layer inside. A UDP payload is a tunnel only if
//! its content says so too: any port may carry voice.

use super::value::{Layers, NotIp, Skip, VlanTag};
use super::view::View;
use super::walk::{Layer, Step, Walk};
use super::{ether, l2tp};

/// Registered for GTP-U, 3GPP TS 29.281 section 4.4.2.
const GTP_U: u16 = 2152;
/// Registered for VXLAN, RFC 7348 section 5; Linux took the other before.
const VXLAN: u16 = 4789;
const VXLAN_LINUX: u16 = 8472;
/// Registered for VXLAN-GPE, draft-ietf-nvo3-vxlan-gpe-13 section 9.1.
const VXLAN_GPE: u16 = 4790;
/// Registered for Geneve, RFC 8926 section 3.3.
const GENEVE: u16 = 6081;
/// What senders and receivers of TaZmen Sniffer Protocol use.
const TZSP: u16 = 37008;

/// Registered for L2TP, RFC 2661 section 8.1; either end may have another one.
const L2TP: u16 = 1701;
/// Registered for the data channel of CAPWAP, RFC 5415 section 3.1; the access point's is any.
const CAPWAP_DATA: u16 = 5247;
/// Registered for GRE in UDP, RFC 8086 section 8.1.
const GRE_IN_UDP: u16 = 4754;
/// Registered for MPLS in UDP, RFC 7510 section 5.
const MPLS_IN_UDP: u16 = 6635;

/// Whether anything in a datagram between these ports is taken for a tunnel.
#[inline]
pub(super) fn has_tunnel_port(ports: (u16, u16)) -> bool {
    matches!(ports.0, CAPWAP_DATA | L2TP)
        || matches!(
            ports.1,
            CAPWAP_DATA
                | L2TP
                | GRE_IN_UDP
                | MPLS_IN_UDP
                | VXLAN
                | VXLAN_LINUX
                | VXLAN_GPE
                | GENEVE
                | GTP_U
                | TZSP
        )
}

/// The tunnel in a UDP datagram, and its inside.
#[inline]
pub(super) fn in_udp(ports: (u16, u16), payload: View<'_>) -> Option<(Layers, Step<'_>)> {
    if !has_tunnel_port(ports) {
        return None;
    }
    if ports.0 == CAPWAP_DATA || ports.0 == L2TP {
        return in_either(ports.0, payload);
    }
    match ports.1 {
        CAPWAP_DATA | L2TP => in_either(ports.1, payload),
        GRE_IN_UDP => gre_in_udp(payload),
        MPLS_IN_UDP => mpls_in_udp(payload),
        VXLAN | VXLAN_LINUX => vxlan(payload),
        VXLAN_GPE => vxlan_gpe(payload),
        GENEVE => geneve(payload),
        GTP_U => gtp_u(payload),
        TZSP => tzsp(payload),
        _ => None,
    }
}

/// Tunnels of which only one end need have the port.
fn in_either(port: u16, payload: View<'_>) -> Option<(Layers, Step<'_>)> {
    if port == L2TP { l2tp(payload).or_else(|| l2tp::in_udp(payload)) } else { capwap_data(payload) }
}

/// RFC 2661 section 3.1: data of version 2, everything reserved zero, with PPP inside that carries IP. What PPP negotiates,
/// and what it encrypts, is left as it is.
fn l2tp(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const LENGTH: u16 = 0x4000;
    const SEQUENCE: u16 = 0x0800;
    const OFFSET: u16 = 0x0200;
    const PRIORITY: u16 = 0x0100;
    const VERSION_2: u16 = 2;
    let flags = view.u16(0)?;
    if flags & !(LENGTH | SEQUENCE | OFFSET | PRIORITY) != VERSION_2 {
        return None;
    }
    let mut rest = view.skip(2)?;
    if flags & LENGTH != 0 {
        if u32::from(rest.u16(0)?) > view.wire() {
            return None;
        }
        rest = rest.skip(2)?;
    }
    rest = rest.skip(if flags & SEQUENCE != 0 { 8 } else { 4 })?;
    if flags & OFFSET != 0 {
        rest = rest.skip(2 + usize::from(rest.u16(0)?))?;
    }
    let behind_control = if rest.u16(0)? == 0xff03 { rest.skip(2)? } else { rest };
    let is_ip = matches!(behind_control.array(0)?, [0x21 | 0x57, _] | [0, 0x21 | 0x57]);
    is_ip.then_some((Layers::L2TP, Step::Into(Layer::Ppp, rest)))
}

/// RFC 5415 section 4.3: a preamble of version 0 that is not encrypted, a whole frame of Ethernet or of WLAN.
fn capwap_data(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const PLAIN: u8 = 0;
    const WLAN: u8 = 1;
    const LEAST_WORDS: u8 = 2;
    const FRAGMENT: u8 = 0x80;
    const KEEP_ALIVE: u8 = 0x08;
    const RESERVED: u8 = 0x07;
    let [preamble, lengths, binding, flags] = view.array(0)?;
    let words = lengths >> 3;
    if preamble != PLAIN || words < LEAST_WORDS || flags & (FRAGMENT | KEEP_ALIVE | RESERVED) != 0 {
        return None;
    }
    let layer = match (binding & 1, binding >> 1 & 0x1f) {
        (0, _) => Layer::Ethernet,
        (_, WLAN) => Layer::Wireless,
        _ => return None,
    };
    Some((Layers::CAPWAP, Step::Into(layer, view.skip(usize::from(words) * 4)?)))
}

/// RFC 8086 section 3 advises against the checksum of GRE: with it voice would look alike.
fn gre_in_udp(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const KEY_AND_SEQUENCE: u16 = 0x3000;
    let is_plain = view.u16(0)? & !KEY_AND_SEQUENCE == 0;
    let is_known = matches!(view.u16(2)?, ether::IPV4 | ether::IPV6 | ether::ETHERNET | ether::MPLS_UNICAST);
    (is_plain && is_known).then_some((Layers::GRE, Step::Into(Layer::Gre, view)))
}

/// RFC 7510: a stack of labels, and an IP packet as long as what is left.
fn mpls_in_udp(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const BOTTOM: u8 = 0x01;
    const MOST_LABELS: usize = 8;
    let bottom = (0..MOST_LABELS).find(|at| view.u8(at * 4 + 2).is_some_and(|byte| byte & BOTTOM != 0))?;
    let inside = view.skip((bottom + 1) * 4)?;
    let length = match inside.u8(0)? >> 4 {
        4 => u32::from(inside.u16(2)?),
        6 => u32::from(inside.u16(4)?) + 40,
        _ => return None,
    };
    (length == inside.wire())
        .then_some((Layers::MPLS, Step::Into(Layer::EtherType(ether::MPLS_UNICAST), view)))
}

/// RFC 3378 section 3: version 3, everything reserved zero, and a frame.
pub(super) fn etherip(view: View<'_>) -> Step<'_> {
    const VERSION_3: u16 = 0x3000;
    let frame = view.u16(0).filter(|header| *header == VERSION_3).and_then(|_| view.skip(2));
    frame.map_or(Step::Skip(Skip::BadTunnel), |frame| Step::Into(Layer::Ethernet, frame))
}

/// RFC 7348 section 5: the I flag, everything reserved zero.
fn vxlan(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const VALID_NETWORK_IDENTIFIER: u32 = 0x0800_0000;
    if view.u32(0)? != VALID_NETWORK_IDENTIFIER {
        return None;
    }
    match view.u8(7) {
        Some(0) => {}
        Some(_) => return None,
        None => return Some((Layers::VXLAN, Step::Skip(Skip::BadTunnel))),
    }
    Some((Layers::VXLAN, Step::Into(Layer::Ethernet, view.skip(8)?)))
}

/// draft-ietf-nvo3-vxlan-gpe-13 section 3: version 0, the I flag, P where the next protocol is named, B for copies to several
/// receivers; a packet with O is for the tunnel's ends themselves. Everything reserved is zero.
fn vxlan_gpe(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const VALID_NETWORK_IDENTIFIER: u8 = 0x08;
    const NEXT_PROTOCOL: u8 = 0x04;
    const TO_SEVERAL: u8 = 0x02;
    let [flags, _, _, next] = view.array(0)?;
    if flags & !(NEXT_PROTOCOL | TO_SEVERAL) != VALID_NETWORK_IDENTIFIER
        || view.u16(1)? != 0
        || view.u8(7)? != 0
    {
        return None;
    }
    let layer = match (flags & NEXT_PROTOCOL != 0, next) {
        (false, 0) | (true, 3) => Layer::Ethernet,
        (true, 1 | 2) => Layer::Ip,
        (true, 5) => Layer::EtherType(ether::MPLS_UNICAST),
        _ => return None,
    };
    Some((Layers::VXLAN, Step::Into(layer, view.skip(8)?)))
}

/// RFC 8926 section 3.4.
fn geneve(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const RESERVED_FLAGS: u8 = 0x3f;
    let (version, option_words) = (view.u8(0)? >> 6, view.u8(0)? & 0x3f);
    if version != 0 || view.u8(1)? & RESERVED_FLAGS != 0 || view.u8(7)? != 0 {
        return None;
    }
    let ether_type = view.u16(2)?;
    if !matches!(ether_type, ether::IPV4 | ether::IPV6 | ether::ARP | ether::ETHERNET) {
        return None;
    }
    let inner = view.skip(8 + usize::from(option_words) * 4)?;
    Some((Layers::GENEVE, Step::Into(Layer::EtherType(ether_type), inner)))
}

/// 3GPP TS 29.281 section 5.1: version 1, a user's packet, and a length that reaches to the end, or beyond the
/// end of a first fragment.
fn gtp_u(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const VERSION_1_GTP: u8 = 0x30;
    const OPTIONAL_FIELDS: u8 = 0x07;
    const EXTENSION_HEADER: u8 = 0x04;
    const G_PDU: u8 = 0xff;
    const MOST_EXTENSION_HEADERS: usize = 8;

    let flags = view.u8(0)?;
    if flags & !OPTIONAL_FIELDS != VERSION_1_GTP
        || view.u8(1)? != G_PDU
        || u32::from(view.u16(2)?) + 8 < view.wire()
    {
        return None;
    }
    if flags & OPTIONAL_FIELDS == 0 {
        return Some((Layers::GTP_U, Step::Into(Layer::Ip, view.skip(8)?)));
    }
    let mut next = if flags & EXTENSION_HEADER != 0 { view.u8(11)? } else { 0 };
    let mut inner = view.skip(12)?;
    for _ in 0..MOST_EXTENSION_HEADERS {
        if next == 0 {
            return Some((Layers::GTP_U, Step::Into(Layer::Ip, inner)));
        }
        let length = usize::from(inner.u8(0)?.max(1)) * 4;
        next = inner.u8(length - 1)?;
        inner = inner.skip(length)?;
    }
    None
}

/// Version 1, a received or sent packet, tags up to the end tag.
fn tzsp(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const PADDING: u8 = 0;
    const END: u8 = 1;
    const MOST_TAGS: usize = 32;
    let [version, kind] = view.array(0)?;
    let layer = match view.u16(2)? {
        1 => Layer::Ethernet,
        18 => Layer::Wireless,
        _ => return None,
    };
    if version != 1 || kind > 1 {
        return None;
    }
    let mut tags = view.skip(4)?;
    for _ in 0..MOST_TAGS {
        tags = match tags.u8(0)? {
            END => return Some((Layers::TZSP, Step::Into(layer, tags.skip(1)?))),
            PADDING => tags.skip(1)?,
            _ => tags.skip(2 + usize::from(tags.u8(1)?))?,
        };
    }
    None
}

/// RFC 2784 and 2890, with the routing of RFC 1701; version 1 is PPTP's, RFC 2637 section 4.1.
pub(super) fn gre<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    const VERSION: u16 = 0x0007;
    let step = match view.u16(0).map(|flags| flags & VERSION) {
        Some(0) => gre_v0(walk, view),
        Some(1) => gre_v1(walk, view),
        _ => None,
    };
    step.unwrap_or(Step::Skip(Skip::BadTunnel))
}

fn gre_v0<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ERSPAN: u16 = 0x88be;
    const ERSPAN_III: u16 = 0x22eb;

    let (flags, protocol) = (view.u16(0)?, view.u16(2)?);
    let words = [CHECKSUM | ROUTING, KEY, SEQUENCE].iter().filter(|&&bits| flags & bits != 0).count();
    let mut inner = view.skip(4 + words * 4)?;
    if flags & ROUTING != 0 {
        inner = behind_routing(inner)?;
    }
    match protocol {
        ERSPAN if flags & SEQUENCE == 0 => Some(mirrored(walk, inner)),
        ERSPAN => erspan_ii(walk, inner),
        ERSPAN_III => erspan_iii(walk, inner),
        _ => {
            walk.add(Layers::GRE);
            Some(Step::Into(Layer::EtherType(protocol), inner))
        }
    }
}

/// RFC 1701: source route entries up to an empty one.
fn behind_routing(view: View<'_>) -> Option<View<'_>> {
    const MOST_ENTRIES: usize = 16;
    let mut entries = view;
    for _ in 0..MOST_ENTRIES {
        let length = entries.u8(3)?;
        entries = entries.skip(4 + usize::from(length))?;
        if length == 0 {
            return Some(entries);
        }
    }
    None
}

fn gre_v1<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGMENT: u16 = 0x0080;
    /// MikroTik's Ethernet over IP.
    const EOIP: u16 = 0x6400;
    let flags = view.u16(0)?;
    let words = [SEQUENCE, ACKNOWLEDGMENT].iter().filter(|&&bit| flags & bit != 0).count();
    let inner = view.skip(8 + words * 4)?;
    walk.add(Layers::GRE);
    Some(match view.u16(2)? {
        ether::PPP => Step::Into(Layer::Ppp, inner),
        EOIP => Step::Into(Layer::Ethernet, inner),
        other => Step::Skip(Skip::NotIp(NotIp::EtherType(other))),
    })
}

fn mirrored<'a>(walk: &mut Walk, frame: View<'a>) -> Step<'a> {
    walk.add(Layers::ERSPAN);
    Step::Into(Layer::Ethernet, frame)
}

/// draft-foschiano-erspan-03 section 4.2. A tag that the switch took off the mirrored frame stands in this header.
fn erspan_ii<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    const TAGGED_BEFORE: [u16; 2] = [1, 2];
    let (version_and_vlan, bits) = (view.u16(0)?, view.u16(2)?);
    if version_and_vlan >> 12 != 1 {
        return None;
    }
    if TAGGED_BEFORE.contains(&(bits >> 11 & 0b11)) {
        walk.moved_tag = Some(VlanTag { id: version_and_vlan & 0x0fff, pcp: (bits >> 13) as u8 });
        walk.add(Layers::VLAN);
    }
    Some(mirrored(walk, view.skip(8)?))
}

/// draft-foschiano-erspan-03 section 4.3.
fn erspan_iii<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    const PLATFORM_SUBHEADER: u16 = 0x0001;
    let frame_type = (view.u16(10)? >> 10) & 0x1f;
    let header = if view.u16(10)? & PLATFORM_SUBHEADER == 0 { 12 } else { 20 };
    let inner = view.skip(header)?;
    match (view.u8(0)? >> 4, frame_type) {
        (2, 0) => Some(mirrored(walk, inner)),
        (2, 2) => {
            walk.add(Layers::ERSPAN);
            Some(Step::Into(Layer::Ip, inner))
        }
        _ => None,
    }
}
