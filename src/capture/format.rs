//! Takes the first bytes of an input, gives its format, or says what else it is.

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
        advice: &'static str,
    },
    /// A capture, but of a version that is not read.
    Version(String),
    /// Packed, and cannot be unpacked.
    Packed(String),
    /// The system's words.
    Unreadable(String),
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
    let advice = match head {
        [b'G', b'M', b'B', b'U', ..] | [b'R', b'T', b'S', b'S', ..] => {
            "this is a Microsoft Network Monitor capture: convert it with `editcap -F pcapng OLD NEW`"
        }
        [0xfd, b'7', b'z', b'X', b'Z', ..] | [b'B', b'Z', b'h', ..] | [b'P', b'K', 3, 4, ..] => {
            "this is an archive: unpack it first"
        }
        _ if head.len() < HEAD => "it is too short to hold a packet: record the capture again",
        _ => "if it is a capture that Wireshark can open, save it there as pcapng",
    };
    let start = head.get(..head.len().min(12)).unwrap_or_default().escape_ascii().to_string();
    Refusal::Foreign { start, advice }
}
