//! Takes blocks of a pcapng file one after the other, gives them again with comments, in the byte order of their section.

use std::borrow::Cow;

use super::super::copy::Plan;
use super::super::framing::Halt;
use super::super::value::{Record, Timestamp};
use super::options::options;
use super::{
    Block, ENHANCED_PACKET, INTERFACE_DESCRIPTION, INTERFACE_STATISTICS, Order, PACKET, SECTION_HEADER,
    SIMPLE_PACKET, State, is_numbered,
};

const OPTION_END: u16 = 0;
const OPTION_COMMENT: u16 = 1;
/// Name, resolution, FCS length and time offset of an interface: what its packets need, and no more.
const OF_INTERFACES: [u16; 4] = [2, 9, 13, 14];
/// Times and counts of an interface's statistics, without what people wrote beside them.
const OF_STATISTICS: [u16; 7] = [2, 3, 4, 5, 6, 7, 8];
/// Flags of a packet.
const OF_PACKETS: [u16; 1] = [2];
/// Before the packet in an enhanced packet block and in the obsolete one.
const PACKET_HEAD: usize = 20;
/// An option's length is stated in 16 bits.
const LONGEST_COMMENT: usize = 60_000;

/// How blocks are to be changed, and what was met.
pub(in super::super) struct Rewriter<'a> {
    plan: &'a Plan<'a>,
    /// Frame numbers used up.
    number: u64,
    has_section: bool,
    pub(in super::super) packets: u64,
    pub(in super::super) written: u64,
    pub(in super::super) without_place: u64,
}

impl<'a> Rewriter<'a> {
    pub(in super::super) fn new(plan: &'a Plan<'a>) -> Self {
        Self { plan, number: 0, has_section: false, packets: 0, written: 0, without_place: 0 }
    }

    fn comments(&self) -> &'a [String] {
        self.plan.comments.get(&self.number).map_or(&[], Vec::as_slice)
    }
}

impl State {
    /// Hands on the whole blocks in `bytes` from `at` on.
    pub(in super::super) fn rewrite(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        rewriter: &mut Rewriter<'_>,
        out: &mut Vec<u8>,
    ) -> Halt {
        while *at < bytes.len() {
            let (block, length) = match self.block(bytes, *at) {
                Ok(found) => found,
                Err(halt) => return halt,
            };
            let whole = bytes.get(*at..*at + length).unwrap_or_default();
            if let Err(reason) = self.rewrite_block(&block, whole, rewriter, out) {
                return Halt::Damage(reason);
            }
            *at += length;
        }
        Halt::Limit
    }

    fn rewrite_block(
        &mut self,
        block: &Block<'_>,
        whole: &[u8],
        rewriter: &mut Rewriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        let is_private = rewriter.plan.keep.is_some();
        match block.kind {
            SECTION_HEADER => {
                self.section(block)?;
                let (head, options) = block.body.split_at_checked(16).ok_or("a section header cut short")?;
                let comment = (!rewriter.has_section).then(|| rewriter.plan.section.to_owned());
                rewriter.has_section = true;
                write(out, block, |out| {
                    out.extend(head.get(..8).unwrap_or_default());
                    // Its length has changed, and need not be known.
                    out.extend([0xff; 8]);
                    write_options(
                        out,
                        block.order,
                        options,
                        is_private.then_some(&[][..]),
                        comment.as_slice(),
                    );
                });
            }
            INTERFACE_DESCRIPTION if is_private => {
                self.interface_description(block)?;
                let (head, options) = block.body.split_at_checked(8).ok_or("an interface block cut short")?;
                write(out, block, |out| {
                    out.extend(head);
                    write_options(out, block.order, options, Some(&OF_INTERFACES), &[]);
                });
            }
            INTERFACE_DESCRIPTION => {
                self.interface_description(block)?;
                out.extend(whole);
            }
            ENHANCED_PACKET | PACKET => self.rewrite_packet(block, rewriter, out)?,
            SIMPLE_PACKET => self.rewrite_simple_packet(block, whole, rewriter, out)?,
            kind if is_numbered(kind) => {
                rewriter.number += 1;
                if !is_private && !rewriter.plan.only_commented {
                    out.extend(whole);
                }
            }
            INTERFACE_STATISTICS if is_private => {
                let (head, options) =
                    block.body.split_at_checked(12).ok_or("a statistics block cut short")?;
                write(out, block, |out| {
                    out.extend(head);
                    write_options(out, block.order, options, Some(&OF_STATISTICS), &[]);
                });
            }
            INTERFACE_STATISTICS => out.extend(whole),
            _ if is_private => {}
            _ => out.extend(whole),
        }
        Ok(())
    }

    fn rewrite_packet(
        &self,
        block: &Block<'_>,
        rewriter: &mut Rewriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        rewriter.number += 1;
        rewriter.packets += 1;
        let comments = rewriter.comments();
        if rewriter.plan.only_commented && comments.is_empty() {
            return Ok(());
        }
        rewriter.written += 1;
        let Block { order, body, .. } = *block;
        let field = |at| order.u32(body, at).ok_or(super::CUT_PACKET);
        let local = match block.kind {
            PACKET => order.u16(body, 0).ok_or(super::CUT_PACKET)?.into(),
            _ => field(0)?,
        };
        let (captured, original_length) = (field(12)? as usize, field(16)?);
        let data = body.get(PACKET_HEAD..PACKET_HEAD + captured).ok_or(super::CUT_PACKET)?;
        let options = body.get(PACKET_HEAD + captured.next_multiple_of(4)..).unwrap_or_default();
        let kept = self.kept(local, original_length, data, rewriter)?;
        let only = rewriter.plan.keep.map(|_| &OF_PACKETS[..]);
        write(out, block, |out| {
            let start = out.len();
            out.extend(body.get(..12).unwrap_or_default());
            put_u32(out, order, kept.len() as u32);
            put_u32(out, order, original_length);
            out.extend(&*kept);
            pad(out, start);
            write_options(out, order, options, only, comments);
        });
        Ok(())
    }

    /// Section 4.4: such a block has no options, and its captured length is implied.
    fn rewrite_simple_packet(
        &self,
        block: &Block<'_>,
        whole: &[u8],
        rewriter: &mut Rewriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        rewriter.number += 1;
        rewriter.packets += 1;
        let is_commented = !rewriter.comments().is_empty();
        rewriter.without_place += u64::from(is_commented);
        if rewriter.plan.only_commented && !is_commented {
            return Ok(());
        }
        rewriter.written += 1;
        if rewriter.plan.keep.is_none() {
            out.extend(whole);
            return Ok(());
        }
        let original_length = block.order.u32(block.body, 0).ok_or(super::CUT_PACKET)?;
        let data = block.body.get(4..).unwrap_or_default();
        let kept = self.kept(0, original_length, data, rewriter)?;
        write(out, block, |out| {
            out.extend(block.body.get(..4).unwrap_or_default());
            out.extend(&*kept);
            out.resize(out.len() + data.len().saturating_sub(kept.len()), 0);
        });
        Ok(())
    }

    /// The part of a packet that stays.
    fn kept<'b>(
        &self,
        local: u32,
        original_length: u32,
        data: &'b [u8],
        rewriter: &Rewriter<'_>,
    ) -> Result<Cow<'b, [u8]>, String> {
        let Some(keep) = rewriter.plan.keep else { return Ok(Cow::Borrowed(data)) };
        let (number, interface) = self.local(local).ok_or_else(|| self.no_interface(local))?;
        let record = Record {
            index: 0,
            time: Timestamp::UNKNOWN,
            interface: number,
            link: interface.link,
            original_length,
            data,
            offset: 0,
        };
        Ok(Cow::Owned(keep(&record)))
    }
}

/// A block of the same type and byte order with another body.
fn write(out: &mut Vec<u8>, block: &Block<'_>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    put_u32(out, block.order, block.kind);
    put_u32(out, block.order, 0);
    body(out);
    pad(out, start);
    let length = (out.len() - start + 4) as u32;
    put_u32(out, block.order, length);
    let stated = out.get(out.len() - 4..).unwrap_or_default().to_vec();
    if let Some(place) = out.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&stated);
    }
}

/// The options that were there, only those in `only` if given, and comments behind them.
fn write_options(out: &mut Vec<u8>, order: Order, known: &[u8], only: Option<&[u16]>, comments: &[String]) {
    let start = out.len();
    for (code, value) in options(order, known) {
        if only.is_none_or(|only| only.contains(&code)) {
            write_option(out, order, code, value);
        }
    }
    for comment in comments {
        let end = comment.floor_char_boundary(LONGEST_COMMENT);
        write_option(out, order, OPTION_COMMENT, comment.get(..end).unwrap_or_default().as_bytes());
    }
    if out.len() > start {
        write_option(out, order, OPTION_END, &[]);
    }
}

fn write_option(out: &mut Vec<u8>, order: Order, code: u16, value: &[u8]) {
    let start = out.len();
    put_u16(out, order, code);
    put_u16(out, order, value.len() as u16);
    out.extend(value);
    pad(out, start);
}

fn pad(out: &mut Vec<u8>, start: usize) {
    out.resize(start + (out.len() - start).next_multiple_of(4), 0);
}

fn put_u16(out: &mut Vec<u8>, order: Order, value: u16) {
    out.extend(match order {
        Order::Little => value.to_le_bytes(),
        Order::Big => value.to_be_bytes(),
    });
}

fn put_u32(out: &mut Vec<u8>, order: Order, value: u32) {
    out.extend(match order {
        Order::Little => value.to_le_bytes(),
        Order::Big => value.to_be_bytes(),
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::copy::Keep;
    use super::super::super::pcapng_blocks as blocks;
    use super::*;

    /// A file with a statistics block that has a comment and a count of drops, written again.
    fn rewritten(is_private: bool) -> Vec<u8> {
        let mut file = blocks::section();
        blocks::interface(&mut file, "eth1", 1, 0, true);
        let block = Block { kind: INTERFACE_STATISTICS, order: Order::Little, start: 0, body: &[] };
        write(&mut file, &block, |out| {
            out.extend([0; 12]);
            write_option(out, Order::Little, OPTION_COMMENT, b"Rechner von Frau Muster");
            write_option(out, Order::Little, 5, &7_u64.to_le_bytes());
            write_option(out, Order::Little, OPTION_END, &[]);
        });
        let comments = BTreeMap::new();
        let keep: &Keep<'_> = &|record: &Record<'_>| record.data.to_vec();
        let plan = Plan {
            section: "",
            comments: &comments,
            only_commented: false,
            keep: is_private.then_some(keep),
        };
        let mut state = State::parse(&file).unwrap().unwrap();
        let (mut at, mut out) = (0, Vec::new());
        assert_eq!(state.rewrite(&file, &mut at, &mut Rewriter::new(&plan), &mut out), Halt::Limit);
        out
    }

    #[test]
    fn what_people_wrote_beside_statistics_is_not_passed_on() {
        let holds = |file: &[u8], wanted: &[u8]| file.windows(wanted.len()).any(|bytes| bytes == wanted);
        let drops = [&[5_u8, 0, 8, 0][..], &7_u64.to_le_bytes()[..]].concat();
        let (open, private) = (rewritten(false), rewritten(true));
        assert!(holds(&open, b"Frau Muster") && holds(&open, &drops));
        assert!(!holds(&private, b"Frau Muster") && holds(&private, &drops));
    }
}
