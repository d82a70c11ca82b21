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
mod tests;
