//! Takes counts from the capture threads, gives them to whoever looks while the capture runs.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the threads of a live capture have met so far, all interfaces together.
#[derive(Debug, Default)]
pub struct Meter {
    packets: AtomicU64,
    kernel_drops: AtomicU64,
    own_drops: AtomicU64,
}

/// A reading of a [`Meter`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Packets taken from the kernel.
    pub packets: u64,
    /// Packets that the kernel dropped.
    pub kernel_drops: u64,
    /// Packets taken from the kernel for which analysis had no room.
    pub own_drops: u64,
}

impl Meter {
    /// The counts now.
    #[must_use]
    pub fn read(&self) -> Reading {
        Reading {
            packets: self.packets.load(Ordering::Relaxed),
            kernel_drops: self.kernel_drops.load(Ordering::Relaxed),
            own_drops: self.own_drops.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn took(&self, packets: u64) {
        self.packets.fetch_add(packets, Ordering::Relaxed);
    }

    pub(super) fn kernel_dropped(&self, packets: u64) {
        self.kernel_drops.fetch_add(packets, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self, packets: u64) {
        self.own_drops.fetch_add(packets, Ordering::Relaxed);
    }
}
