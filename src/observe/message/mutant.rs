//! Damaged copies of a message, for the property tests of its reader.

use proptest::prelude::{Strategy, any, prop};

/// Copies of `whole` with some bytes changed, cut anywhere or followed by other bytes.
pub(super) fn mutants(whole: impl AsRef<[u8]>) -> impl Strategy<Value = Vec<u8>> {
    let whole = whole.as_ref().to_vec();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    let tail = prop::collection::vec(any::<u8>(), 0..40);
    (changes, any::<prop::sample::Index>(), any::<bool>(), tail).prop_map(
        move |(changes, cut, is_cut, tail)| {
            let mut bytes = whole.clone();
            for (at, byte) in changes {
                bytes[at.index(whole.len())] = byte;
            }
            if is_cut {
                bytes.truncate(cut.index(whole.len()));
            } else {
                bytes.extend(tail);
            }
            bytes
        },
    )
}
