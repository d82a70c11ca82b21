//! The row matrix: what became of each documented row at each identified device.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Frame;
use crate::observe::message::App;
use crate::observe::{Flow, Protocol, TcpOutcome};
use crate::rules::{DocumentKind, Row};
use crate::site::{Initiator, Kind, RoleId};

use super::case::{Case, End, Fit};
use super::finding::{Code, Detail, Finding, RowResult, RowStatus};
use super::port;

const FRAMES_KEPT: usize = 5;
/// Findings that say that a documented service runs on other ports.
const DEVIATIONS: [Code; 5] = [Code::Port001, Code::Port002, Code::Port005, Code::Port006, Code::Port009];

/// One line for each device of a vendor and each row of that vendor that is about it, by device, then row. `failed` are
/// the flows of attempts that failed.
pub(super) fn rows(case: &Case<'_>, findings: &[Finding], failed: &BTreeSet<usize>) -> Vec<RowResult> {
    let mut used: Flows<'_> = BTreeMap::new();
    let mut blocked: Flows<'_> = BTreeMap::new();
    let mut tried: Flows<'_> = BTreeMap::new();
    let systems = systems(case);
    for end in &case.ends {
        let id = end.view.flow.id;
        let (has_failed, is_use) = (failed.contains(&id), is_use(end));
        // Whom it asks in vain uses nothing that it offers itself.
        let offers = |row: &Row| row.legs.iter().all(|leg| leg.initiator == Initiator::Peer);
        let is_vain = end.view.started() && end.view.received.packets == 0;
        let kind = match (has_failed, is_use) {
            (true, _) => &mut blocked,
            (false, true) => &mut used,
            (false, false) if is_attempt(end) => &mut tried,
            (false, false) => continue,
        };
        // What failed shows no content: there the ports suffice, unless the row is about a name.
        let fits = |row: &Row, fit: Fit| {
            fit == Fit::Full || !is_use && row.legs.iter().all(|leg| leg.peer.names.is_empty())
        };
        let meant = end.rows.iter().filter(|(row, fit)| fits(row, *fit) && !end.is_outdone(row));
        let meant = meant.filter(|(row, _)| holds(&systems, end.device.address, row));
        let meant = meant.filter(|(row, _)| !(is_vain && offers(row)));
        for (row, _) in meant {
            kind.entry((end.device.address, row.id.as_str())).or_default().insert(id);
        }
    }
    let deviating = deviating(case, findings);
    let one_sided = one_sided(case, findings);
    let mut results = Vec::new();
    for device in case.devices().filter(|device| device.vendor.is_some()) {
        for row in case.book.rows_for(&device.role, device.model.as_ref()) {
            let key = (device.address, row.id.as_str());
            let failed = blocked.get(&key);
            let (status, flows) = match (deviating.get(&key), used.get(&key), failed) {
                // What keeps to the row is not what departs from it.
                (Some(departing), _, _) => (RowStatus::Deviating, Some(departing)),
                (None, Some(flows), _) => (RowStatus::Used, Some(flows)),
                (None, None, Some(flows)) => (RowStatus::Blocked, Some(flows)),
                (None, None, None) => (RowStatus::Unused, tried.get(&key)),
            };
            let is_vendors = matches!(row.document.kind, DocumentKind::Vendor | DocumentKind::Extended);
            // A row that is documented for another role says nothing where it was not seen.
            let is_own = row.roles.contains(&device.role) || status != RowStatus::Unused;
            if is_vendors && is_own && (status != RowStatus::Unused || holds(&systems, device.address, row)) {
                let blocked_flows = failed.map_or(0, BTreeSet::len);
                let kept = |id: &&usize| flows.is_some_and(|departing| !departing.contains(*id));
                let kept: Vec<usize> = match status {
                    RowStatus::Deviating => {
                        used.get(&key).into_iter().flatten().filter(kept).copied().collect()
                    }
                    RowStatus::Used | RowStatus::Unused | RowStatus::Blocked => Vec::new(),
                };
                let tried_flows =
                    if status == RowStatus::Unused { flows.map_or(0, BTreeSet::len) } else { 0 };
                let is_used = status == RowStatus::Used;
                let went_one_way =
                    |flows: &BTreeSet<usize>| flows.iter().filter(|id| one_sided.contains(*id)).count();
                results.push(RowResult {
                    one_sided_flows: flows.filter(|_| is_used).map_or(0, went_one_way),
                    blocked_flows,
                    tried_flows,
                    kept_flows: kept.len(),
                    kept_packets: packets(case, &kept),
                    ..result(case, key, status, flows)
                });
            }
        }
    }
    results
}

/// The telephone systems, by role, that each device exchanged packets with.
fn systems<'a>(case: &Case<'a>) -> Systems<'a> {
    let mut systems = Systems::new();
    for end in case.ends.iter().filter(|end| end.view.took_part()) {
        let peer = case.device(end.view.peer().ip());
        if let Some(system) = peer.filter(|peer| matches!(peer.kind, Kind::Pbx | Kind::Cloud)) {
            systems.entry(end.device.address).or_default().insert(&system.role);
        }
    }
    systems
}

type Systems<'a> = BTreeMap<IpAddr, BTreeSet<&'a RoleId>>;

/// Whether a row is about the device, which is so unless it is for those of another system than the one it uses.
fn holds(systems: &Systems<'_>, device: IpAddr, row: &Row) -> bool {
    let own = systems.get(&device);
    row.system.as_ref().is_none_or(|system| own.is_none_or(|own| own.contains(system)))
}

type Flows<'a> = BTreeMap<(IpAddr, &'a str), BTreeSet<usize>>;

fn result(
    case: &Case<'_>,
    (device, row): (IpAddr, &str),
    status: RowStatus,
    flows: Option<&BTreeSet<usize>>,
) -> RowResult {
    let flows: Vec<usize> = flows.into_iter().flatten().copied().collect();
    RowResult {
        row: row.into(),
        device,
        status,
        packets: packets(case, &flows),
        stated: case
            .book
            .row(row)
            .and_then(|row| case.port_change(row, device))
            .map(|change| change.own.clone()),
        frames: frames(case, &flows),
        flows,
        blocked_flows: 0,
        tried_flows: 0,
        kept_flows: 0,
        kept_packets: 0,
        one_sided_flows: 0,
    }
}

/// The device took part, or is told something by a protocol that wants no answer (syslog), or by a connection that only
/// stands because it answered, of which the capture shows one direction.
fn is_use(end: &End<'_>) -> bool {
    let view = &end.view;
    let is_told =
        view.flow.protocol == Protocol::Udp && view.received.packets > 0 && view.flow.extra.icmp.is_empty();
    let goes_on = view.flow.tcp.as_ref().is_some_and(|tcp| tcp.outcome == TcpOutcome::Answered)
        && view.received.payload_packets > 0;
    (view.took_part() || is_told || goes_on) && !is_vain_question(end)
}

/// It asked for a name or the time and nothing came back; what it is asked in vain it is told.
fn is_vain_question(end: &End<'_>) -> bool {
    let view = &end.view;
    view.started()
        && view.flow.protocol == Protocol::Udp
        && matches!(view.flow.app, App::Dns | App::Ntp)
        && view.received.packets == 0
}

/// Somebody wanted a connection, or was told that nobody listens; why it failed, the capture need not show.
fn is_attempt(end: &End<'_>) -> bool {
    let flow = end.view.flow;
    let is_refused = flow.extra.icmp.iter().any(|report| report.about_a && report.is_unreachable());
    let is_unanswered = flow.tcp.as_ref().is_some_and(|tcp| {
        matches!(tcp.outcome, TcpOutcome::Refused | TcpOutcome::Silent) && tcp.attempt_count > 0
    });
    is_refused || is_unanswered || is_vain_question(end)
}

/// Flows with voice to whom RTP-001 says nothing comes from, and none from there; and their RTCP, one port above.
fn one_sided(case: &Case<'_>, findings: &[Finding]) -> BTreeSet<usize> {
    let mut flows = BTreeSet::new();
    for finding in findings {
        let Detail::Rtp001 { peers, astray: None, .. } = &finding.detail else { continue };
        let Some(silent) = finding.subject.as_ref().map(|subject| subject.address) else { continue };
        let spoken: BTreeSet<usize> = case.streams_from(silent).map(|stream| stream.flow).collect();
        let heard = peers.iter().flat_map(|peer| case.streams_from(*peer));
        let heard = heard.filter(|stream| stream.destination.ip() == silent).map(|stream| stream.flow);
        let voice: BTreeSet<usize> = heard.filter(|flow| !spoken.contains(flow)).collect();
        let above: BTreeSet<[SocketAddr; 2]> =
            voice.iter().filter_map(|id| case.traffic.flows.get(*id)).map(ends_above).collect();
        let is_beside = |flow: &&Flow| {
            let ends = [[flow.a, flow.b], [flow.b, flow.a]];
            flow.app == App::Rtcp && ends.iter().any(|ends| above.contains(ends))
        };
        flows.extend(case.flows_of(silent).filter(is_beside).map(|flow| flow.id));
        flows.extend(voice);
    }
    flows
}

/// The ends of the RTCP of a flow with voice: between the same hosts, each port one above (RFC 3550 section 11).
fn ends_above(voice: &Flow) -> [SocketAddr; 2] {
    [voice.a, voice.b].map(|end| SocketAddr::new(end.ip(), end.port().saturating_add(1)))
}

/// Rows from which findings say that a device departs, with the flows in which it does. A row that gives the far side's
/// ports is one of the device on the near side.
fn deviating<'a>(case: &'a Case<'_>, findings: &'a [Finding]) -> Flows<'a> {
    let mut deviating = Flows::new();
    for finding in findings.iter().filter(|finding| DEVIATIONS.contains(&finding.code())) {
        let Some(subject) = &finding.subject else { continue };
        let flows = port::departing(case, finding);
        for row in finding.rows.iter().filter_map(|id| case.book.row(id)) {
            let is_own = subject.role.as_ref().is_none_or(|role| row.roles.contains(role));
            let owners = case.devices().filter(|device| row.roles.contains(&device.role));
            let devices =
                owners.map(|device| device.address).filter(|address| !is_own || *address == subject.address);
            for address in devices {
                deviating.entry((address, row.id.as_str())).or_default().extend(&flows);
            }
        }
    }
    deviating
}

/// Rows that fully explain a flow, by flow id: those for which the matrix counts it.
pub(super) fn flow_rows(case: &Case<'_>) -> BTreeMap<usize, Vec<Box<str>>> {
    let systems = systems(case);
    let mut rows: BTreeMap<usize, BTreeSet<Box<str>>> = BTreeMap::new();
    for end in &case.ends {
        let model = end.device.model.as_ref();
        for (row, fit) in &end.rows {
            let is_meant = *fit == Fit::Full && row.is_for_model(model) && !end.is_outdone(row);
            if is_meant && holds(&systems, end.device.address, row) {
                rows.entry(end.view.flow.id).or_default().insert(row.id.as_str().into());
            }
        }
    }
    rows.into_iter().map(|(flow, rows)| (flow, rows.into_iter().collect())).collect()
}

fn packets(case: &Case<'_>, flows: &[usize]) -> u64 {
    let flows = flows.iter().filter_map(|id| case.traffic.flows.get(*id));
    flows.map(|flow| flow.packets()).sum()
}

fn frames(case: &Case<'_>, flows: &[usize]) -> Vec<Frame> {
    let flows = flows.iter().filter_map(|id| case.traffic.flows.get(*id));
    let mut frames: Vec<Frame> =
        flows.flat_map(|flow| flow.from_a.frames.iter().chain(&flow.from_b.frames).copied()).collect();
    frames.sort_unstable();
    frames.dedup();
    frames.truncate(FRAMES_KEPT);
    frames
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Beside, Severity};
    use super::super::fixture::{PBX, PHONE, World, finding, one_way, row};
    use super::*;
    use crate::observe::fixture::{greeting, sent, stream, tcp, udp};

    const DIRECTORY: &str = "transport = \"tcp\"\nown = 389\ninitiator = \"peer\"\npeer.scope = \"lan\"";

    fn world(flows: Vec<Flow>) -> World {
        World::new(&row("R1", "acme.pbx", DIRECTORY)).device(PBX, "acme.pbx").flows(flows)
    }

    fn read(outcome: TcpOutcome) -> Flow {
        tcp("192.168.10.21:40000", "192.168.10.2:389", outcome, 2)
    }

    fn status(world: &World, findings: &[Finding], failed: &[usize]) -> Vec<RowStatus> {
        let results = rows(&world.case(), findings, &failed.iter().copied().collect());
        results.iter().map(|result| result.status).collect()
    }

    #[test]
    fn a_row_is_used_unused_or_blocked() {
        assert_eq!(status(&world(vec![read(TcpOutcome::Answered)]), &[], &[]), [RowStatus::Used]);
        assert_eq!(status(&world(Vec::new()), &[], &[]), [RowStatus::Unused]);
        let refused = world(vec![read(TcpOutcome::Refused)]);
        assert_eq!(status(&refused, &[], &[0]), [RowStatus::Blocked]);
        assert_eq!(
            status(&refused, &[], &[]),
            [RowStatus::Unused],
            "a failure that is no finding proves nothing"
        );
        let tried = rows(&refused.case(), &[], &BTreeSet::new());
        assert_eq!((tried[0].tried_flows, &tried[0].flows, tried[0].is_mixed()), (1, &vec![0], true));
        let later = world(vec![read(TcpOutcome::Refused), read(TcpOutcome::Answered)]);
        assert_eq!(status(&later, &[], &[0]), [RowStatus::Used]);
        let results = rows(&later.case(), &[], &[0].into());
        let flows: Vec<_> = results.iter().map(|row| (row.flows.as_slice(), row.blocked_flows)).collect();
        assert_eq!(flows, [([1].as_slice(), 1)], "and that others could not is told beside it");
    }

    #[test]
    fn whom_a_device_asks_in_vain_uses_nothing_that_it_offers() {
        let words = "transport = \"udp\"\nown = 5060\ninitiator = \"peer\"\npeer.scope = \"lan\"";
        let asked = |answers: u64| {
            let initiator = crate::observe::Initiator::FirstPacket;
            let flow = udp("192.168.10.2:5060", "192.168.10.21:5060");
            let flow = Flow { initiator, from_b: sent(answers), ..flow };
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
            status(&world, &[], &[])
        };
        assert_eq!((asked(0), asked(1)), (vec![RowStatus::Unused], vec![RowStatus::Used]));
    }

    #[test]
    fn a_finding_about_the_row_makes_it_deviating() {
        let detail = Detail::Port001 { uses: Vec::new(), as_of: None };
        let about = |subject| Finding {
            rows: vec!["R1".into()],
            ..finding(detail.clone(), Severity::Warning, Some(subject))
        };
        let used = world(vec![read(TcpOutcome::Answered)]);
        assert_eq!(status(&used, &[about(PBX)], &[]), [RowStatus::Deviating]);
        let elsewhere = used.device("192.168.10.3", "acme.pbx");
        assert_eq!(status(&elsewhere, &[about("192.168.10.3")], &[]).len(), 2);
        let mark = Finding { detail: Detail::Cap010(super::super::finding::NoVoice::Nothing), ..about(PBX) };
        assert_eq!(status(&world(vec![read(TcpOutcome::Answered)]), &[mark], &[]), [RowStatus::Used]);
    }

    #[test]
    fn what_keeps_to_a_deviating_row_is_told_beside_it() {
        let words = "transport = \"udp\"\nown = \"5204-5300\"\ninitiator = \"either\"\npeer.scope = \"lan\"";
        let result = |others: bool| {
            let mut outside = stream("192.168.10.2:6000", "192.168.10.22:10000", &[(46, 60)]);
            outside.flow = 0;
            let mut flows = vec![udp("192.168.10.2:6000", "192.168.10.22:10000")];
            flows.extend(others.then(|| udp("192.168.10.2:5204", "192.168.10.21:10000")));
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
            let world = world.flows(flows).streams(vec![outside]);
            let detail =
                Detail::Port002 { ports: vec![6000], documented: "5204-5300".into(), stated: "".into() };
            let about = Finding { rows: vec!["R1".into()], ..finding(detail, Severity::Warning, Some(PBX)) };
            let result = rows(&world.case(), &[about], &BTreeSet::new()).remove(0);
            assert_eq!((result.status, &result.flows), (RowStatus::Deviating, &vec![0]));
            assert_eq!(result.all_packets(), world.traffic.flows.iter().map(Flow::packets).sum::<u64>());
            (result.kept_flows, result.is_mixed())
        };
        assert_eq!(result(false), (0, false));
        assert_eq!(result(true), (1, true));
    }

    #[test]
    fn a_row_whose_voice_goes_one_way_is_not_plainly_used() {
        let words = "transport = \"udp\"\nown = \"5204-5300\"\ninitiator = \"either\"\npeer.scope = \"lan\"";
        let told = |also_back: bool, is_told: bool| {
            let flows = [5204, 5206].map(|port| udp(&format!("{PHONE}:10000"), &format!("{PBX}:{port}")));
            let beside = udp(&format!("{PBX}:5205"), &format!("{PHONE}:10001"));
            let beside = Flow { app: App::Rtcp, ..beside };
            let voice = |flow: usize, from: &str, to: &str| crate::observe::Stream {
                flow,
                ..stream(from, to, &[(46, 60)])
            };
            let (phone, first, second) =
                (format!("{PHONE}:10000"), format!("{PBX}:5204"), format!("{PBX}:5206"));
            let mut streams = vec![voice(0, &phone, &first)];
            if also_back {
                streams.extend([voice(1, &phone, &second), voice(1, &second, &phone)]);
            }
            let flows = flows.into_iter().take(1 + usize::from(also_back)).chain([beside]).collect();
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx");
            let world = world.flows(flows).streams(streams);
            let about = finding(one_way(60, vec![PHONE.parse().unwrap()]), Severity::Error, Some(PBX));
            let findings: &[Finding] = if is_told { &[about] } else { &[] };
            let result = rows(&world.case(), findings, &BTreeSet::new()).remove(0);
            assert_eq!(result.status, RowStatus::Used);
            (result.one_sided_flows, result.beside())
        };
        assert_eq!(told(false, true), (2, Beside::OneSided), "with its RTCP");
        assert_eq!(told(true, true), (2, Beside::PartlyOneSided), "the other call is well");
        assert_eq!(told(false, false), (0, Beside::Nothing), "nothing says that voice was due");
    }

    #[test]
    fn a_row_is_listed_with_its_flows_packets_and_frames() {
        let world = world(vec![udp("192.168.10.21:1", "192.168.10.60:1"), read(TcpOutcome::Answered)]);
        let results = rows(&world.case(), &[], &BTreeSet::new());
        let [result] = results.as_slice() else { panic!("{results:?}") };
        assert_eq!((&result.flows, result.packets, result.frames.len()), (&vec![1], 4, 1));
    }

    #[test]
    fn what_wants_no_answer_is_used_when_it_arrives() {
        let words = "transport = \"udp\"\nown = 514\ninitiator = \"peer\"\npeer.scope = \"lan\"";
        let told = Flow { from_b: sent(0), ..udp("192.168.10.21:40000", "192.168.10.2:514") };
        let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![told]);
        assert_eq!(status(&world, &[], &[]), [RowStatus::Used]);
    }

    #[test]
    fn questions_without_an_answer_are_attempts() {
        let words =
            "transport = \"udp\"\nremote = 53\ninitiator = \"own\"\npeer.scope = \"any\"\nspeaks = [\"dns\"]";
        let asked = |app, answers| {
            let mut flow = Flow { app, from_b: sent(answers), ..udp("192.168.10.2:40000", "203.0.113.9:53") };
            flow.initiator = crate::observe::Initiator::Service;
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
            let results = rows(&world.case(), &[], &BTreeSet::new());
            (results[0].status, results[0].tried_flows)
        };
        assert_eq!(asked(App::Dns, 1), (RowStatus::Used, 0));
        assert_eq!(asked(App::Dns, 0), (RowStatus::Unused, 1), "only attempts");
    }

    #[test]
    fn half_a_connection_that_goes_on_is_a_use() {
        let half = |outcome, payload_packets| {
            let mut flow = Flow { from_b: sent(0), ..read(outcome) };
            flow.from_a.payload_packets = payload_packets;
            status(&world(vec![flow]), &[], &[])
        };
        assert_eq!(half(TcpOutcome::Answered, 1), [RowStatus::Used]);
        assert_eq!(half(TcpOutcome::Answered, 0), [RowStatus::Unused], "it may have been given up at once");
        assert_eq!(half(TcpOutcome::Silent, 1), [RowStatus::Unused]);
    }

    #[test]
    fn rows_of_another_role_are_listed_where_they_were_seen() {
        let words = format!("also = [\"acme.phone\"]\n{DIRECTORY}");
        let seen = |flows| {
            let world = World::new(&row("R1", "acme.pbx", &words)).device(PHONE, "acme.phone").flows(flows);
            status(&world, &[], &[])
        };
        assert!(seen(Vec::new()).is_empty());
        let at_phone = tcp("192.168.10.51:40000", "192.168.10.21:389", TcpOutcome::Answered, 1);
        assert_eq!(seen(vec![at_phone]), [RowStatus::Used]);
    }

    #[test]
    fn a_row_for_what_a_device_asks_is_not_used_by_what_it_is_asked() {
        let leg = |initiator: &str, side: &str| {
            format!(
                "transport = \"udp\"\n{side} = 5060\ninitiator = \"{initiator}\"\npeer.scope = \"any\"\nspeaks = [\"sip\"]"
            )
        };
        let (asked, asks) = (leg("peer", "own"), leg("own", "remote"));
        let rules = [row("R1", "acme.pbx", &asked), row("R2", "acme.pbx", &asks)];
        let used = |rules: &str, asks_back| {
            let initiator = crate::observe::Initiator::FirstPacket;
            let mut flow = udp("192.168.10.60:5060", "192.168.10.2:5060");
            (flow.app, flow.initiator, flow.extra.asks_back) = (App::Sip, initiator, asks_back);
            status(&World::new(rules).device(PBX, "acme.pbx").flows(vec![flow]), &[], &[])
        };
        let labels = |rules: &str| {
            let initiator = crate::observe::Initiator::FirstPacket;
            let mut flow = udp("192.168.10.60:5060", "192.168.10.2:5060");
            (flow.app, flow.initiator) = (App::Sip, initiator);
            let world = World::new(rules).device(PBX, "acme.pbx").flows(vec![flow]);
            flow_rows(&world.case())
        };
        assert_eq!(labels(&rules.concat()), [(0, vec!["R1".into()])].into(), "as the matrix counts it");
        assert_eq!(used(&rules.concat(), false), [RowStatus::Used, RowStatus::Unused]);
        assert_eq!(used(&rules.concat(), true), [RowStatus::Used, RowStatus::Used]);
        assert_eq!(used(&rules[1], false), [RowStatus::Used], "no other row says that it may be asked");
    }

    #[test]
    fn a_row_for_another_system_is_not_about_a_device() {
        let words = "transport = \"tcp\"\nremote = 80\ninitiator = \"own\"\npeer.scope = \"any\"\nsystem = \"acme.cloud\"";
        let found = |talks: bool| {
            let rules = row("R1", "acme.phone", words);
            let mut world = World::new(&rules).device(PHONE, "acme.phone").device(PBX, "acme.pbx");
            let mut flows = vec![tcp("192.168.10.21:40000", "203.0.113.9:80", TcpOutcome::Answered, 1)];
            flows.extend(talks.then(|| udp("192.168.10.21:5060", "192.168.10.2:5060")));
            world = world.flows(flows);
            (status(&world, &[], &[]), flow_rows(&world.case()).remove(&0).map_or(0, |rows| rows.len()))
        };
        assert_eq!(found(false), (vec![RowStatus::Used], 1));
        assert_eq!(found(true), (Vec::new(), 0), "its system is the other one");
    }

    #[test]
    fn a_flow_is_labelled_with_rows_that_fit_fully() {
        let words = "transport = \"tcp\"\nremote = 443\ninitiator = \"own\"\npeer.scope = \"any\"\npeer.names = [\"pbx.example\"]";
        let label = |name: Option<&str>| {
            let visit = tcp("192.168.10.2:40000", "203.0.113.9:443", TcpOutcome::Answered, 1);
            let flow = greeting(name, None, visit);
            let world = World::new(&row("R1", "acme.pbx", words)).device(PBX, "acme.pbx").flows(vec![flow]);
            flow_rows(&world.case())
        };
        assert_eq!(label(Some("pbx.example")), [(0, vec!["R1".into()])].into());
        assert_eq!(label(None), BTreeMap::new());
    }
}
