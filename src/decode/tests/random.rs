//! Nothing makes decoding panic, and every span lies in its frame.

use proptest::prelude::{any, prop};
use proptest::proptest;

use super::super::{Decoded, Packet, Span, quick, walk};
use super::wrap::wrapped;
use super::{OFFSET, PAYLOAD, decode_at, ipv4, record, tcp_in_ipv4, udp, udp_in_ipv4, udp_in_ipv6};

fn spans(decoded: &Decoded) -> Vec<Span> {
    let of = |packet: &Packet| packet.payload;
    match decoded {
        Decoded::Packet(packet) => vec![of(packet)],
        Decoded::Fragment { fragment, first } => {
            [Some(of(&fragment.packet)), first.as_deref().map(of)].into_iter().flatten().collect()
        }
        Decoded::IcmpError(error) => vec![of(&error.packet)],
        Decoded::Link(message) => vec![message.payload],
        Decoded::Skipped(_) => Vec::new(),
    }
}

fn decodes(link: u16, frame: &[u8], original_length: usize) {
    for span in spans(&decode_at(link, frame, original_length)) {
        let range = span.range();
        assert!(range.start >= OFFSET as usize && range.end <= OFFSET as usize + frame.len(), "{span:?}");
        assert!(span.captured <= span.wire, "{span:?}");
    }
}

/// What is read in one go, after a comparison with what the walk gives.
fn quick(link: u16, frame: &[u8], original_length: usize) -> Option<Packet> {
    let record = record(link, frame, original_length);
    let quick = quick::datagram(&record);
    if let Some(packet) = quick {
        assert_eq!(walk(&record), Decoded::Packet(packet));
    }
    quick
}

#[test]
fn what_is_read_in_one_go_is_what_the_walk_gives() {
    let datagram = udp_in_ipv4();
    let read = wrapped(&datagram)
        .into_iter()
        .filter(|case| quick(case.link, &case.frame, case.frame.len()).is_some())
        .map(|case| case.name);
    assert_eq!(read.collect::<Vec<_>>(), ["ethernet", "one tag"]);
    let other: [(&str, Vec<u8>); 3] = [
        ("TCP", tcp_in_ipv4()),
        ("IPv6", udp_in_ipv6()),
        ("a tunnel's port", ipv4(17, &udp((9, 4789), PAYLOAD))),
    ];
    for (name, ip) in other {
        for case in wrapped(&ip) {
            assert_eq!(quick(case.link, &case.frame, case.frame.len()), None, "{name} in {}", case.name);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_of_any_link_type(link in 0_u16..300, frame in prop::collection::vec(any::<u8>(), 0..200)) {
        decodes(link, &frame, frame.len());
    }

    #[test]
    fn any_bytes_behind_an_ip_header(protocol: u8, six: bool, rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let frame = if six { super::ipv6(protocol, &rest) } else { super::ipv4(protocol, &rest) };
        decodes(super::RAW, &frame, frame.len());
    }

    #[test]
    fn frames_with_some_bytes_changed(
        inside in 0..3_usize,
        which: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length: prop::sample::Index,
        original_length: u16,
    ) {
        let ip = [udp_in_ipv4, udp_in_ipv6, tcp_in_ipv4][inside]();
        let mut cases = wrapped(&ip);
        let mut case = cases.swap_remove(which.index(cases.len()));
        for (at, value) in changes {
            let at = at.index(case.frame.len());
            case.frame[at] = value;
        }
        let length = length.index(case.frame.len() + 1);
        decodes(case.link, &case.frame[..length], usize::from(original_length));
        quick(case.link, &case.frame[..length], usize::from(original_length));
    }

    #[test]
    fn datagrams_with_one_byte_changed(
        tagged: bool,
        at: prop::sample::Index,
        value: u8,
        padding in 0..30_usize,
        ports: (u16, u16),
        near_tunnel in prop::sample::select(vec![0, 1701, 2152, 4754, 4789, 4790, 5247, 6081, 6635, 8472, 37008]),
    ) {
        let ports = if near_tunnel == 0 { ports } else { (ports.0, near_tunnel) };
        let ip = ipv4(17, &udp(ports, PAYLOAD));
        let tag: &[u8] = if tagged { &[0x81, 0, 0xa0, 9] } else { &[] };
        let mut frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], tag, &[8, 0], &ip, &vec![0; padding]].concat();
        let end = frame.len() - padding - PAYLOAD.len();
        frame[at.index(end)] = value;
        quick(1, &frame, frame.len());
    }
}
