//! Takes bytes of a pcapng file (draft-ietf-opsawg-pcapng), gives its records. Sections and interfaces are
//! state that reading needs at any block; blocks that hold no packet are passed over.

mod interface;
mod options;
mod rewrite;

use std::sync::Arc;

use super::bytes::Order;
use super::format::OtherVersion;
use super::framing::{Described, Halt, LONGEST, Sink};
use super::tally::Tally;
use super::value::{InterfaceSummary, Record, Timestamp};
use interface::Interface;
use options::options;
pub(super) use rewrite::Rewriter;

/// Section header block, the same in both byte orders.
const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
/// Obsolete packet block.
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const JOURNAL_ENTRY: u32 = 9;
const DECRYPTION_SECRETS: u32 = 10;
const CUSTOM: u32 = 0x0bad;
const CUSTOM_NOT_COPIED: u32 = 0x4000_0bad;
/// Sysdig events, versions 1, 2 and 2 with large payload.
const SYSDIG: [u32; 3] = [0x204, 0x216, 0x221];

const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
/// Type, length, and length again behind the body.
const EMPTY_BLOCK: usize = 12;
/// Room for the options of the longest packet.
const LONGEST_BLOCK: usize = LONGEST + (128 << 10);
/// More interfaces than this in one file are damage (`decode` numbers them in 16 bits).
const MOST_INTERFACES: usize = 1 << 16;
/// This many plausible blocks in a row are taken for blocks.
const ROW: usize = 4;

/// Option codes, draft-ietf-opsawg-pcapng sections 4.3, 4.4 and 4.6.
mod code {
    pub(super) const PACKET_FLAGS: u16 = 2;
    pub(super) const PACKET_DROPS: u16 = 4;
    pub(super) const STATISTICS_RECEIVED: u16 = 4;
    pub(super) const STATISTICS_INTERFACE_DROPS: u16 = 5;
    pub(super) const STATISTICS_ACCEPTED: u16 = 6;
    pub(super) const STATISTICS_SYSTEM_DROPS: u16 = 7;
}

/// What has to be known to read a block: the section's byte order and the interfaces of the file so far.
#[derive(Clone, Debug)]
pub(super) struct State {
    order: Order,
    /// Of the whole file; those of the section start at `base`. Shared, since a state is copied for each range and each read
    /// of a pipe.
    interfaces: Arc<Vec<Interface>>,
    base: usize,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let same_interfaces =
            || Arc::ptr_eq(&self.interfaces, &other.interfaces) || self.interfaces == other.interfaces;
        (self.order, self.base) == (other.order, other.base) && same_interfaces()
    }
}

/// A block without its type and lengths.
struct Block<'a> {
    kind: u32,
    order: Order,
    /// Where the body starts in the walked bytes.
    start: usize,
    body: &'a [u8],
}

impl State {
    /// The state before the first block. `None`: no pcapng, or too short to tell. `Err`: a version not read.
    pub(super) fn parse(bytes: &[u8]) -> Option<Result<Self, OtherVersion>> {
        if Order::Little.u32(bytes, 0)? != SECTION_HEADER {
            return None;
        }
        let order = section_order(bytes.get(8..)?)?;
        let state = Self { order, interfaces: Arc::default(), base: 0 };
        Some(section_version(order, bytes.get(8..16)?)?.map(|()| state))
    }

    pub(super) fn walk<V: FnMut(Record<'_>)>(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        limit: usize,
        sink: &mut Sink<'_, V>,
    ) -> Halt {
        while *at < limit {
            let (block, length) = match self.block(bytes, *at) {
                Ok(found) => found,
                Err(halt) => return halt,
            };
            if let Err(reason) = self.visit(&block, sink) {
                return Halt::Damage(reason);
            }
            *at += length;
        }
        Halt::Limit
    }

    /// The first offset at which [`ROW`] plausible blocks follow each other, or fewer up to the end. Blocks start
    /// at multiples of four in the file.
    pub(super) fn guess(&self, bytes: &[u8], start: u64) -> Option<usize> {
        let first = (start.wrapping_neg() % 4) as usize;
        (first..bytes.len()).step_by(4).find(|&at| self.is_row(bytes, at))
    }

    pub(super) fn interfaces(&self, tally: &Tally) -> Vec<InterfaceSummary> {
        (0..).zip(&*self.interfaces).map(|(number, interface)| interface.summary(number, tally)).collect()
    }

    fn is_row(&self, bytes: &[u8], start: usize) -> bool {
        let mut at = start;
        for count in 0..ROW {
            let Some(kind) = self.order.u32(bytes, at) else { return count > 0 };
            match kind {
                SECTION_HEADER => return true,
                INTERFACE_DESCRIPTION..=ENHANCED_PACKET | JOURNAL_ENTRY | DECRYPTION_SECRETS => {}
                CUSTOM | CUSTOM_NOT_COPIED => {}
                _ => return false,
            }
            match self.block(bytes, at) {
                Ok((_, length)) => at += length,
                Err(Halt::Short(_)) => return count > 0 || bytes.len() - at >= 8,
                Err(_) => return false,
            }
        }
        true
    }

    /// The block at `at` and its whole length.
    fn block<'a>(&self, bytes: &'a [u8], at: usize) -> Result<(Block<'a>, usize), Halt> {
        let rest = bytes.get(at..).unwrap_or_default();
        let head = rest.get(..EMPTY_BLOCK).ok_or(Halt::Short(EMPTY_BLOCK))?;
        let kind = self.order.u32(head, 0).unwrap_or_default();
        let order = if kind == SECTION_HEADER {
            section_order(head.get(8..).unwrap_or_default())
                .ok_or_else(|| damage("a section header without byte-order magic"))?
        } else {
            self.order
        };
        let stated = order.u32(head, 4).unwrap_or_default();
        let length = stated as usize;
        if !(EMPTY_BLOCK..=LONGEST_BLOCK).contains(&length) || !length.is_multiple_of(4) {
            return Err(Halt::Damage(format!("a block of {length} bytes (type {kind:#010x})")));
        }
        let whole = rest.get(..length).ok_or(Halt::Short(length))?;
        let again = order.u32(whole, length - 4).unwrap_or_default();
        if again != stated {
            return Err(Halt::Damage(format!("a block whose two lengths differ ({stated} and {again})")));
        }
        let body = whole.get(8..length - 4).unwrap_or_default();
        Ok((Block { kind, order, start: at + 8, body }, length))
    }

    /// `Err`: what is wrong with the block.
    #[inline]
    fn visit<V: FnMut(Record<'_>)>(
        &mut self,
        block: &Block<'_>,
        sink: &mut Sink<'_, V>,
    ) -> Result<(), String> {
        match block.kind {
            ENHANCED_PACKET => self.enhanced_packet(block, sink),
            SECTION_HEADER => self.section(block),
            INTERFACE_DESCRIPTION => self.interface_description(block),
            INTERFACE_STATISTICS => {
                self.statistics(block, sink.tally);
                Ok(())
            }
            SIMPLE_PACKET => self.simple_packet(block, sink),
            PACKET => self.packet(block, sink),
            kind if is_numbered(kind) => {
                sink.number_without_packet();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Section 4.1. The section length is not needed, and often wrong.
    fn section(&mut self, block: &Block<'_>) -> Result<(), String> {
        let version = section_version(block.order, block.body);
        let version = version.ok_or_else(|| "a section header cut short".to_owned())?;
        version.map_err(|error| error.to_string())?;
        self.order = block.order;
        self.base = self.interfaces.len();
        Ok(())
    }

    /// Section 4.2.
    fn interface_description(&mut self, block: &Block<'_>) -> Result<(), String> {
        if self.interfaces.len() >= MOST_INTERFACES {
            return Err(format!("more than {MOST_INTERFACES} interfaces"));
        }
        let interface = Interface::parse(block.order, block.body).ok_or("an interface block cut short")?;
        Arc::make_mut(&mut self.interfaces).push(interface);
        Ok(())
    }

    /// Section 4.3.
    #[inline]
    fn enhanced_packet<V: FnMut(Record<'_>)>(
        &self,
        block: &Block<'_>,
        sink: &mut Sink<'_, V>,
    ) -> Result<(), String> {
        let interface = block.order.u32(block.body, 0).ok_or(CUT_PACKET)?;
        self.timed_packet(block, interface, sink)
    }

    /// Appendix A of the draft: the packet block that the enhanced packet block replaced.
    fn packet<V: FnMut(Record<'_>)>(&self, block: &Block<'_>, sink: &mut Sink<'_, V>) -> Result<(), String> {
        let interface = block.order.u16(block.body, 0).ok_or(CUT_PACKET)?.into();
        let drops = block.order.u16(block.body, 2).ok_or(CUT_PACKET)?;
        self.timed_packet(block, interface, sink)?;
        // All bits set: the writer does not know.
        if drops != 0
            && drops != u16::MAX
            && let Some((number, _)) = self.local(interface)
        {
            sink.tally.drops_here(number, drops.into());
        }
        Ok(())
    }

    /// What both blocks have behind the interface: time, lengths, packet and options.
    #[inline]
    fn timed_packet<V: FnMut(Record<'_>)>(
        &self,
        block: &Block<'_>,
        local: u32,
        sink: &mut Sink<'_, V>,
    ) -> Result<(), String> {
        let Block { order, body, start, .. } = *block;
        let (number, interface) = self.local(local).ok_or_else(|| self.no_interface(local))?;
        let field = |at: usize| order.u32(body, at).ok_or(CUT_PACKET);
        let ticks = u64::from(field(4)?) << 32 | u64::from(field(8)?);
        let (captured, original_length) = (field(12)? as usize, field(16)?);
        let first = 20;
        let data = body.get(first..).and_then(|rest| rest.get(..captured)).ok_or(CUT_PACKET)?;
        let mut fcs_length = interface.fcs_length;
        let padded = first + captured.next_multiple_of(4);
        if body.len() > padded {
            fcs_length = packet_options(order, body.get(padded..).unwrap_or_default(), |drops| {
                sink.tally.drops_here(number, drops);
            })
            .unwrap_or(fcs_length);
        }
        sink.record(Described {
            time: interface.time(ticks),
            interface: number,
            link: interface.link,
            original_length,
            fcs_length,
            start: start + first,
            data,
        });
        Ok(())
    }

    /// Section 4.4: no time, no interface number, the captured length only implied.
    fn simple_packet<V: FnMut(Record<'_>)>(
        &self,
        block: &Block<'_>,
        sink: &mut Sink<'_, V>,
    ) -> Result<(), String> {
        let (number, interface) = self.local(0).ok_or_else(|| self.no_interface(0))?;
        let original_length = block.order.u32(block.body, 0).ok_or(CUT_PACKET)?;
        let captured = match interface.snap_length {
            0 => original_length,
            snap_length => original_length.min(snap_length),
        };
        let data = block.body.get(4..).and_then(|rest| rest.get(..captured as usize)).ok_or(CUT_PACKET)?;
        sink.record(Described {
            time: Timestamp::UNKNOWN,
            interface: number,
            link: interface.link,
            original_length,
            fcs_length: interface.fcs_length,
            start: block.start + 4,
            data,
        });
        Ok(())
    }

    /// Section 4.6. Statistics of an unknown interface are passed over, as in Wireshark.
    fn statistics(&self, block: &Block<'_>, tally: &mut Tally) {
        let Some((number, _)) = block.order.u32(block.body, 0).and_then(|local| self.local(local)) else {
            return;
        };
        let (mut total, mut received, mut accepted) = (None, None, None);
        for (option, value) in options(block.order, block.body.get(12..).unwrap_or_default()) {
            let count = block.order.u64(value, 0);
            match option {
                // All bits set: the writer does not know.
                code::STATISTICS_RECEIVED => received = count.filter(|received| *received != u64::MAX),
                code::STATISTICS_ACCEPTED => accepted = count.filter(|accepted| *accepted != u64::MAX),
                code::STATISTICS_INTERFACE_DROPS | code::STATISTICS_SYSTEM_DROPS => {
                    total = Some(total.unwrap_or(0_u64).saturating_add(count.unwrap_or(0)));
                }
                _ => {}
            }
        }
        // What a filter did not let through is no part of the capture.
        if let Some(received) = received.map(|received| accepted.unwrap_or(received).min(received)) {
            tally.received_total(number, received);
        }
        if let Some(total) = total {
            tally.drops_total(number, total);
        }
    }

    /// An interface of this section with its number in the whole file.
    #[inline]
    fn local(&self, local: u32) -> Option<(u32, &Interface)> {
        let number = self.base.checked_add(local as usize)?;
        Some((number as u32, self.interfaces.get(number)?))
    }

    fn no_interface(&self, local: u32) -> String {
        let count = self.interfaces.len() - self.base;
        format!("a packet of interface {local} in a section with {count} interfaces")
    }
}

/// Whether Wireshark numbers such a block although it holds no packet.
fn is_numbered(kind: u32) -> bool {
    matches!(kind, JOURNAL_ENTRY | CUSTOM | CUSTOM_NOT_COPIED) || SYSDIG.contains(&kind)
}

const CUT_PACKET: &str = "a packet block too small for its packet";

fn damage(reason: &str) -> Halt {
    Halt::Damage(reason.to_owned())
}

/// The frame check sequence length from `epb_flags` if it is stated; `drops` is shown `epb_dropcount`.
fn packet_options(order: Order, bytes: &[u8], mut drops: impl FnMut(u64)) -> Option<u8> {
    let mut fcs_length = None;
    for (option, value) in options(order, bytes) {
        match option {
            code::PACKET_FLAGS => {
                let flags = order.u32(value, 0).unwrap_or(0);
                fcs_length = match (flags >> 5 & 0xf) as u8 {
                    0 => None,
                    stated => Some(stated),
                };
            }
            code::PACKET_DROPS => drops(order.u64(value, 0).unwrap_or(0)),
            _ => {}
        }
    }
    fcs_length
}

/// `body` starts with the byte-order magic.
fn section_order(body: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.u32(body, 0) == Some(BYTE_ORDER_MAGIC))
}

/// Version 1.2 was written by mistake and equals 1.0 (section 4.1). `None`: too short to tell.
fn section_version(order: Order, body: &[u8]) -> Option<Result<(), OtherVersion>> {
    Some(match (order.u16(body, 4)?, order.u16(body, 6)?) {
        (1, 0 | 2) => Ok(()),
        (major, minor) => {
            let found = format!("{major}.{minor}");
            Err(OtherVersion { format: "pcapng", found, read: &["1.0", "1.2"] })
        }
    })
}
