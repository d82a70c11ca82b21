//! Loads libpcap at run time, so that a program using the [pcap] crate builds without libpcap's development files
//! and starts without libpcap.
//!
//! The pcap crate declares libpcap's functions as `extern "C"` and leaves them to the linker. This crate defines
//! them: each forwards to the function of the same name in the libpcap found on the first call. A function that
//! cannot be found fails the way libpcap itself fails, with an error value and, where there is an error buffer, a
//! message that says what to install. [`availability`] tells beforehand.
//!
//! A program must name this crate (calling [`availability`] does), otherwise rustc leaves it out of the link.
//!
//! | system | what is tried, in order | tried out |
//! |---|---|---|
//! | Linux, glibc | `libpcap.so.0.8` (Debian, Ubuntu), `libpcap.so.1` (the others), `libpcap.so` | rust-lld and GNU ld |
//! | Linux, musl | the same; a static program cannot load libraries and says that libpcap is missing | no |
//! | macOS | `/usr/lib/libpcap.A.dylib`, `libpcap.dylib` | no |
//! | Windows | `System32\Npcap\wpcap.dll`, `System32\wpcap.dll` (WinPcap) | no: written by the book, never built |
//!
//! Knows nothing of captures; the only crate of this workspace that may be unsafe.
//!
//! [pcap]: https://docs.rs/pcap/2.5
#![allow(
    unsafe_code,
    reason = "calling into a C library that is loaded at run time cannot be checked by rustc"
)]

mod exports;
mod library;

use std::error::Error;
use std::ffi::{CStr, c_char};
use std::fmt;

/// What a user of this system does to get libpcap.
pub const INSTALL: &str = if cfg!(target_os = "linux") {
    "apt install libpcap0.8 (Debian, Ubuntu), dnf install libpcap (Fedora, RHEL), \
     zypper install libpcap1 (openSUSE), pacman -S libpcap (Arch)"
} else if cfg!(target_os = "macos") {
    "it is part of macOS; without it, brew install libpcap"
} else if cfg!(windows) {
    "install Npcap from https://npcap.com"
} else {
    "install the package libpcap of your system"
};

/// The version text of the libpcap that was loaded, such as `libpcap version 1.10.3 (with TPACKET_V3)`.
///
/// # Errors
///
/// [`Missing`] if no libpcap could be loaded. The answer stays the same for as long as the program runs.
pub fn availability() -> Result<&'static str, &'static Missing> {
    library::get()?;
    // SAFETY: `const char *pcap_lib_version(void)` since libpcap 0.8.
    let version = unsafe { library::symbol::<unsafe extern "C" fn() -> *const c_char>("pcap_lib_version") };
    let Some(version) = version else { return Ok("libpcap of unknown version") };
    // SAFETY: it takes nothing and returns a string that lives as long as the library, which is never unloaded.
    let text = unsafe { CStr::from_ptr(version()) };
    Ok(text.to_str().unwrap_or("libpcap of unknown version"))
}

/// No libpcap could be loaded.
#[derive(Debug)]
pub struct Missing {
    tried: Vec<String>,
}

impl Missing {
    /// The system's words for each library name that was tried.
    #[must_use]
    pub fn tried(&self) -> &[String] {
        &self.tried
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libpcap is not installed or cannot be loaded: {INSTALL}")
    }
}

impl Error for Missing {}
