//! Takes the signals that end a live capture: the first one in order, a later one at once.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pbxray::screen::Wishes;
#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// How often is looked whether a signal came.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What ends the capture from outside.
#[derive(Debug)]
pub(super) struct End {
    pub(super) stop: Arc<AtomicBool>,
    /// The latest signal, 0 for none since it was looked at.
    pub(super) signalled: Arc<AtomicUsize>,
    pub(super) wishes: Arc<Wishes>,
}

impl End {
    /// From now on a signal is kept for whoever looks at it: the view, which must give the terminal back first, or
    /// [`Self::take_signals`].
    pub(super) fn new() -> io::Result<Self> {
        let end = Self { stop: Arc::default(), signalled: Arc::default(), wishes: Arc::default() };
        for signal in signals() {
            flag::register_usize(signal, Arc::clone(&end.signalled), signal as usize)?;
        }
        Ok(end)
    }

    /// Looks at the signals in a thread of its own.
    pub(super) fn take_signals(&self) -> io::Result<()> {
        let (stop, signalled) = (Arc::clone(&self.stop), Arc::clone(&self.signalled));
        let wishes = Arc::clone(&self.wishes);
        let look = move || {
            loop {
                thread::sleep(LOOK_EVERY);
                let signal = signalled.swap(0, Ordering::Relaxed);
                if signal == 0 {
                    continue;
                }
                stop.store(true, Ordering::Relaxed);
                if wishes.signal(Instant::now()) {
                    process::exit(128 + signal as i32);
                }
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(look).map(drop)
    }
}

/// SIGHUP comes when the terminal is closed or the line to it is lost, unless `nohup` took care of that.
#[cfg(unix)]
fn signals() -> Vec<i32> {
    let mut signals = vec![SIGINT, SIGTERM];
    if !is_ignored(SIGHUP) {
        signals.push(SIGHUP);
    }
    signals
}

#[cfg(not(unix))]
fn signals() -> Vec<i32> {
    vec![SIGINT, SIGTERM]
}

/// Whether this program was started with a signal that it is not to hear of (`SigIgn` of proc_pid_status(5)). A system that
/// does not tell has none.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
