use super::super::fixture::{frame, ip, mac, numbered, udp};
use super::super::sent::Sent;
use super::*;

/// A flow whose starter `from` sends with this hardware address and TTL.
fn sends(from: &str, from_mac: Mac, ttl: u8) -> Flow {
    let mut flow = udp(&socket_text(from), "192.168.10.99:9");
    flow.from_a.mac = Some(from_mac);
    flow.from_a.ttl = Some((ttl, ttl));
    flow.from_b = Sent::default();
    flow
}

fn socket_text(address: &str) -> String {
    if address.contains(':') { format!("[{address}]:5060") } else { format!("{address}:5060") }
}

fn facts(book: HostBook, flows: Vec<Flow>) -> BTreeMap<IpAddr, HostFacts> {
    let hosts = book.finish(&numbered(flows));
    assert!(hosts.is_sorted_by_key(|facts| facts.address));
    hosts.into_iter().map(|facts| (facts.address, facts)).collect()
}

fn on_link_of(flows: Vec<Flow>, address: &str) -> Option<bool> {
    facts(HostBook::default(), flows)[&ip(address)].on_link
}

#[test]
fn who_shares_a_hardware_address_is_behind_a_router() {
    let flows =
        vec![sends("10.0.1.5", mac(1), 64), sends("10.0.2.5", mac(1), 64), sends("10.0.1.6", mac(2), 64)];
    assert_eq!(on_link_of(flows.clone(), "10.0.1.5"), Some(false));
    assert_eq!(on_link_of(flows, "10.0.1.6"), Some(true));
    let looped = ["10.0.1.5", "10.0.1.6"].map(|from| sends(from, Mac([0; 6]), 64));
    assert_eq!(on_link_of(looped.to_vec(), "10.0.1.5"), Some(true), "the loopback interface is no router");
}

#[test]
fn what_arp_pairs_is_on_the_link() {
    let mut book = HostBook::default();
    book.pair(ip("192.168.10.1"), mac(1), frame(1));
    let hosts = facts(
        book,
        vec![
            sends("192.168.10.1", mac(1), 64),
            sends("203.0.113.9", mac(1), 55),
            sends("203.0.113.8", mac(1), 64),
        ],
    );
    let on_link = |address| hosts[&ip(address)].on_link;
    assert_eq!(on_link("192.168.10.1"), Some(true), "the router itself");
    assert_eq!((on_link("203.0.113.9"), on_link("203.0.113.8")), (Some(false), Some(false)));
}

#[test]
fn the_hardware_address_of_a_router_that_captures_is_not_that_of_whose_packets_it_passes_on() {
    let macs = |came_with: Option<Mac>, is_out: bool| {
        let mut book = HostBook::default();
        let own: &[Mac] = if is_out { &[mac(1)] } else { &[] };
        book.passed(&[(ip("203.0.113.9"), came_with)], own);
        let flows = vec![sends("203.0.113.9", mac(1), 63), sends("192.168.10.1", mac(1), 64)];
        let hosts = facts(book, flows);
        ["203.0.113.9", "192.168.10.1"].map(|host| hosts[&ip(host)].macs.len())
    };
    assert_eq!(macs(None, true), [0, 1], "that comes in without one, as over PPP; the router itself has it");
    assert_eq!(macs(Some(mac(2)), true), [0, 1]);
    assert_eq!(macs(Some(mac(1)), true), [1, 1], "a bridge passes on that of the host");
    assert_eq!(macs(Some(mac(2)), false), [1, 1], "nothing says that the router sent with it");
}

#[test]
fn arp_shows_the_vlan_of_who_sends_nothing_else() {
    let mut book = HostBook::default();
    let (host, stranger) = (ip("192.168.10.5"), ip("192.168.10.6"));
    book.pair(host, mac(1), frame(1));
    book.tag(host, Some(20), Some(100));
    book.tag(host, None, None);
    book.tag(stranger, Some(30), None);
    (0..1_000).for_each(|id| book.tag(host, Some(1_000 + id), None));
    let facts = facts(book, Vec::new());
    assert_eq!((facts[&host].vlans[0], &facts[&host].outer_vlans[..]), (20, &[100][..]));
    assert_eq!(facts[&host].vlans.len(), VLANS_KEPT, "a flood fills no memory");
    assert!(!facts.contains_key(&stranger), "ARP of the unspecified address names nobody");
}

#[test]
fn a_ttl_below_its_start_has_crossed_a_router() {
    for (ttl, on_link) in [(255, true), (128, true), (64, true), (63, false), (127, false), (254, false)] {
        assert_eq!(
            on_link_of(vec![sends("192.168.10.5", mac(1), ttl)], "192.168.10.5"),
            Some(on_link),
            "{ttl}"
        );
    }
    assert_eq!(
        on_link_of(vec![sends("192.168.10.5", mac(1), 30)], "192.168.10.5"),
        Some(true),
        "a start of its own"
    );
}

#[test]
fn a_capture_without_hardware_addresses_leaves_an_odd_ttl_open() {
    let bare = |ttl| {
        let mut flow = sends("192.168.10.5", mac(1), ttl);
        flow.from_a.mac = None;
        on_link_of(vec![flow], "192.168.10.5")
    };
    assert_eq!((bare(64), bare(60), bare(30)), (Some(true), Some(false), None));
}

#[test]
fn several_addresses_of_ipv6_are_one_host() {
    let host = |number: u16| sends(&format!("2001:db8::{number:x}"), mac(1), 64);
    assert_eq!(on_link_of((1..=7).map(host).collect(), "2001:db8::1"), Some(true));
    assert_eq!(on_link_of((1..=8).map(host).collect(), "2001:db8::1"), Some(false));
}

#[test]
fn hardware_addresses_come_by_number_of_frames() {
    let mut busy = sends("192.168.10.5", mac(7), 64);
    busy.from_a.packets = 50;
    busy.from_a.extra.other_macs = 1;
    let hosts = facts(HostBook::default(), vec![sends("192.168.10.5", mac(3), 64), busy]);
    let macs: Vec<(Mac, u64)> =
        hosts[&ip("192.168.10.5")].macs.iter().map(|seen| (seen.mac, seen.frames)).collect();
    assert_eq!(macs, [(mac(7), 49), (mac(3), 2)]);
}

#[test]
fn what_stands_for_nobody_is_not_paired() {
    let mut book = HostBook::default();
    book.pair(ip("0.0.0.0"), mac(1), frame(1));
    book.pair(ip("192.168.10.5"), Mac([0xff; 6]), frame(2));
    assert!(facts(book, Vec::new()).is_empty());
}

#[test]
fn what_a_host_says_of_itself_is_bounded() {
    let mut book = HostBook::default();
    let host = ip("192.168.10.5");
    (0..20).for_each(|number| book.name(host, &format!("name-{number:02}")));
    book.name(host, "");
    book.vendor_class(host, "first");
    book.vendor_class(host, "second");
    let hosts = facts(book, vec![sends("192.168.10.5", mac(1), 64)]);
    assert_eq!(hosts[&host].own_names.len(), NAMES_KEPT);
    assert_eq!(hosts[&host].vendor_class.as_deref(), Some("first"));
}

#[test]
fn who_invents_hardware_addresses_gets_no_more_room() {
    let mut flows: Vec<Flow> = (0..40).map(|nth| sends("10.0.1.5", mac(nth), 64)).collect();
    flows.iter_mut().zip(1..).for_each(|(flow, vlan)| flow.vlans = [4_000 - vlan, 7].into_iter().collect());
    let mut book = HostBook::default();
    (100..140).for_each(|nth| book.pair(ip("10.0.1.5"), mac(nth), frame(1)));
    let facts = &facts(book, flows)[&ip("10.0.1.5")];
    assert_eq!(facts.macs.len(), 2 * MACS_KEPT);
    assert_eq!(facts.macs.iter().filter(|seen| seen.paired).count(), MACS_KEPT);
    assert!(facts.vlans.len() == 41 && facts.vlans.is_sorted());
}

#[test]
fn who_asks_by_arp_again_and_again_gets_no_answer() {
    use super::super::fixture::at;
    let asks = |target: u8| Arp {
        operation: Operation::Request,
        sender_mac: mac(1),
        sender: [192, 168, 10, 21].into(),
        target_mac: Mac([0; 6]),
        target: [192, 168, 10, target].into(),
    };
    let sought = |times: &[i64], flows: Vec<Flow>| {
        let mut book = HostBook::default();
        for ms in times {
            book.arp(&asks(99), frame(1), at(*ms));
        }
        let hosts = facts(book, flows);
        hosts[&ip("192.168.10.21")].arp.as_ref().unwrap().sought.clone()
    };
    let often = [0, 1, 1_000, 1_001, 2_000, 3_500, 4_500];
    assert_eq!(sought(&often, vec![]), [(ip("192.168.10.99"), 5)]);
    assert!(
        sought(&[0, 60_000, 120_000, 180_000, 240_000], vec![]).is_empty(),
        "now and then, as who got answers"
    );
    assert!(sought(&often, vec![sends("192.168.10.99", mac(2), 64)]).is_empty(), "it is there");
}
