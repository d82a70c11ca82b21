//! Samples of the findings about ports, each with a near miss.

use super::agfeo::{self, ASIP, NAS, OFFICE_PC, PBX, PROVIDER, PROVIDER_DOMAIN, Site, T14, T17};
use super::{RowStatus, Scenario};
use crate::net::{Call, Class, End, Host, Line, MS, Net, Outcome, Refusal, SECOND, Say, Stream};
use crate::talk::server;
use crate::talk::sip::Dialog;

pub(super) fn all() -> Vec<Scenario> {
    vec![
        port_001(),
        port_001_near(),
        port_002(),
        port_002_near(),
        port_003(),
        port_003_near(),
        port_004(),
        port_004_near(),
        port_005(),
        port_005_near(),
        port_006(),
        port_006_near(),
        port_006_near_no_model(),
        port_007(),
        port_007_near(),
        port_008(),
        port_008_near(),
        port_009(),
        port_009_near(),
    ]
}

fn site(name: &str, about: &str, net: Net) -> Scenario {
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

/// A conversation that no vendor documents.
fn unknown_service(net: &mut Net, client: Host) {
    let words = [
        Say::Client(server::binary(9, &net.rng().bytes(40))),
        Say::Server(server::binary(9, &net.rng().bytes(200))),
    ];
    net.conversation(agfeo::AFTER, client.port(49_800), NAS.port(4567), Class::Data, &words);
}

fn port_001() -> Scenario {
    let mut net = Site::default().net();
    unknown_service(&mut net, T14);
    site("port-001", "A T14 opens TCP 4567 to a server in the LAN: no list names that port.", net)
        .expect("PORT-001", T14)
}

fn port_001_near() -> Scenario {
    let mut net = Site::default().net();
    unknown_service(&mut net, OFFICE_PC);
    let group = Host::group([239, 255, 255, 250]).port(1900);
    for nth in 0..3 {
        net.udp(
            agfeo::AFTER + nth * SECOND,
            T14.port(49_801),
            group,
            Class::Data,
            b"M-SEARCH * HTTP/1.1\r\n\r\n",
        );
    }
    site(
        "port-001-near",
        "The same connection, but opened by an office computer; the T14 only searches by multicast.",
        net,
    )
    .never(&["PORT-001"])
}

/// The base site with the T14's media at `port`, without RTCP, which would need the port above.
fn t14_media(port: u16) -> Net {
    let mut site = Site { rtcp: false, ..Site::default() };
    site.t14.media = Stream::new(T14.port(port));
    site.net()
}

fn port_002() -> Scenario {
    site("port-002", "A T14 sends its voice from port 12000; documented is 10000-10200.", t14_media(12_000))
        .expect("PORT-002", T14)
        .may(&["PORT-001"])
}

fn port_002_near() -> Scenario {
    site("port-002-near", "A T14 sends its voice from 10200, the last documented port.", t14_media(10_200))
        .never(&["PORT-002", "PORT-001"])
}

fn port_003() -> Scenario {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, T17.port(49_900), PBX.port(389), 3, Refusal::Silence);
    site(
        "port-003",
        "The T17 reaches the PBX by SIP, but its three attempts at the directory (TCP 389) get no answer.",
        net,
    )
    .expect("PORT-003", T17)
}

fn port_003_near() -> Scenario {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, T17.port(49_900), PBX.port(389), 1, Refusal::Silence);
    site(
        "port-003-near",
        "A single unanswered attempt at the directory: the capture may simply have ended.",
        net,
    )
    .never(&["PORT-003"])
}

fn port_004() -> Scenario {
    site(
        "port-004",
        "The base site: a T14 and an ES system are there, many of their documented services are not used.",
        Site::default().net(),
    )
    .row("A08", PBX, RowStatus::Unused)
    .row("A34", T14, RowStatus::Used)
}

fn port_004_near() -> Scenario {
    let mut net = Net::new(2);
    unknown_service(&mut net, OFFICE_PC);
    Scenario::new(
        "port-004-near",
        "An office computer and a server: no device whose services could be missed.",
        net.capture(),
    )
    .never(&["PORT-004"])
}

/// The base site and an account at the provider that signals from `port`.
fn account(port: u16) -> Net {
    let mut net = Site::default().net();
    net.resolve(agfeo::AFTER, PBX, agfeo::ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let at = agfeo::AFTER + 100 * MS;
    let (trunk, provider) = (agfeo::trunk_line(port, 5206), agfeo::provider_line());
    net.register(at, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    net.options(at + SECOND, provider, trunk, PROVIDER_DOMAIN);
    net
}

fn port_005() -> Scenario {
    site(
        "port-005",
        "The PBX registers at its provider from UDP 6064; documented is 5064-5127.",
        account(6064),
    )
    .expect("PORT-005", PBX)
    .may(&["PORT-001"])
}

fn port_005_near() -> Scenario {
    site(
        "port-005-near",
        "The PBX registers at its provider from UDP 5127, the last of the range.",
        account(5127),
    )
    .never(&["PORT-005", "PORT-001"])
}

/// The base site with the PBX's media at 5300.
fn media_at_5300() -> Net {
    let mut site = Site::default();
    site.pbx.media = Stream::new(PBX.port(5300));
    site.net()
}

fn port_006() -> Scenario {
    site("port-006", "An ES PURE IP, as stated, sends from 5300; its range ends at 5263.", media_at_5300())
        .expect("PORT-006", PBX)
        .may(&["PORT-002"])
}

fn port_006_near() -> Scenario {
    Scenario::new("port-006-near", "Port 5300 is in the range of an ES 7xx plus.", media_at_5300().capture())
        .pbx(PBX, "es-7xx-plus")
        .never(&["PORT-006", "PORT-002"])
}

fn port_006_near_no_model() -> Scenario {
    let mut net = media_at_5300();
    agfeo::asip_signalling(&mut net, agfeo::AFTER, ASIP, PBX);
    net.media(&agfeo::asip_media(ASIP, PBX, 5302, agfeo::AFTER + SECOND, SECOND));
    Scenario::new(
        "port-006-near-no-model",
        "Port 5300 without a stated model: the smallest model that fits is named, nothing is wrong.",
        net.capture(),
    )
    .never(&["PORT-006", "PORT-002"])
}

/// A registration over TCP with its answer.
fn register_over_tcp(net: &mut Net, at: u64, line: Line, registrar: End, domain: &str) {
    let server_line = Line::new("10", "AGFEO SIP V4.10.02", registrar, 0);
    let dialog = Dialog { transport: "TCP", ..net.dialog(line, server_line, domain) };
    let words = [
        Say::Client(dialog.request("REGISTER", 1, &["Expires: 300".to_owned()], "")),
        Say::Server(dialog.answer("200 OK", "REGISTER", 1, &["Expires: 300".to_owned()], "")),
    ];
    net.conversation(at, line.sip, registrar, Class::Signalling, &words);
}

/// A system with four channels that has so many calls at a time.
fn busy(calls: u16) -> Net {
    let mut net = Site { pbx: agfeo::pbx_line(PBX, 5004), lasts: 0, ..Site::default() }.net();
    for nth in 0..calls {
        let phone = Line::new("21", "AGFEO T14 SIP 2.14.1", T14.port(5060), 10_000 + 2 * nth);
        let pbx = agfeo::pbx_line(PBX, 5004 + 2 * nth);
        let call = Call::new(agfeo::AFTER + u64::from(nth) * 100 * MS, agfeo::TALK, phone, pbx);
        net.call(&Call { rtcp: false, ..call });
    }
    net
}

fn port_007() -> Scenario {
    Scenario::new(
        "port-007",
        "A system with four channels has four calls at the same time.",
        busy(4).capture(),
    )
    .pbx(PBX, "es-4ch")
    .expect("PORT-007", PBX)
}

fn port_007_near() -> Scenario {
    Scenario::new("port-007-near", "The same system has three calls, one channel is left.", busy(3).capture())
        .pbx(PBX, "es-4ch")
        .never(&["PORT-007"])
}

fn port_008() -> Scenario {
    site("port-008", "A T14 sends its voice from the odd port 10001.", t14_media(10_001))
        .expect("PORT-008", T14)
}

fn port_008_near() -> Scenario {
    site("port-008-near", "A T14 sends its voice from 10002.", t14_media(10_002)).never(&["PORT-008"])
}

fn port_009() -> Scenario {
    let mut net = Site::default().net();
    let line = Line::new("22", "AGFEO T17 SIP 2.14.1", T17.port(49_700), 10_002);
    register_over_tcp(&mut net, agfeo::AFTER, line, PBX.port(5060), agfeo::DOMAIN);
    site("port-009", "A T17 registers at the PBX over TCP 5060, where only UDP is documented.", net)
        .expect("PORT-009", PBX)
        .may(&["PORT-001"])
}

fn port_009_near() -> Scenario {
    let mut net = Site::default().net();
    net.resolve(agfeo::AFTER, PBX, agfeo::ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    let trunk = agfeo::trunk_line(41_000, 5206);
    register_over_tcp(&mut net, agfeo::AFTER + 100 * MS, trunk, PROVIDER.port(5060), PROVIDER_DOMAIN);
    site("port-009-near", "The PBX registers at its provider over TCP, which is documented.", net)
        .never(&["PORT-009", "PORT-001"])
}
