//! Samples of the findings about what is open to the Internet, each with a near miss.

use super::agfeo::{self, PBX, PROVIDER_DOMAIN, STRANGER, Site};
use super::{Scenario, pascom};
use crate::net::{Call, Class, Host, Line, MS, Net, Outcome, Policy, Refusal, SECOND, Say};
use crate::talk::server;

pub(super) fn all() -> Vec<Scenario> {
    vec![
        sec_001(),
        sec_001_near(),
        sec_001_phone(),
        sec_001_phone_near(),
        sec_001_near_provider(),
        sec_001_near_house(),
        sec_002(),
        sec_002_unanswered(),
        sec_002_near(),
        sec_003(),
        sec_003_near(),
        sec_004(),
        sec_004_near(),
        sec_004_pascom(),
        spoofed_agfeo_agent(),
    ]
}

fn site(name: &str, about: &str, net: Net) -> Scenario {
    Scenario::new(name, about, net.capture()).pbx(PBX, "es-pure-ip")
}

/// A stranger who calls himself `agent` signals to the PBX's registrar, trying one user after the other.
fn stranger(net: &mut Net, agent: &'static str, users: &[&'static str], answered: bool) {
    let pbx = agfeo::pbx_line(PBX, 0);
    for (nth, user) in users.iter().enumerate() {
        let line = Line::new(user, agent, STRANGER.port(5071), 0);
        let dialog = net.dialog(line, pbx, "192.168.10.2");
        let mut steps = vec![(true, dialog.request("REGISTER", 1, &[], ""))];
        if answered {
            steps.push((false, dialog.answer("403 Forbidden", "REGISTER", 1, &[], "")));
        }
        net.signal(agfeo::AFTER + nth as u64 * SECOND, line.sip, pbx.sip, &steps);
    }
}

const USERS: [&str; 14] =
    ["100", "101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111", "112", "113"];

/// A house of which every host has a public address.
fn sec_001_near_house() -> Scenario {
    const SYSTEM: Host =
        Host::lan("anlage", [192, 0, 2, 2], [0x00, 0x09, 0x40, 0x10, 0x00, 0x02]).marking(Policy::VOICE);
    const PHONE: Host =
        Host::lan("t14", [192, 0, 2, 21], [0x00, 0x09, 0x40, 0x20, 0x00, 0x15]).marking(Policy::VOICE);
    let mut net = Net::new(1);
    let (pbx, phone) = (agfeo::pbx_line(SYSTEM, 5204), agfeo::t14_line(PHONE));
    net.arp(0, PHONE, SYSTEM);
    net.register(500 * MS, phone, pbx, agfeo::DOMAIN, Outcome::Accepted);
    net.call(&Call::new(2 * SECOND, agfeo::TALK, phone, pbx));
    let about = "PBX and T14 stand in one LAN of public addresses and find each other by ARP.";
    Scenario::new("sec-001-near-house", about, net.capture())
        .pbx(SYSTEM, "es-pure-ip")
        .never(&["SEC-001", "PORT-005", "QOS-007"])
}

fn sec_001() -> Scenario {
    let mut net = Site::default().net();
    stranger(&mut net, "Linphone/4.4", &["21"], true);
    site("sec-001", "A stranger's REGISTER from the Internet reaches the PBX and is answered.", net)
        .expect("SEC-001", PBX)
        .never(&["SEC-002"])
}

fn sec_001_near() -> Scenario {
    let mut net = Site::default().net();
    stranger(&mut net, "Linphone/4.4", &["21"], false);
    site("sec-001-near", "A stranger's REGISTER stays unanswered.", net).never(&["SEC-001"])
}

/// A stranger asks a telephone over SIP and over http.
fn telephone_asked(net: &mut Net, answers: bool) {
    let phone = agfeo::t14_line(agfeo::T14);
    let line = Line::new("100", "Linphone/4.4", STRANGER.port(5071), 0);
    let dialog = net.dialog(line, phone, "192.168.10.21");
    let mut steps = vec![(true, dialog.request("OPTIONS", 1, &[], ""))];
    if answers {
        steps.push((false, dialog.answer("200 OK", "OPTIONS", 1, &[], "")));
    }
    net.signal(agfeo::AFTER, line.sip, phone.sip, &steps);
    let (from, to) = (STRANGER.port(44_000), agfeo::T14.port(80));
    if answers {
        let words = [
            Say::Client(server::http_get("192.0.2.1", "/", "curl/7.88")),
            Say::Server(server::http_answer("200 OK", "T14", "-")),
        ];
        net.conversation(agfeo::AFTER + SECOND, from, to, Class::Data, &words);
    } else {
        net.refused(agfeo::AFTER + SECOND, from, to, 2, Refusal::Reset);
    }
}

fn sec_001_phone() -> Scenario {
    let mut net = Site::default().net();
    telephone_asked(&mut net, true);
    site("sec-001-phone", "A telephone answers a stranger in the Internet, over SIP and over http.", net)
        .expect("SEC-001", agfeo::T14)
        .expect("SEC-004", agfeo::T14)
        .never(&["PORT-001"])
}

fn sec_001_phone_near() -> Scenario {
    let mut net = Site::default().net();
    telephone_asked(&mut net, false);
    let words = [
        Say::Client(server::http_get("192.168.10.21", "/", "Mozilla/5.0")),
        Say::Server(server::http_answer("200 OK", "T14", "-")),
    ];
    net.conversation(
        agfeo::AFTER + 4 * SECOND,
        agfeo::PC.port(50_200),
        agfeo::T14.port(80),
        Class::Data,
        &words,
    );
    site("sec-001-phone-near", "The telephone does not answer the stranger, and serves the LAN.", net)
        .never(&["SEC-001", "SEC-004", "PORT-001"])
}

fn sec_001_near_provider() -> Scenario {
    let mut net = Site::default().net();
    let (trunk, provider) = (agfeo::trunk_line(5064, 5206), agfeo::provider_line());
    net.register(agfeo::AFTER, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    for nth in 1..4 {
        net.options(agfeo::AFTER + nth * SECOND, provider, trunk, PROVIDER_DOMAIN);
    }
    site(
        "sec-001-near-provider",
        "The provider pings the PBX at 5064 and is answered: that is the trunk.",
        net,
    )
    .never(&["SEC-001", "SEC-002"])
}

fn sec_002() -> Scenario {
    let mut net = Site::default().net();
    stranger(&mut net, "friendly-scanner", &USERS, true);
    site("sec-002", "A scanner tries 14 users in as many seconds and is answered.", net)
        .expect("SEC-002", STRANGER)
        .expect("SEC-001", PBX)
}

fn sec_002_unanswered() -> Scenario {
    let mut net = Site::default().net();
    stranger(&mut net, "friendly-scanner", &USERS, false);
    site("sec-002-unanswered", "The same scan without any answer: worth a notice, no alarm.", net)
        .expect("SEC-002", STRANGER)
        .never(&["SEC-001"])
}

fn sec_002_near() -> Scenario {
    let mut net = Site::default().net();
    stranger(&mut net, "Linphone/4.4", &["21", "21", "22"], false);
    site("sec-002-near", "Three unanswered attempts with two users, no scanner's name.", net)
        .never(&["SEC-001", "SEC-002"])
}

fn sec_003() -> Scenario {
    use pascom::{SERVER, YEALINK};
    let mut net = Net::new(1);
    let phone = Line::new("t46s", "Yealink SIP-T46S 66.85.0.5", YEALINK.port(5060), 11_780);
    let server = Line::new("pbx", "kamailio (5.4.0 (x86_64/linux))", SERVER.port(5060), 30_010);
    net.arp(0, YEALINK, SERVER);
    net.register(100 * MS, phone, server, "muster.example", Outcome::Accepted);
    net.call(&Call::new(SECOND, agfeo::TALK, phone, server));
    Scenario::new(
        "sec-003",
        "A pascom server in the mode without encryption: SIP can be read where TLS is standard.",
        net.capture(),
    )
    .role(SERVER, "pascom.server")
    .expect("SEC-003", SERVER)
    .may(&["PORT-001"])
    .never(&["QOS-004", "SEC-001"])
}

fn sec_003_near() -> Scenario {
    use pascom::{SERVER, SERVER_NAME, YEALINK};
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    pascom::signalling(&mut net, 100 * MS, (YEALINK, 40_003), SERVER, SERVER_NAME, 4 * SECOND);
    net.media(&pascom::srtp(YEALINK, 11_780, SERVER, 30_002, SECOND, 2 * SECOND));
    let gateway = Line::new("gateway", "", agfeo::NAS.port(5060), 0);
    let server = Line::new("pbx", "kamailio (5.4.0 (x86_64/linux))", SERVER.port(5060), 30_010);
    for nth in 0..3 {
        net.options(4 * SECOND + nth * SECOND, gateway, server, "muster.example");
    }
    Scenario::new(
        "sec-003-near",
        "The telephone uses TLS; a gateway in the LAN speaks SIP without it, as gateways do.",
        net.capture(),
    )
    .role(SERVER, "pascom.server")
    .never(&["SEC-003"])
}

fn sec_004() -> Scenario {
    let mut net = Site::default().net();
    net.tls(agfeo::AFTER, STRANGER.port(44_000), PBX.port(443), Class::Data, "192.0.2.1", 400);
    site("sec-004", "The PBX's web server answers a connection from the Internet.", net)
        .expect("SEC-004", PBX)
}

fn sec_004_near() -> Scenario {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, STRANGER.port(44_000), PBX.port(443), 2, Refusal::Reset);
    net.tls(agfeo::AFTER + 4 * SECOND, agfeo::PC.port(50_200), PBX.port(443), Class::Data, "anlage", 400);
    site("sec-004-near", "Port 443 refuses the Internet and serves the LAN.", net).never(&["SEC-004"])
}

fn sec_004_pascom() -> Scenario {
    use pascom::{SERVER, SERVER_NAME, YEALINK};
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    pascom::signalling(&mut net, 100 * MS, (YEALINK, 40_003), SERVER, SERVER_NAME, 4 * SECOND);
    net.media(&pascom::srtp(YEALINK, 11_780, SERVER, 30_002, SECOND, 2 * SECOND));
    let ssh = [Say::Server(b"SSH-2.0-OpenSSH_8.4\r\n".to_vec()), Say::Client(b"SSH-2.0-Go\r\n".to_vec())];
    net.conversation(4 * SECOND, pascom::STRANGER.port(44_001), SERVER.port(22), Class::Data, &ssh);
    Scenario::new("sec-004-pascom", "A pascom server's SSH answers the Internet.", net.capture())
        .role(SERVER, "pascom.server")
        .expect("SEC-004", SERVER)
}

fn spoofed_agfeo_agent() -> Scenario {
    let mut net = Net::new(1);
    let target = Line::new("gate", "", agfeo::NAS.port(5060), 0);
    let line = Line::new("100", "AGFEO SIP V3.00.15 b", STRANGER.port(5071), 0);
    for nth in 0..4 {
        let dialog = net.dialog(line, target, "192.168.10.60");
        net.signal(nth * SECOND, line.sip, target.sip, &[(true, dialog.request("OPTIONS", 1, &[], ""))]);
    }
    net.arp(0, agfeo::OFFICE_PC, agfeo::NAS);
    Scenario::new(
        "spoofed-agfeo-agent",
        "Somebody in the Internet calls himself an AGFEO PBX, as scanners do. That makes nobody a PBX.",
        net.capture(),
    )
    .never(&["PORT-001", "PORT-005", "SEC-001"])
    .may(&["SEC-002"])
}
