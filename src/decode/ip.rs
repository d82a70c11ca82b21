//! Takes an IPv4 or IPv6 packet, gives its header and what stands behind the extension headers.

use std::net::IpAddr;

use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice,
    Ipv6RawExtHeaderSlice, err, ip_number,
};

use super::transport;
use super::value::{Decoded, Fragment, Skip, Transport};
use super::view::View;
use super::walk::{IpHeader, Step, Walk};

const MOST_EXTENSION_HEADERS: usize = 12;

/// What a header says of the fragment behind it.
#[derive(Clone, Copy)]
struct FragmentField {
    identification: u32,
    offset: u32,
    more: bool,
}

/// By the version field, whatever the layer before announced.
#[inline]
pub(super) fn ip<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    if let Some(places) = &mut walk.ip_headers {
        places.push(view.span().start);
    }
    match view.u8(0).map(|byte| byte >> 4) {
        Some(4) => ipv4(walk, view),
        Some(6) => ipv6(walk, view),
        Some(_) => Step::Skip(Skip::BadIp),
        None => Step::Skip(Skip::CutIp),
    }
}

#[inline]
fn ipv4<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    let ip = match Ipv4HeaderSlice::from_slice(view.bytes()) {
        Ok(ip) => ip,
        Err(err::ipv4::HeaderSliceError::Len(_)) => return Step::Skip(Skip::CutIp),
        Err(err::ipv4::HeaderSliceError::Content(_)) => return Step::Skip(Skip::BadIp),
    };
    let header_length = ip.slice().len();
    let view = match u32::from(ip.total_len()) {
        // Left to the network card, which segments: what is there counts.
        0 => view,
        length if length < header_length as u32 => return Step::Skip(Skip::BadIp),
        length => view.limit(length),
    };
    let Some(payload) = view.skip(header_length) else { return Step::Skip(Skip::CutIp) };
    let header = IpHeader {
        source: IpAddr::V4(ip.source_addr()),
        destination: IpAddr::V4(ip.destination_addr()),
        dscp: ip.dcp().value(),
        ecn: ip.ecn().value(),
        ttl: ip.ttl(),
        identification: ip.identification(),
        length: view.wire(),
    };
    let offset = u32::from(ip.fragments_offset().value()) * 8;
    if ip.more_fragments() || offset != 0 {
        let field = FragmentField {
            identification: u32::from(ip.identification()),
            offset,
            more: ip.more_fragments(),
        };
        if let Some(end) = fragment(walk, &header, ip.protocol(), field, payload) {
            return end;
        }
    }
    upper(walk, &header, ip.protocol(), payload)
}

fn ipv6<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    let Ok(ip) = Ipv6HeaderSlice::from_slice(view.bytes()) else { return Step::Skip(Skip::CutIp) };
    let header_length = ip.slice().len();
    let view = match u32::from(ip.payload_length()) {
        // As in IPv4 with total length 0.
        0 if ip.next_header() != ip_number::IPV6_NO_NEXT_HEADER => view,
        length => view.limit(length + header_length as u32),
    };
    let Some(payload) = view.skip(header_length) else { return Step::Skip(Skip::CutIp) };
    let header = IpHeader {
        source: IpAddr::V6(ip.source_addr()),
        destination: IpAddr::V6(ip.destination_addr()),
        dscp: ip.dscp().value(),
        ecn: ip.ecn().value(),
        ttl: ip.hop_limit(),
        identification: 0,
        length: view.wire(),
    };
    upper(walk, &header, ip.next_header(), payload)
}

/// Goes over the extension headers (RFC 8200 section 4, in any order) to the transport. IPv4 knows only the
/// authentication header among them; the other numbers do not occur there.
#[inline]
pub(super) fn upper<'a>(
    walk: &mut Walk,
    header: &IpHeader,
    protocol: IpNumber,
    payload: View<'a>,
) -> Step<'a> {
    let (mut protocol, mut payload) = (protocol, payload);
    for _ in 0..=MOST_EXTENSION_HEADERS {
        let next = match protocol {
            ip_number::IPV6_FRAG => {
                let Some((next, field, rest)) = fragment_header(payload) else {
                    return Step::Skip(Skip::CutIp);
                };
                if let Some(end) = field.and_then(|field| fragment(walk, header, next, field, rest)) {
                    return end;
                }
                Some((next, rest))
            }
            ip_number::IPV6_HOP_BY_HOP
            | ip_number::IPV6_ROUTE
            | ip_number::IPV6_DEST_OPTIONS
            | ip_number::AUTH => extension_header(protocol, payload),
            _ => return transport::transport(walk, header, protocol, payload),
        };
        let Some(next) = next else { return Step::Skip(Skip::CutIp) };
        (protocol, payload) = next;
    }
    Step::Skip(Skip::TooDeep)
}

fn extension_header(protocol: IpNumber, view: View<'_>) -> Option<(IpNumber, View<'_>)> {
    let (next, length) = if protocol == ip_number::AUTH {
        let header = IpAuthHeaderSlice::from_slice(view.bytes()).ok()?;
        (header.next_header(), header.slice().len())
    } else {
        let header = Ipv6RawExtHeaderSlice::from_slice(view.bytes()).ok()?;
        (header.next_header(), header.slice().len())
    };
    Some((next, view.skip(length)?))
}

/// RFC 8200 section 4.5; no field for an atomic fragment (RFC 6946), which is a whole packet.
fn fragment_header(view: View<'_>) -> Option<(IpNumber, Option<FragmentField>, View<'_>)> {
    let header = Ipv6FragmentHeaderSlice::from_slice(view.bytes()).ok()?;
    let field = header.is_fragmenting_payload().then(|| FragmentField {
        identification: header.identification(),
        offset: u32::from(header.fragment_offset().value()) * 8,
        more: header.more_fragments(),
    });
    Some((header.next_header(), field, view.skip(header.slice().len())?))
}

/// The way ends at a later fragment; in a first one it goes on, which `None` says.
fn fragment<'a>(
    walk: &mut Walk,
    header: &IpHeader,
    protocol: IpNumber,
    field: FragmentField,
    payload: View<'a>,
) -> Option<Step<'a>> {
    let fragment = Fragment {
        packet: walk.packet(header, (0, 0), Transport::Other(protocol.0), payload),
        protocol: protocol.0,
        identification: field.identification,
        offset: field.offset,
        more: field.more,
    };
    if field.offset != 0 {
        return Some(walk.end(Decoded::Fragment { fragment: Box::new(fragment), first: None }));
    }
    walk.enter_fragment(fragment);
    None
}
