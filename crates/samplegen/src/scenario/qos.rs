//! Samples of the findings about marking, each with a near miss.

use super::agfeo::{self, DOMAIN, NAS, OFFICE_PC, PBX, PC, PROVIDER_DOMAIN, PROVIDER_MEDIA, Site, T14, TALK};
use super::{Scenario, pascom};
use crate::capture::Record;
use crate::net::{Call, Class, MS, Mark, Marks, Net, Outcome, Policy, SECOND, Say, Stream};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        qos_001(),
        qos_001_near(),
        qos_002(),
        qos_002_near(),
        qos_003(),
        qos_003_near(),
        qos_004(),
        qos_004_near(),
        qos_004_near_agfeo(),
        qos_005(),
        qos_005_near(),
        qos_005_near_untagged(),
        qos_007(),
        qos_007_near(),
        qos_008(),
        qos_008_near(),
        qos_009(),
        qos_009_near(),
        qos_010(),
        qos_010_near(),
    ]
}

fn site(name: &str, about: &str, net: Net) -> Scenario {
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

/// The base site with the T14's voice marked so.
fn t14_marks(marks: Marks) -> Net {
    let mut site = Site { lasts: TALK, ..Site::default() };
    site.t14.media.marks = marks;
    site.net()
}

fn qos_001() -> Scenario {
    site("qos-001", "A T14 sends its voice with DSCP 0.", t14_marks(Marks::All(0)))
        .expect("QOS-001", T14)
        .never(&["QOS-003", "QOS-008", "QOS-009"])
}

fn qos_001_near() -> Scenario {
    site("qos-001-near", "4 % of a T14's voice packets carry DSCP 0.", t14_marks(Marks::Every(25, 0)))
        .never(&["QOS-001", "QOS-008", "QOS-009"])
}

/// The base site, of which the mirror port shows what the T14 marks a second time behind a router, marked so there.
fn routed(dscp: u8) -> Scenario {
    let mut capture = Site { lasts: TALK, ..Site::default() }.net().capture();
    let behind: Vec<Record> =
        capture.records.iter().filter_map(|record| behind_the_router(record, dscp)).collect();
    capture.records.extend(behind);
    capture.records.sort_by_key(|record| record.time);
    Scenario::new("", "", capture).pbx(PBX, "es-pure-ip")
}

/// The copy of an untagged IPv4 frame with DSCP 46 from the T14's hardware address: one hop on, 40 µs later.
fn behind_the_router(record: &Record, dscp: u8) -> Option<Record> {
    const EF: u8 = 46 << 2;
    let mut data = record.data.clone();
    let is_marked = data.get(6..12)? == T14.mac && data.get(12..14)? == [0x08, 0x00] && *data.get(15)? == EF;
    if !is_marked {
        return None;
    }
    data[6..12].copy_from_slice(&agfeo::ROUTER.mac);
    data[15] = dscp << 2;
    data[22] -= 1;
    // RFC 1624: the checksum changes by what the two words changed.
    let words = (u32::from(EF) - u32::from(dscp << 2)) + 0x0100;
    let sum = u32::from(u16::from_be_bytes([data[24], data[25]])) + words;
    let sum = (sum & 0xffff) + (sum >> 16);
    data[24..26].copy_from_slice(&(sum as u16).to_be_bytes());
    Some(Record { time: record.time + 40_000, data, ..*record })
}

fn qos_002() -> Scenario {
    let scenario = routed(0);
    site_of(
        "qos-002",
        "A router takes the mark off the T14's voice: the mirror port shows both sides.",
        scenario,
    )
    .expect("QOS-002", T14)
    .never(&["QOS-001", "QOS-008"])
}

fn qos_002_near() -> Scenario {
    let scenario = routed(46);
    site_of("qos-002-near", "The mirror port shows both sides of a router that keeps the mark.", scenario)
        .never(&["QOS-001", "QOS-002"])
}

fn site_of(name: &str, about: &str, scenario: Scenario) -> Scenario {
    Scenario { name: name.into(), about: about.into(), ..scenario }
}

/// The base site with a call of VISOfon on a computer that marks so.
fn visofon(policy: Policy) -> Net {
    let mut net = Site::default().net();
    let line = agfeo::visofon_line(PC.marking(policy));
    let pbx = agfeo::pbx_line(PBX, 5206);
    net.register(agfeo::AFTER, line, pbx, DOMAIN, Outcome::Accepted);
    net.call(&Call::new(agfeo::AFTER + SECOND, TALK, line, pbx));
    net
}

fn qos_003() -> Scenario {
    site("qos-003", "VISOfon on a Windows computer without a QoS policy: DSCP 0.", visofon(Policy::NONE))
        .expect("QOS-003", PC)
        .never(&["QOS-001"])
}

fn qos_003_near() -> Scenario {
    site("qos-003-near", "VISOfon on a Windows computer whose policy marks EF.", visofon(Policy::VOICE))
        .never(&["QOS-003", "QOS-001"])
}

/// A pascom telephone whose signalling to the cloud carries this DSCP.
fn pascom_signalling(dscp: u8) -> Scenario {
    use pascom::{CLOUD, CLOUD_NAME, ROUTER, YEALINK};
    let cloud = CLOUD[0];
    let phone = YEALINK.marking(Policy { signalling: Mark { dscp, pcp: 3 }, ..Policy::VOICE });
    let mut net = Net::new(1);
    net.resolve(0, phone, ROUTER, CLOUD_NAME, &[cloud]);
    pascom::signalling(&mut net, 100 * MS, (phone, 40_003), cloud, CLOUD_NAME, 6 * SECOND);
    net.media(&pascom::srtp(phone, 11_780, cloud, 30_100, SECOND, 2 * SECOND));
    Scenario::new("", "", net.capture()).role(phone, "pascom.phone")
}

fn named(scenario: Scenario, name: &str, about: &str) -> Scenario {
    Scenario { name: name.to_owned(), about: about.to_owned(), ..scenario }
}

fn qos_004() -> Scenario {
    named(
        pascom_signalling(26),
        "qos-004",
        "A Yealink with its factory setting signals to pascom.cloud with DSCP 26.",
    )
    .expect("QOS-004", pascom::YEALINK)
}

fn qos_004_near() -> Scenario {
    named(
        pascom_signalling(24),
        "qos-004-near",
        "A Yealink signals to pascom.cloud with DSCP 24, as expected.",
    )
    .never(&["QOS-004"])
}

fn qos_004_near_agfeo() -> Scenario {
    let voice_only = Policy { signalling: Policy::NONE.signalling, ..Policy::VOICE };
    let base = Site { t14: agfeo::t14_line(T14.marking(voice_only)), ..Site::default() };
    site("qos-004-near-agfeo", "A T14's SIP is unmarked: AGFEO promises marking for voice only.", base.net())
        .never(&["QOS-004"])
}

/// A registration and a call in VLAN 20 with this priority for voice.
fn tagged_call(pcp: u8) -> Net {
    let policy = Policy { voice: Mark { dscp: 46, pcp }, ..Policy::VOICE };
    let phone = agfeo::t14_line(T14.in_vlan(20).marking(policy));
    let pbx = agfeo::pbx_line(PBX.in_vlan(20), 5204);
    let mut net = Net::new(1);
    net.arp(0, phone.sip.host, pbx.sip.host);
    net.register(100 * MS, phone, pbx, DOMAIN, Outcome::Accepted);
    net.call(&Call::new(SECOND, TALK, phone, pbx));
    net
}

fn qos_005() -> Scenario {
    site("qos-005", "A T14 in a voice VLAN marks EF, but its tags carry priority 0.", tagged_call(0))
        .expect("QOS-005", T14)
}

fn qos_005_near() -> Scenario {
    site("qos-005-near", "A T14 in a voice VLAN with priority 5.", tagged_call(5)).never(&["QOS-005"])
}

fn qos_005_near_untagged() -> Scenario {
    site("qos-005-near-untagged", "No tags at all, so no priority could be missing.", Site::default().net())
        .never(&["QOS-005"])
}

/// A call from outside; the provider's packets arrive with this DSCP.
fn trunk_call(dscp: u8) -> Net {
    let mut net = Site::default().net();
    let mut provider = agfeo::provider_line();
    provider.media = Stream { marks: Marks::All(dscp), ..Stream::new(PROVIDER_MEDIA.port(23_400)) };
    let trunk = agfeo::trunk_line(5064, 5206);
    net.register(agfeo::AFTER, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    let call = Call::new(agfeo::AFTER + SECOND, TALK, provider, trunk);
    net.call(&Call { domain: PROVIDER_DOMAIN, ..call });
    net
}

fn qos_007() -> Scenario {
    site(
        "qos-007",
        "The provider's voice arrives unmarked from the Internet, which is normal.",
        trunk_call(0),
    )
    .expect("QOS-007", PROVIDER_MEDIA)
    .never(&["QOS-001", "QOS-008"])
}

fn qos_007_near() -> Scenario {
    site("qos-007-near", "The provider's voice arrives with EF.", trunk_call(46))
        .never(&["QOS-007", "QOS-001"])
}

/// The base site with the PBX's voice marked so.
fn pbx_marks(marks: Marks) -> Net {
    let mut site = Site { lasts: TALK, ..Site::default() };
    site.pbx.media.marks = marks;
    site.net()
}

fn qos_008() -> Scenario {
    site("qos-008", "The T14 marks EF, the PBX answers with DSCP 0.", pbx_marks(Marks::All(0)))
        .expect("QOS-008", PBX)
        .never(&["QOS-001"])
}

fn qos_008_near() -> Scenario {
    site(
        "qos-008-near",
        "Both directions are marked but for one packet in 50.",
        pbx_marks(Marks::Every(50, 0)),
    )
    .never(&["QOS-008", "QOS-001"])
}

fn qos_009() -> Scenario {
    site(
        "qos-009",
        "In the middle of a call the T14's DSCP falls from 46 to 0 for good.",
        t14_marks(Marks::From(50, 0)),
    )
    .expect("QOS-009", T14)
    .may(&["QOS-001"])
}

fn qos_009_near() -> Scenario {
    site(
        "qos-009-near",
        "Two single packets of a call carry DSCP 0, the stream goes on with 46.",
        t14_marks(Marks::Every(50, 0)),
    )
    .never(&["QOS-009", "QOS-001"])
}

/// The base site and a file copy of `volume` bytes that carries this DSCP.
fn copy(dscp: u8, volume: usize) -> Net {
    let mut net = Site::default().net();
    let (from, to) = (OFFICE_PC.port(51_200), NAS.port(445));
    let words = [Say::Client(net.rng().bytes(volume)), Say::Server(net.rng().bytes(60))];
    net.conversation(agfeo::AFTER, from, to, Class::DataAs(dscp), &words);
    net
}

fn qos_010() -> Scenario {
    site(
        "qos-010",
        "An office computer copies a file with DSCP 46 and takes the place of voice.",
        copy(46, 40_000),
    )
    .expect("QOS-010", OFFICE_PC)
}

fn qos_010_near() -> Scenario {
    site("qos-010-near", "The same copy unmarked.", copy(0, 40_000)).never(&["QOS-010"])
}
