//! NET-002: takes the flows to time servers; gives telephones and PBXs that ask for the time and get it from nowhere. A
//! row of a document is named and never decides.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::case::Case;
use super::super::evidence::of_flows;
use super::super::finding::{Detail, Finding, Party, Severity};
use super::{LEAST_TRIES, LEAST_WAIT, is_telephone, rows_at, would_be_seen};
use crate::observe::message::App;
use crate::observe::{Flow, FlowView, Protocol};
use crate::site::Scope;

/// RFC 5905.
const PORT: u16 = 123;

/// One for a client. Of several time servers one that answers is enough.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut clients: BTreeMap<IpAddr, Vec<FlowView<'_>>> = BTreeMap::new();
    // Who asks from a port of his own, or oddly, is known by the port of the service.
    let is_time =
        |flow: &&Flow| flow.protocol == Protocol::Udp && matches!(flow.app, App::Ntp | App::Unknown);
    for view in case.traffic.flows.iter().filter(is_time).flat_map(FlowView::both) {
        if view.started() && view.peer().port() == PORT && case.scope(view.peer().ip()) != Scope::Multicast {
            clients.entry(view.host()).or_default().push(view);
        }
    }
    clients.into_iter().filter_map(|(client, views)| unanswered(case, client, &views)).collect()
}

fn unanswered(case: &Case<'_>, client: IpAddr, views: &[FlowView<'_>]) -> Option<Finding> {
    let count: u64 = views.iter().map(|view| view.sent.payload_packets).sum();
    let times =
        || views.iter().flat_map(|view| [view.sent.first, view.sent.last]).flatten().map(|(_, time)| time);
    let (first, last) = (times().min()?, times().max()?);
    let is_told = count >= LEAST_TRIES && last.since(first) >= LEAST_WAIT;
    if views.iter().any(|view| view.was_answered()) || !is_told || !is_telephone(case, client) {
        return None;
    }
    let servers: BTreeSet<IpAddr> = views.iter().map(|view| view.peer().ip()).collect();
    let seen = servers.iter().map(|server| would_be_seen(case, client, *server, first));
    let confidence = seen.min()??;
    let rows = rows_at(case, client, |peer| peer.port() == PORT && servers.contains(&peer.ip()));
    let flows: Vec<&Flow> = views.iter().map(|view| view.flow).collect();
    Some(Finding {
        detail: Detail::Net002 { servers: servers.into_iter().collect() },
        severity: Severity::Warning,
        confidence,
        subject: Some(case.subject(client)),
        rows,
        count,
        responsible: Party::Network,
        evidence: of_flows(flows),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{PHONE, World, row};
    use super::*;
    use crate::observe::fixture::{at, frame, sent, udp};
    use crate::site::Kind;

    const SERVER: &str = "192.168.10.1:123";

    /// The telephone asks so often, over so many s; `answers` of this server.
    fn ntp(server: &str, times: u64, seconds: i64, answers: u64) -> Flow {
        let mut flow = udp(&format!("{PHONE}:123"), server);
        flow.app = App::Ntp;
        (flow.from_a, flow.from_b) = (sent(times), sent(answers));
        flow.from_a.last = Some((frame(times), at(seconds * 1_000)));
        flow
    }

    fn told(kind: Kind, mut flows: Vec<Flow>) -> Option<u64> {
        // The router answers a ping.
        flows.push(udp(&format!("{PHONE}:7"), "192.168.10.1:7"));
        let world = World::new("").device(PHONE, "acme.phone").with(PHONE, |device| device.kind = kind);
        check(&world.flows(flows).case()).first().map(|finding| finding.count)
    }

    #[test]
    fn a_telephone_that_no_time_server_answers_is_told() {
        let phone = |flows| told(Kind::Terminal, flows);
        assert_eq!(phone(vec![ntp(SERVER, 3, 4, 0)]), Some(3));
        assert_eq!(phone(vec![ntp(SERVER, 2, 4, 0)]), None);
        assert_eq!(phone(vec![ntp(SERVER, 3, 2, 0)]), None, "a burst");
        assert_eq!(
            phone(vec![ntp(SERVER, 3, 4, 0), ntp("192.168.10.5:123", 1, 0, 1)]),
            None,
            "another one does"
        );
        assert_eq!(
            phone(vec![ntp("192.168.10.7:123", 3, 4, 0)]),
            Some(3),
            "something else comes to the telephone"
        );
        let odd = Flow { app: App::Unknown, ..ntp(SERVER, 3, 4, 0) };
        assert_eq!(phone(vec![odd]), Some(3), "the port is enough");
        assert_eq!(phone(vec![ntp("224.0.1.1:123", 3, 4, 0)]), None);
        assert_eq!(told(Kind::Softphone, vec![ntp(SERVER, 3, 4, 0)]), None);
    }

    #[test]
    fn the_rows_about_any_of_its_time_servers_are_named() {
        let words = |port: u16, address: &str| {
            format!(
                "transport = \"udp\"\nown = \"unspecified\"\nremote = {port}\ninitiator = \"own\"\npeer.scope = \"{address}\""
            )
        };
        let rules = [("R1", 123, "lan"), ("R2", 123, "internet"), ("R3", 7, "lan")];
        let rules = rules.map(|(id, port, scope)| row(id, "acme.phone", &words(port, scope))).concat();
        let rows = |server: &str| {
            let flows = vec![
                ntp(SERVER, 3, 4, 0),
                ntp(server, 3, 4, 0),
                // The router answers a ping.
                udp(&format!("{PHONE}:7"), "192.168.10.1:7"),
            ];
            let world = World::new(&rules).device(PHONE, "acme.phone").flows(flows);
            check(&world.case()).first().map(|finding| finding.rows.concat())
        };
        assert_eq!(rows("192.168.10.7:123").as_deref(), Some("R1"));
        assert_eq!(rows("203.0.113.123:123").as_deref(), Some("R1R2"));
    }
}
