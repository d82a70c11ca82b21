//! What has left the tables of a live capture, so that it can run for days: takes finished flows, gives rows again.
//! Conversations of one kind are folded into one row that sums them up; those that carried media stay single, with their
//! streams.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::capture::{Frame, Timestamp};

use super::flow::EPHEMERAL;
use super::hello::Stuck;
use super::mapped::Mapped;
use super::marks::Marks;
use super::media::StreamReport;
use super::message::App;
use super::returns::pair_ways;
use super::sent::Sent;
use super::silences::{Silence, Silences};
use super::traffic::{Direction, FirstFrames, Flow, Initiator, Protocol, TcpOutcome};

/// Kinds of conversation of one shard; the packets of those that make room are counted as over the limit.
const KINDS_KEPT: usize = 4_096;
/// How many make room at a time, so that choosing them costs little.
const KINDS_FREED: usize = KINDS_KEPT / 8;
/// Flows with media of one shard; the oldest make room and are counted the same way.
const MEDIA_KEPT: usize = 2_048;

/// Conversations with one of these are of one kind: the same hosts, the same service, the same course.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    protocol: Protocol,
    a: (IpAddr, u16),
    b: (IpAddr, u16),
    initiator: Initiator,
    app: App,
    tls_name: Option<Box<str>>,
    http_host: Option<Box<str>>,
    stuck: Option<Stuck>,
    outcome: Option<TcpOutcome>,
}

impl Kind {
    fn of(flow: &Flow) -> Self {
        let is_of_its_own = flow.a.port() < EPHEMERAL || tells_of_its_ports(flow);
        let port = if is_of_its_own { flow.a.port() } else { 0 };
        Self {
            protocol: flow.protocol,
            a: (flow.a.ip(), port),
            b: (flow.b.ip(), flow.b.port()),
            initiator: flow.initiator,
            app: flow.app,
            tls_name: flow.extra.tls_name.clone(),
            http_host: flow.extra.http_host.clone(),
            stuck: flow.extra.stuck,
            outcome: flow.tcp.as_ref().map(|tcp| tcp.outcome),
        }
    }
}

/// Whether something is judged by both ports of this conversation: calls over a connection that somebody closed, and voice from
/// where a STUN server was asked.
fn tells_of_its_ports(flow: &Flow) -> bool {
    let is_closed = flow.tcp.as_ref().is_some_and(|tcp| tcp.closed_by_a.is_some());
    flow.app == App::Sip && is_closed || !flow.extra.mapped.is_empty()
}

/// Conversations of one kind, summed up.
#[derive(Clone, Debug)]
struct Row {
    flow: Flow,
    /// With a known service or in SIP: what the judgement lives on, and the last to make room.
    is_known: bool,
}

/// The past of one shard.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    folded: HashMap<Kind, Row, RandomState>,
    media: VecDeque<(Flow, Vec<StreamReport>)>,
    /// The latest packet between two sockets that spoke SIP, whoever began; the smaller one first.
    sip: HashMap<[SocketAddr; 2], (Frame, Timestamp), RandomState>,
    /// Packets of sources that nothing shows to be RTP.
    pub(super) unlikely: u64,
    /// Packets that are in no row.
    pub(super) over_cap: u64,
}

impl Past {
    /// Takes a flow that is over, with its streams. `is_service` tells whether a port is a known service of a transport.
    pub(super) fn take(
        &mut self,
        mut flow: Flow,
        mut streams: Vec<StreamReport>,
        is_service: &impl Fn(Protocol, u16) -> bool,
    ) {
        // Both directions are here, and either may show what the other one is.
        let mut ways: Vec<(usize, &mut StreamReport)> =
            streams.iter_mut().map(|report| (0, report)).collect();
        pair_ways(&mut ways);
        let unlikely = streams.iter().filter(|report| !report.is_media());
        self.unlikely += unlikely.map(|report| report.counts.packets).sum::<u64>();
        streams.retain(StreamReport::is_media);
        if !streams.is_empty() {
            self.media.push_back((flow, streams));
            if self.media.len() > MEDIA_KEPT
                && let Some((flow, _)) = self.media.pop_front()
            {
                self.over_cap += flow.packets();
            }
            return;
        }
        self.note_pause(&mut flow);
        let kind = Kind::of(&flow);
        if let Some(known) = self.folded.get_mut(&kind) {
            fold(&mut known.flow, flow);
            return;
        }
        if self.folded.len() >= KINDS_KEPT {
            self.make_room();
        }
        let is_known = flow.app == App::Sip || is_service(flow.protocol, flow.b.port());
        self.folded.insert(kind, Row { flow, is_known });
    }

    /// The pause between two conversations in SIP of the same ports is a silence too.
    fn note_pause(&mut self, flow: &mut Flow) {
        if flow.app != App::Sip {
            return;
        }
        let last = [flow.from_a.last, flow.from_b.last].into_iter().flatten().max_by_key(|(_, time)| *time);
        let (Some(last), Some((time, frame))) = (last, flow.begins()) else { return };
        if self.sip.len() >= KINDS_KEPT {
            // Not to know of a pause is better than to keep more.
            self.sip.clear();
        }
        let ends = [flow.a.min(flow.b), flow.a.max(flow.b)];
        if let Some(after) = self.sip.insert(ends, last) {
            let silence = Silence { after, until: (frame, time) };
            match &mut flow.extra.silence {
                Some(known) => known.note(silence),
                none => *none = Some(Box::new(Silences::of(silence))),
            }
        }
    }

    /// Lets the rows go that were heard last the longest ago, those first that no judgement needs: the present of a capture
    /// of days counts for more than its first hour.
    fn make_room(&mut self) {
        let rank = |row: &Row| {
            let last = [row.flow.from_a.last, row.flow.from_b.last].into_iter().flatten();
            (row.is_known, last.map(|(frame, time)| (time, frame)).max())
        };
        let mut ranks: Vec<_> = self.folded.values().map(rank).collect();
        let (_, &mut latest, _) = ranks.select_nth_unstable(KINDS_FREED - 1);
        let over_cap = &mut self.over_cap;
        self.folded.retain(|_, row| {
            let stays = rank(row) > latest;
            *over_cap += if stays { 0 } else { row.flow.packets() };
            stays
        });
    }

    /// How many rows.
    pub(super) fn rows(&self) -> usize {
        self.folded.len() + self.media.len()
    }

    /// All rows with their streams, in no order.
    pub(super) fn into_rows(self) -> impl Iterator<Item = (Flow, Vec<StreamReport>)> {
        self.folded.into_values().map(|row| (row.flow, Vec::new())).chain(self.media)
    }
}

/// Adds a conversation of the same kind.
fn fold(row: &mut Flow, other: Flow) {
    row.extra.silence = silences(row, &other);
    if other.extra.asks_back {
        row.extra.asks_back = true;
    }
    if other.extra.answers_first {
        row.extra.answers_first = true;
    }
    if other.extra.hears {
        row.extra.hears = true;
    }
    if other.extra.is_websocket {
        row.extra.is_websocket = true;
    }
    if other.extra.is_compressed {
        row.extra.is_compressed = true;
    }
    row.extra.others += 1 + other.extra.others;
    if let Some(stall) = &other.extra.stall {
        match &mut row.extra.stall {
            Some(known) => known.fold(stall),
            none => *none = Some(stall.clone()),
        }
    }
    if other.extra.esp > 0 {
        row.extra.esp += other.extra.esp;
    }
    for mapped in &other.extra.mapped {
        let is_known = |one: &Mapped| (one.is_a, one.to) == (mapped.is_a, mapped.to);
        if !row.extra.mapped.iter().any(|one| is_known(one)) {
            row.extra.mapped.push(mapped.clone());
        }
    }
    fold_direction(&mut row.from_a, &other.from_a);
    fold_direction(&mut row.from_b, &other.from_b);
    row.layers = row.layers.with(other.layers);
    row.to_all |= other.to_all;
    let vlans: BTreeSet<u16> = row.vlans.iter().chain(&other.vlans).copied().collect();
    row.vlans = vlans.into_iter().collect();
    for outer in &other.extra.outer_vlans {
        if !row.extra.outer_vlans.contains(outer) {
            row.extra.outer_vlans.push(*outer);
        }
    }
    if let (Some(tcp), Some(other)) = (&mut row.tcp, other.tcp) {
        tcp.attempts = first_of(&tcp.attempts, &other.attempts);
        tcp.attempt_count += other.attempt_count;
        tcp.settled_by = tcp.settled_by.into_iter().chain(other.settled_by).min();
        tcp.reset = tcp.reset.into_iter().chain(other.reset).min();
        tcp.unseen_acknowledged += other.unseen_acknowledged;
        tcp.is_strange |= other.is_strange;
    }
    for report in &other.extra.icmp {
        if let Some(known) = row.extra.icmp.iter_mut().find(|known| known.is_like(report)) {
            known.add(report);
        } else {
            row.extra.icmp.push(report.clone());
        }
    }
}

fn silences(row: &Flow, other: &Flow) -> Option<Box<Silences>> {
    let known = row.extra.silence.iter().chain(&other.extra.silence).map(|known| (**known).clone());
    let all = known.reduce(|mut one, other| {
        other.longest_first().for_each(|silence| one.note(silence));
        one.long_until = one.long_until.max(other.long_until);
        one
    });
    all.map(Box::new)
}

fn fold_direction(row: &mut Sent, other: &Sent) {
    if other.packets == 0 {
        return;
    }
    let row: &mut Direction = row;
    let other_macs = match (row.mac, other.mac) {
        (Some(known), Some(mac)) if known != mac => other.packets,
        _ => other.extra.other_macs,
    };
    if other_macs > 0 {
        row.extra.other_macs += other_macs;
        row.extra.other_mac = row.extra.other_mac.or(other.extra.other_mac);
    }
    row.mac = row.mac.or(other.mac);
    row.packets += other.packets;
    row.bytes += other.bytes;
    row.payload_packets += other.payload_packets;
    row.dscp.merge(&other.dscp);
    if other.extra.pcp != Marks::NONE {
        row.extra.pcp.merge(&other.extra.pcp);
    }
    let earlier = |(frame, time): &(Frame, Timestamp)| (*time, *frame);
    row.first = row.first.into_iter().chain(other.first).min_by_key(earlier);
    row.last = row.last.into_iter().chain(other.last).max_by_key(earlier);
    row.ttl = match (row.ttl, other.ttl) {
        (Some((least, most)), Some((low, high))) => Some((least.min(low), most.max(high))),
        (known, other) => known.or(other),
    };
    row.frames = first_of(&row.frames, &other.frames);
}

fn first_of(some: &FirstFrames, more: &FirstFrames) -> FirstFrames {
    let mut all: Vec<Frame> = some.iter().chain(more).copied().collect();
    all.sort_unstable();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, frame, greeting, socket, tcp, udp};
    use super::super::media::{self, Recognition};
    use super::super::returns::tests::report;
    use super::*;

    fn rows(flows: impl IntoIterator<Item = Flow>) -> Vec<Flow> {
        let mut past = Past::default();
        flows.into_iter().for_each(|flow| past.take(flow, Vec::new(), &|_, _| false));
        past.into_rows().map(|(flow, _)| flow).collect()
    }

    fn attempt(port: u16, number: u64, outcome: TcpOutcome) -> Flow {
        let mut flow = tcp(&format!("192.168.10.21:{port}"), "192.168.10.2:389", outcome, 2);
        flow.from_a.packets = 2;
        flow.from_a.dscp = [(46, 1, 90), (0, 1, 60)].into_iter().collect();
        if let Some(tcp) = &mut flow.tcp {
            tcp.attempts = [frame(number), frame(number + 1)].into_iter().collect();
        }
        flow
    }

    #[test]
    fn connections_to_one_service_become_one_row() {
        let silent = |port, number| attempt(port, number, TcpOutcome::Silent);
        let folded = rows([silent(50_000, 7), silent(50_001, 3), silent(50_002, 9)]);
        let [only] = folded.as_slice() else { panic!("{folded:?}") };
        let tcp = only.tcp.as_ref().unwrap();
        assert_eq!((only.extra.others, only.from_a.packets, tcp.attempt_count), (2, 6, 6));
        assert_eq!(only.from_a.dscp, [(46, 3, 270), (0, 3, 180)].into_iter().collect());
        assert_eq!(tcp.attempts.to_vec(), [3, 4, 7, 8, 9].map(frame), "the first five");
    }

    #[test]
    fn what_is_judged_by_both_ports_stays_apart() {
        let closed = |port: u16| {
            let mut flow = attempt(port, 1, TcpOutcome::Answered);
            flow.app = App::Sip;
            flow.tcp.as_mut().unwrap().closed_by_a = Some(false);
            flow
        };
        assert_eq!(rows([closed(50_000), closed(50_001)]).len(), 2);
        let seen = |port: u16, mapped: u16| {
            let mut flow = udp(&format!("192.168.10.21:{port}"), "203.0.113.50:3478");
            let to = socket(&format!("198.51.100.7:{mapped}"));
            flow.extra.mapped.push(Box::new(Mapped { is_a: true, to, at: at(0) }));
            flow
        };
        let told = rows([seen(50_000, 7), seen(50_001, 7), seen(50_001, 7), seen(50_001, 9)]);
        let mut ports: Vec<usize> = told.iter().map(|flow| flow.extra.mapped.len()).collect();
        ports.sort_unstable();
        assert_eq!(ports, [1, 2], "each port that a server saw, once");
    }

    #[test]
    fn a_short_stream_stays_where_its_other_direction_shows_what_it_is() {
        let taken = |known| {
            let mut past = Past::default();
            let short = report(media::Direction::BToA, Recognition::None, 8, 18);
            let long = report(media::Direction::AToB, known, 12, 18);
            let flow = udp("192.168.10.21:10000", "192.168.10.2:5204");
            past.take(flow, vec![*long, *short], &|_, _| false);
            let unlikely = past.unlikely;
            (past.into_rows().map(|(_, streams)| streams.len()).sum::<usize>(), unlikely)
        };
        assert_eq!(taken(Recognition::Content), (2, 0));
        assert_eq!(taken(Recognition::None), (0, 20));
    }

    #[test]
    fn silences_of_sip_are_those_of_two_ports_whoever_begins() {
        let asks = |from: &str, to: &str, seconds: i64| {
            let mut flow = udp(from, to);
            flow.app = App::Sip;
            let at = (frame(seconds as u64), at(seconds * 1_000));
            (flow.from_a.first, flow.from_a.last) = (Some(at), Some(at));
            (flow.from_b.first, flow.from_b.last) = (None, None);
            flow
        };
        let (phone, pbx) = ("192.168.10.21:5060", "192.168.10.2:5060");
        let flows = [0, 600].map(|seconds| asks(phone, pbx, seconds));
        let pings = [150, 300, 450, 750].map(|seconds| asks(pbx, phone, seconds));
        let mut all: Vec<Flow> = flows.into_iter().chain(pings).collect();
        all.sort_by_key(|flow| flow.from_a.first);
        let told = rows(all);
        let longest = told.iter().filter_map(|flow| flow.extra.silence.as_ref()?.longest_first().next());
        let seconds: Vec<i64> = longest.map(|silence| silence.length() / 1_000_000_000).collect();
        assert_eq!(seconds, [150, 150], "each of the two rows, and not 600");
    }

    #[test]
    fn what_went_another_way_stays_apart() {
        let flows = [
            attempt(50_000, 1, TcpOutcome::Silent),
            attempt(50_001, 3, TcpOutcome::Refused),
            attempt(4_000, 5, TcpOutcome::Silent),
            greeting(Some("a.example"), None, attempt(50_002, 7, TcpOutcome::Silent)),
            udp("192.168.10.21:50000", "192.168.10.2:389"),
        ];
        assert_eq!(rows(flows).len(), 5);
    }

    /// A datagram to a port of a host of its own, `number` seconds after the beginning.
    fn asked(number: u32, port: u16) -> Flow {
        let to = format!("10.{}.{}.1:{port}", number >> 8, number & 255);
        let mut flow = udp("192.168.10.21:50000", &to);
        flow.from_a.packets = 2;
        flow.from_a.last = Some((frame(u64::from(number)), at(i64::from(number) * 1_000)));
        flow.from_b.last = None;
        flow
    }

    #[test]
    fn the_oldest_kinds_make_room_and_are_counted_and_known_services_stay() {
        let mut past = Past::default();
        let is_service = |_, port| port == 389;
        for number in 0..KINDS_KEPT as u32 + 3 {
            let port = if number < 5 { 389 } else { 9 };
            past.take(asked(number, port), Vec::new(), &is_service);
        }
        assert_eq!(past.over_cap, KINDS_FREED as u64 * 4, "four packets each");
        let mut kept: Vec<_> = past.into_rows().map(|(flow, _)| flow.from_a.last.unwrap().0).collect();
        kept.sort_unstable();
        let known = (0..5).map(frame);
        let latest = (5 + KINDS_FREED as u64..KINDS_KEPT as u64 + 3).map(frame);
        assert_eq!(kept, known.chain(latest).collect::<Vec<_>>());
    }
}
