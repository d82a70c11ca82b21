//! Takes what L2TPv3 (RFC 3931) carries over IP or UDP, gives the Ethernet frame inside. How long the cookie is and whether a
//! sublayer stands before the frame the ends agree on (section 4.1), mostly long before a capture: the frame is read where one
//! answer to both alone gives one that is right.

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
    let mut frames = BETWEEN.iter().filter_map(|between| session.skip(*between)).filter(|at| is_frame(*at));
    let frame = frames.next()?;
    frames.next().is_none().then_some((Layers::L2TP, Step::Into(Layer::Ethernet, frame)))
}

/// Whether an Ethernet frame begins here that holds an IP packet as long as itself.
fn is_frame(view: View<'_>) -> bool {
    is_right(view).unwrap_or(false)
}

fn is_right(view: View<'_>) -> Option<bool> {
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
    Some(is_ip && view.u8(SOURCE)? & GROUP == 0)
}

/// The checksum of an IPv4 header, RFC 791 section 3.1.
fn has_right_header(packet: View<'_>) -> Option<bool> {
    let words = usize::from(packet.u8(0)? & 0x0f) * 2;
    let sum = (0..words).map(|nth| packet.u16(nth * 2).map(u32::from)).sum::<Option<u32>>()?;
    let folded = (sum & 0xffff) + (sum >> 16);
    Some(packet.u8(0)? >> 4 == 4 && words >= 10 && (folded & 0xffff) + (folded >> 16) == 0xffff)
}
