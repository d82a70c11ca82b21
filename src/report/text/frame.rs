//! Takes what a frame carries instead of IP, gives the number as its kind writes it and the usual name.

use crate::decode::NotIp;

/// `0x8863, PPPoE Discovery`; `SNAP 00:00:0c 0x010b, PVST+`.
pub(super) fn kind(kind: NotIp) -> String {
    let (number, names): (String, &[(u16, &str)]) = match kind {
        NotIp::EtherType(number) => (format!("0x{number:04x}"), &ETHER_TYPES),
        NotIp::Snap([a, b, c], number) => {
            let names: &[(u16, &str)] = if [a, b, c] == [0, 0, 0x0c] { &CISCO } else { &[] };
            (format!("SNAP {a:02x}:{b:02x}:{c:02x} 0x{number:04x}"), names)
        }
        NotIp::Llc(number) => (format!("LLC 0x{number:04x}"), &LLC),
        NotIp::Ppp(number) => (format!("PPP 0x{number:04x}"), &PPP),
        NotIp::FrameRelay(number) => (format!("Frame Relay 0x{number:02x}"), &FRAME_RELAY),
        NotIp::Other(number) => (format!("0x{number:04x}"), &[]),
    };
    let wanted = match kind {
        NotIp::EtherType(number)
        | NotIp::Snap(_, number)
        | NotIp::Llc(number)
        | NotIp::Ppp(number)
        | NotIp::Other(number) => number,
        NotIp::FrameRelay(number) => number.into(),
    };
    match names.iter().find(|(known, _)| *known == wanted) {
        Some((_, name)) => format!("{number}, {name}"),
        None => number,
    }
}

/// <https://www.iana.org/assignments/ieee-802-numbers>
const ETHER_TYPES: [(u16, &str); 14] = [
    (0x0842, "Wake-on-LAN"),
    (0x6003, "DECnet"),
    (0x8035, "RARP"),
    (0x8863, "PPPoE Discovery"),
    (0x8809, "LACP"),
    (0x886d, "Intel Teaming"),
    (0x886f, "Microsoft NLB"),
    (0x888e, "802.1X"),
    (0x88cc, "LLDP"),
    (0x88e5, "MACsec"),
    (0x88f7, "PTP"),
    (0x9000, "Loopback"),
    (0x88e1, "HomePlug"),
    (0x8902, "CFM"),
];

/// RFC 2427 section 3.1 and appendix C, ISO/IEC TR 9577.
const FRAME_RELAY: [(u16, &str); 6] =
    [(0x08, "Q.933"), (0x09, "LMI"), (0x80, "SNAP"), (0x81, "CLNP"), (0x82, "ES-IS"), (0x83, "IS-IS")];

/// Protocols of Cisco, as Wireshark names them.
const CISCO: [(u16, &str); 4] = [(0x010b, "PVST+"), (0x0111, "UDLD"), (0x2003, "VTP"), (0x2004, "DTP")];

/// Destination and source service access point, IEEE 802.2.
/// Novell put IPX right behind the length, where its own checksum is always 0xffff: "raw 802.3".
const LLC: [(u16, &str); 5] = [
    (0x4242, "Spanning Tree"),
    (0xfefe, "IS-IS"),
    (0xe0e0, "IPX"),
    (0xf0f0, "NetBIOS"),
    (0xffff, "IPX, raw 802.3"),
];

/// <https://www.iana.org/assignments/ppp-numbers>
const PPP: [(u16, &str); 6] = [
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc223, "CHAP"),
    (0x8021, "IPCP"),
    (0x8057, "IPV6CP"),
    (0x80fd, "CCP"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_what_it_is() {
        assert_eq!(kind(NotIp::EtherType(0x8863)), "0x8863, PPPoE Discovery");
        assert_eq!(kind(NotIp::EtherType(0x1234)), "0x1234");
        assert_eq!(kind(NotIp::Snap([0, 0, 0x0c], 0x010b)), "SNAP 00:00:0c 0x010b, PVST+");
        assert_eq!(kind(NotIp::Snap([0, 0xe0, 0x2b], 0x010b)), "SNAP 00:e0:2b 0x010b", "another maker's");
        assert_eq!(kind(NotIp::Llc(0x4242)), "LLC 0x4242, Spanning Tree");
        assert_eq!(kind(NotIp::FrameRelay(0x08)), "Frame Relay 0x08, Q.933");
        assert_eq!(kind(NotIp::FrameRelay(0xb1)), "Frame Relay 0xb1");
        assert_eq!(kind(NotIp::Llc(0xffff)), "LLC 0xffff, IPX, raw 802.3");
        assert_eq!(kind(NotIp::Ppp(0xc021)), "PPP 0xc021, LCP");
    }
}
