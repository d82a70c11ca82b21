//! PORT codes: which ports are used that no row explains, and where media and registrations leave their ranges.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::capture::{Frame, Timestamp};
use crate::observe::message::App;
use crate::observe::{Flow, FlowView, Protocol, Stream};
use crate::rules::Row;
use crate::site::{AppName, Device, Initiator, Kind, PeerScope, PortSet, Scope, media_ports, smallest_model};

use super::case::{Case, End, RTP, SIP, SIPS_PORT};
use super::evidence::{NAMED, of_flows, of_streams};
use super::exposure::exposure;
use super::filter::{any_of, host, own_port};
use super::finding::{Detail, Finding, Party, PortUse, Severity, Side};

/// A single packet may be a stray.
const PACKETS_FOR_A_PORT: u64 = 2;
/// As findings.tsv has it.
pub(super) const PACKETS_FOR_MEDIA: u64 = 50;
/// RTP and RTCP.
const PORTS_OF_A_CHANNEL: u64 = 2;
/// As findings.tsv has it.
const BUSY_PERCENT: u64 = 90;

/// All PORT findings but PORT-003, which needs the attempts that failed.
pub(super) fn check(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let awaited = outside::awaited(case);
    for device in case.devices() {
        let ends: Vec<&End<'_>> = case.ends_at(device.address).collect();
        findings.extend(outside::check(case, device, &awaited));
        findings.extend(model(case, device));
        findings.extend(channels(case, device));
        findings.extend(pairs::odd_port(case, device));
        findings.extend(provider_port(case, device, &ends));
        findings.extend(registrar_transport(case, device, &ends));
        findings.extend(undocumented(case, device, &ends));
    }
    findings
}

/// Flow ids that an identified device has and nothing explains.
pub(super) fn unexplained(case: &Case<'_>) -> Vec<usize> {
    let ids: BTreeSet<usize> = case
        .ends
        .iter()
        .filter(|end| is_judged(end.device) && is_unexplained(case, end))
        .map(|end| end.view.flow.id)
        .collect();
    ids.into_iter().collect()
}

/// Only hosts that do nothing but telephony can be held to a port list, and only if it is their maker's list.
fn is_judged(device: &Device) -> bool {
    let Some(vendor) = &device.vendor else { return false };
    // What no MAC address and no agent string names may as well be of another maker: pascom sells no telephones.
    let is_own = device.maker.as_ref().is_some_and(|maker| vendor.eq_ignore_ascii_case(maker));
    device.kind.is_dedicated() && (is_own || device.kind != Kind::Terminal)
}

fn is_unexplained(case: &Case<'_>, end: &End<'_>) -> bool {
    let view = &end.view;
    let flow = view.flow;
    let counts = matches!(flow.protocol, Protocol::Tcp | Protocol::Udp)
        && case.scope(view.peer().ip()) != Scope::Multicast
        && !flow.to_all
        && flow.packets() >= PACKETS_FOR_A_PORT
        && view.took_part();
    // Half of a connection tells too little of who is called to hold it against a list.
    let is_half = flow.protocol == Protocol::Tcp && view.received.packets == 0;
    // Voice has codes of its own, and RTCP, STUN and DTLS keep it company.
    let is_media = match flow.app {
        App::Rtp | App::Stun | App::Dtls | App::Zrtp => true,
        // With somebody in the Internet whom no call is with it is a program of its own.
        App::Rtcp => case.is_voice_between(view.host(), view.peer().ip()) || !is_with_a_stranger(case, view),
        _ => case.is_fax(flow),
    };
    // What answers the Internet against the document has codes of its own.
    let is_exposed = exposure(case, end).is_some();
    let is_explained =
        !end.rows.is_empty() || case.explained.contains(&flow.id) && left_rows(case, end).is_empty();
    counts && !is_half && !is_media && !is_exposed && !is_explained && !case.is_excepted("PORT-001", view)
}

/// Whether the peer is in the Internet and has nothing to do with calls, where the capture does show the host's voice.
fn is_with_a_stranger(case: &Case<'_>, view: &FlowView<'_>) -> bool {
    case.scope(view.peer().ip()) == Scope::Public
        && !case.is_partner(view.host(), view.peer().ip())
        && case.streams_from(view.host()).next().is_some()
}

/// Rows of the device for what the other end's row says this flow is, with own ports that this flow does not keep to.
fn left_rows<'a>(case: &Case<'a>, end: &End<'a>) -> Vec<&'a Row> {
    let both = case.ends_of(end.view.flow.id).iter();
    let spoken: BTreeSet<&AppName> =
        both.flat_map(|end| &end.rows).flat_map(|(row, _)| &row.speaks).collect();
    let rows = case.book.rows_for(&end.device.role, end.device.model.as_ref());
    let own = rows.filter(|row| row.roles.contains(&end.device.role) && row.own_ports().is_some());
    let own = own.filter(|row| row.speaks.iter().any(|word| spoken.contains(word)));
    own.filter(|row| case.admits_peer(row, &end.view)).collect()
}

/// Whether this is SIP over UDP of a device whose own ports for that are documented: then its own one is what departs from the
/// list, whoever asked.
fn names_own_ports(case: &Case<'_>, end: &End<'_>) -> bool {
    let flow = end.view.flow;
    let mut rows = case.book.rows_for(&end.device.role, None);
    (flow.app, flow.protocol) == (App::Sip, Protocol::Udp)
        && rows.any(|row| {
            row.roles.contains(&end.device.role)
                && row.transport.admits_udp()
                && row.own_ports().is_some()
                && row.speaks.iter().any(|word| *word == SIP)
        })
}

/// PORT-001.
fn undocumented(case: &Case<'_>, device: &Device, ends: &[&End<'_>]) -> Option<Finding> {
    if !is_judged(device) {
        return None;
    }
    let mut uses: BTreeMap<(Protocol, u16, Side), Vec<&FlowView<'_>>> = BTreeMap::new();
    let mut rows: BTreeSet<&str> = BTreeSet::new();
    // PORT-005 and PORT-009 tell of these, and that they do no harm; or the capture lacks what would tell who the other one is.
    let is_told = |end: &End<'_>| {
        let both = case.ends_of(end.view.flow.id);
        is_provider_sip(case, end)
            || is_sip_to_the_internet(case, end)
            || both.iter().any(|end| is_called_over_tcp(case, end))
    };
    for end in ends.iter().filter(|end| is_unexplained(case, end) && !is_told(end)) {
        let view = &end.view;
        // The port that stays the same over many flows is the service's: that of the side that was called.
        let left = left_rows(case, end);
        let (port, side) = match () {
            () if !left.is_empty() || names_own_ports(case, end) => (view.own().port(), Side::Own),
            () if view.flow.protocol == Protocol::Tcp && view.start_is_open() => {
                (view.own().port(), Side::Open)
            }
            () if view.started() => (view.peer().port(), Side::Remote),
            () => (view.own().port(), Side::Own),
        };
        rows.extend(left.iter().map(|row| row.id.as_str()));
        uses.entry((view.flow.protocol, port, side)).or_default().push(view);
    }
    if uses.is_empty() {
        return None;
    }
    let flows: Vec<&Flow> = uses.values().flatten().map(|view| view.flow).collect();
    let mut evidence = of_flows(flows.iter().copied());
    if flows.len() > NAMED {
        let ports = uses.iter().take(NAMED).map(|((protocol, port, _), views)| {
            let hosts: BTreeSet<IpAddr> = views.iter().map(|view| view.peer().ip()).collect();
            let own = own_port(device.address, *port, *protocol);
            // With others the same port may be documented.
            match hosts.len() {
                ..=NAMED => format!("{own} && ({})", any_of(hosts.into_iter().map(host).collect())),
                _ => own,
            }
        });
        evidence.filter = any_of(ports.collect());
    }
    let packets = |views: &[&FlowView<'_>]| -> u64 { views.iter().map(|view| view.flow.packets()).sum() };
    let mut uses: Vec<_> = uses.into_iter().collect();
    // A report names the first few.
    uses.sort_by_key(|(_, views)| Reverse(packets(views)));
    let document = case.book.vendor_documents().find(|document| {
        device.vendor.as_deref().is_some_and(|vendor| document.vendor.eq_ignore_ascii_case(vendor))
    });
    let uses = uses.iter().map(|((protocol, port, side), views)| PortUse {
        protocol: *protocol,
        port: *port,
        side: *side,
        flows: views.len(),
        peers: peers(views.iter().map(|view| view.peer())),
    });
    Some(Finding {
        detail: Detail::Port001 { uses: uses.collect(), as_of: document.map(|document| document.as_of) },
        severity: Severity::Warning,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: rows.into_iter().map(Into::into).collect(),
        count: flows.len() as u64,
        responsible: Party::Telephony,
        evidence,
    })
}

/// Rows that say on which own ports this device has its voice. `None`: one of them leaves it open.
fn voice_rows<'a>(case: &Case<'a>, device: &'a Device) -> Option<Vec<(&'a Row, PortSet)>> {
    let mut rows = Vec::new();
    let model = device.model.as_ref().filter(|_| device.model_is_stated);
    for row in case.book.rows_for(&device.role, model) {
        if !row.speaks.iter().any(|word| *word == RTP) || row.roles.iter().all(|role| *role != device.role) {
            continue;
        }
        for leg in &row.legs {
            match case.own_ports(row, leg, device.address).set() {
                Some(ports) => rows.push((row, ports.clone())),
                None if leg.remote.set().is_none() => return None,
                None => {}
            }
        }
    }
    rows.extend(rows_of_peers(case, device));
    Some(rows)
}

/// Where a document gives only the far side's ports (trap T-01), they are this device's own.
fn rows_of_peers<'a>(case: &Case<'a>, device: &Device) -> Vec<(&'a Row, PortSet)> {
    let voice = case.book.rows.iter().filter(|row| row.speaks.iter().any(|word| *word == RTP));
    let legs = voice.flat_map(|row| row.legs.iter().map(move |leg| (row, leg)));
    legs.filter(|(_, leg)| leg.peer.roles.contains(&device.role))
        .filter_map(|(row, leg)| Some((row, leg.remote.set()?.clone())))
        .collect()
}

/// Whether a row says that this device has its voice on such a port.
pub(super) fn is_documented_for_media(case: &Case<'_>, host: IpAddr, port: u16) -> bool {
    let rows = case.device(host).and_then(|device| voice_rows(case, device)).unwrap_or_default();
    rows.iter().any(|(_, ports)| ports.contains(port))
}

/// Ranges as text: those of the document, and those that the site file puts in their place.
fn by_source(case: &Case<'_>, device: &Device, rows: &[(&Row, PortSet)]) -> [Box<str>; 2] {
    [false, true].map(|is_stated| {
        let rows = rows.iter().filter(|(row, _)| {
            case.port_change(row, device.address).is_some_and(|_| row.roles.contains(&device.role))
                == is_stated
        });
        let text: BTreeSet<String> = rows.map(|(_, ports)| ports.to_string()).collect();
        text.into_iter().collect::<Vec<_>>().join(", ").into()
    })
}

/// PORT-006.
fn model(case: &Case<'_>, device: &Device) -> Option<Finding> {
    let stated = device.model.as_ref()?;
    let model = case.book.model(stated.as_str())?;
    let all = media_ports(case.traffic, device.address);
    let of_any_model = |port: &u16| {
        case.book.models.iter().any(|model| model.role == device.role && model.rtp.contains(*port))
    };
    // What the site file says of this row outweighs the model.
    let stated = case
        .book
        .row(model.row.as_str())
        .and_then(|row| case.port_change(row, device.address))
        .and_then(|change| change.own.set());
    let is_open = |port: &u16| stated.is_none_or(|ports| !ports.contains(*port));
    let observed: BTreeSet<u16> = all.into_iter().filter(of_any_model).filter(is_open).collect();
    let (first, last) = (*observed.first()?, *observed.last()?);
    if observed.iter().all(|&port| model.rtp.contains(port)) {
        return None;
    }
    let wrong: BTreeSet<u16> = observed.iter().copied().filter(|&port| !model.rtp.contains(port)).collect();
    let streams = case.streams_from(device.address);
    let streams = streams.filter(|stream| wrong.contains(&stream.source.port()));
    Some(Finding {
        detail: Detail::Port006 {
            observed: (first, last),
            model: model.id.clone(),
            documented: model.rtp.to_string().into(),
            fits: smallest_model(&case.book.models, &device.role, &observed).map(|model| model.id.clone()),
        },
        severity: Severity::Notice,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: vec![model.row.as_str().into()],
        count: wrong.len() as u64,
        responsible: Party::Telephony,
        evidence: of_streams(streams, "", first_frame),
    })
}

/// PORT-007: two RTP ports make a channel, so the ports in use at a time tell how many channels are taken.
fn channels(case: &Case<'_>, device: &Device) -> Option<Finding> {
    let id = device.model.as_ref().filter(|_| device.kind == Kind::Pbx && !device.model_is_fitted)?;
    let model = case.book.model(id.as_str())?;
    let channels = u64::from(model.rtp.count()) / PORTS_OF_A_CHANNEL;
    let sent = case.streams_from(device.address).filter(|stream| {
        stream.relay.is_none()
            && model.rtp.contains(stream.source.port())
            && stream.report.counts.packets >= PACKETS_FOR_MEDIA
    });
    let sent: Vec<&Stream> = sent.collect();
    let (calls, at) = most_at_a_time(&sent)?;
    if channels == 0 || calls * 100 < channels * BUSY_PERCENT {
        return None;
    }
    Some(Finding {
        detail: Detail::Port007 { calls, channels, model: model.id.clone(), at },
        severity: Severity::Warning,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: Vec::new(),
        count: calls,
        responsible: Party::Telephony,
        evidence: of_streams(sent.into_iter().filter(|stream| runs_at(stream, at)), "", first_frame),
    })
}

fn runs_at(stream: &Stream, at: Timestamp) -> bool {
    (stream.report.first.time..=stream.report.last.time).contains(&at)
}

/// How many pairs of ports are in use at a time at most, and when so many were first.
fn most_at_a_time(streams: &[&Stream]) -> Option<(u64, Timestamp)> {
    let pair = |stream: &Stream| stream.source.port() / PORTS_OF_A_CHANNEL as u16;
    // Whatever begins when another one ends runs beside it.
    let begins = streams.iter().map(|stream| (stream.report.first.time, false, pair(stream)));
    let ends = streams.iter().map(|stream| (stream.report.last.time, true, pair(stream)));
    let mut turns: Vec<(Timestamp, bool, u16)> = begins.chain(ends).collect();
    turns.sort_unstable();
    let mut running: BTreeMap<u16, i64> = BTreeMap::new();
    let mut most = None;
    for (at, is_end, pair) in turns {
        let streams = running.entry(pair).or_default();
        *streams += if is_end { -1 } else { 1 };
        if *streams == 0 {
            running.remove(&pair);
        }
        let calls = running.len() as u64;
        if !is_end && most.is_none_or(|(known, _)| calls > known) {
            most = Some((calls, at));
        }
    }
    most
}

/// Rows by which a telephone system speaks SIP to its provider over UDP from ports of its own.
fn provider_rows<'a>(case: &Case<'a>, device: &'a Device) -> Vec<(&'a Row, PortSet)> {
    let rows =
        case.book.rows_for(&device.role, None).filter(|row| row.speaks.iter().any(|word| *word == SIP));
    let legs = rows
        .filter(|row| row.transport.admits_udp())
        .flat_map(|row| row.legs.iter().map(move |leg| (row, leg)));
    legs.filter(|(_, leg)| leg.initiator != Initiator::Peer && leg.peer.scope != PeerScope::Lan)
        .filter_map(|(row, leg)| Some((row, case.own_ports(row, leg, device.address).set()?.clone())))
        .collect()
}

/// Whether a telephone system speaks SIP over UDP with its provider, in the Internet or where its line ends inside.
pub(super) fn is_provider_sip(case: &Case<'_>, end: &End<'_>) -> bool {
    let view = &end.view;
    let (host, peer) = (view.host(), view.peer().ip());
    end.device.kind == Kind::Pbx
        && view.flow.protocol == Protocol::Udp
        && view.flow.app == App::Sip
        && (case.scope(peer) == Scope::Public && case.is_partner(host, peer) || case.is_line(host, peer))
}

/// Whether the PBX asks somebody in the Internet by SIP: its provider, whose REGISTER may be cut or older than the capture.
fn is_sip_to_the_internet(case: &Case<'_>, end: &End<'_>) -> bool {
    let view = &end.view;
    end.device.kind == Kind::Pbx
        && view.flow.app == App::Sip
        && view.started()
        && case.scope(view.peer().ip()) == Scope::Public
}

/// PORT-005.
fn provider_port(case: &Case<'_>, device: &Device, ends: &[&End<'_>]) -> Option<Finding> {
    let rows = provider_rows(case, device);
    let wrong: Vec<&FlowView<'_>> = ends
        .iter()
        .filter(|end| {
            // Where the provider alone asks, it chose the port.
            is_provider_sip(case, end)
                && end.rows.is_empty()
                && end.view.asks()
                && !case.is_excepted("PORT-005", &end.view)
        })
        .map(|end| &end.view)
        .collect();
    let first = wrong.first().filter(|_| !rows.is_empty())?;
    let [documented, stated] = by_source(case, device, &rows);
    Some(Finding {
        detail: Detail::Port005 {
            port: first.own().port(),
            provider: first.peer(),
            documented,
            stated,
            registers: case
                .traffic
                .registrations
                .iter()
                .any(|row| (row.client, row.registrar) == (first.own(), first.peer())),
        },
        severity: Severity::Notice,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: rows.iter().map(|(row, _)| row.id.as_str().into()).collect(),
        count: wrong.len() as u64,
        responsible: Party::Telephony,
        evidence: of_flows(wrong.iter().map(|view| view.flow)),
    })
}

/// Rows by which a telephone system takes registrations over UDP alone.
fn registrar_rows<'a>(case: &Case<'a>, device: &'a Device) -> Vec<&'a Row> {
    if device.kind != Kind::Pbx {
        return Vec::new();
    }
    let rows = case.book.rows_for(&device.role, None);
    rows.filter(|row| row.speaks.iter().any(|word| *word == SIP) && !row.transport.admits_tcp())
        .filter(|row| row.legs.iter().any(|leg| leg.initiator == Initiator::Peer))
        .collect()
}

/// Whether this is the registrar's end of SIP over TCP or TLS, which PORT-009 tells of.
fn is_called_over_tcp(case: &Case<'_>, end: &End<'_>) -> bool {
    let view = &end.view;
    let rows = registrar_rows(case, end.device);
    let port = view.own().port();
    let is_registrar_port =
        port == SIPS_PORT || rows.iter().any(|row| row.own_ports().is_some_and(|ports| ports.contains(port)));
    !rows.is_empty()
        && view.flow.protocol == Protocol::Tcp
        && !view.started()
        && view.took_part()
        && case.scope(view.peer().ip()) == Scope::Lan
        && is_registrar_port
        && matches!(view.flow.app, App::Sip | App::Tls)
}

/// Who called a registrar over TCP or TLS, and when last.
pub(super) fn called_over_tcp(case: &Case<'_>, registrar: IpAddr) -> BTreeMap<IpAddr, Timestamp> {
    let mut clients = BTreeMap::new();
    for view in case.ends_at(registrar).filter(|end| is_called_over_tcp(case, end)).map(|end| &end.view) {
        for (_, time) in [view.sent.last, view.received.last].into_iter().flatten() {
            let last = clients.entry(view.peer().ip()).or_insert(time);
            *last = time.max(*last);
        }
    }
    clients
}

/// PORT-009.
fn registrar_transport(case: &Case<'_>, device: &Device, ends: &[&End<'_>]) -> Option<Finding> {
    let registrar = registrar_rows(case, device);
    let called: Vec<&FlowView<'_>> =
        ends.iter().filter(|end| is_called_over_tcp(case, end)).map(|end| &end.view).collect();
    let first = called.first()?;
    let sources: BTreeSet<IpAddr> = called.iter().map(|view| view.peer().ip()).collect();
    Some(Finding {
        detail: Detail::Port009 {
            port: first.own().port(),
            tls: first.flow.app == App::Tls,
            registers: case.traffic.registrations.iter().any(|row| {
                (row.registrar.ip(), row.protocol) == (device.address, Protocol::Tcp)
                    && sources.contains(&row.client.ip())
            }),
            peers: sources.into_iter().collect(),
        },
        severity: Severity::Notice,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: registrar.iter().map(|row| row.id.as_str().into()).collect(),
        count: called.len() as u64,
        responsible: Party::Telephony,
        evidence: of_flows(called.iter().map(|view| view.flow)),
    })
}

/// The flows by which a device departs from the rows that a finding names, by id.
pub(super) fn departing(case: &Case<'_>, finding: &Finding) -> BTreeSet<usize> {
    let Some(host) = finding.subject.as_ref().map(|subject| subject.address) else { return BTreeSet::new() };
    let ends = |is_meant: &dyn Fn(&End<'_>) -> bool| -> BTreeSet<usize> {
        case.ends_at(host).filter(|end| is_meant(end)).map(|end| end.view.flow.id).collect()
    };
    let voice = |is_meant: &dyn Fn(u16) -> bool| -> BTreeSet<usize> {
        let streams = case.streams_from(host).filter(|stream| stream.relay.is_none());
        streams.filter(|stream| is_meant(stream.source.port())).map(|stream| stream.flow).collect()
    };
    match &finding.detail {
        Detail::Port001 { .. } => ends(&|end| is_unexplained(case, end) && !left_rows(case, end).is_empty()),
        Detail::Port002 { ports, .. } => {
            let is_voice =
                |end: &End<'_>| end.view.flow.app == App::Rtp && ports.contains(&end.view.own().port());
            voice(&|port| ports.contains(&port)).union(&ends(&is_voice)).copied().collect()
        }
        Detail::Port005 { .. } => ends(&|end| is_provider_sip(case, end) && end.rows.is_empty()),
        Detail::Port006 { observed: (first, last), model, .. } => voice(&|port| {
            let fits = case.book.model(model.as_str()).is_some_and(|model| model.rtp.contains(port));
            (*first..=*last).contains(&port) && !fits
        }),
        Detail::Port009 { .. } => ends(&|end| is_called_over_tcp(case, end)),
        _ => BTreeSet::new(),
    }
}

fn first_frame(stream: &Stream) -> Vec<Frame> {
    vec![stream.report.first.frame]
}

fn peers(all: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let all: BTreeSet<SocketAddr> = all.collect();
    all.into_iter().collect()
}

pub(super) use outside::lacks_packets;

mod outside;
mod pairs;
#[cfg(test)]
mod tests;
