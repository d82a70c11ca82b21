//! Connections for SIP that never stand.

use super::*;
use crate::check::Refusal;

const SERVER: &str = "192.168.10.2:5061";

/// So many attempts of the phone within so many ms.
fn tries(server: &str, outcome: TcpOutcome, count: u64, ms: i64) -> Flow {
    let mut flow = tcp("192.168.10.21:40001", server, outcome, count);
    flow.from_a.first = Some((frame(1), at(0)));
    flow.from_a.last = Some((frame(9), at(ms)));
    flow
}

fn told(flows: Vec<Flow>) -> Vec<Finding> {
    let mut world = World::new("").flows(flows);
    world.traffic.registrations.clear();
    check(&world.case(), &[])
}

fn count(flows: Vec<Flow>) -> usize {
    told(flows).len()
}

#[test]
fn a_server_that_takes_no_connection_is_told() {
    let found = told(vec![tries(SERVER, TcpOutcome::Silent, 4, 7_000)]);
    let [Finding { detail: Detail::Sig002 { registrar, sent, unconnected, .. }, severity, .. }] =
        found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((*registrar, *sent, *unconnected), (socket(SERVER), 4, Some(Refusal::Silence)));
    assert_eq!((*severity, subjects(&found)), (Severity::Error, vec![ip(PHONE)]));
    let refused = (0..3).map(|at_s| {
        let mut flow = tries(SERVER, TcpOutcome::Refused, 1, 0);
        flow.a.set_port(40_001 + at_s);
        (flow.from_a.first, flow.from_a.last) =
            [0, 1].map(|_| Some((frame(1), at(i64::from(at_s) * 30_000)))).into();
        flow
    });
    let found = told(refused.collect());
    let [Finding { detail: Detail::Sig002 { sent, unconnected, .. }, responsible, .. }] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((*sent, *unconnected, *responsible), (3, Some(Refusal::Reset), Party::Telephony));
}

#[test]
fn a_try_or_a_way_around_is_no_finding() {
    let silent = || tries(SERVER, TcpOutcome::Silent, 4, 7_000);
    assert_eq!(count(vec![tries(SERVER, TcpOutcome::Silent, 2, 7_000)]), 0, "hardly tried");
    assert_eq!(count(vec![tries(SERVER, TcpOutcome::Refused, 3, 1_000)]), 0, "as Windows asks once");
    assert_eq!(count(vec![tries("192.168.10.2:443", TcpOutcome::Silent, 4, 7_000)]), 0, "not SIP");
    let mut unseen = silent();
    unseen.extra.others = 3;
    assert_eq!(count(vec![unseen]), 0, "each asked once: the answers may not be in the capture");
    let mut stranger = silent();
    stranger.a = socket(&format!("{PUBLIC}:40001"));
    assert_eq!(count(vec![stranger]), 0, "a stranger");
    let stood = tcp("192.168.10.21:40009", SERVER, TcpOutcome::Answered, 1);
    assert_eq!(count(vec![silent(), stood]), 0, "another connection stood");
    let over_udp = Flow { app: App::Sip, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
    assert_eq!(count(vec![silent(), over_udp]), 0, "it speaks with the server over UDP");
    let servers = (2..8).map(|host| tries(&format!("192.168.10.{host}:5060"), TcpOutcome::Silent, 4, 7_000));
    assert_eq!(count(servers.collect()), 0, "who looks for servers");
}

#[test]
fn who_reaches_another_server_is_warned_and_several_servers_are_one_finding() {
    let elsewhere = Flow { app: App::Sip, ..udp("192.168.10.21:5060", "192.168.10.9:5060") };
    let found = told(vec![tries(SERVER, TcpOutcome::Silent, 4, 7_000), elsewhere]);
    assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Warning]);
    let both = vec![
        tries(SERVER, TcpOutcome::Silent, 4, 7_000),
        tries("192.168.10.3:5061", TcpOutcome::Silent, 6, 7_000),
    ];
    let found = told(both);
    let [Finding { detail: Detail::Sig002 { registrar, further, .. }, .. }] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(*registrar, socket("192.168.10.3:5061"));
    assert_eq!(further.as_slice(), [("".into(), socket(SERVER))]);
}
