//! The project's list of traps, by number, where they are about packets: small sites in which a reader of the vendors'
//! documents goes wrong. Those about data are in `tests/rules/traps.rs`.

use std::net::IpAddr;

use pbxray::check::{Audit, Detail, Finding, Party, RowStatus, Severity, Unjudged};
use pbxray::site::{Confidence, Hints, Lore, SiteFile};
use samplegen::net::{
    Call, Class, End, Host, MS, Marks, Media, Net, Outcome, Policy, Refusal, SECOND, Say, Stream,
};
use samplegen::scenario::agfeo::{self, ASIP, DOMAIN, NAS, OFFICE_PC, PBX, PC, Site, T14, T17, TFE};
use samplegen::scenario::pascom::{self, CLOUD, CLOUD_NAME, SERVER, SERVER_NAME, YEALINK};
use samplegen::scenario::{Scenario, find, row_used};
use samplegen::talk::{lan, server};

use crate::support::stages::{BOOK, audit_of};

/// An AGFEO site with this model of a PBX.
fn agfeo(net: Net, model: &'static str) -> Audit {
    audit_of(&Scenario::new("trap", "", net.capture()).pbx(PBX, model))
}

/// A pascom server in the house.
fn onsite(net: Net) -> Audit {
    audit_of(&Scenario::new("trap", "", net.capture()).role(SERVER, "pascom.server"))
}

fn sample(name: &str) -> Audit {
    audit_of(&find(name).unwrap())
}

/// The codes about a host, from notice on.
fn codes(audit: &Audit, host: Host) -> Vec<&'static str> {
    let about =
        |finding: &&Finding| finding.subject.as_ref().is_some_and(|subject| subject.address == host.ip);
    let findings = audit.findings.iter().filter(about);
    findings
        .filter(|finding| finding.severity >= Severity::Notice)
        .map(|finding| finding.code().as_str())
        .collect()
}

fn finding<'a>(audit: &'a Audit, code: &str, host: Host) -> &'a Finding {
    let about =
        |finding: &&Finding| finding.subject.as_ref().is_some_and(|subject| subject.address == host.ip);
    let found = audit.findings.iter().filter(about).find(|finding| finding.code().as_str() == code);
    found.unwrap_or_else(|| panic!("{code} about {}: {:?}", host.ip, audit.findings))
}

fn status(audit: &Audit, row: &str, host: Host) -> Option<RowStatus> {
    audit
        .rows
        .iter()
        .find(|result| &*result.row == row && result.device == host.ip)
        .map(|result| result.status)
}

fn role(audit: &Audit, host: Host) -> Option<&str> {
    audit.site.device(host.ip).map(|device| device.role.as_str())
}

/// A conversation of unknown content.
fn talk(net: &mut Net, client: End, server_end: End) {
    let words = [
        Say::Client(server::binary(9, &net.rng().bytes(40))),
        Say::Server(server::binary(9, &net.rng().bytes(90))),
    ];
    net.conversation(agfeo::AFTER, client, server_end, Class::Data, &words);
}

/// The base site with the PBX's voice from this port.
fn pbx_voice(port: u16) -> Net {
    let mut site = Site { rtcp: false, ..Site::default() };
    site.pbx.media = Stream::new(PBX.port(port));
    site.net()
}

/// The base site with the T14's voice from this port.
fn t14_voice(port: u16) -> Net {
    let mut site = Site { rtcp: false, ..Site::default() };
    site.t14.media = Stream::new(T14.port(port));
    site.net()
}

/// A Yealink with pascom.cloud; voice from `own` to `remote`.
fn cloud_voice(own: u16, remote: u16) -> Audit {
    let mut net = Net::new(1);
    net.resolve(0, YEALINK, pascom::ROUTER, CLOUD_NAME, &CLOUD[..1]);
    pascom::signalling(&mut net, 100 * MS, (YEALINK, 40_003), CLOUD[0], CLOUD_NAME, 5 * SECOND);
    let media = pascom::srtp(YEALINK, own, CLOUD[0], remote, SECOND, 2 * SECOND);
    net.media(&Media { rtcp: false, ..media });
    audit_of(&Scenario::new("trap", "", net.capture()))
}

#[test]
fn t01_agfeo_is_held_to_its_own_port_and_pascom_to_the_servers() {
    assert_eq!(codes(&agfeo(t14_voice(12_000), "es-pure-ip"), T14), ["PORT-002"]);
    for own in [11_780, 5004, 57_000] {
        let audit = cloud_voice(own, 30_100);
        assert!(codes(&audit, YEALINK).is_empty(), "{own}: {:?}", audit.findings);
        assert_eq!(status(&audit, "P02", YEALINK), Some(RowStatus::Used));
    }
}

#[test]
fn t02_a_port_to_listen_on_is_none_to_call() {
    let directory = |client: End, server_end: End| {
        let mut net = Site::default().net();
        let words = [Say::Client(server::ldap_bind(1)), Say::Server(server::ldap_bound(1))];
        net.conversation(agfeo::AFTER, client, server_end, Class::Data, &words);
        agfeo(net, "es-pure-ip")
    };
    assert!(codes(&directory(T17.port(49_401), PBX.port(389)), PBX).is_empty());
    assert_eq!(codes(&directory(PBX.port(49_401), NAS.port(389)), PBX), ["PORT-001"]);
}

#[test]
fn t03_rows_without_a_port_do_not_explain_everything() {
    let mut net = Site::default().net();
    talk(&mut net, PBX.port(49_700), NAS.port(4567));
    assert_eq!(codes(&agfeo(net, "es-pure-ip"), PBX), ["PORT-001"]);
}

#[test]
fn t04_voice_is_not_known_by_its_port() {
    let audit = sample("noise-in-voice-ranges");
    let ends = [PBX.ip, T14.ip];
    assert!(!audit.traffic.streams.is_empty());
    for stream in &audit.traffic.streams {
        assert!(ends.contains(&stream.source.ip()) && ends.contains(&stream.destination.ip()), "{stream:?}");
    }
}

#[test]
fn t05_the_transport_tells_a_chat_from_voice() {
    assert!(codes(&agfeo(pbx_voice(5222), "hypervoice"), PBX).is_empty());
    let mut net = Site::default().net();
    talk(&mut net, OFFICE_PC.port(50_300), PBX.port(5222));
    assert_eq!(codes(&agfeo(net, "hypervoice"), PBX), ["PORT-001"]);
}

#[test]
fn t06_thousands_are_written_with_dots_and_both_ends_count() {
    for remote in [30_000, 35_000] {
        let audit = cloud_voice(11_780, remote);
        assert_eq!(status(&audit, "P02", YEALINK), Some(RowStatus::Used), "{remote}");
    }
    assert_ne!(status(&cloud_voice(11_780, 35_001), "P02", YEALINK), Some(RowStatus::Used));
}

#[test]
fn t07_the_last_of_201_ports_is_accepted() {
    assert!(codes(&agfeo(t14_voice(10_200), "es-pure-ip"), T14).is_empty());
    assert_eq!(codes(&agfeo(t14_voice(10_202), "es-pure-ip"), T14), ["PORT-002"]);
}

#[test]
fn t08_a_seventeenth_call_is_outside_the_old_range() {
    assert!(codes(&agfeo(pbx_voice(5034), "es-16ch"), PBX).is_empty());
    assert_eq!(codes(&agfeo(pbx_voice(5036), "es-16ch"), PBX), ["PORT-002"]);
}

#[test]
fn t09_the_es_22_has_64_channels() {
    assert!(codes(&agfeo(pbx_voice(5330), "es-22"), PBX).is_empty());
    let audit = agfeo(pbx_voice(5332), "es-22");
    assert!(matches!(&finding(&audit, "PORT-006", PBX).detail,
        Detail::Port006 { fits: Some(model), .. } if *model == "hypervoice"));
}

#[test]
fn t10_hyperfonie_is_no_model() {
    let lore = Lore { roles: &BOOK.roles, models: &BOOK.models, identities: &BOOK.identities };
    let stated = |word: &str| Hints::new(SiteFile::default(), &[(PBX.ip, Some(word.to_owned()))], lore);
    assert!(stated("hyperfonie").unwrap_err().contains("hypervoice"));
    assert!(stated("hypervoice").is_ok());
}

#[test]
fn t11_the_door_station_may_send_from_any_port() {
    let mut net = Site::default().net();
    let media = Media::between(TFE.port(33_000), PBX.port(5210), agfeo::AFTER, 2 * SECOND);
    net.media(&Media { rtcp: false, ..media });
    let scenario =
        Scenario::new("trap", "", net.capture()).pbx(PBX, "es-pure-ip").role(TFE, "agfeo.phone.tfe");
    let audit = audit_of(&scenario);
    assert!(audit.traffic.streams.iter().any(|stream| stream.source.ip() == TFE.ip));
    assert!(codes(&audit, TFE).is_empty(), "{:?}", audit.findings);
}

#[test]
fn t12_the_gaps_between_search_ports_are_nobodys() {
    let search = |port| {
        let mut net = Site::default().net();
        agfeo::asip_signalling(&mut net, agfeo::AFTER, ASIP, PBX);
        let (tool, phone) = (PC.port(50_400), ASIP.port(port));
        net.udp(agfeo::AFTER + 3 * SECOND, tool, phone, Class::Data, &lan::device_search());
        net.udp(agfeo::AFTER + 3 * SECOND + MS, phone, tool, Class::Data, &lan::device_found("ST 56IP"));
        codes(&agfeo(net, "es-pure-ip"), ASIP)
    };
    assert!(search(12_179).is_empty());
    assert_eq!(search(12_180), ["PORT-001"]);
}

#[test]
fn t13_a_transfer_that_begins_at_69_goes_on_between_other_ports() {
    let scenario = row_used("A74").unwrap();
    let audit = audit_of(&scenario);
    let transfer = audit.rows.iter().find(|result| &*result.row == "A74").unwrap();
    assert!(transfer.status == RowStatus::Used && transfer.flows.len() >= 2, "{transfer:?}");
    assert!(
        audit.findings.iter().all(|finding| finding.code().as_str() != "PORT-001"),
        "{:?}",
        audit.findings
    );
}

#[test]
fn t14_plain_http_to_the_update_server_is_documented() {
    let mut net = Site::default().net();
    let dect = agfeo::DECT;
    net.register(
        agfeo::AFTER,
        agfeo::dect_line("31", 50_004),
        agfeo::pbx_line(PBX, 5204),
        DOMAIN,
        Outcome::Accepted,
    );
    net.resolve(agfeo::AFTER + SECOND, dect, agfeo::ROUTER, "dect.agfeo.de", &[agfeo::CLOUD]);
    let words = [
        Say::Client(server::http_get("dect.agfeo.de", "/fw", "AGFEO DECT IP Basis")),
        Say::Server(server::http_answer("200 OK", "nginx", "5.32")),
    ];
    let (from, to) = (dect.port(49_500), agfeo::CLOUD.port(80));
    net.conversation(agfeo::AFTER + 2 * SECOND, from, to, Class::Data, &words);
    let audit = agfeo(net, "es-pure-ip");
    assert_eq!(status(&audit, "A48", dect), Some(RowStatus::Used));
    assert!(codes(&audit, dect).is_empty(), "{:?}", audit.findings);
}

#[test]
fn t15_updates_of_the_dashboard_may_come_from_the_pc() {
    let mut net = Site::default().net();
    agfeo::cloud_visit(&mut net, agfeo::AFTER, PC, "autoupdate.agfeo.de");
    let audit = agfeo(net, "es-pure-ip");
    assert!(codes(&audit, PC).is_empty() && codes(&audit, PBX).is_empty(), "{:?}", audit.findings);
    assert_ne!(status(&audit, "A32", PBX), Some(RowStatus::Used), "the PBX itself did not");
}

#[test]
fn t16_443_of_the_pbx_serves_the_lan_only() {
    let visit = |client: Host| {
        let mut net = Site::default().net();
        net.tls(agfeo::AFTER, client.port(50_200), PBX.port(443), Class::Data, "anlage", 400);
        codes(&agfeo(net, "es-pure-ip"), PBX)
    };
    assert!(visit(PC).is_empty());
    assert_eq!(visit(agfeo::STRANGER), ["SEC-004"]);
}

#[test]
fn t17_ntp_over_tcp_is_not_missed() {
    let audit = agfeo(Site::default().net(), "es-pure-ip");
    assert_eq!(status(&audit, "A05", PBX), Some(RowStatus::Unused));
    assert!(audit.findings.iter().all(|finding| finding.rows.iter().all(|row| &**row != "A05")));
}

#[test]
fn t18_the_right_name_of_the_time_servers_serves_the_misprinted_row() {
    let ask = |name| {
        let mut net = Net::new(1);
        net.arp(0, SERVER, pascom::ROUTER);
        net.resolve(MS, SERVER, pascom::ROUTER, name, &[pascom::MY_PASCOM]);
        net.ntp(SECOND, SERVER.port(123), pascom::MY_PASCOM);
        status(&onsite(net), "P15", SERVER)
    };
    assert_eq!(ask("pool.ntp.org"), Some(RowStatus::Used));
    assert_eq!(ask("ntp.pool.org"), Some(RowStatus::Used));
}

#[test]
fn t19_the_forwarded_ports_of_a_server_are_called_from_outside() {
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    pascom::signalling(&mut net, 100 * MS, (pascom::AWAY, 61_000), SERVER, SERVER_NAME, 4 * SECOND);
    net.resolve(5 * SECOND, SERVER, pascom::ROUTER, "my.pascom.net", &[pascom::MY_PASCOM]);
    let (from, to) = (SERVER.port(45_000), pascom::MY_PASCOM.port(443));
    net.tls(5100 * MS, from, to, Class::Data, "my.pascom.net", 300);
    let audit = onsite(net);
    assert_eq!(status(&audit, "P16", SERVER), Some(RowStatus::Used), "inwards");
    assert!(
        ["P12", "P13"].iter().any(|row| status(&audit, row, SERVER) == Some(RowStatus::Used)),
        "outwards"
    );
    assert!(codes(&audit, SERVER).is_empty(), "{:?}", audit.findings);
}

#[test]
fn t20_t28_the_report_names_every_edition() {
    let audit = agfeo(Site::default().net(), "es-pure-ip");
    let edition =
        |vendor: &str| audit.rulebooks.iter().find(|info| &*info.vendor == vendor).unwrap().as_of.to_string();
    assert!(edition("AGFEO").contains("19.01.2026LB") && edition("AGFEO").contains("2023LB"));
    assert!(edition("pascom").contains("2020"), "{}", edition("pascom"));
}

#[test]
fn t21_management_of_a_server_is_expected_in_the_lan() {
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    net.tls(SECOND, pascom::WEB_PC.port(50_000), SERVER.port(8443), Class::Data, SERVER_NAME, 400);
    assert!(codes(&onsite(net), SERVER).is_empty());
}

#[test]
fn t22_what_may_be_open_depends_on_the_vendor() {
    let mut net = Net::new(1);
    net.arp(0, YEALINK, SERVER);
    net.tls(SECOND, pascom::STRANGER.port(44_000), SERVER.port(443), Class::Data, SERVER_NAME, 400);
    net.tls(2 * SECOND, pascom::STRANGER.port(44_001), SERVER.port(8443), Class::Data, SERVER_NAME, 400);
    let audit = onsite(net);
    assert!(
        matches!(&finding(&audit, "SEC-004", SERVER).detail, Detail::Sec004 { at, .. } if at.port() == 8443)
    );
    assert_eq!(codes(&audit, SERVER), ["SEC-004"], "443 is to be forwarded");
}

#[test]
fn t23_a_site_without_readable_sip_is_not_wrong() {
    let audit = sample("pascom-cloud");
    assert!(audit.traffic.calls.is_empty() && audit.unjudged.contains(&Unjudged::Encrypted));
    assert!(audit.findings.iter().all(|finding| finding.severity < Severity::Notice), "{:?}", audit.findings);
}

#[test]
fn t24_newer_prefixes_of_a_maker_are_known() {
    let audit = sample("pascom-cloud");
    for (host, maker) in [(YEALINK, "Yealink"), (pascom::SNOM, "snom")] {
        let device = audit.site.device(host.ip).unwrap();
        assert_eq!((device.role.as_str(), device.maker.as_deref()), ("pascom.phone", Some(maker)));
    }
}

#[test]
fn t25_one_pbx_may_have_several_addresses() {
    let audit = sample("agfeo-old-es-ip-modules");
    let systems: Vec<IpAddr> = audit
        .site
        .devices
        .iter()
        .filter(|device| device.role == "agfeo.pbx" && device.confidence == Confidence::Sure)
        .map(|device| device.address)
        .collect();
    assert_eq!(systems.len(), 2);
    assert!(audit.findings.iter().all(|finding| finding.code().as_str() != "PORT-006"));
}

#[test]
fn t26_marking_is_promised_for_voice_of_terminals_only() {
    let mut site = Site { lasts: agfeo::TALK, ..Site::default() };
    site.t14.media.marks = Marks::All(0);
    site.pbx.media.marks = Marks::All(0);
    let audit = agfeo(site.net(), "es-pure-ip");
    assert_eq!(finding(&audit, "QOS-001", T14).severity, Severity::Error);
    assert_eq!(finding(&audit, "QOS-001", PBX).severity, Severity::Warning);
    let voice_only = Policy { signalling: Policy::NONE.signalling, ..Policy::VOICE };
    let silent = Site { t14: agfeo::t14_line(T14.marking(voice_only)), ..Site::default() };
    assert!(codes(&agfeo(silent.net(), "es-pure-ip"), T14).is_empty(), "SIP without a mark");
}

#[test]
fn t27_a_softphone_without_a_mark_is_the_computers_matter() {
    let audit = sample("qos-003");
    assert_eq!(finding(&audit, "QOS-003", PC).responsible, Party::Computers);
    assert_eq!(codes(&audit, PC), ["QOS-003"], "and never QOS-001 beside it");
}

#[test]
fn t29_the_provider_may_answer_at_the_source_ports() {
    let provider = sample("sec-001-near-provider");
    assert!(codes(&provider, PBX).is_empty(), "{:?}", provider.findings);
    let mut net = Site::default().net();
    let pbx = agfeo::trunk_line(5064, 5206);
    let stranger = samplegen::net::Line::new("100", "Linphone/4.4", agfeo::STRANGER.port(5071), 0);
    net.options(agfeo::AFTER, stranger, pbx, "192.168.10.2");
    assert_eq!(codes(&agfeo(net, "es-pure-ip"), PBX), ["SEC-001"], "a stranger may not");
}

#[test]
fn t30_without_a_model_the_smallest_that_fits_is_named() {
    let audit = audit_of(&Scenario::new("trap", "", pbx_voice(5300).capture()));
    let device = audit.site.device(PBX.ip).unwrap();
    assert!(!device.model_is_stated && role(&audit, PBX) == Some("agfeo.pbx"));
    let model = device.model.as_ref().and_then(|model| BOOK.model(model.as_str())).unwrap();
    assert!(model.channels == 64, "{}", model.id);
    assert!(codes(&audit, PBX).is_empty(), "{:?}", audit.findings);
}

/// What fails once is no block, and what is refused to a stranger neither.
#[test]
fn a_port_that_refuses_the_internet_is_as_it_should_be() {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, agfeo::STRANGER.port(44_000), PBX.port(443), 3, Refusal::Reset);
    let call = Call::new(agfeo::AFTER + 5 * SECOND, SECOND, agfeo::t17_line(T17), agfeo::pbx_line(PBX, 5208));
    net.call(&call);
    assert!(codes(&agfeo(net, "es-pure-ip"), PBX).is_empty());
}

#[test]
fn what_agfeo_documents_beside_its_tables_is_no_undocumented_port() {
    let visits = |host: Host, name: &'static str, port: u16| {
        let mut net = Site::default().net();
        if host == agfeo::DECT {
            net.register(
                7 * SECOND,
                agfeo::dect_line("31", 50_004),
                agfeo::pbx_line(PBX, 0),
                DOMAIN,
                Outcome::Accepted,
            );
        }
        net.resolve(agfeo::AFTER, host, agfeo::ROUTER, name, &[agfeo::CLOUD]);
        let server = agfeo::CLOUD.port(port);
        net.tls(agfeo::AFTER + SECOND, host.port(49_500), server, Class::Data, name, 400);
        agfeo(net, "es-pure-ip")
    };
    assert!(
        codes(&visits(agfeo::DECT, "dect.agfeo.de", 443), agfeo::DECT).is_empty(),
        "80 / 443, section 1.4"
    );
    assert!(codes(&visits(T14, "update.example", 443), T14).is_empty(), "update, section 2.0");
    assert_eq!(codes(&visits(T14, "update.example", 8443), T14), ["PORT-001"]);
    assert!(codes(&visits(PBX, "mqtt.example", 8883), PBX).is_empty(), "MQTT client, section 1.1");
    assert!(codes(&visits(PBX, "tel.example", 5061), PBX).is_empty(), "the trunk by TCP, section 1.2");
    assert_eq!(codes(&visits(PBX, "tel.example", 5071), PBX), ["PORT-001"]);
}

#[test]
fn a_service_that_need_not_be_there_is_no_error() {
    let mut net = Site::default().net();
    net.refused(agfeo::AFTER, OFFICE_PC.port(50_300), PBX.port(443), 3, Refusal::Reset);
    let audit = agfeo(net, "es-pure-ip");
    assert_eq!(
        finding(&audit, "PORT-003", OFFICE_PC).severity,
        Severity::Notice,
        "https of the PBX, section 3.0"
    );
    let searched = |by: Host| {
        let mut net = Site::default().net();
        let (from, to) = (OFFICE_PC.port(52_000), PBX.port(12_189));
        for nth in 0..3 {
            net.udp(agfeo::AFTER + nth * SECOND, from, to, Class::Data, &lan::device_search());
            net.unreachable(agfeo::AFTER + nth * SECOND + MS, by, 3, from, to);
        }
        codes(&agfeo(net, "es-pure-ip"), OFFICE_PC)
    };
    assert!(searched(PBX).is_empty(), "another device says that it is another");
    assert_eq!(searched(agfeo::ROUTER), ["PORT-003"]);
}

#[test]
fn t27_encrypted_sip_and_voice_alone_tell_no_telephone_from_a_client() {
    let told = |host: Host, chats: bool| {
        let mut net = Net::new(1);
        let pc = host.marking(Policy::NONE);
        net.arp(0, pc, SERVER);
        pascom::signalling(&mut net, 100 * MS, (pc, 40_003), SERVER, SERVER_NAME, 4 * SECOND);
        if chats {
            net.tls(200 * MS, pc.port(40_004), SERVER.port(5222), Class::Data, SERVER_NAME, 400);
        }
        net.media(&pascom::srtp(pc, 50_000, SERVER, 30_002, SECOND, 2 * SECOND));
        let audit = onsite(net);
        let heaviest = audit.findings.first().map(|finding| (finding.code().as_str(), finding.severity));
        (role(&audit, pc).map(str::to_owned), heaviest)
    };
    let is = |role: &str, code, severity| (Some(role.to_owned()), Some((code, severity)));
    assert_eq!(told(pascom::PC, false), is("pascom.subscriber", "QOS-001", Severity::Warning));
    assert_eq!(told(pascom::PC, true), is("pascom.client", "QOS-003", Severity::Warning));
    assert_eq!(
        told(YEALINK, false),
        is("pascom.phone", "QOS-001", Severity::Error),
        "its maker builds telephones alone"
    );
    assert_eq!(told(YEALINK, true), is("pascom.client", "QOS-003", Severity::Warning));
}

/// Voice that nobody announced, eight packets of which come back, with this payload type.
fn short_answer(payload_type: Option<u8>) -> Audit {
    let mut net = Net::new(1);
    let both = Media::between(YEALINK.port(40_010), SERVER.port(30_100), SECOND, 2 * SECOND);
    let mut media = Media { rtcp: false, ..both };
    media.streams[1].stops = Some(8 * 20 * MS);
    media.streams[1].payload_type = payload_type;
    net.media(&media);
    onsite(net)
}

#[test]
fn a_few_packets_are_voice_where_they_answer_voice_and_are_counted_in_any_case() {
    let told = |audit: &Audit| (audit.traffic.streams.len(), audit.traffic.quality.maybe_media);
    assert_eq!(told(&short_answer(None)), (2, 0));
    assert_eq!(told(&short_answer(Some(0))), (1, 8), "another codec");
}
