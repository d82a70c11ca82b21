//! One IP packet in every layer that is taken off.

use super::super::Layers;
use super::{ETHERNET, ipv4, udp};

/// A frame that holds the IP packet, and the layers around it.
pub(super) struct Wrapped {
    pub(super) name: &'static str,
    pub(super) link: u16,
    pub(super) frame: Vec<u8>,
    pub(super) layers: Layers,
}

pub(super) fn ether_type(ip: &[u8]) -> u16 {
    if ip[0] >> 4 == 4 { 0x0800 } else { 0x86dd }
}

pub(super) fn ethernet(ether_type: u16, payload: &[u8]) -> Vec<u8> {
    [&[0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1], ether_type.to_be_bytes().as_slice(), payload].concat()
}

fn inner_ethernet(ip: &[u8]) -> Vec<u8> {
    let frame = ethernet(ether_type(ip), ip);
    [&[0x06, 0, 0, 0, 0, 2, 0x06, 0, 0, 0, 0, 1], &frame[12..]].concat()
}

pub(super) fn tagged(tags: &[(u16, u16)], ether_type: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = ethernet(0, &[])[..12].to_vec();
    for (protocol, control) in tags {
        frame.extend(protocol.to_be_bytes());
        frame.extend(control.to_be_bytes());
    }
    [&frame, ether_type.to_be_bytes().as_slice(), payload].concat()
}

/// An IEEE 802.3 frame with its length field.
pub(super) fn ieee_802_3(llc: &[u8], payload: &[u8]) -> Vec<u8> {
    ethernet((llc.len() + payload.len()) as u16, &[llc, payload].concat())
}

fn snap(ether_type: u16) -> Vec<u8> {
    [&[0xaa, 0xaa, 0x03, 0, 0, 0], ether_type.to_be_bytes().as_slice()].concat()
}

fn outer_ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = ipv4(protocol, payload);
    packet[1] = 0;
    packet[12..16].copy_from_slice(&[203, 0, 113, 1]);
    packet[16..20].copy_from_slice(&[203, 0, 113, 2]);
    ethernet(0x0800, &packet)
}

fn in_udp(port: u16, header: &[u8], payload: &[u8]) -> Vec<u8> {
    outer_ipv4(17, &udp((50_001, port), &[header, payload].concat()))
}

fn gre(flags: u16, protocol: u16, fields: &[u8], payload: &[u8]) -> Vec<u8> {
    outer_ipv4(47, &[&flags.to_be_bytes(), &protocol.to_be_bytes(), fields, payload].concat())
}

/// Every way to carry `ip` that this module knows.
pub(super) fn wrapped(ip: &[u8]) -> Vec<Wrapped> {
    let mut all = link_headers(ip);
    all.extend(behind_ethernet(ip));
    all.extend(wireless(ip));
    all.extend(tunnels(ip));
    all
}

fn make(name: &'static str, link: u16, parts: &[&[u8]], layers: Layers) -> Wrapped {
    Wrapped { name, link, frame: parts.concat(), layers }
}

fn link_headers(ip: &[u8]) -> Vec<Wrapped> {
    let protocol = ether_type(ip).to_be_bytes();
    let (family, ppp, nlpid) = if ip[0] >> 4 == 4 { (2, 0x21, 0xcc) } else { (30, 0x57, 0x8e) };
    let none = Layers::default();
    let nflog_length = (ip.len() as u16 + 4).to_le_bytes();
    vec![
        make("raw 101", 101, &[ip], none),
        make("raw 12", 12, &[ip], none),
        make("raw 14", 14, &[ip], none),
        make("null, little endian", 0, &[&[family, 0, 0, 0], ip], none),
        make("null, big endian", 0, &[&[0, 0, 0, family], ip], none),
        make("loop", 108, &[&[0, 0, 0, family], ip], none),
        make("loop, little endian", 108, &[&[family, 0, 0, 0], ip], none),
        make("cooked", 113, &[&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &protocol, ip], none),
        make("cooked tunnel", 113, &[&[0, 4, 0xff, 0xfe, 0, 0], &[0; 8], &protocol, ip], none),
        make(
            "cooked, VLAN",
            113,
            &[&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 9], &protocol, ip],
            Layers::VLAN,
        ),
        make(
            "cooked v2",
            276,
            &[&protocol, &[0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], ip],
            none,
        ),
        make("ppp", 9, &[&[0xff, 0x03, 0, ppp], ip], none),
        make("ppp without address", 9, &[&[0, ppp], ip], none),
        make("ppp, short protocol", 9, &[&[ppp], ip], none),
        make("ppp serial", 50, &[&[0xff, 0x03, 0, ppp], ip], none),
        make("ppp serial, Cisco HDLC", 50, &[&[0x0f, 0], &protocol, ip], none),
        make("ppp with direction", 204, &[&[1, 0xff, 0x03, 0, ppp], ip], none),
        make("pppd", 166, &[&[0, 0x03, 0, ppp], ip], none),
        make("pppoe", 51, &[&[0x11, 0, 0, 1, 0, 0, 0, ppp], ip], Layers::PPP),
        make("Cisco HDLC", 104, &[&[0x8f, 0], &protocol, ip], none),
        make("frame relay", 107, &[&[0x18, 0x61, 3, nlpid], ip], none),
        make("frame relay, SNAP", 107, &[&[0x18, 0x61, 3, 0, 0x80, 0, 0, 0], &protocol, ip], none),
        make("frame relay, Cisco", 107, &[&[0x18, 0x61], &protocol, ip], none),
        make("ATM", 100, &[&snap(ether_type(ip)), ip], none),
        make("enc", 109, &[&[0; 12], ip], none),
        make("pflog", 117, &[&[61, 2], &[0; 62], ip], none),
        make("ipnet", 226, &[&[0; 24], ip], none),
        make("nflog", 239, &[&[2, 0, 0, 1, 6, 0, 10, 0, 0, 0, 0, 0], &nflog_length, &[9, 0], ip], none),
        make("pktap", 258, &[&[16, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0], ip], none),
        make("ppi", 192, &[&[0, 0, 8, 0, 12, 0, 0, 0], ip], Layers::default()),
    ]
}

fn behind_ethernet(ip: &[u8]) -> Vec<Wrapped> {
    let protocol = ether_type(ip);
    let stack = Layers::VLAN.with(Layers::VLAN_STACK);
    let ppp = [0, if ip[0] >> 4 == 4 { 0x21 } else { 0x57 }];
    let frame = inner_ethernet(ip);
    let case = |name, frame, layers| Wrapped { name, link: ETHERNET, frame, layers };
    let mut all = vec![
        case("ethernet", ethernet(protocol, ip), Layers::default()),
        case("802.3 with SNAP", ieee_802_3(&snap(protocol), ip), Layers::default()),
        case("two tags", tagged(&[(0x88a8, 1), (0x8100, 2)], protocol, ip), stack),
        case("eight tags", tagged(&[(0x8100, 1); 8], protocol, ip), stack),
        case("pppoe", ethernet(0x8864, &[&[0x11, 0, 0, 1, 0, 0], &ppp[..], ip].concat()), Layers::PPP),
        case("mpls", ethernet(0x8847, &[&[0, 1, 1, 64], ip].concat()), Layers::MPLS),
        case("mpls, two labels", ethernet(0x8848, &[&[0, 1, 0, 64, 0, 2, 1, 64], ip].concat()), Layers::MPLS),
        case("pseudowire", ethernet(0x8847, &[&[0, 1, 1, 64], &frame[..]].concat()), Layers::MPLS),
        case(
            "pseudowire with control word",
            ethernet(0x8847, &[&[0, 1, 1, 64, 0, 0, 0, 0], &frame[..]].concat()),
            Layers::MPLS,
        ),
        case("backbone", ethernet(0x88e7, &[&[0, 0, 0, 1], &frame[..]].concat()), Layers::PBB),
    ];
    for tag in [0x8100, 0x88a8, 0x9100, 0x9200, 0x9300] {
        all.push(case("one tag", tagged(&[(tag, 0xa064)], protocol, ip), Layers::VLAN));
    }
    if protocol == 0x0800 {
        all.push(case("802.3 with IP SAP", ieee_802_3(&[6, 6, 3], ip), Layers::default()));
    }
    all
}

fn wireless(ip: &[u8]) -> Vec<Wrapped> {
    let llc = snap(ether_type(ip));
    let addresses = [[4; 6], [2, 0, 0, 0, 0, 1], [6; 6]].concat();
    let header = |control: u8, flags: u8| [&[control, flags, 0, 0], &addresses[..], &[0, 0]].concat();
    let subframe = [&[2; 12], ((llc.len() + ip.len()) as u16).to_be_bytes().as_slice()].concat();
    let none = Layers::default();
    vec![
        make("802.11", 105, &[&header(0x08, 1), &llc, ip], none),
        make("802.11 QoS", 105, &[&header(0x88, 2), &[0, 0], &llc, ip], none),
        make("802.11 QoS, padded", 105, &[&header(0x88, 2), &[0, 0, 0, 0], &llc, ip], none),
        make("802.11 QoS, HT control", 105, &[&header(0x88, 0x82), &[0; 6], &llc, ip], none),
        make("802.11 aggregate", 105, &[&header(0x88, 2), &[0x80, 0], &subframe, &llc, ip], none),
        make("802.11 four addresses", 105, &[&header(0x08, 3), &[8; 6], &llc, ip], none),
        make("radiotap", 127, &[&[0, 0, 8, 0, 0, 0, 0, 0], &header(0x08, 1), &llc, ip], none),
        make("avs", 163, &[&[0, 0, 0, 1, 0, 0, 0, 8], &header(0x08, 1), &llc, ip], none),
    ]
}

fn tunnels(ip: &[u8]) -> Vec<Wrapped> {
    let protocol = ether_type(ip);
    let inner_protocol = if protocol == 0x0800 { 4 } else { 41 };
    let ppp = [0, if protocol == 0x0800 { 0x21 } else { 0x57 }];
    let frame = inner_ethernet(ip);
    let gtp_length = ip.len() as u16;
    let gtp = [&[0x30, 0xff], gtp_length.to_be_bytes().as_slice(), &[0, 0, 0, 1]].concat();
    let extended_length = (gtp_length + 8).to_be_bytes();
    let extended = [&[0x34, 0xff], &extended_length[..], &[0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0]].concat();
    let geneve = [&[1, 0], protocol.to_be_bytes().as_slice(), &[0, 0, 1, 0, 0, 0, 0, 0]].concat();
    let erspan = Layers::ERSPAN;
    let vxlan = [8, 0, 0, 0, 0, 0, 1, 0];
    let l2tp = Layers::L2TP.with(Layers::PPP);
    let gre_header = [&[0, 0], protocol.to_be_bytes().as_slice()].concat();
    let gpe_protocol = if ip[0] >> 4 == 4 { 1 } else { 2 };
    let case = |name, frame, layers| Wrapped { name, link: ETHERNET, frame, layers };
    vec![
        case("IP in IP", outer_ipv4(inner_protocol, ip), Layers::IP_IN_IP),
        case("gre", gre(0, protocol, &[], ip), Layers::GRE),
        case("gre, all fields", gre(0xb000, protocol, &[0; 12], ip), Layers::GRE),
        case("gre, key", gre(0x2000, protocol, &[0; 4], ip), Layers::GRE),
        case(
            "gre, routing",
            gre(0x4000, protocol, &[0, 0, 0, 0, 8, 0, 0, 2, 9, 9, 0, 0, 0, 0], ip),
            Layers::GRE,
        ),
        case("gre, ethernet", gre(0, 0x6558, &[], &frame), Layers::GRE),
        case(
            "pptp",
            gre(0x3081, 0x880b, &[0; 12], &[&[0xff, 3], &ppp[..], ip].concat()),
            Layers::GRE.with(Layers::PPP),
        ),
        case("eoip", gre(0x2001, 0x6400, &[0; 4], &frame), Layers::GRE),
        case("erspan I", gre(0, 0x88be, &[], &frame), erspan),
        case("erspan II", gre(0x1000, 0x88be, &[0, 0, 0, 1, 0x10, 0, 0x18, 0, 0, 0, 0, 0], &frame), erspan),
        case(
            "erspan III",
            gre(0x1000, 0x22eb, &[0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &frame),
            erspan,
        ),
        case(
            "erspan III, platform",
            gre(0x1000, 0x22eb, &[&[0, 0, 0, 1, 0x20], &[0; 10][..], &[1], &[0; 8]].concat(), &frame),
            erspan,
        ),
        case(
            "erspan III, IP",
            gre(0x1000, 0x22eb, &[0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0], ip),
            erspan,
        ),
        case("vxlan", in_udp(4789, &vxlan, &frame), Layers::VXLAN),
        case("vxlan, Linux", in_udp(8472, &vxlan, &frame), Layers::VXLAN),
        case("vxlan-gpe", in_udp(4790, &[0x0c, 0, 0, 3, 0, 0, 1, 0], &frame), Layers::VXLAN),
        case("vxlan-gpe, no protocol named", in_udp(4790, &vxlan, &frame), Layers::VXLAN),
        case("vxlan-gpe, IP", in_udp(4790, &[0x0e, 0, 0, gpe_protocol, 0, 0, 1, 0], ip), Layers::VXLAN),
        case(
            "vxlan-gpe, MPLS",
            in_udp(4790, &[0x0c, 0, 0, 5, 0, 0, 1, 0], &[&[0, 1, 1, 64], ip].concat()),
            Layers::VXLAN.with(Layers::MPLS),
        ),
        case("geneve", in_udp(6081, &geneve, ip), Layers::GENEVE),
        case("gtp-u", in_udp(2152, &gtp, ip), Layers::GTP_U),
        case("gtp-u, extended", in_udp(2152, &extended, ip), Layers::GTP_U),
        case("l2tp", in_udp(1701, &[&[0, 2, 0, 1, 0, 1][..], &[0xff, 3], &ppp].concat(), ip), l2tp),
        case(
            "l2tp, all fields",
            in_udp(1701, &[&[0x4b, 2, 0, 20, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 9][..], &ppp].concat(), ip),
            l2tp,
        ),
        case("capwap", in_udp(5247, &[0, 0x10, 2, 0, 0, 0, 0, 0], &frame), Layers::CAPWAP),
        case("gre in udp", in_udp(4754, &gre_header, ip), Layers::GRE),
        case("mpls in udp", in_udp(6635, &[0, 1, 1, 64], ip), Layers::MPLS),
        case("etherip", outer_ipv4(97, &[&[0x30, 0], &frame[..]].concat()), Layers::ETHER_IP),
        case("tzsp", in_udp(37008, &[1, 0, 0, 1, 0, 10, 1, 9, 1], &frame), Layers::TZSP),
        case(
            "erspan in vxlan",
            in_udp(4789, &vxlan, &gre(0, 0x88be, &[], &frame)),
            Layers::VXLAN.with(Layers::ERSPAN),
        ),
    ]
}
