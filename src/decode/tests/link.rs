//! Frames that carry no IP, and link headers that are damaged.

use super::super::{
    Decoded, LinkMessage, Mac, NotIp, Skip, VlanTag, came_in_cooked, is_own_cooked, went_out_cooked,
};
use super::wrap::{ethernet, ieee_802_3, tagged};
use super::{ETHERNET, OFFSET, decoded, skipped, udp_in_ipv4};
use crate::capture::{LinkType, Record, Timestamp};

#[track_caller]
fn message(link: u16, frame: &[u8]) -> LinkMessage {
    match decoded(link, frame) {
        Decoded::Link(message) => message,
        other => panic!("no link message but {other:?}"),
    }
}

#[test]
fn arp_and_lldp_are_handed_on_with_sender_and_tag() {
    let arp = message(ETHERNET, &tagged(&[(0x8100, 12)], 0x0806, &[1; 28]));
    assert_eq!((arp.protocol, arp.vlan), (0x0806, Some(VlanTag { id: 12, pcp: 0 })));
    assert_eq!(arp.source_mac, Some(Mac([2, 0, 0, 0, 0, 1])));
    assert_eq!(arp.payload.range(), OFFSET as usize + 18..OFFSET as usize + 46);

    assert_eq!(message(ETHERNET, &ethernet(0x88cc, &[2; 40])).protocol, 0x88cc);
    let cooked = [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 6], &[1; 28][..]].concat();
    assert_eq!(message(113, &cooked).protocol, 0x0806);
}

#[test]
fn a_cooked_record_tells_whose_packet_it_is() {
    fn record(link: u16, data: &[u8]) -> Record<'_> {
        let (link, original_length) = (LinkType(link), data.len() as u32);
        Record { index: 0, time: Timestamp(0), interface: 0, link, original_length, data, offset: 0 }
    }
    let is_own = |link, data: &[u8]| is_own_cooked(&record(link, data));
    let came_in = |link, data: &[u8]| came_in_cooked(&record(link, data));
    for (kind, own) in [(0, true), (1, false), (2, false), (3, false), (4, true)] {
        assert_eq!(is_own(113, &[0, kind, 0, 1, 0, 6]), own, "{kind}");
        assert_eq!(is_own(276, &[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, kind, 6]), own, "{kind}");
        assert!(!is_own(ETHERNET, &[0, kind, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]));
    }
    assert!(!is_own(113, &[0]) && !is_own(276, &[0; 10]));
    for (kind, from_others) in [(0, true), (1, false), (2, false), (3, true), (4, false)] {
        assert_eq!(went_out_cooked(&record(113, &[0, kind, 0, 1, 0, 6])), kind == 4);
        assert_eq!(came_in(113, &[0, kind, 0, 1, 0, 6]), from_others, "{kind}");
        assert_eq!(came_in(276, &[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, kind, 6]), from_others, "{kind}");
        assert!(!came_in(113, &[0, kind, 3, 4, 0, 6]), "its loopback interface");
        assert!(!came_in(ETHERNET, &[0, kind, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]));
    }
    assert!(!came_in(113, &[0]) && !came_in(276, &[0; 10]));
}

#[test]
fn cdp_is_found_in_snap_and_in_cisco_hdlc() {
    let mut frame = ieee_802_3(&[0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0], &[2; 20]);
    frame.extend([0; 10]);
    let cdp = message(ETHERNET, &frame);
    assert_eq!((cdp.protocol, cdp.payload.wire), (0x2000, 20));
    assert_eq!(message(104, &[0x0f, 0, 0x20, 0, 2, 180]).protocol, 0x2000);
}

#[test]
fn frames_without_ip_say_what_they_are() {
    assert_eq!(skipped(ETHERNET, &ethernet(0x888e, &[0; 46])), Skip::NotIp(NotIp::EtherType(0x888e)));
    let macsec = |control| skipped(ETHERNET, &ethernet(0x88e5, &[control; 46]));
    assert_eq!((macsec(0x0c), macsec(0x2c)), (Skip::Macsec, Skip::Macsec));
    assert_eq!(macsec(0x20), Skip::NotIp(NotIp::EtherType(0x88e5)), "protected, and plain to read");
    assert_eq!(skipped(ETHERNET, &ieee_802_3(&[0x42, 0x42, 3], &[0; 35])), Skip::NotIp(NotIp::Llc(0x4242)));
    assert_eq!(
        skipped(ETHERNET, &ethernet(0x8864, &[0x11, 0, 0, 1, 0, 6, 0xc0, 0x21, 1])),
        Skip::NotIp(NotIp::Ppp(0xc021))
    );
    assert_eq!(skipped(ETHERNET, &ethernet(0x8864, &[0x21, 0, 0, 1, 0, 6, 0, 0x21])), Skip::BadTunnel);
    assert_eq!(skipped(0, &[0, 0, 0, 9, 0x45]), Skip::NotIp(NotIp::Other(9)));
    assert_eq!(
        skipped(113, &[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0x0c, 1, 2]),
        Skip::NotIp(NotIp::Other(0x0c))
    );
    assert_eq!(
        skipped(113, &[0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0x45]),
        Skip::NotIp(NotIp::Other(0x0800))
    );
}

#[test]
fn encrypted_and_management_frames_of_wireless_are_no_data() {
    for control in [[0x80, 0], [0x08, 0x41], [0x48, 1], [0xb4, 0]] {
        assert_eq!(skipped(105, &[&control[..], &[0; 30]].concat()), Skip::NoData);
    }
}

#[test]
fn unknown_empty_and_short_frames_are_told_apart() {
    assert_eq!(skipped(220, &[0; 64]), Skip::UnknownLink(220));
    assert_eq!(skipped(ETHERNET, &[]), Skip::Empty);
    assert_eq!(skipped(ETHERNET, &[0; 13]), Skip::CutLink);
    assert_eq!(skipped(ETHERNET, &ethernet(0x8100, &[0, 1, 8])), Skip::CutLink);
    assert_eq!(skipped(ETHERNET, &ethernet(0x0800, &[])), Skip::CutIp);
    assert_eq!(skipped(192, &[0, 0, 7, 0, 1, 0, 0, 0]), Skip::BadTunnel);
}

#[test]
fn the_length_of_802_3_ends_the_packet_before_its_padding() {
    let mut frame = ieee_802_3(&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], &udp_in_ipv4());
    let length = frame.len();
    frame.extend([0xff; 20]);
    let packet = super::packet(ETHERNET, &frame);
    assert_eq!(packet.payload.range().end, OFFSET as usize + length);
}
