//! Takes packets in capture order; gives [`Traffic`]: flows, media streams, calls, names, hosts and how good the
//! capture is. Knows protocols, but no product, and judges nothing.
//!
//! ```text
//! Batch ──► Observer::open ──► Shard::track ──► Observer::settle ──► Shard::measure ──► Observer::finish ──► Traffic
//!  a block    fragments, ARP     flows, content    SIP, names, SDP      media             rows, in order
//! ```

mod announce;
mod batch;
mod clock;
mod content;
mod dialogs;
mod duplicates;
#[cfg(test)]
pub(crate) mod fixture;
mod flow;
mod fragments;
mod handshakes;
mod hosts;
mod ladder;
mod marks;
pub mod media;
pub mod message;
mod names;
mod observer;
mod past;
mod quality;
mod registrations;
mod repeats;
mod shard;
mod side;
mod stream;
mod talk;
mod tcp;
mod traffic;
mod transaction;
mod via;
mod view;

pub use batch::Batch;
pub use fragments::{Counts as FragmentCounts, Datagram, Incomplete, Missing, Reassembler};
pub use handshakes::{Failed, Handshakes, Seen as SeenCertificate};
pub use ladder::{Ladder, Step};
pub use marks::Marks;
pub use observer::Observer;
pub use quality::Quality;
pub use shard::{Shard, Wave};
pub use side::Side;
pub use stream::Assembler;
pub use traffic::{
    Answer, Call, CallProtocol, CallSide, Direction, FirstFrames, Flow, HostFacts, IcmpReport, Initiator,
    MacSeen, Mapping, NameSeen, NameSource, Protocol, Refused, Registration, Repeated, Rewrite, Rhythm,
    Silence, SipEndpoint, Stream, TcpOutcome, TcpTrace, Traffic, Unanswered,
};
pub use view::FlowView;
