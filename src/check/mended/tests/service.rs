//! Ports that were open, undocumented or readable.

use super::super::super::finding::{Detail, Evidence, Finding, PortUse, Severity, Side};
use super::super::super::fixture::{PBX, PHONE, World, finding, row};
use super::super::mended;
use crate::observe::fixture::{at, frame, ip, registration, sent, socket, tcp, udp};
use crate::observe::message::App;
use crate::observe::{Flow, IcmpReport, Protocol, TcpOutcome};

/// The flow from `start` ms on, for 10 ms.
fn from(start: i64, mut flow: Flow) -> Flow {
    for side in [&mut flow.from_a, &mut flow.from_b] {
        if side.packets > 0 {
            side.first = Some((frame(1), at(start)));
            side.last = Some((frame(2), at(start + 10)));
        }
    }
    flow
}

/// Whether a finding about the PBX whose evidence ends at 10 ms is over.
fn is_over(detail: Detail, rows: &[&str], world: World, flows: Vec<Flow>) -> bool {
    let world = world.device(PBX, "acme.pbx").flows(flows);
    let found = finding(detail, Severity::Warning, Some(PBX));
    let evidence = Evidence { last: Some(at(10)), ..Evidence::default() };
    let rows = rows.iter().map(|row| (*row).into()).collect();
    mended(&world.case(), &[Finding { evidence, rows, ..found }]) == [0]
}

#[test]
fn what_was_open_to_the_internet_is_shut_when_nobody_there_is_answered() {
    let at_port = socket(&format!("{PBX}:5060"));
    let alive = || from(9_000, udp(&format!("{PBX}:5064"), "192.168.10.21:5060"));
    let over = |flows: Vec<Flow>| {
        let detail = Detail::Sec001 {
            at: at_port,
            protocol: Protocol::Udp,
            sources: Vec::new(),
            gained: Box::default(),
            is_direct: false,
        };
        is_over(detail, &[], World::new(""), flows)
    };
    let asked = |source: &str, answered: u64| {
        let flow = Flow { app: App::Sip, ..udp(&format!("{source}:5071"), &at_port.to_string()) };
        from(500, Flow { from_b: sent(answered), ..flow })
    };
    let (one, other) = ("203.0.113.9", "198.51.100.7");
    assert!(over(vec![asked(one, 0), asked(other, 0), alive()]));
    assert!(!over(vec![alive()]), "nobody asks");
    assert!(!over(vec![asked(one, 0), alive()]), "that one may be shut out alone");
    assert!(!over(vec![asked(one, 0), asked(other, 2), alive()]));
    assert!(!over(vec![asked(one, 0), asked(other, 0)]), "the device may be off");
    let tried =
        |source: &str, outcome| from(500, tcp(&format!("{source}:44000"), "192.168.10.2:443", outcome, 2));
    let over = |outcome| {
        let at = socket("192.168.10.2:443");
        let detail = Detail::Sec004 { at, protocol: Protocol::Tcp, sources: Vec::new(), is_direct: false };
        is_over(detail, &[], World::new(""), vec![tried(one, outcome), tried(other, outcome), alive()])
    };
    assert!(over(TcpOutcome::Silent) && over(TcpOutcome::Refused) && !over(TcpOutcome::Answered));
}

#[test]
fn clear_text_is_over_when_each_service_goes_encrypted_with_the_same_peer() {
    let plain = row(
        "R1",
        "acme.pbx",
        "transport = \"any\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]\nplain = true",
    );
    let secret = row(
        "R2",
        "acme.pbx",
        "transport = \"tcp\"\nown = 5061\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\", \"tls\"]",
    );
    let web = row(
        "R3",
        "acme.pbx",
        "transport = \"tcp\"\nown = 443\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"tls\"]",
    );
    let over = |flows: Vec<Flow>| {
        let detail = Detail::Sec003 { apps: vec![App::Sip], peers: vec![ip(PHONE)] };
        let world = World::new(&format!("{plain}{secret}{web}")).device(PHONE, "acme.phone");
        is_over(detail, &[], world, flows)
    };
    let read = || from(0, Flow { app: App::Sip, ..udp(&format!("{PHONE}:5060"), &format!("{PBX}:5060")) });
    let tls = |start, client: &str, port: u16| {
        let flow = tcp(&format!("{client}:40000"), &format!("{PBX}:{port}"), TcpOutcome::Answered, 1);
        from(start, Flow { app: App::Tls, ..flow })
    };
    assert!(over(vec![read(), tls(500, PHONE, 5061)]));
    assert!(!over(vec![read()]), "it only stopped");
    assert!(!over(vec![read(), tls(500, PHONE, 443)]), "the web pages were encrypted before");
    assert!(!over(vec![read(), tls(500, "192.168.10.22", 5061)]), "another telephone");
    assert!(!over(vec![from(600, read()), tls(500, PHONE, 5061)]), "and in clear text again");
}

fn used(side: Side, protocol: Protocol, port: u16) -> Detail {
    let peers = vec![socket(&format!("{PHONE}:40000"))];
    Detail::Port001 { uses: vec![PortUse { protocol, port, side, flows: 1, peers }], as_of: None }
}

#[test]
fn a_port_that_nobody_documented_is_closed_when_the_device_says_so() {
    let tried = |outcome| from(500, tcp(&format!("{PHONE}:40001"), &format!("{PBX}:23"), outcome, 2));
    let over = |flows| is_over(used(Side::Own, Protocol::Tcp, 23), &[], World::new(""), flows);
    assert!(over(vec![tried(TcpOutcome::Refused)]));
    assert!(!over(vec![]) && !over(vec![tried(TcpOutcome::Silent)]), "a packet may be lost");
    assert!(!over(vec![tried(TcpOutcome::Refused), tried(TcpOutcome::Answered)]));
    let asked = |reporter: &str| {
        let report = IcmpReport {
            reporter: ip(reporter),
            about_a: true,
            v6: false,
            kind: 3,
            code: 3,
            frame: frame(3),
            count: 1,
            span: (at(0), at(0)),
            pause: 0,
            identification: 0,
        };
        let mut flow = udp(&format!("{PHONE}:40001"), &format!("{PBX}:69"));
        flow.extra.icmp.push(Box::new(report));
        from(500, Flow { from_b: sent(0), ..flow })
    };
    let over =
        |reporter| is_over(used(Side::Own, Protocol::Udp, 69), &[], World::new(""), vec![asked(reporter)]);
    assert!(over(PBX) && !over("192.168.10.1"), "a router says so for itself");
    let called = is_over(
        used(Side::Remote, Protocol::Tcp, 4_711),
        &[],
        World::new(""),
        vec![from(500, tcp(&format!("{PBX}:40001"), "192.168.10.21:4711", TcpOutcome::Refused, 2))],
    );
    assert!(!called, "whom the device calls is not its affair alone");
}

#[test]
fn a_service_that_moves_to_its_documented_port_is_put_right() {
    let rules = row(
        "R1",
        "acme.pbx",
        "transport = \"any\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]",
    );
    let over = |rows: &[&str], client: &str, port: u16| {
        let flow = Flow { app: App::Sip, ..udp(&format!("{client}:5060"), &format!("{PBX}:{port}")) };
        let detail = used(Side::Own, Protocol::Udp, 5_070);
        is_over(detail, rows, World::new(&rules), vec![from(500, flow)])
    };
    assert!(over(&["R1"], PHONE, 5060));
    assert!(!over(&["R1"], "192.168.10.22", 5060), "another telephone did so before");
    assert!(!over(&["R1"], PHONE, 5070) && !over(&[], PHONE, 5060));
}

#[test]
fn the_provider_is_asked_from_a_documented_port() {
    let rules = row(
        "R1",
        "acme.pbx",
        "transport = \"udp\"\nown = \"5064-5069\"\ninitiator = \"own\"\npeer.scope = \"internet\"\nspeaks = [\"sip\"]",
    );
    let over = |port: u16, provider: &str, answers: u64| {
        let flow = Flow { app: App::Sip, ..udp(&format!("{PBX}:{port}"), &format!("{provider}:5060")) };
        let flow = from(500, Flow { from_b: sent(answers), ..flow });
        let provider = socket("203.0.113.9:5060");
        let detail = Detail::Port005 {
            port: 40_000,
            provider,
            documented: "5064-5069".into(),
            stated: "".into(),
            registers: true,
        };
        let known = "[[provider]]\naddresses = [\"203.0.113.0/24\"]\n";
        is_over(detail, &[], World::new(&rules).site_file(known), vec![flow])
    };
    assert!(over(5064, "203.0.113.9", 2));
    assert!(!over(5064, "203.0.113.9", 0) && !over(40_001, "203.0.113.9", 2));
    assert!(!over(5064, "203.0.113.10", 2), "another provider");
}

#[test]
fn whoever_came_over_tcp_registers_over_udp() {
    let rules = row(
        "R1",
        "acme.pbx",
        "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"sip\"]",
    );
    let over = |protocol, granted: i64, client: &str| {
        let mut world = World::new(&rules);
        let mut row = registration(&format!("{client}:5060"), &format!("{PBX}:5060"));
        (row.protocol, row.granted) = (protocol, Some((at(granted), at(granted))));
        world.traffic.registrations = vec![row];
        let called = tcp(&format!("{PHONE}:40000"), &format!("{PBX}:5060"), TcpOutcome::Answered, 1);
        let detail = Detail::Port009 { port: 5060, tls: false, registers: false, peers: vec![ip(PHONE)] };
        is_over(detail, &[], world, vec![from(0, Flow { app: App::Sip, ..called })])
    };
    assert!(over(Protocol::Udp, 500, PHONE));
    assert!(!over(Protocol::Tcp, 500, PHONE) && !over(Protocol::Udp, 5, PHONE), "that was before");
    assert!(!over(Protocol::Udp, 500, "192.168.10.22"), "another telephone");
}
