//! Takes the first bytes of an input, gives its format, or says what else it is.

use std::fmt;

use super::framing::Framing;
use super::pcap;
use super::pcapng;
use super::snoop;

/// So many bytes tell every format.
pub(super) const HEAD: usize = 28;

/// Why an input cannot be read as a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Empty,
    /// Something else; how it starts, and what to do about it.
    Foreign {
        start: String,
        looks: Looks,
    },
    /// A capture, but of a version that is not read.
    Version(OtherVersion),
    /// Packed, and cannot be unpacked.
    Packed(String),
    /// The system's words.
    Unreadable(String),
}

/// What something that is no capture looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// A capture of Microsoft Network Monitor.
    NetworkMonitor,
    /// An archive of a kind that is not unpacked.
    Archive,
    /// Too short for a packet.
    Short,
    /// Nothing known.
    Unknown,
}

impl fmt::Display for Looks {
    /// What it is, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NetworkMonitor => {
                "this is a Microsoft Network Monitor capture: convert it with `editcap -F pcapng OLD NEW`"
            }
            Self::Archive => "this is an archive: unpack it first",
            Self::Short => "it is too short to hold a packet: record the capture again",
            Self::Unknown => "if it is a capture that Wireshark can open, save it there as pcapng",
        })
    }
}

/// A version of a format that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherVersion {
    /// `pcap`.
    pub format: &'static str,
    /// As the file has it.
    pub found: String,
    /// Those that are read.
    pub read: &'static [&'static str],
}

impl fmt::Display for OtherVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.read.len() == 1 { "is" } else { "are" };
        let Self { format, found, read } = self;
        write!(f, "{format} version {found}, and only {} {verb} read", read.join(" and "))
    }
}

/// The framing at the start of a capture, and the length of the file header.
pub(super) fn detect(head: &[u8]) -> Result<(Framing, usize), Refusal> {
    if head.is_empty() {
        return Err(Refusal::Empty);
    }
    let pcap = pcap::Header::parse(head);
    let snoop = snoop::Header::parse(head);
    let found = pcap
        .map(|parsed| parsed.map(|(header, length)| (Framing::Pcap(header), length)))
        .or_else(|| snoop.map(|parsed| parsed.map(|(header, length)| (Framing::Snoop(header), length))))
        .or_else(|| pcapng::State::parse(head).map(|parsed| parsed.map(|state| (Framing::Pcapng(state), 0))));
    match found {
        Some(Ok(found)) => Ok(found),
        Some(Err(version)) => Err(Refusal::Version(version)),
        None => Err(foreign(head)),
    }
}

/// What else the input may be.
fn foreign(head: &[u8]) -> Refusal {
    let looks = match head {
        [b'G', b'M', b'B', b'U', ..] | [b'R', b'T', b'S', b'S', ..] => Looks::NetworkMonitor,
        [0xfd, b'7', b'z', b'X', b'Z', ..] | [b'B', b'Z', b'h', ..] | [b'P', b'K', 3, 4, ..] => {
            Looks::Archive
        }
        _ if head.len() < HEAD => Looks::Short,
        _ => Looks::Unknown,
    };
    let start = head.get(..head.len().min(12)).unwrap_or_default().escape_ascii().to_string();
    Refusal::Foreign { start, looks }
}
