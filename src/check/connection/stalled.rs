//! SIG-009 over TCP: connections of telephony on which one side sends the same data again and again and hears nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::check::case::{Case, SIP};
use crate::check::evidence::Collector;
use crate::check::filter;
use crate::check::finding::{Detail, Finding, Party, Severity};
use crate::observe::message::App;
use crate::observe::{Flow, Protocol, Stall};
use crate::rules::DocumentKind;
use crate::site::{Confidence, Scope};

/// What rows call the signalling of AGFEO's system telephones.
const ASIP: &str = "asip";

/// One finding for a sender and the service that it talks to.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut stalled: BTreeMap<(IpAddr, IpAddr, SocketAddr), Known<'_>> = BTreeMap::new();
    for flow in &case.traffic.flows {
        let Some(stall) = flow.extra.stall.as_deref() else { continue };
        let rows = rows(case, flow);
        // Where the clock was set forward nobody waited.
        let is_real = !case.forward.is_some_and(|at| at.is_within(stall.span.0, stall.span.1));
        if !is_real || rows.is_empty() && !is_own_sip(case, flow) {
            continue;
        }
        let (from, to) = if stall.by_a { (flow.a, flow.b) } else { (flow.b, flow.a) };
        let known = stalled.entry((from.ip(), to.ip(), flow.b)).or_default();
        known.stalls.push(stall);
        known.rows.extend(rows);
    }
    let findings = stalled.into_iter().filter_map(|((sender, peer, service), known)| {
        let worst = known.stalls.iter().max_by_key(|stall| (stall.sent, stall.bytes))?;
        let mut collector = Collector::default();
        for stall in &known.stalls {
            collector.frames(&stall.frames);
            collector.time(stall.span.0);
            collector.time(stall.span.1);
        }
        let first = known.stalls.iter().map(|stall| stall.span.0).min()?;
        let near = case.are_neighbours(sender, peer);
        // The side that opened it may be the one that does not hear.
        let client = if service.ip() == peer { sender } else { peer };
        Some(Finding {
            detail: Detail::Stalled {
                peer,
                service,
                most: worst.sent,
                bytes: worst.bytes,
                rested: known.stalls.iter().map(|stall| stall.rested).min().unwrap_or_default(),
                near,
                life: case.life(peer, first),
            },
            severity: Severity::Warning,
            confidence: Confidence::Likely,
            subject: Some(case.subject(sender)),
            rows: known.rows.iter().map(|row| (*row).into()).collect(),
            count: known.stalls.iter().map(|stall| stall.connections).sum(),
            responsible: Party::Network,
            evidence: collector.finish(filter::service(client, service, Protocol::Tcp)),
        })
    });
    findings.collect()
}

/// What is known of a sender and a service.
#[derive(Default)]
struct Known<'a> {
    stalls: Vec<&'a Stall>,
    rows: BTreeSet<&'a str>,
}

/// The rows for signalling that explain a connection: what a PC does beside telephony is nobody's fault of that.
fn rows<'a>(case: &Case<'a>, flow: &Flow) -> BTreeSet<&'a str> {
    let ends = case.ends_of(flow.id).iter().flat_map(|end| &end.rows);
    let vendors = ends.filter(|(row, _)| row.document.kind != DocumentKind::Standard);
    let signalling = vendors.filter(|(row, _)| row.speaks.iter().any(|word| *word == SIP || *word == ASIP));
    signalling.map(|(row, _)| row.id.as_str()).collect()
}

/// SIP that can be read, of a host of one's own. Strangers come and go without closing what they opened.
fn is_own_sip(case: &Case<'_>, flow: &Flow) -> bool {
    let (opener, other) = (flow.a.ip(), flow.b.ip());
    let is_lan = |host: IpAddr| case.scope(host) == Scope::Lan;
    flow.app == App::Sip && (is_lan(opener) || is_lan(other) && case.is_partner(other, opener))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixture::{PBX, PHONE, World, row};
    use crate::observe::TcpOutcome;
    use crate::observe::fixture::{at, frame, stall, tcp};

    const ASIP_ROW: &str =
        "transport = \"tcp\"\nown = 5904\ninitiator = \"peer\"\npeer.scope = \"lan\"\nspeaks = [\"tls\"]";

    fn world(content: &str, stalls: &[u64]) -> World {
        let flows = stalls.iter().map(|number| {
            let mut flow = tcp("192.168.10.21:2153", "192.168.10.2:5904", TcpOutcome::Answered, 1);
            flow.extra.stall = Some(Box::new(stall(frame(*number), (at(1_000), at(9_000)))));
            flow
        });
        let words = ASIP_ROW.replace("tls", content);
        World::new(&row("R1", "acme.pbx", &words)).device(PBX, "acme.pbx").flows(flows.collect())
    }

    #[test]
    fn connections_of_signalling_that_stall_are_one_finding() {
        let world = world("sip", &[10, 20]);
        let found = check(&world.case());
        let [finding] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((finding.count, finding.rows.len()), (2, 1));
        assert_eq!(finding.subject.as_ref().map(|subject| subject.address.to_string()), Some(PHONE.into()));
        assert!(
            matches!(finding.detail, Detail::Stalled { most: 7, near: true, .. }),
            "{:?}",
            finding.detail
        );
        assert_eq!(finding.evidence.frames, [frame(10), frame(20)]);
    }

    #[test]
    fn what_is_no_telephony_is_left_alone() {
        assert!(check(&world("http", &[10]).case()).is_empty(), "the web interface");
        let mut unknown = world("sip", &[10]);
        unknown.site.devices.clear();
        assert!(check(&unknown.case()).is_empty());
        unknown.traffic.flows[0].app = App::Sip;
        assert_eq!(check(&unknown.case()).len(), 1, "SIP needs no vendor");
        unknown.traffic.flows[0].a = "203.0.113.9:40000".parse().unwrap();
        assert!(check(&unknown.case()).is_empty(), "a stranger went away");
    }
}
