//! Waits until the terminal has a key, or is gone.

use std::io;
use std::time::Duration;

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Nothing, or something to be read.
    Perhaps,
    /// The terminal was closed, or the line to it is lost. Whoever reads it then reads for ever.
    Gone,
}

/// Waits for so long at most.
#[cfg(target_os = "linux")]
pub(super) fn wait(limit: Duration) -> io::Result<Came> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let input = io::stdin();
    let mut ends = [PollFd::new(&input, PollFlags::IN)];
    let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
    match poll(&mut ends, Some(&limit)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let is_gone = ends[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
    Ok(if is_gone { Came::Gone } else { Came::Perhaps })
}

/// Waits for so long at most. Elsewhere poll(2) may not know terminals, so that one that goes is noticed by the signal alone.
#[cfg(not(target_os = "linux"))]
pub(super) fn wait(limit: Duration) -> io::Result<Came> {
    ratatui::crossterm::event::poll(limit).map(|_| Came::Perhaps)
}
