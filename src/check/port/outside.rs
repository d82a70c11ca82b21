//! PORT-002: takes the voice of a device, and its rows with the ports that voice is documented at; says which other ports it uses,
//! and whether a capture holds too little of such voice to be judged. Knows no model but that its ports are PORT-006.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::super::case::Case;
use super::super::evidence::of_streams;
use super::super::finding::{Code, Detail, Finding, Party, Severity};
use super::{PACKETS_FOR_A_PORT, PACKETS_FOR_MEDIA, by_source, first_frame, voice_rows};
use crate::observe::media::MediaKind;
use crate::observe::{Protocol, Stream};
use crate::rules::Row;
use crate::site::{Device, Kind, PortSet, Scope};

/// By receiver and port.
type Awaited<'a> = BTreeMap<IpAddr, BTreeMap<u16, Vec<&'a Stream>>>;

/// Rows of a device with the ports that they document.
type Documented<'a> = Vec<(&'a Row, PortSet)>;

/// Voice of a device at one port that no row gives.
#[derive(Default)]
struct Use<'a> {
    sent: Vec<&'a Stream>,
    /// What comes to the port, where the device announced it: one that pauses where nobody speaks sends little, and yet has its
    /// voice there.
    heard: Vec<&'a Stream>,
}

impl<'a> Use<'a> {
    fn packets(&self) -> u64 {
        self.sent.iter().chain(&self.heard).map(|stream| stream.report.counts.packets).sum()
    }

    /// The streams that are enough to tell of: those that it sends, else all that make the port one of voice.
    fn enough(&self, case: &Case<'_>) -> Vec<&'a Stream> {
        let is_long = |stream: &&Stream| stream.report.counts.packets >= PACKETS_FOR_MEDIA;
        let long: Vec<&Stream> = self.sent.iter().copied().filter(is_long).collect();
        if !long.is_empty() {
            return long.into_iter().filter(|stream| !case.is_excepted_stream(CODE, stream)).collect();
        }
        let ends = self.heard.iter().map(|stream| (stream.destination, stream.source, Protocol::Udp));
        let is_due = !self.heard.is_empty() && self.packets() >= PACKETS_FOR_MEDIA;
        if is_due && !case.is_any_excepted(CODE, ends) { self.heard.clone() } else { Vec::new() }
    }
}

const CODE: &str = Code::Port002.as_str();

/// Voice that comes to where its receiver announced itself to wait for it.
pub(super) fn awaited<'a>(case: &Case<'a>) -> Awaited<'a> {
    let sides =
        case.traffic.calls.iter().flat_map(|call| {
            [(call.caller.ip(), &call.caller_media), (call.callee.ip(), &call.callee_media)]
        });
    let own = sides.flat_map(|(host, media)| media.iter().filter(move |ear| ear.ip() == host));
    let announced: BTreeSet<&SocketAddr> = own.collect();
    let mut awaited = Awaited::new();
    for stream in &case.traffic.streams {
        let ear = stream.destination;
        if stream.relay.is_none() && announced.contains(&ear) {
            awaited.entry(ear.ip()).or_default().entry(ear.port()).or_default().push(stream);
        }
    }
    awaited
}

/// What a device has outside of the ports of its rows, which come with it. `None`: nothing is documented, or it is not its own
/// port that is seen.
fn uses<'a>(
    case: &Case<'a>,
    device: &'a Device,
    awaited: &Awaited<'a>,
) -> Option<(BTreeMap<u16, Use<'a>>, Documented<'a>)> {
    let rows = voice_rows(case, device).filter(|rows| !rows.is_empty())?;
    if device.on_link == Some(false) && device.scope == Scope::Public && device.kind != Kind::Cloud {
        return None;
    }
    let documented: Vec<&PortSet> = rows.iter().map(|(_, ports)| ports).collect();
    let of_any_model = case.book.models.iter().filter(|model| model.role == device.role);
    let of_any_model: Vec<&PortSet> = of_any_model.map(|model| &model.rtp).collect();
    let is_outside = |port: u16| {
        // Ports of another model are PORT-006.
        !documented.iter().chain(&of_any_model).any(|ports| ports.contains(port))
    };
    let is_voice = |stream: &&Stream| stream.report.kind != MediaKind::Video;
    let mut uses: BTreeMap<u16, Use<'_>> = BTreeMap::new();
    let sent = case.streams_from(device.address).filter(|stream| stream.relay.is_none()).filter(is_voice);
    for stream in sent.filter(|stream| is_outside(stream.source.port())) {
        uses.entry(stream.source.port()).or_default().sent.push(stream);
    }
    let heard = awaited.get(&device.address).into_iter().flatten();
    for (port, heard) in heard.filter(|(port, _)| is_outside(**port)) {
        let heard = heard.iter().copied().filter(is_voice);
        uses.entry(*port).or_default().heard.extend(heard);
    }
    Some((uses, rows))
}

/// One finding for a device.
pub(super) fn check<'a>(case: &Case<'a>, device: &'a Device, awaited: &Awaited<'a>) -> Option<Finding> {
    let (uses, rows) = uses(case, device, awaited)?;
    let enough = uses.iter().map(|(port, one)| (*port, one.enough(case)));
    let told: Vec<(u16, Vec<&Stream>)> = enough.filter(|(_, streams)| !streams.is_empty()).collect();
    if told.is_empty() {
        return None;
    }
    let ports = told.iter().map(|(port, _)| *port).collect();
    let outside: Vec<&Stream> = told.into_iter().flat_map(|(_, streams)| streams).collect();
    let [documented, stated] = by_source(case, device, &rows);
    Some(Finding {
        detail: Detail::Port002 { ports, documented, stated },
        severity: Severity::Warning,
        confidence: device.confidence,
        subject: Some(case.subject(device.address)),
        rows: rows.iter().map(|(row, _)| row.id.as_str().into()).collect(),
        count: outside.len() as u64,
        responsible: Party::Telephony,
        evidence: of_streams(outside, "", first_frame),
    })
}

/// Whether a device has voice at a port that no row gives, and too little of it to tell: then its ports are not judged.
pub(in crate::check) fn lacks_packets(case: &Case<'_>) -> bool {
    let awaited = awaited(case);
    let uses = case.devices().filter_map(|device| uses(case, device, &awaited));
    uses.flat_map(|(uses, _)| uses.into_values())
        .any(|one| (PACKETS_FOR_A_PORT..PACKETS_FOR_MEDIA).contains(&one.packets()))
}
