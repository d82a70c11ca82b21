//! Takes link types, gives their registered names and what people call them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::language::Language;
use crate::capture::{CaptureSummary, LinkType};
use crate::decode::Layers;
use crate::observe::Traffic;

/// The name behind `LINKTYPE_` in the tcpdump.org registry, `147` for one that is not usual in the field.
pub(crate) fn name(link: LinkType) -> String {
    let name = match link.0 {
        0 => "NULL",
        1 => "ETHERNET",
        2 => "EXP_ETHERNET",
        3 => "AX25",
        6 => "IEEE802_5",
        7 => "ARCNET_BSD",
        8 => "SLIP",
        9 => "PPP",
        10 => "FDDI",
        50 => "PPP_HDLC",
        51 => "PPP_ETHER",
        99 => "SYMANTEC_FIREWALL",
        100 => "ATM_RFC1483",
        101 => "RAW",
        104 => "C_HDLC",
        105 => "IEEE802_11",
        107 => "FRELAY",
        108 => "LOOP",
        109 => "ENC",
        113 => "LINUX_SLL",
        114 => "LTALK",
        117 => "PFLOG",
        119 => "IEEE802_11_PRISM",
        122 => "IP_OVER_FC",
        123 => "SUNATM",
        127 => "IEEE802_11_RADIOTAP",
        129 => "ARCNET_LINUX",
        138 => "APPLE_IP_OVER_IEEE1394",
        139 => "MTP2_WITH_PHDR",
        140 => "MTP2",
        141 => "MTP3",
        143 => "DOCSIS",
        144 => "LINUX_IRDA",
        163 => "IEEE802_11_AVS",
        166 => "PPP_PPPD",
        177 => "LINUX_LAPD",
        187 => "BLUETOOTH_HCI_H4",
        189 => "USB_LINUX",
        192 => "PPI",
        195 => "IEEE802_15_4_WITHFCS",
        197 => "ERF",
        201 => "BLUETOOTH_HCI_H4_WITH_PHDR",
        204 => "PPP_WITH_DIR",
        220 => "USB_LINUX_MMAPPED",
        226 => "IPNET",
        227 => "CAN_SOCKETCAN",
        228 => "IPV4",
        229 => "IPV6",
        230 => "IEEE802_15_4_NOFCS",
        231 => "DBUS",
        239 => "NFLOG",
        240 => "NETANALYZER",
        249 => "USBPCAP",
        253 => "NETLINK",
        258 => "PKTAP",
        260 => "IPMI_HPM_2",
        274 => "ETHERNET_MPACKET",
        276 => "LINUX_SLL2",
        284 => "DSA_TAG_DSA",
        285 => "DSA_TAG_EDSA",
        other => return other.to_string(),
    };
    name.to_owned()
}

/// The names of those on which packets came; of all, where none did.
pub(crate) fn of_packets(capture: &CaptureSummary) -> BTreeSet<String> {
    let is_empty = capture.interfaces.iter().all(|one| one.packets == 0);
    let used = capture.interfaces.iter().filter(|one| is_empty || one.packets > 0);
    used.map(|one| name(one.link)).collect()
}

/// What Wireshark calls a link type of that registered name; the name itself where that says as much.
pub(crate) fn title(name: &str, language: Language) -> Cow<'_, str> {
    let title = match name {
        "NULL" => "NULL/Loopback",
        "LOOP" => "OpenBSD Loopback",
        "ETHERNET" => "Ethernet",
        "EXP_ETHERNET" => "Ethernet (3 Mbit/s)",
        "ETHERNET_MPACKET" => "IEEE 802.3br mPackets",
        "DSA_TAG_DSA" => "Ethernet + DSA tag",
        "DSA_TAG_EDSA" => "Ethernet + EDSA tag",
        "IEEE802_5" => "Token Ring",
        "IEEE802_11" => "IEEE 802.11 (WLAN)",
        "IEEE802_11_PRISM" | "IEEE802_11_RADIOTAP" | "IEEE802_11_AVS" => {
            language.either("IEEE 802.11 mit Funk-Header (WLAN)", "IEEE 802.11 + radio header (WLAN)")
        }
        "PPI" => "Per-Packet Information (PPI)",
        "IEEE802_15_4_WITHFCS" | "IEEE802_15_4_NOFCS" => "IEEE 802.15.4",
        "PPP_HDLC" => "PPP in HDLC",
        "PPP_ETHER" => "PPP-over-Ethernet",
        "PPP_WITH_DIR" => "PPP + direction",
        "C_HDLC" => "Cisco HDLC",
        "FRELAY" => "Frame Relay",
        "ATM_RFC1483" => "ATM (RFC 1483)",
        "SUNATM" => "SunATM",
        "ARCNET_BSD" | "ARCNET_LINUX" => "ARCNET",
        "RAW" | "12" | "14" => "Raw IP",
        "IPV4" => "Raw IPv4",
        "IPV6" => "Raw IPv6",
        "LINUX_SLL" => "Linux cooked-mode v1",
        "LINUX_SLL2" => "Linux cooked-mode v2",
        "CAN_SOCKETCAN" => "SocketCAN",
        "NETLINK" => "Linux netlink",
        "USB_LINUX" | "USB_LINUX_MMAPPED" | "USBPCAP" => "USB",
        "BLUETOOTH_HCI_H4" | "BLUETOOTH_HCI_H4_WITH_PHDR" => "Bluetooth HCI",
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            return format!("{} ({number})", language.either("unbekannt", "unknown")).into();
        }
        other => other,
    };
    title.into()
}

/// What packets of the whole capture are wrapped in; ARP shows it of hosts that send nothing else.
pub(super) fn layers_of(traffic: &Traffic) -> Layers {
    let stacked = traffic.hosts.iter().any(|host| !host.outer_vlans.is_empty());
    let by_arp = if stacked { Layers::VLAN_STACK } else { Layers::default() };
    traffic.flows.iter().fold(by_arp, |all, flow| all.with(flow.layers))
}

/// The same by name, VLANs aside.
pub(super) fn layers(layers: Layers) -> impl Iterator<Item = &'static str> {
    let names = [
        (Layers::VLAN_STACK, "QinQ"),
        (Layers::MPLS, "MPLS"),
        (Layers::PPP, "PPP"),
        (Layers::GRE, "GRE"),
        (Layers::ERSPAN, "ERSPAN"),
        (Layers::VXLAN, "VXLAN"),
        (Layers::IP_IN_IP, "IP in IP"),
        (Layers::ETHER_IP, "EtherIP"),
        (Layers::GTP_U, "GTP-U"),
        (Layers::GENEVE, "Geneve"),
        (Layers::L2TP, "L2TP"),
        (Layers::PBB, "PBB (MAC in MAC)"),
        (Layers::CAPWAP, "CAPWAP"),
        (Layers::TZSP, "TZSP"),
    ];
    names.into_iter().filter(move |(layer, _)| layers.has(*layer)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::InterfaceSummary;

    #[test]
    fn a_link_type_has_a_name_for_programs_and_one_for_people() {
        for (link, registered, told) in [
            (1, "ETHERNET", "Ethernet"),
            (113, "LINUX_SLL", "Linux cooked-mode v1"),
            (12, "12", "Raw IP"),
            (147, "147", "unbekannt (147)"),
            (127, "IEEE802_11_RADIOTAP", "IEEE 802.11 mit Funk-Header (WLAN)"),
        ] {
            let name = name(LinkType(link));
            assert_eq!((name.as_str(), &*title(&name, Language::De)), (registered, told));
        }
        assert_eq!(title("178", Language::En), "unknown (178)");
    }

    #[test]
    fn only_link_types_that_carry_packets_are_told() {
        use crate::capture::Ended;
        let mut capture = crate::report::fixture::capture("a", Ended::Complete);
        let ethernet = capture.interfaces[0].clone();
        let idle = InterfaceSummary { link: LinkType(113), packets: 0, ..ethernet.clone() };
        capture.interfaces = vec![idle.clone(), ethernet];
        assert_eq!(of_packets(&capture), ["ETHERNET".to_owned()].into());
        capture.interfaces = vec![idle];
        assert_eq!(of_packets(&capture), ["LINUX_SLL".to_owned()].into());
    }

    #[test]
    fn arp_behind_two_tags_is_behind_two_tags() {
        let mut audit = crate::report::fixture::audit();
        assert!(!layers_of(&audit.traffic).has(Layers::VLAN_STACK));
        audit.traffic.hosts[0].outer_vlans = vec![202];
        assert!(layers_of(&audit.traffic).has(Layers::VLAN_STACK));
    }
}
