//! Takes bytes that start at a record, gives the records in them; the three file formats behind one face.

use super::pcap;
use super::pcapng;
use super::snoop;
use super::tally::Tally;
use super::value::{InterfaceSummary, LinkType, Record, Timestamp};

/// No record and no block is longer: the longest that Wireshark takes (D-Bus, USB).
pub(super) const LONGEST: usize = 128 << 20;
/// Longest record of all other link types, as in Wireshark; a file may state a longer snap length.
pub(super) const LONGEST_USUAL: usize = 256 << 10;

/// How the records of a file are framed, and all that has to be known to read on at a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Framing {
    Pcap(pcap::Header),
    Pcapng(pcapng::State),
    Snoop(snoop::Header),
}

/// Why a walk over records came to a halt. The position is that of the first record not visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The next record starts at the limit or behind it.
    Limit,
    /// The next record ends (at least) this many bytes behind its start, and they are not here.
    Short(usize),
    /// There is no record here.
    Damage(String),
}

impl Framing {
    /// Visits the records that start at `at..limit` and leaves `at` where the next one starts.
    pub(super) fn walk<V: FnMut(Record<'_>)>(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        limit: usize,
        sink: &mut Sink<'_, V>,
    ) -> Halt {
        match self {
            Self::Pcap(header) => header.walk(bytes, at, limit, sink),
            Self::Pcapng(state) => state.walk(bytes, at, limit, sink),
            Self::Snoop(header) => header.walk(bytes, at, limit, sink),
        }
    }

    /// Where the first record that starts in `bytes` seems to be; `start` is the offset of `bytes` in the file,
    /// `near` a time of a record close by. May be wrong: the caller checks it against the end of the range before.
    pub(super) fn guess(&self, bytes: &[u8], start: u64, near: Option<Timestamp>) -> Option<usize> {
        match self {
            Self::Pcap(header) => header.guess(bytes, near),
            Self::Pcapng(state) => state.guess(bytes, start),
            Self::Snoop(header) => header.guess(bytes),
        }
    }

    /// Name for people, as in `pcap-ns`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Pcap(header) => header.name(),
            Self::Pcapng(_) => "pcapng",
            Self::Snoop(_) => "snoop",
        }
    }

    /// The interfaces known so far; `tally` tells their drops.
    pub(super) fn interfaces(&self, tally: &Tally) -> Vec<InterfaceSummary> {
        let single = |link, snap_length| {
            let (drops, packets) = (tally.drops(0), tally.packets);
            vec![InterfaceSummary { name: None, link, snap_length, drops, packets, received: None }]
        };
        match self {
            Self::Pcap(header) => single(header.link(), header.snap_length()),
            Self::Pcapng(state) => state.interfaces(tally),
            Self::Snoop(header) => single(header.link(), 0),
        }
    }
}

/// Where the records of a walk go: counted, numbered, and shown to the visitor.
pub(super) struct Sink<'a, V> {
    pub(super) tally: &'a mut Tally,
    pub(super) visit: V,
}

/// A record as its header describes it; `data` lies at `start` of the walked bytes.
pub(super) struct Described<'a> {
    pub(super) time: Timestamp,
    pub(super) interface: u32,
    pub(super) link: LinkType,
    pub(super) original_length: u32,
    /// Bytes of frame check sequence at the end of the frame on the wire.
    pub(super) fcs_length: u8,
    pub(super) start: usize,
    pub(super) data: &'a [u8],
}

impl<V: FnMut(Record<'_>)> Sink<'_, V> {
    #[inline]
    pub(super) fn record(&mut self, described: Described<'_>) {
        let Described { time, interface, link, original_length, fcs_length, start, data } = described;
        // Some writers leave the original length at 0 or below the captured length.
        let original_length = original_length.max(data.len() as u32).saturating_sub(fcs_length.into());
        let data = data.get(..original_length as usize).unwrap_or(data);
        let index = self.tally.numbers;
        self.tally.packet(interface, time, data.len(), original_length);
        (self.visit)(Record { index, time, interface, link, original_length, data, offset: start as u32 });
    }

    /// Something that is no packet and yet has a frame number in Wireshark.
    pub(super) fn number_without_packet(&mut self) {
        self.tally.numbers += 1;
    }
}
