//! Samples of the findings about where devices are in the network, each with a near miss.

use super::Scenario;
use super::agfeo::{self, DOMAIN, PBX, T14, TALK};
use crate::net::{Call, MS, Net, Outcome, SECOND};

pub(super) fn all() -> Vec<Scenario> {
    vec![net_004(), net_004_near()]
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
