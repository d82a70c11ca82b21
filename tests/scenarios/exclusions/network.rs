//! Names, time, addresses and VLANs (F10, F20, F21 and F24 of the table).

use pbxray::check::{Audit, Severity};
use samplegen::frame::{self, ethertype};
use samplegen::net::{Call, Class, Host, MS, Net, Outcome, SECOND, START};
use samplegen::scenario::agfeo::{self, DOMAIN, NAS, PBX, PC, PROVIDER, PROVIDER_DOMAIN, ROUTER, T14, T17};
use samplegen::scenario::{Scenario, find};
use samplegen::talk::{dns, lan};

use super::{AT, excluded, is_raised, site};
use crate::support::stages::audit_of;

/// Record types, RFC 1035, 3596 and 2782.
const A: u16 = 1;
const AAAA: u16 = 28;
const SRV: u16 = 33;
/// Flags of an answer without records: there is the name, and there is not.
const NO_DATA: u16 = 0x8180;
const NO_NAME: u16 = 0x8183;

/// The T14 asks the router so often for records of a name, every 5 s, and gets none.
fn asks(net: &mut Net, (name, kind): (&str, u16), flags: u16, times: u64) {
    for nth in 0..times {
        let of_kind = |mut message: Vec<u8>, flags: u16| {
            message[2..4].copy_from_slice(&flags.to_be_bytes());
            // A question ends with type and class.
            let end = message.len();
            message[end - 4..end - 2].copy_from_slice(&kind.to_be_bytes());
            message
        };
        let (at, id) = (AT + nth * 5 * SECOND, 0x1400 + nth as u16);
        let (from, to) = (T14.port(50_001 + nth as u16), ROUTER.port(53));
        net.udp(at, from, to, Class::Data, &of_kind(dns::query(id, name), 0x0100));
        net.udp(at + 4 * MS, to, from, Class::Data, &of_kind(dns::answer(id, name, &[]), flags));
    }
}

/// The base site, and the T14 asks in vain for records of a name.
fn in_vain(asked: (&str, u16), flags: u16) -> Net {
    let mut net = site();
    asks(&mut net, asked, flags, 4);
    net
}

fn unknown() -> Net {
    in_vain((PROVIDER_DOMAIN, A), NO_NAME)
}

#[test]
fn a_service_that_is_not_entered_while_the_name_is() {
    let service = format!("_sip._udp.{PROVIDER_DOMAIN}");
    let mut net = in_vain((&service, SRV), NO_NAME);
    net.resolve(AT + 30 * SECOND, T14, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    excluded("NET-001", net, unknown());
}

#[test]
fn a_name_without_an_ipv6_address() {
    excluded("NET-001", in_vain((PROVIDER_DOMAIN, AAAA), NO_DATA), unknown());
}

#[test]
fn a_name_with_a_search_domain_behind_it() {
    let mut net = in_vain(("tel.provider.example.firma.example", A), NO_NAME);
    net.resolve(AT + MS, T14, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    excluded("NET-001", net, unknown());
}

/// The T14 asks the router for the time so often, so far apart, without an answer.
fn asks_time(net: &mut Net, times: u64, apart: u64) {
    for nth in 0..times {
        let at = AT + nth * apart;
        net.udp(at, T14.port(123), ROUTER.port(123), Class::Data, &lan::ntp(3, START + at));
    }
}

/// That on the base site, where the router answers a ping of the T14.
fn without_time(times: u64, apart: u64) -> Net {
    let mut net = site();
    net.ping(SECOND, T14, ROUTER);
    asks_time(&mut net, times, apart);
    net
}

#[test]
fn a_burst_at_the_start() {
    excluded("NET-002", without_time(8, 300 * MS), without_time(8, 2 * SECOND));
}

#[test]
fn answers_that_take_another_way() {
    // Nothing that anybody sends to the T14 comes past here.
    let mut one_way = without_time(8, 2 * SECOND).capture();
    one_way.records.retain(|record| record.data.get(..6) != Some(&T14.mac));
    super::excluded_in("NET-002", one_way, without_time(8, 2 * SECOND).capture());
}

#[test]
fn time_that_is_broadcast() {
    // It is sent to all, and nobody answers; who looks for servers asks a group.
    const BROADCASTS: u8 = 5;
    let mut net = site();
    net.ping(SECOND, T14, ROUTER);
    let (group, all) = (Host::group([224, 0, 1, 1]).port(123), Host::group([255; 4]).port(123));
    for nth in 0..8 {
        let at = AT + nth * 2 * SECOND;
        net.udp(at, PBX.port(123), all, Class::Data, &lan::ntp(BROADCASTS, START + at));
        net.udp(at + MS, T14.port(123), group, Class::Data, &lan::ntp(3, START + at));
    }
    excluded("NET-002", net, without_time(8, 2 * SECOND));
}

/// A hardware address that belongs to no device here.
const OTHER: [u8; 6] = [0x3c, 0x52, 0x82, 0x10, 0x00, 0x99];

/// The PBX asks four times for the T14, and this one answers as well.
fn contested(mac: [u8; 6]) -> Net {
    let mut net = site();
    for nth in 0..4 {
        net.arp_contested(AT + nth * 2 * SECOND, PBX, &[T14, Host { mac, ..T14 }]);
    }
    net
}

#[test]
fn virtual_routers() {
    // VRRP and CARP, HSRP in both versions.
    for mac in [
        [0x00, 0x00, 0x5e, 0x00, 0x01, 0x0a],
        [0x00, 0x00, 0x0c, 0x07, 0xac, 0x0a],
        [0x00, 0x00, 0x0c, 0x9f, 0xf0, 0x0a],
    ] {
        excluded("NET-005", contested(mac), contested(OTHER));
    }
}

#[test]
fn a_router_that_answers_for_others() {
    // Proxy ARP: it answers for whatever it knows a way to.
    let mut net = contested(ROUTER.mac);
    for (nth, host) in (0..).zip([T17, NAS, PC]) {
        let known = Host { mac: ROUTER.mac, ..host };
        net.arp_contested(AT + SECOND + nth * 100 * MS, PBX, &[known]);
    }
    excluded("NET-005", net, contested(OTHER));
}

#[test]
fn a_spare_device_that_takes_over() {
    let mut net = site();
    let spare = Host { mac: OTHER, ..T14 };
    for nth in 0..8 {
        net.arp(AT + nth * 2 * SECOND, PBX, if nth < 4 { T14 } else { spare });
    }
    // It says so to all, RFC 5227 section 3.
    let address = [192, 168, 10, 21];
    let announced = frame::arp(1, (OTHER, address), ([0; 6], address));
    net.put(AT + 7 * SECOND, frame::ethernet(frame::BROADCAST, OTHER, &[], ethertype::ARP, &announced));
    excluded("NET-005", net, contested(OTHER));
}

/// The T14's call in this VLAN, with what happens beside it; 20 is stated for voice.
fn in_vlan(vlan: u16, also: impl FnOnce(&mut Net)) -> Audit {
    let (phone, pbx) = (agfeo::t14_line(T14.in_vlan(vlan)), agfeo::pbx_line(PBX.in_vlan(vlan), 5204));
    let mut net = Net::new(1);
    net.arp(0, phone.sip.host, pbx.sip.host);
    net.register(100 * MS, phone, pbx, DOMAIN, Outcome::Accepted);
    net.call(&Call::new(SECOND, 2 * SECOND, phone, pbx));
    also(&mut net);
    audit_of(&Scenario::new("exclusion", "", net.capture()).pbx(PBX, "es-pure-ip").voice_vlans(&[20]))
}

#[track_caller]
fn is_in_its_vlan(audit: &Audit) {
    assert!(is_raised(&in_vlan(30, |_| ()), "NET-004", Severity::Warning), "the twin");
    assert!(!is_raised(audit, "NET-004", Severity::Info), "{:?}", audit.findings);
}

#[test]
fn telephones_start_untagged() {
    is_in_its_vlan(&audit_of(&find("vlan-boot").unwrap().voice_vlans(&[20])));
}

#[test]
fn a_computer_behind_the_telephone() {
    // It belongs in the data network, with its softphone.
    let data = PC.in_vlan(30);
    is_in_its_vlan(&in_vlan(20, |net| {
        net.tls(4 * SECOND, data.port(50_100), agfeo::CLOUD.port(443), Class::Data, "www.example.com", 900);
        let (softphone, pbx) = (agfeo::visofon_line(data), agfeo::pbx_line(PBX, 5206));
        net.register(5 * SECOND, softphone, pbx, DOMAIN, Outcome::Accepted);
        let mut call = Call::new(6 * SECOND, 2 * SECOND, softphone, pbx);
        // What the PBX sends to it comes out of the router in the data network.
        call.callee.media.silent = true;
        net.call(&call);
    }));
}

#[test]
fn a_tag_for_the_priority_alone() {
    is_in_its_vlan(&in_vlan(0, |_| ()));
}
