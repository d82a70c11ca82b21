//! The whole in one word, what keeps it from being said, and what the user accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::{Finding, RowResult, RulebookInfo};
use crate::capture::{CaptureSummary, PassedOver, Timestamp};
use crate::decode::Mac;
use crate::observe::Traffic;
use crate::site::{AppName, Site};

/// A finding that the site file accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// What was found.
    pub finding: Finding,
    /// Lines of the exceptions in the site file that cover it, ascending.
    pub lines: Vec<usize>,
}

/// A device that sends voice without the mark, but too little of it to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Few {
    /// Its address.
    pub sender: IpAddr,
    /// Packets of voice.
    pub packets: u64,
    /// How many it takes.
    pub least: u64,
}

/// What is seen of registrations, of services and of calls that depend on them, and no finding tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whom it is about, ordered.
    pub hosts: Vec<IpAddr>,
    /// The same where none of its addresses is known.
    pub mac: Option<Mac>,
    /// Registrar, server, who is asked, or who is called.
    pub at: SocketAddr,
    /// What it is.
    pub what: Observation,
}

/// What a [`Remark`] tells. Times in ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// Hosts take one account from each other, at a registrar that keeps one of them.
    SharedAccount {
        /// Registrations that were accepted.
        grants: u64,
    },
    /// A registrar's OPTIONS get no answer.
    UnheededOptions {
        /// How many.
        requests: u64,
    },
    /// A telephone that registers in vain is outside the VLAN of the others.
    OtherVlan {
        /// Where the others are.
        vlan: u16,
        /// How many others are registered there.
        registered: u64,
    },
    /// A STUN server answers nobody and refuses some.
    RefusedStun {
        /// Requests of all clients.
        requests: u64,
        /// What ICMP said of them.
        refusals: u64,
        /// How long a call or an answer waited for it, at most.
        waited: Option<i64>,
    },
    /// A name server did not answer for a while.
    NameServerAway {
        /// Questions in that time.
        tries: u64,
        /// From the first of them to the first answer.
        span: (Timestamp, Timestamp),
        /// Name servers that the host asks.
        servers: u64,
        /// Whether it answered others meanwhile.
        answers_others: bool,
    },
    /// DHCP gives a device no address.
    UnansweredDhcp {
        /// Requests.
        tries: u64,
        /// From the first of them to the last.
        span: (Timestamp, Timestamp),
        /// Whether one server alone was asked last.
        asked_alone: bool,
    },
    /// A device takes long to answer challenges (401, 407).
    LateCredentials {
        /// How many it answered late.
        times: u64,
        /// How long that took, in the median.
        wait: i64,
        /// How many challenges had run out by then.
        run_out: u64,
    },
    /// A call is passed on to several, and one of them never answers.
    DeadBranch {
        /// Calls.
        calls: u64,
        /// INVITEs to it in all of them.
        sent: u64,
    },
}

/// The whole in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to say.
    Pass,
    /// Notices only.
    Notes,
    /// Warnings or worse.
    Fail,
    /// The capture cannot show it.
    NotAssessable,
}

/// What the capture cannot show, so that nobody takes silence for a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unjudged {
    /// No device of a vendor was recognised: nothing can be held against a document.
    NoDevice,
    /// No voice: marking and media ports.
    NoVoice,
    /// Packets of a device to itself alone: ports, marking and quality.
    OwnOnly,
    /// One direction only: blocked ports, one-way audio.
    OneDirection,
    /// A call of which one side alone is heard, which may be meant or due to the measuring point: one-way audio.
    OneSided,
    /// The same while an IPsec tunnel ran, in which the other side may have spoken.
    OneSidedIpsec,
    /// The same while another tunnel ran that nobody can look into.
    OneSidedTunnel,
    /// An answered call of which no packet of voice is in a capture that holds voice of others: calls without media.
    UnheardCalls,
    /// Voice for whose sender no vendor's rule holds: its marking.
    NoRule,
    /// Somebody sends voice without the mark, but too few packets of it: its marking.
    FewPackets,
    /// Voice at a port that no row gives, but too few packets of it: ports of voice.
    FewAtPort,
    /// Somebody sends voice without the mark, and nobody enough of it: all marking.
    NoMarks,
    /// Encrypted signalling: calls and registrations.
    Encrypted,
    /// SIP over WebSocket whose messages are compressed: calls and registrations.
    Compressed,
    /// Packets are missing from the capture: loss and jitter.
    Incomplete,
    /// The clock jumps: jitter.
    Clock,
    /// The same packets are there by two clocks: loss, and all that needs to know what was when.
    TwoClocks,
    /// SIP is cut by the snap length: calls and announced media.
    CutSip,
    /// The capture ends at a damage: everything behind it.
    Damaged,
    /// A known device in an export that holds SIP and RTP alone: all other connections.
    Export,
    /// Registrations get no answer, and nothing shows that one would be seen.
    UnseenAnswers,
    /// There was more than there is room for: anything may be among it.
    OverLimit,
}

/// Everything a report needs.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The whole in one word.
    pub verdict: Verdict,
    /// Documents.
    pub rulebooks: Vec<RulebookInfo>,
    /// What was read.
    pub captures: Vec<CaptureSummary>,
    /// Entries of named directories that were not read.
    pub passed_over: Vec<PassedOver>,
    /// What was seen.
    pub traffic: Traffic,
    /// Who is who.
    pub site: Site,
    /// Row matrix, ordered by device, then row.
    pub rows: Vec<RowResult>,
    /// Rows that explain a flow, by flow id; few flows have any.
    pub flow_rows: BTreeMap<usize, Vec<Box<str>>>,
    /// What connections over TLS carry by the rows that explain them, by flow id: `sip`, `xmpp`. Rows of clear text aside.
    pub inside_tls: BTreeMap<usize, BTreeSet<AppName>>,
    /// Flows of identified vendor devices that nothing explains, by flow id.
    pub unexplained: Vec<usize>,
    /// Flows in which somebody on the Internet asks a host of the LAN unasked and gets no answer with content, by flow id: no
    /// finding, but a router forwards them. Empty where a SEC finding tells of strangers, and where answers are not captured.
    pub unsolicited: Vec<usize>,
    /// What else is seen of registrations.
    pub remarks: Vec<Remark>,
    /// What the capture cannot show.
    pub unjudged: Vec<Unjudged>,
    /// Places of answered calls of which the capture holds no voice although it holds that of others, ascending.
    pub unheard: Vec<usize>,
    /// Places of calls in which a fax by T.38 was agreed and nothing at all was sent from then on, ascending.
    pub unsent_faxes: Vec<usize>,
    /// By place of a call, the side that tells by RTCP that nothing of the other's voice reaches it.
    pub deaf: BTreeMap<usize, SocketAddr>,
    /// Places of calls over TCP that got no final answer because who was called closed the connection, ascending.
    pub dropped: Vec<usize>,
    /// Whose voice is too short for its marks to be judged.
    pub few: Vec<Few>,
    /// Ordered by severity, heaviest first, then code, then subject.
    pub findings: Vec<Finding>,
    /// What was found and the site file accepts, in the same order.
    pub accepted: Vec<Accepted>,
    /// The expression by which packets were chosen, in libpcap's filter language.
    pub filter: Option<Box<str>>,
    /// Places of findings whose cause is gone by the end of the capture, ascending: the device did right later on. Only of a
    /// capture that somebody follows (`live`); the report of a file tells them as any other, and does not look.
    pub mended: Vec<usize>,
}
