//! The whole in one word, what keeps it from being said, and what the user accepts.

use std::net::IpAddr;

use super::Finding;

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
    /// The same, and nobody sends enough of it: all marking.
    NoMarks,
    /// Encrypted signalling: calls and registrations.
    Encrypted,
    /// Packets are missing from the capture: loss and jitter.
    Incomplete,
    /// The clock jumps: jitter.
    Clock,
    /// SIP is cut by the snap length: calls and announced media.
    CutSip,
    /// The capture ends at a damage: everything behind it.
    Damaged,
    /// Registrations get no answer, and nothing shows that one would be seen.
    UnseenAnswers,
}
