//! Takes files, pipes, directories and interfaces; gives whole records with their time, link type and frame number, and
//! says why each input ended. Never looks inside a frame.
//!
//! ```text
//! open ──► Measurement ──► next_wave ──► Job::read (any thread) ──► join ──► Chunk ... finish ──► CaptureSummary
//! ```
//!
//! A regular file is cut into ranges that are read independently: each job guesses where its first record
//! starts, and [`Measurement::join`] keeps its outcome only if that is exactly where the range before ended.
//! A wrong guess therefore costs time and never changes a result. Pipes and compressed files come through one
//! reader thread as blocks of whole records; files that overlap in time are merged record by record. All three
//! give the same jobs, outcomes and chunks.

mod buffer;
mod bytes;
mod confluence;
mod copy;
mod decompress;
mod digest;
mod format;
mod filter;
mod framing;
mod inputs;
mod interfaces;
mod interleave;
mod job;
mod lineup;
mod live;
mod measurement;
mod meter;
mod outages;
mod pcap;
mod pcapng;
mod pcapng_blocks;
mod reader;
mod recorder;
mod snoop;
mod stream;
mod system;
mod tally;
mod value;
mod written;

pub use buffer::Buffer;
pub use copy::{Copied, CopyError, Keep, Plan, copy};
pub use digest::fingerprint;
pub use filter::{Filter, FilterError, FilterSpec};
pub use format::{Looks, OtherVersion};
pub use inputs::{OpenError, PassedOver};
pub use interfaces::{Access, Interface, InterfacesError, interfaces, try_opening};
pub use job::{Chunk, Job, Outcome};
pub use live::{Bounds, LinkEvent, LiveError, Tap, Tell, tap};
pub use measurement::{Measurement, Progress, Settings, listen, open};
pub use meter::{Meter, Reading};
pub use outages::{Outage, Outages};
pub use recorder::{Recorded, Recorder, Recording, Ring};
pub use value::{CaptureSummary, Ended, Frame, InterfaceSummary, LinkType, Live, Record, Timestamp};
pub use written::Written;

#[cfg(test)]
mod tests;
