//! Nothing makes decoding panic, and every span lies in its frame.

use proptest::prelude::{any, prop};
use proptest::proptest;

use super::super::{Decoded, Packet, Span};
use super::wrap::wrapped;
use super::{OFFSET, decode_at, tcp_in_ipv4, udp_in_ipv4, udp_in_ipv6};

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
    }
}
