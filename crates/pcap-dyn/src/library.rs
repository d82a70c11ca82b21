//! Finds libpcap and the functions in it. Gives them to `exports`; knows the file names of each system.

use std::sync::OnceLock;

use libloading::Library;

use crate::Missing;

/// The library, loaded on the first call and never unloaded.
pub(crate) fn get() -> Result<&'static Library, &'static Missing> {
    static LIBRARY: OnceLock<Result<Library, Missing>> = OnceLock::new();
    LIBRARY.get_or_init(load).as_ref()
}

/// The function `name` of the library, `None` if either is missing.
///
/// # Safety
///
/// `F` must be a function pointer type with the signature that libpcap's headers give `name`.
pub(crate) unsafe fn symbol<F: Copy>(name: &str) -> Option<F> {
    // SAFETY: the caller vouches for the type; the library is never unloaded, so the pointer stays good.
    unsafe { get().ok()?.get::<F>(name.as_bytes()) }.ok().map(|symbol| *symbol)
}

/// Why `name` could not be called, in ASCII and short enough for an error buffer.
pub(crate) fn reason(name: &str) -> String {
    match get() {
        Ok(_) => format!("this libpcap is too old: it has no {name}"),
        Err(missing) => missing.to_string(),
    }
}

fn load() -> Result<Library, Missing> {
    let mut tried = Vec::new();
    for name in candidates() {
        match open(&name) {
            Ok(library) => return Ok(library),
            Err(error) => tried.push(format!("{name}: {error}")),
        }
    }
    Err(Missing { tried })
}

#[cfg(not(any(windows, target_os = "macos")))]
fn candidates() -> Vec<String> {
    // Debian kept the name of 0.8; `libpcap.so` comes last because it belongs to the development files.
    ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"].map(String::from).into()
}

#[cfg(target_os = "macos")]
fn candidates() -> Vec<String> {
    ["/usr/lib/libpcap.A.dylib", "libpcap.dylib"].map(String::from).into()
}

#[cfg(windows)]
fn candidates() -> Vec<String> {
    // Full paths only: a bare name would be looked for in the current directory too.
    let root = std::env::var("SystemRoot").unwrap_or_else(|_| r"C:\Windows".to_owned());
    vec![format!(r"{root}\System32\Npcap\wpcap.dll"), format!(r"{root}\System32\wpcap.dll")]
}

#[cfg(not(windows))]
fn open(name: &str) -> Result<Library, libloading::Error> {
    // SAFETY: libpcap has no initialisers with requirements; that the system's library of this name is libpcap is
    // what every dynamically linked program relies on.
    unsafe { Library::new(name) }
}

#[cfg(windows)]
fn open(name: &str) -> Result<Library, libloading::Error> {
    use libloading::os::windows;
    // wpcap.dll needs Packet.dll, which lies beside it and not on the search path.
    // SAFETY: as on other systems; the path is a full one below the system directory.
    unsafe { windows::Library::load_with_flags(name, windows::LOAD_WITH_ALTERED_SEARCH_PATH) }
        .map(Library::from)
}
