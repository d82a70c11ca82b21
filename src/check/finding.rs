//! What a check says: a code, numbers and evidence. The words for it are the report's.

use std::net::{IpAddr, SocketAddr};

use jiff::civil::Date;

use crate::capture::{Ended, Frame, Timestamp};
use crate::decode::Mac;
use crate::observe::message::App;
use crate::observe::{ClocksApart, DhcpOffer, IcmpReport, Protocol, Stray, Stuck};
use crate::site::{Confidence, ModelId, RoleId};

use super::rejection::{Circumstance, Rejection};

mod evidence;
mod row;
mod signs;
mod verdict;

pub use evidence::Evidence;
pub use row::{Beside, RowResult, RowStatus, RulebookInfo};
pub use signs::{
    Astray, Back, Export, Framed, Guessing, Heard, Hop, Interrupted, Intrusion, Life, LossSign, Lost, Missed,
    Mute, NameFailure, Named, NoVoice, Others, Passage, Refusal, Size, Station, Trace, Unevenness, Unread,
    VoiceSender, VoiceSent,
};
pub use verdict::{Accepted, Audit, Few, Observation, Remark, Unjudged, Verdict};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For completeness.
    Info,
    /// Worth knowing.
    Notice,
    /// Should be looked at.
    Warning,
    /// Must be put right.
    Error,
    /// Must be put right today.
    Critical,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// Network and firewall.
    Network,
    /// Telephone technician.
    Telephony,
    /// The provider.
    Provider,
    /// PC administration.
    Computers,
    /// Whoever captures.
    Capture,
    /// Nobody: information.
    Nobody,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// Finding codes; their meaning never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As printed, for instance `QOS-001`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    /// Undocumented port.
    Port001 = "PORT-001";
    /// Media outside the documented RTP range.
    Port002 = "PORT-002";
    /// Documented port is blocked.
    Port003 = "PORT-003";
    /// Documented service not observed; only in the row matrix.
    Port004 = "PORT-004";
    /// Provider registration from an unexpected source port.
    Port005 = "PORT-005";
    /// RTP range does not match the PBX model.
    Port006 = "PORT-006";
    /// Call channels nearly exhausted.
    Port007 = "PORT-007";
    /// RTP on an odd port.
    Port008 = "PORT-008";
    /// SIP over TCP or TLS at a registrar that documents UDP only.
    Port009 = "PORT-009";
    /// RTP without EF marking.
    Qos001 = "QOS-001";
    /// QoS marking is lost on the path.
    Qos002 = "QOS-002";
    /// Softphone without QoS policy.
    Qos003 = "QOS-003";
    /// Signalling without the expected marking.
    Qos004 = "QOS-004";
    /// VLAN priority missing.
    Qos005 = "QOS-005";
    /// No marking on the Internet leg.
    Qos007 = "QOS-007";
    /// Marked in one direction only.
    Qos008 = "QOS-008";
    /// DSCP changes within a stream.
    Qos009 = "QOS-009";
    /// Other traffic carries EF.
    Qos010 = "QOS-010";
    /// One-way audio.
    Rtp001 = "RTP-001";
    /// Call without media.
    Rtp002 = "RTP-002";
    /// Packet loss.
    Rtp003 = "RTP-003";
    /// Jitter too high.
    Rtp004 = "RTP-004";
    /// Estimated voice quality reduced.
    Rtp005 = "RTP-005";
    /// Packet length differs from the agreement.
    Rtp006 = "RTP-006";
    /// Payload type not negotiated.
    Rtp007 = "RTP-007";
    /// Media stops early.
    Rtp008 = "RTP-008";
    /// Media source changes.
    Rtp009 = "RTP-009";
    /// Media from another address than announced.
    Rtp013 = "RTP-013";
    /// Receiver reports loss behind the tap.
    Rtp014 = "RTP-014";
    /// Registration rejected.
    Sig001 = "SIG-001";
    /// Registration unanswered.
    Sig002 = "SIG-002";
    /// NAT mapping lost between registrations.
    Sig003 = "SIG-003";
    /// SIP ALG rewrites messages.
    Sig004 = "SIG-004";
    /// Calls fail.
    Sig005 = "SIG-005";
    /// Fragmented SIP message lost.
    Sig006 = "SIG-006";
    /// TLS connection fails.
    Sig007 = "SIG-007";
    /// Keep-alive too rare.
    Sig008 = "SIG-008";
    /// Signalling is sent again and again.
    Sig009 = "SIG-009";
    /// Name resolution fails.
    Net001 = "NET-001";
    /// Time server does not answer.
    Net002 = "NET-002";
    /// More than one DHCP server.
    Net003 = "NET-003";
    /// Voice in a VLAN that is none for voice.
    Net004 = "NET-004";
    /// Two devices claim one address.
    Net005 = "NET-005";
    /// SIP reachable from the Internet.
    Sec001 = "SEC-001";
    /// SIP scan.
    Sec002 = "SEC-002";
    /// Clear text where encryption is standard.
    Sec003 = "SEC-003";
    /// Management reachable from the Internet.
    Sec004 = "SEC-004";
    /// Capture incomplete.
    Cap001 = "CAP-001";
    /// Packets captured twice.
    Cap002 = "CAP-002";
    /// Only one direction captured.
    Cap003 = "CAP-003";
    /// Packets cut short.
    Cap004 = "CAP-004";
    /// Clock jumps.
    Cap006 = "CAP-006";
    /// Encrypted signalling.
    Cap008 = "CAP-008";
    /// No call in the capture.
    Cap010 = "CAP-010";
    /// Capture file damaged or cut off.
    Cap011 = "CAP-011";
}

/// Which side's port is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The device's own port.
    Own,
    /// The port of the server it talks to.
    Remote,
    /// The device's own port, of a connection that does not tell which end serves.
    Open,
}

/// A port that nobody documented, with who uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortUse {
    /// Transport.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
    /// Whose port it is.
    pub side: Side,
    /// Flows.
    pub flows: usize,
    /// All peers, ordered.
    pub peers: Vec<SocketAddr>,
}

/// The numbers of a finding, one variant per code.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// PORT-001. `as_of`: date of the vendor's list.
    Port001 { uses: Vec<PortUse>, as_of: Option<Date> },
    /// PORT-002. Ranges as text, such as `10000-10200`: those of the document, and those that the site file puts in their place.
    Port002 { ports: Vec<u16>, documented: Box<str>, stated: Box<str> },
    /// PORT-003. `joined`: those of each port, where all this is true of several of the same host. `outbound`: the target
    /// lies in the Internet. `life`: what the target sends meanwhile. `serves`: whether others are answered on the same
    /// port. `voice`: it is no service but voice.
    Port003 {
        target: SocketAddr,
        joined: Vec<Finding>,
        protocol: Protocol,
        refusal: Refusal,
        outbound: bool,
        life: Life,
        serves: Others,
        voice: Option<VoiceSent>,
    },
    /// PORT-005. `registers`: a registration was read.
    Port005 { port: u16, provider: SocketAddr, documented: Box<str>, stated: Box<str>, registers: bool },
    /// PORT-006. `fits`: the smallest documented model that holds the observed ports.
    Port006 { observed: (u16, u16), model: ModelId, documented: Box<str>, fits: Option<ModelId> },
    /// PORT-007. Most calls at a time, how many the model has channels for, and when.
    Port007 { calls: u64, channels: u64, model: ModelId, at: Timestamp },
    /// PORT-008. Odd ports of voice and whom it goes to, even ports of RTCP; one of the two is there.
    Port008 { ports: Vec<u16>, peers: Vec<IpAddr>, rtcp: Vec<u16> },
    /// PORT-009. `registers`: a registration was read.
    Port009 { port: u16, tls: bool, registers: bool, peers: Vec<IpAddr> },
    /// QOS-001.
    Qos001 { unmarked: u64, packets: u64, dscp: Vec<(u8, u64)>, expected: u8, sender: VoiceSender },
    /// QOS-002. Values of the first pair of copies, their frames, and what lies between.
    Qos002 { pairs: u64, before: u8, after: u8, frames: [Frame; 2], passage: Passage },
    /// QOS-003. `media_ports`: destination range for the group policy.
    Qos003 { packets: u64, media_ports: Option<Box<str>>, expected: u8, signalling: Option<u8> },
    /// QOS-004.
    Qos004 { packets: u64, dscp: Vec<(u8, u64)>, expected: u8 },
    /// QOS-005.
    Qos005 { pcp: Vec<(u8, u64)>, expected: u8, vlan: u16 },
    /// QOS-007. `inbound`: the sender has a public address.
    Qos007 { packets: u64, peers: Vec<IpAddr>, inbound: bool, dscp: Vec<(u8, u64)>, expected: u8 },
    /// QOS-008. `marked`: the terminals that mark; the numbers are of what they are sent.
    Qos008 { unmarked: u64, packets: u64, dscp: Vec<(u8, u64)>, expected: u8, marked: Vec<IpAddr> },
    /// QOS-009.
    Qos009 { peer: SocketAddr, before: u8, after: u8, changed_at: (Frame, Timestamp) },
    /// QOS-010. Share in percent of all bytes that carry the mark of voice.
    Qos010 { percent: f64, bytes: u64, expected: u8, flows: Vec<(SocketAddr, SocketAddr, Protocol)> },
    /// RTP-001. `trace`: what else is seen of the silent side. `export`: whether an export of a display filter may have left it out.
    /// `astray`: the voice is sent, and turned away where it goes; `packets` then are those. Else `packets`: what came from the other side. `strays`: what came back all the same, at the beginning. `refused`: ICMP says that nobody listens there. `heard`: the
    /// capture shows voice of the silent side elsewhere, so that it would be seen here too. `at_tap`: it does not, and was
    /// probably made on the silent host. `near`, here and below: both ends lie in one subnet.
    Rtp001 {
        packets: u64,
        peers: Vec<IpAddr>,
        strays: u64,
        refused: bool,
        heard: bool,
        at_tap: bool,
        near: bool,
        export: Export,
        trace: Trace,
        astray: Option<Astray>,
        /// Where the listener says it wants to hear, if that may be why nothing comes.
        named: Option<Named>,
    },
    /// RTP-002.
    Rtp002 { peers: Vec<IpAddr>, near: bool, why: Mute },
    /// RTP-003, over all streams of the sender that lose too much. `heard`: what the receivers say of it. `interrupted`:
    /// most is missing at a stretch. `public`: one end has a public address. `own`:
    /// captured on the sender.
    /// `onward`: whom the receiver passes it on to with the same gaps.
    Rtp003 {
        lost: u64,
        expected: u64,
        bursts: u64,
        longest: u64,
        peers: Vec<IpAddr>,
        heard: Heard,
        near: bool,
        interrupted: Option<Interrupted>,
        public: bool,
        own: bool,
        export: bool,
        onward: Vec<IpAddr>,
        /// In so many streams all these gaps are, both ways and between different hosts; 0: they are not.
        everywhere: u64,
    },
    /// RTP-004. Greatest and mean running jitter in ms of the worst stream. `estimated`: the clock of the timestamps was
    /// estimated. `onward`: whom the receiver passes it on to as unevenly. `own`: captured on the sender, so that nothing
    /// lies between. `link`: only switches do, and the other direction comes evenly.
    Rtp004 {
        jitter: f64,
        mean: f64,
        peers: Vec<IpAddr>,
        estimated: bool,
        how: Unevenness,
        onward: Vec<IpAddr>,
        own: bool,
        link: bool,
    },
    /// RTP-005. The worst stream. `longest`: packets of its longest gap.
    Rtp005 { mos: f64, lost: u64, expected: u64, longest: u64, codec: Box<str>, peers: Vec<IpAddr> },
    /// RTP-006. Packet times in ms. `mostly`: not of all packets. `both`: both sides
    /// asked for it; else only the receiver.
    /// `clock`: packets come as agreed, but their timestamps run at the first of these rates (Hz) and not at the second.
    Rtp006 {
        seen: f64,
        mostly: bool,
        agreed: u32,
        both: bool,
        codec: Option<Box<str>>,
        peers: Vec<IpAddr>,
        clock: Option<(u32, u32)>,
    },
    /// RTP-007. `listed`: codecs of the receiver's SDP.
    /// `keys`: the packets are keys (RFC 4733), for which the receiver wants this type, if any.
    /// `unseen`: both sides changed their source then, so that the capture probably lacks an offer.
    Rtp007 {
        payload_type: u8,
        codec: Option<Box<str>>,
        listed: Vec<Box<str>>,
        peers: Vec<IpAddr>,
        keys: Option<Option<u8>>,
        unseen: bool,
    },
    /// RTP-008. Nanoseconds from the answer to the last packet, and from there to the end of the call. `refused`: how often its
    /// sender itself refused from then on what came to it (ICMP).
    Rtp008 { peer: IpAddr, after: i64, missing: i64, near: bool, refused: u64 },
    /// RTP-009.
    Rtp009 { before: SocketAddr, after: SocketAddr },
    /// RTP-013.
    Rtp013 { announced: SocketAddr, seen: SocketAddr, peer: IpAddr },
    /// RTP-014. `lost` by the receiver's word, of the packets that its reports cover; `seen` to be missing in the capture.
    /// `jam`: in that time nothing came for so many ms, and then all at once.
    /// `hop`: between which places of the capture they are lost, if it shows that.
    Rtp014 { lost: u64, expected: u64, seen: u64, peers: Vec<IpAddr>, jam: Option<f64>, hop: Option<Hop> },
    /// SIG-001. `others`: all statuses with how often they came. `accepted_after`: ns from the first refusal to the grant
    /// that made it good. `instead`: the account under which the same user is accepted. `further`: other accounts of the client
    /// that were refused with the same status, and by whom.
    Sig001 {
        account: Box<str>,
        registrar: SocketAddr,
        rejection: Rejection,
        others: Vec<(u16, u64)>,
        accepted_after: Option<i64>,
        /// How often it was accepted beside, if it is accepted and rejected by turns.
        by_turns: Option<u64>,
        instead: Option<Box<str>>,
        further: Vec<(Box<str>, SocketAddr)>,
    },
    /// SIG-002. `requests`: repetitions apart, `sent`: with them. `life`: what the registrar sends meanwhile. `serves`: whether
    /// it accepts others on this very port. `further`: accounts of the device of which the same is true, and at whose registrar.
    Sig002 {
        account: Box<str>,
        further: Vec<(Box<str>, SocketAddr)>,
        registrar: SocketAddr,
        protocol: Protocol,
        requests: u64,
        sent: u64,
        life: Life,
        serves: Others,
        near: bool,
        /// What ICMP says of the requests most often.
        refusal: Option<Box<IcmpReport>>,
        /// Nanoseconds from the first of them to the answer, where it was accepted afterwards.
        mended: Option<i64>,
        /// The connection itself never stood, so nothing was asked and no account is known: it got no answer, or a reset.
        unconnected: Option<Refusal>,
        /// Another registrar, with which the account stands.
        instead: Option<SocketAddr>,
    },
    /// SIG-003. `addresses`: before and after, where the public address changed too. `further`: as of SIG-002.
    Sig003 {
        account: Box<str>,
        further: Vec<(Box<str>, SocketAddr)>,
        registrar: SocketAddr,
        ports: [u16; 2],
        addresses: Option<[IpAddr; 2]>,
    },
    /// SIG-004. What was sent and what came back in its place, or where it was seen again on its way (`passed_on`) stood there.
    Sig004 { server: IpAddr, method: Box<str>, sent: Box<str>, returned: Box<str>, passed_on: bool },
    /// SIG-005. How many calls that side had in all and how many of them were answered, who called, and what all that failed have
    /// in common.
    Sig005 {
        rejection: Rejection,
        calls: u64,
        answered: u64,
        callers: Vec<IpAddr>,
        why: Option<Circumstance>,
    },
    /// SIG-006. `bytes`: payload of one datagram that was seen. `sent`: sendings of the messages that are counted. `method`:
    /// if all have one. `unlisted`: they begin calls of which nothing else was seen.
    Sig006 { peer: SocketAddr, bytes: u32, near: bool, sent: u64, method: Option<Box<str>>, unlisted: bool },
    /// SIG-007. `alert`: its number, and whether the client sent it. `expired`: end of the certificate's validity, if that
    /// lies before the capture; `early`: its begin, if that lies behind it. `lacks_certificate`: the client had none to show.
    /// `stuck`: no alert ended them, and they never were encrypted.
    Sig007 {
        server: SocketAddr,
        name: Option<Box<str>>,
        alert: Option<(u8, bool)>,
        expired: Option<Timestamp>,
        early: Option<Timestamp>,
        lacks_certificate: bool,
        stuck: Option<Stuck>,
    },
    /// SIG-008. `joined`: those of each registrar, where the same is true of several. `longest`: ns without a packet.
    /// `expires`: seconds the registration is valid.
    Sig008 { registrar: SocketAddr, joined: Vec<Finding>, longest: i64, expires: u32 },
    /// SIG-009. How often the worst request was sent, how many were answered in the end, and the final status from 400 on
    /// that most of these got, with how many. `through`: proxies that only passed each sending on. `unheard`: how many were sent
    /// again although their answer was in the capture by then.
    Sig009 {
        method: Box<str>,
        to: SocketAddr,
        through: Vec<IpAddr>,
        most: u64,
        answered: u64,
        unheard: u64,
        status: Option<(u16, u64)>,
        /// As of SIG-002.
        refusal: Option<Box<IcmpReport>>,
        /// Of the requests; where they are `unheard`, of their answers.
        size: Size,
        why: Option<Missed>,
    },
    /// SIG-009, over TCP: in so many connections as the finding counts, what it sent was not acknowledged any more. `most`: how
    /// often it was sent, `bytes`: of it, `rested`: ns without anything from the other side before, the least of all. `life`:
    /// what the other side sends meanwhile.
    Stalled { peer: IpAddr, service: SocketAddr, most: u64, bytes: u32, rested: i64, near: bool, life: Life },
    /// NET-001. The names that were asked for, at most 8.
    Net001 { server: IpAddr, names: Vec<Box<str>>, why: NameFailure },
    /// NET-002.
    Net002 { servers: Vec<IpAddr> },
    /// NET-003. What the server offers that is probably too many, and what the other one does.
    Net003(Box<[DhcpOffer; 2]>),
    /// NET-004. The wrong VLANs with their packets, and those that the user states.
    Net004 { vlans: Vec<(u16, u64)>, expected: Vec<u16> },
    /// NET-005. Who has the address, and who asked for it.
    Net005 { macs: [Mac; 2], askers: Vec<IpAddr> },
    /// SEC-001. `gained`: what the sources got there. `is_direct`: the device has the public address itself.
    Sec001 {
        at: SocketAddr,
        protocol: Protocol,
        sources: Vec<IpAddr>,
        gained: Box<Intrusion>,
        is_direct: bool,
    },
    /// SEC-002. `agent`: the scanner's own name, if it gave one. `gained`: as of SEC-001, where that does not tell it.
    Sec002 { requests: u64, users: u64, agent: Option<Box<str>>, answered: bool, gained: Box<Intrusion> },
    /// SEC-003. What can be read, in whose conversations.
    Sec003 { apps: Vec<App>, peers: Vec<IpAddr> },
    /// SEC-004. `is_direct`: as of SEC-001.
    Sec004 { at: SocketAddr, protocol: Protocol, sources: Vec<IpAddr>, is_direct: bool },
    /// CAP-001.
    Cap001 { signs: Vec<LossSign> },
    /// CAP-002. `received`: how many packets more than were sent the receivers of that voice report by RTCP, so that it was the
    /// network that doubled it.
    Cap002 { duplicates: u64, of: u64, two_clocks: u64, received: u64, is_scattered: bool },
    /// CAP-003.
    Cap003 { pairs: u64 },
    /// CAP-004.
    Cap004 { cut: u64, frames: u64 },
    /// CAP-006. Nanoseconds. `stray`: nothing but a packet with a false time. `apart`: the same packets are there by two clocks.
    Cap006 {
        steps: u64,
        largest: i64,
        returns: bool,
        forward: i64,
        stray: Option<Stray>,
        apart: Option<ClocksApart>,
    },
    /// CAP-008.
    Cap008 { connections: u64 },
    /// CAP-010.
    Cap010(NoVoice),
    /// CAP-011.
    Cap011 { path: Box<str>, packets: u64, ended: Ended },
}

impl Detail {
    /// The code these numbers belong to.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Port001 { .. } => Code::Port001,
            Self::Port002 { .. } => Code::Port002,
            Self::Port003 { .. } => Code::Port003,
            Self::Port005 { .. } => Code::Port005,
            Self::Port006 { .. } => Code::Port006,
            Self::Port007 { .. } => Code::Port007,
            Self::Port008 { .. } => Code::Port008,
            Self::Port009 { .. } => Code::Port009,
            Self::Qos001 { .. } => Code::Qos001,
            Self::Qos002 { .. } => Code::Qos002,
            Self::Qos003 { .. } => Code::Qos003,
            Self::Qos004 { .. } => Code::Qos004,
            Self::Qos005 { .. } => Code::Qos005,
            Self::Qos007 { .. } => Code::Qos007,
            Self::Qos008 { .. } => Code::Qos008,
            Self::Qos009 { .. } => Code::Qos009,
            Self::Qos010 { .. } => Code::Qos010,
            Self::Rtp001 { .. } => Code::Rtp001,
            Self::Rtp002 { .. } => Code::Rtp002,
            Self::Rtp003 { .. } => Code::Rtp003,
            Self::Rtp004 { .. } => Code::Rtp004,
            Self::Rtp005 { .. } => Code::Rtp005,
            Self::Rtp006 { .. } => Code::Rtp006,
            Self::Rtp007 { .. } => Code::Rtp007,
            Self::Rtp008 { .. } => Code::Rtp008,
            Self::Rtp009 { .. } => Code::Rtp009,
            Self::Rtp013 { .. } => Code::Rtp013,
            Self::Rtp014 { .. } => Code::Rtp014,
            Self::Sig001 { .. } => Code::Sig001,
            Self::Sig002 { .. } => Code::Sig002,
            Self::Sig003 { .. } => Code::Sig003,
            Self::Sig004 { .. } => Code::Sig004,
            Self::Sig005 { .. } => Code::Sig005,
            Self::Sig006 { .. } => Code::Sig006,
            Self::Sig007 { .. } => Code::Sig007,
            Self::Sig008 { .. } => Code::Sig008,
            Self::Sig009 { .. } | Self::Stalled { .. } => Code::Sig009,
            Self::Net001 { .. } => Code::Net001,
            Self::Net002 { .. } => Code::Net002,
            Self::Net003(_) => Code::Net003,
            Self::Net004 { .. } => Code::Net004,
            Self::Net005 { .. } => Code::Net005,
            Self::Sec001 { .. } => Code::Sec001,
            Self::Sec002 { .. } => Code::Sec002,
            Self::Sec003 { .. } => Code::Sec003,
            Self::Sec004 { .. } => Code::Sec004,
            Self::Cap001 { .. } => Code::Cap001,
            Self::Cap002 { .. } => Code::Cap002,
            Self::Cap003 { .. } => Code::Cap003,
            Self::Cap004 { .. } => Code::Cap004,
            Self::Cap006 { .. } => Code::Cap006,
            Self::Cap008 { .. } => Code::Cap008,
            Self::Cap010 { .. } => Code::Cap010,
            Self::Cap011 { .. } => Code::Cap011,
        }
    }
}

/// Whom a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Address.
    pub address: IpAddr,
    /// Its role, if it has one.
    pub role: Option<RoleId>,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Numbers, and by them the code.
    pub detail: Detail,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// About whom.
    pub subject: Option<Subject>,
    /// Ids of the rows it rests on.
    pub rows: Vec<Box<str>>,
    /// How many packets, flows or attempts stand behind it.
    pub count: u64,
    /// Who can mend it.
    pub responsible: Party,
    /// Where to see it.
    pub evidence: Evidence,
}

impl Finding {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.detail.code()
    }
}
