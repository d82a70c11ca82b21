//! Takes the voice of calls and what both sides say of it by RTCP; gives the calls of which one side tells that nothing of the other's
//! voice reaches it: its sender reports have no report block (RFC 3550 section 6.4). Does not know what a finding is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use super::case::{Case, Span};
use super::media::LEAST_JUDGED;
use crate::observe::media::{MediaKind, SenderCount};
use crate::observe::{Answer, SipEndpoint, Stream};

/// Reports without a block: the first one may cover nothing yet.
const LEAST_REPORTS: u64 = 2;
/// Sources of one way that are looked at.
const SOURCES: usize = 16;

/// By place of the call, who gets nothing: where its voice comes from.
pub(super) fn deaf(case: &Case<'_>) -> BTreeMap<usize, SocketAddr> {
    let silent = |count: &&SenderCount| {
        !count.has_blocks && !count.hears && count.reports >= LEAST_REPORTS && count.sends()
    };
    let silent: HashMap<(IpAddr, u32), &SenderCount> =
        case.traffic.rtcp.iter().filter(silent).map(|count| ((count.address, count.ssrc), count)).collect();
    if silent.is_empty() {
        return BTreeMap::new();
    }
    let reporting = Reporting::of(case);
    let deaf = case.traffic.streams.iter().filter_map(|stream| {
        let id = stream.call?;
        let call = case.traffic.calls.get(id)?;
        let count = silent.get(&(stream.source.ip(), stream.report.ssrc))?;
        let is_meant = call.answer == Answer::Answered && call.came_about() && !call.may_be_silent;
        let span = Span { from: count.span.0, until: Some(count.span.1) };
        let is_sent = |other: &Stream| {
            other.report.kind == MediaKind::Audio
                // Who cannot decrypt it may count it as nothing.
                && other.report.secure != Some(true)
                && other.report.receiver.is_none()
                && span.packets_of(other) >= LEAST_JUDGED
        };
        let mut sent = case.streams_between(stream.destination, stream.source).take(SOURCES);
        let is_deaf = is_meant && reporting.holds(stream.source.ip()) && sent.any(is_sent);
        is_deaf.then_some((id, stream.source))
    });
    deaf.collect()
}

/// Who is known to report on what it gets: the host itself of other voice, or one with the same software. Some never do.
struct Reporting<'a> {
    hosts: BTreeSet<IpAddr>,
    agents: HashMap<IpAddr, Vec<&'a str>>,
    reported: HashSet<&'a str>,
}

impl<'a> Reporting<'a> {
    fn of(case: &Case<'a>) -> Self {
        let hosts: BTreeSet<IpAddr> =
            case.traffic.rtcp.iter().filter(|count| count.hears).map(|count| count.address).collect();
        let names = |endpoint: &'a SipEndpoint| {
            let all = endpoint.user_agents.keys().chain(endpoint.servers.keys());
            all.map(|name| &**name).collect::<Vec<&str>>()
        };
        // A proxy sends the names of others.
        let own = || case.traffic.sip_endpoints.iter().filter(|endpoint| !endpoint.is_proxy);
        let reported = own().filter(|endpoint| hosts.contains(&endpoint.address)).flat_map(names).collect();
        let agents = own().map(|endpoint| (endpoint.address, names(endpoint))).collect();
        Self { hosts, agents, reported }
    }

    fn holds(&self, host: IpAddr) -> bool {
        let mut agents = self.agents.get(&host).into_iter().flatten();
        self.hosts.contains(&host) || agents.any(|agent| self.reported.contains(agent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixture::World;
    use crate::observe::Call;
    use crate::observe::fixture::{at, call, frame, ip, socket, stream};

    const PHONE: &str = "192.168.10.21:10000";
    const OTHER: &str = "192.168.10.22:10000";

    /// Both speak for ten seconds; the other one reports twice, without a block.
    fn world(change: impl Fn(&mut SenderCount)) -> World {
        let said = |from, to, ssrc| {
            let mut said = stream(from, to, &[(46, 500)]);
            (said.call, said.report.ssrc, said.report.last.time) = (Some(0), ssrc, at(10_000));
            said
        };
        let mut world = World::new("").streams(vec![said(PHONE, OTHER, 1), said(OTHER, PHONE, 2)]);
        world.traffic.calls = vec![Call {
            answer: Answer::Answered,
            answered: Some((frame(1), at(0))),
            ..call("192.168.10.21:5060", "192.168.10.22:5060")
        }];
        let mut reports = SenderCount::of(ip("192.168.10.22"), 2, (250, 500));
        (reports.ssrc, reports.span) = (2, (at(-1_000), at(11_000)));
        change(&mut reports);
        let mut hears = SenderCount::of(ip("192.168.10.21"), 2, (250, 500));
        (hears.hears, hears.has_blocks) = (true, true);
        world.traffic.rtcp = vec![hears, reports];
        let mut speaker = |address: &str, agent: &str| {
            let mut endpoint = SipEndpoint::new(ip(address));
            endpoint.user_agents.insert(agent.into(), frame(1));
            world.traffic.sip_endpoints.push(endpoint);
        };
        speaker("192.168.10.21", "baresip v1.0.0");
        speaker("192.168.10.22", "baresip v1.0.0");
        world
    }

    fn told(world: &World) -> Vec<SocketAddr> {
        deaf(&world.case()).into_values().collect()
    }

    #[test]
    fn who_reports_on_nothing_although_it_is_spoken_to_gets_nothing() {
        assert_eq!(told(&world(|_| ())), [socket(OTHER)]);
        assert!(told(&world(|count| count.has_blocks = true)).is_empty(), "it had got something at first");
        assert!(told(&world(|count| count.reports = 1)).is_empty(), "the first report covers nothing yet");
        assert!(told(&world(|count| count.span.1 = at(-500))).is_empty(), "all before the voice began");
        assert!(told(&world(|count| count.packets = (0, 0))).is_empty(), "it is no side of the call");
        let mut meant = world(|_| ());
        meant.traffic.calls[0].may_be_silent = true;
        assert!(told(&meant).is_empty());
    }

    #[test]
    fn software_that_never_reports_says_nothing() {
        let mut another = world(|_| ());
        another.traffic.sip_endpoints[1].user_agents = [("FreeSWITCH".into(), frame(1))].into();
        assert!(told(&another).is_empty());
        let mut elsewhere = SenderCount::of(ip("192.168.10.22"), 1, (1, 1));
        elsewhere.hears = true;
        another.traffic.rtcp.push(elsewhere);
        assert_eq!(told(&another), [socket(OTHER)], "but it does, of another source");
    }
}
