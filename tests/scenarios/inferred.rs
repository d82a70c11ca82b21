//! Who is who where the user states nothing: softphones, door stations and tools that few signs give away.

use pbxray::check::{Audit, RowStatus, Severity};
use pbxray::site::Confidence;
use samplegen::net::{Call, Class, Host, Line, MS, Net, Outcome, SECOND, Say};
use samplegen::scenario::Scenario;
use samplegen::scenario::agfeo::{
    self, AFTER, ASIP, DECT, DOMAIN, NAS, OFFICE_PC, PBX, PC, ROUTER, STRANGER, Site, TFE,
};
use samplegen::talk::{lan, server};

use crate::support::stages::audit_of;

/// The base site with this beside it, and nobody says what anything is.
fn unstated(beside: impl FnOnce(&mut Net)) -> Audit {
    let mut net = Site::default().net();
    beside(&mut net);
    let audit = audit_of(&Scenario::new("inferred", "", net.capture()));
    let pbx = audit.site.device(PBX.ip).unwrap();
    assert!(pbx.role.as_str() == "agfeo.pbx" && pbx.confidence >= Confidence::Likely, "{pbx:?}");
    audit
}

fn who(audit: &Audit, host: Host) -> Option<(&str, Confidence)> {
    audit.site.device(host.ip).map(|device| (device.role.as_str(), device.confidence))
}

/// Whatever else a computer does all day.
fn everyday(net: &mut Net, at: u64, computer: Host) {
    for (nth, (server, port)) in
        (0_u16..).zip([(NAS, 445), (NAS, 3389), (NAS, 1433), (STRANGER, 8080), (NAS, 5555)])
    {
        let words = [Say::Client(vec![1, 2, 0x7a, 0x7a]), Say::Server(vec![4, 5, 0, 9])];
        let at = at + u64::from(nth) * 200 * MS;
        net.conversation(at, computer.port(50_000 + nth), server.port(port), Class::Data, &words);
    }
    net.tls(at + SECOND, computer.port(50_009), STRANGER.port(443), Class::Data, "www.example.com", 900);
    for nth in 0..5 {
        let at = at + 2 * SECOND + nth * 100 * MS;
        net.udp(at, computer.port(54_000), NAS.port(9_999), Class::Data, b"abcd");
        net.udp(at + MS, NAS.port(9_999), computer.port(54_000), Class::Data, b"efgh");
    }
}

/// VISOfon on a computer that does everything else as well, from these ports.
fn visofon(agent: &'static str, sip: u16, rtp: u16) -> Audit {
    unstated(|net| {
        net.arp(AFTER, PC, ROUTER);
        let line = Line::new("51", agent, PC.port(sip), rtp);
        net.register(AFTER + SECOND, line, agfeo::pbx_line(PBX, 5206), DOMAIN, Outcome::Accepted);
        net.call(&Call::new(AFTER + 2 * SECOND, 3 * SECOND, line, agfeo::pbx_line(PBX, 5206)));
        everyday(net, AFTER + 7 * SECOND, PC);
    })
}

/// What is said above a notice, about anybody.
fn alarms(audit: &Audit) -> Vec<&'static str> {
    let heavy = audit.findings.iter().filter(|finding| finding.severity > Severity::Notice);
    heavy.map(|finding| finding.code().as_str()).collect()
}

/// Rows of the device that are used.
fn used(audit: &Audit, host: Host) -> Vec<&str> {
    let rows = audit.rows.iter().filter(|row| row.device == host.ip && row.status == RowStatus::Used);
    rows.map(|row| &*row.row).collect()
}

#[test]
fn visofon_in_its_three_modes() {
    const AGENT: &str = "AGFEO VISOfon 1.9";
    const ROLE: &str = "agfeo.phone.visofon";
    for (sip, rtp, confidence, rows) in [
        // As the PBX presets it, two ports tell it as well as its name.
        (60_104, 65_118, Confidence::Sure, &["A41", "A44"][..]),
        // On any port, and on those of an INI file: its name alone, whose form nobody has confirmed.
        (51_234, 53_000, Confidence::Likely, &["A40", "A42", "A43", "A45"]),
        (45_000, 40_000, Confidence::Likely, &["A40", "A42", "A43", "A45"]),
    ] {
        let audit = visofon(AGENT, sip, rtp);
        assert_eq!(who(&audit, PC), Some((ROLE, confidence)), "{sip}");
        assert_eq!(used(&audit, PC), rows, "{sip}");
        // And nothing that the computer does beside it is held against it.
        assert!(alarms(&audit).is_empty(), "{sip}: {:?}", audit.findings);
    }
}

#[test]
fn visofon_that_does_not_say_its_name() {
    assert_eq!(
        who(&visofon("PJSUA v2.12", 60_104, 65_118), PC),
        Some(("agfeo.phone.visofon", Confidence::Sure)),
        "its ports tell"
    );
    // From any other port it is a softphone like any, and nobody's.
    for (sip, rtp) in [(51_234, 53_000), (45_000, 40_000)] {
        let audit = visofon("PJSUA v2.12", sip, rtp);
        assert_eq!(who(&audit, PC), None, "{sip}");
        assert!(used(&audit, PC).is_empty() && alarms(&audit).is_empty(), "{sip}: {:?}", audit.findings);
    }
}

/// A tool on a computer searches at this port, and this device answers.
fn searches(net: &mut Net, port: u16, found: Host) {
    let (tool, all, device) = (OFFICE_PC.port(50_400), Host::group([255; 4]).port(port), found.port(port));
    for (nth, to) in (0..).zip([all, device]) {
        let at = AFTER + 9 * SECOND + nth * SECOND;
        net.udp(at, tool, to, Class::Data, &lan::device_search());
        net.udp(at + 20 * MS, device, tool, Class::Data, &lan::device_found(found.name));
    }
}

/// A door station that calls itself so, or answers a search, or neither.
fn door_station(agent: &'static str, is_searched: bool) -> Audit {
    unstated(|net| {
        let line = Line::new("61", agent, TFE.port(5060), 7078);
        net.register(AFTER + SECOND, line, agfeo::pbx_line(PBX, 5206), DOMAIN, Outcome::Accepted);
        net.call(&Call::new(AFTER + 2 * SECOND, 3 * SECOND, line, agfeo::pbx_line(PBX, 5206)));
        if is_searched {
            searches(net, 12_190, TFE);
        }
    })
}

#[test]
fn a_door_station_by_its_name_or_its_answer() {
    const NAME: &str = "AGFEO IP Video TFE 2.0";
    for (agent, is_searched) in [(NAME, false), ("", true), (NAME, true)] {
        let audit = door_station(agent, is_searched);
        assert_eq!(who(&audit, TFE), Some(("agfeo.phone.tfe", Confidence::Sure)), "{agent} {is_searched}");
        assert_eq!(used(&audit, TFE), ["A46", "A47"], "{agent} {is_searched}");
        assert!(alarms(&audit).is_empty(), "{:?}", audit.findings);
    }
    // With neither, the hardware address alone: a device of AGFEO, of which nothing is demanded.
    let audit = door_station("", false);
    assert_eq!(who(&audit, TFE), Some(("agfeo.device", Confidence::Suspected)));
    assert!(used(&audit, TFE).is_empty() && alarms(&audit).is_empty(), "{:?}", audit.findings);
}

#[test]
fn the_tool_by_what_it_searches() {
    let devices = [
        (12_172, PBX),
        (12_176, PBX),
        (12_178, PBX),
        (12_179, ASIP),
        (12_181, PBX),
        (12_185, PBX),
        (12_186, PBX),
        (12_187, DECT),
        (12_188, PBX),
        (12_190, TFE),
    ];
    for (port, found) in devices {
        let audit = unstated(|net| {
            searches(net, port, found);
            everyday(net, AFTER + 12 * SECOND, OFFICE_PC);
        });
        assert_eq!(who(&audit, OFFICE_PC), Some(("agfeo.werkzeug", Confidence::Likely)), "{port}");
        assert!(alarms(&audit).is_empty(), "{port}: {:?}", audit.findings);
    }
}

#[test]
fn a_search_is_what_tells_the_tool() {
    // Between them lie ports that are nobody's, and a trace stream alone may be anybody's.
    for port in [12_173, 12_180] {
        let audit = unstated(|net| searches(net, port, NAS));
        assert_eq!(who(&audit, OFFICE_PC), None, "{port}");
    }
    let audit = unstated(|net| {
        let words = [Say::Client(vec![1; 9]), Say::Server(vec![2; 90])];
        net.conversation(AFTER, OFFICE_PC.port(50_400), PBX.port(39_321), Class::Data, &words);
    });
    assert_eq!(who(&audit, OFFICE_PC), None);
}

#[test]
fn a_tapi_computer_by_its_server() {
    let audit = unstated(|net| {
        let words = [Say::Client(server::csta_status()), Say::Server(server::csta_status())];
        net.conversation(AFTER, OFFICE_PC.port(50_400), PBX.port(3_232), Class::Data, &words);
        everyday(net, AFTER + 2 * SECOND, OFFICE_PC);
    });
    assert_eq!(who(&audit, OFFICE_PC), Some(("agfeo.tapi", Confidence::Likely)));
    assert_eq!((used(&audit, OFFICE_PC), used(&audit, PBX).contains(&"A09")), (vec!["A58"], true));
    assert!(alarms(&audit).is_empty(), "{:?}", audit.findings);
    // The same port of a file server makes nobody anything.
    let elsewhere = unstated(|net| {
        let words = [Say::Client(server::csta_status()), Say::Server(server::csta_status())];
        net.conversation(AFTER, OFFICE_PC.port(50_400), NAS.port(3_232), Class::Data, &words);
    });
    assert_eq!(who(&elsewhere, OFFICE_PC), None);
}

#[test]
fn a_dashboard_by_its_updates_and_not_by_the_web_pages_alone() {
    let dashboard = |has_updates: bool| {
        let audit = unstated(|net| {
            net.tls(AFTER, OFFICE_PC.port(50_400), PBX.port(443), Class::Data, "anlage", 400);
            if has_updates {
                agfeo::cloud_visit(net, AFTER + SECOND, OFFICE_PC, "autoupdate.agfeo.de");
            }
            everyday(net, AFTER + 2 * SECOND, OFFICE_PC);
        });
        assert!(alarms(&audit).is_empty(), "{:?}", audit.findings);
        who(&audit, OFFICE_PC).map(|(role, _)| role.to_owned())
    };
    // Anybody in the house may look at them.
    assert_eq!(dashboard(false), None);
    assert_eq!(dashboard(true).as_deref(), Some("agfeo.dashboard"));
}
