//! What a capture holds, as rows that site and checks read. No order of these rows comes from a hash map.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use super::echoes::Echo;
use super::facts::HostFacts;
use super::icmp::IcmpReport;
use super::mapped::Mappings;
use super::repeats::{Prompt, Unheeded};
use super::stall::Stall;
use crate::capture::{Frame, Timestamp};
use crate::decode::{Layers, Mac};
use crate::observe::call::Call;
use crate::observe::carriage::{Carriage, Relay};
use crate::observe::contests::Contest;
use crate::observe::detours::Detour;
use crate::observe::few::Few;
use crate::observe::fragments::{Incomplete, Whole};
use crate::observe::handshakes::Handshakes;
use crate::observe::hello::{Course, Stuck};
use crate::observe::leases::{DhcpServer, Rivals, Unserved};
use crate::observe::lookups::Lookup;
use crate::observe::marks::Marks;
use crate::observe::media::report::Stretch;
use crate::observe::media::{SenderCount, StreamReport};
use crate::observe::message::App;
use crate::observe::policies::VoicePolicy;
use crate::observe::quality::Quality;
use crate::observe::registration::Registration;
use crate::observe::resolvers::Resolver;
use crate::observe::rtcp_ports::RtcpPorts;
use crate::observe::sent::{Rare, Sent};
use crate::observe::silences::Silences;
use crate::observe::subscriptions::Subscriptions;

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Ordered by first packet.
    pub flows: Vec<Flow>,
    /// RTP streams, ordered by first packet.
    pub streams: Vec<Stream>,
    /// Ordered by first frame.
    pub calls: Vec<Call>,
    /// Ordered by address of record, then contact.
    pub registrations: Vec<Registration>,
    /// SIP requests that were sent three times or more, ordered by sender, receiver, method.
    pub repeats: Vec<Repeated>,
    /// SIP requests that one sending was enough for, in the same order, at most 4,096 kinds.
    pub prompt: Vec<Prompt>,
    /// OPTIONS without an answer, ordered by sender, then receiver, at most 4,096 of both.
    pub unheeded: Vec<Unheeded>,
    /// SIP requests whose Via came back altered, ordered by client, then server.
    pub rewrites: Vec<Rewrite>,
    /// TLS connections that failed or showed a certificate, ordered by client, then server.
    pub handshakes: Vec<Handshakes>,
    /// What LLDP-MED tells telephones of the voice network, ordered by sender, then application.
    pub policies: Vec<VoicePolicy>,
    /// What sources of media say of themselves by RTCP, ordered by address, at most 16,384.
    pub rtcp: Vec<SenderCount>,
    /// Where RTCP comes from, and where SDP says so.
    pub rtcp_ports: RtcpPorts,
    /// IP datagrams whose fragments never came together, in the order in which they were given up, at most 1,000.
    pub incomplete: Vec<Incomplete>,
    /// UDP datagrams that came together from fragments, by sockets, ordered; of each pair the latest.
    pub whole: Vec<Whole>,
    /// Who spoke SIP and how it called itself, ordered by address.
    pub sip_endpoints: Vec<SipEndpoint>,
    /// Who looked for its SIP server by DNS and got no answer, ordered by address.
    pub lookups: Vec<Lookup>,
    /// How name servers served their clients, ordered by client, then server.
    pub resolvers: Vec<Resolver>,
    /// Whose SUBSCRIBE was refused, by client and server.
    pub subscriptions: Vec<Subscriptions>,
    /// Who is refused by its SIP server over TCP and served over UDP, by client and server.
    pub detours: Vec<Detour>,
    /// Who was asked for addresses, ordered by server.
    pub dhcp: Vec<DhcpServer>,
    /// DHCP servers that made different offers for one request, ordered by server.
    pub dhcp_rivals: Vec<Rivals>,
    /// Who asks for an address again and again and gets no answer, ordered by hardware address.
    pub unserved: Vec<Unserved>,
    /// Addresses for which two devices answered, ordered.
    pub contests: Vec<Contest>,
    /// Names tied to addresses, ordered by name, then address.
    pub names: Vec<NameSeen>,
    /// Ordered by address.
    pub hosts: Vec<HostFacts>,
    /// What the capture can and cannot show.
    pub quality: Quality,
}

impl Traffic {
    /// What link and LAN say about an address.
    #[must_use]
    pub fn host(&self, address: IpAddr) -> Option<&HostFacts> {
        let at = self.hosts.binary_search_by(|facts| facts.address.cmp(&address));
        at.ok().and_then(|at| self.hosts.get(at))
    }

    /// The same of all hosts with an address of `range`.
    pub fn hosts_of(&self, range: RangeInclusive<IpAddr>) -> impl Iterator<Item = &HostFacts> {
        let first = self.hosts.partition_point(|facts| facts.address < *range.start());
        let from = self.hosts.get(first..).unwrap_or_default();
        from.iter().take_while(move |facts| range.contains(&facts.address))
    }

    /// Positions of the streams of a call, in order; of several telephones that rang, those of the one that answered.
    pub fn voice_of(&self, call: usize) -> impl Iterator<Item = usize> {
        let known = self.calls.get(call);
        let also = known.map_or(&[][..], |call| &call.also_heard);
        let own = self.streams.iter().enumerate().filter(move |(at, stream)| {
            let is_beside = known.is_some_and(|call| call.is_beside(stream.source, stream.destination));
            also.contains(at) || stream.call == Some(call) && !is_beside
        });
        own.map(|(at, _)| at)
    }

    /// How often ICMP said of what this stream's source sends on its way that it cannot be delivered; 0 where that may be what
    /// was still under way when the other side had hung up.
    #[must_use]
    pub fn refused(&self, stream: &Stream) -> u64 {
        self.flows.get(stream.flow).map_or(0, |flow| flow.refused(stream.source))
    }

    /// The same where nothing came back on that way.
    #[must_use]
    pub fn turned_away(&self, stream: &Stream) -> u64 {
        self.flows.get(stream.flow).map_or(0, |flow| flow.turned_away(stream.source))
    }

    /// How a stream was in one of its calls; none where that is its only one, and all its figures are the call's.
    #[must_use]
    pub fn in_call(&self, stream: usize, call: usize) -> Option<Stretch> {
        let (heard, known) = (self.streams.get(stream)?, self.calls.get(call)?);
        let until = known.end.map_or(heard.report.last.time, |(_, end)| end);
        let part = heard.is_shared.then(|| heard.report.between(known.start.1, until))?;
        let is_taken = self.turned_away(heard) == 0;
        Some(Stretch { quality: part.quality.filter(|_| is_taken), ..part })
    }
}

/// Transport of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// RFC 768.
    Udp,
    /// RFC 9293.
    Tcp,
    /// RFC 9260.
    Sctp,
    /// ICMP and ICMPv6; the ports of the flow are 0.
    Icmp,
    /// Any other IP protocol; the ports of the flow are 0.
    Other(u8),
}

/// How it is known who started a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiator {
    /// A TCP SYN was seen.
    Handshake,
    /// No handshake was seen, and one side's port is a service: documented, or, of TCP, called by others as well or of the
    /// range of services where the other one is a changing port. The other side started.
    Service,
    /// The sender of the first packet, of SIP over UDP that of the first request.
    FirstPacket,
}

/// One conversation: same addresses, ports and transport. `a` started it.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Position in [`Traffic::flows`].
    pub id: usize,
    /// Transport.
    pub protocol: Protocol,
    /// The side that started.
    pub a: SocketAddr,
    /// The other side.
    pub b: SocketAddr,
    /// Why `a` is taken for the starter.
    pub initiator: Initiator,
    /// What `a` sent.
    pub from_a: Sent,
    /// What `b` sent.
    pub from_b: Sent,
    /// What the content says it is, [`App::Unknown`] if nothing.
    pub app: App,
    /// TCP only: how it went.
    pub tcp: Option<Box<TcpTrace>>,
    /// Outer layers of its packets, united.
    pub layers: Layers,
    /// VLAN identifiers, ordered, at most a few.
    pub vlans: Vlans,
    /// Some of it was sent to everybody in the LAN, whatever its IP address looks like: the last one of a subnet is all of it
    /// (RFC 919 section 7).
    pub to_all: bool,
    /// What is known of few flows.
    pub extra: Rare<FlowExtra>,
}

/// VLAN identifiers: nearly every conversation stays in one.
pub type Vlans = Few<u16, 8>;

/// What is known of few flows.
#[derive(Clone, Debug, Default)]
pub struct FlowExtra {
    /// Name that a TLS hello of `a` asked for.
    pub tls_name: Option<Box<str>>,
    /// TLS only: how far it came.
    pub tls: Course,
    /// TLS only: it never was encrypted.
    pub stuck: Option<Stuck>,
    /// Host that an HTTP request of `a` named.
    pub http_host: Option<Box<str>>,
    /// ICMP errors that quoted a packet of this flow, at most a few per type and code.
    pub icmp: Few<Box<IcmpReport>, 8>,
    /// SIP only: it travels in frames of WebSocket, RFC 7118.
    pub is_websocket: bool,
    /// WebSocket only: some of its messages are compressed, so that nobody reads them.
    pub is_compressed: bool,
    /// SIP only: times in which neither side sent anything.
    pub silence: Option<Box<Silences>>,
    /// VLANs of the outermost tags, where frames had several.
    pub outer_vlans: Vlans,
    /// SIP over UDP only: not `a` alone sent requests.
    pub asks_back: bool,
    /// SIP over UDP only: the first message was an answer, which names a request that the other side sent.
    pub answers_first: bool,
    /// SIP over UDP only: what was said shows that the other side answered, whether the capture has its answers or not.
    pub hears: bool,
    /// How its media travel, where packets beside them tell.
    pub carriage: Option<Box<Carriage>>,
    /// Packets of ESP behind NAT, RFC 3948 section 2.1.
    pub esp: u64,
    /// TCP only: data that were sent until the end without an answer.
    pub stall: Option<Box<Stall>>,
    /// STUN only: as whom servers saw their clients.
    pub mapped: Mappings,
    /// Further conversations of the same kind that the row stands for; only a live capture folds them.
    pub others: u64,
}

impl FlowExtra {
    /// Of a flow of which no more is known.
    pub const NOTHING: Self = Self {
        tls_name: None,
        tls: Course::NONE,
        stuck: None,
        http_host: None,
        icmp: Few::NONE,
        is_websocket: false,
        is_compressed: false,
        silence: None,
        outer_vlans: Vlans::NONE,
        asks_back: false,
        answers_first: false,
        hears: false,
        carriage: None,
        esp: 0,
        stall: None,
        mapped: Mappings::NONE,
        others: 0,
    };
}

impl Flow {
    /// Time and frame of the first packet of either side. Frames alone do not order files that overlap in time.
    #[must_use]
    pub fn begins(&self) -> Option<(Timestamp, Frame)> {
        let firsts = [self.from_a.first, self.from_b.first];
        firsts.into_iter().flatten().map(|(frame, time)| (time, frame)).min()
    }
}

/// The first few frames of something, in order: there may be half a million flows, and each keeps them.
pub type FirstFrames = Few<Frame, 5>;

/// What one side of a flow sent.
#[derive(Clone, Debug, Default)]
pub struct Direction {
    /// Packets; fragments of one datagram count once.
    pub packets: u64,
    /// Bytes of IP, headers included.
    pub bytes: u64,
    /// Packets with payload.
    pub payload_packets: u64,
    /// Packets and bytes by DSCP value.
    pub dscp: Marks,
    /// First packet.
    pub first: Option<(Frame, Timestamp)>,
    /// Last packet.
    pub last: Option<(Frame, Timestamp)>,
    /// The first few frames, for evidence.
    pub frames: FirstFrames,
    /// Hardware address its frames came from, with the number of frames of any other in `extra.other_macs`.
    pub mac: Option<Mac>,
    /// Smallest and largest TTL.
    pub ttl: Option<(u8, u8)>,
    /// What is known of few.
    pub extra: Rare<DirectionExtra>,
}

/// What is known of few directions.
#[derive(Clone, Debug, Default)]
pub struct DirectionExtra {
    /// Frames that came from another hardware address than the first.
    pub other_macs: u64,
    /// The first such address, with the DSCP of its first frame: a copy from behind a router or a firewall.
    pub other_mac: Option<(Mac, u8)>,
    /// 802.1p priority of tagged packets.
    pub pcp: Marks,
    /// What came again much later.
    pub echo: Option<Box<Echo>>,
}

impl DirectionExtra {
    /// Of untagged packets of one sender.
    pub const NOTHING: Self = Self { other_macs: 0, other_mac: None, pcp: Marks::NONE, echo: None };
}

impl Direction {
    /// Of an end that was silent.
    pub const NOTHING: Self = Self {
        packets: 0,
        bytes: 0,
        payload_packets: 0,
        dscp: Marks::NONE,
        first: None,
        last: None,
        frames: FirstFrames::NONE,
        mac: None,
        ttl: None,
        extra: Rare::NONE,
    };
}

/// How a TCP connection went, as far as the capture shows.
#[derive(Clone, Debug)]
pub struct TcpTrace {
    /// Frames with SYN and no ACK from `a`; retransmissions included.
    pub attempts: FirstFrames,
    /// How many of those there were in all.
    pub attempt_count: u64,
    /// Outcome.
    pub outcome: TcpOutcome,
    /// The frame that settled the outcome: SYN-ACK, the ACK to one that was not captured, or RST.
    pub settled_by: Option<Frame>,
    /// A reset was seen after the connection stood.
    pub reset: Option<Frame>,
    /// Whether `a` was the first to end it, by FIN or RST, or `b`. `None` where nobody did.
    pub closed_by_a: Option<bool>,
    /// A side acknowledged bytes that the capture does not hold.
    pub unseen_acknowledged: u64,
    /// A side began with bytes of no protocol that is known here.
    pub is_strange: bool,
}

/// What became of the attempt to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TcpOutcome {
    /// SYN was answered with SYN-ACK, captured or not: who had sent the SYN went on.
    Answered,
    /// SYN was answered with RST.
    Refused,
    /// SYN got no answer at all.
    Silent,
    /// The capture holds no SYN: the connection stood before.
    Midstream,
}

/// One RTP stream with the flow it belongs to.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Index of its flow in [`Traffic::flows`].
    pub flow: usize,
    /// Sender.
    pub source: SocketAddr,
    /// Receiver.
    pub destination: SocketAddr,
    /// Index of its call in [`Traffic::calls`], if SDP ties it to one, or no other can be its.
    pub call: Option<usize>,
    /// Other calls have it among those that are [also heard](Call::also_heard) in them.
    pub is_shared: bool,
    /// What is missing of it because it paused at a new offer.
    pub paused: Paused,
    /// The TURN server on its way, between which and the client it is measured.
    pub relay: Option<Relay>,
    /// ICMP quotes packets of it: what selects it by addresses and ports finds those errors too.
    pub is_quoted: bool,
    /// STUN or DTLS came before it on its ports.
    pub is_mixed: bool,
    /// Numbers. They are long: streams are put in order without moving them.
    pub report: Box<StreamReport>,
}

/// Pauses of at least half a second that begin with an offer of something else: hold, T.38, or voice that goes another way from
/// then on. What numbers are missing there got lost nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paused {
    /// Packets that the numbers tell of.
    pub packets: u64,
    /// For how long, in ns.
    pub length: i64,
}

impl Paused {
    /// Puts into each stream of a call what it lacks because it paused.
    pub(super) fn note(calls: &[Call], streams: &mut [Stream]) {
        for stream in streams {
            if let Some(call) = stream.call.and_then(|call| calls.get(call)) {
                stream.paused = Self::at_offers(call, &stream.report);
            }
        }
    }

    /// What a stream lacks because it paused at a new offer of its call.
    fn at_offers(call: &Call, report: &StreamReport) -> Self {
        let pauses = report.outages.iter().filter(|gap| call.may_pause_at(gap.began));
        pauses.fold(Self::default(), |all, gap| Self {
            packets: (all.packets + u64::from(gap.missing)).min(report.counts.lost),
            length: all.length + gap.at.time.since(gap.began),
        })
    }
}

impl Stream {
    /// Whether it has packets between these times, as exactly as the intervals of its course are wide.
    pub(super) fn is_heard_between(&self, from: Timestamp, until: Option<Timestamp>) -> bool {
        let (first, last) = (self.report.first.time, self.report.last.time);
        let until = until.unwrap_or(last);
        let is_within = first >= from && last <= until;
        is_within || first <= until && last >= from && self.report.course.between(from, until).packets > 0
    }

    /// Share of lost packets in percent, without those that belong to a pause. `None` where only keys are there.
    #[must_use]
    pub fn lost_percent(&self) -> Option<f64> {
        if self.report.is_only_events() || self.report.is_by_two_clocks {
            return None;
        }
        let counts = &self.report.counts;
        let lost = counts.lost.saturating_sub(self.paused.packets);
        let expected = counts.expected.saturating_sub(self.paused.packets);
        Some(if expected == 0 { 0.0 } else { lost as f64 * 100.0 / expected as f64 })
    }
}

/// Requests of one method over UDP that were sent three times or more, copies left out.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// Method.
    pub method: Box<str>,
    /// How many requests.
    pub requests: u64,
    /// How many of them were answered in the end.
    pub answered: u64,
    /// How many of those came twice or more although their answer was in the capture by then.
    pub unheard: u64,
    /// How many of those got which final status from 400 on, at most 8 of these.
    pub statuses: BTreeMap<u16, u64>,
    /// How often the worst was sent.
    pub most: u64,
    /// Of the latest three requests that one sending was enough for, how many were sent behind `span`.
    pub prompt: u64,
    /// The first few frames.
    pub frames: Vec<Frame>,
    /// First and last.
    pub span: (Timestamp, Timestamp),
}

/// A request whose topmost Via is not the one that its answer brought back (RFC 3261 section 8.2.6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Who asked.
    pub client: IpAddr,
    /// Who answered.
    pub server: IpAddr,
    /// Method of the first such request.
    pub method: Box<str>,
    /// Its sent-by, and the branch where that is what differs.
    pub sent: Box<str>,
    /// What came back instead.
    pub returned: Box<str>,
    /// Both sent-by and branch differ.
    pub is_both: bool,
    /// Who passed the request on with what it had changed in it, where the capture holds it before and behind that.
    pub passed_on_by: Option<IpAddr>,
    /// Request and answer.
    pub frames: [Frame; 2],
    /// When the first and the last answer came.
    pub span: (Timestamp, Timestamp),
    /// How many answers.
    pub count: u64,
    /// Final answers to this method since the latest such answer that brought the Via back as it was sent.
    pub intact: u64,
}

/// An address that spoke SIP.
#[derive(Clone, Debug)]
pub struct SipEndpoint {
    /// Address.
    pub address: IpAddr,
    /// Its own ports with transport, and the number of messages sent from there.
    pub ports: BTreeMap<(Protocol, u16), u64>,
    /// Strings of its User-Agent headers, with the first frame.
    pub user_agents: BTreeMap<Box<str>, Frame>,
    /// Strings of its Server headers, with the first frame.
    pub servers: BTreeMap<Box<str>, Frame>,
    /// Requests it sent, by method.
    pub requests: BTreeMap<Box<str>, u64>,
    /// How many of those belong to a dialog that stood: their To has a tag (RFC 3261 section 12.2).
    pub within: u64,
    /// Request-URI of its first OPTIONS.
    pub options_to: Option<Box<str>>,
    /// Responses it sent, by status.
    pub responses: BTreeMap<u16, u64>,
    /// Responses it got, by status.
    pub answers: BTreeMap<u16, u64>,
    /// Distinct users that requests of this address named in To, at most a bounded number.
    pub users: u64,
    /// First request and last request it sent.
    pub span: Option<(Timestamp, Timestamp)>,
    /// DSCP of its latest messages, and how many in a row had it.
    pub marked: Option<(u8, u64)>,
    /// It answered a REGISTER with 2xx or a challenge: first frame.
    pub registrar: Option<Frame>,
    /// It answered one with 2xx.
    pub grants: bool,
    /// It passed on requests of others (more than one Via): the agent strings it sends may be theirs.
    pub is_proxy: bool,
}

impl SipEndpoint {
    /// An address that has said nothing yet.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self {
            address,
            ports: BTreeMap::new(),
            user_agents: BTreeMap::new(),
            servers: BTreeMap::new(),
            requests: BTreeMap::new(),
            within: 0,
            options_to: None,
            responses: BTreeMap::new(),
            answers: BTreeMap::new(),
            users: 0,
            span: None,
            marked: None,
            registrar: None,
            grants: false,
            is_proxy: false,
        }
    }
}

/// Where a name came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameSource {
    /// `host` asked DNS for it; `address` is one of the answers, if any came.
    Dns,
    /// `host` greeted `address` with it in a TLS hello.
    Tls,
    /// `host` named it in an HTTP request to `address`.
    Http,
}

/// A name that a host used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameSeen {
    /// Lower case, without a dot at the end.
    pub name: Box<str>,
    /// Who used it.
    pub host: IpAddr,
    /// What it stands for, if the capture tells.
    pub address: Option<IpAddr>,
    /// How it was learned.
    pub source: NameSource,
    /// First frame.
    pub frame: Frame,
    /// How often.
    pub count: u64,
}
