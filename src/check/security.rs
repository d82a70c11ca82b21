//! SEC codes: what answers the Internet that should not, who scans, and what can be read though it need not. What may be reachable differs between vendors
//! (trap T-22), so the ports come from their documents.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::Timestamp;
use crate::observe::message::App;
use crate::observe::{Answer, Call, Flow, FlowView, HostFacts, Protocol, SipEndpoint, is_public};
use crate::rules::{Row, Scanner};
use crate::site::{AppName, Confidence, Initiator, Kind, Scope};

use super::case::{Case, End, Fit, SIP};
use super::evidence::{Collector, of_flows};
use super::exposure::exposure;
use super::filter;
use super::finding::{Detail, Finding, Intrusion, Party, Severity};

mod contact;
mod intruder;

/// RFC 3261 section 19.1.2.
const SIP_PORT: u16 = 5060;
/// As findings.tsv has it: users asked for within a minute.
const USERS_PER_MINUTE: f64 = 10.0;
/// Whoever is let in this often is a partner, not a scanner: share of 2xx among final answers.
const ACCEPTED_PARTNER: f64 = 0.1;

/// All SEC findings.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = exposed(case);
    let told: BTreeSet<IpAddr> = findings.iter().flat_map(sources).copied().collect();
    findings.extend(clear_text(case));
    findings.extend(case.traffic.sip_endpoints.iter().filter_map(|endpoint| scan(case, endpoint, &told)));
    findings
}

/// Whom SEC-001 names.
fn sources(finding: &Finding) -> &[IpAddr] {
    match &finding.detail {
        Detail::Sec001 { sources, .. } => sources,
        _ => &[],
    }
}

/// What one port answered to the Internet, and the rules that forbid it.
#[derive(Default)]
struct Answers<'a> {
    flows: Vec<&'a Flow>,
    rows: BTreeSet<&'a str>,
    /// None of it could be a provider's, with whom the device registered before the capture began.
    is_certain: bool,
    /// Some of it is not even likely to be his.
    is_doubtful: bool,
    /// Some of it is more than a registrar does that keeps the way to its client open.
    asks_more: bool,
}

/// SEC-001 and SEC-004.
fn exposed(case: &Case<'_>) -> Vec<Finding> {
    let mut answered: BTreeMap<(SocketAddr, Protocol, bool), Answers<'_>> = BTreeMap::new();
    for end in &case.ends {
        let view = &end.view;
        if let Some(exposure) = exposure(case, end) {
            let is_sip = exposure.speaks.iter().any(|word| *word == SIP);
            let code = if is_sip { "SEC-001" } else { "SEC-004" };
            let is_begun = is_sip && asks_within_dialogs_only(case, view.peer().ip());
            if !is_begun && !case.is_excepted(code, view) {
                let entry = answered.entry((view.own(), view.flow.protocol, is_sip)).or_default();
                entry.flows.push(view.flow);
                entry.rows.insert(exposure.id.as_str());
                entry.is_certain |= !(may_be_provider(end) || is_sip && only_looks(case, view.peer().ip()));
                let is_his = may_be_provider(end) && has_talked(case, view);
                let (peer, own) = (view.peer().ip(), view.host());
                let keeps_open = is_sip && only_looks(case, peer) && contact::is_known_to(case, peer, own);
                entry.is_doubtful |= !(is_his || keeps_open);
                entry.asks_more |= !keeps_open;
            }
        }
    }
    let findings = answered.into_iter().map(
        |((at, protocol, is_sip), Answers { flows, rows, is_certain, is_doubtful, asks_more })| {
            let sources: BTreeSet<IpAddr> = flows.iter().map(|flow| flow.a.ip()).collect();
            let gained = if is_sip {
                let gained = intruder::intrusion(case, &sources, Some((at, protocol)));
                Intrusion { keeps_open: !asks_more, ..gained }
            } else {
                Intrusion::default()
            };
            let sources = sources.into_iter().collect();
            let is_direct = stands_outside(case, &flows, at);
            let known = case.device(at.ip()).map_or(Confidence::Suspected, |device| device.confidence);
            let confidence = if is_certain { known } else { Confidence::Suspected };
            Finding {
                detail: if is_sip {
                    Detail::Sec001 { at, protocol, sources, gained: gained.into(), is_direct }
                } else {
                    Detail::Sec004 { at, protocol, sources, is_direct }
                },
                severity: match is_certain {
                    true => Severity::Critical,
                    false if is_doubtful => Severity::Warning,
                    false => Severity::Info,
                },
                confidence,
                subject: Some(case.subject(at.ip())),
                rows: rows.into_iter().map(Into::into).collect(),
                count: flows.len() as u64,
                responsible: Party::Network,
                evidence: of_flows(flows),
            }
        },
    );
    findings.collect()
}

/// Whether a device has the public address of these answers itself: they leave as systems send them, and no router has passed
/// them on.
fn stands_outside(case: &Case<'_>, flows: &[&Flow], at: SocketAddr) -> bool {
    let untouched = |ttl: Option<(u8, u8)>| matches!(ttl, Some((least, most)) if least == most && matches!(most, 64 | 128 | 255));
    is_public(at.ip())
        && case.host(at.ip()).is_some_and(HostFacts::has_come_directly)
        && flows.iter().filter(|flow| flow.from_b.packets > 0).all(|flow| untouched(flow.from_b.ttl))
}

/// Whether all that an address asks for by SIP are OPTIONS, as a registrar does that keeps the way to its client open, and it
/// does not call itself a scanner: the registration may be older than the capture.
fn only_looks(case: &Case<'_>, source: IpAddr) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&source));
    at.ok().and_then(|at| endpoints.get(at)).is_some_and(|endpoint| {
        !endpoint.requests.is_empty()
            && endpoint.requests.keys().all(|method| &**method == "OPTIONS")
            && endpoint.user_agents.keys().all(|agent| scanner(case, agent).is_none())
    })
}

/// A documented port of the device for its provider, and the port of a provider: what asks there may be one.
fn may_be_provider(end: &End<'_>) -> bool {
    let is_trunk = |row: &Row| row.legs.iter().any(|leg| leg.initiator == Initiator::Own);
    end.view.peer().port() == SIP_PORT && end.rows.iter().any(|(row, _)| is_trunk(row))
}

/// Whether an address only goes on with dialogs that stood before the capture began: nobody sees who began them.
fn asks_within_dialogs_only(case: &Case<'_>, source: IpAddr) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&source));
    at.ok().and_then(|at| endpoints.get(at)).is_some_and(|endpoint| {
        endpoint.within > 0 && endpoint.within == endpoint.requests.values().sum::<u64>()
    })
}

/// Whether the peer calls the device, which takes the call and talks: a provider does what it is paid for.
fn has_talked(case: &Case<'_>, view: &FlowView<'_>) -> bool {
    let is_meant = |call: &Call| {
        call.answer == Answer::Answered && call.caller == view.peer() && call.callee == view.own()
    };
    let (calls, streams) = (&case.traffic.calls, &case.traffic.streams);
    let mut called = streams.iter().filter(|stream| stream.source.ip() == view.host());
    called.any(|stream| stream.call.and_then(|call| calls.get(call)).is_some_and(is_meant))
}

/// Whether all that this address asks for it asks as a provider may.
fn calls_as_provider(case: &Case<'_>, source: IpAddr) -> bool {
    let mut asked = case
        .traffic
        .flows
        .iter()
        .filter(|flow| {
            flow.app == App::Sip
                && FlowView::both(flow).iter().any(|view| view.host() == source && view.started())
        })
        .peekable();
    asked.peek().is_some() && asked.all(|flow| case.ends_of(flow.id).iter().any(may_be_provider))
}

/// The row of clear text that alone explains a conversation.
fn plain_row<'a>(case: &Case<'a>, end: &End<'a>) -> Option<&'a Row> {
    let (row, _) = end.rows.iter().find(|(row, fit)| row.plain && *fit == Fit::Full)?;
    let is_read = || row.admits_protocol(end.view.flow.app.name()) && end.view.took_part();
    (!is_chosen(case, end) && is_read() && is_served(case, end)).then_some(row)
}

/// What of a device can be read although it need not, with whom, and when that was seen last.
pub(super) fn readable(case: &Case<'_>, host: IpAddr) -> BTreeMap<(IpAddr, App), Timestamp> {
    let mut read = BTreeMap::new();
    for end in case.ends_at(host) {
        let view = &end.view;
        if plain_row(case, end).is_some() {
            for (_, time) in [view.sent.last, view.received.last].into_iter().flatten() {
                let last = read.entry((view.peer().ip(), view.flow.app)).or_insert(time);
                *last = time.max(*last);
            }
        }
    }
    read
}

/// What connections over TLS that stand carry by their rows, other than TLS itself, by flow id.
pub(super) fn inside_tls(case: &Case<'_>) -> BTreeMap<usize, BTreeSet<AppName>> {
    let mut inside: BTreeMap<usize, BTreeSet<AppName>> = BTreeMap::new();
    for end in case.ends.iter().filter(|end| end.view.flow.app == App::Tls && end.view.took_part()) {
        let rows = end.rows.iter().filter(|(row, _)| !row.plain);
        let words = rows.flat_map(|(row, _)| &row.speaks).filter(|word| **word != App::Tls.name());
        for word in words {
            inside.entry(end.view.flow.id).or_default().insert(word.clone());
        }
    }
    inside
}

/// SEC-003: conversations that only a row of clear text explains, by device.
fn clear_text(case: &Case<'_>) -> Vec<Finding> {
    let mut read: BTreeMap<IpAddr, (BTreeSet<App>, Answers<'_>)> = BTreeMap::new();
    for end in &case.ends {
        if let Some(row) = plain_row(case, end) {
            let (apps, entry) = read.entry(end.device.address).or_default();
            apps.insert(end.view.flow.app);
            entry.flows.push(end.view.flow);
            entry.rows.insert(row.id.as_str());
        }
    }
    let findings = read.into_iter().map(|(address, (apps, Answers { flows, rows, .. }))| {
        let other = |flow: &&Flow| if flow.a.ip() == address { flow.b.ip() } else { flow.a.ip() };
        let peers: BTreeSet<IpAddr> = flows.iter().map(other).collect();
        Finding {
            detail: Detail::Sec003 { apps: apps.into_iter().collect(), peers: peers.into_iter().collect() },
            severity: Severity::Warning,
            confidence: case.device(address).map_or(Confidence::Suspected, |device| device.confidence),
            subject: Some(case.subject(address)),
            rows: rows.into_iter().map(Into::into).collect(),
            count: flows.len() as u64,
            responsible: Party::Telephony,
            evidence: of_flows(flows),
        }
    });
    findings.collect()
}

/// Another row allows clear text with this very peer: a trunk with the provider, say.
fn is_chosen(case: &Case<'_>, end: &End<'_>) -> bool {
    let role = case.device(end.view.peer().ip()).map(|device| &device.role);
    let names_peer = |row: &Row| {
        row.legs
            .iter()
            .map(|leg| &leg.peer.roles)
            .any(|roles| roles.is_empty() || role.is_some_and(|role| roles.contains(role)))
    };
    end.rows.iter().any(|(row, _)| !row.plain && names_peer(row))
}

/// The peer is a telephone or a PC that is served here: trunks and gateways are in clear text everywhere. And its own
/// rows do not tell of a tunnel, in which clear text is meant.
fn is_served(case: &Case<'_>, end: &End<'_>) -> bool {
    let (own, peer) = (end.device.address, end.view.peer().ip());
    let in_tunnel = case.ends_of(end.view.flow.id).iter().any(|other| {
        other.device.address == peer
            && other.rows.iter().any(|(row, _)| row.legs.iter().any(|leg| !leg.peer.networks.is_empty()))
    });
    let is_client =
        case.device(peer).is_some_and(|device| matches!(device.kind, Kind::Terminal | Kind::Softphone));
    let registers = || {
        let mut rows = case.registrations_of(peer);
        rows.any(|row| row.accepted && row.registrar.ip() == own)
    };
    !in_tunnel && (is_client || registers() || end.view.flow.app != App::Sip)
}

/// SEC-002. `told`: what these got is told by SEC-001.
fn scan(case: &Case<'_>, endpoint: &SipEndpoint, told: &BTreeSet<IpAddr>) -> Option<Finding> {
    let source = endpoint.address;
    if case.scope(source) != Scope::Public || case.is_provider(source) || case.device(source).is_some() {
        return None;
    }
    let agent = endpoint.user_agents.keys().find(|agent| scanner(case, agent).is_some());
    // Twelve numbers in a row may as well be those of the customer, asked for by his carrier: SEC-001 tells of him.
    if agent.is_none() && (!guesses(endpoint) || calls_as_provider(case, source)) {
        return None;
    }
    let requests: u64 = endpoint.requests.values().sum();
    let flows: Vec<&Flow> = case
        .traffic
        .flows
        .iter()
        .filter(|flow| flow.app == App::Sip && (flow.a.ip() == source || flow.b.ip() == source))
        .collect();
    let answered = endpoint.answers.values().sum::<u64>() > 0;
    let mut collector = Collector::default();
    for flow in &flows {
        let sent = if flow.a.ip() == source { &flow.from_a } else { &flow.from_b };
        collector.frames(&sent.frames);
        [sent.first, sent.last].into_iter().flatten().for_each(|(_, time)| collector.time(time));
    }
    let gained = match told.contains(&source) {
        true => Intrusion::default(),
        false => intruder::intrusion(case, &[source].into(), None),
    };
    let (agent, gained) = (agent.cloned(), gained.into());
    let is_named = agent.is_some();
    Some(Finding {
        detail: Detail::Sec002 { requests, users: endpoint.users, agent, answered, gained },
        severity: if answered { Severity::Critical } else { Severity::Notice },
        confidence: if is_named { Confidence::Sure } else { Confidence::Likely },
        subject: Some(case.subject(source)),
        rows: Vec::new(),
        count: requests,
        responsible: Party::Network,
        evidence: collector.finish(filter::host(source)),
    })
}

fn scanner<'a>(case: &Case<'a>, agent: &str) -> Option<&'a Scanner> {
    case.book.scanners.iter().find(|scanner| scanner.agents.iter().any(|glob| glob.matches(agent)))
}

/// Many users in little time, and hardly one that exists.
fn guesses(endpoint: &SipEndpoint) -> bool {
    let Some((first, last)) = endpoint.span else { return false };
    let minutes = (last.since(first) as f64 / 60e9).max(1.0);
    let finals: u64 = endpoint.answers.iter().filter(|(status, _)| **status >= 200).map(|(_, n)| n).sum();
    let accepted: u64 =
        endpoint.answers.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, n)| n).sum();
    let is_partner = finals > 0 && accepted as f64 >= finals as f64 * ACCEPTED_PARTNER;
    endpoint.users as f64 / minutes >= USERS_PER_MINUTE && !is_partner
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{PBX, PHONE, PUBLIC, World, row, subjects};
    use super::*;
    use crate::observe::fixture::{at, frame, ip, sent, tcp, udp};
    use crate::observe::{Flow, Stream, TcpOutcome};

    const RULES: &str = r#"
[[exposure]]
id = "E1"
section = "1"
roles = ["acme.pbx"]
transport = "any"
ports = 5060
speaks = ["sip"]
text.de = "-"
text.en = "-"

[[exposure]]
id = "E2"
section = "1"
roles = ["acme.pbx"]
transport = "tcp"
ports = "80, 443"
text.de = "-"
text.en = "-"

[[scanner]]
agents = ["friendly-scanner*"]
text.de = "-"
text.en = "-"
"#;

    fn world() -> World {
        World::new(RULES).device(PBX, "acme.pbx")
    }

    fn codes(world: &World) -> Vec<&'static str> {
        check(&world.case()).iter().map(|finding| finding.code().as_str()).collect()
    }

    fn exposed(flow: Flow) -> Vec<&'static str> {
        codes(&world().flows(vec![flow]))
    }

    #[test]
    fn who_only_asks_at_the_registered_contact_keeps_the_way_open() {
        let told = |uri: &str| {
            let sip = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
            let mut world = world().flows(vec![sip]);
            let mut endpoint =
                SipEndpoint { options_to: Some(uri.into()), ..SipEndpoint::new(ip("203.0.113.9")) };
            endpoint.requests = [("OPTIONS".into(), 3)].into();
            world.traffic.sip_endpoints = vec![endpoint];
            let found = check(&world.case());
            let [one] = found.as_slice() else { panic!("{found:?}") };
            let Detail::Sec001 { gained, .. } = &one.detail else { panic!("{one:?}") };
            (one.severity, gained.keeps_open)
        };
        assert_eq!(told("sip:s@198.51.100.7:5060;line=qynrfeg"), (Severity::Info, true));
        assert_eq!(told("sip:100@198.51.100.7"), (Severity::Warning, false));
    }

    #[test]
    fn what_answers_the_internet_against_the_document_is_exposed() {
        let sip = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
        assert_eq!(exposed(sip.clone()), ["SEC-001"]);
        let moved = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5900") };
        assert_eq!(exposed(moved), ["SEC-001"], "by content, whatever the port");
        assert_eq!(
            exposed(tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1)),
            ["SEC-004"]
        );
        assert!(exposed(Flow { from_b: sent(0), ..sip.clone() }).is_empty(), "unanswered");
        assert!(exposed(Flow { a: sip.b, b: sip.a, ..sip }).is_empty(), "the PBX called");
        assert!(exposed(tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Refused, 2)).is_empty());
        assert!(exposed(tcp("192.168.10.51:44000", "192.168.10.2:443", TcpOutcome::Answered, 1)).is_empty());
        assert!(exposed(tcp("203.0.113.9:44000", "192.168.10.2:8443", TcpOutcome::Answered, 1)).is_empty());
    }

    #[test]
    fn whose_packets_leave_untouched_with_a_public_address_stands_outside_itself() {
        let told = |ttl: (u8, u8), on_link: bool| {
            let mut flow = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "198.51.100.39:5060") };
            flow.from_b.ttl = Some(ttl);
            let mut world = World::new(RULES).device("198.51.100.39", "acme.pbx").flows(vec![flow]);
            let mut host = crate::observe::fixture::host("198.51.100.39", Some(on_link));
            host.ttl = Some(ttl);
            world.traffic.hosts = vec![host];
            match check(&world.case()).remove(0).detail {
                Detail::Sec001 { is_direct, .. } => is_direct,
                other => panic!("{other:?}"),
            }
        };
        assert!(told((128, 128), true));
        assert!(!told((127, 127), true) && !told((63, 64), true), "a router passed them on");
        assert!(!told((64, 64), false), "its hardware sends for others, too");
    }

    #[test]
    fn the_provider_may_call() {
        let call = || vec![Flow { app: App::Sip, ..udp("203.0.113.9:5060", "192.168.10.2:5060") }];
        let provider = "[[provider]]\naddresses = [\"203.0.113.9\"]\n";
        assert!(codes(&world().site_file(provider).flows(call())).is_empty());
        assert_eq!(codes(&world().flows(call())), ["SEC-001"]);
    }

    #[test]
    fn a_stranger_at_the_port_of_the_trunk_is_told_unless_the_device_turned_to_it() {
        let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
            peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
        let rules = format!("{RULES}{}", row("R1", "acme.pbx", words));
        let asked = |port: u16| {
            let flow = udp(&format!("203.0.113.9:{port}"), "192.168.10.2:5064");
            let flow = Flow { app: App::Sip, initiator: crate::observe::Initiator::FirstPacket, ..flow };
            World::new(&rules).device(PBX, "acme.pbx").flows(vec![flow])
        };
        let told = |world: &World| {
            let findings = check(&world.case());
            findings.iter().map(|found| (found.code().as_str(), found.severity)).collect::<Vec<_>>()
        };
        assert_eq!(told(&asked(5071)), [("SEC-001", Severity::Critical)]);
        assert_eq!(told(&asked(5060)), [("SEC-001", Severity::Warning)], "it may be a provider");
        let mut calling = asked(5060);
        let call = crate::observe::fixture::call("203.0.113.9:5060", "192.168.10.2:5064");
        let voice = crate::observe::fixture::stream("192.168.10.2:5204", "203.0.113.20:23400", &[(0, 60)]);
        calling.traffic.calls = vec![Call { answer: Answer::Answered, ..call }];
        calling.traffic.streams = vec![Stream { call: Some(0), ..voice }];
        assert_eq!(told(&calling), [("SEC-001", Severity::Info)], "most likely the provider");
        calling.traffic.calls[0].answer = Answer::Rejected(404);
        assert_eq!(told(&calling), [("SEC-001", Severity::Warning)], "nobody talked");
        let mut going_on = asked(5071);
        let requests = [("BYE".into(), 1)].into();
        going_on.traffic.sip_endpoints =
            vec![SipEndpoint { requests, within: 1, ..SipEndpoint::new(ip("203.0.113.9")) }];
        assert!(told(&going_on).is_empty(), "a call that stood before");
        going_on.traffic.sip_endpoints[0].within = 0;
        assert_eq!(told(&going_on), [("SEC-001", Severity::Critical)]);
        let mut registered = asked(5060);
        let row = super::super::fixture::registration("192.168.10.2:5064", "203.0.113.9:5060");
        registered.traffic.registrations = vec![row];
        assert!(told(&registered).is_empty(), "the provider");
        let mut kept_open = asked(5060);
        let flow = &mut kept_open.traffic.flows[0];
        flow.from_b = crate::observe::Sent::from(crate::observe::Direction {
            first: Some((frame(1), at(-50))),
            ..crate::observe::Direction::clone(&flow.from_b)
        });
        assert!(told(&kept_open).is_empty(), "the device sent first");
        kept_open.traffic.flows[0].extra.answers_first = true;
        assert_eq!(told(&kept_open), [("SEC-001", Severity::Warning)], "an answer by another clock");
        let mut handshake = asked(5060);
        let swapped = kept_open.traffic.flows[0].from_b.clone();
        handshake.traffic.flows[0] =
            Flow { from_b: swapped, ..tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1) };
        assert_eq!(told(&handshake), [("SEC-004", Severity::Critical)], "who began a handshake is known");
    }

    #[test]
    fn clear_text_is_told_where_encryption_is_standard() {
        let plain = row(
            "R1",
            "acme.pbx",
            "transport = \"any\"\nown = \"389, 5060\"\ninitiator = \"peer\"\n\
            peer.scope = \"lan\"\nspeaks = [\"sip\", \"ldap\"]\nplain = true",
        );
        let told = |rules: &str, peer: &str, app| {
            let flow = Flow { app, ..udp("192.168.10.21:5060", "192.168.10.2:5060") };
            codes(&World::new(rules).device(PBX, "acme.pbx").device(PHONE, peer).flows(vec![flow]))
        };
        assert_eq!(told(&plain, "acme.phone", App::Sip), ["SEC-003"]);
        assert!(told(&plain, "acme.phone", App::Unknown).is_empty(), "not read");
        assert!(told(&plain, "other", App::Sip).is_empty(), "a gateway");
        assert_eq!(told(&plain, "other", App::Ldap), ["SEC-003"]);
        assert!(told(&plain.replace("plain = true", ""), "acme.phone", App::Sip).is_empty());
        let trunk = row(
            "R2",
            "acme.pbx",
            "transport = \"any\"\nown = 5060\ninitiator = \"either\"\npeer.scope = \"any\"",
        );
        assert!(told(&format!("{plain}{trunk}"), "acme.phone", App::Sip).is_empty(), "another row allows it");
    }

    #[test]
    fn an_exception_opens_a_port() {
        let text = "[[exception]]\ncode = \"SEC-004\"\nport = 443\nreason = \"Reverse Proxy\"\n";
        let flow = tcp("203.0.113.9:44000", "192.168.10.2:443", TcpOutcome::Answered, 1);
        assert!(codes(&world().site_file(text).flows(vec![flow])).is_empty());
    }

    /// Somebody who asked for so many users within so many seconds.
    fn guessing(address: &str, users: u64, seconds: i64) -> SipEndpoint {
        let span = Some((at(0), at(seconds * 1000)));
        let requests = [("REGISTER".into(), users)].into();
        SipEndpoint { users, span, requests, ..SipEndpoint::new(ip(address)) }
    }

    fn with_answers(endpoint: SipEndpoint, answers: &[(u16, u64)]) -> SipEndpoint {
        SipEndpoint { answers: answers.iter().copied().collect(), ..endpoint }
    }

    #[test]
    fn ten_users_a_minute_are_guessing() {
        assert!(
            !guesses(&guessing(PUBLIC, 9, 1)) && guesses(&guessing(PUBLIC, 10, 1)),
            "a minute at the least"
        );
        assert!(guesses(&guessing(PUBLIC, 20, 120)) && !guesses(&guessing(PUBLIC, 19, 120)));
        assert!(!guesses(&SipEndpoint { span: None, ..guessing(PUBLIC, 99, 1) }));
    }

    #[test]
    fn whoever_is_let_in_is_a_partner() {
        let tried = |answers| guesses(&with_answers(guessing(PUBLIC, 50, 60), answers));
        assert!(tried(&[(404, 91), (200, 9)]) && !tried(&[(404, 90), (200, 10)]));
        assert!(tried(&[(100, 500), (404, 50)]), "what is provisional lets nobody in");
    }

    fn scans(endpoint: SipEndpoint, world: World) -> Vec<(IpAddr, Severity)> {
        let mut world = world;
        world.traffic.sip_endpoints = vec![endpoint];
        let findings = check(&world.case());
        subjects(&findings).into_iter().zip(findings.iter().map(|finding| finding.severity)).collect()
    }

    #[test]
    fn a_scan_is_critical_where_it_was_answered() {
        let scan = guessing(PUBLIC, 50, 60);
        assert_eq!(scans(scan.clone(), world()), [(ip(PUBLIC), Severity::Notice)]);
        assert_eq!(scans(with_answers(scan, &[(403, 50)]), world()), [(ip(PUBLIC), Severity::Critical)]);
    }

    #[test]
    fn a_registrar_that_keeps_the_way_open_is_only_suspected() {
        let told = |methods: &[&str], agent: &str| {
            let flow = Flow { app: App::Sip, ..udp("203.0.113.9:5071", "192.168.10.2:5060") };
            let mut endpoint = SipEndpoint { users: 1, ..guessing(PUBLIC, 1, 0) };
            endpoint.requests = methods.iter().map(|method| ((*method).into(), 3)).collect();
            endpoint.user_agents.insert(agent.into(), frame(1));
            let mut world = world().flows(vec![flow]);
            world.traffic.sip_endpoints = vec![endpoint];
            let findings = check(&world.case());
            findings
                .iter()
                .find(|one| one.code().as_str() == "SEC-001")
                .map(|one| (one.severity, one.confidence))
        };
        assert_eq!(told(&["OPTIONS"], "Carrier"), Some((Severity::Warning, Confidence::Suspected)));
        assert_eq!(told(&["INVITE", "OPTIONS"], "Carrier").map(|told| told.0), Some(Severity::Critical));
        assert_eq!(told(&["OPTIONS"], "friendly-scanner/1").map(|told| told.0), Some(Severity::Critical));
    }

    #[test]
    fn a_scanner_is_known_by_its_name() {
        let mut scanner = guessing(PUBLIC, 1, 0);
        assert!(scans(scanner.clone(), world()).is_empty());
        scanner.user_agents.insert("friendly-scanner/1".into(), frame(1));
        assert_eq!(scans(scanner, world()).len(), 1);
    }

    #[test]
    fn a_carrier_that_asks_for_the_customers_numbers_is_no_scanner() {
        let words = "transport = \"udp\"\nown = \"5064-5127\"\ninitiator = \"own\"\n\
            peer = { scope = \"any\", roles = [\"provider\"] }\nspeaks = [\"sip\"]";
        let rules = format!("{RULES}{}", row("R1", "acme.pbx", words));
        let asked = |from: u16, at: u16, agent: &str| {
            let flow = udp(&format!("{PUBLIC}:{from}"), &format!("{PBX}:{at}"));
            // Whoever was there first is not seen: the trunk may be older than the capture.
            let flow = Flow { app: App::Sip, initiator: crate::observe::Initiator::FirstPacket, ..flow };
            let mut endpoint = with_answers(guessing(PUBLIC, 50, 60), &[(486, 50)]);
            endpoint.user_agents.insert(agent.into(), frame(1));
            let mut world = World::new(&rules).device(PBX, "acme.pbx").flows(vec![flow]);
            world.traffic.sip_endpoints = vec![endpoint];
            codes(&world)
        };
        assert_eq!(asked(5060, 5064, "Carrier SBC"), ["SEC-001"], "which says that it may be the provider");
        assert_eq!(asked(5071, 5064, "Carrier SBC"), ["SEC-001", "SEC-002"], "not from a provider's port");
        assert_eq!(asked(5060, 5060, "Carrier SBC"), ["SEC-001", "SEC-002"], "not at the trunk");
        assert_eq!(asked(5060, 5064, "friendly-scanner/1"), ["SEC-001", "SEC-002"], "by its own name");
    }

    #[test]
    fn nobody_of_the_installation_scans() {
        assert!(scans(guessing("192.168.10.77", 50, 60), world()).is_empty(), "in the LAN");
        assert!(scans(guessing(PUBLIC, 50, 60), world().device(PUBLIC, "provider")).is_empty());
        let stated = "[[provider]]\naddresses = [\"203.0.113.9\"]\n";
        assert!(scans(guessing(PUBLIC, 50, 60), world().site_file(stated)).is_empty());
    }
}
