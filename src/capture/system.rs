//! What differs between systems when captures are read, each with its twin. The Unix side was built and tried on Linux;
//! the Windows side is written by the book and was never built.

use std::fs::File;
use std::io;

/// Reads at `offset` without moving the file's own position, so that several threads can read one file.
#[cfg(unix)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// Speed of a network interface in Mbit/s; none for one that has no link, or is no cable.
#[cfg(target_os = "linux")]
pub(super) fn speed(name: &str) -> Option<u32> {
    // The name becomes part of a path.
    if name.contains('/') {
        return None;
    }
    let text =
        std::fs::read_to_string(std::path::Path::new("/sys/class/net").join(name).join("speed")).ok()?;
    // An interface without link says -1.
    text.trim().parse().ok().filter(|speed| *speed > 0)
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(super) fn speed(_name: &str) -> Option<u32> {
    None
}

/// As on Unix; that the file's position moves does not matter, because nothing reads from it.
#[cfg(windows)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
