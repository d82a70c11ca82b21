//! Takes what L2TPv3 (RFC 3931) carries over IP or UDP, gives the Ethernet frame inside. How long the cookie is and whether a
//! sublayer stands before the frame the ends agree on (section 4.1), mostly long before a capture: the frame is read where all
//! answers that give a right one lead to the same IP packet.

use super::ether;
use super::value::Layers;
use super::view::View;
use super::walk::{Layer, Step};

/// Bytes between session and frame: a cookie of 0, 4 or 8 (section 4.1), and the default sublayer of 4 (section 4.6) or none.
const BETWEEN: [usize; 4] = [0, 4, 8, 12];
/// An Ethernet frame is filled up to so many bytes behind its header.
const LEAST_PAYLOAD: u32 = 46;
/// Tags of IEEE 802.1Q and 802.1ad before the packet.
const TAGS_FOLLOWED: usize = 2;
const TAGS: [u16; 2] = [0x8100, 0x88a8];

/// Section 4.1.2.1: a data message of version 3, everything reserved zero.
pub(super) fn in_udp(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    const DATA_OF_VERSION_3: u32 = 0x0003_0000;
    (view.u32(0)? == DATA_OF_VERSION_3).then(|| in_ip(view.skip(4)?)).flatten()
}

/// Section 4.1.1.1: the number of a session, which is 0 in control messages.
pub(super) fn in_ip(view: View<'_>) -> Option<(Layers, Step<'_>)> {
    if view.u32(0)? == 0 {
        return None;
    }
    let session = view.skip(4)?;
    let frames = BETWEEN.iter().filter_map(|between| {
        let frame = session.skip(*between)?;
        Some((frame, between + packet_in(frame)?))
    });
    // The tag of a frame may be taken for the end of a cookie: the packet is the same, and the tag rather one.
    let (mut found, mut packet) = (None, None);
    for (frame, at) in frames {
        if packet.is_some_and(|known| known != at) {
            return None;
        }
        packet = Some(at);
        found.get_or_insert(frame);
    }
    found.map(|frame| (Layers::L2TP, Step::Into(Layer::Ethernet, frame)))
}

/// Where the IP packet begins in an Ethernet frame that holds one as long as itself.
fn packet_in(view: View<'_>) -> Option<usize> {
    const GROUP: u8 = 0x01;
    const SOURCE: usize = 6;
    let mut at = 12;
    for _ in 0..TAGS_FOLLOWED {
        if TAGS.contains(&view.u16(at)?) {
            at += 4;
        }
    }
    let packet = view.skip(at + 2)?;
    let is_whole =
        |length: u32| length <= packet.wire() && (length == packet.wire() || packet.wire() <= LEAST_PAYLOAD);
    let is_ip = match view.u16(at)? {
        ether::IPV4 => is_whole(packet.u16(2)?.into()) && has_right_header(packet)?,
        ether::IPV6 => packet.u8(0)? >> 4 == 6 && is_whole(u32::from(packet.u16(4)?) + 40),
        _ => false,
    };
    (is_ip && view.u8(SOURCE)? & GROUP == 0).then_some(at + 2)
}

/// The checksum of an IPv4 header, RFC 791 section 3.1.
fn has_right_header(packet: View<'_>) -> Option<bool> {
    let words = usize::from(packet.u8(0)? & 0x0f) * 2;
    let sum = (0..words).map(|nth| packet.u16(nth * 2).map(u32::from)).sum::<Option<u32>>()?;
    let folded = (sum & 0xffff) + (sum >> 16);
    Some(packet.u8(0)? >> 4 == 4 && words >= 10 && (folded & 0xffff) + (folded >> 16) == 0xffff)
}
