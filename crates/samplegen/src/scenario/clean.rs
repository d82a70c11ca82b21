//! Sites where nothing is wrong: none of them may raise anything above notice.

use super::agfeo::{self, Site};
use super::{Container, RowStatus, Scenario, pascom};
use crate::frame;
use crate::net::{
    Boot, Call, Class, End, Host, Line, MS, Media, Net, Outcome, Policy, Refusal, SECOND, Say, Stream,
};
use crate::talk::rtp::Codec;
use crate::talk::{dns, lan, server, sip, tls};

/// Faults that these sites come close to without having them.
const NO_FAULT: [&str; 9] =
    ["PORT-001", "PORT-002", "PORT-003", "PORT-005", "PORT-006", "QOS-001", "QOS-008", "SEC-001", "SEC-004"];

pub(super) fn all() -> Vec<Scenario> {
    vec![
        agfeo_lan(),
        agfeo_hypervoice_vm(),
        agfeo_provider_trunk(),
        agfeo_old_es_ip_modules(),
        agfeo_asip(),
        agfeo_ring_group(),
        pascom_cloud(),
        pascom_onsite(),
        office_without_telephony(),
        noise_in_voice_ranges(),
        vlan_boot(),
    ]
}

fn agfeo_lan() -> Scenario {
    use agfeo::{ASIP, CLOUD, DECT, DOMAIN, PBX, PC, ROUTER};
    let mut net = Site::default().net();
    let pbx = |slot: u16| agfeo::pbx_line(PBX, 5204 + 2 * slot);
    net.ntp(300 * MS, DECT.port(123), PBX);
    for (nth, user) in ["31", "32", "33"].into_iter().enumerate() {
        let line = agfeo::dect_line(user, 50_004 + 2 * nth as u16);
        net.register(700 * MS + nth as u64 * 50 * MS, line, pbx(0), DOMAIN, Outcome::Accepted);
    }
    net.resolve(SECOND, DECT, ROUTER, "dect.agfeo.de", &[CLOUD]);
    let update = [
        Say::Client(server::http_get("dect.agfeo.de", "/fw/base.txt", "AGFEO DECT IP Basis")),
        Say::Server(server::http_answer("200 OK", "nginx", "5.32")),
    ];
    net.conversation(SECOND + 20 * MS, DECT.port(49_500), CLOUD.port(80), Class::Data, &update);
    // Two handsets of one base talk at the same time, then the system telephone and the softphone.
    net.call(&Call::new(5 * SECOND, 3 * SECOND, agfeo::dect_line("31", 50_004), pbx(1)));
    net.call(&Call::new(6 * SECOND, 2 * SECOND, agfeo::dect_line("32", 50_006), pbx(2)));
    agfeo::asip_signalling(&mut net, 8 * SECOND, ASIP, PBX);
    net.media(&agfeo::asip_media(ASIP, PBX, 5210, 9 * SECOND, 3 * SECOND));
    let mut visofon = agfeo::visofon_line(PC);
    visofon.media.key_at = Some(60);
    net.register(10 * SECOND, visofon, pbx(0), DOMAIN, Outcome::Accepted);
    net.call(&Call { codec: Codec::G722, ..Call::new(11 * SECOND, 3 * SECOND, visofon, pbx(4)) });
    dashboard(&mut net, 12 * SECOND, PC, PBX);
    Scenario::new(
        "agfeo-lan",
        "A healthy AGFEO site: ES PURE IP with T14, T17, a DECT base with three handsets, an ASIP system \
         telephone, VISOfon with a Windows QoS policy and a Dashboard computer. All voice is marked EF.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .never(&NO_FAULT)
}

/// The Dashboard's connection to the PBX and its look for updates.
fn dashboard(net: &mut Net, at: u64, pc: Host, pbx: Host) {
    let words = [
        Say::Client(server::http_get("192.168.10.2", "/dashboard", "AGFEO Dashboard")),
        Say::Server(server::http_answer("200 OK", "AGFEO", "ok")),
    ];
    net.conversation(at, pc.port(50_100), pbx.port(80), Class::Data, &words);
    net.resolve(at + 100 * MS, pc, agfeo::ROUTER, "autoupdate.agfeo.de", &[agfeo::CLOUD]);
    net.tls(at + 120 * MS, pc.port(50_101), agfeo::CLOUD.port(443), Class::Data, "autoupdate.agfeo.de", 300);
}

fn agfeo_hypervoice_vm() -> Scenario {
    let machine = Host::lan("hypervoice", [192, 168, 10, 3], [0x00, 0x50, 0x56, 0x10, 0x00, 0x03])
        .marking(Policy::VOICE);
    let mut net = Net::new(3);
    net.arp(0, agfeo::ASIP, machine);
    net.arp(MS, machine, agfeo::ROUTER);
    agfeo::cloud_visit(&mut net, 100 * MS, machine, "aws.agfeo.de");
    agfeo::cloud_visit(&mut net, 300 * MS, machine, "pbx.agfeo.de");
    agfeo::asip_signalling(&mut net, SECOND, agfeo::ASIP, machine);
    let pbx = agfeo::pbx_line(machine, 5500);
    net.register(1500 * MS, agfeo::t14_line(agfeo::T14), pbx, agfeo::DOMAIN, Outcome::Accepted);
    net.media(&agfeo::asip_media(agfeo::ASIP, machine, 5204, 2 * SECOND, 3 * SECOND));
    net.call(&Call::new(4 * SECOND, 3 * SECOND, pbx, agfeo::t14_line(agfeo::T14)));
    Scenario::new(
        "agfeo-hypervoice-vm",
        "A HyperVoice in a virtual machine: no AGFEO hardware address, known only by what it does (aws.agfeo.de, \
         ASIP registrar, voice from 5204 to the top of its range).",
        net.capture(),
    )
    .never(&NO_FAULT)
    .row("A28", machine, RowStatus::Used)
    .row("A29", machine, RowStatus::Used)
    .stored(Container::Pcap)
}

fn agfeo_provider_trunk() -> Scenario {
    use agfeo::{PBX, PROVIDER, PROVIDER_DOMAIN, PROVIDER_MEDIA, ROUTER};
    let mut net = Site { lasts: 0, ..Site::default() }.net();
    let unmarked = PBX.marking(Policy::NONE);
    let trunk = agfeo::trunk_line(5064, 5204);
    let trunk = Line { sip: unmarked.port(5064), media: Stream::new(unmarked.port(5204)), ..trunk };
    let provider = agfeo::provider_line();
    net.resolve(SECOND, PBX, ROUTER, PROVIDER_DOMAIN, &[PROVIDER]);
    net.register(1100 * MS, trunk, provider, PROVIDER_DOMAIN, Outcome::Accepted);
    net.options(1500 * MS, provider, trunk, PROVIDER_DOMAIN);
    let inbound = Call { domain: PROVIDER_DOMAIN, ..Call::new(2 * SECOND, 3 * SECOND, provider, trunk) };
    net.call(&inbound);
    Scenario::new(
        "agfeo-provider-trunk",
        "The PBX's account at a provider: it registers from UDP 5064, the provider pings and calls that same \
         port. Nothing on the Internet leg is marked, which the vendor says is normal.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .expect("QOS-007", PROVIDER_MEDIA)
    .expect("QOS-007", PBX)
    .never(&NO_FAULT)
}

fn agfeo_old_es_ip_modules() -> Scenario {
    let module =
        Host::lan("ip-modul", [192, 168, 10, 4], [0x00, 0x09, 0x40, 0x10, 0x00, 0x04]).marking(Policy::VOICE);
    let mut site = Site { lasts: agfeo::TALK, ..Site::default() };
    site.pbx.media = Stream::new(agfeo::PBX.port(5004));
    let mut net = site.net();
    net.arp(6 * SECOND, agfeo::T17, module);
    let from_module = agfeo::pbx_line(module, 5004);
    net.call(&Call::new(6 * SECOND + MS, 3 * SECOND, agfeo::t17_line(agfeo::T17), from_module));
    Scenario::new(
        "agfeo-old-es-ip-modules",
        "An old ES 7xx IT with an IP module: two addresses of one PBX use the same media ports from 5004 on.",
        net.capture(),
    )
    .pbx(agfeo::PBX, "es-16ch")
    .pbx(module, "es-16ch")
    .never(&NO_FAULT)
}

fn agfeo_asip() -> Scenario {
    use agfeo::{ASIP, PBX};
    let mut net = Site::default().net();
    agfeo::asip_signalling(&mut net, 6 * SECOND, ASIP, PBX);
    // The same two ports for both calls, each with sources of its own.
    net.media(&agfeo::asip_media(ASIP, PBX, 5210, 7 * SECOND, 4 * SECOND));
    net.media(&agfeo::asip_media(ASIP, PBX, 5210, 14 * SECOND, 6 * SECOND));
    net.ping(24 * SECOND, PBX, ASIP);
    Scenario::new(
        "agfeo-asip",
        "Two calls of a system telephone with ASIP, one after the other between the same two ports, and one of a T14 \
         with SIP. Nobody can read what sets up the former: their voice tells of them.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .never(&NO_FAULT)
    .never(&["RTP-001", "RTP-003", "RTP-008", "RTP-009"])
}

/// One call rings at two telephones, with a call of the PBX to each: the T17 acknowledges that it rings, the DECT base
/// answers.
fn agfeo_ring_group() -> Scenario {
    use agfeo::{DOMAIN, PBX, T14, T17};
    let mut net = Site { lasts: 0, ..Site::default() }.net();
    let (caller, outer) = (agfeo::t14_line(T14), agfeo::pbx_line(PBX, 5204));
    let line = |rtp| Line { user: "21", ..agfeo::pbx_line(PBX, rtp) };
    let dect = Line { user: "10", ..agfeo::dect_line("31", 50_004) };
    let t17 = Line { user: "10", ..agfeo::t17_line(T17) };
    let (to_dect, to_t17) = (line(5206), line(5208));
    let sdp = |line: Line| sip::sdp(line.media.from.address(), Codec::Pcma, "sendrecv");
    let at = 4 * SECOND;
    let [first, second, third] = [(caller, outer), (to_dect, dect), (to_t17, t17)]
        .map(|(from, to)| (net.dialog(from, to, DOMAIN), from, to));
    for (delay, (dialog, from, to)) in [(0, &first), (10, &second), (12, &third)] {
        let steps = [
            (true, dialog.request("INVITE", 1, &["Supported: 100rel".to_owned()], &sdp(*from))),
            (false, dialog.answer("100 Trying", "INVITE", 1, &[], "")),
        ];
        net.signal(at + delay * MS, from.sip, to.sip, &steps);
    }
    let reliable = ["Require: 100rel".to_owned(), "RSeq: 1".to_owned()];
    let (dialog, from, to) = &third;
    let rings = [
        (false, dialog.answer("183 Session Progress", "INVITE", 1, &reliable, &sdp(*to))),
        (true, dialog.request("PRACK", 2, &["RAck: 1 1 INVITE".to_owned()], "")),
        (false, dialog.answer("200 OK", "PRACK", 2, &[], "")),
    ];
    net.signal(at + 100 * MS, from.sip, to.sip, &rings);
    for (dialog, from, to) in [&second, &first] {
        net.signal(
            at + 150 * MS,
            from.sip,
            to.sip,
            &[(false, dialog.answer("180 Ringing", "INVITE", 1, &[], ""))],
        );
    }
    let answered = at + 3 * SECOND;
    for (delay, (dialog, from, to)) in [(0, &second), (40, &first)] {
        let steps = [
            (false, dialog.answer("200 OK", "INVITE", 1, &[], &sdp(*to))),
            (true, dialog.request("ACK", 1, &[], "")),
        ];
        net.signal(answered + delay * MS, from.sip, to.sip, &steps);
    }
    let (dialog, from, to) = &third;
    let why = ["Reason: SIP;cause=200;text=\"Call completed elsewhere\"".to_owned()];
    let called_off = [
        (true, dialog.request("CANCEL", 1, &why, "")),
        (false, dialog.answer("200 OK", "CANCEL", 1, &[], "")),
        (false, dialog.answer("487 Request Terminated", "INVITE", 1, &[], "")),
        (true, dialog.request("ACK", 1, &[], "")),
    ];
    net.signal(answered + 60 * MS, from.sip, to.sip, &called_off);
    for (one, other) in [(caller, outer), (to_dect, dect)] {
        net.media(&Media::between(one.media.from, other.media.from, answered + 100 * MS, 4 * SECOND));
    }
    for (delay, (dialog, from, to)) in [(0, &first), (20, &second)] {
        let steps =
            [(true, dialog.request("BYE", 2, &[], "")), (false, dialog.answer("200 OK", "BYE", 2, &[], ""))];
        net.signal(answered + 4200 * MS + delay * MS, from.sip, to.sip, &steps);
    }
    Scenario::new(
        "agfeo-ring-group",
        "A call that the PBX has ring at a T17, which acknowledges reliably that it rings (100rel, PRACK), and at a DECT \
         handset, which answers; the T17 is told that the call was answered elsewhere.",
        net.capture(),
    )
    .pbx(PBX, "es-pure-ip")
    .never(&NO_FAULT)
    .never(&["RTP-001", "RTP-002", "SIG-005", "SIG-009"])
}

fn pascom_cloud() -> Scenario {
    use pascom::{CLOUD, CLOUD_NAME, MY_PASCOM, PC, ROUTER, SNOM, WEB_PC, YEALINK};
    let mut net = Net::new(5);
    let [first, second, third] = CLOUD;
    for (nth, (host, address)) in
        [(YEALINK, first), (SNOM, second), (PC, third), (WEB_PC, first)].into_iter().enumerate()
    {
        let at = nth as u64 * 300 * MS;
        net.arp(at, host, ROUTER);
        net.resolve(at + 10 * MS, host, ROUTER, CLOUD_NAME, &[address]);
    }
    let phone = |net: &mut Net, at, host: Host, cloud: Host| {
        net.tls(at, host.port(40_001), cloud.port(8884), Class::Data, CLOUD_NAME, 900);
        net.tls(at + 200 * MS, host.port(40_002), cloud.port(636), Class::Data, CLOUD_NAME, 500);
        pascom::signalling(net, at + 400 * MS, (host, 40_003), cloud, CLOUD_NAME, 6 * SECOND);
    };
    phone(&mut net, 2 * SECOND, YEALINK, first);
    phone(&mut net, 2500 * MS, SNOM, second);
    pascom::signalling(&mut net, 3 * SECOND, (PC, 50_001), third, CLOUD_NAME, 4 * SECOND);
    starttls(&mut net, 3 * SECOND, PC.port(50_002), third.port(5222), CLOUD_NAME);
    net.resolve(3300 * MS, PC, ROUTER, "my.pascom.net", &[MY_PASCOM]);
    net.tls(3400 * MS, PC.port(50_003), MY_PASCOM.port(443), Class::Data, "my.pascom.net", 300);
    binding(&mut net, 3600 * MS, PC.port(50_004), third.port(3478));
    // Its hello is so long that the name lies in the second segment.
    let hello = [
        Say::Client(tls::client_hello(CLOUD_NAME, net.rng().array(), 1400)),
        Say::Server(tls::server_hello(net.rng().array())),
    ];
    net.conversation(3700 * MS, WEB_PC.port(50_006), first.port(443), Class::Data, &hello);
    binding(&mut net, 3800 * MS, WEB_PC.port(50_005), first.port(19_302));
    net.media(&pascom::srtp(YEALINK, 11_780, first, 30_100, 4 * SECOND, 3 * SECOND));
    net.media(&pascom::srtp(SNOM, 57_000, second, 34_998, 5 * SECOND, 3 * SECOND));
    net.media(&pascom::srtp(PC, 50_010, third, 30_000, 5500 * MS, 2 * SECOND));
    Scenario::new(
        "pascom-cloud",
        "Yealink, snom, a Windows client and a web client use pascom.cloud, whose name resolves to changing \
         addresses. Everything is encrypted; the telephones mark EF and CS3.",
        net.capture(),
    )
    .expect_plain("CAP-008")
    .never(&NO_FAULT)
    .never(&["QOS-003", "QOS-004"])
}

/// XMPP that turns to TLS after the stream features.
fn starttls(net: &mut Net, at: u64, client: End, server_end: End, name: &str) {
    let words = [
        Say::Client(server::xmpp_stream(name)),
        Say::Server(server::xmpp_features(name)),
        Say::Client(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>".to_vec()),
        Say::Server(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>".to_vec()),
        Say::Client(tls::client_hello(name, net.rng().array(), 0)),
        Say::Server(tls::server_hello(net.rng().array())),
    ];
    net.conversation(at, client, server_end, Class::Data, &words);
}

/// A STUN binding request with its answer.
fn binding(net: &mut Net, at: u64, client: End, server_end: End) {
    let transaction = net.rng().array();
    net.udp(at, client, server_end, Class::Data, &lan::stun_request(transaction));
    let answer = lan::stun_answer(transaction, [203, 0, 113, 5].into(), client.port);
    net.udp(at + 20 * MS, server_end, client, Class::Data, &answer);
}

fn pascom_onsite() -> Scenario {
    use pascom::{AWAY, MAIL, MY_PASCOM, PC, ROUTER, SERVER, SERVER_NAME, YEALINK};
    let mut net = Net::new(6);
    net.arp(0, SERVER, ROUTER);
    net.arp(MS, YEALINK, SERVER);
    net.resolve(100 * MS, SERVER, ROUTER, "my.pascom.net", &[MY_PASCOM]);
    net.tls(150 * MS, SERVER.port(45_000), MY_PASCOM.port(443), Class::Data, "my.pascom.net", 200);
    net.resolve(300 * MS, SERVER, ROUTER, "cloudmx1.pascom.net", &[MAIL]);
    let mail = [
        Say::Server(server::smtp_greeting("cloudmx1.pascom.net")),
        Say::Client(server::smtp_hello(SERVER_NAME)),
    ];
    net.conversation(350 * MS, SERVER.port(45_001), MAIL.port(25), Class::Data, &mail);
    net.tls(SECOND, YEALINK.port(40_001), SERVER.port(8884), Class::Data, SERVER_NAME, 900);
    pascom::signalling(&mut net, 1200 * MS, (YEALINK, 40_003), SERVER, SERVER_NAME, 5 * SECOND);
    pascom::signalling(&mut net, 1300 * MS, (PC, 50_001), SERVER, SERVER_NAME, 5 * SECOND);
    net.media(&pascom::srtp(YEALINK, 11_782, SERVER, 30_002, 2 * SECOND, 3 * SECOND));
    // The forwardings that the vendor documents for devices outside.
    pascom::signalling(&mut net, 2 * SECOND, (AWAY, 61_000), SERVER, SERVER_NAME, 4 * SECOND);
    starttls(&mut net, 2500 * MS, AWAY.port(61_001), SERVER.port(5222), SERVER_NAME);
    net.tls(2600 * MS, AWAY.port(61_002), SERVER.port(443), Class::Data, SERVER_NAME, 300);
    net.media(&pascom::srtp(AWAY, 61_004, SERVER, 30_004, 3 * SECOND, 2 * SECOND));
    Scenario::new(
        "pascom-onsite",
        "A pascom server as a virtual machine in the house, with a telephone and a client inside and a client \
         outside that comes in through the documented forwardings.",
        net.capture(),
    )
    .role(SERVER, "pascom.server")
    .expect_plain("CAP-008")
    .never(&NO_FAULT)
    .never(&["QOS-004", "SEC-003"])
}

fn office_without_telephony() -> Scenario {
    use agfeo::{NAS, OFFICE_PC, ROUTER, STRANGER};
    let mut net = Net::new(7);
    let boot = Boot { class: "MSFT 5.0", option_66: None };
    net.dhcp(0, OFFICE_PC, ROUTER, &boot);
    net.resolve(SECOND, OFFICE_PC, ROUTER, "www.example.com", &[STRANGER]);
    net.tls(1100 * MS, OFFICE_PC.port(51_000), STRANGER.port(443), Class::Data, "www.example.com", 9000);
    net.refused(2 * SECOND, OFFICE_PC.port(51_001), NAS.port(8443), 3, Refusal::Reset);
    let words = [Say::Client(net.rng().bytes(90)), Say::Server(net.rng().bytes(4000))];
    net.conversation(6 * SECOND, OFFICE_PC.port(51_002), NAS.port(445), Class::Data, &words);
    chatter(&mut net, 7 * SECOND, OFFICE_PC);
    Scenario::new(
        "office-without-telephony",
        "Ordinary office traffic without any telephone: nothing to judge, so nothing may be judged.",
        net.capture(),
    )
    .never(&NO_FAULT)
    .never(&["PORT-004"])
    .expect_plain("CAP-010")
    .stored(Container::PcapGzip)
}

/// Multicast that every Windows computer sends.
fn chatter(net: &mut Net, at: u64, host: Host) {
    let mdns = Host::group([224, 0, 0, 251]).port(5353);
    let llmnr = Host::group([224, 0, 0, 252]).port(5355);
    for nth in 0..3 {
        let at = at + nth * 400 * MS;
        net.udp(at, host.port(5353), mdns, Class::Data, &dns::service_question("_ipp._tcp.local"));
        net.udp(at + 30 * MS, host.port(54_001), llmnr, Class::Data, &dns::query(nth as u16, "drucker"));
    }
}

fn noise_in_voice_ranges() -> Scenario {
    use agfeo::{NAS, OFFICE_PC, PBX, STRANGER, T14};
    /// IEEE 802 local experimental EtherType.
    const EXPERIMENTAL: u16 = 0x88b5;
    let mut net = Site::default().net();
    chatter(&mut net, 5 * SECOND, OFFICE_PC);
    chatter(&mut net, 5100 * MS, T14);
    for nth in 0..80_u64 {
        let at = 5 * SECOND + nth * 20 * MS;
        // A WLAN controller, a browser and a video meeting inside the ranges 5204-5523 and 50004-50043.
        net.udp(at, NAS.port(5246), OFFICE_PC.port(5246), Class::Data, &lan::capwap_echo(nth as u8));
        let noise = net.rng().bytes(146);
        let inner = frame::ethernet(OFFICE_PC.mac, NAS.mac, &[], EXPERIMENTAL, &noise);
        net.udp(at + MS, NAS.port(5247), OFFICE_PC.port(5247), Class::Data, &lan::capwap_data(&inner));
        if nth < 8 {
            let (connection, noise) = (net.rng().array(), net.rng().bytes(900));
            let initial = lan::quic_initial(connection, &noise);
            net.udp(at + 2 * MS, OFFICE_PC.port(50_010), STRANGER.port(443), Class::Data, &initial);
            let stun = lan::stun_request(net.rng().array());
            net.udp(at + 3 * MS, OFFICE_PC.port(5300), STRANGER.port(3478), Class::Data, &stun);
            let hello = tls::dtls_client_hello(net.rng().array());
            net.udp(at + 4 * MS, OFFICE_PC.port(5310), STRANGER.port(5310), Class::Data, &hello);
        }
    }
    Scenario::new(
        "noise-in-voice-ranges",
        "A healthy AGFEO site where other hosts use UDP ports inside the documented voice ranges: CAPWAP, mDNS, \
         LLMNR, QUIC, STUN and DTLS. None of that is voice.",
        net.capture(),
    )
    .pbx(PBX, "hypervoice")
    .never(&NO_FAULT)
    .never(&["QOS-003", "QOS-009"])
}

fn vlan_boot() -> Scenario {
    const VOICE_VLAN: u16 = 20;
    let (t14, pbx, router) =
        (agfeo::T14.in_vlan(VOICE_VLAN), agfeo::PBX.in_vlan(VOICE_VLAN), agfeo::ROUTER.in_vlan(VOICE_VLAN));
    let mut net = Net::new(9);
    let boot = Boot { class: "AGFEO T14 SIP", option_66: Some("http://192.168.10.2/prov") };
    let untagged = Host { ip: [192, 168, 99, 130].into(), ..agfeo::T14 };
    let data_router = Host { ip: [192, 168, 99, 1].into(), ..agfeo::ROUTER };
    net.dhcp(0, untagged, data_router, &boot);
    net.put(500 * MS, lan::lldp_policy("switch-eg", "ge-0/0/7", VOICE_VLAN, 5, 46));
    net.dhcp(SECOND, t14, router, &boot);
    let (line, server) = (agfeo::t14_line(t14), agfeo::pbx_line(pbx, 5204));
    net.arp(1500 * MS, t14, pbx);
    net.register(2 * SECOND, line, server, agfeo::DOMAIN, Outcome::Accepted);
    net.call(&Call::new(3 * SECOND, agfeo::TALK, line, server));
    Scenario::new(
        "vlan-boot",
        "A telephone starts untagged in the data network, learns its voice VLAN from the switch (LLDP-MED) and starts \
         again there. Voice is tagged with priority 5.",
        net.capture(),
    )
    .pbx(pbx, "es-pure-ip")
    .never(&NO_FAULT)
    .never(&["NET-004", "QOS-005"])
}
