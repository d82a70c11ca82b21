use super::super::fixture::{self, PBX, PHONE, World, row, subjects};
use super::*;
use crate::observe::fixture::{at, frame, ip, sent, socket, tcp, udp};
use crate::observe::media::Moment;
use crate::observe::media::timing::Leap;
use crate::observe::message::App;
use crate::observe::{Binding, Failed, SeenCertificate, Silences, TcpOutcome};

const WEB: &str =
    "transport = \"tcp\"\nown = 443\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"tls\"]";
const REGISTRAR: &str = "203.0.113.9:5060";

const PBX_VOICE: &str = "192.168.10.2:5204";
const PHONE_VOICE: &str = "192.168.10.21:10000";

fn failed() -> Failed {
    Failed {
        count: 2,
        description: 70,
        by_client: false,
        lacks_certificate: false,
        frames: vec![frame(4)],
        span: (at(1), at(2)),
    }
}

fn expired() -> SeenCertificate {
    SeenCertificate {
        name: None,
        issuer: None,
        is_self_issued: false,
        dns_names: Vec::new(),
        not_before: None,
        not_after: Some(at(500)),
        frame: frame(5),
        time: at(1_000),
    }
}

/// The telephone calls the PBX's port by TLS.
fn calls(port: u16, failed: Option<Failed>, certificate: Option<SeenCertificate>) -> World {
    let server = SocketAddr::new(ip(PBX), port);
    let flow = tcp("192.168.10.21:40000", &server.to_string(), TcpOutcome::Answered, 1);
    let mut world = World::new(&row("R1", "acme.pbx", WEB)).device(PBX, "acme.pbx").flows(vec![flow]);
    world.traffic.handshakes =
        vec![Handshakes { client: ip(PHONE), server, failed, certificate, renewed: None }];
    world
}

fn severities(world: &World, unjudged: &[Unjudged]) -> Vec<(&'static str, Severity)> {
    let found = check(&world.case(), unjudged);
    found.iter().map(|finding| (finding.code().as_str(), finding.severity)).collect()
}

#[test]
fn an_alert_counts_on_documented_ports_of_devices() {
    let world = calls(443, Some(failed()), None);
    assert_eq!(severities(&world, &[]), [("SIG-007", Severity::Error)]);
    let found = check(&world.case(), &[]);
    assert_eq!((subjects(&found), found[0].count, found[0].rows.len()), (vec![ip(PHONE)], 2, 1));
    assert!(severities(&calls(8443, Some(failed()), None), &[]).is_empty(), "nobody documents it");
    assert!(severities(&world, &[Unjudged::CutSip]).is_empty(), "the next try may be cut");
}

#[test]
fn a_row_about_a_name_is_not_about_whoever_else_is_at_its_port() {
    let words = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"\n\
        peer.names = [\"*.acme.example\"]\nspeaks = [\"tls\"]";
    let told = |name: Option<&str>| {
        let server = socket("203.0.113.9:443");
        let flow = tcp("192.168.10.2:40000", "203.0.113.9:443", TcpOutcome::Answered, 1);
        let flow = crate::observe::fixture::greeting(name, None, flow);
        let mut world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
        let failed = Some(failed());
        world.traffic.handshakes =
            vec![Handshakes { client: ip(PBX), server, failed, certificate: None, renewed: None }];
        severities(&world, &[])
    };
    assert_eq!(told(Some("update.acme.example")), [("SIG-007", Severity::Error)]);
    assert!(told(None).is_empty(), "nothing names it");
    assert!(told(Some("www.example")).is_empty());
}

#[test]
fn a_certificate_that_has_expired_is_a_warning_if_the_connection_stands() {
    let warned = [("SIG-007", Severity::Warning)];
    assert_eq!(severities(&calls(443, None, Some(expired())), &[]), warned);
    let valid = SeenCertificate { not_after: Some(at(1_001)), ..expired() };
    assert!(severities(&calls(443, None, Some(valid)), &[]).is_empty());
    let early = SeenCertificate { not_before: Some(at(1_001)), not_after: None, ..expired() };
    assert_eq!(severities(&calls(443, None, Some(early)), &[]), warned, "not valid yet");
    let timeless = SeenCertificate { time: Timestamp::UNKNOWN, ..expired() };
    assert!(severities(&calls(443, None, Some(timeless)), &[]).is_empty(), "no time to compare with");
}

/// Connections to the PBX's port that never were encrypted, so many, and then perhaps one that was.
fn stuck_at(why: Stuck, times: u16, then_stands: bool) -> World {
    let server = format!("{PBX}:443");
    let one = |nth: u16, stuck| {
        let mut flow = tcp(&format!("192.168.10.21:{}", 40_000 + nth), &server, TcpOutcome::Answered, 1);
        flow.app = App::Tls;
        let time = at(i64::from(nth) * 1_000);
        (flow.from_a.first, flow.from_a.last) =
            (Some((frame(nth.into()), time)), Some((frame(nth.into()), time)));
        flow.extra.stuck = stuck;
        flow
    };
    let mut flows: Vec<_> = (1..=times).map(|nth| one(nth, Some(why))).collect();
    flows.extend(then_stands.then(|| one(times + 1, None)));
    World::new(&row("R1", "acme.pbx", WEB)).device(PBX, "acme.pbx").flows(flows)
}

#[test]
fn connections_that_never_were_encrypted_are_a_fault_and_nothing_that_is_encrypted() {
    let told = |why, times, stands| severities(&stuck_at(why, times, stands), &[]);
    let fault = [("SIG-007", Severity::Error)];
    for why in [Stuck::Mute, Stuck::Holes, Stuck::Plain] {
        assert_eq!(told(why, 2, false), fault, "{why:?}");
        assert!(told(why, 1, false).is_empty(), "one may have been given up");
    }
    assert_eq!(told(Stuck::PlainSip, 1, false), fault);
    assert!(told(Stuck::Mute, 3, true).is_empty(), "the last one stood");
    let world = stuck_at(Stuck::Holes, 3, false);
    let found = check(&world.case(), &[]);
    assert_eq!(
        (subjects(&found), found[0].count, found[0].responsible),
        (vec![ip(PHONE)], 3, Party::Network)
    );
    for poor in [Unjudged::OneDirection, Unjudged::Incomplete] {
        assert!(severities(&world, &[poor]).is_empty(), "{poor:?}");
    }
}

fn registration() -> Registration {
    fixture::registration("192.168.10.2:5064", REGISTRAR)
}

/// The PBX and its registrar are silent for so many ms; the PBX is seen for the last time after `alive` ms.
fn silent_for(ms: i64, alive: i64, rows: Vec<Registration>) -> World {
    let silence = Silence { after: (frame(2), at(100)), until: (frame(3), at(100 + ms)) };
    let silences = Silences::of(silence);
    let mut trunk = udp("192.168.10.2:5064", REGISTRAR);
    trunk.extra.silence = Some(Box::new(silences));
    let mut other = udp("192.168.10.2:5060", "192.168.10.21:5060");
    other.from_a = sent(2);
    other.from_a.last = Some((frame(9), at(alive)));
    let mut world = World::new("").flows(vec![trunk, other]);
    world.traffic.registrations = rows;
    world
}

#[test]
fn a_mapping_needs_a_packet_a_minute() {
    let codes = |ms, row| severities(&silent_for(ms, 0, vec![row]), &[]);
    assert_eq!(codes(66_001, registration()), [("SIG-008", Severity::Notice)]);
    assert!(codes(66_000, registration()).is_empty());
    assert!(codes(90_000, Registration { expires: Some(60), ..registration() }).is_empty(), "renewed");
    assert!(codes(90_000, Registration { expires: Some(0), ..registration() }).is_empty(), "signed off");
    assert!(codes(90_000, Registration { accepted: false, ..registration() }).is_empty());
    assert!(codes(90_000, Registration { protocol: Protocol::Tcp, ..registration() }).is_empty());
    let mut leaping = silent_for(200_000, 0, vec![registration()]);
    let voice = |from: &str, to: &str| {
        let mut stream = crate::observe::fixture::stream(from, to, &[(46, 100)]);
        let next = Moment { frame: frame(7), time: at(200_090) };
        stream.report.timing.leap = Some(Leap::of(at(1_000), next, 199_000_000_000));
        stream
    };
    leaping.traffic.streams = vec![voice(PBX_VOICE, PHONE_VOICE), voice(PHONE_VOICE, PBX_VOICE)];
    assert!(severities(&leaping, &[]).is_empty(), "the clock was set forward meanwhile");
    let bound = |from, until| Registration {
        bound: vec![Binding { from: at(from), until: at(until) }],
        ..registration()
    };
    assert!(codes(90_000, bound(30_000, 95_000)).is_empty(), "it stood for less than that");
    assert!(codes(90_000, bound(200_000, 900_000)).is_empty(), "it was not registered then");
    assert_eq!(codes(90_000, bound(10_000, 900_000)).len(), 1);
    let inside = Registration { registrar: socket("192.168.10.9:5060"), ..registration() };
    assert!(codes(90_000, inside).is_empty(), "no router between");
    let mut export = silent_for(90_000, 0, vec![registration()]);
    export.traffic.flows.iter_mut().for_each(|flow| flow.app = App::Sip);
    assert!(severities(&export, &[]).is_empty(), "a keep-alive is no SIP, and an export of SIP lacks it");
    for what in [Unjudged::Incomplete, Unjudged::OneDirection] {
        assert!(severities(&silent_for(90_000, 0, vec![registration()]), &[what]).is_empty(), "{what:?}");
    }
}

#[test]
fn silence_to_the_end_counts_while_the_client_is_there() {
    // The last packet of the two is at 10 ms.
    let rows = |alive, rows| severities(&silent_for(0, alive, rows), &[]).len();
    assert_eq!(rows(66_011, vec![registration()]), 1);
    assert_eq!(rows(66_010, vec![registration()]), 0);
    let left = Registration { bound: vec![Binding { from: at(0), until: at(20_000) }], ..registration() };
    assert_eq!(rows(90_000, vec![left]), 0, "it has signed off");
    let moved = Registration { client: socket("192.168.10.2:5066"), ..registration() };
    assert_eq!(rows(90_000, vec![registration(), moved]), 0, "registered from another port instead");
}
