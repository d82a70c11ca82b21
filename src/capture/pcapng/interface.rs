//! Takes an interface description block, gives what its packets need: link type and the meaning of a timestamp.

use super::super::tally::Tally;
use super::super::value::{InterfaceSummary, LinkType, Timestamp};
use super::Order;
use super::options::options;

/// Option codes, draft-ietf-opsawg-pcapng section 4.2.
mod code {
    pub(super) const NAME: u16 = 2;
    pub(super) const DESCRIPTION: u16 = 3;
    pub(super) const RESOLUTION: u16 = 9;
    pub(super) const FILTER: u16 = 11;
    pub(super) const FCS_LENGTH: u16 = 13;
    pub(super) const OFFSET: u16 = 14;
}

/// Longer names are cut: a file may hold thousands of interfaces with 64 KiB each.
const LONGEST_NAME: usize = 256;
const NANOSECONDS: u64 = 1_000_000_000;

/// One interface of a pcapng file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interface {
    pub(super) link: LinkType,
    pub(super) snap_length: u32,
    /// Bytes of frame check sequence at the end of each frame.
    pub(super) fcs_length: u8,
    name: Option<String>,
    /// It was captured with a filter, and what the system counts as received may be more than that let through.
    is_filtered: bool,
    resolution: Resolution,
    /// Added to each time, in nanoseconds.
    offset: i64,
}

/// How ticks become nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Resolution {
    /// Ticks of this many nanoseconds.
    Coarse(u64),
    /// This many ticks in a nanosecond.
    Fine(u64),
    /// Ticks of 2^-n seconds.
    Binary(u8),
}

impl Interface {
    /// `None`: the block is too short.
    pub(super) fn parse(order: Order, body: &[u8]) -> Option<Self> {
        let mut interface = Self {
            link: LinkType(order.u16(body, 0)?),
            snap_length: order.u32(body, 4)?,
            fcs_length: 0,
            name: None,
            is_filtered: false,
            resolution: Resolution::Coarse(1000),
            offset: 0,
        };
        let mut description = None;
        for (option, value) in options(order, body.get(8..).unwrap_or_default()) {
            match (option, value) {
                (code::NAME, name) => interface.name = text(name),
                (code::DESCRIPTION, words) => description = text(words),
                (code::RESOLUTION, &[resolution, ..]) => interface.resolution = Resolution::parse(resolution),
                // The first byte says how the filter is written.
                (code::FILTER, filter) => interface.is_filtered |= filter.len() > 1,
                (code::FCS_LENGTH, &[length, ..]) => interface.fcs_length = fcs_bytes(length),
                (code::OFFSET, seconds) => {
                    let seconds = order.u64(seconds, 0).unwrap_or(0).cast_signed();
                    interface.offset = seconds.saturating_mul(NANOSECONDS.cast_signed());
                }
                _ => {}
            }
        }
        interface.name = interface.name.or(description);
        Some(interface)
    }

    /// [`Timestamp::UNKNOWN`] behind the year 2262, where no clock is and nanoseconds end.
    #[inline]
    pub(super) fn time(&self, ticks: u64) -> Timestamp {
        let time = Timestamp(self.resolution.nanoseconds(ticks)).plus(self.offset);
        if time.0 == i64::MAX { Timestamp::UNKNOWN } else { time }
    }

    /// `number` counts over the whole file.
    pub(super) fn summary(&self, number: u32, tally: &Tally) -> InterfaceSummary {
        InterfaceSummary {
            name: self.name.clone(),
            link: self.link,
            snap_length: self.snap_length,
            drops: tally.drops(number),
            packets: tally.packets_of(number),
            received: tally.received(number).filter(|_| !self.is_filtered),
        }
    }
}

impl Resolution {
    /// `if_tsresol`: the top bit chooses between powers of 2 and 10.
    fn parse(value: u8) -> Self {
        let exponent = value & 0x7f;
        if value & 0x80 != 0 {
            return Self::Binary(exponent);
        }
        let power = |exponent: u8| 10_u64.checked_pow(exponent.into()).unwrap_or(u64::MAX);
        if exponent <= 9 { Self::Coarse(power(9 - exponent)) } else { Self::Fine(power(exponent - 9)) }
    }

    /// Saturating: no clock of this century needs more than 63 bits.
    #[inline]
    fn nanoseconds(self, ticks: u64) -> i64 {
        let nanoseconds = match self {
            Self::Coarse(length) => u128::from(ticks) * u128::from(length),
            Self::Fine(count) => u128::from(ticks / count),
            Self::Binary(exponent) => (u128::from(ticks) * u128::from(NANOSECONDS)) >> exponent,
        };
        i64::try_from(nanoseconds).unwrap_or(i64::MAX)
    }
}

/// `if_fcslen` is in bits by the draft's words and in bytes by its example and in Wireshark.
fn fcs_bytes(stated: u8) -> u8 {
    match stated {
        0..=8 => stated,
        16 | 32 => stated / 8,
        _ => 0,
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.split(|&byte| byte == 0).next().filter(|bytes| !bytes.is_empty())?;
    Some(String::from_utf8_lossy(bytes).chars().take(LONGEST_NAME).collect())
}
