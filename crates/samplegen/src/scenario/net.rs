//! Samples of the findings about names, time and addresses, and where in the network devices are, each with a near
//! miss.

use super::Scenario;
use super::agfeo::{
    self, AFTER, DOMAIN, NAS, OFFICE_PC, PBX, PROVIDER, PROVIDER_DOMAIN, ROUTER, Site, T14, T17, TALK,
};
use crate::net::{Boot, Call, Host, MS, Net, Outcome, SECOND};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        net_001(),
        net_001_unknown(),
        net_001_near(),
        net_002(),
        net_002_near(),
        net_003(),
        net_003_near(),
        net_004(),
        net_004_near(),
        net_005(),
        net_005_near(),
    ]
}

/// The base site and what comes behind it.
fn site(name: &str, about: &str, behind: impl FnOnce(&mut Net)) -> Scenario {
    let mut net = Site::default().net();
    behind(&mut net);
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

fn net_001() -> Scenario {
    site("net-001", "The PBX asks for its provider's name, and the name server no longer answers.", |net| {
        net.resolve_in_vain(AFTER, PBX, ROUTER, PROVIDER_DOMAIN, 5);
    })
    .expect("NET-001", PBX)
}

fn net_001_unknown() -> Scenario {
    site(
        "net-001-unknown",
        "A T14 asks again and again for a name that the name server does not know.",
        |net| {
            for nth in 0..4 {
                net.resolve(AFTER + nth * 5 * SECOND, T14, ROUTER, "anlage.firma.example", &[]);
            }
        },
    )
    .expect("NET-001", T14)
}

fn net_001_near() -> Scenario {
    site(
        "net-001-near",
        "The name server answers the PBX after two questions got lost; a T14 tries a name with the search domain behind it, and a \
         computer asks for what is not there.",
        |net| {
            net.resolve_in_vain(AFTER, PBX, ROUTER, PROVIDER_DOMAIN, 2);
            net.resolve(AFTER + 4 * SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
            net.resolve(AFTER, T14, ROUTER, "zeit.firma.example", &[ROUTER]);
            for nth in 1..5 {
                let at = AFTER + nth * 5 * SECOND;
                net.resolve(at, T14, ROUTER, "zeit.firma.example.firma.example", &[]);
                net.resolve(at, OFFICE_PC, ROUTER, "drucker.firma.example", &[]);
            }
        },
    )
    .never(&["NET-001"])
}

fn net_002() -> Scenario {
    site("net-002", "A T14 asks the router for the time and gets no answer.", |net| {
        net.ping(AFTER, T14, ROUTER);
        net.ntp_in_vain(AFTER + SECOND, T14.port(123), ROUTER, 5);
    })
    .expect("NET-002", T14)
    .never(&["PORT-003"])
}

fn net_002_near() -> Scenario {
    site("net-002-near", "A T14 gets the time after two requests that nobody answered.", |net| {
        net.ping(AFTER, T14, ROUTER);
        net.ntp_in_vain(AFTER + SECOND, T14.port(123), ROUTER, 2);
        net.ntp(AFTER + 5 * SECOND, T14.port(123), ROUTER);
    })
    .never(&["NET-002"])
}

/// As a telephone asks for its address.
const BOOT: Boot = Boot { class: "AGFEO T17", option_66: None };

fn net_003() -> Scenario {
    site(
        "net-003",
        "A T17 is offered an address by the router and by the file server, which names itself as router.",
        |net| {
            net.dhcp(AFTER, T14, ROUTER, &BOOT);
            net.dhcp_offers(AFTER + SECOND, T17, &[(ROUTER, None), (NAS, None)], &BOOT);
        },
    )
    .expect("NET-003", NAS)
}

fn net_003_near() -> Scenario {
    site("net-003-near", "A T17 is offered the same by two servers that share the task.", |net| {
        net.dhcp_offers(AFTER, T17, &[(ROUTER, None), (NAS, Some(ROUTER))], &BOOT);
    })
    .never(&["NET-003"])
}

/// The base site, and two hardware addresses answer the PBX for the T14.
fn two_answers(net: &mut Net, second: [u8; 6]) {
    for nth in 0..4 {
        net.arp_contested(AFTER + nth * 2 * SECOND, PBX, &[T14, Host { mac: second, ..T14 }]);
    }
}

fn net_005() -> Scenario {
    site("net-005", "Two devices answer for the address of the T14.", |net| {
        two_answers(net, [0x3c, 0x52, 0x82, 0x10, 0x00, 0x99]);
    })
    .expect("NET-005", T14)
}

fn net_005_near() -> Scenario {
    site(
        "net-005-near",
        "Two devices answer for one address; the second answer comes from a virtual router's (VRRP). Another device takes over the \
         address of the file server.",
        |net| {
            two_answers(net, [0x00, 0x00, 0x5e, 0x00, 0x01, 0x0a]);
            let spare = Host { mac: [0x3c, 0x52, 0x82, 0x10, 0x00, 0x99], ..NAS };
            for nth in 0..6 {
                net.arp(AFTER + nth * 2 * SECOND, PBX, if nth < 3 { NAS } else { spare });
            }
        },
    )
    .never(&["NET-005"])
}

/// A registration and a call in this VLAN.
fn call_in(vlan: u16) -> Net {
    let phone = agfeo::t14_line(T14.in_vlan(vlan));
    let pbx = agfeo::pbx_line(PBX.in_vlan(vlan), 5204);
    let mut net = Net::new(1);
    net.arp(0, phone.sip.host, pbx.sip.host);
    net.register(100 * MS, phone, pbx, DOMAIN, Outcome::Accepted);
    net.call(&Call::new(SECOND, TALK, phone, pbx));
    net
}

fn net_004() -> Scenario {
    Scenario::new(
        "net-004",
        "A T14 and its PBX talk in VLAN 30; the site file names 20 for voice.",
        call_in(30).capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .voice_vlans(&[20])
    .expect("NET-004", T14)
    .expect("NET-004", PBX)
    .never(&["QOS-005"])
}

fn net_004_near() -> Scenario {
    Scenario::new(
        "net-004-near",
        "A T14 and its PBX talk in VLAN 10, which the site file names for voice.",
        call_in(10).capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .voice_vlans(&[10, 20])
    .never(&["NET-004", "QOS-005"])
}
