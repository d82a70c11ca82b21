//! Wireshark display filters for the evidence of findings: short enough to paste, and true for the frames named.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::observe::{Flow, Protocol, Stream};

/// Of what a client and its TURN server exchange, only what relays data: channels, which are no STUN messages, and
/// indications (class 1, RFC 8489 section 5), not requests and answers.
pub(super) const RELAYED: &str = "!(stun.type.class != 1)";

/// How a filter begins that names frames themselves.
const BY_NUMBER: &str = "frame.number in {";

/// Frames of these numbers, in the one file that the filter is used on; no filter without any.
pub(crate) fn by_number(numbers: &BTreeSet<u64>) -> String {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    if numbers.is_empty() { String::new() } else { format!("{BY_NUMBER}{}}}", numbers.join(", ")) }
}

/// Whether a filter names frames by the numbers that they have in a file.
pub(crate) fn is_by_number(filter: &str) -> bool {
    filter.starts_with(BY_NUMBER) && filter.ends_with('}')
}

/// Packets that `address` sent or received.
pub(super) fn host(address: IpAddr) -> String {
    format!("{} == {address}", field(address, "addr"))
}

/// Packets that two addresses exchanged.
pub(super) fn hosts(a: IpAddr, b: IpAddr) -> String {
    format!("{} && {}", host(a), host(b))
}

/// Fragments that two addresses exchanged.
pub(super) fn fragments(a: IpAddr, b: IpAddr) -> String {
    let is_fragment = if a.is_ipv4() { "(ip.flags.mf == 1 || ip.frag_offset > 0)" } else { "ipv6.fraghdr" };
    format!("{} && {is_fragment}", hosts(a, b))
}

/// Packets that a host exchanged with a service.
pub(super) fn service(host: IpAddr, service: SocketAddr, protocol: Protocol) -> String {
    let hosts = hosts(host, service.ip());
    match transport(protocol) {
        Some(name) => format!("{hosts} && {name}.port == {}", service.port()),
        None => hosts,
    }
}

/// Packets of a host with this port at either end.
pub(super) fn own_port(address: IpAddr, port: u16, protocol: Protocol) -> String {
    match transport(protocol) {
        Some(name) => format!("{} && {name}.port == {port}", host(address)),
        None => host(address),
    }
}

/// Packets of a flow, both directions.
pub(super) fn flow(flow: &Flow) -> String {
    let hosts = hosts(flow.a.ip(), flow.b.ip());
    match transport(flow.protocol) {
        Some(name) if flow.a.port() == flow.b.port() => {
            let port = flow.a.port();
            format!("{hosts} && {name}.srcport == {port} && {name}.dstport == {port}")
        }
        Some(name) => {
            format!("{hosts} && {name}.port == {} && {name}.port == {}", flow.a.port(), flow.b.port())
        }
        None => hosts,
    }
}

/// Packets from one socket to another.
pub(super) fn one_way(from: SocketAddr, to: SocketAddr, protocol: Protocol) -> String {
    let (source, target) = (field(from.ip(), "src"), field(to.ip(), "dst"));
    let hosts = format!("{source} == {} && {target} == {}", from.ip(), to.ip());
    match transport(protocol) {
        Some(name) => {
            format!("{hosts} && {name}.srcport == {} && {name}.dstport == {}", from.port(), to.port())
        }
        None => hosts,
    }
}

/// Packets from one host to another.
pub(super) fn one_way_between(from: IpAddr, to: IpAddr) -> String {
    format!("{} == {from} && {} == {to}", field(from, "src"), field(to, "dst"))
}

/// What begins as RTP and RTCP do and STUN, DTLS and ZRTP do not (RFC 7983 section 7), whatever Wireshark takes it for.
const IS_MEDIA: &str = "udp.payload[0:1] >= 80 && udp.payload[0:1] <= bf";

/// Packets of a stream and of others that go the same way, without the errors that quote them: Wireshark looks into those too.
pub(super) fn stream(stream: &Stream) -> String {
    let protocol = stream.relay.map_or(Protocol::Udp, |relay| relay.protocol);
    let mut way = one_way(stream.source, stream.destination, protocol);
    if stream.is_mixed && stream.relay.is_none() {
        way = format!("{way} && {IS_MEDIA}");
    }
    match (stream.is_quoted, stream.source) {
        (false, _) => way,
        (true, SocketAddr::V4(_)) => format!("{way} && !icmp"),
        (true, SocketAddr::V6(_)) => format!("{way} && !icmpv6"),
    }
}

/// Packets of RTP over UDP with this source number, RFC 3550 section 5.1, whether Wireshark takes them for RTP or not.
pub(super) fn ssrc(ssrc: u32) -> String {
    let [a, b, c, d] = ssrc.to_be_bytes();
    format!("udp.payload[8:4] == {a:02x}:{b:02x}:{c:02x}:{d:02x}")
}

/// Packets with this DSCP, in the family of `address`.
pub(super) fn dscp_is(address: IpAddr, dscp: u8) -> String {
    let field = if address.is_ipv4() { "ip.dsfield.dscp" } else { "ipv6.tclass.dscp" };
    format!("{field} == {dscp}")
}

/// Packets whose DSCP is not `expected`, in the family of `address`.
pub(super) fn dscp_is_not(address: IpAddr, expected: u8) -> String {
    format!("!({})", dscp_is(address, expected))
}

/// `(x) || (y) ...`, or the only one; what stands there twice is said once.
pub(super) fn any_of(mut parts: Vec<String>) -> String {
    let mut told = BTreeSet::new();
    parts.retain(|part| told.insert(part.clone()));
    match parts.as_slice() {
        [one] => one.clone(),
        many => many.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" || "),
    }
}

fn field(address: IpAddr, name: &str) -> String {
    if address.is_ipv4() { format!("ip.{name}") } else { format!("ipv6.{name}") }
}

fn transport(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Udp => Some("udp"),
        Protocol::Tcp => Some("tcp"),
        Protocol::Sctp => Some("sctp"),
        Protocol::Icmp | Protocol::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::TcpOutcome;
    use crate::observe::fixture::{ip, socket, tcp, udp};

    #[test]
    fn a_service_is_selected_from_whatever_port_it_is_asked() {
        let filter = service(ip("192.168.10.21"), socket("192.168.10.2:5060"), Protocol::Udp);
        assert_eq!(filter, "ip.addr == 192.168.10.21 && ip.addr == 192.168.10.2 && udp.port == 5060");
    }

    #[test]
    fn a_port_is_selected_whoever_is_at_the_other_end() {
        let of = |protocol| own_port(ip("192.168.10.2"), 21, protocol);
        assert_eq!(of(Protocol::Tcp), "ip.addr == 192.168.10.2 && tcp.port == 21");
        assert_eq!(of(Protocol::Icmp), "ip.addr == 192.168.10.2");
    }

    #[test]
    fn a_flow_is_selected_in_both_directions() {
        let filter =
            "ip.addr == 192.168.10.21 && ip.addr == 192.168.10.2 && udp.port == 10000 && udp.port == 5204";
        assert_eq!(flow(&udp("192.168.10.21:10000", "192.168.10.2:5204")), filter);
        let filter = "ip.addr == 192.168.10.21 && ip.addr == 192.168.10.2 && udp.srcport == 5060 && udp.dstport == 5060";
        assert_eq!(flow(&udp("192.168.10.21:5060", "192.168.10.2:5060")), filter, "one port on both sides");
        let six = tcp("[fd00::21]:40000", "[fd00::2]:443", TcpOutcome::Answered, 1);
        let filter = "ipv6.addr == fd00::21 && ipv6.addr == fd00::2 && tcp.port == 40000 && tcp.port == 443";
        assert_eq!(flow(&six), filter);
        let ping = Flow { protocol: Protocol::Icmp, ..udp("192.168.10.21:0", "192.168.10.2:0") };
        assert_eq!(flow(&ping), "ip.addr == 192.168.10.21 && ip.addr == 192.168.10.2");
    }

    #[test]
    fn one_way_tells_source_and_destination_apart() {
        let filter = "ip.src == 192.168.10.21 && ip.dst == 192.168.10.2 && udp.srcport == 10000 && udp.dstport == 5204";
        let (from, to) = (socket("192.168.10.21:10000"), socket("192.168.10.2:5204"));
        assert_eq!(one_way(from, to, Protocol::Udp), filter);
        assert_eq!(
            one_way(from, to, Protocol::Other(89)),
            "ip.src == 192.168.10.21 && ip.dst == 192.168.10.2"
        );
    }

    #[test]
    fn errors_that_quote_a_stream_are_no_part_of_it() {
        let of = |source: &str, target: &str, is_quoted| {
            let voice = crate::observe::fixture::stream(source, target, &[(46, 60)]);
            stream(&Stream { is_quoted, ..voice })
        };
        let (from, to) = ("192.168.10.21:10000", "192.168.10.2:5204");
        assert!(of(from, to, false).ends_with("udp.dstport == 5204"));
        assert!(of(from, to, true).ends_with("udp.dstport == 5204 && !icmp"));
        assert!(of("[fd00::21]:10000", "[fd00::2]:5204", true).ends_with(" && !icmpv6"));
    }

    #[test]
    fn stun_and_dtls_on_the_ports_of_a_stream_are_no_part_of_it() {
        let voice =
            || crate::observe::fixture::stream("192.168.10.21:10000", "192.168.10.2:5204", &[(46, 60)]);
        assert!(!stream(&voice()).contains(IS_MEDIA));
        let mixed = Stream { is_mixed: true, ..voice() };
        assert!(stream(&mixed).ends_with(&format!("udp.dstport == 5204 && {IS_MEDIA}")));
    }

    #[test]
    fn the_field_of_the_mark_depends_on_the_family() {
        assert_eq!(dscp_is_not(ip("192.168.10.21"), 46), "!(ip.dsfield.dscp == 46)");
        assert_eq!(dscp_is_not(ip("fd00::21"), 46), "!(ipv6.tclass.dscp == 46)");
    }

    #[test]
    fn alternatives_are_bracketed() {
        assert_eq!(any_of(Vec::new()), "");
        assert_eq!(any_of(vec!["a && b".into()]), "a && b");
        assert_eq!(any_of(vec!["a && b".into(), "c".into()]), "(a && b) || (c)");
        assert_eq!(any_of(vec!["a && b".into(), "c".into(), "a && b".into()]), "(a && b) || (c)");
        assert_eq!(any_of(vec!["a && b".into(), "a && b".into()]), "a && b");
    }
}
