//! QOS codes: how senders mark voice and signalling (RFC 2474, RFC 4594), and where the capture can show it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};
use crate::observe::media::marking::Remarked;
use crate::observe::media::{MediaKind, Seen};
use crate::observe::message::App;
use crate::observe::{Direction, Flow, FlowView, Protocol, Stream, is_own};
use crate::rules::QosRule;
use crate::site::{Confidence, Device, Kind, Scope};

use super::case::{Case, RTP, SIP};
use super::evidence::{of_marked, of_parts, of_streams};
use super::filter;
use super::finding::{Detail, Few, Finding, Party, Severity, VoiceSender};

/// As findings.tsv has it.
const LEAST_PACKETS: u64 = 50;
const UNMARKED_PERCENT: u64 = 5;
const EF_BYTES_PERCENT: f64 = 5.0;
/// Below this a few keep-alives would make a share.
const LEAST_SIGNALLING: u64 = 10;
const LEAST_EF_PACKETS: u64 = 20;
const LEAST_PAIRS: u64 = 20;
const FLOWS_NAMED: usize = 5;

/// All QOS findings.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sender in Sender::all(case) {
        findings.extend(sender.voice(case));
        findings.extend(sender.priority(case));
        findings.extend(sender.changes(case));
        findings.extend(sender.lost_on_the_way(case));
    }
    findings.extend(case.devices().filter_map(|device| signalling(case, device)));
    findings.extend(other_traffic(case));
    findings
}

/// Whether somebody in the LAN sends voice for whom no rule holds, so that its mark is not judged, or nobody at all is judged:
/// large networks have public addresses inside as well.
pub(super) fn lacks_rule(case: &Case<'_>) -> bool {
    let ruled: BTreeSet<IpAddr> = Sender::all(case).iter().map(|sender| sender.address).collect();
    case.traffic.streams.iter().any(|stream| {
        let sender = stream.source.ip();
        stream.report.kind != MediaKind::Video
            && !stream.report.is_only_events()
            && crosses_network(stream)
            && (case.scope(sender) == Scope::Lan || ruled.is_empty())
            && !ruled.contains(&sender)
    })
}

/// Who sends voice in the LAN without the mark, but too little of it to be judged; and whether anybody's is judged.
pub(super) fn few(case: &Case<'_>) -> (Vec<Few>, bool) {
    let mut few = Vec::new();
    let mut is_any_judged = false;
    for sender in Sender::all(case).iter().filter(|sender| sender.is_local(case)) {
        let local: Vec<&Stream> =
            sender.streams.iter().copied().filter(|stream| !is_internet_leg(case, stream)).collect();
        let marking = Marking::of(&local, sender.rule.dscp);
        is_any_judged |= marking.packets >= LEAST_PACKETS;
        if marking.is_too_little() {
            few.push(Few { sender: sender.address, packets: marking.packets, least: LEAST_PACKETS });
        }
    }
    (few, is_any_judged)
}

/// What a device sends to itself no switch and no router marks anew.
fn crosses_network(stream: &Stream) -> bool {
    !is_own(stream.source.ip(), stream.destination.ip())
}

/// An address that sends voice, with the rule that holds for it.
struct Sender<'a> {
    address: IpAddr,
    device: Option<&'a Device>,
    rule: &'a QosRule,
    /// Whether its own vendor's document holds for it, not only that of the system it talks to.
    is_bound: bool,
    streams: Vec<&'a Stream>,
}

/// How the packets of some streams are marked.
#[derive(Default)]
struct Marking {
    packets: u64,
    wrong: u64,
    values: BTreeMap<u8, u64>,
}

impl<'a> Sender<'a> {
    fn all(case: &Case<'a>) -> Vec<Self> {
        let mut by_source: BTreeMap<IpAddr, Vec<&'a Stream>> = BTreeMap::new();
        for stream in &case.traffic.streams {
            if stream.report.kind != MediaKind::Video && crosses_network(stream) {
                by_source.entry(stream.source.ip()).or_default().push(stream);
            }
        }
        let senders = by_source.into_iter().filter_map(|(address, streams)| {
            let device = case.device(address);
            let own = device.and_then(|device| case.book.qos_for(&device.role, RTP));
            let rule = own.or_else(|| rule_of_system(case, &streams))?;
            Some(Self { address, device, rule, is_bound: own.is_some(), streams })
        });
        senders.collect()
    }

    fn is_local(&self, case: &Case<'_>) -> bool {
        is_local(case, self.address)
    }

    fn is_system(&self) -> bool {
        is_system(self.device)
    }

    /// QOS-001, 003, 007 and 008: one of them for a sender and a place, never two.
    fn voice(&self, case: &Case<'_>) -> Vec<Finding> {
        let (internet, local): (Vec<&Stream>, Vec<&Stream>) =
            self.streams.iter().copied().partition(|stream| is_internet_leg(case, stream));
        let mut findings = Vec::new();
        findings.extend(self.on_the_internet_leg(case, &internet));
        findings.extend(self.in_the_lan(case, &local));
        findings
    }

    fn on_the_internet_leg(&self, case: &Case<'_>, streams: &[&Stream]) -> Option<Finding> {
        let marking = Marking::of(streams, self.rule.dscp);
        if !marking.is_short_of() {
            return None;
        }
        let peers: BTreeSet<IpAddr> = streams.iter().map(|stream| stream.destination.ip()).collect();
        let detail = Detail::Qos007 {
            packets: marking.wrong,
            peers: peers.into_iter().collect(),
            inbound: is_outside(case, self.address),
            dscp: marking.by_count().into_iter().filter(|(value, _)| *value != self.rule.dscp).collect(),
            expected: self.rule.dscp,
        };
        let mut finding = self.finding(case, detail, Severity::Info, Party::Nobody, streams, marking.wrong);
        // What a vendor promises for his telephones says nothing of a provider, nor of what the PBX sends him.
        if !self.is_bound || !self.rule.promised {
            finding.rows.clear();
        }
        Some(finding)
    }

    fn in_the_lan(&self, case: &Case<'_>, streams: &[&Stream]) -> Option<Finding> {
        let expected = self.rule.dscp;
        let marking = Marking::of(streams, expected);
        if !marking.is_short_of() {
            return None;
        }
        let (packets, wrong) = (marking.packets, marking.wrong);
        let dscp = marking.by_count();
        if self.is_system() {
            let affected = sides::one_way(case, streams, expected);
            let (detail, streams) = match affected.as_slice() {
                [] => (
                    Detail::Qos001 { unmarked: wrong, packets, dscp, expected, sender: VoiceSender::System },
                    streams,
                ),
                affected => (sides::marked_one_way(affected, expected), affected),
            };
            let wrong = Marking::of(streams, expected).wrong;
            return Some(self.finding(case, detail, Severity::Warning, Party::Telephony, streams, wrong));
        }
        if self.rule.needs_policy && self.is_bound && dscp.first().is_some_and(|(value, _)| *value == 0) {
            let detail = Detail::Qos003 {
                packets: wrong,
                media_ports: media_ports(case, streams),
                expected,
                signalling: self.device.and_then(|d| case.book.qos_for(&d.role, SIP)).map(|rule| rule.dscp),
            };
            return Some(self.finding(case, detail, Severity::Warning, Party::Computers, streams, wrong));
        }
        // For a device that no document names, the vendor of the system promised nothing.
        let promised = self.is_bound && self.rule.promised;
        let severity = if promised { Severity::Error } else { Severity::Warning };
        let is_unmarked = dscp.first().is_some_and(|(value, _)| *value == 0);
        let sender = match promised {
            true => VoiceSender::Promised,
            false if is_unmarked && self.may_need_policy(case) => VoiceSender::PhoneOrSoftphone,
            false => VoiceSender::Other,
        };
        let detail = Detail::Qos001 { unmarked: wrong, packets, dscp, expected, sender };
        Some(self.finding(case, detail, severity, Party::Network, streams, wrong))
    }

    /// Whether no more is known of the device than its vendor, of whose softphones some mark by a policy only (trap T-27).
    fn may_need_policy(&self, case: &Case<'_>) -> bool {
        let device = self.device.filter(|device| !self.is_bound && device.kind == Kind::Other);
        let Some(vendor) = device.and_then(|device| device.vendor.as_deref()) else { return false };
        let is_meant = |rule: &QosRule| {
            rule.protocol == RTP && rule.needs_policy && rule.document.vendor.eq_ignore_ascii_case(vendor)
        };
        case.book.qos.iter().any(is_meant)
    }

    /// QOS-005.
    fn priority(&self, case: &Case<'_>) -> Option<Finding> {
        // Where the own vendor is silent, the value that another one gives for voice is common practice.
        let of_others = || case.book.qos.iter().filter(|rule| rule.protocol == RTP).find_map(|rule| rule.pcp);
        let expected = self.rule.pcp.or_else(of_others).filter(|_| self.is_local(case))?;
        let mut values: BTreeMap<u8, u64> = BTreeMap::new();
        let mut streams = Vec::new();
        for stream in &self.streams {
            let marking = &stream.report.marking;
            marking.pcp.iter().for_each(|seen| *values.entry(seen.value).or_default() += seen.packets);
            if marking.pcp.iter().any(|seen| seen.value != expected) {
                streams.push(*stream);
            }
        }
        let tagged: u64 = values.values().sum();
        let wrong = tagged - values.get(&expected).copied().unwrap_or_default();
        if tagged < LEAST_PACKETS || wrong * 100 < tagged * UNMARKED_PERCENT {
            return None;
        }
        let vlan = streams.first()?.report.marking.vlans.first()?.value;
        let mut finding = self.finding(
            case,
            Detail::Qos005 { pcp: by_count(&values), expected, vlan },
            Severity::Notice,
            Party::Network,
            &streams,
            wrong,
        );
        if self.rule.pcp.is_none() {
            finding.rows.clear();
        }
        finding.evidence = of_streams(streams, &format!("!(vlan.priority == {expected})"), |stream| {
            frames_unlike(&stream.report.marking.pcp, expected)
        });
        Some(finding)
    }

    /// When the network was put right in the middle of a call: the first change of all to the right mark. What had begun
    /// before it may change too; where a later stream begins wrong all the same, it is how this network always does.
    fn mended_at(&self) -> Option<Timestamp> {
        let right = self.streams.iter().filter_map(|stream| {
            let marking = &stream.report.marking;
            let change = marking.dscp_change.filter(|change| change.to == self.rule.dscp)?;
            (marking.dscp_changes == 1).then_some(change.time)
        });
        let first = right.min()?;
        let begins_wrong = |stream: &Stream| {
            let unlike = |seen: &Seen<u8>| seen.value != self.rule.dscp && seen.packets >= LEAST_PACKETS;
            stream.report.first.time > first && stream.report.marking.dscp.iter().any(unlike)
        };
        (!self.streams.iter().any(|stream| begins_wrong(stream))).then_some(first)
    }

    /// QOS-009: one that is told as the mending of QOS-001 is none.
    fn changes(&self, case: &Case<'_>) -> Vec<Finding> {
        let mended = self.mended_at();
        let is_mending = |stream: &Stream, to: u8| {
            to == self.rule.dscp && mended.is_some_and(|mended| stream.report.first.time < mended)
        };
        let changed = self.streams.iter().filter(|_| self.is_local(case)).filter_map(|stream| {
            let change = stream.report.marking.dscp_change.filter(|to| !is_mending(stream, to.to))?;
            let detail = Detail::Qos009 {
                peer: stream.destination,
                before: change.from,
                after: change.to,
                changed_at: (change.frame, change.time),
            };
            let mut finding = self.finding(case, detail, Severity::Warning, Party::Network, &[stream], 1);
            finding.evidence = of_streams([*stream], "", |_| vec![change.frame]);
            Some(finding)
        });
        // Findings of one kind about one device are one: the first stream stands for the others.
        let mut changed: Vec<Finding> = changed.collect();
        let count = changed.len() as u64;
        changed.truncate(1);
        changed.iter_mut().for_each(|finding| finding.count = count);
        changed
    }

    /// QOS-002: the mirror port shows a packet twice, first with the mark and then without. What leaves the LAN may lose
    /// it.
    fn lost_on_the_way(&self, case: &Case<'_>) -> Option<Finding> {
        let stays = |stream: &&&Stream| {
            case.scope(stream.destination.ip()) == Scope::Lan && !case.is_excepted_stream("QOS-002", stream)
        };
        let local = self.streams.iter().filter(|_| self.is_local(case)).filter(stays);
        let lost: Vec<(&Stream, Remarked)> = local
            .filter_map(|stream| Some((*stream, stream.report.marking.remarked?)))
            .filter(|(_, pairs)| pairs.first.1 == self.rule.dscp && pairs.second.1 != self.rule.dscp)
            .collect();
        let pairs: u64 = lost.iter().map(|(_, remarked)| remarked.pairs).sum();
        let (first, shown) = lost.first().filter(|_| pairs >= LEAST_PAIRS)?;
        let detail = Detail::Qos002 {
            pairs,
            before: shown.first.1,
            after: shown.second.1,
            frames: [shown.first.0, shown.second.0],
            passage: passage::of(case, first, shown),
        };
        let streams: Vec<&Stream> = lost.iter().map(|(stream, _)| *stream).collect();
        let mut finding = self.finding(case, detail, Severity::Error, Party::Network, &streams, pairs);
        finding.evidence = of_streams(streams, "", |stream| {
            stream.report.marking.remarked.map_or_else(Vec::new, |pair| vec![pair.first.0, pair.second.0])
        });
        Some(finding)
    }

    fn finding(
        &self,
        case: &Case<'_>,
        detail: Detail,
        severity: Severity,
        responsible: Party,
        streams: &[&Stream],
        count: u64,
    ) -> Finding {
        let expected = self.rule.dscp;
        // What a driver marks behind the capture nobody has seen who captured on the sending computer.
        let confidence = match self.device {
            Some(device) if self.is_bound && !case.was_captured_on(self.address) => device.confidence,
            _ => Confidence::Likely,
        };
        let condition = filter::dscp_is_not(self.address, expected);
        let unlike = streams
            .iter()
            .copied()
            .filter(|stream| stream.report.marking.dscp.iter().any(|seen| seen.value != expected));
        Finding {
            detail,
            severity,
            confidence,
            subject: Some(case.subject(self.address)),
            rows: vec![self.rule.id.as_str().into()],
            count,
            responsible,
            evidence: of_parts(
                unlike,
                &condition,
                |stream| frames_unlike(&stream.report.marking.dscp, expected),
                |stream| {
                    let spans = stream.report.marking.dscp_spans.iter();
                    let unlike = spans.filter(|(value, ..)| *value != expected);
                    unlike.flat_map(|(_, first, last)| [*first, *last]).collect()
                },
            ),
        }
    }
}

/// Whether the capture shows what this sender itself put on the wire: behind a router it may have been altered.
fn is_local(case: &Case<'_>, sender: IpAddr) -> bool {
    let on_link = case.host(sender).and_then(|facts| facts.on_link);
    !is_outside(case, sender) && on_link != Some(false)
}

/// Whether its packets come out of the Internet.
fn is_outside(case: &Case<'_>, sender: IpAddr) -> bool {
    case.scope(sender) == Scope::Public
}

fn is_system(device: Option<&Device>) -> bool {
    device.is_some_and(|device| matches!(device.kind, Kind::Pbx | Kind::Cloud))
}

/// Whether a stream is judged by QOS-007: it comes from behind a router, or a system sends it to the Internet.
pub(super) fn is_internet_leg(case: &Case<'_>, stream: &Stream) -> bool {
    let sender = stream.source.ip();
    !is_local(case, sender)
        || is_system(case.device(sender)) && case.scope(stream.destination.ip()) == Scope::Public
}

impl Marking {
    fn of(streams: &[&Stream], expected: u8) -> Self {
        let mut marking = Self::default();
        for seen in streams.iter().flat_map(|stream| sides::judged(stream, expected)) {
            marking.packets += seen.packets;
            marking.wrong += if seen.value == expected { 0 } else { seen.packets };
            *marking.values.entry(seen.value).or_default() += seen.packets;
        }
        marking.values.remove(&expected);
        marking
    }

    /// Whether the mark is missing and there is too little of it to say so.
    fn is_too_little(&self) -> bool {
        self.packets < LEAST_PACKETS && self.wrong * 100 > self.packets * UNMARKED_PERCENT
    }

    fn is_short_of(&self) -> bool {
        self.packets >= LEAST_PACKETS && self.wrong * 100 >= self.packets * UNMARKED_PERCENT
    }

    fn by_count(&self) -> Vec<(u8, u64)> {
        by_count(&self.values)
    }
}

fn by_count(values: &BTreeMap<u8, u64>) -> Vec<(u8, u64)> {
    let mut list: Vec<(u8, u64)> = values.iter().map(|(value, packets)| (*value, *packets)).collect();
    list.sort_by_key(|(value, packets)| (std::cmp::Reverse(*packets), *value));
    list
}

fn frames_unlike(seen: &[Seen<u8>], expected: u8) -> Vec<Frame> {
    seen.iter().filter(|seen| seen.value != expected).flat_map(|seen| seen.frames.iter().copied()).collect()
}

/// A telephone of another maker is judged by the system it talks to.
fn rule_of_system<'a>(case: &Case<'a>, streams: &[&Stream]) -> Option<&'a QosRule> {
    let systems = streams.iter().filter_map(|stream| case.device(stream.destination.ip()));
    systems.filter(|device| is_system(Some(device))).find_map(|device| {
        let vendor = device.vendor.as_deref()?;
        let of_vendor = |rule: &&QosRule| rule.document.vendor.eq_ignore_ascii_case(vendor);
        case.book.qos.iter().filter(|rule| rule.protocol == RTP).find(of_vendor)
    })
}

/// Destination ports for a group policy: what is documented of the system that these streams go to.
fn media_ports(case: &Case<'_>, streams: &[&Stream]) -> Option<Box<str>> {
    let system = streams.iter().find_map(|stream| {
        case.device(stream.destination.ip()).filter(|device| matches!(device.kind, Kind::Pbx | Kind::Cloud))
    })?;
    let by_model = system.model.as_ref().filter(|_| system.model_is_stated);
    if let Some(model) = by_model.and_then(|model| case.book.model(model.as_str())) {
        return Some(model.rtp.to_string().into());
    }
    let rows =
        case.book.rows_for(&system.role, None).filter(|row| row.speaks.iter().any(|word| *word == RTP));
    let holding = rows.filter_map(|row| row.own_ports()).filter(|ports| {
        streams
            .iter()
            .filter(|stream| stream.destination.ip() == system.address)
            .all(|stream| ports.contains(stream.destination.port()))
    });
    holding.max_by_key(|ports| ports.count()).map(|ports| ports.to_string().into())
}

/// QOS-004.
fn signalling(case: &Case<'_>, device: &Device) -> Option<Finding> {
    let rule = case.book.qos_for(&device.role, SIP)?;
    let is_signalling = |flow: &Flow| flow.app == App::Sip || flow.app == App::Tls && speaks(case, flow, SIP);
    let ends = case.ends_at(device.address);
    let views: Vec<&FlowView<'_>> =
        ends.map(|end| &end.view).filter(|view| is_signalling(view.flow)).collect();
    let is_local = device.scope == Scope::Lan && device.on_link != Some(false);
    let sent: Vec<&Direction> = views.iter().map(|view| view.sent).collect();
    let mut values: BTreeMap<u8, u64> = BTreeMap::new();
    for (value, packets, _) in sent.iter().flat_map(|side| side.dscp.iter()) {
        *values.entry(value).or_default() += packets;
    }
    let packets: u64 = values.values().sum();
    let wrong = packets - values.remove(&rule.dscp).unwrap_or_default();
    if !is_local || packets < LEAST_SIGNALLING || wrong * 2 < packets {
        return None;
    }
    let unlike =
        views.iter().copied().filter(|view| view.sent.dscp.iter().any(|(value, ..)| value != rule.dscp));
    let condition = filter::dscp_is_not(device.address, rule.dscp);
    Some(Finding {
        detail: Detail::Qos004 { packets: wrong, dscp: by_count(&values), expected: rule.dscp },
        severity: Severity::Notice,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: vec![rule.id.as_str().into()],
        count: wrong,
        // Which mark signalling carries is set at the device, or by whoever provisions it.
        responsible: Party::Telephony,
        evidence: of_marked(unlike, |value| value != rule.dscp, &condition),
    })
}

/// Whether a row of either end says that this may be the flow's content: documents tell of one side only.
fn speaks(case: &Case<'_>, flow: &Flow, protocol: &str) -> bool {
    let rows = case.ends_of(flow.id).iter().flat_map(|end| &end.rows);
    rows.flat_map(|(row, _)| &row.speaks).any(|word| word.as_str().eq_ignore_ascii_case(protocol))
}

/// Whether the mark of voice is nothing odd in this flow. Signalling is none that can always be read.
fn is_telephony(case: &Case<'_>, flow: &Flow) -> bool {
    let unread = || case.book.roles.iter().filter_map(|role| role.calls.as_deref());
    matches!(flow.app, App::Rtp | App::Rtcp | App::Sip | App::Stun | App::Dtls | App::Zrtp)
        // Datagrams of unknown content with the mark of voice are most likely voice.
        || flow.app == App::Unknown && flow.protocol == Protocol::Udp
        || matches!(flow.app, App::Tls | App::Unknown)
            && std::iter::once(SIP).chain(unread()).any(|protocol| speaks(case, flow, protocol))
}

/// Whether what a host sent with the mark of voice that is none goes without it by now: to every service that it used so, a
/// later flow of enough packets has none.
pub(super) fn is_given_up(case: &Case<'_>, host: IpAddr, expected: u8) -> bool {
    let media: BTreeSet<usize> = case.traffic.streams.iter().map(|stream| stream.flow).collect();
    let mut services: BTreeMap<_, Vec<FlowView<'_>>> = BTreeMap::new();
    for flow in &case.traffic.flows {
        if media.contains(&flow.id) || is_telephony(case, flow) {
            continue;
        }
        for view in FlowView::both(flow).into_iter().filter(|view| view.host() == host) {
            let service = if view.started() { view.peer().port() } else { view.own().port() };
            services.entry((view.peer().ip(), flow.protocol, service)).or_default().push(view);
        }
    }
    let time = |moment: Option<(Frame, Timestamp)>| moment.map(|(_, time)| time);
    let is_over = |views: &Vec<FlowView<'_>>| {
        let marked = views.iter().filter(|view| view.sent.dscp.packets(expected) > 0);
        let Some(last) = marked.map(|view| time(view.sent.last)).max() else { return true };
        views.iter().any(|view| {
            let is_later = time(view.sent.first) > last;
            is_later && view.sent.packets >= LEAST_EF_PACKETS && view.sent.dscp.packets(expected) == 0
        })
    };
    services.values().all(is_over)
}

/// Whether the latest messages of a device have this mark. Signalling inside TLS must go through connections that have it
/// throughout and began when the last one without it was silent: when the mark changed within one, nobody can see.
pub(super) fn signals_with(case: &Case<'_>, host: IpAddr, expected: u8) -> bool {
    let endpoints = &case.traffic.sip_endpoints;
    let at = endpoints.binary_search_by(|endpoint| endpoint.address.cmp(&host));
    let latest = at.ok().and_then(|at| endpoints.get(at)).and_then(|endpoint| endpoint.marked);
    let hidden = case.ends_at(host).map(|end| &end.view);
    let hidden = hidden.filter(|view| view.flow.app == App::Tls && speaks(case, view.flow, SIP));
    let is_marked = |view: &&FlowView<'_>| view.sent.dscp.iter().all(|(value, ..)| value == expected);
    let (right, wrong): (Vec<&FlowView<'_>>, Vec<&FlowView<'_>>) = hidden.partition(is_marked);
    let time = |moment: Option<(Frame, Timestamp)>| moment.map(|(_, time)| time);
    let last = wrong.iter().map(|view| time(view.sent.last)).max();
    let renewed = right.iter().filter(|view| last.is_none_or(|last| time(view.sent.first) > last));
    let is_renewed = renewed.map(|view| view.sent.packets).sum::<u64>() >= LEAST_SIGNALLING;
    match latest {
        Some((mark, messages)) => {
            mark == expected && messages >= LEAST_SIGNALLING && (wrong.is_empty() || is_renewed)
        }
        None => is_renewed,
    }
}

/// QOS-010: hosts of the LAN whose bulk traffic takes the place of voice.
fn other_traffic(case: &Case<'_>) -> Vec<Finding> {
    let mut marks: BTreeSet<u8> =
        case.book.qos.iter().filter(|rule| rule.protocol == RTP).map(|rule| rule.dscp).collect();
    let Some(expected) = marks.pop_first().filter(|_| case.devices().next().is_some()) else {
        return Vec::new();
    };
    let mut all = 0;
    let mut by_sender: BTreeMap<IpAddr, (u64, u64, Vec<FlowView<'_>>)> = BTreeMap::new();
    let media: BTreeSet<usize> = case.traffic.streams.iter().map(|stream| stream.flow).collect();
    for flow in &case.traffic.flows {
        let belongs = media.contains(&flow.id) || is_telephony(case, flow);
        for view in FlowView::both(flow) {
            let bytes = view.sent.dscp.bytes(expected);
            all += bytes;
            if bytes > 0 && !belongs && case.scope(view.host()) == Scope::Lan {
                let entry = by_sender.entry(view.host()).or_default();
                entry.0 += bytes;
                entry.1 += view.sent.dscp.packets(expected);
                entry.2.push(view);
            }
        }
    }
    let findings = by_sender.into_iter().filter_map(|(address, (bytes, packets, mut views))| {
        let percent = bytes as f64 * 100.0 / all as f64;
        if percent <= EF_BYTES_PERCENT || packets < LEAST_EF_PACKETS {
            return None;
        }
        views.sort_by_key(|view| std::cmp::Reverse(view.sent.dscp.bytes(expected)));
        views.truncate(FLOWS_NAMED);
        let condition = filter::dscp_is(address, expected);
        Some(Finding {
            detail: Detail::Qos010 {
                percent,
                bytes,
                expected,
                flows: views.iter().map(|view| (view.own(), view.peer(), view.flow.protocol)).collect(),
            },
            severity: Severity::Notice,
            confidence: Confidence::Likely,
            subject: Some(case.subject(address)),
            rows: Vec::new(),
            count: packets,
            responsible: Party::Network,
            evidence: of_marked(&views, |value| value == expected, &condition),
        })
    });
    findings.collect()
}

mod passage;
mod sides;
#[cfg(test)]
mod tests;
