//! Holds the shards and what needs the whole capture's order; turns decoded blocks into [`Traffic`] in steps that the
//! pipeline runs: open a wave, let the shards track, settle what they told, let them measure, and finish.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;

use crate::capture::{Chunk, Frame, Timestamp};
use crate::decode::{LinkMessage, Skip};

use super::adopt::adopt;
use super::announce::Offers;
use super::batch::{Aside, Batch, SHARDS, Sums, shard_of};
use super::carriage::{self, Carriage};
use super::clock::Clock;
use super::content::Note;
use super::contests::ContestBook;
use super::detours::detours;
use super::dialogs::{Dialogs, Heard};
use super::duplicates::PAIRS_KEPT;
use super::echoes::clocks_apart;
use super::families::Families;
use super::flow::{End, FlowKey};
use super::fragments::Reassembler;
use super::handshakes::HandshakeBook;
use super::hosts::HostBook;
use super::leases::LeaseBook;
use super::lookups::LookupBook;
use super::media::{self, Announcements, Receptions};
use super::message::{App, arp, cdp, dhcp, lldp};
use super::midstream;
use super::names::NameBook;
use super::pairs::note_pairs;
use super::policies::PolicyBook;
use super::quality::Quality;
use super::refusal;
use super::resolvers::ResolverBook;
use super::returns::pair_ways;
use super::rtcp_ports::RtcpPorts;
use super::shard::{Injected, Shard, Told, Wave, place};
use super::traffic::{Flow, Paused, Protocol, Stream, Traffic};

const FRAMES_KEPT: usize = 5;
const RTCP_SOURCES_KEPT: usize = 65_536;
/// Kinds of what cannot be judged that are told apart: numbers in a frame make 2^40 of them.
const SKIPS_KEPT: usize = 256;
const ETHERTYPE_ARP: u16 = 0x0806;
const ETHERTYPE_LLDP: u16 = 0x88cc;
/// As `LinkMessage` has it: SNAP gives it no EtherType.
const CDP: u16 = 0x2000;

/// Everything that is known so far.
#[derive(Debug, Default)]
pub struct Observer {
    /// Empty until the first record tells the start of time.
    shards: Vec<Shard>,
    /// What the shards told before they were lent, each in order.
    told: Vec<Vec<Told>>,
    reassembler: Reassembler,
    announcements: Announcements,
    rtcp_ports: RtcpPorts,
    offers: Offers,
    dialogs: Dialogs,
    names: NameBook,
    lookups: LookupBook,
    resolvers: ResolverBook,
    leases: LeaseBook,
    hosts: HostBook,
    contests: ContestBook,
    handshakes: HandshakeBook,
    policies: PolicyBook,
    clock: Clock,
    /// Sender, receiver and source of RTCP.
    rtcp: BTreeSet<(SocketAddr, SocketAddr, u32)>,
    receptions: Receptions,
    link_messages: u64,
    fragments: u64,
    /// Empty ones that were used before: what they have room for need not be asked for again.
    spare: Vec<Batch>,
    skipped: BTreeMap<Skip, u64>,
    /// Places in the measurement up to now. More than frames, where a capture holds what else Wireshark numbers.
    numbers: u64,
    sums: Sums,
    cut_sip: Vec<Frame>,
    cut_sip_count: u64,
    endless_sip: u64,
}

/// What is needed no more once all is measured; to let go of it takes a while.
#[derive(Debug)]
pub struct Spent {
    _batches: Vec<Batch>,
    _announcements: Announcements,
}

impl Observer {
    /// Counts the blocks, puts fragments together, reads ARP and LLDP: all that is rare and needs capture order.
    pub fn open(&mut self, chunks: Vec<Chunk<Batch>>) -> Wave {
        if self.shards.is_empty()
            && let Some(start) = chunks.iter().find_map(|chunk| chunk.value.first)
        {
            self.shards = (0..SHARDS).map(|_| Shard::new(start)).collect();
        }
        let mut injected = Vec::with_capacity(chunks.len());
        let mut before = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            let batch = &chunk.value;
            before.push(self.numbers);
            self.numbers += chunk.numbers;
            self.sums.add(batch);
            self.hosts.passed(&batch.came_in, &batch.own_macs);
            self.clock.absorb(&batch.clock, |index| chunk.frame(u64::from(index)));
            note_skipped(&mut self.skipped, batch);
            injected.push(self.asides(chunk));
        }
        Wave { chunks, before, injected }
    }

    /// A copy, for a look at how things stand. The shards are most of it: `copy` makes theirs.
    pub fn copied(&self, copy: impl FnOnce(&[Shard]) -> Vec<Shard>) -> Self {
        Self {
            shards: copy(&self.shards),
            told: self.told.clone(),
            reassembler: self.reassembler.clone(),
            announcements: self.announcements.clone(),
            rtcp_ports: self.rtcp_ports.clone(),
            offers: self.offers.clone(),
            dialogs: self.dialogs.clone(),
            names: self.names.clone(),
            lookups: self.lookups.clone(),
            resolvers: self.resolvers.clone(),
            leases: self.leases.clone(),
            hosts: self.hosts.clone(),
            contests: self.contests.clone(),
            handshakes: self.handshakes.clone(),
            policies: self.policies.clone(),
            clock: self.clock.clone(),
            rtcp: self.rtcp.clone(),
            receptions: self.receptions.clone(),
            link_messages: self.link_messages,
            fragments: self.fragments,
            skipped: self.skipped.clone(),
            numbers: self.numbers,
            sums: self.sums,
            cut_sip: self.cut_sip.clone(),
            cut_sip_count: self.cut_sip_count,
            endless_sip: self.endless_sip,
            spare: Vec::new(),
        }
    }

    /// So many empty batches.
    pub fn batches(&mut self, count: usize) -> Vec<Batch> {
        let mut batches = self.spare.split_off(self.spare.len().saturating_sub(count));
        batches.resize_with(count, Batch::default);
        batches
    }

    /// Takes back what the shards have read.
    pub fn close(&mut self, wave: Wave) {
        self.spare = wave.chunks.into_iter().map(|chunk| chunk.value).collect();
        self.spare.iter_mut().for_each(Batch::clear);
    }

    /// The shards, for letting go of what is over.
    pub fn shards_mut(&mut self) -> &mut [Shard] {
        &mut self.shards
    }

    /// The shards, which may read a wave while [`Self::settle`] hears what they told of the one before: neither needs the
    /// other. [`Self::take_back`] takes them again.
    pub fn lend(&mut self) -> Vec<Shard> {
        let mut shards = std::mem::take(&mut self.shards);
        self.told.resize_with(shards.len(), Vec::new);
        shards.iter_mut().zip(&mut self.told).for_each(|(shard, told)| shard.hand_over(told));
        shards
    }

    /// Takes the shards back.
    pub fn take_back(&mut self, shards: Vec<Shard>) {
        self.shards = shards;
    }

    /// Reads what the shards had told when they were lent, in capture order.
    pub fn settle(&mut self) {
        let mut all = std::mem::take(&mut self.told);
        // Each list is in order, and messages of one frame stand in one of them.
        let mut lists: Vec<_> = all.iter_mut().map(|told| told.drain(..)).collect();
        loop {
            let first = lists
                .iter_mut()
                .filter_map(|list| Some((list.as_slice().first()?.order, list)))
                .min_by_key(|(order, _)| *order);
            let Some(told) = first.and_then(|(_, list)| list.next()) else { break };
            self.hear(told);
        }
        drop(lists);
        self.told = all;
    }

    /// The shards and what they need for measuring.
    pub fn measuring(&mut self) -> (&mut [Shard], &Announcements) {
        (&mut self.shards, &self.announcements)
    }

    /// Before the shards let go of what is over ([`Shard::retire`]), as a capture of days needs it: settles what the
    /// streams among it still have to know. Gives the time of the latest packet.
    pub fn before_retiring(&mut self) -> Option<Timestamp> {
        self.pair_rtcp();
        if self.rtcp.len() > RTCP_SOURCES_KEPT / 2 {
            self.rtcp.clear();
        }
        self.announcements.forget_oldest();
        self.dialogs.forget_oldest();
        self.leases.forget_oldest();
        self.clock.latest()
    }

    /// The calls and the shards, which may now conclude, all side by side, and what may be let go of meanwhile.
    pub fn concluding(&mut self) -> (&mut Dialogs, &mut [Shard], Spent) {
        self.pair_rtcp();
        let spent = Spent {
            _batches: std::mem::take(&mut self.spare),
            _announcements: self.announcements.take_all(),
        };
        (&mut self.dialogs, &mut self.shards, spent)
    }

    /// The rows. `is_service` tells whether a port is a known service of a transport.
    pub fn finish(mut self, is_service: &impl Fn(Protocol, u16) -> bool) -> Traffic {
        let (_, shards, _) = self.concluding();
        shards.iter_mut().for_each(Shard::conclude);
        let whole = self.reassembler.whole();
        let (incomplete, fragments) = self.reassembler.finish();
        let mut quality = Quality {
            frames: self.sums.frames,
            filtered: self.sums.filtered,
            own_cooked: self.sums.own,
            decoded: self.sums.frames - self.skipped.values().sum::<u64>(),
            skipped: self.skipped,
            link_messages: self.link_messages,
            storm: self.hosts.storm(),
            fragments: self.fragments,
            cut_sip: self.cut_sip,
            cut_sip_count: self.cut_sip_count,
            incomplete_datagrams: fragments.incomplete,
            nameless_sip: self.dialogs.nameless,
            malformed_sip: std::mem::take(&mut self.dialogs.malformed),
            messages_over_cap: self.endless_sip
                + self.dialogs.over_cap()
                + self.names.over_cap
                + self.leases.over_cap
                + self.announcements.dropped()
                + self.handshakes.over_cap
                + self.policies.over_cap
                + self.rtcp_ports.over_cap
                + self.resolvers.over_cap,
            ..Quality::default()
        };
        self.clock.tell(&mut quality);
        let (flows, mut streams) = rows(self.shards, &mut quality, is_service);
        let mut conversations = self.dialogs.finish();
        let families = Families::of(&conversations.calls, &streams);
        let mut shared = Vec::new();
        for (at, stream) in streams.iter_mut().enumerate() {
            let ends = (stream.source, stream.destination);
            // Paging from a port of a call is none of it.
            let is_meant = !ends.1.ip().is_multicast()
                || stream.report.announced_at.is_some_and(|at| at.address == ends.1.ip());
            let announced = stream.report.calls.iter().filter(|_| is_meant);
            let announced = announced.flat_map(|id| families.named(id));
            let is_heard = |from, until: Option<Timestamp>| stream.is_heard_between(from, until);
            let mut known = families.heard_in(ends, announced.copied().collect(), &is_heard).into_iter();
            stream.call = known.next();
            shared.extend(known.map(|other| (other, at)));
            stream.report.receiver = self.receptions.about(ends.0, ends.1, stream.report.ssrc).map(Box::new);
        }
        drop(families);
        quality.apart = clocks_apart(&flows, &mut streams);
        adopt(&conversations.calls, &mut streams);
        Paused::note(&conversations.calls, &mut streams);
        for (other, at) in shared {
            if let (Some(call), Some(stream)) = (conversations.calls.get_mut(other), streams.get_mut(at)) {
                call.also_heard.push(at);
                stream.is_shared = true;
            }
        }
        note_pairs(&flows, &mut quality);
        Traffic {
            names: self.names.finish(&flows),
            lookups: self.lookups.finish(),
            resolvers: self.resolvers.finish(),
            dhcp_rivals: self.leases.rivals(),
            unserved: self.leases.unserved(),
            dhcp: self.leases.finish(),
            hosts: self.hosts.finish(&flows),
            contests: self.contests.finish(),
            detours: detours(&flows),
            flows,
            streams,
            calls: conversations.calls,
            registrations: conversations.registrations,
            rewrites: conversations.rewrites,
            repeats: conversations.repeats,
            prompt: conversations.prompt,
            unheeded: conversations.unheeded,
            subscriptions: conversations.subscriptions,
            handshakes: self.handshakes.finish(),
            policies: self.policies.finish(),
            rtcp: self.receptions.counts().collect(),
            rtcp_ports: self.rtcp_ports,
            incomplete,
            whole,
            sip_endpoints: conversations.endpoints,
            quality,
        }
        .with_calls_across_clock()
    }

    /// RTCP speaks for the media beside it: on the even port below, or on the same ports (RFC 3550 section 11,
    /// RFC 5761).
    fn pair_rtcp(&mut self) {
        // A receiver speaks for the stream that comes to it.
        let received = self.receptions.reported().map(|(receiver, ssrc, sender)| (sender, receiver, ssrc));
        self.rtcp.extend(received);
        for &(from, to, ssrc) in &self.rtcp {
            for below in [1, 0] {
                let (Some(source), Some(target)) =
                    (from.port().checked_sub(below), to.port().checked_sub(below))
                else {
                    continue;
                };
                let (source, target) = ((from.ip(), source), (to.ip(), target));
                if let Some(shard) = self.shards.get_mut(shard_of(source, target)) {
                    shard.pair_rtcp(source, target, ssrc);
                }
            }
        }
    }

    fn asides(&mut self, chunk: &Chunk<Batch>) -> [Vec<Injected>; SHARDS] {
        let mut injected: [Vec<Injected>; SHARDS] = Default::default();
        for aside in &chunk.value.aside {
            match aside {
                Aside::Link(message) => {
                    self.link_messages += 1;
                    self.link(chunk, message);
                }
                Aside::Fragment(fragment) => {
                    self.fragments += 1;
                    let frame = chunk.frame(u64::from(fragment.packet.index));
                    let bytes = chunk.bytes.get(fragment.packet.payload.range()).unwrap_or_default();
                    if let Some(datagram) = self.reassembler.push(frame, fragment, bytes) {
                        let packet = datagram.packet;
                        let own = shard_of(
                            (packet.source, packet.source_port),
                            (packet.destination, packet.destination_port),
                        );
                        let index = fragment.packet.index;
                        injected[own].push(Injected { index, packet, bytes: datagram.bytes });
                    }
                }
            }
        }
        injected
    }

    fn link(&mut self, chunk: &Chunk<Batch>, message: &LinkMessage) {
        let bytes = chunk.bytes.get(message.payload.range()).unwrap_or_default();
        let frame = chunk.frame(u64::from(message.index));
        match message.protocol {
            ETHERTYPE_ARP => {
                if let Some(arp) = arp::read(bytes) {
                    let sender = IpAddr::V4(arp.sender);
                    self.hosts.arp(&arp, frame, message.time);
                    let tags = (message.vlan.map(|tag| tag.id), message.outer_vlan.map(NonZeroU16::get));
                    self.hosts.tag(sender, tags.0, tags.1);
                    self.contests.arp(&arp, frame, message.time, tags);
                }
            }
            ETHERTYPE_LLDP => {
                let Some(lldp) = lldp::read(bytes) else { return };
                if let Some(name) = &lldp.system_name {
                    lldp.management.iter().for_each(|&address| self.hosts.name(address, name));
                }
                if let Some(sender) = message.source_mac {
                    self.policies.push(frame, sender, &lldp);
                }
            }
            CDP => {
                if let (Some(cdp), Some(sender)) = (cdp::read(bytes), message.source_mac) {
                    self.policies.push_cdp(frame, sender, &cdp);
                }
            }
            _ => {}
        }
    }

    fn hear(&mut self, told: Told) {
        let Told { order, frame, time, from, to, protocol, dscp, datagram, note } = told;
        match note {
            Note::Sip(message, sdp) => {
                let heard = Heard { frame, time, from, to, protocol, dscp, datagram, message };
                self.dialogs.push(&heard, sdp.as_deref());
                sdp.iter().for_each(|sdp| self.rtcp_ports.hear(sdp));
                self.offers.hear(place(order), &heard, sdp.as_deref(), &mut self.announcements);
            }
            Note::CutSip => {
                self.cut_sip_count += 1;
                if self.cut_sip.len() < FRAMES_KEPT {
                    self.cut_sip.push(frame);
                }
            }
            Note::EndlessSip => self.endless_sip += 1,
            Note::Dns(message) => {
                self.names.dns(frame, from.ip(), to.ip(), &message);
                self.lookups.dns(time, from.ip(), to.ip(), &message);
                self.resolvers.dns((frame, time), from, to, &message);
            }
            Note::Dhcp(message) => {
                self.leases.push((frame, time), from.ip(), to.ip(), &message);
                self.dhcp(frame, &message);
            }
            Note::Tls(said) => self.handshakes.push(frame, time, from, to, *said),
            Note::Rtcp(rtcp) => {
                if self.rtcp.len() < RTCP_SOURCES_KEPT {
                    self.rtcp.insert((from, to, rtcp.ssrc));
                }
                self.receptions.note((from, to), &rtcp, frame, time);
                self.rtcp_ports.note(from, to, (frame, time));
            }
        }
    }

    fn dhcp(&mut self, frame: Frame, message: &dhcp::DhcpMessage) {
        // The client's own word comes in its request; the server's reply settles address and hardware address.
        let address = if message.is_reply { message.yours } else { message.client.or(message.requested) };
        let (Some(address), Some(mac)) = (address.map(IpAddr::V4), message.client_mac) else { return };
        // What is only offered may go to nobody.
        if message.is_reply && message.kind != Some(dhcp::MessageType::Offer) {
            self.hosts.pair(address, mac, frame);
        }
        if let Some(name) = &message.host_name {
            self.hosts.name(address, name);
        }
        if let Some(class) = &message.vendor_class {
            self.hosts.vendor_class(address, class);
        }
    }
}

/// Adds what a block holds of it. In the order of its records, so that it does not depend on the blocks which kinds have
/// room.
fn note_skipped(skipped: &mut BTreeMap<Skip, u64>, batch: &Batch) {
    let mut fresh: Vec<_> =
        batch.skipped.iter().map(|(reason, (first, count))| (first, reason, count)).collect();
    fresh.sort_unstable();
    for (_, reason, count) in fresh {
        let has_room = skipped.len() < SKIPS_KEPT || skipped.contains_key(reason);
        *skipped.entry(if has_room { *reason } else { Skip::Rest }).or_default() += count;
    }
}

/// Flows in order of their first frame, and the streams that are RTP with the ids of those flows.
fn rows(
    shards: Vec<Shard>,
    quality: &mut Quality,
    is_service: &impl Fn(Protocol, u16) -> bool,
) -> (Vec<Flow>, Vec<Stream>) {
    // There may be half a million: they are made in one place, each shard's tables being freed on the way.
    let mut flows =
        Vec::with_capacity(shards.iter().map(|shard| shard.flows.len() + shard.past.rows()).sum());
    let mut reports = Vec::new();
    for mut shard in shards {
        quality.samples_over_cap += shard.streams.dropped().no_room;
        quality.maybe_media += shard.streams.dropped().unlikely + shard.unlikely + shard.past.unlikely;
        let before = flows.len();
        let running = std::mem::take(&mut shard.reports).into_iter();
        reports.extend(running.map(|report| (before + report.flow as usize, report)));
        for state in shard.flows {
            shard.counts.note_unseen(&state);
            flows.push(state.finish(is_service));
        }
        quality.packets_over_cap += shard.past.over_cap;
        for (flow, streams) in shard.past.into_rows() {
            reports.extend(streams.into_iter().map(|report| (flows.len(), Box::new(report))));
            flows.push(flow);
        }
        shard.counts.add_to(quality);
        quality.duplicate_pairs.extend_from_slice(shard.duplicates.pairs());
    }
    let relayed = flows.iter().filter_map(|flow| flow.extra.carriage.as_deref());
    quality.samples_over_cap += relayed.map(Carriage::left_out).sum::<u64>();
    quality.unseen_frames.sort_unstable();
    quality.unseen_frames.truncate(FRAMES_KEPT);
    quality.duplicate_pairs.sort_unstable_by_key(|[original, copy]| (*copy, *original));
    quality.duplicate_pairs.truncate(PAIRS_KEPT);
    midstream::settle(&mut flows);
    pair_ways(&mut reports);
    reports.retain(|(_, report)| {
        quality.maybe_media += if report.is_media() { 0 } else { report.counts.packets };
        report.is_media()
    });
    let ids = put_in_order(&mut flows);
    let mut streams: Vec<Stream> = reports
        .into_iter()
        .filter_map(|(place, report)| {
            let id = *ids.get(place)?;
            let flow = flows.get(id)?;
            let key = key(flow);
            let (low, high) = (key.socket(End::Low), key.socket(End::High));
            let (source, destination) = match report.direction {
                media::Direction::AToB => (low, high),
                media::Direction::BToA => (high, low),
            };
            Some(Stream {
                flow: id,
                source,
                destination,
                call: None,
                is_shared: false,
                paused: Paused::default(),
                relay: None,
                is_quoted: flow.extra.icmp.iter().any(|icmp| icmp.about_a == (flow.a == source)),
                is_mixed: matches!(flow.app, App::Stun | App::Dtls),
                report,
            })
        })
        .collect();
    streams.sort_by_key(|stream| {
        (
            stream.report.first.time,
            stream.report.first.frame,
            stream.source,
            stream.destination,
            stream.report.ssrc,
        )
    });
    for stream in &mut streams {
        if let Some(flow) = flows.get(stream.flow) {
            carriage::note(stream, flow);
            refusal::note(stream, flow);
        }
    }
    for stream in streams.iter().filter(|stream| stream.relay.is_none()) {
        // STUN or DTLS may have come first: what the flow is for is voice or video.
        if let Some(flow) = flows.get_mut(stream.flow) {
            flow.app = App::Rtp;
        }
    }
    (flows, streams)
}

/// Orders and numbers flows by their first packets; gives the new place of each.
fn put_in_order(flows: &mut [Flow]) -> Vec<usize> {
    let mut order: Vec<_> = flows.iter().enumerate().map(|(at, flow)| (flow.begins(), at)).collect();
    let key = |at: usize| flows.get(at).map(|flow| key(flow).order());
    // Each shard's are nearly in order: a sort that finds such runs merges them.
    order.sort_by(|x, y| x.0.cmp(&y.0).then_with(|| key(x.1).cmp(&key(y.1))));
    let mut places = vec![0; flows.len()];
    for (place, (_, at)) in order.into_iter().enumerate() {
        if let Some(to) = places.get_mut(at) {
            *to = place;
        }
    }
    let mut left = places.clone();
    for at in 0..left.len() {
        while let Some(&to) = left.get(at).filter(|to| **to != at) {
            flows.swap(at, to);
            left.swap(at, to);
        }
    }
    for (id, flow) in flows.iter_mut().enumerate() {
        flow.id = id;
    }
    places
}

fn key(flow: &Flow) -> FlowKey {
    FlowKey::new((flow.a.ip(), flow.a.port()), (flow.b.ip(), flow.b.port()), flow.protocol).0
}

#[cfg(test)]
mod tests;
