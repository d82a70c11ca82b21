//! What the numbers of a finding say apart from numbers: signs of loss, what a receiver reports, how voice was uneven, where
//! it went instead, what there is instead of it, who sends it.

use std::net::SocketAddr;

use std::net::IpAddr;

use crate::capture::{Frame, Timestamp};
use crate::decode::Mac;

/// How a name server fails a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFailure {
    /// It answers nothing.
    Silence,
    /// It answers with this code of RFC 1035 section 4.1.1.
    Rcode(u8),
}

/// What a host sends while it is asked in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It sends elsewhere, so it is in operation.
    Sends,
    /// It sent before, and nothing since this moment.
    SilentSince(Timestamp),
    /// It sends nothing in the whole capture.
    Unseen,
}

/// Whether a service that one host asks in vain answers others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// None was seen to be answered.
    Unserved,
    /// It answers them meanwhile, or nothing tells when it did.
    Served,
    /// The last one got its answer at this moment, before the attempts that failed.
    ServedUntil(Timestamp),
}

impl Others {
    /// By when others were answered last, if they were, and when the attempts that failed began.
    #[must_use]
    pub fn of(answered: bool, latest: Option<Timestamp>, began: Timestamp) -> Self {
        match latest.filter(|latest| *latest < began) {
            _ if !answered => Self::Unserved,
            Some(latest) => Self::ServedUntil(latest),
            None => Self::Served,
        }
    }
}

/// How attempts were turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// No answer.
    Silence,
    /// TCP RST.
    Reset,
    /// ICMP or ICMPv6 error.
    Icmp {
        /// ICMPv6.
        v6: bool,
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
        /// Who sent it.
        reporter: IpAddr,
    },
}

/// Whether the size of a message may be why it gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Nothing says so.
    Usual,
    /// It goes in fragments, and what does not is answered.
    Suspect,
    /// Its receiver says by ICMP that fragments of it never came (RFC 792).
    Lacking,
}

/// Why nobody answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// A registration names it although its device has another one.
    Elsewhere {
        /// Who registered.
        client: IpAddr,
        /// For which account.
        account: Box<str>,
    },
    /// A device behind a NAT registered from there, and nothing came from there since.
    Unmapped {
        /// For which account.
        account: Box<str>,
        /// The address that the device gives itself.
        own: IpAddr,
        /// The port of the NAT from which it registered later.
        later: Option<u16>,
    },
    /// Who asks seeks it by ARP so often as well, and nobody is there.
    Unfound {
        /// Questions.
        asked: u64,
    },
}

/// What shows that the capture is incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossSign {
    /// The file's own drop counters.
    Drops {
        /// Packets.
        packets: u64,
        /// Of those, packets that reached this program while it captured, and for which it had no room.
        own: u64,
    },
    /// TCP connections in which bytes were acknowledged that the capture does not hold.
    UnseenAcknowledged {
        /// Such connections.
        connections: u64,
        /// Of so many.
        of: u64,
    },
    /// Calls of which the ACK is missing (RFC 3261 section 13.2.2.4), although the answer did not come again and the
    /// call went on.
    Unseen {
        /// Such calls.
        calls: u64,
        /// Of so many.
        of: u64,
    },
    /// Nothing at all was captured for a while, in which all voice went on.
    Lapsed {
        /// How often.
        times: u64,
        /// For how long (ns) at most.
        longest: i64,
        /// The host that is an end of all voice then: its line may have been down instead.
        common: Option<IpAddr>,
    },
    /// Most packets of every stream were left out, or the same share of all, and what is there keeps to its time: no network
    /// loses like that.
    Thinned {
        /// Packets of the streams that are there.
        packets: u64,
        /// Of so many.
        of: u64,
    },
}

/// What the receivers of lossy streams report by RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing, or not enough to tell.
    Unknown,
    /// They lack packets too: so many.
    Lost(u64),
    /// They have what the capture lacks.
    Complete,
}

/// Voice of which most of what is missing is missing at a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// How often.
    pub times: u64,
    /// For how long (ns) at most.
    pub longest: i64,
    /// Whether nothing is missing elsewhere.
    pub is_all: bool,
    /// How the other direction fared meanwhile.
    pub back: Back,
    /// Whether new offers of its calls frame it.
    pub framed: Framed,
}

/// Whether an interruption began at a new offer (re-INVITE) and ended at another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framed {
    /// Not so, or not each of them.
    Untold,
    /// It did.
    Offers,
    /// It did, and what was asked for in the call is a fax by T.38, which the other side refused.
    Fax,
    /// No offers, but keys (RFC 4733): captured at the sender's own port, which holds the voice back for who presses them while it
    /// passes them on.
    Keys,
}

/// The direction back while a way was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// It was not interrupted at all these times, or is not in the capture.
    Untold,
    /// Interrupted as well, and nothing shows that anything was captured meanwhile.
    Missing,
    /// Interrupted as well, while other voice was captured.
    MissingAlone,
}

/// How voice arrives where its jitter is above the guide value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unevenness {
    /// Again and again.
    Often {
        /// Packets with a jitter above the guide value.
        above: u64,
        /// Of so many.
        of: u64,
        /// Further ones above it that count in neither number: a new offer, the sender itself or its start explains them, or a
        /// usual jitter buffer evens them out.
        excused: u64,
        /// Packets that came more than 100 ms later than their time stamp lets one expect, as far as they were kept, and by how
        /// much (ms) the worst of them.
        pauses: (u64, f64),
        /// The greatest jitter of all stands at one of those that count in neither number.
        is_peak_excused: bool,
        /// Where the sender itself stops again and again: so much (ms) was spoken in so much time (ms), and nothing is missing.
        behind: Option<(f64, f64)>,
    },
    /// One pause, behind which all came that had been held up; even before and after it.
    Once {
        /// In ms.
        length: f64,
    },
    /// The time under way rises and falls slowly, which jitter does not show.
    Rises {
        /// How often, by more than 100 ms.
        times: u64,
        /// By how much (ms) at most.
        greatest: f64,
        /// How many packets came later by more than that, of how many.
        too_late: (u64, u64),
    },
    /// All streams that were going on rise at the same moments, in both directions: the capture stood still, not the network.
    Everywhere {
        /// So many.
        streams: u64,
        /// How often.
        times: u64,
    },
    /// The sender's clock runs slow or fast: so much (ms) was spoken in so much time (ms).
    Clock {
        /// By the timestamps.
        spoken: f64,
        /// By arrival.
        passed: f64,
    },
}

/// A public address that a device names in SDP to somebody in its own subnet; or one whose port its router did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who names it.
    pub host: IpAddr,
    /// Where it wants to hear.
    pub to: SocketAddr,
    /// The packet with it if it is known: its INVITE.
    pub invite: Option<Frame>,
    /// At other times it names an inner one.
    pub partly: bool,
    /// As which other port a STUN server had seen it before, and where that is told.
    pub mapped: Option<(u16, Option<Frame>)>,
    /// It named an address of its own, and a router that passed its messages on put `to` in its place (SIP ALG).
    pub is_rewritten: bool,
}

/// Where voice went that somebody else was to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Astray {
    /// Where it was sent.
    pub to: SocketAddr,
    /// What shows that it is not heard there.
    pub lost: Lost,
    /// Where the receiver announced to wait for it, if that is another port of the same host.
    pub announced: Option<SocketAddr>,
    /// Which device named that address in SDP, and the packet with it if it is known: its INVITE.
    pub announcer: Option<(IpAddr, Option<Frame>)>,
    /// For so long (ns).
    pub lasted: i64,
    /// Whether that address is a public one although both lie in one subnet.
    pub outside: bool,
    /// Whether it went to who waited for it afterwards.
    pub is_over: bool,
    /// Whether it is the listener that refuses it, though it speaks from there.
    pub by_listener: bool,
}

/// What shows that voice is not heard where it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// ICMP turns it away.
    Refused,
    /// The listener speaks from elsewhere, and the address it named lies outside of the NAT: only a router that leads its own
    /// public address back inside would make it heard.
    Outside,
    /// The listener speaks from the Internet, and named a private address.
    Private,
    /// No SDP asks for it there: the listener announced another port, and speaks from that.
    Unasked,
    /// As with a private address, nobody speaks at all, and the address that was named is one of the sender's own net.
    Rewritten,
}

/// What else the capture shows of a side that is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Nothing.
    None,
    /// Its own sender reports (RFC 3550 section 6.4.1) say that it has sent so many packets.
    Reported(u64),
    /// It sends so many packets as far as here, an address behind which the listener stands (NAT), and there they end.
    Halted(SocketAddr, u64),
    /// Nothing, and what was agreed cannot be read: the signalling is encrypted.
    Unread(Unread),
}

/// A far side that is sent voice and sends none, by what nobody can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Whether it sends voice to others in the same capture.
    pub others: bool,
    /// The first and the last of its ports that a document names for voice.
    pub ports: Option<(u16, u16)>,
}

/// Voice that a PORT-003 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoiceSent {
    /// Packets that were sent.
    pub packets: u64,
    /// Where no SDP of it could be read: the first and the last port that a document names for voice at the target.
    pub ports: Option<(u16, u16)>,
}

/// Whether voice that is not seen may have been sent and left out of the file, as the export of a display filter would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Nothing says so.
    No,
    /// The capture looks like one, and nothing says that what was left out is less than what is not seen.
    Possible,
    /// It looks like one, but by the numbers in the file so many packets were left out: too few for voice that lasts as long as
    /// that of the other side.
    TooFew(u64),
}

/// What a capture without voice has instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoVoice {
    /// No packet.
    Empty,
    /// No packet of IP that could be read.
    Unread,
    /// The same, because all packets are wrapped in ERF, as capture cards write it.
    Erf,
    /// The same, but by ARP hosts seek others again and again, and nobody answers.
    Sought,
    /// The same, because the snap length cut the packets before it could be.
    Cut {
        /// Bytes kept of the longest of them.
        kept: u64,
    },
    /// The packets were cut off so early that voice in them cannot be told from anything else.
    Short {
        /// Bytes kept of the longest of them.
        kept: u64,
    },
    /// Calls that were answered.
    Answered,
    /// The same, and RTP-002 says of each why it has none.
    Explained,
    /// The same, but the capture or the call ends with the answer.
    JustAnswered,
    /// Keys (RFC 4733) without a call or voice.
    Keys,
    /// Calls that nobody answered.
    Called,
    /// RTCP, without the voice that it reports on.
    Reported {
        /// Who sends by the counts of its sender reports, ordered, and how many packets up to the latest of them.
        senders: Vec<(IpAddr, u64)>,
        /// Who only reports what it gets, ordered.
        listeners: Vec<IpAddr>,
    },
    /// Telephony of these protocols, which are not read.
    Foreign(Vec<&'static str>),
    /// Tunnels that hide what they carry.
    Sealed,
    /// Packets of IPsec (ESP), in a tunnel or not.
    Ipsec,
    /// Frames that are encrypted between neighbours (`MACsec`).
    Macsec,
    /// Packets of a device to itself alone.
    Loopback,
    /// The same, but Ethernet has them go between two stations.
    Rewritten,
    /// Nothing, in a file that holds only a part of what was captured.
    Extract {
        /// Packets that were read.
        packets: u64,
        /// Packets that were received while capturing.
        received: u64,
    },
    /// Nothing of telephony in what the user's filter let through.
    Filtered,
    /// Nothing of telephony.
    Nothing,
}

/// Why a call that was answered has no voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mute {
    /// The capture does not tell.
    Unexplained,
    /// The answer refuses audio: port 0 in its session description (RFC 3264 section 6).
    Declined,
    /// On the ports of the voice there is nothing but DTLS, which agrees on the keys (RFC 5764).
    Keys,
    /// T.38 was agreed, and nothing came from then on.
    Fax,
}

impl Mute {
    /// Caller and callee of the calls without voice, of the one whom the finding is about and the other side: it is
    /// about the caller, unless the callee has refused the voice.
    #[must_use]
    pub fn sides(self, subject: IpAddr, other: IpAddr) -> (IpAddr, IpAddr) {
        if self == Self::Declined { (other, subject) } else { (subject, other) }
    }
}

/// What somebody on the Internet got from a device that answers him.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intrusion {
    /// He tries passwords.
    pub guessing: Option<Guessing>,
    /// Accounts for which he was registered, in order.
    pub let_in: Vec<Box<str>>,
    /// For none of them he was asked for a password.
    pub unasked: bool,
    /// Calls of his that were answered.
    pub calls: u64,
    /// He sends OPTIONS alone, to what the device registered: it is its registrar who keeps the way to it open.
    pub keeps_open: bool,
}

/// Registrations of one account that were refused so often in so little time that somebody tries passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guessing {
    /// The account that is tried most.
    pub account: Box<str>,
    /// How often it was refused,
    pub refused: u64,
    /// from the first time to the last, in ns.
    pub within: i64,
    /// Accounts of which the same is true.
    pub others: usize,
}

/// Who sends voice without its mark, and what a document says of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceSender {
    /// A telephone system, which is documented less strictly.
    System,
    /// A device whose vendor says that it marks.
    Promised,
    /// A device of which nobody promised it.
    Other,
    /// A telephone or a softphone, which the capture does not tell apart: the one marks by itself, the other by a policy.
    PhoneOrSoftphone,
}
/// Between which two places of a capture packets are lost: the others are in it once for each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// So many packets,
    pub packets: u64,
    /// so often,
    pub times: usize,
    /// and the others so often.
    pub of: usize,
    /// The RTP number of one of them.
    pub example: Option<u16>,
}

/// What lies between the two places at which a packet was captured, by what its copies differ in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Routers: so much the TTL fell.
    pub routers: u8,
    /// The VLAN before and behind it, `None` for untagged; `None` as a whole where it is the same.
    pub vlans: Option<[Option<u16>; 2]>,
    /// Who put the second copy on the Ethernet, if not the station that sent the first.
    pub station: Option<Station>,
}

/// A station of the Ethernet that passes on what others sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// Its hardware address.
    pub mac: Mac,
    /// Who made it, by that address.
    pub maker: Option<Box<str>>,
    /// Its own address, by ARP, neighbour discovery or DHCP.
    pub address: Option<IpAddr>,
}
