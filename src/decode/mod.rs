//! Takes a record, gives a [`Packet`] or the reason why not. Keeps no state: what needs memory (fragments, TCP
//! streams, names) belongs to `observe`.
//!
//! The innermost IP packet of a frame is judged; what was taken off on the way is remembered in [`Layers`]. Nothing
//! here fails on a frame that was cut: what is there is read.

mod ether;
mod icmp;
mod ip;
mod l2tp;
mod link;
mod quick;
mod transport;
mod tunnel;
mod value;
mod view;
mod walk;
mod wireless;

#[cfg(test)]
mod tests;

use etherparse::IpNumber;

use crate::capture::Record;
use view::View;
use walk::{IpHeader, Layer, Step, Walk};

pub use value::{
    Decoded, Fragment, IcmpError, Layers, LinkMessage, Mac, NotIp, Packet, Part, Skip, Span, TcpFlags,
    TcpSegment, Transport, VlanTag,
};

/// Decodes one record, whatever its bytes are.
#[must_use]
pub fn decode(record: &Record<'_>) -> Decoded {
    match quick::datagram(record) {
        Some(packet) => Decoded::Packet(packet),
        None => walk(record),
    }
}

/// Layer by layer, which is right for every frame.
fn walk(record: &Record<'_>) -> Decoded {
    let frame = View::new(record.data, record.offset, record.original_length);
    if frame.is_empty() {
        return Decoded::Skipped(Skip::Empty);
    }
    let mut walk = Walk::new(record.time, record.index as u32, record.interface as u16);
    walk.run(Step::Into(Layer::Link(record.link.0), frame))
}

/// Whether a cooked record (`LINKTYPE_LINUX_SLL` and `LINKTYPE_LINUX_SLL2`) says that the packet is the capturing device's own:
/// sent by it, or to it alone.
#[must_use]
pub fn is_own_cooked(record: &Record<'_>) -> bool {
    link::is_own(record.link.0, record.data)
}

/// Whether a cooked record says that the packet came to the capturing device from another one.
#[must_use]
pub fn came_in_cooked(record: &Record<'_>) -> bool {
    link::came_in(record.link.0, record.data)
}

/// Whether a cooked record says that the capturing device sent the packet, as its own or on its way.
#[must_use]
pub fn went_out_cooked(record: &Record<'_>) -> bool {
    link::went_out(record.link.0, record.data)
}

/// Where the IP headers of a record start, those of tunnels first, counted as [`Span::start`] is.
#[must_use]
pub fn ip_headers(record: &Record<'_>) -> Vec<u32> {
    let frame = View::new(record.data, record.offset, record.original_length);
    let mut walk = Walk::new(record.time, record.index as u32, record.interface as u16);
    walk.ip_headers = Some(Box::default());
    walk.run(Step::Into(Layer::Link(record.link.0), frame));
    walk.ip_headers.map(|places| *places).unwrap_or_default()
}

/// Decodes the payload of an IP datagram that was put together from fragments.
///
/// `first` is the [`Fragment::packet`] of its first fragment, `protocol` what the fragments say of their payload.
/// Spans count in `payload`.
#[must_use]
pub fn decode_reassembled(first: &Packet, protocol: u8, payload: &[u8]) -> Decoded {
    // RFC 8200 section 4.5: the fragment header is not part of the datagram.
    let fragment_header = if first.source.is_ipv6() { 8 } else { 0 };
    let headers = first.ip_length.saturating_sub(first.payload.wire).saturating_sub(fragment_header);
    let header = IpHeader {
        source: first.source,
        destination: first.destination,
        dscp: first.dscp,
        ecn: first.ecn,
        ttl: first.ttl,
        identification: first.identification,
        length: headers.saturating_add(payload.len() as u32),
    };
    let mut walk = Walk::reassembled(first);
    let step = ip::upper(&mut walk, &header, IpNumber(protocol), View::new(payload, 0, payload.len() as u32));
    walk.run(step)
}
