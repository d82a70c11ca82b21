//! Gives the linker an empty library where the pcap crate demands `-lpcap` (`wpcap.lib` on Windows), so that
//! nothing of libpcap is needed to build and nothing of it is linked even where it is installed: this directory is
//! searched before the system's. macOS needs none, its SDK always carries a stub of libpcap.

use std::path::Path;
use std::{env, fs, io};

/// An archive without members.
const EMPTY: &[u8] = b"!<arch>\n";

/// The same with an empty symbol index, which Microsoft's linker insists on (PE format, "First Linker Member").
const EMPTY_WITH_INDEX: &[u8] = b"!<arch>\n\
    /               0           0     0     0       4         `\n\
    \0\0\0\0";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| env::var(name).unwrap_or_default();
    let out = variable("OUT_DIR");
    let archives: &[(&str, &[u8])] =
        match (variable("CARGO_CFG_TARGET_VENDOR").as_str(), variable("CARGO_CFG_TARGET_OS").as_str()) {
            ("apple", _) => &[],
            (_, "windows") => &[("wpcap.lib", EMPTY_WITH_INDEX), ("libwpcap.a", EMPTY)],
            _ => &[("libpcap.a", EMPTY)],
        };
    for (name, bytes) in archives {
        fs::write(Path::new(&out).join(name), bytes)?;
    }
    if !archives.is_empty() {
        println!("cargo::rustc-link-search=native={out}");
    }
    Ok(())
}
