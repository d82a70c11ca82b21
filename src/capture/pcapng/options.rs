//! Takes the option list of a block, gives codes and values. A list that contradicts itself just ends.

use super::Order;

/// Options up to `opt_endofopt`, draft-ietf-opsawg-pcapng section 3.5.
pub(super) fn options(order: Order, mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let code = order.u16(bytes, 0).filter(|&code| code != 0)?;
        let length = usize::from(order.u16(bytes, 2)?);
        let value = bytes.get(4..4 + length)?;
        bytes = bytes.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    })
}
