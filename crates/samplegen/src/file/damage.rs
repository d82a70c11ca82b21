//! Spoils files on purpose.

/// The file without its last `bytes`.
#[must_use]
pub fn cut(mut file: Vec<u8>, bytes: usize) -> Vec<u8> {
    file.truncate(file.len().saturating_sub(bytes));
    file
}

/// The file with `length` bytes from `at` on overwritten, as after a failing disk.
#[must_use]
pub fn scribble(mut file: Vec<u8>, at: usize, length: usize) -> Vec<u8> {
    for (offset, byte) in file.iter_mut().skip(at).take(length).enumerate() {
        *byte = 0xa5 ^ (offset as u8).wrapping_mul(31);
    }
    file
}
