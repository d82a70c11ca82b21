//! The functions of libpcap that pcap 2.5 declares (its `raw.rs`), under the names the linker looks for.
//!
//! One line per function: its signature from libpcap's headers, the value it returns when it cannot be found (the
//! one libpcap returns on failure), and the error buffer to fill, if it has one. Adding a function that a later
//! pcap crate declares is one line; forgetting it is an error of the linker.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use crate::library;

/// `PCAP_ERROR`, "generic error code".
const ERROR: c_int = -1;
/// `PCAP_ERRBUF_SIZE`, the least a caller provides.
const ERRBUF_SIZE: usize = 256;
/// What `pcap_geterr` says when it is itself missing.
const NO_TEXT: &CStr = c"libpcap is not loaded";

// Only ever handed through, so their layout does not matter here.
type Handle = *mut c_void;
type Dumper = *mut c_void;
type Devices = *mut c_void;
type File = *mut c_void;
type Program = *mut c_void;
type Header = *const c_void;
type Errbuf = *mut c_char;
type Handler = Option<extern "C" fn(*mut c_uchar, Header, *const c_uchar)>;

macro_rules! forward {
    ($(
        fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty = $absent:expr)? $(, tells $errbuf:ident)?;
    )+) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($arg: $type),*) $(-> $result)? {
            type Signature = unsafe extern "C" fn($($type),*) $(-> $result)?;
            static FOUND: OnceLock<Option<Signature>> = OnceLock::new();
            // SAFETY: the table below repeats the signature of libpcap's headers.
            match FOUND.get_or_init(|| unsafe { library::symbol(stringify!($name)) }) {
                // SAFETY: the caller keeps the contract of the libpcap function of this name.
                Some(function) => unsafe { function($($arg),*) },
                None => {
                    // SAFETY: libpcap demands a buffer of PCAP_ERRBUF_SIZE bytes here.
                    $(unsafe { tell($errbuf, &library::reason(stringify!($name))) };)?
                    $($absent)?
                }
            }
        }
    )+};
}

/// Writes `text`, cut to fit, and a NUL into an error buffer.
///
/// # Safety
///
/// `errbuf` is null or points to at least [`ERRBUF_SIZE`] writable bytes.
unsafe fn tell(errbuf: Errbuf, text: &str) {
    if errbuf.is_null() {
        return;
    }
    let length = text.floor_char_boundary(ERRBUF_SIZE - 1);
    // SAFETY: `length` + 1 is at most ERRBUF_SIZE, and a buffer just handed in does not overlap `text`.
    unsafe {
        errbuf.copy_from_nonoverlapping(text.as_ptr().cast(), length);
        errbuf.add(length).write(0);
    }
}

// Opening, listing, closing.
forward! {
    fn pcap_findalldevs(devices: *mut Devices, errbuf: Errbuf) -> c_int = ERROR, tells errbuf;
    fn pcap_freealldevs(devices: Devices);
    fn pcap_create(source: *const c_char, errbuf: Errbuf) -> Handle = null_mut(), tells errbuf;
    fn pcap_activate(handle: Handle) -> c_int = ERROR;
    fn pcap_open_dead(link: c_int, snaplen: c_int) -> Handle = null_mut();
    fn pcap_open_dead_with_tstamp_precision(link: c_int, snaplen: c_int, precision: c_uint) -> Handle = null_mut();
    fn pcap_open_offline(path: *const c_char, errbuf: Errbuf) -> Handle = null_mut(), tells errbuf;
    fn pcap_open_offline_with_tstamp_precision(path: *const c_char, precision: c_uint, errbuf: Errbuf)
        -> Handle = null_mut(), tells errbuf;
    fn pcap_fopen_offline(file: File, errbuf: Errbuf) -> Handle = null_mut(), tells errbuf;
    fn pcap_fopen_offline_with_tstamp_precision(file: File, precision: c_uint, errbuf: Errbuf)
        -> Handle = null_mut(), tells errbuf;
    fn pcap_close(handle: Handle);
    fn pcap_geterr(handle: Handle) -> *mut c_char = NO_TEXT.as_ptr().cast_mut();
}

// Settings.
forward! {
    fn pcap_set_snaplen(handle: Handle, snaplen: c_int) -> c_int = ERROR;
    fn pcap_set_promisc(handle: Handle, on: c_int) -> c_int = ERROR;
    fn pcap_set_timeout(handle: Handle, milliseconds: c_int) -> c_int = ERROR;
    fn pcap_set_buffer_size(handle: Handle, bytes: c_int) -> c_int = ERROR;
    fn pcap_set_tstamp_type(handle: Handle, kind: c_int) -> c_int = ERROR;
    fn pcap_set_tstamp_precision(handle: Handle, precision: c_int) -> c_int = ERROR;
    fn pcap_set_immediate_mode(handle: Handle, on: c_int) -> c_int = ERROR;
    fn pcap_setdirection(handle: Handle, direction: c_uint) -> c_int = ERROR;
    fn pcap_setnonblock(handle: Handle, on: c_int, errbuf: Errbuf) -> c_int = ERROR, tells errbuf;
    fn pcap_major_version(handle: Handle) -> c_int = ERROR;
    fn pcap_minor_version(handle: Handle) -> c_int = ERROR;
    fn pcap_fileno(handle: Handle) -> c_int = ERROR;
    fn pcap_get_selectable_fd(handle: Handle) -> c_int = ERROR;
}

// Link types.
forward! {
    fn pcap_datalink(handle: Handle) -> c_int = ERROR;
    fn pcap_list_datalinks(handle: Handle, list: *mut *mut c_int) -> c_int = ERROR;
    fn pcap_free_datalinks(list: *mut c_int);
    fn pcap_set_datalink(handle: Handle, link: c_int) -> c_int = ERROR;
    fn pcap_datalink_name_to_val(name: *const c_char) -> c_int = ERROR;
    fn pcap_datalink_val_to_name(link: c_int) -> *const c_char = null();
    fn pcap_datalink_val_to_description(link: c_int) -> *const c_char = null();
}

// Reading and sending.
forward! {
    fn pcap_loop(handle: Handle, count: c_int, handler: Handler, user: *mut c_uchar) -> c_int = ERROR;
    fn pcap_dispatch(handle: Handle, count: c_int, handler: Handler, user: *mut c_uchar) -> c_int = ERROR;
    fn pcap_next_ex(handle: Handle, header: *mut Header, data: *mut *const c_uchar) -> c_int = ERROR;
    fn pcap_breakloop(handle: Handle);
    fn pcap_stats(handle: Handle, stats: *mut c_void) -> c_int = ERROR;
    fn pcap_sendpacket(handle: Handle, data: *const c_uchar, length: c_int) -> c_int = ERROR;
}

// Filters.
forward! {
    fn pcap_compile(handle: Handle, program: Program, expression: *const c_char, optimize: c_int, netmask: c_uint)
        -> c_int = ERROR;
    fn pcap_setfilter(handle: Handle, program: Program) -> c_int = ERROR;
    fn pcap_offline_filter(program: Program, header: Header, data: *const c_uchar) -> c_int = 0;
    fn pcap_freecode(program: Program);
}

// Writing.
forward! {
    fn pcap_dump_open(handle: Handle, path: *const c_char) -> Dumper = null_mut();
    fn pcap_dump_open_append(handle: Handle, path: *const c_char) -> Dumper = null_mut();
    fn pcap_dump_fopen(handle: Handle, file: File) -> Dumper = null_mut();
    fn pcap_dump(dumper: *mut c_uchar, header: Header, data: *const c_uchar);
    fn pcap_dump_flush(dumper: Dumper) -> c_int = ERROR;
    fn pcap_dump_close(dumper: Dumper);
}

#[cfg(not(windows))]
forward! {
    fn pcap_set_rfmon(handle: Handle, on: c_int) -> c_int = ERROR;
}

#[cfg(target_os = "macos")]
forward! {
    fn pcap_set_want_pktap(handle: Handle, on: c_int) -> c_int = ERROR;
}

#[cfg(windows)]
forward! {
    fn pcap_setmintocopy(handle: Handle, bytes: c_int) -> c_int = ERROR;
    fn pcap_getevent(handle: Handle) -> *mut c_void = null_mut();
    fn pcap_sendqueue_alloc(bytes: c_uint) -> *mut c_void = null_mut();
    fn pcap_sendqueue_destroy(queue: *mut c_void);
    fn pcap_sendqueue_queue(queue: *mut c_void, header: Header, data: *const c_uchar) -> c_int = ERROR;
    fn pcap_sendqueue_transmit(handle: Handle, queue: *mut c_void, sync: c_int) -> c_uint = 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    forward! {
        fn pcap_of_the_future(errbuf: Errbuf) -> c_int = ERROR, tells errbuf;
    }

    fn text(buffer: &[c_char; ERRBUF_SIZE]) -> String {
        let bytes: Vec<u8> = buffer.iter().map(|&byte| byte as u8).collect();
        CStr::from_bytes_until_nul(&bytes).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_function_that_this_libpcap_lacks_fails_by_name() {
        let mut buffer = [1; ERRBUF_SIZE];
        // SAFETY: the buffer has the size that libpcap demands.
        assert_eq!(unsafe { pcap_of_the_future(buffer.as_mut_ptr()) }, ERROR);
        assert_eq!(text(&buffer), "this libpcap is too old: it has no pcap_of_the_future");
        // SAFETY: null is allowed.
        assert_eq!(unsafe { pcap_of_the_future(null_mut()) }, ERROR);
    }

    #[test]
    fn a_long_text_is_cut_to_the_buffer() {
        let mut buffer = [1; ERRBUF_SIZE];
        // SAFETY: the buffer has the size that libpcap demands.
        unsafe { tell(buffer.as_mut_ptr(), &"ä".repeat(ERRBUF_SIZE)) };
        assert_eq!(text(&buffer), "ä".repeat((ERRBUF_SIZE - 1) / 2));
    }
}
