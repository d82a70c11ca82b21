//! Takes an IEEE 802.11 frame with or without the radio's header in front, gives the LLC inside. Unencrypted data
//! frames only: what a technician captures behind an access point or with an open network.

use super::value::{Mac, Skip};
use super::view::View;
use super::walk::{Layer, Step, Walk};

/// <https://www.radiotap.org>: length at byte 2, little endian.
pub(super) fn radiotap(view: View<'_>) -> Option<Step<'_>> {
    let length = view.array(2).map(u16::from_le_bytes)?;
    Some(Step::Into(Layer::Wireless, view.skip(usize::from(length.max(8)))?))
}

/// AVS header: length at byte 4, big endian.
pub(super) fn avs(view: View<'_>) -> Option<Step<'_>> {
    Some(Step::Into(Layer::Wireless, view.skip(view.u32(4)?.max(8) as usize)?))
}

/// IEEE 802.11-2020 section 9.2.
pub(super) fn frame<'a>(walk: &mut Walk, view: View<'a>) -> Step<'a> {
    data(walk, view).unwrap_or(Step::Skip(Skip::CutLink))
}

fn data<'a>(walk: &mut Walk, view: View<'a>) -> Option<Step<'a>> {
    const DATA: u8 = 0b10;
    const QOS: u8 = 0x80;
    const NO_PAYLOAD: u8 = 0x40;
    const TO_DS: u8 = 0x01;
    const FROM_DS: u8 = 0x02;
    const PROTECTED: u8 = 0x40;
    const HT_CONTROL: u8 = 0x80;
    const AGGREGATE: u8 = 0x80;

    let [control, flags] = view.array(0)?;
    if (control >> 2) & 0b11 != DATA || control & NO_PAYLOAD != 0 || flags & PROTECTED != 0 {
        return Some(Step::Skip(Skip::NoData));
    }
    let fragment_number = view.u8(22)? & 0x0f;
    if fragment_number != 0 {
        return Some(Step::Skip(Skip::NoData));
    }
    let [first, second, third] = [view.array(4)?, view.array(10)?, view.array(16)?].map(Mac);
    let (source, destination) = match (flags & TO_DS != 0, flags & FROM_DS != 0) {
        (false, false) => (second, first),
        (true, false) => (second, third),
        (false, true) => (third, first),
        (true, true) => (Mac(view.array(24)?), third),
    };
    walk.stations(Some(source), Some(destination));

    let quality_at = if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS { 30 } else { 24 };
    if control & QOS == 0 {
        return Some(Step::Into(Layer::Llc, view.skip(quality_at)?));
    }
    let header = quality_at + if flags & HT_CONTROL == 0 { 2 } else { 6 };
    let inner = padded(view, header)?;
    if view.u8(quality_at)? & AGGREGATE == 0 {
        return Some(Step::Into(Layer::Llc, inner));
    }
    // Of aggregated frames the first one is read: addresses, length, LLC.
    let length = inner.u16(12)?;
    Some(Step::Into(Layer::Llc, inner.skip(14)?.limit(u32::from(length))))
}

/// Some drivers pad the header to a multiple of four bytes; SNAP's first bytes show it.
fn padded(view: View<'_>, header: usize) -> Option<View<'_>> {
    const SNAP: u16 = 0xaaaa;
    let even = header.next_multiple_of(4);
    view.skip(if view.u16(header) != Some(SNAP) && view.u16(even) == Some(SNAP) { even } else { header })
}
