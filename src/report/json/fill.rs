//! Takes an audit, gives the published form of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::super::escape::{FIELD, escape_terminal};
use super::rows::Rows;
use super::worst::Grade;
use super::{course, document as published, given, network, quality, skip};
use crate::capture::{CaptureSummary, Ended, Frame, Live, Timestamp};
use crate::check::{Audit, Distinction, Finding};
use crate::observe::media::sequence::SegmentReport;
use crate::observe::media::tally::Spread;
use crate::observe::media::{PayloadReport, ReceiverReport, StreamReport};
use crate::observe::{Call, Direction, Flow, Marks, Protocol, Spells, Stream, Together, Traffic};
use crate::report::table::media::codecs_in_turn;
use crate::report::text::{Context, finding_text};
use crate::report::{Language, LegName, Names, Settings, link, number, text};
use crate::site::{Device, Evidence, Former, Ports, Scope};

/// Directions that tell their course, unless all flows were asked for.
const ROUTES: usize = 50;

/// The published form, with at most `limit` flows.
pub(in crate::report) fn document(
    audit: &Audit,
    titles: &Names,
    settings: &Settings,
    limit: usize,
) -> published::Document {
    let rows = Rows::of(audit, limit);
    published::Document {
        flows: (0..rows.flows()).filter_map(|at| rows.flow(at)).collect(),
        streams: (0..rows.streams()).filter_map(|at| rows.stream(at)).collect(),
        calls: (0..rows.calls()).filter_map(|at| rows.call(at)).collect(),
        ..frame(audit, titles, settings, limit)
    }
}

/// The same without its flows, streams and calls.
pub(super) fn frame(audit: &Audit, titles: &Names, settings: &Settings, limit: usize) -> published::Document {
    let context = Context { audit, names: titles, zone: &settings.zone };
    let bounded = |most| if limit == usize::MAX { limit } else { most };
    let (routes, routes_omitted) = course::routes(&audit.traffic, bounded(ROUTES));
    let (hosts, hosts_omitted) = hosts(audit, titles, limit);
    published::Document {
        schema: 1,
        tool: published::Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: settings.version.to_owned(),
        },
        language: match settings.language {
            Language::De => "de".to_owned(),
            Language::En => "en".to_owned(),
        },
        cover: given::cover(audit),
        rulebooks: rulebooks(audit),
        verdict: audit.verdict.into(),
        captures: audit.captures.iter().map(|one| capture(one, audit)).collect(),
        passed_over: passed_over(audit),
        quality: quality::of(&audit.traffic, undecoded(&audit.traffic)),
        hosts_omitted: hosts_omitted as u64,
        hosts,
        rows: rows(audit, titles),
        flows_omitted: audit.traffic.flows.len().saturating_sub(limit) as u64,
        flows: Vec::new(),
        calls: Vec::new(),
        streams: Vec::new(),
        routes,
        routes_omitted: routes_omitted as u64,
        registrations: super::registration::all(audit),
        unanswered_lookups: audit.traffic.lookups.iter().map(published::Lookup::of).collect(),
        refused_over_tcp: audit.traffic.detours.iter().map(published::Detour::of).collect(),
        refused_subscriptions: audit.traffic.subscriptions.iter().map(published::Subscriptions::of).collect(),
        remarks: audit.remarks.iter().map(published::Remark::of).collect(),
        dhcp_servers: audit.traffic.dhcp.iter().map(published::DhcpServer::of).collect(),
        certificates: network::certificates(&audit.traffic),
        voice_policies: network::policies(&audit.traffic),
        findings: audit.findings.iter().map(|one| finding(one, &context, settings.language)).collect(),
        course: Vec::new(),
        course_omitted: 0,
        outages: Vec::new(),
        unjudged: audit.unjudged.iter().map(|what| (*what).into()).collect(),
        absent: super::network::absent(audit),
        few_packets: given::few_packets(audit),
        accepted: given::accepted(audit, |one| finding(one, &context, settings.language)),
        filter_expression: audit.filter.as_deref().map(|text| escape_terminal(text, FIELD)),
        exceptions: given::exceptions(audit),
    }
}

fn rulebooks(audit: &Audit) -> Vec<published::Rulebook> {
    let books = audit.rulebooks.iter().map(|book| published::Rulebook {
        vendor: book.vendor.to_string(),
        title: book.title.to_string(),
        as_of: book.as_of.to_string(),
        rows: book.rows as u64,
    });
    books.collect()
}

fn capture(capture: &CaptureSummary, audit: &Audit) -> published::Capture {
    let interfaces = capture.interfaces.iter().map(|interface| published::Interface {
        name: interface.name.clone(),
        linktype: link::name(interface.link),
        drops: interface.drops,
        packets: Some(interface.packets),
        received: interface.received,
    });
    let alone = audit.captures.len() == 1;
    published::Capture {
        path: capture.path.clone(),
        format: capture.format.clone(),
        packets: capture.packets,
        bytes: capture.bytes,
        first: capture.first.and_then(number::rfc3339),
        last: capture.last.and_then(number::rfc3339),
        linktypes: link::of_packets(capture).into_iter().collect(),
        interfaces: interfaces.collect(),
        extract_of: capture.extract_of(&audit.captures),
        cut_packets: capture.cut_packets,
        cut_to: (capture.cut_packets > 0).then_some(capture.cut_to as u64),
        timeless_packets: capture.timeless_packets,
        live: capture.live.as_ref().map(live),
        undecoded: alone.then(|| undecoded(&audit.traffic)),
        ended: capture.ended.clone().into(),
        ended_at: match capture.ended {
            Ended::Cut { at, .. } | Ended::Damaged { at, .. } | Ended::Unreadable { at, .. } => Some(at),
            Ended::Complete | Ended::Stopped => None,
        },
        sha256: capture.sha256.as_deref().map(str::to_owned),
    }
}

fn live(live: &Live) -> published::Live {
    let written = live.written.iter().map(|run| published::Written {
        path: run.path.display().to_string(),
        first: run.first,
        number: run.number,
        frames: run.frames,
    });
    let not_written = live.not_written.iter().map(|text| escape_terminal(text, 4 * FIELD)).collect();
    published::Live { goes_on: live.goes_on, written: written.collect(), not_written }
}

fn passed_over(audit: &Audit) -> Vec<published::PassedOver> {
    let files = audit.passed_over.iter().map(|file| published::PassedOver {
        path: file.path.display().to_string(),
        reason: file.reason.clone(),
    });
    files.collect()
}

fn undecoded(traffic: &Traffic) -> BTreeMap<String, u64> {
    traffic.quality.skipped.iter().map(|(skip, frames)| (skip::name(*skip), *frames)).collect()
}

/// Addresses that were seen or stated, in order, with all that is known of each: at most `limit` beside the devices, and
/// how many are left out.
fn hosts(audit: &Audit, titles: &Names, limit: usize) -> (Vec<published::Host>, usize) {
    let mut agents: BTreeMap<IpAddr, BTreeSet<&str>> = BTreeMap::new();
    for endpoint in &audit.traffic.sip_endpoints {
        let strings = endpoint.user_agents.keys().chain(endpoint.servers.keys());
        agents.entry(endpoint.address).or_default().extend(strings.map(|agent| &**agent));
    }
    let mut names: BTreeMap<IpAddr, BTreeSet<&str>> = BTreeMap::new();
    for seen in &audit.traffic.names {
        if let Some(address) = seen.address {
            names.entry(address).or_default().insert(&seen.name);
        }
    }
    for host in audit.traffic.hosts.iter().filter(|host| !host.own_names.is_empty()) {
        names.entry(host.address).or_default().extend(host.own_names.iter().map(|name| &**name));
    }
    let known = audit.traffic.hosts.iter().map(|host| host.address);
    let mut addresses: Vec<IpAddr> =
        known.chain(audit.site.devices.iter().map(|device| device.address)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let strings = |found: Option<&BTreeSet<&str>>| -> Vec<String> {
        found.into_iter().flatten().map(ToString::to_string).collect()
    };
    let host = |address: IpAddr| {
        let device = audit.site.device(address);
        let facts = audit.traffic.host(address);
        // Behind a router every packet carries the router's hardware address, and the VLAN of its port.
        let is_public = device.is_some_and(|device| device.scope == Scope::Public);
        let own = facts.filter(|facts| !is_public && facts.on_link != Some(false));
        published::Host {
            address: address.to_string(),
            macs: own.iter().flat_map(|facts| &facts.macs).map(|seen| seen.mac.to_string()).collect(),
            vendor: device.and_then(|device| device.maker.as_ref()).map(ToString::to_string),
            bound_by: device.and_then(|device| device.vendor.as_ref()).map(ToString::to_string),
            role: device.map(|device| device.role.to_string()),
            kind: device.map(|device| device.kind.into()),
            role_title: device.map(|device| titles.role(&device.role)),
            model_title: device.and_then(|device| device.model.as_ref()).map(|model| titles.model(model)),
            model: device.and_then(|device| device.model.as_ref()).map(ToString::to_string),
            model_is_stated: device.is_some_and(|device| device.model_is_stated),
            model_is_fitted: device.is_some_and(|device| device.model.is_some() && device.model_is_fitted),
            confidence: device.map(|device| device.confidence.into()),
            evidence: device.map(signs).unwrap_or_default(),
            contradictions: device.map(|device| contradictions(device, titles)).unwrap_or_default(),
            former_addresses: device.map(former_addresses).unwrap_or_default(),
            vlans: own.map(|facts| facts.vlans.clone()).unwrap_or_default(),
            came_in: own.is_some_and(|facts| facts.came_in),
            outer_vlans: own.map(|facts| facts.outer_vlans.clone()).unwrap_or_default(),
            agents: strings(agents.get(&address)),
            names: strings(names.get(&address)),
        }
    };
    let mut others = 0;
    let (kept, omitted): (Vec<IpAddr>, Vec<IpAddr>) = addresses.into_iter().partition(|address| {
        let is_device = audit.site.device(*address).is_some();
        others += usize::from(!is_device);
        is_device || others <= limit
    });
    (kept.into_iter().map(host).collect(), omitted.len())
}

fn signs(device: &Device) -> Vec<published::Sign> {
    device.evidence.iter().map(sign).collect()
}

fn former_addresses(device: &Device) -> Vec<published::FormerAddress> {
    let former = device.former.iter();
    let one =
        |one: &Former| published::FormerAddress { address: one.address.to_string(), before_vlan: one.vlan };
    former.map(one).collect()
}

fn contradictions(device: &Device, titles: &Names) -> Vec<published::Contradiction> {
    let contradictions = device.contradictions.iter().map(|contradiction| published::Contradiction {
        role: contradiction.role.to_string(),
        model: contradiction.model.as_ref().map(ToString::to_string),
        title: Some(match &contradiction.model {
            Some(model) => titles.model(model),
            None => titles.role(&contradiction.role),
        }),
        evidence: sign(&contradiction.evidence),
    });
    contradictions.collect()
}

fn sign(sign: &Evidence) -> published::Sign {
    let (frames, files) = frames(&sign.frames);
    published::Sign {
        kind: sign.kind.into(),
        seen: sign.seen.to_string(),
        weight: sign.weight,
        frames,
        files,
    }
}

fn rows(audit: &Audit, names: &Names) -> Vec<published::Row> {
    let rows = audit.rows.iter().map(|row| (row, frames(&row.frames)));
    let rows = rows.map(|(row, (frames, files))| published::Row {
        row: row.row.to_string(),
        device: row.device.to_string(),
        service: names.row(&row.row).map(|name| name.service.to_string()),
        condition: names.row(&row.row).and_then(|name| name.condition.as_deref()).map(ToOwned::to_owned),
        legs: names
            .row(&row.row)
            .into_iter()
            .flat_map(|name| &name.legs)
            .map(|name| leg(name, row.stated.as_ref()))
            .collect(),
        stated_ports: row.stated.as_ref().and_then(Ports::set).map(ToString::to_string),
        no_forwarding: names
            .row(&row.row)
            .and_then(|name| name.no_forwarding.as_ref())
            .map(ToString::to_string),
        status: row.status.into(),
        flows: row.flows.len() as u64,
        blocked_flows: row.blocked_flows as u64,
        tried_flows: row.tried_flows as u64,
        kept_flows: row.kept_flows as u64,
        one_sided_flows: row.one_sided_flows as u64,
        packets: row.packets,
        kept_packets: row.kept_packets,
        frames,
        files,
    });
    rows.collect()
}

fn leg(leg: &LegName, stated: Option<&Ports>) -> published::Leg {
    published::Leg {
        transport: leg.transport.clone(),
        ports: leg.with_own(stated.and_then(Ports::set)),
        peer: leg.peer.clone(),
        leaves_lan: leg.leaves_lan,
        leaves_unbound: leg.leaves_unbound,
    }
}

/// At most `limit` flows in their order: first those of identified devices and of the subjects of findings.
pub(super) fn chosen_flows(audit: &Audit, limit: usize) -> Vec<&Flow> {
    let flows = &audit.traffic.flows;
    if flows.len() <= limit {
        return flows.iter().collect();
    }
    let subjects = audit.findings.iter().filter_map(|finding| finding.subject.as_ref());
    let mut preferred: BTreeSet<IpAddr> = subjects.map(|subject| subject.address).collect();
    preferred.extend(
        audit.site.devices.iter().filter(|device| device.vendor.is_some()).map(|device| device.address),
    );
    let is_preferred = |flow: &&Flow| preferred.contains(&flow.a.ip()) || preferred.contains(&flow.b.ip());
    let (first, rest): (Vec<&Flow>, Vec<&Flow>) = flows.iter().partition(is_preferred);
    let mut chosen: Vec<&Flow> = first.into_iter().chain(rest).take(limit).collect();
    chosen.sort_by_key(|flow| flow.id);
    chosen
}

pub(super) fn flow(flow: &Flow, audit: &Audit) -> published::Flow {
    let times = |pick: fn(&Direction) -> Option<(Frame, Timestamp)>| {
        [&*flow.from_a, &*flow.from_b].into_iter().filter_map(pick).map(|(_, time)| time)
    };
    let rows = audit.flow_rows.get(&flow.id).into_iter().flatten();
    published::Flow {
        a: endpoint(flow.a),
        b: endpoint(flow.b),
        transport: transport(flow.protocol),
        initiator: flow.initiator.into(),
        packets_ab: flow.from_a.packets,
        packets_ba: flow.from_b.packets,
        bytes_ab: flow.from_a.bytes,
        bytes_ba: flow.from_b.bytes,
        first: times(|direction| direction.first).min().and_then(number::rfc3339),
        last: times(|direction| direction.last).max().and_then(number::rfc3339),
        rows: rows.map(ToString::to_string).collect(),
        is_unexplained: audit.unexplained.contains(&flow.id),
        is_unsolicited: audit.unsolicited.binary_search(&flow.id).is_ok(),
        dscp_ab: packets(&flow.from_a.dscp),
        dscp_ba: packets(&flow.from_b.dscp),
        app: text::app(flow).map(ToOwned::to_owned),
        is_without_answer: flow.tcp.is_some() && flow.from_b.packets > 0 && flow.from_b.payload_packets == 0,
        conversations: 1 + flow.extra.others,
    }
}

fn packets(marks: &Marks) -> BTreeMap<u8, u64> {
    marks.iter().map(|(mark, packets, _)| (mark, packets)).collect()
}

pub(super) fn stream(
    stream: &Stream,
    traffic: &Traffic,
    spells: Spells,
    together: Option<Together>,
    course: Option<published::Course>,
) -> published::Stream {
    let report = &stream.report;
    let milliseconds = |time: i64| time as f64 / 1e6;
    let grade = Grade::of(report);
    let call = stream.call.and_then(|call| traffic.calls.get(call));
    let marking = &report.marking;
    let most = |packets: &mut dyn Iterator<Item = (u16, u64)>| {
        packets.max_by_key(|(value, packets)| (*packets, std::cmp::Reverse(*value))).map(|(value, _)| value)
    };
    published::Stream {
        source: endpoint(stream.source),
        destination: endpoint(stream.destination),
        ssrc: report.ssrc,
        first: number::rfc3339(report.first.time),
        last: number::rfc3339(report.last.time),
        kind: report.kind.into(),
        recognition: report.recognition.into(),
        secure: report.secure,
        keyed_by: report.keying.map(Into::into),
        probably_srtp: report.srtp_tag.is_some(),
        relay: stream.relay.map(Into::into),
        payload_types: report.payloads.iter().map(|payload| payload.seen.value).collect(),
        payloads: report.payloads.iter().map(payload).collect(),
        codec: report.codec.clone(),
        codecs_in_turn: codecs_in_turn(report)
            .into_iter()
            .flatten()
            .map(|(since, codec)| published::CodecSince {
                codec: codec.to_owned(),
                since: number::rfc3339(since),
            })
            .collect(),
        announced_codecs: report.announced_codecs.clone(),
        ptime_ms: report.ptime.and_then(finite),
        announced_ptime_ms: report.announced_ptime,
        clock_hz: report.timing.clock.map(|clock| clock.rate),
        clock_source: report.timing.clock.map(|clock| clock.source.into()),
        packets: report.counts.packets,
        expected: report.counts.expected,
        lost: report.counts.lost,
        lost_percent: grade.lost_percent,
        turned_away: traffic.turned_away(stream),
        paused: stream.paused.packets,
        paused_ms: (stream.paused.packets > 0).then(|| milliseconds(stream.paused.length)),
        late_ms: spells.late.map(milliseconds),
        stopped_ms: spells.stopped.map(milliseconds),
        over_ms: spells.over.map(milliseconds),
        rests: spells.rests.map(|rests| rests.times),
        longest_rest_ms: spells.rests.map(|rests| milliseconds(rests.longest)),
        heard_with: together.map(|with| published::HeardWith {
            source: endpoint(with.source),
            both_ms: milliseconds(with.length),
        }),
        skipped: report.counts.skipped,
        bursts: report.counts.bursts,
        longest_burst: report.counts.longest_burst,
        duplicates: report.counts.copies(),
        repeated_events: report.counts.repeated_events,
        reordered: report.counts.reordered,
        strays: report.counts.strays,
        segments: report.segments.iter().map(segment).collect(),
        silence_percent: report.silence.and_then(finite),
        talkspurts: report.timing.talkspurts,
        delta_ms: report.timing.delta.as_ref().map(spread),
        jitter_ms: report.timing.jitter.as_ref().map(spread),
        dscp: marking.dscp.iter().map(|seen| (seen.value, seen.packets)).collect(),
        ef_percent: grade.ef_percent,
        remarked: marking.remarked.map(|pair| published::Remarked {
            copies: pair.pairs,
            from_dscp: pair.first.1,
            to_dscp: pair.second.1,
        }),
        vlan: most(&mut marking.vlans.iter().map(|seen| (seen.value, seen.packets))),
        pcp: most(&mut marking.pcp.iter().map(|seen| (u16::from(seen.value), seen.packets)))
            .map(|pcp| pcp as u8),
        mos: grade.mos,
        rating: report.quality.as_ref().and_then(|quality| finite(quality.rating)),
        call: call.map(Call::name),
        receiver: report.receiver.as_deref().map(|receiver| reported(receiver, report)),
        course,
        wireshark: wireshark(report),
    }
}

fn payload(payload: &PayloadReport) -> published::Payload {
    published::Payload {
        payload_type: payload.seen.value,
        codec: payload.name.clone(),
        role: payload.role.into(),
        packets: payload.seen.packets,
    }
}

fn segment(segment: &SegmentReport) -> published::Segment {
    published::Segment {
        first: number::rfc3339(segment.first.1),
        last: number::rfc3339(segment.highest.1),
        highest_sequence: segment.highest_sequence,
        expected: segment.expected,
        lost: segment.lost,
    }
}

fn reported(receiver: &ReceiverReport, report: &StreamReport) -> published::Receiver {
    let clock = report.timing.clock;
    let share = |part: u8| finite(f64::from(part) * 100.0 / 256.0);
    let score = |tenths: Option<u8>| tenths.map(|tenths| f64::from(tenths) / 10.0);
    published::Receiver {
        reports: receiver.blocks,
        lost: receiver.lost(),
        lost_percent: report.receiver_lost_percent().and_then(finite),
        worst_lost_percent: share(receiver.worst_fraction_lost),
        max_jitter_ms: clock.and_then(|clock| finite(receiver.worst_jitter(clock))),
        round_trip_ms: receiver.round_trip.as_ref().map(spread),
        round_trip_sender_ms: receiver.round_trip_sender.as_ref().map(spread),
        voip: receiver.voip.map(|voip| published::Voip {
            lost_percent: share(voip.loss_rate),
            discarded_percent: share(voip.discard_rate),
            round_trip_ms: voip.round_trip,
            end_system_delay_ms: voip.end_system_delay,
            mos_lq: score(voip.mos_lq),
            mos_cq: score(voip.mos_cq),
        }),
        frames: vec![receiver.latest_at.number()],
        files: vec![receiver.latest_at.file()],
    }
}

fn wireshark(report: &StreamReport) -> Option<published::Wireshark> {
    report.wireshark.as_ref().map(|columns| published::Wireshark {
        packets: columns.packets,
        lost: columns.lost,
        lost_percent: finite(columns.lost_percent),
        min_delta: finite(columns.min_delta),
        mean_delta: finite(columns.mean_delta),
        max_delta: finite(columns.max_delta),
        min_jitter: finite(columns.min_jitter),
        mean_jitter: finite(columns.mean_jitter),
        max_jitter: finite(columns.max_jitter),
    })
}

fn spread(spread: &Spread) -> published::Spread {
    published::Spread { min: finite(spread.min), mean: finite(spread.mean), max: finite(spread.max) }
}

fn finding(finding: &Finding, context: &Context<'_>, language: Language) -> published::Finding {
    let words = finding_text(finding, context, language);
    let (frames, files) = frames(&finding.evidence.frames);
    published::Finding {
        since: None,
        cleared: None,
        code: finding.code().as_str().to_owned(),
        severity: finding.severity.into(),
        confidence: finding.confidence.into(),
        title: words.title.to_owned(),
        detail: words.detail,
        action: words.action,
        responsible: finding.responsible.into(),
        subject: finding.subject.as_ref().map(|subject| published::Subject {
            address: subject.address.to_string(),
            role: subject.role.as_ref().map(ToString::to_string),
        }),
        about: about(finding),
        rows: finding.rows.iter().map(ToString::to_string).collect(),
        sources: finding.rows.iter().map(|row| source(row, finding, context, language)).collect(),
        count: finding.count,
        evidence: published::Evidence {
            frames,
            files,
            filter: context.filter(&finding.evidence),
            first: finding.evidence.first.and_then(number::rfc3339),
            last: finding.evidence.last.and_then(number::rfc3339),
        },
        hop: published::Hop::of(&finding.detail),
    }
}

/// All that it is about, in order: which one was seen first says nothing.
fn about(finding: &Finding) -> String {
    let all: BTreeSet<Distinction> = finding.parts().iter().map(Finding::distinction).collect();
    let all: Vec<String> = all.iter().map(|one| escape_terminal(&one.to_string(), FIELD)).collect();
    all.join(", ")
}

/// `Q1 RTP: DSCP 46 (EF) (section of the document)`, with the rule's note where the document does not promise it.
fn source(row: &str, finding: &Finding, context: &Context<'_>, language: Language) -> String {
    let name = context.names.row(row);
    let text = name.map_or_else(|| row.to_owned(), |name| name.cited(row, &name.section));
    match text::is_changed(row, finding, context.audit) {
        true => format!("{text}, {}", text::given_words(language).stated),
        false => text,
    }
}

pub(super) fn endpoint(socket: SocketAddr) -> published::Endpoint {
    published::Endpoint { address: socket.ip().to_string(), port: socket.port() }
}

pub(super) fn transport(protocol: Protocol) -> String {
    match protocol {
        Protocol::Other(number) => format!("ip-{number}"),
        Protocol::Udp | Protocol::Tcp | Protocol::Sctp | Protocol::Icmp => {
            text::protocol(protocol).to_lowercase()
        }
    }
}

fn frames(frames: &[Frame]) -> (Vec<u64>, Vec<u16>) {
    frames.iter().map(|frame| (frame.number(), frame.file())).unzip()
}

/// JSON has no word for what is not a number.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
